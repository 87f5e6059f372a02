# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One run: the clients of both clusters, the workers that call them, and the clock."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timezone
from typing import Any, TypeVar

from .._element.client import Client
from .._element.errors import Unanswered
from .model import Side, Sides

T = TypeVar("T")

#: The time on each clock of this machine. One of them goes on while the process is stopped, or the machine sleeps.
Moment = tuple[float, ...]
#: For how many seconds a write may rely on what was read before it.
FRESH_SECONDS = 60


class Run:
    """One execution of a task on both clusters."""

    def __init__(self, clients: Sides, hide: Callable[[str], object], clock: Any = time):
        #: None for the peer if the task does not name one, or if it is unreachable.
        self.clients: Sides[Client | None] = clients
        #: Is called with each secret as soon as it arrives, so that no output contains it.
        self.hide = hide
        self.clock = clock
        #: Set by a signal. No other pair is begun then.
        self.stopping = threading.Event()
        #: Why the peer is unreachable; None if it answers, or if nothing was sent to it.
        self.peer_failure: Unanswered | None = None
        #: The mark of the volumes that this run creates. Only a volume with this mark counts as created by this run.
        self.mark = os.urandom(8).hex()
        limits = [client.concurrency for client in (clients.local, clients.peer) if client]
        # Both clusters share one pool: a handshake calls both, and neither may receive more calls at once than its limit.
        self._workers = ThreadPoolExecutor(max_workers=min(limits), initializer=self._begin_work)
        self._thread = threading.local()

    def client(self, side: Side) -> Client:
        """Return the client of this side. Raises LookupError if nothing is sent to it."""
        client = self.clients[side]
        if client is None:
            raise LookupError(f"nothing is sent to the {side} cluster in this run")
        return client

    def name(self, side: Side) -> str:
        """Return the name of this side's cluster in messages. Raises LookupError if nothing is sent to it."""
        return self.client(side).name

    def give_up_peer(self, failure: Unanswered) -> None:
        """Record that the peer is unreachable. Nothing more is sent to it in this run."""
        self.peer_failure = failure
        self.clients = Sides(self.clients.local, None)

    def side_by_side(self, jobs: Iterable[Callable[[], T]]) -> list[T]:
        """Run the jobs in parallel and return their results in the order of the jobs.

        Raises the exception of the first job that failed, after all jobs have ended. Called within a job, it runs the jobs
        one after another: workers that wait for each other would never end.
        """
        submit = _run_in_place if getattr(self._thread, "works", False) else self._workers.submit
        futures = [submit(job) for job in jobs]
        failures = [failure for failure in [future.exception() for future in futures] if failure]
        if failures:
            raise failures[0]
        return [future.result() for future in futures]

    def stay_in_thread(self) -> None:
        """Run all further jobs in the thread that calls this: a process can end without waiting for that one."""
        self._begin_work()

    def date(self) -> str:
        """Return the current date and time in ISO 8601, in UTC, on the clock of this machine."""
        return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")

    def moment(self) -> Moment:
        """Return the current time, to be compared with `seconds_since`."""
        # On some systems the monotonic clock stands still while the machine sleeps. The other one can be set.
        return time.monotonic(), time.time()

    def seconds_since(self, moment: Moment) -> float:
        """Return how many seconds ago this moment was, by the clock that shows most. A clock that was set back counts, too."""
        return max(abs(now - then) for now, then in zip(self.moment(), moment))

    def is_old(self, moment: Moment) -> bool:
        """Whether what was read then is too old to write on: a long phase, or a process that was suspended."""
        return self.seconds_since(moment) > FRESH_SECONDS

    def pause(self, seconds: float) -> None:
        """Wait for so many seconds, or until a signal arrives."""
        self.stopping.wait(seconds)

    def close(self) -> None:
        self._workers.shutdown()

    def _begin_work(self) -> None:
        self._thread.works = True


def _run_in_place(job: Callable[[], T]) -> Future[T]:
    """Run the job in this thread and return its outcome."""
    future: Future[T] = Future()
    try:
        future.set_result(job())
    except Exception as exc:  # raised when the result is read
        future.set_exception(exc)
    return future
