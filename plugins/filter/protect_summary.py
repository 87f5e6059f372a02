# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What became of each volume pair that was to be protected."""

from __future__ import annotations

DOCUMENTATION = r"""
name: protect_summary
short_description: Sum up what became of two clusters and their volume pairs
version_added: 1.0.0
author:
  - elementsw.replication contributors (@elementsw)
description:
  - Decides what is to be said about two clusters and each of their volume pairs after they were paired, after they could not be
    paired, or in check mode.
positional: volumes
options:
  _input:
    description:
      - The result of M(elementsw.replication.element_cluster_pair), also when it failed.
    type: dict
    required: true
  volumes:
    description:
      - The result of M(elementsw.replication.element_volume_pair), also when it failed or was skipped.
    type: dict
    default: {}
  pairs:
    description:
      - The list that the module was given.
    type: list
    elements: dict
    default: []
  defaults:
    description:
      - What the module was given for items that do not say it, C(mode), C(direction), C(peer_account), C(size) and
        C(create_peer_volume).
    type: dict
    default: {}
  check:
    description:
      - Whether the modules ran in check mode.
    type: bool
    default: false
  here:
    description:
      - Name of this cluster where it could not be read.
    type: str
    default: this cluster
  there:
    description:
      - Name of the peer where it could not be read.
    type: str
    default: the peer
seealso:
  - plugin: elementsw.replication.protect
    plugin_type: role
"""

EXAMPLES = r"""
- name: Show what became of each pair
  ansible.builtin.debug:
    msg: "{{ summary.rows | map('join', '  ') }}"
  vars:
    summary: "{{ clusters | elementsw.replication.protect_summary(volumes, pairs=protect_pairs) }}"
  # => ["* orders-db (41)  ->  orders-db (77)  async, healthy"]
"""

RETURN = r"""
_value:
  description: The summary.
  type: dict
  contains:
    clusters:
      description: What became of the two clusters, as one sentence.
      type: str
      sample: alpha and beta are paired and connected.
    headline:
      description: How many pairs changed and failed.
      type: str
      sample: 25 volume pairs, 3 changed, 1 failed
    rows:
      description:
        - One row for each pair, with cells of the same width, but for the last one. The first one begins with V(*) where the pair
          was changed, or would be in check mode, and with V(!) where it failed. A row of what was not done has the direction
          that was requested, or V(-).
      type: list
      elements: list
    saved:
      description: The snapshots of what was overwritten, one sentence for each cluster, those that expire apart from the others.
      type: list
      elements: str
      sample:
        - "Saved on beta before it was overwritten: elementsw-saved-0123456789abcdef-0 (wiki); it stays until you delete it."
    failed:
      description: The sentence for a failure. V(null) when nothing failed.
      type: str
    problems:
      description: What failed, in the form of RV(elementsw.replication.element_pair_info#module:problems).
      type: list
      elements: dict
"""

from collections.abc import Callable
from typing import Any

from ..module_utils._pairing.decide import sizes
from ..plugin_utils._filter_input import dictionaries, dictionary, plain, shaped
from ..plugin_utils._summary_parts import counted, did_fail, failed_problem, saved_snapshots, side_name, which_failed

NAME = "protect_summary"
CLUSTERS = "the result of elementsw.replication.element_cluster_pair"
VOLUMES = "the result of elementsw.replication.element_volume_pair"
ARROWS = {"to_peer": "->", "from_peer": "<-"}
NO_DIRECTION = "-"
#: Direction of a pair whose volumes are not one source and one target -> which of them hosts can write to.
NO_SOURCE = {"split": "both can be written to", "none": "neither can be written to"}


def protect_summary(
    clusters: Any,
    volumes: Any = None,
    *,
    pairs: Any = None,
    defaults: Any = None,
    check: Any = False,
    here: Any = "this cluster",
    there: Any = "the peer",
) -> dict[str, Any]:
    """Return the summary. Raise AnsibleFilterError where the input is not as documented."""
    paired = dictionary(NAME, "the input", clusters, CLUSTERS)
    replicating = dictionary(NAME, "volumes", volumes or {}, VOLUMES)
    desired = dictionaries(NAME, "pairs", pairs or [], "each item a volume pair")
    usual = dictionary(NAME, "defaults", defaults or {}, "of options")
    with shaped(NAME, f"{CLUSTERS} and {VOLUMES}"):
        names = _names(paired, plain(here), plain(there))
        results = replicating.get("pairs") or []
        requested = [
            _with_defaults(desired[place] if place < len(desired) else {}, usual) for place in range(len(results))
        ]
        created = {(done["cluster"], done["object"]) for done in _creations(replicating)}
        rows = [
            _row(result, item, names[1], bool(check), (names[1], f"volume {result['peer_volume']}") in created)
            for result, item in zip(results, requested)
        ]
        return {
            "clusters": _clusters(paired, *names),
            "headline": _headline(results, bool(check)),
            "rows": _aligned(rows),
            "saved": [_saved(each) for each in saved_snapshots(results)],
            "failed": _failed(paired, replicating, results),
            "problems": _problems(paired, replicating, names),
        }


def _names(paired: dict[str, Any], here: str, there: str) -> tuple[str, str]:
    pair = paired.get("cluster_pair") or {}
    local, peer = pair.get("local") or {}, pair.get("peer") or {}
    return local.get("name") or here, peer.get("name") or there


