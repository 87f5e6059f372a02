# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names in a list or in one text, and the builtins that every filter makes of its input."""

from __future__ import annotations

from collections import OrderedDict, UserDict, UserList

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.elementsw.replication.plugins.filter.as_list import FilterModule, as_list
from ansible_collections.elementsw.replication.plugins.plugin_utils._filter_input import plain


class Tagged(str):
    """A text like those of ansible-core that know where they come from."""

    def __str__(self):
        return "not the text itself"


class Counted(int):
    """A number of such a kind."""


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("orders-db", ["orders-db"]),
        ("orders-db,orders-log", ["orders-db", "orders-log"]),
        (" orders-db ,  orders log ", ["orders-db", "orders log"]),
        (Tagged("a,b"), ["a", "b"]),
        (None, []),
        ("", []),
        (" \n , ", []),
        ("a,", ["a"]),
        ("a,,b", ["a", "b"]),
        ("a\nb\r\n c , d\n\n", ["a", "b", "c", "d"]),
        ([], []),
        ([None, "", " a ", 7], ["a", "7"]),
        (["a, b"], ["a, b"]),
        (("a", Tagged("b")), ["a", "b"]),
        (UserList(["a"]), ["a"]),
    ],
)
def test_names(value, expected):
    names = as_list(value)
    assert names == expected
    assert types(names) == types(expected)


@pytest.mark.parametrize(("value", "kind"), [(7, "int"), ({"a": 1}, "dict"), (b"a,b", "bytes")])
def test_neither_a_list_nor_a_text(value, kind):
    with pytest.raises(AnsibleFilterError) as refused:
        as_list(value)
    expected = f"elementsw.replication.as_list: the input is of type {kind}, expected a list, or a text"
    assert expected in str(refused.value)


@pytest.mark.parametrize(("item", "kind"), [({"volume": "a"}, "dict"), (True, "bool"), (["a"], "list")])
def test_a_list_of_something_else_than_names(item, kind):
    with pytest.raises(AnsibleFilterError) as refused:
        as_list(["a", item])
    assert f"as_list: item 2 of the input is of type {kind}, expected a name." in str(refused.value)


def test_ansible_finds_it_by_its_name():
    assert FilterModule().filters() == {"as_list": as_list}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (True, True),
        (1.5, 1.5),
        (Counted(7), 7),
        (Tagged("a"), "a"),
        (b"a", b"a"),
        (OrderedDict([(Tagged("a"), UserList([Tagged("b"), None]))]), {"a": ["b", None]}),
        (UserDict({"a": ({"b": Counted(1)},)}), {"a": [{"b": 1}]}),
        ({"a"}, ["a"]),
    ],
)
def test_builtins(value, expected):
    builtin = plain(value)
    assert builtin == expected
    assert types(builtin) == types(expected)


def types(value):
    if isinstance(value, dict):
        return [dict, *((type(key), types(inner)) for key, inner in value.items())]
    if isinstance(value, list):
        return [list, *map(types, value)]
    return type(value)
