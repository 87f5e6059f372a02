# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rows of the report on the replication, their order and their cells."""

from __future__ import annotations

DOCUMENTATION = r"""
name: status_table
short_description: Lay out the report on the replication among clusters
version_added: 1.0.0
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
  at:
    description:
      - When the clusters were read, as text for the headline.
    type: str
    default: ""
  drift:
    description:
      - The value of P(elementsw.replication.replication_drift#filter). Its problems count like those of the links.
    type: list
    elements: dict
    default: []
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
    headline:
      description: How many pairs are protected, and what the others do.
      type: str
      sample: 22 of 25 pairs protected, worst lag 41 s (erp-vol03), 2 copying, 1 paused - as of 2026-11-28 06:00 UTC
    sick:
      description: The sentence for a failure because of problems of severity V(error). V(null) when there is none.
      type: str
    not_read:
      description:
        - The sentence for a failure because clusters or links could not be read. V(null) when all were read, and for a cluster
          that does not answer while another one does, which is a problem of the report.
      type: str
    counts:
      description: How many problems there are.
      type: str
      sample: 1 error, 0 warnings
    all_problems:
      description: Every problem once, those of O(drift) as well.
      type: list
      elements: dict
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
          description: Name of the second cluster, V(null) where it was not read.
          type: str
        title:
          description: The link and the number of its problems.
          type: str
          sample: "alpha - beta: 0 errors, 2 warnings"
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

from ..plugin_utils._filter_input import dictionaries, dictionary, plain, shaped
from ..plugin_utils._pair_rows import is_of, writable

NAME = "status_table"
JOINED = "the value of elementsw.replication.join_reports"
#: The code of a cluster that does not answer.
UNREACHABLE = "peer_unreachable"
ARROWS = {"to_peer": "->", "from_peer": "<-"}
WORST_FIRST = ("dead", "broken", "unknown", "pending", "recovering", "paused", "syncing", "healthy", None)
NEED_A_PERSON = ("dead", "broken")
#: Stands for a cluster that was not read.
NOT_READ = "(not read)"
#: Stands for everything that is not there or not known.
NOTHING = "-"


def status_table(joined: Any, at: Any = "", drift: Any = ()) -> dict[str, Any]:
    """Return the report, laid out. Raise AnsibleFilterError where the input is not as documented."""
    report = dictionary(NAME, "the input", joined, JOINED)
    differing = dictionaries(NAME, "drift", drift, "each item a link")
    with shaped(NAME, JOINED):
        missing = sum(len(link["not_paired"]) for link in differing)
        of_lists = {each["link"]: each["problems"] for each in differing}
        read = [(link, problems, _is_shown(link, problems)) for link, problems in _with_problems(report, of_lists)]
        every = report["problems"] + [problem for found in of_lists.values() for problem in found]
        return {
            "headline": _headline(report, missing, plain(at)),
            "sick": _sick(report, every),
            "not_read": _not_read(report),
            "counts": _counts(every),
            "all_problems": every,
            "problems": report["unread"],
            "links": [_link(link, problems) for link, problems, is_shown in read if is_shown],
            "not_paired": [
                f"{link['clusters']['local']['name']} - {link['clusters']['peer']['name']}"
                for link, _problems, is_shown in read
                if not is_shown and link["clusters"]["peer"]
            ],
        }


def _headline(report: dict[str, Any], missing: int, at: str) -> str:
    summary = report["summary"]
    nothing = "No volume pairs were read" if report["unread"] else "No volume pairs"
    protected = f"{summary['protected']} of {_counted(summary['pairs'], 'pair')} protected"
    parts = [protected if summary["pairs"] else nothing]
    if summary["worst_lag_seconds"] is not None:
        parts.append(f"worst lag {_lag(summary['worst_lag_seconds'])} ({summary['worst_lag_volume']})")
    others = {
        "late": "too far behind",
        "copying": "copying",
        "paused": "paused",
        "not_replicating": "not replicating",
        "not_known": "not known",
    }
    parts += [f"{summary[kind]} {text}" for kind, text in others.items() if summary[kind]]
    parts += [f"{missing} declared and not paired"] if missing else []
    return ", ".join(parts) + (f" - as of {at}" if at else "")


def _sick(report: dict[str, Any], every: list[dict]) -> str | None:
    unread = report["unread"]
    errors = [problem for problem in every if problem["severity"] == "error" and problem not in unread]
    errors += [problem for problem in unread if problem["code"] == UNREACHABLE]
    if not errors:
        return None
    return f"The replication has {_counted(len(errors), 'problem')} of severity error; the report says what to do about each."


def _not_read(report: dict[str, Any]) -> str | None:
    unread = [problem for problem in report["unread"] if problem["code"] != UNREACHABLE or not report["answering"]]
    if not unread:
        return None
    clusters = ", ".join(dict.fromkeys(problem["cluster"] for problem in unread))
    return (
        f"Not everything could be read, which concerns {clusters}: the report says why, and nothing about their health."
    )


def _with_problems(report: dict[str, Any], of_lists: dict[str, list[dict]]) -> list[tuple[dict, list[dict]]]:
    """The links, those with errors first, each with the problems that no link before it has."""
    messages: set[str] = set()
    links = []
    all_problems = [(link, link["problems"] + of_lists.get(_link_name(link), [])) for link in report["pairs"]]
    all_problems.sort(key=lambda pair: pair[0]["healthy"] and not any(_is_error(problem) for problem in pair[1]))
    for link, problems in all_problems + [(half, half["problems"]) for half in report["halves"]]:
        found = [problem for problem in problems if problem["code"] not in report["ignored"]]
        new = [problem for problem in found if problem["message"] not in messages]
        messages.update(problem["message"] for problem in new)
        links.append((link, new))
    return links


def _link_name(link: dict[str, Any]) -> str:
    """The hosts of the link that the loop was over; empty where there was none."""
    item = link.get(link.get("ansible_loop_var", ""))
    return f"{item['cluster']} - {item['peer']}" if item else ""


def _is_error(problem: dict[str, Any]) -> bool:
    return problem["severity"] == "error"


def _is_shown(link: dict[str, Any], problems: list[dict]) -> bool:
    return bool(problems or link["volume_pairs"] or (link["cluster_pairs"] and link["clusters"]["peer"]))


def _names(link: dict[str, Any]) -> tuple[str, str | None]:
    peer = link["clusters"]["peer"]
    return link["clusters"]["local"]["name"], peer["name"] if peer else None


def _link(link: dict[str, Any], problems: list[dict]) -> dict[str, Any]:
    here, peer_name = _names(link)
    rows = [_row(pair, here, peer_name) for pair in link["volume_pairs"]]
    without_row = [problem for problem in problems if not _put(problem, rows)]
    return {
        "here": here,
        "there": peer_name,
        "title": _title(here, peer_name, problems),
        "counts": _counts(problems),
        "cluster_pairs": [_cluster_pair(pair, bool(link["clusters"]["peer"])) for pair in link["cluster_pairs"]],
        "problems": [problem for problem in without_row if not problem["volume"]]
        + [problem for problem in without_row if problem["volume"]],
        "readiness": _checks(link.get("readiness") or []),
        "rows": _aligned([_head(here, peer_name), *sorted(rows, key=_rank)]) if rows else [],
    }


def _checks(checks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The checks that failed or could not be made. Several that could not be made for the same reason are one."""
    return list({(check["ok"], check["message"]): check for check in checks if check["ok"] is not True}.values())


