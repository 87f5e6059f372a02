# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waits that are divided over several calls of a module: what is reported in between, and that it is one task all the same."""

from __future__ import annotations

import copy
import math
import os
import signal
import threading

import pytest

LINK = [{"between": ["alpha", "beta"]}]
VOLUMES = [{"name": "orders-db", "id": 41}, {"name": "orders-log", "id": 42}]
PEERS = [{"name": "orders-db", "id": 4123}, {"name": "orders-log", "id": 77, "size": "11GiB"}]
ITEMS = [{"volume": "orders-db"}, {"volume": "orders-log"}]
#: The two volumes are copied for as long as the test likes.
COPYING = {
    "grace_polls": 0,
    "resuming_connected_polls": 0,
    "resuming_rrsync_polls": 0,
    "resuming_local_sync_polls": 0,
    "resuming_data_transfer_polls": "never",
}


def start(sites, password=None, **more):
    admins = (
        {"admins": [{"username": "ansible", "password": password, "access": ["administrator"]}]} if password else {}
    )
    clusters = [{"name": "alpha", "volumes": VOLUMES, **admins}, {"name": "beta", "volumes": PEERS, **admins}]
    return sites(clusters, **{"cluster_pairs": LINK, **more})


class Task:
    """A task, call by call, as the action plugin makes them."""

    def __init__(self, site, module, **options):
        self.site, self.module, self.options = site, module, {"progress_interval": 1, **options}
        self.waited = 0

    def first(self):
        return self.site.run(self.module, **self.options)

    def then(self, reply):
        """The next call, which must write nothing."""
        self.waited += 1
        writes = len(self.site.world.writes())
        resume = {"waited": self.waited, "report": reply["_progress"]["report"]}
        reply = self.site.run(self.module, **self.options, x_resume=resume)
        assert len(self.site.world.writes()) == writes
        return reply


def pairs_task(site, **options):
    return Task(site, "volume_pair", pairs=ITEMS, wait_for="in_sync", **options)


def test_several_calls_are_one_task(sites):
    site = start(sites, timings=COPYING)
    task = pairs_task(site)
    first = task.first()
    # Ansible keeps warnings for the whole process, and so those of earlier tests in it.
    assert set(first) - {"invocation", "_ansible_new_secrets", "warnings"} == {"changed", "_progress"}
    writes = site.writes()
    second = task.then(first)
    assert second["_progress"]["report"] == first["_progress"]["report"]
    assert second["_progress"]["line"] == "0 of 2 pairs in sync, slowest orders-db 0 %, about 9 min left"
    site.world.timings.set({"resuming_data_transfer_polls": 0})
    last = task.then(second)
    assert (last.get("failed", False), last["changed"], "_progress" in last) == (False, True, False)
    assert [(pair["changed"], pair["in_sync"], pair["failed"]) for pair in last["pairs"]] == [(True, True, False)] * 2
    # The two targets are made so in one call.
    assert (len(writes), len(last["actions"])) == (5, 5)
    assert last["diff"]["before"].count("not paired") == 2
    assert last["diff"]["after"].count(": paired, async, to ") == 2


def test_jobs_are_read_once_a_call_and_only_at_its_end(sites):
    site = start(sites, timings=COPYING)
    reply = pairs_task(site, wait_timeout=60).first()
    assert "_progress" in reply
    for cluster in ("alpha", "beta"):
        assert len(site.world.calls_of(cluster, "ListSyncJobs")) == 1
        assert len(site.world.calls_of(cluster, "ListVolumes")) > 1
        assert site.world.calls_of(cluster)[-1].method == "ListSyncJobs"


def test_a_wait_goes_on_without_what_the_jobs_tell(sites):
    site = start(sites, timings=COPYING)
    site.world.faults.add("beta", "ListSyncJobs", fault="xUnknownAPIMethod", times=None)
    line = pairs_task(site).first()["_progress"]["line"]
    assert line == (
        "0 of 2 pairs in sync, slowest volume orders-db (41): alpha shows ResumingDataTransfer, beta shows "
        "ResumingDataTransfer"
    )


