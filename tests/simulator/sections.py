# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading nested mappings so that every mistake is reported with the path of its key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from .errors import WorldError

REQUIRED: Any = object()


class Section:
    """One mapping of a description. Keys are taken out; what is left in the end is unknown."""

    def __init__(self, given: Any, path: str) -> None:
        if not isinstance(given, dict):
            raise WorldError(f"{path or 'world'}: {given!r} is no mapping")
        self._left = dict(given)
        self.path = path

    def __contains__(self, key: str) -> bool:
        return key in self._left

    def take(self, key: str, default: Any = REQUIRED, kind: Any = object) -> Any:
        """The value of a key, which must be of this kind (a bool is no int)."""
        if key not in self._left:
            if default is REQUIRED:
                raise WorldError(f"{self._at(key)}: missing")
            return default
        value = self._left.pop(key)
        if value is None and default is None:
            return None
        if not isinstance(value, kind) or (isinstance(value, bool) and kind in (int, (int, float))):
            raise WorldError(f"{self._at(key)}: {value!r} has the wrong type")
        return value

    def one_of(self, key: str, choices: Sequence[str], default: str | None = None) -> str:
        """One of the given words; without a default the first is it."""
        value = self.take(key, default or choices[0])
        if value not in choices:
            raise WorldError(f"{self._at(key)}: {value!r} is not one of {', '.join(choices)}")
        return value

    def several(self, key: str, choices: Sequence[str], default: Sequence[str] = ()) -> list[str]:
        """A list of given words."""
        values = self.take(key, list(default), list)
        for value in values:
            if value not in choices:
                raise WorldError(f"{self._at(key)}: {value!r} is not one of {', '.join(choices)}")
        return values

    def section(self, key: str) -> Section:
        return Section(self.take(key), self._at(key))

    def sections(self, key: str, required: bool = False) -> list[Section]:
        """The members of a list of mappings."""
        given = self.take(key, REQUIRED if required else [], list)
        return [Section(each, f"{self._at(key)}[{number}]") for number, each in enumerate(given)]

    def repeated(self) -> Iterator[Section]:
        """This section, or `count` copies of it in which `{n}` stands for their number, counted from 1."""
        if "count" not in self:
            yield self
            return
        for number in range(1, self.take("count", kind=int) + 1):
            copy = {key: _numbered(value, number) for key, value in self._left.items()}
            yield Section(copy, f"{self.path}({number})")

    def rest(self) -> dict[str, Any]:
        """All that has not been taken yet."""
        left, self._left = self._left, {}
        return left

    def done(self) -> None:
        """Refuse keys that nothing has taken."""
        if self._left:
            raise WorldError(f"{self._at(next(iter(self._left)))}: unknown key")

    def _at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key


def _numbered(value: Any, number: int) -> Any:
    if isinstance(value, list):
        return [_numbered(each, number) for each in value]
    return value.format(n=number) if isinstance(value, str) else value
