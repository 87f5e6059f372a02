# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who uses a volume: iSCSI sessions name it, Fibre Channel sessions name an access group at most."""

from __future__ import annotations

from typing import Any

from .. import views
from ..api import Context, read
from ..clock import stamp
from ..cluster import Cluster
from ..parameters import Parameter, integer, integers
from ..records import AccessGroup, FibreChannelSession, IscsiSession


@read("ListISCSISessions", "1.0")
def list_iscsi_sessions(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    return {"sessions": [_iscsi_session(context, session) for session in context.cluster.iscsi_sessions]}


@read("ListFibreChannelSessions", "7.0")
def list_fibre_channel_sessions(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    sessions = context.cluster.fibre_channel_sessions
    return {"sessions": [_fibre_channel_session(number, each) for number, each in enumerate(sessions, 1)]}


@read(
    "ListVolumeAccessGroups",
    "5.0",
    [
        Parameter("startVolumeAccessGroupID", integer),
        Parameter("limit", integer),
        Parameter("volumeAccessGroups", integers, since="9.0"),
    ],
)
def list_volume_access_groups(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    groups = context.cluster.access_groups
    wanted = params.get("volumeAccessGroups", groups)
    start = params.get("startVolumeAccessGroupID", 0)
    listed = sorted(group_id for group_id in wanted if group_id in groups and group_id >= start)
    page = listed[: params.get("limit") or None]
    return {"volumeAccessGroups": [_access_group(context, groups[group_id]) for group_id in page]}


def _iscsi_session(context: Context, session: IscsiSession) -> dict[str, Any]:
    cluster = context.cluster
    volume = cluster.volumes[session.volume_id]
    account = cluster.accounts[volume.account_id]
    iqn = views.iqn(cluster, volume)
    return {
        "accountID": account.account_id,
        "accountName": account.username,
        "authentication": {
            "authMethod": "None",
            "chapAlgorithm": "null",
            "chapUsername": "null",
            "direction": "null",
        },
        "createTime": stamp(volume.created),
        "driveID": 21,
        "driveIDs": [21],
        "initiator": _known_initiator(cluster, session.initiator_name),
        "initiatorIP": session.initiator_address,
        "initiatorName": session.initiator_name,
        "initiatorPortName": f"{session.initiator_name},i,0x23d000000",
        "initiatorSessionID": 9621209088 + session.session_id,
        "msSinceLastIscsiPDU": 243,
        "msSinceLastScsiCommand": 141535,
        "nodeID": 1,
        "serviceID": 8,
        "sessionID": session.session_id,
        "targetIP": f"{cluster.identity.svip}:3260",
        "targetName": iqn,
        "targetPortName": f"{iqn},t,0x1",
        "virtualNetworkID": 0,
        "volumeID": volume.volume_id,
        "volumeInstance": 140247000000 + volume.volume_id,
    }


def _known_initiator(cluster: Cluster, name: str) -> dict[str, Any] | None:
    """The initiator within a session, as captured; null where a host came by the account's secrets alone."""
    groups = [group for group in cluster.access_groups.values() if name in group.initiators]
    if not groups:
        return None
    return {
        "alias": "",
        "attributes": {},
        "chapCredentialsID": 0,
        "initiatorID": groups[0].initiators.index(name) + 1,
        "initiatorName": name,
        "requireChap": False,
        "volumeAccessGroups": [group.group_id for group in groups],
    }


def _fibre_channel_session(number: int, session: FibreChannelSession) -> dict[str, Any]:
    groups = [] if session.group_id is None else [session.group_id]
    return {
        "initiator": {
            "alias": "",
            "attributes": {},
            "initiatorID": number,
            "initiatorName": session.initiator_wwpn,
            "volumeAccessGroups": groups,
        },
        "initiatorWWPN": session.initiator_wwpn,
        "nodeID": 5,
        "serviceID": 21,
        "targetWWPN": session.target_wwpn,
        "volumeAccessGroupID": session.group_id,
    }


def _access_group(context: Context, group: AccessGroup) -> dict[str, Any]:
    volumes = context.cluster.volumes
    known = [volume_id for volume_id in group.volume_ids if volume_id in volumes]
    return {
        "attributes": {},
        "deletedVolumes": [volume_id for volume_id in known if volumes[volume_id].deleted],
        "initiatorIDs": list(range(1, len(group.initiators) + 1)),
        "initiators": group.initiators,
        "name": group.name,
        "volumeAccessGroupID": group.group_id,
        "volumes": [volume_id for volume_id in known if not volumes[volume_id].deleted],
    }
