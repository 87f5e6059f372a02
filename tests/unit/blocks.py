# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the documents show: every block of code, and every piece of code in a sentence, with where it stands."""

from __future__ import annotations

import pathlib
import re
import textwrap
from collections.abc import Iterator
from typing import NamedTuple

ROOT = pathlib.Path(__file__).resolve().parents[2]
#: Every document for people. A document outside of these would not be read by the tests.
DOCUMENTS = (
    "*.md",
    "docs/**/*.md",
    "docs/**/*.rst",
    "extensions/**/*.md",
    "roles/*/README.md",
    "tests/README.md",
    ".github/*.md",
)
#: Generated from the fragments, which antsibull-changelog checks.
GENERATED = {"CHANGELOG.md"}

_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
_DIRECTIVE = re.compile(r"^( *)\.\. code-block:: (\w+)\n((?:\1 +:\w+:.*\n)*)\n((?:\1 +.*\n|\n)+)", re.MULTILINE)
#: A literal block that names no language, so that no one can say what it has to be.
_NAMELESS = re.compile(r"^(?! *\.\.).*::$", re.MULTILINE)


class Block(NamedTuple):
    """One block of code: the path of its page, the line it begins at, its language, its text."""

    page: str
    line: int
    language: str
    text: str

    @property
    def name(self) -> str | None:
        """The name of the file that the block says to be, in a comment at its top."""
        caption = re.match(r"# ([\w/.-]+\.\w+)\n", self.text)
        return caption[1] if caption else None


def pages() -> list[str]:
    found = {str(path.relative_to(ROOT)) for pattern in DOCUMENTS for path in ROOT.glob(pattern) if path.is_file()}
    return sorted(found - GENERATED)


def text_of(page: str) -> str:
    """The text of a page. The files end with a line break, and a block needs one."""
    return (ROOT / page).read_text(encoding="utf-8") + "\n"


def blocks(page: str) -> Iterator[Block]:
    text = text_of(page)
    if page.endswith(".md"):
        for match in _FENCE.finditer(text):
            yield Block(page, text.count("\n", 0, match.start(3)) + 1, match[2], textwrap.dedent(match[3]))
    else:
        for match in _DIRECTIVE.finditer(text):
            yield Block(page, text.count("\n", 0, match.start(4)) + 1, match[2], textwrap.dedent(match[4]))


def without_language(page: str) -> list[str]:
    """The places of blocks that do not say in which language they are."""
    text = text_of(page)
    if page.endswith(".md"):
        return [f"{block.page}:{block.line}" for block in blocks(page) if not block.language]
    return [f"{page}:{text.count(chr(10), 0, match.start()) + 1}" for match in _NAMELESS.finditer(text)]


def pieces(page: str) -> list[str]:
    """The pieces of code within sentences and tables."""
    text = text_of(page)
    if page.endswith(".md"):
        return [" ".join(piece.split()) for piece in re.findall(r"`([^`]+)`", _FENCE.sub("", text))]
    return [" ".join(piece.split()) for piece in re.findall(r"``(.+?)``", _DIRECTIVE.sub("", text), re.DOTALL)]
