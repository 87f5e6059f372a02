# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Members and types of replies, as full captures of real clusters have them (12.5, 11.7 and 11.3)."""

from __future__ import annotations

import re

import pytest

from ansible_collections.elementsw.replication.tests.simulator.errors import ApiError
from ansible_collections.elementsw.replication.tests.simulator.world import World

GIB = 1024**3
SPEC = {
    "timings": "instant",
    "clusters": [
        {"name": "alpha", "volumes": [{"name": "a", "id": 1}, {"name": "b", "id": 2}, {"name": "c", "id": 3}]},
        {"name": "beta", "volumes": [{"name": "a", "id": 11}, {"name": "b", "id": 12}]},
    ],
    "cluster_pairs": [{"between": ["alpha", "beta"]}],
    "volume_pairs": [{"source": f"alpha/{name}", "target": f"beta/{name}"} for name in "ab"],
}


def world(**more):
    return World.from_dict({**SPEC, **more})


# --- snapshots ------------------------------------------------------------------------------------------------------------


def take_group(given, volumes, **more):
    params = {"volumes": volumes, "name": "sql", "enableRemoteReplication": True, **more}
    return given.call("alpha", "CreateGroupSnapshot", params)["groupSnapshot"]


def group_of(given):
    (group,) = given.call("alpha", "ListGroupSnapshots")["groupSnapshots"]
    return group


def test_a_group_has_one_remote_status_without_a_pair_and_its_members_have_their_own():
    given = world(timings={"snapshot_polls": 1})
    group = take_group(given, [1, 2])
    assert set(group) == {
        *("attributes", "createTime", "enableRemoteReplication", "groupSnapshotID", "groupSnapshotUUID"),
        *("members", "name", "remoteStatuses", "status"),
    }
    assert group["remoteStatuses"] == [{"remoteStatus": "Syncing"}]
    assert [set(member["remoteStatuses"][0]) for member in group["members"]] == [{"remoteStatus", "volumePairUUID"}] * 2
    assert {(member["status"], member["expirationReason"]) for member in group["members"]} == {("done", "None")}
    group_of(given)
    assert group_of(given)["remoteStatuses"] == [{"remoteStatus": "Present"}]


def test_a_member_without_a_pair_has_no_remote_status_and_keeps_its_group_from_present():
    given = world()
    take_group(given, [1, 3])
    group = group_of(given)
    assert group["remoteStatuses"] == [{"remoteStatus": "Syncing"}]
    assert [status["remoteStatus"] for status in group["members"][0]["remoteStatuses"]] == ["Present"]
    assert "remoteStatuses" not in group["members"][1]


def test_a_group_that_is_not_replicated_has_no_remote_status():
    given = world()
    group = take_group(given, [1], enableRemoteReplication=False)
    assert "remoteStatuses" not in group
    assert "remoteStatuses" not in group["members"][0]


def test_a_snapshot_and_its_instance_are_one_where_it_was_taken():
    given = world()
    taken = given.call("alpha", "CreateSnapshot", {"volumeID": 1, "enableRemoteReplication": True})["snapshot"]
    (copy,) = given.call("beta", "ListSnapshots")["snapshots"]
    assert (taken["instanceSnapshotUUID"], taken["instanceCreateTime"]) == (taken["snapshotUUID"], taken["createTime"])
    assert copy["snapshotUUID"] == taken["snapshotUUID"] != copy["instanceSnapshotUUID"]


def test_the_checksum_is_that_of_the_data():
    given = world()

    def taken():
        return given.call("alpha", "CreateSnapshot", {"volumeID": 1})["checksum"]

    first, second = taken(), taken()
    given.write("alpha", 1, "changed")
    assert re.fullmatch("0x[0-9a-f]{16}", first)
    assert first == second != taken()
    group = given.call("alpha", "CreateGroupSnapshot", {"volumes": [1, 2]})
    assert [member["checksum"] for member in group["members"]] == [
        member["checksum"] for member in group["groupSnapshot"]["members"]
    ]


@pytest.mark.parametrize(("retention", "end"), [("0:5:00", "T10:05"), ("24:0:00", "T10:00"), ("00:30:00", "T10:30")])
def test_retention_need_not_have_two_digits(retention, end):
    taken = world().call("alpha", "CreateSnapshot", {"volumeID": 1, "retention": retention})["snapshot"]
    assert end in taken["expirationTime"]
    assert taken["expirationReason"] == "None"


def test_retention_excludes_an_expiration_time():
    params = {"volumeID": 1, "retention": "1:0:0", "expirationTime": "2025-05-02T00:00:00Z"}
    with pytest.raises(ApiError, match="xInvalidParameter"):
        world().call("alpha", "CreateSnapshot", params)


# --- statistics and jobs --------------------------------------------------------------------------------------------------

