# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The volume pairs of a report in a few numbers."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..volume_pair.state import ObservedVolumePair
from . import lag


@dataclass(frozen=True)
class Summary:
    """How many volume pairs there are, by what they do. One that replicates too far behind is in none of the last four."""

    pairs: int
    protected: int
    copying: int
    paused: int
    not_replicating: int
    #: The greatest known lag and the name of its volume; None if no lag is known.
    worst_lag_seconds: float | None
    worst_lag_volume: str | None


def summarize(pairs: Sequence[tuple[ObservedVolumePair, lag.Lag]], limits: lag.Limits) -> Summary:
    """The summary of these pairs."""
    healths = [pair.health for pair, _behind in pairs]
    known = [(behind.seconds, pair) for pair, behind in pairs if behind.seconds is not None]
    worst = max(known, key=lambda each: each[0], default=None)
    return Summary(
        pairs=len(pairs),
        protected=sum(is_protected(pair, behind, limits) for pair, behind in pairs),
        copying=healths.count("syncing"),
        paused=healths.count("paused"),
        not_replicating=sum(health not in ("healthy", "syncing", "paused") for health in healths),
        worst_lag_seconds=worst[0] if worst else None,
        worst_lag_volume=_name(worst[1]) if worst else None,
    )


def is_protected(pair: ObservedVolumePair, behind: lag.Lag, limits: lag.Limits) -> bool:
    """Whether the target is in sync, and its lag known and permitted where there is a limit."""
    return (
        pair.state == "paired"
        and pair.health == "healthy"
        and not behind.nothing_replicated
        and lag.within(behind, limits)
    )


def _name(pair: ObservedVolumePair) -> str | None:
    volume = pair.volumes.local or pair.volumes.peer
    return volume.name if volume else None
