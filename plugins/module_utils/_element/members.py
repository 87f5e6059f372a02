# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection elementsw.replication: it can change without notice.
"""Members of replies, taken as what the API documentation says they are and as nothing else.

Converting would make something of anything: the text "None" of a missing UUID, equal to every other missing UUID;
volume 41 of the number 41.7; true of the text "false". Whatever does not fit raises LookupError, TypeError or ValueError.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

T = TypeVar("T")


def text(entry: Mapping, name: str) -> str:
    """A text that says something."""
    value = optional_text(entry, name)
    if not value:
        raise ValueError(f"{name} is missing or empty")
    return value


def optional_text(entry: Mapping, name: str) -> str:
    """A text; "" when it is empty, null or missing, which is all the same in this API."""
    value = entry.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise TypeError(f"{name} is no text")
    return value


def number(value: object) -> int:
    """An ID, a size or a count: whole and not negative."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError("not a whole number")
    if value < 0:
        raise ValueError("less than nothing")
    return value


def quantity(value: object) -> float:
    """A time or a share: not negative, and an end to it."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError("not a number")
    if not 0 <= value < math.inf:
        raise ValueError("less than nothing, or without end")
    return float(value)


def flag(entry: Mapping, name: str) -> bool:
    value = entry[name]
    if not isinstance(value, bool):
        raise TypeError(f"{name} is neither true nor false")
    return value


def items(entry: Mapping, name: str) -> list[Any]:
    value = entry[name]
    if not isinstance(value, list):
        raise TypeError(f"{name} is no list")
    return value


def optional_items(entry: Mapping, name: str) -> list[Any]:
    """A list; [] when it is null or missing."""
    return [] if entry.get(name) is None else items(entry, name)


def each_once(found: Iterable[T], key: Callable[[T], object]) -> tuple[T, ...]:
    """All that was found, each with a key of its own: with two of the same nobody knows which one is meant."""
    by_key: dict[object, T] = {}
    for one in found:
        if key(one) in by_key:
            raise ValueError(f"{key(one)} is there twice")
        by_key[key(one)] = one
    return tuple(by_key.values())
