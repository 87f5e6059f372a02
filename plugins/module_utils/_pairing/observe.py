# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection elementsw.replication: it can change without notice.
"""The reads, and the one place that turns what the API says into the nouns of the model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from .._element import addresses
from .._element.client import Client
from .._element.errors import VOLUME_UNKNOWN, ApiError, Failure, Unanswered
from .model import (
    LOCAL,
    PEER,
    SIDES,
    Cluster,
    ClusterPair,
    ClusterSide,
    Sides,
    Usage,
    Volume,
    VolumePair,
    VolumeSide,
)
from .session import Session

# Seconds that a peer which may be dead is given to answer.
PROBE_TIMEOUT = 10
FAIL, ACCEPT, PROBE = "fail", "accept", "probe"
# ModifyVolumes takes at most 500 IDs; a filter is not asked to take more, the whole list is read instead.
MOST_IDS = 500


# --- who is there ---------------------------------------------------------------------------------------------------


def identities(session: Session, dead_peer: str) -> Sides[Cluster | None]:
    """Both clusters' identities; a peer that was not named is None.

    dead_peer: what to do about one that is unreachable: `fail`; `accept` it as None after all attempts that a read
    has; `probe` it in one short attempt and accept it as None. It is not spoken to again in this run.
    Raises Failure: unreachable, same_cluster, and whatever is wrong with a cluster that does answer.
    """
    reads: list[Callable[[], Cluster | None]] = [partial(_identity, session.client(LOCAL), FAIL)]
    if session.clients.peer is not None:
        reads.append(partial(_identity, session.client(PEER), dead_peer))
    local, *rest = session.side_by_side(reads)
    peer = rest[0] if rest else None
    if rest and peer is None:
        session.without_peer()
    if local and peer and local.unique_id == peer.unique_id:
        raise Failure(
            "same_cluster",
            f"both sides are the same cluster: {local.name} (unique ID {local.unique_id}, MVIP {local.mvip}); give the "
            "other cluster's host name for the peer",
            cluster=local.name,
        )
    return Sides(local, peer)


def _identity(client: Client, if_dead: str) -> Cluster | None:
    method = "GetClusterInfo"
    try:
        result = client.probe(method, PROBE_TIMEOUT) if if_dead == PROBE else client.call(method)
    except Unanswered as exc:
        if if_dead != FAIL and exc.down:
            return None
        raise
    cluster = _parsed(client, method, _cluster, result)
    client.name = cluster.name
    return cluster


# --- single reads ---------------------------------------------------------------------------------------------------


def cluster_pairs(client: Client) -> tuple[ClusterPair, ...]:
    """Every entry of this cluster's list, pending ones and those with third clusters included."""
    method = "ListClusterPairs"
    return _parsed(
        client, method, lambda result: tuple(map(_cluster_pair, result["clusterPairs"])), client.call(method)
    )


def version(client: Client) -> str:
    method = "GetClusterVersionInfo"
    return _parsed(client, method, lambda result: str(result["clusterVersion"]), client.call(method))


def pairs_max(client: Client) -> int | None:
    """How many cluster pairs this cluster may have; None when its release does not say."""
    value = client.call("GetLimits").get("clusterPairsCountMax")
    return value if isinstance(value, int) else None


def accounts(client: Client) -> dict[int, str]:
    """Account names by ID. The reply holds CHAP secrets: nothing else of it is kept."""
    method = "ListAccounts"
    return _parsed(
        client,
        method,
        lambda result: {int(account["accountID"]): str(account["username"]) for account in result["accounts"]},
        client.call(method),
    )


def paired_volumes(client: Client) -> tuple[Volume, ...]:
    """Every volume with a pair entry, pending ones included."""
    method = "ListActivePairedVolumes"
    return _parsed(client, method, _volumes, client.call(method))


def deleted_volumes(client: Client) -> tuple[Volume, ...]:
    """Volumes that are deleted and not yet purged."""
    method = "ListDeletedVolumes"
    return _parsed(client, method, _volumes, client.call(method, {"includeVirtualVolumes": False}))


