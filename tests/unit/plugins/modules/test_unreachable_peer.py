# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A peer that does not answer has not failed for that: three attempts, signs of life, and the user's word."""

from __future__ import annotations

import os
import re
import signal
import socket
import threading
import time
from pathlib import Path

import pytest
import yaml

from ansible_collections.elementsw.replication.tests.simulator.settings import Timings

RW, RT = "readWrite", "replicationTarget"
INSTANT = dict.fromkeys(Timings.DEFAULTS, 0)
FORCED = {"direction": "to_peer", "failover": "forced"}
LOCAL_ONLY = {**FORCED, "peer_unreachable": "local_only"}
ASSUME_DEAD = {**FORCED, "peer_unreachable": "assume_dead"}
#: Where alpha really is, and what its entry on beta says.
MVIP = "192.0.2.10"


class Pair:
    """The volume orders of alpha, the source, and of beta; tasks run for beta, and alpha is their peer."""

    def __init__(self, site):
        self.site = site
        self.world = site.world

    def run(self, module="volume_pair", peer=None, **options):
        return self.site.run(module, **self._options(module, peer, options))

    def check_then_run(self, module="volume_pair", peer=None, **options):
        return self.site.check_then_run(module, **self._options(module, peer, options))

    def _options(self, module, peer, options):
        given = {"volume": "orders"} if module == "volume_pair" else {}
        return {"here": "beta", "there": "alpha", **given, "peer": self.peer(**peer or {}), **options}

    def peer(self, **more):
        return {name: value for name, value in self.site.connection("alpha", **more).items() if value is not None}

    @property
    def accesses(self):
        return tuple(next(iter(self.world.cluster(name).volumes.values())).access for name in ("alpha", "beta"))

    @property
    def address(self):
        return "{}:{}".format(*self.site.running.address("alpha"))

    def hides(self, fault, **more):
        """alpha lives, and the way to it is broken."""
        self.world.faults.add("alpha", times=None, fault=fault, **more)


@pytest.fixture(name="pair")
def _pair(sites):
    def start(**spec):
        mvips = {"alpha": MVIP, "beta": "198.51.100.20"}
        clusters = [{"name": name, "mvip": mvip, "volumes": [{"name": "orders"}]} for name, mvip in mvips.items()]
        links = [{"between": ["alpha", "beta"]}]
        pairs = [{"source": "alpha/orders", "target": "beta/orders"}]
        return Pair(sites(clusters, **{"cluster_pairs": links, "volume_pairs": pairs, **spec}))

    return start


# --- three attempts -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [
        {"fault": "http_503"},
        {"fault": "http_502", "times": 2},
        {"fault": "drop_before"},
        {"fault": "drop_after", "times": 2},
        {"fault": "null"},
        {"fault": "slow", "seconds": 4},
    ],
    ids=lambda fault: fault["fault"],
)
def test_a_hiccup_does_not_make_a_peer_unreachable(pair, fault):
    given = pair()
    given.world.faults.add("alpha", "GetClusterInfo", **fault)
    result = given.run(**LOCAL_ONLY)
    assert not result.get("failed"), result["msg"]
    assert (result["pairs"][0]["state"], given.accesses) == ("paired", (RT, RW))


def test_a_report_has_three_attempts_as_well(pair):
    given = pair()
    given.hides("http_503")
    result = given.run("pair_info")
    assert (result["peer_reachable"], result["problems"][0]["code"]) == (False, "peer_unreachable")
    assert len(given.world.calls_of("alpha")) == 3


def test_without_the_permission_a_peer_has_all_attempts_of_a_read(pair):
    given = pair()
    given.world.faults.add("alpha", "GetClusterInfo", times=4, fault="http_503")
    result = given.run(**FORCED)
    assert (result.get("failed", False), given.accesses) == (False, (RT, RW))


# --- signs of life ------------------------------------------------------------------------------------------------------


@pytest.fixture
def closed_port():
    """A port of this machine where nothing listens."""
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        yield reserved.getsockname()[1]


