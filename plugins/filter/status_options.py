# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a report on the replication is asked for, from variables of inventories, surveys and the command line."""

from __future__ import annotations

DOCUMENTATION = r"""
name: status_options
short_description: Read and check the variables of the playbook status, or of the role report
version_added: 1.0.0
author:
  - elementsw.replication contributors (@elementsw)
description:
  - Makes options of the variables of the playbook C(status) or of the role C(report), as inventories, surveys and the command
    line give them, and reports what is wrong with them.
  - V(null) and empty text mean that a variable is not given. Lists of names may be lists, or text with commas or lines.
positional: links
options:
  _input:
    description:
      - The variables by their names.
    type: dict
    required: true
  links:
    description:
      - The C(links) of P(elementsw.replication.replication_links#filter). Their C(max_lag) takes precedence over
        C(status_max_lag).
    type: list
    elements: dict
    default: []
  of:
    description:
      - What the names of the variables begin with.
    type: str
    choices: [status, report]
    default: status
seealso:
  - plugin: elementsw.replication.replication_links
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show how far behind a target may be
  ansible.builtin.debug:
    msg: "{{ ({'status_max_lag': '900', 'status_warn_lag': ''} | elementsw.replication.status_options).max_lag }}"
  # => 900.0
"""

RETURN = r"""
_value:
  description: The options.
  type: dict
  contains:
    problems:
      description: What is wrong with the variables, without a full stop at the end of each.
      type: list
      elements: str
    links:
      description: The links, each with the C(max_lag) that is allowed on it, in seconds, or V(null).
      type: list
      elements: dict
    max_lag:
      description: C(status_max_lag) in seconds, V(null) where it is not given.
      type: float
    warn_lag:
      description: C(status_warn_lag) in seconds, V(null) where it is not given.
      type: float
    readiness:
      description: Whether the readiness is checked.
      type: bool
    fail_on_problems:
      description: Whether problems of severity V(error) are a failure.
      type: bool
    volumes:
      description: The names of the volumes to report on, empty for all.
      type: list
      elements: str
    accounts:
      description: The names of the accounts to report on, empty for all.
      type: list
      elements: str
    evidence:
      description: C(report_evidence), the paths at which evidence of rehearsals is expected.
      type: list
      elements: str
    rehearsal_days:
      description: C(report_rehearsal_days), after how many days a volume pair is rehearsed again.
      type: int
"""

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ..module_utils._element.arguments import shown
from ..plugin_utils._filter_input import dictionaries, dictionary, sequence
from ..plugin_utils._filter_input import names as names_in
from ..plugin_utils._variables import days, flag, misspelled, seconds

NAME = "status_options"
#: What the playbook and the role use besides is known, too.
OTHERS = {
    "status": ("report",),
    "report": ("peer", "links", "link", "among_all", "html", "json", "csv", "metrics", "history", "history_days"),
}
NAMES = ("max_lag", "warn_lag", "readiness", "fail_on_problems", "volumes", "accounts")
#: Of the role alone, which reads them by this filter, too.
OF_THE_ROLE = ("evidence", "rehearsal_days")
#: A quarter, and some days that it can be late.
REHEARSAL_DAYS = 92
#: Misspelled, they would be ignored, and every pair would be reported.
SINGULAR = ("volume", "account")


def status_options(given: Any, links: Any = (), of: str = "status", *, names: Any = ()) -> dict[str, Any]:
    """Return the options and what is wrong with them. Raise AnsibleFilterError where the input is not as documented."""
    variables = dictionary(NAME, "the input", given, "the variables by name")
    chosen = dictionaries(NAME, "links", links, "each item a link")
    known = (*NAMES, *(OF_THE_ROLE if of == "report" else ()))
    names_of = {name: f"{of}_{name}" for name in (*NAMES, *OF_THE_ROLE, *SINGULAR)}
    problems = [
        f"{names_of[name]} is no variable of {of}: the name is {names_of[name]}s"
        for name in SINGULAR
        if names_of[name] in variables
    ]
    others = set(sequence(NAME, "names", names, "of names")) - {names_of[name] for name in SINGULAR}
    problems += misspelled(others, [f"{of}_{name}" for name in (*known, *OTHERS[of])], f"{of}_")
    values = {name: (full, variables.get(full)) for name, full in names_of.items()}
    max_lag = seconds(*values["max_lag"], problems)
    return {
        "max_lag": max_lag,
        "warn_lag": seconds(*values["warn_lag"], problems),
        "readiness": flag(*values["readiness"], False, problems),
        "fail_on_problems": flag(*values["fail_on_problems"], False, problems),
        "volumes": _names(*values["volumes"], problems),
        "accounts": _names(*values["accounts"], problems),
        "evidence": _names(*values["evidence"], problems, "paths"),
        "rehearsal_days": days(*values["rehearsal_days"], REHEARSAL_DAYS, problems),
        "links": [{**link, "max_lag": _max_lag(place, link, max_lag, problems)} for place, link in enumerate(chosen)],
        "problems": problems,
    }


def _max_lag(place: int, link: dict[str, Any], of_all: float | None, problems: list[str]) -> float | None:
    own = seconds(f"max_lag of replication_links[{place}]", link.get("max_lag"), problems)
    return of_all if own is None else own


def _names(name: str, value: Any, problems: list[str], what: str = "names") -> list[str]:
    try:
        return names_in(NAME, name, value)
    except AnsibleFilterError:
        problems.append(f"{name} is {shown(value)}, expected {what} in a list, or text with commas or lines")
        return []


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {NAME: status_options}
