# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The least that can be done to pair volumes: the writes of a new pair and nothing else, from a script of one page.

It reads nothing, trusts that all goes well, and knows the IDs beforehand.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import requests


class BareLoop:
    """Pairs volumes of one cluster with those of another, with one session per worker."""

    def __init__(self, source: Mapping[str, Any], target: Mapping[str, Any], concurrency: int) -> None:
        self._source = source
        self._target = target
        self._concurrency = concurrency
        self._threads = threading.local()

    def pair(self, volumes: Sequence[tuple[int, int]]) -> None:
        targets = [target for _source, target in volumes]
        self._call(self._target, "ModifyVolumes", volumeIDs=targets, access="replicationTarget")
        with ThreadPoolExecutor(self._concurrency) as workers:
            for done in [workers.submit(self._handshake, *ends) for ends in volumes]:
                done.result()

    def _handshake(self, source: int, target: int) -> None:
        key = self._call(self._source, "StartVolumePairing", volumeID=source, mode="Async")["volumePairingKey"]
        self._call(self._target, "CompleteVolumePairing", volumeID=target, volumePairingKey=key)

    def _call(self, host: Mapping[str, Any], method: str, **params: Any) -> dict[str, Any]:
        if not hasattr(self._threads, "session"):
            self._threads.session = requests.Session()
        reply = self._threads.session.post(
            f"https://{host['hostname']}:{host['port']}/json-rpc/10.0",
            json={"method": method, "params": params, "id": 1},
            auth=(host["username"], host["password"]),
            verify=host["ca_path"],
            timeout=30,
        )
        reply.raise_for_status()
        return reply.json()["result"]
