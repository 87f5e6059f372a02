# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The variables of the role rehearse, and the evidence that it writes."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.elementsw.replication.plugins.filter.rehearse_evidence import rehearse_evidence
from ansible_collections.elementsw.replication.plugins.filter.rehearse_options import rehearse_options
from ansible_collections.elementsw.replication.plugins.filter.rehearse_reason import rehearse_reason

PEER = {"rehearse_peer": "alpha"}


def test_what_is_not_given():
    empty = dict.fromkeys(("rehearse_name", "rehearse_volumes", "rehearse_keep", "rehearse_tasks"), "")
    for given in (PEER, {**PEER, **empty}, {**PEER, **dict.fromkeys(empty)}):
        options = rehearse_options(given)
        assert options["problems"] == []
        assert (options["peer"], options["name"], options["point"]) == ("alpha", "rehearsal", "latest")
        assert (options["volumes"], options["accounts"], options["keep"], options["evidence"]) == (
            None,
            None,
            False,
            None,
        )
        assert options["wait_timeout"] == 600
        assert options["groups"] == [{"name": None, "before_tasks": None, "after_tasks": None}]


def test_what_surveys_send():
    given = {**PEER, "rehearse_volumes": "orders, stock\n", "rehearse_keep": "yes", "rehearse_tasks": "drill.yml"}
    options = rehearse_options(given, ["/home/me", "/c/playbooks"], not_below="/c/playbooks")
    assert (options["volumes"], options["keep"], options["problems"]) == (["orders", "stock"], True, [])
    assert options["candidates"] == ["/home/me/drill.yml"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "rehearse_peer is not given"),
        ({**PEER, "rehearse_name": "a b"}, "expected 1 to 32 letters, digits and hyphens"),
        ({**PEER, "rehearse_name": "x" * 33}, "expected 1 to 32 letters, digits and hyphens"),
        ({**PEER, "rehearse_point": "newest"}, "expected latest or now"),
        ({**PEER, "rehearse_volumes": " , "}, "names nothing: leave it out"),
        ({**PEER, "rehearse_volumes": {"a": 1}}, "expected names in a list"),
        ({**PEER, "rehearse_volume": "orders"}, "the name is rehearse_volumes"),
        ({**PEER, "rehearse_keep": "perhaps"}, "expected true or false"),
        ({**PEER, "rehearse_account": ["a"]}, "expected a text"),
        ({**PEER, "rehearse_tasks": ["a"]}, "expected the path of a file with tasks"),
        ({**PEER, "rehearse_wait_timeout": "soon"}, "rehearse_wait_timeout is 'soon', expected a whole number"),
        ({**PEER, "rehearse_evidence": "evidence/"}, "a folder: add the name of the file"),
    ],
)
def test_what_cannot_be_used(given, said):
    assert said in " ".join(rehearse_options(given)["problems"])


def test_misspelled_variables():
    names = ["rehearse_evidance", "rehearse_peer", "rehearse_clones", "rehearse_own_note"]
    (problem,) = rehearse_options(PEER, names=names)["problems"]
    assert problem == "rehearse_evidance is no variable here: the name is rehearse_evidence"


@pytest.mark.parametrize(
    ("short", "name"),
    [
        ("rehearse_group", "rehearse_access_group"),
        ("rehearse_qos", "rehearse_qos_policy"),
        ("rehearse_vol", "rehearse_volumes"),
        ("rehearse_timeout", "rehearse_wait_timeout"),
    ],
)
def test_shortened_variables(short, name):
    assert rehearse_options(PEER, names=[short])["problems"] == [f"{short} is no variable here: the name is {name}"]


@pytest.mark.parametrize("own", ["rehearse_acc", "rehearse_ke", "rehearse_policy_qos", "rehearse_task_of_mine"])
def test_own_variables(own):
    assert rehearse_options(PEER, names=[own])["problems"] == []


def report(*healths, **more):
    pairs = [
        {"uuid": f"u{number}", "volume": f"v{number}", "health": health, "in_sync": health == "healthy"}
        for number, health in enumerate(healths)
    ]
    return {"volume_pairs": pairs, "peer_reachable": True, **more}


CLONE = {
    "volume": "orders",
    "volume_id": 77,
    "clone": "orders-drill",
    "clone_id": 131,
    "snapshot": "hourly",
    "age_seconds": 840.0,
    "iqn": "iqn.x",
    "portal": "203.0.113.20:3260",
    "account": "shop",
}
TIMES = {"date": "2026-11-29 08:00:00 UTC", "started": "100.0", "writable": "104.0", "checked": 160.4, "ended": 170}
CLONED = {"cluster": "beta", "method": "CloneVolume", "object": "volume orders-drill", "reason": "rehearsal drill"}
DONE = {
    "before": report("healthy"),
    "after": report("healthy"),
    "made": {"changed": True, "clones": [CLONE], "actions": [CLONED]},
    "removed": {"changed": True, "clones": [CLONE]},
    "times": TIMES,
}


def evidence(reason="", tried=False, keep=False, **results):
    options = {**rehearse_options({**PEER, "rehearse_name": "drill"}), "keep": keep}
    return rehearse_evidence(options, cluster="beta", results={**DONE, **results}, reason=reason, tried=tried)


