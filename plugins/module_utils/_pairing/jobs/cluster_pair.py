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
from ..decide.cluster_pair.verdict import in_handshake, judge_absent, judge_present, replaced, timed_out
from ..decide.volume_pair import progress
from ..model import LOCAL, NO_NAMES, PEER, SIDES, Cluster, ClusterNames, Side, Sides, of_side
from ..observe.both import resolve_names, view_cluster_pairs
from ..observe.clusters import identify_clusters, list_cluster_pairs
from ..outcome import Outcome
from ..plan import Plan, Verdict
from ..run import Run
from .second_read import PERHAPS_PASSING, read_until_settled


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
            peer=ClusterNames.from_options(params["peer"]),
        )

    def label(self, observation: ObservedClusterPair | None, item: int) -> str:
        return ""

    def observe(self, run: Run, planning: bool) -> ObservedClusterPair:
        clusters = identify_clusters(run, self.local_only, can_do_without=not self.options.present)
        observed = self._read(run, clusters)
        if planning:
            observed, changing = read_until_settled(run, observed, partial(self._read, run, clusters), self._unsettled)
            if changing:
                raise in_handshake(observed)
        if planning and table.decide(observed, self.options).makes_pair:
            roles = run.side_by_side(partial(_roles, run, side) for side in SIDES)
            views = [replace(observed.view(side), roles=held) for side, held in zip(SIDES, roles)]
            observed = classify_cluster_pair(Sides(*views))
        return observed

    def _read(self, run: Run, clusters: Sides[Cluster | None]) -> ObservedClusterPair:
        """What both clusters list of each other."""
        removing = not self.options.present or self.options.repair
        lists = view_cluster_pairs(run, clusters, with_volumes=removing)
        known_as = resolve_names(self.peer, of_side(lists, LOCAL).entries) if lists.peer is None else ()
        return classify_cluster_pair(lists, known_as, self.peer.mvip is not None)

    def _unsettled(self, observed: ObservedClusterPair) -> dict[int, str]:
        """What identifies the state of a cluster pair that is refused as half."""
        problem = table.decide(observed, self.options).problem
        if problem is None or problem.code not in PERHAPS_PASSING:
            return {}
        return {0: " ".join(str(observed.pair[side]) for side in SIDES)}

    def decide(self, observed: ObservedClusterPair) -> Sequence[Plan]:
        return (table.decide(observed, self.options),)

    def items_are_independent(self, observed: ObservedClusterPair) -> bool:
        return False  # there is only one

    def alive(self, observed: ObservedClusterPair) -> Failure | None:
        return None  # it promotes nothing

    def recheck_signs_of_life(self, run: Run, observed: ObservedClusterPair) -> ObservedClusterPair:
        return observed

    def refresh(self, run: Run, observed: ObservedClusterPair) -> ObservedClusterPair:
        read_sides = [side for side in SIDES if observed.views[side]]
        lists = run.side_by_side(partial(list_cluster_pairs, run.client(side)) for side in read_sides)
        views = {side: observed.view(side).listing(entries) for side, entries in zip(read_sides, lists)}
        return classify_cluster_pair(Sides(views[LOCAL], views.get(PEER)), observed.known_as, observed.mvip_given)

    def follow(self, run: Run, last: ObservedClusterPair, now: ObservedClusterPair) -> ObservedClusterPair:
        return now

    def finish(self, observed: ObservedClusterPair, plans: Sequence[Plan]) -> Sequence[Plan]:
        return [Plan() for _plan in plans]

    def judge(self, observed: ObservedClusterPair, waited: float) -> list[Verdict]:
        return [judge_present(observed, waited) if self.options.present else judge_absent(observed)]

    def traits(self, observed: ObservedClusterPair) -> list[str | None]:
        cluster_ids = [view.cluster.unique_id for view in (observed.views.local, observed.views.peer) if view]
        entries = [entry.uuid if entry else "none" for entry in (observed.pair.local, observed.pair.peer)]
        if not self.options.present:
            # One cluster's entry may be gone before the other's.
            entries = sorted({entry.uuid for side in SIDES for entry in observed.naming(side)})
        return [" ".join((*cluster_ids, *entries)) if entries else None]

    def replaced(self, observed: ObservedClusterPair, item: int) -> Failure:
        return replaced(observed)

    def measure(self, run: Run, observed: ObservedClusterPair) -> ObservedClusterPair:
        return observed  # a cluster pair is connected or not

    def progress(self, observed: ObservedClusterPair, verdicts: Sequence[Verdict | None], waited: float) -> str:
        (verdict,) = verdicts
        return progress.of_cluster_pair(observed, verdict.text if verdict else "", waited, self.wait_timeout)

    def expired(self, observed: ObservedClusterPair, item: int, made: bool, verdict: Verdict) -> Failure:
        return timed_out(observed, made, self.options.present, self.wait_timeout, verdict.text)

    def conclude(self, run: Run, observed: ObservedClusterPair) -> Sequence[Plan]:
        return ()  # nothing is written after the wait

    def report(self, outcome: Outcome[ObservedClusterPair]) -> dict:
        return {
            "cluster_pair": results.cluster_pair(outcome.last_observation()),
            "pending": results.pending(outcome.last_observation()),
        }


def _roles(run: Run, side: Side) -> frozenset[str] | None:
    from ..observe.cluster_health import get_roles  # not loaded for clusters that are paired

    try:
        return get_roles(run.client(side))
    except Failure:
        return None  # the handshake itself shows whether the user may pair
