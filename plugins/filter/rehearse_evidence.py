# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a rehearsal has proved, as data and as text."""

from __future__ import annotations

DOCUMENTATION = r"""
name: rehearse_evidence
short_description: Sum up what a rehearsal of a failover has proved
version_added: 1.0.0
author:
  - elementsw.replication contributors (@elementsw)
description:
  - Makes the evidence of a rehearsal from the results of its tasks, whether it has passed and why not. For each volume it has the
    age of the data and whether an earlier run has made its clone, for the whole the times until the clones were writable and
    until the tasks of the user passed, and whether replication went on.
options:
  _input:
    description:
      - The options, RV(elementsw.replication.rehearse_options#filter:_value).
    type: dict
    required: true
  cluster:
    description:
      - The cluster that was rehearsed.
    type: str
    required: true
  results:
    description:
      - What the tasks of the role have come to, each V({}) if it did not come to that. C(before) and C(after) are results of
        M(elementsw.replication.element_pair_info), C(made) and C(removed) of
        M(elementsw.replication.element_failover_rehearsal).
      - C(times) has the seconds since 1970 as C(started), C(writable), C(checked) and C(ended), without those that were not
        reached, and the date of the start as C(date).
    type: dict
    required: true
  reason:
    description:
      - Why the rehearsal ended early. Empty if it did not.
    type: str
    default: ""
  tried:
    description:
      - Whether it was only tried in check mode.
    type: bool
    default: false
seealso:
  - plugin: elementsw.replication.rehearse
    plugin_type: role
"""

EXAMPLES = r"""
- name: Sum up the rehearsal
  ansible.builtin.set_fact:
    evidence: >-
      {{ options | elementsw.replication.rehearse_evidence(cluster='beta', results=results) }}
"""

RETURN = r"""
_value:
  description: The evidence.
  type: dict
  contains:
    data:
      description: The evidence for programs.
      type: dict
    lines:
      description: The evidence for people.
      type: list
      elements: str
    problem:
      description: Why the rehearsal has not passed, in one sentence. Empty if it has.
      type: str
"""

from collections.abc import Callable
from typing import Any

from ..plugin_utils._filter_input import dictionary, plain, shaped
from ..plugin_utils._summary_parts import did_fail

NAME = "rehearse_evidence"
RESULTS = "results of the modules of this collection"
#: With these replication goes on.
GOES_ON = ("healthy", "syncing")
#: From best to worst, as element_pair_info reports it.
HEALTH = (*GOES_ON, "paused", "recovering", "pending", "unknown", "broken", "dead")


def rehearse_evidence(
    options: Any, *, cluster: Any, results: Any, reason: Any = "", tried: Any = False
) -> dict[str, Any]:
    """Return the evidence as data and as lines. Raise AnsibleFilterError where the input is not as documented."""
    given = dictionary(NAME, "the input", options, "the options")
    found = dictionary(NAME, "results", results, "the results by name")
    with shaped(NAME, RESULTS):
        replication = _replication(found["before"], found["after"])
        left = _left(found["made"], found["removed"])
        clones = _clones(found["made"], found["removed"], left, given["keep"])
        problem = _problem(plain(reason) or "", found["removed"], clones, left, replication)
        volumes = [_volume(clone, found["made"]) for clone in found["made"].get("clones") or []]
        earlier = any(volume["made_earlier"] for volume in volumes)
        data = {
            "rehearsal": given["name"],
            "cluster": plain(cluster),
            "peer": given["peer"],
            "point": given["point"],
            "date": found["times"].get("date"),
            "tried_only": bool(tried),
            "passed": not problem and not tried,
            "problem": problem or None,
            # A clone of an earlier run was writable before this one began.
            "seconds_until_writable": None if earlier or tried else _elapsed(found["times"], "writable"),
            "seconds_until_checked": _elapsed(found["times"], "checked"),
            "seconds_in_all": _elapsed(found["times"], "ended"),
            "replication": replication,
            "clones": clones,
            "volumes": volumes,
        }
        return {"data": data, "lines": _lines(data), "problem": problem}


def _elapsed(times: dict[str, Any], until: str) -> int | None:
    """The whole seconds since the start; None for what was not reached."""
    if times.get(until) is None or times.get("started") is None:
        return None
    return max(0, round(float(times[until]) - float(times["started"])))


def _volume(clone: dict[str, Any], made: dict[str, Any]) -> dict[str, Any]:
    kept = ("volume", "volume_id", "clone", "clone_id", "snapshot", "account", "iqn", "portal")
    cloned = {action["object"] for action in made.get("actions") or [] if action["method"] == "CloneVolume"}
    return {
        **{name: clone[name] for name in kept},
        "data_age_seconds": clone["age_seconds"],
        "made_earlier": clone["clone_id"] is not None and f"volume {clone['clone']}" not in cloned,
    }


