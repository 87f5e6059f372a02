# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How full a cluster is, and how well what is on it is stored. Nothing is compressed here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import capacity
from ..api import Context, read
from ..capacity import BLOCK, METADATA_BYTES, STAGE_PERCENT, TOTAL_BYTES, USED_METADATA_BYTES
from ..clock import precise_stamp, stamp
from ..cluster import FULLNESS
from ..parameters import Parameter, integer
from ..records import BLOCKS_PER_WRITE, Volume

MAX_IOPS = 50000


@read("GetClusterCapacity", "1.0")
def get_cluster_capacity(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    cluster, switches = context.cluster, context.world.switches
    volumes, snapshots = cluster.volumes.values(), cluster.snapshots.values()
    provisioned = capacity.provisioned_bytes(cluster, switches)
    written = sum(capacity.written_blocks(volume, switches) for volume in volumes)
    unique = capacity.unique_blocks(volumes, snapshots)
    sessions = len(cluster.iscsi_sessions) + len(cluster.fibre_channel_sessions)
    shown = {
        "activeBlockSpace": capacity.used_bytes(cluster),
        "activeSessions": sessions,
        "averageIOPS": 0,
        "clusterRecentIOSize": 0,
        "currentIOPS": 0,
        "maxIOPS": MAX_IOPS,
        "maxOverProvisionableSpace": capacity.max_over_provisionable_bytes(cluster),
        "maxProvisionedSpace": cluster.max_provisioned,
        "maxUsedMetadataSpace": METADATA_BYTES,
        "maxUsedSpace": TOTAL_BYTES,
        "nonZeroBlocks": written,
        "peakActiveSessions": sessions,
        "peakIOPS": 0,
        "provisionedSpace": provisioned,
        "snapshotNonZeroBlocks": BLOCKS_PER_WRITE * sum(len(snapshot.marks) for snapshot in snapshots),
        "timestamp": stamp(context.world.clock.now),
        "totalOps": sum(volume.read_ops + volume.write_ops for volume in volumes),
        "uniqueBlocks": unique,
        "uniqueBlocksUsedSpace": unique * BLOCK,
        "usedMetadataSpace": USED_METADATA_BYTES,
        "usedMetadataSpaceInSnapshots": BLOCK * len(snapshots),
        "usedSpace": capacity.used_bytes(cluster),
        "zeroBlocks": provisioned // BLOCK - written,
    }
    return {"clusterCapacity": shown}


@read("GetClusterFullThreshold", "1.0")
def get_cluster_full_threshold(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    fullness = context.cluster.fullness
    stages = STAGE_PERCENT.items()
    return {
        "blockFullness": fullness,
        "fullness": "blockFullness",
        "maxMetadataOverProvisionFactor": capacity.OVER_PROVISION_FACTOR,
        "metadataFullness": FULLNESS[0],
        "sliceReserveUsedThresholdPct": 5,
        "stage2AwareThreshold": 3,
        **{f"stage{stage}BlockThresholdBytes": TOTAL_BYTES * part // 100 for stage, part in stages},
        **{f"stage{stage}MetadataThresholdBytes": METADATA_BYTES * part // 100 for stage, part in stages},
        "stage3BlockThresholdPercent": 3,
        "stage3LowThreshold": 2,
        "stage3MetadataThresholdPercent": 5,
        "stage4CriticalThreshold": 1,
        "sumTotalClusterBytes": TOTAL_BYTES,
        "sumTotalMetadataClusterBytes": METADATA_BYTES,
        "sumUsedClusterBytes": capacity.used_bytes(context.cluster),
        "sumUsedMetadataClusterBytes": USED_METADATA_BYTES,
    }


@read("GetVolumeEfficiency", "6.0", [Parameter("volumeID", integer, required=True)])
def get_volume_efficiency(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    return _efficiency(context, [context.cluster.volume(params["volumeID"])])


@read("GetAccountEfficiency", "1.0", [Parameter("accountID", integer, required=True)])
def get_account_efficiency(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    account = context.cluster.account(params["accountID"])
    return _efficiency(
        context, [each for each in context.cluster.active_volumes() if each.account_id == account.account_id]
    )


def _efficiency(context: Context, volumes: Sequence[Volume]) -> dict[str, Any]:
    """Ratios; 1 where nothing is saved, or nothing is there."""
    written = sum(volume.used_blocks for volume in volumes)
    stored = capacity.unique_blocks(volumes)
    provisioned = sum(volume.size for volume in volumes) / BLOCK
    return {
        "compression": 1.0,
        "deduplication": written / stored if stored else 1.0,
        "missingVolumes": [],
        "thinProvisioning": provisioned / written if written else 1.0,
        "timestamp": precise_stamp(context.world.clock.now),
    }
