# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rehearsals beside other clients: other rehearsals, backups, and administrators who do something with a clone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ansible_collections.elementsw.replication.tests.simulator.records import FibreChannelSession
from ansible_collections.elementsw.replication.tests.unit.plugins.modules.pasting import report_of
from ansible_collections.elementsw.replication.tests.unit.plugins.modules.test_failover_rehearsal import (
    INSTANT,
    NAME,
    NAMES,
    ONE,
    SLOW,
    clones,
    code,
    drill,
    number,
    rehearse,
    snapshots,
    succeeds,
)

__all__ = ["drill"]


def copy(site, source, name):
    """Someone clones a volume of beta."""
    site.world.call("beta", "CloneVolume", {"volumeID": number(site, "beta", source), "name": name})


# --- clones that are being made ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("point", ["latest", "now"])
def test_a_clone_that_someone_else_makes_is_not_taken_for_ours(drill, point):
    """As another rehearsal does, or a backup every night."""
    site = drill(timings=SLOW)
    copy(site, "orders", "backup")
    succeeds(rehearse(site, point=point, progress_interval=0))
    assert set(clones(site)) == {f"{name}-{NAME}" for name in NAMES}


def test_a_lost_reply_beside_a_clone_of_someone_else(drill):
    site = drill(ONE, timings={**INSTANT, "clone_seconds": 6})
    act = {"cluster": "beta", "method": "CloneVolume"}
    act["params"] = {"volumeID": number(site, "beta", "orders"), "name": "backup"}
    site.world.faults.add("beta", "CloneVolume", 1, fault="meanwhile", call=act)
    site.world.faults.add("beta", "CloneVolume", 1, fault="drop_before")
    result = rehearse(site, progress_interval=0)
    assert set(clones(site)) == {f"orders-{NAME}"} or "run again" in result["msg"]
    succeeds(rehearse(site))
    assert set(clones(site)) == {f"orders-{NAME}"}


@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_clone_of_a_killed_run_that_waits_for_its_turn_is_waited_for(drill, state):
    """It has no job yet: nothing but its asynchronous result shows it."""
    site = drill(
        ["orders", "stock"],
        timings={**INSTANT, "clone_seconds": 9},
        switches={"clone_limit": "queued", "queued_clone": "hidden"},
    )
    site.world.cluster("beta").limits["cloneJobsPerNodeMax"] = 1
    copy(site, "stock", "backup")
    killed_run(site, volumes=ONE)
    succeeds(rehearse(site, state=state, volumes=ONE, progress_interval=0))
    assert len(site.world.calls_of("beta", "CloneVolume")) == 1
    assert list(clones(site)) == ([f"orders-{NAME}"] if state == "present" else [])
    assert site.world.cluster("beta").clones == {}


@pytest.mark.parametrize("slow", ["ListVolumes", "ListAsyncResults"])
def test_a_clone_that_gets_its_turn_while_the_lists_are_read_is_waited_for(drill, slow):
    """In no list of volumes, no job yet, and then the only job, as many as were seen before: it was made twice."""
    site = drill(
        ["orders", "stock"],
        timings={**INSTANT, "clone_seconds": 3},
        switches={"clone_limit": "queued", "queued_clone": "hidden"},
    )
    site.world.cluster("beta").limits["cloneJobsPerNodeMax"] = 1
    copy(site, "stock", "backup")
    killed_run(site, volumes=ONE)
    site.world.faults.add("beta", slow, fault="slow", seconds=4)
    succeeds(rehearse(site, volumes=ONE, progress_interval=0))
    assert len(site.world.calls_of("beta", "CloneVolume")) == 1
    assert list(clones(site)) == [f"orders-{NAME}"]


def killed_run(site, **options):
    """A run that begins its clones, and ends before it waits."""
    site.world.faults.add("beta", "ListVolumes", 3, fault="http_401", times=None)
    assert code(rehearse(site, **options)) == "authentication"
    site.world.faults.clear()


def test_a_clone_that_someone_clones_is_not_deleted(drill):
    site = drill(ONE)
    succeeds(rehearse(site))
    site.world.timings.__dict__.update(clone_seconds=3600)
    copy(site, f"orders-{NAME}", "keep-me")
    site.world.clear_calls()
    result = rehearse(site, "check_then_run", state="absent")
    assert (code(result), site.world.writes()) == ("clone_in_use", [])


