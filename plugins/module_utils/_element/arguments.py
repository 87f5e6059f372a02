# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The connection options of both clusters, the defaults of the peer's, and the options for the progress of a wait.

The modules use this file, and so do the action plugins on the controller, which need only names and defaults.
Therefore it imports neither `requests` nor `ansible`.
"""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping
from typing import Any

CONNECTION: dict[str, dict[str, Any]] = {
    "hostname": {"type": "str"},
    "username": {"type": "str"},
    "password": {"type": "str", "no_log": True},
    "port": {"type": "int", "default": 443},
    "validate_certs": {"type": "bool", "default": True},
    "ca_path": {"type": "path"},
    "cert_fingerprint": {"type": "str"},
    "api_version": {"type": "str", "default": "10.0"},
    "timeout": {"type": "int", "default": 30},
    "use_proxy": {"type": "bool", "default": True},
    "concurrency": {"type": "int", "default": 6},
    "mvip": {"type": "str"},
}

#: A connection requires these. They are optional in the spec, because host variables can supply them.
REQUIRED = ("hostname", "username", "password")

#: These identify a peer that nothing is sent to. One of them is enough.
NAMES = ("hostname", "mvip")

#: What a task may do if the peer is unreachable. With the last one, nothing is sent to the peer.
ASSUME_DEAD = "assume_dead"
UNREACHABLE = ("fail", "local_only", ASSUME_DEAD)

#: How a module that waits reports its progress. Only the action plugin sets `_resume`.
PROGRESS: dict[str, dict[str, Any]] = {
    "progress_interval": {"type": "int", "default": 30},
    "_resume": {
        "type": "dict",
        "options": {"waited": {"type": "float", "required": True}, "report": {"type": "dict", "required": True}},
    },
}

#: The options that an explicit `peer` inherits from this cluster: no identity, no secret and no pinned certificate.
INHERITED = ("port", "validate_certs", "ca_path", "timeout", "use_proxy", "concurrency", "api_version")

#: The longest `timeout`: one day, in seconds. The clocks of the system have a limit.
MOST_SECONDS = 86400

#: The first version of the API that has every method that is used here.
OLDEST_API_VERSION = (10, 0)

_FINGERPRINT = re.compile(r"[0-9A-Fa-f]{2}(:?[0-9A-Fa-f]{2}){31}")
# An approximation: netaddr, which is exact, need not be installed on the controller.
_ADDRESS = re.compile(r"\s*(\d{1,3}(\.\d{1,3}){3}|\[?[0-9A-Fa-f]*:[0-9A-Fa-f:.]+\]?)\s*")
_API_VERSION = re.compile(r"(\d{1,3})\.(\d{1,3})")

Options = dict[str, Any]


def host_variable(option: str) -> str:
    """Return the name of the inventory variable that supplies the option if the task does not set it."""
    return f"element_{option}"


def connection_spec() -> dict[str, dict[str, Any]]:
    """Return the part of an argument spec with the connections to this cluster and its peer."""
    return {
        **copy.deepcopy(CONNECTION),
        "peer": {"type": "dict", "options": _peer_options()},
        "peer_host": {"type": "str"},
    }


def connection_rules(peer_required: bool) -> dict[str, list[tuple[str, ...]]]:
    """Return the rules that belong to `connection_spec`, as keyword arguments of AnsibleModule."""
    return {
        "mutually_exclusive": [("peer", "peer_host")],
        "required_one_of": [("peer", "peer_host")] if peer_required else [],
    }


def peer_host_defaults() -> Options:
    """Return the options of a peer named by `peer_host` whose host variables are not set.

    An option without a default is empty here, not absent: an absent option would inherit this cluster's value.
    """
    return {name: CONNECTION[name].get("default", "") for name in INHERITED}


def endpoints(params: Mapping[str, Any]) -> tuple[Options, Options | None]:
    """Return the options of this cluster and of its peer, by the names of CONNECTION. None: nothing is sent to a peer.

    `params` are the parameters of the module, which Ansible and `check_local` have checked.
    """
    local = {name: params[name] for name in CONNECTION}
    if params["peer"] is None or leaves_peer_out(params):
        return _without_empty_path(local), None
    peer = {name: params["peer"][name] for name in CONNECTION}
    for name in INHERITED:
        if peer[name] is None:
            peer[name] = local[name]
    return _without_empty_path(local), _without_empty_path(peer)


def check_local(params: Mapping[str, Any]) -> str | None:
    """Return a message about the first connection option that is missing or invalid, or None."""
    if params["peer_host"] is not None:
        return (
            "peer_host: the action plugin of this collection did not run, so the variables of that host were not read; "
            "call the module by its full name in a task, or give peer"
        )
    peer = params["peer"]
    problem = _check_required(params, "") or _check_values(params, "")
    if problem or peer is None:
        return problem
    missing = _check_named(peer) if leaves_peer_out(params) else _check_required(peer, "peer.")
    return missing or _check_values(peer, "peer.")


def leaves_peer_out(params: Mapping[str, Any]) -> bool:
    """Whether the task states that the peer is gone: nothing is sent to it, and only its name is needed."""
    return params.get("peer_unreachable") == ASSUME_DEAD


def _peer_options() -> dict[str, dict[str, Any]]:
    options = copy.deepcopy(CONNECTION)
    for name in INHERITED:
        options[name].pop("default", None)
    return options


def _without_empty_path(options: Options) -> Options:
    """Return the options with None for an empty `ca_path`: the authorities of the system, whatever the other side uses."""
    return {**options, "ca_path": options["ca_path"] or None}


def _check_required(options: Mapping[str, Any], prefix: str) -> str | None:
    missing = [name for name in REQUIRED if not options[name]]
    if not missing:
        return None
    names = ", ".join(prefix + name for name in missing)
    variables = ", ".join(host_variable(name) for name in missing)
    remedy = "give a value" if prefix else f"give a value or set the host's variable {variables}"
    return f"{names}: missing; {remedy}"


def _check_named(peer: Mapping[str, Any]) -> str | None:
    if any(peer[name] for name in NAMES):
        return None
    return "peer.hostname, peer.mvip: missing; give one of them to identify the pair with the peer"


def _check_values(options: Mapping[str, Any], prefix: str) -> str | None:
    for name, check in _CHECKS.items():
        advice = check(options[name]) if options[name] is not None else None
        if advice:
            return f"{prefix}{name}: {options[name]!r} cannot be used; {advice}"
    return None


def _check_mvip(value: str) -> str | None:
    # An empty text counts as not given.
    return None if not value or _ADDRESS.fullmatch(value) else "give an IPv4 or IPv6 address, such as 192.0.2.10"


def _check_port(value: int) -> str | None:
    return None if 1 <= value <= 65535 else "give a number from 1 to 65535"


def _check_timeout(value: int) -> str | None:
    return None if 1 <= value <= MOST_SECONDS else f"give a number of seconds from 1 to {MOST_SECONDS}"


def _check_concurrency(value: int) -> str | None:
    return None if 1 <= value <= 32 else "give a number from 1 to 32"


def _check_fingerprint(value: str) -> str | None:
    if _FINGERPRINT.fullmatch(value):
        return None
    return "give the SHA-256 fingerprint of the certificate, 64 hexadecimal digits with or without colons"


def _check_api_version(value: str) -> str | None:
    match = _API_VERSION.fullmatch(value)
    if match and (int(match[1]), int(match[2])) >= OLDEST_API_VERSION:
        return None
    return 'give a version such as "12.3"; the oldest one with every required method is "10.0"'


_CHECKS: dict[str, Callable[[Any], str | None]] = {
    "port": _check_port,
    "cert_fingerprint": _check_fingerprint,
    "api_version": _check_api_version,
    "timeout": _check_timeout,
    "concurrency": _check_concurrency,
    "mvip": _check_mvip,
}