def assert_alive(given, result, tried, why):
    assert result["error"]["code"] == "peer_alive", result["msg"]
    assert (result["changed"], result["actions"], given.site.writes()) == (False, [], [])
    assert given.accesses == (RW, RT)
    for part in (f"MVIP {MVIP}", tried, why, "peer_unreachable: assume_dead"):
        assert part in result["msg"]
    assert len(result["msg"]) < 330


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ({"fault": "http_503"}, "HTTP 503"),
        ({"fault": "drop_before"}, "Remote end closed connection without response"),
        ({"fault": "refuse"}, "Connection refused"),
        ({"fault": "slow", "seconds": 2}, "no reply within 1 s"),
    ],
    ids=lambda value: value["fault"] if isinstance(value, dict) else "",
)
def test_a_peer_that_this_cluster_is_connected_with_is_alive(pair, fault, why):
    given = pair()
    given.hides(**fault)
    result = given.check_then_run(peer={"timeout": 1}, wait_timeout=1, **LOCAL_ONLY)
    assert_alive(given, result, given.address, why)


def test_a_proxy_that_is_down_does_not_count_as_an_unreachable_peer(pair, monkeypatch, closed_port):
    given = pair()
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{closed_port}")
    given.world.clear_calls()
    result = given.run(use_proxy=False, peer={"use_proxy": True}, wait_timeout=1, **LOCAL_ONLY)
    assert_alive(given, result, given.address, "proxy")
    assert given.world.calls_of("alpha") == []


def test_a_name_with_a_typing_mistake_does_not_count_as_an_unreachable_peer(pair):
    given = pair()
    result = given.run(peer={"hostname": "alpah.invalid", "port": 443}, wait_timeout=1, **LOCAL_ONLY)
    assert_alive(given, result, "alpah.invalid", "")


@pytest.mark.parametrize("polls", [2, 3])
def test_a_site_that_died_a_moment_ago_is_waited_for(pair, polls):
    given = pair(timings={**INSTANT, "disconnect_polls": polls})
    given.world.site_down("alpha")
    result = given.run(**LOCAL_ONLY)
    assert not result.get("failed"), result["msg"]
    assert (result["pairs"][0]["state"], given.accesses) == ("unknown_peer", (RW, RW))
    assert len(given.world.calls_of("beta", "ListClusterPairs")) > polls


@pytest.mark.parametrize("polls", [2, 4])
def test_a_pair_that_still_seems_to_replicate_is_waited_for(pair, polls):
    """The cluster pair shows the loss at once, the volume to promote a little later."""
    given = pair(timings={**INSTANT, "volume_disconnect_polls": polls})
    given.world.site_down("alpha")
    result = given.run(**LOCAL_ONLY)
    assert not result.get("failed"), result["msg"]
    assert given.accesses == (RW, RW)
    assert len(given.world.calls_of("beta", "ListVolumes")) > polls


def test_a_pair_that_seems_to_replicate_for_good_is_not_promoted(pair):
    given = pair(timings={**INSTANT, "volume_disconnect_polls": "never"})
    given.world.site_down("alpha")
    result = given.check_then_run(wait_timeout=1, **LOCAL_ONLY)
    assert (result["error"]["code"], given.site.writes(), given.accesses) == ("peer_alive", [], (RW, RT))
    assert "is Active, so the peer is up" in result["msg"]
    assert not given.check_then_run(**ASSUME_DEAD).get("failed")


def test_what_is_done_is_decided_by_what_is_read_after_the_wait(pair):
    """The volume is unpaired while the module waits for the entry to turn."""
    given = pair(timings={**INSTANT, "disconnect_polls": 2})
    given.world.site_down("alpha")
    volume_id = next(iter(given.world.cluster("beta").volumes))
    call = {"cluster": "beta", "method": "RemoveVolumePair", "params": {"volumeID": volume_id}}
    given.world.faults.add("beta", "ListClusterPairs", 2, fault="meanwhile", call=call)
    result = given.run(**LOCAL_ONLY)
    assert (result["pairs"][0]["error"]["code"], given.accesses) == ("unreachable", (RW, RT))


def test_a_volume_that_is_writable_already_needs_no_sign(pair):
    given = pair()
    given.world.site_down("alpha")
    assert given.run(**LOCAL_ONLY)["changed"]
    given.world.site_up("alpha")
    given.hides("http_503")
    again = given.check_then_run(wait_timeout=0, **LOCAL_ONLY)
    assert (again.get("failed", False), again["changed"]) == (False, False)


