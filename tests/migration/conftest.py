# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The clusters as netapp.elementsw needs them: on port 443 of their MVIPs, with the switches that users have."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.elementsw.replication.tests.migration.predecessor import COLLECTIONS_VARIABLE
from ansible_collections.elementsw.replication.tests.migration.scene import Scene
from ansible_collections.elementsw.replication.tests.simulator.settings import SWITCHES_VARIABLE


@pytest.fixture(autouse=True, scope="package")
def _shipped_switches() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(SWITCHES_VARIABLE, raising=False)
        yield


@pytest.fixture
def scene(
    collections_path: Path, command_path: str, tmp_path: Path, worker_id: str
) -> Callable[[dict[str, Any]], AbstractContextManager[Scene]]:
    """Serves a world, for a `with`, and runs playbooks on it. Each worker has addresses of its own."""
    worker = int(worker_id.removeprefix("gw")) if worker_id != "master" else 0
    env = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": os.pathsep.join([os.environ[COLLECTIONS_VARIABLE], str(collections_path)]),
        "ANSIBLE_HOME": str(tmp_path / "home"),
        "ANSIBLE_NOCOLOR": "1",
        "PATH": command_path,
    }
    return lambda world: Scene.serve(world, f"127.{64 + worker}", tmp_path, env)
