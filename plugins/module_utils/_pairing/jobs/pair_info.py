# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The job of element_pair_info: it reads, joins and reports, and plans nothing."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from .. import results
from ..decide.cluster_pair.state import ObservedClusterPair, classify_cluster_pair
from ..decide.identity import UnreachablePeer, entries_of
from ..decide.readiness import Check
from ..decide.report import findings, lag, listing, readiness_report
from ..decide.report.faults import Reported, fault_findings, join_faults
from ..decide.report.host_access import without_host_access
from ..decide.report.missing_names import unpaired_accounts, unpaired_volumes
from ..decide.report.pairs import is_reported_with_clusters, pair_findings
from ..decide.report.readiness_report import Subject
from ..decide.report.rehearsals import left_rehearsals
from ..decide.report.summary import summarize
from ..decide.volume_pair.state import ObservedVolumePair
from ..model import (
    LOCAL,
    NO_NAMES,
    SIDES,
    Cluster,
    ClusterNames,
    Side,
    Sides,
    of_both,
)
from ..observe.both import resolve_names, view_report
from ..observe.clusters import identify_clusters
from ..observe.volumes import list_deleted_volumes
from ..outcome import Outcome
from ..run import Run
from ..views import ClusterView, VolumeView
from .pair_info_observation import Observation
from .pair_info_reads import FAULTS, HOST_ACCESS, PROGRESS, READINESS, VOLUME_PAIRS, read_more, targets
from .second_read import read_until_settled

CLUSTER_PAIRS, UNPAIRED = "cluster_pairs", "unpaired"
SUBJECTS = (CLUSTER_PAIRS, VOLUME_PAIRS, PROGRESS, FAULTS, READINESS, UNPAIRED, HOST_ACCESS)
BY_DEFAULT = (CLUSTER_PAIRS, VOLUME_PAIRS)
NO_LIMITS = lag.Limits()
HALVES = ("half_local", "half_peer", "crossed")


