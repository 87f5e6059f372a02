# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The return values that all modules share: names, states and IDs, never a key or a secret."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from .decide import health
from .model import (
    SIDES,
    AccessGroup,
    Action,
    Cluster,
    ClusterPair,
    HostAccess,
    Qos,
    Saved,
    Side,
    Sides,
    SyncJob,
    Volume,
    VolumePair,
    mode_option,
)

if TYPE_CHECKING:  # every module loads this file, and no module needs all of these
    from .._element.errors import Failure
    from .decide.cluster_pair.state import ObservedClusterPair
    from .decide.readiness import Check
    from .decide.rehearsal.state import DesiredRehearsal, ObservedRehearsal, Surroundings
    from .decide.report.commands import Line
    from .decide.report.faults import Reported
    from .decide.report.findings import Finding
    from .decide.report.lag import Lag
    from .decide.report.summary import Summary
    from .decide.volume_pair.desired import DesiredPair
    from .decide.volume_pair.state import ObservedVolumePair


#: By so much the clocks of clusters may differ, in seconds.
AHEAD_SECONDS = 60
# The members of `summary` that are about volume pairs.
SUMMARY = ("pairs", "protected", "copying", "paused", "not_replicating", "worst_lag_seconds", "worst_lag_volume")


def action(done: Action) -> dict:
    return {"cluster": done.cluster, "method": done.method, "object": done.object, "reason": done.reason}


def cluster(described: Cluster) -> dict:
    return {
        "name": described.name,
        "unique_id": described.unique_id,
        "mvip": described.mvip,
        "version": described.version,
    }


def cluster_pair(observed: ObservedClusterPair) -> dict:
    """`cluster_pair` of element_cluster_pair, and an element of `cluster_pairs` of element_pair_info."""
    entry = observed.pair.local or observed.pair.peer
    return {
        "uuid": _uuid(entry),
        "state": observed.state,
        "connected": observed.connected,
        **{side: _cluster_side(observed, side) for side in SIDES},
    }


def _cluster_side(observed: ObservedClusterPair, side: Side) -> dict:
    view, entry = observed.views[side], observed.pair[side]
    identity = cluster(view.cluster) if view else unknown_cluster(observed.pair.local if side == "peer" else None)
    return {
        **identity,
        "cluster_pair_id": entry.id if entry else None,
        "status": entry.status if entry else None,
        "latency_ms": entry.latency_ms if entry else None,
    }


def _uuid(entry: ClusterPair | VolumePair | None) -> str | None:
    """The UUID of an entry; None without an entry, and for a pending entry that has none."""
    return (entry.uuid or None) if entry else None


def lone_cluster_pair(lister: Cluster, entry: ClusterPair) -> dict:
    """An element of `cluster_pairs` of element_pair_info for an entry whose other cluster was not read."""
    ends = {"cluster_pair_id": entry.id, "status": entry.status, "latency_ms": entry.latency_ms}
    return {
        "uuid": _uuid(entry),
        "state": "pending_local" if entry.pending else "unknown_peer",
        "connected": entry.connected,
        "local": {**cluster(lister), **ends},
        "peer": {**unknown_cluster(entry), **dict.fromkeys(ends)},
    }


def unknown_cluster(entry: ClusterPair | None) -> dict:
    """The identity of a cluster that was not read, as far as the other cluster's entry has it."""
    return {
        "name": entry.remote_name or None if entry else None,
        "unique_id": entry.remote_unique_id if entry else None,
        "mvip": entry.remote_mvip or None if entry else None,
        "version": entry.remote_version or None if entry else None,
    }


def pending(observed: ObservedClusterPair) -> list[dict]:
    """`pending` of element_cluster_pair: the entries on either cluster that name no cluster yet."""
    return [
        {"cluster": observed.name(side), "cluster_pair_id": entry.id}
        for side in SIDES
        for entry in observed.pending(side)
    ]


