# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The wait until checkpoints have arrived on the other side, or cannot arrive any more."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from ...._element.errors import Failure
from ...decide import health
from ...failover_steps import ConfirmArrival
from ...model import Volume, other
from ...plan import Failures
from ...run import Run
from ..current_volumes import describe_change_or_mode, read_current
from ..wait import next_pause
from .copies import copies
from .snapshots import COPY_DELETED, DELETED, PRESENT, Taken

Copies = Mapping[ConfirmArrival, str]
# The conditions of a pair that sends no checkpoint, with the remedies.
_HELD_UP = {"paused": "resume it", "broken": "fix the cause"}


def await_all(run: Run, steps: Sequence[ConfirmArrival]) -> Failures:
    """Wait until all checkpoints have arrived. Return the failures of those that have not: none if all have.

    A checkpoint that cannot arrive ends the wait for the whole list. Each poll has one read for each checkpoint, and one
    more for each cluster with a source while a checkpoint has not arrived. Raises Failure.
    """
    waiting = list(steps)
    began, timeout = run.clock.monotonic(), max((step.timeout for step in steps), default=0)
    while True:
        copies = _copies(run, waiting)
        waiting = [step for step in waiting if copies[step] != PRESENT]
        hopeless = _hopeless(run, waiting, copies)
        waited = run.clock.monotonic() - began
        if hopeless or not waiting or run.stopping.is_set() or waited >= timeout:
            break
        run.pause(min(next_pause(waited), timeout - waited))
    stopped = run.stopping.is_set()
    return hopeless or {step: _not_arrived(run, step, stopped) for step in waiting}


def _copies(run: Run, steps: Sequence[ConfirmArrival]) -> dict[ConfirmArrival, str]:
    """Return the status of the copy of each step's checkpoint; see `copies.copies`."""
    steps_of: dict[Taken, list[ConfirmArrival]] = {}
    for step in steps:
        steps_of.setdefault(step.checkpoint, []).append(step)
    reads = (
        partial(copies, run, taken, {step.volume.id: step.volume.pairs[0].uuid for step in members})
        for taken, members in steps_of.items()
    )
    found = dict(zip(steps_of, run.side_by_side(reads)))
    return {step: found[step.checkpoint][step.volume.id] for step in steps}


def _hopeless(run: Run, steps: Sequence[ConfirmArrival], copies: Copies) -> Failures:
    """Return the steps whose checkpoints will not arrive, with the failure of each."""
    now = read_current(run, ((step.side, step.volume) for step in steps))
    failures: Failures = {}
    for step in steps:
        failure = _disturbed(run, step, now.get((step.side, step.volume.id)), copies[step])
        if failure is not None:
            failures[step] = failure
    return failures


def _disturbed(run: Run, step: ConfirmArrival, now: Volume | None, copy: str) -> Failure | None:
    destination = run.name(other(step.side))
    change = describe_change_or_mode(now, step.volume)
    if change is None and copy == DELETED:
        change = f"its checkpoint {step.checkpoint.name} was deleted"
    if change is None and copy == COPY_DELETED:
        change = f"the copy of its checkpoint {step.checkpoint.name} on {destination} was deleted"
    if change is not None:
        return _changed(run, step, f"{change} before the checkpoint was on {destination}")
    state = now.pairs[0].state if now else ""
    condition = health.of_state(state, roles_valid=True)
    if condition == "dead":
        return _changed(
            run, step, f"its pair stopped ({state}), the volume on {destination} is not paired with it any more"
        )
    if condition in _HELD_UP:
        what = f"its pair shows {state} while its checkpoint is sent to {destination}"
        return _failure(run, step, "not_in_sync", f"{what}; {step.OTHERWISE}, {_HELD_UP[condition]} and run again")
    return None


def _changed(run: Run, step: ConfirmArrival, what: str) -> Failure:
    return _failure(run, step, "changed_meanwhile", f"{what}; {step.OTHERWISE}, run again")


def _not_arrived(run: Run, step: ConfirmArrival, stopped: bool) -> Failure:
    if stopped:
        return _failure(run, step, "interrupted", f"interrupted by a signal, {step.OTHERWISE}; run again")
    what = f"its checkpoint has not arrived on {run.name(other(step.side))} within {step.timeout:g} s"
    remedy = "raise wait_timeout, or run again when the pair has caught up"
    return _failure(run, step, "not_in_sync", f"{what}; {step.OTHERWISE}, {remedy}")


def _failure(run: Run, step: ConfirmArrival, code: str, what: str) -> Failure:
    cluster = run.name(step.side)
    return Failure(code, f"cluster {cluster}: {step.object}: {what}", cluster=cluster, method="ListSnapshots")
