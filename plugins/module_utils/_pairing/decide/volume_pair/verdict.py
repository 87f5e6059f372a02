# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a pair is as requested, whether it still can become so, and the failures if it cannot or not in time."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from dataclasses import replace

from ...._element.errors import Failure
from ...model import LOCAL, PEER, READ_WRITE, SIDES, TO_PEER, other
from ...plan import DONE, Verdict
from .. import health, sizes
from .desired import PairOptions
from .messages import ends, no_source, partners, refusal, split_brain, states
from .state import ObservedVolumePair, RowName
from .table import NOT_WHOLE, TABLE, is_forced

# Seconds that both sides need to show a completed handshake, a pause or a new size.
SETTLING = 30
# Rows in which a forced failover promotes the desired side and leaves the rest as it is.
FORCED_ROWS: frozenset[RowName] = NOT_WHOLE | {"paired_no_role"}


def judge(observed: ObservedVolumePair, options: PairOptions, in_sync: bool, waited: float) -> Verdict:
    """Whether the pair is as requested, or cannot become so. waited: seconds since the writes."""
    text = f"{observed.label(LOCAL)}: {states(observed)}"
    if not options.present:
        # Another client may have paired the volume with another one meanwhile.
        ours = not observed.state.startswith("foreign")
        left = [side for side in SIDES if ours and observed.entries[side] and not observed.volume(side).deleted]
        return Verdict(not left, text)
    if observed.state == "unknown_peer":
        from . import local_only

        return local_only.judge(observed, _refuse_text(observed, options))
    if observed.row in FORCED_ROWS and _is_promoted(observed, options):
        return Verdict(not in_sync, text, _refuse_text(observed, replace(options, failover=None)) if in_sync else None)
    if observed.row != "paired":
        # Right after a handshake one side may still show the pair as pending that the other shows as completed.
        settling = observed.state in ("half_local", "half_peer") and all(observed.entries[side] for side in SIDES)
        return Verdict(False, text, None if settling and waited < SETTLING else _refuse_text(observed, options))
    # A node may answer that does not know of this run's promotion yet: no plan leaves another direction than the desired one.
    lagging = observed.desired.direction is not None and observed.direction != "split" and waited < SETTLING
    if observed.direction in _NO_DIRECTION:
        return Verdict(False, text, None if lagging else _no_direction(observed, options))
    if observed.desired.direction not in (None, observed.direction):
        if lagging:
            return Verdict(False, text)
        what = f"{ends(observed)}: another client reversed the pair, it replicates {observed.direction} now; run again"
        return Verdict(False, text, refusal(observed, "changed_meanwhile", what))
    return _judge_running(observed, in_sync, waited, text)


def _is_promoted(observed: ObservedVolumePair, options: PairOptions) -> bool:
    """Whether a forced failover has promoted the desired side, whatever the state of the other one."""
    new = observed.volumes[LOCAL if observed.desired.direction == TO_PEER else PEER]
    return is_forced(observed, options) and new is not None and not new.deleted and new.access == READ_WRITE


def _no_direction(observed: ObservedVolumePair, options: PairOptions) -> Failure:
    failure = split_brain(observed) if observed.direction == "split" else no_source(observed)
    if observed.direction == "split" and options.failover == "forced" and observed.desired.direction:
        # No plan changes a pair that was split before: this run has promoted the desired side.
        failure.left_behind.append(f"{ends(observed)}: the desired side was made readWrite, the other one still is")
    return failure


_NO_DIRECTION = ("split", "none")


def _judge_running(observed: ObservedVolumePair, in_sync: bool, waited: float, text: str) -> Verdict:
    """The verdict on a pair with both entries and with one source and one target. waited: seconds since the writes."""
    if "PausedMisconfigured" in _shown(observed):
        stuck = waited >= health.MISCONFIGURED_GRACE
        why = "its roles are correct and it stays misconfigured; check the events of both clusters"
        return Verdict(False, text, not_in_sync(observed, why) if stuck else None)
    wanted, shown = observed.desired.paused, health.paused((observed.entries.local, observed.entries.peer))
    if None not in (wanted, shown) and wanted != shown:
        return Verdict(False, text)  # a side may show it later
    if not in_sync or observed.health == "healthy":
        return DONE
    if observed.health in _HOPELESS and not (_fits_by_now(observed) and waited < SETTLING):
        return Verdict(False, text, not_in_sync(observed, _HOPELESS[observed.health]))
    return Verdict(False, text)


def _shown(observed: ObservedVolumePair) -> list[str]:
    return [observed.entry(side).state for side in SIDES]


def _fits_by_now(observed: ObservedVolumePair) -> bool:
    """Whether the only cause was a target that was too small, and it is large enough now."""
    side = observed.source
    if side is None:
        return False
    source, target = observed.volume(side), observed.volume(other(side))
    broken = {state for state in _shown(observed) if health.of_state(state, roles_valid=True) == "broken"}
    return broken == {"PausedVolumeSizeMismatch"} and sizes.whole_mib(target.size) >= sizes.whole_mib(source.size)


def timed_out(observed: ObservedVolumePair, options: PairOptions, in_sync: bool, timeout: float, text: str) -> Failure:
    """Failure, wait_timeout. timeout: in seconds. text: the last state."""
    wanted = "in sync" if in_sync and options.present else "paired" if options.present else "unpaired"
    return refusal(
        observed,
        "wait_timeout",
        f"{ends(observed)}: not {wanted} after {timeout:g} s ({text}); all changes remain: raise wait_timeout, or run again to "
        "continue the wait",
    )


_HOPELESS = {
    "paused": "an administrator has paused it; resume it first",
    "broken": "this does not pass by itself; remove its cause first",
}


def not_in_sync(observed: ObservedVolumePair, why: str) -> Failure:
    """Failure, not_in_sync. why: the cause and the remedy."""
    return refusal(observed, "not_in_sync", f"{ends(observed)}: not in sync, {states(observed)}: {why}")


def _refuse_text(observed: ObservedVolumePair, options: PairOptions) -> Failure:
    """The failure of a pair that existed or was just made and is not as requested. This run may have written."""
    if observed.row in ("foreign_local", "foreign_peer", "local_only_elsewhere"):
        what = (
            f"{partners(observed)}; another client paired it while this task ran: find out what uses it, then run again"
        )
        return refusal(observed, "paired_elsewhere", what)
    if observed.row == "local_only_none":
        return _gone(observed)
    try:
        TABLE[observed.row].present(observed, options)
    except Failure as exc:
        return exc
    return _gone(observed)


def _gone(observed: ObservedVolumePair) -> Failure:
    return refusal(
        observed, "changed_meanwhile", f"{ends(observed)}: the pair is gone, another client removed it; run again"
    )
