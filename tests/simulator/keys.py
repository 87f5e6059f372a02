# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pairing keys: lower-case hexadecimal of a compact JSON object with its members in alphabetical order."""

from __future__ import annotations

import json
import random
import string
from typing import Any

CLUSTER_KEY_MEMBERS = {
    "clusterPairID": int,
    "clusterPairUUID": str,
    "clusterUniqueID": str,
    "mvip": str,
    "name": str,
    "password": str,
    "rpcConnectionID": int,
    "username": str,
}
VOLUME_KEY_MEMBERS = {"mvip": str, "volumeID": int, "volumeName": str, "volumePairUUID": str}

PAIR_USER_PREFIX = "__SF_pair_"
# Real generated passwords may hold spaces and punctuation; these are enough to find a client that mangles them.
PASSWORD_ALPHABET = string.ascii_letters + string.digits + "!#$%()*+,-.:;<=>?@[]^_{|}~ "


def encode(members: dict[str, Any]) -> str:
    """The key that carries these members."""
    return json.dumps(members, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode().hex()


def decode(key: str, any_case: bool = True) -> dict[str, Any]:
    """The members of a key. Raises ValueError for anything that is no hexadecimal JSON object."""
    if not any_case and key != key.lower():
        raise ValueError("upper-case digits")
    # bytes.fromhex would skip white space, and a key is invalid when any character of it was altered.
    if not key or any(digit not in string.hexdigits for digit in key):
        raise ValueError("not hexadecimal")
    try:
        members = json.loads(bytes.fromhex(key).decode())
    except RecursionError:
        raise ValueError("too deep") from None
    if not isinstance(members, dict):
        raise ValueError("not an object")
    return members


def read(key: str, expected: dict[str, type], any_case: bool = True) -> dict[str, Any]:
    """The members of a key of one kind. Raises ValueError when it is none of that kind."""
    members = decode(key, any_case)
    if {name: type(value) for name, value in members.items()} != expected:
        raise ValueError("other members")
    return members


def pair_user(rng: random.Random) -> str:
    """Name of the service user that a cluster key carries."""
    return PAIR_USER_PREFIX + "".join(rng.choices(string.ascii_letters + string.digits, k=16))


def pair_password(rng: random.Random) -> str:
    """Password of that user; it neither begins nor ends with a space, to be findable in any output."""
    first, *middle, last = rng.choices(PASSWORD_ALPHABET.strip(), k=16)
    middle[7] = " "
    return "".join([first, *middle, last])


def chap_secret(rng: random.Random) -> str:
    """A CHAP secret as the cluster makes it up when none is given."""
    return "".join(rng.choices(string.ascii_letters + string.digits, k=14))
