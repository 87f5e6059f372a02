# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the sanity test `pylint` refuses and ruff has no rule for: seen here at once, there after most of an hour."""

from __future__ import annotations

import ast
import pathlib

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
#: `bad-names` in ansible-test's settings for collections.
REFUSED = {"_", "bar", "baz", "foo", "tata", "toto", "tutu"}
FOLDERS = (".ci", "docs", "extensions", "plugins", "tests", "tools")
FILES = sorted(
    path
    for folder in FOLDERS
    for path in (ROOT / folder).rglob("*.py")
    if "output" not in path.relative_to(ROOT).parts  # what ansible-test writes
)


def refused_names(source: str) -> list[str]:
    """Where a name that pylint refuses is given to a variable, an argument, a function or a class."""
    return [
        f"line {node.lineno}: {name}"
        for node in ast.walk(ast.parse(source))
        for name in [_name_given(node)]
        if name in REFUSED
    ]


def _name_given(node: ast.AST) -> str | None:
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        return node.id
    if isinstance(node, ast.arg):
        return node.arg
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return node.name
    return None


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ('path, _, place = link.partition("#")', 1),
        ("for _ in range(2): pass", 1),
        ("def foo(bar): pass", 2),
        ('path, _hash, place = link.partition("#")', 0),
        ("print(_)", 0),
    ],
)
def test_refused_names_are_seen(source, count):
    assert len(refused_names(source)) == count


def comparisons_of_types(source: str) -> list[str]:
    """Where `type(value)` is compared with anything but another `type(…)`."""
    return [
        f"line {node.lineno}: {ast.unparse(node)}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Compare)
        and [_is_type_call(each) for each in (node.left, *node.comparators)] == [True, False]
    ]


def _is_type_call(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "type" and len(node.args) == 1


@pytest.mark.parametrize(
    ("source", "count"),
    [("type(a) is not int", 1), ("type(a[1]) == KINDS[b]", 1), ("type(a) is type(b)", 0), ("isinstance(a, int)", 0)],
)
def test_comparisons_of_types_are_seen(source, count):
    assert len(comparisons_of_types(source)) == count


@pytest.mark.parametrize("path", FILES, ids=[path.relative_to(ROOT).as_posix() for path in FILES])
def test_pylint_refuses_nothing_of_it(path):
    source = path.read_text(encoding="utf-8")
    assert refused_names(source) + comparisons_of_types(source) == []
