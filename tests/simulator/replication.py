# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Volume pairs at work: their states, how far they have come, and what has reached the other side."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import NamedTuple

from . import pair_states
from .clock import Clock
from .cluster import Cluster
from .links import Links
from .pair_states import CHAIN, GRACE, MISCONFIGURED
from .records import GroupSnapshot, Half, Snapshot, Volume
from .settings import NEVER, Switches, Timings


@dataclass(eq=False)
class VolumePair:
    """Both halves of one volumePairUUID, either of which may be missing, and how far replication has come."""

    uuid: str
    halves: list[Half] = field(default_factory=list)
    running: bool = False
    # Where the way to Active begins, and how many polls of it are behind us.
    start: int = GRACE
    polls: float = 0
    # Since when the target lacks something that the source has, and the polls since then.
    behind_since: datetime.datetime | None = None
    behind_polls: float = 0
    blocked_since: datetime.datetime | None = None
    last_source: Half | None = None
    # What each half showed when the link was lost, and the polls since then.
    shown_before: dict[Half, str] = field(default_factory=dict)
    lost_polls: float = 0


class SyncJob(NamedTuple):
    """A copy that is on its way to a target."""

    target: Half
    source: Half
    branch: str
    fraction: float


class Replication:
    """All volume pairs of a world. Every change of a volume, a half or a link ends in one of the settle methods."""

    def __init__(self, links: Links, timings: Timings, switches: Switches, clock: Clock) -> None:
        self._links = links
        self._timings = timings
        self._switches = switches
        self._clock = clock
        self._pairs: dict[str, VolumePair] = {}

    # Halves

    def add(self, half: Half) -> None:
        half.volume.halves.append(half)
        self._pairs.setdefault(half.uuid, VolumePair(half.uuid)).halves.append(half)

    def remove(self, half: Half) -> None:
        """Take one half away. The other one stays and learns of it as soon as it can."""
        half.volume.halves.remove(half)
        pair = self._pairs[half.uuid]
        pair.halves.remove(half)
        if pair.halves:
            self._settle(pair)
        else:
            del self._pairs[half.uuid]

    def pair_of(self, half: Half) -> VolumePair:
        return self._pairs[half.uuid]

    def pending_half(self, uuid: str) -> Half | None:
        """The half that waits for its partner under this UUID."""
        pair = self._pairs.get(uuid)
        return next((half for half in pair.halves if half.pending), None) if pair else None

    def counterpart(self, half: Half) -> Half | None:
        return next((other for other in self._pairs[half.uuid].halves if other is not half), None)

    # States

    def state(self, half: Half) -> str:
        """`remoteReplication.state` as this half shows it."""
        if half.outside_state:
            return half.outside_state
        if half.pending:
            return self._switches.pending_volume_pair_state
        if half.stopped:
            shows_pause = half.paused and self._switches.paused_half == "paused"
            return pair_states.MANUAL if shows_pause else pair_states.STOPPED
        pair = self._pairs[half.uuid]
        other = self.counterpart(half)
        if other is None:
            return pair_states.MANUAL if half.paused else pair_states.DISCONNECTED
        blocked = self._obstacle(half, other)
        if blocked == pair_states.DISCONNECTED and self._has_not_noticed(pair):
            return pair.shown_before[half]
        if blocked:
            return blocked
        return self._unobstructed(pair, half)

    def _unobstructed(self, pair: VolumePair, half: Half) -> str:
        state = pair_states.phase(pair.polls, pair.start, self._timings)
        return state or pair_states.running_state(self._side(half), self._quiet(pair), self._switches)

    def _has_not_noticed(self, pair: VolumePair) -> bool:
        """Whether the halves show what they showed before the link was lost, since nothing else has happened yet."""
        is_early = pair.lost_polls < self._timings.volume_disconnect_polls
        return is_early and bool(pair.shown_before) and self.source_of(pair) is not None

    def snapshot_state(self, half: Half) -> str:
        pair = self._pairs[half.uuid]
        return pair_states.snapshot_state(self.state(half), bool(pair.running and self._unsent(pair)))

    def has_arrived(self, pair: VolumePair) -> bool:
        """Whether the pair runs and the first copy is complete."""
        return pair.running and pair_states.phase(pair.polls, pair.start, self._timings) is None

    def linked(self, half: Half) -> bool:
        """Whether this half reaches its counterpart."""
        other = self.counterpart(half)
        return other is not None and self._link(half, other).up

    def source_of(self, pair: VolumePair) -> Half | None:
        """The half that sends, if the roles are valid."""
        if len(pair.halves) != 2:
            return None
        one, other = pair.halves
        for half, far in ((one, other), (other, one)):
            if pair_states.is_source(self._side(half), self._side(far), self._switches):
                return half
        return None

    def _side(self, half: Half) -> pair_states.Side:
        volume = half.volume
        return pair_states.Side(
            access=volume.access,
            size=volume.size,
            enable_512e=volume.enable_512e,
            mode=half.mode,
            paused=half.paused,
            deleted=volume.deleted is not None,
            at_snapshot_limit=_is_at_limit(half),
            cluster_full=half.cluster.fullness == "stage5CompletelyConsumed",
            hindrance=volume.hindrance,
        )

    def _link(self, half: Half, other: Half) -> pair_states.Link:
        return self._links.replication_link(half.cluster, half.cluster_pair_id, other.cluster)

    def _obstacle(self, half: Half, other: Half) -> str | None:
        return pair_states.obstacle(self._side(half), self._side(other), self._link(half, other), self._switches)

    def _quiet(self, pair: VolumePair) -> bool:
        return pair.behind_since is None and not self._unsent(pair)

    # Progress

    def settle_volume(self, volume: Volume) -> None:
        """Something about this volume or one of its halves has changed."""
        for half in list(volume.halves):
            self._settle(self._pairs[half.uuid])

    def settle_all(self) -> None:
        """Something that many volumes share has changed: a link, a site, the fullness of a cluster."""
        for pair in list(self._pairs.values()):
            self._settle(pair)

    def establish(self, pair: VolumePair) -> None:
        """Let a pair be as if it had been running for long, and be held up only now if anything does that."""
        self._settle(pair)
        if self.source_of(pair):
            self._deliver(pair)
        if pair.running:
            pair.start, pair.polls = len(pair_states.PHASES), 0
        else:
            pair.blocked_since = self._clock.now

    def resume(self, volume: Volume) -> None:
        """Send a running pair through the Resuming chain again."""
        for half in volume.halves:
            pair = self._pairs[half.uuid]
            pair.start, pair.polls = CHAIN, 0

    def polled(self, volume: Volume) -> None:
        """The volume, its snapshots or its statistics have been read: replication moves on by one poll."""
        for half in volume.halves:
            self._move_on(self._pairs[half.uuid], 1)

    def time_passed(self, polls: float) -> None:
        """As much time has passed as stands for so many polls of every pair."""
        for pair in list(self._pairs.values()):
            self._move_on(pair, polls)

    def _move_on(self, pair: VolumePair, polls: float) -> None:
        if pair.running:
            self._advance(pair, polls)
        else:
            pair.lost_polls += polls

    def _settle(self, pair: VolumePair) -> None:
        for half in pair.halves:
            self._learn(half)
        obstacles = self._obstacles(pair)
        if obstacles is not None and not any(obstacles):
            if not pair.running:
                self._begin(pair)
            elif self.has_arrived(pair):
                self._catch_up(pair)
            return
        if pair.running or pair.blocked_since is None:
            pair.blocked_since = self._clock.now
        if pair.running:
            pair.shown_before = {half: self._unobstructed(pair, half) for half in pair.halves}
            pair.lost_polls = 0
        pair.running = False
        pair.polls = 0
        # With roles that were wrong the settings must be exchanged again; after anything else it just resumes.
        pair.start = GRACE if obstacles is None or MISCONFIGURED in obstacles else CHAIN

    def _catch_up(self, pair: VolumePair) -> None:
        """With another mode, what was left behind so far must be sent."""
        source, target = self._ends(pair)
        if source.mode != "SnapshotsOnly" and source.volume.marks != target.volume.marks:
            self._fall_behind(pair)
            self._deliver_when_due(pair)

    def _learn(self, half: Half) -> None:
        """A half finds out that its counterpart is gone or has stopped, if it reaches the other cluster."""
        other = self.counterpart(half)
        if half.pending or half.outside_state or half.stopped or (other and not other.stopped):
            return
        entry = half.cluster.cluster_pairs.get(half.cluster_pair_id)
        far = self._links.other_end(half.cluster, entry) if entry else None
        half.stopped = far is not None and self._links.replication_link(half.cluster, half.cluster_pair_id, far[0]).up

    def _obstacles(self, pair: VolumePair) -> list[str | None] | None:
        """What either side has against replication; None when there are no two sides."""
        if len(pair.halves) != 2 or any(half.pending or half.stopped or half.outside_state for half in pair.halves):
            return None
        one, other = pair.halves
        return [self._obstacle(one, other), self._obstacle(other, one)]

    def _begin(self, pair: VolumePair) -> None:
        """The roles are valid and nothing is in the way: the target's own data is lost from here on."""
        source = self._ends(pair)[0]
        pair.running = True
        pair.polls = 0
        if pair.last_source not in (None, source) and self._switches.mode_after_reversal == "async":
            for half in pair.halves:
                half.mode = "Async"
        pair.last_source = source
        self._overwrite(pair)
        if self.has_arrived(pair):
            self._deliver(pair)

    def _overwrite(self, pair: VolumePair) -> None:
        source, target = self._ends(pair)
        kept = set(source.volume.marks)
        target.volume.marks = [mark for mark in target.volume.marks if mark in kept]

    def _advance(self, pair: VolumePair, polls: float) -> None:
        arrived_before = self.has_arrived(pair)
        pair.polls += polls
        if not arrived_before:
            if not self.has_arrived(pair):
                return
            self._deliver(pair)
            polls = pair_states.polls_since_arrival(pair.polls, pair.start, self._timings)
        if pair.behind_since is not None:
            pair.behind_polls += polls
            self._deliver_when_due(pair)
        if any(half.volume.snapshots for half in pair.halves):
            self._send_snapshots(pair, polls)

    def _ends(self, pair: VolumePair) -> tuple[Half, Half]:
        """Source and target of a running pair."""
        one, other = pair.halves
        return (one, other) if self.source_of(pair) is one else (other, one)

    # Data

    def written(self, volume: Volume) -> None:
        """A host has written to the volume."""
        for half in volume.halves:
            pair = self._pairs[half.uuid]
            if half.mode != "SnapshotsOnly" and self.source_of(pair) is half:
                self._fall_behind(pair)
            if pair.behind_since is not None and self.has_arrived(pair):
                self._deliver_when_due(pair)

    def _fall_behind(self, pair: VolumePair) -> None:
        if pair.behind_since is None:
            pair.behind_since = self._clock.now
            pair.behind_polls = 0

    def _deliver_when_due(self, pair: VolumePair) -> None:
        synchronous = self._ends(pair)[0].mode == "Sync"
        if synchronous or pair.behind_polls >= self._timings.delivery_polls:
            self._deliver(pair)

    def _deliver(self, pair: VolumePair) -> None:
        source, target = self._ends(pair)
        pair.behind_since = pair.blocked_since = None
        if source.mode != "SnapshotsOnly":
            target.volume.marks = list(source.volume.marks)
            target.volume.used_blocks = source.volume.used_blocks
        self._send_due_snapshots(pair)

    # Snapshots

    def snapshot_taken(self, volume: Volume) -> None:
        """A snapshot of the volume was made, or is to be replicated from now on."""
        for half in volume.halves:
            pair = self._pairs[half.uuid]
            if self.has_arrived(pair) and self.source_of(pair) is half:
                self._send_due_snapshots(pair)
        self.settle_volume(volume)

    def is_sending_snapshot(self, volume: Volume) -> bool:
        """Whether a replicated snapshot of this source has not reached the other side yet."""
        pairs = (self._pairs[half.uuid] for half in volume.halves)
        return any(pair.running and self._unsent(pair) for pair in pairs)

    def remote_status(self, half: Half, snapshot: Snapshot) -> str:
        """How far a replicated snapshot is on the other side."""
        other = self.counterpart(half)
        if other is None:
            return "NotPresent"
        if snapshot.uuid in _snapshot_uuids(other.volume):
            return "Present"
        if snapshot.uuid in other.volume.deleted_copies:
            return "Deleted"
        pair = self._pairs[half.uuid]
        return "Syncing" if self.has_arrived(pair) and self.source_of(pair) is half else "NotPresent"

    def _unsent(self, pair: VolumePair) -> list[Snapshot]:
        source = self.source_of(pair)
        target = self.counterpart(source) if source else None
        if source is None or target is None or not source.volume.snapshots:
            return []
        there = _snapshot_uuids(target.volume) | target.volume.deleted_copies
        return [taken for taken in source.volume.snapshots.values() if taken.replicate and taken.uuid not in there]

    def _send_snapshots(self, pair: VolumePair, polls: float) -> None:
        for snapshot in self._unsent(pair):
            snapshot.polls += polls
        self._send_due_snapshots(pair)

    def _send_due_snapshots(self, pair: VolumePair) -> None:
        source, target = self._ends(pair)
        limit = target.cluster.limits["snapshotsPerVolumeMax"]
        copies = {copy.uuid: copy for copy in target.volume.snapshots.values()}
        for snapshot in self._unsent(pair):
            is_due = snapshot.polls >= self._timings.snapshot_polls
            copy = copies.get(snapshot.uuid)
            is_shown = is_due or self._switches.arriving_snapshot == "listed"
            if copy is None and is_shown and len(target.volume.snapshots) < limit:
                copy = self._begin_copy(snapshot, target)
            if copy is not None and is_due:
                if source.mode != "SnapshotsOnly":
                    self._deliver_up_to(snapshot, target.volume)
                copy.arriving = False
        if _is_at_limit(target):
            self._settle(pair)

    def _begin_copy(self, snapshot: Snapshot, target: Half) -> Snapshot:
        as_group = self._switches.replicated_group == "exists"
        copy = copy_snapshot(snapshot, target.cluster, target.volume, self._clock.now, as_group)
        copy.arriving = True
        if not self._switches.attributes_replicated:
            _forget_attributes(copy)
        return copy

    def finish_sending(self, snapshot: Snapshot) -> None:
        """The snapshot is about to be deleted: what is on its way arrives before that, as documented."""
        for half in snapshot.volume.halves:
            pair = self._pairs[half.uuid]
            sends = self.has_arrived(pair) and self.source_of(pair) is half and snapshot in self._unsent(pair)
            if sends and self._timings.snapshot_polls != NEVER:
                snapshot.polls = NEVER
                self._send_due_snapshots(pair)

    def _deliver_up_to(self, snapshot: Snapshot, target: Volume) -> None:
        """A snapshot is a moment in the stream of writes: what was written before it arrives before it."""
        target.marks += [mark for mark in snapshot.marks if mark not in target.marks]

    # What a target cluster is receiving

    def sync_jobs(self, cluster: Cluster) -> list[SyncJob]:
        """The copies on their way to this cluster: first copies and resynchronisations, and snapshots."""
        jobs = []
        for pair in self._pairs.values():
            source = self.source_of(pair) if pair.running else None
            target = self.counterpart(source) if source else None
            if source is None or target is None or target.cluster is not cluster:
                continue
            state = pair_states.phase(pair.polls, pair.start, self._timings)
            if state and state != MISCONFIGURED:
                jobs.append(SyncJob(target, source, "volume", self._fraction(pair)))
            elif state is None and self._unsent(pair):
                jobs.append(SyncJob(target, source, "snapshot", 0.5))
        return jobs

    def _fraction(self, pair: VolumePair) -> float:
        """How much of the Resuming chain is behind the pair; the grace before it does not count."""
        lengths = [getattr(self._timings, name) for _state, name in pair_states.PHASES]
        grace = lengths[GRACE] if pair.start == GRACE else 0
        return (pair.polls - grace + 0.5) / (sum(lengths[CHAIN:]) + 0.5)


