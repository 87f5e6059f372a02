# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rechecks just before a write that can destroy data: they compare the observed state with that of the plan.

At most three reads for each cluster and batch, six if evidence of use counts, for any number of pairs in the batch.
"""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from ..._element.errors import Failure
from ..decide import guard
from ..model import SIDES, TARGET, ClusterPair, Side, Usage, Volume, VolumePair, other
from ..observe.both import USERS_OF_CLUSTER_PAIRS
from ..observe.clusters import list_cluster_pairs
from ..observe.usage import read_usage
from ..observe.volumes import list_volumes, list_volumes_named
from ..pairing_steps import ConfirmUnused, CreateVolume, MarkReplica, ReleaseTarget, RemoveClusterPair, RemoveVolumePair
from ..plan import Failures, Step
from ..run import Run
from ..views import UnreadableVolume, Volumes
from .current_volumes import is_unchanged, read_current

S = TypeVar("S", RemoveVolumePair, "ReleaseTarget | MarkReplica")


def volume_pairs(run: Run, steps: Sequence[RemoveVolumePair]) -> Failures:
    """Return the failures of volumes whose pair entry must not be removed: the pair or the access has changed."""
    now = read_current(run, ((step.side, step.volume) for step in steps))
    return {
        step: now.unreadable.get(place) or _changed(run, step, "its pair or its access is different")
        for step, place in _places(steps)
        if not is_unchanged(now.get(place), step.volume, step.volume.uuids)
    }


def _places(steps: Sequence[S]) -> list[tuple[S, tuple[Side, int]]]:
    """Return each step with the side and the ID of its volume."""
    return [(step, (step.side, step.volume.id)) for step in steps]


def former_targets(run: Run, steps: Sequence[ReleaseTarget | MarkReplica]) -> Failures:
    """Return the failures of volumes that are not unpaired former targets any more, or whose attributes have changed."""
    now = read_current(run, ((step.side, step.volume) for step in steps))
    what = "it is paired, or its access or its attributes are different"
    return {
        step: now.unreadable.get(place) or _changed(run, step, what)
        for step, place in _places(steps)
        if not _is_former_target(now.get(place), step.volume)
    }


def _is_former_target(now: Volume | None, planned: Volume) -> bool:
    # Without its pair a replicationTarget reads as locked on some releases.
    return (
        now is not None
        and not now.deleted
        and not now.pairs
        and now.name == planned.name
        and now.access in (TARGET, "locked")
        # A cluster replaces all attributes at once, so those that another client has set meanwhile would be lost.
        and now.attributes == planned.attributes
    )


def still_missing(run: Run, steps: Sequence[CreateVolume]) -> Failures:
    """Return the failures of volumes that exist already: names are not unique, so a cluster would create a second one."""
    failures: Failures = {}
    for side in {step.side for step in steps}:
        here = [step for step in steps if step.side == side]
        client = run.client(side)
        single = here[0].volume.name if len(here) == 1 else None
        found = list_volumes_named(client, single) if single else list_volumes(client)
        taken = {(volume.name, volume.account_id) for volume in found if not volume.deleted}
        for step in here:
            odd = next((each for each in found.unreadable if each.name in (None, step.volume.name)), None)
            if odd:
                failures[step] = odd.failure(client.name)
            elif (step.volume.name, step.account_id) in taken:
                failures[step] = _changed(run, step, "a volume of that name and owner exists")
    return failures


def unused(run: Run, steps: Sequence[ConfirmUnused]) -> Failures:
    """Return the failures of future targets that are in use or have changed, or whose source has changed."""
    wanted = [each for step in steps for each in ((step.side, step.volume), (other(step.side), step.source))]
    now = read_current(run, wanted)
    used: dict[tuple[Side, int], Usage] = {}
    for side in SIDES:
        targets = [now[side, s.volume.id] for s in steps if s.side == side and (side, s.volume.id) in now]
        if targets:
            used.update({(side, key): value for key, value in read_usage(run, side, targets).items()})
    failures: Failures = {}
    for step in steps:
        places = (step.side, step.volume.id), (other(step.side), step.source.id)
        target, source = (now.get(place) for place in places)
        odd = next((now.unreadable[place] for place in places if place in now.unreadable), None)
        if odd:
            failures[step] = odd
        elif not _is_future_target(target, step.volume) or not is_unchanged(source, step.source, ()):
            failures[step] = _changed(run, step, "it or its source was paired or deleted, or its access is different")
        elif not _is_unused(run, step, used[step.side, step.volume.id]):
            failures[step] = _changed(run, step, "it is in use")
    return failures


def _is_future_target(now: Volume | None, planned: Volume) -> bool:
    # Once its old entry is gone, a replicationTarget reads as locked on some releases.
    unlocked = replace(now, access=TARGET) if now and (now.access, planned.access) == ("locked", TARGET) else now
    return unlocked is not None and is_unchanged(unlocked, planned, ()) and unlocked.mark == planned.mark


def _is_unused(run: Run, step: ConfirmUnused, now: Usage) -> bool:
    if step.volume.mark == run.mark:
        return not guard.came_into_use(now)
    return guard.still_as_planned(step.usage, now, step.overwrite, step.saved)


def cluster_pairs(run: Run, steps: Sequence[RemoveClusterPair]) -> Failures:
    """Return the failures of cluster pairs that must not be removed: the entry has changed, or volume pairs use it."""
    failures: Failures = {}
    for side in {step.side for step in steps}:
        client = run.client(side)
        reads: list[Callable[[], Any]] = [
            partial(read, client) for read in (list_cluster_pairs, *USERS_OF_CLUSTER_PAIRS)
        ]
        entries, *users = run.side_by_side(reads)
        using = {pair.cluster_pair_id for listed in users for pair in _pairs(listed) if not pair.pending}
        # A volume with unreadable pairs may use any of the cluster pairs.
        unknown = any(odd.pairs is None for listed in users for odd in listed.unreadable)
        for step in (step for step in steps if step.side == side):
            odd = next((each for each in entries.unreadable if each.id == step.entry.id), None)
            if odd:
                failures[step] = odd.failure(client.name)
            elif (unknown and not step.entry.pending) or not _still_removable(step.entry, entries, using):
                failures[step] = _changed(run, step, "it was removed or completed, or volume pairs use it")
    return failures


def _pairs(users: Volumes) -> Iterable[VolumePair]:
    volumes: list[Volume | UnreadableVolume] = [*users.readable, *users.unreadable]
    return (pair for volume in volumes for pair in volume.pairs or ())


def _still_removable(planned: ClusterPair, entries: Iterable[ClusterPair], using: set[int]) -> bool:
    now = next((entry for entry in entries if (entry.id, entry.uuid) == (planned.id, planned.uuid)), None)
    return now is not None and now.pending == planned.pending and now.id not in using


def _changed(run: Run, step: Step, what: str) -> Failure:
    cluster = run.name(step.side)
    return Failure(
        "changed_meanwhile",
        f"cluster {cluster}: {step.object} changed while this task ran: {what}; nothing more was written for it, run again",
        cluster=cluster,
    )
