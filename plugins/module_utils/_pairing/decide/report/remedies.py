# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The remedies for volume pairs: exact tasks of this collection's modules where possible, else exact API calls."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Callable

from ...model import LOCAL, PEER, READ_WRITE, SIDES, TARGET, Side, mode_option, other
from ..volume_pair.state import ObservedVolumePair

# Only the user knows which volume that is.
_GOOD = "direction: to_peer or from_peer (from the volume that holds the good data)"


def of_pair(pair: ObservedVolumePair, code: str) -> str | None:
    """The remedy for this pair; None if that of the code is specific enough."""
    remedy = _REMEDIES.get(code)
    return remedy(pair) if remedy else None


def of_snapshots(pair: ObservedVolumePair, state: str | None) -> str | None:
    """The remedy for snapshots that are not replicated; None if that of the code is specific enough."""
    return _fewer_snapshots(pair) if state == "PausedExceededMaxSnapshotCount" else None


def of_lag(pair: ObservedVolumePair) -> str | None:
    """The remedy for a lag without another cause; None if that of the code is specific enough."""
    if pair.health == "syncing":
        return f"wait for the copy: {_task(pair, 'wait_for: in_sync')}"
    entry = pair.entries[pair.source or LOCAL]
    if entry and mode_option(entry.mode) == "snapshots_only":
        return f"{_task(pair, 'mode: async')}, or leave this pair out of the report with volumes"
    return None


def _task(pair: ObservedVolumePair, options: str) -> str:
    """A task of element_volume_pair for this pair, on the local cluster unless only the peer's volume is known."""
    side = LOCAL if pair.volumes.local or pair.desired.volume_id is not None else PEER
    volume_id, partner_id = _id(pair, side), _id(pair, other(side))
    where = "" if side == LOCAL else f"on cluster {pair.name(PEER)}, with {pair.name(LOCAL)} as the peer, "
    partner = "" if partner_id is None else f", peer_volume_id: {partner_id}"
    peer = f", {pair.name(PEER)} as the peer" if pair.state == "unknown_peer" else ""
    return f"{where}run element_volume_pair with volume_id: {volume_id}{partner}{peer}, {options}"


def _id(pair: ObservedVolumePair, side: Side) -> int | None:
    volume = pair.volumes[side]
    return volume.id if volume else pair.desired.given_id(side)


def _resume(pair: ObservedVolumePair) -> str:
    return f"when the reason is gone, {_task(pair, 'paused: false')}"


def _match_size(pair: ObservedVolumePair) -> str:
    return _task(pair, "match_size: true")


def _pair_again(pair: ObservedVolumePair) -> str:
    """A full copy from the source that the roles show; the user decides if they show none."""
    if pair.state == "unknown_peer" or pair.direction in ("to_peer", "from_peer"):
        return _task(pair, "repair: true (a full copy)")
    if _partner_is_taken(pair):
        return _remove_entry(pair)
    if not (pair.volumes.local and pair.volumes.peer):
        return f"{_task(pair, 'state: absent')}; then pair the volume again if you need the pair"
    return _task(pair, f"repair: true, {_GOOD}, allow_overwrite: true (the data of the other one is lost)")


def _partner_is_taken(pair: ObservedVolumePair) -> bool:
    """Whether the other volume exists and is paired with a third one: element_volume_pair then changes neither.

    False for a volume with several entries: it is unknown which one a call would remove.
    """
    side = LOCAL if pair.entries.local else PEER
    volume, number = pair.volumes[side], pair.desired.given_id(other(side))
    if volume is None or len(volume.pairs) != 1 or number is None or pair.volumes[other(side)]:
        return False
    partner = pair.catalogs[other(side)].by_id(number)
    return partner is not None and bool(partner.pairs)


def _remove_entry(pair: ObservedVolumePair) -> str:
    side = LOCAL if pair.entries.local else PEER
    return f"RemoveVolumePair with volumeID {_id(pair, side)} on cluster {pair.name(side)} (the other volume keeps its pair)"


def _unpair(pair: ObservedVolumePair) -> str:
    return f"complete it on the intended cluster, or {_task(pair, 'state: absent')}"


def _restore(pair: ObservedVolumePair) -> str:
    side = next(side for side in SIDES if pair.volumes[side] and pair.volume(side).deleted)
    deleted = f"volumeID {pair.volume(side).id} on cluster {pair.name(side)}"
    unpair = _task(pair, "state: absent")
    return f"RestoreDeletedVolume with {deleted}, or to give it up, {unpair}; PurgeDeletedVolume with {deleted}"


def _create_again(pair: ObservedVolumePair) -> str:
    """A new target: the setting is fixed when a volume is created."""
    target = LOCAL if pair.direction == "from_peer" else PEER
    source, number = other(target), _id(pair, target)
    where = "" if source == LOCAL else f"on cluster {pair.name(PEER)}, with {pair.name(LOCAL)} as the peer, "
    return (
        f"{_task(pair, 'state: absent')}; DeleteVolume and PurgeDeletedVolume with volumeID {number} on cluster "
        f"{pair.name(target)} (its data is lost); then {where}run element_volume_pair with volume_id: {_id(pair, source)}, "
        "create_peer_volume: {} (a full copy)"
    )


def _decide_split(pair: ObservedVolumePair) -> str:
    options = f"{_GOOD}, failover: forced, allow_overwrite: true"
    return f"save what is unique on the other volume, then {_task(pair, options)}"


def _give_source(pair: ObservedVolumePair) -> str:
    return _task(pair, f"{_GOOD}, failover: forced")


def _set_role(pair: ObservedVolumePair) -> str:
    """The role that the other volume does not have; if neither has one, the user decides."""
    without = [side for side in SIDES if pair.volume(side).access not in (READ_WRITE, TARGET)]
    if len(without) > 1:
        return f"{_give_source(pair)}; then run the report again for the other one"
    (side,) = without
    free = READ_WRITE if pair.volume(other(side)).access == TARGET else TARGET
    call = f"ModifyVolume with volumeID {pair.volume(side).id} and access {free} on cluster {pair.name(side)}"
    return f"{call} (its data is overwritten)" if free == TARGET else call


def _fewer_snapshots(pair: ObservedVolumePair) -> str:
    side = next((side for side in SIDES if pair.volumes[side] and pair.volume(side).access == TARGET), PEER)
    return f"DeleteSnapshot of snapshots of volume {_id(pair, side)} on cluster {pair.name(side)}, until it has fewer"


def _pass_by(pair: ObservedVolumePair) -> str | None:
    states = [entry.state for entry in (pair.entries.local, pair.entries.peer) if entry]
    return next((_BY_STATE[state] for state in states if state in _BY_STATE), None)


_BY_STATE = {
    "PausedMisconfigured": "check again in two minutes, it passes by itself; if it does not, check the cluster's events",
    "PausedQoS": "give the target's volume more IOPS, or wait until hosts write less",
    "PausedSlowLink": "give the link between the sites more bandwidth, or wait until hosts write less",
    "PausedXCopy": "wait until the copy within the source's cluster has ended",
}
_REMEDIES: dict[str, Callable[[ObservedVolumePair], str | None]] = {
    "half_pair": _pair_again,
    "split": _decide_split,
    "volume_deleted": _restore,
    "no_source": _give_source,
    "access_conflict": _set_role,
    "dead": _pair_again,
    "sector_mismatch": _create_again,
    "size_mismatch": _match_size,
    "snapshot_limit": _fewer_snapshots,
    "pending_pair": _unpair,
    "recovering": _pass_by,
    "paused": _resume,
}
