# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulated clusters over real HTTPS: envelope, statuses, rights, certificates, and every fault on demand."""

from __future__ import annotations

import hashlib
import json
import socket
import ssl
import time

import pytest
import requests

from ansible_collections.elementsw.replication.tests.simulator.errors import WorldError
from ansible_collections.elementsw.replication.tests.simulator.server import serve
from ansible_collections.elementsw.replication.tests.simulator.world import World

PASSWORD = "Only-for-alpha-9xQ"
MAKE_TARGET = {"volumeID": 41, "access": "replicationTarget"}


class Wire:
    """One client with one kept connection, and the world behind it."""

    def __init__(self, world, running):
        self.world, self.running = world, running
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.verify = running.ca_file

    def url(self, path="json-rpc/12.3", cluster="alpha"):
        host, port = self.running.address(cluster)
        return f"https://{host}:{port}/{path}"

    def send(self, body, path="json-rpc/12.3", auth=("ansible", PASSWORD), verb="POST", headers=None):
        data = body if isinstance(body, (str, bytes)) else json.dumps(body)
        return self.session.request(verb, self.url(path), data=data, auth=auth, headers=headers, timeout=10)

    def call(self, method, **params):
        return self.send({"method": method, "params": params, "id": 7})

    def access(self):
        return self.world.call("alpha", "ListVolumes", {"volumeIDs": [41]})["volumes"][0]["access"]


@pytest.fixture(name="wire", scope="module")
def _served():
    """One server for all: the tests that follow share it, and each leaves it as it was."""
    world = World.from_dict(
        {
            "timings": "instant",
            "clusters": [
                {
                    "name": "alpha",
                    "admins": [
                        {"username": "ansible", "password": PASSWORD},
                        {"username": "reader", "password": "Reader-of-alpha-1", "access": ["read"]},
                        {"username": "keeper", "password": "Keeper-of-alpha-1", "access": ["volumes"]},
                    ],
                    "volumes": [{"name": "orders-db", "id": 41}],
                },
                {"name": "beta", "certificate": "unknown_ca"},
                {"name": "gamma", "certificate": "wrong_name"},
                {"name": "delta", "certificate": "expired"},
                {"name": "epsilon", "certificate": "self_signed"},
            ],
        }
    )
    with serve(world) as running:
        wire = Wire(world, running)
        with wire.session:
            yield wire


@pytest.fixture(autouse=True)
def _clean(wire):
    yield
    wire.world.faults.clear()
    wire.world.call("alpha", "ModifyVolume", {"volumeID": 41, "access": "readWrite"})
    wire.world.clear_calls()


# --- envelope, statuses, rights -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("call_id", [7, "seven", None])
def test_the_id_of_a_call_is_the_id_of_its_reply(wire, call_id):
    envelope = {"method": "GetClusterInfo", "params": {}}
    reply = wire.send({**envelope, "id": call_id} if call_id is not None else envelope).json()
    assert (reply["id"], set(reply)) == (call_id, {"id", "result"})


@pytest.mark.parametrize("path", ["json-rpc/1.0", "json-rpc/9.6", "json-rpc/12.5", "json-rpc/12.5/"])
def test_every_published_version_is_served(wire, path):
    assert "clusterInfo" in wire.send({"method": "GetClusterInfo"}, path).json()["result"]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"auth": None}, 401),
        ({"auth": ("ansible", "wrong")}, 401),
        ({"auth": ("no-such-user", PASSWORD)}, 401),
        ({"path": "json-rpc/99.0"}, 404),
        ({"path": "json-rpc/12.9"}, 404),
        ({"path": "elsewhere"}, 404),
        ({"verb": "GET"}, 400),
        ({"verb": "GET", "path": "json-rpc/12.5?method=GetAPI", "auth": None}, 401),
        ({"verb": "GET", "path": "json-rpc/99.0?method=GetAPI"}, 404),
        ({"verb": "GET", "path": "json-rpc/12.5?method=ListVolumes&volumeIDs=[41"}, 400),
        ({"verb": "PUT"}, 405),
        ({"body": "[]"}, 400),
        ({"body": "method=GetAPI"}, 400),
        ({"body": '[{"method": "GetAPI"}]'}, 400),
        ({"body": '{"method": "GetAPI", "params": ' + "[" * 100_000}, 400),
        ({"body": '{"method": "GetAPI", "params": {"a": NaN}}'}, 400),
        ({"verb": "GET", "path": "json-rpc/12.5?method=ListVolumes&volumeIDs=[NaN]"}, 400),
        ({"headers": {"Content-Encoding": "gzip"}}, 400),
    ],
)
def test_what_is_no_call_gets_a_page(wire, change, status):
    reply = wire.send(**{"body": {"method": "GetClusterInfo"}, **change})
    assert (reply.status_code, reply.headers["Content-Type"].partition(";")[0]) == (status, "text/html")


