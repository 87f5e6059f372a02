# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The configuration of AWX in docs/awx: what awx.awx writes of it, and its jobs under ansible-runner."""

from __future__ import annotations

import zipfile
from pathlib import Path

from versions import CORES, tools_of
from workshop import ROOT, WORK, Environment, StageFailure, interpreter, make_environment, newest_interpreter, run, step

#: The community package, which holds the collection awx.awx.
COMMUNITY = "ansible==11.13.0"
AWX = "ansible_collections/awx/awx/"
TOOLS = ("pytest", "pip", "-r", "tests/awx/requirements.txt")


def awx() -> None:
    step("the configuration of AWX, and its jobs under ansible-runner")
    tools = make_environment("awx", newest_interpreter(), *TOOLS)
    cores = [core for core in CORES if core.released]
    found = {core.line: _core_environment(core) for core in (cores[0], cores[-1])}
    env = tools.variables(
        AWX_COLLECTIONS=str(_awx_collection(tools)),
        AWX_CORES=" ".join(f"{line}={environment.folder / 'bin'}" for line, environment in found.items()),
    )
    run([tools.python, "-m", "pytest", "tests/awx", "-q", "-n", "2", "--dist", "loadgroup"], cwd=ROOT, env=env)


def _core_environment(core) -> Environment:
    python = interpreter(core.pythons)
    tools = tools_of(core, python) if python else None
    if tools is None:
        raise StageFailure(f"ansible-core {core.line} needs Python {' or '.join(core.pythons)}, which was not found")
    return tools


def _awx_collection(tools: Environment) -> Path:
    """The folder of collections with awx.awx alone: unpacked, the package has twenty thousand files."""
    folder = WORK / "awx"
    if not (folder / AWX / "MANIFEST.json").exists():
        download = ["download", "--quiet", "--no-deps", "--dest", str(folder), COMMUNITY]
        run([tools.python, "-m", "pip", *download], cwd=ROOT, env=tools.variables())
        (wheel,) = folder.glob("*.whl")
        with zipfile.ZipFile(wheel) as package:
            package.extractall(folder, [name for name in package.namelist() if name.startswith(AWX)])
        wheel.unlink()
    return folder
