# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The nodes of a cluster: one, which has the addresses of the cluster."""

from __future__ import annotations

from typing import Any

from ..api import Context, read
from ..cluster import Identity
from ..errors import ApiError
from ..parameters import Parameter, boolean

NODE_ID = 1


@read("ListActiveNodes", "1.0")
def list_active_nodes(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    return {"nodes": [_node(context.cluster.identity)]}


@read("ListAllNodes", "1.0")
def list_all_nodes(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    return {"nodes": [_node(context.cluster.identity)], "pendingActiveNodes": [], "pendingNodes": []}


@read("GetClusterState", "5.0", [Parameter("force", boolean, required=True)])
def get_cluster_state(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    """A method of nodes. At the cluster it asks all of them, which must be said."""
    if not params["force"]:
        raise ApiError("xInvalidParameter", "force must be true to ask all nodes")
    state = {"cluster": context.cluster.name, "state": "Active"}
    return {"nodes": [{"nodeID": NODE_ID, "result": state}]}


def _node(identity: Identity) -> dict[str, Any]:
    return {
        "associatedFServiceID": 0,
        "associatedMasterServiceID": 1,
        "attributes": {},
        "chassisName": "",
        "cip": identity.svip,
        "cipi": "Bond10G",
        "customProtectionDomainName": "",
        "fibreChannelTargetPortGroup": None,
        "maintenanceMode": "Disabled",
        "mip": identity.mvip,
        "mipi": "Bond1G",
        "name": f"{identity.name}-node-{NODE_ID}",
        "nodeID": NODE_ID,
        "nodeSlot": "",
        "platformInfo": {
            "chassisType": "",
            "cpuModel": "",
            "nodeMemoryGB": 64,
            "nodeType": "SFVIRT",
            "platformConfigVersion": "0.0.0.0",
        },
        "role": "Storage",
        "sip": identity.svip,
        "sipi": "Bond10G",
        "softwareVersion": identity.version,
        "uuid": identity.uuid,
        "virtualNetworks": [],
    }
