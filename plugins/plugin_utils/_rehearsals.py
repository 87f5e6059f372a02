# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which volume pairs of a report were rehearsed, by the evidence of rehearsals."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from ._report_times import time_of

#: How far clocks may differ. Evidence of a later time would hide for ever that nothing was rehearsed since.
CLOCKS_DIFFER = timedelta(days=1)

#: A cluster, its peer, and a volume there that replicates from it, by name and ID. With the ID alone, a cluster that was
#: replaced would count as rehearsed; with the name alone, a volume that was made again.
Target = tuple[str, str, str, int]


def rehearsals(
    evidence: dict[str, Any], volume_pairs: list[dict[str, Any]], hosts: dict[str, str], at: datetime, days: int
) -> dict[str, Any]:
    """Return what a report says about rehearsals.

    evidence: the value of report_evidence. volume_pairs: those of report_data. hosts: the names of clusters by inventory
    host, since the evidence names hosts. at: when the clusters were read. days: for how long a rehearsal counts.
    """
    known = [_of_clusters(each, hosts, at) for each in evidence["rehearsals"]]
    over = [each for each in known if each["age_seconds"] is not None]
    return {
        "days": days,
        "last": _last(over),
        "volume_pairs": [_pair(pair, over, days) for pair in volume_pairs],
        "problems": [
            *evidence["problems"],
            *(f"{each['file']} is of {each['at']}, which is to come" for each in known if each["age_seconds"] is None),
        ],
    }


def _of_clusters(rehearsal: dict[str, Any], hosts: dict[str, str], at: datetime) -> dict[str, Any]:
    """The rehearsal with the names that its clusters have in the report, and its age, None for one that is to come."""
    age = at - time_of(rehearsal["at"])
    return {
        **rehearsal,
        "cluster": hosts.get(rehearsal["cluster"], rehearsal["cluster"]),
        "peer": hosts.get(rehearsal["peer"], rehearsal["peer"]),
        "age_seconds": None if age < -CLOCKS_DIFFER else max(0, int(age.total_seconds())),
    }


def _last(known: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The last rehearsal of each name on each cluster, the newest first, as all of them are."""
    first: dict[tuple[str, str, str], dict[str, Any]] = {}
    for each in known:
        first.setdefault((each["name"], each["cluster"], each["peer"]), each)
    return list(first.values())


def _targets(pair: dict[str, Any]) -> list[Target]:
    """The volume that a rehearsal would clone, or both where the direction of the pair does not say which."""
    here = (pair["cluster"], pair["peer_cluster"], pair["volume"], pair["volume_id"])
    there = (pair["peer_cluster"], pair["cluster"], pair["peer_volume"], pair["peer_volume_id"])
    return {"to_peer": [there], "from_peer": [here]}.get(pair["direction"], [here, there])


def _pair(pair: dict[str, Any], known: list[dict[str, Any]], days: int) -> dict[str, Any]:
    ages = [
        each["age_seconds"]
        for each in known
        if each["passed"] and any(_has_cloned(each, target) for target in _targets(pair))
    ]
    age = min(ages, default=None)
    # Where it is not known which side would be rehearsed, the second one stands for both.
    cluster, _peer, volume, volume_id = _targets(pair)[-1]
    return {
        "cluster": cluster,
        "volume": volume,
        "volume_id": volume_id,
        "age_seconds": age,
        "state": "never" if age is None else "too_long_ago" if age > days * 86400 else "rehearsed",
    }


def _has_cloned(rehearsal: dict[str, Any], target: Target) -> bool:
    cluster, peer, volume, volume_id = target
    if (rehearsal["cluster"], rehearsal["peer"]) != (cluster, peer):
        return False
    return {"volume": volume, "volume_id": volume_id} in rehearsal["volumes"]
