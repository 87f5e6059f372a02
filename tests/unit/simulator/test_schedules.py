# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Schedules: kept and read back, and the snapshots they take when their time has come."""

from __future__ import annotations

import pytest

from ansible_collections.elementsw.replication.tests.simulator.errors import ApiError
from ansible_collections.elementsw.replication.tests.simulator.world import World

MINUTE, HOUR, DAY = 60, 3600, 86400
INTERVAL = {"frequency": "Time Interval"}
WEEK = {"frequency": "Days Of Week"}
MONTH = {"frequency": "Days Of Month"}


def build(**more):
    """Two clusters with a pair, on a Thursday, the first of May 2025, ten seconds past nine."""
    return World.from_dict(
        {
            "clock": "2025-05-01T09:00:10Z",
            "timings": "instant",
            "clusters": [
                {
                    "name": "alpha",
                    "volumes": [
                        {"name": "a", "id": 1, "marks": ["one"]},
                        {"name": "b", "id": 2},
                        {"name": "c", "id": 3},
                    ],
                    **more,
                },
                {"name": "beta", "volumes": [{"name": "a", "id": 77}]},
            ],
            "cluster_pairs": [{"between": ["alpha", "beta"]}],
            "volume_pairs": [{"source": "alpha/a", "target": "beta/a"}],
        }
    )


@pytest.fixture(name="world")
def _world():
    return build()


def create(world, info=None, cluster="alpha", **params):
    """An hourly schedule of volume 1, unless another is given; its ID."""
    given = {
        "scheduleName": "hourly",
        "scheduleType": "Snapshot",
        "attributes": INTERVAL,
        "hours": 1,
        "minutes": 0,
        "recurring": True,
        "scheduleInfo": {"volumeID": 1, **(info or {})},
        **params,
    }
    return world.call(cluster, "CreateSchedule", given)["scheduleID"]


def schedules(world, cluster="alpha"):
    return world.call(cluster, "ListSchedules")["schedules"]


def schedule(world, schedule_id, cluster="alpha"):
    return world.call(cluster, "GetSchedule", {"scheduleID": schedule_id})["schedule"]


def modify(world, schedule_id, **params):
    return world.call("alpha", "ModifySchedule", {"scheduleID": schedule_id, **params})["schedule"]


def snapshots(world, volume_id=1, cluster="alpha"):
    return world.call(cluster, "ListSnapshots", {"volumeID": volume_id})["snapshots"]


def times(world, volume_id=1):
    return [each["createTime"] for each in snapshots(world, volume_id)]


def faults(world):
    current = world.call("alpha", "ListClusterFaults", {"faultTypes": "current"})["faults"]
    return [each["code"] for each in current]


def outcome(world, method, **params):
    """`done`, or the name of the error, after which nothing has changed."""
    before = world.truth()
    try:
        world.call("alpha", method, params)
    except ApiError as error:
        assert world.truth() == before
        return error.name
    return "done"


# Kept and read back


def test_a_new_one_is_read_back_as_captured(world):
    info = {"enableRemoteReplication": True, "name": "replicated", "retention": "24:0:00"}
    made = world.call(
        "alpha",
        "CreateSchedule",
        {
            "scheduleName": "int-2h",
            "scheduleType": "snapshot",
            "attributes": INTERVAL,
            "hours": 2,
            "minutes": 0,
            "recurring": True,
            "scheduleInfo": {**info, "volumeID": 1},
        },
    )
    assert made["schedule"] == schedule(world, made["scheduleID"])
    assert schedules(world) == [
        {
            "attributes": INTERVAL,
            "hasError": False,
            "hours": 2,
            "lastRunStatus": "Success",
            "lastRunTimeStarted": None,
            "minutes": 0,
            "monthdays": [],
            "paused": False,
            "recurring": True,
            "runNextInterval": False,
            "scheduleID": made["scheduleID"],
            "scheduleInfo": {**info, "snapMirrorLabel": None, "volumeID": 1},
            "scheduleName": "int-2h",
            "scheduleType": "Snapshot",
            "startingDate": None,
            "toBeDeleted": False,
            "weekdays": [],
        }
    ]


def test_what_is_not_given_has_its_default(world):
    made = schedule(world, create(world, recurring=False, hours=52, minutes=30))
    assert (made["recurring"], made["hours"], made["minutes"]) == (False, 52, 30)


