# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting takes no more memory the longer it lasts: what Python holds between two polls, to the byte.

Not the size of the process: that also grows by what the allocator keeps for each of the threads that read, and
levels off when each of them has read a long list once.
"""

from __future__ import annotations

import gc
import time
import tracemalloc

import pytest

from ansible_collections.elementsw.replication.plugins.module_utils._element.arguments import endpoints
from ansible_collections.elementsw.replication.plugins.module_utils._element.client import connect
from ansible_collections.elementsw.replication.plugins.module_utils._pairing import flow
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.jobs.volume_pair import VolumePairJob
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.model import Sides
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.run import Run
from ansible_collections.elementsw.replication.plugins.modules import element_volume_pair
from ansible_collections.elementsw.replication.tests.benchmark.processes import simulator

VOLUMES = 200
FEW, MANY = 3, 15
#: Few connections, so that all are open after few polls: each of them holds something too.
CONCURRENCY = 2
#: Of what is held after a few polls. Polls that stay would make it several times as much.
MOST_GROWTH = 0.1

WORLD = {
    "timings": "instant",
    "clusters": [
        {"name": name, "volumes": [{"name": "vol-{n:03}", "count": VOLUMES, "hindrance": "qos"}]}
        for name in ("alpha", "beta")
    ],
    "cluster_pairs": [{"between": ["alpha", "beta"]}],
    "volume_pairs": [{"source": "alpha/vol-{n:03}", "target": "beta/vol-{n:03}", "count": VOLUMES}],
}


class SlowClock:
    """Makes many polls out of a short wait: the pauses between polls last no longer than what is left of it."""

    @staticmethod
    def monotonic():
        return time.monotonic() / 1000

    sleep = staticmethod(time.sleep)


class Watched:
    """A job, with what Python holds noted before each poll; it ends the wait when there are enough of them."""

    def __init__(self, job):
        self._job = job
        self.held = []

    def __getattr__(self, name):
        return getattr(self._job, name)

    def refresh(self, run, observation):
        gc.collect()
        self.held.append(tracemalloc.get_traced_memory()[0])
        if len(self.held) > MANY:
            run.stopping.set()
        return self._job.refresh(run, observation)


@pytest.fixture
def served(tmp_path, collections_path):
    with simulator(tmp_path / "simulator", collections_path, WORLD) as running:
        yield running


def params(spec, given):
    """What AnsibleModule makes of the arguments given."""
    known = {name: each.get("default") for name, each in spec.items()}
    return {**known, **given}


@pytest.fixture
def job_and_run(served):
    spec = element_volume_pair.argument_spec()
    connection = {name: served.connection(name, concurrency=CONCURRENCY) for name in ("alpha", "beta")}
    pairs = [params(spec["pairs"]["options"], {"volume": f"vol-{number:03}"}) for number in range(1, VOLUMES + 1)]
    peer = params(spec["peer"]["options"], connection["beta"])
    given = {**connection["alpha"], "peer": peer, "pairs": pairs, "wait_for": "in_sync", "wait_timeout": 0.05}
    task = params(spec, given)
    run = Run(Sides(*map(connect, endpoints(task))), hide=lambda secret: None, clock=SlowClock)
    try:
        yield VolumePairJob.from_params(task), run
    finally:
        run.close()


def test_what_is_held_does_not_grow(job_and_run, figures):
    job, run = job_and_run
    watched = Watched(job)
    tracemalloc.start()
    try:
        outcome = flow.start(watched, run, check_mode=False)
    finally:
        tracemalloc.stop()
    assert {failure.code for failure in outcome.failures} == {"interrupted"}
    few, many = watched.held[FEW], watched.held[MANY]
    growth = many / few - 1
    figures.append((f"{MANY} polls instead of {FEW}: growth of what is held", f"<= {MOST_GROWTH:.0%}", f"{growth:.1%}"))
    assert growth <= MOST_GROWTH
