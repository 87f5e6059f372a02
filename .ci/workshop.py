# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Interpreters, environments, copies of the tree and commands: what the stages work with."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))

import environment

WORK = environment.VENV / "ci"
INTERPRETERS = WORK / "interpreters"
NAMESPACE, NAME = "elementsw", "replication"

#: Sentences about what this machine could not run.
left_out: list[str] = []

_BEGAN = time.monotonic()


class StageFailure(Exception):
    """A sentence about what is wrong. What led to it has been printed."""


@dataclass(frozen=True)
class Environment:
    """A virtual environment with the tools of a stage."""

    folder: Path

    def command(self, name: str) -> str:
        return str(self.folder / "bin" / name)

    @property
    def python(self) -> str:
        return self.command("python")

    def variables(self, home: str = "home", **more: str) -> dict[str, str]:
        """The environment variables of a child: its own home, its own tools first, nothing that steers Ansible."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("ANSIBLE_") and name not in ("PYTHONDONTWRITEBYTECODE", "PYTHONHOME", "PYTHONPATH")
        }
        # A version manager's stand-ins would be taken for interpreters, and fail.
        path = [folder for folder in kept.get("PATH", os.defpath).split(os.pathsep) if not folder.endswith("/shims")]
        own_home = WORK / home
        own_home.mkdir(parents=True, exist_ok=True)
        return {
            **kept,
            "PATH": os.pathsep.join([str(self.folder / "bin"), str(INTERPRETERS), *path]),
            "HOME": str(own_home),
            "VIRTUAL_ENV": str(self.folder),
            "LC_ALL": "C.UTF-8",
            "ANSIBLE_NOCOLOR": "1",
            **more,
        }


@dataclass(frozen=True)
class Tree:
    """A copy of the files that git knows or would take, laid out as Ansible wants it."""

    folder: Path

    @property
    def collection(self) -> Path:
        return self.folder / "ansible_collections" / NAMESPACE / NAME


def step(title: str) -> None:
    print(f"\n=== [{time.monotonic() - _BEGAN:4.0f} s] {title}", flush=True)


def leave_out(sentence: str) -> None:
    left_out.append(sentence)
    print(f"LEFT OUT: {sentence}", flush=True)


def not_here(sentence: str) -> None:
    """Leave out what this machine cannot run. Raise StageFailure where LEAVE_NOTHING_OUT is set, as in the workflow."""
    if os.environ.get("LEAVE_NOTHING_OUT"):
        raise StageFailure(f"nothing may be left out here, such as {sentence}")
    leave_out(sentence)


def link_interpreters() -> None:
    """Put each Python that really runs into one folder under the name that ansible-test looks for."""
    shutil.rmtree(INTERPRETERS, ignore_errors=True)
    INTERPRETERS.mkdir(parents=True)
    for interpreter in environment.interpreters():
        link = INTERPRETERS / f"python{interpreter.version[0]}.{interpreter.version[1]}"
        if interpreter.complete and not link.exists():
            link.symlink_to(interpreter.path)


def interpreter(versions: Sequence[str]) -> str | None:
    """The first of these versions that this machine has."""
    return next((version for version in versions if (INTERPRETERS / f"python{version}").exists()), None)


def newest_interpreter() -> str:
    versions = [path.name[len("python") :] for path in INTERPRETERS.iterdir()]
    return max(versions, key=lambda version: [int(part) for part in version.split(".")])


def make_environment(name: str, python: str, *packages: str, prerelease: bool = False) -> Environment:
    """The environment of this name, made again unless it holds these very packages. Raises StageFailure."""
    folder = WORK / "environments" / name
    stamp = folder / "made-of"
    made_of = " ".join([python, *packages])
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != made_of:
        uv("venv", "--quiet", "--clear", "--python", str(INTERPRETERS / f"python{python}"), str(folder))
        allow = ["--prerelease", "allow"] if prerelease else []
        uv("pip", "install", "--quiet", *allow, "--python", str(folder / "bin" / "python"), *packages)
        stamp.write_text(made_of, encoding="utf-8")
    return Environment(folder)


def uv(*arguments: str) -> None:
    own = {"UV_CACHE_DIR": str(WORK / "cache"), "UV_PYTHON_DOWNLOADS": "never"}
    run([str(environment.VENV / "bin" / "uv"), *arguments], cwd=ROOT, env={**os.environ, **own})


def unpack_collection(tools: Environment, package: str, name: str, folder: Path) -> Path:
    """The folder of collections with this one alone, such as `awx.awx`, out of the community package, which has a hundred.

    The environment needs pip: uv downloads no packages. Raises StageFailure.
    """
    inside = f"ansible_collections/{name.replace('.', '/')}/"
    if (folder / inside / "MANIFEST.json").exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    download = ["download", "--quiet", "--no-deps", "--only-binary", ":all:", "--dest", str(folder), package]
    run([tools.python, "-m", "pip", *download], cwd=ROOT, env=tools.variables())
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder, [each for each in archive.namelist() if each.startswith(inside)])
    wheel.unlink()
    return folder


def copy_tree(name: str) -> Tree:
    tree = Tree(WORK / "trees" / name)
    shutil.rmtree(tree.folder, ignore_errors=True)
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    files = subprocess.run(listing, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    for file in filter(None, files.split("\0")):
        source, copy = ROOT / file, tree.collection / file
        if source.exists():  # a file that was removed stays listed until that is committed
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, copy)
    # A repository of its own: ansible-test asks git what there is, and the one around it ignores all of `.venv`.
    for command in (["git", "init", "--quiet"], ["git", "add", "--all"]):
        subprocess.run(command, cwd=tree.collection, check=True)
    return tree


def run(command: Sequence[str], cwd: Path, env: Mapping[str, str], log: Path | None = None) -> None:
    """Run it, before the reader's eyes or into the log. Raises StageFailure."""
    with open(log, "a", encoding="utf-8") if log else os.fdopen(os.dup(1), "w") as output:
        status = subprocess.run(
            command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, check=False
        ).returncode
    if status != 0:
        raise StageFailure(f"{' '.join(command)} ended with exit status {status}")
