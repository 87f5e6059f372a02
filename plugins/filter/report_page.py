# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What stands where on the page of a report, ready for its template."""

from __future__ import annotations

DOCUMENTATION = r"""
name: report_page
short_description: Lay out the page of a report
version_added: 1.0.0
author:
  - elementsw.replication contributors (@elementsw)
description:
  - Lays out what the HTML page of the role P(elementsw.replication.report#role) shows. Every text of the value is escaped for
    HTML, so that no name or message from a cluster can become markup.
options:
  _input:
    description:
      - The value of P(elementsw.replication.report_data#filter).
    type: dict
    required: true
  history:
    description:
      - The value of P(elementsw.replication.report_history#filter). Without it the page looks at this report alone.
    type: dict
    default: {}
  script:
    description:
      - The script that the page has, exactly as it stands there.
    type: str
seealso:
  - plugin: elementsw.replication.report_data
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Write a page of your own
  ansible.builtin.template:
    src: my_page.html.j2
    dest: replication.html
    mode: "0644"
  vars:
    page: "{{ data | elementsw.replication.report_page }}"
"""

RETURN = r"""
_value:
  description: The page. Every text is escaped for HTML.
  type: dict
  contains:
    level:
      description: The level of the report, as in P(elementsw.replication.report_data#filter).
      type: str
    verdict:
      description: The sentence that stands first.
      type: str
    headline:
      description: The line below.
      type: str
    at:
      description: When the clusters were read, for people.
      type: str
      sample: 2026-11-28 06:00:00 UTC
    iso:
      description: The same in ISO 8601.
      type: str
    states:
      description: For each state that any volume pair has, its C(name), its C(label) and the C(number) of volume pairs.
      type: list
      elements: dict
    history:
      description:
        - For each period, its C(label) and the C(share) of it that the volume pairs were protected. Empty without a history.
          C(known) is how much of the period the reports cover, empty where that is almost all.
      type: list
      elements: dict
    problems:
      description:
        - The problems, errors first, each with its C(number), C(severity), C(where), C(message), C(remedy), C(command) and
          C(since).
      type: list
      elements: dict
    map:
      description: The map of the clusters, with its C(width), C(height), C(nodes) and C(edges).
      type: dict
    rows:
      description: The cells of each volume pair, the worst first.
      type: list
      elements: dict
    drift:
      description: The lines on differences from the lists of declared pairs.
      type: list
      elements: str
    rehearsals:
      description:
        - What the evidence of rehearsals says, V(null) where none was given. Its C(headline) counts the volume pairs that were
          rehearsed, its C(warnings) name the other ones and evidence that could not be read, and C(rows) are the cells of the
          last rehearsals, the newest first.
      type: dict
    script_digest:
      description:
        - The SHA-256 of the script in Base64, by which a content security policy permits it and no other. V(null) without a
          script.
      type: str
"""

import base64
import hashlib
import html
import math
from collections.abc import Callable
from typing import Any

from ..plugin_utils._filter_input import dictionary, plain, shaped
from ..plugin_utils._pair_rows import KINDS

NAME = "report_page"
DATA = "the value of elementsw.replication.report_data"
HISTORY = "the value of elementsw.replication.report_history"
DAY = 86400
PERIODS = {"day": ("24 hours", DAY), "week": ("7 days", 7 * DAY), "month": ("30 days", 30 * DAY)}
#: How much of a period reports have to cover for its share to stand for all of it.
ALMOST_ALL = 0.95
ARROWS = {"to_peer": "→", "from_peer": "←"}
DRIFT = {
    "not_paired": "Declared and not paired",
    "not_declared": "Paired and not declared",
    "unpaired": "In no pair, of the same accounts",
}
#: What is said of volume pairs that must be rehearsed.
NOT_REHEARSED = {"never": "Never rehearsed", "too_long_ago": "Last rehearsed more than {days} days ago"}
#: More names than these are counted.
MOST_NAMES = 10
#: Points of the line that shows the lag of a day. More would make the page of a thousand pairs too large.
POINTS = 32
#: Of the line that shows the lag, and of the map, in pixels.
LINE_WIDTH = 64
LINE_HEIGHT = 16
NODE_WIDTH = 190
NODE_HEIGHT = 62
MARGIN = 12


