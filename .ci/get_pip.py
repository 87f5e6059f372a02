# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stand-in for get-pip.py, for machines that reach a package index but not the download host of ansible-test.

ansible-test finds it in its cache under the name that it looks for, and runs it inside an empty virtual environment
as `get_pip_X_Y.py [options] pip==X.Y [setuptools==... wheel==...]`.
"""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

WHEELS = Path(__file__).resolve().parent / "wheels"
#: Isolated: it is run in a temporary folder, and what lies there may be named like a module of Python's.
PYTHON = [sys.executable, "-I", "-m"]
PIP = [*PYTHON, "pip", "--disable-pip-version-check"]


def main() -> None:
    wanted = [argument for argument in sys.argv[1:] if "==" in argument]
    missing = [requirement for requirement in wanted if not wheels_of(requirement)]
    if missing:
        download(missing)
    for requirement in wanted:
        with zipfile.ZipFile(wheels_of(requirement)[0]) as wheel:
            wheel.extractall(sysconfig.get_paths()["purelib"])


def wheels_of(requirement: str) -> list[Path]:
    return sorted(WHEELS.glob(requirement.replace("==", "-") + "-*.whl"))


def download(requirements: list[str]) -> None:
    """Fetch the wheels with the pip that Python brings, and take that pip away again."""
    subprocess.check_call([*PYTHON, "ensurepip", "--default-pip"], stdout=subprocess.DEVNULL)
    options = ["--quiet", "--no-deps", "--only-binary", ":all:", "--dest", str(WHEELS)]
    subprocess.check_call([*PIP, "download", *options, *requirements])
    subprocess.check_call([*PIP, "uninstall", "--quiet", "--yes", "pip", "setuptools"])


if __name__ == "__main__":
    main()
