# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Random worlds: two to four clusters, volumes whose names collide, and whatever can be left of pairs."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from ansible_collections.elementsw.replication.tests.simulator.settings import SWITCHES

GIB = 1024**3
CLUSTERS = ("alpha", "beta", "gamma", "delta")
VOLUMES = ("a", "b", "c", "d")
ACCOUNTS = ("tenant", "other")
MODES = ("Async", "Sync", "SnapshotsOnly")
ERROR_NAMES = ("xInvalidParameter", "xPermissionDenied", "xVolumeIDDoesNotExist", "xUnheardOf")
# Each of their answers is tried as often as any other: on them hangs what shows that a volume holds data.
EVIDENCE = ("nonzero_blocks", "paused_half", "statistics")
# The types of parameters are strict in every test.
DRAWN = sorted(set(SWITCHES) - {"parameter_types"})
# What earlier runs, and others, have noted on volumes.
ATTRIBUTES = (
    *[{}] * 12,
    {"elementsw-replication-run": "0123456789abcdef"},
    {"elementsw-replication-replica": "complete"},
    {"owner": "team-a"},
)
# The first access is the most likely one.
ACCESS = (*["readWrite"] * 6, *["replicationTarget"] * 2, "locked", "readOnly")


@st.composite
def switches(draw: st.DrawFn) -> dict[str, Any]:
    """A few of the questions that the API documentation leaves open, answered otherwise than usual."""
    names = draw(st.lists(st.sampled_from(DRAWN), max_size=6, unique=True))
    return {name: draw(_choices(name)) for name in (*names, *EVIDENCE)}


def _choices(name: str) -> st.SearchStrategy[Any]:
    choices = SWITCHES[name]
    return st.sampled_from(choices if isinstance(choices, tuple) else (choices.default, *ERROR_NAMES))


@st.composite
def worlds(draw: st.DrawFn) -> dict[str, Any]:
    """The description of a world, of which most clusters are paired and many volumes are."""
    names = CLUSTERS[: draw(st.sampled_from([2, 2, 3, 3, 4]))]
    cluster_pairs = draw(_cluster_pairs(names))
    clusters = [draw(_cluster(name, number, _entries(cluster_pairs, name))) for number, name in enumerate(names)]
    return {
        "timings": draw(st.sampled_from(["instant", "instant", {}, {"connect_polls": 2, "grace_polls": 0}])),
        "switches": draw(switches()),
        "clusters": clusters,
        "cluster_pairs": cluster_pairs,
        "volume_pairs": draw(_volume_pairs(clusters, cluster_pairs)),
    }


# --- clusters ---------------------------------------------------------------------------------------------------------


@st.composite
def _cluster(draw: st.DrawFn, name: str, number: int, entries: int) -> dict[str, Any]:
    volumes = [
        draw(_volume(each, f"{name} {each}", 1 + 100 * number + position))
        for position, each in enumerate(VOLUMES[: draw(st.integers(1, len(VOLUMES)))])
    ]
    open_to_hosts = [f"#{volume['id']}" for volume in volumes if volume["access"] in ("readWrite", "readOnly")]
    undeleted = [f"#{volume['id']}" for volume in volumes if not volume["deleted"]]
    some = st.sampled_from([0] * 5 + [1])
    return {
        "name": name,
        "version": draw(st.sampled_from(["12.5.0.897"] * 9 + ["10.4.0.1"])),
        "up": name == "alpha" or draw(st.sampled_from([True] * 12 + [False])),
        "accounts": [{"name": account} for account in ACCOUNTS],
        "limits": {"clusterPairsCountMax": entries + draw(st.integers(0, 2)), "volumeSizeMax": 3 * GIB},
        "volumes": volumes,
        "sessions": [{"volume": volume} for volume in open_to_hosts if volume in undeleted and draw(some)],
        "snapshots": [{"volume": volume, "name": "nightly"} for volume in undeleted if draw(some)],
    }


@st.composite
def _volume(draw: st.DrawFn, name: str, mark: str, volume_id: int) -> dict[str, Any]:
    return {
        "name": draw(st.sampled_from([name] * 8 + list(VOLUMES))),
        "id": volume_id,
        "account": draw(st.sampled_from([ACCOUNTS[0]] * 5 + [ACCOUNTS[1]])),
        "size": draw(st.sampled_from([GIB, GIB, 2 * GIB, GIB + 4096])),
        "enable_512e": draw(st.sampled_from([True] * 9 + [False])),
        "access": draw(st.sampled_from(ACCESS)),
        "marks": draw(st.sampled_from([[], [mark]])),
        "attributes": draw(st.sampled_from(ATTRIBUTES)),
        "deleted": draw(st.sampled_from([False] * 14 + [True])),
    }


