# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Steps and options are made with keywords: with five texts and two volumes in a row no one sees which is which."""

from __future__ import annotations

import ast
import pathlib

import pytest

PLUGINS = pathlib.Path(__file__).resolve().parents[2] / "plugins"
PAIRING = PLUGINS / "module_utils" / "_pairing"
# Where steps and options are defined.
HOMES = (
    "plan",
    "pairing_steps",
    "failover_steps",
    "rehearsal_steps",
    "decide/volume_pair/desired",
    "decide/cluster_pair/state",
    "decide/rehearsal/state",
)
# Dataclasses of these files that are neither.
OTHERS = {"Verdict", "ObservedClusterPair"}
FILES = sorted(PLUGINS.rglob("*.py"))


def _dataclasses(path: pathlib.Path) -> set[str]:
    return {
        node.name
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef) and any("dataclass" in ast.unparse(each) for each in node.decorator_list)
    }


KINDS = {name for home in HOMES for name in _dataclasses(PAIRING / f"{home}.py")} - OTHERS


def positional_calls(source: str) -> list[str]:
    """The calls that make a step or options and give anything by its position."""
    return [
        f"line {node.lineno}: {ast.unparse(node.func)}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and node.args and ast.unparse(node.func).rpartition(".")[2] in KINDS
    ]


def test_kinds_are_found():
    assert {"SetAccess", "Promote", "PairOptions", "DesiredPair", "ClusterPairOptions", "Plan"} <= KINDS


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("SetMode(item=0, side=LOCAL)", 0),
        ("SetMode(0, side=LOCAL)", 1),
        ("plan.SetMode(*these)", 1),
        ("other(LOCAL)", 0),
    ],
)
def test_positions_are_seen(source, count):
    assert len(positional_calls(source)) == count


@pytest.mark.parametrize("path", FILES, ids=[path.relative_to(PLUGINS).as_posix() for path in FILES])
def test_steps_and_options_are_made_with_keywords(path):
    assert positional_calls(path.read_text(encoding="utf-8")) == []
