# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The findings on volume pairs: one cause for each pair, and one finding for all pairs with the same cause."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from ...model import LOCAL, MAX_NAMED, PEER, SIDES, TARGET, Side, VolumePair, other
from ..cluster_pair.state import ObservedClusterPair
from ..health import of_state
from ..volume_pair.messages import states
from ..volume_pair.state import UNREADABLE, ObservedVolumePair
from . import lag, remedies
from .commands import Remedy
from .findings import ERROR, PROBLEMS, Finding, counted

DISCONNECTED = "PausedDisconnected"
SLOW_LINK = "PausedSlowLink"
# The states that are more specific than their health.
_BY_STATE = {
    DISCONNECTED: "link_lost",
    "PausedClusterFull": "target_full",
    "PausedExceededMaxSnapshotCount": "snapshot_limit",
    "PausedVolumeSizeMismatch": "size_mismatch",
}
_BY_HEALTH = {
    "paused": "paused",
    "recovering": "recovering",
    "pending": "pending_pair",
    "unknown": "unknown_state",
    "broken": "broken",
    "dead": "dead",
}
_WORDS = {
    "half_pair": "the pair is incomplete, only one side has it",
    "split": "both volumes are writable and nothing is replicated",
    "no_source": "neither volume is writable",
    "access_conflict": "the access of a volume is neither a source's nor a target's",
    "volume_deleted": "one of the volumes is deleted, not purged yet",
    "dead": "the pair has stopped for good",
    "pending_pair": "the pairing was started and not completed",
    "sector_mismatch": "one volume emulates 512-byte sectors and the other one does not",
    "size_mismatch": "the target is smaller than the source",
    "snapshot_limit": "the target is at its limit of snapshots",
    "broken": "it does not replicate, and that does not pass by itself",
    "unknown_state": "the state is not known",
    "recovering": "it does not replicate at the moment",
    "paused": "an administrator has paused it",
}
# The state of the snapshots differs from that of the pair only while the pair replicates.
_RUNNING = ("healthy", "syncing")
# While a copy runs the first snapshot is on its way.
_PROTECTED_BY_SNAPSHOTS = ("healthy", "paused", "recovering", "unknown")
_SNAPSHOTS_WELL = ("", "Idle", "Active")


def is_reported_with_clusters(pair: ObservedVolumePair, clusters: ObservedClusterPair | None) -> bool:
    """Whether the finding on the pair of clusters is the only cause that this volume pair does not replicate.

    clusters: the pair of the two clusters; None if only one cluster was read.
    """
    if clusters is None or pair.state == "unknown_peer":
        side = LOCAL if pair.entries.local else PEER
        link = pair.catalogs[side].readable_link(pair.entry(side))
        return cause(pair) == "link_lost" and link is not None and not link.connected
    if clusters.state != "paired":
        # Every volume pair must be removed before the clusters can be paired again.
        return not pair.state.startswith("pending")
    return cause(pair) == "link_lost" and not clusters.connected


def pair_findings(
    pairs: Iterable[tuple[ObservedVolumePair, lag.Lag]], limits: lag.Limits, peer_is_unreachable: bool
) -> list[Finding]:
    """The findings on these pairs, one per cause.

    peer_is_unreachable: has a finding of its own, which includes all lags that only the peer could report.
    """
    findings: list[Finding] = []
    shared: dict[Shared, list[ObservedVolumePair]] = {}
    for pair, behind in pairs:
        code = cause(pair)
        late = None if _is_error(code) else _late_code(pair, behind, limits)
        if late and peer_is_unreachable and lag.not_asked(pair):
            late = None
        lag_text = lag.message(late, behind, limits) if late else ""
        if late and code == "snapshots_stopped":  # it does not cause the lag: two findings
            findings.append(_late(pair, None, late, lag_text))
            late = None
        key = _with_others(pair, code, late)
        if key:
            shared.setdefault(key, []).append(pair)
        elif late:
            findings.append(_late(pair, code, late, lag_text))
        elif code:
            findings.append(_of_one(pair, code))
    findings += [_of_all(key, sharing) for key, sharing in shared.items()]
    return [_when_it_answers(each) for each in findings] if peer_is_unreachable else findings


def _when_it_answers(finding: Finding) -> Finding:
    """The finding while the peer is unreachable: no task for both clusters can be run before the peer answers."""
    if not finding.command:
        return finding
    return replace(finding, fix=f"when the peer answers again, {finding.remedy}", command=())


