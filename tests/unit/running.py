# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two simulated clusters over HTTPS, and modules run by their `main` exactly as Ansible runs them."""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils import basic

from ansible_collections.elementsw.replication.tests.simulator.server import serve
from ansible_collections.elementsw.replication.tests.simulator.world import World

try:
    from ansible.module_utils.testing import patch_module_args
except ImportError:  # ansible-core before 2.19

    @contextlib.contextmanager
    def patch_module_args(args: dict[str, Any]) -> Iterator[None]:
        basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": args}).encode()
        try:
            yield
        finally:
            basic._ANSIBLE_ARGS = None


MODULES = "ansible_collections.elementsw.replication.plugins.modules"


def run_module(name: str, args: dict[str, Any], check: bool = False, diff: bool = True) -> dict[str, Any]:
    """What the module prints, parsed; masking of secrets included."""
    module = importlib.import_module(f"{MODULES}.element_{name}")
    printed = io.StringIO()
    given = {**args, "_ansible_check_mode": check, "_ansible_diff": diff, "_ansible_remote_tmp": "/tmp"}
    with patch_module_args(given), contextlib.redirect_stdout(printed), pytest.raises(SystemExit):
        module.main()
    return json.loads(printed.getvalue())


def in_order(actions: list[dict[str, str]]) -> list[tuple[str, ...]]:
    return sorted(tuple(action.values()) for action in actions)


def saved_volumes(result: dict[str, Any]) -> list[list[tuple[str, str]]]:
    """The clusters and names of the volumes that each pair has saved. A plan knows no more of their snapshots."""
    return [[(each["cluster"], each["volume"]) for each in pair.get("saved", ())] for pair in result.get("pairs") or []]


class Sites:
    """A world that is being served, and modules run against two of its clusters."""

    def __init__(self, world: World, running: Any):
        self.world = world
        self.running = running

    def connection(self, cluster: str, **more: Any) -> dict[str, Any]:
        host, port = self.running.address(cluster)
        (admin, *_others) = self.world.cluster(cluster).admins
        return {
            "hostname": host,
            "port": port,
            "username": admin.username,
            "password": admin.password,
            "ca_path": str(self.running.ca_file),
            **more,
        }

    def run(self, module: str, check: bool = False, here: str = "alpha", there: str = "beta", **options: Any) -> dict:
        """Run a module here, with a peer there. Options that are None are left out."""
        args = {**self.connection(here), "peer": self.connection(there), **options}
        return run_module(module, {name: value for name, value in args.items() if value is not None}, check)

    def check_then_run(self, module: str, **options: Any) -> dict[str, Any]:
        """A check run, which must write nothing and show what the real run, whose result this is, then does."""
        self.world.clear_calls()
        before = self.world.truth()
        planned = self.run(module, check=True, **options)
        assert (self.world.writes(), self.world.truth()) == ([], before)
        result = self.run(module, **options)
        if not result.get("failed"):
            for member in ("changed", "diff"):
                assert planned[member] == result[member]
            # What runs side by side ends in any order.
            assert in_order(planned["actions"]) == in_order(result["actions"])
            assert saved_volumes(planned) == saved_volumes(result)
        return result

    def writes(self) -> list[str]:
        return [f"{call.cluster} {call.method}" for call in self.world.writes() if call.applied]


@pytest.fixture
def sites() -> Iterator[Callable[..., Sites]]:
    """Serve a world given as a dictionary; two clusters, alpha and beta, unless it says otherwise."""
    with contextlib.ExitStack() as stack:

        def start(clusters: list[dict] | None = None, **spec: Any) -> Sites:
            given = {"timings": "instant", "clusters": clusters or [{"name": "alpha"}, {"name": "beta"}], **spec}
            world = World.from_dict(given)
            return Sites(world, stack.enter_context(serve(world)))

        yield start


@pytest.fixture
def playbook(
    tmp_path: Path, collections_path: Path, command_path: str
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run plays in a process of their own, at home in `tmp_path`, as loudly as Ansible can."""
    if any(name.startswith("ANSIBLE_TEST_") for name in os.environ):
        pytest.skip("ansible-test gives its units no ansible-playbook; `make test` runs this")

    def run(inventory: dict[str, Any], plays: list[dict[str, Any]], folder: Path) -> subprocess.CompletedProcess[str]:
        """folder: where inventory and plays, which may hold secrets, are written to."""
        for name, content in (("inventory.json", inventory), ("play.json", plays)):
            (folder / name).write_text(json.dumps(content), encoding="utf-8")
        return subprocess.run(
            ["ansible-playbook", "-vvvv", "--diff", "-i", str(folder / "inventory.json"), str(folder / "play.json")],
            cwd=tmp_path,
            env={
                **os.environ,
                "PATH": command_path,
                "HOME": str(tmp_path),
                "ANSIBLE_COLLECTIONS_PATH": str(collections_path),
                "ANSIBLE_DISPLAY_TRACEBACK": "always",
                "ANSIBLE_FORKS": "10",
                "ANSIBLE_LOG_PATH": str(tmp_path / "ansible.log"),
                "ANSIBLE_NOCOLOR": "1",
                "LC_ALL": "C.UTF-8",
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    return run
