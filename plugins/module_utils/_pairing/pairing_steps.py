# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps of pairing, unpairing and changes of volumes. Those of a failover: failover_steps.py."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .model import REPLICA_MARK, TARGET, ClusterPair, Usage, Volume
from .plan import Phase, Step


@dataclass(frozen=True)
class Recheck(Step):
    """A recheck, which writes nothing. All rechecks of a phase are made together, before the next phase."""


@dataclass(frozen=True)
class RemoveClusterPair(Step):
    """Remove the entry of one cluster if it has not changed and no volume pair uses it."""

    entry: ClusterPair

    PHASE = Phase.UNPAIR_CLUSTERS
    FINAL = True


@dataclass(frozen=True)
class PairClusters(Step):
    """StartClusterPairing on `side`, CompleteClusterPairing on the other side."""

    #: The object on the other side, as messages name it.
    completer_object: str
    #: The IDs of the entries that `side` listed before.
    known: frozenset[int]

    PHASE = Phase.PAIR_CLUSTERS
    MAKES_PAIR = True


@dataclass(frozen=True)
class RemoveVolumePair(Step):
    """Remove the pair entry of a volume if its pair and its access have not changed."""

    FINAL = True

    volume: Volume
    #: Whether it is removed after the entry of the other side.
    last: bool = False

    @property
    def phase(self) -> Phase:
        return Phase.UNPAIR_LAST_VOLUME if self.last else Phase.UNPAIR_VOLUME


@dataclass(frozen=True)
class CreateAccount(Step):
    """Create the account that owns the volumes to create."""

    account: str

    PHASE = Phase.CREATE_ACCOUNT


@dataclass(frozen=True)
class CreateVolume(Step):
    """Create the partner of a volume."""

    volume: Volume
    account: str
    #: 0 if the account is to be created too.
    account_id: int = 0
    #: None to use `volume.qos`.
    qos_policy_id: int | None = None

    PHASE = Phase.CREATE_VOLUME


@dataclass(frozen=True)
class ConfirmUnused(Recheck):
    """Recheck that the future target `volume` and its source are unpaired and have not changed."""

    volume: Volume
    source: Volume
    #: The evidence that the plan is based on.
    usage: Usage
    #: Whether the data may be overwritten, so that only sessions count.
    overwrite: bool
    #: Whether this run has taken a snapshot of the volume, so that the evidence has one snapshot more.
    saved: bool = False
    #: Whether it is the second recheck, after the volumes have grown and just before the overwriting write.
    again: bool = False

    @property
    def phase(self) -> Phase:
        return Phase.CONFIRM_AGAIN if self.again else Phase.CONFIRM_UNUSED


@dataclass(frozen=True)
class ChangeVolume(Step):
    """A change of a volume. ModifyVolume makes it, or ModifyVolumes for all volumes with the same change."""

    volume: Volume

    @property
    def change(self) -> dict[str, Any]:
        """The changed parameters with their new values."""
        raise NotImplementedError

    @property
    def text(self) -> str:
        """The change, for messages."""
        raise NotImplementedError

    def is_shown(self, by: Volume) -> bool:
        """Whether the observed volume has the change."""
        raise NotImplementedError


@dataclass(frozen=True)
class Grow(ChangeVolume):
    """Make a volume larger than `volume.size`. This cannot be undone: no volume can be made smaller."""

    GROWS = True

    #: The new size in bytes.
    size: int
    #: Whether the volume is the source of its pair.
    source: bool

    @property
    def phase(self) -> Phase:
        return Phase.GROW_SOURCE if self.source else Phase.GROW_TARGET

    @property
    def change(self) -> dict[str, Any]:
        return {"totalSize": self.size}

    @property
    def text(self) -> str:
        return f"size {self.size}"

    def is_shown(self, by: Volume) -> bool:
        return by.size >= self.size


@dataclass(frozen=True)
class SetAccess(ChangeVolume):
    """Promote or demote a volume. To undo it, its access is set to `volume.access`."""

    SETS_ACCESS = True

    #: The new access.
    access: str

    @property
    def phase(self) -> Phase:
        return Phase.MAKE_TARGET if self.access == TARGET else Phase.MAKE_SOURCE

    @property
    def change(self) -> dict[str, Any]:
        return {"access": self.access}

    @property
    def text(self) -> str:
        return f"access {self.access}"

    def is_shown(self, by: Volume) -> bool:
        return by.access == self.access


@dataclass(frozen=True)
class ReleaseTarget(SetAccess):
    """Make a former target writable if it is unpaired and no other client has changed it."""

    #: The new value of its attribute REPLICA_MARK; "" if its attributes have no room for that.
    mark: str = ""

    @property
    def phase(self) -> Phase:
        return Phase.RELEASE_TARGET

    @property
    def change(self) -> dict[str, Any]:
        return {"access": self.access, **({"attributes": _marked(self.volume, self.mark)} if self.mark else {})}


@dataclass(frozen=True)
class MarkReplica(ChangeVolume):
    """Mark a former target that stays a replicationTarget as a copy of another volume."""

    #: The new value of its attribute REPLICA_MARK.
    mark: str

    PHASE = Phase.RELEASE_TARGET

    @property
    def change(self) -> dict[str, Any]:
        return {"attributes": _marked(self.volume, self.mark)}

    @property
    def text(self) -> str:
        return f"attribute {REPLICA_MARK} {self.mark}"

    def is_shown(self, by: Volume) -> bool:
        return by.replica_mark == self.mark


def _marked(volume: Volume, mark: str) -> dict[str, Any]:
    """Return all attributes of the volume with the mark, because a cluster replaces all attributes at once."""
    return {**volume.attributes, REPLICA_MARK: mark}


@dataclass(frozen=True)
class PairVolumes(Step):
    """StartVolumePairing of `volume` on `side`, CompleteVolumePairing of `completer` on the other cluster."""

    volume: Volume
    completer: Volume
    completer_object: str
    mode: str

    PHASE = Phase.PAIR_VOLUMES
    MAKES_PAIR = True
    FINAL = True
    OVERWRITES = True


@dataclass(frozen=True)
class SetMode(Step):
    """Set the replication mode of an existing pair on its source."""

    volume: Volume
    #: The new and the former mode, as the API names them.
    mode: str
    before: str

    PHASE = Phase.SET_MODE
    FINAL = True


@dataclass(frozen=True)
class SetPause(Step):
    """Pause a pair on one side, or resume it there."""

    volume: Volume
    paused: bool

    PHASE = Phase.SET_PAUSE
    FINAL = True