def test_to_release_a_target_is_to_promote_it(pair):
    given = pair()
    given.hides("http_503")
    options = {"state": "absent", "peer_unreachable": "local_only", "peer": {"mvip": MVIP}, "wait_timeout": 0}
    result = given.check_then_run(release_target=True, **options)
    assert_alive(given, result, given.address, "HTTP 503")
    removed = given.check_then_run(**options)
    # What stays a replicationTarget is marked as the copy that it is.
    assert (removed.get("failed", False), given.site.writes()) == (
        False,
        ["beta RemoveVolumePair", "beta ModifyVolume"],
    )


@pytest.mark.parametrize(
    ("module", "options"),
    [
        ("volume_pair", {"state": "absent"}),
        ("volume_pair", {"paused": True}),
        ("cluster_pair", {"state": "absent"}),
    ],
)
def test_what_promotes_nothing_goes_on(pair, module, options):
    given = pair(volume_pairs=[]) if module == "cluster_pair" else pair()
    given.hides("http_503")
    alone = {"peer_unreachable": "local_only", "peer": {"mvip": MVIP}}
    result = given.check_then_run(module, wait_timeout=1, **alone, **options)
    assert (result.get("failed", False), result["changed"]) == (False, True)


def test_a_signal_ends_the_wait_and_nothing_is_written(pair):
    given = pair()
    given.hides("refuse")

    def watch():
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and len(given.world.calls_of("beta", "ListClusterPairs")) < 2:
            threading.Event().wait(0.01)
        os.kill(os.getpid(), signal.SIGTERM)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    result = given.run(**LOCAL_ONLY)
    thread.join()
    assert (result["error"]["code"], result["changed"], given.site.writes()) == ("interrupted", False, [])
    assert given.accesses == (RW, RT)


def seconds_left(result):
    """What the line of progress promises."""
    line = re.fullmatch(
        "the peer does not answer, and cluster beta shows it as up; about ([0-9]+) s until that is decided",
        result["_progress"]["line"],
    )
    return int(line[1])


def test_a_wait_that_is_divided_begins_again_each_time(pair):
    given = pair()
    given.hides("http_503")
    options = {**LOCAL_ONLY, "progress_interval": 1, "wait_timeout": 60}
    first = given.run(**options)
    assert (first["changed"], given.site.writes()) == (False, [])
    assert 30 < seconds_left(first) < 60
    assert first["_progress"]["report"] == {"unplanned": {}}
    second = given.run(**options, x_resume={"waited": 30, "report": first["_progress"]["report"]})
    assert 0 < seconds_left(second) < 30
    last = given.run(**options, x_resume={"waited": 60.5, "report": second["_progress"]["report"]})
    assert_alive(given, last, given.address, "HTTP 503")
    # What has become of the peer meanwhile counts.
    given.world.faults.clear()
    answered = given.run(**options, x_resume={"waited": 30, "report": second["_progress"]["report"]})
    assert (answered.get("failed", False), given.accesses) == (False, (RT, RW))


@pytest.mark.parametrize("waited", ["NaN", "inf", -1])
def test_a_wait_without_a_measure_is_refused(pair, waited):
    given = pair()
    result = given.run(**LOCAL_ONLY, x_resume={"waited": waited, "report": {"unplanned": {}}})
    assert (result["msg"].startswith("x_resume: cannot be used"), given.world.calls) == (True, [])


def test_check_mode_waits_as_well(pair):
    given = pair()
    given.hides("http_503")
    result = given.run(check=True, progress_interval=1, **LOCAL_ONLY)
    assert result["_progress"]["report"] == {"unplanned": {}}


def test_a_playbook_shows_lines_and_one_result(pair, playbook, tmp_path_factory):
    given = pair()
    given.hides("http_503")
    task = {"peer_host": "alpha", "volume": "orders", **LOCAL_ONLY, "progress_interval": 1, "wait_timeout": 2}
    play = {
        "hosts": "beta",
        "gather_facts": False,
        "tasks": [{"elementsw.replication.element_volume_pair": task}],
    }
    done = playbook(given.site.running.inventory(), [play], tmp_path_factory.mktemp("known"))
    assert (done.returncode, given.site.writes()) == (2, [])
    assert "beta: the peer does not answer, and cluster beta shows it as up; about 1 s" in done.stderr
    assert f"its pair with alpha (MVIP {MVIP}) is Connected, so the peer is up" in " ".join(done.stdout.split())
    assert '"code": "peer_alive"' in done.stdout
    assert "unplanned" not in done.stdout


