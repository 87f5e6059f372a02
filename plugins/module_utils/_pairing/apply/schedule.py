# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The order of the writes of many pairs: phase by phase, side by side within a phase, undone where one fails."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from ..._element.errors import Failure
from ..failover_steps import ConfirmArrival, Demote, TakeCheckpoint
from ..model import Action, Sides, other
from ..pairing_steps import ReleaseTarget, RemoveVolumePair
from ..plan import Phase, Plan, Step, objects
from .batch import batches, of_phase
from .execution import Done, Item
from .freshness import Outdated, Rechecks
from .step_kinds import kind_of, with_created
from .writer import Writer

# Why a step must not be begun any more; None where it may.
Halt = Callable[[Step], "Failure | None"]


def preview(plans: Sequence[Plan], clusters: Sides[str]) -> list[Action]:
    """The writes that `execute` would make if nothing failed."""
    planned = [step for plan in plans for step in plan.writes]
    return [
        action
        for phase in Phase
        for batch in batches(of_phase(planned, phase))
        for action in kind_of(batch[0]).calls(batch, clusters)
    ]


def execute(
    writer: Writer, items: Sequence[Item], plans: Sequence[Plan], fail_fast: bool = False, finishing: bool = False
) -> None:
    """Run the plans' steps for the items that have not failed; each item then holds what became of it.

    An item that fails is rolled back at once and the others go on, unless fail_fast or a signal ends it.
    finishing: the steps belong to pairs that this run has made, and are run in any case.
    """

    def halted(step: Step) -> Failure | None:
        if finishing or items[step.item].goes_on_with(step):
            return None
        if writer.run.stopping.is_set():
            return Failure("interrupted", "not started: the task was interrupted by a signal; run again")
        if fail_fast and any(item.failure for item in items):
            return Failure("interrupted", "not started: another pair failed and fail_fast is set; run again")
        return _lost(writer, step)

    rechecks = Rechecks(writer, items, plans)
    for phase in Phase:
        _run_phase(writer, phase, items, plans, halted, rechecks)


def _lost(writer: Writer, step: Step) -> Failure | None:
    """No pair is begun with a cluster that stopped answering: each call to it would end in its timeout."""
    for side in (step.side, other(step.side)):
        client = writer.run.clients[side]
        if client and client.lost:
            sentence = f"not started: cluster {client.name} does not answer any more; run again when it does"
            return Failure("unreachable", sentence, cluster=client.name)
    return None


def _run_phase(
    writer: Writer, phase: Phase, items: Sequence[Item], plans: Sequence[Plan], halted: Halt, rechecks: Rechecks
) -> None:
    todo = [
        with_created(step, item.done)
        for item, plan in zip(items, plans)
        if item.going
        for step in of_phase(plan.steps, phase)
    ]
    if not todo:
        return
    rechecks.begin(todo)
    going = [step for step in todo if items[step.item].going and kind_of(step).run]
    run_batch = partial(_run_batch, writer, items, halted, rechecks)
    refused = writer.run.side_by_side(partial(run_batch, batch) for batch in batches(going))
    one_by_one = [step for batch in refused for step in batch]
    writer.run.side_by_side(partial(run_batch, [step]) for step in one_by_one)
    if phase <= Phase.CONFIRM_FAILOVER:
        _all_fail_over_or_none(items)
    failed = [item for item in items if item.failure and not item.rolled_back]
    writer.run.side_by_side(partial(_roll_back, writer, item) for item in failed)


def _all_fail_over_or_none(items: Sequence[Item]) -> None:
    """Before the first demotion: where one planned failover is not possible, no pair of the list is reversed.

    Likewise nothing is cloned unless the snapshots of all volumes have arrived: they are of one moment.
    """
    planned = [item for item in items if any(isinstance(step, ConfirmArrival) for step in item.plan.steps)]
    first = next((item.failure for item in planned if item.failure), None)
    if first is None:
        return
    for item in planned:
        if item.going:
            together = next(step.TOGETHER for step in item.plan.steps if isinstance(step, ConfirmArrival))
            sentence = f"{together}: {first.sentence}"
            item.fail(Failure(first.code, sentence, first.cluster, first.method, first.name, first.message))


def _run_batch(
    writer: Writer, items: Sequence[Item], halted: Halt, rechecks: Rechecks, batch: list[Step]
) -> list[Step]:
    """Run steps that one call can serve. Returns those to run one by one, where the call for all was refused."""
    rechecks.renew(batch)
    batch = _not_halted(items, halted, batch)
    kind = kind_of(batch[0]) if batch else None
    if kind is None or kind.run is None:
        return []
    for step in batch:
        items[step.item].begin(step)
    sent = writer.run.moment()
    try:
        done = kind.run(writer.rechecking(partial(rechecks.outdated, batch)), batch)
    except Outdated as exc:
        for step, failure in exc.failures.items():
            failure.outcome_unknown = exc.outcome_unknown
            _fail(writer, [step], items, failure)
        return [step for step in batch if step not in exc.failures]
    except Failure as exc:
        if len(batch) > 1 and kind.split_after(exc):
            return batch
        _fail(writer, batch, items, exc)
    else:
        for step in batch:
            items[step.item].done.append(replace(done, step=step, sent=sent))
    return []


def _not_halted(items: Sequence[Item], halted: Halt, batch: Sequence[Step]) -> list[Step]:
    """Fail the items that are not to be begun any more; the steps of the others."""
    for step in batch:
        halt = halted(step)
        if halt is not None and items[step.item].going:
            items[step.item].fail(halt)
    return [step for step in batch if items[step.item].going]


def _fail(writer: Writer, batch: Sequence[Step], items: Sequence[Item], failure: Failure) -> None:
    kind = kind_of(batch[0])
    if kind.optional and len(batch) == 1:
        writer.warn(f"{objects(batch)}: not marked as a copy: {failure.sentence}")
        return
    for step in batch:
        own = failure if len(batch) == 1 else failure.recoded(failure.code, failure.sentence)
        items[step.item].fail(own)
        if failure.outcome_unknown and kind.undo_if_unknown:
            items[step.item].done.append(Done(step, unsure=True))


def _roll_back(writer: Writer, item: Item) -> None:
    item.rolled_back = True
    failure = item.failure
    if failure is None:
        return
    failure.left_behind += _unreleased(writer, item)
    neither_writable = False
    for done in reversed(item.done):
        if neither_writable and isinstance(done.step, TakeCheckpoint):
            failure.left_behind.append(
                f"snapshot {done.taken.name}: the next run needs it to prove that no write is lost"
            )
            continue
        try:
            left = kind_of(done.step).undo(writer, done, item)
        except Failure as exc:
            left = f"{done.step.object} on cluster {writer.run.name(done.step.side)}: {exc.sentence}"
            neither_writable = isinstance(done.step, Demote)
            if exc.code == "promotion_unknown":
                item.failure = failure = _promotion_unknown(failure, exc)
            elif neither_writable:
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
    """Former targets that were not released: without their pair nothing shows that they were targets."""
    done = {type(done.step) for done in item.done}
    if RemoveVolumePair not in done or ReleaseTarget in done:
        return []
    return [
        f"{step.object} on cluster {writer.run.name(step.side)}: {step.access} was requested, its access is {step.volume.access}"
        for step in item.plan.steps
        if isinstance(step, ReleaseTarget)
    ]
