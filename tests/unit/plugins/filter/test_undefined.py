# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A variable that does not exist: before ansible-core 2.19 it reaches the filter, which must not take it for a value."""

from __future__ import annotations

import inspect
from importlib import import_module
from pathlib import Path

import pytest
from jinja2 import StrictUndefined, UndefinedError

PACKAGE = "ansible_collections.elementsw.replication.plugins.filter"
FILTERS = Path(import_module(PACKAGE).__path__[0])
NAMES = sorted(path.stem for path in FILTERS.glob("*.py") if path.stem != "__init__")


@pytest.mark.parametrize("name", NAMES)
def test_name_of_a_variable_that_does_not_exist(name):
    function = import_module(f"{PACKAGE}.{name}").FilterModule().filters()[name]
    parameters = inspect.signature(function).parameters.values()
    required = [parameter for parameter in parameters if parameter.default is parameter.empty]
    missing = StrictUndefined(name="forgotten")
    positional = [missing for parameter in required if parameter.kind is not parameter.KEYWORD_ONLY]
    named = {parameter.name: missing for parameter in required if parameter.kind is parameter.KEYWORD_ONLY}
    with pytest.raises(UndefinedError, match="'forgotten' is undefined"):
        function(*positional, **named)
