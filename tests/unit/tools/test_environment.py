# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which Python the front door takes, and what it says when there is none."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

TOOLS = Path(__file__).resolve().parents[3] / "tools"


def load(name):
    """A tool, which is no part of the collection's package."""
    spec = importlib.util.spec_from_file_location(name, TOOLS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


environment = load("environment")


def python(version, complete=True):
    return environment.Interpreter(f"/usr/bin/python{version[0]}.{version[1]}", version, complete)


def test_the_newest_that_is_complete():
    available = [python((3, 9)), python((3, 12)), python((3, 11)), python((3, 13), complete=False)]
    assert environment.newest(available) == python((3, 12))


@pytest.mark.parametrize(
    ("available", "sentence"),
    [
        ([], "Python 3.11 or newer is needed and was not found. Install one"),
        ([python((3, 9))], "was not found; found only Python 3.9 (/usr/bin/python3.9)."),
        ([python((3, 12), complete=False)], "Python 3.12 (/usr/bin/python3.12) cannot make virtual environments"),
        ([python((3, 12), complete=False)], "the package is python3.12-venv"),
    ],
)
def test_no_python_that_will_do(available, sentence):
    with pytest.raises(environment.SetupProblem) as problem:
        environment.newest(available)
    assert sentence in str(problem.value)


def test_stand_ins_that_fail_are_passed_over(tmp_path, monkeypatch):
    stand_in = tmp_path / "python3.99"
    stand_in.write_text("#!/bin/sh\nexit 127\n", encoding="utf-8")
    stand_in.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    available = list(environment.interpreters())
    assert available
    assert str(stand_in) not in [interpreter.path for interpreter in available]
