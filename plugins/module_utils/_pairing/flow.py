# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""observe → decide → apply → verify, once for every module. Check mode lives here and nowhere else."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from .._element.errors import Failure
from .apply import wait
from .apply.execution import Item
from .model import Sides
from .outcome import Observed, Outcome, Progress, plan_warnings, saved_warnings
from .plan import Plan, Verdict
from .resume import ResumedItem, ResumeState, digest
from .run import Run

if TYPE_CHECKING:
    from .apply.writer import Writer

# Seconds for which a cluster may still list as Connected a peer whose site has failed.
SIGNS_OF_LIFE_SECONDS = 60


class Job(Protocol[Observed]):
    """What one module does. Its methods are called in the order in which they stand here.

    From `judge` to `expired` they are for the wait at the end.
    """

    @property
    def wait(self) -> bool:
        """Whether to wait until every item is as requested."""

    @property
    def wait_timeout(self) -> float:
        """Seconds."""

    @property
    def fail_fast(self) -> bool:
        """Whether no further item is begun after a failure."""

    @property
    def count(self) -> int | None:
        """How many items the task has; None if only an observation shows it."""

    def label(self, observation: Observed | None, item: int) -> str:
        """The item as messages name it; "" where its messages always name it. Pure."""

    def observe(self, run: Run, planning: bool) -> Observed:
        """Read both clusters; planning: with the reads that only plans need. Raises Failure where no item can be decided."""

    def alive(self, observation: Observed) -> Failure | None:
        """`peer_alive` while this cluster shows that the unreachable peer is up and a plan would promote without it. Pure."""

    def recheck_signs_of_life(self, run: Run, observation: Observed) -> Observed:
        """Read again what `alive` is decided on."""

    def decide(self, observation: Observed) -> Sequence[Plan]:
        """A plan for each item. Pure."""

    def items_are_independent(self, observation: Observed) -> bool:
        """Whether an item that cannot be planned fails by itself, and the others are executed. Pure."""

    def refresh(self, run: Run, observation: Observed) -> Observed:
        """Read again what `observe` has read, with as few reads as possible."""

    def follow(self, run: Run, last: Observed, now: Observed) -> Observed:
        """The observation of a wait with what only follows from the one before it. Never fails."""

    def finish(self, observation: Observed, plans: Sequence[Plan]) -> Sequence[Plan]:
        """What each item still requires after its writes. Pure."""

    def judge(self, observation: Observed, waited: float) -> list[Verdict]:
        """Whether each item is as requested; `waited` in seconds. Pure."""

    def traits(self, observation: Observed) -> list[str | None]:
        """What identifies each item's pair: it changes when another client replaces the pair or reverses it. Pure.

        None where no pair is left and none is requested.
        """

    def replaced(self, observation: Observed, item: int) -> Failure:
        """`changed_meanwhile`, for an item whose trait has changed. Pure."""

    def measure(self, run: Run, observation: Observed) -> Observed:
        """The observation with the progress of each copy, for the messages of `progress` and `expired`. Never fails."""

    def progress(self, observation: Observed, verdicts: Sequence[Verdict | None], waited: float) -> str:
        """The progress of the wait in one line. The verdict on a failed item is None. Pure."""

    def expired(self, observation: Observed, item: int, made: bool, verdict: Verdict) -> Failure:
        """The failure of an item whose time is up; made: this run has paired it. Pure."""

    def conclude(self, run: Run, observation: Observed) -> Sequence[Plan]:
        """What each item requires once the wait is over; empty if none ever does. Only items as requested are written to."""

    def report(self, outcome: Outcome[Observed]) -> dict:
        """The module's own return values. Pure."""


class ReportJob(Protocol):
    """What a module does that plans nothing and waits for nothing."""

    def observe(self, run: Run) -> Any:
        """Read both clusters. Raises Failure where nothing can be reported."""

    def report(self, outcome: Outcome) -> dict:
        """The module's own return values. Pure."""


