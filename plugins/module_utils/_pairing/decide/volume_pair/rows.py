# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rows that raise Failure: the messages about states that this task must not change."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from typing import NoReturn

from ...model import LOCAL, PEER, READ_WRITE, SIDES, TARGET
from .desired import PairOptions
from .messages import access_conflict, ends, missing, partners, refusal, states, volume_deleted
from .state import ObservedVolumePair


def refuse_half(observed: ObservedVolumePair, options: PairOptions) -> NoReturn:
    raise refusal(
        observed,
        "half_pair",
        f"{ends(observed)}: half a pair cannot be completed ({states(observed)}); repair: true pairs again with a full copy, "
        "state: absent only removes it",
    )


def refuse_pending(observed: ObservedVolumePair, options: PairOptions) -> NoReturn:
    raise refusal(
        observed,
        "pending_pair",
        f"{ends(observed)}: a pairing was started and not completed, and names no partner; complete it on the intended "
        "cluster, or remove it with repair: true or state: absent",
    )


def refuse_foreign(observed: ObservedVolumePair, options: PairOptions) -> NoReturn:
    raise refusal(
        observed,
        "paired_elsewhere",
        f"{partners(observed)}; nothing was changed: name that partner, or unpair the volume there first",
    )


def refuse_no_role(observed: ObservedVolumePair) -> NoReturn:
    raise access_conflict(
        observed, next(side for side in SIDES if observed.volume(side).access not in (READ_WRITE, TARGET))
    )


def refuse_deleted(observed: ObservedVolumePair, options: PairOptions) -> NoReturn:
    side = next(side for side in SIDES if observed.volumes[side] and observed.volume(side).deleted)
    raise volume_deleted(observed, side, observed.volume(side))


def refuse_missing(observed: ObservedVolumePair, options: PairOptions) -> NoReturn:
    raise missing(observed, LOCAL if observed.volumes.local is None else PEER)
