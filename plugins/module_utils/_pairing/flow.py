# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection elementsw.replication: it can change without notice.
"""observe → decide → apply → verify, once for every module. Check mode lives here and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from .._element.errors import Failure
from .apply import schedule, wait
from .apply.handshake import PairedMeanwhile
from .apply.writer import Writer
from .model import Action, Plan, Sides, Verdict
from .session import Session

Seen = TypeVar("Seen")
# More failures than these are counted in the message, not told; every item tells its own in the result.
MOST_TOLD = 20


class Job(Protocol[Seen]):
    """What one module wants. Its methods are called in the order in which they stand here."""

    wait: bool
    wait_timeout: float
    fail_fast: bool

    def observe(self, session: Session) -> Seen:
        """Read both clusters. Raises Failure where nothing can be said at all."""

    def decide(self, seen: Seen) -> Sequence[Plan]:
        """A plan for each item. Pure."""

    def look(self, session: Session, seen: Seen) -> Seen:
        """Read again what `observe` has seen, as cheaply as can be."""

    def finish(self, seen: Seen, plans: Sequence[Plan]) -> Sequence[Plan]:
        """What the first look after the writes shows still to be done for each item. Pure."""

    def judge(self, seen: Seen, waited: float) -> list[Verdict]:
        """Whether each item is as wished; `waited` in seconds. Pure."""

    def expired(self, seen: Seen, item: int, plan: Plan, verdict: Verdict) -> Failure:
        """Why an item whose time has run out has failed. Pure."""


@dataclass
class Outcome(Generic[Seen]):
    """What a run has come to. seen: the last look; items: what became of each pair, or would, in the order given."""

    seen: Seen
    plans: Sequence[Plan]
    items: Sequence[schedule.Item]
    actions: list[Action] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    checked: bool = False

    @property
    def changed(self) -> bool:
        return any(self.changes(number) for number in range(len(self.items)))

    def changes(self, number: int) -> bool:
        """Whether the item was changed, or in check mode would be."""
        return bool(self.plans[number].steps) if self.checked else self.items[number].remains

    @property
    def failures(self) -> list[Failure]:
        return [item.failure for item in self.items if item.failure]

    @property
    def diff(self) -> dict:
        return {
            "before": {"pairs": [dict(plan.before) for plan in self.plans]},
            "after": {"pairs": [dict(plan.after) for plan in self.plans]},
        }


def run(job: Job[Seen], session: Session, check_mode: bool) -> Outcome[Seen]:
    """Do the job, or in check mode say what would be done. Raises Failure when nothing can be planned at all."""
    seen = job.observe(session)
    plans = job.decide(seen)
    items = [schedule.Item(plan, failure=plan.problem) for plan in plans]
    outcome = Outcome(seen, plans, items, warnings=[text for plan in plans for text in plan.warnings])
    if outcome.failures:
        return outcome  # all planned, or nothing written
    if check_mode:
        outcome.checked = True
        outcome.actions = schedule.preview(plans, _names(session))
        return outcome
    writer = Writer(session)
    _apply(job, session, writer, outcome)
    outcome.actions = writer.actions
    outcome.warnings += writer.warnings
    _verify(job, session, outcome)
    return outcome


def _apply(job: Job, session: Session, writer: Writer, outcome: Outcome) -> None:
    schedule.execute(writer, outcome.items, outcome.plans, job.fail_fast)
    if any(isinstance(failure, PairedMeanwhile) for failure in outcome.failures):
        _look_and_go_by_the_table(job, session, writer, outcome)
    if not any(item.done for item in outcome.items):
        return
    try:
        outcome.seen = job.look(session, outcome.seen)
    except Failure as exc:
        _lost(outcome, exc)
        return
    rest = job.finish(outcome.seen, outcome.plans)
    if any(plan.steps for plan in rest):
        schedule.execute(writer, outcome.items, rest, finishing=True)
        try:
            outcome.seen = job.look(session, outcome.seen)
        except Failure as exc:
            _lost(outcome, exc)


def _look_and_go_by_the_table(job: Job, session: Session, writer: Writer, outcome: Outcome) -> None:
    """Somebody else has paired the clusters in the middle of our handshake: decide once more on what is there now."""
    try:
        seen = job.observe(session)
    except Failure:
        return  # the clusters cannot be looked at: the failure that brought us here stands
    plans = job.decide(seen)
    items = [schedule.Item(plan, before.done, plan.problem) for plan, before in zip(plans, outcome.items)]
    outcome.warnings += [left for failure in outcome.failures for left in failure.left_behind]
    outcome.seen, outcome.plans, outcome.items = seen, plans, items
    outcome.warnings += [text for plan in plans for text in plan.warnings]
    if not outcome.failures:
        schedule.execute(writer, items, plans, job.fail_fast)


def _lost(outcome: Outcome, failure: Failure) -> None:
    """A cluster that was lost after the writes is an error of the items written to; what was done is kept."""
    for item in outcome.items:
        if item.done and item.going:
            item.fail(failure.recoded(failure.code, failure.sentence))


def _verify(job: Job, session: Session, outcome: Outcome) -> None:
    """Wait until everything is as wished. Items that have failed by now are not waited for."""
    if not job.wait or not any(item.going for item in outcome.items):
        return

    latest: list[Verdict] = []

    def judge(seen: Seen, waited: float) -> list[Verdict]:
        latest[:] = [
            verdict if item.going else Verdict(done=True)
            for item, verdict in zip(outcome.items, job.judge(seen, waited))
        ]
        return list(latest)

    try:
        outcome.seen, verdicts = wait.until(
            session, outcome.seen, lambda: job.look(session, outcome.seen), judge, job.wait_timeout
        )
    except Failure as exc:
        for item, verdict in zip(outcome.items, latest):
            if not verdict.done:  # what was fulfilled when it was seen last stays so
                item.fail(exc.recoded(exc.code, exc.sentence))
        return
    for number, (item, verdict) in enumerate(zip(outcome.items, verdicts)):
        if not verdict.done:
            item.fail(verdict.failure or _ran_out(job, session, outcome, number, verdict))


def _ran_out(job: Job, session: Session, outcome: Outcome, number: int, verdict: Verdict) -> Failure:
    if session.stopping.is_set():
        return Failure("interrupted", f"interrupted by a signal while waiting ({verdict.text}); run again to wait on")
    return job.expired(outcome.seen, number, outcome.plans[number], verdict)


def _names(session: Session) -> Sides[str]:
    return Sides(*(client.name if client else "the peer" for client in (session.clients.local, session.clients.peer)))


def summary(failures: Sequence[Failure], count: int, what: str) -> str:
    """One sentence for one failure; else how many of how many, and each one's sentence."""
    if count == 1:
        return failures[0].sentence
    told = "; ".join(failure.sentence for failure in failures[:MOST_TOLD])
    more = f"; and {len(failures) - MOST_TOLD} more, see the result" if len(failures) > MOST_TOLD else ""
    return f"{len(failures)} of {count} {what} failed: {told}{more}"
