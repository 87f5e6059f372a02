# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading the truth about a world: its volumes, which are paired with each other, and which volumes an order names."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from ansible_collections.elementsw.replication.tests.simulator.cluster import Identity

from .orders import Order

Truth = dict[str, Any]
Half = dict[str, Any]
#: The name of a cluster and the ID of a volume there.
Key = tuple[str, int]

SOURCE, TARGET = "readWrite", "replicationTarget"
# A target that is not paired reads as locked on some releases.
TARGET_ACCESSES = (TARGET, "locked")


def volumes(truth: Truth) -> dict[Key, dict[str, Any]]:
    return {
        (name, volume["id"]): volume for name, cluster in truth["clusters"].items() for volume in cluster["volumes"]
    }


def sessions(truth: Truth) -> set[Key]:
    """The volumes that a host is logged in to."""
    return {
        (name, volume_id)
        for name, cluster in truth["clusters"].items()
        for volume_id, _initiator in cluster["iscsi_sessions"]
    }


def halves(truth: Truth) -> dict[str, list[tuple[Key, Half]]]:
    """The entries of volumes by UUID."""
    collected: dict[str, list[tuple[Key, Half]]] = {}
    for key, volume in volumes(truth).items():
        for half in volume["pairs"]:
            collected.setdefault(half["uuid"], []).append((key, half))
    return collected


def whole_pairs(truth: Truth) -> dict[str, tuple[Key, Key]]:
    """The volumes of each pair that can work: both have its entry, and neither entry is pending or beyond use."""
    return {
        uuid: (entries[0][0], entries[1][0])
        for uuid, entries in halves(truth).items()
        if len(entries) == 2 and not any(half["pending"] or half["stopped"] for _key, half in entries)
    }


def overwritten(truth: Truth) -> dict[Key, Key]:
    """The targets of pairs that work, each with its source: what the target holds of its own is lost, soon or already."""
    known = volumes(truth)
    return {
        target: source
        for pair in whole_pairs(truth).values()
        for target, source in (pair, pair[::-1])
        if known[target]["access"] == TARGET
        and known[source]["access"] in (SOURCE, "readOnly")
        and not (known[target]["deleted"] or known[source]["deleted"])
    }


def split(truth: Truth) -> set[str]:
    """The pairs of which both sides are writable."""
    known = volumes(truth)
    return {
        uuid
        for uuid, pair in whole_pairs(truth).items()
        if all(known[key]["access"] == SOURCE and not known[key]["deleted"] for key in pair)
    }


class Names:
    """What an order names in a world, worked out only from the truth."""

    def __init__(self, identities: Mapping[str, Identity], order: Order) -> None:
        self._identities = identities
        self._order = order

    # Clusters

    def names(self, entry: dict[str, Any], far: str) -> bool:
        """Whether an entry is for this cluster, or for the one that had its address before."""
        who = self._identities[far]
        return entry["remote"] is not None and (entry["remote"][2] == who.unique_id or entry["remote"][1] == who.mvip)

    def shared(self, truth: Truth, one: str, other: str) -> set[str]:
        """The UUIDs of the pairs that both clusters list for each other."""
        return self._listed(truth, one, other) & self._listed(truth, other, one)

    def _listed(self, truth: Truth, near: str, far: str) -> set[str]:
        unique_id = self._identities[far].unique_id
        return {
            entry["uuid"]
            for entry in truth["clusters"][near]["cluster_pairs"]
            if entry["remote"] is not None and entry["remote"][2] == unique_id
        }

    def _leads_to(self, truth: Truth, near: str, half: Half, far: str) -> bool:
        entry = self._entry(truth, near, half)
        return entry is not None and self.names(entry, far)

    def _entry(self, truth: Truth, near: str, half: Half) -> dict[str, Any] | None:
        entries = truth["clusters"][near]["cluster_pairs"]
        return next((entry for entry in entries if entry["id"] == half["cluster_pair_id"]), None)

    # Volumes

    def volumes(self, truth: Truth) -> dict[Key, set[int]]:
        """The volumes that the order names, on both sides, each with the numbers of the items that do.

        Where the peer's is not named, every one that may be meant.
        """
        collected: dict[Key, set[int]] = {}
        if self._order.module == "volume_pair":
            for number, item in enumerate(self._order.items):
                local = self._matching(truth, self._order.here, item["volume"], item["volume_id"], item["account"])
                for key in local | self._peers(truth, item, local):
                    collected.setdefault(key, set()).add(number)
        return collected

    def _peers(self, truth: Truth, item: dict[str, Any], local: set[Key]) -> set[Key]:
        there = self._order.there
        create = item["create_peer_volume"] or {}
        owner = item["peer_account"] or create.get("account")
        if item["peer_volume_id"] is not None:  # no volume is created with an ID that is given
            return self._matching(truth, there, None, item["peer_volume_id"], item["peer_account"])
        if item["peer_volume"] is not None:
            return self._matching(truth, there, item["peer_volume"], None, owner)
        known = volumes(truth)
        wanted = {(create.get("name") or known[key]["name"], owner or known[key]["account"]) for key in local} or {
            (create.get("name") or item["volume"], owner or item["account"])
        }
        # One of another owner is no partner unless its owner is named.
        namesakes = {
            key for name, account in wanted if name for key in self._matching(truth, there, name, None, account)
        }
        return namesakes | self._partners(truth, item, local)

    def _partners(self, truth: Truth, item: dict[str, Any], local: set[Key]) -> set[Key]:
        """What is paired with these volumes, or with one that is missing by now, as either side reports."""
        here, there = self._order.here, self._order.there
        known = volumes(truth)
        ids = {key[1] for key in local} or {item["volume_id"]}
        listed_here = {
            (there, half["remote_volume_id"])
            for key in local
            for half in known[key]["pairs"]
            if self._leads_to(truth, here, half, there)
        }
        listed_there = {
            key
            for key, volume in known.items()
            if key[0] == there
            for half in volume["pairs"]
            if self._leads_to(truth, there, half, here)
            and (half["remote_volume_id"] in ids or (not local and half["remote_volume_name"] == item["volume"]))
        }
        return (listed_here & known.keys()) | listed_there

    def _matching(
        self, truth: Truth, cluster: str, name: str | None, volume_id: int | None, account: str | None
    ) -> set[Key]:
        return {
            key
            for key, volume in volumes(truth).items()
            if key[0] == cluster
            and (volume["id"] == volume_id if volume_id is not None else volume["name"] == name)
            and account in (None, volume["account"])
        }

    def is_ours(self, key: Key, half: Half, truth: Truth, named: Mapping[Key, Collection[int]]) -> bool:
        """Whether an entry of a named volume is for the volume named beside it, or for none that is there."""
        far = self._order.there if key[0] == self._order.here else self._order.here
        entry = self._entry(truth, key[0], half)
        if entry is None:
            given = "peer_volume_id" if far == self._order.there else "volume_id"
            return any(half["remote_volume_id"] == item[given] for item in self._order.items)
        if not self.names(entry, far):
            return False
        partner = (far, half["remote_volume_id"])
        there = volumes(truth).get(partner)
        whole = there is not None and not there["deleted"] and any(h["uuid"] == half["uuid"] for h in there["pairs"])
        return not whole or not {*named.get(key, ())}.isdisjoint(named.get(partner, ()))
