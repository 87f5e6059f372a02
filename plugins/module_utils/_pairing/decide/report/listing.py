# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every volume pair of two clusters, joined by UUID, or every entry that one cluster lists."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from ...._element.errors import Failure
from ...model import (
    FROM_PEER,
    LOCAL,
    PEER,
    READ_WRITE,
    SIDES,
    TARGET,
    TO_PEER,
    Cluster,
    Side,
    Sides,
    Volume,
    VolumePair,
    mode_option,
    of_both,
    of_side,
    other,
)
from ...views import VolumeView
from .. import health
from ..catalog import Catalog
from ..volume_pair.desired import DesiredPair
from ..volume_pair.relation import classify_volume_pair
from ..volume_pair.state import UNREADABLE, ObservedVolumePair, State

_PENDING: Mapping[Side, State] = {LOCAL: "pending_local", PEER: "pending_peer"}
_HALF: Mapping[Side, State] = {LOCAL: "half_local", PEER: "half_peer"}


def volume_pairs(views: Sides[VolumeView | None]) -> list[ObservedVolumePair]:
    """The pairs of the two clusters by the local cluster's volume IDs, then the pairs that only the peer lists.

    Without a view of the peer: every entry of the local cluster, with what one side shows.
    """
    both_views = of_both(views)
    if both_views is None:
        return _local_only(Catalog(of_side(views, LOCAL)))
    catalogs = Sides(Catalog(both_views.local), Catalog(both_views.peer))
    found: dict[tuple[object, ...], ObservedVolumePair] = {}
    for side in SIDES:
        for volume in catalogs[side].paired:
            for pair in volume.pairs:
                joined = _joined(catalogs, side, volume, pair)
                if joined is not None and not _goes_with_its_volume(joined, side, volume):
                    found.setdefault(_key(joined, pair), joined)
    return list(found.values())


def _goes_with_its_volume(joined: ObservedVolumePair, side: Side, volume: Volume) -> bool:
    """Whether it is only the entry of a deleted volume: that is gone as soon as the volume is purged."""
    return volume.deleted and joined.entries[other(side)] is None and joined.row != UNREADABLE


def _key(joined: ObservedVolumePair, pair: VolumePair) -> tuple[object, ...]:
    """A key that is equal for the two entries of one pair."""
    if joined.row == UNREADABLE:
        return (pair.uuid,)
    return tuple(volume.id if volume else None for volume in (joined.volumes.local, joined.volumes.peer))


def _joined(catalogs: Sides[Catalog], side: Side, volume: Volume, pair: VolumePair) -> ObservedVolumePair | None:
    if pair.pending:
        return _one_sided(catalogs, side, volume, pair, _PENDING[side])
    try:
        return _listed_by_both(catalogs, side, volume, pair)
    except Failure:  # its cluster pair or its partner cannot be read, which is a finding of its own
        return replace(_one_sided(catalogs, side, volume, pair, "unknown_peer"), row=UNREADABLE)


def _listed_by_both(
    catalogs: Sides[Catalog], side: Side, volume: Volume, pair: VolumePair
) -> ObservedVolumePair | None:
    other_side = other(side)
    if not catalogs[side].leads_to(pair, catalogs[other_side].cluster):
        if catalogs[side].lists_link(pair):
            return None
        # Its cluster pair is gone, so the other cluster is unknown.
        if not catalogs[other_side].shows(pair.remote_volume_id, pair.uuid):
            return _one_sided(catalogs, side, volume, pair, _HALF[side])
    partner = catalogs[other_side].by_id(pair.remote_volume_id)
    if partner is None or len(volume.pairs) > 1:
        return _one_sided(catalogs, side, volume, pair, _HALF[side])
    ids = {side: volume.id, other_side: partner.id}
    found = classify_volume_pair(0, DesiredPair(volume_id=ids[LOCAL], peer_volume_id=ids[PEER]), catalogs)
    if found.state.startswith("foreign"):  # the partner is paired with another volume: this is half a pair
        return _one_sided(catalogs, side, volume, pair, _HALF[side])
    return found


def _one_sided(
    catalogs: Sides[Catalog], side: Side, volume: Volume, pair: VolumePair, state: State
) -> ObservedVolumePair:
    far_id, far_name = pair.remote_volume_id or None, pair.remote_volume_name or None
    desired = (
        DesiredPair(volume_id=volume.id, peer_volume_id=far_id, peer_volume=far_name)
        if side == LOCAL
        else DesiredPair(volume_id=far_id, volume=far_name, peer_volume_id=volume.id)
    )
    volumes, entries = {side: volume, other(side): None}, {side: pair, other(side): None}
    return ObservedVolumePair(0, desired, state, state, catalogs, Sides(**volumes), Sides(**entries))


