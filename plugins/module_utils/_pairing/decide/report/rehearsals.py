# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The clones of rehearsals that no one has removed."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Collection

from ...model import Side, Sides, Volume, first_named
from ...rehearsal import rehearsed
from ...views import VolumeView
from ..moments import seconds_between
from .commands import Line
from .findings import Finding

REHEARSAL = "element_failover_rehearsal"
#: A rehearsal takes hours, not days.
OLD_SECONDS = 24 * 3600


def left_rehearsals(
    views: Sides[VolumeView | None], now: str, names: Collection[str] | None, accounts: Collection[str] | None
) -> list[Finding]:
    """The findings on rehearsals with clones that are older than a day, one for each rehearsal of a cluster.

    now: the date of the report, in the API's form. names, accounts: of the volumes that the report is about; None for any.
    """
    return [
        _finding(view, side, rehearsal, clones)
        for side, view in views.as_dict().items()
        if view is not None
        for rehearsal, clones in _old_clones(view, now, names, accounts).items()
    ]


def _old_clones(
    view: VolumeView, now: str, names: Collection[str] | None, accounts: Collection[str] | None
) -> dict[str, list[Volume]]:
    found: dict[str, list[Volume]] = {}
    owners: dict[str, set[str | None]] = {}
    for volume in view.volumes:
        owners.setdefault(volume.name, set()).add(view.accounts.get(volume.account_id))
    for volume in sorted(view.volumes, key=lambda volume: (volume.name, volume.id)):
        about, age = rehearsed(volume), seconds_between(volume.created, now)
        if about is None or age is None or age <= OLD_SECONDS or volume.deleted:
            continue
        requested = names is None or about.original in names
        # The clone can have an account of its own.
        concerned = owners.get(about.original, set()) | owners[volume.name]
        if requested and (accounts is None or not concerned.isdisjoint(accounts)):
            found.setdefault(about.rehearsal, []).append(volume)
    return found


def _finding(view: VolumeView, side: Side, rehearsal: str, clones: list[Volume]) -> Finding:
    cluster, single = view.cluster.name, clones[0] if len(clones) == 1 else None
    named = first_named([volume.label for volume in clones])
    return Finding(
        "rehearsal_left",
        f"cluster {cluster}: the rehearsal {rehearsal} is older than a day: {named}",
        cluster,
        single.name if single else None,
        f"remove its clones: run {REHEARSAL} for {cluster} with name: {rehearsal} and state: absent",
        volume_id=single.id if single else None,
        account=view.accounts.get(single.account_id) if single else None,
        command=(Line(REHEARSAL, {"name": rehearsal, "state": "absent"}, side),),
    )
