# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a plan with steps says of itself: its warnings, and what diff mode shows after them."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ...model import FROM_PEER, LOCAL, SIDES, TO_PEER, Side, Sides, mode_option, other
from ...pairing_steps import CreateVolume, Grow, PairVolumes, RemoveVolumePair, SetAccess, SetMode, SetPause
from ...plan import Step
from .. import health
from ..identity import names_cluster
from ..sizes import whole_mib
from .facts import PairFacts
from .messages import ends
from .state import ObservedVolumePair


def warnings(observed: ObservedVolumePair, steps: Iterable[Step]) -> tuple[str, ...]:
    """The warnings about a plan: a target larger than its source, and mode sync over a slow link."""
    steps = tuple(steps)
    texts = [_larger_target(observed, step, steps) for step in steps if isinstance(step, PairVolumes)]
    texts += [
        _slow_sync(observed) for step in steps if isinstance(step, (PairVolumes, SetMode)) and step.mode == "Sync"
    ]
    return tuple(text for text in texts if text)


def _larger_target(observed: ObservedVolumePair, step: PairVolumes, steps: tuple[Step, ...]) -> str | None:
    sizes = Sides(*(_planned_size(observed, steps, side) for side in SIDES))
    if whole_mib(sizes[other(step.side)]) <= whole_mib(sizes[step.side]):
        return None
    return (
        f"the target {step.completer.label} is larger than the source {step.volume.label}: after a failover it would be a "
        "source larger than its target; match_size: true makes them equal"
    )


def _slow_sync(observed: ObservedVolumePair) -> str | None:
    from .. import readiness

    milliseconds = max(
        (
            entry.latency_ms or 0
            for side in SIDES
            for entry in observed.catalogs[side].entries
            if names_cluster(entry, observed.catalogs[other(side)].cluster)
        ),
        default=0,
    )
    check = readiness.latency(ends(observed), milliseconds, sync=True)
    return None if check.ok else check.message


def _planned_size(observed: ObservedVolumePair, steps: Iterable[Step], side: Side) -> int:
    for step in steps:
        if step.side == side and isinstance(step, Grow):
            return step.size
        if step.side == side and isinstance(step, CreateVolume):
            return step.volume.size
    volume = observed.volumes[side]
    return volume.size if volume else 0


def facts_after(before: PairFacts, steps: Iterable[Step]) -> PairFacts:
    """What diff mode shows once the steps are done."""
    after = before
    for step in steps:
        if isinstance(step, RemoveVolumePair):
            after = replace(after, state="none", mode=None, direction=None, paused=None)
        elif isinstance(step, CreateVolume):
            access, sizes = step.volume.access, after.sizes.having(step.side, step.volume.size)
            after = replace(after, access=after.access.having(step.side, access), sizes=sizes)
        elif isinstance(step, Grow):
            after = replace(after, sizes=after.sizes.having(step.side, step.size))
        elif isinstance(step, SetAccess):
            after = replace(after, access=after.access.having(step.side, step.access))
            if after.state == "paired":
                after = replace(after, direction=health.direction(after.access.local, after.access.peer))
        elif isinstance(step, PairVolumes):
            direction = TO_PEER if step.side == LOCAL else FROM_PEER
            after = replace(after, state="paired", direction=direction, mode=mode_option(step.mode), paused=False)
        elif isinstance(step, SetMode):
            after = replace(after, mode=mode_option(step.mode))
        elif isinstance(step, SetPause):
            after = replace(after, paused=step.paused)
    return after
