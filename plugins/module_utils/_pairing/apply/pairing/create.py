# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Volumes and accounts that are created: recognised by this run's mark, and taken away again where that is safe.

CreateVolume must never be repeated blindly, because names are not unique: a lost reply would end in two volumes.
"""

# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

import contextlib
from dataclasses import replace
from functools import partial

from ...._element.errors import Failure
from ...._element.members import number
from ...model import MARK, Volume
from ...observe.volumes import list_volumes_named
from ...plan import CreateVolume
from ..writer import ATTEMPTS, PAUSE, SEARCH_SECONDS, Writer


def create_volume(writer: Writer, step: CreateVolume) -> Volume:
    """The volume, as it is now. Raises Failure; `left_behind` says when it may be there all the same."""
    trouble: Failure | None = None
    for attempt in range(ATTEMPTS):
        if attempt:
            writer.run.clock.sleep(PAUSE)
        try:
            result = writer.write(step.side, "CreateVolume", _parameters(writer, step), step.object, step.reason)
            return _created(writer, step, result)
        except Failure as exc:
            trouble = exc
        if not (trouble.outcome_unknown or trouble.transient):
            break
        found = _search(writer, step, trouble)
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
        "attributes": {MARK: writer.run.mark},
        "qos": qos,
        "qosPolicyID": policy,
    }


def _created(writer: Writer, step: CreateVolume, result: dict) -> Volume:
    try:
        volume_id = number(result["volumeID"] if "volumeID" in result else result["volume"]["volumeID"])
    except (LookupError, TypeError, ValueError):
        cluster = writer.run.name(step.side)
        trouble = Failure(
            "bad_reply",
            f"cluster {cluster} answered CreateVolume without a volumeID; run again",
            cluster,
            "CreateVolume",
        )
        trouble.outcome_unknown = True
        raise trouble from None
    noted = {MARK: writer.run.mark}
    return replace(step.volume, id=volume_id, account_id=step.account_id, attributes=noted)


def _search(writer: Writer, step: CreateVolume, trouble: Failure) -> Volume | None:
    """The volume, if it was created after all; None when the cluster has refused to, and it was not.

    Raises `trouble` when nobody can tell: another call might make a second volume.
    """
    look = partial(_ours, writer, step)
    if trouble.outcome_unknown:
        found = writer.search(look, SEARCH_SECONDS)
        if found is not None:
            return found
    else:
        with contextlib.suppress(Failure):  # then nobody can tell
            return look()
    trouble.left_behind.append(
        f"{step.object} of account {step.account} on cluster {writer.run.name(step.side)}, if it was created after all: "
        f"its attribute {MARK} is {writer.run.mark}"
    )
    raise trouble


def _ours(writer: Writer, step: CreateVolume) -> Volume | None:
    """The volume that this run created for the step."""
    named = list_volumes_named(writer.run.client(step.side), step.volume.name)
    return next(
        (
            volume
            for volume in named
            if not volume.deleted
            and (volume.name, volume.account_id, volume.mark) == (step.volume.name, step.account_id, writer.run.mark)
        ),
        None,
    )
