# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Snapshots: what they keep, how they travel, when they are in the way."""

from __future__ import annotations

import pytest

from ansible_collections.elementsw.replication.tests.simulator.errors import ApiError
from ansible_collections.elementsw.replication.tests.simulator.world import World

IDS = {"alpha": 41, "beta": 77}


def world(timings="instant", mode="Async", **limits):
    return World.from_dict(
        {
            "timings": timings,
            "clusters": [
                {"name": "alpha", "volumes": [{"name": "db", "id": 41, "marks": ["a"]}, {"name": "log", "id": 42}]},
                {
                    "name": "beta",
                    "limits": limits,
                    "volumes": [{"name": "db", "id": 77}, {"name": "log", "id": 78}],
                },
            ],
            "cluster_pairs": [{"between": ["alpha", "beta"]}],
            "volume_pairs": [
                {"source": "alpha/db", "target": "beta/db", "mode": mode},
                {"source": "alpha/log", "target": "beta/log", "mode": mode},
            ],
        }
    )


def take(given, cluster="alpha", **params):
    return given.call(cluster, "CreateSnapshot", {"volumeID": IDS[cluster], **params})["snapshot"]


def snapshots(given, cluster):
    return given.call(cluster, "ListSnapshots", {"volumeID": IDS[cluster]})["snapshots"]


def statuses(given):
    return [status["remoteStatus"] for each in snapshots(given, "alpha") for status in each.get("remoteStatuses", [])]


def state(given):
    (volume,) = given.call("alpha", "ListVolumes", {"volumeIDs": [41]})["volumes"]
    replication = volume["volumePairs"][0]["remoteReplication"]
    return replication["state"], replication["snapshotReplication"]["state"]


@pytest.mark.parametrize("mode", ["Async", "Sync", "SnapshotsOnly"])
def test_only_those_meant_for_it_travel_in_every_mode(mode):
    given = world(mode=mode)
    take(given, name="stays")
    sent = take(given, name="travels", enableRemoteReplication=True, attributes={"by": "test"})
    (copy,) = snapshots(given, "beta")
    assert (copy["name"], copy["attributes"], copy["snapshotUUID"]) == ("travels", {"by": "test"}, sent["snapshotUUID"])
    assert copy["instanceSnapshotUUID"] != sent["instanceSnapshotUUID"]
    assert copy["volumeID"] == 77
    assert statuses(given) == ["Present"]


def test_the_copy_has_the_content_of_its_moment():
    given = world(mode="SnapshotsOnly")
    given.write("alpha", 41, "b")
    take(given, enableRemoteReplication=True)
    given.write("alpha", 41, "c")
    (copy,) = given.cluster("beta").volumes[77].snapshots.values()
    assert (copy.marks, given.marks("beta", 77)) == (("a", "b"), [])


def test_what_is_on_its_way_is_of_no_use_yet():
    given = world({"snapshot_polls": 3, "clone_seconds": 0})
    take(given, enableRemoteReplication=True)
    (copy,) = snapshots(given, "beta")
    assert (copy["status"], statuses(given)) == ("remotesyncing", ["Syncing"])
    for method, params in (
        ("CloneVolume", {"name": "copy"}),
        ("RollbackToSnapshot", {"saveCurrentState": False}),
    ):
        with pytest.raises(ApiError, match="xInvalidParameter"):
            given.call("beta", method, {"volumeID": 77, "snapshotID": copy["snapshotID"], **params})
    snapshots(given, "alpha")
    (arrived,) = snapshots(given, "beta")
    assert (arrived, statuses(given)) == ({**copy, "status": "done"}, ["Present"])
    given.call("beta", "CloneVolume", {"volumeID": 77, "snapshotID": copy["snapshotID"], "name": "copy"})


def test_a_snapshot_that_is_deleted_on_its_way_still_arrives():
    given = world({"snapshot_polls": 9})
    sent = take(given, enableRemoteReplication=True)
    given.call("alpha", "DeleteSnapshot", {"snapshotID": sent["snapshotID"]})
    assert snapshots(given, "alpha") == []
    assert [(copy["snapshotUUID"], copy["status"]) for copy in snapshots(given, "beta")] == [
        (sent["snapshotUUID"], "done")
    ]


def test_a_copy_that_is_deleted_on_its_way_does_not_come_back():
    given = world({"snapshot_polls": 3})
    take(given, enableRemoteReplication=True)
    (copy,) = snapshots(given, "beta")
    given.call("beta", "DeleteSnapshot", {"snapshotID": copy["snapshotID"]})
    assert statuses(given) == ["Deleted"]
    for _poll in range(5):
        assert snapshots(given, "beta") == []
        snapshots(given, "alpha")


