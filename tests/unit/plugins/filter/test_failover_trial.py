# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a failover can begin, and which volumes are about to fail over."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.elementsw.replication.plugins.filter.failover_trial import FilterModule, failover_trial
from ansible_collections.elementsw.replication.tests.unit.plugins.filter.reports import report, result, side

AWAY = result("orders-db", 41, direction="from_peer", changed=True)
HERE = result("wiki", 43)
IN_USE = result("orders-log", 42, "source_in_use", direction="from_peer")
REFUSED = result("ledger", 44, "no_source", direction="none")
LACKS_RIGHTS = {"code": "privileges", "ok": False, "message": "user ansible lacks volumes"}


def refused(*pairs):
    return {"failed": False, "msg": "1 of 2 volume pairs failed", "pairs": list(pairs)}


@pytest.mark.parametrize("kind", ["planned", "forced"])
@pytest.mark.parametrize(
    ("trial", "failing_over"),
    [
        ({"pairs": [AWAY, HERE]}, ["orders-db"]),
        ({"pairs": [HERE]}, []),
        ({"pairs": [HERE], "msg": ""}, []),
    ],
)
def test_a_trial_that_succeeded(trial, kind, failing_over):
    verdict = failover_trial(trial, report(), kind)
    assert (verdict["possible"], verdict["reason"]) == (True, "")
    assert [pair["volume"] for pair in verdict["failing_over"]] == failing_over


@pytest.mark.parametrize(
    ("pairs", "kind", "hosts_log_out", "possible", "failing_over"),
    [
        pytest.param([AWAY, REFUSED], "planned", False, False, ["orders-db"], id="planned is all or none"),
        pytest.param([AWAY, REFUSED], "planned", True, False, ["orders-db"], id="no task logs out what is missing"),
        pytest.param([AWAY, REFUSED], "forced", False, True, ["orders-db"], id="forced is each for itself"),
        pytest.param([REFUSED, REFUSED], "forced", False, False, [], id="forced, without any"),
        pytest.param([AWAY, IN_USE], "planned", False, False, ["orders-db"], id="a host is logged in"),
        pytest.param(
            [IN_USE, AWAY], "planned", True, True, ["orders-db", "orders-log"], id="a host will be logged out"
        ),
        pytest.param([IN_USE, REFUSED], "planned", True, False, ["orders-log"], id="and another volume is refused"),
        pytest.param([IN_USE, REFUSED], "forced", True, True, ["orders-log"], id="forced, one is enough"),
        pytest.param([], "forced", True, False, [], id="nothing about any volume"),
    ],
)
def test_a_trial_that_was_refused(pairs, kind, hosts_log_out, possible, failing_over):
    groups = [{"pairs": pairs, "before_tasks": "/a/stop.yml" if hosts_log_out else None}]
    verdict = failover_trial(refused(*pairs), report(), kind, groups=groups)
    assert verdict["possible"] is possible
    assert verdict["reason"] == ("" if possible else "1 of 2 volume pairs failed")
    assert [pair["volume"] for pair in verdict["failing_over"]] == failing_over


def test_a_failure_without_pairs_is_its_message():
    groups = [{"name": "db", "pairs": [{"volume": "a"}], "before_tasks": "/a/stop.yml"}]
    verdict = failover_trial({"msg": "beta (MVIP 192.0.2.10) is Connected"}, report(), "forced", groups=groups)
    assert verdict == {
        "possible": False,
        "reason": "beta (MVIP 192.0.2.10) is Connected",
        "failing_over": [],
        "groups": [{**groups[0], "failing_over": [], "kind": "forced", "unfit": []}],
        "unfit": [],
    }