def report_page(data: Any, history: Any = None, *, script: Any = None) -> dict[str, Any]:
    """Return the page, its texts escaped. Raise AnsibleFilterError where the input is not as documented."""
    report = dictionary(NAME, "the input", data, DATA)
    past = dictionary(NAME, "history", history or {}, HISTORY)
    with shaped(NAME, f"{DATA} and {HISTORY}"):
        summary = report["summary"]
        page = {
            "level": report["level"],
            "verdict": report["verdict"],
            "headline": report["headline"],
            "at": report["generated_at"].replace("T", " ").replace("Z", " UTC").replace("+00:00", " UTC"),
            "iso": report["generated_at"],
            "states": [
                {"name": kind, "label": label, "number": summary[kind]}
                for kind, label in KINDS.items()
                if summary[kind]
            ],
            "history": _periods(past),
            "problems": _problems(report["problems"], past.get("since") or []),
            "map": _map(report["clusters"], report["links"]),
            "rows": _rows(report["volume_pairs"], past.get("volume_pairs") or []),
            "drift": [line for link in report["drift"] for line in _drift(link)],
            "rehearsals": report["rehearsals"] and _rehearsals(report["rehearsals"]),
            "script_digest": None if script is None else _digest(str(plain(script))),
        }
        return _escaped(page)


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _escaped(value: Any) -> Any:
    if isinstance(value, str):
        return html.escape(value)
    if isinstance(value, list):
        return [_escaped(each) for each in value]
    if isinstance(value, dict):
        return {key: _escaped(each) for key, each in value.items()}
    return value


def _periods(past: dict[str, Any]) -> list[dict[str, str]]:
    shares = past.get("protected") or {}
    return [
        {"label": label, "share": _percent(shares[period]), "known": _known(past["covered"][period], seconds)}
        for period, (label, seconds) in PERIODS.items()
        if shares.get(period) is not None
    ]


def _known(covered: float, period: int) -> str:
    return "" if covered >= ALMOST_ALL * period else duration(covered)


def _percent(share: float) -> str:
    """What is not whole is not shown as 100 %."""
    return "100 %" if share == 1 else f"{min(share * 100, 99.9):.1f} %"


def _problems(problems: list[dict[str, Any]], since: list[str]) -> list[dict[str, Any]]:
    times = [*since, *[None] * (len(problems) - len(since))]
    return [
        {
            "number": number,
            "severity": problem["severity"],
            "code": problem["code"],
            "where": _where(problem),
            "message": problem["message"],
            "remedy": problem["remedy"],
            "command": problem["command"] or "",
            "since": time[:16].replace("T", " ") + " UTC" if time else "",
        }
        for number, (problem, time) in enumerate(zip(problems, times), 1)
    ]


def _where(problem: dict[str, Any]) -> str:
    volume = _volume(problem["volume"], problem.get("volume_id")) if problem["volume"] else ""
    return " · ".join(part for part in (problem["cluster"], volume) if part)


def _volume(name: str | None, number: int | None) -> str:
    return f"{name or '–'} ({number})" if number is not None else name or "–"


def _rows(volume_pairs: list[dict[str, Any]], past: list[dict[str, Any]]) -> list[dict[str, Any]]:
    before = [*past, *[{}] * (len(volume_pairs) - len(past))]
    return [_row(pair, earlier) for pair, earlier in zip(volume_pairs, before)]


