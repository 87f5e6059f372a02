# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pairing of two volumes: StartVolumePairing on one cluster and CompleteVolumePairing on the other, with all errors."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from functools import partial

from ...._element.errors import VOLUME_UNKNOWN, Failure
from ...model import READ_WRITE, TARGET, Side, Volume, VolumePair, other
from ...observe.volumes import get_volume
from ...pairing_steps import PairVolumes
from ...run import Moment
from ..resend import COMPLETE_PAIRING, HANDSHAKE, KEY_REFUSED, START_PAIRING, KeySpent, attempt
from ..writer import SEARCH_SECONDS, Writer
from .keys import member_of_key, take_key

ALREADY_PAIRED = "xVolumeAlreadyPaired"
# Contention uses up a key.
CONTENTION = "xDBVersionMismatch"
# The errors of a removal that mean that there is nothing to remove.
NO_VOLUME_PAIR = VOLUME_UNKNOWN | {"xVolumeNotPaired"}


def pair_volumes(writer: Writer, step: PairVolumes) -> str:
    """Pair two unpaired volumes. Return the UUID of the pair.

    Raises Failure: its `left_behind` names what is left of the handshake.
    """
    astray: list[str] = []
    try:
        return attempt(
            writer.run, HANDSHAKE, partial(_handshake, writer, step, astray), lambda _spent: writer.refuse_changed()
        )
    except Failure as exc:
        failure = exc.cause if isinstance(exc, KeySpent) else exc
        # Only a volume that is left unpaired accepts a late call; a paired one refuses it.
        failure.left_behind += dict.fromkeys(astray)
        raise failure from None


def _handshake(writer: Writer, step: PairVolumes, astray: list[str]) -> str:
    """Pair the volumes in one handshake with a new key. Return the UUID of the pair.

    Adds to `astray` what calls without a reply may still leave. Raises Failure: KeySpent if another handshake may succeed.
    """
    begun = writer.run.moment()
    key = attempt(
        writer.run,
        START_PAIRING,
        partial(_start_volume, writer, step),
        partial(_withdraw_start, writer, step, astray),
    )
    return _complete_volume(writer, step, key, begun)


def _withdraw_start(writer: Writer, step: PairVolumes, astray: list[str], trouble: Failure) -> None:
    """Remove what a StartVolumePairing without a usable reply has left. Raises `trouble` if something may stay."""
    if trouble.outcome_unknown or trouble.name == CONTENTION:
        # The volume was unpaired just before, so a pending entry on it is that of the call with the unknown outcome.
        _withdraw(writer, step, None, trouble)
    # After an unreadable reply the call has ended, so its effect would have been found.
    if trouble.outcome_unknown and trouble.code != "bad_reply" and not trouble.rolled_back:
        astray.append(
            f"{step.object} on cluster {writer.run.name(step.side)}: a pending pairing if the StartVolumePairing whose "
            "reply was lost takes effect later"
        )


def _start_volume(writer: Writer, step: PairVolumes) -> str:
    params = {"volumeID": step.volume.id, "mode": step.mode}
    try:
        result = writer.write(step.side, "StartVolumePairing", params, step.object, step.reason)
    except Failure as exc:
        if exc.name == ALREADY_PAIRED and _is_pending(writer, step):
            raise exc.recoded(
                "changed_meanwhile",
                f"cluster {exc.cluster}: {step.object} has a pending pairing now ({exc.method}: {exc.name}), of another client, "
                "or of this task if a proxy sent its call twice; if no one completes it, repair: true removes it",
            ) from None
        _refuse_paired_meanwhile(exc, step.object)
        raise
    return take_key(writer, step.side, "StartVolumePairing", result, "volumePairingKey")


def _is_pending(writer: Writer, step: PairVolumes) -> bool:
    """Whether the volume has a pending entry: the refused call can have made it, if something in between sent it twice."""
    try:
        entry = entry_of(writer, step.side, step.volume)
    except Failure:
        return False
    return entry is not None and entry.pending


