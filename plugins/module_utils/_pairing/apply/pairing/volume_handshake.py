# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection elementsw.replication: it can change without notice.
"""Start… on one cluster and Complete… on the other, with every way in which that can end.

A pairing key is a credential. It lives in local variables of this file, goes from one reply into one request byte
for byte, and is hidden from all output the moment it arrives.
"""

from __future__ import annotations

import json
from typing import NamedTuple

from ...._element.errors import VOLUME_UNKNOWN, Failure
from ...._element.secret_forms import forms
from ...model import ClusterPair, PairClusters, PairVolumes, UnreadableClusterPair, Volume, VolumePair, other
from ...observe.volumes import get_volume, list_cluster_pairs
from ..writer import LOOK_FOR, Writer

# Right after cluster pairing a cluster may not know its new peer yet: clients in the field repeat for a minute.
NOT_PAIRED_YET = "xMVIPNotPaired"
NOT_PAIRED_ATTEMPTS = 20
NOT_PAIRED_PAUSE = 3
# A good key may be refused at random, and contention spends a key: then the handshake begins anew.
KEY_REFUSED = "xInvalidPairingKey"
ROUNDS = 6
CONTENTION = "xDBVersionMismatch"
START_ATTEMPTS = 2
# Answers to a removal that say that there is nothing to remove.
NO_VOLUME_PAIR = VOLUME_UNKNOWN | {"xVolumeNotPaired"}
NO_CLUSTER_PAIR = frozenset({"xPairingDoesNotExist"})


def pair_volumes(writer: Writer, step: PairVolumes) -> str:
    """Pair two volumes that are unpaired; the UUID both show afterwards.

    Raises Failure; nothing of the handshake is left then, or `left_behind` names it.
    """
    astray: list[str] = []
    try:
        return _pair_in_rounds(writer, step, astray)
    except Failure as exc:
        # A volume that is paired refuses what comes late; one that is left unpaired takes it.
        exc.left_behind += dict.fromkeys(astray)
        raise


def _pair_in_rounds(writer: Writer, step: PairVolumes, astray: list[str]) -> str:
    """The same. astray: is filled with what calls without a reply may leave yet."""
    trouble: Failure | None = None
    for attempt in range(ROUNDS):
        if trouble is not None:
            if writer.session.stopping.is_set():
                break
            writer.session.clock.sleep(min(2**attempt, 10))
        key = _start_volume(writer, step, astray)
        try:
            return _complete_volume(writer, step, key)
        except _Again as again:
            trouble = again.trouble
    raise trouble


class _Again(Exception):
    """The key is spent and our pending entry is gone: another round may help."""

    def __init__(self, trouble: Failure):
        super().__init__(str(trouble))
        self.trouble = trouble


def _start_volume(writer: Writer, step: PairVolumes, astray: list[str]) -> str:
    trouble: Failure | None = None
    for _attempt in range(START_ATTEMPTS):
        try:
            return _start_volume_once(writer, step)
        except Failure as exc:
            trouble = exc
        _refuse_paired_meanwhile(trouble, step.object)
        if not (trouble.outcome_unknown or trouble.transient):
            break
        if trouble.outcome_unknown or trouble.name == CONTENTION:
            # The volume was unpaired a moment ago: a pending entry on it is that of the call whose fate is not known.
            _withdraw(writer, step, None, trouble)
        # A reply without sense is a reply all the same: what the call has done would have been found.
        if trouble.outcome_unknown and trouble.code != "bad_reply" and not trouble.rolled_back:
            astray.append(
                f"{step.object} on cluster {writer.session.name(step.side)}: a pending pairing, if the StartVolumePairing whose "
                "reply was lost takes effect after all"
            )
    raise trouble


def _start_volume_once(writer: Writer, step: PairVolumes) -> str:
    params = {"volumeID": step.volume.id, "mode": step.mode}
    result = writer.write(step.side, "StartVolumePairing", params, step.object, step.reason)
    return _key_of(writer, step.side, "StartVolumePairing", result, "volumePairingKey")


def _complete_volume(writer: Writer, step: PairVolumes, key: str) -> str:
    try:
        _send_complete_volume(writer, step, key)
        return _member_of(key, "volumePairUUID") or _origin_uuid(writer, step)
    except Failure as exc:
        uuid = _member_of(key, "volumePairUUID")
        # After a refusal, too: whoever else has the key may have completed the pairing, just as it was wished.
        if uuid or exc.outcome_unknown or exc.transient:
            paired = _look_for_pair(writer, step, uuid, LOOK_FOR if exc.outcome_unknown else 0)
            if paired:
                return paired
        _leave_what_others_completed(writer, step, uuid, exc)
        _withdraw(writer, step, uuid, exc)
        _refuse_paired_meanwhile(exc, step.completer_object)
        # Only what the cluster itself has refused: a cluster that is not reached does not get better by a new key.
        if exc.name == KEY_REFUSED or (exc.name and exc.transient and not exc.outcome_unknown):
            raise _Again(exc) from None
        raise


