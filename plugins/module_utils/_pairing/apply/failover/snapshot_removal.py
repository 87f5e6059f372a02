# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The removal of checkpoints and their copies, and of saved snapshots of volumes that were not overwritten."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ...._element.errors import Failure
from ...failover_steps import RemoveCheckpoint, Save, TakeCheckpoint
from ...model import Side, other
from ...observe.snapshots import list_all_snapshots
from ...plan import objects
from ..writer import Writer
from .snapshots import GONE, Taken


def remove(writer: Writer, batch: Sequence[RemoveCheckpoint]) -> None:
    """Remove a checkpoint, or its copy, that no item needs any more. If it stays until it expires, the run warns of it."""
    step = batch[0]
    taken: Taken = step.checkpoint
    what = _Removal(taken.name, objects(batch), step.reason)
    left: list[str] = []
    if step.copy and taken.users <= {each.item for each in batch}:
        left = _remove_copies(writer, step.side, taken, what, are_there=True)
    elif not step.copy and taken.let_go(each.item for each in batch):
        left = _delete(writer, step.side, taken.is_group, taken.id, what)
    for sentence in left:
        writer.warn(sentence)


def withdraw(writer: Writer, step: TakeCheckpoint, taken: Taken) -> str | None:
    """Undo the checkpoint of one item: remove it and its copies if no other item needs it.

    Return a message about what stays, or None.
    """
    if not taken.let_go([step.item]):
        return None
    what = _Removal(taken.name, f"snapshot {taken.name}", f"roll-back: {step.OTHERWISE}")
    left = _delete_all(writer, taken, what)
    left += _remove_copies(writer, other(taken.side), taken, what)
    return "; ".join(left) or None


def unsave(writer: Writer, step: Save, taken: Taken) -> str | None:
    """Remove a saved snapshot, because nothing was overwritten. Return a message if it may stay, else None."""
    if not taken.let_go([step.item]):
        return None  # other volumes of its group were overwritten, so it stays and the result names it
    what = _Removal(taken.name, f"snapshot {taken.name}", "roll-back: nothing was overwritten")
    left = _delete_all(writer, taken, what)
    # The result does not list it as saved. If it may still exist, left_behind names it.
    taken.withdrawn = True
    return f"cluster {taken.cluster}: snapshot {taken.name} of this run may still exist ({left[0]})" if left else None


class _Removal(NamedTuple):
    """The removal of a snapshot, as messages and `actions` name it."""

    #: The name of the snapshot.
    name: str
    #: Its volumes.
    objects: str
    reason: str


def _delete_all(writer: Writer, taken: Taken, what: _Removal) -> list[str]:
    """Delete a snapshot, and others of its name: a proxy may have sent the call that took it twice, and no run shares a name."""
    left = _delete(writer, taken.side, taken.is_group, taken.id, what)
    return left or _remove_copies(writer, taken.side, taken, what)


def _remove_copies(writer: Writer, side: Side, taken: Taken, what: _Removal, are_there: bool = False) -> list[str]:
    """Remove the copies of a snapshot, which have its UUID and its name. Return messages about those that stay.

    are_there: whether this run has seen them; a node that lags behind may not list them yet.
    It is not documented whether the copy of a group is a group (note N75 of api_notes).
    """
    client = writer.run.client(side)
    uuids = set(taken.uuids.values())
    try:
        found = list_all_snapshots(client)
    except Failure as exc:
        return [_stays(writer, side, what, exc)]
    copies = [snapshot for snapshot in found if snapshot.uuid in uuids or snapshot.name == taken.name]
    left = [_not_listed(writer, side, what)] if are_there and not copies else []
    for group in sorted({snapshot.group_id for snapshot in copies if snapshot.group_id}):
        left += _delete(writer, side, True, group, what)
    for snapshot in copies:
        if not snapshot.group_id:
            left += _delete(writer, side, False, snapshot.id, what)
    return left


def _not_listed(writer: Writer, side: Side, what: _Removal) -> str:
    return f"cluster {writer.run.name(side)}: snapshot {what.name} is not listed, so it was not removed; it expires"


def _delete(writer: Writer, side: Side, is_group: bool, snapshot_id: int, what: _Removal) -> list[str]:
    client = writer.run.client(side)
    method = "DeleteGroupSnapshot" if is_group else "DeleteSnapshot"
    params = {"groupSnapshotID": snapshot_id, "saveMembers": False} if is_group else {"snapshotID": snapshot_id}

    def applied() -> bool:
        left = list_all_snapshots(client)
        return all((s.group_id if is_group else s.id) != snapshot_id for s in left)

    try:
        writer.settle(side, method, params, what.objects, what.reason, applied=applied, done=GONE)
    except Failure as exc:
        return [_stays(writer, side, what, exc)]
    return []


def _stays(writer: Writer, side: Side, what: _Removal, why: Failure) -> str:
    return f"cluster {writer.run.name(side)}: snapshot {what.name} stays until it expires: {why.sentence}"
