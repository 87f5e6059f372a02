# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The health, direction and pause of a volume pair, derived from the states and the access that clusters report."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from ..model import FROM_PEER, PAUSED_HERE, PAUSED_THERE, READ_WRITE, TARGET, TO_PEER, VolumePair

Health = Literal["healthy", "syncing", "paused", "recovering", "pending", "unknown", "broken", "dead"]
# What the access of two volumes makes of them.
Roles = Literal["to_peer", "from_peer", "split", "none"]

# From best to worst; the health of a pair is the worse of its two sides.
HEALTH: tuple[Health, ...] = ("healthy", "syncing", "paused", "recovering", "pending", "unknown", "broken", "dead")

#: For so many seconds a pair may show Misconfigured or PausedMisconfigured before it heals by itself.
MISCONFIGURED_GRACE = 120

_BY_STATE: Mapping[str, Health] = {
    "Active": "healthy",
    "Idle": "healthy",
    PAUSED_HERE: "paused",
    PAUSED_THERE: "paused",
    "PausedQoS": "recovering",
    "PausedSlowLink": "recovering",
    "PausedXCopy": "recovering",
    "PausedDisconnected": "recovering",
    "Unconfigured": "pending",
}
# A state that is longer than the documented ones is classified by its prefix.
_BY_PREFIX: tuple[tuple[str, Health], ...] = (("Resuming", "syncing"), ("Paused", "broken"), ("Stopped", "dead"))


def of_state(state: str, roles_valid: bool) -> Health:
    """The health of one side, one of HEALTH. roles_valid: the pair has exactly one source and one target."""
    if state == "PausedMisconfigured" and roles_valid:
        return "recovering"  # passes by itself, within about two minutes
    if state in _BY_STATE:
        return _BY_STATE[state]
    return next((health for prefix, health in _BY_PREFIX if state.startswith(prefix)), "unknown")


def worst(healths: Iterable[Health]) -> Health:
    """The worst of these healths. Raises ValueError if there is none."""
    return max(healths, key=HEALTH.index)


def direction(local_access: str | None, peer_access: str | None) -> Roles | None:
    """to_peer, from_peer, split (both writable), none (neither is); None if an access is no role or not known."""
    roles: dict[tuple[str, str], Roles] = {
        (READ_WRITE, TARGET): TO_PEER,
        (TARGET, READ_WRITE): FROM_PEER,
        (READ_WRITE, READ_WRITE): "split",
        (TARGET, TARGET): "none",
    }
    return roles.get((local_access or "", peer_access or ""))


def paused(entries: Iterable[VolumePair | None]) -> bool | None:
    """Whether an administrator has paused the pair; None if the state can hide a pause."""
    states = [entry.state for entry in entries if entry is not None]
    if any(state in (PAUSED_HERE, PAUSED_THERE) for state in states):
        return True
    # A side shows its own pause before any other state; a lost link hides the other side's pause.
    shows = bool(states) and all(state == "Idle" or transfers(state) for state in states)
    return False if shows else None


def stopped(entry: VolumePair | None) -> bool:
    """Whether this side has stopped for good; False without an entry."""
    return entry is not None and entry.state.startswith("Stopped")


def transfers(state: str) -> bool:
    """Whether a pair in this state is connected with its partner: data is sent, or can be at any moment."""
    return state == "Active" or state.startswith("Resuming")


def is_snapshots_only(mode: str | None) -> bool:
    """Whether a pair of this mode, as the API names it, replicates snapshots and not the live content."""
    return (mode or "").lower() == "snapshotsonly"
