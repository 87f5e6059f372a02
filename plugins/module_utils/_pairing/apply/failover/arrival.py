# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection elementsw.replication: it can change without notice.
"""Waiting until the other side holds the checkpoints of a planned failover, or cannot come to hold them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from ...._element.errors import Failure
from ...decide import health
from ...failover_steps import ConfirmTurn
from ...model import Step, Volume, other
from ...run import Session
from .. import current_volumes
from ..wait import next_pause
from . import snapshots
from .snapshots import Taken

Verdicts = dict[Step, Failure]
Copies = Mapping[ConfirmTurn, str]
# A pair that shows one of these sends no checkpoint until someone has seen to it.
_HELD_UP = {"paused": "resume it", "broken": "see to the cause"}


def await_all(session: Session, steps: Sequence[ConfirmTurn]) -> Verdicts:
    """Why a checkpoint has not arrived; nothing once all have. One that cannot arrive ends the wait for the whole list.

    One read for each checkpoint and poll, and while one of them is on its way one more for each cluster with a source.
    """
    waiting = list(steps)
    began, timeout = session.clock.monotonic(), max((step.timeout for step in steps), default=0)
    while True:
        copies = _copies(session, waiting)
        waiting = [step for step in waiting if copies[step] != snapshots.PRESENT]
        hopeless = _hopeless(session, waiting, copies)
        waited = session.clock.monotonic() - began
        if hopeless or not waiting or session.stopping.is_set() or waited >= timeout:
            break
        session.pause(min(next_pause(waited), timeout - waited))
    stopped = session.stopping.is_set()
    return hopeless or {step: _late(session, step, stopped) for step in waiting}


def _copies(session: Session, steps: Sequence[ConfirmTurn]) -> dict[ConfirmTurn, str]:
    """How far the checkpoints of these volumes are; see `snapshots.copies`."""
    of: dict[Taken, list[ConfirmTurn]] = {}
    for step in steps:
        of.setdefault(step.checkpoint, []).append(step)
    reads = (
        partial(snapshots.copies, session, taken, {step.volume.id: step.volume.pairs[0].uuid for step in those})
        for taken, those in of.items()
    )
    found = dict(zip(of, session.side_by_side(reads)))
    return {step: found[step.checkpoint][step.volume.id] for step in steps}


def _hopeless(session: Session, steps: Sequence[ConfirmTurn], copies: Copies) -> Verdicts:
    """The checkpoints that will not arrive, and why."""
    now = current_volumes.volumes_now(session, ((step.side, step.volume) for step in steps))
    verdicts: Verdicts = {}
    for step in steps:
        failure = _disturbed(session, step, now.get((step.side, step.volume.id)), copies[step])
        if failure is not None:
            verdicts[step] = failure
    return verdicts


def _disturbed(session: Session, step: ConfirmTurn, now: Volume | None, copy: str) -> Failure | None:
    there = session.name(other(step.side))
    change = current_volumes.mode_change(now, step.volume)
    if change is None and copy == snapshots.DELETED:
        change = f"its checkpoint {step.checkpoint.name} was deleted"
    if change is None and copy == snapshots.COPY_DELETED:
        change = f"the copy of its checkpoint {step.checkpoint.name} on {there} was deleted"
    if change is not None:
        return _changed(session, step, f"{change} before the checkpoint was on {there}")
    state = now.pairs[0].state if now else ""
    condition = health.of_state(state, roles_valid=True)
    if condition == "dead":
        return _changed(
            session, step, f"its pair stopped ({state}), the volume on {there} is not paired with it any more"
        )
    if condition in _HELD_UP:
        what = f"its pair shows {state} while its checkpoint is on its way to {there}"
        return _failure(
            session, step, "not_in_sync", f"{what}; the pair was not reversed, {_HELD_UP[condition]} and run again"
        )
    return None


def _changed(session: Session, step: ConfirmTurn, what: str) -> Failure:
    return _failure(session, step, "changed_meanwhile", f"{what}; the pair was not reversed, run again")


def _late(session: Session, step: ConfirmTurn, stopped: bool) -> Failure:
    if stopped:
        return _failure(session, step, "interrupted", "interrupted by a signal, the pair was not reversed; run again")
    what = f"its checkpoint has not arrived on {session.name(other(step.side))} within {step.timeout:g} s"
    remedy = "raise wait_timeout, or run again when the pair has caught up"
    return _failure(session, step, "not_in_sync", f"{what}; the pair was not reversed, {remedy}")


def _failure(session: Session, step: ConfirmTurn, code: str, what: str) -> Failure:
    cluster = session.name(step.side)
    return Failure(code, f"cluster {cluster}: {step.object}: {what}", cluster=cluster, method="ListSnapshots")
