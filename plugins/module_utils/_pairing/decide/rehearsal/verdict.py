# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a rehearsal is as requested: each clone complete, and each pair as it was before."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...._element.errors import Failure
from ...model import LOCAL, SIDES, CloneFailure, CloneJob
from ...plan import DONE, Verdict
from .. import health
from ..moments import seconds_between
from ..volume_pair.state import ObservedVolumePair
from . import messages
from .selection import expected_name
from .state import DesiredRehearsal, ObservedRehearsal

#: A clone that is in no list and that no job makes has failed after so many seconds and so many reads. Right after the call
#: the cluster may not list its job yet.
GRACE_SECONDS = 15
GRACE_READS = 3


def judge(
    observed: ObservedRehearsal,
    before: ObservedVolumePair | None,
    desired: DesiredRehearsal,
    idle_reads: int,
    waited: float,
    failures: Sequence[CloneFailure] = (),
) -> Verdict:
    """Whether a clone is as requested.

    before: its pair at the first read. idle_reads: in how many reads in a row this cluster made no clone at all.
    failures: why clones of this time have failed, as far as the cluster keeps it.
    """
    if observed.problem is not None:
        return Verdict(False, observed.problem.sentence, observed.problem)
    name = expected_name(observed, desired)
    if not desired.present:
        if observed.row in ("missing", "taken", "making"):
            return DONE
        return Verdict(False, f"{name} is there", messages.not_removed(observed, observed.made()))
    disturbed = _disturbed(observed.pair, before)
    if disturbed is not None:
        return Verdict(False, disturbed.sentence, disturbed)
    if observed.row == "made":
        return DONE
    if idle_reads >= GRACE_READS and waited >= GRACE_SECONDS:
        failure = messages.not_made(observed, name, failures)
        return Verdict(False, failure.sentence, failure)
    return Verdict(False, f"{name} is not complete")


def reasons(failures: Sequence[CloneFailure], now: str, since: float) -> tuple[CloneFailure, ...]:
    """Those of clones that were begun in the last so many seconds: a result does not say which clone it is of.

    now: the time on the clock of the cluster, in the API's form.
    """
    ages = ((failure, seconds_between(failure.begun, now)) for failure in failures)
    return tuple(failure for failure, age in ages if age is not None and age <= since)


def _disturbed(now: ObservedVolumePair | None, before: ObservedVolumePair | None) -> Failure | None:
    """The failure changed_meanwhile if the pair is not as it was before: a rehearsal changes no pair."""
    if now is None or before is None:
        return None
    for side in SIDES:
        was, entry = before.entries[side], now.entries[side]
        volume, old = now.volumes[side], before.volumes[side]
        if was is None or old is None:
            continue
        label = f"cluster {before.name(side)}: {old.label}"
        if entry is None or entry.uuid != was.uuid or volume is None or volume.access != old.access:
            return _changed(before, f"{label}: its pair was changed while it was rehearsed")
        if _rank(entry.state) > _rank(was.state):
            return _changed(
                before, f"{label}: its pair showed {was.state} before the rehearsal and shows {entry.state} now"
            )
    return None


def _rank(state: str) -> int:
    return health.HEALTH.index(health.of_state(state, roles_valid=True))


def _changed(pair: ObservedVolumePair, what: str) -> Failure:
    return Failure("changed_meanwhile", f"{what}; find out why, then run again", pair.name(LOCAL), "ListVolumes")


def progress(
    items: Sequence[ObservedRehearsal], verdicts: Sequence[Verdict | None], jobs: Mapping[int, CloneJob]
) -> str:
    """The progress of the clones in one line."""
    done = sum(verdict is not None and verdict.done for verdict in verdicts)
    line = f"{done} of {len(items)} clones complete"
    waiting = [
        item for item, verdict in zip(items, verdicts) if verdict is not None and not verdict.done and item.original
    ]
    known = [(jobs[item.target().id], item) for item in waiting if item.target().id in jobs]
    if not known:
        return line
    job, slowest = min(known, key=lambda each: each[0].percent)
    left = job.remaining_seconds
    ending = "" if left is None else f", about {max(1, round(left / 60))} min left"
    return f"{line}, slowest {slowest.original_name} {job.percent:.0f} %{ending}"


def timed_out(
    observed: ObservedRehearsal, desired: DesiredRehearsal, timeout: float, jobs: Mapping[int, CloneJob]
) -> Failure:
    """Failure, wait_timeout: the clone goes on being made."""
    name, job = expected_name(observed, desired), jobs.get(observed.target().id)
    far = f", {job.percent:.0f} % done" if job else ""
    return messages.refusal(
        observed,
        "wait_timeout",
        f"the clone {name} is not complete after {timeout:g} s{far}; run again to wait on",
        "ListAsyncResults",
    )
