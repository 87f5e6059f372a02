# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a failover has done to each volume, and what to do next."""

from __future__ import annotations

DOCUMENTATION = r"""
name: failover_summary
short_description: Sum up what a failover has done
version_added: 1.0.0
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
  group:
    description:
      - The group of volumes, one of RV(elementsw.replication.failover_trial#filter:_value.groups). Pairs of O(before) that do not
        replicate are reported as left out where they belong to it, unless its pairs were listed one by one. After a C(kind) of
        V(forced) writes may be lost, and with C(allow_overwrite) it gives up what the peer holds. Its C(unfit) are further
        warnings.
    type: dict
    default: {}
  waited:
    description:
      - The result of a later call of M(elementsw.replication.element_volume_pair) that only waited, V(null) where there was none.
    type: dict
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
    reversed:
      description:
        - How many volumes were made writable on this cluster, V(null) where that is not known because the failover failed and
          the cluster did not answer after it.
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
            - V(would_change) in check mode, V(would_change_later) where the tasks of the user have to log hosts out
              first, V(writable) or V(not_writable) where nothing is known of the peer, V(to_peer),
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
    group:
      description: Name of the group, V(null) without groups.
      type: str
    moved:
      description: The volumes that were made writable on this cluster.
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
    not_moved:
      description: The volumes that are not writable on this cluster.
      type: list
      elements: dict
      contains: *volume
    may_be_lost:
      description:
        - The volumes of which writes may be lost, because they are made writable without proof, in check mode too, or because
          the other side was writable as well and was overwritten without a snapshot.
      type: list
      elements: dict
      contains: *volume
    no_longer_writable:
      description: The volumes that were writable here after the failover, and not when O(waited) ended.
      type: list
      elements: str
    in_sync:
      description: Whether every volume replicates to the peer and both sides are healthy.
      type: bool
    saved:
      description:
        - The snapshots of what was overwritten, or in check mode would be, for each cluster, those that expire apart from the
          others.
      type: list
      elements: dict
      contains:
        cluster:
          description: Name of the cluster.
          type: str
        snapshots:
          description:
            - The snapshots with their volumes, such as V(elementsw-saved-0123456789abcdef-0 (orders-db, wiki)). Empty in
              check mode.
          type: list
          elements: str
        volumes:
          description: The names of the first volumes, and how many there are more.
          type: str
        more:
          description: How many further snapshots there are.
          type: int
        expire:
          description: Whether all of them expire automatically.
          type: bool
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
      description:
        - The warnings of the module, and those about fitness, each once. The module joins those that are equal. What
          RV(_value.saved) has is not among them.
      type: list
      elements: str
    problems:
      description:
        - The problems of O(after) of severity V(error), or that it failed. That both sides are writable is not among them,
          because RV(_value.next_steps) has it, and in check mode neither is what the failover would settle.
      type: list
      elements: dict
    not_in_sync:
      description: How many volumes replicate to the peer and are not in sync yet.
      type: int
    next_steps:
      description:
        - What to do next, in this order. V(retry) where volumes did not fail over, V(settle_peer) when the peer answers again,
          V(settle_split) where both sides are writable, V(log_out) the hosts that prevent that one of them is given up,
          V(wait_for_sync), V(use) the volumes, V(fail_back) in the same way.
        - After a check run that would change something it is V(run) without check mode alone, and V(correct) where volumes
          would not fail over.
      type: list
      elements: str
"""

from collections.abc import Callable
from typing import Any

from ..plugin_utils._filter_input import dictionary, plain, sequence, shaped
from ..plugin_utils._summary_parts import saved_snapshots

NAME = "failover_summary"
RESULT = "the result of elementsw.replication.element_volume_pair"
REPORT = "the result of elementsw.replication.element_pair_info"
#: What ends when the hosts are logged out.
IN_USE = ("source_in_use", "target_in_use")
#: A pair in one of these states replicates, or did when the peer answered last.
REPLICATING = ("paired", "unknown_peer")
READ_WRITE = "readWrite"
TARGET = "replicationTarget"
DIRECTIONS = ("to_peer", "from_peer", "split", "none")
#: `peer_reachable` of the report -> the state of the peer. A peer that is assumed to have failed is not asked.
PEER = {True: "reachable", False: "unreachable", None: "not_asked"}


#: The names that a warning about saved snapshots has: the prefix of the snapshots, and the return value that lists them.
SAVED = ("elementsw-saved-", "`saved`")


