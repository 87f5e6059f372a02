# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The configuration of docs/awx, as an ansible-core writes it into a controller.

`.ci/awx.py` runs the tests once for each ansible-core: AWX_CORE is its version, AWX_COMMANDS the folder of its commands,
AWX_NEWEST the newest of them, and AWX_COLLECTIONS the folder that has the collection awx.awx.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from controller import Controller, serve

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs" / "awx"
PROJECT = DOCS / "project"

#: Passwords with everything that Jinja, YAML and a shell could take for their own.
PASSWORDS = {"site_a": "Marker {{ of }} 'alpha' {# 7 ", "site_b": 'Marker{% of %}"beta"\\ $9#!'}


@dataclass(frozen=True)
class Core:
    """An ansible-core, and how its commands run apart from what else is on the machine."""

    line: str
    commands: str

    def variables(self, home: Path, **more: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "AWX_"))}
        path = os.pathsep.join([self.commands, os.environ.get("PATH", os.defpath)])
        own = {"HOME": str(home), "ANSIBLE_HOME": str(home / "ansible"), "ANSIBLE_NOCOLOR": "1", "PATH": path}
        return {**kept, **own, "LC_ALL": "C.UTF-8", **more}


@pytest.fixture(scope="session")
def core() -> Core:
    return Core(os.environ["AWX_CORE"], os.environ["AWX_COMMANDS"])


@pytest.fixture
def _newest() -> None:
    """For what is the same on every ansible-core."""
    if os.environ["AWX_CORE"] != os.environ["AWX_NEWEST"]:
        pytest.skip("once is enough, on the newest ansible-core")


@pytest.fixture
def _oldest() -> None:
    """Like `_newest`, so that both take about as long."""
    if os.environ["AWX_CORE"] == os.environ["AWX_NEWEST"]:
        pytest.skip("once is enough, on the oldest ansible-core")


def apply(core: Core, address: str, home: Path) -> str:
    """Run apply.yml against a controller, and return its output."""
    answers = {
        f"awx_{site}_{what}": value
        for site in PASSWORDS
        for what, value in (("username", "ansible"), ("password", PASSWORDS[site]))
    }
    secrets = home / "secrets.yml"
    secrets.write_text(
        "".join(f"{name}: !unsafe {json.dumps(value)}\n" for name, value in answers.items()), encoding="utf-8"
    )
    controller = {"CONTROLLER_HOST": address, "CONTROLLER_OAUTH_TOKEN": "token"}
    done = subprocess.run(
        ["ansible-playbook", "-i", "localhost,", str(DOCS / "apply.yml"), "-e", f"@{secrets}"],
        env=core.variables(
            home, ANSIBLE_COLLECTIONS_PATH=os.environ["AWX_COLLECTIONS"], ANSIBLE_PIPELINING="true", **controller
        ),
        cwd=home,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@dataclass(frozen=True)
class Applied:
    """A controller that was configured: what it holds, its address, and what the run has printed."""

    controller: Controller
    address: str
    output: str


@pytest.fixture(scope="session")
def applied(core: Core, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Applied]:
    controller = Controller(PROJECT)
    with serve(controller) as address:
        yield Applied(controller, address, apply(core, address, tmp_path_factory.mktemp(f"home-{core.line}")))


@pytest.fixture(scope="session")
def controller(applied: Applied) -> Controller:
    return applied.controller
