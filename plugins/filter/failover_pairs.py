# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which volume pairs a failover is about."""

from __future__ import annotations

DOCUMENTATION = r"""
name: failover_pairs
short_description: Choose the volume pairs that fail over
version_added: 0.1.0
author:
  - elementsw.replication contributors (@elementsw)
description:
  - Chooses volume pairs from a report of M(elementsw.replication.element_pair_info), in the form that
    O(elementsw.replication.element_volume_pair#module:pairs) accepts.
  - Every pair gets the direction V(to_peer), whatever its direction is, because the cluster of the report becomes the source.
  - Without O(pairs), O(volumes) and O(accounts) every pair with the peer is chosen.
positional: pairs, volumes, accounts
options:
  _input:
    description:
      - The result of M(elementsw.replication.element_pair_info) with V(cluster_pairs) and V(volume_pairs) in
        O(elementsw.replication.element_pair_info#module:gather).
    type: dict
    required: true
  pairs:
    description:
      - The pairs to choose, in the form of O(elementsw.replication.element_volume_pair#module:pairs).
    type: list
    elements: dict
  volumes:
    description:
      - Names of volumes of the cluster of the report. Only their pairs are chosen.
    type: list
    elements: str
  accounts:
    description:
      - Names of accounts of the cluster of the report. Only pairs of their volumes are chosen.
    type: list
    elements: str
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
    pairs: "{{ (report | elementsw.replication.failover_pairs(accounts=['shop'])).pairs }}"
    failover: planned
  check_mode: true
"""

RETURN = r"""
_value:
  description: What was chosen.
  type: dict
  contains:
    pairs:
      description: The pairs, in the form of O(elementsw.replication.element_volume_pair#module:pairs).
      type: list
      elements: dict
    not_paired:
      description: The names of O(volumes) that no replicating pair has.
      type: list
      elements: str
    ambiguous:
      description:
        - Whether it is not known which pairs are those with the peer, because it does not answer, nothing was named, and
          the cluster of the report has pairs with none or several.
      type: bool
"""

from collections.abc import Callable
from typing import Any

from ..plugin_utils._filter_input import dictionaries, dictionary, sequence, shaped

NAME = "failover_pairs"
REPORT = "the result of elementsw.replication.element_pair_info"
#: A pair in one of these states replicates, or did when the peer answered last.
REPLICATING = ("paired", "unknown_peer")


def failover_pairs(
    report: Any, pairs: Any = None, volumes: Any = None, accounts: Any = None, *, trial: Any = None
) -> dict[str, Any]:
    """Return the pairs that fail over. Raise AnsibleFilterError where the input is not as documented."""
    observed = dictionary(NAME, "the input", report, REPORT)
    given = None if pairs is None else dictionaries(NAME, "pairs", pairs, "each item a volume pair")
    names = None if volumes is None else sequence(NAME, "volumes", volumes, "of names")
    owners = None if accounts is None else sequence(NAME, "accounts", accounts, "of names")
    tried = dictionary(NAME, "trial", trial or {}, "the result of elementsw.replication.element_volume_pair")
    with shaped(NAME, REPORT):
        elsewhere = _paired_elsewhere(tried)
        chosen = _chosen(observed, given, names, owners)
        return {
            "pairs": [pair for pair in chosen if pair.get("volume_id") not in elsewhere],
            "not_paired": _not_paired(observed, names or []),
            "ambiguous": (given, names, owners) == (None, None, None) and _is_ambiguous(observed),
        }


def _chosen(
    report: dict[str, Any], given: list[dict] | None, volumes: list[str] | None, accounts: list[str] | None
) -> list[dict[str, Any]]:
    if given is not None:
        return [{**pair, "direction": "to_peer"} for pair in given]
    if not report["peer_reachable"] and volumes is None and report["pairs"]:
        return [_without_mode(pair) for pair in report["pairs"]]
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


def _not_paired(report: dict[str, Any], volumes: list[str]) -> list[str]:
    paired = {pair["local"]["name"] for pair in _replicating(report)}
    return [name for name in volumes if name not in paired]


def _is_ambiguous(report: dict[str, Any]) -> bool:
    """Without the peer its address tells which pairs are those with it, or that there is one cluster pair only."""
    if report["peer_reachable"] or report["pairs"]:
        return False
    return [pair["state"] for pair in report["cluster_pairs"]].count("unknown_peer") != 1


def _paired_elsewhere(trial: dict[str, Any]) -> set[int]:
    """The IDs of the volumes whose pairs the trial refuses because they are with another cluster."""
    refused = [pair for pair in trial.get("pairs") or [] if pair["failed"]]
    ids = {pair["local"]["volume_id"] for pair in refused if pair["error"]["code"] == "paired_elsewhere"}
    return ids - {None}


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {NAME: failover_pairs}