def _title(here: str, peer_name: str | None, problems: list[dict]) -> str:
    if peer_name is None:
        rest = f": {_counts(problems)}" if problems else ""
        return f"What {here} knows of its pairs with a cluster that was not read{rest}"
    return f"{here} - {peer_name}: {_counts(problems)}"


def _put(problem: dict[str, Any], rows: list[dict]) -> bool:
    """Put a problem into the row of its volume. A name that several rows have says nothing: accounts share names."""
    found = [row for row in rows if is_of(problem, row["volumes"])]
    if len(found) != 1:
        return False
    found[0]["problems"].append(problem)
    return True


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


def _head(here: str, peer_name: str | None) -> dict[str, Any]:
    cells = [here, "state", "", peer_name or NOT_READ, "state", "mode", "health", "lag", "progress", "writable"]
    return {"cells": cells, "problems": []}


def _row(pair: dict[str, Any], here: str, peer_name: str | None) -> dict[str, Any]:
    local, peer = pair["local"], pair["peer"]
    sides = ((here, local), (peer_name, peer))
    return {
        "health": pair["health"],
        "lag": pair.get("lag_seconds") or 0,
        "volumes": [(name, side["volume_id"], side["name"]) for name, side in sides],
        "problems": [],
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
            writable((here, local["access"]), (peer_name or NOT_READ, peer["access"])),
        ],
    }


def _rank(row: dict[str, Any]) -> tuple[bool, int, float]:
    """Rows with an error first, and those that need a person; among both kinds the worst health, then the largest lag."""
    is_error = row["health"] in NEED_A_PERSON or any(_is_error(problem) for problem in row["problems"])
    return not is_error, WORST_FIRST.index(row["health"] if row["health"] in WORST_FIRST else "unknown"), -row["lag"]


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


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {NAME: status_table}