def start(job: Job[Observed], run: Run, check_mode: bool, interval: float = 0, waited: float = 0) -> Outcome[Observed]:
    """Do the job, or in check mode return the actions it would make. Raises Failure when no item can be planned.

    interval: after so many seconds of a wait, return an outcome that has `progress`; 0: never.
    waited: the seconds for which earlier calls have waited for the end of the unreachable peer's signs of life.
    """
    observation = job.observe(run, planning=True)
    if job.alive(observation):
        limits = wait.Limits(min(SIGNS_OF_LIFE_SECONDS, job.wait_timeout), waited, interval)
        line = _await_end_of_life_signs(job, run, observation, limits)
        if line:
            return Outcome(None, (), (), progress=Progress(line))
        observation = _observe_again(job, run)
    plans = job.decide(observation)
    items = [Item(plan, failure=plan.problem) for plan in plans]
    outcome = Outcome(observation, plans, items, warnings=plan_warnings(plans))
    if outcome.failures and not job.items_are_independent(observation):
        return outcome  # all planned, or nothing written
    outcome.checked = check_mode
    if check_mode:
        if any(plan.writes for plan in plans):
            _preview(run, outcome)
        return outcome
    if any(plan.steps for plan in plans):
        _apply(job, run, outcome)
    _verify(job, run, outcome, wait.Limits(job.wait_timeout, interval=interval))
    _conclude(job, run, outcome)
    _name_unconcluded(run, outcome)
    return outcome


def _await_end_of_life_signs(job: Job[Observed], run: Run, observation: Observed, limits: wait.Limits) -> str | None:
    """Wait until this cluster shows its peer as lost, too; a progress line where that outlasts this call of the module.

    Raises Failure: peer_alive, interrupted.
    """

    def judge(latest: Observed, waited: float) -> list[Verdict]:
        alive = job.alive(latest)
        return [Verdict(alive is None, alive.sentence if alive else "")]

    ended = wait.until(run, observation, lambda _last: job.recheck_signs_of_life(run, observation), judge, limits)
    alive = job.alive(ended.observation)
    if alive is None:
        return None
    if run.stopping.is_set():
        what = "interrupted by a signal while checking whether the peer is up; nothing was written, run again"
        raise Failure("interrupted", what, alive.cluster)
    if ended.over:
        raise alive
    return (
        f"the peer does not answer, and cluster {alive.cluster} shows it as up; "
        f"about {limits.timeout - ended.seconds:.0f} s until that is decided"
    )


def _observe_again(job: Job[Observed], run: Run) -> Observed:
    """The observation after a wait: nothing is decided on what was read before. Raises Failure: peer_alive."""
    observation = job.observe(run, planning=True)
    alive = job.alive(observation)
    if alive:
        raise alive
    return observation


def report(job: ReportJob, run: Run) -> Outcome:
    """Read and report, nothing else. Raises Failure where nothing can be reported."""
    return Outcome(job.observe(run), (), ())


def resume(job: Job[Observed], run: Run, resumed: ResumeState, interval: float = 0) -> Outcome[Observed]:
    """Continue a wait. Both clusters are read again, as in any other run.

    Nothing is planned, and nothing is written but what concludes the task.
    """
    items = [Item(Plan(), failure=item.failure, saved_before=item.saved) for item in resumed.items]
    outcome: Outcome[Observed] = Outcome(
        None, (), items, list(resumed.actions), list(resumed.warnings), resumed=resumed
    )
    try:
        outcome.observation = job.observe(run, planning=False)
    except Failure as exc:
        _fail_going_items(outcome, exc)
        return outcome
    if len(job.traits(outcome.observation)) != len(items):
        _fail_going_items(
            outcome, Failure("changed_meanwhile", "the volumes to select changed while waiting; run again")
        )
        return outcome
    _verify(job, run, outcome, wait.Limits(job.wait_timeout, resumed.waited, interval))
    _conclude(job, run, outcome)
    return outcome


