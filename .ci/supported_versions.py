# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Usage: supported_versions.py. Writes the table of versions in README.md from what `.ci/run versions` ran last."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from typing import Any

import versions

README = versions.ROOT / "README.md"
HEAD = "| ansible-core | Python | sanity tests | integration targets | unit tests of the modules |"
_TABLE = re.compile(rf"^{re.escape(HEAD)}\n(?:\|.*\n)+", re.MULTILINE)
#: `make test` and `make journeys` run everything on the newest release.
NEWEST = max((core for core in versions.CORES if core.released), key=lambda core: float(core.line)).line


def table(passed: list[dict[str, Any]]) -> str:
    """The table of the jobs that passed, one line for each ansible-core."""
    rows = "".join(f"| {' | '.join(row)} |\n" for row in _rows(passed))
    return f"{HEAD}\n| --- | --- | --- | --- | --- |\n{rows}"


def _rows(passed: list[dict[str, Any]]) -> Iterator[tuple[str, ...]]:
    for core in versions.CORES:
        jobs = [job for job in passed if job["core"] == core.line]
        checks = {job["check"][0]: job["check"][1:] for job in jobs}
        if checks:
            line = core.line if core.released else f"{core.line}, a candidate"
            yield (
                line,
                jobs[0]["python"],
                _sanity(checks),
                _targets(core, checks),
                _units(core, jobs[0]["python"], checks),
            )


def _sanity(checks: dict[str, list[str]]) -> str:
    if "sanity" not in checks:
        return "–"
    return "all but pylint" if "pylint" in checks["sanity"] else "all"


def _targets(core: versions.Core, checks: dict[str, list[str]]) -> str:
    if core.line == NEWEST:
        return "all"
    if "integration" not in checks:
        return "–"
    if core.targets == versions.WITHOUT_THESE:
        return f"all but {', '.join(versions.ON_THE_NEWEST_ALONE)}"
    return ", ".join(core.targets or ())


def _units(core: versions.Core, python: str, checks: dict[str, list[str]]) -> str:
    if core.line == NEWEST:
        return f"Python {python}"
    return f"Python {core.units}, some cases of each test" if "units" in checks else "–"


def main() -> int:
    text = README.read_text(encoding="utf-8")
    passed = json.loads(versions.PASSED.read_text(encoding="utf-8"))
    written, count = _TABLE.subn(table(passed), text)
    if count != 1:
        print(f"README.md must have the line {HEAD} once, with its table.", file=sys.stderr)
        return 1
    README.write_text(written, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
