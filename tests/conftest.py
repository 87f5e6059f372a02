# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Let `import ansible_collections.elementsw.replication` find this checkout, wherever it lies."""

from __future__ import annotations

import importlib.machinery
import json
import os
import pathlib
import sys
import types

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[1]
NAMESPACE, NAME = "elementsw", "replication"


def _alias_checkout() -> None:
    """Make the checkout importable by its full name in this process, unless ansible-test already has."""
    for name, path in (
        ("ansible_collections", []),
        (f"ansible_collections.{NAMESPACE}", []),
        (f"ansible_collections.{NAMESPACE}.{NAME}", [str(ROOT)]),
    ):
        if name not in sys.modules:
            module = types.ModuleType(name)
            module.__path__ = path
            module.__spec__ = importlib.machinery.ModuleSpec(name, None, is_package=True)
            sys.modules[name] = module


def _enclosing_tree() -> pathlib.Path | None:
    """The folder that holds `ansible_collections/elementsw/replication`, when the checkout lies in one."""
    if ROOT.parts[-3:] == ("ansible_collections", NAMESPACE, NAME):
        return ROOT.parents[2]
    return None


_alias_checkout()

# The collection and its tests pass each parameter in its own type: nothing is left to the kindness of a cluster. Inherited
# by every world, also in processes of its own. Other switches come from outside, to run all tests under them.
os.environ["SIMULATOR_SWITCHES"] = json.dumps(
    {"parameter_types": "strict", **json.loads(os.environ.get("SIMULATOR_SWITCHES") or "{}")}
)
# Dates that move with the calls, so that runs can be repeated exactly.
os.environ.setdefault("SIMULATOR_CLOCK", "2025-05-01T10:00:00Z")


@pytest.fixture(scope="session")
def collections_path(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """What a child process needs as ANSIBLE_COLLECTIONS_PATH (or PYTHONPATH) to find this checkout."""
    tree = _enclosing_tree()
    if tree is None:
        tree = tmp_path_factory.mktemp("collections")
        parent = tree / "ansible_collections" / NAMESPACE
        parent.mkdir(parents=True)
        (parent / NAME).symlink_to(ROOT, target_is_directory=True)
    return tree


@pytest.fixture(scope="session")
def command_path() -> str:
    """PATH for a child process: `python` and `ansible-playbook` are those of the environment that runs the tests."""
    own = pathlib.Path(sys.executable).parent
    return os.pathsep.join([str(own.parent / "commands"), str(own), os.environ.get("PATH", os.defpath)])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each worker its share of the playbooks, which take up to minutes each, in the first half of its unbroken part."""
    playbooks = [item for item in items if item.path.parent.name == "playbooks"]
    others = [item for item in items if item.path.parent.name != "playbooks"]
    # Whole targets take longest.
    playbooks.sort(key=lambda item: item.path.name != "test_targets.py")
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    items[:] = [
        item
        for worker in range(workers)
        for item in _spread(
            playbooks[worker::workers],
            others[len(others) * worker // workers : len(others) * (worker + 1) // workers],
        )
    ]


def _spread(long: list[pytest.Item], short: list[pytest.Item]) -> list[pytest.Item]:
    """The long ones at equal distances over the first half of the short ones, beginning with a long one."""
    distance = len(short) // (2 * len(long)) if long else 0
    parts = [[item, *short[place * distance : (place + 1) * distance]] for place, item in enumerate(long)]
    return [*(item for part in parts for item in part), *short[len(long) * distance :]]
