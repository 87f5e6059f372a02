# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection elementsw.replication: it can change without notice.
"""The forms in which a secret may come back. Ansible hides a secret where it stands as it is, and nowhere else."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote, quote_plus

# What is shorter says nothing in another form, and would hide a good part of all numbers.
_SHORTEST = 4


def forms(secret: str) -> set[str]:
    """The secret as it is, within JSON, in a URL, in hexadecimal and in base64."""
    if len(secret) < _SHORTEST:
        return {secret} - {""}
    data = as_bytes(secret)
    digits, coded = data.hex(), base64.b64encode(data).decode()
    return {
        secret,
        *(json.dumps(secret, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False)),
        *(quote(data, safe) for safe in ("/", "")),
        quote_plus(data),
        digits,
        digits.upper(),
        # Padding or none, in either alphabet.
        coded.rstrip("="),
        coded.rstrip("=").translate(str.maketrans("+/", "-_")),
    }


def as_bytes(text: str) -> bytes:
    """UTF-8, whatever half characters the text may hold."""
    return text.encode("utf-8", "surrogatepass")
