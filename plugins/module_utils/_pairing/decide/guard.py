# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Would this volume lose data, or break a host, if it became a target?"""

# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from dataclasses import dataclass, replace

from ..._element.errors import Failure
from ..model import REPLICA_MARK, TARGET, Usage, Volume


def sessions(usage: Usage) -> tuple[str, ...]:
    """Hosts that are logged in. Nothing lifts these: becoming a target cuts them off at once."""
    found = []
    if usage.iscsi:
        found.append(f"iSCSI sessions of {', '.join(usage.iscsi)}")
    if usage.fibre_channel:
        found.append(f"Fibre Channel sessions of {', '.join(usage.fibre_channel)}")
    return (*found, *(f"its {what} cannot be read" for what in usage.unreadable if "sessions" in what))


def writes(usage: Usage) -> tuple[str, ...]:
    """What hosts have written: what replication brings is not counted there."""
    if "statistics" in usage.unreadable:
        return ("its statistics cannot be read",)
    return (f"{usage.write_ops} write operations since it was created",) if usage.write_ops else ()


def data(volume: Volume, usage: Usage) -> tuple[str, ...]:
    """Signs of content. nonZeroBlocks is as of the last garbage collection: 0 alone would prove nothing."""
    observed = []
    if usage.nonzero_blocks:
        observed.append(f"{usage.nonzero_blocks} blocks that hold data")
    if usage.snapshots:
        observed.append(f"{usage.snapshots} snapshots")
    if volume.replica_mark:
        # What replication brought is no write, and its blocks are not counted before a garbage collection.
        observed.append(f"its attribute {REPLICA_MARK}: it holds the copy of a pair that is gone")
    unreadable = (what for what in usage.unreadable if "sessions" not in what and what != "statistics")
    return (*observed, *writes(usage), *(f"its {what} cannot be read" for what in unreadable))


def beyond_replica(volume: Volume, usage: Usage) -> tuple[str, ...]:
    """Signs of content that replication did not bring to a volume that still is the replica of its pair.

    A mark of an earlier pair says no more: what that one has brought, this one has overwritten.
    """
    own_snapshots = max(usage.snapshots - usage.replicated_snapshots, 0)
    unmarked = replace(volume, attributes={})
    return data(unmarked, replace(usage, nonzero_blocks=0, snapshots=own_snapshots, replicated_snapshots=0))


def role(volume: Volume) -> tuple[str, ...]:
    """What its access alone tells. What replication brought is no write and is counted at the next garbage collection."""
    return ("as a replicationTarget it may hold a copy that is not counted yet",) if volume.access == TARGET else ()


def is_empty(usage: Usage) -> bool:
    """Whether a source shows no content of its own. What cannot be read proves nothing, so that it counts as empty."""
    return "statistics" in usage.unreadable or not (usage.nonzero_blocks or usage.write_ops)


@dataclass(frozen=True)
class Permission:
    """What may be overwritten. overwrite: whatever the future target holds; replica: what replication brought to it."""

    overwrite: bool = False
    replica: bool = False

    def lifts(self, volume: Volume, usage: Usage) -> bool:
        return self.overwrite or (self.replica and not beyond_replica(volume, usage))


def check_unused(volume: Volume, cluster: str, usage: Usage, permission: Permission) -> None:
    """Raise target_in_use unless the volume is provably unused, or its content may go. Its hosts may not in any case."""
    in_use, content = sessions(usage), data(volume, usage)
    if in_use:
        raise _target_in_use(volume, cluster, in_use, "log the hosts out of it first")
    if content and not permission.lifts(volume, usage):
        evidence = beyond_replica(volume, usage) if permission.replica else content
        raise _target_in_use(
            volume, cluster, evidence, "name another volume, or give allow_overwrite: true to overwrite it"
        )


def check_source_holds_data(
    source: Volume, cluster: str, source_usage: Usage, target: Volume, evidence: tuple[str, ...]
) -> None:
    """Raise empty_source where a source without content would overwrite evidence of data: a rebuilt cluster looks so."""
    if is_empty(source_usage) and evidence:
        raise Failure(
            "empty_source",
            f"cluster {cluster}: {source.label} shows no data, and the data of {target.label} would be lost: "
            f"{', '.join(evidence)}; check which one is the source, or give allow_overwrite: true",
            cluster=cluster,
            method="ListVolumeStats",
        )


def _target_in_use(volume: Volume, cluster: str, evidence: tuple[str, ...], remedy: str) -> Failure:
    return Failure(
        "target_in_use",
        f"cluster {cluster}: {volume.label} would become the target and lose its data, but it is in use: "
        f"{', '.join(evidence)}; {remedy}",
        cluster=cluster,
    )


def came_into_use(usage: Usage) -> bool:
    """Whether somebody uses a volume that this run has created: its blocks and snapshots do not count, only hosts do."""
    return bool(sessions(usage) or usage.write_ops)


def still_as_planned(planned: Usage, now: Usage, overwrite: bool, saved: bool) -> bool:
    """Whether the evidence is the same. Where data may go, blocks do not count: garbage collection alone moves them.

    saved: this run has taken one snapshot of the volume since.
    """
    expected = replace(planned, saved_snapshots=planned.saved_snapshots + saved)
    if not overwrite:
        return expected == now
    counted = ((each.write_ops, each.snapshots, each.saved_snapshots) for each in (expected, now))
    return sessions(now) == () and len(set(counted)) == 1
