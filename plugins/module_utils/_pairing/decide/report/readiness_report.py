# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every check of readiness, for two clusters, the pairs between them, and volumes that could be paired."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from ...._element.errors import Failure
from ...model import LOCAL, PEER, SIDES, TARGET, Side, Sides, mode_option, of_both, of_side, other
from ...views import VolumeView
from .. import readiness
from ..catalog import Catalog
from ..cluster_pair.state import ObservedClusterPair
from ..readiness import Check
from ..volume_pair.desired import DesiredPair
from ..volume_pair.messages import accesses, ends
from ..volume_pair.relation import classify_volume_pair
from ..volume_pair.state import UNREADABLE, ObservedVolumePair
from . import remedies
from .findings import counted

T = TypeVar("T")


@dataclass(frozen=True)
class Answer(Generic[T]):
    """A fact that a cluster reports of itself."""

    #: None if it cannot be read or the cluster does not report it.
    value: T | None
    #: Why it cannot be read.
    unknown: str = ""


@dataclass(frozen=True)
class Facts:
    """What is read of a cluster only for these checks."""

    roles: Answer[frozenset[str]]
    pairs_max: Answer[int]
    fullness: Answer[int]


@dataclass(frozen=True)
class Subject:
    """What is checked."""

    views: Sides[VolumeView | None]
    facts: Sides[Facts | None]
    #: The pair of the two clusters; None without a peer that answers.
    clusters: ObservedClusterPair | None
    #: Why there is no peer, for messages.
    why: str
    #: The names of each cluster in the task, and the addresses that they resolve to.
    known_as: Sides[tuple[str, ...]]
    #: The pairs of the report.
    pairs: Sequence[ObservedVolumePair]
    #: The pairs that could be made.
    candidates: Sequence[ObservedVolumePair]
    #: The failed checks of volumes that cannot be paired.
    refused: Sequence[Check]

    def view(self, side: Side) -> VolumeView:
        """What the cluster of a side lists. Raises LookupError for a peer that was not asked."""
        return of_side(self.views, side)

    def facts_of(self, side: Side) -> Facts:
        """What the cluster of a side tells of itself. Raises LookupError for a peer that was not asked."""
        return of_side(self.facts, side)


def checks(subject: Subject) -> list[Check]:
    """All checks, those of clusters first. Of pairs and candidates: the failed and unknown ones, else one for all."""
    read_sides = [side for side in SIDES if subject.views[side]]
    found = [_privileges(subject, side) for side in read_sides]
    found += [_unknown("privileges", subject)] if PEER not in read_sides else []
    found += _of_both(subject)
    found += [_pair_slots(subject, side) for side in read_sides]
    found += [_unknown("pair_slots", subject)] if PEER not in read_sides else []
    found += [_mvip(subject, side) for side in SIDES] if subject.clusters else [_unknown("mvip", subject)]
    found.append(_latency(subject))
    found += [_fullness(subject, side) for side in _target_sides(subject)]
    if subject.clusters is None:
        return [*found, *(_unknown(code, subject) for code in ("size", "sector_size", "access"))]
    found += _each("size", subject, _size)
    found += _each("sector_size", subject, _sector_size)
    return [*found, *_each("access", subject, _access), *subject.refused]


def _unknown(code: str, subject: Subject) -> Check:
    return Check(code, None, f"{subject.why}, so this is unknown", "name a peer that answers")


def _privileges(subject: Subject, side: Side) -> Check:
    roles = subject.facts_of(side).roles
    return readiness.privileges(subject.view(side).cluster.name, roles.value, roles.unknown)


def _of_both(subject: Subject) -> list[Check]:
    if subject.clusters is None:
        return [_unknown("version_gap", subject), _unknown("names", subject)]
    local, peer = subject.view(LOCAL).cluster, subject.view(PEER).cluster
    return [readiness.version_gap(local, peer), readiness.names(local, peer)]


def _pair_slots(subject: Subject, side: Side) -> Check:
    view, limit = subject.view(side), subject.facts_of(side).pairs_max
    if subject.clusters is not None and subject.clusters.naming(side):
        return Check("pair_slots", True, f"cluster {view.cluster.name} has its pair with the other cluster already")
    if limit.unknown:
        return Check("pair_slots", None, f"cluster {view.cluster.name}: {limit.unknown}")
    return readiness.pair_slots(view.cluster.name, view.entries, limit.value, len(view.unreadable_entries))


def _mvip(subject: Subject, side: Side) -> Check:
    """Whether the other cluster would recognise this one; unpaired clusters would list it with its own MVIP."""
    cluster, other_side = subject.view(side).cluster, other(side)
    entry = subject.clusters.pair[other_side] if subject.clusters else None
    listed = entry.remote_mvip if entry else cluster.mvip
    return readiness.mvip(cluster.name, subject.view(other_side).cluster.name, listed, subject.known_as[side])


def _latency(subject: Subject) -> Check:
    if subject.clusters is None:
        return _unknown("latency", subject)
    reported = [entry.latency_ms for side in SIDES for entry in subject.clusters.naming(side)]
    known = [milliseconds for milliseconds in reported if milliseconds is not None]
    synchronous = [pair for pair in subject.pairs if mode_option(pair.mode or "") == "sync"]
    what = f"clusters {subject.view(LOCAL).cluster.name} and {subject.view(PEER).cluster.name}"
    if synchronous:
        what += f", {counted(len(synchronous))} in mode sync"
    return readiness.latency(what, max(known, default=None), bool(synchronous))