def _replication(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """How many pairs were in sync before and after, and whether replication went on: None where that is not known."""
    pairs = {key: _pairs(report) for key, report in (("before", before), ("after", after))}
    counts = {key: sum(pair["in_sync"] is True for pair in found.values()) for key, found in pairs.items()}
    answered = [bool(report.get("peer_reachable")) for report in (before, after)]
    known = all(answered)
    worse = [
        pair["volume"] or uuid
        for uuid, pair in pairs["before"].items()
        if _rank(pairs["after"].get(uuid)) > _rank(pair)
    ]
    stopped = [pair["volume"] or uuid for uuid, pair in pairs["after"].items() if pair["health"] not in GOES_ON]
    return {
        "pairs": len(pairs["before"]),
        "in_sync_before": counts["before"],
        "in_sync_after": counts["after"],
        "worse": worse,
        "stopped": stopped,
        "went_on": not (worse or stopped) if known else None,
        "lost_sight": answered == [True, False],
    }


def _pairs(report: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {pair["uuid"]: pair for pair in report.get("volume_pairs") or [] if pair["uuid"]}


def _rank(pair: dict[str, Any] | None) -> int:
    """How bad the health of a pair is; a pair that is gone is worse than any."""
    if pair is None:
        return len(HEALTH)
    return HEALTH.index(pair["health"]) if pair["health"] in HEALTH else HEALTH.index("unknown")


def _left(made: dict[str, Any], removed: dict[str, Any]) -> list[str]:
    """The clones that the removal did not find, although they were made. It finds none where it was skipped."""
    if "clones" not in removed:
        return []
    gone = {clone["clone_id"] for clone in removed["clones"]}
    return [
        clone["clone"]
        for clone in made.get("clones") or []
        if clone["clone_id"] is not None and clone["clone_id"] not in gone
    ]


def _clones(made: dict[str, Any], removed: dict[str, Any], left: list[str], keep: bool) -> str:
    """What became of the clones: none, kept, removed, left."""
    if did_fail(removed, "clones") or left:
        return "left"
    if keep and made.get("clones"):
        return "kept"
    return "removed" if removed.get("changed") else "none"


def _problem(reason: str, removed: dict[str, Any], clones: str, left: list[str], replication: dict[str, Any]) -> str:
    problems = [reason] if reason else []
    if left:
        problems.append(f"the clones {', '.join(left)} were not found when they were to be removed: look for them")
    elif clones == "left":
        problems.append(f"the clones were not removed: {removed.get('msg') or 'no reason was given'}")
    if replication["lost_sight"]:
        problems.append("whether replication went on is not known: the clusters could not be read at the end")
    if replication["went_on"] is not None and replication["worse"]:
        problems.append(f"replication did not go on as before for {', '.join(replication['worse'])}")
    return "; ".join(problems)


def _lines(data: dict[str, Any]) -> list[str]:
    verdict = "tried in check mode" if data["tried_only"] else "passed" if data["passed"] else "FAILED"
    where = f"Rehearsal {data['rehearsal']} of a failover from {data['peer']} to {data['cluster']}"
    lines = [f"{where}, {data['date'] or 'at an unknown time'}: {verdict}"]
    if data["problem"]:
        lines.append(f"  problem          {data['problem']}")
    replication = data["replication"]
    went_on = {True: "went on", False: _stopped(replication), None: "not known, the peer does not answer"}[
        replication["went_on"]
    ]
    before, after = replication["in_sync_before"], replication["in_sync_after"]
    in_sync = f"{before} of {replication['pairs']} pairs in sync before, {after} after"
    lines += [
        f"  data             {data['point']}",
        f"  writable after   {_seconds(data['seconds_until_writable'])}",
        f"  checked after    {_seconds(data['seconds_until_checked'])}",
        f"  replication      {went_on}: {in_sync}",
        f"  clones           {data['clones']}",
    ]
    for volume in data["volumes"]:
        age = _seconds(volume["data_age_seconds"])
        earlier = ", made by an earlier run" if volume["made_earlier"] else ""
        snapshot = volume["snapshot"] or "-"
        clone = _labelled(volume["clone"], volume["clone_id"])
        original = _labelled(volume["volume"], volume["volume_id"])
        lines.append(f"  {original}: clone {clone}, snapshot {snapshot}, data {age} old{earlier}")
    return lines


def _labelled(name: str, volume_id: int | None) -> str:
    """A volume as messages name it: names are not unique."""
    return name if volume_id is None else f"{name} ({volume_id})"


def _stopped(replication: dict[str, Any]) -> str:
    """That replication did not go on, or that it had stopped before the rehearsal."""
    if replication["worse"]:
        return "did not go on"
    return f"as before, stopped for {', '.join(replication['stopped'])}"


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.0f} s"


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {NAME: rehearse_evidence}
