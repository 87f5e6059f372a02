# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The progress of a wait as text: the lines that a waiting task shows, and the state at its timeout."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ...._element.errors import Failure
from ...model import LOCAL, PEER, SIDES, TARGET, Side, Sides, SyncJob
from ...plan import Verdict
from .messages import ends, refusal

if TYPE_CHECKING:
    from ..cluster_pair.state import ObservedClusterPair
    from .state import ObservedVolumePair

# The copies that each cluster is receiving, by volume ID.
Jobs = Sides[Mapping[int, SyncJob]]
NO_JOBS: Jobs = Sides({}, {})
# A time longer than this many seconds is shown in minutes, and one longer than this many minutes in hours.
LONGEST_IN_SECONDS = 90
LONGEST_IN_MINUTES = 120


class Waiting(NamedTuple):
    """One pair that the task waits for."""

    pair: ObservedVolumePair
    text: str
    #: The running copy to its target; None without one.
    job: SyncJob | None


def of_cluster_pair(observed: ObservedClusterPair, text: str, waited: float, timeout: float) -> str:
    """The line for a cluster pair. waited, timeout: in seconds."""
    return f"cluster pair of {observed.name(LOCAL)} and {observed.name(PEER)}: {text}, {waited:.0f} s of {timeout:g} s"


def of_volume_pairs(
    pairs: Sequence[ObservedVolumePair | None], verdicts: Sequence[Verdict | None], wanted: str, jobs: Jobs
) -> str:
    """The line for volume pairs: `3 of 40 pairs in sync, slowest orders-db 41 %, about 12 min left`.

    verdicts: None for a pair that has failed. wanted: the state that the task waits for.
    """
    waiting = [
        Waiting(pair, verdict.text, copying(pair, jobs))
        for pair, verdict in zip(pairs, verdicts)
        if pair and verdict and not verdict.done
    ]
    done = sum(verdict is not None and verdict.done for verdict in verdicts)
    failed = sum(verdict is None for verdict in verdicts)
    parts = [f"{done} of {len(verdicts)} {'pair' if len(verdicts) == 1 else 'pairs'} {wanted}"]
    if failed:
        parts.append(f"{failed} failed")
    if waiting:
        parts.append(f"slowest {_of_slowest(waiting)}")
    return ", ".join(parts)


def _of_slowest(waiting: Sequence[Waiting]) -> str:
    copies = [(each.pair, each.job) for each in waiting if each.job]
    if not copies:
        return waiting[0].text
    slowest, job = max(copies, key=lambda copy: _slowness(copy[1]))
    # The time of the slowest copy says little while others have not started.
    left = job.remaining_seconds if len(copies) == len(waiting) else None
    return f"{slowest.volume(LOCAL).name} {_amount_done(job.percent, left)}"


def _slowness(job: SyncJob) -> tuple[float, float]:
    return (math.inf if job.remaining_seconds is None else job.remaining_seconds, -job.percent)


def copying(pair: ObservedVolumePair, jobs: Jobs) -> SyncJob | None:
    """The running copy to the pair's target, which only the target's cluster reports; None without one."""
    targets = [side for side in SIDES if pair.volumes[side] and pair.volume(side).access == TARGET]
    return jobs[targets[0]].get(pair.volume(targets[0]).id) if len(targets) == 1 else None


def how_far(job: SyncJob) -> str:
    """`41 %, about 12 min left`, without the time if it is not known."""
    return _amount_done(job.percent, job.remaining_seconds)


def _amount_done(percent: float, seconds: float | None) -> str:
    # Rounded down: an incomplete copy is not shown as 100 %.
    done = f"{math.floor(percent)} %"
    return done if seconds is None else f"{done}, about {_duration(seconds)} left"


def _duration(seconds: float) -> str:
    if seconds <= LONGEST_IN_SECONDS:
        return f"{math.ceil(seconds)} s"
    minutes = math.ceil(seconds / 60)
    return f"{minutes} min" if minutes <= LONGEST_IN_MINUTES else f"{minutes // 60} h {minutes % 60} min"


def replaced(pair: ObservedVolumePair | Failure) -> Failure:
    """Failure, changed_meanwhile: between two reads another client removed the pair, made another one or reversed it.

    pair: as it is now, or the failure that says why it cannot be identified.
    """
    if isinstance(pair, Failure):
        return pair.recoded("changed_meanwhile", f"changed while the task was waiting: {pair.sentence}")
    return refusal(
        pair,
        "changed_meanwhile",
        f"{ends(pair)}: another client changed the pair while this task was waiting ({_now(pair)}); run again",
    )


def in_handshake(pair: ObservedVolumePair) -> Failure:
    """Failure, changed_meanwhile: half a pair that is different at each read."""
    return refusal(
        pair,
        "changed_meanwhile",
        f"{ends(pair)}: another run seems to be pairing them ({_now(pair)}); nothing was written: run again when it has ended",
    )


def _now(pair: ObservedVolumePair) -> str:
    return ", ".join(f"{pair.name(side)} {_of_side(pair, side)}" for side in SIDES)


def _of_side(pair: ObservedVolumePair, side: Side) -> str:
    volume, entry = pair.volumes[side], pair.entries[side]
    if volume is None:
        return "has no such volume"
    return f"shows {volume.access}, " + (f"pair {entry.uuid}" if entry else "no pair")
