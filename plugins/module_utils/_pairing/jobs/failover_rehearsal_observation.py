# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What element_failover_rehearsal has read of all its volumes."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..decide.identity import UnreachablePeer
from ..decide.rehearsal.state import ObservedRehearsal, Surroundings
from ..decide.volume_pair.state import ObservedVolumePair
from ..model import LOCAL, SIDES, CloneFailure, CloneJob, Side, Sides, of_side
from ..plan import Step
from ..views import VolumeView


@dataclass(frozen=True)
class Observation:
    """What was read of the clusters."""

    #: The lists of both clusters; None for an unreachable peer.
    views: Sides[VolumeView | None]
    items: tuple[ObservedRehearsal, ...]
    #: The pair of each item at the first read; None for a clone that is only removed.
    before: tuple[ObservedVolumePair | None, ...]
    #: The names of an unreachable peer; None if the peer answers.
    unreachable_peer: UnreachablePeer | None = None
    #: The clones that this cluster is making, by the ID of the volume that is cloned.
    jobs: Mapping[int, CloneJob] = field(default_factory=dict)
    #: In how many reads in a row this cluster made no clone.
    idle_reads: int = 0
    #: Why clones have failed, the latest first, and the time on the clock of this cluster when that was read; None before.
    clone_failures: tuple[CloneFailure, ...] | None = None
    failures_read: str = ""
    around: Surroundings = field(default=Surroundings())
    #: The time on the clock of this cluster, in the API's form.
    now: str = ""
    warnings: tuple[str, ...] = ()
    #: The steps, by item, that remove the snapshots that an earlier run has left.
    removals: Mapping[int, tuple[Step, ...]] = field(default_factory=dict)
    #: Whether these are all, since every clone existed when they were read.
    removals_complete: bool = False

    def view(self, side: Side) -> VolumeView:
        """What the cluster of a side lists. Raises LookupError for a peer that does not answer."""
        return of_side(self.views, side)

    @property
    def reachable(self) -> tuple[Side, ...]:
        """The sides that answer."""
        return SIDES if self.views.peer is not None else (LOCAL,)
