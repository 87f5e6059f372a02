# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tasks run against a world as the modules run them, without Ansible around them and without waiting."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from ansible_collections.elementsw.replication.plugins.module_utils._element.client import Client
from ansible_collections.elementsw.replication.plugins.module_utils._element.errors import CODES, Failure
from ansible_collections.elementsw.replication.plugins.module_utils._element.transport import Endpoint, Transport
from ansible_collections.elementsw.replication.plugins.module_utils._pairing import flow, results
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.jobs.cluster_pair import ClusterPairJob
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.jobs.volume_pair import VolumePairJob
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.model import Sides
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.outcome import Outcome
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.pair_options import check
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.run import Run
from ansible_collections.elementsw.replication.tests.matrix.in_process import API_VERSION, InProcess

from .inhabited import InhabitedWorld
from .ledger import Ledger, NamedSnapshot
from .orders import Order
from .watch import Watch

# One worker: what would run side by side runs one by one, so that a run can be repeated exactly.
ONE_BY_ONE = 1


class QuickClock:
    """Time passes when it is waited for, and in the world too."""

    def __init__(self, world: InhabitedWorld) -> None:
        self._now = 0.0
        self._world = world
        world.clock.stop()

    def monotonic(self) -> float:
        self._now += 0.001
        return self._now

    def sleep(self, seconds: float) -> None:
        self._now += seconds
        self._world.advance(seconds)


@dataclass(frozen=True)
class Ran:
    """What a run has come to. outcome: None where nothing could be planned at all; `failures` says why then."""

    order: Order
    watch: Watch
    ledger: Ledger
    outcome: Outcome | None
    failures: list[Failure]
    writes: int

    @property
    def changed(self) -> bool:
        return self.outcome is not None and self.outcome.changed

    @property
    def actions(self) -> list[tuple[str, ...]]:
        """In no order: what runs side by side ends in any."""
        done = self.outcome.actions if self.outcome else []
        return sorted(tuple(results.action(action).values()) for action in done)

    @property
    def calls(self) -> list[tuple[str, str]]:
        """The cluster and the method of each action."""
        return [(cluster, method) for cluster, method, _object, _reason in self.actions]

    @property
    def codes(self) -> list[str]:
        return [failure.code for failure in self.failures]

    @property
    def left_behind(self) -> list[str]:
        return [left for failure in self.failures for left in failure.left_behind]

    @property
    def saved(self) -> list[NamedSnapshot]:
        """The snapshots that the result names as keeping what was overwritten."""
        items = self.outcome.items if self.outcome else []
        return [NamedSnapshot(saved.cluster, saved.volume, saved.name) for item in items for saved in item.saved]

    @property
    def reported(self) -> list[str]:
        """All that the result reports of what remains."""
        return [*self.left_behind, *(self.outcome.warnings if self.outcome else [])]


class Tasks:
    """Runs orders in a world. running: where it is served, None for calls without a network.

    concurrency: as the option of the modules.
    """

    def __init__(self, world: InhabitedWorld, running: Any = None, concurrency: int = ONE_BY_ONE) -> None:
        self._world = world
        self._running = running
        self._concurrency = concurrency

    def makes_sense(self, order: Order) -> bool:
        """Whether the module would accept the parameters."""
        return order.module != "volume_pair" or check(order.params) is None

    def run(self, order: Order, check_mode: bool = False, username: str = "ansible") -> Ran:
        sent = len(self._world.writes())
        run = self._run(order, username)
        with self._world.watched(order, check_mode, username) as watch:
            try:
                outcome = flow.start(self._job(order), run, check_mode)
                failures = outcome.failures
            except Failure as exc:
                outcome, failures = None, [exc]
            finally:
                run.close()
        ran = Ran(order, watch, self._world.ledger, outcome, failures, len(self._world.writes()) - sent)
        self._world.ledger.add_named(ran.saved)
        self._world.ledger.excuse(watch.excused, watch.end)
        self._check_result(ran)
        return ran

    def _check_result(self, ran: Ran) -> None:
        for failure in ran.failures:
            assert failure.code in CODES
            assert failure.sentence
            json.dumps(failure.as_error())
        if ran.outcome:
            json.dumps(self._job(ran.order).report(ran.outcome))
            json.dumps(ran.outcome.diff)

    def _job(self, order: Order) -> Any:
        job = VolumePairJob if order.module == "volume_pair" else ClusterPairJob
        # Whatever way leads to it, an unreachable peer is recognised by its MVIP.
        peer = {"hostname": "", "mvip": self._world.cluster(order.there).identity.mvip}
        return job.from_params({**order.params, "peer": peer})

    def _run(self, order: Order, username: str) -> Run:
        clock = QuickClock(self._world)
        there = None if order.assumes_gone else self._client(order.there, username, clock)
        clients = Sides(self._client(order.here, username, clock), there)
        run = Run(clients, lambda secret: None, clock=clock)
        run.pause = clock.sleep  # type: ignore[method-assign]
        return run

    def _client(self, name: str, username: str, clock: QuickClock) -> Client:
        transport = self._transport(name, username) if self._running else InProcess(self._world, name, clock)
        return Client(transport, API_VERSION, self._concurrency, pauses=(0, 0), sleep=clock.sleep)

    def _transport(self, name: str, username: str) -> Transport:
        host, port = self._running.address(name)
        admin = next(admin for admin in self._world.cluster(name).admins if admin.username == username)
        return Transport(Endpoint(host, username, admin.password, port=port, ca_path=self._running.ca_file, timeout=5))
