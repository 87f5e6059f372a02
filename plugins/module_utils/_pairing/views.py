# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lists of one cluster: readable objects and unreadable ones."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from .._element.errors import Failure
from .model import PENDING, Cluster, ClusterPair, Volume, VolumePair

K = TypeVar("K")
T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True)
class Unreadable:
    """An object of a list that does not fit the Element API, as far as it can be read.

    It still counts for ambiguous names, for limits and as a user of other objects. Only an item that needs it fails.
    """

    #: The name of the kind in messages, such as volume, cluster pair, account.
    kind: str
    #: The API method that lists it, and its place in that list, counted from 1.
    method: str
    place: int
    #: The member that does not fit, empty for the object as a whole, and what is wrong with it.
    member: str
    why: str
    #: Its ID and its name; None if they cannot be read either.
    id: int | None = None
    name: str | None = None

    @property
    def label(self) -> str:
        if self.id is None:
            what = f"{self.kind} {self.name}" if self.name else f"the {self.kind}"
            return f"{what} at place {self.place} of its list"
        return f"{self.kind} {self.name} ({self.id})" if self.name else f"{self.kind} with ID {self.id}"

    @property
    def reason(self) -> str:
        return f"{self.method}: {self.member or 'it'} {self.why}"

    def failure(self, cluster: str) -> Failure:
        """Return the error of an item that needs this object."""
        return Failure(
            "bad_reply",
            f"cluster {cluster}: {self.label} does not fit the Element API ({self.reason}); check what {self.method} returns for "
            "it, have it corrected there, then run again",
            cluster=cluster,
            method=self.method,
        )


@dataclass(frozen=True)
class UnreadableVolume(Unreadable):
    """A volume that cannot be read."""

    #: None if they cannot be read.
    pairs: tuple[VolumePair, ...] | None = None
    deleted: bool = False


@dataclass(frozen=True)
class UnreadableClusterPair(Unreadable):
    """An entry of a cluster's list of pairs that cannot be read."""

    #: Each member is None if it cannot be read, and "" if it is empty.
    uuid: str | None = None
    status: str | None = None
    remote_name: str | None = None
    remote_mvip: str | None = None
    remote_unique_id: str | None = None

    @property
    def pending(self) -> bool:
        return self.status == PENDING


@dataclass(frozen=True)
class Listed(Generic[T, U]):
    """The objects of a list, readable and unreadable ones. Iteration yields the readable ones."""

    readable: tuple[T, ...] = ()
    unreadable: tuple[U, ...] = ()

    def __iter__(self) -> Iterator[T]:
        return iter(self.readable)


ClusterPairs = Listed[ClusterPair, UnreadableClusterPair]
Volumes = Listed[Volume, UnreadableVolume]
# A list of (ID or name, object).
Keyed = Listed[tuple[K, T], Unreadable]


@dataclass(frozen=True)
class ClusterView:
    """What one cluster shows about cluster pairs."""

    cluster: Cluster
    entries: tuple[ClusterPair, ...]
    #: How many pairs it may have; None if the cluster does not report it.
    pairs_max: int | None = None
    #: The volumes with pair entries, also deleted ones; None if they were not read, since no entry may be removed.
    paired_volumes: tuple[Volume, ...] | None = None
    #: The roles of the task's user; None if they were not read, since no pair is made, or if the cluster does not list them.
    roles: frozenset[str] | None = None
    unreadable_entries: tuple[UnreadableClusterPair, ...] = ()
    #: Those that may have pairs; read together with paired_volumes.
    unreadable_volumes: tuple[UnreadableVolume, ...] = ()

    def listing(self, entries: ClusterPairs) -> ClusterView:
        """Return a copy with these entries in place of its own."""
        return replace(self, entries=entries.readable, unreadable_entries=entries.unreadable)


@dataclass(frozen=True)
class VolumeView:
    """What one cluster shows about volumes."""

    cluster: Cluster
    entries: tuple[ClusterPair, ...]
    volumes: tuple[Volume, ...]
    #: Names by ID.
    accounts: Mapping[int, str]
    unreadable_entries: tuple[UnreadableClusterPair, ...] = ()
    unreadable_volumes: tuple[UnreadableVolume, ...] = ()
    unreadable_accounts: tuple[Unreadable, ...] = ()

    @property
    def unreadable(self) -> tuple[Unreadable, ...]:
        return (*self.unreadable_entries, *self.unreadable_volumes, *self.unreadable_accounts)

    def showing(self, volumes: Volumes) -> VolumeView:
        """Return a copy with these volumes in place of its own."""
        return replace(self, volumes=volumes.readable, unreadable_volumes=volumes.unreadable)

    def adding(self, volumes: Volumes) -> VolumeView:
        """Return a copy with these volumes in addition to its own."""
        shown = (*self.volumes, *volumes.readable)
        return self.showing(Listed(shown, (*self.unreadable_volumes, *volumes.unreadable)))
