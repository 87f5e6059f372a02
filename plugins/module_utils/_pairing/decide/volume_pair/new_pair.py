# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection elementsw.replication: it can change without notice.
"""A new pair: everything that must hold for it, then its writes. With a missing partner, the partner first."""

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
    ConfirmUnused,
    CreateAccount,
    CreateVolume,
    Grow,
    PairVolumes,
    Plan,
    SetAccess,
    SetPause,
    Sides,
    Step,
    Usage,
    Volume,
    mode_option,
    other,
)
from .. import guard, readiness, sizes
from . import growth
from .links import check_connected
from .messages import ends, refusal, volume_deleted
from .saving import REPLICA_RETENTION, save
from .state import Found, NewVolume, Wish


@dataclass(frozen=True)
class Settings:
    """The mode of a new pair, by its option's value, and whether it is paused from the start."""

    mode: str
    paused: bool


def steps(found: Found, wish: Wish, direction: str) -> tuple[Step, ...]:
    """The writes of a new pair between two volumes that are there: the target is one before anything is paired with it."""
    source_side = LOCAL if direction == TO_PEER else PEER
    target_side = other(source_side)
    source, target = found.volumes[source_side], found.volumes[target_side]
    check_connected(found)
    _check_fit(found, source_side)
    grown = growth.steps(found, source_side)
    # A pair that was theirs has made the target a copy already; a full copy of it is what repair was asked for.
    permission = guard.Permission(wish.allow_overwrite, wish.repair and found.replica and target.access == TARGET)
    used = _usage(found, target_side, target)
    if used is not None:
        _check_evidence(found, source_side, used, permission)
    evidence = used or Usage()
    saved = _saved(found, wish, target_side, evidence, permission)
    confirm = ConfirmUnused(
        found.item,
        target_side,
        target.label,
        "nothing has changed",
        target,
        source,
        evidence,
        overwrite=permission.lifts(target, evidence),
        saved=bool(saved),
    )
    return (*saved, confirm, *grown, *_pair(found, source_side, source, target))


def _check_evidence(found: Found, source_side: str, used: Usage, permission: guard.Permission) -> None:
    """Raise target_in_use, or empty_source, where the future target must not be overwritten."""
    target_side = other(source_side)
    source, target = found.volumes[source_side], found.volumes[target_side]
    guard.check_unused(target, found.name(target_side), used, permission)
    if not permission.overwrite:
        source_usage = _usage(found, source_side, source) or Usage()
        # An unpaired replicationTarget may be one that an administrator has prepared; the other half of a pair is none.
        evidence = guard.data(target, used) or (guard.role(target) if permission.replica else ())
        guard.check_source_holds_data(source, found.name(source_side), source_usage, target, evidence)


def _saved(found: Found, wish: Wish, side: str, used: Usage, permission: guard.Permission) -> tuple[Save, ...]:
    """The snapshot of what the future target holds, if it shows any evidence of data, or was a replica."""
    target = found.volumes[side]
    content = guard.data(target, used)
    if not wish.save_overwritten or not (content or guard.role(target)):
        return ()
    only_copied = not content or (permission.replica and not guard.beyond_replica(target, used))
    return (save(found, side, first=True, retention=REPLICA_RETENTION if only_copied else None),)


def steps_with_creation(found: Found, wish: Wish) -> tuple[Step, ...]:
    """The same where the volume on the peer is to be created first. A volume that this run creates is unused."""
    create, source = found.wish.create, found.volumes.local
    check_connected(found)
    _check_source(found, LOCAL)
    owner = found.wish.new_account or found.catalogs.local.account(source)
    target = Volume(
        id=0,
        name=found.partner_name,
        account_id=0,
        access=READ_WRITE,
        size=sizes.wished(found.wish, Sides(source.size, 0)).local,
        enable_512e=source.enable_512e,
        qos=source.qos,
    )
    _check_allowed(found, target)
    account_id = _account_id(found, owner)
    _check_no_namesake(found, target.name, account_id)
    policy_id = _policy_id(found, create)
    reason = f"{source.label} has no partner"
    made: list[Step] = []
    if account_id is None:
        text = "it shall own volumes that are created"
        made.append(CreateAccount(found.item, PEER, f"account {owner}", text, owner))
    made.append(CreateVolume(found.item, PEER, target.label, reason, target, owner, account_id or 0, policy_id))
    confirm = ConfirmUnused(
        found.item, PEER, target.label, "nothing has changed", target, source, Usage(), overwrite=False
    )
    grown = growth.of_volume(found, LOCAL, source, target.size, is_source=True)
    return (*made, confirm, *grown, *_pair(found, LOCAL, source, target))