def _row(pair: dict[str, Any], earlier: dict[str, Any]) -> dict[str, Any]:
    lag, limit = pair["lag_seconds"], pair["max_lag_seconds"]
    share = (earlier.get("protected") or {}).get("day")
    return {
        "level": pair["level"],
        "state": pair["state"],
        "label": KINDS[pair["state"]],
        "cluster": pair["cluster"] or "?",
        "volume": _volume(pair["volume"], pair["volume_id"]),
        "account": pair["account"] or pair["peer_account"] or "",
        "arrow": ARROWS.get(pair["direction"], pair["direction"] or "?"),
        "peer_cluster": pair["peer_cluster"] or "?",
        "peer_volume": _volume(pair["peer_volume"], pair["peer_volume_id"]),
        "writable": pair["writable"],
        "mode": pair["mode"] or "–",
        "states": " / ".join(state or "–" for state in (pair["replication_state"], pair["peer_replication_state"])),
        "lag": lag if lag is not None else -1,
        "lag_text": duration(lag),
        "lag_of_limit": _part(lag, limit) if lag is not None and limit is not None else None,
        "limit_text": duration(limit) if limit is not None else "",
        "progress": None if pair["progress_percent"] is None else round(pair["progress_percent"]),
        "left": duration(pair["remaining_seconds"]) if pair["remaining_seconds"] is not None else "",
        "share": _percent(share) if share is not None else "",
        "line": _line(earlier.get("lags") or []),
        "problems": pair["problems"],
    }


def _part(lag: float, limit: float) -> int:
    """How much of the limit the lag is, in percent, at most all of it."""
    return round(100 * lag / limit) if lag < limit else 100


