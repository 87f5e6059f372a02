# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The status of the copies of a checkpoint on the other side."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Mapping

from ...._element.errors import VOLUME_UNKNOWN, Failure
from ...model import Snapshot
from ...observe.snapshots import list_group_snapshots, list_snapshots
from ...run import Run
from .snapshots import DELETED, GONE, Taken


def copies(run: Run, taken: Taken, pairs: Mapping[int, str]) -> dict[int, str]:
    """Return the status of the copies of a checkpoint on the other side, by volume ID, and record the UUIDs of its members.

    The status is the API's, in lower case and without blanks, "" if there is none, or DELETED if the member itself was
    deleted. pairs: the UUIDs of the pairs of these volumes, by volume ID. One read. Raises Failure.
    """
    members = {member.volume_id: member for member in _remaining_members(run, taken)}
    taken.uuids.update({volume_id: member.uuid for volume_id, member in members.items()})
    # Some releases write `Not Present`. The case is not documented.
    return {
        volume_id: members[volume_id].remote.get(uuid, "").replace(" ", "").lower() if volume_id in members else DELETED
        for volume_id, uuid in pairs.items()
    }


def _remaining_members(run: Run, taken: Taken) -> tuple[Snapshot, ...]:
    """Return the members that still exist. Raises Failure."""
    client = run.client(taken.side)
    try:
        if taken.is_group:
            return list_group_snapshots(client, taken.id)
        return tuple(s for s in list_snapshots(client, taken.volume_ids) if s.id == taken.id)
    except Failure as exc:
        if exc.name in GONE | VOLUME_UNKNOWN:
            return ()
        raise
