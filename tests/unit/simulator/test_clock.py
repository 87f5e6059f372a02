# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The time of a world: the real one, unless the world begins at a date, and what it was advanced by."""

from __future__ import annotations

import datetime

import pytest

from ansible_collections.elementsw.replication.tests.simulator.clock import CLOCK_VARIABLE, parse
from ansible_collections.elementsw.replication.tests.simulator.errors import ApiError
from ansible_collections.elementsw.replication.tests.simulator.settings import SECONDS_PER_POLL
from ansible_collections.elementsw.replication.tests.simulator.world import World

UTC = datetime.timezone.utc
HOURS = 3600
SPEC = {"clusters": [{"name": "alpha", "volumes": [{"name": "a", "id": 1}]}]}


@pytest.fixture
def real(monkeypatch):
    monkeypatch.delenv(CLOCK_VARIABLE)
    return World.from_dict(SPEC)


def taken_at(world, **more):
    snapshot = world.call("alpha", "CreateSnapshot", {"volumeID": 1, **more})["snapshot"]
    return parse(snapshot["createTime"])


def seconds_from_now(moment):
    return (moment - datetime.datetime.now(UTC)).total_seconds()


def volumes(world):
    return [volume["status"] for volume in world.call("alpha", "ListVolumes")["volumes"]]


def test_a_world_has_the_real_date(real):
    assert abs(seconds_from_now(taken_at(real))) < 5
    for _call in range(100):
        real.call("alpha", "GetAPI")
    assert abs(seconds_from_now(taken_at(real))) < 5


def test_a_world_is_advanced_beyond_the_real_date(real):
    real.advance(2 * HOURS)
    assert abs(seconds_from_now(taken_at(real)) - 2 * HOURS) < 5


@pytest.mark.parametrize("where", ["world", "environment"])
def test_a_world_that_begins_at_a_date_moves_with_the_calls(where, monkeypatch):
    begin = "2031-01-01T00:00:00Z"
    monkeypatch.setenv(CLOCK_VARIABLE, begin if where == "environment" else "2025-05-01T10:00:00Z")
    world = World.from_dict({**SPEC, "clock": begin} if where == "world" else SPEC)
    first, second = taken_at(world), taken_at(world)
    assert (first - parse(begin)).total_seconds() == 1
    assert (second - first).total_seconds() == 1
    world.advance(HOURS)
    assert (taken_at(world) - second).total_seconds() == HOURS + 1


@pytest.mark.parametrize(
    "written", ["2031-01-01T00:00:00Z", "'2031-01-01T00:00:00Z'", "2031-01-01", "2031-01-01 02:00:00+02:00"]
)
def test_a_date_in_a_world_needs_no_quotes(written, tmp_path):
    path = tmp_path / "world.yml"
    path.write_text(f"clock: {written}\nclusters: [{{name: alpha}}]\n")
    assert World.from_file(path).clock.now == parse("2031-01-01T00:00:00Z")


def test_what_comes_due_between_calls_comes_about_by_itself(real):
    """As after hours in which no one has called."""
    real.call("alpha", "CreateSnapshot", {"volumeID": 1, "retention": "1:0:0"})
    real.write("alpha", 1, "something")
    real.call("alpha", "CreateVolume", {"name": "b", "accountID": 1, "totalSize": 10**10})
    real.call("alpha", "DeleteVolume", {"volumeID": 2})
    real.clock.advance(7 * HOURS)
    assert volumes(real) == ["active", "deleted"]
    assert real.truth()["clusters"]["alpha"]["volumes"][0]["snapshots"] == []
    (stats,) = real.call("alpha", "ListVolumeStats", {"volumeIDs": [1]})["volumeStats"]
    assert stats["nonZeroBlocks"] > 0
    real.clock.advance(2 * HOURS)
    assert volumes(real) == ["active"]


def test_a_real_clock_that_is_stopped_stays_where_it_is(real):
    real.clock.stop()
    stopped = real.clock.now
    assert real.clock.now == stopped
    assert abs(seconds_from_now(stopped)) < 5
    real.advance(10)
    assert (real.clock.now - stopped).total_seconds() == 10


# --- phases that are counted in polls ---------------------------------------------------------------------------------------

TWO = {
    "clusters": [
        {"name": "alpha", "volumes": [{"name": "a", "id": 1}]},
        {"name": "beta", "volumes": [{"name": "b", "id": 2, "access": "replicationTarget"}]},
    ]
}
PAIRED = {
    "cluster_pairs": [{"between": ["alpha", "beta"]}],
    "volume_pairs": [{"source": "alpha/a", "target": "beta/b"}],
}


def world_of(monkeypatch, clock, **more):
    monkeypatch.setenv(CLOCK_VARIABLE, "" if clock == "real" else "2025-05-01T10:00:00Z")
    return World.from_dict({**TWO, **more})


def pair_clusters(world):
    key = world.call("alpha", "StartClusterPairing")["clusterPairingKey"]
    world.call("beta", "CompleteClusterPairing", {"clusterPairingKey": key})


def pair_volumes(world):
    key = world.call("alpha", "StartVolumePairing", {"volumeID": 1})["volumePairingKey"]
    world.call("beta", "CompleteVolumePairing", {"volumeID": 2, "volumePairingKey": key})


def state(world):
    """Read once, which is a poll of its own."""
    return world.call("alpha", "ListVolumes")["volumes"][0]["volumePairs"][0]["remoteReplication"]["state"]


def statuses(world):
    return [each["status"] for each in world.call("alpha", "ListClusterPairs")["clusterPairs"]]


