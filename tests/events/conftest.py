# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two simulated clusters, and a rulebook that ansible-rulebook runs on them, as loudly as it can."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ansible_collections.elementsw.replication.tests.simulator.server import serve
from ansible_collections.elementsw.replication.tests.simulator.world import World

VOLUMES = ("ledger", "orders")
PASSWORDS = {"alpha": "Marker-of-alpha-7x", "beta": "Marker-of-beta-9y"}
#: Seconds in which what is waited for must happen. Java and Ansible start slowly on a busy machine.
PATIENCE = 120


class Sites:
    """The clusters alpha and beta, whose volumes replicate, and the variables of a rulebook that watches them."""

    def __init__(self, world: World, running: Any):
        self.world = world
        self.running = running

    def connection(self, cluster: str) -> dict[str, Any]:
        host, port = self.running.address(cluster)
        login = {"username": "ansible", "password": PASSWORDS[cluster]}
        return {"hostname": host, "port": port, **login, "ca_path": str(self.running.ca_file)}

    def variables(self, **more: Any) -> dict[str, Any]:
        connection = {f"element_{name}": value for name, value in self.connection("alpha").items()}
        names = {"replication_cluster": "alpha", "replication_peer": "beta"}
        return {**connection, **names, "element_peer": self.connection("beta"), "element_interval": 1, **more}

    def volume_id(self, name: str, cluster: str = "alpha") -> int:
        volumes = self.world.cluster(cluster).volumes.values()
        return next(volume.volume_id for volume in volumes if volume.name == name)

    def pause(self, name: str, paused: bool = True) -> None:
        given = {"volumeID": self.volume_id(name), "pausedManual": paused}
        self.world.call("alpha", "ModifyVolumePair", given)

    def is_paused(self, name: str) -> bool:
        volumes = self.world.call("alpha", "ListVolumes", {"volumeIDs": [self.volume_id(name)]})["volumes"]
        return volumes[0]["volumePairs"][0]["remoteReplication"]["state"] == "PausedManual"


@pytest.fixture
def sites() -> Iterator[Sites]:
    volumes = [{"name": name, "account": "tenant"} for name in VOLUMES]
    clusters = [
        {
            "name": name,
            "accounts": [{"name": "tenant"}],
            "admins": [{"username": "ansible", "password": password, "access": ["administrator"]}],
            "volumes": volumes,
        }
        for name, password in PASSWORDS.items()
    ]
    world = World.from_dict(
        {
            "timings": "instant",
            "clusters": clusters,
            "cluster_pairs": [{"between": list(PASSWORDS)}],
            "volume_pairs": [{"source": f"alpha/{name}", "target": f"beta/{name}"} for name in VOLUMES],
        }
    )
    with serve(world) as running:
        yield Sites(world, running)


class Rulebook:
    """A rulebook that runs, and what ansible-rulebook prints of it."""

    def __init__(self, command: list[str], folder: pathlib.Path, env: dict[str, str]):
        self.lines: list[str] = []
        self._printed = threading.Condition()
        self._ended = False
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        threading.Thread(target=self._read, daemon=True).start()

    @property
    def text(self) -> str:
        return "".join(self.lines)

    def next_event(self) -> tuple[str, str, str | None]:
        """The next event that the rulebook has printed: change, code, name of the volume."""
        line = self.wait_for(lambda line: line.startswith("EVENT "))
        event = json.loads(line.removeprefix("EVENT "))
        return event["change"], event["code"], event["volume"]

    def wait_for(self, fits: Callable[[str], bool]) -> str:
        """The first line that fits, of those that no wait has seen yet."""
        until = time.monotonic() + PATIENCE
        with self._printed:
            while True:
                while self._seen < len(self.lines):
                    self._seen += 1
                    if fits(self.lines[self._seen - 1]):
                        return self.lines[self._seen - 1]
                left = until - time.monotonic()
                if left <= 0 or self._ended:
                    raise AssertionError(f"nothing that fits in:\n{self.text}")
                self._printed.wait(left)

    def wait(self) -> int:
        """The exit status, once it has ended by itself."""
        status = self.process.wait(PATIENCE)
        self._reader_ends()
        return status

    def stop(self) -> float:
        """End it as a service manager does. The seconds that it took."""
        began = time.monotonic()
        self.process.terminate()
        self.wait()
        return time.monotonic() - began

    _seen = 0

    def _read(self) -> None:
        for line in self.process.stdout or ():
            with self._printed:
                self.lines.append(line)
                self._printed.notify_all()
        with self._printed:
            self._ended = True
            self._printed.notify_all()

    def _reader_ends(self) -> None:
        with self._printed:
            self._printed.wait_for(lambda: self._ended, PATIENCE)


@pytest.fixture
def start(
    tmp_path: pathlib.Path, collections_path: pathlib.Path, command_path: str, sites: Sites
) -> Iterator[Callable[..., Rulebook]]:
    """Run a rulebook of the collection by its name, or a file, with the debug messages of ansible-rulebook.

    No secret may be in what it prints, nor in what its playbooks have written to `tmp_path`.
    """
    started = []
    private = tmp_path / "private"
    private.mkdir()
    home = tmp_path / "home"
    home.mkdir()

    def run(rulebook: str, vaulted: bool = False, **variables: Any) -> Rulebook:
        """vaulted: whether the passwords of the clusters are, too."""
        given, key = private / "events.json", private / "key"
        key.write_text("key-of-the-vault", encoding="utf-8")
        plain = sites.variables(**variables)
        if vaulted:
            for options, name in ((plain, "element_password"), (plain["element_peer"], "password")):
                options[name] = _vaulted(options[name], key, command_path)
        given.write_text(json.dumps(plain), encoding="utf-8")
        inventory = str(sites.running.write_inventory())
        command = ["ansible-rulebook", "-vv", "--rulebook", rulebook, "-i", inventory, "--vars", str(given)]
        command += ["--vault-password-file", str(key)] if vaulted else []
        env = {
            **os.environ,
            "PATH": command_path,
            "HOME": str(home),
            "ANSIBLE_COLLECTIONS_PATH": str(collections_path),
            "ANSIBLE_HOME": str(home / ".ansible"),
            "ANSIBLE_NOCOLOR": "1",
        }
        started.append(Rulebook(command, tmp_path, env))
        return started[-1]

    yield run
    for rulebook in started:
        if rulebook.process.poll() is None:
            rulebook.stop()
        assert [name for name, password in PASSWORDS.items() if password in rulebook.text] == []
    written = [file for file in tmp_path.rglob("*") if file.is_file() and private not in file.parents]
    texts = {file: file.read_text(encoding="utf-8", errors="replace") for file in written}
    assert [file for file, text in texts.items() if any(password in text for password in PASSWORDS.values())] == []


def _vaulted(secret: str, key: pathlib.Path, path: str) -> str:
    encrypt = ["ansible-vault", "encrypt", "--vault-password-file", str(key), "--output", "-"]
    env = {**os.environ, "PATH": path}
    return subprocess.run(encrypt, input=secret, stdout=subprocess.PIPE, text=True, env=env, check=True).stdout
