# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Members of replies: what is taken, and what is refused rather than made to fit."""

from __future__ import annotations

import pytest

from ansible_collections.elementsw.replication.plugins.module_utils._element.members import (
    Misfit,
    amount,
    flag,
    identifier,
    items,
    number,
    optional_items,
    optional_object,
    optional_text,
    optional_whole,
    text,
    whole,
    within,
)

ANYTHING = (None, "", "41", "false", [], [41], {}, {"a": 1}, True, False, -1, 0, 41, 41.0, 41.7)


def of_member(read):
    return lambda value: read({"member": value}, "member")


@pytest.mark.parametrize(
    ("read", "taken"),
    [
        (of_member(text), ["41", "false"]),
        (of_member(optional_text), [None, "", "41", "false"]),
        (number, [0, 41]),
        (of_member(whole), [0, 41]),
        (of_member(identifier), [41]),
        (of_member(optional_whole), [None, "", [], {}, False, 0, 41]),
        (of_member(amount), [0, 41, 41.0, 41.7]),
        (of_member(flag), [True, False]),
        (of_member(items), [[], [41]]),
        (of_member(optional_items), [None, [], [41]]),
        (of_member(optional_object), [None, "", [], {}, {"a": 1}, False, 0]),
    ],
)
def test_what_fits_is_taken_and_nothing_else(read, taken):
    def fits(value):
        try:
            read(value)
        except (TypeError, ValueError):
            return False
        return True

    assert [repr(value) for value in ANYTHING if fits(value)] == [repr(value) for value in taken]


@pytest.mark.parametrize("read", [text, whole, identifier, amount, flag, items])
def test_what_must_be_there(read):
    with pytest.raises(Misfit, match=r"^member "):
        read({}, "member")


@pytest.mark.parametrize("read", [text, optional_text, whole, identifier, amount, flag, items, optional_items])
def test_what_does_not_fit_is_named(read):
    with pytest.raises(Misfit) as caught:
        read({"member": {"a": 1}}, "member")
    assert caught.value.member == "member"


@pytest.mark.parametrize(
    ("value", "path"), [({"inner": 41}, "outer.inner"), ({}, "outer.inner"), ("text", "outer"), (None, "outer")]
)
def test_what_does_not_fit_inside_of_a_member_is_named_with_the_path_to_it(value, path):
    with pytest.raises(Misfit) as caught:
        within("outer", lambda entry: text(entry, "inner"), value)
    assert caught.value.member == path


def test_what_may_be_missing():
    assert (optional_text({}, "member"), optional_items({}, "member")) == ("", [])
    assert (optional_text({"member": None}, "member"), optional_items({"member": None}, "member")) == ("", [])
