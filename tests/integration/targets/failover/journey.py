# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole journey of two volumes, judged by what the simulator knows to be on them, not by what our modules say.

With --brief it shows what a reader wants to see of each playbook, and not all that Ansible prints.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import urllib.request

PAIRS = {"protect_pairs": [{"volume": "orders-db"}, {"volume": "orders-log"}], "protect_wait_for": "in_sync"}
BRIEF = "--brief" in sys.argv[1:]
VOLUMES = {"alpha": {"orders-db": 41, "orders-log": 42}, "beta": {"orders-db": 77, "orders-log": 78}}


def journey() -> None:
    step("alpha has the data. Protect it: beta gets a copy of each write, a little later.")
    play("protect", "alpha", "beta", "-e", json.dumps(PAIRS))
    # What hosts have written and the cluster has acknowledged, by volume, as the side that is kept in the end has it.
    kept = {"orders-db": ["order-1"], "orders-log": ["redo-1"]}

    step("Hosts write on alpha. Would a planned failover to beta work? Check mode knows, and writes nothing.")
    write("alpha", kept, "before")
    play("failover", "beta", "alpha", "-e", "failover_kind=planned", "--check", says="nothing was written")
    assert_holds("alpha", kept, writable=True)
    step("The planned failover to beta.")
    play("failover", "beta", "alpha", "-e", "failover_kind=planned", says="2 of 2 volumes were changed")
    assert_holds("beta", kept, writable=True)
    assert_holds("alpha", kept, writable=False)
    assert_no_snapshots("alpha", "beta")
    step("The same command again changes nothing.")
    forget_calls()
    play("failover", "beta", "alpha", "-e", "failover_kind=planned", says="Everything is on beta already")
    prove(ask("/writes") == [], "the second run has written")

    step("Hosts write on beta. The planned failback to alpha.")
    write("beta", kept, "while-away")
    play("failover", "alpha", "beta", "-e", "failover_kind=planned", "-e", "failover_wait_for=in_sync")
    assert_holds("alpha", kept, writable=True)

    lost = disaster(kept)
    settle(kept, lost)
    tell(kept, unreplicated(kept, lost))


def disaster(kept: dict[str, list[str]]) -> dict[str, list[str]]:
    """The site of alpha fails and comes back; what alpha has stored by then."""
    step("The link is too slow for the last writes, then the site of alpha fails. A planned failover is refused.")
    post("/timings", delivery_polls="never")
    lost = {volume: list(marks) for volume, marks in kept.items()}
    write("alpha", lost, "too-late")
    post("/site", cluster="alpha", up=False)
    post("/timings", delivery_polls=1)
    play("failover", "beta", "alpha", "-e", "failover_kind=planned", status=2, says="alpha does not answer")
    assert_holds("beta", kept, writable=False)
    step("The forced failover to beta while alpha is unreachable. Hosts continue with what beta has.")
    play("failover", "beta", "alpha", "-e", "failover_kind=forced", says="alpha did not answer")
    assert_holds("beta", kept, writable=True)
    for volume, marks in unreplicated(kept, lost).items():
        prove(marks, f"nothing is lost of {volume}: the journey shows no loss")
        print(f"Lost of {volume}: {', '.join(marks)}, which alpha had acknowledged.")
    write("beta", kept, "after-the-loss")

    step("alpha comes back. Both sides are writable now: status reports it, and nothing is overwritten.")
    post("/site", cluster="alpha", up=True)
    play("status", "alpha", "beta", says="split")
    assert_holds("alpha", lost, writable=True)
    return lost


def settle(kept: dict[str, list[str]], lost: dict[str, list[str]]) -> None:
    """Both sides are writable: one of them is given up on purpose, and then the volumes fail back."""
    step("Without permission nothing is overwritten, on either side.")
    play("failover", "alpha", "beta", "-e", "failover_kind=planned", status=2, says="both volumes are readWrite")
    play("failover", "beta", "alpha", "-e", "failover_kind=forced", status=2, says="both volumes are readWrite")
    assert_holds("alpha", lost, writable=True)
    assert_holds("beta", kept, writable=True)
    step("The decision to keep beta. What only alpha had is kept in snapshots.")
    allowed = ("-e", "failover_kind=forced", "-e", "failover_allow_overwrite=true", "-e", "failover_wait_for=in_sync")
    play("failover", "beta", "alpha", *allowed, says="elementsw-saved-")
    assert_holds("alpha", kept, writable=False)
    assert_saved("alpha", lost)

    step("The planned failback to alpha.")
    play("failover", "alpha", "beta", "-e", "failover_kind=planned")
    assert_holds("alpha", kept, writable=True)
    assert_holds("beta", kept, writable=False)
    play("status", "alpha", "beta", "-e", "status_fail_on_problems=true")


