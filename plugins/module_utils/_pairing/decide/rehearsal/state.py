# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task requests of a rehearsal, and what was read of it: the table in table.py decides by its rows."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ...._element.errors import Failure
from ...model import LOCAL, PEER, Capacity, Limits, Sides, Snapshot, Usage, Volume
from ...rehearsal import clone_name
from ..volume_pair.state import ObservedVolumePair

# making: the cluster makes a clone of the volume, which is in no list before it is complete.
# taken: another volume has the name of the clone. twice: there are two clones of the volume.
# deleted: the clone is deleted and not yet purged.
Row = Literal["missing", "making", "made", "taken", "twice", "deleted"]


@dataclass(frozen=True)
class DesiredRehearsal:
    """What the task requests."""

    name: str
    present: bool = True
    #: Whether a replicated snapshot is taken on the sources, in place of the newest one that is here.
    now: bool = False
    #: The name of the owner of the clones; None for the owner of each target.
    account: str | None = None
    access_group: str | None = None
    qos_policy: str | None = None
    #: How long to wait until a snapshot has arrived, and until the cluster begins a clone, in seconds.
    timeout: float = 600


@dataclass(frozen=True)
class Surroundings:
    """What is read of the clusters only for plans that need it; None if it was not read or cannot be read."""

    #: All snapshots of each cluster.
    snapshots: Sides[tuple[Snapshot, ...] | None] = field(default=Sides(None, None))
    limits: Sides[Limits | None] = field(default=Sides(None, None))
    capacity: Capacity | None = None
    #: The stage of fullness of this cluster, 1 to 5.
    fullness: int | None = None
    #: The IDs of the requested access group and QoS policy on this cluster.
    group_id: int | None = None
    policy_id: int | None = None
    #: The hosts that are logged in to the clones, by volume ID.
    usage: Mapping[int, Usage] = field(default_factory=dict)
    #: The IDs of the volumes that this cluster makes clones of.
    cloning: frozenset[int] = frozenset()


@dataclass(frozen=True)
class ObservedRehearsal:
    """One target and its clone, as this cluster lists them."""

    #: The position in the list.
    item: int
    row: Row
    #: The name of this cluster.
    cluster: str
    #: The target; None for a clone whose original is not known any more.
    original: Volume | None
    original_name: str
    #: The ID and the name of the owner that the clone has, or will have.
    owner_id: int = 0
    owner: str | None = None
    #: None for a clone that is only removed.
    pair: ObservedVolumePair | None = None
    #: None if it is in no list.
    clone: Volume | None = None
    #: The volumes that have the name of the clone and are not it.
    others: tuple[Volume, ...] = ()
    #: Why the target cannot be rehearsed.
    problem: Failure | None = None

    def clone_name(self, rehearsal: str) -> str:
        return clone_name(self.original_name, rehearsal)

    def target(self) -> Volume:
        """The target, of an item that is to be cloned. Raises LookupError."""
        if self.original is None:
            raise LookupError(f"item {self.item} has no target")
        return self.original

    def made(self) -> Volume:
        """The clone, in rows that have it. Raises LookupError."""
        if self.clone is None:
            raise LookupError(f"item {self.item} ({self.row}) has no clone")
        return self.clone

    def observed_pair(self) -> ObservedVolumePair:
        """The pair of an item that is to be cloned. Raises LookupError."""
        if self.pair is None:
            raise LookupError(f"item {self.item} has no pair")
        return self.pair

    @property
    def uuid(self) -> str:
        """The UUID of the pair; "" without one."""
        entry = self.pair.entries[LOCAL] or self.pair.entries[PEER] if self.pair else None
        return entry.uuid if entry else ""


def to_clone(items: tuple[ObservedRehearsal, ...]) -> tuple[ObservedRehearsal, ...]:
    """The items whose clones are missing."""
    return tuple(item for item in items if item.problem is None and item.row == "missing")