# --- which cluster it means ----------------------------------------------------------------------------------------------


@pytest.fixture(name="hub")
def _hub(sites):
    """beta is paired with alpha, which is lost, and with delta. Neither is reached at its MVIP."""
    spec = yaml.safe_load((Path(__file__).parents[3] / "simulator/worlds/four_sites.yml").read_text(encoding="utf-8"))
    site = sites(spec.pop("clusters"), **spec)
    site.world.site_down("alpha")
    return site


def to_beta(site, volume="orders-log", peer=None, **options):
    """A task for beta, with alpha as the peer."""
    named = {**site.connection("alpha"), **(peer or {})}
    return site.check_then_run("volume_pair", here="beta", there="alpha", volume=volume, peer=named, **options)


def access(site, name):
    return next(volume.access for volume in site.world.cluster("beta").volumes.values() if volume.name == name)


@pytest.mark.parametrize("permission", [LOCAL_ONLY, ASSUME_DEAD], ids=["local_only", "assume_dead"])
def test_in_a_hub_the_mvip_says_whom_it_means(hub, permission):
    unknown = to_beta(hub, **permission)
    assert (unknown["error"]["code"], hub.writes(), access(hub, "orders-log")) == ("peer_unknown", [], RT)
    for part in (f"alpha ({MVIP})", "delta (198.51.100.40)", "set element_mvip"):
        assert part in unknown["msg"]
    promoted = to_beta(hub, peer={"mvip": MVIP}, **permission)
    assert not promoted.get("failed"), promoted["msg"]
    assert access(hub, "orders-log") == RW
    elsewhere = to_beta(hub, volume="with-delta", peer={"mvip": MVIP}, **{**permission, "direction": "from_peer"})
    assert elsewhere["error"]["code"] == "paired_elsewhere"


@pytest.mark.parametrize("permission", [LOCAL_ONLY, ASSUME_DEAD], ids=["local_only", "assume_dead"])
def test_with_an_mvip_the_only_cluster_pair_is_not_taken_for_the_peers(pair, permission):
    """It may be that with another site, whose volumes would become writable on both sides."""
    given = pair()
    given.world.site_down("alpha")
    refused = given.check_then_run(peer={"mvip": "192.0.2.99"}, **permission)
    assert (refused["error"]["code"], given.site.writes(), given.accesses) == ("peer_unknown", [], (RW, RT))
    assert not given.check_then_run(**permission).get("failed")


def test_the_only_cluster_pair_is_not_that_with_an_unreachable_peer_while_it_is_connected(pair):
    """assume_dead, with a typing mistake in the name: the partner there is lives."""
    given = pair()
    refused = given.check_then_run(peer={"hostname": "alfa.example.com"}, **ASSUME_DEAD)
    assert (refused["error"]["code"], given.site.writes(), given.accesses) == ("peer_unknown", [], (RW, RT))


def test_without_the_management_network_data_still_arrives(pair):
    """The clusters have lost each other, and replicate: the peer is up all the same."""
    given = pair()
    given.world.management_link("alpha", "beta", up=False)
    given.hides("refuse")
    result = given.check_then_run(wait_timeout=1, **LOCAL_ONLY)
    assert (result["error"]["code"], given.site.writes(), given.accesses) == ("peer_alive", [], (RW, RT))
    assert "the pair of volume orders" in result["msg"]


def test_clusters_that_are_apart_stay_apart_beside_other_pairs(sites):
    """With its MVIP it is known that none of the other entries is the peer's."""
    clusters = [{"name": "alpha", "mvip": MVIP}, {"name": "beta"}, {"name": "gamma"}]
    site = sites(clusters, cluster_pairs=[{"between": ["alpha", "beta"]}, {"between": ["beta", "gamma"]}])
    site.world.site_down("alpha")
    gone = {"state": "absent", "peer_unreachable": "local_only", "here": "beta", "there": "alpha"}
    named = {**site.connection("alpha"), "mvip": MVIP}
    for changed in (True, False):
        result = site.check_then_run("cluster_pair", peer=named, **gone)
        assert (result.get("failed", False), result["changed"]) == (False, changed), result["msg"]
    assert site.run("cluster_pair", peer=site.connection("alpha"), **gone)["error"]["code"] == "peer_unknown"


