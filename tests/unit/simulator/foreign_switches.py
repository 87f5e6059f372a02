# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the switches change of the methods that only other tools call; rows of the table in test_switches.py."""

from __future__ import annotations

from ansible_collections.elementsw.replication.tests.simulator.errors import ApiError
from ansible_collections.elementsw.replication.tests.simulator.world import World

OTHER_ERROR = "xOfAnotherRelease"


def site(switches, **more):
    """One cluster with the volumes 1 and 2 of one account."""
    cluster = {"name": "alpha", "volumes": [{"name": "a", "id": 1}, {"name": "b", "id": 2}], **more}
    return World.from_dict({"switches": switches, "clusters": [cluster]})


def outcome(world, method, **params):
    """`done`, or the name of the error."""
    try:
        world.call("alpha", method, params)
    except ApiError as error:
        return error.name
    return "done"


def account_with_volumes(switches):
    return outcome(site(switches), "RemoveAccount", accountID=1)


def equal_secrets(switches):
    return outcome(site(switches), "AddAccount", username="twin", initiatorSecret="x" * 12, targetSecret="x" * 12)


def target_in_access_group(switches):
    world = site(switches, volumes=[{"name": "a", "id": 1, "access": "replicationTarget"}])
    return outcome(world, "CreateVolumeAccessGroup", name="hosts", volumes=[1])


# Switch, what shows it, what is observed with each choice.
TABLE = [
    (
        "account_with_volumes_error",
        account_with_volumes,
        {"xInvalidParameter": "xInvalidParameter", OTHER_ERROR: OTHER_ERROR},
    ),
    ("equal_secrets", equal_secrets, {"accepted": "done", "refused": "xInvalidParameter"}),
    ("target_in_access_group", target_in_access_group, {"allowed": "done", "refused": "xInvalidParameter"}),
]
