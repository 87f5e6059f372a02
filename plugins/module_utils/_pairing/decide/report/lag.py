# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How far a target is behind its source, and whether that is too far. An unknown lag never counts as a small one."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ...model import PEER, Sides, mode_option
from ..volume_pair.state import UNREADABLE, ObservedVolumePair

# The seconds that the other side is behind each cluster's volumes, by volume ID.
Delays = Sides[Mapping[int, float]]


@dataclass(frozen=True)
class Lag:
    """How far a target is behind."""

    #: None if it is not known, and `unknown` says why.
    seconds: float | None
    #: Whether it is not more than these seconds.
    certain: bool
    unknown: str = ""


def of_pair(pair: ObservedVolumePair, delays: Delays) -> Lag:
    """The lag of a pair. Only the source's cluster reports it: for a target a cluster always reports 0."""
    side = pair.source
    if side is None or pair.state not in ("paired", "unknown_peer"):
        return Lag(None, False, "no source reports it")
    if mode_option(pair.entry(side).mode) == "snapshots_only":
        return Lag(None, False, "mode snapshots_only never replicates the live content")
    seconds = delays[side].get(pair.volume(side).id)
    if seconds is None:
        return Lag(None, False, f"cluster {pair.name(side)} does not report it")
    if pair.health == "healthy":
        return Lag(seconds, True)
    # The API documentation does not say what is reported meanwhile (note N67 of api_notes): it may grow or stay the same.
    copying = pair.health == "syncing"
    return Lag(seconds or None, False, "the copy is not complete" if copying else "the pair does not replicate")


def not_asked(pair: ObservedVolumePair) -> str | None:
    """The name of the cluster that has the source and was not read; None if that is not why the lag is unknown."""
    asked = pair.state != "unknown_peer" or pair.row == UNREADABLE
    return None if asked or pair.source else pair.name(PEER)


def beyond(pair: ObservedVolumePair, lag: Lag, maximum: float) -> str | None:
    """`lag_exceeded` or `lag_unknown`; None if the target is certainly not more than `maximum` seconds behind."""
    if lag.seconds is not None and lag.seconds > maximum:
        return "lag_exceeded"
    if lag.certain or _synchronous(pair):
        return None
    return "lag_unknown"


def _synchronous(pair: ObservedVolumePair) -> bool:
    """Whether the pair replicates in mode sync, which completes each write on both sides: nothing can be behind."""
    return pair.state == "paired" and pair.health == "healthy" and mode_option(pair.mode or "") == "sync"


def message(code: str, lag: Lag, maximum: float) -> str:
    """The message for a code that `beyond` returns. maximum: the permitted seconds."""
    if code == "lag_exceeded":
        return f"the target is {lag.seconds:g} s behind, and max_lag is {maximum:g} s"
    at_least = "" if lag.seconds is None else f", at least {lag.seconds:g} s"
    return f"the lag of the target is not known{at_least}: {lag.unknown}"
