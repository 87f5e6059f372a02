# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fixtures of all tests that run modules, how hypothesis takes a busy machine, and what old Pythons run."""

from __future__ import annotations

import sys
from collections import defaultdict

import pytest
from hypothesis import HealthCheck, settings

from ansible_collections.elementsw.replication.tests.unit.running import playbook, sites

__all__ = ["playbook", "sites"]

# How long it takes to make an example, or to run it, tells how busy the machine is.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")

#: From here on Python runs controllers, and `make test` with every case. Modules run on older ones, too.
OLDEST_OF_CONTROLLERS = (3, 11)
#: Of each test function on an older Python: enough to run every line, since what differs there is the language and its
#: library, not what a cluster may say.
CASES_ON_OLD_PYTHONS = 4


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if sys.version_info < OLDEST_OF_CONTROLLERS:
        kept = sample(items, CASES_ON_OLD_PYTHONS)
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = [item for item in items if item in kept]


def sample(items: list[pytest.Item], count: int) -> set[pytest.Item]:
    """At most so many cases of each test function, among them the first and the last."""
    by_function = defaultdict(list)
    for item in items:
        by_function[item.nodeid.partition("[")[0]].append(item)
    return {
        cases[round(place * (len(cases) - 1) / (count - 1))] for cases in by_function.values() for place in range(count)
    }
