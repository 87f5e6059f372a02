# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The volume pairs of a report as a table for a spreadsheet."""

from __future__ import annotations

DOCUMENTATION = r"""
name: report_csv
short_description: Write the volume pairs of a report as CSV
version_added: 1.0.0
author:
  - elementsw.replication contributors (@elementsw)
description:
  - Writes a header and one line for each volume pair, the worst first. Text that a spreadsheet would take for a formula begins
    with an apostrophe.
options:
  _input:
    description:
      - The value of P(elementsw.replication.report_data#filter).
    type: dict
    required: true
seealso:
  - plugin: elementsw.replication.report_data
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Write a spreadsheet
  ansible.builtin.copy:
    content: "{{ data | elementsw.replication.report_csv }}"
    dest: replication.csv
    mode: "0644"
"""

RETURN = r"""
_value:
  description: The text of the file.
  type: str
"""

import csv
import io
from collections.abc import Callable
from typing import Any

from ..plugin_utils._filter_input import dictionary, shaped

NAME = "report_csv"
DATA = "the value of elementsw.replication.report_data"
COLUMNS = (
    *("state", "level", "cluster", "volume", "volume_id", "account", "direction"),
    *("peer_cluster", "peer_volume", "peer_volume_id", "peer_account", "writable", "mode", "health"),
    *("lag_seconds", "max_lag_seconds", "progress_percent", "remaining_seconds", "problems"),
)
#: A spreadsheet calculates what begins with one of these, in either width, and drops what may stand before it.
FORMULAS = tuple(
    "=+-@\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH HYPHEN-MINUS}\N{FULLWIDTH COMMERCIAL AT}"
)
DROPPED = " \t\r\n\N{NO-BREAK SPACE}\N{ZERO WIDTH NO-BREAK SPACE}"


def report_csv(data: Any) -> str:
    """Return the table as CSV. Raise AnsibleFilterError where the input is not as documented."""
    report = dictionary(NAME, "the input", data, DATA)
    file = io.StringIO()
    with shaped(NAME, DATA):
        messages = [problem["message"] for problem in report["problems"]]
        # Every text in quotes: before Python 3.13 a carriage return alone does not get them, and would begin a line.
        writer = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
        writer.writerow((*COLUMNS, "generated_at"))
        for pair in report["volume_pairs"]:
            found = {**pair, "problems": "; ".join(messages[number - 1] for number in pair["problems"])}
            writer.writerow([*(_cell(found[column]) for column in COLUMNS), report["generated_at"]])
    return file.getvalue()


def _cell(value: Any) -> Any:
    is_formula = isinstance(value, str) and value.lstrip(DROPPED).startswith(FORMULAS)
    return f"'{value}" if is_formula else value


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {NAME: report_csv}
