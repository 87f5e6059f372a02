# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps of a rehearsal. None of them changes a volume pair or a volume of one."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .failover_steps import ConfirmArrival, TakeCheckpoint
from .model import Snapshot, Volume
from .pairing_steps import ChangeVolume
from .plan import Phase, Step
from .rehearsal import Rehearsed


@dataclass(frozen=True)
class TakePoint(TakeCheckpoint):
    """Take the replicated snapshot that a rehearsal clones: on the source, for all volumes of a group at one moment."""

    OTHERWISE = "nothing was cloned"
    IS_CONCLUDED = True

    #: The name of the rehearsal.
    rehearsal: str = ""


@dataclass(frozen=True)
class ConfirmPoint(ConfirmArrival):
    """Wait until the snapshot has arrived on the cluster of the target."""

    OTHERWISE = "nothing was cloned"
    TOGETHER = "not cloned, point: now rehearses all volumes of the list or none"


@dataclass(frozen=True)
class CloneVolume(Step):
    """Clone a snapshot of a target into a writable volume."""

    original: Volume
    #: The clone as it will be.
    clone: Volume
    about: Rehearsed
    #: The name of the clone's owner.
    owner: str
    #: How long to wait until the cluster begins it, in seconds.
    timeout: float
    #: The snapshot to clone; None for the one that this run takes.
    snapshot: Snapshot | None = None
    #: The replicated snapshot that this run has taken, and the volume of the source in it.
    checkpoint: Any = None
    source: Volume | None = None

    PHASE = Phase.CLONE
    # A complete clone is of no use without its access group, and then needs its snapshot no more.
    FINAL = True
    IS_CONCLUDED = True


@dataclass(frozen=True)
class SetPolicy(ChangeVolume):
    """Let a clone follow a QoS policy."""

    policy_id: int
    policy: str

    PHASE = Phase.SET_POLICY

    @property
    def change(self) -> dict[str, Any]:
        return {"qosPolicyID": self.policy_id}

    @property
    def text(self) -> str:
        return f"QoS policy {self.policy}"

    def is_shown(self, by: Volume) -> bool:
        return by.qos_policy_id == self.policy_id


@dataclass(frozen=True)
class GrantAccess(Step):
    """Add a clone to an access group."""

    volume: Volume
    group_id: int

    PHASE = Phase.GRANT_ACCESS


@dataclass(frozen=True)
class RevokeAccess(Step):
    """Take a clone out of an access group, if no host is logged in to it."""

    volume: Volume
    group_id: int

    PHASE = Phase.REVOKE_ACCESS


@dataclass(frozen=True)
class DeleteClone(Step):
    """Delete a clone if no host is logged in to it. It can be restored until it is purged, which always follows."""

    FINAL = True

    volume: Volume

    PHASE = Phase.DELETE_CLONE


@dataclass(frozen=True)
class PurgeClone(Step):
    """Purge a deleted clone if it still is the clone of the rehearsal."""

    volume: Volume

    PHASE = Phase.PURGE_CLONE
