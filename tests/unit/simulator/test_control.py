# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The control endpoint of the simulator: what it shows, what it changes, what it refuses."""

from __future__ import annotations

import json

import pytest
import requests

from ansible_collections.elementsw.replication.tests.simulator.server import serve
from ansible_collections.elementsw.replication.tests.simulator.world import World

SPEC = {
    "timings": "instant",
    "clusters": [
        {"name": "alpha", "volumes": [{"name": "orders-db", "id": 41}]},
        {"name": "beta", "volumes": [{"name": "orders-dr", "id": 77}]},
    ],
    "cluster_pairs": [{"between": ["alpha", "beta"]}],
    "volume_pairs": [{"source": "alpha/orders-db", "target": "beta/orders-dr"}],
}


class Control:
    def __init__(self, world, session, url):
        self.world, self._session, self._url = world, session, url

    def get(self, path):
        return self._session.get(self._url + path, timeout=10).json()

    def post(self, path, **content):
        reply = self._session.post(self._url + path, json=content, timeout=10)
        return reply.status_code, reply.json()

    def states(self):
        observed = []
        for cluster in ("alpha", "beta"):
            _status, reply = self.post("/call", cluster=cluster, method="ListActivePairedVolumes")
            observed.append(reply["volumes"][0]["volumePairs"][0]["remoteReplication"]["state"])
        return observed


@pytest.fixture(name="control")
def _control():
    world = World.from_dict(SPEC)
    with serve(world) as running, requests.Session() as session:
        session.trust_env = False
        yield Control(world, session, running.control_url)


def test_a_call_as_a_third_party_is_no_call_of_the_log(control):
    status, reply = control.post("/call", cluster="alpha", method="GetClusterInfo")
    assert (status, reply["clusterInfo"]["name"], control.get("/calls")) == (200, "alpha", [])


def test_the_calls_the_writes_and_how_they_are_forgotten(control):
    for method in ("GetClusterInfo", "RemoveVolumePair"):
        control.world.call("alpha", method, {"volumeID": 41}, log=True)
    assert [call["method"] for call in control.get("/calls")] == ["GetClusterInfo", "RemoveVolumePair"]
    assert [(call["method"], call["applied"]) for call in control.get("/writes")] == [("RemoveVolumePair", True)]
    control.post("/clear", what=["calls"])
    assert control.get("/calls") == []


def test_the_truth(control):
    assert control.get("/truth") == json.loads(json.dumps(control.world.truth()))


def test_faults_are_set_shown_and_forgotten(control):
    control.post("/faults", cluster="alpha", method="ListVolumes", fault="http_503", nth=2, times=3)
    (fault,) = control.get("/faults")
    assert (fault["fault"], fault["nth"], fault["times"], fault["fired"]) == ("http_503", 2, 3, 0)
    control.post("/clear")
    assert control.get("/faults") == []


def test_switches_and_timings(control):
    control.post("/switches", unpaired_target="locked")
    control.post("/timings", connect_polls=3, grace_polls="never")
    assert control.get("/switches")["unpaired_target"] == "locked"
    assert (control.get("/timings")["connect_polls"], control.get("/timings")["grace_polls"]) == (3, "never")
    control.post("/timings", instant=True)
    assert set(control.get("/timings").values()) == {0}


@pytest.mark.parametrize(
    ("path", "content", "states"),
    [
        ("/link", {"between": ["alpha", "beta"], "storage": False}, ["PausedDisconnected", "PausedDisconnected"]),
        ("/link", {"between": ["alpha", "beta"], "slow": True}, ["PausedSlowLink", "Idle"]),
        ("/link", {"between": ["alpha", "beta"], "management": False}, ["Active", "Active"]),
        ("/fullness", {"cluster": "beta", "fullness": "stage5CompletelyConsumed"}, ["PausedClusterFull", "Idle"]),
        ("/hinder", {"cluster": "beta", "volume_id": 77, "hindrance": "qos"}, ["PausedQoS", "Idle"]),
        ("/hinder", {"cluster": "alpha", "volume_id": 41, "hindrance": "xcopy"}, ["PausedXCopy", "Idle"]),
    ],
)
def test_what_happens_to_replication(control, path, content, states):
    assert control.post(path, **content) == (200, {})
    assert control.states() == states


