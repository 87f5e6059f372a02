# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rechecks between the writes of a failover."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ...._element.errors import Failure
from ...decide import guard
from ...failover_steps import ConfirmDemotion, ConfirmFailover, ConfirmQuiet, Promote, RecheckPair
from ...model import READ_WRITE, SIDES, TARGET, Side, Usage, Volume, Writes, other
from ...observe.usage import read_host_sessions
from ...observe.writes import read_writes, until_counted
from ...plan import Failures, Step
from ...run import Run
from ..current_volumes import describe_change as change_of
from ..current_volumes import describe_change_or_mode, read_current
from .arrival import await_all

InUse = Callable[[Run, Step, Sequence[str]], Failure]


def ready(run: Run, steps: Sequence[ConfirmFailover]) -> Failures:
    """Wait for the checkpoints of these pairs, then recheck the pairs. Return the failures: none if all can be reversed."""
    late = await_all(run, steps)
    return {**_changed(run, steps, _source_in_use, replicating=True), **late}


def undisturbed(run: Run, steps: Sequence[ConfirmDemotion]) -> Failures:
    """Return the failures of volumes that must not be demoted: the pair has changed, or a host is logged in."""
    return _changed(run, steps, _losing_side_in_use)


def _changed(run: Run, steps: Sequence[RecheckPair], in_use: InUse, replicating: bool = False) -> Failures:
    """Return the failures of steps whose volume or partner has changed, or whose volume has a host logged in.

    in_use: makes the failure for a host that is logged in. replicating: the pair must still replicate its live content.
    """
    now = read_current(run, (end for step in steps for end in _ends(step)))
    hosts = _hosts(run, steps, now)
    failures: Failures = {step: in_use(run, step, hosts[step]) for step in steps if hosts.get(step)}
    return {**failures, **_not_as_planned(run, steps, now, describe_change_or_mode if replicating else change_of)}


def _ends(step: RecheckPair | Promote) -> tuple[tuple[Side, Volume], ...]:
    partner = () if step.partner is None else ((other(step.side), step.partner),)
    return (step.side, step.volume), *partner


def _hosts(run: Run, steps: Sequence[RecheckPair], now: dict[tuple[Side, int], Volume]) -> dict[Step, tuple[str, ...]]:
    found: dict[Step, tuple[str, ...]] = {}
    for side in SIDES:
        here = [step for step in steps if step.side == side and (side, step.volume.id) in now]
        if here:
            used = read_host_sessions(run, side, [now[side, step.volume.id] for step in here])
            found.update({step: guard.sessions(used.get(step.volume.id, _UNREADABLE)) for step in here})
    return found


_UNREADABLE = Usage(unreadable=("sessions",))


def _not_as_planned(
    run: Run,
    steps: Sequence[RecheckPair | Promote],
    now: Mapping[tuple[Side, int], Volume],
    differs: Callable[[Volume | None, Volume], str | None] = change_of,
) -> Failures:
    """Return the failures of steps whose volume or partner has changed, with the first change of each."""
    failures: Failures = {}
    for step in steps:
        changes = [(side, planned, differs(now.get((side, planned.id)), planned)) for side, planned in _ends(step)]
        first = next((each for each in changes if each[2]), None)
        if first is not None:
            failures[step] = _changed_meanwhile(run, step, *first)
    return failures


def _changed_meanwhile(run: Run, step: Step, side: Side, volume: Volume, what: str | None) -> Failure:
    cluster, done = run.name(side), "promoted" if isinstance(step, Promote) else "demoted"
    where = "" if side == step.side else f" on cluster {run.name(step.side)}"
    return Failure(
        "changed_meanwhile",
        f"cluster {cluster}: {volume.label} changed while this task ran: {what}; {step.object}{where} was not {done}; find out "
        "what uses it, then run again",
        cluster=cluster,
        method="ListVolumes",
    )


def _source_in_use(run: Run, step: Step, evidence: Sequence[str], method: str = "ListISCSISessions") -> Failure:
    return Failure("source_in_use", _in_use(run, step, evidence), run.name(step.side), method)


def _losing_side_in_use(run: Run, step: Step, evidence: Sequence[str]) -> Failure:
    return Failure("target_in_use", _in_use(run, step, evidence), run.name(step.side), "ListISCSISessions")


def _in_use(run: Run, step: Step, evidence: Sequence[str]) -> str:
    return (
        f"cluster {run.name(step.side)}: {step.object} came into use while this task ran ({', '.join(evidence)}); stop the "
        "application, log the hosts out and run again"
    )


def quiet(run: Run, steps: Sequence[ConfirmQuiet]) -> Failures:
    """Return the failures of demoted sources that were written to after their writes were counted.

    The clusters have answered the demotions. A counter can be as old as a sample, so the first read is after a delay,
    and counts all writes that were acknowledged before; the second one shows that no other write arrives.
    """
    sample = max(step.writes.sample for step in steps)
    ids = {side: [step.volume.id for step in steps if step.side == side] for side in SIDES}
    run.clock.sleep(until_counted(sample))
    first = read_writes(run, ids)
    run.clock.sleep(sample)
    second = read_writes(run, ids)
    failures: Failures = {}
    for step in steps:
        counted = [read[step.side].get(step.volume.id) for read in (first, second)]
        evidence = _written(step, counted)
        if evidence:
            failures[step] = _source_in_use(run, step, [evidence], "ListVolumeStats")
    return failures


def _written(step: ConfirmQuiet, counted: Sequence[Writes | None]) -> str | None:
    counts = [each.count for each in counted if each is not None]
    if len(counts) < len(counted):
        return "its statistics cannot be read"
    if set(counts) == {step.writes.count}:
        return None
    more = counts[-1] - step.writes.count
    return f"{guard.write_operations(more)} since they were counted" if more > 0 else "its statistics do not settle"


def promotable(run: Run, steps: Sequence[Promote]) -> Failures:
    """Return the failures of targets that must not be promoted, as the target or its partner has changed.

    One read for each cluster.
    """
    now = read_current(run, (end for step in steps for end in _ends(step)))
    return {**_beside_changed(run, steps), **_not_as_planned(run, steps, now)}


def _beside_changed(run: Run, steps: Sequence[Promote]) -> Failures:
    """Return the failures of forced promotions whose partner another client has demoted or promoted.

    The demoted one would be overwritten unsaved; beside the promoted one both would be writable.
    """
    failures: Failures = {}
    for side in SIDES:
        partners = {step: step.beside for step in steps if step.beside is not None and other(step.side) == side}
        try:
            now = read_current(run, ((side, partner) for partner in partners.values())) if partners else {}
        except Failure:
            continue  # what cannot be read prevents no promotion; where its cluster does not answer, no pair is begun any more
        for step, partner in partners.items():
            found = now.get((side, partner.id))
            if found is not None and {found.access, partner.access} == {TARGET, READ_WRITE}:
                failures[step] = _changed_meanwhile(run, step, side, partner, change_of(found, partner))
    return failures
