# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The job of element_volume_pair: what it reads, decides, waits for and returns, for one pair or many."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from ..._element.errors import Failure
from .. import results
from ..decide.identity import UnreachablePeer
from ..decide.volume_pair import progress, table
from ..decide.volume_pair.classification import by_id, classify_all, find_duplicates, trait
from ..decide.volume_pair.desired import DesiredPair, PairOptions
from ..decide.volume_pair.verdict import judge, timed_out
from ..model import LOCAL, NO_NAMES, PEER, Cluster, ClusterNames, Side, Sides, of_side
from ..observe.both import resolve_names, view_volumes
from ..observe.clusters import identify_clusters, list_cluster_pairs
from ..observe.volumes import list_accounts, list_deleted_volumes, list_volumes
from ..outcome import Outcome
from ..pair_options import PERMISSIONS, with_inherited
from ..plan import Plan, Verdict
from ..run import Run
from ..views import Listed, Volumes, VolumeView
from .second_read import PERHAPS_PASSING, read_until_settled
from .volume_pair_observation import Observation
from .volume_pair_options import parse_pair


@dataclass(frozen=True)
class VolumePairJob:
    """The options of the task, and the methods that the flow of a run calls."""

    #: What applies to all pairs.
    options: PairOptions
    #: What is desired of each pair.
    pairs: tuple[DesiredPair, ...]
    #: What is permitted for each pair; empty if `options` apply to each.
    pair_options: tuple[PairOptions, ...] = ()
    wait: bool = True
    #: Whether to wait until the pairs are in sync, not only paired.
    in_sync: bool = False
    #: In seconds.
    wait_timeout: float = 300
    fail_fast: bool = False
    #: Whether to continue with only the local cluster if the peer is unreachable.
    local_only: bool = False
    peer: ClusterNames = NO_NAMES

    @classmethod
    def from_params(cls, params: Mapping) -> VolumePairJob:
        given = [with_inherited(item, params) for item in ([params] if params["pairs"] is None else params["pairs"])]
        options = PairOptions(
            present=params["state"] == "present",
            release_target=params["release_target"],
            failover=params["failover"],
            timeout=params["wait_timeout"],
        )
        return cls(
            options=options,
            pair_options=tuple(replace(options, **{name: item[name] for name in PERMISSIONS}) for item in given),
            pairs=tuple(parse_pair(item, options.present) for item in given),
            wait=params["wait"],
            in_sync=params["wait_for"] == "in_sync",
            wait_timeout=params["wait_timeout"],
            fail_fast=params["fail_fast"],
            local_only=params["peer_unreachable"] == "local_only",
            peer=ClusterNames.from_options(params["peer"]),
        )

    @property
    def count(self) -> int:
        return len(self.pairs)

    def label(self, observation: Observation | None, item: int) -> str:
        pair = observation.pairs[item] if observation else None
        return (pair or self.pairs[item]).label(LOCAL)

    def observe(self, run: Run, planning: bool) -> Observation:
        clusters = identify_clusters(run, self.local_only, self._can_do_without_peer)
        observation = self._read(run, clusters)
        if not planning:
            return observation
        read = partial(self._read, run, clusters)
        observation, changing = read_until_settled(run, observation, read, self._unsettled)
        observation = replace(
            observation,
            failures=tuple(
                progress.in_handshake(observation.pair(n)) if n in changing else failure
                for n, failure in enumerate(observation.failures)
            ),
        )
        plans = self.decide(observation)
        if not any(plan.steps for plan in plans):
            return observation
        from .volume_pair_planning import with_extras

        return with_extras(run, observation, plans, self._each)

    @property
    def _can_do_without_peer(self) -> bool:
        return (
            self.options.failover == "forced"
            or not self.options.present
            or any(pair.paused is not None for pair in self.pairs)
        )

    def _read(self, run: Run, clusters: Sides[Cluster | None]) -> Observation:
        """The lists of both clusters, and the pairs in them."""
        views = view_volumes(run, clusters)
        unreachable_peer = self._unreachable_peer(run, of_side(views, LOCAL)) if views.peer is None else None
        observation = self._classified(views, unreachable_peer)
        deleted = self._deleted(run, observation)
        if any(found.readable or found.unreadable for found in deleted.values()):
            more = {side: observation.view(side).adding(deleted.get(side, Listed())) for side in observation.reachable}
            observation = self._classified(Sides(more[LOCAL], more.get(PEER)), unreachable_peer)
        return observation

    def _unsettled(self, observation: Observation) -> dict[int, str]:
        """The items that are refused as half or pending, and what identifies their state."""
        if all(pair is None or pair.state in ("paired", "none") for pair in observation.pairs):
            return {}  # a long list is not decided twice
        return {
            number: f"{pair.state} {trait(pair, present=True)}"
            for number, (plan, pair) in enumerate(zip(self.decide(observation), observation.pairs))
            if pair and plan.problem and plan.problem.code in PERHAPS_PASSING
        }

    def _unreachable_peer(self, run: Run, local_view: VolumeView) -> UnreachablePeer:
        """The names of the unreachable peer. The only entry counts as the peer's just for tasks that destroy nothing."""
        destroys_nothing = self.options.failover == "forced" or any(pair.paused is not None for pair in self.pairs)
        # assume_dead: a cluster that is connected is not the one that is gone.
        may_be_it = run.peer_failure is not None or not any(entry.connected for entry in local_view.entries)
        by_guess = self.options.present and destroys_nothing and self.peer.mvip is None and may_be_it
        return UnreachablePeer(resolve_names(self.peer, local_view.entries), by_guess, run.peer_failure)

    def _classified(self, views: Sides[VolumeView | None], unreachable_peer: UnreachablePeer | None) -> Observation:
        found, failures = classify_all(self.pairs, views, unreachable_peer)
        duplicates = find_duplicates(found)
        failed = tuple(duplicates.get(n) or failure for n, failure in enumerate(failures))
        return Observation(views, found, failed, unreachable_peer=unreachable_peer)

    def _deleted(self, run: Run, observation: Observation) -> dict[Side, Volumes]:
        """The deleted volumes of sides that miss a volume: it may be deleted, and can be restored."""
        missing = [
            side
            for side in observation.reachable
            if any(pair and pair.volumes[side] is None for pair in observation.pairs)
        ]
        lists = run.side_by_side(partial(list_deleted_volumes, run.client(side)) for side in missing)
        return dict(zip(missing, lists))

    def decide(self, observation: Observation) -> Sequence[Plan]:
        plans = [
            Plan(problem=failure) if failure else table.decide(observation.pair(number), options)
            for number, (failure, options) in enumerate(zip(observation.failures, self._each))
        ]
        if not any(plan.steps for plan in plans):
            return plans
        from ..decide.volume_pair import new_pair  # not loaded for pairs that are as requested

        clashes = new_pair.clashes(observation.pairs, plans)
        return new_pair.confirmed_again(
            [
                Plan(problem=clashes[n], before=plan.before, after=plan.before) if n in clashes else plan
                for n, plan in enumerate(plans)
            ]
        )

    @property
    def _each(self) -> tuple[PairOptions, ...]:
        """What is permitted for each pair."""
        return self.pair_options or (self.options,) * len(self.pairs)

    def items_are_independent(self, observation: Observation) -> bool:
        return self.options.failover == "forced" or observation.views.peer is None

    def alive(self, observation: Observation) -> Failure | None:
        if observation.unreachable_peer is None:
            return None
        from ..decide.volume_pair import local_only  # most runs reach both clusters

        return local_only.peer_alive(observation.view(LOCAL), observation.unreachable_peer, self.decide(observation))

    def recheck_signs_of_life(self, run: Run, observation: Observation) -> Observation:
        client = run.client(LOCAL)
        volumes_now = partial(list_volumes, client, self._ids(observation, LOCAL))
        reads: list[Callable[[], Any]] = [partial(list_cluster_pairs, client), volumes_now]
        entries, volumes = run.side_by_side(reads)
        local_view = observation.view(LOCAL).showing(volumes)
        local_view = replace(local_view, entries=entries.readable, unreadable_entries=entries.unreadable)
        return replace(observation, views=Sides(local_view, None))

    def refresh(self, run: Run, observation: Observation) -> Observation:
        ids = {side: self._ids(observation, side) for side in observation.reachable}
        lists = run.side_by_side(partial(list_volumes, run.client(side), ids[side]) for side in observation.reachable)
        views = {side: observation.view(side).showing(volumes) for side, volumes in zip(observation.reachable, lists)}
        if (
            PEER in ids
            and ids[PEER] is None
            and any(desired.create and desired.create.create_account for desired in self.pairs)
        ):
            views[PEER] = replace(views[PEER], accounts=dict(list_accounts(run.client(PEER))))
        found, failures = classify_all(
            [by_id(pair) if pair else None for pair in observation.pairs],
            Sides(views[LOCAL], views.get(PEER)),
            observation.unreachable_peer,
        )
        return replace(
            observation,
            views=Sides(views[LOCAL], views.get(PEER)),
            pairs=found,
            again=True,
            failures=tuple(now or before for now, before in zip(failures, observation.failures)),
        )

    def follow(self, run: Run, last: Observation, now: Observation) -> Observation:
        return now

    def _ids(self, observation: Observation, side: Side) -> list[int] | None:
        """The IDs of the volumes to read; None, for all, at the first read after one may have been created."""
        if (
            self.options.present
            and not observation.again
            and any(pair and pair.volumes[side] is None for pair in observation.pairs)
        ):
            return None
        return [pair.volume(side).id for pair in observation.pairs if pair and pair.volumes[side]]

    def finish(self, observation: Observation, plans: Sequence[Plan]) -> Sequence[Plan]:
        from ..decide.volume_pair.after_writes import lost_modes, lost_roles

        return [
            Plan(steps=(*lost_roles(pair, plan), *lost_modes(pair, plan)) if pair else ())
            for pair, plan in zip(observation.pairs, plans)
        ]

    def judge(self, observation: Observation, waited: float) -> list[Verdict]:
        return [
            Verdict(False, found.sentence, found)
            if isinstance(found, Failure)
            else judge(found, options, self.in_sync, waited)
            for found, options in zip(map(observation.found, range(len(observation.pairs))), self._each)
        ]

    def traits(self, observation: Observation) -> list[str | None]:
        return [
            None if not self.options.present and verdict.done else trait(pair, self.options.present)
            for pair, verdict in zip(observation.pairs, self.judge(observation, 0))
        ]

    def replaced(self, observation: Observation, item: int) -> Failure:
        return progress.replaced(observation.found(item))

    def measure(self, run: Run, observation: Observation) -> Observation:
        if not self.options.present:
            return observation
        from .volume_pair_planning import read_jobs

        sides = observation.reachable
        jobs = dict(zip(sides, run.side_by_side(partial(read_jobs, run, side) for side in sides)))
        return replace(observation, jobs=Sides(jobs[LOCAL], jobs.get(PEER, {})))

    def progress(self, observation: Observation, verdicts: Sequence[Verdict | None], waited: float) -> str:
        return progress.of_volume_pairs(observation.pairs, verdicts, self._wanted, observation.jobs)

    @property
    def _wanted(self) -> str:
        if not self.options.present:
            return "unpaired"
        return "in sync" if self.in_sync else "paired"

    def expired(self, observation: Observation, item: int, made: bool, verdict: Verdict) -> Failure:
        job = progress.copying(observation.pair(item), observation.jobs)
        text = f"{verdict.text}, copied {progress.how_far(job)}" if job else verdict.text
        return timed_out(observation.pair(item), self.options, self.in_sync, self.wait_timeout, text)

    def conclude(self, run: Run, observation: Observation) -> Sequence[Plan]:
        return ()  # nothing is written after the wait

    def report(self, outcome: Outcome[Observation]) -> dict:
        return {
            "pairs": [
                {
                    **(results.volume_pair(pair) if pair else results.unknown_volume_pair(desired)),
                    "changed": outcome.changes(number),
                    "saved": results.saved(outcome.saved(number)),
                    **results.item_error(outcome.items[number].failure),
                }
                for number, (desired, pair) in enumerate(zip(self.pairs, outcome.last_observation().pairs))
            ]
        }
