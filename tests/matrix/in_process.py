# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Clusters without a network and a clock without waiting: thousands of runs in the time that TLS takes for a few hundred.

What a client meets here is what it meets over HTTPS: `test_the_same_over_https.py` compares the two.
"""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from ansible_collections.elementsw.replication.plugins.module_utils._element.client import Client
from ansible_collections.elementsw.replication.plugins.module_utils._element.transport import (
    Endpoint,
    NetworkTrouble,
    Reply,
)
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.model import Sides
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.run import Run
from ansible_collections.elementsw.replication.tests.simulator import exchange
from ansible_collections.elementsw.replication.tests.simulator.world import World

TIMEOUT = 0.2
# The oldest that has every method used here.
API_VERSION = "10.0"
# Fewer than the pairs of a flow, so that they wait for each other as a hundred pairs do.
CONCURRENCY = 2


class Clock:
    """Passes by being slept on. Each thread has a time of its own: threads that sleep side by side do not add up.

    worlds: of the clusters that it is slept on for. Time passes there too, and nothing but that makes it pass.
    """

    def __init__(self, *worlds: World) -> None:
        self._now = threading.local()
        self._due: list[tuple[int, float, Callable[[], Any]]] = []
        self._worlds = worlds
        #: For how many seconds all threads have stood still.
        self.suspended = 0.0
        for world in worlds:
            world.clock.stop()

    def monotonic(self) -> float:
        return getattr(self._now, "seconds", 0.0)

    def sleep(self, seconds: float) -> None:
        self._now.seconds = self.monotonic() + seconds
        for world in self._worlds:
            world.advance(seconds)
        self._happen()

    def suspend(self, seconds: float) -> None:
        """The process stands still for so long, and finds out when it looks at a clock."""
        self.suspended += seconds
        for world in self._worlds:
            world.advance(seconds)

    def later(self, seconds: float, action: Callable[[], Any]) -> None:
        """Something that happens when this thread's time has come to it, or at the end."""
        self._due.append((threading.get_ident(), self.monotonic() + seconds, action))
        self._happen()

    def end(self) -> None:
        while self._due:
            self._due.pop(0)[2]()

    def _happen(self) -> None:
        for entry in list(self._due):
            thread, when, action = entry
            if thread == threading.get_ident() and when <= self.monotonic():
                self._due.remove(entry)
                action()


class InProcess:
    """Takes the place of a Transport: hands each request to the cluster itself, and fails as a network fails."""

    def __init__(self, world: World, cluster: str, clock: Clock):
        self._world = world
        self._clock = clock
        self._cluster = world.cluster(cluster)
        admin = self._cluster.admins[0]
        self.endpoint = Endpoint(f"{cluster}.example.com", admin.username, admin.password, timeout=TIMEOUT)
        self._login = base64.b64encode(f"{admin.username}:{admin.password}".encode()).decode()

    def post(self, path: str, body: str, timeout: float | None = None) -> Reply:
        request = exchange.Request("POST", path, f"Basic {self._login}", body.encode())
        envelope = exchange.open_envelope(request)
        with self._world.lock:
            fault = self._world.faults.next(self._cluster.name, envelope.method_name)
            if fault is not None and fault.kind == "refuse":
                raise NetworkTrouble("Connection refused", sent=False)
            serve = partial(exchange.answer, self._world, self._cluster, request, envelope, fault)
            if fault is not None and fault.kind == "slow":
                self._clock.later(0 if fault.applies_first else fault.seconds, serve)
                raise NetworkTrouble(f"no reply within {TIMEOUT:g} s", sent=True)
            answer = serve()
        if answer.status is None:
            raise NetworkTrouble("Connection reset by peer", sent=True)
        return Reply(answer.status, answer.body.decode("utf-8", "replace"))


class SwiftRun(Run):
    """A session whose pauses pass on its clock."""

    def moment(self) -> tuple[float, ...]:
        return (self.clock.suspended,)

    def pause(self, seconds: float) -> None:
        self.clock.sleep(seconds)

    def close(self) -> None:
        super().close()
        self.clock.end()


def swift_run(here: Any, there: Any, clock: Clock) -> SwiftRun:
    """A run over two transports, of this cluster and of its peer."""
    clients = [
        Client(transport, API_VERSION, CONCURRENCY, sleep=clock.sleep, is_peer=transport is there)
        for transport in (here, there)
    ]
    return SwiftRun(Sides(*clients), lambda _secret: None, clock)


def in_process(world: World) -> SwiftRun:
    clock = Clock(world)
    return swift_run(InProcess(world, "alpha", clock), InProcess(world, "beta", clock), clock)
