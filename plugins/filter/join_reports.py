# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The reports of several links become one."""

from __future__ import annotations

DOCUMENTATION = r"""
name: join_reports
short_description: Join the reports of several links among clusters
version_added: 1.0.0
author:
  - elementsw.replication contributors (@elementsw)
description:
  - Joins what M(elementsw.replication.element_pair_info) has reported of each cluster and of each link between two clusters
    into one report, in which every problem is named once.
  - A cluster or a link that was not read is one problem of severity V(error).
positional: answers, links, halves
options:
  _input:
    description:
      - The names of the clusters.
    type: list
    elements: str
    required: true
  answers:
    description:
      - For each cluster, in the order of the input, what M(elementsw.replication.element_pair_info) has returned without a
        peer, also when it failed. An empty dictionary stands for a cluster for which it did not run.
    type: list
    elements: dict
    required: true
  links:
    description:
      - For each cluster, the C(results) of M(elementsw.replication.element_pair_info) in a loop over the links of this
        cluster. The items of the loop are those of P(elementsw.replication.replication_links#filter), with C(max_lag) where
        the target of a pair that counts as protected may not be further behind than that many seconds.
    type: list
    elements: list
    required: true
  halves:
    description:
      - For each cluster, what M(elementsw.replication.element_pair_info) has returned without a peer while another cluster
        did not answer, or an empty dictionary.
    type: list
    elements: dict
    required: true
  not_all_paired:
    description:
      - Whether two clusters that are not paired are not a problem, unless no two of them are paired.
    type: bool
    default: false
  max_lag:
    description:
      - How many seconds the target of a pair that counts as protected may be behind, on links without a C(max_lag).
    type: float
  addresses:
    description:
      - For each cluster, in the order of the input, the MVIP or the address that the inventory has of it, empty text where it
        has none. A cluster that does not answer is recognised by it in what the others report, and has its name from there.
      - Where every cluster is recognised, volume pairs and cluster pairs with other clusters are left out of the halves.
    type: list
    elements: str
    default: []
seealso:
  - plugin: elementsw.replication.status_table
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show what is wrong on any link
  ansible.builtin.debug:
    msg: "{{ (clusters | elementsw.replication.join_reports(answers, links, halves)).problems | map(attribute='message') }}"
  vars:
    clusters: [alpha, beta]
    answers: "{{ clusters | map('extract', hostvars) | map(attribute='answer', default={}) }}"
    links: "{{ clusters | map('extract', hostvars) | map(attribute='links.results', default=[]) }}"
    halves: "{{ clusters | map('extract', hostvars) | map(attribute='half', default={}) }}"
"""

RETURN = r"""
_value:
  description: The report.
  type: dict
  contains:
    answering:
      description: The names of the clusters that answered.
      type: list
      elements: str
    clusters:
      description:
        - Each cluster of the input, with its own C(name), its C(mvip) and C(version), and whether it C(answered). One that did
          not is described as the others know it, or has the name from the input.
      type: list
      elements: dict
    hosts:
      description: The name of each cluster that was read, or that the others know, by the name of its inventory host.
      type: dict
    pairs:
      description:
        - The reports of the links that were read on both clusters. Each of their volume pairs has what it counts as in
          C(summary), C(protection), and C(max_lag).
        - A volume whose pairing was started and not completed names no other cluster, so that every link of its cluster reports
          it. Only the first of them has it here.
      type: list
      elements: dict
    halves:
      description:
        - The reports of single clusters, while another one does not answer, without the volume pairs that O(links) has, and
          with the problems of the remaining volumes alone.
      type: list
      elements: dict
    unread:
      description: The problems of clusters and links that were not read.
      type: list
      elements: dict
    ignored:
      description: The codes of problems that are no problem here.
      type: list
      elements: str
    problems:
      description: Every problem once, in the form of RV(elementsw.replication.element_pair_info#module:problems).
      type: list
      elements: dict
    healthy:
      description: Whether none of them is of severity V(error).
      type: bool
    summary:
      description: Counts of the volume pairs. Every pair is in one of the counts besides C(pairs).
      type: dict
      contains:
        pairs:
          description: All volume pairs.
          type: int
        protected:
          description: Those that are in sync, and no further behind than C(max_lag) of their link.
          type: int
        late:
          description: Those that are in sync and further behind, or with a lag that is not known.
          type: int
        copying:
          description: Those whose source is being copied.
          type: int
        paused:
          description: Those that someone has paused.
          type: int
        not_known:
          description: Those of which only one side was read, which is healthy.
          type: int
        not_replicating:
          description: All others, also those of mode V(snapshots_only) without a replicated snapshot.
          type: int
        worst_lag_seconds:
          description: The largest lag, V(null) when none is known.
          type: float
        worst_lag_volume:
          description: Name of the volume with that lag.
          type: str
"""

