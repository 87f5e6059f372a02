# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The deletion of a volume that this run has created, if its pair cannot be made."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from ...._element.errors import VOLUME_UNKNOWN
from ...decide import guard
from ...model import READ_WRITE, Volume, other
from ...observe.usage import read_usage
from ...observe.volumes import get_volume, list_deleted_volumes
from ...observe.writes import read_settled_writes, with_writes
from ...pairing_steps import CreateVolume
from ..writer import Writer


def delete_created(writer: Writer, step: CreateVolume, created: Volume) -> str | None:
    """Delete and purge a volume that this run has created, unless it is in use. Return a message if it stays, else None.

    The volume is locked before the last check of its use, so that no host can write to it after the check. It is purged so
    that the next run can create it again. Raises Failure.
    """
    cluster, client = writer.run.name(step.side), writer.run.client(step.side)
    now = get_volume(client, created.id)
    if now is None or now.deleted:
        return None
    where = f"{now.label} on cluster {cluster}: this run created it, but it"
    if now.mark != writer.run.mark or now.name != created.name:
        return f"{where} has changed since"
    if now.pairs:
        return f"{where} is paired"
    evidence = _use_of(writer, step, now)
    if evidence:
        return f"{where} has {', '.join(evidence)}"
    _set_access(writer, step, now, "locked", "roll-back: no host may write to it any more")
    evidence = _use_of(writer, step, now, settled=True)
    if evidence:
        _set_access(writer, step, now, READ_WRITE, "roll-back: it is in use and stays")
        return f"{where} has {', '.join(evidence)}"
    _delete_and_purge(writer, step, now)
    return None


def _set_access(writer: Writer, step: CreateVolume, volume: Volume, access: str, reason: str) -> None:
    client = writer.run.client(step.side)

    def applied() -> bool:
        left = get_volume(client, volume.id)
        return left is not None and left.access == access

    params = {"volumeID": volume.id, "access": access}
    writer.settle(step.side, "ModifyVolume", params, volume.label, reason, applied=applied)


def _use_of(writer: Writer, step: CreateVolume, volume: Volume, settled: bool = False) -> tuple[str, ...]:
    """Return the evidence that hosts use the volume. settled: wait for statistics that count all writes until now."""
    used = read_usage(writer.run, step.side, [volume])[volume.id]
    if settled:
        ids = {step.side: [volume.id], other(step.side): []}
        counted = read_settled_writes(writer.run, ids, closed=True)
        used = with_writes(used, counted[step.side].get(volume.id))
    return (*guard.sessions(used), *guard.writes(used))


def _delete_and_purge(writer: Writer, step: CreateVolume, volume: Volume) -> None:
    client, reason = writer.run.client(step.side), "roll-back: the pair could not be made"
    params = {"volumeID": volume.id}

    def deleted() -> bool:
        left = get_volume(client, volume.id)
        return left is None or left.deleted

    def purged() -> bool:
        return all(each.id != volume.id for each in list_deleted_volumes(client))

    writer.settle(step.side, "DeleteVolume", params, volume.label, reason, applied=deleted, done=VOLUME_UNKNOWN)
    writer.settle(step.side, "PurgeDeletedVolume", params, volume.label, reason, applied=purged, done=VOLUME_UNKNOWN)
