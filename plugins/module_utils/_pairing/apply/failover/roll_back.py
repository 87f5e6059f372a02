# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The undoing of a demotion. A promotion is never undone."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Callable, Sequence

from ...._element.errors import Failure
from ...failover_steps import Demote, Promote
from ...model import FROM_PEER, LOCAL, READ_WRITE, TARGET, TO_PEER, Side, other
from ...observe.volumes import get_volume
from ...pairing_steps import SetAccess
from ...run import Run
from ..execution import Done
from ..writer import Writer

Change = Callable[[Writer, Side, Sequence[SetAccess]], bool]


def undo_demotion(writer: Writer, done: Done, beside: Sequence[Done], change: Change) -> str | None:
    """Promote a demoted source again, unless its partner is writable or may become so.

    Return a message about what stays, or None. Raises Failure: promotion_unknown, or no_source if neither side is writable.
    """
    run = writer.run
    step: Demote = done.step  # type: ignore[assignment]
    side, other_side = step.side, other(step.side)
    pair = f"{step.object} on cluster {run.name(side)} and {step.partner.label} on {run.name(other_side)}"
    promotion = next((each for each in beside if isinstance(each.step, Promote)), None)
    is_reversed = promotion is not None and not promotion.unsure
    if is_reversed or step.partner.access == READ_WRITE:
        whether = f"whether the volume on {run.name(side)} was made {step.access} is not known"
        return f"{pair}: {whether if done.unsure else 'the pair was reversed and stays reversed'}"
    if promotion is not None:
        return _after_unanswered(run, other_side, step, pair)
    if _is_writable(run, other_side, step.partner.id):
        return f"{pair}: another client has promoted the partner, so the old source was not promoted again"
    try:
        _give_back(writer, step, change, done.unsure)
    except Failure as exc:
        raise _neither_writable(pair, done, exc) from None
    return None


def _give_back(writer: Writer, step: Demote, change: Change, unsure: bool) -> None:
    """Set the access back. Raises Failure if the cluster refuses, or if the volume has changed.

    unsure: whether the demotion may have had no effect. After one that was answered the access is set back even if it is
    shown already: a node may answer that does not know of the demotion yet.
    """
    now = get_volume(writer.run.client(step.side), step.volume.id)
    before = step.volume.access
    if unsure and now is not None and now.access == before:
        return
    # Without its pair a replicationTarget reads as locked on some releases.
    ours = (TARGET, before) if now and now.pairs else (TARGET, before, "locked")
    if now is None or now.access not in ours or not set(now.uuids) <= set(step.volume.uuids):
        raise Failure("changed_meanwhile", f"access was set to {step.access} and the volume was changed since")
    back = SetAccess(
        item=step.item,
        side=step.side,
        object=step.object,
        reason="roll-back: the pair was not reversed",
        volume=now,
        access=step.volume.access,
    )
    change(writer, step.side, [back])


def _neither_writable(pair: str, done: Done, why: Failure) -> Failure:
    """Return the failure of a pair without a writable side. Hosts cannot write until its remedy is followed."""
    perhaps = "perhaps neither" if done.unsure or why.outcome_unknown else "neither"
    back = TO_PEER if done.step.side == LOCAL else FROM_PEER
    return why.recoded(
        "no_source",
        f"{pair}: {perhaps} volume is writable, since the old source was not promoted again ({why.sentence}): run with "
        f"direction: {back} and failover: planned to promote it, or forced if planned finds no proof",
    )


def _after_unanswered(run: Run, other_side: Side, step: Demote, pair: str) -> str:
    """Return a message if a promotion without a reply took effect. Raises Failure, promotion_unknown, if it may still do so."""
    try:
        partner = get_volume(run.client(other_side), step.partner.id)
    except Failure:
        partner = None
    if partner is None or partner.access != READ_WRITE:
        raise _promotion_unknown(pair, run.name(other_side))
    return f"{pair}: the pair was reversed and stays reversed"


def _is_writable(run: Run, side: Side, volume_id: int) -> bool:
    """Whether the volume is writable. One that cannot be read counts as a target, because this run has not promoted it."""
    try:
        volume = get_volume(run.client(side), volume_id)
    except Failure:
        return False
    return volume is not None and volume.access == READ_WRITE


def _promotion_unknown(pair: str, cluster: str) -> Failure:
    return Failure(
        "promotion_unknown",
        f"{pair}: whether the promotion on cluster {cluster} took effect is not known, so the old source was not promoted "
        "again; run the same task again to continue",
        cluster=cluster,
        method="ModifyVolume",
    )


def keep_promotion(writer: Writer, done: Done, beside: Sequence[Done]) -> str | None:
    """Return a message about a promotion, which is never undone, because hosts may have written since.

    None if the item has a demotion too: its message is about both.
    """
    if any(isinstance(each.step, Demote) for each in beside):
        return None
    step: Promote = done.step  # type: ignore[assignment]
    where = f"{step.object} on cluster {writer.run.name(step.side)}"
    if done.unsure:
        return f"{where}: whether it was made {step.access} is not known"
    return f"{where}: it was made {step.access} and stays {step.access}"
