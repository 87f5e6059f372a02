# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What element_pair_info reads besides the lists of pairs and volumes: only what the task requests and the pairs need."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from functools import partial
from typing import Any

from ..._element.errors import Failure
from ..decide.health import is_snapshots_only
from ..decide.report.readiness_report import Answer, Facts
from ..decide.volume_pair.state import ObservedVolumePair
from ..model import LOCAL, PEER, READ_WRITE, SIDES, TARGET, Side, Sides
from ..observe.cluster_health import get_fullness, get_roles, list_faults
from ..observe.clusters import get_pairs_max
from ..observe.host_access import read_host_access
from ..observe.lag import list_delays
from ..observe.snapshots import list_snapshots
from ..observe.sync_jobs import list_sync_jobs
from ..run import Run
from .pair_info_observation import NOTHING_MORE, More, Observation

#: The subjects that need these reads.
VOLUME_PAIRS, PROGRESS, FAULTS, READINESS = "volume_pairs", "progress", "faults", "readiness"
HOST_ACCESS = "host_access"


def read_more(run: Run, observation: Observation, gather: Collection[str], with_lags: bool) -> Sides[More]:
    """Read all that the task requests beside the lists, from both clusters in parallel. Raises Failure."""
    reads = {side: _reads(run, observation, side, gather, with_lags) for side in SIDES if observation.views[side]}
    replies = iter(run.side_by_side(read for of_side in reads.values() for read in of_side.values()))
    more = {side: More(**{name: next(replies) for name in of_side}) for side, of_side in reads.items()}
    return Sides(more[LOCAL], more.get(PEER, NOTHING_MORE.peer))


def _reads(
    run: Run, observation: Observation, side: Side, gather: Collection[str], with_lags: bool
) -> dict[str, Callable[[], Any]]:
    """The reads that remain for a cluster, by the field of More that holds their result."""
    client = run.client(side)
    reads: dict[str, Callable[[], Any]] = {}
    sources = _sources(observation.pairs, side)
    if PROGRESS in gather or with_lags:
        reads["delays"] = partial(list_delays, client, [pair.volume(side).id for pair in sources])
    by_snapshots = [pair.volume(side).id for pair in sources if is_snapshots_only(pair.entry(side).mode)]
    if VOLUME_PAIRS in gather and by_snapshots:
        reads["snapshots"] = partial(list_snapshots, client, by_snapshots)
    if PROGRESS in gather:
        reads["jobs"] = partial(list_sync_jobs, client)
    if FAULTS in gather:
        reads["faults"] = partial(list_faults, client)
        if READINESS not in gather and targets(observation.pairs, side):
            reads["fullness"] = partial(get_fullness, client)
    if READINESS in gather:
        reads["facts"] = partial(_facts, run, side)
    if HOST_ACCESS in gather:
        volumes = [pair.volume(side).id for pair in observation.pairs if pair.volumes[side]]
        reads["access"] = partial(read_host_access, run, side, volumes)
    return reads


def _sources(pairs: Iterable[ObservedVolumePair], side: Side) -> list[ObservedVolumePair]:
    """The pairs whose volume on this side is writable and has the entry of the pair."""
    return [
        pair
        for pair in pairs
        if pair.volumes[side]
        and pair.entries[side]
        and pair.volume(side).access == READ_WRITE
        and not pair.volume(side).deleted
    ]


def targets(pairs: Iterable[ObservedVolumePair], side: Side) -> list[ObservedVolumePair]:
    """The pairs whose volume on this side is a target and has the entry of the pair."""
    return [pair for pair in pairs if pair.entries[side] and pair.volumes[side] and pair.volume(side).access == TARGET]


def _facts(run: Run, side: Side) -> Facts:
    client = run.client(side)
    return Facts(*(_answer(partial(read, client)) for read in (get_roles, get_pairs_max, get_fullness)))


def _answer(read: Callable[[], Any]) -> Answer:
    """The result of a read, or why it failed: the check that needs it is unknown, and the report is complete otherwise."""
    try:
        return Answer(read())
    except Failure as exc:
        return Answer(None, exc.sentence)
