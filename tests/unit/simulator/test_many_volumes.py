# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The volumes of an account, and many volumes deleted, purged and restored at once."""

from __future__ import annotations

import pytest

from ansible_collections.elementsw.replication.tests.simulator.errors import ApiError
from ansible_collections.elementsw.replication.tests.simulator.world import World

SHOP, LAB, GROUP = 3, 4, 1


@pytest.fixture(name="world")
def _world():
    return World.from_dict(
        {
            "clusters": [
                {
                    "name": "alpha",
                    "accounts": [{"name": "shop", "id": SHOP}, {"name": "lab", "id": LAB}],
                    "volumes": [
                        {"name": "a", "id": 1, "account": "shop"},
                        {"name": "b", "id": 2, "account": "shop"},
                        {"name": "c", "id": 3, "account": "lab"},
                        {"name": "old", "id": 4, "account": "shop", "deleted": True},
                        {"name": "older", "id": 5, "account": "lab", "deleted": True},
                    ],
                    "access_groups": [{"name": "hosts", "volumes": ["b", "c", "older"]}],
                    "sessions": [{"volume": "a"}, {"volume": "c"}],
                }
            ]
        }
    )


def statuses(world):
    return {each["volumeID"]: each["status"] for each in world.call("alpha", "ListVolumes")["volumes"]}


def outcome(world, method, **params):
    """`done`, or the name of the error, after which nothing has changed."""
    before = world.truth()
    try:
        world.call("alpha", method, params)
    except ApiError as error:
        assert world.truth() == before
        return error.name
    return "done"


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"accountID": SHOP}, [1, 2, 4]),
        ({"accountID": LAB}, [3, 5]),
        ({"accountID": SHOP, "startVolumeID": 2}, [2, 4]),
        ({"accountID": SHOP, "startVolumeID": 2, "limit": 1}, [2]),
        ({"accountID": SHOP, "includeVirtualVolumes": False}, [1, 2, 4]),
    ],
)
def test_the_volumes_of_an_account_are_listed_with_those_that_are_deleted(world, params, expected):
    assert [each["volumeID"] for each in world.call("alpha", "ListVolumesForAccount", params)["volumes"]] == expected


def test_an_account_that_does_not_exist_has_no_list(world):
    with pytest.raises(ApiError, match="xAccountIDDoesNotExist: Illegal AccountID 9"):
        world.call("alpha", "ListVolumesForAccount", {"accountID": 9})


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({"volumeIDs": [2, 1]}, [1, 2]),
        ({"accountIDs": [SHOP]}, [1, 2]),
        ({"accountIDs": [SHOP, LAB]}, [1, 2, 3]),
        ({"volumeAccessGroupIDs": [GROUP]}, [2, 3]),
        ({"volumeIDs": []}, []),
    ],
)
def test_many_are_deleted_at_once(world, chosen, expected):
    deleted = world.call("alpha", "DeleteVolumes", chosen)
    assert sorted(each["volumeID"] for each in deleted["volumes"]) == expected
    assert {each["status"] for each in deleted["volumes"]} <= {"deleted"}
    assert [number for number, status in statuses(world).items() if status == "deleted"] == [*expected, 4, 5]
    sessions = world.call("alpha", "ListISCSISessions")["sessions"]
    assert [each["volumeID"] for each in sessions] == [each for each in (1, 3) if each not in expected]


def test_a_clone_in_the_making_is_left_out(world):
    world.switches.set({"unfinished_clone": "listed"})
    world.timings.set({"clone_seconds": 60})
    clone = world.call("alpha", "CloneVolume", {"volumeID": 3, "name": "copy"})["volumeID"]
    world.call("alpha", "DeleteVolumes", {"accountIDs": [LAB]})
    assert statuses(world)[clone] == "init"
    assert outcome(world, "DeleteVolumes", volumeIDs=[clone]) == "xInvalidParameter"


@pytest.mark.parametrize(
    ("chosen", "left"),
    [
        ({"volumeIDs": [4]}, [1, 2, 3, 5]),
        ({"accountIDs": [LAB]}, [1, 2, 3, 4]),
        ({"volumeAccessGroupIDs": [GROUP]}, [1, 2, 3, 4]),
    ],
)
def test_many_are_purged_at_once(world, chosen, left):
    assert world.call("alpha", "PurgeDeletedVolumes", chosen) == {}
    assert list(statuses(world)) == left
    (group,) = world.call("alpha", "ListVolumeAccessGroups")["volumeAccessGroups"]
    assert group["deletedVolumes"] == [each for each in (5,) if each in left]


@pytest.mark.parametrize("method", ["DeleteVolumes", "PurgeDeletedVolumes"])
@pytest.mark.parametrize(
    ("params", "error"),
    [
        ({}, "xInvalidParameter"),
        ({"volumeIDs": [1], "accountIDs": [SHOP]}, "xInvalidParameter"),
        ({"volumeIDs": [1, 4]}, "xVolumeIDDoesNotExist"),
        ({"volumeIDs": [99]}, "xVolumeIDDoesNotExist"),
        ({"accountIDs": [SHOP, 9]}, "xAccountIDDoesNotExist"),
        ({"volumeAccessGroupIDs": [9]}, "xVolumeAccessGroupIDDoesNotExist"),
        ({"volumeIDs": list(range(1, 502))}, "xExceededLimit"),
    ],
)
def test_all_or_none(world, method, params, error):
    assert outcome(world, method, **params) == error


def test_what_was_deleted_with_others_can_be_restored(world):
    world.call("alpha", "DeleteVolumes", {"volumeIDs": [1, 2]})
    assert world.call("alpha", "RestoreDeletedVolume", {"volumeID": 1}) == {}
    assert outcome(world, "RestoreDeletedVolume", volumeID=1) == "xVolumeIDDoesNotExist"
    world.call("alpha", "PurgeDeletedVolume", {"volumeID": 2})
    assert outcome(world, "RestoreDeletedVolume", volumeID=2) == "xVolumeIDDoesNotExist"
    world.log_in("alpha", 1)
