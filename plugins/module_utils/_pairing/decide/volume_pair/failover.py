# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection elementsw.replication: it can change without notice.
"""Turning an existing pair round: what must hold for it, then its writes.

A planned turn proves that nothing is left behind, or changes nothing. A forced one makes the wanted side writable, and
overwrites the other side only where its content was saved.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from ... import checkpoint
from ...failover_steps import (
    ConfirmDemotion,
    ConfirmQuiet,
    ConfirmTurn,
    CountLateWrites,
    Demote,
    Promote,
    RemoveCheckpoint,
    TakeCheckpoint,
)
from ...model import (
    LOCAL,
    PEER,
    READ_WRITE,
    SIDES,
    TARGET,
    TO_PEER,
    Sides,
    Snapshot,
    Step,
    Usage,
    Volume,
    Writes,
    other,
)
from .. import guard, health, sizes
from . import growth
from .failover_messages import (
    data_loss_possible,
    incomplete,
    left_writable,
    losing_side_in_use,
    not_in_sync,
    sizes_left,
    snapshot_limit,
    snapshots_only,
    source_in_use,
    uneven,
    unproven,
)
from .links import check_connected
from .messages import access_conflict, missing, no_source, split_brain, volume_deleted
from .saving import most_in_group, save
from .state import Found, Wish

PLANNED, FORCED = "planned", "forced"


def steps(found: Found, wish: Wish) -> tuple[Step, ...]:
    """The writes that give a pair the wanted direction, which it does not have."""
    if found.direction == "split":
        return _settle_split(found, wish)
    if found.direction == "none":
        return _promote_one_of_none(found, wish)
    if wish.failover == FORCED:
        return _forced(found, wish)
    return _planned(found, wish)


def wanted_source(found: Found) -> str:
    return LOCAL if found.wish.direction == TO_PEER else PEER


def _planned(found: Found, wish: Wish) -> tuple[Step, ...]:
    new = wanted_source(found)
    old = other(new)
    source, target = found.volumes[old], found.volumes[new]
    check_connected(found)
    _check_in_sync(found)
    grown = growth.steps(found, old)
    _check_even(found)
    _check_snapshots(found)
    _check_no_hosts(found, old, _usage(found, old, source))
    _check_quiet(found, old)
    most = most_in_group(found, old)
    item, shown = found.item, found.label
    reason = f"it shall replicate {found.wish.direction}"
    return (
        *grown,
        TakeCheckpoint(
            item=item,
            side=old,
            object=shown(old),
            reason="what was written shall be on the other side",
            volume=source,
            most=most,
            cluster_id=found.catalogs[old].cluster.unique_id,
            digest=_digest(found, old),
        ),
        ConfirmTurn(item, old, shown(old), "nothing is left behind", source, target, wish.timeout),
        Demote(item, old, shown(old), reason, source, TARGET, target),
        ConfirmQuiet(item, old, shown(old), "no one wrote since", source, _writes(found, old) or Writes(0, 0)),
        Promote(item, new, shown(new), reason, target, READ_WRITE, partner=replace(source, access=TARGET)),
        RemoveCheckpoint(item, new, shown(new), "the pair is turned round", target, True, most),
        RemoveCheckpoint(item, old, shown(old), "the pair is turned round", source, False, most),
    )


def _check_in_sync(found: Found) -> None:
    if health.is_snapshots_only(found.mode):
        raise snapshots_only(found)
    if any(health.of_state(found.entries[side].state, roles_valid=True) != "healthy" for side in SIDES):
        raise not_in_sync(found)


def _check_even(found: Found) -> None:
    """Equal sizes: a larger target would become a larger source, and replication would stop."""
    wished = sizes.wished(found.wish, Sides(found.volumes.local.size, found.volumes.peer.size))
    if sizes.whole_mib(wished.local) != sizes.whole_mib(wished.peer):
        raise uneven(found)


def _check_snapshots(found: Found) -> None:
    """Room for the checkpoint on both sides: at its limit a target stops replicating."""
    for side in SIDES:
        used, limits = _usage(found, side, found.volumes[side]), found.extras.limits[side]
        if used is None or limits is None:
            continue
        most = limits.snapshots_per_volume
        if "snapshots" in used.unreadable:
            raise snapshot_limit(found, side, "how many snapshots it has cannot be read")
        taken = used.snapshots + used.saved_snapshots
        if most is not None and taken >= most:
            raise snapshot_limit(found, side, f"it has {taken} snapshots, {most} are allowed")


def _check_no_hosts(found: Found, side: str, used: Usage | None) -> None:
    if used is None:
        return
    evidence = guard.sessions(used)
    if evidence:
        raise source_in_use(found, side, evidence)


def _check_quiet(found: Found, side: str) -> None:
    """No one writes to the source: what is counted later is held against what is counted now."""
    if found.extras.writes[side] is None:
        return
    writes = _writes(found, side)
    if writes is None:
        raise source_in_use(found, side, ("its statistics cannot be read",))
    if not writes.settled:
        raise source_in_use(found, side, ("it is being written to",))


def _writes(found: Found, side: str) -> Writes | None:
    """How many writes the volume of this side has seen; None where that was not read, or cannot be."""
    return (found.extras.writes[side] or {}).get(found.volumes[side].id)


def _digest(found: Found, side: str) -> str:
    """What a checkpoint of the volume of this side notes. What is not known counts as never written to."""
    own, partner = _writes(found, side), _writes(found, other(side))
    cluster_id = found.catalogs[side].cluster.unique_id
    counts = (writes.count if writes else 0 for writes in (own, partner))
    return checkpoint.digest(cluster_id, found.volumes[side].id, found.entries[side].uuid, *counts)


def _usage(found: Found, side: str, volume: Volume) -> Usage | None:
    """What was read of its use; None where nothing was read yet."""
    known = found.extras.usage[side]
    return None if known is None else known.get(volume.id, Usage(unreadable=("sessions", "statistics", "snapshots")))


def _forced(found: Found, wish: Wish) -> tuple[Step, ...]:
    new = wanted_source(found)
    old = other(new)
    losing = found.volumes[old]
    if losing is not None and losing.access == TARGET:
        return (*_saved(found, old, wish, "nothing was made writable"), *_promoted(found, new, first=False))
    unsaved = losing if losing is not None and losing.access == READ_WRITE else None
    promoted = _promoted(found, new, first=True, unsaved=unsaved)
    # What has the access of no role was made so on purpose.
    if losing is None or losing.access != READ_WRITE or _hosts(found, old):
        return promoted
    return (*promoted, *_overwritten(found, old, wish))


def _saved(found: Found, old: str, wish: Wish, hint: str) -> tuple[Step, ...]:
    """A target is overwritten as soon as its partner is writable: what it holds may be the newest there is."""
    return (save(found, old, hint),) if wish.save_overwritten else ()


def _hosts(found: Found, side: str) -> tuple[str, ...]:
    """Who is logged in to the volume; nothing where that was not read yet."""
    used = _usage(found, side, found.volumes[side])
    return guard.sessions(used) if used else ()


def _promoted(found: Found, new: str, first: bool, unsaved: Volume | None = None) -> tuple[Step, ...]:
    volume = found.volumes[new]
    if volume.access == READ_WRITE:
        return ()
    reason = f"forced: it shall replicate {found.wish.direction}"
    return (Promote(found.item, new, found.label(new), reason, volume, READ_WRITE, first, unsaved=unsaved),)


def _overwritten(found: Found, old: str, wish: Wish) -> tuple[Step, ...]:
    """The losing side: saved first, and left alone where a host is logged in to it."""
    new = other(old)
    item, losing, label = found.item, found.volumes[old], found.label(old)
    # By the time it is looked at again it is writable.
    winning = replace(found.volumes[new], access=READ_WRITE)
    return (
        *_saved(found, old, wish, "both sides are writable"),
        ConfirmDemotion(item, old, label, "nothing has changed and no host is logged in", losing, winning),
        Demote(item, old, label, f"{found.name(new)} has the source now", losing, TARGET, winning),
        *_counted(found, old, wish),
    )


def _counted(found: Found, old: str, wish: Wish) -> tuple[Step, ...]:
    """A write between the snapshot and the demotion is on neither side: nothing keeps it, and no one was told."""
    used = _usage(found, old, found.volumes[old])
    if used is None:
        return ()
    before = None if "statistics" in used.unreadable else used.write_ops
    volume, reason = found.volumes[old], "whether hosts wrote until then"
    return (CountLateWrites(found.item, old, found.label(old), reason, volume, before, wish.save_overwritten),)


def _settle_split(found: Found, wish: Wish) -> tuple[Step, ...]:
    """Both sides are writable: only on purpose is one of them overwritten, and never under a host."""
    if wish.failover != FORCED or not wish.allow_overwrite:
        raise split_brain(found)
    old = other(wanted_source(found))
    hosts = _hosts(found, old)
    if hosts:
        raise losing_side_in_use(found, old, hosts)
    return _overwritten(found, old, wish)


def promoted_half(found: Found) -> tuple[Step, ...]:
    """A pair that is not whole: its desired side is promoted, whatever has become of the other one. Nothing else is touched."""
    new = wanted_source(found)
    volume = found.volumes[new]
    if volume is None or volume.deleted:
        raise volume_deleted(found, new, volume) if volume else missing(found, new)
    if volume.access not in (READ_WRITE, TARGET):
        raise access_conflict(found, new)
    return _promoted(found, new, first=True)


def _promote_one_of_none(found: Found, wish: Wish) -> tuple[Step, ...]:
    new = wanted_source(found)
    if wish.failover == FORCED:
        return _forced(found, wish)
    if wish.failover != PLANNED:
        raise no_source(found)
    missing = _missing_proof(found)
    if missing:
        raise unproven(found, missing)
    volume, partner = found.volumes[new], found.volumes[other(new)]
    reason = f"a planned failover was interrupted; it shall replicate {found.wish.direction}"
    return (Promote(found.item, new, found.label(new), reason, volume, READ_WRITE, partner=partner),)


def _missing_proof(found: Found) -> str | None:
    """Which proof is missing that an interrupted failover has left nothing behind, in words; None if none is.

    Both sides hold the checkpoint that was taken of one of them, and no one has written to either since. None where
    the evidence was not read yet.
    """
    taken = found.extras.snapshots
    if taken.local is None or taken.peer is None:
        return None
    if any(health.is_snapshots_only(found.entries[side].mode) for side in SIDES):
        return "its mode is snapshots_only, in which a checkpoint arrives without the live content"
    ours = {side: _checkpoints(found, side) for side in SIDES}
    without = [found.name(side) for side in SIDES if not ours[side]]
    if without:
        return f"there is no checkpoint on {' or on '.join(without)}"
    latest = max((s for side in SIDES for s in ours[side]), key=lambda s: s.created)
    lacking = next((side for side in SIDES if all(s.uuid != latest.uuid for s in ours[side])), None)
    if lacking is not None:
        return f"the latest checkpoint {latest.name} is not on {found.name(lacking)}"
    # Whether a copy has the attributes of what was copied is documented nowhere (note N78 of api_notes).
    noted = frozenset().union(
        *(checkpoint.digests(s.attributes) for side in SIDES for s in ours[side] if s.uuid == latest.uuid)
    )
    return _disproved(found, latest, noted)


def _checkpoints(found: Found, side: str) -> tuple[Snapshot, ...]:
    volume_id = found.volumes[side].id
    prefix = checkpoint.CHECKPOINT
    return tuple(s for s in found.extras.snapshots[side] if s.volume_id == volume_id and s.name.startswith(prefix))


def _disproved(found: Found, latest: Snapshot, noted: Collection[str]) -> str | None:
    """Why what the checkpoint notes is no proof.

    The partner was written to if that failover was completed, and this is what another one has left.
    """
    if not noted:
        return f"neither cluster has kept the attributes of the checkpoint {latest.name}"
    for side in SIDES:
        writes = _writes(found, side)
        if writes is None or not writes.settled:
            return f"the statistics of {found.label(side)} on {found.name(side)} cannot be read, or do not settle"
    if not any(_digest(found, side) in noted for side in SIDES):
        return f"a volume was written to since the checkpoint {latest.name} was taken"
    return None


def check_complete(found: Found, wish: Wish, planned: Iterable[Step]) -> None:
    """A copy that is still being made does not take the place of a source that answers, unless its data may go."""
    new = _promoted_side(planned)
    if new is None or wish.failover != FORCED or wish.allow_overwrite or found.volumes[other(new)] is None:
        return
    missing = incomplete(found, new)
    if missing:
        raise not_in_sync(found, missing)


def warnings(found: Found, wish: Wish, planned: Iterable[Step]) -> tuple[str, ...]:
    """What the user has to know of a forced turn."""
    new = _promoted_side(planned)
    if new is None or wish.failover != FORCED:
        return (sizes_left(found),) if wish.failover == FORCED and planned and _would_grow(found) else ()
    losing = found.volumes[other(new)]
    hosts = _hosts(found, other(new)) if losing and losing.access == READ_WRITE else ()
    texts = [*data_loss_possible(found, new)]
    if hosts:
        texts.append(left_writable(found, other(new), hosts))
    if _would_grow(found):
        texts.append(sizes_left(found))
    return tuple(texts)


def _would_grow(found: Found) -> bool:
    if None in (found.volumes.local, found.volumes.peer):
        return False  # alone nothing that grows is planned at all
    now = Sides(found.volumes.local.size, found.volumes.peer.size)
    return sizes.wished(found.wish, now) != now


def _promoted_side(planned: Iterable[Step]) -> str | None:
    return next((step.side for step in planned if isinstance(step, Promote)), None)
