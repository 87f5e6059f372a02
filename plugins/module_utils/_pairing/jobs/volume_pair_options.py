# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of element_volume_pair: checked, inherited by each pair, and parsed."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..decide import sizes
from ..decide.volume_pair.desired import DesiredPair, NewVolume
from ..model import Direction, Mode

# An item inherits from the task the options that describe the pair, and those that permit changes of it.
DESCRIPTION = ("account", "peer_account", "mode", "direction", "paused", "size", "match_size")
PERMISSIONS = ("repair", "allow_overwrite", "save_overwritten")
INHERITED = (*DESCRIPTION, "create_peer_volume", *PERMISSIONS)
KEYS = ("volume", "volume_id", "peer_volume", "peer_volume_id", *INHERITED)


def check(params: Mapping) -> str | None:
    """The message about the first option that is invalid or conflicts with another one; None if there is none."""
    if params["pairs"] is None:
        return _check_pair(params, params, "")
    create = params["create_peer_volume"]
    inheriting = [item for item in params["pairs"] if item["create_peer_volume"] is None]
    if create and create["name"] is not None and len(inheriting) > 1:
        return "create_peer_volume.name: several pairs cannot have the same partner; give each item of pairs its peer_volume"
    problems = [_check_pair(item, params, f"pairs[{number}].") for number, item in enumerate(params["pairs"])]
    return next((problem for problem in problems if problem), None)


def _check_pair(item: Mapping, params: Mapping, prefix: str) -> str | None:
    given = with_inherited(item, params)
    size, create = given["size"], given["create_peer_volume"]
    for name in ("volume", "peer_volume"):
        if given[name] == "":
            return f"{prefix}{name}: an empty text is no volume name; leave it out or give a name"
    if size is not None and sizes.in_bytes(size) is None:
        return (
            f"{prefix}size: {size!r} is no size; give a number with kB, MB, GB, TB, KiB, MiB, GiB or TiB, such as 20GiB"
        )
    if given["paused"] and params["wait_for"] == "in_sync":
        return f"{prefix}paused: a paused pair never gets in sync; leave wait_for out, or set it to paired"
    for name, option in (("name", "peer_volume"), ("account", "peer_account")):
        given_value = given[option]
        if create and None not in (create[name], given_value) and create[name] != given_value:
            return f"{prefix}{option}: {given_value!r} is not create_peer_volume.{name}, {create[name]!r}; give one of the two"
    return None


def with_inherited(item: Mapping, params: Mapping) -> dict[str, Any]:
    """The options of one pair, with the task's values of those that the item does not give."""
    values = {key: item[key] for key in KEYS}
    for key in INHERITED:
        if values[key] is None:
            values[key] = params[key]
    return values


def parse_pair(item: Mapping, present: bool) -> DesiredPair:
    """The desired pair of options that have passed `check`. present: the pair is requested."""
    values = {key: value for key, value in item.items() if key not in PERMISSIONS}
    mode: Mode | None = values.pop("mode")
    direction: Direction | None = values.pop("direction")
    size, create = values.pop("size"), values.pop("create_peer_volume")
    new = NewVolume(**create) if create is not None else None
    if new and not present:
        # It still names the partner and its owner; a missing owner is no error for a pair that will be removed.
        new = replace(new, create_account=True)
    size_in_bytes = None if size is None else sizes.in_bytes(size)
    return DesiredPair(**values, mode=mode, direction=direction, size=size_in_bytes, create=new)
