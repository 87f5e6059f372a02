# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Show the shipped playbooks at work on two simulated clusters, the way a user would use them.

Without an argument it pairs them and their volumes. `failover` fails the volumes over between the sites, until one of them fails.
`rehearsal` checks what the other site holds while a host goes on writing.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import environment
from environment import ROOT, SetupProblem, Workspace

COLLECTIONS = "venv/collections"  # relative to the workspace
SIMULATOR = "ansible_collections.elementsw.replication.tests.simulator.server"
WORLD = "tests/simulator/worlds/two_sites.yml"
JOURNEY = ROOT / "tests" / "integration" / "targets" / "failover"
REHEARSAL = ROOT / "tools" / "rehearsal"
PAIRS = ROOT / "tools" / "demo_pairs.yml"
BOTH_CLUSTERS = ("-i", "inventory.yml", "-e", "replication_cluster=alpha", "-e", "replication_peer=beta")
_READY = "ready"


class DemoFailure(Exception):
    """A sentence about the step that did not do what it should."""


def main(arguments: Sequence[str]) -> int:
    stories = {(): demonstrate, ("failover",): demonstrate_failover, ("rehearsal",): demonstrate_rehearsal}
    story = stories.get(tuple(arguments))
    if story is None:
        print("Usage: demo.py [failover|rehearsal]", file=sys.stderr)
        return 2
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    try:
        prepare()
        with environment.workspace() as workspace:
            story(workspace)
    except (SetupProblem, DemoFailure) as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130
    return 0


def prepare() -> None:
    heading("The environment")
    environment.prepare(environment.PLAYBOOKS, say=say)
    say("Everything needed is in .venv.")


def demonstrate(workspace: Workspace) -> None:
    """The story, from an empty collections folder to the table of the pairs."""
    install(workspace)
    if sys.stdout.isatty():
        workspace.env["ANSIBLE_FORCE_COLOR"] = "1"
    (workspace.folder / "pairs.yml").write_bytes(PAIRS.read_bytes())
    world = workspace.folder / COLLECTIONS / "ansible_collections" / "elementsw" / "replication" / WORLD

    with simulator(workspace, world):
        heading("Two clusters that are not paired yet")
        say("They are simulated, on this machine, and speak the API of Element over HTTPS.")
        say("The inventory says where they are; pairs.yml says which volumes are to be protected:")
        quote(workspace.folder / "pairs.yml")

        heading("Protect: pair the clusters, then the volumes")
        protect(workspace)

        heading("Protect again: nothing changes")
        if protect(workspace) != 0:
            raise DemoFailure("The second run was to change nothing, but it did.")

        heading("Status, as read from both clusters")
        status(workspace)

        heading("The same as a page for a browser")
        page = report(workspace)

        heading("Next")
        say(f"Open {page} in a browser.")
        say("make demo-failover fails the volumes over and back.")
        say("docs/docsite/rst/guide_pairing.rst begins with your own clusters.")


def demonstrate_failover(workspace: Workspace) -> None:
    """The story of two volumes whose site fails: the journey that is also a test, shown to a reader."""
    install(workspace)
    with simulator(workspace, JOURNEY / "world.yml"):
        control = json.loads((workspace.folder / "control.json").read_text(encoding="utf-8"))
        env = {
            **workspace.env,
            "SIMULATOR_INVENTORY": str(workspace.folder / "inventory.yml"),
            "SIMULATOR_CONTROL": control["control_url"],
            "PATH": f"{workspace.folder / 'venv' / 'commands'}{os.pathsep}{workspace.env.get('PATH', os.defpath)}",
        }
        command = [workspace.python, str(JOURNEY / "journey.py"), "--brief"]
        if subprocess.run(command, env=env, stdin=subprocess.DEVNULL, check=False).returncode != 0:
            raise DemoFailure("The journey did not come to its end; its last messages are above.")


def demonstrate_rehearsal(workspace: Workspace) -> None:
    """The story of a rehearsal: a host goes on writing on alpha while beta's clones are checked."""
    install(workspace)
    for name in ("world.yml", "check.yml"):
        (workspace.folder / name).write_bytes((REHEARSAL / name).read_bytes())
    with simulator(workspace, workspace.folder / "world.yml"):
        control = json.loads((workspace.folder / "control.json").read_text(encoding="utf-8"))["control_url"]
        workspace.env["SIMULATOR_CONTROL"] = control

        heading("A host writes orders on alpha, which replicates to beta")
        with orders(control) as written:
            heading("Rehearse: clone what beta holds, check it, and remove the clones; the host goes on writing")
            before = len(written)
            command = ["ansible-playbook", "elementsw.replication.rehearse", "-i", "inventory.yml"]
            command += ["-e", "replication_cluster=beta", "-e", "replication_peer=alpha", "-e", "rehearse_point=now"]
            command += ["-e", "rehearse_tasks=check.yml", "-e", "rehearse_evidence=evidence"]
            show(command)
            play(workspace, command)
            during = len(written) - before

        heading("The evidence")
        say((workspace.folder / "evidence.txt").read_text(encoding="utf-8").rstrip())
        say(f"Meanwhile the host has written {during} orders.")
        if during < 1:
            raise DemoFailure("The host was to go on writing, but it did not.")

        heading("Next")
        say("docs/docsite/rst/guide_rehearsal.rst has a rehearsal every quarter.")


