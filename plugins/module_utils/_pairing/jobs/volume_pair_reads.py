# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The reads that only some plans need, and their results if they fail."""

# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from ..._element.client import Client
from ..._element.errors import Failure
from ..decide.identity import UnreachablePeer
from ..decide.volume_pair import progress
from ..decide.volume_pair.state import ObservedVolumePair
from ..model import LOCAL, PEER, SIDES, Limits, Side, Sides, SyncJob, of_side
from ..observe.clusters import get_limits
from ..observe.sync_jobs import list_sync_jobs
from ..observe.volumes import list_qos_policies
from ..plan import CreateVolume
from ..run import Run
from ..views import Keyed, VolumeView


@dataclass(frozen=True)
class Observation:
    """What was read of the clusters."""

    #: The lists of both clusters; None for an unreachable peer.
    views: Sides[VolumeView | None]
    #: Each pair as it was last observed; None if `failures` says why it is unknown.
    pairs: tuple[ObservedVolumePair | None, ...]
    failures: tuple[Failure | None, ...]
    #: Whether this is not the first read.
    again: bool = False
    #: The running copies, once `measure` has read them.
    jobs: progress.Jobs = progress.NO_JOBS
    #: The names of an unreachable peer; None if the peer answers.
    unreachable_peer: UnreachablePeer | None = None

    def view(self, side: Side) -> VolumeView:
        """What the cluster of a side lists. Raises LookupError for a peer that does not answer."""
        return of_side(self.views, side)

    def pair(self, item: int) -> ObservedVolumePair:
        """A pair that is identified. Raises LookupError if it is not."""
        pair = self.pairs[item]
        if pair is None:
            raise LookupError(f"item {item} is not identified")
        return pair

    def found(self, item: int) -> ObservedVolumePair | Failure:
        """A pair, or the Failure that says why it cannot be identified."""
        return self.pairs[item] or self.failures[item] or self.pair(item)

    @property
    def reachable(self) -> tuple[Side, ...]:
        """The sides that answer."""
        return SIDES if self.views.peer is not None else (LOCAL,)


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
    from ..observe.cluster_health import get_fullness

    return read_or(partial(get_fullness, run.client(PEER)), None)


def read_jobs(run: Run, side: Side) -> Mapping[int, SyncJob]:
    """The copies that a cluster receives, by volume ID; empty if they cannot be read: a wait only uses them to report."""
    return dict(read_or(partial(list_sync_jobs, run.client(side)), {}))


def read_delays(client: Client, ids: Sequence[int]) -> Mapping[int, float]:
    """The seconds that the targets of these volumes are behind, by volume ID."""
    from ..observe.lag import list_delays

    return dict(list_delays(client, ids))
