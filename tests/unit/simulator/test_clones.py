# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Clones: what they take over, how long they are in the making, and what shows of them meanwhile."""

from __future__ import annotations

import pytest

from ansible_collections.elementsw.replication.tests.simulator.errors import ApiError, HostIOError
from ansible_collections.elementsw.replication.tests.simulator.world import World

GIB = 1024**3
ORIGINAL, OTHER = 41, 42
SECONDS = 10
SPEC = {
    "timings": {"clone_seconds": SECONDS},
    "clusters": [
        {
            "name": "alpha",
            "accounts": [{"name": "tenant", "id": 3}, {"name": "test", "id": 4}],
            "qos_policies": [{"name": "gold", "min_iops": 500}],
            "volumes": [
                {
                    "name": "orders-db",
                    "id": ORIGINAL,
                    "account": "tenant",
                    "marks": ["one"],
                    "attributes": {"a": 1},
                    "qos_policy": "gold",
                },
                {"name": "stock-db", "id": OTHER, "account": "tenant"},
            ],
            "access_groups": [{"name": "hosts", "volumes": ["orders-db"]}],
            "snapshots": [{"volume": "orders-db", "name": "before"}],
        }
    ],
}


class Cloning:
    def __init__(self, **more):
        self.world = World.from_dict({**SPEC, **more})
        self.world.clock.stop()

    def call(self, method, **params):
        return self.world.call("alpha", method, params)

    def error(self, method, **params):
        with pytest.raises(ApiError) as caught:
            self.call(method, **params)
        return caught.value.name

    def clone(self, **more):
        return self.call("CloneVolume", **{"volumeID": ORIGINAL, "name": "copy", **more})

    def finish(self):
        self.world.advance(SECONDS)

    def result(self, reply, keep=True):
        return self.call("GetAsyncResult", asyncHandle=reply["asyncHandle"], keepResult=keep)

    def listed(self, volume_id):
        """Which lists show the volume."""
        lists = {
            "ListVolumes": {},
            "ListVolumes by ID": {"volumeIDs": [volume_id]},
            "ListActiveVolumes": {},
            "ListVolumeStats": {},
        }
        found = set()
        for name, params in lists.items():
            (members,) = self.call(name.partition(" ")[0], **params).values()
            found |= {name for member in members if member["volumeID"] == volume_id}
        return found


# --- the making -----------------------------------------------------------------------------------------------------------


def test_a_clone_is_hidden_until_it_is_complete():
    cloning = Cloning()
    reply = cloning.clone()
    assert (reply["volume"]["status"], reply["volume"]["sliceCount"]) == ("init", 0)
    assert cloning.listed(reply["volumeID"]) == set()
    running = cloning.result(reply)
    assert (running["status"], running["resultType"], running["details"]) == ("running", "Clone", {})
    cloning.finish()
    complete = cloning.result(reply)
    assert complete["status"] == "complete"
    assert complete["result"] == {
        "cloneID": reply["cloneID"],
        "message": "Clone complete.",
        "volumeID": reply["volumeID"],
    }
    assert len(cloning.listed(reply["volumeID"])) == 4
    (volume,) = cloning.call("ListVolumes", volumeIDs=[reply["volumeID"]])["volumes"]
    assert volume == {**reply["volume"], "status": "active", "sliceCount": 1}


def test_handle_clone_and_volume_have_numbers_of_their_own():
    cloning = Cloning()
    first, second = cloning.clone(), cloning.clone()
    names = ("asyncHandle", "cloneID", "volumeID")
    assert len({reply[name] for reply in (first, second) for name in names}) == 6


def test_no_time_at_all():
    cloning = Cloning(timings="instant")
    reply = cloning.clone()
    assert reply["volume"]["status"] == "init"
    assert (cloning.result(reply)["status"], len(cloning.listed(reply["volumeID"]))) == ("complete", 4)


def test_a_clone_that_never_ends():
    cloning = Cloning(timings={"clone_seconds": "never"})
    reply = cloning.clone()
    cloning.world.advance(10**6)
    assert cloning.result(reply)["status"] == "running"
    (job,) = cloning.call("ListSyncJobs")["syncJobs"]
    assert (job["percentComplete"], job["remainingTime"]) == (0, None)


def test_a_result_is_forgotten_when_it_is_read_but_not_before_it_is_there():
    cloning = Cloning()
    reply = cloning.clone()
    assert cloning.result(reply, keep=False)["status"] == "running"
    cloning.finish()
    assert cloning.result(reply, keep=True)["status"] == "complete"
    assert cloning.result(reply, keep=False)["status"] == "complete"
    assert cloning.error("GetAsyncResult", asyncHandle=reply["asyncHandle"]) == "xAsyncHandleDoesNotExist"


