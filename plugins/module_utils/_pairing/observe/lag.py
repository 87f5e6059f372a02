# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection elementsw.replication: it can change without notice.
"""The reads of how far targets are behind their sources."""

from __future__ import annotations

import re
from collections.abc import Iterable
from operator import itemgetter

from ..._element.client import Client
from ..._element.errors import VOLUME_UNKNOWN, ApiError
from ..._element.members import whole
from ..views import Keyed, Listed, Unreadable
from .lists import Kind
from .reading import MAX_IDS, parse_list

# Hours, minutes, seconds: how clusters write the time that a target is behind. The documentation has another form.
_DELAY = re.compile(r"(\d{1,9}):([0-5]\d):([0-5]\d(?:\.\d+)?)", re.ASCII)


def list_delays(client: Client, ids: Iterable[int]) -> Keyed[int, float]:
    """By how many seconds the other side is behind these volumes, by ID; without those of which the cluster does not tell.

    Of targets it tells 0, whatever the truth.
    """
    wanted = sorted(ids)
    if not wanted:
        return Listed()  # what an empty filter means is documented nowhere (note N20 of api_notes)
    method = "ListVolumeStats"
    params: dict[str, object] = {"includeVirtualVolumes": False}
    if len(wanted) <= MAX_IDS:
        params["volumeIDs"] = wanted
    try:
        result = client.call(method, params)
    except ApiError as exc:
        if exc.name not in VOLUME_UNKNOWN or "volumeIDs" not in params:
            raise
        del params["volumeIDs"]  # one of them was purged meanwhile
        result = client.call(method, params)
    found = parse_list(client, method, "volumeStats", _DELAY_OF, result)
    told = tuple((volume_id, delay) for volume_id, delay in found if delay is not None)
    return Listed(told, tuple(odd for odd in found.unreadable if odd.id is None or odd.id in wanted))


def _delay(stats: dict) -> tuple[int, float | None]:
    return whole(stats, "volumeID"), _seconds(stats.get("asyncDelay"))


def _seconds(delay: object) -> float | None:
    """None for a volume that is not paired, and for any form that is not the known one."""
    match = _DELAY.fullmatch(delay) if isinstance(delay, str) else None
    return int(match[1]) * 3600 + int(match[2]) * 60 + float(match[3]) if match else None


_DELAY_OF: Kind[tuple[int, float | None], Unreadable] = Kind(
    "record of statistics", _delay, "volumeID", once={"volumeID": itemgetter(0)}
)
