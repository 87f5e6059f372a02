# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A cluster that is built again under its old name and addresses, and what the others still list of the old one."""

from __future__ import annotations

import pytest
import requests

from ansible_collections.elementsw.replication.tests.simulator.server import serve
from ansible_collections.elementsw.replication.tests.simulator.world import World


@pytest.fixture(name="world")
def _world():
    return World.from_dict(
        {
            "timings": "instant",
            "clusters": [
                {"name": "alpha", "volumes": [{"name": "orders", "id": 41, "marks": ["a"]}]},
                {"name": "beta", "volumes": [{"name": "orders", "marks": ["a"]}]},
            ],
            "cluster_pairs": [{"between": ["alpha", "beta"]}],
            "volume_pairs": [{"source": "alpha/orders", "target": "beta/orders"}],
        }
    )


def info(world, cluster):
    return world.call(cluster, "GetClusterInfo")["clusterInfo"]


def volumes(world, cluster):
    return world.call(cluster, "ListVolumes")["volumes"]


def create(world, cluster):
    owner = world.call(cluster, "AddAccount", {"username": "tenant"})["accountID"]
    return world.call(cluster, "CreateVolume", {"name": "orders", "accountID": owner, "totalSize": 10 * 1024**3})


def test_it_has_its_old_name_and_addresses_and_nothing_else(world):
    before = info(world, "alpha")
    world.rebuild("alpha")
    after = info(world, "alpha")
    assert (after["name"], after["mvip"], after["svip"]) == (before["name"], before["mvip"], before["svip"])
    assert after["uniqueID"] != before["uniqueID"]
    for method, member in (
        ("ListVolumes", "volumes"),
        ("ListClusterPairs", "clusterPairs"),
        ("ListAccounts", "accounts"),
    ):
        assert world.call("alpha", method)[member] == []
    assert create(world, "alpha")["volumeID"] == 1


def test_the_other_cluster_keeps_what_it_had_of_the_old_one(world):
    (entry,) = world.call("beta", "ListClusterPairs")["clusterPairs"]
    world.rebuild("alpha")
    (left,) = world.call("beta", "ListClusterPairs")["clusterPairs"]
    assert (left["clusterUUID"], left["clusterPairUUID"]) == (entry["clusterUUID"], entry["clusterPairUUID"])
    assert left["status"] == "Misconfigured"
    (target,) = volumes(world, "beta")
    assert target["volumePairs"][0]["remoteReplication"]["state"] == "PausedDisconnected"
    assert world.marks("beta", target["volumeID"]) == ["a"]


def test_it_can_be_paired_again_beside_what_is_left(world):
    world.rebuild("alpha")
    key = world.call("alpha", "StartClusterPairing")["clusterPairingKey"]
    world.call("beta", "CompleteClusterPairing", {"clusterPairingKey": key})
    statuses = [pair["status"] for pair in world.call("beta", "ListClusterPairs")["clusterPairs"]]
    assert statuses == ["Misconfigured", "Connected"]


def test_it_serves_at_its_old_address_with_its_old_administrators(world):
    with serve(world) as running:
        world.rebuild("alpha")
        host, port = running.address("alpha")
        (admin,) = world.cluster("alpha").admins
        with requests.Session() as session:
            session.trust_env = False
            reply = session.post(
                f"https://{host}:{port}/json-rpc/12.5",
                json={"method": "GetClusterInfo", "params": {}, "id": 1},
                auth=(admin.username, admin.password),
                verify=running.ca_file,
                timeout=10,
            ).json()
    assert reply["result"]["clusterInfo"]["uniqueID"] == info(world, "alpha")["uniqueID"]
