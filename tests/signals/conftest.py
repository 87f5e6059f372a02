# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fixture `sites` of the unit tests."""

from __future__ import annotations

from ansible_collections.elementsw.replication.tests.unit.running import sites

__all__ = ["sites"]
