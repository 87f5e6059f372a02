# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Snapshot schedules as the API writes and shows them. There is no method that deletes one: it is marked for it."""

from __future__ import annotations

import datetime
from typing import Any

from .. import clock
from ..api import ADMINISTRATORS_ONLY, Context, read, write
from ..errors import ApiError
from ..parameters import (
    LONGEST_HOURS,
    Parameter,
    attributes,
    boolean,
    checked_members,
    integer,
    integers,
    mapping,
    objects,
    one_of,
    retention,
    text,
)
from ..schedules import DAYS_OF_MONTH, DAYS_OF_WEEK, FREQUENCIES, TIME_INTERVAL, Schedule, Taken

SHORTEST_MINUTES = 5
SCHEDULE_ID = Parameter("scheduleID", integer, required=True)
FREQUENCY = Parameter("frequency", one_of(*FREQUENCIES), required=True)
TYPE = one_of("snapshot", "Snapshot")
SETTINGS = (
    Parameter("hours", integer, empty_values=(0,)),
    Parameter("minutes", integer, empty_values=(0,)),
    Parameter(
        "weekdays",
        objects(Parameter("day", integer, required=True), Parameter("offset", integer, empty_values=(0,))),
    ),
    Parameter("monthdays", integers),
    Parameter("startingDate", text),
    Parameter("recurring", boolean),
    Parameter("paused", boolean),
    Parameter("runNextInterval", boolean),
    Parameter("toBeDeleted", boolean),
    # What only a cluster sets: the vendor's SDK sends back what it has read.
    Parameter("hasError", boolean),
    Parameter("lastRunStatus", text),
    Parameter("lastRunTimeStarted", text),
)
INFO = (
    Parameter("volumeID", integer),
    Parameter("volumes", integers),
    Parameter("name", text),
    Parameter("enableRemoteReplication", boolean),
    Parameter("ensureSerialCreation", boolean),
    Parameter("retention", text),
    Parameter("snapMirrorLabel", text),
)
# Members of the description of a run that are options of the snapshot methods, too.
OPTIONS = ("name", "enableRemoteReplication", "ensureSerialCreation", "snapMirrorLabel")


