# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans: their steps, the order of the writes, and the verdict on the result."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar, NamedTuple, Protocol

from .._element.errors import Failure
from .model import MAX_NAMED, Saved, Side, first_named


class Phase(IntEnum):
    """The order of writes. The steps of all items in one phase come before any step of the next phase.

    After each phase the clusters are in a state that the next run reports by name: a volume is saved before anything else
    is written for its pair, the source's entry of a pair is removed before the target's, a target grows before its source,
    and a volume is a target before it is paired. A planned failover has no writable side for a moment and never two; a
    forced failover has two for a moment, since the requested side is promoted first.
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
    CONFIRM_FAILOVER = 17
    PROMOTE_FIRST = 18
    SAVE = 19
    CONFIRM_DEMOTION = 20
    DEMOTE = 21
    CONFIRM_QUIET = 22
    PROMOTE = 23
    SET_MODE = 24
    CLONE = 25
    SET_POLICY = 26
    GRANT_ACCESS = 27
    REMOVE_COPY = 28
    REMOVE_CHECKPOINT = 29
    SET_PAUSE = 30
    REVOKE_ACCESS = 31
    DELETE_CLONE = 32
    PURGE_CLONE = 33


@dataclass(frozen=True)
class Step:
    """One step of a plan, a write or a recheck. It begins only if all earlier steps of its item have succeeded.

    Its row in `apply/step_kinds.py` says how it is run and undone.
    """

    #: The position in the list of pairs.
    item: int
    side: Side
    #: The object, as messages name it.
    object: str
    #: Why it is written, for the `actions` of the result.
    reason: str

    PHASE: ClassVar[Phase]
    #: Whether the step cannot be undone, or is of no use without the later steps of its item, so that those always run.
    FINAL: ClassVar[bool] = False
    #: Whether the step may overwrite a volume, so that its saved snapshot is kept after the step was sent.
    OVERWRITES: ClassVar[bool] = False
    #: It sets the access of a volume.
    SETS_ACCESS: ClassVar[bool] = False
    #: It makes a volume larger: once one of a pair has grown, the other one does too.
    GROWS: ClassVar[bool] = False
    #: It pairs clusters or volumes.
    MAKES_PAIR: ClassVar[bool] = False
    #: What it has made is of use, or is removed, only once the wait is over; if that fails, `left_behind` names it.
    IS_CONCLUDED: ClassVar[bool] = False

    @property
    def phase(self) -> Phase:
        return self.PHASE


#: Steps that must not be run, and why.
Failures = dict[Step, Failure]


class Facts(Protocol):
    """What diff mode shows of one item. Two are equal where nothing that it shows is different."""

    @property
    def lines(self) -> tuple[str, ...]:
        """As many lines before as after the plan."""


class Subject(NamedTuple):
    """A pair as its warnings name it, and its name among others."""

    full: str
    short: str


@dataclass(frozen=True)
class Plan:
    """What a run does for one pair."""

    steps: tuple[Step, ...] = ()
    #: The steps after the wait for what `steps` have begun.
    concluding: tuple[Step, ...] = ()
    warnings: tuple[str, ...] = ()
    #: What the warnings are about: those of several pairs that say the same become one. None if they never do.
    subject: Subject | None = None
    #: The snapshots that the steps take of what they overwrite.
    saved: tuple[Saved, ...] = ()
    #: Why the pair cannot be made as desired. There are no steps then.
    problem: Failure | None = None
    #: The state before and after the steps, for diff mode; None in a plan that only finishes another one.
    before: Facts | None = None
    after: Facts | None = None

    @property
    def writes(self) -> tuple[Step, ...]:
        """All steps, before and after the wait."""
        return (*self.steps, *self.concluding)

    @property
    def makes_pair(self) -> bool:
        return any(step.MAKES_PAIR for step in self.steps)


@dataclass(frozen=True)
class Verdict:
    """Whether the observed state is the desired one."""

    done: bool
    #: The observed states, for messages.
    text: str = ""
    #: Why the wait cannot succeed any more.
    failure: Failure | None = None


DONE = Verdict(done=True)


def objects(batch: Sequence[Step]) -> str:
    """The objects of a bulk call as messages name them: up to three, and how many there are."""
    named = first_named([step.object for step in batch])
    return named if len(batch) <= MAX_NAMED else f"{named} ({len(batch)} in all)"
