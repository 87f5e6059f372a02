# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan for a cluster pair: every state that can be observed, by everything that a task can request.

TABLE below is the whole decision. The functions in it return the steps, or raise Failure.
"""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple, NoReturn

from ...._element.errors import Failure
from ...model import LOCAL, PEER, SIDES, ClusterPair, Side
from ...pairing_steps import PairClusters, RemoveClusterPair
from ...plan import Plan, Step
from .checks import check_handshake, check_peer_known, check_readable, check_volume_pairs
from .messages import HALF_REMEDY, facts, facts_after, half_text, warnings_of
from .state import ClusterPairOptions, ObservedClusterPair, State


def decide(observed: ObservedClusterPair, options: ClusterPairOptions) -> Plan:
    """The plan, or one with a problem. Pending entries name no cluster: only remove_pending removes them."""
    row = TABLE[observed.state]
    outcome = row.absent if not options.present else row.repair if options.repair else row.present
    try:
        check_readable(observed, options)
        check_peer_known(observed)
        steps = (*(_remove_pending(observed) if options.remove_pending else ()), *outcome(observed))
        check_volume_pairs(observed, steps)
        check_handshake(observed, steps)
    except Failure as exc:
        return Plan(problem=exc, before=facts(observed), after=facts(observed))
    return Plan(
        steps=steps,
        warnings=warnings_of(observed, options, steps),
        before=facts(observed),
        after=facts_after(observed, steps),
    )


def _nothing(observed: ObservedClusterPair) -> tuple[Step, ...]:
    return ()


def _handshake(observed: ObservedClusterPair) -> tuple[Step, ...]:
    view = observed.view(LOCAL)
    unreadable = {odd.id for odd in view.unreadable_entries if odd.id is not None}
    known = unreadable.union(entry.id for entry in view.entries)
    return (
        PairClusters(
            item=0,
            side=LOCAL,
            object=f"cluster pair with {observed.name(PEER)}",
            completer_object=f"cluster pair with {observed.name(LOCAL)}",
            reason="the clusters are not paired",
            known=frozenset(known),
        ),
    )


def _remove_further(observed: ObservedClusterPair) -> tuple[Step, ...]:
    reason = "it is a further entry that names the other cluster"
    return tuple(_removal(observed, side, entry, reason) for side in SIDES for entry in observed.further[side])


def _remove_all(observed: ObservedClusterPair) -> tuple[Step, ...]:
    reason = "state: absent requested"
    return tuple(_removal(observed, side, entry, reason) for side in SIDES for entry in observed.naming(side))


def _pair_again(observed: ObservedClusterPair) -> tuple[Step, ...]:
    reason = "the pair is incomplete and cannot be completed"
    removals = tuple(_removal(observed, side, entry, reason) for side in SIDES for entry in observed.naming(side))
    return (*removals, *_handshake(observed))


def _refuse_half(observed: ObservedClusterPair) -> NoReturn:
    raise Failure(
        "half_pair", f"{half_text(observed)}; {HALF_REMEDY}", cluster=observed.name(LOCAL), method="ListClusterPairs"
    )


class Row(NamedTuple):
    """One row: the steps for each request."""

    present: Callable[[ObservedClusterPair], tuple[Step, ...]]
    repair: Callable[[ObservedClusterPair], tuple[Step, ...]]
    absent: Callable[[ObservedClusterPair], tuple[Step, ...]]


TABLE: Mapping[State, Row] = {
    "none": Row(present=_handshake, repair=_handshake, absent=_nothing),
    # Connected or not, there is nothing to write; if it is not, the wait ends in not_connected.
    "paired": Row(present=_nothing, repair=_remove_further, absent=_remove_all),
    # An entry on one side only, different UUIDs, or an entry for the cluster that had this MVIP before.
    "half_local": Row(present=_refuse_half, repair=_pair_again, absent=_remove_all),
    "half_peer": Row(present=_refuse_half, repair=_pair_again, absent=_remove_all),
    "crossed": Row(present=_refuse_half, repair=_pair_again, absent=_remove_all),
}


def _removal(observed: ObservedClusterPair, side: Side, entry: ClusterPair, reason: str) -> RemoveClusterPair:
    other_cluster = entry.remote_name or entry.remote_mvip
    return RemoveClusterPair(
        item=0, side=side, object=f"cluster pair {entry.id} with {other_cluster}", reason=reason, entry=entry
    )


def _remove_pending(observed: ObservedClusterPair) -> tuple[Step, ...]:
    return tuple(
        RemoveClusterPair(
            item=0,
            side=side,
            object=f"pending cluster pair {entry.id}",
            reason="remove_pending: the pairing was started and not completed",
            entry=entry,
        )
        for side in SIDES
        for entry in observed.pending(side)
    )
