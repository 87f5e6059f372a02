# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection elementsw.replication: it can change without notice.
"""Which steps of a phase one call can serve, and how they are called together."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from ..failover_steps import CountLateWrites, RemoveCheckpoint, TakeSnapshot
from ..plan import ChangeVolume, CreateAccount, Phase, Step

# ModifyVolumes takes at most 500 volumes.
MAX_VOLUMES = 500
MAX_NAMED = 3


def of_phase(steps: Iterable[Step], phase: Phase) -> list[Step]:
    return [step for step in steps if step.phase == phase]


def batches(steps: Iterable[Step]) -> list[list[Step]]:
    """The steps of one phase as they are run: what one call can serve together, the rest one by one."""
    merged: dict[tuple[object, ...], list[Step]] = {}
    for position, step in enumerate(steps):
        merged.setdefault(_shared(step) or (position,), []).append(step)
    return [
        group[start : start + most]
        for group in merged.values()
        for most in (_max_size(group[0]),)
        for start in range(0, len(group), most)
    ]


def _shared(step: Step) -> tuple[object, ...] | None:
    """What steps that one call can serve have in common."""
    if isinstance(step, ChangeVolume):
        return (step.side, type(step), json.dumps(step.change, sort_keys=True), step.reason)
    if isinstance(step, TakeSnapshot):
        return (step.side, type(step), *(getattr(step, name, None) for name in ("hint", "retention")))
    if isinstance(step, RemoveCheckpoint):
        return (step.side, step.checkpoint)
    if isinstance(step, CountLateWrites):
        return (step.side, type(step))
    return (step.side, step.account) if isinstance(step, CreateAccount) else None


def _max_size(step: Step) -> int:
    return step.most if isinstance(step, (TakeSnapshot, RemoveCheckpoint)) else MAX_VOLUMES


def objects(batch: Sequence[Step]) -> str:
    """Up to three objects of a bulk call, and how many there are."""
    named = ", ".join(step.object for step in batch[:MAX_NAMED])
    return named if len(batch) <= MAX_NAMED else f"{named} and {len(batch) - MAX_NAMED} more ({len(batch)} in all)"
