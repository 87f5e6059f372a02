# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Accounts: made, read, changed, locked, removed."""

from __future__ import annotations

import pytest

from ansible_collections.elementsw.replication.tests.simulator.errors import ApiError, HostIOError
from ansible_collections.elementsw.replication.tests.simulator.world import World

SHOP, LAB = 3, 4
SECRET = "of-14-letters."


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
                        {"name": "old", "id": 4, "account": "shop", "deleted": True},
                    ],
                    "sessions": [{"volume": "a"}],
                }
            ]
        }
    )


def account(world, account_id=SHOP):
    return world.call("alpha", "GetAccountByID", {"accountID": account_id})["account"]


def modify(world, **params):
    return world.call("alpha", "ModifyAccount", {"accountID": SHOP, **params})["account"]


def outcome(world, method, **params):
    """`done`, or the name of the error, after which nothing has changed."""
    before = world.truth()
    try:
        world.call("alpha", method, params)
    except ApiError as error:
        assert world.truth() == before
        return error.name
    return "done"


def test_it_shows_its_deleted_volumes_until_they_are_purged(world):
    assert account(world)["volumes"] == [1, 2, 4]
    world.call("alpha", "PurgeDeletedVolume", {"volumeID": 4})
    assert account(world)["volumes"] == [1, 2]


@pytest.mark.parametrize(
    ("given", "member", "shown"),
    [
        ({"username": "store"}, "username", "store"),
        ({"username": "shop"}, "username", "shop"),
        ({"status": "locked"}, "status", "locked"),
        ({"initiatorSecret": SECRET}, "initiatorSecret", SECRET),
        ({"targetSecret": SECRET}, "targetSecret", SECRET),
        ({"enableChap": False}, "enableChap", False),
        ({"attributes": {"by": "test"}}, "attributes", {"by": "test"}),
    ],
)
def test_what_is_changed_is_read_back_and_all_else_stays(world, given, member, shown):
    before = account(world)
    assert modify(world, **given) == account(world) == {**before, member: shown}


def test_empty_attributes_clear(world):
    modify(world, attributes={"by": "test"})
    assert modify(world, attributes={})["attributes"] == {}


@pytest.mark.parametrize(
    ("method", "params", "error"),
    [
        ("ModifyAccount", {"accountID": 9}, "xAccountIDDoesNotExist"),
        ("ModifyAccount", {"username": "x"}, "xMissingParameter"),
        ("ModifyAccount", {"accountID": SHOP, "username": "lab"}, "xDuplicateUsername"),
        ("ModifyAccount", {"accountID": SHOP, "username": "x" * 65}, "xInvalidParameter"),
        ("ModifyAccount", {"accountID": SHOP, "status": "removed"}, "xUnrecognizedEnumString"),
        ("ModifyAccount", {"accountID": SHOP, "targetSecret": "short"}, "xInvalidParameter"),
        ("ModifyAccount", {"accountID": SHOP, "initiatorSecret": "x" * 17}, "xInvalidParameter"),
        ("RemoveAccount", {"accountID": 9}, "xAccountIDDoesNotExist"),
        ("RemoveAccount", {"accountID": SHOP}, "xInvalidParameter"),
        ("GetAccountByID", {"accountID": 9}, "xAccountIDDoesNotExist"),
        ("GetAccountByName", {"username": "other"}, "xUnknownAccount"),
    ],
)
def test_what_is_refused_changes_nothing(world, method, params, error):
    assert outcome(world, method, **params) == error


@pytest.mark.parametrize("kind", ["initiatorSecret", "targetSecret"])
def test_secrets_of_another_account_are_refused_on_request(world, kind):
    world.switches.set({"equal_secrets": "refused"})
    assert outcome(world, "ModifyAccount", accountID=SHOP, initiatorSecret=SECRET) == "done"
    assert outcome(world, "ModifyAccount", accountID=SHOP, targetSecret=SECRET) == "xInvalidParameter"
    assert outcome(world, "ModifyAccount", accountID=LAB, **{kind: SECRET}) == "xInvalidParameter"
    assert outcome(world, "ModifyAccount", accountID=SHOP, initiatorSecret=SECRET) == "done"


def test_new_secrets_are_known_to_the_tests_for_leaks(world):
    modify(world, initiatorSecret="in-the-list-01", targetSecret="in-the-list-02")
    assert {"in-the-list-01", "in-the-list-02"} <= set(world.secrets)


def test_a_locked_account_loses_its_sessions_and_gets_no_new_ones(world):
    modify(world, initiatorSecret=SECRET)
    assert len(world.call("alpha", "ListISCSISessions")["sessions"]) == 1
    modify(world, status="locked")
    assert world.call("alpha", "ListISCSISessions")["sessions"] == []
    for attempt in (lambda: world.log_in("alpha", 1), lambda: world.write("alpha", 1, "mark")):
        with pytest.raises(HostIOError, match="shop is locked"):
            attempt()
    modify(world, status="active")
    world.log_in("alpha", 1)


def test_a_clone_in_the_making_keeps_its_account(world):
    world.timings.set({"clone_seconds": 60})
    world.call("alpha", "CloneVolume", {"volumeID": 1, "name": "copy", "newAccountID": LAB})
    assert outcome(world, "RemoveAccount", accountID=LAB) == "xInvalidParameter"


def test_an_account_is_removed_when_its_last_volume_is_purged(world):
    world.call("alpha", "DeleteVolumes", {"accountIDs": [SHOP]})
    assert outcome(world, "RemoveAccount", accountID=SHOP) == "xInvalidParameter"
    world.call("alpha", "PurgeDeletedVolumes", {"accountIDs": [SHOP]})
    assert world.call("alpha", "RemoveAccount", {"accountID": SHOP}) == {}
    assert [each["username"] for each in world.call("alpha", "ListAccounts")["accounts"]] == ["lab"]
    assert world.call("alpha", "AddAccount", {"username": "shop"})["accountID"] > LAB