def _snapshot_uuids(volume: Volume) -> set[str]:
    """Those of the snapshots that are complete."""
    return {snapshot.uuid for snapshot in volume.snapshots.values() if not snapshot.arriving}


def _is_at_limit(half: Half) -> bool:
    return len(_snapshot_uuids(half.volume)) >= half.cluster.limits["snapshotsPerVolumeMax"]


def copy_snapshot(
    snapshot: Snapshot, cluster: Cluster, volume: Volume, now: datetime.datetime, as_group: bool = True
) -> Snapshot:
    """The snapshot as it arrives on the other side: same UUID, an ID and an instance of its own.

    as_group: whether one of a group becomes one of a group there; it names the group in any case.
    """
    copy = Snapshot(
        snapshot_id=cluster.next_id("snapshot"),
        uuid=snapshot.uuid,
        instance_uuid=cluster.new_uuid(),
        name=snapshot.name,
        volume=volume,
        created=snapshot.created,
        instance_created=now,
        replicate=True,
        marks=snapshot.marks,
        size=snapshot.size,
        expires=snapshot.expires,
        label=snapshot.label,
        attributes=dict(snapshot.attributes),
        group_uuid=snapshot.group_uuid,
    )
    if snapshot.group and as_group:
        copy.group = _group_copy(snapshot.group, cluster)
        copy.group.members.append(copy)
    volume.snapshots[copy.snapshot_id] = cluster.snapshots[copy.snapshot_id] = copy
    return copy


def _forget_attributes(copy: Snapshot) -> None:
    copy.attributes = {}
    if copy.group:
        copy.group.attributes = {}


def _group_copy(group: GroupSnapshot, cluster: Cluster) -> GroupSnapshot:
    for known in cluster.group_snapshots.values():
        if known.uuid == group.uuid:
            return known
    copy = GroupSnapshot(
        group_id=cluster.next_id("group_snapshot"),
        uuid=group.uuid,
        name=group.name,
        created=group.created,
        replicate=True,
        attributes=dict(group.attributes),
    )
    cluster.group_snapshots[copy.group_id] = copy
    return copy
