# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether the clusters have a connected cluster pair that a volume pair can use."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from ...model import LOCAL, PEER, SIDES, other
from ..identity import names_cluster, refuse_unreadable
from .messages import refusal
from .state import ObservedVolumePair


def check_connected(observed: ObservedVolumePair) -> None:
    """Raise Failure, not_connected, unless both sides list the same cluster pair as Connected.

    Raises Failure, bad_reply, if an unreadable entry may be the one that is missing.
    """
    entries = {
        side: [e for e in observed.catalogs[side].entries if names_cluster(e, observed.catalogs[other(side)].cluster)]
        for side in SIDES
    }
    shared = {e.uuid for e in entries[LOCAL] if e.connected} & {e.uuid for e in entries[PEER] if e.connected}
    if not shared:
        for side in SIDES:
            refuse_unreadable(
                observed.catalogs[side].unreadable_entries, observed.name(side), observed.catalogs[other(side)].cluster
            )
        statuses = ", ".join(
            f"{observed.name(side)} reports {' and '.join(e.status for e in entries[side]) or 'no pair'}"
            for side in SIDES
        )
        remedy = (
            "check the management network between all their nodes, ports 443 and 2181"
            if entries[LOCAL] and entries[PEER]
            else "pair them with element_cluster_pair first"
        )
        raise refusal(
            observed,
            "not_connected",
            f"clusters {observed.name(LOCAL)} and {observed.name(PEER)} have no connected cluster pair ({statuses}); {remedy}",
        )
