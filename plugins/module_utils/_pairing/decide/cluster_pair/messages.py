# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The messages about a cluster pair, and what diff mode shows of it."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ...model import LOCAL, PEER, SIDES, ClusterPair, other
from ...pairing_steps import PairClusters, RemoveClusterPair
from ...plan import Step
from ..identity import names_cluster, seems_alive
from .state import ClusterPairOptions, ObservedClusterPair, pairs_with_others

MAX_LISTED = 20
HALF_REMEDY = (
    "repair: true removes what is left of it and pairs the clusters again, state: absent removes it without pairing"
)


def half_text(observed: ObservedClusterPair) -> str:
    """What each cluster lists of a cluster pair that is not whole."""
    if observed.state == "none":
        return f"neither {observed.name(LOCAL)} nor {observed.name(PEER)} still lists a pair with the other"
    parts = []
    for side in SIDES:
        entry, view, other_view = observed.pair[side], observed.views[side], observed.views[other(side)]
        if entry is None:
            parts.append(f"{observed.name(side)} has no counterpart")
            continue
        part = f"{observed.name(side)} lists cluster pair {entry.id} ({entry.status}, UUID {entry.uuid})"
        if view and other_view and not names_cluster(entry, other_view.cluster):
            part += (
                f" with a cluster of unique ID {entry.remote_unique_id} at {other_view.cluster.name}'s MVIP: "
                f"{other_view.cluster.name} ({other_view.cluster.unique_id}) was rebuilt since"
            )
        parts.append(part)
    return "the cluster pair is incomplete: " + ", ".join(parts)


def warnings_of(observed: ObservedClusterPair, options: ClusterPairOptions, steps: tuple[Step, ...]) -> tuple[str, ...]:
    """The warnings about what these steps do not change: the unreachable peer, further, pending and unreadable entries."""
    going = {(step.side, step.entry.id) for step in steps if isinstance(step, RemoveClusterPair)}
    texts = []
    if observed.views.peer is None:
        texts.append(
            f"the peer ({observed.known_as[0]}) is unreachable and was not read: its entry of the pair, if any, remains; run "
            "again without peer_unreachable when it answers"
        )
        name = observed.name(LOCAL)
        if others := pairs_with_others(observed):
            texts.append(f"cluster {name} lists no pair with MVIP {observed.known_as[0]}, but {list_entries(others)}")
        texts += [seems_alive(name, entry) for entry in observed.naming(LOCAL) if entry.connected and steps]
    for side in SIDES:
        further = [entry for entry in observed.further[side] if (side, entry.id) not in going]
        if further and observed.state == "paired":
            texts.append(
                f"cluster {observed.name(side)} has further entries that name {observed.name(other(side))}: "
                f"{list_entries(further)}; repair: true removes them"
            )
        pending = [entry for entry in observed.pending(side) if (side, entry.id) not in going]
        if pending:
            texts.append(
                f"cluster {observed.name(side)} has pending cluster pairs: {list_entries(pending)}; they name no cluster and "
                "were not changed, remove_pending: true removes them"
            )
        view = observed.views[side]
        texts += [
            f"cluster {observed.name(side)}: {odd.label} cannot be read ({odd.reason}) and was not changed"
            for odd in (view.unreadable_entries if view else ())
        ]
    return tuple(texts)


def list_entries(entries: Iterable[ClusterPair]) -> str:
    return ", ".join(f"{entry.id} ({entry.status})" for entry in entries)


@dataclass(frozen=True)
class ClusterPairFacts:
    """What diff mode shows: what each cluster that answers lists about the other, and its pending entries."""

    entries: Mapping[str, tuple[str, ...]]

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(f"{cluster}: {', '.join(listed) or 'not paired'}" for cluster, listed in self.entries.items())


def facts(observed: ObservedClusterPair) -> ClusterPairFacts:
    """What diff mode shows of the observed cluster pair."""
    return facts_after(observed, ())


def facts_after(observed: ObservedClusterPair, steps: tuple[Step, ...]) -> ClusterPairFacts:
    """What diff mode shows once the steps are done."""
    going = {(step.side, step.entry.id) for step in steps if isinstance(step, RemoveClusterPair)}
    pairing = any(isinstance(step, PairClusters) for step in steps)
    entries = {}
    for side in SIDES:
        if not observed.views[side]:
            continue
        staying = [e for e in (*observed.naming(side), *observed.pending(side)) if (side, e.id) not in going]
        new = (f"new cluster pair with {observed.name(other(side))}",) if pairing else ()
        entries[observed.name(side)] = (*map(_fact, staying), *new)
    return ClusterPairFacts(entries)


def _fact(entry: ClusterPair) -> str:
    other_cluster = "no cluster yet" if entry.pending else entry.remote_name or entry.remote_mvip
    return f"cluster pair {entry.id} with {other_cluster} ({entry.status})"
