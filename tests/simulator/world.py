# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several clusters, the links between them, and everything that can be done to them from outside."""

from __future__ import annotations

import datetime
import json
import random
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from . import api, clones, description, events, host_access, keys, pair_states, schedules, truth
from .calls import Call, CallLog
from .clock import Clock
from .cluster import FULLNESS, Cluster
from .errors import ApiError, HostIOError, SiteDown, WorldError
from .faults import Faults
from .links import Links
from .oddities import MISSING, OddObjects
from .records import BLOCKS_PER_WRITE, IscsiSession, Snapshot, Volume
from .replication import Replication
from .settings import SAMPLE_SECONDS, SECONDS_PER_POLL, Switches, Timings
from .views import PURGE_SECONDS

# Opens (True) or closes (False) the listener of a cluster.
Gate = Callable[[str, bool], None]

# Every client of a simulated cluster is on this machine.
CLIENT_IP = "127.0.0.1"
# Blocks that hold data are counted again when garbage is collected.
SECONDS_BETWEEN_COLLECTIONS = 3600
# What has come due is looked for at most so often.
SECONDS_BETWEEN_LOOKS = 1


class Secrets:
    """Every secret that was ever configured or issued, for tests that look for leaks."""

    def __init__(self) -> None:
        self._known: dict[str, None] = {}

    def issue(self, *secrets: str | None) -> None:
        self._known.update(dict.fromkeys(secret for secret in secrets if secret))

    def __iter__(self) -> Iterator[str]:
        return iter(tuple(self._known))

    def __contains__(self, text: object) -> bool:
        return text in self._known

    def __len__(self) -> int:
        return len(self._known)


