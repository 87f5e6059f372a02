# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What lists show has the members and types of published captures of real clusters, no more and no fewer.

A shape is a type, a tuple of types (None for null), a list with the shape of its members, or a dictionary with the
shape of each member. A name that ends with a question mark may be missing: captures of several releases differ in it.
"""

from __future__ import annotations

import pytest

from ansible_collections.elementsw.replication.tests.simulator.world import World

NUMBER = (int, float)

# --- the shapes -------------------------------------------------------------------------------------------------------

#: ListClusterPairs of Element 12.5, two demo clusters, 2024.
CLUSTER_PAIR = {
    "clusterName": str,
    "clusterPairID": int,
    "clusterPairUUID": str,
    "clusterUUID": str,
    "latency": int,
    "mvip": str,
    "status": str,
    "version": str,
}

#: ListActivePairedVolumes of several releases, 2016 to 2024.
VOLUME_PAIR = {
    "clusterPairID": int,
    "remoteReplication": {
        "mode": str,
        "pauseLimit": int,
        "remoteServiceID": int,
        "resumeDetails": str,
        "snapshotReplication": {"state": str, "stateDetails": str},
        "state": str,
        "stateDetails": str,
    },
    "remoteSliceID": int,
    "remoteVolumeID": int,
    "remoteVolumeName": str,
    "volumePairUUID": str,
}

#: ListVolumes of Element 11.7, 2021; fifoSize and minFifoSize are in captures of 12.5.
VOLUME = {
    "access": str,
    "accountID": int,
    "attributes": dict,
    "blockSize": int,
    "createTime": str,
    "currentProtectionScheme": str,
    "deleteTime": str,
    "enable512e": bool,
    "enableSnapMirrorReplication": bool,
    "fifoSize?": int,
    "iqn": str,
    "lastAccessTime": (str, None),
    "lastAccessTimeIO": (str, None),
    "minFifoSize?": int,
    "name": str,
    "previousProtectionScheme": (str, None),
    "purgeTime": str,
    "qos": {"burstIOPS": int, "burstTime": int, "curve": dict, "maxIOPS": int, "minIOPS": int},
    "qosPolicyID": (int, None),
    "scsiEUIDeviceID": str,
    "scsiNAADeviceID": str,
    "sliceCount": int,
    "status": str,
    "totalSize": int,
    "virtualVolumeID": (str, None),
    "volumeAccessGroups": [int],
    "volumeConsistencyGroupUUID": str,
    "volumeID": int,
    "volumePairs": [VOLUME_PAIR],
    "volumeUUID": str,
}

#: ListVolumeStats of Element 11.7, 2021, and of 12.5, 2024, which agree.
VOLUME_STATS = {
    "accountID": int,
    "actualIOPS": int,
    "asyncDelay": (str, None),
    "averageIOPSize": int,
    "burstIOPSCredit": int,
    "clientQueueDepth": int,
    "desiredMetadataHosts": (dict, None),
    "latencyUSec": int,
    "metadataHosts": {"deadSecondaries": [int], "liveSecondaries": [int], "primary": int},
    "nonZeroBlocks": int,
    "normalizedIOPS": int,
    "readBytes": int,
    "readBytesLastSample": int,
    "readLatencyUSec": int,
    "readLatencyUSecTotal": int,
    "readOps": int,
    "readOpsLastSample": int,
    "samplePeriodMSec": int,
    "throttle": NUMBER,
    "timestamp": str,
    "unalignedReads": int,
    "unalignedWrites": int,
    "volumeAccessGroups": [int],
    "volumeID": int,
    "volumeSize": int,
    "volumeUtilization": NUMBER,
    "writeBytes": int,
    "writeBytesLastSample": int,
    "writeLatencyUSec": int,
    "writeLatencyUSecTotal": int,
    "writeOps": int,
    "writeOpsLastSample": int,
    "zeroBlocks": int,
}

#: ListSyncJobs of Element 12.5, 2024, on the target while a pair is copied.
SYNC_JOB = {
    "blocksPerSecond": int,
    "branchType": str,
    "dstServiceID": int,
    "dstVolumeID": int,
    "elapsedTime": int,
    "percentComplete": int,
    "remainingTime": (float, None),
    "sliceID": int,
    "stage": str,
    "type": str,
}

#: ListGroupSnapshots of Element 12.5, 2024. A member without a pair has no remoteStatuses.
SNAPSHOT = {
    "attributes": dict,
    "checksum": str,
    "createTime": str,
    "enableRemoteReplication": bool,
    "expirationReason": str,
    "expirationTime": (str, None),
    "groupID": int,
    "groupSnapshotUUID": str,
    "instanceCreateTime": str,
    "instanceSnapshotUUID": str,
    "name": str,
    "remoteStatuses?": [{"remoteStatus": str, "volumePairUUID": str}],
    "snapMirrorLabel": (str, None),
    "snapshotID": int,
    "snapshotUUID": str,
    "status": str,
    "totalSize": int,
    "virtualVolumeID": (str, None),
    "volumeID": int,
    "volumeName": str,
}
GROUP_SNAPSHOT = {
    "attributes": dict,
    "createTime": str,
    "enableRemoteReplication": bool,
    "groupSnapshotID": int,
    "groupSnapshotUUID": str,
    "members": [SNAPSHOT],
    "name": str,
    "remoteStatuses": [{"remoteStatus": str}],
    "status": str,
}

#: ListSchedules of Element 12.5, 2024.
SCHEDULE = {
    "attributes": {"frequency": str},
    "hasError": bool,
    "hours": int,
    "lastRunStatus": str,
    "lastRunTimeStarted": (str, None),
    "minutes": int,
    "monthdays": [int],
    "paused": bool,
    "recurring": bool,
    "runNextInterval": bool,
    "scheduleID": int,
    "scheduleInfo": {
        "enableRemoteReplication": bool,
        "name": str,
        "retention": str,
        "snapMirrorLabel?": (str, None),
        "volumeID": int,
    },
    "scheduleName": str,
    "scheduleType": str,
    "startingDate": (str, None),
    "toBeDeleted": bool,
    "weekdays": [dict],
}

#: ListClusterFaults of Element 11.7, 2021, twice.
FAULT = {
    "blocksUpgrade": bool,
    "clusterFaultID": int,
    "code": str,
    "data": (dict, None),
    "date": str,
    "details": str,
    "driveID": int,
    "driveIDs": [int],
    "externalSource": str,
    "networkInterface": str,
    "nodeHardwareFaultID": int,
    "nodeID": int,
    "resolved": bool,
    "resolvedDate": str,
    "serviceID": int,
    "severity": str,
    "type": str,
}

#: ListISCSISessions of Element 11.7, 2021. The documentation has `authentication`, and null for an unknown initiator.
ISCSI_SESSION = {
    "accountID": int,
    "accountName": str,
    "authentication?": dict,
    "createTime": str,
    "driveID": int,
    "driveIDs": [int],
    "initiator": (
        {
            "alias": str,
            "attributes": dict,
            "chapCredentialsID": int,
            "initiatorID": int,
            "initiatorName": str,
            "requireChap": bool,
            "volumeAccessGroups": [int],
        },
        None,
    ),
    "initiatorIP": str,
    "initiatorName": str,
    "initiatorPortName": str,
    "initiatorSessionID": int,
    "msSinceLastIscsiPDU": int,
    "msSinceLastScsiCommand": int,
    "nodeID": int,
    "serviceID": int,
    "sessionID": int,
    "targetIP": str,
    "targetName": str,
    "targetPortName": str,
    "virtualNetworkID": int,
    "volumeID": int,
    "volumeInstance": int,
}

#: ListVolumeAccessGroups and ListInitiators of Element 11.7, 2021; newer releases document more of an initiator.
ACCESS_GROUP = {
    "attributes": dict,
    "deletedVolumes": [int],
    "initiatorIDs": [int],
    "initiators": [str],
    "name": str,
    "volumeAccessGroupID": int,
    "volumes": [int],
}
INITIATOR = {
    "alias": str,
    "attributes": dict,
    "chapUsername?": (str, None),
    "initiatorID": int,
    "initiatorName": str,
    "initiatorSecret?": (str, None),
    "requireChap?": bool,
    "targetSecret?": (str, None),
    "virtualNetworkIDs?": [int],
    "volumeAccessGroups": [int],
}

#: ListAccounts, published 2021.
ACCOUNT = {
    "accountID": int,
    "attributes": dict,
    "enableChap": bool,
    "initiatorSecret": str,
    "status": str,
    "storageContainerID": str,
    "targetSecret": str,
    "username": str,
    "volumes": [int],
}

#: GetClusterCapacity of Element 11.7, 2021.
CAPACITY = {
    "activeBlockSpace": int,
    "activeSessions": int,
    "averageIOPS": int,
    "clusterRecentIOSize": int,
    "currentIOPS": int,
    "maxIOPS": int,
    "maxOverProvisionableSpace": int,
    "maxProvisionedSpace": int,
    "maxUsedMetadataSpace": int,
    "maxUsedSpace": int,
    "nonZeroBlocks": int,
    "peakActiveSessions": int,
    "peakIOPS": int,
    "provisionedSpace": int,
    "snapshotNonZeroBlocks": int,
    "timestamp": str,
    "totalOps": int,
    "uniqueBlocks": int,
    "uniqueBlocksUsedSpace": int,
    "usedMetadataSpace": int,
    "usedMetadataSpaceInSnapshots": int,
    "usedSpace": int,
    "zeroBlocks": int,
}

#: GetClusterFullThreshold of Element 11.7, 2021. The documentation has thresholds of metadata too.
FULL_THRESHOLD = {
    "blockFullness": str,
    "fullness": str,
    "maxMetadataOverProvisionFactor": int,
    "metadataFullness": str,
    "sliceReserveUsedThresholdPct": int,
    "stage2AwareThreshold": int,
    "stage2BlockThresholdBytes": int,
    "stage2MetadataThresholdBytes?": int,
    "stage3BlockThresholdBytes": int,
    "stage3BlockThresholdPercent": int,
    "stage3LowThreshold": int,
    "stage3MetadataThresholdBytes?": int,
    "stage3MetadataThresholdPercent?": int,
    "stage4BlockThresholdBytes": int,
    "stage4CriticalThreshold": int,
    "stage4MetadataThresholdBytes?": int,
    "stage5BlockThresholdBytes": int,
    "stage5MetadataThresholdBytes?": int,
    "sumTotalClusterBytes": int,
    "sumTotalMetadataClusterBytes": int,
    "sumUsedClusterBytes": int,
    "sumUsedMetadataClusterBytes": int,
}

#: ListAllNodes of Element 11.7, 2021, a demo cluster of one node; newer releases document two members more.
NODE = {
    "associatedFServiceID": int,
    "associatedMasterServiceID": int,
    "attributes": dict,
    "chassisName": str,
    "cip": str,
    "cipi": str,
    "customProtectionDomainName": str,
    "fibreChannelTargetPortGroup": (int, None),
    "maintenanceMode?": str,
    "mip": str,
    "mipi": str,
    "name": str,
    "nodeID": int,
    "nodeSlot": str,
    "platformInfo": {
        "chassisType": str,
        "cpuModel": str,
        "nodeMemoryGB": int,
        "nodeType": str,
        "platformConfigVersion": str,
    },
    "role?": str,
    "sip": str,
    "sipi": str,
    "softwareVersion": str,
    "uuid": str,
    "virtualNetworks": [dict],
}

#: ListAsyncResults, published 2021, after a clone was made.
ASYNC_HANDLE = {
    "asyncResultID": int,
    "completed": bool,
    "createTime": str,
    "data": {"cloneID": int, "message": str, "volumeID": int},
    "lastUpdateTime": str,
    "resultType": str,
    "success": bool,
}

#: ListEvents of Element 11.7, 2021: a call of the API.
API_EVENT = {
    "details": {"context": {"ip": str, "user": str}, "method": str, "params": dict, "success": bool},
    "driveID": int,
    "driveIDs": [int],
    "eventID": int,
    "eventInfoType": str,
    "message": str,
    "nodeID": int,
    "serviceID": int,
    "severity": int,
    "timeOfPublish": str,
    "timeOfReport": str,
}

# --- the world that has one of each -----------------------------------------------------------------------------------

WORLD = {
    "timings": {"resuming_data_transfer_polls": "never"},
    "clusters": [
        {
            "name": "alpha",
            "accounts": [{"name": "shop"}],
            "volumes": [{"name": "paired", "id": 41, "marks": ["a"]}, {"name": "single", "id": 42}],
            "access_groups": [{"name": "hosts", "volumes": ["paired"], "initiators": ["iqn.1998-01.com.example:one"]}],
            "sessions": [
                {"volume": "paired", "initiator": "iqn.1998-01.com.example:one"},
                {"volume": "paired", "initiator": "iqn.1998-01.com.example:another"},
            ],
        },
        {
            "name": "beta",
            "volumes": [{"name": "paired", "id": 77, "access": "replicationTarget"}, {"name": "single", "id": 78}],
        },
    ],
    "cluster_pairs": [{"between": ["alpha", "beta"]}, {"at": "beta", "to": {"like": "alpha", "unique_id": "0ld1"}}],
    "volume_pairs": [{"source": "alpha/paired", "target": "beta/paired"}],
}
SCHEDULED = {
    "scheduleName": "int-2h",
    "scheduleType": "Snapshot",
    "attributes": {"frequency": "Time Interval"},
    "hours": 2,
    "minutes": 0,
    "recurring": True,
    "scheduleInfo": {"enableRemoteReplication": True, "name": "replicated", "retention": "24:0:00", "volumeID": 41},
}


@pytest.fixture(scope="module")
def world():
    """Replication in the middle of a copy, snapshots with and without a pair, a schedule, a clone that is complete."""
    described = World.from_dict(WORLD)
    described.storage_link("alpha", "beta", up=False)
    described.storage_link("alpha", "beta", up=True)
    for _poll in range(12):
        described.call("beta", "ListVolumes")
    group = {"volumes": [41, 42], "name": "both", "enableRemoteReplication": True, "retention": "24:00:00"}
    described.call("alpha", "CreateGroupSnapshot", group)
    described.call("alpha", "CreateSnapshot", {"volumeID": 42})
    described.call("alpha", "CreateSchedule", SCHEDULED)
    described.call("alpha", "CloneVolume", {"volumeID": 42, "name": "clone"})
    described.advance(3600)
    for _poll in range(12):
        described.call("alpha", "ListAsyncResults")
    return described


# --- comparing --------------------------------------------------------------------------------------------------------


def differences(value, shape, path=""):
    """Where a value has other members or types than its shape, as paths."""
    if isinstance(shape, tuple):
        tries = [differences(value, each, path) for each in shape]
        return min(tries, key=len) if all(tries) else []
    if shape is None or isinstance(shape, type):
        kind = None if value is None else type(value)
        return [] if kind is shape else [f"{path}: {value!r}"]
    if isinstance(shape, list):
        if not isinstance(value, list):
            return [f"{path}: {value!r}"]
        return [each for n, member in enumerate(value) for each in differences(member, shape[0], f"{path}[{n}]")]
    if not isinstance(value, dict):
        return [f"{path}: {value!r}"]
    members = {name.rstrip("?"): each for name, each in shape.items()}
    required = [name for name in shape if not name.endswith("?")]
    missing = [f"{path}.{name}: missing" for name in required if name not in value]
    added = [f"{path}.{name}: not captured" for name in value if name not in members]
    inner = [
        each for name in value if name in members for each in differences(value[name], members[name], f"{path}.{name}")
    ]
    return [*missing, *added, *inner]


CAPTURED = [
    ("alpha", "ListClusterPairs", {}, "clusterPairs", [CLUSTER_PAIR]),
    ("alpha", "ListVolumes", {}, "volumes", [VOLUME]),
    ("alpha", "ListActivePairedVolumes", {}, "volumes", [VOLUME]),
    ("alpha", "ListVolumeStats", {}, "volumeStats", [VOLUME_STATS]),
    ("beta", "ListSyncJobs", {}, "syncJobs", [SYNC_JOB]),
    ("alpha", "ListSnapshots", {}, "snapshots", [SNAPSHOT]),
    ("alpha", "ListGroupSnapshots", {}, "groupSnapshots", [GROUP_SNAPSHOT]),
    ("alpha", "ListSchedules", {}, "schedules", [SCHEDULE]),
    ("beta", "ListClusterFaults", {}, "faults", [FAULT]),
    ("alpha", "ListISCSISessions", {}, "sessions", [ISCSI_SESSION]),
    ("alpha", "ListVolumeAccessGroups", {}, "volumeAccessGroups", [ACCESS_GROUP]),
    ("alpha", "ListInitiators", {}, "initiators", [INITIATOR]),
    ("alpha", "ListAccounts", {}, "accounts", [ACCOUNT]),
    ("alpha", "GetClusterCapacity", {}, "clusterCapacity", CAPACITY),
    ("alpha", "GetClusterFullThreshold", {}, None, FULL_THRESHOLD),
    ("alpha", "ListAllNodes", {}, "nodes", [NODE]),
    ("alpha", "ListAsyncResults", {}, "asyncHandles", [ASYNC_HANDLE]),
    ("alpha", "ListEvents", {"eventType": "apiEvent"}, "events", [API_EVENT]),
]


@pytest.mark.parametrize(
    ("cluster", "method", "params", "member", "shape"), CAPTURED, ids=[captured[1] for captured in CAPTURED]
)
def test_members_and_types_of_captures(world, cluster, method, params, member, shape):
    result = world.call(cluster, method, params)
    shown = result if member is None else result[member]
    assert shown
    assert differences(shown, shape, member or "") == []


@pytest.mark.parametrize(
    ("value", "shape", "different"),
    [
        (1, int, []),
        (True, int, [": True"]),
        (1, bool, [": 1"]),
        (None, (str, None), []),
        (1, (str, None), [": 1"]),
        ({"a": 1}, {"a": int, "b?": int}, []),
        ({"b": 1}, {"a": int}, [".a: missing", ".b: not captured"]),
        ([{"a": 1}, {"a": ""}], [{"a": int}], ["[1].a: ''"]),
        ([1], {"a": int}, [": [1]"]),
        (1, [int], [": 1"]),
    ],
)
def test_what_differs_from_a_shape_is_named(value, shape, different):
    assert differences(value, shape) == different
