# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The run that the rulebook resume starts when a link is back: no one watches it, and its list may be outdated.

Whatever the sites have become meanwhile, and whatever list and inventory permit, it overwrites and reverses nothing.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
import yaml

from ansible_collections.elementsw.replication.tests.simulator.server import serve
from ansible_collections.elementsw.replication.tests.simulator.world import World

ROOT = Path(__file__).resolve().parents[2]
VOLUME = 41
DESCRIBED = {
    "timings": "instant",
    "clusters": [
        {"name": name, "accounts": [{"name": "shop"}], "volumes": [{"name": "orders", "id": VOLUME, "account": "shop"}]}
        for name in ("alpha", "beta")
    ],
    "cluster_pairs": [{"between": ["alpha", "beta"]}],
    "volume_pairs": [{"source": "alpha/orders", "target": "beta/orders"}],
}
RW, RT = "readWrite", "replicationTarget"


def set_access(world, cluster, access):
    world.call(cluster, "ModifyVolume", {"volumeID": VOLUME, "access": access})


def unpair(world, *clusters):
    for cluster in clusters:
        world.call(cluster, "RemoveVolumePair", {"volumeID": VOLUME})


def failed_over(world):
    """Beta has taken over, hosts write there, and the pair replicates to alpha."""
    set_access(world, "alpha", RT)
    set_access(world, "beta", RW)
    world.write("beta", VOLUME, "newest")


def forced(world):
    """Beta was promoted while alpha was away: both sides are writable."""
    set_access(world, "beta", RW)
    world.write("beta", VOLUME, "newest")


def forced_and_paused(world):
    forced(world)
    world.call("alpha", "ModifyVolumePair", {"volumeID": VOLUME, "pausedManual": True})


def in_the_middle_of_a_failover(world):
    """The source is demoted, the target is not promoted yet."""
    set_access(world, "alpha", RT)


def half_removed(world):
    """Beta was promoted and its half of the pair removed while alpha was away."""
    forced(world)
    unpair(world, "beta")


def unpaired(world):
    """Likewise, and then alpha's half, too."""
    forced(world)
    unpair(world, "beta", "alpha")


SITUATIONS = (failed_over, forced_and_paused, in_the_middle_of_a_failover, half_removed, unpaired)
#: What is left in a list or an inventory of the day on which the pairs were made.
LEFTOVERS = {"allow_overwrite": True, "save_overwritten": False, "repair": True}
OUTDATED = {"direction": "to_peer", "paused": False}
CASES = [*((situation, OUTDATED) for situation in SITUATIONS), (unpaired, LEFTOVERS), (half_removed, LEFTOVERS)]


def extra_vars():
    """Those of the rulebook, with templates in them."""
    path = ROOT / "extensions" / "eda" / "rulebooks" / "resume.yml"
    (ruleset,) = yaml.safe_load(path.read_text(encoding="utf-8"))
    (rule,) = ruleset["rules"]
    return {
        name: value
        for name, value in rule["action"]["run_playbook"]["extra_vars"].items()
        if "{{" not in str(value)  # ansible-rulebook has filled them
    }


SITES = ("alpha", "beta")


@pytest.fixture
def resume(collections_path, command_path, tmp_path):
    """Run the playbook at this site, or at both at once; what each run has ended with."""

    def begin(file, site, pairs):
        given = {
            **extra_vars(),
            "replication_cluster": site,
            "replication_peer": next(each for each in SITES if each != site),
            "protect_pairs_file": str(pairs),
            "protect_wait_timeout": 1,
        }
        command = ["ansible-playbook", "-i", str(file), "--limit", "alpha,beta", "elementsw.replication.protect"]
        return subprocess.Popen(
            [*command, "-e", json.dumps(given)],
            env={
                **os.environ,
                "ANSIBLE_COLLECTIONS_PATH": str(collections_path),
                "ANSIBLE_HOME": str(tmp_path / site),
                "ANSIBLE_NOCOLOR": "1",
                "PATH": command_path,
            },
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(world, item, sites=("alpha",)):
        of_the_inventory = tmp_path / "group_vars" / "all.json"
        of_the_inventory.parent.mkdir()
        of_the_inventory.write_text(
            json.dumps({f"protect_{name}": value for name, value in LEFTOVERS.items()}), encoding="utf-8"
        )
        pairs = tmp_path / "pairs.yml"
        pairs.write_text(json.dumps({"protect_pairs": [{"volume": "orders", **item}]}), encoding="utf-8")
        with serve(world) as running:
            file = tmp_path / "sites.json"
            file.write_text(json.dumps(running.inventory()), encoding="utf-8")
            runs = [begin(file, site, pairs) for site in sites]
            printed = [each.communicate()[0] for each in runs]
        return [(each.returncode, text) for each, text in zip(runs, printed)]

    return run


@pytest.mark.journey
@pytest.mark.parametrize(("situation", "item"), CASES)
def test_nothing_is_written(situation, item, resume):
    world = World.from_dict(DESCRIBED)
    world.write("alpha", VOLUME, "older")
    situation(world)
    world.clear_calls()
    ((code, printed),) = resume(world, item)
    assert code == 2, printed
    assert world.writes() == [], printed
    if item is LEFTOVERS:
        assert "protect_item_permissions" in printed


def paused(world):
    world.call("alpha", "ModifyVolumePair", {"volumeID": VOLUME, "pausedManual": True})
    world.clear_calls()


@pytest.mark.journey
def test_both_sites_resume_at_once(resume):
    world = World.from_dict(DESCRIBED)
    world.write("alpha", VOLUME, "older")
    paused(world)
    for code, printed in resume(world, {"paused": False}, SITES):
        assert code == 0, printed
    assert {call.method for call in world.writes()} == {"ModifyVolumePair"}


@pytest.mark.journey
def test_an_operator_fails_over_while_both_sites_resume(resume):
    """By hand, between the reads of the runs: what the operator has done stays."""
    world = World.from_dict(DESCRIBED)
    world.write("alpha", VOLUME, "older")
    paused(world)
    for nth, (cluster, access) in enumerate((("alpha", RT), ("beta", RW)), 2):
        call = {"cluster": cluster, "method": "ModifyVolume", "params": {"volumeID": VOLUME, "access": access}}
        world.faults.add("alpha", "ListVolumes", nth, fault="meanwhile", call=call)
    resume(world, {"paused": False}, SITES)
    assert world.faults.unused() == []
    assert {call.method for call in world.writes()} <= {"ModifyVolumePair"}
    assert [world.cluster(site).volumes[VOLUME].access for site in SITES] == [RT, RW]