@pytest.mark.parametrize(
    ("info", "shown"),
    [
        ({"volumes": [1, 2]}, {"volumes": [1, 2]}),
        ({"volumes": [1]}, {"volumes": [1]}),
        ({"volumeID": 2}, {"volumeID": 2}),
        ({"volumeID": "2"}, {"volumeID": "2"}),
    ],
)
def test_volumes_are_shown_as_they_were_given(world, info, shown):
    made = world.call(
        "alpha",
        "CreateSchedule",
        {
            "scheduleName": "s",
            "scheduleType": "Snapshot",
            "attributes": INTERVAL,
            "minutes": 30,
            "scheduleInfo": info,
        },
    )["schedule"]
    assert made["scheduleInfo"] == {"snapMirrorLabel": None, **shown}


@pytest.mark.parametrize(
    ("given", "member"),
    [
        ({"scheduleName": "renamed"}, "scheduleName"),
        ({"hours": 3}, "hours"),
        ({"minutes": 10}, "minutes"),
        ({"paused": True}, "paused"),
        ({"recurring": False}, "recurring"),
        ({"runNextInterval": True}, "runNextInterval"),
        ({"attributes": MONTH, "monthdays": [1, 31]}, "monthdays"),
        ({"attributes": WEEK, "weekdays": [{"day": 0, "offset": 1}]}, "weekdays"),
        ({"startingDate": "2025-06-01T00:00:00Z"}, "startingDate"),
        ({"scheduleInfo": {"volumes": [2, 3], "name": "x", "snapMirrorLabel": None}}, "scheduleInfo"),
        ({"toBeDeleted": True}, "toBeDeleted"),
    ],
)
def test_what_is_changed_is_read_back(world, given, member):
    made = create(world)
    before = schedule(world, made)
    changed = modify(world, made, **given)
    assert changed == schedule(world, made) == {**before, **given}
    assert changed[member] == given[member]


@pytest.mark.parametrize("given", ["Days of Week", "days of week", "Days Of Week"])
def test_a_frequency_is_shown_in_the_spelling_of_captures(world, given):
    made = create(world, attributes={"frequency": given, "by": "tool"}, weekdays=[{"day": 1, "offset": 1}])
    assert schedule(world, made)["attributes"] == {"frequency": "Days Of Week", "by": "tool"}


def test_what_a_cluster_sets_itself_is_taken_and_ignored(world):
    made = create(world)
    changed = modify(world, made, hasError=True, lastRunStatus="Failed", lastRunTimeStarted="2024-01-01T00:00:00Z")
    assert (changed["hasError"], changed["lastRunStatus"], changed["lastRunTimeStarted"]) == (False, "Success", None)


