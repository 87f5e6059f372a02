# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The data that every file of a report is made from."""

from __future__ import annotations

DOCUMENTATION = r"""
name: report_data
short_description: Make the data of a report on the replication among clusters
version_added: 1.0.0
author:
  - elementsw.replication contributors (@elementsw)
description:
  - Makes flat lists of the clusters, links, volume pairs and problems that were read, the worst first. The page, the lists
    and the metrics of the role P(elementsw.replication.report#role) are made from them, so that all say the same.
options:
  _input:
    description:
      - The value of P(elementsw.replication.join_reports#filter).
    type: dict
    required: true
  table:
    description:
      - The value of P(elementsw.replication.status_table#filter).
    type: dict
    required: true
  at:
    description:
      - When the clusters were read, in ISO 8601 and UTC.
    type: str
    required: true
  drift:
    description:
      - The value of P(elementsw.replication.replication_drift#filter).
    type: list
    elements: dict
    default: []
  evidence:
    description:
      - The value of P(elementsw.replication.report_evidence#filter). Without it the report says nothing about rehearsals.
    type: dict
  rehearsal_days:
    description:
      - After how many days a volume pair must be rehearsed again.
    type: int
    default: 92
seealso:
  - plugin: elementsw.replication.report_page
    plugin_type: filter
  - plugin: elementsw.replication.report_history
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Write what was read for another program
  ansible.builtin.copy:
    content: "{{ joined | elementsw.replication.report_data(table, at=now(utc=true).isoformat()) | to_nice_json }}"
    dest: replication.json
    mode: "0644"
  vars:
    table: "{{ joined | elementsw.replication.status_table }}"
"""

RETURN = r"""
_value:
  description: The report.
  type: dict
  contains:
    generated_at:
      description: When the clusters were read, in ISO 8601 and UTC.
      type: str
    timestamp:
      description: The same as Unix time.
      type: int
    level:
      description:
        - V(error) with a problem of that severity or with anything that could not be read, V(ok) where there is no problem and
          every volume pair is protected, else V(warning).
      type: str
    verdict:
      description: The answer to the question whether everything is protected, as a sentence.
      type: str
      sample: 3 of 25 volume pairs are not protected
    headline:
      description: The headline of the playbook C(status).
      type: str
    summary:
      description: The counts of P(elementsw.replication.join_reports#filter), C(errors) and C(warnings).
      type: dict
    clusters:
      description: Every cluster, with its C(name), C(mvip) and C(version), and whether it C(answered).
      type: list
      elements: dict
    links:
      description:
        - Every two clusters that are paired, with their names as C(cluster) and C(peer), the C(level), whether they are
          C(connected), which is V(null) where it is not known, the C(latency_ms) while they are, and how many volume C(pairs)
          there are and how many of them are C(protected).
      type: list
      elements: dict
    volume_pairs:
      description:
        - Every volume pair. Members of the second side begin with C(peer_). C(state) is one of the counts of C(summary),
          C(problems) has the places of its problems in C(problems), from 1.
      type: list
      elements: dict
    problems:
      description:
        - The problems in the form of RV(elementsw.replication.element_pair_info#module:problems), errors first, and of these the
          ones of whole clusters.
      type: list
      elements: dict
    problem_counts:
      description: The C(number) of problems of each C(cluster), C(severity) and C(code) that has any.
      type: list
      elements: dict
    drift:
      description: The differences from the lists of declared pairs.
      type: list
      elements: dict
    rehearsals:
      description: What is known about rehearsals, V(null) where no evidence was given.
      type: dict
      contains:
        days:
          description: After how many days a volume pair must be rehearsed again.
          type: int
        last:
          description:
            - The last rehearsal of each name on each cluster, the newest first, in the form of
              P(elementsw.replication.report_evidence#filter), with the names that the clusters have in this report, and its
              C(age_seconds).
          type: list
          elements: dict
        volume_pairs:
          description:
            - For each of C(volume_pairs), in its order, the C(cluster), C(volume) and C(volume_id) that would be rehearsed, how
              long ago that was last done and passed as C(age_seconds),
              and its C(state), one of V(rehearsed), V(too_long_ago), V(never).
            - A volume that was made again, or whose cluster was replaced, counts as V(never), because name and ID must be
              those of the evidence.
          type: list
          elements: dict
        problems:
          description: The evidence that could not be read, a sentence for each.
          type: list
          elements: str
"""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from ..plugin_utils._filter_input import dictionaries, dictionary, plain, shaped
from ..plugin_utils._pair_rows import KINDS, is_of, writable
from ..plugin_utils._rehearsals import rehearsals
from ..plugin_utils._report_times import time_given