def test_a_rehearsal_that_has_passed():
    proof = evidence()
    data = proof["data"]
    assert (proof["problem"], data["passed"], data["clones"]) == ("", True, "removed")
    assert (data["seconds_until_writable"], data["seconds_until_checked"], data["seconds_in_all"]) == (4, 60, 70)
    assert data["volumes"][0]["data_age_seconds"] == 840.0
    assert proof["lines"][0] == "Rehearsal drill of a failover from alpha to beta, 2026-11-29 08:00:00 UTC: passed"
    assert "  orders (77): clone orders-drill (131), snapshot hourly, data 840 s old" in proof["lines"]


@pytest.mark.parametrize(
    ("given", "said", "clones"),
    [
        ({"reason": "the database is empty"}, "the database is empty", "removed"),
        ({"removed": {"msg": "in use", "error": {"code": "clone_in_use"}}}, "were not removed: in use", "left"),
        ({"after": report("paused")}, "did not go on as before for v0", "removed"),
        ({"after": report()}, "did not go on as before for v0", "removed"),
        ({"after": {"msg": "no answer"}}, "whether replication went on is not known", "removed"),
    ],
)
def test_a_rehearsal_that_has_not_passed(given, said, clones):
    proof = evidence(**given)
    assert said in proof["problem"]
    assert (proof["data"]["passed"], proof["data"]["clones"]) == (False, clones)
    assert proof["lines"][0].endswith("FAILED")


def test_without_the_peer_nothing_is_said_of_replication():
    alone = report("recovering", peer_reachable=False)
    proof = evidence(before=alone, after=alone)
    assert (proof["data"]["passed"], proof["data"]["replication"]["went_on"]) == (True, None)


def test_what_becomes_better_is_no_problem():
    assert evidence(before=report("syncing"), after=report("healthy"))["data"]["passed"] is True


def test_what_had_stopped_before_is_not_said_to_go_on():
    proof = evidence(before=report("healthy", "paused"), after=report("healthy", "paused"))
    assert (proof["data"]["passed"], proof["data"]["replication"]["went_on"]) == (True, False)
    assert "  replication      as before, stopped for v1: 1 of 2 pairs in sync before, 1 after" in proof["lines"]


def test_a_clone_of_an_earlier_run_is_named_and_proves_no_time():
    """It can be as old as the rehearsal of the last quarter, whose clones were kept."""
    proof = evidence(made={"changed": False, "clones": [CLONE], "actions": []})
    data = proof["data"]
    assert (data["volumes"][0]["made_earlier"], data["seconds_until_writable"]) == (True, None)
    assert (
        "  orders (77): clone orders-drill (131), snapshot hourly, data 840 s old, made by an earlier run"
        in proof["lines"]
    )


def test_a_clone_that_the_removal_does_not_find_is_left():
    proof = evidence(removed={"changed": False, "clones": []})
    assert (proof["data"]["passed"], proof["data"]["clones"]) == (False, "left")
    assert "the clones orders-drill were not found when they were to be removed" in proof["problem"]
    tried = evidence(
        tried=True, made={"clones": [{**CLONE, "clone_id": None}]}, removed={"changed": False, "clones": []}
    )
    assert (tried["problem"], tried["data"]["clones"]) == ("", "none")


@pytest.mark.parametrize(
    ("result", "task", "said"),
    [
        ({"msg": "cluster beta: no"}, {"name": "clone | Clone what the targets hold"}, "cluster beta: no"),
        ({"msg": "rc 1"}, {"name": "Start the database"}, "task Start the database: rc 1"),
        ({"msg": "rc 1"}, {"name": "", "action": "fail"}, "task fail: rc 1"),
        ({}, {"name": "Wait"}, "task Wait: it failed without a message"),
        (
            {"msg": "One or more items failed", "results": [{"msg": "good"}, {"msg": "bad", "failed": True}]},
            {"name": "Each"},
            "task Each: bad",
        ),
        ({"msg": "s3cret"}, {"name": "Log in", "no_log": True}, "the task Log in failed, and no_log hides why"),
        (
            {
                "msg": "One or more items failed",
                "results": [{"msg": "s3cret", "failed": True, "_ansible_no_log": True}],
            },
            {"name": "Log in"},
            "the task Log in failed, and no_log hides why",
        ),
    ],
)
def test_why_a_task_failed(result, task, said):
    assert rehearse_reason(result, task) == said


@pytest.mark.parametrize(("result", "task"), [("text", {}), ({}, None)])
def test_a_result_that_is_none(result, task):
    with pytest.raises(AnsibleFilterError, match="rehearse_reason"):
        rehearse_reason(result, task)


def test_clones_that_are_kept_and_check_mode():
    assert evidence(keep=True, removed={})["data"]["clones"] == "kept"
    tried = evidence(tried=True, removed={})
    assert (tried["data"]["passed"], tried["problem"]) == (False, "")
    assert tried["lines"][0].endswith("tried in check mode")
    assert tried["data"]["seconds_until_writable"] is None


@pytest.mark.parametrize("results", [None, "text", {**DONE, "made": {"clones": [{}]}}, {}])
def test_other_input(results):
    with pytest.raises(AnsibleFilterError, match="rehearse_evidence"):
        rehearse_evidence(rehearse_options(PEER), cluster="beta", results=results)
