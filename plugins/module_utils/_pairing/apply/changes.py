# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The changes of volumes and pairs that already exist: ModifyVolume(s) and ModifyVolumePair."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..._element.errors import ApiError
from ..model import PAUSED_HERE, Side, VolumePair
from ..observe.volumes import list_volumes
from ..pairing_steps import ChangeVolume, Grow, SetMode, SetPause
from ..plan import objects
from .pairing.volume_handshake import entry_of
from .writer import Writer

NOT_PAIRED = "xVolumeNotPaired"
# What a cluster says when a volume is as large already; nothing is to be done then.
LARGE_ENOUGH = frozenset({"xVolumeShrinkProhibited"})


def change_reason(step: ChangeVolume) -> str:
    return f"{step.text}: {step.reason}"


def change(writer: Writer, side: Side, batch: Sequence[ChangeVolume]) -> bool:
    """One ModifyVolume or ModifyVolumes. The latter is all or nothing: one bad volume, and none is changed.

    Returns False when the volume was as requested before.
    """
    step = batch[0]
    ids = [each.volume.id for each in batch]
    single = len(ids) == 1
    params = {"volumeID": ids[0]} if single else {"volumeIDs": ids}

    def applied() -> bool:
        now = list_volumes(writer.run.client(side), ids)
        return {volume.id for volume in now if step.is_shown(volume)} == set(ids)

    return writer.settle(
        side,
        "ModifyVolume" if single else "ModifyVolumes",
        {**params, **step.change},
        objects(batch),
        change_reason(step),
        applied=applied,
        done=LARGE_ENOUGH if single and isinstance(step, Grow) else frozenset(),
    )


def set_mode(writer: Writer, step: SetMode, mode: str, reason: str) -> None:
    _modify_pair(writer, step, {"mode": mode}, reason, lambda entry: entry.mode.lower() == mode.lower())


def set_pause(writer: Writer, step: SetPause, paused: bool, reason: str) -> None:
    # Without its pair there is nothing left to pause; a state that hides a pause proves nothing, so it is sent again.
    _modify_pair(writer, step, {"pausedManual": paused}, reason, lambda entry: (entry.state == PAUSED_HERE) == paused)


def _modify_pair(
    writer: Writer,
    step: SetMode | SetPause,
    params: dict[str, Any],
    reason: str,
    is_shown: Callable[[VolumePair], bool],
) -> None:
    def applied() -> bool:
        entry = entry_of(writer, step.side, step.volume)
        return entry is not None and is_shown(entry)

    given = {"volumeID": step.volume.id, **params}
    try:
        writer.settle(step.side, "ModifyVolumePair", given, step.object, reason, applied=applied)
    except ApiError as exc:
        if exc.name != NOT_PAIRED:
            raise
        what = f"cluster {exc.cluster}: another client removed the pair of {step.object} while this task ran"
        raise exc.recoded("changed_meanwhile", f"{what} ({exc.method}: {exc.name}); run again") from None
