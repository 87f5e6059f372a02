# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a failover is asked to do, from variables of inventories, surveys and the command line."""

from __future__ import annotations

DOCUMENTATION = r"""
name: failover_options
short_description: Read and check the variables of the role failover
version_added: 1.0.0
author:
  - elementsw.replication contributors (@elementsw)
description:
  - Makes options of the variables of the role P(elementsw.replication.failover#role), as inventories, surveys and the command
    line give them, and reports what is wrong with them, one message for each variable.
  - V(null) and empty text mean that a variable is not given. Lists of names may be lists, or text with commas or lines.
  - A list that names nothing is a problem, because it must not stand for all pairs, and so is a name such as C(failover_volume).
positional: folders
options:
  _input:
    description:
      - The variables by their names.
    type: dict
    required: true
  folders:
    description:
      - The folders in which files with tasks are looked for when their path is relative.
    type: list
    elements: path
    default: []
  not_below:
    description:
      - This folder and those below it are not looked in, as that is where the playbooks of the collection are installed.
    type: path
  names:
    description:
      - The names of all variables that begin with C(failover_). One that is almost the name of a variable above, and would be
        ignored, is a problem.
    type: list
    elements: str
seealso:
  - plugin: elementsw.replication.failover
    plugin_type: role
"""

EXAMPLES = r"""
- name: Show what a survey asks for
  ansible.builtin.debug:
    msg: "{{ (survey | elementsw.replication.failover_options).groups }}"
  vars:
    survey: {failover_peer: alpha, failover_kind: planned, failover_volumes: "orders-db, wiki", failover_accounts: ""}
"""

RETURN = r"""
_value:
  description: The options.
  type: dict
  contains:
    problems:
      description: What is wrong with the variables, without a full stop at the end of each.
      type: list
      elements: str
    peer:
      description: The inventory host of the other cluster.
      type: str
    kind:
      description: V(planned) or V(forced).
      type: str
    peer_unreachable:
      description: V(fail), V(local_only) or V(assume_dead), V(null) where it is not given.
      type: str
    allow_overwrite:
      description: Whether the content of the other side may be given up.
      type: bool
    save_overwritten:
      description: Whether what is overwritten is saved.
      type: bool
    match_size:
      description: Whether to grow the smaller volume of a pair, V(null) where it is not given.
      type: bool
    wait:
      description: Whether to wait.
      type: bool
    wait_for:
      description: V(paired) or V(in_sync).
      type: str
    wait_timeout:
      description: Seconds to wait.
      type: int
    volumes:
      description: The names of all volumes that the groups name, V(null) where a group names none.
      type: list
      elements: str
    accounts:
      description: The names of all accounts that the groups name, V(null) where a group names none.
      type: list
      elements: str
    exclude:
      description: The names of the volumes to leave out.
      type: list
      elements: str
    candidates:
      description: The paths of all files with tasks that the groups may have.
      type: list
      elements: path
    groups:
      description: What fails over, one group after the other. Without C(failover_groups) it is one group without a name.
      type: list
      elements: dict
      contains:
        name:
          description: Name of the group, V(null) without C(failover_groups).
          type: str
        volumes:
          description: Names of volumes, V(null) for all.
          type: list
          elements: str
        accounts:
          description: Names of accounts, V(null) for all.
          type: list
          elements: str
        pairs:
          description: The pairs, V(null) where they are not listed one by one.
          type: list
          elements: dict
        before_tasks:
          description: The file with the tasks before the failover as C(variable), C(given) and C(candidates), or V(null).
          type: dict
        after_tasks:
          description: The file with the tasks after the failover, like RV(_value.groups[].before_tasks).
          type: dict
"""

from collections.abc import Callable, Sequence
from typing import Any

from ..module_utils._element.arguments import shown
from ..plugin_utils._filter_input import dictionary, plain, sequence
from ..plugin_utils._variables import (
    flag,
    given_names,
    misspelled,
    not_given_as_none,
    outside,
    tasks_file,
    whole_seconds,
)

