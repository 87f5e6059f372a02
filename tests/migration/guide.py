# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The guide to migration: its sections, blocks and tables."""

from __future__ import annotations

import pathlib
import re
import textwrap
from typing import Any

import yaml

TEXT = (pathlib.Path(__file__).resolve().parents[2] / "docs/docsite/rst/guide_migration.rst").read_text(
    encoding="utf-8"
)
BLOCK = re.compile(r"^( *)\.\. code-block:: (\w+)\n\n((?:\1 +.*\n|\n)+)", re.MULTILINE)
HEADING = re.compile(r"^(.+)\n([=~-])\2{2,}\n", re.MULTILINE)


def section(title: str) -> str:
    """The text below a heading, up to the next heading of any level."""
    headings = list(HEADING.finditer(TEXT))
    (number,) = (number for number, heading in enumerate(headings) if heading[1] == title)
    ends = [heading.start() for heading in headings[number + 1 :]]
    return TEXT[headings[number].end() : ends[0] if ends else len(TEXT)]


def prose(text: str) -> str:
    """A part of the guide as one line, to search for sentences."""
    return " ".join(text.split())


def blocks(text: str, language: str = "yaml") -> list[str]:
    return [textwrap.dedent(block[3]) for block in BLOCK.finditer(text) if block[2] == language]


def file(name: str) -> str:
    """The block that begins with the comment that names this file."""
    (block,) = (block for block in blocks(TEXT) if block.startswith(f"# {name}\n"))
    return block


def before_and_after(title: str) -> tuple[dict[str, Any], str]:
    """The task of netapp.elementsw and the playbook in place of it, which a section shows in this order."""
    before, after = blocks(section(title))
    (task,) = yaml.safe_load(before)
    return task, after


def column(title: str, number: int) -> list[str]:
    """The literals in a column of the table of a section, from 0, without the heading."""
    rows = re.split(r"^   \* - ", section(title), flags=re.MULTILINE)[2:]
    cells = [re.split(r"^     - ?", row, flags=re.MULTILINE)[number] for row in rows]
    return [name for cell in cells for name in re.findall(r"``([^`]+)``", cell)]
