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


COUNTS = {
    **dict.fromkeys(("pairs", "protected", "late", "copying", "paused", "not_replicating", "not_known"), 0),
    **dict.fromkeys(("worst_lag_seconds", "worst_lag_volume")),
}


def table(*pairs, halves=(), problems=(), unread=(), ignored=(), answering=("alpha",), at="", drift=(), **counts):
    lists = {"pairs": list(pairs), "halves": list(halves), "unread": list(unread), "problems": list(problems)}
    others = {"ignored": list(ignored), "answering": list(answering), "summary": {**COUNTS, **counts}}
    return status_table({**lists, **others}, at, drift)


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
        "dead",
        "late",
        "second late",
        "unheard of",
        "held",
        "copies",
        "fine",
        "no health",
    ]
    assert [[found["message"] for found in row["problems"]] for row in link["rows"][1:6]] == [
        [],
        ["late"],
        ["second"],
        [],
        ["held"],
    ]
    assert (link["counts"], link["problems"]) == ("2 errors, 1 warning", [])


def test_two_accounts_with_the_same_names_have_their_problems_each():
    """The ID tells them apart. A problem that has a name alone is above the table, and the pair that has failed is first."""
    same_name = [volume_pair("a", 1), volume_pair("a", 2, health="dead")]
    problems = [
        problem("second", volume="a", volume_id=2),
        problem("of either", volume="a", cluster="beta"),
        problem("first", "warning", volume="a", volume_id=37, cluster="beta"),
        problem("gone", volume="a", volume_id=3),
    ]
    (link,) = table(report(same_name, problems=problems))["links"]
    messages = [[found["message"] for found in row["problems"]] for row in link["rows"]]
    assert messages == [[], ["second"], ["first"]]
    assert [found["message"] for found in link["problems"]] == ["of either", "gone"]


def test_a_pair_that_must_be_paired_again_comes_first_also_without_a_problem_of_its_own_and_then_the_largest_lag():
    pairs = [
        volume_pair("a", 1, lag_seconds=2.0),
        volume_pair("b", 2, lag_seconds=9.0),
        volume_pair("c", 3, health="dead"),
    ]
    (link,) = table(report(pairs, problems=[problem("p", "warning", volume="a")]))["links"]
    assert [row["cells"][0][:1] for row in link["rows"][1:]] == ["c", "b", "a"]


@pytest.mark.parametrize(
    ("counts", "at", "headline"),
    [
        ({}, "", "No volume pairs"),
        ({"pairs": 1, "protected": 1}, "noon", "1 of 1 pair protected - as of noon"),
        (
            {
                "pairs": 25,
                "protected": 22,
                "copying": 2,
                "paused": 1,
                "worst_lag_seconds": 41.7,
                "worst_lag_volume": "erp-vol03",
            },
            "2026-11-28 06:00 UTC",
            "22 of 25 pairs protected, worst lag 41 s (erp-vol03), 2 copying, 1 paused - as of 2026-11-28 06:00 UTC",
        ),
        (
            {"pairs": 3, "late": 1, "not_replicating": 2},
            "",
            "0 of 3 pairs protected, 1 too far behind, 2 not replicating",
        ),
    ],
)
def test_headline(counts, at, headline):
    assert table(at=at, **counts)["headline"] == headline


def test_what_is_sick_and_what_was_not_read_fail_with_different_sentences():
    silent = problem("no answer", code="peer_unreachable", cluster="gamma")
    refused = problem("wrong password", code="authentication", cluster="beta")
    sick = [problem("a"), problem("b", "warning")]
    healthy = table(problems=sick[1:])
    assert (healthy["sick"], healthy["not_read"]) == (None, None)
    both = table(problems=[*sick, refused, silent], unread=[refused, silent])
    assert both["sick"].startswith("The replication has 2 problems of severity error")
    assert both["not_read"].startswith("Not everything could be read, which concerns beta:")
    assert table(problems=[refused], unread=[refused])["sick"] is None
    assert table(problems=[silent], unread=[silent])["not_read"] is None
    assert "gamma" in table(problems=[silent], unread=[silent], answering=[])["not_read"]


MISSING = problem("2 volumes are declared and not paired", code="declared_not_paired")
EXTRA = problem("1 volume is paired and not declared", "warning", code="not_declared")


def test_how_a_link_differs_from_its_list_counts_everywhere():
    first, second = (
        {**report([volume_pair()], here, there), "ansible_loop_var": "item", "item": {"cluster": here, "peer": there}}
        for here, there in (("alpha", "beta"), ("beta", "gamma"))
    )
    differing = [
        {"link": "beta - gamma", "not_paired": ["a", "b"], "problems": [MISSING, EXTRA]},
        {"link": "alpha - beta", "not_paired": [], "problems": [{**EXTRA, "message": "another"}]},
    ]
    laid_out = table(first, second, drift=differing, pairs=2, protected=2)
    assert laid_out["headline"] == "2 of 2 pairs protected, 2 declared and not paired"
    assert laid_out["counts"] == "1 error, 2 warnings"
    assert [link["title"] for link in laid_out["links"]] == [
        "beta - gamma: 1 error, 1 warning",
        "alpha - beta: 0 errors, 1 warning",
    ]
    assert laid_out["links"][0]["problems"] == [MISSING, EXTRA]
    assert laid_out["all_problems"] == [MISSING, EXTRA, {**EXTRA, "message": "another"}]
    assert "has 1 problem of severity error" in laid_out["sick"]
    warned = table(first, drift=differing[1:])
    assert (warned["sick"], warned["counts"]) == (None, "0 errors, 1 warning")


def test_the_half_of_a_link_says_so():
    half, sick = report([volume_pair()], there=None), report([volume_pair()], there=None, problems=[problem("p")])
    titles = [table(halves=[each])["links"][0]["title"] for each in (half, sick)]
    assert titles[0] == "What alpha knows of its pairs with a cluster that was not read"
    assert titles[1] == titles[0] + ": 1 error, 0 warnings"


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
    assert [(link["here"], link["there"]) for link in shown] == [("beta", "gamma"), ("alpha", "beta"), ("gamma", None)]


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
    (link,) = table(report(readiness=checks + checks))["links"]
    assert link["readiness"] == checks[1:]
    without = {key: value for key, value in report().items() if key != "readiness"}
    assert table(without)["links"][0]["readiness"] == []


def test_the_head_of_the_report():
    unread = problem("cluster gamma was not read", cluster="gamma")
    problems = [unread, problem("a", "warning"), problem("b", "warning")]
    laid_out = table(unread=[unread], problems=problems)
    assert laid_out == {
        "headline": "No volume pairs were read",
        "sick": None,
        "not_read": "Not everything could be read, which concerns gamma: the report says why, and nothing about their health.",
        "counts": "1 error, 2 warnings",
        "all_problems": problems,
        "problems": [unread],
        "links": [],
        "not_paired": [],
    }


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([], "the input is of type list, expected a dictionary, the value of elementsw.replication.join_reports"),
        ({}, "'pairs' is missing in the input, expected the value of elementsw.replication.join_reports"),
        ({"pairs": 7, "halves": [], "ignored": []}, "the input is not as expected"),
    ],
)
def test_input_that_is_not_as_documented(value, message):
    with pytest.raises(AnsibleFilterError) as refused:
        status_table(value)
    assert f"elementsw.replication.status_table: {message}" in str(refused.value)


def test_ansible_finds_it_by_its_name():
    assert FilterModule().filters() == {"status_table": status_table}
