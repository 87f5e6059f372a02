# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The evidence of rehearsals, as a report shows it."""

from __future__ import annotations

DOCUMENTATION = r"""
name: report_evidence
short_description: Read the evidence of rehearsals
version_added: 1.0.0
author:
  - elementsw.replication contributors (@elementsw)
description:
  - Reads what the role P(elementsw.replication.rehearse#role) has written as evidence in JSON. A file that is not such evidence
    is named and left out.
options:
  _input:
    description:
      - The contents of the files by their paths, in Base64 so that a file of any kind can be given.
    type: dict
    required: true
  paths:
    description:
      - Where evidence is expected. Each is a file, the same without its ending C(.json), a folder, or a pattern with V(*).
        One to which no file belongs is named.
    type: list
    elements: str
    default: []
seealso:
  - plugin: elementsw.replication.rehearse_evidence
    plugin_type: filter
  - plugin: elementsw.replication.report_data
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show which rehearsals have passed
  ansible.builtin.debug:
    msg: "{{ (contents | elementsw.replication.report_evidence).rehearsals | selectattr('passed') | map(attribute='name') }}"
  vars:
    contents:
      drill.json: "{{ lookup('ansible.builtin.file', 'drill.json') | b64encode }}"
"""

RETURN = r"""
_value:
  description: The evidence.
  type: dict
  contains:
    rehearsals:
      description:
        - Every rehearsal, the newest first, with its C(name), the C(cluster) that was rehearsed and its C(peer) as the evidence
          names them, the C(file), when it was as C(at) in ISO 8601 and UTC, its C(point), whether it has C(passed), the
          C(problem) because of which it has not, the name and ID of each of the C(volumes), the age of the oldest data as
          C(data_age_seconds), C(seconds_until_writable) and C(seconds_until_checked). Numbers that are not known are V(null).
      type: list
      elements: dict
    problems:
      description: What could not be read, a sentence for each, without a full stop at its end.
      type: list
      elements: str
"""

import base64
import fnmatch
import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from ..plugin_utils._filter_input import dictionary, plain, sequence

NAME = "report_evidence"
#: As rehearse_evidence is given it by the role.
DATE = "%Y-%m-%d %H:%M:%S UTC"
NOT_OURS = (
    "is not the evidence of a rehearsal, or cannot be read; give the .json file that the role rehearse has written"
)
#: No rehearsal takes as many seconds, and no data is as old: more than 300 years.
TOO_MANY_SECONDS = 10**10


def report_evidence(contents: Any, paths: Any = ()) -> dict[str, Any]:
    """Return the evidence and what could not be read. Raise AnsibleFilterError where the input is not as documented."""
    files = dictionary(NAME, "the input", contents, "the contents by path")
    expected = sequence(NAME, "paths", paths, "of paths")
    problems = [_missing(path) for path in expected if not any(_belongs(file, path) for file in files)]
    rehearsals = []
    for file, content in files.items():
        try:
            rehearsals.append({"file": file, **_rehearsal(_data(content))})
        except (ValueError, KeyError, TypeError, RecursionError):
            problems.append(f"{file} {NOT_OURS}")
    return {"rehearsals": sorted(rehearsals, key=lambda each: each["at"], reverse=True), "problems": problems}


def _missing(path: str) -> str:
    return f"there is no evidence of a rehearsal at {path}; give a .json file of the role rehearse, or a folder of them"


def _belongs(file: str, path: str) -> bool:
    inside = path.rstrip("/") + "/"
    return file in (path, f"{path}.json") or file.startswith(inside) or fnmatch.fnmatch(file, path)


def _data(content: Any) -> dict[str, Any]:
    """Raise ValueError for what is no JSON in UTF-8."""
    return json.loads(base64.b64decode(str(plain(content)), validate=True).decode("utf-8"))


def _rehearsal(data: dict[str, Any]) -> dict[str, Any]:
    """Raise ValueError, KeyError or TypeError for what the role has not written, such as the data of a run in check mode."""
    if data["tried_only"] is not False:
        raise ValueError
    at, passed = datetime.strptime(data["date"], DATE), _flag(data["passed"])
    problem = None if data["problem"] is None else _text(data["problem"])
    if passed != (problem is None):
        raise ValueError
    volumes = [dict(volume) for volume in data["volumes"]]
    return {
        **{name: _text(data[key]) for name, key in (("name", "rehearsal"), ("cluster", "cluster"), ("peer", "peer"))},
        "point": _text(data["point"]),
        "at": f"{at.isoformat()}Z",
        "passed": passed,
        "problem": problem,
        "volumes": [
            {"volume": _text(volume["volume"]), "volume_id": _number(volume["volume_id"])} for volume in volumes
        ],
        "data_age_seconds": _largest(_seconds(volume["data_age_seconds"]) for volume in volumes),
        "seconds_until_writable": _seconds(data["seconds_until_writable"]),
        "seconds_until_checked": _seconds(data["seconds_until_checked"]),
    }


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    value.encode()  # JSON can have half a character, which no file of the report can
    return value


def _number(value: Any) -> int | None:
    """The ID of a volume; None where it was not known."""
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        raise TypeError
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _seconds(value: Any) -> float | None:
    if value is None:
        return None
    # No comparison holds for a number that is none, which JSON of Python can have.
    if isinstance(value, bool) or not 0 <= value < TOO_MANY_SECONDS:
        raise ValueError
    return value


def _largest(ages: Iterable[float | None]) -> float | None:
    return max((age for age in ages if age is not None), default=None)


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {NAME: report_evidence}