def _late_code(pair: ObservedVolumePair, behind: lag.Lag, limits: lag.Limits) -> str | None:
    """The code of a lag that is reported, in place of a lesser cause."""
    if behind.nothing_replicated and pair.health in _PROTECTED_BY_SNAPSHOTS:
        return "no_replicated_snapshot"
    late = lag.beyond(behind, limits)
    # A lag that is only a warning hides no other warning, which is its cause.
    return None if late == "lag_high" and cause(pair) else late


def _is_error(code: str | None) -> bool:
    return code is not None and PROBLEMS[code][0] == ERROR


def cause(pair: ObservedVolumePair) -> str | None:
    """The code of the worst cause of a pair, which hides the lesser ones; None for a healthy pair."""
    if pair.row == "deleted":
        return "volume_deleted"  # also of a half: nothing can be paired again before the volume is restored
    if pair.state in ("half_local", "half_peer", "crossed"):
        return "half_pair"
    if pair.health == "dead":
        return "dead"
    if pair.state == "paired":
        by_roles = {"paired_no_role": "access_conflict"}.get(pair.row) or _by_direction(pair)
        if by_roles:
            return by_roles
    if pair.health in _RUNNING:
        return "snapshots_stopped" if _snapshot_state(pair) else None
    return _of_worst_state(pair)


def _by_direction(pair: ObservedVolumePair) -> str | None:
    local, peer = pair.volume(LOCAL), pair.volume(PEER)
    unlike = local.enable_512e != peer.enable_512e and pair.health == "recovering"
    return {"split": "split", "none": "no_source"}.get(pair.direction or "") or ("sector_mismatch" if unlike else None)


def _of_worst_state(pair: ObservedVolumePair) -> str:
    worst = [entry.state for entry in _entries(pair) if of_state(entry.state, _roles_valid(pair)) == pair.health]
    return next((_BY_STATE[state] for state in worst if state in _BY_STATE), _BY_HEALTH[pair.health])


def _entries(pair: ObservedVolumePair) -> list[VolumePair]:
    return [entry for entry in (pair.entries.local, pair.entries.peer) if entry]


def _roles_valid(pair: ObservedVolumePair) -> bool:
    return pair.direction in ("to_peer", "from_peer")


def _snapshot_state(pair: ObservedVolumePair) -> str | None:
    """The state that shows why snapshots are not replicated although the pair is; None if they are."""
    odd = [
        entry.snapshot_state
        for entry in _entries(pair)
        if entry.snapshot_state not in _SNAPSHOTS_WELL and not entry.snapshot_state.startswith("Resuming")
    ]
    return odd[0] if odd else None


def _of_one(pair: ObservedVolumePair, code: str) -> Finding:
    if code == "snapshots_stopped":
        what = f"it replicates, its snapshots do not: {_snapshot_state(pair)}"
        return _finding(pair, code, what, remedies.of_snapshots(pair, _snapshot_state(pair)))
    what = "the entries of the two sides belong to different pairs" if pair.state == "crossed" else _WORDS[code]
    return _finding(pair, code, what, remedies.of_pair(pair, code))


def _finding(pair: ObservedVolumePair, code: str, what: str, remedy: Remedy) -> Finding:
    side = LOCAL if pair.entries.local else PEER
    volume = pair.volume(side)
    return Finding(
        code,
        f"{_ends(pair, side)}: {what} ({_states_shown(pair)})",
        pair.name(side),
        volume.name,
        remedy.text,
        hits=1,
        volume_id=volume.id,
        account=pair.catalogs[side].account(volume),
        command=() if pair.row == UNREADABLE else remedy.command,
    )


def _ends(pair: ObservedVolumePair, side: Side) -> str:
    text, other_side = f"{pair.label(side)} on cluster {pair.name(side)}", other(side)
    if pair.state.startswith("pending"):
        return text  # a pending entry names no partner
    return f"{text} and {pair.label(other_side)} on {pair.name(other_side)}"


def _states_shown(pair: ObservedVolumePair) -> str:
    if pair.row == UNREADABLE:
        side = LOCAL if pair.entries.local else PEER
        return f"{pair.name(side)} shows {pair.entry(side).state}, the entry on {pair.name(other(side))} cannot be read"
    if pair.state == "unknown_peer":
        return f"{pair.name(LOCAL)} shows {pair.entry(LOCAL).state}, {pair.name(PEER)} was not read"
    return states(pair)


