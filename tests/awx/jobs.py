# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the job of a template as AWX 24.6 does: the same files in the private data directory, the same call of ansible-runner.

The one difference is that there is no container: where AWX names a path in the container, it is the path on this machine.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import awx_rules
import yaml
from awx_plugins.interfaces._temporary_private_api import ManagedCredentialType
from awx_plugins.interfaces._temporary_private_credential_api import Credential
from awx_plugins.interfaces._temporary_private_inject_api import inject_credential
from conftest import PROJECT, Core
from controller import Controller

PREFIX = "Element replication, "
IN_CONTAINER = "/runner/"


class UnsafeDumper(yaml.SafeDumper):
    """Marks each text as `!unsafe`, as AWX does with all extra variables but those of the template."""

    def represent_data(self, data: Any) -> yaml.Node:
        return self.represent_scalar("!unsafe", data) if isinstance(data, str) else super().represent_data(data)


@dataclass(frozen=True)
class Site:
    """What AWX knows in a test: its configuration, with the addresses and certificates of simulated clusters."""

    controller: Controller
    core: Core
    folder: Path
    collections: Path
    hosts: dict[str, dict[str, Any]]
    credential: dict[str, str]


@dataclass
class Job:
    """A job that has ended."""

    status: str
    output: str
    artifacts: dict[str, Any]
    private_data: Path
    #: Files of the private data that hold what the credential injects, and are no record of the job.
    injected: set[Path] = field(default_factory=set)

    def records(self) -> Iterator[tuple[str, str]]:
        """All that AWX keeps or shows of the job, by its name: events, output, command, variables."""
        for path in self.private_data.rglob("*"):
            if (
                path.is_file()
                and path not in self.injected
                and PROJECT.name not in path.relative_to(self.private_data).parts
            ):
                yield str(path.relative_to(self.private_data)), path.read_text(encoding="utf-8", errors="replace")
        yield "output", self.output


def extra_variables(site: Site, name: str, given: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a job gets in the order of AWX, template, defaults of the survey, answers; and what comes from the template."""
    template = site.controller.named("job_templates")[PREFIX + name]
    of_template = json.loads(template.get("extra_vars") or "{}")
    asked = site.controller.survey(template)["spec"] if template.get("survey_enabled") else []
    defaults = {question["variable"]: question["default"] for question in asked if question.get("default") is not None}
    meta = {"awx_job_id": 1, "tower_job_id": 1, "awx_user_name": "admin", "awx_job_launch_type": "manual"}
    return {**of_template, **defaults, **given, **meta}, of_template


def refused(site: Site, name: str, given: dict[str, Any]) -> list[str]:
    """What AWX says at the launch with these answers."""
    return awx_rules.answers(site.controller.survey(site.controller.named("job_templates")[PREFIX + name]), given)


def launch(
    site: Site,
    name: str,
    given: dict[str, Any],
    *arguments: str,
    cancel: Callable[[], bool] | None = None,
    hosts: tuple[str, ...] = (),
) -> Job:
    """Run it to its end. `hosts` are those of its slice, all by default; `arguments` go to ansible-playbook."""
    folder = Path(tempfile.mkdtemp(prefix="awx_", dir=site.folder))
    for part in ("env", "inventory", "artifacts", "cp"):
        (folder / part).mkdir(mode=0o700)
    shutil.copytree(PROJECT, folder / "project")
    variables, trusted = extra_variables(site, name, given)
    (folder / "env" / "extravars").write_text(_dumped(variables, trusted), encoding="utf-8")
    environment, injected = _inject(site, folder, list(arguments))
    settings = {"job_timeout": 0, "suppress_ansible_output": True}
    (folder / "env" / "settings").write_text(json.dumps(settings), encoding="utf-8")
    playbook = site.controller.named("job_templates")[PREFIX + name]["playbook"]
    inventory = str(_write_inventory(site, folder, hosts))
    command = ["run", str(folder), "--playbook", playbook, "--ident", "1", "--inventory", inventory, "--omit-env-files"]
    with subprocess.Popen(
        [sys.executable, "-m", "ansible_runner", *command],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        if cancel:
            _cancel(process, cancel)
        shown = process.communicate()[0]
    record = folder / "artifacts" / "1"
    status = (record / "status").read_text(encoding="utf-8")
    output = (record / "stdout").read_text(encoding="utf-8") + shown
    return Job(status, output, _artifacts(record / "job_events"), folder, injected)


def _cancel(process: subprocess.Popen[str], when: Callable[[], bool]) -> None:
    """Cancel as AWX does: the runner gets the signal, and ends what it has started."""
    while process.poll() is None and not when():
        time.sleep(0.05)
    process.terminate()


def _artifacts(events: Path) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for path in sorted(events.glob("*.json"), key=lambda path: int(path.name.partition("-")[0])):
        event = json.loads(path.read_text(encoding="utf-8"))
        found.update(event.get("event_data", {}).get("artifact_data", {}))
    return found


def _dumped(variables: dict[str, Any], trusted: dict[str, Any]) -> str:
    """Each variable on its own, since only those that are as in the template may hold templates."""
    parts = []
    for name, value in variables.items():
        dumper = yaml.SafeDumper if name in trusted and trusted[name] == value else UnsafeDumper
        parts.append(yaml.dump({name: value}, Dumper=dumper, default_flow_style=False))
    return "".join(parts)


def _inject(site: Site, folder: Path, arguments: list[str]) -> tuple[dict[str, str], set[Path]]:
    """The environment of the job, and the files that the credential has written. AWX's own code renders them."""
    described = site.controller.named("credential_types")["Element replication"]
    kind = ManagedCredentialType("", described["name"], described["kind"], described["inputs"], described["injectors"])
    before = set((folder / "env").iterdir())
    environment: dict[str, Any] = site.core.variables(
        folder,
        ANSIBLE_COLLECTIONS_PATH=str(site.collections),
        ANSIBLE_RETRY_FILES_ENABLED="False",
        ANSIBLE_HOST_KEY_CHECKING="False",
        JOB_ID="1",
        AWX_PRIVATE_DATA_DIR=str(folder),
    )
    injected: dict[str, Any] = {}
    inject_credential(kind, Credential(site.credential), injected, {}, arguments, str(folder))
    files = set((folder / "env").iterdir()) - before
    (folder / "env" / "cmdline").write_text(" ".join(["-u root", *arguments]), encoding="utf-8")
    return {
        **environment,
        **{name: value.replace(IN_CONTAINER, f"{folder}/") for name, value in injected.items()},
    }, files


def _write_inventory(site: Site, folder: Path, hosts: tuple[str, ...]) -> Path:
    """A script that prints JSON, which is what AWX makes of an inventory."""
    names = hosts or tuple(site.hosts)
    data: dict[str, Any] = {"all": {"hosts": [], "children": list(site.controller.named("groups"))}}
    for name, group in site.controller.named("groups").items():
        members = [each for each in site.controller.associated_names(group, "hosts", "hosts") if each in names]
        data[name] = {"hosts": members, "vars": json.loads(group["variables"])}
    data["_meta"] = {
        "hostvars": {name: {**site.hosts[name], "remote_tower_enabled": "true", "remote_tower_id": 1} for name in names}
    }
    path = folder / "inventory" / "hosts"
    text = f"#! /usr/bin/env python3\n# -*- coding: utf-8 -*-\nprint({json.dumps(data)!r})\n"
    path.write_text(text, encoding="utf-8")
    os.chmod(path, 0o700)
    return path
