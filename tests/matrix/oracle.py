# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What became of the clusters, by the truth about them before and after; nothing of the code under test is used.

A thing is a cluster and what it is called there. Its facts are plain values that can be compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.elementsw.replication.tests.simulator.keys import PAIR_USER_PREFIX

SITES = ("alpha", "beta")
Truth = Mapping[str, Any]
Thing = tuple[str, str]
Facts = dict[Thing, Any]

CLUSTER_PAIR = "cluster pair"
# What a run puts on the volumes that it creates, another one each time; and what it leaves on the target of a pair.
RUN, REPLICA = "elementsw-replication-run", "elementsw-replication-replica"
# How the snapshots are called that keep what is overwritten.
SAVED = "elementsw-saved-"


def of_volumes(truth: Truth, names: Iterable[str]) -> Facts:
    """The volumes of these names on both sites. Deleted ones are not there."""
    wanted = frozenset(names)
    return {
        (site, volume["name"]): {
            **{key: volume[key] for key in ("access", "account", "enable_512e", "marks", "qos", "size")},
            "attributes": {key: value for key, value in volume["attributes"].items() if key != RUN},
            "pairs": [_half(truth, site, half) for half in volume["pairs"]],
        }
        for site in SITES
        for volume in truth["clusters"][site]["volumes"]
        if volume["name"] in wanted and not volume["deleted"]
    }


def of_clusters(truth: Truth) -> Facts:
    """What each of the two sites lists of the other."""
    known = {site: [entry["uuid"] for entry in truth["clusters"][site]["cluster_pairs"]] for site in SITES}
    return {
        (site, CLUSTER_PAIR): [
            {"uuid": entry["uuid"], "whole": entry["uuid"] in known[far]}
            for entry in truth["clusters"][site]["cluster_pairs"]
            if entry["remote"] and entry["remote"][0] == far
        ]
        for site, far in (SITES, SITES[::-1])
    }


def of_owners(truth: Truth) -> Facts:
    """The accounts of both sites."""
    return {(site, name): name for site in SITES for _id, name in truth["clusters"][site]["accounts"]}


def of_pending(truth: Truth) -> Facts:
    """The pairings of clusters that were begun; each says no more than its number."""
    return {
        (site, str(entry["id"])): entry["uuid"]
        for site in SITES
        for entry in truth["clusters"][site]["cluster_pairs"]
        if entry["pending"]
    }


def of_others(truth: Truth, names: Iterable[str], owners: Iterable[Thing], pending: Iterable[Thing]) -> Truth:
    """Everything that is no business of the task: all but these volumes, other owners, and other pending pairings."""
    names, owners, pending = frozenset(names), frozenset(owners), frozenset(pending)
    return {
        **truth,
        "clusters": {
            site: {
                **cluster,
                # A cluster makes a user for each pairing that is begun on it, and deletes it with the pair.
                "admins": [each for each in cluster["admins"] if not each[0].startswith(PAIR_USER_PREFIX)],
                "accounts": [
                    each for each in cluster["accounts"] if site not in SITES or (site, each[1]) not in owners
                ],
                "account_settings": _settings_of_others(cluster, {name for at, name in owners if at == site}),
                "volumes": [each for each in cluster["volumes"] if site not in SITES or each["name"] not in names],
                "access_groups": [_without_members(each, cluster, names) for each in cluster["access_groups"]],
                # A group is as good as its members, and those belong to volumes.
                "group_snapshots": [],
                "cluster_pairs": [
                    each for each in cluster["cluster_pairs"] if site not in SITES or not _is_ours(each, site, pending)
                ],
            }
            for site, cluster in truth["clusters"].items()
        },
    }


def _settings_of_others(cluster: Mapping[str, Any], owners: Iterable[str]) -> list[list[Any]]:
    """The settings of accounts without those of these names."""
    ours = {number for number, name in cluster["accounts"] if name in owners}
    return [each for each in cluster["account_settings"] if each[0] not in ours]


def _without_members(group: Mapping[str, Any], cluster: Mapping[str, Any], names: frozenset[str]) -> Mapping[str, Any]:
    """An access group without the volumes of these names."""
    ours = {volume["id"] for volume in cluster["volumes"] if volume["name"] in names}
    luns = {number: lun for number, lun in group["luns"].items() if int(number) not in ours}
    return {**group, "volumes": [number for number in group["volumes"] if number not in ours], "luns": luns}


def _is_ours(entry: Mapping[str, Any], site: str, pending: Iterable[Thing]) -> bool:
    if entry["pending"]:
        return (site, str(entry["id"])) in pending
    return entry["remote"][0] in SITES


def own(facts: Facts) -> Facts:
    """The facts without what a thing shows of changes on the other site."""
    return {thing: _without(value, ("partners", "stopped", "whole")) for thing, value in facts.items()}


def comparable(facts: Facts) -> Facts:
    """The facts without what differs from one pairing to the next, and without data, which takes its time.

    Without notes, too: one that cannot be left is warned of, and there is no way to leave it later.
    """
    return {thing: _without(value, ("uuid", "marks", "attributes")) for thing, value in facts.items()}


def replicas(facts: Facts) -> dict[Thing, str]:
    """The volumes that are marked as the former target of a pair, and how."""
    noted = {thing: value["attributes"].get(REPLICA) for thing, value in facts.items() if "attributes" in value}
    return {thing: mark for thing, mark in noted.items() if mark}


def differing(one: Facts, other: Facts) -> list[Thing]:
    """The things that are not in both, or not the same in both."""
    return sorted(thing for thing in {*one, *other} if one.get(thing) != other.get(thing))


def owned(truth: Truth, owner: Thing) -> bool:
    """Whether the account has a volume that is not deleted."""
    site, name = owner
    return any(volume["account"] == name and not volume["deleted"] for volume in truth["clusters"][site]["volumes"])


def marks(truth: Truth, names: Iterable[str]) -> dict[str, set[str]]:
    """What was ever written to a volume of this name and can still be read somewhere."""
    return {
        name: {
            mark
            for site in SITES
            for volume in truth["clusters"][site]["volumes"]
            if volume["name"] == name
            for kept in (volume, *volume["snapshots"])
            for mark in kept["marks"]
        }
        for name in names
    }


def snapshots(truth: Truth, names: Iterable[str]) -> dict[tuple[str, str, str], Mapping[str, Any]]:
    """The snapshots of the volumes of these names, by site, volume and name."""
    wanted = frozenset(names)
    return {
        (site, volume["name"], snapshot["name"]): snapshot
        for site in SITES
        for volume in truth["clusters"][site]["volumes"]
        if volume["name"] in wanted
        for snapshot in volume["snapshots"]
    }


def _half(truth: Truth, site: str, half: Mapping[str, Any]) -> dict[str, Any]:
    partners = [
        f"{far}/{volume['name']}"
        for far, cluster in truth["clusters"].items()
        for volume in cluster["volumes"]
        for other in volume["pairs"]
        if far != site and other["uuid"] == half["uuid"]
    ]
    return {"partners": partners, **{key: half[key] for key in ("uuid", "mode", "paused", "pending", "stopped")}}


def _without(value: Any, keys: tuple[str, ...]) -> Any:
    if isinstance(value, dict):
        return {key: _without(each, keys) for key, each in value.items() if key not in keys}
    return [_without(each, keys) for each in value] if isinstance(value, list) else value
