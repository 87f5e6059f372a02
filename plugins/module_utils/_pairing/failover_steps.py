# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps of a failover. Nothing but access tells a pair's direction."""

# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .model import Volume, Writes
from .plan import Phase, Recheck, SetAccess, Step

# A group snapshot has at most so many volumes, where the cluster does not allow fewer.
MAX_IN_GROUP = 32


@dataclass(frozen=True)
class TakeSnapshot(Step):
    """A snapshot of a volume; one group snapshot serves up to `most` volumes of a cluster."""

    volume: Volume
    most: int = MAX_IN_GROUP


@dataclass(frozen=True)
class TakeCheckpoint(TakeSnapshot):
    """A snapshot that replicates: once the other side has it, it has all that was written before."""

    #: Unique ID of the volume's cluster.
    cluster_id: str = ""
    #: Stands for the volume and how many writes it and its partner have seen; see `checkpoint.digest`.
    digest: str = ""

    PHASE = Phase.TAKE_CHECKPOINT


@dataclass(frozen=True)
class Save(TakeSnapshot):
    """A snapshot of what is about to be overwritten. retention: how long it is kept, None without end.

    hint: what the message says first where it cannot be taken. first: before anything else is written for the pair.
    """

    hint: str = ""
    retention: str | None = None
    first: bool = False

    @property
    def phase(self) -> Phase:
        return Phase.SAVE_FIRST if self.first else Phase.SAVE


@dataclass(frozen=True)
class RecheckPair(Recheck):
    """Whether the two volumes are still paired and have the access they are planned to have."""

    volume: Volume
    partner: Volume


@dataclass(frozen=True)
class ConfirmFailover(RecheckPair):
    """The same once the checkpoint has arrived; no host may be logged in to the source.

    timeout: the seconds that the checkpoint is waited for. checkpoint: what this run has taken.
    """

    timeout: float
    checkpoint: Any = None

    PHASE = Phase.CONFIRM_TURN


@dataclass(frozen=True)
class ConfirmDemotion(RecheckPair):
    """The same before a volume is overwritten by its partner; no host may be logged in to it."""

    PHASE = Phase.CONFIRM_DEMOTION


@dataclass(frozen=True)
class ConfirmQuiet(Recheck):
    """Whether no one has written to the demoted source since its writes were counted."""

    volume: Volume
    writes: Writes

    PHASE = Phase.CONFIRM_QUIET


@dataclass(frozen=True)
class CountLateWrites(Step):
    """No write: warn of what hosts have written to a volume that was demoted, after `write_ops` was read.

    write_ops: None where it cannot be read. saved: whether there is a snapshot of the volume.
    """

    volume: Volume
    write_ops: int | None
    saved: bool

    PHASE = Phase.CONFIRM_QUIET


@dataclass(frozen=True)
class Demote(SetAccess):
    """Make a source the target of its partner."""

    partner: Volume

    @property
    def phase(self) -> Phase:
        return Phase.DEMOTE


@dataclass(frozen=True)
class Promote(SetAccess):
    """Make a target writable, if it still is as planned: the last step of a planned failover, the first of a forced one."""

    first: bool = False
    #: The other volume as it must still be, so that there are never two writable sides; None: however it is.
    partner: Volume | None = None
    #: The other volume, which is writable and not saved: as a target it would be overwritten from the promotion on.
    unsaved: Volume | None = None

    @property
    def phase(self) -> Phase:
        return Phase.PROMOTE_FIRST if self.first else Phase.PROMOTE


@dataclass(frozen=True)
class RemoveCheckpoint(Step):
    """Remove a checkpoint that has done its work, or its copy. volume: the one on the step's own side."""

    volume: Volume
    copy: bool
    most: int = MAX_IN_GROUP
    checkpoint: Any = None

    @property
    def phase(self) -> Phase:
        return Phase.REMOVE_COPY if self.copy else Phase.REMOVE_CHECKPOINT
