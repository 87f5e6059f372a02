# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The job of element_failover_rehearsal: what it reads, decides, waits for and returns."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from ..._element.errors import Failure
from .. import results
from ..apply.wait import next_pause
from ..decide.catalog import Catalog
from ..decide.identity import UnreachablePeer
from ..decide.rehearsal import selection, table, verdict
from ..decide.rehearsal.selection import Selection
from ..decide.rehearsal.state import DesiredRehearsal, ObservedRehearsal
from ..decide.volume_pair.classification import by_id, classify_all
from ..decide.volume_pair.desired import DesiredPair
from ..model import LOCAL, NO_NAMES, PEER, CloneJob, Cluster, ClusterNames, Sides, of_side
from ..observe.both import resolve_names, view_volumes
from ..observe.clones import count_unfinished_clones, list_clone_jobs
from ..observe.clusters import identify_clusters
from ..observe.lag import list_delays
from ..observe.volumes import list_deleted_volumes, list_volumes
from ..outcome import Outcome
from ..plan import Plan, Step, Verdict
from ..rehearsal import NAME
from ..run import Run
from ..views import Listed, VolumeView
from .failover_rehearsal_observation import Observation


@dataclass(frozen=True)
class FailoverRehearsalJob:
    """The options of the task, and the methods that the flow of a run calls."""

    desired: DesiredRehearsal
    selection: Selection = field(default=Selection())
    #: In seconds.
    wait_timeout: float = 1800
    #: Whether to continue with only the local cluster if the peer is unreachable.
    local_only: bool = False
    peer: ClusterNames = NO_NAMES
    wait: bool = field(default=True, init=False)
    fail_fast: bool = field(default=False, init=False)
    #: Only an observation shows how many volumes are selected.
    count: None = field(default=None, init=False)

    @classmethod
    def from_params(cls, params: Mapping) -> FailoverRehearsalJob:
        pairs = params["pairs"]
        return cls(
            desired=DesiredRehearsal(
                name=params["name"],
                present=params["state"] == "present",
                now=params["point"] == "now",
                account=params["account"] or None,
                access_group=params["access_group"] or None,
                qos_policy=params["qos_policy"] or None,
                timeout=params["wait_timeout"],
            ),
            selection=Selection(
                None if pairs is None else tuple(DesiredPair(**_without_blanks(item)) for item in pairs),
                None if params["volumes"] is None else tuple(params["volumes"]),
                None if params["accounts"] is None else tuple(params["accounts"]),
            ),
            wait_timeout=params["wait_timeout"],
            local_only=params["peer_unreachable"] == "local_only",
            peer=ClusterNames.from_options(params["peer"]),
        )

    def label(self, observation: Observation | None, item: int) -> str:
        return f"volume {observation.items[item].original_name}" if observation else ""

    # --- reading ------------------------------------------------------------------------------------------------------

    def observe(self, run: Run, planning: bool) -> Observation:
        clusters = identify_clusters(run, self.local_only, can_do_without=not self.desired.now)
        if self.desired.present and self.desired.now and clusters.peer is None:
            raise _now_requires_peer(of_side(clusters, LOCAL).name, self.peer.shown)
        observation = self._read(run, clusters)
        if planning or not self.desired.present:
            observation = self._without_unfinished(run, clusters, observation)
        from .failover_rehearsal_planning import with_surroundings

        return with_surroundings(run, observation, self.desired, planning)

    def _read(self, run: Run, clusters: Sides[Cluster | None]) -> Observation:
        """The lists of both clusters, and the rehearsal in them."""
        # The jobs first: a clone is listed before its job is gone.
        jobs = dict(list_clone_jobs(run.client(LOCAL)))
        views = view_volumes(run, clusters)
        unreachable = self._unreachable_peer(run, of_side(views, LOCAL)) if views.peer is None else None
        observation = Observation(views, (), (), unreachable, {job.source_id: job for job in jobs.values()})
        if not self.desired.present:
            return self._with_clones(run, observation)
        return self._with_targets(run, observation)

    def _unreachable_peer(self, run: Run, local_view: VolumeView) -> UnreachablePeer:
        """The names of the unreachable peer. A rehearsal destroys nothing, so the only entry counts as the peer's."""
        # assume_dead: a cluster that is connected is not the one that is gone.
        may_be_it = run.peer_failure is not None or not any(entry.connected for entry in local_view.entries)
        by_guess = self.peer.mvip is None and may_be_it
        return UnreachablePeer(resolve_names(self.peer, local_view.entries), by_guess, run.peer_failure)

    def _with_targets(self, run: Run, observation: Observation) -> Observation:
        """The observation with the targets that the task selects. Raises Failure if there is none."""
        catalog = Catalog(observation.view(LOCAL))
        wanted = selection.candidates(catalog, self.selection)
        pairs, failures = classify_all(wanted, observation.views, observation.unreachable_peer)
        found = selection.chosen(pairs, failures, self.selection)
        if not found:
            peer = observation.views.peer.cluster.name if observation.views.peer else self.peer.shown
            raise selection.nothing_selected(catalog.cluster.name, peer)
        items = selection.observed_targets(catalog, found, self.desired, observation.jobs.keys())
        now = _time_here(run, [item.target().id for item in items if item.original])
        warnings = selection.not_whole(pairs, self.selection)
        return replace(observation, items=items, before=tuple(item.pair for item in items), now=now, warnings=warnings)

    def _with_clones(self, run: Run, observation: Observation) -> Observation:
        """The observation with the clones of the rehearsal, also deleted ones."""
        deleted = list_deleted_volumes(run.client(LOCAL))
        catalog = Catalog(observation.view(LOCAL))
        items = selection.observed_clones(catalog, deleted, self.selection, self.desired)
        now = _time_here(run, [item.made().id for item in items if item.row == "made"])
        return replace(observation, items=items, before=(None,) * len(items), now=now)

    def _without_unfinished(self, run: Run, clusters: Sides[Cluster | None], observation: Observation) -> Observation:
        """The observation once this cluster makes no clone that may be of this rehearsal. Raises Failure.

        Its job does not show whose clone it is: a backup or another rehearsal may make one of the same volume.
        """
        began = run.clock.monotonic()
        while self._may_be_unfinished(run, observation):
            waited = run.clock.monotonic() - began
            if run.stopping.is_set() or waited >= self.wait_timeout:
                raise _unfinished(observation.view(LOCAL).cluster.name, self.desired.present, run.stopping.is_set())
            run.pause(min(next_pause(waited), self.wait_timeout - waited))
            observation = self._read(run, clusters)
        return observation

    def _may_be_unfinished(self, run: Run, observation: Observation) -> bool:
        concerned = not self.desired.present or any(item.row == "missing" for item in observation.items)
        # A clone waits for its turn only while others are being made. Whether it has a job by then is not documented.
        if concerned and observation.jobs and _may_be_waiting(run, observation):
            return True
        if self.desired.present:
            return any(item.row == "making" and item.clone is None for item in observation.items)
        catalog = Catalog(observation.view(LOCAL))
        being_cloned = (volume for volume in catalog.paired if volume.id in observation.jobs)
        return any(item.row == "making" for item in observation.items) or any(
            self.selection.includes(volume.name, volume.id, catalog.account(volume)) for volume in being_cloned
        )

    def refresh(self, run: Run, observation: Observation) -> Observation:
        client = run.client(LOCAL)
        jobs, busy = _clones_in_the_making(run)
        ids = [item.pair.volume(PEER).id for item in observation.items if item.pair and item.pair.volumes.peer]
        reads: list[Callable[[], Any]] = [partial(list_volumes, client)]
        if observation.views.peer is not None:
            reads.append(partial(list_volumes, run.client(PEER), ids))
        if not self.desired.present:
            reads.append(partial(list_deleted_volumes, client))
        found = run.side_by_side(reads)
        local = observation.view(LOCAL).showing(found[0])
        peer = None if observation.views.peer is None else observation.views.peer.showing(found[1])
        now = replace(
            observation,
            views=Sides(local, peer),
            jobs=jobs,
            idle_reads=0 if jobs or busy else 1,
        )
        if not self.desired.present:
            return replace(now, items=_remaining(now.items, local, found[-1]))
        return replace(now, items=self._targets_again(now))

    def follow(self, run: Run, last: Observation, now: Observation) -> Observation:
        """How long this cluster has made no clone, and, once that shows that a clone has failed, why."""
        idle_reads = now.idle_reads and last.idle_reads + 1
        now = replace(now, idle_reads=idle_reads, clone_failures=last.clone_failures, failures_read=last.failures_read)
        return _with_clone_failures(run, now) if self.desired.present else now

    def _targets_again(self, observation: Observation) -> tuple[ObservedRehearsal, ...]:
        wanted = [by_id(item.pair) if item.pair else None for item in observation.items]
        pairs, failures = classify_all(wanted, observation.views, observation.unreachable_peer)
        problems = [item.problem for item in observation.items]
        found = [(pair, problem or failure) for pair, failure, problem in zip(pairs, failures, problems)]
        catalog = Catalog(observation.view(LOCAL))
        return selection.observed_targets(catalog, found, self.desired, observation.jobs.keys())

    # --- deciding -----------------------------------------------------------------------------------------------------

    def alive(self, observation: Observation) -> Failure | None:
        return None  # it promotes nothing

    def recheck_signs_of_life(self, run: Run, observation: Observation) -> Observation:
        return observation

    def decide(self, observation: Observation) -> Sequence[Plan]:
        plans = [
            _with(table.decide(item, self.desired, observation.around), observation.removals.get(item.item, ()))
            for item in observation.items
        ]
        if plans and observation.warnings:
            plans[0] = replace(plans[0], warnings=observation.warnings)
        return plans

    def items_are_independent(self, observation: Observation) -> bool:
        return False

    def finish(self, observation: Observation, plans: Sequence[Plan]) -> Sequence[Plan]:
        return [Plan() for _plan in plans]

    def judge(self, observation: Observation, waited: float) -> list[Verdict]:
        since = waited + self.wait_timeout  # a clone may have been begun while others waited for their turn
        reasons = verdict.reasons(observation.clone_failures or (), observation.failures_read, since)
        return [
            verdict.judge(item, before, self.desired, observation.idle_reads, waited, reasons)
            for item, before in zip(observation.items, observation.before)
        ]

    def traits(self, observation: Observation) -> list[str | None]:
        unique_id = observation.view(LOCAL).cluster.unique_id
        return [f"{unique_id} {item.original_name} {item.uuid}" for item in observation.items]

    def replaced(self, observation: Observation, item: int) -> Failure:
        observed = observation.items[item]
        where = f"cluster {observed.cluster}: volume {observed.original_name}"
        what = "its pair or its clone changed while waiting; run again"
        return Failure("changed_meanwhile", f"{where}, {what}", observed.cluster)

    def measure(self, run: Run, observation: Observation) -> Observation:
        return observation  # each read has the progress of the clones

    def progress(self, observation: Observation, verdicts: Sequence[Verdict | None], waited: float) -> str:
        return verdict.progress(observation.items, verdicts, observation.jobs)

    def expired(self, observation: Observation, item: int, made: bool, verdict_on_item: Verdict) -> Failure:
        return verdict.timed_out(observation.items[item], self.desired, self.wait_timeout, observation.jobs)

    def conclude(self, run: Run, observation: Observation) -> Sequence[Plan]:
        if not self.desired.present:
            return ()
        from .failover_rehearsal_planning import points_to_remove

        plans = [table.conclude(item, self.desired, observation.around) for item in observation.items]
        known = observation.removals_complete
        removals = observation.removals if known else points_to_remove(run, observation)
        return [replace(plan, steps=(*plan.steps, *removals.get(number, ()))) for number, plan in enumerate(plans)]

    def report(self, outcome: Outcome[Observation]) -> dict:
        observation = outcome.last_observation()
        cluster = observation.view(LOCAL).cluster
        return {
            "clones": [
                results.rehearsal_clone(cluster, item, self.desired, observation.around, observation.now)
                for item in observation.items
            ]
        }


