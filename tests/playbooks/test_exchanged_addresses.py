# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An inventory in which each of the two hosts has the address of the other one."""

from __future__ import annotations

import json
import os
import subprocess

import pytest

from ansible_collections.elementsw.replication.tests.simulator.server import serve
from ansible_collections.elementsw.replication.tests.simulator.world import World

WORLD = {
    "timings": "instant",
    "clusters": [{"name": name, "volumes": [{"name": "orders-db"}]} for name in ("alpha", "beta")],
    "cluster_pairs": [{"between": ["alpha", "beta"]}],
    "volume_pairs": [{"source": "alpha/orders-db", "target": "beta/orders-db"}],
}


@pytest.mark.journey
@pytest.mark.parametrize("kind", ["planned", "forced"])
def test_no_failover_and_a_warning_in_every_report(kind, collections_path, command_path, tmp_path):
    world = World.from_dict(WORLD)
    with serve(world) as running:
        inventory = running.inventory()
        hosts = inventory["element_clusters"]["hosts"]
        hosts["alpha"], hosts["beta"] = hosts["beta"], hosts["alpha"]
        (tmp_path / "sites.json").write_text(json.dumps(inventory), encoding="utf-8")
        env = {
            **os.environ,
            "ANSIBLE_COLLECTIONS_PATH": str(collections_path),
            "ANSIBLE_HOME": str(tmp_path),
            "ANSIBLE_NOCOLOR": "1",
            "COLUMNS": "1000",
            "PATH": command_path,
        }

        def play(name, cluster, peer, *more):
            given = ["-e", f"replication_cluster={cluster}", "-e", f"replication_peer={peer}", *more]
            command = ["ansible-playbook", "-i", "sites.json", f"elementsw.replication.{name}", *given]
            return subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, text=True, check=False)

        # The cluster that the host beta leads to is the source already; to make it writable could only harm.
        done = play("failover", "beta", "alpha", "-e", f"failover_kind={kind}")
        assert done.returncode == 2, done.stdout
        assert "host beta of the inventory leads to cluster alpha and alpha to cluster beta" in done.stdout
        assert "Nothing was written." in done.stdout
        status = play("status", "alpha", "beta")
        assert status.returncode == 0, status.stdout
        assert "host alpha of the inventory leads to cluster beta and beta to cluster alpha" in status.stderr
        assert world.writes() == []
