# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection elementsw.replication: it can change without notice.
"""What shall be done about a cluster pair: everything that was found, by everything that can be wished.

TABLE below is the whole decision. The functions it names make the steps, or refuse.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, NoReturn

from ...._element.errors import Failure
from ...model import (
    DONE,
    LOCAL,
    PEER,
    SIDES,
    Cluster,
    ClusterPair,
    ClusterSide,
    PairClusters,
    Plan,
    RemoveClusterPair,
    Sides,
    Step,
    UnreadableClusterPair,
    UnreadableVolume,
    Verdict,
    Volume,
    other,
)
from ..identity import may_be_known_as, may_name, named_by_address, names, names_predecessor, peer_unknown, seems_alive

# Right after a handshake a pair may pass through Misconfigured; after this many seconds it is there to stay.
MISCONFIGURED_GRACE = 120
MOST_NAMED = 20


@dataclass(frozen=True)
class Wish:
    present: bool
    repair: bool = False
    remove_pending: bool = False


@dataclass(frozen=True)
class Found:
    """state: none, paired, half_local, half_peer, crossed. pair: the entry on each side that the state speaks of.

    further: more entries that name the other cluster. known_as: what an unreachable peer may be called. mvip_given: its
    MVIP is the first of these, so that it is known where no entry has it.
    """

    state: str
    seen: Sides[ClusterSide | None]
    pair: Sides[ClusterPair | None]
    further: Sides[tuple[ClusterPair, ...]]
    known_as: tuple[str, ...] = ()
    mvip_given: bool = False

    @property
    def connected(self) -> bool:
        return all(entry is not None and entry.connected for entry in (self.pair.local, self.pair.peer))

    def naming(self, side: str) -> tuple[ClusterPair, ...]:
        """Every entry on `side` that names the other cluster."""
        entry = self.pair[side]
        return (entry, *self.further[side]) if entry else self.further[side]

    def pending(self, side: str) -> tuple[ClusterPair, ...]:
        """Entries of `side` that name nobody yet."""
        view = self.seen[side]
        return tuple(entry for entry in view.entries if entry.pending) if view else ()

    def doubtful(self, side: str) -> tuple[UnreadableClusterPair, ...]:
        """Entries of `side` that cannot be read and may name the other cluster."""
        view, far = self.seen[side], self.seen[other(side)]
        if view is None:
            return ()
        if far is None:
            return tuple(odd for odd in view.unreadable_entries if may_be_known_as(odd, self.known_as))
        return tuple(odd for odd in view.unreadable_entries if may_name(odd, far.cluster))

    @property
    def doubt(self) -> Failure | None:
        """Why it cannot be told what the two clusters have; None where it can."""
        found = [odd.failure(self.name(side)) for side in SIDES for odd in self.doubtful(side)]
        return found[0] if found else None

    def name(self, side: str) -> str:
        view = self.seen[side]
        return view.cluster.name if view else "the peer"


def classify(seen: Sides[ClusterSide | None], known_as: tuple[str, ...] = (), mvip_given: bool = False) -> Found:
    """Join both lists by UUID. known_as, mvip_given: what an unreachable peer may be called in this cluster's list."""
    if seen.peer is None:
        return replace(_classify_alone(seen, known_as), mvip_given=mvip_given)
    naming = {side: _naming(seen[side], seen[other(side)].cluster) for side in SIDES}
    shared = {entry.uuid for entry in naming[LOCAL]} & {entry.uuid for entry in naming[PEER]}
    if shared:
        # More than one shared UUID was never seen; the one that works is the pair, the rest is further entries.
        best = max(
            sorted(shared), key=lambda uuid: sum(e.connected for s in SIDES for e in naming[s] if e.uuid == uuid)
        )
        pair = {side: next(entry for entry in naming[side] if entry.uuid == best) for side in SIDES}
        state = "paired"
    else:
        pair = {side: naming[side][0] if naming[side] else None for side in SIDES}
        state = {
            (False, False): "none",
            (True, False): "half_local",
            (False, True): "half_peer",
            (True, True): "crossed",
        }[pair[LOCAL] is not None, pair[PEER] is not None]
    further = {side: tuple(entry for entry in naming[side] if entry is not pair[side]) for side in SIDES}
    return Found(state, seen, Sides(**pair), Sides(**further))