def test_a_site_goes_down_and_comes_back(control):
    control.post("/site", cluster="beta", up=False)
    assert control.post("/call", cluster="beta", method="GetClusterInfo")[0] == 400
    control.post("/site", cluster="beta", up=True)
    assert control.states() == ["Active", "Active"]


def test_hosts_write(control):
    assert control.post("/write", cluster="alpha", volume_id=41, mark="one") == (200, {"marks": ["one"]})
    status, reply = control.post("/write", cluster="beta", volume_id=77, mark="two")
    assert (status, reply["error"]) == (400, "HostIOError")
    assert control.world.marks("beta", 77) == ["one"]


def test_hosts_log_in(control):
    assert control.post("/log_in", cluster="alpha", volume_id=41) == (200, {})
    status, reply = control.post("/log_in", cluster="beta", volume_id=77)
    assert (status, reply["error"]) == (400, "HostIOError")
    sessions = {name: control.world.call(name, "ListISCSISessions")["sessions"] for name in ("alpha", "beta")}
    assert ([session["volumeID"] for session in sessions["alpha"]], sessions["beta"]) == ([41], [])


def test_hosts_log_out(control):
    control.post("/log_in", cluster="alpha", volume_id=41)
    assert control.post("/log_out", cluster="alpha", volume_id=41) == (200, {})
    assert control.get("/truth")["clusters"]["alpha"]["iscsi_sessions"] == []


def test_odd_objects_are_set_shown_and_forgotten(control):
    odd = {"cluster": "alpha", "method": "ListVolumes", "id": 41, "member": "name", "value": ""}
    assert control.post("/odd_objects", **odd) == (200, {})
    assert control.get("/odd_objects") == [odd]
    assert control.world.call("alpha", "ListVolumes")["volumes"][0]["name"] == ""
    control.post("/clear", what=["odd_objects"])
    assert control.get("/odd_objects") == []
    assert control.world.call("alpha", "ListVolumes")["volumes"][0]["name"] == "orders-db"


def test_time_passes(control):
    control.post("/call", cluster="beta", method="DeleteVolume", params={"volumeID": 77})
    control.post("/advance", seconds=9 * 3600)
    assert control.world.call("beta", "ListDeletedVolumes")["volumes"] == []


@pytest.mark.parametrize(
    ("path", "content", "word"),
    [
        ("/nowhere", {}, "POST /faults"),
        ("/faults", {"cluster": "alpha"}, "fault"),
        ("/faults", {"fault": "explosion"}, "explosion"),
        ("/faults", {"fault": "empty", "colour": "red"}, "colour"),
        ("/clear", {"what": ["volumes"]}, "volumes"),
        ("/switches", {"unheard_of": 1}, "unheard_of"),
        ("/timings", {"connect_polls": -1}, "connect_polls"),
        ("/site", {"cluster": "nowhere", "up": False}, "nowhere"),
        ("/site", {"cluster": "alpha"}, "up"),
        ("/link", {"between": ["alpha"], "storage": False}, "between"),
        ("/link", {"between": ["alpha", "alpha"], "storage": False}, "alpha"),
        ("/write", {"cluster": "alpha", "volume_id": "41", "mark": "x"}, "volume_id"),
        ("/call", {"cluster": "alpha", "method": "GetNothing"}, "GetNothing"),
        ("/fullness", {"cluster": "alpha", "fullness": "half"}, "half"),
        ("/hinder", {"cluster": "alpha", "volume_id": 41, "hindrance": "rain"}, "rain"),
        ("/advance", {"seconds": "long"}, "seconds"),
        ("/advance", {"seconds": -1}, "seconds"),
        ("/advance", {"seconds": 1e300}, "seconds"),
        ("/odd_objects", {"cluster": "alpha", "method": "GetLimits", "id": 1}, "GetLimits"),
        ("/odd_objects", {"cluster": "nowhere", "method": "ListVolumes", "id": 1}, "nowhere"),
        ("/odd_objects", {"cluster": "alpha", "method": "ListVolumes"}, "id"),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_key(control, path, content, word):
    before = control.world.truth()
    status, reply = control.post(path, **content)
    assert (status, word in reply["message"]) == (400, True)
    assert (control.world.truth(), control.get("/faults")) == (before, [])
