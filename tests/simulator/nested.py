# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checking parameters that are lists of objects."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from .errors import ApiError
from .parameters import Check, Parameter
from .settings import Switches


def objects_of(declared: Sequence[Parameter], null_counts: Collection[str] = ()) -> Check:
    """A list of objects with these members; others are ignored. Empty means not given, but for the null of some."""

    def check(name: str, value: Any, switches: Switches) -> list[dict[str, Any]]:
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise ApiError("xInvalidParameterType", f"{name} must be an array of objects")
        return [_checked(declared, null_counts, each, switches) for each in value]

    return check


def _checked(
    declared: Sequence[Parameter], null_counts: Collection[str], given: dict[str, Any], switches: Switches
) -> dict[str, Any]:
    checked: dict[str, Any] = {}
    for parameter in declared:
        if parameter.name not in given or (_is_empty(given[parameter.name]) and not parameter.required):
            if parameter.required:
                raise ApiError("xMissingParameter", f"Missing member=[{parameter.name}]")
            if parameter.name in null_counts and given.get(parameter.name, "") is None:
                checked[parameter.name] = None
        else:
            checked[parameter.name] = parameter.check(parameter.name, given[parameter.name], switches)
    return checked


def _is_empty(value: Any) -> bool:
    return value is None or value == "" or (value == 0 and not isinstance(value, bool))
