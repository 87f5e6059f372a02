# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checking the parameters of a call: names, types, enumeration values, null."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from .cluster import version_number
from .errors import ApiError
from .settings import Switches

ATTRIBUTES_BYTES = 1000
# Integers of the API have 64 bits.
INTEGERS = range(-(2**63), 2**63)
INTEGER = re.compile(r"-?[0-9]{1,19}")
# A century: what lasts longer might end after the last date there is.
LONGEST_HOURS = 100 * 366 * 24
# A retention: as long as there is room among the newest ones.
FIFO = "fifo"

Check = Callable[[str, Any, Switches], Any]


@dataclass(frozen=True)
class Parameter:
    """One parameter of a method and the API version that brought it.

    empty_values: which of 0, "" and None say something here. Where they do not, they are like leaving the parameter out.
    """

    name: str
    check: Check
    required: bool = False
    since: str = "1.0"
    empty_values: tuple[Any, ...] = ()

    def is_given(self, value: Any, switches: Switches) -> bool:
        """Whether the value says something: clients made of structures send the empty ones with every call."""
        if self.required or switches.parameter_types == "strict":
            return True
        if value == "0" and self.check is integer:
            value = 0
        if value not in (0, "", None):
            return True
        # False is a value, and a null in its place acts as false (observed).
        return isinstance(value, bool) or self.check is boolean or value in self.empty_values


def check_parameters(
    declared: Sequence[Parameter], given: Any, api_version: str, switches: Switches
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The checked values, and what the method does not know: that is ignored and reported, never refused."""
    if given is None and switches.parameter_types == "coerce":
        given = {}
    if not isinstance(given, dict):
        raise ApiError("xInvalidParameter", "params must be an object")
    endpoint = version_number(api_version)
    known = [parameter for parameter in declared if version_number(parameter.since) <= endpoint]
    names = {parameter.name for parameter in known}
    return checked_members(known, given, switches), {name: given[name] for name in given if name not in names}


def checked_members(declared: Sequence[Parameter], given: dict[str, Any], switches: Switches) -> dict[str, Any]:
    """The checked values of what is declared. Whatever else is given is left out."""
    for parameter in declared:
        if parameter.required and parameter.name not in given:
            raise ApiError("xMissingParameter", f"Missing member=[{parameter.name}]")
    return {
        each.name: each.check(each.name, given[each.name], switches)
        for each in declared
        if each.name in given and each.is_given(given[each.name], switches)
    }


def _wrong_type(name: str, wanted: str) -> ApiError:
    return ApiError("xInvalidParameterType", f"{name} must be {wanted}")


def integer(name: str, value: Any, switches: Switches) -> int:
    if isinstance(value, str) and switches.parameter_types == "coerce" and INTEGER.fullmatch(value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or value not in INTEGERS:
        raise _wrong_type(name, "an integer")
    return value


def nullable(check: Check) -> Check:
    """A parameter whose null says something, such as `for ever`."""

    def check_unless_null(name: str, value: Any, switches: Switches) -> Any:
        return None if value is None else check(name, value, switches)

    return check_unless_null


def text(name: str, value: Any, switches: Switches) -> str:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if is_number and switches.parameter_types == "coerce":
        return str(value)
    if not isinstance(value, str):
        raise _wrong_type(name, "a string")
    return value


def boolean(name: str, value: Any, switches: Switches) -> bool:
    # Observed on 12.5: a null in place of a boolean acts as false. Only leaving the member out leaves the choice open.
    if value is None:
        return False
    if value in ("true", "false") and switches.parameter_types == "coerce":
        return value == "true"
    if not isinstance(value, bool):
        raise _wrong_type(name, "a boolean")
    return value


def mapping(name: str, value: Any, switches: Switches) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _wrong_type(name, "an object")
    return value


def attributes(name: str, value: Any, switches: Switches) -> dict[str, Any]:
    """What people and tools have noted: documented to take less than 1000 bytes, all that JSON needs included."""
    given = mapping(name, value, switches)
    if switches.attributes_limit and len(json.dumps(given)) >= ATTRIBUTES_BYTES:
        raise ApiError("xInvalidParameter", f"{name} must take less than {ATTRIBUTES_BYTES} bytes")
    return given


def integers(name: str, value: Any, switches: Switches) -> list[int]:
    if not isinstance(value, list):
        raise _wrong_type(name, "an array")
    return [integer(name, member, switches) for member in value]


def texts(name: str, value: Any, switches: Switches) -> list[str]:
    if not isinstance(value, list):
        raise _wrong_type(name, "an array")
    return [text(name, member, switches) for member in value]


def objects(*declared: Parameter) -> Check:
    """A list of objects with these members; others in them are ignored."""

    def check(name: str, value: Any, switches: Switches) -> list[dict[str, Any]]:
        if not isinstance(value, list):
            raise _wrong_type(name, "an array")
        return [checked_members(declared, mapping(name, member, switches), switches) for member in value]

    return check


def one_of(*values: str) -> Check:
    """An enumeration; the canonical spelling is handed on."""

    def check(name: str, value: Any, switches: Switches) -> str:
        wanted = text(name, value, switches)
        for known in values:
            if wanted == known or (switches.any_case and wanted.lower() == known.lower()):
                return known
        raise ApiError("xUnrecognizedEnumString", wanted)

    return check


def hours_minutes_seconds(name: str, value: Any, switches: Switches) -> int:
    """A retention time, handed on in seconds. The vendor's user interface sends 24:0:00."""
    match = re.fullmatch(r"([0-9]{1,19}):([0-5]?[0-9]):([0-5]?[0-9])", text(name, value, switches))
    if not match:
        raise ApiError("xInvalidParameter", f"{name} must have the form HH:mm:ss")
    hours, minutes, seconds = (int(part) for part in match.groups())
    if hours > LONGEST_HOURS:
        raise ApiError("xInvalidParameter", f"{name} must have at most {LONGEST_HOURS} hours")
    return hours * 3600 + minutes * 60 + seconds


def retention(name: str, value: Any, switches: Switches) -> int | str:
    """How long a snapshot is kept: seconds, or FIFO."""
    if isinstance(value, str) and value.lower() == FIFO:
        return FIFO
    return hours_minutes_seconds(name, value, switches)
