# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The reads of snapshots and group snapshots.

Unreadable ones are left out: they prove nothing, and this collection did not take them.
"""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from operator import attrgetter

from ..._element.client import Client
from ..._element.members import items, optional_items, optional_text, optional_whole, text, whole, within
from ..model import Snapshot
from ..views import Unreadable
from . import lists
from .lists import Kind
from .reading import read_list


def list_snapshots(client: Client, volume_ids: Iterable[int]) -> tuple[Snapshot, ...]:
    """Return the snapshots of these volumes, in no particular order. Raises Failure."""
    wanted = frozenset(volume_ids)
    if len(wanted) != 1:
        return tuple(snapshot for snapshot in list_all_snapshots(client) if snapshot.volume_id in wanted)
    params = {"volumeID": next(iter(wanted))}
    return read_list(client, "ListSnapshots", "snapshots", _SNAPSHOT, params).readable


def list_checkpoints(client: Client, volume_ids: Iterable[int]) -> tuple[Snapshot, ...]:
    """Return the snapshots of these volumes with their attributes or those of their groups, in no particular order.

    At most two reads. Raises Failure.
    """
    found = list_snapshots(client, volume_ids)
    if not any(snapshot.group_id for snapshot in found):
        return found
    groups = {(member.group_id, member.id): member for member in list_group_snapshots(client)}
    return tuple(groups.get((snapshot.group_id, snapshot.id), snapshot) for snapshot in found)


def list_all_snapshots(client: Client) -> tuple[Snapshot, ...]:
    """Return all snapshots of this cluster. Raises Failure."""
    return read_list(client, "ListSnapshots", "snapshots", _SNAPSHOT).readable


def list_group_snapshots(client: Client, group_id: int | None = None) -> tuple[Snapshot, ...]:
    """Return the members of one group snapshot, or of all, with the name and the attributes of the group.

    Raises Failure.
    """
    params = {"groupSnapshotID": group_id}
    groups = read_list(client, "ListGroupSnapshots", "groupSnapshots", _GROUP, params)
    return tuple(member for members in groups for member in members)


def _group(entry: dict) -> tuple[Snapshot, ...]:
    members = lists.read(_SNAPSHOT, "ListGroupSnapshots", items(entry, "members"))
    group_id, name, attributes = whole(entry, "groupSnapshotID"), text(entry, "name"), _attributes(entry)
    return tuple(replace(member, group_id=group_id, name=name, attributes=attributes) for member in members)


# The status of a snapshot that can be used. Others, such as RemoteSyncing, say that it is still on its way.
_COMPLETE = ("", "done", "active", "cloning")


def _snapshot(entry: dict) -> Snapshot:
    return Snapshot(
        id=whole(entry, "snapshotID"),
        uuid=text(entry, "snapshotUUID"),
        volume_id=whole(entry, "volumeID"),
        name=optional_text(entry, "name"),
        created=optional_text(entry, "createTime"),
        group_id=optional_whole(entry, "groupID"),
        replicated=bool(entry.get("enableRemoteReplication")),
        expires=optional_text(entry, "expirationTime"),
        attributes=_attributes(entry),
        remote=dict(
            within("remoteStatuses", _remote_status, status) for status in optional_items(entry, "remoteStatuses")
        ),
        complete=optional_text(entry, "status").lower() in _COMPLETE,
    )


def _remote_status(status: dict) -> tuple[str, str]:
    return text(status, "volumePairUUID"), optional_text(status, "remoteStatus")


def _attributes(entry: dict) -> dict:
    """Return the attributes, which any client can set. {} if they are not an object."""
    noted = entry.get("attributes")
    return noted if isinstance(noted, dict) else {}


_SNAPSHOT: Kind[Snapshot, Unreadable] = Kind(
    "snapshot", _snapshot, "snapshotID", "name", once={"snapshotID": attrgetter("id")}
)
_GROUP: Kind[tuple[Snapshot, ...], Unreadable] = Kind("group snapshot", _group, "groupSnapshotID", "name")
