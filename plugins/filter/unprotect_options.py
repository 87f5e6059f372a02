# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the playbook unprotect is asked to do, from variables of inventories, surveys and the command line."""

from __future__ import annotations

DOCUMENTATION = r"""
name: unprotect_options
short_description: Read and check the variables of the playbook unprotect
version_added: 1.0.0
author:
  - elementsw.replication contributors (@elementsw)
description:
  - Makes options of the variables of the playbook C(elementsw.replication.unprotect), as inventories, surveys and the command
    line give them, and reports everything that is wrong with them.
  - V(null) and empty text mean that a variable is not given.
options:
  _input:
    description:
      - The variables by their names.
    type: dict
    required: true
  names:
    description:
      - The names of all variables that begin with C(unprotect_). One that is almost the name of a variable above, and would be
        ignored, is a problem.
    type: list
    elements: str
  host:
    description:
      - The host that the playbook runs for. One that is not O(cluster) is a problem.
    type: str
  cluster:
    description:
      - The host that the playbook is meant for.
    type: str
seealso:
  - plugin: elementsw.replication.unprotect_pairs
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show what a survey asks for
  ansible.builtin.debug:
    msg: "{{ ({'unprotect_volumes': 'orders-db, shop/wiki'} | elementsw.replication.unprotect_options).volumes }}"
  # => [{"volume": "orders-db"}, {"volume": "wiki", "account": "shop"}]
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
    volumes:
      description: The volumes that are named, each with C(volume_id), or with C(volume) and perhaps C(account).
      type: list
      elements: dict
    all:
      description: Whether all volumes of the list are meant.
      type: bool
    release_targets:
      description: Whether the former targets become writable.
      type: bool
    clusters:
      description: Whether the cluster pair is removed, too.
      type: bool
    peer_unreachable:
      description: V(fail), V(local_only) or V(assume_dead), empty where it is not given.
      type: str
"""

from collections.abc import Callable
from typing import Any

from ..module_utils._element.arguments import UNREACHABLE, is_unset
from ..plugin_utils._filter_input import dictionary, plain, sequence
from ..plugin_utils._pair_items import usable_variables, usable_volumes
from ..plugin_utils._variables import misspelled

NAME = "unprotect_options"
PREFIX = "unprotect_"
SPEC: dict[str, dict[str, Any]] = {
    "all": {"type": "bool"},
    "release_targets": {"type": "bool"},
    "clusters": {"type": "bool"},
    "peer_unreachable": {"type": "str", "choices": UNREACHABLE},
}
DEFAULTS = {"all": False, "release_targets": False, "clusters": False, "peer_unreachable": ""}
VOLUMES = f"{PREFIX}volumes"
#: Misspelled, it has its own sentence.
SINGULAR = f"{PREFIX}volume"
KNOWN = (VOLUMES, *(f"{PREFIX}{name}" for name in SPEC))
ITEM = "expected a name, ACCOUNT/NAME or {volume_id: ID}"
NOTHING = f"name the volumes in {VOLUMES}, or give unprotect_all=true for all of protect_pairs; without that nothing is removed"


def unprotect_options(given: Any, *, names: Any = (), host: Any = None, cluster: Any = None) -> dict[str, Any]:
    """Return the options and what is wrong with them. Raise AnsibleFilterError where the input is not as documented."""
    variables = dictionary(NAME, "the input", given, "the variables by name")
    known = {name: variables[f"{PREFIX}{name}"] for name in SPEC if f"{PREFIX}{name}" in variables}
    values, problems = usable_variables(known, SPEC, PREFIX)
    named = variables.get(VOLUMES)
    volumes, invalid = (None, []) if is_unset(named) else usable_volumes(named)
    problems += misspelled([*set(sequence(NAME, "names", names, "of names")) - {SINGULAR}], KNOWN, PREFIX)
    if SINGULAR in variables:
        problems.append(f"{SINGULAR} is no variable of this playbook; the name is {VOLUMES}")
    if volumes is None and invalid:
        problems.append(f"{VOLUMES}: {invalid[0]} is no list; {ITEM}")
    elif invalid:
        problems.append(f"{VOLUMES}: {', '.join(invalid)} is no volume; {ITEM}")
    elif volumes == []:
        problems.append(f"{VOLUMES} names nothing: name the volumes, or give unprotect_all=true")
    elif volumes and values.get("all"):
        problems.append(f"give {VOLUMES} or unprotect_all=true, not both")
    elif not volumes and not values.get("all") and not problems:
        problems.append(NOTHING)
    if str(plain(host)) != str(plain(cluster)):
        problems.append(
            f"replication_cluster is {plain(cluster)}, and this is {plain(host)}: give -e replication_cluster={plain(cluster)}"
        )
    return {**DEFAULTS, **values, "volumes": volumes or [], "problems": problems}


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {NAME: unprotect_options}
