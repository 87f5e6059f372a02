# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Failover of an existing pair: its requirements, then its writes.

A planned failover proves that no write is lost, or changes nothing. A forced failover promotes the desired side, and
overwrites the other side only if its content was saved.
"""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ...failover_steps import (
    ConfirmDemotion,
    ConfirmFailover,
    ConfirmQuiet,
    CountLateWrites,
    Demote,
    Promote,
    RemoveCheckpoint,
    TakeCheckpoint,
)
from ...model import LOCAL, PEER, READ_WRITE, TARGET, TO_PEER, Side, Volume, Writes, other
from ...plan import Step
from . import growth
from .desired import FORCED, PLANNED, PairOptions
from .failover_checks import (
    check_even,
    check_in_sync,
    check_no_hosts,
    check_quiet,
    check_snapshots,
    digest_of,
    hosts_of,
    missing_proof,
    promoted_side,
    would_grow,
    writes_of,
)
from .failover_messages import (
    data_loss_possible,
    left_writable,
    losing_side_in_use,
    sizes_left,
    unproven,
)
from .links import check_connected
from .messages import access_conflict, missing, no_source, split_brain, volume_deleted
from .saving import most_in_group, save
from .state import ObservedVolumePair


def steps(observed: ObservedVolumePair, options: PairOptions) -> tuple[Step, ...]:
    """The writes that give a pair the desired direction, which it does not have. Raises Failure where they must not run."""
    if observed.direction == "split":
        return _settle_split(observed, options)
    if observed.direction == "none":
        return _promote_one_of_none(observed, options)
    if options.failover == FORCED:
        return _forced(observed, options)
    return _planned(observed, options)


def desired_source(observed: ObservedVolumePair) -> Side:
    """The side that the desired direction makes the source."""
    return LOCAL if observed.desired.direction == TO_PEER else PEER


def _planned(observed: ObservedVolumePair, options: PairOptions) -> tuple[Step, ...]:
    new = desired_source(observed)
    old = other(new)
    source, target = observed.volume(old), observed.volume(new)
    check_connected(observed)
    check_in_sync(observed)
    grown = growth.steps(observed, old)
    check_even(observed)
    check_snapshots(observed)
    check_no_hosts(observed, old, observed.usage(old))
    check_quiet(observed, old)
    max_batch = most_in_group(observed, old)
    reason = f"failover: planned requested, direction {observed.desired.direction}"
    return (
        *grown,
        TakeCheckpoint(
            **observed.at(old, source),
            reason="it proves that all writes have arrived on the other side",
            max_batch=max_batch,
            cluster_id=observed.catalogs[old].cluster.unique_id,
            digest=digest_of(observed, old),
        ),
        ConfirmFailover(**observed.at(old, source), reason="no write is lost", partner=target, timeout=options.timeout),
        Demote(**observed.at(old, source), reason=reason, access=TARGET, partner=target),
        ConfirmQuiet(
            **observed.at(old, source), reason="no one wrote since", writes=writes_of(observed, old) or Writes(0, 0)
        ),
        Promote(**observed.at(new, target), reason=reason, access=READ_WRITE, partner=replace(source, access=TARGET)),
        RemoveCheckpoint(**observed.at(new, target), reason="the pair is reversed", copy=True, max_batch=max_batch),
        RemoveCheckpoint(**observed.at(old, source), reason="the pair is reversed", copy=False, max_batch=max_batch),
    )


def _forced(observed: ObservedVolumePair, options: PairOptions) -> tuple[Step, ...]:
    new = desired_source(observed)
    old = other(new)
    losing = observed.volumes[old]
    if losing is not None and losing.access == TARGET:
        return (
            *_saved(observed, old, options, "no volume was promoted"),
            *_promoted(observed, new, first=False, beside=losing),
        )
    beside = losing if losing is not None and losing.access == READ_WRITE else None
    promoted = _promoted(observed, new, first=True, beside=beside)
    # An administrator has set an access that is no role in a pair on purpose.
    if losing is None or losing.access != READ_WRITE or hosts_of(observed, old):
        return promoted
    return (*promoted, *_overwritten(observed, old, options))


def _saved(observed: ObservedVolumePair, old: Side, options: PairOptions, hint: str) -> tuple[Step, ...]:
    """The snapshot of a target: it is overwritten once its partner is writable, and may hold the newest data."""
    return (save(observed, old, hint),) if options.save_overwritten else ()


def _promoted(observed: ObservedVolumePair, new: Side, first: bool, beside: Volume | None = None) -> tuple[Step, ...]:
    volume = observed.volume(new)
    if volume.access == READ_WRITE:
        return ()
    reason = f"failover: forced requested, direction {observed.desired.direction}"
    return (Promote(**observed.at(new, volume), reason=reason, access=READ_WRITE, first=first, beside=beside),)


def _overwritten(observed: ObservedVolumePair, old: Side, options: PairOptions) -> tuple[Step, ...]:
    """The steps for the losing side: save it first, and do not change it if a host is logged in to it."""
    new = other(old)
    losing = observed.volume(old)
    # It is writable at the recheck.
    winning = replace(observed.volume(new), access=READ_WRITE)
    return (
        *_saved(observed, old, options, "both sides are writable"),
        ConfirmDemotion(
            **observed.at(old, losing), reason="nothing has changed and no host is logged in", partner=winning
        ),
        Demote(
            **observed.at(old, losing),
            reason=f"{observed.name(new)} has the source now",
            access=TARGET,
            partner=winning,
        ),
        *_counted(observed, old, options),
    )


def _counted(observed: ObservedVolumePair, old: Side, options: PairOptions) -> tuple[Step, ...]:
    """The step that counts the writes between the snapshot and the demotion, which are lost on both sides."""
    used = observed.usage(old)
    if used is None:
        return ()
    before = None if "statistics" in used.unreadable else used.write_ops
    volume, reason = observed.volume(old), "hosts may have written until then"
    return (
        CountLateWrites(**observed.at(old, volume), reason=reason, write_ops=before, saved=options.save_overwritten),
    )


def _settle_split(observed: ObservedVolumePair, options: PairOptions) -> tuple[Step, ...]:
    """The steps for two writable sides: overwrite one only with permission, and never while a host is logged in to it."""
    if options.failover != FORCED or not options.allow_overwrite:
        raise split_brain(observed)
    old = other(desired_source(observed))
    hosts = hosts_of(observed, old)
    if hosts:
        raise losing_side_in_use(observed, old, hosts)
    return _overwritten(observed, old, options)


def promoted_half(observed: ObservedVolumePair) -> tuple[Step, ...]:
    """The promotion of the desired side of a pair that is not whole. Nothing else is changed.

    Raises Failure: volume_deleted, volume_not_found, access_conflict.
    """
    new = desired_source(observed)
    volume = observed.volumes[new]
    if volume is None or volume.deleted:
        raise volume_deleted(observed, new, volume) if volume else missing(observed, new)
    if volume.access not in (READ_WRITE, TARGET):
        raise access_conflict(observed, new)
    return _promoted(observed, new, first=True)


def _promote_one_of_none(observed: ObservedVolumePair, options: PairOptions) -> tuple[Step, ...]:
    new = desired_source(observed)
    if options.failover == FORCED:
        return _forced(observed, options)
    if options.failover != PLANNED:
        raise no_source(observed)
    missing = missing_proof(observed)
    if missing:
        raise unproven(observed, missing)
    volume, partner = observed.volume(new), observed.volume(other(new))
    reason = f"a planned failover was interrupted; direction {observed.desired.direction} requested"
    return (Promote(**observed.at(new, volume), reason=reason, access=READ_WRITE, partner=partner),)


def warnings(observed: ObservedVolumePair, options: PairOptions, planned: Iterable[Step]) -> tuple[str, ...]:
    """The warnings about a forced failover: what may be lost, and what it leaves as it is."""
    planned = tuple(planned)
    new = promoted_side(planned)
    if options.failover != FORCED:
        return ()
    left = (sizes_left(observed),) if planned and would_grow(observed) else ()
    if new is None:
        return left
    losing = observed.volumes[other(new)]
    hosts = hosts_of(observed, other(new)) if losing and losing.access == READ_WRITE else ()
    writable = (left_writable(observed, other(new), hosts),) if hosts else ()
    return (*data_loss_possible(observed, new), *writable, *left)