def volumes(client: Client, ids: Iterable[int] | None = None) -> tuple[Volume, ...]:
    """Volumes of this cluster, or those with the given IDs; an ID that does not exist is left out.

    Not filtered by status: a volume that is being created must be seen too. The list may hold deleted ones.
    """
    method = "ListVolumes"
    wanted = None if ids is None else frozenset(ids)
    if wanted is not None and not wanted:
        return ()  # what an empty filter means is documented nowhere
    params: dict[str, object] = {"includeVirtualVolumes": False}
    if wanted is not None and len(wanted) <= MOST_IDS:
        params["volumeIDs"] = sorted(wanted)
    try:
        result = client.call(method, params)
    except ApiError as exc:
        # Whether an unknown ID gives an empty list or an error is documented nowhere; clients have met both.
        if exc.name not in VOLUME_UNKNOWN or "volumeIDs" not in params:
            raise
        del params["volumeIDs"]
        result = client.call(method, params)
    found = _parsed(client, method, _volumes, result)
    return found if wanted is None else tuple(volume for volume in found if volume.id in wanted)


def usage(session: Session, side: str, of: Iterable[Volume]) -> dict[int, Usage]:
    """The evidence that these volumes are in use or hold data, by volume ID: four reads, however many volumes.

    Evidence that cannot be read is named in `Usage.unreadable`.
    """
    wanted = tuple(of)
    client = session.client(side)
    ids = sorted(volume.id for volume in wanted)
    stats: dict[str, object] = {"includeVirtualVolumes": False}
    if len(ids) <= MOST_IDS:
        stats["volumeIDs"] = ids
    snapshots = {"volumeID": ids[0]} if len(ids) == 1 else {}
    iscsi, fibre, written, taken = session.side_by_side(
        partial(_evidence, client, method, params, parse)
        for method, params, parse in (
            ("ListISCSISessions", {}, _iscsi_sessions),
            ("ListFibreChannelSessions", {}, _fibre_channel_sessions),
            ("ListVolumeStats", stats, _stats),
            ("ListSnapshots", snapshots, _snapshot_counts),
        )
    )
    return {volume.id: _usage_of(volume, iscsi, fibre, written, taken) for volume in wanted}


def _usage_of(volume: Volume, iscsi: Any, fibre: Any, written: Any, taken: Any) -> Usage:
    unreadable = [
        what
        for what, known in (
            ("iSCSI sessions", iscsi is not None),
            ("Fibre Channel sessions", fibre is not None),
            ("statistics", written is not None and volume.id in written),
            ("snapshots", taken is not None),
        )
        if not known
    ]
    blocks, writes = (written or {}).get(volume.id, (0, 0))
    return Usage(
        iscsi=tuple(sorted((iscsi or {}).get(volume.id, ()))),
        # These sessions name an access group, no volume; the volume names the groups it is in.
        fibre_channel=tuple(sorted({wwpn for group in volume.access_groups for wwpn in (fibre or {}).get(group, ())})),
        nonzero_blocks=blocks,
        write_ops=writes,
        snapshots=(taken or {}).get(volume.id, 0),
        unreadable=tuple(unreadable),
    )


def _evidence(client: Client, method: str, params: Mapping[str, object], parse: Callable[[dict], Any]) -> Any:
    try:
        return _parsed(client, method, parse, client.call(method, params))
    except Failure:
        return None  # named in Usage.unreadable, where it counts as in use


# --- both clusters --------------------------------------------------------------------------------------------------


def cluster_sides(session: Session, who: Sides[Cluster | None], with_volumes: bool) -> Sides[ClusterSide | None]:
    """Both clusters' pair lists and what deciding about them needs. An unreachable peer is None."""

    def side(cluster: Cluster, entries: Any, release: str, most: int | None, paired: Any = None) -> ClusterSide:
        return ClusterSide(replace(cluster, version=release), entries, most, paired)

    reads = [cluster_pairs, version, pairs_max]
    return _of_both(session, who, [*reads, paired_volumes] if with_volumes else reads, side)


def volume_sides(session: Session, who: Sides[Cluster | None]) -> Sides[VolumeSide | None]:
    """Both clusters' volumes, accounts and cluster pairs: three reads each. An unreachable peer is None."""
    return _of_both(session, who, [cluster_pairs, volumes, accounts], VolumeSide)


def all_sides(session: Session, who: Sides[Cluster | None], with_volumes: bool) -> Sides[VolumeSide | None]:
    """The same with each cluster's version; without volumes and accounts where they are not asked for."""

    def side(cluster: Cluster, entries: Any, release: str, found: Any = (), owners: Any = None) -> VolumeSide:
        return VolumeSide(replace(cluster, version=release), entries, found, owners or {})

    reads = [cluster_pairs, version]
    return _of_both(session, who, [*reads, volumes, accounts] if with_volumes else reads, side)