def _pair(found: Found, source_side: str, source: Volume, target: Volume) -> tuple[Step, ...]:
    target_side = other(source_side)
    made: list[Step] = []
    if target.access != TARGET:
        made.append(SetAccess(found.item, target_side, target.label, "it becomes the target", target, TARGET))
    if source.access != READ_WRITE:
        made.append(SetAccess(found.item, source_side, source.label, "it becomes the source", source, READ_WRITE))
    direction = TO_PEER if source_side == LOCAL else FROM_PEER
    settings = _settings(found, source_side)
    reason = f"they shall be paired, {direction}, {settings.mode}"
    mode = MODES[settings.mode]
    made.append(PairVolumes(found.item, source_side, source.label, reason, source, target, target.label, mode))
    if settings.paused:
        made.append(SetPause(found.item, source_side, source.label, "it shall be paused", source, True))
    return tuple(made)


def _settings(found: Found, source_side: str) -> Settings:
    """Mode and pause as requested; else as what is left of an earlier pair shows them, its source's half before the other."""
    halves = [found.entries[side] for side in (source_side, other(source_side)) if found.entries[side]]
    shown = next((mode_option(half.mode) for half in halves if mode_option(half.mode)), None)
    paused = found.wish.paused
    if paused is None:
        paused = any(half.state in (PAUSED_HERE, PAUSED_THERE) for half in halves)
    return Settings(found.wish.mode or shown or "async", paused)


def confirmed_again(plans: Sequence[Plan]) -> Sequence[Plan]:
    """With a second look for every new pair of the list, if anything on it grows.

    All volumes grow before any becomes a target, and with many sizes that takes long: a host may come meanwhile.
    """
    if not any(isinstance(step, Grow) for plan in plans for step in plan.steps):
        return plans
    return [replace(plan, steps=tuple(_with_second_look(plan.steps))) for plan in plans]


def _with_second_look(planned: Iterable[Step]) -> Iterable[Step]:
    looks = [replace(step, again=True) for step in planned if isinstance(step, ConfirmUnused)]
    return sorted((*planned, *looks), key=lambda step: step.phase)


def targets(plans: Iterable[Plan]) -> Sides[tuple[Volume, ...]]:
    """The existing volumes whose use decides about new pairs, by the side they are on: their future targets.

    Where a target may be overwritten, its source as well: it must not be an empty one.
    """
    found: dict[str, list[Volume]] = {LOCAL: [], PEER: []}
    for plan in plans:
        for step in plan.steps:
            if isinstance(step, ConfirmUnused) and not step.again and not step.volume.planned:
                found[step.side].append(step.volume)
                if step.overwrite:
                    found[other(step.side)].append(step.source)
    return Sides(tuple(found[LOCAL]), tuple(found[PEER]))


def _usage(found: Found, side: str, volume: Volume) -> Usage | None:
    known = found.extras.usage[side]
    return None if known is None else known.get(volume.id, Usage(unreadable=("statistics",)))


def _check_fit(found: Found, source_side: str) -> None:
    target_side = other(source_side)
    source, target, name = found.volumes[source_side], found.volumes[target_side], found.name(target_side)
    readiness.require(readiness.active(target, name), "access_conflict", name, "ListVolumes")
    _check_source(found, source_side)
    readiness.require(readiness.target_access(target, name), "access_conflict", name, "ListVolumes")
    emulation = readiness.sector_size(ends(found), source, target)
    readiness.require(emulation, "sector_mismatch", found.name(LOCAL), "ListVolumes")
    wished = sizes.wished(found.wish, Sides(found.volumes.local.size, found.volumes.peer.size))
    size = readiness.size(source, target, name, readiness.Size(wished[source_side], wished[target_side]))
    readiness.require(size, "size_mismatch", name, "ListVolumes")


def _check_source(found: Found, side: str) -> None:
    source, name = found.volumes[side], found.name(side)
    readiness.require(readiness.active(source, name), "access_conflict", name, "ListVolumes")
    readiness.require(readiness.source_access(source, name), "access_conflict", name, "ListVolumes")


def check_create(found: Found) -> None:
    """Whether the missing volume may be created at all."""
    if found.wish.direction == FROM_PEER:
        raise refusal(
            found,
            "empty_source",
            f"{ends(found)}: direction from_peer would make a volume the source that is yet to be created, and overwrite the "
            "one that is there with nothing; leave direction out, or name an existing volume of the peer",
        )


