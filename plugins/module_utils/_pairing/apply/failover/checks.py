# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection elementsw.replication: it can change without notice.
"""The looks between the writes of a failover, and the way back from a demotion."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ...._element.errors import Failure
from ...decide import guard
from ...failover_steps import ConfirmDemotion, ConfirmQuiet, ConfirmTurn, CountLateWrites, Demote, LookAtPair, Promote
from ...model import FROM_PEER, LOCAL, READ_WRITE, SIDES, TARGET, TO_PEER, SetAccess, Step, Usage, Volume, Writes, other
from ...observe.snapshots import read_settled_writes, read_writes, until_counted
from ...observe.volumes import list_volumes, read_host_sessions
from ...run import Session
from ..current_volumes import change as change_of
from ..current_volumes import mode_change, volumes_now
from ..execution import Done
from ..writer import Writer
from . import arrival

Verdicts = dict[Step, Failure]
InUse = Callable[[Session, Step, Sequence[str]], Failure]
Change = Callable[[Writer, str, Sequence[SetAccess]], bool]


def ready(session: Session, steps: Sequence[ConfirmTurn]) -> Verdicts:
    """What still speaks against reversing these pairs, once their checkpoints have arrived."""
    # Where one has not arrived, no pair of the list is reversed.
    return arrival.await_all(session, steps) or _changed(session, steps, _source_in_use, replicating=True)


def undisturbed(session: Session, steps: Sequence[ConfirmDemotion]) -> Verdicts:
    return _changed(session, steps, _losing_side_in_use)


def _changed(session: Session, steps: Sequence[LookAtPair], in_use: InUse, replicating: bool = False) -> Verdicts:
    """Which of the volumes or their partners are not as planned.

    in_use: the failure where a host is logged in. replicating: the pairs must replicate their live content still.
    """
    now = volumes_now(session, (end for step in steps for end in _ends(step)))
    hosts = _hosts(session, steps, now)
    verdicts: Verdicts = {step: in_use(session, step, hosts[step]) for step in steps if hosts.get(step)}
    return {**verdicts, **_not_as_planned(session, steps, now, mode_change if replicating else change_of)}


def _ends(step: LookAtPair | Promote) -> tuple[tuple[str, Volume], ...]:
    far = () if step.partner is None else ((other(step.side), step.partner),)
    return (step.side, step.volume), *far


def _hosts(
    session: Session, steps: Sequence[LookAtPair], now: dict[tuple[str, int], Volume]
) -> dict[Step, tuple[str, ...]]:
    found: dict[Step, tuple[str, ...]] = {}
    for side in SIDES:
        of_side = [step for step in steps if step.side == side and (side, step.volume.id) in now]
        if of_side:
            used = read_host_sessions(session, side, [now[side, step.volume.id] for step in of_side])
            found.update({step: guard.sessions(used.get(step.volume.id, _UNREADABLE)) for step in of_side})
    return found


_UNREADABLE = Usage(unreadable=("sessions",))


def _not_as_planned(
    session: Session,
    steps: Sequence[LookAtPair | Promote],
    now: Mapping[tuple[str, int], Volume],
    differs: Callable[[Volume | None, Volume], str | None] = change_of,
) -> Verdicts:
    """The steps one of whose volumes has changed, with what has changed first."""
    verdicts: Verdicts = {}
    for step in steps:
        changes = [(side, planned, differs(now.get((side, planned.id)), planned)) for side, planned in _ends(step)]
        first = next((each for each in changes if each[2]), None)
        if first is not None:
            verdicts[step] = _changed_meanwhile(session, step, *first)
    return verdicts


def _changed_meanwhile(session: Session, step: Step, side: str, volume: Volume, what: str | None) -> Failure:
    cluster, done = session.name(side), "promoted" if isinstance(step, Promote) else "demoted"
    where = "" if side == step.side else f" on cluster {session.name(step.side)}"
    return Failure(
        "changed_meanwhile",
        f"cluster {cluster}: {volume.label} changed while this task ran, {what}; {step.object}{where} was not {done}: see what "
        "uses it, then run again",
        cluster=cluster,
        method="ListVolumes",
    )


def _source_in_use(session: Session, step: Step, evidence: Sequence[str], method: str = "ListISCSISessions") -> Failure:
    return Failure("source_in_use", _in_use(session, step, evidence), session.name(step.side), method)


def _losing_side_in_use(session: Session, step: Step, evidence: Sequence[str]) -> Failure:
    return Failure("target_in_use", _in_use(session, step, evidence), session.name(step.side), "ListISCSISessions")


def _in_use(session: Session, step: Step, evidence: Sequence[str]) -> str:
    return (
        f"cluster {session.name(step.side)}: {step.object} came into use while this task ran: {', '.join(evidence)}; stop the "
        "application, log the hosts out and run again"
    )


def quiet(session: Session, steps: Sequence[ConfirmQuiet]) -> Verdicts:
    """Which of the demoted sources were written to after their writes were counted.

    The demotions were answered by now. Counters are as old as a sample, and nothing tells how old: what is read after
    a while counts all that was acknowledged before, and a second read shows that nothing is still on its way.
    """
    sample = max(step.writes.sample for step in steps)
    ids = {side: [step.volume.id for step in steps if step.side == side] for side in SIDES}
    session.clock.sleep(until_counted(sample))
    first = read_writes(session, ids)
    session.clock.sleep(sample)
    second = read_writes(session, ids)
    verdicts: Verdicts = {}
    for step in steps:
        counted = [read[step.side].get(step.volume.id) for read in (first, second)]
        evidence = _written(step, counted)
        if evidence:
            verdicts[step] = _source_in_use(session, step, [evidence], "ListVolumeStats")
    return verdicts


def _written(step: ConfirmQuiet, counted: Sequence[Writes | None]) -> str | None:
    counts = [each.count for each in counted if each is not None]
    if len(counts) < len(counted):
        return "its statistics cannot be read"
    if set(counts) == {step.writes.count}:
        return None
    more = counts[-1] - step.writes.count
    return f"{more} write operations since they were counted" if more > 0 else "its statistics do not settle"


def tell_late_writes(writer: Writer, steps: Sequence[CountLateWrites]) -> None:
    """Warn of writes to volumes that were demoted: what no snapshot has of them is on neither side.

    A count can be as old as a sample: what it has not shown may have been written shortly before it was read.
    """
    side, session = steps[0].side, writer.session
    ids = {**dict.fromkeys(SIDES, ()), side: [step.volume.id for step in steps]}
    counted = read_settled_writes(session, ids, closed=True)[side]
    for step in steps:
        told = _late_writes(step, counted.get(step.volume.id))
        if told:
            lost = "after its saved snapshot" if step.saved else "after the last replication"
            writer.warn(f"cluster {session.name(side)}: {step.object} {told}: what was written {lost} is lost")


def _late_writes(step: CountLateWrites, now: Writes | None) -> str | None:
    if step.write_ops is None or now is None:
        return "may have been written to while this task ran, since its statistics cannot be read"
    if now.count == step.write_ops:
        return None
    return f"was written to while this task ran or shortly before ({now.count - step.write_ops} write operations)"


def promotable(session: Session, steps: Sequence[Promote]) -> Verdicts:
    """Which targets, or partners that must not be writable, are not as planned any more: one read for each cluster."""
    now = volumes_now(session, (end for step in steps for end in _ends(step)))
    return {**_overwriting(session, steps), **_not_as_planned(session, steps, now)}


def _overwriting(session: Session, steps: Sequence[Promote]) -> Verdicts:
    """The forced promotions whose partner another client has demoted: it would be overwritten before it is saved."""
    verdicts: Verdicts = {}
    for side in SIDES:
        partners = {step: step.unsaved for step in steps if step.unsaved is not None and other(step.side) == side}
        try:
            now = volumes_now(session, ((side, partner) for partner in partners.values())) if partners else {}
        except Failure:
            continue  # a site that is lost by now holds up the promotion anyway; what cannot be read does not
        for step, partner in partners.items():
            found = now.get((side, partner.id))
            if found is not None and found.access == TARGET:
                verdicts[step] = _changed_meanwhile(session, step, side, partner, change_of(found, partner))
    return verdicts


def undo_demotion(writer: Writer, done: Done, beside: Sequence[Done], change: Change) -> str | None:
    """Make a demoted source writable again, unless its partner is, or may yet become so; a sentence about what stays.

    Raises Failure: promotion_unknown, or no_source where neither side is writable.
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
        return f"{pair}: another client has made the partner writable, so the old source was not"
    try:
        _give_back(writer, step, change)
    except Failure as exc:
        raise _neither_writable(pair, done, exc) from None
    return None


