# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`paused` of new and existing pairs, and what a state that can hide a pause means for it."""

from __future__ import annotations

import pytest

LINK = [{"between": ["alpha", "beta"]}]
ENDS = {"source": "alpha/orders-db", "target": "beta/orders-db"}
TOWARDS_US = {"source": "beta/orders-db", "target": "alpha/orders-db"}
HERE, THERE = "alpha ModifyVolumePair", "beta ModifyVolumePair"


def start(sites, *pairs, **more):
    clusters = [{"name": name, "volumes": [{"name": "orders-db"}]} for name in ("alpha", "beta")]
    return sites(clusters, cluster_pairs=LINK, volume_pairs=list(pairs), **more)


def states(result):
    (pair,) = result["pairs"]
    return pair["paused"], pair["local"]["replication_state"], pair["peer"]["replication_state"]


RUNNING = (False, "Active", "Active")
BY_US, BY_PEER = (True, "PausedManual", "PausedManualRemote"), (True, "PausedManualRemote", "PausedManual")


@pytest.mark.parametrize(
    ("pair", "paused", "writes", "after"),
    [
        (ENDS, None, [], RUNNING),
        (ENDS, False, [], RUNNING),
        (ENDS, True, [HERE], BY_US),
        (TOWARDS_US, True, [THERE], BY_PEER),
        ({**ENDS, "paused": ["alpha"]}, True, [], BY_US),
        ({**ENDS, "paused": ["beta"]}, True, [], BY_PEER),
        ({**ENDS, "paused": ["alpha"]}, None, [], BY_US),
        ({**ENDS, "paused": ["alpha"]}, False, [HERE], RUNNING),
        ({**ENDS, "paused": ["beta"]}, False, [THERE], RUNNING),
        ({**ENDS, "paused": ["alpha", "beta"]}, False, [HERE, THERE], RUNNING),
        ({**TOWARDS_US, "paused": ["alpha"]}, False, [HERE], RUNNING),
    ],
)
@pytest.mark.parametrize("repeated", ["success", "error"])
def test_an_existing_pair(sites, pair, paused, writes, after, repeated):
    site = start(sites, pair, switches={"repeated_pause": repeated})
    result = site.check_then_run("volume_pair", volume="orders-db", paused=paused)
    assert not result.get("failed"), result["msg"]
    assert (sorted(site.writes()), states(result), result["changed"]) == (writes, after, bool(writes))
    site.world.clear_calls()
    again = site.run("volume_pair", volume="orders-db", paused=paused)
    assert (again["changed"], site.writes()) == (False, [])


@pytest.mark.parametrize(("direction", "side", "after"), [("to_peer", HERE, BY_US), ("from_peer", THERE, BY_PEER)])
def test_a_new_pair_is_paused_on_its_source(sites, direction, side, after):
    site = start(sites)
    result = site.check_then_run("volume_pair", volume="orders-db", paused=True, direction=direction)
    assert not result.get("failed"), result["msg"]
    assert (site.writes()[-1], states(result)) == (side, after)
    assert ", paused, " in result["diff"]["after"]
    again = site.run("volume_pair", volume="orders-db", paused=True)
    assert (again["changed"], again["actions"]) == (False, [])


def test_a_pair_is_resumed_and_waited_for(sites):
    site = start(sites, {**ENDS, "paused": ["alpha"]}, timings={})
    result = site.run("volume_pair", volume="orders-db", paused=False, wait_for="in_sync")
    assert (result.get("failed", False), states(result)) == (False, RUNNING)


@pytest.mark.parametrize("options", [{}, {"pairs": [{"volume": "orders-db", "paused": True}]}])
def test_a_paused_pair_does_not_get_in_sync(sites, options):
    site = start(sites, ENDS)
    top = {} if options else {"volume": "orders-db", "paused": True}
    result = site.run("volume_pair", wait_for="in_sync", **top, **options)
    assert result["failed"]
    assert "a paused pair never gets in sync" in result["msg"]
    assert site.world.calls == []


def test_a_pair_that_another_client_paused_ends_the_wait_at_once(sites):
    site = start(sites, {**ENDS, "paused": ["beta"]})
    result = site.run("volume_pair", volume="orders-db", wait_for="in_sync")
    assert (result["error"]["code"], site.writes()) == ("not_in_sync", [])


# --- a state that can hide a pause ------------------------------------------------------------------------------------