def _naming(view: ClusterSide, cluster: Cluster) -> tuple[ClusterPair, ...]:
    return tuple(e for e in view.entries if names(e, cluster) or names_predecessor(e, cluster))


def _classify_alone(seen: Sides[ClusterSide | None], known_as: tuple[str, ...]) -> Found:
    naming = named_by_address(seen.local.entries, known_as)
    state = "half_local" if naming else "none"
    return Found(state, seen, Sides(naming[0] if naming else None, None), Sides(naming[1:], ()), known_as)


def decide(found: Found, wish: Wish) -> Plan:
    """The plan, or one with a problem. Pending entries are touched only when the wish says so: they name nobody."""
    row = TABLE[found.state]
    outcome = row.absent if not wish.present else row.repair if wish.repair else row.present
    try:
        _check_readable(found, wish)
        _check_peer_known(found)
        steps = (*(_remove_pending(found) if wish.remove_pending else ()), *outcome(found))
        _check_volume_pairs(found, steps)
        _check_handshake(found, steps)
    except Failure as exc:
        return Plan(problem=exc, before=_facts(found), after=_facts(found))
    return Plan(
        steps=steps, warnings=_warnings(found, wish, steps), before=_facts(found), after=_facts_after(found, steps)
    )


def _nothing(found: Found) -> tuple[Step, ...]:
    return ()


def _handshake(found: Found) -> tuple[Step, ...]:
    view = found.seen.local
    unreadable = {odd.id for odd in view.unreadable_entries if odd.id is not None}
    known = unreadable.union(entry.id for entry in view.entries)
    return (
        PairClusters(
            item=0,
            side=LOCAL,
            object=f"cluster pair with {found.name(PEER)}",
            completer_object=f"cluster pair with {found.name(LOCAL)}",
            reason="the clusters are not paired",
            known=frozenset(known),
        ),
    )


def _remove_further(found: Found) -> tuple[Step, ...]:
    reason = "a further entry that names the other cluster"
    return tuple(_removal(found, side, entry, reason) for side in SIDES for entry in found.further[side])


def _remove_all(found: Found) -> tuple[Step, ...]:
    reason = "the clusters shall not be paired"
    return tuple(_removal(found, side, entry, reason) for side in SIDES for entry in found.naming(side))


def _pair_again(found: Found) -> tuple[Step, ...]:
    reason = "half a pair, which cannot be joined again"
    removals = tuple(_removal(found, side, entry, reason) for side in SIDES for entry in found.naming(side))
    return (*removals, *_handshake(found))


def _refuse_half(found: Found) -> NoReturn:
    raise Failure(
        "half_pair", f"{_half_text(found)}; {_HALF_REMEDY}", cluster=found.name(LOCAL), method="ListClusterPairs"
    )


class Row(NamedTuple):
    """One row: what each wish leads to."""

    present: Callable[[Found], tuple[Step, ...]]
    repair: Callable[[Found], tuple[Step, ...]]
    absent: Callable[[Found], tuple[Step, ...]]


TABLE = {
    "none": Row(present=_handshake, repair=_handshake, absent=_nothing),
    # Connected or not: nothing to write; when it is not, the wait ends in not_connected.
    "paired": Row(present=_nothing, repair=_remove_further, absent=_remove_all),
    # An entry on one side only, different UUIDs, or an entry for the cluster that had this MVIP before.
    "half_local": Row(present=_refuse_half, repair=_pair_again, absent=_remove_all),
    "half_peer": Row(present=_refuse_half, repair=_pair_again, absent=_remove_all),
    "crossed": Row(present=_refuse_half, repair=_pair_again, absent=_remove_all),
}


