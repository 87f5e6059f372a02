# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A module that runs with a Python that is too old says so, in place of a syntax error.

ansible-core 2.16 runs modules with Python 3.6 to 3.8 too.
"""

from __future__ import annotations

import ast
import glob
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from ansible_collections.elementsw.replication.plugins.module_utils import _python

PLUGINS = Path(__file__).resolve().parents[4] / "plugins"
MODULES = sorted((PLUGINS / "modules").glob("*.py"))
DOCUMENTATION = ["DOCUMENTATION", "EXAMPLES", "RETURN"]


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 6, 15), (3, 8, 18)])
def test_too_old(version):
    shown = ".".join(map(str, version))
    assert _python.too_old(version, "/usr/bin/python3") == (
        f"Python 3.9 or later is needed where the module runs; found {shown} at /usr/bin/python3; set "
        "ansible_python_interpreter"
    )


@pytest.mark.parametrize("version", [(3, 9, 0), (3, 13, 0), (4, 0, 0)])
def test_new_enough(version):
    assert _python.too_old(version, "/usr/bin/python3") is None


@pytest.mark.parametrize("file", [*MODULES, PLUGINS / "module_utils" / "_python.py"], ids=lambda file: file.stem)
def test_an_old_python_can_parse_what_checks_it(file):
    tree = ast.parse(file.read_text(encoding="utf-8"), feature_version=(3, 6))
    # Python 3.6 refuses `from __future__ import annotations`, and `ast` does not.
    assert [node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == "__future__"] == []


@pytest.mark.parametrize("file", MODULES, ids=lambda file: file.stem)
def test_the_oldest_python_can_evaluate_the_annotations(file):
    """Without `from __future__ import annotations` they are evaluated, and Python 3.9 has no `str | None`."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    annotations = [node.returns for node in functions]
    annotations += [argument.annotation for node in functions for argument in (*node.args.args, *node.args.kwonlyargs)]
    annotations += [node.annotation for node in ast.walk(tree) if isinstance(node, ast.AnnAssign)]
    assert [ast.unparse(each) for each in annotations if each and "|" in ast.unparse(each)] == []


@pytest.mark.parametrize("file", MODULES, ids=lambda file: file.stem)
def test_a_module_checks_before_it_imports_anything_else(file):
    tree = ast.parse(file.read_text(encoding="utf-8"))
    *documentation, imported, call = tree.body[: len(DOCUMENTATION) + 2]
    assert [ast.unparse(node).partition(" ")[0] for node in documentation] == DOCUMENTATION
    assert ast.unparse(imported) == "from ..module_utils._python import require_python"
    assert ast.unparse(call) == "require_python()"


def interpreter(version: str) -> str | None:
    """A Python of that version that really runs. A version manager's stand-ins may be on the path and fail."""
    managed = os.path.join(os.environ.get("PYENV_ROOT") or os.path.expanduser("~/.pyenv"), "versions")
    for path in (shutil.which(f"python{version}"), *glob.glob(os.path.join(managed, f"{version}.*", "bin", "python"))):
        if path and subprocess.run([path, "-V"], capture_output=True, check=False).returncode == 0:
            return path
    return None


@pytest.mark.parametrize("version", ["3.6", "3.7", "3.8"])
def test_with_an_old_python(version, collections_path):
    python = interpreter(version)
    if python is None:
        pytest.skip(f"this machine has no Python {version}")
    for file in MODULES:
        name = f"ansible_collections.elementsw.replication.plugins.modules.{file.stem}"
        done = subprocess.run(
            [python, "-B", "-c", f"import runpy; runpy.run_module('{name}', run_name='__main__')"],
            env={"PYTHONPATH": str(collections_path), "LC_ALL": "C.UTF-8"},
            capture_output=True,
            text=True,
            check=False,
        )
        result = json.loads(done.stdout)
        assert (done.returncode, done.stderr, result["failed"], result["changed"]) == (1, "", True, False)
        assert result["msg"].startswith(f"Python 3.9 or later is needed where the module runs; found {version}.")
