# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Usage: release.py TAG. Says whether what is checked out may be released under this tag."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def problems(tag: str) -> Iterator[str]:
    """What stands against it, in sentences."""
    version = re.search(r"^version: (\S+)$", _text("galaxy.yml"), re.MULTILINE)
    if version is None or version[1] != tag:
        in_galaxy = version[1] if version else "missing"
        yield f"The tag is {tag}, and the version in galaxy.yml is {in_galaxy}: they must be the same."
    if not re.search(rf"^  {re.escape(tag)}:$", _text("changelogs/changelog.yaml"), re.MULTILINE):
        yield f"changelogs/changelog.yaml has no entry for {tag}: run `antsibull-changelog release` and commit what it writes."
    if not re.search(rf"^## v{re.escape(tag)}$", _text("CHANGELOG.md").replace("\\", ""), re.MULTILINE):
        yield f"CHANGELOG.md has no section for {tag}: run `antsibull-changelog release` and commit what it writes."
    left = sorted(path.name for path in (ROOT / "changelogs" / "fragments").glob("*.yml"))
    if left:
        yield f"Fragments are left that no entry holds: {', '.join(left)}."


def main(arguments: Sequence[str]) -> int:
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    report = list(problems(arguments[0]))
    for problem in report:
        print(problem, file=sys.stderr)
    return 1 if report else 0


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
