# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The action plugin that runs the module element_failover_rehearsal with the connections of both clusters."""

from __future__ import annotations

from ..plugin_utils._action_base import WaitingAction


class ActionModule(WaitingAction):
    """Run the module of this name with the connections of both clusters filled in, and show the progress of its wait."""
