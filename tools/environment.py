# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The project's own environment `.venv`, made from nothing with Python's standard library.

Everything the front door needs lies in `.venv`; what a run writes besides lies in a `workspace`, which goes away
with it. So a bare clone is all that `make demo` and `make test` ask for, and nothing is left behind elsewhere.
"""

from __future__ import annotations

import contextlib
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
OLDEST_PYTHON = (3, 11)

#: What running playbooks against the simulator takes.
PLAYBOOKS = ("ansible-core", "tests/integration/requirements.txt")
#: What the tests take beyond that.
TESTS = (*PLAYBOOKS, "pytest", "pytest-cov", "pytest-xdist", "tests/unit/requirements.txt")

_INSTALLED = VENV / "installed.json"
_COMMANDS = VENV / "commands"
_PROBE = """
import json, sys
try:
    import ensurepip, venv
    complete = True
except ImportError:
    complete = False
print(json.dumps({
    "version": sys.version_info[:2],
    "complete": complete,
    "wanted": sys.implementation.name == "cpython" and sys.version_info.releaselevel == "final",
}))
"""
_ANSIBLE_COMMANDS = ("ansible", "ansible-doc", "ansible-galaxy", "ansible-playbook", "ansible-vault")
_COMMAND = """#!/bin/sh
# Not the script that pip made: its first line cannot hold the path of a folder with spaces in the form in which
# Ansible starts modules. VIRTUAL_ENV is a link without spaces.
exec "$VIRTUAL_ENV/bin/python" -m ansible {subcommand} "$@"
"""


class SetupProblem(Exception):
    """A sentence for whoever typed the command."""


@dataclass(frozen=True)
class Interpreter:
    path: str
    version: tuple[int, int]
    complete: bool  # can make virtual environments

    def __str__(self) -> str:
        return f"Python {_dotted(self.version)} ({self.path})"


@dataclass(frozen=True)
class Workspace:
    """A temporary folder and the environment variables of a run that writes nowhere else."""

    folder: Path
    env: dict[str, str]

    @property
    def python(self) -> str:
        return str(self.folder / "venv" / "bin" / "python")


def prepare(wanted: Sequence[str], say=print) -> None:
    """Make `.venv`, unless it is there, and install what is wanted and missing: packages, or files that list them."""
    if not _usable(VENV):
        interpreter = newest(interpreters())
        say(f"Making .venv with {interpreter}")
        _run([interpreter.path, "-m", "venv", "--clear", str(VENV)], "the virtual environment could not be made")
    installed = set(json.loads(_INSTALLED.read_text(encoding="utf-8"))) if _INSTALLED.exists() else set()
    missing = [package for package in dict.fromkeys(_packages(wanted)) if package not in installed]
    if missing:
        say(f"Installing {', '.join(missing)}")
        pip = [str(VENV / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "-qq"]
        cache = ["--cache-dir", str(VENV / "cache")]
        _run([*pip, *cache, "install", *missing], "the packages could not be installed")
        _INSTALLED.write_text(json.dumps(sorted(installed | set(missing))), encoding="utf-8")
    _write_commands()


@contextlib.contextmanager
def workspace() -> Iterator[Workspace]:
    """A folder for one run, with a link to `.venv` in it: Ansible cannot start a Python below a path with spaces."""
    folder = Path(tempfile.mkdtemp(prefix="elementsw-replication-"))
    try:
        (folder / "venv").symlink_to(VENV, target_is_directory=True)
        (folder / "ansible.cfg").touch()
        yield Workspace(folder, _environment(folder))
    finally:
        shutil.rmtree(folder)


def interpreters() -> Iterator[Interpreter]:
    """Each Python that really runs. A version manager's stand-ins may be on the path and fail when they are called."""
    real_paths = set()
    for path in _candidates():
        real = os.path.realpath(path)
        if real in real_paths or VENV in Path(path).parents:
            continue
        real_paths.add(real)
        with contextlib.suppress(OSError, subprocess.SubprocessError, ValueError):
            output = subprocess.run(
                [path, "-c", _PROBE], capture_output=True, check=True, text=True, stdin=subprocess.DEVNULL, timeout=30
            ).stdout
            facts = json.loads(output)
            if facts["wanted"]:
                yield Interpreter(path, tuple(facts["version"]), facts["complete"])


