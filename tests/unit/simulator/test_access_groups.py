# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Access groups: their volumes, initiators and LUNs, and what they refuse."""

from __future__ import annotations

import pytest

from ansible_collections.elementsw.replication.tests.simulator.errors import ApiError
from ansible_collections.elementsw.replication.tests.simulator.world import World

ONE, TWO = "iqn.1998-01.com.example:one", "iqn.1998-01.com.example:two"
WWPN = "21:00:00:0e:1e:c4:0a:01"
HOSTS, SPARE = 1, 2
UNKNOWN = "xVolumeAccessGroupIDDoesNotExist"


def build(**more):
    return World.from_dict(
        {
            "clusters": [
                {
                    "name": "alpha",
                    "volumes": [{"name": name, "id": number} for number, name in enumerate("abcd", 1)]
                    + [{"name": "old", "id": 9, "deleted": True}],
                    "access_groups": [
                        {"name": "hosts", "volumes": ["a", "b", "old"], "initiators": [ONE]},
                        {"name": "spare"},
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


def groups(world, **params):
    return world.call("alpha", "ListVolumeAccessGroups", params)["volumeAccessGroups"]


def group(world, group_id=HOSTS):
    (found,) = groups(world, volumeAccessGroups=[group_id])
    return found


def initiators(world):
    return {each["initiatorID"]: each["initiatorName"] for each in world.call("alpha", "ListInitiators")["initiators"]}


def volume_groups(world, volume_id):
    (volume,) = world.call("alpha", "ListVolumes", {"volumeIDs": [volume_id]})["volumes"]
    return volume["volumeAccessGroups"]


def luns(world, **params):
    shown = world.call("alpha", "GetVolumeAccessGroupLunAssignments", {"volumeAccessGroupID": HOSTS, **params})
    assignments = shown["volumeAccessGroupLunAssignments"]
    return [
        [(each["volumeID"], each["lun"]) for each in assignments[member]]
        for member in ("lunAssignments", "deletedLunAssignments")
    ]


def test_a_group_of_the_world_has_initiators_with_ids():
    world = build(first_ids={"initiator": 31})
    assert group(world) == {
        "attributes": {},
        "deletedVolumes": [9],
        "initiatorIDs": [31],
        "initiators": [ONE],
        "name": "hosts",
        "volumeAccessGroupID": HOSTS,
        "volumes": [1, 2],
    }
    assert initiators(world) == {31: ONE}


def test_unknown_groups_are_named_and_no_error(world):
    found = world.call("alpha", "ListVolumeAccessGroups", {"volumeAccessGroups": [SPARE, 7, 8]})
    assert [each["name"] for each in found["volumeAccessGroups"]] == ["spare"]
    assert found["volumeAccessGroupsNotFound"] == [7, 8]
    assert "volumeAccessGroupsNotFound" not in world.call("alpha", "ListVolumeAccessGroups")


def test_a_new_group_is_read_back(world):
    made = world.call(
        "alpha",
        "CreateVolumeAccessGroup",
        {"name": "new", "volumes": [1, 3], "initiators": [TWO.upper(), WWPN.upper()], "attributes": {"by": "test"}},
    )
    assert made["volumeAccessGroup"] == group(world, made["volumeAccessGroupID"])
    assert made["volumeAccessGroup"]["initiators"] == [TWO, WWPN]
    assert (made["volumeAccessGroup"]["volumes"], made["volumeAccessGroup"]["attributes"]) == ([1, 3], {"by": "test"})
    assert volume_groups(world, 1) == [HOSTS, made["volumeAccessGroupID"]]
    assert list(initiators(world).values()) == [ONE, TWO, WWPN]


def test_names_of_groups_repeat(world):
    assert outcome(world, "CreateVolumeAccessGroup", name="hosts") == "done"
    assert [each["name"] for each in groups(world)] == ["hosts", "spare", "hosts"]


def test_modified_lists_replace_and_what_is_left_out_stays(world):
    world.call("alpha", "ModifyVolumeAccessGroup", {"volumeAccessGroupID": HOSTS, "name": "servers"})
    assert (group(world)["name"], group(world)["volumes"], group(world)["initiators"]) == ("servers", [1, 2], [ONE])
    given = {"volumeAccessGroupID": HOSTS, "volumes": [2, 3], "initiators": [TWO]}
    changed = world.call("alpha", "ModifyVolumeAccessGroup", given)["volumeAccessGroup"]
    assert (changed["volumes"], changed["deletedVolumes"], changed["initiators"]) == ([2, 3], [9], [TWO])
    assert (volume_groups(world, 1), volume_groups(world, 3)) == ([], [HOSTS])
    assert list(initiators(world).values()) == [ONE, TWO]


def test_empty_lists_empty_a_group(world):
    emptied = {"volumeAccessGroupID": HOSTS, "volumes": [], "initiators": []}
    changed = world.call("alpha", "ModifyVolumeAccessGroup", emptied)["volumeAccessGroup"]
    assert (changed["volumes"], changed["initiators"], changed["initiatorIDs"]) == ([], [], [])


@pytest.mark.parametrize("delete", [True, False])
@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("ModifyVolumeAccessGroup", {"initiators": []}),
        ("RemoveInitiatorsFromVolumeAccessGroup", {"initiators": [ONE]}),
        ("DeleteVolumeAccessGroup", {}),
    ],
)
def test_initiators_that_are_left_without_a_group_go_on_request(world, method, params, delete):
    world.call("alpha", method, {"volumeAccessGroupID": HOSTS, "deleteOrphanInitiators": delete, **params})
    assert list(initiators(world).values()) == ([] if delete else [ONE])


def test_a_deleted_group_leaves_its_volumes(world):
    assert world.call("alpha", "DeleteVolumeAccessGroup", {"volumeAccessGroupID": HOSTS}) == {}
    assert [each["name"] for each in groups(world)] == ["spare"]
    assert volume_groups(world, 1) == []
    world.call("alpha", "PurgeDeletedVolume", {"volumeID": 9})


def test_volumes_come_and_go(world):
    added = world.call("alpha", "AddVolumesToVolumeAccessGroup", {"volumeAccessGroupID": HOSTS, "volumes": [4, 3]})
    assert added["volumeAccessGroup"]["volumes"] == [1, 2, 4, 3]
    left = world.call("alpha", "RemoveVolumesFromVolumeAccessGroup", {"volumeAccessGroupID": HOSTS, "volumes": [1, 4]})
    assert left["volumeAccessGroup"]["volumes"] == [2, 3]
    assert (volume_groups(world, 4), volume_groups(world, 3)) == ([], [HOSTS])


def test_initiators_come_and_go_by_name_and_id(world):
    params = {"volumeAccessGroupID": HOSTS, "initiators": [TWO.upper()]}
    added = world.call("alpha", "AddInitiatorsToVolumeAccessGroup", params)["volumeAccessGroup"]
    assert added["initiators"] == [ONE, TWO]
    two = added["initiatorIDs"][1]
    params["initiators"] = [two, ONE.upper()]
    assert world.call("alpha", "RemoveInitiatorsFromVolumeAccessGroup", params)["volumeAccessGroup"]["initiators"] == []
    params = {"volumeAccessGroupID": SPARE, "initiators": [two]}
    assert world.call("alpha", "AddInitiatorsToVolumeAccessGroup", params)["volumeAccessGroup"]["initiators"] == [TWO]


def test_a_fibre_channel_session_follows_its_initiator():
    world = build(fibre_channel_sessions=[{"initiator": WWPN}])

    def seen():
        (session,) = world.call("alpha", "ListFibreChannelSessions")["sessions"]
        return session["volumeAccessGroupID"]

    bare = WWPN.replace(":", "").upper()
    world.call("alpha", "AddInitiatorsToVolumeAccessGroup", {"volumeAccessGroupID": SPARE, "initiators": [bare]})
    assert seen() == SPARE
    world.call("alpha", "DeleteVolumeAccessGroup", {"volumeAccessGroupID": SPARE})
    assert seen() is None


def test_a_deleted_volume_keeps_its_groups_until_it_is_purged(world):
    world.call("alpha", "DeleteVolume", {"volumeID": 1})
    assert (group(world)["volumes"], group(world)["deletedVolumes"]) == ([2], [1, 9])
    assert volume_groups(world, 1) == [HOSTS]
    world.call("alpha", "RestoreDeletedVolume", {"volumeID": 1})
    assert group(world)["volumes"] == [1, 2]
    world.call("alpha", "PurgeDeletedVolume", {"volumeID": 9})
    assert group(world)["deletedVolumes"] == []


@pytest.mark.parametrize(
    ("method", "params", "error"),
    [
        ("CreateVolumeAccessGroup", {"name": ""}, "xInvalidParameter"),
        ("CreateVolumeAccessGroup", {"name": "x" * 65}, "xInvalidParameter"),
        ("CreateVolumeAccessGroup", {"name": "new", "volumes": [99]}, "xVolumeIDDoesNotExist"),
        ("CreateVolumeAccessGroup", {"name": "new", "volumes": [9]}, "xVolumeIDDoesNotExist"),
        ("CreateVolumeAccessGroup", {"name": "new", "initiators": [99]}, "xInitiatorDoesNotExist"),
        ("CreateVolumeAccessGroup", {"name": "new", "initiators": [TWO, ONE]}, "xExceededLimit"),
        ("CreateVolumeAccessGroup", {"name": "new", "initiators": [True]}, "xInvalidParameterType"),
        ("CreateVolumeAccessGroup", {"name": "new", "initiators": ["host"]}, "xInvalidParameter"),
        ("CreateVolumeAccessGroup", {"name": "new", "initiators": ["iqn.1998-01.com.a_b"]}, "xInvalidParameter"),
        ("CreateVolumeAccessGroup", {"name": "new", "initiators": [f"iqn.1998-01.{'x' * 214}"]}, "xInvalidParameter"),
        ("ModifyVolumeAccessGroup", {"volumeAccessGroupID": 7}, UNKNOWN),
        ("ModifyVolumeAccessGroup", {"volumeAccessGroupID": SPARE, "initiators": [ONE]}, "xExceededLimit"),
        ("ModifyVolumeAccessGroup", {"volumeAccessGroupID": SPARE, "volumes": [1, 99]}, "xVolumeIDDoesNotExist"),
        ("DeleteVolumeAccessGroup", {"volumeAccessGroupID": 7}, UNKNOWN),
        ("AddVolumesToVolumeAccessGroup", {"volumeAccessGroupID": 7, "volumes": []}, UNKNOWN),
        (
            "AddVolumesToVolumeAccessGroup",
            {"volumeAccessGroupID": HOSTS, "volumes": [3, 1]},
            "xAlreadyInVolumeAccessGroup",
        ),
        (
            "RemoveVolumesFromVolumeAccessGroup",
            {"volumeAccessGroupID": HOSTS, "volumes": [1, 3]},
            "xNotInVolumeAccessGroup",
        ),
        (
            "AddInitiatorsToVolumeAccessGroup",
            {"volumeAccessGroupID": HOSTS, "initiators": [TWO, ONE]},
            "xAlreadyInVolumeAccessGroup",
        ),
        (
            "RemoveInitiatorsFromVolumeAccessGroup",
            {"volumeAccessGroupID": HOSTS, "initiators": [ONE, TWO]},
            "xNotInVolumeAccessGroup",
        ),
        ("GetVolumeAccessGroupLunAssignments", {"volumeAccessGroupID": 7}, UNKNOWN),
    ],
)
def test_what_is_refused_changes_nothing(world, method, params, error):
    assert outcome(world, method, **params) == error


@pytest.mark.parametrize(
    ("limit", "method", "params"),
    [
        ({"volumeAccessGroupCountMax": 2}, "CreateVolumeAccessGroup", {"name": "new"}),
        ({"volumesPerVolumeAccessGroupCountMax": 2}, "CreateVolumeAccessGroup", {"name": "n", "volumes": [1, 2, 3]}),
        ({"volumeAccessGroupsPerVolumeCountMax": 1}, "CreateVolumeAccessGroup", {"name": "new", "volumes": [1]}),
        (
            {"initiatorsPerVolumeAccessGroupCountMax": 1},
            "AddInitiatorsToVolumeAccessGroup",
            {"volumeAccessGroupID": HOSTS, "initiators": [TWO]},
        ),
        (
            {"initiatorCountMax": 1},
            "AddInitiatorsToVolumeAccessGroup",
            {"volumeAccessGroupID": HOSTS, "initiators": [TWO]},
        ),
    ],
)
def test_limits_refuse(limit, method, params):
    assert outcome(build(limits=limit), method, **params) == "xExceededLimit"


def test_the_refusal_of_an_initiator_of_another_group_names_it(world):
    with pytest.raises(ApiError, match=f"Exceeded maximum number of VolumeAccessGroups per Initiator.*{ONE}"):
        world.call("alpha", "AddInitiatorsToVolumeAccessGroup", {"volumeAccessGroupID": SPARE, "initiators": [ONE]})


def test_luns_are_numbered_in_order_and_stay(world):
    assert luns(world) == [[(1, 0), (2, 1)], [(9, 2)]]
    world.call("alpha", "RemoveVolumesFromVolumeAccessGroup", {"volumeAccessGroupID": HOSTS, "volumes": [1]})
    world.call("alpha", "AddVolumesToVolumeAccessGroup", {"volumeAccessGroupID": HOSTS, "volumes": [3, 4]})
    assert luns(world) == [[(2, 1), (3, 0), (4, 3)], [(9, 2)]]


def test_only_the_given_luns_change(world):
    exchanged = [{"volumeID": 1, "lun": 1}, {"volumeID": 2, "lun": 0}]
    params = {"volumeAccessGroupID": HOSTS, "lunAssignments": exchanged}
    shown = world.call("alpha", "ModifyVolumeAccessGroupLunAssignments", params)["volumeAccessGroupLunAssignments"]
    assert (shown["volumeAccessGroupID"], shown["lunAssignments"]) == (HOSTS, exchanged)
    params["lunAssignments"] = [{"volumeID": 2, "lun": 16383}]
    world.call("alpha", "ModifyVolumeAccessGroupLunAssignments", params)
    assert luns(world) == [[(1, 1), (2, 16383)], [(9, 2)]]


@pytest.mark.parametrize(
    ("assignments", "error"),
    [
        ([{"volumeID": 1, "lun": 5}, {"volumeID": 2, "lun": 16384}], "xInvalidParameter"),
        ([{"volumeID": 1, "lun": -1}], "xInvalidParameter"),
        ([{"volumeID": 1, "lun": 1}], "xInvalidParameter"),
        ([{"volumeID": 1, "lun": 2}], "xInvalidParameter"),
        ([{"volumeID": 3, "lun": 7}], "xNotInVolumeAccessGroup"),
        ([{"volumeID": 1}], "xMissingParameter"),
        ([7], "xInvalidParameterType"),
        ({"volumeID": 1, "lun": 7}, "xInvalidParameterType"),
    ],
)
def test_luns_are_changed_all_or_none(world, assignments, error):
    params = {"volumeAccessGroupID": HOSTS, "lunAssignments": assignments}
    assert outcome(world, "ModifyVolumeAccessGroupLunAssignments", **params) == error