def _preview(run: Run, outcome: Outcome) -> None:
    from .apply import schedule

    outcome.actions = schedule.preview(outcome.plans, _names(run))
    outcome.warnings += saved_warnings(outcome)


def _apply(job: Job, run: Run, outcome: Outcome) -> None:
    from .apply.writer import Writer

    writer = Writer(run)
    _write(job, run, writer, outcome)
    outcome.actions = writer.actions
    outcome.warnings += [*writer.warnings, *saved_warnings(outcome)]


def _write(job: Job, run: Run, writer: Writer, outcome: Outcome) -> None:
    from .apply import schedule
    from .apply.pairing.cluster_handshake import PairedMeanwhile

    schedule.execute(writer, outcome.items, outcome.plans, job.fail_fast)
    if any(isinstance(failure, PairedMeanwhile) for failure in outcome.failures):
        _decide_again(job, run, writer, outcome)
    if not any(item.done for item in outcome.items):
        return
    try:
        outcome.observation = job.refresh(run, outcome.observation)
    except Failure as exc:
        _fail_written_items(outcome, exc)
        return
    rest = job.finish(outcome.observation, outcome.plans)
    if any(plan.steps for plan in rest):
        schedule.execute(writer, outcome.items, rest, finishing=True)
        try:
            outcome.observation = job.refresh(run, outcome.observation)
        except Failure as exc:
            _fail_written_items(outcome, exc)


def _decide_again(job: Job, run: Run, writer: Writer, outcome: Outcome) -> None:
    """Another client has paired the clusters during our handshake: observe and decide once more."""
    from .apply import schedule

    try:
        observation = job.observe(run, planning=True)
    except Failure:
        return  # the clusters cannot be read: the failure of the handshake stands
    plans = job.decide(observation)
    items = [Item(plan, before.done, plan.problem) for plan, before in zip(plans, outcome.items)]
    outcome.warnings += [left for failure in outcome.failures for left in failure.left_behind]
    outcome.observation, outcome.plans, outcome.items = observation, plans, items
    outcome.warnings += plan_warnings(plans)
    if not outcome.failures or job.items_are_independent(observation):
        schedule.execute(writer, items, plans, job.fail_fast)


def _fail_written_items(outcome: Outcome, failure: Failure) -> None:
    """A cluster that became unreachable after the writes fails the items written to; their writes are kept."""
    for item in outcome.items:
        if item.done and item.going:
            item.fail(failure.recoded(failure.code, failure.sentence))


def _fail_going_items(outcome: Outcome, failure: Failure) -> None:
    for item in outcome.items:
        if item.going:
            item.fail(failure.recoded(failure.code, failure.sentence))


def _conclude(job: Job, run: Run, outcome: Outcome) -> None:
    """Once the wait is over: make the writes that need what it waited for, and look at the items once more."""
    if outcome.progress or not any(item.going for item in outcome.items):
        return
    try:
        plans = job.conclude(run, outcome.observation)
        if not any(plan.steps for plan in plans):
            return
        _write_conclusion(run, outcome, plans, job.fail_fast)
        outcome.observation = job.refresh(run, outcome.observation)
    except Failure as exc:
        _fail_going_items(outcome, exc)
        return
    for number, (item, verdict) in enumerate(zip(outcome.items, job.judge(outcome.observation, 0))):
        if item.going and not verdict.done:  # it was done when the wait ended
            item.fail(verdict.failure or job.replaced(outcome.observation, number))


def _name_unconcluded(run: Run, outcome: Outcome) -> None:
    """Let the failures of items that were not rolled back name what waits for its conclusion."""
    for item in outcome.items:
        begun = [done for done in item.done if done.step.IS_CONCLUDED]
        if item.failure and not item.rolled_back and begun:
            from .apply.step_kinds import kind_of

            left = (kind_of(done.step).kept(run, done) for done in begun)
            item.failure.left_behind += [text for text in left if text]


