# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many cases each flow has and how many of them broke, wherever they ran; reported at the end."""

from __future__ import annotations

from collections import Counter

import pytest

COUNTED = "matrix"


@pytest.fixture
def counts(request):
    """Where a test writes down how many cases it has tried, and how many broke a promise."""
    counted: Counter[str] = Counter()
    yield counted
    flow = request.node.callspec.params["flow"]
    request.node.user_properties.append((COUNTED, [flow.name, counted["cases"], counted["broken"]]))


def pytest_terminal_summary(terminalreporter) -> None:
    """The size of the matrix and its result, flow by flow."""
    tried: Counter[str] = Counter()
    broken: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            # The properties of a test are in the report on what comes after it.
            if getattr(report, "when", None) != "teardown":
                continue
            for flow, cases, bad in (value for name, value in report.user_properties if name == COUNTED):
                tried[flow] += cases
                broken[flow] += bad
    if tried:
        terminalreporter.section("fault matrix")
        width = max(map(len, tried))
        for flow, cases in tried.items():
            terminalreporter.write_line(f"{flow:{width}}  {cases:>6} cases  {broken[flow] or 'none':>5} broken")
        terminalreporter.write_line(
            f"{'in all':{width}}  {tried.total():>6} cases  {broken.total() or 'none':>5} broken"
        )
