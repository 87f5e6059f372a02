# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""StartClusterPairing, CompleteClusterPairing, ListClusterPairs, RemoveClusterPair."""

from __future__ import annotations

from typing import Any

from .. import keys, views
from ..api import ADMINISTRATORS_ONLY, Context, read, write
from ..cluster import Cluster
from ..errors import ApiError
from ..parameters import Parameter, integer, text
from ..records import Admin, ClusterPairEntry, RemoteCluster

CLUSTER_ADMINS = ("clusterAdmins",)


@read("ListClusterPairs", "6.0")
def list_cluster_pairs(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    entries = list(context.cluster.cluster_pairs.values())
    shown = [views.cluster_pair(context.world, context.cluster, entry) for entry in entries]
    for entry in entries:
        context.world.links.polled(entry)
    return {"clusterPairs": shown}


@write("StartClusterPairing", "6.0", CLUSTER_ADMINS)
def start_cluster_pairing(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    cluster, world = context.cluster, context.world
    _check_limit(context)
    rng = cluster.rng
    user = Admin(
        admin_id=cluster.next_id("admin"),
        username=keys.pair_user(rng),
        password=keys.pair_password(rng),
        access=("administrator",),
        hidden=True,
    )
    entry = ClusterPairEntry(
        pair_id=_new_pair_id(context),
        uuid=cluster.new_uuid(),
        remote=None,
        username=user.username,
        password=user.password,
        rpc_connection_id=rng.randrange(100_000_000, 1_000_000_000),
    )
    cluster.admins.append(user)
    world.links.add(cluster, entry)
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
    world.secrets.issue(key, entry.username, entry.password)
    return {"clusterPairID": entry.pair_id, "clusterPairingKey": key}


@write("CompleteClusterPairing", "6.0", CLUSTER_ADMINS, [Parameter("clusterPairingKey", text, required=True)])
def complete_cluster_pairing(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    cluster, world = context.cluster, context.world
    members = _decode(context, params["clusterPairingKey"])
    origin = world.cluster_by_unique_id(members["clusterUniqueID"])
    if origin is None or origin is cluster:
        raise invalid_key(context)
    if not world.links.managed(cluster, origin):
        raise ApiError(world.switches.unreachable_origin_error, f"no answer from {members['mvip']}")
    if _are_paired(cluster, origin):
        raise ApiError("xPairingAlreadyExists", f"{cluster.name} and {origin.name} are already paired")
    pending = _pending_entry(context, origin, members)
    _check_fit(context, origin)
    _check_limit(context)
    entry = ClusterPairEntry(_new_pair_id(context), pending.uuid, remote_cluster(origin))
    pending.remote = remote_cluster(cluster)
    world.links.add(cluster, entry)
    world.links.restart(entry.uuid)
    return {"clusterPairID": entry.pair_id}


@write("RemoveClusterPair", "6.0", ADMINISTRATORS_ONLY, [Parameter("clusterPairID", integer, required=True)])
def remove_cluster_pair(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    cluster, world = context.cluster, context.world
    entry = cluster.cluster_pair(params["clusterPairID"])
    if world.switches.remove_used_cluster_pair == "refused" and _carries_volumes(cluster, entry):
        raise ApiError(world.switches.remove_used_cluster_pair_error, "volume pairs use this cluster pair")
    world.links.remove(cluster, entry)
    if entry.username and world.switches.pair_user_removed_with_pair:
        cluster.admins = [admin for admin in cluster.admins if admin.username != entry.username]
    world.replication.settle_all()
    return {}


def remote_cluster(cluster: Cluster) -> RemoteCluster:
    """What another cluster writes down about this one."""
    identity = cluster.identity
    return RemoteCluster(identity.name, identity.mvip, identity.unique_id, identity.version)


def invalid_key(context: Context) -> ApiError:
    return ApiError(context.world.switches.invalid_key_error, "the pairing key is not valid")


def _decode(context: Context, key: str) -> dict[str, Any]:
    try:
        return keys.read(key, keys.CLUSTER_KEY_MEMBERS, context.world.switches.any_case)
    except ValueError:
        raise invalid_key(context) from None


def _pending_entry(context: Context, origin: Cluster, members: dict[str, Any]) -> ClusterPairEntry:
    """The origin's entry that the key was made for, every character of it as issued."""
    entry = next((e for e in origin.cluster_pairs.values() if e.uuid == members["clusterPairUUID"]), None)
    if entry is None or not entry.pending or entry.uuid in context.world.spent_keys:
        raise invalid_key(context)
    issued = (entry.pair_id, entry.username, entry.password, entry.rpc_connection_id, origin.name, origin.identity.mvip)
    names = ("clusterPairID", "username", "password", "rpcConnectionID", "name", "mvip")
    if issued != tuple(members[name] for name in names):
        raise invalid_key(context)
    return entry


def _are_paired(cluster: Cluster, origin: Cluster) -> bool:
    """Whether either of the two has an entry that names the other one."""
    pairs = ((cluster, origin), (origin, cluster))
    return any(
        entry.remote is not None and entry.remote.unique_id == far.identity.unique_id
        for near, far in pairs
        for entry in near.cluster_pairs.values()
    )


def _check_fit(context: Context, origin: Cluster) -> None:
    mine, theirs = context.cluster.identity, origin.identity
    if abs(mine.major - theirs.major) > 1:
        raise ApiError(
            context.world.switches.version_gap_error,
            f"Element {mine.version} and {theirs.version} are more than one major version apart",
        )
    if theirs.name == mine.name or theirs.mvip == mine.mvip or theirs.svip == mine.svip:
        raise ApiError("xInvalidParameter", "cluster names and addresses must be unique")


def _check_limit(context: Context) -> None:
    counted = [
        entry
        for entry in context.cluster.cluster_pairs.values()
        if not entry.pending or context.world.switches.pending_counts_toward_limit
    ]
    if len(counted) >= context.cluster.limits["clusterPairsCountMax"]:
        raise ApiError(context.world.switches.limit_error, "the maximum number of cluster pairs is reached")


def _new_pair_id(context: Context) -> int:
    if context.world.switches.reuse_cluster_pair_ids:
        return context.cluster.reserve_id("cluster_pair", context.cluster.free_cluster_pair_id())
    return context.cluster.next_id("cluster_pair")


def _carries_volumes(cluster: Cluster, entry: ClusterPairEntry) -> bool:
    return any(half.cluster_pair_id == entry.pair_id for volume in cluster.volumes.values() for half in volume.halves)
