# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection elementsw.replication: it can change without notice.
"""The reads, and the one place that turns what the API says into the nouns of the model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple

from ..._element import addresses
from ..._element.client import Client
from ..._element.errors import VOLUME_UNKNOWN, ApiError, Failure, Unanswered
from ..._element.members import (
    Misfit,
    amount,
    flag,
    identifier,
    items,
    number,
    optional_items,
    optional_object,
    optional_text,
    optional_whole,
    text,
    whole,
    within,
)
from ..model import (
    LOCAL,
    PEER,
    PENDING,
    SAVED,
    SIDES,
    Cluster,
    ClusterNames,
    ClusterPair,
    ClusterPairs,
    ClusterSide,
    Keyed,
    Limits,
    Listed,
    Qos,
    Sides,
    SyncJob,
    Unreadable,
    UnreadableClusterPair,
    UnreadableVolume,
    Usage,
    Volume,
    VolumePair,
    Volumes,
    VolumeSide,
)
from ..run import Session
from . import lists
from .lists import Kind, T, U, text_or_none

# Seconds in which a peer that may be unreachable has to answer one of three attempts.
PROBE_SECONDS = 10
_NOTHING: Listed[Any, Any] = Listed()
# ModifyVolumes takes at most 500 IDs; a filter is not asked to take more, the whole list is read instead.
MAX_IDS = 500


def identify_clusters(session: Session, may_be_unreachable: bool = False) -> Sides[Cluster | None]:
    """Both clusters' identities; a peer that was not named, or that nothing is sent to, is None.

    may_be_unreachable: a peer that does not answer within PROBE_SECONDS is None, and nothing more is sent to it in this
    run. Otherwise it has all attempts that a read has, and then it is an error.
    Raises Failure: unreachable, same_cluster, and whatever is wrong with a cluster that does answer.
    """
    reads: list[Callable[[], Cluster | None]] = [partial(_identity, session.client(LOCAL))]
    if session.clients.peer is not None:
        reads.append(
            partial(_peer_identity, session) if may_be_unreachable else partial(_identity, session.client(PEER))
        )
    local, *rest = session.side_by_side(reads)
    peer = rest[0] if rest else None
    if local and peer and local.unique_id == peer.unique_id:
        raise Failure(
            "same_cluster",
            f"both sides are the same cluster: {local.name} (unique ID {local.unique_id}, MVIP {local.mvip}); give the "
            "other cluster's host name for the peer",
            cluster=local.name,
        )
    return Sides(local, peer)


def _peer_identity(session: Session) -> Cluster | None:
    client = session.client(PEER)
    try:
        return _identity(client, partial(client.probe, seconds=PROBE_SECONDS))
    except Unanswered as exc:
        if not exc.down:
            raise
        session.give_up_peer(exc)
        return None


def _identity(client: Client, read: Callable[[str], dict] | None = None) -> Cluster:
    method = "GetClusterInfo"
    cluster: Cluster = parse_result(client, method, _cluster, (read or client.call)(method))
    client.name = cluster.name
    return cluster


def list_cluster_pairs(client: Client) -> ClusterPairs:
    """Every entry of this cluster's list, pending ones and those with third clusters included."""
    return read_list(client, "ListClusterPairs", "clusterPairs", _CLUSTER_PAIR)


def get_version(client: Client) -> str:
    method = "GetClusterVersionInfo"
    return parse_result(client, method, lambda result: text(result, "clusterVersion"), client.call(method))


def get_pairs_max(client: Client) -> int | None:
    """How many cluster pairs this cluster may have; None when its release does not say."""
    method = "GetLimits"
    result = client.call(method)
    return parse_result(client, method, lambda limits: _optional_number(limits, "clusterPairsCountMax"), result)


def get_limits(client: Client) -> Limits:
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


def list_qos_policies(client: Client) -> Keyed[str, int]:
    """The names and IDs of this cluster's QoS policies; they differ from cluster to cluster."""
    return read_list(client, "ListQoSPolicies", "qosPolicies", _QOS_POLICY)


