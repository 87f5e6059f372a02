# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection elementsw.replication: it can change without notice.
"""The job of element_pair_info: it reads, joins and reports, and plans nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from ..._element.errors import Failure
from .. import results
from ..decide.cluster_pair import table
from ..decide.cluster_pair.table import Found as ClusterPairFound
from ..decide.identity import Silent, entries_of
from ..decide.readiness import Check
from ..decide.report import findings, lag, listing, pairs, readiness_report
from ..decide.report.faults import Reported, fault_findings, join_faults
from ..decide.report.readiness_report import Facts, Subject, Told
from ..decide.volume_pair import progress
from ..decide.volume_pair.state import Found
from ..flow import Outcome
from ..model import (
    LOCAL,
    NO_NAMES,
    PEER,
    READ_WRITE,
    SIDES,
    ClusterFault,
    ClusterNames,
    ClusterSide,
    Keyed,
    Listed,
    Sides,
    SyncJob,
    Unreadable,
    VolumeSide,
)
from ..observe.cluster_health import get_fullness, get_roles, list_delays, list_faults
from ..observe.volumes import (
    get_pairs_max,
    identify_clusters,
    list_deleted_volumes,
    list_sync_jobs,
    resolve_names,
    view_report,
)
from ..run import Session

CLUSTER_PAIRS, VOLUME_PAIRS, PROGRESS = "cluster_pairs", "volume_pairs", "progress"
FAULTS, READINESS = "faults", "readiness"
SUBJECTS = (CLUSTER_PAIRS, VOLUME_PAIRS, PROGRESS, FAULTS, READINESS)
BY_DEFAULT = (CLUSTER_PAIRS, VOLUME_PAIRS)


@dataclass(frozen=True)
class More:
    """What was read of a cluster beside its lists, as far as it was asked for."""

    delays: Keyed[int, float] = field(default=Listed())
    jobs: Keyed[int, SyncJob] = field(default=Listed())
    faults: Listed[ClusterFault, Unreadable] = field(default=Listed())
    facts: Facts | None = None

    @property
    def unreadable(self) -> tuple[Unreadable, ...]:
        return (*self.delays.unreadable, *self.jobs.unreadable, *self.faults.unreadable)


NOTHING_MORE = Sides(More(), More())
UNKNOWN: Sides[tuple[str, ...]] = Sides((), ())


@dataclass(frozen=True)
class Seen:
    """What was read. clusters: the pair of the two; None where one alone was asked. pairs: those to report on.

    dead: this cluster's IDs of the cluster pairs with a peer that does not answer. known_as: what each cluster is called
    by the task, and what that resolves to, as far as readiness was asked for.
    """

    views: Sides[VolumeSide | None]
    clusters: ClusterPairFound | None
    pairs: tuple[Found, ...] = ()
    dead: frozenset[int] = frozenset()
    known_as: Sides[tuple[str, ...]] = UNKNOWN
    more: Sides[More] = NOTHING_MORE

    @property
    def lags(self) -> list[lag.Lag]:
        delays: lag.Delays = Sides(dict(self.more.local.delays), dict(self.more.peer.delays))
        return [lag.of_pair(pair, delays) for pair in self.pairs]

    @property
    def copies(self) -> list[SyncJob | None]:
        jobs: progress.Jobs = Sides(dict(self.more.local.jobs), dict(self.more.peer.jobs))
        return [progress.copying(pair, jobs) for pair in self.pairs]


@dataclass(frozen=True)
class InfoJob:
    """volumes, accounts: the names to report on, None for all. max_lag in seconds. peer: None where none is named."""

    gather: frozenset[str]
    volumes: tuple[str, ...] | None = None
    accounts: tuple[str, ...] | None = None
    max_lag: float | None = None
    peer: ClusterNames | None = None
    here: ClusterNames = NO_NAMES

    @classmethod
    def from_params(cls, params: Mapping) -> InfoJob:
        gather = set(params["gather"])
        if PROGRESS in gather or params["max_lag"] is not None:
            gather.add(VOLUME_PAIRS)  # they are told of volume pairs
        return cls(
            gather=frozenset(gather),
            volumes=None if params["volumes"] is None else tuple(params["volumes"]),
            accounts=None if params["accounts"] is None else tuple(params["accounts"]),
            max_lag=params["max_lag"],
            peer=None if params["peer"] is None else ClusterNames.of(params["peer"]),
            here=ClusterNames.of(params),
        )

    # --- reading ------------------------------------------------------------------------------------------------------

    def observe(self, session: Session) -> Seen:
        who = identify_clusters(session, may_be_unreachable=True)
        views = self._with_deleted(session, view_report(session, who, self._with_volumes))
        seen = Seen(views, _classified(views), self._pairs(views))
        if self._peer_is_dead(seen):
            silent = Silent(resolve_names(self.peer, views.local.entries), single_will_do=True)
            theirs = entries_of(views.local.entries, silent, views.local.unreadable_entries)
            seen = replace(seen, dead=frozenset(entry.id for entry in theirs))
        elif READINESS in self.gather and seen.clusters is not None:
            seen = replace(seen, known_as=self._known_as(views))
        return self._with_more(session, seen)

    def _known_as(self, views: Sides[VolumeSide]) -> Sides[tuple[str, ...]]:
        return Sides(resolve_names(self.here, views.peer.entries), resolve_names(self.peer, views.local.entries))

    @property
    def _with_volumes(self) -> bool:
        return bool(self.gather - {CLUSTER_PAIRS})

    def _pairs(self, views: Sides[VolumeSide | None]) -> tuple[Found, ...]:
        if not self._with_volumes:
            return ()
        return tuple(listing.chosen(listing.volume_pairs(views), self.volumes, self.accounts))

    def _with_deleted(self, session: Session, views: Sides[VolumeSide | None]) -> Sides[VolumeSide | None]:
        """With the deleted volumes of the sides where one is missing: it may be one of them, and can be brought back."""
        if views.peer is None:
            return views
        halves = [pair for pair in self._pairs(views) if pair.state.startswith("half")]
        missing = [side for side in SIDES if any(pair.volumes[side] is None for pair in halves)]
        lists = session.side_by_side(partial(list_deleted_volumes, session.client(side)) for side in missing)
        more = {side: views[side].adding(deleted) for side, deleted in zip(missing, lists)}
        return Sides(*(more.get(side, views[side]) for side in SIDES))

    def _peer_is_dead(self, seen: Seen) -> bool:
        return self.peer is not None and seen.views.peer is None

    def _with_more(self, session: Session, seen: Seen) -> Seen:
        """With what was asked for beside the lists, all of both clusters side by side."""
        reads = {side: self._reads(session, seen, side) for side in SIDES if seen.views[side]}
        told = iter(session.side_by_side(read for of_side in reads.values() for read in of_side.values()))
        more = {side: More(**{name: next(told) for name in of_side}) for side, of_side in reads.items()}
        return replace(seen, more=Sides(more[LOCAL], more.get(PEER, NOTHING_MORE.peer)))

    def _reads(self, session: Session, seen: Seen, side: str) -> dict[str, Callable[[], Any]]:
        """What is still to be read of a cluster, by the member of More that it is for."""
        client = session.client(side)
        reads: dict[str, Callable[[], Any]] = {}
        if PROGRESS in self.gather or self.max_lag is not None:
            sources = [pair.volumes[side] for pair in seen.pairs if pair.volumes[side] and pair.entries[side]]
            ids = [volume.id for volume in sources if volume.access == READ_WRITE and not volume.deleted]
            reads["delays"] = partial(list_delays, client, ids)
        if PROGRESS in self.gather:
            reads["jobs"] = partial(list_sync_jobs, client)
        if FAULTS in self.gather:
            reads["faults"] = partial(list_faults, client)
        if READINESS in self.gather:
            reads["facts"] = partial(_facts, session, side)
        return reads

    # --- reporting ----------------------------------------------------------------------------------------------------

    def report(self, outcome: Outcome[Seen]) -> dict:
        seen = outcome.seen
        lags = seen.lags
        faults = self._faults(seen)
        found = [*self._findings(seen, lags, faults), *_unreadable(seen)]
        clusters = (seen.views.local, seen.views.peer)
        report: dict = {
            "healthy": all(finding.severity != findings.ERROR for finding in found),
            "problems": [results.problem(finding) for finding in findings.by_harm(found)],
            "peer_reachable": None if self.peer is None else seen.views.peer is not None,
            "clusters": Sides(*(results.cluster(view.cluster) if view else None for view in clusters)).as_dict(),
        }
        if CLUSTER_PAIRS in self.gather:
            report["cluster_pairs"] = _cluster_pairs(seen)
        if VOLUME_PAIRS in self.gather:
            report["volume_pairs"] = [
                results.volume_pair_at_work(pair, behind.seconds, copy)
                for pair, behind, copy in zip(seen.pairs, lags, seen.copies)
            ]
            report["pairs"] = (
                listing.export_alone(list(seen.pairs), seen.dead)
                if self._peer_is_dead(seen)
                else listing.export(list(seen.pairs))
            )
        if FAULTS in self.gather:
            report["faults"] = [results.fault(each) for each in faults]
        if READINESS in self.gather:
            report["readiness"] = [results.check(check) for check in self._checks(seen)]
        return report

    def _findings(self, seen: Seen, lags: list[lag.Lag], faults: list[Reported]) -> list[findings.Finding]:
        """One for each cause: what a lost link does to volumes is told with the link."""
        judged = self.gather & {VOLUME_PAIRS}
        told = [pair for pair in seen.pairs if judged and pairs.told_with_clusters(pair, seen.clusters)]
        found = self._of_clusters(seen, told)
        if judged:
            told_ids = {id(pair) for pair in told}
            rest = [(pair, behind) for pair, behind in zip(seen.pairs, lags) if id(pair) not in told_ids]
            found += pairs.of_pairs(rest, self.max_lag, self._peer_is_dead(seen))
            found += pairs.of_absent(seen.views, self.volumes or (), seen.pairs)
            found += pairs.of_absent_accounts(seen.views, self.accounts or (), seen.pairs)
        return found + fault_findings(faults, found)

    def _of_clusters(self, seen: Seen, told: list[Found]) -> list[findings.Finding]:
        """hits: the volume pairs whose trouble is told with their clusters'."""
        if seen.clusters is not None:
            if told and seen.clusters.state != "paired":  # all have to go then, whichever were asked for
                told = [each for each in listing.volume_pairs(seen.views) if not each.state.startswith("pending")]
            found = findings.of_clusters(seen.clusters, len(told))
        else:
            hits = Counter(pair.entries.local.cluster_pair_id for pair in told)
            name = seen.views.local.cluster.name
            found = findings.of_entries(seen.views.local, hits, seen.dead)
            if self._peer_is_dead(seen):
                found.append(findings.of_peer(self.peer.shown, name, sum(hits[entry] for entry in seen.dead)))
        # Without an interest in cluster pairs they are told of only for what they do to volumes.
        return [each for each in found if CLUSTER_PAIRS in self.gather or each.hits or each.code == "peer_unreachable"]

    def _faults(self, seen: Seen) -> list[Reported]:
        found = []
        for side in SIDES:
            view = seen.views[side]
            if view:
                pairs = frozenset(entry.id for entry in self._entries(seen, side))
                volumes = frozenset(pair.volumes[side].id for pair in seen.pairs if pair.volumes[side])
                found += join_faults(view.cluster.name, seen.more[side].faults, pairs, volumes)
        return found

    def _entries(self, seen: Seen, side: str) -> list:
        """The cluster pairs that the report is about: with the peer; all of them where none is named or known."""
        if seen.clusters is not None:
            return [*seen.clusters.naming(side), *seen.clusters.pending(side)]
        return [entry for entry in seen.views[side].entries if not seen.dead or entry.id in seen.dead]

    def _checks(self, seen: Seen) -> list[Check]:
        candidates, refused = readiness_report.candidates(seen.views, self.volumes or (), self.accounts, seen.pairs)
        why = "no peer was given" if self.peer is None else "the peer does not answer"
        facts = Sides(seen.more.local.facts, seen.more.peer.facts)
        return readiness_report.checks(
            Subject(seen.views, facts, seen.clusters, why, seen.known_as, seen.pairs, candidates, refused)
        )


