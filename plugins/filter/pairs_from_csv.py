# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A list of volume pairs from a spreadsheet."""

from __future__ import annotations

DOCUMENTATION = r"""
name: pairs_from_csv
short_description: Make a list of volume pairs of a CSV text
version_added: 1.0.0
author:
  - elementsw.replication contributors (@elementsw)
description:
  - Reads what a spreadsheet has saved as CSV and returns a list in the form of
    O(elementsw.replication.element_volume_pair#module:pairs).
  - The first row names the columns, which are the keys of an item, in any order. Upper and lower case are the same, and
    blanks count as underscores. C(create_peer_volume) is a column with yes or no, and the options in it are columns such as
    C(create_peer_volume.account); a value in one of them means yes.
  - Cells are separated by semicolons, commas or tabs. An empty cell means that the key is not given, blanks around a value are
    dropped, and blank rows are skipped. A byte order mark and the line ends of any system are accepted.
  - Everything that is wrong is reported at once, with the number of the row, as the spreadsheet counts it, and the volume.
options:
  _input:
    description:
      - The text.
    type: str
    required: true
seealso:
  - module: elementsw.replication.element_volume_pair
"""

EXAMPLES = r"""
- name: Pair the volumes of a spreadsheet
  elementsw.replication.element_volume_pair:
    peer_host: beta
    pairs: "{{ lookup('ansible.builtin.file', 'pairs.csv') | elementsw.replication.pairs_from_csv }}"
"""

RETURN = r"""
_value:
  description: The items, with their values in the types of the options.
  type: list
  elements: dict
  sample:
    - volume: orders-db
      mode: sync
    - volume: catalogue
      create_peer_volume:
        account: shop-dr
"""

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ..plugin_utils._filter_input import PREFIX, text
from ..plugin_utils._pair_texts import from_csv

NAME = "pairs_from_csv"


def pairs_from_csv(given: Any) -> list[dict[str, Any]]:
    """Return the items. Raise AnsibleFilterError with a line for each fault."""
    items, faults = from_csv(text(NAME, "the input", given, "a text in CSV"))
    if faults:
        raise AnsibleFilterError("\n".join([f"{PREFIX}{NAME}: the list cannot be used:", *faults]))
    return items


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {NAME: pairs_from_csv}
