# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The relation of two clusters: the states that the table in table.py decides by."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from ...._element.errors import Failure
from ...model import LOCAL, PEER, SIDES, Cluster, ClusterPair, Side, Sides, of_both, of_side, other
from ...views import ClusterView, UnreadableClusterPair
from ..identity import may_be_known_as, may_name, named_by_address, names_cluster, names_predecessor

State = Literal["none", "paired", "half_local", "half_peer", "crossed"]
# By whether this cluster, and whether the other one, lists an entry that is not shared.
_UNSHARED: Mapping[tuple[bool, bool], State] = {
    (False, False): "none",
    (True, False): "half_local",
    (False, True): "half_peer",
    (True, True): "crossed",
}


@dataclass(frozen=True)
class ClusterPairOptions:
    """What a task requests of a cluster pair, and what it permits."""

    present: bool
    repair: bool = False
    remove_pending: bool = False


@dataclass(frozen=True)
class ObservedClusterPair:
    """The cluster pair of two clusters as both lists show it."""

    state: State
    views: Sides[ClusterView | None]
    #: The entry on each side that the state is about.
    pair: Sides[ClusterPair | None]
    #: More entries that name the other cluster.
    further: Sides[tuple[ClusterPair, ...]]
    #: The names and addresses of an unreachable peer.
    known_as: tuple[str, ...] = ()
    #: Whether the first of these is its MVIP, which proves whether an entry is the peer's.
    mvip_given: bool = False

    def view(self, side: Side) -> ClusterView:
        """What the cluster of a side lists. Raises LookupError for an unreachable peer."""
        return of_side(self.views, side)

    def entry(self, side: Side) -> ClusterPair:
        """The entry of a side, in states that have it. Raises LookupError if it is missing."""
        return of_side(self.pair, side)

    @property
    def connected(self) -> bool:
        return all(entry is not None and entry.connected for entry in (self.pair.local, self.pair.peer))

    def naming(self, side: Side) -> tuple[ClusterPair, ...]:
        """Every entry on `side` that names the other cluster."""
        entry = self.pair[side]
        return (entry, *self.further[side]) if entry else self.further[side]

    def pending(self, side: Side) -> tuple[ClusterPair, ...]:
        """The entries of `side` that name no cluster yet."""
        view = self.views[side]
        return tuple(entry for entry in view.entries if entry.pending) if view else ()

    def doubtful(self, side: Side) -> tuple[UnreadableClusterPair, ...]:
        """The unreadable entries of `side` that may name the other cluster."""
        view, other_view = self.views[side], self.views[other(side)]
        if view is None:
            return ()
        if other_view is None:
            return tuple(odd for odd in view.unreadable_entries if may_be_known_as(odd, self.known_as))
        return tuple(odd for odd in view.unreadable_entries if may_name(odd, other_view.cluster))

    @property
    def doubt(self) -> Failure | None:
        """The Failure of an unreadable entry that may name the other cluster; None without one."""
        found = [odd.failure(self.name(side)) for side in SIDES for odd in self.doubtful(side)]
        return found[0] if found else None

    def name(self, side: Side) -> str:
        view = self.views[side]
        return view.cluster.name if view else "the peer"


def classify_cluster_pair(
    views: Sides[ClusterView | None], known_as: tuple[str, ...] = (), mvip_given: bool = False
) -> ObservedClusterPair:
    """Both lists, joined by UUID. known_as, mvip_given: the names of an unreachable peer, as in ObservedClusterPair."""
    both_views = of_both(views)
    if both_views is None:
        return replace(_classify_local_only(views, known_as), mvip_given=mvip_given)
    naming = {side: _naming(both_views[side], both_views[other(side)].cluster) for side in SIDES}
    shared = {entry.uuid for entry in naming[LOCAL]} & {entry.uuid for entry in naming[PEER]}
    state: State
    pair: dict[Side, ClusterPair | None]
    if shared:
        # More than one shared UUID was never observed; the connected one is the pair, the others are further entries.
        best = max(
            sorted(shared), key=lambda uuid: sum(e.connected for s in SIDES for e in naming[s] if e.uuid == uuid)
        )
        pair = {side: next(entry for entry in naming[side] if entry.uuid == best) for side in SIDES}
        state = "paired"
    else:
        pair = {side: naming[side][0] if naming[side] else None for side in SIDES}
        state = _UNSHARED[pair[LOCAL] is not None, pair[PEER] is not None]
    further = {side: tuple(entry for entry in naming[side] if entry is not pair[side]) for side in SIDES}
    return ObservedClusterPair(state, views, Sides(**pair), Sides(**further))


def _naming(view: ClusterView, cluster: Cluster) -> tuple[ClusterPair, ...]:
    return tuple(e for e in view.entries if names_cluster(e, cluster) or names_predecessor(e, cluster))


def _classify_local_only(views: Sides[ClusterView | None], known_as: tuple[str, ...]) -> ObservedClusterPair:
    naming = named_by_address(of_side(views, LOCAL).entries, known_as)
    state: State = "half_local" if naming else "none"
    return ObservedClusterPair(
        state, views, Sides(naming[0] if naming else None, None), Sides(naming[1:], ()), known_as
    )


def pairs_with_others(observed: ObservedClusterPair) -> list[ClusterPair]:
    """The established entries of this cluster if none has an address of the unreachable peer; else empty."""
    if observed.views.peer is not None or observed.state != "none":
        return []
    return [entry for entry in observed.view(LOCAL).entries if not entry.pending]
