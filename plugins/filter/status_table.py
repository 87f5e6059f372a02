# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rows of the report on the replication, their order and their cells."""

from __future__ import annotations

DOCUMENTATION = r"""
name: status_table
short_description: Lay out the report on the replication among clusters
version_added: 0.1.0
author:
  - elementsw.replication contributors (@elementsw)
description:
  - Decides what stands where in the report on the replication. What is wrong with a volume goes to its row, everything else
    to its link, and what is worst comes first.
options:
  _input:
    description:
      - The value of P(elementsw.replication.join_reports#filter).
    type: dict
    required: true
seealso:
  - plugin: elementsw.replication.join_reports
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show the tables of all links
  ansible.builtin.debug:
    msg: "{{ table.links | map(attribute='rows') | flatten | map(attribute='cells') | map('join', '  ') }}"
  vars:
    table: "{{ joined | elementsw.replication.status_table }}"
"""

RETURN = r"""
_value:
  description: The report.
  type: dict
  contains:
    healthy:
      description: Whether there is no problem of severity V(error).
      type: bool
    counts:
      description: How many problems there are.
      type: str
      sample: 1 error, 0 warnings
    problems:
      description: The problems of clusters and links that were not read.
      type: list
      elements: dict
    links:
      description: The links to show, those with errors first.
      type: list
      elements: dict
      contains:
        here:
          description: Name of the first cluster.
          type: str
        there:
          description: Name of the second cluster, V(?) where it was not read.
          type: str
        counts:
          description: How many problems it has that no link before it has.
          type: str
          sample: 0 errors, 2 warnings
        cluster_pairs:
          description: The cluster pairs.
          type: list
          elements: dict
          contains:
            peer:
              description: Name of the peer where that was not read, V(null) where it was.
              type: str
            here:
              description: Status on the first cluster.
              type: str
            there:
              description: Status on the second cluster.
              type: str
        problems:
          description: The problems that do not concern a volume of its rows.
          type: list
          elements: dict
        readiness:
          description: The checks of readiness that failed or could not be made.
          type: list
          elements: dict
        rows:
          description: The head of the table and one row for each volume pair. Empty where there is no volume pair.
          type: list
          elements: dict
          contains:
            cells:
              description: The cells, of the same width in every row, but for the last one.
              type: list
              elements: str
            problems:
              description: The problems of the volume pair.
              type: list
              elements: dict
    not_paired:
      description: The links without anything to show.
      type: list
      elements: str
      sample: [beta - gamma]
"""

import math
from collections.abc import Callable
from typing import Any

from ..plugin_utils._filter_input import dictionary, shaped

NAME = "status_table"
JOINED = "the value of elementsw.replication.join_reports"
ARROWS = {"to_peer": "->", "from_peer": "<-"}
WORST_FIRST = ("dead", "broken", "unknown", "pending", "recovering", "paused", "syncing", "healthy", None)
#: Stands for everything that is not there or not known.
NOTHING = "-"


def status_table(joined: Any) -> dict[str, Any]:
    """Return the report, laid out. Raise AnsibleFilterError where the input is not as documented."""
    report = dictionary(NAME, "the input", joined, JOINED)
    with shaped(NAME, JOINED):
        read = [(link, problems, _is_shown(link, problems)) for link, problems in _with_problems(report)]
        return {
            "healthy": report["healthy"],
            "counts": _counts(report["problems"]),
            "problems": report["unread"],
            "links": [_link(link, problems) for link, problems, is_shown in read if is_shown],
            "not_paired": [
                " - ".join(_names(link))
                for link, _problems, is_shown in read
                if not is_shown and link["clusters"]["peer"]
            ],
        }


def _with_problems(report: dict[str, Any]) -> list[tuple[dict, list[dict]]]:
    """The links, those with errors first, each with the problems that no link before it has."""
    messages: set[str] = set()
    links = []
    for link in sorted(report["pairs"], key=lambda link: link["healthy"]) + report["halves"]:
        found = [problem for problem in link["problems"] if problem["code"] not in report["ignored"]]
        new = [problem for problem in found if problem["message"] not in messages]
        messages.update(problem["message"] for problem in new)
        links.append((link, new))
    return links


def _is_shown(link: dict[str, Any], problems: list[dict]) -> bool:
    return bool(problems or link["volume_pairs"] or (link["cluster_pairs"] and link["clusters"]["peer"]))


def _names(link: dict[str, Any]) -> tuple[str, str]:
    peer = link["clusters"]["peer"]
    return link["clusters"]["local"]["name"], peer["name"] if peer else "?"


