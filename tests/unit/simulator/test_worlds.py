# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Descriptions of worlds, switches, the control endpoint and the command line."""

from __future__ import annotations

import json
import pathlib
import re
import signal
import subprocess
import sys

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.elementsw.replication.tests.simulator.errors import ApiError, WorldError
from ansible_collections.elementsw.replication.tests.simulator.server import serve
from ansible_collections.elementsw.replication.tests.simulator.settings import SWITCHES
from ansible_collections.elementsw.replication.tests.simulator.world import World

WORLDS = pathlib.Path(__file__).resolve().parents[2] / "simulator" / "worlds"
TWO = {
    "timings": "instant",
    "clusters": [{"name": name, "volumes": [{"name": "a"}, {"name": "b"}]} for name in ("alpha", "beta")],
}


# --- descriptions -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(WORLDS.glob("*.yml")), ids=lambda path: path.stem)
def test_the_ready_worlds_are_at_rest(path):
    world = World.from_file(path)
    before = world.truth()
    for name in world.clusters:
        for method in ("ListClusterPairs", "ListActivePairedVolumes", "ListVolumes"):
            world.call(name, method)
    assert world.truth() == before


@pytest.mark.parametrize(
    ("spec", "word"),
    [
        ({"clusters": [{"name": "alpha", "colour": "red"}]}, "colour"),
        ({"clusters": [{"mvip": "192.0.2.10"}]}, "name"),
        ({"clusters": [{"name": "alpha", "volumes": [{"name": "a", "account": "nobody"}]}]}, "nobody"),
        ({**TWO, "cluster_pairs": [{"between": ["alpha", "nobody"]}]}, "nobody"),
        ({**TWO, "volume_pairs": [{"source": "alpha/a", "target": "beta/a"}]}, "no cluster pair"),
        ({**TWO, "switches": {"unheard_of": True}}, "unheard_of"),
        ({**TWO, "switches": {"unpaired_target": "perhaps"}}, "perhaps"),
        ({**TWO, "timings": {"connect_polls": -1}}, "connect_polls"),
        ({**TWO, "wishes": []}, "wishes"),
    ],
)
def test_a_bad_description_is_refused_by_the_key(spec, word):
    with pytest.raises(WorldError, match=re.escape(word)):
        World.from_dict(spec)


def test_a_thousand_volumes_are_one_line():
    world = World.from_dict({"clusters": [{"name": "alpha", "volumes": [{"name": "vol-{n:04}", "count": 1000}]}]})
    names = [volume["name"] for volume in world.call("alpha", "ListVolumes")["volumes"]]
    assert (len(names), names[0], names[-1]) == (1000, "vol-0001", "vol-1000")


@pytest.mark.parametrize("name", SWITCHES)
def test_every_switch_can_be_set_to_every_choice(name):
    world = World.from_dict(TWO)
    choices = SWITCHES[name] if isinstance(SWITCHES[name], tuple) else ("xSomethingElse",)
    for choice in choices:
        world.switches.set({name: choice})
        assert world.switches.as_dict()[name] == choice


# --- what some switches do --------------------------------------------------------------------------------------------


def reading(world):
    world.call("beta", "ModifyVolume", {"volumeID": first(world, "beta"), "access": "replicationTarget"})
    return world.call("beta", "ListVolumes")["volumes"][0]["access"]


def first(world, cluster):
    return world.call(cluster, "ListVolumes")["volumes"][0]["volumeID"]


@pytest.mark.parametrize(
    ("choice", "expected"), [("stored", "replicationTarget"), ("shown_locked", "locked"), ("locked", "locked")]
)
def test_an_unpaired_target(choice, expected):
    assert reading(World.from_dict({**TWO, "switches": {"unpaired_target": choice}})) == expected


def outcome(world, cluster, method, **params):
    try:
        return world.call(cluster, method, params)
    except ApiError as error:
        return error.name


@pytest.mark.parametrize(
    ("switch", "choice", "call", "expected"),
    [
        ("remove_unpaired", "success", ("RemoveVolumePair", {}), {}),
        ("remove_unpaired", "error", ("RemoveVolumePair", {}), "xVolumeNotPaired"),
        ("unknown_volume_ids", "omitted", ("ListVolumes", {"volumeIDs": [999]}), {"volumes": []}),
        ("unknown_volume_ids", "error", ("ListVolumes", {"volumeIDs": [999]}), "xVolumeIDDoesNotExist"),
        ("start_without_cluster_pair", "error", ("StartVolumePairing", {}), "xMVIPNotPaired"),
    ],
)
def test_a_switch_both_ways(switch, choice, call, expected):
    world = World.from_dict({**TWO, "switches": {switch: choice}})
    method, params = call
    assert outcome(world, "alpha", method, **(params or {"volumeID": first(world, "alpha")})) == expected


# --- the control endpoint ---------------------------------------------------------------------------------------------


