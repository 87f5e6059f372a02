# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every call of every flow, by everything that can happen to it.

After trouble everything is as it was, or as requested, or what remains is named; third parties are untouched; `changed`
is true to the facts; and a run without trouble comes to the desired state.
"""

from __future__ import annotations

import functools
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from zlib import crc32

import pytest

from ansible_collections.elementsw.replication.tests.matrix import troubles
from ansible_collections.elementsw.replication.tests.matrix.cases import Broken, case, once
from ansible_collections.elementsw.replication.tests.matrix.flows import FLOWS, Flow
from ansible_collections.elementsw.replication.tests.matrix.troubles import Trouble
from ansible_collections.elementsw.replication.tests.simulator import api

Call = tuple[str, str, int]
CLUSTERS = ("alpha", "beta")
#: One of so many of the troubles that are no trouble with a write: all of them take long.
SHARE = int(os.environ.get("MATRIX_SHARE", "1"))


@functools.cache
def calls_of(flow: Flow) -> tuple[Call, ...]:
    """The calls that a flow makes while there is no trouble: cluster, method, and the number of the call among these.

    Without those that are refused anyhow.
    """
    world = flow.world()
    once(flow, world)
    counted: Counter[tuple[str, str]] = Counter()
    calls = []
    for call in world.calls:
        if (call.cluster, call.method) == flow.refused:
            continue
        counted[call.cluster, call.method] += 1
        calls.append((call.cluster, call.method, counted[call.cluster, call.method]))
    return tuple(calls)


def reads_after(flow: Flow, write: Call) -> list[Call]:
    """The first read on each cluster, after this write, of what the flow is about."""
    method = "ListVolumes" if flow.items else "ListClusterPairs"
    before = calls_of(flow)[: calls_of(flow).index(write)]
    return [(cluster, method, sum(call[:2] == (cluster, method) for call in before) + 1) for cluster in CLUSTERS]


def try_all(flow: Flow, cases: Iterable[Trouble | None], counts) -> None:
    """Try one case after the other, None for no trouble at all; what breaks is reported at the end."""
    broken = []
    for trouble in cases:
        counts["cases"] += 1
        try:
            case(flow, *([trouble.begin] if trouble else []))
        except Broken as problem:
            broken.append(f"{trouble}: {problem}")
    counts["broken"] += len(broken)
    assert not broken, "\n".join(broken)


def share_of(cases: Sequence[Trouble], name: str) -> Sequence[Trouble]:
    """One of SHARE of these, others for another name, so that each trouble meets some of the calls."""
    return cases[crc32(name.encode()) % SHARE :: SHARE]


def _call(flow: Flow, call: Call):
    return pytest.param(flow, call, id="-".join((flow.name, *map(str, call))))


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
def test_without_trouble(flow, counts):
    try_all(flow, [None], counts)


@pytest.mark.parametrize(
    ("flow", "call"),
    [_call(flow, call) for flow in FLOWS for call in sorted(calls_of(flow))],
)
def test_trouble_with_a_call(flow, call, counts):
    cases = list(troubles.of_call(*call))
    try_all(flow, cases if api.is_write(call[1]) else share_of(cases, f"{flow.name} {call}"), counts)


@pytest.mark.parametrize(
    ("flow", "call"),
    [_call(flow, call) for flow in FLOWS for call in sorted(calls_of(flow)) if api.is_write(call[1])],
)
def test_the_result_of_a_write_cannot_be_read(flow, call, counts):
    try_all(flow, troubles.of_read_after(*call, reads_after(flow, call)), counts)


@pytest.mark.parametrize(
    ("flow", "call"),
    [_call(flow, call) for flow in FLOWS for call in sorted(calls_of(flow)) if api.is_write(call[1])],
)
def test_a_node_lags_behind(flow, call, counts):
    """The management address has moved to a node that does not know of the write yet, and answers all reads as before it."""
    until = calls_of(flow)[: calls_of(flow).index(call) + 1]
    nth = sum(each[0] == call[0] for each in until) + 1
    if nth <= sum(each[0] == call[0] for each in calls_of(flow)):
        try_all(flow, troubles.of_lag(call[0], nth), counts)


@pytest.mark.parametrize("cluster", CLUSTERS)
@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
def test_a_cluster_fails_for_good(flow, cluster, counts):
    many = sum(call[0] == cluster for call in calls_of(flow))
    cases = [trouble for nth in range(1, many + 1) for trouble in troubles.of_cluster(cluster, nth)]
    try_all(flow, share_of(cases, f"{flow.name} {cluster}"), counts)
