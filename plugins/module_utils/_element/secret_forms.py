# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The forms in which a reply may repeat a secret. Ansible hides a secret only in its own form."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

import base64
import json
from urllib.parse import quote, quote_plus

# A shorter secret is not recognisable in another form, and its forms would hide many numbers.
_SHORTEST = 4


def forms(secret: str) -> set[str]:
    """Return the secret as it is, as a part of JSON or of a URL, in hexadecimal digits and in Base64."""
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
        # Without padding, so that the text with padding is hidden too, in both alphabets.
        coded.rstrip("="),
        coded.rstrip("=").translate(str.maketrans("+/", "-_")),
    }


def as_bytes(text: str) -> bytes:
    """Return the text in UTF-8, even if it has surrogates without their other halves."""
    return text.encode("utf-8", "surrogatepass")
