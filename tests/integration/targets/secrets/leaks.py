# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run a playbook that succeeds, and others that fail in every place where a secret is at hand, and search all output."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import tempfile
import urllib.parse
from pathlib import Path

from ansible_collections.elementsw.replication.tests.simulator.server import serve
from ansible_collections.elementsw.replication.tests.simulator.world import World

PASSWORDS = {"alpha": "Marker-of-alpha 7!x", "beta": "Marker-of-beta+9?y"}
VOLUMES = [{"name": "orders-db"}, {"name": "catalogue"}]
WORLD = {
    "timings": "instant",
    "clusters": [
        {
            "name": name,
            "volumes": VOLUMES,
            "admins": [{"username": "ansible", "password": password, "access": ["administrator"]}],
        }
        for name, password in PASSWORDS.items()
    ],
}
#: Each account has CHAP secrets, which every read of accounts shows.
PAIRED = {
    **WORLD,
    "clusters": [
        {
            **cluster,
            "accounts": [{"name": "tenant"}, {"name": "dr-test"}],
            "volumes": [{**volume, "account": "tenant"} for volume in VOLUMES],
        }
        for cluster in WORLD["clusters"]
    ],
    "cluster_pairs": [{"between": ["alpha", "beta"]}],
    "volume_pairs": [{"source": f"alpha/{each['name']}", "target": f"beta/{each['name']}"} for each in VOLUMES],
}
ECHO = "I was sent {params}"
#: A callback that prints every result as JSON, as those do that others read.
CALLBACK = """
from ansible.plugins.callback import CallbackBase

class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "every_result"
    CALLBACK_NEEDS_ENABLED = True

    def v2_runner_on_ok(self, result, **_more):
        self._display.display("JSON: " + self._dump_results(result._result, keep_invocation=True))

    def v2_runner_on_failed(self, result, **_more):
        self.v2_runner_on_ok(result)
"""


def forms(secret: str) -> set[str]:
    """A secret as it is, and in the forms in which it may come back, alone or with the user name."""
    login = f"ansible:{secret}".encode()
    return {
        secret,
        json.dumps(secret)[1:-1],
        urllib.parse.quote(secret),
        urllib.parse.quote(secret, safe=""),
        urllib.parse.quote_plus(secret),
        secret.encode().hex(),
        secret.encode().hex().upper(),
        *(
            encode(data).decode().rstrip("=")
            for encode in (base64.b64encode, base64.urlsafe_b64encode)
            for data in (secret.encode(), login)
        ),
    }


# Name, and the faults: cluster, method, what happens, its message.
SCENARIOS = [
    ("success", []),
    ("start of clusters echoes", [("alpha", "StartClusterPairing", "xInvalidParameter", ECHO)]),
    ("completion of clusters echoes its key", [("beta", "CompleteClusterPairing", "xInvalidPairingKey", ECHO)]),
    (
        "completion of clusters tells what its key is",
        [("beta", "CompleteClusterPairing", "xInvalidPairingKey", "{key}")],
    ),
    ("completion of volumes echoes its key", [("beta", "CompleteVolumePairing", "xInvalidParameter", ECHO)]),
    ("completion of clusters is cut off", [("beta", "CompleteClusterPairing", "truncated", None)]),
    ("keys arrive and nothing else does", [("beta", "CompleteVolumePairing", "http_502", ECHO)]),
    ("accounts are refused", [("alpha", "ListAccounts", "xPermissionDenied", ECHO)]),
    ("accounts are cut off", [("beta", "ListAccounts", "http_401", None)]),
    ("the reply with a key never ends", [("alpha", "StartVolumePairing", "drip", None)]),
    ("the password is echoed", [("alpha", "GetClusterInfo", "xUnknownUsername", PASSWORDS["alpha"])]),
    ("the peer's password is echoed", [("beta", "GetClusterInfo", "xUnknownUsername", PASSWORDS["beta"])]),
    ("no one is let in", [("alpha", None, "http_401", None), ("beta", None, "http_401", None)]),
]


REHEARSALS = [
    ("a rehearsal", []),
    ("accounts are refused to a rehearsal", [("beta", "ListAccounts", "xPermissionDenied", ECHO)]),
    ("accounts are cut off in a rehearsal", [("beta", "ListAccounts", "truncated", None)]),
    ("a clone is refused and echoes", [("beta", "CloneVolume", "xInvalidParameter", ECHO)]),
]


def run(scenario: str, faults: list, folder: Path, playbook: str, described: dict) -> tuple[int, list[str]]:
    """The playbook's exit status, and where it has shown a secret. The cluster's user name is none."""
    world = World.from_dict(described)
    log = folder / "ansible.log"
    (folder / "every_result.py").write_text(CALLBACK, encoding="utf-8")
    with serve(world, folder / "world") as running:
        for cluster, method, fault, message in faults:
            said = ", ".join(sorted(forms(message))) if message in PASSWORDS.values() else message
            world.faults.add(cluster, method, fault=fault, message=said, seconds=0.3, times=None)
        environment = {
            **os.environ,
            "ANSIBLE_LOG_PATH": str(log),
            "ANSIBLE_DISPLAY_TRACEBACK": "always",
            "ANSIBLE_CALLBACK_PLUGINS": str(folder),
            "ANSIBLE_CALLBACKS_ENABLED": "every_result",
            "ANSIBLE_SHOW_CUSTOM_STATS": "true",
            "EVIDENCE": str(folder / "evidence"),
        }
        command = ["ansible-playbook", "-vvvv", "--diff", "-i", str(running.write_inventory()), playbook]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    said = {"stdout": done.stdout, "stderr": done.stderr, "log": log.read_text(encoding="utf-8")}
    said |= {file.name: file.read_text(encoding="utf-8") for file in folder.glob("evidence.*")}
    if world.faults.unused():
        raise AssertionError(f"{scenario}: what was to go wrong did not")
    if described is PAIRED and not faults and len(said) < len(("stdout", "stderr", "log", "txt", "json")):
        raise AssertionError(f"{scenario}: no evidence was written")
    if "JSON: " not in done.stdout:
        raise AssertionError(f"{scenario}: no result was printed as JSON")
    leaks = [
        f"{scenario}: {where} shows a secret of {len(secret)} characters"
        for secret in world.secrets
        for form in forms(secret)
        for where, text in said.items()
        if form in text
    ]
    return done.returncode, leaks


def main() -> int:
    problems = []
    plays = [(scenario, "test.yml", WORLD) for scenario in SCENARIOS]
    plays += [(scenario, "rehearsal.yml", PAIRED) for scenario in REHEARSALS]
    for (scenario, faults), playbook, described in plays:
        with tempfile.TemporaryDirectory() as folder:
            status, leaks = run(scenario, faults, Path(folder), playbook, described)
        print(f"{scenario}: exit status {status}, {len(leaks)} leaks", flush=True)
        problems += leaks
        if (status == 0) == bool(faults):
            problems.append(f"{scenario}: exit status {status}")
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
