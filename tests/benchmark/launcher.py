# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`launcher.py FIGURES COMMAND...`: run a command, and write what it cost to the file FIGURES.

A process of its own, and a small one: the kernel counts the peak of a child from what its parent held when it was
started, so under pytest no child would seem to need less than pytest does.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time


def main(figures: str, command: list[str]) -> int:
    began = time.perf_counter()
    status = subprocess.call(command)
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    # Kilobytes, except on macOS.
    unit = 1 if sys.platform == "darwin" else 1024
    with open(figures, "w", encoding="utf-8") as file:
        json.dump({"seconds": seconds, "peak": peak * unit}, file)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
