# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which writes are sent again after an error, how often, and how long after it: the one place that decides it.

A write is never sent again blindly. After an error that may pass, or a reply that got lost, the caller first reads what
became of the call (`recover`); only where it did not take effect is it sent again. Reads are sent again by the client
(`_element/client.py`), since repeating a read does no harm.
"""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from ..._element.errors import Failure
from ..run import Run

T = TypeVar("T")

# Right after cluster pairing a cluster may not know its new peer yet: clients in the field repeat for a minute.
NOT_PAIRED_YET = "xMVIPNotPaired"
# A good key may be refused at random.
KEY_REFUSED = "xInvalidPairingKey"
# Another client may have created the account since the lists were read.
ACCOUNT_EXISTS = "xDuplicateUsername"


def may_pass(failure: Failure) -> bool:
    """Whether the call may succeed if it is sent again: its outcome is not known, or the cluster is busy."""
    return failure.outcome_unknown or failure.transient


@dataclass(frozen=True)
class Resend:
    """How often a call is sent, and after which errors."""

    attempts: int
    #: Seconds before the attempt of this number, counted from 1 for the second one.
    pause: Callable[[int], float]
    #: Whether this error allows another attempt.
    after: Callable[[Failure], bool] = may_pass
    #: Whether a signal ends the attempts: what is left of them is no harm then.
    ends_on_signal: bool = False


#: Changes, removals, creations and snapshots.
CHANGE = Resend(attempts=3, pause=lambda _number: 1.0)
#: AddAccount: an account that another client has created meanwhile is taken.
CREATE_ACCOUNT = Resend(3, lambda _number: 1.0, lambda failure: may_pass(failure) or failure.name == ACCOUNT_EXISTS)
#: StartClusterPairing and StartVolumePairing: each attempt may leave a pending entry.
START_PAIRING = Resend(attempts=2, pause=lambda _number: 0)
#: CompleteVolumePairing with the same key.
COMPLETE_PAIRING = Resend(20, lambda _number: 3.0, lambda failure: failure.name == NOT_PAIRED_YET, ends_on_signal=True)
#: The whole handshake of a volume pair with a new key, once the pending entry of the old one is gone.
HANDSHAKE = Resend(6, lambda number: min(2.0**number, 10.0), lambda failure: isinstance(failure, KeySpent), True)


def clone_slot(run: Run, until: float, busy: frozenset[str]) -> Resend:
    """CloneVolume while the cluster makes as many clones as it can, until this time. busy: what it says then."""

    def is_busy(failure: Failure) -> bool:
        return failure.name in busy and run.clock.monotonic() < until

    return Resend(sys.maxsize, lambda number: min(2.0**number, 10.0), is_busy, ends_on_signal=True)


class KeySpent(Failure):
    """A handshake whose key is spent and whose pending entry is gone: another one may succeed."""

    def __init__(self, cause: Failure):
        super().__init__(cause.code, cause.sentence)
        self.cause = cause


def attempt(
    run: Run, policy: Resend, send: Callable[[], T], recover: Callable[[Failure], T | None] = lambda _failure: None
) -> T:
    """Send until it succeeds; the result. Raises the last Failure when the policy allows no further attempt.

    recover: after each error that the policy allows, reads what became of the call. Returns its result if it took effect,
    None if it did not, and raises Failure where that cannot be known.
    """
    for number in range(1, policy.attempts + 1):
        try:
            return send()
        except Failure as exc:
            trouble = exc
        if not policy.after(trouble):
            break
        recovered = recover(trouble)
        if recovered is not None:
            return recovered
        if number == policy.attempts or (policy.ends_on_signal and run.stopping.is_set()):
            break
        pause = policy.pause(number)
        if pause:
            run.clock.sleep(pause)
    raise trouble
