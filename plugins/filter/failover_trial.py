# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a failover in check mode says about the failover to come."""

from __future__ import annotations

DOCUMENTATION = r"""
name: failover_trial
short_description: Judge a failover that was tried in check mode
version_added: 0.1.0
author:
  - elementsw.replication contributors (@elementsw)
description:
  - Decides whether a failover can begin, and names the volumes that are about to fail over.
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
  hosts_log_out:
    description:
      - Whether hosts will be logged out before the failover. Then it is not refused because they are still logged in.
    type: bool
    default: false
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
    unfit:
      description: The messages of the checks of rights and of fullness that failed.
      type: list
      elements: str
"""

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ..plugin_utils._filter_input import PREFIX, dictionary, plain, shaped

NAME = "failover_trial"
RESULT = "the result of elementsw.replication.element_volume_pair"
REPORT = "the result of elementsw.replication.element_pair_info"
KINDS = ("planned", "forced")
#: What ends when the hosts are logged out.
IN_USE = ("source_in_use", "target_in_use")
#: The checks of readiness whose subject a failover in check mode cannot see.
UNSEEN = ("privileges", "fullness")


def failover_trial(trial: Any, report: Any, kind: Any, *, hosts_log_out: Any = False) -> dict[str, Any]:
    """Return what follows from the trial. Raise AnsibleFilterError where the input is not as documented."""
    tried = dictionary(NAME, "the input", trial, RESULT)
    observed = dictionary(NAME, "report", report, REPORT)
    if kind not in KINDS:
        raise AnsibleFilterError(f"{PREFIX}{NAME}: kind is {plain(kind)!r}, expected one of {', '.join(KINDS)}.")
    with shaped(NAME, RESULT):
        curable = IN_USE if hosts_log_out else ()
        failing_over = _failing_over(tried, curable)
        unfit = _unfit(observed)
        reason = _reason(tried, kind, curable)
        if not reason and kind == "planned" and failing_over:
            reason = ". ".join(unfit)
        return {"possible": not reason, "reason": reason, "failing_over": failing_over, "unfit": unfit}


def _reason(trial: dict[str, Any], kind: str, curable: tuple[str, ...]) -> str:
    """The message of a trial that failed, unless what it refuses is curable or leaves volumes that can fail over."""
    pairs = trial.get("pairs") or []
    refused = [pair for pair in pairs if pair["failed"] and pair["error"]["code"] not in curable]
    enough = len(pairs) if kind == "forced" else 1
    return (trial.get("msg") or "") if not pairs or len(refused) >= enough else ""


def _failing_over(trial: dict[str, Any], curable: tuple[str, ...]) -> list[dict[str, Any]]:
    """First the volumes that nothing stands in the way of, and pairs before volumes whose peer is not known."""
    pairs = trial.get("pairs") or []
    able = [pair for pair in pairs if not pair["failed"]]
    able += [pair for pair in pairs if pair["failed"] and pair["error"]["code"] in curable]
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
