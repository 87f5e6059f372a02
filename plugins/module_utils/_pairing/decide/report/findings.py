# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The codes of findings, their severities and remedies, and the findings on clusters. Pairs and faults have own files.

There is one finding per cause: the finding on a lost link includes the volume pairs that it stops.
"""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ...._element import addresses
from ...model import LOCAL, PEER, SIDES, ClusterPair, Side, first_named, other
from ...views import Unreadable, VolumeView
from ..cluster_pair.state import ObservedClusterPair
from ..volume_pair.state import ObservedVolumePair
from .commands import Line, pair_all_again, pair_clusters, remove_all

ERROR = "error"
WARNING = "warning"
# The stage of fullness from which a cluster warns its administrators; at the next one it creates nothing any more.
STAGE_FILLING = 3
_NETWORK = "check the management network between all nodes of both clusters, ports 443 and 2181"
# Code -> severity and remedy, the worst first. A finding may have a more specific remedy.
# Documented in docs/docsite/rst/problem_codes.rst; a test compares the two lists.
PROBLEMS = {
    "peer_unreachable": (ERROR, "check the peer's hostname, its power and the network"),
    "not_connected": (ERROR, _NETWORK),
    "link_lost": (ERROR, "check the storage network between all nodes of both clusters, ports 2181 and 4000 to 4020"),
    "not_paired": (ERROR, "pair it with element_cluster_pair or element_volume_pair"),
    "half_pair": (ERROR, "run element_cluster_pair or element_volume_pair with repair: true, or with state: absent"),
    "split": (ERROR, "decide which volume holds the good data and make the other one its target"),
    "volume_deleted": (ERROR, "restore the volume with RestoreDeletedVolume, or remove the pair with state: absent"),
    "no_source": (ERROR, "decide which volume holds the good data and make it readWrite"),
    "access_conflict": (ERROR, "make one volume of the pair readWrite and the other one replicationTarget"),
    "dead": (ERROR, "it never recovers by itself; pair it again with element_volume_pair and repair: true"),
    "target_full": (ERROR, "delete and purge volumes that are not needed on that cluster, or add storage nodes"),
    "cluster_full": (ERROR, "delete and purge volumes that are not needed on that cluster, or add storage nodes"),
    "no_replicated_snapshot": (
        ERROR,
        "take snapshots with remote replication: a schedule with enableRemoteReplication on the source's cluster",
    ),
    "sector_mismatch": (ERROR, "remove the pair, and create the target again with the source's setting"),
    "size_mismatch": (ERROR, "run element_volume_pair with match_size: true"),
    "snapshot_limit": (ERROR, "delete snapshots of the target"),
    "broken": (ERROR, "remove the cause that the state names; it does not pass by itself"),
    "lag_exceeded": (ERROR, "give the link or the target's QoS more room, or permit more with max_lag"),
    "lag_unknown": (ERROR, "make the pair replicate; its lag is not known until then"),
    "fault": (ERROR, "remove the cause that the fault names, on the cluster that reports it"),
    "lag_high": (WARNING, "give the link or the target's QoS more room, or permit more with warn_lag"),
    "unknown_state": (
        WARNING,
        "this collection does not know the state and changes nothing; check the pair on the cluster",
    ),
    "pending_pair": (
        WARNING,
        "complete it, or remove it with repair or state: absent (remove_pending for cluster pairs)",
    ),
    "no_host_access": (
        WARNING,
        "put the volume into an access group of the hosts that take over, or give these hosts the CHAP secrets of its account",
    ),
    "rehearsal_left": (WARNING, "remove its clones with element_failover_rehearsal and state: absent"),
    "further_entries": (WARNING, "run element_cluster_pair with repair: true"),
    "cluster_filling": (WARNING, "delete and purge volumes that are not needed on that cluster, or add storage nodes"),
    "snapshots_stopped": (WARNING, "remove the cause that the state of the snapshots' replication names"),
    "recovering": (WARNING, "it passes by itself once its cause does; check again later"),
    "paused": (WARNING, "an administrator has paused it; resume it with paused: false when the reason is gone"),
    "unreadable_object": (WARNING, "check what the named method returns for it, and correct it on the cluster"),
    "minor_fault": (WARNING, "remove the cause that the fault names, on the cluster that reports it"),
}
_ORDER = {code: position for position, code in enumerate(PROBLEMS)}


@dataclass(frozen=True)
class Finding:
    """An error or warning of a report, an element of `problems`."""

    code: str
    message: str
    #: The name of the cluster; None if it concerns several.
    cluster: str | None = None
    #: The name of the volume; None if it concerns several or none.
    volume: str | None = None
    #: A remedy that is more specific than that of the code.
    fix: str | None = None
    #: The number of volume pairs that it concerns.
    hits: int = 0
    #: The ID of the volume on that cluster, and the name of its account: names can repeat.
    volume_id: int | None = None
    account: str | None = None
    #: The tasks that do what the remedy says; empty if none of this collection does.
    command: tuple[Line, ...] = ()

    @property
    def severity(self) -> str:
        return PROBLEMS[self.code][0]

    @property
    def remedy(self) -> str:
        return self.fix or PROBLEMS[self.code][1]


def by_harm(findings: Iterable[Finding]) -> list[Finding]:
    """The findings with errors first, then by code, the worst first, then by the number of pairs."""
    return sorted(findings, key=lambda finding: (finding.severity != ERROR, _ORDER[finding.code], -finding.hits))


def counted(pairs: int) -> str:
    """The number of volume pairs as text."""
    return "1 volume pair" if pairs == 1 else f"{pairs} volume pairs"


def of_unreadable(cluster: str, unreadable: Iterable[Unreadable]) -> list[Finding]:
    """The findings on the unreadable objects of a cluster's lists, one for all with the same reason."""
    same_cause: dict[tuple[str, str], list[Unreadable]] = {}
    for odd in unreadable:
        same_cause.setdefault((odd.kind, odd.reason), []).append(odd)
    return [_unreadable(cluster, reason, found) for (_kind, reason), found in same_cause.items()]


