# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Short ways to write down what two clusters look like, for tables of cases. alpha is this cluster, beta its peer."""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.elementsw.replication.plugins.module_utils._pairing.apply import schedule
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.model import (
    Cluster,
    ClusterPair,
    Sides,
    Volume,
    VolumePair,
)
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.plan import Plan
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.views import ClusterView, VolumeView

ALPHA = Cluster("alpha", "k3vd", "192.0.2.10", "12.5.0.897")
BETA = Cluster("beta", "m8qz", "198.51.100.20", "12.5.0.897")
GAMMA = Cluster("gamma", "x1y2", "203.0.113.30", "12.5.0.897")
NAMES = Sides("alpha", "beta")
UUID = "6f0d2a54-8c1e-4b7a-9d35-2b1c0e9f4a10"
PAIR_UUID = "d2c7b0e6-51f4-4a7b-8f0d-6a2f3f9b7c15"
GIB = 1024**3
MIB = 1024**2


def entry(far: Cluster, pair_id: int = 7, uuid: str = UUID, status: str = "Connected", **more) -> ClusterPair:
    """A cluster pair entry that names `far`."""
    members = {"remote_name": far.name, "remote_mvip": far.mvip, "remote_unique_id": far.unique_id, "latency_ms": 1}
    return ClusterPair(pair_id, uuid, status, **{**members, **more})


def pending_entry(pair_id: int = 9, uuid: str = "p9") -> ClusterPair:
    return ClusterPair(pair_id, uuid, "Unconfigured")


def cluster_side(
    cluster: Cluster, *entries: ClusterPair, pairs_max: int | None = 4, volumes: tuple[Volume, ...] = ()
) -> ClusterView:
    return ClusterView(cluster, entries, pairs_max, volumes)


def volume(volume_id: int, name: str, *pairs: VolumePair, access: str = "readWrite", **more) -> Volume:
    return Volume(volume_id, name, more.pop("account_id", 3), access, more.pop("size", GIB), pairs=pairs, **more)


def pair(remote_id: int, remote_name: str = "", uuid: str = PAIR_UUID, link: int = 7, **more) -> VolumePair:
    """A volume pair entry over the cluster pair with ID `link`."""
    words = (more.pop("mode", "Async"), more.pop("state", "Active"), more.pop("snapshots", "Idle"))
    return VolumePair(uuid, link, remote_id, remote_name, *words)


def pending_pair(uuid: str = "pv") -> VolumePair:
    return VolumePair(uuid, 0, 0, "", "Async", "Unconfigured")


def volume_side(cluster: Cluster, entries: Sequence[ClusterPair], *volumes: Volume) -> VolumeView:
    return VolumeView(cluster, tuple(entries), volumes, {3: "tenant", 4: "other"})


def calls(*plans: Plan) -> list[str]:
    """The writes of plans, as `cluster method object`."""
    return [f"{action.cluster} {action.method} {action.object}" for action in schedule.preview(plans, NAMES)]
