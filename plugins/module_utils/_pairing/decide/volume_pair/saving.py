# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The volumes that a plan overwrites, and the snapshots of them."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Iterable

from ...failover_steps import MAX_IN_GROUP, Demote, Promote, Save
from ...model import SIDES, Saved, Side, other
from ...pairing_steps import ConfirmUnused
from ...plan import Step
from .. import guard
from .desired import FORCED, PairOptions
from .messages import ends
from .state import ObservedVolumePair

# How long the snapshot of a replica is kept, hours:minutes:seconds; its resync replaces it. Others have no time limit.
REPLICA_RETENTION = "168:00:00"


def save(
    observed: ObservedVolumePair, side: Side, hint: str = "", first: bool = False, retention: str | None = None
) -> Save:
    """The step that takes a snapshot of the volume of this side.

    hint: the first words of the message if it fails. first: whether it precedes all other writes of the pair.
    retention: how long the snapshot is kept, hours:minutes:seconds; None until it is deleted.
    """
    return Save(
        **observed.at(side),
        reason="it will be overwritten",
        max_batch=most_in_group(observed, side),
        hint=hint,
        retention=retention,
        first=first,
    )


def most_in_group(observed: ObservedVolumePair, side: Side) -> int:
    """The number of volumes that one group snapshot of this cluster can have."""
    limits = observed.extras.limits[side]
    return min(MAX_IN_GROUP, limits.volumes_per_group or MAX_IN_GROUP) if limits else MAX_IN_GROUP


def overwritten(observed: ObservedVolumePair, options: PairOptions, steps: Iterable[Step]) -> dict[Side, bool]:
    """The sides whose content the steps overwrite, each with whether it is saved first."""
    steps = tuple(steps)
    saved = {step.side for step in steps if isinstance(step, Save)}
    lost = {_overwritten_side(observed, options, step) for step in steps}
    return {side: side in saved for side in SIDES if side in saved or side in lost}


def _overwritten_side(observed: ObservedVolumePair, options: PairOptions, step: Step) -> Side | None:
    if isinstance(step, ConfirmUnused):
        return step.side if guard.data(step.volume, step.usage) or guard.role(step.volume) else None
    if options.failover != FORCED:
        return None  # a planned failover proves that both sides hold the same
    if isinstance(step, Demote):
        return step.side
    # With neither side writable, the promotion alone makes the other side the target of its pair.
    if isinstance(step, Promote) and observed.row == "paired" and observed.direction == "none":
        return other(step.side)
    return None


def planned(observed: ObservedVolumePair, steps: Iterable[Step]) -> tuple[Saved, ...]:
    """The snapshots that the steps take, as far as they are known before."""
    return tuple(
        Saved(observed.name(step.side), step.volume.name, None, None) for step in steps if isinstance(step, Save)
    )


def unsaved_warnings(observed: ObservedVolumePair, sides: dict[Side, bool]) -> tuple[str, ...]:
    """The warnings about what is overwritten without a snapshot, because the task says so. sides: those overwritten."""
    return tuple(
        f"data_loss_possible: {ends(observed)}: what {observed.name(side)} has is overwritten and not saved, because of "
        "save_overwritten: false"
        for side, saved in sides.items()
        if not saved
    )
