# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every call of every flow, by everything that can befall it.

After trouble everything is as it was, or as wished, or what remains is named; third parties are untouched; `changed`
tells the truth; and a run without trouble comes to the wish.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterable

import pytest

from ansible_collections.elementsw.replication.tests.matrix import troubles
from ansible_collections.elementsw.replication.tests.matrix.cases import Broken, case, once
from ansible_collections.elementsw.replication.tests.matrix.flows import FLOWS, Flow
from ansible_collections.elementsw.replication.tests.matrix.troubles import Trouble

Call = tuple[str, str, int]


@functools.cache
def calls_of(flow: Flow) -> tuple[Call, ...]:
    """The calls that a flow makes while nothing befalls it: cluster, method, and the how manieth of these."""
    world = flow.world()
    once(flow, world)
    seen: Counter[tuple[str, str]] = Counter()
    calls = []
    for call in world.calls:
        seen[call.cluster, call.method] += 1
        calls.append((call.cluster, call.method, seen[call.cluster, call.method]))
    return tuple(sorted(calls))


def befall(flow: Flow, cases: Iterable[Trouble], counts) -> None:
    """Try one case after the other; all that breaks is told at the end."""
    broken = []
    for trouble in cases:
        counts["cases"] += 1
        try:
            case(flow, trouble.befall)
        except Broken as problem:
            broken.append(f"{trouble}: {problem}")
    counts["broken"] += len(broken)
    assert not broken, "\n".join(broken)


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
def test_without_trouble(flow, counts):
    counts["cases"] += 1
    case(flow)


@pytest.mark.parametrize(
    ("flow", "call"),
    [pytest.param(flow, call, id="-".join((flow.name, *map(str, call)))) for flow in FLOWS for call in calls_of(flow)],
)
def test_trouble_with_a_call(flow, call, counts):
    befall(flow, troubles.of_call(*call), counts)


@pytest.mark.parametrize("cluster", ["alpha", "beta"])
@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
def test_a_cluster_is_lost_for_good(flow, cluster, counts):
    many = sum(call[0] == cluster for call in calls_of(flow))
    befall(flow, [trouble for nth in range(1, many + 1) for trouble in troubles.of_cluster(cluster, nth)], counts)