def list_accounts(client: Client) -> Keyed[int, str]:
    """IDs and names of accounts. The reply holds CHAP secrets: nothing else of it is kept."""
    return read_list(client, "ListAccounts", "accounts", _ACCOUNT)


def list_paired_volumes(client: Client) -> Volumes:
    """Every volume with a pair entry, pending ones included."""
    return read_list(client, "ListActivePairedVolumes", "volumes", _VOLUME)


def list_deleted_volumes(client: Client) -> Volumes:
    """Volumes that are deleted and not yet purged."""
    return read_list(client, "ListDeletedVolumes", "volumes", _VOLUME, {"includeVirtualVolumes": False})


#: What shows the volumes with pair entries: a deleted one has its pair again once it is restored.
USERS_OF_CLUSTER_PAIRS: tuple[Callable[[Client], Volumes], ...] = (list_paired_volumes, list_deleted_volumes)


def list_volumes_named(client: Client, name: str) -> Volumes:
    """Every volume of that name: names are not unique. The list may hold deleted ones."""
    return read_list(client, "ListVolumes", "volumes", _VOLUME, {"includeVirtualVolumes": False, "volumeName": name})


def get_volume(client: Client, volume_id: int) -> Volume | None:
    """The volume with this ID as it is now, None where there is none. Raises Failure where it cannot be read."""
    found = list_volumes(client, [volume_id])
    for odd in found.unreadable:
        raise odd.failure(client.name)
    return next(iter(found), None)


def list_volumes(client: Client, ids: Iterable[int] | None = None) -> Volumes:
    """Volumes of this cluster, or those with the given IDs; an ID that does not exist is left out.

    Not filtered by status: a volume that is being created must be seen too. The list may hold deleted ones.
    """
    method = "ListVolumes"
    wanted = None if ids is None else frozenset(ids)
    if wanted is not None and not wanted:
        return Listed()  # what an empty filter means is documented nowhere (note N20 of api_notes)
    params: dict[str, object] = {"includeVirtualVolumes": False}
    if wanted is not None and len(wanted) <= MAX_IDS:
        params["volumeIDs"] = sorted(wanted)
    try:
        result = client.call(method, params)
    except ApiError as exc:
        # Whether an unknown ID gives an empty list or an error is documented nowhere (note N19 of api_notes);
        # clients have met both.
        if exc.name not in VOLUME_UNKNOWN or "volumeIDs" not in params:
            raise
        del params["volumeIDs"]
        result = client.call(method, params)
    found = parse_list(client, method, "volumes", _VOLUME, result)
    return found if wanted is None else _with_ids(found, wanted)


def _with_ids(found: Volumes, wanted: frozenset[int]) -> Volumes:
    """Those with these IDs; one whose ID cannot be read may be any that is not there otherwise."""
    readable = tuple(each for each in found if each.id in wanted)
    known = {each.id for each in readable} | {odd.id for odd in found.unreadable}
    missing = not wanted <= known
    odd = tuple(each for each in found.unreadable if each.id in wanted or (each.id is None and missing))
    return Listed(readable, odd)


def list_sync_jobs(client: Client) -> Keyed[int, SyncJob]:
    """The copies from other clusters that this one is receiving, with the IDs of the volumes that receive, one for each.

    Only the target's cluster tells of a copy. One that cannot be read, but for its volume, counts as begun.
    """
    method = "ListSyncJobs"
    return parse_result(client, method, partial(_remote_jobs, method), client.call(method))


