# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A controller that stands still between two calls, as a laptop that sleeps, while others go on working.

The hour passes after the cluster has answered and before the task goes on: what the task has read is an hour old then.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.elementsw.replication.plugins.module_utils._element.client import Client
from ansible_collections.elementsw.replication.plugins.module_utils._element.errors import Failure
from ansible_collections.elementsw.replication.plugins.module_utils._element.transport import Reply
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.flow import start
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.jobs.volume_pair import VolumePairJob
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.model import Sides
from ansible_collections.elementsw.replication.plugins.modules import element_volume_pair
from ansible_collections.elementsw.replication.tests.matrix.in_process import API_VERSION, Clock, InProcess, SwiftRun
from ansible_collections.elementsw.replication.tests.simulator.errors import HostIOError
from ansible_collections.elementsw.replication.tests.simulator.world import World

SITES = ("alpha", "beta")
VOLUME = 41
HOUR = 3600
READ_WRITE, TARGET = "readWrite", "replicationTarget"


@dataclass
class Pair:
    """The volumes v of two clusters, and every write that a host has a reply to."""

    world: World
    acknowledged: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, paired: bool = True) -> Pair:
        volumes = [{"name": "v", "id": VOLUME, "account": "tenant"}]
        described = {
            "timings": "instant",
            "clusters": [{"name": site, "accounts": [{"name": "tenant"}], "volumes": volumes} for site in SITES],
            "cluster_pairs": [{"between": list(SITES)}],
            "volume_pairs": [{"source": "alpha/v", "target": "beta/v"}] if paired else [],
        }
        pair = cls(World.from_dict(described))
        pair.write("alpha", "first")
        pair.settle()
        return pair

    def volume(self, site: str) -> Any:
        return self.world.cluster(site).volumes[VOLUME]

    def call(self, site: str, method: str, **params: Any) -> None:
        self.world.call(site, method, {"volumeID": VOLUME, **params})

    def write(self, site: str, mark: str) -> None:
        """A host writes, where it may."""
        with contextlib.suppress(HostIOError):
            self.world.write(site, VOLUME, mark)
            self.acknowledged.append(mark)

    def settle(self) -> None:
        """Let all that was written arrive, and be counted."""
        self.world.advance(2)
        for _poll in range(6):
            for site in SITES:
                self.world.call(site, "ListVolumes", {})

    @property
    def accesses(self) -> tuple[str, ...]:
        return tuple(self.volume(site).access for site in SITES)

    @property
    def is_split(self) -> bool:
        return self.accesses == (READ_WRITE, READ_WRITE) and all(self.volume(site).halves for site in SITES)

    @property
    def lost(self) -> list[str]:
        """The acknowledged writes that are on no volume and in no snapshot."""
        volumes = [volume for site in SITES for volume in self.world.cluster(site).volumes.values()]
        kept = {mark for volume in volumes for each in (volume, *volume.snapshots.values()) for mark in each.marks}
        return [mark for mark in self.acknowledged if mark not in kept]


class Interrupted(InProcess):
    """Calls after one of which the process stands still."""

    def __init__(self, task: Task, cluster: str, clock: Clock):
        super().__init__(task.pair.world, cluster, clock)
        self._task, self._site = task, cluster

    def post(self, path: str, body: str, timeout: float | None = None) -> Reply:
        was_split = self._task.pair.is_split
        reply = super().post(path, body, timeout)
        method = json.loads(body)["method"]
        if self._task.pair.is_split and not was_split:
            self._task.made_split.append(f"{self._site} {method}")
        self._task.answered(self._site, method)
        return reply


@dataclass
class Task:
    """A task of element_volume_pair. after: the number of the call after which it stands still; 0 for never."""

    pair: Pair
    options: dict[str, Any]
    after: int = 0
    meanwhile: Callable[[Pair], object] = lambda _pair: None
    seconds: float = HOUR
    calls: list[str] = field(default_factory=list)
    #: The calls of the task that have made both sides of the pair writable.
    made_split: list[str] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    slept: bool = False

    def run(self) -> Task:
        checked = ArgumentSpecValidator(element_volume_pair.argument_spec()).validate({"volume": "v", **self.options})
        assert not checked.error_messages
        peer = {"hostname": "beta.example.com", "mvip": None}
        job = VolumePairJob.from_params({**checked.validated_parameters, "peer": peer})
        self._clock = clock = Clock(self.pair.world)
        clients = [
            Client(Interrupted(self, site, clock), API_VERSION, 1, sleep=clock.sleep, is_peer=site == "beta")
            for site in SITES
        ]
        run = SwiftRun(Sides(*clients), lambda _secret: None, clock)
        try:
            self.failures = start(job, run, check_mode=False).failures
        except Failure as exc:
            self.failures = [exc]
        finally:
            run.close()
        self.pair.settle()
        return self

    def answered(self, site: str, method: str) -> None:
        self.calls.append(f"{site} {method}")
        if len(self.calls) == self.after:
            self.slept = True
            self.meanwhile(self.pair)
            for each in SITES:
                self.pair.write(each, f"meanwhile on {each}")
            self._clock.suspend(self.seconds)
            self.pair.settle()

    @property
    def codes(self) -> list[str]:
        return [failure.code for failure in self.failures]


def task(pair: Pair, **options: Any) -> Task:
    """Another administrator's task, from its beginning to its end."""
    return Task(pair, options).run()
