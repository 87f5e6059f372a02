# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection elementsw.replication: it can change without notice.
"""The order of the writes of many pairs: phase by phase, side by side within a phase, undone where one fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from ..._element.errors import ApiError, Failure
from ..failover_steps import ConfirmFailover, Demote, Save, TakeCheckpoint
from ..model import Action, Sides, other
from ..plan import (
    ChangeVolume,
    MarkReplica,
    Phase,
    Plan,
    Recheck,
    ReleaseTarget,
    RemoveVolumePair,
    SetMode,
    SetPause,
    Step,
)
from . import step_kinds
from .batch import batches, of_phase
from .changes import change
from .execution import Done, Item
from .recheck import changed
from .writer import Writer

# Says why a step must not be begun any more, if so.
Halt = Callable[[Step], "Failure | None"]


def preview(plans: Sequence[Plan], clusters: Sides[str]) -> list[Action]:
    """The writes that `execute` would make if nothing failed."""
    planned = [step for plan in plans for step in plan.steps]
    return [
        action
        for phase in Phase
        for batch in batches(of_phase(planned, phase))
        for action in step_kinds.actions(batch, clusters)
    ]


def execute(
    writer: Writer, items: Sequence[Item], plans: Sequence[Plan], fail_fast: bool = False, finishing: bool = False
) -> None:
    """Run the plans' steps for the items that are still going; each item says afterwards what became of it.

    An item that fails is rolled back at once and the others go on, unless fail_fast or a signal forbids to begin more.
    finishing: the steps belong to pairs that are made already, and are run whatever happened.
    """

    def halted(step: Step) -> Failure | None:
        if finishing or items[step.item].goes_on_with(step):
            return None
        if writer.run.stopping.is_set():
            return Failure("interrupted", "not done: the task was interrupted by a signal; run again")
        if fail_fast and any(item.failure for item in items):
            return Failure("interrupted", "not done: another pair failed and fail_fast is set; run again")
        return _lost(writer, step)

    for phase in Phase:
        _run_phase(writer, phase, items, plans, halted)


def _lost(writer: Writer, step: Step) -> Failure | None:
    """A pair is not begun with a cluster that was given up: every call to it would be waited for in vain."""
    for side in (step.side, other(step.side)):
        client = writer.run.clients[side]
        if client and client.lost:
            sentence = f"not done: cluster {client.name} does not answer any more; run again when it does"
            return Failure("unreachable", sentence, cluster=client.name)
    return None


def _run_phase(writer: Writer, phase: Phase, items: Sequence[Item], plans: Sequence[Plan], halted: Halt) -> None:
    todo = [
        step_kinds.with_created(step, item.done)
        for item, plan in zip(items, plans)
        if item.going
        for step in of_phase(plan.steps, phase)
    ]
    if not todo:
        return
    for step, failure in _confirm(writer, todo).items():
        items[step.item].fail(failure)
    # The looks have been taken by now, each with everybody else's.
    going = [step for step in todo if items[step.item].going and not isinstance(step, Recheck)]
    refused = writer.run.side_by_side(partial(_run_batch, writer, batch, items, halted) for batch in batches(going))
    alone = [step for batch in refused for step in batch]
    writer.run.side_by_side(partial(_run_batch, writer, [step], items, halted) for step in alone)
    if phase <= Phase.CONFIRM_TURN:
        _all_turn_or_none(items)
    failed = [item for item in items if item.failure and not item.rolled_back]
    writer.run.side_by_side(partial(_roll_back, writer, item) for item in failed)


def _all_turn_or_none(items: Sequence[Item]) -> None:
    """Before the first demotion: where one pair cannot be turned round as planned, no pair of the list is."""
    turning = [item for item in items if any(isinstance(step, ConfirmFailover) for step in item.plan.steps)]
    first = next((item.failure for item in turning if item.failure), None)
    if first is None:
        return
    sentence = f"not turned round, all pairs of the list are or none: {first.sentence}"
    for item in turning:
        if item.going:
            item.fail(Failure(first.code, sentence, first.cluster, first.method, first.name, first.message))


def _confirm(writer: Writer, todo: Sequence[Step]) -> dict[Step, Failure]:
    try:
        return changed(writer.run, todo)
    except Failure as exc:  # what cannot be looked at is not written to
        return {step: exc.recoded(exc.code, exc.sentence) for step in todo}


def _run_batch(writer: Writer, batch: list[Step], items: Sequence[Item], halted: Halt) -> list[Step]:
    """Run steps that one call can serve; what is left are those that have to be asked for one by one."""
    for step in batch:
        halt = halted(step)
        if halt is not None and items[step.item].going:
            items[step.item].fail(halt)
    batch = [step for step in batch if items[step.item].going]
    if len(batch) > 1:
        run = _run_merged if isinstance(batch[0], ChangeVolume) else _run_shared
        return [] if run(writer, batch, items) else batch
    if batch:
        _run_alone(writer, batch[0], items[batch[0].item])
    return []


def _run_alone(writer: Writer, step: Step, item: Item) -> None:
    try:
        item.begin(step)
        item.done.append(step_kinds.perform(writer, step))
    except Failure as exc:
        if isinstance(step, MarkReplica):
            writer.warn(f"{step.object}: it is not marked as the copy that it is: {exc.sentence}")
            return
        item.fail(exc)
        if exc.outcome_unknown and isinstance(step, (ChangeVolume, SetMode, SetPause)):
            # Treated as done, so that the roll-back looks and puts it back.
            item.done.append(Done(step, unsure=True))


def _run_shared(writer: Writer, batch: Sequence[Step], items: Sequence[Item]) -> bool:
    """One call that serves all of them; False when each has to be asked for by itself, so that only one fails."""
    try:
        done = step_kinds.perform_batch(writer, batch)
    except Failure as exc:
        if isinstance(batch[0], Save) and not exc.outcome_unknown:
            return False
        _fail_all(batch, items, exc)
    else:
        for step in batch:
            items[step.item].done.append(replace(done, step=step))
    return True


def _run_merged(writer: Writer, batch: Sequence[Any], items: Sequence[Item]) -> bool:
    """One call for all; False when it was refused and each has to be asked for by itself, so that only one fails."""
    for step in batch:
        items[step.item].begin(step)
    try:
        change(writer, batch[0].side, batch)
    except ApiError as exc:
        if not (exc.outcome_unknown or exc.transient):
            return False
        _fail_all(batch, items, exc)
    except Failure as exc:
        _fail_all(batch, items, exc)
    else:
        for step in batch:
            items[step.item].done.append(Done(step))
    return True


def _fail_all(batch: Sequence[Step], items: Sequence[Item], failure: Failure) -> None:
    for step in batch:
        items[step.item].fail(failure.recoded(failure.code, failure.sentence))
        if failure.outcome_unknown and isinstance(step, ChangeVolume):
            items[step.item].done.append(Done(step, unsure=True))


def _roll_back(writer: Writer, item: Item) -> None:
    item.rolled_back = True
    failure = item.failure
    if failure is None:
        return
    failure.left_behind += _unreleased(writer, item)
    between = False
    for done in reversed(item.done):
        if between and isinstance(done.step, TakeCheckpoint):
            failure.left_behind.append(f"snapshot {done.taken.name}: it proves to a later run that nothing is lost")
            continue
        try:
            left = step_kinds.undo(writer, done, item)
        except Failure as exc:
            left = f"{done.step.object} on cluster {writer.run.name(done.step.side)}: {exc.sentence}"
            between = isinstance(done.step, Demote)
            if exc.code == "promotion_unknown":
                item.failure = failure = _promotion_unknown(failure, exc)
            elif between:
                item.failure = failure = failure.recoded(failure.code, f"{failure.sentence}; {exc.sentence}")
        if left:
            failure.left_behind.append(left)
    if item.done or failure.left_behind or failure.rolled_back:
        failure.rolled_back = not failure.left_behind


def _promotion_unknown(before: Failure, exc: Failure) -> Failure:
    failure = exc.recoded(exc.code, exc.sentence)
    failure.left_behind = list(before.left_behind)
    return failure


def _unreleased(writer: Writer, item: Item) -> list[str]:
    """Targets that have lost their pair and were to be released: nothing shows any more that they were targets of one."""
    done = {type(done.step) for done in item.done}
    if RemoveVolumePair not in done or ReleaseTarget in done:
        return []
    return [
        f"{step.object} on cluster {writer.run.name(step.side)}: it was to become {step.access}, and is {step.volume.access}"
        for step in item.plan.steps
        if isinstance(step, ReleaseTarget)
    ]