def _removal(found: Found, side: str, entry: ClusterPair, reason: str) -> RemoveClusterPair:
    whom = entry.remote_name or entry.remote_mvip
    return RemoveClusterPair(
        item=0, side=side, object=f"cluster pair {entry.id} with {whom}", reason=reason, entry=entry
    )


def _remove_pending(found: Found) -> tuple[Step, ...]:
    return tuple(
        RemoveClusterPair(
            item=0,
            side=side,
            object=f"pending cluster pair {entry.id}",
            reason="remove_pending: started and never completed",
            entry=entry,
        )
        for side in SIDES
        for entry in found.pending(side)
    )


def _check_readable(found: Found, wish: Wish) -> None:
    """Only a pair that exists and is to stay does not depend on what else may name the other cluster."""
    is_there = wish.present and not wish.repair and found.state == "paired"
    if found.doubt and not is_there:
        raise found.doubt


def _check_peer_known(found: Found) -> None:
    """An unreachable peer can only be recognised by its address; with its MVIP it is known that no entry is its."""
    others = _pairs_with_others(found)
    if others and not found.mvip_given:
        raise peer_unknown(found.name(LOCAL), others, found.known_as)


def _pairs_with_others(found: Found) -> list[ClusterPair]:
    """The established entries here, where none of them has an address of the unreachable peer."""
    if found.seen.peer is not None or found.state != "none":
        return []
    return [entry for entry in found.seen.local.entries if not entry.pending]


def _check_volume_pairs(found: Found, steps: tuple[Step, ...]) -> None:
    """Volume pairs go before the cluster pair they use (documented as an instruction, not as a rule that is kept)."""
    for side in SIDES:
        view = found.seen[side]
        going = {step.entry.id for step in steps if isinstance(step, RemoveClusterPair) and step.side == side}
        using = _volumes_using(view, going) if view and going else []
        if using:
            raise _volume_pairs_remain(view.cluster.name, using)


def _volumes_using(view: ClusterSide, entry_ids: set[int]) -> list[Volume | UnreadableVolume]:
    """The volumes of a cluster whose pairs go, or may go, over one of these cluster pairs; those that are deleted last."""
    by_id = {volume.id: volume for volume in view.paired_volumes or ()}
    volumes: list[Volume | UnreadableVolume] = [*by_id.values(), *view.unreadable_volumes]
    using = [
        volume
        for volume in volumes
        if volume.pairs is None or any(pair.cluster_pair_id in entry_ids for pair in volume.pairs)
    ]
    return sorted(using, key=lambda volume: volume.deleted)


def _volume_pairs_remain(cluster: str, using: Sequence[Volume | UnreadableVolume]) -> Failure:
    named = ", ".join(_user(volume) for volume in using[:MOST_NAMED])
    more = f" and {len(using) - MOST_NAMED} more" if len(using) > MOST_NAMED else ""
    remedies = ["remove them first with element_volume_pair and state: absent"]
    if any(volume.deleted for volume in using):
        remedies.append(
            "a deleted volume keeps its pair: restore it first with RestoreDeletedVolume, or purge it with PurgeDeletedVolume "
            "if its data is not needed"
        )
    return Failure(
        "volume_pairs_remain",
        f"{len(using)} volume pairs on cluster {cluster} still use the cluster pair: {named}{more}; {'; '.join(remedies)}",
        cluster=cluster,
        method="RemoveClusterPair",
    )


def _user(volume: Volume | UnreadableVolume) -> str:
    """`name (ID)`, with what is special about it."""
    if isinstance(volume, UnreadableVolume):
        return f"{volume.label}, which cannot be read ({volume.reason})"
    return f"{volume.name} ({volume.id}{', deleted' if volume.deleted else ''})"


