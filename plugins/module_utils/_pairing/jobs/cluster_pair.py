# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection elementsw.replication: it can change without notice.
"""The job of element_cluster_pair: what it reads, decides, waits for and returns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from ..._element.errors import Failure
from .. import results
from ..decide.cluster_pair import table
from ..decide.cluster_pair.table import Found
from ..decide.volume_pair import progress
from ..flow import Outcome
from ..model import NO_NAMES, SIDES, ClusterNames, Plan, Sides, Verdict
from ..observe.volumes import identify_clusters, list_cluster_pairs, resolve_names, view_cluster_pairs
from ..run import Session


@dataclass(frozen=True)
class ClusterPairJob:
    """wait_timeout in seconds. local_only: go on with this cluster alone if the other one does not answer."""

    wish: table.Wish
    wait: bool = True
    wait_timeout: float = 120
    local_only: bool = False
    peer: ClusterNames = NO_NAMES
    fail_fast: bool = field(default=False, init=False)
    count: int = field(default=1, init=False)

    @classmethod
    def from_params(cls, params: Mapping) -> ClusterPairJob:
        present = params["state"] == "present"
        return cls(
            wish=table.Wish(present, params["repair"], params["remove_pending"]),
            wait=params["wait"],
            wait_timeout=params["wait_timeout"],
            local_only=params["peer_unreachable"] == "local_only",
            peer=ClusterNames.of(params["peer"]),
        )

    def observe(self, session: Session, planning: bool) -> Found:
        who = identify_clusters(session, self.local_only)
        removing = not self.wish.present or self.wish.repair
        seen = view_cluster_pairs(session, who, with_volumes=removing)
        known_as = resolve_names(self.peer, seen.local.entries) if seen.peer is None else ()
        found = table.classify(seen, known_as, self.peer.mvip is not None)
        if planning and table.decide(found, self.wish).makes_pair:
            roles = session.side_by_side(partial(_roles, session, side) for side in SIDES)
            views = [replace(seen[side], roles=told) for side, told in zip(SIDES, roles)]
            found = table.classify(Sides(*views))
        return found

    def decide(self, seen: Found) -> Sequence[Plan]:
        return (table.decide(seen, self.wish),)

    def each_alone(self, seen: Found) -> bool:
        return False  # there is but one

    def alive(self, seen: Found) -> Failure | None:
        return None  # it promotes nothing

    def look_for_life(self, session: Session, seen: Found) -> Found:
        return seen

    def look(self, session: Session, seen: Found) -> Found:
        there = [side for side in SIDES if seen.seen[side]]
        lists = session.side_by_side(partial(list_cluster_pairs, session.client(side)) for side in there)
        views = {side: seen.seen[side].listing(entries) for side, entries in zip(there, lists)}
        return table.classify(Sides(views["local"], views.get("peer")), seen.known_as, seen.mvip_given)

    def finish(self, seen: Found, plans: Sequence[Plan]) -> Sequence[Plan]:
        return [Plan() for _plan in plans]

    def judge(self, seen: Found, waited: float) -> list[Verdict]:
        return [table.judge_present(seen, waited) if self.wish.present else table.judge_absent(seen)]

    def traits(self, seen: Found) -> list[str | None]:
        who = [view.cluster.unique_id for view in (seen.seen.local, seen.seen.peer) if view]
        entries = [entry.uuid if entry else "none" for entry in (seen.pair.local, seen.pair.peer)]
        if not self.wish.present:
            # One cluster's entry may be gone before the other's.
            entries = sorted({entry.uuid for side in SIDES for entry in seen.naming(side)})
        return [" ".join((*who, *entries)) if entries else None]

    def replaced(self, seen: Found, item: int) -> Failure:
        return table.replaced(seen)

    def measure(self, session: Session, seen: Found) -> Found:
        return seen  # a cluster pair is connected or not

    def progress(self, seen: Found, verdicts: Sequence[Verdict | None], waited: float) -> str:
        (verdict,) = verdicts
        return progress.of_cluster_pair(seen, verdict.text, waited, self.wait_timeout)

    def expired(self, seen: Found, item: int, made: bool, verdict: Verdict) -> Failure:
        return table.expired(seen, made, self.wish.present, self.wait_timeout, verdict.text)

    def report(self, outcome: Outcome[Found]) -> dict:
        return {"cluster_pair": results.cluster_pair(outcome.seen), "pending": results.pending(outcome.seen)}


def _roles(session: Session, side: str) -> frozenset[str] | None:
    from ..observe.cluster_health import get_roles  # clusters that are paired are not asked

    try:
        return get_roles(session.client(side))
    except Failure:
        return None  # the handshake itself tells then whether it is allowed
