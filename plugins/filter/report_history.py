# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What earlier reports found, and what it says about now."""

from __future__ import annotations

DOCUMENTATION = r"""
name: report_history
short_description: Add a report to the history of reports, and look back
version_added: 1.0.0
author:
  - elementsw.replication contributors (@elementsw)
description:
  - The history is a text with one line of JSON for each report, the oldest first. The filter adds a line for the report, drops
    lines that are too old, and says for how much of the time each volume pair was protected, what its lag was, and since when
    each problem exists.
  - A report counts until the next one, at most for 25 hours. What no report covers does not count.
options:
  _input:
    description:
      - The history so far. Empty text begins a new one.
    type: str
    required: true
  data:
    description:
      - The value of P(elementsw.replication.report_data#filter).
    type: dict
    required: true
  days:
    description:
      - Drops lines that are older.
    type: int
    default: 31
seealso:
  - plugin: elementsw.replication.report_data
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Add the report to the history
  ansible.builtin.copy:
    content: "{{ (before | elementsw.replication.report_history(data)).text }}"
    dest: replication-history.jsonl
    mode: "0644"
  vars:
    before: "{{ lookup('ansible.builtin.file', 'replication-history.jsonl') }}"
"""

RETURN = r"""
_value:
  description: The history and what it says.
  type: dict
  contains:
    text:
      description: The new history.
      type: str
    reports:
      description: How many reports it has.
      type: int
    protected:
      description:
        - For all volume pairs together, how much of the last C(day), C(week) and C(month) they were protected, from 0 to 1.
          V(null) where no report covers it.
      type: dict
    covered:
      description: How many seconds of the last C(day), C(week) and C(month) reports cover that read any volume pair.
      type: dict
    volume_pairs:
      description:
        - For each volume pair of the report, in its order, how much of the last C(day), C(week) and C(month) it was
          C(protected), and its C(lags) of the last day, each as the age of the report in seconds and the lag in seconds.
      type: list
      elements: dict
    since:
      description:
        - For each problem of the report, in its order, the time of the first report that found it and after which every
          one did.
      type: list
      elements: str
"""

import json
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ansible.errors import AnsibleFilterError

from ..plugin_utils._filter_input import PREFIX, dictionary, plain, shaped, text
from ..plugin_utils._report_times import time_given, time_of

NAME = "report_history"
DATA = "the value of elementsw.replication.report_data"
DAY = timedelta(days=1)
WINDOWS = {"day": DAY, "week": 7 * DAY, "month": 30 * DAY}
#: How long a report counts at most: a day, and what a daily job may be late.
COUNTS_FOR = timedelta(hours=25)
#: More than that is no number of days, but seconds or a date.
LONGEST = timedelta(days=36500)


@dataclass(frozen=True)
class Look:
    """A report of the history. The states and lags are by volume pair, which is the cluster and ID of either side."""

    at: datetime
    volume_pairs: dict[str, list[Any]]
    problems: list[str]

    def as_line(self) -> str:
        line = {"at": self.at.isoformat(), "volume_pairs": self.volume_pairs, "problems": self.problems}
        return json.dumps(line, separators=(",", ":"))


def report_history(given: Any, data: Any, days: Any = 31) -> dict[str, Any]:
    """Return the history with the report, and what it says. Raise AnsibleFilterError where the input is not as documented."""
    report = dictionary(NAME, "data", data, DATA)
    with shaped(NAME, DATA):
        keys = [_key(pair) for pair in report["volume_pairs"]]
        fingerprints = [_fingerprint(problem) for problem in report["problems"]]
        states = {key: [pair["state"], pair["lag_seconds"]] for key, pair in zip(keys, report["volume_pairs"])}
        at = time_given(NAME, "generated_at", report["generated_at"])
        now = Look(at, states, list(dict.fromkeys(fingerprints)))
    earliest = now.at - _days(days)
    known = list(_looks(text(NAME, "the input", given)))
    looks = [*(look for look in known if earliest <= look.at < now.at), now]
    # A clock that was set back, or was wrong for a while, leaves lines that are not over yet: they stay, and count later.
    to_come = [look for look in known if look.at > now.at]
    return {
        "text": "".join(f"{look.as_line()}\n" for look in (*looks, *to_come)),
        "reports": len(looks),
        "protected": _protected(looks, None),
        "covered": {name: _seconds_of(looks, None, window)[0] for name, window in WINDOWS.items()},
        "volume_pairs": [{"protected": _protected(looks, key), "lags": _lags(looks, key)} for key in keys],
        "since": [_since(looks, fingerprint).isoformat() for fingerprint in fingerprints],
    }


