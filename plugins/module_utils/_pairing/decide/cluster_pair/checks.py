# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The requirements of making or removing a cluster pair."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Sequence

from ...._element.errors import Failure
from ...model import LOCAL, PEER, SIDES, Volume, first_named
from ...pairing_steps import PairClusters, RemoveClusterPair
from ...plan import Step
from ...views import ClusterView, UnreadableVolume
from ..identity import peer_unknown
from .messages import MAX_LISTED
from .state import ClusterPairOptions, ObservedClusterPair, pairs_with_others


def check_readable(observed: ObservedClusterPair, options: ClusterPairOptions) -> None:
    """Raise Failure if an unreadable entry may name the other cluster, unless the pair exists and stays as it is."""
    is_present = options.present and not options.repair and observed.state == "paired"
    if observed.doubt and not is_present:
        raise observed.doubt


def check_peer_known(observed: ObservedClusterPair) -> None:
    """Raise Failure, peer_unknown, if other clusters are paired and no MVIP of the unreachable peer is given.

    Only its MVIP proves that none of the entries is the peer's.
    """
    others = pairs_with_others(observed)
    if others and not observed.mvip_given:
        raise peer_unknown(observed.name(LOCAL), others, observed.known_as)


def check_volume_pairs(observed: ObservedClusterPair, steps: tuple[Step, ...]) -> None:
    """Raise Failure, volume_pairs_remain, if volume pairs still use a cluster pair that would be removed.

    The API documentation instructs to remove them first, and does not say that the cluster enforces it.
    """
    for side in SIDES:
        view = observed.views[side]
        going = {step.entry.id for step in steps if isinstance(step, RemoveClusterPair) and step.side == side}
        using = _volumes_using(view, going) if view and going else []
        if using:
            raise _volume_pairs_remain(observed.name(side), using)


def _volumes_using(view: ClusterView, entry_ids: set[int]) -> list[Volume | UnreadableVolume]:
    """The volumes of a cluster whose pairs use, or may use, one of these cluster pairs; deleted ones come last."""
    by_id = {volume.id: volume for volume in view.paired_volumes or ()}
    volumes: list[Volume | UnreadableVolume] = [*by_id.values(), *view.unreadable_volumes]
    using = [
        volume
        for volume in volumes
        if volume.pairs is None or any(pair.cluster_pair_id in entry_ids for pair in volume.pairs)
    ]
    return sorted(using, key=lambda volume: volume.deleted)


def _volume_pairs_remain(cluster: str, using: Sequence[Volume | UnreadableVolume]) -> Failure:
    named = first_named([_user(volume) for volume in using], MAX_LISTED)
    remedies = ["remove them first with element_volume_pair and state: absent"]
    if any(volume.deleted for volume in using):
        remedies.append(
            "a deleted volume keeps its pair: restore it first with RestoreDeletedVolume, or purge it with PurgeDeletedVolume "
            "if you do not need its data"
        )
    return Failure(
        "volume_pairs_remain",
        f"cluster {cluster}: {len(using)} volume pairs still use the cluster pair: {named}; {'; '.join(remedies)}",
        cluster=cluster,
        method="RemoveClusterPair",
    )


def _user(volume: Volume | UnreadableVolume) -> str:
    """`name (ID)`, and whether the volume is deleted or unreadable."""
    if isinstance(volume, UnreadableVolume):
        return f"{volume.label}, which cannot be read ({volume.reason})"
    return f"{volume.name} ({volume.id}{', deleted' if volume.deleted else ''})"


def check_handshake(observed: ObservedClusterPair, steps: tuple[Step, ...]) -> None:
    """Raise Failure if the steps pair the clusters and a requirement of that is not met.

    Its codes are name_conflict, version_gap, limit_reached and permission.
    """
    if not any(isinstance(step, PairClusters) for step in steps):
        return
    from .. import readiness  # not loaded for clusters that are paired

    local, peer = observed.view(LOCAL).cluster, observed.view(PEER).cluster
    readiness.require(readiness.names(local, peer), "name_conflict", local.name)
    readiness.require(readiness.version_gap(local, peer), "version_gap", local.name)
    for side, method in ((LOCAL, "StartClusterPairing"), (PEER, "CompleteClusterPairing")):
        view = observed.view(side)
        name = view.cluster.name
        going = {step.entry.id for step in steps if isinstance(step, RemoveClusterPair) and step.side == side}
        staying = [entry for entry in view.entries if entry.id not in going]
        slots = readiness.pair_slots(name, staying, view.pairs_max, len(view.unreadable_entries))
        readiness.require(slots, "limit_reached", name, method)
        readiness.require(readiness.privileges(name, view.roles), "permission", name, method)
