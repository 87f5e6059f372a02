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
from .. import observe
from ..decide import guard
from ..model import (
    PAUSED_HERE,
    TARGET,
    Action,
    ChangeVolume,
    ConfirmUnused,
    CreateAccount,
    CreateVolume,
    Grow,
    PairClusters,
    PairVolumes,
    Phase,
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
from .create import create_account, create_volume, delete_created
from .handshake import copy_begun, entry_of, pair_clusters, pair_volumes, unpair_cluster, unpair_volume
from .item import Done
from .writer import Writer

# ModifyVolumes takes at most 500 volumes.
MOST_VOLUMES = 500
MOST_NAMED = 3
# What a cluster says when a volume is as large already; nothing is to be done then.
LARGE_ENOUGH = frozenset({"xVolumeShrinkProhibited"})


def bound(step: Step, done: Iterable[Done]) -> Step:
    """The step with the volume and the account that its item has created by now in place of the planned ones."""
    for before in done:
        if before.account_id and isinstance(step, CreateVolume) and not step.account_id:
            step = replace(step, account_id=before.account_id)
        for member in ("volume", "completer"):
            planned = getattr(step, member, None)
            if before.volume and isinstance(planned, Volume) and planned.planned and not isinstance(step, CreateVolume):
                step = replace(step, **{member: before.volume})  # type: ignore[arg-type]
    return step


def batches(steps: Iterable[Step]) -> list[list[Step]]:
    """The steps of one phase as they are run: equal changes of volumes in one call of up to 500, the rest one by one."""
    merged: dict[tuple[object, ...], list[Step]] = {}
    for position, step in enumerate(steps):
        merged.setdefault(_shared(step) or (position,), []).append(step)
    return [
        group[start : start + MOST_VOLUMES] for group in merged.values() for start in range(0, len(group), MOST_VOLUMES)
    ]


def _shared(step: Step) -> tuple[object, ...] | None:
    """What steps that one call can serve have in common."""
    if isinstance(step, ChangeVolume):
        return (step.side, step.change, step.reason)
    return (step.side, step.account) if isinstance(step, CreateAccount) else None


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
    methods = {
        RemoveClusterPair: "RemoveClusterPair",
        RemoveVolumePair: "RemoveVolumePair",
        CreateAccount: "AddAccount",
        CreateVolume: "CreateVolume",
        SetMode: "ModifyVolumePair",
        SetPause: "ModifyVolumePair",
    }
    return [] if isinstance(step, ConfirmUnused) else [Action(here, methods[type(step)], step.object, step.reason)]


def objects(batch: Sequence[Step]) -> str:
    """Up to three objects of a bulk call, and how many there are."""
    named = ", ".join(step.object for step in batch[:MOST_NAMED])
    return named if len(batch) <= MOST_NAMED else f"{named} and {len(batch) - MOST_NAMED} more ({len(batch)} in all)"


def _change_reason(step: ChangeVolume) -> str:
    return f"{step.text}: {step.reason}"


def run(writer: Writer, step: Step) -> Done:
    """Make one step take effect. Raises Failure; what then remains of it is in `left_behind`."""
    done = Done(step)
    if isinstance(step, RemoveClusterPair):
        unpair_cluster(writer, step.side, step.entry, step.object, step.reason)
    elif isinstance(step, PairClusters):
        pair_clusters(writer, step)
    elif isinstance(step, RemoveVolumePair):
        unpair_volume(writer, step.side, step.volume, step.volume.pairs[0].uuid, step.reason)
    elif isinstance(step, CreateAccount):
        account_id, ours = create_account(writer, step)
        done = Done(step, account_id=account_id, ours=ours)
    elif isinstance(step, CreateVolume):
        done = Done(step, volume=create_volume(writer, step))
    elif isinstance(step, ChangeVolume):
        done = Done(step, ours=change(writer, step.side, [step]))
    elif isinstance(step, PairVolumes):
        done = Done(step, uuid=pair_volumes(writer, step))
    elif isinstance(step, SetMode):
        _set_mode(writer, step, step.mode, step.reason)
    elif isinstance(step, SetPause):
        _set_pause(writer, step, step.paused, step.reason)
    return done


def change(writer: Writer, side: str, batch: Sequence[ChangeVolume]) -> bool:
    """One ModifyVolume or ModifyVolumes. The latter is all or nothing: one bad volume, and none is changed.

    False when the volume was as wished already.
    """
    step = batch[0]
    ids = [each.volume.id for each in batch]
    single = len(ids) == 1
    params = {"volumeID": ids[0]} if single else {"volumeIDs": ids}
    name, value = step.change

    def applied() -> bool:
        now = observe.volumes(writer.session.client(side), ids)
        return {volume.id for volume in now if step.is_shown(volume)} == set(ids)

    return writer.settle(
        side,
        "ModifyVolume" if single else "ModifyVolumes",
        {**params, name: value},
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


# --- the way back -----------------------------------------------------------------------------------------------------


def undo(writer: Writer, done: Done) -> str | None:
    """Put back what a step did, if it still is as the step left it; a sentence about what could not be put back.

    Raises Failure when the cluster does not let us.
    """
    step = done.step
    where = f"{step.object} on cluster {writer.session.name(step.side)}"
    if isinstance(step, (RemoveClusterPair, RemoveVolumePair)):
        return f"{where}: the entry was removed and cannot be put back"
    if isinstance(step, Grow) and done.ours:
        return f"{where}: it was grown from {step.volume.size} to {step.size} bytes and cannot be made smaller"
    if isinstance(step, CreateAccount):
        return f"{where}: it was created by this run and was kept" if done.ours else None
    if isinstance(step, CreateVolume) and done.volume:
        return delete_created(writer, step, done.volume)
    if isinstance(step, PairVolumes):
        return _unpair(writer, step, done.uuid)
    if isinstance(step, SetAccess):
        return _restore_access(writer, step)
    if isinstance(step, (SetMode, SetPause)):
        return _restore_pair(writer, step)
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
    cluster = writer.session.name(step.side)
    now = next(iter(observe.volumes(writer.session.client(step.side), [step.volume.id])), None)
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
    return guard.sessions(observe.usage(writer.session, step.side, [now])[now.id])


def of_phase(steps: Iterable[Step], phase: Phase) -> list[Step]:
    return [step for step in steps if step.phase == phase]