def _link(link: dict[str, Any], problems: list[dict]) -> dict[str, Any]:
    here, peer_name = _names(link)
    by_volume: dict[tuple, list[dict]] = {}
    for problem in problems:
        if problem["volume"]:
            by_volume.setdefault((problem["cluster"], problem["volume"]), []).append(problem)
    rows = [_row(pair, here, peer_name, by_volume) for pair in link["volume_pairs"]]
    without_row = [problem for found in by_volume.values() for problem in found]
    return {
        "here": here,
        "there": peer_name,
        "counts": _counts(problems),
        "cluster_pairs": [_cluster_pair(pair, bool(link["clusters"]["peer"])) for pair in link["cluster_pairs"]],
        "problems": [problem for problem in problems if not problem["volume"]] + without_row,
        "readiness": [check for check in link.get("readiness") or [] if check["ok"] is not True],
        "rows": _aligned([_head(here, peer_name), *sorted(rows, key=_rank)]) if rows else [],
    }


def _counts(problems: list[dict]) -> str:
    errors = [problem["severity"] for problem in problems].count("error")
    return f"{_counted(errors, 'error')}, {_counted(len(problems) - errors, 'warning')}"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _cluster_pair(pair: dict[str, Any], both: bool) -> dict[str, Any]:
    return {
        "peer": None if both else pair["peer"]["name"] or "a cluster not known yet",
        "here": pair["local"]["status"] or "no entry",
        "there": pair["peer"]["status"] or "no entry",
    }


def _head(here: str, peer_name: str) -> dict[str, Any]:
    cells = [here, "state", "", peer_name, "state", "mode", "health", "lag", "progress", "writable"]
    return {"cells": cells, "problems": []}


def _row(pair: dict[str, Any], here: str, peer_name: str, by_volume: dict[tuple, list[dict]]) -> dict[str, Any]:
    """The row of a volume pair. It takes the problems of its volumes out of `by_volume`: each stands in one row."""
    local, peer = pair["local"], pair["peer"]
    names = [(name, side["name"]) for name, side in ((here, local), (peer_name, peer)) if side["name"]]
    return {
        "health": pair["health"],
        "problems": [problem for name in names for problem in by_volume.pop(name, [])],
        "cells": [
            _volume(local),
            local["replication_state"] or NOTHING,
            ARROWS.get(pair["direction"], pair["direction"] or "?"),
            _volume(peer),
            peer["replication_state"] or NOTHING,
            pair["mode"] or NOTHING,
            pair["health"] or NOTHING,
            _lag(pair.get("lag_seconds")),
            _progress(pair.get("progress")),
            _writable((here, local["access"]), (peer_name, peer["access"])),
        ],
    }


def _rank(row: dict[str, Any]) -> tuple[bool, int]:
    """Rows with an error first, and among both kinds those of the worst health."""
    healthy = all(problem["severity"] != "error" for problem in row["problems"])
    return healthy, WORST_FIRST.index(row["health"] if row["health"] in WORST_FIRST else "unknown")


def _aligned(rows: list[dict]) -> list[dict]:
    """The last cell of a row is not padded, so that no line ends in blanks."""
    widths = [max(map(len, column)) for column in zip(*(row["cells"] for row in rows))]
    widths[-1] = 0
    return [
        {
            "cells": [cell.ljust(width) for cell, width in zip(row["cells"], widths)],
            "problems": row["problems"],
        }
        for row in rows
    ]


def _volume(side: dict[str, Any]) -> str:
    number = f" ({side['volume_id']})" if side["volume_id"] else ""
    return f"{side['name'] or NOTHING}{number}"


def _lag(seconds: float | None) -> str:
    return NOTHING if seconds is None else f"{int(seconds)} s"


def _progress(progress: dict[str, Any] | None) -> str:
    if not progress:
        return NOTHING
    percent, seconds = progress["percent"], progress["remaining_seconds"]
    done = (progress["stage"] or "copying") if percent is None else f"{round(percent)} %"
    return done if seconds is None else f"{done}, {math.ceil(seconds / 60)} min left"


def _writable(*sides: tuple[str, str | None]) -> str:
    """Where hosts can write. A cluster that was not read may be writable, too."""
    writable = [name for name, access in sides if access == "readWrite"]
    if not all(access for _name, access in sides):
        return f"{writable[0] if writable else ''}?"
    if len(writable) == len(sides):
        return "both"
    return writable[0] if writable else "neither"


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {NAME: status_table}