class World:
    """The whole simulated world. One lock makes every call and every change from outside atomic."""

    def __init__(self, seed: int = 0, start: str | None = None) -> None:
        api.load_methods()
        self.lock = threading.RLock()
        self.rng = random.Random(seed)
        self.clock = Clock(start)
        self.switches = Switches()
        self.timings = Timings()
        self.clusters: dict[str, Cluster] = {}
        self.links = Links(self.clusters, self.timings, self.switches)
        self.replication = Replication(self.links, self.timings, self.switches, self.clock)
        self.faults = Faults(self._refuse, self._accept)
        self.odd_objects = OddObjects()
        self.log = CallLog()
        self.secrets = Secrets()
        #: The last reply to each read, by its cluster, method and parameters.
        self.replies: dict[tuple[str, ...], bytes] = {}
        self._next_sample = 0.0
        self._next_look = 0.0
        self._last_collection = 0.0
        # Seconds of the world up to which phases have passed.
        self._phases_passed = 0.0
        # The moment up to which everything has happened that was due.
        self._caught_up = self.clock.now
        # UUIDs whose key was used up by a call that failed all the same.
        self.spent_keys: set[str] = set()
        self.gate: Gate | None = None
        # What a server of this world must know about its listeners, by cluster.
        self.listeners: dict[str, description.Listener] = {}

    @classmethod
    def from_dict(cls, spec: dict[str, Any]) -> World:
        """The world that a description asks for. Raises WorldError, which names the key that is wrong."""
        return description.build(cls, spec)

    @classmethod
    def from_file(cls, path: str | Path) -> World:
        """A world from the description in a YAML file. Raises WorldError."""
        try:
            spec = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
        except yaml.YAMLError as error:
            raise WorldError(f"no YAML: {error}") from None
        return cls.from_dict(spec)

    # Clusters

    def cluster(self, name: str) -> Cluster:
        if name not in self.clusters:
            raise WorldError(f"cluster: there is no {name!r}, only {', '.join(self.clusters)}")
        return self.clusters[name]

    def cluster_by_unique_id(self, unique_id: Any) -> Cluster | None:
        matching = (cluster for cluster in self.clusters.values() if cluster.identity.unique_id == unique_id)
        return next(matching, None)

    # Calls

    def call(self, cluster_name: str, method: str, params: dict[str, Any] | None = None, *, log: bool = False) -> Any:
        """What a third party with all rights gets from a cluster. Raises ApiError; SiteDown when the cluster is down."""
        cluster = self.cluster(cluster_name)
        api_version = cluster.identity.api_versions[-1]
        error = None
        with self.lock:
            if not cluster.up:
                raise SiteDown(cluster_name)
            try:
                result, _unused = self.perform(cluster, None, method, params or {}, api_version)
                return json.loads(json.dumps(result))
            except ApiError as exception:
                error = exception.name
                raise
            finally:
                if log:
                    self.log.add(
                        cluster=cluster_name,
                        method=method,
                        params=params or {},
                        api_version=api_version,
                        connection=None,
                        status=200,
                        error=error,
                        applied=error is None,
                        writes=api.is_write(method),
                        seconds=self.clock.elapsed,
                    )

    def perform(
        self, cluster: Cluster, admin: Any, method: Any, params: Any, api_version: str
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Work off one call: result and unused parameters. The caller holds the lock."""
        self.clock.tick()
        self._sample_when_due()
        self._catch_up()
        self._let_time_pass()
        clones.complete(self, cluster)
        try:
            result, unused = api.call(api.Context(self, cluster, admin), method, params, api_version)
        except ApiError:
            self._record_event(cluster, admin, method, params, api_version, False)
            raise
        self._record_event(cluster, admin, method, params, api_version, True)
        return self.odd_objects.shown(cluster.name, method, result), unused

    @property
    def calls(self) -> list[Call]:
        return self.log.all()

    def calls_of(self, cluster: str | None = None, methods: Collection[str] | str | None = None) -> list[Call]:
        return self.log.of(cluster, methods)

    def writes(self) -> list[Call]:
        return self.log.writes()

    def clear_calls(self) -> None:
        self.log.clear()

    def truth(self) -> dict[str, Any]:
        """Everything there is, as plain data that can be compared; see the module of that name."""
        with self.lock:
            return truth.of(self)

    def spend_key(self, key: Any) -> None:
        """A key that the API has used up although the call failed."""
        try:
            members = keys.decode(key)
        except (TypeError, ValueError):
            return
        self.spent_keys.update(str(members[name]) for name in ("clusterPairUUID", "volumePairUUID") if name in members)

    # Sites, links, time

    def site_down(self, name: str) -> None:
        """The whole site is gone: connections are refused, nothing on it moves, its partners lose the link."""
        self._set_site(name, False)

    def site_up(self, name: str) -> None:
        self._set_site(name, True)

    def rebuild(self, name: str) -> None:
        """The cluster is gone, and another one is built under its name and addresses.

        It has the same administrators and nothing else, another unique ID, and numbers everything from 1 again.
        """
        with self.lock:
            self._let_phases_pass()
            old = self.cluster(name)
            for entry in list(old.cluster_pairs.values()):
                self.links.remove(old, entry)
            for half in [half for volume in old.volumes.values() for half in list(volume.halves)]:
                self.replication.remove(half)
            new = Cluster(
                replace(old.identity, unique_id=f"{self.rng.getrandbits(16):04x}", uuid=old.new_uuid()), old.rng, {}
            )
            new.up = old.up
            new.admins = [replace(admin, admin_id=new.next_id("admin")) for admin in old.admins if not admin.hidden]
            self.clusters[name] = new
            self.replication.settle_all()

    def management_link(self, one: str, other: str, *, up: bool) -> None:
        with self.lock:
            self._let_phases_pass()
            self.links.between(one, other).management = up
            self.links.settle()
            self.replication.settle_all()

    def storage_link(self, one: str, other: str, *, up: bool) -> None:
        with self.lock:
            self._let_phases_pass()
            self.links.between(one, other).storage = up
            self.replication.settle_all()

    def slow_link(self, one: str, other: str, *, slow: bool = True) -> None:
        with self.lock:
            self._let_phases_pass()
            self.links.between(one, other).slow = slow
            self.replication.settle_all()

    def target_full(self, name: str, fullness: str = FULLNESS[-1]) -> None:
        """Fill a cluster up; at the last stage nothing can be replicated to it any more."""
        if fullness not in FULLNESS:
            raise WorldError(f"fullness: {fullness!r} is not one of {', '.join(FULLNESS)}")
        with self.lock:
            self._let_phases_pass()
            self.cluster(name).fullness = fullness
            self.replication.settle_all()

    def hinder(self, cluster: str, volume_id: int, hindrance: str | None) -> None:
        """Let a volume be too slow ("qos") or busy copying ("xcopy"), or neither (None)."""
        if hindrance not in (None, *pair_states.HINDRANCES):
            raise WorldError(f"hindrance: {hindrance!r} is not one of {', '.join(pair_states.HINDRANCES)}")
        with self.lock:
            self._let_phases_pass()
            volume = self.cluster(cluster).find_volume(volume_id)
            volume.hindrance = hindrance
            self.replication.settle_volume(volume)

    def fail_clones(self, name: str, error: str, message: str) -> None:
        """Let all clones that the cluster is making fail with this API error."""
        with self.lock:
            clones.fail(self, self.cluster(name), error, message)

    def odd_object(
        self, cluster: str, method: str, object_id: Any, member: str | None = None, value: Any = MISSING
    ) -> None:
        """Let a list show an object of its own with this member, or without it where no value is given.

        Without a member the value, null unless given, takes the place of the object as a whole.
        """
        with self.lock:
            self.odd_objects.add(self.cluster(cluster).name, method, object_id, member, value)

    def advance(self, seconds: float) -> None:
        """Let time pass: snapshots expire, deleted volumes are purged; on a site that is down nothing happens."""
        with self.lock:
            self._let_phases_pass()
            self.clock.advance(seconds)
            self._catch_up()
            self._let_phases_pass()
            self._come_due(collecting=seconds >= SECONDS_BETWEEN_COLLECTIONS)

    def _let_phases_pass(self) -> None:
        """Where the clock is real: as far as the time since the last call has brought them, before anything else happens."""
        elapsed = self.clock.elapsed
        if not self.clock.is_real:
            return
        polls = (elapsed - self._phases_passed) / SECONDS_PER_POLL
        self._phases_passed = elapsed
        self.links.time_passed(polls)
        self.replication.time_passed(polls)
        for cluster in self.clusters.values():
            for result in cluster.async_results.values():
                result.polls += polls

    def _let_time_pass(self) -> None:
        """Where the clock is real: what has come due since the last call."""
        self._let_phases_pass()
        elapsed = self.clock.elapsed
        if not self.clock.is_real or elapsed < self._next_look:
            return
        self._next_look = elapsed + SECONDS_BETWEEN_LOOKS
        collecting = elapsed - self._last_collection >= SECONDS_BETWEEN_COLLECTIONS
        if collecting:
            self._last_collection = elapsed
        self._come_due(collecting)

    def _come_due(self, collecting: bool) -> None:
        for cluster in (each for each in self.clusters.values() if each.up):
            if collecting:
                self.collect_garbage(cluster)
            self.expire_snapshots(cluster)
            for volume in list(cluster.volumes.values()):
                purge = self.purge_time(volume)
                if purge and purge <= self.clock.now:
                    self.purge(cluster, volume)

    def _catch_up(self) -> None:
        """Let the schedules of the time that has passed run, one full five minutes after the other, each at its time."""
        now = self.clock.now
        for step in schedules.steps(self._caught_up, now):
            with self.clock.at(step):
                for cluster in self.clusters.values():
                    if cluster.up and cluster.schedules:
                        self.expire_snapshots(cluster)
                        schedules.run_due(self, cluster, step)
        self._caught_up = now

    # Hosts

    def write(self, cluster: str, volume_id: int, mark: str) -> None:
        """A host writes something that can be recognised later. Raises HostIOError when it may not."""
        with self.lock:
            self._let_phases_pass()
            self._sample_when_due()
            volume = self._open_volume(cluster, volume_id)
            if volume.access != pair_states.SOURCE:
                raise HostIOError(f"{cluster}: volume {volume_id} is {volume.access}")
            if self.cluster(cluster).fullness == FULLNESS[-1]:
                raise HostIOError(f"{cluster} is full")
            volume.marks.append(mark)
            volume.write_ops += 1
            volume.used_blocks += BLOCKS_PER_WRITE
            self.replication.written(volume)

    def log_in(self, cluster: str, volume_id: int, initiator: str = "iqn.1998-01.com.example:host-1") -> None:
        """A host opens an iSCSI session. Raises HostIOError when it may not."""
        with self.lock:
            volume = self._open_volume(cluster, volume_id)
            if volume.access in pair_states.CLOSED_TO_HOSTS:
                raise HostIOError(f"{cluster}: volume {volume_id} is {volume.access}")
            there = self.cluster(cluster)
            there.iscsi_sessions.append(
                IscsiSession(there.next_id("session"), volume_id, initiator, "203.0.113.200:51234")
            )

    def log_out(self, cluster: str, volume_id: int) -> None:
        """Every host closes its iSCSI sessions with the volume."""
        with self.lock:
            self._open_volume(cluster, volume_id)
            self.cluster(cluster).end_iscsi_sessions([volume_id])

    def act(self, cluster: str, method: str, params: dict[str, Any] | None = None) -> Any:
        """What happens from outside: `write` or `log_in` as a host, `odd_object`, or what an administrator calls."""
        no_calls: dict[str, Callable[..., None]] = {
            "write": self.write,
            "log_in": self.log_in,
            "odd_object": self.odd_object,
        }
        return no_calls[method](cluster, **(params or {})) if method in no_calls else self.call(cluster, method, params)

    def marks(self, cluster: str, volume_id: int) -> list[str]:
        """What was ever written and is on the volume, whoever may read it."""
        with self.lock:
            return list(self.cluster(cluster).find_volume(volume_id).marks)

    # What methods and time do to volumes and snapshots

    def sample(self) -> None:
        """Take the statistics of all volumes."""
        for cluster in self.clusters.values():
            for volume in cluster.volumes.values():
                volume.sample_before, volume.sample = volume.sample, volume.counters

    def _sample_when_due(self) -> None:
        """What is due by now: what it counts has not changed between its time and what comes now."""
        due = self.clock.elapsed - self._next_sample
        for _sample in range(min(2, int(due // SAMPLE_SECONDS) + 1)):
            self.sample()
        if due >= 0:
            self._next_sample = (self.clock.elapsed // SAMPLE_SECONDS + 1) * SAMPLE_SECONDS

    def purge_time(self, volume: Volume) -> datetime.datetime | None:
        return volume.deleted + datetime.timedelta(seconds=PURGE_SECONDS) if volume.deleted else None

    def delete(self, cluster: Cluster, volumes: Sequence[Volume]) -> None:
        """Hosts lose the volumes at once; until they are purged they can be restored."""
        for volume in volumes:
            volume.deleted = self.clock.now
        cluster.end_iscsi_sessions(volume.volume_id for volume in volumes)
        for volume in volumes:
            self.replication.settle_volume(volume)

    def purge(self, cluster: Cluster, volume: Volume) -> None:
        """Destroy a deleted volume and all that hangs on it."""
        for snapshot in list(volume.snapshots.values()):
            self.delete_snapshot(cluster, snapshot)
        del cluster.volumes[volume.volume_id]
        for group_id in list(volume.access_groups):
            host_access.remove_volume(cluster.access_groups[group_id], volume)
        for half in list(volume.halves):
            partner = self.replication.counterpart(half)
            empties = partner and self.switches.purged_partner == "unpaired" and self.replication.linked(half)
            self.replication.remove(half)
            if partner and empties:
                self.replication.remove(partner)

    def delete_snapshot(self, cluster: Cluster, snapshot: Snapshot) -> None:
        """Delete one snapshot. Its copy on the other cluster, if any, stays."""
        self.replication.finish_sending(snapshot)
        del cluster.snapshots[snapshot.snapshot_id]
        del snapshot.volume.snapshots[snapshot.snapshot_id]
        if snapshot.replicate:
            snapshot.volume.deleted_copies.add(snapshot.uuid)
        if snapshot.group:
            snapshot.group.members.remove(snapshot)
            if not snapshot.group.members:
                cluster.group_snapshots.pop(snapshot.group.group_id, None)
        self.replication.settle_volume(snapshot.volume)

    def collect_garbage(self, cluster: Cluster) -> None:
        for volume in cluster.volumes.values():
            volume.collected_blocks = volume.used_blocks

    def expire_snapshots(self, cluster: Cluster) -> None:
        for snapshot in list(cluster.snapshots.values()):
            if snapshot.expires and snapshot.expires <= self.clock.now:
                self.delete_snapshot(cluster, snapshot)

    def _set_site(self, name: str, up: bool) -> None:
        with self.lock:
            self._let_phases_pass()
            self.cluster(name).up = up
            self.links.settle()
            self.replication.settle_all()
        if self.gate:
            self.gate(name, up)

    def _refuse(self, name: str | None) -> None:
        for each in self.clusters if name is None else (name,):
            if self.gate:
                self.gate(each, False)

    def _accept(self) -> None:
        for name, cluster in self.clusters.items():
            if self.gate and cluster.up:
                self.gate(name, True)

    def _open_volume(self, cluster: str, volume_id: int) -> Volume:
        site = self.cluster(cluster)
        if not site.up:
            raise HostIOError(f"{cluster} is down")
        try:
            volume = site.volume(volume_id)
        except ApiError as error:
            raise HostIOError(error.message) from error
        owner = site.account(volume.account_id)
        if owner.locked:
            raise HostIOError(f"{cluster}: account {owner.username} is locked")
        return volume

    def _record_event(
        self, cluster: Cluster, admin: Any, method: Any, params: Any, api_version: str, success: bool
    ) -> None:
        """Modifying calls are in the event log, with their parameters as they came and the API version, as captured."""
        if not api.is_write(method):
            return
        shown = dict(params) if isinstance(params, dict) else {}
        if self.switches.keys_masked_in_events:
            shown = {name: "********" if name.endswith("PairingKey") else value for name, value in shown.items()}
        details = {
            "context": {"ip": CLIENT_IP, "user": admin.username if admin else "internal"},
            "method": method,
            "params": {**shown, "requestAPIVersion": api_version},
            "success": success,
        }
        events.add(cluster, self.clock.now, "apiEvent", f"API Call ({method})", details)
