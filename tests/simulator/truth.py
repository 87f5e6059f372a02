# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything there is in a world, as plain data in a stable order.

Two truths are equal when nothing has been changed in between. Reading alone changes none of it in a world at rest;
clocks, counters and the progress of a copy are left out for that reason. Secrets are left out, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .cluster import Cluster
from .records import AccessGroup, ClusterPairEntry, Half, Initiator, Qos, Snapshot, Volume
from .schedules import Schedule

if TYPE_CHECKING:
    from .world import World


def of(world: World) -> dict[str, Any]:
    """The truth about a world."""
    return {
        "clusters": {name: _cluster(cluster) for name, cluster in sorted(world.clusters.items())},
        # A link comes into being when it is first asked for: those at rest are not listed.
        "links": [
            {"between": list(names), "management": link.management, "storage": link.storage, "slow": link.slow}
            for names, link in world.links.all().items()
            if not (link.management and link.storage) or link.slow
        ],
    }


def _cluster(cluster: Cluster) -> dict[str, Any]:
    return {
        "up": cluster.up,
        "fullness": cluster.fullness,
        "admins": [[admin.username, list(admin.access)] for admin in cluster.admins],
        "accounts": [[each.account_id, each.username] for each in cluster.accounts.values()],
        "account_settings": [
            [each.account_id, each.locked, each.enable_chap, dict(each.attributes)]
            for each in cluster.accounts.values()
        ],
        "cluster_pairs": [_cluster_pair(entry) for _id, entry in sorted(cluster.cluster_pairs.items())],
        "volumes": [_volume(cluster, volume) for volume in _volumes(cluster)],
        "group_snapshots": [
            {
                "id": group.group_id,
                "uuid": group.uuid,
                "name": group.name,
                "members": [member.snapshot_id for member in group.members],
            }
            for _id, group in sorted(cluster.group_snapshots.items())
        ],
        "iscsi_sessions": [[each.volume_id, each.initiator_name] for each in cluster.iscsi_sessions],
        "fibre_channel_sessions": [[each.initiator_wwpn, each.group_id] for each in cluster.fibre_channel_sessions],
        "access_groups": [_access_group(each) for each in cluster.access_groups.values()],
        "qos_policies": [[each.policy_id, each.name, _qos(each.qos)] for each in cluster.qos_policies.values()],
        "schedules": [_schedule(each) for each in cluster.schedules.values()],
        "initiators": [_initiator(each) for each in cluster.initiators.values()],
    }


def _access_group(group: AccessGroup) -> dict[str, Any]:
    return {
        "id": group.group_id,
        "name": group.name,
        "volumes": list(group.volume_ids),
        "luns": dict(group.luns),
        "initiators": [each.name for each in group.initiators],
        "attributes": dict(group.attributes),
    }


def _initiator(initiator: Initiator) -> dict[str, Any]:
    return {
        "id": initiator.initiator_id,
        "name": initiator.name,
        "alias": initiator.alias,
        "require_chap": initiator.require_chap,
        "virtual_networks": list(initiator.virtual_network_ids),
        "attributes": dict(initiator.attributes),
    }


def _schedule(schedule: Schedule) -> dict[str, Any]:
    return {
        "id": schedule.schedule_id,
        "name": schedule.name,
        "when": [schedule.frequency, schedule.hours, schedule.minutes, schedule.weekdays, schedule.monthdays],
        "volumes": list(schedule.taken.volume_ids),
        "takes": dict(schedule.taken.given),
        "attributes": dict(schedule.attributes),
        "state": [schedule.recurring, schedule.paused, schedule.run_next, schedule.to_be_deleted, schedule.has_error],
    }


def _cluster_pair(entry: ClusterPairEntry) -> dict[str, Any]:
    remote = entry.remote
    return {
        "id": entry.pair_id,
        "uuid": entry.uuid,
        "pending": entry.pending,
        "remote": [remote.name, remote.mvip, remote.unique_id, remote.version] if remote else None,
    }


def _volumes(cluster: Cluster) -> list[Volume]:
    """All volumes; a clone is one from the call that asked for it."""
    volumes = {**cluster.volumes, **{number: clone.volume for number, clone in cluster.clones.items()}}
    return [volume for _id, volume in sorted(volumes.items())]


def _volume(cluster: Cluster, volume: Volume) -> dict[str, Any]:
    return {
        "id": volume.volume_id,
        "uuid": volume.uuid,
        "name": volume.name,
        "account": cluster.accounts[volume.account_id].username,
        "access": volume.access,
        "size": volume.size,
        "enable_512e": volume.enable_512e,
        "deleted": volume.deleted is not None,
        "attributes": dict(volume.attributes),
        "qos": _qos(volume.qos),
        "qos_policy": volume.qos_policy_id,
        "pairs": [_half(half) for half in volume.halves],
        "snapshots": [_snapshot(snapshot) for _id, snapshot in sorted(volume.snapshots.items())],
        "marks": list(volume.marks),
        "write_ops": volume.write_ops,
        "used_blocks": volume.used_blocks,
    }


def _qos(qos: Qos) -> list[int]:
    return [qos.min_iops, qos.max_iops, qos.burst_iops]


def _half(half: Half) -> dict[str, Any]:
    return {
        "uuid": half.uuid,
        "cluster_pair_id": half.cluster_pair_id,
        "remote_volume_id": half.remote_volume_id,
        "remote_volume_name": half.remote_volume_name,
        "mode": half.mode,
        "pending": half.pending,
        "paused": half.paused,
        "stopped": half.stopped,
    }


def _snapshot(snapshot: Snapshot) -> dict[str, Any]:
    return {
        "id": snapshot.snapshot_id,
        "uuid": snapshot.uuid,
        "name": snapshot.name,
        "replicate": snapshot.replicate,
        "expires": snapshot.expires is not None,
        "attributes": dict(snapshot.attributes),
        "marks": list(snapshot.marks),
    }