def volume_pair(observed: ObservedVolumePair) -> dict:
    """The state part of an element of `pairs` of element_volume_pair and of `volume_pairs` of element_pair_info."""
    entry = observed.entries.local or observed.entries.peer
    return {
        "volume": observed.volumes.local.name if observed.volumes.local else observed.desired.volume,
        "peer_volume": observed.volumes.peer.name if observed.volumes.peer else observed.partner_name,
        "uuid": _uuid(entry),
        "state": observed.state,
        # A mode that is no value of the option is shown as the cluster reports it.
        "mode": mode_option(observed.mode or "") or observed.mode or None,
        "direction": observed.direction if observed.is_paired else None,
        "paused": health.paused((observed.entries.local, observed.entries.peer)) if entry else None,
        "health": observed.health if entry else None,
        "in_sync": None
        if observed.state == "unknown_peer"
        else observed.state == "paired" and observed.health == "healthy",
        **{side: _volume_side(observed, side) for side in SIDES},
    }


def volume_pair_at_work(observed: ObservedVolumePair, behind: Lag, job: SyncJob | None) -> dict:
    """An element of `volume_pairs` of element_pair_info. job: the running copy to the target; None without one."""
    return {
        **volume_pair(observed),
        "peer_cluster": _peer_cluster(observed),
        "lag_seconds": behind.seconds,
        "lag_of": None if behind.seconds is None else behind.of,
        "progress": _progress(job) if job else None,
    }


def _peer_cluster(observed: ObservedVolumePair) -> str | None:
    """The name of the cluster that the entry here leads to, as its cluster pair has it."""
    entry = observed.entries.local
    link = observed.catalogs.local.readable_link(entry) if entry else None
    return link.remote_name or None if link else None


def summary(generated_at: str, counted: Summary | None) -> dict:
    """`summary` of element_pair_info. counted: None if no volume pairs were requested."""
    return {"generated_at": generated_at, **(vars(counted) if counted else dict.fromkeys(SUMMARY))}


def _progress(job: SyncJob) -> dict:
    return {"percent": job.percent, "remaining_seconds": job.remaining_seconds, "stage": job.stage or None}


def _volume_side(observed: ObservedVolumePair, side: Side) -> dict:
    volume, entry = observed.volumes[side], observed.entries[side]
    return {
        "volume_id": volume.id if volume else observed.desired.given_id(side),
        "name": volume.name if volume else observed.desired.given_name(side),
        "account": observed.catalogs[side].account(volume) if volume else None,
        "access": volume.access if volume else None,
        "size": volume.size if volume else None,
        "replication_state": _state(entry),
    }


def _state(entry: VolumePair | None) -> str | None:
    return entry.state if entry else None


def unknown_volume_pair(desired: DesiredPair) -> dict:
    """An element of `pairs` for a pair whose volumes could not be identified: only what the task gives."""
    return {
        "volume": desired.volume,
        "peer_volume": desired.peer_volume,
        **dict.fromkeys(("uuid", "state", "mode", "direction", "paused", "health")),
        "in_sync": None,
        **{
            side: {
                "volume_id": desired.given_id(side),
                "name": desired.given_name(side),
                **dict.fromkeys(("account", "access", "size", "replication_state")),
            }
            for side in SIDES
        },
    }


def problem(finding: Finding) -> dict:
    return {
        "code": finding.code,
        "severity": finding.severity,
        "message": finding.message,
        "remedy": finding.remedy,
        "command": None,  # the action plugin fills it in: only it knows the names of the hosts
        "cluster": finding.cluster,
        "volume": finding.volume,
        "volume_id": finding.volume_id,
        "account": finding.account,
        "count": finding.hits or None,
    }


def command(lines: Iterable[Line]) -> list[dict]:
    """An element of `_commands`, from which the action plugin makes the `command` of a problem."""
    return [
        {"module": line.module, "options": dict(line.options), "side": line.side, "comment": line.comment}
        for line in lines
    ]


