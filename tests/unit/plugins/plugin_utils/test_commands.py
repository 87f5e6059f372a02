# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The commands of a report: what a shell and Ansible make of them is exactly what is meant."""

from __future__ import annotations

import json
import shlex

import pytest
from ansible.parsing.splitter import parse_kv

from ansible_collections.elementsw.replication.plugins.plugin_utils._commands import Hosts, command, with_commands

HOSTS = Hosts("alpha", "beta")


def task(side="local", module="element_volume_pair", comment="", **options):
    return {"module": module, "options": options, "side": side, "comment": comment}


def test_the_form_that_the_documents_show():
    tasks = [task(volume_id=41, peer_volume_id=77, mode="sync", repair=True)]
    assert command(tasks, HOSTS, []) == (
        "ansible alpha -i INVENTORY -m elementsw.replication.element_volume_pair "
        '-a "peer_host=beta volume_id=41 peer_volume_id=77 mode=sync repair=true"'
    )


def test_a_choice_has_a_comment_and_a_line_for_each():
    tasks = [task(comment="keeps what alpha has", direction="to_peer"), task("peer", comment="other")]
    first, second, third, fourth = command(tasks, HOSTS, ["sites.yml"]).splitlines()
    assert (first, third) == ("# keeps what alpha has", "# other")
    assert second.startswith("ansible alpha -i sites.yml ")
    assert shlex.split(fourth)[1] == "beta"
    assert parse_kv(shlex.split(fourth)[-1]) == {"peer_host": "alpha"}


@pytest.mark.parametrize("options", [{"pairs": [{"volume_id": 1}]}, {"create_peer_volume": {"create_account": True}}])
def test_what_is_no_text_is_json(options):
    *_begin, text = shlex.split(command([task(**options)], HOSTS, []))
    assert json.loads(text) == {"peer_host": "beta", **options}


def test_names_cannot_break_out():
    hosts, sources = Hosts("a b", "x $(touch pwned) 'y\""), ["/tmp/my sites", "a,b;c"]
    line = command([task(comment="the cluster al\npha", volume_id=1)], hosts, sources)
    comment, line = line.splitlines()
    assert comment == "# the cluster al?pha"
    words = shlex.split(line)
    assert words[:6] == ["ansible", "a b", "-i", "/tmp/my sites", "-i", "a,b;c"]
    assert json.loads(words[-1]) == {"peer_host": hosts.peer, "volume_id": 1}


def test_without_two_hosts_no_command_is_printed():
    result = {"problems": [{"code": "paused", "command": None}], "_commands": [[task(volume_id=1)]]}
    assert with_commands(result, None, []) == {"problems": [{"code": "paused", "command": None}]}


def test_a_problem_that_no_task_mends_has_none():
    result = {"problems": [{"code": "fault", "command": None}], "_commands": [[]]}
    assert with_commands(result, HOSTS, []) == {"problems": [{"code": "fault", "command": None}]}


def test_a_failed_module_returns_what_it_returns():
    assert with_commands({"failed": True, "msg": "no"}, HOSTS, []) == {"failed": True, "msg": "no"}
