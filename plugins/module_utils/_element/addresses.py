# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection elementsw.replication: it can change without notice.
"""Host names and addresses: never compared as text where they are addresses."""

from __future__ import annotations

import socket
from typing import Any

from .libraries import netaddr


def parse(text: str | None) -> Any:
    """The address that `text` writes, or None when it is a name or nothing."""
    try:
        # INET_PTON: without it "10" would be read as 0.0.0.10
        address = netaddr.IPAddress(_bare(text or "").strip("[]"), flags=netaddr.INET_PTON)
    except (netaddr.AddrFormatError, ValueError):
        return None
    return address.ipv4() if address.is_ipv4_mapped() else address


def same(one: str | None, other: str | None) -> bool:
    """Whether two texts name the same host: equal addresses, or equal names whatever their case. Nothing equals ""."""
    if not one or not other:
        return False
    first, second = parse(one), parse(other)
    if first is None or second is None:
        return first is second and _bare(one).lower() == _bare(other).lower()
    return first == second


def _bare(text: str) -> str:
    """Without blanks around it, and without the final dot that makes a name absolute."""
    return text.strip().rstrip(".")


def url_host(hostname: str) -> str:
    """`hostname` as it stands in a URL: IPv6 literals in brackets."""
    address = parse(hostname)
    return f"[{address}]" if address is not None and address.version == 6 else hostname.strip()


def resolve(hostname: str) -> tuple[str, ...]:
    """`hostname` and every address it resolves to; a name that does not resolve stands alone."""
    try:
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(hostname.strip("[]"), None)}
    except (OSError, UnicodeError):
        found = set()
    return (hostname, *sorted(found))
