# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection elementsw.replication: it can change without notice.
"""Does an entry of one cluster's list mean the other cluster?"""

from __future__ import annotations

from collections.abc import Iterable

from ..._element import addresses
from ..._element.errors import Failure
from ..model import Cluster, ClusterPair, UnreadableClusterPair


def names(entry: ClusterPair, cluster: Cluster) -> bool:
    """The entry is a pair with this cluster: by unique ID, or by MVIP where the entry holds no unique ID."""
    if entry.pending:
        return False
    if entry.remote_unique_id:
        return entry.remote_unique_id == cluster.unique_id
    return addresses.same(entry.remote_mvip, cluster.mvip)


def names_predecessor(entry: ClusterPair, cluster: Cluster) -> bool:
    """The entry is a pair with a cluster that had this one's MVIP: the cluster was rebuilt since."""
    return not entry.pending and not names(entry, cluster) and addresses.same(entry.remote_mvip, cluster.mvip)


def named_by_address(entries: Iterable[ClusterPair], known_as: Iterable[str]) -> tuple[ClusterPair, ...]:
    """The entries whose MVIP is one of the names and addresses an unreachable cluster is known by."""
    known = tuple(known_as)
    return tuple(
        entry
        for entry in entries
        if not entry.pending and any(addresses.same(entry.remote_mvip, name) for name in known)
    )


def may_name(odd: UnreadableClusterPair, cluster: Cluster) -> bool:
    """Whether an entry that cannot be read may be a pair with this cluster, or with one that had its MVIP before."""
    if odd.pending:
        return False
    if odd.remote_unique_id and odd.remote_unique_id == cluster.unique_id:
        return True
    if odd.remote_mvip:
        return addresses.same(odd.remote_mvip, cluster.mvip)
    return odd.remote_name in (None, "", cluster.name)


def refuse_unreadable(entries: Iterable[UnreadableClusterPair], lister: str, cluster: Cluster) -> None:
    """Raise Failure for an entry in the list of the cluster `lister` that may be the pair with `cluster`."""
    for odd in entries:
        if may_name(odd, cluster):
            raise odd.failure(lister)


def may_be_known_as(odd: UnreadableClusterPair, known_as: Iterable[str]) -> bool:
    """Whether an entry that cannot be read may be the pair with an unreachable cluster of these names and addresses."""
    if odd.pending:
        return False
    return not odd.remote_mvip or any(addresses.same(odd.remote_mvip, name) for name in known_as)


def peer_unknown(cluster: str, established: Iterable[ClusterPair], hostname: str) -> Failure:
    """An unreachable peer can only be recognised by its address, and no entry has it."""
    listed = ", ".join(f"{entry.remote_name or 'unnamed'} ({entry.remote_mvip})" for entry in established)
    return Failure(
        "peer_unknown",
        f"the peer is unreachable and none of cluster {cluster}'s pairs has the MVIP {hostname}: {listed}; put the peer's MVIP "
        "into its hostname",
        cluster=cluster,
        method="ListClusterPairs",
    )
