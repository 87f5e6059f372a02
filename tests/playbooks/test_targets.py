# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The integration targets, each with the ansible-core at hand. ansible-test runs the same ones on every version."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

TARGETS = Path(__file__).resolve().parents[1] / "integration" / "targets"


#: These take minutes each, and are a stage of their own: `make journeys`.
JOURNEYS = (
    "element_failover_rehearsal",
    "failover",
    "guide_failover",
    "guide_monitoring",
    "guide_pairing",
    "limits",
    "native_types",
    "readme",
    "report",
    "role_failover",
    "role_rehearse",
    "second_tool",
    "secrets",
    "shipped_playbooks",
    "status",
)
NAMES = sorted(path.parent.name for path in TARGETS.glob("*/runme.sh"))


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.journey) if name in JOURNEYS else name for name in NAMES]
)
def test_target(name, collections_path, command_path, tmp_path):
    folder = tmp_path / name
    shutil.copytree(TARGETS / name, folder)
    done = subprocess.run(
        ["bash", "runme.sh"],
        cwd=folder,
        env={**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(collections_path), "PATH": command_path},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
