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
    return World.from_dict({"clock": "2025-05-01T09:00:10Z", "switches": switches, "clusters": [cluster]})


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


def schedule(world, **params):
    """The ID of a new schedule of volume 1, that runs every five minutes."""
    given = {
        "scheduleName": "often",
        "scheduleType": "Snapshot",
        "attributes": {"frequency": "Time Interval"},
        "minutes": 5,
        "recurring": True,
        "scheduleInfo": {"volumes": [1], "name": "often"},
        **params,
    }
    return world.call("alpha", "CreateSchedule", given)["scheduleID"]


def listed_schedules(world):
    return world.call("alpha", "ListSchedules")["schedules"]


def schedule_info(world):
    return listed_schedules(world)[0]["scheduleInfo"]


def duplicate_schedule(switches):
    world = site(switches)
    schedule(world)
    try:
        schedule(world)
    except ApiError as error:
        return error.name
    return "done"


def deleted_schedules(switches):
    world = site(switches)
    world.call("alpha", "ModifySchedule", {"scheduleID": schedule(world), "toBeDeleted": True})
    listed = [len(listed_schedules(world))]
    world.advance(300)
    return [*listed, len(listed_schedules(world))]


def schedule_of_one_volume(switches):
    world = site(switches)
    schedule(world)
    return {name: value for name, value in schedule_info(world).items() if name in ("volumes", "volumeID")}


def modified_schedule_info(switches):
    world = site(switches)
    made = schedule(world)
    world.call("alpha", "ModifySchedule", {"scheduleID": made, "scheduleInfo": {"volumes": [2]}})
    return schedule_info(world).get("name"), schedule_info(world)["volumes"]


def schedule_on_target(switches):
    world = site(switches, volumes=[{"name": "a", "id": 1, "access": "replicationTarget"}])
    schedule(world)
    world.advance(700)
    taken = world.call("alpha", "ListSnapshots")["snapshots"]
    return listed_schedules(world)[0]["lastRunStatus"], bool(taken)


def no_room(switches):
    world = site(switches, max_provisioned="5GiB")
    return outcome(world, "CreateVolume", name="c", accountID=1, totalSize=10 * 1024**3)


def provisioned(switches):
    world = site(switches)
    world.call("alpha", "DeleteVolume", {"volumeID": 1})
    return world.call("alpha", "GetClusterCapacity")["clusterCapacity"]["provisionedSpace"] // 1024**3


def events(switches):
    world = site(switches)
    for number in range(3):
        world.call("alpha", "AddAccount", {"username": f"account-{number}"})
    return [each["eventID"] for each in world.call("alpha", "ListEvents", {"maxEvents": 2})["events"]]


def unset_chap(switches):
    world = site(switches)
    made = world.call("alpha", "CreateInitiators", {"initiators": [{"name": "iqn.1998-01.com.example:one"}]})
    return made["initiators"][0].get("initiatorSecret")


# Switch, what shows it, what is observed with each choice.
TABLE = [
    (
        "account_with_volumes_error",
        account_with_volumes,
        {"xInvalidParameter": "xInvalidParameter", OTHER_ERROR: OTHER_ERROR},
    ),
    ("equal_secrets", equal_secrets, {"accepted": "done", "refused": "xInvalidParameter"}),
    ("target_in_access_group", target_in_access_group, {"allowed": "done", "refused": "xInvalidParameter"}),
    (
        "duplicate_schedule_error",
        duplicate_schedule,
        {"xInvalidParameter": "xInvalidParameter", OTHER_ERROR: OTHER_ERROR},
    ),
    (
        "deleted_schedules",
        deleted_schedules,
        {"until_next_step": [1, 0], "gone_at_once": [0, 0], "kept": [1, 1]},
    ),
    ("schedule_of_one_volume", schedule_of_one_volume, {"as_given": {"volumes": [1]}, "volume_id": {"volumeID": 1}}),
    ("schedule_info", modified_schedule_info, {"replaced": (None, [2]), "merged": ("often", [2])}),
    ("schedule_on_target", schedule_on_target, {"fails": ("Failed", False), "local_snapshot": ("Success", True)}),
    (
        "no_room_error",
        no_room,
        {"xSliceServiceSelectionFailed": "xSliceServiceSelectionFailed", OTHER_ERROR: OTHER_ERROR},
    ),
    ("deleted_volumes_are_provisioned", provisioned, {True: 20, False: 10}),
    ("events_order", events, {"newest_first": [3, 2], "oldest_first": [2, 3]}),
    ("max_events_keeps", events, {"newest": [3, 2], "oldest": [2, 1]}),
    ("unset_chap", unset_chap, {"empty": "", "missing": None}),
]
