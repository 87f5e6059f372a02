# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Failover of pairs on two clusters: what is written, in which order, and what becomes of it when something happens."""

from __future__ import annotations

import pytest

from ansible_collections.elementsw.replication.plugins.module_utils._pairing.checkpoint import digest
from ansible_collections.elementsw.replication.tests.unit.plugins.modules.paired_sites import (
    FORCE,
    INSTANT,
    RT,
    RW,
    TURN,
    accesses,
    before,
    items,
    meanwhile,
    snapshots,
    volume,
    write,
)

# --- planned --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "switches"),
    [
        ("Async", {}),
        ("Sync", {"mode_after_reversal": "async"}),
        ("Async", {"not_present_spelling": "Not Present"}),
        ("Async", {"replicated_group": "members_only"}),
        ("Async", {"arriving_snapshot": "hidden"}),
    ],
)
def test_a_planned_turn_and_back(paired, mode, switches):
    site = paired(mode=mode, switches=switches, timings={**INSTANT, "delivery_polls": "never", "snapshot_polls": 1})
    write(site, "alpha", "orders", "one")
    there = site.check_then_run("volume_pair", pairs=items(), **TURN) if not switches else None
    there = there or site.run("volume_pair", pairs=items(), **TURN)
    assert not there.get("failed"), there["msg"]
    assert accesses(site) == [(RT, RW)] * 3
    assert site.world.marks("beta", volume(site, "beta", "orders").volume_id) == ["one"]
    assert {pair["mode"] for pair in there["pairs"]} == {mode.lower()}
    assert {pair["direction"] for pair in there["pairs"]} == {"from_peer"}
    assert snapshots(site) == []
    site.world.clear_calls()
    again = site.run("volume_pair", pairs=items(), **TURN)
    assert (again.get("failed", False), again["changed"], site.world.writes()) == (False, False, [])
    back = site.run("volume_pair", pairs=items(), direction="to_peer", failover="planned", wait_for="in_sync")
    assert not back.get("failed"), back["msg"]
    assert accesses(site) == [(RW, RT)] * 3


def test_the_order_of_the_writes(paired):
    site = paired()
    site.run("volume_pair", pairs=items(), **TURN)
    assert site.writes() == [
        "alpha CreateGroupSnapshot",
        "alpha ModifyVolumes",
        "beta ModifyVolumes",
        "beta DeleteGroupSnapshot",
        "alpha DeleteGroupSnapshot",
    ]


def test_the_checkpoint_says_what_it_is_of(paired):
    site = paired(["orders"])
    site.world.faults.add("alpha", "ModifyVolume", fault="xInvalidParameter")
    site.world.faults.add("alpha", "DeleteSnapshot", times=None, fault="xInvalidParameter")
    result = site.run("volume_pair", volume="orders", **TURN)
    assert result["error"]["code"] == "api_error"
    (taken,) = site.world.cluster("alpha").snapshots.values()
    name, alpha = taken.name, site.world.call("alpha", "GetClusterInfo")["clusterInfo"]
    source = site.world.call("alpha", "ListVolumes", {"volumeIDs": [volume(site, "alpha", "orders").volume_id]})
    (shown,) = source["volumes"]
    uuid = shown["volumePairs"][0]["volumePairUUID"]
    assert name.startswith("elementsw-swap-")
    assert any(name in left for left in result["error"]["left_behind"])
    assert taken.attributes == {
        "elementsw-swap-cluster": alpha["uniqueID"],
        "elementsw-swap-digests": digest(alpha["uniqueID"], shown["volumeID"], uuid, 0, 0),
    }
    assert (taken.replicate, taken.expires is not None) == (True, True)


@pytest.mark.parametrize("nth", [1, 2])
def test_a_host_that_logs_in_stops_the_whole_list(paired, nth):
    site = paired()
    meanwhile(site, "ListISCSISessions", nth, "log_in", "orders")
    result = site.run("volume_pair", pairs=items(), **TURN)
    assert result["error"]["code"] == "source_in_use"
    assert "iqn.1998-01.com.example:host-1" in result["msg"]
    assert "log the hosts out" in result["msg"]
    assert accesses(site) == [(RW, RT)] * 3
    assert snapshots(site) == []
    assert result["changed"] is False
    assert result["error"]["left_behind"] is None


