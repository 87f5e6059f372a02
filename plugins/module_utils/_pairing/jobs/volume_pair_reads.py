# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The reads that only some plans need, and what becomes of a plan without them."""

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
from ..model import LOCAL, PEER, SIDES, Limits, Sides, SyncJob
from ..observe.clusters import get_limits
from ..observe.sync_jobs import list_sync_jobs
from ..observe.volumes import list_qos_policies
from ..plan import CreateVolume
from ..run import Run
from ..views import Keyed, VolumeView


@dataclass(frozen=True)
class Observation:
    """views: what the lists said. found: each pair as it was seen last; None where `failures` says why not.

    again: it is not the first look. jobs: the copies on their way, where `measure` has asked for them. The view of a peer
    that does not answer is None, and silent says what it may be called.
    """

    views: Sides[VolumeView | None]
    pairs: tuple[ObservedVolumePair | None, ...]
    failures: tuple[Failure | None, ...]
    again: bool = False
    jobs: progress.Jobs = progress.NO_JOBS
    unreachable_peer: UnreachablePeer | None = None

    @property
    def there(self) -> tuple[str, ...]:
        """The sides that answer."""
        return SIDES if self.views.peer is not None else (LOCAL,)


def read_policies(run: Run, observation: Observation, creations: Sequence[CreateVolume]) -> Keyed[str, int] | None:
    """The QoS policies of the peer, where a volume that is to be created takes one."""
    wanted = any(observation.pairs[step.item].desired.create.qos_policy for step in creations)
    return list_qos_policies(run.client(PEER)) if wanted else None


def without_policy(
    observation: Observation, creations: Sequence[CreateVolume], policies: Keyed[str, int]
) -> tuple[Failure | None, ...]:
    """The failures, with those of items whose policy may be one that cannot be read."""
    failures = list(observation.failures)
    known = {name for name, _policy_id in policies}
    for step in creations:
        wanted = observation.pairs[step.item].desired.create.qos_policy
        odd = next((each for each in policies.unreadable if each.name in (None, wanted)), None)
        if wanted is not None and wanted not in known and odd:
            failures[step.item] = odd.failure(observation.views.peer.cluster.name)
    return tuple(failures)


def limits_or_none(client: Client) -> Limits:
    return read_or(partial(get_limits, client), Limits())


def read_or(read: Callable[[], Any], nothing: Any) -> Any:
    """What makes a message richer, or proves something: where it cannot be read there is no such word, and no proof."""
    try:
        return read()
    except Failure:
        return nothing


def read_fullness(run: Run) -> int | None:
    from ..observe.cluster_health import get_fullness

    return read_or(partial(get_fullness, run.client(PEER)), None)


def read_jobs(run: Run, side: str) -> Mapping[int, SyncJob]:
    """The wait goes by the states of the pairs; without the jobs it is only told with fewer words."""
    return dict(read_or(partial(list_sync_jobs, run.client(side)), {}))


def read_delays(client: Client, ids: Sequence[int]) -> Mapping[int, float]:
    from ..observe.lag import list_delays

    return dict(list_delays(client, ids))
