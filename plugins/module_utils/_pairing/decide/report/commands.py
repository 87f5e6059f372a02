# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tasks that mend a problem, from which the action plugin makes `command`: one line of a shell for each task."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from ...model import FROM_PEER, LOCAL, PEER, SIDES, TO_PEER, Direction, Side, Sides, mode_option, other
from .. import health
from ..identity import names_cluster
from ..volume_pair.state import ObservedVolumePair

VOLUME_PAIR, CLUSTER_PAIR = "element_volume_pair", "element_cluster_pair"


@dataclass(frozen=True)
class Line:
    """One task of a module, for the host of one side."""

    module: str
    options: Mapping[str, Any]
    side: Side = LOCAL
    #: What the task does, where a person has to choose between several.
    comment: str = ""


class Remedy(NamedTuple):
    """What to do about a problem."""

    #: None if the remedy of the code is specific enough.
    text: str | None
    #: Empty if no task of this collection does it.
    command: tuple[Line, ...] = ()


def pair_clusters(**options: Any) -> Line:
    """The task that pairs the two clusters."""
    return Line(CLUSTER_PAIR, options)


def ids(pair: ObservedVolumePair, side: Side) -> dict[str, Any]:
    """The options that name both volumes, seen from this side: volume IDs can be equal on both clusters, names can repeat."""
    named = {"volume_id": volume_id(pair, side), "peer_volume_id": volume_id(pair, other(side))}
    return {option: number for option, number in named.items() if number is not None}


def volume_id(pair: ObservedVolumePair, side: Side) -> int | None:
    """The ID of a volume, which may be missing; None if it is not known."""
    volume = pair.volumes[side]
    return volume.id if volume else pair.desired.given_id(side)


def as_before(pair: ObservedVolumePair) -> dict[str, Any]:
    """The mode and the pause that are left of a pair: what is paired again is protected as it was."""
    entries = [entry for entry in (pair.entries[pair.source or LOCAL], pair.entries.local, pair.entries.peer) if entry]
    mode = next((mode for mode in (mode_option(entry.mode) for entry in entries) if mode), None)
    return {**({"mode": mode} if mode else {}), **({"paused": True} if health.paused(entries) else {})}


def choices(pair: ObservedVolumePair, options: Mapping[str, Any], words: Callable[[str, str], str]) -> tuple[Line, ...]:
    """One task for each volume that may hold the good data. words: says what becomes of the two clusters' volumes."""
    sides: Sides[Direction] = Sides(TO_PEER, FROM_PEER)
    return tuple(
        Line(
            VOLUME_PAIR,
            {**ids(pair, LOCAL), "direction": direction, **options},
            comment=words(pair.name(kept), pair.name(other(kept))),
        )
        for kept, direction in sides.as_dict().items()
    )


def overwrites(kept: str, lost: str) -> str:
    """The comment on a task with `allow_overwrite`."""
    return f"keeps what {kept} has, overwrites {lost} (saved first)"


def pair_with_new_volume(pair: ObservedVolumePair, side: Side) -> Line:
    """The task that gives a volume without a partner a new one: a volume of the same name and account that is created."""
    accounts = pair.catalogs[other(side)].accounts.values()
    created = {} if pair.catalogs[side].account(pair.volume(side)) in accounts else {"create_account": True}
    options = {"volume_id": volume_id(pair, side), "create_peer_volume": created, **as_before(pair)}
    return Line(VOLUME_PAIR, options, side)


def known_side(pair: ObservedVolumePair) -> Side:
    """The side for which tasks name a pair: this one, unless only the peer's volume is known."""
    return LOCAL if volume_id(pair, LOCAL) is not None else PEER


def remove_all(pairs: Iterable[ObservedVolumePair]) -> list[Line]:
    """The tasks that remove these pairs, at most one for each cluster."""
    by_side: dict[Side, list[dict[str, Any]]] = {}
    for pair in pairs:
        side = known_side(pair)
        by_side.setdefault(side, []).append(ids(pair, side))
    return [Line(VOLUME_PAIR, {"pairs": items, "state": "absent"}, side) for side, items in by_side.items()]


def pair_all_again(pairs: Iterable[ObservedVolumePair]) -> list[Line]:
    """The tasks that pair the volumes of removed pairs again, each as it was; of several choices a person takes one."""
    again, others = [], []
    for pair in pairs:
        if without_partner(pair):
            others.append(pair_with_new_volume(pair, LOCAL if pair.entries.local else PEER))
        elif pair.direction in (TO_PEER, FROM_PEER):
            again.append({**ids(pair, LOCAL), "direction": pair.direction, **as_before(pair)})
        else:
            label = pair.label(LOCAL)
            lines = choices(pair, {**as_before(pair), "allow_overwrite": True}, overwrites)
            others += [replace(line, comment=f"{label}: {line.comment}") for line in lines]
    return [*([Line(VOLUME_PAIR, {"pairs": again, "allow_overwrite": True})] if again else []), *others]


def without_partner(pair: ObservedVolumePair) -> bool:
    """Whether a side has no volume, or one that need not be the partner, since its cluster was built again."""
    return not (pair.volumes.local and pair.volumes.peer) or any(_names_predecessor(pair, side) for side in SIDES)


def _names_predecessor(pair: ObservedVolumePair, side: Side) -> bool:
    entry = pair.entries[side]
    link = pair.catalogs[side].readable_link(entry) if entry else None
    return link is not None and not names_cluster(link, pair.catalogs[other(side)].cluster)
