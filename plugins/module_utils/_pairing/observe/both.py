# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection elementsw.replication: it can change without notice.
"""The reads of both clusters, side by side: one view of each cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import Any

from ..._element import addresses
from ..._element.client import Client
from ..model import LOCAL, PEER, SIDES, Cluster, ClusterNames, ClusterPair, Sides
from ..run import Run
from ..views import ClusterPairs, ClusterView, Keyed, Listed, Volumes, VolumeView
from .clusters import get_pairs_max, get_version, list_cluster_pairs
from .volumes import list_accounts, list_deleted_volumes, list_paired_volumes, list_volumes

_NOTHING: Listed[Any, Any] = Listed()
#: What shows the volumes with pair entries: a deleted one has its pair again once it is restored.
USERS_OF_CLUSTER_PAIRS: tuple[Callable[[Client], Volumes], ...] = (list_paired_volumes, list_deleted_volumes)


def view_cluster_pairs(run: Run, who: Sides[Cluster | None], with_volumes: bool) -> Sides[ClusterView | None]:
    """Both clusters' pair lists and what deciding about them needs. An unreachable peer is None."""

    def side(cluster: Cluster, entries: ClusterPairs, release: str, most: int | None, *users: Volumes) -> ClusterView:
        view = ClusterView(replace(cluster, version=release), (), most).listing(entries)
        if not users:
            return view
        return replace(
            view,
            paired_volumes=tuple(volume for listed in users for volume in listed),
            unreadable_volumes=tuple(odd for listed in users for odd in listed.unreadable),
        )

    reads: list[Callable[[Client], Any]] = [list_cluster_pairs, get_version, get_pairs_max]
    return _read_both(run, who, [*reads, *USERS_OF_CLUSTER_PAIRS] if with_volumes else reads, side)


def view_volumes(run: Run, who: Sides[Cluster | None]) -> Sides[VolumeView | None]:
    """Both clusters' volumes, accounts and cluster pairs: three reads each. An unreachable peer is None."""
    return _read_both(run, who, [list_cluster_pairs, list_volumes, list_accounts], _volume_side)


def _volume_side(
    cluster: Cluster, entries: ClusterPairs, found: Volumes = _NOTHING, owners: Keyed[int, str] = _NOTHING
) -> VolumeView:
    return VolumeView(
        cluster,
        entries.readable,
        found.readable,
        dict(owners),
        entries.unreadable,
        found.unreadable,
        owners.unreadable,
    )


def view_report(run: Run, who: Sides[Cluster | None], with_volumes: bool) -> Sides[VolumeView | None]:
    """The same with each cluster's version; without volumes and accounts where they are not asked for."""

    def side(cluster: Cluster, entries: ClusterPairs, release: str, *more: Any) -> VolumeView:
        return _volume_side(replace(cluster, version=release), entries, *more)

    reads: list[Callable[[Client], Any]] = [list_cluster_pairs, get_version]
    return _read_both(run, who, [*reads, list_volumes, list_accounts] if with_volumes else reads, side)


def _read_both(run: Run, who: Sides[Cluster | None], reads: list[Callable], side_of: Callable) -> Sides[Any]:
    """All reads of all clusters that are there, side by side; side_of(cluster, *results) for each cluster."""
    there = [side for side in SIDES if who[side] is not None]
    results = iter(run.side_by_side(partial(read, run.client(side)) for side in there for read in reads))
    found = {side: side_of(who[side], *(next(results) for _read in reads)) for side in there}
    return Sides(found.get(LOCAL), found.get(PEER))


def resolve_names(cluster: ClusterNames, entries: Iterable[ClusterPair]) -> tuple[str, ...]:
    """What a cluster may be called in these entries of the other one, the surest word first.

    Its host name is resolved only where nothing else is listed: on the worst day that can take a while.
    """
    given = cluster.given
    listed = any(addresses.same(entry.remote_mvip, name) for entry in entries for name in given)
    return given if listed or not cluster.hostname else (*given, *addresses.resolve(cluster.hostname)[1:])
