# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Warnings of writes to a volume that was demoted, which no snapshot holds."""

# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Sequence

from ...failover_steps import CountLateWrites
from ...model import SIDES, Writes
from ...observe.writes import read_settled_writes
from ..writer import Writer


def warn_of_late_writes(writer: Writer, steps: Sequence[CountLateWrites]) -> None:
    """Warn of writes to volumes that were demoted: what no snapshot has of them is on neither side.

    A count can be as old as a sample: what it has not shown may have been written shortly before it was read.
    """
    side, run = steps[0].side, writer.run
    ids = {**dict.fromkeys(SIDES, ()), side: [step.volume.id for step in steps]}
    counted = read_settled_writes(run, ids, closed=True)[side]
    for step in steps:
        told = _late_writes(step, counted.get(step.volume.id))
        if told:
            lost = "after its saved snapshot" if step.saved else "after the last replication"
            writer.warn(f"cluster {run.name(side)}: {step.object} {told}: what was written {lost} is lost")


def _late_writes(step: CountLateWrites, now: Writes | None) -> str | None:
    if step.write_ops is None or now is None:
        return "may have been written to while this task ran, since its statistics cannot be read"
    if now.count == step.write_ops:
        return None
    return f"was written to while this task ran or shortly before ({now.count - step.write_ops} write operations)"