def failover_summary(
    result: Any,
    before: Any,
    after: Any,
    peer: Any,
    *,
    check_mode: Any = False,
    group: Any = None,
    waited: Any = None,
) -> dict[str, Any]:
    """Return the summary. Raise AnsibleFilterError where the input is not as documented."""
    done = dictionary(NAME, "the input", result, RESULT)
    start = dictionary(NAME, "before", before, REPORT)
    end = dictionary(NAME, "after", after, REPORT)
    members = dictionary(NAME, "group", group or {}, "one of the groups of elementsw.replication.failover_trial")
    later = dictionary(NAME, "waited", waited or {}, RESULT)
    unfit = sequence(NAME, "unfit of the group", members.get("unfit") or [], "of messages")
    with shaped(NAME, RESULT):
        check = bool(check_mode)
        pairs = _as_waited_for(done.get("pairs") or [], later.get("pairs") or [])
        if check and members.get("before_tasks"):
            pairs = _without_hosts(pairs, members)
        reached = PEER[start["peer_reachable"]] == "reachable"
        standing = _standing(pairs or members.get("failing_over") or [], start, None if pairs else end)
        lost = _may_be_lost(standing, pairs, members.get("kind"), check)
        here = start["clusters"]["local"]["name"]
        there = start["clusters"]["peer"]["name"] if reached else plain(peer)
        return {
            "group": members.get("name"),
            "here": here,
            "there": there,
            "peer": PEER[start["peer_reachable"]],
            "outcome": _outcome(done, pairs, check),
            "changed": len(_changed(pairs)),
            "reversed": len(_moved(standing)) if pairs or "volume_pairs" in end else None,
            "total": len(pairs),
            "volumes": [_volume(pair, check) for pair in pairs],
            "moved": _named(start, _moved(standing)),
            "no_longer_writable": [
                new["volume"]
                for old, new in zip(done.get("pairs") or [], pairs)
                if old["local"]["access"] == READ_WRITE != new["local"]["access"]
            ],
            "not_moved": _named(start, [each for each in standing if each["access"] != READ_WRITE]),
            "may_be_lost": _named(start, lost),
            "in_sync": bool(pairs) and all(_is_in_sync(pair) for pair in pairs),
            "saved": saved_snapshots(pairs),
            "left_out": [] if members.get("pairs_given") else _left_out(start, members),
            "warnings": _warnings((done.get("warnings") or []) + (later.get("warnings") or []) + unfit),
            "problems": _unread(end)
            or (_problems(end, _settled(pairs, here, there) if check else set()) if reached else []),
            "not_in_sync": len(_not_in_sync(pairs)),
            "next_steps": _next_check_steps(pairs)
            if check and (_failed(pairs) or _changed(pairs))
            else _next_steps(pairs, reached, members.get("kind") == "forced" and bool(members.get("allow_overwrite"))),
        }


