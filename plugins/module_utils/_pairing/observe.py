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
from operator import attrgetter, itemgetter
from typing import Any

from .._element import addresses
from .._element.client import Client
from .._element.errors import VOLUME_UNKNOWN, ApiError, Failure, Unanswered
from .._element.members import each_once, flag, items, number, optional_items, optional_text, quantity, text
from .model import (
    LOCAL,
    PEER,
    SIDES,
    Cluster,
    ClusterPair,
    ClusterSide,
    Limits,
    Qos,
    Sides,
    SyncJob,
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
    cluster = parsed(client, method, _cluster, result)
    client.name = cluster.name
    return cluster


# --- single reads ---------------------------------------------------------------------------------------------------


def cluster_pairs(client: Client) -> tuple[ClusterPair, ...]:
    """Every entry of this cluster's list, pending ones and those with third clusters included."""
    method = "ListClusterPairs"
    return parsed(client, method, _cluster_pairs, client.call(method))


def version(client: Client) -> str:
    method = "GetClusterVersionInfo"
    return parsed(client, method, lambda result: text(result, "clusterVersion"), client.call(method))


def pairs_max(client: Client) -> int | None:
    """How many cluster pairs this cluster may have; None when its release does not say."""
    method = "GetLimits"
    result = client.call(method)
    return parsed(client, method, lambda limits: _optional_number(limits, "clusterPairsCountMax"), result)


def limits(client: Client) -> Limits:
    """What this cluster allows of volumes and their snapshots."""
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
    return Limits(*(_optional_number(result, member) for member in members))


def qos_policies(client: Client) -> dict[str, int]:
    """The IDs of this cluster's QoS policies by name; they differ from cluster to cluster."""
    method = "ListQoSPolicies"
    return parsed(
        client,
        method,
        lambda result: {text(policy, "name"): number(policy["qosPolicyID"]) for policy in items(result, "qosPolicies")},
        client.call(method),
    )


def accounts(client: Client) -> dict[int, str]:
    """Account names by ID. The reply holds CHAP secrets: nothing else of it is kept."""
    method = "ListAccounts"
    return parsed(
        client,
        method,
        lambda result: dict(each_once(map(_account, items(result, "accounts")), itemgetter(0))),
        client.call(method),
    )


def paired_volumes(client: Client) -> tuple[Volume, ...]:
    """Every volume with a pair entry, pending ones included."""
    method = "ListActivePairedVolumes"
    return parsed(client, method, _volumes, client.call(method))


def deleted_volumes(client: Client) -> tuple[Volume, ...]:
    """Volumes that are deleted and not yet purged."""
    method = "ListDeletedVolumes"
    return parsed(client, method, _volumes, client.call(method, {"includeVirtualVolumes": False}))


def volumes_named(client: Client, name: str) -> tuple[Volume, ...]:
    """Every volume of that name: names are not unique. The list may hold deleted ones."""
    method = "ListVolumes"
    return parsed(client, method, _volumes, client.call(method, {"includeVirtualVolumes": False, "volumeName": name}))


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
    found = parsed(client, method, _volumes, result)
    return found if wanted is None else tuple(volume for volume in found if volume.id in wanted)


def sync_jobs(client: Client) -> dict[int, SyncJob]:
    """The copies from other clusters that this one is receiving, by the ID of the volume that receives.

    Only the target's cluster tells of a copy.
    """
    method = "ListSyncJobs"
    return parsed(client, method, _remote_jobs, client.call(method))


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


def sessions(session: Session, side: str, of: Iterable[Volume]) -> dict[int, Usage]:
    """Who is logged in to these volumes, by volume ID, and nothing else of their use: two reads."""
    client = session.client(side)
    iscsi, fibre = session.side_by_side(
        partial(_evidence, client, method, {}, parse)
        for method, parse in (
            ("ListISCSISessions", _iscsi_sessions),
            ("ListFibreChannelSessions", _fibre_channel_sessions),
        )
    )
    return {volume.id: _sessions_of(volume, iscsi, fibre) for volume in of}


def _sessions_of(volume: Volume, iscsi: Any, fibre: Any) -> Usage:
    known = (("iSCSI sessions", iscsi is not None), ("Fibre Channel sessions", fibre is not None))
    return Usage(
        iscsi=tuple(sorted((iscsi or {}).get(volume.id, ()))),
        # These sessions name an access group, no volume; the volume names the groups it is in.
        fibre_channel=tuple(sorted({wwpn for group in volume.access_groups for wwpn in (fibre or {}).get(group, ())})),
        unreadable=tuple(what for what, readable in known if not readable),
    )


def _usage_of(volume: Volume, iscsi: Any, fibre: Any, written: Any, taken: Any) -> Usage:
    hosts = _sessions_of(volume, iscsi, fibre)
    known = (("statistics", written is not None and volume.id in written), ("snapshots", taken is not None))
    blocks, writes = (written or {}).get(volume.id, (0, 0))
    snapshots, replicated = taken or ({}, {})
    return replace(
        hosts,
        nonzero_blocks=blocks,
        write_ops=writes,
        snapshots=snapshots.get(volume.id, 0),
        replicated_snapshots=replicated.get(volume.id, 0),
        unreadable=(*hosts.unreadable, *(what for what, readable in known if not readable)),
    )


def _evidence(client: Client, method: str, params: Mapping[str, object], parse: Callable[[dict], Any]) -> Any:
    try:
        return parsed(client, method, parse, client.call(method, params))
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


def parsed(client: Client, method: str, parse: Callable[[dict], Any], result: dict) -> Any:
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
    return Cluster(
        name=text(info, "name"),
        unique_id=text(info, "uniqueID"),
        mvip=text(info, "mvip"),
        svip=optional_text(info, "svip"),
    )


def _cluster_pairs(result: dict) -> tuple[ClusterPair, ...]:
    found = each_once(map(_cluster_pair, items(result, "clusterPairs")), attrgetter("id"))
    return each_once(found, attrgetter("uuid"))


def _cluster_pair(entry: dict) -> ClusterPair:
    return ClusterPair(
        id=number(entry["clusterPairID"]),
        uuid=text(entry, "clusterPairUUID"),
        status=text(entry, "status"),
        remote_name=optional_text(entry, "clusterName"),
        remote_mvip=optional_text(entry, "mvip"),
        remote_unique_id=_unique_id(entry.get("clusterUUID")),
        remote_version=optional_text(entry, "version"),
        latency_ms=_optional_number(entry, "latency"),
    )


def _unique_id(value: object) -> str | None:
    """Clusters show a short text; the API documentation has a number."""
    if isinstance(value, str):
        return value or None
    return str(number(value)) if value else None


def _optional_number(entry: Mapping, name: str) -> int | None:
    """What can be done without: None when it is missing or none."""
    try:
        return number(entry.get(name))
    except (TypeError, ValueError):
        return None


def _account(entry: dict) -> tuple[int, str]:
    return number(entry["accountID"]), text(entry, "username")


def _volumes(result: dict) -> tuple[Volume, ...]:
    return each_once(map(_volume, items(result, "volumes")), attrgetter("id"))


def _volume(entry: dict) -> Volume:
    status = text(entry, "status")
    return Volume(
        id=number(entry["volumeID"]),
        name=text(entry, "name"),
        account_id=number(entry["accountID"]),
        access=text(entry, "access"),
        size=number(entry["totalSize"]),
        enable_512e=flag(entry, "enable512e"),
        status="deleted" if optional_text(entry, "deleteTime") else status,
        purge_time=optional_text(entry, "purgeTime"),
        access_groups=tuple(map(number, optional_items(entry, "volumeAccessGroups"))),
        pairs=tuple(map(_volume_pair, optional_items(entry, "volumePairs"))),  # [], null and missing alike: unpaired
        qos=_qos(entry.get("qos") or {}),
        attributes=_attributes(entry),
    )


_NO_ATTRIBUTES: Mapping[str, Any] = {}


def _attributes(entry: dict) -> Mapping[str, Any]:
    """What people and tools have noted, which may be anything."""
    noted = entry.get("attributes")
    return noted if noted and isinstance(noted, dict) else _NO_ATTRIBUTES


def _qos(entry: dict) -> Qos | None:
    rates = [_optional_number(entry, member) for member in ("minIOPS", "maxIOPS", "burstIOPS")]
    return Qos(*rates) if None not in rates else None


def _volume_pair(entry: dict) -> VolumePair:
    replication = entry.get("remoteReplication") or {}
    return VolumePair(
        uuid=text(entry, "volumePairUUID"),
        cluster_pair_id=number(entry.get("clusterPairID") or 0),
        remote_volume_id=number(entry.get("remoteVolumeID") or 0),
        remote_volume_name=optional_text(entry, "remoteVolumeName"),
        mode=optional_text(replication, "mode"),
        state=optional_text(replication, "state"),
        snapshot_state=optional_text(replication.get("snapshotReplication") or {}, "state"),
    )


def _remote_jobs(result: dict) -> dict[int, SyncJob]:
    found: dict[int, SyncJob] = {}
    for entry in items(result, "syncJobs"):
        if entry.get("type") != "remote":
            continue  # within the cluster: clones, and slices on the move
        volume_id, job = number(entry["dstVolumeID"]), _sync_job(entry)
        if volume_id not in found or _counts_more(job, found[volume_id]):
            found[volume_id] = job
    return found


def _counts_more(job: SyncJob, than: SyncJob) -> bool:
    """Of several copies to one volume that of its live content counts, and of those the one that is least far."""
    return (job.branch != "volume", job.percent) < (than.branch != "volume", than.percent)


def _sync_job(entry: dict) -> SyncJob:
    return SyncJob(
        percent=quantity(entry["percentComplete"]),
        remaining_seconds=None if entry.get("remainingTime") is None else quantity(entry["remainingTime"]),
        stage=optional_text(entry, "stage"),
        branch=optional_text(entry, "branchType"),
    )


def _iscsi_sessions(result: dict) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for session in items(result, "sessions"):
        initiator = optional_text(session, "initiatorName") or "unnamed initiator"
        found.setdefault(number(session["volumeID"]), []).append(initiator)
    return found


def _fibre_channel_sessions(result: dict) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for session in items(result, "sessions"):
        group = session.get("volumeAccessGroupID")
        groups = [
            *([] if group is None else [group]),
            *optional_items(session.get("initiator") or {}, "volumeAccessGroups"),
        ]
        for group in set(map(number, groups)):
            found.setdefault(group, []).append(text(session, "initiatorWWPN"))
    return found


def _stats(result: dict) -> dict[int, tuple[int, int]]:
    return dict(each_once(map(_volume_stats, items(result, "volumeStats")), itemgetter(0)))


def _volume_stats(stats: dict) -> tuple[int, tuple[int, int]]:
    return number(stats["volumeID"]), (number(stats["nonZeroBlocks"]), number(stats["writeOps"]))


def _snapshot_counts(result: dict) -> tuple[Counter[int], Counter[int]]:
    """How many snapshots each volume has, and how many of them are replicated."""
    taken = [(number(s["volumeID"]), bool(s.get("enableRemoteReplication"))) for s in items(result, "snapshots")]
    return Counter(volume_id for volume_id, _r in taken), Counter(volume_id for volume_id, sent in taken if sent)
