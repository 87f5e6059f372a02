# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The arguments of an event source as parameters of element_pair_info. Pure.

An event source has no argument spec that something else would check.
"""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from ..module_utils._element.arguments import (
    CONNECTION,
    INHERITED,
    MOST_SECONDS,
    REQUIRED,
    as_flag,
    check_value,
    is_unset,
    shown,
)

#: Seconds between two polls.
INTERVAL = 60.0
NAMES = (*CONNECTION, "peer", "max_lag", "interval")
# Their values are never part of a message.
_LOGIN = ("username", "password")


class ArgumentProblem(Exception):
    """A message about arguments that cannot be used. It never has a password."""


def parameters(args: Mapping[str, Any]) -> tuple[dict[str, Any], float]:
    """Return the parameters of element_pair_info, without its own options, and the interval in seconds.

    Arguments that are null or empty count as not given. Raises ArgumentProblem.
    """
    if not is_unset(args.get("peer_host")):
        raise ArgumentProblem(
            "peer_host: an event source reads no inventory; give peer, with the options of the connection to that cluster"
        )
    _check_names(args, (*NAMES, "peer_host"), "")
    given = {name: value for name, value in args.items() if not is_unset(value)}
    defaults = {name: spec.get("default") for name, spec in CONNECTION.items()}
    params = {
        **_connection(given, defaults, ""),
        "peer": _peer(given["peer"]) if "peer" in given else None,
        "peer_host": None,
        "max_lag": _max_lag(given.get("max_lag")),
    }
    return params, _interval(given.get("interval", INTERVAL))


def _peer(peer: Any) -> dict[str, Any]:
    if not isinstance(peer, Mapping):
        label = shown(peer) if isinstance(peer, str) and "@" not in peer else "it"
        raise ArgumentProblem(
            f"peer: {label} is no dictionary; give the options of the connection to the other cluster"
        )
    _check_names(peer, CONNECTION, "peer.")
    # An empty `ca_path` is a value here: the authorities of the system, not this cluster's file.
    given = {name: value for name, value in peer.items() if not is_unset(value) or (name, value) == ("ca_path", "")}
    defaults = {name: None if name in INHERITED else spec.get("default") for name, spec in CONNECTION.items()}
    return _connection(given, defaults, "peer.")


def _check_names(args: Iterable[str], known: Iterable[str], prefix: str) -> None:
    unknown = [f"{prefix}{name}" for name in args if name not in known]
    if unknown:
        there_are = ", ".join(name for name in known if name != "peer_host")
        raise ArgumentProblem(f"{', '.join(unknown)}: there are no such arguments; known are {there_are}")


def _connection(given: Mapping[str, Any], defaults: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    missing = [f"{prefix}{name}" for name in REQUIRED if name not in given]
    if missing:
        raise ArgumentProblem(f"{', '.join(missing)}: missing; give a value")
    return {name: _value(name, given[name], prefix) if name in given else defaults[name] for name in CONNECTION}


def _value(name: str, value: Any, prefix: str) -> Any:
    """Return the value in the type of the option. Raises ArgumentProblem."""
    kind, label = CONNECTION[name]["type"], f"{prefix}{name}"
    if isinstance(value, (list, tuple, Mapping)):
        what = "a dictionary" if isinstance(value, Mapping) else "a list"
        raise ArgumentProblem(f"{label}: {what} cannot be used; give a text")
    if name in _LOGIN and isinstance(value, (bool, float)):
        raise ArgumentProblem(
            f"{label}: ansible-rulebook has converted its text; choose one that is no constant of Python"
        )
    problem = None if name in _LOGIN else check_value(name, value, label)
    if problem:
        raise ArgumentProblem(problem)
    if kind == "int":
        return int(str(value))
    return as_flag(value) if kind == "bool" else str(value)


def _max_lag(value: Any) -> float | None:
    if value is None:
        return None
    seconds = _number(value)
    if seconds is None or seconds < 0:
        raise ArgumentProblem(f"max_lag: {shown(value)} cannot be used; give the seconds that a target may be behind")
    return seconds


def _interval(value: Any) -> float:
    seconds = _number(value)
    if seconds is None or not 1 <= seconds <= MOST_SECONDS:
        raise ArgumentProblem(
            f"interval: {shown(value)} cannot be used; give a number of seconds from 1 to {MOST_SECONDS}"
        )
    return seconds


def _number(value: Any) -> float | None:
    """Return the value as a finite number, None if it is none."""
    if isinstance(value, bool):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None
