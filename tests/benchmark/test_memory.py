# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How much memory a module takes at most, on the largest clusters it is made for."""

from __future__ import annotations

import pytest

from ansible_collections.elementsw.replication.plugins.module_utils._pairing.jobs.pair_info import SUBJECTS
from ansible_collections.elementsw.replication.tests.benchmark.processes import run_module_alone, simulator

MB = 1000 * 1000
MOST = 200 * MB
VOLUMES, PAIRS = 4000, 1000
SNAPSHOTS = ("daily", "nightly")
WAITED = 5

WORLD = {
    "timings": "instant",
    "clusters": [
        {
            "name": name,
            "first_ids": {"volume": 1},
            # The last pair never gets in sync.
            "volumes": [{"name": "vol-{n:04}", "count": VOLUMES - 1}, {"name": "throttled", "hindrance": "qos"}],
            "snapshots": [{"volume": "#{n}", "name": taken, "count": VOLUMES} for taken in SNAPSHOTS],
        }
        for name in ("alpha", "beta")
    ],
    "cluster_pairs": [{"between": ["alpha", "beta"]}],
    "volume_pairs": [
        {"source": "alpha/#{n}", "target": "beta/#{n}", "count": PAIRS},
        {"source": "alpha/throttled", "target": "beta/throttled"},
    ],
}


@pytest.fixture(scope="module")
def served(tmp_path_factory, collections_path):
    with simulator(tmp_path_factory.mktemp("large") / "simulator", collections_path, WORLD) as running:
        yield running


@pytest.fixture
def run(served, tmp_path, collections_path):
    """Run a module on both clusters."""

    def ran(module, **options):
        args = {**served.connection("alpha"), "peer": served.connection("beta"), **options}
        return run_module_alone(module, args, tmp_path, collections_path)

    return ran


def figure(task, peak):
    return f"{task}, {VOLUMES} volumes per cluster: peak memory", f"<= {MOST // MB} MB", f"{peak / MB:.0f} MB"


def requested(first, count):
    return [{"volume": f"vol-{number:04}"} for number in range(first, first + count)]


TASKS = {
    "element_pair_info": ("pair_info", {"gather": [*SUBJECTS], "max_lag": 60}, False),
    f"{PAIRS} unchanged pairs": ("volume_pair", {"pairs": requested(1, PAIRS), "wait_for": "in_sync"}, False),
    # The only task that reads the snapshots: of volumes that are to become targets.
    f"{PAIRS} new pairs": ("volume_pair", {"pairs": requested(1 + PAIRS, PAIRS), "allow_overwrite": True}, True),
}


@pytest.mark.parametrize("task", TASKS)
def test_peak(run, figures, task):
    module, options, changes = TASKS[task]
    ended = run(module, **options)
    assert (ended.result.get("failed", False), ended.result["changed"]) == (False, changes)
    figures.append(figure(task, ended.peak))
    assert ended.peak <= MOST


def test_peak_while_waiting(run, figures):
    """For a pair that never gets in sync, all are read at each poll."""
    pairs = [*requested(1, PAIRS), {"volume": "throttled"}]
    ended = run("volume_pair", pairs=pairs, wait_for="in_sync", wait_timeout=WAITED)
    assert ended.result["error"]["code"] == "wait_timeout"
    figures.append(figure(f"{PAIRS} pairs waited for {WAITED} s", ended.peak))
    assert ended.peak <= MOST