def _leave_what_others_completed(writer: Writer, step: PairVolumes, uuid: str | None, refusal: Failure) -> None:
    """Raise changed_meanwhile if our pairing has become a pair with another volume: it is not ours alone any more."""
    if refusal.outcome_unknown:
        return
    try:
        origin = entry_of(writer, step.side, step.volume)
    except Failure:
        return  # `_withdraw` looks again, and tells what may be left
    if origin is None or origin.pending or origin.uuid != uuid:
        return
    where = f"{step.object} on cluster {writer.session.name(step.side)}"
    with_whom = f"volume {origin.remote_volume_name} ({origin.remote_volume_id})"
    failure = refusal.recoded(
        "changed_meanwhile",
        f"{where} was paired with {with_whom} by somebody else, who has completed the pairing that this task had started; "
        "it was left as it is: see who needs it, and run again",
    )
    failure.left_behind.append(f"{where}: paired with {with_whom} by somebody else")
    raise failure from None


def _refuse_paired_meanwhile(exc: Failure, what: str) -> None:
    if exc.name == "xVolumeAlreadyPaired":
        raise exc.recoded(
            "changed_meanwhile",
            f"cluster {exc.cluster}: {what} was paired by somebody else while this task ran ({exc.method}: {exc.name}); "
            "look at what it is paired with and run again",
        ) from None


def _send_complete_volume(writer: Writer, step: PairVolumes, key: str) -> None:
    params = {"volumeID": step.completer.id, "volumePairingKey": key}
    for attempt in range(NOT_PAIRED_ATTEMPTS):
        try:
            writer.write(other(step.side), "CompleteVolumePairing", params, step.completer_object, step.reason)
            return
        except Failure as exc:
            if exc.name != NOT_PAIRED_YET or attempt == NOT_PAIRED_ATTEMPTS - 1 or writer.session.stopping.is_set():
                raise
        writer.session.clock.sleep(NOT_PAIRED_PAUSE)


def _look_for_pair(writer: Writer, step: PairVolumes, uuid: str | None, seconds: float) -> str | None:
    """The UUID that both volumes show, waited for up to `seconds`; None when they do not show one."""

    def look() -> str | None:
        origin = entry_of(writer, step.side, step.volume)
        completer = entry_of(writer, other(step.side), step.completer)
        if not origin or not completer or origin.pending or origin.uuid != completer.uuid:
            return None
        return origin.uuid if uuid in (None, origin.uuid) else None

    return writer.look_for(look, seconds)


def _withdraw(writer: Writer, step: PairVolumes, uuid: str | None, trouble: Failure) -> None:
    """Remove what our handshake has left: the origin's entry first, then one with its UUID on the completer.

    Raises `trouble` when something may be left; its left_behind names that.
    """
    copied = False
    try:
        origin = entry_of(writer, step.side, step.volume)
        # The volume was unpaired a moment ago: a pending entry that shows no UUID is ours.
        if origin is not None and (origin.uuid == uuid or (origin.pending and not (uuid and origin.uuid))):
            uuid, copied = origin.uuid or uuid, not origin.pending
            _take_back(writer, step.side, step.volume, origin.uuid, trouble)
    except Failure as exc:
        trouble.left_behind.append(f"pair entry of {step.object} on {writer.session.name(step.side)}: {exc.sentence}")
    far = other(step.side)
    try:
        completer = entry_of(writer, far, step.completer) if trouble.outcome_unknown and uuid else None
        if completer is not None and completer.uuid == uuid:
            copied = True
            _take_back(writer, far, step.completer, uuid, trouble)
    except Failure as exc:
        entry = f"pair entry of {step.completer_object} on {writer.session.name(far)}"
        trouble.left_behind.append(f"{entry}, if it was made: {exc.sentence}")
    if copied:
        trouble.left_behind += copy_begun(writer, step)
    if trouble.left_behind:
        raise trouble


def copy_begun(writer: Writer, step: PairVolumes) -> list[str]:
    """What a pair that was whole leaves on its target when it is taken back; nothing is left of what this run created."""
    if step.completer.mark == writer.session.mark:
        return []
    target = f"{step.completer_object} on cluster {writer.session.name(other(step.side))}"
    remedy = "allow_overwrite: true lets the next run overwrite that"
    return [f"{target}: the copy of {step.object} had begun, it may hold a part of it; {remedy}"]


