# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What diff mode prints: a line for each pair that changes, before and after the plan."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.elementsw.replication.plugins.module_utils._pairing.apply.execution import Item
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.volume_pair.facts import PairFacts
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.model import Sides
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.outcome import Outcome
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.plan import Plan

GIB = 1024**3
RW, RT = "readWrite", "replicationTarget"
PAIRED = PairFacts(
    volume="erp-vol03 (41)",
    peer_volume="erp-vol03 (77)",
    cluster="alpha",
    peer_cluster="beta",
    state="paired",
    direction="to_peer",
    mode="async",
    paused=False,
    access=Sides(RW, RT),
    sizes=Sides(10 * GIB, 10 * GIB),
)
UNPAIRED = replace(PAIRED, state="none", direction=None, mode=None, paused=None, access=Sides(RW, RW))


@pytest.mark.parametrize(
    ("facts", "line"),
    [
        (PAIRED, "erp-vol03 (41): paired, async, to erp-vol03 (77) on beta, running, 10 GiB"),
        (
            replace(PAIRED, direction="from_peer", mode="sync", paused=True, access=Sides(RT, RW)),
            "erp-vol03 (41): paired, sync, from erp-vol03 (77) on beta, paused, 10 GiB",
        ),
        (
            replace(PAIRED, direction="split", access=Sides(RW, RW)),
            "erp-vol03 (41): paired, async, both writable, running, readWrite on alpha, readWrite on beta, 10 GiB",
        ),
        (
            replace(PAIRED, direction="none", mode=None, paused=None, access=Sides(RT, RT)),
            "erp-vol03 (41): paired, neither writable, replicationTarget on alpha, replicationTarget on beta, 10 GiB",
        ),
        (
            replace(PAIRED, sizes=Sides(10 * GIB, 11 * GIB)),
            "erp-vol03 (41): paired, async, to erp-vol03 (77) on beta, running, 10 GiB on alpha, 11 GiB on beta",
        ),
        (
            UNPAIRED,
            "erp-vol03 (41): not paired with erp-vol03 (77) on beta, readWrite on alpha, readWrite on beta, 10 GiB",
        ),
        (
            replace(UNPAIRED, access=Sides(RW, None), sizes=Sides(10 * GIB, None)),
            "erp-vol03 (41): not paired with erp-vol03 (77) on beta, readWrite on alpha, no volume on beta, 10 GiB",
        ),
        (
            replace(UNPAIRED, state="half_peer"),
            "erp-vol03 (41): half a pair on beta, readWrite on alpha, readWrite on beta, 10 GiB",
        ),
        (
            replace(PAIRED, state="unknown_peer", access=Sides(RT, None), direction=None, paused=None),
            "erp-vol03 (41): paired, beta does not answer, async, replicationTarget on alpha, no volume on beta, 10 GiB",
        ),
    ],
)
def test_the_line_of_a_pair(facts, line):
    assert facts.lines == (line,)


def test_only_pairs_that_change_have_lines_in_the_order_of_the_task():
    """Forty pairs, of which two change, are two lines."""
    plans = [Plan(before=PAIRED, after=PAIRED) for _number in range(40)]
    plans[7] = Plan(before=UNPAIRED, after=PAIRED)
    plans[21] = Plan(before=PAIRED, after=replace(PAIRED, paused=True))
    outcome: Outcome[None] = Outcome(None, plans, [Item(plan) for plan in plans])
    assert outcome.diff is not None
    assert outcome.diff["before"].splitlines() == [*UNPAIRED.lines, *PAIRED.lines]
    assert outcome.diff["after"].splitlines() == [*PAIRED.lines, *replace(PAIRED, paused=True).lines]


def test_nothing_that_changes_is_an_empty_diff():
    outcome: Outcome[None] = Outcome(None, [Plan(before=PAIRED, after=PAIRED), Plan()], [Item(Plan()), Item(Plan())])
    assert outcome.diff == {"before": "", "after": ""}
