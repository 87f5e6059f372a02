# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What diff mode shows of a volume pair: one line, of the same form before and after the plan."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from dataclasses import dataclass

from ...model import FROM_PEER, LOCAL, PEER, TO_PEER, Mode, Sides, mode_option
from .. import health, sizes
from .state import ObservedVolumePair

_ROLES = {"split": "both writable", "none": "neither writable"}


@dataclass(frozen=True)
class PairFacts:
    """A volume pair as it is, or as it will be."""

    #: The volume here as messages name it, the name of the other one, and the names of both clusters.
    volume: str
    peer_volume: str
    cluster: str
    peer_cluster: str
    #: A state of ObservedVolumePair; `stopped` for a pair that was stopped for good.
    state: str
    direction: str | None
    mode: Mode | None
    paused: bool | None
    #: None for a volume that does not exist, or is not known.
    access: Sides[str | None]
    sizes: Sides[int | None]
    #: The clusters whose volume is overwritten on the way, and whether it is saved first.
    overwritten: tuple[tuple[str, bool], ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        parts = [self._state, self.mode, self._direction, self._pause, self._access, self._size, *self._overwritten]
        return (f"{self.volume}: {', '.join(part for part in parts if part)}",)

    @property
    def _partner(self) -> str:
        return f"{self.peer_volume} on {self.peer_cluster}"

    @property
    def _state(self) -> str:
        texts = {
            "none": f"not paired with {self._partner}",
            "half_local": f"half a pair on {self.cluster}",
            "half_peer": f"half a pair on {self.peer_cluster}",
            "pending_local": f"pending on {self.cluster}",
            "pending_peer": f"pending on {self.peer_cluster}",
            "crossed": "two halves of different pairs",
            "stopped": "paired, stopped for good",
            "unknown_peer": f"paired, {self.peer_cluster} does not answer",
        }
        return texts.get(self.state, "paired" if self.state == "paired" else "paired elsewhere")

    @property
    def _direction(self) -> str | None:
        ends = {TO_PEER: f"to {self._partner}", FROM_PEER: f"from {self._partner}", **_ROLES}
        return ends.get(self.direction) if self.direction else None

    @property
    def _pause(self) -> str | None:
        return {True: "paused", False: "running", None: None}[self.paused]

    @property
    def _access(self) -> str | None:
        """The access, unless the direction says it."""
        if self.direction in (TO_PEER, FROM_PEER):
            return None
        here, there = (access or "no volume" for access in (self.access.local, self.access.peer))
        return f"{here} on {self.cluster}, {there} on {self.peer_cluster}"

    @property
    def _overwritten(self) -> list[str]:
        return [
            f"overwrites {cluster} ({'saved first' if saved else 'not saved'})" for cluster, saved in self.overwritten
        ]

    @property
    def _size(self) -> str | None:
        here, there = (None if size is None else sizes.text(size) for size in (self.sizes.local, self.sizes.peer))
        if here is None or there is None or here == there:
            return here or there
        return f"{here} on {self.cluster}, {there} on {self.peer_cluster}"


def facts(observed: ObservedVolumePair) -> PairFacts:
    """What diff mode shows of the observed pair."""
    local, peer = observed.volumes.local, observed.volumes.peer
    return PairFacts(
        volume=_bare(observed.label(LOCAL)),
        peer_volume=_bare(observed.label(PEER)),
        cluster=observed.name(LOCAL),
        peer_cluster=observed.name(PEER),
        state="stopped" if observed.row == "paired_stopped" else observed.state,
        direction=observed.direction if observed.is_paired else None,
        mode=mode_option(observed.mode or ""),
        paused=health.paused((observed.entries.local, observed.entries.peer)) if observed.state == "paired" else None,
        access=Sides(local.access if local else None, peer.access if peer else None),
        sizes=Sides(local.size if local else None, peer.size if peer else None),
    )


def _bare(label: str) -> str:
    """The label of a volume without the word: each line is about volumes."""
    return label.removeprefix("volume ")
