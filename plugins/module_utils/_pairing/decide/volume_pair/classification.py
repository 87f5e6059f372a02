# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All pairs of a task as the lists show them, or why a pair cannot be identified."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from ...._element.errors import Failure
from ...model import LOCAL, PEER, SIDES, Side, Sides, of_both, of_side
from ...views import VolumeView
from ..catalog import Catalog
from ..identity import UnreachablePeer
from .desired import DesiredPair
from .messages import refusal
from .relation import classify_volume_pair
from .state import ObservedVolumePair


def classify_all(
    desired_pairs: Sequence[DesiredPair | None],
    views: Sides[VolumeView | None],
    unreachable_peer: UnreachablePeer | None,
) -> tuple[tuple[ObservedVolumePair | None, ...], tuple[Failure | None, ...]]:
    """Each pair as the lists show it, or None and the Failure that says why it cannot be identified.

    desired_pairs: None for a pair that an earlier read did not identify; it stays None without a Failure.
    """
    find = _classifier(views, unreachable_peer)
    found: list[ObservedVolumePair | None] = []
    failures: list[Failure | None] = []
    for number, desired in enumerate(desired_pairs):
        pair, failure = None, None
        try:
            pair = find(number, desired) if desired else None
        except Failure as exc:
            failure = exc
        found.append(pair)
        failures.append(failure)
    return tuple(found), tuple(failures)


def _classifier(
    views: Sides[VolumeView | None], unreachable_peer: UnreachablePeer | None
) -> Callable[[int, DesiredPair], ObservedVolumePair]:
    """Raises LookupError where a peer does not answer of which nothing is known."""
    both_views = of_both(views)
    if both_views is not None:
        return partial(_classify_both, Sides(Catalog(both_views.local), Catalog(both_views.peer)))
    if unreachable_peer is None:
        raise LookupError("nothing is known of the peer")
    return partial(_classify_local_only, Catalog(of_side(views, LOCAL)), unreachable_peer)


def _classify_both(catalogs: Sides[Catalog], number: int, desired: DesiredPair) -> ObservedVolumePair:
    return classify_volume_pair(number, desired, catalogs)


def _classify_local_only(
    local_catalog: Catalog, unreachable_peer: UnreachablePeer, number: int, desired: DesiredPair
) -> ObservedVolumePair:
    from . import local_only

    return local_only.classify(number, desired, local_catalog, unreachable_peer)


def trait(pair: ObservedVolumePair | None, present: bool) -> str:
    """A text that differs once the two volumes or their pair do; if a pair is requested, also once the roles do."""
    if pair is None:
        return "unknown"
    volumes = [
        f"{pair.catalogs[side].cluster.unique_id}/{volume.id if volume else None}"
        for side, volume in pair.volumes.as_dict().items()
    ]
    entries = [entry.uuid if entry else "none" for entry in (pair.entries.local, pair.entries.peer)]
    if not present:
        return " ".join((*volumes, *sorted(set(entries) - {"none"})))  # one side's entry may be gone before the other's
    access = [volume.access if volume else "none" for volume in (pair.volumes.local, pair.volumes.peer)]
    return " ".join((*volumes, *entries, *access))


def find_duplicates(pairs: Sequence[ObservedVolumePair | None]) -> dict[int, Failure]:
    """The Failure duplicate_item, by item, of each item that names a volume which another item names too."""
    volumes = [[(side, pair.volume(side).id) for side in SIDES if pair.volumes[side]] if pair else [] for pair in pairs]
    counts = Counter(volume for named in volumes for volume in named)
    return {
        number: _duplicate(pair, side)
        for number, (pair, named) in enumerate(zip(pairs, volumes))
        if pair is not None
        for side, volume_id in named
        if counts[side, volume_id] > 1
    }


def _duplicate(pair: ObservedVolumePair, side: Side) -> Failure:
    return refusal(
        pair,
        "duplicate_item",
        f"cluster {pair.name(side)}: more than one item of pairs names {pair.label(side)}; name each volume once",
        side=side,
        method=None,
    )


def by_id(pair: ObservedVolumePair) -> DesiredPair:
    """The desired pair with the IDs of the observed volumes in place of their names and accounts."""
    desired = pair.desired
    if pair.volumes.local:
        desired = replace(desired, volume=None, volume_id=pair.volume(LOCAL).id, account=None)
    if pair.volumes.peer:
        desired = replace(desired, peer_volume=None, peer_volume_id=pair.volume(PEER).id, peer_account=None)
    return desired