def _complete_volume(writer: Writer, step: PairVolumes, key: str, begun: Moment) -> str:
    try:
        if writer.run.is_old(begun):
            _refuse_changed_roles(writer, step)
        _send_complete_volume(writer, step, key)
        return member_of_key(key, "volumePairUUID") or _origin_uuid(writer, step)
    except Failure as exc:
        uuid = member_of_key(key, "volumePairUUID")
        # Also after a refusal: another client with the key may have completed the pairing as requested.
        if uuid or exc.outcome_unknown or exc.transient:
            paired = _search_pair(writer, step, uuid, SEARCH_SECONDS if exc.outcome_unknown else 0)
            if paired:
                return paired
        _leave_pair_of_another_client(writer, step, uuid, exc)
        _await_pending(writer, step)
        _withdraw(writer, step, uuid, exc)
        _refuse_paired_meanwhile(exc, step.completer_object)
        # Only after a refusal by the cluster: a new key does not help if the cluster is unreachable.
        if exc.name == KEY_REFUSED or (exc.name and exc.transient and not exc.outcome_unknown):
            raise KeySpent(exc) from None
        raise


def _await_pending(writer: Writer, step: PairVolumes) -> None:
    """Wait for some seconds until the pending entry is shown that StartVolumePairing has made: a node may lag behind."""
    writer.search(lambda: entry_of(writer, step.side, step.volume), SEARCH_SECONDS)


def _leave_pair_of_another_client(writer: Writer, step: PairVolumes, uuid: str | None, refusal: Failure) -> None:
    """Raise changed_meanwhile if another client has completed this run's pairing with another volume."""
    if refusal.outcome_unknown:
        return
    try:
        origin = entry_of(writer, step.side, step.volume)
    except Failure:
        return  # `_withdraw` reads it again and names what may be left
    if origin is None or origin.pending or origin.uuid != uuid:
        return
    where = f"{step.object} on cluster {writer.run.name(step.side)}"
    partner = f"volume {origin.remote_volume_name} ({origin.remote_volume_id})"
    failure = refusal.recoded(
        "changed_meanwhile",
        f"{where}: another client completed the pairing that this task started, with {partner}; it was left unchanged; find "
        "out what uses it, then run again",
    )
    failure.left_behind.append(f"{where}: another client paired it with {partner}")
    raise failure from None


def _refuse_paired_meanwhile(exc: Failure, what: str) -> None:
    if exc.name == ALREADY_PAIRED:
        raise exc.recoded(
            "changed_meanwhile",
            f"cluster {exc.cluster}: another client paired {what} while this task ran ({exc.method}: {exc.name}); find out "
            "what uses the pair, then run again",
        ) from None


def _send_complete_volume(writer: Writer, step: PairVolumes, key: str) -> None:
    params = {"volumeID": step.completer.id, "volumePairingKey": key}

    def send() -> None:
        writer.write(other(step.side), "CompleteVolumePairing", params, step.completer_object, step.reason)

    attempt(writer.run, COMPLETE_PAIRING, send, lambda _refused: _refuse_changed_roles(writer, step))


def _refuse_changed_roles(writer: Writer, step: PairVolumes) -> None:
    """Raise changed_meanwhile if the volume to complete the pair with is no target any more, or the other one no source.

    Between the two calls of a handshake time can pass, and the pair would copy the wrong way.
    """
    roles = ((step.side, step.volume, (READ_WRITE,)), (other(step.side), step.completer, (TARGET, "locked")))
    for side, volume, accesses in roles:
        now = get_volume(writer.run.client(side), volume.id)
        if now is None or now.deleted or now.access not in accesses:
            cluster, access = writer.run.name(side), now.access if now and not now.deleted else "gone"
            what = (
                f"cluster {cluster}: {volume.label} changed while this task ran: it is {access} now; it was not paired"
            )
            raise Failure("changed_meanwhile", f"{what}, run again", cluster, "ListVolumes")


