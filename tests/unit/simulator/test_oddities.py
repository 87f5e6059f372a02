# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Odd objects: a list shows a single object otherwise than it is, and nothing else changes."""

from __future__ import annotations

import copy

import pytest

from ansible_collections.elementsw.replication.tests.simulator.oddities import LISTS
from ansible_collections.elementsw.replication.tests.simulator.world import World

HOST = {
    "volumes": [{"name": "a", "id": 1}, {"name": "b", "id": 2}, {"name": "old", "id": 3, "deleted": True}],
    "accounts": [{"name": "shop"}],
    "qos_policies": [{"name": "gold"}],
    "access_groups": [{"name": "hosts", "volumes": ["b"]}],
    "sessions": [{"volume": "b"}],
    "fibre_channel_sessions": [{"access_group": "hosts"}],
    "snapshots": [{"volume": "b", "name": "daily"}],
}
SPEC = {
    "timings": {"resuming_data_transfer_polls": "never"},
    "clusters": [{"name": "alpha", **HOST}, {"name": "beta", "volumes": [{"name": "a"}]}],
    "cluster_pairs": [{"between": ["alpha", "beta"]}],
}


@pytest.fixture(name="world")
def _world():
    world = World.from_dict({**SPEC, "volume_pairs": [{"source": "beta/a", "target": "alpha/a"}]})
    world.call("alpha", "CreateGroupSnapshot", {"volumes": [1, 2]})
    world.management_link("alpha", "beta", up=False)
    # A copy begins when the link is back.
    world.storage_link("alpha", "beta", up=False)
    world.storage_link("alpha", "beta", up=True)
    return world


@pytest.mark.parametrize("method", LISTS)
def test_one_object_of_a_list_is_shown_otherwise(world, method):
    name, id_member = LISTS[method]
    before = copy.deepcopy(world.call("alpha", method))
    first = before[name][0]
    world.odd_object("alpha", method, first[id_member], "colour", "green")
    after = world.call("alpha", method)
    assert [each.get("colour") for each in after[name]] == ["green"] + [None] * (len(before[name]) - 1)
    world.odd_objects.clear()
    assert "colour" not in world.call("alpha", method)[name][0]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (("name", ""), lambda volume: volume["name"] == ""),
        (("name",), lambda volume: "name" not in volume),
        (("name", None), lambda volume: volume["name"] is None),
        (("volumeID", 2), lambda volume: volume["volumeID"] == 2),
        (("volumePairs.0.volumePairUUID",), lambda volume: "volumePairUUID" not in volume["volumePairs"][0]),
        (("volumePairs.5.volumePairUUID", 1), lambda volume: len(volume["volumePairs"]) == 1),
        ((), lambda volume: volume is None),
        ((None, "text"), lambda volume: volume == "text"),
    ],
)
def test_what_can_be_shown_of_it(world, given, shown):
    before = world.truth()
    world.odd_object("alpha", "ListVolumes", 1, *given)
    assert shown(world.call("alpha", "ListVolumes")["volumes"][0])
    # It is what it was: in other lists, for filters, and in truth.
    assert world.call("alpha", "ListActiveVolumes")["volumes"][0]["name"] == "a"
    assert len(world.call("alpha", "ListVolumes", {"volumeIDs": [1]})["volumes"]) == 1
    assert world.truth() == before
