# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which volume pairs fail over."""

from __future__ import annotations

from collections import UserDict, UserList

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.elementsw.replication.plugins.filter.failover_pairs import FilterModule, failover_pairs
from ansible_collections.elementsw.replication.tests.unit.plugins.filter.reports import (
    cluster_pair,
    report,
    result,
    side,
    volume_pair,
)

DB = volume_pair("orders-db", 41, direction="from_peer")
LOG = volume_pair("orders-log", 42)
WIKI = volume_pair("wiki", 43, local={**side("wiki", 43), "account": "office"})
HALF = volume_pair("half", 44, state="half_local")
UNKNOWN = volume_pair("orders-db", 41, state="unknown_peer", peer=side(None, 77, None))
EXPORTED = {"volume": "orders-db", "account": "shop", "mode": "sync", "direction": "from_peer"}


def chosen(number):
    return {"volume_id": number, "peer_volume_id": number + 36, "direction": "to_peer"}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param({}, [41, 42, 43], id="all that replicate"),
        pytest.param({"volumes": ["wiki", "orders-db"]}, [41, 43], id="named volumes, in the order of the report"),
        pytest.param({"accounts": ["office"]}, [43], id="accounts"),
        pytest.param({"volumes": ["wiki"], "accounts": ["shop"]}, [], id="both must match"),
        pytest.param({"volumes": ["half"]}, [], id="a half does not replicate"),
        pytest.param({"volumes": []}, [], id="no name is not every name"),
    ],
)
def test_pairs_of_a_peer_that_answers(given, expected):
    choice = failover_pairs(report([DB, LOG, WIKI, HALF], pairs=[EXPORTED]), **given)
    assert choice["pairs"] == [chosen(number) for number in expected]
    assert choice["ambiguous"] is False


def test_pairs_that_are_given_get_the_direction_and_keep_everything_else():
    pairs = [{**EXPORTED, "size": "20GiB"}, UserDict({"volume_id": 41})]
    choice = failover_pairs(report([]), pairs=UserList(pairs))
    assert choice["pairs"] == [
        {**EXPORTED, "size": "20GiB", "direction": "to_peer"},
        {"volume_id": 41, "direction": "to_peer"},
    ]
    assert {type(pair) for pair in choice["pairs"]} == {dict}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, [{"volume": "orders-db", "account": "shop", "direction": "to_peer"}]),
        ({"accounts": ["shop"]}, [{"volume": "orders-db", "account": "shop", "direction": "to_peer"}]),
        ({"volumes": ["orders-db"]}, [chosen(41)]),
    ],
)
def test_an_unreachable_peer_has_the_exported_pairs_without_their_mode(given, expected):
    unreachable = report([UNKNOWN], there=None, pairs=[EXPORTED])
    assert failover_pairs(unreachable, **given)["pairs"] == expected


@pytest.mark.parametrize(
    ("peers", "exported", "given", "ambiguous"),
    [
        (["unknown_peer"], [], {}, False),
        (["unknown_peer", "pending_local"], [], {}, False),
        (["unknown_peer", "unknown_peer"], [], {}, True),
        ([], [], {}, True),
        (["unknown_peer", "unknown_peer"], [EXPORTED], {}, False),
        (["unknown_peer", "unknown_peer"], [], {"volumes": ["orders-db"]}, False),
        (["unknown_peer", "unknown_peer"], [], {"accounts": ["shop"]}, False),
        (["unknown_peer", "unknown_peer"], [], {"pairs": [EXPORTED]}, False),
    ],
)
def test_whether_it_is_known_which_pairs_are_with_an_unreachable_peer(peers, exported, given, ambiguous):
    unreachable = report([UNKNOWN], there=None, pairs=exported, cluster_pairs=[cluster_pair(state) for state in peers])
    assert failover_pairs(unreachable, **given)["ambiguous"] is ambiguous


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (None, []),
        (["orders-db"], []),
        (["nonesuch", "orders-db", "half"], ["nonesuch", "half"]),
        (("a", "a"), ["a", "a"]),
    ],
)
def test_names_that_no_replicating_pair_has(names, expected):
    assert failover_pairs(report([DB, HALF]), volumes=names)["not_paired"] == expected


def test_pairs_with_another_cluster_are_left_out():
    trial = {
        "failed": True,
        "pairs": [
            result("orders-db", 41, "paired_elsewhere"),
            result("orders-log", 42, "no_source"),
            result("wiki", 43),
            result("x", 44, "paired_elsewhere", local=side(None, None)),
        ],
    }
    everything = report([DB, LOG, WIKI], there=None, peer_reachable=None)
    assert failover_pairs(everything, trial=trial)["pairs"] == [chosen(42), chosen(43)]
    assert failover_pairs(everything, trial={"skipped": True})["pairs"] == [chosen(41), chosen(42), chosen(43)]
    assert failover_pairs(report([]), pairs=[EXPORTED], trial=trial)["pairs"] == [{**EXPORTED, "direction": "to_peer"}]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["a text"],
            "the input is of type str, expected a dictionary, the result of elementsw.replication.element_pair_info",
        ),
        ([{"changed": False}], "'peer_reachable' is missing in the input"),
        ([report([{"state": "paired", "local": None}])], "the input is not as expected"),
        (
            [report([]), [EXPORTED, "wiki"]],
            "item 2 of pairs is of type str, expected a dictionary, each item a volume pair",
        ),
        ([report([]), None, "wiki"], "volumes is of type str, expected a list, of names"),
        ([report([]), None, None, 7], "accounts is of type int, expected a list, of names"),
    ],
)
def test_input_that_is_not_as_documented(arguments, message):
    with pytest.raises(AnsibleFilterError) as refused:
        failover_pairs(*arguments)
    assert f"elementsw.replication.failover_pairs: {message}" in str(refused.value)


def test_a_trial_is_a_result():
    with pytest.raises(AnsibleFilterError) as refused:
        failover_pairs(report([]), trial=[1])
    assert "trial is of type list, expected a dictionary" in str(refused.value)


def test_ansible_finds_it_by_its_name():
    assert FilterModule().filters() == {"failover_pairs": failover_pairs}
