# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""State of one cluster: identity, tables, ID counters, and look-ups that answer as the cluster would."""

from __future__ import annotations

import datetime
import random
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .errors import ApiError, WorldError
from .keys import chap_secret
from .records import (
    MIB,
    AccessGroup,
    Account,
    Admin,
    AsyncResult,
    Clone,
    ClusterPairEntry,
    FibreChannelSession,
    GroupSnapshot,
    Initiator,
    IscsiSession,
    QosPolicy,
    Snapshot,
    Volume,
)

if TYPE_CHECKING:
    from .schedules import Schedule

# API versions as published, as far as a client may still meet them.
PUBLISHED_API_VERSIONS = (
    *("1.0", "2.0", "3.0", "4.0", "5.0", "5.1", "6.0", "7.0", "7.1", "7.2", "7.3", "7.4"),
    *("8.0", "8.1", "8.2", "8.3", "8.4", "8.5", "8.6", "8.7", "9.0", "9.1", "9.2", "9.3", "9.4", "9.5", "9.6"),
    *("10.0", "10.1", "10.2", "10.3", "10.4", "10.5", "10.6", "10.7", "11.0", "11.1", "11.3", "11.5", "11.7", "11.8"),
    *("12.0", "12.2", "12.3", "12.5", "12.7", "12.8", "12.9"),
)

LIMITS = {
    "accountCountMax": 5000,
    "accountNameLengthMax": 64,
    "accountNameLengthMin": 1,
    "bulkVolumeJobsPerNodeMax": 8,
    "bulkVolumeJobsPerVolumeMax": 2,
    "chapCredentialsCountMax": 15000,
    "cloneJobsPerNodeMax": 8,
    "cloneJobsPerVirtualVolumeMax": 8,
    "cloneJobsPerVolumeMax": 2,
    "clusterAdminAccountMax": 5000,
    "clusterPairsCountMax": 4,
    "fibreChannelVolumeAccessMax": 16384,
    "initiatorAliasLengthMax": 224,
    "initiatorCountMax": 10000,
    "initiatorNameLengthMax": 224,
    "initiatorsPerVolumeAccessGroupCountMax": 128,
    "iscsiSessionsFromFibreChannelNodesMax": 4096,
    "maxAuthSessionsForCluster": 1024,
    "maxAuthSessionsPerUser": 1024,
    "qosPolicyCountMax": 500,
    "scheduleNameLengthMax": 244,
    "secretLengthMax": 16,
    "secretLengthMin": 12,
    "snapMirrorLabelLengthMax": 31,
    "snapshotNameLengthMax": 255,
    "snapshotsPerVolumeMax": 32,
    "virtualVolumeCountMax": 8000,
    "virtualVolumesPerAccountCountMax": 10000,
    "volumeAccessGroupCountMax": 1000,
    "volumeAccessGroupLunMax": 16383,
    "volumeAccessGroupNameLengthMax": 64,
    "volumeAccessGroupNameLengthMin": 1,
    "volumeAccessGroupsPerInitiatorCountMax": 1,
    "volumeAccessGroupsPerVolumeCountMax": 64,
    "volumeBurstIOPSMax": 200000,
    "volumeBurstIOPSMin": 100,
    "volumeCountMax": 4000,
    "volumeMaxIOPSMax": 200000,
    "volumeMaxIOPSMin": 100,
    "volumeMinIOPSMax": 15000,
    "volumeMinIOPSMin": 50,
    "volumeNameLengthMax": 64,
    "volumeNameLengthMin": 1,
    "volumeSizeMax": 17592186044416,
    "volumeSizeMin": 1000000000,
    "volumesPerAccountCountMax": 2000,
    "volumesPerGroupSnapshotMax": 32,
    "volumesPerVolumeAccessGroupCountMax": 2000,
}

# As much as 200 TiB, so that only a world that says otherwise can come to its end.
MAX_PROVISIONED = 200 * 1024**4

FULLNESS = ("stage1Happy", "stage2Aware", "stage3Low", "stage4Critical", "stage5CompletelyConsumed")
# At these stages nothing new is made: no volumes, clones, snapshots.
TOO_FULL = FULLNESS[3:]

COUNTERS = (
    "account",
    "access_group",
    "admin",
    "async_handle",
    "clone",
    "cluster_fault",
    "cluster_pair",
    "event",
    "group_clone",
    "group_snapshot",
    "initiator",
    "qos_policy",
    "schedule",
    "session",
    "snapshot",
    "volume",
)

# The numbers of a clone start apart from each other and from those of volumes, so that none passes for another.
FIRST_IDS = {**dict.fromkeys(COUNTERS, 1), "async_handle": 5001, "clone": 7001, "group_clone": 9001}


