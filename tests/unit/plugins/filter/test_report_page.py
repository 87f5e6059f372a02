# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The texts of the page: what its cells say, the map, the history, and that each of them is escaped."""

from __future__ import annotations

import base64
import hashlib
import html
import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.elementsw.replication.plugins.filter.report_history import report_history
from ansible_collections.elementsw.replication.plugins.filter.report_page import FilterModule, duration, report_page
from ansible_collections.elementsw.replication.tests.unit.plugins.filter.reports import (
    cluster_pair,
    data,
    evidence,
    problem,
    rehearsal,
    report,
    side,
    volume_pair,
)


def page(*pairs, past=None, max_lag=None, drift=(), **of_link):
    return report_page(data(report(pairs, **of_link), max_lag=max_lag, drift=drift), past)


def row(past=None, max_lag=None, **changes):
    (found,) = page(volume_pair(**changes), past=past, max_lag=max_lag)["rows"]
    return found


def test_the_filter_has_its_name():
    assert FilterModule().filters() == {"report_page": report_page}


def test_what_stands_first():
    found = page(volume_pair(), volume_pair("ledger", 44, health="broken"), problems=[problem("a")])
    assert (found["level"], found["verdict"]) == ("error", "1 of 2 volume pairs is not protected")
    assert found["headline"].startswith("1 of 2 pairs protected")
    assert (found["at"], found["iso"]) == ("2026-11-28 06:00:00 UTC", "2026-11-28T06:00:00Z")
    assert found["states"] == [
        {"name": "not_replicating", "label": "not replicating", "number": 1},
        {"name": "protected", "label": "protected", "number": 1},
    ]
    assert page()["states"] == []


@pytest.mark.parametrize(
    ("changes", "cells"),
    [
        ({}, {"volume": "orders-db (41)", "peer_volume": "orders-db (77)", "cluster": "alpha", "peer_cluster": "beta"}),
        ({}, {"state": "protected", "label": "protected", "level": "ok", "arrow": "→", "writable": "alpha"}),
        ({}, {"account": "shop", "mode": "async", "states": "Active / Active", "problems": []}),
        ({"direction": "from_peer"}, {"arrow": "←"}),
        ({"direction": "split"}, {"arrow": "split"}),
        ({"direction": None}, {"arrow": "?"}),
        ({"mode": None}, {"mode": "–"}),
        ({"health": "paused"}, {"state": "paused", "label": "paused"}),
        ({"local": side("a", 1, account=None)}, {"account": "shop"}),
        ({"local": side("a", 1, account=None), "peer": side("a", 2, account=None)}, {"account": ""}),
        ({"peer": side(None, None, None)}, {"peer_volume": "orders-db", "writable": "alpha?"}),
        ({"peer": side(None, None, None), "peer_volume": None}, {"peer_volume": "–"}),
        ({"peer": side("b", 2, replication_state=None)}, {"states": "Active / –"}),
        ({"lag_seconds": 90.0}, {"lag": 90.0, "lag_text": "1 min 30 s"}),
        ({"lag_seconds": None}, {"lag": -1, "lag_text": "–"}),
        ({}, {"progress": None, "left": ""}),
        ({"progress": {"percent": 0, "remaining_seconds": None, "stage": None}}, {"progress": 0, "left": ""}),
        (
            {"progress": {"percent": 40.4, "remaining_seconds": 3600, "stage": None}},
            {"progress": 40, "left": "1 h 0 min"},
        ),
        ({}, {"share": "", "line": ""}),
    ],
)
def test_the_cells_of_a_row(changes, cells):
    found = row(**changes)
    assert {name: found[name] for name in cells} == cells


@pytest.mark.parametrize(
    ("lag", "limit", "part"),
    [
        (30.0, 60, 50),
        (0.0, 60, 0),
        (60.0, 60, 100),
        (900.0, 60, 100),
        (None, 60, None),
        (9.0, None, None),
        (9.0, 0, 100),
    ],
)
def test_the_lag_against_its_limit(lag, limit, part):
    assert row(lag_seconds=lag, max_lag=limit)["lag_of_limit"] == part


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "–"),
        (0, "0 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (3599, "59 min 59 s"),
        (3600, "1 h 0 min"),
        (86399, "23 h 59 min"),
        (86400, "1 d 0 h"),
        (90061, "1 d 1 h"),
    ],
)
def test_a_time_in_its_two_largest_units(seconds, text):
    assert duration(seconds) == text