def _account_id(found: Found, owner: str | None) -> int | None:
    """The owner's ID on the peer; None when it is to be created."""
    there = found.catalogs.peer
    known = [account_id for account_id, name in there.accounts.items() if name == owner]
    if known:
        return known[0]
    if owner is None or not found.wish.create.create_account:
        raise Failure(
            "account_not_found",
            f"cluster {there.cluster.name} has no account named {owner} to own the new {found.label(PEER)}; give "
            "create_peer_volume.account, or let create_account: true create it",
            cluster=there.cluster.name,
            method="ListAccounts",
        )
    return None


def _check_no_namesake(found: Found, name: str, account_id: int | None) -> None:
    """The partner that is gone may have left its name to another volume; whether that one is meant now is not ours to say."""
    there = found.catalogs.peer
    namesake = next((v for v in there.named(name) if not v.deleted and v.account_id == account_id), None)
    deleted = next((v for v in there.named(name) if v.deleted and v.account_id == account_id), None)
    if deleted is not None:
        raise volume_deleted(found, PEER, deleted)
    if namesake is not None:
        raise Failure(
            "volume_ambiguous",
            f"cluster {there.cluster.name} has {namesake.label} of that owner, which is not the volume that {found.label(LOCAL)} "
            "was paired with; name it by its ID as peer_volume_id if it shall be the target, or give create_peer_volume.name",
            cluster=there.cluster.name,
            method="ListVolumes",
        )


def _policy_id(found: Found, create: NewVolume) -> int | None:
    policies = found.extras.policies
    if create.qos_policy is None or policies is None:
        return None
    if create.qos_policy not in policies:
        raise Failure(
            "qos_policy_not_found",
            f"cluster {found.name(PEER)} has no QoS policy named {create.qos_policy}; it has "
            f"{', '.join(sorted(policies)) or 'none'}: correct create_peer_volume.qos_policy, or leave it out",
            cluster=found.name(PEER),
            method="ListQoSPolicies",
        )
    return policies[create.qos_policy]


def _check_allowed(found: Found, planned: Volume) -> None:
    name, stage = found.name(PEER), found.extras.fullness
    if stage is not None:
        readiness.require(readiness.fullness(name, stage), "limit_reached", name, "GetClusterFullThreshold")
    limits = found.extras.limits.peer
    if limits is None:
        return
    longest, smallest = limits.volume_name_length, limits.volume_size_min
    if longest is not None and len(planned.name) > longest:
        raise _over_limit(found, f"a name of {len(planned.name)} characters, {longest} are allowed")
    if smallest is not None and planned.size < smallest:
        raise _over_limit(found, f"{planned.size} bytes, at least {smallest} are required")
    growth.check_largest(found, PEER, planned, planned.size)


def _over_limit(found: Found, what: str) -> Failure:
    return Failure(
        "limit_reached",
        f"cluster {found.name(PEER)}: the new {found.label(PEER)} would have {what}; create it yourself and name it as "
        "peer_volume",
        cluster=found.name(PEER),
        method="GetLimits",
    )


def clashes(found: Sequence[Found | None], plans: Sequence[Plan]) -> dict[int, Failure]:
    """What is wrong with creations taken together, by item: two of one name and owner, or more than the peer can hold."""
    creations = [step for plan in plans for step in plan.steps if isinstance(step, CreateVolume)]
    counts = Counter((step.volume.name, step.account) for step in creations)
    trouble = {
        step.item: Failure(
            "duplicate_item",
            f"cluster {found[step.item].name(PEER)}: more than one item of pairs would create {step.object} of account "
            f"{step.account}; give each its own peer_volume",
            cluster=found[step.item].name(PEER),
        )
        for step in creations
        if counts[step.volume.name, step.account] > 1
    }
    return {**_without_room(found, creations), **trouble}


def _without_room(found: Sequence[Found | None], creations: Sequence[CreateVolume]) -> dict[int, Failure]:
    if not creations:
        return {}
    first = found[creations[0].item]
    limits, there = first.extras.limits.peer, first.catalogs.peer
    if limits is None:
        return {}
    trouble: dict[int, Failure] = {}
    owned = Counter(volume.account_id for volume in there.living)
    wanted = Counter(step.account for step in creations)
    for step in creations:
        full = None
        if limits.volumes is not None and sum(owned.values()) + len(creations) > limits.volumes:
            full = (
                f"{sum(owned.values())} volumes, {len(creations)} more would be created, {limits.volumes} are allowed"
            )
        most, has = limits.volumes_per_account, owned[step.account_id] if step.account_id else 0
        if most is not None and has + wanted[step.account] > most:
            full = f"{has} volumes of account {step.account}, {wanted[step.account]} more would be created, {most} are allowed"
        if full:
            trouble[step.item] = Failure(
                "limit_reached",
                f"cluster {first.name(PEER)} has {full}; delete what is not needed, or create fewer",
                cluster=first.name(PEER),
                method="GetLimits",
            )
    return trouble
