# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a failover passes on to later jobs, also when it stopped."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.elementsw.replication.plugins.filter.failover_artifacts import FilterModule, failover_artifacts
from ansible_collections.elementsw.replication.tests.unit.plugins.filter.reports import (
    problem,
    report,
    result,
    side,
    volume_pair,
)

GROUPS = [
    {"name": "none", "pairs": []},
    {"name": "db", "pairs": [{"volume_id": 1}]},
    {"name": "web", "pairs": [{"volume_id": 2}]},
]
PLAN = {
    "pairs": [
        result("a", 1, local=side("a", 1, "replicationTarget")),
        result("b", 2, local=side("b", 2, "replicationTarget")),
    ]
}


def volumes(*names):
    return [{"cluster": "alpha", "volume": name, "volume_id": number} for name, number in names]


def summary(group, moved=(), not_moved=(), may_be_lost=()):
    return {
        "group": group,
        "here": "alpha",
        "moved": volumes(*moved),
        "not_moved": volumes(*not_moved),
        "may_be_lost": volumes(*may_be_lost),
    }


def test_a_failover_that_has_finished():
    end = failover_artifacts(
        [summary(None, [("a", 1)], [], [("a", 1)])], reports=[report()], texts=["Done.\n", "Well.\n"]
    )
    assert end == {
        "groups": [],
        "artifacts": {
            "replication_healthy": True,
            "replication_summary": "Done.\nWell.",
            "replication_problems": [],
            "replication_moved": volumes(("a", 1)),
            "replication_not_moved": [],
            "replication_may_be_lost": volumes(("a", 1)),
        },
    }


def test_groups_in_their_order():
    ended = [summary("db", [("a", 1)]), summary("web", [("b", 2)], [(f"v{number}", number) for number in range(3, 8)])]
    end = failover_artifacts(ended, GROUPS, plan=PLAN, reports=[report()])
    assert end["groups"] == [
        "Group db: every volume is writable on alpha.",
        "Group web: not writable on alpha: v3, v4, v5 and 2 more.",
    ]
    assert end["artifacts"]["replication_summary"].splitlines() == end["groups"]
    assert end["artifacts"]["replication_moved"] == volumes(("a", 1), ("b", 2))
    assert end["artifacts"]["replication_healthy"] is False


def test_a_failover_that_stopped_after_its_first_group():
    end = failover_artifacts(
        [summary("db", [("a", 1)])], GROUPS, plan=PLAN, reports=[report()], texts=["db"], finished=False
    )
    assert end["groups"] == ["Group db: every volume is writable on alpha.", "Group web did not begin."]
    assert end["artifacts"]["replication_not_moved"] == volumes(("b", 2))
    assert end["artifacts"]["replication_healthy"] is False
    assert end["artifacts"]["replication_summary"].splitlines() == [
        "db",
        *end["groups"],
        "The failover stopped before its end. Correct what failed, and run this again: it continues there.",
    ]


LISTED = report(
    [
        volume_pair("a", 1, local=side("a", 1, "replicationTarget")),
        volume_pair("b", 2),
        volume_pair("c", 3, local=side("c", 3, "replicationTarget")),
    ],
    problems=[problem("bad")],
    healthy=False,
)


@pytest.mark.parametrize(
    ("groups", "plan", "not_moved"),
    [
        pytest.param([], {}, [], id="nothing was chosen"),
        pytest.param(GROUPS, PLAN, [("a", 1), ("b", 2)], id="the trial has the volumes"),
        pytest.param(GROUPS, {"failed": True, "msg": "no"}, [("a", 1)], id="the trial failed as a whole"),
        pytest.param([{"name": None, "pairs": [{"volume": "c"}]}], {}, [("c", 3)], id="by name"),
    ],
)
def test_a_failover_that_did_not_begin(groups, plan, not_moved):
    end = failover_artifacts([], groups, plan=plan, reports=[LISTED], reason="it is refused", finished=False)
    assert end == {
        "groups": [],
        "artifacts": {
            "replication_healthy": False,
            "replication_summary": "The failover did not begin: it is refused.",
            "replication_problems": [problem("bad")],
            "replication_moved": [],
            "replication_not_moved": volumes(*not_moved),
            "replication_may_be_lost": [],
        },
    }


def test_problems_of_all_groups():
    reports = [
        report(problems=[problem("a")], healthy=False),
        report(problems=[problem("a"), problem("b", "warning")]),
    ]
    artifacts = failover_artifacts([summary("db"), summary("web")], reports=reports)["artifacts"]
    assert artifacts["replication_problems"] == [problem("a"), problem("b", "warning")]
    assert artifacts["replication_healthy"] is False
    unread = [report(), {"failed": False, "msg": "no answer"}]
    assert failover_artifacts([], reports=unread)["artifacts"]["replication_healthy"] is False


def test_nothing_is_known():
    artifacts = failover_artifacts([], reason="failover_kind is not given", finished=False)["artifacts"]
    assert (artifacts["replication_healthy"], artifacts["replication_problems"]) == (False, [])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["text"], "the input is of type str, expected a list"),
        ([[{}]], "is missing in the input, expected results of elementsw.replication.failover_summary"),
        ([[], "text"], "groups is of type str, expected a list"),
    ],
)
def test_input_that_is_not_as_documented(arguments, message):
    with pytest.raises(AnsibleFilterError) as refused:
        failover_artifacts(*arguments)
    assert message in str(refused.value)


def test_ansible_finds_it_by_its_name():
    assert FilterModule().filters() == {"failover_artifacts": failover_artifacts}
