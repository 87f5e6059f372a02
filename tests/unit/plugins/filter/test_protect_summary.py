# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What became of each volume pair that was to be protected."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.elementsw.replication.plugins.filter.protect_summary import FilterModule, protect_summary
from ansible_collections.elementsw.replication.tests.unit.plugins.filter.reports import cluster_pair, result, side

PAIRED = {"changed": False, "cluster_pair": cluster_pair()}
GIB = 1024**3
HERE = side("orders-db", 41, size=11 * GIB, replication_state=None)
NO_PEER = side(None, None, None, account=None, size=None)
FAILED = {"changed": False, "msg": "wrong password", "error": {"code": "authentication", "cluster": "beta"}}


def new(**others):
    """The result of a pair that is not there yet."""
    return result(state="none", direction=None, mode=None, health=None, local=HERE, **others)


def outcome(of, pair=None, **others):
    (row,) = protect_summary(
        PAIRED, {"pairs": [of], "actions": others.pop("actions", [])}, pairs=[pair or {}], **others
    )["rows"]
    return "|".join(cell.strip() for cell in row)


@pytest.mark.parametrize(
    ("clusters", "expected"),
    [
        (PAIRED, "alpha and beta are paired and connected."),
        ({"cluster_pair": cluster_pair(connected=None)}, "alpha and beta are paired."),
        (
            {"cluster_pair": cluster_pair("none")},
            "alpha and beta would be paired. The volumes can be planned once they are.",
        ),
        (FAILED, "here and there could not be paired: wrong password"),
        ({**FAILED, **PAIRED}, "alpha and beta could not be paired: wrong password"),
        ({"failed": False}, "here and there could not be paired: no reason was given"),
    ],
)
def test_clusters(clusters, expected):
    assert protect_summary(clusters, here="here", there="there")["clusters"] == expected


@pytest.mark.parametrize(
    ("of", "pair", "others", "expected"),
    [
        (result(), {}, {}, "orders-db (41)|->|orders-db (77)|async, healthy"),
        (result(changed=True, health="syncing"), {}, {}, "* orders-db (41)|->|orders-db (77)|async, syncing"),
        (result(direction="from_peer"), {}, {}, "orders-db (41)|<-|orders-db (77)|async, healthy"),
        (
            result(direction="split"),
            {},
            {},
            "orders-db (41)|split|orders-db (77)|does not replicate, both can be written to",
        ),
        (
            result(direction="none"),
            {},
            {},
            "orders-db (41)|none|orders-db (77)|does not replicate, neither can be written to",
        ),
        # What is not done has the direction that was requested, if any.
        (result(code="api_error"), {}, {}, "! orders-db (41)|-|orders-db (77)|failed: orders-db failed"),
        (
            result(code="direction_change"),
            {"direction": "from_peer"},
            {"defaults": {"direction": "to_peer"}},
            "! orders-db (41)|<-|orders-db (77)|failed: orders-db failed",
        ),
        (
            result(code="split_brain", direction="split"),
            {},
            {"defaults": {"direction": "to_peer"}, "check": True},
            "! orders-db (41)|->|orders-db (77)|failed: orders-db failed",
        ),
        (new(), {}, {}, "orders-db (41)|-|orders-db (77)|not paired; nothing was done"),
        (new(), {"direction": "to_peer"}, {}, "orders-db (41)|->|orders-db (77)|not paired; nothing was done"),
        # A half that would be paired again: in the direction of its roles, or the one that was requested.
        (
            new(changed=True) | {"state": "half_local", "direction": "from_peer"},
            {},
            {"check": True},
            "* orders-db (41)|<-|orders-db (77)|would be paired, async",
        ),
        (
            new(changed=True) | {"state": "half_local", "direction": "split"},
            {"direction": "from_peer"},
            {"check": True},
            "* orders-db (41)|<-|orders-db (77)|would be paired, async",
        ),
        (
            new(changed=True),
            {"mode": "sync", "direction": "from_peer"},
            {"check": True},
            "* orders-db (41)|<-|orders-db (77)|would be paired, sync",
        ),
        (
            result(changed=True),
            {},
            {"check": True},
            "* orders-db (41)|->|orders-db (77)|would be changed: async, healthy",
        ),
        (
            new(changed=True, peer=NO_PEER),
            {"create_peer_volume": {"account": "erp-dr"}, "mode": None},
            {"check": True, "defaults": {"mode": "sync", "peer_account": ""}},
            "* orders-db (41)|->|orders-db|would be created on beta, 11 GiB, account erp-dr, sync",
        ),
        (
            new(changed=True, peer=NO_PEER),
            {"size": "20GiB"},
            {"check": True, "defaults": {"peer_account": "dr"}},
            "* orders-db (41)|->|orders-db|would be created on beta, 20GiB, account dr, async",
        ),
        (
            new(changed=True, peer=NO_PEER),
            {},
            {"check": True},
            "* orders-db (41)|->|orders-db|would be created on beta, 11 GiB, account shop, async",
        ),
        (
            result(changed=True, local=HERE, peer=side("orders-db", 77, size=11.5 * GIB)),
            {},
            {"actions": [{"method": "CreateVolume", "cluster": "beta", "object": "volume orders-db"}]},
            "* orders-db (41)|->|orders-db (77)|created on beta, 11.5 GiB, account shop, async, healthy",
        ),
    ],
)
def test_outcome(of, pair, others, expected):
    assert outcome(of, pair, **others) == expected


