# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What hosts log in to after a failover, and the finding on targets that no host could use."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Iterable

from ...model import SIDES, TARGET, HostAccess, Side, Sides
from ..volume_pair.state import ObservedVolumePair
from .findings import Finding


def without_host_access(pairs: Iterable[ObservedVolumePair], access: Sides[HostAccess | None]) -> list[Finding]:
    """The findings on targets that are in no access group, and whose account no host is logged in with either."""
    return [finding for pair in pairs for side in SIDES for finding in _finding(pair, side, access[side])]


def _finding(pair: ObservedVolumePair, side: Side, access: HostAccess | None) -> list[Finding]:
    volume, entry = pair.volumes[side], pair.entries[side]
    if access is None or access.unreadable or volume is None or entry is None or volume.access != TARGET:
        return []  # what cannot be read may be its access group
    if any(group.initiators for group in access.groups_of(volume)) or volume.account_id in access.accounts:
        return []
    account, cluster = pair.catalogs[side].account(volume), pair.name(side)
    message = (
        f"{volume.label} on cluster {cluster} is in no access group with an initiator, and no host is logged in to a"
        " volume of its account: after a failover no host may be able to use it"
    )
    return [Finding("no_host_access", message, cluster, volume.name, volume_id=volume.id, account=account)]
