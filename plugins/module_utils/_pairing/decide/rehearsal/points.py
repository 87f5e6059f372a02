# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which snapshot of a target is cloned, and whether one can be taken now."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...._element.errors import Failure
from ...failover_steps import MAX_IN_GROUP
from ...model import PEER, SAVED, SIDES, Side, Snapshot, Volume, first_named
from ...rehearsal import POINT, rehearsed
from .. import health
from ..volume_pair.links import check_connected
from ..volume_pair.messages import ends, refusal, states
from ..volume_pair.state import ObservedVolumePair
from .state import ObservedRehearsal, Surroundings


def newest(target: Volume, snapshots: Iterable[Snapshot]) -> Snapshot | None:
    """The newest snapshot that was replicated to the target and is complete there; None without one.

    One that was taken on the target itself is of no moment of the source, and a saved one is of what was overwritten. One
    that a rehearsal has taken for its own clones is gone when these are complete.
    """
    fitting = [
        snapshot
        for snapshot in snapshots
        if snapshot.volume_id == target.id
        and snapshot.replicated
        and snapshot.complete
        and not snapshot.name.startswith((SAVED, POINT))
    ]
    return max(fitting, key=lambda snapshot: (snapshot.created, snapshot.id), default=None)


def left_over(items: Sequence[ObservedRehearsal], snapshots: Iterable[Snapshot]) -> list[str]:
    """A warning about snapshots of rehearsals on these targets that none of these clones holds."""
    held = {about.snapshot for item in items if item.clone for about in [rehearsed(item.clone)] if about}
    targets = {item.original.id for item in items if item.original}
    names = {each.name for each in snapshots if each.volume_id in targets and each.name.startswith(POINT)} - held
    what = f"snapshots of another rehearsal are there: {first_named(sorted(names))}"
    remedy = "if it ended early, delete them on both clusters, or let them expire within a day"
    return [f"cluster {items[0].cluster}: {what}; {remedy}"] if names else []


def check_point(pair: ObservedVolumePair, around: Surroundings) -> None:
    """Raise Failure unless a replicated snapshot can be taken of this pair: not_connected, not_in_sync, snapshot_limit."""
    check_connected(pair)
    if any(health.of_state(pair.entry(side).state, roles_valid=True) != "healthy" for side in SIDES):
        raise refusal(
            pair,
            "not_in_sync",
            f"{ends(pair)}: not in sync ({states(pair)}), so that point: now would not arrive; use point: latest",
        )
    for side in SIDES:
        _check_slots(pair, side, around)


def _check_slots(pair: ObservedVolumePair, side: Side, around: Surroundings) -> None:
    limits, snapshots = around.limits[side], around.snapshots[side]
    limit = limits.snapshots_per_volume if limits else None
    if limit is None or snapshots is None:
        return
    volume = pair.volume(side)
    taken = sum(snapshot.volume_id == volume.id for snapshot in snapshots)
    if taken >= limit:
        name = pair.name(side)
        raise Failure(
            "snapshot_limit",
            f"cluster {name}: {volume.label} has {taken} snapshots, the limit is {limit}, so that point: now has no room; "
            "delete one that is not needed, or use point: latest",
            name,
            "ListSnapshots",
        )


def most_in_group(around: Surroundings) -> int:
    """The number of volumes that one group snapshot of the source can have."""
    limits = around.limits[PEER]
    return min(MAX_IN_GROUP, limits.volumes_per_group or MAX_IN_GROUP) if limits else MAX_IN_GROUP
