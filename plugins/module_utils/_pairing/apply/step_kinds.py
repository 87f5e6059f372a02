# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection elementsw.replication: it can change without notice.
"""How each kind of step is called, run and undone. Check mode prints `actions`, a real run calls `run`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from ..failover_steps import (
    ConfirmFailover,
    CountLateWrites,
    Demote,
    Promote,
    RemoveCheckpoint,
    Save,
    TakeCheckpoint,
    TakeSnapshot,
)
from ..model import Action, Sides, Volume, other
from ..plan import (
    ChangeVolume,
    CreateAccount,
    CreateVolume,
    Grow,
    PairClusters,
    PairVolumes,
    Recheck,
    RemoveClusterPair,
    RemoveVolumePair,
    SetAccess,
    SetMode,
    SetPause,
    Step,
)
from .batch import objects
from .changes import change, change_reason, set_mode, set_pause
from .execution import Done, Item
from .failover.late_writes import warn_of_late_writes
from .failover.roll_back import keep_promotion, undo_demotion
from .failover.snapshot_removal import remove, unsave
from .failover.snapshots import method_of, take
from .pairing.cluster_handshake import pair_clusters, unpair_cluster
from .pairing.create import create_volume
from .pairing.create_account import create_account
from .pairing.volume_handshake import pair_volumes, unpair_volume
from .roll_back import (
    undo_access,
    undo_account,
    undo_checkpoint,
    undo_creation,
    undo_growth,
    undo_nothing,
    undo_pair_change,
    undo_pairing,
    undo_removal,
)
from .writer import Writer


def with_created(step: Step, done: Iterable[Done]) -> Step:
    """The step with what its item has created by now, a volume, an account, a checkpoint, in place of the planned one."""
    for before in done:
        if before.account_id and isinstance(step, CreateVolume) and not step.account_id:
            step = replace(step, account_id=before.account_id)
        if before.taken and isinstance(step, (ConfirmFailover, RemoveCheckpoint)):
            step = replace(step, checkpoint=before.taken)
        for member in ("volume", "completer"):
            planned = getattr(step, member, None)
            if before.volume and isinstance(planned, Volume) and planned.planned and not isinstance(step, CreateVolume):
                step = replace(step, **{member: before.volume})  # type: ignore[arg-type]
    return step


def actions(batch: Sequence[Step], clusters: Sides[str]) -> list[Action]:
    """The writes that running the batch makes when nothing fails, in order."""
    step = batch[0]
    here, there = clusters[step.side], clusters[other(step.side)]
    if isinstance(step, PairClusters):
        return [
            Action(here, "StartClusterPairing", step.object, step.reason),
            Action(there, "CompleteClusterPairing", step.completer_object, step.reason),
        ]
    if isinstance(step, PairVolumes):
        return [
            Action(here, "StartVolumePairing", step.object, step.reason),
            Action(there, "CompleteVolumePairing", step.completer_object, step.reason),
        ]
    if isinstance(step, ChangeVolume):
        method = "ModifyVolume" if len(batch) == 1 else "ModifyVolumes"
        return [Action(here, method, objects(batch), change_reason(step))]
    if isinstance(step, (TakeSnapshot, RemoveCheckpoint)):
        return [Action(here, method_of(batch), objects(batch), step.reason)]
    if isinstance(step, (Recheck, CountLateWrites)):
        return []
    methods = {
        RemoveClusterPair: "RemoveClusterPair",
        RemoveVolumePair: "RemoveVolumePair",
        CreateAccount: "AddAccount",
        CreateVolume: "CreateVolume",
        SetMode: "ModifyVolumePair",
        SetPause: "ModifyVolumePair",
    }
    return [Action(here, methods[type(step)], step.object, step.reason)]


def perform(writer: Writer, step: Step) -> Done:
    """Make one step take effect. Raises Failure; what then remains of it is in `left_behind`."""
    return _first(_RUN, step)(writer, step)


def _first(table: Sequence[tuple[type, Any]], step: Step) -> Any:
    """What the table has for a step of this kind."""
    return next(what for kind, what in table if isinstance(step, kind))


def _unpair_cluster(writer: Writer, step: RemoveClusterPair) -> Done:
    unpair_cluster(writer, step.side, step.entry, step.object, step.reason)
    return Done(step)


def _pair_clusters(writer: Writer, step: PairClusters) -> Done:
    pair_clusters(writer, step)
    return Done(step)


def _unpair_volume(writer: Writer, step: RemoveVolumePair) -> Done:
    unpair_volume(writer, step.side, step.volume, step.volume.pairs[0].uuid, step.reason)
    return Done(step)


def _create_account(writer: Writer, step: CreateAccount) -> Done:
    account_id, ours = create_account(writer, step)
    return Done(step, account_id=account_id, ours=ours)


def _create_volume(writer: Writer, step: CreateVolume) -> Done:
    return Done(step, volume=create_volume(writer, step))


def _change(writer: Writer, step: ChangeVolume) -> Done:
    return Done(step, ours=change(writer, step.side, [step]))


def _pair_volumes(writer: Writer, step: PairVolumes) -> Done:
    return Done(step, uuid=pair_volumes(writer, step))


def _mode(writer: Writer, step: SetMode) -> Done:
    set_mode(writer, step, step.mode, step.reason)
    return Done(step)


def _pause(writer: Writer, step: SetPause) -> Done:
    set_pause(writer, step, step.paused, step.reason)
    return Done(step)


def _take(writer: Writer, step: TakeSnapshot) -> Done:
    return Done(step, taken=take(writer, [step]))


def _remove(writer: Writer, step: RemoveCheckpoint) -> Done:
    remove(writer, [step])
    return Done(step)


def _count_late_writes(writer: Writer, step: CountLateWrites) -> Done:
    warn_of_late_writes(writer, [step])
    return Done(step)


def perform_batch(writer: Writer, batch: Sequence[Step]) -> Done:
    """One call for all steps of a batch. Raises Failure as `run` does."""
    step = batch[0]
    if isinstance(step, TakeSnapshot):
        return Done(step, taken=take(writer, batch))  # type: ignore[arg-type]
    if isinstance(step, RemoveCheckpoint):
        remove(writer, batch)  # type: ignore[arg-type]
        return Done(step)
    if isinstance(step, CountLateWrites):
        warn_of_late_writes(writer, batch)  # type: ignore[arg-type]
        return Done(step)
    return perform(writer, step)


def undo(writer: Writer, done: Done, item: Item) -> str | None:
    """Put back what a step did, if it still is as the step left it; a sentence about what could not be put back.

    item: the pair that the step belongs to. Raises Failure when the cluster does not let us.
    """
    if isinstance(done.step, Demote):
        return undo_demotion(writer, done, item.done, change)
    if isinstance(done.step, Promote):
        return keep_promotion(writer, done, item.done)
    if isinstance(done.step, Save):
        return None if item.may_be_overwritten else unsave(writer, done.step, done.taken)
    return _first(_UNDO, done.step)(writer, done, f"{done.step.object} on cluster {writer.run.name(done.step.side)}")


_RUN: tuple[tuple[type, Callable[..., Done]], ...] = (
    (RemoveClusterPair, _unpair_cluster),
    (PairClusters, _pair_clusters),
    (RemoveVolumePair, _unpair_volume),
    (CreateAccount, _create_account),
    (CreateVolume, _create_volume),
    (ChangeVolume, _change),
    (PairVolumes, _pair_volumes),
    (SetMode, _mode),
    (SetPause, _pause),
    (TakeSnapshot, _take),
    (RemoveCheckpoint, _remove),
    (CountLateWrites, _count_late_writes),
)
_UNDO: tuple[tuple[type, Callable[..., str | None]], ...] = (
    (RemoveClusterPair, undo_removal),
    (RemoveVolumePair, undo_removal),
    (Grow, undo_growth),
    (CreateAccount, undo_account),
    (CreateVolume, undo_creation),
    (PairVolumes, undo_pairing),
    (SetAccess, undo_access),
    (SetMode, undo_pair_change),
    (SetPause, undo_pair_change),
    (TakeCheckpoint, undo_checkpoint),
    (Step, undo_nothing),
)
