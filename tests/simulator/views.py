# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the API shows what a cluster keeps: the members of replies, named and ordered as on the wire."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from . import pair_states
from .clock import stamp
from .cluster import Cluster
from .records import Account, ClusterPairEntry, GroupSnapshot, Half, Qos, Snapshot, Volume

if TYPE_CHECKING:
    from .world import World

# "Internal use"; the same number in every capture.
PAUSE_LIMIT = 3145728000
PURGE_SECONDS = 8 * 3600

QOS_CURVE = {
    "4096": 100,
    "8192": 160,
    "16384": 270,
    "32768": 500,
    "65536": 1000,
    "131072": 1950,
    "262144": 3900,
    "524288": 7600,
    "1048576": 15000,
}


def cluster_pair(world: World, cluster: Cluster, entry: ClusterPairEntry) -> dict[str, Any]:
    """Member of ListClusterPairs."""
    if entry.remote is None:
        return _pending_cluster_pair(world, entry)
    shown = {
        "clusterName": entry.remote.name,
        "clusterPairID": entry.pair_id,
        "clusterPairUUID": entry.uuid,
        "clusterUUID": entry.remote.unique_id,
        "latency": world.links.latency(cluster, entry),
        "mvip": entry.remote.mvip,
        "status": world.links.status(cluster, entry),
        "version": entry.remote.version,
    }
    if entry.remote.unique_id is None or world.switches.remote_cluster_uuid == "missing":
        del shown["clusterUUID"]
    return shown


def _pending_cluster_pair(world: World, entry: ClusterPairEntry) -> dict[str, Any]:
    empty: dict[str, Any] = {"clusterName": "", "latency": 0, "mvip": "", "version": ""}
    if world.switches.pending_cluster_pair_members == "null":
        empty = dict.fromkeys(empty)
    elif world.switches.pending_cluster_pair_members == "missing":
        empty = {}
    own = {"clusterPairID": entry.pair_id, "clusterPairUUID": entry.uuid, "status": pair_states.UNCONFIGURED}
    if world.switches.pending_pair_uuids == "missing":
        del own["clusterPairUUID"]
    return dict(sorted({**empty, **own}.items()))


def page(listed: Iterable[Volume], params: dict[str, Any]) -> list[Volume]:
    """The part of a list of volumes that startVolumeID and limit ask for, in the order of the IDs."""
    start = params.get("startVolumeID", 0)
    ordered = sorted((v for v in listed if v.volume_id >= start), key=lambda volume: volume.volume_id)
    return ordered[: params.get("limit") or None]


def volumes(world: World, cluster: Cluster, shown: Sequence[Volume]) -> list[dict[str, Any]]:
    """The members of a list of volumes. Showing a pair is a poll of it."""
    members = [volume(world, cluster, each) for each in shown]
    for each in shown:
        world.replication.polled(each)
    return members


def volume(world: World, cluster: Cluster, each: Volume) -> dict[str, Any]:
    """A volume as every method shows it."""
    unique_id = cluster.identity.unique_id
    unique_hex = unique_id.encode().hex()
    id_hex = f"{each.volume_id:08x}"
    purge = world.purge_time(each)
    return {
        "access": shown_access(world, each),
        "accountID": each.account_id,
        "attributes": each.attributes,
        "blockSize": 4096,
        "createTime": stamp(each.created),
        "currentProtectionScheme": "doubleHelix",
        "deleteTime": stamp(each.deleted),
        "enable512e": each.enable_512e,
        "enableSnapMirrorReplication": False,
        "fifoSize": each.fifo_size,
        "iqn": iqn(cluster, each),
        "lastAccessTime": None,
        "lastAccessTimeIO": None,
        "minFifoSize": each.min_fifo_size,
        "name": each.name,
        "previousProtectionScheme": None,
        "purgeTime": stamp(purge),
        "qos": qos(each.qos),
        "qosPolicyID": each.qos_policy_id,
        "scsiEUIDeviceID": f"{unique_hex}{id_hex}f47acc0100000000",
        "scsiNAADeviceID": f"6f47acc100000000{unique_hex}{id_hex}",
        "sliceCount": 0 if each.volume_id in cluster.clones else 1,
        "status": volume_status(cluster, each),
        "totalSize": each.size,
        "virtualVolumeID": None,
        "volumeAccessGroups": each.access_groups,
        "volumeConsistencyGroupUUID": each.group_uuid,
        "volumeID": each.volume_id,
        "volumePairs": _shown_pairs(world, each),
        "volumeUUID": each.uuid,
    }


def volume_status(cluster: Cluster, each: Volume) -> str:
    if each.volume_id in cluster.clones:
        return "init"
    return "deleted" if each.deleted else "active"


def iqn(cluster: Cluster, each: Volume) -> str:
    """The name that hosts log in to: it has the volume's name in lower case, whatever its case."""
    return f"iqn.2010-01.com.solidfire:{cluster.identity.unique_id}.{each.name.lower()}.{each.volume_id}"


def _shown_pairs(world: World, each: Volume) -> list[dict[str, Any]]:
    if each.deleted and world.switches.deleted_volume_pairs == "hidden":
        return []
    return [volume_pair(world, half) for half in each.halves]


