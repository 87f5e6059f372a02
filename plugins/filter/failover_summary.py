# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a failover has done to each volume, and what to do next."""

from __future__ import annotations

DOCUMENTATION = r"""
name: failover_summary
short_description: Sum up what a failover has done
version_added: 0.1.0
author:
  - elementsw.replication contributors (@elementsw)
description:
  - Decides how a failover has ended, what is to be said about each volume, and what to do next. The text for each of the
    states is left to the template that prints them.
positional: before, after, peer
options:
  _input:
    description:
      - The result of M(elementsw.replication.element_volume_pair) with
        O(elementsw.replication.element_volume_pair#module:failover), also when it failed, or in check mode.
    type: dict
    required: true
  before:
    description:
      - The result of M(elementsw.replication.element_pair_info) before the failover.
    type: dict
    required: true
  after:
    description:
      - The result of M(elementsw.replication.element_pair_info) after the failover, also when it failed.
    type: dict
    required: true
  peer:
    description:
      - The name for the peer where its cluster did not say its own.
    type: str
    required: true
  check_mode:
    description:
      - Whether the failover ran in check mode.
    type: bool
    default: false
  pairs_given:
    description:
      - Whether the pairs were listed one by one. Then pairs of O(before) that do not replicate are not reported as left out.
    type: bool
    default: false
  unfit:
    description:
      - Further warnings, such as RV(elementsw.replication.failover_trial#filter:_value.unfit).
    type: list
    elements: str
    default: []
seealso:
  - plugin: elementsw.replication.failover
    plugin_type: role
"""

EXAMPLES = r"""
- name: Show what to do next
  ansible.builtin.debug:
    msg: "{{ (result | elementsw.replication.failover_summary(before=before, after=after, peer='alpha')).next_steps }}"
  # => ["use", "fail_back"]
"""

RETURN = r"""
_value:
  description: The summary.
  type: dict
  contains:
    here:
      description: Name of the cluster that the failover makes writable.
      type: str
    there:
      description: Name of the peer.
      type: str
    peer:
      description: V(reachable), V(unreachable), or V(not_asked) where the peer is assumed to have failed.
      type: str
    outcome:
      description:
        - V(failed) without a result for any volume, V(unchanged) where everything was as requested, V(would_change) in
          check mode, V(nothing_changed) where no volume failed over, or V(changed).
      type: str
    changed:
      description: How many volumes were changed, or would be.
      type: int
    total:
      description: How many volumes the failover is about.
      type: int
    volumes:
      description: The volumes, in the order of the input.
      type: list
      elements: dict
      contains:
        state:
          description:
            - V(would_change) in check mode, V(writable) or V(not_writable) where nothing is known of the peer, V(to_peer),
              V(from_peer), V(split), V(none) as the direction of the pair, or V(unclear).
          type: str
        volume:
          description: Name of the volume on this cluster.
          type: str
        peer_volume:
          description: Name of the volume on the peer.
          type: str
        mode:
          description: Mode of the replication.
          type: str
        health:
          description: Health of the pair.
          type: str
        access:
          description: Access of the volume on this cluster, V(null) where it is not known.
          type: str
        peer_access:
          description: Access of the volume on the peer, V(null) where it is not known.
          type: str
        error:
          description: Why the failover of the volume failed, V(null) where it did not.
          type: str
        left_behind:
          description: What the failure has left behind.
          type: list
          elements: str
    left_out:
      description: The pairs that are no part of the failover because they do not replicate.
      type: list
      elements: dict
      contains:
        volume:
          description: Name of the volume on this cluster, or on the peer where only that is known.
          type: str
        state:
          description: State of the pair.
          type: str
    warnings:
      description: The warnings of the module, and O(unfit).
      type: list
      elements: str
    problems:
      description:
        - The problems of O(after) of severity V(error). That both sides are writable is not among them, because
          RV(_value.next_steps) has it.
      type: list
      elements: dict
    not_in_sync:
      description: How many volumes replicate to the peer and are not in sync yet.
      type: int
    next_steps:
      description:
        - What to do next, in this order. V(retry) where volumes did not fail over, V(settle_peer) when the peer answers again,
          V(settle_split) where both sides are writable, V(wait_for_sync), V(run) without check mode, V(use) the volumes,
          V(fail_back) in the same way.
      type: list
      elements: str
"""

from collections.abc import Callable
from typing import Any

from ..plugin_utils._filter_input import dictionary, plain, sequence, shaped

