# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page, the metrics, the lists, the playbook status and the truth of the simulator say the same of a world."""

from __future__ import annotations

import csv
import itertools
import json
import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from ansible_collections.elementsw.replication.tests.simulator.server import serve
from ansible_collections.elementsw.replication.tests.simulator.world import World

TESTS = Path(__file__).resolve().parents[1]
SHIPPED = sorted((TESTS / "simulator" / "worlds").glob("*.yml"))
TARGETS = [TESTS / "integration" / "targets" / name / "world.yml" for name in ("status", "report")]


def _worlds():
    """None in which a cluster pauses a pair for want of room or speed: what it shows then is no part of the truth."""
    for path in (*SHIPPED, *TARGETS):
        yield pytest.param(yaml.safe_load(path.read_text(encoding="utf-8")), id=f"{path.parent.name}-{path.stem}")


def protected(truth):
    """The pairs whose content reaches the other side, by the UUID of the pair: what the simulator knows, and no list says."""
    halves = [
        (name, volume, half)
        for name, cluster in truth["clusters"].items()
        for volume in cluster["volumes"]
        for half in volume["pairs"]
    ]
    by_uuid = {}
    for each in halves:
        by_uuid.setdefault(each[2]["uuid"], []).append(each)
    cut = {frozenset(link["between"]) for link in truth["links"]}
    return {uuid for uuid, both in by_uuid.items() if len(both) == 2 and _replicates(both, truth, cut)}


def _replicates(both, truth, cut):
    names = frozenset(name for name, _volume, _half in both)
    source, target = sorted((volume for _name, volume, _half in both), key=lambda volume: volume["access"])
    return (
        names not in cut
        and all(truth["clusters"][name]["up"] for name in names)
        and all(_is_linked(truth, name, half) for name, _volume, half in both)
        and not any(half[state] for _name, _volume, half in both for state in ("pending", "paused", "stopped"))
        and not (source["deleted"] or target["deleted"])
        and (source["access"], target["access"]) == ("readWrite", "replicationTarget")
        and source["size"] == target["size"]
        and source["enable_512e"] == target["enable_512e"]
        and (both[0][2]["mode"] != "SnapshotsOnly" or any(each["replicate"] for each in target["snapshots"]))
    )


def _is_linked(truth, name, half):
    return any(pair["id"] == half["cluster_pair_id"] for pair in truth["clusters"][name]["cluster_pairs"])


@pytest.mark.journey
@pytest.mark.parametrize("described", list(_worlds()))
def test_every_number(described, collections_path, command_path, tmp_path):
    world = World.from_dict({**described, "timings": "instant"})
    names = ",".join(world.clusters)
    files = {kind: tmp_path / f"report.{kind}" for kind in ("html", "json", "csv", "metrics")}
    with serve(world) as running:
        inventory = tmp_path / "sites.json"
        inventory.write_text(json.dumps(running.inventory()), encoding="utf-8")
        env = {
            **os.environ,
            "ANSIBLE_COLLECTIONS_PATH": str(collections_path),
            "ANSIBLE_HOME": str(tmp_path),
            "ANSIBLE_NOCOLOR": "1",
            "PATH": command_path,
        }

        def play(name, *more):
            command = ["ansible-playbook", "-i", str(inventory), f"elementsw.replication.{name}"]
            done = subprocess.run(
                [*command, "-e", f"replication_clusters={names}", *more],
                env=env,
                cwd=tmp_path,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stdout + done.stderr

        play("report", *itertools.chain(*(("-e", f"report_{kind}={path}") for kind, path in files.items())))
        play("status", "-e", f"status_report={tmp_path / 'status.txt'}")
        true = len(protected(world.truth()))
    texts = {kind: path.read_text(encoding="utf-8") for kind, path in files.items()}
    data = json.loads(texts["json"])
    rows = list(csv.DictReader(texts["csv"].splitlines()))
    every = data["summary"]["pairs"]
    assert {
        "data": data["summary"]["protected"],
        "rows of the data": [pair["state"] for pair in data["volume_pairs"]].count("protected"),
        "links": sum(link["protected"] for link in data["links"]),
        "table": [row["state"] for row in rows].count("protected"),
        "metrics": int(re.search(r"^element_replication_pairs_protected (\d+)$", texts["metrics"], re.MULTILINE)[1]),
        "series": len(re.findall(r"^element_replication_pair_protected\{.*\} 1$", texts["metrics"], re.MULTILINE)),
        "page": texts["html"].count('<tr data-state="protected">'),
        "status": _of_status((tmp_path / "status.txt").read_text(encoding="utf-8")),
    } == dict.fromkeys(("data", "rows of the data", "links", "table", "metrics", "series", "page", "status"), true)
    assert (len(data["volume_pairs"]), len(rows), texts["html"].count("<tr data-state=")) == (every, every, every)


def _of_status(text):
    """The number in the first line, where it is worded as a number."""
    found = re.match(r"(\d+) of \d+ pairs? protected", text)
    return int(found[1]) if found else 0
