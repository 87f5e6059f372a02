# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What volumes have done so far, how far a target is behind, and what is being copied."""

from __future__ import annotations

from typing import Any

from .. import capacity, clones, pair_states
from ..api import Context, read
from ..capacity import BLOCK
from ..clock import duration, precise_stamp
from ..parameters import Parameter, boolean, integer, integers
from ..records import Half, Volume
from ..replication import SyncJob
from ..settings import SAMPLE_SECONDS

BLOCKS_PER_SECOND = 5120
SAMPLE_PERIODS = {"named": round(SAMPLE_SECONDS * 1000), "zero": 0}


@read(
    "ListVolumeStats",
    "7.0",
    # includeVirtualVolumes is documented, but a cluster was seen not to know it here.
    [Parameter("volumeIDs", integers)],
)
def list_volume_stats(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    volumes = context.cluster.volumes
    wanted = params.get("volumeIDs", volumes)
    shown = [volumes[each] for each in sorted(set(wanted)) if each in volumes and not volumes[each].deleted]
    stats = [_stats(context, volume) for volume in shown]
    for volume in shown:
        context.world.replication.polled(volume)
    return {"volumeStats": stats}


@read("ListVolumeStatsByVolume", "1.0", [Parameter("includeVirtualVolumes", boolean, since="9.0")])
def list_volume_stats_by_volume(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    return list_volume_stats(context, {})


@read("GetVolumeStats", "1.0", [Parameter("volumeID", integer, required=True)])
def get_volume_stats(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    volume = context.cluster.volume(params["volumeID"])
    stats = _stats(context, volume)
    context.world.replication.polled(volume)
    return {"volumeStats": [stats] if context.world.switches.volume_stats_shape == "list" else stats}


@read("ListSyncJobs", "1.0")
def list_sync_jobs(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    jobs = context.world.replication.sync_jobs(context.cluster)
    shown = [_sync_job(job) for job in jobs]
    shown += clones.sync_jobs(context.world, context.cluster)
    for job in jobs:
        context.world.replication.polled(job.target.volume)
    return {"syncJobs": shown}


def _stats(context: Context, volume: Volume) -> dict[str, Any]:
    """Counters are those of the last sample; the time is that of the call, which says nothing of their age."""
    switches = context.world.switches
    counted = {"sampled": volume.sample, "late": volume.sample_before, "live": volume.counters}[switches.statistics]
    blocks = capacity.written_blocks(volume, switches)
    stats = {
        "accountID": volume.account_id,
        "actualIOPS": 0,
        "asyncDelay": _async_delay(context, volume),
        "averageIOPSize": 0,
        "burstIOPSCredit": 0,
        "clientQueueDepth": 0,
        "desiredMetadataHosts": None,
        "latencyUSec": 0,
        "metadataHosts": {"deadSecondaries": [], "liveSecondaries": [], "primary": 8},
        "nonZeroBlocks": blocks,
        "normalizedIOPS": 0,
        "readBytes": counted.read_ops * BLOCK,
        "readBytesLastSample": 0,
        "readLatencyUSec": 0,
        "readLatencyUSecTotal": 0,
        "readOps": counted.read_ops,
        "readOpsLastSample": 0,
        "samplePeriodMSec": SAMPLE_PERIODS.get(switches.sample_period),
        "throttle": 0,
        "timestamp": precise_stamp(context.world.clock.now),
        "unalignedReads": 0,
        "unalignedWrites": 0,
        "volumeAccessGroups": volume.access_groups,
        "volumeID": volume.volume_id,
        "volumeSize": volume.size,
        "volumeUtilization": 0,
        "writeBytes": counted.write_ops * BLOCK,
        "writeBytesLastSample": 0,
        "writeLatencyUSec": 0,
        "writeLatencyUSecTotal": 0,
        "writeOps": counted.write_ops,
        "writeOpsLastSample": 0,
        "zeroBlocks": volume.size // BLOCK - blocks,
    }
    if switches.sample_period == "missing":
        del stats["samplePeriodMSec"]
    return stats


def _async_delay(context: Context, volume: Volume) -> str | None:
    """Time since the last synchronisation; null without a pair, and always 0 on the target of a running one.

    In SnapshotsOnly it was observed to be null on both sides.
    """
    half = volume.half
    if half is None or half.pending or half.outside_state:
        return None
    world = context.world
    pair = world.replication.pair_of(half)
    if (world.replication.source_of(pair) or half).mode == "SnapshotsOnly":
        return None
    if pair.running:
        return _running_delay(context, half)
    if world.switches.paused_delay == "null" or pair.blocked_since is None:
        return None
    if world.switches.paused_delay == "frozen":
        return duration(0)
    return duration(world.clock.seconds_since(pair.blocked_since))


def _running_delay(context: Context, half: Half) -> str | None:
    world = context.world
    if half.volume.access == pair_states.TARGET:
        return duration(0)
    if half.mode == "Sync":
        return None if world.switches.sync_delay == "null" else duration(0)
    pair = world.replication.pair_of(half)
    since = pair.behind_since or pair.blocked_since
    return duration(world.clock.seconds_since(since) if since else 0)


def _sync_job(job: SyncJob) -> dict[str, Any]:
    """Ten members, and whole numbers but for the remaining time, as captured. A clone's job counts bytes, this one not."""
    total = job.source.volume.size
    done = int(total * job.fraction)
    rate = BLOCKS_PER_SECOND * BLOCK
    return {
        "blocksPerSecond": BLOCKS_PER_SECOND,
        "branchType": job.branch,
        "dstServiceID": 8,
        "dstVolumeID": job.target.volume.volume_id,
        "elapsedTime": done // rate,
        "percentComplete": int(100 * job.fraction),
        "remainingTime": (total - done) / rate,
        "sliceID": job.target.volume.volume_id,
        "stage": "data",
        "type": "remote",
    }
