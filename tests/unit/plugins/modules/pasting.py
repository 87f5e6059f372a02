# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The commands of a report, read as a shell and Ansible read them and run exactly, for tests in one process."""

from __future__ import annotations

import json
import shlex

from ansible_collections.elementsw.replication.plugins.plugin_utils._commands import Hosts, with_commands


def report_of(site, here="alpha", there="beta", **options):
    """The report as the action plugin returns it, for hosts that are called as their clusters."""
    found = site.run("pair_info", here=here, there=there, x_commands=True, **options)
    return with_commands(found, Hosts(here, there), ["sites.yml"])


def lines_of(command, choose="keeps what alpha"):
    """The lines to run: of those under comments that only differ in the side that wins, the one with these words."""
    chosen, wanted = [], True
    for line in command.splitlines():
        if line.startswith("# "):
            decides = "keeps what" in line or "makes the volume on" in line
            wanted = not decides or choose.replace("keeps what", "makes the volume on") in line or choose in line
        elif wanted:
            chosen.append(line)
    return chosen


def run_line(site, line):
    """Run one line; its result."""
    program, host, inventory, source, flag, module, arguments, text = shlex.split(line)
    assert (program, inventory, source, flag, arguments) == ("ansible", "-i", "sites.yml", "-m", "-a")
    options = json.loads(text) if text.startswith("{") else dict(part.split("=", 1) for part in shlex.split(text))
    peer = options.pop("peer_host")
    result = site.run(module.rpartition("element_")[2], here=host, there=peer, **options)
    assert not result.get("failed"), f"{result['msg']}\ncommand: {line}"
    return result


def paste(site, command, choose="keeps what alpha"):
    """Run the command of a problem."""
    lines = lines_of(command, choose)
    assert lines, command
    for line in lines:
        run_line(site, line)