@pytest.mark.parametrize(
    ("params", "error"),
    [
        ({"scheduleName": "hourly"}, "xInvalidParameter"),
        ({"scheduleName": "x" * 245}, "xInvalidParameter"),
        ({"scheduleType": "Backup"}, "xUnrecognizedEnumString"),
        ({"attributes": {}}, "xMissingParameter"),
        ({"attributes": {"frequency": "Hourly"}}, "xUnrecognizedEnumString"),
        ({"hours": 0, "minutes": 0}, "xInvalidParameter"),
        ({"hours": 0, "minutes": 4}, "xInvalidParameter"),
        ({"hours": -1}, "xInvalidParameter"),
        ({"minutes": 60}, "xInvalidParameter"),
        ({"attributes": WEEK, "hours": 24, "weekdays": [{"day": 1, "offset": 1}]}, "xInvalidParameter"),
        ({"attributes": WEEK}, "xInvalidParameter"),
        ({"attributes": WEEK, "weekdays": [{"day": 7, "offset": 1}]}, "xInvalidParameter"),
        ({"attributes": WEEK, "weekdays": [{"offset": 1}]}, "xMissingParameter"),
        ({"attributes": MONTH}, "xInvalidParameter"),
        ({"attributes": MONTH, "monthdays": [0]}, "xInvalidParameter"),
        ({"startingDate": "tomorrow"}, "xInvalidParameter"),
        ({"scheduleInfo": {}}, "xInvalidParameter"),
        ({"scheduleInfo": {"volumeID": 99}}, "xVolumeIDDoesNotExist"),
        ({"scheduleInfo": {"volumes": [1, 99]}}, "xVolumeIDDoesNotExist"),
        ({"scheduleInfo": {"volumes": []}}, "xInvalidParameter"),
        ({"scheduleInfo": {"volumes": 1}}, "xInvalidParameterType"),
        ({"scheduleInfo": {"volumeID": 1, "volumes": [2]}}, "xInvalidParameter"),
        ({"scheduleInfo": {"volumeID": 1, "retention": "a day"}}, "xInvalidParameter"),
        ({"scheduleInfo": {"volumeID": 1, "retention": 5}}, "xInvalidParameter"),
        ({"scheduleInfo": {"volumeID": 1, "enableRemoteReplication": "perhaps"}}, "xInvalidParameterType"),
        ({"scheduleInfo": {"volumeID": 1, "name": "x" * 256}}, "xInvalidParameter"),
        ({"scheduleInfo": {"volumes": list(range(1, 34))}}, "xExceededLimit"),
    ],
)
@pytest.mark.parametrize("method", ["CreateSchedule", "ModifySchedule"])
def test_what_is_refused_changes_nothing(world, method, params, error):
    create(world)
    given = {
        "scheduleName": "other",
        "scheduleType": "Snapshot",
        "attributes": INTERVAL,
        "hours": 1,
        "minutes": 0,
        "scheduleInfo": {"volumeID": 1},
    }
    if method == "ModifySchedule":
        given = {"scheduleID": create(world, scheduleName="other")}
    assert outcome(world, method, **{**given, **params}) == error


@pytest.mark.parametrize("method", ["GetSchedule", "ModifySchedule"])
def test_an_unknown_one_is_refused(world, method):
    assert outcome(world, method, scheduleID=9) == "xScheduleDoesNotExist"


# When it runs


def test_an_interval_runs_at_the_full_five_minutes(world):
    made = create(world)
    world.advance(HOUR - MINUTE)
    assert times(world) == []
    world.advance(7 * MINUTE)
    assert times(world) == ["2025-05-01T10:05:00Z"]
    world.advance(2 * HOUR)
    assert times(world) == [f"2025-05-01T{hour}:05:00Z" for hour in (10, 11, 12)]
    shown = schedule(world, made)
    assert (shown["lastRunStatus"], shown["lastRunTimeStarted"]) == ("Success", "2025-05-01T12:05:00Z")
    assert {each["name"] for each in snapshots(world)} == set(times(world))


def test_it_runs_while_calls_let_time_pass(world):
    create(world, hours=0, minutes=5)
    for _call in range(600):
        world.call("alpha", "GetAPI")
    assert times(world)[0] == "2025-05-01T09:10:00Z"


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        # 2025-05-01 is a Thursday: day 4.
        (
            {"attributes": WEEK, "hours": 10, "minutes": 2, "weekdays": [{"day": 4, "offset": 1}]},
            ["01T10:05", "08T10:05"],
        ),
        ({"attributes": WEEK, "hours": 8, "minutes": 0, "weekdays": [{"day": 0, "offset": 1}]}, ["04T08:00"]),
        (
            {"attributes": WEEK, "hours": 8, "weekdays": [{"day": 5}, {"day": 6}]},
            ["02T08:00", "03T08:00", "09T08:00", "10T08:00"],
        ),
        ({"attributes": WEEK, "hours": 8, "weekdays": [{"day": 5, "offset": 3}]}, ["09T08:00"]),
        ({"attributes": WEEK, "hours": 8, "weekdays": [{"day": 5, "offset": 0}]}, []),
        (
            {"attributes": WEEK, "hours": 23, "minutes": 58, "weekdays": [{"day": 5, "offset": 1}]},
            ["03T00:00", "10T00:00"],
        ),
        ({"attributes": MONTH, "hours": 0, "minutes": 0, "monthdays": [2, 9]}, ["02T00:00", "09T00:00"]),
        ({"hours": 72, "minutes": 0}, ["04T09:05", "07T09:05"]),
        ({"hours": 72, "minutes": 0, "startingDate": "2025-05-05T12:00:00Z"}, ["05T12:00", "08T12:00"]),
        ({"attributes": WEEK, "hours": 10, "weekdays": [{"day": 4}], "recurring": False}, ["01T10:00"]),
        ({"hours": 72, "minutes": 0, "paused": True}, []),
    ],
)
def test_when_it_runs_within_nine_days(world, params, expected):
    create(world, **{"minutes": 0, **params})
    world.advance(9 * DAY)
    assert times(world) == [f"2025-05-{time}:00Z" for time in expected]


