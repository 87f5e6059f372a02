# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lookup of the two volumes of a pair, and their relation: the state, and the row of the table that applies."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from ...model import (
    LOCAL,
    PEER,
    READ_WRITE,
    SIDES,
    TARGET,
    Side,
    Sides,
    Volume,
    VolumePair,
    of_side,
    other,
)
from .. import health
from ..catalog import Catalog
from ..identity import names_cluster
from .desired import DesiredPair
from .state import ObservedVolumePair, RowName, State

# What the volume of one side is paired with.
Relation = Literal["none", "pending", "ours", "stale", "foreign"]


def classify_volume_pair(item: int, desired: DesiredPair, catalogs: Sides[Catalog]) -> ObservedVolumePair:
    """The two volumes that the task names, and their relation. Raises Failure if a name does not identify a volume."""
    volumes = _select(desired, catalogs)
    relations = {side: _relation(desired, catalogs, volumes, side) for side in SIDES}
    entries = {side: of_side(volumes, side).pairs[0] if relations[side] != "none" else None for side in SIDES}
    state = _state(relations, entries)
    replica = "ours" in relations.values() and health.direction(
        *(v.access if v else None for v in (volumes.local, volumes.peer))
    ) in (
        "to_peer",
        "from_peer",
    )
    row = _row(state, volumes, Sides(**entries))
    return ObservedVolumePair(item, desired, state, row, catalogs, volumes, Sides(**entries), replica)


def _select(desired: DesiredPair, catalogs: Sides[Catalog]) -> Sides[Volume | None]:
    local = catalogs.local.find(desired.volume, desired.volume_id, desired.account)
    if desired.peer_volume_id is not None:
        return Sides(local, catalogs.peer.find(None, desired.peer_volume_id, desired.peer_account))
    if desired.peer_volume is not None:
        # A volume that is named without an owner may have any owner; one that would be created has a certain owner.
        owner = _owner_of_partner(desired, catalogs.local, local) if desired.create else None
        return Sides(local, _named_on_peer(desired, catalogs.peer, desired.peer_volume, owner))
    return Sides(local, _partner(desired, catalogs, local))


def _owner_of_partner(desired: DesiredPair, local_catalog: Catalog, local: Volume | None) -> str | None:
    """The required owner of a partner that only the local volume's name identifies: the account of the same name.

    None if the task names the owner, which takes precedence.
    """
    if desired.new_account is not None:
        return None
    return local_catalog.owner(local) if local else desired.account


def _named_on_peer(desired: DesiredPair, peer_catalog: Catalog, name: str, owner: str | None) -> Volume | None:
    """The volume of that name; None if there is none. owner: its owner if the task names none; None for any owner."""
    if desired.new_account is None and owner is not None and not peer_catalog.has_account(owner):
        return None  # an account that does not exist owns no volume
    if desired.create and desired.new_account and not peer_catalog.has_account(desired.new_account):
        return None  # the volume is missing too, and its owner is created with it, or named as missing
    return peer_catalog.find(name, None, desired.new_account or owner)


def _partner(desired: DesiredPair, catalogs: Sides[Catalog], local: Volume | None) -> Volume | None:
    """The peer's volume that the local one is paired with, else the peer's volume of the same name and owner."""
    local_catalog, peer_catalog = catalogs.local, catalogs.peer
    if local is not None:
        for pair in local.pairs:
            link = local_catalog.link(pair)
            if not pair.pending and link is not None and names_cluster(link, peer_catalog.cluster):
                return peer_catalog.owned(pair.remote_volume_id, desired.peer_account)
        partners = peer_catalog.partners(local.id, local_catalog.cluster)
    elif desired.volume_id is not None:
        partners = peer_catalog.partners(desired.volume_id, local_catalog.cluster)
    else:
        partners = peer_catalog.partners_by_name(desired.volume or "", local_catalog.cluster)
    if len(partners) == 1:
        return peer_catalog.owned(partners[0].id, desired.peer_account)
    name = desired.new_name or (local.name if local else desired.volume)
    if name is None:
        return None
    return _named_on_peer(desired, peer_catalog, name, _owner_of_partner(desired, local_catalog, local))


def _relation(desired: DesiredPair, catalogs: Sides[Catalog], volumes: Sides[Volume | None], side: Side) -> Relation:
    """What the volume of `side` is paired with: none, pending, ours, stale or foreign.

    stale: the entry names the desired partner, and its cluster pair is unusable.
    """
    volume, other_side, other_cluster = volumes[side], other(side), catalogs[other(side)].cluster
    if volume is None or not volume.pairs:
        return "none"
    if len(volume.pairs) > 1:
        return "foreign"  # pairs are one to one: more than one entry was never observed, and no plan changes it
    pair = volume.pairs[0]
    if pair.pending:
        return "pending"
    link = catalogs[side].link(pair)
    if link is None:
        return "stale" if pair.remote_volume_id == desired.given_id(other_side) else "foreign"
    if not names_cluster(link, other_cluster):
        return "stale" if catalogs[side].leads_to(pair, other_cluster) else "foreign"
    return "ours" if _is_partner(desired, catalogs, volumes[other_side], other_side, pair) else "foreign"


def _is_partner(
    desired: DesiredPair, catalogs: Sides[Catalog], partner: Volume | None, other_side: Side, pair: VolumePair
) -> bool:
    if partner is not None:
        return pair.remote_volume_id == partner.id
    if catalogs[other_side].shows(pair.remote_volume_id, pair.uuid):
        return False  # it has a whole pair with an existing volume, not with the missing one
    given_id, given_name = desired.given_id(other_side), desired.given_name(other_side)
    if given_id is None and given_name is None:
        return True  # the task names no partner: it is the missing volume that the entry names
    return pair.remote_volume_id == given_id or pair.remote_volume_name == given_name


def _state(relations: Mapping[Side, Relation], entries: Mapping[Side, VolumePair | None]) -> State:
    local, peer = relations[LOCAL], relations[PEER]
    established = ("ours", "stale")
    if local == "foreign":
        return "foreign_local"
    if peer == "foreign":
        return "foreign_peer"
    if local in established and peer in established:
        uuids = {entry.uuid for entry in entries.values() if entry is not None}
        return "paired" if len(uuids) == 1 else "crossed"
    if local in established:
        return "half_local"
    if peer in established:
        return "half_peer"
    if local == "pending":
        return "pending_local"
    return "pending_peer" if peer == "pending" else "none"


def _row(state: State, volumes: Sides[Volume | None], entries: Sides[VolumePair | None]) -> RowName:
    both = (volumes.local, volumes.peer)
    if state.startswith("foreign"):
        return state
    if any(volume is not None and volume.deleted for volume in both):
        return "deleted"
    if None in both:
        return "missing" if state == "none" else "missing_half"
    if state == "paired" and (health.stopped(entries.local) or health.stopped(entries.peer)):
        return "paired_stopped"
    if state == "paired" and any(volume is not None and volume.access not in (READ_WRITE, TARGET) for volume in both):
        return "paired_no_role"
    return state
