# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The events of an event source: which problems appear, change or clear from one report to the next. Pure.

A report that has not read everything shows what appears, and nothing else: what it lacks may still be there.
"""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

#: A problem has cleared once so many reports in a row lack it. One that comes and goes with each report is one problem.
REPORTS_TO_CLEAR = 2

# What was measured differs in each report: it is no change.
_MEASURED = re.compile(r"\d+(?:\.\d+)?(?:e[+-]?\d+)? ?(?:ms|s|sec\w*|min\w*|h|hours?|days?|%)(?!\w)")

Problem = Mapping[str, Any]
#: What identifies a problem: the code, the cluster concerned and the ID of its volume.
Fingerprint = tuple[Any, Any, Any]


@dataclass(frozen=True)
class Report:
    """The problems that one read of the clusters has shown."""

    #: The name of this cluster and of its peer, or the address of one that never answered. None without a peer.
    cluster: str
    peer: str | None
    #: In the form of the `problems` of element_pair_info.
    problems: tuple[Problem, ...]
    #: Whether everything was read. False for a peer that does not answer.
    complete: bool = True
    #: Whether the read failed, so that its one problem is the failure.
    failed: bool = False


@dataclass(frozen=True)
class Known:
    """A problem that an event has reported and that has not cleared."""

    problem: Problem
    #: What the last event about it has reported.
    shown: Mapping[str, Any]
    #: Whether it is the failure of a read.
    failure: bool
    #: How many reports in a row lack it.
    missed: int = 0


class Changes(NamedTuple):
    """What is known after a report, and the events to send because of it."""

    known: tuple[Known, ...]
    events: list[dict[str, Any]]


def compare(known: Iterable[Known], report: Report) -> Changes:
    """Return what is known with this report, and the events that lead to it. known: that of the reports before."""
    before = _by_fingerprint(known)
    kept: list[Known] = []
    events: list[dict[str, Any]] = []
    for fingerprint, problems in _grouped(report.problems).items():
        for problem, earlier in _matched(problems, before.get(fingerprint, [])):
            current, event = _seen(problem, earlier, report)
            kept.append(current)
            events += event
    for earlier in (each for left in before.values() for each in left):
        current_or_none, event = _missing(earlier, report)
        kept += current_or_none
        events += event
    return Changes(tuple(kept), events)


def _seen(problem: Problem, earlier: Known | None, report: Report) -> tuple[Known, list[dict[str, Any]]]:
    if earlier is None:
        return _reported("appeared", problem, report)
    if not report.complete or _steady(problem) == _steady(earlier.problem):
        return replace(earlier, missed=0), []
    return _reported("changed", problem, report)


def _missing(earlier: Known, report: Report) -> tuple[list[Known], list[dict[str, Any]]]:
    shows_its_end = report.complete or (earlier.failure and not report.failed)
    missed = earlier.missed + 1 if shows_its_end else earlier.missed
    if missed < REPORTS_TO_CLEAR:
        return [replace(earlier, missed=missed)], []
    return [], [_event("cleared", earlier.shown)]


def _reported(change: str, problem: Problem, report: Report) -> tuple[Known, list[dict[str, Any]]]:
    members = {name: value for name, value in problem.items() if name != "cluster"}
    shown = {"cluster": report.cluster, "peer": report.peer, **members, "problem_cluster": problem["cluster"]}
    return Known(problem, shown, report.failed), [_event(change, shown)]


def _event(change: str, shown: Mapping[str, Any]) -> dict[str, Any]:
    return {"element": {"change": change, **shown}}


def _fingerprint(problem: Problem) -> Fingerprint:
    return problem["code"], problem["cluster"], problem["volume_id"]


def _grouped(problems: Iterable[Problem]) -> dict[Fingerprint, list[Problem]]:
    found: dict[Fingerprint, list[Problem]] = {}
    for problem in problems:
        found.setdefault(_fingerprint(problem), []).append(problem)
    return found


def _by_fingerprint(known: Iterable[Known]) -> dict[Fingerprint, list[Known]]:
    found: dict[Fingerprint, list[Known]] = {}
    for each in known:
        found.setdefault(_fingerprint(each.problem), []).append(each)
    return found


def _matched(problems: Sequence[Problem], known: list[Known]) -> Iterator[tuple[Problem, Known | None]]:
    """Each problem with what is known of it, which is taken out of `known`.

    Problems with the same fingerprint, such as two faults of one cluster, are first matched by their text.
    """
    same: dict[int, Known] = {}
    for number, problem in enumerate(problems):
        earlier = next((each for each in known if _steady(each.problem) == _steady(problem)), None)
        if earlier:
            known.remove(earlier)
            same[number] = earlier
    for number, problem in enumerate(problems):
        yield problem, same.get(number) or (known.pop(0) if known else None)


def _steady(problem: Problem) -> dict[str, Any]:
    """The members of a problem without the values that each report measures again."""
    return {name: _MEASURED.sub("…", value) if isinstance(value, str) else value for name, value in problem.items()}