def _late(pair: ObservedVolumePair, code: str | None, late: str, what: str) -> Finding:
    """The finding on a lag, in place of the finding on its cause, with the remedy of the cause."""
    if code is None or late == "no_replicated_snapshot":
        return _finding(pair, late, what, remedies.of_lag(pair, late))
    text, command = remedies.of_pair(pair, code)
    because = f"; {_WORDS[code]}" if code in _WORDS else ""
    return _finding(pair, late, what + because, Remedy(text or PROBLEMS[code][1], command))


class Shared(NamedTuple):
    """The cause that several pairs share."""

    #: Makes the finding of the pairs and of `cluster`.
    finding: Callable[[Sequence[ObservedVolumePair], str], Finding]
    #: The name of the cluster that the finding is about.
    cluster: str
    #: The code of the lag that replaces the code of the finding; None without a lag.
    late: str | None = None


def _with_others(pair: ObservedVolumePair, code: str | None, late: str | None) -> Shared | None:
    """The cause that this pair may share with others; None if it is its own. late: the code of its lag, if any."""
    if late == "no_replicated_snapshot":
        return None
    if code == "link_lost":
        return Shared(_link_lost, pair.name(PEER))
    if code == "recovering" and SLOW_LINK in {entry.state for entry in _entries(pair)}:
        return Shared(_link_slow, pair.name(PEER), late)
    if late:
        return Shared(_not_asked, pair.name(PEER), late) if lag.not_asked(pair) else None
    if code == "target_full":
        return Shared(_target_full, pair.name(_target(pair)))
    if code == "snapshots_stopped" and _snapshot_state(pair) == "PausedClusterFull":
        return Shared(_snapshots_stopped, pair.name(_target(pair)))
    return None


def _of_all(shared: Shared, pairs: Sequence[ObservedVolumePair]) -> Finding:
    finding = shared.finding(pairs, shared.cluster)
    if shared.late is None:
        return finding
    if shared.finding is _not_asked:
        return replace(finding, code=shared.late)
    return replace(finding, code=shared.late, message=f"{finding.message}; {_LATE[shared.late]}", fix=finding.remedy)


_LATE = {
    "lag_exceeded": "further behind than max_lag permits",
    "lag_unknown": "the lag is not known",
    "lag_high": "further behind than warn_lag permits, or the lag is not known",
}


def _target(pair: ObservedVolumePair) -> Side:
    """The side of the target; the peer's if no volume that was read is a target."""
    return next((side for side in SIDES if pair.volumes[side] and pair.volume(side).access == TARGET), PEER)


def _named(pairs: Sequence[ObservedVolumePair]) -> str:
    named = ", ".join(pair.label(LOCAL if pair.entries.local else PEER) for pair in pairs[:MAX_NAMED])
    return f"{counted(len(pairs))} ({named}{' and more' if len(pairs) > MAX_NAMED else ''})"


def _link_lost(pairs: Sequence[ObservedVolumePair], peer: str) -> Finding:
    local = pairs[0].name(LOCAL)
    text = f"{_named(pairs)} between {local} and {peer} cannot replicate, although the clusters are connected: {DISCONNECTED}"
    return Finding("link_lost", text, local, hits=len(pairs))


def _link_slow(pairs: Sequence[ObservedVolumePair], peer: str) -> Finding:
    local = pairs[0].name(LOCAL)
    text = f"the link between {local} and {peer} is too slow for {_named(pairs)}: {SLOW_LINK}"
    return Finding("recovering", text, local, fix=remedies.of_pair(pairs[0], "recovering").text, hits=len(pairs))


def _not_asked(pairs: Sequence[ObservedVolumePair], peer: str) -> Finding:
    text = (
        f"the lag of {_named(pairs)} is not known: only {peer}, which has each source, reports it, and it was not read"
    )
    return Finding("lag_unknown", text, pairs[0].name(LOCAL), fix=f"name {peer} as the peer", hits=len(pairs))


def _target_full(pairs: Sequence[ObservedVolumePair], cluster: str) -> Finding:
    text = f"cluster {cluster} is too full to receive the data of {_named(pairs)}"
    return Finding("target_full", text, cluster, hits=len(pairs))


def _snapshots_stopped(pairs: Sequence[ObservedVolumePair], cluster: str) -> Finding:
    text = f"cluster {cluster} is too full to receive the snapshots of {_named(pairs)}"
    return Finding("snapshots_stopped", text, cluster, fix=PROBLEMS["target_full"][1], hits=len(pairs))
