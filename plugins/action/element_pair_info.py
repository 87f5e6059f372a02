# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The action plugin that runs the module element_pair_info with the connections of both clusters."""

from __future__ import annotations

from typing import Any

from ..plugin_utils._action_base import ConnectedAction
from ..plugin_utils._commands import Hosts, with_commands
from ..plugin_utils._exchanged_hosts import exchanged_hosts


class ActionModule(ConnectedAction):
    """Run the module of this name with the connections of both clusters filled in, and complete the commands it returns."""

    def _call(self, args: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        peer_host = self._task.args.get("peer_host")
        hosts = None if peer_host is None else Hosts(task_vars["inventory_hostname"], str(peer_host))
        # The result of a task with async does not come back to here, where the commands are made.
        asked = {**args, "x_commands": not self._task.async_val}
        result = with_commands(super()._call(asked, task_vars), hosts, task_vars.get("ansible_inventory_sources") or ())
        exchanged = hosts and "clusters" in result and exchanged_hosts(result["clusters"], *hosts)
        return {**result, "warnings": [*result.get("warnings", ()), exchanged]} if exchanged else result