def _target_sides(subject: Subject) -> list[Side]:
    """The sides that receive, or would receive, replicated data: the peer if that is not known."""
    targets = {
        side
        for side in SIDES
        if any(pair.volumes[side] and pair.volume(side).access == TARGET for pair in subject.pairs)
    }
    if subject.candidates or not targets:
        targets.add(PEER)
    return [side for side in SIDES if side in targets]


def _fullness(subject: Subject, side: Side) -> Check:
    facts, view = subject.facts[side], subject.views[side]
    if facts is None or view is None:
        return _unknown("fullness", subject)
    return readiness.fullness(view.cluster.name, facts.fullness.value, facts.fullness.unknown)


def _each(code: str, subject: Subject, judge: Callable[[ObservedVolumePair, Side], Check]) -> list[Check]:
    """The checks of one code for all pairs and candidates. judge: takes a pair and the side of its source."""
    found = [judge(pair, _source_side(pair)) for pair in subject.pairs if _is_whole(pair)]
    found += [Check(code, None, f"{ends(pair)}: {_why_broken(pair)}") for pair in _broken(subject)]
    found += [judge(candidate, LOCAL) for candidate in subject.candidates]
    unwell = [check for check in found if not check.ok]
    return unwell or [Check(code, True, _all_well(len(found)))]


def _all_well(pairs: int) -> str:
    if pairs == 1:
        return f"{counted(pairs)} was checked, it meets this requirement"
    return f"{counted(pairs)} were checked, all meet this requirement"


def _is_whole(pair: ObservedVolumePair) -> bool:
    return bool(pair.volumes.local and pair.volumes.peer)


def _broken(subject: Subject) -> Iterable[ObservedVolumePair]:
    return (pair for pair in subject.pairs if not _is_whole(pair))


def _why_broken(pair: ObservedVolumePair) -> str:
    return "one of the volumes cannot be read" if pair.row == UNREADABLE else "one of the volumes is missing"


def _source_side(pair: ObservedVolumePair) -> Side:
    return pair.source or LOCAL


def _size(pair: ObservedVolumePair, side: Side) -> Check:
    other_side = other(side)
    return readiness.size(pair.volume(side), pair.volume(other_side), pair.name(other_side))


def _sector_size(pair: ObservedVolumePair, side: Side) -> Check:
    return readiness.sector_size(ends(pair), pair.volume(side), pair.volume(other(side)))


def _access(pair: ObservedVolumePair, side: Side) -> Check:
    for which in (side, other(side)):
        active = readiness.active(pair.volume(which), pair.name(which))
        if not active.ok:
            return active
    if pair.is_paired:
        return _roles(pair)
    other_side = other(side)
    source = readiness.source_access(pair.volume(side), pair.name(side))
    return readiness.target_access(pair.volume(other_side), pair.name(other_side)) if source.ok else source


def _roles(pair: ObservedVolumePair) -> Check:
    text = f"{ends(pair)}: {accesses(pair)}"
    if pair.direction in ("to_peer", "from_peer"):
        return Check("access", True, text)
    code = {"split": "split", "none": "no_source"}.get(pair.direction or "", "access_conflict")
    return Check("access", False, f"{text}, not one source and one target", remedies.of_pair(pair, code).text)


def candidates(
    views: Sides[VolumeView | None],
    names: Iterable[str],
    accounts: Sequence[str] | None,
    pairs: Sequence[ObservedVolumePair],
) -> tuple[list[ObservedVolumePair], list[Check]]:
    """The unpaired volumes of these names with their namesakes on the peer, and the failed checks of the others."""
    both_views = of_both(views)
    if both_views is None:
        return [], []
    catalogs = Sides(Catalog(both_views.local), Catalog(both_views.peer))
    paired = {volume.name for pair in pairs for volume in (pair.volumes.local, pair.volumes.peer) if volume}
    owner = accounts[0] if accounts and len(accounts) == 1 else None
    checked = [
        _candidate(catalogs, DesiredPair(volume=name, account=owner))
        for name in dict.fromkeys(names)
        if name not in paired
    ]
    return [each for each in checked if isinstance(each, ObservedVolumePair)], [
        each for each in checked if isinstance(each, Check)
    ]


def _candidate(catalogs: Sides[Catalog], desired: DesiredPair) -> ObservedVolumePair | Check:
    try:
        found = classify_volume_pair(0, desired, catalogs)
    except Failure as exc:
        return Check("access", None, exc.sentence)
    if found.row == "none":
        return found
    missing = [side for side in SIDES if found.volumes[side] is None]
    if missing:
        text = f"cluster {found.name(missing[0])} has no volume named {desired.volume}"
        remedy = "check the spelling" if missing[0] == LOCAL else "create it, or let create_peer_volume create it"
        return Check("access", False, text, remedy)
    return Check(
        "access", False, f"{ends(found)}: they are {found.row.replace('_', ' ')}", "see the problems of the report"
    )
