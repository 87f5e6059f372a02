# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run pytest in the project's own environment. Arguments go to pytest; without any, all tests run."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence

import environment

#: Most of the time tests wait: for an unreachable cluster, for counters to settle, for Ansible's processes.
WORKERS_PER_CORE = 4


def main(arguments: Sequence[str]) -> int:
    try:
        environment.prepare(environment.TESTS)
        with environment.workspace() as workspace:
            command = [workspace.python, "-m", "pytest", *arguments]
            workers = str(WORKERS_PER_CORE * (os.cpu_count() or 1))
            env = {"PYTEST_XDIST_AUTO_NUM_WORKERS": workers, **workspace.env}
            return subprocess.run(command, cwd=environment.ROOT, env=env, check=False).returncode
    except environment.SetupProblem as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
