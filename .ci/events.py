# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The event source and the rulebooks by ansible-rulebook, against the simulator."""

from __future__ import annotations

import os
import re
import shutil
import subprocess

from workshop import ROOT, StageFailure, interpreter, make_environment, newest_interpreter, not_here, run, step

#: The Javas of Debian's releases that ansible-rulebook runs on, the oldest first.
JAVAS = (17, 21, 25)
#: Those that it has been released for.
PYTHONS = ("3.12", "3.13", "3.11")


def events() -> None:
    step("the event source and the rulebooks by ansible-rulebook")
    if not _has_java():
        not_here(
            f"the events, because Java {JAVAS[0]} or later is not there, nor apt-get with root to install it, and "
            "ansible-rulebook needs it"
        )
        return
    tools = make_environment(
        "events",
        interpreter(PYTHONS) or newest_interpreter(),
        "pytest",
        "pytest-xdist",
        "-r",
        "tests/events/requirements.txt",
    )
    run(
        [tools.python, "-m", "pytest", "-n", "2", "--dist", "worksteal", "tests/events"],
        cwd=ROOT,
        env=tools.variables(),
    )


def _has_java() -> bool:
    """Install Debian's one where there is none and this may."""
    if _java() >= JAVAS[0]:
        return True
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    return any(_install(f"openjdk-{java}-jre-headless") for java in JAVAS) and _java() >= JAVAS[0]


def _install(package: str) -> bool:
    install = ["apt-get", "install", "-qq", "--yes", "--no-install-recommends", package]
    try:
        run(install, cwd=ROOT, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
    except StageFailure:
        return False
    return True


def _java() -> int:
    """The version of the Java that runs by its name, 0 if there is none."""
    if not shutil.which("java"):
        return 0
    shown = subprocess.run(["java", "-version"], stderr=subprocess.PIPE, text=True, check=False).stderr
    version = re.search(r'version "(\d+)', shown)
    return int(version[1]) if version else 0