def test_without_recurring_it_runs_once(world):
    create(world, recurring=False)
    world.advance(DAY)
    assert len(times(world)) == 1


def test_one_extra_run_on_request(world):
    made = create(world, hours=48)
    modify(world, made, runNextInterval=True)
    world.advance(HOUR)
    assert times(world) == ["2025-05-01T09:05:00Z"]
    assert schedule(world, made)["runNextInterval"] is False


def test_while_it_is_paused_it_does_not_run_and_nothing_is_caught_up(world):
    made = create(world)
    modify(world, made, paused=True)
    world.advance(6 * HOUR)
    modify(world, made, paused=False)
    world.advance(30 * MINUTE)
    assert times(world) == []
    world.advance(35 * MINUTE)
    assert len(times(world)) == 1


def test_a_site_that_is_down_runs_nothing(world):
    create(world)
    world.site_down("alpha")
    world.advance(6 * HOUR)
    world.site_up("alpha")
    assert times(world) == []
    world.advance(5 * MINUTE)
    assert len(times(world)) == 1


def test_a_deleted_one_is_shown_until_the_next_time_that_anything_could_run(world):
    made = create(world, hours=0, minutes=5)
    world.advance(10 * MINUTE)
    taken = times(world)
    modify(world, made, toBeDeleted=True)
    assert [each["toBeDeleted"] for each in schedules(world)] == [True]
    assert outcome(world, "CreateSchedule", **{**SPARE, "scheduleName": "hourly"}) == "done"
    world.advance(5 * MINUTE)
    assert [each["toBeDeleted"] for each in schedules(world)] == [False]
    assert times(world) == taken


SPARE = {
    "scheduleName": "spare",
    "scheduleType": "Snapshot",
    "attributes": INTERVAL,
    "hours": 48,
    "scheduleInfo": {"volumeID": 3},
}


# What it takes


def test_several_volumes_are_one_group(world):
    create(world, scheduleInfo={"volumes": [1, 2], "name": "both"})
    world.advance(65 * MINUTE)
    (group,) = world.call("alpha", "ListGroupSnapshots")["groupSnapshots"]
    assert (group["name"], group["createTime"]) == ("both", "2025-05-01T10:05:00Z")
    assert [member["volumeID"] for member in group["members"]] == [1, 2]


def test_a_second_volume_makes_a_group_of_it(world):
    made = create(world)
    modify(world, made, scheduleInfo={"volumes": [1, 2]})
    world.advance(65 * MINUTE)
    assert len(world.call("alpha", "ListGroupSnapshots")["groupSnapshots"]) == 1


def test_replicated_snapshots_reach_the_other_side(world):
    create(world, info={"enableRemoteReplication": True, "name": "travels"})
    world.advance(65 * MINUTE)
    (copy,) = snapshots(world, 77, "beta")
    assert (copy["name"], copy["createTime"]) == ("travels", "2025-05-01T10:05:00Z")


def test_serial_creation_lets_a_run_fail_while_the_one_before_is_on_its_way(world):
    world.timings.set({"snapshot_polls": "never"})
    made = create(world, info={"enableRemoteReplication": True, "ensureSerialCreation": True})
    world.advance(65 * MINUTE)
    assert schedule(world, made)["lastRunStatus"] == "Success"
    world.advance(HOUR)
    assert (schedule(world, made)["lastRunStatus"], len(times(world))) == ("Failed", 1)


def test_serial_creation_is_no_trouble_where_snapshots_arrive(world):
    world.timings.set({"snapshot_polls": 1})
    create(world, info={"enableRemoteReplication": True, "ensureSerialCreation": True})
    world.advance(6 * HOUR)
    assert len(times(world)) == 5


@pytest.mark.parametrize(("retention", "left"), [("2:30:0", 3), ("0:05:00", 1), ("", 6), (None, 6)])
def test_they_expire_when_their_time_is_over(world, retention, left):
    create(world, info={} if retention is None else {"retention": retention})
    world.advance(6 * HOUR + 5 * MINUTE)
    assert len(snapshots(world)) == left


