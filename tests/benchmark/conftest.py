# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fixture `sites` of the unit tests, and the table of promises and figures at the end."""

from __future__ import annotations

import pytest

from ansible_collections.elementsw.replication.tests.unit.running import sites

__all__ = ["sites"]

FIGURES: list[tuple[str, str, str]] = []


def pytest_terminal_summary(terminalreporter) -> None:
    """Promise and figure, side by side."""
    if FIGURES:
        terminalreporter.section("promises and figures")
        width = max(len(what) for what, _promise, _figure in FIGURES)
        for what, promise, figure in FIGURES:
            terminalreporter.write_line(f"{what:{width}}  {promise:>28}  {figure:>28}")


@pytest.fixture
def figures():
    """Where a test writes down what it has counted."""
    return FIGURES
