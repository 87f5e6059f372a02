# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a failover has ended, what is said about each volume, and what to do next."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.elementsw.replication.plugins.filter.failover_summary import FilterModule, failover_summary
from ansible_collections.elementsw.replication.tests.unit.plugins.filter.reports import (
    problem,
    report,
    result,
    side,
    volume_pair,
)

DONE = result(changed=True)
HERE = result("wiki", 43)
COPYING = result("wiki", 43, health="syncing")
FAILED = result("ledger", 44, "no_source", direction="none")
SPLIT = result("ledger", 44, direction="split")
UNKNOWN = result(state="unknown_peer", direction=None, health="unknown", changed=True)
REACHABLE = report()
UNREACHABLE = report(there=None)
NOT_ASKED = report(there=None, peer_reachable=None)


def summary(pairs, before=REACHABLE, after=REACHABLE, **others):
    return failover_summary({"pairs": pairs}, before, after, "beta-host", **others)


@pytest.mark.parametrize(
    ("result_of_module", "check_mode", "outcome", "changed"),
    [
        ({"failed": True, "msg": "no peer"}, False, "failed", 0),
        ({"failed": True, "msg": "no peer"}, True, "failed", 0),
        ({"pairs": [HERE]}, False, "unchanged", 0),
        ({"pairs": [HERE]}, True, "unchanged", 0),
        ({"pairs": []}, False, "unchanged", 0),
        ({"pairs": [DONE, HERE]}, True, "would_change", 1),
        ({"pairs": [FAILED], "failed": True}, True, "would_change", 0),
        ({"pairs": [FAILED, HERE], "failed": True}, False, "nothing_changed", 0),
        ({"pairs": [FAILED, DONE], "failed": True}, False, "changed", 1),
        ({"pairs": [DONE, DONE]}, False, "changed", 2),
    ],
)
def test_outcome(result_of_module, check_mode, outcome, changed):
    done = failover_summary(result_of_module, REACHABLE, REACHABLE, "beta-host", check_mode=check_mode)
    assert (done["outcome"], done["changed"]) == (outcome, changed)
    assert done["total"] == len(result_of_module.get("pairs", []))


@pytest.mark.parametrize(
    ("before", "there", "peer"),
    [
        (REACHABLE, "beta", "reachable"),
        (UNREACHABLE, "beta-host", "unreachable"),
        (NOT_ASKED, "beta-host", "not_asked"),
    ],
)
def test_clusters(before, there, peer):
    done = summary([], before)
    assert (done["here"], done["there"], done["peer"]) == ("alpha", there, peer)


@pytest.mark.parametrize(
    ("pair", "check_mode", "state"),
    [
        (DONE, False, "to_peer"),
        (DONE, True, "would_change"),
        (HERE, True, "to_peer"),
        (UNKNOWN, True, "would_change"),
        (UNKNOWN, False, "writable"),
        ({**UNKNOWN, "local": side("orders-db", 41, "replicationTarget")}, False, "not_writable"),
        ({**UNKNOWN, "local": side("orders-db", 41, None)}, False, "not_writable"),
        (result(direction="from_peer"), False, "from_peer"),
        (SPLIT, False, "split"),
        (FAILED, False, "none"),
        (result(direction=None), False, "unclear"),
        (result(direction="sideways"), False, "unclear"),
    ],
)
def test_state_of_a_volume(pair, check_mode, state):
    assert [volume["state"] for volume in summary([pair], check_mode=check_mode)["volumes"]] == [state]


def test_everything_else_about_a_volume():
    error = {"code": "interrupted", "left_behind": ["snapshot elementsw-swap-1"]}
    cut_off = result("ledger", 44, "interrupted", error=error, peer=side("ledger", 80, None))
    assert summary([cut_off, DONE])["volumes"] == [
        {
            "state": "to_peer",
            "volume": "ledger",
            "peer_volume": "ledger",
            "mode": "async",
            "health": "healthy",
            "access": "readWrite",
            "peer_access": None,
            "error": "ledger failed",
            "left_behind": ["snapshot elementsw-swap-1"],
        },
        {
            "state": "to_peer",
            "volume": "orders-db",
            "peer_volume": "orders-db",
            "mode": "async",
            "health": "healthy",
            "access": "readWrite",
            "peer_access": "replicationTarget",
            "error": None,
            "left_behind": [],
        },
    ]


