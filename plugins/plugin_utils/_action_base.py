# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The base classes of the action plugins: they fill in both connections, run the module and show its progress."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

import math
import os
import signal
import time
from collections.abc import Iterable
from typing import Any

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ..module_utils._element.arguments import PROGRESS
from ._connection import ConnectionProblem, module_arguments, secrets

try:
    from ansible.module_utils.secrets import register_secrets
except ImportError:  # before ansible-core 2.22 only the module masks secrets

    def register_secrets(values: Iterable[str], /) -> None:
        """Do nothing: this ansible-core has no register of secrets on the controller."""


display = Display()

ORPHANED = "the job was cancelled during a wait, which is not resumed; run it again"
CUT_SHORT = (
    "the timeout of the task ended the wait before wait_timeout did: raise timeout, or set timeout: 0 for the task"
)
OVER = "the timeout of the task was over before anything was written; raise it, or set timeout: 0 for the task"


class ConnectedAction(ActionBase):
    """Runs the module of the same name. Callbacks see only the task's own arguments, not those that are filled in."""

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
        # Returned outside the except block: inside it, ansible-core would add the context of the exception.
        if problem is not None:
            return {"failed": True, "changed": False, "msg": problem}
        register_secrets(secrets(args))
        return self._call(args, task_vars)

    def _call(self, args: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        # A copy: ansible-core adds to it.
        return self._execute_module(module_args=dict(args), task_vars=task_vars, wrap_async=self._task.async_val)


class WaitingAction(ConnectedAction):
    """Runs a module that ends during a long wait, shows its progress, and calls it again to resume the wait."""

    def _call(self, args: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        if self._task.async_val:
            # No one sees the replies before the end of the task, so one call of the module waits all the time.
            args = {**args, "progress_interval": 0}
        controller = os.getppid()
        limit = _take_over_timeout()
        reply = super()._call(args, task_vars)
        began = time.monotonic()
        before = reply
        cut_short = False
        while "_progress" in reply:
            if _is_unplanned(before) and not _is_unplanned(reply):
                began = time.monotonic()  # another wait, for the result of the writes
            before, progress = reply, reply["_progress"]
            if not self._task.no_log:
                # Not on stdout, which may be parsed.
                display.display(f"{task_vars['inventory_hostname']}: {printable(progress['line'])}", stderr=True)
            if os.getppid() != controller:
                # The job was killed, and the process of the task was not: no one reads its result, and it must not write later.
                return {"failed": True, "changed": before.get("changed", False), "msg": ORPHANED}
            waited = _interval(args) + time.monotonic() - began
            resumed = {**args, "x_resume": {"waited": waited, "report": progress["report"]}}
            if time.monotonic() >= limit:
                if _is_unplanned(reply):
                    return {"failed": True, "changed": False, "msg": OVER}
                resumed["wait_timeout"], cut_short = int(waited), True
            reply = super()._call(resumed, task_vars)
        result = _as_from_one_call(reply if before is reply else _with_the_writes(reply, before))
        return {**result, "warnings": [*result.get("warnings", ()), CUT_SHORT]} if cut_short else result


def _take_over_timeout() -> float:
    """Return when the time limit of the task ends, on the monotonic clock, and disarm it.

    Ansible would leave the module at work, between two writes perhaps, and report that it was terminated. Here its writes
    go on to their end, and the limit ends its waits.
    """
    seconds = signal.alarm(0)
    return time.monotonic() + seconds if seconds else math.inf


def printable(line: str) -> str:
    """Return the line without characters that control a terminal: a cluster can have any names and states."""
    return "".join(character if character.isprintable() else "?" for character in line)


def _interval(args: dict[str, Any]) -> float:
    """Return the seconds that the module waited in its first call. Its reply does not have them: numbers may be masked."""
    return float(args.get("progress_interval", PROGRESS["progress_interval"]["default"]))


def _is_unplanned(reply: dict[str, Any]) -> bool:
    """Whether the module returned before it had planned anything."""
    return "actions" not in reply["_progress"]["report"]


def _with_the_writes(reply: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """Return the reply of a later call, with the writes of the first one if the later call was killed before its end."""
    if not reply.get("failed") or reply.get("actions") or _is_unplanned(before):
        return reply
    report = before["_progress"]["report"]
    diff = {} if report["diff"] is None else {"diff": report["diff"]}
    return {**reply, **diff, "changed": before["changed"], "actions": report["actions"]}


def _as_from_one_call(reply: dict[str, Any]) -> dict[str, Any]:
    """Return the reply without the report of the earlier calls among its arguments."""
    shown = reply.get("invocation", {}).get("module_args")
    return {**reply, "invocation": {"module_args": {**shown, "x_resume": None}}} if shown else reply
