# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps of a failover. Only the access of its volumes determines the direction of a pair."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from .model import Volume, Writes
from .pairing_steps import Recheck, SetAccess
from .plan import Phase, Step

# The most volumes of a group snapshot, unless the cluster has a lower limit.
MAX_IN_GROUP = 32


@dataclass(frozen=True)
class TakeSnapshot(Step):
    """Take a snapshot of a volume."""

    volume: Volume
    #: The most volumes of a cluster that share one group snapshot.
    max_batch: int = MAX_IN_GROUP


@dataclass(frozen=True)
class TakeCheckpoint(TakeSnapshot):
    """Take a replicated snapshot. When the other side has it, the other side has all earlier writes."""

    #: What did not happen if it is removed because of a failure, for messages.
    OTHERWISE: ClassVar[str] = "the pair was not reversed"

    #: The unique ID of the volume's cluster.
    cluster_id: str = ""
    #: The digest of the volume, its pair and the write counts of both volumes; see `checkpoint.digest`.
    digest: str = ""

    PHASE = Phase.TAKE_CHECKPOINT


@dataclass(frozen=True)
class Save(TakeSnapshot):
    """Take a saved snapshot of a volume before it is overwritten."""

    #: The beginning of the remedy in the message if the snapshot cannot be taken.
    hint: str = ""
    #: How long the snapshot is kept, in the API's form; None to keep it until it is deleted.
    retention: str | None = None
    #: Whether it is taken before all other writes for the pair.
    first: bool = False

    @property
    def phase(self) -> Phase:
        return Phase.SAVE_FIRST if self.first else Phase.SAVE


@dataclass(frozen=True)
class RecheckPair(Recheck):
    """Recheck that two volumes are still paired with each other and have the planned access."""

    volume: Volume
    partner: Volume


@dataclass(frozen=True)
class ConfirmArrival(RecheckPair):
    """Wait until the checkpoint of `volume` has arrived on the other side."""

    #: The seconds to wait for the checkpoint.
    timeout: float
    #: The checkpoint that this run has taken.
    checkpoint: Any = None

    PHASE = Phase.CONFIRM_FAILOVER
    #: What did not happen if it has not arrived, for messages.
    OTHERWISE: ClassVar[str]
    #: What happens to all of a list or to none, for messages.
    TOGETHER: ClassVar[str]


@dataclass(frozen=True)
class ConfirmFailover(ConfirmArrival):
    """Wait until the checkpoint has arrived, then recheck the pair, and that no host is logged in to the source."""

    OTHERWISE = "the pair was not reversed"
    TOGETHER = "not reversed, a planned failover reverses all pairs of the list or none"


@dataclass(frozen=True)
class ConfirmDemotion(RecheckPair):
    """Recheck the pair before `volume` is overwritten by its partner, and that no host is logged in to it."""

    PHASE = Phase.CONFIRM_DEMOTION


@dataclass(frozen=True)
class ConfirmQuiet(Recheck):
    """Recheck that no one has written to the demoted source since its writes were counted."""

    volume: Volume
    #: The count before the demotion.
    writes: Writes

    PHASE = Phase.CONFIRM_QUIET


@dataclass(frozen=True)
class CountLateWrites(Step):
    """Warn of late writes of hosts to a demoted volume. The step writes nothing."""

    volume: Volume
    #: The count before the demotion; None if it cannot be read.
    write_ops: int | None
    #: Whether there is a saved snapshot of the volume.
    saved: bool

    PHASE = Phase.CONFIRM_QUIET


@dataclass(frozen=True)
class Demote(SetAccess):
    """Demote a source to the target of its partner."""

    FINAL = True
    OVERWRITES = True

    partner: Volume

    @property
    def phase(self) -> Phase:
        return Phase.DEMOTE


@dataclass(frozen=True)
class Promote(SetAccess):
    """Promote a target if it has not changed: the last write of a planned failover, the first one of a forced failover."""

    FINAL = True
    OVERWRITES = True

    #: Whether the failover is forced.
    first: bool = False
    #: The other volume, which must not have changed, so that there are never two writable sides; None not to recheck it.
    partner: Volume | None = None
    #: The other volume of a forced failover, if it answers. A source is not saved yet: demoted by another client, it would be
    #: overwritten at once. Beside a target that another client has promoted, both sides would be writable.
    beside: Volume | None = None

    @property
    def phase(self) -> Phase:
        return Phase.PROMOTE_FIRST if self.first else Phase.PROMOTE


@dataclass(frozen=True)
class RemoveCheckpoint(Step):
    """Remove a checkpoint that is no longer needed, or its copy."""

    #: The volume on the step's own side.
    volume: Volume
    #: Whether the copy is removed, and not the checkpoint itself.
    copy: bool
    max_batch: int = MAX_IN_GROUP
    #: The checkpoint that this run has taken.
    checkpoint: Any = None

    @property
    def phase(self) -> Phase:
        return Phase.REMOVE_COPY if self.copy else Phase.REMOVE_CHECKPOINT
