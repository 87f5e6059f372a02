# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The removal of clones. Nothing is deleted that is not, at the last read before, the clone that was planned."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Callable, Sequence

from ...._element.errors import VOLUME_UNKNOWN, Failure
from ...decide import guard
from ...model import Side, Usage, Volume
from ...observe.usage import read_host_sessions
from ...observe.volumes import list_deleted_volumes, list_volumes
from ...plan import Failures, Step, objects
from ...rehearsal import rehearsed
from ...rehearsal_steps import DeleteClone, PurgeClone, RevokeAccess
from ...run import Run
from ..current_volumes import read_current
from ..writer import Writer


def unused(run: Run, steps: Sequence[RevokeAccess | DeleteClone]) -> Failures:
    """Return the failures of volumes that are not the planned clones any more, or that hosts use. Three reads."""
    now = read_current(run, ((step.side, step.volume) for step in steps))
    failures: Failures = {}
    for side in {step.side for step in steps}:
        here = [step for step in steps if step.side == side]
        found = {step: now.get((side, step.volume.id)) for step in here}
        used = read_host_sessions(run, side, [volume for volume in found.values() if volume])
        for step, volume in found.items():
            if volume is None or volume.deleted or not _is_same(volume, step.volume):
                failures[step] = now.unreadable.get((side, step.volume.id)) or _changed(run, step)
                continue
            usage = used.get(volume.id, Usage(unreadable=("sessions",)))
            if guard.sessions(usage):
                failures[step] = _in_use(run, step, usage)
    return failures


def deleted(run: Run, steps: Sequence[PurgeClone]) -> Failures:
    """Return the failures of volumes that are not the planned clones, deleted: what is purged cannot be restored."""
    failures: Failures = {}
    for side in {step.side for step in steps}:
        now = {volume.id: volume for volume in list_deleted_volumes(run.client(side))}
        for step in (each for each in steps if each.side == side):
            volume = now.get(step.volume.id)
            if volume is None or not _is_same(volume, step.volume):
                failures[step] = _changed(run, step)
    return failures


def _is_same(now: Volume, planned: Volume) -> bool:
    same_pairs = {pair.remote_volume_id for pair in now.pairs} <= {pair.remote_volume_id for pair in planned.pairs}
    about = rehearsed(now)
    return about is not None and about == rehearsed(planned) and same_pairs


def _changed(run: Run, step: Step) -> Failure:
    cluster = run.name(step.side)
    what = f"cluster {cluster}: {step.object} changed while this task ran; nothing more was written for it, run again"
    return Failure("changed_meanwhile", what, cluster, "ListVolumes")


def _in_use(run: Run, step: Step, usage: Usage) -> Failure:
    cluster = run.name(step.side)
    what = f"cluster {cluster}: {step.object} came into use while this task ran: {', '.join(guard.sessions(usage))}"
    return Failure("clone_in_use", f"{what}; {guard.end_of_sessions(usage)}", cluster, "ListISCSISessions")


def delete(writer: Writer, batch: Sequence[DeleteClone]) -> None:
    """Delete these clones. Raises Failure."""
    client, ids = writer.run.client(batch[0].side), _ids(batch)

    def applied() -> bool:
        return all(volume.deleted for volume in list_volumes(client, ids))

    _remove(writer, "DeleteVolume", batch, applied)


def purge(writer: Writer, batch: Sequence[PurgeClone]) -> None:
    """Purge these deleted clones. Raises Failure."""
    client, ids = writer.run.client(batch[0].side), frozenset(_ids(batch))

    def applied() -> bool:
        return all(volume.id not in ids for volume in list_deleted_volumes(client))

    _remove(writer, "PurgeDeletedVolume", batch, applied)


def _ids(batch: Sequence[DeleteClone] | Sequence[PurgeClone]) -> list[int]:
    return sorted(step.volume.id for step in batch)


def _remove(
    writer: Writer, method: str, batch: Sequence[DeleteClone] | Sequence[PurgeClone], applied: Callable[[], bool]
) -> None:
    side: Side = batch[0].side
    ids = _ids(batch)
    single = len(ids) == 1
    writer.settle(
        side,
        method if single else f"{method}s",
        {"volumeID": ids[0]} if single else {"volumeIDs": ids},
        objects(batch),
        batch[0].reason,
        applied=applied,
        done=VOLUME_UNKNOWN if single else frozenset(),
    )
