# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task may write, judged write by write from the truth before and after it, not from the product's own code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import overwriting
from .knowledge import Knowledge
from .ledger import holders
from .orders import Order
from .truths import SOURCE, TARGET, TARGET_ACCESSES, Half, Key, Names, Truth, halves, sessions, split, volumes

if TYPE_CHECKING:
    from .inhabited import InhabitedWorld

# What `absent` leaves on the former target of a pair, and what a volume that a run creates has.
REPLICA = "elementsw-replication-replica"
# The snapshots that a task takes.
SNAPSHOTS = ("elementsw-saved-", "elementsw-swap-")


class Watch:
    """Over one run of a task. `violations` are sentences; a run without fault has none."""

    def __init__(self, world: InhabitedWorld, order: Order, check: bool) -> None:
        self._world = world
        self._check = check
        self._names = Names({name: cluster.identity for name, cluster in world.clusters.items()}, order)
        self.order = order
        self.start: Truth = world.truth()
        self.end: Truth = self.start
        self.knows = Knowledge()
        self.violations: list[str] = []
        #: UUIDs of volume pairs, cluster pairs and snapshots that this task has made, and the volumes it has created.
        self.made: set[str] = set()
        self.created: set[Key] = set()
        #: The volumes that the order names, with the numbers of the items that do.
        self.named = self._names.volumes(self.start)
        #: Writes of hosts that are on no volume any more; those of them for which there is a reason.
        self.lost: dict[str, str] = {}
        self.excused: set[str] = set()
        self._has_written = False

    # --- what happens -------------------------------------------------------------------------------------------------

    def read(self, cluster: str, method: str, params: Any, result: Any) -> None:
        """The task reads."""
        truth = self._world.truth() if method == "ListVolumes" else self.start
        self.knows.read(cluster, method, params, result, truth)
        if method == "ListVolumes" and not self._has_written:
            self._name(truth)
        if self.order.assumes_gone and cluster == self.order.there:
            self.violations.append(f"{cluster} {method}: nothing is sent to a peer with assume_dead")

    def changed_by_others(self, before: Truth, after: Truth) -> None:
        self.knows.changed_by_others(before, after)

    def wrote(self, cluster: str, method: str, params: Any, before: Truth, after: Truth) -> None:
        """The task has written."""
        self._has_written = True
        if before == after:
            return
        sentences = [
            *(["in check mode"] if self._check else []),
            *self._judge_volumes(method, before, after),
            *self._judge_unnamed(before, after),
            *self._judge_entries(before, after),
            *self._judge_accounts(before, after),
            *self._judge_split(before, after),
            *overwriting.judge(self, before, after),
        ]
        self._note_lost(f"{cluster} {method}", before, after)
        self.knows.wrote(before, after)
        self.violations += [f"{cluster} {method} {params}: {sentence}" for sentence in sentences]

    def items_naming(self, key: Key) -> list[dict[str, Any]]:
        return [self.order.items[number] for number in sorted(self.named.get(key, ()))]

    def _name(self, truth: Truth) -> None:
        for key, numbers in self._names.volumes(truth).items():
            self.named.setdefault(key, set()).update(numbers)

    def _note_lost(self, write: str, before: Truth, after: Truth) -> None:
        left = holders(after)
        for mark, keys in holders(before).items():
            if mark in left:
                continue
            if all(overwriting.is_excused(self, mark, key, before, after) for key in keys):
                self.excused.add(mark)
            self.lost[mark] = f"{write}: {mark!r} was on {sorted(keys)}"

    # --- judgement ----------------------------------------------------------------------------------------------------

    def _judge_unnamed(self, before: Truth, after: Truth) -> list[str]:
        """Third clusters are as they were, and so is every volume that was not named."""
        old, new = volumes(before), volumes(after)
        changed = [key for key in old.keys() & new.keys() if _settled(old[key]) != _settled(new[key])]
        sentences = [f"volume {key} was not named" for key in changed if key not in self.named]
        if before["links"] != after["links"]:
            sentences.append("a link has changed")
        for name in after["clusters"].keys() - {self.order.here, self.order.there}:
            if before["clusters"][name]["cluster_pairs"] != after["clusters"][name]["cluster_pairs"]:
                sentences.append(f"cluster pairs of {name}, which has nothing to do with it")
        return sentences

    def _judge_split(self, before: Truth, after: Truth) -> list[str]:
        """Two sides are never writable unless a forced failover says so."""
        if self.order.failover == "forced":
            return []
        old = volumes(before)
        return [
            f"both sides of pair {uuid} are writable"
            for uuid in split(after) - split(before)
            # Another client has paired them or made the other side writable, which a task cannot know in time.
            if not any(self.knows.is_blind(key, "access", "pairs") for key, _half in halves(after)[uuid] if key in old)
        ]

    # Volumes

    def _judge_volumes(self, method: str, before: Truth, after: Truth) -> list[str]:
        old, new = volumes(before), volumes(after)
        sentences = []
        for key in sorted(old.keys() | new.keys()):
            if key not in new:
                sentences += [] if key in self.created and old[key]["deleted"] else [f"volume {key} is purged"]
            elif key not in old:
                sentences += self._judge_creation(method, key, new[key], before)
            elif old[key] != new[key]:
                sentences += self._judge_change(key, old[key], new[key], before, after)
        return sentences

    def _judge_creation(self, method: str, key: Key, volume: dict[str, Any], before: Truth) -> list[str]:
        self.created.add(key)
        numbers = {
            number
            for number, item in enumerate(self.order.items)
            if item["create_peer_volume"] is not None and volume["name"] in self._names_of_new(item, before)
        }
        self.named.setdefault(key, set()).update(numbers)
        sentences = []
        if method != "CreateVolume" or not self.order.present or key[0] != self.order.there or not numbers:
            sentences.append(f"volume {key} {volume['name']} was not to be created")
        if not self._may_pair(key):
            sentences.append(f"volume {key} is created by a failover")
        sentences += [
            f"volume {key} takes the place of {other}, which is deleted and can be restored"
            for other, each in volumes(before).items()
            if each["deleted"]
            and (other[0], each["name"], each["account"]) == (key[0], volume["name"], volume["account"])
            if not self.knows.others_changed.get(other)
        ]
        return sentences

    def _names_of_new(self, item: dict[str, Any], truth: Truth) -> set[str]:
        """How a partner that is created for an item may be called."""
        given = item["peer_volume"] or item["create_peer_volume"]["name"] or item["volume"]
        known = volumes(truth).get((self.order.here, item["volume_id"]))
        return {given or (known["name"] if known else "")}

    def _judge_change(
        self, key: Key, old: dict[str, Any], new: dict[str, Any], before: Truth, after: Truth
    ) -> list[str]:
        sentences = []
        if old["access"] != new["access"]:
            sentences += self._judge_access(key, old, new["access"], before)
        if old["size"] != new["size"]:
            grown = new["size"] > old["size"] and any(i["size"] or i["match_size"] for i in self.items_naming(key))
            sentences += [] if grown or key in self.created else [f"volume {key} has another size"]
        if new["deleted"] and not old["deleted"] and (key not in self.created or self._is_used(key, old, before)):
            sentences.append(f"volume {key} is deleted")
        sentences += self._judge_snapshots(key, old, new)
        sentences += self._judge_attributes(key, old, new)
        for member in ("name", "account", "enable_512e", "qos"):
            if old[member] != new[member]:
                sentences.append(f"volume {key} has another {member}")
        return sentences + self._judge_halves(key, old, new, before)

    def _judge_access(self, key: Key, old: dict[str, Any], access: str, before: Truth) -> list[str]:
        first = volumes(self.start).get(key)
        back = access == first["access"] if first else access == SOURCE
        if access == SOURCE:
            return self._judge_promotion(key, old, back, before)
        if access == "locked" and key in self.created:
            return []  # on the way to be deleted, or from a role that it had without its pair
        if access in TARGET_ACCESSES:
            if old["access"] == TARGET and self._world.switches.unpaired_target == "locked":
                return []  # a target without a pair, by another name
            if key in sessions(before) and not self.knows.is_blind(key, "sessions"):
                return [f"volume {key} has hosts and has become a target"]
            return [] if back else self._judge_demotion(key, old, before)
        return [f"volume {key} has become {access}"]

    def _judge_promotion(self, key: Key, old: dict[str, Any], back: bool, before: Truth) -> list[str]:
        """A volume becomes writable: the desired source, a target that is released, or one that goes back."""
        if back or self.knows.is_blind(key, "access", "pairs"):
            return []
        if self._is_connected(before):
            return [f"volume {key} has become writable, and a peer that does not answer is connected"]
        if not self.order.present:
            released = self.order.params["release_target"] and old["access"] in TARGET_ACCESSES and not old["pairs"]
            return [] if released else [f"volume {key} has become writable"]
        wanted = [item for item in self.items_naming(key) if self.order.source_side(item) == key[0]]
        # A pair with an access that is no role gets its source by force all the same.
        was_target = old["access"] == TARGET or (self.order.failover == "forced" and old["pairs"])
        if not was_target or not wanted:
            return [f"volume {key} has become writable against the direction"]
        if not old["pairs"]:
            of_a_pair = self.order.failover is None or self._may_pair(key) or self.has_half(key, before)
            return [] if of_a_pair else [f"volume {key} has become writable by a failover without a pair"]
        if self.order.failover is None:
            return [f"volume {key} has become writable without a failover"]
        foreign = [half for half in old["pairs"] if not self._names.is_ours(key, half, before, self.named)]
        if not foreign or self._is_guessed(key, before):
            return []
        return [f"volume {key} has become writable, and is paired with another one"]

    def _is_guessed(self, key: Key, truth: Truth) -> bool:
        """Documented: the only cluster pair is taken for that with a peer that does not answer, if none has its address."""
        entries = [entry for entry in truth["clusters"][key[0]]["cluster_pairs"] if not entry["pending"]]
        return self.order.there not in self.knows.asked and len(entries) == 1

    def _is_connected(self, truth: Truth) -> bool:
        """Whether a peer that has not answered is connected with this cluster all the same, and must not be taken for gone."""
        if self.order.there in self.knows.asked or self.order.assumes_gone:
            return False
        cluster = self._world.cluster(self.order.here)
        return any(
            self._world.links.status(cluster, cluster.cluster_pairs[entry["id"]]) == "Connected"
            for entry in truth["clusters"][self.order.here]["cluster_pairs"]
            if self._names.names(entry, self.order.there)
        )

    def _judge_demotion(self, key: Key, old: dict[str, Any], before: Truth) -> list[str]:
        """A volume becomes a target: of a new pair, or by a failover. Its content is judged elsewhere."""
        if not self.order.present:
            return [f"volume {key} has become a target"]
        if {self.order.here, self.order.there} - self.knows.asked:
            return [f"volume {key} has become a target of a cluster that was not asked"]
        sides = {self.order.source_side(item) for item in self.items_naming(key)}
        was_target = volumes(self.start).get(key, {}).get("access") in TARGET_ACCESSES
        if sides == {key[0]} and not was_target and key not in self.created:
            return [f"volume {key} has become a target against the direction"]
        if self.knows.is_blind(key, "access", "pairs"):
            return []
        if not old["pairs"]:
            return self._judge_new_target(key, old, before)
        ours = [half for half in old["pairs"] if self._names.is_ours(key, half, before, self.named)]
        if self.order.failover is None and not any(half["uuid"] in self.made for half in old["pairs"]):
            return [f"volume {key} has become a target without a failover"]
        return [] if ours else [f"volume {key} has become a target, and is paired with another one"]

    def _judge_new_target(self, key: Key, old: dict[str, Any], before: Truth) -> list[str]:
        if not self._may_pair(key):
            return [f"volume {key} has become a target by a failover without a pair"]
        # Without a pair some releases do not show the role.
        hidden = self._world.switches.unpaired_target != "stored"
        partners = [
            other
            for other, numbers in self.named.items()
            if other[0] != key[0] and not numbers.isdisjoint(self.named.get(key, ()))
        ]
        reversed_roles = (
            not hidden
            and old["access"] == SOURCE
            and key not in self.created
            and len(partners) == 1
            and all(volumes(self.start).get(other, {}).get("access") == TARGET for other in partners)
            and not self.knows.is_blind(partners[0], "access", "pairs")
        )
        return [f"volume {key} was the source of {partners} and has become its target"] if reversed_roles else []

    def _may_pair(self, key: Key) -> bool:
        """A failover pairs nothing; what is left of a pair is paired again with permission to repair it."""
        return self.order.failover is None or any(item["repair"] for item in self.items_naming(key))

    def has_half(self, key: Key, truth: Truth) -> bool:
        """Whether an entry of a volume that is named beside this one is for it."""
        return any(
            half["remote_volume_id"] == key[1] and self._names.is_ours(other, half, truth, self.named)
            for other, volume in volumes(truth).items()
            if other[0] != key[0] and other in self.named
            for half in volume["pairs"]
            if not half["pending"]
        )

    def _is_used(self, key: Key, volume: dict[str, Any], truth: Truth) -> bool:
        """Whether hosts use a volume, as far as the task can know."""
        written = volume["marks"] or volume["write_ops"]
        return (bool(written) and not self.knows.is_blind(key, "marks", "write_ops")) or (
            key in sessions(truth) and not self.knows.is_blind(key, "sessions")
        )

    def _judge_snapshots(self, key: Key, old: dict[str, Any], new: dict[str, Any]) -> list[str]:
        was = {snapshot["uuid"]: snapshot for snapshot in old["snapshots"]}
        now = {snapshot["uuid"]: snapshot for snapshot in new["snapshots"]}
        sentences = []
        for uuid in now.keys() - was.keys():
            self.made.add(uuid)
            if not self.order.present or not now[uuid]["name"].startswith(SNAPSHOTS):
                sentences.append(f"volume {key} has a snapshot {now[uuid]['name']}")
        if was.keys() - now.keys() - self.made:
            sentences.append(f"volume {key} has lost a snapshot")
        return sentences

    def _judge_attributes(self, key: Key, old: dict[str, Any], new: dict[str, Any]) -> list[str]:
        """Without its pair a replica is marked as one; all other notes stay."""
        if old["attributes"] == new["attributes"]:
            return []
        marked = {**old["attributes"], REPLICA: new["attributes"].get(REPLICA)} == new["attributes"]
        first = volumes(self.start).get(key, {})
        was_target = first.get("access") in TARGET_ACCESSES or self.knows.is_blind(key, "access")
        allowed = marked and was_target and not self.order.present and not old["pairs"]
        return [] if allowed else [f"volume {key} has other attributes"]

    def _judge_halves(self, key: Key, old: dict[str, Any], new: dict[str, Any], before: Truth) -> list[str]:
        was = {half["uuid"]: half for half in old["pairs"]}
        now = {half["uuid"]: half for half in new["pairs"]}
        sentences = []
        for uuid in now.keys() - was.keys():
            self.made.add(uuid)
            if not self.order.present:
                sentences.append(f"volume {key} is paired")
            if not self._may_pair(key):
                sentences.append(f"volume {key} is paired by a failover")
        for uuid in was.keys() - now.keys():
            sentences += self._judge_removal(key, was[uuid], before)
        for uuid in was.keys() & now.keys():
            sentences += self._judge_half(key, was[uuid], now[uuid])
        return sentences

    def _judge_half(self, key: Key, old: Half, new: Half) -> list[str]:
        """An existing pair keeps what the task does not request; its mode may have to be set again after a failover."""
        sentences = []
        for member, option in (("paused", "paused"), ("mode", "mode")):
            requested = any(item[option] is not None for item in self.items_naming(key))
            requested = requested or (member == "mode" and self.order.failover is not None)
            if old[member] != new[member] and not requested and old["uuid"] not in self.made:
                sentences.append(f"the pair of volume {key} has another {member}")
        return sentences

    def _judge_removal(self, key: Key, half: Half, before: Truth) -> list[str]:
        if half["uuid"] in self.made or self.knows.is_blind(key, "pairs"):
            return []
        if half["pending"] and self._was_started_on(key):
            return []  # documented: on a volume that was unpaired a moment ago, it counts as the task's own
        if self.order.present and not any(item["repair"] for item in self.items_naming(key)):
            return [f"volume {key} has lost an entry that this task has not made"]
        if half["uuid"] not in self.knows.first_entries.get(key, set()):
            return [f"volume {key} has lost an entry that came after the task had planned"]
        if not half["pending"] and not self._names.is_ours(key, half, before, self.named):
            return [f"volume {key} has lost a pair with another volume"]
        return []

    def _was_started_on(self, key: Key) -> bool:
        calls = self._world.calls_of(key[0], "StartVolumePairing")
        return any(call.params.get("volumeID") == key[1] for call in calls)

    # Cluster pairs

    def _judge_entries(self, before: Truth, after: Truth) -> list[str]:
        sentences = []
        for name in (self.order.here, self.order.there):
            was = {entry["uuid"]: entry for entry in before["clusters"][name]["cluster_pairs"]}
            now = {entry["uuid"]: entry for entry in after["clusters"][name]["cluster_pairs"]}
            for uuid in now.keys() - was.keys():
                self.made.add(uuid)
                if self.order.module != "cluster_pair" or not self.order.present:
                    sentences.append(f"{name} is paired")
            for uuid in was.keys() - now.keys():
                if uuid not in self.made and not self.knows.is_entry_blind(name):
                    sentences += self._judge_entry(name, was[uuid], before)
        return sentences

    def _judge_entry(self, name: str, entry: dict[str, Any], before: Truth) -> list[str]:
        if self.order.module != "cluster_pair":
            return [f"{name} has lost a cluster pair"]
        if entry["pending"]:
            removed = self.order.params["remove_pending"]
            return [] if removed else [f"{name} has lost the pending entry {entry['id']}"]
        far = self.order.there if name == self.order.here else self.order.here
        if not self._names.names(entry, far):
            return [f"{name} has lost its pair with another cluster"]
        if self.order.present and not self.order.params["repair"]:
            return [f"{name} has lost an entry for {far} that the task was not to remove"]
        shared = self._names.shared(before, self.order.here, self.order.there)
        if self.order.present and shared == {entry["uuid"]} and not self.knows.is_entry_blind(far):
            return [f"{name} has lost the cluster pair that works"]
        using = [
            key
            for key, volume in volumes(before).items()
            if key[0] == name
            and any(half["cluster_pair_id"] == entry["id"] and not half["pending"] for half in volume["pairs"])
            and self.knows.pairs_known(key)
        ]
        return [f"{name} has lost an entry that {using} use"] if using else []

    def _judge_accounts(self, before: Truth, after: Truth) -> list[str]:
        changed = [n for n, each in after["clusters"].items() if each["accounts"] != before["clusters"][n]["accounts"]]
        creations = [item["create_peer_volume"] for item in self.order.items if "create_peer_volume" in item]
        wanted = any(create and create["create_account"] for create in creations)
        allowed = [self.order.there] if wanted and self.order.present else []
        return [f"{name} has other accounts" for name in changed if name not in allowed]


def _settled(volume: dict[str, Any]) -> dict[str, Any]:
    """Without what a half learns by itself: that its counterpart is gone."""
    return {**volume, "pairs": [{**half, "stopped": None} for half in volume["pairs"]]}
