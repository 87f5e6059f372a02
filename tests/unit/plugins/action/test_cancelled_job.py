# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A playbook that is killed during a long wait: no call of the module follows the one that runs."""

from __future__ import annotations

import os
import signal
import threading
import time

COPYING = {"grace_polls": 0, "resuming_data_transfer_polls": "never"}
WAIT = {"peer_host": "beta", "volume": "orders-db", "wait_for": "in_sync", "wait_timeout": 30, "progress_interval": 1}
#: The number of the process that Ansible's own process for this task comes from.
OF_ANSIBLE = "{{ lookup('ansible.builtin.pipe', 'ps -o ppid= -p $PPID') }}"


def test_a_wait_is_not_resumed_when_ansible_is_gone(sites, playbook, tmp_path):
    """From ansible-core 2.19 on the process of a task is in a session of its own, and outlives a kill of the others."""
    clusters = [{"name": name, "volumes": [{"name": "orders-db"}]} for name in ("alpha", "beta")]
    site = sites(clusters, cluster_pairs=[{"between": ["alpha", "beta"]}], timings=COPYING)
    keep = {"ansible.builtin.copy": {"content": OF_ANSIBLE, "dest": str(tmp_path / "process")}}
    wait = {"elementsw.replication.element_volume_pair": WAIT}
    plays = [{"hosts": "alpha", "gather_facts": False, "tasks": [keep, wait]}]

    def called():
        return len(site.world.calls_of("beta", "GetClusterInfo"))

    def kill():
        while called() < 2:
            threading.Event().wait(0.01)
        os.kill(int((tmp_path / "process").read_text(encoding="utf-8")), signal.SIGKILL)

    killer = threading.Thread(target=kill, daemon=True)
    killer.start()
    done = playbook(site.running.inventory(), plays, tmp_path)
    killer.join()
    assert done.returncode == -signal.SIGKILL, done.stdout
    deadline = time.monotonic() + 10 * WAIT["progress_interval"]
    while called() == 2 and time.monotonic() < deadline:
        threading.Event().wait(0.1)
    assert called() == 2
