# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which links between clusters a playbook is about."""

from __future__ import annotations

DOCUMENTATION = r"""
name: replication_links
short_description: Choose the links between clusters that a playbook is about
version_added: 1.0.0
author:
  - elementsw.replication contributors (@elementsw)
description:
  - Makes one list of links of the variables C(replication_links), C(replication_clusters), C(replication_cluster) and
    C(replication_peer), of which V(null) and empty text count as not given.
  - It never fails for what a user gives. The first fault is returned as a sentence, for a task that refuses to go on.
positional: hosts
options:
  _input:
    description:
      - The variables, C(links), C(clusters), C(cluster) and C(peer).
    type: dict
    required: true
  hosts:
    description:
      - The names of the hosts of the inventory. Without it the names are not compared with the inventory.
    type: list
    elements: str
  most:
    description:
      - How many clusters there may be at most. With two, C(replication_clusters) is not mentioned.
    type: int
    default: 5
seealso:
  - plugin: elementsw.replication.join_reports
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show the links among three clusters
  ansible.builtin.debug:
    msg: "{{ ({'clusters': 'alpha, beta, gamma'} | elementsw.replication.replication_links).links }}"
  # => [{"cluster": "alpha", "peer": "beta"}, {"cluster": "alpha", "peer": "gamma"}, {"cluster": "beta", "peer": "gamma"}]
"""

RETURN = r"""
_value:
  description: What was chosen.
  type: dict
  contains:
    problem:
      description: What is wrong with the variables, as one sentence. V(null) when nothing is.
      type: str
    links:
      description: The links, each with C(cluster), C(peer) and what else its item has. Empty where there is a problem.
      type: list
      elements: dict
    clusters:
      description: The names of all clusters, each once.
      type: list
      elements: str
    first:
      description: The names of the clusters that the links are read or changed from.
      type: list
      elements: str
    among_all:
      description: Whether the links are all those among C(replication_clusters), of which some may not exist.
      type: bool
    several:
      description: Whether C(replication_links) was given.
      type: bool
"""

from collections.abc import Callable, Iterable
from typing import Any

from ..plugin_utils._filter_input import dictionary, plain, sequence

NAME = "replication_links"
#: What an item of replication_links may have besides the two names.
OPTIONS = ("pairs", "pairs_file", "max_lag")
MOST_CLUSTERS = 5
#: With one of these in a name, or first in it, `hosts` of a play is a pattern of other hosts.
IN_PATTERNS = frozenset(",*?[]")
BEGINS_PATTERN = ("!", "&", "~")
IN_ADDRESSES = frozenset("0123456789abcdefABCDEF:.")
HOW = "-e replication_cluster=NAME -e replication_peer=NAME"
HOW_MANY = f"Give two to five clusters as different hosts of the inventory, {HOW} or -e replication_clusters=NAME,NAME"
HOW_TWO = f"Give two clusters as different hosts of the inventory, {HOW}"


class _Refused(Exception):
    """What is wrong with what a user gave, as one sentence."""


def replication_links(given: Any, hosts: Any = None, *, most: Any = MOST_CLUSTERS) -> dict[str, Any]:
    """Return the links. Raise AnsibleFilterError where the input is not a dictionary of variables."""
    variables = dictionary(NAME, "the input", given, "of variables")
    known = None if hosts is None else sequence(NAME, "hosts", hosts, "of names of hosts")
    links: list[dict[str, Any]] = []
    problem = None
    try:
        links = _links(variables, known, plain(most))
    except _Refused as refused:
        problem = str(refused)
    return {
        "problem": problem,
        "links": links,
        "clusters": _names(links),
        "first": list(dict.fromkeys(link["cluster"] for link in links)),
        "among_all": _is_given(variables.get("clusters")),
        "several": _is_given(variables.get("links")),
    }


