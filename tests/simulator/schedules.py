# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Snapshot schedules: when one is due, and what it takes then. Anything runs at full five minutes only."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from . import api, cluster_faults, events
from .errors import ApiError
from .pair_states import TARGET

if TYPE_CHECKING:
    from .cluster import Cluster
    from .world import World

STEP = datetime.timedelta(minutes=5)
TIME_INTERVAL, DAYS_OF_WEEK, DAYS_OF_MONTH = FREQUENCIES = ("Time Interval", "Days Of Week", "Days Of Month")


@dataclass(eq=False)
class Taken:
    """What a run takes. `given` is the object as it came, which is shown again; the rest is what it means."""

    given: dict[str, Any]
    volume_ids: tuple[int, ...]
    # Parameters of CreateSnapshot and CreateGroupSnapshot.
    options: dict[str, Any]


@dataclass(eq=False)
class Schedule:
    """A schedule as it was written, and what became of its runs. `since`: from when on an interval counts."""

    schedule_id: int
    name: str
    frequency: str
    taken: Taken
    since: datetime.datetime
    attributes: dict[str, Any] = field(default_factory=dict)
    hours: int = 0
    minutes: int = 0
    weekdays: list[dict[str, int]] = field(default_factory=list)
    monthdays: list[int] = field(default_factory=list)
    starting: datetime.datetime | None = None
    recurring: bool = False
    paused: bool = False
    run_next: bool = False
    to_be_deleted: bool = False
    last_run: datetime.datetime | None = None
    failed: bool = False
    has_error: bool = False


def first_step(moment: datetime.datetime) -> datetime.datetime:
    """The first full five minutes at this moment or after it."""
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + STEP * -(-(moment - midnight) // STEP)


def steps(after: datetime.datetime, until: datetime.datetime) -> Iterator[datetime.datetime]:
    """The full five minutes after one moment, up to another."""
    step = first_step(after)
    if step == after:
        step += STEP
    while step <= until:
        yield step
        step += STEP


def is_due(schedule: Schedule, step: datetime.datetime) -> bool:
    """Whether a schedule runs at this step."""
    if schedule.paused or schedule.to_be_deleted:
        return False
    if schedule.run_next:
        return True
    if (schedule.last_run and not schedule.recurring) or (schedule.starting and step < schedule.starting):
        return False
    if schedule.frequency == TIME_INTERVAL:
        return step >= _end_of_interval(schedule)
    # What is set between two steps, the last of a day perhaps, runs at the later one.
    days = {(step - STEP).date(), step.date()}
    return any(step - STEP < _time_on(schedule, day) <= step and _is_day(schedule, day) for day in days)


def _end_of_interval(schedule: Schedule) -> datetime.datetime:
    if schedule.starting and schedule.starting > schedule.since:
        return schedule.starting
    return schedule.since + datetime.timedelta(hours=schedule.hours, minutes=schedule.minutes)


def _time_on(schedule: Schedule, day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(schedule.hours, schedule.minutes, tzinfo=datetime.timezone.utc))


def _is_day(schedule: Schedule, day: datetime.date) -> bool:
    if schedule.frequency == DAYS_OF_MONTH:
        return day.day in schedule.monthdays
    # 0 is Sunday. An offset of 1 means every week, n from 2 on the (n-1)th such day of the month, and 0 none.
    number = day.isoweekday() % 7
    in_month = (day.day - 1) // 7 + 1
    return any(each["day"] == number and each["offset"] in (1, in_month + 1) for each in schedule.weekdays)


def run_due(world: World, cluster: Cluster, step: datetime.datetime) -> None:
    """Run what is due on a cluster at this step, and forget what was deleted. The clock shows this step."""
    for schedule in list(cluster.schedules.values()):
        if schedule.to_be_deleted:
            if world.switches.deleted_schedules == "until_next_step":
                del cluster.schedules[schedule.schedule_id]
        elif is_due(schedule, step):
            _run(world, cluster, schedule, step)
            # A run that failed is on record even when the next one succeeds before anyone asks.
            cluster_faults.update(world, cluster)


def _run(world: World, cluster: Cluster, schedule: Schedule, step: datetime.datetime) -> None:
    try:
        _take(world, cluster, schedule.taken)
    except ApiError as error:
        schedule.failed, outcome = True, str(error)
    else:
        schedule.failed, outcome = False, "Success"
    schedule.has_error = schedule.failed
    schedule.last_run = schedule.since = step
    schedule.run_next = False
    details = {"result": outcome, "scheduleID": schedule.schedule_id, "scheduleName": schedule.name}
    events.add(cluster, step, "schedulerEvent", f"Schedule {schedule.name} has run", details)


def _take(world: World, cluster: Cluster, taken: Taken) -> None:
    """The snapshots of one run, all of them or none. Raises ApiError."""
    volumes = [cluster.volume(volume_id) for volume_id in taken.volume_ids]
    for volume in volumes:
        if volume.access == TARGET and world.switches.schedule_on_target == "fails":
            raise ApiError("xInvalidParameter", f"Volume {volume.volume_id} is a replication target")
        # Since the run before, five minutes or more have passed, and what it left on its way has moved on.
        world.replication.polled(volume)
    one = len(volumes) == 1
    method = "CreateSnapshot" if one else "CreateGroupSnapshot"
    chosen = {"volumeID": volumes[0].volume_id} if one else {"volumes": [volume.volume_id for volume in volumes]}
    api.call(api.Context(world, cluster, None), method, {**taken.options, **chosen}, cluster.identity.api_versions[-1])
