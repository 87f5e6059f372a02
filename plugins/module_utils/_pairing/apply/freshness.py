# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rechecks of a plan and their age: a process that was suspended does not write on what it has read before.

No call of the API writes only if nothing has changed since a read. So each write that can destroy data follows its
recheck at once, and where it does not, the recheck is made again.
"""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import replace

from ..._element.errors import Failure
from ..failover_steps import Demote, Save
from ..model import Side, Volume, other
from ..pairing_steps import ConfirmUnused, Recheck, SetAccess
from ..plan import Failures, Step
from ..run import Moment
from .execution import Done, Item
from .step_kinds import kind_of, with_created
from .writer import Writer

#: How old a saved snapshot may be when its volume is overwritten: what hosts write after it is only warned of.
SAVED_SECONDS = 600


class Rechecks:
    """The rechecks of the items of one plan."""

    def __init__(self, writer: Writer, items: Sequence[Item]):
        self._writer = writer
        self._items = items
        #: When the last recheck of each item was begun.
        self._made: dict[int, Moment] = {}
        self._pending: list[Step] = []
        self._lock = threading.Lock()

    def begin(self, phase: Sequence[Step]) -> None:
        """Make the rechecks of a phase, and fail the items that have changed."""
        self._pending = list(phase)
        self._fail_changed([step for step in phase if kind_of(step).recheck is not None])

    def renew(self, batch: Sequence[Step]) -> None:
        """Before these steps are run: fail the items that must not be written to, where their last recheck is too old.

        All steps of the phase that have not been run are rechecked together.
        """
        with self._lock:
            if any(self._is_old(step) for step in batch):
                later = (step for step in self._pending if self._items[step.item].going and step not in batch)
                self._fail_changed([*batch, *later])
            self._pending = [step for step in self._pending if step not in batch]
        for step in batch:
            self._refuse_old_snapshot(step)

    def failure_of(self, batch: Sequence[Step]) -> Failure | None:
        """Recheck these steps once more, before a call without effect is sent again. Return the first failure, if any."""
        return next(iter(self._failures(batch).values()), None)

    def _is_old(self, step: Step) -> bool:
        made = self._made.get(step.item)
        return made is not None and _recheck_of(step, self._items) is not None and self._writer.run.is_old(made)

    def _fail_changed(self, steps: Sequence[Step]) -> None:
        now = self._writer.run.moment()
        for step, failure in self._failures(steps).items():
            self._items[step.item].fail(failure)
        self._made.update({step.item: now for step in steps})

    def _failures(self, steps: Iterable[Step]) -> Failures:
        """Return the steps that must not be run any more, and why."""
        rechecks = {step: _recheck_of(step, self._items) for step in steps}
        made = {recheck: step for step, recheck in rechecks.items() if recheck is not None}
        failures: Failures = {}
        try:
            for check in dict.fromkeys(kind_of(each).recheck for each in made):
                if check is not None:
                    failures.update(check(self._writer.run, [each for each in made if kind_of(each).recheck is check]))
        except Failure as exc:  # what cannot be read is not written to
            return {step: exc.recoded(exc.code, exc.sentence) for step in made.values()}
        return {made[recheck]: failure for recheck, failure in failures.items()}

    def _refuse_old_snapshot(self, step: Step) -> None:
        item, run = self._items[step.item], self._writer.run
        saved = [run.seconds_since(done.sent) for done in item.done if isinstance(done.step, Save) and done.sent]
        if isinstance(step, Demote) and saved and saved[-1] > SAVED_SECONDS:
            cluster = run.name(step.side)
            what = (
                f"cluster {cluster}: {step.object} was saved {saved[-1] / 60:.0f} min ago, as this task was suspended"
            )
            remedy = "it was not demoted, both volumes are writable; run again with allow_overwrite: true"
            item.fail(Failure("changed_meanwhile", f"{what}; {remedy}", cluster))


def _recheck_of(step: Step, items: Sequence[Item]) -> Step | None:
    """Return the step that rechecks this one: itself, or the last recheck before it. None if it needs none."""
    if kind_of(step).recheck is not None:
        return step
    if not (step.OVERWRITES or step.SETS_ACCESS):
        return None
    item = items[step.item]
    before = [each for each in item.plan.steps if isinstance(each, Recheck) and each.phase < step.phase]
    if not before:
        return None
    return _with_accesses(with_created(max(before, key=lambda each: each.phase), item.done), item.done)


def _with_accesses(step: Step, done: Iterable[Done]) -> Step:
    """Return the recheck of a new pair with the accesses that its item has set by now."""
    if not isinstance(step, ConfirmUnused):
        return step
    accesses = {each.step.side: each.step.access for each in done if isinstance(each.step, SetAccess)}

    def current(side: Side, volume: Volume) -> Volume:
        return replace(volume, access=accesses.get(side, volume.access))

    return replace(step, volume=current(step.side, step.volume), source=current(other(step.side), step.source))
