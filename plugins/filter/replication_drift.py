# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the volume pairs that exist differ from those that are declared."""

from __future__ import annotations

DOCUMENTATION = r"""
name: replication_drift
short_description: Compare the volume pairs of links with those that are declared
version_added: 1.0.0
author:
  - elementsw.replication contributors (@elementsw)
description:
  - Compares what was read of each link with the list that declares its pairs. Volumes are compared by ID, or by name and,
    where the list gives it, account.
positional: declared
options:
  _input:
    description:
      - The value of P(elementsw.replication.join_reports#filter).
    type: dict
    required: true
  declared:
    description:
      - For each link whose pairs are declared, its C(cluster), C(peer) and C(pairs), the C(account) of items that give none,
        and the C(problem) of a list that cannot be used.
    type: list
    elements: dict
    required: true
seealso:
  - plugin: elementsw.replication.status_table
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show what is declared and not paired
  ansible.builtin.debug:
    msg: "{{ (joined | elementsw.replication.replication_drift(declared)) | map(attribute='not_paired') | flatten }}"
"""

RETURN = r"""
_value:
  description: One entry for each link that differs from its list.
  type: list
  elements: dict
  contains:
    link:
      description: The names of both clusters.
      type: str
      sample: alpha - beta
    not_paired:
      description: Volumes that are declared and have no pair with the peer.
      type: list
      elements: str
    not_declared:
      description: Volumes that have a pair with the peer and are not declared.
      type: list
      elements: str
    problem:
      description: Why the list cannot be used. V(null) when it can.
      type: str
    unpaired:
      description: Other volumes of the accounts concerned that are in no pair with the peer.
      type: list
      elements: str
    problems:
      description:
        - The same in the form of RV(elementsw.replication.element_pair_info#module:problems). The codes V(list_not_usable)
          and V(declared_not_paired) are errors, V(not_declared) and V(unpaired) are warnings.
      type: list
      elements: dict
"""

from collections.abc import Callable
from typing import Any

from ..module_utils._pairing.model import first_named
from ..plugin_utils._filter_input import dictionaries, dictionary, shaped

NAME = "replication_drift"
JOINED = "the value of elementsw.replication.join_reports"
DECLARED = "each item a link with its pairs"
DIFFERENCES = ("not_paired", "not_declared", "unpaired")
#: For each difference the code, the severity, what is said of one and of several volumes, and what to do. What is declared must
#: be protected; what is not declared may be as it is on purpose.
FINDINGS = {
    "not_paired": (
        "declared_not_paired",
        "error",
        ("volume is declared and not paired", "volumes are declared and not paired"),
        "run the playbook protect with the same list",
    ),
    "not_declared": (
        "not_declared",
        "warning",
        ("volume is paired and not declared", "volumes are paired and not declared"),
        "add it to the list, or end its replication with the playbook unprotect",
    ),
    "unpaired": (
        "unpaired",
        "warning",
        (
            "other volume of the same accounts is in no pair with this peer",
            "other volumes of the same accounts are in no pair with this peer",
        ),
        "add it to the list and run the playbook protect, if it has to be protected",
    ),
}


def replication_drift(joined: Any, declared: Any) -> list[dict[str, Any]]:
    """Return the links that differ from their lists. Raise AnsibleFilterError where the input is not as documented."""
    report = dictionary(NAME, "the input", joined, JOINED)
    lists = dictionaries(NAME, "declared", declared, DECLARED)
    with shaped(NAME, f"{JOINED} and {DECLARED}"):
        by_link = {(each["cluster"], each["peer"]): each for each in lists}
        read = [(link, by_link.get(_names(link))) for link in report["pairs"]]
        found = [_drift(link, listed) for link, listed in read if listed is not None]
        return [drift for drift in found if any(drift[key] for key in ("problem", *DIFFERENCES))]


def _names(link: dict[str, Any]) -> tuple[str, str]:
    item = link[link["ansible_loop_var"]]
    return item["cluster"], item["peer"]


def _drift(link: dict[str, Any], listed: dict[str, Any]) -> dict[str, Any]:
    name = " - ".join(_names(link))
    if listed.get("problem"):
        return {
            "link": name,
            "problem": listed["problem"],
            **{key: [] for key in DIFFERENCES},
            "problems": [_unusable(link, name, listed["problem"])],
        }
    items = [{**item, "account": item.get("account") or listed.get("account")} for item in listed["pairs"]]
    sides = [pair["local"] for pair in link["volume_pairs"]]
    accounts = {item["account"] for item in items} | {side["account"] for side in sides if _is_in(items, side)}
    unpaired = [side for side in link.get("unpaired") or [] if side["account"] in accounts and not _is_in(items, side)]
    differences = {
        "not_paired": [_item_name(item) for item in items if not any(_is(item, side) for side in sides)],
        "not_declared": [_side_name(side) for side in sides if not _is_in(items, side)],
        "unpaired": [_side_name(side) for side in unpaired],
    }
    problems = [_problem(link, name, kind, volumes) for kind, volumes in differences.items() if volumes]
    return {"link": name, "problem": None, **differences, "problems": problems}


def _unusable(link: dict[str, Any], name: str, why: str) -> dict[str, Any]:
    message = f"the list of {name} cannot be used: {why}"
    remedy = "correct the list, and check again: until then it is not known what is missing"
    return _finding(link, ("list_not_usable", "error", message, remedy), None)


def _problem(link: dict[str, Any], name: str, kind: str, volumes: list[str]) -> dict[str, Any]:
    code, severity, (of_one, of_several), remedy = FINDINGS[kind]
    what = of_one if len(volumes) == 1 else of_several
    message = f"{name}: {len(volumes)} {what}: {first_named(volumes)}"
    return _finding(link, (code, severity, message, remedy), len(volumes))


def _finding(link: dict[str, Any], said: tuple[str, str, str, str], count: int | None) -> dict[str, Any]:
    return {
        **dict(zip(("code", "severity", "message", "remedy"), said)),
        "cluster": link["clusters"]["local"]["name"],
        **dict.fromkeys(("volume", "volume_id", "account", "command")),
        "count": count,
    }


def _is_in(items: list[dict], side: dict[str, Any]) -> bool:
    return any(_is(item, side) for item in items)


def _is(item: dict[str, Any], side: dict[str, Any]) -> bool:
    """Whether the volume is the one that the item declares. IDs can be text, as they come from a spreadsheet."""
    if item.get("volume_id"):
        return str(item["volume_id"]) == str(side["volume_id"])
    return item.get("volume") == side["name"] and item["account"] in (None, "", side["account"])


def _item_name(item: dict[str, Any]) -> str:
    return str(item.get("volume") or item.get("volume_id"))


def _side_name(side: dict[str, Any]) -> str:
    return f"{side['name']} ({side['volume_id']})"


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {NAME: replication_drift}
