# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names that surveys and the command line give as one text become a list."""

from __future__ import annotations

DOCUMENTATION = r"""
name: as_list
short_description: Make a list of names from text with commas or lines
version_added: 0.1.0
author:
  - elementsw.replication contributors (@elementsw)
description:
  - Surveys of AWX and C(-e NAME=VALUE) give a list of names as one text, inventories give it as a list. This filter accepts both.
  - Blanks around a name are removed, and empty pieces are dropped.
options:
  _input:
    description:
      - A list of names, or a text, which is split at its commas and lines. Nothing, V(null), is an empty list.
    type: raw
    required: true
"""

EXAMPLES = r"""
- name: Show the names
  ansible.builtin.debug:
    msg: "{{ 'orders-db, orders-log' | elementsw.replication.as_list }}"
  # => ["orders-db", "orders-log"]
"""

RETURN = r"""
_value:
  description: The names.
  type: list
  elements: str
"""

from collections.abc import Callable
from typing import Any

from ..plugin_utils._filter_input import names


def as_list(value: Any) -> list[str]:
    """Return the names. Raise AnsibleFilterError for what is neither a list of names nor a text."""
    return names("as_list", "the input", value)


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"as_list": as_list}
