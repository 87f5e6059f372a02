# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which volume pairs a failover is about."""

from __future__ import annotations

DOCUMENTATION = r"""
name: failover_pairs
short_description: Choose the volume pairs that fail over
version_added: 1.0.0
author:
  - elementsw.replication contributors (@elementsw)
description:
  - Chooses volume pairs from a report of M(elementsw.replication.element_pair_info), in the form that
    O(elementsw.replication.element_volume_pair#module:pairs) accepts.
  - Every pair gets the direction V(to_peer), whatever its direction is, because the cluster of the report becomes the source.
positional: groups
options:
  _input:
    description:
      - The result of M(elementsw.replication.element_pair_info) with V(cluster_pairs) and V(volume_pairs) in
        O(elementsw.replication.element_pair_info#module:gather).
    type: dict
    required: true
  groups:
    description:
      - What to choose, one group after the other. A group has C(pairs), a list in the form of
        O(elementsw.replication.element_volume_pair#module:pairs), or C(volumes) or C(accounts), the names of volumes or accounts
        of the cluster of the report. Without any of them it is every pair with the peer.
      - Any other members of a group are returned as they are.
    type: list
    elements: dict
    default: [{}]
  exclude:
    description:
      - Names of volumes of the cluster of the report that are not chosen. Each of them must be concerned.
    type: list
    elements: str
    default: []
  peer:
    description:
      - The name for the peer in messages.
    type: str
    default: the peer
  here:
    description:
      - The inventory host of the cluster of the report. With it, a host that leads to the cluster that the peer's host is named
        after is a problem, since their addresses are exchanged.
    type: str
  kind:
    description:
      - The kind of failover. V(planned) needs both clusters.
    type: str
    choices: [planned, forced]
    default: forced
  peer_not_asked:
    description:
      - Whether the peer is assumed to have failed, so that the report is without it on purpose.
    type: bool
    default: false
  trial:
    description:
      - The result of M(elementsw.replication.element_volume_pair) in check mode with these pairs. Those that it refuses
        because they are pairs with another cluster are left out.
    type: dict
seealso:
  - plugin: elementsw.replication.failover
    plugin_type: role
"""

EXAMPLES = r"""
- name: Read both clusters
  elementsw.replication.element_pair_info:
    peer_host: alpha
  register: report

- name: Try what fails over
  elementsw.replication.element_volume_pair:
    peer_host: alpha
    pairs: "{{ (report | elementsw.replication.failover_pairs(groups=[{'accounts': ['shop']}])).pairs }}"
    failover: planned
  check_mode: true
"""

RETURN = r"""
_value:
  description: What was chosen.
  type: dict
  contains:
    pairs:
      description:
        - The pairs of all groups, in the form of O(elementsw.replication.element_volume_pair#module:pairs).
      type: list
      elements: dict
    groups:
      description: The groups, each with its own C(pairs), and as C(pairs_given) whether they were listed one by one.
      type: list
      elements: dict
    problem:
      description:
        - Why no failover can begin with these pairs, one line for each reason, without a full stop at the end. Empty where
          nothing is wrong.
      type: str
"""

from collections.abc import Callable
from typing import Any

from ..plugin_utils._exchanged_hosts import exchanged_hosts
from ..plugin_utils._filter_input import dictionaries, dictionary, plain, sequence, shaped

NAME = "failover_pairs"
REPORT = "the result of elementsw.replication.element_pair_info"
#: A pair in one of these states replicates, or did when the peer answered last.
REPLICATING = ("paired", "unknown_peer")


