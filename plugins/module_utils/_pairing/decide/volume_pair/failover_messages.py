# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The messages of failover: why a pair is not reversed, and what a forced failover may lose."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Iterable

from ...._element.errors import Failure
from ...model import LOCAL, PEER, Side, other
from .. import health, sizes
from . import progress
from .messages import ends, refusal, states
from .state import ObservedVolumePair

# A message names so many of the newest snapshots.
MAX_SNAPSHOTS = 3


def snapshots_only(observed: ObservedVolumePair) -> Failure:
    return refusal(
        observed,
        "snapshots_only",
        f"{ends(observed)}: mode snapshots_only does not replicate the live content, a planned failover would lose what is not "
        "in a snapshot; set mode: async, wait until it is in sync, fail over, and set the mode again",
    )


def not_in_sync(observed: ObservedVolumePair, why: str = "") -> Failure:
    return refusal(
        observed,
        "not_in_sync",
        f"{ends(observed)}: {why or 'not in sync'} ({states(observed)}); wait until both sides are Active or Idle, "
        + (
            "or give allow_overwrite: true to promote an incomplete copy" if why else "and resume it where it is paused"
        ),
    )


def uneven(observed: ObservedVolumePair) -> Failure:
    local, peer = sizes.text(observed.volume(LOCAL).size), sizes.text(observed.volume(PEER).size)
    return refusal(
        observed,
        "size_mismatch",
        f"{ends(observed)}: the sizes are {local} and {peer}, and after a failover a target smaller than its source stops "
        "replication; give match_size: true, or grow the smaller one yourself",
    )


def snapshot_limit(observed: ObservedVolumePair, side: Side, what: str) -> Failure:
    return refusal(
        observed,
        "snapshot_limit",
        f"cluster {observed.name(side)}: {observed.label(side)} has no room for the checkpoint of a planned failover: {what}; "
        "delete a snapshot that is not needed",
        side=side,
        method="ListSnapshots",
    )


def source_in_use(observed: ObservedVolumePair, side: Side, evidence: Iterable[str]) -> Failure:
    return refusal(
        observed,
        "source_in_use",
        _in_use(observed, side, evidence),
        side=side,
        method="ListISCSISessions",
    )


def unproven(observed: ObservedVolumePair, missing: str) -> Failure:
    """Failure, no_source, of an interrupted failover. missing: the text of the proof that is missing."""
    return refusal(
        observed,
        "no_source",
        f"{ends(observed)}: failover: planned cannot prove that no write is lost: {missing}; failover: forced saves one side "
        "and promotes the one of direction",
    )


def losing_side_in_use(observed: ObservedVolumePair, side: Side, evidence: Iterable[str]) -> Failure:
    return refusal(
        observed,
        "target_in_use",
        _in_use(observed, side, evidence),
        side=side,
        method="ListISCSISessions",
    )


def _in_use(observed: ObservedVolumePair, side: Side, evidence: Iterable[str]) -> str:
    return (
        f"cluster {observed.name(side)}: {observed.label(side)} would become the target while it is in use: "
        f"{', '.join(evidence)}; stop the application and log the hosts out first"
    )


def incomplete(observed: ObservedVolumePair, new: Side) -> str | None:
    """Why the copy on the desired side is incomplete; None if there is no evidence of that."""
    entry, jobs = observed.entries[new], observed.extras.jobs[new]
    job = (jobs or {}).get(observed.volume(new).id)
    what = f"the copy on {observed.name(new)} is incomplete"
    if job is not None and job.branch != "snapshot":
        return f"{what}, {progress.how_far(job)}"
    if entry is not None and entry.state.startswith("Resuming"):
        return f"{what}, it shows {entry.state}"
    return None


def data_loss_possible(observed: ObservedVolumePair, new: Side) -> tuple[str, ...]:
    """The warnings about a promotion without proof that no write is lost."""
    texts = [f"data_loss_possible: {ends(observed)}: what had not been replicated is lost: {_last_seen(observed, new)}"]
    missing = incomplete(observed, new)
    if missing:
        texts.append(f"{ends(observed)}: {missing}: it is inconsistent")
    losing = observed.volumes[other(new)]
    if losing is not None and sizes.whole_mib(losing.size) != sizes.whole_mib(observed.volume(new).size):
        texts.append(
            f"{ends(observed)}: {sizes.text(observed.volume(new).size)} on {observed.name(new)}, {sizes.text(losing.size)} on "
            f"{observed.name(other(new))}; match_size: true makes them equal"
        )
    entry = observed.entries[new]
    if entry is not None and health.is_snapshots_only(entry.mode):
        newest = ", ".join(f"{s.name} of {s.created}" for s in _newest(observed, new)) or "there is none"
        texts.append(
            f"{ends(observed)}: mode snapshots_only: the live content on {observed.name(new)} is not the newest snapshot; the "
            f"newest replicated ones: {newest}"
        )
    return tuple(texts)


def _last_seen(observed: ObservedVolumePair, new: Side) -> str:
    facts = [f"last state {states(observed)}"]
    lag = observed.lag_seconds(other(new))
    if lag is not None:
        facts.append(f"{observed.name(other(new))} was {lag:g} s ahead")
    else:
        newest = _newest(observed, new)
        facts.append("lag unknown")
        facts.append(f"newest replicated snapshot of {newest[0].created}" if newest else "no replicated snapshot")
    return ", ".join(facts)


def _newest(observed: ObservedVolumePair, side: Side) -> list:
    """The newest snapshots that were replicated from the other side as a whole, the newest first."""
    taken = observed.extras.snapshots[side] or ()
    volume = observed.volume(side)
    copies = [each for each in taken if each.volume_id == volume.id and each.replicated and each.complete]
    return sorted(copies, key=lambda snapshot: snapshot.created, reverse=True)[:MAX_SNAPSHOTS]


def sizes_left(observed: ObservedVolumePair) -> str:
    return f"{ends(observed)}: a forced failover does not change sizes; run again to grow them"


def left_writable(observed: ObservedVolumePair, side: Side, hosts: Iterable[str]) -> str:
    return (
        f"cluster {observed.name(side)}: {observed.label(side)} stays writable ({', '.join(hosts)}), so both sides are writable; "
        "log the hosts out and check that sessions can be read, then run again with failover: forced and allow_overwrite: true"
    )
