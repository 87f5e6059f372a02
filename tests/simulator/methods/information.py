# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a cluster says about itself: API, identity, versions, limits, faults."""

from __future__ import annotations

from typing import Any

from .. import cluster_faults
from ..api import Context, methods_of, read
from ..parameters import Parameter, boolean, one_of


@read("GetAPI", "1.0")
def get_api(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    current = context.cluster.identity.api_versions[-1]
    return {
        current: methods_of(current),
        "currentVersion": current,
        "supportedVersions": list(context.cluster.identity.api_versions),
    }


@read("GetClusterInfo", "1.0")
def get_cluster_info(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    identity = context.cluster.identity
    info = {
        "attributes": {},
        "defaultProtectionScheme": "doubleHelix",
        "enabledProtectionSchemes": ["doubleHelix"],
        "encryptionAtRestState": "disabled",
        "ensemble": [identity.mvip],
        "mvip": identity.mvip,
        "mvipInterface": "Bond1G",
        "mvipNodeID": 1,
        "mvipVlanTag": "0",
        "name": identity.name,
        "repCount": 2,
        "softwareEncryptionAtRestState": "disabled",
        "supportedProtectionSchemes": ["doubleHelix"],
        "svip": identity.svip,
        "svipInterface": "Bond10G",
        "svipNodeID": 1,
        "svipVlanTag": "0",
        "uniqueID": identity.unique_id,
        "uuid": identity.uuid,
    }
    return {"clusterInfo": info}


@read("GetClusterVersionInfo", "1.0")
def get_cluster_version_info(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    identity = context.cluster.identity
    return {
        "clusterAPIVersion": identity.api_version,
        "clusterVersion": identity.version,
        "clusterVersionInfo": [
            {
                "nodeID": 1,
                "nodeInternalRevision": f"BuildType=Release Element {identity.version}",
                "nodeVersion": identity.version,
            }
        ],
        "softwareVersionInfo": {
            "currentVersion": identity.version,
            "nodeID": 0,
            "packageName": "",
            "pendingVersion": identity.version,
            "startTime": "",
        },
    }


@read("GetLimits", "1.0")
def get_limits(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    return dict(context.cluster.limits)


@read(
    "ListClusterFaults",
    "1.0",
    [Parameter("faultTypes", one_of("current", "resolved", "all")), Parameter("bestPractices", boolean)],
)
def list_cluster_faults(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    wanted = params.get("faultTypes", "all")
    faults = cluster_faults.current_and_resolved(context.world, context.cluster)
    shown = {"current": (False,), "resolved": (True,), "all": (False, True)}[wanted]
    return {"faults": [fault for fault in faults if fault["resolved"] in shown]}
