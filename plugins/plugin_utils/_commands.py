# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The commands that mend the problems of a report, with the names that only the controller knows: hosts and inventory."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

COLLECTION = "elementsw.replication"
#: The return value of the module with the tasks of each problem. It is not handed on.
TASKS = "_commands"
#: In the place of sources that are not known.
UNKNOWN_INVENTORY = "INVENTORY"

# Text that means itself in a shell, and to Ansible in the form `option=value`.
_PLAIN = re.compile(r"[A-Za-z0-9_.:+-]+")


class Hosts(NamedTuple):
    """The inventory hosts of both clusters, by the side that a task is for."""

    local: str
    peer: str


def with_commands(result: Mapping[str, Any], hosts: Hosts | None, sources: Iterable[str]) -> dict[str, Any]:
    """Return the result of the module with the command of each problem.

    hosts: None if the peer is no inventory host; the commands stay null then, since none would work.
    sources: those of the inventory.
    """
    filled = {name: value for name, value in result.items() if name != TASKS}
    if TASKS in result and hosts is not None:
        commands = [command(tasks, hosts, sources) for tasks in result[TASKS]]
        filled["problems"] = [{**each, "command": text} for each, text in zip(result["problems"], commands)]
    return filled


def command(tasks: Iterable[Mapping[str, Any]], hosts: Hosts, sources: Iterable[str]) -> str | None:
    """Return one line of a shell for each task, below its comment if it has one; None without a task."""
    inventory = [shlex.quote(str(source)) for source in sources] or [UNKNOWN_INVENTORY]
    lines = [line for task in tasks for line in _lines(task, hosts, inventory)]
    return "\n".join(lines) or None


def _lines(task: Mapping[str, Any], hosts: Hosts, inventory: Iterable[str]) -> list[str]:
    host, peer = hosts if task["side"] == "local" else reversed(hosts)
    options = {"peer_host": peer, **task["options"]}
    from_inventory = " ".join(f"-i {source}" for source in inventory)
    line = f"ansible {shlex.quote(host)} {from_inventory} -m {COLLECTION}.{task['module']} -a {_arguments(options)}"
    # A line break in the name of a cluster must not end the comment.
    comment = "".join(character if character.isprintable() else "?" for character in task["comment"])
    return [f"# {comment}", line] if comment else [line]


def _arguments(options: Mapping[str, Any]) -> str:
    """Return the options in the form `option=value` where that has only one meaning, else as JSON."""
    texts = {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in options.items()}
    if all(value == {} or _PLAIN.fullmatch(texts[name]) for name, value in options.items()):
        return '"' + " ".join(f"{name}={text}" for name, text in texts.items()) + '"'
    return shlex.quote(json.dumps(options))