def test_clusters_get_connected_while_no_one_reads(monkeypatch):
    """Another collection pairs volumes right after the clusters, and never looks."""
    world = world_of(monkeypatch, "real", timings={"connect_polls": 20, "misconfigured_polls": 20})
    pair_clusters(world)
    key = world.call("alpha", "StartVolumePairing", {"volumeID": 1})["volumePairingKey"]
    completion = {"volumeID": 2, "volumePairingKey": key}
    with pytest.raises(ApiError, match="xMVIPNotPaired"):
        world.call("beta", "CompleteVolumePairing", completion)
    world.clock.advance(40 * SECONDS_PER_POLL)
    world.call("beta", "CompleteVolumePairing", completion)


def test_clusters_are_not_connected_early_because_much_time_had_passed_before(monkeypatch):
    world = world_of(monkeypatch, "real", timings={"misconfigured_polls": 20})
    world.clock.advance(HOURS)
    pair_clusters(world)
    assert statuses(world) == ["Misconfigured"]


@pytest.mark.parametrize(("clock", "shown"), [("real", "Active"), ("date", "PausedMisconfigured")])
def test_volume_pairs_get_in_step_while_no_one_reads(monkeypatch, clock, shown):
    world = world_of(monkeypatch, clock, cluster_pairs=PAIRED["cluster_pairs"])
    pair_volumes(world)
    world.clock.advance(10)
    assert state(world) == shown


def test_each_state_lasts_its_time(monkeypatch):
    timings = {"grace_polls": 100, "resuming_data_transfer_polls": 100}
    world = world_of(monkeypatch, "real", cluster_pairs=PAIRED["cluster_pairs"], timings=timings)
    pair_volumes(world)
    seen = []
    for polls in (90, 7, 5, 90, 20):
        world.clock.advance(polls * SECONDS_PER_POLL)
        seen.append(state(world))
    assert seen == [
        "PausedMisconfigured",
        "PausedMisconfigured",
        "ResumingDataTransfer",
        "ResumingDataTransfer",
        "Active",
    ]


def test_what_never_passes_does_not_pass_with_time(monkeypatch):
    world = world_of(monkeypatch, "real", timings={"misconfigured_polls": "never"})
    pair_clusters(world)
    world.clock.advance(24 * HOURS)
    assert statuses(world) == ["Misconfigured"]
    timings = {"resuming_rrsync_polls": "never"}
    running = world_of(monkeypatch, "real", cluster_pairs=PAIRED["cluster_pairs"], timings=timings)
    pair_volumes(running)
    running.clock.advance(24 * HOURS)
    assert state(running) == "ResumingRRSync"


@pytest.mark.parametrize("seconds", [10, 0])
def test_writes_and_snapshots_reach_the_target_while_no_one_reads(monkeypatch, seconds):
    world = world_of(monkeypatch, "real", **PAIRED, timings={"delivery_polls": 20, "snapshot_polls": 20})
    world.clock.advance(HOURS)
    world.write("alpha", 1, "order")
    world.call("alpha", "CreateSnapshot", {"volumeID": 1, "enableRemoteReplication": True})
    world.clock.advance(seconds)
    (taken,) = world.call("alpha", "ListSnapshots")["snapshots"]
    assert taken["remoteStatuses"][0]["remoteStatus"] == ("Present" if seconds else "Syncing")
    assert world.marks("beta", 2) == (["order"] if seconds else [])


def test_a_snapshot_arrives_with_the_first_copy_and_the_time_after_it(monkeypatch):
    world = world_of(monkeypatch, "real", cluster_pairs=PAIRED["cluster_pairs"])
    world.call("alpha", "CreateSnapshot", {"volumeID": 1, "enableRemoteReplication": True})
    pair_volumes(world)
    world.clock.advance(HOURS)
    (taken,) = world.call("alpha", "ListSnapshots")["snapshots"]
    assert taken["remoteStatuses"][0]["remoteStatus"] == "Present"


def test_what_was_written_before_a_site_went_down_has_had_its_time(monkeypatch):
    world = world_of(monkeypatch, "real", **PAIRED, timings={"delivery_polls": 20})
    world.write("alpha", 1, "early")
    world.clock.advance(10)
    world.write("alpha", 1, "late")
    world.site_down("alpha")
    world.clock.advance(10)
    world.call("beta", "ListVolumes")
    assert world.marks("beta", 2) == ["early"]


def test_a_lost_link_is_noticed_while_no_one_reads(monkeypatch):
    timings = {"disconnect_polls": 60, "volume_disconnect_polls": 60}
    world = world_of(monkeypatch, "real", **PAIRED, timings=timings)
    world.clock.advance(HOURS)
    world.site_down("beta")
    assert (state(world), statuses(world)) == ("Active", ["Connected"])
    world.clock.advance(60)
    assert (state(world), statuses(world)) == ("PausedDisconnected", ["Disconnected"])


def test_advancing_a_world_with_the_real_clock_lets_phases_pass(monkeypatch):
    world = world_of(monkeypatch, "real", cluster_pairs=PAIRED["cluster_pairs"])
    world.write("alpha", 1, "order")
    pair_volumes(world)
    world.advance(10)
    assert world.marks("beta", 2) == ["order"]


def test_the_handle_of_a_clone_gets_known_while_no_one_asks(monkeypatch):
    world = world_of(monkeypatch, "real", timings={"clone_handle_polls": 20})
    handle = world.call("alpha", "CloneVolume", {"volumeID": 1, "name": "c"})["asyncHandle"]
    with pytest.raises(ApiError):
        world.call("alpha", "GetAsyncResult", {"asyncHandle": handle})
    world.clock.advance(10)
    assert world.call("alpha", "GetAsyncResult", {"asyncHandle": handle})["status"] == "complete"
