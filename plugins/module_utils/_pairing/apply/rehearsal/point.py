# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The wait until the snapshots that a rehearsal has taken can be cloned on the cluster of the targets."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Sequence

from ...._element.errors import Failure
from ...model import Side, other
from ...observe.snapshots import list_all_snapshots
from ...plan import Failures
from ...rehearsal_steps import ConfirmPoint
from ...run import Run
from ..failover.arrival import await_all
from ..wait import next_pause


def arrived(run: Run, steps: Sequence[ConfirmPoint]) -> Failures:
    """Wait until the copies of all snapshots are complete, and record them. Return the failures: none if all are.

    The source may report a copy as present before its cluster lists it as complete.
    """
    failures = await_all(run, steps)
    if failures:
        return failures
    began, timeout = run.clock.monotonic(), max((step.timeout for step in steps), default=0)
    waiting = list(steps)
    while True:
        for side in {other(step.side) for step in waiting}:
            _record_copies(run, side, [step for step in waiting if other(step.side) == side])
        waiting = [step for step in waiting if step.volume.id not in step.checkpoint.copies]
        waited = run.clock.monotonic() - began
        if not waiting or run.stopping.is_set() or waited >= timeout:
            return {step: _incomplete(run, step) for step in waiting}
        run.pause(min(next_pause(waited), timeout - waited))


def _record_copies(run: Run, side: Side, steps: Sequence[ConfirmPoint]) -> None:
    listed = {snapshot.uuid: snapshot for snapshot in list_all_snapshots(run.client(side)) if snapshot.complete}
    for step in steps:
        copy = listed.get(step.checkpoint.uuids.get(step.volume.id, ""))
        if copy is not None and copy.volume_id == step.partner.id:
            step.checkpoint.copies[step.volume.id] = copy


def _incomplete(run: Run, step: ConfirmPoint) -> Failure:
    cluster = run.name(other(step.side))
    if run.stopping.is_set():
        what = f"cluster {cluster}: {step.partner.label}: interrupted by a signal, {step.OTHERWISE}; run again"
        return Failure("interrupted", what, cluster, "ListSnapshots")
    what = f"the snapshot {step.checkpoint.name} of {step.partner.label} is not complete after {step.timeout:g} s"
    remedy = f"{step.OTHERWISE}, raise wait_timeout or use point: latest"
    return Failure("not_in_sync", f"cluster {cluster}: {what}; {remedy}", cluster, "ListSnapshots")
