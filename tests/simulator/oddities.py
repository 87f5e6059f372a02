# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Odd objects: what a list shows of a single object in place of the truth. Nothing else changes."""

from __future__ import annotations

import contextlib
import copy
from dataclasses import dataclass
from typing import Any

from .errors import WorldError

# The value of a member that is not there.
MISSING: Any = object()

# The lists whose objects can be odd: the member of the reply that holds them, and the member that an object is named by.
LISTS = {
    "ListAccounts": ("accounts", "accountID"),
    "ListActivePairedVolumes": ("volumes", "volumeID"),
    "ListActiveVolumes": ("volumes", "volumeID"),
    "ListClusterFaults": ("faults", "clusterFaultID"),
    "ListClusterPairs": ("clusterPairs", "clusterPairID"),
    "ListDeletedVolumes": ("volumes", "volumeID"),
    "ListFibreChannelSessions": ("sessions", "initiatorWWPN"),
    "ListGroupSnapshots": ("groupSnapshots", "groupSnapshotID"),
    "ListISCSISessions": ("sessions", "sessionID"),
    "ListQoSPolicies": ("qosPolicies", "qosPolicyID"),
    "ListSnapshots": ("snapshots", "snapshotID"),
    "ListSyncJobs": ("syncJobs", "dstVolumeID"),
    "ListVolumeStats": ("volumeStats", "volumeID"),
    "ListVolumes": ("volumes", "volumeID"),
}


@dataclass(frozen=True)
class Odd:
    """`member`: a path with dots, such as volumePairs.0.volumePairUUID; None where the object as a whole is replaced."""

    cluster: str
    method: str
    id: Any
    member: str | None
    value: Any


class OddObjects:
    """The odd objects of a world. They are named by what they really are, whatever is shown of them."""

    def __init__(self) -> None:
        self._known: list[Odd] = []

    def add(self, cluster: str, method: str, object_id: Any, member: str | None, value: Any) -> None:
        if method not in LISTS:
            raise WorldError(f"method: {method!r} is not one of {', '.join(LISTS)}")
        if member is None and value is MISSING:
            value = None
        self._known.append(Odd(cluster, method, object_id, member, value))

    def clear(self) -> None:
        self._known.clear()

    def shown(self, cluster: str, method: str, result: dict[str, Any]) -> dict[str, Any]:
        """The result of a call with what is odd in it; a copy where anything is."""
        odd = [each for each in self._known if (each.cluster, each.method) == (cluster, method)]
        if not odd:
            return result
        name, id_member = LISTS[method]
        members = [_shown(member, [each for each in odd if each.id == member[id_member]]) for member in result[name]]
        return {**result, name: members}

    def as_list(self) -> list[dict[str, Any]]:
        """For the control endpoint, in the form in which they are added."""
        return [
            {
                name: value
                for name, value in vars(each).items()
                if value is not MISSING and (name, value) != ("member", None)
            }
            for each in self._known
        ]


def _shown(member: dict[str, Any], odd: list[Odd]) -> Any:
    shown = copy.deepcopy(member) if odd else member
    for each in odd:
        if each.member is None:
            return each.value
        _put(shown, each.member, each.value)
    return shown


def _put(within: Any, path: str, value: Any) -> None:
    """Put the value there; an object that has no such place, such as a volume without a pair, stays as it is."""
    *way, last = (int(step) if step.isdigit() else step for step in path.split("."))
    with contextlib.suppress(LookupError, TypeError):
        for step in way:
            within = within[step]
        if value is MISSING:
            del within[last]
        else:
            within[last] = value
