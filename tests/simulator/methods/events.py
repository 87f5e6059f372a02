# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The event log, with filters that combine."""

from __future__ import annotations

from typing import Any

from .. import clock
from ..api import Context, read
from ..errors import ApiError
from ..parameters import Parameter, integer, text
from ..settings import Switches

EQUAL = ("nodeID", "serviceID", "driveID")


def _time(name: str, value: Any, switches: Switches) -> str:
    """A date, in the form in which events have it: those compare as texts."""
    try:
        return clock.precise_stamp(clock.parse(text(name, value, switches)))
    except ValueError:
        raise ApiError("xInvalidParameter", f"{name} is no ISO 8601 date") from None


@read(
    "ListEvents",
    "1.0",
    [
        Parameter("maxEvents", integer),
        Parameter("startEventID", integer),
        Parameter("endEventID", integer),
        Parameter("eventType", text),
        *(Parameter(name, integer) for name in EQUAL),
        *(Parameter(f"{end}{what}Time", _time) for what in ("Publish", "Report") for end in ("start", "end")),
    ],
)
def list_events(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    switches = context.world.switches
    listed = [event for event in context.cluster.events if _matches(event, params)]
    most = params.get("maxEvents")
    if most:
        listed = listed[:most] if switches.max_events_keeps == "oldest" else listed[-most:]
    return {
        "eventQueueType": "logEventQueue",
        "events": listed[::-1] if switches.events_order == "newest_first" else listed,
    }


def _matches(event: dict[str, Any], params: dict[str, Any]) -> bool:
    spans = (("eventID", "EventID"), ("timeOfPublish", "PublishTime"), ("timeOfReport", "ReportTime"))
    return (
        # The spelling of types differs from place to place.
        params.get("eventType", event["eventInfoType"]).lower() == event["eventInfoType"].lower()
        and all(params.get(name, event[name]) == event[name] for name in EQUAL)
        and all(
            params.get(f"start{name}", event[member]) <= event[member] <= params.get(f"end{name}", event[member])
            for member, name in spans
        )
    )
