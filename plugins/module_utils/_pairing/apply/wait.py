# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection elementsw.replication: it can change without notice.
"""Look again until everything is as wished, cannot become so, or the time is up."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from ..model import Verdict
from ..session import Session

# Seconds between two looks: short at first, since most waits are short.
FIRST_PAUSE = 1.0
LAST_PAUSE = 10.0
GROWTH = 1.5

Seen = TypeVar("Seen")


def until(
    session: Session,
    seen: Seen,
    look: Callable[[], Seen],
    judge: Callable[[Seen, float], list[Verdict]],
    timeout: float,
) -> tuple[Seen, list[Verdict]]:
    """What was seen last, and the verdicts on it, of which those neither done nor failed have run out of time.

    look: one round of reads. judge: the verdict on each item; it is given the seconds waited so far. timeout: seconds.
    """
    began = session.clock.monotonic()
    pause = FIRST_PAUSE
    while True:
        waited = session.clock.monotonic() - began
        verdicts = judge(seen, waited)
        if all(verdict.done or verdict.failure for verdict in verdicts):
            return seen, verdicts
        if waited >= timeout or session.stopping.is_set():
            return seen, verdicts
        session.pause(min(pause, timeout - waited))
        pause = min(pause * GROWTH, LAST_PAUSE)
        seen = look()
