# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The reads that only plans with steps need, and what becomes of a plan without them."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from ..._element.client import Client
from ..._element.errors import Failure
from ..decide.volume_pair import new_pair
from ..decide.volume_pair.desired import PairOptions
from ..decide.volume_pair.state import Extras, ObservedVolumePair
from ..failover_steps import Demote, Promote
from ..model import LOCAL, PEER, SIDES, Limits, Side, Sides, SyncJob, Usage
from ..observe.cluster_health import get_fullness
from ..observe.clusters import get_limits
from ..observe.lag import list_delays
from ..observe.snapshots import list_checkpoints
from ..observe.sync_jobs import list_sync_jobs
from ..observe.usage import read_usage
from ..observe.volumes import list_qos_policies
from ..observe.writes import read_settled_writes, with_writes
from ..pairing_steps import CreateVolume, Grow
from ..plan import Plan, Step
from ..run import Run
from ..views import Keyed
from .volume_pair_observation import Observation


def with_extras(
    run: Run, observation: Observation, plans: Sequence[Plan], options_of_pairs: Sequence[PairOptions]
) -> Observation:
    """The observation with what only these plans need: evidence of use of new targets, limits, proofs and copies."""
    failover = options_of_pairs[0].failover
    targets = new_pair.targets(plans)
    planned = [step for plan in plans for step in plan.steps]
    reversing = _to_reverse(observation, planned) if failover else []
    limited = [
        side
        for side in observation.reachable
        if reversing or any(s.side == side and isinstance(s, (Grow, CreateVolume)) for s in planned)
    ]
    creations = [s for s in planned if isinstance(s, CreateVolume)]
    policies = read_policies(run, observation, creations)
    used_volumes = {
        side: (*targets[side], *(v for v in (pair.volumes[side] for pair in reversing) if v and not v.deleted))
        for side in observation.reachable
    }
    usage: dict[Side, Mapping[int, Usage]] = {
        side: read_usage(run, side, volumes) if volumes else {} for side, volumes in used_volumes.items()
    }
    if any(options.repair for options in options_of_pairs) and any(usage.values()):
        usage = _with_settled_writes(run, usage)
    # A forced failover must not fail for limits that only say how many volumes a group snapshot has.
    limits_of = limits_or_none if failover == "forced" and reversing else get_limits
    read = run.side_by_side(partial(limits_of, run.client(side)) for side in limited)
    limits: dict[Side, Limits | None] = {**dict.fromkeys(SIDES), **dict(zip(limited, read))}
    extras = Extras(
        Sides(usage[LOCAL], usage.get(PEER, {})),
        Sides(**limits),
        dict(policies) if policies else None,
        # A cluster that is too full and does not report its fullness refuses the creation itself.
        fullness=read_fullness(run) if creations else None,
    )
    if failover == "forced":
        extras = _with_copies(run, observation, reversing, extras)
    elif reversing:
        extras = _with_proofs(run, reversing, extras)
    failures = without_policy(observation, creations, policies) if policies else observation.failures
    found = tuple(pair and replace(pair, extras=extras) for pair in observation.pairs)
    return replace(observation, pairs=found, failures=failures)


def _to_reverse(observation: Observation, planned: Sequence[Step]) -> list[ObservedVolumePair]:
    """The pairs that the plans reverse, or give a source."""
    numbers = dict.fromkeys(step.item for step in planned if isinstance(step, (Demote, Promote)))
    return [observation.pair(number) for number in numbers]


def _with_settled_writes(run: Run, usage: Mapping[Side, Mapping[int, Usage]]) -> dict[Side, Mapping[int, Usage]]:
    """The evidence of use with complete counts of writes: repair may overwrite a replica without writes of hosts."""
    ids = {side: tuple(usage.get(side, ())) for side in SIDES}
    settled = read_settled_writes(run, ids, closed=True)
    return {
        side: {key: with_writes(used, settled[side].get(key)) for key, used in of_side.items()}
        for side, of_side in usage.items()
    }


