# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps that remove the entries of a volume pair."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from ...model import SIDES
from ...pairing_steps import RemoveVolumePair
from ...plan import Step
from .state import ObservedVolumePair


def removals(observed: ObservedVolumePair, reason: str) -> tuple[Step, ...]:
    """The steps that remove both entries, the source's first: if interrupted, the target shows that its source is gone.

    Without exactly one source, the local entry is removed first. The entry of a deleted volume cannot be removed.
    """
    sides = [s for s in SIDES if observed.entries[s] is not None and not observed.volume(s).deleted]
    first = observed.source if observed.source in sides else next(iter(sides), None)
    return tuple(
        RemoveVolumePair(**observed.at(side), reason=reason, last=side != first)
        for side in sorted(sides, key=lambda side: side != first)
    )


def left_on_deleted(observed: ObservedVolumePair) -> tuple[str, ...]:
    """The warnings about the entries of deleted volumes: each goes with its volume, and comes back if that is restored."""
    sides = [s for s in SIDES if observed.entries[s] is not None and observed.volume(s).deleted]
    return tuple(
        f"cluster {observed.name(side)}: {observed.label(side)} is deleted and keeps its half of the pair until it is purged at "
        f"{observed.volume(side).purge_time or 'an unknown time'}; if you restore it, remove the pair again"
        for side in sides
    )
