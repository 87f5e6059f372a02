# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the fault matrix has found, each in its smallest form."""

from __future__ import annotations

import pytest

from ansible_collections.elementsw.replication.tests.matrix.cases import once
from ansible_collections.elementsw.replication.tests.matrix.flows import FLOWS
from ansible_collections.elementsw.replication.tests.matrix.oracle import of_volumes

LINK = [{"between": ["alpha", "beta"]}]


@pytest.mark.parametrize(("count", "concurrency"), [(1, 1), (8, 6)])
def test_as_many_created_volumes_as_there_are_workers_are_taken_back(sites, count, concurrency):
    """The roll-back of each kept a worker busy and waited for another one: the task never ended."""
    site = sites(
        [{"name": "alpha", "volumes": [{"name": "vol-{n:04}", "count": count}]}, {"name": "beta"}], cluster_pairs=LINK
    )
    site.world.faults.add("beta", "CompleteVolumePairing", times=None, fault="xInvalidParameter")
    requested = [{"volume": f"vol-{n:04}"} for n in range(1, count + 1)]
    result = site.run("volume_pair", pairs=requested, create_peer_volume={}, concurrency=concurrency)
    assert (result["failed"], result["changed"], result["error"]["rolled_back"]) == (True, False, True)
    assert all(volume["deleted"] for volume in site.world.truth()["clusters"]["beta"]["volumes"])


def test_a_copy_that_had_begun_is_named(sites):
    """The pair is taken apart again when it cannot be paused, and by then its target may hold data."""
    site = sites(
        [
            {"name": "alpha", "volumes": [{"name": "orders", "marks": ["o"]}]},
            {"name": "beta", "volumes": [{"name": "orders"}]},
        ],
        cluster_pairs=LINK,
        switches={"nonzero_blocks": "live"},
    )
    site.world.faults.add("alpha", "ModifyVolumePair", fault="xInvalidParameter")
    result = site.run("volume_pair", volume="orders", paused=True)
    (sentence,) = result["error"]["left_behind"]
    assert "volume orders (101) on cluster beta" in sentence
    assert "allow_overwrite: true" in sentence
    assert (result["changed"], result["error"]["rolled_back"]) == (True, False)
    site.world.advance(1)
    assert site.run("volume_pair", volume="orders", paused=True)["error"]["code"] == "target_in_use"
    assert site.run("volume_pair", volume="orders", paused=True, allow_overwrite=True)["pairs"][0]["paused"] is True


def test_a_copy_that_had_begun_is_named_when_no_one_could_look():
    """Complete took effect, its reply was lost, and the pair was seen only when it was time to take it back."""
    (flow,) = (each for each in FLOWS if each.name == "volume pair: present")
    world = flow.world()
    world.faults.add("beta", "CompleteVolumePairing", fault="drop_after")
    world.faults.add("alpha", "ListVolumes", 3, times=6, fault="http_502")
    seen = once(flow, world)
    (sentence,) = seen.reported
    assert "on cluster beta: the copy of volume orders" in sentence
    assert not any(facts["pairs"] for facts in of_volumes(world.truth(), flow.items).values())


def test_a_start_that_may_take_effect_later_is_reported():
    """No one can know whether a call whose reply was lost is still on its way: the pending entry may come after all."""
    (flow,) = (each for each in FLOWS if each.name == "cluster pair: present")
    world = flow.world()
    world.faults.add("alpha", "StartClusterPairing", fault="drop_before")
    seen = once(flow, world)
    assert (seen.failures, seen.changed) == ((), True)
    expected = "a pending cluster pair if the StartClusterPairing whose reply was lost takes effect later"
    assert any(expected in text for text in seen.shown)


def test_a_pair_that_cannot_be_taken_back_is_named_with_both_ends():
    """Only the end that could not be read was named, and the other one kept its half."""
    (flow,) = (each for each in FLOWS if each.name == "volume pair: present and paused")
    world = flow.world()
    world.faults.add("alpha", "ModifyVolumePair", fault="drop_before")
    world.faults.add("alpha", "ListVolumes", 3, times=60, fault="drop_before")
    seen = once(flow, world)
    assert any(
        "volume orders (4) on cluster alpha with volume orders (104) on cluster beta" in text for text in seen.reported
    )