def test_a_handle_may_not_be_known_at_first():
    cloning = Cloning(timings={"clone_seconds": 0, "clone_handle_polls": 2})
    reply = cloning.clone()
    assert cloning.call("ListAsyncResults")["asyncHandles"] == []
    for _time in range(2):
        assert cloning.error("GetAsyncResult", asyncHandle=reply["asyncHandle"]) == "xAsyncHandleDoesNotExist"
    assert cloning.result(reply)["status"] == "complete"


def test_results_are_listed_and_not_forgotten():
    cloning = Cloning()
    reply = cloning.clone()
    (running,) = cloning.call("ListAsyncResults", asyncResultTypes=["Clone"])["asyncHandles"]
    assert (running["asyncResultID"], running["completed"], running["success"]) == (reply["asyncHandle"], False, False)
    cloning.finish()
    for _time in range(2):
        (complete,) = cloning.call("ListAsyncResults")["asyncHandles"]
        assert (complete["resultType"], complete["completed"], complete["success"]) == ("Clone", True, True)
        assert complete["data"] == cloning.result(reply)["result"]
    assert running["lastUpdateTime"] < complete["lastUpdateTime"]
    assert cloning.call("ListAsyncResults", asyncResultTypes=["DriveAdd"])["asyncHandles"] == []
    assert cloning.error("ListAsyncResults", asyncResultTypes=["Tea"]) == "xUnrecognizedEnumString"


def test_a_sync_job_shows_how_far_a_clone_is():
    cloning = Cloning()
    (snapshot,) = cloning.call("ListSnapshots")["snapshots"]
    reply = cloning.clone(snapshotID=snapshot["snapshotID"])
    cloning.world.advance(4)
    (job,) = cloning.call("ListSyncJobs")["syncJobs"]
    assert {name: job[name] for name in ("type", "cloneID", "srcVolumeID", "dstVolumeID", "snapshotID")} == {
        "type": "clone",
        "cloneID": reply["cloneID"],
        "srcVolumeID": ORIGINAL,
        "dstVolumeID": reply["volumeID"],
        "snapshotID": snapshot["snapshotID"],
    }
    assert (job["percentComplete"], job["elapsedTime"], job["remainingTime"]) == (40, 4, 6)
    assert (job["currentBytes"], job["totalBytes"]) == (int(0.4 * 10 * GIB), 10 * GIB)
    cloning.finish()
    assert cloning.call("ListSyncJobs")["syncJobs"] == []


def test_a_clone_in_the_making_can_be_modified_and_nothing_else():
    cloning = Cloning()
    clone = cloning.clone()["volumeID"]
    changed = cloning.call("ModifyVolume", volumeID=clone, attributes={"b": 2}, qos={"minIOPS": 100})["volume"]
    assert (changed["status"], changed["attributes"], changed["qos"]["minIOPS"]) == ("init", {"b": 2}, 100)
    for method, params in (
        ("DeleteVolume", {"volumeID": clone}),
        ("CreateSnapshot", {"volumeID": clone}),
        ("StartVolumePairing", {"volumeID": clone}),
        ("CloneVolume", {"volumeID": clone, "name": "copy-of-copy"}),
    ):
        assert cloning.error(method, **params) == "xInvalidParameter"
    with pytest.raises(HostIOError):
        cloning.world.log_in("alpha", clone)
    cloning.finish()
    (volume,) = cloning.call("ListVolumes", volumeIDs=[clone])["volumes"]
    assert (volume["attributes"], volume["qos"]["minIOPS"]) == ({"b": 2}, 100)


def test_a_cancelled_clone_never_comes_to_be():
    cloning = Cloning()
    reply, kept = cloning.clone(), cloning.clone(name="kept")
    assert cloning.call("CancelClone", cloneID=reply["cloneID"]) == {}
    assert cloning.error("GetAsyncResult", asyncHandle=reply["asyncHandle"]) == "xAsyncHandleDoesNotExist"
    cloning.finish()
    assert cloning.listed(reply["volumeID"]) == set()
    assert cloning.result(kept)["status"] == "complete"
    assert cloning.error("CancelClone", cloneID=kept["cloneID"]) == "xInvalidParameter"


# --- limits ---------------------------------------------------------------------------------------------------------------


def test_no_more_than_two_clones_of_a_volume_at_once():
    cloning = Cloning()
    for _time in range(2):
        cloning.clone()
    assert cloning.error("CloneVolume", volumeID=ORIGINAL, name="third") == "xMaxClonesPerVolumeExceeded"
    cloning.clone(volumeID=OTHER)
    cloning.finish()
    cloning.clone()


