# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The set of pairs that element_pair_info hands on: given back it changes nothing, elsewhere it builds the same set."""

from __future__ import annotations

import pytest

from ansible_collections.elementsw.replication.tests.unit.plugins.modules.paired_sites import items

ACCOUNTS = [{"name": "shop"}, {"name": "lab"}]
# Volume here, its owner, volume there, its owner, size, mode.
TO_PEER = [
    ("orders", "shop", "orders", "shop", "10GiB", "Async"),
    ("ledger", "shop", "ledger-dr", "lab", "20GiB", "Sync"),
    ("mail", "lab", "mail", "shop", "10GiB", "SnapshotsOnly"),
    ("same", "shop", "same", "shop", "10GiB", "Async"),
    ("same", "lab", "same", "lab", "10GiB", "Sync"),
]
FROM_PEER = [
    ("wages", "shop", "wages", "shop", "10GiB", "Async"),
    ("letters", "lab", "letters-hq", "shop", "30GiB", "Sync"),
]
LINK = {"between": ["alpha", "beta"]}


def volume(name, account, size, **more):
    return {"name": name, "account": account, "size": size, **more}


def clusters(here, there):
    return [
        {"name": "alpha", "accounts": ACCOUNTS, "volumes": here},
        {"name": "beta", "accounts": ACCOUNTS, "volumes": there},
    ]


HERE = [volume(near, owner, size) for near, owner, _far, _other, size, _mode in (*TO_PEER, *FROM_PEER)]
THERE = [volume(far, owner, size) for _near, _other, far, owner, size, _mode in (*TO_PEER, *FROM_PEER)]


@pytest.fixture(name="lived_in")
def _lived_in(sites):
    """Pairs of every kind that can be requested, and everything else that there can be besides."""
    paused = {"paused": ["alpha"]}
    odd = [volume(name, "shop", "10GiB") for name in ("half", "pending", "split", "stopped", "alone")]
    pairs = [
        *(
            {"source": f"alpha/{owner}/{near}", "target": f"beta/{other}/{far}", "mode": mode}
            for near, owner, far, other, _size, mode in TO_PEER
        ),
        *(
            {"source": f"beta/{other}/{far}", "target": f"alpha/{owner}/{near}", "mode": mode}
            for near, owner, far, other, _size, mode in FROM_PEER
        ),
    ]
    pairs[0].update(paused)
    besides = [
        {"at": "alpha/shop/half", "to": "beta/shop/half"},
        {"at": "beta/shop/pending", "pending": True},
        {"between": ["alpha/shop/split", "beta/shop/split"]},
        {"source": "alpha/shop/stopped", "target": "beta/shop/stopped", "stopped": ["alpha"]},
    ]
    return sites(
        clusters([*HERE, *odd], [*THERE, *odd]),
        cluster_pairs=[LINK, {"at": "beta", "pending": True}],
        volume_pairs=[*pairs, *besides],
    )


def described(site, here, there):
    """The pairs in terms that hold on any clusters."""
    return {
        (
            pair["local"]["account"],
            pair["volume"],
            pair["peer"]["account"],
            pair["peer_volume"],
            pair["local"]["size"],
            pair["peer"]["size"],
            pair["mode"],
            pair["direction"],
        )
        for pair in site.run("pair_info", here=here, there=there)["volume_pairs"]
        if pair["state"] == "paired" and pair["direction"] in ("to_peer", "from_peer") and pair["health"] != "dead"
    }


@pytest.mark.parametrize(("here", "there"), [("alpha", "beta"), ("beta", "alpha")])
def test_given_back_it_changes_nothing(lived_in, here, there):
    exported = lived_in.run("pair_info", here=here, there=there)["pairs"]
    assert len(exported) == len(TO_PEER) + len(FROM_PEER)
    before = lived_in.world.truth()
    result = lived_in.run("volume_pair", here=here, there=there, pairs=exported)
    assert (result.get("failed", False), result["changed"]) == (False, False)
    assert (lived_in.world.writes(), lived_in.world.truth()) == ([], before)


@pytest.mark.parametrize(("here", "there"), [("alpha", "beta"), ("beta", "alpha")])
def test_it_survives_a_failover_and_the_way_back(paired, here, there):
    site = paired()
    exported = site.run("pair_info", here=here, there=there)["pairs"]
    assert [set(pair) for pair in exported] == [{"volume", "account", "peer_volume", "peer_account", "mode"}] * 3
    for direction in ("from_peer", "to_peer"):
        turned = site.run(
            "volume_pair", pairs=exported if here == "alpha" else items(), direction=direction, failover="planned"
        )
        assert (turned.get("failed", False), turned["changed"]) == (False, True), turned["msg"]
        before = site.world.truth()
        result = site.run("volume_pair", here=here, there=there, pairs=exported)
        assert (result.get("failed", False), result["changed"], site.world.truth()) == (False, False, before)


def test_it_builds_the_same_set_where_only_the_sources_are(lived_in, sites):
    exported = {
        (here, there): [
            pair for pair in lived_in.run("pair_info", here=here, there=there)["pairs"] if pair["volume"] in names
        ]
        for here, there, names in (
            ("alpha", "beta", [pair[0] for pair in TO_PEER]),
            ("beta", "alpha", [pair[2] for pair in FROM_PEER]),
        )
    }
    new = sites(clusters(HERE[: len(TO_PEER)], THERE[len(TO_PEER) :]))
    assert not new.run("cluster_pair").get("failed")
    for (here, there), pairs in exported.items():
        result = new.run("volume_pair", here=here, there=there, pairs=pairs, create_peer_volume={})
        assert (result.get("failed", False), result["changed"]) == (False, True), result["msg"]
        again = new.run("volume_pair", here=here, there=there, pairs=pairs, create_peer_volume={})
        assert (again.get("failed", False), again["changed"]) == (False, False)
    assert described(new, "alpha", "beta") == described(lived_in, "alpha", "beta")
    assert len(described(new, "alpha", "beta")) == len(TO_PEER) + len(FROM_PEER)


@pytest.mark.parametrize(("here", "there"), [("alpha", "beta"), ("beta", "alpha")])
def test_with_an_unreachable_peer_it_has_what_this_side_knows(lived_in, here, there):
    lived_in.world.site_down(there)
    exported = lived_in.run("pair_info", here=here, there=there)["pairs"]
    near, own = {"alpha": (0, TO_PEER), "beta": (2, FROM_PEER)}[here]
    names = {pair["volume"]: "mode" in pair for pair in exported}
    assert {pair[near] for pair in (*TO_PEER, *FROM_PEER)} <= set(names)
    assert not {"pending", "stopped", "alone"} & set(names)
    # A target may show an outdated mode.
    assert {names[pair[near]] for pair in own} == {True}
    assert {names[pair[near]] for pair in (*TO_PEER, *FROM_PEER) if pair not in own} == {False}
    # A peer that is known by being the only one is enough for a forced failover, which has nothing to do here.
    options = {"peer_unreachable": "local_only", "failover": "forced"}
    result = lived_in.run("volume_pair", here=here, there=there, pairs=exported, **options)
    assert (result.get("failed", False), result["changed"]) == (False, False), result["msg"]
    assert lived_in.world.writes() == []
