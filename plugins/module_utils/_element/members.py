# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Readers for the members of replies. Each one accepts only the type that the API documentation has.

A conversion would accept every value: a missing UUID would be the text "None", equal to every other missing UUID; the
number 41.7 would be volume 41; the text "false" would be true. A value that does not fit raises Misfit, which names
the member.
"""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

T = TypeVar("T")


class Misfit(ValueError):
    """A member does not have the type or the range that the API documentation has."""

    def __init__(self, member: str, why: str):
        super().__init__(f"{member} {why}")
        #: The name of the member, or the path to it, with dots.
        self.member = member
        #: What is wrong with it, as the predicate of a sentence.
        self.why = why


def text(entry: Mapping, name: str) -> str:
    """Return a text that is not empty. Raises Misfit."""
    value = optional_text(entry, name)
    if not value:
        raise Misfit(name, "is missing or empty")
    return value


def optional_text(entry: Mapping, name: str) -> str:
    """Return a text, "" when it is empty, null or missing: this API does not distinguish them. Raises Misfit."""
    value = entry.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Misfit(name, "is not a text")
    return value


def whole(entry: Mapping, name: str) -> int:
    """Return an ID, a size or a count: a whole number that is not negative. Raises Misfit."""
    if entry.get(name) is None:
        raise Misfit(name, "is missing")
    try:
        return number(entry[name])
    except (TypeError, ValueError):
        raise Misfit(name, "is not a whole number") from None


def identifier(entry: Mapping, name: str) -> int:
    """Return an ID that is not 0, which means none in this API. Raises Misfit."""
    value = whole(entry, name)
    if not value:
        raise Misfit(name, "is 0, which is not an ID")
    return value


def optional_whole(entry: Mapping, name: str) -> int:
    """Return an ID or a count, 0 when it is missing, null or empty. Raises Misfit."""
    return whole(entry, name) if entry.get(name) else 0


def number(value: object) -> int:
    """Return an ID, a size or a count: a whole number that is not negative. Raises TypeError, ValueError."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError("not a whole number")
    if value < 0:
        raise ValueError("negative")
    return value


def quantity(value: object) -> float:
    """Return a time or a share: a number that is finite and not negative. Raises TypeError, ValueError."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError("not a number")
    if not 0 <= value < math.inf:
        raise ValueError("negative or not finite")
    return float(value)


def amount(entry: Mapping, name: str) -> float:
    """Return a time or a share: a number that is finite and not negative. Raises Misfit."""
    try:
        return quantity(entry.get(name))
    except (TypeError, ValueError):
        raise Misfit(name, "is not a number") from None


def flag(entry: Mapping, name: str) -> bool:
    """Return true or false. Raises Misfit."""
    value = entry.get(name)
    if not isinstance(value, bool):
        raise Misfit(name, "is neither true nor false")
    return value


def items(entry: Mapping, name: str) -> list[Any]:
    """Return a list. Raises Misfit."""
    value = entry.get(name)
    if not isinstance(value, list):
        raise Misfit(name, "is not a list")
    return value


def optional_items(entry: Mapping, name: str) -> list[Any]:
    """Return a list, [] when it is null or missing. Raises Misfit."""
    return [] if entry.get(name) is None else items(entry, name)


def optional_object(entry: Mapping, name: str) -> dict[str, Any]:
    """Return an object, {} when it is null, empty or missing. Raises Misfit."""
    value = entry.get(name) or {}
    if not isinstance(value, dict):
        raise Misfit(name, "is not an object")
    return value


def within(name: str, read: Callable[[Any], T], value: Any) -> T:
    """Return `read(value)` for a value of the member `name`. Raises Misfit with the path to the member that does not fit."""
    try:
        return read(value)
    except Misfit as exc:
        raise Misfit(f"{name}.{exc.member}", exc.why) from None
    except (AttributeError, LookupError, TypeError, ValueError, OverflowError):
        raise Misfit(name, "has an unexpected form") from None
