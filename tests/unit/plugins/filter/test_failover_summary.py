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
    assert summary([DONE], before, group={"pairs_given": True})["left_out"] == []
    assert summary([DONE], before, group={"volumes": ["half", "x"]})["left_out"] == expected[:1]
    assert summary([DONE], before, group={"accounts": ["office"]})["left_out"] == []


LOSS = "data_loss_possible: volume {0} on cluster alpha and volume {0} on beta: lag unknown"
UNSAVED = (
    "data_loss_possible: volume v2 on cluster alpha and volume v2 on beta: what beta has is overwritten and not saved"
)
KEPT = "cluster beta: the former content of a is kept in snapshots named elementsw-saved-..., see `saved` of each pair"


@pytest.mark.parametrize(
    ("texts", "unfit", "shown"),
    [
        ([], [], []),
        (["a"], ["b"], ["a", "b"]),
        (["a", "b", "a"], ["b"], ["a", "b"]),
        ([KEPT, "a"], [], ["a"]),
        (["the snapshots elementsw-saved-1 cannot be read"], [], ["the snapshots elementsw-saved-1 cannot be read"]),
        ([LOSS.format("v1")], [], [LOSS.format("v1")]),
        # One that is not about the same is not joined with the others: it can be the one that matters.
        (["a", LOSS.format("v1"), UNSAVED, "b"], [], ["a", LOSS.format("v1"), UNSAVED, "b"]),
    ],
)
def test_each_warning_once(texts, unfit, shown):
    names = [f"v{number}" for number in range(1, 5)]
    before = report([volume_pair(name, number, local=AWAY[number]) for number, name in enumerate(names)])
    pairs = [result(name, number, changed=True) for number, name in enumerate(names)]
    done = {"pairs": pairs, "warnings": texts}
    group = {"unfit": unfit, "kind": "forced"}
    assert failover_summary(done, before, REACHABLE, "beta-host", group=group)["warnings"] == shown


AWAY = [side(None, number, "replicationTarget") for number in range(5)]


def named(*volumes):
    return [{"cluster": "alpha", "volume": name, "volume_id": number} for name, number in volumes]


ROLES = report(
    [
        volume_pair("orders-db", 41, local=side("orders-db", 41, "replicationTarget")),
        volume_pair("wiki", 43),
        volume_pair("half", 45, state="half_local", local=side("half", 45, "replicationTarget")),
        volume_pair("ledger", 44, local=side("ledger", 44, "replicationTarget")),
        volume_pair("crm", 48, direction="split", peer=side("crm", 84)),
    ]
)
SETTLED = result("crm", 48, changed=True)
SNAPSHOT = {"cluster": "beta", "volume": "crm", "snapshot_id": 9, "name": "elementsw-saved-1", "expires": None}
PLANNED = {"cluster": "beta", "volume": "crm", "snapshot_id": None, "name": None, "expires": None}
WOULD_GIVE_UP = result("crm", 48, changed=True, direction="split", peer=side("crm", 84))
LEFT = {**FAILED, "local": side("ledger", 44, "replicationTarget")}
PROMOTED_HALF = result("half", 45, state="half_local", direction=None, changed=True)


@pytest.mark.parametrize(
    ("kind", "check_mode", "pairs", "moved", "not_moved", "may_be_lost"),
    [
        ("planned", False, [DONE, HERE], [("orders-db", 41)], [], []),
        ("forced", False, [DONE, HERE], [("orders-db", 41)], [], [("orders-db", 41)]),
        (
            "forced",
            False,
            [PROMOTED_HALF, LEFT],
            [("half", 45)],
            [("ledger", 44)],
            [("half", 45)],
        ),
        # Both sides were writable, and the other one was given up, saved or not.
        ("forced", False, [SETTLED], [], [], [("crm", 48)]),
        ("forced", False, [{**SETTLED, "saved": [SNAPSHOT]}], [], [], []),
        (
            "forced",
            True,
            [{**DONE, "local": side("orders-db", 41, "replicationTarget")}, HERE, LEFT],
            [],
            [("orders-db", 41), ("ledger", 44)],
            [("orders-db", 41)],
        ),
        ("forced", True, [WOULD_GIVE_UP], [], [], [("crm", 48)]),
        ("forced", True, [{**WOULD_GIVE_UP, "saved": [PLANNED]}], [], [], []),
    ],
)
def test_what_has_moved(kind, check_mode, pairs, moved, not_moved, may_be_lost):
    done = summary(pairs, ROLES, check_mode=check_mode, group={"kind": kind})
    assert done["moved"] == named(*moved)
    assert done["not_moved"] == named(*not_moved)
    assert done["may_be_lost"] == named(*may_be_lost)
    assert done["reversed"] == len(moved)