def duration(seconds: float | None) -> str:
    """Return a time in its two largest units."""
    if seconds is None:
        return "–"
    whole = int(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s" if whole % 60 else f"{whole // 60} min"
    if whole < DAY:
        return f"{whole // 3600} h {whole % 3600 // 60} min"
    return f"{whole // DAY} d {whole % DAY // 3600} h"


def _line(lags: list[list[float]]) -> str:
    """The points of a line over the last day, the largest lag of each part of it at the top."""
    if len(lags) < 2:
        return ""
    parts: dict[int, float] = {}
    for age, lag in lags:
        part = min(int((1 - age / DAY) * POINTS), POINTS - 1)
        parts[part] = max(lag, parts.get(part, 0))
    top = max(parts.values()) or 1
    return " ".join(
        f"{round(part * LINE_WIDTH / (POINTS - 1))},{round((1 - lag / top) * (LINE_HEIGHT - 2)) + 1}"
        for part, lag in sorted(parts.items())
    )


def _map(clusters: list[dict[str, Any]], links: list[dict[str, Any]]) -> dict[str, Any]:
    """The clusters on a circle, two side by side, and a line for each link."""
    names = [cluster["name"] for cluster in clusters]
    names += [link[end] for link in links for end in ("cluster", "peer") if link[end] not in names]
    names = list(dict.fromkeys(names))
    known = {cluster["name"]: cluster for cluster in clusters}
    places = _places(len(names))
    width = max((x for x, _y in places), default=0) + NODE_WIDTH / 2 + MARGIN
    height = max((y for _x, y in places), default=0) + NODE_HEIGHT / 2 + MARGIN
    at = dict(zip(names, places))
    return {
        "width": round(width),
        "height": round(height),
        "nodes": [_node(name, known.get(name, {}), at[name]) for name in names],
        "edges": [
            _edge(link, at[link["cluster"]], at[link["peer"]], _label_place(names, link["cluster"], link["peer"]))
            for link in links
        ],
    }


def _label_place(names: list[str], one: str, other: str) -> float:
    """How far along a line its label is. Lines that cross do so in the middle, where their labels would hide each other."""
    distance = abs(names.index(one) - names.index(other))
    are_neighbours = distance in (1, len(names) - 1)
    return 0.5 if are_neighbours else 0.3


def _places(number: int) -> list[tuple[float, float]]:
    """The centres of the nodes."""
    if number <= 2:
        gap = NODE_WIDTH + 260
        return [(MARGIN + NODE_WIDTH / 2 + gap * place, MARGIN + NODE_HEIGHT / 2) for place in range(number)]
    radius = max(150.0, number * 70.0)
    angles = [
        math.tau * place / number - math.pi / 2 - (math.pi / number if number == 4 else 0) for place in range(number)
    ]
    points = [(1.35 * radius * math.cos(angle), radius * 0.8 * math.sin(angle)) for angle in angles]
    left, top = min(x for x, _y in points), min(y for _x, y in points)
    return [(x - left + MARGIN + NODE_WIDTH / 2, y - top + MARGIN + NODE_HEIGHT / 2) for x, y in points]


def _node(name: str, cluster: dict[str, Any], place: tuple[float, float]) -> dict[str, Any]:
    answered = cluster.get("answered", False)
    about = " · ".join(part for part in (cluster.get("mvip"), cluster.get("version")) if part)
    return {
        "x": round(place[0] - NODE_WIDTH / 2),
        "y": round(place[1] - NODE_HEIGHT / 2),
        "width": NODE_WIDTH,
        "height": NODE_HEIGHT,
        "name": name if len(name) <= 22 else f"{name[:21]}…",
        "title": name,
        "answered": answered,
        "about": (about if len(about) <= 30 else f"{about[:29]}…") if answered else "not read",
    }


def _edge(link: dict[str, Any], one: tuple[float, float], other: tuple[float, float], part: float) -> dict[str, Any]:
    """part: how far along the line its label is."""
    shows_latency = link["connected"] and link["latency_ms"] is not None
    latency = f", {link['latency_ms']} ms" if shows_latency else ""
    protected = f"{link['protected']} of {link['pairs']} protected" if link["pairs"] else "no volume pair"
    status = {True: "connected", False: "not connected", None: "not known"}[link["connected"]]
    return {
        "x1": round(one[0]),
        "y1": round(one[1]),
        "x2": round(other[0]),
        "y2": round(other[1]),
        "x": round(one[0] + (other[0] - one[0]) * part),
        "y": round(one[1] + (other[1] - one[1]) * part),
        "level": link["level"],
        "connected": link["connected"] is True,
        "label": protected,
        "status": status + latency,
        "title": f"{link['cluster']} – {link['peer']}: {status}{latency}, {protected}",
    }


def _rehearsals(known: dict[str, Any]) -> dict[str, Any]:
    targets, days = known["volume_pairs"], known["days"]
    missing = {state: [target for target in targets if target["state"] == state] for state in NOT_REHEARSED}
    number = len(targets) - sum(map(len, missing.values()))
    counted = f"{number} of {len(targets)} volume pairs {'was' if number == 1 else 'were'} rehearsed"
    return {
        "headline": f"{counted} in the last {days} days." if targets else "No volume pair was read.",
        "warnings": [
            *(
                f"{NOT_REHEARSED[state].format(days=days)}: {_some(found)}."
                for state, found in missing.items()
                if found
            ),
            *(f"{problem}." for problem in known["problems"]),
        ],
        "rows": [_rehearsal(each) for each in known["last"]],
    }


def _some(targets: list[dict[str, Any]]) -> str:
    """The volumes by cluster and name, as many as can be read at a glance."""
    names = [f"{target['cluster'] or '?'}/{_volume(target['volume'], target['volume_id'])}" for target in targets]
    rest = len(names) - MOST_NAMES
    return ", ".join(names[:MOST_NAMES]) + (f" and {rest} more" if rest > 0 else "")


def _rehearsal(last: dict[str, Any]) -> dict[str, Any]:
    return {
        "level": "ok" if last["passed"] else "error",
        "label": "passed" if last["passed"] else "FAILED",
        "problem": last["problem"] or "",
        "at": last["at"].replace("T", " ").replace("Z", " UTC"),
        "iso": last["at"],
        "age": duration(last["age_seconds"]),
        "name": last["name"],
        "point": last["point"],
        "peer": last["peer"],
        "cluster": last["cluster"],
        "volumes": len(last["volumes"]),
        "data_age": duration(last["data_age_seconds"]),
        "writable": duration(last["seconds_until_writable"]),
        "checked": duration(last["seconds_until_checked"]),
    }


def _drift(link: dict[str, Any]) -> list[str]:
    if link["problem"]:
        return [f"{link['link']} cannot be compared with its list: {link['problem']}"]
    return [f"{link['link']}: {text}: {', '.join(link[key])}" for key, text in DRIFT.items() if link[key]]


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {NAME: report_page}
