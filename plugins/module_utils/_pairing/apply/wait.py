# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Polling until every item is as requested, cannot become so, or the time is up."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from ..plan import Verdict
from ..run import Run

# Seconds between two polls: short at first, since most waits are short.
FIRST_PAUSE = 1.0
LAST_PAUSE = 10.0
GROWTH = 1.5

Observed = TypeVar("Observed")


@dataclass(frozen=True)
class Limits:
    """All in seconds."""

    #: Of the whole wait.
    timeout: float
    #: What earlier calls of the module have used of it.
    waited: float = 0
    #: After so long this call ends, whatever the result of the wait; 0: only at its end.
    interval: float = 0


@dataclass(frozen=True)
class Waited(Generic[Observed]):
    """The last observation, and the verdicts on it.

    seconds: waited altogether, in earlier calls too. over: nothing is left to wait for, or no time is left; else only
    this call's part of the wait has ended.
    """

    observation: Observed
    verdicts: list[Verdict]
    seconds: float
    over: bool


def until(
    run: Run,
    observation: Observed,
    refresh: Callable[[Observed], Observed],
    judge: Callable[[Observed, float], list[Verdict]],
    limits: Limits,
) -> Waited[Observed]:
    """Poll. Verdicts that are neither done nor failed at the end have timed out.

    refresh: one round of reads; it gets the observation before.
    judge: the verdict on each item; it gets the seconds waited so far.
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
        observation = refresh(observation)


def next_pause(waited: float) -> float:
    """The next term of a geometric series, by its sum so far: a resumed wait continues where it was."""
    return min(FIRST_PAUSE + (GROWTH - 1) * waited, LAST_PAUSE)