def test_a_time_that_runs_out_counts_all_calls_and_names_the_progress(sites):
    site = start(sites, timings={**COPYING, "resuming_data_transfer_polls": 10_000})
    task = pairs_task(site, wait_timeout=2)
    last = task.then(task.first())
    assert (last["error"]["code"], last["changed"], last["error"]["left_behind"]) == ("wait_timeout", True, None)
    assert "alpha shows ResumingDataTransfer, beta shows ResumingDataTransfer, copied 0 %, about " in last["msg"]
    assert [pair["error"]["code"] for pair in last["pairs"]] == ["wait_timeout"] * 2


def test_the_patience_with_a_state_counts_all_calls(sites):
    site = start(sites, timings={"grace_polls": "never"})
    task = pairs_task(site, wait_timeout=600)
    first = task.first()
    task.waited = 119
    last = task.then(first)
    assert [pair["error"]["code"] for pair in last["pairs"]] == ["not_in_sync"] * 2


def test_without_an_interval_there_is_one_call(sites):
    site = start(sites, timings=COPYING)
    result = pairs_task(site, progress_interval=0, wait_timeout=2).first()
    assert result["error"]["code"] == "wait_timeout"


def test_what_has_failed_in_the_first_call_is_reported_by_the_last(sites):
    site = start(sites, timings=COPYING)
    site.world.faults.add("beta", "CompleteVolumePairing", fault="xInvalidParameter", times=1)
    task = pairs_task(site, concurrency=1)
    first = task.first()
    assert first["_progress"]["line"].startswith("0 of 2 pairs in sync, 1 failed, slowest orders-log ")
    site.world.timings.set({"resuming_data_transfer_polls": 0})
    last = task.then(first)
    assert (last["failed"], last["changed"], last["error"]["name"]) == (True, True, "xInvalidParameter")
    assert last["error"]["rolled_back"] is True
    assert [pair["failed"] for pair in last["pairs"]] == [True, False]
    assert [pair["changed"] for pair in last["pairs"]] == [False, True]
    assert "RemoveVolumePair" in {action["method"] for action in last["actions"]}


# --- what others do between two calls -----------------------------------------------------------------------------------


def unpair(world):
    world.call("alpha", "RemoveVolumePair", {"volumeID": 41})
    world.call("beta", "RemoveVolumePair", {"volumeID": 4123})


def pair_again(world):
    unpair(world)
    key = world.call("alpha", "StartVolumePairing", {"volumeID": 41, "mode": "Async"})["volumePairingKey"]
    world.call("beta", "CompleteVolumePairing", {"volumeID": 4123, "volumePairingKey": key})


def turn(world):
    world.call("alpha", "ModifyVolume", {"volumeID": 41, "access": "replicationTarget"})
    world.call("beta", "ModifyVolume", {"volumeID": 4123, "access": "readWrite"})


def delete(world):
    unpair(world)
    world.call("alpha", "DeleteVolume", {"volumeID": 41})
    world.call("alpha", "PurgeDeletedVolume", {"volumeID": 41})


def double(world):
    world.call("alpha", "CreateVolume", {"name": "orders-db", "accountID": 1, "totalSize": 10**9, "enable512e": True})


@pytest.mark.parametrize("meddle", [unpair, pair_again, turn, delete, double])
def test_a_pair_that_has_become_another_one(sites, meddle):
    site = start(sites, timings=COPYING)
    task = pairs_task(site)
    first = task.first()
    site.world.timings.set("instant")
    meddle(site.world)
    last = task.then(first)
    assert (last["failed"], last["changed"]) == (True, True)
    assert [pair["error"] and pair["error"]["code"] for pair in last["pairs"]] == ["changed_meanwhile", None]
    assert last["error"]["left_behind"] is None


def test_a_cluster_that_is_lost_between_two_calls(sites):
    site = start(sites, timings=COPYING)
    task = pairs_task(site, timeout=1)
    first = task.first()
    site.world.faults.add("beta", fault="http_401", times=None)
    last = task.then(first)
    assert (last["error"]["code"], last["changed"], len(last["actions"])) == ("authentication", True, 5)
    assert "pairs" not in last


@pytest.mark.parametrize("password", ["4", "41", "e", "1"])
def test_a_short_password_does_not_make_other_pairs_of_them(sites, password):
    """Such a password is masked within the IDs, the UUIDs and the numbers of every reply."""
    site = start(sites, password=password, timings=COPYING)
    task = pairs_task(site)
    first = task.first()
    reply = task.then(first)
    assert "_progress" in reply
    site.world.timings.set({"resuming_data_transfer_polls": 0})
    last = task.then(reply)
    # Before ansible-core 2.19 even true, false and null are masked.
    assert ("error" in last, last["changed"] is False) == (False, False)
    assert [pair["changed"] is False for pair in last["pairs"]] == [False, False]