def _links(variables: dict[str, Any], hosts: list[str] | None, most: int) -> list[dict[str, Any]]:
    links, clusters = variables.get("links"), variables.get("clusters")
    two = [variables.get("cluster"), variables.get("peer")]
    if [_is_given(links), _is_given(clusters), any(map(_is_given, two))].count(True) > 1:
        raise _Refused(
            f"Give two clusters, {HOW}, or a list, -e replication_clusters=NAME,NAME, or replication_links, "
            "and only one of the three."
        )
    if _is_given(links):
        return _given_links(links, hosts)
    names = _text_or_list(clusters) if _is_given(clusters) else two
    if (
        not all(isinstance(name, str) and name for name in names)
        or (hosts is not None and not set(names) <= set(hosts))
        or len(set(names)) != len(names)
        or not 2 <= len(names) <= most
    ):
        shown = ", ".join(_shown(name) if _is_given(name) else "nothing" for name in names)
        raise _Refused(f"{HOW_TWO if most == 2 else HOW_MANY}. Given: {shown}{_unknown(names, hosts)}.")
    _refuse_patterns(names)
    return [{"cluster": name, "peer": peer} for place, name in enumerate(names, 1) for peer in names[place:]]


def _is_given(value: Any) -> bool:
    return value is not None and value != ""


def _text_or_list(value: Any) -> list[Any]:
    if isinstance(value, str):
        return [name.strip() for line in value.splitlines() for name in line.split(",") if name.strip()]
    return value if isinstance(value, list) else [value]


def _shown(name: Any) -> str:
    """The name, in quotes where its end would not be seen."""
    text = str(name)
    return text if text == text.strip() else repr(text)


def _refuse_patterns(names: Iterable[Any]) -> None:
    """Raise _Refused for a name that a play would take for a pattern: it would match other hosts, or none and do nothing."""
    for name in names:
        is_address = set(name) <= IN_ADDRESSES and name.count(":") > 1
        if (
            any(character.isspace() for character in name)
            or set(name) & IN_PATTERNS
            or name.startswith(BEGINS_PATTERN)
            or (":" in name and not is_address)
        ):
            raise _Refused(
                f"{name!r} cannot be the host of a cluster: a play takes it for a pattern of several hosts; rename the host in "
                "the inventory, without blanks and any of , : * ? [ ] ! & ~."
            )


def _unknown(names: Iterable[Any], hosts: list[str] | None) -> str:
    """Which of the names given is no host, where some are."""
    unknown = [_shown(name) for name in names if _is_given(name) and hosts is not None and name not in hosts]
    if not unknown:
        return ""
    return f"; {', '.join(dict.fromkeys(unknown))} {'is no host' if len(unknown) == 1 else 'are no hosts'} of the inventory"


def _given_links(value: Any, hosts: list[str] | None) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not value or not all(isinstance(item, dict) for item in value):
        raise _Refused("replication_links must be a list of links, such as [{cluster: alpha, peer: beta}].")
    links = [_link(f"replication_links[{place}]", item, hosts) for place, item in enumerate(value)]
    seen: set[frozenset[str]] = set()
    for place, link in enumerate(links):
        both = frozenset((link["cluster"], link["peer"]))
        if both in seen:
            raise _Refused(
                f"replication_links[{place}]: {link['cluster']} and {link['peer']} are listed twice; join the items."
            )
        seen.add(both)
    return links


def _link(place: str, item: dict[str, Any], hosts: list[str] | None) -> dict[str, Any]:
    unknown = [str(key) for key in item if key not in ("cluster", "peer", *OPTIONS)]
    if unknown:
        raise _Refused(
            f"{place}: {', '.join(unknown)} is no key of a link; the keys are cluster, peer, {', '.join(OPTIONS)}."
        )
    names = [item.get("cluster"), item.get("peer")]
    if not all(isinstance(name, str) and name for name in names) or names[0] == names[1]:
        raise _Refused(f"{place}: name two different clusters, as cluster and peer.")
    if missing := _unknown(names, hosts):
        raise _Refused(f"{place}{missing.replace(';', ':', 1)}.")
    _refuse_patterns(name for name in names if name)
    return {key: value for key, value in item.items() if _is_given(value)}


def _names(links: Iterable[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(name for link in links for name in (link["cluster"], link["peer"])))


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {NAME: replication_links}
