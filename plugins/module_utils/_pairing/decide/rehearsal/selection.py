# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which volumes a rehearsal is of, and what exists of the clone of each."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ...._element.errors import Failure
from ...model import LOCAL, TARGET, Volume
from ...rehearsal import clone_name, rehearsed
from ..catalog import Catalog
from ..volume_pair.classification import find_duplicates
from ..volume_pair.desired import DesiredPair
from ..volume_pair.messages import ends, missing, refusal, volume_deleted
from ..volume_pair.state import ObservedVolumePair
from . import messages, room
from .points import newest
from .state import DesiredRehearsal, ObservedRehearsal, Row, Surroundings

# The rows of pairs whose target can be rehearsed, whatever replication does at the moment.
REHEARSABLE = frozenset({"paired", "paired_stopped", "local_only"})


@dataclass(frozen=True)
class Selection:
    """Which volumes the task names; None: any."""

    pairs: tuple[DesiredPair, ...] | None = None
    #: The names of volumes and of their accounts.
    volumes: tuple[str, ...] | None = None
    accounts: tuple[str, ...] | None = None

    @property
    def is_exact(self) -> bool:
        """Whether the task names each volume, so that one that cannot be rehearsed is an error."""
        return self.pairs is not None or self.volumes is not None

    def includes(self, name: str, volume_id: int | None, account: str | None) -> bool:
        """Whether it names this volume. volume_id: None if it is not known."""
        if self.pairs is not None:
            return any(
                volume_id == pair.volume_id
                if pair.volume_id is not None
                else pair.volume == name and pair.account in (None, account)
                for pair in self.pairs
            )
        return (self.volumes is None or name in self.volumes) and (self.accounts is None or account in self.accounts)


def candidates(catalog: Catalog, selection: Selection) -> tuple[DesiredPair, ...]:
    """The volumes of this cluster to rehearse if they are targets of pairs with the peer.

    Raises Failure: volume_not_found, account_not_found.
    """
    if selection.pairs is not None:
        return selection.pairs
    name = catalog.cluster.name
    for account in selection.accounts or ():
        if not catalog.has_account(account):
            raise Failure(
                "account_not_found",
                f"cluster {name} has no account named {account}; check the spelling in accounts",
                name,
                "ListAccounts",
            )
    found = [
        volume
        for volume in sorted(catalog.living, key=lambda volume: volume.id)
        if selection.includes(volume.name, volume.id, catalog.account(volume))
    ]
    for wanted in selection.volumes or ():
        if not any(volume.name == wanted for volume in found):
            catalog.named(wanted)  # raises bad_reply if an unreadable volume may be it
            what = f"cluster {name} has no volume named {wanted}{_of_accounts(selection)}"
            raise Failure("volume_not_found", f"{what}; check the spelling in volumes", name, "ListVolumes")
    targets = [volume for volume in found if volume.pairs and volume.access == TARGET]
    # Of several volumes of one name those count that are targets; where none is, the message is about the first.
    return tuple(
        DesiredPair(volume_id=volume.id)
        for volume in found
        if volume in targets or (selection.is_exact and all(each.name != volume.name for each in targets))
    )


def _of_accounts(selection: Selection) -> str:
    return f" of account {' or '.join(selection.accounts)}" if selection.accounts else ""


def chosen(
    pairs: Sequence[ObservedVolumePair | None], failures: Sequence[Failure | None], selection: Selection
) -> list[tuple[ObservedVolumePair | None, Failure | None]]:
    """The pairs to rehearse, each with the reason why it cannot be, if so.

    A pair with a third cluster, or one that is not whole, is left out unless the task names its volume.
    """
    found: list[tuple[ObservedVolumePair | None, Failure | None]] = []
    for pair, failure in zip(pairs, failures):
        problem = failure if pair is None else _problem(pair)
        if problem is None or selection.is_exact or pair is None:
            found.append((pair, problem))
    return found


