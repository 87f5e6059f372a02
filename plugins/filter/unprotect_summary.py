# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What became of each volume pair whose replication was to end."""

from __future__ import annotations

DOCUMENTATION = r"""
name: unprotect_summary
short_description: Sum up what became of volume pairs whose replication ends
version_added: 1.0.0
author:
  - elementsw.replication contributors (@elementsw)
description:
  - Says what became of each volume pair that was to be removed, after a run, after a failure, or in check mode.
positional: clusters
options:
  _input:
    description:
      - The result of M(elementsw.replication.element_volume_pair) with V(absent), also when it failed.
    type: dict
    required: true
  clusters:
    description:
      - The result of M(elementsw.replication.element_cluster_pair) with V(absent), also when it failed or was skipped.
    type: dict
    default: {}
  check:
    description:
      - Whether the modules ran in check mode.
    type: bool
    default: false
  release:
    description:
      - Whether the former targets become writable.
    type: bool
    default: false
  unpaired:
    description:
      - Names of volumes that had no pair already.
    type: list
    elements: str
    default: []
seealso:
  - plugin: elementsw.replication.unprotect_pairs
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show what became of each pair
  ansible.builtin.debug:
    msg: "{{ (result | elementsw.replication.unprotect_summary).lines }}"
"""

RETURN = r"""
_value:
  description: The summary.
  type: dict
  contains:
    lines:
      description:
        - One line for each pair, one for the clusters where their pair was to be removed, one for each warning, such as that a
          half is left, and one with the counts.
      type: list
      elements: str
      sample: ["* orders-db (41) - orders-db (77): pair removed", "1 volume pair, 1 removed"]
    headline:
      description: How many pairs were removed and failed.
      type: str
      sample: 2 volume pairs, 1 removed, 1 failed
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

from ..plugin_utils._filter_input import dictionary, plain, sequence, shaped
from ..plugin_utils._summary_parts import counted, did_fail, failed_problem, side_name, which_failed

NAME = "unprotect_summary"
WRITABLE = "readWrite"
TARGET = "replicationTarget"
NOT_READ = "the peer was not read"
VOLUMES = "the result of elementsw.replication.element_volume_pair"
CLUSTERS = "the result of elementsw.replication.element_cluster_pair"


def unprotect_summary(
    volumes: Any, clusters: Any = None, *, check: Any = False, release: Any = False, unpaired: Any = ()
) -> dict[str, Any]:
    """Return the summary. Raise AnsibleFilterError where the input is not as documented."""
    removed = dictionary(NAME, "the input", volumes, VOLUMES)
    apart = dictionary(NAME, "clusters", clusters or {}, CLUSTERS)
    names = sequence(NAME, "unpaired", unpaired, "of names")
    with shaped(NAME, f"{VOLUMES} and {CLUSTERS}"):
        results = removed.get("pairs") or []
        headline = _headline(results, bool(plain(check)))
        return {
            "lines": [
                *(_line(result, bool(plain(check)), bool(plain(release))) for result in results),
                *(f"  {name}: had no pair already" for name in names),
                *_of_clusters(apart, bool(plain(check))),
                *_warnings(removed, apart),
                headline,
            ],
            "headline": headline,
            "failed": _failed(removed, apart, results),
            "problems": _problems(removed, apart, results),
        }


def _line(result: dict[str, Any], check: bool, release: bool) -> str:
    mark = "!" if result["failed"] else "*" if result["changed"] else " "
    here, there = side_name(result["local"], result["volume"]), side_name(result["peer"], result["peer_volume"])
    return f"{mark} {here} - {there}: {_outcome(result, check, release)}"


def _outcome(result: dict[str, Any], check: bool, release: bool) -> str:
    if result["failed"]:
        return f"failed: {result['msg']}"
    return _removed(result, check, release) if result["changed"] else _kept(result)


def _kept(result: dict[str, Any]) -> str:
    if result["state"] == "none":
        missing = result["local"]["volume_id"] is None
        return "there is no such volume, and no half of its pair" if missing else "had no pair already"
    if result["state"] == "unknown_peer" and result["local"]["replication_state"] is None:
        return f"no half is left on this cluster; {NOT_READ}"
    # A pair that is still there was not begun, since another one failed.
    return f"pair kept ({result['state']}); nothing was done"


def _removed(result: dict[str, Any], check: bool, release: bool) -> str:
    if result["state"] == "unknown_peer":
        return f"half {'would be removed' if check else 'removed'} on this cluster; {NOT_READ}"
    if not check and result["state"] != "none":
        return "pair removed, but for one half"
    done = "pair would be removed" if check else "pair removed"
    accesses = [result[side]["access"] for side in ("local", "peer")]
    if release and check and TARGET in accesses:
        return f"{done}, the former target would become writable"
    # A volume that is deleted or missing was not released, and is not writable.
    return f"{done}, the former target is writable" if release and accesses == [WRITABLE] * 2 else done


def _warnings(*results: dict[str, Any]) -> list[str]:
    """What the modules warn of, such as a half that is left, each once."""
    texts = [text for result in results for text in result.get("warnings") or []]
    return [f"- {text}." for text in dict.fromkeys(texts)]


def _of_clusters(apart: dict[str, Any], check: bool) -> list[str]:
    if not apart or "skipped" in apart:
        return []
    if did_fail(apart, "cluster_pair"):
        return [f"! the pair of the clusters: failed: {apart.get('msg', 'no reason was given')}"]
    if not apart.get("changed"):
        return ["  the pair of the clusters: was removed already"]
    return [f"* the pair of the clusters: {'would be removed' if check else 'removed'}"]


def _headline(results: list[dict], check: bool) -> str:
    changed = [result["changed"] and not result["failed"] for result in results].count(True)
    failed = [result["failed"] for result in results].count(True)
    parts = [counted(len(results)), f"{changed} would be removed" if check else f"{changed} removed"]
    return ", ".join(parts + ([f"{failed} failed"] if failed else []))


def _failed(removed: dict[str, Any], apart: dict[str, Any], results: list[dict]) -> str | None:
    failed = which_failed(results)
    if failed:
        return failed
    for result, member in ((removed, "pairs"), (apart, "cluster_pair")):
        if did_fail(result, member):
            return str(result.get("msg", "A task failed without a reason."))
    return None


def _problems(removed: dict[str, Any], apart: dict[str, Any], results: list[dict]) -> list[dict[str, Any]]:
    failed = [failed_problem(result, None, result["local"]) for result in results if result["failed"]]
    if not failed and did_fail(removed, "pairs"):
        failed = [failed_problem(removed, None)]
    return failed + ([failed_problem(apart, None)] if did_fail(apart, "cluster_pair") else [])


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {NAME: unprotect_summary}
