# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""StartClusterPairing on one cluster and CompleteClusterPairing on the other, with every way in which that can end."""

# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from typing import NamedTuple

from ...._element.errors import Failure
from ...model import ClusterPair, other
from ...observe.clusters import list_cluster_pairs
from ...plan import PairClusters
from ...views import UnreadableClusterPair
from ..writer import SEARCH_SECONDS, Writer
from .keys import bad_start, member_of_key, take_key
from .volume_handshake import START_ATTEMPTS

NO_CLUSTER_PAIR = frozenset({"xPairingDoesNotExist"})


class PairedMeanwhile(Failure):
    """The clusters turned out to be paired already; our own pending entry is gone. Look again and go by the table."""


def pair_clusters(writer: Writer, step: PairClusters) -> None:
    """Pair two clusters. Raises Failure; nothing of the handshake is left then, or `left_behind` names it."""
    astray: list[str] = []
    try:
        pair_id, key = _start_cluster(writer, step, astray)
        _complete_cluster(writer, step, pair_id, key)
    except Failure as exc:
        exc.left_behind += astray
        raise
    for sentence in astray:
        writer.warn(f"{sentence}; remove_pending: true removes it")


def _start_cluster(writer: Writer, step: PairClusters, astray: list[str]) -> tuple[int, str]:
    """The pair's ID and its key. astray: is filled with what calls without a reply have left, or may leave."""
    trouble: Failure | None = None
    for _attempt in range(START_ATTEMPTS):
        try:
            return _start_cluster_once(writer, step)
        except Failure as exc:
            trouble = exc
        if not (trouble.outcome_unknown or trouble.transient):
            break
        # Not removed: a pending entry does not say whose it is.
        astray[:] = _left_pending(writer, step, trouble)
    raise trouble


def _start_cluster_once(writer: Writer, step: PairClusters) -> tuple[int, str]:
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
        trouble.left_behind.append(f"cluster {cluster}: a pending cluster pair, if StartClusterPairing took effect")
        raise trouble from None
    pending = [f"pending cluster pair {entry.id}" for entry in entries if entry.pending and entry.id not in step.known]
    unreadable = [odd.label for odd in entries.unreadable if odd.id not in step.known]
    found = [
        f"{what} on cluster {cluster}: it appeared when the reply to StartClusterPairing was lost, and may be another "
        "administrator's"
        for what in (*pending, *unreadable)
    ]
    if found or not trouble.outcome_unknown:
        return found
    return [
        f"cluster {cluster}: a pending cluster pair, if the StartClusterPairing whose reply was lost takes effect after all"
    ]


def _complete_cluster(writer: Writer, step: PairClusters, pair_id: int, key: str) -> None:
    try:
        writer.write(
            other(step.side), "CompleteClusterPairing", {"clusterPairingKey": key}, step.completer_object, step.reason
        )
    except Failure as exc:
        ours = _Pairing(member_of_key(key, "clusterPairUUID") or _listed_uuid(writer, step.side, pair_id), pair_id)
        # After a refusal, too: whoever else has the key may have completed the pairing, just as it was wished.
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
    """Raise changed_meanwhile if our pairing has become a pair with another cluster: it is not ours alone any more."""
    if refusal.outcome_unknown:
        return
    try:
        origin = _listed(writer, step.side, ours)
    except Failure:
        return  # `_withdraw_cluster` looks again, and tells what may be left
    if origin is None or origin.pending:
        return
    where = f"cluster pair {origin.id} of cluster {writer.run.name(step.side)}"
    failure = refusal.recoded(
        "changed_meanwhile",
        f"{where} was completed with {origin.remote_name} by somebody else while this task ran; it was left as it is: see "
        "who needs it, and run again",
    )
    failure.left_behind.append(f"{where}: completed with {origin.remote_name} by somebody else")
    raise failure from None


def _both_list(writer: Writer, step: PairClusters, ours: _Pairing, seconds: float) -> bool:
    """Whether both clusters list the pair within so many seconds."""

    def look() -> bool | None:
        here, there = _listed(writer, step.side, ours), _listed(writer, other(step.side), ours.there)
        return True if here and there and not here.pending else None

    return ours.uuid is not None and bool(writer.search(look, seconds))


def _withdraw_cluster(writer: Writer, step: PairClusters, ours: _Pairing, trouble: Failure) -> None:
    """Remove our entry on the origin, and one with its UUID on the completer if the reply was lost."""
    sides = {step.side: ours}
    if (trouble.outcome_unknown or trouble.transient) and ours.uuid:
        sides[other(step.side)] = ours.there
    for side, pairing in sides.items():
        try:
            entry = _listed(writer, side, pairing)
            if entry is not None:
                unpair_cluster(writer, side, entry, step.object, "roll-back: the handshake failed")
                trouble.rolled_back = True
        except Failure as exc:
            where = f"cluster pair {ours.uuid or 'of this run'} on cluster {writer.run.name(side)}"
            trouble.left_behind.append(f"{where}, if it lists one: {exc.sentence}")


def unpair_cluster(writer: Writer, side: str, entry: ClusterPair, what: str, reason: str) -> None:
    """RemoveClusterPair for this entry; one that is gone is fine."""

    def applied() -> bool:
        return _listed(writer, side, _Pairing(entry.uuid or None, entry.id)) is None

    writer.settle(
        side, "RemoveClusterPair", {"clusterPairID": entry.id}, what, reason, applied=applied, done=NO_CLUSTER_PAIR
    )


class _Pairing(NamedTuple):
    """What an entry is known by: a pending one may show no UUID, and an ID is that of one cluster alone."""

    uuid: str | None
    id: int | None

    @property
    def there(self) -> _Pairing:
        """The same on the other cluster."""
        return self._replace(id=None)

    def is_listed_as(self, entry: ClusterPair | UnreadableClusterPair) -> bool:
        if entry.uuid and self.uuid:
            return entry.uuid == self.uuid
        return entry.id == self.id

    def may_be_listed_as(self, odd: UnreadableClusterPair) -> bool:
        return self.is_listed_as(odd) or (not odd.uuid and None in (odd.id, self.id))


def _listed(writer: Writer, side: str, pairing: _Pairing) -> ClusterPair | None:
    """The entry as this side lists it now. Raises Failure where one that cannot be read may be it."""
    client = writer.run.client(side)
    entries = list_cluster_pairs(client)
    found = next((entry for entry in entries if pairing.is_listed_as(entry)), None)
    if found is None:
        for odd in entries.unreadable:
            if pairing.may_be_listed_as(odd):
                raise odd.failure(client.name)
    return found


def _listed_uuid(writer: Writer, side: str, pair_id: int) -> str | None:
    try:
        entries = list_cluster_pairs(writer.run.client(side))
    except Failure:
        return None
    return next((entry.uuid for entry in entries if entry.id == pair_id), None) or None