@read("ListSchedules", "8.0")
def list_schedules(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    return {"schedules": [_schedule(context, each) for each in context.cluster.schedules.values()]}


@read("GetSchedule", "8.0", [SCHEDULE_ID])
def get_schedule(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    return {"schedule": _schedule(context, context.cluster.schedule(params["scheduleID"]))}


@write(
    "CreateSchedule",
    "8.0",
    ("clusterAdmins",),
    [
        Parameter("scheduleName", text, required=True),
        Parameter("scheduleType", TYPE, required=True),
        Parameter("attributes", attributes, required=True),
        Parameter("scheduleInfo", mapping, required=True),
        *SETTINGS,
    ],
)
def create_schedule(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    cluster = context.cluster
    changes = _checked(context, params, None)
    schedule = Schedule(schedule_id=cluster.next_id("schedule"), since=context.world.clock.now, **changes)
    cluster.schedules[schedule.schedule_id] = schedule
    return {"schedule": _schedule(context, schedule), "scheduleID": schedule.schedule_id}


@write(
    "ModifySchedule",
    "8.0",
    ADMINISTRATORS_ONLY,
    [
        SCHEDULE_ID,
        Parameter("scheduleName", text),
        Parameter("scheduleType", TYPE),
        Parameter("attributes", attributes),
        Parameter("scheduleInfo", mapping),
        *SETTINGS,
    ],
)
def modify_schedule(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    """Changes count from the next run on. After a pause nothing is caught up, and an earlier failure is forgotten."""
    schedule = context.cluster.schedule(params["scheduleID"])
    was_paused = schedule.paused
    for name, value in _checked(context, params, schedule).items():
        setattr(schedule, name, value)
    if was_paused and not schedule.paused:
        schedule.since, schedule.has_error = context.world.clock.now, False
    shown = {"schedule": _schedule(context, schedule)}
    if schedule.to_be_deleted and context.world.switches.deleted_schedules == "gone_at_once":
        del context.cluster.schedules[schedule.schedule_id]
    return shown


def _checked(context: Context, params: dict[str, Any], present: Schedule | None) -> dict[str, Any]:
    """The new values of a schedule's fields. Raises before anything has changed."""
    switches = context.world.switches
    changes: dict[str, Any] = {}
    if "scheduleName" in params:
        changes["name"] = _checked_name(context, params["scheduleName"], present)
    if "attributes" in params:
        changes["frequency"] = checked_members([FREQUENCY], params["attributes"], switches)["frequency"]
        # Each capture has the same spelling, whatever was sent.
        changes["attributes"] = {**params["attributes"], "frequency": changes["frequency"]}
    if "startingDate" in params:
        changes["starting"] = _moment(params["startingDate"])
    if "weekdays" in params:
        changes["weekdays"] = [{"day": each["day"], "offset": each.get("offset", 1)} for each in params["weekdays"]]
    if "scheduleInfo" in params:
        changes["taken"] = _taken(context, params["scheduleInfo"], present)
    for member, name in (
        ("hours", "hours"),
        ("minutes", "minutes"),
        ("monthdays", "monthdays"),
        ("recurring", "recurring"),
        ("paused", "paused"),
        ("runNextInterval", "run_next"),
        ("toBeDeleted", "to_be_deleted"),
    ):
        if member in params:
            changes[name] = params[member]
    _check_time({**(vars(present) if present else {}), **changes})
    return changes


def _checked_name(context: Context, name: str, present: Schedule | None) -> str:
    longest = context.cluster.limits["scheduleNameLengthMax"]
    if not 1 <= len(name) <= longest:
        raise ApiError("xInvalidParameter", f"the name of a schedule has 1 to {longest} characters")
    others = (each for each in context.cluster.schedules.values() if each is not present and not each.to_be_deleted)
    if any(each.name == name for each in others):
        raise ApiError(context.world.switches.duplicate_schedule_error, f"Schedule {name} exists")
    return name


def _check_time(fields: dict[str, Any]) -> None:
    """Whether these fields of a schedule say when it runs."""
    hours, minutes = fields.get("hours", 0), fields.get("minutes", 0)
    if not 0 <= hours <= LONGEST_HOURS or not 0 <= minutes < 60:
        raise ApiError("xInvalidParameter", "hours or minutes are out of range")
    if fields["frequency"] == TIME_INTERVAL:
        if 60 * hours + minutes < SHORTEST_MINUTES:
            raise ApiError("xInvalidParameter", f"an interval has at least {SHORTEST_MINUTES} minutes")
        return
    if hours > 23:
        raise ApiError("xInvalidParameter", "hours are out of range")
    days = {
        DAYS_OF_WEEK: [0 <= each["day"] <= 6 for each in fields.get("weekdays", [])],
        DAYS_OF_MONTH: [1 <= day <= 31 for day in fields.get("monthdays", [])],
    }[fields["frequency"]]
    if not days or not all(days):
        raise ApiError("xInvalidParameter", f"{fields['frequency']} needs days, which must be in range")


def _moment(given: str) -> datetime.datetime:
    try:
        return clock.parse(given)
    except ValueError:
        raise ApiError("xInvalidParameter", "startingDate is no ISO 8601 date") from None


def _taken(context: Context, given: dict[str, Any], present: Schedule | None) -> Taken:
    """What a run takes, from `scheduleInfo`."""
    if present and context.world.switches.schedule_info == "merged":
        given = {**present.taken.given, **given}
    info = checked_members(INFO, given, context.world.switches)
    if ("volumeID" in info) == ("volumes" in info):
        raise ApiError("xInvalidParameter", "scheduleInfo has one of volumeID and volumes")
    volume_ids = tuple(dict.fromkeys(info.get("volumes", [info.get("volumeID")])))
    if not volume_ids:
        raise ApiError("xInvalidParameter", "a schedule needs volumes")
    limits = context.cluster.limits
    if len(volume_ids) > limits["volumesPerGroupSnapshotMax"]:
        raise ApiError("xExceededLimit", "too many volumes for one group snapshot")
    for volume_id in volume_ids:
        context.cluster.volume(volume_id)
    if len(info.get("name", "")) > limits["snapshotNameLengthMax"]:
        raise ApiError("xInvalidParameter", "the name of a snapshot has at most 255 characters")
    options = {name: info[name] for name in OPTIONS if name in info}
    if info.get("retention"):
        options["retention"] = info["retention"]
        retention("retention", info["retention"], context.world.switches)
    return Taken(given, volume_ids, options)


def _schedule(context: Context, each: Schedule) -> dict[str, Any]:
    return {
        "attributes": each.attributes,
        "hasError": each.has_error,
        "hours": each.hours,
        # Captured: a success before anything has run.
        "lastRunStatus": "Failed" if each.failed else "Success",
        "lastRunTimeStarted": clock.stamp(each.last_run) or None,
        "minutes": each.minutes,
        "monthdays": each.monthdays,
        "paused": each.paused,
        "recurring": each.recurring,
        "runNextInterval": each.run_next,
        "scheduleID": each.schedule_id,
        "scheduleInfo": _shown_info(context, each.taken),
        "scheduleName": each.name,
        "scheduleType": "Snapshot",
        "startingDate": clock.stamp(each.starting) or None,
        "toBeDeleted": each.to_be_deleted,
        "weekdays": each.weekdays,
    }


def _shown_info(context: Context, taken: Taken) -> dict[str, Any]:
    shown = {"snapMirrorLabel": None, **taken.given}
    if len(taken.volume_ids) == 1 and context.world.switches.schedule_of_one_volume == "volume_id":
        del shown[next(name for name in ("volumes", "volumeID") if name in shown)]
        shown["volumeID"] = taken.volume_ids[0]
    return shown
