# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The part of a description that connects clusters: links, cluster pairs, volume pairs and what is left of them."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from .cluster import Cluster
from .description_clusters import find_volume
from .errors import ApiError, WorldError
from .methods.cluster_pairing import remote_cluster
from .pair_states import SOURCE, TARGET
from .records import ClusterPairEntry, Half, RemoteCluster, Volume
from .sections import REQUIRED, Section

if TYPE_CHECKING:
    from .world import World

MODES = ("Async", "Sync", "SnapshotsOnly")
# More polls than any timing asks for: the cluster pair has been connected for long.
LONG_AGO = 1e12


def add_link(world: World, section: Section) -> None:
    one, other = _two_clusters(world, section)
    link = world.links.between(one.name, other.name)
    link.management = section.take("management", True, bool)
    link.storage = section.take("storage", True, bool)
    link.slow = section.take("slow", False, bool)
    link.latency = section.take("latency", 1, int)
    section.done()


def add_cluster_pair(world: World, section: Section) -> None:
    """`between: [a, b]` for both halves; `at: a` with `pending: true` or `to: b` for one."""
    if "between" in section:
        _add_complete_cluster_pair(world, section)
        return
    cluster = _cluster(world, section.take("at"), f"{section.path}.at")
    if section.take("pending", False, bool):
        section.done()
        _do(world, section, cluster, "StartClusterPairing", {})
        return
    entry = ClusterPairEntry(_pair_id(cluster, section), _uuid(world, section), None)
    entry.remote, entry.outside_status = _remote_cluster(world, section)
    section.done()
    world.links.add(cluster, entry)


def add_volume_pair(world: World, section: Section) -> None:
    """`source` and `target`, or `between` with the accesses as they are; `at` for one half."""
    for each in section.repeated():
        if "at" in each:
            _add_half(world, each)
        else:
            _add_complete_volume_pair(world, each)


def _add_complete_cluster_pair(world: World, section: Section) -> None:
    one, other = _two_clusters(world, section)
    shared = _uuid(world, section)
    ids = section.take("ids", {}, dict)
    section.done()
    if not set(ids) <= {one.name, other.name}:
        raise WorldError(f"{section.path}.ids: {ids!r} names other clusters than {one.name} and {other.name}")
    for near, far in ((one, other), (other, one)):
        number = near.reserve_id("cluster_pair", ids[near.name]) if near.name in ids else near.next_id("cluster_pair")
        world.links.add(near, ClusterPairEntry(number, shared, remote_cluster(far)))
    world.links.restart(shared, LONG_AGO)


def _remote_cluster(world: World, section: Section) -> tuple[RemoteCluster, str | None]:
    """What an entry says about the other cluster, and the status to show when that one is not simulated.

    `to` is the name of a simulated cluster, or a mapping; with `like` what the mapping leaves out is taken from there
    (a rebuilt cluster: the same name and MVIP, another unique_id).
    """
    to = section.take("to")
    if isinstance(to, str):
        return remote_cluster(_cluster(world, to, f"{section.path}.to")), None
    nested = Section(to, f"{section.path}.to")
    like = nested.take("like", None, str)
    pattern = remote_cluster(_cluster(world, like, f"{nested.path}.like")) if like else None
    remote = RemoteCluster(
        name=nested.take("name", pattern.name if pattern else REQUIRED, str),
        mvip=nested.take("mvip", pattern.mvip if pattern else REQUIRED, str),
        unique_id=nested.take("unique_id", pattern.unique_id if pattern else None, str),
        version=nested.take("version", pattern.version if pattern else "12.5.0.897", str),
    )
    status = nested.take("status", "Disconnected" if pattern else "Connected", str)
    nested.done()
    return remote, status


def _add_complete_volume_pair(world: World, section: Section) -> None:
    if "between" in section:
        pair = section.take("between", kind=list)
        keys = [f"{section.path}.between"] * 2
    else:
        pair = [section.take("source"), section.take("target")]
        keys = [f"{section.path}.source", f"{section.path}.target"]
    if len(pair) != 2:
        raise WorldError(f"{section.path}.between: a pair has two volumes")
    ends = [_volume(world, wanted, key) for wanted, key in zip(pair, keys)]
    if keys[0] != keys[1]:
        ends[0][1].access, ends[1][1].access = SOURCE, TARGET
        if ends[1][1].write_ops == len(ends[1][1].marks):  # not given: what it holds replication has brought
            ends[1][1].write_ops = 0
    shared = _uuid(world, section)
    mode = section.one_of("mode", MODES)
    modes = section.take("modes", {}, dict)
    for name, value in modes.items():
        if name not in (ends[0][0].name, ends[1][0].name) or value not in MODES:
            raise WorldError(f"{section.path}.modes: {name!r}: {value!r} is no cluster of this pair and its mode")
    names = [cluster.name for cluster, _volume in ends]
    paused, stopped = section.several("paused", names), section.several("stopped", names)
    section.done()
    for (cluster, volume), (far, far_volume) in (ends, ends[::-1]):
        world.replication.add(
            Half(
                uuid=shared,
                cluster=cluster,
                volume=volume,
                cluster_pair_id=_pair_with(world, cluster, far, section.path),
                remote_volume_id=far_volume.volume_id,
                remote_volume_name=far_volume.name,
                mode=modes.get(cluster.name, mode),
                paused=cluster.name in paused,
                stopped=cluster.name in stopped,
            )
        )
    world.replication.establish(world.replication.pair_of(ends[0][1].halves[-1]))