def test_what_another_client_has_changed_meanwhile_is_not_reversed(paired):
    site = paired()
    promote = {"volumeID": volume(site, "beta", "orders").volume_id, "access": RW}
    call = {"cluster": "beta", "method": "ModifyVolume", "params": promote}
    site.world.faults.add("alpha", "CreateGroupSnapshot", 1, fault="meanwhile", call=call)
    result = site.run("volume_pair", pairs=items(), wait_timeout=5, **TURN)
    assert {pair["error"]["code"] for pair in result["pairs"]} <= {"changed_meanwhile", "not_in_sync"}
    assert accesses(site) == [(RW, RT), (RW, RW), (RW, RT)]


def test_who_writes_until_the_last_moment_keeps_the_source(paired):
    site = paired()
    meanwhile(site, "ModifyVolumes", 1, "write", "orders", mark="late")
    result = site.run("volume_pair", pairs=items(), **TURN)
    reported = {pair["volume"]: (pair["error"] or {}).get("code") for pair in result["pairs"]}
    assert reported == {"ledger": None, "orders": "source_in_use", "stock": None}
    assert accesses(site) == [(RT, RW), (RW, RT), (RT, RW)]
    assert site.world.marks("alpha", volume(site, "alpha", "orders").volume_id) == ["late"]
    assert (result["changed"], result["error"]["rolled_back"], snapshots(site)) == (True, True, [])


def test_a_checkpoint_that_does_not_arrive_changes_nothing(paired):
    site = paired(timings={**INSTANT, "snapshot_polls": "never"})
    result = site.run("volume_pair", pairs=items(), wait_timeout=3, wait=False, **TURN)
    assert {pair["error"]["code"] for pair in result["pairs"]} == {"not_in_sync"}
    assert "raise wait_timeout" in result["msg"]
    assert (accesses(site), snapshots(site), result["changed"]) == ([(RW, RT)] * 3, [], False)


def test_one_that_cannot_be_turned_stops_the_whole_list_before_any_write(paired):
    site = paired()
    site.world.act(
        "alpha", "ModifyVolumePair", {"volumeID": volume(site, "alpha", "stock").volume_id, "pausedManual": True}
    )
    site.world.clear_calls()
    result = site.run("volume_pair", pairs=items(), **TURN)
    assert (result["error"]["code"], site.world.writes()) == ("not_in_sync", [])


@pytest.mark.parametrize("name", ["xVolumeNotPaired", "xPermissionDenied"])
def test_a_promotion_that_is_refused_is_taken_back(paired, name):
    site = paired(["orders"])
    site.world.faults.add("beta", "ModifyVolume", times=None, fault=name)
    result = site.run("volume_pair", volume="orders", **TURN)
    assert (result["error"]["name"], result["error"]["rolled_back"]) == (name, True)
    assert (accesses(site, ["orders"]), snapshots(site), result["changed"]) == ([(RW, RT)], [], False)


def test_a_promotion_that_no_one_has_heard_of_is_not_taken_back(paired):
    site = paired(["orders"])
    site.world.faults.add("beta", "ModifyVolume", fault="drop_before")
    # Its cluster is not heard of again, in this run.
    site.world.faults.add("beta", "ListVolumes", nth=4, times=None, fault="http_503")
    result = site.run("volume_pair", volume="orders", **TURN)
    assert (result["error"]["code"], result["error"]["rolled_back"]) == ("promotion_unknown", False)
    assert any("orders" in left for left in result["error"]["left_behind"])
    assert volume(site, "alpha", "orders").access == RT
    site.world.faults.clear()
    again = site.run("volume_pair", volume="orders", **TURN)
    assert not again.get("failed"), again["msg"]
    assert accesses(site, ["orders"]) == [(RT, RW)]


# --- forced ---------------------------------------------------------------------------------------------------------------


def test_a_forced_turn_saves_what_it_overwrites(paired):
    site = paired(timings={**INSTANT, "delivery_polls": "never"})
    write(site, "alpha", "orders", "unsent")
    result = site.check_then_run("volume_pair", pairs=items(), wait_for="in_sync", **FORCE)
    assert not result.get("failed"), result["msg"]
    assert site.writes() == ["beta ModifyVolumes", "alpha CreateGroupSnapshot", "alpha ModifyVolumes"]
    assert accesses(site) == [(RT, RW)] * 3
    saved = [each for each in site.world.cluster("alpha").snapshots.values() if each.volume.name == "orders"]
    assert [(list(each.marks), each.expires, each.replicate) for each in saved] == [(["unsent"], None, False)]


