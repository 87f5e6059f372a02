# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The event source as ansible-rulebook runs it, by its path, with a queue, in a process without Ansible."""

from __future__ import annotations

import ast
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import textwrap
import threading
import time

import pytest
import yaml

from ansible_collections.elementsw.replication.plugins.module_utils._element.arguments import CONNECTION
from ansible_collections.elementsw.replication.plugins.plugin_utils._source_arguments import INTERVAL, NAMES
from ansible_collections.elementsw.replication.tests.unit.plugins.modules.paired_sites import paired, volume

__all__ = ["paired"]

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCE = "extensions/eda/plugins/event_source/element_replication.py"
#: What hides Ansible, calls `main` with a queue, prints each event, and cancels it when a line arrives.
RUNNER = """
import asyncio, json, runpy, sys, threading
sys.modules["ansible"] = None
given = json.loads(sys.stdin.readline())
source = runpy.run_path(given["path"])

class Queue:
    async def put(self, event):
        print(json.dumps(event["element"]), flush=True)

async def run():
    task = asyncio.ensure_future(source["main"](Queue(), given["args"]))
    loop = asyncio.get_running_loop()

    def cancel_on_request():
        sys.stdin.readline()
        loop.call_soon_threadsafe(task.cancel)

    threading.Thread(target=cancel_on_request, daemon=True).start()
    await asyncio.wait([task])
    print("cancelled" if task.cancelled() else f"{type(task.exception()).__name__}: {task.exception()}", flush=True)

asyncio.run(run())
"""
#: Seconds after which a source is stopped that should have sent something.
PATIENCE = 60


class Source:
    """A running event source."""

    def __init__(self, args, path=ROOT / SOURCE):
        env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error::ResourceWarning", "-c", RUNNER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=os.path.dirname(sys.executable),
            env=env,
        )
        self.limit = threading.Timer(PATIENCE, self.process.kill)
        self.limit.start()
        self.process.stdin.write(json.dumps({"args": args, "path": str(path)}) + "\n")
        self.process.stdin.flush()

    def next(self):
        """The next event, as (change, code, name of the volume). Blocks until there is one."""
        event = json.loads(self.process.stdout.readline())
        return event["change"], event["code"], event["volume"]

    def end(self):
        """Cancel it. The seconds that it took, and all that it has printed since."""
        began = time.monotonic()
        out, err = self.process.communicate("\n", timeout=60)
        assert err == ""
        return time.monotonic() - began, out

    def wait(self):
        """What it has printed when it has ended by itself. Its input stays open."""
        out = self.process.stdout.read()
        assert self.process.stderr.read() == ""
        return out


@pytest.fixture
def start():
    started = []

    def run(args, **options):
        started.append(Source(args, **options))
        return started[-1]

    yield run
    for source in started:
        source.limit.cancel()
        source.process.kill()
        source.process.communicate()


def arguments(site, **more):
    return {**site.connection("alpha"), "peer": site.connection("beta"), "interval": 1, **more}


def pause(site, name, paused):
    given = {"volumeID": volume(site, "alpha", name).volume_id, "pausedManual": paused}
    site.world.call("alpha", "ModifyVolumePair", given)


def test_problems_appear_and_clear(paired, start):
    site = paired()
    pause(site, "ledger", True)
    source = start(arguments(site))
    assert source.next() == ("appeared", "paused", "ledger")
    pause(site, "stock", True)
    assert source.next() == ("appeared", "paused", "stock")
    pause(site, "ledger", False)
    assert source.next() == ("cleared", "paused", "ledger")
    assert source.end()[1] == "cancelled\n"
    assert site.world.writes() == []


def test_a_peer_fails_and_comes_back(paired, start):
    """What only the peer could show stays a problem until that answers."""
    site = paired()
    pause(site, "ledger", True)
    source = start(arguments(site))
    assert source.next() == ("appeared", "paused", "ledger")
    site.world.site_down("beta")
    assert source.next() == ("appeared", "peer_unreachable", None)
    site.world.site_up("beta")
    assert source.next() == ("cleared", "peer_unreachable", None)
    assert source.end()[1] == "cancelled\n"


