# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which cases an old Python runs."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from ansible_collections.elementsw.replication.tests.unit.conftest import sample


@dataclass(frozen=True)
class Case:
    nodeid: str


@pytest.mark.parametrize(
    ("total", "kept"),
    [(0, []), (1, [0]), (3, [0, 1, 2]), (4, [0, 1, 2, 3]), (5, [0, 1, 3, 4]), (100, [0, 33, 66, 99])],
)
def test_a_few_cases_of_each_function_spread_over_its_table(total, kept):
    cases = [Case(f"test_a.py::test_b[{number}]") for number in range(total)]
    others = [Case("test_a.py::test_bb"), Case("test_c.py::test_b[0]")]
    assert sample([*cases, *others], 4) == {*(cases[number] for number in kept), *others}