def _take_back(writer: Writer, side: str, volume: Volume, uuid: str, trouble: Failure) -> None:
    unpair_volume(writer, side, volume, uuid, "roll-back: the handshake failed")
    trouble.rolled_back = True


def unpair_volume(writer: Writer, side: str, volume: Volume, uuid: str, reason: str) -> None:
    """RemoveVolumePair for the entry with this UUID; an entry that is gone is fine."""

    def applied() -> bool:
        entry = entry_of(writer, side, volume)
        return entry is None or entry.uuid != uuid

    writer.settle(
        side, "RemoveVolumePair", {"volumeID": volume.id}, volume.label, reason, applied=applied, done=NO_VOLUME_PAIR
    )


def entry_of(writer: Writer, side: str, volume: Volume) -> VolumePair | None:
    """The pair entry that the volume shows now. Raises Failure where it cannot be read."""
    now = get_volume(writer.session.client(side), volume.id)
    return now.pairs[0] if now and now.pairs else None


def _origin_uuid(writer: Writer, step: PairVolumes) -> str:
    entry = entry_of(writer, step.side, step.volume)
    return entry.uuid if entry else ""


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
    key = _key_of(writer, step.side, method, result, "clusterPairingKey")
    if not isinstance(result.get("clusterPairID"), int):
        raise _bad_start(writer, step.side, method, "clusterPairID")
    return result["clusterPairID"], key


def _left_pending(writer: Writer, step: PairClusters, trouble: Failure) -> list[str]:
    cluster = writer.session.name(step.side)
    try:
        entries = list_cluster_pairs(writer.session.client(step.side))
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
        ours = _Pairing(_member_of(key, "clusterPairUUID") or _listed_uuid(writer, step.side, pair_id), pair_id)
        # After a refusal, too: whoever else has the key may have completed the pairing, just as it was wished.
        if _both_list(writer, step, ours, LOOK_FOR if exc.outcome_unknown else 0):
            return
        _leave_cluster_to_others(writer, step, ours, exc)
        _withdraw_cluster(writer, step, ours, exc)
        if exc.name == "xPairingAlreadyExists":
            meanwhile = PairedMeanwhile(exc.code, exc.sentence, exc.cluster, exc.method, exc.name, exc.message)
            meanwhile.rolled_back, meanwhile.left_behind = exc.rolled_back, exc.left_behind
            raise meanwhile from None
        raise


def _leave_cluster_to_others(writer: Writer, step: PairClusters, ours: _Pairing, refusal: Failure) -> None:
    """Raise changed_meanwhile if our pairing has become a pair with another cluster: it is not ours alone any more."""
    if refusal.outcome_unknown:
        return
    try:
        origin = _listed(writer, step.side, ours)
    except Failure:
        return  # `_withdraw_cluster` looks again, and tells what may be left
    if origin is None or origin.pending:
        return
    where = f"cluster pair {origin.id} of cluster {writer.session.name(step.side)}"
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

    return ours.uuid is not None and bool(writer.look_for(look, seconds))


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
            where = f"cluster pair {ours.uuid or 'of this run'} on cluster {writer.session.name(side)}"
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
    client = writer.session.client(side)
    entries = list_cluster_pairs(client)
    found = next((entry for entry in entries if pairing.is_listed_as(entry)), None)
    if found is None:
        for odd in entries.unreadable:
            if pairing.may_be_listed_as(odd):
                raise odd.failure(client.name)
    return found


def _listed_uuid(writer: Writer, side: str, pair_id: int) -> str | None:
    try:
        entries = list_cluster_pairs(writer.session.client(side))
    except Failure:
        return None
    return next((entry.uuid for entry in entries if entry.id == pair_id), None) or None


def _key_of(writer: Writer, side: str, method: str, result: dict, member: str) -> str:
    key = result.get(member)
    if not isinstance(key, str) or not key:
        raise _bad_start(writer, side, method, member)
    # A key of clusters carries a service user of the origin. One of volumes carries nothing secret, and there are many:
    # its other forms would cost more time than all the rest, since Ansible looks for each in each text that it prints.
    credentials = [_member_of(key, credential) for credential in ("username", "password")]
    for secret in {key}.union(*(forms(value) | forms(key) for value in credentials if value)):
        writer.session.hide(secret)
    return key


def _bad_start(writer: Writer, side: str, method: str, member: str) -> Failure:
    cluster = writer.session.name(side)
    failure = Failure(
        "bad_reply", f"cluster {cluster} answered {method} without {member}; see what it left pending", cluster, method
    )
    failure.outcome_unknown = True
    return failure


def _member_of(key: str, member: str) -> str | None:
    """A text inside a key (hexadecimal JSON, found by decoding documented ones); None when it does not decode."""
    try:
        value = json.loads(bytes.fromhex(key))[member]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return value if isinstance(value, str) else None