def _of_both(session: Session, who: Sides[Cluster | None], reads: list[Callable], side_of: Callable) -> Sides[Any]:
    """All reads of all clusters that are there, side by side; side_of(cluster, *results) for each cluster."""
    there = [side for side in SIDES if who[side] is not None]
    results = iter(session.side_by_side(partial(read, session.client(side)) for side in there for read in reads))
    found = {side: side_of(who[side], *(next(results) for _read in reads)) for side in there}
    return Sides(found.get(LOCAL), found.get(PEER))


def peer_addresses(session: Session, hostname: str) -> tuple[str, ...]:
    """What an unreachable peer may be known by in this cluster's list: its host name and what that resolves to."""
    return addresses.resolve(hostname)


# --- from the API's words to the model's ------------------------------------------------------------------------------


def _parsed(client: Client, method: str, parse: Callable[[dict], Any], result: dict) -> Any:
    try:
        return parse(result)
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError) as exc:
        raise Failure(
            "bad_reply",
            f"cluster {client.name} answered {method} with something that does not fit the Element API "
            f"({type(exc).__name__} while reading it); check that hostname and port are those of an Element cluster",
            cluster=client.name,
            method=method,
        ) from None


def _cluster(result: dict) -> Cluster:
    info = result["clusterInfo"]
    if not info["uniqueID"]:
        raise ValueError("a cluster without a unique ID cannot be told from others")
    return Cluster(name=str(info["name"]), unique_id=str(info["uniqueID"]), mvip=str(info["mvip"]))


def _cluster_pair(entry: dict) -> ClusterPair:
    unique_id = entry.get("clusterUUID")
    latency = entry.get("latency")
    return ClusterPair(
        id=int(entry["clusterPairID"]),
        uuid=str(entry["clusterPairUUID"]),
        status=str(entry["status"]),
        remote_name=str(entry.get("clusterName") or ""),
        remote_mvip=str(entry.get("mvip") or ""),
        remote_unique_id=str(unique_id) if unique_id else None,
        remote_version=str(entry.get("version") or ""),
        latency_ms=latency if isinstance(latency, int) else None,
    )


def _volumes(result: dict) -> tuple[Volume, ...]:
    return tuple(map(_volume, result["volumes"]))


def _volume(entry: dict) -> Volume:
    deleted = bool(entry.get("deleteTime")) or entry["status"] == "deleted"
    return Volume(
        id=int(entry["volumeID"]),
        name=str(entry["name"]),
        account_id=int(entry["accountID"]),
        access=str(entry["access"]),
        size=int(entry["totalSize"]),
        enable_512e=bool(entry["enable512e"]),
        status="deleted" if deleted else str(entry["status"]),
        purge_time=str(entry.get("purgeTime") or ""),
        access_groups=tuple(int(group) for group in entry.get("volumeAccessGroups") or ()),
        pairs=tuple(map(_volume_pair, entry.get("volumePairs") or ())),  # [], null and missing alike: unpaired
    )


def _volume_pair(entry: dict) -> VolumePair:
    replication = entry.get("remoteReplication") or {}
    return VolumePair(
        uuid=str(entry["volumePairUUID"]),
        cluster_pair_id=int(entry.get("clusterPairID") or 0),
        remote_volume_id=int(entry.get("remoteVolumeID") or 0),
        remote_volume_name=str(entry.get("remoteVolumeName") or ""),
        mode=str(replication.get("mode") or ""),
        state=str(replication.get("state") or ""),
    )


def _iscsi_sessions(result: dict) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for session in result["sessions"]:
        found.setdefault(int(session["volumeID"]), []).append(str(session.get("initiatorName") or "unnamed initiator"))
    return found


def _fibre_channel_sessions(result: dict) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for session in result["sessions"]:
        groups = {
            session.get("volumeAccessGroupID"),
            *((session.get("initiator") or {}).get("volumeAccessGroups") or ()),
        }
        for group in groups - {None}:
            found.setdefault(int(group), []).append(str(session["initiatorWWPN"]))
    return found


def _stats(result: dict) -> dict[int, tuple[int, int]]:
    return {
        int(stats["volumeID"]): (int(stats["nonZeroBlocks"]), int(stats["writeOps"])) for stats in result["volumeStats"]
    }


def _snapshot_counts(result: dict) -> Counter[int]:
    return Counter(int(snapshot["volumeID"]) for snapshot in result["snapshots"])
