# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of one volume pair: what they are, what a pair inherits of its task, and which values do not go together.

The module uses this file, and so does its action plugin on the controller. Therefore it imports neither `requests` nor `ansible`.
"""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .decide import sizes
from .model import first_named

VOLUMES: dict[str, Any] = {
    "volume": {"type": "str"},
    "volume_id": {"type": "int"},
    "peer_volume": {"type": "str"},
    "peer_volume_id": {"type": "int"},
}
DESCRIPTION: dict[str, Any] = {
    "account": {"type": "str"},
    "peer_account": {"type": "str"},
    "mode": {"type": "str", "choices": ["async", "sync", "snapshots_only"]},
    "direction": {"type": "str", "choices": ["to_peer", "from_peer"]},
    "paused": {"type": "bool"},
    "size": {"type": "str"},
    "match_size": {"type": "bool"},
    "create_peer_volume": {
        "type": "dict",
        "options": {
            "account": {"type": "str"},
            "create_account": {"type": "bool", "default": False},
            "name": {"type": "str"},
            "qos_policy": {"type": "str"},
        },
    },
}
#: What is permitted for a pair, with the defaults for what neither the pair nor the task sets.
PERMISSIONS = {"repair": False, "allow_overwrite": False, "save_overwritten": True}
#: A pair inherits these options of the task.
INHERITED = (*DESCRIPTION, *PERMISSIONS)
#: The spec of one item of `pairs`.
ITEM: dict[str, Any] = {**VOLUMES, **DESCRIPTION, **{name: {"type": "bool"} for name in PERMISSIONS}}
#: A volume is given by its name or its ID.
ONE_VOLUME_EACH = [("volume", "volume_id"), ("peer_volume", "peer_volume_id")]

#: What is wrong with the items of a list: the place of an item, and a message.
Problems = list[tuple[str, str]]


def with_inherited(item: Mapping, params: Mapping) -> dict[str, Any]:
    """The options of one pair, with the task's values of those that the item does not give. An empty text gives nothing."""
    values = {key: None if item[key] == "" else item[key] for key in ITEM}
    for key in INHERITED:
        if values[key] is None and params[key] != "":
            values[key] = params[key]
    return values


def check(params: Mapping) -> str | None:
    """The message about all options of pairs that are invalid or conflict with another one; None if there is none."""
    if params["pairs"] is None:
        return "; ".join(conflicts(with_inherited(params, params), params["wait_for"])) or None
    create = params["create_peer_volume"]
    inheriting = [item for item in params["pairs"] if item["create_peer_volume"] is None]
    if create and create["name"] is not None and len(inheriting) > 1:
        return "create_peer_volume.name: several pairs cannot have the same partner; give each item of pairs its peer_volume"
    return in_lines(
        [
            (place(number, item), conflict)
            for number, item in enumerate(params["pairs"])
            for conflict in conflicts(with_inherited(item, params), params["wait_for"])
        ]
    )


def conflicts(given: Mapping, wait_for: str | None) -> list[str]:
    """The messages about values of one pair that cannot be used, or not together. An option that is not given may be absent."""
    pair = {**dict.fromkeys(ITEM), **given}
    size, create = pair["size"], pair["create_peer_volume"]
    problems = []
    for names in ONE_VOLUME_EACH:
        if all(pair[name] is not None for name in names):
            problems.append(f"{' and '.join(names)}: give one of them")
    if pair["volume"] is None and pair["volume_id"] is None:
        problems.append("no volume: give volume or volume_id")
    if size is not None and sizes.in_bytes(size) is None:
        problems.append(
            f"size: {size!r} is no size; give a number with kB, MB, GB, TB, KiB, MiB, GiB or TiB, such as 20GiB"
        )
    elif size is not None and sizes.lacks_unit(size):
        problems.append(f"size: {size.strip()!r} would be bytes, which is less than 1 GB; give a unit, such as 20GiB")
    if pair["paused"] and wait_for == "in_sync":
        problems.append("paused: a paused pair never gets in sync; leave wait_for out, or set it to paired")
    for name, option in (("name", "peer_volume"), ("account", "peer_account")):
        created = (create or {}).get(name)
        if None not in (created, pair[option]) and created != pair[option]:
            problems.append(
                f"{option}: {pair[option]!r} is not create_peer_volume.{name}, {created!r}; give one of the two"
            )
    return problems


def place(number: int, item: Any) -> str:
    """Where an item stands in `pairs`, counted from 0 as Ansible does, and its volume as far as it is named."""
    named = item if isinstance(item, Mapping) else {}
    volume = named.get("volume") or named.get("volume_id")
    return f"pairs[{number}] ({volume})" if isinstance(volume, (str, int)) else f"pairs[{number}]"


def in_lines(problems: Problems) -> str | None:
    """The message with a line for each problem; items that have the same problem share one. None without a problem."""
    places: dict[str, list[str]] = {}
    for where, problem in problems:
        places.setdefault(problem, []).append(where)
    lines = [f"{first_named(where)}: {problem}" for problem, where in places.items()]
    if len(lines) < 2:
        return lines[0] if lines else None
    count = len({where for where, _problem in problems})
    return "\n".join([f"{count} items of pairs cannot be used, nothing was written:", *lines])