def test_a_failure_without_pairs_is_judged_by_what_is_read_after_it():
    tried = [{**DONE, "local": side("orders-db", 41, "replicationTarget")}, LEFT]
    after = report([volume_pair("orders-db", 41), volume_pair("ledger", 44, local=LEFT["local"])])
    failed = {"failed": True, "msg": "interrupted"}
    done = failover_summary(failed, ROLES, after, "beta-host", group={"failing_over": tried})
    assert (done["moved"], done["not_moved"], done["reversed"]) == (
        named(("orders-db", 41)),
        named(("ledger", 44)),
        1,
    )
    unread = {"failed": True, "msg": "no answer"}
    assert failover_summary(failed, ROLES, unread, "beta-host", group={"failing_over": tried})["reversed"] is None


def test_a_later_call_says_how_the_pairs_are_now():
    saved = [{"cluster": "beta", "volume": "orders-db", "snapshot_id": 1, "name": "elementsw-saved-1", "expires": None}]
    first = result(changed=True, health="syncing", saved=saved)
    assert summary([first])["in_sync"] is False
    late = {**result(code="wait_timeout"), "health": "syncing"}
    for later, in_sync, error in ((result(), True, None), (late, False, "orders-db failed")):
        done = failover_summary(
            {"pairs": [first], "warnings": ["a"]},
            REACHABLE,
            REACHABLE,
            "beta-host",
            waited={"pairs": [{**later, "saved": []}], "warnings": ["b"]},
        )
        assert (done["in_sync"], done["volumes"][0]["error"]) == (in_sync, error)
        assert (done["changed"], len(done["saved"])) == (1, 1)
        assert done["warnings"] == ["a", "b"]
    assert summary([first], waited={"skipped": True})["in_sync"] is False
    assert summary([])["in_sync"] is False


def test_a_pair_that_was_reversed_during_the_wait_has_not_moved():
    reversed_since = result(direction="from_peer", local=side("orders-db", 41, "replicationTarget"))
    done = summary([result(changed=True), result("half", 45, state="half_local")], waited={"pairs": [reversed_since]})
    assert [volume["state"] for volume in done["volumes"]] == ["from_peer", "to_peer"]
    assert done["not_moved"] == named(("orders-db", 41))


def test_saved_snapshots_are_named_by_cluster():
    def saved(cluster, volume, name, expires=None):
        return {"cluster": cluster, "volume": volume, "snapshot_id": 1, "name": name, "expires": expires}

    pairs = [
        result(f"v{number}", number, saved=[saved("beta", f"v{number}", "elementsw-saved-1-0")])
        for number in range(1, 6)
    ]
    pairs += [
        result(saved=None),
        result("x", 9, saved=[saved("alpha", "x", f"elementsw-saved-1-{n}", "soon") for n in range(4)]),
    ]
    assert summary(pairs)["saved"] == [
        {
            "cluster": "beta",
            "snapshots": ["elementsw-saved-1-0 (v1, v2, v3 and 2 more)"],
            "volumes": "v1, v2, v3 and 2 more",
            "more": 0,
            "expire": False,
        },
        {
            "cluster": "alpha",
            "snapshots": [f"elementsw-saved-1-{n} (x)" for n in range(3)],
            "volumes": "x",
            "more": 1,
            "expire": True,
        },
    ]


def test_what_a_check_run_would_save_is_named_by_cluster():
    pairs = [{**WOULD_GIVE_UP, "saved": [{**PLANNED, "volume": name}]} for name in ("crm", "wiki")]
    assert summary(pairs, check_mode=True)["saved"] == [
        {"cluster": "beta", "snapshots": [], "volumes": "crm, wiki", "more": 0, "expire": False}
    ]


def test_the_name_of_a_group():
    assert summary([DONE])["group"] is None
    assert summary([DONE], group={"name": "db"})["group"] == "db"


def test_problems_that_are_left():
    found = [problem("a"), problem("b", "warning"), problem("c", code="split")]
    after = report(problems=found)
    assert summary([DONE], REACHABLE, after)["problems"] == found[:1]
    assert summary([DONE], REACHABLE, report(problems=found + found))["problems"] == found[:1]
    assert summary([DONE], UNREACHABLE, after)["problems"] == []


@pytest.mark.parametrize("before", [REACHABLE, UNREACHABLE])
def test_that_nothing_could_be_read_is_a_problem(before):
    found = summary([DONE], before, {"failed": True, "msg": "no answer"})["problems"]
    assert [(each["message"], each["remedy"]) for each in found] == [
        ("the clusters could not be read after the failover: no answer", "check them with the playbook status")
    ]


@pytest.mark.parametrize(
    ("pairs", "before", "check_mode", "steps"),
    [
        ([DONE], REACHABLE, False, ["use", "fail_back"]),
        ([HERE], REACHABLE, True, ["use", "fail_back"]),
        # What comes after a real run is no advice after a check run.
        ([DONE], REACHABLE, True, ["run"]),
        ([DONE, COPYING], REACHABLE, True, ["run"]),
        ([DONE, COPYING], REACHABLE, False, ["wait_for_sync", "use", "fail_back"]),
        ([DONE, FAILED], REACHABLE, False, ["retry"]),
        ([DONE, FAILED], REACHABLE, True, ["correct"]),
        ([FAILED], UNREACHABLE, True, ["correct"]),
        ([FAILED, COPYING, SPLIT], REACHABLE, False, ["retry", "settle_split", "wait_for_sync"]),
        ([DONE, SPLIT], REACHABLE, False, ["settle_split", "use"]),
        ([UNKNOWN], UNREACHABLE, False, ["settle_peer", "use"]),
        ([UNKNOWN], NOT_ASKED, True, ["run"]),
        ([UNKNOWN], UNREACHABLE, True, ["run"]),
        ([SPLIT], UNREACHABLE, False, ["settle_peer", "use"]),
        ([], UNREACHABLE, False, ["settle_peer", "use"]),
    ],
)
def test_next_steps(pairs, before, check_mode, steps):
    assert summary(pairs, before, check_mode=check_mode)["next_steps"] == steps


