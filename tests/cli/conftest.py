# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The command line meets the simulator as users have it, not with the switches that the other tests set."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ansible_collections.elementsw.replication.tests.simulator.settings import SWITCHES_VARIABLE


@pytest.fixture(autouse=True, scope="package")
def _shipped_switches() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(SWITCHES_VARIABLE, raising=False)
        yield
