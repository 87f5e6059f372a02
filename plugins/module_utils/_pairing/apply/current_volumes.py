# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads of many volumes at once for a recheck, and the comparison of each one with the plan."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from ..._element.errors import Failure
from ..decide.health import is_snapshots_only
from ..model import Side, Volume
from ..observe.volumes import list_volumes
from ..run import Run


class CurrentVolumes(dict[tuple[Side, int], Volume]):
    """The current volumes by side and ID."""

    def __init__(self) -> None:
        super().__init__()
        #: The errors of volumes that exist and cannot be read, by side and ID.
        self.unreadable: dict[tuple[Side, int], Failure] = {}


def read_current(run: Run, wanted: Iterable[tuple[Side, Volume]]) -> CurrentVolumes:
    """Return the current state of these volumes: one read for each side. Raises Failure."""
    ids: dict[Side, list[int]] = {}
    for side, volume in wanted:
        ids.setdefault(side, []).append(volume.id)
    found = run.side_by_side(partial(list_volumes, run.client(side), ids[side]) for side in ids)
    now = CurrentVolumes()
    for side, volumes in zip(ids, found):
        now.update({(side, volume.id): volume for volume in volumes})
        for odd in volumes.unreadable:
            failure = odd.failure(run.name(side))
            missing = [number for number in ids[side] if (side, number) not in now] if odd.id is None else [odd.id]
            now.unreadable.update({(side, number): failure for number in missing})
    return now


def is_unchanged(now: Volume | None, planned: Volume, uuids: tuple[str, ...]) -> bool:
    """Whether the volume exists and has the planned name and access, and pairs with exactly these UUIDs."""
    return (
        now is not None
        and now.deleted == planned.deleted
        and now.name == planned.name
        and now.access == planned.access
        and now.uuids == uuids
    )


def describe_change(now: Volume | None, planned: Volume) -> str | None:
    """Return what has changed in a volume that must keep its pairs, as a clause of a message; None if nothing has."""
    if is_unchanged(now, planned, planned.uuids):
        return None
    if now is None:
        return "it does not exist any more"
    if now.deleted != planned.deleted:
        return "it was deleted" if now.deleted else "it was restored"
    if now.uuids != planned.uuids:
        partners = ", ".join(f"volume {pair.remote_volume_name} ({pair.remote_volume_id})" for pair in now.pairs)
        return f"its pair was removed, and it is paired with {partners} now" if partners else "its pair was removed"
    if now.access != planned.access:
        return f"its access is {now.access} now"
    return f"its name is {now.name} now"


def describe_change_or_mode(now: Volume | None, planned: Volume) -> str | None:
    """Return what `describe_change` returns, or that the pair no longer replicates the live content; None if neither.

    A checkpoint arrives even if the mode has become SnapshotsOnly.
    """
    what = describe_change(now, planned)
    if what is None and now is not None:
        modes = [(pair.mode, before.mode) for pair, before in zip(now.pairs, planned.pairs)]
        if any(is_snapshots_only(mode) and not is_snapshots_only(before) for mode, before in modes):
            return "its mode is SnapshotsOnly now"
    return what