NAME = "report_data"
JOINED = "the value of elementsw.replication.join_reports"
TABLE = "the value of elementsw.replication.status_table"
EVIDENCE = "the value of elementsw.replication.report_evidence"
#: The worst first.
LEVELS = ("error", "warning", "ok")
#: How bad a state is by itself, whatever problem is its cause.
STATES = {
    "not_replicating": "error",
    "late": "error",
    "not_known": "warning",
    "paused": "warning",
    "copying": "warning",
    "protected": "ok",
}
LAGS = ("lag_exceeded", "lag_unknown", "lag_high")


def report_data(
    joined: Any, table: Any, at: Any, drift: Any = (), *, evidence: Any = None, rehearsal_days: Any = 92
) -> dict[str, Any]:
    """Return the data of a report. Raise AnsibleFilterError where the input is not as documented."""
    report = dictionary(NAME, "the input", joined, JOINED)
    laid_out = dictionary(NAME, "table", table, TABLE)
    read_at = time_given(NAME, "at", at)
    given = None if evidence is None else dictionary(NAME, "evidence", evidence, EVIDENCE)
    with shaped(NAME, f"{JOINED}, {TABLE} and {EVIDENCE}"):
        problems = sorted(laid_out["all_problems"], key=_what_to_do_first)
        volume_pairs = _volume_pairs(report, problems)
        return {
            "generated_at": plain(at),
            "timestamp": int(read_at.timestamp()),
            "level": _level(problems, report["summary"]),
            "verdict": _verdict(report["summary"], report["unread"]),
            "headline": laid_out["headline"],
            "summary": {**report["summary"], **_severities(problems)},
            "clusters": _clusters(report),
            "links": _links(report, volume_pairs),
            "volume_pairs": volume_pairs,
            "problems": problems,
            "problem_counts": _problem_counts(problems),
            "drift": dictionaries(NAME, "drift", drift, "each item a link"),
            "rehearsals": given
            and rehearsals(given, volume_pairs, report["hosts"], read_at, int(plain(rehearsal_days))),
        }


def _what_to_do_first(problem: dict[str, Any]) -> tuple[bool, bool, bool]:
    """What concerns whole clusters is the cause of other problems, and a lag mostly follows from one."""
    return problem["severity"] != "error", problem["volume"] is not None, problem["code"] in LAGS


def _worst(levels: Iterable[str]) -> str:
    return min(levels, key=LEVELS.index, default="ok")


def _level(problems: list[dict[str, Any]], summary: dict[str, Any]) -> str:
    """What is not protected is never without a warning, such as a copy that is no problem."""
    all_protected = summary["pairs"] == summary["protected"] > 0
    return _worst(["ok" if all_protected else "warning", *(problem["severity"] for problem in problems)])


def _severities(problems: list[dict[str, Any]]) -> dict[str, int]:
    errors = [problem["severity"] for problem in problems].count("error")
    return {"errors": errors, "warnings": len(problems) - errors}


def _problem_counts(problems: list[dict[str, Any]]) -> list[dict[str, Any]]:
    kinds = Counter((problem["cluster"], problem["severity"], problem["code"]) for problem in problems)
    return [
        {"cluster": cluster, "severity": severity, "code": code, "number": number}
        for (cluster, severity, code), number in kinds.items()
    ]


def _verdict(summary: dict[str, Any], unread: list[dict[str, Any]]) -> str:
    every, protected = summary["pairs"], summary["protected"]
    if not every:
        return "It is not known what is protected" if unread else "Nothing is protected: there is no volume pair"
    if protected == every:
        return "The volume pair is protected" if every == 1 else f"All {every} volume pairs are protected"
    rest = every - protected
    if every == 1:
        return "The volume pair is not protected"
    if not protected:
        return f"None of the {every} volume pairs is protected"
    return f"{rest} of {every} volume pairs {'is' if rest == 1 else 'are'} not protected"


def _reports(report: dict[str, Any]) -> list[dict[str, Any]]:
    return [*report["pairs"], *report["halves"]]


