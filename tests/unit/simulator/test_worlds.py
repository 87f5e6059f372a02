# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Descriptions of worlds: the ready ones, what a description can say, and how a bad one is refused."""

from __future__ import annotations

import pathlib
import re

import pytest

from ansible_collections.elementsw.replication.tests.simulator.errors import WorldError
from ansible_collections.elementsw.replication.tests.simulator.server import serve
from ansible_collections.elementsw.replication.tests.simulator.world import World
from ansible_collections.elementsw.replication.tests.unit.running import Sites

WORLDS = pathlib.Path(__file__).resolve().parents[2] / "simulator" / "worlds"
TWO = {
    "timings": "instant",
    "clusters": [{"name": name, "volumes": [{"name": "a"}, {"name": "b"}]} for name in ("alpha", "beta")],
}
PAIRED = {**TWO, "cluster_pairs": [{"between": ["alpha", "beta"]}]}


def alpha(**more):
    return {"clusters": [{"name": "alpha", **more}]}


def states(world, cluster):
    """What the pairs of a cluster's volumes show, by the names of the volumes."""
    return {
        volume["name"]: volume["volumePairs"][0]["remoteReplication"]["state"]
        for volume in world.call(cluster, "ListActivePairedVolumes")["volumes"]
    }


# --- the ready worlds -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("timings", [{}, "instant"])
@pytest.mark.parametrize("path", sorted(WORLDS.glob("*.yml")), ids=lambda path: path.stem)
def test_the_ready_worlds_are_at_rest(path, timings):
    world = World.from_file(path)
    world.timings.set(timings)
    before = world.truth()
    shown = []
    for _time in range(3):
        shown.append({name: states(world, name) for name in world.clusters})
        for name in world.clusters:
            for method in ("ListClusterPairs", "ListVolumes", "ListVolumeStats", "ListSnapshots"):
                world.call(name, method)
    assert shown[0] == shown[1] == shown[2]
    assert world.truth() == before == World.from_file(path).truth()


def test_in_four_sites_every_volume_shows_what_its_name_says():
    world = World.from_file(WORLDS / "four_sites.yml")
    here, there = states(world, "alpha"), states(world, "beta")
    expected = {
        "orders-db": ("Active", "Active"),
        "nightly": ("Idle", "Idle"),
        "paused": ("PausedManual", "PausedManualRemote"),
        "half-here": ("StoppedMisconfigured", None),
        "half-there": (None, "StoppedMisconfigured"),
        "crossed": ("StoppedMisconfigured", "StoppedMisconfigured"),
        "pending-here": ("Unconfigured", None),
        "pending-there": (None, "Unconfigured"),
        "stopped": ("StoppedMisconfigured", "StoppedMisconfigured"),
        "split": ("PausedMisconfigured", "PausedMisconfigured"),
        "no-source": ("PausedMisconfigured", "PausedMisconfigured"),
        "grown": ("PausedVolumeSizeMismatch", "PausedVolumeSizeMismatch"),
        "deleted-there": ("PausedMisconfigured", None),
        "gone-there": ("StoppedMisconfigured", None),
        "fresh": (None, None),
    }
    assert {name: (here.get(name), there.get(name)) for name in expected} == expected


@pytest.mark.parametrize(
    ("here", "there", "names"),
    [
        ("alpha", "beta", ["orders-db", "orders-log"]),
        ("alpha", "gamma", ["mail-store"]),
        ("beta", "gamma", ["measurements"]),
    ],
)
def test_in_three_sites_every_two_are_paired_and_healthy(here, there, names):
    world = World.from_file(WORLDS / "three_sites.yml")
    with serve(world) as running:
        report = Sites(world, running).run("pair_info", here=here, there=there)
    assert (report["healthy"], report["problems"]) == (True, [])
    assert [pair["local"]["name"] for pair in report["volume_pairs"]] == names


# --- what a description can say ---------------------------------------------------------------------------------------


def test_a_thousand_volumes_are_one_line():
    world = World.from_dict(alpha(volumes=[{"name": "vol-{n:04}", "count": 1000}]))
    names = [volume["name"] for volume in world.call("alpha", "ListVolumes")["volumes"]]
    assert (len(names), names[0], names[-1]) == (1000, "vol-0001", "vol-1000")