@pytest.mark.parametrize("precedence", ["manual_first", "disconnected_first"])
def test_a_pause_behind_a_lost_link(sites, precedence):
    site = start(sites, ENDS, switches={"pause_precedence": precedence})
    site.world.storage_link("alpha", "beta", up=False)
    lost = site.run("volume_pair", volume="orders-db")
    assert states(lost) == (None, "PausedDisconnected", "PausedDisconnected")
    result = site.check_then_run("volume_pair", volume="orders-db", paused=True)
    assert (result.get("failed", False), result["changed"], site.writes()) == (False, True, [HERE])
    site.world.storage_link("alpha", "beta", up=True)
    assert states(site.run("volume_pair", volume="orders-db"))[0] is True


def test_what_may_be_paused_is_not_resumed_blindly(sites):
    site = start(sites, {**ENDS, "paused": ["alpha"]}, switches={"pause_precedence": "disconnected_first"})
    site.world.storage_link("alpha", "beta", up=False)
    result = site.check_then_run("volume_pair", volume="orders-db", paused=False)
    assert (result.get("failed", False), result["changed"], site.writes()) == (False, False, [])
    assert result["pairs"][0]["paused"] is None


@pytest.mark.parametrize("direction", ["split", "none"])
def test_nothing_is_paused_while_there_is_no_direction(sites, direction):
    access = "readWrite" if direction == "split" else "replicationTarget"
    clusters = [{"name": name, "volumes": [{"name": "orders-db", "access": access}]} for name in ("alpha", "beta")]
    site = sites(clusters, cluster_pairs=LINK, volume_pairs=[{"between": ["alpha/orders-db", "beta/orders-db"]}])
    result = site.run("volume_pair", volume="orders-db", paused=True, mode="sync", wait=False)
    assert (result.get("failed", False), result["pairs"][0]["mode"], site.writes()) == (False, None, [])


# --- when something goes wrong ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("paused", [True, False])
@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "xRpcTimeout", "http_503", "xNotPrimary"])
def test_a_lost_reply_is_looked_for(sites, paused, fault):
    site = start(sites, {**ENDS, "paused": [] if paused else ["alpha"]}, switches={"repeated_pause": "error"})
    site.world.faults.add("alpha", "ModifyVolumePair", fault=fault)
    result = site.run("volume_pair", volume="orders-db", paused=paused)
    assert (result.get("failed", False), result["pairs"][0]["paused"]) == (False, paused)


def test_half_a_resumption_is_put_back(sites):
    site = start(sites, {**ENDS, "paused": ["alpha", "beta"]})
    site.world.faults.add("beta", "ModifyVolumePair", fault="xInvalidParameter")
    result = site.run("volume_pair", volume="orders-db", paused=False, concurrency=1)
    assert (result["failed"], result["changed"], result["error"]["rolled_back"]) == (True, False, True)
    assert states(result) == (True, "PausedManual", "PausedManual")


def test_a_pair_that_is_made_is_not_taken_apart_for_want_of_its_pause(sites):
    volumes = [{"name": "vol-{n}", "count": 2}]
    site = sites([{"name": name, "volumes": volumes} for name in ("alpha", "beta")], cluster_pairs=LINK)
    site.world.faults.add("alpha", "StartVolumePairing", 2, fault="xInvalidParameter")
    items = [{"volume": "vol-1"}, {"volume": "vol-2"}]
    result = site.run("volume_pair", pairs=items, paused=True, fail_fast=True, concurrency=1)
    assert [(pair["state"], pair["paused"]) for pair in result["pairs"]] == [("paired", True), ("none", None)]


# --- mode -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("propagates", [True, False])
def test_the_mode_is_that_of_the_source(sites, propagates):
    site = start(sites, TOWARDS_US, switches={"mode_propagates": propagates})
    result = site.check_then_run("volume_pair", volume="orders-db", mode="snapshots_only")
    assert (site.writes(), result["pairs"][0]["mode"]) == ([THERE], "snapshots_only")
    site.world.clear_calls()
    again = site.run("volume_pair", volume="orders-db", mode="snapshots_only")
    assert (again["changed"], site.writes()) == (False, [])


def test_mode_pause_and_size_together(sites):
    site = start(sites, ENDS)
    result = site.check_then_run("volume_pair", volume="orders-db", mode="sync", paused=True, size="20GiB")
    assert not result.get("failed"), result["msg"]
    assert site.writes() == ["beta ModifyVolume", "alpha ModifyVolume", HERE, HERE]
    assert (result["pairs"][0]["mode"], result["pairs"][0]["paused"]) == ("sync", True)
