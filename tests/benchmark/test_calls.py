# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many calls a task costs: counted by the simulator, held against what the collection promises."""

from __future__ import annotations

import math
from collections import Counter

import pytest

from ansible_collections.elementsw.replication.plugins.module_utils._pairing.jobs.pair_info import BY_DEFAULT, SUBJECTS
from ansible_collections.elementsw.replication.tests.simulator.settings import Timings

READS_UNCHANGED = 8
READS_NEW = 14
READS_FORCED = 14
READS_REPORT = {
    "pair_info": 5,
    # Lag, copies, faults and fullness cost one read each: they are what a repeated report is read for.
    "pair_info with progress and faults": 8,
    "pair_info with everything": 13,
}
REPORTS = {
    "pair_info": {},
    "pair_info with progress and faults": {"gather": [*BY_DEFAULT, "progress", "faults"], "max_lag": 60},
    "pair_info with everything": {"gather": [*SUBJECTS], "max_lag": 60},
}
CLUSTERS = ("alpha", "beta")
CONCURRENCY = 6
# Seconds for which no side is writable during a planned failover, with statistics sampled every 500 ms.
DARK = 4
# A busy machine must not fail a test.
GROSS_DARK = 2 * DARK


def start(sites, count, paired, **more):
    volumes = [{"name": "vol-{n:04}", "count": count}]
    pairs = [{"source": "alpha/vol-{n:04}", "target": "beta/vol-{n:04}", "count": count}] if paired else []
    return sites(
        [{"name": name, "volumes": volumes} for name in CLUSTERS],
        cluster_pairs=[{"between": list(CLUSTERS)}],
        volume_pairs=pairs,
        **more,
    )


def counted(site):
    """Reads and writes by cluster, and the largest number of connections to one of them."""
    calls = site.world.calls
    writes = site.world.writes()
    reads = {name: len(site.world.calls_of(name)) - sum(w.cluster == name for w in writes) for name in CLUSTERS}
    connections = max(len({call.connection for call in calls if call.cluster == name}) for name in CLUSTERS)
    return reads, writes, connections


def requested(count):
    return [{"volume": f"vol-{n:04}"} for n in range(1, count + 1)]


@pytest.mark.parametrize("count", [1, 100, 1000])
def test_unchanged_pairs(sites, figures, count):
    site = start(sites, count, paired=True)
    result = site.run("volume_pair", pairs=requested(count), wait_for="in_sync")
    assert (result.get("failed", False), result["changed"]) == (False, False)
    reads, writes, connections = counted(site)
    figures.append((f"{count} unchanged pairs: writes", "0", str(len(writes))))
    figures.append((f"{count} unchanged pairs: reads per cluster", f"<= {READS_UNCHANGED}", str(max(reads.values()))))
    figures.append((f"{count} unchanged pairs: connections", f"<= {CONCURRENCY + 2}", str(connections)))
    assert writes == []
    assert max(reads.values()) <= READS_UNCHANGED
    assert connections <= CONCURRENCY + 2
    assert reads == unchanged_reads(sites)


def unchanged_reads(sites):
    """The reads by cluster, which do not depend on the number of pairs."""
    site = start(sites, 2, paired=True)
    site.run("volume_pair", pairs=requested(2), wait_for="in_sync")
    return counted(site)[0]


@pytest.mark.parametrize("count", [1, 100, 1000])
def test_new_pairs(sites, figures, count):
    site = start(sites, count, paired=False)
    result = site.run("volume_pair", pairs=requested(count), wait_for="in_sync")
    assert not result.get("failed"), result["msg"]
    reads, writes, connections = counted(site)
    methods = [call.method for call in writes]
    handshakes = methods.count("StartVolumePairing") + methods.count("CompleteVolumePairing")
    accesses = methods.count("ModifyVolumes") + methods.count("ModifyVolume")
    promised = math.ceil(count / 500)
    figures.append((f"{count} new pairs: handshake calls", f"{2 * count}", str(handshakes)))
    figures.append((f"{count} new pairs: access calls", f"{promised}", str(accesses)))
    figures.append((f"{count} new pairs: reads per cluster", f"<= {READS_NEW}", str(max(reads.values()))))
    figures.append((f"{count} new pairs: connections", f"<= {CONCURRENCY + 2}", str(connections)))
    assert (handshakes, accesses, len(writes)) == (2 * count, promised, 2 * count + promised)
    assert max(reads.values()) <= READS_NEW
    assert connections <= CONCURRENCY + 2


@pytest.mark.parametrize("concurrency", [1, 32])
def test_connections_follow_the_concurrency(sites, figures, concurrency):
    site = start(sites, 100, paired=False)
    peer = site.connection("beta", concurrency=concurrency)
    site.run("volume_pair", pairs=requested(100), concurrency=concurrency, peer=peer)
    _reads, writes, connections = counted(site)
    figures.append((f"concurrency {concurrency}: connections", f"<= {concurrency + 2}", str(connections)))
    assert len(writes) == 201
    assert connections <= concurrency + 2


