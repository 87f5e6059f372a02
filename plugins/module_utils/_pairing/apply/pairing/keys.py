# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pairing keys: taken out of a reply and hidden from all output the moment they arrive.

A pairing key is a credential. It lives in local variables of the handshakes and goes from one reply into one request
byte for byte.
"""

# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

import json

from ...._element.errors import Failure
from ...._element.secret_forms import forms
from ..writer import Writer


def take_key(writer: Writer, side: str, method: str, result: dict, member: str) -> str:
    key = result.get(member)
    if not isinstance(key, str) or not key:
        raise bad_start(writer, side, method, member)
    # A key of clusters carries a service user of the origin. One of volumes carries nothing secret, and there are many:
    # its other forms would cost more time than all the rest, since Ansible looks for each in each text that it prints.
    credentials = [member_of_key(key, credential) for credential in ("username", "password")]
    for secret in {key}.union(*(forms(value) | forms(key) for value in credentials if value)):
        writer.run.hide(secret)
    return key


def bad_start(writer: Writer, side: str, method: str, member: str) -> Failure:
    cluster = writer.run.name(side)
    failure = Failure(
        "bad_reply", f"cluster {cluster} answered {method} without {member}; see what it left pending", cluster, method
    )
    failure.outcome_unknown = True
    return failure


def member_of_key(key: str, member: str) -> str | None:
    """A text inside a key (hexadecimal JSON, found by decoding documented ones); None when it does not decode."""
    try:
        value = json.loads(bytes.fromhex(key))[member]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return value if isinstance(value, str) else None
