# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The target of a pair that is removed: it is marked as a copy, and promoted if release_target requests that."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

import json

from ...model import COMPLETE, INCOMPLETE, READ_WRITE, REPLICA_MARK, SIDES, TARGET, Side, Volume
from ...pairing_steps import MarkReplica, ReleaseTarget
from ...plan import Step
from .. import health
from .desired import PairOptions
from .messages import ends, refusal, states
from .state import ObservedVolumePair

# The attributes of a volume have fewer bytes than this, according to the API documentation.
MAX_ATTRIBUTES = 1000


def steps(observed: ObservedVolumePair, options: PairOptions) -> tuple[Step, ...]:
    """The writes to the former target: its mark, and its promotion with release_target.

    Replicated data does not count as writes, and its blocks are counted only later. Without a mark the volume would
    appear unused, and the next pairing would overwrite the only copy. Raises Failure: access_conflict, not_in_sync.
    """
    former = [side for side in SIDES if _is_target(observed.volumes[side])]
    if not options.release_target:
        return tuple(
            _marked(observed, side) for side in former if _is_replica(observed, side) and _has_room(observed, side)
        )
    if len(former) == 2:
        raise refusal(
            observed,
            "access_conflict",
            f"{ends(observed)}: both are replicationTarget, so it is unknown which one was the target; set the one that you "
            "need to readWrite yourself, or leave release_target out",
        )
    if former and observed.row == "paired" and may_be_incomplete(observed):
        raise _incomplete(observed, former[0])
    return tuple(_released(observed, side) for side in former)


def warnings(observed: ObservedVolumePair) -> tuple[str, ...]:
    """The warnings about what is unknown of a target that release_target promotes."""
    locked = [side for side in SIDES if observed.volumes[side] and observed.volume(side).access == "locked"]
    former = [side for side in SIDES if _is_target(observed.volumes[side])]
    texts = []
    if observed.row in ("none", "local_only_none"):
        texts += [_perhaps_unreleased(observed, side) for side in locked]
    if observed.is_paired and observed.row != "paired" and may_be_incomplete(observed):
        texts += [_perhaps_incomplete(observed, side, states(observed)) for side in former]
    if not observed.is_paired:
        marked = [side for side in former if observed.volume(side).replica_mark == INCOMPLETE]
        texts += [_perhaps_incomplete(observed, side, "its pair was removed before it was in sync") for side in marked]
    return tuple(texts)


def may_be_incomplete(observed: ObservedVolumePair) -> bool:
    """Whether the pair does not prove that its target is complete: the target may be inconsistent."""
    return observed.state != "paired" or any(
        health.of_state(observed.entry(side).state, roles_valid=True) != "healthy" for side in SIDES
    )


def _is_target(volume: Volume | None) -> bool:
    return volume is not None and not volume.deleted and volume.access == TARGET


def _is_replica(observed: ObservedVolumePair, side: Side) -> bool:
    """Whether the volume was the target of a pair, whole or half. A volume that was only prepared as a target was not."""
    entry = observed.entries[side]
    return observed.replica or (entry is not None and not entry.pending)


def _released(observed: ObservedVolumePair, side: Side) -> ReleaseTarget:
    volume, mark = observed.volume(side), _mark(observed, side) if _has_room(observed, side) else ""
    return ReleaseTarget(**observed.at(side, volume), reason="release_target requested", access=READ_WRITE, mark=mark)


def _marked(observed: ObservedVolumePair, side: Side) -> MarkReplica:
    volume, reason = observed.volume(side), "without the pair only this mark shows that it holds a copy"
    return MarkReplica(**observed.at(side, volume), reason=reason, mark=_mark(observed, side))


def _mark(observed: ObservedVolumePair, side: Side) -> str:
    """The mark of the copy: COMPLETE or INCOMPLETE. Without the pair an earlier mark stays: nothing newer is known."""
    if not observed.is_paired:
        return observed.volume(side).replica_mark or COMPLETE
    return INCOMPLETE if may_be_incomplete(observed) else COMPLETE


def _has_room(observed: ObservedVolumePair, side: Side) -> bool:
    """Whether the attributes of the volume have room for the mark."""
    noted = {**observed.volume(side).attributes, REPLICA_MARK: INCOMPLETE}
    return len(json.dumps(noted).encode()) < MAX_ATTRIBUTES


def _incomplete(observed: ObservedVolumePair, side: Side) -> Exception:
    return refusal(
        observed,
        "not_in_sync",
        f"{ends(observed)}: {observed.label(side)} may be incomplete ({states(observed)}), and release_target would promote it; "
        "wait until both sides are Active or Idle, or leave release_target out",
    )


def _perhaps_unreleased(observed: ObservedVolumePair, side: Side) -> str:
    """Some releases report an unpaired replicationTarget as locked, and some volumes must be locked."""
    return (
        f"cluster {observed.name(side)}: {observed.label(side)} is locked; if it is the former target of a removed pair, set it "
        "to readWrite there"
    )


def unmarked(observed: ObservedVolumePair) -> tuple[str, ...]:
    """The warnings about former targets whose attributes have no room for the mark."""
    former = [side for side in SIDES if _is_target(observed.volumes[side]) and _is_replica(observed, side)]
    return tuple(_unmarked(observed, side) for side in former if observed.is_paired and not _has_room(observed, side))


def _unmarked(observed: ObservedVolumePair, side: Side) -> str:
    return (
        f"cluster {observed.name(side)}: the attributes of {observed.label(side)} have no room for {REPLICA_MARK}; until the "
        "next garbage collection nothing shows that it holds a copy: do not make it a target before"
    )


def _perhaps_incomplete(observed: ObservedVolumePair, side: Side, why: str) -> str:
    return (
        f"cluster {observed.name(side)}: it is unknown whether {observed.label(side)} is complete ({why}); check its content "
        "before hosts use it"
    )
