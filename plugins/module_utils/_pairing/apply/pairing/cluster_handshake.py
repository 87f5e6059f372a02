# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pairing of two clusters: StartClusterPairing on one and CompleteClusterPairing on the other, with all errors."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from ...._element.errors import Failure
from ...model import ClusterPair, Side, other
from ...observe.clusters import list_cluster_pairs
from ...pairing_steps import PairClusters
from ...views import UnreadableClusterPair
from ..resend import START_PAIRING, attempt
from ..writer import SEARCH_SECONDS, Writer
from .keys import bad_start, member_of_key, take_key

NO_CLUSTER_PAIR = frozenset({"xPairingDoesNotExist"})


class PairedMeanwhile(Failure):
    """Another client has paired the clusters. The pending entry of this run is removed; observe and decide again."""


def pair_clusters(writer: Writer, step: PairClusters) -> None:
    """Pair two clusters. Raises Failure: its `left_behind` names what is left of the handshake."""
    astray: list[str] = []

    def note_pending(trouble: Failure) -> None:
        # Not removed, because a pending entry does not show which client has made it.
        astray[:] = _left_pending(writer, step, trouble)

    try:
        pair_id, key = attempt(writer.run, START_PAIRING, partial(_start_cluster, writer, step), note_pending)
        _complete_cluster(writer, step, pair_id, key)
    except Failure as exc:
        exc.left_behind += astray
        raise
    for sentence in astray:
        writer.warn(f"{sentence}; remove_pending: true removes it")


def _start_cluster(writer: Writer, step: PairClusters) -> tuple[int, str]:
    """Start the pairing. Return the pair's ID and its key. Raises Failure."""
    method = "StartClusterPairing"
    result = writer.write(step.side, method, {}, step.object, step.reason)
    key = take_key(writer, step.side, method, result, "clusterPairingKey")
    if not isinstance(result.get("clusterPairID"), int):
        raise bad_start(writer, step.side, method, "clusterPairID")
    return result["clusterPairID"], key


def _left_pending(writer: Writer, step: PairClusters, trouble: Failure) -> list[str]:
    cluster = writer.run.name(step.side)
    try:
        entries = list_cluster_pairs(writer.run.client(step.side))
    except Failure:
        trouble.left_behind.append(f"cluster {cluster}: a pending cluster pair if StartClusterPairing took effect")
        raise trouble from None
    pending = [f"pending cluster pair {entry.id}" for entry in entries if entry.pending and entry.id not in step.known]
    unreadable = [odd.label for odd in entries.unreadable if odd.id not in step.known]
    found = [
        f"{what} on cluster {cluster}: it appeared when the reply to StartClusterPairing was lost, and may belong to another "
        "client"
        for what in (*pending, *unreadable)
    ]
    if found or not trouble.outcome_unknown:
        return found
    return [
        f"cluster {cluster}: a pending cluster pair if the StartClusterPairing whose reply was lost takes effect later"
    ]


def _complete_cluster(writer: Writer, step: PairClusters, pair_id: int, key: str) -> None:
    try:
        writer.write(
            other(step.side), "CompleteClusterPairing", {"clusterPairingKey": key}, step.completer_object, step.reason
        )
    except Failure as exc:
        ours = _Pairing(member_of_key(key, "clusterPairUUID") or _listed_uuid(writer, step.side, pair_id), pair_id)
        # Also after a refusal: another client with the key may have completed the pairing as requested.
        if _both_list(writer, step, ours, SEARCH_SECONDS if exc.outcome_unknown else 0):
            return
        _leave_pair_of_another_client(writer, step, ours, exc)
        _withdraw_cluster(writer, step, ours, exc)
        if exc.name == "xPairingAlreadyExists":
            meanwhile = PairedMeanwhile(exc.code, exc.sentence, exc.cluster, exc.method, exc.name, exc.message)
            meanwhile.rolled_back, meanwhile.left_behind = exc.rolled_back, exc.left_behind
            raise meanwhile from None
        raise


