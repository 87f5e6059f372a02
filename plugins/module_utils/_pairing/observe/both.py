# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads of both clusters in parallel. The result is one view of each cluster."""
# This file is private to the collection elementsw.replication: it can change without notice.

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
#: The reads of volumes with pair entries. A deleted volume has its pair again when it is restored.
USERS_OF_CLUSTER_PAIRS: tuple[Callable[[Client], Volumes], ...] = (list_paired_volumes, list_deleted_volumes)


def view_cluster_pairs(run: Run, clusters: Sides[Cluster | None], with_volumes: bool) -> Sides[ClusterView | None]:
    """Return the cluster pairs of both clusters with the facts that decisions need. An unreachable peer is None.

    with_volumes: also the volumes that have pairs. Raises Failure.
    """

    def side(
        cluster: Cluster, entries: ClusterPairs, release: str, pairs_max: int | None, *users: Volumes
    ) -> ClusterView:
        view = ClusterView(replace(cluster, version=release), (), pairs_max).listing(entries)
        if not users:
            return view
        return replace(
            view,
            paired_volumes=tuple(volume for listed in users for volume in listed),
            unreadable_volumes=tuple(odd for listed in users for odd in listed.unreadable),
        )

    reads: list[Callable[[Client], Any]] = [list_cluster_pairs, get_version, get_pairs_max]
    return _read_both(run, clusters, [*reads, *USERS_OF_CLUSTER_PAIRS] if with_volumes else reads, side)


def view_volumes(run: Run, clusters: Sides[Cluster | None]) -> Sides[VolumeView | None]:
    """Return the volumes, accounts and cluster pairs of both clusters. An unreachable peer is None.

    Three reads for each cluster. Raises Failure.
    """
    return _read_both(run, clusters, [list_cluster_pairs, list_volumes, list_accounts], _volume_side)


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


def view_report(run: Run, clusters: Sides[Cluster | None], with_volumes: bool) -> Sides[VolumeView | None]:
    """Return the cluster pairs and the version of both clusters. An unreachable peer is None.

    with_volumes: also their volumes and accounts. Raises Failure.
    """

    def side(cluster: Cluster, entries: ClusterPairs, release: str, *more: Any) -> VolumeView:
        return _volume_side(replace(cluster, version=release), entries, *more)

    reads: list[Callable[[Client], Any]] = [list_cluster_pairs, get_version]
    return _read_both(run, clusters, [*reads, list_volumes, list_accounts] if with_volumes else reads, side)


def _read_both(run: Run, clusters: Sides[Cluster | None], reads: list[Callable], side_of: Callable) -> Sides[Any]:
    """Run all reads on each cluster that is not None, in parallel. Return side_of(cluster, *results) for each side."""
    sides = [side for side in SIDES if clusters[side] is not None]
    results = iter(run.side_by_side(partial(read, run.client(side)) for side in sides for read in reads))
    views = {side: side_of(clusters[side], *(next(results) for _read in reads)) for side in sides}
    return Sides(views.get(LOCAL), views.get(PEER))


def resolve_names(cluster: ClusterNames, entries: Iterable[ClusterPair]) -> tuple[str, ...]:
    """Return the names that these entries of the other cluster may have for `cluster`, the most reliable one first.

    The host name is resolved only if no entry has a given name: during an outage that can take a while.
    """
    given = cluster.given
    listed = any(addresses.same(entry.remote_mvip, name) for entry in entries for name in given)
    return given if listed or not cluster.hostname else (*given, *addresses.resolve(cluster.hostname)[1:])
