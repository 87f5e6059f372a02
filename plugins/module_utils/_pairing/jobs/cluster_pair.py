# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The job of element_cluster_pair: what it reads, decides, waits for and returns."""

# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from ..._element.errors import Failure
from .. import results
from ..decide.cluster_pair import table
from ..decide.cluster_pair.state import ClusterPairOptions, ObservedClusterPair, classify_cluster_pair
from ..decide.cluster_pair.verdict import judge_absent, judge_present, replaced, timed_out
from ..decide.volume_pair import progress
from ..model import LOCAL, NO_NAMES, PEER, SIDES, ClusterNames, Side, Sides, of_side
from ..observe.both import resolve_names, view_cluster_pairs
from ..observe.clusters import identify_clusters, list_cluster_pairs
from ..outcome import Outcome
from ..plan import Plan, Verdict
from ..run import Run


@dataclass(frozen=True)
class ClusterPairJob:
    """The options of the task, and the methods that the flow of a run calls."""

    options: ClusterPairOptions
    wait: bool = True
    #: In seconds.
    wait_timeout: float = 120
    #: Whether to continue with only the local cluster if the peer is unreachable.
    local_only: bool = False
    peer: ClusterNames = NO_NAMES
    fail_fast: bool = field(default=False, init=False)
    count: int = field(default=1, init=False)

    @classmethod
    def from_params(cls, params: Mapping) -> ClusterPairJob:
        present = params["state"] == "present"
        return cls(
            options=ClusterPairOptions(
                present=present, repair=params["repair"], remove_pending=params["remove_pending"]
            ),
            wait=params["wait"],
            wait_timeout=params["wait_timeout"],
            local_only=params["peer_unreachable"] == "local_only",
            peer=ClusterNames.of(params["peer"]),
        )

    def observe(self, run: Run, planning: bool) -> ObservedClusterPair:
        clusters = identify_clusters(run, self.local_only)
        removing = not self.options.present or self.options.repair
        seen = view_cluster_pairs(run, clusters, with_volumes=removing)
        known_as = resolve_names(self.peer, of_side(seen, LOCAL).entries) if seen.peer is None else ()
        found = classify_cluster_pair(seen, known_as, self.peer.mvip is not None)
        if planning and table.decide(found, self.options).makes_pair:
            roles = run.side_by_side(partial(_roles, run, side) for side in SIDES)
            views = [replace(found.view(side), roles=held) for side, held in zip(SIDES, roles)]
            found = classify_cluster_pair(Sides(*views))
        return found

    def decide(self, seen: ObservedClusterPair) -> Sequence[Plan]:
        return (table.decide(seen, self.options),)

    def items_are_independent(self, seen: ObservedClusterPair) -> bool:
        return False  # there is only one

    def alive(self, seen: ObservedClusterPair) -> Failure | None:
        return None  # it promotes nothing

    def recheck_signs_of_life(self, run: Run, seen: ObservedClusterPair) -> ObservedClusterPair:
        return seen

    def refresh(self, run: Run, seen: ObservedClusterPair) -> ObservedClusterPair:
        read_sides = [side for side in SIDES if seen.views[side]]
        lists = run.side_by_side(partial(list_cluster_pairs, run.client(side)) for side in read_sides)
        views = {side: seen.view(side).listing(entries) for side, entries in zip(read_sides, lists)}
        return classify_cluster_pair(Sides(views[LOCAL], views.get(PEER)), seen.known_as, seen.mvip_given)

    def finish(self, seen: ObservedClusterPair, plans: Sequence[Plan]) -> Sequence[Plan]:
        return [Plan() for _plan in plans]

    def judge(self, seen: ObservedClusterPair, waited: float) -> list[Verdict]:
        return [judge_present(seen, waited) if self.options.present else judge_absent(seen)]

    def traits(self, seen: ObservedClusterPair) -> list[str | None]:
        cluster_ids = [view.cluster.unique_id for view in (seen.views.local, seen.views.peer) if view]
        entries = [entry.uuid if entry else "none" for entry in (seen.pair.local, seen.pair.peer)]
        if not self.options.present:
            # One cluster's entry may be gone before the other's.
            entries = sorted({entry.uuid for side in SIDES for entry in seen.naming(side)})
        return [" ".join((*cluster_ids, *entries)) if entries else None]

    def replaced(self, seen: ObservedClusterPair, item: int) -> Failure:
        return replaced(seen)

    def measure(self, run: Run, seen: ObservedClusterPair) -> ObservedClusterPair:
        return seen  # a cluster pair is connected or not

    def progress(self, seen: ObservedClusterPair, verdicts: Sequence[Verdict | None], waited: float) -> str:
        (verdict,) = verdicts
        return progress.of_cluster_pair(seen, verdict.text if verdict else "", waited, self.wait_timeout)

    def expired(self, seen: ObservedClusterPair, item: int, made: bool, verdict: Verdict) -> Failure:
        return timed_out(seen, made, self.options.present, self.wait_timeout, verdict.text)

    def report(self, outcome: Outcome[ObservedClusterPair]) -> dict:
        return {
            "cluster_pair": results.cluster_pair(outcome.last_look()),
            "pending": results.pending(outcome.last_look()),
        }


def _roles(run: Run, side: Side) -> frozenset[str] | None:
    from ..observe.cluster_health import get_roles  # not loaded for clusters that are paired

    try:
        return get_roles(run.client(side))
    except Failure:
        return None  # the handshake itself shows whether the user may pair
