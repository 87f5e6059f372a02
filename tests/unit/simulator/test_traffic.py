# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many calls at once, large clusters, and listeners that close while clients are connected."""

from __future__ import annotations

import concurrent.futures
import time

import pytest
import requests

from ansible_collections.elementsw.replication.tests.simulator.server import serve
from ansible_collections.elementsw.replication.tests.simulator.world import World

ALPHA = {"name": "alpha", "volumes": [{"name": "db", "id": 41}]}
CONNECTION_LOST = (requests.exceptions.ConnectionError, requests.exceptions.ChunkedEncodingError)


def call(running, method, params=None):
    """One call over a connection of its own."""
    host, port = running.address("alpha")
    with requests.Session() as session:
        # The environment may name a bundle of certificates or a proxy.
        session.trust_env = False
        return session.post(
            f"https://{host}:{port}/json-rpc/12.5",
            json={"method": method, "params": params or {}, "id": 1},
            auth=("ansible", "Only-for-alpha-9xQ"),
            verify=running.ca_file,
            timeout=10,
        ).json()


def test_calls_side_by_side_are_applied_one_by_one():
    delay, calls = 0.05, 16
    world = World.from_dict({"clusters": [{**ALPHA, "delay": delay}]})
    with serve(world) as running, concurrent.futures.ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(call, running, "CreateSnapshot", {"volumeID": 41}) for _call in range(calls)]
        made = sorted(future.result()["result"]["snapshotID"] for future in waiting)
    assert made == list(range(1, calls + 1))
    assert [logged.sequence for logged in world.calls] == made
    assert {logged.connection for logged in world.calls} == set(made)


def test_the_delay_of_a_cluster_delays_every_reply():
    world = World.from_dict({"clusters": [{**ALPHA, "delay": 0.1}]})
    with serve(world) as running:
        begun = time.monotonic()
        call(running, "GetAPI")
        assert time.monotonic() - begun >= 0.1


def test_a_slow_call_can_take_effect_before_its_client_has_given_up():
    world = World.from_dict({"clusters": [ALPHA]})
    with serve(world) as running, concurrent.futures.ThreadPoolExecutor(1) as pool:
        world.faults.add("alpha", "CreateSnapshot", fault="slow", seconds=0.5, after_applying=True)
        waiting = pool.submit(call, running, "CreateSnapshot", {"volumeID": 41})
        while not world.writes():
            assert not waiting.done()
        assert not waiting.done()
        assert waiting.result()["result"]["snapshotID"] == 1


def test_a_call_under_way_is_lost_with_its_site():
    world = World.from_dict({"clusters": [ALPHA]})
    with serve(world) as running, concurrent.futures.ThreadPoolExecutor(1) as pool:
        fault = world.faults.add("alpha", "CreateSnapshot", fault="slow", seconds=0.3)
        before = world.truth()
        waiting = pool.submit(call, running, "CreateSnapshot", {"volumeID": 41})
        while fault in world.faults.unused():
            assert not waiting.done()
        world.site_down("alpha")
        with pytest.raises(CONNECTION_LOST):
            waiting.result()
        world.site_up("alpha")
        # This one ends when the lost one would long have been worked off.
        world.faults.add("alpha", "GetAPI", fault="slow", seconds=0.4)
        assert "result" in call(running, "GetAPI")
        assert world.truth() == before


def test_a_site_that_is_down_from_the_start():
    world = World.from_dict({"clusters": [{**ALPHA, "up": False}]})
    with serve(world) as running:
        with pytest.raises(CONNECTION_LOST):
            call(running, "GetAPI")
        world.site_up("alpha")
        assert "result" in call(running, "GetAPI")


def test_connections_are_refused_from_a_certain_call_on():
    world = World.from_dict({"clusters": [ALPHA]})
    with serve(world) as running:
        world.faults.add("alpha", "ListVolumes", fault="refuse")
        assert "result" in call(running, "GetAPI")
        for method in ("ListVolumes", "GetAPI"):
            with pytest.raises(CONNECTION_LOST):
                call(running, method)
        world.faults.clear()
        assert "result" in call(running, "GetAPI")


def test_two_worlds_share_nothing():
    with serve(World.from_dict({"clusters": [ALPHA]})) as one, serve(World.from_dict({"clusters": [ALPHA]})) as other:
        assert one.address("alpha") != other.address("alpha")
        assert one.certificate_sha256("alpha") != other.certificate_sha256("alpha")
        call(one, "CreateSnapshot", {"volumeID": 41})
        assert call(other, "ListSnapshots")["result"]["snapshots"] == []


def test_a_large_cluster_is_listed_quickly():
    clusters = [{"name": name, "volumes": [{"name": "v{n}", "count": 4000}]} for name in ("alpha", "beta")]
    pairs = [{"source": "alpha/v{n}", "target": "beta/v{n}", "count": 1000}]
    world = World.from_dict(
        {"clusters": clusters, "cluster_pairs": [{"between": ["alpha", "beta"]}], "volume_pairs": pairs}
    )
    begun = time.process_time()
    assert len(world.call("alpha", "ListVolumes")["volumes"]) == 4000
    # Measured in time of this process, whatever else the machine does; about a seventh of it is the rule.
    assert time.process_time() - begun < 1.0
