# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Initiators: made, moved between groups, changed, deleted, many at a time."""

from __future__ import annotations

import pytest

from ansible_collections.elementsw.replication.tests.simulator.errors import ApiError
from ansible_collections.elementsw.replication.tests.simulator.world import World

ONE, TWO, THREE = (f"iqn.1998-01.com.example:{name}" for name in ("one", "two", "three"))
HOSTS, SPARE = 1, 2
FIRST = 1


def build(**more):
    return World.from_dict(
        {
            "clusters": [
                {
                    "name": "alpha",
                    "access_groups": [{"name": "hosts", "initiators": [ONE]}, {"name": "spare"}],
                    **more,
                }
            ]
        }
    )


@pytest.fixture(name="world")
def _world():
    return build()


def listed(world, **params):
    return world.call("alpha", "ListInitiators", params)["initiators"]


def create(world, *initiators):
    return world.call("alpha", "CreateInitiators", {"initiators": list(initiators)})["initiators"]


def modify(world, *initiators):
    return world.call("alpha", "ModifyInitiators", {"initiators": list(initiators)})["initiators"]


def outcome(world, method, *initiators):
    """`done`, or the name of the error, after which nothing has changed."""
    before = world.truth()
    try:
        world.call("alpha", method, {"initiators": list(initiators)})
    except ApiError as error:
        assert world.truth() == before
        return error.name
    return "done"


def members(world):
    groups = world.call("alpha", "ListVolumeAccessGroups")["volumeAccessGroups"]
    return {group["name"]: group["initiators"] for group in groups}


def test_new_ones_are_read_back_in_lower_case(world):
    made = create(
        world,
        {"name": TWO.upper(), "alias": "Two", "attributes": {"by": "test"}, "volumeAccessGroupID": HOSTS},
        {"name": THREE},
    )
    assert made == listed(world)[1:]
    assert made[0] == {
        "alias": "Two",
        "attributes": {"by": "test"},
        "chapUsername": "",
        "initiatorID": FIRST + 1,
        "initiatorName": TWO,
        "initiatorSecret": "",
        "requireChap": False,
        "targetSecret": "",
        "virtualNetworkIDs": [],
        "volumeAccessGroups": [HOSTS],
    }
    assert made[1]["volumeAccessGroups"] == []
    assert members(world) == {"hosts": [ONE, TWO], "spare": []}


def test_chap_is_made_up_as_far_as_it_is_not_given_and_shown_in_clear(world):
    own, made_up = create(
        world,
        {"name": TWO, "requireChap": True, "chapUsername": "user", "initiatorSecret": "own-secret-001"},
        {"name": THREE, "requireChap": True},
    )
    assert (own["chapUsername"], own["initiatorSecret"]) == ("user", "own-secret-001")
    assert made_up["chapUsername"] == THREE
    secrets = [each[name] for each in (own, made_up) for name in ("initiatorSecret", "targetSecret")]
    assert len(set(secrets)) == 4
    assert {12 <= len(secret) <= 16 for secret in secrets} == {True}
    assert set(secrets) <= set(world.secrets)


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, [ONE, TWO, THREE]),
        ({"startInitiatorID": 2}, [TWO, THREE]),
        ({"startInitiatorID": 2, "limit": 1}, [TWO]),
        ({"limit": 2}, [ONE, TWO]),
        ({"initiators": [3, 1]}, [ONE, THREE]),
        ({"initiators": [3, 1], "limit": 1}, [ONE]),
    ],
)
def test_lists(world, params, expected):
    create(world, {"name": TWO}, {"name": THREE})
    assert [each["initiatorName"] for each in listed(world, **params)] == expected


@pytest.mark.parametrize(
    ("params", "error"),
    [
        ({"initiators": [1], "startInitiatorID": 1}, "xInvalidParameter"),
        ({"initiators": [1, 99]}, "xInitiatorDoesNotExist"),
    ],
)
def test_lists_that_are_refused(world, params, error):
    with pytest.raises(ApiError, match=error):
        listed(world, **params)


@pytest.mark.parametrize(
    ("given", "member", "shown"),
    [
        ({"alias": "renamed"}, "alias", "renamed"),
        ({"attributes": {"by": "test"}}, "attributes", {"by": "test"}),
        ({"virtualNetworkIDs": [3]}, "virtualNetworkIDs", [3]),
        ({"volumeAccessGroupID": SPARE}, "volumeAccessGroups", [SPARE]),
        ({"volumeAccessGroupID": HOSTS}, "volumeAccessGroups", [HOSTS]),
        ({"volumeAccessGroupID": None}, "volumeAccessGroups", []),
        ({"alias": None}, "alias", ""),
        ({"forceDuringUpgrade": True}, "alias", ""),
        ({"name": TWO}, "initiatorName", ONE),
    ],
)
def test_what_is_changed_is_read_back_and_all_else_stays(world, given, member, shown):
    (before,) = listed(world)
    (after,) = modify(world, {"initiatorID": FIRST, **given})
    assert [after] == listed(world) == [{**before, member: shown}]


