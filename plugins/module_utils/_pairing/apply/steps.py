# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection elementsw.replication: it can change without notice.
"""How each kind of step is called, run and undone. Check mode prints `actions`, a real run calls `run`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .. import observe
from ..model import (
    TARGET,
    Action,
    ConfirmUnused,
    PairClusters,
    PairVolumes,
    Phase,
    RemoveClusterPair,
    RemoveVolumePair,
    SetAccess,
    SetMode,
    Sides,
    Step,
    other,
)
from .handshake import entry_of, pair_clusters, pair_volumes, unpair_cluster, unpair_volume
from .writer import Writer

# ModifyVolumes takes at most 500 volumes.
MOST_VOLUMES = 500
MOST_NAMED = 3


@dataclass(frozen=True)
class Done:
    """A step that took effect. uuid: of the volume pair it made."""

    step: Step
    uuid: str = ""


def batches(steps: Iterable[Step]) -> list[list[Step]]:
    """The steps of one phase as they are run: equal changes of access in one call of up to 500, the rest one by one."""
    merged: dict[tuple[object, ...], list[Step]] = {}
    for position, step in enumerate(steps):
        key = (step.side, step.access, step.reason) if isinstance(step, SetAccess) else (position,)
        merged.setdefault(key, []).append(step)
    return [
        group[start : start + MOST_VOLUMES] for group in merged.values() for start in range(0, len(group), MOST_VOLUMES)
    ]


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
    if isinstance(step, SetAccess):
        method = "ModifyVolume" if len(batch) == 1 else "ModifyVolumes"
        return [Action(here, method, objects(batch), _access_reason(step))]
    methods = {
        RemoveClusterPair: "RemoveClusterPair",
        RemoveVolumePair: "RemoveVolumePair",
        SetMode: "ModifyVolumePair",
    }
    return [] if isinstance(step, ConfirmUnused) else [Action(here, methods[type(step)], step.object, step.reason)]


def objects(batch: Sequence[Step]) -> str:
    """Up to three objects of a bulk call, and how many there are."""
    named = ", ".join(step.object for step in batch[:MOST_NAMED])
    return named if len(batch) <= MOST_NAMED else f"{named} and {len(batch) - MOST_NAMED} more ({len(batch)} in all)"


def _access_reason(step: SetAccess) -> str:
    return f"access {step.access}: {step.reason}"


def run(writer: Writer, step: Step) -> Done:
    """Make one step take effect. Raises Failure; what then remains of it is in `left_behind`."""
    uuid = ""
    if isinstance(step, RemoveClusterPair):
        unpair_cluster(writer, step.side, step.entry, step.object, step.reason)
    elif isinstance(step, PairClusters):
        pair_clusters(writer, step)
    elif isinstance(step, RemoveVolumePair):
        unpair_volume(writer, step.side, step.volume, step.volume.pairs[0].uuid, step.reason)
    elif isinstance(step, SetAccess):
        set_access(writer, step.side, [step])
    elif isinstance(step, PairVolumes):
        uuid = pair_volumes(writer, step)
    elif isinstance(step, SetMode):
        _set_mode(writer, step, step.mode, step.reason)
    return Done(step, uuid)


def set_access(writer: Writer, side: str, batch: Sequence[SetAccess]) -> None:
    """One ModifyVolume or ModifyVolumes. The latter is all or nothing: one bad volume, and none is changed."""
    step = batch[0]
    ids = [each.volume.id for each in batch]
    single = len(ids) == 1
    params = {"volumeID": ids[0]} if single else {"volumeIDs": ids}

    def applied() -> bool:
        now = observe.volumes(writer.session.client(side), ids)
        return {volume.id for volume in now if volume.access == step.access} == set(ids)

    writer.settle(
        side,
        "ModifyVolume" if single else "ModifyVolumes",
        {**params, "access": step.access},
        objects(batch),
        _access_reason(step),
        applied=applied,
    )


def _set_mode(writer: Writer, step: SetMode, mode: str, reason: str) -> None:
    def applied() -> bool:
        entry = entry_of(writer, step.side, step.volume)
        return entry is not None and entry.mode.lower() == mode.lower()

    params = {"volumeID": step.volume.id, "mode": mode}
    writer.settle(step.side, "ModifyVolumePair", params, step.object, reason, applied=applied)


# --- the way back -----------------------------------------------------------------------------------------------------


def undo(writer: Writer, done: Done) -> str | None:
    """Put back what a step did, if it still is as the step left it; a sentence about what could not be put back.

    Raises Failure when the cluster does not let us.
    """
    step = done.step
    if isinstance(step, (RemoveClusterPair, RemoveVolumePair)):
        return (
            f"{step.object} on cluster {writer.session.name(step.side)}: the entry was removed and cannot be put back"
        )
    if isinstance(step, PairVolumes):
        for side, volume in ((step.side, step.volume), (other(step.side), step.completer)):
            entry = entry_of(writer, side, volume)
            if entry is not None and entry.uuid == done.uuid:
                unpair_volume(writer, side, volume, done.uuid, "roll-back: the pair could not be finished")
    if isinstance(step, SetAccess):
        return _restore_access(writer, step)
    if isinstance(step, SetMode):
        _set_mode(writer, step, step.before, "roll-back: the pair could not be finished")
    return None


def _restore_access(writer: Writer, step: SetAccess) -> str | None:
    cluster = writer.session.name(step.side)
    now = next(iter(observe.volumes(writer.session.client(step.side), [step.volume.id])), None)
    if now is not None and now.access == step.volume.access:
        return None
    ours = (step.access, "locked") if step.access == TARGET else (step.access,)
    if now is None or now.pairs or now.access not in ours:
        return f"{step.object} on cluster {cluster}: its access was set to {step.access} and it was changed since"
    back = SetAccess(
        step.item, step.side, step.object, "roll-back: the pair could not be made", now, step.volume.access
    )
    set_access(writer, step.side, [back])
    return None


def of_phase(steps: Iterable[Step], phase: Phase) -> list[Step]:
    return [step for step in steps if step.phase == phase]
