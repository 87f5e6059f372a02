# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the volume pairs that exist differ from those that are declared."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.elementsw.replication.plugins.filter.replication_drift import (
    FilterModule,
    replication_drift,
)
from ansible_collections.elementsw.replication.tests.unit.plugins.filter.reports import (
    problem,
    report,
    side,
    volume_pair,
)

PAIRS = [volume_pair("a", 1), volume_pair("b", 2), volume_pair("b", 3, local=side("b", 3, account="other"))]
UNPAIRED = [
    {"volume_id": 8, "name": "new", "account": "shop", "size": 1},
    {"volume_id": 9, "name": "foreign", "account": "else", "size": 1},
]


def drift(*items, account=None, **others):
    link = {**report(PAIRS, **others), "ansible_loop_var": "which", "which": {"cluster": "alpha", "peer": "beta"}}
    declared = {"cluster": "alpha", "peer": "beta", "pairs": list(items), "account": account}
    return replication_drift({"pairs": [link]}, [declared])


@pytest.mark.parametrize(
    ("items", "account", "not_paired", "not_declared"),
    [
        ([{"volume": "a"}, {"volume": "b"}], None, [], []),
        ([{"volume": "a"}, {"volume": "b", "account": "other"}], None, [], ["b (2)"]),
        ([{"volume_id": "1"}, {"volume_id": 2}, {"volume_id": 3}], "shop", [], []),
        ([{"volume": "a"}, {"volume": "b"}], "shop", [], ["b (3)"]),
        ([{"volume": "b"}, {"volume": "c"}, {"volume_id": 7}], None, ["c", "7"], ["a (1)"]),
    ],
)
def test_what_is_not_paired_and_what_is_not_declared(items, account, not_paired, not_declared):
    found = drift(*items, account=account)
    for each in found:
        each.pop("problems")
    expected = {
        "link": "alpha - beta",
        "not_paired": not_paired,
        "not_declared": not_declared,
        "unpaired": [],
        "problem": None,
    }
    assert found == ([expected] if not_paired or not_declared else [])


def test_volumes_of_the_accounts_concerned_that_are_in_no_pair():
    (found,) = drift({"volume": "a"}, {"volume": "b"}, unpaired=UNPAIRED)
    assert found["unpaired"] == ["new (8)"]
    (declared,) = drift({"volume": "a"}, {"volume": "b"}, {"volume": "new"}, unpaired=UNPAIRED)
    assert (declared["not_paired"], declared["unpaired"]) == (["new"], [])


def test_a_list_that_cannot_be_used_is_reported_and_not_compared():
    link = {**report(PAIRS), "ansible_loop_var": "which", "which": {"cluster": "alpha", "peer": "beta"}}
    (found,) = replication_drift(
        {"pairs": [link]}, [{"cluster": "alpha", "peer": "beta", "pairs": [], "problem": "odd"}]
    )
    (wrong,) = found.pop("problems")
    assert found == {"link": "alpha - beta", "problem": "odd", "not_paired": [], "not_declared": [], "unpaired": []}
    assert (wrong["code"], wrong["severity"], wrong["count"]) == ("list_not_usable", "error", None)
    assert "the list of alpha - beta cannot be used: odd" in wrong["message"]


def test_what_is_declared_and_not_there_is_an_error_and_everything_else_a_warning():
    (found,) = drift(*({"volume": name} for name in ("a", "v", "w", "x", "y", "z")), unpaired=UNPAIRED)
    assert [(each["code"], each["severity"], each["count"], each["cluster"]) for each in found["problems"]] == [
        ("declared_not_paired", "error", 5, "alpha"),
        ("not_declared", "warning", 2, "alpha"),
        ("unpaired", "warning", 1, "alpha"),
    ]
    assert [each["message"] for each in found["problems"]] == [
        "alpha - beta: 5 volumes are declared and not paired: v, w, x and 2 more",
        "alpha - beta: 2 volumes are paired and not declared: b (2), b (3)",
        "alpha - beta: 1 other volume of the same accounts is in no pair with this peer: new (8)",
    ]
    assert {key for each in found["problems"] for key in each} == {*problem("x", count=1, account=None)}


def test_a_link_without_a_list_is_not_compared():
    link = {**report(PAIRS), "ansible_loop_var": "which", "which": {"cluster": "alpha", "peer": "beta"}}
    assert replication_drift({"pairs": [link]}, []) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([[], []], "the input is of type list, expected a dictionary"),
        ([{}, ["a"]], "item 1 of declared is of type str, expected a dictionary"),
        ([{}, []], "'pairs' is missing in the input"),
    ],
)
def test_input_that_is_not_as_documented(arguments, message):
    with pytest.raises(AnsibleFilterError) as refused:
        replication_drift(*arguments)
    assert f"elementsw.replication.replication_drift: {message}" in str(refused.value)


def test_ansible_finds_it_by_its_name():
    assert FilterModule().filters() == {"replication_drift": replication_drift}
