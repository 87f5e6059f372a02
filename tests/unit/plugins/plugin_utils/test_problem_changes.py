# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The differences of two reports as events: what appears, changes and clears, and what a partial report leaves as it is."""

from __future__ import annotations

import pytest

from ansible_collections.elementsw.replication.plugins.plugin_utils._problem_changes import Report, compare

LINK = ("alpha", "beta")


def problem(code="paused", cluster="alpha", volume_id=41, **more):
    members = {
        "code": code,
        "severity": "warning",
        "message": f"{code} of volume {volume_id} on cluster {cluster}",
        "remedy": "remove the cause",
        "command": None,
        "cluster": cluster,
        "volume": f"volume-{volume_id}",
        "volume_id": volume_id,
        "account": "shop",
        "count": 1,
    }
    return {**members, **more}


def complete(*problems, link=LINK):
    return Report(*link, tuple(problems))


def partial(*problems):
    return Report(*LINK, tuple(problems), complete=False)


def failed(code="unreachable"):
    return Report(*LINK, (problem(code, volume_id=None),), complete=False, failed=True)


def events(*reports):
    """The events of each report, after those before it, as (change, code, volume ID)."""
    known, found = (), []
    for report in reports:
        known, changes = compare(known, report)
        found.append([(each["change"], each["code"], each["volume_id"]) for each in (c["element"] for c in changes)])
    return found


def last(*reports):
    """The last event of the last report."""
    known, changes = (), []
    for report in reports:
        known, changes = compare(known, report)
    return changes[-1]["element"]


def test_an_event_has_the_link_and_the_members_of_the_problem():
    assert compare((), complete(problem()))[1] == [
        {
            "element": {
                "change": "appeared",
                "cluster": "alpha",
                "peer": "beta",
                "code": "paused",
                "severity": "warning",
                "message": "paused of volume 41 on cluster alpha",
                "remedy": "remove the cause",
                "command": None,
                "problem_cluster": "alpha",
                "volume": "volume-41",
                "volume_id": 41,
                "account": "shop",
                "count": 1,
            }
        }
    ]


@pytest.mark.parametrize(
    ("reports", "expected"),
    [
        pytest.param([complete()], [[]], id="nothing to report"),
        pytest.param(
            [complete(problem()), complete(problem())], [[("appeared", "paused", 41)], []], id="reported once"
        ),
        pytest.param(
            [complete(problem()), complete(problem(), problem(volume_id=42))],
            [[("appeared", "paused", 41)], [("appeared", "paused", 42)]],
            id="another volume",
        ),
        pytest.param(
            [complete(problem()), complete(problem(cluster="beta"), problem())],
            [[("appeared", "paused", 41)], [("appeared", "paused", 41)]],
            id="the volume with the same ID on the other cluster",
        ),
        pytest.param(
            [complete(problem()), complete(), complete(), complete()],
            [[("appeared", "paused", 41)], [], [("cleared", "paused", 41)], []],
            id="cleared once two complete reports lack it",
        ),
        pytest.param(
            [complete(problem()), *(complete(), complete(problem())) * 3],
            [[("appeared", "paused", 41)], *([], []) * 3],
            id="what comes and goes is one problem",
        ),
        pytest.param(
            [complete(problem()), complete(), complete(), complete(problem())],
            [[("appeared", "paused", 41)], [], [("cleared", "paused", 41)], [("appeared", "paused", 41)]],
            id="appears again",
        ),
        pytest.param(
            [complete(problem()), complete(problem("split"))],
            [[("appeared", "paused", 41)], [("appeared", "split", 41)]],
            id="another code is another problem",
        ),
        pytest.param(
            [complete(problem()), partial(problem("peer_unreachable", None, None)), partial(), partial()],
            [[("appeared", "paused", 41)], [("appeared", "peer_unreachable", None)], [], []],
            id="a partial report clears nothing",
        ),
        pytest.param(
            [complete(problem()), partial(), complete(), partial(), complete()],
            [[("appeared", "paused", 41)], [], [], [], [("cleared", "paused", 41)]],
            id="partial reports do not count",
        ),
        pytest.param(
            [complete(problem()), partial(problem(message="beta was not read")), complete(problem())],
            [[("appeared", "paused", 41)], [], []],
            id="nor do they change anything",
        ),
        pytest.param(
            [complete(problem()), failed(), failed(), failed()],
            [[("appeared", "paused", 41)], [("appeared", "unreachable", None)], [], []],
            id="a report that failed clears nothing",
        ),
        pytest.param(
            [complete(problem()), failed(), complete(problem()), complete(problem())],
            [[("appeared", "paused", 41)], [("appeared", "unreachable", None)], [], [("cleared", "unreachable", None)]],
            id="back after a report that failed",
        ),
        pytest.param(
            [failed(), partial(), partial()],
            [[("appeared", "unreachable", None)], [], [("cleared", "unreachable", None)]],
            id="a partial report shows that this cluster answers",
        ),
    ],
)
def test_events(reports, expected):
    assert events(*reports) == expected


