# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The reads of clusters: their identities, their limits and their cluster pairs."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from operator import attrgetter
from typing import Any

from ..._element.client import Client
from ..._element.errors import Failure, Unanswered
from ..._element.members import Misfit, identifier, optional_text, text, whole
from ..model import LOCAL, PEER, PENDING, Cluster, ClusterPair, Limits, Sides
from ..run import Run
from ..views import ClusterPairs, UnreadableClusterPair
from .lists import Kind, text_or_none
from .reading import number_or_none, parse_result, read_list

# Seconds in which a peer that may be unreachable must answer one of three attempts.
PROBE_SECONDS = 10
_WITHOUT_PEER = (
    "; to go on without it, set peer_unreachable: local_only, or assume_dead if its site is gone; nothing was written"
)


def identify_clusters(
    run: Run, may_be_unreachable: bool = False, can_do_without: bool = False
) -> Sides[Cluster | None]:
    """Return the identities of both clusters. A peer that the task does not name, or that nothing is sent to, is None.

    may_be_unreachable: a peer that does not answer within PROBE_SECONDS is None, and nothing more is sent to it in this
    run. Otherwise an unreachable peer is an error, after all attempts of a read.
    can_do_without: the task would be possible without the peer if it permitted that, so that the error says how.
    Raises Failure: unreachable, same_cluster, or the error of a cluster that does answer.
    """
    reads: list[Callable[[], Cluster | None]] = [partial(_identity, run.client(LOCAL))]
    if run.clients.peer is not None:
        reads.append(
            partial(_peer_identity, run) if may_be_unreachable else partial(_required_peer, run, can_do_without)
        )
    local, *rest = run.side_by_side(reads)
    peer = rest[0] if rest else None
    if local and peer and local.unique_id == peer.unique_id:
        raise Failure(
            "same_cluster",
            f"cluster {local.name} (unique ID {local.unique_id}, MVIP {local.mvip}) is given for both sides; give the host "
            "name of the other cluster for the peer",
            cluster=local.name,
        )
    return Sides(local, peer)


def _peer_identity(run: Run) -> Cluster | None:
    client = run.client(PEER)
    try:
        return _identity(client, partial(client.probe, seconds=PROBE_SECONDS))
    except Unanswered as exc:
        if not exc.down:
            raise
        run.give_up_peer(exc)
        return None


def _required_peer(run: Run, can_do_without: bool) -> Cluster:
    try:
        return _identity(run.client(PEER))
    except Unanswered as exc:
        if exc.down and can_do_without:
            raise exc.recoded(exc.code, exc.sentence + _WITHOUT_PEER) from None
        raise


def _identity(client: Client, read: Callable[[str], dict] | None = None) -> Cluster:
    method = "GetClusterInfo"
    cluster: Cluster = parse_result(client, method, _cluster, (read or client.call)(method))
    client.name = cluster.name
    return cluster


def list_cluster_pairs(client: Client) -> ClusterPairs:
    """Return all entries of this cluster's list, also pending ones and those with third clusters. Raises Failure."""
    return read_list(client, "ListClusterPairs", "clusterPairs", _CLUSTER_PAIR)


def get_version(client: Client) -> str:
    """Return the version of the Element software, such as "12.3.0.958". Raises Failure."""
    method = "GetClusterVersionInfo"
    return parse_result(client, method, lambda result: text(result, "clusterVersion"), client.call(method))


def get_pairs_max(client: Client) -> int | None:
    """Return how many cluster pairs this cluster may have, None if its release does not report it. Raises Failure."""
    method = "GetLimits"
    result = client.call(method)
    return parse_result(client, method, lambda limits: number_or_none(limits, "clusterPairsCountMax"), result)


def get_limits(client: Client) -> Limits:
    """Return the limits of this cluster for volumes and their snapshots. Raises Failure."""
    result = client.call("GetLimits")
    members = (
        "volumeCountMax",
        "volumesPerAccountCountMax",
        "volumeSizeMin",
        "volumeSizeMax",
        "volumeNameLengthMax",
        "snapshotsPerVolumeMax",
        "volumesPerGroupSnapshotMax",
    )
    return Limits(*(number_or_none(result, member) for member in members))


def _cluster(result: dict) -> Cluster:
    info = result["clusterInfo"]
    return Cluster(
        name=text(info, "name"),
        unique_id=text(info, "uniqueID"),
        mvip=text(info, "mvip"),
        svip=optional_text(info, "svip"),
    )


def _cluster_pair(entry: dict) -> ClusterPair:
    status = text(entry, "status")
    # The members of a pending entry are not documented (note N25 of api_notes).
    uuid = optional_text if status == PENDING else text
    return ClusterPair(
        id=identifier(entry, "clusterPairID"),
        uuid=uuid(entry, "clusterPairUUID"),
        status=status,
        remote_name=optional_text(entry, "clusterName"),
        remote_mvip=optional_text(entry, "mvip"),
        remote_unique_id=_unique_id(entry),
        remote_version=optional_text(entry, "version"),
        latency_ms=number_or_none(entry, "latency"),
    )


def _unique_id(entry: Mapping) -> str | None:
    """Return the unique ID, which is a short text on clusters and a number in the API documentation. Raises Misfit."""
    value = entry.get("clusterUUID")
    if isinstance(value, str):
        return value or None
    return str(whole(entry, "clusterUUID")) if value else None


def _odd_cluster_pair(entry: Mapping) -> dict[str, Any]:
    try:
        unique_id = _unique_id(entry) or ""
    except Misfit:
        unique_id = None
    return {
        "uuid": text_or_none(entry, "clusterPairUUID"),
        "status": text_or_none(entry, "status"),
        "remote_name": text_or_none(entry, "clusterName"),
        "remote_mvip": text_or_none(entry, "mvip"),
        "remote_unique_id": unique_id,
    }


_CLUSTER_PAIR: Kind[ClusterPair, UnreadableClusterPair] = Kind(
    "cluster pair",
    _cluster_pair,
    "clusterPairID",
    once={"clusterPairID": attrgetter("id"), "clusterPairUUID": attrgetter("uuid")},
    unreadable=UnreadableClusterPair,
    more=_odd_cluster_pair,
)
