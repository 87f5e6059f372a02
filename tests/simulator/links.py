# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cluster pairs and the links between clusters: which cluster has an entry for which, and what status it shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from . import pair_states
from .cluster import Cluster
from .errors import WorldError
from .records import ClusterPairEntry
from .settings import Switches, Timings


@dataclass(eq=False)
class Link:
    """The way between two clusters: cluster pairs live on the management network, replication on the storage one."""

    management: bool = True
    storage: bool = True
    slow: bool = False
    latency: int = 1


@dataclass(eq=False)
class ClusterPair:
    """Both entries of one clusterPairUUID; either may be missing. `polls`: how often it was listed."""

    uuid: str
    ends: list[tuple[Cluster, ClusterPairEntry]] = field(default_factory=list)
    polls: float = 0


class Links:
    """All links and cluster pairs of a world."""

    def __init__(self, clusters: Mapping[str, Cluster], timings: Timings, switches: Switches) -> None:
        self._clusters = clusters
        self._timings = timings
        self._switches = switches
        self._links: dict[frozenset[str], Link] = {}
        self._pairs: dict[str, ClusterPair] = {}

    def between(self, one: str, other: str) -> Link:
        """The link of two clusters. There is one between any two, paired or not."""
        for name in (one, other):
            if name not in self._clusters:
                raise WorldError(f"link: there is no cluster {name!r}")
        if one == other:
            raise WorldError(f"link: {one!r} has no link with itself")
        return self._links.setdefault(frozenset((one, other)), Link())

    def add(self, cluster: Cluster, entry: ClusterPairEntry) -> None:
        """Give a cluster an entry, pending or complete."""
        cluster.cluster_pairs[entry.pair_id] = entry
        self._pairs.setdefault(entry.uuid, ClusterPair(entry.uuid)).ends.append((cluster, entry))

    def remove(self, cluster: Cluster, entry: ClusterPairEntry) -> None:
        """Take the entry of this cluster away; the other cluster keeps its own."""
        del cluster.cluster_pairs[entry.pair_id]
        pair = self._pairs[entry.uuid]
        pair.ends.remove((cluster, entry))
        if not pair.ends:
            del self._pairs[entry.uuid]

    def other_end(self, cluster: Cluster, entry: ClusterPairEntry) -> tuple[Cluster, ClusterPairEntry] | None:
        """The other cluster and its entry of the same UUID, if it still has one."""
        ends = self._pairs[entry.uuid].ends
        return next(((far, far_entry) for far, far_entry in ends if far is not cluster), None)

    def managed(self, one: Cluster, other: Cluster) -> bool:
        """Whether two clusters reach each other on the management network."""
        return one.up and other.up and self.between(one.name, other.name).management

    def status(self, cluster: Cluster, entry: ClusterPairEntry) -> str:
        """What ListClusterPairs says on this cluster."""
        if entry.pending:
            return pair_states.UNCONFIGURED
        if entry.outside_status:
            return entry.outside_status
        far = self.other_end(cluster, entry)
        if far is None:
            return self._switches.survivor_status
        if not self.managed(cluster, far[0]) and entry.unreachable_polls >= self._timings.disconnect_polls:
            return "Disconnected"
        return pair_states.cluster_pair_status(self._pairs[entry.uuid].polls, self._timings, self._switches)

    def latency(self, cluster: Cluster, entry: ClusterPairEntry) -> int:
        """Milliseconds to the other cluster; 0 as long as it is not connected."""
        far = self.other_end(cluster, entry)
        return self.between(cluster.name, far[0].name).latency if far and self.managed(cluster, far[0]) else 0

    def polled(self, entry: ClusterPairEntry) -> None:
        """The entry has been listed; its pair comes one step nearer to Connected, or to Disconnected."""
        if not entry.pending:
            self._pairs[entry.uuid].polls += 1
            entry.unreachable_polls += 1
            self.settle()

    def time_passed(self, polls: float) -> None:
        """As much time has passed as stands for so many polls of every entry."""
        for pair in self._pairs.values():
            pair.polls += polls
            for _cluster, entry in pair.ends:
                entry.unreachable_polls += polls
        self.settle()

    def settle(self) -> None:
        """Set the count of polls back to 0 for each cluster that is reachable again."""
        for pair in self._pairs.values():
            for cluster, entry in pair.ends:
                far = self.other_end(cluster, entry)
                if far is not None and self.managed(cluster, far[0]):
                    entry.unreachable_polls = 0

    def restart(self, uuid: str, polls: float = 0) -> None:
        """Begin to connect (or be as far as so many polls)."""
        self._pairs[uuid].polls = polls

    def replication_link(self, cluster: Cluster, pair_id: int, other: Cluster) -> pair_states.Link:
        """The way that volumes take: up only while both clusters have the entry of one cluster pair."""
        entry = cluster.cluster_pairs.get(pair_id)
        far = self.other_end(cluster, entry) if entry else None
        if far is None or far[0] is not other:
            return pair_states.Link(False, False)
        link = self.between(cluster.name, other.name)
        up = cluster.up and other.up and link.storage
        if self._switches.management_loss == "pauses":
            up = up and link.management
        return pair_states.Link(up, link.slow)

    def all(self) -> dict[tuple[str, str], Link]:
        """Every link that was ever asked for, by its two cluster names in order."""
        by_names = ((tuple(sorted(names)), link) for names, link in self._links.items())
        return {(names[0], names[1]): link for names, link in sorted(by_names, key=lambda item: item[0])}