def read_usage(session: Session, side: str, of: Iterable[Volume]) -> dict[int, Usage]:
    """The evidence that these volumes are in use or hold data, by volume ID: four reads, however many volumes.

    Evidence that cannot be read is named in `Usage.unreadable`.
    """
    wanted = tuple(of)
    client = session.client(side)
    ids = sorted(each.id for each in wanted)
    stats: dict[str, object] = {"includeVirtualVolumes": False}
    if len(ids) <= MAX_IDS:
        stats["volumeIDs"] = ids
    snapshots = {"volumeID": ids[0]} if len(ids) == 1 else {}
    iscsi, fibre, written, taken = session.side_by_side(
        partial(_evidence, client, method, member, kind, params)
        for method, member, kind, params in (
            ("ListISCSISessions", "sessions", _ISCSI_SESSION, {}),
            ("ListFibreChannelSessions", "sessions", _FIBRE_CHANNEL_SESSION, {}),
            ("ListVolumeStats", "volumeStats", _VOLUME_STATS, stats),
            ("ListSnapshots", "snapshots", _SNAPSHOT, snapshots),
        )
    )
    return {each.id: _usage_of(each, iscsi, fibre, written, taken) for each in wanted}


def read_host_sessions(session: Session, side: str, of: Iterable[Volume]) -> dict[int, Usage]:
    """Who is logged in to these volumes, by volume ID, and nothing else of their use: two reads."""
    client = session.client(side)
    iscsi, fibre = session.side_by_side(
        partial(_evidence, client, method, "sessions", kind, {})
        for method, kind in (
            ("ListISCSISessions", _ISCSI_SESSION),
            ("ListFibreChannelSessions", _FIBRE_CHANNEL_SESSION),
        )
    )
    return {each.id: _sessions_of(each, iscsi, fibre) for each in of}


class Evidence(NamedTuple):
    """What a list shows of the use of volumes, by the ID of a volume or of an access group."""

    by_id: Mapping[int, list[Any]]
    #: Whether it is not all that there is: the list cannot be read, or an object in it that names no volume.
    incomplete: bool = False
    #: The volumes of which an object cannot be read.
    unreadable: frozenset[int] = frozenset()


def _evidence(
    client: Client,
    method: str,
    member: str,
    kind: Kind[list[tuple[int, Any]], Unreadable],
    params: Mapping[str, object],
) -> Evidence:
    try:
        found = read_list(client, method, member, kind, params)
    except Failure:
        return Evidence({}, incomplete=True)  # named in Usage.unreadable, where it counts as in use
    by_id: dict[int, list[Any]] = {}
    for named in found:
        for object_id, what in named:
            by_id.setdefault(object_id, []).append(what)
    odd = {each.id for each in found.unreadable}
    return Evidence(by_id, None in odd, frozenset(odd - {None}))


def _sessions_of(volume: Volume, iscsi: Evidence, fibre: Evidence) -> Usage:
    known = (("iSCSI sessions", _is_known(iscsi, volume)), ("Fibre Channel sessions", not fibre.incomplete))
    return Usage(
        iscsi=tuple(sorted(iscsi.by_id.get(volume.id, ()))),
        # These sessions name an access group, no volume; the volume names the groups it is in.
        fibre_channel=tuple(sorted({wwpn for group in volume.access_groups for wwpn in fibre.by_id.get(group, ())})),
        unreadable=tuple(what for what, readable in known if not readable),
    )


def _is_known(evidence: Evidence, volume: Volume) -> bool:
    return not evidence.incomplete and volume.id not in evidence.unreadable


def _usage_of(volume: Volume, iscsi: Evidence, fibre: Evidence, written: Evidence, taken: Evidence) -> Usage:
    hosts = _sessions_of(volume, iscsi, fibre)
    counted = written.by_id.get(volume.id, [])
    known = (
        ("statistics", _is_known(written, volume) and len(counted) == 1),
        ("snapshots", _is_known(taken, volume)),
    )
    blocks, writes = counted[0] if len(counted) == 1 else (0, 0)
    snapshots = taken.by_id.get(volume.id, [])
    return replace(
        hosts,
        nonzero_blocks=blocks,
        write_ops=writes,
        snapshots=len(snapshots) - snapshots.count("saved"),
        replicated_snapshots=snapshots.count("replicated"),
        saved_snapshots=snapshots.count("saved"),
        unreadable=(*hosts.unreadable, *(what for what, readable in known if not readable)),
    )


