# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Warnings about writes to demoted volumes that no snapshot contains."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Sequence

from ...decide.guard import write_operations
from ...failover_steps import CountLateWrites
from ...model import SIDES, Writes
from ...observe.writes import read_settled_writes
from ..writer import Writer


def warn_of_late_writes(writer: Writer, steps: Sequence[CountLateWrites]) -> None:
    """Warn of writes to demoted volumes after the last snapshot, which neither side has.

    A count can be as old as a sample, so these writes may be from shortly before the count was read. Raises Failure.
    """
    side, run = steps[0].side, writer.run
    ids = {**dict.fromkeys(SIDES, ()), side: [step.volume.id for step in steps]}
    counted = read_settled_writes(run, ids, closed=True)[side]
    for step in steps:
        late = _late_writes(step, counted.get(step.volume.id))
        if late:
            since = "after its saved snapshot" if step.saved else "after the last replication"
            writer.warn(f"cluster {run.name(side)}: {step.object} {late}: writes {since} are lost")


def _late_writes(step: CountLateWrites, now: Writes | None) -> str | None:
    if step.write_ops is None or now is None:
        return "may have been written to while this task ran, since its statistics cannot be read"
    if now.count == step.write_ops:
        return None
    return f"was written to while this task ran or shortly before ({write_operations(now.count - step.write_ops)})"
