# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The reads that only plans of a rehearsal need, and the snapshots that it has taken and needs no more."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from ..apply.failover.snapshots import Taken
from ..decide.catalog import Catalog
from ..decide.rehearsal import points, room, table
from ..decide.rehearsal.state import DesiredRehearsal, ObservedRehearsal, Surroundings, to_clone
from ..failover_steps import RemoveCheckpoint
from ..model import LOCAL, PEER, Sides, Snapshot
from ..observe.cluster_health import get_capacity, get_fullness
from ..observe.host_access import list_access_groups
from ..observe.snapshots import list_all_snapshots, list_checkpoints
from ..observe.usage import read_host_sessions
from ..observe.volumes import list_qos_policies
from ..plan import Step
from ..run import Run
from .failover_rehearsal_observation import Observation
from .volume_pair_planning import limits_or_none, read_or


def with_surroundings(run: Run, observation: Observation, desired: DesiredRehearsal, planning: bool) -> Observation:
    """The observation with what its plans need. Raises Failure if a name does not exist, or if there is no room.

    planning: clones may be begun; otherwise only those that exist are concluded.
    """
    if not desired.present:
        clones = [item.made() for item in observation.items if item.row == "made"]
        usage = read_host_sessions(run, LOCAL, clones) if clones else {}
        return replace(observation, around=Surroundings(usage=usage, cloning=frozenset(observation.jobs)))
    around = _with_names(run, observation, desired)
    missing = to_clone(observation.items)
    if missing and planning:
        around = _with_room(run, around, desired)
        room.check(Catalog(observation.view(LOCAL)), missing, around)
    observation = replace(observation, around=around)
    if not planning:
        return observation
    left = points.left_over(observation.items, around.snapshots.local or ())
    observation = replace(observation, warnings=(*observation.warnings, *left))
    complete = all(item.row == "made" for item in observation.items)
    return replace(observation, removals=points_to_remove(run, observation), removals_complete=complete)


def _with_names(run: Run, observation: Observation, desired: DesiredRehearsal) -> Surroundings:
    """The IDs of the requested access group and QoS policy."""
    client, cluster = run.client(LOCAL), observation.view(LOCAL).cluster.name
    group, policy = desired.access_group, desired.qos_policy
    return Surroundings(
        group_id=None if group is None else room.group_id(cluster, list_access_groups(client), group),
        policy_id=None if policy is None else room.policy_id(cluster, list_qos_policies(client), policy),
    )


def _with_room(run: Run, around: Surroundings, desired: DesiredRehearsal) -> Surroundings:
    """The snapshots and the room of this cluster; for `point: now` those of the peer, too.

    A cluster that does not report its room refuses the clones itself.
    """
    here = run.client(LOCAL)
    reads: list[Callable[[], Any]] = [
        partial(list_all_snapshots, here),
        partial(limits_or_none, here),
        partial(read_or, partial(get_capacity, here), None),
        partial(read_or, partial(get_fullness, here), None),
    ]
    if desired.now:
        there = run.client(PEER)
        reads += [partial(list_all_snapshots, there), partial(limits_or_none, there)]
    snapshots, limits, capacity, fullness, *of_peer = run.side_by_side(reads)
    peer_snapshots, peer_limits = of_peer or (None, None)
    return replace(
        around,
        snapshots=Sides(snapshots, peer_snapshots),
        limits=Sides(limits, peer_limits),
        capacity=capacity,
        fullness=fullness,
    )


def points_to_remove(run: Run, observation: Observation) -> dict[int, tuple[Step, ...]]:
    """The steps, by item, that remove the snapshots that rehearsals have taken for these clones.

    Empty while a clone is being made, which may need one of them. Two reads for each cluster, if there are any.
    """
    items = {number: item for number, item in enumerate(observation.items) if item.problem is None}
    if observation.views.peer is None or any(item.row == "making" for item in items.values()):
        return {}
    used = table.points_in_use(items)
    if not used:
        return {}
    ids = {
        side: [
            item.observed_pair().volume(side).id
            for numbers in used.values()
            for item in map(items.__getitem__, numbers)
        ]
        for side in (LOCAL, PEER)
    }
    here, there = run.side_by_side(partial(list_checkpoints, run.client(side), ids[side]) for side in (LOCAL, PEER))
    steps: dict[int, tuple[Step, ...]] = {}
    for name, numbers in used.items():
        originals = [snapshot for snapshot in there if snapshot.name == name]
        copies = [snapshot for snapshot in here if snapshot.name == name]
        if originals or copies:
            taken = _taken(run, name, numbers, originals or copies)
            for number in numbers:
                steps[number] = _removal(items[number], taken, bool(originals))
    return steps


def _taken(run: Run, name: str, numbers: Sequence[int], members: Sequence[Snapshot]) -> Taken:
    first = members[0]
    return Taken(
        name=name,
        side=PEER,
        volume_ids=tuple(member.volume_id for member in members),
        id=first.group_id or first.id,
        users=set(numbers),
        uuids={member.volume_id: member.uuid for member in members},
        cluster=run.name(PEER),
    )


def _removal(item: ObservedRehearsal, taken: Taken, has_original: bool) -> tuple[Step, ...]:
    pair = item.observed_pair()
    sides = (LOCAL, PEER) if has_original else (LOCAL,)
    return tuple(
        RemoveCheckpoint(
            **pair.at(side),
            reason=table.POINT_REMOVED,
            copy=side == LOCAL,
            max_batch=len(taken.volume_ids),
            checkpoint=taken,
        )
        for side in sides
    )
