# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection elementsw.replication: it can change without notice.
"""observe → decide → apply → verify, once for every module. Check mode lives here and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from .._element.errors import Failure
from .apply import wait
from .apply.execution import Item
from .model import Sides
from .outcome import Observed, Outcome, Progress, saved_warnings
from .plan import Plan, Verdict
from .resume import ResumedItem, ResumeState, digest
from .run import Run

if TYPE_CHECKING:
    from .apply.writer import Writer

# Seconds for which a cluster may still list as Connected one that has just died.
SIGNS_OF_LIFE_SECONDS = 60


class Job(Protocol[Observed]):
    """What one module wants. Its methods are called in the order in which they stand here.

    Those after `judge` are for the wait at the end.
    """

    wait: bool
    wait_timeout: float
    fail_fast: bool

    @property
    def count(self) -> int:
        """How many items the task has."""

    def observe(self, run: Run, planning: bool) -> Observed:
        """Read both clusters, with what only planning needs if that follows. Raises Failure where nothing can be said."""

    def alive(self, observation: Observed) -> Failure | None:
        """`peer_alive`, while this cluster says so of a peer without which something would be promoted. Pure."""

    def recheck_signs_of_life(self, run: Run, observation: Observed) -> Observed:
        """Read again what `alive` goes by."""

    def decide(self, observation: Observed) -> Sequence[Plan]:
        """A plan for each item. Pure."""

    def items_are_independent(self, observation: Observed) -> bool:
        """Whether an item that cannot be planned fails alone and the others are done. Pure."""

    def refresh(self, run: Run, observation: Observed) -> Observed:
        """Read again what `observe` has seen, as cheaply as can be."""

    def finish(self, observation: Observed, plans: Sequence[Plan]) -> Sequence[Plan]:
        """What the first look after the writes shows still to be done for each item. Pure."""

    def judge(self, observation: Observed, waited: float) -> list[Verdict]:
        """Whether each item is as wished; `waited` in seconds. Pure."""

    def traits(self, observation: Observed) -> list[str | None]:
        """What each item's pair is known by: it changes when somebody replaces the pair or turns it round. Pure.

        None where nothing is left and nothing shall be.
        """

    def replaced(self, observation: Observed, item: int) -> Failure:
        """`changed_meanwhile`, for an item whose trait has changed. Pure."""

    def measure(self, run: Run, observation: Observed) -> Observed:
        """With how far everything has come, for the words of `progress` and `expired`. Never fails."""

    def progress(self, observation: Observed, verdicts: Sequence[Verdict | None], waited: float) -> str:
        """How far the wait has come, in a line. The verdict on an item that has failed is None. Pure."""

    def expired(self, observation: Observed, item: int, made: bool, verdict: Verdict) -> Failure:
        """Why an item whose time has run out has failed; made: this run has paired it. Pure."""


class ReportJob(Protocol):
    """What a module wants that plans nothing and waits for nothing."""

    def observe(self, run: Run) -> Any:
        """Read both clusters. Raises Failure where nothing can be said."""


def start(job: Job[Observed], run: Run, check_mode: bool, interval: float = 0, looked: float = 0) -> Outcome[Observed]:
    """Do the job, or in check mode say what would be done. Raises Failure when nothing can be planned at all.

    interval: after so many seconds of a wait, come back with an outcome that has `progress`; 0: never.
    looked: the seconds for which earlier calls have looked whether an unreachable peer is alive.
    """
    observation = job.observe(run, planning=True)
    if job.alive(observation):
        limits = wait.Limits(min(SIGNS_OF_LIFE_SECONDS, job.wait_timeout), looked, interval)
        line = _await_end_of_life_signs(job, run, observation, limits)
        if line:
            return Outcome(None, (), (), progress=Progress(line))
        observation = _observe_again(job, run)
    plans = job.decide(observation)
    items = [Item(plan, failure=plan.problem) for plan in plans]
    outcome = Outcome(observation, plans, items, warnings=[text for plan in plans for text in plan.warnings])
    if outcome.failures and not job.items_are_independent(observation):
        return outcome  # all planned, or nothing written
    outcome.checked = check_mode
    if any(plan.steps for plan in plans):
        _preview(run, outcome) if check_mode else _apply(job, run, outcome)
    if check_mode:
        return outcome
    _verify(job, run, outcome, wait.Limits(job.wait_timeout, interval=interval))
    return outcome


def _await_end_of_life_signs(job: Job[Observed], run: Run, observation: Observed, limits: wait.Limits) -> str | None:
    """Wait until this cluster has lost its peer as well; a line where that takes longer than one call of the module.

    Raises Failure: peer_alive, interrupted.
    """

    def judge(latest: Observed, waited: float) -> list[Verdict]:
        alive = job.alive(latest)
        return [Verdict(alive is None, alive.sentence if alive else "")]

    ended = wait.until(run, observation, lambda: job.recheck_signs_of_life(run, observation), judge, limits)
    alive = job.alive(ended.observation)
    if alive is None:
        return None
    if run.stopping.is_set():
        what = "interrupted by a signal while looking whether the peer is alive; nothing was written: run again"
        raise Failure("interrupted", what, alive.cluster)
    if ended.over:
        raise alive
    return (
        f"the peer does not answer, and cluster {alive.cluster} shows it alive; "
        f"about {limits.timeout - ended.seconds:.0f} s to see whether that changes"
    )


def _observe_again(job: Job[Observed], run: Run) -> Observed:
    """What there is after a wait: nothing is decided on what was read before it. Raises Failure: peer_alive."""
    observation = job.observe(run, planning=True)
    alive = job.alive(observation)
    if alive:
        raise alive
    return observation


def report(job: ReportJob, run: Run) -> Outcome:
    """Look, and nothing else. Raises Failure where nothing can be said."""
    return Outcome(job.observe(run), (), ())


def resume(job: Job[Observed], run: Run, resumed: ResumeState, interval: float = 0) -> Outcome[Observed]:
    """Go on with a wait: nothing is planned, nothing is written. What is there is read afresh, as on any other run."""
    items = [Item(Plan(), failure=kept.failure, saved_before=kept.saved) for kept in resumed.items]
    outcome: Outcome[Observed] = Outcome(
        None, (), items, list(resumed.actions), list(resumed.warnings), resumed=resumed
    )
    try:
        outcome.observation = job.observe(run, planning=False)
    except Failure as exc:
        for item in items:
            if item.going:
                item.fail(exc.recoded(exc.code, exc.sentence))
        return outcome
    _verify(job, run, outcome, wait.Limits(job.wait_timeout, resumed.waited, interval))
    return outcome


def _preview(run: Run, outcome: Outcome) -> None:
    from .apply import schedule

    outcome.actions = schedule.preview(outcome.plans, _names(run))


def _apply(job: Job, run: Run, outcome: Outcome) -> None:
    from .apply.writer import Writer

    writer = Writer(run)
    _write(job, run, writer, outcome)
    outcome.actions = writer.actions
    outcome.warnings += [*writer.warnings, *saved_warnings(outcome.items)]


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
    """Somebody else has paired the clusters in the middle of our handshake: decide once more on what is there now."""
    from .apply import schedule

    try:
        observation = job.observe(run, planning=True)
    except Failure:
        return  # the clusters cannot be looked at: the failure that brought us here stands
    plans = job.decide(observation)
    items = [Item(plan, before.done, plan.problem) for plan, before in zip(plans, outcome.items)]
    outcome.warnings += [left for failure in outcome.failures for left in failure.left_behind]
    outcome.observation, outcome.plans, outcome.items = observation, plans, items
    outcome.warnings += [text for plan in plans for text in plan.warnings]
    if not outcome.failures or job.items_are_independent(observation):
        schedule.execute(writer, items, plans, job.fail_fast)


def _fail_written_items(outcome: Outcome, failure: Failure) -> None:
    """A cluster that was lost after the writes is an error of the items written to; what was done is kept."""
    for item in outcome.items:
        if item.done and item.going:
            item.fail(failure.recoded(failure.code, failure.sentence))


def _verify(job: Job, run: Run, outcome: Outcome, limits: wait.Limits) -> None:
    """Wait until everything is as wished. Items that have failed by now are not waited for."""
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
        ended = wait.until(run, outcome.observation, lambda: job.refresh(run, outcome.observation), judge, limits)
    except Failure as exc:
        for item, verdict in zip(outcome.items, latest):
            if not verdict.done:  # what was fulfilled when it was seen last stays so
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


def _verdicts(job: Job, observation: Observed, waited: float, resumed: ResumeState | None) -> list[Verdict]:
    """The job's verdicts; in a call that goes on waiting, not on a pair that has become another one."""
    verdicts = job.judge(observation, waited)
    if resumed is None:
        return verdicts
    return [
        verdict if kept.is_still(trait) else Verdict(False, verdict.text, job.replaced(observation, number))
        for number, (kept, trait, verdict) in enumerate(zip(resumed.items, job.traits(observation), verdicts))
    ]


def _progress(job: Job, outcome: Outcome, ended: wait.Waited) -> Progress:
    verdicts = [verdict if item.going else None for item, verdict in zip(outcome.items, ended.verdicts)]
    line = job.progress(outcome.observation, verdicts, ended.seconds)
    return Progress(line, outcome.resumed or _resume_state(job, outcome))


def _resume_state(job: Job, outcome: Outcome) -> ResumeState:
    kept = tuple(
        ResumedItem(outcome.changes(number), outcome.made(number), digest(trait), item.failure, item.saved)
        for number, (item, trait) in enumerate(zip(outcome.items, job.traits(outcome.observation)))
    )
    return ResumeState(kept, tuple(outcome.actions), tuple(outcome.warnings), outcome.diff)


def _timed_out(job: Job, run: Run, outcome: Outcome, number: int, verdict: Verdict) -> Failure:
    if run.stopping.is_set():
        return Failure("interrupted", f"interrupted by a signal while waiting ({verdict.text}); run again to wait on")
    return job.expired(outcome.observation, number, outcome.made(number), verdict)


def _names(run: Run) -> Sides[str]:
    return Sides(*(client.name if client else "the peer" for client in (run.clients.local, run.clients.peer)))