@pytest.mark.parametrize(
    ("pairs", "kind", "possible"),
    [
        pytest.param([AWAY, IN_USE, HERE], "planned", True, id="its own tasks log out"),
        pytest.param([IN_USE, AWAY, HERE], "planned", False, id="the tasks of another group do not"),
        pytest.param([AWAY, IN_USE, REFUSED], "planned", False, id="planned is all or none, of all groups"),
        pytest.param([REFUSED, AWAY, HERE], "forced", False, id="forced, nothing of a group can"),
        pytest.param([AWAY, AWAY, REFUSED], "forced", True, id="forced, something of each can"),
    ],
)
def test_groups(pairs, kind, possible):
    groups = [
        {"name": "web", "pairs": [1], "before_tasks": None},
        {"name": "db", "pairs": [2, 3], "before_tasks": "/a/stop.yml"},
        {"name": "none", "pairs": []},
    ]
    verdict = failover_trial(refused(*pairs), report(), kind, groups=groups)
    assert (verdict["possible"], bool(verdict["reason"])) == (possible, not possible)
    assert [group["name"] for group in verdict["groups"]] == ["web", "db", "none"]
    assert verdict["groups"][0]["failing_over"] == ([AWAY] if pairs[0] is AWAY else [])
    assert verdict["groups"][2]["failing_over"] == []
    assert verdict["failing_over"] == [pair for group in verdict["groups"] for pair in group["failing_over"]]


@pytest.mark.parametrize(
    ("state", "direction", "access", "fails_over"),
    [
        ("paired", "to_peer", "readWrite", False),
        ("paired", "from_peer", "replicationTarget", True),
        ("paired", "split", "readWrite", True),
        ("paired", "none", "replicationTarget", True),
        ("unknown_peer", None, "replicationTarget", True),
        ("unknown_peer", None, "readWrite", False),
        ("half_local", None, "replicationTarget", False),
        (None, None, None, False),
    ],
)
def test_which_volumes_fail_over(state, direction, access, fails_over):
    pair = result(state=state, direction=direction, local=side("orders-db", 41, access))
    verdict = failover_trial({"pairs": [pair]}, report(), "forced")
    assert verdict["failing_over"] == ([pair] if fails_over else [])


def test_pairs_come_before_volumes_whose_peer_is_not_known():
    unknown = result("a", 1, state="unknown_peer", local=side("a", 1, "replicationTarget"))
    verdict = failover_trial({"pairs": [unknown, AWAY]}, report(), "forced")
    assert [pair["volume"] for pair in verdict["failing_over"]] == ["orders-db", "a"]


@pytest.mark.parametrize(
    ("check", "pairs", "kind", "reason"),
    [
        (LACKS_RIGHTS, [AWAY], "planned", "user ansible lacks volumes"),
        (LACKS_RIGHTS, [HERE], "planned", ""),
        (LACKS_RIGHTS, [AWAY], "forced", ""),
        ({**LACKS_RIGHTS, "code": "fullness"}, [AWAY], "planned", "user ansible lacks volumes"),
        ({**LACKS_RIGHTS, "code": "versions"}, [AWAY], "planned", ""),
        ({**LACKS_RIGHTS, "ok": None}, [AWAY], "planned", ""),
        ({**LACKS_RIGHTS, "ok": True}, [AWAY], "planned", ""),
    ],
)
def test_clusters_that_are_not_fit_for_a_planned_failover(check, pairs, kind, reason):
    verdict = failover_trial({"pairs": pairs}, report(readiness=[check]), kind)
    assert (verdict["possible"], verdict["reason"]) == (not reason, reason)
    found = check["code"] in ("privileges", "fullness") and check["ok"] is False
    assert verdict["unfit"] == ([check["message"]] if found else [])


def test_what_was_refused_is_named_before_what_is_unfit():
    full = {"code": "fullness", "ok": False, "message": "beta is full"}
    unfit = report(readiness=[LACKS_RIGHTS, full])
    assert failover_trial(refused(AWAY, REFUSED), unfit, "planned")["reason"] == "1 of 2 volume pairs failed"
    assert failover_trial({"pairs": [AWAY]}, unfit, "planned")["reason"] == "user ansible lacks volumes. beta is full"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([None, report(), "planned"], "the input is of type NoneType, expected a dictionary"),
        ([{}, "report", "planned"], "report is of type str, expected a dictionary"),
        ([{}, report(), "sudden"], "kind is 'sudden', expected one of planned, forced"),
        ([{"pairs": [{"volume": "a"}]}, report(), "forced"], "'failed' is missing in the input"),
        ([{"pairs": [result(failed=True)]}, report(), "forced"], "the input is not as expected"),
    ],
)
def test_input_that_is_not_as_documented(arguments, message):
    with pytest.raises(AnsibleFilterError) as refusal:
        failover_trial(*arguments)
    assert f"elementsw.replication.failover_trial: {message}" in str(refusal.value)


def test_ansible_finds_it_by_its_name():
    assert FilterModule().filters() == {"failover_trial": failover_trial}
