# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The least that can be done to pair volumes, or to clone them: these writes and nothing else, from a script of one page.

It reads nothing, trusts that all goes well, and knows the IDs beforehand.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import requests

#: The most volumes of a group snapshot.
GROUP = 32


class BareLoop:
    """Pairs volumes of one cluster with those of another, or clones the targets, with one session per worker."""

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

    def take_snapshots(self, volumes: Sequence[int]) -> None:
        """Let both clusters have a replicated snapshot of each of these sources."""
        for first in range(0, len(volumes), GROUP):
            group = {"volumes": volumes[first : first + GROUP], "enableRemoteReplication": True, "name": "hourly"}
            self._call(self._source, "CreateGroupSnapshot", **group)
        for host in (self._target, self._source):
            self._call(host, "ListSnapshots")

    def snapshots(self) -> list[tuple[int, int]]:
        """Each target and its snapshot."""
        listed = self._call(self._target, "ListSnapshots")["snapshots"]
        return [(each["volumeID"], each["snapshotID"]) for each in listed]

    def clone(self, snapshots: Sequence[tuple[int, int]]) -> list[int]:
        with ThreadPoolExecutor(self._concurrency) as workers:
            return list(workers.map(self._clone, snapshots))

    def remove(self, clones: Sequence[int]) -> None:
        for method in ("DeleteVolumes", "PurgeDeletedVolumes"):
            self._call(self._target, method, volumeIDs=clones)

    def _clone(self, of: tuple[int, int]) -> int:
        params = {"volumeID": of[0], "snapshotID": of[1], "name": f"clone-{of[0]}", "access": "readWrite"}
        made: int = self._call(self._target, "CloneVolume", **params)["volumeID"]
        return made

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