def _with(plan: Plan, removals: tuple[Step, ...]) -> Plan:
    """The plan with what it removes after the wait; one with a problem has no steps."""
    return plan if plan.problem else replace(plan, concluding=(*plan.concluding, *removals))


def problem_of(params: Mapping[str, Any]) -> str | None:
    """A message about an invalid name of the rehearsal, or about a list that names nothing; None without one."""
    if not NAME.fullmatch(params["name"]):
        return f"name: {params['name']!r} is no name of a rehearsal; give 1 to 32 letters, digits and hyphens"
    empty = next((option for option in ("pairs", "volumes", "accounts") if params[option] == []), None)
    if empty:
        return f"{empty}: it names nothing; leave it out to rehearse all targets of pairs with the peer"
    return None


def _without_blanks(item: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of an item that are given: an empty text gives nothing."""
    return {name: value for name, value in item.items() if value not in (None, "")}


def _time_here(run: Run, volume_ids: Sequence[int]) -> str:
    """The time on the clock of this cluster; that of this machine if the cluster does not report it."""
    try:
        reported = [delay.at for _id, delay in list_delays(run.client(LOCAL), volume_ids[:1]) if delay.at]
    except Failure:
        reported = []  # the age of the data is for people
    return reported[0] if reported else run.date()


def _clones_in_the_making(run: Run) -> tuple[dict[int, CloneJob], bool]:
    """The clones that this cluster makes, by the volume that is cloned, and whether there may be others."""
    client = run.client(LOCAL)
    reads: list[Callable[[], Any]] = [partial(list_clone_jobs, client), partial(_may_make_clones, run)]
    jobs, busy = run.side_by_side(reads)
    return {job.source_id: job for _volume_id, job in jobs}, busy


def _may_be_waiting(run: Run, observation: Observation) -> bool:
    """Whether a clone may wait for its turn, or may have got it, or be complete, since the volumes were read."""
    unfinished = _unfinished_clones(run)
    now = {job.source_id for _volume_id, job in list_clone_jobs(run.client(LOCAL))}
    return now != observation.jobs.keys() or unfinished > len(now)


def _unfinished_clones(run: Run) -> int:
    try:
        return count_unfinished_clones(run.client(LOCAL))
    except Failure:
        return 0  # then the jobs alone show what is being made


def _with_clone_failures(run: Run, observation: Observation) -> Observation:
    """The observation with why clones have failed, once some are missing although this cluster makes none any more."""
    missing = any(item.row == "missing" and item.problem is None for item in observation.items)
    if not missing or observation.idle_reads < verdict.GRACE_READS or observation.clone_failures is not None:
        return observation
    from ..observe.clone_failures import list_clone_failures

    try:
        found = list_clone_failures(run.client(LOCAL))
    except Failure:
        found = ()  # the failure of the clone is certain, its reason is for people
    now = _time_here(run, [item.target().id for item in observation.items if item.original])
    return replace(observation, clone_failures=found, failures_read=now)


def _may_make_clones(run: Run) -> bool:
    try:
        return count_unfinished_clones(run.client(LOCAL)) > 0
    except Failure:
        return True  # then only the end of the wait shows that a clone has failed


def _remaining(
    items: Sequence[ObservedRehearsal], view: VolumeView, deleted: Listed[Any, Any]
) -> tuple[ObservedRehearsal, ...]:
    """The clones to remove as they are now."""
    there = {volume.id for volume in (*view.volumes, *deleted)}
    return tuple(item if item.made().id in there else replace(item, row="missing") for item in items)


def _now_requires_peer(cluster: str, peer: str) -> Failure:
    what = f"cluster {cluster}: point: now requires the peer {peer}, which is unreachable; use point: latest"
    return Failure("unreachable", what, cluster, "GetClusterInfo")


def _unfinished(cluster: str, present: bool, stopped: bool) -> Failure:
    if stopped:
        what = "interrupted by a signal while waiting for unfinished clones; nothing was written, run again"
        return Failure("interrupted", f"cluster {cluster}: {what}", cluster)
    what = "clones that may be of this rehearsal are not complete"
    remedy = "run again to wait on" if present else "they can only be removed then; run again later"
    return Failure("wait_timeout", f"cluster {cluster}: {what}; {remedy}", cluster, "ListSyncJobs")
