# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes that are sent again: what an earlier attempt of the task itself has left is no change by another client."""

from __future__ import annotations

import pytest

from ansible_collections.elementsw.replication.tests.matrix.suspended import READ_WRITE, SITES, TARGET, Pair, Task
from ansible_collections.elementsw.replication.tests.simulator.world import World
from ansible_collections.elementsw.replication.tests.unit.plugins.modules.test_planned_failover import codes

FAILOVERS = [{"direction": "from_peer", "failover": kind} for kind in ("planned", "forced")]


def lose_reply_and_lag(options, call, paired=True):
    """The result of a task whose reply to this call is lost, and that reads once from a node that lags behind then."""
    calls = Task(Pair.of(paired), options).run().calls
    site, method = call.split()
    before = calls[: calls.index(call)].count(f"{site} ListVolumes")
    pair = Pair.of(paired)
    pair.world.faults.add(site, method, fault="drop_after")
    pair.world.faults.add(site, "ListVolumes", nth=before + 1, fault="stale")
    return pair, Task(pair, options).run()


@pytest.mark.parametrize("options", FAILOVERS, ids=lambda options: options["failover"])
@pytest.mark.parametrize("call", ["beta ModifyVolume", "alpha ModifyVolume"])
def test_a_write_of_a_failover_that_has_taken_effect_unseen(options, call):
    pair, done = lose_reply_and_lag(options, call)
    assert (done.codes, pair.accesses) == ([], (TARGET, READ_WRITE))


def test_a_removal_that_has_taken_effect_unseen():
    pair, done = lose_reply_and_lag({"state": "absent"}, "alpha RemoveVolumePair")
    assert (done.codes, [bool(pair.volume(site).halves) for site in SITES]) == ([], [False, False])


def test_a_handshake_is_repeated_although_its_withdrawal_was_contended():
    pair = Pair.of(paired=False)
    pair.world.faults.add("beta", "CompleteVolumePairing", fault="xDBVersionMismatch")
    pair.world.faults.add("alpha", "RemoveVolumePair", fault="xDBVersionMismatch")
    assert Task(pair, {}).run().codes == []
    assert all(pair.volume(site).halves for site in SITES)


def test_the_access_of_a_new_target_is_set_again_after_it_was_paired():
    """On releases that show an unpaired target as locked its access is set a second time, when it is paired already."""
    volumes = [{"name": "v", "id": 41, "account": "tenant"}]
    world = World.from_dict(
        {
            "timings": "instant",
            "switches": {"unpaired_target": "locked"},
            "clusters": [{"name": site, "accounts": [{"name": "tenant"}], "volumes": volumes} for site in SITES],
            "cluster_pairs": [{"between": list(SITES)}],
        }
    )
    pair = Pair(world)
    pair.settle()
    world.faults.add("beta", "ModifyVolume", nth=2, fault="xDBVersionMismatch")
    done = Task(pair, {}).run()
    assert (done.codes, done.calls.count("beta ModifyVolume"), pair.accesses) == ([], 3, (READ_WRITE, TARGET))


# --- one call for several volumes -----------------------------------------------------------------------------------------

THREE = ("a", "b", "c")


@pytest.fixture
def three(sites):
    """A world with three pairs, which fail over from alpha to beta."""

    def start():
        volumes = [{"name": name} for name in THREE]
        return sites(
            [{"name": site, "volumes": volumes} for site in SITES],
            cluster_pairs=[{"between": list(SITES)}],
            volume_pairs=[{"source": f"alpha/{name}", "target": f"beta/{name}"} for name in THREE],
        )

    return start


def accesses(site, cluster, names=THREE):
    return [site.world.cluster(cluster).find_volume(name).access for name in names]


def fail_over(site, kind):
    return site.run("volume_pair", direction="from_peer", failover=kind, pairs=[{"volume": name} for name in THREE])


def refused_once(three, kind, error, name, method, **params):
    """A failover whose promotion is refused with this error, while something happens to one of its volumes of beta."""
    undisturbed = three()
    fail_over(undisturbed, kind)
    calls = [call.method for call in undisturbed.world.calls if call.cluster == "beta"]
    reads = calls[: calls.index("ModifyVolumes")].count("ListVolumes")
    site = three()
    site.world.faults.add("beta", "ModifyVolumes", fault=error)
    volume_id = site.world.cluster("beta").find_volume(name).volume_id
    call = {"cluster": "beta", "method": method, "params": {"volumeID": volume_id, **params}}
    site.world.faults.add("beta", "ListVolumes", nth=reads + 1, fault="meanwhile", call=call)
    result = fail_over(site, kind)
    assert site.world.faults.unused() == []
    return site, codes(result)


@pytest.mark.parametrize("kind", ["planned", "forced"])
def test_a_call_for_several_volumes_that_has_taken_effect_for_one(three, kind):
    """The one that was promoted already was taken for another client's promotion, and the others stayed unwritable."""
    site, found = refused_once(three, kind, "xDBConnectionLoss", "a", "ModifyVolume", access=READ_WRITE)
    assert found == dict.fromkeys(THREE)
    assert (accesses(site, "beta"), accesses(site, "alpha")) == ([READ_WRITE] * 3, [TARGET] * 3)


def test_only_the_pair_fails_that_was_changed_before_its_call_is_sent_again(three):
    site, found = refused_once(three, "forced", "xDBVersionMismatch", "b", "RemoveVolumePair")
    assert found == {"a": None, "b": "changed_meanwhile", "c": None}
    assert accesses(site, "beta", ("a", "c")) == [READ_WRITE] * 2
