# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every volume pair between two clusters, or everything that one cluster lists, joined by UUID."""

# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Collection
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
    Sides,
    Volume,
    VolumePair,
    mode_option,
    other,
)
from ...views import VolumeView
from .. import health
from ..catalog import Catalog
from ..volume_pair.desired import DesiredPair
from ..volume_pair.state import UNREADABLE, ObservedVolumePair, classify_volume_pair


def volume_pairs(views: Sides[VolumeView | None]) -> list[ObservedVolumePair]:
    """The pairs of the two clusters in the order of this cluster's volume IDs, then what only the peer lists.

    Without a peer's view: every entry of this cluster, as far as one side can tell.
    """
    if views.peer is None:
        return _alone(Catalog(views.local))
    catalogs = Sides(Catalog(views.local), Catalog(views.peer))
    found: dict[tuple[object, ...], ObservedVolumePair] = {}
    for side in SIDES:
        for volume in catalogs[side].paired:
            for pair in volume.pairs:
                joined = _joined(catalogs, side, volume, pair)
                if joined is not None:
                    found.setdefault(_key(joined, pair), joined)
    return list(found.values())


def _key(joined: ObservedVolumePair, pair: VolumePair) -> tuple[object, ...]:
    """What is the same when a pair is found on both sides."""
    if joined.row == UNREADABLE:
        return (pair.uuid,)
    return tuple(volume.id if volume else None for volume in (joined.volumes.local, joined.volumes.peer))


def _joined(catalogs: Sides[Catalog], side: str, volume: Volume, pair: VolumePair) -> ObservedVolumePair | None:
    if pair.pending:
        return _one_sided(catalogs, side, volume, pair, f"pending_{side}")
    try:
        return _told_by_both(catalogs, side, volume, pair)
    except Failure:  # what it goes over, or the partner, cannot be read: a problem of its own
        return replace(_one_sided(catalogs, side, volume, pair, "unknown_peer"), row=UNREADABLE)


def _told_by_both(catalogs: Sides[Catalog], side: str, volume: Volume, pair: VolumePair) -> ObservedVolumePair | None:
    far = other(side)
    if not catalogs[side].leads_to(pair, catalogs[far].cluster):
        if catalogs[side].lists_link(pair):
            return None
        # Its cluster pair is gone, and with it who the other cluster was.
        if not catalogs[far].shows(pair.remote_volume_id, pair.uuid):
            return _one_sided(catalogs, side, volume, pair, f"half_{side}")
    partner = catalogs[far].by_id(pair.remote_volume_id)
    if partner is None or len(volume.pairs) > 1:
        return _one_sided(catalogs, side, volume, pair, f"half_{side}")
    ids = {side: volume.id, far: partner.id}
    found = classify_volume_pair(0, DesiredPair(volume_id=ids[LOCAL], peer_volume_id=ids[PEER]), catalogs)
    if found.state.startswith("foreign"):  # the partner is paired with somebody else: ours is a half
        return _one_sided(catalogs, side, volume, pair, f"half_{side}")
    return found


def _one_sided(catalogs: Sides[Catalog], side: str, volume: Volume, pair: VolumePair, state: str) -> ObservedVolumePair:
    far_id, far_name = pair.remote_volume_id or None, pair.remote_volume_name or None
    desired = (
        DesiredPair(volume_id=volume.id, peer_volume_id=far_id, peer_volume=far_name)
        if side == LOCAL
        else DesiredPair(volume_id=far_id, volume=far_name, peer_volume_id=volume.id)
    )
    volumes, entries = {side: volume, other(side): None}, {side: pair, other(side): None}
    return ObservedVolumePair(0, desired, state, state, catalogs, Sides(**volumes), Sides(**entries))


def _alone(catalog: Catalog) -> list[ObservedVolumePair]:
    found = []
    for volume in catalog.paired:
        for pair in volume.pairs:
            link = catalog.readable_link(pair)
            far = (
                Cluster(link.remote_name, link.remote_unique_id or "", link.remote_mvip)
                if link
                else Cluster("unknown", "", "")
            )
            catalogs = Sides(catalog, Catalog(VolumeView(far, (), (), {})))
            found.append(_one_sided(catalogs, LOCAL, volume, pair, "pending_local" if pair.pending else "unknown_peer"))
    return found


def chosen(
    pairs: list[ObservedVolumePair], volumes: Collection[str] | None, accounts: Collection[str] | None
) -> list[ObservedVolumePair]:
    """The pairs of which a volume has one of these names, and an owner of these names. None: all."""
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


def export(pairs: list[ObservedVolumePair]) -> list[dict]:
    """The live pairs in the form of the option `pairs` of element_volume_pair; given back, they change nothing.

    By name and owner, so that they also describe the pairs of other clusters; by ID only where those do not tell.
    Pairs without exactly one source and one target are left out: nothing could be wished of them; nor of a mode that the
    option does not know.
    """
    items = []
    for pair in pairs:
        if pair.row != "paired" or pair.direction not in (TO_PEER, FROM_PEER):
            continue
        item = {
            **_name(pair, LOCAL, ""),
            **_name(pair, PEER, "peer_"),
            "mode": mode_option(pair.mode or ""),
            "direction": pair.direction,
        }
        items.append({key: value for key, value in item.items() if value is not None})
    return items


def export_alone(pairs: list[ObservedVolumePair], dead: Collection[int]) -> list[dict]:
    """The same of a peer that does not answer, as far as this cluster tells; dead: its cluster pairs with that peer.

    The partners by ID: their names here may be old. No mode where this side is the target, which may not have the newest.
    """
    items = []
    for pair in pairs:
        volume, entry = pair.volumes.local, pair.entries.local
        direction = {READ_WRITE: TO_PEER, TARGET: FROM_PEER}.get(volume.access)
        if (
            entry.cluster_pair_id not in dead
            or entry.pending
            or health.stopped(entry)
            or volume.deleted
            or not direction
        ):
            continue
        item = {
            **_name(pair, LOCAL, ""),
            "peer_volume_id": entry.remote_volume_id,
            "mode": mode_option(entry.mode) if direction == TO_PEER else None,
            "direction": direction,
        }
        items.append({key: value for key, value in item.items() if value is not None})
    return items


def _name(pair: ObservedVolumePair, side: str, prefix: str) -> dict:
    volume, catalog = pair.volumes[side], pair.catalogs[side]
    account = catalog.account(volume)
    named = catalog.readable_named(volume.name)
    alike = [each for each in named if not each.deleted and catalog.account(each) == account]
    unreadable = any(odd.name == volume.name for odd in catalog.unreadable_volumes)
    if account is None or len(alike) > 1 or unreadable:
        return {f"{prefix}volume_id": volume.id}
    return {f"{prefix}volume": volume.name, f"{prefix}account": account}