@st.composite
def _cluster_pairs(draw: st.DrawFn, names: tuple[str, ...]) -> list[dict[str, Any]]:
    drawn: list[dict[str, Any]] = []
    for number, one in enumerate(names):
        for other in names[number + 1 :]:
            drawn += draw(st.sampled_from(_between(one, other)))
    pending = draw(st.lists(st.sampled_from(names), max_size=2))
    return [*drawn, *({"at": name, "pending": True} for name in pending)]


def _between(one: str, other: str) -> list[list[dict[str, Any]]]:
    """What two clusters can be to each other."""
    whole = {"between": [one, other]}
    rebuilt = {"at": one, "to": {"like": other, "unique_id": "0old"}}
    return [
        *([[whole]] * 12),
        [],
        [{"at": one, "to": other}],
        [{"at": other, "to": one}],
        [{"at": one, "to": other}, {"at": other, "to": one}],
        [rebuilt],
        [whole, {"at": other, "to": one}],
    ]


def _entries(cluster_pairs: list[dict[str, Any]], name: str) -> int:
    return sum(name in pair.get("between", [pair.get("at")]) for pair in cluster_pairs)


# --- pairs of volumes -------------------------------------------------------------------------------------------------


@st.composite
def _volume_pairs(
    draw: st.DrawFn, clusters: list[dict[str, Any]], cluster_pairs: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Each volume that is not deleted is in one entry at the most, as on a cluster."""
    free = [(cluster["name"], v["id"]) for cluster in clusters for v in cluster["volumes"] if not v["deleted"]]
    listed = _listed(cluster_pairs)
    drawn: list[dict[str, Any]] = []
    for _attempt in range(draw(st.integers(1, 5))):
        if not free:
            break
        here = draw(_one_of(free, draw(st.sampled_from(["alpha", "alpha", "beta", "anywhere"]))))
        partners = [there for there in free if there[0] != here[0]]
        kind = draw(st.sampled_from(_KINDS))
        if kind == "pending" or not partners:
            if here[0] in {near for near, _far in listed}:
                drawn.append({"at": _ref(here), "pending": True})
                free.remove(here)
            continue
        there = draw(_one_of(partners, draw(st.sampled_from(["alpha", "beta", "beta", "anywhere"]))))
        if (here[0], there[0]) not in listed:
            continue
        whole = kind in ("pair", "stopped", "paused", "as_they_are", "crossed")
        if whole and (there[0], here[0]) not in listed:
            continue
        drawn += _entry(kind, here, there, draw(st.sampled_from(MODES)))
        free = [volume for volume in free if volume not in ((here, there) if whole else (here,))]
    return drawn


def _one_of(volumes: list[tuple[str, int]], cluster: str) -> st.SearchStrategy[tuple[str, int]]:
    """One of this cluster's, if there is one."""
    return st.sampled_from([volume for volume in volumes if volume[0] == cluster] or volumes)


_KINDS = (*["pair"] * 6, "as_they_are", "paused", "stopped", "half", "half", "stray", "crossed", "pending")


def _entry(kind: str, here: tuple[str, int], there: tuple[str, int], mode: str) -> list[dict[str, Any]]:
    ends = {"source": _ref(here), "target": _ref(there), "mode": mode}
    return {
        "pair": [ends],
        "as_they_are": [{"between": [_ref(here), _ref(there)], "mode": mode}],
        "paused": [{**ends, "paused": [here[0]]}],
        "stopped": [{**ends, "stopped": [here[0], there[0]]}],
        "half": [{"at": _ref(here), "to": _ref(there), "mode": mode}],
        "stray": [{"at": _ref(here), "to": {"cluster": there[0], "volume_id": 999, "name": "a"}}],
        "crossed": [{"at": _ref(here), "to": _ref(there)}, {"at": _ref(there), "to": _ref(here)}],
    }[kind]


def _ref(volume: tuple[str, int]) -> str:
    return f"{volume[0]}/#{volume[1]}"


def _listed(cluster_pairs: list[dict[str, Any]]) -> set[tuple[str, str]]:
    """Which cluster has an entry that names which other one."""
    listed = set()
    for pair in cluster_pairs:
        if "between" in pair:
            one, other = pair["between"]
            listed |= {(one, other), (other, one)}
        elif isinstance(pair.get("to"), str):
            listed.add((pair["at"], pair["to"]))
    return listed