def unreplicated(kept: dict[str, list[str]], lost: dict[str, list[str]]) -> dict[str, list[str]]:
    """What the site that failed has stored and the other one never got, by volume."""
    return {volume: [mark for mark in marks if mark not in kept[volume]] for volume, marks in lost.items()}


def tell(kept: dict[str, list[str]], gone: dict[str, list[str]]) -> None:
    """What was shown, read from the volumes themselves."""
    step("What was proven, read from the volumes themselves and not from the reports")
    for volume, marks in kept.items():
        print(f"{volume}: all {len(marks)} acknowledged writes of the kept side are on alpha: {', '.join(marks)}")
        print(f"{volume}: lost with the failed site, and kept in a snapshot there: {', '.join(gone[volume])}")
    print("Three planned failovers lost nothing, and nothing was overwritten without permission.")


def prove(proven: object, otherwise: str) -> None:
    """An assert statement would prove nothing where Python runs with PYTHONOPTIMIZE."""
    if not proven:
        sys.exit(f"Not as it should be: {otherwise}")


def step(text: str) -> None:
    print(f"\n== {text}", flush=True)


def play(name: str, cluster: str, peer: str, *arguments: str, status: int = 0, says: str = "") -> None:
    """Run a shipped playbook. It has to end with this status and to print this text."""
    command = ["ansible-playbook", "-i", os.environ["SIMULATOR_INVENTORY"], f"elementsw.replication.{name}"]
    names = ["-e", f"replication_cluster={cluster}", "-e", f"replication_peer={peer}"]
    if BRIEF:
        shown = [command[0], "-i", os.path.basename(os.environ["SIMULATOR_INVENTORY"]), command[-1]]
        print(f"\n$ {shlex.join([*shown, *names, *arguments])}", flush=True)
    done = subprocess.run(
        [*command, *names, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    shown = "\n".join(said(done.stdout)) if BRIEF else done.stdout
    # A line of the output may be broken anywhere.
    as_wanted = done.returncode == status and says in " ".join(shown.split())
    print(shown if as_wanted else done.stdout, flush=True)
    if not as_wanted:
        sys.exit(f"{name} on {cluster} {arguments}: status {done.returncode} in place of {status}, or not said: {says}")


def said(output: str) -> list[str]:
    """The lines of the last report in what a playbook has printed, or why it failed."""
    reports = re.findall(r'"msg": (\[\n.*?\n    \])', output, re.DOTALL)
    failures = re.findall(r"^\[ERROR\]: (.*?)(?=\nOrigin: |\n\n|\Z)", output, re.DOTALL | re.MULTILINE)
    return [*failures[-1:], *(json.loads(reports[-1]) if reports else [])]


def write(cluster: str, stored: dict[str, list[str]], mark: str) -> None:
    """A host writes to each volume of the cluster and notes what was acknowledged."""
    for volume, marks in stored.items():
        post("/write", cluster=cluster, volume_id=VOLUMES[cluster][volume], mark=f"{mark}-{volume}")
        marks.append(f"{mark}-{volume}")
        print(f"A host has stored {marks[-1]} on {volume} of {cluster}.")


def assert_holds(cluster: str, stored: dict[str, list[str]], writable: bool) -> None:
    """Every volume of the cluster has exactly what was stored, in the order in which it was."""
    access = "readWrite" if writable else "replicationTarget"
    for volume, found in volumes(cluster).items():
        holds = f"{volume} of {cluster} is {found['access']} and holds {', '.join(found['marks'])}"
        wanted = f"{access} and {', '.join(stored[volume])}"
        prove((found["access"], found["marks"]) == (access, stored[volume]), f"{holds} in place of {wanted}")
        print(f"In truth {holds}.")


def assert_no_snapshots(*clusters: str) -> None:
    for cluster in clusters:
        left = {volume: found["snapshots"] for volume, found in volumes(cluster).items() if found["snapshots"]}
        prove(not left, f"snapshots are left on {cluster}: {left}")


def assert_saved(cluster: str, stored: dict[str, list[str]]) -> None:
    """What was overwritten is still in a snapshot that does not expire."""
    for volume, found in volumes(cluster).items():
        saved = [each for each in found["snapshots"] if each["name"].startswith("elementsw-saved-")]
        as_stored = [(each["marks"], each["expires"]) for each in saved] == [(stored[volume], False)]
        prove(as_stored, f"{volume} of {cluster} has the snapshots {saved} in place of one with {stored[volume]}")


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