@pytest.mark.parametrize(
    ("call", "name"),
    [
        ({"method": "GetNothing"}, "xUnknownAPIMethod"),
        ({"method": "getclusterinfo"}, "xUnknownAPIMethod"),
        ({"method": 5}, "xUnknownAPIMethod"),
        ({"method": ["GetAPI"]}, "xUnknownAPIMethod"),
        ({"method": {"GetAPI": 1}}, "xUnknownAPIMethod"),
        ({"method": "RemoveVolumePair"}, "xMissingParameter"),
        ({"method": "RemoveVolumePair", "params": [41]}, "xInvalidParameter"),
        ({"method": "RemoveVolumePair", "params": {"volumeID": True}}, "xInvalidParameterType"),
        ({"method": "RemoveVolumePair", "params": {"volumeID": None}}, "xInvalidParameterType"),
        ({"method": "ListVolumes", "params": {"volumeIDs": 41}}, "xInvalidParameterType"),
    ],
)
def test_what_the_api_refuses_is_a_reply_with_status_200(wire, call, name):
    reply = wire.send({**call, "id": 1})
    error = reply.json()["error"]
    assert (reply.status_code, error["code"], error["name"]) == (200, 500, name)


def test_a_method_is_unknown_where_it_is_younger_than_the_endpoint(wire):
    asked = [wire.send({"method": "ListQoSPolicies"}, f"json-rpc/{version}").json() for version in ("9.6", "10.0")]
    assert [next(iter(set(reply) - {"id"})) for reply in asked] == ["error", "result"]


def test_an_unknown_parameter_is_ignored_and_reported(wire):
    reply = wire.call("ListVolumes", volumeNames=["orders-db"]).json()
    assert reply["warning"]["unusedParameters"] == {"volumeNames": ["orders-db"]}
    assert len(reply["result"]["volumes"]) == 1


@pytest.mark.parametrize(
    ("user", "method", "params", "allowed"),
    [
        ("reader", "ListVolumes", {}, True),
        ("reader", "ModifyVolume", MAKE_TARGET, False),
        ("reader", "StartClusterPairing", {}, False),
        ("keeper", "ModifyVolume", MAKE_TARGET, True),
        ("keeper", "StartClusterPairing", {}, False),
        ("keeper", "AddAccount", {"username": "new"}, False),
    ],
)
def test_who_may_call_what(wire, user, method, params, allowed):
    auth = (user, f"{user.title()}-of-alpha-1")
    reply = wire.send({"method": method, "params": params}, auth=auth).json()
    assert (reply.get("error") or {"name": None})["name"] == (None if allowed else "xPermissionDenied")


@pytest.mark.parametrize(
    ("query", "method", "params"),
    [
        ("?method=GetClusterInfo", "GetClusterInfo", {}),
        ("/?method=GetClusterInfo", "GetClusterInfo", {}),
        ("?method=ListVolumes&startVolumeID=41&limit=1", "ListVolumes", {"startVolumeID": 41, "limit": 1}),
        ("?method=ListVolumes&volumeIDs=[41]", "ListVolumes", {"volumeIDs": [41]}),
        ("?volumeName=orders-db&method=ListVolumes&isPaired=false", "ListVolumes", {"volumeName": "orders-db"}),
        ("?method=ListVolumes&volumeName=", "ListVolumes", {}),
    ],
)
def test_a_call_in_the_query_of_a_get_is_served_as_any_other(wire, query, method, params):
    reply = wire.send("", f"json-rpc/12.5{query}", verb="GET")
    assert reply.status_code == 200
    assert reply.json() == {"id": None, "result": wire.call(method, **params).json()["result"]}


