# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Volume access groups: which initiators reach which volumes, and under which LUNs."""

from __future__ import annotations

from typing import Any

from .. import host_access
from ..api import ADMINISTRATORS_ONLY, Context, read, write
from ..errors import ApiError
from ..parameters import Parameter, attributes, boolean, integer, integers, objects, text
from ..records import AccessGroup, Initiator
from ..settings import Switches

GROUP_ROLES = ("clusterAdmins",)
GROUP_ID = Parameter("volumeAccessGroupID", integer, required=True)
DELETE_ORPHANS = Parameter("deleteOrphanInitiators", boolean)


def _ids_and_names(name: str, value: Any, switches: Switches) -> list[int | str]:
    """Initiators by ID, or by name, which is deprecated and still works."""
    if not isinstance(value, list):
        raise ApiError("xInvalidParameterType", f"{name} must be an array")
    by_name = [isinstance(each, str) and not each.isdigit() for each in value]
    return [
        text(name, each, switches) if is_name else integer(name, each, switches)
        for each, is_name in zip(value, by_name)
    ]


INITIATORS = Parameter("initiators", _ids_and_names, required=True)
VOLUMES = Parameter("volumes", integers, required=True)
SETTINGS = (
    Parameter("initiators", _ids_and_names),
    Parameter("volumes", integers),
    Parameter("attributes", attributes),
)


