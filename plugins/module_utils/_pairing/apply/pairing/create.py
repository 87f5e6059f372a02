# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The creation of a volume. The mark of this run identifies it.

CreateVolume is never repeated without a check, because names are not unique: after a lost reply there would be two volumes.
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
from ...pairing_steps import CreateVolume
from ..resend import CHANGE, attempt
from ..writer import SEARCH_SECONDS, Writer


def create_volume(writer: Writer, step: CreateVolume) -> Volume:
    """Create the volume and return it. Raises Failure: its `left_behind` names a volume that may have been created."""
    return attempt(writer.run, CHANGE, partial(_create_once, writer, step), partial(_search, writer, step))


def _create_once(writer: Writer, step: CreateVolume) -> Volume:
    result = writer.write(step.side, "CreateVolume", _parameters(writer, step), step.object, step.reason)
    return _created(writer, step, result)


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
    """Return the volume if the failed call has created it, None if it has not.

    Raises `trouble` if neither is known: another call might create a second volume.
    """
    find = partial(_ours, writer, step)
    if trouble.outcome_unknown:
        found = writer.search(find, SEARCH_SECONDS)
        if found is not None:
            return found
    else:
        with contextlib.suppress(Failure):  # then neither is known
            return find()
    trouble.left_behind.append(
        f"{step.object} of account {step.account} on cluster {writer.run.name(step.side)}, if it was created: its attribute "
        f"{MARK} is {writer.run.mark}"
    )
    raise trouble


def _ours(writer: Writer, step: CreateVolume) -> Volume | None:
    """Return the volume that this run has created for the step, None if there is none. Raises Failure."""
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
