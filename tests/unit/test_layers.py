# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Imports point one way, and what belongs together is named together."""

from __future__ import annotations

import ast
import pathlib
import re

import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
PLUGINS = ROOT / "plugins"
UTILS = "module_utils"
PAIRING = f"{UTILS}/_pairing"
OBSERVE, DECIDE, APPLY = f"{PAIRING}/observe", f"{PAIRING}/decide", f"{PAIRING}/apply"
RUN = f"{PAIRING}/run"
# What is read and what is planned.
STEPS_AND_OBJECTS = ("model", "views", "plan", "pairing_steps", "failover_steps", "rehearsal_steps", "rehearsal")
NOUNS = [f"{PAIRING}/{name}" for name in STEPS_AND_OBJECTS]
# Folder or file, the longest match counts -> the folders and files of the collection that it may import from.
MAY_IMPORT = {
    "action": ["plugin_utils"],
    "plugin_utils": ["plugin_utils", f"{UTILS}/_element/arguments"],
    "plugin_utils/_exchanged_hosts": [],
    "plugin_utils/_filter_input": [],
    # The event source runs on the controller what the module element_pair_info runs, without Ansible.
    "plugin_utils/_polling": [f"{UTILS}/_element", PAIRING, "plugin_utils/_problem_changes"],
    "plugin_utils/_problem_changes": [],
    "plugin_utils/_source_arguments": [f"{UTILS}/_element/arguments"],
    "plugin_utils/_pair_items": [f"{UTILS}/_element/arguments", f"{PAIRING}/pair_options"],
    "plugin_utils/_pair_texts": ["plugin_utils/_pair_items", f"{PAIRING}/pair_options"],
    "plugin_utils/_summary_parts": [f"{PAIRING}/model"],
    "plugin_utils/_variables": [f"{UTILS}/_element/arguments", "plugin_utils/_filter_input"],
    "plugin_utils/_pair_rows": [],
    "plugin_utils/_report_times": ["plugin_utils/_filter_input"],
    "plugin_utils/_rehearsals": ["plugin_utils/_report_times"],
    # Of the modules' code what neither reads nor decides anything about clusters: texts of names, sizes and empty values.
    "filter": [
        *(
            f"plugin_utils/_{name}"
            for name in (
                "exchanged_hosts",
                "filter_input",
                "pair_items",
                "pair_rows",
                "pair_texts",
                "rehearsals",
                "report_times",
                "summary_parts",
                "variables",
            )
        ),
        f"{UTILS}/_element/arguments",
        f"{PAIRING}/model",
        f"{PAIRING}/pair_options",
        f"{DECIDE}/sizes",
    ],
    "doc_fragments": [],
    "modules": [
        f"{UTILS}/_python",
        f"{UTILS}/_module",
        f"{UTILS}/_element/arguments",
        f"{PAIRING}/jobs",
        f"{PAIRING}/pair_options",
    ],
    f"{UTILS}/_python": [],
    f"{UTILS}/_module": [f"{UTILS}/_element", PAIRING],
    f"{UTILS}/_element": [f"{UTILS}/_element"],
    f"{UTILS}/_element/arguments": [],
    PAIRING: [f"{UTILS}/_element/errors", APPLY, *NOUNS, RUN, f"{PAIRING}/resume", f"{PAIRING}/outcome"],
    f"{PAIRING}/jobs": [f"{UTILS}/_element/errors", f"{UTILS}/_element/client", PAIRING],
    f"{PAIRING}/pair_options": [f"{DECIDE}/sizes", f"{PAIRING}/model"],
    f"{PAIRING}/results": [f"{UTILS}/_element/errors", DECIDE, *NOUNS],
    f"{PAIRING}/model": [f"{UTILS}/_element/errors"],
    f"{PAIRING}/failover_steps": NOUNS,
    f"{PAIRING}/rehearsal_steps": NOUNS,
    f"{PAIRING}/rehearsal": [f"{PAIRING}/model"],
    f"{PAIRING}/checkpoint": [],
    RUN: [f"{UTILS}/_element/client", f"{UTILS}/_element/errors", *NOUNS],
    OBSERVE: [f"{UTILS}/_element", OBSERVE, *NOUNS, RUN],
    DECIDE: [DECIDE, *NOUNS, f"{PAIRING}/checkpoint", f"{UTILS}/_element/errors", f"{UTILS}/_element/addresses"],
    APPLY: [
        APPLY,
        OBSERVE,
        *NOUNS,
        RUN,
        f"{PAIRING}/checkpoint",
        f"{DECIDE}/guard",
        f"{DECIDE}/health",
        f"{DECIDE}/sizes",
        f"{UTILS}/_element/errors",
        f"{UTILS}/_element/members",
        f"{UTILS}/_element/secret_forms",
    ],
}
# Packages outside of the standard library and of this collection -> the only places that may import them.
OUTSIDE = {
    "requests": [f"{UTILS}/_element/libraries"],
    "netaddr": [f"{UTILS}/_element/libraries"],
    "ansible": ["action", "filter", "plugin_utils", "modules", f"{UTILS}/_module"],
}
FILES = sorted(path.relative_to(PLUGINS) for path in PLUGINS.rglob("*.py"))


