# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The data that every file of a report is made from: the verdict, the clusters, the links and the volume pairs."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.elementsw.replication.plugins.filter.join_reports import join_reports
from ansible_collections.elementsw.replication.plugins.filter.replication_drift import replication_drift
from ansible_collections.elementsw.replication.plugins.filter.report_data import FilterModule, report_data
from ansible_collections.elementsw.replication.plugins.filter.status_table import status_table
from ansible_collections.elementsw.replication.tests.unit.plugins.filter.reports import (
    AT,
    cluster_pair,
    data,
    evidence,
    joined,
    problem,
    rehearsal,
    report,
    side,
    volume_pair,
)

OK, PAUSED, BROKEN = {}, {"health": "paused"}, {"health": "broken"}


def pairs(*changes):
    """Volume pairs v1, v2 and so on, with these changes."""
    return [volume_pair(f"v{number}", number, **each) for number, each in enumerate(changes, 1)]


def on_volume(number, severity="error", **others):
    return problem(f"about {number}", severity, volume=f"v{number}", volume_id=number, **others)


def test_the_filter_has_its_name():
    assert FilterModule().filters() == {"report_data": report_data}


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ([], "Nothing is protected: there is no volume pair"),
        ([OK], "The volume pair is protected"),
        ([PAUSED], "The volume pair is not protected"),
        ([OK, OK], "All 2 volume pairs are protected"),
        ([OK, PAUSED], "1 of 2 volume pairs is not protected"),
        ([PAUSED, BROKEN, OK], "2 of 3 volume pairs are not protected"),
        ([PAUSED, BROKEN], "None of the 2 volume pairs is protected"),
    ],
)
def test_the_verdict_answers_whether_everything_is_protected(changes, verdict):
    assert data(report(pairs(*changes)))["verdict"] == verdict


def test_what_was_not_read_is_not_said_to_be_unprotected():
    found = data(half=report([], "beta", None))
    assert found["verdict"] == "It is not known what is protected"
    assert found["level"] == "error"


@pytest.mark.parametrize(
    ("severities", "level", "errors", "warnings"),
    [
        ([], "ok", 0, 0),
        (["warning"], "warning", 0, 1),
        (["warning", "error", "warning"], "error", 1, 2),
    ],
)
def test_level_and_counts_of_problems(severities, level, errors, warnings):
    problems = [problem(str(number), severity) for number, severity in enumerate(severities)]
    found = data(report(pairs(OK), problems=problems))
    assert found["level"] == level
    assert (found["summary"]["errors"], found["summary"]["warnings"]) == (errors, warnings)
    assert [each["severity"] for each in found["problems"]] == sorted(severities)


@pytest.mark.parametrize("at", [AT, "2026-11-28T06:00:00+00:00", "2026-11-28T07:00:00+01:00", "2026-11-28T06:00:00"])
def test_the_time_is_read_in_any_zone(at):
    assert data(at=at)["timestamp"] == 1795845600
    assert data(at=at)["generated_at"] == at


def test_the_worst_volume_pair_comes_first():
    changes = [OK, {"lag_seconds": 9.0}, PAUSED, BROKEN, {"health": "syncing"}, {"lag_seconds": None}]
    found = data(report(pairs(*changes), problems=[on_volume(2), on_volume(3, "warning"), on_volume(4)]), max_lag=5)
    order = [(pair["volume"], pair["level"], pair["state"]) for pair in found["volume_pairs"]]
    assert order == [
        ("v4", "error", "not_replicating"),
        ("v2", "error", "late"),
        ("v6", "error", "late"),
        ("v3", "warning", "paused"),
        ("v5", "warning", "copying"),
        ("v1", "ok", "protected"),
    ]


