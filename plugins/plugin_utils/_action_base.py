# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection elementsw.replication: it can change without notice.
"""What the action plugins of the collection have in common: fill in both connections, then run the module."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ansible.plugins.action import ActionBase

from ._connection import ConnectionProblem, module_arguments, secrets

try:
    from ansible.module_utils.secrets import register_secrets
except ImportError:  # ansible-core before 2.22 masks on the side of the module alone

    def register_secrets(values: Iterable[str], /) -> None:
        """There is no place on the controller to register a secret at."""


class ConnectedAction(ActionBase):
    """Runs the module of the same name. What goes to it beyond the task's own arguments no callback sees."""

    TRANSFERS_FILES = False

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        self._supports_async = True
        result = super().run(tmp, task_vars)
        del tmp
        try:
            return {**result, **self._run_module(task_vars or {})}
        finally:
            if not self._task.async_val:
                self._remove_tmp_path(self._connection._shell.tmpdir)

    def _run_module(self, task_vars: dict[str, Any]) -> dict[str, Any]:
        problem = None
        try:
            args = module_arguments(self._task.args, task_vars, self._templar)
        except ConnectionProblem as exc:
            problem = str(exc)
        # Returned from outside the except block: inside it, ansible-core would add the error's context.
        if problem is not None:
            return {"failed": True, "changed": False, "msg": problem}
        register_secrets(secrets(args))
        return self._execute_module(module_args=args, task_vars=task_vars, wrap_async=self._task.async_val)
