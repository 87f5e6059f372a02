# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Variables of roles and playbooks: what their values become, and whether others can have the same names.

With native types ansible-core before 2.19 makes a number of a text like 1e3: an account would be taken for another one.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted([*ROOT.glob("playbooks/**/*.yml"), *ROOT.glob("roles/*/tasks/*.yml")])
PREFIX = "elementsw.replication.element_"


def tasks(node):
    """Every dictionary of a file: plays, blocks, tasks."""
    if isinstance(node, dict):
        yield node
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from tasks(inner)


def names_in(module):
    """The options of a module that take a name: any text. Those of the fragments are not in its own documentation."""
    documented = import_module(f"ansible_collections.elementsw.replication.plugins.modules.{module}")
    options = yaml.safe_load(documented.DOCUMENTATION)["options"]
    texts = {name for name, option in options.items() if option.get("type") == "str" and "choices" not in option}
    return (texts | {"peer_host"}) - {"size"}


def given():
    """Each name that a task of a role or of a playbook gives to a module as a template."""
    for file in FILES:
        for task in tasks(yaml.safe_load(file.read_text(encoding="utf-8"))):
            for action, options in task.items():
                if action.startswith(PREFIX) and isinstance(options, dict):
                    known = names_in(action[len("elementsw.replication.") :])
                    yield from (
                        pytest.param(value, id=f"{file.relative_to(ROOT)}-{name}")
                        for name, value in options.items()
                        if name in known and "{{" in str(value)
                    )


@pytest.mark.parametrize("value", list(given()))
def test_a_name_stays_a_text(value):
    assert "| string" in value


def own_variables():
    """The variables that tasks of roles and playbooks set: with vars, register, set_fact and loops."""
    for file in FILES:
        for task in tasks(yaml.safe_load(file.read_text(encoding="utf-8"))):
            own = [*task.get("vars", {}), *task.get("ansible.builtin.set_fact", {})]
            own += [task["register"]] if "register" in task else []
            own += [task.get("loop_control", {}).get("loop_var", "item")] if "loop" in task else []
            yield from (pytest.param(name, id=f"{file.relative_to(ROOT)}-{name}") for name in own)


@pytest.mark.parametrize("name", list(own_variables()))
def test_no_variable_has_a_general_name(name):
    """Variables of the command line take precedence, and a survey can have any that is a single word."""
    assert "_" in name
