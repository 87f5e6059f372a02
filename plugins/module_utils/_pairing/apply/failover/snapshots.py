# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The snapshots that a failover takes: one for each volume, or one of a group of volumes.

CreateSnapshot is never repeated without a check: the unique name shows whether a call without a reply took effect.
"""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ...._element.errors import Failure
from ...._element.members import number
from ... import checkpoint, rehearsal
from ...failover_steps import Save, TakeCheckpoint, TakeSnapshot
from ...model import SAVED, Saved, Side, Snapshot, Volume
from ...observe.snapshots import list_group_snapshots, list_snapshots
from ...plan import Step, objects
from ...rehearsal_steps import TakePoint
from ..resend import CHANGE, attempt
from ..writer import SEARCH_SECONDS, Writer

# A checkpoint that no run removes expires after this time.
RETENTION = "24:00:00"
FULL = frozenset({"xMaxSnapshotsPerVolumeExceeded", "xExceededLimit"})
# The status of the copy of a checkpoint: it exists, or it was deleted; or the checkpoint itself was deleted.
PRESENT, COPY_DELETED, DELETED = "present", "deleted", "gone"
GONE = frozenset({"xSnapshotIDDoesNotExist", "xSnapshotDoesNotExist", "xGroupSnapshotDoesNotExist"})


@dataclass(eq=False)
class Taken:
    """A snapshot, or a group of snapshots, that this run has taken."""

    name: str
    side: Side
    volume_ids: tuple[int, ...]
    #: The ID of the snapshot, or of the group.
    id: int
    #: The items that still need it.
    users: set[int]
    #: The UUIDs of the members, by volume ID.
    uuids: dict[int, str] = field(default_factory=dict)
    #: The complete copies on the other side, by volume ID, if they were read.
    copies: dict[int, Snapshot] = field(default_factory=dict)
    #: The name of the cluster.
    cluster: str = ""
    #: The ID of each member and the time when it expires, by volume ID, for those in the reply.
    members: Mapping[int, tuple[int, str | None]] = field(default_factory=dict)
    #: Whether it was removed again.
    withdrawn: bool = False
    _lock: Any = field(default_factory=threading.Lock, repr=False)

    @property
    def is_group(self) -> bool:
        return len(self.volume_ids) > 1

    def saved(self, volume: Volume) -> Saved:
        """Return the saved snapshot of one of its volumes, for the result."""
        snapshot_id, expires = self.members.get(volume.id, (None if self.is_group else self.id, None))
        return Saved(self.cluster, volume.name, snapshot_id, self.name, expires)

    def let_go(self, items: Iterable[int]) -> bool:
        """Remove these items from the users. Return whether no item needs the snapshot any more, the first time only."""
        with self._lock:
            needed = bool(self.users)
            self.users.difference_update(items)
            return needed and not self.users


def take(writer: Writer, batch: Sequence[TakeSnapshot]) -> Taken:
    """Take a snapshot of the volume, or a group snapshot of all volumes of the batch, and return it. Raises Failure."""
    name = _name(writer, batch)
    try:
        return attempt(
            writer.run, CHANGE, partial(_take_once, writer, batch, name), partial(_search, writer, batch, name)
        )
    except Failure as exc:
        # What may have been taken after all is named in left_behind; everything else was refused.
        raise exc if exc.outcome_unknown else _refusal(writer, batch, exc) from None


def _name(writer: Writer, batch: Sequence[TakeSnapshot]) -> str:
    """Return a name that is unique among the snapshots of all runs."""
    return f"{_prefix(batch[0])}{writer.run.mark}-{batch[0].item}"


def _prefix(step: TakeSnapshot) -> str:
    if isinstance(step, TakePoint):
        return rehearsal.POINT
    return checkpoint.CHECKPOINT if isinstance(step, TakeCheckpoint) else SAVED


def _take_once(writer: Writer, batch: Sequence[TakeSnapshot], name: str) -> Taken:
    step = batch[0]
    ids = [each.volume.id for each in batch]
    single = len(ids) == 1
    which = {"volumeID": ids[0]} if single else {"volumes": ids}
    result = writer.write(
        step.side,
        method_of(batch),
        {**which, "name": name, **_options(batch)},
        objects(batch),
        step.reason,
    )
    try:
        taken_id = number(result["snapshotID" if single else "groupSnapshotID"])
    except (KeyError, TypeError, ValueError):
        found = writer.search(partial(_find, writer, batch, name), SEARCH_SECONDS)
        if found is None:
            cluster, method = writer.run.name(step.side), method_of(batch)
            sentence = f"cluster {cluster} answered {method} without an ID and lists no such snapshot; run again"
            raise Failure("bad_reply", sentence, cluster, method) from None
        return found
    return _taken(writer, batch, name, taken_id, _members_in_reply(result))


def method_of(batch: Sequence[Step]) -> str:
    """Return the API method that takes the snapshot of a batch, or removes it."""
    verb = "Create" if isinstance(batch[0], TakeSnapshot) else "Delete"
    return f"{verb}Snapshot" if len(batch) == 1 else f"{verb}GroupSnapshot"


def _options(batch: Sequence[TakeSnapshot]) -> dict[str, Any]:
    step = batch[0]
    if not isinstance(step, TakeCheckpoint):
        retention = step.retention if isinstance(step, Save) else None
        return {"enableRemoteReplication": False, "retention": retention}
    if isinstance(step, TakePoint):
        noted = {rehearsal.REHEARSAL: step.rehearsal}
        return {"enableRemoteReplication": True, "retention": RETENTION, "attributes": noted}
    digests = (each.digest for each in batch if isinstance(each, TakeCheckpoint))
    noted = checkpoint.attributes(step.cluster_id, digests)
    return {"enableRemoteReplication": True, "retention": RETENTION, "attributes": noted}


def _taken(
    writer: Writer,
    batch: Sequence[TakeSnapshot],
    name: str,
    taken_id: int,
    members: Mapping[int, tuple[int, str | None]],
) -> Taken:
    side, ids = batch[0].side, tuple(each.volume.id for each in batch)
    users = {each.item for each in batch}
    return Taken(name, side, ids, taken_id, users, cluster=writer.run.name(side), members=members)


def _members_in_reply(result: dict) -> dict[int, tuple[int, str | None]]:
    """Return the ID of each member in the reply and when it expires, by volume ID. Only the report uses them."""
    group = result.get("groupSnapshot")
    members = [result.get("snapshot"), *(group.get("members") or () if isinstance(group, dict) else ())]
    return {
        member["volumeID"]: (member["snapshotID"], member.get("expirationTime") or None)
        for member in members
        if isinstance(member, dict) and {"volumeID", "snapshotID"} <= member.keys()
    }


def _search(writer: Writer, batch: Sequence[TakeSnapshot], name: str, trouble: Failure) -> Taken | None:
    """Return the snapshot if the failed call has taken it, None if the cluster has refused. Raises `trouble` if unknown."""
    find = partial(_find, writer, batch, name)
    if not trouble.outcome_unknown:
        return writer.search(find, 0)
    found = writer.search(find, SEARCH_SECONDS)
    if found is None:
        cluster = writer.run.name(batch[0].side)
        trouble.left_behind.append(f"snapshot {name} of {objects(batch)} on cluster {cluster}, if it was taken")
        raise trouble
    return found


def _find(writer: Writer, batch: Sequence[TakeSnapshot], name: str) -> Taken | None:
    members = _members(writer, batch[0].side, [each.volume.id for each in batch])
    ours = [snapshot for snapshot in members if snapshot.name == name]
    if not ours:
        return None
    listed: dict[int, tuple[int, str | None]] = {each.volume_id: (each.id, each.expires or None) for each in ours}
    return _taken(writer, batch, name, ours[0].group_id if len(batch) > 1 else ours[0].id, listed)


def _members(writer: Writer, side: Side, volume_ids: Sequence[int]) -> tuple[Snapshot, ...]:
    client = writer.run.client(side)
    if len(volume_ids) == 1:
        return list_snapshots(client, volume_ids)
    return list_group_snapshots(client)


def _refusal(writer: Writer, batch: Sequence[TakeSnapshot], trouble: Failure) -> Failure:
    step, full = batch[0], trouble.name in FULL
    sentence = trouble.sentence
    if full:
        cluster = writer.run.name(step.side)
        what = f"refused {trouble.method} of {objects(batch)}: {trouble.name}"
        sentence = f"cluster {cluster} {what}; delete a snapshot that is not needed"
    if isinstance(step, Save):
        failure = trouble.recoded("cannot_save", _not_saved(writer, batch, step.hint, trouble))
    else:
        failure = trouble.recoded("snapshot_limit" if full else trouble.code, sentence)
    failure.outcome_unknown = trouble.outcome_unknown
    return failure


def _not_saved(writer: Writer, batch: Sequence[TakeSnapshot], hint: str, trouble: Failure) -> str:
    what = f"cluster {writer.run.name(batch[0].side)}: {objects(batch)} cannot be saved before it is overwritten"
    why = f"{trouble.method}: {trouble.name}" if trouble.name else trouble.sentence
    remedy = "make room for a snapshot, or give save_overwritten: false if its content may be lost"
    return f"{what} ({why}); {hint + ': ' if hint else ''}{remedy}"
