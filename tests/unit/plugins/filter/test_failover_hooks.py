# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files with tasks that run before and after a failover exist, and are lists of tasks."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.elementsw.replication.plugins.filter.failover_hooks import FilterModule, failover_hooks

HOOK = {"variable": "failover_after_tasks", "given": "start.yml", "candidates": ["/a/start.yml", "/b/start.yml"]}
ENDS = "which would end the role unfinished and without a report: use fail"
TASKS = "---\n- name: Start\n  command: '{{ start }}'\n  when: not done\n"


def group(after, **others):
    return {"name": None, "before_tasks": None, "after_tasks": after, **others}


@pytest.mark.parametrize(
    ("files", "path"),
    [
        ({"/b/start.yml": TASKS}, "/b/start.yml"),
        ({"/b/start.yml": TASKS, "/a/start.yml": TASKS}, "/a/start.yml"),
        ({"/a/start.yml": ""}, "/a/start.yml"),
        ({"/a/start.yml": "# nothing yet\n"}, "/a/start.yml"),
        ({"/a/start.yml": "- debug: {msg: !vault secret}\n- !unsafe {debug: x}\n"}, "/a/start.yml"),
        ({"/a/start.yml": "- block:\n  - meta: noop\n"}, "/a/start.yml"),
    ],
)
def test_the_first_that_exists(files, path):
    found = failover_hooks([group(HOOK, volumes=["a"]), group(None)], files)
    assert found == {"groups": [group(path, volumes=["a"]), group(None)], "problems": []}


@pytest.mark.parametrize("content", ["", "# nothing yet\n", "[]\n"])
def test_a_check_without_a_task_checks_nothing(content):
    files = {"/a/start.yml": content}
    assert failover_hooks([group(HOOK)], files)["problems"] == []
    assert failover_hooks([group(HOOK)], files, must_have_tasks=True)["problems"] == [
        "failover_after_tasks: /a/start.yml has no task: nothing would be checked"
    ]


@pytest.mark.parametrize(
    ("hook", "files", "problem"),
    [
        (HOOK, {}, "failover_after_tasks is start.yml, which is no file: looked for /a/start.yml and /b/start.yml"),
        (
            {**HOOK, "candidates": []},
            {},
            "failover_after_tasks is start.yml, which is no file: looked for no folder: give an absolute path",
        ),
        (
            HOOK,
            {"/a/start.yml": "- a: ["},
            "failover_after_tasks: /a/start.yml is not valid YAML in line 1: correct it",
        ),
        (
            HOOK,
            {"/a/start.yml": "- block:\n  - name: x\n    ansible.builtin.meta: end_play\n"},
            f"failover_after_tasks: /a/start.yml has meta: end_play, {ENDS}",
        ),
        (HOOK, {"/a/start.yml": "\x00"}, "failover_after_tasks: /a/start.yml is not valid YAML: correct it"),
        (
            HOOK,
            {"/a/start.yml": "command: start"},
            "failover_after_tasks: /a/start.yml is not a list of tasks: give a file with tasks",
        ),
        (
            HOOK,
            {"/a/start.yml": "- start\n"},
            "failover_after_tasks: /a/start.yml is not a list of tasks: give a file with tasks",
        ),
        (
            HOOK,
            {"/a/start.yml": "- hosts: all\n  tasks: []\n"},
            "failover_after_tasks: /a/start.yml is a playbook: give a file with tasks alone, without plays",
        ),
    ],
)
def test_files_that_cannot_be_used(hook, files, problem):
    assert failover_hooks([group(hook)], files)["problems"] == [problem]


def test_every_file_that_is_missing_is_named():
    hooks = group(HOOK, before_tasks={**HOOK, "variable": "failover_before_tasks"})
    assert [problem.split()[0] for problem in failover_hooks([hooks], {})["problems"]] == [
        "failover_before_tasks",
        "failover_after_tasks",
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["text", {}], "the input is of type str, expected a list"),
        ([[], None], "files is of type NoneType, expected a dictionary"),
        ([[{}], {}], "'before_tasks' is missing in the input"),
    ],
)
def test_input_that_is_not_as_documented(arguments, message):
    with pytest.raises(AnsibleFilterError) as refused:
        failover_hooks(*arguments)
    assert f"elementsw.replication.failover_hooks: {message}" in str(refused.value)


def test_ansible_finds_it_by_its_name():
    assert FilterModule().filters() == {"failover_hooks": failover_hooks}


@pytest.mark.parametrize(
    ("tasks", "why"),
    [
        ("- name: Start\n  ansible.builtin.nosuch: {}\n", "line 1 that cannot run: couldn't resolve module/action"),
        ("- debug:\n- name: Start\n  when: true\n", "line 2 that cannot run: no module/action detected in task"),
        ("- debug:\n  command: a\n", "line 1 that cannot run: conflicting action statements: debug, command"),
        ("- debug:\n  whem: a\n", "line 1 that cannot run: whem is no keyword of a task"),
        ("- block:\n  - debug:\n  rescue:\n  - {nosuch: {}}\n", "line 4 that cannot run: couldn't resolve"),
        ("- block: []\n  whem: a\n", "line 1 that cannot run: whem is no keyword of a block"),
        ("- block:\n  - block:\n    - name: Start\n", "line 3 that cannot run: no module/action"),
    ],
)
def test_a_task_that_ansible_refuses_is_named_before_anything_is_stopped(tasks, why):
    (problem,) = failover_hooks([group(HOOK)], {"/a/start.yml": tasks})["problems"]
    assert problem.startswith(f"failover_after_tasks: /a/start.yml has a task in {why}")


@pytest.mark.parametrize(
    "tasks",
    [
        "- command: !vault x\n  with_items: a\n  loop_control: {}\n  delegate_to: a\n  register: b\n  args: {}\n",
        "- action: nosuch a=b\n- local_action: {module: x}\n",
        "- &task {name: a, debug: {msg: b}}\n- {<<: *task, when: true}\n",
        "- {collections: [a.b], other: {}}\n- {block: [{debug: }], when: a, always: [{debug: }]}\n",
        "- include_tasks: {file: a, apply: {tags: b}}\n  tags: b\n- import_role: {name: c}\n- meta: noop\n",
        "- ansible.builtin.include_role: {name: c}\n  vars: {a: b}\n- ansible.legacy.command: a\n- set_fact: {a: b}\n",
        "- element_pair_info: {}\n- element_failover_rehearsal: {}\n- block: [{element_volume_pair: }]\n",
    ],
)
def test_tasks_that_ansible_accepts(tasks):
    assert failover_hooks([group(HOOK)], {"/a/start.yml": tasks})["problems"] == []
