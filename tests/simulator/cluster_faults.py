# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The faults of replication and of schedules that ListClusterFaults reports, derived from the present states."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import pair_states
from .clock import precise_stamp
from .cluster import Cluster

if TYPE_CHECKING:
    from .world import World

VOLUME_FAULTS = {
    pair_states.CLUSTER_FULL: (
        "remoteRepClusterFull",
        "Volumes have paused remote replication because the target storage cluster is too full. Volume IDs: {ids}",
    ),
    pair_states.SNAPSHOT_LIMIT: (
        "remoteRepSnapshotsExceededLimit",
        "Volumes have paused remote replication because the target volume has too many snapshots. Volume IDs: {ids}",
    ),
}
SCHEDULE_FAULT = (
    "scheduleActionError",
    "One or more of the scheduled activities ran, but failed. Schedule IDs: {ids}",
)


def current_and_resolved(world: World, cluster: Cluster) -> list[dict[str, Any]]:
    """Every fault there is or was."""
    update(world, cluster)
    return [*cluster.resolved_faults, *cluster.faults.values()]


def update(world: World, cluster: Cluster) -> None:
    """Raise the faults that have come about as of now. One that has gone is remembered as resolved, as of now."""
    present = dict(_present(world, cluster))
    for code in [code for code in cluster.faults if code not in present]:
        cluster.resolved_faults.append(
            {**cluster.faults.pop(code), "resolved": True, "resolvedDate": precise_stamp(world.clock.now)}
        )
    for code, details in present.items():
        if code not in cluster.faults:
            cluster.faults[code] = _fault(cluster.next_id("cluster_fault"), code, precise_stamp(world.clock.now))
        cluster.faults[code]["details"] = details


def _present(world: World, cluster: Cluster) -> list[tuple[str, str]]:
    raised = []
    by_status: dict[str, list[int]] = {"Disconnected": [], "Misconfigured": []}
    for entry in cluster.cluster_pairs.values():
        by_status.setdefault(world.links.status(cluster, entry), []).append(entry.pair_id)
    if by_status["Disconnected"] or by_status["Misconfigured"]:
        details = (
            "One of the clusters in a pair may have become misconfigured or disconnected.  Remove the local pairing and "
            f"retry pairing the clusters. Disconnected Cluster Pairs: {by_status['Disconnected']}. "
            f"Misconfigured Cluster Pairs: {by_status['Misconfigured']}"
        )
        raised.append(("disconnectedClusterPair", details))
    by_state: dict[str, list[int]] = {}
    for volume in cluster.active_volumes():
        for half in volume.halves:
            by_state.setdefault(world.replication.state(half), []).append(volume.volume_id)
    for state, (code, details) in VOLUME_FAULTS.items():
        if state in by_state:
            raised.append((code, details.format(ids=by_state[state])))
    failed = [each for each in cluster.schedules.values() if each.has_error and not each.to_be_deleted]
    if failed:
        raised.append((SCHEDULE_FAULT[0], SCHEDULE_FAULT[1].format(ids=[each.schedule_id for each in failed])))
    return raised


def _fault(fault_id: int, code: str, date: str) -> dict[str, Any]:
    return {
        # Captured so of a cluster pair; of the others it is not known.
        "blocksUpgrade": code == "disconnectedClusterPair",
        "clusterFaultID": fault_id,
        "code": code,
        "data": None,
        "date": date,
        "details": "",
        "driveID": 0,
        "driveIDs": [],
        "externalSource": "",
        "networkInterface": "",
        "nodeHardwareFaultID": 0,
        "nodeID": 0,
        "resolved": False,
        "resolvedDate": "",
        "serviceID": 0,
        "severity": "warning",
        "type": "cluster",
    }
