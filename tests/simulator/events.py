# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The event log of a cluster."""

from __future__ import annotations

import datetime
from typing import Any

from .clock import precise_stamp
from .cluster import Cluster


def add(cluster: Cluster, now: datetime.datetime, kind: str, message: str, details: dict[str, Any]) -> None:
    """Write down an event; their numbers grow by one for each of a cluster."""
    dated = precise_stamp(now)
    cluster.events.append(
        {
            "details": details,
            "driveID": 0,
            "driveIDs": [],
            "eventID": cluster.next_id("event"),
            "eventInfoType": kind,
            "message": message,
            "nodeID": 0,
            "serviceID": 0,
            "severity": 0,
            "timeOfPublish": dated,
            "timeOfReport": dated,
        }
    )
