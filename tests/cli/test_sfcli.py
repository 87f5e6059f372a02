# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The vendor's command line, unmodified, pairs clusters and volumes of the simulator and lists what they have."""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys

import pytest

from ansible_collections.elementsw.replication.tests.simulator.server import serve
from ansible_collections.elementsw.replication.tests.simulator.world import World

SFCLI = pathlib.Path(sys.executable).with_name("sfcli")
WORLDS = pathlib.Path(__file__).resolve().parents[1] / "simulator" / "worlds"

#: Command, method that it calls, member of its reply, how many objects alpha of two_sites.yml has.
LISTINGS = [
    ("account list", "ListAccounts", "accounts", 3),
    ("async listresults", "ListAsyncResults", "asyncHandles", 0),
    ("cluster listfaults --bestpractices false --faulttypes current", "ListClusterFaults", "faults", 0),
    ("cluster listevents", "ListEvents", "events", 0),
    ("cluster listsyncjobs", "ListSyncJobs", "syncJobs", 0),
    ("clusteradmin list", "ListClusterAdmins", "clusterAdmins", 2),
    ("initiators list", "ListInitiators", "initiators", 1),
    ("node listall", "ListAllNodes", "nodes", 1),
    ("pairing listactivepairedvolumes", "ListActivePairedVolumes", "volumes", 0),
    ("pairing listclusterpairs", "ListClusterPairs", "clusterPairs", 0),
    ("snapshot list", "ListSnapshots", "snapshots", 0),
    ("snapshot listgroup", "ListGroupSnapshots", "groupSnapshots", 0),
    ("volume list", "ListVolumes", "volumes", 11),
    ("volume listactive", "ListActiveVolumes", "volumes", 11),
    ("volume listdeleted", "ListDeletedVolumes", "volumes", 0),
    ("volume listforaccount --accountid 3", "ListVolumesForAccount", "volumes", 4),
    ("volume listqospolicies", "ListQoSPolicies", "qosPolicies", 2),
    ("volume liststats", "ListVolumeStats", "volumeStats", 11),
    ("volumeaccessgroup list", "ListVolumeAccessGroups", "volumeAccessGroups", 1),
]


class CommandLine:
    """`sfcli` with the connection of one cluster."""

    def __init__(self, world, running, name):
        host, port = running.address(name)
        admin = world.cluster(name).admins[0]
        credentials = ["--username", admin.username, "--password", admin.password]
        self._command = [str(SFCLI), "--mvip", host, "--port", str(port), *credentials, "--nocache"]

    def text(self, command, *options):
        """What a command prints about an error, or in the form that it prints by default."""
        done = subprocess.run(
            [*self._command, *options, *command.split()],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done.stdout + done.stderr

    def __call__(self, command):
        """The result that a command prints as JSON."""
        printed = self.text(command, "--json")
        start = printed.find("{")
        assert start >= 0, printed
        return json.JSONDecoder().raw_decode(printed[start:])[0]["result"]


@pytest.fixture
def sites():
    """A world of two sites, and the command line for each of them."""
    world = World.from_file(WORLDS / "two_sites.yml")
    world.timings.set("instant")
    with serve(world) as running:
        yield world, *(CommandLine(world, running, name) for name in world.clusters)


def states(*sites):
    """Cluster, volume and state of every pair, as the command line lists them."""
    return [
        (volume["name"], volume["volumePairs"][0]["remoteReplication"]["state"])
        for site in sites
        for volume in site("pairing listactivepairedvolumes")["volumes"]
    ]


def test_every_pairing_command(sites):
    _world, alpha, beta = sites
    started = alpha("pairing startcluster")
    there = beta(f"pairing completecluster --clusterpairingkey {started['clusterPairingKey']}")["clusterPairID"]
    (entry,) = alpha("pairing listclusterpairs")["clusterPairs"]
    assert (entry["clusterName"], entry["status"]) == ("beta", "Connected")

    beta("volume modify --volumeid 77 --access replicationTarget")
    key = alpha("pairing startvolume --volumeid 41 --mode Sync")["volumePairingKey"]
    beta(f"pairing completevolume --volumepairingkey {key} --volumeid 77")
    assert states(alpha, beta) == [("orders-db", "Active"), ("orders-db", "Active")]

    alpha("pairing modifyvolumepair --volumeid 41 --pausedmanual true --mode Async")
    assert states(alpha, beta) == [("orders-db", "PausedManual"), ("orders-db", "PausedManualRemote")]
    alpha("pairing modifyvolumepair --volumeid 41 --pausedmanual false")
    assert states(alpha) == [("orders-db", "Active")]

    alpha("pairing removevolumepair --volumeid 41")
    assert states(alpha, beta) == [("orders-db", "StoppedMisconfigured")]
    beta("pairing removevolumepair --volumeid 77")
    alpha(f"pairing removeclusterpair --clusterpairid {started['clusterPairID']}")
    beta(f"pairing removeclusterpair --clusterpairid {there}")
    assert [site("pairing listclusterpairs")["clusterPairs"] for site in (alpha, beta)] == [[], []]


@pytest.mark.parametrize(("command", "method", "member", "count"), LISTINGS, ids=[listing[1] for listing in LISTINGS])
def test_listings(sites, command, method, member, count):
    world, alpha, _beta = sites
    assert len(alpha(command)[member]) == count
    assert world.calls[-1].method == method


@pytest.mark.parametrize(("command", "part"), [("volume list", "measurements"), ("schedule list", '"schedules": []')])
def test_objects_in_the_form_that_it_prints_by_default(sites, command, part):
    _world, alpha, _beta = sites
    assert part in alpha.text(command)


def test_errors_are_shown_with_their_message(sites):
    _world, alpha, _beta = sites
    assert "999" in alpha.text("pairing startvolume --volumeid 999")
