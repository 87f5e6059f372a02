# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The variables of the role rehearse, checked and in one form."""

from __future__ import annotations

DOCUMENTATION = r"""
name: rehearse_options
short_description: Read and check the variables of the role rehearse
version_added: 1.0.0
author:
  - elementsw.replication contributors (@elementsw)
description:
  - Brings the variables of the role P(elementsw.replication.rehearse#role) into one form, and reports what is wrong with them
    before anything is read or written.
  - V(null) and empty text mean that a variable is not given.
positional: folders
options:
  _input:
    description:
      - The variables by name.
    type: dict
    required: true
  folders:
    description:
      - Where a relative path of a file with tasks is looked for.
    type: list
    elements: str
    default: []
  not_below:
    description:
      - A folder; those of O(folders) in it do not count.
    type: str
  names:
    description:
      - The names of all variables that begin as those of the role do, to find misspelled ones.
    type: list
    elements: str
    default: []
seealso:
  - plugin: elementsw.replication.rehearse
    plugin_type: role
"""

EXAMPLES = r"""
- name: Stop unless the variables can be used
  ansible.builtin.assert:
    that: (variables | elementsw.replication.rehearse_options(folders=[playbook_dir])).problems | length == 0
"""

RETURN = r"""
_value:
  description: The options, with V(null) for names that are not given.
  type: dict
  contains:
    peer:
      description: The inventory host of the other cluster.
      type: str
    name:
      description: The name of the rehearsal.
      type: str
    point:
      description: V(latest) or V(now).
      type: str
    volumes:
      description: The names of the volumes.
      type: list
      elements: str
    accounts:
      description: The names of the accounts.
      type: list
      elements: str
    account:
      description: The owner of the clones.
      type: str
    access_group:
      description: The access group of the clones.
      type: str
    qos_policy:
      description: The QoS policy of the clones.
      type: str
    wait_timeout:
      description: How long to wait until the clones are complete, in seconds.
      type: int
    keep:
      description: Whether the clones stay.
      type: bool
    evidence:
      description: The path of the evidence without its ending.
      type: str
    groups:
      description: The tasks of the user, in the form of the groups of P(elementsw.replication.failover_options#filter).
      type: list
      elements: dict
    candidates:
      description: The paths at which the file with the tasks of the user may be.
      type: list
      elements: str
    problems:
      description: What is wrong, without a full stop at the end of each.
      type: list
      elements: str
"""

from collections.abc import Callable
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

NAME = "rehearse_options"
POINTS = ("latest", "now")
DEFAULT_NAME = "rehearsal"
#: As the module has it.
DEFAULT_TIMEOUT = 600
LONGEST_NAME = 32
PREFIX = "rehearse_"
KNOWN = [
    f"{PREFIX}{name}"
    for name in (
        *("peer", "name", "point", "volumes", "accounts", "account", "access_group", "qos_policy"),
        *("wait_timeout", "tasks", "keep", "evidence", "clones"),
    )
]
#: Misspelled, they would be ignored, and every target would be rehearsed.
SINGULAR = ("rehearse_volume",)


def rehearse_options(given: Any, folders: Any = (), *, not_below: Any = None, names: Any = ()) -> dict[str, Any]:
    """Return the options and what is wrong with them. Raise AnsibleFilterError where the input is not as documented."""
    variables = {
        name: not_given_as_none(value)
        for name, value in dictionary(NAME, "the input", given, "the variables by name").items()
    }
    searched = outside(sequence(NAME, "folders", folders, "of folders"), plain(not_below))
    problems = [f"{name} is no variable of this role: the name is {name}s" for name in SINGULAR if name in variables]
    problems += misspelled([*set(sequence(NAME, "names", names, "of names")) - set(SINGULAR)], KNOWN, PREFIX)
    every = "rehearse all targets of pairs with the peer"
    tasks = tasks_file("rehearse_tasks", variables.get("rehearse_tasks"), searched, problems)
    return {
        "peer": _peer(variables, problems),
        "name": _name(variables, problems),
        "point": _point(variables, problems),
        **{
            what: given_names(f"rehearse_{what}", variables.get(f"rehearse_{what}"), every, problems)
            for what in ("volumes", "accounts")
        },
        **{what: _text(variables, f"rehearse_{what}", problems) for what in ("account", "access_group", "qos_policy")},
        "wait_timeout": whole_seconds(
            "rehearse_wait_timeout", variables.get("rehearse_wait_timeout"), DEFAULT_TIMEOUT, problems
        ),
        "keep": flag("rehearse_keep", variables.get("rehearse_keep"), False, problems),
        "evidence": _evidence(variables, problems),
        "groups": [{"name": None, "before_tasks": None, "after_tasks": tasks}],
        "candidates": tasks["candidates"] if tasks else [],
        "problems": problems,
    }


def _text(variables: dict[str, Any], name: str, problems: list[str]) -> str | None:
    value = variables.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        problems.append(f"{name} is {shown(value)}, expected a text")
        return None
    return str(value).strip() or None


def _peer(variables: dict[str, Any], problems: list[str]) -> str:
    peer = _text(variables, "rehearse_peer", problems)
    if peer is None:
        problems.append("rehearse_peer is not given: set it to the inventory host of the other cluster")
    return peer or ""


def _name(variables: dict[str, Any], problems: list[str]) -> str:
    name = _text(variables, "rehearse_name", problems) or DEFAULT_NAME
    fitting = all(letter.isascii() and (letter.isalnum() or letter == "-") for letter in name)
    if not fitting or len(name) > LONGEST_NAME:
        problems.append(f"rehearse_name is {shown(name)}, expected 1 to 32 letters, digits and hyphens")
    return name


def _evidence(variables: dict[str, Any], problems: list[str]) -> str | None:
    evidence = _text(variables, "rehearse_evidence", problems)
    if evidence and evidence.endswith("/"):
        problems.append(
            f"rehearse_evidence is {shown(evidence)}, a folder: add the name of the file without its ending"
        )
    return evidence


def _point(variables: dict[str, Any], problems: list[str]) -> str:
    point = _text(variables, "rehearse_point", problems) or POINTS[0]
    if point not in POINTS:
        problems.append(f"rehearse_point is {shown(point)}, expected {' or '.join(POINTS)}")
    return point


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {NAME: rehearse_options}
