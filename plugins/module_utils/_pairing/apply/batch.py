# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which steps of a phase one call can serve, and how they are called together."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Iterable

from ..plan import Phase, Step
from .step_kinds import kind_of


def of_phase(steps: Iterable[Step], phase: Phase) -> list[Step]:
    return [step for step in steps if step.phase == phase]


def batches(steps: Iterable[Step]) -> list[list[Step]]:
    """The steps of one phase as they are run: what one call can serve together, the rest one by one."""
    merged: dict[tuple[object, ...], list[Step]] = {}
    for position, step in enumerate(steps):
        shared = kind_of(step).shared
        merged.setdefault(shared(step) if shared else (position,), []).append(step)
    return [
        group[start : start + size]
        for group in merged.values()
        for size in (kind_of(group[0]).max_batch(group[0]),)
        for start in range(0, len(group), size)
    ]
