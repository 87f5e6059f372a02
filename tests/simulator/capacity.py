# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How full a cluster is. Blocks of equal content are stored once: a mark stands for the blocks of one write."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from .cluster import FULLNESS, TOO_FULL, Cluster
from .errors import ApiError
from .records import BLOCKS_PER_WRITE, Snapshot, Volume
from .settings import Switches

BLOCK = 4096
TIB = 1024**4
TOTAL_BYTES = 40 * TIB
METADATA_BYTES = TIB
USED_METADATA_BYTES = TIB // 100
OVER_PROVISION_FACTOR = 5
# Share of the cluster's capacity at which each stage begins, in per cent.
STAGE_PERCENT = {2: 80, 3: 90, 4: 96, 5: 100}


def provisioned_bytes(cluster: Cluster, switches: Switches) -> int:
    """What the volumes could hold, clones in the making included."""
    counts_deleted = switches.deleted_volumes_are_provisioned
    return sum(volume.size for volume in cluster.all_volumes() if counts_deleted or not volume.deleted)


def max_over_provisionable_bytes(cluster: Cluster) -> int:
    return OVER_PROVISION_FACTOR * cluster.max_provisioned


def check_room(cluster: Cluster, switches: Switches, sizes: Iterable[int]) -> None:
    """Whether new volumes of these sizes may be provisioned; raises ApiError if not."""
    if cluster.fullness in TOO_FULL:
        raise ApiError(switches.no_room_error, "the cluster is too full")
    wanted = provisioned_bytes(cluster, switches) + sum(sizes)
    if wanted > max_over_provisionable_bytes(cluster):
        raise ApiError(switches.no_room_error, "the cluster has no room for so much provisioned space")


def written_blocks(volume: Volume, switches: Switches) -> int:
    """The blocks of a volume that hold data, as statistics count them."""
    if switches.nonzero_blocks == "as_collected":
        return volume.collected_blocks
    counted = {"sampled": volume.sample, "late": volume.sample_before, "live": volume.counters}[switches.statistics]
    return counted.used_blocks


def unique_blocks(volumes: Collection[Volume], snapshots: Collection[Snapshot] = ()) -> int:
    """The blocks that are really stored for these volumes, and for what only these snapshots have kept."""
    in_volumes = [mark for volume in volumes for mark in set(volume.marks)]
    repeated = len(in_volumes) - len(set(in_volumes))
    kept = {mark for snapshot in snapshots for mark in snapshot.marks} - set(in_volumes)
    used = sum(volume.used_blocks for volume in volumes)
    return max(0, used - BLOCKS_PER_WRITE * repeated) + BLOCKS_PER_WRITE * len(kept)


def used_bytes(cluster: Cluster) -> int:
    """What is stored; a cluster that is filled up from outside holds other data, too."""
    stage = FULLNESS.index(cluster.fullness) + 1
    if stage in STAGE_PERCENT:
        return TOTAL_BYTES * STAGE_PERCENT[stage] // 100
    return unique_blocks(cluster.volumes.values(), cluster.snapshots.values()) * BLOCK