def _add_half(world: World, section: Section) -> None:
    """One half: `pending: true`; `to` a volume of a simulated cluster; or `to` a mapping for what is not simulated."""
    cluster, volume = _volume(world, section.take("at"), f"{section.path}.at")
    mode = section.one_of("mode", MODES)
    if section.take("pending", False, bool):
        section.done()
        _do(world, section, cluster, "StartVolumePairing", {"volumeID": volume.volume_id, "mode": mode})
        return
    half = Half(
        uuid=_uuid(world, section),
        cluster=cluster,
        volume=volume,
        cluster_pair_id=0,
        remote_volume_id=0,
        remote_volume_name="",
        mode=mode,
        paused=section.take("paused", False, bool),
        stopped=section.take("stopped", False, bool),
    )
    _name_partner(world, section, half)
    section.done()
    world.replication.add(half)


def _name_partner(world: World, section: Section, half: Half) -> None:
    to = section.take("to")
    if isinstance(to, str):
        far, far_volume = _volume(world, to, f"{section.path}.to")
        half.cluster_pair_id = _pair_with(world, half.cluster, far, section.path)
        half.remote_volume_id, half.remote_volume_name = far_volume.volume_id, far_volume.name
        return
    nested = Section(to, f"{section.path}.to")
    if "cluster" in nested:
        far = _cluster(world, nested.take("cluster"), f"{nested.path}.cluster")
        half.cluster_pair_id = _pair_with(world, half.cluster, far, nested.path)
    else:
        half.cluster_pair_id = nested.take("cluster_pair_id", kind=int)
    half.remote_volume_id = nested.take("volume_id", kind=int)
    half.remote_volume_name = nested.take("name", "", str)
    half.outside_state = nested.take("state", None, str)
    nested.done()


def _pair_with(world: World, cluster: Cluster, far: Cluster, path: str) -> int:
    """The cluster pair that a volume pair uses: the one whose both halves are there, else the half that names `far`."""
    naming = [
        entry
        for entry in cluster.cluster_pairs.values()
        if entry.remote is not None and entry.remote.unique_id == far.identity.unique_id
    ]
    if not naming:
        raise WorldError(f"{path}: {cluster.name} has no cluster pair with {far.name}")
    complete = [entry for entry in naming if world.links.other_end(cluster, entry)]
    return (complete or naming)[0].pair_id


def _volume(world: World, wanted: Any, path: str) -> tuple[Cluster, Volume]:
    """A volume as `cluster/name`, `cluster/account/name` or `cluster/#id`."""
    name, _slash, rest = wanted.partition("/") if isinstance(wanted, str) else ("", "", "")
    if not rest:
        raise WorldError(f"{path}: {wanted!r} is no volume (cluster/name, cluster/account/name or cluster/#id)")
    cluster = _cluster(world, name, path)
    return cluster, find_volume(cluster, rest, path)


def _cluster(world: World, name: Any, path: str) -> Cluster:
    if name not in world.clusters:
        raise WorldError(f"{path}: there is no cluster {name!r}")
    return world.clusters[name]


def _two_clusters(world: World, section: Section) -> tuple[Cluster, Cluster]:
    path = f"{section.path}.between"
    names = section.take("between", kind=list)
    if len(names) != 2 or names[0] == names[1]:
        raise WorldError(f"{path}: {names!r} are not two clusters")
    return _cluster(world, names[0], path), _cluster(world, names[1], path)


def _pair_id(cluster: Cluster, section: Section) -> int:
    if "id" in section:
        return cluster.reserve_id("cluster_pair", section.take("id", kind=int))
    return cluster.next_id("cluster_pair")


def _uuid(world: World, section: Section) -> str:
    made = str(uuid.UUID(int=world.rng.getrandbits(128), version=4))
    return section.take("uuid", made, str)


def _do(world: World, section: Section, cluster: Cluster, method: str, params: dict[str, Any]) -> None:
    """Let a thing come about as on a real cluster."""
    try:
        world.call(cluster.name, method, params)
    except ApiError as error:
        raise WorldError(f"{section.path}: {error}") from None
