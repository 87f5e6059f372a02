# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Modules, action plugins and the action group belong together; a module left out would run without its connections."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
import yaml

from ansible_collections.elementsw.replication.plugins.plugin_utils._action_base import ConnectedAction

ROOT = Path(__file__).resolve().parents[4]
PACKAGE = "ansible_collections.elementsw.replication.plugins.action"


def names(kind):
    return sorted(path.stem for path in (ROOT / "plugins" / kind).glob("*.py"))


def test_each_module_has_an_action_plugin():
    assert names("action") == names("modules")


def test_each_module_is_in_the_action_group():
    runtime = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))
    assert sorted(runtime["action_groups"]["element"]) == names("modules")


@pytest.mark.parametrize("name", names("action"))
def test_each_action_plugin_is_on_the_common_base(name):
    plugin = importlib.import_module(f"{PACKAGE}.{name}").ActionModule
    assert issubclass(plugin, ConnectedAction)
