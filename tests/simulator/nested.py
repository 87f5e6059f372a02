# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checking parameters that are objects, or lists of objects, with members of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .errors import ApiError
from .parameters import Check, Parameter
from .settings import Switches


def members_of(declared: Sequence[Parameter], given: dict[str, Any], switches: Switches) -> dict[str, Any]:
    """The checked members of an object. Those that are not declared are ignored."""
    for parameter in declared:
        if parameter.required and parameter.name not in given:
            raise ApiError("xMissingParameter", f"Missing member=[{parameter.name}]")
    return {
        parameter.name: parameter.check(parameter.name, given[parameter.name], switches)
        for parameter in declared
        if parameter.name in given and parameter.is_given(given[parameter.name], switches)
    }


def objects_of(declared: Sequence[Parameter]) -> Check:
    """A list of objects with these members."""

    def check(name: str, value: Any, switches: Switches) -> list[dict[str, Any]]:
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise ApiError("xInvalidParameterType", f"{name} must be an array of objects")
        return [members_of(declared, each, switches) for each in value]

    return check
