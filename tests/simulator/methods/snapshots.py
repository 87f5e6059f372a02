# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Snapshots and group snapshots."""

from __future__ import annotations

import datetime
from typing import Any

from .. import clock, views
from ..api import Context, read, write
from ..cluster import TOO_FULL, Cluster
from ..errors import ApiError
from ..parameters import FIFO, Parameter, attributes, boolean, integer, integers, nullable, retention, text
from ..records import GroupSnapshot, Snapshot, Volume

VOLUME_ROLES = ("volumes",)

SNAPSHOT_OPTIONS = (
    Parameter("name", text),
    Parameter("enableRemoteReplication", boolean, since="8.0"),
    Parameter("expirationTime", nullable(text), since="8.0"),
    Parameter("retention", retention, since="8.0"),
    Parameter("attributes", attributes),
    Parameter("snapMirrorLabel", text, since="10.0"),
    Parameter("ensureSerialCreation", boolean, since="12.0"),
)


@read("ListSnapshots", "6.0", [Parameter("volumeID", integer), Parameter("snapshotID", integer, since="8.0")])
def list_snapshots(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    cluster = context.cluster
    context.world.expire_snapshots(cluster)
    if "snapshotID" in params:
        listed = [cluster.snapshot(params["snapshotID"])]
    elif "volumeID" in params:
        listed = list(cluster.volume(params["volumeID"]).snapshots.values())
    else:
        listed = list(cluster.snapshots.values())
    listed = [snapshot for snapshot in listed if params.get("volumeID") in (None, snapshot.volume.volume_id)]
    shown = [views.snapshot(context.world, cluster, snapshot) for snapshot in listed]
    _poll(context, listed)
    return {"snapshots": shown}


@read("ListGroupSnapshots", "7.0", [Parameter("volumes", integers), Parameter("groupSnapshotID", integer, since="8.0")])
def list_group_snapshots(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    cluster = context.cluster
    context.world.expire_snapshots(cluster)
    listed = list(cluster.group_snapshots.values())
    if "groupSnapshotID" in params:
        listed = [cluster.group_snapshot(params["groupSnapshotID"])]
    if "volumes" in params:
        wanted = set(params["volumes"])
        listed = [group for group in listed if wanted & {member.volume.volume_id for member in group.members}]
    shown = [views.group_snapshot(context.world, cluster, group) for group in listed]
    _poll(context, [member for group in listed for member in group.members])
    return {"groupSnapshots": shown}


@write(
    "CreateSnapshot",
    "6.0",
    VOLUME_ROLES,
    [Parameter("volumeID", integer, required=True), Parameter("snapshotID", integer), *SNAPSHOT_OPTIONS],
)
def create_snapshot(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    volume = context.cluster.volume(params["volumeID"])
    _check_creation(context, [volume], params)
    copied = _snapshot_to_copy(context.cluster, volume, params)
    snapshot = _take(context, volume, params, copied.marks if copied else tuple(volume.marks))
    context.world.replication.snapshot_taken(volume)
    shown = views.snapshot(context.world, context.cluster, snapshot)
    return {"checksum": shown["checksum"], "snapshot": shown, "snapshotID": snapshot.snapshot_id}


@write(
    "CreateGroupSnapshot",
    "7.0",
    VOLUME_ROLES,
    [Parameter("volumes", integers, required=True), *SNAPSHOT_OPTIONS],
)
def create_group_snapshot(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    cluster, world = context.cluster, context.world
    if len(params["volumes"]) > cluster.limits["volumesPerGroupSnapshotMax"]:
        raise ApiError("xExceededLimit", "too many volumes for one group snapshot")
    if not params["volumes"]:
        raise ApiError("xInvalidParameter", "a group snapshot needs volumes")
    volumes = [cluster.volume(volume_id) for volume_id in dict.fromkeys(params["volumes"])]
    _check_creation(context, volumes, params)
    group = GroupSnapshot(
        group_id=cluster.next_id("group_snapshot"),
        uuid=cluster.new_uuid(),
        name=_name(context, params),
        created=world.clock.now,
        replicate=params.get("enableRemoteReplication", False),
        attributes=params.get("attributes", {}),
    )
    cluster.group_snapshots[group.group_id] = group
    for volume in volumes:
        snapshot = _take(context, volume, params, tuple(volume.marks))
        snapshot.group, snapshot.group_uuid = group, group.uuid
        group.members.append(snapshot)
    for volume in volumes:
        world.replication.snapshot_taken(volume)
    members = [
        {"checksum": views.checksum(member), "snapshotID": member.snapshot_id, "volumeID": member.volume.volume_id}
        for member in group.members
    ]
    shown = views.group_snapshot(world, cluster, group)
    return {"groupSnapshot": shown, "groupSnapshotID": group.group_id, "members": members}


@write(
    "ModifySnapshot",
    "8.0",
    VOLUME_ROLES,
    [
        Parameter("snapshotID", integer, required=True),
        Parameter("name", text),
        Parameter("enableRemoteReplication", boolean),
        Parameter("expirationTime", nullable(text), empty_values=(None,)),
        Parameter("snapMirrorLabel", text, since="10.0"),
    ],
)
def modify_snapshot(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    snapshot = context.cluster.snapshot(params["snapshotID"])
    expires = _expiration(context, params)
    snapshot.name = params.get("name", snapshot.name)
    snapshot.replicate = params.get("enableRemoteReplication", snapshot.replicate)
    snapshot.label = params.get("snapMirrorLabel", snapshot.label)
    if "expirationTime" in params:
        snapshot.expires = expires
    context.world.replication.snapshot_taken(snapshot.volume)
    return {"snapshot": views.snapshot(context.world, context.cluster, snapshot)}


@write("DeleteSnapshot", "6.0", VOLUME_ROLES, [Parameter("snapshotID", integer, required=True)])
def delete_snapshot(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    context.world.delete_snapshot(context.cluster, context.cluster.snapshot(params["snapshotID"]))
    return {}


@write(
    "DeleteGroupSnapshot",
    "7.0",
    VOLUME_ROLES,
    [Parameter("groupSnapshotID", integer, required=True), Parameter("saveMembers", boolean)],
)
def delete_group_snapshot(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    cluster = context.cluster
    group = cluster.group_snapshot(params["groupSnapshotID"])
    for member in list(group.members):
        if params.get("saveMembers"):
            member.group = member.group_uuid = None
        else:
            context.world.delete_snapshot(cluster, member)
    cluster.group_snapshots.pop(group.group_id, None)
    return {}


@write(
    "RollbackToSnapshot",
    "6.0",
    VOLUME_ROLES,
    [
        Parameter("volumeID", integer, required=True),
        Parameter("snapshotID", integer, required=True),
        Parameter("saveCurrentState", boolean, required=True),
        Parameter("name", text),
        Parameter("attributes", attributes),
    ],
)
def rollback_to_snapshot(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    cluster, world = context.cluster, context.world
    volume = cluster.volume(params["volumeID"])
    snapshot = volume.snapshots.get(params["snapshotID"])
    if snapshot is None:
        raise ApiError("xSnapshotIDDoesNotExist", f"Snapshot {params['snapshotID']} is not one of this volume")
    if snapshot.arriving:
        raise ApiError("xInvalidParameter", f"Snapshot {snapshot.snapshot_id} is still being replicated")
    role = "target" if volume.access == "replicationTarget" else "source"
    if volume.is_paired and getattr(world.switches, f"rollback_on_{role}") == "refused":
        raise ApiError("xInvalidParameter", f"Volume {volume.volume_id} is the {role} of a pair")
    result: dict[str, Any] = {}
    if params["saveCurrentState"]:
        _check_creation(context, [volume], params)
        saved = _take(context, volume, params, tuple(volume.marks))
        result = {
            "checksum": views.checksum(saved),
            "snapshot": views.snapshot(world, cluster, saved),
            "snapshotID": saved.snapshot_id,
        }
    volume.marks = list(snapshot.marks)
    world.replication.written(volume)
    return result


def _poll(context: Context, snapshots: list[Snapshot]) -> None:
    for volume in dict.fromkeys(snapshot.volume for snapshot in snapshots):
        context.world.replication.polled(volume)


def _check_creation(context: Context, volumes: list[Volume], params: dict[str, Any]) -> None:
    cluster, world = context.cluster, context.world
    if cluster.fullness in TOO_FULL:
        raise ApiError("xInvalidParameter", "the cluster is too full for snapshots")
    if len(params.get("name", "")) > cluster.limits["snapshotNameLengthMax"]:
        raise ApiError("xInvalidParameter", "the name of a snapshot has at most 255 characters")
    for volume in volumes:
        if not _has_room(cluster, volume, params):
            raise ApiError(world.switches.snapshot_limit_error, f"Volume {volume.volume_id} has too many snapshots")
        if params.get("ensureSerialCreation") and world.replication.is_sending_snapshot(volume):
            raise ApiError(world.switches.serial_conflict_error, "an earlier snapshot is still being replicated")
    _expiration(context, params)


def _has_room(cluster: Cluster, volume: Volume, params: dict[str, Any]) -> bool:
    """Whether the volume can have one more; of FIFO snapshots the oldest makes room."""
    is_full = len(volume.snapshots) >= cluster.limits["snapshotsPerVolumeMax"]
    if params.get("retention") != FIFO:
        return not is_full
    return volume.fifo_size > 0 and (not is_full or any(each.fifo for each in volume.snapshots.values()))


def _make_room(context: Context, volume: Volume) -> None:
    """The oldest FIFO snapshots go where a new one finds no room."""
    fifo = [snapshot for _id, snapshot in sorted(volume.snapshots.items()) if snapshot.fifo]
    most = context.cluster.limits["snapshotsPerVolumeMax"]
    room = min(volume.fifo_size - len(fifo), most - len(volume.snapshots))
    for snapshot in fifo[: max(0, 1 - room)]:
        context.world.delete_snapshot(context.cluster, snapshot)


def _snapshot_to_copy(cluster: Cluster, volume: Volume, params: dict[str, Any]) -> Snapshot | None:
    if "snapshotID" not in params:
        return None
    snapshot = cluster.snapshot(params["snapshotID"])
    if snapshot.volume is not volume:
        raise ApiError("xSnapshotIDDoesNotExist", f"Snapshot {snapshot.snapshot_id} is not one of this volume")
    return snapshot


def _take(context: Context, volume: Volume, params: dict[str, Any], marks: tuple[str, ...]) -> Snapshot:
    cluster, now = context.cluster, context.world.clock.now
    is_fifo = params.get("retention") == FIFO
    if is_fifo:
        _make_room(context, volume)
    # Where it is taken, a snapshot and its instance are one.
    snapshot_uuid = cluster.new_uuid()
    snapshot = Snapshot(
        snapshot_id=cluster.next_id("snapshot"),
        uuid=snapshot_uuid,
        instance_uuid=snapshot_uuid,
        name=_name(context, params),
        volume=volume,
        created=now,
        instance_created=now,
        replicate=params.get("enableRemoteReplication", False),
        marks=marks,
        size=volume.size,
        expires=_expiration(context, params),
        label=params.get("snapMirrorLabel"),
        attributes=params.get("attributes", {}),
        fifo=is_fifo,
    )
    volume.snapshots[snapshot.snapshot_id] = cluster.snapshots[snapshot.snapshot_id] = snapshot
    return snapshot


def _name(context: Context, params: dict[str, Any]) -> str:
    """Without a name a snapshot is called after the moment it was taken."""
    return params.get("name") or clock.stamp(context.world.clock.now)


def _expiration(context: Context, params: dict[str, Any]) -> datetime.datetime | None:
    if "retention" in params:
        if params.get("expirationTime") is not None:
            raise ApiError("xInvalidParameter", "retention excludes expirationTime")
        if params["retention"] == FIFO:
            return None
        return context.world.clock.now + datetime.timedelta(seconds=params["retention"])
    given = params.get("expirationTime")
    if not given or given == "null":
        return None
    try:
        return clock.parse(given)
    except ValueError:
        raise ApiError("xInvalidParameter", "expirationTime is no ISO 8601 date") from None
