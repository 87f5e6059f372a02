# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection elementsw.replication: it can change without notice.

"""The options that reach a cluster, and how each side of a pair comes by its own; and those that tell of a wait.

Read by the modules, and by the action plugins on the controller, which need names and defaults only.
Hence this file imports neither `requests` nor `ansible`.
"""

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

#: Without these there is no connection. Optional in the spec, because host variables can supply them.
REQUIRED = ("hostname", "username", "password")

#: By these a peer is recognised that nothing is sent to. One of them will do.
NAMES = ("hostname", "mvip")

#: What a task may do where the peer does not answer. With the last one it is not even asked.
ASSUME_DEAD = "assume_dead"
UNREACHABLE = ("fail", "local_only", ASSUME_DEAD)

#: How a module that waits tells of it. The action plugin fills in `_resume`, and nobody else.
PROGRESS: dict[str, dict[str, Any]] = {
    "progress_interval": {"type": "int", "default": 30},
    "_resume": {
        "type": "dict",
        "options": {"waited": {"type": "float", "required": True}, "report": {"type": "dict", "required": True}},
    },
}

#: What an explicit `peer` takes over from this cluster. Never an identity, a secret or a pinned certificate.
INHERITED = ("port", "validate_certs", "ca_path", "timeout", "use_proxy", "concurrency", "api_version")

#: The longest `timeout`: a day. The system's clocks cannot hold just any number.
MOST_SECONDS = 86400

#: The first endpoint that has every method used here.
OLDEST_API_VERSION = (10, 0)

_FINGERPRINT = re.compile(r"[0-9A-Fa-f]{2}(:?[0-9A-Fa-f]{2}){31}")
# Rough: netaddr, which knows better, is not there on the controller.
_ADDRESS = re.compile(r"\s*(\d{1,3}(\.\d{1,3}){3}|\[?[0-9A-Fa-f]*:[0-9A-Fa-f:.]+\]?)\s*")
_API_VERSION = re.compile(r"(\d{1,3})\.(\d{1,3})")

Options = dict[str, Any]


def host_variable(option: str) -> str:
    """The inventory variable that fills the option when the task does not give it."""
    return f"element_{option}"


def connection_spec() -> dict[str, dict[str, Any]]:
    """The part of an argument spec that reaches this cluster and its peer."""
    return {
        **copy.deepcopy(CONNECTION),
        "peer": {"type": "dict", "options": _peer_options()},
        "peer_host": {"type": "str"},
    }


def connection_rules(peer_required: bool) -> dict[str, list[tuple[str, ...]]]:
    """The rules that go with `connection_spec`, as keyword arguments of AnsibleModule."""
    return {
        "mutually_exclusive": [("peer", "peer_host")],
        "required_one_of": [("peer", "peer_host")] if peer_required else [],
    }


def peer_host_defaults() -> Options:
    """What a peer named by `peer_host` has where its host variables are silent.

    An option without a default is empty here rather than absent: absent would take over this cluster's value.
    """
    return {name: CONNECTION[name].get("default", "") for name in INHERITED}


def endpoints(params: Mapping[str, Any]) -> tuple[Options, Options | None]:
    """The options of this cluster and of its peer, under the names of CONNECTION. None: nothing is sent to a peer.

    `params` are the module's, checked by Ansible and by `check_local`.
    """
    here = {name: params[name] for name in CONNECTION}
    if params["peer"] is None or assumes_dead(params):
        return _without_empty_path(here), None
    there = {name: params["peer"][name] for name in CONNECTION}
    for name in INHERITED:
        if there[name] is None:
            there[name] = here[name]
    return _without_empty_path(here), _without_empty_path(there)


def check_local(params: Mapping[str, Any]) -> str | None:
    """A sentence about the first connection option that is missing or makes no sense, or None."""
    if params["peer_host"] is not None:
        return (
            "peer_host: nobody looked up that host's variables, because the action plugin of this collection "
            "did not run; call the module by its full name in a task, or give peer"
        )
    peer = params["peer"]
    problem = _check_required(params, "") or _check_values(params, "")
    if problem or peer is None:
        return problem
    missing = _check_named(peer) if assumes_dead(params) else _check_required(peer, "peer.")
    return missing or _check_values(peer, "peer.")


def assumes_dead(params: Mapping[str, Any]) -> bool:
    """Whether the task says that the peer is gone: nothing is sent to it, and nothing but its name is needed."""
    return params.get("peer_unreachable") == ASSUME_DEAD


def _peer_options() -> dict[str, dict[str, Any]]:
    options = copy.deepcopy(CONNECTION)
    for name in INHERITED:
        options[name].pop("default", None)
    return options


def _without_empty_path(options: Options) -> Options:
    """An empty `ca_path` says: the system's authorities, whatever the other side uses."""
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
    return "peer.hostname, peer.mvip: missing; give one of them, so that the pair with the peer is recognised"


def _check_values(options: Mapping[str, Any], prefix: str) -> str | None:
    for name, check in _CHECKS.items():
        advice = check(options[name]) if options[name] is not None else None
        if advice:
            return f"{prefix}{name}: {options[name]!r} cannot be used; {advice}"
    return None


def _check_mvip(value: str) -> str | None:
    # Empty text: not given.
    return None if not value or _ADDRESS.fullmatch(value) else "give the IPv4 or IPv6 address alone, such as 192.0.2.10"


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
    return 'give a version such as "10.0", which is the oldest with every method used here, or "12.3"'


_CHECKS: dict[str, Callable[[Any], str | None]] = {
    "port": _check_port,
    "cert_fingerprint": _check_fingerprint,
    "api_version": _check_api_version,
    "timeout": _check_timeout,
    "concurrency": _check_concurrency,
    "mvip": _check_mvip,
}