from collections.abc import Callable, Iterable
from typing import Any

from ansible.errors import AnsibleFilterError

from ..plugin_utils._filter_input import PREFIX, dictionaries, plain, sequence, shaped

NAME = "join_reports"
REPORT = "the result of elementsw.replication.element_pair_info"
#: The code of what was not read without an error of the module.
NOT_READ = "not_read"
#: What a volume pair can be counted as.
KINDS = ("protected", "late", "copying", "paused", "not_replicating", "not_known")
FOLLOW = "do what the message says and check again"


def join_reports(
    clusters: Any,
    answers: Any,
    links: Any,
    halves: Any,
    *,
    not_all_paired: Any = False,
    max_lag: Any = None,
    addresses: Any = None,
) -> dict[str, Any]:
    """Return one report. Raise AnsibleFilterError where the input is not as documented."""
    names = sequence(NAME, "the input", clusters, "of names of clusters")
    answer = _by_name(names, "answers", answers)
    loops = dict(zip(names, _each_of(names, "links", links)))
    half = _by_name(names, "halves", halves)
    allowed = _seconds(plain(max_lag))
    address = dict(zip(names, _each_of(names, "addresses", addresses or [""] * len(names))))
    with shaped(NAME, REPORT):
        read = {name: [link for link in loops[name] if "skipped" not in link] for name in names}
        pairs = _without_missing_elsewhere([link for name in names for link in read[name] if _was_read(link)])
        pairs = _with_pending_once(pairs)
        known = _known_by_address(half.values())
        described = {name: _described(name, answer[name], known.get(address[name], {})) for name in names}
        unread = [
            _unread_cluster(name, described[name]["name"], answer[name])
            for name in names
            if not _was_read(answer[name])
        ]
        unread += [
            _unread_link(link, described[name]["name"]) for name in names for link in read[name] if not _was_read(link)
        ]
        every_one_is_known = all(_was_read(answer[name]) or address[name] in known for name in names)
        members = {each["name"] for each in described.values()} if every_one_is_known else None
        rest = [
            _rest(_among(half[name], members), _shown(name, pairs))
            for name in names
            if _was_read(answer[name]) and _was_read(half[name])
        ]
        ignored = ["not_paired"] if not_all_paired and (unread or _linked(pairs)) else []
        problems = unread + _found(pairs + rest, ignored)
        pairs = [_judged(link, _max_lag(link, allowed)) for link in pairs]
        rest = [_judged(report, allowed) for report in rest]
        return {
            "answering": [name for name in names if _was_read(answer[name])],
            "clusters": list(described.values()),
            "hosts": {**{name: described[name]["name"] for name in names}, **_names_of_ends(pairs)},
            "pairs": pairs,
            "halves": rest,
            "unread": unread,
            "ignored": ignored,
            "problems": problems,
            "healthy": all(problem["severity"] != "error" for problem in problems),
            "summary": _summary([pair for report in [*pairs, *rest] for pair in report["volume_pairs"]]),
        }


def _each_of(names: list[str], argument: str, value: Any) -> list[Any]:
    results = sequence(NAME, argument, value, "one item for each cluster")
    if len(results) != len(names):
        raise AnsibleFilterError(
            f"{PREFIX}{NAME}: {argument} has {len(results)} items, expected one for each of {len(names)} clusters."
        )
    return results


