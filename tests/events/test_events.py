# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ansible-rulebook runs the event source and the rulebooks of the collection on simulated clusters."""

from __future__ import annotations

import http.server
import json
import pathlib
import re
import textwrap
import threading

import pytest
import yaml

SOURCE = "elementsw.replication.element_replication"
#: As the rulebooks of the collection have it, with an action that prints the event.
PRINT = [
    {
        "name": "Print",
        "hosts": "all",
        "sources": [
            {
                SOURCE: {
                    "hostname": "{{ element_hostname }}",
                    "username": "{{ element_username }}",
                    "password": "{{ element_password }}",
                    "port": "{{ element_port }}",
                    "ca_path": "{{ element_ca_path }}",
                    "peer": "{{ element_peer }}",
                    "interval": "{{ element_interval }}",
                    "max_lag": "{{ element_max_lag | default('') }}",
                }
            }
        ],
        "rules": [
            {
                "name": "Any",
                "condition": "event.element.change is defined",
                "action": {"debug": {"msg": "EVENT {{ event.element | tojson }}"}},
            }
        ],
    }
]
GUIDE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "docsite" / "rst" / "guide_events.rst"


def block(name):
    """The piece of YAML in the guide that is called by this name of a file."""
    text = GUIDE.read_text(encoding="utf-8")
    found = re.search(rf"^( *)# {re.escape(name)}\n((?:\1.*\n|\n)+)", text, re.MULTILINE)
    return textwrap.dedent(found[2])


@pytest.fixture
def chat():
    """A chat's address, and the messages that it receives."""
    messages = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            messages.append(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["text"])
            self.send_response(204)
            self.end_headers()

        def log_message(self, *args):
            """Print nothing."""

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", messages
        server.shutdown()


@pytest.fixture
def printing(tmp_path, start):
    def run(**variables):
        rulebook = tmp_path / "print.yml"
        rulebook.write_text(yaml.safe_dump(PRINT, sort_keys=False), encoding="utf-8")
        return start(str(rulebook), **variables)

    return run


def test_a_pair_breaks_changes_and_heals(sites, printing):
    rulebook = printing()
    sites.world.hinder("beta", sites.volume_id("ledger", "beta"), "qos")
    assert rulebook.next_event() == ("appeared", "recovering", "ledger")
    sites.world.hinder("beta", sites.volume_id("ledger", "beta"), None)
    sites.world.hinder("alpha", sites.volume_id("ledger"), "xcopy")
    assert rulebook.next_event() == ("changed", "recovering", "ledger")
    sites.world.hinder("alpha", sites.volume_id("ledger"), None)
    assert rulebook.next_event() == ("cleared", "recovering", "ledger")
    assert rulebook.stop() < 10
    assert sites.world.writes() == []


def test_clusters_fail_and_come_back(sites, printing):
    """The pause of a volume is no event again: it is known while a cluster does not answer, and after that."""
    sites.pause("ledger")
    rulebook = printing()
    assert rulebook.next_event() == ("appeared", "paused", "ledger")
    sites.world.site_down("beta")
    assert rulebook.next_event() == ("appeared", "peer_unreachable", None)
    sites.world.site_up("beta")
    assert rulebook.next_event() == ("cleared", "peer_unreachable", None)
    sites.world.site_down("alpha")
    assert rulebook.next_event() == ("appeared", "unreachable", None)
    sites.world.site_up("alpha")
    assert rulebook.next_event() == ("cleared", "unreachable", None)
    sites.pause("ledger", False)
    assert rulebook.next_event() == ("cleared", "paused", "ledger")


def test_arguments_that_cannot_be_used_end_it_with_one_message(printing):
    rulebook = printing(element_interval="often")
    assert rulebook.wait() == 1
    message = "interval: 'often' cannot be used; give a number of seconds from 1 to 86400"
    (line,) = [line for line in rulebook.lines if "Source plugin failed with error message" in line]
    assert line.rstrip().endswith(f"SourceProblem: Source plugin failed with error message: '{message}'")


def test_tell(sites, start, tmp_path, chat):
    address, messages = chat
    playbook = tmp_path / "plays" / "chat.yml"
    playbook.parent.mkdir()
    playbook.write_text(block("chat.yml").replace("{{ chat_webhook }}", address), encoding="utf-8")
    sites.pause("ledger")
    rulebook = start("elementsw.replication.tell", vaulted=True, tell_playbook=str(playbook))
    rulebook.wait_for(lambda line: line.startswith("appeared: volume ledger "))
    rulebook.wait_for(lambda line: "Ansible runner rc: " in line)
    (message,) = messages
    assert message.startswith("alpha - beta, appeared: volume ledger "), rulebook.text


def test_report(sites, start, tmp_path):
    sites.pause("ledger")
    page = tmp_path / "replication.html"
    rulebook = start("elementsw.replication.report", report_html=str(page))
    rulebook.wait_for(lambda line: "Ansible runner rc: " in line)
    assert "an administrator has paused it" in page.read_text(encoding="utf-8"), rulebook.text


def test_resume(sites, start, tmp_path):
    """What the list has with `paused: false` is resumed, and nothing else."""
    pairs = tmp_path / "pairs.yml"
    pairs.write_text(
        json.dumps({"protect_pairs": [{"volume": "ledger", "paused": False}, {"volume": "orders"}]}), encoding="utf-8"
    )
    rulebook = start("elementsw.replication.resume", protect_pairs_file=str(pairs))
    rulebook.wait_for(lambda line: "0 problems, 0 events" in line)
    sites.world.storage_link("alpha", "beta", up=False)
    rulebook.wait_for(lambda line: "1 problems, 1 events" in line)
    for name in ("ledger", "orders"):
        sites.pause(name)
    sites.world.clear_calls()
    sites.world.storage_link("alpha", "beta", up=True)
    rulebook.wait_for(lambda line: "Ansible runner rc: " in line)
    assert (sites.is_paused("ledger"), sites.is_paused("orders")) == (False, True), rulebook.text
    assert [call.method for call in sites.world.writes()] == ["ModifyVolumePair"]