@dataclass(frozen=True)
class PairInfoJob:
    """The options of the task, and the methods that the flow of a run calls."""

    gather: frozenset[str]
    #: The names of the volumes to report on; None for all.
    volumes: tuple[str, ...] | None = None
    #: The names of the accounts to report on; None for all.
    accounts: tuple[str, ...] | None = None
    #: How many seconds a target may be behind before that is an error, and a warning; None for any lag.
    max_lag: float | None = None
    warn_lag: float | None = None
    #: None if the task names no peer.
    peer: ClusterNames | None = None
    here: ClusterNames = NO_NAMES
    #: Whether to return `_commands`, which the action plugin replaces. With async it does not see the result.
    commands: bool = False

    @classmethod
    def from_params(cls, params: Mapping) -> PairInfoJob:
        gather = set(params["gather"])
        if PROGRESS in gather or params["max_lag"] is not None or params["warn_lag"] is not None:
            gather.add(VOLUME_PAIRS)  # they are about volume pairs
        return cls(
            gather=frozenset(gather),
            volumes=None if params["volumes"] is None else tuple(params["volumes"]),
            accounts=None if params["accounts"] is None else tuple(params["accounts"]),
            max_lag=params["max_lag"],
            warn_lag=params["warn_lag"],
            peer=None if params["peer"] is None else ClusterNames.from_options(params["peer"]),
            here=ClusterNames.from_options(params),
            commands=params["x_commands"],
        )

    # --- reading ------------------------------------------------------------------------------------------------------

    def observe(self, run: Run) -> Observation:
        generated_at = run.date()
        clusters = identify_clusters(run, may_be_unreachable=True)
        views = self._with_deleted(run, self._settled(run, clusters))
        observation = Observation(generated_at, views, _classified(views), self._pairs(views))
        local_view, both, unreachable = observation.view(LOCAL), of_both(views), self._unreachable(observation)
        if unreachable is not None:
            unreachable_peer = UnreachablePeer(resolve_names(unreachable, local_view.entries), single_will_do=True)
            theirs = entries_of(local_view.entries, unreachable_peer, local_view.unreadable_entries)
            observation = replace(observation, unreachable_links=frozenset(entry.id for entry in theirs))
        elif READINESS in self.gather and both is not None and self.peer is not None:
            observation = replace(observation, known_as=self._known_as(both, self.peer))
        more = read_more(run, observation, self.gather, with_lags=self.limits != NO_LIMITS)
        return replace(observation, more=more)

    def _settled(self, run: Run, clusters: Sides[Cluster | None]) -> Sides[VolumeView | None]:
        """The lists of both clusters. What looks like half a pair may be a handshake of another run between two reads."""
        read = partial(view_report, run, clusters, self._with_volumes)
        views, _changing = read_until_settled(run, read(), read, self._halves)
        return views

    def _halves(self, views: Sides[VolumeView | None]) -> dict[tuple, str]:
        """The state of each half pair, by its UUIDs; empty without the peer."""
        clusters = _classified(views)
        if clusters is None:
            return {}
        found: list[tuple[str, Sides]] = [(clusters.state, clusters.pair)]
        found += [(pair.state, pair.entries) for pair in self._pairs(views)]
        return {
            tuple(entry.uuid if entry else None for entry in entries.as_dict().values()): state
            for state, entries in found
            if state in HALVES
        }

    def _known_as(self, views: Sides[VolumeView], peer: ClusterNames) -> Sides[tuple[str, ...]]:
        return Sides(resolve_names(self.here, views.peer.entries), resolve_names(peer, views.local.entries))

    @property
    def _with_volumes(self) -> bool:
        return bool(self.gather - {CLUSTER_PAIRS})

    def _pairs(self, views: Sides[VolumeView | None]) -> tuple[ObservedVolumePair, ...]:
        if not self._with_volumes:
            return ()
        return tuple(listing.chosen(listing.volume_pairs(views), self.volumes, self.accounts))

    def _with_deleted(self, run: Run, views: Sides[VolumeView | None]) -> Sides[VolumeView | None]:
        """The views with the deleted volumes of sides that miss one: it may be deleted, and can be restored."""
        both = of_both(views)
        if both is None:
            return views
        halves = [pair for pair in self._pairs(views) if pair.state.startswith("half")]
        missing = [side for side in SIDES if any(pair.volumes[side] is None for pair in halves)]
        lists = run.side_by_side(partial(list_deleted_volumes, run.client(side)) for side in missing)
        more = {side: both[side].adding(deleted) for side, deleted in zip(missing, lists)}
        return Sides(*(more.get(side, both[side]) for side in SIDES))

    def _unreachable(self, observation: Observation) -> ClusterNames | None:
        """A peer that was named and does not answer."""
        return self.peer if observation.views.peer is None else None

    @property
    def limits(self) -> lag.Limits:
        return lag.Limits(self.max_lag, self.warn_lag)

    # --- reporting ----------------------------------------------------------------------------------------------------

    def report(self, outcome: Outcome[Observation]) -> dict:
        observation = outcome.last_observation()
        lags = observation.lags
        faults = self._faults(observation)
        found = [*self._findings(observation, lags, faults), *_unreadable(observation)]
        clusters = (observation.views.local, observation.views.peer)
        found = findings.by_harm(found)
        with_pairs = VOLUME_PAIRS in self.gather
        counted = summarize(list(zip(observation.pairs, lags)), self.limits) if with_pairs else None
        report: dict = {
            "healthy": all(finding.severity != findings.ERROR for finding in found),
            "problems": [results.problem(finding) for finding in found],
            "summary": results.summary(observation.generated_at, counted),
            "peer_reachable": None if self.peer is None else observation.views.peer is not None,
            "clusters": Sides(*(results.cluster(view.cluster) if view else None for view in clusters)).as_dict(),
        }
        if self.commands:
            report["_commands"] = [results.command(finding.command) for finding in found]
        if CLUSTER_PAIRS in self.gather:
            report["cluster_pairs"] = _cluster_pairs(observation)
        if VOLUME_PAIRS in self.gather:
            report["volume_pairs"] = [
                results.volume_pair_at_work(pair, behind, copy)
                for pair, behind, copy in zip(observation.pairs, lags, observation.copies)
            ]
            report["pairs"] = (
                listing.export_local_only(list(observation.pairs), observation.unreachable_links)
                if self._unreachable(observation)
                else listing.export(list(observation.pairs))
            )
        if FAULTS in self.gather:
            report["faults"] = [results.fault(each) for each in faults]
        if READINESS in self.gather:
            report["readiness"] = [results.check(check) for check in self._checks(observation)]
        if UNPAIRED in self.gather:
            report["unpaired"] = self._unpaired(observation)
        if HOST_ACCESS in self.gather:
            report["host_access"] = [results.host_access(pair, observation.access) for pair in observation.pairs]
        return report

    def _unpaired(self, observation: Observation) -> list[dict]:
        """The writable volumes of this cluster that are in no pair with the peer; without a peer, in no pair at all."""
        view, links = observation.view(LOCAL), observation.unreachable_links
        pairs = [pair for pair in listing.volume_pairs(observation.views) if pair.volumes.local]
        if links:  # an entry that is pending names no cluster
            pairs = [pair for pair in pairs if pair.entry(LOCAL).pending or pair.entry(LOCAL).cluster_pair_id in links]
        paired = {pair.volume(LOCAL).id for pair in pairs}
        found = listing.unpaired(view, paired, self.volumes, self.accounts)
        return [results.unpaired(volume, view.accounts.get(volume.account_id)) for volume in found]

    def _findings(
        self, observation: Observation, lags: list[lag.Lag], faults: list[Reported]
    ) -> list[findings.Finding]:
        """The findings, one for each cause: that on a lost link includes the volume pairs that it stops."""
        judged = self.gather & {VOLUME_PAIRS}
        stopped = [
            pair for pair in observation.pairs if judged and is_reported_with_clusters(pair, observation.clusters)
        ]
        found = self._of_clusters(observation, stopped)
        if judged:
            stopped_ids = {id(pair) for pair in stopped}
            rest = [(pair, behind) for pair, behind in zip(observation.pairs, lags) if id(pair) not in stopped_ids]
            found += pair_findings(rest, self.limits, self._unreachable(observation) is not None)
            found += unpaired_volumes(observation.views, self.volumes or (), self.accounts, observation.pairs)
            of_named = self.volumes is not None
            found += unpaired_accounts(observation.views, self.accounts or (), observation.pairs, of_named)
            found += left_rehearsals(observation.views, observation.generated_at, self.volumes, self.accounts)
        found += without_host_access(observation.pairs, observation.access)
        found += [
            finding for side in SIDES for finding in _of_fullness(observation, side, FAULTS in self.gather, found)
        ]
        return found + fault_findings(faults, found)

    def _of_clusters(self, observation: Observation, stopped: list[ObservedVolumePair]) -> list[findings.Finding]:
        """The findings on the clusters. stopped: the volume pairs that only these stop."""
        if observation.clusters is not None:
            every = None if observation.clusters.connected else self._every_pair(observation.views)
            if stopped and observation.clusters.state != "paired":  # all must be removed then, named by the task or not
                stopped = every or stopped
            found = findings.of_clusters(observation.clusters, stopped, every)
        else:
            hits = Counter(pair.entry(LOCAL).cluster_pair_id for pair in stopped)
            local_view, unreachable = observation.view(LOCAL), self._unreachable(observation)
            name = local_view.cluster.name
            found = findings.of_entries(local_view, hits, observation.unreachable_links)
            if unreachable is not None:
                found.append(
                    findings.of_peer(
                        unreachable.shown, name, sum(hits[entry] for entry in observation.unreachable_links)
                    )
                )
        # Without `cluster_pairs` only those findings count that stop volume pairs.
        return [each for each in found if CLUSTER_PAIRS in self.gather or each.hits or each.code == "peer_unreachable"]

    def _every_pair(self, views: Sides[VolumeView | None]) -> list[ObservedVolumePair] | None:
        """Every established volume pair of the two clusters; None if the volumes were not read."""
        if not self._with_volumes:
            return None
        return [pair for pair in listing.volume_pairs(views) if not pair.state.startswith("pending")]

    def _faults(self, observation: Observation) -> list[Reported]:
        found = []
        for side in SIDES:
            view = observation.views[side]
            if view:
                pairs = frozenset(entry.id for entry in self._entries(observation, side))
                volumes = frozenset(pair.volume(side).id for pair in observation.pairs if pair.volumes[side])
                found += join_faults(view.cluster.name, observation.more[side].faults, pairs, volumes)
        return found

    def _entries(self, observation: Observation, side: Side) -> list:
        """The cluster pairs of the report: those with the peer; all of them if no peer is named or identified."""
        if observation.clusters is not None:
            return [*observation.clusters.naming(side), *observation.clusters.pending(side)]
        return [
            entry
            for entry in observation.view(side).entries
            if not observation.unreachable_links or entry.id in observation.unreachable_links
        ]

    def _checks(self, observation: Observation) -> list[Check]:
        candidates, refused = readiness_report.candidates(
            observation.views, self.volumes or (), self.accounts, observation.pairs
        )
        why = "no peer was given" if self.peer is None else "the peer does not answer"
        facts = Sides(observation.more.local.facts, observation.more.peer.facts)
        return readiness_report.checks(
            Subject(
                observation.views,
                facts,
                observation.clusters,
                why,
                observation.known_as,
                observation.pairs,
                candidates,
                refused,
            )
        )


