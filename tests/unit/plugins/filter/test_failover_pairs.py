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
    problem,
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


def choice(*groups, **arguments):
    before = arguments.pop("before", report([DB, LOG, WIKI, HALF], pairs=[EXPORTED]))
    return failover_pairs(before, groups or [{}], peer="beta", **arguments)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param({}, [41, 42, 43], id="all that replicate"),
        pytest.param({"volumes": None, "accounts": None, "pairs": None}, [41, 42, 43], id="null"),
        pytest.param({"volumes": ["wiki", "orders-db"]}, [41, 43], id="named volumes, in the order of the report"),
        pytest.param({"accounts": ["office"]}, [43], id="accounts"),
        pytest.param({"volumes": ["wiki"], "accounts": ["shop"]}, [], id="both must match"),
        pytest.param({"volumes": ["half"]}, [], id="a half does not replicate"),
        pytest.param({"volumes": []}, [], id="no name is not every name"),
    ],
)
def test_pairs_of_a_peer_that_answers(given, expected):
    found = choice(given)
    assert found["pairs"] == [chosen(number) for number in expected]
    assert found["groups"] == [{**given, "pairs": found["pairs"], "pairs_given": False}]
    assert bool(found["problem"]) is not bool(expected)


def test_the_report_alone_is_enough():
    found = failover_pairs(report([DB]))
    assert found == {
        "pairs": [chosen(41)],
        "groups": [{"pairs": [chosen(41)], "pairs_given": False}],
        "problem": "",
    }


def test_pairs_that_are_given_get_the_direction_and_keep_everything_else():
    pairs = UserList([{**EXPORTED, "size": "20GiB"}, UserDict({"volume_id": 41})])
    found = choice({"pairs": pairs}, before=report([]))
    assert found["pairs"] == [
        {**EXPORTED, "size": "20GiB", "direction": "to_peer"},
        {"volume_id": 41, "direction": "to_peer"},
    ]
    assert {type(pair) for pair in found["pairs"]} == {dict}
    assert found["groups"][0]["pairs_given"] is True
    assert found["problem"] == ""


def test_groups():
    web = {"name": "web", "accounts": ["office"], "before_tasks": "/a/stop.yml"}
    found = choice(web, {"name": "db", "volumes": ["orders-db", "orders-log"]})
    assert [(group["name"], group["pairs"]) for group in found["groups"]] == [
        ("web", [chosen(43)]),
        ("db", [chosen(41), chosen(42)]),
    ]
    assert found["pairs"] == [chosen(43), chosen(41), chosen(42)]
    assert found["groups"][0]["before_tasks"] == "/a/stop.yml"
    assert found["problem"] == ""


def test_volumes_that_are_excluded():
    found = choice(
        {"name": "db", "accounts": ["shop"]}, {"name": "web", "volumes": ["wiki"]}, exclude=["orders-log", "wiki"]
    )
    assert [group["pairs"] for group in found["groups"]] == [[chosen(41)], []]
    assert found["problem"] == ""
    unreachable = report([DB, LOG], there=None, pairs=[EXPORTED, {"volume": "orders-log", "account": "shop"}])
    found = choice(before=unreachable, exclude=["orders-db"])
    assert found["pairs"] == [{"volume": "orders-log", "account": "shop", "direction": "to_peer"}]


ABSENT = {
    "volume": "nonesuch",
    "message": "cluster alpha has no volume named nonesuch",
    "remedy": "check the spelling",
}


OF_OFFICE = problem(
    "volume wiki of cluster alpha is of account office, which is not requested", volume="wiki", remedy="request it, too"
)


