# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of rehearsals: what exists of a clone, and what a run does about it."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from ...._element.errors import Failure
from ...failover_steps import RemoveCheckpoint
from ...model import LOCAL, PEER, READ_WRITE, Snapshot, Volume
from ...plan import Plan, Step
from ...rehearsal import POINT, Rehearsed, rehearsed
from ...rehearsal_steps import (
    CloneVolume,
    ConfirmPoint,
    DeleteClone,
    GrantAccess,
    PurgeClone,
    RevokeAccess,
    SetPolicy,
    TakePoint,
)
from .. import guard
from ..volume_pair.state import Place
from . import messages
from .points import check_point, most_in_group, newest
from .state import DesiredRehearsal, ObservedRehearsal, Row, Surroundings

#: Why the snapshot of `point: now` is removed.
POINT_REMOVED = "it is cloned"
Decide = Callable[[ObservedRehearsal, DesiredRehearsal, Surroundings], Plan]


@dataclass(frozen=True)
class CloneFacts:
    """What diff mode shows of a clone."""

    line: str

    @property
    def lines(self) -> tuple[str, ...]:
        return (self.line,)


def decide(observed: ObservedRehearsal, desired: DesiredRehearsal, around: Surroundings) -> Plan:
    """What a run does for one clone."""
    if observed.problem is not None:
        return Plan(problem=observed.problem)
    present, absent = TABLE[observed.row]
    try:
        return (present if desired.present else absent)(observed, desired, around)
    except Failure as exc:
        return Plan(problem=exc)


def _clone(observed: ObservedRehearsal, desired: DesiredRehearsal, around: Surroundings) -> Plan:
    """Clone the newest snapshot of the target, or one that is taken now."""
    original, name = observed.target(), observed.clone_name(desired.name)
    _check_name(observed, name, around)
    snapshot = None if desired.now else _snapshot_of(observed, around)
    clone = Volume(0, name, observed.owner_id, READ_WRITE, original.size, enable_512e=original.enable_512e)
    step = CloneVolume(
        item=observed.item,
        side=LOCAL,
        object=clone.label,
        reason=f"rehearsal {desired.name}: clone of {original.label}",
        original=original,
        clone=clone,
        about=Rehearsed(
            desired.name,
            observed.uuid,
            original.name,
            snapshot.name if snapshot else "",
            snapshot.created if snapshot else "",
        ),
        owner=observed.owner or "",
        timeout=desired.timeout,
        snapshot=snapshot,
        source=observed.observed_pair().volumes.peer if desired.now else None,
    )
    taken = _point(observed, desired, around) if desired.now else ()
    after = replace(observed, row="made", clone=clone)
    what = f"clone of {_bare(original)}, {_moment(snapshot)}, account {observed.owner}"
    return Plan(
        steps=(*taken, step),
        concluding=(*_access(after, desired, around), *(_point_removed(observed, around) if desired.now else ())),
        before=CloneFacts(f"{name}: no clone"),
        after=CloneFacts(f"{name}: {what}{_granted(desired)}"),
    )


def _check_name(observed: ObservedRehearsal, name: str, around: Surroundings) -> None:
    longest = around.limits.local.volume_name_length if around.limits.local else None
    if longest is not None and len(name) > longest:
        raise messages.long_name(observed, name, longest)


def _snapshot_of(observed: ObservedRehearsal, around: Surroundings) -> Snapshot | None:
    """The newest complete replicated snapshot of the target; None before they are read. Raises Failure: no_snapshot."""
    if around.snapshots.local is None:
        return None
    found = newest(observed.target(), around.snapshots.local)
    if found is None:
        raise messages.no_snapshot(observed)
    return found


def _moment(snapshot: Snapshot | None) -> str:
    return f"snapshot {snapshot.name or snapshot.id} of {snapshot.created}" if snapshot else "as of now"


def _granted(desired: DesiredRehearsal) -> str:
    named = (("access group", desired.access_group), ("QoS policy", desired.qos_policy))
    return "".join(f", {what} {name}" for what, name in named if name is not None)


def _bare(volume: Volume) -> str:
    return volume.label.removeprefix("volume ")


def _point(observed: ObservedRehearsal, desired: DesiredRehearsal, around: Surroundings) -> tuple[Step, ...]:
    """The replicated snapshot on the source, and the wait until this cluster has it. Raises Failure."""
    pair = observed.observed_pair()
    check_point(pair, around)
    source, target = pair.volume(PEER), pair.volume(LOCAL)
    return (
        TakePoint(
            **pair.at(PEER, source),
            reason=f"rehearsal {desired.name}: the moment that is rehearsed",
            max_batch=most_in_group(around),
            cluster_id=pair.catalogs.peer.cluster.unique_id,
            rehearsal=desired.name,
        ),
        ConfirmPoint(
            **pair.at(PEER, source), reason="the clones hold its content", partner=target, timeout=desired.timeout
        ),
    )


def _point_removed(observed: ObservedRehearsal, around: Surroundings) -> tuple[Step, ...]:
    """The removal of the snapshot and of its copy, which the clone does not need."""
    pair, batch = observed.observed_pair(), most_in_group(around)
    return tuple(
        RemoveCheckpoint(**pair.at(side), reason=POINT_REMOVED, copy=side == LOCAL, max_batch=batch)
        for side in (LOCAL, PEER)
    )


