# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection elementsw.replication: it can change without notice.
"""How a volume pair, its states and its partners are called in messages, warnings and diffs."""

from __future__ import annotations

from collections.abc import Iterable

from ..._element.errors import Failure
from ..model import (
    FROM_PEER,
    LOCAL,
    PEER,
    SIDES,
    TO_PEER,
    CreateVolume,
    Grow,
    PairVolumes,
    RemoveVolumePair,
    SetAccess,
    SetMode,
    SetPause,
    Sides,
    Step,
    mode_option,
    other,
)
from . import health
from .identity import names
from .sizes import whole_mib
from .volume_classes import Found


def refusal(found: Found, code: str, sentence: str) -> Failure:
    return Failure(code, sentence, cluster=found.name(LOCAL), method="ListVolumes")


def ends(found: Found) -> str:
    return f"{found.label(LOCAL)} on cluster {found.name(LOCAL)} and {found.label(PEER)} on {found.name(PEER)}"


def accesses(found: Found) -> str:
    return ", ".join(f"{found.name(s)}: {found.volumes[s].access if found.volumes[s] else 'missing'}" for s in SIDES)


def states(found: Found) -> str:
    return ", ".join(f"{found.name(side)} {_shown(found, side)}" for side in SIDES)


def _shown(found: Found, side: str) -> str:
    entry = found.entries[side]
    if entry is None and side == PEER and found.state == "unknown_peer":
        return "does not answer"
    return f"shows {entry.state if entry else 'no pair'}"


def partners(found: Found) -> str:
    """With whom the volumes are paired instead: partner, cluster and UUID of every entry."""
    parts = []
    for side in SIDES:
        volume, catalog = found.volumes[side], found.catalogs[side]
        for pair in volume.pairs if volume else ():
            link = catalog.link(pair)
            whom = (
                f"cluster {link.remote_name or link.remote_mvip}"
                if link
                else f"unlisted cluster pair {pair.cluster_pair_id}"
            )
            parts.append(
                f"{volume.label} on cluster {found.name(side)} is paired with volume {pair.remote_volume_name} "
                f"({pair.remote_volume_id}) on {whom}, UUID {pair.uuid}"
            )
        if volume is not None and not volume.pairs:
            parts.append(f"{volume.label} on cluster {found.name(side)} is not paired")
    return "; ".join(parts)


# --- refusals that several rules share --------------------------------------------------------------------------------


def access_conflict(found: Found, side: str) -> Failure:
    from . import readiness  # not loaded for pairs that are as they are wished

    name = found.name(side)
    text = readiness.sentence(readiness.source_access(found.volumes[side], name))
    return Failure("access_conflict", text, cluster=name, method="ListVolumes")


def split_brain(found: Found) -> Failure:
    return refusal(
        found,
        "split_brain",
        f"{ends(found)}: both volumes are readWrite and nothing is replicated; decide which one holds the good data, and log "
        "the hosts out of the other: direction with failover: forced and allow_overwrite: true takes a snapshot of that one "
        "and makes it the target",
    )


def no_source(found: Found) -> Failure:
    return refusal(
        found,
        "no_source",
        f"{ends(found)}: neither volume is writable; failover: planned with direction finishes or returns an interrupted planned "
        "turn and proves that nothing is lost, failover: forced with direction makes that side writable in any case",
    )


# --- warnings ---------------------------------------------------------------------------------------------------------


def warnings(found: Found, steps: Iterable[Step]) -> tuple[str, ...]:
    """What the user should know of a plan beside its writes."""
    steps = tuple(steps)
    texts = [_larger_target(found, step, steps) for step in steps if isinstance(step, PairVolumes)]
    texts += [_slow_sync(found) for step in steps if isinstance(step, (PairVolumes, SetMode)) and step.mode == "Sync"]
    return tuple(text for text in texts if text)


def _larger_target(found: Found, step: PairVolumes, steps: tuple[Step, ...]) -> str | None:
    sizes = Sides(*(_planned_size(found, steps, side) for side in SIDES))
    if whole_mib(sizes[other(step.side)]) <= whole_mib(sizes[step.side]):
        return None
    return (
        f"the target {step.completer.label} is larger than the source {step.volume.label}: after a move to the other site "
        "the pair would not fit the other way round; match_size: true makes them equal"
    )


def _slow_sync(found: Found) -> str | None:
    from . import readiness

    milliseconds = max(
        (
            entry.latency_ms or 0
            for side in SIDES
            for entry in found.catalogs[side].entries
            if names(entry, found.catalogs[other(side)].cluster)
        ),
        default=0,
    )
    check = readiness.latency(ends(found), milliseconds, sync=True)
    return None if check.ok else check.message


def _planned_size(found: Found, steps: Iterable[Step], side: str) -> int:
    for step in steps:
        if step.side == side and isinstance(step, Grow):
            return step.size
        if step.side == side and isinstance(step, CreateVolume):
            return step.volume.size
    volume = found.volumes[side]
    return volume.size if volume else 0


# --- what diff mode shows ---------------------------------------------------------------------------------------------


def facts(found: Found) -> dict:
    """The pair as it was found."""
    local, peer = found.volumes.local, found.volumes.peer
    return {
        "volume": found.label(LOCAL),
        "peer_volume": found.label(PEER),
        "state": "paired, stopped for good" if found.row == "paired_stopped" else found.state,
        "direction": found.direction if found.is_paired else None,
        "mode": mode_option(found.mode or ""),
        "paused": health.paused((found.entries.local, found.entries.peer)) if found.state == "paired" else None,
        "access": local.access if local else None,
        "peer_access": peer.access if peer else None,
        "size": local.size if local else None,
        "peer_size": peer.size if peer else None,
    }


def facts_after(found: Found, steps: Iterable[Step]) -> dict:
    """The pair as the steps leave it."""
    after = facts(found)
    for step in steps:
        prefix = "" if step.side == LOCAL else "peer_"
        if isinstance(step, RemoveVolumePair):
            after.update(state="none", mode=None, direction=None, paused=None)
        elif isinstance(step, CreateVolume):
            after.update({f"{prefix}access": step.volume.access, f"{prefix}size": step.volume.size})
        elif isinstance(step, Grow):
            after[f"{prefix}size"] = step.size
        elif isinstance(step, SetAccess):
            after[f"{prefix}access"] = step.access
            if after["state"] == "paired":
                after["direction"] = health.direction(after["access"], after["peer_access"])
        elif isinstance(step, PairVolumes):
            direction = TO_PEER if step.side == LOCAL else FROM_PEER
            after.update(state="paired", direction=direction, mode=mode_option(step.mode), paused=False)
        elif isinstance(step, SetMode):
            after["mode"] = mode_option(step.mode)
        elif isinstance(step, SetPause):
            after["paused"] = step.paused
    return after
