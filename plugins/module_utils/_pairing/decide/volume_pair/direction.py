# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which direction a pair gets, and when that cannot be told."""

# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from ...._element.errors import Failure
from ...model import FROM_PEER, LOCAL, SIDES, TARGET, TO_PEER
from .messages import accesses, ends, no_source, refusal, split_brain
from .state import ObservedVolumePair


def no_such_direction(observed: ObservedVolumePair) -> Failure:
    """It has another direction than the wanted one, and is not given that without permission."""
    if observed.direction == "split":
        return split_brain(observed)
    return no_source(observed) if observed.direction == "none" else direction_change(observed)


def direction_kept(observed: ObservedVolumePair) -> str:
    """The direction for pairing again: as the roles are, unless they do not tell."""
    wanted, now = observed.desired.direction, observed.direction
    if now in (TO_PEER, FROM_PEER):
        if wanted not in (None, now):
            raise direction_change(observed)
        return now
    if wanted is None:
        raise direction_unknown(observed)
    return wanted


def direction_of_new(observed: ObservedVolumePair) -> str:
    """The direction of a new pair. A side that reads replicationTarget may hold a copy, and is no source by default."""
    desired, roles = observed.desired.direction, observed.direction
    if desired is None and all(observed.volume(side).access == TARGET for side in SIDES):
        raise direction_unknown(observed)
    if roles not in (TO_PEER, FROM_PEER) or roles == (desired or TO_PEER):
        return desired or TO_PEER
    if desired is None:
        raise direction_unknown(observed)
    raise refusal(
        observed,
        "direction_change",
        f"{ends(observed)}: unpaired, with the roles {roles} ({accesses(observed)}), not {desired}; set direction to {roles}, or make "
        "the target writable first, with state: absent and release_target: true",
    )


def direction_unknown(observed: ObservedVolumePair) -> Failure:
    return refusal(
        observed,
        "direction_unknown",
        f"{ends(observed)}: the access of the two volumes ({accesses(observed)}) does not tell that {observed.label(LOCAL)} is the "
        "source; check which one holds the newer data, then give direction",
    )


def direction_change(observed: ObservedVolumePair) -> Failure:
    return refusal(
        observed,
        "direction_change",
        f"{ends(observed)}: it replicates {observed.direction}, not {observed.desired.direction}; a pair is turned round only by failover: "
        f"planned or forced, and never by repair: give that, leave direction out, or set it to {observed.direction}",
    )
