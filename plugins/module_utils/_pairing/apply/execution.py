# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection elementsw.replication: it can change without notice.
"""One pair of the list on its way: what was done to it, and why it ended early."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

from ..._element.errors import Failure
from ..failover_steps import Save
from ..model import Saved, Volume
from ..plan import Grow, Plan, Step


@dataclass(frozen=True)
class Done:
    """A step that took effect. uuid: of the volume pair it made; volume, account_id, taken: what it created.

    ours: whether it was this run that made the account. unsure: it may have taken effect, or may yet do so.
    """

    step: Step
    uuid: str = ""
    volume: Volume | None = None
    account_id: int = 0
    ours: bool = True
    taken: Any = None
    unsure: bool = False


@dataclass
class Item:
    """One pair on its way. failure: why it ended early. remains: a write of this run is still in effect.

    saved_before: what earlier calls of the module have saved, in a call that only waits.
    """

    plan: Plan
    done: list[Done] = field(default_factory=list)
    failure: Failure | None = None
    rolled_back: bool = False
    saved_before: tuple[Saved, ...] = ()
    _begun: set[type[Step]] = field(default_factory=set)
    _lock: Any = field(default_factory=threading.Lock, repr=False, compare=False)

    def fail(self, failure: Failure) -> None:
        """The first failure stands; steps that ran beside it add what they have left behind."""
        with self._lock:
            if self.failure is None:
                self.failure = failure
            else:
                self.failure.left_behind += failure.left_behind

    def begin(self, step: Step) -> None:
        """Note that a step is about to be sent."""
        self._begun.add(type(step))

    @property
    def may_be_overwritten(self) -> bool:
        """Whether a write was sent that overwrites a volume, whatever became of it."""
        return any(kind.OVERWRITES for kind in self._begun)

    @property
    def saved(self) -> tuple[Saved, ...]:
        """The snapshots that keep what was overwritten."""
        taken = [(done.taken, done.step.volume) for done in self.done if isinstance(done.step, Save)]
        return (
            *self.saved_before,
            *(snapshot.saved(volume) for snapshot, volume in taken if snapshot and not snapshot.withdrawn),
        )

    def goes_on_with(self, step: Step) -> bool:
        """Whether what was done cannot be put back, or is worth nothing without this step: it is run whatever happened.

        Half a pair is removed and cannot be joined again; a pair that is made is not taken apart for want of its pause;
        a target that has grown stays so; and a turn that has begun is brought to its end.
        """
        return any(done.step.FINAL or (isinstance(done.step, Grow) and isinstance(step, Grow)) for done in self.done)

    @property
    def remains(self) -> bool:
        if self.rolled_back and self.failure:
            return bool(self.failure.left_behind or self.saved)
        return bool(self.done)

    @property
    def going(self) -> bool:
        return self.failure is None
