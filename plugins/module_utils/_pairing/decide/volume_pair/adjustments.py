# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps that bring an existing pair to the requested mode and pause."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from ...model import MODES, PAUSED_HERE, PAUSED_THERE, SIDES, Side, other
from ...plan import Step
from .. import health
from .state import ObservedVolumePair


def set_mode(observed: ObservedVolumePair, source: Side) -> tuple[Step, ...]:
    """The step that sets the requested mode on the source; empty if the pair has it or none is requested."""
    wanted, now = observed.desired.mode, observed.mode or observed.entry(source).mode
    if wanted is None or now.lower() == MODES[wanted].lower():
        return ()
    from ...pairing_steps import SetMode  # not loaded for pairs that are as requested

    mode, reason = MODES[wanted], f"mode {wanted} requested"
    return (SetMode(**observed.at(source), reason=reason, mode=mode, before=now),)


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
    if not sides:
        return ()
    from ...pairing_steps import SetPause

    reason = "pause requested" if wanted else "resume requested"
    return tuple(SetPause(**observed.at(side), reason=reason, paused=bool(wanted)) for side in sides)
