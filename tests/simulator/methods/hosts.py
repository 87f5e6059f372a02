# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who uses a volume: iSCSI sessions name it, Fibre Channel sessions name an access group at most."""

from __future__ import annotations

from typing import Any

from .. import host_access, views
from ..api import Context, read
from ..clock import stamp
from ..records import AccessGroup, FibreChannelSession, Initiator, IscsiSession


@read("ListISCSISessions", "1.0")
def list_iscsi_sessions(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    known = host_access.initiators_by_name(context.cluster)
    groups = host_access.groups_of_initiators(context.cluster)
    shown = []
    for session in context.cluster.iscsi_sessions:
        # It is null where a host came by the account's secrets alone.
        initiator = known.get(host_access.spelled(session.initiator_name))
        within = _initiator(initiator, groups.get(initiator, [])) if initiator else None
        shown.append(_iscsi_session(context, session, within))
    return {"sessions": shown}


@read("ListFibreChannelSessions", "7.0")
def list_fibre_channel_sessions(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    sessions = context.cluster.fibre_channel_sessions
    return {"sessions": [_fibre_channel_session(number, each) for number, each in enumerate(sessions, 1)]}


def _iscsi_session(context: Context, session: IscsiSession, initiator: dict[str, Any] | None) -> dict[str, Any]:
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
        "initiator": initiator,
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


def _initiator(known: Initiator, groups: list[AccessGroup]) -> dict[str, Any]:
    """The initiator within a session, as captured: it shows no secrets."""
    return {
        "alias": known.alias,
        "attributes": known.attributes,
        "chapCredentialsID": 0,
        "initiatorID": known.initiator_id,
        "initiatorName": known.name,
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
