# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the modules return, as far as the filters read it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ansible_collections.elementsw.replication.plugins.filter.join_reports import join_reports
from ansible_collections.elementsw.replication.plugins.filter.report_data import report_data
from ansible_collections.elementsw.replication.plugins.filter.status_table import status_table

#: When the reports of the tests were made.
AT = "2026-11-28T06:00:00Z"


def side(name: str | None, number: int | None, access: str | None = "readWrite", **others: Any) -> dict[str, Any]:
    return {
        "volume_id": number,
        "name": name,
        "account": "shop",
        "access": access,
        "replication_state": "Active",
        **others,
    }


def volume_pair(name: str = "orders-db", number: int = 41, **others: Any) -> dict[str, Any]:
    """A healthy pair that replicates to the peer, whose volume has an ID that is 36 higher. Sides can be given as well."""
    return {
        "volume": name,
        "peer_volume": name,
        "state": "paired",
        "mode": "async",
        "direction": "to_peer",
        "health": "healthy",
        "in_sync": others.get("health", "healthy") == "healthy",
        "local": side(name, number),
        "peer": side(name, number + 36, "replicationTarget"),
        "peer_cluster": "beta",
        "lag_seconds": 0.0,
        "progress": None,
        **others,
    }


def result(name: str = "orders-db", number: int = 41, code: str | None = None, **others: Any) -> dict[str, Any]:
    """An item of `pairs` of element_volume_pair. code: the error of an item that failed."""
    error = {"code": code, "left_behind": None} if code else None
    outcome = {"changed": False, "failed": bool(code), "msg": f"{name} failed" if code else None, "error": error}
    return {**volume_pair(name, number), **outcome, **others}


def problem(message: str, severity: str = "error", **others: Any) -> dict[str, Any]:
    found = {"code": "paused", "severity": severity, "message": message, "remedy": "resume it"}
    return {**found, "cluster": "alpha", "volume": None, "volume_id": None, "command": None, **others}


def cluster_pair(state: str = "paired", **others: Any) -> dict[str, Any]:
    ends = {"local": {"name": "alpha", "status": "Connected"}, "peer": {"name": "beta", "status": "Connected"}}
    return {"state": state, "connected": True, **ends, **others}


def report(
    volume_pairs: Iterable[dict] = (), here: str = "alpha", there: str | None = "beta", **others: Any
) -> dict[str, Any]:
    """The result of element_pair_info. there: the peer that answered, None where none did."""
    return {
        "changed": False,
        "healthy": True,
        "problems": [],
        "peer_reachable": there is not None,
        "clusters": {"local": {"name": here}, "peer": {"name": there} if there else None},
        "cluster_pairs": [cluster_pair("paired" if there else "unknown_peer")],
        "volume_pairs": list(volume_pairs),
        "pairs": [],
        "readiness": [],
        **others,
    }


def joined(*links: dict[str, Any], half: dict[str, Any] | None = None, max_lag: float | None = None) -> dict[str, Any]:
    """What the reports of links are together. half: that of beta alone, while gamma does not answer."""
    looped = [
        {**link, "ansible_loop_var": "link", "link": {"cluster": "alpha", "peer": "beta", "max_lag": max_lag}}
        for link in links
    ]
    answers = [{"healthy": True}] * 2
    reads: list[list[dict[str, Any]]] = [looped, []]
    halves = [{}, half or {}]
    if half is None:
        return join_reports(["alpha", "beta"], answers, reads, halves)
    silent = {"failed": True, "msg": "gamma timed out", "error": {"code": "unreachable"}}
    return join_reports(["alpha", "beta", "gamma"], [*answers, silent], [*reads, []], [*halves, {}])


def data(
    *links: dict[str, Any],
    at: str = AT,
    drift: Iterable[dict] = (),
    evidence: dict[str, Any] | None = None,
    **others: Any,
) -> dict[str, Any]:
    """The data of a report on these links."""
    together = joined(*links, **others)
    return report_data(together, status_table(together), at=at, drift=list(drift), evidence=evidence)


def rehearsal(*volumes: str, at: str = "2026-11-27T06:00:00Z", passed: bool = True, **others: Any) -> dict[str, Any]:
    """A rehearsal of report_evidence, on beta and a day before the report. volumes: each as NAME or NAME#ID."""
    return {
        "file": "/e/drill.json",
        "name": "drill",
        "cluster": "beta",
        "peer": "alpha",
        "at": at,
        "point": "latest",
        "passed": passed,
        "problem": None if passed else "the check failed",
        "volumes": [_rehearsed_volume(volume) for volume in volumes],
        "data_age_seconds": 840.0,
        "seconds_until_writable": 38,
        "seconds_until_checked": 214,
        **others,
    }


def _rehearsed_volume(volume: str) -> dict[str, Any]:
    name, _hash, volume_id = volume.partition("#")
    return {"volume": name, "volume_id": int(volume_id or 77)}


def evidence(*rehearsals: dict[str, Any], problems: Iterable[str] = ()) -> dict[str, Any]:
    """The value of report_evidence, the newest rehearsal first."""
    return {"rehearsals": list(rehearsals), "problems": list(problems)}
