# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Host names and IP addresses: two texts that write the same address are equal."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

import socket
from typing import Any

from .libraries import netaddr


def parse(text: str | None) -> Any:
    """Return the netaddr.IPAddress that `text` writes, or None when it is a name or empty."""
    try:
        # INET_PTON: without it "10" would be read as 0.0.0.10
        address = netaddr.IPAddress(_bare(text or "").strip("[]"), flags=netaddr.INET_PTON)
    except (netaddr.AddrFormatError, ValueError):
        return None
    return address.ipv4() if address.is_ipv4_mapped() else address


def same(one: str | None, other: str | None) -> bool:
    """Whether two texts name the same host: equal addresses, or names that are equal in any case. "" names none."""
    if not one or not other:
        return False
    first, second = parse(one), parse(other)
    if first is None or second is None:
        return first is second and _bare(one).lower() == _bare(other).lower()
    return first == second


def _bare(text: str) -> str:
    """Return `text` without the blanks around it and without the final dot of an absolute name."""
    return text.strip().rstrip(".")


def url_host(hostname: str) -> str:
    """Return `hostname` as a URL contains it: an IPv6 literal is put in brackets."""
    address = parse(hostname)
    return f"[{address}]" if address is not None and address.version == 6 else hostname.strip()


def resolve(hostname: str) -> tuple[str, ...]:
    """Return `hostname` and every address that it resolves to; only `hostname` if it does not resolve."""
    try:
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(hostname.strip().strip("[]"), None)}
    except (OSError, UnicodeError):
        found = set()
    return (hostname, *sorted(found))
