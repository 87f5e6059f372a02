# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The proofs that a failover needs before it writes: no host, no unsent write, a checkpoint that arrived."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Collection, Iterable

from ... import checkpoint
from ...failover_steps import Promote
from ...model import LOCAL, PEER, SIDES, Side, Sides, Snapshot, Usage, Writes, other
from ...plan import Step
from .. import guard, health, sizes
from . import growth
from .desired import FORCED, PairOptions
from .failover_messages import incomplete, not_in_sync, snapshot_limit, snapshots_only, source_in_use, uneven
from .state import ObservedVolumePair


def check_in_sync(observed: ObservedVolumePair) -> None:
    """Raise Failure, snapshots_only or not_in_sync, if the target does not have the live content of the source."""
    if health.is_snapshots_only(observed.mode):
        raise snapshots_only(observed)
    if any(health.of_state(observed.entry(side).state, roles_valid=True) != "healthy" for side in SIDES):
        raise not_in_sync(observed)


def check_even(observed: ObservedVolumePair) -> None:
    """Raise Failure, size_mismatch, unless both sizes are equal: a source larger than its target stops replication."""
    desired = growth.desired_sizes(observed.desired, Sides(observed.volume(LOCAL).size, observed.volume(PEER).size))
    if sizes.whole_mib(desired.local) != sizes.whole_mib(desired.peer):
        raise uneven(observed)


def check_snapshots(observed: ObservedVolumePair) -> None:
    """Raise Failure, snapshot_limit, without room for the checkpoint on both sides: a target at its limit stops."""
    for side in SIDES:
        used, limits = observed.usage(side), observed.extras.limits[side]
        if used is None or limits is None:
            continue
        limit = limits.snapshots_per_volume
        if "snapshots" in used.unreadable:
            raise snapshot_limit(observed, side, "how many snapshots it has cannot be read")
        taken = used.snapshots + used.saved_snapshots
        if limit is not None and taken >= limit:
            raise snapshot_limit(observed, side, f"it has {taken} snapshots, the limit is {limit}")


def check_no_hosts(observed: ObservedVolumePair, side: Side, used: Usage | None) -> None:
    """Raise Failure, source_in_use, if hosts are logged in. used: None before it is read, which passes."""
    if used is None:
        return
    evidence = guard.sessions(used)
    if evidence:
        raise source_in_use(observed, side, evidence)


def check_quiet(observed: ObservedVolumePair, side: Side) -> None:
    """Raise Failure, source_in_use, if hosts write to the source. A later step compares the count of now."""
    if observed.extras.writes[side] is None:
        return
    writes = writes_of(observed, side)
    if writes is None:
        raise source_in_use(observed, side, ("its statistics cannot be read",))
    if not writes.settled:
        raise source_in_use(observed, side, ("it is being written to",))


def writes_of(observed: ObservedVolumePair, side: Side) -> Writes | None:
    """The write operations on the volume of this side; None if they were not read or cannot be read."""
    return (observed.extras.writes[side] or {}).get(observed.volume(side).id)


def digest_of(observed: ObservedVolumePair, side: Side) -> str:
    """The digest in the attributes of a checkpoint of this side's volume. An unknown count of writes counts as 0."""
    own, partner = writes_of(observed, side), writes_of(observed, other(side))
    cluster_id = observed.catalogs[side].cluster.unique_id
    counts = (writes.count if writes else 0 for writes in (own, partner))
    return checkpoint.digest(cluster_id, observed.volume(side).id, observed.entry(side).uuid, *counts)


def hosts_of(observed: ObservedVolumePair, side: Side) -> tuple[str, ...]:
    """The sessions of hosts on the volume; empty before they are read."""
    used = observed.usage(side)
    return guard.sessions(used) if used else ()


def missing_proof(observed: ObservedVolumePair) -> str | None:
    """The proof that is missing that an interrupted failover lost no write, for messages; None if it is complete.

    It is complete if both sides hold the checkpoint of one of them, and no host has written to either since. None also
    before the evidence is read.
    """
    taken = observed.extras.snapshots
    if taken.local is None or taken.peer is None:
        return None
    if any(health.is_snapshots_only(observed.entry(side).mode) for side in SIDES):
        return "its mode is snapshots_only, in which a checkpoint arrives without the live content"
    ours = {side: _checkpoints(observed, side) for side in SIDES}
    without = [observed.name(side) for side in SIDES if not ours[side]]
    if without:
        return f"there is no checkpoint on {' or on '.join(without)}"
    latest = max((s for side in SIDES for s in ours[side]), key=lambda s: s.created)
    lacking = next((side for side in SIDES if all(s.uuid != latest.uuid for s in ours[side])), None)
    if lacking is not None:
        return f"the latest checkpoint {latest.name} is not on {observed.name(lacking)}"
    # The API documentation does not say whether a copy has the attributes of its original (note N78 of api_notes).
    noted = frozenset().union(
        *(checkpoint.digests(s.attributes) for side in SIDES for s in ours[side] if s.uuid == latest.uuid)
    )
    return _disproved(observed, latest, noted)


def _checkpoints(observed: ObservedVolumePair, side: Side) -> tuple[Snapshot, ...]:
    volume_id = observed.volume(side).id
    prefix = checkpoint.CHECKPOINT
    taken = observed.extras.snapshots[side] or ()
    return tuple(s for s in taken if s.volume_id == volume_id and s.name.startswith(prefix))


def _disproved(observed: ObservedVolumePair, latest: Snapshot, noted: Collection[str]) -> str | None:
    """Why the attributes of the checkpoint are no proof; None if they are.

    If that failover was completed, hosts have written to the partner, and another failover was interrupted since.
    """
    if not noted:
        return f"neither cluster has kept the attributes of the checkpoint {latest.name}"
    for side in SIDES:
        writes = writes_of(observed, side)
        if writes is None or not writes.settled:
            return f"the statistics of {observed.label(side)} on {observed.name(side)} cannot be read, or do not settle"
    if not any(digest_of(observed, side) in noted for side in SIDES):
        return f"a volume was written to since the checkpoint {latest.name} was taken"
    return None


def check_complete(observed: ObservedVolumePair, options: PairOptions, planned: Iterable[Step]) -> None:
    """Raise Failure, not_in_sync, if a forced failover would promote an incomplete copy while its source is reachable.

    allow_overwrite permits it.
    """
    new = promoted_side(planned)
    if new is None or options.failover != FORCED or options.allow_overwrite or observed.volumes[other(new)] is None:
        return
    missing = incomplete(observed, new)
    if missing:
        raise not_in_sync(observed, missing)


def would_grow(observed: ObservedVolumePair) -> bool:
    """Whether the task requests sizes that differ from the observed ones; False unless both volumes are known."""
    if None in (observed.volumes.local, observed.volumes.peer):
        return False  # without both volumes no growth is planned
    now = Sides(observed.volume(LOCAL).size, observed.volume(PEER).size)
    return growth.desired_sizes(observed.desired, now) != now


def promoted_side(planned: Iterable[Step]) -> Side | None:
    """The side that these steps promote; None if they promote none."""
    return next((step.side for step in planned if isinstance(step, Promote)), None)