@pytest.mark.parametrize(
    "change",
    [
        {"severity": "error"},
        {"message": "another state"},
        {"message": "3 volume pairs", "count": 3},
        {"volume": "renamed"},
        {"account": "sales"},
        {"remedy": "do something else"},
    ],
    ids=str,
)
def test_changed(change):
    assert last(complete(problem()), complete(problem(**change))) == {
        **last(complete(problem())),
        **change,
        "change": "changed",
    }


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("the target is 301 s behind, and max_lag is 300 s", "the target is 1e+06 s behind, and max_lag is 300 s"),
        ("not known, at least 12.5 s: it is paused", "not known, at least 72.5 s: it is paused"),
        ("disconnected for 3 minutes", "disconnected for 4 minutes"),
        ("copied to 41 %", "copied to 42%"),
    ],
)
def test_a_measured_value_is_no_change(before, after):
    assert events(complete(problem(message=before)), complete(problem(message=after)))[1] == []


def test_what_clears_is_described_as_it_was_last():
    changed = problem(message="another state")
    assert last(complete(problem()), complete(changed), complete(), complete()) == {
        **last(complete(changed)),
        "change": "cleared",
    }


def test_what_clears_has_the_names_it_appeared_with():
    """The name of a cluster is not known before it answers for the first time."""
    unread = Report("192.0.2.10", "198.51.100.20", (problem("unreachable", "192.0.2.10", None),), False, True)
    cleared = last(unread, complete(), complete())
    assert (cleared["change"], cleared["cluster"], cleared["peer"]) == ("cleared", "192.0.2.10", "198.51.100.20")


def fault(code):
    return problem("fault", volume_id=None, message=f"cluster alpha reports {code}")


@pytest.mark.parametrize(
    ("reports", "expected"),
    [
        ([complete(fault("a"), fault("b"))], [("appeared", "a"), ("appeared", "b")]),
        ([complete(fault("a")), complete(fault("b"), fault("a"))], [("appeared", "b")]),
        ([complete(fault("a"), fault("b")), complete(fault("b")), complete(fault("b"))], [("cleared", "a")]),
        ([complete(fault("a"), fault("b")), complete(fault("c"), fault("a"))], [("changed", "c")]),
        ([complete(fault("a"), fault("a")), complete(fault("a"), fault("a"))], []),
    ],
)
def test_text_distinguishes_problems_with_the_same_fingerprint(reports, expected):
    known, changes = (), []
    for report in reports:
        known, changes = compare(known, report)
    found = [(each["element"]["change"], each["element"]["message"].rpartition(" ")[2]) for each in changes]
    assert found == expected


def test_the_worst_is_first_and_what_clears_is_last():
    reports = [complete(problem()), complete(), complete(problem("split"), problem("broken"))]
    assert events(*reports)[-1] == [("appeared", "split", 41), ("appeared", "broken", 41), ("cleared", "paused", 41)]


def test_comparing_changes_nothing_that_was_given():
    known, _changes = compare((), complete(problem()))
    before = repr(known)
    compare(known, complete(problem(message="another")))
    assert repr(known) == before
