# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection elementsw.replication: it can change without notice.
"""How a volume pair, its states and its partners are called in messages, warnings and diffs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...._element.errors import Failure
from ...model import (
    FROM_PEER,
    LOCAL,
    PEER,
    SIDES,
    TARGET,
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
    Volume,
    mode_option,
    other,
)
from .. import health
from ..identity import names
from ..sizes import whole_mib
from .state import Found


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
            link = catalog.readable_link(pair)
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


def access_conflict(found: Found, side: str) -> Failure:
    from .. import readiness  # not loaded for pairs that are as they are wished

    name = found.name(side)
    text = readiness.sentence(readiness.source_access(found.volumes[side], name))
    return Failure("access_conflict", text, cluster=name, method="ListVolumes")


def volume_deleted(found: Found, side: str, volume: Volume) -> Failure:
    """It can be restored until it is purged. That is not advised to anyone here: it may be the newest copy there is."""
    return Failure(
        "volume_deleted",
        f"cluster {found.name(side)}: {volume.label} is deleted and will be purged at {volume.purge_time or 'an unknown time'}; "
        "restore it with RestoreDeletedVolume, then run this again",
        cluster=found.name(side),
        method="ListDeletedVolumes",
    )


def missing(found: Found, side: str) -> Failure:
    """A volume that is not there, or not of the owner that is meant."""
    namesakes = found.namesakes_of_others() if side == PEER else ()
    if namesakes:
        return _other_account(found, namesakes)
    owner = found.wish.account if side == LOCAL else found.wish.new_account
    return Failure(
        "volume_not_found",
        f"cluster {found.name(side)} has no {found.label(side)}{f' of account {owner}' if owner else ''}; "
        f"{_remedy_for_missing(found, side)}",
        cluster=found.name(side),
        method="ListVolumes",
    )


def _other_account(found: Found, namesakes: Sequence[Volume]) -> Failure:
    there, here = found.catalogs.peer, found.catalogs.local
    owners = " and ".join(f"{volume.label} of account {there.account(volume)}" for volume in namesakes)
    return Failure(
        "other_account",
        f"cluster {found.name(PEER)} has {owners}, while {found.label(LOCAL)} belongs to account "
        f"{here.account(found.volumes.local)} on {found.name(LOCAL)}; give peer_account to name the owner there",
        cluster=found.name(PEER),
        method="ListVolumes",
    )


def _remedy_for_missing(found: Found, side: str) -> str:
    wish = found.wish
    wanted = wish.volume if side == LOCAL else wish.new_name or wish.volume
    alike = found.catalogs[side].spelled_differently(wanted) if wanted and wish.given_id(side) is None else []
    if alike:
        return f"names count to the letter, there is {' and '.join(volume.label for volume in alike)}"
    if side == PEER and wish.peer_volume_id is None and wish.create is None:
        return "check the spelling, or let create_peer_volume create it"
    return "check the spelling, or create it first" if wish.given_id(side) is None else "check the ID"


def not_paired(found: Found) -> Failure:
    """A failover reverses a pair that is there. It never makes one."""
    return refusal(
        found,
        "not_paired",
        f"{ends(found)} are not paired, and failover never makes a new pair; {_remedy_for_unpaired(found)}",
    )


def _remedy_for_unpaired(found: Found) -> str:
    targets = [side for side in SIDES if found.volumes[side] and found.volumes[side].access == TARGET]
    if len(targets) == 1:
        volume = f"{found.label(targets[0])} on {found.name(targets[0])}"
        return f"to make {volume} writable, use state: absent with release_target: true"
    return "leave failover out to pair them, or take them off the list"


def left_of_pair(found: Found, side: str) -> str:
    """What a forced failover of a pair that is not whole leaves to be done."""
    return (
        f"{ends(found)}: {found.label(side)} on {found.name(side)} is writable, and the pair is not whole ({states(found)}); "
        "restore its other volume, or let repair: true pair the two again"
    )


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
    from .. import readiness

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
