# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection elementsw.replication: it can change without notice.
"""The nouns: what is read from the clusters, what is wished, what is planned. Frozen, and free of behaviour that acts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Any, ClassVar, Generic, TypeVar

from .._element.errors import Failure

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

K = TypeVar("K")
T = TypeVar("T")
U = TypeVar("U")


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
class ClusterSide:
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

    def listing(self, entries: ClusterPairs) -> ClusterSide:
        """The same cluster with these entries in place of its own."""
        return replace(self, entries=entries.readable, unreadable_entries=entries.unreadable)


@dataclass(frozen=True)
class VolumeSide:
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

    def showing(self, volumes: Volumes) -> VolumeSide:
        """The same cluster with these volumes in place of its own."""
        return replace(self, volumes=volumes.readable, unreadable_volumes=volumes.unreadable)

    def adding(self, volumes: Volumes) -> VolumeSide:
        """The same cluster with these volumes beside its own."""
        shown = (*self.volumes, *volumes.readable)
        return self.showing(Listed(shown, (*self.unreadable_volumes, *volumes.unreadable)))


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


# --- what is planned ------------------------------------------------------------------------------------------------


class Phase(IntEnum):
    """The order of writes. All items' steps of a phase come before any step of the next one.

    At every point of this order the clusters are in a state that the next run reports by name: what will be overwritten is
    saved before anything else is written for its pair, a pair loses its source's entry before its target's, a target grows
    before its source, and a volume is a target before anything is paired with it. A planned turn has no writable side for a
    moment and never two; a forced one has two for a moment, since the wanted side comes first.
    """

    UNPAIR_CLUSTERS = 1
    PAIR_CLUSTERS = 2
    SAVE_FIRST = 3
    UNPAIR_VOLUME = 4
    UNPAIR_LAST_VOLUME = 5
    RELEASE_TARGET = 6
    CREATE_ACCOUNT = 7
    CREATE_VOLUME = 8
    CONFIRM_UNUSED = 9
    GROW_TARGET = 10
    GROW_SOURCE = 11
    CONFIRM_AGAIN = 12
    MAKE_TARGET = 13
    MAKE_SOURCE = 14
    PAIR_VOLUMES = 15
    TAKE_CHECKPOINT = 16
    CONFIRM_TURN = 17
    PROMOTE_FIRST = 18
    SAVE = 19
    CONFIRM_DEMOTION = 20
    DEMOTE = 21
    CONFIRM_QUIET = 22
    PROMOTE = 23
    SET_MODE = 24
    REMOVE_COPY = 25
    REMOVE_CHECKPOINT = 26
    SET_PAUSE = 27


@dataclass(frozen=True)
class Step:
    """One write of a plan: on which cluster, on what, and why. How it is run and undone: apply/steps.py.

    item: position in the list of pairs. A step is begun only if all earlier steps of its item have succeeded.
    """

    item: int
    side: str
    object: str
    reason: str

    PHASE: ClassVar[Phase]

    @property
    def phase(self) -> Phase:
        return self.PHASE


@dataclass(frozen=True)
class Look(Step):
    """No write: one more look before what follows, taken for all steps of its phase together."""


@dataclass(frozen=True)
class RemoveClusterPair(Step):
    """Remove one cluster's entry, if it is still the planned one and no volume pair uses it."""

    entry: ClusterPair

    PHASE = Phase.UNPAIR_CLUSTERS


@dataclass(frozen=True)
class PairClusters(Step):
    """StartClusterPairing on `side`, CompleteClusterPairing on the other. known: IDs that the origin listed before."""

    completer_object: str
    known: frozenset[int]

    PHASE = Phase.PAIR_CLUSTERS


@dataclass(frozen=True)
class RemoveVolumePair(Step):
    """Remove the pair entry of a volume, if the volume still is as planned. last: after the other side's."""

    volume: Volume
    last: bool = False

    @property
    def phase(self) -> Phase:
        return Phase.UNPAIR_LAST_VOLUME if self.last else Phase.UNPAIR_VOLUME


@dataclass(frozen=True)
class CreateAccount(Step):
    """An owner for volumes that are to be created."""

    account: str

    PHASE = Phase.CREATE_ACCOUNT


@dataclass(frozen=True)
class CreateVolume(Step):
    """A partner for a volume. account_id: 0 while the account is to be created as well. qos_policy_id: else `qos`."""

    volume: Volume
    account: str
    account_id: int = 0
    qos_policy_id: int | None = None

    PHASE = Phase.CREATE_VOLUME