def test_the_last_place_for_a_snapshot_can_be_taken():
    """A target at its limit stops replication, but not what is on its way."""
    given = world({"snapshot_polls": 2}, snapshotsPerVolumeMax=1)
    take(given, enableRemoteReplication=True)
    assert state(given)[0] == "Active"
    while snapshots(given, "beta")[0]["status"] != "done":
        pass
    assert state(given)[0] == "PausedExceededMaxSnapshotCount"


def test_a_snapshot_is_on_its_way_for_some_polls():
    given = world({"snapshot_polls": 2})
    take(given, enableRemoteReplication=True)
    assert state(given) == ("Active", "Active")
    (job,) = given.call("beta", "ListSyncJobs")["syncJobs"]
    assert job["branchType"] == "snapshot"
    assert (statuses(given), state(given)) == (["Present"], ("Active", "Idle"))


def test_nothing_travels_while_paused():
    given = world()
    given.call("alpha", "ModifyVolumePair", {"volumeID": 41, "pausedManual": True})
    take(given, enableRemoteReplication=True)
    assert (statuses(given), snapshots(given, "beta")) == (["NotPresent"], [])
    given.call("alpha", "ModifyVolumePair", {"volumeID": 41, "pausedManual": False})
    assert statuses(given) == ["Present"]


def test_an_older_one_can_be_sent_later():
    given = world()
    made = take(given)
    assert statuses(given) == []
    given.call("alpha", "ModifySnapshot", {"snapshotID": made["snapshotID"], "enableRemoteReplication": True})
    assert statuses(given) == ["Present"]


def test_deleting_one_side_leaves_the_other():
    given = world()
    made = take(given, enableRemoteReplication=True)
    (copy,) = snapshots(given, "beta")
    given.call("beta", "DeleteSnapshot", {"snapshotID": copy["snapshotID"]})
    assert statuses(given) == ["Deleted"]
    assert snapshots(given, "beta") == []
    second = take(given, name="second", enableRemoteReplication=True)
    for each in (made, second):
        given.call("alpha", "DeleteSnapshot", {"snapshotID": each["snapshotID"]})
    assert (snapshots(given, "alpha"), len(snapshots(given, "beta"))) == ([], 1)


def test_a_group_travels_as_a_group():
    given = world()
    made = given.call(
        "alpha", "CreateGroupSnapshot", {"volumes": [41, 42], "name": "both", "enableRemoteReplication": True}
    )
    assert [member["volumeID"] for member in made["members"]] == [41, 42]
    (here,), (there,) = (given.call(name, "ListGroupSnapshots")["groupSnapshots"] for name in ("alpha", "beta"))
    assert here["groupSnapshotUUID"] == there["groupSnapshotUUID"]
    assert [member["volumeID"] for member in there["members"]] == [77, 78]
    assert {status["remoteStatus"] for status in here["remoteStatuses"]} == {"Present"}
    given.call("beta", "DeleteGroupSnapshot", {"groupSnapshotID": there["groupSnapshotID"]})
    assert given.call("beta", "ListSnapshots")["snapshots"] == []
    assert len(given.call("alpha", "ListSnapshots")["snapshots"]) == 2


def test_members_can_outlive_their_group():
    given = world()
    made = given.call("alpha", "CreateGroupSnapshot", {"volumes": [41, 42]})
    given.call("alpha", "DeleteGroupSnapshot", {"groupSnapshotID": made["groupSnapshotID"], "saveMembers": True})
    assert given.call("alpha", "ListGroupSnapshots")["groupSnapshots"] == []
    assert [each["groupID"] for each in given.call("alpha", "ListSnapshots")["snapshots"]] == [0, 0]


def test_a_group_is_found_by_its_id_and_by_its_volumes():
    given = world()
    first = given.call("alpha", "CreateGroupSnapshot", {"volumes": [41]})["groupSnapshotID"]
    second = given.call("alpha", "CreateGroupSnapshot", {"volumes": [42]})["groupSnapshotID"]
    for params, expected in (
        ({}, [first, second]),
        ({"volumes": [42]}, [second]),
        ({"groupSnapshotID": first}, [first]),
    ):
        groups = given.call("alpha", "ListGroupSnapshots", params)["groupSnapshots"]
        assert [group["groupSnapshotID"] for group in groups] == expected