def view_cluster_pairs(session: Session, who: Sides[Cluster | None], with_volumes: bool) -> Sides[ClusterSide | None]:
    """Both clusters' pair lists and what deciding about them needs. An unreachable peer is None."""

    def side(cluster: Cluster, entries: ClusterPairs, release: str, most: int | None, *users: Volumes) -> ClusterSide:
        view = ClusterSide(replace(cluster, version=release), (), most).listing(entries)
        if not users:
            return view
        return replace(
            view,
            paired_volumes=tuple(volume for listed in users for volume in listed),
            unreadable_volumes=tuple(odd for listed in users for odd in listed.unreadable),
        )

    reads: list[Callable[[Client], Any]] = [list_cluster_pairs, get_version, get_pairs_max]
    return _of_both(session, who, [*reads, *USERS_OF_CLUSTER_PAIRS] if with_volumes else reads, side)


def view_volumes(session: Session, who: Sides[Cluster | None]) -> Sides[VolumeSide | None]:
    """Both clusters' volumes, accounts and cluster pairs: three reads each. An unreachable peer is None."""
    return _of_both(session, who, [list_cluster_pairs, list_volumes, list_accounts], _volume_side)


def _volume_side(
    cluster: Cluster, entries: ClusterPairs, found: Volumes = _NOTHING, owners: Keyed[int, str] = _NOTHING
) -> VolumeSide:
    return VolumeSide(
        cluster,
        entries.readable,
        found.readable,
        dict(owners),
        entries.unreadable,
        found.unreadable,
        owners.unreadable,
    )


def view_report(session: Session, who: Sides[Cluster | None], with_volumes: bool) -> Sides[VolumeSide | None]:
    """The same with each cluster's version; without volumes and accounts where they are not asked for."""

    def side(cluster: Cluster, entries: ClusterPairs, release: str, *more: Any) -> VolumeSide:
        return _volume_side(replace(cluster, version=release), entries, *more)

    reads: list[Callable[[Client], Any]] = [list_cluster_pairs, get_version]
    return _of_both(session, who, [*reads, list_volumes, list_accounts] if with_volumes else reads, side)


def _of_both(session: Session, who: Sides[Cluster | None], reads: list[Callable], side_of: Callable) -> Sides[Any]:
    """All reads of all clusters that are there, side by side; side_of(cluster, *results) for each cluster."""
    there = [side for side in SIDES if who[side] is not None]
    results = iter(session.side_by_side(partial(read, session.client(side)) for side in there for read in reads))
    found = {side: side_of(who[side], *(next(results) for _read in reads)) for side in there}
    return Sides(found.get(LOCAL), found.get(PEER))


def resolve_names(cluster: ClusterNames, entries: Iterable[ClusterPair]) -> tuple[str, ...]:
    """What a cluster may be called in these entries of the other one, the surest word first.

    Its host name is resolved only where nothing else is listed: on the worst day that can take a while.
    """
    given = cluster.given
    listed = any(addresses.same(entry.remote_mvip, name) for entry in entries for name in given)
    return given if listed or not cluster.hostname else (*given, *addresses.resolve(cluster.hostname)[1:])


def parse_result(client: Client, method: str, parse: Callable[[dict], Any], result: dict) -> Any:
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


def read_list(
    client: Client, method: str, member: str, kind: Kind[T, U], params: Mapping[str, object] | None = None
) -> Listed[T, U]:
    """The objects of a list, each read by itself. Raises Failure, bad_reply, where it is no list at all."""
    return parse_list(client, method, member, kind, client.call(method, params))


def parse_list(client: Client, method: str, member: str, kind: Kind[T, U], result: dict) -> Listed[T, U]:
    """The objects of the list that is a member of this result. Raises Failure as `listed` does."""
    return parse_result(client, method, lambda reply: lists.read(kind, method, items(reply, member)), result)


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
    # What a pending entry holds is documented nowhere (note N25 of api_notes).
    uuid = optional_text if status == PENDING else text
    return ClusterPair(
        id=identifier(entry, "clusterPairID"),
        uuid=uuid(entry, "clusterPairUUID"),
        status=status,
        remote_name=optional_text(entry, "clusterName"),
        remote_mvip=optional_text(entry, "mvip"),
        remote_unique_id=_unique_id(entry),
        remote_version=optional_text(entry, "version"),
        latency_ms=_optional_number(entry, "latency"),
    )


