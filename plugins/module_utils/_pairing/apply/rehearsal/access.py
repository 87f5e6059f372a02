# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Clones enter the access group of their hosts, and leave it."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Sequence

from ...observe.host_access import list_access_groups
from ...plan import objects
from ...rehearsal_steps import GrantAccess, RevokeAccess
from ..writer import Writer

ADD, REMOVE = "AddVolumesToVolumeAccessGroup", "RemoveVolumesFromVolumeAccessGroup"
# What a cluster says when nothing is left to do.
_DONE = {ADD: frozenset({"xAlreadyInVolumeAccessGroup"}), REMOVE: frozenset({"xNotInVolumeAccessGroup"})}


def grant(writer: Writer, batch: Sequence[GrantAccess | RevokeAccess], reason: str | None = None) -> None:
    """Add the clones to their group. Raises Failure."""
    _change(writer, ADD, batch, reason)


def revoke(writer: Writer, batch: Sequence[RevokeAccess]) -> None:
    """Take the clones out of their group. Raises Failure."""
    _change(writer, REMOVE, batch, None)


def _change(writer: Writer, method: str, batch: Sequence[GrantAccess | RevokeAccess], reason: str | None) -> None:
    step, ids = batch[0], frozenset(each.volume.id for each in batch)
    client = writer.run.client(step.side)

    def applied() -> bool:
        listed = {group.id: group.volumes for group in list_access_groups(client)}
        members = listed.get(step.group_id, frozenset())
        return ids <= members if method == ADD else not ids & members

    params = {"volumeAccessGroupID": step.group_id, "volumes": sorted(ids)}
    done = _DONE[method] if len(batch) == 1 else frozenset()
    writer.settle(step.side, method, params, objects(batch), reason or step.reason, applied=applied, done=done)