def test_a_get_is_logged_and_refused_and_hit_by_faults_as_any_other_call(wire):
    wire.world.faults.add("alpha", "GetClusterInfo", fault="xDBNoSuchPath", message="{params}")
    query = "json-rpc/12.5?method=GetClusterInfo&a=1"
    assert wire.send("", query, verb="GET").json()["error"] == {
        "code": 500,
        "message": '{"a": "1"}',
        "name": "xDBNoSuchPath",
    }
    refused = wire.send("", "json-rpc/12.5?method=DeleteVolume&volumeID=999", verb="GET").json()
    assert refused["error"]["name"] == "xVolumeIDDoesNotExist"
    calls = [(call.method, call.params, call.error, call.writes) for call in wire.world.calls]
    assert calls == [
        ("GetClusterInfo", {"a": "1"}, "xDBNoSuchPath", False),
        ("DeleteVolume", {"volumeID": "999"}, "xVolumeIDDoesNotExist", True),
    ]


def test_a_fault_can_repeat_parameters_that_are_null(wire):
    wire.world.faults.add("alpha", "GetAPI", fault="xUnknown", message="{params}")
    assert wire.send({"method": "GetAPI", "params": None}).json()["error"]["message"] == "null"


def test_one_connection_serves_many_calls(wire):
    for _time in range(3):
        wire.call("GetClusterInfo")
    assert len({call.connection for call in wire.world.calls}) == 1


def test_the_log_says_what_came_in_and_what_became_of_it(wire):
    wire.call("ModifyVolume", **MAKE_TARGET)
    wire.call("ModifyVolume", volumeID=999)
    good, bad = wire.world.calls_of("alpha", "ModifyVolume")
    assert (good.params, good.api_version, good.status, good.error, good.applied) == (
        MAKE_TARGET,
        "12.3",
        200,
        None,
        True,
    )
    assert (bad.error, bad.applied, bad.sequence) == ("xVolumeIDDoesNotExist", False, good.sequence + 1)
    assert wire.world.writes() == [good, bad]


# --- faults -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "status", "word"),
    [
        ("http_401", 401, "401 Unauthorized"),
        ("http_404", 404, "404 Not Found"),
        ("http_500", 500, "xInternalError"),
        ("http_502", 502, "502 Bad Gateway"),
        ("http_503", 503, "503 Service Unavailable"),
        ("html_200", 200, "<html>"),
        ("xDBVersionMismatch", 200, '"name":"xDBVersionMismatch"'),
    ],
)
@pytest.mark.parametrize("after_applying", [False, True])
def test_a_fault_that_is_a_reply(wire, fault, status, word, after_applying):
    wire.world.faults.add("alpha", "ModifyVolume", fault=fault, after_applying=after_applying)
    reply = wire.call("ModifyVolume", **MAKE_TARGET)
    assert (reply.status_code, word in reply.text) == (status, True)
    assert wire.access() == ("replicationTarget" if after_applying else "readWrite")
    assert [call.applied for call in wire.world.writes()] == [after_applying]
    assert wire.world.faults.unused() == []


@pytest.mark.parametrize(
    ("name", "method"),
    [("xSnapshotFailed", "CreateSnapshot"), ("xDBNoSuchPath", "ModifyVolume"), ("xPermissionDenied", "ModifyVolume")],
)
def test_an_error_may_pass_or_come_late(wire, name, method):
    wire.world.faults.add("alpha", method, nth=2, fault=name)
    replies = [wire.call(method, volumeID=41).json() for _time in range(3)]
    assert [(reply.get("error") or {"name": "done"})["name"] for reply in replies] == ["done", name, "done"]


@pytest.mark.parametrize(("fault", "body"), [("empty", ""), ("null", "null"), ("no_result", '{"id":7}')])
def test_a_reply_that_says_nothing(wire, fault, body):
    wire.world.faults.add(fault=fault)
    reply = wire.call("GetClusterInfo")
    assert (reply.status_code, reply.text) == (200, body)
    assert "result" in wire.call("GetClusterInfo").json()


def test_a_reply_that_is_cut_off(wire):
    wire.world.faults.add(fault="truncated", after_applying=True)
    with pytest.raises(requests.JSONDecodeError):
        wire.call("GetClusterInfo").json()


@pytest.mark.parametrize(("fault", "access"), [("drop_before", "readWrite"), ("drop_after", "replicationTarget")])
def test_a_connection_that_ends_without_a_reply(wire, fault, access):
    wire.world.faults.add("alpha", "ModifyVolume", fault=fault)
    with pytest.raises(requests.ConnectionError):
        wire.call("ModifyVolume", **MAKE_TARGET)
    assert wire.access() == access
    assert [call.status for call in wire.world.writes()] == [None]


