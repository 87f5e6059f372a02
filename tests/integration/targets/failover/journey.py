# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole journey of two volumes, judged by what the simulator knows to be on them, not by what our modules say."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request

PAIRS = {"protect_pairs": [{"volume": "orders-db"}, {"volume": "orders-log"}], "protect_wait_for": "in_sync"}
# What hosts have written and been told that it is stored, by volume, as the site that wins in the end has it.
VOLUMES = {"alpha": {"orders-db": 41, "orders-log": 42}, "beta": {"orders-db": 77, "orders-log": 78}}


def journey() -> None:
    play("protect", "alpha", "beta", "-e", json.dumps(PAIRS))
    kept = {"orders-db": ["order-1"], "orders-log": ["redo-1"]}

    write("alpha", kept, "before")
    play("failover", "beta", "alpha", "-e", "failover_kind=planned", "--check", says="nothing was written")
    assert_holds("alpha", kept, writable=True)
    play("failover", "beta", "alpha", "-e", "failover_kind=planned", says="2 of 2 volumes were changed")
    assert_holds("beta", kept, writable=True)
    assert_holds("alpha", kept, writable=False)
    assert_no_snapshots("alpha", "beta")
    forget_calls()
    play("failover", "beta", "alpha", "-e", "failover_kind=planned", says="Everything is on beta already")
    assert ask("/writes") == []

    write("beta", kept, "while-away")
    play("failover", "alpha", "beta", "-e", "failover_kind=planned", "-e", "failover_wait_for=in_sync")
    assert_holds("alpha", kept, writable=True)

    # The last thing that alpha stores does not reach beta any more.
    post("/timings", delivery_polls="never")
    lost = {volume: list(marks) for volume, marks in kept.items()}
    write("alpha", lost, "too-late")
    post("/site", cluster="alpha", up=False)
    post("/timings", delivery_polls=1)
    play("failover", "beta", "alpha", "-e", "failover_kind=planned", status=2, says="alpha does not answer")
    assert_holds("beta", kept, writable=False)
    play("failover", "beta", "alpha", "-e", "failover_kind=forced", says="alpha did not answer")
    assert_holds("beta", kept, writable=True)
    write("beta", kept, "after-the-loss")

    post("/site", cluster="alpha", up=True)
    play("status", "alpha", "beta", says="split")
    assert_holds("alpha", lost, writable=True)
    # Nothing is overwritten without the permission to, from whichever side.
    play("failover", "alpha", "beta", "-e", "failover_kind=planned", status=2, says="both volumes are readWrite")
    play("failover", "beta", "alpha", "-e", "failover_kind=forced", status=2, says="both volumes are readWrite")
    assert_holds("alpha", lost, writable=True)
    assert_holds("beta", kept, writable=True)
    allowed = ("-e", "failover_kind=forced", "-e", "failover_allow_overwrite=true", "-e", "failover_wait_for=in_sync")
    play("failover", "beta", "alpha", *allowed, says="elementsw-saved-")
    assert_holds("alpha", kept, writable=False)
    assert_saved("alpha", lost)

    play("failover", "alpha", "beta", "-e", "failover_kind=planned")
    assert_holds("alpha", kept, writable=True)
    assert_holds("beta", kept, writable=False)
    play("status", "alpha", "beta", "-e", "status_fail_on_problems=true")


def play(name: str, cluster: str, peer: str, *arguments: str, status: int = 0, says: str = "") -> None:
    """Run a shipped playbook. It has to end with this status and to print this text."""
    command = ["ansible-playbook", "-i", os.environ["SIMULATOR_INVENTORY"], f"elementsw.replication.{name}"]
    names = ["-e", f"replication_cluster={cluster}", "-e", f"replication_peer={peer}"]
    done = subprocess.run(
        [*command, *names, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    print(done.stdout)
    # A line of the output may be broken anywhere.
    if done.returncode != status or says not in " ".join(done.stdout.split()):
        sys.exit(f"{name} on {cluster} {arguments}: status {done.returncode} in place of {status}, or not said: {says}")


def write(cluster: str, stored: dict[str, list[str]], mark: str) -> None:
    """A host writes to each volume of the cluster and notes what was acknowledged."""
    for volume, marks in stored.items():
        post("/write", cluster=cluster, volume_id=VOLUMES[cluster][volume], mark=f"{mark}-{volume}")
        marks.append(f"{mark}-{volume}")


def assert_holds(cluster: str, stored: dict[str, list[str]], writable: bool) -> None:
    """Every volume of the cluster has exactly what was stored, in the order in which it was."""
    for volume, found in volumes(cluster).items():
        assert found["marks"] == stored[volume], (cluster, volume, found["marks"])
        assert found["access"] == ("readWrite" if writable else "replicationTarget"), (cluster, found["access"])


def assert_no_snapshots(*clusters: str) -> None:
    for cluster in clusters:
        assert [found["snapshots"] for found in volumes(cluster).values()] == [[], []], cluster


def assert_saved(cluster: str, stored: dict[str, list[str]]) -> None:
    """What was overwritten is still in a snapshot that does not expire."""
    for volume, found in volumes(cluster).items():
        saved = [each for each in found["snapshots"] if each["name"].startswith("elementsw-saved-")]
        assert [(each["marks"], each["expires"]) for each in saved] == [(stored[volume], False)], (volume, saved)


def volumes(cluster: str) -> dict[str, dict]:
    return {volume["name"]: volume for volume in ask("/truth")["clusters"][cluster]["volumes"]}


def forget_calls() -> None:
    post("/clear", what=["calls"])


def post(path: str, **content: object) -> None:
    ask(path, json.dumps(content).encode())


def ask(path: str, body: bytes | None = None):
    """What the control endpoint of the simulator says."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(os.environ["SIMULATOR_CONTROL"] + path, body, timeout=30) as reply:
        return json.load(reply)


if __name__ == "__main__":
    journey()