def newest(available: Iterable[Interpreter]) -> Interpreter:
    """The newest that is new enough and can make virtual environments. Raises SetupProblem."""
    newest_first = sorted(available, key=lambda interpreter: interpreter.version, reverse=True)
    new_enough = [interpreter for interpreter in newest_first if interpreter.version >= OLDEST_PYTHON]
    for interpreter in new_enough:
        if interpreter.complete:
            return interpreter
    if new_enough:
        raise SetupProblem(
            f"{new_enough[0]} cannot make virtual environments, because its module venv or ensurepip is missing. Install "
            f"it (on Debian and Ubuntu the package is python{_dotted(new_enough[0].version)}-venv), then run this again."
        )
    others = "; found only " + ", ".join(str(interpreter) for interpreter in newest_first) if newest_first else ""
    oldest = _dotted(OLDEST_PYTHON)
    raise SetupProblem(
        f"Python {oldest} or newer is needed and was not found{others}. "
        f"Install one (most systems have a package python{oldest} or newer), then run this again."
    )


def _dotted(version: tuple[int, int]) -> str:
    return f"{version[0]}.{version[1]}"


def _candidates() -> Iterator[str]:
    yield sys.executable
    managed = os.path.join(os.environ.get("PYENV_ROOT") or os.path.expanduser("~/.pyenv"), "versions", "*", "bin")
    folders = [folder for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    folders += ["/usr/local/bin", "/usr/bin", "/opt/homebrew/bin", *sorted(glob.glob(managed))]
    for folder in folders:
        for path in sorted(glob.glob(os.path.join(glob.escape(folder), "python*"))):
            if re.fullmatch(r"python(3(\.\d+)?)?", os.path.basename(path)):
                yield path


def _usable(folder: Path) -> bool:
    """Whether the environment is whole: an interrupted set-up or a Python that was removed since leaves it broken."""
    check = f"import pip, sys; sys.exit(sys.version_info < {OLDEST_PYTHON!r})"
    try:
        return (
            subprocess.run([str(folder / "bin" / "python"), "-c", check], capture_output=True, check=False).returncode
            == 0
        )
    except OSError:
        return False


def _packages(wanted: Iterable[str]) -> Iterator[str]:
    for entry in wanted:
        if not entry.endswith(".txt"):
            yield entry
            continue
        for line in (ROOT / entry).read_text(encoding="utf-8").splitlines():
            package = line.partition("#")[0].strip()
            if package:
                yield package


def _write_commands() -> None:
    _COMMANDS.mkdir(exist_ok=True)
    for command in _ANSIBLE_COMMANDS:
        path = _COMMANDS / command
        subcommand = command.partition("-")[2] or "adhoc"
        path.write_text(_COMMAND.format(subcommand=subcommand), encoding="utf-8")
        path.chmod(0o755)


def _environment(folder: Path) -> dict[str, str]:
    """This process's environment without what steers Ansible and Python, and with everything written to the folder."""
    env = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("ANSIBLE_") and name not in ("PYTHONHOME", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE")
    }
    venv = folder / "venv"
    own_hosts = ",".join(filter(None, [env.get("no_proxy"), "127.0.0.1", "localhost"]))
    return {
        **env,
        "PATH": os.pathsep.join([str(venv / "commands"), str(venv / "bin"), env.get("PATH", os.defpath)]),
        "VIRTUAL_ENV": str(venv),
        "PYTHONPYCACHEPREFIX": str(venv / "bytecode"),
        "ANSIBLE_CONFIG": str(folder / "ansible.cfg"),
        "ANSIBLE_HOME": str(folder / "ansible"),
        "ANSIBLE_REMOTE_TEMP": str(folder / "ansible" / "remote"),
        "ANSIBLE_ASYNC_DIR": str(folder / "ansible" / "async"),
        "LC_ALL": "C.UTF-8",
        "no_proxy": own_hosts,
        "NO_PROXY": own_hosts,
    }


def _run(command: Sequence[str], problem: str) -> None:
    if subprocess.run(command, stdin=subprocess.DEVNULL, check=False).returncode != 0:
        raise SetupProblem(f"The step above failed: {problem}.")


if __name__ == "__main__":
    try:
        prepare(sys.argv[1:])
    except SetupProblem as problem:
        sys.exit(str(problem))
