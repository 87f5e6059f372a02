# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fixtures of all tests that run modules, and how hypothesis takes a busy machine."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

from ansible_collections.elementsw.replication.tests.unit.running import playbook, sites

__all__ = ["playbook", "sites"]

# How long it takes to make an example, or to run it, tells how busy the machine is.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")
