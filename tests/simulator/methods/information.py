# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a cluster says about itself: API, identity, versions, limits, fullness, faults, events."""

from __future__ import annotations

from typing import Any

from .. import cluster_faults
from ..api import Context, methods_of, read
from ..cluster import FULLNESS, Cluster
from ..parameters import Parameter, boolean, integer, one_of, text

TIB = 1024**4
TOTAL_BYTES = 40 * TIB
# Share of the cluster's capacity at which each stage begins, in per cent.
STAGE_PERCENT = {2: 80, 3: 90, 4: 96, 5: 100}


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


@read("GetClusterFullThreshold", "1.0")
def get_cluster_full_threshold(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    fullness = context.cluster.fullness
    return {
        "blockFullness": fullness,
        "fullness": "blockFullness",
        "maxMetadataOverProvisionFactor": 5,
        "metadataFullness": FULLNESS[0],
        "sliceReserveUsedThresholdPct": 5,
        "stage2AwareThreshold": 3,
        **{f"stage{stage}BlockThresholdBytes": TOTAL_BYTES * part // 100 for stage, part in STAGE_PERCENT.items()},
        **{f"stage{stage}MetadataThresholdBytes": TIB * part // 100 for stage, part in STAGE_PERCENT.items()},
        "stage3BlockThresholdPercent": 3,
        "stage3LowThreshold": 2,
        "stage3MetadataThresholdPercent": 5,
        "stage4CriticalThreshold": 1,
        "sumTotalClusterBytes": TOTAL_BYTES,
        "sumTotalMetadataClusterBytes": TIB,
        "sumUsedClusterBytes": _used_bytes(context.cluster),
        "sumUsedMetadataClusterBytes": TIB // 100,
    }


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


@read(
    "ListEvents",
    "1.0",
    [
        Parameter("maxEvents", integer),
        Parameter("startEventID", integer),
        Parameter("endEventID", integer),
        Parameter("eventType", text),
    ],
)
def list_events(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    first, last = params.get("startEventID", 0), params.get("endEventID")
    kind = params.get("eventType")
    listed = [
        event
        for event in context.cluster.events
        if event["eventID"] >= first
        and (last is None or event["eventID"] <= last)
        and kind in (None, event["eventInfoType"])
    ]
    newest_first = listed[::-1]
    return {"eventQueueType": "logEventQueue", "events": newest_first[: params.get("maxEvents") or None]}


def _used_bytes(cluster: Cluster) -> int:
    stage = FULLNESS.index(cluster.fullness) + 1
    if stage in STAGE_PERCENT:
        return TOTAL_BYTES * STAGE_PERCENT[stage] // 100
    return sum(volume.used_blocks for volume in cluster.volumes.values()) * 4096