@pytest.mark.parametrize("paired", [True, False])
def test_check_mode_writes_nothing(sites, figures, paired):
    site = start(sites, 100, paired)
    result = site.run("volume_pair", check=True, pairs=requested(100))
    assert result["changed"] != paired
    figures.append(
        (f"check mode, 100 {'unchanged' if paired else 'new'} pairs: writes", "0", str(len(site.world.writes())))
    )
    assert site.world.writes() == []


def test_check_mode_pairs_no_clusters(sites, figures):
    site = sites()
    result = site.run("cluster_pair", check=True)
    figures.append(("check mode, a new cluster pair: writes", "0", str(len(site.world.writes()))))
    assert (result["changed"], site.world.writes()) == (True, [])


@pytest.mark.parametrize("count", [1, 100, 1000])
@pytest.mark.parametrize("task", REPORTS)
def test_what_a_report_reads(sites, figures, task, count):
    site = start(sites, count, paired=True)
    result = site.run("pair_info", **REPORTS[task])
    assert (result["healthy"], len(result["volume_pairs"]), result["changed"]) == (True, count, False)
    reads, writes, connections = counted(site)
    promised = READS_REPORT[task]
    figures.append((f"{task}, {count} pairs: reads per cluster", f"{promised}", str(max(reads.values()))))
    assert writes == []
    assert connections <= CONCURRENCY + 2
    # Only a cluster with a source is asked for lags, only one with a target how full it is, unless that is checked of both.
    assert reads == {"alpha": promised, "beta": promised - (task == "pair_info with everything")}


@pytest.mark.parametrize("count", [1, 100, 1000])
def test_an_unchanged_cluster_pair(sites, figures, count):
    site = start(sites, count, paired=True)
    result = site.run("cluster_pair")
    assert (result.get("failed", False), result["changed"]) == (False, False)
    reads, writes, connections = counted(site)
    figures.append(
        (f"cluster_pair, {count} pairs: reads per cluster", f"<= {READS_UNCHANGED}", str(max(reads.values())))
    )
    assert writes == []
    assert max(reads.values()) <= READS_UNCHANGED
    assert connections <= CONCURRENCY + 2
    few = start(sites, 2, paired=True)
    few.run("cluster_pair")
    assert reads == counted(few)[0]


def test_a_new_cluster_pair(sites, figures):
    site = sites()
    assert not site.run("cluster_pair").get("failed")
    reads, writes, _connections = counted(site)
    figures.append(("a new cluster pair: handshake calls", "2", str(len(writes))))
    figures.append(("a new cluster pair: reads per cluster", f"<= {READS_NEW}", str(max(reads.values()))))
    assert [call.method for call in writes] == ["StartClusterPairing", "CompleteClusterPairing"]
    assert max(reads.values()) <= READS_NEW


PLANNED = {"direction": "from_peer", "failover": "planned"}


@pytest.mark.parametrize("count", [1, 40, 500, 1000])
def test_planned_failovers(sites, figures, count):
    """Checkpoints of up to 32 volumes, a read of each at every poll, and access in bulk."""
    site = start(sites, count, paired=True)
    result = site.run("volume_pair", pairs=requested(count), wait_for="in_sync", **PLANNED)
    assert (result.get("failed", False), result["changed"]) == (False, True), result["msg"]
    reads, writes, connections = counted(site)
    # For one volume or for many: CreateSnapshot and CreateGroupSnapshot, ModifyVolume and ModifyVolumes.
    made = Counter(call.method.replace("Group", "").rstrip("s") for call in writes)
    polls = [call for call in site.world.calls_of("alpha", "ListGroupSnapshots") if call.params]
    checkpoints = math.ceil(count / 32)
    for what, promised, method in (
        ("checkpoints", checkpoints, "CreateSnapshot"),
        ("checkpoints removed", 2 * checkpoints, "DeleteSnapshot"),
        ("access calls", 2 * math.ceil(count / 500), "ModifyVolume"),
    ):
        figures.append((f"{count} planned failovers: {what}", f"{promised}", str(made[method])))
        assert made[method] == promised
    assert made.total() == 3 * checkpoints + 2 * math.ceil(count / 500)
    figures.append((f"{count} planned failovers: reads per cluster", "", str(max(reads.values()))))
    # What does not grow with the number of pairs: all but the reads of the checkpoints and of the result of a removal.
    counted_reads = [len(site.world.calls_of(name, "ListVolumeStats")) for name in CLUSTERS]
    figures.append(
        (f"{count} planned failovers: reads of statistics, source and target", "5, 3", str(counted_reads)[1:-1])
    )
    assert counted_reads == [5, 3]
    demoted, promoted = (site.world.calls_of(name, ("ModifyVolume", "ModifyVolumes")) for name in CLUSTERS)
    dark = max(call.seconds for call in promoted) - min(call.seconds for call in demoted)
    figures.append((f"{count} planned failovers: no writable side", f"<= {DARK} s", f"{dark:.2f} s"))
    assert dark <= GROSS_DARK
    assert connections <= CONCURRENCY + 2
    if count > 1:
        # One read for each checkpoint and poll; in a world where all is instant one poll is enough.
        figures.append((f"{count} planned failovers: reads per poll", f"{checkpoints}", str(len(polls))))
        assert len(polls) == checkpoints