NAME = "failover_options"
CHOICES = {
    "failover_kind": ("planned", "forced"),
    "failover_peer_unreachable": ("fail", "local_only", "assume_dead"),
    "failover_wait_for": ("paired", "in_sync"),
}
DEFAULTS = {
    "failover_allow_overwrite": False,
    "failover_save_overwritten": True,
    "failover_match_size": None,
    "failover_wait": True,
}
DEFAULT_TIMEOUT = 300
GROUP_MEMBERS = ("name", "volumes", "accounts", "before_tasks", "after_tasks")
#: What a group has instead when there are groups.
IN_GROUPS = ("failover_volumes", "failover_accounts", "failover_pairs", "failover_before_tasks", "failover_after_tasks")
PREFIX = "failover_"
KNOWN = (
    *CHOICES,
    *DEFAULTS,
    *IN_GROUPS,
    "failover_peer",
    "failover_exclude",
    "failover_groups",
    "failover_wait_timeout",
)
#: Misspelled, they would be ignored, and every pair would fail over.
SINGULAR = ("failover_volume", "failover_account", "failover_pair", "failover_group")


def failover_options(given: Any, folders: Any = (), *, not_below: Any = None, names: Any = ()) -> dict[str, Any]:
    """Return the options and what is wrong with them. Raise AnsibleFilterError where the input is not as documented."""
    variables = {
        name: not_given_as_none(value)
        for name, value in dictionary(NAME, "the input", given, "the variables by name").items()
    }
    searched = outside(sequence(NAME, "folders", folders, "of folders"), plain(not_below))
    problems = [f"{name} is no variable of this role: the name is {name}s" for name in SINGULAR if name in variables]
    problems += misspelled([*set(sequence(NAME, "names", names, "of names")) - set(SINGULAR)], KNOWN, PREFIX)
    kind = _choice(variables, "failover_kind", problems)
    peer_unreachable = _choice(variables, "failover_peer_unreachable", problems)
    exclude = given_names(
        "failover_exclude", variables.get("failover_exclude"), "exclude no volume", problems, may_be_empty=True
    )
    groups = _groups(variables, searched, problems)
    problems += _contradictions(variables, kind, peer_unreachable)
    return {
        "peer": _required(variables, "failover_peer", "the inventory host of the other cluster", problems),
        "kind": kind or _required(variables, "failover_kind", "planned or forced", problems),
        "peer_unreachable": peer_unreachable,
        **{
            name[len("failover_") :]: flag(name, variables.get(name), default, problems)
            for name, default in DEFAULTS.items()
        },
        "wait_for": _choice(variables, "failover_wait_for", problems) or "paired",
        "wait_timeout": whole_seconds(
            "failover_wait_timeout", variables.get("failover_wait_timeout"), DEFAULT_TIMEOUT, problems
        ),
        "volumes": _all_named(groups, "volumes"),
        "accounts": _all_named(groups, "accounts"),
        "exclude": exclude or [],
        "groups": groups,
        "candidates": _candidates(groups),
        "problems": problems,
    }


def _required(variables: dict[str, Any], name: str, what: str, problems: list[str]) -> str:
    value = variables.get(name)
    text = value.strip() if isinstance(value, str) else value
    if not text:
        problems.append(f"{name} is not given: set it to {what}")
    elif not isinstance(text, str):
        problems.append(f"{name} is {shown(value)}, expected {what}")
    return text if isinstance(text, str) else ""


def _choice(variables: dict[str, Any], name: str, problems: list[str]) -> str | None:
    value = variables.get(name)
    text = value.strip() if isinstance(value, str) else value
    if text in (None, ""):
        return None
    if text not in CHOICES[name]:
        problems.append(f"{name} is {shown(value)}, expected {' or '.join(CHOICES[name])}")
    return str(text)