@contextlib.contextmanager
def orders(control: str) -> Iterator[list[str]]:
    """A host that writes an order on alpha a few times a second, as long as the block lasts; what it has written."""
    written: list[str] = []
    ended = threading.Event()

    def work() -> None:
        while not ended.wait(0.25):
            order = f"order-{len(written) + 1}"
            body = json.dumps({"cluster": "alpha", "volume_id": 41, "mark": order}).encode()
            with urllib.request.urlopen(urllib.request.Request(f"{control}/write", body)) as reply:
                reply.read()
            written.append(order)

    with ThreadPoolExecutor(1) as host:
        working = host.submit(work)
        try:
            yield written
        finally:
            ended.set()
            working.result()


def install(workspace: Workspace) -> None:
    heading("The collection, installed as ansible-galaxy installs it")
    workspace.env["ANSIBLE_COLLECTIONS_PATH"] = str(workspace.folder / COLLECTIONS)
    show(["ansible-galaxy", "collection", "install", ".", "-p", ".venv/collections", "--force"])
    target = str(workspace.folder / COLLECTIONS)
    play(workspace, ["ansible-galaxy", "collection", "install", ".", "-p", target, "--force"], folder=ROOT)


def protect(workspace: Workspace) -> int:
    """Run the playbook and return how many tasks have changed something."""
    command = ["ansible-playbook", "elementsw.replication.protect", *BOTH_CLUSTERS, "-e", "@pairs.yml"]
    show(command)
    return sum(int(count) for count in re.findall(r"changed=(\d+)", play(workspace, command)))


def status(workspace: Workspace) -> None:
    report = workspace.folder / "report.txt"
    command = ["ansible-playbook", "elementsw.replication.status", *BOTH_CLUSTERS, "-e", "status_report=report.txt"]
    show(command)
    play(workspace, [*command[:-1], f"status_report={report}"])
    show(["cat", "report.txt"])
    print(report.read_text(encoding="utf-8").rstrip())


def report(workspace: Workspace) -> Path:
    """Write the page where it outlives the demonstration, and return its path."""
    page = ROOT / ".venv" / "demo" / "replication.html"
    page.parent.mkdir(parents=True, exist_ok=True)
    command = ["ansible-playbook", "elementsw.replication.report", *BOTH_CLUSTERS, "-e"]
    show([*command, f"report_html={page.relative_to(ROOT)}"])
    play(workspace, [*command, f"report_html={page}"])
    return page.relative_to(ROOT)


def play(workspace: Workspace, command: Sequence[str], folder: Path | None = None) -> str:
    """Run the command before the reader's eyes and return what it printed."""
    program = workspace.folder / "venv" / "commands" / command[0]
    lines = []
    with subprocess.Popen(
        [str(program), *command[1:]],
        cwd=folder or workspace.folder,
        env=workspace.env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    ) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            lines.append(line)
    if process.returncode != 0:
        raise DemoFailure(f"{command[0]} failed with exit status {process.returncode}; its messages are above.")
    return "".join(lines)


@contextlib.contextmanager
def simulator(workspace: Workspace, world: Path) -> Iterator[None]:
    """The clusters of a world on loopback, which end with the block, and by themselves should this process be killed."""
    collections = workspace.folder / COLLECTIONS
    options = ["--world", str(world), "--directory", str(workspace.folder), "--idle-timeout", "300"]
    with subprocess.Popen(
        [workspace.python, "-m", SIMULATOR, *options],
        env={**workspace.env, "PYTHONPATH": str(collections)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    ) as process:
        try:
            _wait_until_ready(process)
            yield
        finally:
            process.terminate()


def _wait_until_ready(process: subprocess.Popen[str]) -> None:
    lines = []
    for line in process.stdout or ():
        if line.strip() == _READY:
            return
        lines.append(line)
    raise DemoFailure(f"The simulator did not start:\n{''.join(lines)}")


def heading(text: str) -> None:
    print(f"\n== {text}", flush=True)


def say(text: str) -> None:
    print(text, flush=True)


def show(command: Sequence[str]) -> None:
    print(f"\n$ {shlex.join(command)}", flush=True)


def quote(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith(("#", "---"))]
    print("\n" + "\n".join(f"    {line}" for line in lines), flush=True)


def _leave(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