def test_what_cannot_be_saved_is_not_overwritten(paired):
    site = paired(["orders"])
    site.world.faults.add("alpha", "CreateSnapshot", times=None, fault="xMaxSnapshotsPerVolumeExceeded")
    result = site.run("volume_pair", volume="orders", **FORCE)
    assert (result["error"]["code"], result["changed"]) == ("cannot_save", True)
    assert accesses(site, ["orders"]) == [(RW, RW)]
    assert result["pairs"][0]["direction"] == "split"


@pytest.mark.parametrize("permitted", [False, True])
def test_a_target_that_cannot_be_saved_is_overwritten_only_with_permission(paired, permitted):
    site = paired(["orders"])
    site.world.act("alpha", "ModifyVolume", {"volumeID": volume(site, "alpha", "orders").volume_id, "access": RT})
    site.world.faults.add("alpha", "CreateSnapshot", times=None, fault="xMaxSnapshotsPerVolumeExceeded")
    permission = {"save_overwritten": False} if permitted else {"allow_overwrite": True}
    result = site.run("volume_pair", volume="orders", **permission, **FORCE)
    assert accesses(site, ["orders"]) == [(RT, RW if permitted else RT)]
    assert (result.get("error") or {}).get("code") == (None if permitted else "cannot_save")
    assert permitted or "cannot be saved" in result["msg"]
    assert permitted or "save_overwritten: false" in result["msg"]


def test_a_source_with_hosts_is_left_to_them(paired):
    site = paired(["orders"])
    site.world.log_in("alpha", volume(site, "alpha", "orders").volume_id)
    result = site.run("volume_pair", volume="orders", **FORCE)
    assert (result["error"]["code"], accesses(site, ["orders"])) == ("split_brain", [(RW, RW)])
    blocked = site.run("volume_pair", volume="orders", allow_overwrite=True, **FORCE)
    assert (blocked["error"]["code"], accesses(site, ["orders"])) == ("target_in_use", [(RW, RW)])
    site.world.cluster("alpha").iscsi_sessions.clear()
    settled = site.run("volume_pair", volume="orders", allow_overwrite=True, **FORCE)
    assert not settled.get("failed"), settled["msg"]
    assert accesses(site, ["orders"]) == [(RT, RW)]


def test_items_fail_alone(paired):
    site = paired()
    unknown = {"volume": "unheard-of"}
    result = site.run("volume_pair", pairs=[*items(), unknown], **FORCE)
    assert [bool(pair["failed"]) for pair in result["pairs"]] == [False, False, False, True]
    assert accesses(site) == [(RT, RW)] * 3


# --- the other site is gone -----------------------------------------------------------------------------------------------


def test_the_worst_day_and_the_way_back(paired):
    site = paired(["orders"], timings={**INSTANT, "delivery_polls": 1})
    write(site, "alpha", "orders", "before")
    site.run("pair_info")
    site.world.site_down("alpha")
    over = {"here": "beta", "there": "alpha", "volume": "orders"}
    forced = {"direction": "to_peer", "failover": "forced"}
    first = site.check_then_run("volume_pair", peer_unreachable="local_only", **forced, **over)
    assert not first.get("failed"), first["msg"]
    assert (first["pairs"][0]["state"], first["pairs"][0]["in_sync"]) == ("unknown_peer", None)
    assert first["pairs"][0]["peer"]["volume_id"] == volume(site, "alpha", "orders").volume_id
    again = site.run("volume_pair", peer_unreachable="local_only", **forced, **over)
    assert (again.get("failed", False), again["changed"]) == (False, False)
    write(site, "beta", "orders", "after")
    site.world.site_up("alpha")
    for permitted in ({}, {"direction": "to_peer"}, forced, {**forced, "peer_unreachable": "local_only"}):
        split = site.run("volume_pair", **permitted, **over)
        assert split["error"]["code"] == "split_brain"
    assert accesses(site, ["orders"]) == [(RW, RW)]
    settled = site.check_then_run("volume_pair", allow_overwrite=True, wait_for="in_sync", **forced, **over)
    assert not settled.get("failed"), settled["msg"]
    back = site.run("volume_pair", volume="orders", direction="to_peer", failover="planned", wait_for="in_sync")
    assert not back.get("failed"), back["msg"]
    assert accesses(site, ["orders"]) == [(RW, RT)]
    assert site.world.marks("alpha", volume(site, "alpha", "orders").volume_id) == ["before", "after"]


