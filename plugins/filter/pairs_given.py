# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The list of volume pairs that a user gives, as a list, as text or as a file."""

from __future__ import annotations

DOCUMENTATION = r"""
name: pairs_given
short_description: Take the list of volume pairs that is given as a list, a text or a file
version_added: 1.0.0
author:
  - elementsw.replication contributors (@elementsw)
description:
  - Takes the list of C(protect_pairs) or of C(protect_pairs_file), of which V(null) and empty text count as not given.
  - It never fails for what a user gives. Faults are returned as sentences, for a task that refuses to go on.
positional: file, text, wait_for, permissions
options:
  _input:
    description:
      - A list, whose items are checked as the module checks them and returned as they are, or a text in YAML, JSON or CSV, as
        P(elementsw.replication.pairs_from_csv#filter) reads it.
    type: raw
    required: true
  file:
    description:
      - The path that was given. Empty where none was.
    type: str
    default: ""
  text:
    description:
      - What is in that file, or V(null) where there is no such file.
    type: str
  wait_for:
    description:
      - The O(elementsw.replication.element_volume_pair#module:wait_for) of the task that gets the list. A pair that is paused on
        request never gets in sync.
    type: str
  permissions:
    description:
      - Whether items may permit to overwrite or to repair with C(allow_overwrite) or C(repair). Otherwise a list with an item
        that does has a fault.
    type: bool
    default: true
seealso:
  - plugin: elementsw.replication.pairs_from_csv
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show the list
  ansible.builtin.debug:
    msg: "{{ ('volume;mode\norders-db;sync' | elementsw.replication.pairs_given).pairs }}"
  # => [{"volume": "orders-db", "mode": "sync"}]
"""

RETURN = r"""
_value:
  description: What is given.
  type: dict
  contains:
    given:
      description: Whether anything is.
      type: bool
    pairs:
      description: The list. Empty where it has faults.
      type: list
      elements: dict
    problem:
      description: What is wrong, as one sentence. V(null) when nothing is.
      type: str
    faults:
      description: The faults of the list, one line for each.
      type: list
      elements: str
"""

from collections.abc import Callable
from typing import Any

from ..module_utils._element.arguments import is_unset
from ..module_utils._pairing.pair_options import in_lines, place
from ..plugin_utils._filter_input import plain
from ..plugin_utils._pair_items import usable_items
from ..plugin_utils._pair_texts import from_text

NAME = "pairs_given"


#: What permits to overwrite or to remove something.
PERMITTING = ("allow_overwrite", "repair")


def pairs_given(
    pairs: Any, file: Any = "", text: Any = None, wait_for: Any = None, permissions: Any = True
) -> dict[str, Any]:
    """Return the list that is given, or what is wrong with it."""
    value, path, content = plain(pairs), plain(file), plain(text)
    if path and not is_unset(value):
        return _result(problem="Give protect_pairs or protect_pairs_file, not both.")
    if path and content is None:
        return _result(problem=f"protect_pairs_file: {path} is neither in the current folder nor beside the playbook.")
    if is_unset(value) and not path:
        return _result(given=False)
    source = f"protect_pairs_file {path}" if path else "protect_pairs"
    if path or isinstance(value, str):
        value, faults = from_text(content if path else value)
        if faults:
            return _refused(source, faults)
    items, problem = usable_items(value, plain(wait_for))
    problem = problem or (None if permissions else _permitting(items))
    if problem:
        # Of several lines the first one only counts the others.
        return _refused(source, problem.splitlines()[1:] or [problem])
    return _result(value)


def _permitting(items: list[dict[str, Any]]) -> str | None:
    """The message about items that permit to overwrite or to repair."""
    return in_lines(
        [
            (
                place(number, item),
                f"{name}: a run with protect_item_permissions false takes none; remove it from the list, or run protect yourself",
            )
            for number, item in enumerate(items)
            for name in PERMITTING
            if item.get(name)
        ]
    )


def _refused(source: str, faults: list[str]) -> dict[str, Any]:
    if len(faults) == 1:
        return _result(problem=f"{source}: {faults[0]}.", faults=faults)
    # What a fault begins with: its row or item and volume, or the column.
    places = ", ".join(dict.fromkeys(fault.partition(":")[0].partition(";")[0] for fault in faults))
    return _result(problem=f"{source} cannot be used, nothing was written: {places}.", faults=faults)


def _result(
    pairs: list[dict] | None = None, *, given: bool = True, problem: str | None = None, faults: list[str] | None = None
) -> dict[str, Any]:
    return {"given": given, "pairs": pairs or [], "problem": problem, "faults": faults or []}


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {NAME: pairs_given}
