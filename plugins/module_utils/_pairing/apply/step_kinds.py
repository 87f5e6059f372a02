# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection elementsw.replication: it can change without notice.
"""How each kind of step is called, run and undone. Check mode prints `actions`, a real run calls `run`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from ..._element.errors import Failure
from ..decide import guard
from ..failover_steps import (
    ConfirmTurn,
    CountLateWrites,
    Demote,
    Promote,
    RemoveCheckpoint,
    Save,
    TakeCheckpoint,
    TakeSnapshot,
)
from ..model import (
    PAUSED_HERE,
    TARGET,
    Action,
    ChangeVolume,
    CreateAccount,
    CreateVolume,
    Grow,
    Look,
    PairClusters,
    PairVolumes,
    RemoveClusterPair,
    RemoveVolumePair,
    SetAccess,
    SetMode,
    SetPause,
    Sides,
    Step,
    Volume,
    VolumePair,
    other,
)
from ..observe.volumes import get_volume, list_volumes, read_usage
from .batch import objects
from .execution import Done, Item
from .failover import checks, snapshots
from .pairing.create import create_account, create_volume, delete_created
from .pairing.volume_handshake import copy_begun, entry_of, pair_clusters, pair_volumes, unpair_cluster, unpair_volume
from .writer import Writer

# What a cluster says when a volume is as large already; nothing is to be done then.
LARGE_ENOUGH = frozenset({"xVolumeShrinkProhibited"})


def bound(step: Step, done: Iterable[Done]) -> Step:
    """The step with what its item has created by now, a volume, an account, a checkpoint, in place of the planned one."""
    for before in done:
        if before.account_id and isinstance(step, CreateVolume) and not step.account_id:
            step = replace(step, account_id=before.account_id)
        if before.taken and isinstance(step, (ConfirmTurn, RemoveCheckpoint)):
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
        return [Action(here, method, objects(batch), _change_reason(step))]
    if isinstance(step, (TakeSnapshot, RemoveCheckpoint)):
        return [Action(here, snapshots.method_of(batch), objects(batch), step.reason)]
    if isinstance(step, (Look, CountLateWrites)):
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


def _change_reason(step: ChangeVolume) -> str:
    return f"{step.text}: {step.reason}"


def run(writer: Writer, step: Step) -> Done:
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
    _set_mode(writer, step, step.mode, step.reason)
    return Done(step)


def _pause(writer: Writer, step: SetPause) -> Done:
    _set_pause(writer, step, step.paused, step.reason)
    return Done(step)


def _take(writer: Writer, step: TakeSnapshot) -> Done:
    return Done(step, taken=snapshots.take(writer, [step]))


def _remove(writer: Writer, step: RemoveCheckpoint) -> Done:
    snapshots.remove(writer, [step])
    return Done(step)


def _count_late_writes(writer: Writer, step: CountLateWrites) -> Done:
    checks.tell_late_writes(writer, [step])
    return Done(step)


def run_together(writer: Writer, batch: Sequence[Step]) -> Done:
    """One call for all steps of a batch. Raises Failure as `run` does."""
    step = batch[0]
    if isinstance(step, TakeSnapshot):
        return Done(step, taken=snapshots.take(writer, batch))  # type: ignore[arg-type]
    if isinstance(step, RemoveCheckpoint):
        snapshots.remove(writer, batch)  # type: ignore[arg-type]
        return Done(step)
    if isinstance(step, CountLateWrites):
        checks.tell_late_writes(writer, batch)  # type: ignore[arg-type]
        return Done(step)
    return run(writer, step)


def change(writer: Writer, side: str, batch: Sequence[ChangeVolume]) -> bool:
    """One ModifyVolume or ModifyVolumes. The latter is all or nothing: one bad volume, and none is changed.

    False when the volume was as wished already.
    """
    step = batch[0]
    ids = [each.volume.id for each in batch]
    single = len(ids) == 1
    params = {"volumeID": ids[0]} if single else {"volumeIDs": ids}

    def applied() -> bool:
        now = list_volumes(writer.session.client(side), ids)
        return {volume.id for volume in now if step.is_shown(volume)} == set(ids)

    return writer.settle(
        side,
        "ModifyVolume" if single else "ModifyVolumes",
        {**params, **step.change},
        objects(batch),
        _change_reason(step),
        applied=applied,
        done=LARGE_ENOUGH if single and isinstance(step, Grow) else frozenset(),
    )


def _set_mode(writer: Writer, step: SetMode, mode: str, reason: str) -> None:
    _modify_pair(writer, step, {"mode": mode}, reason, lambda entry: entry.mode.lower() == mode.lower())


def _set_pause(writer: Writer, step: SetPause, paused: bool, reason: str) -> None:
    # Without its pair there is nothing left to pause; a state that hides a pause proves nothing, so it is sent again.
    _modify_pair(writer, step, {"pausedManual": paused}, reason, lambda entry: (entry.state == PAUSED_HERE) == paused)


def _modify_pair(
    writer: Writer,
    step: SetMode | SetPause,
    params: dict[str, Any],
    reason: str,
    is_shown: Callable[[VolumePair], bool],
) -> None:
    def applied() -> bool:
        entry = entry_of(writer, step.side, step.volume)
        return entry is not None and is_shown(entry)

    given = {"volumeID": step.volume.id, **params}
    writer.settle(step.side, "ModifyVolumePair", given, step.object, reason, applied=applied)


def undo(writer: Writer, done: Done, item: Item) -> str | None:
    """Put back what a step did, if it still is as the step left it; a sentence about what could not be put back.

    item: the pair that the step belongs to. Raises Failure when the cluster does not let us.
    """
    if isinstance(done.step, Demote):
        return checks.undo_demotion(writer, done, item.done, change)
    if isinstance(done.step, Promote):
        return checks.stays(writer, done, item.done)
    if isinstance(done.step, Save):
        return None if item.may_be_overwritten else snapshots.unsave(writer, done.step, done.taken)
    return _first(_UNDO, done.step)(
        writer, done, f"{done.step.object} on cluster {writer.session.name(done.step.side)}"
    )


def _removed(_writer: Writer, _done: Done, where: str) -> str:
    return f"{where}: the entry was removed and cannot be put back"


def _grown(_writer: Writer, done: Done, where: str) -> str | None:
    step: Grow = done.step  # type: ignore[assignment]
    if not done.ours:
        return None
    return f"{where}: it was grown from {step.volume.size} to {step.size} bytes and cannot be made smaller"


def _account_created(_writer: Writer, done: Done, where: str) -> str | None:
    return f"{where}: it was created by this run and was kept" if done.ours else None


def _volume_created(writer: Writer, done: Done, _where: str) -> str | None:
    return delete_created(writer, done.step, done.volume) if done.volume else None  # type: ignore[arg-type]


def _paired(writer: Writer, done: Done, _where: str) -> str | None:
    return _unpair(writer, done.step, done.uuid)  # type: ignore[arg-type]


def _checkpoint_taken(writer: Writer, done: Done, _where: str) -> str | None:
    return snapshots.withdraw(writer, done.step, done.taken)  # type: ignore[arg-type]


def _access_set(writer: Writer, done: Done, _where: str) -> str | None:
    return _restore_access(writer, done.step)  # type: ignore[arg-type]


def _pair_changed(writer: Writer, done: Done, _where: str) -> str | None:
    return _restore_pair(writer, done.step)  # type: ignore[arg-type]


def _nothing_to_undo(_writer: Writer, _done: Done, _where: str) -> None:
    return None


def _unpair(writer: Writer, step: PairVolumes, uuid: str) -> str | None:
    ends = ((step.side, step.volume, step.object), (other(step.side), step.completer, step.completer_object))
    try:
        for side, volume, _what in ends:
            entry = entry_of(writer, side, volume)
            if entry is not None and entry.uuid == uuid:
                unpair_volume(writer, side, volume, uuid, "roll-back: the pair could not be finished")
    except Failure as exc:
        named = " with ".join(f"{what} on cluster {writer.session.name(side)}" for side, _volume, what in ends)
        return f"pair of {named}, or half of it: {exc.sentence}"
    return next(iter(copy_begun(writer, step)), None)


def _restore_pair(writer: Writer, step: SetMode | SetPause) -> str | None:
    """Put back a pair's mode or pause, if it still is the same pair."""
    entry = entry_of(writer, step.side, step.volume)
    changed = f"{step.object} on cluster {writer.session.name(step.side)}: its pair was changed since"
    if step.volume.pairs and (entry is None or entry.uuid != step.volume.pairs[0].uuid):
        return changed
    reason = "roll-back: the pair could not be finished"
    if isinstance(step, SetMode):
        if entry is None or entry.mode.lower() not in (step.mode.lower(), step.before.lower()):
            return changed
        _set_mode(writer, step, step.before, reason)
    elif step.volume.pairs:  # a pair that this run has made goes as a whole
        _set_pause(writer, step, not step.paused, reason)
    return None


