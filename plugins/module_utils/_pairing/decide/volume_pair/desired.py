# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task requests of one volume pair, and what it permits."""

# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from dataclasses import dataclass

from ...model import LOCAL, PEER, other

# The kinds of failover.
PLANNED, FORCED = "planned", "forced"


@dataclass(frozen=True)
class NewVolume:
    """How a missing partner is created on the peer. None: as the volume here is called and owned, with its QoS."""

    account: str | None = None
    create_account: bool = False
    name: str | None = None
    qos_policy: str | None = None


@dataclass(frozen=True)
class DesiredPair:
    """One pair of the list, as wished. None: not given. size in bytes.

    create: how a missing partner is created; None where that is an error.
    """

    volume: str | None = None
    volume_id: int | None = None
    account: str | None = None
    peer_volume: str | None = None
    peer_volume_id: int | None = None
    peer_account: str | None = None
    mode: str | None = None
    direction: str | None = None
    paused: bool | None = None
    size: int | None = None
    match_size: bool | None = None
    create: NewVolume | None = None

    def given_id(self, side: str) -> int | None:
        return self.volume_id if side == LOCAL else self.peer_volume_id

    def given_name(self, side: str) -> str | None:
        return self.volume if side == LOCAL else self.peer_volume

    @property
    def new_name(self) -> str | None:
        """The name that a partner gets which is created; None: that of the volume here."""
        return self.peer_volume or (self.create.name if self.create else None)

    @property
    def new_account(self) -> str | None:
        """The owner, by name, of the volume there; None: whoever owns it."""
        return self.peer_account or (self.create.account if self.create else None)

    def label(self, side: str) -> str:
        """The volume of `side` in the user's words."""
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
    """What the task asks for, and what is permitted for one pair. failover: planned or forced, to reverse an existing pair.

    save_overwritten: take a snapshot of what will be overwritten. timeout: how many seconds the checkpoint of a planned
    failover is waited for.
    """

    present: bool
    repair: bool = False
    allow_overwrite: bool = False
    save_overwritten: bool = True
    release_target: bool = False
    failover: str | None = None
    timeout: float = 300
