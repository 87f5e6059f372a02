# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which volume pairs lose their replication, and what became of them."""

from __future__ import annotations

DOCUMENTATION = r"""
name: unprotect_pairs
short_description: Choose the volume pairs whose replication ends
version_added: 1.0.0
author:
  - elementsw.replication contributors (@elementsw)
description:
  - Chooses the pairs of the named volumes from a report of M(elementsw.replication.element_pair_info), in the form that
    O(elementsw.replication.element_volume_pair#module:pairs) accepts.
  - A name that stands for several pairs, or for no volume, is refused. A volume that has no pair any more is accepted, so
    that a run can be repeated. Which of the two it is takes a trial of the module.
positional: volumes, trial
options:
  _input:
    description:
      - The result of M(elementsw.replication.element_pair_info) with these names in
        O(elementsw.replication.element_pair_info#module:volumes).
    type: dict
    required: true
  volumes:
    description:
      - The volumes of the cluster of the report, each by its name, or as items with C(volume) and perhaps C(account), or with
        C(volume_id), as P(elementsw.replication.unprotect_options#filter) returns them.
    type: list
    elements: raw
    required: true
  trial:
    description:
      - The result of M(elementsw.replication.element_volume_pair) in check mode, with V(absent) and RV(_value.untried). Without
        it a name without a pair is no problem yet.
    type: dict
seealso:
  - module: elementsw.replication.element_volume_pair
"""

EXAMPLES = r"""
- name: End the replication of two volumes
  elementsw.replication.element_volume_pair:
    peer_host: beta
    pairs: "{{ (report | elementsw.replication.unprotect_pairs(['orders-db', 'orders-log'])).pairs }}"
    state: absent
"""

RETURN = r"""
_value:
  description: What was chosen.
  type: dict
  contains:
    pairs:
      description: The pairs. Empty where there is a problem.
      type: list
      elements: dict
    untried:
      description: Items for a trial, of the names that have no pair.
      type: list
      elements: dict
    unpaired:
      description: The volumes of which no half of a pair is left, as they are named.
      type: list
      elements: str
    problem:
      description: Why the names cannot be used, a sentence for each reason. V(null) when they can.
      type: str
"""

from collections.abc import Callable
from typing import Any

from ..plugin_utils._filter_input import dictionary, sequence, shaped
from ..plugin_utils._summary_parts import did_fail

NAME = "unprotect_pairs"
VARIABLE = "unprotect_volumes"
REPORT = "the result of elementsw.replication.element_pair_info"
TRIAL = "the result of elementsw.replication.element_volume_pair"


def unprotect_pairs(report: Any, volumes: Any, trial: Any = None) -> dict[str, Any]:
    """Return the pairs whose replication ends. Raise AnsibleFilterError where the input is not as documented."""
    observed = dictionary(NAME, "the input", report, REPORT)
    given = sequence(NAME, "volumes", volumes, "of names or items")
    tried = dictionary(NAME, "trial", trial or {}, TRIAL)
    with shaped(NAME, REPORT):
        # Each once: two of them may name the same volume in different ways.
        named = {
            _label(item): item for item in (each if isinstance(each, dict) else {"volume": each} for each in given)
        }
        found = {
            label: [pair for pair in observed["volume_pairs"] if _is_named(pair, of)] for label, of in named.items()
        }
        pairs = {pair["local"]["volume_id"]: _item(pair) for several in found.values() for pair in several}
        without = [label for label in named if not found[label]]
        results = dict(zip(without, tried.get("pairs") or []))
        left = [label for label, result in results.items() if result["state"] != "none"]
        problem = _problem(observed["clusters"]["local"]["name"], found, tried)
        return {
            "pairs": [] if problem else [*pairs.values(), *(named[label] for label in left)],
            "untried": [named[label] for label in without],
            "unpaired": [] if problem else [label for label in without if label not in left],
            "problem": problem,
        }


def _label(item: dict[str, Any]) -> str:
    """How a user names the volume in text."""
    name = str(item.get("volume") or item["volume_id"])
    return f"{item['account']}/{name}" if item.get("account") else name


def _is_named(pair: dict[str, Any], item: dict[str, Any]) -> bool:
    local = pair["local"]
    return {
        "volume": local["name"],
        "volume_id": local["volume_id"],
        "account": local["account"],
    }.items() >= item.items()


def _problem(here: str, found: dict[str, list[dict]], tried: dict[str, Any]) -> str | None:
    if did_fail(tried, "pairs") and not tried.get("pairs"):
        return f"{VARIABLE}: {tried.get('msg', 'the trial failed')}."
    problems = [message for message in (_refusal(here, result) for result in tried.get("pairs") or []) if message]
    problems += [_several(here, pairs) for pairs in found.values() if len(pairs) > 1]
    return ".\n".join(f"{VARIABLE}: {problem}" for problem in problems) + ". Nothing was written." if problems else None


def _several(here: str, pairs: list[dict[str, Any]]) -> str:
    first, owners = pairs[0]["local"], [pair["local"]["account"] for pair in pairs]
    volumes = " and ".join(f"{pair['local']['volume_id']} of account {pair['local']['account']}" for pair in pairs)
    by_account = f"{first['account']}/{first['name']} or " if owners.count(first["account"]) == 1 else ""
    return (
        f"cluster {here} has {len(pairs)} volumes named {first['name']}, {volumes}: name one as {by_account}"
        f"[{{volume_id: {first['volume_id']}}}]"
    )


def _refusal(here: str, result: dict[str, Any]) -> str | None:
    """Why a volume without a pair with the peer cannot be one that has lost it. None where it can."""
    if result["failed"]:
        return result["msg"]
    if result["local"]["volume_id"] is None:
        return f"cluster {here} has no volume {result['volume']}: check the spelling"
    return None


def _item(pair: dict[str, Any]) -> dict[str, Any]:
    ids = {"volume_id": pair["local"]["volume_id"], "peer_volume_id": pair["peer"]["volume_id"]}
    return {name: number for name, number in ids.items() if number is not None}


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {NAME: unprotect_pairs}