WOULD_SETTLE = {**SPLIT, "changed": True}
LOGGED_IN = {**result("ledger", 44, "target_in_use", direction="split")}


@pytest.mark.parametrize(
    ("pairs", "check_mode", "kind", "allow_overwrite", "steps"),
    [
        ([SPLIT], False, "forced", False, ["settle_split", "use"]),
        ([SPLIT], False, "planned", True, ["settle_split", "use"]),
        ([SPLIT], True, "forced", False, ["settle_split", "use"]),
        # Which side to keep was decided. Where both are writable all the same, hosts use the one to give up.
        ([WOULD_SETTLE], True, "forced", True, ["run"]),
        ([SPLIT], False, "forced", True, ["log_out", "use"]),
        ([LOGGED_IN], False, "forced", True, ["retry"]),
        ([LOGGED_IN], True, "forced", True, ["correct"]),
    ],
)
def test_no_advice_to_give_what_was_given(pairs, check_mode, kind, allow_overwrite, steps):
    done = summary(pairs, check_mode=check_mode, group={"kind": kind, "allow_overwrite": allow_overwrite})
    assert done["next_steps"] == steps


@pytest.mark.parametrize("code", ["source_in_use", "target_in_use"])
def test_hosts_that_the_tasks_before_it_log_out_are_no_failure_of_a_check_run(code):
    used = result("ledger", 44, code, direction="from_peer", local=side("ledger", 44, "replicationTarget"))
    # A planned failover is for all or none: one in use leaves the others without a plan.
    free = result("crm", 48, direction="from_peer", local=side("crm", 48, "replicationTarget"))
    tasks = {"before_tasks": "stop.yml", "kind": "planned", "failing_over": [free, used]}
    done = summary([free, used, HERE], check_mode=True, group=tasks)
    assert [(each["state"], each["error"]) for each in done["volumes"]] == [
        ("would_change", None),
        ("would_change_later", None),
        ("to_peer", None),
    ]
    assert (done["outcome"], done["changed"], done["next_steps"]) == ("would_change", 2, ["run"])
    stuck = result("stuck", 50, "no_source", direction="none")
    refused = summary([free, used, stuck], check_mode=True, group=tasks)
    assert (refused["changed"], refused["next_steps"]) == (0, ["correct"])
    forced = summary([free, used, stuck], check_mode=True, group={**tasks, "kind": "forced", "failing_over": [used]})
    assert (forced["changed"], forced["next_steps"]) == (1, ["correct"])
    for check_mode, group in ((False, tasks), (True, {**tasks, "before_tasks": None})):
        refused = summary([used], check_mode=check_mode, group=group)
        assert (refused["volumes"][0]["error"], refused["changed"]) == ("ledger failed", 0)


def test_a_check_run_does_not_advise_what_the_run_would_do():
    settled = [problem(code, code=code, volume="orders-db", volume_id=41) for code in ("no_source", "split", "dead")]
    settled.append(problem("on the peer", code="no_source", cluster="beta", volume="orders-db", volume_id=77))
    other = problem("other", code="no_source", volume="wiki", volume_id=43)
    after = report(problems=[*settled, other])
    found = summary([DONE, HERE], after=after, check_mode=True)["problems"]
    assert [each["message"] for each in found] == ["dead", "other"]
    found = summary([DONE, HERE], after=after)["problems"]
    assert [each["message"] for each in found] == ["no_source", "dead", "on the peer", "other"]


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
        summary([DONE], group={"unfit": "text"})
    assert "unfit of the group is of type str, expected a list, of messages" in str(refused.value)


def test_ansible_finds_it_by_its_name():
    assert FilterModule().filters() == {"failover_summary": failover_summary}


@pytest.mark.parametrize(
    ("access", "later", "expected"),
    [
        ("readWrite", None, []),
        ("readWrite", "readWrite", []),
        ("readWrite", "replicationTarget", ["orders-db"]),
        # As in check mode, also where only this task runs in it.
        ("replicationTarget", None, []),
    ],
)
def test_what_another_client_has_reversed_during_the_wait(access, later, expected):
    def moved(access):
        return result(changed=True, local=side("orders-db", 41, access))

    waited = {"pairs": [moved(later)]} if later else {"skipped": True}
    assert summary([moved(access)], waited=waited)["no_longer_writable"] == expected
