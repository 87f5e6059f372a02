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

from ...._element.errors import Failure
from ...model import (
    FROM_PEER,
    LOCAL,
    MODES,
    PAUSED_HERE,
    PAUSED_THERE,
    PEER,
    READ_WRITE,
    SIDES,
    TARGET,
    TO_PEER,
    PairVolumes,
    Plan,
    RemoveVolumePair,
    SetAccess,
    SetMode,
    SetPause,
    Step,
    other,
)
from .. import health
from . import growth
from .messages import (
    access_conflict,
    accesses,
    ends,
    facts,
    facts_after,
    left_of_pair,
    missing,
    no_source,
    not_paired,
    partners,
    refusal,
    split_brain,
    states,
    volume_deleted,
    warnings,
)
from .state import Found, Wish


def decide(found: Found, wish: Wish) -> Plan:
    """The plan for one pair, or one with a problem. What `found.extras` does not hold yet is not checked."""
    row = TABLE[found.row]
    outcome = row.absent if not wish.present else row.repair if wish.repair else row.present
    try:
        steps = outcome(found, wish)
    except Failure as exc:
        return Plan(problem=exc, before=facts(found), after=facts(found))
    texts = (*warnings(found, steps), *_unwritten(found, wish), *_of_a_turn(found, wish, steps))
    return Plan(steps=steps, warnings=texts, before=facts(found), after=facts_after(found, steps))


def _nothing(found: Found, wish: Wish) -> tuple[Step, ...]:
    return ()


def _pair(found: Found, wish: Wish) -> tuple[Step, ...]:
    if wish.failover is not None:
        raise not_paired(found)
    return _handshake(found, wish, _direction_of_new(found))


def _handshake(found: Found, wish: Wish, direction: str) -> tuple[Step, ...]:
    from . import new_pair  # the rules of new pairs are not loaded for those that are there

    return new_pair.steps(found, wish, direction)


def _create(found: Found, wish: Wish) -> tuple[Step, ...]:
    if wish.failover is not None:
        raise not_paired(found)
    local = found.volumes.local
    if local is not None and local.access == TARGET and found.wish.direction is None:
        raise _direction_unknown(found)  # it was a target itself
    return _created(found, wish)


def _created(found: Found, wish: Wish) -> tuple[Step, ...]:
    from . import new_pair

    if found.wish.create is None or found.volumes.local is None or found.wish.peer_volume_id is not None:
        _refuse_missing(found, wish)
    new_pair.check_create(found)
    return new_pair.steps_with_creation(found, wish)


def _adjust(found: Found, wish: Wish) -> tuple[Step, ...]:
    if found.wish.direction not in (None, found.direction):
        return _turn(found, wish)
    source = found.source
    if source is None or found.direction not in (TO_PEER, FROM_PEER):
        return ()  # both sides writable, or neither: nothing is written before somebody has decided
    return (*growth.steps(found, source), *_mode(found, source), *_pauses(found, source))


def _turn(found: Found, wish: Wish) -> tuple[Step, ...]:
    """An established pair is turned round, or given a source, only with permission."""
    if wish.failover is None or (wish.repair and found.direction in (TO_PEER, FROM_PEER)):
        raise _no_such_direction(found)
    from . import failover  # its rules are not loaded for pairs that have their direction

    steps = failover.steps(found, wish)
    failover.check_complete(found, wish, steps)
    new = failover.wanted_source(found)
    return tuple(sorted((*steps, *_mode(found, new), *_pauses(found, new)), key=lambda step: step.phase))


def _no_role(found: Found, wish: Wish) -> tuple[Step, ...]:
    if wish.failover != "forced" or found.wish.direction is None:
        _refuse_no_role(found)
    return _turn(found, wish)


def _half(found: Found, wish: Wish) -> tuple[Step, ...]:
    return _promote_half(found) if is_forced(found, wish) else _refuse_half(found, wish)


def _deleted(found: Found, wish: Wish) -> tuple[Step, ...]:
    return _promote_half(found) if is_forced(found, wish) else _refuse_deleted(found, wish)


def _promote_half(found: Found) -> tuple[Step, ...]:
    if not any(entry is not None and not entry.pending for entry in (found.entries.local, found.entries.peer)):
        raise not_paired(found)  # the namesake of a deleted or missing volume need not be its replica
    from . import failover

    return failover.promoted_half(found)


def is_forced(found: Found, wish: Wish) -> bool:
    """Whether a forced failover to one of the two sides is asked for."""
    return wish.failover == "forced" and found.wish.direction is not None


def _alone(found: Found, wish: Wish) -> tuple[Step, ...]:
    from . import local_only  # most runs reach both clusters

    return local_only.adjust(found, wish)


def _refuse_alone(found: Found, wish: Wish) -> NoReturn:
    from . import local_only

    local_only.refuse(found, wish)


