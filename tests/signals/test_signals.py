# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A module in a process of its own that gets a signal at each write, while the reply to it is on its way.

SIGTERM, SIGINT and SIGHUP let it tidy up; SIGKILL does not. Either way the next run reports by name what it finds, and
following its remedy leads to success.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import Any, NamedTuple

import pytest

MODULES = "ansible_collections.elementsw.replication.plugins.modules"
KINDS = [signal.SIGTERM, signal.SIGKILL]
# The three that can be caught are caught in the same way.
ALL_KINDS = [*KINDS, signal.SIGINT, signal.SIGHUP]
LINK = {"between": ["alpha", "beta"]}
RT = "replicationTarget"
ITEMS = [{"volume": f"vol-{n}"} for n in range(1, 4)]
#: Long enough for the signal to arrive in it.
HELD = 0.4


class Flow(NamedTuple):
    """module and options; writes: how many the undisturbed run makes; pairs and access of beta's volumes before it.

    marks: what alpha's volumes hold, and what beta's do.
    """

    module: str
    options: dict[str, Any]
    writes: int
    pairs: tuple[dict[str, Any], ...] = ()
    access: str = "readWrite"
    links: tuple[dict[str, Any], ...] = (LINK,)
    missing: bool = False
    marks: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    #: Options of an earlier run of the module, which is not disturbed.
    first: dict[str, Any] | None = None


def each(**members):
    return tuple({name: text.format(n=n) for name, text in members.items()} for n in range(1, 4))


PAIRED = each(source="alpha/vol-{n}", target="beta/vol-{n}")
# For rehearsals, which run for the cluster of the targets.
FROM_BETA = each(source="beta/vol-{n}", target="alpha/vol-{n}")
DRILL = {"name": "drill", "access_group": "hosts"}
FROM_PEER = {"direction": "from_peer"}
#: Error code -> the options that its remedy names.
REMEDIES = {
    "half_pair": {"repair": True},
    "pending_pair": {"repair": True},
    "direction_unknown": {"direction": "to_peer"},
    "split_brain": {"allow_overwrite": True},
    # Without the entry of its pair a replica is like any other volume that holds data.
    "target_in_use": {"allow_overwrite": True},
}
FLOWS = {
    "one pair": Flow("volume_pair", {"volume": "vol-1"}, 3),
    "three pairs": Flow("volume_pair", {"pairs": ITEMS}, 7),
    "three pairs with new volumes": Flow("volume_pair", {"pairs": ITEMS, "create_peer_volume": {}}, 10, missing=True),
    "three halves repaired": Flow(
        "volume_pair",
        {"pairs": ITEMS, "repair": True},
        10,
        each(at="alpha/vol-{n}", to="beta/vol-{n}"),
        RT,
        marks=(("old", "new"), ("old",)),
    ),
    "three pairs over used targets": Flow(
        "volume_pair", {"pairs": ITEMS, "allow_overwrite": True}, 8, marks=(("here",), ("there",))
    ),
    "three halves forced": Flow(
        "volume_pair",
        {"pairs": ITEMS, **FROM_PEER, "failover": "forced"},
        1,
        each(at="beta/vol-{n}", to="alpha/vol-{n}"),
        RT,
        marks=(("old", "new"), ("old",)),
    ),
    "three pairs removed": Flow("volume_pair", {"pairs": ITEMS, "state": "absent"}, 7, PAIRED),
    "three pairs grow": Flow("volume_pair", {"pairs": ITEMS, "size": "20GiB"}, 2, PAIRED),
    "three pairs removed and released": Flow(
        "volume_pair",
        {"pairs": ITEMS, "state": "absent", "release_target": True},
        7,
        PAIRED,
    ),
    "one pair reversed": Flow("volume_pair", {"volume": "vol-1", **FROM_PEER, "failover": "planned"}, 5, PAIRED[:1]),
    "three pairs reversed": Flow("volume_pair", {"pairs": ITEMS, **FROM_PEER, "failover": "planned"}, 5, PAIRED),
    "three pairs reversed by force": Flow(
        "volume_pair", {"pairs": ITEMS, **FROM_PEER, "failover": "forced"}, 3, PAIRED
    ),
    "a rehearsal": Flow("failover_rehearsal", {**DRILL, "point": "now"}, 7, FROM_BETA),
    "the end of a rehearsal": Flow(
        "failover_rehearsal", {**DRILL, "state": "absent"}, 3, FROM_BETA, first={**DRILL, "point": "now"}
    ),
    "the clusters": Flow("cluster_pair", {}, 2, links=()),
    "the clusters apart": Flow("cluster_pair", {"state": "absent"}, 2),
}
CASES = [
    pytest.param(name, number, kind, id=f"{name}-{number}-{kind.name}")
    for name, flow in FLOWS.items()
    for number in range(1, flow.writes + 1)
    for kind in (ALL_KINDS if name in ("one pair", "three pairs with new volumes", "the clusters") else KINDS)
]