def test_chap_can_be_required_later(world):
    (after,) = modify(world, {"initiatorID": FIRST, "requireChap": True, "targetSecret": "new-secret-001"})
    assert (after["chapUsername"], after["targetSecret"]) == (ONE, "new-secret-001")
    assert "new-secret-001" in world.secrets
    assert modify(world, {"initiatorID": FIRST, "requireChap": False})[0]["requireChap"] is False


def test_two_change_places(world):
    create(world, {"name": TWO, "volumeAccessGroupID": SPARE})
    modify(
        world,
        {"initiatorID": FIRST, "volumeAccessGroupID": SPARE},
        {"initiatorID": FIRST + 1, "volumeAccessGroupID": HOSTS},
    )
    assert members(world) == {"hosts": [TWO], "spare": [ONE]}


def test_the_deleted_ones_leave_their_groups(world):
    create(world, {"name": TWO})
    assert world.call("alpha", "DeleteInitiators", {"initiators": [FIRST, FIRST + 1]}) == {}
    assert (listed(world), members(world)) == ([], {"hosts": [], "spare": []})


@pytest.mark.parametrize(
    ("method", "bad", "error"),
    [
        ("CreateInitiators", {"name": ONE}, "xInitiatorExists"),
        ("CreateInitiators", {"name": ONE.upper()}, "xInitiatorExists"),
        ("CreateInitiators", {"name": THREE}, "xInitiatorExists"),
        ("CreateInitiators", {"alias": "no name"}, "xMissingParameter"),
        ("CreateInitiators", {"name": "host"}, "xInvalidParameter"),
        ("CreateInitiators", {"name": TWO, "alias": "x" * 225}, "xInvalidParameter"),
        ("CreateInitiators", {"name": TWO, "volumeAccessGroupID": 9}, "xVolumeAccessGroupIDDoesNotExist"),
        ("CreateInitiators", {"name": TWO, "requireChap": True, "targetSecret": "short"}, "xInvalidParameter"),
        ("CreateInitiators", {"name": 5}, "xInvalidParameterType"),
        ("CreateInitiators", "iqn", "xInvalidParameterType"),
        ("ModifyInitiators", {"initiatorID": 99}, "xInitiatorDoesNotExist"),
        ("ModifyInitiators", {"alias": "no ID"}, "xMissingParameter"),
        ("ModifyInitiators", {"initiatorID": FIRST, "volumeAccessGroupID": 9}, "xVolumeAccessGroupIDDoesNotExist"),
        ("ModifyInitiators", {"initiatorID": FIRST, "initiatorSecret": "x" * 17}, "xInvalidParameter"),
    ],
)
def test_one_bad_entry_and_nothing_changes(world, method, bad, error):
    good = {"name": THREE} if method == "CreateInitiators" else {"initiatorID": FIRST, "alias": "changed"}
    world.switches.set({"parameter_types": "strict"})
    assert outcome(world, method, good, bad) == error


def test_one_unknown_and_none_is_deleted(world):
    assert outcome(world, "DeleteInitiators", FIRST, 99) == "xInitiatorDoesNotExist"


@pytest.mark.parametrize(
    ("limits", "method", "entry"),
    [
        ({"initiatorCountMax": 1}, "CreateInitiators", {"name": TWO}),
        (
            {"initiatorsPerVolumeAccessGroupCountMax": 1},
            "CreateInitiators",
            {"name": TWO, "volumeAccessGroupID": HOSTS},
        ),
        (
            {"initiatorsPerVolumeAccessGroupCountMax": 0},
            "ModifyInitiators",
            {"initiatorID": FIRST, "volumeAccessGroupID": SPARE},
        ),
    ],
)
def test_limits_refuse(limits, method, entry):
    assert outcome(build(limits=limits), method, entry) == "xExceededLimit"


def test_a_session_names_its_initiator_without_secrets():
    world = build(volumes=[{"name": "a", "id": 1}], sessions=[{"volume": "a", "initiator": ONE}, {"volume": "a"}])
    modify(world, {"initiatorID": FIRST, "alias": "One", "requireChap": True})
    known, unknown = (each["initiator"] for each in world.call("alpha", "ListISCSISessions")["sessions"])
    assert known == {
        "alias": "One",
        "attributes": {},
        "chapCredentialsID": 0,
        "initiatorID": FIRST,
        "initiatorName": ONE,
        "requireChap": False,
        "volumeAccessGroups": [HOSTS],
    }
    assert unknown is None