def _unreadable(cluster: str, reason: str, found: Sequence[Unreadable]) -> Finding:
    named = first_named([odd.label for odd in found])
    text = f"cluster {cluster}: {named} cannot be read ({reason}); the report is complete except for that"
    single = found[0] if len(found) == 1 else None
    number = single.id if single and single.kind == "volume" else None
    return Finding("unreadable_object", text, cluster, single.name if single else None, volume_id=number)


def of_fullness(cluster: str, stage: int | None) -> list[Finding]:
    """The finding on a cluster that is replicated to. stage: of 5; None if it is not known."""
    if stage is None or stage < STAGE_FILLING:
        return []
    text = f"cluster {cluster}, which is replicated to, is at stage {stage} of 5 of fullness"
    return [Finding("cluster_filling" if stage == STAGE_FILLING else "cluster_full", text, cluster)]


def of_peer(hostname: str, local: str, hits: int) -> Finding:
    """The finding on an unreachable peer. hits: the number of volume pairs that are known to be stopped by that."""
    text = f"the peer {hostname} does not answer; only cluster {local} was read"
    cut = f", where {counted(hits)} with it cannot replicate" if hits else ""
    return Finding("peer_unreachable", text + cut, hits=hits)


def of_clusters(
    observed: ObservedClusterPair,
    stopped: Sequence[ObservedVolumePair],
    all_pairs: Sequence[ObservedVolumePair] | None = None,
) -> list[Finding]:
    """The findings on the pair of two reachable clusters.

    stopped: the volume pairs that it stops. all_pairs: every volume pair of the two; None if they were not read.
    """
    findings = _pending(observed)
    if observed.state != "paired" and any(observed.doubtful(side) for side in SIDES):
        return findings  # an unreadable entry may be the one that is missing
    if observed.state == "none":
        findings.append(_not_paired(observed, stopped))
    elif observed.state != "paired":
        findings.append(_half(observed, stopped))
    elif not observed.connected:
        moved = _moved(observed)
        findings.append(
            _at_another_address(observed, moved, len(stopped), all_pairs)
            if moved
            else _not_connected(observed, len(stopped))
        )
    return findings + (_further(observed) if observed.state == "paired" else [])


def _not_paired(observed: ObservedClusterPair, stopped: Sequence[ObservedVolumePair]) -> Finding:
    local_name, peer_name, hits = observed.name(LOCAL), observed.name(PEER), len(stopped)
    text = f"clusters {local_name} and {peer_name} are not paired"
    again = pair_clusters()
    if not stopped:
        return Finding("not_paired", text, local_name, fix="run element_cluster_pair", command=(again,))
    fix = f"{_unpair(hits)}; run element_cluster_pair; then pair the volumes again"
    text += f" any more, but still have {counted(hits)}"
    return Finding("not_paired", text, local_name, fix=fix, hits=hits, command=_around(again, stopped))


def _half(observed: ObservedClusterPair, stopped: Sequence[ObservedVolumePair]) -> Finding:
    local_name, peer_name, hits = observed.name(LOCAL), observed.name(PEER), len(stopped)
    sides = ", ".join(
        f"{observed.name(side)} lists {', '.join(str(e.id) for e in observed.naming(side)) or 'none'}" for side in SIDES
    )
    text = f"the cluster pair of {local_name} and {peer_name} is incomplete: {sides}{_cut(hits)}"
    fix, again = "run element_cluster_pair with repair: true", pair_clusters(repair=True)
    if not stopped:
        return Finding("half_pair", text, local_name, fix=fix, command=(again,))
    fix = f"{_unpair(hits)}; {fix}; then pair the volumes again"
    return Finding("half_pair", text, local_name, fix=fix, hits=hits, command=_around(again, stopped))