def test_pairs_that_do_not_replicate_are_left_out():
    halves = [
        volume_pair("half", 45, state="half_local"),
        volume_pair(None, 46, state="half_peer", peer_volume="other"),
    ]
    before = report([volume_pair(), volume_pair("x", 47, state="unknown_peer"), *halves])
    expected = [{"volume": "half", "state": "half_local"}, {"volume": "other", "state": "half_peer"}]
    assert summary([DONE], before)["left_out"] == expected
    assert summary([DONE], before, pairs_given=True)["left_out"] == []


def test_warnings_and_what_is_unfit():
    done = failover_summary({"pairs": [], "warnings": ["a"]}, REACHABLE, REACHABLE, "beta-host", unfit=["b"])
    assert done["warnings"] == ["a", "b"]
    assert summary([])["warnings"] == []


def test_problems_that_are_left():
    found = [problem("a"), problem("b", "warning"), problem("c", code="split")]
    after = report(problems=found)
    assert summary([DONE], REACHABLE, after)["problems"] == found[:1]
    assert summary([DONE], UNREACHABLE, after)["problems"] == []
    assert summary([DONE], REACHABLE, {"failed": True, "msg": "no answer"})["problems"] == []


@pytest.mark.parametrize(
    ("pairs", "before", "check_mode", "steps"),
    [
        ([DONE], REACHABLE, False, ["use", "fail_back"]),
        ([HERE], REACHABLE, True, ["use", "fail_back"]),
        ([DONE], REACHABLE, True, ["run", "fail_back"]),
        ([DONE, COPYING], REACHABLE, False, ["wait_for_sync", "use", "fail_back"]),
        ([DONE, FAILED], REACHABLE, False, ["retry"]),
        ([DONE, FAILED], REACHABLE, True, ["retry"]),
        ([FAILED, COPYING, SPLIT], REACHABLE, False, ["retry", "settle_split", "wait_for_sync"]),
        ([DONE, SPLIT], REACHABLE, False, ["settle_split", "use"]),
        ([UNKNOWN], UNREACHABLE, False, ["settle_peer", "use"]),
        ([UNKNOWN], NOT_ASKED, True, ["settle_peer", "run"]),
        ([SPLIT], UNREACHABLE, False, ["settle_peer", "use"]),
        ([], UNREACHABLE, False, ["settle_peer", "use"]),
    ],
)
def test_next_steps(pairs, before, check_mode, steps):
    assert summary(pairs, before, check_mode=check_mode)["next_steps"] == steps


def test_how_many_are_not_in_sync():
    assert summary([DONE, COPYING, COPYING, SPLIT, UNKNOWN])["not_in_sync"] == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["text", REACHABLE, REACHABLE, "beta"], "the input is of type str, expected a dictionary"),
        ([{}, [], REACHABLE, "beta"], "before is of type list, expected a dictionary"),
        ([{}, REACHABLE, None, "beta"], "after is of type NoneType, expected a dictionary"),
        ([{}, {}, REACHABLE, "beta"], "'peer_reachable' is missing in the input"),
        ([{"pairs": [{}]}, REACHABLE, REACHABLE, "beta"], "is missing in the input"),
    ],
)
def test_input_that_is_not_as_documented(arguments, message):
    with pytest.raises(AnsibleFilterError) as refused:
        failover_summary(*arguments)
    assert "elementsw.replication.failover_summary: " in str(refused.value)
    assert message in str(refused.value)


def test_further_warnings_are_a_list():
    with pytest.raises(AnsibleFilterError) as refused:
        summary([DONE], unfit="text")
    assert "unfit is of type str, expected a list, of messages" in str(refused.value)


def test_ansible_finds_it_by_its_name():
    assert FilterModule().filters() == {"failover_summary": failover_summary}
