# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One row for each kind of step: the calls it makes, how it is run and undone, and what is checked before it.

Check mode shows `actions`, a real run calls `perform`: both come from the same row.
"""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..._element.errors import ApiError, Failure
from ..failover_steps import (
    ConfirmArrival,
    ConfirmDemotion,
    ConfirmFailover,
    ConfirmQuiet,
    CountLateWrites,
    Demote,
    Promote,
    RemoveCheckpoint,
    Save,
    TakeCheckpoint,
)
from ..model import Action, Sides, Volume, other
from ..observe.reading import MAX_IDS
from ..pairing_steps import (
    ConfirmUnused,
    CreateAccount,
    CreateVolume,
    Grow,
    MarkReplica,
    PairClusters,
    PairVolumes,
    ReleaseTarget,
    RemoveClusterPair,
    RemoveVolumePair,
    SetAccess,
    SetMode,
    SetPause,
)
from ..plan import Failures, Step, objects
from ..rehearsal_steps import (
    CloneVolume,
    ConfirmPoint,
    DeleteClone,
    GrantAccess,
    PurgeClone,
    RevokeAccess,
    SetPolicy,
    TakePoint,
)
from ..run import Run
from . import recheck
from .changes import change, change_reason, set_mode, set_pause
from .execution import Done, Item
from .failover import checks
from .failover.late_writes import warn_of_late_writes
from .failover.roll_back import keep_promotion, undo_demotion
from .failover.snapshot_removal import remove, unsave
from .failover.snapshots import method_of, take
from .pairing.cluster_handshake import pair_clusters, unpair_cluster
from .pairing.create import create_volume
from .pairing.create_account import create_account
from .pairing.volume_handshake import pair_volumes, unpair_volume
from .rehearsal import access, removal
from .rehearsal.clone import clone, not_cloneable
from .rehearsal.point import arrived
from .resend import may_pass
from .roll_back import (
    undo_access,
    undo_account,
    undo_checkpoint,
    undo_creation,
    undo_growth,
    undo_pair_change,
    undo_pairing,
    undo_removal,
)
from .writer import Writer


def _no_calls(_batch: Sequence[Any], _clusters: Sides[str]) -> list[Action]:
    return []


def _nothing_to_undo(_writer: Writer, _done: Done, _item: Item) -> str | None:
    return None


def _nothing_kept(_run: Run, _done: Done) -> str | None:
    return None


def _never(_failure: Failure) -> bool:
    return False


@dataclass(frozen=True)
class StepKind:
    """How steps of one class are called, run and undone. A batch is what one call serves; most have one step."""

    #: The writes that the batch makes when nothing fails, in order; clusters: their names.
    calls: Callable[[Sequence[Any], Sides[str]], list[Action]] = _no_calls
    #: Makes the batch take effect; None for a step that only rechecks. Raises Failure.
    run: Callable[[Writer, Sequence[Any]], Done] | None = None
    #: Puts back what the step did, if it still is as the step left it; a message about what stays. Raises Failure.
    undo: Callable[[Writer, Done, Item], str | None] = _nothing_to_undo
    #: A message about what the step has made, if the task ends before it is concluded; None if nothing of it is left.
    kept: Callable[[Run, Done], str | None] = _nothing_kept
    #: What steps that one call can serve have in common, and how many it serves.
    shared: Callable[[Any], tuple[object, ...]] | None = None
    max_batch: Callable[[Any], int] = lambda _step: MAX_IDS
    #: Whether a call for several steps that failed so is repeated for each alone, so that only one of them fails.
    split_after: Callable[[Failure], bool] = _never
    #: What is read again just before, for all steps of a phase together: the steps that must not be run, and why.
    recheck: Callable[[Run, Sequence[Any]], Failures] | None = None
    #: A lost reply counts as done, so that the roll-back reads what became of it and puts it back.
    undo_if_unknown: bool = False
    #: A failure of one step by itself is only warned of.
    optional: bool = False


def kind_of(step: Step) -> StepKind:
    """The row of a step: that of its class, or of the nearest class above it."""
    return next(KINDS[kind] for kind in type(step).__mro__ if kind in KINDS)


def with_created(step: Step, done: Iterable[Done]) -> Step:
    """The step with what its item has created by now, a volume, an account, a checkpoint, in place of the planned one."""
    for before in done:
        if before.account_id and isinstance(step, CreateVolume) and not step.account_id:
            step = replace(step, account_id=before.account_id)
        if before.taken and isinstance(step, (ConfirmArrival, RemoveCheckpoint, CloneVolume)):
            step = replace(step, checkpoint=before.taken)
        for member in ("volume", "completer"):
            planned = getattr(step, member, None)
            if before.volume and isinstance(planned, Volume) and planned.planned and not isinstance(step, CreateVolume):
                step = replace(step, **{member: before.volume})  # type: ignore[arg-type]
    return step


# --- the calls --------------------------------------------------------------------------------------------------------


def _one(method: str) -> Callable[[Sequence[Step], Sides[str]], list[Action]]:
    """One call of this method for one step."""

    def calls(batch: Sequence[Step], clusters: Sides[str]) -> list[Action]:
        return [Action(clusters[batch[0].side], method, batch[0].object, batch[0].reason)]

    return calls


def _handshake(kind: str) -> Callable[[Sequence[Any], Sides[str]], list[Action]]:
    def calls(batch: Sequence[Any], clusters: Sides[str]) -> list[Action]:
        step = batch[0]
        return [
            Action(clusters[step.side], f"Start{kind}Pairing", step.object, step.reason),
            Action(clusters[other(step.side)], f"Complete{kind}Pairing", step.completer_object, step.reason),
        ]

    return calls


def _change_calls(batch: Sequence[Any], clusters: Sides[str]) -> list[Action]:
    method = "ModifyVolume" if len(batch) == 1 else "ModifyVolumes"
    return [Action(clusters[batch[0].side], method, objects(batch), change_reason(batch[0]))]


def _snapshot_calls(batch: Sequence[Any], clusters: Sides[str]) -> list[Action]:
    return [Action(clusters[batch[0].side], method_of(batch), objects(batch), batch[0].reason)]


def _many(method: str) -> Callable[[Sequence[Step], Sides[str]], list[Action]]:
    """One call for a batch; the method for several volumes has an s at its end."""

    def calls(batch: Sequence[Step], clusters: Sides[str]) -> list[Action]:
        name = method if len(batch) == 1 else f"{method}s"
        return [Action(clusters[batch[0].side], name, objects(batch), batch[0].reason)]

    return calls


def _all(method: str) -> Callable[[Sequence[Step], Sides[str]], list[Action]]:
    """One call of this method for a batch."""

    def calls(batch: Sequence[Step], clusters: Sides[str]) -> list[Action]:
        return [Action(clusters[batch[0].side], method, objects(batch), batch[0].reason)]

    return calls


# --- running ----------------------------------------------------------------------------------------------------------


def _unpair_cluster(writer: Writer, batch: Sequence[RemoveClusterPair]) -> Done:
    (step,) = batch
    unpair_cluster(writer, step.side, step.entry, step.object, step.reason)
    return Done(step)


def _pair_clusters(writer: Writer, batch: Sequence[PairClusters]) -> Done:
    pair_clusters(writer, batch[0])
    return Done(batch[0])


def _unpair_volume(writer: Writer, batch: Sequence[RemoveVolumePair]) -> Done:
    (step,) = batch
    unpair_volume(writer, step.side, step.volume, step.volume.pairs[0].uuid, step.reason)
    return Done(step)


def _create_account(writer: Writer, batch: Sequence[CreateAccount]) -> Done:
    account_id, ours = create_account(writer, batch[0])
    return Done(batch[0], account_id=account_id, ours=ours)


def _create_volume(writer: Writer, batch: Sequence[CreateVolume]) -> Done:
    return Done(batch[0], volume=create_volume(writer, batch[0]))


def _change(writer: Writer, batch: Sequence[Any]) -> Done:
    return Done(batch[0], ours=change(writer, batch[0].side, batch))


def _pair_volumes(writer: Writer, batch: Sequence[PairVolumes]) -> Done:
    return Done(batch[0], uuid=pair_volumes(writer, batch[0]))


def _set_mode(writer: Writer, batch: Sequence[SetMode]) -> Done:
    set_mode(writer, batch[0], batch[0].mode, batch[0].reason)
    return Done(batch[0])


def _set_pause(writer: Writer, batch: Sequence[SetPause]) -> Done:
    set_pause(writer, batch[0], batch[0].paused, batch[0].reason)
    return Done(batch[0])


def _take_snapshot(writer: Writer, batch: Sequence[Any]) -> Done:
    return Done(batch[0], taken=take(writer, batch))


def _remove_checkpoint(writer: Writer, batch: Sequence[RemoveCheckpoint]) -> Done:
    remove(writer, batch)
    return Done(batch[0])


def _warn_of_late_writes(writer: Writer, batch: Sequence[CountLateWrites]) -> Done:
    warn_of_late_writes(writer, batch)
    return Done(batch[0])


def _clone(writer: Writer, batch: Sequence[CloneVolume]) -> Done:
    clone(writer, batch[0])
    return Done(batch[0])


def _grant(writer: Writer, batch: Sequence[GrantAccess]) -> Done:
    access.grant(writer, batch)
    return Done(batch[0])


def _revoke(writer: Writer, batch: Sequence[RevokeAccess]) -> Done:
    access.revoke(writer, batch)
    return Done(batch[0])


def _delete_clones(writer: Writer, batch: Sequence[DeleteClone]) -> Done:
    removal.delete(writer, batch)
    return Done(batch[0])


def _purge_clones(writer: Writer, batch: Sequence[PurgeClone]) -> Done:
    removal.purge(writer, batch)
    return Done(batch[0])


# --- undoing ----------------------------------------------------------------------------------------------------------


def _undo_demotion(writer: Writer, done: Done, item: Item) -> str | None:
    return undo_demotion(writer, done, item.done, change)


def _keep_promotion(writer: Writer, done: Done, item: Item) -> str | None:
    return keep_promotion(writer, done, item.done)


def _keep_clone(writer: Writer, done: Done, _item: Item) -> str | None:
    return _kept_clone(writer.run, done)


def _kept_clone(run: Run, done: Done) -> str | None:
    """A clone is kept: the next run goes on with it, and state: absent removes it."""
    return f"{done.step.object} on cluster {run.name(done.step.side)}: it was begun and is kept"


def _kept_point(run: Run, done: Done) -> str | None:
    if not done.taken.users:
        return None
    return f"snapshot {done.taken.name} of {done.step.object} on cluster {run.name(done.step.side)}: it stays until it expires"


def _grant_again(writer: Writer, done: Done, _item: Item) -> str | None:
    step: RevokeAccess = done.step  # type: ignore[assignment]
    access.grant(writer, [step], "roll-back: the clone was not deleted")
    return None


def _not_purged(writer: Writer, done: Done, _item: Item) -> str | None:
    return f"{done.step.object} on cluster {writer.run.name(done.step.side)}: it is deleted and not purged; run again"


def _undo_save(writer: Writer, done: Done, item: Item) -> str | None:
    return None if item.may_be_overwritten else unsave(writer, done.step, done.taken)  # type: ignore[arg-type]


# --- what one call can serve, and when it cannot ----------------------------------------------------------------------


def _same_change(step: Any) -> tuple[object, ...]:
    return (step.side, type(step), json.dumps(step.change, sort_keys=True), step.reason)


def _refused(failure: Failure) -> bool:
    """The cluster has refused the call as a whole: one bad volume, and none is changed."""
    return isinstance(failure, ApiError) and not may_pass(failure)


def _is_known_to_fail(failure: Failure) -> bool:
    return not failure.outcome_unknown


def _changing(**more: Any) -> StepKind:
    """A change of volumes by ModifyVolume, or by ModifyVolumes for all that want the same one."""
    return StepKind(
        _change_calls, _change, shared=_same_change, split_after=_refused, **{"undo_if_unknown": True, **more}
    )


def _checkpoints(kind: type[TakeCheckpoint]) -> StepKind:
    """A replicated snapshot of all volumes of a cluster for which such a step is planned, up to the most in a group."""
    return StepKind(
        _snapshot_calls,
        _take_snapshot,
        undo_checkpoint,
        shared=lambda step: (step.side, kind),
        max_batch=lambda step: step.max_batch,
    )


KINDS: dict[type[Step], StepKind] = {
    RemoveClusterPair: StepKind(
        _one("RemoveClusterPair"), _unpair_cluster, undo_removal, recheck=recheck.cluster_pairs
    ),
    PairClusters: StepKind(_handshake("Cluster"), _pair_clusters),
    RemoveVolumePair: StepKind(_one("RemoveVolumePair"), _unpair_volume, undo_removal, recheck=recheck.volume_pairs),
    CreateAccount: StepKind(
        _one("AddAccount"), _create_account, undo_account, shared=lambda step: (step.side, step.account)
    ),
    CreateVolume: StepKind(_one("CreateVolume"), _create_volume, undo_creation, recheck=recheck.still_missing),
    PairVolumes: StepKind(_handshake("Volume"), _pair_volumes, undo_pairing),
    SetMode: StepKind(_one("ModifyVolumePair"), _set_mode, undo_pair_change, undo_if_unknown=True),
    SetPause: StepKind(_one("ModifyVolumePair"), _set_pause, undo_pair_change, undo_if_unknown=True),
    # Changes of volumes.
    Grow: _changing(undo=undo_growth),
    SetAccess: _changing(undo=undo_access),
    ReleaseTarget: _changing(undo=undo_access, recheck=recheck.former_targets),
    MarkReplica: _changing(recheck=recheck.former_targets, optional=True),
    Demote: _changing(undo=_undo_demotion),
    Promote: _changing(undo=_keep_promotion, recheck=checks.promotable),
    # Snapshots.
    TakeCheckpoint: _checkpoints(TakeCheckpoint),
    Save: StepKind(
        _snapshot_calls,
        _take_snapshot,
        _undo_save,
        shared=lambda step: (step.side, Save, step.hint, step.retention),
        max_batch=lambda step: step.max_batch,
        split_after=_is_known_to_fail,
    ),
    RemoveCheckpoint: StepKind(
        _snapshot_calls,
        _remove_checkpoint,
        shared=lambda step: (step.side, step.checkpoint),
        max_batch=lambda step: step.max_batch,
    ),
    # Rehearsals.
    TakePoint: replace(_checkpoints(TakePoint), kept=_kept_point),
    CloneVolume: StepKind(_one("CloneVolume"), _clone, _keep_clone, _kept_clone, recheck=not_cloneable),
    SetPolicy: _changing(),
    GrantAccess: StepKind(
        _all(access.ADD), _grant, shared=lambda step: (step.side, step.group_id), split_after=_refused
    ),
    RevokeAccess: StepKind(
        _all(access.REMOVE),
        _revoke,
        _grant_again,
        shared=lambda step: (step.side, step.group_id),
        split_after=_refused,
        recheck=removal.unused,
    ),
    DeleteClone: StepKind(
        _many("DeleteVolume"),
        _delete_clones,
        _not_purged,
        shared=lambda step: (step.side,),
        split_after=_refused,
        recheck=removal.unused,
    ),
    PurgeClone: StepKind(
        _many("PurgeDeletedVolume"),
        _purge_clones,
        shared=lambda step: (step.side,),
        split_after=_refused,
        recheck=removal.deleted,
    ),
    # No writes.
    CountLateWrites: StepKind(run=_warn_of_late_writes, shared=lambda step: (step.side, CountLateWrites)),
    ConfirmUnused: StepKind(recheck=recheck.unused),
    ConfirmFailover: StepKind(recheck=checks.ready),
    ConfirmPoint: StepKind(recheck=arrived),
    ConfirmDemotion: StepKind(recheck=checks.undisturbed),
    ConfirmQuiet: StepKind(recheck=checks.quiet),
}
