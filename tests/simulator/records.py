# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one cluster keeps: accounts, volumes, halves of pairs, snapshots, sessions. Data only; the rules are elsewhere."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .cluster import Cluster

MIB = 1024 * 1024
# What a host writes at once.
BLOCKS_PER_WRITE = 256


@dataclass(eq=False)
class Admin:
    """A cluster administrator; the hidden ones are the service users of cluster pairs."""

    admin_id: int
    username: str
    password: str
    access: tuple[str, ...]
    hidden: bool = False


@dataclass(eq=False)
class Account:
    """A tenant, who owns volumes. Not an administrator."""

    account_id: int
    username: str
    initiator_secret: str
    target_secret: str
    attributes: dict[str, Any] = field(default_factory=dict)
    enable_chap: bool = True
    locked: bool = False


@dataclass(frozen=True)
class Qos:
    min_iops: int = 50
    max_iops: int = 15000
    burst_iops: int = 15000


@dataclass(eq=False)
class QosPolicy:
    policy_id: int
    name: str
    qos: Qos


@dataclass(eq=False)
class Initiator:
    """A host's port, by IQN or WWPN. Its ID is None until the cluster has it."""

    name: str
    initiator_id: int | None = None
    alias: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)
    require_chap: bool = False
    chap_username: str | None = None
    initiator_secret: str | None = None
    target_secret: str | None = None
    virtual_network_ids: list[int] = field(default_factory=list)


@dataclass(eq=False)
class AccessGroup:
    """Initiators that reach volumes together; the only way from a Fibre Channel session to a volume."""

    group_id: int
    name: str
    volume_ids: list[int] = field(default_factory=list)
    initiators: list[Initiator] = field(default_factory=list)
    attributes: dict[str, Any] = field(default_factory=dict)
    # By volume ID, those of deleted volumes included.
    luns: dict[int, int] = field(default_factory=dict)


@dataclass(eq=False)
class IscsiSession:
    session_id: int
    volume_id: int
    initiator_name: str
    initiator_address: str


@dataclass(eq=False)
class FibreChannelSession:
    """It names an access group (or none), never a volume."""

    initiator_wwpn: str
    target_wwpn: str
    group_id: int | None


@dataclass(eq=False)
class Snapshot:
    """A snapshot on one cluster. `uuid` is the same on both sides of a pair, `instance_uuid` is not."""

    snapshot_id: int
    uuid: str
    instance_uuid: str
    name: str
    volume: Volume
    created: datetime.datetime
    instance_created: datetime.datetime
    replicate: bool
    marks: tuple[str, ...]
    size: int
    expires: datetime.datetime | None = None
    label: str | None = None
    attributes: dict[str, Any] = field(default_factory=dict)
    group: GroupSnapshot | None = None
    # The group it was taken in, also where that is no group.
    group_uuid: str | None = None
    # Kept as long as it is among the newest ones.
    fifo: bool = False
    # Polls during which it has been on its way to the other side.
    polls: float = 0
    # A copy that has not arrived as a whole yet.
    arriving: bool = False


@dataclass(eq=False)
class GroupSnapshot:
    group_id: int
    uuid: str
    name: str
    created: datetime.datetime
    replicate: bool
    members: list[Snapshot] = field(default_factory=list)
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Counters:
    """What statistics count of a volume. used_blocks: as of the last garbage collection on a real cluster."""

    write_ops: int = 0
    read_ops: int = 0
    used_blocks: int = 0


@dataclass(eq=False)
class Volume:
    volume_id: int
    uuid: str
    group_uuid: str
    name: str
    account_id: int
    size: int
    enable_512e: bool
    created: datetime.datetime
    access: str = "readWrite"
    attributes: dict[str, Any] = field(default_factory=dict)
    qos: Qos = Qos()
    qos_policy_id: int | None = None
    fifo_size: int = 24
    min_fifo_size: int = 0
    deleted: datetime.datetime | None = None
    access_groups: list[int] = field(default_factory=list)
    halves: list[Half] = field(default_factory=list)
    snapshots: dict[int, Snapshot] = field(default_factory=dict)
    # The content, as far as it shows a loss: what hosts wrote, in order.
    marks: list[str] = field(default_factory=list)
    used_blocks: int = 0
    # used_blocks as of the last garbage collection.
    collected_blocks: int = 0
    write_ops: int = 0
    read_ops: int = 0
    # Copies of replicated snapshots that were deleted here; the source goes on listing them as Deleted.
    deleted_copies: set[str] = field(default_factory=set)
    # What keeps replication of this volume from keeping up, if anything: "qos" or "xcopy".
    hindrance: str | None = None
    # What was counted when statistics were taken last, and the time before; a volume that is younger has none of it.
    sample: Counters = Counters()
    sample_before: Counters = Counters()

    @property
    def counters(self) -> Counters:
        return Counters(self.write_ops, self.read_ops, self.used_blocks)

    @property
    def half(self) -> Half | None:
        """The one entry that a volume normally has, or None."""
        return self.halves[0] if self.halves else None

    @property
    def is_paired(self) -> bool:
        return any(not half.pending for half in self.halves)


@dataclass(eq=False)
class Clone:
    """A volume in the making. `begins` and `ends`: seconds of the world."""

    clone_id: int
    group_clone_id: int | None
    source_id: int
    snapshot_id: int | None
    volume: Volume
    begins: float
    ends: float


@dataclass(eq=False)
class AsyncResult:
    """What a handle stands for: clones of which some may still be in the making."""

    created: datetime.datetime
    updated: datetime.datetime
    result: dict[str, Any]
    clones: list[Clone]
    # Why the clones were not completed.
    error: dict[str, str] | None = None
    # Polls during which the handle was not known yet.
    polls: float = 0


@dataclass(eq=False)
class Half:
    """One side's entry of a volume pair; joined with the other side's by `uuid` alone."""

    uuid: str
    cluster: Cluster
    volume: Volume
    cluster_pair_id: int
    remote_volume_id: int
    remote_volume_name: str
    mode: str
    pending: bool = False
    paused: bool = False
    # It has learnt that its counterpart is gone. That is final, so it is remembered when the link fails later.
    stopped: bool = False
    # Set only when the other side is outside the simulated world, where no state can be derived.
    outside_state: str | None = None


@dataclass(frozen=True)
class RemoteCluster:
    """What an entry says about the other cluster, as it was when the two were paired."""

    name: str
    mvip: str
    unique_id: str | None
    version: str


@dataclass(eq=False)
class ClusterPairEntry:
    """One side's entry of a cluster pair; pending until it knows the other cluster."""

    pair_id: int
    uuid: str
    remote: RemoteCluster | None
    # The service user made for the key of this entry.
    username: str | None = None
    password: str | None = None
    rpc_connection_id: int = 0
    # How often the entry was listed since the other cluster is unreachable on the management network.
    unreachable_polls: float = 0
    # Set only when the other side is outside the simulated world.
    outside_status: str | None = None

    @property
    def pending(self) -> bool:
        return self.remote is None