def start(sites, flow):
    mine = [{"name": "vol-{n}", "count": 3, "marks": list(flow.marks[0])}]
    theirs = {"name": "vol-{n}", "count": 3, "marks": list(flow.marks[1])}
    other = {"name": "other", "marks": ["theirs"]}
    beta = (
        []
        if flow.missing
        else [{**theirs, "access": "readWrite" if flow.pairs and "source" in flow.pairs[0] else flow.access}]
    )
    site = sites(
        [
            {"name": "alpha", "volumes": [*mine, other], "access_groups": [{"name": "hosts"}]},
            {"name": "beta", "volumes": [*beta, other]},
            {"name": "gamma", "volumes": [{"name": "archive-a"}, {"name": "archive-b"}]},
        ],
        cluster_pairs=[*flow.links, {"between": ["alpha", "gamma"]}, {"between": ["beta", "gamma"]}],
        volume_pairs=[
            *flow.pairs,
            {"source": "alpha/other", "target": "gamma/archive-a"},
            {"source": "gamma/archive-b", "target": "beta/other"},
        ],
    )
    if flow.first:
        assert not site.run(flow.module, **flow.first).get("failed")
        site.world.clear_calls()
    return site


def others(site):
    truth = site.world.truth()["clusters"]
    return [
        [
            volume
            for name in ("alpha", "beta", "gamma")
            for volume in truth[name]["volumes"]
            if "vol-" not in volume["name"]
        ],
        truth["gamma"]["cluster_pairs"],
    ]


def kept(site):
    """What can be read on a volume, or in a snapshot that keeps what was overwritten."""
    return {
        (volume.name, mark)
        for name in ("alpha", "beta")
        for volume in site.world.cluster(name).volumes.values()
        for holder in (volume, *volume.snapshots.values())
        if holder is volume or holder.name.startswith("elementsw-saved-")
        for mark in holder.marks
    }


def applied_writes(site):
    return [call for call in site.world.writes() if call.applied]


def run_and_signal(site, flow, number, kind, folder, collections_path):
    """The module's result, None where it was killed; the signal comes while the reply to that write is held back."""
    given = folder / "args.json"
    args = {**site.connection("alpha"), "peer": site.connection("beta"), **flow.options}
    given.write_text(json.dumps({"ANSIBLE_MODULE_ARGS": {**args, "concurrency": 1}}), encoding="utf-8")
    command = [sys.executable, "-m", f"{MODULES}.element_{flow.module}", str(given)]
    before = len(applied_writes(site))
    with subprocess.Popen(
        command,
        env={**os.environ, "PYTHONPATH": str(collections_path)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        deadline = time.monotonic() + 60
        while len(applied_writes(site)) - before < number:
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.002)
        process.send_signal(kind)
        printed = process.communicate(timeout=120)[0]
    return None if kind == signal.SIGKILL else json.loads(printed)


def writes_of(site, flow):
    """Which calls the undisturbed run makes, in their order, as (cluster, method, the n-th of its kind)."""
    site.run(flow.module, concurrency=1, peer={**site.connection("beta"), "concurrency": 1}, **flow.options)
    counts: dict[tuple[str, str], int] = {}
    calls = []
    for call in applied_writes(site):
        key = (call.cluster, call.method)
        counts[key] = counts.get(key, 0) + 1
        calls.append((*key, counts[key]))
    return calls


def follow_remedies(site, flow):
    """Run until it succeeds, with the permission that the error names."""
    options = dict(flow.options)
    for _attempt in range(4):
        result = site.run(flow.module, **options)
        if not result.get("failed"):
            return
        code = result["error"]["code"]
        assert code in REMEDIES, result["msg"]
        assert any(option in result["msg"] for option in REMEDIES[code])
        options.update(REMEDIES[code])
    raise AssertionError(result["msg"])


@pytest.mark.parametrize("name", FLOWS)
def test_the_number_of_writes(sites, name):
    assert len(writes_of(start(sites, FLOWS[name]), FLOWS[name])) == FLOWS[name].writes


@pytest.mark.parametrize(("name", "number", "kind"), CASES)
def test_a_signal_at_each_write(sites, tmp_path, collections_path, name, number, kind):
    flow = FLOWS[name]
    cluster, method, nth = writes_of(start(sites, flow), flow)[number - 1]
    site = start(sites, flow)
    theirs, written = others(site), kept(site)
    site.world.faults.add(cluster, method, nth, fault="slow", seconds=HELD)
    result = run_and_signal(site, flow, number, kind, tmp_path, collections_path)
    assert site.world.faults.unused() == []
    site.world.faults.clear()
    assert others(site) == theirs
    if kind != signal.SIGKILL:
        # What was begun is brought to its end or undone, and what can be neither is named.
        assert not result.get("failed") or result["error"]["code"] == "interrupted", result["msg"]
        assert pending(site) == []
        rest = site.run(flow.module, check=True, **flow.options)
        assert rest["changed"] == bool(result.get("failed"))
    assert written <= kept(site)
    follow_remedies(site, flow)
    assert (others(site), written - kept(site)) == (theirs, set())
    again = site.run(flow.module, **{name: value for name, value in flow.options.items() if name != "repair"})
    assert (again.get("failed", False), again["changed"]) == (False, False), again


def pending(site):
    """Every pairing that was started and not completed."""
    truth = site.world.truth()["clusters"].values()
    return [
        entry
        for cluster in truth
        for entry in (*cluster["cluster_pairs"], *(pair for volume in cluster["volumes"] for pair in volume["pairs"]))
        if entry["pending"]
    ]
