# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The volumes and accounts that a task names for a report and that have no pair."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from ...model import LOCAL, Sides, Volume, of_side
from ...views import VolumeView
from ..catalog import Catalog
from ..volume_pair.state import ObservedVolumePair
from .commands import VOLUME_PAIR, Line
from .findings import Finding


def unpaired_volumes(
    views: Sides[VolumeView | None],
    names: Iterable[str],
    accounts: Collection[str] | None,
    pairs: Sequence[ObservedVolumePair],
) -> list[Finding]:
    """The findings on volumes that the task names and that have no pair, or are of no account that it names.

    accounts: None for any. pairs: those of volumes and accounts that the task names.
    """
    paired = {volume.name for pair in pairs for volume in (pair.volumes.local, pair.volumes.peer) if volume}
    catalogs = [Catalog(view) for view in (views.local, views.peer) if view]
    return [_absent(catalogs, wanted, accounts) for wanted in dict.fromkeys(names) if wanted not in paired]


def _absent(catalogs: Sequence[Catalog], wanted: str, accounts: Collection[str] | None) -> Finding:
    local_catalog = catalogs[0]
    namesakes = [volume for volume in local_catalog.readable_named(wanted) if not volume.deleted]
    living = [each for each in namesakes if accounts is None or local_catalog.account(each) in accounts]
    elsewhere = [local_catalog.readable_link(pair) for volume in living for pair in volume.pairs]
    unreadable = next((odd for odd in local_catalog.unreadable_volumes if odd.name == wanted), None)
    text = f"no volume named {wanted} of cluster {local_catalog.cluster.name} is paired"
    fix = f"run element_volume_pair with volume: {wanted}"
    if unreadable:
        text = f"cluster {local_catalog.cluster.name}: {unreadable.label} cannot be read, so it is unknown whether it is paired"
        fix = f"check what {unreadable.method} returns for it"
    elif namesakes and not living:
        owners = " and ".join(sorted({local_catalog.account(volume) or "an unreadable one" for volume in namesakes}))
        text = f"volume {wanted} of cluster {local_catalog.cluster.name} is of account {owners}, which is not requested"
        fix = "request that account as well, or no account"
    elif elsewhere:
        partner = elsewhere[0].remote_name or elsewhere[0].remote_mvip if elsewhere[0] else "an unlisted cluster"
        text = f"volume {wanted} of cluster {local_catalog.cluster.name} is paired with {partner}"
        fix = f"name {partner} as the peer"
    elif not living:
        text, fix = f"cluster {local_catalog.cluster.name} has no volume named {wanted}", "check the spelling"
    elif len(catalogs) > 1 and not any(not volume.deleted for volume in catalogs[1].readable_named(wanted)):
        fix += f" and create_peer_volume, since {catalogs[1].cluster.name} has no volume of that name"
    single = living[0] if len(living) == 1 else None
    return Finding(
        "not_paired",
        text,
        local_catalog.cluster.name,
        wanted,
        fix,
        volume_id=single.id if single else None,
        account=local_catalog.account(single) if single else None,
        command=_pair(catalogs, single) if single and not elsewhere and not unreadable else (),
    )


def _pair(catalogs: Sequence[Catalog], volume: Volume) -> tuple[Line, ...]:
    """The task that pairs a volume with its namesake of an account of the same name, or with one that it creates.

    Empty without the peer, and where a person has to choose the partner.
    """
    if len(catalogs) == 1:
        return ()
    here, there = catalogs
    namesakes = [each for each in there.readable_named(volume.name) if not each.deleted]
    if not namesakes:
        return (Line(VOLUME_PAIR, {"volume_id": volume.id, "create_peer_volume": {}}),)
    fitting = [each for each in namesakes if there.account(each) == here.account(volume) and not each.pairs]
    if len(fitting) != 1:
        return ()
    return (Line(VOLUME_PAIR, {"volume_id": volume.id, "peer_volume_id": fitting[0].id}),)


def unpaired_accounts(
    views: Sides[VolumeView | None],
    accounts: Iterable[str],
    pairs: Sequence[ObservedVolumePair],
    of_named: bool = False,
) -> list[Finding]:
    """The findings on accounts that the task names and that own no volume of a pair.

    of_named: whether the task names volumes as well, so that other volumes of the accounts may be paired.
    """
    owning = {
        pair.catalogs[side].account(volume)
        for pair in pairs
        for side, volume in pair.volumes.as_dict().items()
        if volume is not None
    }
    name = of_side(views, LOCAL).cluster.name
    known = {account for view in (views.local, views.peer) if view for account in view.accounts.values()}
    return [
        Finding(
            "not_paired",
            f"no {'requested ' if of_named else ''}volume of account {wanted} is paired",
            name,
            fix=_fix_of_account(wanted in known, of_named),
        )
        for wanted in dict.fromkeys(accounts)
        if wanted not in owning
    ]


def _fix_of_account(is_known: bool, of_named: bool) -> str:
    if not is_known:
        return "there is no such account: check the spelling"
    return "name its volumes, or no volume" if of_named else "pair them with element_volume_pair"