def _write_conclusion(run: Run, outcome: Outcome, plans: Sequence[Plan], fail_fast: bool) -> None:
    from .apply import schedule
    from .apply.writer import Writer

    writer = Writer(run)
    schedule.execute(writer, outcome.items, plans, fail_fast)
    outcome.actions = [*outcome.actions, *writer.actions]
    outcome.warnings += writer.warnings


def _verify(job: Job, run: Run, outcome: Outcome, limits: wait.Limits) -> None:
    """Wait until every item is as requested. Items that have failed are not waited for."""
    if not job.wait or not any(item.going for item in outcome.items):
        return

    latest: list[Verdict] = []

    def judge(observation: Observed, waited: float) -> list[Verdict]:
        latest[:] = [
            verdict if item.going else Verdict(done=True)
            for item, verdict in zip(outcome.items, _verdicts(job, observation, waited, outcome.resumed))
        ]
        return list(latest)

    try:
        ended = wait.until(run, outcome.observation, partial(_read_again, job, run, outcome.observation), judge, limits)
    except Failure as exc:
        for item, verdict in zip(outcome.items, latest):
            if not verdict.done:  # an item that was done at the last read stays done
                item.fail(exc.recoded(exc.code, exc.sentence))
        return
    outcome.observation = ended.observation
    unsettled = any(not (verdict.done or verdict.failure) for verdict in ended.verdicts)
    if unsettled and not run.stopping.is_set():
        outcome.observation = job.measure(run, ended.observation)
    if not ended.over and not run.stopping.is_set():
        outcome.progress = _progress(job, outcome, ended)
        return
    for number, (item, verdict) in enumerate(zip(outcome.items, ended.verdicts)):
        if not verdict.done:
            item.fail(verdict.failure or _timed_out(job, run, outcome, number, verdict))


def _read_again(job: Job[Observed], run: Run, first: Observed, last: Observed) -> Observed:
    """What `refresh` reads depends on the observation before the wait, so that nothing it lacks once is left out for ever."""
    return job.follow(run, last, job.refresh(run, first))


def _verdicts(job: Job, observation: Observed, waited: float, resumed: ResumeState | None) -> list[Verdict]:
    """The job's verdicts; in a resumed wait a pair that was replaced fails."""
    verdicts = job.judge(observation, waited)
    if resumed is None:
        return verdicts
    return [
        verdict if item.is_still(trait) else Verdict(False, verdict.text, job.replaced(observation, number))
        for number, (item, trait, verdict) in enumerate(zip(resumed.items, job.traits(observation), verdicts))
    ]


def _progress(job: Job, outcome: Outcome, ended: wait.Waited) -> Progress:
    verdicts = [verdict if item.going else None for item, verdict in zip(outcome.items, ended.verdicts)]
    line = job.progress(outcome.observation, verdicts, ended.seconds)
    return Progress(line, outcome.resumed or _resume_state(job, outcome))


def _resume_state(job: Job, outcome: Outcome) -> ResumeState:
    items = tuple(
        ResumedItem(outcome.changes(number), outcome.made(number), digest(trait), item.failure, item.saved)
        for number, (item, trait) in enumerate(zip(outcome.items, job.traits(outcome.observation)))
    )
    return ResumeState(items, tuple(outcome.actions), tuple(outcome.warnings), outcome.diff)


def _timed_out(job: Job, run: Run, outcome: Outcome, number: int, verdict: Verdict) -> Failure:
    if run.stopping.is_set():
        return Failure("interrupted", f"interrupted by a signal while waiting ({verdict.text}); run again to wait on")
    return job.expired(outcome.observation, number, outcome.made(number), verdict)


def _names(run: Run) -> Sides[str]:
    return Sides(*(client.name if client else "the peer" for client in (run.clients.local, run.clients.peer)))