def test_the_problems():
    found = page(
        volume_pair(),
        problems=[
            problem("of the cluster", "warning", command="ansible alpha"),
            problem("of a volume", volume="orders-db", volume_id=41),
        ],
        past={"since": ["2026-11-27T05:04:03+00:00"]},
    )
    first, second = found["problems"]
    assert first == {
        "number": 1,
        "severity": "error",
        "code": "paused",
        "where": "alpha · orders-db (41)",
        "message": "of a volume",
        "remedy": "resume it",
        "command": "",
        "since": "2026-11-27 05:04 UTC",
    }
    assert (second["number"], second["where"], second["command"], second["since"]) == (2, "alpha", "ansible alpha", "")
    assert [each["problems"] for each in found["rows"]] == [[1]]


def looked_back(*hours_and_changes):
    text = ""
    for at, changes in hours_and_changes:
        found = data(report([volume_pair(**changes)]), at=at)
        past = report_history(text, found)
        text = past["text"]
    return report_page(found, past)


def test_the_history():
    found = looked_back(
        ("2026-11-27T12:00:00Z", {"lag_seconds": 0.0}),
        ("2026-11-28T00:00:00Z", {"lag_seconds": 50.0, "health": "broken"}),
        ("2026-11-28T06:00:00Z", {"lag_seconds": 100.0}),
    )
    assert found["history"] == [
        {"label": "24 hours", "share": "66.7 %", "known": "18 h 0 min"},
        {"label": "7 days", "share": "66.7 %", "known": "18 h 0 min"},
        {"label": "30 days", "share": "66.7 %", "known": "18 h 0 min"},
    ]
    assert found["rows"][0]["share"] == "66.7 %"
    # From left to right in time, from the bottom to the top in lag.
    assert found["rows"][0]["line"] == "17,15 50,8 64,1"
    assert looked_back(("2026-11-28T06:00:00Z", {}))["history"] == []


@pytest.mark.parametrize(("seconds", "known"), [(30, "30 s"), (82000, "22 h 46 min"), (82080, ""), (86400, "")])
def test_a_share_says_how_much_of_its_period_is_known(seconds, known):
    """A hundred percent of half a minute says little about a month."""
    past = {"protected": {"day": 1.0}, "covered": {"day": seconds}, "volume_pairs": []}
    assert page(volume_pair(), past=past)["history"] == [{"label": "24 hours", "share": "100 %", "known": known}]


@pytest.mark.parametrize(
    ("share", "text"),
    [(1, "100 %"), (1.0, "100 %"), (0.99999, "99.9 %"), (0.5, "50.0 %"), (0.0, "0.0 %"), (None, None)],
)
def test_what_is_not_whole_is_not_a_hundred_percent(share, text):
    found = page(
        volume_pair(),
        past={"protected": {"day": share}, "covered": {"day": 0}, "volume_pairs": [{"protected": {"day": share}}]},
    )
    assert [each["share"] for each in found["history"]] == ([text] if text else [])
    assert found["rows"][0]["share"] == (text or "")


@pytest.mark.parametrize("number", range(1, 13))
def test_no_cluster_of_the_map_lies_on_another_one_or_outside(number):
    names = [f"c{place}" for place in range(number)]
    report_on = {
        **data(),
        "clusters": [{"name": name, "mvip": None, "version": None, "answered": True} for name in names],
    }
    found = report_page(report_on)["map"]
    boxes = [(each["x"], each["y"], each["x"] + each["width"], each["y"] + each["height"]) for each in found["nodes"]]
    assert len(boxes) == number
    for left, top, right, bottom in boxes:
        assert min(left, top) >= 0
        assert right <= found["width"]
        assert bottom <= found["height"]
    for place, one in enumerate(boxes):
        for other in boxes[place + 1 :]:
            assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


def apart(one, other):
    return one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


@pytest.mark.parametrize("number", range(2, 6))
def test_no_label_of_the_map_hides_another_one_or_a_cluster(number):
    names = [f"c{place}" for place in range(number)]
    clusters = [{"name": name, "mvip": None, "version": None, "answered": True} for name in names]
    link = {"level": "ok", "connected": True, "latency_ms": 9, "pairs": 1, "protected": 1}
    links = [{**link, "cluster": one, "peer": other} for one, other in itertools.combinations(names, 2)]
    found = report_page({**data(), "clusters": clusters, "links": links})["map"]
    nodes = [(each["x"], each["y"], each["x"] + each["width"], each["y"] + each["height"]) for each in found["nodes"]]
    # As large as the template makes them.
    labels = [(each["x"] - 80, each["y"] - 20, each["x"] + 80, each["y"] + 20) for each in found["edges"]]
    assert all(apart(one, other) for one, other in itertools.combinations([*nodes, *labels], 2))


