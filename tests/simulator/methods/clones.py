# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cloning volumes, and what the handles of clones say. GetAsyncResult forgets a result when it is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from .. import capacity, clones, pair_states, views
from ..api import READERS, Context, read, write
from ..cluster import whole_mib
from ..errors import ApiError
from ..parameters import Parameter, attributes, boolean, integer, objects, one_of, text, texts
from ..records import AsyncResult, Clone, Snapshot, Volume
from .volumes import ACCESS, VOLUME_ROLES, check_creation

COMPLETE = "Clone complete."
RESULT_TYPES = ("DriveAdd", "BulkVolume", "Clone", "DriveRemoval", "RtfiPendingNode")

OPTIONS = (
    Parameter("newAccountID", integer),
    Parameter("newSize", integer),
    Parameter("access", ACCESS),
    Parameter("attributes", attributes),
)


@dataclass(frozen=True)
class Plan:
    """A clone that was asked for, checked, before anything is made."""

    original: Volume
    snapshot: Snapshot | None
    account_id: int
    name: str
    size: int
    enable_512e: bool
    access: str
    attributes: dict[str, Any]


@write(
    "CloneVolume",
    "1.0",
    VOLUME_ROLES,
    [
        Parameter("volumeID", integer, required=True),
        Parameter("name", text, required=True),
        Parameter("snapshotID", integer),
        *OPTIONS,
        Parameter("enable512e", boolean),
        Parameter("enableSnapMirrorReplication", boolean, since="10.0"),
    ],
)
def clone_volume(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    cluster, world = context.cluster, context.world
    original = cluster.volume(params["volumeID"])
    plan = _plan(context, original, _snapshot(original, params.get("snapshotID")), params, [])
    capacity.check_room(cluster, world.switches, [plan.size])
    clones.check_limits(world, cluster, [original.volume_id])
    clone = _begin(context, plan, None)
    shown = {**views.volume(world, cluster, clone.volume), "status": "init", "sliceCount": 0}
    source = world.switches.clone_result_volume == "source"
    volume_id = clone.volume.volume_id
    result = {
        "cloneID": clone.clone_id,
        "message": COMPLETE,
        "volumeID": original.volume_id if source else volume_id,
    }
    return {
        "asyncHandle": clones.promise(world, cluster, result, [clone]),
        "cloneID": clone.clone_id,
        "curve": views.QOS_CURVE,
        "volume": shown,
        "volumeID": volume_id,
    }


@write(
    "CloneMultipleVolumes",
    "7.0",
    VOLUME_ROLES,
    [
        Parameter(
            "volumes",
            objects(Parameter("volumeID", integer, required=True), Parameter("name", text), *OPTIONS),
            required=True,
        ),
        Parameter("groupSnapshotID", integer),
        Parameter("access", ACCESS),
        Parameter("newAccountID", integer),
        Parameter("enableSnapMirrorReplication", boolean, since="10.0"),
    ],
)
def clone_multiple_volumes(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    """All of them or none."""
    cluster, world = context.cluster, context.world
    if not params["volumes"]:
        raise ApiError("xInvalidParameter", "there is no volume to clone")
    shared = {name: params[name] for name in ("access", "newAccountID") if name in params}
    plans: list[Plan] = []
    for each in params["volumes"]:
        original = cluster.volume(each["volumeID"])
        snapshot = _member(context, original, params["groupSnapshotID"]) if "groupSnapshotID" in params else None
        owners = [plan.account_id for plan in plans]
        plans.append(_plan(context, original, snapshot, {**shared, **each}, owners))
    capacity.check_room(cluster, world.switches, (plan.size for plan in plans))
    clones.check_limits(world, cluster, [plan.original.volume_id for plan in plans])
    group_id = cluster.next_id("group_clone")
    begun = [_begin(context, plan, group_id) for plan in plans]
    return {
        "asyncHandle": clones.promise(world, cluster, {"groupCloneID": group_id, "message": COMPLETE}, begun),
        "groupCloneID": group_id,
        "members": [{"srcVolumeID": clone.source_id, "volumeID": clone.volume.volume_id} for clone in begun],
    }


@write("CancelClone", "9.0", (), [Parameter("cloneID", integer, required=True)])
def cancel_clone(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    _cancel(context, [each for each in context.cluster.clones.values() if each.clone_id == params["cloneID"]])
    return {}


@write("CancelGroupClone", "9.0", (), [Parameter("groupCloneID", integer, required=True)])
def cancel_group_clone(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    group_id = params["groupCloneID"]
    _cancel(context, [each for each in context.cluster.clones.values() if each.group_clone_id == group_id])
    return {}


def _cancel(context: Context, chosen: list[Clone]) -> None:
    if not chosen:
        raise ApiError("xInvalidParameter", "no such clone is being made")
    clones.cancel(context.world, context.cluster, chosen)


@write(
    "GetAsyncResult",
    "1.0",
    READERS,
    [Parameter("asyncHandle", integer, required=True), Parameter("keepResult", boolean)],
)
def get_async_result(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    cluster, handle = context.cluster, params["asyncHandle"]
    known = cluster.async_results.get(handle)
    if known is None or not _is_known(context, known):
        if known is not None:
            known.polls += 1
        raise ApiError("xAsyncHandleDoesNotExist", f"Async handle {handle} does not exist.")
    if clones.is_complete(cluster, known) and not params.get("keepResult"):
        del cluster.async_results[handle]
    return clones.shown_result(cluster, known)


@read("ListAsyncResults", "9.0", [Parameter("asyncResultTypes", texts)])
def list_async_results(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    """It forgets nothing. Clones are the only asynchronous work here."""
    cluster = context.cluster
    types = [one_of(*RESULT_TYPES)("asyncResultTypes", each, context.world.switches) for each in _types(params)]
    listed = {handle: each for handle, each in cluster.async_results.items() if _is_known(context, each)}
    shown = [clones.listed_result(cluster, handle, each) for handle, each in listed.items()]
    return {"asyncHandles": [each for each in shown if each["resultType"] in types]}


def _types(params: dict[str, Any]) -> Sequence[str]:
    return params.get("asyncResultTypes") or RESULT_TYPES


def _is_known(context: Context, result: AsyncResult) -> bool:
    return result.polls >= context.world.timings.clone_handle_polls


def _plan(
    context: Context, original: Volume, snapshot: Snapshot | None, params: dict[str, Any], owners: Sequence[int]
) -> Plan:
    """The clone as it will be. Raises ApiError. `owners`: of the volumes that the same call makes besides."""
    cluster, switches = context.cluster, context.world.switches
    is_target = original.access == pair_states.TARGET
    if is_target and snapshot is None and switches.live_clone_of_target == "refused":
        raise ApiError("xInvalidParameter", f"Volume {original.volume_id} is a replication target")
    if snapshot is not None and snapshot.arriving:
        raise ApiError("xInvalidParameter", f"Snapshot {snapshot.snapshot_id} is still being replicated")
    inherited = "locked" if is_target and switches.clone_of_target_access == "locked" else original.access
    noted = params.get("attributes", original.attributes)
    plan = Plan(
        original=original,
        snapshot=snapshot,
        account_id=cluster.account(params.get("newAccountID", original.account_id)).account_id,
        # What a clone without a name is called is not known; everyone sends one.
        name=params.get("name", original.name),
        # Smaller than the original is permitted, and truncates.
        size=whole_mib(params.get("newSize", original.size)),
        enable_512e=params.get("enable512e", original.enable_512e),
        access=params.get("access", inherited),
        attributes={**original.attributes, **noted} if switches.clone_attributes == "merge" else dict(noted),
    )
    check_creation(cluster, plan.account_id, plan.name, plan.size, owners)
    return plan


def _begin(context: Context, plan: Plan, group_id: int | None) -> Clone:
    cluster, world, original = context.cluster, context.world, plan.original
    volume = cluster.add_volume(plan.name, plan.account_id, plan.size, plan.enable_512e, world.clock.now)
    volume.access, volume.attributes = plan.access, plan.attributes
    volume.qos, volume.used_blocks = original.qos, original.used_blocks
    if world.switches.clone_copies_qos_policy:
        volume.qos_policy_id = original.qos_policy_id
    volume.marks = list(plan.snapshot.marks if plan.snapshot else original.marks)
    if world.switches.clone_copies_pairs:
        _copy_halves(context, original, volume)
    snapshot_id = plan.snapshot.snapshot_id if plan.snapshot else None
    return clones.begin(world, cluster, volume, original.volume_id, snapshot_id, group_id)


def _snapshot(original: Volume, snapshot_id: int | None) -> Snapshot | None:
    if snapshot_id is None:
        return None
    snapshot = original.snapshots.get(snapshot_id)
    if snapshot is None:
        raise ApiError("xSnapshotIDDoesNotExist", f"Snapshot {snapshot_id} is not one of this volume")
    return snapshot


def _member(context: Context, original: Volume, group_id: int) -> Snapshot:
    """The snapshot of this volume in a group snapshot."""
    group = context.cluster.group_snapshot(group_id)
    member = next((each for each in group.members if each.volume is original), None)
    if member is None:
        raise ApiError("xSnapshotIDDoesNotExist", f"Group snapshot {group_id} has none of volume {original.volume_id}")
    return member


def _copy_halves(context: Context, original: Volume, clone: Volume) -> None:
    """The clone claims to be paired as its original is, under a UUID that no one else has."""
    for half in original.halves:
        context.world.replication.add(replace(half, uuid=context.cluster.new_uuid(), volume=clone))
    context.world.replication.settle_volume(clone)
