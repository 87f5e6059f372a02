# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How far a target is behind its source, and whether that is too far. An unknown lag never counts as a small one."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from ...model import PEER, Delay, Side, Sides, Snapshot, mode_option
from ..health import is_snapshots_only
from ..moments import seconds_between
from ..volume_pair.state import UNREADABLE, ObservedVolumePair

# By how much the other side is behind each cluster's volumes, by volume ID.
Delays = Sides[Mapping[int, Delay]]
# The snapshots of each cluster's sources; None if they were not read.
Snapshots = Sides["tuple[Snapshot, ...] | None"]

_NO_SNAPSHOTS: Snapshots = Sides(None, None)


class Limits(NamedTuple):
    """How many seconds a target may be behind; None for any lag."""

    #: More is an error.
    error: float | None = None
    #: More is a warning.
    warning: float | None = None


@dataclass(frozen=True)
class Lag:
    """How far a target is behind."""

    #: None if it is not known, and `unknown` says why.
    seconds: float | None
    #: Whether it is not more than these seconds.
    certain: bool
    unknown: str = ""
    #: What it is the lag of: the live content, or the newest replicated snapshot.
    of: Literal["live", "snapshot"] = "live"
    #: Whether the target is known to hold no replicated snapshot, and nothing else is replicated.
    nothing_replicated: bool = False


def of_pair(pair: ObservedVolumePair, delays: Delays, snapshots: Snapshots = _NO_SNAPSHOTS) -> Lag:
    """The lag of a pair. Only the source's cluster reports it: for a target a cluster always reports 0."""
    side = pair.source
    if side is None or pair.state not in ("paired", "unknown_peer"):
        return Lag(None, False, "no source reports it")
    delay = delays[side].get(pair.volume(side).id)
    if is_snapshots_only(pair.entry(side).mode):
        return _of_snapshots(pair, side, snapshots[side], delay)
    if _synchronous(pair):
        return Lag(0.0, True)
    seconds = delay.seconds if delay else None
    if seconds is None:
        return Lag(None, False, f"cluster {pair.name(side)} does not report it")
    if pair.health == "healthy":
        return Lag(seconds, True)
    # The API documentation does not say what is reported meanwhile (note N67 of api_notes): it may grow or stay the same.
    copying = pair.health == "syncing"
    return Lag(seconds or None, False, "the copy is not complete" if copying else "the pair does not replicate")


def _of_snapshots(
    pair: ObservedVolumePair, side: Side, snapshots: Iterable[Snapshot] | None, delay: Delay | None
) -> Lag:
    """The age of the newest snapshot that the target holds, on the source's clock."""
    if snapshots is None:
        return Lag(None, False, "the snapshots of the source were not read", "snapshot")
    volume_id, uuid = pair.volume(side).id, pair.entry(side).uuid
    there = [
        snapshot.created
        for snapshot in snapshots
        if snapshot.volume_id == volume_id and snapshot.remote.get(uuid, "").lower() == "present"
    ]
    if not there:
        return Lag(None, False, "the target has no replicated snapshot", "snapshot", nothing_replicated=True)
    seconds = seconds_between(max(there), delay.at if delay else "")
    if seconds is None:
        return Lag(None, False, f"cluster {pair.name(side)} reports no time", "snapshot")
    return Lag(seconds, True, of="snapshot")


def not_asked(pair: ObservedVolumePair) -> str | None:
    """The name of the cluster that has the source and was not read; None if that is not why the lag is unknown."""
    asked = pair.state != "unknown_peer" or pair.row == UNREADABLE
    return None if asked or pair.source else pair.name(PEER)


def beyond(lag: Lag, limits: Limits) -> str | None:
    """`lag_exceeded`, `lag_unknown` or `lag_high`; None if the target is certainly not further behind than permitted."""
    if limits.error is not None:
        if lag.seconds is not None and lag.seconds > limits.error:
            return "lag_exceeded"
        if not lag.certain:
            return "lag_unknown"
    if limits.warning is not None and (not lag.certain or (lag.seconds or 0) > limits.warning):
        return "lag_high"
    return None


def within(lag: Lag, limits: Limits) -> bool:
    """Whether the target is certainly not further behind than is no error."""
    return limits.error is None or (lag.certain and lag.seconds is not None and lag.seconds <= limits.error)


def _synchronous(pair: ObservedVolumePair) -> bool:
    """Whether the pair replicates in mode sync, which completes each write on both sides: nothing can be behind."""
    return pair.state == "paired" and pair.health == "healthy" and mode_option(pair.mode or "") == "sync"


def message(code: str, lag: Lag, limits: Limits) -> str:
    """The message for a code that `beyond` returns."""
    option, limit = ("warn_lag", limits.warning) if code == "lag_high" else ("max_lag", limits.error)
    if lag.seconds is not None and limit is not None and lag.seconds > limit:
        what = "the newest snapshot on the target is" if lag.of == "snapshot" else "the target is"
        behind = "old" if lag.of == "snapshot" else "behind"
        return f"{what} {lag.seconds:g} s {behind}, and {option} is {limit:g} s"
    at_least = "" if lag.seconds is None else f", at least {lag.seconds:g} s"
    return f"the lag of the target is not known{at_least}: {lag.unknown}"
