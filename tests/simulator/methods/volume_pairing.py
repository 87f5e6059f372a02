# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""StartVolumePairing, CompleteVolumePairing, ListActivePairedVolumes, ModifyVolumePair, RemoveVolumePair."""

from __future__ import annotations

from typing import Any

from .. import keys, pair_states, views
from ..api import Context, read, write
from ..cluster import Cluster
from ..errors import ApiError
from ..parameters import Parameter, boolean, integer, one_of, text
from ..records import ClusterPairEntry, Half, Volume
from .cluster_pairing import invalid_key

VOLUME_ROLES = ("clusterAdmins", "volumes")

VOLUME_ID = Parameter("volumeID", integer, required=True)
MODE = one_of("Async", "Sync", "SnapshotsOnly")


@read(
    "ListActivePairedVolumes",
    "6.0",
    [Parameter("startVolumeID", integer, since="7.0"), Parameter("limit", integer, since="7.0")],
)
def list_active_paired_volumes(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    paired = [volume for volume in context.cluster.active_volumes() if volume.halves]
    return {"volumes": views.volumes(context.world, context.cluster, views.page(paired, params))}


@write("StartVolumePairing", "6.0", VOLUME_ROLES, [VOLUME_ID, Parameter("mode", MODE, since="8.0")])
def start_volume_pairing(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    cluster, world = context.cluster, context.world
    volume = cluster.volume(params["volumeID"])
    old = volume.half
    if old and not (old.pending and world.switches.start_on_pending == "new_key"):
        raise ApiError("xVolumeAlreadyPaired", f"Volume {volume.volume_id} is already paired")
    complete = (entry for entry in cluster.cluster_pairs.values() if not entry.pending)
    if world.switches.start_without_cluster_pair == "error" and not any(complete):
        raise ApiError("xMVIPNotPaired", "there is no cluster pair")
    if old:
        world.replication.remove(old)
    half = Half(
        uuid=cluster.new_uuid(),
        cluster=cluster,
        volume=volume,
        cluster_pair_id=0,
        remote_volume_id=0,
        remote_volume_name="",
        mode=params.get("mode", "Async"),
        pending=True,
    )
    world.replication.add(half)
    key = keys.encode(
        {
            "mvip": cluster.identity.mvip,
            "volumeID": volume.volume_id,
            "volumeName": volume.name,
            "volumePairUUID": half.uuid,
        }
    )
    world.secrets.issue(key)
    return {"volumePairingKey": key}


@write("CompleteVolumePairing", "6.0", VOLUME_ROLES, [VOLUME_ID, Parameter("volumePairingKey", text, required=True)])
def complete_volume_pairing(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    cluster, world = context.cluster, context.world
    volume = cluster.volume(params["volumeID"])
    if volume.halves:
        raise ApiError(world.switches.complete_on_paired_error, f"Volume {volume.volume_id} is already paired")
    members = _decode(context, params["volumePairingKey"])
    entry, origin, far_entry = _cluster_pair_for(context, members["mvip"])
    pending = _pending_half(context, origin, members)
    _check_fit(context, pending.volume, volume)
    world.replication.add(
        Half(
            uuid=pending.uuid,
            cluster=cluster,
            volume=volume,
            cluster_pair_id=entry.pair_id,
            remote_volume_id=pending.volume.volume_id,
            remote_volume_name=pending.volume.name,
            mode=pending.mode,
        )
    )
    pending.pending = False
    pending.cluster_pair_id = far_entry.pair_id
    pending.remote_volume_id = volume.volume_id
    pending.remote_volume_name = volume.name
    world.replication.settle_volume(volume)
    return {}


@write(
    "ModifyVolumePair",
    "6.0",
    VOLUME_ROLES,
    [
        VOLUME_ID,
        Parameter("pausedManual", boolean, since="7.0"),
        Parameter("mode", MODE, since="7.0"),
        Parameter("pauseLimit", integer, since="7.0"),
    ],
)
def modify_volume_pair(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    world = context.world
    volume = context.cluster.volume(params["volumeID"])
    half = volume.half
    if half is None or half.pending:
        raise ApiError("xVolumeNotPaired", "Volume not paired.")
    if volume.access == pair_states.TARGET and world.switches.modify_on_target == "refused":
        raise ApiError("xInvalidParameter", "the pair must be modified on its source volume")
    if params.get("pausedManual") == half.paused and world.switches.repeated_pause == "error":
        raise ApiError("xInvalidParameter", "the pair is in that state already")
    half.paused = params.get("pausedManual", half.paused)
    if "mode" in params:
        _set_mode(context, half, params["mode"])
    world.replication.settle_volume(volume)
    return {}


@write("RemoveVolumePair", "6.0", VOLUME_ROLES, [VOLUME_ID])
def remove_volume_pair(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    world = context.world
    volume_id = params["volumeID"]
    volume = context.cluster.volumes.get(volume_id) or context.cluster.volume(volume_id)
    if not volume.halves and world.switches.remove_unpaired == "error":
        raise ApiError("xVolumeNotPaired", "Volume not paired.")
    for half in list(volume.halves):
        world.replication.remove(half)
    return {}


def _set_mode(context: Context, half: Half, mode: str) -> None:
    replication = context.world.replication
    half.mode = mode
    other = replication.counterpart(half)
    if other and context.world.switches.mode_propagates and replication.linked(half):
        other.mode = mode


def _decode(context: Context, key: str) -> dict[str, Any]:
    try:
        return keys.read(key, keys.VOLUME_KEY_MEMBERS, context.world.switches.any_case)
    except ValueError:
        raise invalid_key(context) from None


def _cluster_pair_for(context: Context, mvip: Any) -> tuple[ClusterPairEntry, Cluster, ClusterPairEntry]:
    """The cluster pair with the key's origin, the origin itself and its entry; it must be connected."""
    cluster, world = context.cluster, context.world
    if mvip == cluster.identity.mvip:
        raise ApiError(world.switches.same_cluster_error, f"{mvip} is this cluster")
    named = (e for e in cluster.cluster_pairs.values() if e.remote is not None and e.remote.mvip == mvip)
    for entry in named:
        far = world.links.other_end(cluster, entry)
        if far is None:
            continue
        if not world.links.managed(cluster, far[0]):
            raise ApiError(world.switches.unreachable_origin_error, f"no answer from {mvip}")
        if world.links.status(cluster, entry) == "Connected":
            return entry, *far
    raise ApiError("xMVIPNotPaired", f"{mvip} is not paired with this cluster")


def _pending_half(context: Context, origin: Cluster, members: dict[str, Any]) -> Half:
    half = context.world.replication.pending_half(members["volumePairUUID"])
    if half is None or half.cluster is not origin or half.uuid in context.world.spent_keys:
        raise invalid_key(context)
    if half.volume.deleted or (half.volume.volume_id, half.volume.name) != (members["volumeID"], members["volumeName"]):
        raise invalid_key(context)
    return half


def _check_fit(context: Context, origin: Volume, completer: Volume) -> None:
    switches = context.world.switches
    source, target = (completer, origin) if origin.access == pair_states.TARGET else (origin, completer)
    if switches.smaller_target == "refused" and target.size < source.size:
        raise ApiError("xInvalidParameter", "the target volume is smaller than the source volume")
    if switches.other_block_size == "refused" and origin.enable_512e != completer.enable_512e:
        raise ApiError("xInvalidParameter", "the volumes differ in 512e emulation")
