# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What element_pair_info has read of the clusters."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from dataclasses import dataclass, field

from ..decide.cluster_pair.state import ObservedClusterPair
from ..decide.report import lag
from ..decide.report.readiness_report import Facts
from ..decide.volume_pair import progress
from ..decide.volume_pair.state import ObservedVolumePair
from ..model import (
    ClusterFault,
    Delay,
    HostAccess,
    Side,
    Sides,
    Snapshot,
    SyncJob,
    of_side,
)
from ..views import Keyed, Listed, Unreadable, VolumeView


@dataclass(frozen=True)
class More:
    """What was read of a cluster beside its lists, as far as the task requests it."""

    delays: Keyed[int, Delay] = field(default=Listed())
    #: Of the sources of pairs in mode snapshots_only; None if there is no such source.
    snapshots: tuple[Snapshot, ...] | None = None
    #: The stage; None if it was not read.
    fullness: int | None = None
    jobs: Keyed[int, SyncJob] = field(default=Listed())
    faults: Listed[ClusterFault, Unreadable] = field(default=Listed())
    facts: Facts | None = None
    #: None if it was not read.
    access: HostAccess | None = None

    @property
    def unreadable(self) -> tuple[Unreadable, ...]:
        access = self.access.unreadable if self.access else ()
        return (*self.delays.unreadable, *self.jobs.unreadable, *self.faults.unreadable, *access)


NOTHING_MORE = Sides(More(), More())
UNKNOWN: Sides[tuple[str, ...]] = Sides((), ())


@dataclass(frozen=True)
class Observation:
    """What was read of the clusters."""

    #: When the report began, in ISO 8601, UTC.
    generated_at: str
    views: Sides[VolumeView | None]
    #: The pair of the two clusters; None if only one was read.
    clusters: ObservedClusterPair | None
    #: The pairs of the report.
    pairs: tuple[ObservedVolumePair, ...] = ()
    #: The local cluster's IDs of its cluster pairs with an unreachable peer.
    unreachable_links: frozenset[int] = frozenset()
    #: The names of each cluster in the task and the addresses that they resolve to; empty without `readiness`.
    known_as: Sides[tuple[str, ...]] = UNKNOWN
    more: Sides[More] = NOTHING_MORE

    def view(self, side: Side) -> VolumeView:
        """What the cluster of a side lists. Raises LookupError for a peer that was not asked."""
        return of_side(self.views, side)

    @property
    def access(self) -> Sides[HostAccess | None]:
        return Sides(self.more.local.access, self.more.peer.access)

    @property
    def lags(self) -> list[lag.Lag]:
        delays: lag.Delays = Sides(dict(self.more.local.delays), dict(self.more.peer.delays))
        snapshots: lag.Snapshots = Sides(self.more.local.snapshots, self.more.peer.snapshots)
        return [lag.of_pair(pair, delays, snapshots) for pair in self.pairs]

    @property
    def copies(self) -> list[SyncJob | None]:
        jobs: progress.Jobs = Sides(dict(self.more.local.jobs), dict(self.more.peer.jobs))
        return [progress.copying(pair, jobs) for pair in self.pairs]