@read(
    "ListVolumeAccessGroups",
    "5.0",
    [
        Parameter("startVolumeAccessGroupID", integer),
        Parameter("limit", integer),
        Parameter("volumeAccessGroups", integers, since="9.0"),
    ],
)
def list_volume_access_groups(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    groups = context.cluster.access_groups
    wanted = params.get("volumeAccessGroups", groups)
    start = params.get("startVolumeAccessGroupID", 0)
    listed = sorted({group_id for group_id in wanted if group_id in groups and group_id >= start})
    page = listed[: params.get("limit") or None]
    result: dict[str, Any] = {"volumeAccessGroups": [_group(context, groups[group_id]) for group_id in page]}
    missing = [group_id for group_id in dict.fromkeys(wanted) if group_id not in groups]
    if missing:
        result["volumeAccessGroupsNotFound"] = missing
    return result


@write("CreateVolumeAccessGroup", "5.0", GROUP_ROLES, [Parameter("name", text, required=True), *SETTINGS])
def create_volume_access_group(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    cluster = context.cluster
    _check_name(context, params["name"])
    if len(cluster.access_groups) >= cluster.limits["volumeAccessGroupCountMax"]:
        raise ApiError("xExceededLimit", "the maximum number of VolumeAccessGroups is reached")
    members = host_access.named_initiators(cluster, params.get("initiators", []))
    host_access.check_members(cluster, None, members)
    volumes = host_access.check_volumes(cluster, context.world.switches, None, params.get("volumes", []))
    group = AccessGroup(cluster.next_id("access_group"), params["name"], attributes=params.get("attributes", {}))
    cluster.access_groups[group.group_id] = group
    host_access.set_members(cluster, group, members)
    host_access.set_volumes(cluster, group, volumes)
    return {**_shown(context, group), "volumeAccessGroupID": group.group_id}


@write("ModifyVolumeAccessGroup", "5.0", GROUP_ROLES, [GROUP_ID, Parameter("name", text), *SETTINGS, DELETE_ORPHANS])
def modify_volume_access_group(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    """Lists that are given replace those of the group."""
    cluster = context.cluster
    group = cluster.access_group(params["volumeAccessGroupID"])
    if "name" in params:
        _check_name(context, params["name"])
    before = group.initiators
    members = before
    if "initiators" in params:
        members = host_access.named_initiators(cluster, params["initiators"])
        host_access.check_members(cluster, group, members)
    if "volumes" in params:
        volumes = host_access.check_volumes(cluster, context.world.switches, group, params["volumes"])
        host_access.set_volumes(cluster, group, volumes)
    host_access.set_members(cluster, group, members)
    group.name = params.get("name", group.name)
    group.attributes = params.get("attributes", group.attributes)
    _delete_orphans(context, params, before)
    return _shown(context, group)


@write(
    "DeleteVolumeAccessGroup",
    "5.0",
    GROUP_ROLES,
    # `force` is needed by a group with virtual networks, which none has here.
    [GROUP_ID, DELETE_ORPHANS, Parameter("force", boolean)],
)
def delete_volume_access_group(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    group = context.cluster.access_group(params["volumeAccessGroupID"])
    host_access.delete_group(context.cluster, group)
    _delete_orphans(context, params, group.initiators)
    return {}


@write("AddVolumesToVolumeAccessGroup", "5.0", ADMINISTRATORS_ONLY, [GROUP_ID, VOLUMES])
def add_volumes(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    cluster = context.cluster
    group = cluster.access_group(params["volumeAccessGroupID"])
    for volume_id in params["volumes"]:
        if volume_id in group.volume_ids:
            raise _already_in(f"Volume {volume_id}", group)
    wanted = [*_active(context, group), *params["volumes"]]
    host_access.set_volumes(cluster, group, host_access.check_volumes(cluster, context.world.switches, group, wanted))
    return _shown(context, group)


@write("RemoveVolumesFromVolumeAccessGroup", "5.0", ADMINISTRATORS_ONLY, [GROUP_ID, VOLUMES])
def remove_volumes(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    cluster = context.cluster
    group = cluster.access_group(params["volumeAccessGroupID"])
    for volume_id in params["volumes"]:
        if volume_id not in group.volume_ids:
            raise _not_in(f"Volume {volume_id}", group)
    for volume_id in dict.fromkeys(params["volumes"]):
        host_access.remove_volume(group, cluster.volumes[volume_id])
    return _shown(context, group)


@write("AddInitiatorsToVolumeAccessGroup", "5.0", GROUP_ROLES, [GROUP_ID, INITIATORS])
def add_initiators(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    cluster = context.cluster
    group = cluster.access_group(params["volumeAccessGroupID"])
    added = host_access.named_initiators(cluster, params["initiators"])
    for each in added:
        if each in group.initiators:
            raise _already_in(f"Initiator {each.name}", group)
    members = [*group.initiators, *added]
    host_access.check_members(cluster, group, members)
    host_access.set_members(cluster, group, members)
    return _shown(context, group)


@write("RemoveInitiatorsFromVolumeAccessGroup", "5.0", ADMINISTRATORS_ONLY, [GROUP_ID, INITIATORS, DELETE_ORPHANS])
def remove_initiators(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    cluster = context.cluster
    group = cluster.access_group(params["volumeAccessGroupID"])
    removed = host_access.named_initiators(cluster, params["initiators"])
    for each in removed:
        if each not in group.initiators:
            raise _not_in(f"Initiator {each.name}", group)
    host_access.set_members(cluster, group, [each for each in group.initiators if each not in removed])
    _delete_orphans(context, params, removed)
    return _shown(context, group)


@read("GetVolumeAccessGroupLunAssignments", "7.0", [GROUP_ID])
def get_lun_assignments(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    return _luns(context, context.cluster.access_group(params["volumeAccessGroupID"]))


@write(
    "ModifyVolumeAccessGroupLunAssignments",
    "7.0",
    ADMINISTRATORS_ONLY,
    [
        GROUP_ID,
        Parameter(
            "lunAssignments",
            objects(Parameter("volumeID", integer, required=True), Parameter("lun", integer, required=True)),
            required=True,
        ),
    ],
)
def modify_lun_assignments(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    """LUNs that are not given stay; all are changed, or none."""
    group = context.cluster.access_group(params["volumeAccessGroupID"])
    highest = context.cluster.limits["volumeAccessGroupLunMax"]
    luns = dict(group.luns)
    for each in params["lunAssignments"]:
        if each["volumeID"] not in luns:
            raise _not_in(f"Volume {each['volumeID']}", group)
        if not 0 <= each["lun"] <= highest:
            raise ApiError("xInvalidParameter", f"lun must be from 0 to {highest}")
        luns[each["volumeID"]] = each["lun"]
    if len(set(luns.values())) != len(luns):
        raise ApiError("xInvalidParameter", "no two volumes of a group have the same LUN")
    group.luns = luns
    return _luns(context, group)


def _check_name(context: Context, name: str) -> None:
    limits = context.cluster.limits
    if not limits["volumeAccessGroupNameLengthMin"] <= len(name) <= limits["volumeAccessGroupNameLengthMax"]:
        raise ApiError("xInvalidParameter", "the name of an access group has 1 to 64 characters")


def _already_in(what: str, group: AccessGroup) -> ApiError:
    return ApiError("xAlreadyInVolumeAccessGroup", f"{what} is already in VolumeAccessGroup {group.group_id}")


def _not_in(what: str, group: AccessGroup) -> ApiError:
    return ApiError("xNotInVolumeAccessGroup", f"{what} is not in VolumeAccessGroup {group.group_id}")


def _delete_orphans(context: Context, params: dict[str, Any], left: list[Initiator]) -> None:
    if params.get("deleteOrphanInitiators"):
        host_access.delete_orphans(context.cluster, left)


def _active(context: Context, group: AccessGroup) -> list[int]:
    return [volume_id for volume_id in group.volume_ids if not context.cluster.volumes[volume_id].deleted]


def _deleted(context: Context, group: AccessGroup) -> list[int]:
    return [volume_id for volume_id in group.volume_ids if context.cluster.volumes[volume_id].deleted]


def _shown(context: Context, group: AccessGroup) -> dict[str, Any]:
    return {"volumeAccessGroup": _group(context, group)}


def _group(context: Context, group: AccessGroup) -> dict[str, Any]:
    return {
        "attributes": group.attributes,
        "deletedVolumes": _deleted(context, group),
        "initiatorIDs": [each.initiator_id for each in group.initiators],
        "initiators": [each.name for each in group.initiators],
        "name": group.name,
        "volumeAccessGroupID": group.group_id,
        "volumes": _active(context, group),
    }


def _luns(context: Context, group: AccessGroup) -> dict[str, Any]:
    active, deleted = (
        [{"lun": group.luns[volume_id], "volumeID": volume_id} for volume_id in sorted(volume_ids)]
        for volume_ids in (_active(context, group), _deleted(context, group))
    )
    return {
        "volumeAccessGroupLunAssignments": {
            "deletedLunAssignments": deleted,
            "lunAssignments": active,
            "volumeAccessGroupID": group.group_id,
        }
    }