@pytest.mark.parametrize(
    ("connected", "latency", "status"),
    [
        (True, 5, "connected, 5 ms"),
        (True, 0, "connected, 0 ms"),
        (True, None, "connected"),
        (False, 5, "not connected"),
        (None, None, "not known"),
    ],
)
def test_the_lines_of_the_map(connected, latency, status):
    local = {"name": "alpha", "status": "Connected", "latency_ms": latency}
    (edge,) = page(volume_pair(), cluster_pairs=[cluster_pair(connected=connected, local=local)])["map"]["edges"]
    assert (edge["connected"], edge["status"]) == (connected is True, status)
    assert edge["title"] == f"alpha – beta: {status}, 1 of 1 protected"
    (empty,) = page()["map"]["edges"]
    assert empty["label"] == "no volume pair"


def test_the_nodes_of_the_map():
    long = "a-name-that-is-longer-than-its-box"
    known = {"name": "beta", "mvip": "192.0.2.10", "version": "12.3.0.958", "answered": True}
    silent = {"name": long, "mvip": "192.0.2.20", "version": None, "answered": False}
    nodes = report_page({**data(), "clusters": [known, silent]})["map"]["nodes"]
    assert [(node["name"], node["about"], node["answered"]) for node in nodes] == [
        ("beta", "192.0.2.10 · 12.3.0.958", True),
        ("a-name-that-is-longer…", "not read", False),
    ]
    assert nodes[1]["title"] == long


def test_the_differences_from_a_list():
    nothing = {"link": "alpha - beta", "problem": "", "not_paired": [], "not_declared": [], "unpaired": []}
    found = page(
        drift=[
            {**nothing, "not_paired": ["a", "b"], "unpaired": ["c (3)"]},
            {**nothing, "problem": "row 2 is wrong"},
            nothing,
        ]
    )
    assert found["drift"] == [
        "alpha - beta: Declared and not paired: a, b",
        "alpha - beta: In no pair, of the same accounts: c (3)",
        "alpha - beta cannot be compared with its list: row 2 is wrong",
    ]


def rehearsals(*pairs, known=(), problems=()):
    return report_page(data(report(pairs), evidence=evidence(*known, problems=problems)))["rehearsals"]


def test_without_evidence_the_page_says_nothing_about_rehearsals():
    assert page(volume_pair())["rehearsals"] is None


def test_the_cells_of_a_rehearsal():
    (row,) = rehearsals(known=[rehearsal("orders-db", "orders-log")])["rows"]
    assert row == {
        "level": "ok",
        "label": "passed",
        "problem": "",
        "at": "2026-11-27 06:00:00 UTC",
        "iso": "2026-11-27T06:00:00Z",
        "age": "1 d 0 h",
        "name": "drill",
        "point": "latest",
        "peer": "alpha",
        "cluster": "beta",
        "volumes": 2,
        "data_age": "14 min",
        "writable": "38 s",
        "checked": "3 min 34 s",
    }


def test_a_rehearsal_that_failed():
    nothing = dict.fromkeys(("data_age_seconds", "seconds_until_writable", "seconds_until_checked"))
    (row,) = rehearsals(known=[rehearsal(passed=False, **nothing)])["rows"]
    assert (row["level"], row["label"], row["problem"]) == ("error", "FAILED", "the check failed")
    assert (row["volumes"], row["data_age"], row["writable"], row["checked"]) == (0, "–", "–", "–")


@pytest.mark.parametrize(
    ("known", "headline", "warnings"),
    [
        ([], "0 of 2 volume pairs were rehearsed in the last 92 days.", ["Never rehearsed: beta/a (77), beta/b (78)."]),
        ([rehearsal("a", "b#78")], "2 of 2 volume pairs were rehearsed in the last 92 days.", []),
        (
            [rehearsal("a"), rehearsal("b#78", at="2026-01-01T00:00:00Z", name="other")],
            "1 of 2 volume pairs was rehearsed in the last 92 days.",
            ["Last rehearsed more than 92 days ago: beta/b (78)."],
        ),
    ],
)
def test_volume_pairs_that_must_be_rehearsed(known, headline, warnings):
    found = rehearsals(volume_pair("a", 41), volume_pair("b", 42), known=known)
    assert (found["headline"], found["warnings"]) == (headline, warnings)


def test_where_no_volume_pair_was_read_none_must_be_rehearsed():
    assert rehearsals() == {"headline": "No volume pair was read.", "warnings": [], "rows": []}


def test_more_names_than_can_be_read_are_counted():
    pairs = [volume_pair(f"v{number:02}", number) for number in range(1, 14)]
    (warning,) = rehearsals(*pairs)["warnings"]
    assert warning.startswith("Never rehearsed: beta/v01 (37), ")
    assert warning.endswith(", beta/v10 (46) and 3 more.")


