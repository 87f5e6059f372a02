# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every write goes through `Writer`: it is sent once, and is recorded in `actions`."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Mapping
from typing import TypeVar

from ..._element.errors import Failure
from ..model import Action, Side
from ..run import Run
from .resend import CHANGE, attempt, may_pass

# Seconds within which a write whose reply was lost shows up in the lists.
SEARCH_SECONDS = 15
SEARCH_INTERVAL = 1
T = TypeVar("T")
#: Makes a recheck and returns the failure if the write is not wanted any more, None if it is. Its argument: whether an earlier
#: attempt may have taken effect.
Recheck = Callable[[bool], "Failure | None"]


def _no_recheck(_unknown: bool) -> Failure | None:
    return None


class Writer:
    """Sends writes and records them."""

    def __init__(self, run: Run):
        self.run = run
        #: The writes that took effect, or may have, in the order of their replies.
        self.actions: list[Action] = []
        self.warnings: list[str] = []
        self._lock = threading.Lock()
        self._deadlines: dict[str, float] = {}
        self._recheck: Recheck = _no_recheck

    def rechecking(self, recheck: Recheck = _no_recheck) -> Writer:
        """Return this writer for a write before whose repetition `recheck` is made, none by default."""
        other = copy.copy(self)
        other._recheck = recheck
        return other

    def refuse_changed(self, unknown: bool = False) -> None:
        """Make the recheck of the write before it is sent again. Raises its Failure.

        unknown: whether an earlier attempt may have taken effect, or may yet do so.
        """
        failure = self._recheck(unknown)
        if failure is not None:
            failure.outcome_unknown = unknown
            raise failure

    def deadline(self, purpose: str, seconds: float) -> float:
        """The time on the clock of the run until which its writes for one purpose wait: so many seconds after the first."""
        with self._lock:
            return self._deadlines.setdefault(purpose, self.run.clock.monotonic() + seconds)

    def write(self, side: Side, method: str, params: Mapping[str, object], what: str, reason: str) -> dict:
        """The result of one call that changes something. what: the object as messages name it. Raises Failure."""
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
        """Send a write that may be repeated until it took effect; after an error `applied` reads whether it did.

        done: names of errors that mean that nothing is left to do; False is returned then, since it was not this write.
        """
        unknown = refused = False

        def send() -> bool:
            nonlocal unknown, refused
            try:
                self.write(side, method, params, what, reason)
            except Failure as exc:
                if exc.name in done:
                    return False
                refused = not may_pass(exc)
                # What an earlier attempt has left open stays open, whatever the answer to a later one.
                unknown = exc.outcome_unknown = exc.outcome_unknown or unknown
                raise
            return True

        def recover(trouble: Failure) -> bool | None:
            if self._took_effect(trouble, what, applied):
                return True
            if refused:
                raise trouble
            try:
                self.refuse_changed(unknown)
            except Failure:
                # What looks changed may be the effect of this write, which a lagging node shows only now.
                if unknown and self._took_effect(trouble, what, applied):
                    return True
                raise
            return None

        return attempt(self.run, CHANGE, send, recover)

    def search(self, find: Callable[[], T | None], seconds: float) -> T | None:
        """What `find` returns within so many seconds, or None. A cluster that does not answer shows nothing."""
        deadline = self.run.clock.monotonic() + seconds
        while True:
            try:
                found = find()
            except Failure:
                found = None
            if found is not None or self.run.clock.monotonic() >= deadline:
                return found
            self.run.clock.sleep(SEARCH_INTERVAL)

    def _took_effect(self, trouble: Failure, what: str, applied: Callable[[], bool]) -> bool:
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
