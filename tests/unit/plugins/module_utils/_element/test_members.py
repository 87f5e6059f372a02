# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Members of replies: what is taken, and what is refused rather than made to fit."""

from __future__ import annotations

from functools import partial
from operator import itemgetter

import pytest

from ansible_collections.elementsw.replication.plugins.module_utils._element.members import (
    each_once,
    flag,
    items,
    number,
    optional_items,
    optional_text,
    text,
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
        (of_member(flag), [True, False]),
        (of_member(items), [[], [41]]),
        (of_member(optional_items), [None, [], [41]]),
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


@pytest.mark.parametrize("read", [text, flag, items])
def test_what_must_be_there(read):
    with pytest.raises((LookupError, ValueError)):
        read({}, "member")


def test_what_may_be_missing():
    assert (optional_text({}, "member"), optional_items({}, "member")) == ("", [])
    assert (optional_text({"member": None}, "member"), optional_items({"member": None}, "member")) == ("", [])


def test_nothing_is_there_twice():
    once = partial(each_once, key=itemgetter(0))
    assert once([(1, "a"), (2, "a")]) == ((1, "a"), (2, "a"))
    with pytest.raises(ValueError, match="1 is there twice"):
        once([(1, "a"), (2, "a"), (1, "a")])
