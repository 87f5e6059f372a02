# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The clone of a snapshot. Its attributes identify it.

CloneVolume is never repeated without a check, because names are not unique: after a lost reply there would be two clones.
A clone that is being made is in no list of volumes, and its job is.
"""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from ...._element.errors import ApiError, Failure
from ... import rehearsal
from ...model import Snapshot
from ...observe.clones import list_clone_jobs
from ...observe.volumes import list_volumes, list_volumes_named
from ...plan import Failures
from ...rehearsal_steps import CloneVolume
from ...run import Run
from ..current_volumes import describe_change
from ..resend import CHANGE, attempt, clone_slot
from ..writer import SEARCH_SECONDS, Writer

# The cluster makes as many clones of the volume, or in all, as it can. Releases may also let a clone wait for its turn.
BUSY = frozenset({"xMaxClonesPerVolumeExceeded", "xMaxClonesPerNodeExceeded"})
# Names of errors, with the code that says what they mean for a clone.
_MEANINGS = {
    **dict.fromkeys(BUSY, ("limit_reached", "raise wait_timeout, or run again when fewer clones are being made")),
    **dict.fromkeys(
        ("xSliceServiceSelectionFailed", "xTotalCapacityExceeded"),
        ("cluster_full", "delete and purge volumes that are not needed, or rehearse fewer"),
    ),
    "xExceededLimit": ("limit_reached", "delete volumes that are not needed, or rehearse fewer"),
    **dict.fromkeys(
        ("xVolumeIDDoesNotExist", "xSnapshotIDDoesNotExist", "xAccountIDDoesNotExist"),
        ("changed_meanwhile", "run again"),
    ),
}


def clone(writer: Writer, step: CloneVolume) -> None:
    """Let the cluster begin the clone. Raises Failure: its `left_behind` names a clone that may have been begun."""
    once = partial(attempt, writer.run, CHANGE, partial(_clone_once, writer, step), partial(_search, writer, step))
    # All clones of a run share the time: they wait for the same turns.
    until = writer.deadline("clone", step.timeout)
    try:
        attempt(writer.run, clone_slot(writer.run, until, BUSY), once)
    except ApiError as exc:
        if exc.outcome_unknown or exc.name not in _MEANINGS:
            raise
        code, remedy = _MEANINGS[exc.name]
        what = f"cluster {writer.run.name(step.side)} refused CloneVolume of {step.original.label}: {exc.name}"
        raise exc.recoded(code, f"{what}; {remedy}") from None


def _clone_once(writer: Writer, step: CloneVolume) -> bool:
    snapshot = _snapshot(step)
    about = replace(step.about, snapshot=snapshot.name, taken=snapshot.created)
    params = {
        "volumeID": step.original.id,
        "snapshotID": snapshot.id,
        "name": step.clone.name,
        # The clone of a replicationTarget is a replicationTarget, too, unless it is given.
        "access": step.clone.access,
        "newAccountID": step.clone.account_id,
        "attributes": rehearsal.attributes(about, writer.run.mark),
    }
    writer.write(step.side, "CloneVolume", params, step.object, step.reason)
    return True


def _snapshot(step: CloneVolume) -> Snapshot:
    """The snapshot to clone, on the cluster of the clone."""
    if step.snapshot is not None:
        return step.snapshot
    if step.checkpoint is None or step.source is None:
        raise LookupError(f"item {step.item} has no snapshot to clone")
    copy: Snapshot = step.checkpoint.copies[step.source.id]
    return copy


def _search(writer: Writer, step: CloneVolume, trouble: Failure) -> bool | None:
    """Return True if the failed call has begun the clone, None if it has not.

    Raises `trouble` if neither is known: another call might begin a second clone.
    """
    find = partial(_is_begun, writer, step)
    if not trouble.outcome_unknown:
        with contextlib.suppress(Failure):  # then neither is known
            return find()
    elif writer.search(find, SEARCH_SECONDS):
        return True
    trouble.left_behind.append(
        f"{step.object} of account {step.owner} on cluster {writer.run.name(step.side)}, if it was begun; run again to find out"
    )
    raise trouble


def _is_begun(writer: Writer, step: CloneVolume) -> bool | None:
    """Return True if this run's clone is listed, or a job makes one of the volume; None otherwise. Raises Failure."""
    client = writer.run.client(step.side)
    # The jobs first: a clone is listed before its job is gone.
    if any(job.source_id == step.original.id for _volume_id, job in list_clone_jobs(client)):
        return True
    named = list_volumes_named(client, step.clone.name)
    return True if any(volume.mark == writer.run.mark and rehearsal.rehearsed(volume) for volume in named) else None


def not_cloneable(run: Run, steps: Sequence[CloneVolume]) -> Failures:
    """Return the failures of volumes that have changed, or whose clone another client has made. One read."""
    failures: Failures = {}
    for side in {step.side for step in steps}:
        now = list_volumes(run.client(side))
        by_id = {volume.id: volume for volume in now}
        taken = {volume.name: volume for volume in now if not volume.deleted}
        for step in (each for each in steps if each.side == side):
            what = describe_change(by_id.get(step.original.id), step.original)
            if step.clone.name in taken:
                what = f"{taken[step.clone.name].label} has the name of its clone now"
            if what is not None:
                failures[step] = Failure(
                    "changed_meanwhile",
                    f"cluster {run.name(side)}: {step.original.label} changed while this task ran: {what}; it was not cloned, "
                    "run again",
                    run.name(side),
                    "ListVolumes",
                )
    return failures
