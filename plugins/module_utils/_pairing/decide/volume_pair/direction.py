# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The direction that a pair gets, and the failures if the access of its volumes does not determine one."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from ...._element.errors import Failure
from ...model import FROM_PEER, LOCAL, PEER, SIDES, TARGET, TO_PEER, Direction
from .messages import accesses, ends, no_source, refusal, split_brain
from .state import ObservedVolumePair


def no_such_direction(observed: ObservedVolumePair) -> Failure:
    """Failure: the pair does not have the desired direction, and no failover is permitted."""
    if observed.direction == "split":
        return split_brain(observed)
    return no_source(observed) if observed.direction == "none" else direction_change(observed)


def direction_kept(observed: ObservedVolumePair) -> Direction:
    """The direction for pairing again: that of the roles, else the desired one.

    Raises Failure: direction_change if both differ, direction_unknown without either.
    """
    wanted, now = observed.desired.direction, observed.direction
    if now in (TO_PEER, FROM_PEER):
        if wanted not in (None, now):
            raise direction_change(observed)
        return now
    if wanted is None:
        raise direction_unknown(observed)
    return wanted


def direction_of_new(observed: ObservedVolumePair) -> Direction:
    """The direction of a new pair. A volume with the access replicationTarget may hold a copy and is no source by default.

    Raises Failure: direction_unknown, and direction_change if the roles contradict the desired direction.
    """
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
        f"{ends(observed)}: unpaired, with the roles of {roles} ({accesses(observed)}), not {desired}; set direction to "
        f"{roles}, or make the target writable first, with state: absent and release_target: true",
    )


def direction_unknown(observed: ObservedVolumePair) -> Failure:
    """Failure, direction_unknown: the access does not show which volume is the source."""
    found, newer = f"{ends(observed)}: the access ({accesses(observed)})", "holds the newer data"
    if observed.direction in (TO_PEER, FROM_PEER):
        source = observed.name(LOCAL if observed.direction == TO_PEER else PEER)
        text = f"{found} is that of direction {observed.direction}; set it if {source} {newer}"
    else:
        here = observed.name(LOCAL)
        text = f"{found} does not show the source; set direction to to_peer if {here} {newer}, else to from_peer"
    return refusal(observed, "direction_unknown", text)


def direction_change(observed: ObservedVolumePair) -> Failure:
    """Failure, direction_change: the pair replicates in the other direction than the task requests."""
    return refusal(
        observed,
        "direction_change",
        f"{ends(observed)}: it replicates {observed.direction}, not {observed.desired.direction}; to reverse the pair, set "
        "failover to planned or forced (repair never does), or leave direction out",
    )
