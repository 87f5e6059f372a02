# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rows of the report on the replication, their order and their cells."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.elementsw.replication.plugins.filter.status_table import FilterModule, status_table
from ansible_collections.elementsw.replication.tests.unit.plugins.filter.reports import (
    cluster_pair,
    problem,
    report,
    side,
    volume_pair,
)

COLUMNS = ("here", "state", "arrow", "there", "peer_state", "mode", "health", "lag", "progress", "writable")


def table(*pairs, halves=(), problems=(), unread=(), ignored=()):
    healthy = not problems and not unread
    lists = {"pairs": list(pairs), "halves": list(halves), "unread": list(unread), "problems": list(problems)}
    return status_table({**lists, "ignored": list(ignored), "healthy": healthy})


def cells(pair, **of_link):
    """The cells of the only row by their columns, without the blanks that fill them up."""
    (link,) = table(report([pair], **of_link))["links"]
    return dict(zip(COLUMNS, (cell.rstrip() for cell in link["rows"][1]["cells"])))


def copying(percent=None, remaining_seconds=None, stage=None):
    return {"progress": {"percent": percent, "remaining_seconds": remaining_seconds, "stage": stage}}


@pytest.mark.parametrize(
    ("changes", "column", "expected"),
    [
        ({}, "here", "orders-db (41)"),
        ({"local": side(None, None)}, "here", "-"),
        ({"local": side(None, 41)}, "here", "- (41)"),
        ({"peer": side("orders-db-dr", 77)}, "there", "orders-db-dr (77)"),
        ({}, "state", "Active"),
        ({"local": side("orders-db", 41, replication_state=None)}, "state", "-"),
        ({"peer": side("orders-db", 77, replication_state="Idle")}, "peer_state", "Idle"),
        ({}, "arrow", "->"),
        ({"direction": "from_peer"}, "arrow", "<-"),
        ({"direction": "split"}, "arrow", "split"),
        ({"direction": None}, "arrow", "?"),
        ({"mode": "snapshots_only"}, "mode", "snapshots_only"),
        ({"mode": None}, "mode", "-"),
        ({"health": "broken"}, "health", "broken"),
        ({"health": None}, "health", "-"),
        ({"lag_seconds": None}, "lag", "-"),
        ({"lag_seconds": 0.0}, "lag", "0 s"),
        ({"lag_seconds": 41.9}, "lag", "41 s"),
        ({"progress": None}, "progress", "-"),
        (copying(41.5), "progress", "42 %"),
        (copying(99.4, 0), "progress", "99 %, 0 min left"),
        (copying(0, 61.0), "progress", "0 %, 2 min left"),
        (copying(None, None, "metadata"), "progress", "metadata"),
        (copying(None, 3600), "progress", "copying, 60 min left"),
        ({}, "writable", "alpha"),
        ({"local": side("a", 1, "replicationTarget"), "peer": side("a", 2)}, "writable", "beta"),
        ({"peer": side("a", 2)}, "writable", "both"),
        ({"local": side("a", 1, "locked")}, "writable", "neither"),
        ({"peer": side("a", 2, None)}, "writable", "alpha?"),
        ({"local": side("a", 1, "locked"), "peer": side("a", 2, None)}, "writable", "?"),
        ({"local": side("a", 1, None), "peer": side("a", 2)}, "writable", "beta?"),
    ],
)
def test_cells(changes, column, expected):
    assert cells(volume_pair(**changes))[column] == expected


def test_two_clusters_of_the_same_name():
    assert cells(volume_pair(peer=side("a", 2)), here="main", there="main")["writable"] == "both"


def test_what_was_not_gathered_is_not_known():
    pair = {key: value for key, value in volume_pair().items() if key not in ("lag_seconds", "progress")}
    assert (cells(pair)["lag"], cells(pair)["progress"]) == ("-", "-")


def test_columns_are_as_wide_as_their_widest_cell():
    (link,) = table(report([volume_pair(), volume_pair("a", 1, mode="snapshots_only")], here="a-long-name-of-it"))[
        "links"
    ]
    assert ["|".join(row["cells"]) for row in link["rows"]] == [
        "a-long-name-of-it|state |  |beta          |state |mode          |health |lag|progress|writable",
        "orders-db (41)   |Active|->|orders-db (77)|Active|async         |healthy|0 s|-       |a-long-name-of-it",
        "a (1)            |Active|->|a (37)        |Active|snapshots_only|healthy|0 s|-       |a-long-name-of-it",
    ]


def test_rows_with_an_error_come_first_and_then_the_worst_health():
    pairs = [
        volume_pair("fine", 1),
        volume_pair("copies", 2, health="syncing"),
        volume_pair("no health", 3, health=None),
        volume_pair("unheard of", 4, health="sideways"),
        volume_pair("dead", 5, health="dead"),
        volume_pair("late", 6, local=side("late", 6)),
        volume_pair("held", 7, health="paused"),
        volume_pair("second late", 8),
    ]
    problems = [
        problem("late", volume="late"),
        problem("held", "warning", volume="held"),
        problem("second", volume="second late", cluster="beta"),
    ]
    (link,) = table(report(pairs, problems=problems))["links"]
    assert [row["cells"][0].split(" (")[0].strip() for row in link["rows"][1:]] == [
        "late",
        "second late",
        "dead",
        "unheard of",
        "held",
        "copies",
        "fine",
        "no health",
    ]
    assert [[found["message"] for found in row["problems"]] for row in link["rows"][1:6]] == [
        ["late"],
        ["second"],
        [],
        [],
        ["held"],
    ]
    assert (link["counts"], link["problems"]) == ("2 errors, 1 warning", [])