def not_whole(pairs: Iterable[ObservedVolumePair | None], selection: Selection) -> tuple[str, ...]:
    """The warnings about targets that are left out because their pair is not whole."""
    if selection.is_exact:
        return ()
    halves = [pair for pair in pairs if pair and pair.row.startswith(("half", "crossed", "missing", "deleted"))]
    return tuple(
        f"{ends(pair)}: not rehearsed, the pair is not whole; repair it, or name the volume to see why"
        for pair in halves
    )


def _problem(pair: ObservedVolumePair) -> Failure | None:
    """Why the local volume is no target that can be rehearsed; None if it is one."""
    volume = pair.volumes.local
    if volume is None:
        return missing(pair, LOCAL)
    if volume.deleted:
        return volume_deleted(pair, LOCAL, volume)
    name = f"cluster {pair.name(LOCAL)}: {volume.label}"
    if pair.row in REHEARSABLE:
        if volume.access == TARGET:
            return None
        what = f"{name} has access {volume.access} and is not the target of its pair"
        return refusal(pair, "access_conflict", f"{what}; run the task for the cluster that has the target")
    if pair.state.startswith("foreign") or pair.row == "local_only_elsewhere":
        return refusal(
            pair, "paired_elsewhere", f"{name} is paired with another cluster or volume; name that as the peer"
        )
    if volume.pairs:
        return refusal(
            pair, "half_pair", f"{name} has a pair that is not whole; repair it with element_volume_pair first"
        )
    return refusal(pair, "not_paired", f"{name} has no volume pair; only the target of a pair can be rehearsed")


def observed_targets(
    catalog: Catalog,
    found: Sequence[tuple[ObservedVolumePair | None, Failure | None]],
    desired: DesiredRehearsal,
    cloning: Collection[int],
) -> tuple[ObservedRehearsal, ...]:
    """The targets with what exists of their clones. cloning: the volumes that this cluster makes clones of."""
    owner_id = None if desired.account is None else room.account_id(catalog, desired.account)
    targets = [_target(catalog, number, *each, owner_id) for number, each in enumerate(found)]
    clashes = _clashes(targets, desired)
    return tuple(
        replace(target, problem=clashes[target.item])
        if target.item in clashes
        else _with_clone(catalog, target, desired, cloning)
        for target in targets
    )


def _clashes(targets: Sequence[ObservedRehearsal], desired: DesiredRehearsal) -> dict[int, Failure]:
    """The Failure, by item, of volumes that are named twice, or whose clones would have one name: names can repeat."""
    by_name: dict[str, list[ObservedRehearsal]] = {}
    for target in targets:
        if target.original is not None and target.problem is None:
            by_name.setdefault(target.original_name, []).append(target)
    duplicates = find_duplicates([target.pair for target in targets])
    return {
        target.item: duplicates.get(target.item)
        or messages.same_name(target, [each.target() for each in same], target.clone_name(desired.name))
        for same in by_name.values()
        if len(same) > 1
        for target in same
    }


def _target(
    catalog: Catalog, item: int, pair: ObservedVolumePair | None, problem: Failure | None, owner_id: int | None
) -> ObservedRehearsal:
    """A target without its clone. owner_id: of the clone; None for the owner of the target."""
    original, cluster = pair.volumes.local if pair else None, catalog.cluster.name
    if pair is None or original is None:
        return ObservedRehearsal(
            item=item,
            row="missing",
            cluster=cluster,
            original=original,
            original_name=pair.desired.volume or "" if pair else "",
            pair=pair,
            problem=problem,
        )
    owner_id = original.account_id if owner_id is None else owner_id
    return ObservedRehearsal(
        item=item,
        row="missing",
        cluster=cluster,
        original=original,
        original_name=original.name,
        owner_id=owner_id,
        owner=catalog.accounts.get(owner_id),
        pair=pair,
        problem=problem,
    )