NAME = "failover_summary"
RESULT = "the result of elementsw.replication.element_volume_pair"
REPORT = "the result of elementsw.replication.element_pair_info"
#: A pair in one of these states replicates, or did when the peer answered last.
REPLICATING = ("paired", "unknown_peer")
DIRECTIONS = ("to_peer", "from_peer", "split", "none")
#: `peer_reachable` of the report -> the state of the peer. A peer that is assumed to have failed is not asked.
PEER = {True: "reachable", False: "unreachable", None: "not_asked"}


def failover_summary(
    result: Any,
    before: Any,
    after: Any,
    peer: Any,
    *,
    check_mode: Any = False,
    pairs_given: Any = False,
    unfit: Any = (),
) -> dict[str, Any]:
    """Return the summary. Raise AnsibleFilterError where the input is not as documented."""
    done = dictionary(NAME, "the input", result, RESULT)
    start = dictionary(NAME, "before", before, REPORT)
    end = dictionary(NAME, "after", after, REPORT)
    warnings = sequence(NAME, "unfit", unfit, "of messages")
    with shaped(NAME, RESULT):
        pairs = done.get("pairs") or []
        reached = PEER[start["peer_reachable"]] == "reachable"
        return {
            "here": start["clusters"]["local"]["name"],
            "there": start["clusters"]["peer"]["name"] if reached else plain(peer),
            "peer": PEER[start["peer_reachable"]],
            "outcome": _outcome(done, pairs, bool(check_mode)),
            "changed": len(_changed(pairs)),
            "total": len(pairs),
            "volumes": [_volume(pair, bool(check_mode)) for pair in pairs],
            "left_out": [] if pairs_given else _left_out(start),
            "warnings": (done.get("warnings") or []) + warnings,
            "problems": _problems(end) if reached else [],
            "not_in_sync": len(_not_in_sync(pairs)),
            "next_steps": _next_steps(pairs, reached, bool(check_mode)),
        }


def _outcome(result: dict[str, Any], pairs: list[dict], check_mode: bool) -> str:
    if result.get("failed") and not pairs:
        return "failed"
    if not _failed(pairs) and not _changed(pairs):
        return "unchanged"
    if check_mode:
        return "would_change"
    return "changed" if _changed(pairs) else "nothing_changed"


def _volume(pair: dict[str, Any], check_mode: bool) -> dict[str, Any]:
    return {
        "state": _state(pair, check_mode),
        "volume": pair["volume"],
        "peer_volume": pair["peer_volume"],
        "mode": pair["mode"],
        "health": pair["health"],
        "access": pair["local"]["access"],
        "peer_access": pair["peer"]["access"],
        "error": pair["msg"] if pair["failed"] else None,
        "left_behind": (pair.get("error") or {}).get("left_behind") or [],
    }


def _state(pair: dict[str, Any], check_mode: bool) -> str:
    if check_mode and pair["changed"]:
        return "would_change"
    if pair["state"] == "unknown_peer":
        return "writable" if pair["local"]["access"] == "readWrite" else "not_writable"
    return pair["direction"] if pair["direction"] in DIRECTIONS else "unclear"


def _left_out(report: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"volume": pair["volume"] or pair["peer_volume"], "state": pair["state"]}
        for pair in report["volume_pairs"]
        if pair["state"] not in REPLICATING
    ]


def _problems(report: dict[str, Any]) -> list[dict[str, Any]]:
    errors = [problem for problem in report.get("problems") or [] if problem["severity"] == "error"]
    return [problem for problem in errors if problem["code"] != "split"]


def _next_steps(pairs: list[dict], reached: bool, check_mode: bool) -> list[str]:
    failed = bool(_failed(pairs))
    split = any(pair["direction"] == "split" for pair in pairs)
    steps = {
        "retry": failed,
        "settle_peer": not reached,
        "settle_split": reached and split,
        "wait_for_sync": bool(_not_in_sync(pairs)),
        "run": not failed and check_mode and bool(_changed(pairs)),
        "use": not failed and not (check_mode and _changed(pairs)),
        "fail_back": not failed and reached and not split,
    }
    return [step for step, applies in steps.items() if applies]


def _failed(pairs: list[dict]) -> list[dict]:
    return [pair for pair in pairs if pair["failed"]]


def _changed(pairs: list[dict]) -> list[dict]:
    return [pair for pair in pairs if pair["changed"]]


def _not_in_sync(pairs: list[dict]) -> list[dict]:
    return [pair for pair in pairs if pair["direction"] == "to_peer" and pair["health"] != "healthy"]


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {NAME: failover_summary}
