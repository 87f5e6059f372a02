# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task may write, judged write by write from the truth before and after it, not from the product's own code.

Nobody can know what happens between their last look and their write, since the API has no compare-and-swap. So what
others have done since the task last read the thing excuses it; what it has read, or ought to have read, does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .orders import Order
from .truths import Half, Key, Names, Truth, halves, sessions, volumes

if TYPE_CHECKING:
    from .inhabited import InhabitedWorld

TARGET = "replicationTarget"
# A future target that is not paired yet reads as locked on some releases.
TARGET_WORDS = (TARGET, "locked")
# What of a volume shows which read, in the simulator's words for it.
SHOWN_BY = {
    "marks": "ListVolumeStats",
    "write_ops": "ListVolumeStats",
    "used_blocks": "ListVolumeStats",
    "snapshots": "ListSnapshots",
    "sessions": "ListISCSISessions",
}


class Watch:
    """Over one run of a task. `violations` are sentences; a run without fault has none."""

    def __init__(self, world: InhabitedWorld, order: Order, check: bool) -> None:
        self._world = world
        self._order = order
        self._check = check
        self._names = Names({name: cluster.identity for name, cluster in world.clusters.items()}, order)
        self.start: Truth = world.truth()
        self.end: Truth = self.start
        self.violations: list[str] = []
        #: UUIDs of volume pair and cluster pair entries that this task has made, and the volumes it has created.
        self.made: set[str] = set()
        self.created: set[Key] = set()
        #: Volumes and cluster pairs that somebody else has changed during the run.
        self.touched: dict[Key, dict[str, int]] = {}
        self._touched_entries: dict[str, int] = {}
        self._moment = 0
        self._looked: dict[tuple[str, str, int | None], int] = {}
        self._seen: dict[Key, set[str]] = {}
        self.named = self._names.volumes(self.start)
        self._has_written = False

    # --- what happens -------------------------------------------------------------------------------------------------

    def read(self, cluster: str, method: str, params: Any) -> None:
        """The task reads: from here on it knows."""
        self._moment += 1
        self._looked[cluster, method, None] = self._moment
        if method != "ListVolumes":
            return
        truth = self._world.truth()
        if not self._has_written:
            self.named |= self._names.volumes(truth)
        for key, volume in volumes(truth).items():
            if key[0] == cluster and _covers(params, volume):
                self._looked[cluster, method, key[1]] = self._moment
                self._seen.setdefault(key, {half["uuid"] for half in volume["pairs"]})

    def changed_by_others(self, before: Truth, after: Truth) -> None:
        self._moment += 1
        old, new = volumes(before), volumes(after)
        for key in old.keys() | new.keys():
            one, two = old.get(key, {}), new.get(key, {})
            for member in one.keys() | two.keys():
                if one.get(member) != two.get(member):
                    self.touched.setdefault(key, {})[member] = self._moment
        for key in sessions(before) ^ sessions(after):
            self.touched.setdefault(key, {})["sessions"] = self._moment
        for name, cluster in after["clusters"].items():
            if cluster["cluster_pairs"] != before["clusters"][name]["cluster_pairs"]:
                self._touched_entries[name] = self._moment

    def wrote(self, cluster: str, method: str, params: Any, before: Truth, after: Truth) -> None:
        """The task has written."""
        self._moment += 1
        self._has_written = True
        if before == after:
            return
        found = [
            *(["in check mode"] if self._check else []),
            *self._judge_strangers(before, after),
            *self._judge_volumes(method, before, after),
            *self._judge_entries(before, after),
            *self._judge_accounts(before, after),
        ]
        self.violations += [f"{cluster} {method} {params}: {sentence}" for sentence in found]

    # --- judgement ----------------------------------------------------------------------------------------------------

    @property
    def _wish(self) -> dict[str, Any]:
        return self._order.params

    @property
    def _present(self) -> bool:
        return self._wish["state"] == "present"

    def _judge_strangers(self, before: Truth, after: Truth) -> list[str]:
        """Third clusters are as they were, and so is every volume that nobody named."""
        old, new = volumes(before), volumes(after)
        mine = self.named | self.created
        changed = [key for key in old.keys() & new.keys() if _settled(old[key]) != _settled(new[key])]
        found = [f"volume {key} is a stranger's" for key in changed if key not in mine]
        if before["links"] != after["links"]:
            found.append("a link has changed")
        for name in after["clusters"].keys() - {self._order.here, self._order.there}:
            if before["clusters"][name]["cluster_pairs"] != after["clusters"][name]["cluster_pairs"]:
                found.append(f"cluster pairs of {name}, which has nothing to do with it")
        return found

    def _judge_volumes(self, method: str, before: Truth, after: Truth) -> list[str]:
        old, new = volumes(before), volumes(after)
        found = []
        for key in sorted(old.keys() | new.keys()):
            if key not in new:
                found.append(f"volume {key} is purged")
            elif key not in old:
                found += self._judge_creation(method, key, new[key])
            elif old[key] != new[key]:
                found += self._judge_change(key, old[key], new[key], before, after)
        return found

    def _judge_creation(self, method: str, key: Key, volume: dict[str, Any]) -> list[str]:
        self.created.add(key)
        create = self._wish["create_peer_volume"]
        wanted = {item["peer_volume"] or (create or {}).get("name") or item["volume"] for item in self._order.items}
        allowed = self._present and create is not None and key[0] == self._order.there
        if method != "CreateVolume" or not allowed or (volume["name"] not in wanted and None not in wanted):
            return [f"volume {key} {volume['name']} was not to be created"]
        return []

    def _judge_change(
        self, key: Key, old: dict[str, Any], new: dict[str, Any], before: Truth, after: Truth
    ) -> list[str]:
        found = []
        if old["access"] != new["access"]:
            found += self._judge_access(key, old, new["access"], before)
        lost = [mark for mark in old["marks"] if mark not in new["marks"]]
        if lost and not self._may_overwrite(key) and not self._is_blind(key, "access", "pairs", "marks", "write_ops"):
            found.append(f"volume {key} has lost {lost}")
        if old["size"] != new["size"]:
            grown = new["size"] > old["size"] and any(i["size"] or i["match_size"] for i in self._order.items)
            found += [] if grown else [f"volume {key} has another size"]
        if new["deleted"] and not old["deleted"] and (key not in self.created or self._holds_data(key, old, before)):
            found.append(f"volume {key} is deleted")
        if len(new["snapshots"]) < len(old["snapshots"]):
            found.append(f"volume {key} has lost a snapshot")
        for member in ("name", "account", "enable_512e", "qos", "attributes"):
            if old[member] != new[member]:
                found.append(f"volume {key} has another {member}")
        return found + self._judge_halves(key, old, new, before)

    def _judge_access(self, key: Key, old: dict[str, Any], access: str, before: Truth) -> list[str]:
        first = volumes(self.start).get(key, old)["access"]
        if access == first:  # the way back
            return []
        if access == "readWrite":
            source = self._present and old["access"] == TARGET
            released = not self._present and self._wish["release_target"] and old["access"] in TARGET_WORDS
            return [] if source or released else [f"volume {key} has become writable"]
        if access not in TARGET_WORDS or not self._present or not self._is_target(key):
            return [f"volume {key} has become {access}"]
        if key in sessions(before) and not self._is_blind(key, "sessions"):
            return [f"volume {key} has hosts and has become a target"]
        if self._holds_data(key, old, before) and not self._may_overwrite(key):
            return [f"volume {key} holds data and has become a target"]
        return []

    def _holds_data(self, key: Key, volume: dict[str, Any], truth: Truth) -> bool:
        """As far as the task can know."""
        return (
            (bool(volume["marks"] or volume["write_ops"]) and not self._is_blind(key, "marks", "write_ops"))
            or (bool(volume["snapshots"]) and not self._is_blind(key, "snapshots"))
            or (key in sessions(truth) and not self._is_blind(key, "sessions"))
        )

    def _is_target(self, key: Key) -> bool:
        """Whether the volume may be the target by what the user said, or by what it was before."""
        was_target = volumes(self.start).get(key, {}).get("access") in TARGET_WORDS
        sides = {
            self._order.here if item["direction"] == "from_peer" else self._order.there for item in self._order.items
        }
        return key in self.created or was_target or key[0] in sides

    def _may_overwrite(self, key: Key) -> bool:
        """Whether the user has said that the data of this volume may go."""
        if not self._present or not self._is_target(key):
            return False
        if self._wish["allow_overwrite"] or key in self.created:
            return True
        first = volumes(self.start).get(key)
        was_copy = first is not None and first["access"] in TARGET_WORDS
        # An established pair, or what is left of one: its target is a copy of this source already.
        return (was_copy and self._wish["repair"]) or self._was_paired(key)

    def _was_paired(self, key: Key) -> bool:
        """Whether the volume was the target of a whole pair from the start: what it shows comes from its source."""
        first = volumes(self.start).get(key)
        mine = {each["uuid"] for each in first["pairs"]} if first else set()
        return bool(first) and first["access"] == TARGET and any(len(halves(self.start).get(u, ())) == 2 for u in mine)

    def _judge_halves(self, key: Key, old: dict[str, Any], new: dict[str, Any], before: Truth) -> list[str]:
        was = {half["uuid"]: half for half in old["pairs"]}
        now = {half["uuid"]: half for half in new["pairs"]}
        found = []
        for uuid in now.keys() - was.keys():
            self.made.add(uuid)
            if not self._present:
                found.append(f"volume {key} is paired")
        for uuid in was.keys() - now.keys():
            found += self._judge_removal(key, was[uuid], before)
        for uuid in was.keys() & now.keys():
            for member, option in (("paused", "paused"), ("mode", "mode")):
                wished = any(item[option] is not None for item in self._order.items)
                if was[uuid][member] != now[uuid][member] and not wished and uuid not in self.made:
                    found.append(f"the pair of volume {key} has another {member}")
        return found

    def _judge_removal(self, key: Key, half: Half, before: Truth) -> list[str]:
        if half["uuid"] in self.made or self._is_blind(key, "pairs"):
            return []
        if half["pending"] and self._was_started_on(key):
            return []  # documented: on a volume that was unpaired a moment ago, it counts as the task's own
        if self._present and not self._wish["repair"]:
            return [f"volume {key} has lost an entry that this task has not made"]
        if half["uuid"] not in self._seen.get(key, set()):
            return [f"volume {key} has lost an entry that came after the task had planned"]
        if not half["pending"] and not self._names.is_ours(key, half, before, self.named):
            return [f"volume {key} has lost a pair with somebody else"]
        return []

    def _was_started_on(self, key: Key) -> bool:
        calls = self._world.calls_of(key[0], "StartVolumePairing")
        return any(call.params.get("volumeID") == key[1] for call in calls)

    # Cluster pairs

    def _judge_entries(self, before: Truth, after: Truth) -> list[str]:
        found = []
        for name in (self._order.here, self._order.there):
            was = {entry["uuid"]: entry for entry in before["clusters"][name]["cluster_pairs"]}
            now = {entry["uuid"]: entry for entry in after["clusters"][name]["cluster_pairs"]}
            for uuid in now.keys() - was.keys():
                self.made.add(uuid)
                if self._order.module != "cluster_pair" or not self._present:
                    found.append(f"{name} is paired")
            for uuid in was.keys() - now.keys():
                if uuid not in self.made and not self._is_entry_blind(name):
                    found += self._judge_entry(name, was[uuid], before)
        return found

    def _judge_entry(self, name: str, entry: dict[str, Any], before: Truth) -> list[str]:
        if self._order.module != "cluster_pair":
            return [f"{name} has lost a cluster pair"]
        if entry["pending"]:
            return [] if self._wish["remove_pending"] else [f"{name} has lost the pending entry {entry['id']}"]
        far = self._order.there if name == self._order.here else self._order.here
        if not self._names.names(entry, far):
            return [f"{name} has lost its pair with somebody else"]
        if self._present and not self._wish["repair"]:
            return [f"{name} has lost an entry for {far} that nobody wanted to go"]
        shared = self._names.shared(before, self._order.here, self._order.there)
        if self._present and shared == {entry["uuid"]} and not self._is_entry_blind(far):
            return [f"{name} has lost the cluster pair that works"]
        using = [
            key
            for key, volume in volumes(before).items()
            if key[0] == name
            and any(half["cluster_pair_id"] == entry["id"] and not half["pending"] for half in volume["pairs"])
            and self.touched.get(key, {}).get("pairs", 0) < self._looked.get((name, "ListActivePairedVolumes", None), 0)
        ]
        return [f"{name} has lost an entry that {using} use"] if using else []

    def _judge_accounts(self, before: Truth, after: Truth) -> list[str]:
        changed = [n for n, each in after["clusters"].items() if each["accounts"] != before["clusters"][n]["accounts"]]
        create = self._wish.get("create_peer_volume") or {}
        allowed = [self._order.there] if create.get("create_account") and self._present else []
        return [f"{name} has other accounts" for name in changed if name not in allowed]

    # What the task cannot know

    def _is_blind(self, key: Key, *members: str) -> bool:
        """Whether somebody has changed one of these members since the task looked at them last."""
        touched = self.touched.get(key, {})
        for member in members:
            method = SHOWN_BY.get(member, "ListVolumes")
            looked = self._looked.get((key[0], method, key[1] if method == "ListVolumes" else None), 0)
            if touched.get(member, 0) > looked:
                return True
        return False

    def _is_entry_blind(self, name: str) -> bool:
        return self._touched_entries.get(name, 0) > self._looked.get((name, "ListClusterPairs", None), 0)

    def entries_touched(self) -> bool:
        """Whether anybody else has changed a cluster pair during the run."""
        return bool(self._touched_entries)


def _covers(params: Any, volume: dict[str, Any]) -> bool:
    given = params or {}
    if "volumeIDs" in given:
        return volume["id"] in given["volumeIDs"]
    return given.get("volumeName", volume["name"]) == volume["name"]


def _settled(volume: dict[str, Any]) -> dict[str, Any]:
    """Without what a half learns by itself: that its counterpart is gone."""
    return {**volume, "pairs": [{**half, "stopped": None} for half in volume["pairs"]]}