def _with_proofs(run: Run, reversing: Sequence[ObservedVolumePair], extras: Extras) -> Extras:
    """The extras with the counts of writes for a planned failover, and the checkpoints of an interrupted one.

    Raises Failure if they cannot be read: nothing is proven without them.
    """
    ids = {side: [pair.volume(side).id for pair in reversing] for side in SIDES}
    interrupted = [pair for pair in reversing if pair.direction == "none"]
    if interrupted:
        held = run.side_by_side(
            partial(list_checkpoints, run.client(side), [pair.volume(side).id for pair in interrupted])
            for side in SIDES
        )
        extras = replace(extras, snapshots=Sides(*held))
    return replace(extras, writes=Sides(**read_settled_writes(run, ids, bool(interrupted))))


def _with_copies(run: Run, observation: Observation, reversing: Sequence[ObservedVolumePair], extras: Extras) -> Extras:
    """The extras with the snapshots, copies and lags of both sides, empty if they cannot be read."""
    reads: list[Callable[[], Any]] = []
    for side in observation.reachable:
        client = run.client(side)
        ids = [v.id for v in (pair.volumes[side] for pair in reversing) if v and not v.deleted]
        reads += [
            partial(read_or, partial(list_checkpoints, client, ids), ()),
            partial(read_jobs, run, side),
            partial(read_or, partial(read_delays, client, ids), {}),
        ]
    read = iter(run.side_by_side(reads))
    copies = {side: (next(read), next(read), next(read)) for side in observation.reachable}
    local, peer = copies[LOCAL], copies.get(PEER, ((), {}, {}))
    return replace(
        extras, snapshots=Sides(local[0], peer[0]), jobs=Sides(local[1], peer[1]), lags=Sides(local[2], peer[2])
    )


def read_policies(run: Run, observation: Observation, creations: Sequence[CreateVolume]) -> Keyed[str, int] | None:
    """The QoS policies of the peer; None unless a new volume needs one."""
    wanted = any(_policy_of(observation, step) for step in creations)
    return list_qos_policies(run.client(PEER)) if wanted else None


def _policy_of(observation: Observation, step: CreateVolume) -> str | None:
    create = observation.pair(step.item).desired.create
    return create.qos_policy if create else None


def without_policy(
    observation: Observation, creations: Sequence[CreateVolume], policies: Keyed[str, int]
) -> tuple[Failure | None, ...]:
    """The failures, with bad_reply for items whose policy may be an unreadable one."""
    failures = list(observation.failures)
    known = {name for name, _policy_id in policies}
    for step in creations:
        wanted = _policy_of(observation, step)
        odd = next((each for each in policies.unreadable if each.name in (None, wanted)), None)
        if wanted is not None and wanted not in known and odd:
            failures[step.item] = odd.failure(observation.view(PEER).cluster.name)
    return tuple(failures)


def limits_or_none(client: Client) -> Limits:
    """The limits of a cluster; without any limit if they cannot be read."""
    return read_or(partial(get_limits, client), Limits())


def read_or(read: Callable[[], Any], nothing: Any) -> Any:
    """The result of a read, or `nothing` if it fails: for details of messages, and for proofs that may be missing."""
    try:
        return read()
    except Failure:
        return nothing


def read_fullness(run: Run) -> int | None:
    """The stage of fullness of the peer, 1 to 5; None if it cannot be read."""
    return read_or(partial(get_fullness, run.client(PEER)), None)


def read_jobs(run: Run, side: Side) -> Mapping[int, SyncJob]:
    """The copies that a cluster receives, by volume ID; empty if they cannot be read: a wait only uses them to report."""
    return dict(read_or(partial(list_sync_jobs, run.client(side)), {}))


def read_delays(client: Client, ids: Sequence[int]) -> Mapping[int, float]:
    """The seconds that the targets of these volumes are behind, by volume ID."""
    return {volume_id: delay.seconds for volume_id, delay in list_delays(client, ids) if delay.seconds is not None}