def test_alone_nothing_but_the_permitted_is_written(paired):
    site = paired(["orders"])
    site.world.site_down("beta")
    site.world.clear_calls()
    options = {"volume": "orders", "peer_unreachable": "local_only", "failover": "forced"}
    for more in (
        {"direction": "from_peer"},
        {"mode": "sync"},
        {"size": "1TiB"},
        {"repair": True},
        {"match_size": True},
    ):
        result = site.run("volume_pair", **options, **more)
        assert (result["error"]["code"], site.world.writes()) == ("unreachable", []), more
    paused = site.check_then_run("volume_pair", paused=True, **options)
    assert (paused.get("failed", False), site.writes()) == (False, ["alpha ModifyVolumePair"])


def test_alone_a_peer_has_to_be_known_to_unpair_from_it(paired):
    site = paired(["orders"])
    site.world.site_down("beta")
    options = {"volume": "orders", "state": "absent", "peer_unreachable": "local_only"}
    unknown = site.run("volume_pair", **options)
    assert (unknown["error"]["code"], site.world.writes()) == ("peer_unknown", [])


def test_a_source_that_another_client_demotes_before_a_forced_promotion_is_saved_first(paired):
    """From the promotion on it would be overwritten, and the snapshot would come too late."""
    site = paired(["orders"], timings={**INSTANT, "delivery_polls": "never"})
    write(site, "alpha", "orders", "unsent")
    demoted = {"volumeID": volume(site, "alpha", "orders").volume_id, "access": RT}
    before(site, ("beta", "ModifyVolume", 1), "alpha", "ModifyVolume", **demoted)
    first = site.run("volume_pair", volume="orders", **FORCE)
    # Between the recheck and the promotion nothing can be done; before it, the promotion waits.
    assert accesses(site, ["orders"]) == [(RT, RW)]
    assert first["changed"]
    site = paired(["orders"], timings={**INSTANT, "delivery_polls": "never"})
    write(site, "alpha", "orders", "unsent")
    before(site, ("beta", "ListVolumes", 2), "alpha", "ModifyVolume", **demoted)
    refused = site.run("volume_pair", volume="orders", **FORCE)
    assert (refused["error"]["code"], accesses(site, ["orders"])) == ("changed_meanwhile", [(RT, RT)])
    assert "was not promoted" in refused["msg"]
    again = site.run("volume_pair", volume="orders", **FORCE)
    assert not again.get("failed"), again["msg"]
    (saved,) = again["pairs"][0]["saved"]
    assert site.world.cluster("alpha").snapshots[saved["snapshot_id"]].marks == ("unsent",)


def test_a_site_that_is_lost_before_the_promotion_is_dealt_with_by_the_next_run(paired):
    """It was asked for both sides; for one alone, that one has to be unreachable from the start."""
    site = paired(["orders"])
    site.world.faults.add("alpha", "ListVolumes", 2, fault="refuse", times=None)
    result = site.run("volume_pair", volume="orders", **FORCE)
    assert (result["error"]["code"], accesses(site, ["orders"])) == ("unreachable", [(RW, RT)])
    assert "run again" in result["msg"]
    site.world.site_down("alpha")
    again = site.run("volume_pair", volume="orders", here="beta", there="alpha", **FORCE_HERE)
    assert accesses(site, ["orders"])[0][1] == RW, again["msg"]


FORCE_HERE = {"direction": "to_peer", "failover": "forced", "peer_unreachable": "local_only"}


def test_a_partner_that_cannot_be_looked_at_does_not_hold_up_the_promotion(paired):
    site = paired(["orders"])
    site.world.faults.add("alpha", "ListVolumes", 2, fault="xPermissionDenied")
    result = site.run("volume_pair", volume="orders", **FORCE)
    assert accesses(site, ["orders"]) == [(RT, RW)], result["msg"]


@pytest.mark.parametrize("unpaired", [False, True])
def test_a_failover_without_a_direction_only_waits(paired, unpaired):
    """As the role waits for both sides: another client has reversed the pair meanwhile, or has removed it."""
    site = paired(["orders"])
    both = {
        "volume_id": volume(site, "alpha", "orders").volume_id,
        "peer_volume_id": volume(site, "beta", "orders").volume_id,
    }
    if unpaired:
        for cluster, key in (("alpha", "volume_id"), ("beta", "peer_volume_id")):
            site.world.act(cluster, "RemoveVolumePair", {"volumeID": both[key]})
    site.world.clear_calls()
    result = site.run("volume_pair", pairs=[both], failover="planned", wait_for="in_sync")
    assert site.world.writes() == []
    if unpaired:
        assert result["error"]["code"] == "not_paired"
    else:
        assert (result["changed"], result["pairs"][0]["direction"]) == (False, "to_peer")