@dataclass(frozen=True)
class Identity:
    """What a cluster is called and where it is. None of this changes until a cluster is rebuilt."""

    name: str
    mvip: str
    svip: str
    unique_id: str
    uuid: str
    version: str
    api_versions: tuple[str, ...]

    @property
    def api_version(self) -> str:
        return ".".join(self.version.split(".")[:2])

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])


def api_versions_up_to(version: str) -> tuple[str, ...]:
    """The API versions that a cluster of this software version serves."""
    newest = version_number(version)
    return tuple(known for known in PUBLISHED_API_VERSIONS if version_number(known) <= newest)


def version_number(text: str) -> tuple[int, int]:
    """Major and minor as numbers: versions are never compared as floats or texts."""
    major, minor = text.split(".")[:2]
    return int(major), int(minor)


def whole_mib(size: int) -> int:
    """Sizes are rounded up to a whole MiB."""
    return -(-size // MIB) * MIB


class Cluster:
    """One storage cluster. It knows no other cluster but by what its own entries say."""

    def __init__(self, identity: Identity, rng: random.Random, first_ids: dict[str, int]) -> None:
        self.identity = identity
        self.rng = rng
        self.up = True
        self.fullness = FULLNESS[0]
        # Bytes; a multiple of it can be provisioned, as volumes are thin.
        self.max_provisioned = MAX_PROVISIONED
        self.limits = dict(LIMITS)
        self.admins: list[Admin] = []
        self.accounts: dict[int, Account] = {}
        self.volumes: dict[int, Volume] = {}
        self.qos_policies: dict[int, QosPolicy] = {}
        self.access_groups: dict[int, AccessGroup] = {}
        self.initiators: dict[int, Initiator] = {}
        self.iscsi_sessions: list[IscsiSession] = []
        self.fibre_channel_sessions: list[FibreChannelSession] = []
        self.schedules: dict[int, Schedule] = {}
        self.snapshots: dict[int, Snapshot] = {}
        self.group_snapshots: dict[int, GroupSnapshot] = {}
        self.cluster_pairs: dict[int, ClusterPairEntry] = {}
        self.faults: dict[str, dict[str, Any]] = {}
        self.resolved_faults: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = []
        self.async_results: dict[int, AsyncResult] = {}
        # Clones in the making, by the ID of the volume that each will be.
        self.clones: dict[int, Clone] = {}
        self._next_ids = {kind: first_ids.get(kind, FIRST_IDS[kind]) for kind in COUNTERS}

    @property
    def name(self) -> str:
        return self.identity.name

    def next_id(self, kind: str) -> int:
        """A number that was never used for this kind of thing on this cluster."""
        number = self._next_ids[kind]
        self._next_ids[kind] = number + 1
        return number

    def reserve_id(self, kind: str, number: int) -> int:
        """Use a number that was chosen from outside; later ones are higher."""
        self._next_ids[kind] = max(self._next_ids[kind], number + 1)
        return number

    def _id(self, kind: str, number: int | None) -> int:
        return self.next_id(kind) if number is None else self.reserve_id(kind, number)

    def free_cluster_pair_id(self) -> int:
        """The lowest number that no cluster pair has now, for releases that use them again."""
        return next(number for number in range(1, len(self.cluster_pairs) + 2) if number not in self.cluster_pairs)

    def new_uuid(self) -> str:
        return str(uuid.UUID(int=self.rng.getrandbits(128), version=4))

    # What the API finds, or says that it does not find.

    def volume(self, volume_id: int) -> Volume:
        """A volume that is complete and not deleted."""
        if volume_id in self.clones:
            raise ApiError("xInvalidParameter", f"Volume {volume_id} is not in the active state")
        volume = self.volumes.get(volume_id)
        if volume is None or volume.deleted:
            raise ApiError("xVolumeIDDoesNotExist", f"Volume {volume_id} does not exist")
        return volume

    def volume_or_clone(self, volume_id: int) -> Volume:
        """A volume that is not deleted, even if it is a clone in the making."""
        return self.clones[volume_id].volume if volume_id in self.clones else self.volume(volume_id)

    def deleted_volume(self, volume_id: int) -> Volume:
        """A volume that is deleted and not yet purged."""
        volume = self.volumes.get(volume_id)
        if volume is None or not volume.deleted:
            raise ApiError("xVolumeIDDoesNotExist", f"Volume {volume_id} does not exist")
        return volume

    def account(self, account_id: int) -> Account:
        account = self.accounts.get(account_id)
        if account is None:
            raise ApiError("xAccountIDDoesNotExist", f"Illegal AccountID {account_id}")
        return account

    def account_named(self, username: str) -> Account | None:
        return next((account for account in self.accounts.values() if account.username == username), None)

    def access_group(self, group_id: int) -> AccessGroup:
        group = self.access_groups.get(group_id)
        if group is None:
            raise ApiError("xVolumeAccessGroupIDDoesNotExist", f"VolumeAccessGroupID {group_id} does not exist")
        return group

    def initiator(self, initiator_id: int) -> Initiator:
        initiator = self.initiators.get(initiator_id)
        if initiator is None:
            raise ApiError("xInitiatorDoesNotExist", f"Initiator {initiator_id} does not exist")
        return initiator

    def qos_policy(self, policy_id: int) -> QosPolicy:
        policy = self.qos_policies.get(policy_id)
        if policy is None:
            raise ApiError("xQoSPolicyDoesNotExist", f"QoS policy {policy_id} does not exist")
        return policy

    def schedule(self, schedule_id: int) -> Schedule:
        schedule = self.schedules.get(schedule_id)
        if schedule is None:
            raise ApiError("xScheduleDoesNotExist", f"Schedule {schedule_id} does not exist")
        return schedule

    def snapshot(self, snapshot_id: int) -> Snapshot:
        snapshot = self.snapshots.get(snapshot_id)
        if snapshot is None:
            raise ApiError("xSnapshotIDDoesNotExist", f"Snapshot {snapshot_id} does not exist")
        return snapshot

    def group_snapshot(self, group_id: int) -> GroupSnapshot:
        group = self.group_snapshots.get(group_id)
        if group is None:
            raise ApiError("xSnapshotIDDoesNotExist", f"Group snapshot {group_id} does not exist")
        return group

    def cluster_pair(self, pair_id: int) -> ClusterPairEntry:
        entry = self.cluster_pairs.get(pair_id)
        if entry is None:
            raise ApiError("xPairingDoesNotExist", f"Cluster pair {pair_id} does not exist")
        return entry

    def authenticate(self, username: str, password: str) -> Admin | None:
        return next((a for a in self.admins if (a.username, a.password) == (username, password)), None)

    # What tests and descriptions of worlds look for.

    def find_volume(self, wanted: str | int, account: str | None = None) -> Volume:
        """A volume by its ID (a number) or by its name (a text), of one account if that is given."""
        if isinstance(wanted, int):
            matching = [self.volumes[wanted]] if wanted in self.volumes else []
        else:
            matching = [volume for volume in self.volumes.values() if volume.name == wanted]
        if account is not None:
            matching = [volume for volume in matching if self.accounts[volume.account_id].username == account]
        if len(matching) != 1:
            raise WorldError(f"{self.name}: {len(matching)} volumes are called {wanted!r}")
        return matching[0]

    def active_volumes(self) -> Iterator[Volume]:
        return (volume for volume in self.volumes.values() if not volume.deleted)

    def all_volumes(self) -> Iterator[Volume]:
        """All volumes: deleted ones until they are purged, and clones in the making."""
        return iter({**{number: clone.volume for number, clone in self.clones.items()}, **self.volumes}.values())

    def account_volume_ids(self) -> dict[int, list[int]]:
        """The volumes of every account, in one pass; deleted ones until they are purged."""
        owned: dict[int, list[int]] = {account_id: [] for account_id in self.accounts}
        for volume in self.volumes.values():
            owned[volume.account_id].append(volume.volume_id)
        return owned

    # Changes that several methods share.

    def add_account(
        self, username: str, initiator_secret: str | None, target_secret: str | None, number: int | None = None
    ) -> Account:
        account = Account(
            self._id("account", number),
            username,
            initiator_secret or chap_secret(self.rng),
            target_secret or chap_secret(self.rng),
        )
        self.accounts[account.account_id] = account
        return account

    def add_volume(
        self,
        name: str,
        account_id: int,
        size: int,
        enable_512e: bool,
        now: datetime.datetime,
        number: int | None = None,
    ) -> Volume:
        volume = Volume(
            volume_id=self._id("volume", number),
            uuid=self.new_uuid(),
            group_uuid=self.new_uuid(),
            name=name,
            account_id=account_id,
            size=whole_mib(size),
            enable_512e=enable_512e,
            created=now,
        )
        self.volumes[volume.volume_id] = volume
        return volume

    def end_iscsi_sessions(self, volume_ids: Iterable[int]) -> None:
        """Hosts lose their sessions at once when a volume is locked, becomes a target or is deleted."""
        ended = set(volume_ids)
        self.iscsi_sessions = [session for session in self.iscsi_sessions if session.volume_id not in ended]
