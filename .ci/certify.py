# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What certification of a collection runs, with the versions that it pins."""

from __future__ import annotations

import re
import shutil

from workshop import (
    WORK,
    Environment,
    StageFailure,
    Tree,
    copy_tree,
    interpreter,
    leave_out,
    make_environment,
    run,
    step,
)

#: As ansible-collections/partner-certification-checker pins them.
PINNED = ("ansible-core==2.16.0", "ansible-lint==24.12.2", "galaxy-importer==0.4.31", "netaddr", "requests")
#: Those that ansible-core 2.16 runs on.
PYTHONS = ("3.12", "3.11", "3.10")
#: What the importer asks of a certified collection beyond what it asks of any.
CERTIFIED = """
[galaxy-importer]
RUN_ANSIBLE_TEST = False
CHECK_REQUIRED_TAGS = True
REQUIRE_V1_OR_GREATER = True
CHECK_CHANGELOG = True
"""


def certify() -> None:
    python = interpreter(PYTHONS)
    if python is None:
        leave_out(f"the versions that certification pins, because no Python {' or '.join(PYTHONS)} was found")
        return
    tools = make_environment("certify", python, *PINNED)
    tree = copy_tree("certify")
    _lint(tools, tree)
    _import(tools, tree)


def _lint(tools: Environment, tree: Tree) -> None:
    step("ansible-lint, as certification runs it")
    command = [
        tools.command("ansible-lint"),
        "--profile",
        "production",
        "--offline",
        "--nocolor",
        "--exclude",
        "sanity",
    ]
    env = tools.variables("homes/certify", ANSIBLE_COLLECTIONS_PATH=str(tree.folder))
    run(command, cwd=tree.collection, env=env)


def _import(tools: Environment, tree: Tree) -> None:
    """The importer's exit status says nothing about findings: its lines do."""
    step("galaxy-importer, as certification runs it")
    dist = WORK / "dist-certify"
    shutil.rmtree(dist, ignore_errors=True)
    dist.mkdir()
    settings, log = dist / "galaxy-importer.cfg", dist / "importer.log"
    settings.write_text(CERTIFIED, encoding="utf-8")
    env = tools.variables("homes/certify", GALAXY_IMPORTER_CONFIG=str(settings))
    build = [tools.command("ansible-galaxy"), "collection", "build", "--output-path", str(dist)]
    run(build, cwd=tree.collection, env=env)
    (tarball,) = dist.glob("*.tar.gz")
    try:
        run([tools.python, "-m", "galaxy_importer.main", tarball.name], cwd=dist, env=env, log=log)
    finally:
        lines = log.read_text(encoding="utf-8")
        print(lines, flush=True)
    if re.search(r"^(WARNING|ERROR)", lines, re.MULTILINE):
        raise StageFailure("galaxy-importer has complaints")
