# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The commands of a report as a person pastes them: by a shell, with Ansible, on the inventory of the report."""

from __future__ import annotations

import json
import os
import subprocess

import pytest

from ansible_collections.elementsw.replication.tests.simulator.server import serve
from ansible_collections.elementsw.replication.tests.simulator.world import World
from ansible_collections.elementsw.replication.tests.unit.plugins.modules import combined_problems
from ansible_collections.elementsw.replication.tests.unit.plugins.modules.pasting import lines_of

# Calls of the API, hosts and administrators mend the others.
BY_HAND = {"volume_deleted", "access_conflict", "snapshot_limit", "sector_mismatch", "recovering"}
TAKEN = ("taken-there", "taken-here")


@pytest.mark.journey
def test_every_command_of_combined_problems_by_a_shell(collections_path, command_path, tmp_path):
    world = World.from_dict({"timings": "instant", **combined_problems.world()})
    with serve(world) as running:
        # A blank in its path shows whether it is quoted.
        inventory = tmp_path / "my sites.json"
        inventory.write_text(json.dumps(running.inventory()), encoding="utf-8")
        env = {
            **os.environ,
            "ANSIBLE_COLLECTIONS_PATH": str(collections_path),
            "ANSIBLE_HOME": str(tmp_path),
            "ANSIBLE_NOCOLOR": "1",
            "PATH": command_path,
        }

        def run(command):
            return subprocess.run(
                ["sh", "-c", command], env=env, cwd=tmp_path, capture_output=True, text=True, check=False
            )

        def problems():
            shown = run(f"ansible alpha -i '{inventory}' -m elementsw.replication.element_pair_info -a peer_host=beta")
            assert shown.returncode == 0, shown.stdout
            return json.loads(shown.stdout.partition("=>")[2])["problems"]

        found = problems()
        assert {problem["code"] for problem in found if problem["volume"] and not problem["command"]} <= BY_HAND | {
            "half_pair"
        }
        for _round in range(3):
            lines = [line for problem in found if problem["command"] for line in lines_of(problem["command"])]
            for line in lines:
                done = run(line)
                assert done.returncode == 0, (line, done.stdout, done.stderr)
            found = problems()
            if not any(problem["command"] for problem in found):
                break
        left = {problem["volume"]: problem["code"] for problem in found}
        assert {code for volume, code in left.items() if volume not in TAKEN} <= BY_HAND
        assert not [problem for problem in found if problem["command"]]
