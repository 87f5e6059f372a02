# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long a task takes, as a ratio: against the same work done bare, in the same run on the same machine.

The ratios are printed beside what is promised. A busy machine must not fail a test: only a gross breach does.
"""

from __future__ import annotations

import statistics
import sys
import time

import pytest

from ansible_collections.elementsw.replication.tests.benchmark.bare_loop import BareLoop
from ansible_collections.elementsw.replication.tests.benchmark.processes import packed_tasks, run, simulator
from ansible_collections.elementsw.replication.tests.unit.running import run_module

CONCURRENCY = 6
SECONDS_PER_CALL = 0.02
PROMISED = 1.3
GROSS = 2 * PROMISED
#: The reads before the clones, of what is there and of the room, and the one wait for all of them.
PROMISED_REHEARSAL = 2.0
SCALES = (250, 1000)
LOOP_ROUNDS = 3
TASK_ROUNDS = 9

NO_OP = """\
import requests
from ansible.module_utils.basic import AnsibleModule

AnsibleModule(argument_spec={}).exit_json(changed=False, requests=requests.__version__)
"""


def sites_of(numbers, volumes):
    """A world with so many separate pairs of clusters, each cluster with so many volumes, none of them paired."""
    names = [(f"alpha-{number}", f"beta-{number}") for number in range(numbers)]
    cluster = {"delay": SECONDS_PER_CALL, "first_ids": {"volume": 1}}
    return {
        "timings": "instant",
        "clusters": [
            {**cluster, "name": name, "volumes": [{"name": "vol-{n:04}", "count": volumes}]}
            for both in names
            for name in both
        ],
        "cluster_pairs": [{"between": list(both)} for both in names],
    }


def seconds_of(action):
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def by_module(served, site, count):
    """Seconds that the module takes to pair so many volumes of a pair of clusters."""
    here, there = (served.connection(f"{name}-{site}", concurrency=CONCURRENCY) for name in ("alpha", "beta"))
    pairs = [{"volume": f"vol-{number:04}"} for number in range(1, count + 1)]
    results = []
    seconds = seconds_of(lambda: results.append(run_module("volume_pair", {**here, "peer": there, "pairs": pairs})))
    (result,) = results
    assert not result.get("failed"), result["msg"]
    assert sum(action["method"] == "CompleteVolumePairing" for action in result["actions"]) == count
    return seconds


def by_loop(served, site, count):
    """Seconds that the bare loop takes for the same."""
    loop = BareLoop(*(served.connection(f"{name}-{site}") for name in ("alpha", "beta")), CONCURRENCY)
    return seconds_of(lambda: loop.pair([(number, number) for number in range(1, count + 1)]))


def test_new_pairs_against_a_bare_loop(tmp_path, collections_path, figures):
    """The best round of each: what else runs on the machine only ever adds to the time."""
    count = 200
    with simulator(tmp_path / "simulator", collections_path, sites_of(2 * LOOP_ROUNDS, count)) as served:
        rounds = [
            (by_module(served, number, count), by_loop(served, LOOP_ROUNDS + number, count))
            for number in range(LOOP_ROUNDS)
        ]
    module, loop = (min(seconds) for seconds in zip(*rounds))
    title = f"{count} new pairs, {SECONDS_PER_CALL * 1000:.0f} ms per call: module / bare loop"
    figures.append((title, f"<= {PROMISED}", f"{module / loop:.2f} ({module:.2f} s / {loop:.2f} s)"))
    assert module / loop <= GROSS


def cloned_by_module(served, number, count):
    """Seconds that the module takes to clone so many targets."""
    here, there = (served.connection(name, concurrency=CONCURRENCY) for name in ("beta", "alpha"))
    options = {**here, "peer": there, "name": f"drill-{number}"}
    results = []
    seconds = seconds_of(lambda: results.append(run_module("failover_rehearsal", options)))
    results.append(run_module("failover_rehearsal", {**options, "state": "absent"}))
    for result in results:
        assert not result.get("failed"), result["msg"]
    assert [action["method"] for action in results[0]["actions"]] == ["CloneVolume"] * count
    return seconds


def cloned_by_loop(loop, snapshots):
    """Seconds that the bare loop takes for the same. It knows the snapshots."""
    made = []
    seconds = seconds_of(lambda: made.extend(loop.clone(snapshots)))
    loop.remove(made)
    return seconds


def test_a_rehearsal_against_a_bare_loop(tmp_path, collections_path, figures):
    """The best round of each, with the fewest calls that can clone: one for each volume."""
    count = 200
    volumes = [{"name": "vol-{n:04}", "count": count}]
    cluster = {"delay": SECONDS_PER_CALL, "first_ids": {"volume": 1}, "volumes": volumes}
    world = {
        "timings": "instant",
        "clusters": [{**cluster, "name": name} for name in ("alpha", "beta")],
        "cluster_pairs": [{"between": ["alpha", "beta"]}],
        "volume_pairs": [{"source": "alpha/vol-{n:04}", "target": "beta/vol-{n:04}", "count": count}],
    }
    with simulator(tmp_path / "simulator", collections_path, world) as served:
        loop = BareLoop(*(served.connection(name) for name in ("alpha", "beta")), CONCURRENCY)
        loop.take_snapshots(list(range(1, count + 1)))
        snapshots = loop.snapshots()
        assert len(snapshots) == count
        rounds = [
            (cloned_by_module(served, number, count), cloned_by_loop(loop, snapshots)) for number in range(LOOP_ROUNDS)
        ]
    module, bare = (min(seconds) for seconds in zip(*rounds))
    title = f"rehearsal of {count} volumes, {SECONDS_PER_CALL * 1000:.0f} ms per call: module / bare loop"
    figures.append((title, f"<= {PROMISED_REHEARSAL}", f"{module / bare:.2f} ({module:.2f} s / {bare:.2f} s)"))
    assert module / bare <= 2 * PROMISED_REHEARSAL


def test_time_scales_with_the_pairs(tmp_path, collections_path, figures):
    few, many = SCALES
    with simulator(tmp_path / "simulator", collections_path, sites_of(len(SCALES), many)) as served:
        seconds = [by_module(served, number, count) for number, count in enumerate(SCALES)]
    for count, took in zip(SCALES, seconds):
        ideal = 2 * count * SECONDS_PER_CALL / CONCURRENCY
        figures.append(
            (f"{count} new pairs, {SECONDS_PER_CALL * 1000:.0f} ms per call", f"about {ideal:.2f} s", f"{took:.2f} s")
        )
    ratio = seconds[1] / seconds[0]
    figures.append((f"{many} new pairs / {few} new pairs", f"about {many / few:.0f}", f"{ratio:.2f}"))
    assert ratio <= 2 * many / few


@pytest.fixture
def packed(tmp_path, collections_path, command_path):
    """One unchanged task of few volumes, and a module that does nothing, both packed by Ansible; the clusters are up."""
    pair = {"source": "alpha/vol-{n:04}", "target": "beta/vol-{n:04}", "count": 5}
    world = {
        "timings": "instant",
        "clusters": [{"name": name, "volumes": [{"name": "vol-{n:04}", "count": 10}]} for name in ("alpha", "beta")],
        "cluster_pairs": [{"between": ["alpha", "beta"]}],
        "volume_pairs": [pair],
    }
    library = tmp_path / "library"
    library.mkdir()
    (library / "no_op.py").write_text(NO_OP, encoding="utf-8")
    options = {"peer_host": "beta", "pairs": [{"volume": f"vol-{number:04}"} for number in range(1, 6)]}
    tasks = [{"no_op": {}}, {"elementsw.replication.element_volume_pair": options}]
    env = {"PATH": command_path, "HOME": str(tmp_path), "ANSIBLE_COLLECTIONS_PATH": str(collections_path)}
    with simulator(tmp_path / "simulator", collections_path, world) as served:
        yield packed_tasks(tasks, "alpha", served.inventory, tmp_path, env)


def test_an_unchanged_task_against_a_module_that_does_nothing(packed, tmp_path, figures):
    """The median of each, from the start of the interpreter to its end: these are processes, and vary both ways."""
    files = {"element_volume_pair": [], "no_op": []}
    for _round in range(TASK_ROUNDS):
        for name, runs in files.items():
            runs.append(run([sys.executable, str(packed[name])], tmp_path))
            assert not runs[-1].result["changed"]
            assert not runs[-1].result.get("failed")
    module, bare = (statistics.median(each.seconds for each in runs) for runs in files.values())
    figures.append(
        (
            "one unchanged task / a no-op module",
            f"<= {PROMISED}",
            f"{module / bare:.2f} ({module:.2f} s / {bare:.2f} s)",
        )
    )
    assert module / bare <= GROSS