def test_a_signal_in_a_later_call(sites):
    site = start(sites, timings=COPYING)
    task = pairs_task(site, progress_interval=30)
    first = Task(site, "volume_pair", pairs=ITEMS, wait_for="in_sync").first()
    seen = len(site.world.calls_of("beta", "ListVolumes"))

    def watch():
        while len(site.world.calls_of("beta", "ListVolumes")) < seen + 2:
            threading.Event().wait(0.01)
        os.kill(os.getpid(), signal.SIGTERM)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    last = task.then(first)
    thread.join()
    assert (last["error"]["code"], last["changed"]) == ("interrupted", True)
    assert [pair["changed"] for pair in last["pairs"]] == [True, True]


# --- clusters ---------------------------------------------------------------------------------------------------------


def test_clusters_take_several_calls(sites):
    site = start(sites, cluster_pairs=[], timings={"misconfigured_polls": "never"})
    task = Task(site, "cluster_pair")
    first = task.first()
    assert first["_progress"]["line"] == (
        "cluster pair of alpha and beta: alpha reports Misconfigured, beta reports Misconfigured, 1 s of 120 s"
    )
    site.world.timings.set({"misconfigured_polls": 0})
    last = task.then(first)
    assert (last.get("failed", False), last["changed"], last["cluster_pair"]["connected"]) == (False, True, True)
    assert [action["method"] for action in last["actions"]] == ["StartClusterPairing", "CompleteClusterPairing"]
    assert last["diff"] == {
        "before": "alpha: not paired\nbeta: not paired\n",
        "after": "alpha: new cluster pair with beta\nbeta: new cluster pair with alpha\n",
    }


@pytest.mark.parametrize("there_before", [True, False])
def test_clusters_whose_time_runs_out(sites, there_before):
    """A pair that this task has made is kept and waited for; one that was there before is found to be broken."""
    site = start(sites, cluster_pairs=[], timings={"misconfigured_polls": "never"})
    if there_before:
        site.run("cluster_pair", wait=False)
    task = Task(site, "cluster_pair", wait_timeout=2)
    last = task.then(task.first())
    assert (last["error"]["code"], last["changed"]) == (
        ("not_connected", False) if there_before else ("wait_timeout", True)
    )


def test_clusters_that_another_client_has_paired_again(sites):
    site = start(sites, cluster_pairs=[], timings={"misconfigured_polls": "never"})
    task = Task(site, "cluster_pair")
    first = task.first()
    for name in ("alpha", "beta"):
        (entry,) = site.world.call(name, "ListClusterPairs")["clusterPairs"]
        site.world.call(name, "RemoveClusterPair", {"clusterPairID": entry["clusterPairID"]})
    site.world.timings.set("instant")
    key = site.world.call("alpha", "StartClusterPairing")["clusterPairingKey"]
    site.world.call("beta", "CompleteClusterPairing", {"clusterPairingKey": key})
    last = task.then(first)
    assert (last["error"]["code"], last["changed"]) == ("changed_meanwhile", True)


@pytest.mark.parametrize("state", ["present", "absent"])
def test_clusters_whose_pair_cannot_be_read_any_more(sites, state):
    site = start(sites, cluster_pairs=[] if state == "present" else LINK, timings={"misconfigured_polls": "never"})
    if state == "present":
        task = Task(site, "cluster_pair")
        reply = task.first()
    else:
        # Another client pairs the clusters again, so that there is something to wait for.
        task = Task(site, "cluster_pair", state="absent")
        key = site.world.call("alpha", "StartClusterPairing")["clusterPairingKey"]
        meanwhile = {"cluster": "beta", "method": "CompleteClusterPairing", "params": {"clusterPairingKey": key}}
        site.world.faults.add("alpha", "ListClusterPairs", 3, fault="meanwhile", call=meanwhile)
        reply = task.first()
    (entry,) = site.world.call("alpha", "ListClusterPairs")["clusterPairs"]
    site.world.odd_object("alpha", "ListClusterPairs", entry["clusterPairID"], "status", 5)
    last = task.then(reply)
    assert (last["error"]["code"], last["changed"]) == ("bad_reply", True)
    assert "ListClusterPairs: status is not a text" in last["msg"]