def _with_clone(
    catalog: Catalog, observed: ObservedRehearsal, desired: DesiredRehearsal, cloning: Collection[int]
) -> ObservedRehearsal:
    if observed.problem is not None or observed.original is None:
        return observed
    try:
        named = [volume for volume in catalog.named(observed.clone_name(desired.name)) if not volume.deleted]
    except Failure as exc:  # a volume that cannot be read may have the name of the clone
        return replace(observed, problem=exc)
    ours = tuple(volume for volume in named if _is_clone(volume, desired.name, observed.uuid))
    if len(ours) < len(named):
        return replace(observed, row="taken", others=tuple(volume for volume in named if volume not in ours))
    if len(ours) > 1:
        return replace(observed, row="twice", others=ours)
    if ours:
        return replace(observed, row="made" if ours[0].status == "active" else "making", clone=ours[0])
    return replace(observed, row="making") if observed.original.id in cloning else observed


def _is_clone(volume: Volume, rehearsal: str, uuid: str) -> bool:
    about = rehearsed(volume)
    return about is not None and (about.rehearsal, about.pair_uuid) == (rehearsal, uuid)


def observed_clones(
    catalog: Catalog, deleted: Iterable[Volume], selection: Selection, desired: DesiredRehearsal
) -> tuple[ObservedRehearsal, ...]:
    """The clones of this rehearsal, whatever has become of their pairs: what state: absent removes."""
    by_uuid = {pair.uuid: volume for volume in catalog.paired for pair in volume.pairs}
    # The original of a clone whose pair is gone, as far as its name shows it.
    by_name = {volume.name: volume for volume in sorted(catalog.living, key=lambda volume: -volume.id)}
    found: list[ObservedRehearsal] = []
    # A list of all volumes may have deleted ones, too.
    known = {volume.id: volume for volume in (*catalog.living, *deleted)}
    for volume in sorted(known.values(), key=lambda volume: (volume.name, volume.id)):
        about = rehearsed(volume)
        if about is None or about.rehearsal != desired.name:
            continue
        original = by_uuid.get(about.pair_uuid)
        named = original or by_name.get(about.original, volume)
        if not selection.includes(about.original, named.id, catalog.account(named)):
            continue
        row: Row = "deleted" if volume.deleted else "made" if volume.status == "active" else "making"
        found.append(
            ObservedRehearsal(
                item=len(found),
                row=row,
                cluster=catalog.cluster.name,
                original=original,
                original_name=about.original,
                owner_id=volume.account_id,
                owner=catalog.account(volume),
                clone=volume,
            )
        )
    return tuple(_with_copies(found))


def _with_copies(found: Iterable[ObservedRehearsal]) -> Iterator[ObservedRehearsal]:
    """A copy that another client makes of a clone, under its name, has its attributes: which of them is ours nothing shows."""
    same: dict[tuple[str, str], list[Volume]] = {}
    for observed in found:
        if observed.row != "deleted":
            same.setdefault(_mark(observed.made()), []).append(observed.made())
    for observed in found:
        copies = same.get(_mark(observed.made()), []) if observed.row != "deleted" else []
        yield replace(observed, row="twice", others=tuple(copies)) if len(copies) > 1 else observed


def _mark(clone: Volume) -> tuple[str, str]:
    about = rehearsed(clone)
    return clone.name, about.pair_uuid if about else ""


def nothing_selected(cluster: str, peer: str) -> Failure:
    """Failure, not_paired, of a task that no target fits."""
    return Failure(
        "not_paired",
        f"cluster {cluster} has no target of a volume pair with {peer} that the task selects; run it for the cluster that "
        "has the targets, and check volumes and accounts",
        cluster,
        "ListVolumes",
    )


def snapshot_of(observed: ObservedRehearsal, desired: DesiredRehearsal, around: Surroundings) -> tuple[str, str]:
    """The name of the snapshot that the clone holds, or will hold, and when it was taken; each "" if it is not known."""
    about = rehearsed(observed.clone) if observed.clone else None
    if about is not None:
        return about.snapshot, about.taken
    if observed.original is None or desired.now:
        return "", ""
    found = newest(observed.original, around.snapshots.local or ())
    return (found.name, found.created) if found else ("", "")


def expected_name(observed: ObservedRehearsal, desired: DesiredRehearsal) -> str:
    """The name of the clone, for results."""
    return observed.clone.name if observed.clone else clone_name(observed.original_name, desired.name)