def _check_handshake(found: Found, steps: tuple[Step, ...]) -> None:
    if not any(isinstance(step, PairClusters) for step in steps):
        return
    from .. import readiness  # not loaded for clusters that are paired

    local, peer = found.seen.local.cluster, found.seen.peer.cluster
    readiness.require(readiness.names(local, peer), "name_conflict", local.name)
    readiness.require(readiness.version_gap(local, peer), "version_gap", local.name)
    for side, method in ((LOCAL, "StartClusterPairing"), (PEER, "CompleteClusterPairing")):
        view = found.seen[side]
        name = view.cluster.name
        going = {step.entry.id for step in steps if isinstance(step, RemoveClusterPair) and step.side == side}
        staying = [entry for entry in view.entries if entry.id not in going]
        slots = readiness.pair_slots(name, staying, view.pairs_max, len(view.unreadable_entries))
        readiness.require(slots, "limit_reached", name, method)
        readiness.require(readiness.privileges(name, view.roles), "permission", name, method)


def judge_present(found: Found, waited: float) -> Verdict:
    """Both clusters report Connected. waited: seconds since the last write, or since the first look."""
    text = ", ".join(
        f"{found.name(side)} reports {found.pair[side].status if found.pair[side] else 'no pair'}" for side in SIDES
    )
    if found.state != "paired":
        if found.doubt:
            return Verdict(False, text, found.doubt)
        return Verdict(False, text, Failure("half_pair", f"{_half_text(found)}; {_HALF_REMEDY}", found.name(LOCAL)))
    if found.connected:
        return DONE
    stuck = waited >= MISCONFIGURED_GRACE and any(found.pair[side].status == "Misconfigured" for side in SIDES)
    return Verdict(False, text, not_connected(found, text) if stuck else None)


def not_connected(found: Found, text: str) -> Failure:
    return Failure(
        "not_connected",
        f"the cluster pair of {found.name(LOCAL)} and {found.name(PEER)} is not Connected ({text}); check the management "
        "network between all nodes of both clusters, ports 443 and 2181",
        cluster=found.name(LOCAL),
        method="ListClusterPairs",
    )


def expired(found: Found, made: bool, present: bool, timeout: float, text: str) -> Failure:
    """The time is up: a pair that was there before is not connected, one that was made did not connect in time."""
    if not present:
        return Failure(
            "wait_timeout", f"{text} after {timeout:g} s; run again", found.name(LOCAL), method="ListClusterPairs"
        )
    if not made:
        return not_connected(found, text)
    return Failure(
        "wait_timeout",
        f"the new cluster pair of {found.name(LOCAL)} and {found.name(PEER)} is not Connected after {timeout:g} s ({text}); "
        "it was kept: check the management network between all nodes of both clusters and run again",
        cluster=found.name(LOCAL),
        method="ListClusterPairs",
    )


def replaced(found: Found) -> Failure:
    """Between two reads another client has removed the pair or made another one, or it cannot be read any more."""
    if found.doubt:
        return found.doubt
    listed = ", ".join(
        f"{found.name(side)} lists {_listed(found.naming(side)) or 'no pair'}" for side in SIDES if found.seen[side]
    )
    return Failure(
        "changed_meanwhile",
        f"the cluster pair of {found.name(LOCAL)} and {found.name(PEER)} is not the one that this task has left: somebody "
        f"has changed it while the task was waiting ({listed}); run again",
        cluster=found.name(LOCAL),
        method="ListClusterPairs",
    )


def judge_absent(found: Found) -> Verdict:
    left = [f"{found.name(side)} still lists cluster pair {entry.id}" for side in SIDES for entry in found.naming(side)]
    return Verdict(not left and found.doubt is None, ", ".join(left), found.doubt)


_HALF_REMEDY = (
    "repair: true removes what is left of it and pairs the clusters again, state: absent removes it without pairing"
)