def failover_pairs(
    report: Any,
    groups: Any = ({},),
    *,
    exclude: Any = (),
    peer: Any = "the peer",
    here: Any = None,
    kind: Any = "forced",
    peer_not_asked: Any = False,
    trial: Any = None,
) -> dict[str, Any]:
    """Return the pairs that fail over. Raise AnsibleFilterError where the input is not as documented."""
    observed = dictionary(NAME, "the input", report, REPORT)
    requested = dictionaries(NAME, "groups", groups, "each item a dictionary with pairs, volumes or accounts")
    excluded = sequence(NAME, "exclude", exclude, "of names")
    tried = dictionary(NAME, "trial", trial or {}, "the result of elementsw.replication.element_volume_pair")
    with shaped(NAME, REPORT):
        elsewhere = _paired_elsewhere(tried)
        concerned = [
            [pair for pair in _concerned(observed, group) if pair.get("volume_id") not in elsewhere]
            for group in requested
        ]
        named = _names_by_id(observed)
        chosen = [[pair for pair in pairs if _volume(pair, named) not in excluded] for pairs in concerned]
        problem = _exchanged(observed, plain(here), plain(peer)) or _no_peer(
            observed, requested, plain(peer), kind, bool(peer_not_asked)
        )
        if not problem:
            problem = "\n".join(
                _wrong_names(observed, requested, plain(peer))
                + _not_excluded(observed, excluded, [_volume(pair, named) for pairs in concerned for pair in pairs])
                + _in_two_groups(observed, requested, chosen)
            )
        if not problem and not any(chosen):
            named_some = not all(_names_nothing(group) for group in requested)
            problem = _nothing(observed, excluded, plain(peer), named_some)
        return {
            "pairs": [pair for pairs in chosen for pair in pairs],
            "groups": [
                {**group, "pairs": pairs, "pairs_given": group.get("pairs") is not None}
                for group, pairs in zip(requested, chosen)
            ],
            "problem": problem,
        }


def _concerned(report: dict[str, Any], group: dict[str, Any]) -> list[dict[str, Any]]:
    given, volumes, accounts = (group.get(member) for member in ("pairs", "volumes", "accounts"))
    if given is not None:
        return [{**pair, "direction": "to_peer"} for pair in given]
    if not report["peer_reachable"] and volumes is None and report["pairs"]:
        exported = [pair for pair in report["pairs"] if accounts is None or pair.get("account") in accounts]
        return [_without_mode(pair) for pair in exported]
    return [
        {
            "volume_id": pair["local"]["volume_id"],
            "peer_volume_id": pair["peer"]["volume_id"],
            "direction": "to_peer",
        }
        for pair in _replicating(report)
        if (volumes is None or pair["local"]["name"] in volumes)
        and (accounts is None or pair["local"]["account"] in accounts)
    ]


def _without_mode(pair: dict[str, Any]) -> dict[str, Any]:
    """A pair of the export, which holds those with this peer alone. Its mode is settled when the peer answers again."""
    return {**{key: value for key, value in pair.items() if key != "mode"}, "direction": "to_peer"}


def _replicating(report: dict[str, Any]) -> list[dict[str, Any]]:
    return [pair for pair in report["volume_pairs"] if pair["state"] in REPLICATING]


def _names_by_id(report: dict[str, Any]) -> dict[int, str]:
    return {pair["local"]["volume_id"]: pair["local"]["name"] for pair in _replicating(report)}


def _volume(pair: dict[str, Any], named: dict[int, str]) -> str | None:
    """Name of the volume of a pair that was chosen. The export names it, every other pair has its ID."""
    return pair.get("volume") or named.get(pair.get("volume_id") or 0)


def _exchanged(report: dict[str, Any], here: str | None, peer: str) -> str:
    """A failover that makes the wrong side writable gives up what the right side holds."""
    exchanged = here and exchanged_hosts(report["clusters"], here, peer)
    return f"{exchanged} Correct element_hostname of both, or call the hosts otherwise" if exchanged else ""


def _no_peer(report: dict[str, Any], groups: list[dict[str, Any]], peer: str, kind: str, peer_not_asked: bool) -> str:
    """Why nothing can be chosen without an answer of the peer."""
    if report["peer_reachable"] or peer_not_asked:
        return ""
    if kind == "planned":
        return (
            f"{peer} does not answer. A planned failover proves that nothing is lost, for which both clusters must answer. With "
            "failover_kind=forced the volumes become writable here all the same, without what had not been replicated"
        )
    if any(_names_nothing(group) for group in groups) and _is_ambiguous(report):
        peers = ", ".join(filter(None, ((pair["peer"] or {}).get("name") for pair in report["cluster_pairs"])))
        return (
            f"{peer} does not answer, and this cluster is paired with {peers}. State which volumes are paired with {peer}: put "
            "its management address into its element_mvip, or name the volumes in failover_volumes or failover_accounts"
        )
    return ""


