# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What element_volume_pair has read of all its pairs."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from dataclasses import dataclass

from ..._element.errors import Failure
from ..decide.identity import UnreachablePeer
from ..decide.volume_pair import progress
from ..decide.volume_pair.state import ObservedVolumePair
from ..model import LOCAL, SIDES, Side, Sides, of_side
from ..views import VolumeView


@dataclass(frozen=True)
class Observation:
    """What was read of the clusters."""

    #: The lists of both clusters; None for an unreachable peer.
    views: Sides[VolumeView | None]
    #: Each pair as it was last observed; None if `failures` says why it is unknown.
    pairs: tuple[ObservedVolumePair | None, ...]
    failures: tuple[Failure | None, ...]
    #: Whether this is not the first read.
    again: bool = False
    #: The running copies, once `measure` has read them.
    jobs: progress.Jobs = progress.NO_JOBS
    #: The names of an unreachable peer; None if the peer answers.
    unreachable_peer: UnreachablePeer | None = None

    def view(self, side: Side) -> VolumeView:
        """What the cluster of a side lists. Raises LookupError for a peer that does not answer."""
        return of_side(self.views, side)

    def pair(self, item: int) -> ObservedVolumePair:
        """The observed pair of an item. Raises LookupError where it cannot be identified."""
        pair = self.pairs[item]
        if pair is None:
            raise LookupError(f"item {item} cannot be identified")
        return pair

    def found(self, item: int) -> ObservedVolumePair | Failure:
        """The observed pair of an item, or why it cannot be identified."""
        return self.pairs[item] or self.failures[item] or self.pair(item)

    @property
    def reachable(self) -> tuple[Side, ...]:
        """The sides that answer."""
        return SIDES if self.views.peer is not None else (LOCAL,)