def _search_pair(writer: Writer, step: PairVolumes, uuid: str | None, seconds: float) -> str | None:
    """Return the UUID of the pair that both volumes have within so many `seconds`, None if they have none. Raises Failure."""

    def common_uuid() -> str | None:
        origin = entry_of(writer, step.side, step.volume)
        completer = entry_of(writer, other(step.side), step.completer)
        if not origin or not completer or origin.pending or origin.uuid != completer.uuid:
            return None
        return origin.uuid if uuid in (None, origin.uuid) else None

    return writer.search(common_uuid, seconds)


def _withdraw(writer: Writer, step: PairVolumes, uuid: str | None, trouble: Failure) -> None:
    """Remove what is left of the handshake: the entry of the origin, then the one with its UUID on the completer.

    Raises `trouble` if something may be left: its left_behind names it.
    """
    copied = False
    try:
        origin = entry_of(writer, step.side, step.volume)
        # The volume was unpaired just before, so a pending entry without a UUID is that of this run.
        if origin is not None and (origin.uuid == uuid or (origin.pending and not (uuid and origin.uuid))):
            uuid, copied = origin.uuid or uuid, not origin.pending
            _take_back(writer, step.side, step.volume, origin.uuid, trouble)
    except Failure as exc:
        trouble.left_behind.append(f"pair entry of {step.object} on {writer.run.name(step.side)}: {exc.sentence}")
    side = other(step.side)
    try:
        completer = entry_of(writer, side, step.completer) if trouble.outcome_unknown and uuid else None
        if completer is not None and completer.uuid == uuid:
            copied = True
            _take_back(writer, side, step.completer, uuid, trouble)
    except Failure as exc:
        entry = f"pair entry of {step.completer_object} on {writer.run.name(side)}"
        trouble.left_behind.append(f"{entry}, if it exists: {exc.sentence}")
    if copied:
        trouble.left_behind += copy_begun(writer, step)
    if trouble.left_behind:
        raise trouble


def copy_begun(writer: Writer, step: PairVolumes) -> list[str]:
    """Return a message about a target that may have a part of a copy after its complete pair was removed again.

    The list is empty for a target that this run has created, because it is deleted.
    """
    if step.completer.mark == writer.run.mark:
        return []
    target = f"{step.completer_object} on cluster {writer.run.name(other(step.side))}"
    remedy = "set allow_overwrite: true to let the next run overwrite it"
    return [f"{target}: the copy of {step.object} had begun, so it may hold a part of it; {remedy}"]


def _take_back(writer: Writer, side: Side, volume: Volume, uuid: str, trouble: Failure) -> None:
    # What the handshake has left is no change by another client.
    unpair_volume(writer.rechecking(), side, volume, uuid, "roll-back: the handshake failed")
    trouble.rolled_back = True


def unpair_volume(writer: Writer, side: Side, volume: Volume, uuid: str, reason: str) -> None:
    """Remove the entry with this UUID with RemoveVolumePair. It is no error if the entry does not exist. Raises Failure."""

    def applied() -> bool:
        entry = entry_of(writer, side, volume)
        return entry is None or entry.uuid != uuid

    writer.settle(
        side, "RemoveVolumePair", {"volumeID": volume.id}, volume.label, reason, applied=applied, done=NO_VOLUME_PAIR
    )


def entry_of(writer: Writer, side: Side, volume: Volume) -> VolumePair | None:
    """Return the current pair entry of the volume, None if it has none. Raises Failure, also if it is unreadable."""
    now = get_volume(writer.run.client(side), volume.id)
    return now.pairs[0] if now and now.pairs else None


def _origin_uuid(writer: Writer, step: PairVolumes) -> str:
    entry = entry_of(writer, step.side, step.volume)
    return entry.uuid if entry else ""
