# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists of objects. Each object is read separately, so that an unreadable one does not affect the others."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from ..._element.members import Misfit, number
from ..views import Listed, Unreadable

T = TypeVar("T")
U = TypeVar("U", bound=Unreadable)


def _nothing_more(entry: Mapping) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Kind(Generic[T, U]):
    """One kind of object and how to read it."""

    #: The name of the kind in messages.
    word: str
    #: Returns the object for an entry of the list. Raises Misfit.
    parse: Callable[[dict], T]
    #: The members with its ID and its name; empty if it has none.
    id_member: str
    name_member: str = ""
    #: The keys that must be unique in a list, by the member that has them. An empty key does not count.
    once: Mapping[str, Callable[[T], Any]] = field(default_factory=dict)
    #: The class for an unreadable object, and a function that reads more of its fields.
    unreadable: Callable[..., U] = Unreadable  # type: ignore[assignment]
    more: Callable[[Mapping], dict[str, Any]] = _nothing_more


@dataclass(frozen=True)
class _Read(Generic[T]):
    """An object with its place in the list, counted from 1, and its entry there."""

    place: int
    entry: Mapping
    one: T


def read(kind: Kind[T, U], method: str, entries: Iterable[Any]) -> Listed[T, U]:
    """Return the objects of a list. Several objects with the same ID are ambiguous, so none of them is readable."""
    fitting: list[_Read[T]] = []
    odd: list[U] = []
    for place, entry in enumerate(entries, 1):
        try:
            fitting.append(_Read(place, entry, _parsed(kind, entry)))
        except Misfit as exc:
            odd.append(_unreadable(kind, method, place, entry, exc))
    for member, key in kind.once.items():
        taken = [each.id for each in odd if each.id is not None] if member == kind.id_member else []
        fitting, twice = _apart(fitting, key, taken)
        odd += [_unreadable(kind, method, each.place, each.entry, Misfit(member, "is not unique")) for each in twice]
    return Listed(tuple(each.one for each in fitting), tuple(odd))


def _parsed(kind: Kind[T, Any], entry: Any) -> T:
    if not isinstance(entry, dict):
        raise Misfit("", "is not an object")
    try:
        return kind.parse(entry)
    except (AttributeError, LookupError, TypeError, OverflowError):
        raise Misfit("", "has an unexpected form") from None


def _apart(found: Sequence[_Read[T]], key: Callable[[T], Any], taken: Iterable[Any]) -> tuple[list, list]:
    """Return the objects with a unique key, and the others."""
    counts = Counter(taken)
    counts.update(key(each.one) for each in found if key(each.one))
    single: list[_Read[T]] = []
    twice: list[_Read[T]] = []
    for each in found:
        (twice if counts[key(each.one)] > 1 else single).append(each)
    return single, twice


def _unreadable(kind: Kind[Any, U], method: str, place: int, entry: Any, misfit: Misfit) -> U:
    known = entry if isinstance(entry, dict) else {}
    more = kind.more(known) if known else {}
    object_id, name = _id(known.get(kind.id_member)), text_or_none(known, kind.name_member)
    return kind.unreadable(kind.word, method, place, misfit.member, misfit.why, object_id, name, **more)


def _id(value: object) -> int | None:
    try:
        return number(value)
    except (TypeError, ValueError):
        return None


def text_or_none(entry: Mapping, name: str) -> str | None:
    """Return a text, which may be empty; None if it is missing or of another type."""
    value = entry.get(name)
    return value if isinstance(value, str) else None
