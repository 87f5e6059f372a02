# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps that bring an existing pair to the requested mode and pause, and put back what a failover changed."""

# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from ...model import MODES, PAUSED_HERE, PAUSED_THERE, SIDES, TARGET, Mode, Side, other
from ...plan import PairVolumes, Plan, SetAccess, SetMode, SetPause, Step
from .. import health
from .state import ObservedVolumePair


def set_mode(observed: ObservedVolumePair, source: Side) -> tuple[Step, ...]:
    """The step that sets the requested mode on the source; empty if the pair has it or none is requested."""
    wanted, now = observed.desired.mode, observed.mode or observed.entry(source).mode
    if wanted is None or now.lower() == MODES[wanted].lower():
        return ()
    mode, reason = MODES[wanted], f"mode {wanted} requested"
    return (
        SetMode(
            item=observed.item,
            side=source,
            object=observed.label(source),
            reason=reason,
            volume=observed.volume(source),
            mode=mode,
            before=now,
        ),
    )


def set_pause(observed: ObservedVolumePair, source: Side) -> tuple[Step, ...]:
    """The steps that pause an existing pair, on its source, or resume it, on each side that was paused."""
    wanted = observed.desired.paused
    shown = {side: observed.entry(side).state for side in SIDES}
    if wanted:
        sides = [] if health.paused((observed.entries.local, observed.entries.peer)) else [source]
    elif wanted is None:
        sides = []
    else:
        sides = [s for s in SIDES if shown[s] == PAUSED_HERE or shown[other(s)] == PAUSED_THERE]
    reason = "pause requested" if wanted else "resume requested"
    return tuple(
        SetPause(
            item=observed.item,
            side=side,
            object=observed.label(side),
            reason=reason,
            volume=observed.volume(side),
            paused=bool(wanted),
        )
        for side in sides
    )


def lost_roles(observed: ObservedVolumePair, plan: Plan) -> tuple[Step, ...]:
    """The steps for targets that are `locked` after the handshake: some releases keep the role of paired volumes only."""
    return tuple(
        SetAccess(
            item=observed.item,
            side=step_side,
            object=volume.label,
            reason="paired, but still locked",
            volume=volume,
            access=TARGET,
        )
        for step in plan.steps
        if isinstance(step, PairVolumes) and observed.state == "paired"
        for step_side in (other(step.side),)
        for volume in (observed.volume(step_side),)
        if volume.access == "locked"
    )


def lost_modes(observed: ObservedVolumePair, plan: Plan) -> tuple[Step, ...]:
    """The step that sets the mode of a reversed pair again; empty if the failover has not changed it.

    The API documentation does not say whether the mode survives a failover (note N63 of api_notes).
    """
    turned = any(isinstance(step, SetAccess) and step.volume.pairs for step in plan.steps)
    mode: Mode | None = observed.desired.mode or plan.before.get("mode")
    wanted = MODES[mode] if mode else None
    new, now, reason = observed.source, observed.mode, "the failover changed the mode"
    if not turned or wanted is None or new is None or now is None or now.lower() == wanted.lower():
        return ()
    return (
        SetMode(
            item=observed.item,
            side=new,
            object=observed.label(new),
            reason=reason,
            volume=observed.volume(new),
            mode=wanted,
            before=now,
        ),
    )
