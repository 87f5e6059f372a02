# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A world in which everything that can be wrong between two clusters is wrong, and every volume is called after it."""

from __future__ import annotations

from typing import Any, NamedTuple

SNAPSHOTS_MAX = 3
# In turn, so that a mode that a remedy loses is noticed.
MODES = ("Sync", "Async")
# What beta was before it was built again; alpha still has an entry for it.
REBUILT = "0ld1"

TO_BETA = {"source": "alpha/{}", "target": "beta/{}"}
TO_ALPHA = {"source": "beta/{}", "target": "alpha/{}"}
AS_IT_IS = {"between": ["alpha/{}", "beta/{}"]}
HERE = {"at": "alpha/{}", "to": "beta/{}"}
THERE = {"at": "beta/{}", "to": "alpha/{}"}
TARGET = {"access": "replicationTarget"}


class Trouble(NamedTuple):
    """A volume on each cluster, None where it is missing, and what is left of a pair between them.

    at: the cluster that the report names. snapshots: the cluster on which the volume has as many as it may have.
    """

    name: str
    code: str
    pairs: tuple[dict[str, Any], ...]
    here: dict[str, Any] | None = {}
    there: dict[str, Any] | None = {}
    at: str = "alpha"
    snapshots: str | None = None


TROUBLES = (
    # Halves, and two halves that do not belong together. Where the roles do not show the source, the user has to name it.
    Trouble("half-here", "half_pair", (HERE,)),
    Trouble("half-there", "half_pair", (THERE,), at="beta"),
    Trouble("half-here-to-target", "half_pair", (HERE,), there=TARGET),
    Trouble("half-there-to-target", "half_pair", (THERE,), here=TARGET, at="beta"),
    Trouble("half-here-of-target", "half_pair", (HERE,), here=TARGET),
    Trouble("half-there-of-target", "half_pair", (THERE,), there=TARGET, at="beta"),
    Trouble("half-of-two-targets", "half_pair", (HERE,), here=TARGET, there=TARGET),
    Trouble("half-here-paused", "half_pair", ({**HERE, "paused": True},), there=TARGET),
    Trouble("crossed", "half_pair", (HERE, THERE)),
    Trouble("crossed-to-target", "half_pair", (HERE, THERE), there=TARGET),
    Trouble("crossed-of-target", "half_pair", (HERE, THERE), here=TARGET),
    Trouble(
        "purged-there", "half_pair", ({"at": "alpha/{}", "to": {"cluster": "beta", "volume_id": 9901}},), there=None
    ),
    Trouble(
        "purged-here",
        "half_pair",
        ({"at": "beta/{}", "to": {"cluster": "alpha", "volume_id": 9902}},),
        here=None,
        at="beta",
    ),
    Trouble(
        "purged-source",
        "half_pair",
        ({"at": "alpha/{}", "to": {"cluster": "beta", "volume_id": 9903}},),
        here=TARGET,
        there=None,
    ),
    # Its partner is the source of another pair by now, and must stay so.
    Trouble("taken-there", "half_pair", (HERE, {"source": "beta/{}", "target": "delta/{}"})),
    Trouble("taken-here", "half_pair", (THERE, {"source": "alpha/{}", "target": "gamma/{}"}), at="beta"),
    # Stopped for good.
    Trouble("stopped-here", "dead", ({**TO_BETA, "stopped": ["alpha"]},)),
    Trouble("stopped-there", "dead", ({**TO_BETA, "stopped": ["beta"]},)),
    Trouble("stopped-both", "dead", ({**TO_BETA, "stopped": ["alpha", "beta"]},)),
    Trouble("stopped-from-beta", "dead", ({**TO_ALPHA, "stopped": ["alpha"]},)),
    Trouble("stopped-split", "dead", ({**AS_IT_IS, "stopped": ["beta"]},)),
    Trouble("stopped-without-source", "dead", ({**AS_IT_IS, "stopped": ["beta"]},), here=TARGET, there=TARGET),
    Trouble("stopped-paused", "dead", ({**TO_BETA, "stopped": ["alpha"], "paused": ["beta"]},)),
    # Roles.
    Trouble("split", "split", (AS_IT_IS,)),
    Trouble("split-for-beta", "split", (AS_IT_IS,)),
    Trouble("split-paused", "split", ({**AS_IT_IS, "paused": ["alpha"]},)),
    Trouble("no-source", "no_source", (AS_IT_IS,), here=TARGET, there=TARGET),
    Trouble("no-source-for-beta", "no_source", (AS_IT_IS,), here=TARGET, there=TARGET),
    Trouble("read-only-source", "access_conflict", (AS_IT_IS,), here={"access": "readOnly"}, there=TARGET),
    Trouble("locked-source", "access_conflict", (AS_IT_IS,), here=TARGET, there={"access": "locked"}),
    Trouble("locked-target", "access_conflict", (AS_IT_IS,), there={"access": "locked"}),
    Trouble("locked-both", "access_conflict", (AS_IT_IS,), here={"access": "locked"}, there={"access": "locked"}),
    # Volumes.
    Trouble("deleted-target", "volume_deleted", (AS_IT_IS,), there={**TARGET, "deleted": True}),
    Trouble("deleted-source", "volume_deleted", (AS_IT_IS,), here={"deleted": True}, there=TARGET),
    Trouble("given-up-target", "volume_deleted", (AS_IT_IS,), there={**TARGET, "deleted": True}),
    Trouble("given-up-source", "volume_deleted", (AS_IT_IS,), here={"deleted": True}, there=TARGET),
    Trouble("grown-here", "size_mismatch", (TO_BETA,), here={"size": "20GiB"}),
    Trouble("grown-there", "size_mismatch", (TO_ALPHA,), there={"size": "30GiB"}),
    Trouble("snapshots-there", "snapshot_limit", (TO_BETA,), snapshots="beta"),
    Trouble("snapshots-here", "snapshot_limit", (TO_ALPHA,), snapshots="alpha"),
    Trouble("sectors-there", "sector_mismatch", (TO_BETA,), there={"enable_512e": False}),
    Trouble("sectors-here", "sector_mismatch", (TO_ALPHA,), here={"enable_512e": False}),
    # What was begun, what was held up.
    Trouble("pending-here", "pending_pair", ({"at": "alpha/{}", "pending": True},)),
    Trouble("pending-there", "pending_pair", ({"at": "beta/{}", "pending": True},), at="beta"),
    Trouble("pending-alone", "pending_pair", ({"at": "alpha/{}", "pending": True},), there=None),
    Trouble("slow-source", "recovering", (TO_BETA,), here={"hindrance": "qos"}),
    Trouble("slow-target", "recovering", (TO_BETA,), there={"hindrance": "qos"}),
    Trouble("copied-there", "recovering", (TO_ALPHA,), there={"hindrance": "xcopy"}),
    Trouble("paused-here", "paused", ({**TO_BETA, "paused": ["alpha"]},)),
    Trouble("paused-there", "paused", ({**TO_BETA, "paused": ["beta"]},)),
    Trouble("paused-both", "paused", ({**TO_BETA, "paused": ["alpha", "beta"]},)),
    Trouble("paused-from-beta", "paused", ({**TO_ALPHA, "paused": ["beta"]},)),
    Trouble("paused-by-target", "paused", ({**TO_ALPHA, "paused": ["alpha"]},)),
)

