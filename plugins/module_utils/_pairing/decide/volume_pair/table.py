# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan for a volume pair: every state that can be observed, by everything that a task can request.

TABLE below is the whole decision. The functions in it return the steps, or raise Failure.
"""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple, NoReturn

from ...._element.errors import Failure
from ...model import FROM_PEER, LOCAL, PEER, TARGET, TO_PEER, Direction
from ...plan import Plan, Step, Subject
from .. import health
from . import growth
from .adjustments import set_mode, set_pause
from .desired import PairOptions
from .direction import direction_kept, direction_of_new, direction_unknown, no_such_direction
from .facts import facts
from .messages import ends, left_of_pair, not_paired, states
from .rows import refuse_deleted, refuse_foreign, refuse_half, refuse_missing, refuse_no_role, refuse_pending
from .state import ObservedVolumePair, RowName


def decide(observed: ObservedVolumePair, options: PairOptions) -> Plan:
    """The plan for one pair, or one with a problem. Checks that need a part of `observed.extras` not read yet pass."""
    row = TABLE[observed.row]
    outcome = row.absent if not options.present else row.repair if options.repair else row.present
    try:
        steps = outcome(observed, options)
    except Failure as exc:
        return Plan(problem=exc, before=facts(observed), after=facts(observed))
    texts = _not_written(observed, options)
    before, subject = facts(observed), Subject(ends(observed), observed.label(LOCAL))
    if not steps and observed.state != "unknown_peer":
        return Plan(warnings=texts, subject=subject, before=before, after=before)
    from . import plan_messages, saving  # not loaded for pairs that are as requested

    overwritten = saving.overwritten(observed, options, steps)
    texts = (*plan_messages.warnings(observed, steps), *texts, *_failover_warnings(observed, options, steps))
    texts += saving.unsaved_warnings(observed, overwritten)
    after = plan_messages.facts_after(before, steps)
    after = replace(after, overwritten=tuple((observed.name(side), saved) for side, saved in overwritten.items()))
    saved = saving.planned(observed, steps)
    return Plan(steps=steps, warnings=texts, subject=subject, saved=saved, before=before, after=after)


def _nothing(observed: ObservedVolumePair, options: PairOptions) -> tuple[Step, ...]:
    return ()


def _pair(observed: ObservedVolumePair, options: PairOptions) -> tuple[Step, ...]:
    if options.failover is not None:
        raise not_paired(observed)
    return _handshake(observed, options, direction_of_new(observed))


def _handshake(observed: ObservedVolumePair, options: PairOptions, direction: Direction) -> tuple[Step, ...]:
    from . import new_pair  # existing pairs do not need the rules of new ones

    return new_pair.steps(observed, options, direction)


def _create(observed: ObservedVolumePair, options: PairOptions) -> tuple[Step, ...]:
    if options.failover is not None:
        raise not_paired(observed)
    local = observed.volumes.local
    if local is not None and local.access == TARGET and observed.desired.direction is None:
        raise direction_unknown(observed)  # it was a target
    return _created(observed, options)


def _created(observed: ObservedVolumePair, options: PairOptions) -> tuple[Step, ...]:
    from . import new_pair
    from .creation import check_create

    create, local = observed.desired.create, observed.volumes.local
    if create is None or local is None or observed.desired.peer_volume_id is not None:
        refuse_missing(observed, options)
    check_create(observed)
    return new_pair.steps_with_creation(observed, create, local)


def _adjust(observed: ObservedVolumePair, options: PairOptions) -> tuple[Step, ...]:
    if observed.desired.direction not in (None, observed.direction):
        return _fail_over(observed, options)
    source = observed.source
    if source is None or observed.direction not in (TO_PEER, FROM_PEER):
        return ()  # both sides writable, or neither: the user must decide before anything is written
    return (*growth.steps(observed, source), *set_mode(observed, source), *set_pause(observed, source))


def _fail_over(observed: ObservedVolumePair, options: PairOptions) -> tuple[Step, ...]:
    """The steps that reverse an established pair, or give it a source. Raises Failure without permission."""
    if options.failover is None or (options.repair and observed.direction in (TO_PEER, FROM_PEER)):
        raise no_such_direction(observed)
    from . import failover
    from .failover_checks import check_complete  # pairs that have the desired direction do not need it

    steps = failover.steps(observed, options)
    check_complete(observed, options, steps)
    new = failover.desired_source(observed)
    return tuple(sorted((*steps, *set_mode(observed, new), *set_pause(observed, new)), key=lambda step: step.phase))


def _no_role(observed: ObservedVolumePair, options: PairOptions) -> tuple[Step, ...]:
    if options.failover != "forced" or observed.desired.direction is None:
        refuse_no_role(observed)
    return _fail_over(observed, options)


def _half(observed: ObservedVolumePair, options: PairOptions) -> tuple[Step, ...]:
    return _promote_half(observed) if is_forced(observed, options) else refuse_half(observed, options)


def _deleted(observed: ObservedVolumePair, options: PairOptions) -> tuple[Step, ...]:
    return _promote_half(observed) if is_forced(observed, options) else refuse_deleted(observed, options)


def _promote_half(observed: ObservedVolumePair) -> tuple[Step, ...]:
    if not any(entry is not None and not entry.pending for entry in (observed.entries.local, observed.entries.peer)):
        raise not_paired(observed)  # a volume of the same name as a deleted or missing one may not be its replica
    from . import failover

    return failover.promoted_half(observed)


def is_forced(observed: ObservedVolumePair, options: PairOptions) -> bool:
    """Whether the task requests a forced failover to one of the two sides."""
    return options.failover == "forced" and observed.desired.direction is not None


def _adjust_local_only(observed: ObservedVolumePair, options: PairOptions) -> tuple[Step, ...]:
    from . import local_only  # most runs reach both clusters

    return local_only.adjust(observed, options)


def _refuse_local_only(observed: ObservedVolumePair, options: PairOptions) -> NoReturn:
    from . import local_only

    local_only.refuse(observed, options)


def _replace(observed: ObservedVolumePair, options: PairOptions) -> tuple[Step, ...]:
    direction = direction_kept(observed)
    return _in_order((*_leftovers(observed), *_handshake(observed, options, direction)))


def _replace_missing(observed: ObservedVolumePair, options: PairOptions) -> tuple[Step, ...]:
    created = _created(observed, options)
    if observed.source is None and observed.desired.direction is None:
        raise direction_unknown(observed)  # it was a target, and holds the copy of the missing volume
    return _in_order((*_leftovers(observed), *created))


def _in_order(steps: Iterable[Step]) -> tuple[Step, ...]:
    """The steps by phase: volumes that will be overwritten are saved before anything is removed."""
    return tuple(sorted(steps, key=lambda step: step.phase))


def _leftovers(observed: ObservedVolumePair) -> tuple[Step, ...]:
    from .removal import removals  # most tasks keep their pairs

    return removals(observed, "the pair is incomplete and cannot be completed")


def _remove(observed: ObservedVolumePair, options: PairOptions) -> tuple[Step, ...]:
    from .removal import removals

    return (*removals(observed, "state: absent requested"), *_release(observed, options))


def _release(observed: ObservedVolumePair, options: PairOptions) -> tuple[Step, ...]:
    from . import release  # most tasks keep their pairs

    return release.steps(observed, options)


class Row(NamedTuple):
    """One row: the steps for each request."""

    present: Callable[[ObservedVolumePair, PairOptions], tuple[Step, ...]]
    repair: Callable[[ObservedVolumePair, PairOptions], tuple[Step, ...]]
    absent: Callable[[ObservedVolumePair, PairOptions], tuple[Step, ...]]


TABLE: Mapping[RowName, Row] = {
    "none": Row(present=_pair, repair=_pair, absent=_release),
    "paired": Row(present=_adjust, repair=_adjust, absent=_remove),
    "paired_stopped": Row(present=_half, repair=_replace, absent=_remove),
    "paired_no_role": Row(present=_no_role, repair=_no_role, absent=_remove),
    "pending_local": Row(present=refuse_pending, repair=_replace, absent=_remove),
    "pending_peer": Row(present=refuse_pending, repair=_replace, absent=_remove),
    "half_local": Row(present=_half, repair=_replace, absent=_remove),
    "half_peer": Row(present=_half, repair=_replace, absent=_remove),
    "crossed": Row(present=_half, repair=_replace, absent=_remove),
    "foreign_local": Row(present=refuse_foreign, repair=refuse_foreign, absent=refuse_foreign),
    "foreign_peer": Row(present=refuse_foreign, repair=refuse_foreign, absent=refuse_foreign),
    # One of the volumes is deleted or missing.
    "deleted": Row(present=_deleted, repair=refuse_deleted, absent=_remove),
    "missing_half": Row(present=_half, repair=_replace_missing, absent=_remove),
    "missing": Row(present=_create, repair=_create, absent=_nothing),
    # The peer is unreachable, and peer_unreachable permits that.
    "local_only": Row(present=_adjust_local_only, repair=_refuse_local_only, absent=_remove),
    "local_only_none": Row(present=_refuse_local_only, repair=_refuse_local_only, absent=_release),
    "local_only_pending": Row(present=refuse_pending, repair=_refuse_local_only, absent=_remove),
    "local_only_elsewhere": Row(present=refuse_foreign, repair=refuse_foreign, absent=refuse_foreign),
}
# The rows of a pair that has lost a part for good.
NOT_WHOLE: frozenset[RowName] = frozenset(
    {"paired_stopped", "half_local", "half_peer", "crossed", "deleted", "missing_half"}
)


def _not_written(observed: ObservedVolumePair, options: PairOptions) -> tuple[str, ...]:
    """The warnings about requests that this plan does not write, or cannot verify."""
    if not options.present and (options.release_target or observed.is_paired):
        from . import release, removal

        released = release.warnings(observed) if options.release_target else ()
        return (*release.unmarked(observed), *removal.left_on_deleted(observed), *released)
    if options.present and observed.row in NOT_WHOLE and is_forced(observed, options):
        return (left_of_pair(observed, LOCAL if observed.desired.direction == TO_PEER else PEER),)
    resuming = options.present and observed.row in ("paired", "local_only") and observed.desired.paused is False
    if not resuming or health.paused((observed.entries.local, observed.entries.peer)) is not None:
        return ()
    hidden = f"{ends(observed)}: {states(observed)}, which can hide a pause"
    return (f"{hidden}; it was not resumed: remove the cause of this state, then run again",)


def _failover_warnings(observed: ObservedVolumePair, options: PairOptions, steps: tuple[Step, ...]) -> tuple[str, ...]:
    """The warnings about what a forced failover may lose, and about what remains on an unreachable peer."""
    texts: tuple[str, ...] = ()
    if options.failover == "forced" and any(step.SETS_ACCESS for step in steps):
        from . import failover

        texts += failover.warnings(observed, options, steps)
    if observed.state == "unknown_peer":
        from . import local_only

        texts += local_only.warnings(observed, options, steps)
    return texts