def _groups(variables: dict[str, Any], folders: Sequence[str], problems: list[str]) -> list[dict[str, Any]]:
    given = variables.get("failover_groups")
    if given is None:
        return [_whole(variables, folders, problems)]
    if not isinstance(given, list) or not given or not all(isinstance(group, dict) for group in given):
        problems.append(
            f"failover_groups is {shown(given)}, expected a list of groups, each with a name, and volumes or accounts"
        )
        return []
    beside = [name for name in IN_GROUPS if variables.get(name) is not None]
    if beside:
        problems.append(f"failover_groups excludes {', '.join(beside)}: give them to each group")
    groups = [_group(number, group, folders, problems) for number, group in enumerate(given, 1)]
    named = [group["name"] for group in groups]
    problems += [
        f"failover_groups has two groups named {name}: give each its own name"
        for name in dict.fromkeys(named)
        if named.count(name) > 1
    ]
    return groups


def _whole(variables: dict[str, Any], folders: Sequence[str], problems: list[str]) -> dict[str, Any]:
    """What fails over without groups."""
    fail_over_all = "fail over all pairs with the peer"
    pairs = variables.get("failover_pairs")
    if pairs is not None and not (isinstance(pairs, list) and pairs and all(isinstance(pair, dict) for pair in pairs)):
        problems.append(f"failover_pairs is {shown(pairs)}, expected a list of pairs, such as [{{volume: orders-db}}]")
        pairs = None
    return {
        "name": None,
        "volumes": given_names("failover_volumes", variables.get("failover_volumes"), fail_over_all, problems),
        "accounts": given_names("failover_accounts", variables.get("failover_accounts"), fail_over_all, problems),
        "pairs": pairs,
        "before_tasks": tasks_file("failover_before_tasks", variables.get("failover_before_tasks"), folders, problems),
        "after_tasks": tasks_file("failover_after_tasks", variables.get("failover_after_tasks"), folders, problems),
    }


def _group(number: int, given: dict[str, Any], folders: Sequence[str], problems: list[str]) -> dict[str, Any]:
    group = {member: not_given_as_none(value) for member, value in given.items()}
    name = str(group.get("name") or "").strip()
    label = f"group {name or number} of failover_groups"
    if not name:
        problems.append(f"{label} has no name")
    unknown = [str(member) for member in group if member not in GROUP_MEMBERS]
    if unknown:
        problems.append(f"{label} has {', '.join(unknown)}, expected {', '.join(GROUP_MEMBERS)}")
    if (group.get("volumes") is None) == (group.get("accounts") is None):
        problems.append(f"{label}: give volumes or accounts")
    instead = "name the other one"
    return {
        "name": name,
        "volumes": given_names(f"volumes of {label}", group.get("volumes"), instead, problems),
        "accounts": given_names(f"accounts of {label}", group.get("accounts"), instead, problems),
        "pairs": None,
        "before_tasks": tasks_file(f"before_tasks of {label}", group.get("before_tasks"), folders, problems),
        "after_tasks": tasks_file(f"after_tasks of {label}", group.get("after_tasks"), folders, problems),
    }


def _contradictions(variables: dict[str, Any], kind: str | None, peer_unreachable: str | None) -> list[str]:
    found = []
    given = {name for name, value in variables.items() if value is not None}
    if "failover_pairs" in given and {"failover_volumes", "failover_accounts", "failover_exclude"} & given:
        found.append(
            "give failover_pairs, or failover_volumes, failover_accounts and failover_exclude, or none of them for all pairs "
            "with the peer"
        )
    if kind == "planned" and peer_unreachable == "assume_dead":
        found.append(
            "failover_peer_unreachable=assume_dead goes with failover_kind=forced: a planned failover proves that nothing is "
            "lost, for which both clusters must answer"
        )
    return found


def _candidates(groups: list[dict[str, Any]]) -> list[str]:
    hooks = [group[when] for group in groups for when in ("before_tasks", "after_tasks") if group[when]]
    return list(dict.fromkeys(path for hook in hooks for path in hook["candidates"]))


def _all_named(groups: list[dict[str, Any]], what: str) -> list[str] | None:
    if not groups or any(group[what] is None for group in groups):
        return None
    return list(dict.fromkeys(name for group in groups for name in group[what]))


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {NAME: failover_options}
