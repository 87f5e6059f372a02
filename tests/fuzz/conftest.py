# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many examples: a fixed set each time, unless `make fuzz` looks for more."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

COMMON = {"deadline": None, "suppress_health_check": list(HealthCheck), "print_blob": True}

settings.register_profile("fixed", max_examples=50, stateful_step_count=4, derandomize=True, database=None, **COMMON)
settings.register_profile("search", max_examples=60, stateful_step_count=8, **COMMON)
settings.load_profile("fixed")
