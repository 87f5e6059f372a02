# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the lists of one cluster show: the objects that can be read, and those that cannot."""

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

    It still counts, as ambiguity, as a slot, as a user, and only an item that needs it fails.
    """

    #: What it is, in words: volume, cluster pair, account.
    kind: str
    #: The API method that lists it, and its place in that list, counted from 1.
    method: str
    place: int
    #: The member that does not fit, empty where the object as a whole is none, and what is wrong with it.
    member: str
    why: str
    #: Its ID and its name; None where they cannot be read either.
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
        """Why an item that needs it cannot be decided."""
        return Failure(
            "bad_reply",
            f"cluster {cluster}: {self.label} does not fit the Element API ({self.reason}); look at what {self.method} shows of "
            "it and have it corrected there, then run again",
            cluster=cluster,
            method=self.method,
        )


@dataclass(frozen=True)
class UnreadableVolume(Unreadable):
    """A volume. pairs: None where its pairs cannot be read."""

    pairs: tuple[VolumePair, ...] | None = None
    deleted: bool = False


@dataclass(frozen=True)
class UnreadableClusterPair(Unreadable):
    """An entry of a cluster's list of pairs. None where a member cannot be read, "" where it is empty."""

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
    """What a list shows: the objects that can be read, which one gets by going through it, and those that cannot."""

    readable: tuple[T, ...] = ()
    unreadable: tuple[U, ...] = ()

    def __iter__(self) -> Iterator[T]:
        return iter(self.readable)


ClusterPairs = Listed[ClusterPair, UnreadableClusterPair]
Volumes = Listed[Volume, UnreadableVolume]
# Of what is kept by the ID, or the name, that stands before it.
Keyed = Listed[tuple[K, T], Unreadable]


@dataclass(frozen=True)
class ClusterView:
    """One cluster as far as cluster pairs go.

    pairs_max: how many pairs it may have, None where it does not say. paired_volumes: its volumes that have pair
    entries, deleted ones that can be restored included; read only when an entry may have to go, else None. roles: what
    the task's user may do there; read only where clusters are to be paired, and None where the cluster does not tell.
    """

    cluster: Cluster
    entries: tuple[ClusterPair, ...]
    pairs_max: int | None = None
    paired_volumes: tuple[Volume, ...] | None = None
    roles: frozenset[str] | None = None
    unreadable_entries: tuple[UnreadableClusterPair, ...] = ()
    #: Of the volumes that may have pairs; read when paired_volumes are.
    unreadable_volumes: tuple[UnreadableVolume, ...] = ()

    def listing(self, entries: ClusterPairs) -> ClusterView:
        """The same cluster with these entries in place of its own."""
        return replace(self, entries=entries.readable, unreadable_entries=entries.unreadable)


@dataclass(frozen=True)
class VolumeView:
    """One cluster as far as volumes go. accounts: names by ID."""

    cluster: Cluster
    entries: tuple[ClusterPair, ...]
    volumes: tuple[Volume, ...]
    accounts: Mapping[int, str]
    unreadable_entries: tuple[UnreadableClusterPair, ...] = ()
    unreadable_volumes: tuple[UnreadableVolume, ...] = ()
    unreadable_accounts: tuple[Unreadable, ...] = ()

    @property
    def unreadable(self) -> tuple[Unreadable, ...]:
        return (*self.unreadable_entries, *self.unreadable_volumes, *self.unreadable_accounts)

    def showing(self, volumes: Volumes) -> VolumeView:
        """The same cluster with these volumes in place of its own."""
        return replace(self, volumes=volumes.readable, unreadable_volumes=volumes.unreadable)

    def adding(self, volumes: Volumes) -> VolumeView:
        """The same cluster with these volumes beside its own."""
        shown = (*self.volumes, *volumes.readable)
        return self.showing(Listed(shown, (*self.unreadable_volumes, *volumes.unreadable)))
