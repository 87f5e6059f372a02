# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The log of calls: what came in, what became of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Call:
    """One call as the cluster saw it. `status` is None when the connection ended without a reply.

    `seconds`: how many had elapsed in the world when it was worked off.
    """

    sequence: int
    cluster: str
    method: str | None
    params: Any
    api_version: str | None
    connection: int | None
    status: int | None
    error: str | None
    applied: bool
    writes: bool
    seconds: float


class CallLog:
    """All calls in the order in which they were worked off."""

    def __init__(self) -> None:
        self._calls: list[Call] = []
        self._sequence = 0

    def add(self, **details: Any) -> None:
        self._sequence += 1
        self._calls.append(Call(self._sequence, **details))

    def all(self) -> list[Call]:
        return list(self._calls)

    def of(self, cluster: str | None = None, methods: Collection[str] | str | None = None) -> list[Call]:
        """The calls to one cluster, of one method or of several."""
        if isinstance(methods, str):
            methods = (methods,)
        return [
            call
            for call in self._calls
            if cluster in (None, call.cluster) and (methods is None or call.method in methods)
        ]

    def writes(self) -> list[Call]:
        """The calls of methods that change something, whether they succeeded or not."""
        return [call for call in self._calls if call.writes]

    def clear(self) -> None:
        """Forget the calls; the numbering goes on."""
        self._calls.clear()
