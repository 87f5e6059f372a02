# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One pair of the list during the writes: the steps that took effect, and why it failed."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

from ..._element.errors import Failure
from ..model import Saved, Volume
from ..plan import Plan, Step
from ..run import Moment


@dataclass(frozen=True)
class Done:
    """A step that took effect."""

    step: Step
    #: Of the volume pair that it made.
    uuid: str = ""
    #: What it created: a volume, an account, a snapshot.
    volume: Volume | None = None
    account_id: int = 0
    taken: Any = None
    #: Whether this run created the account, or made the volume larger.
    ours: bool = True
    #: It may have taken effect, or may yet do so.
    unsure: bool = False
    #: When its call was sent.
    sent: Moment | None = None


@dataclass
class Item:
    """One pair during the writes."""

    plan: Plan
    done: list[Done] = field(default_factory=list)
    #: Why it failed.
    failure: Failure | None = None
    rolled_back: bool = False
    #: What earlier calls of the module have saved, where this call resumes a wait.
    saved_before: tuple[Saved, ...] = ()
    _begun: set[type[Step]] = field(default_factory=set)
    _lock: Any = field(default_factory=threading.Lock, repr=False, compare=False)

    def fail(self, failure: Failure) -> None:
        """Keep the first failure; steps that ran in parallel add what they have left behind."""
        with self._lock:
            if self.failure is None:
                self.failure = failure
            else:
                self.failure.left_behind += failure.left_behind

    def begin(self, step: Step) -> None:
        """Record that a step is about to be sent."""
        self._begun.add(type(step))

    @property
    def may_be_overwritten(self) -> bool:
        """Whether a write was sent that overwrites a volume, with or without effect."""
        return any(kind.OVERWRITES for kind in self._begun)

    @property
    def saved(self) -> tuple[Saved, ...]:
        """The snapshots that keep what was overwritten."""
        if not self.done:
            return self.saved_before
        from ..failover_steps import Save  # not loaded where nothing is written

        taken = [(done.taken, done.step.volume) for done in self.done if isinstance(done.step, Save)]
        return (
            *self.saved_before,
            *(snapshot.saved(volume) for snapshot, volume in taken if snapshot and not snapshot.withdrawn),
        )

    def goes_on_with(self, step: Step) -> bool:
        """Whether this step is run in any case, since what was done cannot be undone or is incomplete without it.

        Half a pair cannot be joined again; a new pair is not removed because its pause failed; a volume that has grown
        stays so; a failover that has begun is finished.
        """
        return any(done.step.FINAL or (done.step.GROWS and step.GROWS) for done in self.done)

    @property
    def remains(self) -> bool:
        if self.rolled_back and self.failure:
            return bool(self.failure.left_behind or self.saved)
        return bool(self.done)

    @property
    def going(self) -> bool:
        return self.failure is None