def _names_nothing(group: dict[str, Any]) -> bool:
    return all(group.get(member) is None for member in ("pairs", "volumes", "accounts"))


def _is_ambiguous(report: dict[str, Any]) -> bool:
    """Without the peer its address tells which pairs are those with it, or that there is one cluster pair only."""
    if report["pairs"]:
        return False
    return [pair["state"] for pair in report["cluster_pairs"]].count("unknown_peer") != 1


def _wrong_names(report: dict[str, Any], groups: list[dict[str, Any]], peer: str) -> list[str]:
    """A line for each name that stands for no pair, of a volume or of an account."""
    paired = {pair["local"]["name"] for pair in _replicating(report)}
    owners = {pair["local"]["account"] for pair in _replicating(report)}
    found = []
    for group in groups:
        prefix = f"group {group['name']}: " if group.get("name") else ""
        found += [prefix + _not_paired(report, name, peer) for name in group.get("volumes") or [] if name not in paired]
        found += [
            f"{prefix}no {'requested ' if group.get('volumes') else ''}volume of account {name} of cluster "
            f"{report['clusters']['local']['name']} replicates with {peer}: "
            + ("name its volumes, too, or leave the account out" if group.get("volumes") else "check the name")
            for name in group.get("accounts") or []
            if name not in owners
        ]
    return found


def _not_paired(report: dict[str, Any], name: str, peer: str) -> str:
    """What is known of a volume that is named and does not replicate."""
    cluster = report["clusters"]["local"]["name"]
    for pair in report["volume_pairs"]:
        if pair["local"]["name"] == name:
            return f"volume {name} of cluster {cluster} does not replicate with {peer}: its pair is {pair['state']}"
    known = [problem for problem in report.get("problems") or [] if problem.get("volume") == name]
    if known:
        return f"{known[0]['message']}: {known[0]['remedy']}"
    return f"no volume named {name} of cluster {cluster} replicates with {peer}"


def _not_excluded(report: dict[str, Any], excluded: list[str], concerned: list[str | None]) -> list[str]:
    cluster = report["clusters"]["local"]["name"]
    return [
        f"failover_exclude names {name}, which is none of the volumes of cluster {cluster} that would fail over: check the name"
        for name in excluded
        if name not in concerned
    ]


def _in_two_groups(
    report: dict[str, Any], groups: list[dict[str, Any]], chosen: list[list[dict[str, Any]]]
) -> list[str]:
    named = _names_by_id(report)
    # The export names volumes by name and account, every other pair by its ID.
    ids = {
        (pair["local"]["name"], pair["local"]["account"]): pair["local"]["volume_id"] for pair in _replicating(report)
    }
    first: dict[Any, Any] = {}
    found = []
    for group, pairs in zip(groups, chosen):
        for pair in pairs:
            volume = _volume(pair, named)
            number = pair.get("volume_id") or ids.get((volume, pair.get("account")))
            earlier = first.setdefault(number or volume, group.get("name"))
            if earlier != group.get("name"):
                found.append(f"volume {volume} is in the groups {earlier} and {group['name']}: name it in one of them")
    return found


def _nothing(report: dict[str, Any], excluded: list[str], peer: str, named: bool) -> str:
    """named: whether volumes or accounts were named, and not all pairs."""
    cluster = report["clusters"]["local"]["name"]
    reasons = "failover_exclude leaves out all of them" if excluded else ""
    found = [problem["message"] for problem in report.get("problems") or []]
    return "\n".join(
        [
            f"cluster {cluster} has no pair with {peer} that can fail over{', of the requested volumes' if named else ''}",
            *([reasons] if reasons else dict.fromkeys(found)),
        ]
    )


def _paired_elsewhere(trial: dict[str, Any]) -> set[int]:
    """The IDs of the volumes whose pairs the trial refuses because they are with another cluster."""
    refused = [pair for pair in trial.get("pairs") or [] if pair["failed"]]
    ids = {pair["local"]["volume_id"] for pair in refused if pair["error"]["code"] == "paired_elsewhere"}
    return ids - {None}


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {NAME: failover_pairs}
