# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether the files of a report can be written."""

from __future__ import annotations

DOCUMENTATION = r"""
name: report_files
short_description: Check that the files of a report can be written
version_added: 1.0.0
author:
  - elementsw.replication contributors (@elementsw)
description:
  - Checks the files that the role P(elementsw.replication.report#role) is to write before it reads anything, so that it writes
    all of them or none.
options:
  _input:
    description:
      - The path of each file by what it is, such as C(html), empty text for one that is not written.
    type: dict
    required: true
  found:
    description:
      - What the module C(ansible.builtin.stat) has found, in a loop over these paths and their folders.
    type: list
    elements: dict
    required: true
seealso:
  - plugin: elementsw.replication.report
    plugin_type: role
"""

EXAMPLES = r"""
- name: Check that the page can be written
  ansible.builtin.assert:
    that: "{'html': '/srv/www/replication.html'} | elementsw.replication.report_files(looked_up.results) == []"
"""

RETURN = r"""
_value:
  description: A sentence for each file that cannot be written.
  type: list
  elements: str
"""

from collections.abc import Callable
from typing import Any

from ..plugin_utils._filter_input import dictionaries, dictionary, shaped

NAME = "report_files"
STAT = "the result of ansible.builtin.stat"


def report_files(paths: Any, found: Any) -> list[str]:
    """Return what is wrong with the files. Raise AnsibleFilterError where the input is not as documented."""
    given = dictionary(NAME, "the input", paths, "the paths by what they are")
    results = dictionaries(NAME, "found", found, f"each item {STAT}")
    with shaped(NAME, f"paths, and {STAT}"):
        known = {result[result["ansible_loop_var"]]: result["stat"] for result in results}
        files = {f"report_{kind}": path for kind, path in given.items() if path}
        return [problem for name, path in files.items() for problem in _problems(name, path, files, known)]


def _problems(name: str, path: str, files: dict[str, str], known: dict[str, dict[str, Any]]) -> list[str]:
    folder = path.rpartition("/")[0] or "/"
    others = [other for other, its_path in files.items() if other < name and its_path == path]
    if others:
        return [f"{name} and {others[0]} are the same file {path}; give each a file of its own"]
    if known[path].get("isdir"):
        return [f"{name} is the folder {path}; give the name of a file in it"]
    if not known[folder].get("isdir"):
        return [f"the folder {folder} of {name} does not exist; create it, or give another one"]
    if not known[folder].get("writeable"):
        return [f"the folder {folder} of {name} cannot be written to; permit it, or give another one"]
    return []


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {NAME: report_files}