def _of_fullness(
    observation: Observation, side: Side, requested: bool, found: Iterable[findings.Finding]
) -> list[findings.Finding]:
    """The finding on the fullness of a cluster that is replicated to, unless another one reports it."""
    view, more = observation.views[side], observation.more[side]
    if not (requested and view and targets(observation.pairs, side)):
        return []
    name, stage = view.cluster.name, more.facts.fullness.value if more.facts else more.fullness
    reported = any(each.code == "target_full" and each.cluster == name for each in found)
    return [] if reported else findings.of_fullness(name, stage)


def _classified(views: Sides[VolumeView | None]) -> ObservedClusterPair | None:
    both = of_both(views)
    if both is None:
        return None
    return classify_cluster_pair(Sides(*(_cluster_side(both[side]) for side in SIDES)))


def _cluster_side(view: VolumeView) -> ClusterView:
    return ClusterView(view.cluster, view.entries, unreadable_entries=view.unreadable_entries)


def _unreadable(observation: Observation) -> list[findings.Finding]:
    return [
        finding
        for side, view in observation.views.as_dict().items()
        if view
        for finding in findings.of_unreadable(view.cluster.name, (*view.unreadable, *observation.more[side].unreadable))
    ]


def _cluster_pairs(observation: Observation) -> list[dict]:
    if observation.clusters is None:
        local = observation.view(LOCAL)
        return [results.lone_cluster_pair(local.cluster, entry) for entry in local.entries]
    return [results.cluster_pair(observation.clusters)] if observation.clusters.state != "none" else []
