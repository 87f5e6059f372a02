# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the tests of random worlds: a fixed set, or ever new ones for so many seconds or until one fails."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Sequence

import environment

PYTEST = ("-m", "pytest", "tests/fuzz", "-n", "auto")


def main(arguments: Sequence[str]) -> int:
    """arguments: none for the fixed set; else the seconds, and a seed to begin with."""
    try:
        seconds = float(arguments[0]) if arguments else None
        seed = int(arguments[1]) if arguments[1:] else random.randrange(2**32)
    except ValueError:
        print("Usage: run_fuzz.py [SECONDS [SEED]]", file=sys.stderr)
        return 2
    try:
        environment.prepare(environment.TESTS)
        with environment.workspace() as workspace:
            return run(workspace) if seconds is None else search(workspace, seconds, seed)
    except environment.SetupProblem as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def run(workspace: environment.Workspace, *options: str) -> int:
    command = [workspace.python, *PYTEST, *options]
    return subprocess.run(command, cwd=environment.ROOT, env=workspace.env, check=False).returncode


def search(workspace: environment.Workspace, seconds: float, seed: int) -> int:
    end = time.monotonic() + seconds
    rounds = 0
    while rounds == 0 or time.monotonic() < end:
        print(f"seed {seed}", flush=True)
        status = run(workspace, "--quiet", "--hypothesis-profile=search", f"--hypothesis-seed={seed}")
        if status != 0:
            print(f"Found something with seed {seed}; again: make fuzz SECONDS=1 SEED={seed}")
            return status
        rounds, seed = rounds + 1, seed + 1
    print(f"Found nothing in {rounds} rounds")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
