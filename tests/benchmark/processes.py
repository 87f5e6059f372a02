# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is measured runs in processes of its own: the simulator, modules, and Ansible to pack the modules."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

SIMULATOR = "ansible_collections.elementsw.replication.tests.simulator.server"
MODULES = "ansible_collections.elementsw.replication.plugins.modules"
LAUNCHER = Path(__file__).parent / "launcher.py"


@dataclass(frozen=True)
class Simulator:
    """A world that another process serves. hosts: the variables of each cluster, as the inventory has them.

    control: the address of the control endpoint.
    """

    inventory: Path
    hosts: dict[str, dict[str, Any]]
    control: str

    def connection(self, cluster: str, **more: Any) -> dict[str, Any]:
        """The options that name a cluster in a task."""
        return {**{name.removeprefix("element_"): value for name, value in self.hosts[cluster].items()}, **more}


@contextmanager
def simulator(folder: Path, collections_path: Path, world: dict[str, Any]) -> Iterator[Simulator]:
    """The world in a process of its own, so that it takes no time from the interpreter that is being measured."""
    folder.mkdir()
    described = folder / "world.json"  # which is YAML too
    described.write_text(json.dumps(world), encoding="utf-8")
    # The time-out is for a test run that was killed and cannot end it.
    options = ["--world", str(described), "--directory", str(folder), "--idle-timeout", "120"]
    command = [sys.executable, "-m", SIMULATOR, *options]
    env = {**os.environ, "PYTHONPATH": str(collections_path)}
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            printed = []
            for line in process.stdout:
                if line == "ready\n":
                    break
                printed.append(line)
            else:
                raise AssertionError("".join(printed))
            path = folder / "inventory.yml"
            inventory = yaml.safe_load(path.read_text(encoding="utf-8"))
            (control,) = (line.split()[1] for line in printed if line.startswith("control: "))
            yield Simulator(path, inventory["element_clusters"]["hosts"], control)
        finally:
            process.terminate()


@dataclass(frozen=True)
class Run:
    """A process that has ended: its result as a module prints it, seconds from start to end, peak memory in bytes."""

    result: dict[str, Any]
    seconds: float
    peak: int


def run(command: list[str], folder: Path, env: dict[str, str] | None = None) -> Run:
    """Run a command that prints the result of a module, under the launcher."""
    figures = Path(tempfile.mkdtemp(dir=folder)) / "figures.json"
    ended = subprocess.run(
        [sys.executable, "-I", "-S", str(LAUNCHER), str(figures), *command],
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    cost = json.loads(figures.read_text(encoding="utf-8"))
    return Run(json.loads(ended.stdout), cost["seconds"], cost["peak"])


def run_module_alone(name: str, args: dict[str, Any], folder: Path, collections_path: Path) -> Run:
    """Run a module in a process of its own, with the arguments in a file, as its author would to debug it."""
    given = Path(tempfile.mkdtemp(dir=folder)) / "args.json"
    given.write_text(json.dumps({"ANSIBLE_MODULE_ARGS": args}), encoding="utf-8")
    command = [sys.executable, "-m", f"{MODULES}.element_{name}", str(given)]
    return run(command, folder, {**os.environ, "PYTHONPATH": str(collections_path)})


def packed_tasks(
    tasks: list[dict[str, Any]], host: str, inventory: Path, folder: Path, env: dict[str, str]
) -> dict[str, Path]:
    """Run tasks with Ansible and keep the files that it ran, which can be run again: by the names of the modules.

    env: with which `ansible-playbook` is found, and all it needs.
    """
    play = folder / "play.json"
    facts = {"gather_facts": False, "vars": {"ansible_pipelining": False}}
    play.write_text(json.dumps([{"hosts": host, **facts, "tasks": tasks}]), encoding="utf-8")
    kept = folder / "kept"
    ran = subprocess.run(
        ["ansible-playbook", "-i", str(inventory), str(play)],
        env={**os.environ, **env, "ANSIBLE_KEEP_REMOTE_FILES": "1", "ANSIBLE_REMOTE_TEMP": str(kept)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return {path.stem.removeprefix("AnsiballZ_"): path for path in kept.glob("*/AnsiballZ_*.py")}
