# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clones in the making: when each is complete, what becomes of it, and what its handle says meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from . import views
from .clock import stamp
from .cluster import Cluster
from .errors import ApiError
from .records import AsyncResult, Clone, Volume

if TYPE_CHECKING:
    from .world import World

RESULT_TYPE = "Clone"


def check_limits(world: World, cluster: Cluster, source_ids: Sequence[int]) -> None:
    """Whether the cluster makes so many clones at once; raises ApiError where it does not queue them."""
    if world.switches.clone_limit == "queued":
        return
    limits = cluster.limits
    sources = [clone.source_id for clone in cluster.clones.values()] + list(source_ids)
    if any(sources.count(source_id) > limits["cloneJobsPerVolumeMax"] for source_id in source_ids):
        raise ApiError("xMaxClonesPerVolumeExceeded", "the maximum number of clones of a volume are being made")
    if len(sources) > limits["cloneJobsPerNodeMax"]:
        raise ApiError("xMaxClonesPerNodeExceeded", "the maximum number of clones of a node are being made")


def begin(
    world: World, cluster: Cluster, volume: Volume, source_id: int, snapshot_id: int | None, group_id: int | None
) -> Clone:
    """Let the volume, which was just added to the cluster, be a clone that is not complete yet."""
    begins = _free_at(world, cluster, source_id)
    clone = Clone(
        clone_id=cluster.next_id("clone"),
        group_clone_id=group_id,
        source_id=source_id,
        snapshot_id=snapshot_id,
        volume=volume,
        begins=begins,
        ends=begins + world.timings.clone_seconds,
    )
    cluster.clones[volume.volume_id] = clone
    if world.switches.unfinished_clone == "hidden":
        del cluster.volumes[volume.volume_id]
    return clone


def _free_at(world: World, cluster: Cluster, source_id: int) -> float:
    """When the next clone of this volume can begin: now, or when one before it ends."""
    now, limits = world.clock.elapsed, cluster.limits
    ends = sorted(clone.ends for clone in cluster.clones.values())
    of_source = sorted(clone.ends for clone in cluster.clones.values() if clone.source_id == source_id)
    return max(
        now,
        _slot(ends, limits["cloneJobsPerNodeMax"]),
        _slot(of_source, limits["cloneJobsPerVolumeMax"]),
    )


def _slot(ends: Sequence[float], at_once: int) -> float:
    """The end of the one that must be over before another can begin."""
    return ends[-at_once] if len(ends) >= at_once else 0


def promise(world: World, cluster: Cluster, result: dict[str, Any], clones: list[Clone]) -> int:
    """A handle for clones that were begun, and what it will say once they are complete."""
    handle = cluster.next_id("async_handle")
    cluster.async_results[handle] = AsyncResult(world.clock.now, world.clock.now, result, clones)
    complete(world, cluster)
    return handle


def complete(world: World, cluster: Cluster) -> None:
    """Let each clone that is due be an ordinary volume."""
    for clone in [each for each in cluster.clones.values() if each.ends <= world.clock.elapsed]:
        _end(world, cluster, clone)
        cluster.volumes[clone.volume.volume_id] = clone.volume


def _end(world: World, cluster: Cluster, clone: Clone) -> None:
    del cluster.clones[clone.volume.volume_id]
    for result in cluster.async_results.values():
        if clone in result.clones:
            result.updated = world.clock.now


def fail(world: World, cluster: Cluster, name: str, message: str) -> None:
    """Let all clones in the making fail: their volumes never come to be, and their handles say why."""
    failing = list(cluster.clones.values())
    for clone in failing:
        _end(world, cluster, clone)
        cluster.volumes.pop(clone.volume.volume_id, None)
    for result in cluster.async_results.values():
        if set(result.clones) & set(failing):
            result.error = {"message": message, "name": name}


def cancel(world: World, cluster: Cluster, chosen: Sequence[Clone]) -> None:
    """Give clones in the making up: their volumes never come to be, and their handles are gone."""
    for clone in chosen:
        _end(world, cluster, clone)
        cluster.volumes.pop(clone.volume.volume_id, None)
    for handle in [each for each, result in cluster.async_results.items() if set(result.clones) & set(chosen)]:
        del cluster.async_results[handle]


def delete(world: World, cluster: Cluster, volume_id: int) -> dict[str, Any]:
    """Delete a clone in the making as any other volume; it is shown as it was last."""
    clone = cluster.clones[volume_id]
    shown = views.volume(world, cluster, clone.volume)
    cancel(world, cluster, [clone])
    return shown


def is_complete(cluster: Cluster, result: AsyncResult) -> bool:
    return not any(clone.volume.volume_id in cluster.clones for clone in result.clones)


def shown_result(cluster: Cluster, result: AsyncResult) -> dict[str, Any]:
    """What GetAsyncResult says."""
    times = {"createTime": stamp(result.created), "lastUpdateTime": stamp(result.updated)}
    if result.error is not None:
        return {**times, "error": result.error, "resultType": RESULT_TYPE, "status": "complete"}
    if is_complete(cluster, result):
        return {**times, "result": result.result, "resultType": RESULT_TYPE, "status": "complete"}
    return {**times, "details": {}, "resultType": RESULT_TYPE, "status": "running"}


def listed_result(cluster: Cluster, handle: int, result: AsyncResult) -> dict[str, Any]:
    """Member of ListAsyncResults."""
    completed = is_complete(cluster, result)
    success = completed and result.error is None
    return {
        "asyncResultID": handle,
        "completed": completed,
        "createTime": stamp(result.created),
        "data": result.result if success else {},
        "lastUpdateTime": stamp(result.updated),
        "resultType": RESULT_TYPE,
        "success": success,
    }


def sync_jobs(world: World, cluster: Cluster) -> list[dict[str, Any]]:
    """The members of ListSyncJobs for the clones in the making."""
    begun = (
        clone
        for clone in cluster.clones.values()
        if clone.begins <= world.clock.elapsed or world.switches.queued_clone == "listed"
    )
    return [sync_job(world, clone) for clone in begun]


def sync_job(world: World, clone: Clone) -> dict[str, Any]:
    """Member of ListSyncJobs. A clone's job counts bytes, that of a pair does not."""
    total = clone.volume.size
    elapsed = max(0.0, world.clock.elapsed - clone.begins)
    seconds = clone.ends - clone.begins
    # One that never ends has no seconds, and one that waits for its turn behind it has not begun.
    fraction = (min(elapsed / seconds, 1.0) if elapsed else 0.0) if seconds else 1.0
    rate = fraction * total / elapsed if elapsed else 0.0
    return {
        "bytesPerSecond": rate,
        "cloneID": clone.clone_id,
        "currentBytes": int(fraction * total),
        "dstVolumeID": clone.volume.volume_id,
        "elapsedTime": int(elapsed),
        "groupCloneID": clone.group_clone_id or 0,
        "nodeID": 1,
        "percentComplete": int(100 * fraction),
        "remainingTime": (total - fraction * total) / rate if rate else None,
        "snapshotID": clone.snapshot_id or 0,
        "srcVolumeID": clone.source_id,
        "totalBytes": total,
        "type": "clone",
    }