def unpaired(volume: Volume, account: str | None) -> dict:
    """An element of `unpaired` of element_pair_info."""
    return {"volume_id": volume.id, "name": volume.name, "account": account, "size": volume.size}


def host_access(pair: ObservedVolumePair, access: Sides[HostAccess | None]) -> dict:
    """An element of `host_access` of element_pair_info: what a host logs in to on each side, and no CHAP secret."""
    return {side: _host_access(pair, side, access[side]) for side in SIDES}


def _host_access(pair: ObservedVolumePair, side: Side, access: HostAccess | None) -> dict | None:
    volume, cluster = pair.volumes[side], pair.catalogs[side].cluster
    if volume is None or access is None:
        return None
    return {
        "volume_id": volume.id,
        "name": volume.name,
        "iqn": volume.iqn or None,
        "portal": _portal(cluster.svip),
        "account": pair.catalogs[side].account(volume),
        "access_groups": [_access_group(group, volume) for group in access.groups_of(volume)],
        "qos": _qos(volume.qos) if volume.qos else None,
    }


def _portal(svip: str) -> str | None:
    """Where iSCSI initiators log in; None for a cluster that reports no SVIP."""
    return (f"[{svip}]:3260" if ":" in svip else f"{svip}:3260") if svip else None


def _access_group(group: AccessGroup, volume: Volume) -> dict:
    return {
        "name": group.name,
        "id": group.id,
        "initiators": group.initiators,
        "fibre_channel_lun": group.luns.get(volume.id),
    }


def _qos(qos: Qos) -> dict:
    return {"min_iops": qos.min_iops, "max_iops": qos.max_iops, "burst_iops": qos.burst_iops}


def rehearsal_clone(
    cluster: Cluster, observed: ObservedRehearsal, desired: DesiredRehearsal, around: Surroundings, now: str
) -> dict:
    """An element of `clones` of element_failover_rehearsal. now: the time on the clock of this cluster."""
    from .decide.rehearsal.selection import expected_name, snapshot_of

    clone, (snapshot, taken) = observed.clone, snapshot_of(observed, desired, around)
    return {
        "volume": observed.original_name,
        "volume_id": observed.original.id if observed.original else None,
        "clone": expected_name(observed, desired),
        "clone_id": clone.id if clone else None,
        "snapshot": snapshot or None,
        "age_seconds": _age(snapshot, taken, now),
        "iqn": clone.iqn or None if clone else None,
        "portal": _portal(cluster.svip),
        "account": observed.owner,
    }


def _age(snapshot: str, taken: str, now: str) -> float | None:
    """The age of a snapshot in seconds; None where the clock of its source is ahead."""
    from .decide.moments import seconds_between
    from .rehearsal import POINT

    # One that the run has taken is younger than the first read.
    ahead = 0 if snapshot.startswith(POINT) else seconds_between(now, taken) or 0
    return None if ahead > AHEAD_SECONDS else seconds_between(taken, now)


def fault(reported: Reported) -> dict:
    return {
        "cluster": reported.cluster,
        "code": reported.fault.code,
        "severity": reported.fault.severity or None,
        "date": reported.fault.date or None,
        "details": reported.fault.details or None,
        "cluster_pair_ids": sorted(reported.fault.cluster_pair_ids),
        "volume_ids": sorted(reported.fault.volume_ids),
        "concerns": reported.concerns,
    }


def check(requirement: Check) -> dict:
    return {
        "code": requirement.code,
        "ok": requirement.ok,
        "message": requirement.message,
        "remedy": requirement.remedy,
    }


def saved(snapshots: Iterable[Saved]) -> list[dict]:
    """`saved` of one pair: the snapshots of what this run has overwritten, or in check mode would overwrite."""
    return [vars(snapshot).copy() for snapshot in snapshots]


def item_error(failure: Failure | None) -> dict:
    """`failed`, `msg` and `error` of one pair."""
    return {
        "failed": failure is not None,
        "msg": failure.sentence if failure else None,
        "error": failure.as_error() if failure else None,
    }
