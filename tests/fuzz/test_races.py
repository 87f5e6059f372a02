# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two at work on the same clusters: at moments that are chosen, and truly at once."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import Any, Optional

import pytest

from ansible_collections.elementsw.replication.tests.fuzz.inhabited import InhabitedWorld
from ansible_collections.elementsw.replication.tests.fuzz.judgement import judge
from ansible_collections.elementsw.replication.tests.fuzz.orders import Order
from ansible_collections.elementsw.replication.tests.fuzz.tasks import Ran, Tasks
from ansible_collections.elementsw.replication.tests.fuzz.truths import Truth, halves, volumes
from ansible_collections.elementsw.replication.tests.simulator.server import serve

ALPHA_BETA = {"between": ["alpha", "beta"]}
ALPHA_GAMMA = {"between": ["alpha", "gamma"]}
BETA_GAMMA = {"between": ["beta", "gamma"]}
PAIR = {"source": "alpha/a", "target": "beta/a"}
HALF = {"at": "alpha/a", "to": "beta/a"}
ADMINS = ("first", "second")
FIRST, SECOND = ADMINS
A, B = ("alpha", 1), ("beta", 101)


@contextlib.contextmanager
def world_of(
    cluster_pairs: list[dict[str, Any]], volume_pairs: list[dict[str, Any]], concurrency: int = 1, **more: Any
) -> Iterator[tuple[InhabitedWorld, Tasks]]:
    """Three clusters, each with volumes a, b and c, and two administrators."""
    clusters = [
        {
            "name": name,
            "admins": [{"username": admin, "password": f"Only-for-{name}-{admin}"} for admin in ADMINS],
            "volumes": [{"name": each, "id": first + n} for n, each in enumerate("abc")],
        }
        for name, first in (("alpha", 1), ("beta", 101), ("gamma", 201))
    ]
    description = {
        "timings": "instant",
        "clusters": clusters,
        "cluster_pairs": cluster_pairs,
        "volume_pairs": volume_pairs,
        **more,
    }
    world = InhabitedWorld.from_dict(description)
    with serve(world) as running:
        yield world, Tasks(world, running, concurrency)


def volume_pair(here: str = "alpha", there: str = "beta", volume: str = "a", **given: Any) -> Order:
    return Order("volume_pair", here, there, given if "pairs" in given else {"volume": volume, **given})


def cluster_pair(here: str = "alpha", there: str = "beta", **given: Any) -> Order:
    return Order("cluster_pair", here, there, given)


def entries(truth: Truth, name: str) -> list[tuple[str | None, str]]:
    """Which clusters a cluster lists, and under which UUID."""
    listed = truth["clusters"][name]["cluster_pairs"]
    return [(entry["remote"][0] if entry["remote"] else None, entry["uuid"]) for entry in listed]


def partners(truth: Truth, key: tuple[str, int]) -> list[int]:
    return [half["remote_volume_id"] for half in volumes(truth)[key]["pairs"]]


def is_whole(truth: Truth, one: tuple[str, int], other: tuple[str, int]) -> bool:
    """Whether the two volumes are paired with each other and nothing else."""
    return any(sorted(key for key, _half in pair) == sorted([one, other]) for pair in halves(truth).values()) and all(
        len(volumes(truth)[key]["pairs"]) == 1 for key in (one, other)
    )


# --- another client, at the worst moment ------------------------------------------------------------------------------


def act(name: str, cluster: str = "alpha", **params: Any) -> dict[str, Any]:
    return {"cluster": cluster, "method": name, "params": params}


TO_BETA = {"number": 0, "far": "beta", "far_number": 0}
FROM_GAMMA = {"cluster": "gamma", "number": 0, "far": "beta", "far_number": 0}
LISTED = ("ListVolumes", 2)  # the recheck right before the first write