def test_cancelling_waits_for_no_cluster(paired, start):
    site = paired()
    site.world.faults.add("alpha", "ListClusterPairs", fault="slow", seconds=20, times=None)
    source = start(arguments(site))
    while not any(call.method == "ListClusterPairs" for call in site.world.calls):
        time.sleep(0.05)
    seconds, out = source.end()
    assert out == "cancelled\n"
    assert seconds < 5


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"intervall": 5}, "SourceProblem: intervall: there are no such arguments; known are hostname, username, "),
        ({"password": None}, "SourceProblem: password: missing; give a value\n"),
        ({"ca_path": "/nowhere/ca.pem"}, "SourceProblem: ca_path (host variable element_ca_path): '/nowhere/ca.pem' "),
    ],
    ids=str,
)
def test_arguments_that_cannot_be_used_end_it_at_the_start(paired, start, wrong, message):
    site = paired()
    out = start(arguments(site, **wrong)).wait()
    assert out.startswith(message)
    assert out.count("\n") == 1
    assert site.world.calls == []


def test_it_finds_the_code_beside_it_wherever_that_is(paired, start, tmp_path):
    site = paired()
    pause(site, "ledger", True)
    for part in ("extensions", "plugins"):
        shutil.copytree(ROOT / part, tmp_path / "some where" / part)
    source = start(arguments(site), path=tmp_path / "some where" / SOURCE)
    assert source.next() == ("appeared", "paused", "ledger")
    source.end()


def test_it_says_so_where_its_code_is_missing(start, tmp_path):
    copy = tmp_path / "event_source" / "element_replication.py"
    copy.parent.mkdir()
    shutil.copy(ROOT / SOURCE, copy)
    out = start({}, path=copy).wait()
    assert out.startswith("SourceProblem: ")
    assert "is not the collection elementsw.replication, whose code this event source uses" in out


def documentation():
    tree = ast.parse((ROOT / SOURCE).read_text(encoding="utf-8"))
    texts = {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and node.targets[0].id in ("DOCUMENTATION", "EXAMPLES")
    }
    return {name: yaml.safe_load(text) for name, text in texts.items()}


def test_the_documentation_has_every_argument_with_its_default():
    options = documentation()["DOCUMENTATION"]["options"]
    assert list(options) == list(NAMES)
    defaults = {name: spec["default"] for name, spec in CONNECTION.items() if "default" in spec}
    documented = {name: option["default"] for name, option in options.items() if "default" in option}
    assert documented == {**defaults, "interval": INTERVAL}
    types = {name: spec["type"] for name, spec in CONNECTION.items()}
    assert {name: options[name]["type"] for name in CONNECTION} == types


def rulebooks():
    """Each rulebook that is shipped or shown, by where it is."""
    yield "EXAMPLES", documentation()["EXAMPLES"]
    for path in sorted((ROOT / "extensions" / "eda" / "rulebooks").glob("*.yml")):
        yield path.name, yaml.safe_load(path.read_text(encoding="utf-8"))
    guide = (ROOT / "docs" / "docsite" / "rst" / "guide_events.rst").read_text(encoding="utf-8")
    for block in re.findall(r"^\.\. code-block:: yaml\n\n((?: +.*\n|\n)+)", guide, re.MULTILINE):
        content = yaml.safe_load(re.sub("!vault", "", textwrap.dedent(block)))
        if isinstance(content, list) and "sources" in content[0]:
            yield "guide", content


RULESETS = [
    pytest.param(ruleset, id=f"{place}: {ruleset['name']}") for place, content in rulebooks() for ruleset in content
]


@pytest.mark.parametrize("ruleset", RULESETS)
def test_rulebooks_give_only_known_arguments(ruleset):
    (source,) = ruleset["sources"]
    args = source["elementsw.replication.element_replication"]
    assert {"hostname", "username", "password", "peer"} <= set(args) <= set(NAMES)
    assert ruleset["hosts"] == "all"  # which every playbook accepts as its limit


@pytest.mark.parametrize("ruleset", RULESETS)
def test_rulebooks_run_playbooks_that_are_there_and_none_that_fails_over(ruleset):
    actions = [action for rule in ruleset["rules"] for action in rule.get("actions", [rule.get("action")])]
    names = [action["run_playbook"]["name"] for action in actions if "run_playbook" in action]
    ours = {name.removeprefix("elementsw.replication.") for name in names} - {"{{ tell_playbook }}"}
    assert all((ROOT / "playbooks" / f"{name}.yml").is_file() for name in ours)
    assert ours <= {"report", "protect"}


@pytest.mark.parametrize("ruleset", RULESETS)
def test_a_playbook_runs_after_the_last_event_of_several(ruleset):
    """With `once_within` the end of a second problem within that time would be lost: the run for the first can be too early."""
    for rule in ruleset["rules"]:
        if "run_playbook" in rule.get("action", {}):
            assert set(rule["throttle"]) == {"once_after", "group_by_attributes"}


def test_every_rulebook_is_checked():
    assert len(RULESETS) == 1 + 3 + 2