def _local_only(catalog: Catalog) -> list[ObservedVolumePair]:
    found = []
    for volume in catalog.paired:
        for pair in volume.pairs:
            link = catalog.readable_link(pair)
            other_cluster = (
                Cluster(link.remote_name, link.remote_unique_id or "", link.remote_mvip)
                if link
                else Cluster("unknown", "", "")
            )
            catalogs = Sides(catalog, Catalog(VolumeView(other_cluster, (), (), {})))
            found.append(_one_sided(catalogs, LOCAL, volume, pair, "pending_local" if pair.pending else "unknown_peer"))
    return found


def chosen(
    pairs: list[ObservedVolumePair], volumes: Collection[str] | None, accounts: Collection[str] | None
) -> list[ObservedVolumePair]:
    """The pairs with a volume of one of these names and an owner of one of these names. None: any."""
    return [
        pair
        for pair in pairs
        if any(
            (volumes is None or volume.name in volumes)
            and (accounts is None or pair.catalogs[side].account(volume) in accounts)
            for side in SIDES
            for volume in (pair.volumes[side],)
            if volume is not None
        )
    ]


def unpaired(
    view: VolumeView, paired: Collection[int], names: Collection[str] | None, accounts: Collection[str] | None
) -> list[Volume]:
    """The writable volumes of a cluster that no pair protects, by ID. names, accounts: None for any.

    paired: the IDs of the volumes with a pair, whatever its state.
    """
    found = [
        volume
        for volume in view.volumes
        if volume.access == READ_WRITE
        and not volume.deleted
        and volume.id not in paired
        and (names is None or volume.name in names)
        and (accounts is None or view.accounts.get(volume.account_id) in accounts)
    ]
    return sorted(found, key=lambda volume: volume.id)


def export(pairs: list[ObservedVolumePair]) -> list[dict]:
    """The working pairs in the form of the option `pairs` of element_volume_pair, which then changes nothing.

    Volumes have names and owners, so that the list also serves for other clusters; IDs only if the names are ambiguous.
    It has no pair without exactly one source and one target, and no mode that is no value of the option. Nor has it a
    direction: that of an existing pair stays as it is, so that the list is still true after a failover.
    """
    items = []
    for pair in pairs:
        if pair.row != "paired" or pair.direction not in (TO_PEER, FROM_PEER):
            continue
        item = {
            **_name(pair, LOCAL, ""),
            **_name(pair, PEER, "peer_"),
            "mode": mode_option(pair.mode or ""),
        }
        items.append({key: value for key, value in item.items() if value is not None})
    return items


def export_local_only(pairs: list[ObservedVolumePair], unreachable: Collection[int]) -> list[dict]:
    """The pairs with an unreachable peer in the form of the option `pairs`, as far as the local cluster shows them.

    unreachable: the IDs of its cluster pairs with that peer. Partners have IDs, since their names here may be outdated. A pair
    whose local volume is the target has no mode, since a target may show an outdated one.
    """
    items = []
    for pair in pairs:
        volume, entry = pair.volume(LOCAL), pair.entry(LOCAL)
        if (
            entry.cluster_pair_id not in unreachable
            or entry.pending
            or health.stopped(entry)
            or volume.deleted
            or volume.access not in (READ_WRITE, TARGET)
        ):
            continue
        item = {
            **_name(pair, LOCAL, ""),
            "peer_volume_id": entry.remote_volume_id,
            "mode": mode_option(entry.mode) if volume.access == READ_WRITE else None,
        }
        items.append({key: value for key, value in item.items() if value is not None})
    return items


def _name(pair: ObservedVolumePair, side: Side, prefix: str) -> dict:
    volume, catalog = pair.volume(side), pair.catalogs[side]
    account = catalog.account(volume)
    named = catalog.readable_named(volume.name)
    same_owner = [each for each in named if not each.deleted and catalog.account(each) == account]
    unreadable = any(odd.name == volume.name for odd in catalog.unreadable_volumes)
    if account is None or len(same_owner) > 1 or unreadable:
        return {f"{prefix}volume_id": volume.id}
    return {f"{prefix}volume": volume.name, f"{prefix}account": account}
