# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a cluster pair is as requested, and why not."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from ...._element.errors import Failure
from ...model import LOCAL, PEER, SIDES
from ...plan import DONE, Verdict
from ..health import MISCONFIGURED_GRACE
from .messages import HALF_REMEDY, half_text, list_entries
from .state import ObservedClusterPair


def judge_present(observed: ObservedClusterPair, waited: float) -> Verdict:
    """Whether both clusters report Connected. waited: seconds since the last write, or since the first read."""
    text = ", ".join(
        f"{observed.name(side)} reports {observed.entry(side).status if observed.pair[side] else 'no pair'}"
        for side in SIDES
    )
    if observed.state != "paired":
        if observed.doubt:
            return Verdict(False, text, observed.doubt)
        return Verdict(False, text, Failure("half_pair", f"{half_text(observed)}; {HALF_REMEDY}", observed.name(LOCAL)))
    if observed.connected:
        return DONE
    stuck = waited >= MISCONFIGURED_GRACE and any(observed.entry(side).status == "Misconfigured" for side in SIDES)
    return Verdict(False, text, not_connected(observed, text) if stuck else None)


def not_connected(observed: ObservedClusterPair, text: str) -> Failure:
    """Failure, not_connected. text: what each cluster reports."""
    return Failure(
        "not_connected",
        f"the cluster pair of {observed.name(LOCAL)} and {observed.name(PEER)} is not Connected ({text}); check the management "
        "network between all nodes of both clusters, ports 443 and 2181",
        cluster=observed.name(LOCAL),
        method="ListClusterPairs",
    )


def timed_out(observed: ObservedClusterPair, made: bool, present: bool, timeout: float, text: str) -> Failure:
    """Failure for the end of wait_timeout, in seconds: not_connected for a pair that existed, else wait_timeout.

    made: this run made the pair. present: the pair is requested. text: what each cluster reports.
    """
    if not present:
        return Failure(
            "wait_timeout", f"{text} after {timeout:g} s; run again", observed.name(LOCAL), method="ListClusterPairs"
        )
    if not made:
        return not_connected(observed, text)
    return Failure(
        "wait_timeout",
        f"the new cluster pair of {observed.name(LOCAL)} and {observed.name(PEER)} is not Connected after {timeout:g} s "
        f"({text}); the pair remains: check the management network between all nodes of both clusters and run again",
        cluster=observed.name(LOCAL),
        method="ListClusterPairs",
    )


def replaced(observed: ObservedClusterPair) -> Failure:
    """Failure, changed_meanwhile: between two reads another client removed the pair or made another one.

    If an entry became unreadable meanwhile, it is the failure of that entry.
    """
    if observed.doubt:
        return observed.doubt
    listed = ", ".join(
        f"{observed.name(side)} lists {list_entries(observed.naming(side)) or 'no pair'}"
        for side in SIDES
        if observed.views[side]
    )
    return Failure(
        "changed_meanwhile",
        f"the cluster pair of {observed.name(LOCAL)} and {observed.name(PEER)} was changed by another client while this task "
        f"was waiting ({listed}); run again",
        cluster=observed.name(LOCAL),
        method="ListClusterPairs",
    )


def in_handshake(observed: ObservedClusterPair) -> Failure:
    """Failure, changed_meanwhile: half a cluster pair that is different at each read."""
    return Failure(
        "changed_meanwhile",
        f"{half_text(observed)}, and it changes: another run seems to be pairing the clusters; nothing was written: run again "
        "when it has ended",
        cluster=observed.name(LOCAL),
        method="ListClusterPairs",
    )


def judge_absent(observed: ObservedClusterPair) -> Verdict:
    """Whether neither cluster lists the pair any more."""
    left = [
        f"{observed.name(side)} still lists cluster pair {entry.id}"
        for side in SIDES
        for entry in observed.naming(side)
    ]
    return Verdict(not left and observed.doubt is None, ", ".join(left), observed.doubt)
