# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What later jobs of a workflow get to know about a failover."""

from __future__ import annotations

DOCUMENTATION = r"""
name: failover_artifacts
short_description: Sum up the groups of a failover for later jobs
version_added: 1.0.0
author:
  - elementsw.replication contributors (@elementsw)
description:
  - Makes the artifacts of a failover of the summaries of its groups, also where it stopped before all of them had begun.
positional: groups
options:
  _input:
    description:
      - The results of P(elementsw.replication.failover_summary#filter) of the groups that have begun, in their order.
    type: list
    elements: dict
    required: true
  groups:
    description:
      - RV(elementsw.replication.failover_trial#filter:_value.groups), empty where the failover stopped before its trial.
    type: list
    elements: dict
    default: []
  plan:
    description:
      - The result of M(elementsw.replication.element_volume_pair) in check mode at the start.
    type: dict
    default: {}
  reports:
    description:
      - The results of M(elementsw.replication.element_pair_info) after each group, or the one before the first group.
    type: list
    elements: dict
    default: []
  texts:
    description:
      - What was printed of each group.
    type: list
    elements: str
    default: []
  reason:
    description:
      - Why the failover did not begin. Empty where it did.
    type: str
    default: ''
  finished:
    description:
      - Whether every group was moved and its tasks have run.
    type: bool
    default: true
"""

EXAMPLES = r"""
- name: Pass on what a failover has done
  ansible.builtin.set_stats:
    data: "{{ ([summary] | elementsw.replication.failover_artifacts(reports=[after])).artifacts }}"
"""

RETURN = r"""
_value:
  description: The end of the failover.
  type: dict
  contains:
    groups:
      description: A line for each group, empty without groups.
      type: list
      elements: str
    artifacts:
      description: What is passed on to later jobs.
      type: dict
      contains:
        replication_healthy:
          description: Whether the failover has finished, every volume is writable on this cluster, and no pair has an error.
          type: bool
        replication_summary:
          description: What was printed, or why the failover did not begin, as lines of text.
          type: str
        replication_problems:
          description: The problems of O(reports), each once, as in RV(elementsw.replication.element_pair_info#module:problems).
          type: list
          elements: dict
        replication_moved:
          description: The volumes that this run made writable on this cluster.
          type: list
          elements: dict
          contains: &volume
            cluster:
              description: Name of this cluster.
              type: str
            volume:
              description: Name of the volume on this cluster.
              type: str
            volume_id:
              description: ID of the volume on this cluster.
              type: int
        replication_not_moved:
          description: The volumes that are not writable on this cluster.
          type: list
          elements: dict
          contains: *volume
        replication_may_be_lost:
          description: The volumes of which writes may be lost.
          type: list
          elements: dict
          contains: *volume
"""

from collections.abc import Callable
from typing import Any

from ..module_utils._pairing.model import first_named
from ..plugin_utils._filter_input import dictionaries, dictionary, plain, sequence, shaped

NAME = "failover_artifacts"
SUMMARIES = "results of elementsw.replication.failover_summary"


def failover_artifacts(
    summaries: Any,
    groups: Any = (),
    *,
    plan: Any = None,
    reports: Any = (),
    texts: Any = (),
    reason: Any = "",
    finished: Any = True,
) -> dict[str, Any]:
    """Return the artifacts. Raise AnsibleFilterError where the input is not as documented."""
    begun = dictionaries(NAME, "the input", summaries, SUMMARIES)
    all_groups = dictionaries(NAME, "groups", groups, "the groups of elementsw.replication.failover_trial")
    tried = dictionary(NAME, "plan", plan or {}, "the result of elementsw.replication.element_volume_pair")
    read = dictionaries(NAME, "reports", reports, "results of elementsw.replication.element_pair_info")
    lines = sequence(NAME, "texts", texts, "of texts")
    with shaped(NAME, SUMMARIES):
        waiting = [group for group in all_groups if group["pairs"]][len(begun) :]
        not_moved = _all(begun, "not_moved") + _not_begun(begun, waiting, tried, read)
        ends = _groups(begun, waiting)
        lines += ends
        if reason:
            lines.append(f"The failover did not begin: {plain(reason)}.")
        elif not finished:
            lines.append(
                "The failover stopped before its end. Correct what failed, and run this again: it continues there."
            )
        return {
            "groups": ends,
            "artifacts": {
                "replication_healthy": _is_healthy(read) and bool(finished) and not not_moved,
                "replication_summary": "\n".join(line.strip() for line in lines),
                "replication_problems": _problems(read),
                "replication_moved": _all(begun, "moved"),
                "replication_not_moved": not_moved,
                "replication_may_be_lost": _all(begun, "may_be_lost"),
            },
        }


def _groups(begun: list[dict[str, Any]], waiting: list[dict[str, Any]]) -> list[str]:
    """How each group has ended, in their order, where there are groups."""
    ended = [_group(summary) for summary in begun if summary["group"]]
    return ended + [f"Group {group['name']} did not begin." for group in waiting if group.get("name")] if begun else []


def _group(summary: dict[str, Any]) -> str:
    left = [volume["volume"] for volume in summary["not_moved"]]
    if not left:
        return f"Group {summary['group']}: every volume is writable on {summary['here']}."
    return f"Group {summary['group']}: not writable on {summary['here']}: {first_named(left)}."


def _is_healthy(reports: list[dict[str, Any]]) -> bool:
    """What was not read is not healthy."""
    return bool(reports) and all(bool(report.get("healthy")) for report in reports)


def _problems(reports: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for report in reports:
        found += [problem for problem in report.get("problems") or [] if problem not in found]
    return found


def _all(summaries: list[dict[str, Any]], member: str) -> list[dict[str, Any]]:
    return [volume for summary in summaries for volume in summary[member]]


def _not_begun(
    begun: list[dict[str, Any]], waiting: list[dict[str, Any]], plan: dict[str, Any], reports: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The volumes of the groups that did not begin and that were not writable on this cluster at the start.

    The plan has them in the order of the groups. A plan that failed as a whole has none, so that the report names them.
    """
    requested = [pair for group in waiting for pair in group["pairs"]]
    planned = (plan.get("pairs") or [])[-len(requested) :] if requested else []
    sides = [pair["local"] for pair in planned]
    if requested and not sides:
        ids, names = ({pair.get(key) for pair in requested} - {None} for key in ("volume_id", "volume"))
        listed = [pair["local"] for report in reports for pair in report.get("volume_pairs") or []]
        sides = [side for side in listed if side["volume_id"] in ids or side["name"] in names]
    clusters = [report["clusters"]["local"]["name"] for report in reports if report.get("clusters")]
    cluster = begun[0]["here"] if begun else next(iter(clusters), None)
    return [
        {"cluster": cluster, "volume": side["name"], "volume_id": side["volume_id"]}
        for side in sides
        if side["access"] != "readWrite"
    ]


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {NAME: failover_artifacts}
