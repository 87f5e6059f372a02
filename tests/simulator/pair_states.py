# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The states of pairs, derived from both sides. Pure functions: nothing here is stored, nothing is changed."""

from __future__ import annotations

from typing import NamedTuple

from .settings import Switches, Timings

ACTIVE = "Active"
IDLE = "Idle"
UNCONFIGURED = "Unconfigured"
MISCONFIGURED = "PausedMisconfigured"
DISCONNECTED = "PausedDisconnected"
STOPPED = "StoppedMisconfigured"
SIZE_MISMATCH = "PausedVolumeSizeMismatch"
SNAPSHOT_LIMIT = "PausedExceededMaxSnapshotCount"
CLUSTER_FULL = "PausedClusterFull"
MANUAL = "PausedManual"
MANUAL_REMOTE = "PausedManualRemote"

SOURCE = "readWrite"
TARGET = "replicationTarget"
# With either of these no host has a session: setting one ends those there are.
CLOSED_TO_HOSTS = ("locked", TARGET)

# What holds replication up is shown by the source alone in these cases; the target only has nothing to do.
HINDRANCES = {"qos": "PausedQoS", "xcopy": "PausedXCopy"}
SLOW_LINK = "PausedSlowLink"

PHASES = (
    (MISCONFIGURED, "grace_polls"),
    ("ResumingConnected", "resuming_connected_polls"),
    ("ResumingRRSync", "resuming_rrsync_polls"),
    ("ResumingLocalSync", "resuming_local_sync_polls"),
    ("ResumingDataTransfer", "resuming_data_transfer_polls"),
)
GRACE, CHAIN = 0, 1


class Side(NamedTuple):
    """What matters of one volume of a pair."""

    access: str
    size: int
    enable_512e: bool
    mode: str
    paused: bool
    deleted: bool
    at_snapshot_limit: bool
    cluster_full: bool
    hindrance: str | None


class Link(NamedTuple):
    """What matters of the way between the two."""

    up: bool
    slow: bool


def roles_valid(one: Side, other: Side, switches: Switches) -> bool:
    """Whether there is exactly one source and exactly one target."""
    return is_source(one, other, switches) or is_source(other, one, switches)


def is_source(side: Side, other: Side, switches: Switches) -> bool:
    """Whether this side sends: it is writable (or read-only, if that counts) and the other one receives."""
    sending = side.access == SOURCE or (side.access == "readOnly" and switches.read_only_source == "runs")
    return sending and other.access == TARGET


def obstacle(local: Side, remote: Side, link: Link, switches: Switches) -> str | None:
    """The state that the local side shows because replication cannot run, or None.

    The first that applies is shown. Of several reasons a pause by hand here comes first, then the lost link, then a
    pause by hand on the other side.
    """
    reasons = [
        (MANUAL, local.paused),
        (DISCONNECTED, not link.up),
        (MANUAL_REMOTE, remote.paused),
        (MISCONFIGURED, _misconfigured(local, remote, switches)),
        (SIZE_MISMATCH, _sizes_differ(local, remote, switches)),
        (SNAPSHOT_LIMIT, _target_of(local, remote).at_snapshot_limit),
        *_source_reasons(local, remote, link),
    ]
    if switches.pause_precedence == "disconnected_first":
        reasons[0], reasons[1] = reasons[1], reasons[0]
    return next((state for state, applies in reasons if applies), None)


def _misconfigured(local: Side, remote: Side, switches: Switches) -> bool:
    return (
        local.deleted
        or remote.deleted
        or local.enable_512e != remote.enable_512e
        or not roles_valid(local, remote, switches)
    )


def _sizes_differ(local: Side, remote: Side, switches: Switches) -> bool:
    target = _target_of(local, remote)
    source = remote if target is local else local
    return target.size < source.size or (target.size != source.size and switches.larger_target == "mismatch")


def _target_of(local: Side, remote: Side) -> Side:
    return local if local.access == TARGET else remote


def _source_reasons(local: Side, remote: Side, link: Link) -> list[tuple[str, bool]]:
    """Reasons for which only the source shows a pause; its target is idle meanwhile."""
    target = _target_of(local, remote)
    source = remote if target is local else local
    reasons = [(CLUSTER_FULL, target.cluster_full), (SLOW_LINK, link.slow)]
    reasons += [(HINDRANCES[side.hindrance], True) for side in (target, source) if side.hindrance]
    return reasons if source is local else [(IDLE, any(applies for _state, applies in reasons))]


def phase(polls: float, start: int, timings: Timings) -> str | None:
    """Where the way to Active stands after so many polls, or None when it has been covered."""
    for state, name in PHASES[start:]:
        polls -= getattr(timings, name)
        if polls < 0:
            return state
    return None


def polls_since_arrival(polls: float, start: int, timings: Timings) -> float:
    """How many of so many polls came after the way to Active had been covered."""
    return polls - sum(getattr(timings, name) for _state, name in PHASES[start:])


def running_state(local: Side, quiet: bool, switches: Switches) -> str:
    """What a pair shows that has arrived: Idle takes the place of Active when there is nothing to send."""
    if not quiet or switches.idle_state == "never":
        return ACTIVE
    if local.mode == "SnapshotsOnly" or switches.idle_state == "quiet_pairs":
        return IDLE
    return ACTIVE


def snapshot_state(state: str, sending_snapshot: bool) -> str:
    """State of snapshot replication: it mirrors the volume's while that is paused, and is idle of itself otherwise."""
    if state.startswith(("Paused", "Stopped", "Unconfigured")):
        return state
    return ACTIVE if sending_snapshot and state in (ACTIVE, IDLE) else IDLE


def cluster_pair_status(polls: float, timings: Timings, switches: Switches) -> str:
    """Status of a complete cluster pair whose link is up, so many polls after it was completed."""
    if polls < timings.connect_polls:
        return switches.connecting_status
    if polls < timings.connect_polls + timings.misconfigured_polls:
        return "Misconfigured"
    return "Connected"