def imports(file):
    """Every import of a file: (package, None) from outside, (None, path below plugins) from this collection."""
    tree = ast.parse((PLUGINS / file).read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name.split(".")[0], None
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module.split(".")[0], None
        elif isinstance(node, ast.ImportFrom):
            base = file.parents[node.level - 1]
            target = base.joinpath(*(node.module or "").split(".")) if node.module else base
            for alias in node.names:
                deeper = target / alias.name
                is_file = (PLUGINS / deeper).with_suffix(".py").exists()
                yield None, (deeper if is_file else target).as_posix()


def below(path, folder):
    return path == folder or path.startswith(folder + "/")


@pytest.mark.parametrize("file", FILES, ids=str)
def test_imports(file):
    name = file.with_suffix("").as_posix()
    place = max((folder for folder in MAY_IMPORT if below(name, folder)), key=len)
    for package, inside in imports(file):
        if inside is not None:
            assert any(below(inside, allowed) for allowed in MAY_IMPORT[place]), f"{name} imports {inside}"
        elif package in OUTSIDE:
            assert any(below(name, allowed) for allowed in OUTSIDE[package]), f"{name} imports {package}"


@pytest.mark.parametrize("name", ["_polling", "_problem_changes", "_source_arguments"])
def test_the_event_source_needs_no_ansible(name):
    """It runs in the process of ansible-rulebook, whose Python need not have Ansible."""
    assert "ansible" not in {package for package, _inside in imports(pathlib.Path("plugin_utils", f"{name}.py"))}


@pytest.mark.parametrize("file", [file for file in FILES if file.parts[0] == "filter"], ids=str)
def test_filters_are_pure(file):
    """They take of Ansible its error alone, and nothing of the standard library that reads, writes or tells the time."""
    text = (PLUGINS / file).read_text(encoding="utf-8")
    assert {package for package, _inside in imports(file) if package} <= {
        "__future__",
        "ansible",
        "base64",
        "collections",
        "csv",
        "dataclasses",
        "datetime",
        "fnmatch",
        "hashlib",
        "html",
        "io",
        "json",
        "math",
        "typing",
        "yaml",
    }
    assert not re.search(r"\.(now|today|utcnow)\(|\bopen\(", text)
    assert re.findall(r"ansible\.[a-z]\w*(?= import)|import ansible", text) in ([], ["ansible.errors"])
    assert f'NAME = "{file.stem}"' in text or f'"{file.stem}": {file.stem}' in text


def test_modules_action_plugins_and_group_are_the_same():
    modules = {path.stem for path in (PLUGINS / "modules").glob("*.py")}
    actions = {path.stem for path in (PLUGINS / "action").glob("*.py")}
    runtime = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))
    assert modules == actions == set(runtime["action_groups"]["element"])


def test_only_the_door_writes():
    """Outside of `_element` and of Writer nothing calls a method of the API but reads."""
    for file in FILES:
        name = file.with_suffix("").as_posix()
        text = (PLUGINS / file).read_text(encoding="utf-8")
        if name not in (f"{UTILS}/_element/client", f"{APPLY}/writer") and not below(name, OBSERVE):
            assert ".call(" not in text, name
    methods = {
        node.value
        for file in FILES
        if below(file.as_posix(), OBSERVE)
        for node in ast.walk(ast.parse((PLUGINS / file).read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value[:1].isupper()
    }
    called = {name for name in methods if name.isalnum() and len(name) > 1}
    assert called == {name for name in called if name.startswith(("Get", "List"))}
