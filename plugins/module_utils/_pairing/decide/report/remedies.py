# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The remedies for volume pairs: exact tasks of this collection's modules where possible, else exact API calls.

A task is a line of the remedy's command, too. None lowers the protection: a pair that is paired again keeps its mode and its
pause, and where only a person can decide, there is one line for each choice.
"""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...model import LOCAL, PEER, READ_WRITE, SIDES, TARGET, Side, other
from ..health import is_snapshots_only
from ..volume_pair.state import ObservedVolumePair
from .commands import (
    VOLUME_PAIR,
    Line,
    Remedy,
    as_before,
    choices,
    ids,
    known_side,
    overwrites,
    pair_with_new_volume,
    volume_id,
    without_partner,
)

# Only the user knows which volume that is.
_GOOD = "direction: to_peer or from_peer (from the volume that holds the good data)"
_NONE = Remedy(None)
#: The option that permits more, by the code of a lag that is known to be too large.
_LIMITS = {"lag_exceeded": "max_lag", "lag_high": "warn_lag"}
_MORE_SNAPSHOTS = (
    "check the schedule of the replicated snapshots on the source's cluster: take them more often, or permit more"
)


def of_pair(pair: ObservedVolumePair, code: str) -> Remedy:
    """The remedy for this pair."""
    remedy = _REMEDIES.get(code)
    return remedy(pair) if remedy else _NONE


def of_snapshots(pair: ObservedVolumePair, state: str | None) -> Remedy:
    """The remedy for snapshots that are not replicated."""
    return _fewer_snapshots(pair) if state == "PausedExceededMaxSnapshotCount" else _NONE


def of_lag(pair: ObservedVolumePair, code: str) -> Remedy:
    """The remedy for a lag without another cause. code: one that lag.beyond returns, or no_replicated_snapshot."""
    if code in _LIMITS and pair.source and is_snapshots_only(pair.entry(pair.source).mode):
        return Remedy(f"{_MORE_SNAPSHOTS} with {_LIMITS[code]}")
    return _task(pair, {"wait_for": "in_sync"}, "wait for the copy: ") if pair.health == "syncing" else _NONE


def _task(pair: ObservedVolumePair, options: dict[str, Any], before: str = "", after: str = "") -> Remedy:
    """A task of element_volume_pair for this pair, on the local cluster unless only the peer's volume is known."""
    line = Line(VOLUME_PAIR, {**ids(pair, known_side(pair)), **options}, known_side(pair))
    return Remedy(f"{before}{_in_words(pair, line)}{after}", (line,))


def _in_words(pair: ObservedVolumePair, line: Line, decided: str = "") -> str:
    """The task as a sentence. decided: what only a person can decide."""
    where = "" if line.side == LOCAL else f"on cluster {pair.name(PEER)}, with {pair.name(LOCAL)} as the peer, "
    given = [f"{option}: {_shown(value)}" for option, value in line.options.items() if option != "direction"]
    if pair.state == "unknown_peer":
        given.append(f"{pair.name(PEER)} as the peer")
    return f"{where}run element_volume_pair with {', '.join([*given, decided] if decided else given)}"