def test_so_are_the_snapshots_of_all_of_them():
    snapshots = [{"volume": "vol-{n:04}", "name": name, "count": 3} for name in ("daily", "nightly-{n}")]
    world = World.from_dict(alpha(volumes=[{"name": "vol-{n:04}", "count": 3}], snapshots=snapshots))
    volumes = {volume["volumeID"]: volume["name"] for volume in world.call("alpha", "ListVolumes")["volumes"]}
    shown = {(volumes[each["volumeID"]], each["name"]) for each in world.call("alpha", "ListSnapshots")["snapshots"]}
    assert shown == {(f"vol-000{n}", name) for n in (1, 2, 3) for name in ("daily", f"nightly-{n}")}


@pytest.mark.parametrize(("size", "shown"), [(10**9, 1000341504), ("1GiB", 2**30), ("3 MiB", 3 * 2**20)])
def test_sizes_are_whole_mib(size, shown):
    world = World.from_dict(alpha(volumes=[{"name": "a", "size": size}]))
    assert world.call("alpha", "ListVolumes")["volumes"][0]["totalSize"] == shown


def test_the_numbers_of_two_clusters_start_apart():
    world = World.from_dict(TWO)
    numbers = [{volume["volumeID"] for volume in world.call(n, "ListVolumes")["volumes"]} for n in world.clusters]
    assert not numbers[0] & numbers[1]


@pytest.mark.parametrize(
    ("pair", "shown"),
    [
        ({"source": "alpha/a", "target": "beta/a"}, ("Active", "Active")),
        ({"source": "beta/a", "target": "alpha/a", "mode": "SnapshotsOnly"}, ("Idle", "Idle")),
        ({"between": ["alpha/a", "beta/a"]}, ("PausedMisconfigured", "PausedMisconfigured")),
        ({"source": "alpha/a", "target": "beta/a", "paused": ["beta"]}, ("PausedManualRemote", "PausedManual")),
        (
            {"source": "alpha/a", "target": "beta/a", "stopped": ["beta"]},
            ("StoppedMisconfigured", "StoppedMisconfigured"),
        ),
        ({"at": "alpha/a", "pending": True}, ("Unconfigured", None)),
        ({"at": "beta/a", "to": "alpha/a"}, (None, "StoppedMisconfigured")),
        ({"at": "alpha/a", "to": {"cluster": "beta", "volume_id": 999}}, ("StoppedMisconfigured", None)),
        ({"at": "alpha/a", "to": {"cluster_pair_id": 55, "volume_id": 1}}, ("PausedDisconnected", None)),
    ],
)
def test_pairs_whole_and_halved(pair, shown):
    world = World.from_dict({**PAIRED, "volume_pairs": [pair]})
    assert tuple(states(world, name).get("a") for name in ("alpha", "beta")) == shown


@pytest.mark.parametrize(
    ("pair", "shown"),
    [
        ({"between": ["alpha", "beta"]}, ("Connected", "beta", True)),
        ({"at": "alpha", "pending": True}, ("Unconfigured", "", False)),
        ({"at": "alpha", "to": "beta"}, ("Misconfigured", "beta", False)),
        ({"at": "alpha", "to": {"like": "beta", "unique_id": "0ld1"}}, ("Disconnected", "beta", False)),
        ({"at": "alpha", "to": {"name": "far", "mvip": "203.0.113.99"}}, ("Connected", "far", False)),
    ],
)
def test_cluster_pairs_whole_and_halved(pair, shown):
    world = World.from_dict({**TWO, "cluster_pairs": [pair]})
    (entry,) = world.call("alpha", "ListClusterPairs")["clusterPairs"]
    other = bool(world.call("beta", "ListClusterPairs")["clusterPairs"])
    assert (entry["status"], entry["clusterName"], other) == shown


def test_odd_objects_are_a_part_of_the_description():
    odd = {"cluster": "alpha", "method": "ListVolumes", "id": 1, "member": "name"}
    world = World.from_dict({**TWO, "odd_objects": [odd]})
    assert ["name" in volume for volume in world.call("alpha", "ListVolumes")["volumes"]] == [False, True]


# --- what is refused --------------------------------------------------------------------------------------------------