# --- arguments --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("module", ["cluster_pair", "volume_pair"])
@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"progress_interval": -1}, "progress_interval: -1 cannot be used"),
        ({"x_resume": {"waited": 3, "report": {"line": "?"}}}, "x_resume: cannot be used; leave it out"),
    ],
)
def test_arguments_that_make_no_sense(sites, module, options, said):
    site = start(sites)
    pair = {"volume": "orders-db"} if module == "volume_pair" else {}
    result = site.run(module, **pair, **options)
    assert (result["failed"], result["msg"].startswith(said), site.world.calls) == (True, True, [])


#: What is wrong with a report that a call has made, and how it becomes so.
SPOILT = {
    "no items": lambda report: report.update(items=[]),
    "an item too many": lambda report: report["items"].append(report["items"][0]),
    "items that are none": lambda report: report.update(items=[41] * len(report["items"])),
    "items that are a text": lambda report: report.update(items="items"),
    "no mark": lambda report: report["items"][0].pop("mark"),
    "a mark that is a number": lambda report: report["items"][0].update(mark=41),
    "a mark that is cut off": lambda report: report["items"][0].update(mark=report["items"][0]["mark"][:-1]),
    "an action that is a number": lambda report: report.update(actions=[41]),
    "an action of numbers": lambda report: report["actions"][0].update(method=41),
    "an action with more in it": lambda report: report["actions"][0].update(more="text"),
    "actions that are a text": lambda report: report.update(actions="text"),
    "warnings that are a text": lambda report: report.update(warnings="text"),
    "a warning that is none": lambda report: report.update(warnings=[{"a": 1}]),
    "a diff that is a list": lambda report: report.update(diff=["text"]),
    "a diff that is a number": lambda report: report.update(diff=41),
}
WAITS = {
    "volume_pair": {"pairs": ITEMS, "wait_for": "in_sync"},
    "cluster_pair": {},
}


def waiting(sites, module):
    """A task in the middle of its wait, and its reply."""
    alone = {"cluster_pairs": [], "timings": {"misconfigured_polls": "never"}}
    site = start(sites, **(alone if module == "cluster_pair" else {"timings": COPYING}))
    task = Task(site, module, **WAITS[module])
    reply = task.first()
    site.world.clear_calls()
    return task, reply["_progress"]["report"]


def refused(task, waited, report):
    """Whether a call is an argument error that has asked no cluster anything."""
    result = task.site.run(task.module, **task.options, x_resume={"waited": waited, "report": report})
    said = result.get("msg", "").startswith("x_resume: cannot be used; leave it out")
    return (result.get("failed"), said, "error" in result, task.site.world.calls) == (True, True, False, [])


@pytest.mark.parametrize("module", WAITS)
def test_a_report_that_does_not_fit_is_an_argument_error(sites, module):
    task, report = waiting(sites, module)
    for what, spoil in SPOILT.items():
        spoilt = copy.deepcopy(report)
        spoil(spoilt)
        assert refused(task, 1, spoilt), what


def test_so_is_one_with_less_items_than_the_task(sites):
    task, report = waiting(sites, "volume_pair")
    assert refused(task, 1, {**report, "items": report["items"][:1]})


def test_so_is_a_failure_that_does_not_fit(sites):
    site = start(sites, timings=COPYING)
    site.world.faults.add("beta", "CompleteVolumePairing", fault="xInvalidParameter", times=1)
    task = pairs_task(site, concurrency=1)
    report = task.first()["_progress"]["report"]
    site.world.clear_calls()
    (failed,) = (number for number, item in enumerate(report["items"]) if item["failure"])
    for member, value in (("sentence", 41), ("code", None), ("cluster", ["alpha"]), ("left_behind", [41])):
        spoilt = copy.deepcopy(report)
        spoilt["items"][failed]["failure"][member] = value
        assert refused(task, 1, spoilt), member


@pytest.mark.parametrize("module", WAITS)
@pytest.mark.parametrize("waited", [math.nan, math.inf, -math.inf, -1])
def test_so_is_a_time_that_is_none(sites, module, waited):
    task, report = waiting(sites, module)
    assert refused(task, waited, report)