def test_evidence_that_could_not_be_read_is_said():
    assert rehearsals(problems=["/e/a.json is &c"])["warnings"] == ["/e/a.json is &amp;c."]


SCRIPT = '"use strict"; // ä <&\n'


def test_the_digest_of_the_script_is_that_of_a_content_security_policy():
    digest = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
    assert report_page(data(), script=SCRIPT)["script_digest"] == digest
    assert report_page(data())["script_digest"] is None


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from texts(each)
    elif isinstance(value, str):
        yield value
    else:
        assert value is None or isinstance(value, (bool, int, float)), value


MARKUP = st.text(st.sampled_from("<>&\"'/=;! \n`a") | st.characters(exclude_categories=["Cs"]), max_size=8).map(
    lambda text: f"<{text}"
) | st.sampled_from(["</script><script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "]]>", "{{ 7 * 7 }}"])


@given(
    names=st.lists(MARKUP, min_size=9, max_size=9),
    health=st.sampled_from(["healthy", "broken", "paused"]),
)
def test_any_text_of_a_cluster_is_escaped(names, health):
    one, other, volume, dr, account, message, direction, state, version = names
    ends = {"local": {"name": one, "status": "Connected"}, "peer": {"name": other, "status": "Connected"}}
    pair = volume_pair(
        volume,
        41,
        health=health,
        direction=direction,
        mode=message,
        local=side(volume, 41, account=account, replication_state=state),
        peer=side(dr, 77, account=account, replication_state=direction),
    )
    about = problem(message, cluster=one, volume=volume, volume_id=41, remedy=dr, command=state, code=version)
    link = report([pair], one, other, cluster_pairs=[cluster_pair(**ends)], problems=[about])
    link["clusters"]["local"].update(mvip=version, version=state)
    drift = {"link": one, "problem": "", "not_paired": [volume], "not_declared": [], "unpaired": []}
    proof = rehearsal(dr, name=message, cluster=other, peer=one, point=state, problem=account, file=version)
    late = {**proof, "at": "2099-01-01T00:00:00Z"}
    found = data(link, drift=[drift], evidence=evidence(late, proof, problems=[direction]))
    past = report_history("", found)
    for text in texts(report_page(found, past)):
        assert not set(text) & set("<>\"'"), text
        assert html.escape(html.unescape(text)) == text
    plain = [html.unescape(text) for text in texts(report_page(found, past))]
    for given_text in (
        message,
        dr,
        state,
        f"{one} – {other}: connected, {found['links'][0]['protected']} of 1 protected",
    ):
        assert given_text in plain


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([],), "the input is of type list, expected a dictionary"),
        (({},), "'summary' is missing in the input"),
        ((data(), ["x"]), "history is of type list, expected a dictionary"),
    ],
)
def test_another_input_is_refused_in_a_sentence(arguments, message):
    with pytest.raises(AnsibleFilterError, match=r"^elementsw\.replication\.report_page: ") as refused:
        report_page(*arguments)
    assert message in str(refused.value)


KINDS = {
    "protected": {},
    "late": {"lag_seconds": 900.0},
    "copying": {"health": "syncing"},
    "paused": {"health": "paused"},
    "not_replicating": {"health": "broken"},
}


@given(kinds=st.lists(st.sampled_from(list(KINDS)), max_size=12))
def test_the_numbers_of_all_of_them_agree(kinds):
    pairs = [volume_pair(f"v{number}", number, **KINDS[kind]) for number, kind in enumerate(kinds, 1)]
    begin = data(report(pairs), max_lag=60, at="2026-11-28T05:00:00Z")
    found = data(report(pairs), max_lag=60)
    past = report_history(report_history("", begin)["text"], found)
    made = report_page(found, past)
    expected = {kind: kinds.count(kind) for kind in KINDS}
    assert {kind: found["summary"][kind] for kind in KINDS} == expected
    assert {each["name"]: each["number"] for each in made["states"]} == {kind: n for kind, n in expected.items() if n}
    assert [each["state"] for each in made["rows"]] == [each["state"] for each in found["volume_pairs"]]
    assert {kind: [each["state"] for each in made["rows"]].count(kind) for kind in KINDS} == expected
    assert [(each["pairs"], each["protected"]) for each in found["links"]] == [(len(kinds), expected["protected"])]
    assert found["headline"].startswith(f"{expected['protected']} of {len(kinds)} pair") or not kinds
    share = expected["protected"] / len(kinds) if kinds else None
    assert past["protected"]["day"] == (None if share is None else pytest.approx(share))