def _half_text(found: Found) -> str:
    if found.state == "none":
        return f"neither {found.name(LOCAL)} nor {found.name(PEER)} lists a pair with the other any more"
    parts = []
    for side in SIDES:
        entry, view, far = found.pair[side], found.seen[side], found.seen[other(side)]
        if entry is None:
            parts.append(f"{found.name(side)} has no counterpart")
            continue
        part = f"{found.name(side)} lists cluster pair {entry.id} ({entry.status}, UUID {entry.uuid})"
        if view and far and not names(entry, far.cluster):
            part += (
                f" with a cluster of unique ID {entry.remote_unique_id} at {far.cluster.name}'s MVIP: {far.cluster.name} "
                f"({far.cluster.unique_id}) was rebuilt since"
            )
        parts.append(part)
    return "the cluster pair exists by halves: " + ", ".join(parts)


def _warnings(found: Found, wish: Wish, steps: tuple[Step, ...]) -> tuple[str, ...]:
    going = {(step.side, step.entry.id) for step in steps if isinstance(step, RemoveClusterPair)}
    texts = []
    if found.seen.peer is None:
        texts.append(
            f"the peer ({found.known_as[0]}) is unreachable and was not looked at: whatever it still lists of the pair is "
            "outstanding; run again without peer_unreachable when it answers"
        )
        name = found.name(LOCAL)
        if others := _pairs_with_others(found):
            texts.append(f"cluster {name} lists no pair with MVIP {found.known_as[0]}, but {_listed(others)}")
        texts += [seems_alive(name, entry) for entry in found.naming(LOCAL) if entry.connected and steps]
    for side in SIDES:
        further = [entry for entry in found.further[side] if (side, entry.id) not in going]
        if further and found.state == "paired":
            texts.append(
                f"cluster {found.name(side)} has further entries that name {found.name(other(side))}: "
                f"{_listed(further)}; repair: true removes them"
            )
        pending = [entry for entry in found.pending(side) if (side, entry.id) not in going]
        if pending:
            texts.append(
                f"cluster {found.name(side)} has pending cluster pairs: {_listed(pending)}; they do not say whom they are "
                "for and were left alone, remove_pending: true removes them"
            )
        view = found.seen[side]
        texts += [
            f"cluster {found.name(side)}: {odd.label} cannot be read ({odd.reason}) and was left alone"
            for odd in (view.unreadable_entries if view else ())
        ]
    return tuple(texts)


def _listed(entries: Iterable[ClusterPair]) -> str:
    return ", ".join(f"{entry.id} ({entry.status})" for entry in entries)


def _facts(found: Found) -> dict:
    """What diff mode shows: the state and what each cluster lists about the other, and its pending entries."""
    return {
        "state": found.state,
        "entries": {
            found.name(side): [_fact(entry) for entry in (*found.naming(side), *found.pending(side))]
            for side in SIDES
            if found.seen[side]
        },
    }


def _facts_after(found: Found, steps: tuple[Step, ...]) -> dict:
    going = {(step.side, step.entry.id) for step in steps if isinstance(step, RemoveClusterPair)}
    pairing = any(isinstance(step, PairClusters) for step in steps)
    entries, established = {}, {}
    for side in SIDES:
        if not found.seen[side]:
            continue
        staying = [e for e in (*found.naming(side), *found.pending(side)) if (side, e.id) not in going]
        established[side] = any(not entry.pending for entry in staying)
        new = [f"new cluster pair with {found.name(other(side))}"] if pairing else []
        entries[found.name(side)] = [_fact(entry) for entry in staying] + new
    state = "paired" if pairing else found.state if any(established.values()) else "none"
    return {"state": state, "entries": entries}


def _fact(entry: ClusterPair) -> str:
    whom = "nobody yet" if entry.pending else entry.remote_name or entry.remote_mvip
    return f"cluster pair {entry.id} with {whom} ({entry.status})"
