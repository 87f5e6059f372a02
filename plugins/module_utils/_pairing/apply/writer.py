# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection elementsw.replication: it can change without notice.
"""The door that every write goes through: it is sent once, and the user is told of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TypeVar

from ..._element.errors import Failure
from ..model import Action, Side
from ..run import Run

# How often a write that may be repeated is sent, and the seconds before it is looked at and sent again.
ATTEMPTS = 3
PAUSE = 1.0
# Seconds that a write whose reply was lost is given to show up in the lists.
SEARCH_SECONDS = 15
SEARCH_INTERVAL = 1
T = TypeVar("T")


class Writer:
    """actions: the writes that took effect, or may have, in the order of their replies."""

    def __init__(self, run: Run):
        self.run = run
        self.actions: list[Action] = []
        self.warnings: list[str] = []
        self._lock = threading.Lock()

    def write(self, side: Side, method: str, params: Mapping[str, object], what: str, reason: str) -> dict:
        """The result of one call that changes something. what: the object in words. Raises Failure."""
        client = self.run.client(side)
        try:
            result = client.call(method, params)
        except Failure as exc:
            if exc.outcome_unknown:
                self._note(Action(client.name, method, what, reason))
            raise
        self._note(Action(client.name, method, what, reason))
        return result

    def settle(
        self,
        side: Side,
        method: str,
        params: Mapping[str, object],
        what: str,
        reason: str,
        *,
        applied: Callable[[], bool],
        done: frozenset[str] = frozenset(),
    ) -> bool:
        """A write that may be repeated, until it took effect: after trouble it is looked at (`applied`) before that.

        done: names of errors that say that there is nothing left to do; then it was not this write, and False comes back.
        """
        trouble, unknown = None, False
        for attempt in range(ATTEMPTS):
            if attempt:
                self.run.clock.sleep(PAUSE)
            try:
                self.write(side, method, params, what, reason)
                return True
            except Failure as exc:
                if exc.name in done:
                    return False
                passes = exc.outcome_unknown or exc.transient
                # What an earlier attempt has left open stays open, whatever is said to a later one.
                unknown = exc.outcome_unknown = exc.outcome_unknown or unknown
                if not (passes or unknown):
                    raise
                trouble = exc
            if self._looked(trouble, what, applied):
                return True
            if not passes:
                break
        raise trouble or LookupError("nothing was tried")

    def search(self, look: Callable[[], T | None], seconds: float) -> T | None:
        """What `look` finds within so many seconds, None if it finds nothing. A cluster that does not answer shows nothing."""
        deadline = self.run.clock.monotonic() + seconds
        while True:
            try:
                found = look()
            except Failure:
                found = None
            if found is not None or self.run.clock.monotonic() >= deadline:
                return found
            self.run.clock.sleep(SEARCH_INTERVAL)

    def _looked(self, trouble: Failure, what: str, applied: Callable[[], bool]) -> bool:
        try:
            return applied()
        except Failure:
            if trouble.outcome_unknown:
                trouble.left_behind.append(
                    f"{what} on cluster {trouble.cluster}: whether {trouble.method} took effect is not known"
                )
            raise trouble from None

    def _note(self, action: Action) -> None:
        with self._lock:
            self.actions.append(action)

    def warn(self, sentence: str) -> None:
        with self._lock:
            self.warnings.append(sentence)