# What is wrong with the clusters themselves: pairings that were begun, and an entry that is one too many.
BETWEEN_CLUSTERS = (("pending_pair", "alpha"), ("pending_pair", "beta"), ("further_entries", "alpha"))

# No remedy may change these: healthy pairs of the two, pairs with others, what others have begun, volumes without pairs.
OTHERS = ("well", "well-from-beta", "with-gamma", "with-delta", "begun-elsewhere", "alone")


def world() -> dict[str, Any]:
    """Its description."""
    volumes: dict[str, list[dict]] = {"alpha": [], "beta": [], "gamma": [], "delta": []}
    snapshots: dict[str, list[dict]] = {"alpha": [], "beta": []}
    pairs = []
    for trouble in TROUBLES:
        for cluster, given in (("alpha", trouble.here), ("beta", trouble.there)):
            if given is not None:
                volumes[cluster].append({"name": trouble.name, "marks": [f"{trouble.name}-of-{cluster}"], **given})
        mode = MODES[len(pairs) % len(MODES)]
        pairs += [{"mode": mode, **_named(pair, trouble.name)} for pair in trouble.pairs]
        if trouble.snapshots:
            old = {"volume": trouble.name, "name": "old-{n}", "count": SNAPSHOTS_MAX}
            snapshots[trouble.snapshots].append(old)
    for cluster, names in volumes.items():
        names += [{"name": name, "marks": [f"{name}-of-{cluster}"]} for name in OTHERS]
    volumes["gamma"].append({"name": "taken-here"})
    volumes["delta"].append({"name": "taken-there"})
    pairs += [
        _named(TO_BETA, "well"),
        _named(TO_ALPHA, "well-from-beta"),
        {"source": "alpha/with-gamma", "target": "gamma/with-gamma"},
        {"source": "delta/with-delta", "target": "beta/with-delta"},
        {"at": "gamma/begun-elsewhere", "pending": True},
    ]
    return {
        "clusters": [
            {
                "name": name,
                "mvip": f"192.0.2.{number}",
                "volumes": volumes[name],
                "snapshots": snapshots.get(name, []),
                "limits": {"snapshotsPerVolumeMax": SNAPSHOTS_MAX},
            }
            for number, name in enumerate(volumes, 10)
        ],
        "cluster_pairs": [
            *({"between": list(ends)} for ends in (("alpha", "beta"), ("alpha", "gamma"), ("beta", "delta"))),
            {"at": "alpha", "pending": True},
            {"at": "beta", "pending": True},
            {"at": "gamma", "pending": True},
            {"at": "alpha", "to": {"like": "beta", "unique_id": REBUILT}},
        ],
        "volume_pairs": pairs,
    }


def _named(pair: dict[str, Any], name: str) -> dict[str, Any]:
    """The pair with the name of its volume in it."""

    def filled(value: Any) -> Any:
        if isinstance(value, str):
            return value.replace("{}", name)
        return [filled(each) for each in value] if isinstance(value, list) else value

    return {key: filled(value) for key, value in pair.items()}
