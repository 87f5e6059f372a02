# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection elementsw.replication: it can change without notice.
"""observe → decide → apply → verify, once for every module. Check mode lives here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from .._element.errors import Failure
from .apply import wait
from .apply.execution import Item
from .model import Action, Plan, Sides, Verdict
from .resume import Carried, Kept, digest
from .run import Session

# What writes is imported where something is to be written: most runs find everything as wished, and Ansible compiles
# what a module imports anew in each.
if TYPE_CHECKING:
    from .apply.writer import Writer

Seen = TypeVar("Seen")
# Seconds for which a cluster may still list as Connected one that has just died.
SIGNS_OF_LIFE = 60
# More failures than these are counted in the message, not told; every item tells its own in the result.
MOST_TOLD = 20
MOST_NAMED = 3


class Job(Protocol[Seen]):
    """What one module wants. Its methods are called in the order in which they stand here.

    Those after `judge` are for the wait at the end.
    """

    wait: bool
    wait_timeout: float
    fail_fast: bool

    @property
    def count(self) -> int:
        """How many items the task has."""

    def observe(self, session: Session, planning: bool) -> Seen:
        """Read both clusters, with what only planning needs if that follows. Raises Failure where nothing can be said."""

    def alive(self, seen: Seen) -> Failure | None:
        """`peer_alive`, while this cluster says so of a peer without which something would be promoted. Pure."""

    def look_for_life(self, session: Session, seen: Seen) -> Seen:
        """Read again what `alive` goes by."""

    def decide(self, seen: Seen) -> Sequence[Plan]:
        """A plan for each item. Pure."""

    def each_alone(self, seen: Seen) -> bool:
        """Whether an item that cannot be planned fails alone and the others are done. Pure."""

    def look(self, session: Session, seen: Seen) -> Seen:
        """Read again what `observe` has seen, as cheaply as can be."""

    def finish(self, seen: Seen, plans: Sequence[Plan]) -> Sequence[Plan]:
        """What the first look after the writes shows still to be done for each item. Pure."""

    def judge(self, seen: Seen, waited: float) -> list[Verdict]:
        """Whether each item is as wished; `waited` in seconds. Pure."""

    def traits(self, seen: Seen) -> list[str | None]:
        """What each item's pair is known by: it changes when somebody replaces the pair or turns it round. Pure.

        None where nothing is left and nothing shall be.
        """

    def replaced(self, seen: Seen, item: int) -> Failure:
        """`changed_meanwhile`, for an item whose trait has changed. Pure."""

    def measure(self, session: Session, seen: Seen) -> Seen:
        """With how far everything has come, for the words of `progress` and `expired`. Never fails."""

    def progress(self, seen: Seen, verdicts: Sequence[Verdict | None], waited: float) -> str:
        """How far the wait has come, in a line. The verdict on an item that has failed is None. Pure."""

    def expired(self, seen: Seen, item: int, made: bool, verdict: Verdict) -> Failure:
        """Why an item whose time has run out has failed; made: this run has paired it. Pure."""


class Onlooker(Protocol):
    """What a module wants that plans nothing and waits for nothing."""

    def observe(self, session: Session) -> Any:
        """Read both clusters. Raises Failure where nothing can be said."""


@dataclass(frozen=True)
class Progress:
    """How far a wait that is not over has come, in a line, and what the next call needs to go on with it.

    carried: None before anything is planned; the next call begins afresh.
    """

    line: str
    carried: Carried | None = None


@dataclass
class Outcome(Generic[Seen]):
    """What a run has come to. items: what became of each pair, or would, in the order given.

    seen: the last look, None where there was none. carried: what earlier calls did, in a call that only waits; it has
    no plans. progress: the wait is not over.
    """

    seen: Seen | None
    plans: Sequence[Plan]
    items: Sequence[Item]
    actions: list[Action] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    checked: bool = False
    carried: Carried | None = None
    progress: Progress | None = None

    @property
    def changed(self) -> bool:
        return any(self.changes(number) for number in range(len(self.items)))

    def changes(self, number: int) -> bool:
        """Whether the item was changed, or in check mode would be."""
        if self.carried:
            return self.carried.items[number].changed
        return bool(self.plans[number].steps) if self.checked else self.items[number].remains

    def made(self, number: int) -> bool:
        """Whether this run has paired the item."""
        return self.carried.items[number].made if self.carried else self.plans[number].makes_pair

    @property
    def failures(self) -> list[Failure]:
        return [item.failure for item in self.items if item.failure]

    @property
    def diff(self) -> Mapping | None:
        if self.carried:
            return self.carried.diff
        return {
            "before": {"pairs": [dict(plan.before) for plan in self.plans]},
            "after": {"pairs": [dict(plan.after) for plan in self.plans]},
        }


def run(job: Job[Seen], session: Session, check_mode: bool, interval: float = 0, looked: float = 0) -> Outcome[Seen]:
    """Do the job, or in check mode say what would be done. Raises Failure when nothing can be planned at all.

    interval: after so many seconds of a wait, come back with an outcome that has `progress`; 0: never.
    looked: the seconds for which earlier calls have looked whether an unreachable peer is alive.
    """
    seen = job.observe(session, planning=True)
    if job.alive(seen):
        limits = wait.Limits(min(SIGNS_OF_LIFE, job.wait_timeout), looked, interval)
        line = _look_for_life(job, session, seen, limits)
        if line:
            return Outcome(None, (), (), progress=Progress(line))
        seen = _observed_anew(job, session)
    plans = job.decide(seen)
    items = [Item(plan, failure=plan.problem) for plan in plans]
    outcome = Outcome(seen, plans, items, warnings=[text for plan in plans for text in plan.warnings])
    if outcome.failures and not job.each_alone(seen):
        return outcome  # all planned, or nothing written
    outcome.checked = check_mode
    if any(plan.steps for plan in plans):
        _foretell(session, outcome) if check_mode else _apply(job, session, outcome)
    if check_mode:
        return outcome
    _verify(job, session, outcome, wait.Limits(job.wait_timeout, interval=interval))
    return outcome


def _look_for_life(job: Job[Seen], session: Session, seen: Seen, limits: wait.Limits) -> str | None:
    """Wait until this cluster has lost its peer as well; a line where that takes longer than one call of the module.

    Raises Failure: peer_alive, interrupted.
    """

    def judge(latest: Seen, waited: float) -> list[Verdict]:
        alive = job.alive(latest)
        return [Verdict(alive is None, alive.sentence if alive else "")]

    ended = wait.until(session, seen, lambda: job.look_for_life(session, seen), judge, limits)
    alive = job.alive(ended.seen)
    if alive is None:
        return None
    if session.stopping.is_set():
        what = "interrupted by a signal while looking whether the peer is alive; nothing was written: run again"
        raise Failure("interrupted", what, alive.cluster)
    if ended.over:
        raise alive
    return (
        f"the peer does not answer, and cluster {alive.cluster} shows it alive; "
        f"about {limits.timeout - ended.seconds:.0f} s to see whether that changes"
    )


def _observed_anew(job: Job[Seen], session: Session) -> Seen:
    """What there is after a wait: nothing is decided on what was read before it. Raises Failure: peer_alive."""
    seen = job.observe(session, planning=True)
    alive = job.alive(seen)
    if alive:
        raise alive
    return seen


def report(job: Onlooker, session: Session) -> Outcome:
    """Look, and nothing else. Raises Failure where nothing can be said."""
    return Outcome(job.observe(session), (), ())


def resume(job: Job[Seen], session: Session, carried: Carried, interval: float = 0) -> Outcome[Seen]:
    """Go on with a wait: nothing is planned, nothing is written. What is there is read afresh, as on any other run."""
    items = [Item(Plan(), failure=kept.failure, saved_before=kept.saved) for kept in carried.items]
    outcome: Outcome[Seen] = Outcome(None, (), items, list(carried.actions), list(carried.warnings), carried=carried)
    try:
        outcome.seen = job.observe(session, planning=False)
    except Failure as exc:
        for item in items:
            if item.going:
                item.fail(exc.recoded(exc.code, exc.sentence))
        return outcome
    _verify(job, session, outcome, wait.Limits(job.wait_timeout, carried.waited, interval))
    return outcome


def _foretell(session: Session, outcome: Outcome) -> None:
    from .apply import schedule

    outcome.actions = schedule.preview(outcome.plans, _names(session))


def _apply(job: Job, session: Session, outcome: Outcome) -> None:
    from .apply.writer import Writer

    writer = Writer(session)
    _write(job, session, writer, outcome)
    outcome.actions = writer.actions
    outcome.warnings += [*writer.warnings, *_saved_warnings(outcome.items)]


_STAY = "delete them when their content is not needed"
_EXPIRE = "they expire by themselves, see `expires`"


def _saved_warnings(items: Sequence[Item]) -> list[str]:
    """What was overwritten is kept until someone deletes it: a sentence for each cluster."""
    saved = [each for item in items for each in item.saved]
    texts = []
    for cluster in dict.fromkeys(each.cluster for each in saved):
        here = [each for each in saved if each.cluster == cluster]
        names = ", ".join(each.volume for each in here[:MOST_NAMED])
        more = f" and {len(here) - MOST_NAMED} more" if len(here) > MOST_NAMED else ""
        texts.append(
            f"cluster {cluster}: what {names}{more} held is kept in snapshots named elementsw-saved-..., see `saved` of each "
            f"pair; {_EXPIRE if all(each.expires for each in here) else _STAY}"
        )
    return texts


def _write(job: Job, session: Session, writer: Writer, outcome: Outcome) -> None:
    from .apply import schedule
    from .apply.pairing.volume_handshake import PairedMeanwhile

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
    from .apply import schedule

    try:
        seen = job.observe(session, planning=True)
    except Failure:
        return  # the clusters cannot be looked at: the failure that brought us here stands
    plans = job.decide(seen)
    items = [Item(plan, before.done, plan.problem) for plan, before in zip(plans, outcome.items)]
    outcome.warnings += [left for failure in outcome.failures for left in failure.left_behind]
    outcome.seen, outcome.plans, outcome.items = seen, plans, items
    outcome.warnings += [text for plan in plans for text in plan.warnings]
    if not outcome.failures or job.each_alone(seen):
        schedule.execute(writer, items, plans, job.fail_fast)


def _lost(outcome: Outcome, failure: Failure) -> None:
    """A cluster that was lost after the writes is an error of the items written to; what was done is kept."""
    for item in outcome.items:
        if item.done and item.going:
            item.fail(failure.recoded(failure.code, failure.sentence))


def _verify(job: Job, session: Session, outcome: Outcome, limits: wait.Limits) -> None:
    """Wait until everything is as wished. Items that have failed by now are not waited for."""
    if not job.wait or not any(item.going for item in outcome.items):
        return

    latest: list[Verdict] = []

    def judge(seen: Seen, waited: float) -> list[Verdict]:
        latest[:] = [
            verdict if item.going else Verdict(done=True)
            for item, verdict in zip(outcome.items, _verdicts(job, seen, waited, outcome.carried))
        ]
        return list(latest)

    try:
        ended = wait.until(session, outcome.seen, lambda: job.look(session, outcome.seen), judge, limits)
    except Failure as exc:
        for item, verdict in zip(outcome.items, latest):
            if not verdict.done:  # what was fulfilled when it was seen last stays so
                item.fail(exc.recoded(exc.code, exc.sentence))
        return
    outcome.seen = ended.seen
    unsettled = any(not (verdict.done or verdict.failure) for verdict in ended.verdicts)
    if unsettled and not session.stopping.is_set():
        outcome.seen = job.measure(session, ended.seen)
    if not ended.over and not session.stopping.is_set():
        outcome.progress = _progress(job, outcome, ended)
        return
    for number, (item, verdict) in enumerate(zip(outcome.items, ended.verdicts)):
        if not verdict.done:
            item.fail(verdict.failure or _ran_out(job, session, outcome, number, verdict))


def _verdicts(job: Job, seen: Seen, waited: float, carried: Carried | None) -> list[Verdict]:
    """The job's verdicts; in a call that goes on waiting, not on a pair that has become another one."""
    verdicts = job.judge(seen, waited)
    if carried is None:
        return verdicts
    return [
        verdict if kept.is_still(trait) else Verdict(False, verdict.text, job.replaced(seen, number))
        for number, (kept, trait, verdict) in enumerate(zip(carried.items, job.traits(seen), verdicts))
    ]


