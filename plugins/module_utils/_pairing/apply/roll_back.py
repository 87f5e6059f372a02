# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How each kind of step is undone."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from ..._element.errors import Failure
from ..decide import guard, sizes
from ..model import TARGET, Volume, other
from ..observe.usage import read_usage
from ..observe.volumes import get_volume
from ..pairing_steps import Grow, PairVolumes, SetAccess, SetMode, SetPause
from .changes import change, set_mode, set_pause
from .execution import Done, Item
from .failover.snapshot_removal import withdraw
from .pairing.delete_created import delete_created
from .pairing.volume_handshake import copy_begun, entry_of, unpair_volume
from .writer import Writer


def undo_removal(writer: Writer, done: Done, _item: Item) -> str:
    return f"{_where(writer, done)}: the entry was removed and cannot be put back"


def undo_growth(writer: Writer, done: Done, _item: Item) -> str | None:
    step: Grow = done.step  # type: ignore[assignment]
    if not done.ours:
        return None
    grown = f"it was grown from {sizes.text(step.volume.size)} to {sizes.text(step.size)} and cannot be made smaller"
    return f"{_where(writer, done)}: {grown}"


def undo_account(writer: Writer, done: Done, _item: Item) -> str | None:
    return f"{_where(writer, done)}: it was created by this run and was kept" if done.ours else None


def undo_creation(writer: Writer, done: Done, _item: Item) -> str | None:
    return delete_created(writer, done.step, done.volume) if done.volume else None  # type: ignore[arg-type]


def undo_pairing(writer: Writer, done: Done, _item: Item) -> str | None:
    return _unpair(writer, done.step, done.uuid)  # type: ignore[arg-type]


def undo_checkpoint(writer: Writer, done: Done, _item: Item) -> str | None:
    return withdraw(writer, done.step, done.taken)  # type: ignore[arg-type]


def undo_access(writer: Writer, done: Done, _item: Item) -> str | None:
    return _restore_access(writer, done.step, done.unsure)  # type: ignore[arg-type]


def undo_pair_change(writer: Writer, done: Done, _item: Item) -> str | None:
    return _restore_pair(writer, done.step)  # type: ignore[arg-type]


def _where(writer: Writer, done: Done) -> str:
    return f"{done.step.object} on cluster {writer.run.name(done.step.side)}"


def _unpair(writer: Writer, step: PairVolumes, uuid: str) -> str | None:
    ends = ((step.side, step.volume, step.object), (other(step.side), step.completer, step.completer_object))
    try:
        for side, volume, _what in ends:
            entry = entry_of(writer, side, volume)
            if entry is not None and entry.uuid == uuid:
                unpair_volume(writer, side, volume, uuid, "roll-back: the pair could not be finished")
    except Failure as exc:
        named = " with ".join(f"{what} on cluster {writer.run.name(side)}" for side, _volume, what in ends)
        return f"pair of {named}, or half of it: {exc.sentence}"
    return next(iter(copy_begun(writer, step)), None)


def _restore_pair(writer: Writer, step: SetMode | SetPause) -> str | None:
    """Put back a pair's mode or pause, if it still is the same pair."""
    entry = entry_of(writer, step.side, step.volume)
    changed = f"{step.object} on cluster {writer.run.name(step.side)}: its pair was changed since"
    if step.volume.pairs and (entry is None or entry.uuid != step.volume.pairs[0].uuid):
        return changed
    reason = "roll-back: the pair could not be finished"
    if isinstance(step, SetMode):
        if entry is None or entry.mode.lower() not in (step.mode.lower(), step.before.lower()):
            return changed
        set_mode(writer, step, step.before, reason)
    elif step.volume.pairs:  # a pair that this run has made goes as a whole
        set_pause(writer, step, not step.paused, reason)
    return None


def _restore_access(writer: Writer, step: SetAccess, unsure: bool) -> str | None:
    """Set the access back, also if it is shown already, unless the change is unsure: a lagging node may have answered."""
    if step.volume.mark == writer.run.mark:
        return None  # it goes as a whole, and no host may write to it before
    cluster = writer.run.name(step.side)
    now = get_volume(writer.run.client(step.side), step.volume.id)
    before = step.volume.access
    if unsure and now is not None and now.access == before:
        return None
    ours = (step.access, before, "locked") if step.access == TARGET else (step.access, before)
    if now is None or now.pairs or now.access not in ours:
        return f"{step.object} on cluster {cluster}: its access was set to {step.access} and it was changed since"
    hosts = _hosts_of(writer, step, now)
    if hosts:
        return f"{step.object} on cluster {cluster}: its access was set to {step.access} and it has {', '.join(hosts)}"
    back = SetAccess(
        item=step.item,
        side=step.side,
        object=step.object,
        reason="roll-back: the pair could not be made",
        volume=now,
        access=step.volume.access,
    )
    change(writer, step.side, [back])
    return None


def _hosts_of(writer: Writer, step: SetAccess, now: Volume) -> tuple[str, ...]:
    """The sessions that would be interrupted if the volume became a target again."""
    if step.volume.access != TARGET:
        return ()
    return guard.sessions(read_usage(writer.run, step.side, [now])[now.id])