def _give_back(writer: Writer, step: Demote, change: Change) -> None:
    """Raises Failure where the cluster does not let us, or the volume belongs to another pair by now."""
    now = _volume_now(writer.session, step.side, step.volume.id)
    if now is not None and now.access == step.volume.access:
        return
    # Without its pair a replicationTarget reads as locked on some releases.
    ours = (TARGET,) if now and now.pairs else (TARGET, "locked")
    if now is None or now.access not in ours or not set(now.uuids) <= set(step.volume.uuids):
        raise Failure("changed_meanwhile", f"access was set to {step.access} and the volume was changed since")
    back = SetAccess(step.item, step.side, step.object, "roll-back: the pair was not reversed", now, step.volume.access)
    change(writer, step.side, [back])


def _neither_writable(pair: str, done: Done, why: Failure) -> Failure:
    """Hosts have no writable side until someone runs what this says."""
    perhaps = "perhaps neither" if done.unsure or why.outcome_unknown else "neither"
    back = TO_PEER if done.step.side == LOCAL else FROM_PEER
    return why.recoded(
        "no_source",
        f"{pair}: {perhaps} volume is writable, since the old source did not get its access back ({why.sentence}): run with "
        f"direction: {back} and failover: planned to give it back, or forced if planned finds no proof",
    )


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
    return next(iter(list_volumes(session.client(side), [volume_id])), None)


def stays(writer: Writer, done: Done, beside: Sequence[Done]) -> str | None:
    """A promotion is never taken back: hosts may have written by now. Where there is a demotion, that speaks of both."""
    if any(isinstance(each.step, Demote) for each in beside):
        return None
    step: Promote = done.step  # type: ignore[assignment]
    where = f"{step.object} on cluster {writer.session.name(step.side)}"
    if done.unsure:
        return f"{where}: whether it was made {step.access} is not known"
    return f"{where}: it was made {step.access} and stays so"
