# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection elementsw.replication: it can change without notice.
"""Members of replies, taken as what the API documentation says they are and as nothing else.

Converting would make something of anything: the text "None" of a missing UUID, equal to every other missing UUID;
volume 41 of the number 41.7; true of the text "false". Whatever does not fit raises Misfit, which names the member.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

T = TypeVar("T")


class Misfit(ValueError):
    """A member is not what the API documentation says it is. member: its name, or the path to it, with dots."""

    def __init__(self, member: str, why: str):
        super().__init__(f"{member} {why}")
        self.member = member
        self.why = why


def text(entry: Mapping, name: str) -> str:
    """A text that says something."""
    value = optional_text(entry, name)
    if not value:
        raise Misfit(name, "is missing or empty")
    return value


def optional_text(entry: Mapping, name: str) -> str:
    """A text; "" when it is empty, null or missing, which is all the same in this API."""
    value = entry.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Misfit(name, "is no text")
    return value


def whole(entry: Mapping, name: str) -> int:
    """An ID, a size or a count."""
    if entry.get(name) is None:
        raise Misfit(name, "is missing")
    try:
        return number(entry[name])
    except (TypeError, ValueError):
        raise Misfit(name, "is no whole number") from None


def identifier(entry: Mapping, name: str) -> int:
    """An ID; 0 stands for none in this API."""
    value = whole(entry, name)
    if not value:
        raise Misfit(name, "is 0, which is no ID")
    return value


def optional_whole(entry: Mapping, name: str) -> int:
    """An ID or a count; 0 when it is missing, null or empty."""
    return whole(entry, name) if entry.get(name) else 0


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


def amount(entry: Mapping, name: str) -> float:
    """A time or a share: not negative, and finite."""
    try:
        return quantity(entry.get(name))
    except (TypeError, ValueError):
        raise Misfit(name, "is no number") from None


def flag(entry: Mapping, name: str) -> bool:
    value = entry.get(name)
    if not isinstance(value, bool):
        raise Misfit(name, "is neither true nor false")
    return value


def items(entry: Mapping, name: str) -> list[Any]:
    value = entry.get(name)
    if not isinstance(value, list):
        raise Misfit(name, "is no list")
    return value


def optional_items(entry: Mapping, name: str) -> list[Any]:
    """A list; [] when it is null or missing."""
    return [] if entry.get(name) is None else items(entry, name)


def optional_object(entry: Mapping, name: str) -> dict[str, Any]:
    """An object; {} when it is null, empty or missing."""
    value = entry.get(name) or {}
    if not isinstance(value, dict):
        raise Misfit(name, "is no object")
    return value


def within(name: str, read: Callable[[Any], T], value: Any) -> T:
    """What `read` makes of something inside the member `name`; a misfit in there is named with the path to it."""
    try:
        return read(value)
    except Misfit as exc:
        raise Misfit(f"{name}.{exc.member}", exc.why) from None
    except (AttributeError, LookupError, TypeError, ValueError, OverflowError):
        raise Misfit(name, "holds what does not belong there") from None
