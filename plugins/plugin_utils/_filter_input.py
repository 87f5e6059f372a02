# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Check what a filter was given, and make plain builtins of it.

Templates hand over tagged texts, lazy containers and mappings of hosts. A filter that computes with them, or returns
them, depends on the release of ansible-core; builtins behave the same in all of them.
"""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from typing import Any

from ansible.errors import AnsibleFilterError
from jinja2 import StrictUndefined

PREFIX = "elementsw.replication."


def plain(value: Any) -> Any:
    """Return the value with builtins in place of every tagged text or number, lazy container and mapping."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    if isinstance(value, Mapping):
        return {plain(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, (Sequence, Set)) and not isinstance(value, (bytes, bytearray)):
        return [plain(inner) for inner in value]
    return value


def dictionary(name: str, argument: str, value: Any, expected: str) -> dict[str, Any]:
    """Return the dictionary as builtins. Raise AnsibleFilterError for anything else."""
    if not isinstance(value, Mapping):
        raise _not_expected(name, argument, value, f"a dictionary, {expected}")
    return plain(value)


def sequence(name: str, argument: str, value: Any, expected: str) -> list[Any]:
    """Return the list as builtins. Raise AnsibleFilterError for anything else, such as a text."""
    if isinstance(value, (str, bytes)) or not isinstance(value, Sequence):
        raise _not_expected(name, argument, value, f"a list, {expected}")
    return plain(value)


def dictionaries(name: str, argument: str, value: Any, expected: str) -> list[dict[str, Any]]:
    """Return the list of dictionaries as builtins. Raise AnsibleFilterError for anything else."""
    return [
        dictionary(name, f"item {number} of {argument}", item, expected)
        for number, item in enumerate(sequence(name, argument, value, expected), 1)
    ]


def text(name: str, argument: str, value: Any, expected: str = "a text") -> str:
    """Return the text as a builtin. Raise AnsibleFilterError for anything else."""
    if not isinstance(value, str):
        raise _not_expected(name, argument, value, expected)
    return plain(value)


def names(name: str, argument: str, value: Any) -> list[str]:
    """Return the names of a list, or of a text with commas or lines, without blanks around them and empty pieces.

    Nothing is an empty list. Raise AnsibleFilterError for anything else, such as a list with a dictionary in it.
    """
    if value is None:
        return []
    if isinstance(value, str):
        pieces: list[Any] = [piece for line in plain(value).splitlines() for piece in line.split(",")]
    else:
        pieces = sequence(name, argument, value, "or a text with names between commas")
    return [
        piece for number, item in enumerate(pieces, 1) if (piece := _name(name, f"item {number} of {argument}", item))
    ]


def _name(name: str, argument: str, item: Any) -> str:
    """A name that YAML reads as a number is a name all the same."""
    if item is None:
        return ""
    if isinstance(item, bool) or not isinstance(item, (str, int)):
        raise _not_expected(name, argument, item, "a name")
    return str(item).strip()


@contextmanager
def shaped(name: str, expected: str) -> Iterator[None]:
    """Report what is missing inside of a dictionary, or of another type there, as AnsibleFilterError."""
    try:
        yield
    except KeyError as missing:
        raise AnsibleFilterError(
            f"{PREFIX}{name}: {missing} is missing in the input, expected {expected}."
        ) from missing
    except (AttributeError, TypeError) as wrong:
        raise AnsibleFilterError(f"{PREFIX}{name}: the input is not as expected, {expected}: {wrong}.") from wrong


def _not_expected(name: str, argument: str, value: Any, expected: str) -> AnsibleFilterError:
    """The type is named and not the value, which can be long.

    Raise UndefinedError with the name of a variable that does not exist: before ansible-core 2.19 it reaches the filter.
    """
    if isinstance(value, StrictUndefined):
        str(value)
    return AnsibleFilterError(f"{PREFIX}{name}: {argument} is of type {type(value).__name__}, expected {expected}.")
