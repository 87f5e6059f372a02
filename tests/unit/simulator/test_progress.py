# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How pairs come forward poll by poll, which of several reasons they show, and what has reached the target when."""

from __future__ import annotations

import time

import pytest

from ansible_collections.elementsw.replication.tests.simulator.errors import HostIOError
from ansible_collections.elementsw.replication.tests.simulator.pair_states import Link, Side, obstacle
from ansible_collections.elementsw.replication.tests.simulator.settings import Switches
from ansible_collections.elementsw.replication.tests.simulator.world import World

RT, RW = "replicationTarget", "readWrite"
GIB = 1024**3
IDS = {"alpha": 41, "beta": 77}


def world(timings="instant", volume_pairs=({"source": "alpha/db", "target": "beta/dr"},), **more):
    clusters = [
        {"name": "alpha", "mvip": "192.0.2.10", "volumes": [{"name": "db", "id": 41, "marks": ["a"]}]},
        {"name": "beta", "mvip": "198.51.100.20", "volumes": [{"name": "dr", "id": 77}]},
    ]
    pairs = {"cluster_pairs": [{"between": ["alpha", "beta"]}], "volume_pairs": list(volume_pairs)}
    return World.from_dict({"timings": timings, "clusters": clusters, **pairs, **more})


def state(given, cluster="alpha"):
    """What the pair shows; asking is a poll."""
    (volume,) = given.call(cluster, "ListVolumes", {"volumeIDs": [IDS[cluster]]})["volumes"]
    return volume["volumePairs"][0]["remoteReplication"]["state"]


def access(given, cluster, value):
    given.call(cluster, "ModifyVolume", {"volumeID": IDS[cluster], "access": value})


def mode(given, value):
    given.call("alpha", "ModifyVolumePair", {"volumeID": 41, "mode": value})


def pause(given, value, cluster="alpha"):
    given.call(cluster, "ModifyVolumePair", {"volumeID": IDS[cluster], "pausedManual": value})


def delay(given, cluster="alpha"):
    return given.call(cluster, "GetVolumeStats", {"volumeID": IDS[cluster]})["volumeStats"]["asyncDelay"]


# --- one of several reasons -------------------------------------------------------------------------------------------

SOURCE = Side(RW, 10, True, "Async", False, False, False, False, None)
TARGET = SOURCE._replace(access=RT)
UP, DOWN = Link(True, False), Link(False, False)
PAUSED, FULL, SLOW = {"paused": True}, {"cluster_full": True}, {"hindrance": "qos"}
SMALL, CROWDED, GONE = {"size": 5}, {"at_snapshot_limit": True}, {"deleted": True}
WRITABLE, COARSE = {"access": RW}, {"enable_512e": False}

REASONS = [
    ({}, {}, UP, None, None),
    (PAUSED, {}, DOWN, "PausedManual", "PausedDisconnected"),
    (PAUSED, WRITABLE, UP, "PausedManual", "PausedManualRemote"),
    ({}, WRITABLE, DOWN, "PausedDisconnected", "PausedDisconnected"),
    ({}, {**WRITABLE, **SMALL}, UP, "PausedMisconfigured", "PausedMisconfigured"),
    ({"access": "readOnly"}, {}, UP, "PausedMisconfigured", "PausedMisconfigured"),
    ({"access": "locked"}, {}, UP, "PausedMisconfigured", "PausedMisconfigured"),
    ({"access": RT}, {}, UP, "PausedMisconfigured", "PausedMisconfigured"),
    ({}, GONE, UP, "PausedMisconfigured", "PausedMisconfigured"),
    ({}, COARSE, UP, "PausedMisconfigured", "PausedMisconfigured"),
    ({}, {**SMALL, **CROWDED}, UP, "PausedVolumeSizeMismatch", "PausedVolumeSizeMismatch"),
    ({}, {"size": 20}, UP, None, None),
    ({}, {**CROWDED, **FULL}, UP, "PausedExceededMaxSnapshotCount", "PausedExceededMaxSnapshotCount"),
    (CROWDED, {}, UP, None, None),
    ({}, FULL, UP, "PausedClusterFull", "Idle"),
    (FULL, {}, UP, None, None),
    ({}, SLOW, UP, "PausedQoS", "Idle"),
    ({"hindrance": "xcopy"}, {}, UP, "PausedXCopy", "Idle"),
    ({}, {}, Link(True, True), "PausedSlowLink", "Idle"),
]


@pytest.mark.parametrize(("of_source", "of_target", "link", "at_source", "at_target"), REASONS)
def test_the_first_reason_is_shown(of_source, of_target, link, at_source, at_target):
    source, target = SOURCE._replace(**of_source), TARGET._replace(**of_target)
    shown = obstacle(source, target, link, Switches()), obstacle(target, source, link, Switches())
    assert shown == (at_source, at_target)


