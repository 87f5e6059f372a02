# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection elementsw.replication: it can change without notice.
"""The looks between the writes of a turn, and the way back from a demotion."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from ..._element.errors import Failure
from .. import observe, observe_turn
from ..decide import guard
from ..model import READ_WRITE, SIDES, TARGET, SetAccess, Step, Usage, Volume, other
from ..session import Session
from ..turns import ConfirmDemotion, ConfirmQuiet, ConfirmRoles, ConfirmTurn, Demote, LookAtPair, Promote
from . import snapshots
from .item import Done
from .looks import same, volumes_now
from .snapshots import Taken
from .wait import next_pause
from .writer import Writer

Verdicts = dict[Step, Failure]
InUse = Callable[[Session, Step, Sequence[str]], Failure]
Change = Callable[[Writer, str, Sequence[SetAccess]], bool]

# Seconds between two looks at statistics that are not renewed yet.
STATISTICS_PAUSE = 0.5
# Statistics are renewed several times a second; when they are not in this time, they prove nothing.
STATISTICS_TIMEOUT = 30


# --- before the demotion ------------------------------------------------------------------------------------------------


def ready(session: Session, steps: Sequence[ConfirmTurn]) -> Verdicts:
    """What still speaks against turning these pairs, once their checkpoints have arrived."""
    late = _await(session, steps)
    going = [step for step in steps if step not in late]
    return {**late, **_changed(session, going, _source_in_use)}


def _await(session: Session, steps: Sequence[ConfirmTurn]) -> Verdicts:
    """Wait until the other side holds the checkpoints: one read for each of them and round."""
    waiting: dict[Taken, list[ConfirmTurn]] = {}
    for step in steps:
        waiting.setdefault(step.checkpoint, []).append(step)
    began, timeout = session.clock.monotonic(), max((step.timeout for step in steps), default=0)
    while True:
        there = session.side_by_side(partial(_arrived, session, taken, of) for taken, of in waiting.items())
        waiting = {taken: of for (taken, of), done in zip(waiting.items(), there) if not done}
        waited = session.clock.monotonic() - began
        if not waiting or session.stopping.is_set() or waited >= timeout:
            break
        session.pause(min(next_pause(waited), timeout - waited))
    stopped = session.stopping.is_set()
    return {step: _late(session, step, stopped) for of in waiting.values() for step in of}


def _arrived(session: Session, taken: Taken, of: Sequence[ConfirmTurn]) -> bool:
    return snapshots.arrived(session, taken, {step.volume.id: step.volume.pairs[0].uuid for step in of})


def _late(session: Session, step: ConfirmTurn, stopped: bool) -> Failure:
    cluster, there = session.name(step.side), session.name(other(step.side))
    if stopped:
        return Failure(
            "interrupted", f"{step.object} on cluster {cluster}: interrupted by a signal, nothing was turned; run again"
        )
    return Failure(
        "not_in_sync",
        f"cluster {cluster}: the checkpoint of {step.object} has not arrived on {there} within {step.timeout:g} s, nothing was "
        "turned; raise wait_timeout, or run again when the pair has caught up",
        cluster=cluster,
        method="ListSnapshots",
    )


def unchanged(session: Session, steps: Sequence[ConfirmRoles]) -> Verdicts:
    return _changed(session, steps, None)


def undisturbed(session: Session, steps: Sequence[ConfirmDemotion]) -> Verdicts:
    return _changed(session, steps, _losing_side_in_use)


def _changed(session: Session, steps: Sequence[LookAtPair], in_use: InUse | None) -> Verdicts:
    """Which of the volumes or their partners are not as planned. in_use: the failure where a host is logged in."""
    if not steps:
        return {}
    now = volumes_now(session, (end for step in steps for end in _ends(step)))
    hosts = _hosts(session, steps, now) if in_use else {}
    verdicts: Verdicts = {}
    for step in steps:
        if not all(same(now.get((side, planned.id)), planned, planned.uuids) for side, planned in _ends(step)):
            verdicts[step] = _not_as_planned(session, step)
        elif in_use and hosts.get(step):
            verdicts[step] = in_use(session, step, hosts[step])
    return verdicts


def _ends(step: LookAtPair) -> tuple[tuple[str, Volume], ...]:
    return (step.side, step.volume), (other(step.side), step.partner)


def _hosts(
    session: Session, steps: Sequence[LookAtPair], now: dict[tuple[str, int], Volume]
) -> dict[Step, tuple[str, ...]]:
    found: dict[Step, tuple[str, ...]] = {}
    for side in SIDES:
        of_side = [step for step in steps if step.side == side and (side, step.volume.id) in now]
        if of_side:
            used = observe.sessions(session, side, [now[side, step.volume.id] for step in of_side])
            found.update({step: guard.sessions(used.get(step.volume.id, _UNREADABLE)) for step in of_side})
    return found


_UNREADABLE = Usage(unreadable=("sessions",))


def _not_as_planned(session: Session, step: Step) -> Failure:
    cluster = session.name(step.side)
    return Failure(
        "changed_meanwhile",
        f"cluster {cluster}: {step.object} or its partner changed while this task ran, its pair or its access is not as it was; "
        "nothing more was written for it, run again",
        cluster=cluster,
        method="ListVolumes",
    )


def _source_in_use(session: Session, step: Step, evidence: Sequence[str]) -> Failure:
    return Failure("source_in_use", _in_use(session, step, evidence), session.name(step.side), "ListISCSISessions")


def _losing_side_in_use(session: Session, step: Step, evidence: Sequence[str]) -> Failure:
    return Failure("target_in_use", _in_use(session, step, evidence), session.name(step.side), "ListISCSISessions")


def _in_use(session: Session, step: Step, evidence: Sequence[str]) -> str:
    return (
        f"cluster {session.name(step.side)}: {step.object} came into use while this task ran: {', '.join(evidence)}; stop the "
        "application, log the hosts out and run again"
    )


# --- after the demotion -------------------------------------------------------------------------------------------------


def quiet(session: Session, steps: Sequence[ConfirmQuiet]) -> Verdicts:
    """Which of the demoted sources were written to after their writes were noted."""
    verdicts: Verdicts = {}
    for side in SIDES:
        of_side = [step for step in steps if step.side == side]
        if of_side:
            verdicts.update(_written(session, side, of_side))
    return verdicts


def _written(session: Session, side: str, steps: Sequence[ConfirmQuiet]) -> Verdicts:
    client = session.client(side)
    ids = [step.volume.id for step in steps]
    # The first reading may be older than the demotion; what is read at a later time than that is not.
    first = observe_turn.write_counts(client, ids)
    deadline = session.clock.monotonic() + STATISTICS_TIMEOUT
    while True:
        now = observe_turn.write_counts(client, ids)
        renewed = {i for i in ids if i in now and i in first and now[i][1] != first[i][1]}
        if len(renewed) == len(ids) or session.clock.monotonic() >= deadline:
            break
        session.clock.sleep(STATISTICS_PAUSE)
    verdicts: Verdicts = {}
    for step in steps:
        if step.volume.id not in renewed:
            verdicts[step] = _source_in_use(session, step, ["its statistics are not renewed"])
        elif now[step.volume.id][0] != step.write_ops:
            more = now[step.volume.id][0] - step.write_ops
            verdicts[step] = _source_in_use(session, step, [f"{more} write operations"])
    return verdicts


# --- the way back ---------------------------------------------------------------------------------------------------------


def undo_demotion(writer: Writer, done: Done, beside: Sequence[Done], change: Change) -> str | None:
    """Make a demoted source writable again, unless its partner is, or may yet become so; a sentence about what stays.

    Raises Failure: promotion_unknown, or what the cluster says.
    """
    session = writer.session
    step: Demote = done.step  # type: ignore[assignment]
    side, far = step.side, other(step.side)
    pair = f"{step.object} on cluster {session.name(side)} and {step.partner.label} on {session.name(far)}"
    promotion = next((each for each in beside if isinstance(each.step, Promote)), None)
    turned = promotion is not None and not promotion.unsure
    if turned or step.partner.access == READ_WRITE:
        whether = f"whether the volume on {session.name(side)} was made {step.access} is not known"
        return f"{pair}: {whether if done.unsure else 'the pair was turned round and stays so'}"
    if promotion is not None:
        return _after_unanswered(session, far, step, pair)
    if _is_writable(session, far, step.partner.id):
        return f"{pair}: somebody has made the partner writable, so the old source was not"
    now = _volume_now(session, side, step.volume.id)
    if now is not None and now.access == step.volume.access:
        return None
    if now is None or now.uuids != step.volume.uuids or now.access != TARGET:
        return f"{pair}: access was set to {step.access} and it was changed since"
    back = SetAccess(step.item, side, step.object, "roll-back: the pair was not turned round", now, step.volume.access)
    change(writer, side, [back])
    return None


def _after_unanswered(session: Session, far: str, step: Demote, pair: str) -> str:
    """Nobody has heard what became of the promotion, and it may yet take effect: nothing is given back then."""
    try:
        partner = _volume_now(session, far, step.partner.id)
    except Failure:
        partner = None
    if partner is None or partner.access != READ_WRITE:
        raise _unknown(pair, session.name(far))
    return f"{pair}: the pair was turned round and stays so"


def _is_writable(session: Session, side: str, volume_id: int) -> bool:
    """Whether it is seen to be. One that cannot be looked at, and that this run has not promoted, is a target still."""
    try:
        volume = _volume_now(session, side, volume_id)
    except Failure:
        return False
    return volume is not None and volume.access == READ_WRITE


def _unknown(pair: str, cluster: str) -> Failure:
    return Failure(
        "promotion_unknown",
        f"{pair}: whether the promotion on cluster {cluster} took effect is not known, so the old source was not made writable "
        "again; run the same task again, it goes on from here",
        cluster=cluster,
        method="ModifyVolume",
    )


def _volume_now(session: Session, side: str, volume_id: int) -> Volume | None:
    return next(iter(observe.volumes(session.client(side), [volume_id])), None)


def stays(writer: Writer, done: Done, beside: Sequence[Done]) -> str | None:
    """A promotion is never taken back: hosts may have written by now. Where there is a demotion, that speaks of both."""
    if any(isinstance(each.step, Demote) for each in beside):
        return None
    step: Promote = done.step  # type: ignore[assignment]
    where = f"{step.object} on cluster {writer.session.name(step.side)}"
    if done.unsure:
        return f"{where}: whether it was made {step.access} is not known"
    return f"{where}: it was made {step.access} and stays so"