def _key(pair: dict[str, Any]) -> str:
    """Both sides, in an order that does not depend on which cluster was asked."""
    sides = sorted(f"{pair[side + 'cluster']}:{pair[side + 'volume_id']}" for side in ("", "peer_"))
    return " ".join(sides)


def _fingerprint(problem: dict[str, Any]) -> str:
    """What stays the same while a problem exists: its message may count seconds."""
    return " ".join(str(problem[member]) for member in ("code", "cluster", "volume_id", "volume"))


def _days(value: Any) -> timedelta:
    days = plain(value)
    try:
        kept = timedelta(days=int(days))
    except (TypeError, ValueError, OverflowError):
        kept = timedelta()
    if not timedelta() < kept <= LONGEST:
        raise AnsibleFilterError(
            f"{PREFIX}{NAME}: days is {days!r}, expected a number of days, at least 1 and at most {LONGEST.days}."
        )
    return kept


def _looks(text: str) -> Iterable[Look]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                yield _look(json.loads(line))
            except (ValueError, KeyError, TypeError, RecursionError) as exc:
                raise AnsibleFilterError(
                    f"{PREFIX}{NAME}: line {number} of the history is not a line of a history; nothing was written."
                    " Give another file, or remove that line."
                ) from exc


def _look(line: Any) -> Look:
    """Raise ValueError, KeyError or TypeError for what this filter has not written."""
    at, volume_pairs, problems = line["at"], line["volume_pairs"], line["problems"]
    if not isinstance(at, str) or not isinstance(volume_pairs, dict) or not isinstance(problems, list):
        raise TypeError
    for state, lag in volume_pairs.values():
        if not isinstance(state, str) or not _is_lag(lag):
            raise TypeError
    if not all(isinstance(problem, str) for problem in problems):
        raise TypeError
    return Look(time_of(at), volume_pairs, problems)


def _is_lag(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float, type(None))):
        return False
    return value is None or math.isfinite(value)


def _protected(looks: list[Look], key: str | None) -> dict[str, float | None]:
    return {name: _share(looks, key, window) for name, window in WINDOWS.items()}


def _share(looks: list[Look], key: str | None, window: timedelta) -> float | None:
    """How much of the time that reports cover a volume pair, or all of them together, was protected."""
    covered, protected = _seconds_of(looks, key, window)
    return protected / covered if covered else None


def _seconds_of(looks: list[Look], key: str | None, window: timedelta) -> tuple[float, float]:
    """How many seconds reports cover a volume pair, or all of them together, and how many of these it was protected."""
    begin, now = looks[-1].at - window, looks[-1].at
    covered = protected = 0.0
    for look, following in zip(looks, looks[1:]):
        until = min(following.at, look.at + COUNTS_FOR)
        seconds = (min(until, now) - max(look.at, begin)).total_seconds()
        states = _states(look, key) if seconds > 0 else []
        if states:
            covered += seconds
            protected += seconds * states.count("protected") / len(states)
    return covered, protected


def _states(look: Look, key: str | None) -> list[str]:
    """The state of a volume pair, or of all of them; empty where the report does not have it."""
    found = look.volume_pairs.values() if key is None else [look.volume_pairs[key]] if key in look.volume_pairs else []
    return [state for state, _lag in found]


def _lags(looks: list[Look], key: str) -> list[list[float]]:
    now = looks[-1].at
    found = [
        (look.at, look.volume_pairs[key][1]) for look in looks if key in look.volume_pairs and now - look.at <= DAY
    ]
    return [[(now - at).total_seconds(), lag] for at, lag in found if lag is not None]


def _since(looks: list[Look], fingerprint: str) -> datetime:
    since = looks[-1].at
    for look in reversed(looks):
        if fingerprint not in look.problems:
            break
        since = look.at
    return since


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {NAME: report_history}
