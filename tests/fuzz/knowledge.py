# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task can know: what it has read, what it was shown then, and what others have changed since.

A client cannot know what happens between its recheck and its write, since the API has no compare-and-set. So what
others have done since the task last read the thing excuses it; what it has read, or ought to have read, does not.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from .truths import Key, Truth, sessions, volumes

# What of a volume shows which read, by the simulator's names for it.
SHOWN_BY = {
    "marks": "ListVolumeStats",
    "write_ops": "ListVolumeStats",
    "used_blocks": "ListVolumeStats",
    "snapshots": "ListSnapshots",
    "sessions": "ListISCSISessions",
}


class Counters(NamedTuple):
    """What statistics show of a volume; a cluster counts its blocks from time to time, and its writes in samples."""

    blocks: int
    writes: int


class Knowledge:
    """Of one task. others_changed: what others have changed during it, of each volume, and when."""

    def __init__(self) -> None:
        self.others_changed: dict[Key, dict[str, int]] = {}
        self.counters: dict[Key, Counters] = {}
        #: The entries of each volume when the task read them first.
        self.first_entries: dict[Key, set[str]] = {}
        #: The clusters that have listed their volumes for the task.
        self.asked: set[str] = set()
        self._moment = 0
        self._last_read: dict[tuple[str, str, int | None], int] = {}
        self._entries_changed: dict[str, int] = {}
        self._written: dict[tuple[Key, str], int] = {}
        self._saved: dict[Key, int] = {}

    # --- what happens -------------------------------------------------------------------------------------------------

    def read(self, cluster: str, method: str, params: Any, result: Any, truth: Truth) -> None:
        """The task reads: from here on it knows."""
        self._moment += 1
        self._last_read[cluster, method, None] = self._moment
        if method == "ListVolumeStats":
            for shown in result["volumeStats"]:
                self.counters[cluster, shown["volumeID"]] = Counters(shown["nonZeroBlocks"], shown["writeOps"])
        if method == "ListVolumes":
            self.asked.add(cluster)
            for key, volume in volumes(truth).items():
                if key[0] == cluster and _covers(params, volume):
                    self._last_read[cluster, method, key[1]] = self._moment
                    self.first_entries.setdefault(key, {half["uuid"] for half in volume["pairs"]})

    def wrote(self, before: Truth, after: Truth) -> None:
        """The task writes."""
        self._moment += 1
        old = volumes(before)
        for key, volume in volumes(after).items():
            if key in old and len(volume["snapshots"]) > len(old[key]["snapshots"]):
                self._saved[key] = self._moment

    def changed_by_others(self, before: Truth, after: Truth) -> None:
        self._moment += 1
        old, new = volumes(before), volumes(after)
        for key in old.keys() | new.keys():
            one, two = old.get(key, {}), new.get(key, {})
            for member in one.keys() | two.keys():
                if one.get(member) != two.get(member):
                    self.others_changed.setdefault(key, {})[member] = self._moment
            for mark in {*two.get("marks", ())} - {*one.get("marks", ())}:
                self._written[key, mark] = self._moment
        for key in sessions(before) ^ sessions(after):
            self.others_changed.setdefault(key, {})["sessions"] = self._moment
        for name, cluster in after["clusters"].items():
            if cluster["cluster_pairs"] != before["clusters"][name]["cluster_pairs"]:
                self._entries_changed[name] = self._moment

    # --- what of it the task cannot know --------------------------------------------------------------------------------

    def is_blind(self, key: Key, *members: str) -> bool:
        """Whether another client has changed one of these members since the task read them last."""
        others_changed = self.others_changed.get(key, {})
        return any(others_changed.get(member, 0) > self._read_at(key, member) for member in members)

    def is_late(self, key: Key, mark: str) -> bool:
        """Whether a host wrote this after the task had read the volume, and had saved it if it has, for the last time."""
        written = self._written.get((key, mark), 0)
        return written > max(self._read_at(key, "marks"), self._saved.get(key, 0))

    def is_entry_blind(self, name: str) -> bool:
        return self._entries_changed.get(name, 0) > self._last_read.get((name, "ListClusterPairs", None), 0)

    def pairs_known(self, key: Key) -> bool:
        """Whether no one has paired the volume since the task read which volumes use a cluster pair."""
        last_read = self._last_read.get((key[0], "ListActivePairedVolumes", None), 0)
        return self.others_changed.get(key, {}).get("pairs", 0) < last_read

    @property
    def entries_changed(self) -> bool:
        """Whether another client has changed a cluster pair during the run."""
        return bool(self._entries_changed)

    def _read_at(self, key: Key, member: str) -> int:
        method = SHOWN_BY.get(member, "ListVolumes")
        return self._last_read.get((key[0], method, key[1] if method == "ListVolumes" else None), 0)


def _covers(params: Any, volume: dict[str, Any]) -> bool:
    given = params or {}
    if "volumeIDs" in given:
        return volume["id"] in given["volumeIDs"]
    return bool(given.get("volumeName", volume["name"]) == volume["name"])