def _clusters(paired: dict[str, Any], here: str, there: str) -> str:
    if did_fail(paired, "cluster_pair"):
        return f"{here} and {there} could not be paired: {paired.get('msg', 'no reason was given')}"
    pair = paired["cluster_pair"]
    if pair["state"] != "paired":
        return f"{here} and {there} would be paired. The volumes can be planned once they are."
    return f"{here} and {there} are paired{' and connected' if pair['connected'] else ''}."


def _headline(results: list[dict], check: bool) -> str:
    changed = [result["changed"] for result in results].count(True)
    failed = [result["failed"] for result in results].count(True)
    parts = [counted(len(results))]
    if changed or not failed:
        parts.append(f"{changed} would change" if check else f"{changed} changed")
    if failed:
        parts.append(f"{failed} failed")
    return ", ".join(parts)


def _failed(paired: dict[str, Any], replicating: dict[str, Any], results: list[dict]) -> str | None:
    if did_fail(paired, "cluster_pair"):
        return str(paired.get("msg", "The clusters could not be paired."))
    failed = which_failed(results)
    if failed:
        return failed
    if did_fail(replicating, "pairs"):
        return str(replicating.get("msg", "The volumes could not be paired."))
    return None


def _problems(paired: dict[str, Any], replicating: dict[str, Any], names: tuple[str, str]) -> list[dict[str, Any]]:
    if did_fail(paired, "cluster_pair"):
        return [failed_problem(paired, names[0])]
    failed = [result for result in replicating.get("pairs") or [] if result["failed"]]
    if not failed and did_fail(replicating, "pairs"):
        return [failed_problem(replicating, names[0])]
    return [failed_problem(result, names[0], result["local"]) for result in failed]


def _creations(replicating: dict[str, Any]) -> list[dict[str, Any]]:
    return [done for done in replicating.get("actions") or [] if done["method"] == "CreateVolume"]


def _with_defaults(item: dict[str, Any], usual: dict[str, Any]) -> dict[str, Any]:
    given = {key: value for key, value in item.items() if value not in (None, "")}
    return {**{key: value for key, value in usual.items() if value not in (None, "")}, **given}


def _row(result: dict[str, Any], item: dict[str, Any], there: str, check: bool, created: bool) -> list[str]:
    mark = "!" if result["failed"] else "*" if result["changed"] else " "
    return [
        f"{mark} {side_name(result['local'], result['volume'])}",
        _arrow(result, item, check),
        side_name(result["peer"], result["peer_volume"]),
        _outcome(result, item, there, check, created),
    ]


def _arrow(result: dict[str, Any], item: dict[str, Any], check: bool) -> str:
    """The direction of a pair, or that of the plan. What was not done has the direction that was requested, if any."""
    requested = ARROWS.get(item.get("direction", ""))
    if not result["failed"] and result["state"] == "paired":
        return ARROWS.get(result["direction"], result["direction"] or NO_DIRECTION)
    if not result["failed"] and check and result["changed"]:
        return ARROWS.get(result["direction"]) or requested or ARROWS["to_peer"]
    return requested or NO_DIRECTION


def _outcome(result: dict[str, Any], item: dict[str, Any], there: str, check: bool, created: bool) -> str:
    if result["failed"]:
        return f"failed: {result['msg']}"
    is_paired = result["state"] == "paired"
    if check and result["changed"]:
        if result["peer"]["volume_id"] is None:
            return f"would be created on {there}, {_new_volume(result, item)}, {item.get('mode', 'async')}"
        return (
            f"would be changed: {_replicates(result)}" if is_paired else f"would be paired, {item.get('mode', 'async')}"
        )
    if not is_paired:
        return "not paired; nothing was done"
    made = f"created on {there}, {_new_volume(result, item)}, " if created else ""
    return made + _replicates(result)


def _replicates(result: dict[str, Any]) -> str:
    if result["direction"] in NO_SOURCE:
        return f"does not replicate, {NO_SOURCE[result['direction']]}"
    return f"{result['mode']}, {result['health']}"


def _new_volume(result: dict[str, Any], item: dict[str, Any]) -> str:
    """Size and owner of a volume that is created: as it is, or else as it would be."""
    local, peer = result["local"], result["peer"]
    create = item.get("create_peer_volume") or {}
    account = peer["account"] or create.get("account") or item.get("peer_account") or local["account"]
    size = peer["size"] or local["size"]
    return f"{item.get('size') or _size(size)}, account {account}"


def _size(size: int | None) -> str:
    return "size not known" if size is None else sizes.text(size)


def _saved(kept: dict[str, Any]) -> str:
    if not kept["snapshots"]:  # check mode
        return f"Would be saved on {kept['cluster']} before it is overwritten: {kept['volumes']}."
    several = len(kept["snapshots"]) > 1
    named = ", ".join(kept["snapshots"]) + (f" and {kept['more']} more" if kept["more"] else "")
    fate = {
        (False, False): "it stays until you delete it",
        (False, True): "it expires automatically",
        (True, False): "they stay until you delete them",
        (True, True): "they expire automatically",
    }[several, kept["expire"]]
    return f"Saved on {kept['cluster']} before it was overwritten: {named}; {fate}."


def _aligned(rows: list[list[str]]) -> list[list[str]]:
    """The last cell of a row is not padded, so that no line ends in blanks."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    widths[-1:] = [0]
    return [[cell.ljust(width) for cell, width in zip(row, widths)] for row in rows]


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {NAME: protect_summary}