def shown_access(world: World, each: Volume) -> str:
    """The access as it is read; some releases may show an unpaired target as locked."""
    hidden = each.access == pair_states.TARGET and world.switches.unpaired_target == "shown_locked"
    return "locked" if hidden and not each.is_paired else each.access


def qos(settings: Qos) -> dict[str, Any]:
    return {
        "burstIOPS": settings.burst_iops,
        "burstTime": 60,
        "curve": QOS_CURVE,
        "maxIOPS": settings.max_iops,
        "minIOPS": settings.min_iops,
    }


def volume_pair(world: World, half: Half) -> dict[str, Any]:
    """Member of `volumePairs`."""
    state = world.replication.state(half)
    shown = {
        "clusterPairID": half.cluster_pair_id,
        "remoteReplication": {
            "mode": half.mode,
            "pauseLimit": PAUSE_LIMIT,
            "remoteServiceID": _remote_service(half, state),
            "resumeDetails": "",
            "snapshotReplication": {"state": world.replication.snapshot_state(half), "stateDetails": ""},
            "state": state,
            "stateDetails": "",
        },
        "remoteSliceID": half.remote_volume_id,
        "remoteVolumeID": half.remote_volume_id,
        "remoteVolumeName": half.remote_volume_name,
        "volumePairUUID": half.uuid,
    }
    if half.pending and world.switches.pending_volume_pair_members == "missing":
        for name in ("clusterPairID", "remoteSliceID", "remoteVolumeID", "remoteVolumeName"):
            del shown[name]
    if half.pending and world.switches.pending_pair_uuids == "missing":
        del shown["volumePairUUID"]
    return shown


def _remote_service(half: Half, state: str) -> int:
    """The slice service on the other side; 0 was observed while a pair is misconfigured."""
    if half.pending or state in (pair_states.MISCONFIGURED, pair_states.STOPPED):
        return 0
    return 4 + half.remote_volume_id % 16


def account(each: Account, volume_ids: list[int]) -> dict[str, Any]:
    """An account as every method shows it: with its CHAP secrets in clear."""
    return {
        "accountID": each.account_id,
        "attributes": each.attributes,
        "enableChap": each.enable_chap,
        "initiatorSecret": each.initiator_secret,
        "status": "locked" if each.locked else "active",
        "storageContainerID": "00000000-0000-0000-0000-000000000000",
        "targetSecret": each.target_secret,
        "username": each.username,
        "volumes": volume_ids,
    }


def snapshot(world: World, cluster: Cluster, each: Snapshot) -> dict[str, Any]:
    shown = {
        "attributes": each.attributes,
        "checksum": checksum(each),
        "createTime": stamp(each.created),
        "enableRemoteReplication": each.replicate,
        # Captured beside an expirationTime as well.
        "expirationReason": "None",
        "expirationTime": stamp(each.expires) or None,
        "groupID": each.group.group_id if each.group else 0,
        "groupSnapshotUUID": each.group_uuid or "00000000-0000-0000-0000-000000000000",
        "instanceCreateTime": stamp(each.instance_created),
        "instanceSnapshotUUID": each.instance_uuid,
        "name": each.name,
        "remoteStatuses": remote_statuses(world, each),
        "snapMirrorLabel": each.label,
        "snapshotID": each.snapshot_id,
        "snapshotUUID": each.uuid,
        "status": _status(world, [each]),
        "totalSize": each.size,
        "virtualVolumeID": None,
        "volumeID": each.volume.volume_id,
        "volumeName": each.volume.name,
    }
    if not shown["remoteStatuses"]:
        del shown["remoteStatuses"]
    return shown


def checksum(each: Snapshot) -> str:
    """Equal for equal data, as in captures of later snapshots of an unchanged volume."""
    return "0x" + hashlib.sha256(json.dumps([each.size, *each.marks]).encode()).hexdigest()[:16]


def _status(world: World, snapshots: list[Snapshot]) -> str:
    status = "RemoteSyncing" if any(each.arriving for each in snapshots) else "Done"
    return status if world.switches.snapshot_status_case == "title" else status.lower()


def remote_statuses(world: World, each: Snapshot) -> list[dict[str, Any]]:
    if not each.replicate:
        return []
    return [
        {"remoteStatus": _spelled(world, world.replication.remote_status(half, each)), "volumePairUUID": half.uuid}
        for half in each.volume.halves
        if not half.pending
    ]


def _spelled(world: World, status: str) -> str:
    return world.switches.not_present_spelling if status == "NotPresent" else status


def group_snapshot(world: World, cluster: Cluster, group: GroupSnapshot) -> dict[str, Any]:
    members = [snapshot(world, cluster, member) for member in group.members]
    shown = {
        "attributes": group.attributes,
        "createTime": stamp(group.created),
        "enableRemoteReplication": group.replicate,
        "groupSnapshotID": group.group_id,
        "groupSnapshotUUID": group.uuid,
        "members": members,
        "name": group.name,
        "status": _status(world, group.members),
    }
    if group.replicate:
        shown["remoteStatuses"] = [{"remoteStatus": _group_status(members)}]
    return shown


def _group_status(members: list[dict[str, Any]]) -> str:
    """One status for all members, of which one without a pair keeps the group Syncing for good."""
    statuses = [[status["remoteStatus"] for status in member.get("remoteStatuses", [])] for member in members]
    return "Present" if all(of_member == ["Present"] for of_member in statuses) else "Syncing"