def test_fifo_keeps_as_many_as_the_volume_has_room_for(world):
    world.call("alpha", "ModifyVolume", {"volumeID": 1, "fifoSize": 3})
    world.call("alpha", "CreateSnapshot", {"volumeID": 1, "name": "by hand"})
    create(world, info={"retention": "fifo", "name": "fifo"})
    world.advance(6 * HOUR + 5 * MINUTE)
    assert [(each["name"], each["expirationTime"]) for each in snapshots(world)] == [
        ("by hand", None),
        *[("fifo", None)] * 3,
    ]
    assert times(world)[1:] == [f"2025-05-01T{hour}:05:00Z" for hour in (13, 14, 15)]


def test_without_room_for_fifo_a_run_fails(world):
    world.cluster("alpha").volumes[1].fifo_size = 0
    made = create(world, info={"retention": "fifo"})
    world.advance(2 * HOUR)
    assert (schedule(world, made)["lastRunStatus"], times(world)) == ("Failed", [])


# When it fails


def test_a_fault_that_no_one_has_looked_at_has_the_dates_of_the_runs(world):
    world.cluster("alpha").volumes[1].fifo_size = 0
    create(world, info={"retention": "fifo"})
    world.advance(2 * HOUR)
    world.cluster("alpha").volumes[1].fifo_size = 24
    world.advance(3 * HOUR)
    (fault,) = world.call("alpha", "ListClusterFaults", {"faultTypes": "resolved"})["faults"]
    assert (fault["code"], fault["date"], fault["resolvedDate"]) == (
        "scheduleActionError",
        "2025-05-01T10:05:00.000000Z",
        "2025-05-01T11:05:00.000000Z",
    )


def test_a_failed_run_raises_a_fault_until_one_succeeds(world):
    world.cluster("alpha").limits["snapshotsPerVolumeMax"] = 2
    made = create(world)
    world.advance(2 * HOUR + 5 * MINUTE)
    assert faults(world) == []
    world.advance(HOUR)
    shown = schedule(world, made)
    assert (shown["hasError"], shown["lastRunStatus"], shown["lastRunTimeStarted"]) == (
        True,
        "Failed",
        "2025-05-01T12:05:00Z",
    )
    assert faults(world) == ["scheduleActionError"]
    world.call("alpha", "DeleteSnapshot", {"snapshotID": snapshots(world)[0]["snapshotID"]})
    world.advance(HOUR)
    assert (faults(world), schedule(world, made)["hasError"]) == ([], False)


@pytest.mark.parametrize("ending", [{"toBeDeleted": True}, {"paused": False}])
def test_the_fault_ends_with_the_schedule_and_with_a_pause(world, ending):
    made = create(world)
    world.call("alpha", "DeleteVolume", {"volumeID": 1})
    world.advance(65 * MINUTE)
    assert faults(world) == ["scheduleActionError"]
    modify(world, made, paused=True)
    assert faults(world) == ["scheduleActionError"]
    modify(world, made, **ending)
    assert faults(world) == []


def test_a_run_for_a_purged_volume_fails_and_takes_no_part_of_a_group(world):
    made = create(world, scheduleInfo={"volumes": [2, 3]})
    world.call("alpha", "DeleteVolume", {"volumeID": 3})
    world.call("alpha", "PurgeDeletedVolume", {"volumeID": 3})
    world.advance(65 * MINUTE)
    assert (schedule(world, made)["lastRunStatus"], snapshots(world, 2)) == ("Failed", [])


def test_a_run_on_a_replication_target_fails(world):
    made = create(world, cluster="beta", info={"volumeID": 77})
    world.advance(65 * MINUTE)
    assert schedule(world, made, "beta")["lastRunStatus"] == "Failed"
    assert snapshots(world, 77, "beta") == []


def test_runs_are_in_the_event_log(world):
    create(world)
    world.advance(65 * MINUTE)
    events = world.call("alpha", "ListEvents", {"eventType": "schedulerEvent"})["events"]
    assert [each["timeOfReport"][:19] for each in events] == ["2025-05-01T10:05:00"]


def test_a_rebuilt_cluster_has_no_schedules(world):
    create(world)
    world.rebuild("alpha")
    assert schedules(world) == []
