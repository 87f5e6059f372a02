# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the role protect is asked to do, from variables of inventories, surveys and the command line."""

from __future__ import annotations

DOCUMENTATION = r"""
name: protect_options
short_description: Read and check the variables of the role protect
version_added: 1.0.0
author:
  - elementsw.replication contributors (@elementsw)
description:
  - Makes options of the modules of the variables of the role P(elementsw.replication.protect#role), as inventories, surveys and
    the command line give them, and reports everything that is wrong with them.
  - V(null) and empty text mean that a variable is not given. The volumes are read by
    P(elementsw.replication.pairs_given#filter).
options:
  _input:
    description:
      - The variables by their names.
    type: dict
    required: true
  names:
    description:
      - The names of all variables that begin with C(protect_). One that is almost the name of a variable above, and would be
        ignored, is a problem.
    type: list
    elements: str
seealso:
  - plugin: elementsw.replication.protect
    plugin_type: role
  - plugin: elementsw.replication.pairs_given
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show what a survey asks for
  ansible.builtin.debug:
    msg: "{{ (survey | elementsw.replication.protect_options).volumes }}"
  vars:
    survey: {protect_peer: beta, protect_mode: sync, protect_allow_overwrite: "", protect_wait_timeout: "3600"}
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
    item_permissions:
      description: Whether items of the list may permit to overwrite or to repair.
      type: bool
    clusters:
      description: Options of M(elementsw.replication.element_cluster_pair), those that are given and those with a default.
      type: dict
    volumes:
      description: Options of M(elementsw.replication.element_volume_pair), those that are given and those with a default.
      type: dict
"""

from collections.abc import Callable
from typing import Any

from ..module_utils._element.arguments import is_unset
from ..module_utils._pairing.pair_options import DESCRIPTION, PERMISSIONS, conflicts
from ..plugin_utils._filter_input import dictionary, sequence
from ..plugin_utils._pair_items import usable_variables
from ..plugin_utils._variables import misspelled

NAME = "protect_options"
PREFIX = "protect_"
OF_CLUSTERS = "cluster_"
SPEC: dict[str, dict[str, Any]] = {
    "peer": {"type": "str"},
    "pairs_file": {"type": "str"},
    "item_permissions": {"type": "bool", "default": True},
    **DESCRIPTION,
    "cluster_repair": {"type": "bool", "default": False},
    "cluster_remove_pending": {"type": "bool", "default": False},
    "cluster_wait_timeout": {"type": "int", "default": 120},
    **{name: {"type": "bool", "default": default} for name, default in PERMISSIONS.items()},
    "fail_fast": {"type": "bool", "default": False},
    "wait": {"type": "bool", "default": True},
    "wait_for": {"type": "str", "choices": ["paired", "in_sync"], "default": "paired"},
    "wait_timeout": {"type": "int", "default": 300},
}
KNOWN = (f"{PREFIX}pairs", *(f"{PREFIX}{name}" for name in SPEC))
#: What the role itself uses.
OF_THE_ROLE = ("peer", "pairs_file", "item_permissions")
#: Misspelled, or as the other playbooks call them, they would be ignored.
NO_VARIABLES = ("protect_pair", "protect_volume", "protect_volumes")
SECONDS = ("cluster_wait_timeout", "wait_timeout")


def protect_options(given: Any, *, names: Any = ()) -> dict[str, Any]:
    """Return the options and what is wrong with them. Raise AnsibleFilterError where the input is not as documented."""
    variables = dictionary(NAME, "the input", given, "the variables by name")
    problems = [
        f"{name} is no variable of this role; name the volumes in protect_pairs"
        for name in NO_VARIABLES
        if name in variables
    ]
    problems += misspelled([*set(sequence(NAME, "names", names, "of names")) - set(NO_VARIABLES)], KNOWN, PREFIX)
    known = {name: variables[f"{PREFIX}{name}"] for name in SPEC if f"{PREFIX}{name}" in variables}
    values, invalid = usable_variables(known, SPEC, PREFIX)
    if is_unset(variables.get("protect_peer")):
        problems.append("protect_peer is not given; set it to the inventory host of the other cluster")
    problems += invalid + [
        f"{PREFIX}{name}: {values[name]} is less than 0" for name in SECONDS if values.get(name, 0) < 0
    ]
    # The volume, without which nothing is said about the rest, is that of each item.
    problems += [
        f"{PREFIX}{conflict}" for conflict in conflicts({"volume": "each", **_pair(values)}, values.get("wait_for"))
    ]
    options = {name: rules["default"] for name, rules in SPEC.items() if "default" in rules and name not in OF_THE_ROLE}
    options |= {name: value for name, value in values.items() if name not in OF_THE_ROLE}
    of_clusters = {name: value for name, value in options.items() if name.startswith(OF_CLUSTERS)}
    return {
        "peer": values.get("peer", ""),
        "item_permissions": values.get("item_permissions", SPEC["item_permissions"]["default"]),
        "clusters": {name[len(OF_CLUSTERS) :]: value for name, value in of_clusters.items()},
        "volumes": {name: value for name, value in options.items() if name not in of_clusters},
        "problems": problems,
    }


def _pair(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in DESCRIPTION}


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {NAME: protect_options}
