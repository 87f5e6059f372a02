# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A new pair: its requirements, then its writes. A missing partner is created first."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ...._element.errors import Failure
from ...failover_steps import Save
from ...model import (
    FROM_PEER,
    LOCAL,
    MODES,
    PAUSED_HERE,
    PAUSED_THERE,
    PEER,
    READ_WRITE,
    TARGET,
    TO_PEER,
    Direction,
    Mode,
    Side,
    Sides,
    Usage,
    Volume,
    mode_option,
    other,
)
from ...pairing_steps import ConfirmUnused, CreateAccount, CreateVolume, Grow, PairVolumes, SetAccess, SetPause
from ...plan import Plan, Step
from .. import guard, readiness
from . import growth
from .creation import account_id_of, check_allowed, check_no_namesake, no_account, policy_id_of, without_room
from .desired import NewVolume, PairOptions
from .links import check_connected
from .messages import ends
from .saving import REPLICA_RETENTION, save
from .state import ObservedVolumePair


@dataclass(frozen=True)
class Settings:
    """The mode of a new pair, and whether it starts paused."""

    mode: Mode
    paused: bool


def steps(observed: ObservedVolumePair, options: PairOptions, direction: Direction) -> tuple[Step, ...]:
    """The writes of a new pair of two existing volumes. The target gets its access before it is paired.

    Raises Failure for each requirement that is not met.
    """
    source_side = LOCAL if direction == TO_PEER else PEER
    target_side = other(source_side)
    source, target = observed.volume(source_side), observed.volume(target_side)
    check_connected(observed)
    _check_fit(observed, source_side)
    grown = growth.steps(observed, source_side)
    # Repair requests a full copy to the target, and an earlier pair of the two has made it a copy already.
    permission = guard.Permission(
        options.allow_overwrite, options.repair and observed.replica and target.access == TARGET
    )
    used = observed.usage(target_side)
    if used is not None:
        _check_evidence(observed, source_side, used, permission)
    evidence = used or Usage()
    saved = _saved(observed, options, target_side, evidence, permission)
    confirm = ConfirmUnused(
        **observed.at(target_side, target),
        reason="the evidence has not changed",
        source=source,
        usage=evidence,
        overwrite=permission.lifts(target, evidence),
        saved=bool(saved),
    )
    return (*saved, confirm, *grown, *_pair(observed, source_side, source, target))


def _check_evidence(observed: ObservedVolumePair, source_side: Side, used: Usage, permission: guard.Permission) -> None:
    """Raise Failure, target_in_use or empty_source, if the future target must not be overwritten."""
    target_side = other(source_side)
    source, target = observed.volume(source_side), observed.volume(target_side)
    guard.check_unused(target, observed.name(target_side), used, permission)
    if not permission.overwrite:
        source_usage = observed.usage(source_side) or Usage()
        # An administrator may have prepared an unpaired replicationTarget; the other half of a pair is a copy.
        evidence = guard.data(target, used) or (guard.role(target) if permission.replica else ())
        guard.check_source_holds_data(source, observed.name(source_side), source_usage, target, evidence)


def _saved(
    observed: ObservedVolumePair, options: PairOptions, side: Side, used: Usage, permission: guard.Permission
) -> tuple[Save, ...]:
    """The snapshot of the future target, if it shows evidence of data or was a replica; empty otherwise."""
    target = observed.volume(side)
    content = guard.data(target, used)
    if not options.save_overwritten or not (content or guard.role(target)):
        return ()
    only_copied = not content or (permission.replica and not guard.beyond_replica(target, used))
    return (save(observed, side, first=True, retention=REPLICA_RETENTION if only_copied else None),)


def steps_with_creation(observed: ObservedVolumePair, create: NewVolume, source: Volume) -> tuple[Step, ...]:
    """The writes of a new pair whose volume on the peer is created first. A volume that this run creates is unused.

    Raises Failure for each requirement that is not met.
    """
    check_connected(observed)
    _check_source(observed, LOCAL)
    owner = observed.desired.new_account or observed.catalogs.local.account(source)
    target = Volume(
        id=0,
        name=observed.desired.new_name or source.name,
        account_id=0,
        access=READ_WRITE,
        size=growth.desired_sizes(observed.desired, Sides(source.size, 0)).local,
        enable_512e=source.enable_512e,
        qos=source.qos,
    )
    check_allowed(observed, target)
    if owner is None:
        raise no_account(observed, owner)
    account_id = account_id_of(observed, owner)
    check_no_namesake(observed, target.name, account_id)
    policy_id = policy_id_of(observed, create)
    reason = f"{source.label} has no partner"
    made: list[Step] = []
    if account_id is None:
        text = "create_account requested: it will own the new volume"
        made.append(CreateAccount(item=observed.item, side=PEER, object=f"account {owner}", reason=text, account=owner))
    made.append(
        CreateVolume(
            **observed.at(PEER, target),
            reason=reason,
            account=owner,
            account_id=account_id or 0,
            qos_policy_id=policy_id,
        )
    )
    confirm = ConfirmUnused(
        **observed.at(PEER, target),
        reason="the evidence has not changed",
        source=source,
        usage=Usage(),
        overwrite=False,
    )
    grown = growth.of_volume(observed, LOCAL, source, target.size, is_source=True)
    return (*made, confirm, *grown, *_pair(observed, LOCAL, source, target))


