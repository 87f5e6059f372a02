# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What certification of a collection runs, with the versions that it pins."""

from __future__ import annotations

from stages import build, judge
from workshop import WORK, Environment, Tree, copy_tree, interpreter, leave_out, make_environment, run, step

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
    tarball = build(tools, tree, WORK / "dist-certify")
    settings = tarball.parent / "galaxy-importer.cfg"
    settings.write_text(CERTIFIED, encoding="utf-8")
    judge(tools, tarball, GALAXY_IMPORTER_CONFIG=str(settings))


def _lint(tools: Environment, tree: Tree) -> None:
    step("ansible-lint, as certification runs it")
    command = [tools.command("ansible-lint"), "--profile", "production", "--offline", "--nocolor"]
    env = tools.variables("homes/certify", ANSIBLE_COLLECTIONS_PATH=str(tree.folder))
    run(command, cwd=tree.collection, env=env)
