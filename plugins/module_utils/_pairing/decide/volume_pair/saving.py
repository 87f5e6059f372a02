# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The snapshots that keep what is about to be overwritten."""

# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from ...failover_steps import MAX_IN_GROUP, Save
from .state import ObservedVolumePair

# How long a snapshot is kept of a replica that its source copies again; everything else is kept until it is deleted.
REPLICA_RETENTION = "168:00:00"


def save(
    observed: ObservedVolumePair, side: str, hint: str = "", first: bool = False, retention: str | None = None
) -> Save:
    """The snapshot of the volume of this side. hint: what the message says first where it cannot be taken.

    first: before anything else is written for the pair.
    """
    return Save(
        item=observed.item,
        side=side,
        object=observed.label(side),
        reason="it will be overwritten",
        volume=observed.volumes[side],
        most=most_in_group(observed, side),
        hint=hint,
        retention=retention,
        first=first,
    )


def most_in_group(observed: ObservedVolumePair, side: str) -> int:
    """How many volumes of this cluster one group snapshot can have."""
    limits = observed.extras.limits[side]
    return min(MAX_IN_GROUP, limits.volumes_per_group or MAX_IN_GROUP) if limits else MAX_IN_GROUP
