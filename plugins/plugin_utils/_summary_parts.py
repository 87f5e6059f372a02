# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the summaries of roles and playbooks have in common."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from typing import Any

from ..module_utils._pairing.model import MAX_NAMED, first_named


def did_fail(result: dict[str, Any], member: str) -> bool:
    """Whether the result of a module, of which success has this member, is that of a failure. One that was skipped is not."""
    return bool(result) and "skipped" not in result and (bool(result.get("error")) or member not in result)


def counted(number: int) -> str:
    """Return the number of volume pairs as text."""
    return f"{number} volume pair{'' if number == 1 else 's'}"


def which_failed(results: list[dict[str, Any]]) -> str | None:
    """Return how many items of `pairs` of element_volume_pair failed, as a sentence below their lines; None if none did."""
    failed = [result["failed"] for result in results].count(True)
    return (
        f"{failed} of {counted(len(results))} failed; what became of each, and why, is listed above."
        if failed
        else None
    )


def saved_snapshots(results: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the snapshots in the items of `pairs`, by cluster and by whether they expire: the first ones, and how many more.

    In check mode they have no names yet, and only their volumes are known.
    """
    saved = [each for result in results for each in result.get("saved") or []]
    kinds: dict[tuple[str, bool], dict[str | None, list[str]]] = {}
    for each in saved:
        volumes = kinds.setdefault((each["cluster"], bool(each["expires"])), {})
        volumes.setdefault(each["name"], []).append(each["volume"])
    return [_saved_alike(cluster, volumes, expire) for (cluster, expire), volumes in kinds.items()]


def _saved_alike(cluster: str, volumes: dict[str | None, list[str]], expire: bool) -> dict[str, Any]:
    named = {name: of for name, of in volumes.items() if name}
    return {
        "cluster": cluster,
        "snapshots": [f"{name} ({first_named(of)})" for name, of in named.items()][:MAX_NAMED],
        "volumes": first_named(list(dict.fromkeys(volume for of in volumes.values() for volume in of))),
        "more": max(len(named) - MAX_NAMED, 0),
        "expire": expire,
    }


def side_name(side: dict[str, Any], name: str | None) -> str:
    """Return the volume of one side of a pair as text. name: what it is called where the side does not say it."""
    number = f" ({side['volume_id']})" if side["volume_id"] else ""
    return f"{side['name'] or name or '-'}{number}"


def failed_problem(result: dict[str, Any], cluster: str | None, volume: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return a failure in the form of the problems of element_pair_info. cluster: the one where the error names none."""
    error, side = result.get("error") or {}, volume or {}
    return {
        "code": error.get("code") or "not_done",
        "severity": "error",
        "message": result.get("msg") or "no reason was given",
        "remedy": "do what the message says and run again",
        "command": None,
        "cluster": error.get("cluster") or cluster,
        "volume": side.get("name"),
        "volume_id": side.get("volume_id"),
        "account": side.get("account"),
        "count": None,
    }