def test_a_volume_pair_is_described_from_both_sides():
    pair = volume_pair(
        local=side("orders-db", 41, size=1024),
        peer=side("orders-dr", 77, "replicationTarget", account="shop-dr", replication_state="Idle"),
        lag_seconds=4.5,
        lag_of="snapshot",
        progress={"percent": 40, "remaining_seconds": 90, "stage": None},
    )
    own = problem("too far behind", volume="orders-db", volume_id=41)
    other = problem("of the other side", "warning", cluster="beta", volume="orders-dr", volume_id=77)
    found = data(report([pair], problems=[other, problem("of the cluster", "warning"), own]), max_lag=60)
    assert found["volume_pairs"] == [
        {
            "level": "error",
            "state": "protected",
            "cluster": "alpha",
            "volume": "orders-db",
            "volume_id": 41,
            "account": "shop",
            "replication_state": "Active",
            "size": 1024,
            "peer_cluster": "beta",
            "peer_volume": "orders-dr",
            "peer_volume_id": 77,
            "peer_account": "shop-dr",
            "peer_replication_state": "Idle",
            "peer_size": None,
            "direction": "to_peer",
            "writable": "alpha",
            "mode": "async",
            "health": "healthy",
            "lag_seconds": 4.5,
            "lag_of": "snapshot",
            "max_lag_seconds": 60.0,
            "progress_percent": 40,
            "remaining_seconds": 90,
            "problems": [1, 3],
        }
    ]


def test_a_half_pair_names_the_volume_that_it_was_paired_with():
    found = data(report([volume_pair(health="dead", peer=side(None, None, None))]))["volume_pairs"][0]
    assert (found["peer_cluster"], found["peer_volume"], found["peer_volume_id"]) == ("beta", "orders-db", None)
    assert found["writable"] == "alpha?"


def links(**of_link):
    return data(report(pairs(OK, PAUSED), **of_link))["links"]


def latency(here, there):
    sides = {"alpha": here, "beta": there}
    local, peer = ({"name": name, "status": "Connected", "latency_ms": each} for name, each in sides.items())
    return {"local": local, "peer": peer}


@pytest.mark.parametrize(
    ("of_link", "expected"),
    [
        ({}, {"level": "warning", "connected": True, "latency_ms": None, "pairs": 2, "protected": 1}),
        ({"problems": [on_volume(2)]}, {"level": "error", "connected": True}),
        ({"problems": [problem("not of a volume")]}, {"level": "warning"}),
        ({"cluster_pairs": [cluster_pair(connected=False)]}, {"level": "error", "connected": False}),
        ({"cluster_pairs": [cluster_pair(connected=None)]}, {"level": "warning", "connected": None}),
        ({"cluster_pairs": [cluster_pair(**latency(3, 5))]}, {"latency_ms": 5}),
        ({"cluster_pairs": [cluster_pair(**latency(0, None))]}, {"latency_ms": 0}),
    ],
)
def test_a_link_is_as_bad_as_its_worst_volume_pair(of_link, expected):
    (link,) = links(**of_link)
    assert (link["cluster"], link["peer"]) == ("alpha", "beta")
    assert {name: link[name] for name in expected} == expected


def test_a_link_that_is_healthy():
    (link,) = data(report(pairs(OK)))["links"]
    assert (link["level"], link["pairs"], link["protected"]) == ("ok", 1, 1)


def test_a_cluster_pair_of_which_the_other_side_is_not_known():
    (link,) = links(cluster_pairs=[cluster_pair("pending", connected=False, peer={"name": None, "status": None})])
    assert link["peer"] == "a cluster that is not known yet"


def half_of_gamma(**others):
    """What beta reports of its pairs with gamma, which does not answer."""
    known = {"name": "gamma", "status": None, "mvip": "203.0.113.30", "version": "12.3.0.958"}
    paired = cluster_pair("unknown_peer", connected=False, local={"name": "beta", "status": "Disconnected"}, peer=known)
    pair = volume_pair("books", 5, in_sync=None, peer=side("books-dr", 9, None, replication_state=None))
    pair["peer_cluster"] = "gamma"
    return report([pair], "beta", None, cluster_pairs=[paired], **others)


def test_a_cluster_that_does_not_answer_is_known_from_the_other_one():
    found = data(report(pairs(OK)), half=half_of_gamma())
    assert [(each["name"], each["mvip"], each["answered"]) for each in found["clusters"]] == [
        ("alpha", None, True),
        ("beta", None, True),
        ("gamma", "203.0.113.30", False),
    ]
    broken = found["links"][0]
    assert (broken["cluster"], broken["peer"], broken["level"], broken["pairs"]) == ("beta", "gamma", "error", 1)
    pair = next(each for each in found["volume_pairs"] if each["volume"] == "books")
    assert (pair["state"], pair["cluster"], pair["peer_cluster"], pair["writable"]) == (
        *("not_known", "beta", "gamma", "beta?"),
    )
    assert found["level"] == "error"
    assert [each["code"] for each in found["problems"]] == ["peer_unreachable"]