#: What is there, what is asked for, before which call of which cluster who does what; the code of the failure or None,
#: and what must be so in the end.
Moment = tuple[list, Order, tuple[str, str, int], dict[str, Any], Optional[str], Callable[[Truth], bool]]
MOMENTS: dict[str, Moment] = {
    "the volumes are paired by another client": (
        [],
        volume_pair(),
        ("alpha", "StartVolumePairing", 1),
        act("pair_volumes", **TO_BETA),
        "changed_meanwhile",
        lambda now: is_whole(now, A, B),
    ),
    "the pending pair is completed by another client": (
        [],
        volume_pair(),
        ("beta", "CompleteVolumePairing", 1),
        act("complete_pairing", **TO_BETA),
        None,
        lambda now: is_whole(now, A, B),
    ),
    "the pending pair is completed with another volume": (
        [],
        volume_pair(),
        ("beta", "CompleteVolumePairing", 1),
        act("complete_pairing", number=0, far="beta", far_number=1),
        "changed_meanwhile",
        lambda now: is_whole(now, A, ("beta", 102)) and not partners(now, B),
    ),
    "the target is paired with a third cluster": (
        [],
        volume_pair(),
        ("beta", "CompleteVolumePairing", 1),
        act("pair_volumes", **FROM_GAMMA),
        "changed_meanwhile",
        lambda now: is_whole(now, ("gamma", 201), B) and not partners(now, A),
    ),
    "the target is written to": (
        [],
        volume_pair(),
        ("beta", *LISTED),
        act("write_to", "beta", number=0, mark="new"),
        "changed_meanwhile",
        lambda now: not partners(now, A) and volumes(now)[B]["marks"] == ["new"],
    ),
    "a host logs in to the target": (
        [],
        volume_pair(allow_overwrite=True),
        ("beta", *LISTED),
        act("log_in_to", "beta", number=0),
        "changed_meanwhile",
        lambda now: not partners(now, A) and volumes(now)[B]["access"] == "readWrite",
    ),
    "the target is deleted": (
        [],
        volume_pair(),
        ("beta", *LISTED),
        act("delete", "beta", number=0),
        "changed_meanwhile",
        lambda now: not partners(now, A),
    ),
    "the target gets another role": (
        [],
        volume_pair(),
        ("beta", *LISTED),
        act("set_access", "beta", number=0, access="locked"),
        "changed_meanwhile",
        lambda now: not partners(now, A) and volumes(now)[B]["access"] == "locked",
    ),
    "the pair to remove has become another one": (
        [PAIR],
        volume_pair(state="absent"),
        ("alpha", *LISTED),
        act("replace_pair", number=0, far="beta", far_number=1),
        "changed_meanwhile",
        lambda now: is_whole(now, A, ("beta", 102)),
    ),
    "the half to repair has become a pair": (
        [HALF],
        volume_pair(repair=True, direction="to_peer"),
        ("alpha", *LISTED),
        act("replace_pair", **TO_BETA),
        "changed_meanwhile",
        lambda now: is_whole(now, A, B),
    ),
    "the pair to remove is gone": (
        [PAIR],
        volume_pair(state="absent"),
        ("alpha", "RemoveVolumePair", 1),
        act("unpair_volume", number=0),
        None,
        lambda now: not partners(now, A) and not partners(now, B),
    ),
}
CLUSTER_MOMENTS: dict[str, Moment] = {
    "the clusters are paired by another client": (
        [],
        cluster_pair(),
        ("beta", "CompleteClusterPairing", 1),
        act("pair_clusters", far="beta"),
        None,
        lambda now: entries(now, "alpha")[0][1] == entries(now, "beta")[0][1] and len(entries(now, "alpha")) == 1,
    ),
    "the clusters are paired by another client, from the other side": (
        [],
        cluster_pair(),
        ("alpha", "StartClusterPairing", 1),
        act("pair_clusters", "beta", far="alpha"),
        None,
        lambda now: entries(now, "alpha")[0][1] == entries(now, "beta")[0][1] and len(entries(now, "alpha")) == 1,
    ),
    "the pending pair is completed by another client": (
        [],
        cluster_pair(),
        ("beta", "CompleteClusterPairing", 1),
        act("complete_cluster_pairing", far="beta"),
        None,
        lambda now: entries(now, "alpha")[0][1] == entries(now, "beta")[0][1] and len(entries(now, "alpha")) == 1,
    ),
    "the pending pair is completed with a third cluster": (
        [],
        cluster_pair(),
        ("beta", "CompleteClusterPairing", 1),
        act("complete_cluster_pairing", far="gamma"),
        "changed_meanwhile",
        lambda now: entries(now, "alpha") == [("gamma", entries(now, "gamma")[0][1])] and not entries(now, "beta"),
    ),
    "another administrator waits with a key": (
        [],
        cluster_pair(),
        ("beta", "CompleteClusterPairing", 1),
        act("start_cluster_pairing"),
        None,
        lambda now: [peer for peer, _uuid in entries(now, "alpha")] == ["beta", None],
    ),
    "volumes are paired over the cluster pair to remove": (
        [ALPHA_BETA],
        cluster_pair(state="absent"),
        ("alpha", "ListClusterPairs", 2),
        act("pair_volumes", **TO_BETA),
        "changed_meanwhile",
        lambda now: entries(now, "alpha") == [("beta", entries(now, "beta")[0][1])] and is_whole(now, A, B),
    ),
    "the half to repair has become a pair": (
        [{"at": "alpha", "to": "beta"}],
        cluster_pair(repair=True),
        ("alpha", "ListClusterPairs", 2),
        act("replace_cluster_pair", far="beta"),
        "changed_meanwhile",
        lambda now: entries(now, "alpha") == [("beta", entries(now, "beta")[0][1])],
    ),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_another_client_changes_the_volumes(moment: str) -> None:
    with world_of([ALPHA_BETA, ALPHA_GAMMA, BETA_GAMMA], MOMENTS[moment][0]) as (world, tasks):
        run_into(world, tasks, MOMENTS[moment])


@pytest.mark.parametrize("moment", CLUSTER_MOMENTS)
def test_another_client_changes_the_clusters(moment: str) -> None:
    with world_of(CLUSTER_MOMENTS[moment][0], []) as (world, tasks):
        run_into(world, tasks, CLUSTER_MOMENTS[moment])


def run_into(world: InhabitedWorld, tasks: Tasks, moment: Moment) -> None:
    _pairs, order, before, what, code, so = moment
    fault = world.faults.add(*before, fault="meanwhile", call=what)
    ran = tasks.run(order, username=FIRST)
    assert fault not in world.faults.unused()
    judge(ran)
    assert ran.codes == ([code] if code else [])
    assert so(world.truth())


# --- two at once ------------------------------------------------------------------------------------------------------

TIMES = 12


def at_once(tasks: Tasks, *orders: Order) -> list[Ran]:
    """Two tasks that begin together, each with its own administrator."""
    ran: dict[str, Ran] = {}
    troubles: list[BaseException] = []
    together = threading.Barrier(len(orders))

    def run(order: Order, username: str) -> None:
        try:
            together.wait()
            ran[username] = tasks.run(order, username=username)
        except BaseException as exc:
            troubles.append(exc)

    threads = [threading.Thread(target=run, args=each) for each in zip(orders, ADMINS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if troubles:
        raise troubles[0]
    return [ran[username] for username in ADMINS]


CROWD = {
    "both sides pair the clusters": ([], [], [cluster_pair(), cluster_pair("beta", "alpha")]),
    "one side pairs the clusters twice": ([], [], [cluster_pair(), cluster_pair()]),
    "two clusters pair with a third": ([], [], [cluster_pair("alpha", "beta"), cluster_pair("gamma", "beta")]),
    "pair and unpair the clusters": ([ALPHA_BETA], [], [cluster_pair(), cluster_pair("beta", "alpha", state="absent")]),
    "both sides repair the clusters": (
        [{"at": "alpha", "to": "beta"}],
        [],
        [cluster_pair(repair=True), cluster_pair("beta", "alpha", repair=True)],
    ),
    "both sides pair the volumes, each as the source": (
        [ALPHA_BETA],
        [],
        [volume_pair(), volume_pair("beta", "alpha")],
    ),
    "both sides pair the volumes, the same way": (
        [ALPHA_BETA],
        [],
        [volume_pair(), volume_pair("beta", "alpha", direction="from_peer")],
    ),
    "one side pairs many volumes twice": (
        [ALPHA_BETA],
        [],
        [volume_pair(pairs=[{"volume": each} for each in "abc"])] * 2,
    ),
    "two sources want one target": (
        [ALPHA_BETA, BETA_GAMMA],
        [],
        [volume_pair(), volume_pair("gamma", "beta")],
    ),
    "pair and unpair the volumes": ([ALPHA_BETA], [PAIR], [volume_pair(state="absent"), volume_pair("beta", "alpha")]),
    "both sides repair the volumes": (
        [ALPHA_BETA],
        [HALF],
        [
            volume_pair(repair=True, direction="to_peer"),
            volume_pair("beta", "alpha", repair=True, direction="from_peer"),
        ],
    ),
    "both create the partner": (
        [ALPHA_BETA],
        [],
        [volume_pair(peer_volume="new", create_peer_volume={})] * 2,
    ),
}


@pytest.mark.parametrize("crowd", CROWD)
def test_two_at_once(crowd: str) -> None:
    cluster_pairs, volume_pairs, orders = CROWD[crowd]
    for _time in range(TIMES):
        with world_of(cluster_pairs, volume_pairs, concurrency=3) as (world, tasks):
            both = at_once(tasks, *orders)
            for ran in both:
                judge(ran)
            settle(world, tasks, orders, both)


TO_PEER, FROM_PEER = "to_peer", "from_peer"
#: The two tasks with which two administrators meet on one pair of alpha and beta, whose source is on alpha.
ENCOUNTERS = {
    "one planned failover twice": [
        volume_pair(failover="planned", direction=FROM_PEER),
        volume_pair("beta", "alpha", failover="planned", direction=TO_PEER),
    ],
    "planned failovers both ways": [
        volume_pair(failover="planned", direction=FROM_PEER),
        volume_pair(failover="planned", direction=TO_PEER),
    ],
    "forced failovers both ways": [
        volume_pair(failover="forced", direction=FROM_PEER, allow_overwrite=True),
        volume_pair("beta", "alpha", failover="forced", direction=FROM_PEER, allow_overwrite=True),
    ],
    "planned and forced failover": [
        volume_pair(failover="planned", direction=FROM_PEER),
        volume_pair("beta", "alpha", failover="forced", direction=TO_PEER),
    ],
    "planned failover and unpair": [
        volume_pair(failover="planned", direction=FROM_PEER),
        volume_pair("beta", "alpha", state="absent", release_target=True),
    ],
    "planned failover and resume": [
        volume_pair(failover="planned", direction=FROM_PEER),
        volume_pair("beta", "alpha", direction=FROM_PEER, paused=False, wait_for="in_sync"),
    ],
    "forced failover and resume": [
        volume_pair(failover="forced", direction=FROM_PEER),
        volume_pair(direction=TO_PEER, paused=False, wait_for="in_sync"),
    ],
    "both sites resume": [
        volume_pair(paused=False, wait_for="in_sync"),
        volume_pair("beta", "alpha", paused=False, wait_for="in_sync"),
    ],
    "unpair and resume": [
        volume_pair(state="absent"),
        volume_pair("beta", "alpha", paused=False, wait_for="in_sync"),
    ],
    "pause and resume": [
        volume_pair(paused=True),
        volume_pair("beta", "alpha", paused=False, wait_for="in_sync"),
    ],
    "one mode and another one": [volume_pair(mode="sync"), volume_pair("beta", "alpha", mode="snapshots_only")],
}
#: What a task may say that has met another one.
MET = {
    "changed_meanwhile",
    "not_in_sync",
    "no_source",
    "split_brain",
    "not_paired",
    "half_pair",
    "direction_change",
    "source_in_use",
}


@pytest.mark.parametrize("encounter", ENCOUNTERS)
def test_two_on_one_pair(encounter: str) -> None:
    orders = ENCOUNTERS[encounter]
    resumed = "resume" in encounter and "failover" not in encounter
    for _time in range(TIMES):
        with world_of([ALPHA_BETA], [{**PAIR, "paused": ["alpha"] if resumed else []}], concurrency=3) as (
            world,
            tasks,
        ):
            world.write("alpha", 1, "written")
            world.advance(2)
            both = at_once(tasks, *orders)
            for ran in both:
                judge(ran)
                assert set(ran.codes) <= MET, [failure.sentence for failure in ran.failures]
            now = world.truth()
            kept = {mark for key in (A, B) for mark in volumes(now)[key]["marks"]}
            assert "written" in kept
            sources = [key for key in (A, B) if volumes(now)[key]["access"] == "readWrite"]
            forced = any(order.failover == "forced" for order in orders)
            assert len(sources) == 1 or any(ran.failures for ran in both) or "unpair" in encounter, (sources, encounter)
            assert len(sources) < 2 or forced or not partners(now, A), encounter


def settle(world: InhabitedWorld, tasks: Tasks, orders: list[Order], both: list[Ran]) -> None:
    """Whatever the two have left: it has been reported, and the first one's task succeeds when it runs again by itself."""
    now = world.truth()
    left = [
        key
        for key, volume in volumes(now).items()
        if "elementsw-replication-run" in volume["attributes"] and not volume["deleted"] and not volume["pairs"]
    ]
    assert not left or any(ran.left_behind for ran in both)
    again = Order(orders[0].module, orders[0].here, orders[0].there, {**orders[0].given, "repair": True})
    ran = tasks.run(again, username=FIRST)
    judge(ran)
    assert set(ran.codes) <= {"paired_elsewhere", "direction_unknown", "no_source", "split_brain"}
