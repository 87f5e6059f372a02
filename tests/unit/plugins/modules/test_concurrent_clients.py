# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What random worlds and races (tests/fuzz) have found, each as the smallest thing that shows it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ansible_collections.elementsw.replication.tests.fuzz.inhabited import InhabitedWorld
from ansible_collections.elementsw.replication.tests.simulator.server import serve
from ansible_collections.elementsw.replication.tests.unit.running import Sites

LINK = {"between": ["alpha", "beta"]}
NAMES = {"alpha": 1, "beta": 101, "gamma": 201}


@pytest.fixture
def crowded() -> Iterator[Sites]:
    """Three clusters with volumes a and b, where another client has got every key."""
    clusters = [
        {"name": name, "volumes": [{"name": each, "id": first + n} for n, each in enumerate("ab")]}
        for name, first in NAMES.items()
    ]
    world = InhabitedWorld.from_dict({"timings": "instant", "clusters": clusters})
    with serve(world) as running:
        yield Sites(world, running)


def pairs(site: Sites, cluster: str, volume_id: int) -> list[int]:
    """The IDs of the volumes that this one is paired with, 0 for a pending entry."""
    volumes = site.world.truth()["clusters"][cluster]["volumes"]
    return [half["remote_volume_id"] for volume in volumes if volume["id"] == volume_id for half in volume["pairs"]]


def listed(site: Sites, cluster: str) -> list[str | None]:
    """The names of the clusters that this one is paired with, None for a pending entry."""
    entries = site.world.truth()["clusters"][cluster]["cluster_pairs"]
    return [entry["remote"][0] if entry["remote"] else None for entry in entries]


def meanwhile(site: Sites, method: str, act: str, **params: object) -> None:
    """Before beta serves this method, another client does something to alpha's first volume, or to alpha."""
    call = {"cluster": "alpha", "method": act, "params": params}
    site.world.faults.add("beta", method, fault="meanwhile", call=call)


def test_a_created_volume_is_taken_back_with_one_call_at_a_time(sites):
    """The roll-back ran on the only worker and waited there for reads that no worker was left to make: a hang for ever."""
    site = sites([{"name": "alpha", "volumes": [{"name": "a"}]}, {"name": "beta"}], cluster_pairs=[LINK])
    site.world.faults.add("alpha", "StartVolumePairing", fault="xInvalidParameter")
    result = site.run("volume_pair", volume="a", create_peer_volume={}, concurrency=1)
    assert (result["failed"], result["error"]["left_behind"], result["changed"]) == (True, None, False)
    assert site.writes() == [
        *("beta CreateVolume", "beta ModifyVolume", "beta ModifyVolume"),
        *("beta DeleteVolume", "beta PurgeDeletedVolume"),
    ]


def test_our_pairing_of_volumes_completed_by_another_client_as_we_requested(crowded):
    """Our entry was removed, the other volume kept its half: the pair that was requested, and was there, was torn."""
    crowded.world.act("alpha", "pair_clusters", {"far": "beta"})
    meanwhile(crowded, "CompleteVolumePairing", "complete_pairing", number=0, far="beta", far_number=0)
    result = crowded.run("volume_pair", volume="a")
    assert not result.get("failed"), result["msg"]
    assert (pairs(crowded, "alpha", 1), pairs(crowded, "beta", 101)) == ([101], [1])


def test_our_pairing_of_volumes_completed_by_another_client_with_another_volume(crowded):
    """The pair was another client's: half of it was removed, and nothing was reported."""
    crowded.world.act("alpha", "pair_clusters", {"far": "beta"})
    meanwhile(crowded, "CompleteVolumePairing", "complete_pairing", number=0, far="beta", far_number=1)
    result = crowded.run("volume_pair", volume="a")
    assert result["error"]["code"] == "changed_meanwhile"
    assert result["error"]["left_behind"] == [
        "volume a (1) on cluster alpha: another client paired it with volume b (102)"
    ]
    assert (pairs(crowded, "alpha", 1), pairs(crowded, "beta", 102), pairs(crowded, "beta", 101)) == ([102], [1], [])


def test_our_pairing_of_clusters_completed_by_another_client_as_we_requested(crowded):
    """Our entry was removed although it had become the pair that was requested; what was left of it was half_pair."""
    meanwhile(crowded, "CompleteClusterPairing", "complete_cluster_pairing", far="beta")
    result = crowded.run("cluster_pair")
    assert not result.get("failed"), result["msg"]
    assert (listed(crowded, "alpha"), listed(crowded, "beta")) == (["beta"], ["alpha"])


def test_our_pairing_of_clusters_completed_by_another_client_with_a_third_cluster(crowded):
    """Our entry was removed, and a third cluster was left with a half."""
    meanwhile(crowded, "CompleteClusterPairing", "complete_cluster_pairing", far="gamma")
    result = crowded.run("cluster_pair")
    assert result["error"]["code"] == "changed_meanwhile"
    assert "another client completed it with gamma" in result["error"]["left_behind"][0]
    assert (listed(crowded, "alpha"), listed(crowded, "gamma"), listed(crowded, "beta")) == (["gamma"], ["alpha"], [])


def at_the_second_read(site: Sites, method: str, act: str, **params: object) -> None:
    call = {"cluster": "alpha", "method": act, "params": params}
    site.world.faults.add("beta", method, 2, fault="meanwhile", call=call)


def test_a_pair_that_another_run_is_completing_is_no_pending_pair(crowded):
    """The pairing of another run was refused as one that had been abandoned, with the advice to remove it."""
    crowded.world.act("alpha", "pair_clusters", {"far": "beta"})
    crowded.world.act("beta", "set_access", {"number": 0, "access": "replicationTarget"})
    crowded.world.act("alpha", "start_pairing", {"number": 0})
    at_the_second_read(crowded, "ListVolumes", "complete_pairing", number=0, far="beta", far_number=0)
    result = crowded.run("volume_pair", volume="a")
    assert not result.get("failed"), result["msg"]
    assert result["pairs"][0]["state"] == "paired"
    assert (pairs(crowded, "alpha", 1), pairs(crowded, "beta", 101)) == ([101], [1])


def test_a_pairing_that_no_one_completes_is_still_a_pending_pair(crowded):
    crowded.world.act("alpha", "pair_clusters", {"far": "beta"})
    crowded.world.act("alpha", "start_pairing", {"number": 0})
    result = crowded.run("volume_pair", volume="a")
    assert (result["error"]["code"], result["changed"], pairs(crowded, "alpha", 1)) == ("pending_pair", False, [0])
    assert len(crowded.world.calls_of("beta", "ListVolumes")) == 2
