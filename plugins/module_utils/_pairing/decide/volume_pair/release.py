# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection elementsw.replication: it can change without notice.
"""What becomes of the target of a pair that is removed: marked as the copy that it is, and writable if that is requested."""

from __future__ import annotations

import json

from ...model import (
    COMPLETE,
    INCOMPLETE,
    READ_WRITE,
    REPLICA_MARK,
    SIDES,
    TARGET,
    MarkReplica,
    ReleaseTarget,
    Step,
    Volume,
)
from .. import health
from .messages import ends, refusal, states
from .state import Found, Wish

# Fewer bytes than these in the attributes of a volume, says the API documentation.
MOST_ATTRIBUTES = 1000


def steps(found: Found, wish: Wish) -> tuple[Step, ...]:
    """The writes to the former target. Replication leaves no writes on it, and its blocks are counted only later.

    Without a mark it would look unused then, and the next pairing would overwrite the only copy.
    """
    former = [side for side in SIDES if _is_target(found.volumes[side])]
    if not wish.release_target:
        return tuple(_marked(found, side) for side in former if _is_replica(found, side) and _has_room(found, side))
    if len(former) == 2:
        raise refusal(
            found,
            "access_conflict",
            f"{ends(found)}: both are replicationTarget, which one was the target cannot be told; make the one that is "
            "wanted readWrite yourself, or leave release_target out",
        )
    if former and found.row == "paired" and may_be_incomplete(found):
        raise _incomplete(found, former[0])
    return tuple(_released(found, side) for side in former)


def warnings(found: Found) -> tuple[str, ...]:
    """What cannot be told of a target that is to be released."""
    locked = [side for side in SIDES if found.volumes[side] and found.volumes[side].access == "locked"]
    former = [side for side in SIDES if _is_target(found.volumes[side])]
    texts = []
    if found.row in ("none", "alone_none"):
        texts += [_perhaps_unreleased(found, side) for side in locked]
    if found.is_paired and found.row != "paired" and may_be_incomplete(found):
        texts += [_perhaps_incomplete(found, side, states(found)) for side in former]
    if not found.is_paired:
        marked = [side for side in former if found.volumes[side].replica_mark == INCOMPLETE]
        texts += [_perhaps_incomplete(found, side, "its pair was removed before it was in sync") for side in marked]
    return tuple(texts)


def may_be_incomplete(found: Found) -> bool:
    """Whether the pair does not show that its target has everything: what it holds may be old and new data mixed."""
    return found.state != "paired" or any(
        health.of_state(found.entries[side].state, roles_valid=True) != "healthy" for side in SIDES
    )


def _is_target(volume: Volume | None) -> bool:
    return volume is not None and not volume.deleted and volume.access == TARGET


def _is_replica(found: Found, side: str) -> bool:
    """Whether it was the target of a pair, of which half may be gone. A volume prepared as a target was not."""
    entry = found.entries[side]
    return found.replica or (entry is not None and not entry.pending)


def _released(found: Found, side: str) -> ReleaseTarget:
    volume, mark = found.volumes[side], _mark(found, side) if _has_room(found, side) else ""
    return ReleaseTarget(
        found.item, side, volume.label, "it is used without its pair from now on", volume, READ_WRITE, mark
    )


def _marked(found: Found, side: str) -> MarkReplica:
    volume, reason = found.volumes[side], "without its pair nothing else shows that it holds a copy"
    return MarkReplica(found.item, side, volume.label, reason, volume, _mark(found, side))


def _mark(found: Found, side: str) -> str:
    """Once the pair is gone nothing else tells how complete the copy is, so that an earlier mark stays."""
    if not found.is_paired:
        return found.volumes[side].replica_mark or COMPLETE
    return INCOMPLETE if may_be_incomplete(found) else COMPLETE


def _has_room(found: Found, side: str) -> bool:
    """Whether the attributes of the volume can hold the mark, too."""
    noted = {**found.volumes[side].attributes, REPLICA_MARK: INCOMPLETE}
    return len(json.dumps(noted).encode()) < MOST_ATTRIBUTES


def _incomplete(found: Found, side: str) -> Exception:
    return refusal(
        found,
        "not_in_sync",
        f"{ends(found)}: {found.label(side)} may be incomplete ({states(found)}) and would be released so; wait until both "
        "sides are Active or Idle, or leave release_target out",
    )


def _perhaps_unreleased(found: Found, side: str) -> str:
    """Without its pair a replicationTarget reads as locked on some releases, and so does a volume that must be locked."""
    return (
        f"cluster {found.name(side)}: {found.label(side)} is locked; if it is the former target of a pair that is gone, set it "
        "to readWrite there"
    )


def unmarked(found: Found) -> tuple[str, ...]:
    """The former targets of a pair whose attributes cannot hold the mark."""
    former = [side for side in SIDES if _is_target(found.volumes[side]) and _is_replica(found, side)]
    return tuple(_unmarked(found, side) for side in former if found.is_paired and not _has_room(found, side))


def _unmarked(found: Found, side: str) -> str:
    return (
        f"cluster {found.name(side)}: the attributes of {found.label(side)} have no room for {REPLICA_MARK}; until the next "
        "garbage collection nothing shows that it holds a copy: do not make it a target before"
    )


def _perhaps_incomplete(found: Found, side: str, why: str) -> str:
    return (
        f"cluster {found.name(side)}: whether {found.label(side)} has everything cannot be told ({why}); check its content "
        "before hosts use it"
    )