def _unique_id(entry: Mapping) -> str | None:
    """Clusters show a short text; the API documentation has a number."""
    value = entry.get("clusterUUID")
    if isinstance(value, str):
        return value or None
    return str(whole(entry, "clusterUUID")) if value else None


def _of_odd_cluster_pair(entry: Mapping) -> dict[str, Any]:
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


def _optional_number(entry: Mapping, name: str) -> int | None:
    """What can be done without: None when it is missing or none."""
    try:
        return number(entry.get(name))
    except (TypeError, ValueError):
        return None


def _account(entry: dict) -> tuple[int, str]:
    return whole(entry, "accountID"), text(entry, "username")


def _qos_policy(entry: dict) -> tuple[str, int]:
    return text(entry, "name"), whole(entry, "qosPolicyID")


def _volume(entry: dict) -> Volume:
    status = text(entry, "status")
    return Volume(
        id=identifier(entry, "volumeID"),
        name=text(entry, "name"),
        account_id=whole(entry, "accountID"),
        access=text(entry, "access"),
        size=whole(entry, "totalSize"),
        enable_512e=flag(entry, "enable512e"),
        status="deleted" if optional_text(entry, "deleteTime") else status,
        purge_time=optional_text(entry, "purgeTime"),
        access_groups=tuple(
            within("volumeAccessGroups", number, group) for group in optional_items(entry, "volumeAccessGroups")
        ),
        pairs=_volume_pairs(entry),
        qos=_qos(optional_object(entry, "qos")),
        attributes=optional_object(entry, "attributes"),
    )


def _of_odd_volume(entry: Mapping) -> dict[str, Any]:
    try:
        pairs = _volume_pairs(entry)
    except Misfit:
        pairs = None
    return {"pairs": pairs, "deleted": bool(entry.get("deleteTime")) or entry.get("status") == "deleted"}


def _qos(entry: dict) -> Qos | None:
    rates = [_optional_number(entry, member) for member in ("minIOPS", "maxIOPS", "burstIOPS")]
    return Qos(*rates) if None not in rates else None


def _volume_pairs(entry: Mapping) -> tuple[VolumePair, ...]:
    """[], null and missing alike: unpaired."""
    return tuple(within("volumePairs", _volume_pair, pair) for pair in optional_items(entry, "volumePairs"))


def _volume_pair(entry: dict) -> VolumePair:
    mode, state, snapshots = within("remoteReplication", _replication, optional_object(entry, "remoteReplication"))
    # What a pending entry holds besides its state is documented nowhere (note N39 of api_notes).
    uuid = optional_text if state == PENDING else text
    return VolumePair(
        uuid=uuid(entry, "volumePairUUID"),
        cluster_pair_id=optional_whole(entry, "clusterPairID"),
        remote_volume_id=optional_whole(entry, "remoteVolumeID"),
        remote_volume_name=optional_text(entry, "remoteVolumeName"),
        mode=mode,
        state=state,
        snapshot_state=snapshots,
    )


def _replication(entry: dict) -> tuple[str, str, str]:
    """The mode, the state, and the state of the replication of snapshots."""
    snapshots = optional_object(entry, "snapshotReplication")
    state = partial(optional_text, name="state")
    return optional_text(entry, "mode"), state(entry), within("snapshotReplication", state, snapshots)


def _remote_jobs(method: str, result: dict) -> Keyed[int, SyncJob]:
    entries = [
        entry
        for entry in items(result, "syncJobs")
        # Others are within the cluster: clones, and slices on the move.
        if not isinstance(entry, dict) or entry.get("type") == "remote" or not isinstance(entry.get("type"), str)
    ]
    listed_jobs = lists.read(_SYNC_JOB, method, entries)
    begun = [(odd.id, _BEGUN) for odd in listed_jobs.unreadable if odd.id is not None]
    found: dict[int, SyncJob] = {}
    for volume_id, job in (*listed_jobs, *begun):
        if volume_id not in found or _counts_more(job, found[volume_id]):
            found[volume_id] = job
    return Listed(tuple(found.items()), listed_jobs.unreadable)


