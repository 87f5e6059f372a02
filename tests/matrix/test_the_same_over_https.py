# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The matrix calls clusters in its own process. Here some of it is run over HTTPS too, and must come to the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.elementsw.replication.plugins.module_utils._element.transport import Endpoint, Transport
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.run import Run
from ansible_collections.elementsw.replication.tests.matrix import oracle
from ansible_collections.elementsw.replication.tests.matrix.cases import once
from ansible_collections.elementsw.replication.tests.matrix.flows import FLOWS
from ansible_collections.elementsw.replication.tests.matrix.in_process import Clock, in_process, swift_run
from ansible_collections.elementsw.replication.tests.matrix.troubles import LATE, Trouble
from ansible_collections.elementsw.replication.tests.simulator.server import serve
from ansible_collections.elementsw.replication.tests.simulator.world import World

BY_NAME = {flow.name: flow for flow in FLOWS}
CALLS = (
    ("cluster pair: present", "beta", "ListClusterPairs"),
    ("cluster pair: present", "alpha", "StartClusterPairing"),
    ("cluster pair: present", "beta", "CompleteClusterPairing"),
    ("volume pair: present and paused", "alpha", "ListVolumes"),
    ("volume pair: present and paused", "beta", "ModifyVolume"),
    ("volume pair: present and paused", "alpha", "StartVolumePairing"),
    ("volume pair: present and paused", "beta", "CompleteVolumePairing"),
    ("volume pair: present and paused", "alpha", "ModifyVolumePair"),
)
READS = ("ListClusterPairs", "ListVolumes")
KINDS = ("drop_before", "http_401", "http_502", "http_503", "empty", "null", "truncated", "no_result", "xNotPrimary")
TAKEN = ("drop_after", "http_502", "empty", "truncated", "no_result", "xRecvTimeout")
SLOW = ("slow",)


def over_https(running: Any, patience: float) -> Callable[[World], Run]:
    def run(world: World) -> Run:
        transports = []
        for name in ("alpha", "beta"):
            host, port = running.address(name)
            admin = world.cluster(name).admins[0]
            endpoint = Endpoint(
                host, admin.username, admin.password, port=port, ca_path=running.ca_file, timeout=patience
            )
            transports.append(Transport(endpoint))
        return swift_run(*transports, Clock())

    return run


def ended(flow, world: World, run_of: Callable[[World], Run]) -> dict[str, Any]:
    """What a run has come to, without addresses and without what differs from one pairing to the next."""
    result = once(flow, world, run_of)
    truth = world.truth()
    return {
        "failures": sorted((failure.code, failure.method, failure.name or "") for failure in result.failures),
        "changed": result.changed,
        "reported": len(result.reported),
        "writes": sorted((call.cluster, call.method, call.applied) for call in world.writes()),
        "clusters": oracle.comparable(oracle.of_clusters(truth)),
        "volumes": oracle.comparable(oracle.of_volumes(truth, flow.items)),
        "pending": sorted(oracle.of_pending(truth)),
    }


@pytest.mark.parametrize(
    ("name", "cluster", "method", "kind", "after", "lasts"),
    [
        pytest.param(*call, kind, after, lasts, id="-".join((*call, kind, *after * ["after"], *lasts * ["lasts"])))
        for call in CALLS
        for kinds, after, lasts in (
            (KINDS, False, False),
            (SLOW, True, False),
            (("drop_before", "null"), False, True),
            ((), False, False) if call[2] in READS else (TAKEN, True, False),
        )
        for kind in kinds
    ],
)
def test_trouble_over_https_ends_the_same(name, cluster, method, kind, after, lasts):
    flow, trouble = BY_NAME[name], Trouble(cluster, method, 1, kind, after, lasts)
    here = flow.world()
    trouble.begin(here)
    there = flow.world()
    with serve(there) as running:
        trouble.begin(there)
        far = ended(flow, there, over_https(running, LATE / 2 if kind in SLOW else 30))
    assert far == ended(flow, here, in_process)
