# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The texts about a volume pair, its states and its partners, for messages and warnings."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Sequence

from ...._element.errors import Failure
from ...model import LOCAL, PEER, SIDES, TARGET, Side, Volume
from .state import ObservedVolumePair


def refusal(
    observed: ObservedVolumePair, code: str, sentence: str, side: Side = LOCAL, method: str | None = "ListVolumes"
) -> Failure:
    """A Failure with this code and message, of the cluster of this side and of the method that showed its cause."""
    return Failure(code, sentence, cluster=observed.name(side), method=method)


def ends(observed: ObservedVolumePair) -> str:
    """Both volumes and their clusters."""
    return (
        f"{observed.label(LOCAL)} on cluster {observed.name(LOCAL)} and {observed.label(PEER)} on {observed.name(PEER)}"
    )


def accesses(observed: ObservedVolumePair) -> str:
    """The access of both volumes, by cluster."""
    return ", ".join(
        f"{observed.name(s)}: {observed.volume(s).access if observed.volumes[s] else 'missing'}" for s in SIDES
    )


def states(observed: ObservedVolumePair) -> str:
    """The state that each cluster shows."""
    return ", ".join(f"{observed.name(side)} {_shown(observed, side)}" for side in SIDES)


def _shown(observed: ObservedVolumePair, side: Side) -> str:
    entry = observed.entries[side]
    if entry is None and side == PEER and observed.state == "unknown_peer":
        return "does not answer"
    return f"shows {entry.state if entry else 'no pair'}"


def partners(observed: ObservedVolumePair) -> str:
    """The partner, cluster and UUID of every pair entry of the two volumes."""
    parts = []
    for side in SIDES:
        volume, catalog = observed.volumes[side], observed.catalogs[side]
        if volume is None:
            continue
        for pair in volume.pairs:
            link = catalog.readable_link(pair)
            cluster = (
                f"cluster {link.remote_name or link.remote_mvip}"
                if link
                else f"unlisted cluster pair {pair.cluster_pair_id}"
            )
            parts.append(
                f"{volume.label} on cluster {observed.name(side)} is paired with volume {pair.remote_volume_name} "
                f"({pair.remote_volume_id}) on {cluster}, UUID {pair.uuid}"
            )
        if not volume.pairs:
            parts.append(f"{volume.label} on cluster {observed.name(side)} is not paired")
    return "; ".join(parts)


def access_conflict(observed: ObservedVolumePair, side: Side) -> Failure:
    """Failure, access_conflict: the access of this side's volume is no role in a pair."""
    from .. import readiness  # not loaded for pairs that are as requested

    name = observed.name(side)
    text = readiness.sentence(readiness.source_access(observed.volume(side), name))
    return Failure("access_conflict", text, cluster=name, method="ListVolumes")


def volume_deleted(observed: ObservedVolumePair, side: Side, volume: Volume) -> Failure:
    """Failure, volume_deleted. The message advises to restore and never to purge it: it may be the newest copy."""
    return refusal(
        observed,
        "volume_deleted",
        f"cluster {observed.name(side)}: {volume.label} is deleted and will be purged at "
        f"{volume.purge_time or 'an unknown time'}; restore it with RestoreDeletedVolume, then run again",
        side=side,
        method="ListDeletedVolumes",
    )


def missing(observed: ObservedVolumePair, side: Side) -> Failure:
    """Failure, volume_not_found; other_account if the peer has volumes of that name which another account owns."""
    namesakes = observed.namesakes_of_others() if side == PEER else ()
    if namesakes:
        return _other_account(observed, namesakes)
    owner = observed.desired.account if side == LOCAL else observed.desired.new_account
    return refusal(
        observed,
        "volume_not_found",
        f"cluster {observed.name(side)} has no {observed.label(side)}{f' of account {owner}' if owner else ''}; "
        f"{_remedy_for_missing(observed, side)}",
        side=side,
    )


def _other_account(observed: ObservedVolumePair, namesakes: Sequence[Volume]) -> Failure:
    peer_catalog, local_catalog = observed.catalogs.peer, observed.catalogs.local
    owners = " and ".join(f"{volume.label} of account {peer_catalog.account(volume)}" for volume in namesakes)
    return refusal(
        observed,
        "other_account",
        f"cluster {observed.name(PEER)} has {owners}, while {observed.label(LOCAL)} belongs to account "
        f"{local_catalog.account(observed.volume(LOCAL))} on {observed.name(LOCAL)}; give peer_account to name the owner there",
        side=PEER,
    )


def _remedy_for_missing(observed: ObservedVolumePair, side: Side) -> str:
    desired = observed.desired
    wanted = desired.volume if side == LOCAL else desired.new_name or desired.volume
    similar = observed.catalogs[side].spelled_differently(wanted) if wanted and desired.given_id(side) is None else []
    if similar:
        return f"names must match exactly; did you mean {' or '.join(volume.label for volume in similar)}?"
    if side == PEER and desired.peer_volume_id is None and desired.create is None:
        return "check the spelling, or let create_peer_volume create it"
    return "check the spelling, or create it first" if desired.given_id(side) is None else "check the ID"


def not_paired(observed: ObservedVolumePair) -> Failure:
    """Failure, not_paired: a failover reverses an existing pair and never makes one."""
    return refusal(
        observed,
        "not_paired",
        f"{ends(observed)} are not paired, and failover never makes a new pair; {_remedy_for_unpaired(observed)}",
    )


def _remedy_for_unpaired(observed: ObservedVolumePair) -> str:
    targets = [side for side in SIDES if observed.volumes[side] and observed.volume(side).access == TARGET]
    if len(targets) == 1:
        volume = f"{observed.label(targets[0])} on {observed.name(targets[0])}"
        return f"to make {volume} writable, use state: absent with release_target: true"
    return "leave failover out to pair them, or remove them from pairs"


def left_of_pair(observed: ObservedVolumePair, side: Side) -> str:
    """The warning about what remains to be done after a forced failover of a pair that is not whole."""
    return (
        f"{ends(observed)}: the one on {observed.name(side)} is writable, and the pair is not whole "
        f"({states(observed)}); restore its other volume, or set repair: true to pair the two again"
    )


def split_brain(observed: ObservedVolumePair) -> Failure:
    """Failure, split_brain: both volumes are writable."""
    return refusal(
        observed,
        "split_brain",
        f"{ends(observed)}: both volumes are readWrite; direction: to_peer with failover: forced and allow_overwrite: "
        f"true keeps what {observed.name(LOCAL)} has, from_peer what {observed.name(PEER)} has; the other one is saved first",
    )


def no_source(observed: ObservedVolumePair) -> Failure:
    """Failure, no_source: neither volume is writable."""
    return refusal(
        observed,
        "no_source",
        f"{ends(observed)}: neither volume is writable; direction: to_peer promotes the one on {observed.name(LOCAL)}, "
        f"from_peer that on {observed.name(PEER)}; failover: planned proves that no write is lost, forced does not",
    )
