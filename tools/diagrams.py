# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Draw the diagrams of the guides: each docs/diagrams/NAME.yml becomes NAME.svg beside it. `make format` calls it.

There are two kinds. A map has `boxes` at places, joined by `arrows`. A sequence has `sides` and `steps`: below the text of a
step stands what becomes of each side. Every box has a `look`, one of `LOOKS`.
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import yaml

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "diagrams"

#: What a box stands for: its fill and its border, on a light page and on a dark one.
LOOKS = {
    "plain": (("#ffffff", "#8a949e"), ("#1c232b", "#7d8894")),
    "site": (("#eef2f5", "#c3ccd4"), ("#20272f", "#46525e")),
    "writable": (("#e2f3e4", "#2e7d32"), ("#17351b", "#7bc47f")),
    "target": (("#e1eefb", "#1a66b3"), ("#142c47", "#79b4f2")),
    "wait": (("#fdf3d8", "#a86e00"), ("#3a2e10", "#e6b04a")),
    "problem": (("#fce4e2", "#b3261e"), ("#451b18", "#f08a80")),
    "away": (("#f3f3f3", "#9e9e9e"), ("#262626", "#8a8a8a")),
}
LIGHT = {"page": "#ffffff", "ink": "#1f2933", "soft": "#52606d"}
DARK = {"page": "#12171d", "ink": "#e6ebf0", "soft": "#a9b4bf"}

SMALL, NORMAL, LARGE = 13, 14, 17
#: Of the size of the type, per character: wider than most fonts are, since each reader has another one.
WIDTH_OF_CHARACTER = 0.56
WIDTH_OF_BOLD = 0.6
LINE = 1.35
MARGIN = 16

#: A sequence: its width, the height of a box, the distance of the boxes from the left edge, and their width.
SEQUENCE_WIDTH, SIDE_HEIGHT, SIDE_LEFT, SIDE_WIDTH = 640, 34, 52, 246

ARROWHEAD = (
    '<defs><marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" '
    'orient="auto-start-reverse"><path class="head" d="M0 0L10 5L0 10z"/></marker></defs>'
)
LICENCE = """<!--
Copyright (c) 2026, elementsw.replication contributors
GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
SPDX-License-Identifier: GPL-3.0-or-later
-->"""


class DiagramProblem(Exception):
    """A sentence about a text that cannot be drawn."""


def main() -> int:
    for source in sorted(FOLDER.glob("*.yml")):
        try:
            drawn = draw(yaml.safe_load(source.read_text(encoding="utf-8")))
        except DiagramProblem as problem:
            print(f"{source.name}: {problem}", file=sys.stderr)
            return 1
        source.with_suffix(".svg").write_text(drawn, encoding="utf-8")
    return 0


def draw(plan: Mapping[str, Any]) -> str:
    """The diagram as SVG. Raises DiagramProblem."""
    if "steps" in plan:
        height, shapes = _sequence(plan)
        return _picture(plan, SEQUENCE_WIDTH, height, shapes)
    width, height = plan["size"]
    return _picture(plan, width, height, _map(plan))


