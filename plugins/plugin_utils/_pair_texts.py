# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists of volume pairs that are written as text: CSV from a spreadsheet, YAML or JSON. Pure functions."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from typing import Any

import yaml
from ansible.module_utils.common.validation import check_type_bool

from ..module_utils._pairing.pair_options import ITEM
from ._pair_items import usable_item

CREATE = "create_peer_volume"
#: The columns of a list, in the order of the options of the module.
COLUMNS = (*ITEM, *(f"{CREATE}.{name}" for name in ITEM[CREATE]["options"]))
DELIMITERS = (";", ",", "\t")
#: A byte that is not UTF-8, or one half of a character in JSON.
ESCAPED_BYTE = re.compile("[\ud800-\udfff]")
#: The keys under which a YAML file may have its list: that of the variable, and that of the report of the live pairs.
KEYS = ("protect_pairs", "pairs")
EXAMPLE = "write each volume as - {volume: NAME}, or begin a CSV with a row of columns, such as volume"

Items = list[dict[str, Any]]
Faults = list[str]


def from_text(text: str) -> tuple[Items, Faults]:
    """Return the items of a text in CSV, YAML or JSON, and all that is wrong with it, a line for each fault."""
    return _from_yaml(text) if _is_yaml(text) else from_csv(text)


def from_csv(text: str) -> tuple[Items, Faults]:
    """Return the items of a text in CSV, and all that is wrong with it, a line for each fault.

    Rows are counted as a spreadsheet counts them: the header is row 1, and blank rows count.
    """
    if foreign := _not_utf_8(text):
        return [], foreign
    lines = text.removeprefix("\ufeff").splitlines(keepends=True)
    delimiter = _delimiter(next((line for line in lines if line.strip()), ""))
    if lines and lines[0].lower().startswith("sep="):
        # Spreadsheets write and read this line, and do not show it.
        delimiter, lines = lines[0].strip()[4:] or ",", lines[1:]
    try:
        rows = [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=delimiter, strict=True)]
    except (csv.Error, TypeError) as wrong:
        return [], [f"the text is no CSV: {wrong}"]
    start = next((place for place, row in enumerate(rows) if any(row)), None)
    if start is None:
        return [], ["the text is empty; its first row must name the columns"]
    columns, faults = _columns(rows[start])
    if not set(columns) & set(COLUMNS):
        # Not what it has: the file may be another one, with a password in it.
        return [], [f"the first row of the text names no column of a list; {EXAMPLE}"]
    if "volume" not in columns and "volume_id" not in columns:
        return [], faults
    # A column that is not known does not hide what is wrong with the rows.
    items, more = _items(
        columns, [(number, row) for number, row in enumerate(rows[start + 1 :], start + 2) if any(row)]
    )
    if not items:
        faults.append("there is no row with a volume below the header")
    return items, faults + more


def _not_utf_8(text: str) -> Faults:
    """The fault of a text that was read from a file in another encoding, whose bytes Ansible escapes: no module accepts them."""
    foreign = ESCAPED_BYTE.search(text)
    if foreign is None:
        return []
    line = text.count("\n", 0, foreign.start()) + 1
    return [f"line {line} is not in UTF-8; save it again in UTF-8, in a spreadsheet as CSV UTF-8"]


def _delimiter(header: str) -> str:
    return max(DELIMITERS, key=header.count)


def _columns(header: Iterable[str]) -> tuple[list[str], Faults]:
    """The columns by the names of COLUMNS, and what is wrong with them, by the names that the header has."""
    written = list(header)
    columns = ["_".join(name.lower().replace("-", "_").split()) for name in written]
    named = [name for name in columns if name]
    unknown = [name for name, column in zip(written, columns) if column and column not in COLUMNS]
    unknown = list(dict.fromkeys(unknown))
    faults = [f"unknown column {name!r}; the known columns are {', '.join(COLUMNS)}" for name in unknown[:1]]
    faults += [f"unknown column {name!r}" for name in unknown[1:]]
    faults += [f"column {name!r} is there twice" for name in dict.fromkeys(named) if named.count(name) > 1]
    if not unknown and "volume" not in named and "volume_id" not in named:
        faults.append("there is no column volume and no column volume_id; the first row must name the columns")
    return columns, faults


def _items(columns: list[str], rows: list[tuple[int, list[str]]]) -> tuple[Items, Faults]:
    items: Items = []
    faults: Faults = []
    first: dict[tuple, int] = {}
    for number, row in rows:
        cells = {name: cell for name, cell in zip(columns, row) if name in COLUMNS and cell}
        item, problems = _item(cells)
        if any(cell for place, cell in enumerate(row) if place >= len(columns) or not columns[place]):
            problems.append("it has a value in a column without a name")
        volume = (item.get("volume"), item.get("volume_id"), item.get("account"))
        if any(volume[:2]) and first.setdefault(volume, number) != number:
            problems.append(f"it names the volume of row {first[volume]} again")
        name = cells.get("volume") or cells.get("volume_id")
        place = f"row {number} ({name})" if name else f"row {number}"
        faults += [f"{place}: {problem}" for problem in problems]
        items.append(item)
    return items, faults


def _item(cells: dict[str, str]) -> tuple[dict[str, Any], list[str]]:
    """Return the item of the cells that are not empty, and what is wrong with it."""
    flat = {name: cell for name, cell in cells.items() if not name.startswith(CREATE)}
    inner = {name.partition(".")[2]: cell for name, cell in cells.items() if name.startswith(f"{CREATE}.")}
    try:
        is_wanted = check_type_bool(cells[CREATE]) if CREATE in cells else None
    except TypeError:
        item, problems = usable_item(flat)
        return item, [*problems, f"{CREATE}: {cells[CREATE]!r} is neither true nor false"]
    item, problems = usable_item({**flat, CREATE: inner} if inner or is_wanted else flat)
    if inner and is_wanted is False:
        problems.append(f"{CREATE} is no, but {CREATE}.{next(iter(inner))} is given; empty one of them")
    return item, problems


def _is_yaml(text: str) -> bool:
    """Whether the first line that counts begins like a list, a document or a dictionary, as no header of a CSV does."""
    lines = (line.strip() for line in text.removeprefix("\ufeff").splitlines())
    first = next((line for line in lines if line and not line.startswith("#")), "")
    return first[:1] in ("-", "[", "{") or first.partition(":")[0] in KEYS


def _from_yaml(text: str) -> tuple[Items, Faults]:
    if foreign := _not_utf_8(text):
        return [], foreign
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError as wrong:
        mark = getattr(wrong, "problem_mark", None)
        return [], [f"the text is no YAML{f', see line {mark.line + 1}' if mark else ''}"]
    if isinstance(value, dict):
        value = next((value[key] for key in KEYS if key in value), value)
    if not isinstance(value, list):
        return [], [f"the text is no list, alone or as {' or '.join(KEYS)}; such as [{{volume: orders-db}}]"]
    return value, []
