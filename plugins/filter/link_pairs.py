# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which list of volume pairs belongs to a link."""

from __future__ import annotations

DOCUMENTATION = r"""
name: link_pairs
short_description: Choose the list of volume pairs of a link
version_added: 1.0.0
author:
  - elementsw.replication contributors (@elementsw)
description:
  - Chooses the list of an item of C(replication_links), or that of C(protect_pairs) and C(protect_pairs_file), of which V(null)
    and empty text count as not given.
  - It never fails for what a user gives. What is wrong is returned as a sentence, for a task that refuses to go on.
positional: pairs, file, several
options:
  _input:
    description:
      - The item of C(replication_links), with C(pairs) or C(pairs_file) if it has a list of its own.
    type: dict
    required: true
  pairs:
    description:
      - The list in C(protect_pairs).
    type: raw
  file:
    description:
      - The path in C(protect_pairs_file).
    type: raw
  several:
    description:
      - Whether there are several links. Then each of them needs a list of its own.
    type: bool
    default: false
seealso:
  - plugin: elementsw.replication.replication_links
    plugin_type: filter
  - plugin: elementsw.replication.pairs_given
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show the file with the volumes of a link
  ansible.builtin.debug:
    msg: "{{ ({'cluster': 'alpha', 'peer': 'beta', 'pairs_file': 'beta.csv'} | elementsw.replication.link_pairs).file }}"
"""

RETURN = r"""
_value:
  description: The list.
  type: dict
  contains:
    pairs:
      description: The list as it is given, empty text where there is none.
      type: raw
    file:
      description: The path of a file with the list, empty where there is none.
      type: str
    problem:
      description: What is wrong, as one sentence. V(null) when nothing is.
      type: str
"""

from collections.abc import Callable
from typing import Any

from ..module_utils._element.arguments import is_unset
from ..plugin_utils._filter_input import dictionary, plain

NAME = "link_pairs"
TWO_PLACES = (
    "Give the volumes in the items of replication_links, or in protect_pairs or protect_pairs_file, and not both."
)
NONE_OF_ITS_OWN = "Give each of several items of replication_links its own pairs or pairs_file."


def link_pairs(link: Any, pairs: Any = None, file: Any = None, several: Any = False) -> dict[str, Any]:
    """Return the list of the link, and what is wrong with it. Raise AnsibleFilterError where the link is no dictionary."""
    item = dictionary(NAME, "the input", link, "an item of replication_links")
    own = _given(item.get("pairs"), item.get("pairs_file"))
    usual = _given(plain(pairs), plain(file))
    chosen = own or usual
    problem = None
    if own and usual:
        problem = TWO_PLACES
    elif plain(several) and not own:
        problem = NONE_OF_ITS_OWN
    return {"pairs": chosen.get("pairs", ""), "file": chosen.get("file", ""), "problem": problem}


def _given(pairs: Any, file: Any) -> dict[str, Any]:
    """What is given of the two. An empty list is: it pairs only the clusters."""
    return {name: value for name, value in (("pairs", pairs), ("file", file)) if not is_unset(value)}


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {NAME: link_pairs}
