# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection elementsw.replication: it can change without notice.
"""The reads that only the turn of a pair needs: snapshots, and how many writes a volume has seen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from operator import attrgetter

from .._element.client import Client
from .._element.members import each_once, items, number, optional_items, optional_text, text
from . import observe
from .model import Snapshot


def snapshots(client: Client, volume_ids: Iterable[int]) -> tuple[Snapshot, ...]:
    """The snapshots of these volumes, in no order."""
    method = "ListSnapshots"
    wanted = frozenset(volume_ids)
    if len(wanted) != 1:
        return tuple(snapshot for snapshot in all_snapshots(client) if snapshot.volume_id in wanted)
    return observe.parsed(client, method, _snapshots, client.call(method, {"volumeID": next(iter(wanted))}))


def checkpoints(client: Client, volume_ids: Iterable[int]) -> tuple[Snapshot, ...]:
    """The snapshots of these volumes with what they or their groups note, in no order: at most two reads."""
    found = snapshots(client, volume_ids)
    if not any(snapshot.group_id for snapshot in found):
        return found
    groups = {(member.group_id, member.id): member for member in group_snapshots(client)}
    return tuple(groups.get((snapshot.group_id, snapshot.id), snapshot) for snapshot in found)


def all_snapshots(client: Client) -> tuple[Snapshot, ...]:
    """Every snapshot of this cluster."""
    method = "ListSnapshots"
    return observe.parsed(client, method, _snapshots, client.call(method))


def group_snapshots(client: Client, group_id: int | None = None) -> tuple[Snapshot, ...]:
    """The members of one group snapshot, or of all; their names and attributes are those of the group."""
    method = "ListGroupSnapshots"
    return observe.parsed(client, method, _group_members, client.call(method, {"groupSnapshotID": group_id}))


def write_counts(client: Client, volume_ids: Iterable[int]) -> dict[int, tuple[int, str]]:
    """How many writes these volumes have seen, and when that was read, by volume ID."""
    method = "ListVolumeStats"
    ids = sorted(volume_ids)
    params: dict[str, object] = {"includeVirtualVolumes": False}
    if len(ids) <= observe.MOST_IDS:
        params["volumeIDs"] = ids
    return observe.parsed(client, method, _write_counts, client.call(method, params))


# --- from the API's words to the model's ------------------------------------------------------------------------------


def _write_counts(result: dict) -> dict[int, tuple[int, str]]:
    return {
        number(stats["volumeID"]): (number(stats["writeOps"]), text(stats, "timestamp"))
        for stats in items(result, "volumeStats")
    }


def _snapshots(result: dict) -> tuple[Snapshot, ...]:
    return each_once(map(_snapshot, items(result, "snapshots")), attrgetter("id"))


def _group_members(result: dict) -> tuple[Snapshot, ...]:
    return tuple(
        replace(
            _snapshot(member),
            group_id=number(group["groupSnapshotID"]),
            name=text(group, "name"),
            attributes=_attributes(group),
        )
        for group in items(result, "groupSnapshots")
        for member in items(group, "members")
    )


def _snapshot(entry: dict) -> Snapshot:
    return Snapshot(
        id=number(entry["snapshotID"]),
        uuid=text(entry, "snapshotUUID"),
        volume_id=number(entry["volumeID"]),
        name=optional_text(entry, "name"),
        created=optional_text(entry, "createTime"),
        group_id=number(entry.get("groupID") or 0),
        replicated=bool(entry.get("enableRemoteReplication")),
        expires=optional_text(entry, "expirationTime"),
        attributes=_attributes(entry),
        remote={
            text(status, "volumePairUUID"): optional_text(status, "remoteStatus")
            for status in optional_items(entry, "remoteStatuses")
        },
    )


def _attributes(entry: dict) -> dict:
    """What people and tools have noted, which may be anything."""
    noted = entry.get("attributes")
    return noted if isinstance(noted, dict) else {}