# --- poll by poll -----------------------------------------------------------------------------------------------------


def test_a_cluster_pair_connects():
    given = World.from_dict(
        {
            "timings": {"connect_polls": 2, "misconfigured_polls": 1},
            "clusters": [{"name": "alpha"}, {"name": "beta"}],
        }
    )
    key = given.call("alpha", "StartClusterPairing")["clusterPairingKey"]
    given.call("beta", "CompleteClusterPairing", {"clusterPairingKey": key})
    # A poll on either side brings both forward.
    polls = [given.call(name, "ListClusterPairs")["clusterPairs"][0] for name in ("alpha", "beta", "alpha", "beta")]
    assert [entry["status"] for entry in polls] == ["Disconnected", "Disconnected", "Misconfigured", "Connected"]


@pytest.mark.parametrize("polls", [0, 2])
def test_an_unreachable_cluster_is_noticed_after_some_polls(polls):
    given = World.from_dict(
        {
            "timings": {"misconfigured_polls": 0, "disconnect_polls": polls},
            "clusters": [{"name": "alpha"}, {"name": "beta"}],
            "cluster_pairs": [{"between": ["alpha", "beta"]}],
        }
    )

    def statuses(count):
        return [given.call("alpha", "ListClusterPairs")["clusterPairs"][0]["status"] for _poll in range(count)]

    assert statuses(3) == ["Connected"] * 3
    given.site_down("beta")
    assert statuses(polls + 2) == [*["Connected"] * polls, "Disconnected", "Disconnected"]
    # It comes back and is lost again without being read meanwhile.
    given.site_up("beta")
    given.management_link("alpha", "beta", up=False)
    assert statuses(polls + 1) == [*["Connected"] * polls, "Disconnected"]
    given.management_link("alpha", "beta", up=True)
    assert statuses(1) == ["Connected"]


def test_an_unreachable_cluster_may_never_be_noticed():
    given = World.from_dict(
        {
            "timings": {"misconfigured_polls": 0, "disconnect_polls": "never"},
            "clusters": [{"name": "alpha"}, {"name": "beta"}],
            "cluster_pairs": [{"between": ["alpha", "beta"]}],
        }
    )
    given.site_down("beta")
    for _poll in range(20):
        assert given.call("alpha", "ListClusterPairs")["clusterPairs"][0]["status"] == "Connected"


@pytest.mark.parametrize("polls", [0, 2])
def test_a_volume_pair_that_has_lost_its_link_shows_so_after_some_polls(polls):
    given = world({"volume_disconnect_polls": polls, "delivery_polls": 0})
    for _time in range(2):
        given.site_down("alpha")
        shown = [state(given, "beta") for _poll in range(polls + 2)]
        assert shown == [*["Active"] * polls, "PausedDisconnected", "PausedDisconnected"]
        # Nothing is delivered meanwhile, whatever it shows.
        given.site_up("alpha")
        while state(given, "beta") != "Active":
            pass


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        (lambda given: pause(given, True, "beta"), "PausedManual"),
        (lambda given: access(given, "beta", RW), "PausedDisconnected"),
    ],
)
def test_what_is_done_here_shows_at_once(change, shown):
    given = world({"volume_disconnect_polls": "never"})
    given.site_down("alpha")
    assert state(given, "beta") == "Active"
    change(given)
    assert state(given, "beta") == shown


def test_a_link_that_may_never_be_noticed_to_be_lost_delivers_nothing():
    given = world({"volume_disconnect_polls": "never", "delivery_polls": 0})
    given.storage_link("alpha", "beta", up=False)
    given.write("alpha", 41, "late")
    assert [state(given, cluster) for cluster in ("alpha", "beta") * 5] == ["Active"] * 10
    assert given.marks("beta", 77) == ["a"]


def test_volumes_wait_for_their_clusters():
    given = World.from_dict(
        {
            "timings": {"misconfigured_polls": 1},
            "clusters": [{"name": n, "volumes": [{"name": "v", "id": i}]} for n, i in IDS.items()],
        }
    )
    key = given.call("alpha", "StartClusterPairing")["clusterPairingKey"]
    given.call("beta", "CompleteClusterPairing", {"clusterPairingKey": key})
    params = {
        "volumeID": 77,
        "volumePairingKey": given.call("alpha", "StartVolumePairing", {"volumeID": 41})["volumePairingKey"],
    }
    with pytest.raises(Exception, match="xMVIPNotPaired"):
        given.call("beta", "CompleteVolumePairing", params)
    given.call("beta", "ListClusterPairs")
    assert given.call("beta", "CompleteVolumePairing", params) == {}


CHAIN = ["ResumingConnected", "ResumingRRSync", "ResumingLocalSync", "ResumingDataTransfer", "Active"]