def test_no_more_than_eight_clones_of_a_node_at_once():
    volumes = [{"name": f"v{number}", "id": number} for number in range(1, 6)]
    cloning = Cloning(clusters=[{"name": "alpha", "volumes": volumes}])
    for number in range(8):
        cloning.clone(volumeID=number // 2 + 1)
    assert cloning.error("CloneVolume", volumeID=5, name="ninth") == "xMaxClonesPerNodeExceeded"


def test_clones_that_queue_are_complete_one_after_another():
    cloning = Cloning(switches={"clone_limit": "queued"})
    replies = [cloning.clone() for _time in range(5)]
    complete = []
    for _time in range(3):
        cloning.finish()
        complete.append([cloning.result(reply)["status"] for reply in replies].count("complete"))
    assert complete == [2, 4, 5]


def test_a_clone_in_the_making_is_one_of_the_volumes_of_its_cluster():
    cloning = Cloning()
    cloning.world.cluster("alpha").limits["volumeCountMax"] = 3
    cloning.clone()
    assert cloning.error("CloneVolume", volumeID=OTHER, name="fourth") == "xExceededLimit"


def test_an_unknown_volume_account_or_snapshot():
    cloning = Cloning()
    assert cloning.error("CloneVolume", volumeID=99, name="copy") == "xVolumeIDDoesNotExist"
    assert cloning.error("CloneVolume", volumeID=OTHER, name="copy", newAccountID=9) == "xAccountIDDoesNotExist"
    assert cloning.error("CloneVolume", volumeID=OTHER, name="copy", snapshotID=1) == "xSnapshotIDDoesNotExist"


# --- what a clone takes over ----------------------------------------------------------------------------------------------


def made(cloning, **more):
    volume = cloning.clone(**more)["volumeID"]
    cloning.finish()
    return cloning.call("ListVolumes", volumeIDs=[volume])["volumes"][0]


def test_a_clone_takes_over_what_nothing_is_given_for():
    cloning = Cloning()
    (original,) = cloning.call("ListVolumes", volumeIDs=[ORIGINAL])["volumes"]
    clone = made(cloning)
    same = ("access", "accountID", "attributes", "qos", "qosPolicyID", "totalSize", "enable512e")
    assert {name: clone[name] for name in same} == {name: original[name] for name in same}
    own = ("volumeID", "iqn", "scsiEUIDeviceID", "scsiNAADeviceID", "volumeUUID")
    assert all(clone[name] != original[name] for name in own)
    assert (clone["volumeAccessGroups"], clone["volumePairs"]) == ([], [])
    assert cloning.world.marks("alpha", clone["volumeID"]) == ["one"]
    assert cloning.call("ListSnapshots", volumeID=clone["volumeID"])["snapshots"] == []


def test_a_clone_has_what_is_given():
    clone = made(
        Cloning(),
        newAccountID=4,
        newSize=20 * GIB,
        access="readOnly",
        attributes={"b": 2},
        enable512e=False,
    )
    assert (clone["accountID"], clone["totalSize"], clone["access"], clone["attributes"], clone["enable512e"]) == (
        4,
        20 * GIB,
        "readOnly",
        {"b": 2},
        False,
    )


def test_a_clone_may_be_smaller_than_its_original():
    assert made(Cloning(), newSize=2 * GIB)["totalSize"] == 2 * GIB


def test_what_a_storage_driver_leaves_empty_is_not_given():
    clone = made(Cloning(), snapshotID=0, newAccountID=0, newSize=0, access="", attributes=None)
    assert (clone["accountID"], clone["totalSize"], clone["access"], clone["attributes"]) == (
        3,
        10 * GIB,
        "readWrite",
        {"a": 1},
    )


def test_a_clone_of_a_snapshot_has_what_the_snapshot_kept():
    cloning = Cloning()
    (snapshot,) = cloning.call("ListSnapshots")["snapshots"]
    cloning.world.write("alpha", ORIGINAL, "two")
    clone = made(cloning, snapshotID=snapshot["snapshotID"])
    assert cloning.world.marks("alpha", clone["volumeID"]) == ["one"]


def test_what_is_written_while_a_clone_is_made_is_not_on_it():
    cloning = Cloning()
    clone = cloning.clone()["volumeID"]
    cloning.world.write("alpha", ORIGINAL, "two")
    cloning.finish()
    cloning.call("ListVolumes")
    assert cloning.world.marks("alpha", clone) == ["one"]


def test_a_clone_of_a_replication_target_is_one():
    cloning = Cloning()
    cloning.call("ModifyVolume", volumeID=ORIGINAL, access="replicationTarget")
    assert made(cloning)["access"] == "replicationTarget"
    assert made(cloning, access="readWrite")["access"] == "readWrite"


# --- several at once ------------------------------------------------------------------------------------------------------


def clone_both(cloning, **more):
    volumes = [{"volumeID": ORIGINAL, "name": "a", "access": "readOnly"}, {"volumeID": OTHER, "name": "b"}]
    return cloning.call("CloneMultipleVolumes", volumes=volumes, **more)


def test_several_volumes_are_cloned_under_one_handle():
    cloning = Cloning()
    reply = clone_both(cloning, newAccountID=4, access="locked")
    assert set(reply) == {"asyncHandle", "groupCloneID", "members"}
    assert [member["srcVolumeID"] for member in reply["members"]] == [ORIGINAL, OTHER]
    jobs = cloning.call("ListSyncJobs")["syncJobs"]
    assert [job["groupCloneID"] for job in jobs] == [reply["groupCloneID"]] * 2
    assert cloning.result(reply)["status"] == "running"
    cloning.finish()
    assert cloning.result(reply)["status"] == "complete"
    ids = [member["volumeID"] for member in reply["members"]]
    clones = cloning.call("ListVolumes", volumeIDs=ids)["volumes"]
    assert [(clone["name"], clone["accountID"], clone["access"]) for clone in clones] == [
        ("a", 4, "readOnly"),
        ("b", 4, "locked"),
    ]


def test_several_volumes_of_a_group_snapshot():
    cloning = Cloning()
    group = cloning.call("CreateGroupSnapshot", volumes=[ORIGINAL, OTHER])["groupSnapshotID"]
    for volume in (ORIGINAL, OTHER):
        cloning.world.write("alpha", volume, "later")
    reply = clone_both(cloning, groupSnapshotID=group)
    cloning.finish()
    cloning.result(reply)
    assert [cloning.world.marks("alpha", member["volumeID"]) for member in reply["members"]] == [["one"], []]


@pytest.mark.parametrize(
    ("bad", "error"),
    [
        ({"volumes": []}, "xInvalidParameter"),
        ({"volumes": [{"volumeID": ORIGINAL, "name": "a"}, {"volumeID": 99}]}, "xVolumeIDDoesNotExist"),
        ({"volumes": [{"volumeID": ORIGINAL, "name": "a"}, {"name": "b"}]}, "xMissingParameter"),
        ({"volumes": [{"volumeID": ORIGINAL, "name": "a_b"}]}, "xInvalidAPIParameter"),
        ({"volumes": [{"volumeID": ORIGINAL}] * 3}, "xMaxClonesPerVolumeExceeded"),
        ({"volumes": [{"volumeID": ORIGINAL}], "groupSnapshotID": 99}, "xSnapshotIDDoesNotExist"),
        ({"volumes": ORIGINAL}, "xInvalidParameterType"),
        ({"volumes": [ORIGINAL]}, "xInvalidParameterType"),
    ],
)
def test_all_of_them_are_cloned_or_none(bad, error):
    cloning = Cloning()
    before = cloning.world.truth()
    assert cloning.error("CloneMultipleVolumes", **bad) == error
    assert cloning.world.truth() == before
    assert cloning.call("ListAsyncResults")["asyncHandles"] == []


def test_a_cancelled_group_is_gone_as_a_whole():
    cloning = Cloning()
    reply = clone_both(cloning)
    cloning.call("CancelGroupClone", groupCloneID=reply["groupCloneID"])
    assert cloning.error("GetAsyncResult", asyncHandle=reply["asyncHandle"]) == "xAsyncHandleDoesNotExist"
    cloning.finish()
    assert [cloning.listed(member["volumeID"]) for member in reply["members"]] == [set()] * 2


def test_a_clone_that_fails_never_comes_to_be_and_its_handle_says_why():
    cloning = Cloning()
    before = cloning.clone(name="done")
    cloning.finish()
    reply = cloning.clone()
    cloning.world.fail_clones("alpha", "xSliceServiceSelectionFailed", "no room")
    cloning.finish()
    assert cloning.listed(reply["volumeID"]) == set()
    assert cloning.call("ListSyncJobs")["syncJobs"] == []
    failed = cloning.result(reply)
    assert failed["status"] == "complete"
    assert failed["error"] == {"name": "xSliceServiceSelectionFailed", "message": "no room"}
    assert "result" not in failed
    listed = cloning.call("ListAsyncResults")["asyncHandles"]
    assert [(each["completed"], each["success"]) for each in listed] == [(True, True), (True, False)]
    assert "error" not in cloning.result(before)
