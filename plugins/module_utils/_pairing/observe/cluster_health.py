# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The reads of a cluster's faults, of its fullness, and of the roles of the task's user."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

import re
from functools import partial

from ..._element.client import Client
from ..._element.members import items, optional_text, text
from ..model import Capacity, ClusterFault
from ..views import Listed, Unreadable
from .lists import Kind
from .reading import number_or_none, parse_result, read_list

# The faults of replication, as the API documentation spells them. In syslog they begin with a capital letter.
REPLICATION_FAULTS = (
    "disconnectedClusterPair",
    "disconnectedRemoteNode",
    "remoteRepAsyncDelayExceeded",
    "remoteRepClusterFull",
    "remoteRepSnapshotClusterFull",
    "remoteRepSnapshotsExceededLimit",
)
_LISTS = re.compile(r"\[([0-9, ]+)\]")
_IDS = re.compile(r"\d{1,18}", re.ASCII)
_STAGE = re.compile(r"stage(\d)", re.ASCII)


def list_faults(client: Client) -> Listed[ClusterFault, Unreadable]:
    """Return the current faults of replication. Raises Failure."""
    found = read_list(client, "ListClusterFaults", "faults", _FAULT, {"faultTypes": "current"})
    return Listed(tuple(fault for fault in found if fault is not None), found.unreadable)


def get_fullness(client: Client) -> int:
    """Return the stage of fullness: at 4 and more the cluster creates nothing, at 5 nothing can be written.

    Raises Failure.
    """
    method = "GetClusterFullThreshold"
    return parse_result(client, method, _stage, client.call(method))


def get_capacity(client: Client) -> Capacity:
    """Return how much space is promised to volumes, and the limit. Raises Failure."""
    method = "GetClusterCapacity"
    return parse_result(client, method, _capacity, client.call(method))


def get_roles(client: Client) -> frozenset[str] | None:
    """Return the roles of the task's user, None if the list does not have the user, such as one of LDAP. Raises Failure."""
    method = "ListClusterAdmins"
    return parse_result(client, method, partial(_roles, client.username), client.call(method))


def _fault(entry: dict) -> ClusterFault | None:
    """Return the fault, None for one that does not concern replication or is resolved. Raises Misfit."""
    code = _KNOWN_FAULTS.get(text(entry, "code").lower())
    if code is None or entry.get("resolved"):
        return None
    details = optional_text(entry, "details")
    # The text is for people and changes between releases. The IDs of the objects are in brackets.
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


def _stage(result: dict) -> int:
    """Return the worse stage of data and metadata. `fullness` is a stage or, on some releases, the name of the worse one."""
    texts = [optional_text(result, member) for member in ("fullness", "blockFullness", "metadataFullness")]
    return max(int(stage[1]) for stage in map(_STAGE.match, texts) if stage)


def _capacity(result: dict) -> Capacity:
    space = result["clusterCapacity"]
    return Capacity(number_or_none(space, "provisionedSpace"), number_or_none(space, "maxOverProvisionableSpace"))


def _roles(username: str, result: dict) -> frozenset[str] | None:
    listed = [admin for admin in items(result, "clusterAdmins") if text(admin, "username") == username]
    return frozenset(_text(role) for admin in listed for role in items(admin, "access")) if listed else None


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value
