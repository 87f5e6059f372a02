# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How far a target is behind, and whether that is too far. What is not known is never taken for little."""

# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ...model import PEER, Sides, mode_option
from ..volume_pair.state import UNREADABLE, ObservedVolumePair

# By how many seconds the other side is behind each cluster's volumes, by volume ID.
Delays = Sides[Mapping[int, float]]


@dataclass(frozen=True)
class Lag:
    """seconds: None where it is not known, and unknown says why. certain: it is not more than that."""

    seconds: float | None
    certain: bool
    unknown: str = ""


def of_pair(pair: ObservedVolumePair, delays: Delays) -> Lag:
    """Only the source's cluster tells it: of a target it says 0, whatever the truth."""
    side = pair.source
    if side is None or pair.state not in ("paired", "unknown_peer"):
        return Lag(None, False, "there is no source that tells it")
    if mode_option(pair.entry(side).mode) == "snapshots_only":
        return Lag(None, False, "in mode snapshots_only the live content is not replicated at all")
    seconds = delays[side].get(pair.volume(side).id)
    if seconds is None:
        return Lag(None, False, f"cluster {pair.name(side)} does not tell it")
    if pair.health == "healthy":
        return Lag(seconds, True)
    # What is told meanwhile is documented nowhere (note N67 of api_notes): it may grow, or stand still at what it was.
    copying = pair.health == "syncing"
    return Lag(seconds or None, False, "the copy is not complete" if copying else "the pair does not replicate")


def not_asked(pair: ObservedVolumePair) -> str | None:
    """The name of the cluster that could tell the lag and was not asked; None where that is not the reason."""
    asked = pair.state != "unknown_peer" or pair.row == UNREADABLE
    return None if asked or pair.source else pair.name(PEER)


def beyond(pair: ObservedVolumePair, lag: Lag, most: float) -> str | None:
    """`lag_exceeded` or `lag_unknown`; None where the target is certainly not further behind than so many seconds."""
    if lag.seconds is not None and lag.seconds > most:
        return "lag_exceeded"
    if lag.certain or _synchronous(pair):
        return None
    return "lag_unknown"


def _synchronous(pair: ObservedVolumePair) -> bool:
    """Hosts are told that a write is done when it is done on both sides: nothing can be behind."""
    return pair.state == "paired" and pair.health == "healthy" and mode_option(pair.mode or "") == "sync"


def message(code: str, lag: Lag, most: float) -> str:
    """What `beyond` has found."""
    if code == "lag_exceeded":
        return f"the target is {lag.seconds:g} s behind, more than the {most:g} s that are allowed"
    told = "" if lag.seconds is None else f", at least {lag.seconds:g} s"
    return f"how far the target is behind is not known{told}: {lag.unknown}"
