# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The items of `pairs`, checked before the module runs: every problem at once, each with its place and its volume.

What Ansible says about an invalid item names neither, stops at the first one, and can print the whole argument spec.
"""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from ansible.module_utils.common.validation import check_type_bool, check_type_dict, check_type_int

from ..module_utils._element.arguments import is_unset, shown
from ..module_utils._pairing.pair_options import ITEM, VOLUMES, Problems, conflicts, in_lines, place


def usable_items(pairs: Any, wait_for: Any = None) -> tuple[list[dict[str, Any]], str | None]:
    """Return the items without what they do not give, their values converted, and the message about all that are invalid.

    In an item, null and an empty text mean "not given": lists come from spreadsheets and surveys. wait_for is the task's.
    """
    given = _as_list(pairs)
    if given is None:
        return (
            [],
            f"pairs: {shown(pairs)} is no list; give a list of dictionaries, such as [{{'volume': 'orders-db'}}]",
        )
    items: list[dict[str, Any]] = []
    problems: Problems = []
    for number, value in enumerate(given):
        try:
            item = check_type_dict(value)
        except TypeError:
            # Without quotes, as the name of a volume is shown.
            named = {"volume": repr(str(value))[1:-1][:60]}
            problems.append((place(number, named), "no dictionary; give each volume as {volume: NAME}"))
            continue
        converted, found = usable_item(item, wait_for)
        problems += [(place(number, item), problem) for problem in found]
        items.append(converted)
    return items, in_lines(problems)


def usable_item(given: Mapping[str, Any], wait_for: Any = None) -> tuple[dict[str, Any], list[str]]:
    """Return an item without what it does not give, its values converted, and the messages about those that are invalid."""
    item = _given(given)
    converted, invalid = _convert(item, ITEM, "")
    # A volume that cannot be converted is given, too: nothing is said about its absence.
    volumes = {key: item[key] for key in VOLUMES if key in item}
    return converted, invalid + conflicts({**volumes, **converted}, wait_for)


def usable_variables(
    given: Mapping[str, Any], spec: Mapping[str, Any], prefix: str
) -> tuple[dict[str, Any], list[str]]:
    """Return the values of variables by the names of the spec, and the messages about those that are invalid.

    The variables are called by these names behind the prefix. Null and texts of blanks count as not given, blanks around a text
    are dropped, and an option that is not given is absent, whatever default the spec has.
    """
    stripped = {name: value.strip() if isinstance(value, str) else value for name, value in given.items()}
    return _convert(_given(stripped), spec, prefix)


def usable_volumes(given: Any) -> tuple[list[dict[str, Any]] | None, list[str]]:
    """Return the items that name these volumes, each once, and the values in quotes that name none. None: it is no list.

    A volume is named by NAME, ACCOUNT/NAME, {volume_id: ID} or {volume: NAME, account: ACCOUNT}. Text has commas or lines, or
    is a list in JSON. Null and empty pieces are dropped.
    """
    pieces: list[Any] | None = _as_list(given)
    if pieces is None and isinstance(given, str):
        pieces = given.replace("\n", ",").split(",")
    if pieces is None:
        return None, [shown(given)]
    items: list[dict[str, Any]] = []
    invalid: list[str] = []
    for piece in pieces:
        item = None if is_unset(piece) else _volume_item(piece)
        if item and item not in items:
            items.append(item)
        elif item == {}:
            invalid.append(shown(piece))
    return items, invalid


def _volume_item(named: Any) -> dict[str, Any]:
    """The item of one volume, which is empty if it cannot be one."""
    if isinstance(named, Mapping):
        item, problems = usable_item(named)
        return {} if problems or not item.keys() <= {"volume", "volume_id", "account"} else item
    if isinstance(named, bool) or not isinstance(named, (str, int)):
        return {}
    account, slash, volume = str(named).strip().rpartition("/")
    if not slash:
        return {"volume": volume}
    return {"volume": volume.strip(), "account": account.strip()} if volume.strip() and account.strip() else {}


def _as_list(pairs: Any) -> list[Any] | None:
    """The items of a list, or of a text that writes a list in JSON, as the command line of `ansible` gives it."""
    if isinstance(pairs, str):
        try:
            pairs = json.loads(pairs)
        except ValueError:
            return None
    return list(pairs) if isinstance(pairs, (list, tuple)) else None


def _given(item: Mapping[str, Any]) -> dict[str, Any]:
    """The item without null and empty texts."""
    values = {key: _given(value) if isinstance(value, Mapping) else value for key, value in item.items()}
    return {key: value for key, value in values.items() if not is_unset(value)}


def _convert(item: Mapping[str, Any], spec: Mapping[str, Any], prefix: str) -> tuple[dict[str, Any], list[str]]:
    """The values of the item in the types of the spec, and the messages about those that cannot be converted."""
    converted: dict[str, Any] = {}
    problems: list[str] = []
    for key, value in item.items():
        if key not in spec:
            problems.append(f"unknown key '{prefix}{key!s}'; the known keys are {', '.join(spec)}")
            continue
        rules = spec[key]
        try:
            converted[key] = _CONVERTERS[rules["type"]](value)
        except (TypeError, ValueError):
            problems.append(f"{prefix}{key}: {shown(value)} is {_NONE_OF[rules['type']]}")
            continue
        if rules["type"] == "dict":
            inner, further = _convert(_given(converted[key]), rules["options"], f"{prefix}{key}.")
            converted[key] = inner
            problems += further
        if converted[key] not in rules.get("choices", [converted[key]]):
            problems.append(f"{prefix}{key} {shown(value)} is not one of {', '.join(rules['choices'])}")
    return converted, problems


def _text(value: Any) -> str:
    if isinstance(value, (Mapping, list, tuple, bool)):
        raise TypeError
    return str(value)


def _number(value: Any) -> int:
    # Ansible takes true for 1.
    if isinstance(value, bool):
        raise TypeError
    return check_type_int(value)


_CONVERTERS: dict[str, Callable[[Any], Any]] = {
    "str": _text,
    "int": _number,
    "bool": check_type_bool,
    "dict": check_type_dict,
}
_NONE_OF = {
    "str": "no text",
    "int": "no whole number",
    "bool": "neither true nor false",
    "dict": "no dictionary; {} takes all defaults",
}
