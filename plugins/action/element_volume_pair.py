# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The action plugin that runs the module element_volume_pair with the connections of both clusters."""

from __future__ import annotations

from typing import Any

from ..plugin_utils._action_base import WaitingAction
from ..plugin_utils._pair_items import usable_items


class ActionModule(WaitingAction):
    """Run the module of this name with the connections of both clusters filled in, and show the progress of its wait."""

    def _call(self, args: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        if args.get("pairs") is None:
            return super()._call(args, task_vars)
        items, problem = usable_items(args["pairs"], args.get("wait_for"))
        if problem is not None:
            return {"failed": True, "changed": False, "msg": problem}
        return super()._call({**args, "pairs": items}, task_vars)
