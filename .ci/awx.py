# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The configuration of AWX in docs/awx: what awx.awx writes of it, and its jobs under ansible-runner."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from versions import CORES, Core, tools_of
from workshop import (
    ROOT,
    WORK,
    Environment,
    StageFailure,
    interpreter,
    leave_out,
    make_environment,
    newest_interpreter,
    not_here,
    run,
    step,
    unpack_collection,
)

#: The community package, which holds the collection awx.awx.
COMMUNITY = "ansible==11.13.0"
TOOLS = ("pytest", "pip", "-r", "tests/awx/requirements.txt")


def awx() -> None:
    """The oldest and the newest ansible-core side by side, each in a process of its own."""
    step("the configuration of AWX, and its jobs under ansible-runner")
    released = [core for core in CORES if core.released]
    cores = (released[0], released[-1])
    for core in cores:
        if interpreter(core.pythons) is None:
            not_here(
                f"the jobs of AWX, because no Python {' or '.join(core.pythons)} was found for ansible-core {core.line}"
            )
            return
    try:
        tools = make_environment("awx", newest_interpreter(), *TOOLS)
        collections = unpack_collection(tools, COMMUNITY, "awx.awx", WORK / "awx")
    except StageFailure as failure:
        leave_out(f"the configuration of AWX, whose collection cannot be installed: {failure}")
        return
    found = {core.line: _core_environment(core) for core in cores}
    logs = {line: WORK / "logs" / f"awx-{line}.log" for line in found}
    for log in logs.values():
        log.parent.mkdir(parents=True, exist_ok=True)
        log.unlink(missing_ok=True)
    failed = []
    with ThreadPoolExecutor(len(found)) as pool:
        running = {line: pool.submit(_test, tools, collections, found, line, logs[line]) for line in found}
        for line, test in running.items():
            problem = test.exception()
            print(f"ansible-core {line}:\n{logs[line].read_text(encoding='utf-8')}", flush=True)
            if problem:
                failed.append(f"ansible-core {line}: {problem}")
    if failed:
        raise StageFailure("; ".join(failed))


def _test(tools: Environment, collections: Path, cores: dict[str, Environment], line: str, log: Path) -> None:
    env = tools.variables(
        f"homes/awx-{line}",
        AWX_COLLECTIONS=str(collections),
        AWX_CORE=line,
        AWX_NEWEST=list(cores)[-1],
        AWX_COMMANDS=str(cores[line].folder / "bin"),
    )
    run([tools.python, "-m", "pytest", "tests/awx", "-q"], cwd=ROOT, env=env, log=log)


def _core_environment(core: Core) -> Environment:
    python = interpreter(core.pythons)
    tools = tools_of(core, python) if python else None
    if tools is None:
        raise StageFailure(f"ansible-core {core.line} did not install")
    return tools
