# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What one run works with: the two clusters' clients, the workers that call them, and the clock."""

# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from .._element.client import Client
from .._element.errors import Unanswered
from .model import Sides

T = TypeVar("T")


class Run:
    """clients: this cluster's and its peer's (None: no peer was named, or it is unreachable).

    hide: is told every secret the moment it arrives, so that no output shows it.
    stopping: set by a signal; no further pair is begun then. mark: of the volumes that this run creates.
    peer_failure: why the peer is unreachable; None where it answers, or was not asked.
    """

    def __init__(self, clients: Sides, hide: Callable[[str], object], clock: Any = time):
        self.clients: Sides[Client | None] = clients
        self.hide = hide
        self.clock = clock
        self.stopping = threading.Event()
        self.peer_failure: Unanswered | None = None
        # What this run creates is marked with it, and nothing else is ever taken for its own.
        self.mark = os.urandom(8).hex()
        limits = [client.concurrency for client in (clients.local, clients.peer) if client]
        # One pool for both clusters: a handshake calls both, and neither may get more than its limit at once.
        self._workers = ThreadPoolExecutor(max_workers=min(limits), initializer=self._begin_work)
        self._thread = threading.local()

    def client(self, side: str) -> Client:
        client = self.clients[side]
        if client is None:
            raise LookupError(f"nothing is sent to the {side} cluster in this run")
        return client

    def name(self, side: str) -> str:
        return self.client(side).name

    def give_up_peer(self, failure: Unanswered) -> None:
        """The peer is unreachable: nothing more is sent to it in this run."""
        self.peer_failure = failure
        self.clients = Sides(self.clients.local, None)

    def side_by_side(self, jobs: Iterable[Callable[[], T]]) -> list[T]:
        """The jobs' results in their order; when jobs fail, the first one's exception, after all have ended.

        What a job asks for itself is worked off in turn: workers that wait for each other would wait for ever.
        """
        submit = _run_in_place if getattr(self._thread, "works", False) else self._workers.submit
        futures = [submit(job) for job in jobs]
        failures = [failure for failure in [future.exception() for future in futures] if failure]
        if failures:
            raise failures[0]
        return [future.result() for future in futures]

    def pause(self, seconds: float) -> None:
        """Let time pass; a signal ends it early."""
        self.stopping.wait(seconds)

    def close(self) -> None:
        self._workers.shutdown()

    def _begin_work(self) -> None:
        self._thread.works = True


def _run_in_place(job: Callable[[], T]) -> Future[T]:
    """The outcome of a job that is run here and now."""
    future: Future[T] = Future()
    try:
        future.set_result(job())
    except Exception as exc:  # handed on by whoever asks for the result
        future.set_exception(exc)
    return future