@pytest.mark.parametrize(
    ("groups", "arguments", "problem"),
    [
        (
            [{"volumes": ["nonesuch", "half", "orders-db", "lost"]}],
            {"before": report([DB, HALF], problems=[ABSENT])},
            (
                "cluster alpha has no volume named nonesuch: check the spelling\n"
                "volume half of cluster alpha does not replicate with beta: its pair is half_local\n"
                "no volume named lost of cluster alpha replicates with beta"
            ),
        ),
        (
            [{"name": "web", "accounts": ["office", "ofice"]}],
            {},
            "group web: no volume of account ofice of cluster alpha replicates with beta: check the name",
        ),
        ([{}], {"before": report([])}, "cluster alpha has no pair with beta that can fail over"),
        (
            [{"accounts": ["shop"], "pairs": None}],
            {"before": report([])},
            "no volume of account shop of cluster alpha replicates with beta: check the name",
        ),
        # Of the volumes, those fail over that belong to one of the accounts. What is of another one is not passed over.
        (
            [{"volumes": ["orders-db", "wiki"], "accounts": ["shop", "office"]}],
            {"before": report([DB, WIKI])},
            "",
        ),
        (
            [{"volumes": ["orders-db", "wiki"], "accounts": ["shop"]}],
            {"before": report([DB], problems=[OF_OFFICE])},
            "volume wiki of cluster alpha is of account office, which is not requested: request it, too",
        ),
        (
            [{"volumes": ["orders-db"], "accounts": ["shop", "office"]}],
            {"before": report([DB])},
            (
                "no requested volume of account office of cluster alpha replicates with beta: name its volumes, too, or leave "
                "the account out"
            ),
        ),
        (
            [{"accounts": ["shop"]}],
            {"exclude": ["wiki", "orders-db"]},
            "failover_exclude names wiki, which is none of the volumes of cluster alpha that would fail over: check the name",
        ),
        (
            [{"name": "a", "accounts": ["shop"]}, {"name": "b", "volumes": ["orders-log", "wiki"]}],
            {},
            "volume orders-log is in the groups a and b: name it in one of them",
        ),
        (
            [{"name": "a", "accounts": ["shop"]}, {"name": "b", "volumes": ["orders-log", "wiki"]}],
            {"exclude": ["orders-log"]},
            "",
        ),
        (
            [{"name": "a", "accounts": ["shop"]}, {"name": "b", "volumes": ["orders-db"]}],
            {"before": report([UNKNOWN], there=None, pairs=[EXPORTED])},
            "volume orders-db is in the groups a and b: name it in one of them",
        ),
        (
            [{}],
            {"before": report([HALF], problems=[ABSENT, ABSENT])},
            ("cluster alpha has no pair with beta that can fail over\ncluster alpha has no volume named nonesuch"),
        ),
        (
            [{"volumes": ["wiki"]}],
            {"exclude": ["wiki"]},
            (
                "cluster alpha has no pair with beta that can fail over, of the requested volumes\n"
                "failover_exclude leaves out all of them"
            ),
        ),
    ],
)
def test_what_is_wrong(groups, arguments, problem):
    assert choice(*groups, **arguments)["problem"] == problem


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, [{"volume": "orders-db", "account": "shop", "direction": "to_peer"}]),
        ({"accounts": ["shop"]}, [{"volume": "orders-db", "account": "shop", "direction": "to_peer"}]),
        ({"accounts": ["office"]}, []),
        ({"volumes": ["orders-db"]}, [chosen(41)]),
    ],
)
def test_an_unreachable_peer_has_the_exported_pairs_without_their_mode(given, expected):
    assert choice(given, before=report([UNKNOWN], there=None, pairs=[EXPORTED]))["pairs"] == expected


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
    problem = choice(given, before=unreachable)["problem"]
    assert ("put its management address into its element_mvip" in problem) is ambiguous
    assert choice(given, before=unreachable, peer_not_asked=True)["problem"] == ""


def test_clusters_with_which_volumes_may_be_paired_are_named():
    nameless = cluster_pair("unknown_peer", peer={"name": None})
    pairs = [cluster_pair("unknown_peer"), nameless, cluster_pair("unknown_peer", peer=None)]
    assert (
        "is paired with beta. State which"
        in choice(before=report([UNKNOWN], there=None, cluster_pairs=pairs))["problem"]
    )


@pytest.mark.parametrize("reachable", [True, False])
def test_hosts_that_lead_to_each_others_clusters_fail_nothing_over(reachable):
    """The report is of alpha, whose host is called beta: what becomes writable would be the source."""
    before = report([DB], peer_reachable=reachable)
    found = failover_pairs(before, peer="alpha", here="beta", peer_not_asked=not reachable)
    assert "host beta of the inventory leads to cluster alpha" in found["problem"]
    assert failover_pairs(before, peer="beta", here="alpha", peer_not_asked=not reachable)["problem"] == ""


def test_a_planned_failover_needs_both_clusters():
    unreachable = report([UNKNOWN], there=None, pairs=[EXPORTED])
    assert choice(before=unreachable, kind="planned")["problem"].startswith("beta does not answer. A planned failover")
    assert choice(kind="planned")["problem"] == ""


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
    given = [{"pairs": [EXPORTED]}]
    assert failover_pairs(report([]), given, trial=trial)["pairs"] == [{**EXPORTED, "direction": "to_peer"}]


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
            [report([]), [{}, "wiki"]],
            "item 2 of groups is of type str, expected a dictionary, each item a dictionary with pairs",
        ),
        ([report([]), {}], "groups is of type dict, expected a list"),
    ],
)
def test_input_that_is_not_as_documented(arguments, message):
    with pytest.raises(AnsibleFilterError) as refused:
        failover_pairs(*arguments)
    assert f"elementsw.replication.failover_pairs: {message}" in str(refused.value)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"trial": [1]}, "trial is of type list, expected a dictionary"),
        ({"exclude": "a"}, "exclude is of type str, expected a list"),
    ],
)
def test_further_input_that_is_not_as_documented(arguments, message):
    with pytest.raises(AnsibleFilterError) as refused:
        failover_pairs(report([]), **arguments)
    assert message in str(refused.value)


def test_ansible_finds_it_by_its_name():
    assert FilterModule().filters() == {"failover_pairs": failover_pairs}
