# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The objects that are read from the clusters, and small facts about them. All classes are frozen and call no API."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

Side = Literal["local", "peer"]
Direction = Literal["to_peer", "from_peer"]
Mode = Literal["async", "sync", "snapshots_only"]

LOCAL: Side = "local"
PEER: Side = "peer"
SIDES: tuple[Side, ...] = (LOCAL, PEER)
READ_WRITE = "readWrite"
TARGET = "replicationTarget"
# The status of a pending cluster pair, and the state of a pending volume pair.
PENDING = "Unconfigured"
# The state of a paused pair: paused on the cluster that reports it, or on the other one.
PAUSED_HERE = "PausedManual"
PAUSED_THERE = "PausedManualRemote"
# The attribute of a volume that a run of this collection has created. Each run has its own value.
MARK = "elementsw-replication-run"
# The attribute of the former target of a removed pair. Its value is whether the copy was complete.
REPLICA_MARK = "elementsw-replication-replica"
COMPLETE, INCOMPLETE = "complete", "incomplete"
# The prefix of the names of saved snapshots.
SAVED = "elementsw-saved-"
# So many objects are named in messages and actions; of more, their number is.
MAX_NAMED = 3
# Option value -> the API's own name.
MODES: Mapping[Mode, str] = {"async": "Async", "sync": "Sync", "snapshots_only": "SnapshotsOnly"}
TO_PEER: Direction = "to_peer"
FROM_PEER: Direction = "from_peer"


def first_named(names: Sequence[str], most: int = MAX_NAMED) -> str:
    """The first of these names for a message, and how many more there are."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


T = TypeVar("T")


def mode_option(name: str) -> Mode | None:
    """Return the value of the option for the API's name of a mode, in any case; None for an empty or unknown name."""
    return next((option for option, known in MODES.items() if known.lower() == name.lower()), None)


def other(side: Side) -> Side:
    """Return the other side: PEER for LOCAL, LOCAL for PEER."""
    return PEER if side == LOCAL else LOCAL


@dataclass(frozen=True)
class Sides(Generic[T]):
    """A pair of values, one for each of the two clusters."""

    local: T
    peer: T

    def __getitem__(self, side: Side) -> T:
        return self.local if side == LOCAL else self.peer

    def having(self, side: Side, value: T) -> Sides[T]:
        """The two values with this one on this side."""
        return Sides(value, self.peer) if side == LOCAL else Sides(self.local, value)

    def as_dict(self) -> dict[Side, T]:
        return {LOCAL: self.local, PEER: self.peer}


def of_side(things: Sides[T | None], side: Side) -> T:
    """The thing of a side where it is there. Raises LookupError where it is not."""
    thing = things[side]
    if thing is None:
        raise LookupError(f"nothing is known of the {side} cluster")
    return thing


def of_both(things: Sides[T | None]) -> Sides[T] | None:
    """The things of both sides; None where one of them is not there."""
    local, peer = things.local, things.peer
    return None if local is None or peer is None else Sides(local, peer)


@dataclass(frozen=True)
class Cluster:
    """The identity of a cluster."""

    name: str
    #: No two clusters have the same.
    unique_id: str
    mvip: str
    #: Empty if it was not read.
    version: str = ""
    svip: str = ""


@dataclass(frozen=True)
class ClusterNames:
    """The names that the task has for a cluster."""

    hostname: str = ""
    #: The address in the lists of other clusters; None if the task does not give it.
    mvip: str | None = None

    @classmethod
    def from_options(cls, options: Mapping[str, Any] | None) -> ClusterNames:
        """Return the names in the connection options of one cluster."""
        hostname, mvip = ((options[name] or "").strip() if options else "" for name in ("hostname", "mvip"))
        return cls(hostname, mvip or None)

    @property
    def given(self) -> tuple[str, ...]:
        """The names that the task gives, the more reliable one first."""
        return tuple(name for name in (self.mvip, self.hostname) if name)

    @property
    def shown(self) -> str:
        """The name in messages while the cluster's own name is not known."""
        return self.hostname or self.mvip or "the peer"


