# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every write that was acknowledged to a host, and where it is.

A write counts as kept while a volume that is not deleted holds it, or a snapshot that a result has named. A target
whose source is there keeps nothing of its own: it is overwritten as soon as replication runs, if that has not begun.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from .truths import Key, Truth, overwritten, volumes


class NamedSnapshot(NamedTuple):
    """A snapshot that a result has named: its cluster, its volume and its own name."""

    cluster: str
    volume: str
    name: str


def holders(truth: Truth) -> dict[str, set[Key]]:
    """The volumes that keep each write."""
    known, sources = volumes(truth), overwritten(truth)
    keepers: dict[str, set[Key]] = {}
    for key, volume in known.items():
        if not volume["deleted"]:
            lasting = known[sources[key]]["marks"] if key in sources else volume["marks"]
            for mark in {*volume["marks"]} & {*lasting}:
                keepers.setdefault(mark, set()).add(key)
    return keepers


class Ledger:
    """What must be kept. What others destroy need not be, nor what a task has overwritten with good reason."""

    def __init__(self) -> None:
        self.owed: set[str] = set()
        self._named: set[NamedSnapshot] = set()
        self.is_open = False

    def open(self, truth: Truth) -> None:
        """Begin with everything that is there."""
        if not self.is_open:
            self.is_open = True
            self.owed = self.kept(truth)

    def add_named(self, snapshots: Iterable[NamedSnapshot]) -> None:
        """A result has named these."""
        self._named.update(snapshots)

    def excuse(self, marks: Iterable[str], truth: Truth) -> None:
        """These were overwritten for a good reason, unless they are somewhere after all."""
        self.owed -= set(marks) - self.kept(truth)

    def changed_by_others(self, before: Truth, after: Truth) -> None:
        kept = self.kept(after)
        self.owed = (self.owed - (self.kept(before) - kept)) | kept

    def kept(self, truth: Truth) -> set[str]:
        return {*holders(truth), *self._in_snapshots(truth)}

    def missing(self, truth: Truth) -> set[str]:
        """The writes that are nowhere any more."""
        return self.owed - self.kept(truth)

    def _in_snapshots(self, truth: Truth) -> set[str]:
        return {
            mark
            for (cluster, _id), volume in volumes(truth).items()
            if not volume["deleted"]
            for snapshot in volume["snapshots"]
            if NamedSnapshot(cluster, volume["name"], snapshot["name"]) in self._named
            for mark in snapshot["marks"]
        }
