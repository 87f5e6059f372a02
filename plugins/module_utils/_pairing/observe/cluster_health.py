# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection elementsw.replication: it can change without notice.
"""The reads that tell how replication does and what a cluster can take: lag, faults, fullness, and the user's roles."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import partial
from operator import itemgetter

from ..._element.client import Client
from ..._element.errors import VOLUME_UNKNOWN, ApiError
from ..._element.members import items, optional_text, text, whole
from ..model import ClusterFault, Keyed, Listed, Unreadable
from .lists import Kind
from .volumes import MAX_IDS, parse_list, parse_result, read_list

# The faults that concern replication, as the API documentation spells them. Syslog has them with a capital.
REPLICATION_FAULTS = (
    "disconnectedClusterPair",
    "disconnectedRemoteNode",
    "remoteRepAsyncDelayExceeded",
    "remoteRepClusterFull",
    "remoteRepSnapshotClusterFull",
    "remoteRepSnapshotsExceededLimit",
)
# Hours, minutes, seconds: how clusters write the time that a target is behind. The documentation has another form.
_DELAY = re.compile(r"(\d{1,9}):([0-5]\d):([0-5]\d(?:\.\d+)?)", re.ASCII)
_LISTS = re.compile(r"\[([0-9, ]+)\]")
_IDS = re.compile(r"\d{1,18}", re.ASCII)
_STAGE = re.compile(r"stage(\d)", re.ASCII)


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


def list_faults(client: Client) -> Listed[ClusterFault, Unreadable]:
    """The faults of replication that there are now."""
    found = read_list(client, "ListClusterFaults", "faults", _FAULT, {"faultTypes": "current"})
    return Listed(tuple(fault for fault in found if fault is not None), found.unreadable)


def get_fullness(client: Client) -> int:
    """How full the cluster is: from stage 4 on nothing is created there, at stage 5 nothing can be written."""
    method = "GetClusterFullThreshold"
    return parse_result(client, method, _stage, client.call(method))


def get_roles(client: Client) -> frozenset[str] | None:
    """What the task's user may do; None where the list does not name the user, as it does not name those of LDAP."""
    method = "ListClusterAdmins"
    return parse_result(client, method, partial(_roles, client.username), client.call(method))


def _delay(stats: dict) -> tuple[int, float | None]:
    return whole(stats, "volumeID"), _seconds(stats.get("asyncDelay"))


def _seconds(delay: object) -> float | None:
    """None for a volume that is not paired, and for any form that is not the known one."""
    match = _DELAY.fullmatch(delay) if isinstance(delay, str) else None
    return int(match[1]) * 3600 + int(match[2]) * 60 + float(match[3]) if match else None


def _fault(entry: dict) -> ClusterFault | None:
    """None for one that does not concern replication, or is over."""
    code = _KNOWN_FAULTS.get(text(entry, "code").lower())
    if code is None or entry.get("resolved"):
        return None
    details = optional_text(entry, "details")
    # The words are for people and change; whom they are about stands in brackets.
    ids = frozenset(int(found) for listed in _LISTS.findall(details) for found in _IDS.findall(listed))
    return ClusterFault(
        code=code,
        severity=optional_text(entry, "severity"),
        date=optional_text(entry, "date"),
        details=details,
        cluster_pair_ids=ids if code == "disconnectedClusterPair" else frozenset(),
        volume_ids=ids if code.startswith("remoteRep") else frozenset(),
    )


_KNOWN_FAULTS = {code.lower(): code for code in REPLICATION_FAULTS}
_FAULT: Kind[ClusterFault | None, Unreadable] = Kind("fault", _fault, "clusterFaultID")
_DELAY_OF: Kind[tuple[int, float | None], Unreadable] = Kind(
    "record of statistics", _delay, "volumeID", once={"volumeID": itemgetter(0)}
)


def _stage(result: dict) -> int:
    """The worse one of data and metadata; `fullness` itself holds the stage or, on some releases, which of them it is."""
    told = [optional_text(result, member) for member in ("fullness", "blockFullness", "metadataFullness")]
    return max(int(stage[1]) for stage in map(_STAGE.match, told) if stage)


def _roles(username: str, result: dict) -> frozenset[str] | None:
    listed = [admin for admin in items(result, "clusterAdmins") if text(admin, "username") == username]
    return frozenset(_text(role) for admin in listed for role in items(admin, "access")) if listed else None


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value
