# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read the variables of roles and playbooks, which surveys and the command line give as text.

Each function adds what is wrong to a list of problems, so that all of them are named at once.
"""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError

from ..module_utils._element.arguments import as_flag, is_unset, shown
from ._filter_input import names as names_in

#: From 0 to 1, how close a name must be to a known one to be taken for it. Variables that users name themselves are further away.
LIKENESS = 0.85
#: More than that is no number of days, but seconds or a date.
LONGEST_DAYS = 36500


def misspelled(names: Iterable[str], known: Iterable[str], prefix: str) -> list[str]:
    """Return what is wrong with the names that are almost those of known variables: what they ask for would be ignored.

    Almost is one that differs in a letter or two, or that shortens the name of one variable alone, such as qos for qos_policy.
    """
    behind_prefix = [name[len(prefix) :] for name in known]
    others = [
        name for name in sorted(set(names)) if name.startswith(prefix) and name[len(prefix) :] not in behind_prefix
    ]
    found = [(name, _almost(name[len(prefix) :], behind_prefix)) for name in others]
    return [f"{name} is no variable here: the name is {prefix}{close[0]}" for name, close in found if close]


def _almost(name: str, known: Sequence[str]) -> list[str]:
    close = difflib.get_close_matches(name, known, 1, LIKENESS)
    longer = [each for each in known if _shortens(name, each)]
    return close or (longer if len(longer) == 1 else [])


def _shortens(name: str, known: str) -> bool:
    """Whether each word of the name begins a word of the known one, in its order. Two letters say too little."""
    parts = iter(known.split("_"))
    return all(len(word) > 2 and any(other.startswith(word) for other in parts) for word in name.split("_"))


def flag(name: str, value: Any, default: bool | None, problems: list[str]) -> bool | None:
    """Return whether the variable is true, the default where it is not given."""
    if is_unset(value):
        return default
    found = as_flag(value)
    if found is None:
        problems.append(f"{name} is {shown(value)}, expected true or false")
    return bool(found)


def seconds(name: str, value: Any, problems: list[str]) -> float | None:
    """Return the number of seconds, None where the variable is not given or is no such number."""
    if is_unset(value):
        return None
    try:
        number = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not (math.isfinite(number) and number >= 0):
        problems.append(f"{name} is {shown(value)}, expected a number of seconds, such as 900")
        return None
    return number


def whole_seconds(name: str, value: Any, default: int, problems: list[str]) -> int:
    """Return the whole number of seconds, the default where the variable is not given or is no such number."""
    number = seconds(name, value, [])
    if number is None and is_unset(value):
        return default
    if number is None or number != int(number):
        problems.append(f"{name} is {shown(value)}, expected a whole number of seconds")
        return default
    return int(number)


def days(name: str, value: Any, default: int, problems: list[str]) -> int:
    """Return the whole number of days, at least 1, the default where the variable is not given or is no such number."""
    if is_unset(value):
        return default
    number = seconds(name, value, [])
    if number is None or number != int(number) or not 1 <= number <= LONGEST_DAYS:
        problems.append(f"{name} is {shown(value)}, expected a number of days, at least 1 and at most {LONGEST_DAYS}")
        return default
    return int(number)


def not_given_as_none(value: Any) -> Any:
    """Return None for empty text, which means the same as nothing. A text of blanks may be a list that lost its names."""
    return None if isinstance(value, str) and not value else value


def given_names(
    name: str, value: Any, instead: str, problems: list[str], *, may_be_empty: bool = False
) -> list[str] | None:
    """Return the names, None where nothing is given. What was given and names nothing is a problem.

    instead: what happens without the variable. may_be_empty: whether an empty list is permitted.
    """
    if value is None:
        return None
    try:
        found = names_in("names", name, value)
    except AnsibleFilterError:
        problems.append(f"{name} is {shown(value)}, expected names in a list, or text with commas or lines")
        return None
    if not found and not (may_be_empty and value == []):
        problems.append(f"{name} is {shown(value)} and names nothing: leave it out or empty to {instead}")
    return list(dict.fromkeys(found))


def outside(folders: list[str], not_below: str | None) -> list[str]:
    """Return the folders, each once, without those of the collection, which are not beside the files of the user."""
    root = f"{not_below.rstrip('/')}/" if not_below else None
    return [each for each in dict.fromkeys(folders) if root is None or not f"{each}/".startswith(root)]


def tasks_file(variable: str, value: Any, folders: Sequence[str], problems: list[str]) -> dict[str, Any] | None:
    """Return a file with tasks of the user: what was given, and the paths at which it may be, the first one first."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if not isinstance(value, str):
        problems.append(f"{variable} is {shown(value)}, expected the path of a file with tasks")
        return None
    path = value.strip()
    candidates = [path] if path.startswith("/") else [f"{folder.rstrip('/')}/{path}" for folder in folders]
    return {"variable": variable, "given": path, "candidates": candidates}
