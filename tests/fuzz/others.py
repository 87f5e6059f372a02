# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What hosts, other administrators and accidents do, between two tasks or in the middle of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from ansible_collections.elementsw.replication.tests.simulator import keys
from ansible_collections.elementsw.replication.tests.simulator.cluster import Cluster
from ansible_collections.elementsw.replication.tests.simulator.errors import WorldError
from ansible_collections.elementsw.replication.tests.simulator.records import Volume
from ansible_collections.elementsw.replication.tests.simulator.world import SECONDS_BETWEEN_COLLECTIONS, World

from .orders import Target, targets
from .worlds import ACCOUNTS, CLUSTERS, GIB, VOLUMES

TARGET, SOURCE = "replicationTarget", "readWrite"
# Seconds after which every reading of the statistics shows a write.
COUNTED_AFTER = 1


class Others:
    """What hosts and other administrators do. Volumes are named by their position, so that every act finds one."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._written = 0

    # Hosts

    def write_to(self, cluster: Cluster, number: int, mark: str | None = None) -> None:
        """Long enough ago for statistics to count it: a later read must show it."""
        self._written += 1
        written = mark or f"write {self._written}"
        self._world.write(cluster.name, self._volume(cluster, number).volume_id, written)
        self._world.advance(COUNTED_AFTER)

    def log_in_to(self, cluster: Cluster, number: int) -> None:
        self._world.log_in(cluster.name, self._volume(cluster, number).volume_id)

    def log_out_of(self, cluster: Cluster, number: int) -> None:
        self._world.log_out(cluster.name, self._volume(cluster, number).volume_id)

    def write_to_replica(self, cluster: Cluster, number: int) -> None:
        """A replica is made writable by hand, a host writes to it, and it is given its role back."""
        access = self._volume(cluster, number).access
        self.set_access(cluster, number, SOURCE)
        self.write_to(cluster, number)
        self.set_access(cluster, number, access)

    # Volumes

    def set_access(self, cluster: Cluster, number: int, access: str) -> None:
        self._on_volume(cluster, number, "ModifyVolume", access=access)

    def grow(self, cluster: Cluster, number: int, size: int) -> None:
        self._on_volume(cluster, number, "ModifyVolume", totalSize=size)

    def delete(self, cluster: Cluster, number: int) -> None:
        self._on_volume(cluster, number, "DeleteVolume")

    def restore(self, cluster: Cluster, number: int) -> None:
        self._on_volume(cluster, number, "RestoreDeletedVolume")

    def make_again(self, cluster: Cluster, number: int) -> None:
        """A volume is purged, and another one is created under its name."""
        old = self._volume(cluster, number)
        if not old.deleted:
            self.delete(cluster, number)
        self._on_volume(cluster, number, "PurgeDeletedVolume")
        self._create(cluster, old, cluster.accounts[old.account_id].username)

    def create_namesake(self, cluster: Cluster, number: int, account: str) -> None:
        self._create(cluster, self._volume(cluster, number), account)

    def take_snapshot(self, cluster: Cluster, number: int) -> None:
        self._on_volume(cluster, number, "CreateSnapshot", name="by another client")

    def delete_snapshots(self, cluster: Cluster, number: int) -> None:
        for snapshot in list(self._volume(cluster, number).snapshots):
            self._world.call(cluster.name, "DeleteSnapshot", {"snapshotID": snapshot})

    # Volume pairs

    def start_pairing(self, cluster: Cluster, number: int) -> None:
        self._on_volume(cluster, number, "StartVolumePairing")

    def complete_pairing(self, cluster: Cluster, number: int, far: str, far_number: int) -> None:
        """Another client has the key of a pending entry, whoever made it."""
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
        self.unpair_both(cluster, number)
        self.pair_volumes(cluster, number, far, far_number)

    def unpair_both(self, cluster: Cluster, number: int) -> None:
        """Both entries are removed by hand; the volumes keep the roles that they had."""
        for half in list(self._volume(cluster, number).halves):
            other = self._world.replication.counterpart(half)
            for each in (half, *([other] if other else [])):
                self._world.call(each.cluster.name, "RemoveVolumePair", {"volumeID": each.volume.volume_id})

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

    # Sites

    def collect_garbage(self, cluster: Cluster) -> None:
        if cluster.up:
            self._world.collect_garbage(cluster)

    def let_an_hour_pass(self, cluster: Cluster) -> None:
        """Everywhere: snapshots expire, deleted volumes are purged, garbage is collected."""
        self._world.advance(SECONDS_BETWEEN_COLLECTIONS)

    def lose_site(self, cluster: Cluster) -> None:
        self._world.site_down(cluster.name)

    def bring_site_back(self, cluster: Cluster) -> None:
        self._world.site_up(cluster.name)

    def set_link(self, cluster: Cluster, far: str, up: bool) -> None:
        """The way that replication takes."""
        self._world.storage_link(cluster.name, far, up=up)

    def rebuild(self, cluster: Cluster, far: str | None) -> None:
        """A cluster is built again with empty volumes of the same names, and perhaps paired again with another one."""
        old, owners = list(cluster.volumes.values()), dict(cluster.accounts)
        self._world.rebuild(cluster.name)
        for account in ACCOUNTS:
            self._world.call(cluster.name, "AddAccount", {"username": account})
        for volume in old:
            self._create(self._world.cluster(cluster.name), volume, owners[volume.account_id].username)
        if far is not None:
            self.pair_clusters(self._world.cluster(cluster.name), far)

    def _create(self, cluster: Cluster, like: Volume, account: str) -> None:
        owner = cluster.account_named(account)
        if owner is None:
            raise WorldError(f"{cluster.name} has no account {account}")
        params = {
            "name": like.name,
            "accountID": owner.account_id,
            "totalSize": like.size,
            "enable512e": like.enable_512e,
        }
        self._world.call(cluster.name, "CreateVolume", params)

    def _on_volume(self, cluster: Cluster, number: int, method: str, **params: Any) -> None:
        self._world.call(cluster.name, method, {"volumeID": self._volume(cluster, number).volume_id, **params})

    def _volume(self, cluster: Cluster, number: int) -> Volume:
        if not cluster.volumes:
            raise WorldError(f"{cluster.name} has no volumes")
        return sorted(cluster.volumes.items())[number % len(cluster.volumes)][1]


# --- what hypothesis draws ------------------------------------------------------------------------------------------

NUMBER = st.integers(0, len(VOLUMES))
ACCESS = st.sampled_from([SOURCE, TARGET, "locked", "readOnly"])
FAR = st.sampled_from(CLUSTERS[:3])


def _act(name: str, **params: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "cluster": st.sampled_from(["alpha", "beta", "alpha", "beta", "gamma"]),
            "method": st.just(name),
            "params": st.fixed_dictionaries(params),
        }
    )


def _small_acts() -> list[st.SearchStrategy[dict[str, Any]]]:
    """What a host or another administrator does: the name of an act of `Others`, and its parameters."""
    return [
        _act("write_to", number=NUMBER),
        _act("write_to_replica", number=NUMBER),
        _act("log_in_to", number=NUMBER),
        _act("log_out_of", number=NUMBER),
        _act("set_access", number=NUMBER, access=ACCESS),
        _act("start_pairing", number=NUMBER),
        _act("complete_pairing", number=NUMBER, far=FAR, far_number=NUMBER),
        _act("pair_volumes", number=NUMBER, far=FAR, far_number=NUMBER),
        _act("unpair_volume", number=NUMBER),
        _act("unpair_both", number=NUMBER),
        _act("pause", number=NUMBER, paused=st.booleans()),
        _act("delete", number=NUMBER),
        _act("restore", number=NUMBER),
        _act("make_again", number=NUMBER),
        _act("create_namesake", number=NUMBER, account=st.sampled_from(ACCOUNTS)),
        _act("take_snapshot", number=NUMBER),
        _act("delete_snapshots", number=NUMBER),
        _act("grow", number=NUMBER, size=st.sampled_from([2 * GIB, 3 * GIB])),
        _act("collect_garbage"),
        _act("set_link", far=FAR, up=st.booleans()),
        _act("start_cluster_pairing"),
        _act("complete_cluster_pairing", far=FAR),
        _act("pair_clusters", far=FAR),
        _act("unpair_cluster", far=FAR),
    ]


def acts() -> st.SearchStrategy[dict[str, Any]]:
    """What happens between two tasks: also what takes long, and accidents."""
    accidents = [
        _act("let_an_hour_pass"),
        _act("lose_site"),
        _act("bring_site_back"),
        _act("rebuild", far=st.sampled_from([None, *CLUSTERS[:2]])),
    ]
    return st.one_of(*_small_acts(), *accidents * 2)


@st.composite
def meddling(draw: st.DrawFn, expected: Sequence[Target]) -> dict[str, Any]:
    """An act right before a call of the task is served."""
    reads = [(cluster, method) for cluster in ("alpha", "beta") for method in ("ListVolumes", "ListClusterPairs")]
    cluster, method = draw(targets([*expected, *reads]))
    return {
        "cluster": cluster,
        "method": method,
        "nth": draw(st.sampled_from([1, 1, 1, 2, 3, 4])),
        "fault": "meanwhile",
        "call": draw(st.one_of(*_small_acts())),
    }