def test_pairs_with_a_cluster_that_was_not_read_belong_to_their_link_among_several():
    """A link that is connected is not healthy while one of its clusters was not read."""
    half = half_of_gamma()
    half["cluster_pairs"][0]["connected"] = True
    found = data(report(pairs(OK)), half={**half, "cluster_pairs": [cluster_pair(), *half["cluster_pairs"]]})
    assert {
        (link["cluster"], link["peer"]): (link["level"], link["pairs"], link["protected"]) for link in found["links"]
    } == {
        ("beta", "gamma"): ("warning", 1, 0),
        ("alpha", "beta"): ("ok", 1, 1),
    }
    pair = next(each for each in found["volume_pairs"] if each["volume"] == "books")
    assert pair["peer_cluster"] == "gamma"


def test_a_link_without_pairs_is_not_healthy_while_a_cluster_was_not_read():
    half = half_of_gamma()
    half["cluster_pairs"][0]["connected"] = True
    found = data(report(pairs(OK)), half={**half, "volume_pairs": []})
    assert [(link["peer"], link["level"], link["pairs"]) for link in found["links"]] == [
        ("gamma", "warning", 0),
        ("beta", "ok", 1),
    ]


def test_a_latency_counts_while_connected():
    (link,) = links(cluster_pairs=[cluster_pair(connected=False, **latency(0, 0))])
    assert link["latency_ms"] is None


def test_a_cluster_of_which_nothing_is_known_is_listed():
    found = data(report(pairs(OK)), half=report([], "beta", None, cluster_pairs=[]))
    assert found["clusters"][-1] == {"name": "gamma", "mvip": None, "version": None, "answered": False}


def test_a_cluster_that_answered_is_not_said_to_be_silent_where_a_link_was_not_read():
    names = ("ALPHA-PROD", "BETA-DR")
    answers = [
        {"healthy": True, "clusters": {"local": {"name": name, "mvip": None, "version": None}}} for name in names
    ]
    failed = {"failed": True, "msg": "odd", "ansible_loop_var": "link", "link": {"cluster": "alpha", "peer": "beta"}}
    together = join_reports(["alpha", "beta"], answers, [[failed], []], [{}, {}])
    found = report_data(together, status_table(together), at=AT)
    assert [(each["name"], each["answered"]) for each in found["clusters"]] == [(name, True) for name in names]


def test_drift_is_passed_on():
    assert data(drift=[{"link": "alpha - beta"}])["drift"] == [{"link": "alpha - beta"}]


def test_a_difference_from_the_list_counts_as_a_problem():
    link = {**report(pairs(OK)), "ansible_loop_var": "link", "link": {"cluster": "alpha", "peer": "beta"}}
    together = join_reports(["alpha", "beta"], [{"healthy": True}] * 2, [[link], []], [{}, {}])
    drift = replication_drift(
        together, [{"cluster": "alpha", "peer": "beta", "account": "", "pairs": [{"volume": "x"}]}]
    )
    found = report_data(together, status_table(together, drift=drift), AT, drift)
    codes = [each["code"] for each in found["problems"]]
    assert (codes, found["level"]) == (["declared_not_paired", "not_declared"], "error")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("x", {}, AT), "the input is of type str, expected a dictionary"),
        ((joined(), [], AT), "table is of type list, expected a dictionary"),
        (({}, {"all_problems": []}, AT), "'pairs' is missing in the input"),
        ((joined(), {}, AT), "'all_problems' is missing in the input"),
        ((joined(), {"all_problems": [], "headline": ""}, AT, "x"), "drift is of type str, expected a list"),
        (
            (joined(), {"all_problems": [], "headline": ""}, "yesterday"),
            "at is 'yesterday', expected a time in ISO 8601",
        ),
        ((joined(), {"all_problems": [], "headline": ""}, None), "at is None, expected a time in ISO 8601"),
    ],
)
def test_another_input_is_refused_in_a_sentence(arguments, message):
    with pytest.raises(AnsibleFilterError, match=r"^elementsw\.replication\.report_data: ") as refused:
        report_data(*arguments)
    assert message in str(refused.value)


