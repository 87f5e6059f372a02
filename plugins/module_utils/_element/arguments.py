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

#: How a module that waits reports its progress. Only the action plugin sets `x_resume`.
PROGRESS: dict[str, dict[str, Any]] = {
    "progress_interval": {"type": "int", "default": 30},
    "x_resume": {
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

# With the label that openssl and browsers print before it.
_FINGERPRINT = re.compile(
    r"\s*(?:sha-?256)?\s*(?:fingerprint)?\s*[=:]?\s*([0-9a-f]{2}(?:[: ]?[0-9a-f]{2}){31})\s*", re.I
)
# Approximations: netaddr, which is exact, need not be installed on the controller.
_OCTET = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_IPV4 = rf"{_OCTET}(?:\.{_OCTET}){{3}}"
_IPV6 = r"[0-9A-Fa-f]*:[0-9A-Fa-f]*:[0-9A-Fa-f:.]*"
_ADDRESS = re.compile(rf"{_IPV4}|{_IPV6}|\[{_IPV6}\]")
# Letters of any script, and not only digits: the system's resolver reads "10" as the address 0.0.0.10.
_NAME = re.compile(r"(?=.{1,253}$)(?=.*[^\W\d])[\w.-]+")
_HOST_AND_PORT = re.compile(r"(\[[^]]*\]|[^:]*)(?::(\d*))?")
#: The texts that Ansible accepts for true and for false, in small letters.
_TRUE = frozenset(("y", "yes", "on", "1", "true", "t", "1.0"))
_FALSE = frozenset(("n", "no", "off", "0", "false", "f", "0.0"))
_API_VERSION = re.compile(r"(\d{1,3})\.(\d{1,3})")
# A message contains at most so many characters of an invalid value.
_LONGEST_VALUE = 60

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
        return _plain(local), None
    peer = {name: params["peer"][name] for name in CONNECTION}
    for name in INHERITED:
        if peer[name] is None:
            peer[name] = local[name]
    return _plain(local), _plain(peer)


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


def check_value(option: str, value: Any, label: str) -> str | None:
    """Return a message about a value of the option that cannot be used, or None. label: what the message begins with.

    value: as a module gets it, or as a host variable has it, where a number can be a text.
    """
    advice = _CHECKS[option](value) if option in _CHECKS else None
    return f"{label}: {_shown_without_login(value)} cannot be used; {advice}" if advice else None


def is_unset(value: Any) -> bool:
    """Whether a value counts as not given: None, or a text of blanks."""
    return value is None or (isinstance(value, str) and not value.strip())


def as_flag(value: Any) -> bool | None:
    """Return what Ansible reads as true or false. None for anything else."""
    text = str(value).strip().lower()
    return text in _TRUE if text in _TRUE | _FALSE else None


def shown(value: Any) -> str:
    """Return an invalid value for a message: a text in quotes, and what is long shortened."""
    text = str(value)
    shortened = text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}..."
    return repr(shortened) if isinstance(value, str) else shortened


def leaves_peer_out(params: Mapping[str, Any]) -> bool:
    """Whether the task states that the peer is gone: nothing is sent to it, and only its name is needed."""
    return params.get("peer_unreachable") == ASSUME_DEAD


def _peer_options() -> dict[str, dict[str, Any]]:
    options = copy.deepcopy(CONNECTION)
    for name in INHERITED:
        options[name].pop("default", None)
    return options


def _plain(options: Options) -> Options:
    """Return the options without blanks around names and addresses, and None for the texts that are empty.

    An empty `ca_path` means the authorities of the system, whatever the other side uses.
    """
    texts = {
        name: (options[name] or "").strip() or None for name in ("hostname", "ca_path", "cert_fingerprint", "mvip")
    }
    match = _FINGERPRINT.fullmatch(texts["cert_fingerprint"] or "")
    if match:
        texts["cert_fingerprint"] = re.sub("[: ]", "", match[1]).lower()
    return {**options, **texts}


def _check_required(options: Mapping[str, Any], prefix: str) -> str | None:
    missing = [name for name in REQUIRED if is_unset(options[name])]
    if not missing:
        return None
    names = ", ".join(prefix + name for name in missing)
    variables = ", ".join(host_variable(name) for name in missing)
    remedy = "give a value" if prefix else f"give a value or set the host's variable {variables}"
    return f"{names}: missing; {remedy}"


def _check_named(peer: Mapping[str, Any]) -> str | None:
    if not all(is_unset(peer[name]) for name in NAMES):
        return None
    return "peer.hostname, peer.mvip: missing; give one of them to identify the pair with the peer"


def _check_values(options: Mapping[str, Any], prefix: str) -> str | None:
    found = (check_value(name, options[name], f"{prefix}{name}") for name in CONNECTION if options[name] is not None)
    return next((problem for problem in found if problem), None)


def _shown_without_login(value: Any) -> str:
    """Return an invalid value for a message. A text with "@" can contain a password."""
    if "@" in str(value):
        return "its value"
    return shown(value.strip() if isinstance(value, str) else value)


def _check_hostname(value: Any) -> str | None:
    text = str(value).strip()
    if _is_host(text):
        return None
    host, port = _host_and_port(text)
    if not host:
        return "give a DNS name, or an IPv4 or IPv6 address, such as 192.0.2.10"
    kind = "address" if _ADDRESS.fullmatch(host) else "name"
    return (
        f"give the {kind} alone, {host}"
        + (f", and {port} as port (host variable {host_variable('port')})" if port else "")
        + (f", and the user as username (host variable {host_variable('username')})" if "@" in text else "")
    )


def _check_mvip(value: Any) -> str | None:
    text = str(value).strip()
    if not text or _ADDRESS.fullmatch(text):
        return None
    host, _port = _host_and_port(text)
    return (
        f"give the address alone, {host}"
        if host and _ADDRESS.fullmatch(host)
        else "give an IPv4 or IPv6 address, such as 192.0.2.10"
    )


def _is_host(text: str) -> bool:
    return bool(_ADDRESS.fullmatch(text) or _NAME.fullmatch(text))


def _host_and_port(text: str) -> tuple[str | None, str | None]:
    """Return the name or the address in a URL or a part of one, and the port if it has one."""
    # First what precedes the last "@": a password can contain any of the other signs.
    after_login = text.rpartition("@")[2]
    after_scheme = re.sub(r"^(\w*:)?//", "", after_login)
    authority = re.split(r"[/?#\\]", after_scheme)[0]
    match = None if _ADDRESS.fullmatch(authority) else _HOST_AND_PORT.fullmatch(authority)
    host, port = (match[1], match[2]) if match else (authority, None)
    host = host.strip("[]")
    return (host, port) if _is_host(host) else (None, None)


def _check_number(first: int, last: int, of: str) -> Callable[[Any], str | None]:
    """Return the check of a whole number. In a host variable it can be a text."""

    def check(value: Any) -> str | None:
        try:
            is_valid = first <= int(str(value)) <= last
        except ValueError:
            is_valid = False
        return None if is_valid else f"give a number {of}from {first} to {last}"

    return check


def _check_flag(value: Any) -> str | None:
    return "give true or false" if as_flag(value) is None else None


def _check_fingerprint(value: Any) -> str | None:
    if is_unset(value) or _FINGERPRINT.fullmatch(str(value)):
        return None
    return "give the SHA-256 fingerprint of the certificate, 64 hexadecimal digits with or without colons"


def _check_api_version(value: Any) -> str | None:
    match = _API_VERSION.fullmatch(str(value))
    if match and (int(match[1]), int(match[2])) >= OLDEST_API_VERSION:
        return None
    return 'give a version such as "12.3"; the oldest one with every required method is "10.0"'


_CHECKS: dict[str, Callable[[Any], str | None]] = {
    "hostname": _check_hostname,
    "port": _check_number(1, 65535, ""),
    "validate_certs": _check_flag,
    "cert_fingerprint": _check_fingerprint,
    "api_version": _check_api_version,
    "timeout": _check_number(1, MOST_SECONDS, "of seconds "),
    "use_proxy": _check_flag,
    "concurrency": _check_number(1, 32, ""),
    "mvip": _check_mvip,
}
