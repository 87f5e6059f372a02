# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A world with people in it: hosts and other administrators who act, and a watch over everything that is written."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from ansible_collections.elementsw.replication.tests.simulator import api, keys
from ansible_collections.elementsw.replication.tests.simulator.cluster import Cluster
from ansible_collections.elementsw.replication.tests.simulator.errors import ApiError, HostIOError, SiteDown, WorldError
from ansible_collections.elementsw.replication.tests.simulator.records import Volume
from ansible_collections.elementsw.replication.tests.simulator.world import World

from .watch import Watch

# What goes wrong for somebody else is their own affair.
REFUSED = (ApiError, HostIOError, SiteDown, WorldError)
# Seconds after which every reading of the statistics shows a write.
COUNTED_AFTER = 1


class InhabitedWorld(World):
    """Each call of a watched administrator is shown to their watch; what anybody else does, to all the others."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._watches: dict[str, Watch] = {}
        self._others = Others(self)
        super().__init__(*args, **kwargs)

    @contextlib.contextmanager
    def watched(self, watch: Watch, username: str = "ansible") -> Iterator[None]:
        with self.lock:
            self._watches[username] = watch
        try:
            yield
        finally:
            with self.lock:
                del self._watches[username]
                watch.end = self.truth()

    def perform(
        self, cluster: Cluster, admin: Any, method: Any, params: Any, api_version: str
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        watch = self._watches.get(admin.username) if admin else None
        if not api.is_write(method):
            if watch:
                watch.read(cluster.name, method, params)
            return super().perform(cluster, admin, method, params, api_version)
        with self._shown_to(watch, cluster.name, method, params):
            return super().perform(cluster, admin, method, params, api_version)

    def act(self, cluster: str, method: str, params: dict[str, Any] | None = None) -> None:
        """One of the acts of Others; nothing happens where it is refused."""
        with self.lock, self._shown_to(None, cluster, method, params), contextlib.suppress(*REFUSED):
            getattr(self._others, method)(self.cluster(cluster), **(params or {}))

    @contextlib.contextmanager
    def _shown_to(self, watch: Watch | None, cluster: str, method: Any, params: Any) -> Iterator[None]:
        before = self.truth() if self._watches else {}
        try:
            yield
        finally:
            if self._watches:
                after = self.truth()
                for each in self._watches.values():
                    if each is watch:
                        each.wrote(cluster, method, params, before, after)
                    else:
                        each.changed_by_others(before, after)


class Others:
    """What hosts and other administrators do. Volumes are named by their position, so that every act finds one."""

    def __init__(self, world: World) -> None:
        self._world = world

    # Hosts

    def write_to(self, cluster: Cluster, number: int, mark: str) -> None:
        """Long enough ago for statistics to count it: who looks is to find it."""
        self._world.write(cluster.name, self._volume(cluster, number).volume_id, mark)
        self._world.advance(COUNTED_AFTER)

    def log_in_to(self, cluster: Cluster, number: int) -> None:
        self._world.log_in(cluster.name, self._volume(cluster, number).volume_id)

    # Volumes

    def set_access(self, cluster: Cluster, number: int, access: str) -> None:
        self._on_volume(cluster, number, "ModifyVolume", access=access)

    def grow(self, cluster: Cluster, number: int, size: int) -> None:
        self._on_volume(cluster, number, "ModifyVolume", totalSize=size)

    def delete(self, cluster: Cluster, number: int) -> None:
        self._on_volume(cluster, number, "DeleteVolume")

    def take_snapshot(self, cluster: Cluster, number: int) -> None:
        self._on_volume(cluster, number, "CreateSnapshot", name="by somebody")

    # Volume pairs

    def start_pairing(self, cluster: Cluster, number: int) -> None:
        self._on_volume(cluster, number, "StartVolumePairing")

    def complete_pairing(self, cluster: Cluster, number: int, far: str, far_number: int) -> None:
        """Somebody has got hold of the key of a pending entry, whoever made it."""
        volume = self._volume(cluster, number)
        if volume.half is not None:
            key = keys.encode(
                {
                    "mvip": cluster.identity.mvip,
                    "volumeID": volume.volume_id,
                    "volumeName": volume.name,
                    "volumePairUUID": volume.half.uuid,
                }
            )
            self._on_volume(self._world.cluster(far), far_number, "CompleteVolumePairing", volumePairingKey=key)

    def pair_volumes(self, cluster: Cluster, number: int, far: str, far_number: int) -> None:
        self.start_pairing(cluster, number)
        self.complete_pairing(cluster, number, far, far_number)

    def replace_pair(self, cluster: Cluster, number: int, far: str, far_number: int) -> None:
        """Both ends of what the volume has been paired with are free again, and it has another partner."""
        for half in list(self._volume(cluster, number).halves):
            other = self._world.replication.counterpart(half)
            for each in (half, *([other] if other else [])):
                self._world.call(each.cluster.name, "RemoveVolumePair", {"volumeID": each.volume.volume_id})
        self.pair_volumes(cluster, number, far, far_number)

    def unpair_volume(self, cluster: Cluster, number: int) -> None:
        self._on_volume(cluster, number, "RemoveVolumePair")

    def pause(self, cluster: Cluster, number: int, paused: bool) -> None:
        self._on_volume(cluster, number, "ModifyVolumePair", pausedManual=paused)

    # Cluster pairs

    def start_cluster_pairing(self, cluster: Cluster) -> None:
        self._world.call(cluster.name, "StartClusterPairing")

    def complete_cluster_pairing(self, cluster: Cluster, far: str) -> None:
        """The last pending entry of a cluster becomes a pair, whoever made it."""
        pending = [entry for entry in cluster.cluster_pairs.values() if entry.pending]
        if pending:
            entry = pending[-1]
            key = keys.encode(
                {
                    "clusterPairID": entry.pair_id,
                    "clusterPairUUID": entry.uuid,
                    "clusterUniqueID": cluster.identity.unique_id,
                    "mvip": cluster.identity.mvip,
                    "name": cluster.name,
                    "password": entry.password,
                    "rpcConnectionID": entry.rpc_connection_id,
                    "username": entry.username,
                }
            )
            self._world.call(far, "CompleteClusterPairing", {"clusterPairingKey": key})

    def pair_clusters(self, cluster: Cluster, far: str) -> None:
        self.start_cluster_pairing(cluster)
        self.complete_cluster_pairing(cluster, far)

    def replace_cluster_pair(self, cluster: Cluster, far: str) -> None:
        self.unpair_cluster(cluster, far)
        self.unpair_cluster(self._world.cluster(far), cluster.name)
        self.pair_clusters(cluster, far)

    def unpair_cluster(self, cluster: Cluster, far: str) -> None:
        for entry in list(cluster.cluster_pairs.values()):
            if entry.remote is not None and entry.remote.name == far:
                self._world.call(cluster.name, "RemoveClusterPair", {"clusterPairID": entry.pair_id})

    def _on_volume(self, cluster: Cluster, number: int, method: str, **params: Any) -> None:
        self._world.call(cluster.name, method, {"volumeID": self._volume(cluster, number).volume_id, **params})

    def _volume(self, cluster: Cluster, number: int) -> Volume:
        if not cluster.volumes:
            raise WorldError(f"{cluster.name} has no volumes")
        return sorted(cluster.volumes.items())[number % len(cluster.volumes)][1]