def _leave_pair_of_another_client(writer: Writer, step: PairClusters, ours: _Pairing, refusal: Failure) -> None:
    """Raise changed_meanwhile if another client has completed this run's pairing with another cluster."""
    if refusal.outcome_unknown:
        return
    try:
        origin = _listed(writer, step.side, ours)
    except Failure:
        return  # `_withdraw_cluster` reads it again and names what may be left
    if origin is None or origin.pending:
        return
    where = f"cluster pair {origin.id} of cluster {writer.run.name(step.side)}"
    failure = refusal.recoded(
        "changed_meanwhile",
        f"{where}: another client completed it with {origin.remote_name} while this task ran; it was left unchanged; find out "
        "what uses it, then run again",
    )
    failure.left_behind.append(f"{where}: another client completed it with {origin.remote_name}")
    raise failure from None


def _both_list(writer: Writer, step: PairClusters, ours: _Pairing, seconds: float) -> bool:
    """Whether both clusters list the pair within so many seconds."""

    def both_list() -> bool | None:
        origin, completer = _listed(writer, step.side, ours), _listed(writer, other(step.side), ours.on_other_side)
        return True if origin and completer and not origin.pending else None

    return ours.uuid is not None and bool(writer.search(both_list, seconds))


def _withdraw_cluster(writer: Writer, step: PairClusters, ours: _Pairing, trouble: Failure) -> None:
    """Remove this run's entry on the origin, and the one with its UUID on the completer if the reply was lost.

    Adds to `trouble.left_behind` what may be left.
    """
    sides = {step.side: ours}
    if (trouble.outcome_unknown or trouble.transient) and ours.uuid:
        sides[other(step.side)] = ours.on_other_side
    for side, pairing in sides.items():
        try:
            entry = _listed(writer, side, pairing)
            if entry is not None:
                unpair_cluster(writer, side, entry, step.object, "roll-back: the handshake failed")
                trouble.rolled_back = True
        except Failure as exc:
            where = f"cluster pair {ours.uuid or 'of this run'} on cluster {writer.run.name(side)}"
            trouble.left_behind.append(f"{where}, if it exists: {exc.sentence}")


def unpair_cluster(writer: Writer, side: Side, entry: ClusterPair, what: str, reason: str) -> None:
    """Remove this entry with RemoveClusterPair. It is no error if the entry does not exist. Raises Failure."""

    def applied() -> bool:
        return _listed(writer, side, _Pairing(entry.uuid or None, entry.id)) is None

    writer.settle(
        side, "RemoveClusterPair", {"clusterPairID": entry.id}, what, reason, applied=applied, done=NO_CLUSTER_PAIR
    )


class _Pairing(NamedTuple):
    """What identifies the entry of a pairing on one cluster."""

    #: None if it is not known: a pending entry may have none.
    uuid: str | None
    #: The ID on this cluster; None if it is not known.
    id: int | None

    @property
    def on_other_side(self) -> _Pairing:
        """The entry on the other cluster, whose ID is not known."""
        return self._replace(id=None)

    def is_listed_as(self, entry: ClusterPair | UnreadableClusterPair) -> bool:
        if entry.uuid and self.uuid:
            return entry.uuid == self.uuid
        return entry.id == self.id

    def may_be_listed_as(self, odd: UnreadableClusterPair) -> bool:
        return self.is_listed_as(odd) or (not odd.uuid and None in (odd.id, self.id))


def _listed(writer: Writer, side: Side, pairing: _Pairing) -> ClusterPair | None:
    """Return the current entry on this side, None if there is none. Raises Failure, also if an unreadable entry may be it."""
    client = writer.run.client(side)
    entries = list_cluster_pairs(client)
    found = next((entry for entry in entries if pairing.is_listed_as(entry)), None)
    if found is None:
        for odd in entries.unreadable:
            if pairing.may_be_listed_as(odd):
                raise odd.failure(client.name)
    return found


def _listed_uuid(writer: Writer, side: Side, pair_id: int) -> str | None:
    try:
        entries = list_cluster_pairs(writer.run.client(side))
    except Failure:
        return None
    return next((entry.uuid for entry in entries if entry.id == pair_id), None) or None
