# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pairing keys: they are read from a reply and hidden from all output as soon as they arrive.

A pairing key is a credential. It is only in local variables of the handshakes, and is sent exactly as it was received.
"""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

import json

from ...._element.errors import Failure
from ...._element.secret_forms import forms
from ...model import Side
from ..writer import Writer


def take_key(writer: Writer, side: Side, method: str, result: dict, member: str) -> str:
    """Return the key in a result, after hiding it and the credentials in it. Raises Failure, bad_reply, if there is none."""
    key = result.get(member)
    if not isinstance(key, str) or not key:
        raise bad_start(writer, side, method, member)
    # A key of clusters contains the credentials of a service user of the origin. A key of volumes contains no secret, and
    # there are many: hiding all of their forms would take too long, because Ansible searches each text for each of them.
    credentials = [member_of_key(key, credential) for credential in ("username", "password")]
    for secret in {key}.union(*(forms(value) | forms(key) for value in credentials if value)):
        writer.run.hide(secret)
    return key


def bad_start(writer: Writer, side: Side, method: str, member: str) -> Failure:
    """Return the failure of a start whose reply has no such member. Its outcome is not known."""
    cluster = writer.run.name(side)
    failure = Failure(
        "bad_reply",
        f"cluster {cluster} answered {method} without {member}; check the cluster for a pending pairing, then run again",
        cluster,
        method,
    )
    failure.outcome_unknown = True
    return failure


def member_of_key(key: str, member: str) -> str | None:
    """Return a text in a key, None if the key cannot be decoded. Documented keys are JSON in hexadecimal digits."""
    try:
        value = json.loads(bytes.fromhex(key))[member]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return value if isinstance(value, str) else None
