# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run a playbook that succeeds, and others that fail in every place where a secret is at hand, and search all output."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import tempfile
import urllib.parse
from pathlib import Path

from ansible_collections.elementsw.replication.tests.simulator.server import serve
from ansible_collections.elementsw.replication.tests.simulator.world import World

VOLUMES = [{"name": "orders-db"}, {"name": "catalogue"}]
WORLD = {
    "timings": "instant",
    "clusters": [
        {
            "name": name,
            "volumes": VOLUMES,
            "admins": [{"username": "ansible", "password": password, "access": ["administrator"]}],
        }
        for name, password in (("alpha", "Marker-of-alpha 7!x"), ("beta", "Marker-of-beta+9?y"))
    ],
}
ECHO = "I was sent {params}"
# Name, and the faults: cluster, method, what happens, its message.
SCENARIOS = [
    ("success", []),
    ("start of clusters echoes", [("alpha", "StartClusterPairing", "xInvalidParameter", ECHO)]),
    ("completion of clusters echoes its key", [("beta", "CompleteClusterPairing", "xInvalidPairingKey", ECHO)]),
    ("completion of volumes echoes its key", [("beta", "CompleteVolumePairing", "xInvalidParameter", ECHO)]),
    ("completion of clusters is cut off", [("beta", "CompleteClusterPairing", "truncated", None)]),
    ("keys arrive and nothing else does", [("beta", "CompleteVolumePairing", "http_502", ECHO)]),
    ("accounts are refused", [("alpha", "ListAccounts", "xPermissionDenied", ECHO)]),
    ("accounts are cut off", [("beta", "ListAccounts", "http_401", None)]),
    ("the password is echoed", [("alpha", "GetClusterInfo", "xUnknownUsername", "ansible/Marker-of-alpha 7!x")]),
    ("the peer's password is echoed", [("beta", "GetClusterInfo", "xUnknownUsername", "ansible/Marker-of-beta+9?y")]),
    ("nobody is let in", [("alpha", None, "http_401", None), ("beta", None, "http_401", None)]),
]


def forms(secret: str, username: str) -> set[str]:
    """A secret as it is, and in the forms in which it may travel."""
    login = f"{username}:{secret}".encode()
    return {
        secret,
        urllib.parse.quote(secret),
        base64.b64encode(secret.encode()).decode(),
        base64.b64encode(login).decode(),
    }


def run(scenario: str, faults: list, folder: Path) -> tuple[int, list[str]]:
    """The playbook's exit status, and where it has told a secret. The cluster's user name is none."""
    world = World.from_dict(WORLD)
    log = folder / "ansible.log"
    with serve(world, folder / "world") as running:
        for cluster, method, fault, message in faults:
            world.faults.add(cluster, method, fault=fault, message=message, times=None)
        environment = {
            **os.environ,
            "ANSIBLE_LOG_PATH": str(log),
            "ANSIBLE_DISPLAY_TRACEBACK": "always",
        }
        command = ["ansible-playbook", "-vvvv", "--diff", "-i", str(running.write_inventory()), "test.yml"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    said = {"stdout": done.stdout, "stderr": done.stderr, "log": log.read_text(encoding="utf-8")}
    if world.faults.unused():
        raise AssertionError(f"{scenario}: what was to go wrong did not")
    leaks = [
        f"{scenario}: {where} shows a secret of {len(secret)} characters"
        for secret in world.secrets
        for form in forms(secret, "ansible")
        for where, text in said.items()
        if form in text
    ]
    return done.returncode, leaks


def main() -> int:
    problems = []
    for scenario, faults in SCENARIOS:
        with tempfile.TemporaryDirectory() as folder:
            status, leaks = run(scenario, faults, Path(folder))
        print(f"{scenario}: exit status {status}, {len(leaks)} leaks", flush=True)
        problems += leaks
        if (status == 0) == bool(faults):
            problems.append(f"{scenario}: exit status {status}")
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
