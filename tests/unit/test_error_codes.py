# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The list of codes in the documentation is the list in the code, and the code uses no other."""

from __future__ import annotations

import ast
import pathlib
import re

import pytest

from ansible_collections.elementsw.replication.plugins.module_utils._element.errors import CODES
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.report.findings import PROBLEMS

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = {
    "Code": ROOT / "docs" / "docsite" / "rst" / "error_codes.rst",
    "Problem": ROOT / "docs" / "docsite" / "rst" / "problem_codes.rst",
}


def documented(heading):
    """The first column of the table with this heading, in its order."""
    text = (
        PAGES[heading]
        .read_text(encoding="utf-8")
        .split(f"* - {heading}\n", 1)[1]
        .split(".. _ansible_collections", 1)[0]
    )
    return re.findall(r"^   \* - ``(\w+)``$", text, re.MULTILINE)


def test_every_code_is_documented_once_in_order():
    assert documented("Code") == sorted(CODES)
    table = PAGES["Code"].read_text(encoding="utf-8").split("* - Code\n", 1)[1]
    for code, rest in re.findall(r"^   \* - ``(\w+)``\n((?:     - .+\n)+)", table, re.MULTILINE):
        assert len(rest.splitlines()) == len(("meaning", "what was left", "what to do")), code


def test_every_problem_is_documented_with_its_severity_the_worst_first():
    assert documented("Problem") == list(PROBLEMS)
    text = PAGES["Problem"].read_text(encoding="utf-8")
    for code, (severity, _remedy) in PROBLEMS.items():
        assert f"* - ``{code}``\n     - {severity}\n" in text


def used_codes():
    """The code of every Failure, Unanswered, refusal and requirement that is made, where it is a literal."""
    for path in sorted((ROOT / "plugins" / "module_utils").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, (ast.Name, ast.Attribute)):
                called = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
                position = {"Failure": 0, "Unanswered": 0, "recoded": 0, "refusal": 1, "require": 1}.get(called)
                if position is not None and len(node.args) > position:
                    for leaf in ast.walk(node.args[position]):
                        if isinstance(leaf, ast.Constant) and isinstance(leaf.value, str):
                            yield leaf.value, f"{path.relative_to(ROOT)}:{node.lineno}"


def test_the_code_uses_no_other():
    assert [(code, where) for code, where in used_codes() if code not in CODES] == []


@pytest.mark.parametrize("code", sorted(CODES - {"permission"}))
def test_every_code_is_used(code):
    assert code in {used for used, _where in used_codes()} | {"api_error"}