def _picture(plan: Mapping[str, Any], width: int, height: int, shapes: Sequence[str]) -> str:
    lines = [
        LICENCE,
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">',
        f"<title>{escape(plan['title'])}</title>",
        f"<desc>{escape(' '.join(plan['description'].split()))}</desc>",
        f"<style>{_style()}</style>",
        ARROWHEAD,
        f'<rect class="page" width="{width}" height="{height}" rx="8"/>',
        _text(MARGIN, 30, plan["title"], "title"),
        *shapes,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _style() -> str:
    common = (
        f"text{{font:{NORMAL}px Lato,Helvetica,Arial,sans-serif}}"
        f".title{{font-size:{LARGE}px;font-weight:bold}}.bold{{font-weight:bold}}.small{{font-size:{SMALL}px}}"
        ".middle{text-anchor:middle}rect,circle{stroke-width:1.5}.page{stroke:none}"
        ".arrow{fill:none;stroke-width:2}.dashed,.away{stroke-dasharray:5 4}"
    )
    return common + _colours(LIGHT, 0) + "@media (prefers-color-scheme: dark){" + _colours(DARK, 1) + "}"


def _colours(scheme: Mapping[str, str], index: int) -> str:
    looks = "".join(
        f".{name}{{fill:{colours[index][0]};stroke:{colours[index][1]}}}" for name, colours in LOOKS.items()
    )
    return (
        f".page{{fill:{scheme['page']}}}text,.head{{fill:{scheme['ink']}}}.small{{fill:{scheme['soft']}}}"
        f".arrow{{stroke:{scheme['ink']}}}.label{{fill:{scheme['page']};stroke:none}}{looks}"
    )


def _map(plan: Mapping[str, Any]) -> list[str]:
    boxes = {box["id"]: box for box in plan["boxes"]}
    shapes: list[str] = []
    for box in boxes.values():
        shapes.extend(_box(box, plan["size"]))
    for arrow in plan.get("arrows", []):
        for end in ("from", "to"):
            if arrow[end] not in boxes:
                raise DiagramProblem(f"there is no box {arrow[end]}")
        shapes.extend(_arrow(arrow, boxes[arrow["from"]], boxes[arrow["to"]]))
    return shapes


def _box(box: Mapping[str, Any], picture: Sequence[int]) -> Iterator[str]:
    """A rectangle with a bold title and lines below it; one of look `site` has its title at the top, for what is in it."""
    (left, top), (width, height) = box["at"], box["size"]
    if left < 0 or top < 0 or left + width > picture[0] or top + height > picture[1]:
        raise DiagramProblem(f"box {box['id']}: it is outside of the picture")
    look = box.get("look", "plain")
    lines = [*box.get("states", []), *box.get("lines", [])]
    needed = [
        _width(box["title"], NORMAL, WIDTH_OF_BOLD),
        *(_width(line, SMALL, WIDTH_OF_CHARACTER) for line in lines),
    ]
    text_height = NORMAL * LINE + len(lines) * SMALL * LINE
    if max(needed) > width - 12 or text_height > height - 8:
        raise DiagramProblem(f"box {box['id']}: its text needs {max(needed):.0f} by {text_height:.0f}")
    yield _rectangle(left, top, width, height, look)
    middle = left + width / 2
    first = top + 24 if look == "site" else top + (height - text_height) / 2 + NORMAL
    yield _text(middle, first, box["title"], "bold middle")
    for number, line in enumerate(lines, start=1):
        yield _text(middle, first + number * SMALL * LINE, line, "small middle")


def _arrow(arrow: Mapping[str, Any], start: Mapping[str, Any], end: Mapping[str, Any]) -> Iterator[str]:
    """A straight line between the nearest edges of two boxes. `shift` moves it aside, so that two do not meet."""
    shift = arrow.get("shift", 0)
    (x1, y1), (x2, y2) = _edges(start, end, shift)
    heads = 'marker-end="url(#head)"' + (' marker-start="url(#head)"' if arrow.get("both") else "")
    classes = "arrow dashed" if arrow.get("dashed") else "arrow"
    if arrow.get("plain"):
        heads = ""
    yield f'<path class="{classes}" d="M{x1:g} {y1:g}L{x2:g} {y2:g}" {heads}/>'
    lines = arrow.get("text", "").split("\n") if arrow.get("text") else []
    top = (y1 + y2) / 2 - len(lines) * SMALL * LINE / 2
    for number, line in enumerate(lines):
        width = _width(line, SMALL, WIDTH_OF_CHARACTER)
        baseline = top + (number + 0.75) * SMALL * LINE
        yield f'<rect class="label" x="{(x1 + x2 - width) / 2:g}" y="{baseline - SMALL:g}" width="{width:g}" height="17"/>'
        yield _text((x1 + x2) / 2, baseline, line, "small middle")


def _edges(
    start: Mapping[str, Any], end: Mapping[str, Any], shift: int
) -> tuple[tuple[float, float], tuple[float, float]]:
    """The two points of a line from one box to the other, horizontal or vertical where they face each other."""
    (left, top), (width, height) = start["at"], start["size"]
    (other_left, other_top), (other_width, other_height) = end["at"], end["size"]
    if top + height <= other_top or other_top + other_height <= top:
        down = top < other_top
        x1, x2 = left + width / 2, other_left + other_width / 2
        inside = max(left, other_left) + 8 <= (x1 + x2) / 2 <= min(left + width, other_left + other_width) - 8
        if inside:
            x1 = x2 = (max(left, other_left) + min(left + width, other_left + other_width)) / 2
        return (x1 + shift, top + height if down else top), (
            x2 + shift,
            other_top if down else other_top + other_height,
        )
    right = left < other_left
    y = (max(top, other_top) + min(top + height, other_top + other_height)) / 2 + shift
    return (left + width if right else left, y), (other_left if right else other_left + other_width, y)


def _sequence(plan: Mapping[str, Any]) -> tuple[int, list[str]]:
    """The height of the picture, and its shapes."""
    sides = plan["sides"]
    lefts = (SIDE_LEFT, SEQUENCE_WIDTH - MARGIN - SIDE_WIDTH)
    shapes = [_text(left + SIDE_WIDTH / 2, 60, side, "bold middle") for left, side in zip(lefts, sides)]
    top = 74
    for number, step in enumerate(plan["steps"], start=1):
        lines = textwrap.wrap(
            " ".join(step["text"].split()), int((SEQUENCE_WIDTH - SIDE_LEFT - MARGIN) / (NORMAL * 0.5))
        )
        shapes.append(f'<circle class="site" cx="{MARGIN + 12}" cy="{top + 14}" r="12"/>')
        shapes.append(_text(MARGIN + 12, top + 19, str(number), "bold middle"))
        for place, line in enumerate(lines):
            shapes.append(_text(SIDE_LEFT, top + 19 + place * NORMAL * LINE, line, ""))
        top += round(10 + len(lines) * NORMAL * LINE + 8)
        boxes = []
        for left, side in zip(lefts, sides):
            content = step.get(side)
            if content is None:
                continue
            look, text = content if isinstance(content, list) else ("plain", content)
            box = {"id": side, "at": [left, top], "size": [SIDE_WIDTH, SIDE_HEIGHT], "title": text, "look": look}
            try:
                shapes.extend(_box(box, (SEQUENCE_WIDTH, top + SIDE_HEIGHT)))
            except DiagramProblem as problem:
                raise DiagramProblem(f"step {number}: {problem}") from problem
            boxes.append(box)
        shapes.extend(_flow(step.get("flow"), *boxes) if len(boxes) == 2 else ())
        top += (SIDE_HEIGHT if boxes else 0) + 16
    return top, shapes


def _flow(flow: str | None, left: Mapping[str, Any], right: Mapping[str, Any]) -> Iterator[str]:
    """The replication between the two sides of a step: `right`, `left`, or none."""
    if flow == "right":
        yield from _arrow({}, left, right)
    elif flow == "left":
        yield from _arrow({}, right, left)
    else:
        yield from _arrow({"dashed": True, "plain": True}, left, right)


def _rectangle(left: float, top: float, width: float, height: float, look: str) -> str:
    if look not in LOOKS:
        raise DiagramProblem(f"there is no look {look}, only {', '.join(LOOKS)}")
    return f'<rect class="{look}" x="{left:g}" y="{top:g}" width="{width:g}" height="{height:g}" rx="6"/>'


def _text(x: float, y: float, text: str, classes: str) -> str:
    named = f' class="{classes}"' if classes else ""
    return f'<text{named} x="{x:g}" y="{round(y, 1):g}">{escape(text)}</text>'


def _width(text: str, size: int, of_character: float) -> float:
    return round(len(text) * size * of_character, 1)


if __name__ == "__main__":
    sys.exit(main())