def _clusters(report: dict[str, Any]) -> list[dict[str, Any]]:
    """Every cluster once: what was read of it, or what another one knows of it."""
    found: dict[str, dict[str, Any]] = {}
    for link in _reports(report):
        for described in link["clusters"].values():
            if described:
                found[described["name"]] = _cluster(described, True)
    found.update({each["name"]: each for each in report["clusters"] if each["answered"] and each["name"] not in found})
    for link in _reports(report):
        for pair in link["cluster_pairs"]:
            if pair["peer"]["name"]:
                found.setdefault(pair["peer"]["name"], _cluster(pair["peer"], False))
    for described in report["clusters"]:
        found.setdefault(described["name"], described)
    return list(found.values())


def _cluster(described: dict[str, Any], answered: bool) -> dict[str, Any]:
    return {
        "name": described["name"],
        "mvip": described.get("mvip"),
        "version": described.get("version"),
        "answered": answered,
    }


def _links(report: dict[str, Any], volume_pairs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The cluster pairs, each once. What one side alone knows of it counts where both were not read together."""
    found: dict[frozenset[str], dict[str, Any]] = {}
    for link in _reports(report):
        for pair in link["cluster_pairs"]:
            both = pair["local"]["name"], pair["peer"]["name"] or "a cluster that is not known yet"
            if frozenset(both) not in found:
                found[frozenset(both)] = _link(pair, both, volume_pairs, _was_read(link))
    return sorted(found.values(), key=lambda link: (LEVELS.index(link["level"]), link["cluster"], link["peer"]))


def _was_read(link: dict[str, Any]) -> bool:
    return link["clusters"]["peer"] is not None


def _link(
    pair: dict[str, Any], both: tuple[str, str], volume_pairs: list[dict[str, Any]], was_read: bool
) -> dict[str, Any]:
    """was_read: whether both clusters were. What one of them knows alone is never without a warning."""
    of_link = [each for each in volume_pairs if {each["cluster"], each["peer_cluster"]} == set(both)]
    latencies = [side["latency_ms"] for side in (pair["local"], pair["peer"]) if side.get("latency_ms") is not None]
    by_itself = "error" if pair["connected"] is False else "ok" if was_read else "warning"
    return {
        "cluster": both[0],
        "peer": both[1],
        "level": _worst([by_itself, *(each["level"] for each in of_link)]),
        "connected": pair["connected"],
        # While they are not, 0 stands for none.
        "latency_ms": None if pair["connected"] is False else max(latencies, default=None),
        "pairs": len(of_link),
        "protected": [each["state"] for each in of_link].count("protected"),
    }


def _volume_pairs(report: dict[str, Any], problems: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rows = [_volume_pair(link, pair, problems) for link in _reports(report) for pair in link["volume_pairs"]]
    return sorted(rows, key=_worst_first)


def _worst_first(row: dict[str, Any]) -> tuple[int, int, float, str, int]:
    lag = row["lag_seconds"] or 0
    return LEVELS.index(row["level"]), list(KINDS).index(row["state"]), -lag, row["volume"] or "", row["volume_id"] or 0


def _volume_pair(link: dict[str, Any], pair: dict[str, Any], problems: list[dict[str, Any]]) -> dict[str, Any]:
    local, peer, progress = pair["local"], pair["peer"], pair.get("progress") or {}
    here = link["clusters"]["local"]["name"]
    there = link["clusters"]["peer"]["name"] if link["clusters"]["peer"] else pair["peer_cluster"]
    volumes = [(here, local["volume_id"], local["name"]), (there, peer["volume_id"], peer["name"])]
    own = [number for number, problem in enumerate(problems, 1) if is_of(problem, volumes)]
    return {
        "level": _worst([STATES[pair["protection"]], *(problems[number - 1]["severity"] for number in own)]),
        "state": pair["protection"],
        **_side("", here, local, pair["volume"]),
        **_side("peer_", there, peer, pair["peer_volume"]),
        "direction": pair["direction"],
        "writable": writable((here, local["access"]), (there or "?", peer["access"])),
        "mode": pair["mode"],
        "health": pair["health"],
        "lag_seconds": pair.get("lag_seconds"),
        "lag_of": pair.get("lag_of"),
        "max_lag_seconds": pair["max_lag"],
        "progress_percent": progress.get("percent"),
        "remaining_seconds": progress.get("remaining_seconds"),
        "problems": own,
    }


def _side(before: str, cluster: str | None, side: dict[str, Any], name: str | None) -> dict[str, Any]:
    return {
        f"{before}cluster": cluster,
        f"{before}volume": side["name"] or name,
        f"{before}volume_id": side["volume_id"],
        f"{before}account": side["account"],
        f"{before}replication_state": side["replication_state"],
        f"{before}size": side.get("size"),
    }


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {NAME: report_data}
