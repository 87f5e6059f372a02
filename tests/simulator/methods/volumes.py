# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Listing, creating, changing, deleting volumes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from .. import capacity, clones, pair_states, views
from ..api import Context, read, write
from ..cluster import Cluster, whole_mib
from ..errors import ApiError
from ..parameters import Parameter, attributes, boolean, integer, integers, mapping, one_of, text, texts
from ..records import Qos, Volume

VOLUME_ROLES = ("volumes",)
ACCESS = one_of("readOnly", "readWrite", "locked", "replicationTarget", "snapMirrorTarget")
VOLUME_ID = Parameter("volumeID", integer, required=True)
VIRTUAL_VOLUMES = Parameter("includeVirtualVolumes", boolean, since="9.0")
START_AND_LIMIT = (Parameter("startVolumeID", integer), Parameter("limit", integer))

CHANGES = (
    Parameter("access", ACCESS),
    Parameter("accountID", integer),
    Parameter("attributes", attributes),
    Parameter("qos", mapping),
    Parameter("qosPolicyID", integer, since="10.0"),
    Parameter("associateWithQoSPolicy", boolean, since="10.0"),
    Parameter("totalSize", integer),
    Parameter("enableSnapMirrorReplication", boolean, since="10.0"),
    Parameter("fifoSize", integer, since="12.0"),
    Parameter("minFifoSize", integer, since="12.0", empty_values=(0,)),
)

MODIFY_VOLUMES_MAX = 500
VOLUME_NAME = re.compile(r"[A-Za-z0-9-]+")


