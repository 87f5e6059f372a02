# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which entries of one cluster's list name the other cluster."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..._element import addresses
from ..._element.errors import Failure, Unanswered
from ..model import Cluster, ClusterPair
from ..views import UnreadableClusterPair


def names_cluster(entry: ClusterPair, cluster: Cluster) -> bool:
    """Whether the entry is a pair with this cluster: by unique ID, or by MVIP if the entry has no unique ID."""
    if entry.pending:
        return False
    if entry.remote_unique_id:
        return entry.remote_unique_id == cluster.unique_id
    return addresses.same(entry.remote_mvip, cluster.mvip)


def names_predecessor(entry: ClusterPair, cluster: Cluster) -> bool:
    """Whether the entry is a pair with a cluster that had this one's MVIP: the cluster was rebuilt since."""
    return not entry.pending and not names_cluster(entry, cluster) and addresses.same(entry.remote_mvip, cluster.mvip)


@dataclass(frozen=True)
class UnreachablePeer:
    """A peer that nothing is sent to."""

    #: Its MVIP, its host name and the addresses that this resolves to, the most certain first.
    known_as: tuple[str, ...]
    #: Whether the only established cluster pair counts as the one with the peer if no address identifies it.
    single_will_do: bool = False
    #: Why it is unreachable; None with `assume_dead`, which sends no request to it.
    failure: Unanswered | None = None

    @property
    def name(self) -> str:
        return self.known_as[0]


def entries_of(
    entries: Iterable[ClusterPair], peer: UnreachablePeer, unreadable: Iterable[UnreadableClusterPair] = ()
) -> tuple[ClusterPair, ...]:
    """The entries for a peer that nothing is sent to; empty if they cannot be identified.

    unreadable: the unreadable entries of this list. If one of them may be established, no entry counts as the only one.
    """
    established = tuple(entry for entry in entries if not entry.pending)
    named = named_by_address(established, peer.known_as)
    single = len(established) == 1 and all(odd.pending for odd in unreadable)
    return named or (established if peer.single_will_do and single else ())


def named_by_address(entries: Iterable[ClusterPair], known_as: Iterable[str]) -> tuple[ClusterPair, ...]:
    """The established entries with the first address of `known_as` that any entry has; empty if there is none."""
    established = [entry for entry in entries if not entry.pending]
    for name in known_as:
        named = tuple(entry for entry in established if addresses.same(entry.remote_mvip, name))
        if named:
            return named
    return ()


def connected(cluster: str, entry: ClusterPair) -> str:
    """The text that a cluster reports its pair with another one as Connected, which proves that the other one is up."""
    return (
        f"cluster {cluster}: its pair with {entry.remote_name or 'a cluster'} (MVIP {entry.remote_mvip}) is Connected"
    )


def may_name(odd: UnreadableClusterPair, cluster: Cluster) -> bool:
    """Whether an unreadable entry may be a pair with this cluster, or with one that had its MVIP before."""
    if odd.pending:
        return False
    if odd.remote_unique_id and odd.remote_unique_id == cluster.unique_id:
        return True
    if odd.remote_mvip:
        return addresses.same(odd.remote_mvip, cluster.mvip)
    return odd.remote_name in (None, "", cluster.name)


def refuse_unreadable(entries: Iterable[UnreadableClusterPair], lister: str, cluster: Cluster) -> None:
    """Raise Failure if an unreadable entry in the list of the cluster `lister` may be the pair with `cluster`."""
    for odd in entries:
        if may_name(odd, cluster):
            raise odd.failure(lister)


def may_be_known_as(odd: UnreadableClusterPair, known_as: Iterable[str]) -> bool:
    """Whether an unreadable entry may be the pair with an unreachable cluster of these names and addresses."""
    if odd.pending:
        return False
    return not odd.remote_mvip or any(addresses.same(odd.remote_mvip, name) for name in known_as)


def seems_alive(cluster: str, entry: ClusterPair, promoted: bool = False) -> str:
    """The warning that the unreachable peer seems to be up, for a task that this does not stop."""
    then = "both sides may be writable: keep hosts off it" if promoted else "its side was not changed"
    return f"{connected(cluster, entry)}, so it seems to be up; {then}"


def peer_unknown(cluster: str, established: Iterable[ClusterPair], known_as: tuple[str, ...]) -> Failure:
    """Failure, peer_unknown: only its address identifies an unreachable peer, and no entry has that address."""
    listed = ", ".join(f"{entry.remote_name or 'unnamed'} ({entry.remote_mvip})" for entry in established)
    return Failure(
        "peer_unknown",
        f"cluster {cluster} lists no pair with the unreachable peer {known_as[0]}, but with {listed}; set element_mvip of the "
        "peer's host (or peer.mvip) to the peer's MVIP",
        cluster=cluster,
        method="ListClusterPairs",
    )