@dataclass(frozen=True)
class ConfirmUnused(Look):
    """Whether the future target `volume` and its source are still unpaired and as planned.

    usage: the evidence the plan was made with. overwrite: only sessions count, the data may go. saved: the evidence has one
    snapshot more by now, which this run has taken. again: after what lies between the first look and the write that destroys.
    """

    volume: Volume
    source: Volume
    usage: Usage
    overwrite: bool
    saved: bool = False
    again: bool = False

    @property
    def phase(self) -> Phase:
        return Phase.CONFIRM_AGAIN if self.again else Phase.CONFIRM_UNUSED


@dataclass(frozen=True)
class ChangeVolume(Step):
    """A change of a volume that ModifyVolume makes, or ModifyVolumes for all that want the same one."""

    volume: Volume

    @property
    def change(self) -> dict[str, Any]:
        """The parameters that are changed, with their values."""
        raise NotImplementedError

    @property
    def text(self) -> str:
        """The change in words."""
        raise NotImplementedError

    def is_shown(self, by: Volume) -> bool:
        """Whether the volume shows the change."""
        raise NotImplementedError


@dataclass(frozen=True)
class Grow(ChangeVolume):
    """Make a volume larger; `volume.size` is what it had, and nothing makes it smaller again. size in bytes."""

    size: int
    source: bool

    @property
    def phase(self) -> Phase:
        return Phase.GROW_SOURCE if self.source else Phase.GROW_TARGET

    @property
    def change(self) -> dict[str, Any]:
        return {"totalSize": self.size}

    @property
    def text(self) -> str:
        return f"size {self.size}"

    def is_shown(self, by: Volume) -> bool:
        return by.size >= self.size


@dataclass(frozen=True)
class SetAccess(ChangeVolume):
    """Make a volume a source or a target; `volume.access` is what it goes back to."""

    access: str

    @property
    def phase(self) -> Phase:
        return Phase.MAKE_TARGET if self.access == TARGET else Phase.MAKE_SOURCE

    @property
    def change(self) -> dict[str, Any]:
        return {"access": self.access}

    @property
    def text(self) -> str:
        return f"access {self.access}"

    def is_shown(self, by: Volume) -> bool:
        return by.access == self.access


@dataclass(frozen=True)
class ReleaseTarget(SetAccess):
    """Make a former target writable, if it is unpaired by now and no other client has changed it.

    mark: what its attributes say from now on of the copy that it holds; "" where they have no room for that.
    """

    mark: str = ""

    @property
    def phase(self) -> Phase:
        return Phase.RELEASE_TARGET

    @property
    def change(self) -> dict[str, Any]:
        return {"access": self.access, **({"attributes": _marked(self.volume, self.mark)} if self.mark else {})}


@dataclass(frozen=True)
class MarkReplica(ChangeVolume):
    """Note on a former target that stays a replicationTarget that it holds the copy of another volume."""

    mark: str

    PHASE = Phase.RELEASE_TARGET

    @property
    def change(self) -> dict[str, Any]:
        return {"attributes": _marked(self.volume, self.mark)}

    @property
    def text(self) -> str:
        return f"attribute {REPLICA_MARK} {self.mark}"

    def is_shown(self, by: Volume) -> bool:
        return by.replica_mark == self.mark


def _marked(volume: Volume, mark: str) -> dict[str, Any]:
    """All attributes of the volume: a cluster replaces them as a whole."""
    return {**volume.attributes, REPLICA_MARK: mark}


@dataclass(frozen=True)
class PairVolumes(Step):
    """StartVolumePairing of `volume` on `side`, CompleteVolumePairing of `completer` on the other cluster."""

    volume: Volume
    completer: Volume
    completer_object: str
    mode: str

    PHASE = Phase.PAIR_VOLUMES


@dataclass(frozen=True)
class SetMode(Step):
    """The replication mode of an existing pair, set on its source. before: the mode it had, in the API's words."""

    volume: Volume
    mode: str
    before: str

    PHASE = Phase.SET_MODE


@dataclass(frozen=True)
class SetPause(Step):
    """Pause a pair on one side, or resume it there."""

    volume: Volume
    paused: bool

    PHASE = Phase.SET_PAUSE


@dataclass(frozen=True)
class Plan:
    """What shall be done about one pair. before and after are what diff mode shows.

    problem: a Failure when nothing can be done about it; there are no steps then.
    """

    steps: tuple[Step, ...] = ()
    warnings: tuple[str, ...] = ()
    problem: Failure | None = None
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)

    @property
    def makes_pair(self) -> bool:
        return any(isinstance(step, (PairClusters, PairVolumes)) for step in self.steps)


@dataclass(frozen=True)
class Verdict:
    """Whether a wish is fulfilled. failure: why waiting any longer is pointless. text: the last states, for messages."""

    done: bool
    text: str = ""
    failure: Failure | None = None


DONE = Verdict(done=True)
