# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The faults that clusters report: which pairs they concern, and which ones no other finding reports."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ...model import ClusterFault
from .findings import ERROR, PROBLEMS, Finding

# The severities of faults that can wait; any other severity, known or not, counts as an error.
_MINOR = ("warning", "bestpractice")
# The findings that report the same cause as a fault: with one of them, the fault is no finding of its own.
_REPORTED_BY = {
    "disconnectedClusterPair": ("peer_unreachable", "not_connected", "half_pair", "not_paired", "further_entries"),
    "disconnectedRemoteNode": ("peer_unreachable", "not_connected", "link_lost"),
    "remoteRepAsyncDelayExceeded": ("lag_exceeded",),
    "remoteRepClusterFull": ("target_full", "cluster_full"),
    "remoteRepSnapshotClusterFull": ("target_full", "cluster_full", "snapshots_stopped"),
    "remoteRepSnapshotsExceededLimit": ("snapshot_limit", "snapshots_stopped"),
}
_REMEDIES = {
    "disconnectedClusterPair": PROBLEMS["not_connected"][1],
    "disconnectedRemoteNode": "check the nodes of the other cluster and the networks between all nodes of both",
    "remoteRepAsyncDelayExceeded": PROBLEMS["lag_exceeded"][1],
    "remoteRepClusterFull": PROBLEMS["target_full"][1],
    "remoteRepSnapshotClusterFull": PROBLEMS["target_full"][1],
    "remoteRepSnapshotsExceededLimit": PROBLEMS["snapshot_limit"][1],
}


@dataclass(frozen=True)
class Reported:
    """A fault and the cluster that reports it."""

    cluster: str
    fault: ClusterFault
    #: Whether it names a pair or volume of the report; None if it names none.
    concerns: bool | None


def join_faults(
    cluster: str, faults: Iterable[ClusterFault], cluster_pair_ids: frozenset[int], volume_ids: frozenset[int]
) -> list[Reported]:
    """The faults of one cluster. cluster_pair_ids, volume_ids: this cluster's IDs of what the report is about."""
    found = []
    for fault in faults:
        named = fault.cluster_pair_ids or fault.volume_ids
        ours = fault.cluster_pair_ids & cluster_pair_ids or fault.volume_ids & volume_ids
        found.append(Reported(cluster, fault, bool(ours) if named else None))
    return found


def fault_findings(reported: Iterable[Reported], others: Sequence[Finding]) -> list[Finding]:
    """The findings of faults that no other finding reports, without the faults of pairs outside the report."""
    return [_finding(each) for each in reported if each.concerns is not False and not _is_reported(each, others)]


def _is_reported(reported: Reported, others: Sequence[Finding]) -> bool:
    codes = _REPORTED_BY[reported.fault.code]
    return any(
        other.code in codes and (other.severity == ERROR or _code(reported.fault) == "minor_fault") for other in others
    )


def _code(fault: ClusterFault) -> str:
    return "minor_fault" if fault.severity.lower() in _MINOR else "fault"


def _finding(reported: Reported) -> Finding:
    fault, name = reported.fault, reported.cluster
    since = f" since {fault.date}" if fault.date else ""
    text = f"cluster {name} reports {fault.code} ({fault.severity or 'without severity'}){since}"
    return Finding(
        _code(fault),
        f"{text}: {fault.details}" if fault.details else text,
        name,
        fix=_REMEDIES[fault.code],
        hits=len(fault.volume_ids),
    )