@pytest.mark.parametrize(
    ("disturb", "expected"),
    [
        (lambda w: (access(w, "beta", RW), access(w, "beta", RT)), ["PausedMisconfigured"] * 2 + CHAIN),
        (lambda w: (pause(w, True), pause(w, False)), CHAIN),
        (lambda w: (w.storage_link("alpha", "beta", up=False), w.storage_link("alpha", "beta", up=True)), CHAIN),
        (lambda w: (w.site_down("beta"), w.site_up("beta")), CHAIN),
        (lambda w: (w.hinder("beta", 77, "qos"), w.hinder("beta", 77, None)), CHAIN),
        (lambda w: (w.target_full("beta"), w.target_full("beta", "stage1Happy")), CHAIN),
        (lambda w: mode(w, "Sync"), ["Active"]),
    ],
)
def test_the_way_back_to_active(disturb, expected):
    given = world({})
    assert state(given) == "Active"
    disturb(given)
    assert [state(given) for _poll in expected] == expected


def test_a_pair_that_never_becomes_active():
    given = world({"resuming_data_transfer_polls": "never"})
    pause(given, True)
    pause(given, False)
    assert [state(given) for _poll in range(20)][-1] == "ResumingDataTransfer"


def test_a_copy_is_a_job_of_the_target_alone():
    given = world({})
    pause(given, True)
    pause(given, False)
    assert given.call("alpha", "ListSyncJobs")["syncJobs"] == []
    percent = []
    for _poll in range(4):
        (job,) = given.call("beta", "ListSyncJobs")["syncJobs"]
        assert (job["type"], job["branchType"], job["dstVolumeID"]) == ("remote", "volume", 77)
        percent.append(job["percentComplete"])
    assert percent == sorted(set(percent))
    assert 0 < percent[0] < percent[-1] < 100
    assert given.call("beta", "ListSyncJobs")["syncJobs"] == []


# --- data -------------------------------------------------------------------------------------------------------------


def test_an_established_pair_has_its_data():
    assert world({}).marks("beta", 77) == ["a"]


def test_async_needs_a_poll_and_sync_none():
    given = world({"delivery_polls": 2})
    given.write("alpha", 41, "b")
    assert (given.marks("beta", 77), delay(given) > "00:00:00", delay(given, "beta")) == (
        ["a"],
        True,
        "00:00:00.000000",
    )
    assert given.marks("beta", 77) == ["a", "b"]
    assert delay(given) == "00:00:00.000000"
    mode(given, "Sync")
    given.write("alpha", 41, "c")
    assert given.marks("beta", 77) == ["a", "b", "c"]


def test_nothing_is_delivered_while_paused_and_all_afterwards():
    given = world()
    pause(given, True)
    given.write("alpha", 41, "b")
    assert (state(given), given.marks("beta", 77)) == ("PausedManual", ["a"])
    given.advance(3600)
    assert delay(given) > "01:00:00"
    pause(given, False)
    assert given.marks("beta", 77) == ["a", "b"]


def test_a_target_is_incomplete_until_the_copy_is_done():
    given = world({"grace_polls": 0}, volume_pairs=())
    access(given, "beta", RW)
    given.write("beta", 77, "own")
    access(given, "beta", RT)
    key = given.call("alpha", "StartVolumePairing", {"volumeID": 41})["volumePairingKey"]
    given.call("beta", "CompleteVolumePairing", {"volumeID": 77, "volumePairingKey": key})
    # What was there is lost from the moment on at which there is a reachable source.
    assert (given.marks("beta", 77), state(given)) == ([], "ResumingConnected")
    while state(given) != "Active":
        assert given.marks("alpha", 41) == ["a"]
    assert given.marks("beta", 77) == ["a"]


def test_a_split_loses_what_the_new_target_wrote():
    given = world()
    access(given, "beta", RW)
    given.write("alpha", 41, "of alpha")
    given.write("beta", 77, "of beta")
    assert (given.marks("alpha", 41), given.marks("beta", 77)) == (["a", "of alpha"], ["a", "of beta"])
    access(given, "alpha", RT)
    assert given.marks("alpha", 41) == given.marks("beta", 77) == ["a", "of beta"]


def test_snapshots_only_leaves_the_live_content_behind_until_the_mode_changes():
    given = world()
    mode(given, "SnapshotsOnly")
    given.write("alpha", 41, "b")
    assert (state(given), given.marks("beta", 77)) == ("Idle", ["a"])
    mode(given, "Async")
    assert (state(given), given.marks("beta", 77)) == ("Active", ["a", "b"])


def test_a_failed_site_is_frozen():
    given = world()
    given.site_down("beta")
    given.write("alpha", 41, "b")
    assert (state(given), given.marks("beta", 77)) == ("PausedDisconnected", ["a"])
    with pytest.raises(HostIOError):
        given.write("beta", 77, "c")
    given.site_up("beta")
    assert (state(given), given.marks("beta", 77)) == ("Active", ["a", "b"])


