# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Simulated clusters that both collections reach, and the playbooks that are run on them."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ansible_collections.elementsw.replication.tests.migration import guide
from ansible_collections.elementsw.replication.tests.simulator.server import Service, serve
from ansible_collections.elementsw.replication.tests.simulator.world import World

USERNAME, PASSWORD = "admin", "Both-Rehearsal-41x"
CLUSTERS = ("alpha", "beta")
#: MVIPs in the guide, and what follows the first two numbers of those of the simulator.
MVIPS = {"192.0.2.10": "0.10", "198.51.100.20": "0.20"}
FINGERPRINTS = {"alpha": "79bf6b2e510ac433" * 4, "beta": "c4332e79bf6b510a" * 4}
OUTCOME = re.compile(r"^(ok|changed|fatal): \[\w+\](?:: FAILED!)?(?: => \(item=.*?\))? => (\{.*\})$", re.MULTILINE)


@dataclass(frozen=True)
class Done:
    """A playbook that has ended."""

    status: int
    output: str

    @property
    def results(self) -> list[dict[str, Any]]:
        """What its tasks returned, one entry for each item of a loop."""
        return [json.loads(result) for _word, result in OUTCOME.findall(self.output)]

    @property
    def changed(self) -> bool:
        assert self.status == 0, self.output
        return any(result["changed"] for result in self.results)

    @property
    def code(self) -> str:
        """The code of the error that ended it."""
        assert self.status != 0, self.output
        return self.results[-1]["error"]["code"]


class Scene:
    """A world that is being served, with a folder for the playbooks and the inventory of the guide."""

    def __init__(
        self, world: World, running: Service, mvips: Mapping[str, str], folder: Path, env: dict[str, str]
    ) -> None:
        self.world = world
        self.mvips = mvips
        self.folder = folder
        self._env = env
        self._running = running

    @classmethod
    @contextmanager
    def serve(cls, description: dict[str, Any], network: str, folder: Path, env: dict[str, str]) -> Iterator[Scene]:
        """The clusters alpha and beta of a description, which has neither addresses nor administrators."""
        mvips = dict(zip(CLUSTERS, (f"{network}.{end}" for end in MVIPS.values())))
        admins = [{"username": USERNAME, "password": PASSWORD}]
        clusters = [{"mvip": mvips[each["name"]], "admins": admins, **each} for each in description["clusters"]]
        world = World.from_dict({"timings": "instant", **description, "clusters": clusters})
        with serve(world, listen="mvip") as running:
            scene = cls(world, running, mvips, folder, env)
            scene._write("inventory.yml", guide.file("inventory.yml"))
            scene._write("group_vars/element_clusters.yml", f"vault_element_password: {PASSWORD}\n")
            yield scene

    def of_netapp(self, *tasks: dict[str, Any], arguments: str = "", elementsw_hostname: str = "alpha") -> Done:
        """Run tasks of netapp.elementsw, with the variables of its examples."""
        variables: dict[str, str] = {}
        for name in ("elementsw", "src", "dest", "src_cluster", "dest_cluster"):
            cluster = elementsw_hostname if name == "elementsw" else "beta" if name.startswith("dest") else "alpha"
            variables[f"{name}_hostname"] = self.mvips[cluster]
            variables[f"{name}_username"], variables[f"{name}_password"] = USERNAME, PASSWORD
        play = {
            "name": "Tasks of netapp.elementsw",
            "hosts": "localhost",
            "gather_facts": False,
            "collections": ["netapp.elementsw"],
            "vars": variables,
            "tasks": list(tasks),
        }
        return self.play(yaml.safe_dump([play], sort_keys=False), arguments)

    def play(self, playbook: str, arguments: str = "") -> Done:
        """Run a playbook, of which the guide may have the text."""
        self._write("playbook.yml", playbook)
        return self.shell(f"ansible-playbook -i inventory.yml playbook.yml -v {arguments}")

    def shell(self, command: str) -> Done:
        done = subprocess.run(
            ["sh", "-c", self._filled(command)],
            cwd=self.folder,
            env=self._env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return Done(done.returncode, done.stdout)

    def save(self, name: str) -> None:
        """Write a file of the guide."""
        self._write(name, guide.file(name))

    def written(self) -> list[tuple[str, str]]:
        """The writes that took effect since the last time, as cluster and method."""
        done = [(call.cluster, call.method) for call in self.world.writes() if call.applied]
        self.world.clear_calls()
        return done

    def state(self) -> dict[str, Any]:
        """The truth as a flat dictionary, such as "beta volume test3 access"; of attributes the names.

        In place of the UUID of a pair is what shares it: two runs that pair several volumes may draw them in any order.
        """
        truth = self.world.truth()["clusters"]
        ends = [(name, entry) for name, cluster in truth.items() for entry in cluster["cluster_pairs"]]
        ends += [
            (f"{name}/{volume['name']}", half)
            for name, cluster in truth.items()
            for volume in cluster["volumes"]
            for half in volume["pairs"]
        ]
        shared: dict[str, list[str]] = {}
        for place, end in ends:
            shared.setdefault(end["uuid"], []).append(place)
        for _place, end in ends:
            end["uuid"] = shared[end["uuid"]]
        return {path: value for name, cluster in truth.items() for path, value in _flat(name, cluster)}

    def _write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(self._filled(text), encoding="utf-8")

    def _filled(self, text: str) -> str:
        """The text with the addresses and certificates of these clusters in place of those of the guide."""
        for shown, cluster in zip(MVIPS, CLUSTERS):
            text = text.replace(shown, self.mvips[cluster])
            text = text.replace(FINGERPRINTS[cluster], self._running.certificate_sha256(cluster).replace(":", ""))
        return text


def _flat(name: str, cluster: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in cluster.items():
        if key != "volumes":
            yield f"{name} {key}", value
    for volume in cluster["volumes"]:
        for key, value in volume.items():
            # The marks that a volume holds say what its blocks do.
            if key != "used_blocks":
                yield f"{name} volume {volume['name']} {key}", sorted(value) if key == "attributes" else value


def differences(one: dict[str, Any], other: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """What two states do not agree on, with both values."""
    return {
        path: (one.get(path), other.get(path)) for path in sorted({*one, *other}) if one.get(path) != other.get(path)
    }
