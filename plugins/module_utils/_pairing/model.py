# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The nouns: what is read from the clusters, what is wished, what is planned. Frozen, and free of behaviour that acts."""

# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

LOCAL = "local"
PEER = "peer"
SIDES = (LOCAL, PEER)
READ_WRITE = "readWrite"
TARGET = "replicationTarget"
# The status of a cluster pair, and the state of a volume pair, that was started and not completed.
PENDING = "Unconfigured"
# Who has paused a pair: the cluster that shows this, or the other one.
PAUSED_HERE = "PausedManual"
PAUSED_THERE = "PausedManualRemote"
# The attribute of a volume that a run of ours has created; its value is that run's own.
MARK = "elementsw-replication-run"
# The attribute of a volume that was the target of a pair which is gone; its value tells whether its copy was complete.
REPLICA_MARK = "elementsw-replication-replica"
COMPLETE, INCOMPLETE = "complete", "incomplete"
# What the name of every snapshot begins with that keeps what was to be overwritten.
SAVED = "elementsw-saved-"
# Option value -> the API's own name.
MODES = {"async": "Async", "sync": "Sync", "snapshots_only": "SnapshotsOnly"}
TO_PEER = "to_peer"
FROM_PEER = "from_peer"


T = TypeVar("T")


def mode_option(name: str) -> str | None:
    """The option's value for a mode in the API's words, whatever their case; None for none or an unknown one."""
    return next((option for option, known in MODES.items() if known.lower() == name.lower()), None)


def other(side: str) -> str:
    return PEER if side == LOCAL else LOCAL


@dataclass(frozen=True)
class Sides(Generic[T]):
    """One thing of each of the two clusters."""

    local: T
    peer: T

    def __getitem__(self, side: str) -> T:
        return self.local if side == LOCAL else self.peer

    def as_dict(self) -> dict[str, T]:
        return {LOCAL: self.local, PEER: self.peer}


@dataclass(frozen=True)
class Cluster:
    """A cluster's identity; unique_id is what tells it from every other one."""

    name: str
    unique_id: str
    mvip: str
    version: str = ""
    svip: str = ""


@dataclass(frozen=True)
class ClusterNames:
    """What the task calls a cluster. mvip: as other clusters list it; None where that is not given."""

    hostname: str = ""
    mvip: str | None = None

    @classmethod
    def of(cls, options: Mapping[str, Any] | None) -> ClusterNames:
        """The names among the connection options of one cluster."""
        return cls(options["hostname"] or "", options["mvip"] or None) if options else cls()

    @property
    def given(self) -> tuple[str, ...]:
        """The names that are given, the surer one first."""
        return tuple(name for name in (self.mvip, self.hostname) if name)

    @property
    def shown(self) -> str:
        """What messages call the cluster while its own name is not known."""
        return self.hostname or self.mvip or "the peer"


NO_NAMES = ClusterNames()


@dataclass(frozen=True)
class ClusterPair:
    """A cluster pair as one cluster lists it. `id` is local to that cluster, `uuid` is shared by both.

    While the pair is pending the remote members may be empty, and the UUID too, and remote_unique_id None.
    """

    id: int
    uuid: str
    status: str
    remote_name: str = ""
    remote_mvip: str = ""
    remote_unique_id: str | None = None
    remote_version: str = ""
    latency_ms: int | None = None

    @property
    def pending(self) -> bool:
        return self.status == PENDING

    @property
    def connected(self) -> bool:
        return self.status == "Connected"


@dataclass(frozen=True)
class VolumePair:
    """A volume pair as one of its two volumes shows it. `uuid` is shared by both, and may be empty while it is pending.

    snapshot_state: of the replication of snapshots, which has reasons of its own to stop.
    """

    uuid: str
    cluster_pair_id: int
    remote_volume_id: int
    remote_volume_name: str = ""
    mode: str = ""
    state: str = ""
    snapshot_state: str = ""

    @property
    def pending(self) -> bool:
        # What a pending entry holds besides its state is documented nowhere (note N39 of api_notes); IDs of volumes start at 1.
        return self.state == PENDING or not self.remote_volume_id


@dataclass(frozen=True)
class Qos:
    """The guaranteed, the lasting and the short-term rate of a volume, in I/O operations per second."""

    min_iops: int
    max_iops: int
    burst_iops: int