NO_NAMES = ClusterNames()


@dataclass(frozen=True)
class ClusterPair:
    """A cluster pair as one cluster lists it. The entry of a pending pair may have no facts about the other cluster."""

    #: The ID on the cluster that lists it.
    id: int
    #: The same on both clusters; may be empty while the pair is pending.
    uuid: str
    status: str
    remote_name: str = ""
    remote_mvip: str = ""
    remote_unique_id: str | None = None
    remote_version: str = ""
    #: Milliseconds; None if the cluster does not report it.
    latency_ms: int | None = None

    @property
    def pending(self) -> bool:
        return self.status == PENDING

    @property
    def connected(self) -> bool:
        return self.status == "Connected"


@dataclass(frozen=True)
class VolumePair:
    """A volume pair as one of its two volumes shows it."""

    #: The same on both volumes; may be empty while the pair is pending.
    uuid: str
    cluster_pair_id: int
    remote_volume_id: int
    remote_volume_name: str = ""
    mode: str = ""
    state: str = ""
    #: The state of snapshot replication, which can stop for other reasons than the replication of the live content.
    snapshot_state: str = ""

    @property
    def pending(self) -> bool:
        # The members of a pending entry, except its state, are not documented (note N39 of api_notes). Volume IDs start at 1.
        return self.state == PENDING or not self.remote_volume_id


@dataclass(frozen=True)
class Qos:
    """The QoS of a volume, in I/O operations per second."""

    #: The guaranteed rate.
    min_iops: int
    #: The sustained rate.
    max_iops: int
    #: The rate for a short time.
    burst_iops: int


@dataclass(frozen=True)
class Volume:
    """A volume as its cluster shows it."""

    #: 0 for a volume that is only planned.
    id: int
    name: str
    account_id: int
    access: str
    #: Bytes.
    size: int
    enable_512e: bool = True
    status: str = "active"
    purge_time: str = ""
    access_groups: tuple[int, ...] = ()
    pairs: tuple[VolumePair, ...] = ()
    qos: Qos | None = None
    #: The iSCSI target; empty if the cluster does not report it.
    iqn: str = ""
    #: The ID of the QoS policy that it follows; None without one.
    qos_policy_id: int | None = None
    #: When it was created, in the API's form; empty if the cluster does not report it.
    created: str = ""
    #: The attributes that people, other clients and this collection have set.
    attributes: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def mark(self) -> str:
        """The mark of the run that created the volume, "" if no run of this collection did."""
        return str(self.attributes.get(MARK) or "")

    @property
    def replica_mark(self) -> str:
        """COMPLETE or INCOMPLETE for the former target of a removed pair, "" for any other volume."""
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
    """The evidence that a volume is in use or holds data."""

    #: The initiators of the sessions.
    iscsi: tuple[str, ...] = ()
    fibre_channel: tuple[str, ...] = ()
    nonzero_blocks: int = 0
    write_ops: int = 0
    #: The number of all snapshots without saved_snapshots.
    snapshots: int = 0
    #: The names of evidence that cannot be read, which counts as in use.
    unreadable: tuple[str, ...] = ()
    #: The number of those of `snapshots` that are replicated, from or to the other side.
    replicated_snapshots: int = 0
    #: The number of saved snapshots, which stay whatever happens to the volume.
    saved_snapshots: int = 0


@dataclass(frozen=True)
class Writes:
    """The number of write operations in the statistics of a volume."""

    count: int
    #: Seconds between two samples of the statistics: the greatest age of a count when it is read.
    sample: float
    #: Whether the count was the same one sample earlier.
    settled: bool = False


@dataclass(frozen=True)
class Limits:
    """The limits of a cluster; sizes are in bytes. None if its release does not report the limit."""

    volumes: int | None = None
    volumes_per_account: int | None = None
    volume_size_min: int | None = None
    volume_size_max: int | None = None
    volume_name_length: int | None = None
    snapshots_per_volume: int | None = None
    volumes_per_group: int | None = None


