# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection elementsw.replication: it can change without notice.
"""Lists of objects, each read by itself: one that does not fit is kept as unreadable, and spoils no other one."""

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
    """One kind of object and how it is read."""

    #: What it is, in words.
    word: str
    #: Makes the object of what the list holds. Raises Misfit.
    parse: Callable[[dict], T]
    #: The members that hold its ID and its name; empty where it has none.
    id_member: str
    name_member: str = ""
    #: What no two objects of a list share, by the member that holds it. A key that is empty is none.
    once: Mapping[str, Callable[[T], Any]] = field(default_factory=dict)
    #: What an object that cannot be read becomes, and what more of it can be read.
    unreadable: Callable[..., U] = Unreadable  # type: ignore[assignment]
    more: Callable[[Mapping], dict[str, Any]] = _nothing_more


@dataclass(frozen=True)
class _Read(Generic[T]):
    """An object at its place, with what the list holds for it."""

    place: int
    entry: Mapping
    one: T


def read(kind: Kind[T, U], method: str, entries: Iterable[Any]) -> Listed[T, U]:
    """The objects of a list. Of several with the same ID none can be told from the others, so none is readable."""
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
        odd += [_unreadable(kind, method, each.place, each.entry, Misfit(member, "is there twice")) for each in twice]
    return Listed(tuple(each.one for each in fitting), tuple(odd))


def _parsed(kind: Kind[T, Any], entry: Any) -> T:
    if not isinstance(entry, dict):
        raise Misfit("", "is no object")
    try:
        return kind.parse(entry)
    except (AttributeError, LookupError, TypeError, OverflowError):
        raise Misfit("", "holds what does not belong there") from None


def _apart(found: Sequence[_Read[T]], key: Callable[[T], Any], taken: Iterable[Any]) -> tuple[list, list]:
    """Those whose key nothing else has, and the others."""
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
    """A text, which may be empty; None where it is missing or something else."""
    value = entry.get(name)
    return value if isinstance(value, str) else None
