# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection elementsw.replication: it can change without notice.
"""What shall be done about a volume pair: everything that was found, by everything that can be wished.

TABLE below is the whole decision. The functions it names make the steps, or refuse.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple, NoReturn

from ..._element.errors import Failure
from ..model import (
    DONE,
    FROM_PEER,
    LOCAL,
    MODES,
    PEER,
    READ_WRITE,
    SIDES,
    TARGET,
    TO_PEER,
    ConfirmUnused,
    PairVolumes,
    Plan,
    RemoveVolumePair,
    SetAccess,
    SetMode,
    Sides,
    Step,
    Usage,
    Verdict,
    Volume,
    other,
)
from . import guard
from .identity import names
from .volume_classes import Found, Wish

MIB = 1024 * 1024
# A pair whose roles are right may show PausedMisconfigured for up to about two minutes while settings are exchanged.
MISCONFIGURED_GRACE = 120
# Both sides learn of a completed handshake in the background.
SETTLING = 30


# --- the table ------------------------------------------------------------------------------------------------------


def decide(found: Found, wish: Wish) -> Plan:
    """The plan for one pair, or one with a problem. Without `found.usage` a new target is not checked for use yet."""
    row = TABLE[found.row]
    outcome = row.absent if not wish.present else row.repair if wish.repair else row.present
    try:
        steps = outcome(found, wish)
    except Failure as exc:
        return Plan(problem=exc, before=facts(found), after=facts(found))
    return Plan(steps=steps, warnings=_warnings(steps), before=facts(found), after=_facts_after(found, steps))


def _nothing(found: Found, wish: Wish) -> tuple[Step, ...]:
    return ()


def _pair(found: Found, wish: Wish) -> tuple[Step, ...]:
    return _handshake(found, wish, found.wish.direction or TO_PEER)


def _adjust(found: Found, wish: Wish) -> tuple[Step, ...]:
    _check_direction(found)
    mode = MODES.get(found.wish.mode or "")
    source = found.source
    if mode is None or source is None or found.mode.lower() == mode.lower():
        return ()
    reason = f"mode shall be {found.wish.mode}"
    return (SetMode(found.item, source, found.label(source), reason, found.volumes[source], mode, found.mode),)


def _replace(found: Found, wish: Wish) -> tuple[Step, ...]:
    direction = _direction_kept(found)
    return (*_removals(found, "what is left of a pair cannot be joined again"), *_handshake(found, wish, direction))


def _remove(found: Found, wish: Wish) -> tuple[Step, ...]:
    return _removals(found, "the volumes shall not be paired")


def _refuse_half(found: Found, wish: Wish) -> NoReturn:
    raise _refusal(
        found,
        "half_pair",
        f"{_ends(found)}: half a pair cannot be joined again ({_states(found)}); repair: true removes it and copies "
        "everything again, state: absent removes it",
    )


def _refuse_pending(found: Found, wish: Wish) -> NoReturn:
    raise _refusal(
        found,
        "pending_pair",
        f"{_ends(found)}: a pairing was started and not completed, and does not say with whom; complete it where it was "
        "started for, or let repair: true or state: absent remove it",
    )


def _refuse_foreign(found: Found, wish: Wish) -> NoReturn:
    raise _refusal(
        found,
        "paired_elsewhere",
        f"{_partners(found)}; nothing was touched: name that partner, or unpair the volume there first",
    )


def _refuse_no_role(found: Found, wish: Wish) -> NoReturn:
    raise _access_conflict(found, [side for side in SIDES if found.volumes[side].access not in (READ_WRITE, TARGET)])


def _refuse_deleted(found: Found, wish: Wish) -> NoReturn:
    side = next(side for side in SIDES if found.volumes[side] and found.volumes[side].deleted)
    volume = found.volumes[side]
    raise Failure(
        "volume_deleted",
        f"cluster {found.name(side)}: {volume.label} is deleted and will be purged at {volume.purge_time or 'an unknown time'}; "
        "restore it with RestoreDeletedVolume, or purge it and run again",
        cluster=found.name(side),
        method="ListDeletedVolumes",
    )


def _refuse_missing(found: Found, wish: Wish) -> NoReturn:
    side = LOCAL if found.volumes.local is None else PEER
    owner = found.wish.account if side == LOCAL else found.wish.peer_account
    raise Failure(
        "volume_not_found",
        f"cluster {found.name(side)} has no {found.wish.label(side)}{f' of account {owner}' if owner else ''}; check the "
        "spelling, or create it first",
        cluster=found.name(side),
        method="ListVolumes",
    )


class Row(NamedTuple):
    """One row: what each wish leads to."""

    present: Callable[[Found, Wish], tuple[Step, ...]]
    repair: Callable[[Found, Wish], tuple[Step, ...]]
    absent: Callable[[Found, Wish], tuple[Step, ...]]


TABLE = {
    "none": Row(present=_pair, repair=_pair, absent=_nothing),
    "paired": Row(present=_adjust, repair=_adjust, absent=_remove),
    "paired_stopped": Row(present=_refuse_half, repair=_replace, absent=_remove),
    "paired_no_role": Row(present=_refuse_no_role, repair=_refuse_no_role, absent=_remove),
    "pending_local": Row(present=_refuse_pending, repair=_replace, absent=_remove),
    "pending_peer": Row(present=_refuse_pending, repair=_replace, absent=_remove),
    "half_local": Row(present=_refuse_half, repair=_replace, absent=_remove),
    "half_peer": Row(present=_refuse_half, repair=_replace, absent=_remove),
    "crossed": Row(present=_refuse_half, repair=_replace, absent=_remove),
    "foreign_local": Row(present=_refuse_foreign, repair=_refuse_foreign, absent=_refuse_foreign),
    "foreign_peer": Row(present=_refuse_foreign, repair=_refuse_foreign, absent=_refuse_foreign),
    # One of the volumes is not there to be paired.
    "deleted": Row(present=_refuse_deleted, repair=_refuse_deleted, absent=_remove),
    "missing_half": Row(present=_refuse_half, repair=_refuse_missing, absent=_remove),
    "missing": Row(present=_refuse_missing, repair=_refuse_missing, absent=_nothing),
}


# --- direction ------------------------------------------------------------------------------------------------------


def _check_direction(found: Found) -> None:
    """An established pair is not turned round, and a pair without exactly one source is not given one."""
    wanted, now = found.wish.direction, found.direction
    if wanted is None or wanted == now:
        return
    if now == "split":
        raise split_brain(found)
    if now == "none":
        raise no_source(found)
    raise _direction_change(found)


def _direction_kept(found: Found) -> str:
    """The direction for pairing again: as the roles are, unless they do not tell."""
    wanted, now = found.wish.direction, found.direction
    if now in (TO_PEER, FROM_PEER):
        if wanted not in (None, now):
            raise _direction_change(found)
        return now
    if wanted is None:
        raise _refusal(
            found,
            "direction_unknown",
            f"{_ends(found)}: the access of the two volumes ({_accesses(found)}) does not tell which one is the source; give "
            "direction",
        )
    return wanted


def _direction_change(found: Found) -> Failure:
    return _refusal(
        found,
        "direction_change",
        f"{_ends(found)}: it replicates {found.direction}, not {found.wish.direction}; a pair is not turned round by pairing: "
        f"leave direction out or set it to {found.direction}",
    )


def split_brain(found: Found) -> Failure:
    return _refusal(
        found,
        "split_brain",
        f"{_ends(found)}: both volumes are readWrite and nothing is replicated; decide which one holds the good data, save "
        "what is unique on the other, and make that one replicationTarget",
    )


def no_source(found: Found) -> Failure:
    return _refusal(
        found,
        "no_source",
        f"{_ends(found)}: neither volume is writable; decide which one holds the good data and make it readWrite",
    )


# --- a new pair -------------------------------------------------------------------------------------------------------


def _handshake(found: Found, wish: Wish, direction: str) -> tuple[Step, ...]:
    """Everything that must hold for a new pair, then its writes: the target is one before anything is paired with it."""
    source_side = LOCAL if direction == TO_PEER else PEER
    target_side = other(source_side)
    source, target = found.volumes[source_side], found.volumes[target_side]
    _check_connected(found)
    _check_fit(found, source_side)
    # A pair that was theirs has made the target a copy already; a full copy of it is what repair was asked for.
    overwrite = wish.allow_overwrite or (found.replica and target.access == TARGET)
    used = _usage(found, target_side, target)
    if used is not None:
        guard.check_unused(target, found.name(target_side), used, overwrite)
    evidence = used or Usage()
    confirm = ConfirmUnused(
        found.item, target_side, target.label, "nothing has changed", target, source, evidence, overwrite
    )
    steps: list[Step] = [confirm]
    if target.access != TARGET:
        reason = "it becomes the target"
        steps.append(SetAccess(found.item, target_side, target.label, reason, target, TARGET))
    if source.access != READ_WRITE:
        reason = "it becomes the source"
        steps.append(SetAccess(found.item, source_side, source.label, reason, source, READ_WRITE))
    mode = MODES[found.wish.mode or "async"]
    reason = f"they shall be paired, {direction}, {found.wish.mode or 'async'}"
    steps.append(PairVolumes(found.item, source_side, source.label, reason, source, target, target.label, mode))
    return tuple(steps)


def targets(plans: Iterable[Plan]) -> Sides[tuple[Volume, ...]]:
    """The volumes that plans would make targets of a new pair, by the side they are on."""
    found: dict[str, list[Volume]] = {LOCAL: [], PEER: []}
    for plan in plans:
        for step in plan.steps:
            if isinstance(step, ConfirmUnused):
                found[step.side].append(step.volume)
    return Sides(tuple(found[LOCAL]), tuple(found[PEER]))


def _usage(found: Found, side: str, volume: Volume) -> Usage | None:
    known = found.usage[side]
    return None if known is None else known.get(volume.id, Usage(unreadable=("statistics",)))


def _check_connected(found: Found) -> None:
    """One cluster pair, the same on both sides, and Connected on both."""
    entries = {
        side: [e for e in found.catalogs[side].entries if names(e, found.catalogs[other(side)].cluster)]
        for side in SIDES
    }
    shared = {e.uuid for e in entries[LOCAL] if e.connected} & {e.uuid for e in entries[PEER] if e.connected}
    if not shared:
        statuses = ", ".join(
            f"{found.name(side)} reports {' and '.join(e.status for e in entries[side]) or 'no pair'}" for side in SIDES
        )
        raise _refusal(
            found,
            "not_connected",
            f"clusters {found.name(LOCAL)} and {found.name(PEER)} have no connected cluster pair ({statuses}); pair them "
            "with element_cluster_pair first",
        )


def _check_fit(found: Found, source_side: str) -> None:
    source, target = found.volumes[source_side], found.volumes[other(source_side)]
    inactive = [side for side in SIDES if found.volumes[side].status != "active"]
    if inactive:
        volume = found.volumes[inactive[0]]
        raise Failure(
            "access_conflict",
            f"cluster {found.name(inactive[0])}: {volume.label} is {volume.status}, not active; wait until it is",
            cluster=found.name(inactive[0]),
            method="ListVolumes",
        )
    wrong = [source_side] if source.access not in (READ_WRITE, TARGET) else []
    # An unpaired replicationTarget reads as locked on some releases.
    if target.access not in (READ_WRITE, TARGET, "locked"):
        wrong.append(other(source_side))
    if wrong:
        raise _access_conflict(found, wrong)
    if source.enable_512e != target.enable_512e:
        raise _refusal(
            found,
            "sector_mismatch",
            f"{_ends(found)}: 512-byte sector emulation is {_on(source)} on {source.label} and {_on(target)} on {target.label}; "
            "it cannot be changed: create the target anew with the source's setting",
        )
    if _mib(target.size) < _mib(source.size):
        raise _refusal(
            found,
            "size_mismatch",
            f"cluster {found.name(other(source_side))}: the target {target.label} has {target.size} bytes, less than the source "
            f"{source.label} with {source.size}; grow the target first",
        )


def _access_conflict(found: Found, sides: list[str]) -> Failure:
    side = sides[0]
    volume = found.volumes[side]
    return Failure(
        "access_conflict",
        f"cluster {found.name(side)}: {volume.label} has access {volume.access}, which is neither a source's nor a target's; "
        f"set it to {READ_WRITE} or {TARGET} yourself, if that is safe",
        cluster=found.name(side),
        method="ListVolumes",
    )


def _mib(size: int) -> int:
    return -(-size // MIB)


def _on(volume: Volume) -> str:
    return "on" if volume.enable_512e else "off"


# --- removal ----------------------------------------------------------------------------------------------------------


def _removals(found: Found, reason: str) -> tuple[Step, ...]:
    """Both sides' entries, the source's first: an interruption then leaves the target visibly without its source.

    Without exactly one source this cluster's goes first. A deleted volume's own entry cannot be removed.
    """
    sides = [s for s in SIDES if found.entries[s] is not None and not found.volumes[s].deleted]
    first = found.source if found.source in sides else next(iter(sides), None)
    return tuple(
        RemoveVolumePair(
            item=found.item,
            side=side,
            object=found.volumes[side].label,
            reason=reason,
            volume=found.volumes[side],
            last=side != first,
        )
        for side in sorted(sides, key=lambda side: side != first)
    )


# --- after the writes -------------------------------------------------------------------------------------------------


def lost_roles(found: Found, plan: Plan) -> tuple[Step, ...]:
    """Targets that read `locked` after the handshake: some releases keep the role only once a volume is paired."""
    return tuple(
        SetAccess(found.item, step_side, volume.label, "paired, but still locked", volume, TARGET)
        for step in plan.steps
        if isinstance(step, PairVolumes)
        for step_side in (other(step.side),)
        for volume in (found.volumes[step_side],)
        if found.state == "paired" and volume.access == "locked"
    )


def judge(found: Found, wish: Wish, in_sync: bool, waited: float) -> Verdict:
    """Whether the pair is as wished, or cannot become so. waited: seconds since the writes."""
    text = f"{found.label(LOCAL)}: {_states(found)}"
    if not wish.present:
        # A pair that somebody has made with another volume meanwhile is not ours.
        ours = not found.state.startswith("foreign")
        left = [side for side in SIDES if ours and found.entries[side] and not found.volumes[side].deleted]
        return Verdict(not left, text)
    if found.row != "paired":
        # Right after a handshake one side may still show as pending what the other has completed.
        settling = found.state in ("half_local", "half_peer") and all(found.entries[side] for side in SIDES)
        return Verdict(False, text, None if settling and waited < SETTLING else _refuse_text(found, wish))
    if found.direction == "split":
        return Verdict(False, text, split_brain(found))
    if found.direction == "none":
        return Verdict(False, text, no_source(found))
    states = [found.entries[side].state for side in SIDES]
    if "PausedMisconfigured" in states:
        stuck = waited >= MISCONFIGURED_GRACE
        return Verdict(
            False, text, not_in_sync(found, "its roles are right and it stays misconfigured") if stuck else None
        )
    if not in_sync or found.health == "healthy":
        return DONE
    if found.health in ("paused", "broken"):
        return Verdict(False, text, not_in_sync(found, _HOPELESS[found.health]))
    return Verdict(False, text)


def expired(found: Found, wish: Wish, in_sync: bool, timeout: float, text: str) -> Failure:
    """The time is up, and what was done is kept."""
    wanted = "in sync" if in_sync and wish.present else "paired" if wish.present else "unpaired"
    return _refusal(
        found,
        "wait_timeout",
        f"{_ends(found)}: not {wanted} after {timeout:g} s ({text}); what was done was kept: raise wait_timeout, or run again "
        "to wait on",
    )


_HOPELESS = {
    "paused": "an administrator has paused it; resume it first",
    "broken": "this does not pass by itself; remove its cause first",
}


def not_in_sync(found: Found, why: str) -> Failure:
    return _refusal(found, "not_in_sync", f"{_ends(found)}: not in sync, {_states(found)}: {why}")


def _refuse_text(found: Found, wish: Wish) -> Failure:
    """Why a pair that was there, or was just made, is not there now."""
    try:
        TABLE[found.row].present(found, wish)
    except Failure as exc:
        return exc
    return _refusal(found, "changed_meanwhile", f"{_ends(found)}: the pair is gone, somebody removed it; run again")


# --- words ------------------------------------------------------------------------------------------------------------


def _refusal(found: Found, code: str, sentence: str) -> Failure:
    return Failure(code, sentence, cluster=found.name(LOCAL), method="ListVolumes")


def _ends(found: Found) -> str:
    return f"{found.label(LOCAL)} on cluster {found.name(LOCAL)} and {found.label(PEER)} on {found.name(PEER)}"


def _accesses(found: Found) -> str:
    return ", ".join(f"{found.name(s)}: {found.volumes[s].access if found.volumes[s] else 'missing'}" for s in SIDES)


def _states(found: Found) -> str:
    return ", ".join(
        f"{found.name(s)} shows {found.entries[s].state if found.entries[s] else 'no pair'}" for s in SIDES
    )


def _partners(found: Found) -> str:
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


def _warnings(steps: tuple[Step, ...]) -> tuple[str, ...]:
    return tuple(
        f"the target {step.completer.label} is larger than the source {step.volume.label}: after a move to the other site "
        "the pair would not fit the other way round"
        for step in steps
        if isinstance(step, PairVolumes) and _mib(step.completer.size) > _mib(step.volume.size)
    )


def facts(found: Found) -> dict:
    """What diff mode shows of a pair."""
    mode = next((option for option, name in MODES.items() if name.lower() == (found.mode or "").lower()), None)
    return {
        "volume": found.label(LOCAL),
        "peer_volume": found.label(PEER),
        "state": "paired, stopped for good" if found.row == "paired_stopped" else found.state,
        "direction": found.direction if found.is_paired else None,
        "mode": mode,
    }


def _facts_after(found: Found, steps: tuple[Step, ...]) -> dict:
    after = facts(found)
    for step in steps:
        if isinstance(step, RemoveVolumePair):
            after.update(state="none", mode=None, direction=None)
        if isinstance(step, PairVolumes):
            direction = TO_PEER if step.side == LOCAL else FROM_PEER
            after.update(state="paired", direction=direction, mode=_option(step.mode))
        if isinstance(step, SetMode):
            after.update(mode=_option(step.mode))
    return after


def _option(mode: str) -> str:
    return next(option for option, name in MODES.items() if name == mode)