def test_problems_of_whole_clusters_come_first_and_lags_last():
    problems = [
        problem("lag", code="lag_unknown", volume="v1", volume_id=1),
        problem("half", code="half_pair", volume="v1", volume_id=1),
        problem("late", code="lag_exceeded", volume="v1", volume_id=1),
        problem("link", code="link_lost"),
        problem("pending", "warning", code="pending_pair"),
    ]
    found = data(report(pairs(BROKEN), problems=problems))
    assert [each["message"] for each in found["problems"]] == ["link", "half", "lag", "late", "pending"]
    assert found["volume_pairs"][0]["problems"] == [2, 3, 4]


def test_problems_are_counted_by_cluster_severity_and_code():
    several = problem("of several clusters", cluster=None)
    problems = [problem("a"), problem("b"), problem("c", "warning"), problem("d", cluster="Alpha"), several]
    assert data(report(problems=problems))["problem_counts"] == [
        {"cluster": "alpha", "severity": "error", "code": "paused", "number": 2},
        {"cluster": "Alpha", "severity": "error", "code": "paused", "number": 1},
        {"cluster": None, "severity": "error", "code": "paused", "number": 1},
        {"cluster": "alpha", "severity": "warning", "code": "paused", "number": 1},
    ]


@pytest.mark.parametrize(
    ("changes", "level"),
    [
        ([], "warning"),
        ([OK], "ok"),
        ([OK, {"health": "syncing"}], "warning"),
        ([OK, BROKEN], "warning"),
    ],
)
def test_what_is_not_protected_is_never_without_a_warning(changes, level):
    assert data(report(pairs(*changes)))["level"] == level


@pytest.mark.parametrize(
    ("changes", "level"),
    [
        (OK, "ok"),
        ({"health": "syncing"}, "warning"),
        (PAUSED, "warning"),
        (BROKEN, "error"),
        ({"lag_seconds": 9.0}, "error"),
    ],
)
def test_a_volume_pair_is_at_least_as_bad_as_its_state(changes, level):
    found = data(report(pairs(changes)), max_lag=5)
    assert found["volume_pairs"][0]["level"] == level
    assert found["links"][0]["level"] == level


def rehearsed(*pairs, known, **of_link):
    return data(report(pairs, **of_link), evidence=evidence(*known))["rehearsals"]


def states(*pairs, known):
    return [each["state"] for each in rehearsed(*pairs, known=known)["volume_pairs"]]


def test_without_evidence_nothing_is_said_about_rehearsals():
    assert data(report([volume_pair()]))["rehearsals"] is None


def test_what_was_rehearsed():
    found = rehearsed(volume_pair("a", 41), volume_pair("b", 42), known=[rehearsal("a#77")])
    assert found["days"] == 92
    assert found["last"] == [{**rehearsal("a#77"), "age_seconds": 86400}]
    assert found["volume_pairs"] == [
        {"cluster": "beta", "volume": "a", "volume_id": 77, "age_seconds": 86400, "state": "rehearsed"},
        {"cluster": "beta", "volume": "b", "volume_id": 78, "age_seconds": None, "state": "never"},
    ]
    assert found["problems"] == []


@pytest.mark.parametrize(
    ("known", "state"),
    [
        ([], "never"),
        ([rehearsal("b")], "never"),
        ([rehearsal("orders-db", passed=False)], "never"),
        ([rehearsal("orders-db", at="2026-08-28T06:00:00Z")], "rehearsed"),
        ([rehearsal("orders-db", at="2026-08-28T05:59:59Z")], "too_long_ago"),
        ([rehearsal("orders-db", passed=False), rehearsal("orders-db", at="2026-01-01T00:00:00Z")], "too_long_ago"),
        ([rehearsal("orders-db", passed=False), rehearsal("orders-db", at="2026-11-01T00:00:00Z")], "rehearsed"),
        ([rehearsal("orders-db", cluster="gamma")], "never"),
        ([rehearsal("orders-db", peer="gamma")], "never"),
        ([rehearsal("orders-db", cluster="alpha", peer="beta")], "never"),
        ([rehearsal("orders-db", at="2027-11-27T06:00:00Z")], "never"),
    ],
)
def test_whether_a_volume_pair_was_rehearsed(known, state):
    assert states(volume_pair(), known=known) == [state]