def _progress(job: Job, outcome: Outcome, ended: wait.Waited) -> Progress:
    verdicts = [verdict if item.going else None for item, verdict in zip(outcome.items, ended.verdicts)]
    line = job.progress(outcome.seen, verdicts, ended.seconds)
    return Progress(line, outcome.carried or _to_carry(job, outcome))


def _to_carry(job: Job, outcome: Outcome) -> Carried:
    kept = tuple(
        Kept(outcome.changes(number), outcome.made(number), digest(trait), item.failure, item.saved)
        for number, (item, trait) in enumerate(zip(outcome.items, job.traits(outcome.seen)))
    )
    return Carried(kept, tuple(outcome.actions), tuple(outcome.warnings), outcome.diff)


def _ran_out(job: Job, session: Session, outcome: Outcome, number: int, verdict: Verdict) -> Failure:
    if session.stopping.is_set():
        return Failure("interrupted", f"interrupted by a signal while waiting ({verdict.text}); run again to wait on")
    return job.expired(outcome.seen, number, outcome.made(number), verdict)


def _names(session: Session) -> Sides[str]:
    return Sides(*(client.name if client else "the peer" for client in (session.clients.local, session.clients.peer)))


def summary(failures: Sequence[Failure], count: int, what: str) -> str:
    """One sentence for one failure; else how many of how many, and each one's sentence."""
    if count == 1:
        return failures[0].sentence
    told = "; ".join(failure.sentence for failure in failures[:MOST_TOLD])
    more = f"; and {len(failures) - MOST_TOLD} more, see the result" if len(failures) > MOST_TOLD else ""
    return f"{len(failures)} of {count} {what} failed: {told}{more}"
