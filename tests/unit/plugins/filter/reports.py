# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the modules return, as far as the filters read it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


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
