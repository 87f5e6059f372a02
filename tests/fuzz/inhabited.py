# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A world with people in it: hosts and other administrators who act, and a watch over everything that is written."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from ansible_collections.elementsw.replication.tests.simulator import api
from ansible_collections.elementsw.replication.tests.simulator.cluster import Cluster
from ansible_collections.elementsw.replication.tests.simulator.errors import ApiError, HostIOError, SiteDown, WorldError
from ansible_collections.elementsw.replication.tests.simulator.world import World

from .ledger import Ledger
from .orders import Order
from .others import Others
from .watch import Watch

# Errors of another client are not the task's.
REFUSED = (ApiError, HostIOError, SiteDown, WorldError)


class InhabitedWorld(World):
    """Each call of a watched administrator is shown to their watch; what any other client does, to all the others.

    ledger: which writes of hosts must be kept.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._watches: dict[str, Watch] = {}
        self._others = Others(self)
        self.ledger = Ledger()
        super().__init__(*args, **kwargs)

    @contextlib.contextmanager
    def watched(self, order: Order, check: bool, username: str) -> Iterator[Watch]:
        """A watch over what this administrator does for the order."""
        with self.lock:
            watch = self._watches[username] = Watch(self, order, check)
            self.ledger.open(watch.start)
        try:
            yield watch
        finally:
            with self.lock:
                del self._watches[username]
                watch.end = self.truth()

    def perform(
        self, cluster: Cluster, admin: Any, method: Any, params: Any, api_version: str
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        watch = self._watches.get(admin.username) if admin else None
        if api.is_write(method):
            with self._shown_to(watch, cluster.name, method, params):
                return super().perform(cluster, admin, method, params, api_version)
        result, unused = super().perform(cluster, admin, method, params, api_version)
        if watch:
            watch.read(cluster.name, method, params, result)
        return result, unused

    def act(self, cluster: str, method: str, params: dict[str, Any] | None = None) -> None:
        """One of the acts of Others; nothing happens where it is refused."""
        with self.lock, self._shown_to(None, cluster, method, params), contextlib.suppress(*REFUSED):
            getattr(self._others, method)(self.cluster(cluster), **(params or {}))

    @contextlib.contextmanager
    def _shown_to(self, watch: Watch | None, cluster: str, method: Any, params: Any) -> Iterator[None]:
        if not self.ledger.is_open:
            yield
            return
        before = self.truth()
        try:
            yield
        finally:
            after = self.truth()
            if watch is None:
                self.ledger.changed_by_others(before, after)
            for each in self._watches.values():
                if each is watch:
                    each.wrote(cluster, method, params, before, after)
                else:
                    each.changed_by_others(before, after)