def _by_name(names: list[str], argument: str, value: Any) -> dict[str, dict]:
    return dict(zip(names, dictionaries(NAME, argument, _each_of(names, argument, value), f"each item {REPORT}")))


def _was_read(result: dict[str, Any]) -> bool:
    return "healthy" in result


def _link(result: dict[str, Any]) -> tuple[str, str]:
    """The names of both clusters of the link that the loop was over."""
    link = result[result["ansible_loop_var"]]
    return link["cluster"], link["peer"]


def _names_of_ends(pairs: list[dict[str, Any]]) -> dict[str, str]:
    """The names of the clusters of links by host, also of a peer that was reached by the module alone."""
    ends = [(_link(link), link["clusters"]) for link in pairs]
    return {
        host: clusters[side]["name"]
        for hosts, clusters in ends
        for host, side in zip(hosts, ("local", "peer"))
        if clusters[side]
    }


def _max_lag(result: dict[str, Any], otherwise: float | None) -> float | None:
    own = _seconds(result[result["ansible_loop_var"]].get("max_lag"))
    return otherwise if own is None else own


def _seconds(value: Any) -> float | None:
    try:
        return None if value in (None, "") else float(value)
    except (TypeError, ValueError) as wrong:
        raise AnsibleFilterError(f"{PREFIX}{NAME}: max_lag is {value!r}, expected a number of seconds.") from wrong


