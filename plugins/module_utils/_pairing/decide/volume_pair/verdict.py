# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection elementsw.replication: it can change without notice.
"""Is the pair as it was wished by now, can it still become so, and what is said when the time is up?"""

from __future__ import annotations

from dataclasses import replace

from ...._element.errors import Failure
from ...model import DONE, LOCAL, PEER, READ_WRITE, SIDES, TO_PEER, Verdict, other
from .. import health, sizes
from .messages import ends, no_source, partners, refusal, split_brain, states
from .state import Found, Wish
from .table import NOT_WHOLE, TABLE, is_forced

# A pair whose roles are right may show PausedMisconfigured for up to about two minutes while settings are exchanged.
MISCONFIGURED_GRACE = 120
# Both sides learn of a completed handshake, of a pause and of a new size in the background.
SETTLING = 30
# Rows in which a forced failover promotes the desired side and leaves the rest as it is.
FORCED_ALL_THE_SAME = NOT_WHOLE | {"paired_no_role"}


def judge(found: Found, wish: Wish, in_sync: bool, waited: float) -> Verdict:
    """Whether the pair is as wished, or cannot become so. waited: seconds since the writes."""
    text = f"{found.label(LOCAL)}: {states(found)}"
    if not wish.present:
        # A pair that somebody has made with another volume meanwhile is not ours.
        ours = not found.state.startswith("foreign")
        left = [side for side in SIDES if ours and found.entries[side] and not found.volumes[side].deleted]
        return Verdict(not left, text)
    if found.state == "unknown_peer":
        from . import local_only

        return local_only.judge(found, _refuse_text(found, wish))
    if found.row in FORCED_ALL_THE_SAME and _promoted_all_the_same(found, wish):
        return Verdict(not in_sync, text, _refuse_text(found, replace(wish, failover=None)) if in_sync else None)
    if found.row != "paired":
        # Right after a handshake one side may still show as pending what the other has completed.
        settling = found.state in ("half_local", "half_peer") and all(found.entries[side] for side in SIDES)
        return Verdict(False, text, None if settling and waited < SETTLING else _refuse_text(found, wish))
    if found.direction in _NO_DIRECTION:
        return Verdict(False, text, _without_direction(found, wish))
    if found.wish.direction not in (None, found.direction):
        what = f"{ends(found)}: it replicates {found.direction} by now, somebody has turned it round; run again"
        return Verdict(False, text, refusal(found, "changed_meanwhile", what))
    return _judge_running(found, in_sync, waited, text)


def _promoted_all_the_same(found: Found, wish: Wish) -> bool:
    """Whether a forced failover has made the desired side writable, whatever has become of the other one."""
    new = found.volumes[LOCAL if found.wish.direction == TO_PEER else PEER]
    return is_forced(found, wish) and new is not None and not new.deleted and new.access == READ_WRITE


def _without_direction(found: Found, wish: Wish) -> Failure:
    failure = _NO_DIRECTION[found.direction](found)
    if found.direction == "split" and wish.failover == "forced" and found.wish.direction:
        # Nothing was planned for what was split before: it is this run that has made the wanted side writable.
        failure.left_behind.append(f"{ends(found)}: the wanted side was made readWrite, the other one was left so")
    return failure


_NO_DIRECTION = {"split": split_brain, "none": no_source}


def _judge_running(found: Found, in_sync: bool, waited: float, text: str) -> Verdict:
    """The same for a pair that has its two entries and its two roles."""
    if "PausedMisconfigured" in _shown(found):
        stuck = waited >= MISCONFIGURED_GRACE
        why = "its roles are right and it stays misconfigured"
        return Verdict(False, text, not_in_sync(found, why) if stuck else None)
    wanted, shown = found.wish.paused, health.paused((found.entries.local, found.entries.peer))
    if None not in (wanted, shown) and wanted != shown:
        return Verdict(False, text)  # a side shows it a little later
    if not in_sync or found.health == "healthy":
        return DONE
    if found.health in _HOPELESS and not (_fits_by_now(found) and waited < SETTLING):
        return Verdict(False, text, not_in_sync(found, _HOPELESS[found.health]))
    return Verdict(False, text)


def _shown(found: Found) -> list[str]:
    return [found.entries[side].state for side in SIDES]


def _fits_by_now(found: Found) -> bool:
    """Whether the only trouble is a target that was too small, and it is large enough now."""
    source, target = found.volumes[found.source], found.volumes[other(found.source)]
    broken = {state for state in _shown(found) if health.of_state(state, roles_valid=True) == "broken"}
    return broken == {"PausedVolumeSizeMismatch"} and sizes.whole_mib(target.size) >= sizes.whole_mib(source.size)


def timed_out(found: Found, wish: Wish, in_sync: bool, timeout: float, text: str) -> Failure:
    """The time is up, and what was done is kept."""
    wanted = "in sync" if in_sync and wish.present else "paired" if wish.present else "unpaired"
    return refusal(
        found,
        "wait_timeout",
        f"{ends(found)}: not {wanted} after {timeout:g} s ({text}); what was done was kept: raise wait_timeout, or run again "
        "to wait on",
    )


_HOPELESS = {
    "paused": "an administrator has paused it; resume it first",
    "broken": "this does not pass by itself; remove its cause first",
}


def not_in_sync(found: Found, why: str) -> Failure:
    return refusal(found, "not_in_sync", f"{ends(found)}: not in sync, {states(found)}: {why}")


def _refuse_text(found: Found, wish: Wish) -> Failure:
    """Why a pair that was there, or was just made, is not there now. By now this run may have written."""
    if found.row in ("foreign_local", "foreign_peer", "alone_elsewhere"):
        what = f"{partners(found)}; another client paired it while this task ran: see what uses it, then run again"
        return refusal(found, "paired_elsewhere", what)
    if found.row == "alone_none":
        return _gone(found)
    try:
        TABLE[found.row].present(found, wish)
    except Failure as exc:
        return exc
    return _gone(found)


def _gone(found: Found) -> Failure:
    return refusal(found, "changed_meanwhile", f"{ends(found)}: the pair is gone, another client removed it; run again")