def _pair(observed: ObservedVolumePair, source_side: Side, source: Volume, target: Volume) -> tuple[Step, ...]:
    target_side = other(source_side)
    made: list[Step] = []
    if target.access != TARGET:
        made.append(SetAccess(**observed.at(target_side, target), reason="it becomes the target", access=TARGET))
    if source.access != READ_WRITE:
        made.append(SetAccess(**observed.at(source_side, source), reason="it becomes the source", access=READ_WRITE))
    direction = TO_PEER if source_side == LOCAL else FROM_PEER
    settings = _settings(observed, source_side)
    reason = f"not paired yet; direction {direction}, mode {settings.mode}"
    mode = MODES[settings.mode]
    made.append(
        PairVolumes(
            **observed.at(source_side, source),
            reason=reason,
            completer=target,
            completer_object=target.label,
            mode=mode,
        )
    )
    if settings.paused:
        made.append(SetPause(**observed.at(source_side, source), reason="pause requested", paused=True))
    return tuple(made)


def _settings(observed: ObservedVolumePair, source_side: Side) -> Settings:
    """The requested mode and pause; else those of the remaining entries of an earlier pair, the source's first."""
    halves = [observed.entry(side) for side in (source_side, other(source_side)) if observed.entries[side]]
    shown = next((mode_option(half.mode) for half in halves if mode_option(half.mode)), None)
    paused = observed.desired.paused
    if paused is None:
        paused = any(half.state in (PAUSED_HERE, PAUSED_THERE) for half in halves)
    return Settings(observed.desired.mode or shown or "async", paused)


def confirmed_again(plans: Sequence[Plan]) -> Sequence[Plan]:
    """The plans with a second recheck of each new target, if any volume of the list grows.

    All volumes grow before any is demoted, and many growths take long: a host may log in meanwhile.
    """
    if not any(isinstance(step, Grow) for plan in plans for step in plan.steps):
        return plans
    return [replace(plan, steps=tuple(_with_second_recheck(plan.steps))) for plan in plans]


def _with_second_recheck(planned: Iterable[Step]) -> Iterable[Step]:
    rechecks = [replace(step, again=True) for step in planned if isinstance(step, ConfirmUnused)]
    return sorted((*planned, *rechecks), key=lambda step: step.phase)


def targets(plans: Iterable[Plan]) -> Sides[tuple[Volume, ...]]:
    """The existing volumes, by side, whose evidence of use decides about new pairs: their future targets.

    If a target may be overwritten, its source is included: it must not be empty.
    """
    found: dict[str, list[Volume]] = {LOCAL: [], PEER: []}
    for plan in plans:
        for step in plan.steps:
            if isinstance(step, ConfirmUnused) and not step.again and not step.volume.planned:
                found[step.side].append(step.volume)
                if step.overwrite:
                    found[other(step.side)].append(step.source)
    return Sides(tuple(found[LOCAL]), tuple(found[PEER]))


def _check_fit(observed: ObservedVolumePair, source_side: Side) -> None:
    target_side = other(source_side)
    source, target, name = observed.volume(source_side), observed.volume(target_side), observed.name(target_side)
    readiness.require(readiness.active(target, name), "access_conflict", name, "ListVolumes")
    _check_source(observed, source_side)
    readiness.require(readiness.target_access(target, name), "access_conflict", name, "ListVolumes")
    emulation = readiness.sector_size(ends(observed), source, target)
    readiness.require(emulation, "sector_mismatch", observed.name(LOCAL), "ListVolumes")
    desired = growth.desired_sizes(observed.desired, Sides(observed.volume(LOCAL).size, observed.volume(PEER).size))
    size = readiness.size(source, target, name, readiness.Size(desired[source_side], desired[target_side]))
    readiness.require(size, "size_mismatch", name, "ListVolumes")


def _check_source(observed: ObservedVolumePair, side: Side) -> None:
    source, name = observed.volume(side), observed.name(side)
    readiness.require(readiness.active(source, name), "access_conflict", name, "ListVolumes")
    readiness.require(readiness.source_access(source, name), "access_conflict", name, "ListVolumes")


def clashes(pairs: Sequence[ObservedVolumePair | None], plans: Sequence[Plan]) -> dict[int, Failure]:
    """The Failure, by item, of creations that conflict: the same name and owner, or more than the peer permits."""
    creations = [step for plan in plans for step in plan.steps if isinstance(step, CreateVolume)]
    known = {number: pair for number, pair in enumerate(pairs) if pair is not None}
    counts = Counter((step.volume.name, step.account) for step in creations)
    trouble = {
        step.item: Failure(
            "duplicate_item",
            f"cluster {known[step.item].name(PEER)}: more than one item of pairs would create {step.object} of account "
            f"{step.account}; give each its own peer_volume",
            cluster=known[step.item].name(PEER),
        )
        for step in creations
        if counts[step.volume.name, step.account] > 1
    }
    return {**without_room(known, creations), **trouble}