def _restore_access(writer: Writer, step: SetAccess) -> str | None:
    if step.volume.mark == writer.session.mark:
        return None  # it goes as a whole, and no host may write to it before
    cluster = writer.session.name(step.side)
    now = get_volume(writer.session.client(step.side), step.volume.id)
    if now is not None and now.access == step.volume.access:
        return None
    ours = (step.access, "locked") if step.access == TARGET else (step.access,)
    if now is None or now.pairs or now.access not in ours:
        return f"{step.object} on cluster {cluster}: its access was set to {step.access} and it was changed since"
    hosts = _hosts_of(writer, step, now)
    if hosts:
        return f"{step.object} on cluster {cluster}: its access was set to {step.access} and it has {', '.join(hosts)}"
    back = SetAccess(
        step.item, step.side, step.object, "roll-back: the pair could not be made", now, step.volume.access
    )
    change(writer, step.side, [back])
    return None


def _hosts_of(writer: Writer, step: SetAccess, now: Volume) -> tuple[str, ...]:
    """Who would be cut off if the volume became a target again."""
    if step.volume.access != TARGET:
        return ()
    return guard.sessions(read_usage(writer.session, step.side, [now])[now.id])


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
    (RemoveClusterPair, _removed),
    (RemoveVolumePair, _removed),
    (Grow, _grown),
    (CreateAccount, _account_created),
    (CreateVolume, _volume_created),
    (PairVolumes, _paired),
    (SetAccess, _access_set),
    (SetMode, _pair_changed),
    (SetPause, _pair_changed),
    (TakeCheckpoint, _checkpoint_taken),
    (Step, _nothing_to_undo),
)