def test_the_control_endpoint_shows_and_changes_the_world():
    world = World.from_dict(TWO)
    with serve(world) as running, requests.Session() as session:
        session.trust_env = False
        url = running.control_url
        made = session.post(f"{url}/call", json={"cluster": "alpha", "method": "GetClusterInfo"}).json()
        assert made["clusterInfo"]["name"] == "alpha"
        assert session.get(f"{url}/truth").json() == json.loads(json.dumps(world.truth()))
        assert session.get(f"{url}/writes").json() == []
        session.post(f"{url}/faults", json={"cluster": "alpha", "method": "ListVolumes", "fault": "xDBConnectionLoss"})
        assert [fault["fault"] for fault in session.get(f"{url}/faults").json()] == ["xDBConnectionLoss"]
        session.post(f"{url}/site", json={"cluster": "beta", "up": False})
        assert not world.cluster("beta").up
        refused = session.post(f"{url}/switches", json={"unheard_of": 1})
        assert (refused.status_code, "unheard_of" in refused.json()["message"]) == (400, True)


# --- the command line -------------------------------------------------------------------------------------------------


def command(collections_path, *arguments):
    module = "ansible_collections.elementsw.replication.tests.simulator.server"
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        env={"PYTHONPATH": str(collections_path), "PATH": "/usr/bin:/bin"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_it_serves_until_it_is_told_to_end(collections_path, tmp_path):
    with command(collections_path, "--world", str(WORLDS / "two_sites.yml"), "--directory", str(tmp_path)) as process:
        try:
            lines = []
            for line in process.stdout:
                lines.append(line.strip())
                if line.strip() == "ready":
                    break
            facts = json.loads((tmp_path / "control.json").read_text(encoding="utf-8"))
            assert set(facts["clusters"]) == {"alpha", "beta"}
            assert (tmp_path / "ca.pem").exists()
            assert (tmp_path / "inventory.yml").exists()
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0


def test_it_ends_by_itself_when_nobody_asks_for_anything(collections_path):
    with command(collections_path, "--world", str(WORLDS / "two_sites.yml"), "--idle-timeout", "0.1") as process:
        assert process.wait(timeout=20) == 0


def test_a_bad_world_is_a_sentence(collections_path, tmp_path):
    (tmp_path / "bad.yml").write_text("clusters: [{name: alpha, colour: red}]\n", encoding="utf-8")
    with command(collections_path, "--world", str(tmp_path / "bad.yml")) as process:
        text = process.stdout.read()
        assert process.wait(timeout=20) != 0
    assert "colour" in text
    assert "Traceback" not in text


# --- whatever is called -----------------------------------------------------------------------------------------------

VOLUMES = {"alpha": [1, 2], "beta": [101, 102]}
CALLS = st.one_of(
    st.tuples(st.sampled_from(["start", "complete", "remove"]), st.sampled_from(["alpha", "beta"]), st.integers(0, 1)),
    st.tuples(
        st.sampled_from(["readWrite", "replicationTarget", "locked"]),
        st.sampled_from(["alpha", "beta"]),
        st.integers(0, 1),
    ),
    st.tuples(
        st.sampled_from(["link", "pause", "resume", "delete", "restore"]),
        st.sampled_from(["alpha", "beta"]),
        st.integers(0, 1),
    ),
)


def play(world, held, what, cluster, number):
    volume = {"volumeID": VOLUMES[cluster][number]}
    if what == "start":
        held.append((cluster, world.call(cluster, "StartVolumePairing", volume)["volumePairingKey"]))
    elif what == "complete" and held:
        world.call(cluster, "CompleteVolumePairing", {**volume, "volumePairingKey": held[number % len(held)][1]})
    elif what == "remove":
        world.call(cluster, "RemoveVolumePair", volume)
    elif what == "link":
        world.storage_link("alpha", "beta", up=bool(number))
    elif what in ("pause", "resume"):
        world.call(cluster, "ModifyVolumePair", {**volume, "pausedManual": what == "pause"})
    elif what in ("delete", "restore"):
        world.call(cluster, {"delete": "DeleteVolume", "restore": "RestoreDeletedVolume"}[what], volume)
    elif what != "complete":
        world.call(cluster, "ModifyVolume", {**volume, "access": what})


@settings(max_examples=150, deadline=None)
@given(st.lists(CALLS, max_size=25))
def test_pairing_stays_one_to_one_and_active_means_what_it_says(calls):
    spec = [{"name": n, "volumes": [{"name": str(i), "id": i} for i in VOLUMES[n]]} for n in VOLUMES]
    world = World.from_dict({"timings": "instant", "clusters": spec, "cluster_pairs": [{"between": ["alpha", "beta"]}]})
    held = []
    for call in calls:
        try:
            play(world, held, *call)
        except ApiError:
            continue
    shown = {}
    for name in VOLUMES:
        for volume in world.call(name, "ListVolumes")["volumes"]:
            assert len(volume["volumePairs"]) <= 1
            for pair in volume["volumePairs"]:
                shown.setdefault(pair["volumePairUUID"], []).append((name, volume, pair))
    for sides in shown.values():
        assert len(sides) <= 2
        assert len({name for name, _volume, _pair in sides}) == len(sides)
        if any(pair["remoteReplication"]["state"] == "Active" for _name, _volume, pair in sides):
            assert {volume["access"] for _name, volume, _pair in sides} == {"readWrite", "replicationTarget"}