def test_hosts_write_where_they_may():
    given = world()
    for cluster, volume_id in (("beta", 77), ("alpha", 999)):
        with pytest.raises(HostIOError):
            given.write(cluster, volume_id, "x")
    given.target_full("alpha")
    with pytest.raises(HostIOError):
        given.write("alpha", 41, "x")


def test_a_write_counts_where_it_was_made():
    given = world()
    given.write("alpha", 41, "b")
    given.advance(3600)
    ops, blocks = (
        {name: given.call(name, "GetVolumeStats", {"volumeID": IDS[name]})["volumeStats"][member] for name in IDS}
        for member in ("writeOps", "nonZeroBlocks")
    )
    assert (ops["alpha"], ops["beta"]) == (2, 0)
    assert blocks["alpha"] == blocks["beta"] > 0


def write_ops(given):
    (stats,) = given.call("alpha", "ListVolumeStats", {"volumeIDs": [41]})["volumeStats"]
    return stats["writeOps"]


def test_counters_are_those_of_the_last_sample():
    """Samples are half a second apart, whenever the writes and the readings are."""
    given = world()
    given.clock.stop()
    given.advance(-given.clock.elapsed)
    shown = []
    for seconds, writes in ((0.4, 1), (0.2, 1), (0.3, 0), (0.1, 0)):
        given.advance(seconds)
        shown.append(write_ops(given))
        for _write in range(writes):
            given.write("alpha", 41, "b")
        shown.append(write_ops(given))
    # After 0.4, 0.6, 0.9 and 1 s; one write was there at the start.
    assert shown == [1, 1, 2, 2, 2, 2, 3, 3]


def test_a_sample_that_no_one_has_read_is_not_made_of_later_writes():
    given = world()
    given.clock.stop()
    given.advance(10)
    given.write("alpha", 41, "b")
    assert write_ops(given) == 1
    given.switches.set({"statistics": "late"})
    given.advance(10)
    given.write("alpha", 41, "c")
    assert write_ops(given) == 2


def test_samples_are_taken_while_the_real_clock_runs():
    """What a client waits for in earnest is waited for in the world."""
    given = world()
    given.write("alpha", 41, "b")
    deadline = time.monotonic() + 30
    while write_ops(given) == 1 and time.monotonic() < deadline:
        pass
    assert write_ops(given) == 2


def test_readings_have_different_times():
    given = world()
    stamps = [
        given.call("alpha", "ListVolumeStats", {"volumeIDs": [41]})["volumeStats"][0]["timestamp"] for _read in range(3)
    ]
    assert stamps == sorted(set(stamps))


# --- a half that has learnt of its end --------------------------------------------------------------------------------


def test_stopped_is_for_good_once_it_is_known():
    given = world()
    given.call("beta", "RemoveVolumePair", {"volumeID": 77})
    given.storage_link("alpha", "beta", up=False)
    assert state(given) == "StoppedMisconfigured"


def test_a_half_learns_of_its_end_when_the_link_is_back():
    given = world()
    given.storage_link("alpha", "beta", up=False)
    given.call("beta", "RemoveVolumePair", {"volumeID": 77})
    assert state(given) == "PausedDisconnected"
    given.storage_link("alpha", "beta", up=True)
    assert state(given) == "StoppedMisconfigured"


def test_a_pair_survives_the_end_of_its_cluster_pair_without_a_link():
    given = world(switches={"remove_used_cluster_pair": "allowed"})
    given.call("alpha", "RemoveClusterPair", {"clusterPairID": 7})
    assert (state(given), state(given, "beta")) == ("PausedDisconnected", "PausedDisconnected")


# --- faults that a cluster reports ------------------------------------------------------------------------------------


def faults(given, cluster="alpha", kind="current"):
    listed = given.call(cluster, "ListClusterFaults", {"faultTypes": kind})["faults"]
    return [(fault["code"], fault["resolved"]) for fault in listed]


def test_a_lost_link_is_a_fault_until_it_is_back():
    given = world()
    assert faults(given) == []
    given.management_link("alpha", "beta", up=False)
    (fault,) = given.call("alpha", "ListClusterFaults")["faults"]
    assert fault["details"].endswith("Disconnected Cluster Pairs: [7]. Misconfigured Cluster Pairs: []")
    given.management_link("alpha", "beta", up=True)
    assert (faults(given), faults(given, kind="all")) == ([], [("disconnectedClusterPair", True)])


def test_a_full_target_is_a_fault_of_its_source():
    given = world()
    given.target_full("beta")
    assert (faults(given), faults(given, "beta")) == ([("remoteRepClusterFull", False)], [])
    assert given.call("beta", "GetClusterFullThreshold")["blockFullness"] == "stage5CompletelyConsumed"
