# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The time limit of a task: Ansible would leave the module at work, and report that it was terminated."""

from __future__ import annotations

import json

import pytest

PAIR = "elementsw.replication.element_volume_pair"
COPYING = {"grace_polls": 0, "resuming_data_transfer_polls": "never"}
WAIT = {"peer_host": "beta", "volume": "orders-db", "wait_for": "in_sync", "wait_timeout": 60, "progress_interval": 2}


@pytest.fixture
def limited(sites, playbook, tmp_path):
    """Run the task with a time limit of a second for alpha and return its result and the site."""

    def run(options, fault, **world):
        clusters = [{"name": name, "volumes": [{"name": "orders-db"}]} for name in ("alpha", "beta")]
        site = sites(clusters, cluster_pairs=[{"between": ["alpha", "beta"]}], **world)
        if fault:
            site.world.faults.add(**fault)
        keep = {"ansible.builtin.copy": {"content": "{{ done | to_json }}", "dest": f"{tmp_path}/result.json"}}
        tasks = [{PAIR: options, "timeout": 1, "register": "done", "ignore_errors": True}, keep]
        done = playbook(site.running.inventory(), [{"hosts": "alpha", "gather_facts": False, "tasks": tasks}], tmp_path)
        assert done.returncode == 0, done.stdout
        return json.loads((tmp_path / "result.json").read_text(encoding="utf-8")), site

    return run


def test_writes_are_not_interrupted(limited):
    slow = {"cluster": "beta", "method": "CompleteVolumePairing", "fault": "slow", "seconds": 3}
    result, site = limited({"peer_host": "beta", "volume": "orders-db"}, slow, timings="instant")
    assert (result["failed"], result["changed"]) == (False, True), result
    assert [action["method"] for action in result["actions"]] == [call.method for call in site.world.writes()]


def test_a_wait_ends_with_its_whole_result(limited):
    result, site = limited(WAIT, None, timings=COPYING)
    assert (result["failed"], result["changed"]) == (True, True), result
    assert [action["method"] for action in result["actions"]] == [call.method for call in site.world.writes()]
    (pair,) = result["pairs"]
    assert (pair["state"], pair["error"]["code"]) == ("paired", "wait_timeout")
    assert "the timeout of the task ended the wait before wait_timeout did" in str(result["warnings"])


def test_nothing_is_written_after_a_limit_that_ended_before_the_decision(limited):
    """Whether an unreachable peer is up takes longer than the limit: what was not observed must not be decided."""
    forced = {
        **WAIT,
        "wait_for": "paired",
        "direction": "to_peer",
        "failover": "forced",
        "peer_unreachable": "local_only",
    }
    down = {"cluster": "beta", "fault": "refuse", "times": None}
    result, site = limited(forced, down, volume_pairs=[{"source": "beta/orders-db", "target": "alpha/orders-db"}])
    assert result["failed"], result
    assert "the timeout of the task was over before anything was written" in result["msg"]
    assert site.world.writes() == []