def _around(again: Line, stopped: Sequence[ObservedVolumePair]) -> tuple[Line, ...]:
    """The removal of the volume pairs, the task that pairs the clusters, and the same volume pairs once more."""
    return (*remove_all(stopped), again, *pair_all_again(stopped))


def _unpair(hits: int) -> str:
    return (
        f"remove the {counted(hits)} between them with element_volume_pair and state: absent, each by its volume_id and "
        "peer_volume_id"
    )


def _not_connected(observed: ObservedClusterPair, hits: int) -> Finding:
    local_name, peer_name = observed.name(LOCAL), observed.name(PEER)
    statuses = ", ".join(f"{observed.name(side)} reports {observed.entry(side).status}" for side in SIDES)
    text = f"the cluster pair of {local_name} and {peer_name} is not Connected: {statuses}{_cut(hits)}"
    return Finding("not_connected", text, local_name, hits=hits)


def _moved(observed: ObservedClusterPair) -> list[Side]:
    """The sides whose cluster has another MVIP than the other cluster's entry for it."""
    return [
        side
        for side in SIDES
        for entry in (observed.pair[other(side)],)
        if entry and entry.remote_mvip and not addresses.same(entry.remote_mvip, observed.view(side).cluster.mvip)
    ]


def _at_another_address(
    observed: ObservedClusterPair, moved: Sequence[Side], hits: int, pairs: Sequence[ObservedVolumePair] | None
) -> Finding:
    """The API changes no entry: either the cluster gets its address back, or everything is paired again."""
    local_name = observed.name(LOCAL)
    known = ", ".join(
        f"{observed.name(other(side))} lists {observed.name(side)} with MVIP {observed.entry(other(side)).remote_mvip}, which "
        f"is {observed.view(side).cluster.mvip}"
        for side in moved
    )
    text = f"the cluster pair of {local_name} and {observed.name(PEER)} is not Connected: {known}{_cut(hits)}"
    fix = (
        "give the cluster its MVIP back, or remove all volume pairs between them, then the cluster pair, and pair the clusters "
        "and the volumes again"
    )
    return Finding("not_connected", text, local_name, fix=fix, hits=hits, command=_all_again(pairs))


def _all_again(pairs: Sequence[ObservedVolumePair] | None) -> tuple[Line, ...]:
    """The removal of everything that is paired between two clusters, and the same pairs once more."""
    if pairs is None:
        return ()
    lines = (*remove_all(pairs), pair_clusters(state="absent"), pair_clusters(), *pair_all_again(pairs))
    return (replace(lines[0], comment="pairs the clusters and their volumes again, with complete copies"), *lines[1:])


def of_entries(view: VolumeView, hits: Mapping[int, int], unreachable: Collection[int]) -> list[Finding]:
    """The findings on the entries of one cluster that is read without a peer.

    hits: the number of volume pairs that do not replicate, by the ID of their cluster pair.
    unreachable: the IDs of the cluster pairs with an unreachable peer, which has a finding of its own.
    """
    lost = [entry for entry in view.entries if not entry.connected and entry.id not in unreachable]
    return [_of_entry(view, entry, hits.get(entry.id, 0)) for entry in lost]


def _of_entry(view: VolumeView, entry: ClusterPair, hits: int) -> Finding:
    name = view.cluster.name
    if entry.pending:
        return _pending_entry(name, entry)
    other_cluster = entry.remote_name or entry.remote_mvip
    text = f"cluster {name} reports its pair {entry.id} with {other_cluster} as {entry.status}{_cut(hits)}"
    return Finding("not_connected", text, name, hits=hits)


def _further(observed: ObservedClusterPair) -> list[Finding]:
    """The findings on entries beside the established pair, usually of an earlier pairing."""
    findings = []
    for side in SIDES:
        name, ids = observed.name(side), [str(entry.id) for entry in observed.further[side]]
        if ids:
            text = f"cluster {name} has further cluster pairs that name {observed.name(other(side))}: {', '.join(ids)}"
            findings.append(Finding("further_entries", text, name, command=(pair_clusters(repair=True),)))
    return findings


def _cut(hits: int) -> str:
    return f"; {counted(hits)} cannot replicate because of it" if hits else ""


def _pending(observed: ObservedClusterPair) -> list[Finding]:
    # With `present`, clusters that are not paired would be paired, and with `absent` a pair would be removed.
    state = {} if observed.state == "paired" else {"state": "absent"}
    remove = replace(pair_clusters(**state, remove_pending=True), comment="removes what is pending on both clusters")
    return [
        replace(_pending_entry(observed.name(side), entry), command=(remove,))
        for side in SIDES
        for entry in observed.pending(side)
    ]


def _pending_entry(cluster: str, entry: ClusterPair) -> Finding:
    return Finding(
        "pending_pair",
        f"cluster {cluster} has the pending cluster pair {entry.id}",
        cluster,
        fix="complete it on the intended cluster, or run element_cluster_pair with remove_pending: true",
    )