def test_a_problem_is_in_one_row_alone():
    same_name = [volume_pair("a", 1), volume_pair("a", 2)]
    (link,) = table(report(same_name, problems=[problem("p", volume="a"), problem("q", volume="a", cluster="beta")]))[
        "links"
    ]
    messages = [[found["message"] for found in row["problems"]] for row in link["rows"]]
    assert messages == [[], ["p", "q"], []]


def test_what_is_of_no_row_is_of_the_link_and_everything_else_comes_first():
    of_cluster, of_link = problem("of the cluster", "warning"), problem("of the link", cluster=None)
    of_gone = [problem("gone", volume="gone"), problem("gone on beta", volume="gone", cluster="beta")]
    (link,) = table(report([volume_pair()], problems=[*of_gone, of_cluster, of_link]))["links"]
    assert link["problems"] == [of_cluster, of_link, *of_gone]
    assert link["counts"] == "3 errors, 1 warning"


def test_links_with_errors_come_first_and_halves_last():
    sick = report([volume_pair()], "beta", "gamma", healthy=False)
    half = report([volume_pair()], "gamma", None, healthy=False)
    shown = table(report([volume_pair()]), sick, halves=[half])["links"]
    assert [(link["here"], link["there"]) for link in shown] == [("beta", "gamma"), ("alpha", "beta"), ("gamma", "?")]


def test_what_two_links_have_in_common_is_shown_once():
    first, second = report(problems=[problem("a")]), report((), "beta", "gamma", problems=[problem("a"), problem("b")])
    shown = table(first, second, problems=[problem("a"), problem("b")])
    assert [[found["message"] for found in link["problems"]] for link in shown["links"]] == [["a"], ["b"]]
    assert shown["counts"] == "2 errors, 0 warnings"


@pytest.mark.parametrize(
    ("link", "shown", "not_paired"),
    [
        (report(), 1, []),
        (report(cluster_pairs=[]), 0, ["alpha - beta"]),
        (report(cluster_pairs=[], problems=[problem("not paired", code="not_paired")]), 0, ["alpha - beta"]),
        (report(cluster_pairs=[], problems=[problem("a")]), 1, []),
        (report([volume_pair()], cluster_pairs=[]), 1, []),
        (report(there=None), 0, []),
        (report([volume_pair()], there=None), 1, []),
    ],
)
def test_links_without_anything_to_show(link, shown, not_paired):
    laid_out = table(link, ignored=["not_paired"])
    assert (len(laid_out["links"]), laid_out["not_paired"]) == (shown, not_paired)


def test_cluster_pairs():
    cut = cluster_pair("half_local", peer={"name": "beta", "status": None})
    assert table(report(cluster_pairs=[cut]))["links"][0]["cluster_pairs"] == [
        {"peer": None, "here": "Connected", "there": "no entry"}
    ]
    unknown = [cluster_pair("unknown_peer"), cluster_pair("unknown_peer", peer={"name": None, "status": None})]
    (half,) = table(halves=[report([volume_pair()], there=None, cluster_pairs=unknown)])["links"]
    assert [pair["peer"] for pair in half["cluster_pairs"]] == ["beta", "a cluster not known yet"]


def test_readiness_that_is_not_given():
    checks = [{"ok": ok, "message": "m", "remedy": "r", "code": "c"} for ok in (True, None, False)]
    (link,) = table(report(readiness=checks))["links"]
    assert link["readiness"] == checks[1:]
    without = {key: value for key, value in report().items() if key != "readiness"}
    assert table(without)["links"][0]["readiness"] == []


def test_the_head_of_the_report():
    unread = problem("cluster gamma does not answer")
    laid_out = table(unread=[unread], problems=[unread, problem("a", "warning"), problem("b", "warning")])
    assert laid_out == {
        "healthy": False,
        "counts": "1 error, 2 warnings",
        "problems": [unread],
        "links": [],
        "not_paired": [],
    }


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([], "the input is of type list, expected a dictionary, the value of elementsw.replication.join_reports"),
        ({}, "'pairs' is missing in the input, expected the value of elementsw.replication.join_reports"),
        ({"pairs": 7, "halves": []}, "the input is not as expected"),
    ],
)
def test_input_that_is_not_as_documented(value, message):
    with pytest.raises(AnsibleFilterError) as refused:
        status_table(value)
    assert f"elementsw.replication.status_table: {message}" in str(refused.value)


def test_ansible_finds_it_by_its_name():
    assert FilterModule().filters() == {"status_table": status_table}
