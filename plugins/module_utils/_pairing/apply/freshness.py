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
from ..failover_steps import CountLateWrites, Demote, Save
from ..model import SIDES, Side, Volume, other
from ..observe.writes import read_writes
from ..pairing_steps import Recheck, SetAccess
from ..plan import Failures, Plan, Step
from ..run import Moment
from .execution import Item
from .step_kinds import kind_of, with_created
from .writer import Writer

#: How old a saved snapshot may be when its volume is overwritten, unless no host has written to it since.
SAVED_SECONDS = 600


class Outdated(Failure):
    """Some steps of a batch must not be sent again; the others may be."""

    def __init__(self, failures: Failures):
        first = next(iter(failures.values()))
        super().__init__(first.code, first.sentence, first.cluster, first.method, first.name, first.message)
        self.failures = failures


class Rechecks:
    """The rechecks of the steps of these plans, one for each item."""

    def __init__(self, writer: Writer, items: Sequence[Item], plans: Sequence[Plan]):
        self._writer = writer
        self._items = items
        self._plans = plans
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
        self._refuse_old_snapshots([step for step in batch if self._is_saved_long_ago(step)])

    def outdated(self, batch: Sequence[Step], unknown: bool) -> Outdated | None:
        """Recheck these steps once more, before their call is sent again. Return those that must not be, if any.

        unknown: whether the call may have taken effect, perhaps for some of them only. A volume that is as the call leaves it has
        not been changed by another client.
        """
        now = self._writer.run.moment()
        failures = self._failures(batch)
        if unknown and failures:
            failures = self._failures(list(failures), as_left=True)
        self._made.update({step.item: now for step in batch})
        return Outdated(failures) if failures else None

    def _is_old(self, step: Step) -> bool:
        made = self._made.get(step.item)
        return made is not None and self._recheck_of(step) is not None and self._writer.run.is_old(made)

    def _fail_changed(self, steps: Sequence[Step]) -> None:
        now = self._writer.run.moment()
        for step, failure in self._failures(steps).items():
            self._items[step.item].fail(failure)
        self._made.update({step.item: now for step in steps})

    def _failures(self, steps: Iterable[Step], as_left: bool = False) -> Failures:
        """Return the steps that must not be run any more, and why.

        as_left: a volume must be as its step leaves it, in place of as it was before.
        """
        rechecks = {step: self._recheck_of(step, as_left) for step in steps}
        made = {recheck: step for step, recheck in rechecks.items() if recheck is not None}
        failures: Failures = {}
        try:
            for check in dict.fromkeys(kind_of(each).recheck for each in made):
                if check is not None:
                    failures.update(check(self._writer.run, [each for each in made if kind_of(each).recheck is check]))
        except Failure as exc:  # what cannot be read is not written to
            return {step: exc.recoded(exc.code, exc.sentence) for step in made.values()}
        return {made[recheck]: failure for recheck, failure in failures.items()}

    def _is_saved_long_ago(self, step: Step) -> bool:
        return isinstance(step, Demote) and self._seconds_since_saved(step) > SAVED_SECONDS

    def _seconds_since_saved(self, step: Step) -> float:
        """The age of the last snapshot that this run has saved for the item of this step; 0 without one."""
        sent = [done.sent for done in self._items[step.item].done if isinstance(done.step, Save) and done.sent]
        return self._writer.run.seconds_since(sent[-1]) if sent else 0

    def _refuse_old_snapshots(self, steps: Sequence[Step]) -> None:
        """Fail the items of demotions whose volume was written to after it was saved, as far as its statistics show it."""
        if not steps:
            return
        run = self._writer.run
        ids = {side: [step.volume.id for step in steps if step.side == side] for side in SIDES}  # type: ignore[attr-defined]
        try:
            counted = read_writes(run, ids)
        except Failure as exc:
            for step in steps:
                self._items[step.item].fail(exc.recoded(exc.code, exc.sentence))
            return
        for step in steps:
            volume: Volume = step.volume  # type: ignore[attr-defined]
            now, before = counted[step.side].get(volume.id), self._writes_before(step, volume)
            if now is None or before is None or now.count != before:
                self._items[step.item].fail(self._saved_too_early(step))

    def _writes_before(self, step: Step, volume: Volume) -> int | None:
        """The count of writes to the volume that the plan is based on, from before the snapshot; None if it is not known."""
        counted = [each for each in self._plans[step.item].steps if isinstance(each, CountLateWrites)]
        return next((each.write_ops for each in counted if (each.side, each.volume.id) == (step.side, volume.id)), None)

    def _saved_too_early(self, step: Step) -> Failure:
        cluster, minutes = self._writer.run.name(step.side), self._seconds_since_saved(step) / 60
        what = f"cluster {cluster}: {step.object} was saved {minutes:.0f} min ago, and may have been written to since"
        remedy = "it was not demoted, both volumes are writable; run again with allow_overwrite: true"
        return Failure("changed_meanwhile", f"{what}; {remedy}", cluster)

    def _recheck_of(self, step: Step, as_left: bool = False) -> Step | None:
        """Return the step that rechecks this one: itself, or the last recheck before it. None if it needs none."""
        item = self._items[step.item]
        recheck: Step | None = step if kind_of(step).recheck is not None else None
        if recheck is None and (step.OVERWRITES or step.SETS_ACCESS):
            before = [
                each for each in self._plans[step.item].steps if isinstance(each, Recheck) and each.phase < step.phase
            ]
            # A recheck of a new pair expects the accesses that its item has set by now.
            recheck = max(before, key=lambda each: each.phase, default=None)
            recheck = recheck and _with_accesses(with_created(recheck, item.done), (done.step for done in item.done))
        return _with_accesses(recheck, [step]) if recheck and as_left else recheck


def _with_accesses(step: Step, writes: Iterable[Step]) -> Step:
    """Return the recheck with the accesses that these writes set."""
    accesses = {(each.side, each.volume.id): each.access for each in writes if isinstance(each, SetAccess)}

    def current(side: Side, volume: Volume) -> Volume:
        return replace(volume, access=accesses.get((side, volume.id), volume.access))

    sides = {"volume": step.side, "source": other(step.side), "partner": other(step.side)}
    members = {member: getattr(step, member, None) for member in sides}
    changed = {member: current(sides[member], volume) for member, volume in members.items() if volume is not None}
    return replace(step, **changed) if changed else step  # type: ignore[arg-type]