@read(
    "ListVolumes",
    "8.0",
    [
        *START_AND_LIMIT,
        Parameter("volumeIDs", integers),
        Parameter("accounts", integers),
        Parameter("volumeName", text),
        Parameter("volumeStatus", one_of("creating", "snapshotting", "active", "deleted")),
        Parameter("isPaired", boolean),
        VIRTUAL_VOLUMES,
        Parameter("protectionSchemes", texts, since="12.0"),
    ],
)
def list_volumes(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    cluster = context.cluster
    if "volumeIDs" in params and {"accounts", "startVolumeID", "limit"} & set(params):
        raise ApiError("xInvalidParameter", "volumeIDs excludes accounts, startVolumeID and limit")
    listed: Iterable[Volume] = cluster.volumes.values()
    if "volumeIDs" in params:
        listed = _by_id(context, params["volumeIDs"])
    if "accounts" in params:
        owners = set(params["accounts"])
        listed = (volume for volume in listed if volume.account_id in owners)
    if "volumeName" in params:
        listed = (volume for volume in listed if volume.name == params["volumeName"])
    if "volumeStatus" in params:
        listed = (volume for volume in listed if views.volume_status(cluster, volume) == params["volumeStatus"])
    if "isPaired" in params:
        listed = (volume for volume in listed if _counts_as_paired(context, volume) == params["isPaired"])
    return {"volumes": views.volumes(context.world, cluster, views.page(listed, params))}


@read("ListActiveVolumes", "1.0", [*START_AND_LIMIT, VIRTUAL_VOLUMES])
def list_active_volumes(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    active = views.page(context.cluster.active_volumes(), params)
    return {"volumes": views.volumes(context.world, context.cluster, active)}


@read("ListDeletedVolumes", "1.0", [VIRTUAL_VOLUMES])
def list_deleted_volumes(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    deleted = views.page((volume for volume in context.cluster.volumes.values() if volume.deleted), params)
    return {"volumes": views.volumes(context.world, context.cluster, deleted)}


@read("GetVolumeCount", "9.0")
def get_volume_count(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    everything = context.world.switches.volume_count_includes_deleted
    return {"count": len(context.cluster.volumes if everything else list(context.cluster.active_volumes()))}


@write(
    "CreateVolume",
    "1.0",
    VOLUME_ROLES,
    [
        Parameter("name", text, required=True),
        Parameter("accountID", integer, required=True),
        Parameter("totalSize", integer, required=True),
        Parameter("enable512e", boolean),
        *(change for change in CHANGES if change.name not in ("accountID", "totalSize", "access")),
        Parameter("access", one_of("snapMirrorTarget"), since="10.0"),
    ],
)
def create_volume(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    cluster = context.cluster
    account = cluster.account(params["accountID"])
    check_creation(cluster, account.account_id, params["name"], params["totalSize"])
    capacity.check_room(cluster, context.world.switches, [whole_mib(params["totalSize"])])
    changes = _checked_changes(context, params)
    volume = cluster.add_volume(
        params["name"],
        account.account_id,
        params["totalSize"],
        params.get("enable512e", False),
        context.world.clock.now,
    )
    _set(volume, {name: value for name, value in changes.items() if name != "size"})
    # Captured: active at once, while no slice serves it yet.
    shown = {**views.volume(context.world, cluster, volume), "sliceCount": 0}
    return {"curve": views.QOS_CURVE, "volume": shown, "volumeID": volume.volume_id}


@write("ModifyVolume", "1.0", VOLUME_ROLES, [VOLUME_ID, *CHANGES])
def modify_volume(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    # Cinder renames and tunes a clone before it is complete.
    volume = context.cluster.volume_or_clone(params["volumeID"])
    _modify(context, [volume], params)
    return {"volume": views.volume(context.world, context.cluster, volume)}


@write("ModifyVolumes", "9.0", VOLUME_ROLES, [Parameter("volumeIDs", integers, required=True), *CHANGES])
def modify_volumes(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    if len(params["volumeIDs"]) > MODIFY_VOLUMES_MAX:
        raise ApiError("xExceededLimit", f"at most {MODIFY_VOLUMES_MAX} volumes can be modified at once")
    # All of them are looked up and checked before any is changed: one bad volume, and none changes.
    volumes = [context.cluster.volume(volume_id) for volume_id in params["volumeIDs"]]
    _modify(context, volumes, params)
    shown = [views.volume(context.world, context.cluster, volume) for volume in volumes]
    return {context.world.switches.modify_volumes_member: shown}


@write("DeleteVolume", "1.0", VOLUME_ROLES, [VOLUME_ID])
def delete_volume(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    if params["volumeID"] in context.cluster.clones and context.world.switches.delete_unfinished_clone == "allowed":
        return {"volume": clones.delete(context.world, context.cluster, params["volumeID"])}
    volume = context.cluster.volume(params["volumeID"])
    context.world.delete(context.cluster, [volume])
    return {"volume": views.volume(context.world, context.cluster, volume)}


@write("RestoreDeletedVolume", "1.0", VOLUME_ROLES, [VOLUME_ID])
def restore_deleted_volume(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    volume = context.cluster.deleted_volume(params["volumeID"])
    volume.deleted = None
    context.world.replication.settle_volume(volume)
    return {}


@write("PurgeDeletedVolume", "1.0", VOLUME_ROLES, [VOLUME_ID])
def purge_deleted_volume(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    context.world.purge(context.cluster, context.cluster.deleted_volume(params["volumeID"]))
    return {}


def _by_id(context: Context, volume_ids: list[int]) -> list[Volume]:
    known = context.cluster.volumes
    missing = [volume_id for volume_id in volume_ids if volume_id not in known]
    if missing and context.world.switches.unknown_volume_ids == "error":
        raise ApiError("xVolumeIDDoesNotExist", f"Volume {missing[0]} does not exist")
    return [known[volume_id] for volume_id in dict.fromkeys(volume_ids) if volume_id in known]


def _counts_as_paired(context: Context, volume: Volume) -> bool:
    return bool(volume.halves) if context.world.switches.paired_filter_includes_pending else volume.is_paired


def check_creation(cluster: Cluster, account_id: int, name: str, size: int, besides: Sequence[int] = ()) -> None:
    """Whether the cluster takes one more volume of this owner, name and size; raises ApiError if it does not.

    besides: the owners of further volumes that the same call makes.
    """
    limits = cluster.limits
    if not limits["volumeNameLengthMin"] <= len(name) <= limits["volumeNameLengthMax"]:
        raise ApiError("xInvalidParameter", "the name of a volume has 1 to 64 characters")
    if not VOLUME_NAME.fullmatch(name):
        raise ApiError(
            "xInvalidAPIParameter",
            f"{name} is not a valid name. The name must only contain digits, alphabetic characters or a -",
        )
    if not limits["volumeSizeMin"] <= size <= limits["volumeSizeMax"]:
        raise ApiError("xInvalidParameter", "the size is out of range")
    active = [*cluster.active_volumes(), *(clone.volume for clone in cluster.clones.values())]
    owners = [*(volume.account_id for volume in active), *besides]
    owned = owners.count(account_id)
    if len(owners) >= limits["volumeCountMax"] or owned >= limits["volumesPerAccountCountMax"]:
        raise ApiError("xExceededLimit", "the maximum number of volumes is reached")


def _checked_changes(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    """The new values of a volume's fields. Raises before anything has changed."""
    cluster = context.cluster
    changes: dict[str, Any] = {}
    if "access" in params:
        changes["access"] = params["access"]
    if "accountID" in params:
        changes["account_id"] = cluster.account(params["accountID"]).account_id
    if "attributes" in params:
        changes["attributes"] = params["attributes"]
    if "totalSize" in params:
        changes["size"] = whole_mib(params["totalSize"])
    changes.update(qos_changes(context, params))
    for member, name in (("fifoSize", "fifo_size"), ("minFifoSize", "min_fifo_size")):
        if member in params:
            changes[name] = params[member]
    return changes


def qos_changes(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    """The new values of the fields for QoS, if any is asked for. Raises before anything has changed."""
    if "qos" in params and "qosPolicyID" in params:
        raise ApiError("xInvalidParameter", "qosPolicyID excludes qos")
    if "qosPolicyID" in params:
        policy = context.cluster.qos_policy(params["qosPolicyID"])
        return {"qos": policy.qos, "qos_policy_id": policy.policy_id}
    if "qos" in params:
        return {"qos": _checked_qos(context, params["qos"]), "qos_policy_id": None}
    if params.get("associateWithQoSPolicy") is False:
        return {"qos_policy_id": None}
    return {}


def _checked_qos(context: Context, given: dict[str, Any]) -> Qos:
    limits, switches = context.cluster.limits, context.world.switches
    names = {"minIOPS": "min_iops", "maxIOPS": "max_iops", "burstIOPS": "burst_iops"}
    values = {member: integer(member, value, switches) for member, value in given.items() if member in names}
    for member, value in values.items():
        bounds = (limits[f"volume{_capital(member)}Min"], limits[f"volume{_capital(member)}Max"])
        if not bounds[0] <= value <= bounds[1]:
            raise ApiError("xInvalidParameter", f"{member} must be from {bounds[0]} to {bounds[1]}")
    return replace(Qos(), **{names[member]: value for member, value in values.items()})


def _capital(member: str) -> str:
    return member[0].upper() + member[1:]


def _modify(context: Context, volumes: list[Volume], params: dict[str, Any]) -> None:
    world = context.world
    changes = _checked_changes(context, params)
    for volume in volumes:
        _check_change(context, volume, changes)
    for volume in volumes:
        grown = changes.get("size", volume.size) > volume.size
        _set(volume, changes)
        if volume.access == pair_states.TARGET and not volume.is_paired and world.switches.unpaired_target == "locked":
            volume.access = "locked"
        if grown and volume.access == pair_states.TARGET and world.switches.grown_target == "resumes":
            world.replication.resume(volume)
    if changes.get("access") in pair_states.CLOSED_TO_HOSTS:
        context.cluster.end_iscsi_sessions(volume.volume_id for volume in volumes)
    for volume in volumes:
        world.replication.settle_volume(volume)


def _check_change(context: Context, volume: Volume, changes: dict[str, Any]) -> None:
    if changes.get("size", volume.size) < volume.size:
        raise ApiError("xVolumeShrinkProhibited", f"Volume {volume.volume_id} cannot be made smaller")
    if changes.get("size", 0) > context.cluster.limits["volumeSizeMax"]:
        raise ApiError("xInvalidParameter", "the size is out of range")
    refused = {"account_id", "qos", "qos_policy_id"} & set(changes)
    if refused and volume.is_paired and context.world.switches.modify_paired_volume == "refused":
        raise ApiError("xInvalidParameter", f"Volume {volume.volume_id} is paired")


def _set(volume: Volume, changes: dict[str, Any]) -> None:
    for name, value in changes.items():
        setattr(volume, name, value)
