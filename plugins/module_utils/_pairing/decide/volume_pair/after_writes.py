# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps that the writes of a plan turn out to need: a role or a mode that a cluster did not keep."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from ...model import MODES, TARGET, Mode, other
from ...pairing_steps import PairVolumes, SetAccess, SetMode
from ...plan import Plan, Step
from .facts import PairFacts
from .state import ObservedVolumePair


def lost_roles(observed: ObservedVolumePair, plan: Plan) -> tuple[Step, ...]:
    """The steps for targets that are `locked` after the handshake: some releases keep the role of paired volumes only."""
    return tuple(
        SetAccess(**observed.at(step_side, volume), reason="paired, but still locked", access=TARGET)
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
    is_reversed = any(isinstance(step, SetAccess) and step.volume.pairs for step in plan.steps)
    mode: Mode | None = observed.desired.mode or (plan.before.mode if isinstance(plan.before, PairFacts) else None)
    wanted = MODES[mode] if mode else None
    new, now, reason = observed.source, observed.mode, "the failover changed the mode"
    if not is_reversed or wanted is None or new is None or now is None or now.lower() == wanted.lower():
        return ()
    return (SetMode(**observed.at(new), reason=reason, mode=wanted, before=now),)