def _shown(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _decide(
    pair: ObservedVolumePair,
    options: dict[str, Any],
    words: Callable[[str, str], str],
    before: str = "",
    after: str = "",
) -> Remedy:
    """A task whose direction a person decides."""
    lines = choices(pair, options, words)
    return Remedy(f"{before}{_in_words(pair, lines[0], _GOOD)}{after}", lines)


def _resume(pair: ObservedVolumePair) -> Remedy:
    return _task(pair, {"paused": False}, "when the reason is gone, ")


def _match_size(pair: ObservedVolumePair) -> Remedy:
    return _task(pair, {"match_size": True})


def _pair_again(pair: ObservedVolumePair) -> Remedy:
    """A full copy from the source that the roles show; the user decides if they show none."""
    repair = {**as_before(pair), "repair": True}
    if pair.state == "unknown_peer":
        return _task(pair, repair, after=" (a full copy)")
    if _partner_is_taken(pair):
        return _remove_entry(pair)
    if without_partner(pair):
        return _pair_with_another(pair)
    if pair.direction in ("to_peer", "from_peer"):
        return _task(pair, repair, after=" (a full copy)")
    return _decide(
        pair,
        {**repair, "allow_overwrite": True},
        overwrites,
        after="; the other one is saved in a snapshot and overwritten",
    )


def _pair_with_another(pair: ObservedVolumePair) -> Remedy:
    """What is left of a pair is removed, and the volume gets a new partner. A target without its source is promoted first."""
    side = LOCAL if pair.entries.local else PEER
    name, release = pair.name(side), pair.volume(side).access == TARGET
    options = {**ids(pair, side), "state": "absent", **({"release_target": True} if release else {})}
    what = f"removes what is left of the pair{f', makes the copy on {name} writable' if release else ''}"
    remove = Line(
        VOLUME_PAIR, options, side, comment=f"{what}, and copies {name} to a new volume on {pair.name(other(side))}"
    )
    return Remedy(
        f"{_in_words(pair, remove)}; then pair the volume again if you need the pair",
        (remove, pair_with_new_volume(pair, side)),
    )


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


def _remove_entry(pair: ObservedVolumePair) -> Remedy:
    side = LOCAL if pair.entries.local else PEER
    call = f"RemoveVolumePair with volumeID {volume_id(pair, side)} on cluster {pair.name(side)}"
    return Remedy(f"{call} (the other volume keeps its pair)")


def _unpair(pair: ObservedVolumePair) -> Remedy:
    return _task(pair, {"state": "absent"}, "complete it on the intended cluster, or ")


def _restore(pair: ObservedVolumePair) -> Remedy:
    """To restore it, or to give the pair up. No command: the one task of this collection gives the pair up."""
    side = next(side for side in SIDES if pair.volumes[side] and pair.volume(side).deleted)
    deleted = f"volumeID {pair.volume(side).id} on cluster {pair.name(side)}"
    return Remedy(f"RestoreDeletedVolume with {deleted}, or to give it up, {_task(pair, {'state': 'absent'}).text}")


def _create_again(pair: ObservedVolumePair) -> Remedy:
    """A new target: the setting is fixed when a volume is created."""
    target: Side = LOCAL if pair.direction == "from_peer" else PEER
    source, number = other(target), volume_id(pair, target)
    again = Line(
        VOLUME_PAIR, {"volume_id": volume_id(pair, source), "create_peer_volume": {}, **as_before(pair)}, source
    )
    return Remedy(
        f"{_task(pair, {'state': 'absent'}).text}; DeleteVolume and PurgeDeletedVolume with volumeID {number} on cluster "
        f"{pair.name(target)} (its data is lost); then {_in_words(pair, again)} (a full copy)"
    )


def _decide_split(pair: ObservedVolumePair) -> Remedy:
    options = {"failover": "forced", "allow_overwrite": True}
    return _decide(pair, options, overwrites, "save what is unique on the other volume, then ")


def _give_source(pair: ObservedVolumePair) -> Remedy:
    return _decide(pair, {"failover": "forced"}, _promotes)


def _promotes(source: str, target: str) -> str:
    return f"makes the volume on {source} the source, that on {target} its target"


def _set_role(pair: ObservedVolumePair) -> Remedy:
    """The role that the other volume does not have; if neither has one, the user decides."""
    without = [side for side in SIDES if pair.volume(side).access not in (READ_WRITE, TARGET)]
    if len(without) > 1:
        text, command = _give_source(pair)
        return Remedy(f"{text}; then run the report again for the other one", command)
    (side,) = without
    free = READ_WRITE if pair.volume(other(side)).access == TARGET else TARGET
    call = f"ModifyVolume with volumeID {pair.volume(side).id} and access {free} on cluster {pair.name(side)}"
    return Remedy(f"{call} (its data is overwritten)" if free == TARGET else call)


def _fewer_snapshots(pair: ObservedVolumePair) -> Remedy:
    side = next((side for side in SIDES if pair.volumes[side] and pair.volume(side).access == TARGET), PEER)
    number = volume_id(pair, side)
    return Remedy(f"DeleteSnapshot of snapshots of volume {number} on cluster {pair.name(side)}, until it has fewer")


def _pass_by(pair: ObservedVolumePair) -> Remedy:
    states = [entry.state for entry in (pair.entries.local, pair.entries.peer) if entry]
    return Remedy(next((_BY_STATE[state] for state in states if state in _BY_STATE), None))


_BY_STATE = {
    "PausedMisconfigured": "check again in two minutes, it passes by itself; if it does not, check the cluster's events",
    "PausedQoS": "give the target's volume more IOPS, or wait until hosts write less",
    "PausedSlowLink": "give the link between the sites more bandwidth, or wait until hosts write less",
    "PausedXCopy": "wait until the copy within the source's cluster has ended",
}
_REMEDIES: dict[str, Callable[[ObservedVolumePair], Remedy]] = {
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
