# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulator and its rehearsals from the command line."""

from __future__ import annotations

import contextlib
import json
import pathlib
import signal
import socket
import subprocess
import sys

import pytest
import requests
import yaml

SIMULATOR = "ansible_collections.elementsw.replication.tests.simulator"
WORLDS = pathlib.Path(__file__).resolve().parents[2] / "simulator" / "worlds"
WORLD, LOOPBACK = WORLDS / "two_sites.yml", WORLDS / "loopback.yml"


@pytest.fixture
def command(collections_path):
    """Start one of the simulator's programs; what a test leaves running is ended after it."""
    with contextlib.ExitStack() as stack:

        def start(program, *arguments):
            process = subprocess.Popen(
                [sys.executable, "-m", f"{SIMULATOR}.{program}", *map(str, arguments)],
                env={"PYTHONPATH": str(collections_path), "PATH": "/usr/bin:/bin"},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            stack.enter_context(process)
            stack.callback(process.kill)
            return process

        yield start


def until_ready(process):
    """All that it prints before it serves."""
    lines = []
    for line in process.stdout:
        if line == "ready\n":
            return "".join(lines)
        lines.append(line)
    raise AssertionError("".join(lines))


def post(url, **more):
    """A request that no proxy and no variable of the environment can lead astray."""
    with requests.Session() as session:
        session.trust_env = False
        return session.post(url, timeout=10, **more)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_it_is_asked_to_end(command, tmp_path, number):
    process = command("server", "--world", WORLD, "--directory", tmp_path / "new")
    printed = until_ready(process)
    facts = json.loads((tmp_path / "new" / "control.json").read_text(encoding="utf-8"))
    inventory = yaml.safe_load((tmp_path / "new" / "inventory.yml").read_text(encoding="utf-8"))
    assert set(facts["clusters"]) == set(inventory["element_clusters"]["hosts"]) == {"alpha", "beta"}
    assert facts["control_url"] in printed
    alpha = inventory["element_clusters"]["hosts"]["alpha"]
    reply = post(
        f"https://{alpha['element_hostname']}:{alpha['element_port']}/json-rpc/10.0",
        json={"method": "GetClusterInfo"},
        auth=(alpha["element_username"], alpha["element_password"]),
        verify=alpha["element_ca_path"],
    )
    assert reply.json()["result"]["clusterInfo"]["name"] == "alpha"
    process.send_signal(number)
    assert (process.wait(timeout=20), process.stdout.read()) == (0, "")


def test_it_serves_on_the_ports_it_is_given_and_ends_when_asked(command, tmp_path):
    control, alpha = free_port(), free_port()
    process = command("server", "--world", WORLD, "--control-port", control, "--port", f"alpha={alpha}")
    printed = until_ready(process)
    assert f"https://127.0.0.1:{alpha}/json-rpc/" in printed
    post(f"http://127.0.0.1:{control}/shutdown")
    assert process.wait(timeout=20) == 0


def test_it_ends_by_itself_when_no_one_asks_for_anything(command):
    process = command("server", "--world", WORLD, "--idle-timeout", "0.1")
    until_ready(process)
    assert process.wait(timeout=20) == 0


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("clusters: [{name: alpha, colour: red}]", "colour"),
        ("clusters: [{name: alpha", "YAML"),
        ("- alpha", "mapping"),
        ("", "mapping"),
    ],
)
@pytest.mark.parametrize("program", ["server", "rehearse"])
def test_a_bad_world_is_a_sentence(command, tmp_path, program, text, word):
    path = tmp_path / "bad.yml"
    path.write_text(text, encoding="utf-8")
    process = command(program, *(["--world", path] if program == "server" else [path, "true"]))
    printed = process.stdout.read()
    assert process.wait(timeout=20) != 0
    assert (word in printed, str(path) in printed, "Traceback" in printed) == (True, True, False)


def test_a_rehearsal_hands_on_the_inventory_and_the_status(command):
    script = "import os, sys; print(open(sys.argv[1]).read(), os.environ['SIMULATOR_CONTROL']); sys.exit(7)"
    process = command("rehearse", WORLD, sys.executable, "-c", script, "{inventory}")
    printed = process.stdout.read()
    assert process.wait(timeout=20) == 7
    assert ("element_clusters" in printed, "http://127.0.0.1:" in printed) == (True, True)


def test_a_rehearsal_fills_the_inventory_into_any_part_of_an_argument(command):
    script = "import os, sys; print(sys.argv[1:]); print(os.environ['SIMULATOR_INVENTORY'])"
    process = command("rehearse", WORLD, sys.executable, "-c", script, "--file={inventory}", "-e", "a={inventory}:b")
    arguments, inventory = process.stdout.read().splitlines()
    assert process.wait(timeout=20) == 0
    assert arguments == str([f"--file={inventory}", "-e", f"a={inventory}:b"])


@pytest.mark.parametrize("program", ["server", "rehearse"])
def test_clusters_at_their_mvips(command, tmp_path, program):
    port = free_port()
    listen = ["--listen", "mvip", "--port", port]
    if program == "server":
        process = command("server", *listen, "--world", LOOPBACK, "--directory", tmp_path)
        until_ready(process)
        printed = (tmp_path / "inventory.yml").read_text(encoding="utf-8")
    else:
        process = command("rehearse", *listen, LOOPBACK, "cat", "{inventory}")
        printed = process.stdout.read()
    for host in yaml.safe_load(printed)["element_clusters"]["hosts"].values():
        assert (host["element_hostname"], host["element_port"]) == (host["element_mvip"], port)


@pytest.mark.parametrize("program", ["server", "rehearse"])
@pytest.mark.parametrize(
    ("listen", "word"),
    [
        (["--listen", "mvip"], "192.0.2.10 of alpha is no loopback address"),
        (["--listen", "nowhere"], "nowhere"),
        (["--port", "alpha=many"], "NAME=N"),
        (["--port", "=1"], "NAME=N"),
        (["--port", "alpha=70000"], "65535"),
        (["--port", "nowhere=1"], "nowhere"),
    ],
)
def test_where_it_cannot_listen_is_a_sentence(command, program, listen, word):
    process = command(program, *listen, *(["--world", WORLD] if program == "server" else [WORLD, "true"]))
    printed = process.stdout.read()
    assert process.wait(timeout=20) != 0
    assert (word in printed, "Traceback" in printed) == (True, False)