@pytest.mark.parametrize("params", [{"retention": "01:00:00"}, {"expirationTime": "2025-05-01T11:00:00Z"}])
def test_a_snapshot_expires(params):
    given = world()
    take(given, enableRemoteReplication=True, **params)
    given.advance(1800)
    assert [len(snapshots(given, name)) for name in IDS] == [1, 1]
    given.advance(1800)
    assert [len(snapshots(given, name)) for name in IDS] == [0, 0]


def test_a_target_at_its_limit_holds_its_pair_up():
    given = world(snapshotsPerVolumeMax=2)
    for _time in range(2):
        take(given, "beta")
    take(given, enableRemoteReplication=True)
    assert (state(given)[0], statuses(given)) == ("PausedExceededMaxSnapshotCount", ["NotPresent"])
    faults = given.call("alpha", "ListClusterFaults")["faults"]
    assert [fault["code"] for fault in faults] == ["remoteRepSnapshotsExceededLimit"]
    for each in snapshots(given, "beta"):
        given.call("beta", "DeleteSnapshot", {"snapshotID": each["snapshotID"]})
    assert (state(given)[0], statuses(given)) == ("Active", ["Present"])


@pytest.mark.parametrize(
    ("method", "params", "name"),
    [
        ("CreateSnapshot", {"volumeID": 999}, "xVolumeIDDoesNotExist"),
        ("CreateSnapshot", {"volumeID": 41, "retention": "one day"}, "xInvalidParameter"),
        ("CreateSnapshot", {"volumeID": 41, "expirationTime": "soon"}, "xInvalidParameter"),
        ("CreateSnapshot", {"volumeID": 41, "name": "n" * 256}, "xInvalidParameter"),
        ("CreateGroupSnapshot", {"volumes": []}, "xInvalidParameter"),
        ("CreateGroupSnapshot", {"volumes": [41, 999]}, "xVolumeIDDoesNotExist"),
        ("CreateGroupSnapshot", {"volumes": list(range(33))}, "xExceededLimit"),
        ("ModifySnapshot", {"snapshotID": 999}, "xSnapshotIDDoesNotExist"),
        ("DeleteSnapshot", {"snapshotID": 999}, "xSnapshotIDDoesNotExist"),
        ("DeleteGroupSnapshot", {"groupSnapshotID": 999}, "xSnapshotIDDoesNotExist"),
    ],
)
def test_what_is_refused(method, params, name):
    given = world()
    before = given.truth()
    with pytest.raises(ApiError) as caught:
        given.call("alpha", method, params)
    assert (caught.value.name, given.truth()) == (name, before)


def test_a_cluster_that_is_too_full_takes_none():
    given = world()
    given.target_full("alpha", "stage4Critical")
    with pytest.raises(ApiError):
        take(given)


@pytest.mark.parametrize("group", [False, True])
def test_fifo_snapshots_make_room_for_each_other_alone(group):
    world = World.from_dict(
        {"clusters": [{"name": "alpha", "volumes": [{"name": "a", "id": 1}, {"name": "b", "id": 2}]}]}
    )
    method, of = ("CreateGroupSnapshot", {"volumes": [1, 2]}) if group else ("CreateSnapshot", {"volumeID": 1})
    world.call("alpha", "ModifyVolumes", {"volumeIDs": [1, 2], "fifoSize": 2})
    for name in ("one", "two", "three"):
        world.call("alpha", method, {**of, "name": f"kept-{name}"})
        world.call("alpha", method, {**of, "name": name, "retention": "fifo"})
    shown = world.call("alpha", "ListSnapshots", {"volumeID": 1})["snapshots"]
    assert [each["name"] for each in shown] == ["kept-one", "kept-two", "two", "kept-three", "three"]
    assert {each["expirationTime"] for each in shown} == {None}


def test_without_room_for_fifo_nothing_is_deleted():
    world = World.from_dict(
        {"clusters": [{"name": "alpha", "volumes": [{"name": "a", "id": 1}, {"name": "b", "id": 2}]}]}
    )
    world.call("alpha", "CreateGroupSnapshot", {"volumes": [1, 2], "retention": "FIFO"})
    world.cluster("alpha").volumes[2].fifo_size = 0
    before = world.truth()
    with pytest.raises(ApiError, match="xMaxSnapshotsPerVolumeExceeded"):
        world.call("alpha", "CreateGroupSnapshot", {"volumes": [1, 2], "retention": "fifo"})
    assert world.truth() == before