@pytest.mark.parametrize("count", [1, 500])
@pytest.mark.parametrize("permission", ["local_only", "assume_dead"])
def test_forced_failovers_with_an_unreachable_site(sites, figures, permission, count):
    site = start(sites, count, paired=True)
    site.world.site_down("alpha")
    site.world.clear_calls()
    options = {"pairs": requested(count), "direction": "to_peer", "failover": "forced", "peer_unreachable": permission}
    result = site.run("volume_pair", here="beta", there="alpha", **options)
    assert (result.get("failed", False), result["changed"]) == (False, True), result["msg"]
    reads, writes, connections = counted(site)
    promised = math.ceil(count / 500)
    title = f"{count} forced failovers, unreachable site, {permission}"
    figures.append((f"{title}: access calls", f"{promised}", str(len(writes))))
    figures.append((f"{title}: reads", f"<= {READS_FORCED}", str(reads["beta"])))
    assert (len(writes), reads["alpha"]) == (promised, 0)
    assert reads["beta"] <= READS_FORCED
    assert connections <= CONCURRENCY + 2


def test_reads_while_checkpoints_are_on_their_way(sites, figures):
    """One for each checkpoint, and one more that sees what holds a pair up."""
    count = 500
    site = start(sites, count, paired=True, timings={**dict.fromkeys(Timings.DEFAULTS, 0), "snapshot_polls": 4})
    result = site.run("volume_pair", pairs=requested(count), **PLANNED)
    assert not result.get("failed"), result["msg"]
    taken = max(call.sequence for call in site.world.calls_of("alpha", "CreateGroupSnapshot"))
    (demotion,) = site.world.calls_of("alpha", "ModifyVolumes")
    reads = [call for call in site.world.calls_of("alpha") if taken < call.sequence < demotion.sequence]
    made = Counter(call.method for call in reads)
    checkpoints = math.ceil(count / 32)
    polls = made["ListGroupSnapshots"] / checkpoints
    # Once all have arrived, the volumes are read once before the demotion, and so are the hosts.
    rereads = made["ListVolumes"] - 1
    title = f"{count} planned failovers, checkpoints on their way: reads per poll"
    figures.append((title, f"{checkpoints} + 1", f"{checkpoints} + {rereads / (polls - 1):g}"))
    assert (polls > 1, rereads) == (True, polls - 1)
    assert set(made) == {"ListGroupSnapshots", "ListVolumes", "ListISCSISessions", "ListFibreChannelSessions"}


READS_REHEARSAL = {"unchanged": 8, "latest": 15, "now": 20}


@pytest.mark.parametrize("point", ["latest", "now"])
@pytest.mark.parametrize("count", [10, 200])
def test_a_rehearsal(sites, figures, count, point):
    site = start(sites, count, paired=True)
    ids = [volume.volume_id for volume in site.world.cluster("alpha").volumes.values()]
    for first in range(0, count, 32):
        volumes = {"volumes": ids[first : first + 32], "enableRemoteReplication": True, "name": "hourly"}
        site.world.call("alpha", "CreateGroupSnapshot", volumes)
    for cluster in CLUSTERS:
        site.world.call(cluster, "ListSnapshots")
    site.world.clear_calls()
    drill = {"here": "beta", "there": "alpha", "name": "drill", "point": point}
    result = site.run("failover_rehearsal", **drill)
    assert not result.get("failed"), result["msg"]
    reads, writes, connections = counted(site)
    methods = Counter(call.method for call in writes)
    groups = math.ceil(count / 32) if point == "now" else 0
    task = f"rehearsal of {count} volumes, {point}"
    figures.append((f"{task}: clone calls", f"{count}", str(methods["CloneVolume"])))
    figures.append((f"{task}: reads per cluster", f"<= {READS_REHEARSAL[point] + groups}", str(max(reads.values()))))
    figures.append((f"{task}: connections", f"<= {CONCURRENCY + 2}", str(connections)))
    assert methods["CloneVolume"] == count
    assert sum(methods.values()) == count + 3 * groups
    # Each group snapshot is waited for by a read of its own.
    assert max(reads.values()) <= READS_REHEARSAL[point] + groups
    assert connections <= CONCURRENCY + 2
    site.world.clear_calls()
    assert site.run("failover_rehearsal", **{**drill, "point": "latest"})["changed"] is False
    assert (site.world.writes(), max(counted(site)[0].values()) <= READS_REHEARSAL["unchanged"]) == ([], True)
    site.world.clear_calls()
    assert site.run("failover_rehearsal", **drill, state="absent")["changed"]
    assert [call.method for call in site.world.writes()] == ["DeleteVolumes", "PurgeDeletedVolumes"]
