# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run pytest in the project's own environment. Arguments go to pytest; without any, all tests run."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

import environment


def main(arguments: Sequence[str]) -> int:
    try:
        environment.prepare(environment.TESTS)
        with environment.workspace() as workspace:
            command = [workspace.python, "-m", "pytest", *arguments]
            return subprocess.run(command, cwd=environment.ROOT, env=workspace.env, check=False).returncode
    except environment.SetupProblem as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