# What a copy is known to be of which nothing can be read: on its way.
_BEGUN = SyncJob(0)


def _counts_more(job: SyncJob, than: SyncJob) -> bool:
    """Of several copies to one volume that of its live content counts, and of those the one that is least far."""
    return (job.branch != "volume", job.percent) < (than.branch != "volume", than.percent)


def _sync_job(entry: dict) -> tuple[int, SyncJob]:
    text(entry, "type")
    return whole(entry, "dstVolumeID"), SyncJob(
        percent=amount(entry, "percentComplete"),
        remaining_seconds=None if entry.get("remainingTime") is None else amount(entry, "remainingTime"),
        stage=optional_text(entry, "stage"),
        branch=optional_text(entry, "branchType"),
    )


def _iscsi_session(entry: dict) -> list[tuple[int, str]]:
    return [(whole(entry, "volumeID"), _initiator(entry, "initiatorName"))]


def _fibre_channel_session(entry: dict) -> list[tuple[int, str]]:
    group = entry.get("volumeAccessGroupID")
    groups = [
        *([] if group is None else [group]),
        *optional_items(optional_object(entry, "initiator"), "volumeAccessGroups"),
    ]
    initiator = _initiator(entry, "initiatorWWPN")
    return [(each, initiator) for each in {within("volumeAccessGroups", number, group) for group in groups}]


def _initiator(entry: Mapping, name: str) -> str:
    """A session counts whoever has it."""
    return text_or_none(entry, name) or "unnamed initiator"


def _volume_stats(entry: dict) -> list[tuple[int, tuple[int, int]]]:
    return [(whole(entry, "volumeID"), (whole(entry, "nonZeroBlocks"), whole(entry, "writeOps")))]


def _snapshot(entry: dict) -> list[tuple[int, str]]:
    """Of the volume, and what it is for: saved, replicated or other."""
    if str(entry.get("name")).startswith(SAVED):
        purpose = "saved"
    else:
        purpose = "replicated" if entry.get("enableRemoteReplication") else "other"
    return [(whole(entry, "volumeID"), purpose)]


_CLUSTER_PAIR: Kind[ClusterPair, UnreadableClusterPair] = Kind(
    "cluster pair",
    _cluster_pair,
    "clusterPairID",
    once={"clusterPairID": attrgetter("id"), "clusterPairUUID": attrgetter("uuid")},
    unreadable=UnreadableClusterPair,
    more=_of_odd_cluster_pair,
)
_VOLUME: Kind[Volume, UnreadableVolume] = Kind(
    "volume",
    _volume,
    "volumeID",
    "name",
    once={"volumeID": attrgetter("id")},
    unreadable=UnreadableVolume,
    more=_of_odd_volume,
)
_ACCOUNT: Kind[tuple[int, str], Unreadable] = Kind(
    "account", _account, "accountID", "username", once={"accountID": itemgetter(0)}
)
_QOS_POLICY: Kind[tuple[str, int], Unreadable] = Kind(
    "QoS policy", _qos_policy, "qosPolicyID", "name", once={"qosPolicyID": itemgetter(1)}
)
_SYNC_JOB: Kind[tuple[int, SyncJob], Unreadable] = Kind("copy to a volume", _sync_job, "dstVolumeID")
_ISCSI_SESSION: Kind[list[tuple[int, str]], Unreadable] = Kind("iSCSI session", _iscsi_session, "volumeID")
_FIBRE_CHANNEL_SESSION: Kind[list[tuple[int, str]], Unreadable] = Kind(
    "Fibre Channel session", _fibre_channel_session, ""
)
_VOLUME_STATS: Kind[list[tuple[int, tuple[int, int]]], Unreadable] = Kind(
    "record of statistics", _volume_stats, "volumeID"
)
_SNAPSHOT: Kind[list[tuple[int, str]], Unreadable] = Kind("snapshot", _snapshot, "volumeID")