@pytest.mark.parametrize(
    ("results", "check", "headline"),
    [
        ([], False, "0 volume pairs, 0 changed"),
        ([result()], False, "1 volume pair, 0 changed"),
        ([result(changed=True), result()], True, "2 volume pairs, 1 would change"),
        ([result(code="x"), result()], False, "2 volume pairs, 1 failed"),
        ([result(code="x"), result(changed=True)], False, "2 volume pairs, 1 changed, 1 failed"),
    ],
)
def test_headline(results, check, headline):
    assert protect_summary(PAIRED, {"pairs": results}, check=check)["headline"] == headline


def test_cells_are_of_the_same_width():
    rows = protect_summary(PAIRED, {"pairs": [result(), result("a", 1, "x")]})["rows"]
    assert ["|".join(row) for row in rows] == [
        "  orders-db (41)|->|orders-db (77)|async, healthy",
        "! a (1)         |- |a (37)        |failed: a failed",
    ]


def saved(volume, name, expires=None, cluster="beta"):
    return {"cluster": cluster, "volume": volume, "snapshot_id": 1, "name": name, "expires": expires}


def test_saved_snapshots_are_named_with_their_cluster_also_of_a_pair_that_failed():
    pairs = [
        result("a", 1, changed=True, saved=[saved("a", "elementsw-saved-1-0")]),
        result("b", 2, "api_error", saved=[saved("b", "elementsw-saved-1-0")]),
        result("c", 3, changed=True, saved=[saved("c", "elementsw-saved-2-0", "2026-12-05T06:00:00Z")]),
        result("d", 4, changed=True, saved=[saved("d", f"elementsw-saved-{n}-1", cluster="alpha") for n in range(5)]),
        result("e", 5, saved=None),
        result("f", 6),
    ]
    assert protect_summary(PAIRED, {"pairs": pairs})["saved"] == [
        "Saved on beta before it was overwritten: elementsw-saved-1-0 (a, b); it stays until you delete it.",
        "Saved on beta before it was overwritten: elementsw-saved-2-0 (c); it expires automatically.",
        "Saved on alpha before it was overwritten: "
        + ", ".join(f"elementsw-saved-{n}-1 (d)" for n in range(3))
        + " and 2 more; they stay until you delete them.",
    ]


def test_check_mode_says_what_would_be_saved():
    pairs = [result(name, number, changed=True, saved=[saved(name, None)]) for number, name in enumerate("abcd", 1)]
    assert protect_summary(PAIRED, {"pairs": pairs}, check=True)["saved"] == [
        "Would be saved on beta before it is overwritten: a, b, c and 1 more."
    ]


def test_failures():
    some = protect_summary(PAIRED, {"pairs": [result(), result("a", 1, "api_error")], "error": {"code": "api_error"}})
    assert some["failed"] == "1 of 2 volume pairs failed; what became of each, and why, is listed above."
    (found,) = some["problems"]
    assert (found["code"], found["cluster"], found["volume"], found["volume_id"]) == ("api_error", "alpha", "a", 1)
    assert (found["message"], found["severity"], found["account"]) == ("a failed", "error", "shop")

    clusters = protect_summary(FAILED, {"skipped": True})
    assert (clusters["failed"], clusters["rows"]) == ("wrong password", [])
    assert [(found["code"], found["cluster"], found["volume"]) for found in clusters["problems"]] == [
        ("authentication", "beta", None)
    ]

    arguments = protect_summary(PAIRED, {"changed": False, "msg": "no such option"})
    assert (arguments["failed"], [found["code"] for found in arguments["problems"]]) == ("no such option", ["not_done"])


@pytest.mark.parametrize("volumes", [None, {}, {"changed": False, "skipped": True}, {"pairs": []}])
def test_without_volumes(volumes):
    summary = protect_summary(PAIRED, volumes)
    assert (summary["rows"], summary["failed"], summary["problems"]) == ([], None, [])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["text"],
            "the input is of type str, expected a dictionary, the result of elementsw.replication.element_cluster",
        ),
        (
            [PAIRED, [1]],
            "volumes is of type list, expected a dictionary, the result of elementsw.replication.element_vol",
        ),
        ([{"cluster_pair": {}}], "'state' is missing in the input"),
        ([PAIRED, {"pairs": [7]}], "the input is not as expected"),
    ],
)
def test_input_that_is_not_as_documented(arguments, message):
    with pytest.raises(AnsibleFilterError) as refused:
        protect_summary(*arguments)
    assert f"elementsw.replication.protect_summary: {message}" in str(refused.value)


def test_ansible_finds_it_by_its_name():
    assert FilterModule().filters() == {"protect_summary": protect_summary}
