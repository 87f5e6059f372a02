# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What became of each volume pair whose replication was to end."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.elementsw.replication.plugins.filter.unprotect_summary import FilterModule, unprotect_summary
from ansible_collections.elementsw.replication.tests.unit.plugins.filter.reports import result, side

GONE = result(changed=True, state="none")
REFUSED = {"changed": False, "msg": "wrong password", "error": {"code": "authentication", "cluster": "beta"}}


@pytest.mark.parametrize(
    ("of", "others", "line"),
    [
        (GONE, {}, "* orders-db (41) - orders-db (77): pair removed"),
        (
            result(changed=True, state="none", peer=side("orders-db", 77)),
            {"release": True},
            "* orders-db (41) - orders-db (77): pair removed, the former target is writable",
        ),
        # Deleted, or gone: nothing was released.
        (GONE, {"release": True}, "* orders-db (41) - orders-db (77): pair removed"),
        (
            result(changed=True, peer=side(None, None, None)),
            {"check": True, "release": True},
            "* orders-db (41) - orders-db: pair would be removed",
        ),
        (
            result("orders-bd", state="none", local=side("orders-bd", None, None), peer=side(None, None, None)),
            {},
            "  orders-bd - orders-bd: there is no such volume, and no half of its pair",
        ),
        (result(changed=True), {"check": True}, "* orders-db (41) - orders-db (77): pair would be removed"),
        (
            result(changed=True),
            {"check": True, "release": True},
            "* orders-db (41) - orders-db (77): pair would be removed, the former target would become writable",
        ),
        (result(state="none"), {}, "  orders-db (41) - orders-db (77): had no pair already"),
        # The other half is on a volume that is deleted, or on a cluster that does not answer.
        (
            result(changed=True, state="half_peer"),
            {},
            "* orders-db (41) - orders-db (77): pair removed, but for one half",
        ),
        (
            result(changed=True, state="unknown_peer"),
            {},
            "* orders-db (41) - orders-db (77): half removed on this cluster; the peer was not read",
        ),
        (
            result(changed=True, state="unknown_peer"),
            {"check": True},
            "* orders-db (41) - orders-db (77): half would be removed on this cluster; the peer was not read",
        ),
        (
            result(state="unknown_peer", local=side("orders-db", 41, replication_state=None)),
            {},
            "  orders-db (41) - orders-db (77): no half is left on this cluster; the peer was not read",
        ),
        (result(), {}, "  orders-db (41) - orders-db (77): pair kept (paired); nothing was done"),
        (result(code="api_error"), {}, "! orders-db (41) - orders-db (77): failed: orders-db failed"),
    ],
)
def test_the_line_of_a_pair(of, others, line):
    assert unprotect_summary({"pairs": [of]}, **others)["lines"][0] == line


@pytest.mark.parametrize(
    ("clusters", "check", "lines"),
    [
        ({}, False, []),
        ({"skipped": True}, False, []),
        ({"changed": True, "cluster_pair": {}}, False, ["* the pair of the clusters: removed"]),
        ({"changed": True, "cluster_pair": {}}, True, ["* the pair of the clusters: would be removed"]),
        ({"changed": False, "cluster_pair": {}}, False, ["  the pair of the clusters: was removed already"]),
        (REFUSED, False, ["! the pair of the clusters: failed: wrong password"]),
    ],
)
def test_the_line_of_the_clusters(clusters, check, lines):
    assert unprotect_summary({"pairs": []}, clusters, check=check)["lines"][:-1] == lines


def test_warnings_are_reported_once_below_the_pairs():
    clusters = {"cluster_pair": {}, "warnings": ["a is left"]}
    summary = unprotect_summary({"pairs": [GONE], "warnings": ["a is left", "b is left"]}, clusters)
    assert summary["lines"][2:4] == ["- a is left.", "- b is left."]


def test_counts_and_volumes_that_had_no_pair():
    summary = unprotect_summary({"pairs": [GONE, result(), result("a", 1, "x")]}, unpaired=["was"])
    assert summary["lines"][-2:] == ["  was: had no pair already", "3 volume pairs, 1 removed, 1 failed"]
    assert summary["failed"] == "1 of 3 volume pairs failed; what became of each, and why, is listed above."
    (found,) = summary["problems"]
    assert (found["code"], found["message"], found["volume"], found["volume_id"]) == ("x", "a failed", "a", 1)


@pytest.mark.parametrize(
    ("volumes", "clusters", "failed"),
    [
        ({"pairs": [GONE]}, None, None),
        ({"pairs": []}, {"skipped": True}, None),
        (REFUSED, None, "wrong password"),
        ({"pairs": []}, REFUSED, "wrong password"),
    ],
)
def test_what_failed(volumes, clusters, failed):
    summary = unprotect_summary(volumes, clusters)
    assert summary["failed"] == failed
    assert [found["code"] for found in summary["problems"]] == (["authentication"] if failed else [])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([[]], "the input is of type list, expected a dictionary"),
        ([{}, [1]], "clusters is of type list, expected a dictionary"),
        ([{"pairs": [7]}], "the input is not as expected"),
    ],
)
def test_input_that_is_not_as_documented(arguments, message):
    with pytest.raises(AnsibleFilterError) as refused:
        unprotect_summary(*arguments)
    assert f"elementsw.replication.unprotect_summary: {message}" in str(refused.value)


def test_ansible_finds_it_by_its_name():
    assert FilterModule().filters() == {"unprotect_summary": unprotect_summary}