def _as_waited_for(pairs: list[dict[str, Any]], later: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The pairs as the later call has left them, with what the first one has changed and saved."""
    now = {pair["local"]["volume_id"]: pair for pair in later}
    return [
        {**now.get(pair["local"]["volume_id"], pair), **{key: pair.get(key) for key in ("changed", "saved")}}
        for pair in pairs
    ]


def _without_hosts(pairs: list[dict[str, Any]], group: dict[str, Any]) -> list[dict[str, Any]]:
    """The pairs of a check run as they would be without hosts, which the tasks of the user log out before a real run.

    A planned failover is for all of the pairs or none, so that one in use leaves the others without a plan.
    """
    in_use = [pair for pair in _failed(pairs) if pair["error"]["code"] in IN_USE]
    if group.get("kind") == "planned" and len(in_use) < len(_failed(pairs)):
        return pairs
    planned = (
        {pair["local"]["volume_id"] for pair in (*in_use, *(group.get("failing_over") or []))} if in_use else set()
    )
    return [
        {**pair, "failed": False, "msg": None, "error": None, "changed": True, "later": pair in in_use}
        if pair["local"]["volume_id"] in planned
        else pair
        for pair in pairs
    ]


def _standing(
    pairs: list[dict[str, Any]], before: dict[str, Any], after: dict[str, Any] | None
) -> list[dict[str, Any]]:
    """The volumes of the failover on this cluster with their access before it and now, None where it is not known.

    after: the report that has the access now, None where the pairs themselves have it.
    """
    was, now, peers = _accesses(before), _accesses(after or {}), _accesses(before, "peer")
    return [
        {
            "volume": pair["volume"],
            "volume_id": pair["local"]["volume_id"],
            "was": was.get(pair["local"]["volume_id"]),
            "access": pair["local"]["access"] if after is None else now.get(pair["local"]["volume_id"]),
            # The other side was writable, too, and was given up without a snapshot.
            "unsaved": peers.get(pair["local"]["volume_id"]) == READ_WRITE
            and pair["peer"]["access"] == TARGET
            and not pair.get("saved"),
        }
        for pair in pairs
    ]


def _accesses(report: dict[str, Any], side: str = "local") -> dict[int, str | None]:
    """The access of the volumes of one side, by the ID of the volume on this cluster."""
    return {pair["local"]["volume_id"]: pair[side]["access"] for pair in report.get("volume_pairs") or []}


def _moved(standing: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [each for each in standing if each["was"] != READ_WRITE and each["access"] == READ_WRITE]


def _may_be_lost(
    standing: list[dict[str, Any]], pairs: list[dict[str, Any]], kind: str | None, check_mode: bool
) -> list[dict[str, Any]]:
    """The volumes that a forced failover promotes, since nothing proves that every write had arrived, or overwrites unsaved."""
    if kind != "forced":
        return []
    if check_mode:
        return [
            each
            for each, pair in zip(standing, pairs)
            if pair["changed"] and (each["was"] != READ_WRITE or not pair.get("saved"))
        ]
    return [each for each in standing if each in _moved(standing) or each["unsaved"]]


def _named(report: dict[str, Any], standing: list[dict[str, Any]]) -> list[dict[str, Any]]:
    cluster = report["clusters"]["local"]["name"]
    return [{"cluster": cluster, "volume": each["volume"], "volume_id": each["volume_id"]} for each in standing]


def _warnings(texts: list[str]) -> list[str]:
    """Each warning once, without what the summary has in another place. Those that differ are never joined."""
    return [text for text in dict.fromkeys(texts) if not all(name in text for name in SAVED)]


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
        return "would_change_later" if pair.get("later") else "would_change"
    if pair["state"] == "unknown_peer":
        return "writable" if pair["local"]["access"] == "readWrite" else "not_writable"
    return pair["direction"] if pair["direction"] in DIRECTIONS else "unclear"


def _left_out(report: dict[str, Any], group: dict[str, Any]) -> list[dict[str, Any]]:
    volumes, accounts = group.get("volumes"), group.get("accounts")
    return [
        {"volume": pair["volume"] or pair["peer_volume"], "state": pair["state"]}
        for pair in report["volume_pairs"]
        if pair["state"] not in REPLICATING
        and (volumes is None or pair["volume"] in volumes)
        and (accounts is None or pair["local"]["account"] in accounts)
    ]


def _unread(report: dict[str, Any]) -> list[dict[str, Any]]:
    """The problem that nothing was read after the failover, if so."""
    if "volume_pairs" in report:
        return []
    message = f"the clusters could not be read after the failover: {report.get('msg') or 'no result'}"
    return [
        {
            "code": "unreachable",
            "severity": "error",
            "message": message,
            "remedy": "check them with the playbook status",
        }
    ]


def _settled(pairs: list[dict[str, Any]], here: str, there: str) -> set[tuple[str, int]]:
    """The volumes of the pairs that would be changed, by cluster and ID."""
    changing = _changed(pairs)
    return {(here, pair["local"]["volume_id"]) for pair in changing} | {
        (there, pair["peer"]["volume_id"]) for pair in changing
    }


def _problems(report: dict[str, Any], settled: set[tuple[str, int]]) -> list[dict[str, Any]]:
    """Each error once. settled: the volumes that get one writable side, by cluster and ID."""
    errors = [
        problem
        for problem in report.get("problems") or []
        if problem["severity"] == "error"
        and not (problem["code"] == "no_source" and (problem["cluster"], problem["volume_id"]) in settled)
    ]
    others = {(problem["message"], problem["remedy"]): problem for problem in errors if problem["code"] != "split"}
    return list(others.values())


def _next_check_steps(pairs: list[dict]) -> list[str]:
    """What comes after the real run is no advice yet: it would not be followed in the order of a list."""
    return ["correct"] if _failed(pairs) else ["run"]


def _next_steps(pairs: list[dict], reached: bool, gives_up_peer: bool) -> list[str]:
    """gives_up_peer: it is decided that what the peer holds is given up where both sides are writable."""
    failed = bool(_failed(pairs))
    split = any(pair["direction"] == "split" for pair in pairs)
    steps = {
        "retry": failed,
        "settle_peer": not reached,
        "settle_split": reached and split and not gives_up_peer,
        "log_out": reached and split and gives_up_peer and not failed,
        "wait_for_sync": bool(_not_in_sync(pairs)),
        "use": not failed,
        "fail_back": not failed and reached and not split,
    }
    return [step for step, applies in steps.items() if applies]


def _failed(pairs: list[dict]) -> list[dict]:
    return [pair for pair in pairs if pair["failed"]]


def _changed(pairs: list[dict]) -> list[dict]:
    return [pair for pair in pairs if pair["changed"]]


def _not_in_sync(pairs: list[dict]) -> list[dict]:
    return [pair for pair in pairs if pair["direction"] == "to_peer" and not _is_in_sync(pair)]


def _is_in_sync(pair: dict[str, Any]) -> bool:
    return pair["direction"] == "to_peer" and pair["health"] == "healthy"


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {NAME: failover_summary}
