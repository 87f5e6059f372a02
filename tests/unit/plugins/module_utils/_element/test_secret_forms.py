# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The forms in which a secret may come back."""

from __future__ import annotations

import base64
import json
import urllib.parse

import pytest

from ansible_collections.elementsw.replication.plugins.module_utils._element.secret_forms import as_bytes, forms

SECRET = 'Only "here" +/?ü €>>>~~~'
DATA = SECRET.encode()


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        json.dumps(SECRET)[1:-1],
        json.dumps(SECRET, ensure_ascii=False)[1:-1],
        urllib.parse.quote(SECRET),
        urllib.parse.quote(SECRET, safe=""),
        urllib.parse.quote_plus(SECRET),
        DATA.hex(),
        DATA.hex().upper(),
        base64.b64encode(DATA).decode(),
        base64.urlsafe_b64encode(DATA).decode(),
        base64.b64encode(DATA).decode().rstrip("="),
    ],
)
def test_every_form_holds_one_that_is_hidden(form):
    assert any(hidden in form for hidden in forms(SECRET))
    assert all(hidden not in "nothing of that kind" for hidden in forms(SECRET))


@pytest.mark.parametrize(("secret", "hidden"), [("", set()), ("41", {"41"}), ("abc", {"abc"})])
def test_what_is_short_is_not_hidden_in_other_forms(secret, hidden):
    assert forms(secret) == hidden


def test_half_a_character_is_no_reason_to_fail():
    assert as_bytes("x\ud800") == b"x\xed\xa0\x80"
    assert "pass\udc80word" in forms("pass\udc80word")
