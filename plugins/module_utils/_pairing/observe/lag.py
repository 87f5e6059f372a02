# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The read of the time by which targets are behind their sources, and of the time on the source's clock."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

import re
from collections.abc import Iterable
from operator import itemgetter

from ..._element.client import Client
from ..._element.errors import VOLUME_UNKNOWN, ApiError
from ..._element.members import whole
from ..model import Delay
from ..views import Keyed, Listed, Unreadable
from .lists import Kind
from .reading import MAX_IDS, parse_list

# Hours, minutes and seconds: the form of the lag on clusters. The API documentation has another form.
_DELAY = re.compile(r"(\d{1,9}):([0-5]\d):([0-5]\d(?:\.\d+)?)", re.ASCII)


def list_delays(client: Client, ids: Iterable[int]) -> Keyed[int, Delay]:
    """Return by how much the targets of these volumes are behind, by ID, as far as the cluster reports it.

    For a volume that is itself a target the cluster always reports 0. Raises Failure.
    """
    wanted = sorted(ids)
    if not wanted:
        return Listed()  # the meaning of an empty filter is not documented (note N20 of api_notes)
    method = "ListVolumeStats"
    params: dict[str, object] = {}
    if len(wanted) <= MAX_IDS:
        params["volumeIDs"] = wanted
    try:
        result = client.call(method, params)
    except ApiError as exc:
        if exc.name not in VOLUME_UNKNOWN or "volumeIDs" not in params:
            raise
        del params["volumeIDs"]  # another client has purged one of them
        result = client.call(method, params)
    found = parse_list(client, method, "volumeStats", _DELAY_OF, result)
    return Listed(found.readable, tuple(odd for odd in found.unreadable if odd.id is None or odd.id in wanted))


def _delay(stats: dict) -> tuple[int, Delay]:
    timestamp = stats.get("timestamp")
    return whole(stats, "volumeID"), Delay(
        _seconds(stats.get("asyncDelay")), timestamp if isinstance(timestamp, str) else ""
    )


def _seconds(delay: object) -> float | None:
    """Return the seconds, None for a volume that is not paired and for an unknown form."""
    match = _DELAY.fullmatch(delay) if isinstance(delay, str) else None
    return int(match[1]) * 3600 + int(match[2]) * 60 + float(match[3]) if match else None


_DELAY_OF: Kind[tuple[int, Delay], Unreadable] = Kind(
    "record of statistics", _delay, "volumeID", once={"volumeID": itemgetter(0)}
)
