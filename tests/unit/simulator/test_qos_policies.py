# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""QoS policies, and the volumes that follow them."""

from __future__ import annotations

import pytest

from ansible_collections.elementsw.replication.tests.simulator.errors import ApiError
from ansible_collections.elementsw.replication.tests.simulator.world import World

GOLD = 1
SLOW = {"minIOPS": 100, "maxIOPS": 200, "burstIOPS": 300}


def build(**more):
    return World.from_dict(
        {
            "clusters": [
                {
                    "name": "alpha",
                    "qos_policies": [{"name": "gold", "min_iops": 1000, "max_iops": 2000, "burst_iops": 3000}],
                    "volumes": [
                        {"name": "a", "id": 1, "qos_policy": "gold"},
                        {"name": "b", "id": 2},
                        {"name": "old", "id": 3, "qos_policy": "gold", "deleted": True},
                    ],
                    **more,
                }
            ]
        }
    )


@pytest.fixture(name="world")
def _world():
    return build()


def outcome(world, method, **params):
    """`done`, or the name of the error, after which nothing has changed."""
    before = world.truth()
    try:
        world.call("alpha", method, params)
    except ApiError as error:
        assert world.truth() == before
        return error.name
    return "done"


def policy(world, policy_id=GOLD):
    return world.call("alpha", "GetQoSPolicy", {"qosPolicyID": policy_id})["qosPolicy"]


def volume(world, volume_id):
    (shown,) = world.call("alpha", "ListVolumes", {"volumeIDs": [volume_id]})["volumes"]
    return shown["qosPolicyID"], iops(shown["qos"])


def iops(qos):
    return qos["minIOPS"], qos["maxIOPS"], qos["burstIOPS"]


def test_one_is_read_as_it_is_listed(world):
    assert [policy(world)] == world.call("alpha", "ListQoSPolicies")["qosPolicies"]
    assert (policy(world)["name"], policy(world)["volumeIDs"]) == ("gold", [1])


def test_a_new_one_is_read_back_and_used(world):
    made = world.call("alpha", "CreateQoSPolicy", {"name": "slow", "qos": SLOW})["qosPolicy"]
    assert made == policy(world, made["qosPolicyID"])
    assert (made["name"], iops(made["qos"]), made["volumeIDs"]) == ("slow", (100, 200, 300), [])
    world.call("alpha", "ModifyVolume", {"volumeID": 2, "qosPolicyID": made["qosPolicyID"]})
    assert volume(world, 2) == (made["qosPolicyID"], (100, 200, 300))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"name": "silver"}, ("silver", (1000, 2000, 3000))),
        ({"qos": SLOW}, ("gold", (100, 200, 300))),
        ({"qos": {"minIOPS": 500}}, ("gold", (500, 2000, 3000))),
    ],
)
def test_volumes_follow_their_policy(world, given, expected):
    changed = world.call("alpha", "ModifyQoSPolicy", {"qosPolicyID": GOLD, **given})["qosPolicy"]
    assert changed == policy(world)
    assert (changed["name"], iops(changed["qos"])) == expected
    assert [volume(world, each) for each in (1, 3)] == [(GOLD, expected[1])] * 2
    assert volume(world, 2) == (None, (50, 15000, 15000))


def test_volumes_keep_the_settings_of_a_deleted_policy(world):
    assert world.call("alpha", "DeleteQoSPolicy", {"qosPolicyID": GOLD}) == {}
    assert world.call("alpha", "ListQoSPolicies") == {"qosPolicies": []}
    assert [volume(world, each) for each in (1, 3)] == [(None, (1000, 2000, 3000))] * 2


def test_a_clone_in_the_making_follows_its_policy(world):
    world.timings.set({"clone_seconds": 60})
    clone = world.call("alpha", "CloneVolume", {"volumeID": 1, "name": "copy"})["volumeID"]
    world.call("alpha", "ModifyQoSPolicy", {"qosPolicyID": GOLD, "qos": SLOW})
    world.call("alpha", "DeleteQoSPolicy", {"qosPolicyID": GOLD})
    world.advance(60)
    assert volume(world, clone) == (None, (100, 200, 300))


@pytest.mark.parametrize(
    ("method", "params", "error"),
    [
        ("GetQoSPolicy", {"qosPolicyID": 9}, "xQoSPolicyDoesNotExist"),
        ("ModifyQoSPolicy", {"qosPolicyID": 9}, "xQoSPolicyDoesNotExist"),
        ("DeleteQoSPolicy", {"qosPolicyID": 9}, "xQoSPolicyDoesNotExist"),
        ("CreateQoSPolicy", {"name": "new"}, "xMissingParameter"),
        ("CreateQoSPolicy", {"name": "new", "qos": {"minIOPS": 10}}, "xInvalidParameter"),
        ("CreateQoSPolicy", {"name": "new", "qos": {"maxIOPS": 200001}}, "xInvalidParameter"),
        ("ModifyQoSPolicy", {"qosPolicyID": GOLD, "name": "new", "qos": {"burstIOPS": 10}}, "xInvalidParameter"),
    ],
)
def test_what_is_refused_changes_nothing(world, method, params, error):
    assert outcome(world, method, **params) == error


def test_the_limit_refuses():
    assert outcome(build(limits={"qosPolicyCountMax": 1}), "CreateQoSPolicy", name="new", qos={}) == "xExceededLimit"