BAD = [
    ("nothing", "mapping"),
    ({}, "clusters"),
    ({**TWO, "requests": []}, "requests"),
    ({**TWO, "seed": "one"}, "seed"),
    ({**TWO, "odd_objects": [{"cluster": "alpha", "method": "GetLimits", "id": 1}]}, "GetLimits"),
    ({**TWO, "odd_objects": [{"cluster": "alpha", "method": "ListVolumes"}]}, "odd_objects[0].id"),
    ({**TWO, "clock": "yesterday"}, "clock"),
    ({**TWO, "switches": {"unheard_of": True}}, "unheard_of"),
    ({**TWO, "switches": {"unpaired_target": "perhaps"}}, "perhaps"),
    ({**TWO, "timings": {"connect_polls": -1}}, "connect_polls"),
    ({**TWO, "timings": {"lunch": 1}}, "lunch"),
    ({**TWO, "timings": "soon"}, "soon"),
    ({"clusters": [{"mvip": "192.0.2.10"}]}, "clusters[0].name"),
    ({"clusters": [{"name": "alpha"}, {"name": "alpha"}]}, "two clusters"),
    (alpha(colour="red"), "clusters[0].colour"),
    (alpha(version="newest"), "clusters[0].version"),
    (alpha(certificate="golden"), "golden"),
    (alpha(fullness="half"), "fullness"),
    (alpha(limits={"clusterPairCountMax": 4}), "limits.clusterPairCountMax"),
    (alpha(limits={"clusterPairsCountMax": "4"}), "limits.clusterPairsCountMax"),
    (alpha(first_ids={"volumes": 4}), "first_ids.volumes"),
    (alpha(admins=[{"username": "ansible"}]), "admins[0].password"),
    (alpha(admins=[{"username": "a", "password": "b", "access": ["admin"]}]), "admins[0].access"),
    (alpha(volumes=[{"name": "a", "account": "nowhere"}]), "volumes[0].account"),
    (alpha(volumes=[{"name": "a", "size": "big"}]), "volumes[0].size"),
    (alpha(volumes=[{"name": "a", "access": "open"}]), "volumes[0].access"),
    (alpha(volumes=[{"name": "a", "hindrance": "rain"}]), "volumes[0].hindrance"),
    (alpha(volumes=[{"name": "a", "qos_policy": "gold"}]), "volumes[0].qos_policy"),
    (alpha(volumes=[{"name": "a", "id": 1}, {"name": "b", "id": 1}]), "volumes[1].id"),
    (alpha(sessions=[{"volume": "a"}]), "sessions[0].volume"),
    (alpha(snapshots=[{"volume": "a", "name": "s"}]), "snapshots[0].volume"),
    (alpha(fibre_channel_sessions=[{"access_group": "fabric"}]), "fibre_channel_sessions[0].access_group"),
    ({**TWO, "links": [{"between": ["alpha", "alpha"]}]}, "links[0].between"),
    ({**TWO, "cluster_pairs": [{"between": ["alpha", "nowhere"]}]}, "nowhere"),
    ({**TWO, "cluster_pairs": [{"between": ["alpha", "beta"], "ids": {"gamma": 1}}]}, "cluster_pairs[0].ids"),
    ({**TWO, "cluster_pairs": [{"at": "alpha", "to": {"mvip": "192.0.2.99"}}]}, "cluster_pairs[0].to.name"),
    ({**TWO, "volume_pairs": [{"source": "alpha/a", "target": "beta/a"}]}, "no cluster pair"),
    ({**PAIRED, "volume_pairs": [{"source": "alpha/a"}]}, "volume_pairs[0].target"),
    ({**PAIRED, "volume_pairs": [{"source": "alpha/a", "target": "beta/z"}]}, "volume_pairs[0].target"),
    ({**PAIRED, "volume_pairs": [{"source": "a", "target": "beta/a"}]}, "volume_pairs[0].source"),
    ({**PAIRED, "volume_pairs": [{"between": ["alpha/a"]}]}, "volume_pairs[0].between"),
    ({**PAIRED, "volume_pairs": [{"between": ["alpha/a", "beta/a"], "mode": "Slow"}]}, "volume_pairs[0].mode"),
    (
        {**PAIRED, "volume_pairs": [{"between": ["alpha/a", "beta/a"], "modes": {"beta": "Slow"}}]},
        "volume_pairs[0].modes",
    ),
    ({**PAIRED, "volume_pairs": [{"between": ["alpha/a", "beta/a"], "paused": ["gamma"]}]}, "volume_pairs[0].paused"),
    ({**PAIRED, "volume_pairs": [{"at": "alpha/a"}]}, "volume_pairs[0].to"),
    ({**PAIRED, "volume_pairs": [{"at": "alpha/a", "pending": True}] * 2}, "xVolumeAlreadyPaired"),
]


@pytest.mark.parametrize(("spec", "word"), BAD)
def test_a_bad_description_is_refused_by_the_key(spec, word):
    with pytest.raises(WorldError, match=re.escape(word)):
        World.from_dict(spec)