def _known_by_address(halves: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """What the clusters that answer know of the other ones, by MVIP."""
    found = [pair["peer"] for half in halves if _was_read(half) for pair in half["cluster_pairs"]]
    return {peer["mvip"]: peer for peer in found if peer.get("mvip") and peer["name"]}


def _described(host: str, answer: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    own = (answer.get("clusters") or {}).get("local") or known
    return {
        "name": own.get("name") or host,
        "mvip": own.get("mvip"),
        "version": own.get("version"),
        "answered": _was_read(answer),
    }


def _among(half: dict[str, Any], members: set[str] | None) -> dict[str, Any]:
    """The report without pairs that lead to a cluster that is none of these. None: any may be one."""
    if members is None:
        return half
    return {
        **half,
        "cluster_pairs": [pair for pair in half["cluster_pairs"] if pair["peer"]["name"] in (None, "", *members)],
        "volume_pairs": [pair for pair in half["volume_pairs"] if pair["peer_cluster"] in (None, *members)],
    }


def _unread_cluster(host: str, name: str, answer: dict[str, Any]) -> dict[str, Any]:
    both = name if name == host else f"{name} (host {host})"
    code = _code(answer)
    if code == "unreachable":
        remedy = "check its hostname, its port, its power, the network, and the proxy if there is one"
        return _problem("peer_unreachable", f"cluster {both} does not answer", remedy, name)
    reason = answer.get("msg", "the task did not run")
    return _problem(code, f"cluster {both} was not read: {reason}", FOLLOW, name)


def _unread_link(result: dict[str, Any], cluster: str) -> dict[str, Any]:
    both = _link(result)
    message = f"clusters {' and '.join(both)} were not read together: {result.get('msg', 'the task did not run')}"
    return _problem(_code(result), message, FOLLOW, cluster)


def _code(result: dict[str, Any]) -> str:
    return (result.get("error") or {}).get("code") or NOT_READ


def _problem(code: str, message: str, remedy: str, cluster: str) -> dict[str, Any]:
    return {
        "code": code,
        "severity": "error",
        "message": message,
        "remedy": remedy,
        "cluster": cluster,
        "volume": None,
        "volume_id": None,
        "account": None,
        "command": None,
        "count": None,
    }


def _shown(name: str, pairs: list[dict]) -> set[int]:
    """The IDs of the volumes of a cluster that the links have shown, from either end."""
    first = [pair["local"]["volume_id"] for link in pairs if _link(link)[0] == name for pair in link["volume_pairs"]]
    second = [pair["peer"]["volume_id"] for link in pairs if _link(link)[1] == name for pair in link["volume_pairs"]]
    return {*first, *second}


def _rest(half: dict[str, Any], shown: set[int]) -> dict[str, Any]:
    """While one cluster does not answer, each other one reports all of its pairs, those of links that were read as well."""
    volume_pairs = [pair for pair in half["volume_pairs"] if pair["local"]["volume_id"] not in shown]
    volumes = {pair["volume"] for pair in volume_pairs} - {None, ""}
    problems = [problem for problem in half["problems"] if problem["volume"] in volumes]
    return {**half, "volume_pairs": volume_pairs, "problems": problems}


def _without_missing_elsewhere(links: list[dict]) -> list[dict]:
    """The links, without the problem that a volume that was named has no pair on one link while it has one on another."""
    paired = {pair[side] for link in links for pair in link["volume_pairs"] for side in ("volume", "peer_volume")} - {
        None
    }
    return [
        {
            **link,
            "problems": [
                problem
                for problem in link["problems"]
                if problem["code"] != "not_paired" or problem["volume"] not in paired
            ],
        }
        for link in links
    ]


def _with_pending_once(links: list[dict]) -> list[dict]:
    """The links, each without the pending volumes that one before it has."""
    before: set[tuple[str, int]] = set()
    found = []
    for link in links:
        pending = {id(pair): _pending_volumes(link, pair) for pair in link["volume_pairs"]}
        found.append(
            {
                **link,
                "volume_pairs": [pair for pair in link["volume_pairs"] if not pending[id(pair)] & before],
                "problems": [
                    problem for problem in link["problems"] if (problem["cluster"], problem["volume_id"]) not in before
                ],
            }
        )
        before.update(*pending.values())
    return found


def _pending_volumes(link: dict[str, Any], pair: dict[str, Any]) -> set[tuple[str, int]]:
    """The volume of a pair that is pending, by cluster and ID; empty for any other pair."""
    side = {"pending_local": "local", "pending_peer": "peer"}.get(pair["state"])
    return {(link["clusters"][side]["name"], pair[side]["volume_id"])} if side else set()


def _judged(report: dict[str, Any], max_lag: float | None) -> dict[str, Any]:
    """The report, each of its volume pairs with what it counts as and the lag that is allowed."""
    pairs = [{**pair, "protection": _kind(pair, max_lag), "max_lag": max_lag} for pair in report["volume_pairs"]]
    return {**report, "volume_pairs": pairs}


def _summary(pairs: list[dict[str, Any]]) -> dict[str, Any]:
    kinds = [pair["protection"] for pair in pairs]
    known = [(pair["lag_seconds"], pair["volume"]) for pair in pairs if pair.get("lag_seconds") is not None]
    seconds, volume = max(known, key=lambda lag: lag[0], default=(None, None))
    return {
        "pairs": len(pairs),
        **{kind: kinds.count(kind) for kind in KINDS},
        "worst_lag_seconds": seconds,
        "worst_lag_volume": volume,
    }


def _kind(pair: dict[str, Any], max_lag: float | None) -> str:
    if pair["in_sync"] and pair["mode"] == "snapshots_only" and pair.get("lag_seconds") is None:
        return "not_replicating"  # the target has no snapshot, or none of a known age, and nothing else is replicated
    if pair["in_sync"]:
        lag = pair.get("lag_seconds")
        return "protected" if max_lag is None or (lag is not None and lag <= max_lag) else "late"
    if pair["in_sync"] is None and pair["health"] in (None, "healthy"):
        return "not_known"  # one side is healthy, and the other one was not read
    return {"syncing": "copying", "paused": "paused"}.get(pair["health"], "not_replicating")


def _linked(pairs: list[dict]) -> bool:
    return any(link["cluster_pairs"] for link in pairs)


def _found(reports: list[dict], ignored: list[str]) -> list[dict]:
    """Two links can have the same problem, of the cluster that they have in common."""
    problems = [problem for report in reports for problem in report["problems"] if problem["code"] not in ignored]
    first: dict[str, dict] = {}
    for problem in problems:
        first.setdefault(problem["message"], problem)
    return list(first.values())


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {NAME: join_reports}
