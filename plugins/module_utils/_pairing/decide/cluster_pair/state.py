# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What two clusters are to each other: the states that the table in table.py decides on."""

# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from dataclasses import dataclass, replace

from ...._element.errors import Failure
from ...model import LOCAL, PEER, SIDES, Cluster, ClusterPair, Sides, other
from ...views import ClusterView, UnreadableClusterPair
from ..identity import may_be_known_as, may_name, named_by_address, names_cluster, names_predecessor


@dataclass(frozen=True)
class ClusterPairOptions:
    present: bool
    repair: bool = False
    remove_pending: bool = False


@dataclass(frozen=True)
class ObservedClusterPair:
    """state: none, paired, half_local, half_peer, crossed. pair: the entry on each side that the state speaks of.

    further: more entries that name the other cluster. known_as: what an unreachable peer may be called. mvip_given: its
    MVIP is the first of these, so that it is known where no entry has it.
    """

    state: str
    views: Sides[ClusterView | None]
    pair: Sides[ClusterPair | None]
    further: Sides[tuple[ClusterPair, ...]]
    known_as: tuple[str, ...] = ()
    mvip_given: bool = False

    @property
    def connected(self) -> bool:
        return all(entry is not None and entry.connected for entry in (self.pair.local, self.pair.peer))

    def naming(self, side: str) -> tuple[ClusterPair, ...]:
        """Every entry on `side` that names the other cluster."""
        entry = self.pair[side]
        return (entry, *self.further[side]) if entry else self.further[side]

    def pending(self, side: str) -> tuple[ClusterPair, ...]:
        """Entries of `side` that name nobody yet."""
        view = self.views[side]
        return tuple(entry for entry in view.entries if entry.pending) if view else ()

    def doubtful(self, side: str) -> tuple[UnreadableClusterPair, ...]:
        """Entries of `side` that cannot be read and may name the other cluster."""
        view, far = self.views[side], self.views[other(side)]
        if view is None:
            return ()
        if far is None:
            return tuple(odd for odd in view.unreadable_entries if may_be_known_as(odd, self.known_as))
        return tuple(odd for odd in view.unreadable_entries if may_name(odd, far.cluster))

    @property
    def doubt(self) -> Failure | None:
        """Why it cannot be told what the two clusters have; None where it can."""
        found = [odd.failure(self.name(side)) for side in SIDES for odd in self.doubtful(side)]
        return found[0] if found else None

    def name(self, side: str) -> str:
        view = self.views[side]
        return view.cluster.name if view else "the peer"


def classify_cluster_pair(
    views: Sides[ClusterView | None], known_as: tuple[str, ...] = (), mvip_given: bool = False
) -> ObservedClusterPair:
    """Join both lists by UUID. known_as, mvip_given: what an unreachable peer may be called in this cluster's list."""
    if views.peer is None:
        return replace(_classify_alone(views, known_as), mvip_given=mvip_given)
    naming = {side: _naming(views[side], views[other(side)].cluster) for side in SIDES}
    shared = {entry.uuid for entry in naming[LOCAL]} & {entry.uuid for entry in naming[PEER]}
    if shared:
        # More than one shared UUID was never seen; the one that works is the pair, the rest is further entries.
        best = max(
            sorted(shared), key=lambda uuid: sum(e.connected for s in SIDES for e in naming[s] if e.uuid == uuid)
        )
        pair = {side: next(entry for entry in naming[side] if entry.uuid == best) for side in SIDES}
        state = "paired"
    else:
        pair = {side: naming[side][0] if naming[side] else None for side in SIDES}
        state = {
            (False, False): "none",
            (True, False): "half_local",
            (False, True): "half_peer",
            (True, True): "crossed",
        }[pair[LOCAL] is not None, pair[PEER] is not None]
    further = {side: tuple(entry for entry in naming[side] if entry is not pair[side]) for side in SIDES}
    return ObservedClusterPair(state, views, Sides(**pair), Sides(**further))


def _naming(view: ClusterView, cluster: Cluster) -> tuple[ClusterPair, ...]:
    return tuple(e for e in view.entries if names_cluster(e, cluster) or names_predecessor(e, cluster))


def _classify_alone(views: Sides[ClusterView | None], known_as: tuple[str, ...]) -> ObservedClusterPair:
    naming = named_by_address(views.local.entries, known_as)
    state = "half_local" if naming else "none"
    return ObservedClusterPair(
        state, views, Sides(naming[0] if naming else None, None), Sides(naming[1:], ()), known_as
    )


def pairs_with_others(observed: ObservedClusterPair) -> list[ClusterPair]:
    """The established entries here, where none of them has an address of the unreachable peer."""
    if observed.views.peer is not None or observed.state != "none":
        return []
    return [entry for entry in observed.views.local.entries if not entry.pending]