# --- the snapshots of other rehearsals --------------------------------------------------------------------------------------


def test_the_snapshot_that_another_rehearsal_has_taken_for_itself_is_left_alone(drill):
    """It takes it away when all its clones are complete, and not before."""
    site = drill()
    site.world.faults.add("alpha", "DeleteGroupSnapshot", fault="xPermissionDenied", times=None)
    site.world.faults.add("beta", "DeleteGroupSnapshot", fault="xPermissionDenied", times=None)
    succeeds(rehearse(site, name="other", point="now"))
    site.world.faults.clear()
    held = snapshots(site)
    assert len(held) == 12
    succeeds(rehearse(site, volumes=ONE))
    assert snapshots(site) == held
    assert clones(site) == {f"orders-{NAME}": ["old-orders"]}


# --- what an administrator does with a clone ---------------------------------------------------------------------------------


@pytest.mark.parametrize("which", [{"accounts": ["tenant"]}, {"pairs": [{"volume": "orders", "account": "tenant"}]}])
def test_a_selected_clone_is_removed_also_when_its_pair_is_gone(drill, which):
    site = drill(ONE, beta={"accounts": [{"name": "tenant"}, {"name": "testers"}]})
    succeeds(rehearse(site, account="testers"))
    succeeds(site.run("volume_pair", volume="orders", state="absent"))
    succeeds(rehearse(site, state="absent", **which))
    assert clones(site) == {}


@pytest.mark.parametrize(("account", "reported"), [("tenant", True), ("other", False)])
def test_a_clone_that_is_left_is_reported_for_the_account_of_its_original(drill, account, reported):
    accounts = [{"name": name} for name in ("tenant", "testers", "other")]
    site = drill(ONE, beta={"accounts": accounts})
    site.world.call("alpha", "AddAccount", {"username": "other"})
    succeeds(rehearse(site, account="testers"))
    found = report_of(site, accounts=[account])
    assert ("rehearsal_left" in [problem["code"] for problem in found["problems"]]) is reported


def test_a_host_on_fibre_channel_says_how_to_end_its_use(drill):
    site = drill(ONE, beta={"access_groups": [{"name": "fc-hosts"}]})
    succeeds(rehearse(site, access_group="fc-hosts"))
    beta = site.world.cluster("beta")
    (group,) = beta.access_groups.values()
    beta.fibre_channel_sessions.append(FibreChannelSession("50:00:aa", "5f:47:bb", group.group_id))
    result = rehearse(site, state="absent")
    assert code(result) == "clone_in_use"
    assert "Fibre Channel sessions of 50:00:aa" in result["msg"]
    assert "on Fibre Channel take it out of its access groups, then run again" in result["msg"]
    made = number(site, "beta", f"orders-{NAME}")
    leave = {"volumeAccessGroupID": group.group_id, "volumes": [made]}
    site.world.call("beta", "RemoveVolumesFromVolumeAccessGroup", leave)
    succeeds(rehearse(site, state="absent"))


@pytest.mark.parametrize(("ahead", "known"), [(2, True), (7200, False)])
def test_a_source_whose_clock_is_ahead_does_not_make_data_look_new(drill, ahead, known):
    site = drill(ONE)
    for snapshot in site.world.cluster("beta").snapshots.values():
        snapshot.created = site.world.clock.now + timedelta(seconds=ahead)
    result = succeeds(rehearse(site))
    assert (result["clones"][0]["age_seconds"] is not None) is known
    assert succeeds(rehearse(site, name="now", point="now"))["clones"][0]["age_seconds"] == 0


def test_a_clone_that_someone_removes_at_the_end_is_no_success(drill):
    """The wait was over, and the read after it, which no longer showed the clone, was ignored."""
    site = drill(ONE, timings=INSTANT)
    clone_id = max(site.world.cluster("beta").volumes) + 1
    site.world.faults.add(
        "beta",
        "DeleteSnapshot",
        fault="meanwhile",
        call={"cluster": "beta", "method": "DeleteVolume", "params": {"volumeID": clone_id}},
    )
    result = rehearse(site, point="now", progress_interval=0)
    assert code(result) == "changed_meanwhile"
    assert "its clone changed" in result["msg"]
