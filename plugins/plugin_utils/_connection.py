# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of a module from the variables of two inventory hosts.

The variables of this host are those of the task, so variables of the play and the task apply. Those of the peer are
read through `hostvars`, so they do not apply.
"""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from ..module_utils._element.arguments import (
    CONNECTION,
    NAMES,
    REQUIRED,
    check_value,
    host_variable,
    is_unset,
    leaves_peer_out,
    peer_host_defaults,
)

# As ansible-core before 2.19 returns it.
_OMITTED = re.compile(r"__omit_place_holder__[0-9a-f]+")
_MOST_NAMES = 5


class ConnectionProblem(Exception):
    """A message for the user. It contains names of hosts, options and variables, never a secret."""


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

    Arguments that are null, and connection options that are empty, count as not given. Raises ConnectionProblem.
    """
    given = _given(args)
    if isinstance(given.get("peer"), Mapping):
        given["peer"] = _given(given["peer"])
    local = _Host(task_vars["inventory_hostname"], task_vars, templar.template, templar.is_template, takes_options=True)
    filled = _fill(given, local)
    # If peer is set too, peer_host stays: the module reports that they are mutually exclusive.
    if "peer_host" in filled and "peer" not in filled:
        peer = _peer_host(str(filled.pop("peer_host")), local.name, task_vars, templar)
        filled["peer"] = {**peer_host_defaults(), **(_names(peer) if leaves_peer_out(filled) else _fill({}, peer))}
    return filled


def secrets(args: Mapping[str, Any]) -> list[str]:
    """Return the passwords in the arguments of the module."""
    sides = [args, args.get("peer")]
    found = [side.get("password") for side in sides if isinstance(side, Mapping)]
    return [password for password in found if isinstance(password, str) and password]


def _given(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options that a task sets. An empty `ca_path` is a value: the authorities of the system."""
    may_be_empty = {"ca_path", *(options.keys() - CONNECTION.keys())}
    return {
        name: value
        for name, value in options.items()
        if value is not None and (name in may_be_empty or not is_unset(value))
    }


def _peer_host(name: str, here: str, task_vars: Mapping[str, Any], templar: Any) -> _Host:
    hostvars = task_vars["hostvars"]
    if name == here:
        raise ConnectionProblem(f"peer_host: '{name}' is the host that this task runs for; name the other cluster")
    # Checked before any access, because the result for an unknown host depends on the version of ansible-core.
    if name not in hostvars:
        remedy = _which_instead(name, here, task_vars["groups"])
        raise ConnectionProblem(f"peer_host: there is no host '{name}' in the inventory; {remedy}")
    return _Host(name, hostvars[name], _as_it_is, templar.is_template, takes_options=False)


def _which_instead(name: str, here: str, groups: Mapping[str, list[str]]) -> str:
    """Return the remedy for a peer that is no host: hosts with a similar name, else those in a group with this host."""
    others = {host for members in groups.values() for host in members} - {here}
    similar = get_close_matches(name, sorted(others), n=3)
    if similar:
        return f"did you mean {' or '.join(similar)}?"
    own_groups = [members for group, members in groups.items() if here in members and group not in ("all", "ungrouped")]
    neighbours = {host for members in own_groups for host in members} - {here}
    shown = sorted(neighbours or others)[:_MOST_NAMES]
    if not shown:
        return "add the other cluster to the inventory, or give peer"
    return f"name one of its hosts, such as {', '.join(shown)}"


def _as_it_is(value: Any) -> Any:
    return value


def _names(host: _Host) -> dict[str, Any]:
    """Return the options that identify a host that nothing is sent to. Its other variables are not read.

    Raises ConnectionProblem.
    """
    options = {name: value for name in NAMES if (value := _variable(host, name)) is not None}
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
        if name in REQUIRED and name not in options:
            remedy = f"give the option {name} or set" if host.takes_options else "set"
            raise ConnectionProblem(
                f"host '{host.name}' has no {name}; {remedy} the host's variable {host_variable(name)}"
            )
    return options


def _variable(host: _Host, option: str) -> Any:
    """Return the value of the host's variable for the option, None if it is not set. Raises ConnectionProblem."""
    variable = host_variable(option)
    if variable not in host.variables:
        return None
    value, problem = _resolve(host, variable)
    if value is not None:
        problem = check_value(option, value, f"host '{host.name}': the variable {variable}")
    if problem is not None:
        raise ConnectionProblem(problem)
    return value


def _resolve(host: _Host, variable: str) -> tuple[Any, str | None]:
    """Return the value of the variable, None if it counts as not set, and a message if it cannot be resolved.

    A template error is neither raised nor chained: its text and origin contain parts of the inventory.
    """
    try:
        value = host.template(host.variables[variable])
        # Before ansible-core 2.19 a vaulted text is decrypted only when it becomes a plain one.
        if value is None or is_unset(str(value)) or _OMITTED.fullmatch(str(value)):
            return None, None
    except Exception as exc:
        kinds = {type(cause).__name__ for cause in _causes(exc)}
    else:
        if not _is_leftover(value, host.is_template):
            return value, None
        kinds = set()
    # Which classes these are depends on the version of ansible-core, and some are private: AnsibleVaultError,
    # UndecryptableVaultError.
    if "AnsibleValueOmittedError" in kinds:
        return None, None
    if any("Vault" in kind for kind in kinds):
        remedy = "give its password with --vault-id or --ask-vault-pass"
        return None, f"host '{host.name}': the vault of the variable {variable} cannot be opened; {remedy}"
    remedy = "correct what is undefined or wrong in it"
    return None, f"host '{host.name}': the variable {variable} cannot be resolved; {remedy}"


def _causes(exc: BaseException | None) -> Iterator[BaseException]:
    while exc is not None:
        yield exc
        exc = exc.__cause__ or exc.__context__


def _is_leftover(value: Any, is_template: Callable[[Any], bool]) -> bool:
    """Whether the value is the text of an unresolved template, as ansible-core before 2.19 returns it.

    A text marked as unsafe, such as a vaulted secret that contains braces, is a normal value.
    """
    if not isinstance(value, str) or hasattr(value, "__UNSAFE__"):
        return False
    return bool(_OMITTED.search(value)) or is_template(value)
