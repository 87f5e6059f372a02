# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Access groups and initiators: what may be in them, and what changes with it. The checks change nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from .cluster import Cluster
from .errors import ApiError
from .pair_states import TARGET
from .records import AccessGroup, Initiator, Volume
from .settings import Switches

IQN = re.compile(r"iqn\.\d{4}-\d{2}\.[a-z0-9.:-]+")
WWPN = re.compile(r"[0-9a-f]{16}|[0-9a-f]{2}(:[0-9a-f]{2}){7}")


# Initiators by name


def spelled(name: str) -> str:
    """The name as a cluster keeps it: clients write it in any case."""
    return name.lower()


def find_initiator(cluster: Cluster, name: str) -> Initiator | None:
    """The initiator of this name; a WWPN is the same with and without colons."""
    return initiators_by_name(cluster).get(_key(name))


def initiators_by_name(cluster: Cluster) -> dict[str, Initiator]:
    """All initiators, by their names as `spelled`; a WWPN without its colons."""
    return {_key(each.name): each for each in cluster.initiators.values()}


def _key(name: str) -> str:
    lower = spelled(name)
    return lower.replace(":", "") if WWPN.fullmatch(lower) else lower


def new_initiator(cluster: Cluster, name: str) -> Initiator:
    """An initiator that the cluster does not have yet; it gets its ID when it is registered."""
    lower = spelled(name)
    if len(lower) > cluster.limits["initiatorNameLengthMax"] or not (IQN.fullmatch(lower) or WWPN.fullmatch(lower)):
        raise ApiError("xInvalidParameter", f"{name} is neither an IQN nor a WWPN")
    return Initiator(lower)


def named_initiators(cluster: Cluster, wanted: Iterable[int | str]) -> list[Initiator]:
    """The initiators of these IDs and names. A name that the cluster does not know makes a new one."""
    found: dict[str, Initiator] = {}
    for each in wanted:
        known = cluster.initiator(each) if isinstance(each, int) else find_initiator(cluster, each)
        new = known or new_initiator(cluster, str(each))
        found.setdefault(_key(new.name), new)
    return list(found.values())


def check_count(cluster: Cluster, initiators: Iterable[Initiator]) -> None:
    """Whether the cluster takes those among them that it does not have yet."""
    new = sum(each.initiator_id is None for each in initiators)
    if new and len(cluster.initiators) + new > cluster.limits["initiatorCountMax"]:
        raise ApiError("xExceededLimit", "the maximum number of initiators is reached")


def register(cluster: Cluster, initiators: Iterable[Initiator]) -> None:
    """Give an ID to those that the cluster does not have yet."""
    for each in initiators:
        if each.initiator_id is None:
            each.initiator_id = cluster.next_id("initiator")
            cluster.initiators[each.initiator_id] = each


# Initiators of groups


def check_members(
    cluster: Cluster, group: AccessGroup | None, members: Sequence[Initiator], leaving: Iterable[AccessGroup] = ()
) -> None:
    """Whether a group may have these initiators, given the groups that they leave for it."""
    if len(members) > cluster.limits["initiatorsPerVolumeAccessGroupCountMax"]:
        raise ApiError("xExceededLimit", "the maximum number of Initiators per VolumeAccessGroup is reached")
    not_counted = {group, *leaving}
    groups = groups_of_initiators(cluster)
    for each in members:
        others = [other for other in groups.get(each, ()) if other not in not_counted]
        if len(others) >= cluster.limits["volumeAccessGroupsPerInitiatorCountMax"]:
            raise ApiError(
                "xExceededLimit", f"Exceeded maximum number of VolumeAccessGroups per Initiator: {each.name}"
            )
    check_count(cluster, members)


def groups_of_initiators(cluster: Cluster) -> dict[Initiator, list[AccessGroup]]:
    """The groups of every initiator that is in one, in one pass."""
    groups: dict[Initiator, list[AccessGroup]] = {}
    for group in cluster.access_groups.values():
        for each in group.initiators:
            groups.setdefault(each, []).append(group)
    return groups


def set_members(cluster: Cluster, group: AccessGroup, members: Sequence[Initiator]) -> None:
    """Put these initiators into a group in place of those it has; their Fibre Channel sessions follow."""
    register(cluster, members)
    gone = {_key(each.name) for each in group.initiators}
    here = {_key(each.name) for each in members}
    group.initiators = list(members)
    for session in cluster.fibre_channel_sessions:
        if _key(session.initiator_wwpn) in here:
            session.group_id = group.group_id
        elif session.group_id == group.group_id and _key(session.initiator_wwpn) in gone:
            session.group_id = None


def delete_orphans(cluster: Cluster, candidates: Iterable[Initiator]) -> None:
    """Delete those among them that no group has any more."""
    grouped = groups_of_initiators(cluster)
    for each in candidates:
        if each not in grouped and each.initiator_id is not None:
            del cluster.initiators[each.initiator_id]


# Volumes of groups


def check_volumes(
    cluster: Cluster, switches: Switches, group: AccessGroup | None, volume_ids: Iterable[int]
) -> list[Volume]:
    """The volumes of these IDs, if a group may have them."""
    volumes = [cluster.volume(volume_id) for volume_id in dict.fromkeys(volume_ids)]
    if len(volumes) > cluster.limits["volumesPerVolumeAccessGroupCountMax"]:
        raise ApiError("xExceededLimit", "the maximum number of Volumes per VolumeAccessGroup is reached")
    for volume in volumes:
        if group is not None and group.group_id in volume.access_groups:
            continue
        if len(volume.access_groups) >= cluster.limits["volumeAccessGroupsPerVolumeCountMax"]:
            raise ApiError(
                "xExceededLimit", f"Exceeded maximum number of VolumeAccessGroups per Volume: {volume.volume_id}"
            )
        if volume.access == TARGET and switches.target_in_access_group == "refused":
            raise ApiError("xInvalidParameter", f"Volume {volume.volume_id} is a replication target")
    return volumes


def set_volumes(cluster: Cluster, group: AccessGroup, volumes: Iterable[Volume]) -> None:
    """Put these volumes into a group in place of those it has. Deleted ones stay until they are purged."""
    wanted = [volume.volume_id for volume in volumes]
    deleted = [volume_id for volume_id in group.volume_ids if cluster.volumes[volume_id].deleted]
    for volume_id in set(group.volume_ids) - {*wanted, *deleted}:
        remove_volume(group, cluster.volumes[volume_id])
    for volume_id in wanted:
        if volume_id not in group.volume_ids:
            add_volume(group, cluster.volumes[volume_id])
    group.volume_ids = [*wanted, *(volume_id for volume_id in deleted if volume_id not in wanted)]


def add_volume(group: AccessGroup, volume: Volume) -> None:
    """The volume gets the lowest LUN that is free."""
    taken = set(group.luns.values())
    group.luns[volume.volume_id] = next(lun for lun in range(len(taken) + 1) if lun not in taken)
    group.volume_ids.append(volume.volume_id)
    volume.access_groups.append(group.group_id)


def remove_volume(group: AccessGroup, volume: Volume) -> None:
    group.volume_ids.remove(volume.volume_id)
    del group.luns[volume.volume_id]
    volume.access_groups.remove(group.group_id)


def delete_group(cluster: Cluster, group: AccessGroup) -> None:
    """The group need not be empty: its volumes and initiators are left."""
    for volume_id in list(group.volume_ids):
        remove_volume(group, cluster.volumes[volume_id])
    for session in cluster.fibre_channel_sessions:
        if session.group_id == group.group_id:
            session.group_id = None
    del cluster.access_groups[group.group_id]
