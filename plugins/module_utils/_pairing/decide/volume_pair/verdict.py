# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Is the pair as it was wished by now, can it still become so, and what is said when the time is up?"""

# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from dataclasses import replace

from ...._element.errors import Failure
from ...model import LOCAL, PEER, READ_WRITE, SIDES, TO_PEER, other
from ...plan import DONE, Verdict
from .. import health, sizes
from .desired import PairOptions
from .messages import ends, no_source, partners, refusal, split_brain, states
from .state import ObservedVolumePair
from .table import NOT_WHOLE, TABLE, is_forced

# A pair whose roles are right may show PausedMisconfigured for up to about two minutes while settings are exchanged.
MISCONFIGURED_GRACE = 120
# Both sides learn of a completed handshake, of a pause and of a new size in the background.
SETTLING = 30
# Rows in which a forced failover promotes the desired side and leaves the rest as it is.
FORCED_ROWS = NOT_WHOLE | {"paired_no_role"}


def judge(observed: ObservedVolumePair, options: PairOptions, in_sync: bool, waited: float) -> Verdict:
    """Whether the pair is as wished, or cannot become so. waited: seconds since the writes."""
    text = f"{observed.label(LOCAL)}: {states(observed)}"
    if not options.present:
        # A pair that somebody has made with another volume meanwhile is not ours.
        ours = not observed.state.startswith("foreign")
        left = [side for side in SIDES if ours and observed.entries[side] and not observed.volume(side).deleted]
        return Verdict(not left, text)
    if observed.state == "unknown_peer":
        from . import local_only

        return local_only.judge(observed, _refuse_text(observed, options))
    if observed.row in FORCED_ROWS and _is_promoted(observed, options):
        return Verdict(not in_sync, text, _refuse_text(observed, replace(options, failover=None)) if in_sync else None)
    if observed.row != "paired":
        # Right after a handshake one side may still show as pending what the other has completed.
        settling = observed.state in ("half_local", "half_peer") and all(observed.entries[side] for side in SIDES)
        return Verdict(False, text, None if settling and waited < SETTLING else _refuse_text(observed, options))
    if observed.direction in _NO_DIRECTION:
        return Verdict(False, text, _no_direction(observed, options))
    if observed.desired.direction not in (None, observed.direction):
        what = f"{ends(observed)}: it replicates {observed.direction} by now, somebody has turned it round; run again"
        return Verdict(False, text, refusal(observed, "changed_meanwhile", what))
    return _judge_running(observed, in_sync, waited, text)


def _is_promoted(observed: ObservedVolumePair, options: PairOptions) -> bool:
    """Whether a forced failover has made the desired side writable, whatever has become of the other one."""
    new = observed.volumes[LOCAL if observed.desired.direction == TO_PEER else PEER]
    return is_forced(observed, options) and new is not None and not new.deleted and new.access == READ_WRITE


def _no_direction(observed: ObservedVolumePair, options: PairOptions) -> Failure:
    failure = _NO_DIRECTION[observed.direction](observed)
    if observed.direction == "split" and options.failover == "forced" and observed.desired.direction:
        # Nothing was planned for what was split before: it is this run that has made the wanted side writable.
        failure.left_behind.append(f"{ends(observed)}: the wanted side was made readWrite, the other one was left so")
    return failure


_NO_DIRECTION = {"split": split_brain, "none": no_source}


def _judge_running(observed: ObservedVolumePair, in_sync: bool, waited: float, text: str) -> Verdict:
    """The same for a pair that has its two entries and its two roles."""
    if "PausedMisconfigured" in _shown(observed):
        stuck = waited >= MISCONFIGURED_GRACE
        why = "its roles are right and it stays misconfigured"
        return Verdict(False, text, not_in_sync(observed, why) if stuck else None)
    wanted, shown = observed.desired.paused, health.paused((observed.entries.local, observed.entries.peer))
    if None not in (wanted, shown) and wanted != shown:
        return Verdict(False, text)  # a side shows it a little later
    if not in_sync or observed.health == "healthy":
        return DONE
    if observed.health in _HOPELESS and not (_fits_by_now(observed) and waited < SETTLING):
        return Verdict(False, text, not_in_sync(observed, _HOPELESS[observed.health]))
    return Verdict(False, text)


def _shown(observed: ObservedVolumePair) -> list[str]:
    return [observed.entry(side).state for side in SIDES]


def _fits_by_now(observed: ObservedVolumePair) -> bool:
    """Whether the only trouble is a target that was too small, and it is large enough now."""
    source, target = observed.volumes[observed.source], observed.volumes[other(observed.source)]
    broken = {state for state in _shown(observed) if health.of_state(state, roles_valid=True) == "broken"}
    return broken == {"PausedVolumeSizeMismatch"} and sizes.whole_mib(target.size) >= sizes.whole_mib(source.size)


def timed_out(observed: ObservedVolumePair, options: PairOptions, in_sync: bool, timeout: float, text: str) -> Failure:
    """The time is up, and what was done is kept."""
    wanted = "in sync" if in_sync and options.present else "paired" if options.present else "unpaired"
    return refusal(
        observed,
        "wait_timeout",
        f"{ends(observed)}: not {wanted} after {timeout:g} s ({text}); what was done was kept: raise wait_timeout, or run again "
        "to wait on",
    )


_HOPELESS = {
    "paused": "an administrator has paused it; resume it first",
    "broken": "this does not pass by itself; remove its cause first",
}


def not_in_sync(observed: ObservedVolumePair, why: str) -> Failure:
    return refusal(observed, "not_in_sync", f"{ends(observed)}: not in sync, {states(observed)}: {why}")


def _refuse_text(observed: ObservedVolumePair, options: PairOptions) -> Failure:
    """Why a pair that was there, or was just made, is not there now. By now this run may have written."""
    if observed.row in ("foreign_local", "foreign_peer", "alone_elsewhere"):
        what = f"{partners(observed)}; another client paired it while this task ran: see what uses it, then run again"
        return refusal(observed, "paired_elsewhere", what)
    if observed.row == "alone_none":
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
