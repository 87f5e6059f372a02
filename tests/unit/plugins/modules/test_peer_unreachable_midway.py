# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A peer that fails in the middle of a long list: it is waited for once, not once for each pair."""

from __future__ import annotations

from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.volume_pair.desired import (
    DesiredPair,
    PairOptions,
)
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.flow import start
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.jobs.volume_pair import VolumePairJob
from ansible_collections.elementsw.replication.tests.matrix.in_process import CONCURRENCY, in_process
from ansible_collections.elementsw.replication.tests.simulator.world import World

COUNT = 60


def test_no_pair_is_begun_with_a_peer_that_was_given_up():
    volumes = [{"name": "vol-{n:02}", "count": COUNT}]
    world = World.from_dict(
        {
            "timings": "instant",
            "clusters": [{"name": name, "volumes": volumes} for name in ("alpha", "beta")],
            "cluster_pairs": [{"between": ["alpha", "beta"]}],
        }
    )
    # From the first completion on nothing answers; the two lists before it were needed for the plan.
    world.faults.add("beta", "CompleteVolumePairing", times=None, fault="refuse")
    world.faults.add("beta", "ListVolumes", 3, times=None, fault="refuse")
    pairs = tuple(DesiredPair(volume=f"vol-{number:02}") for number in range(1, COUNT + 1))
    run = in_process(world)
    try:
        outcome = start(VolumePairJob(PairOptions(present=True), pairs), run, check_mode=False)
        waited = run.clock.monotonic()
    finally:
        run.close()
    assert {failure.code for failure in outcome.failures} == {"unreachable"}
    assert len(outcome.failures) == COUNT
    started = [call for call in world.calls if call.method == "StartVolumePairing"]
    assert len(started) <= 2 * CONCURRENCY
    assert not any(pair["pending"] for v in world.truth()["clusters"]["alpha"]["volumes"] for pair in v["pairs"])
    # A read's attempts for those that had begun, in the worst case one after the other; not for all of the list.
    assert waited < COUNT / 2 * 15
