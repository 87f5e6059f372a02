# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task requests of one volume pair, and what it permits."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from dataclasses import dataclass

from ...model import LOCAL, PEER, Direction, Mode, Side, other

# The kinds of failover.
PLANNED, FORCED = "planned", "forced"


@dataclass(frozen=True)
class NewVolume:
    """How a missing partner is created on the peer."""

    #: The name of its owner; None for the owner's name of the local volume.
    account: str | None = None
    create_account: bool = False
    #: None for the name of the local volume.
    name: str | None = None
    #: None for the QoS of the local volume.
    qos_policy: str | None = None


@dataclass(frozen=True)
class DesiredPair:
    """One pair of the list as the task requests it. None: not given."""

    volume: str | None = None
    volume_id: int | None = None
    account: str | None = None
    peer_volume: str | None = None
    peer_volume_id: int | None = None
    peer_account: str | None = None
    mode: Mode | None = None
    direction: Direction | None = None
    paused: bool | None = None
    #: The least size of both volumes in bytes.
    size: int | None = None
    match_size: bool | None = None
    #: How a missing partner is created; None if that is an error.
    create: NewVolume | None = None

    def given_id(self, side: Side) -> int | None:
        return self.volume_id if side == LOCAL else self.peer_volume_id

    def given_name(self, side: Side) -> str | None:
        return self.volume if side == LOCAL else self.peer_volume

    @property
    def new_name(self) -> str | None:
        """The name of a partner that is created; None for the name of the local volume."""
        return self.peer_volume or (self.create.name if self.create else None)

    @property
    def new_account(self) -> str | None:
        """The owner's name of the volume on the peer; None for any owner."""
        return self.peer_account or (self.create.account if self.create else None)

    def label(self, side: Side) -> str:
        """The volume of `side` as the task names it, for messages."""
        name, volume_id = self.given_name(side), self.given_id(side)
        if side == PEER and volume_id is None:
            name = self.new_name
        if name is None and volume_id is None:
            return self.label(other(side))
        if None not in (name, volume_id):
            return f"volume {name} ({volume_id})"
        return f"volume {name}" if volume_id is None else f"volume with ID {volume_id}"


@dataclass(frozen=True)
class PairOptions:
    """What the task requests of all pairs, and what it permits for one pair."""

    present: bool
    repair: bool = False
    allow_overwrite: bool = False
    #: Take a snapshot of a volume before it is overwritten.
    save_overwritten: bool = True
    release_target: bool = False
    #: PLANNED or FORCED, to reverse an existing pair; None to reverse none.
    failover: str | None = None
    #: How long a planned failover waits for its checkpoint to arrive, in seconds.
    timeout: float = 300
