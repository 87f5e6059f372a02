# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection elementsw.replication: it can change without notice.
"""What is wrong with what was seen, how bad it is, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..model import LOCAL, PEER, SIDES, Sides, VolumeSide, other
from .cluster_pair import Found as ClusterPairFound
from .volume_classes import Found as VolumePairFound

ERROR = "error"
WARNING = "warning"

# Code -> severity and remedy. Documented in docs/docsite/rst/problem_codes.rst; a test compares the two lists.
PROBLEMS = {
    "peer_unreachable": (ERROR, "check the peer's hostname, its power and the network"),
    "not_connected": (ERROR, "check the management network between all nodes of both clusters, ports 443 and 2181"),
    "not_paired": (ERROR, "pair it with element_cluster_pair or element_volume_pair"),
    "half_pair": (ERROR, "run element_cluster_pair or element_volume_pair with repair: true, or with state: absent"),
    "split": (
        ERROR,
        "decide which volume holds the good data, save what is unique on the other and make it the target",
    ),
    "volume_deleted": (ERROR, "restore the volume with RestoreDeletedVolume, or remove the pair with state: absent"),
    "no_source": (ERROR, "decide which volume holds the good data and make it readWrite"),
    "dead": (ERROR, "it never recovers by itself: pair it again with element_volume_pair and repair: true"),
    "broken": (ERROR, "remove the cause that the state names; it does not pass by itself"),
    "unknown_state": (WARNING, "this collection does not know the state and does not act on it: look at the cluster"),
    "pending_pair": (
        WARNING,
        "complete it, or remove it with repair or state: absent (remove_pending for cluster pairs)",
    ),
    "recovering": (WARNING, "it passes by itself when its cause does; look again later"),
    "paused": (WARNING, "somebody has paused it: resume it when the reason is gone"),
}
_ORDER = {code: position for position, code in enumerate(PROBLEMS)}
_BY_HEALTH = {
    "paused": "paused",
    "recovering": "recovering",
    "pending": "pending_pair",
    "unknown": "unknown_state",
    "broken": "broken",
    "dead": "dead",
}


@dataclass(frozen=True)
class Finding:
    """A problem; cluster and volume are names, or None where it is no single one's."""

    code: str
    message: str
    cluster: str | None = None
    volume: str | None = None

    @property
    def severity(self) -> str:
        return PROBLEMS[self.code][0]

    @property
    def remedy(self) -> str:
        return PROBLEMS[self.code][1]


def by_harm(findings: Iterable[Finding]) -> list[Finding]:
    """The worst first."""
    return sorted(findings, key=lambda finding: _ORDER[finding.code])


def of_peer(hostname: str, local: str) -> Finding:
    return Finding("peer_unreachable", f"the peer {hostname} does not answer; only cluster {local} was read")


def of_clusters(found: ClusterPairFound) -> list[Finding]:
    """Of the pair between two clusters that both answered."""
    here, there = found.name(LOCAL), found.name(PEER)
    findings = _pending(found)
    if found.state == "none":
        findings.append(Finding("not_paired", f"clusters {here} and {there} are not paired", here))
    elif found.state != "paired":
        sides = ", ".join(
            f"{found.name(side)} lists {', '.join(str(e.id) for e in found.naming(side)) or 'none'}" for side in SIDES
        )
        findings.append(Finding("half_pair", f"the cluster pair of {here} and {there} exists by halves: {sides}", here))
    elif not found.connected:
        statuses = ", ".join(f"{found.name(side)} reports {found.pair[side].status}" for side in SIDES)
        findings.append(
            Finding("not_connected", f"the cluster pair of {here} and {there} is not Connected: {statuses}", here)
        )
    return findings


def of_entries(view: VolumeSide) -> list[Finding]:
    """Of one cluster's list, where nobody else was asked."""
    name = view.cluster.name
    return [
        Finding("pending_pair", f"cluster {name} has the pending cluster pair {entry.id}", name)
        if entry.pending
        else Finding(
            "not_connected",
            f"cluster {name} reports its pair {entry.id} with {entry.remote_name} as {entry.status}",
            name,
        )
        for entry in view.entries
        if not entry.connected
    ]


def _pending(found: ClusterPairFound) -> list[Finding]:
    return [
        Finding("pending_pair", f"cluster {found.name(side)} has the pending cluster pair {entry.id}", found.name(side))
        for side in SIDES
        for entry in found.pending(side)
    ]


def of_volume_pair(found: VolumePairFound) -> list[Finding]:
    """At most one: the worst thing about a pair hides the lesser ones."""
    code = _code(found)
    if code is None:
        return []
    side = LOCAL if found.entries.local else PEER
    silence = "was not asked" if found.state == "unknown_peer" else "shows no pair"
    states = ", ".join(
        f"{found.name(s)} shows {found.entries[s].state}" if found.entries[s] else f"{found.name(s)} {silence}"
        for s in SIDES
    )
    what = _WORDS.get(code, found.health)
    message = (
        f"{found.label(side)} on cluster {found.name(side)} and {found.label(other(side))} on {found.name(other(side))}: "
        f"{what} ({states})"
    )
    volume = found.volumes[side]
    return [Finding(code, message, found.name(side), volume.name if volume else None)]


_WORDS = {
    "half_pair": "only half of the pair is there",
    "split": "both volumes are writable and nothing is replicated",
    "no_source": "neither volume is writable",
    "volume_deleted": "one of the volumes is deleted and not purged yet",
    "pending_pair": "the pairing was started and not completed",
}


def _code(found: VolumePairFound) -> str | None:
    if found.state in ("half_local", "half_peer", "crossed"):
        return "half_pair"
    if found.row == "deleted":
        return "volume_deleted"
    if found.row == "paired" and found.direction == "split":
        return "split"
    if found.row == "paired" and found.direction == "none":
        return "no_source"
    return _BY_HEALTH.get(found.health)


def of_absent(views: Sides[VolumeSide | None], names: Iterable[str], found: list[VolumePairFound]) -> list[Finding]:
    """Volumes that were asked for by name and have no pair."""
    paired = {volume.name for pair in found for volume in (pair.volumes.local, pair.volumes.peer) if volume}
    name = views.local.cluster.name
    return [
        Finding("not_paired", f"no volume named {wanted} of cluster {name} is paired", name, wanted)
        for wanted in dict.fromkeys(names)
        if wanted not in paired
    ]
