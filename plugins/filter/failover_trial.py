# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a failover in check mode says about the failover to come."""

from __future__ import annotations

DOCUMENTATION = r"""
name: failover_trial
short_description: Judge a failover that was tried in check mode
version_added: 1.0.0
author:
  - elementsw.replication contributors (@elementsw)
description:
  - Decides whether a failover can begin, and names the volumes that are about to fail over. It can begin when each of its groups
    can.
  - A planned failover is for all of its volumes or none. In a forced failover each volume stands for itself, so that
    one volume that can fail over is enough.
positional: report, kind
options:
  _input:
    description:
      - The result of M(elementsw.replication.element_volume_pair) in check mode, also when it failed.
    type: dict
    required: true
  report:
    description:
      - The result of M(elementsw.replication.element_pair_info) with V(readiness) in
        O(elementsw.replication.element_pair_info#module:gather). What it finds of missing rights and of a cluster that is
        too full prevents a planned failover. What is not known prevents nothing.
    type: dict
    required: true
  kind:
    description:
      - The kind of failover that was tried.
    type: str
    choices: [planned, forced]
    required: true
  groups:
    description:
      - What fails over together, with the C(pairs) of each group in the order of the input. The hosts of a group with
        C(before_tasks) will be logged out before its failover, so that it is not refused because they are still logged in.
        Without it everything is one group, and no host will be logged out.
    type: list
    elements: dict
seealso:
  - plugin: elementsw.replication.failover
    plugin_type: role
"""

EXAMPLES = r"""
- name: Read both clusters
  elementsw.replication.element_pair_info:
    peer_host: alpha
    gather: [cluster_pairs, volume_pairs, readiness]
  register: report

- name: Try the failover
  elementsw.replication.element_volume_pair:
    peer_host: alpha
    pairs: "{{ (report | elementsw.replication.failover_pairs).pairs }}"
    failover: planned
  check_mode: true
  register: trial
  failed_when: not (trial | elementsw.replication.failover_trial(report=report, kind='planned')).possible
"""

RETURN = r"""
_value:
  description: What follows from the trial.
  type: dict
  contains:
    possible:
      description: Whether the failover can begin.
      type: bool
    reason:
      description: Why it cannot, without a full stop at its end. Empty when it can.
      type: str
    failing_over:
      description:
        - The volumes that are about to fail over, in the form of RV(elementsw.replication.element_volume_pair#module:pairs).
          Those that are on this cluster already, and those that were refused, are not among them.
      type: list
      elements: dict
    groups:
      description: The groups, each with its C(failing_over), and with C(kind) and C(unfit) as here.
      type: list
      elements: dict
    unfit:
      description: The messages of the checks of rights and of fullness that failed.
      type: list
      elements: str
"""

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ..plugin_utils._filter_input import PREFIX, dictionaries, dictionary, plain, shaped

NAME = "failover_trial"
RESULT = "the result of elementsw.replication.element_volume_pair"
REPORT = "the result of elementsw.replication.element_pair_info"
KINDS = ("planned", "forced")
#: What ends when the hosts are logged out.
IN_USE = ("source_in_use", "target_in_use")
#: The checks of readiness whose subject a failover in check mode cannot see.
UNSEEN = ("privileges", "fullness")


def failover_trial(trial: Any, report: Any, kind: Any, *, groups: Any = None) -> dict[str, Any]:
    """Return what follows from the trial. Raise AnsibleFilterError where the input is not as documented."""
    tried = dictionary(NAME, "the input", trial, RESULT)
    observed = dictionary(NAME, "report", report, REPORT)
    requested = None if groups is None else dictionaries(NAME, "groups", groups, "each item a dictionary with pairs")
    if kind not in KINDS:
        raise AnsibleFilterError(f"{PREFIX}{NAME}: kind is {plain(kind)!r}, expected one of {', '.join(KINDS)}.")
    with shaped(NAME, RESULT):
        parts = _parts(tried.get("pairs") or [], requested)
        unfit = _unfit(observed)
        judged = [
            {
                **group,
                "failing_over": _failing_over(pairs, _ends_with_tasks(group)),
                "kind": plain(kind),
                "unfit": unfit,
            }
            for group, pairs in parts
        ]
        failing_over = [pair for group in judged for pair in group["failing_over"]]
        refused = any(_is_refused(pairs, kind, _ends_with_tasks(group)) for group, pairs in parts)
        reason = (tried.get("msg") or "") if refused or not tried.get("pairs") else ""
        if not reason and kind == "planned" and failing_over:
            reason = ". ".join(unfit)
        return {
            "possible": not reason,
            "reason": reason,
            "failing_over": failing_over,
            "groups": judged,
            "unfit": unfit,
        }


def _parts(pairs: list[dict[str, Any]], groups: list[dict[str, Any]] | None) -> list[tuple[dict, list[dict]]]:
    """Each group with what the trial returned for its pairs. A trial that failed as a whole has returned none."""
    if groups is None:
        return [({}, pairs)]
    parts = []
    begin = 0
    for group in groups:
        end = begin + len(group["pairs"])
        parts.append((group, pairs[begin:end]))
        begin = end
    return parts


def _ends_with_tasks(group: dict[str, Any]) -> tuple[str, ...]:
    return IN_USE if group.get("before_tasks") else ()


def _is_refused(pairs: list[dict[str, Any]], kind: str, ending: tuple[str, ...]) -> bool:
    """Whether the group cannot begin. Errors that end with its tasks do not count, and one able volume is enough for forced."""
    refused = [pair for pair in pairs if pair["failed"] and pair["error"]["code"] not in ending]
    enough = len(pairs) if kind == "forced" else 1
    return bool(pairs) and len(refused) >= enough


def _failing_over(pairs: list[dict[str, Any]], ending: tuple[str, ...]) -> list[dict[str, Any]]:
    """First the volumes that nothing stands in the way of, and pairs before volumes whose peer is not known."""
    able = [pair for pair in pairs if not pair["failed"]]
    able += [pair for pair in pairs if pair["failed"] and pair["error"]["code"] in ending]
    return [pair for pair in able if pair["state"] == "paired" and pair["direction"] != "to_peer"] + [
        pair for pair in able if pair["state"] == "unknown_peer" and pair["local"]["access"] != "readWrite"
    ]


def _unfit(report: dict[str, Any]) -> list[str]:
    checks = [check for check in report.get("readiness") or [] if check["code"] in UNSEEN]
    return [check["message"] for check in checks if check["ok"] is False]


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {NAME: failover_trial}
