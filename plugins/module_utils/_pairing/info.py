# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection elementsw.replication: it can change without notice.
"""The job of element_pair_info: it reads, joins and reports, and plans nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from . import observe, results
from .decide import cluster_pair, findings, listing
from .flow import Outcome
from .model import ClusterSide, Plan, Sides, Verdict, VolumeSide
from .session import Session


@dataclass(frozen=True)
class InfoJob:
    """volumes, accounts: the names to report on, None for all. peer_hostname: None without a peer."""

    gather: tuple[str, ...]
    volumes: tuple[str, ...] | None = None
    accounts: tuple[str, ...] | None = None
    peer_hostname: str | None = None
    wait: bool = field(default=False, init=False)
    wait_timeout: float = field(default=0, init=False)
    fail_fast: bool = field(default=False, init=False)

    @classmethod
    def from_params(cls, params: Mapping, peer_hostname: str | None) -> InfoJob:
        return cls(
            gather=tuple(params["gather"]),
            volumes=None if params["volumes"] is None else tuple(params["volumes"]),
            accounts=None if params["accounts"] is None else tuple(params["accounts"]),
            peer_hostname=peer_hostname,
        )

    def observe(self, session: Session, planning: bool) -> Sides[VolumeSide | None]:
        who = observe.identities(session, observe.ACCEPT)
        return observe.all_sides(session, who, with_volumes="volume_pairs" in self.gather)

    def decide(self, seen: Sides[VolumeSide | None]) -> Sequence[Plan]:
        return ()

    def look(self, session: Session, seen: Sides[VolumeSide | None]) -> Sides[VolumeSide | None]:
        return seen

    def finish(self, seen: Sides[VolumeSide | None], plans: Sequence[Plan]) -> Sequence[Plan]:
        return ()

    def judge(self, seen: Sides[VolumeSide | None], waited: float) -> list[Verdict]:
        return []

    def report(self, outcome: Outcome[Sides[VolumeSide | None]]) -> dict:
        seen = outcome.seen
        found: list[findings.Finding] = []
        if self.peer_hostname is not None and seen.peer is None:
            found.append(findings.of_peer(self.peer_hostname, seen.local.cluster.name))
        report: dict = {
            "peer_reachable": None if self.peer_hostname is None else seen.peer is not None,
            "clusters": Sides(*(results.cluster(v.cluster) if v else None for v in (seen.local, seen.peer))).as_dict(),
        }
        if "cluster_pairs" in self.gather:
            report["cluster_pairs"], more = _cluster_pairs(seen)
            found += more
        if "volume_pairs" in self.gather:
            pairs = listing.chosen(listing.volume_pairs(seen), self.volumes, self.accounts)
            report["volume_pairs"] = [results.volume_pair(pair) for pair in pairs]
            report["pairs"] = listing.export(pairs)
            found += [finding for pair in pairs for finding in findings.of_volume_pair(pair)]
            found += findings.of_absent(seen, self.volumes or (), pairs)
        report["problems"] = [results.problem(finding) for finding in findings.by_harm(found)]
        report["healthy"] = all(finding.severity != findings.ERROR for finding in found)
        return report


def _cluster_pairs(seen: Sides[VolumeSide | None]) -> tuple[list[dict], list[findings.Finding]]:
    if seen.peer is None:
        return [
            results.lone_cluster_pair(seen.local.cluster, entry) for entry in seen.local.entries
        ], findings.of_entries(seen.local)
    pair = cluster_pair.classify(Sides(*(ClusterSide(view.cluster, view.entries) for view in (seen.local, seen.peer))))
    return [results.cluster_pair(pair)] if pair.state != "none" else [], findings.of_clusters(pair)
