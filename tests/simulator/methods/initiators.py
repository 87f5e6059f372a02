# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Initiators of hosts. Like accounts they are returned with their CHAP secrets in clear. All or none is changed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .. import host_access
from ..api import ADMINISTRATORS_ONLY, Context, read, write
from ..cluster import Cluster
from ..errors import ApiError
from ..keys import chap_secret
from ..parameters import Parameter, attributes, boolean, integer, integers, nullable, objects, text
from ..records import AccessGroup, Initiator

SETTINGS = (
    Parameter("alias", text),
    Parameter("attributes", attributes),
    # Out of its group is said with null.
    Parameter("volumeAccessGroupID", nullable(integer), empty_values=(None,)),
    Parameter("requireChap", boolean),
    Parameter("chapUsername", text),
    Parameter("initiatorSecret", text),
    Parameter("targetSecret", text),
    Parameter("virtualNetworkIDs", integers),
)
# Which member of an entry sets which field.
FIELDS = {
    "alias": "alias",
    "attributes": "attributes",
    "requireChap": "require_chap",
    "chapUsername": "chap_username",
    "initiatorSecret": "initiator_secret",
    "targetSecret": "target_secret",
    "virtualNetworkIDs": "virtual_network_ids",
}


@read(
    "ListInitiators",
    "9.0",
    [Parameter("initiators", integers), Parameter("startInitiatorID", integer), Parameter("limit", integer)],
)
def list_initiators(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    cluster = context.cluster
    if "initiators" in params and "startInitiatorID" in params:
        raise ApiError("xInvalidParameter", "initiators excludes startInitiatorID")
    for initiator_id in params.get("initiators", ()):
        cluster.initiator(initiator_id)
    start = params.get("startInitiatorID", 0)
    listed = sorted({each for each in params.get("initiators", cluster.initiators) if each >= start})
    return _shown(context, [cluster.initiators[each] for each in listed[: params.get("limit") or None]])


@write(
    "CreateInitiators",
    "9.0",
    ADMINISTRATORS_ONLY,
    [Parameter("initiators", objects(Parameter("name", text, required=True), *SETTINGS), required=True)],
)
def create_initiators(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    cluster, entries = context.cluster, params["initiators"]
    new: list[Initiator] = []
    for entry in entries:
        _check(cluster, entry)
        initiator = host_access.new_initiator(cluster, entry["name"])
        if host_access.find_initiator(cluster, entry["name"]) or initiator.name in {each.name for each in new}:
            raise ApiError("xInitiatorExists", f"Initiator {initiator.name} exists")
        new.append(initiator)
    host_access.check_count(cluster, new)
    planned = _planned_groups(cluster, zip(new, entries))
    host_access.register(cluster, new)
    for initiator, entry in zip(new, entries):
        _set(context, initiator, entry)
    _regroup(cluster, planned)
    return _shown(context, new)


@write(
    "ModifyInitiators",
    "9.0",
    ADMINISTRATORS_ONLY,
    [
        Parameter(
            "initiators",
            objects(Parameter("initiatorID", integer, required=True), *SETTINGS),
            required=True,
        )
    ],
)
def modify_initiators(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    cluster, entries = context.cluster, params["initiators"]
    initiators = [cluster.initiator(entry["initiatorID"]) for entry in entries]
    for entry in entries:
        _check(cluster, entry)
    planned = _planned_groups(cluster, zip(initiators, entries))
    for initiator, entry in zip(initiators, entries):
        _set(context, initiator, entry)
    _regroup(cluster, planned)
    return _shown(context, list(dict.fromkeys(initiators)))


@write("DeleteInitiators", "9.0", ADMINISTRATORS_ONLY, [Parameter("initiators", integers, required=True)])
def delete_initiators(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    cluster = context.cluster
    initiators = [cluster.initiator(initiator_id) for initiator_id in dict.fromkeys(params["initiators"])]
    _regroup(cluster, _planned_groups(cluster, ((each, {"volumeAccessGroupID": None}) for each in initiators)))
    host_access.delete_orphans(cluster, initiators)
    return {}


def _check(cluster: Cluster, entry: dict[str, Any]) -> None:
    limits = cluster.limits
    if len(entry.get("alias", "")) > limits["initiatorAliasLengthMax"]:
        raise ApiError("xInvalidParameter", f"alias has at most {limits['initiatorAliasLengthMax']} characters")
    for name in ("initiatorSecret", "targetSecret"):
        if name in entry and not limits["secretLengthMin"] <= len(entry[name]) <= limits["secretLengthMax"]:
            raise ApiError("xInvalidParameter", f"{name} has 12 to 16 characters")


def _planned_groups(
    cluster: Cluster, entries: Iterable[tuple[Initiator, dict[str, Any]]]
) -> dict[AccessGroup, list[Initiator]]:
    """The groups that change, with the initiators they will have. Raises where a group may not have them."""
    planned: dict[AccessGroup, list[Initiator]] = {}
    for initiator, entry in entries:
        if "volumeAccessGroupID" not in entry:
            continue
        group_id = entry["volumeAccessGroupID"]
        wanted = None if group_id is None else cluster.access_group(group_id)
        for group in cluster.access_groups.values():
            members = planned.get(group, group.initiators)
            if group is wanted and initiator not in members:
                planned[group] = [*members, initiator]
            elif group is not wanted and initiator in members:
                planned[group] = [each for each in members if each is not initiator]
    for group, members in planned.items():
        host_access.check_members(cluster, group, members, leaving=planned)
    return planned


def _regroup(cluster: Cluster, planned: dict[AccessGroup, list[Initiator]]) -> None:
    for group, members in planned.items():
        host_access.set_members(cluster, group, members)


def _set(context: Context, initiator: Initiator, entry: dict[str, Any]) -> None:
    for member, name in FIELDS.items():
        if member in entry:
            setattr(initiator, name, entry[member])
    if initiator.require_chap:
        rng = context.cluster.rng
        initiator.chap_username = initiator.chap_username or initiator.name
        initiator.initiator_secret = initiator.initiator_secret or chap_secret(rng)
        initiator.target_secret = initiator.target_secret or chap_secret(rng)
    context.world.secrets.issue(initiator.initiator_secret, initiator.target_secret)


def _shown(context: Context, initiators: Iterable[Initiator]) -> dict[str, Any]:
    groups = host_access.groups_of_initiators(context.cluster)
    return {"initiators": [_initiator(context, each, groups.get(each, [])) for each in initiators]}


def _initiator(context: Context, each: Initiator, groups: list[AccessGroup]) -> dict[str, Any]:
    shown = {
        "alias": each.alias,
        "attributes": each.attributes,
        "initiatorID": each.initiator_id,
        "initiatorName": each.name,
        "requireChap": each.require_chap,
        "virtualNetworkIDs": each.virtual_network_ids,
        "volumeAccessGroups": [group.group_id for group in groups],
    }
    chap = {
        "chapUsername": each.chap_username,
        "initiatorSecret": each.initiator_secret,
        "targetSecret": each.target_secret,
    }
    if context.world.switches.unset_chap == "missing":
        return {**shown, **{name: value for name, value in chap.items() if value is not None}}
    return {**shown, **{name: value or "" for name, value in chap.items()}}
