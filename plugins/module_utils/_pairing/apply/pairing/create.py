# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection elementsw.replication: it can change without notice.
"""Volumes and accounts that are created: recognised by this run's mark, and taken away again where that is safe.

CreateVolume must never be repeated blindly, because names are not unique: a lost reply would end in two volumes.
"""

from __future__ import annotations

import contextlib
from dataclasses import replace
from functools import partial

from ...._element.errors import VOLUME_UNKNOWN, Failure
from ...._element.members import number
from ...decide import guard
from ...model import MARK, READ_WRITE, CreateAccount, CreateVolume, Volume, other
from ...observe.snapshots import read_settled_writes, with_writes
from ...observe.volumes import get_volume, list_accounts, list_deleted_volumes, list_volumes_named, read_usage
from ..writer import ATTEMPTS, LOOK_FOR, PAUSE, Writer

DUPLICATE_ACCOUNT = "xDuplicateUsername"


def create_volume(writer: Writer, step: CreateVolume) -> Volume:
    """The volume, as it is now. Raises Failure; `left_behind` says when it may be there all the same."""
    trouble: Failure | None = None
    for attempt in range(ATTEMPTS):
        if attempt:
            writer.session.clock.sleep(PAUSE)
        try:
            result = writer.write(step.side, "CreateVolume", _parameters(writer, step), step.object, step.reason)
            return _created(writer, step, result)
        except Failure as exc:
            trouble = exc
        if not (trouble.outcome_unknown or trouble.transient):
            break
        found = _look_for(writer, step, trouble)
        if found is not None:
            return found
    raise trouble


def _parameters(writer: Writer, step: CreateVolume) -> dict[str, object]:
    volume, policy = step.volume, step.qos_policy_id
    qos = None
    if policy is None and volume.qos:
        qos = {"minIOPS": volume.qos.min_iops, "maxIOPS": volume.qos.max_iops, "burstIOPS": volume.qos.burst_iops}
    return {
        "name": volume.name,
        "accountID": step.account_id,
        "totalSize": volume.size,
        "enable512e": volume.enable_512e,
        "attributes": {MARK: writer.session.mark},
        "qos": qos,
        "qosPolicyID": policy,
    }


def _created(writer: Writer, step: CreateVolume, result: dict) -> Volume:
    try:
        volume_id = number(result["volumeID"] if "volumeID" in result else result["volume"]["volumeID"])
    except (LookupError, TypeError, ValueError):
        cluster = writer.session.name(step.side)
        trouble = Failure(
            "bad_reply",
            f"cluster {cluster} answered CreateVolume without a volumeID; run again",
            cluster,
            "CreateVolume",
        )
        trouble.outcome_unknown = True
        raise trouble from None
    noted = {MARK: writer.session.mark}
    return replace(step.volume, id=volume_id, account_id=step.account_id, attributes=noted)


def _look_for(writer: Writer, step: CreateVolume, trouble: Failure) -> Volume | None:
    """The volume, if it was created after all; None when the cluster has refused to, and it was not.

    Raises `trouble` when nobody can tell: another call might make a second volume.
    """
    look = partial(_ours, writer, step)
    if trouble.outcome_unknown:
        found = writer.look_for(look, LOOK_FOR)
        if found is not None:
            return found
    else:
        with contextlib.suppress(Failure):  # then nobody can tell
            return look()
    trouble.left_behind.append(
        f"{step.object} of account {step.account} on cluster {writer.session.name(step.side)}, if it was created after all: "
        f"its attribute {MARK} is {writer.session.mark}"
    )
    raise trouble


def _ours(writer: Writer, step: CreateVolume) -> Volume | None:
    """The volume that this run created for the step."""
    named = list_volumes_named(writer.session.client(step.side), step.volume.name)
    return next(
        (
            volume
            for volume in named
            if not volume.deleted
            and (volume.name, volume.account_id, volume.mark)
            == (step.volume.name, step.account_id, writer.session.mark)
        ),
        None,
    )


