# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files with tasks that stop and start an application around a failover."""

from __future__ import annotations

DOCUMENTATION = r"""
name: failover_hooks
short_description: Check the files with tasks around a failover
version_added: 1.0.0
author:
  - elementsw.replication contributors (@elementsw)
description:
  - Chooses the files with the tasks that run before and after a failover from those that exist, and reports those that do not
    exist, that are no lists of tasks, or that have a task without a module that Ansible knows, before anything is stopped.
positional: files
options:
  _input:
    description:
      - RV(elementsw.replication.failover_options#filter:_value.groups).
    type: list
    elements: dict
    required: true
  files:
    description:
      - The content of each of the candidates that is a file, by its path.
    type: dict
    required: true
  must_have_tasks:
    description:
      - Whether a file without a task is a problem, as one that checks something is.
    type: bool
    default: false
seealso:
  - plugin: elementsw.replication.failover
    plugin_type: role
"""

EXAMPLES = r"""
- name: Stop unless the files with the tasks can be used
  ansible.builtin.assert:
    that: (options.groups | elementsw.replication.failover_hooks(files=contents)).problems | length == 0
"""

RETURN = r"""
_value:
  description: The groups with their files.
  type: dict
  contains:
    groups:
      description: The groups, with the path of a file, or V(null), as C(before_tasks) and as C(after_tasks).
      type: list
      elements: dict
    problems:
      description: What is wrong with the files, without a full stop at the end of each.
      type: list
      elements: str
"""

from collections.abc import Callable, Iterator
from typing import Any

import yaml
from ansible.errors import AnsibleError
from ansible.parsing.mod_args import ModuleArgsParser
from ansible.playbook.block import Block
from ansible.playbook.task import Task

from ..plugin_utils._filter_input import dictionaries, dictionary, shaped

NAME = "failover_hooks"
GROUPS = "the groups of elementsw.replication.failover_options"
HOOKS = ("before_tasks", "after_tasks")
BLOCK = ("block", "rescue", "always")
#: Keys behind which a task can be more than what is written here, so that Ansible alone can judge it.
NOT_JUDGED = {"action", "local_action", "collections", "<<"}
#: The role runs the tasks, so the modules of its collection need no prefix.
OWN_MODULES = {"element_cluster_pair", "element_failover_rehearsal", "element_pair_info", "element_volume_pair"}
META = ("meta", "ansible.builtin.meta", "ansible.legacy.meta")


def failover_hooks(groups: Any, files: Any, must_have_tasks: bool = False) -> dict[str, Any]:
    """Return the groups with the paths of their files, and the problems. Raise AnsibleFilterError for other input."""
    given = dictionaries(NAME, "the input", groups, GROUPS)
    contents = dictionary(NAME, "files", files, "the contents by path")
    with shaped(NAME, GROUPS):
        hooks = [group[name] for group in given for name in HOOKS if group[name]]
        return {
            "groups": [{**group, **{name: _path(group[name], contents) for name in HOOKS}} for group in given],
            "problems": [problem for hook in hooks if (problem := _problem(hook, contents, must_have_tasks))],
        }


def _path(hook: dict[str, Any] | None, contents: dict[str, str]) -> str | None:
    return next((path for path in hook["candidates"] if path in contents), None) if hook else None


def _problem(hook: dict[str, Any], contents: dict[str, str], must_have_tasks: bool) -> str:
    path = _path(hook, contents)
    if path is None:
        where = " and ".join(hook["candidates"]) or "no folder: give an absolute path"
        return f"{hook['variable']} is {hook['given']}, which is no file: looked for {where}"
    wrong = _no_tasks(contents[path], must_have_tasks)
    return f"{hook['variable']}: {path} {wrong}" if wrong else ""


def _no_tasks(content: str, must_have_tasks: bool) -> str:
    """Why this is no list of tasks. Tags such as !vault stay unread: nothing of the content is constructed."""
    try:
        root = yaml.compose(content)
    except yaml.YAMLError as wrong:
        mark = getattr(wrong, "problem_mark", None)
        return f"is not valid YAML{f' in line {mark.line + 1}' if mark else ''}: correct it"
    if root is None or (isinstance(root, yaml.SequenceNode) and not root.value):
        return "has no task: nothing would be checked" if must_have_tasks else ""
    if not isinstance(root, yaml.SequenceNode) or not all(isinstance(item, yaml.MappingNode) for item in root.value):
        return "is not a list of tasks: give a file with tasks"
    if any(key.value in ("hosts", "import_playbook") for item in root.value for key, _value in item.value):
        return "is a playbook: give a file with tasks alone, without plays"
    ending = next(_endings(root), None)
    if ending:
        return f"has meta: {ending}, which would end the role unfinished and without a report: use fail"
    return next((f"has a task in line {line} that cannot run: {why}" for line, why in _refused(root)), "")


def _refused(tasks: yaml.SequenceNode) -> Iterator[tuple[int, str]]:
    """The tasks that Ansible refuses when it reads the file, after the failover, by their lines, and why."""
    for task in tasks.value:
        if not isinstance(task, yaml.MappingNode):
            continue
        keys = {str(key.value): value for key, value in task.value}
        line = task.start_mark.line + 1
        if "block" in keys:
            unknown = sorted(keys.keys() - Block.fattributes.keys() - NOT_JUDGED)
            if unknown:
                yield line, f"{unknown[0]} is no keyword of a block"
            for name in BLOCK:
                if isinstance(keys.get(name), yaml.SequenceNode):
                    yield from _refused(keys[name])
        elif not keys.keys() & (NOT_JUDGED | OWN_MODULES):
            why = _no_task(list(keys))
            if why:
                yield line, why


def _no_task(keys: list[str]) -> str:
    """Why these are not the keys of a task. Empty text where they are."""
    try:
        module = ModuleArgsParser({key: {} for key in keys}).parse()[0]
    except AnsibleError as refused:
        return str(refused).partition(". ")[0].rstrip(".")
    unknown = [key for key in keys if key != module and key not in Task.fattributes and not key.startswith("with_")]
    return f"{unknown[0]} is no keyword of a task" if unknown else ""


def _endings(node: yaml.Node) -> Iterator[str]:
    """The tasks that end more than themselves, also those in blocks."""
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _endings(item)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value in META and str(value.value).strip().startswith("end_"):
                yield value.value.strip()
            elif isinstance(value, yaml.SequenceNode):
                yield from _endings(value)


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {NAME: failover_hooks}
