# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The reads of what hosts log in to: access groups, their LUNs, and the accounts with sessions."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from operator import attrgetter
from typing import Any

from ..._element.client import Client
from ..._element.members import identifier, items, optional_items, optional_text, whole
from ..model import AccessGroup, HostAccess, Side
from ..run import Run
from ..views import Listed, Unreadable
from .lists import Kind
from .reading import parse_result, read_list

# The initiators of iSCSI; any other name is a port of Fibre Channel.
_ISCSI = ("iqn.", "eui.")


def read_host_access(run: Run, side: Side, volumes: Iterable[int]) -> HostAccess:
    """Return the access groups of this cluster, and which accounts hosts are logged in with.

    Two reads, and one for each group that has one of these volumes and Fibre Channel ports: LUNs are read of no other.
    Raises Failure.
    """
    client = run.client(side)
    wanted = frozenset(volumes)
    groups, sessions = _groups_and_sessions(run, client)
    with_luns = [group for group in groups if group.fibre_channel and wanted & group.volumes]
    luns = run.side_by_side(partial(_luns, client, group.id) for group in with_luns)
    known = {group.id: dict(found) for group, found in zip(with_luns, luns)}
    return HostAccess(
        groups=tuple(replace(group, luns=known.get(group.id, {})) for group in groups),
        accounts=frozenset(sessions),
        unreadable=(*groups.unreadable, *sessions.unreadable),
    )


def list_access_groups(client: Client) -> Listed[AccessGroup, Unreadable]:
    """Return the access groups of this cluster, without LUNs. Raises Failure."""
    return read_list(client, "ListVolumeAccessGroups", "volumeAccessGroups", _GROUP)


def _groups_and_sessions(run: Run, client: Client) -> tuple[Listed[AccessGroup, Unreadable], Listed[int, Unreadable]]:
    groups = partial(list_access_groups, client)
    sessions = partial(read_list, client, "ListISCSISessions", "sessions", _ACCOUNT_OF_SESSION)
    reads: list[Callable[[], Any]] = [groups, sessions]
    found = run.side_by_side(reads)
    return found[0], found[1]


def _luns(client: Client, group_id: int) -> dict[int, int]:
    method = "GetVolumeAccessGroupLunAssignments"
    result = client.call(method, {"volumeAccessGroupID": group_id})
    return parse_result(client, method, _assigned, result)


def _assigned(result: dict) -> dict[int, int]:
    listed = items(result["volumeAccessGroupLunAssignments"], "lunAssignments")
    return {whole(entry, "volumeID"): whole(entry, "lun") for entry in listed}


def _group(entry: dict) -> AccessGroup:
    initiators = [str(name).lower() for name in optional_items(entry, "initiators")]
    return AccessGroup(
        id=identifier(entry, "volumeAccessGroupID"),
        name=optional_text(entry, "name"),
        volumes=frozenset(optional_items(entry, "volumes")),
        # Names are the older form, and both are documented.
        initiators=max(len(initiators), len(optional_items(entry, "initiatorIDs"))),
        fibre_channel=any(not name.startswith(_ISCSI) for name in initiators),
    )


def _account(entry: dict) -> int:
    return whole(entry, "accountID")


_GROUP: Kind[AccessGroup, Unreadable] = Kind(
    "access group", _group, "volumeAccessGroupID", "name", once={"volumeAccessGroupID": attrgetter("id")}
)
_ACCOUNT_OF_SESSION: Kind[int, Unreadable] = Kind("iSCSI session", _account, "sessionID")
