# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Why a rehearsal ended early, for its evidence."""

from __future__ import annotations

DOCUMENTATION = r"""
name: rehearse_reason
short_description: Say why a task of a rehearsal failed
version_added: 1.0.0
author:
  - elementsw.replication contributors (@elementsw)
description:
  - Makes one sentence of the result of a failed task. That of a task of the user names the task.
  - The result of a task with C(no_log) is not in it, because the evidence is kept and passed on.
options:
  _input:
    description:
      - The variable C(ansible_failed_result).
    type: dict
    required: true
  task:
    description:
      - The variable C(ansible_failed_task).
    type: dict
    required: true
seealso:
  - plugin: elementsw.replication.rehearse
    plugin_type: role
"""

EXAMPLES = r"""
- name: Note why it ended
  ansible.builtin.set_fact:
    reason: "{{ ansible_failed_result | elementsw.replication.rehearse_reason(task=ansible_failed_task) }}"
"""

RETURN = r"""
_value:
  description: The sentence.
  type: str
"""

from collections.abc import Callable
from typing import Any

from ..plugin_utils._filter_input import dictionary

NAME = "rehearse_reason"
#: How the names of the tasks of the role begin. What their modules say names everything.
OWN = ("check | ", "clone | ")


def rehearse_reason(result: Any, task: Any) -> str:
    """Return the sentence. Raise AnsibleFilterError where the input is not as documented."""
    failed = dictionary(NAME, "the input", result, "the result of a task")
    described = dictionary(NAME, "task", task, "the task")
    name = str(described.get("name") or described.get("action") or "without a name")
    if described.get("no_log") or any(each.get("_ansible_no_log") for each in (failed, *_items(failed))):
        return f"the task {name} failed, and no_log hides why"
    why = _why(failed)
    return why if name.startswith(OWN) else f"task {name}: {why}"


def _items(result: dict[str, Any]) -> list[dict[str, Any]]:
    """The results of the items of a loop."""
    found = result.get("results")
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _why(result: dict[str, Any]) -> str:
    """What the task says, in a loop the first item that failed."""
    first = next((item for item in _items(result) if item.get("failed")), result)
    return str(first.get("msg") or result.get("msg") or "it failed without a message")


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {NAME: rehearse_reason}
