# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection elementsw.replication: it can change without notice.
"""Look again until everything is as wished, cannot become so, or the time is up."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from ..plan import Verdict
from ..run import Run

# Seconds between two looks: short at first, since most waits are short.
FIRST_PAUSE = 1.0
LAST_PAUSE = 10.0
GROWTH = 1.5

Observed = TypeVar("Observed")


@dataclass(frozen=True)
class Limits:
    """In seconds. timeout: the wait as a whole. waited: how much of it earlier calls of the module have used up.

    interval: after so much waiting this call ends, whatever the wait has come to; 0 for not before its end.
    """

    timeout: float
    waited: float = 0
    interval: float = 0


@dataclass(frozen=True)
class Waited(Generic[Observed]):
    """seen: the last look, and the verdicts on it. seconds: waited altogether, in earlier calls too.

    over: there is nothing left to wait for, or no time left; else it is only this call's part that has ended.
    """

    observation: Observed
    verdicts: list[Verdict]
    seconds: float
    over: bool


def until(
    run: Run,
    observation: Observed,
    look: Callable[[], Observed],
    judge: Callable[[Observed, float], list[Verdict]],
    limits: Limits,
) -> Waited[Observed]:
    """Wait. Verdicts that are neither done nor failed when it is over have run out of time.

    look: one round of reads. judge: the verdict on each item; it is given the seconds waited so far.
    """
    began = run.clock.monotonic() - limits.waited
    pausing_until = limits.waited + limits.interval if limits.interval else math.inf
    while True:
        waited = run.clock.monotonic() - began
        verdicts = judge(observation, waited)
        settled = all(verdict.done or verdict.failure for verdict in verdicts)
        if settled or waited >= limits.timeout or run.stopping.is_set():
            return Waited(observation, verdicts, waited, over=True)
        if waited >= pausing_until:
            return Waited(observation, verdicts, waited, over=False)
        run.pause(min(next_pause(waited), limits.timeout - waited, pausing_until - waited))
        observation = look()


def next_pause(waited: float) -> float:
    """A geometric series, told by its sum so far: a wait that is divided over several calls goes on where it was."""
    return min(FIRST_PAUSE + (GROWTH - 1) * waited, LAST_PAUSE)
