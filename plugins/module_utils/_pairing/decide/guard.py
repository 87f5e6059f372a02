# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection elementsw.replication: it can change without notice.
"""Would this volume lose data, or break a host, if it became a target?"""

from __future__ import annotations

from ..._element.errors import Failure
from ..model import Usage, Volume


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


def data(usage: Usage) -> tuple[str, ...]:
    """Signs of content. nonZeroBlocks is as of the last garbage collection: 0 alone would prove nothing."""
    found = []
    if usage.nonzero_blocks:
        found.append(f"{usage.nonzero_blocks} blocks that hold data")
    if usage.snapshots:
        found.append(f"{usage.snapshots} snapshots")
    unreadable = (what for what in usage.unreadable if "sessions" not in what and what != "statistics")
    return (*found, *writes(usage), *(f"its {what} cannot be read" for what in unreadable))


def check_unused(volume: Volume, cluster: str, usage: Usage, overwrite: bool) -> None:
    """Raise target_in_use unless the volume is provably unused. overwrite: its data may go, its hosts may not."""
    in_use, content = sessions(usage), data(usage)
    if in_use:
        raise _target_in_use(volume, cluster, in_use, "log the hosts out of it first")
    if content and not overwrite:
        raise _target_in_use(
            volume, cluster, content, "take another volume, or give allow_overwrite: true if its data may be lost"
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


def still_as_planned(planned: Usage, now: Usage, overwrite: bool) -> bool:
    """Whether the evidence is the same. Where data may go, blocks do not count: garbage collection alone moves them."""
    if overwrite:
        return sessions(now) == () and (planned.write_ops, planned.snapshots) == (now.write_ops, now.snapshots)
    return planned == now