@pytest.mark.parametrize(
    ("direction", "cluster", "state"),
    [
        ("to_peer", "beta", "rehearsed"),
        ("to_peer", "alpha", "never"),
        ("from_peer", "alpha", "rehearsed"),
        ("from_peer", "beta", "never"),
        ("split", "alpha", "rehearsed"),
        (None, "beta", "rehearsed"),
    ],
)
def test_the_target_is_what_is_rehearsed(direction, cluster, state):
    peer = {"alpha": "beta", "beta": "alpha"}[cluster]
    number = {"alpha": 41, "beta": 77}[cluster]
    known = [rehearsal(f"orders-db#{number}", cluster=cluster, peer=peer)]
    assert states(volume_pair(direction=direction), known=known) == [state]


def test_volumes_of_one_name_differ_by_their_ids():
    twins = [volume_pair("a", 41), volume_pair("a", 42)]
    assert states(*twins, known=[rehearsal("a#78")]) == ["never", "rehearsed"]
    assert states(*twins, known=[rehearsal("a#77", "a#78")]) == ["rehearsed", "rehearsed"]


@pytest.mark.parametrize(
    ("cloned", "state"),
    [
        ("a#77", "rehearsed"),
        # The volume of that name was deleted and made again, with another ID.
        ("a#76", "never"),
        # Another volume has this ID: the cluster was replaced and counts from the beginning.
        ("b#77", "never"),
    ],
)
def test_a_volume_was_rehearsed_when_name_and_id_are_those_of_the_evidence(cloned, state):
    assert states(volume_pair("a", 41), known=[rehearsal(cloned)]) == [state]


def test_the_evidence_names_hosts_and_the_report_clusters():
    own = {"local": {"name": "sf-a"}, "peer": {"name": "sf-b"}}
    found = data(report([volume_pair()], "sf-a", "sf-b", clusters=own), evidence=evidence(rehearsal("orders-db")))
    assert [each["state"] for each in found["rehearsals"]["volume_pairs"]] == ["rehearsed"]
    (last,) = found["rehearsals"]["last"]
    assert (last["cluster"], last["peer"]) == ("sf-b", "sf-a")


def test_the_last_rehearsal_of_each_name_and_cluster():
    known = [
        rehearsal("a", file="1"),
        rehearsal("a", file="2", name="other"),
        rehearsal("a", file="3", at="2026-11-01T00:00:00Z"),
        rehearsal("a", file="4", at="2026-11-01T00:00:00Z", cluster="alpha", peer="beta"),
    ]
    assert [each["file"] for each in rehearsed(known=known)["last"]] == ["1", "2", "4"]


@pytest.mark.parametrize(("at", "age"), [("2026-11-28T06:00:01Z", 0), ("2026-11-29T06:00:00Z", 0)])
def test_clocks_may_differ_a_little(at, age):
    (last,) = rehearsed(known=[rehearsal(at=at)])["last"]
    assert last["age_seconds"] == age


def test_what_could_not_be_read_and_what_is_to_come_is_named():
    late = rehearsal("orders-db", at="2099-01-01T00:00:00Z")
    found = data(evidence=evidence(late, problems=["/e/a.json is no evidence"]))["rehearsals"]
    assert found["last"] == []
    assert found["problems"] == [
        "/e/a.json is no evidence",
        "/e/drill.json is of 2099-01-01T00:00:00Z, which is to come",
    ]


def test_evidence_in_another_form_is_refused_in_a_sentence():
    with pytest.raises(AnsibleFilterError, match="report_data: evidence is of type list, expected a dictionary"):
        report_data(joined(), status_table(joined()), AT, evidence=[])
    with pytest.raises(AnsibleFilterError, match="report_data: 'rehearsals' is missing in the input"):
        report_data(joined(), status_table(joined()), AT, evidence={"problems": []})