def _classified(views: Sides[VolumeSide | None]) -> ClusterPairFound | None:
    if views.peer is None:
        return None
    return table.classify(Sides(*(_cluster_side(views[side]) for side in SIDES)))


def _cluster_side(view: VolumeSide) -> ClusterSide:
    return ClusterSide(view.cluster, view.entries, unreadable_entries=view.unreadable_entries)


def _unreadable(seen: Seen) -> list[findings.Finding]:
    return [
        finding
        for side, view in seen.views.as_dict().items()
        if view
        for finding in findings.of_unreadable(view.cluster.name, (*view.unreadable, *seen.more[side].unreadable))
    ]


def _cluster_pairs(seen: Seen) -> list[dict]:
    if seen.clusters is None:
        local = seen.views.local
        return [results.lone_cluster_pair(local.cluster, entry) for entry in local.entries]
    return [results.cluster_pair(seen.clusters)] if seen.clusters.state != "none" else []


def _facts(session: Session, side: str) -> Facts:
    client = session.client(side)
    return Facts(*(_told(partial(read, client)) for read in (get_roles, get_pairs_max, get_fullness)))


def _told(read: Callable[[], Any]) -> Told:
    """A check whose facts cannot be read is not known to hold, and says why: no reason to report nothing at all."""
    try:
        return Told(read())
    except Failure as exc:
        return Told(None, exc.sentence)