def delete_created(writer: Writer, step: CreateVolume, created: Volume) -> str | None:
    """Delete and purge what this run created, unless it came into use; a sentence when it stays.

    It is locked before it is looked at for the last time: from then on no host can write to it. Once purged it does not
    stand in the way of the next run.
    """
    cluster, client = writer.session.name(step.side), writer.session.client(step.side)
    now = get_volume(client, created.id)
    if now is None or now.deleted:
        return None
    where = f"{now.label} on cluster {cluster}: it was created by this run and"
    if now.mark != writer.session.mark or now.name != created.name:
        return f"{where} changed since"
    if now.pairs:
        return f"{where} is paired"
    evidence = _use_of(writer, step, now)
    if evidence:
        return f"{where} has {', '.join(evidence)}"
    _set_access(writer, step, now, "locked", "roll-back: no host may write to it any more")
    evidence = _use_of(writer, step, now, settled=True)
    if evidence:
        _set_access(writer, step, now, READ_WRITE, "roll-back: it is in use and stays")
        return f"{where} has {', '.join(evidence)}"
    _delete_and_purge(writer, step, now)
    return None


def _set_access(writer: Writer, step: CreateVolume, volume: Volume, access: str, reason: str) -> None:
    client = writer.session.client(step.side)

    def applied() -> bool:
        left = get_volume(client, volume.id)
        return left is not None and left.access == access

    params = {"volumeID": volume.id, "access": access}
    writer.settle(step.side, "ModifyVolume", params, volume.label, reason, applied=applied)


def _use_of(writer: Writer, step: CreateVolume, volume: Volume, settled: bool = False) -> tuple[str, ...]:
    """Signs that hosts use the volume. settled: wait for statistics that count every write up to now."""
    used = read_usage(writer.session, step.side, [volume])[volume.id]
    if settled:
        ids = {step.side: [volume.id], other(step.side): []}
        counted = read_settled_writes(writer.session, ids, closed=True)
        used = with_writes(used, counted[step.side].get(volume.id))
    return (*guard.sessions(used), *guard.writes(used))


def _delete_and_purge(writer: Writer, step: CreateVolume, volume: Volume) -> None:
    client, reason = writer.session.client(step.side), "roll-back: the pair could not be made"
    params = {"volumeID": volume.id}

    def deleted() -> bool:
        left = get_volume(client, volume.id)
        return left is None or left.deleted

    def purged() -> bool:
        return all(each.id != volume.id for each in list_deleted_volumes(client))

    writer.settle(step.side, "DeleteVolume", params, volume.label, reason, applied=deleted, done=VOLUME_UNKNOWN)
    writer.settle(step.side, "PurgeDeletedVolume", params, volume.label, reason, applied=purged, done=VOLUME_UNKNOWN)


def create_account(writer: Writer, step: CreateAccount) -> tuple[int, bool]:
    """The account's ID, and whether this run made it. The reply holds CHAP secrets: nothing else of it is kept."""
    trouble: Failure | None = None
    for attempt in range(ATTEMPTS):
        if attempt:
            writer.session.clock.sleep(PAUSE)
        try:
            result = writer.write(step.side, "AddAccount", {"username": step.account}, step.object, step.reason)
            account_id = result.get("accountID")
            return (account_id, True) if isinstance(account_id, int) else (_listed(writer, step), True)
        except Failure as exc:
            trouble = exc
        if not (trouble.outcome_unknown or trouble.transient or trouble.name == DUPLICATE_ACCOUNT):
            break
        known = _known(writer, step, trouble)
        if known is not None:
            return known, trouble.outcome_unknown
    raise trouble


def _known(writer: Writer, step: CreateAccount, trouble: Failure) -> int | None:
    try:
        owners = list_accounts(writer.session.client(step.side))
    except Failure:
        if trouble.outcome_unknown:
            trouble.left_behind.append(
                f"{step.object} on cluster {writer.session.name(step.side)}: whether it was created is not known"
            )
        raise trouble from None
    return next((account_id for account_id, name in owners if name == step.account), None)


def _listed(writer: Writer, step: CreateAccount) -> int:
    cluster = writer.session.name(step.side)
    trouble = Failure(
        "bad_reply", f"cluster {cluster} answered AddAccount without accountID; run again", cluster, "AddAccount"
    )
    known = _known(writer, step, trouble)
    if known is None:
        raise trouble
    return known
