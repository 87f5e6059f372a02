# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection elementsw.replication: it can change without notice.
"""Is there a cluster pair that a volume pair can go over?"""

from __future__ import annotations

from ...model import LOCAL, PEER, SIDES, other
from ..identity import names, refuse_unreadable
from .messages import refusal
from .state import Found


def check_connected(found: Found) -> None:
    """One cluster pair, the same on both sides, and Connected on both.

    Raises Failure: not_connected; bad_reply where the entry that is missing may be one that cannot be read.
    """
    entries = {
        side: [e for e in found.catalogs[side].entries if names(e, found.catalogs[other(side)].cluster)]
        for side in SIDES
    }
    shared = {e.uuid for e in entries[LOCAL] if e.connected} & {e.uuid for e in entries[PEER] if e.connected}
    if not shared:
        for side in SIDES:
            refuse_unreadable(
                found.catalogs[side].unreadable_entries, found.name(side), found.catalogs[other(side)].cluster
            )
        statuses = ", ".join(
            f"{found.name(side)} reports {' and '.join(e.status for e in entries[side]) or 'no pair'}" for side in SIDES
        )
        remedy = (
            "see that the management network between all their nodes works, ports 443 and 2181"
            if entries[LOCAL] and entries[PEER]
            else "pair them with element_cluster_pair first"
        )
        raise refusal(
            found,
            "not_connected",
            f"clusters {found.name(LOCAL)} and {found.name(PEER)} have no connected cluster pair ({statuses}); {remedy}",
        )
