# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What netapp.elementsw documents of its modules, read from the modules themselves."""

from __future__ import annotations

import ast
import os
from pathlib import Path
from typing import Any

import yaml

#: Names the folder that the stage has unpacked the collection into.
COLLECTIONS_VARIABLE = "PREDECESSOR_COLLECTIONS"
MODULES = ("na_elementsw_cluster_pair", "na_elementsw_volume_pair", "na_elementsw_volume")


def source(module: str) -> str:
    folder = Path(os.environ[COLLECTIONS_VARIABLE]) / "ansible_collections" / "netapp" / "elementsw"
    return (folder / "plugins" / "modules" / f"{module}.py").read_text(encoding="utf-8")


def examples(module: str) -> list[dict[str, Any]]:
    return yaml.safe_load(_constant(module, "EXAMPLES"))


def example(name: str) -> dict[str, Any]:
    """The task of this name in the documentation of one of the modules."""
    (task,) = (task for module in MODULES for task in examples(module) if task["name"] == name)
    return task


def options(module: str) -> dict[str, dict[str, Any]]:
    """The options of the module, without those of the connection."""
    return yaml.safe_load(_constant(module, "DOCUMENTATION"))["options"]


def _constant(module: str, name: str) -> str:
    for node in ast.parse(source(module)).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == name:
            return str(ast.literal_eval(node.value))
    raise LookupError(f"{module} has no {name}")
