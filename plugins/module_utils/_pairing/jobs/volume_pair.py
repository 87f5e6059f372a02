# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection elementsw.replication: it can change without notice.
"""The job of element_volume_pair: what it reads, decides, waits for and returns, for one pair or many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from ..._element.client import Client
from ..._element.errors import Failure
from .. import results
from ..decide import sizes
from ..decide.catalog import Catalog
from ..decide.identity import Silent
from ..decide.volume_pair import progress, table
from ..decide.volume_pair.state import Extras, Found, NewVolume, PairWish, Wish, classify
from ..decide.volume_pair.verdict import judge, timed_out
from ..flow import Outcome
from ..model import (
    LOCAL,
    NO_NAMES,
    PEER,
    SIDES,
    ClusterNames,
    CreateVolume,
    Grow,
    Keyed,
    Limits,
    Listed,
    Plan,
    Sides,
    Step,
    SyncJob,
    Usage,
    Verdict,
    Volumes,
    VolumeSide,
)
from ..observe.volumes import (
    get_limits,
    identify_clusters,
    list_accounts,
    list_cluster_pairs,
    list_deleted_volumes,
    list_qos_policies,
    list_sync_jobs,
    list_volumes,
    read_usage,
    resolve_names,
    view_volumes,
)
from ..run import Session

# What an item does not give, it takes from the task: what describes the pair, and what is permitted for it.
DESCRIPTION = ("account", "peer_account", "mode", "direction", "paused", "size", "match_size")
PERMISSIONS = ("repair", "allow_overwrite", "save_overwritten")
INHERITED = (*DESCRIPTION, "create_peer_volume", *PERMISSIONS)
KEYS = ("volume", "volume_id", "peer_volume", "peer_volume_id", *INHERITED)


@dataclass(frozen=True)
class Seen:
    """views: what the lists said. found: each pair as it was seen last; None where `failures` says why not.

    again: it is not the first look. jobs: the copies on their way, where `measure` has asked for them. The view of a peer
    that does not answer is None, and silent says what it may be called.
    """

    views: Sides[VolumeSide | None]
    found: tuple[Found | None, ...]
    failures: tuple[Failure | None, ...]
    again: bool = False
    jobs: progress.Jobs = progress.NO_JOBS
    silent: Silent | None = None

    @property
    def there(self) -> tuple[str, ...]:
        """The sides that answer."""
        return SIDES if self.views.peer is not None else (LOCAL,)


@dataclass(frozen=True)
class VolumePairJob:
    """pairs: what is desired of each, wishes: what is permitted for each, and wish: what concerns all of them.

    wait_timeout in seconds. local_only: go on with this cluster alone if the other one does not answer.
    """

    wish: Wish
    pairs: tuple[PairWish, ...]
    wishes: tuple[Wish, ...] = ()
    wait: bool = True
    in_sync: bool = False
    wait_timeout: float = 300
    fail_fast: bool = False
    local_only: bool = False
    peer: ClusterNames = NO_NAMES

    @classmethod
    def from_params(cls, params: Mapping) -> VolumePairJob:
        given = [_inherited(item, params) for item in ([params] if params["pairs"] is None else params["pairs"])]
        wish = Wish(
            present=params["state"] == "present",
            release_target=params["release_target"],
            failover=params["failover"],
            timeout=params["wait_timeout"],
        )
        return cls(
            wish=wish,
            wishes=tuple(replace(wish, **{name: item[name] for name in PERMISSIONS}) for item in given),
            pairs=tuple(_wished(item, wish.present) for item in given),
            wait=params["wait"],
            in_sync=params["wait_for"] == "in_sync",
            wait_timeout=params["wait_timeout"],
            fail_fast=params["fail_fast"],
            local_only=params["peer_unreachable"] == "local_only",
            peer=ClusterNames.of(params["peer"]),
        )

    @property
    def count(self) -> int:
        return len(self.pairs)

    def observe(self, session: Session, planning: bool) -> Seen:
        who = identify_clusters(session, self.local_only)
        views = view_volumes(session, who)
        silent = self._silent(session, views.local) if views.peer is None else None
        seen = self._classified(views, silent)
        deleted = self._deleted(session, seen)
        if any(found.readable or found.unreadable for found in deleted.values()):
            more = {side: views[side].adding(deleted.get(side, Listed())) for side in seen.there}
            seen = self._classified(Sides(more[LOCAL], more.get(PEER)), silent)
        return self._with_extras(session, seen) if planning else seen

    def _silent(self, session: Session, here: VolumeSide) -> Silent:
        """What an unreachable peer may be called; only what destroys nothing is done on a guess."""
        destroys_nothing = self.wish.failover == "forced" or any(pair.paused is not None for pair in self.pairs)
        # assume_dead: a cluster that is connected is not the one that is gone.
        may_be_it = session.peer_failure is not None or not any(entry.connected for entry in here.entries)
        by_guess = self.wish.present and destroys_nothing and self.peer.mvip is None and may_be_it
        return Silent(resolve_names(self.peer, here.entries), by_guess, session.peer_failure)

    def _classified(self, views: Sides[VolumeSide | None], silent: Silent | None) -> Seen:
        found, failures = _classify_all(self.pairs, views, silent)
        duplicates = _duplicates(found)
        failed = tuple(duplicates.get(n) or failure for n, failure in enumerate(failures))
        return Seen(views, found, failed, silent=silent)

    def _deleted(self, session: Session, seen: Seen) -> dict[str, Volumes]:
        """The deleted volumes of the sides where a volume is missing: it may be one of them, and can be brought back."""
        missing = [side for side in seen.there if any(pair and pair.volumes[side] is None for pair in seen.found)]
        lists = session.side_by_side(partial(list_deleted_volumes, session.client(side)) for side in missing)
        return dict(zip(missing, lists))

    def _with_extras(self, session: Session, seen: Seen) -> Seen:
        """What only these plans need: the evidence of use of new targets, the limits of what grows or is created."""
        plans = self.decide(seen)
        if not any(plan.steps for plan in plans):
            return seen
        from ..decide.volume_pair import new_pair

        targets = new_pair.targets(plans)
        planned = [step for plan in plans for step in plan.steps]
        turning = self._turning(seen, planned)
        limited = [
            side
            for side in seen.there
            if turning or any(s.side == side and isinstance(s, (Grow, CreateVolume)) for s in planned)
        ]
        creations = [s for s in planned if isinstance(s, CreateVolume)]
        policies = _policies(session, seen, creations)
        looked_at = {
            side: (*targets[side], *(v for v in (pair.volumes[side] for pair in turning) if v and not v.deleted))
            for side in seen.there
        }
        usage: dict[str, Mapping[int, Usage]] = {
            side: read_usage(session, side, volumes) if volumes else {} for side, volumes in looked_at.items()
        }
        if any(wish.repair for wish in self._each) and any(usage.values()):
            usage = self._with_settled_writes(session, usage)
        # A forced turn is not held up by what only says how many snapshots make a group.
        limits_of = _limits_if_told if self.wish.failover == "forced" and turning else get_limits
        read = session.side_by_side(partial(limits_of, session.client(side)) for side in limited)
        limits: dict[str, Limits | None] = {**dict.fromkeys(SIDES), **dict(zip(limited, read))}
        extras = Extras(
            Sides(usage[LOCAL], usage.get(PEER, {})),
            Sides(**limits),
            dict(policies) if policies else None,
            # A cluster that is too full and does not say so refuses the creation.
            fullness=_fullness(session) if creations else None,
        )
        if self.wish.failover == "forced":
            extras = self._with_copies(session, seen, turning, extras)
        elif turning:
            extras = self._with_proofs(session, turning, extras)
        failures = _without_policy(seen, creations, policies) if policies else seen.failures
        found = tuple(pair and replace(pair, extras=extras) for pair in seen.found)
        return replace(seen, found=found, failures=failures)

    def _turning(self, seen: Seen, planned: Sequence[Step]) -> list[Found]:
        """The pairs that are to be turned round, or given a source."""
        if self.wish.failover is None:
            return []
        from ..failover_steps import Demote, Promote

        numbers = dict.fromkeys(step.item for step in planned if isinstance(step, (Demote, Promote)))
        return [seen.found[number] for number in numbers]

    def _with_settled_writes(
        self, session: Session, usage: Mapping[str, Mapping[int, Usage]]
    ) -> dict[str, Mapping[int, Usage]]:
        """With write counts that leave nothing out: whether a replica was written to decides what repair may overwrite."""
        from ..observe.snapshots import read_settled_writes, with_writes

        ids = {side: tuple(usage.get(side, ())) for side in SIDES}
        settled = read_settled_writes(session, ids, closed=True)
        return {
            side: {key: with_writes(used, settled[side].get(key)) for key, used in of_side.items()}
            for side, of_side in usage.items()
        }

    def _with_proofs(self, session: Session, turning: Sequence[Found], extras: Extras) -> Extras:
        """With what a planned failover counts by and, where an earlier one was interrupted, its checkpoints.

        Raises Failure: without the checkpoints nothing can be said about what was interrupted.
        """
        from ..observe.snapshots import list_checkpoints, read_settled_writes

        ids = {side: [pair.volumes[side].id for pair in turning] for side in SIDES}
        interrupted = [pair for pair in turning if pair.direction == "none"]
        if interrupted:
            held = session.side_by_side(
                partial(list_checkpoints, session.client(side), [pair.volumes[side].id for pair in interrupted])
                for side in SIDES
            )
            extras = replace(extras, snapshots=Sides(*held))
        return replace(extras, writes=Sides(**read_settled_writes(session, ids, bool(interrupted))))

    def _with_copies(self, session: Session, seen: Seen, turning: Sequence[Found], extras: Extras) -> Extras:
        """With the snapshots of both sides, how far the copies are and how far behind; nothing of what cannot be read."""
        from ..observe.snapshots import list_checkpoints

        reads: list[Callable[[], Any]] = []
        for side in seen.there:
            client = session.client(side)
            ids = [v.id for v in (pair.volumes[side] for pair in turning) if v and not v.deleted]
            reads += [
                partial(_readable, partial(list_checkpoints, client, ids), ()),
                partial(_jobs, session, side),
                partial(_readable, partial(_delays, client, ids), {}),
            ]
        read = iter(session.side_by_side(reads))
        copies = {side: (next(read), next(read), next(read)) for side in seen.there}
        here, there = copies[LOCAL], copies.get(PEER, ((), {}, {}))
        return replace(
            extras, snapshots=Sides(here[0], there[0]), jobs=Sides(here[1], there[1]), lags=Sides(here[2], there[2])
        )

    def decide(self, seen: Seen) -> Sequence[Plan]:
        plans = [
            Plan(problem=failure) if failure else table.decide(pair, wish)
            for pair, failure, wish in zip(seen.found, seen.failures, self._each)
        ]
        if not any(plan.steps for plan in plans):
            return plans
        from ..decide.volume_pair import new_pair  # not loaded for pairs that are as they are wished

        clashes = new_pair.clashes(seen.found, plans)
        return new_pair.confirmed_again(
            [
                Plan(problem=clashes[n], before=plan.before, after=plan.before) if n in clashes else plan
                for n, plan in enumerate(plans)
            ]
        )

    @property
    def _each(self) -> tuple[Wish, ...]:
        """What is permitted for each pair."""
        return self.wishes or (self.wish,) * len(self.pairs)

    def each_alone(self, seen: Seen) -> bool:
        return self.wish.failover == "forced" or seen.views.peer is None

    def alive(self, seen: Seen) -> Failure | None:
        if seen.silent is None:
            return None
        from ..decide.volume_pair import local_only  # most runs reach both clusters

        return local_only.peer_alive(seen.views.local, seen.silent, self.decide(seen))

    def look_for_life(self, session: Session, seen: Seen) -> Seen:
        client = session.client(LOCAL)
        volumes_now = partial(list_volumes, client, self._ids(seen, LOCAL))
        reads: list[Callable[[], Any]] = [partial(list_cluster_pairs, client), volumes_now]
        entries, volumes = session.side_by_side(reads)
        here = seen.views.local.showing(volumes)
        here = replace(here, entries=entries.readable, unreadable_entries=entries.unreadable)
        return replace(seen, views=Sides(here, None))

    def look(self, session: Session, seen: Seen) -> Seen:
        ids = {side: self._ids(seen, side) for side in seen.there}
        lists = session.side_by_side(partial(list_volumes, session.client(side), ids[side]) for side in seen.there)
        views = {side: seen.views[side].showing(volumes) for side, volumes in zip(seen.there, lists)}
        if PEER in ids and ids[PEER] is None and any(wish.create and wish.create.create_account for wish in self.pairs):
            views[PEER] = replace(views[PEER], accounts=dict(list_accounts(session.client(PEER))))
        found, failures = _classify_all(
            [_by_id(pair) if pair else None for pair in seen.found], Sides(views[LOCAL], views.get(PEER)), seen.silent
        )
        return replace(
            seen,
            views=Sides(views[LOCAL], views.get(PEER)),
            found=found,
            again=True,
            failures=tuple(now or before for now, before in zip(failures, seen.failures)),
        )

    def _ids(self, seen: Seen, side: str) -> list[int] | None:
        """The volumes to look at; None, for all of them, the first time after one may have been created."""
        if self.wish.present and not seen.again and any(pair and pair.volumes[side] is None for pair in seen.found):
            return None
        return [pair.volumes[side].id for pair in seen.found if pair and pair.volumes[side]]

    def finish(self, seen: Seen, plans: Sequence[Plan]) -> Sequence[Plan]:
        return [
            Plan(steps=(*table.lost_roles(pair, plan), *table.lost_modes(pair, plan)) if pair else ())
            for pair, plan in zip(seen.found, plans)
        ]

    def judge(self, seen: Seen, waited: float) -> list[Verdict]:
        return [
            judge(pair, wish, self.in_sync, waited) if pair else Verdict(False, failure.sentence, failure)
            for pair, failure, wish in zip(seen.found, seen.failures, self._each)
        ]

    def traits(self, seen: Seen) -> list[str | None]:
        return [
            None if not self.wish.present and verdict.done else _trait(pair, self.wish.present)
            for pair, verdict in zip(seen.found, self.judge(seen, 0))
        ]

    def replaced(self, seen: Seen, item: int) -> Failure:
        return progress.replaced(seen.found[item], seen.failures[item])

    def measure(self, session: Session, seen: Seen) -> Seen:
        if not self.wish.present:
            return seen
        jobs = dict(zip(seen.there, session.side_by_side(partial(_jobs, session, side) for side in seen.there)))
        return replace(seen, jobs=Sides(jobs[LOCAL], jobs.get(PEER, {})))

    def progress(self, seen: Seen, verdicts: Sequence[Verdict | None], waited: float) -> str:
        return progress.of_volume_pairs(seen.found, verdicts, self._wanted, seen.jobs)

    @property
    def _wanted(self) -> str:
        if not self.wish.present:
            return "unpaired"
        return "in sync" if self.in_sync else "paired"

    def expired(self, seen: Seen, item: int, made: bool, verdict: Verdict) -> Failure:
        job = progress.copying(seen.found[item], seen.jobs)
        text = f"{verdict.text}, copied {progress.how_far(job)}" if job else verdict.text
        return timed_out(seen.found[item], self.wish, self.in_sync, self.wait_timeout, text)

    def report(self, outcome: Outcome[Seen]) -> dict:
        return {
            "pairs": [
                {
                    **(results.volume_pair(pair) if pair else results.unknown_volume_pair(wish)),
                    "changed": outcome.changes(number),
                    "saved": results.saved(outcome.items[number].saved),
                    **results.item_error(outcome.items[number].failure),
                }
                for number, (wish, pair) in enumerate(zip(self.pairs, outcome.seen.found))
            ]
        }


def _classify_all(
    wishes: Sequence[PairWish | None], views: Sides[VolumeSide | None], silent: Silent | None
) -> tuple[tuple[Found | None, ...], tuple[Failure | None, ...]]:
    """Each pair as the lists show it, or why it cannot be told. A wish is None where that is known already."""
    here = Catalog(views.local)
    both = partial(_classify_both, Sides(here, Catalog(views.peer))) if views.peer else None
    find = both or partial(_classify_alone, here, silent)
    found: list[Found | None] = []
    failures: list[Failure | None] = []
    for number, wish in enumerate(wishes):
        pair, failure = None, None
        try:
            pair = find(number, wish) if wish else None
        except Failure as exc:
            failure = exc
        found.append(pair)
        failures.append(failure)
    return tuple(found), tuple(failures)


def _classify_both(catalogs: Sides[Catalog], number: int, wish: PairWish) -> Found:
    return classify(number, wish, catalogs)


def _classify_alone(here: Catalog, silent: Silent, number: int, wish: PairWish) -> Found:
    from ..decide.volume_pair import local_only

    return local_only.classify(number, wish, here, silent)


def _policies(session: Session, seen: Seen, creations: Sequence[CreateVolume]) -> Keyed[str, int] | None:
    """The QoS policies of the peer, where a volume that is to be created takes one."""
    wanted = any(seen.found[step.item].wish.create.qos_policy for step in creations)
    return list_qos_policies(session.client(PEER)) if wanted else None


def _without_policy(
    seen: Seen, creations: Sequence[CreateVolume], policies: Keyed[str, int]
) -> tuple[Failure | None, ...]:
    """The failures, with those of items whose policy may be one that cannot be read."""
    failures = list(seen.failures)
    known = {name for name, _policy_id in policies}
    for step in creations:
        wanted = seen.found[step.item].wish.create.qos_policy
        odd = next((each for each in policies.unreadable if each.name in (None, wanted)), None)
        if wanted is not None and wanted not in known and odd:
            failures[step.item] = odd.failure(seen.views.peer.cluster.name)
    return tuple(failures)


def _limits_if_told(client: Client) -> Limits:
    return _readable(partial(get_limits, client), Limits())


def _readable(read: Callable[[], Any], nothing: Any) -> Any:
    """What makes a message richer, or proves something: where it cannot be read there is no such word, and no proof."""
    try:
        return read()
    except Failure:
        return nothing


def _fullness(session: Session) -> int | None:
    from ..observe.cluster_health import get_fullness

    return _readable(partial(get_fullness, session.client(PEER)), None)


def _jobs(session: Session, side: str) -> Mapping[int, SyncJob]:
    """The wait goes by the states of the pairs; without the jobs it is only told with fewer words."""
    return dict(_readable(partial(list_sync_jobs, session.client(side)), {}))


def _delays(client: Client, ids: Sequence[int]) -> Mapping[int, float]:
    from ..observe.cluster_health import list_delays

    return dict(list_delays(client, ids))


def _trait(pair: Found | None, present: bool) -> str:
    """The two volumes and their pair; for pairs that shall be there, who is the source too."""
    if pair is None:
        return "unknown"
    volumes = [
        f"{pair.catalogs[side].cluster.unique_id}/{volume.id if volume else None}"
        for side, volume in pair.volumes.as_dict().items()
    ]
    entries = [entry.uuid if entry else "none" for entry in (pair.entries.local, pair.entries.peer)]
    if not present:
        return " ".join((*volumes, *sorted(set(entries) - {"none"})))  # one side's entry may be gone before the other's
    access = [volume.access if volume else "none" for volume in (pair.volumes.local, pair.volumes.peer)]
    return " ".join((*volumes, *entries, *access))


def check(params: Mapping) -> str | None:
    """A sentence about the first option that makes no sense, or does not go with another one; None if all do."""
    if params["pairs"] is None:
        return _check_pair(params, params, "")
    create = params["create_peer_volume"]
    inheriting = [item for item in params["pairs"] if item["create_peer_volume"] is None]
    if create and create["name"] is not None and len(inheriting) > 1:
        return "create_peer_volume.name: several pairs cannot have the same partner; give each item of pairs its peer_volume"
    problems = [_check_pair(item, params, f"pairs[{number}].") for number, item in enumerate(params["pairs"])]
    return next((problem for problem in problems if problem), None)


def _check_pair(item: Mapping, params: Mapping, prefix: str) -> str | None:
    given = _inherited(item, params)
    size, create = given["size"], given["create_peer_volume"]
    for name in ("volume", "peer_volume"):
        if given[name] == "":
            return f"{prefix}{name}: an empty text is no name of a volume; leave it out or give a name"
    if size is not None and sizes.in_bytes(size) is None:
        return (
            f"{prefix}size: {size!r} is no size; give a number with kB, MB, GB, TB, KiB, MiB, GiB or TiB, such as 20GiB"
        )
    if given["paused"] and params["wait_for"] == "in_sync":
        return f"{prefix}paused: a paused pair does not get in sync; leave wait_for out, or set it to paired"
    for name, option in (("name", "peer_volume"), ("account", "peer_account")):
        there = given[option]
        if create and None not in (create[name], there) and create[name] != there:
            return (
                f"{prefix}{option}: {there!r} is not create_peer_volume.{name}, {create[name]!r}; give one of the two"
            )
    return None


def _inherited(item: Mapping, params: Mapping) -> dict[str, Any]:
    values = {key: item[key] for key in KEYS}
    for key in INHERITED:
        if values[key] is None:
            values[key] = params[key]
    return values


def _wished(item: Mapping, present: bool) -> PairWish:
    values = {key: value for key, value in item.items() if key not in PERMISSIONS}
    size, create = values.pop("size"), values.pop("create_peer_volume")
    new = NewVolume(**create) if create is not None else None
    if new and not present:
        # It still says how the partner is called and who owns it; that the owner is missing is no trouble then.
        new = replace(new, create_account=True)
    return PairWish(**values, size=None if size is None else sizes.in_bytes(size), create=new)


def _duplicates(found: Sequence[Found | None]) -> dict[int, Failure]:
    """The items that name a volume which another item names too: whatever they wish, they contradict each other."""
    volumes = [
        [(side, pair.volumes[side].id) for side in SIDES if pair.volumes[side]] if pair else [] for pair in found
    ]
    counts = Counter(volume for named in volumes for volume in named)
    return {
        number: _duplicate(pair, side)
        for number, (pair, named) in enumerate(zip(found, volumes))
        for side, volume_id in named
        if counts[side, volume_id] > 1
    }


def _duplicate(pair: Found, side: str) -> Failure:
    return Failure(
        "duplicate_item",
        f"cluster {pair.name(side)}: more than one item of pairs names {pair.label(side)}; name each volume once",
        cluster=pair.name(side),
    )


def _by_id(pair: Found) -> PairWish:
    """The same wish for the two volumes that were found, however they were named."""
    wish = pair.wish
    if pair.volumes.local:
        wish = replace(wish, volume=None, volume_id=pair.volumes.local.id, account=None)
    if pair.volumes.peer:
        wish = replace(wish, peer_volume=None, peer_volume_id=pair.volumes.peer.id, peer_account=None)
    return wish