def test_a_slow_reply(wire):
    wire.world.faults.add("alpha", "GetClusterInfo", fault="slow", seconds=0.2)
    begun = time.monotonic()
    assert "result" in wire.call("GetClusterInfo").json()
    assert time.monotonic() - begun >= 0.2


@pytest.mark.parametrize("fault", ["drip", "endless"])
def test_a_reply_that_never_gets_to_an_end(wire, fault):
    wire.world.faults.add("alpha", "ModifyVolume", fault=fault, seconds=0.01)
    call = {"method": "ModifyVolume", "params": MAKE_TARGET, "id": 7}
    with requests.post(
        wire.url(), json=call, auth=("ansible", PASSWORD), verify=wire.running.ca_file, timeout=10, stream=True
    ) as reply:
        assert next(reply.iter_content(1)) == b"{"
    assert wire.access() == "replicationTarget"


def test_a_reply_as_it_is_given(wire):
    wire.world.faults.add(fault="reply", message='{"result": {"odd": NaN}}')
    assert wire.call("GetClusterInfo").text == '{"result": {"odd": NaN}}'


def test_a_redirect(wire):
    wire.world.faults.add(fault="redirect", message="https://elsewhere.example.com/json-rpc/12.3")
    call = {"method": "GetClusterInfo"}
    reply = wire.session.post(wire.url(), json=call, auth=("ansible", PASSWORD), timeout=10, allow_redirects=False)
    assert (reply.status_code, reply.headers["Location"]) == (302, "https://elsewhere.example.com/json-rpc/12.3")


@pytest.mark.parametrize("params", [{"clusterPairingKey": "zz"}, {"clusterPairingKey": 5}, [5], "key", None])
def test_a_fault_hits_a_call_without_a_readable_key_too(wire, params):
    wire.world.faults.add(fault="xInvalidPairingKey", message="not {key}")
    reply = wire.send({"method": "CompleteClusterPairing", "params": params}).json()
    assert (reply["error"]["name"], reply["error"]["message"]) == ("xInvalidPairingKey", "not {key}")


def test_a_message_repeats_what_is_in_a_key(wire):
    wire.world.faults.add(fault="xInvalidPairingKey", message="not {key}")
    key = b'{"name":"alpha"}'.hex()
    error = wire.call("CompleteClusterPairing", clusterPairingKey=key).json()["error"]
    assert error["message"] == 'not {"name": "alpha"}'


def test_a_third_party_acts_just_before_a_call(wire):
    act = {"cluster": "alpha", "method": "ModifyVolume", "params": MAKE_TARGET}
    wire.world.faults.add("alpha", "ListVolumes", fault="meanwhile", call=act)
    (volume,) = wire.call("ListVolumes").json()["result"]["volumes"]
    assert volume["access"] == "replicationTarget"


def refuses(wire, cluster="alpha"):
    try:
        socket.create_connection(wire.running.address(cluster), timeout=5).close()
    except ConnectionRefusedError:
        return True
    return False


def test_refused_connections(wire):
    wire.world.faults.add("alpha", fault="refuse")
    assert (refuses(wire), refuses(wire, "beta")) == (True, False)
    wire.world.faults.clear()
    assert not refuses(wire)


def test_a_site_that_is_down_refuses_connections_and_keeps_its_port(wire):
    port = wire.running.address("alpha")[1]
    wire.world.site_down("alpha")
    assert refuses(wire)
    with pytest.raises(requests.ConnectionError):
        wire.call("GetClusterInfo")
    wire.world.site_up("alpha")
    assert wire.running.address("alpha")[1] == port
    assert "result" in wire.call("GetClusterInfo").json()


def test_a_fault_hits_the_calls_it_was_meant_for(wire):
    wire.world.faults.add("alpha", "GetAPI", nth=2, times=2, fault="http_502")
    asked = [(method, wire.call(method).status_code) for method in ("GetAPI", "GetLimits", *["GetAPI"] * 3)]
    assert [status for _method, status in asked] == [200, 200, 502, 502, 200]


def test_a_fault_for_good_and_one_that_never_happened(wire):
    wire.world.faults.add("alpha", "GetAPI", times=None, fault="http_503")
    never = wire.world.faults.add("beta", "GetAPI", fault="http_401")
    assert {wire.call("GetAPI").status_code for _time in range(4)} == {503}
    assert wire.world.faults.unused() == [never]


