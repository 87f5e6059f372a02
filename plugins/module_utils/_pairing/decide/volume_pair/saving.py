# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The snapshots of volumes that will be overwritten."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from ...failover_steps import MAX_IN_GROUP, Save
from ...model import Side
from .state import ObservedVolumePair

# How long the snapshot of a replica is kept, hours:minutes:seconds; its resync replaces it. Others have no time limit.
REPLICA_RETENTION = "168:00:00"


def save(
    observed: ObservedVolumePair, side: Side, hint: str = "", first: bool = False, retention: str | None = None
) -> Save:
    """The step that takes a snapshot of the volume of this side.

    hint: the first words of the message if it fails. first: whether it precedes all other writes of the pair.
    retention: how long the snapshot is kept, hours:minutes:seconds; None until it is deleted.
    """
    return Save(
        **observed.at(side),
        reason="it will be overwritten",
        max_batch=most_in_group(observed, side),
        hint=hint,
        retention=retention,
        first=first,
    )


def most_in_group(observed: ObservedVolumePair, side: Side) -> int:
    """The number of volumes that one group snapshot of this cluster can have."""
    limits = observed.extras.limits[side]
    return min(MAX_IN_GROUP, limits.volumes_per_group or MAX_IN_GROUP) if limits else MAX_IN_GROUP
