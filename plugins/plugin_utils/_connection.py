# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of a module from the variables of two inventory hosts.

The variables of this host are those of the task, so variables of the play and the task apply. Those of the peer are
read through `hostvars`, so they do not apply.
"""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..module_utils._element.arguments import (
    CONNECTION,
    NAMES,
    REQUIRED,
    host_variable,
    leaves_peer_out,
    peer_host_defaults,
)

_UNRESOLVED = object()


class ConnectionProblem(Exception):
    """A message for the user. It contains names of hosts, options and variables, never their values."""


@dataclass(frozen=True)
class _Host:
    """An inventory host as a source of options."""

    name: str
    variables: Mapping[str, Any]
    template: Callable[[Any], Any]
    is_template: Callable[[Any], bool]
    #: Whether the task can set options that the variables do not.
    takes_options: bool


def module_arguments(args: Mapping[str, Any], task_vars: Mapping[str, Any], templar: Any) -> dict[str, Any]:
    """Return the task's arguments with both connections filled in and `peer_host` replaced by `peer`.

    Arguments that are null count as not given. Raises ConnectionProblem.
    """
    given = {name: value for name, value in args.items() if value is not None}
    local = _Host(task_vars["inventory_hostname"], task_vars, templar.template, templar.is_template, takes_options=True)
    filled = _fill(given, local)
    # If peer is set too, peer_host stays: the module reports that they are mutually exclusive.
    if "peer_host" in filled and "peer" not in filled:
        peer = _peer_host(str(filled.pop("peer_host")), local.name, task_vars["hostvars"], templar)
        filled["peer"] = {**peer_host_defaults(), **(_names(peer) if leaves_peer_out(filled) else _fill({}, peer))}
    return filled


def secrets(args: Mapping[str, Any]) -> list[str]:
    """Return the passwords in the arguments of the module."""
    sides = [args, args.get("peer")]
    found = [side.get("password") for side in sides if isinstance(side, Mapping)]
    return [password for password in found if isinstance(password, str) and password]


def _peer_host(name: str, here: str, hostvars: Mapping[str, Any], templar: Any) -> _Host:
    if name == here:
        raise ConnectionProblem(f"peer_host: '{name}' is the host that this task runs for; name the other cluster")
    # Checked before any access, because the result for an unknown host depends on the version of ansible-core.
    if name not in hostvars:
        raise ConnectionProblem(f"peer_host: there is no host '{name}' in the inventory")
    return _Host(name, hostvars[name], _as_it_is, templar.is_template, takes_options=False)


def _as_it_is(value: Any) -> Any:
    return value


def _names(host: _Host) -> dict[str, Any]:
    """Return the options that identify a host that nothing is sent to. Its other variables are not read.

    Raises ConnectionProblem.
    """
    options = {name: value for name in NAMES if (value := _variable(host, name)) not in (None, "")}
    if not options:
        variables = " or ".join(map(host_variable, NAMES))
        raise ConnectionProblem(f"host '{host.name}' has no hostname and no mvip; set the host's variable {variables}")
    return options


def _fill(given: Mapping[str, Any], host: _Host) -> dict[str, Any]:
    options = dict(given)
    for name in CONNECTION:
        if name not in options:
            value = _variable(host, name)
            if value is not None:
                options[name] = value
        variable = host_variable(name)
        if name in REQUIRED and options.get(name) in (None, ""):
            remedy = f"give the option {name} or set" if host.takes_options else "set"
            raise ConnectionProblem(f"host '{host.name}' has no {name}; {remedy} the host's variable {variable}")
    return options


def _variable(host: _Host, option: str) -> Any:
    """Return the value of the host's variable for the option, None if it is not set. Raises ConnectionProblem."""
    variable = host_variable(option)
    value = _resolve(host, variable) if variable in host.variables else None
    if value is _UNRESOLVED:
        raise ConnectionProblem(
            f"host '{host.name}': the variable {variable} cannot be resolved; correct what is undefined or wrong in it"
        )
    return value


def _resolve(host: _Host, variable: str) -> Any:
    """Return the value of the variable, or _UNRESOLVED.

    A template error is neither raised nor chained: its text and origin contain parts of the inventory.
    """
    try:
        value = host.template(host.variables[variable])
    except Exception:
        return _UNRESOLVED
    return _UNRESOLVED if _is_leftover(value, host.is_template) else value


def _is_leftover(value: Any, is_template: Callable[[Any], bool]) -> bool:
    """Whether the value is the text of an unresolved template, as ansible-core before 2.19 returns it.

    A text marked as unsafe, such as a vaulted secret that contains braces, is a normal value.
    """
    if not isinstance(value, str) or hasattr(value, "__UNSAFE__"):
        return False
    return value.startswith("__omit_place_holder__") or is_template(value)