def _replace(found: Found, wish: Wish) -> tuple[Step, ...]:
    direction = _direction_kept(found)
    return _in_order((*_leftovers(found), *_handshake(found, wish, direction)))


def _replace_missing(found: Found, wish: Wish) -> tuple[Step, ...]:
    created = _created(found, wish)
    if found.source is None and found.wish.direction is None:
        raise _direction_unknown(found)  # it was a target itself, and holds what the volume that is gone has sent
    return _in_order((*_leftovers(found), *created))


def _in_order(steps: Iterable[Step]) -> tuple[Step, ...]:
    """What will be overwritten is saved before anything is removed."""
    return tuple(sorted(steps, key=lambda step: step.phase))


def _leftovers(found: Found) -> tuple[Step, ...]:
    return _removals(found, "what is left of a pair cannot be joined again")


def _remove(found: Found, wish: Wish) -> tuple[Step, ...]:
    return (*_removals(found, "the volumes shall not be paired"), *_release(found, wish))


def _release(found: Found, wish: Wish) -> tuple[Step, ...]:
    from . import release  # most tasks keep their pairs

    return release.steps(found, wish)


def _refuse_half(found: Found, wish: Wish) -> NoReturn:
    raise refusal(
        found,
        "half_pair",
        f"{ends(found)}: half a pair cannot be joined again ({states(found)}); repair: true removes it and copies "
        "everything again, state: absent removes it",
    )


def _refuse_pending(found: Found, wish: Wish) -> NoReturn:
    raise refusal(
        found,
        "pending_pair",
        f"{ends(found)}: a pairing was started and not completed, and does not say with whom; complete it where it was "
        "started for, or let repair: true or state: absent remove it",
    )


def _refuse_foreign(found: Found, wish: Wish) -> NoReturn:
    raise refusal(
        found,
        "paired_elsewhere",
        f"{partners(found)}; nothing was touched: name that partner, or unpair the volume there first",
    )


def _refuse_no_role(found: Found) -> NoReturn:
    raise access_conflict(found, next(side for side in SIDES if found.volumes[side].access not in (READ_WRITE, TARGET)))


def _refuse_deleted(found: Found, wish: Wish) -> NoReturn:
    side = next(side for side in SIDES if found.volumes[side] and found.volumes[side].deleted)
    raise volume_deleted(found, side, found.volumes[side])


def _refuse_missing(found: Found, wish: Wish) -> NoReturn:
    raise missing(found, LOCAL if found.volumes.local is None else PEER)


class Row(NamedTuple):
    """One row: what each wish leads to."""

    present: Callable[[Found, Wish], tuple[Step, ...]]
    repair: Callable[[Found, Wish], tuple[Step, ...]]
    absent: Callable[[Found, Wish], tuple[Step, ...]]


TABLE = {
    "none": Row(present=_pair, repair=_pair, absent=_release),
    "paired": Row(present=_adjust, repair=_adjust, absent=_remove),
    "paired_stopped": Row(present=_half, repair=_replace, absent=_remove),
    "paired_no_role": Row(present=_no_role, repair=_no_role, absent=_remove),
    "pending_local": Row(present=_refuse_pending, repair=_replace, absent=_remove),
    "pending_peer": Row(present=_refuse_pending, repair=_replace, absent=_remove),
    "half_local": Row(present=_half, repair=_replace, absent=_remove),
    "half_peer": Row(present=_half, repair=_replace, absent=_remove),
    "crossed": Row(present=_half, repair=_replace, absent=_remove),
    "foreign_local": Row(present=_refuse_foreign, repair=_refuse_foreign, absent=_refuse_foreign),
    "foreign_peer": Row(present=_refuse_foreign, repair=_refuse_foreign, absent=_refuse_foreign),
    # One of the volumes is not there to be paired.
    "deleted": Row(present=_deleted, repair=_refuse_deleted, absent=_remove),
    "missing_half": Row(present=_half, repair=_replace_missing, absent=_remove),
    "missing": Row(present=_create, repair=_create, absent=_nothing),
    # The peer does not answer, and that is allowed.
    "alone": Row(present=_alone, repair=_refuse_alone, absent=_remove),
    "alone_none": Row(present=_refuse_alone, repair=_refuse_alone, absent=_release),
    "alone_pending": Row(present=_refuse_pending, repair=_refuse_alone, absent=_remove),
    "alone_elsewhere": Row(present=_refuse_foreign, repair=_refuse_foreign, absent=_refuse_foreign),
}
# The rows of a pair of which a part is gone for good.
NOT_WHOLE = frozenset({"paired_stopped", "half_local", "half_peer", "crossed", "deleted", "missing_half"})


def _mode(found: Found, source: str) -> tuple[Step, ...]:
    mode, now = MODES.get(found.wish.mode or ""), found.mode or found.entries[source].mode
    if mode is None or now.lower() == mode.lower():
        return ()
    reason = f"mode shall be {found.wish.mode}"
    return (SetMode(found.item, source, found.label(source), reason, found.volumes[source], mode, now),)