def _keep(observed: ObservedRehearsal, desired: DesiredRehearsal, around: Surroundings) -> Plan:
    """Keep the clone with its content, and let the hosts and the policy that are requested have it."""
    clone = observed.made()
    if desired.account is not None and clone.account_id != observed.owner_id:
        raise messages.other_owner(observed, desired)
    steps = _access(observed, desired, around)
    if not steps:
        return Plan()
    return Plan(
        concluding=steps,
        before=CloneFacts(f"{clone.name}: as it is"),
        after=CloneFacts(f"{clone.name}: as it is{_granted(desired)}"),
    )


def _wait(observed: ObservedRehearsal, desired: DesiredRehearsal, around: Surroundings) -> Plan:
    """An earlier run has begun the clone, which is in no list before it is complete."""
    return Plan()


def _access(observed: ObservedRehearsal, desired: DesiredRehearsal, around: Surroundings) -> tuple[Step, ...]:
    """The steps that give a complete clone the requested policy and access group."""
    clone, steps = observed.made(), list[Step]()
    # Without its ID, so that the steps for a clone that this run makes are those that check mode shows.
    at = _place(observed, f"volume {clone.name}")
    reason = f"rehearsal {desired.name}"
    if around.policy_id is not None and clone.qos_policy_id != around.policy_id:
        steps.append(SetPolicy(**at, reason=reason, policy_id=around.policy_id, policy=desired.qos_policy or ""))
    if around.group_id is not None and around.group_id not in clone.access_groups:
        granted = f"{reason}: access group {desired.access_group}"
        steps.append(GrantAccess(**at, reason=granted, group_id=around.group_id))
    return tuple(steps)


def _place(observed: ObservedRehearsal, named: str) -> Place:
    """What a step for a clone names. named: the clone as messages name it."""
    return {"item": observed.item, "side": LOCAL, "object": named, "volume": observed.made()}


def conclude(observed: ObservedRehearsal, desired: DesiredRehearsal, around: Surroundings) -> Plan:
    """What a complete clone still requires after the wait."""
    if observed.problem is not None or observed.row != "made" or not desired.present:
        return Plan()
    return Plan(steps=_access(observed, desired, around))


def points_in_use(items: Mapping[int, ObservedRehearsal]) -> dict[str, list[int]]:
    """The snapshots that rehearsals have taken for these clones: the items of each, by the name of the snapshot."""
    found: dict[str, list[int]] = {}
    for number, observed in items.items():
        about = rehearsed(observed.clone) if observed.clone else None
        if about and about.snapshot.startswith(POINT):
            found.setdefault(about.snapshot, []).append(number)
    return found


def _refuse_name(observed: ObservedRehearsal, desired: DesiredRehearsal, around: Surroundings) -> Plan:
    raise messages.name_taken(observed, desired)


def _refuse_two(observed: ObservedRehearsal, desired: DesiredRehearsal, around: Surroundings) -> Plan:
    raise messages.made_twice(observed)


def _remove(observed: ObservedRehearsal, desired: DesiredRehearsal, around: Surroundings) -> Plan:
    """Take the clone from its access groups, delete it and purge it, unless it is in use."""
    clone = observed.made()
    if not _has_only_inherited_pairs(clone, observed.original):
        raise messages.paired_clone(observed)
    if clone.id in around.cloning:
        raise messages.cloned_clone(observed)
    used = around.usage.get(clone.id)
    if used and guard.sessions(used):
        raise messages.clone_in_use(observed, used)
    at = _place(observed, clone.label)
    reason = f"rehearsal {desired.name} ends"
    return Plan(
        steps=(
            *(RevokeAccess(**at, reason=reason, group_id=group) for group in clone.access_groups),
            DeleteClone(**at, reason=reason),
            PurgeClone(**at, reason=reason),
        ),
        before=_removal_facts(clone, "clone"),
        after=_removal_facts(clone, "no clone"),
    )


def _has_only_inherited_pairs(clone: Volume, original: Volume | None) -> bool:
    """Whether each pair entry of the clone is a copy of one of its original's.

    It is not documented whether a clone has the entries of its original; a pair that someone made of it is not ours.
    """
    known = {(pair.cluster_pair_id, pair.remote_volume_id) for pair in original.pairs} if original else set()
    return all((pair.cluster_pair_id, pair.remote_volume_id) in known for pair in clone.pairs)


def _purge(observed: ObservedRehearsal, desired: DesiredRehearsal, around: Surroundings) -> Plan:
    """Finish the removal of a clone that an earlier run has deleted."""
    clone = observed.made()
    step = PurgeClone(**_place(observed, clone.label), reason=f"rehearsal {desired.name} ends")
    return Plan(steps=(step,), before=_removal_facts(clone, "deleted clone"), after=_removal_facts(clone, "no clone"))


def _removal_facts(clone: Volume, what: str) -> CloneFacts:
    return CloneFacts(f"{_bare(clone)}: {what}")


def _nothing(observed: ObservedRehearsal, desired: DesiredRehearsal, around: Surroundings) -> Plan:
    return Plan()


#: What a run does: for present, for absent.
TABLE: Mapping[Row, tuple[Decide, Decide]] = {
    "missing": (_clone, _nothing),
    "making": (_wait, _nothing),
    "made": (_keep, _remove),
    "twice": (_refuse_two, _refuse_two),
    "taken": (_refuse_name, _nothing),
    "deleted": (_nothing, _purge),
}