@dataclass(frozen=True)
class Volume:
    """A volume as its cluster shows it; size in bytes.

    id: 0 for a volume that is only planned. attributes: what people, tools and this collection have noted on it.
    """

    id: int
    name: str
    account_id: int
    access: str
    size: int
    enable_512e: bool = True
    status: str = "active"
    purge_time: str = ""
    access_groups: tuple[int, ...] = ()
    pairs: tuple[VolumePair, ...] = ()
    qos: Qos | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def mark(self) -> str:
        """Of the run that created it; empty where none of ours did."""
        return str(self.attributes.get(MARK) or "")

    @property
    def replica_mark(self) -> str:
        """COMPLETE or INCOMPLETE for the former target of a pair that is gone; empty for any other volume."""
        return str(self.attributes.get(REPLICA_MARK) or "")

    @property
    def planned(self) -> bool:
        return self.id == 0

    @property
    def deleted(self) -> bool:
        return self.status == "deleted"

    @property
    def label(self) -> str:
        return f"volume {self.name}" if self.planned else f"volume {self.name} ({self.id})"

    @property
    def uuids(self) -> tuple[str, ...]:
        return tuple(sorted(pair.uuid for pair in self.pairs))


@dataclass(frozen=True)
class Usage:
    """Signs that a volume is in use or holds data. unreadable: what could not be read, which counts as in use.

    snapshots: all but saved_snapshots, which keep what was to be overwritten and stay whatever becomes of the volume;
    replicated_snapshots: those of `snapshots` that came from, or go to, the other side of a pair.
    """

    iscsi: tuple[str, ...] = ()
    fibre_channel: tuple[str, ...] = ()
    nonzero_blocks: int = 0
    write_ops: int = 0
    snapshots: int = 0
    unreadable: tuple[str, ...] = ()
    replicated_snapshots: int = 0
    saved_snapshots: int = 0


@dataclass(frozen=True)
class Writes:
    """How many writes a volume has seen, as its statistics count them."""

    count: int
    #: Seconds from one sample of the statistics to the next: so old a count can be when it is read.
    sample: float
    #: Whether the count was the same a sample earlier.
    settled: bool = False


@dataclass(frozen=True)
class Limits:
    """What a cluster allows; sizes in bytes. None where its release does not say."""

    volumes: int | None = None
    volumes_per_account: int | None = None
    volume_size_min: int | None = None
    volume_size_max: int | None = None
    volume_name_length: int | None = None
    snapshots_per_volume: int | None = None
    volumes_per_group: int | None = None


@dataclass(frozen=True)
class Snapshot:
    """A snapshot as its cluster shows it. uuid: shared with its copy on the other cluster; id and group_id are not.

    group_id: 0 without a group. created, expires: in the API's form, which sorts by time; expires: "" for never.
    replicated: it goes to the other side.
    attributes: its own and those of its group. remote: how far its copy is, in the API's words, by the UUID of the pair.
    """

    id: int
    uuid: str
    volume_id: int
    name: str
    created: str = ""
    group_id: int = 0
    replicated: bool = False
    expires: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict, hash=False)
    remote: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class SyncJob:
    """A copy on its way to a volume of the cluster that tells of it. percent: done. remaining_seconds: None if not told.

    stage and branch in the API's words: metadata, data or whole; volume or snapshot.
    """

    percent: float
    remaining_seconds: float | None = None
    stage: str = ""
    branch: str = ""


@dataclass(frozen=True)
class ClusterFault:
    """A fault of replication that a cluster reports now. code: as the API documentation spells it.

    severity, date and details in the cluster's words. cluster_pair_ids, volume_ids: whom its details name; empty where
    they name nobody.
    """

    code: str
    severity: str
    date: str = ""
    details: str = ""
    cluster_pair_ids: frozenset[int] = frozenset()
    volume_ids: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Saved:
    """A snapshot of this run that keeps what was about to be overwritten. expires: as the cluster says it, None for never."""

    cluster: str
    volume: str
    snapshot_id: int | None
    name: str
    expires: str | None = None


@dataclass(frozen=True)
class Action:
    """One write, as the user is told of it. `object` never holds a secret."""

    cluster: str
    method: str
    object: str
    reason: str