def test_a_key_cannot_be_used_again_after_a_version_mismatch():
    """The API documentation says to repeat a call after that error; observed is that the key is spent."""
    world = World.from_dict(
        {"clusters": [{"name": "alpha"}, {"name": "beta"}], "timings": "instant"},
    )
    with serve(world) as running:
        wire = Wire(world, running)
        key = world.call("beta", "StartClusterPairing")["clusterPairingKey"]
        world.faults.add("alpha", "CompleteClusterPairing", fault="xDBVersionMismatch")
        names = [wire.call("CompleteClusterPairing", clusterPairingKey=key).json() for _time in range(2)]
        wire.session.close()
    assert [reply["error"]["name"] for reply in names] == ["xDBVersionMismatch", "xInvalidPairingKey"]


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"fault": "explosion"}, "explosion"),
        ({"fault": "empty", "nth": 0}, "nth"),
        ({"fault": "empty", "times": 0}, "times"),
        ({"fault": "slow"}, "seconds"),
        ({"fault": "slow", "seconds": "long"}, "seconds"),
        ({"fault": "drip"}, "seconds"),
        ({"fault": "reply"}, "message"),
        ({"fault": "redirect"}, "message"),
        ({"fault": "meanwhile"}, "call"),
        ({"fault": "empty", "call": {}}, "call"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(wire, given, word):
    with pytest.raises(WorldError, match=word):
        wire.world.faults.add(**given)
    assert wire.world.faults.as_list() == []


# --- what is repeated ---------------------------------------------------------------------------------------------------


def test_a_call_that_a_proxy_sends_twice_takes_effect_twice(wire):
    wire.world.faults.add("alpha", "CreateSnapshot", fault="twice")
    replied = wire.call("CreateSnapshot", volumeID=41).json()["result"]["snapshotID"]
    listed = [each["snapshotID"] for each in wire.call("ListSnapshots", volumeID=41).json()["result"]["snapshots"]]
    assert sorted(listed)[-2:] == [replied - 1, replied]
    for snapshot_id in listed:
        wire.call("DeleteSnapshot", snapshotID=snapshot_id)
    wire.world.faults.clear()


@pytest.mark.parametrize(("kind", "call_id"), [("stale", 8), ("cached", 7)])
def test_a_read_can_have_an_earlier_reply(wire, kind, call_id):
    read = {"method": "ListVolumes", "params": {"volumeIDs": [41]}}
    before = wire.send({**read, "id": 7}).json()
    wire.call("ModifyVolume", **MAKE_TARGET)
    wire.world.faults.add("alpha", "ListVolumes", fault=kind)
    assert wire.send({**read, "id": 8}).json() == {**before, "id": call_id}
    assert wire.send({**read, "id": 9}).json()["result"]["volumes"][0]["access"] == "replicationTarget"
    wire.call("ModifyVolume", volumeID=41, access="readWrite")
    wire.world.faults.clear()


def test_a_read_without_an_earlier_reply_is_served(wire):
    wire.world.faults.add("alpha", "ListVolumes", fault="stale")
    assert wire.call("ListVolumes", volumeIDs=[41], includeVirtualVolumes=True).json()["result"]["volumes"]
    wire.world.faults.clear()


# --- certificates -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cluster", "word"),
    [("beta", "self.signed|issuer"), ("gamma", "127.0.0.1"), ("delta", "expired"), ("epsilon", "self.signed")],
)
def test_a_bad_certificate_is_bad_in_its_own_way(wire, cluster, word):
    with pytest.raises(requests.exceptions.SSLError, match=word):
        wire.session.post(wire.url(cluster=cluster), data="{}", timeout=10)


def fingerprint(wire, cluster):
    shown = ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate(wire.running.address(cluster)))
    return hashlib.sha256(shown).hexdigest()


@pytest.mark.parametrize("cluster", ["alpha", "beta", "epsilon"])
def test_the_fingerprint_is_that_of_the_certificate(wire, cluster):
    assert fingerprint(wire, cluster) == wire.running.certificate_sha256(cluster)


@pytest.mark.parametrize("cluster", ["alpha", "epsilon"])
def test_a_certificate_can_be_renewed(wire, cluster):
    before = wire.running.certificate_sha256(cluster)
    wire.running.renew_certificate(cluster)
    assert before != fingerprint(wire, cluster) == wire.running.certificate_sha256(cluster)
