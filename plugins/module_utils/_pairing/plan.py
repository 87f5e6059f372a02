# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is planned: steps, the order of their writes, and the verdict on what they lead to."""

# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, ClassVar

from .._element.errors import Failure
from .model import REPLICA_MARK, TARGET, ClusterPair, Usage, Volume


class Phase(IntEnum):
    """The order of writes. All items' steps of a phase come before any step of the next one.

    At every point of this order the clusters are in a state that the next run reports by name: what will be overwritten is
    saved before anything else is written for its pair, a pair loses its source's entry before its target's, a target grows
    before its source, and a volume is a target before anything is paired with it. A planned turn has no writable side for a
    moment and never two; a forced one has two for a moment, since the wanted side comes first.
    """

    UNPAIR_CLUSTERS = 1
    PAIR_CLUSTERS = 2
    SAVE_FIRST = 3
    UNPAIR_VOLUME = 4
    UNPAIR_LAST_VOLUME = 5
    RELEASE_TARGET = 6
    CREATE_ACCOUNT = 7
    CREATE_VOLUME = 8
    CONFIRM_UNUSED = 9
    GROW_TARGET = 10
    GROW_SOURCE = 11
    CONFIRM_AGAIN = 12
    MAKE_TARGET = 13
    MAKE_SOURCE = 14
    PAIR_VOLUMES = 15
    TAKE_CHECKPOINT = 16
    CONFIRM_TURN = 17
    PROMOTE_FIRST = 18
    SAVE = 19
    CONFIRM_DEMOTION = 20
    DEMOTE = 21
    CONFIRM_QUIET = 22
    PROMOTE = 23
    SET_MODE = 24
    REMOVE_COPY = 25
    REMOVE_CHECKPOINT = 26
    SET_PAUSE = 27


@dataclass(frozen=True)
class Step:
    """One write of a plan: on which cluster, on what, and why. How it is run and undone: apply/steps.py.

    item: position in the list of pairs. A step is begun only if all earlier steps of its item have succeeded.
    """

    item: int
    side: str
    object: str
    reason: str

    PHASE: ClassVar[Phase]

    @property
    def phase(self) -> Phase:
        return self.PHASE


@dataclass(frozen=True)
class Recheck(Step):
    """No write: one more look before what follows, taken for all steps of its phase together."""


@dataclass(frozen=True)
class RemoveClusterPair(Step):
    """Remove one cluster's entry, if it is still the planned one and no volume pair uses it."""

    entry: ClusterPair

    PHASE = Phase.UNPAIR_CLUSTERS


@dataclass(frozen=True)
class PairClusters(Step):
    """StartClusterPairing on `side`, CompleteClusterPairing on the other. known: IDs that the origin listed before."""

    completer_object: str
    known: frozenset[int]

    PHASE = Phase.PAIR_CLUSTERS


@dataclass(frozen=True)
class RemoveVolumePair(Step):
    """Remove the pair entry of a volume, if the volume still is as planned. last: after the other side's."""

    volume: Volume
    last: bool = False

    @property
    def phase(self) -> Phase:
        return Phase.UNPAIR_LAST_VOLUME if self.last else Phase.UNPAIR_VOLUME


@dataclass(frozen=True)
class CreateAccount(Step):
    """An owner for volumes that are to be created."""

    account: str

    PHASE = Phase.CREATE_ACCOUNT


@dataclass(frozen=True)
class CreateVolume(Step):
    """A partner for a volume. account_id: 0 while the account is to be created as well. qos_policy_id: else `qos`."""

    volume: Volume
    account: str
    account_id: int = 0
    qos_policy_id: int | None = None

    PHASE = Phase.CREATE_VOLUME


@dataclass(frozen=True)
class ConfirmUnused(Recheck):
    """Whether the future target `volume` and its source are still unpaired and as planned.

    usage: the evidence the plan was made with. overwrite: only sessions count, the data may go. saved: the evidence has one
    snapshot more by now, which this run has taken. again: after what lies between the first look and the write that destroys.
    """

    volume: Volume
    source: Volume
    usage: Usage
    overwrite: bool
    saved: bool = False
    again: bool = False

    @property
    def phase(self) -> Phase:
        return Phase.CONFIRM_AGAIN if self.again else Phase.CONFIRM_UNUSED


@dataclass(frozen=True)
class ChangeVolume(Step):
    """A change of a volume that ModifyVolume makes, or ModifyVolumes for all that want the same one."""

    volume: Volume

    @property
    def change(self) -> dict[str, Any]:
        """The parameters that are changed, with their values."""
        raise NotImplementedError

    @property
    def text(self) -> str:
        """The change in words."""
        raise NotImplementedError

    def is_shown(self, by: Volume) -> bool:
        """Whether the volume shows the change."""
        raise NotImplementedError


@dataclass(frozen=True)
class Grow(ChangeVolume):
    """Make a volume larger; `volume.size` is what it had, and nothing makes it smaller again. size in bytes."""

    size: int
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
    """Make a volume a source or a target; `volume.access` is what it goes back to."""

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
    """Make a former target writable, if it is unpaired by now and no other client has changed it.

    mark: what its attributes say from now on of the copy that it holds; "" where they have no room for that.
    """

    mark: str = ""

    @property
    def phase(self) -> Phase:
        return Phase.RELEASE_TARGET

    @property
    def change(self) -> dict[str, Any]:
        return {"access": self.access, **({"attributes": _marked(self.volume, self.mark)} if self.mark else {})}


@dataclass(frozen=True)
class MarkReplica(ChangeVolume):
    """Note on a former target that stays a replicationTarget that it holds the copy of another volume."""

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
    """All attributes of the volume: a cluster replaces them as a whole."""
    return {**volume.attributes, REPLICA_MARK: mark}


@dataclass(frozen=True)
class PairVolumes(Step):
    """StartVolumePairing of `volume` on `side`, CompleteVolumePairing of `completer` on the other cluster."""

    volume: Volume
    completer: Volume
    completer_object: str
    mode: str

    PHASE = Phase.PAIR_VOLUMES


@dataclass(frozen=True)
class SetMode(Step):
    """The replication mode of an existing pair, set on its source. before: the mode it had, in the API's words."""

    volume: Volume
    mode: str
    before: str

    PHASE = Phase.SET_MODE


@dataclass(frozen=True)
class SetPause(Step):
    """Pause a pair on one side, or resume it there."""

    volume: Volume
    paused: bool

    PHASE = Phase.SET_PAUSE


@dataclass(frozen=True)
class Plan:
    """What shall be done about one pair. before and after are what diff mode shows.

    problem: a Failure when nothing can be done about it; there are no steps then.
    """

    steps: tuple[Step, ...] = ()
    warnings: tuple[str, ...] = ()
    problem: Failure | None = None
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)

    @property
    def makes_pair(self) -> bool:
        return any(isinstance(step, (PairClusters, PairVolumes)) for step in self.steps)


@dataclass(frozen=True)
class Verdict:
    """Whether a wish is fulfilled. failure: why waiting any longer is pointless. text: the last states, for messages."""

    done: bool
    text: str = ""
    failure: Failure | None = None


DONE = Verdict(done=True)