def _pauses(found: Found, source: str) -> tuple[Step, ...]:
    """Where an existing pair is to be paused or resumed: it is paused on its source, and resumed wherever it was paused."""
    wanted = found.wish.paused
    shown = {side: found.entries[side].state for side in SIDES}
    if wanted:
        sides = [] if health.paused((found.entries.local, found.entries.peer)) else [source]
    elif wanted is None:
        sides = []
    else:
        sides = [s for s in SIDES if shown[s] == PAUSED_HERE or shown[other(s)] == PAUSED_THERE]
    reason = "it shall be paused" if wanted else "it shall replicate again"
    return tuple(
        SetPause(found.item, side, found.label(side), reason, found.volumes[side], bool(wanted)) for side in sides
    )


def _unwritten(found: Found, wish: Wish) -> tuple[str, ...]:
    """What was wished and cannot be told to be so."""
    if not wish.present and (wish.release_target or found.is_paired):
        from . import release

        return (*release.unmarked(found), *(release.warnings(found) if wish.release_target else ()))
    if wish.present and found.row in NOT_WHOLE and is_forced(found, wish):
        return (left_of_pair(found, LOCAL if found.wish.direction == TO_PEER else PEER),)
    resuming = wish.present and found.row in ("paired", "alone") and found.wish.paused is False
    if not resuming or health.paused((found.entries.local, found.entries.peer)) is not None:
        return ()
    hidden = f"{ends(found)}: {states(found)}, which can hide a pause"
    return (f"{hidden}; it was not resumed: see that the cause passes, then run again",)


def _of_a_turn(found: Found, wish: Wish, steps: tuple[Step, ...]) -> tuple[str, ...]:
    """What a forced turn may lose, and what is outstanding on a peer that does not answer."""
    texts: tuple[str, ...] = ()
    if wish.failover == "forced" and any(isinstance(step, SetAccess) for step in steps):
        from . import failover

        texts += failover.warnings(found, wish, steps)
    if found.state == "unknown_peer":
        from . import local_only

        texts += local_only.warnings(found, wish, steps)
    return texts


def _no_such_direction(found: Found) -> Failure:
    """It has another direction than the wanted one, and is not given that without permission."""
    if found.direction == "split":
        return split_brain(found)
    return no_source(found) if found.direction == "none" else _direction_change(found)


def _direction_kept(found: Found) -> str:
    """The direction for pairing again: as the roles are, unless they do not tell."""
    wanted, now = found.wish.direction, found.direction
    if now in (TO_PEER, FROM_PEER):
        if wanted not in (None, now):
            raise _direction_change(found)
        return now
    if wanted is None:
        raise _direction_unknown(found)
    return wanted


def _direction_of_new(found: Found) -> str:
    """The direction of a new pair. A side that reads replicationTarget may hold a copy, and is no source by default."""
    desired, roles = found.wish.direction, found.direction
    if desired is None and all(found.volumes[side].access == TARGET for side in SIDES):
        raise _direction_unknown(found)
    if roles not in (TO_PEER, FROM_PEER) or roles == (desired or TO_PEER):
        return desired or TO_PEER
    if desired is None:
        raise _direction_unknown(found)
    raise refusal(
        found,
        "direction_change",
        f"{ends(found)}: unpaired, with the roles {roles} ({accesses(found)}), not {desired}; set direction to {roles}, or make "
        "the target writable first, with state: absent and release_target: true",
    )


def _direction_unknown(found: Found) -> Failure:
    return refusal(
        found,
        "direction_unknown",
        f"{ends(found)}: the access of the two volumes ({accesses(found)}) does not tell that {found.label(LOCAL)} is the "
        "source; check which one holds the newer data, then give direction",
    )


def _direction_change(found: Found) -> Failure:
    return refusal(
        found,
        "direction_change",
        f"{ends(found)}: it replicates {found.direction}, not {found.wish.direction}; a pair is turned round only by failover: "
        f"planned or forced, and never by repair: give that, leave direction out, or set it to {found.direction}",
    )


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


def lost_modes(found: Found, plan: Plan) -> tuple[Step, ...]:
    """The mode of a pair that was turned round, which is set again.

    Whether it survives that is documented nowhere (note N63 of api_notes).
    """
    turned = any(isinstance(step, SetAccess) and step.volume.pairs for step in plan.steps)
    wanted = MODES.get(found.wish.mode or plan.before.get("mode") or "")
    if not turned or wanted is None or found.mode is None or found.mode.lower() == wanted.lower():
        return ()
    new, reason = found.source, "the turn has changed the mode"
    return (SetMode(found.item, new, found.label(new), reason, found.volumes[new], wanted, found.mode),)
