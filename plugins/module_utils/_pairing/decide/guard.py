# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Evidence that a volume would lose data, or cut off a host, if it became a target."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from dataclasses import dataclass, replace

from ..._element.errors import Failure
from ..model import REPLICA_MARK, TARGET, Usage, Volume


def sessions(usage: Usage) -> tuple[str, ...]:
    """The hosts that are logged in. No option overrides them: a volume that becomes a target cuts them off at once."""
    found = []
    if usage.iscsi:
        found.append(f"iSCSI sessions of {', '.join(usage.iscsi)}")
    if usage.fibre_channel:
        found.append(f"Fibre Channel sessions of {', '.join(usage.fibre_channel)}")
    return (*found, *(f"its {what} cannot be read" for what in usage.unreadable if "sessions" in what))


def end_of_sessions(usage: Usage) -> str:
    """What the user does about them. A session of Fibre Channel is with an access group, not with a volume."""
    if usage.fibre_channel:
        return "log the hosts out, on Fibre Channel take it out of its access groups, then run again"
    return "log the hosts out, then run again"


def write_operations(count: int) -> str:
    return f"{count} write operation{'' if count == 1 else 's'}"


def writes(usage: Usage) -> tuple[str, ...]:
    """The write operations of hosts. Replicated data does not count as write operations."""
    if "statistics" in usage.unreadable:
        return ("its statistics cannot be read",)
    return (f"{write_operations(usage.write_ops)} since it was created",) if usage.write_ops else ()


def data(volume: Volume, usage: Usage) -> tuple[str, ...]:
    """Evidence of content. nonZeroBlocks is of the last garbage collection, so that 0 proves nothing by itself."""
    observed = []
    if usage.nonzero_blocks:
        observed.append(f"{usage.nonzero_blocks} blocks that hold data")
    if usage.snapshots:
        observed.append(f"{usage.snapshots} snapshots")
    if volume.replica_mark:
        # Replicated data does not count as writes, and its blocks are not counted before a garbage collection.
        observed.append(f"its attribute {REPLICA_MARK}: it holds the copy of a pair that is gone")
    unreadable = (what for what in usage.unreadable if "sessions" not in what and what != "statistics")
    return (*observed, *writes(usage), *(f"its {what} cannot be read" for what in unreadable))


def beyond_replica(volume: Volume, usage: Usage) -> tuple[str, ...]:
    """Evidence of content that was not replicated to a volume, which still is the replica of its pair.

    The mark of an earlier pair does not count: the current pair has overwritten that pair's copy.
    """
    own_snapshots = max(usage.snapshots - usage.replicated_snapshots, 0)
    unmarked = replace(volume, attributes={})
    return data(unmarked, replace(usage, nonzero_blocks=0, snapshots=own_snapshots, replicated_snapshots=0))


def role(volume: Volume) -> tuple[str, ...]:
    """Evidence by access only: replicated data does not count as writes, and as blocks after a garbage collection only."""
    return ("as a replicationTarget it may hold a copy that is not counted yet",) if volume.access == TARGET else ()


def is_empty(usage: Usage) -> bool:
    """Whether a source shows no content of its own. Unreadable statistics prove nothing, so it counts as empty."""
    return "statistics" in usage.unreadable or not (usage.nonzero_blocks or usage.write_ops)


@dataclass(frozen=True)
class Permission:
    """What a new pair may overwrite."""

    #: Whatever the future target holds.
    overwrite: bool = False
    #: Only what was replicated to the future target.
    replica: bool = False

    def lifts(self, volume: Volume, usage: Usage) -> bool:
        return self.overwrite or (self.replica and not beyond_replica(volume, usage))


def check_unused(volume: Volume, cluster: str, usage: Usage, permission: Permission) -> None:
    """Raise Failure, target_in_use, if hosts are logged in, or if there is evidence of content that must not be lost."""
    in_use, content = sessions(usage), data(volume, usage)
    if in_use:
        what = f"hosts use it: {', '.join(in_use)}; log the hosts out of it first"
        raise _target_in_use(volume, cluster, what, "ListISCSISessions")
    if content and not permission.lifts(volume, usage):
        evidence = beyond_replica(volume, usage) if permission.replica else content
        what = (
            f"it holds data: {', '.join(evidence)}; name another volume, reverse direction if it holds the good data, or give "
            "allow_overwrite: true, which saves it first"
        )
        raise _target_in_use(volume, cluster, what, "ListVolumeStats")


def check_source_holds_data(
    source: Volume, cluster: str, source_usage: Usage, target: Volume, evidence: tuple[str, ...]
) -> None:
    """Raise Failure, empty_source, if a source without content, as after a rebuild, would overwrite evidence of data."""
    if is_empty(source_usage) and evidence:
        raise Failure(
            "empty_source",
            f"cluster {cluster}: {source.label} shows no data and would overwrite the data of {target.label}: "
            f"{', '.join(evidence)}; check which one is the source, or give allow_overwrite: true",
            cluster=cluster,
            method="ListVolumeStats",
        )


def _target_in_use(volume: Volume, cluster: str, what: str, method: str) -> Failure:
    sentence = f"cluster {cluster}: {volume.label} would become the target, but {what}"
    return Failure("target_in_use", sentence, cluster=cluster, method=method)


def came_into_use(usage: Usage) -> bool:
    """Whether a host uses a volume that this run created. Its blocks and snapshots do not count."""
    return bool(sessions(usage) or usage.write_ops)


def still_as_planned(planned: Usage, now: Usage, overwrite: bool, saved: bool) -> bool:
    """Whether the evidence is the same as in the plan.

    overwrite: the data may be overwritten, so that blocks do not count: garbage collection by itself changes them.
    saved: this run has taken one snapshot of the volume since.
    """
    expected = replace(planned, saved_snapshots=planned.saved_snapshots + saved)
    if not overwrite:
        return expected == now
    counted = ((each.write_ops, each.snapshots, each.saved_snapshots) for each in (expected, now))
    return sessions(now) == () and len(set(counted)) == 1