@pytest.mark.parametrize("empty", ["", " "])
def test_an_empty_mvip_is_not_given(hub, empty):
    assert to_beta(hub, peer={"mvip": empty}, **LOCAL_ONLY)["error"]["code"] == "peer_unknown"


def test_the_mvip_of_this_cluster_is_not_the_peers(hub):
    assert to_beta(hub, mvip=MVIP, **LOCAL_ONLY)["error"]["code"] == "peer_unknown"


def test_the_mvip_counts_more_than_where_the_hostname_leads(sites):
    """All clusters are reached over one forwarder, whose address happens to be the MVIP of gamma."""
    mvips = {"alpha": MVIP, "beta": "198.51.100.20", "gamma": "127.0.0.1"}
    site = sites(
        [{"name": name, "mvip": mvip, "volumes": [{"name": "orders"}]} for name, mvip in mvips.items()],
        cluster_pairs=[{"between": ["alpha", "beta"]}, {"between": ["beta", "gamma"]}],
        volume_pairs=[{"source": "gamma/orders", "target": "beta/orders"}],
    )
    site.world.site_down("alpha")
    result = to_beta(site, volume="orders", peer={"mvip": MVIP}, **LOCAL_ONLY)
    assert (result["error"]["code"], access(site, "orders")) == ("paired_elsewhere", RT)


# --- the user's word ----------------------------------------------------------------------------------------------------

#: Whatever alpha would answer.
WOULD_ANSWER = {
    "as ever": lambda given: None,
    "nothing": lambda given: given.world.site_down("alpha"),
    "no connection": lambda given: given.hides("refuse"),
    "401": lambda given: given.hides("http_401"),
    "503": lambda given: given.hides("http_503"),
    "another certificate": lambda given: given.site.running.renew_certificate("alpha"),
    "rubbish": lambda given: given.hides("html_200"),
}


@pytest.mark.parametrize("answer", WOULD_ANSWER)
@pytest.mark.parametrize("named", ["mvip", "hostname"])
def test_a_peer_assumed_gone_gets_not_one_request(pair, answer, named):
    given = pair()
    WOULD_ANSWER[answer](given)
    given.world.clear_calls()
    result = given.site.check_then_run(
        "volume_pair", here="beta", there="alpha", volume="orders", peer={named: MVIP}, **ASSUME_DEAD
    )
    assert not result.get("failed"), result["msg"]
    assert (result["pairs"][0]["state"], result["pairs"][0]["in_sync"]) == ("unknown_peer", None)
    assert given.accesses == (RW, RW)
    assert given.world.calls_of("alpha") == []
    again = given.site.run("volume_pair", here="beta", volume="orders", peer={named: MVIP}, **ASSUME_DEAD)
    assert (again.get("failed", False), again["changed"], given.world.calls_of("alpha")) == (False, False, [])


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"match_size": True}, "unreachable"),
        ({"failover": "planned", "direction": "to_peer"}, "unreachable"),
        ({"mode": "sync"}, "unreachable"),
        ({"size": "1TiB"}, "unreachable"),
        ({"repair": True}, "unreachable"),
    ],
)
def test_it_permits_what_local_only_permits(pair, options, code):
    given = pair()
    result = given.check_then_run(peer={"mvip": MVIP}, peer_unreachable="assume_dead", **options)
    assert (result["error"]["code"], given.site.writes(), given.accesses) == (code, [], (RW, RT))
    assert "requires the peer alpha, which is unreachable" in result["msg"]


def test_the_clusters_are_unpaired_from_a_peer_assumed_gone(pair):
    given = pair()
    gone = {"state": "absent", "peer_unreachable": "assume_dead", "peer": {"mvip": MVIP}, "here": "beta"}
    assert not given.site.check_then_run("volume_pair", volume="orders", **gone).get("failed")
    assert not given.site.check_then_run("cluster_pair", **gone).get("failed")
    assert given.world.cluster("beta").cluster_pairs == {}
    assert [call.cluster for call in given.world.calls_of("alpha")] == []


@pytest.mark.parametrize("permission", ["local_only", "assume_dead"])
def test_clusters_are_not_paired_with_an_unreachable_one(pair, permission):
    result = pair().run("cluster_pair", peer_unreachable=permission)
    assert result["msg"] == f"peer_unreachable: {permission} requires state: absent; pairing requires both clusters"