@dataclass(frozen=True)
class Capacity:
    """The space that a cluster has promised to volumes, in bytes. None if its release does not report it."""

    provisioned: int | None = None
    provisioned_max: int | None = None


@dataclass(frozen=True)
class CloneJob:
    """A clone that a cluster is making."""

    source_id: int
    #: How much of it is done.
    percent: float
    #: None if the cluster does not report it.
    remaining_seconds: float | None = None


@dataclass(frozen=True)
class CloneFailure:
    """Why a clone was not completed: the name and the message of the API's error."""

    name: str
    message: str
    #: When the clone was begun, in the API's form; "" if the cluster does not report it.
    begun: str = ""


@dataclass(frozen=True)
class Snapshot:
    """A snapshot as its cluster shows it."""

    #: Its copy on the other cluster has another ID.
    id: int
    #: Its copy on the other cluster has the same UUID.
    uuid: str
    volume_id: int
    name: str
    #: The time in the API's form, which sorts by time.
    created: str = ""
    #: 0 without a group. The group of its copy has another ID.
    group_id: int = 0
    #: Whether the snapshot is replicated to the other side.
    replicated: bool = False
    #: The time in the API's form; "" for never.
    expires: str = ""
    #: Those of its group, if it is read as a member of one.
    attributes: Mapping[str, Any] = field(default_factory=dict, hash=False)
    #: The API's status of its copy, by the UUID of the pair.
    remote: Mapping[str, str] = field(default_factory=dict, hash=False)
    #: False while it is still being taken, or received from the other side.
    complete: bool = True


@dataclass(frozen=True)
class SyncJob:
    """A copy that a volume receives, as the cluster of that volume reports it."""

    #: How much of it is done.
    percent: float
    #: None if the cluster does not report it.
    remaining_seconds: float | None = None
    #: The API's value: metadata, data or whole.
    stage: str = ""
    #: The API's value: volume or snapshot.
    branch: str = ""


@dataclass(frozen=True)
class Delay:
    """How far the target of a volume is behind, and when the cluster counted that."""

    #: None if the cluster does not report it.
    seconds: float | None
    #: The time on the clock of the cluster, in the API's form; "" if it is not reported.
    at: str = ""


@dataclass(frozen=True)
class ClusterFault:
    """A current fault of replication on a cluster."""

    #: In the spelling of the API documentation.
    code: str
    #: The severity, the date and the details as the cluster reports them.
    severity: str
    date: str = ""
    details: str = ""
    #: The IDs in the details; empty if they name none.
    cluster_pair_ids: frozenset[int] = frozenset()
    volume_ids: frozenset[int] = frozenset()


@dataclass(frozen=True)
class AccessGroup:
    """A volume access group: its initiators may log in to its volumes."""

    id: int
    name: str
    #: The IDs of its volumes.
    volumes: frozenset[int] = frozenset()
    #: How many initiators it has, and whether one of them is a Fibre Channel port.
    initiators: int = 0
    fibre_channel: bool = False
    #: The LUN of each volume for Fibre Channel; empty where that is not read. With iSCSI it is always 0.
    luns: Mapping[int, int] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class HostAccess:
    """How the hosts of a cluster log in."""

    groups: tuple[AccessGroup, ...] = ()
    #: The IDs of the accounts whose volumes hosts are logged in to.
    accounts: frozenset[int] = frozenset()
    #: The objects of these lists that cannot be read.
    unreadable: tuple[Any, ...] = ()

    def groups_of(self, volume: Volume) -> list[AccessGroup]:
        return [group for group in self.groups if volume.id in group.volumes or group.id in volume.access_groups]


@dataclass(frozen=True)
class Saved:
    """A saved snapshot that this run has taken, or in check mode would take."""

    cluster: str
    volume: str
    snapshot_id: int | None
    #: None in check mode.
    name: str | None
    #: The time in the API's form; None for never, and in check mode.
    expires: str | None = None


@dataclass(frozen=True)
class Action:
    """One write, as the result of the task reports it."""

    cluster: str
    method: str
    #: Never contains a secret.
    object: str
    reason: str