VOLUME_STATS = {
    *("accountID", "actualIOPS", "asyncDelay", "averageIOPSize", "burstIOPSCredit"),
    *("clientQueueDepth", "desiredMetadataHosts", "latencyUSec", "metadataHosts", "nonZeroBlocks"),
    *("normalizedIOPS", "readBytes", "readBytesLastSample", "readLatencyUSec", "readLatencyUSecTotal"),
    *("readOps", "readOpsLastSample", "samplePeriodMSec", "throttle", "timestamp"),
    *("unalignedReads", "unalignedWrites", "volumeAccessGroups", "volumeID", "volumeSize"),
    *("volumeUtilization", "writeBytes", "writeBytesLastSample", "writeLatencyUSec", "writeLatencyUSecTotal"),
    *("writeOps", "writeOpsLastSample", "zeroBlocks"),
}


def test_statistics_have_all_their_members_and_count_every_block():
    given = world(switches={"statistics": "live", "nonzero_blocks": "live"})
    given.write("alpha", 1, "something")
    listed = given.call("alpha", "ListVolumeStats", {})["volumeStats"]
    assert len(VOLUME_STATS) == 33
    assert [set(stats) for stats in listed] == [VOLUME_STATS] * 3
    assert [stats["nonZeroBlocks"] > 0 for stats in listed] == [True, False, False]
    assert all(stats["nonZeroBlocks"] + stats["zeroBlocks"] == stats["volumeSize"] // 4096 for stats in listed)


@pytest.mark.parametrize("propagates", [True, False])
@pytest.mark.parametrize("paused", [True, False])
def test_no_delay_is_known_on_either_side_when_only_snapshots_are_sent(propagates, paused):
    given = world(switches={"mode_propagates": propagates})
    given.call("alpha", "ModifyVolumePair", {"volumeID": 1, "mode": "SnapshotsOnly", "pausedManual": paused})
    for cluster, volume_id in (("alpha", 1), ("beta", 11)):
        (stats,) = given.call(cluster, "ListVolumeStats", {"volumeIDs": [volume_id]})["volumeStats"]
        assert stats["asyncDelay"] is None


def test_a_remote_job_has_ten_members_and_counts_no_bytes():
    given = world(timings={"resuming_data_transfer_polls": "never"}, volume_pairs=SPEC["volume_pairs"][:1])
    given.storage_link("alpha", "beta", up=False)
    given.storage_link("alpha", "beta", up=True)
    (job,) = given.call("beta", "ListSyncJobs")["syncJobs"]
    whole = ("blocksPerSecond", "dstServiceID", "dstVolumeID", "elapsedTime", "percentComplete", "sliceID")
    types = {**dict.fromkeys(whole, int), "branchType": str, "remainingTime": float, "stage": str, "type": str}
    assert {name: type(value) for name, value in job.items()} == types


# --- faults ---------------------------------------------------------------------------------------------------------------


def test_a_fault_is_as_captured_and_a_new_outage_gets_a_new_one():
    given = world()
    shown = []
    for _outage in range(2):
        given.management_link("alpha", "beta", up=False)
        (fault,) = given.call("alpha", "ListClusterFaults", {"faultTypes": "current"})["faults"]
        shown.append(fault)
        given.management_link("alpha", "beta", up=True)
        given.call("alpha", "ListClusterFaults")
    (entry,) = given.call("alpha", "ListClusterPairs")["clusterPairs"]
    first, second = shown
    assert first.pop("clusterFaultID") < second["clusterFaultID"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", first.pop("date"))
    assert first == {
        "blocksUpgrade": True,
        "code": "disconnectedClusterPair",
        "data": None,
        "details": (
            "One of the clusters in a pair may have become misconfigured or disconnected.  Remove the local pairing and "
            f"retry pairing the clusters. Disconnected Cluster Pairs: [{entry['clusterPairID']}]. Misconfigured Cluster "
            "Pairs: []"
        ),
        "driveID": 0,
        "driveIDs": [],
        "externalSource": "",
        "networkInterface": "",
        "nodeHardwareFaultID": 0,
        "nodeID": 0,
        "resolved": False,
        "resolvedDate": "",
        "serviceID": 0,
        "severity": "warning",
        "type": "cluster",
    }


# --- sessions -------------------------------------------------------------------------------------------------------------


def test_a_session_names_its_initiator_where_the_cluster_knows_it():
    known, unknown = "iqn.1998-01.com.example:known", "iqn.1998-01.com.example:unknown"
    given = World.from_dict(
        {
            "clusters": [
                {
                    "name": "alpha",
                    "volumes": [{"name": "a"}],
                    "access_groups": [{"name": "hosts", "volumes": ["a"], "initiators": [known]}],
                    "sessions": [{"volume": "a", "initiator": name} for name in (known, unknown)],
                }
            ]
        }
    )
    first, second = given.call("alpha", "ListISCSISessions")["sessions"]
    (group,) = given.call("alpha", "ListVolumeAccessGroups")["volumeAccessGroups"]
    assert first["initiator"] == {
        "alias": "",
        "attributes": {},
        "chapCredentialsID": 0,
        "initiatorID": group["initiatorIDs"][0],
        "initiatorName": known,
        "requireChap": False,
        "volumeAccessGroups": [group["volumeAccessGroupID"]],
    }
    assert second["initiator"] is None
