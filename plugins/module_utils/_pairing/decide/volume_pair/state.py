# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The relation of two volumes: the states that the table in table.py decides by."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypedDict

from ...model import (
    READ_WRITE,
    SIDES,
    Limits,
    Side,
    Sides,
    Snapshot,
    SyncJob,
    Usage,
    Volume,
    VolumePair,
    Writes,
)
from .. import health
from ..catalog import Catalog
from ..health import Health, Roles
from .desired import DesiredPair

State = Literal[
    "none",
    "paired",
    "half_local",
    "half_peer",
    "crossed",
    "pending_local",
    "pending_peer",
    "foreign_local",
    "foreign_peer",
    "unknown_peer",
]
RowName = Literal[
    State,
    "paired_stopped",
    "paired_no_role",
    "deleted",
    "missing",
    "missing_half",
    "local_only",
    "local_only_none",
    "local_only_pending",
    "local_only_elsewhere",
    "unreadable",
]

# The row of a pair of which only one side is known, since the other one cannot be read. Reports show it, no plan uses it.
UNREADABLE: RowName = "unreadable"


@dataclass(frozen=True)
class Extras:
    """What is read only for plans that need it; None if it was not read."""

    #: The evidence of use, by volume ID.
    usage: Sides[Mapping[int, Usage] | None] = field(default=Sides(None, None))
    limits: Sides[Limits | None] = field(default=Sides(None, None))
    #: The peer's QoS policies, IDs by name.
    policies: Mapping[str, int] | None = None
    snapshots: Sides[tuple[Snapshot, ...] | None] = field(default=Sides(None, None))
    #: The copies that each cluster receives, by volume ID.
    jobs: Sides[Mapping[int, SyncJob] | None] = field(default=Sides(None, None))
    #: The seconds that the targets of each cluster's volumes are behind, by volume ID.
    lags: Sides[Mapping[int, float | None] | None] = field(default=Sides(None, None))
    #: The stage of fullness of the peer, if a volume will be created there.
    fullness: int | None = None
    #: The counts of writes that a planned failover compares, by volume ID, without those that cannot be read.
    writes: Sides[Mapping[int, Writes] | None] = field(default=Sides(None, None))


class Place(TypedDict):
    """The fields that the steps of a volume pair share: which volume, of which item, on which side."""

    item: int
    side: Side
    object: str
    volume: Volume


@dataclass(frozen=True)
class ObservedVolumePair:
    """Two volumes and their relation, as both clusters report it."""

    #: The position in the list of the task.
    item: int
    desired: DesiredPair
    #: The relation of the two volumes, as results report it.
    state: State
    #: The row of the table that applies. It differs from the state if a volume is missing or deleted, or a pair unusable.
    row: RowName
    catalogs: Sides[Catalog]
    #: None for a missing volume.
    volumes: Sides[Volume | None]
    #: The pair entry of each side that belongs to this pair.
    entries: Sides[VolumePair | None]
    #: Whether the entries prove that one volume was the target of the other.
    replica: bool = False
    extras: Extras = field(default=Extras())
    #: Whether an unreachable peer was identified only as the single one that this cluster is paired with.
    assumed: bool = False

    def volume(self, side: Side) -> Volume:
        """The volume of a side, in rows that have it. Raises LookupError if it is missing."""
        volume = self.volumes[side]
        if volume is None:
            raise LookupError(f"item {self.item} ({self.row}) has no volume on the {side} cluster")
        return volume

    def entry(self, side: Side) -> VolumePair:
        """The pair entry of a side, in rows that have it. Raises LookupError if it is missing."""
        entry = self.entries[side]
        if entry is None:
            raise LookupError(f"item {self.item} ({self.row}) has no pair entry on the {side} cluster")
        return entry

    def at(self, side: Side, volume: Volume | None = None) -> Place:
        """What a step for a volume of a side names; volume: in place of the observed one, for one that is only planned."""
        volume = volume or self.volume(side)
        return {"item": self.item, "side": side, "object": volume.label, "volume": volume}

    def usage(self, side: Side) -> Usage | None:
        """The evidence of use of a volume; None before it is read. A volume without evidence counts as one in use."""
        known = self.extras.usage[side]
        if known is None:
            return None
        return known.get(self.volume(side).id, Usage(unreadable=("sessions", "statistics", "snapshots")))

    @property
    def direction(self) -> Roles | None:
        """to_peer, from_peer, split or none, by the access of the two volumes; None if that is no role or not known."""
        return health.direction(
            *(volume.access if volume else None for volume in (self.volumes.local, self.volumes.peer))
        )

    @property
    def is_paired(self) -> bool:
        """Whether a side has a pair entry, half and pending pairs included."""
        return bool(self.entries.local or self.entries.peer)

    @property
    def source(self) -> Side | None:
        """The side of the only writable volume; None unless exactly one is writable."""
        writable = [side for side in SIDES if self.volumes[side] and self.volume(side).access == READ_WRITE]
        return writable[0] if len(writable) == 1 else None

    @property
    def mode(self) -> str | None:
        """The mode as the API names it, from the source: the target may show it later. None without a paired source."""
        entry = self.entries[self.source] if self.source and self.state == "paired" else None
        return entry.mode if entry else None

    @property
    def health(self) -> Health:
        """The worse health of the two sides, one of health.HEALTH."""
        roles_valid = self.direction in ("to_peer", "from_peer")
        sides = [
            health.of_state(entry.state, roles_valid) for entry in (self.entries.local, self.entries.peer) if entry
        ]
        if self.state in ("half_local", "half_peer", "crossed"):
            sides.append("dead")
        if self.row == "deleted":
            sides.append("broken")  # a deletion does not pass by itself, whatever the state shows
        return health.worst(sides) if sides else "unknown"

    def lag_seconds(self, side: Side) -> float | None:
        """The seconds that the other side is behind this one; None if that was not read or is not known."""
        volume, lags = self.volumes[side], self.extras.lags[side]
        return lags.get(volume.id) if volume and lags else None

    @property
    def partner_name(self) -> str | None:
        """The name of a missing volume on the peer, or of the one that will be created; None if it is not known."""
        local = self.volumes.local
        return self.desired.new_name or (local.name if local and self.desired.create else None)

    def namesakes_of_others(self) -> tuple[Volume, ...]:
        """The peer's volumes with the name of the missing partner and another owner; empty if the task names an owner."""
        desired, local = self.desired, self.volumes.local
        if local is None or desired.peer_volume_id is not None or desired.new_account is not None:
            return ()
        return tuple(v for v in self.catalogs.peer.named(desired.new_name or local.name) if not v.deleted)

    def name(self, side: Side) -> str:
        return self.catalogs[side].cluster.name

    def label(self, side: Side) -> str:
        volume = self.volumes[side]
        return volume.label if volume else self.desired.label(side)
