# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Servers that answer with something else than Element does: a clear failure or a sensible reading, never a crash.

Every reply that is read is taken from a cluster and spoilt, one member after the other, with everything that a member
can be in JSON. What is wrong with one object of a list spoils no other one.
"""

from __future__ import annotations

import copy
import json
import re
import time
from pathlib import Path

import pytest

from ansible_collections.elementsw.replication.plugins.module_utils._element.client import connect
from ansible_collections.elementsw.replication.plugins.module_utils._element.errors import CODES, Failure
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.model import Sides
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.observe import lists
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.observe.clone_failures import (
    list_clone_failures,
)
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.observe.clones import (
    count_unfinished_clones,
)
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.observe.cluster_health import (
    get_capacity,
    get_fullness,
    get_roles,
    list_faults,
)
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.observe.clusters import (
    get_limits,
    get_pairs_max,
    get_version,
    identify_clusters,
    list_cluster_pairs,
)
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.observe.host_access import (
    list_access_groups,
    read_host_access,
)
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.observe.lag import list_delays
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.observe.snapshots import (
    list_group_snapshots,
)
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.observe.sync_jobs import list_sync_jobs
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.observe.usage import read_usage
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.observe.volumes import (
    list_accounts,
    list_deleted_volumes,
    list_paired_volumes,
    list_qos_policies,
    list_volumes,
)
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.run import Run
from ansible_collections.elementsw.replication.tests.simulator.server import serve
from ansible_collections.elementsw.replication.tests.simulator.world import World
from ansible_collections.elementsw.replication.tests.unit.running import Sites

HOST = {"accounts": [{"name": "shop"}], "qos_policies": [{"name": "gold"}]}
IN_USE = {
    "access_groups": [{"name": "hosts", "volumes": ["plain"], "initiators": ["21:00:00:0e:1e:c4:0a:01"]}],
    "sessions": [{"volume": "plain"}],
    "fibre_channel_sessions": [{"access_group": "hosts"}],
    "snapshots": [{"volume": "plain", "name": "before"}],
}
VOLUMES = [{"name": "orders-db"}, {"name": "plain"}, {"name": "free"}, {"name": "old", "deleted": True}]
WORLD = {
    "timings": {"resuming_data_transfer_polls": "never"},
    "clusters": [
        {"name": "alpha", "volumes": VOLUMES, **HOST, **IN_USE},
        {"name": "beta", "volumes": VOLUMES, **HOST, **IN_USE},
        {"name": "gamma"},
    ],
    "cluster_pairs": [
        {"between": ["alpha", "beta"]},
        {"at": "alpha", "to": {"name": "old", "mvip": "192.0.2.99", "status": "Disconnected"}},
    ],
    "volume_pairs": [{"source": "beta/orders-db", "target": "alpha/orders-db"}],
}
PAIRED, NEW = {"volume": "orders-db", "wait": False}, {"volume": "plain", "direction": "from_peer", "wait": False}
REPORT = {"gather": ["volume_pairs", "progress", "faults", "readiness"], "max_lag": 60}
CREATED = {"volume": "fresh", "create_peer_volume": {"qos_policy": "gold"}}
MISSING = object()
WRONG = (MISSING, None, "", "wrong", "41", [], ["wrong"], {}, {"wrong": 1}, True, False, -1, 0, 0.5, 41, 10**30)


def usage(run):
    volumes = [volume for volume in list_volumes(run.client("local")) if volume.name == "plain"]
    return read_usage(run, "local", volumes)


def of_alpha(*reads):
    return lambda run: [read(run.client("local")) for read in reads]


def access(run):
    return read_host_access(run, "local", [volume.id for volume in list_volumes(run.client("local"))])


#: What is read of alpha, by the method that it is read with.
READS = {
    "GetAsyncResult": of_alpha(list_clone_failures),
    "GetClusterCapacity": of_alpha(get_capacity),
    "GetClusterFullThreshold": of_alpha(get_fullness),
    "GetClusterInfo": lambda run: identify_clusters(run).local,
    "GetClusterVersionInfo": of_alpha(get_version),
    "GetLimits": of_alpha(get_pairs_max, get_limits),
    "GetVolumeAccessGroupLunAssignments": access,
    "ListAccounts": of_alpha(list_accounts),
    "ListActivePairedVolumes": of_alpha(list_paired_volumes),
    "ListAsyncResults": of_alpha(count_unfinished_clones, list_clone_failures),
    "ListClusterAdmins": of_alpha(get_roles),
    "ListClusterFaults": of_alpha(list_faults),
    "ListClusterPairs": of_alpha(list_cluster_pairs),
    "ListDeletedVolumes": of_alpha(list_deleted_volumes),
    "ListFibreChannelSessions": usage,
    "ListGroupSnapshots": of_alpha(list_group_snapshots),
    "ListISCSISessions": usage,
    "ListQoSPolicies": of_alpha(list_qos_policies),
    "ListSnapshots": usage,
    "ListSyncJobs": of_alpha(list_sync_jobs),
    "ListVolumeAccessGroups": of_alpha(list_access_groups),
    "ListVolumes": of_alpha(list_volumes),
    "ListVolumeStats": lambda run: (usage(run), list_delays(run.client("local"), range(500))),
}

#: By the method whose reply is spoilt: the module that reads it, its options, and whether it is a check run. The others
#: are runs that find everything as it should be, so that whatever they write is wrong.
RUNS = {
    "GetClusterFullThreshold": ("pair_info", REPORT, False),
    "GetClusterInfo": ("pair_info", {}, False),
    "GetClusterVersionInfo": ("cluster_pair", {}, False),
    "GetLimits": ("cluster_pair", {}, False),
    "ListAccounts": ("volume_pair", PAIRED, False),
    "ListActivePairedVolumes": ("cluster_pair", {"state": "absent"}, True),
    "ListClusterAdmins": ("pair_info", REPORT, False),
    "ListClusterFaults": ("pair_info", REPORT, False),
    "ListClusterPairs": ("volume_pair", PAIRED, False),
    "ListDeletedVolumes": ("volume_pair", {"volume": "nonesuch"}, True),
    "ListFibreChannelSessions": ("volume_pair", NEW, True),
    "ListISCSISessions": ("volume_pair", NEW, True),
    "ListQoSPolicies": ("volume_pair", CREATED, True),
    "ListSnapshots": ("volume_pair", NEW, True),
    "ListSyncJobs": ("pair_info", REPORT, False),
    "GetVolumeAccessGroupLunAssignments": ("pair_info", {"gather": ["host_access"]}, False),
    "ListVolumeAccessGroups": ("pair_info", {"gather": ["host_access"]}, False),
    "ListVolumes": ("volume_pair", PAIRED, False),
    "ListVolumeStats": ("volume_pair", NEW, True),
}


@pytest.fixture(name="site", scope="module")
def _served():
    world = World.from_dict(WORLD)
    volumes = [each["volumeID"] for each in world.call("alpha", "ListVolumes", {})["volumes"] if each["name"] == "free"]
    world.call("alpha", "CreateGroupSnapshot", {"volumes": volumes, "name": "both"})
    world.call("alpha", "CloneVolume", {"volumeID": volumes[0], "name": "broken"})
    world.fail_clones("alpha", "xSliceServiceSelectionFailed", "no room")
    world.call("alpha", "CloneVolume", {"volumeID": volumes[0], "name": "copy"})
    world.clear_calls()
    with serve(world) as running:
        yield Sites(world, running)


@pytest.fixture(autouse=True)
def _clean(site):
    yield
    site.world.faults.clear()
    site.world.clear_calls()


@pytest.fixture(name="run")
def _run(site):
    options = {**dict.fromkeys(("cert_fingerprint",)), "validate_certs": True, "timeout": 30, "use_proxy": True}
    clients = [
        connect({**options, **site.connection(name), "api_version": "12.5", "concurrency": 6})
        for name in ("alpha", "beta")
    ]
    run = Run(Sides(*clients), hide=lambda secret: None)
    yield run
    run.close()


def places(reply, place=()):
    """Where there is something in a reply: all members of objects, and the first element of lists."""
    if place:
        yield place
    if isinstance(reply, dict):
        for name, value in reply.items():
            yield from places(value, (*place, name))
    elif isinstance(reply, list) and reply:
        yield from places(reply[0], (*place, 0))


def spoilt(reply, place, value):
    reply = copy.deepcopy(reply)
    *way, last = place
    inner = reply
    for step in way:
        inner = inner[step]
    if value is MISSING:
        del inner[last]
    else:
        inner[last] = value
    return reply


def true_reply(site, method):
    params = {} if method != "ListVolumes" else {"includeVirtualVolumes": False}
    if method == "GetVolumeAccessGroupLunAssignments":
        params = {"volumeAccessGroupID": 1}
    if method == "GetAsyncResult":
        results = site.world.call("alpha", "ListAsyncResults", {})["asyncHandles"]
        (failed,) = [each["asyncResultID"] for each in results if each["completed"] and not each["success"]]
        params = {"asyncHandle": failed, "keepResult": True}
    return site.world.call("alpha", method, params)


def answer(site, method, result):
    site.world.faults.clear()
    add_answer(site, method, result)


def add_answer(site, method, result):
    site.world.faults.add("alpha", method, fault="reply", message=json.dumps({"result": result}), times=None)


def outcome(run, method):
    try:
        return repr(READS[method](run))
    except Failure as exc:
        return exc.code


def test_every_method_that_is_read_is_here():
    folder = Path(lists.__file__).parent
    source = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    assert set(READS) == set(re.findall(r'"((?:Get|List)\w+)"', source))


@pytest.mark.parametrize("method", READS)
def test_any_member_may_be_anything(site, run, method):
    reply = true_reply(site, method)
    answer(site, method, reply)
    proper = outcome(run, method)
    assert proper not in CODES
    odd = set()
    for place in places(reply):
        for value in WRONG:
            answer(site, method, spoilt(reply, place, value))
            read_as = outcome(run, method)
            assert read_as == "bad_reply" or read_as not in CODES, (place, value)
            assert "None'" not in read_as, (place, value)
            odd.add(read_as)
    assert len(odd) > 1  # something was read at all


def read_places(site, run, method, reply):
    """The places that make a difference."""
    answer(site, method, reply)
    proper = outcome(run, method)
    for place in places(reply):
        for value in (["wrong"], 0.5):
            answer(site, method, spoilt(reply, place, value))
            if outcome(run, method) != proper:
                yield place
                break


@pytest.mark.parametrize("method", RUNS)
def test_a_task_survives_it_and_writes_nothing(site, run, method):
    reply = true_reply(site, method)
    module, options, check = RUNS[method]
    for place in list(read_places(site, run, method, reply)):
        for value in (MISSING, "wrong", 10**30):
            answer(site, method, spoilt(reply, place, value))
            result = site.run(module, check=check, **options)
            assert "defect" not in result.get("msg", ""), (place, value, result)
            if result.get("failed"):
                assert result["error"]["code"] in CODES, (place, value)
    assert site.world.writes() == []


#: The lists of objects, with the member of the reply that holds them.
LISTS = {
    "ListAccounts": "accounts",
    "ListActivePairedVolumes": "volumes",
    "ListClusterFaults": "faults",
    "ListClusterPairs": "clusterPairs",
    "ListDeletedVolumes": "volumes",
    "ListQoSPolicies": "qosPolicies",
    "ListVolumes": "volumes",
}


@pytest.mark.parametrize(("method", "name"), LISTS.items())
def test_one_object_spoils_no_other(site, run, method, name):
    """Whatever is wrong with the first one, the others are read as always, and it is kept, with its member, or is read."""
    reply = true_reply(site, method)
    if len(reply[name]) < 2:
        reply[name].append(another(reply[name][0]))
    answer(site, method, reply)
    (proper,) = READS[method](run)
    assert proper.unreadable == ()
    for place in [(name, 0), *(place for place in places(reply) if place[:2] == (name, 0))]:
        for value in WRONG if len(place) > 2 else (None, 41, "text", [], True):
            answer(site, method, spoilt(reply, place, value))
            (now,) = READS[method](run)
            assert list(now)[-len(reply[name]) + 1 :] == list(proper)[1:], (place, value)
            kept = [(odd.place, odd.member) for odd in now.unreadable]
            assert kept in ([], [(1, ".".join(map(str, place[2:])))]) or kept[0][0] == 1, (place, value)
            lost = len(reply[name]) - len(now.readable) - len(now.unreadable)
            assert lost == 0 or method == "ListClusterFaults", (place, value)  # others than those of replication


def another(entry):
    """The reply with other IDs."""
    return {
        name: value + 1000 if name.endswith("ID") and isinstance(value, int) else copy.deepcopy(value)
        for name, value in entry.items()
    }


#: What is in lists by something that only one may have: the member of the reply, a task that needs it, and what that says.
ONCE = {
    "ListAccounts": ("accounts", "volume_pair", {**PAIRED, "account": "shop"}, "bad_reply"),
    "ListActivePairedVolumes": ("volumes", "cluster_pair", {"state": "absent"}, "volume_pairs_remain"),
    "ListClusterPairs": ("clusterPairs", "volume_pair", PAIRED, "bad_reply"),
    "ListDeletedVolumes": ("volumes", "volume_pair", {"volume": "old"}, "bad_reply"),
    "ListVolumes": ("volumes", "volume_pair", PAIRED, "bad_reply"),
}


@pytest.mark.parametrize("method", ONCE)
def test_what_is_there_twice_is_not_acted_on(site, method):
    name, module, options, code = ONCE[method]
    reply = true_reply(site, method)
    twice = copy.deepcopy(reply[name][0])
    for member in ("volumePairs", "access"):
        twice.pop(member, None)
    if method == "ListDeletedVolumes":  # it is read where the other list does not show the volume
        volumes = true_reply(site, "ListVolumes")["volumes"]
        answer(site, "ListVolumes", {"volumes": [each for each in volumes if not each["deleteTime"]]})
    add_answer(site, method, {name: [*reply[name], {**reply[name][0], **twice}]})
    result = site.run(module, **options)
    assert (result["failed"], result["error"]["code"]) == (True, code), result["msg"]
    assert site.world.writes() == []


def test_two_entries_with_one_uuid_are_not_acted_on(site):
    reply = true_reply(site, "ListClusterPairs")
    entry = reply["clusterPairs"][0]
    answer(site, "ListClusterPairs", {"clusterPairs": [entry, {**entry, "clusterPairID": 99}]})
    assert site.run("cluster_pair", state="absent")["error"]["code"] == "bad_reply"
    assert site.world.writes() == []


#: What a reply to a handshake may be that is none.
BODIES = {
    "deep": "[" * 100000,
    "deep object": '{"result":' * 100000,
    "deep result": '{"result": {"volumePairingKey": ' + "[" * 900 + "]" * 900 + "}}",
    "no number": '{"result": {"volumePairingKey": NaN}}',
    "infinity": '{"result": {"volumePairingKey": "7b7d"}, "id": -Infinity}',
    "digits": '{"result": {"volumePairingKey": ' + "9" * 100000 + "}}",
    "list": '[{"result": {}}]',
    "text": '"result"',
    "number": "41",
    "list of results": '{"result": [{"volumePairingKey": "7b7d"}]}',
    "nothing in it": '{"result": {}}',
    "no text": '{"result": {"volumePairingKey": 41}}',
    "empty": '{"result": {"volumePairingKey": ""}}',
    "error that is a text": '{"error": "xSomething"}',
    "error that is a list": '{"error": ["xSomething"]}',
    "trailing": '{"result": {"volumePairingKey": "7b7d"}} {}',
    "byte order mark": '\ufeff{"result": {"volumePairingKey": "7b7d"}}',
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_handshake_that_gets_rubbish_is_taken_back(site, body):
    before = site.world.truth()["clusters"]
    site.world.faults.add("alpha", "StartVolumePairing", fault="reply", message=body, times=None)
    result = site.run("volume_pair", volume="free")
    assert (result["failed"], result["error"]["code"]) == (True, "bad_reply"), result
    assert result["error"]["left_behind"] is None
    assert volumes_of(site.world.truth()["clusters"]) == volumes_of(before)


def volumes_of(clusters):
    return {name: cluster["volumes"] for name, cluster in clusters.items()}


@pytest.mark.parametrize(
    "error",
    [
        {},
        {"name": None},
        {"name": ["xSomething"], "message": {"a": 1}},
        {"name": 41, "code": "500"},
        {"name": "x" * 10000, "message": "\ud800 \u0000 \u2028"},
    ],
)
def test_an_error_may_be_of_any_make(site, error):
    site.world.faults.add("alpha", "GetClusterInfo", fault="reply", message=json.dumps({"error": error}), times=None)
    result = site.run("pair_info")
    assert (result["failed"], result["error"]["code"]) == (True, "api_error")


@pytest.mark.parametrize(
    "key",
    ["wrong", "7b", "7b7d", b"[]".hex(), b'{"clusterPairUUID": 41, "password": 41}'.hex(), (b"[" * 100000).hex()],
)
def test_a_key_may_be_of_any_make(site, key):
    reply = {"result": {"clusterPairID": 41, "clusterPairingKey": key}}
    site.world.faults.add("alpha", "StartClusterPairing", fault="reply", message=json.dumps(reply), times=None)
    result = site.run("cluster_pair", there="gamma")
    assert (result["error"]["name"], result["error"]["left_behind"]) == ("xInvalidPairingKey", None)


# --- servers that lead elsewhere, or nowhere --------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GetClusterInfo", "StartVolumePairing"])
def test_a_redirect_is_not_followed(site, method):
    host, port = site.running.address("beta")
    to = f"https://{host}:{port}/json-rpc/10.0"
    site.world.faults.add("alpha", method, fault="redirect", message=to, times=None)
    with pytest.raises(Failure) as caught:
        connect(options(site)).probe(method, 10)
    assert caught.value.code == "bad_reply"
    assert "HTTP 302" in caught.value.sentence
    assert site.world.calls_of("beta") == []


def options(site, **more):
    given = {**site.connection("alpha"), "api_version": "12.5", "concurrency": 6, "timeout": 30, "use_proxy": True}
    return {**given, "validate_certs": True, "cert_fingerprint": None, **more}


@pytest.mark.parametrize("fault", ["drip", "endless"])
def test_a_handshake_whose_reply_never_ends_is_taken_back(site, fault):
    before = site.world.truth()["clusters"]
    site.world.faults.add("alpha", "StartVolumePairing", fault=fault, seconds=0.1, times=None)
    began = time.monotonic()
    result = site.run("volume_pair", volume="free", timeout=1)
    assert time.monotonic() - began < 20
    assert result["error"]["code"] in ("unreachable", "bad_reply")
    assert (result["error"]["rolled_back"], result["error"]["left_behind"]) == (True, None)
    assert volumes_of(site.world.truth()["clusters"]) == volumes_of(before)
