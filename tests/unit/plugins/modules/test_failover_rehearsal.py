# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rehearsals of a failover: what the clones hold, what is refused, and that no pair and no other volume changes."""

from __future__ import annotations

import pytest

from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.rehearsal import verdict
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.rehearsal.state import (
    DesiredRehearsal,
)
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.flow import start
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.jobs.failover_rehearsal import (
    FailoverRehearsalJob,
)
from ansible_collections.elementsw.replication.tests.matrix.in_process import in_process
from ansible_collections.elementsw.replication.tests.simulator.world import World
from ansible_collections.elementsw.replication.tests.unit.plugins.modules.paired_sites import (
    INSTANT,
    NAMES,
    TURN,
    before,
    snapshots,
    volume,
    write,
)
from ansible_collections.elementsw.replication.tests.unit.plugins.modules.pasting import paste, report_of

ONE = ["orders"]
NAME = "drill"
MINE = "elementsw-rehearsal"


def number(site, cluster, name):
    return volume(site, cluster, name).volume_id


def replicate(site, names=NAMES, label="hourly"):
    """A snapshot of these volumes of alpha that beta holds, too."""
    ids = [number(site, "alpha", name) for name in names]
    params = {"enableRemoteReplication": True, "name": label}
    for volume_id in ids:
        site.world.call("alpha", "CreateSnapshot", {"volumeID": volume_id, **params})
    for cluster in ("beta", "alpha", "beta"):
        site.world.call(cluster, "ListSnapshots")


@pytest.fixture
def drill(paired):
    """Volumes of alpha that replicate to beta, with a snapshot on both sides and a write since."""

    def start(names=NAMES, **spec):
        site = paired(names, **spec)
        for name in names:
            write(site, "alpha", name, f"old-{name}")
        replicate(site, names)
        for name in names:
            write(site, "alpha", name, f"new-{name}")
        site.world.clear_calls()
        return site

    return start


def rehearse(site, how="run", **options):
    return getattr(site, how)("failover_rehearsal", here="beta", there="alpha", **{"name": NAME, **options})


def succeeds(result):
    assert not result.get("failed"), result["msg"]
    return result


def code(result):
    return (result.get("error") or {}).get("code")


def clones(site, name=NAME):
    """The clones of beta by name, with what they hold."""
    found = [each for each in site.world.cluster("beta").volumes.values() if each.name.endswith(f"-{name}")]
    return {each.name: each.marks for each in found if not each.deleted}


def without_clones(truth, name=NAME):
    beta = truth["clusters"]["beta"]
    beta["volumes"] = [each for each in beta["volumes"] if not each["name"].endswith(f"-{name}")]
    return truth


def pair_states(site):
    world = site.world
    halves = [half for each in ("alpha", "beta") for v in world.cluster(each).volumes.values() for half in v.halves]
    return [(half.uuid, world.replication.state(half), half.volume.access) for half in halves]


# --- what a rehearsal is ------------------------------------------------------------------------------------------------


def test_the_clones_hold_the_newest_replicated_snapshot_and_go_away_again(drill):
    site = drill()
    world = site.world.truth()
    result = succeeds(rehearse(site, "check_then_run"))
    assert clones(site) == {f"{name}-{NAME}": [f"old-{name}"] for name in NAMES}
    assert {volume(site, "beta", f"{name}-{NAME}").access for name in NAMES} == {"readWrite"}
    assert without_clones(site.world.truth()) == world
    shown = result["clones"][0]
    made = volume(site, "beta", f"ledger-{NAME}")
    assert shown["volume_id"] == number(site, "beta", "ledger")
    assert (shown["volume"], shown["clone"], shown["clone_id"]) == ("ledger", made.name, made.volume_id)
    assert (shown["snapshot"], shown["account"], shown["portal"]) == ("hourly", "tenant", "203.0.113.20:3260")
    assert shown["iqn"].endswith(f".ledger-{NAME}.{made.volume_id}")
    assert shown["age_seconds"] > 0
    again = succeeds(rehearse(site, "check_then_run"))
    assert (again["changed"], again["actions"], again["diff"]) == (False, [], {"before": "", "after": ""})
    ended = succeeds(rehearse(site, "check_then_run", state="absent"))
    assert [action["method"] for action in ended["actions"]] == ["DeleteVolumes", "PurgeDeletedVolumes"]
    assert [each["clone"] for each in ended["clones"]] == [f"{name}-{NAME}" for name in NAMES]
    assert site.world.truth() == world
    assert rehearse(site, "check_then_run", state="absent")["changed"] is False


def test_the_newest_of_several_snapshots_is_cloned(drill):
    site = drill(ONE)
    replicate(site, ONE, "later")
    result = succeeds(rehearse(site))
    assert (clones(site), result["clones"][0]["snapshot"]) == (
        {f"orders-{NAME}": ["old-orders", "new-orders"]},
        "later",
    )


@pytest.mark.parametrize("switch", ["listed", "hidden"])
def test_a_snapshot_that_has_not_arrived_is_not_cloned(drill, switch):
    site = drill(ONE, timings={**INSTANT, "snapshot_polls": 1}, switches={"arriving_snapshot": switch})
    for cluster in ("alpha", "beta"):
        site.world.call(cluster, "ListSnapshots")
    site.world.timings.__dict__.update(snapshot_polls=float("inf"))
    params = {"volumeID": number(site, "alpha", "orders"), "enableRemoteReplication": True, "name": "on its way"}
    site.world.call("alpha", "CreateSnapshot", params)
    result = succeeds(rehearse(site))
    assert (clones(site), result["clones"][0]["snapshot"]) == ({f"orders-{NAME}": ["old-orders"]}, "hourly")


@pytest.mark.parametrize("point", ["latest", "now"])
def test_a_writer_on_the_source_goes_on_and_no_pair_changes_its_state(drill, point):
    """A host writes before every call to the other side; the states are compared after each."""
    site = drill(ONE)
    source, states = number(site, "alpha", "orders"), pair_states(site)
    seen, perform = [], site.world.perform

    def watch(*args, **more):
        result = perform(*args, **more)
        seen.append(pair_states(site))
        site.world.write("alpha", source, f"during-{len(seen)}")
        return result

    site.world.perform = watch
    succeeds(rehearse(site, point=point))
    succeeds(rehearse(site, state="absent"))
    assert len(seen) > 20
    assert seen == [states] * len(seen)
    assert site.world.marks("alpha", source)[-1] == f"during-{len(seen)}"


def test_now_holds_every_write_that_was_acknowledged_before(drill):
    site = drill(timings={**INSTANT, "delivery_polls": "never"})
    world = site.world.truth()
    result = succeeds(rehearse(site, "check_then_run", point="now"))
    assert clones(site) == {f"{name}-{NAME}": [f"old-{name}", f"new-{name}"] for name in NAMES}
    methods = [action["method"] for action in result["actions"]]
    assert methods == ["CreateGroupSnapshot", *["CloneVolume"] * 3, *["DeleteGroupSnapshot"] * 2]
    after = without_clones(site.world.truth())
    assert snapshots(site) == ["hourly"] * 6
    for each in ("alpha", "beta"):
        assert [v["pairs"] for v in after["clusters"][each]["volumes"]] == [
            v["pairs"] for v in world["clusters"][each]["volumes"]
        ]
    assert {each["snapshot"] for each in result["clones"]} == {result["clones"][0]["snapshot"]}
    assert result["clones"][0]["snapshot"].startswith(f"{MINE}-")
    assert rehearse(site, "check_then_run", point="now")["changed"] is False
    succeeds(rehearse(site, state="absent"))


@pytest.mark.parametrize("group", ["exists", "members_only"])
def test_now_leaves_no_snapshot_of_a_group_that_is_none_on_the_target(drill, group):
    site = drill(switches={"replicated_group": group})
    succeeds(rehearse(site, point="now"))
    assert snapshots(site) == ["hourly"] * 6


def test_now_takes_groups_of_32(drill):
    names = [f"vol{number:02}" for number in range(33)]
    site = drill(names)
    result = succeeds(rehearse(site, "check_then_run", point="now"))
    taken = [action["method"] for action in result["actions"] if action["method"].startswith("Create")]
    assert sorted(taken) == ["CreateGroupSnapshot", "CreateSnapshot"]
    assert (len(clones(site)), snapshots(site)) == (33, ["hourly"] * 66)


def test_only_missing_clones_are_made_and_the_others_keep_their_content(drill):
    site = drill()
    succeeds(rehearse(site, volumes=ONE))
    replicate(site, label="later")
    result = succeeds(rehearse(site, "check_then_run"))
    assert len([a for a in result["actions"] if a["method"] == "CloneVolume"]) == 2
    assert clones(site)[f"orders-{NAME}"] == ["old-orders"]
    assert clones(site)[f"stock-{NAME}"] == ["old-stock", "new-stock"]


# --- which volumes ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "which",
    [
        {"volumes": ["orders", "stock"]},
        {"pairs": [{"volume": "orders"}, {"volume": "stock", "account": "tenant"}]},
        {"accounts": ["tenant"], "volumes": ["orders", "stock"]},
    ],
)
def test_volumes_pairs_and_accounts_select(drill, which):
    site = drill()
    succeeds(rehearse(site, "check_then_run", **which))
    assert set(clones(site)) == {f"orders-{NAME}", f"stock-{NAME}"}
    succeeds(rehearse(site))
    succeeds(rehearse(site, "check_then_run", state="absent", **which))
    assert set(clones(site)) == {f"ledger-{NAME}"}


def test_a_pair_that_is_not_whole_is_left_out_unless_it_is_named(drill):
    site = drill()
    site.world.call("alpha", "RemoveVolumePair", {"volumeID": number(site, "alpha", "orders")})
    succeeds(rehearse(site))
    assert set(clones(site)) == {f"ledger-{NAME}", f"stock-{NAME}"}
    assert code(rehearse(site, volumes=ONE)) == "half_pair"


# --- what is refused, before anything is written -----------------------------------------------------------------------


def another_volume(site, **more):
    params = {"name": f"orders-{NAME}", "accountID": volume(site, "beta", "orders").account_id, "totalSize": 10**9}
    site.world.call("beta", "CreateVolume", {**params, "enable512e": True, **more})


def full(site):
    site.world.target_full("beta", "stage4Critical")


def without_space(site):
    cluster = site.world.cluster("beta")
    capacity = site.world.call("beta", "GetClusterCapacity")["clusterCapacity"]
    left = capacity["maxOverProvisionableSpace"] - capacity["provisionedSpace"]
    account = volume(site, "beta", "orders").account_id
    while left > 10**9:
        size = min(left - 10**8, 10**12)
        params = {"name": "filler", "accountID": account, "totalSize": size, "enable512e": True}
        left -= site.world.call("beta", "CreateVolume", params)["volume"]["totalSize"]
    return cluster


def without_numbers(site):
    site.world.cluster("beta").limits["volumeCountMax"] = 1


def paused(site):
    site.world.call("alpha", "ModifyVolumePair", {"volumeID": number(site, "alpha", "orders"), "pausedManual": True})


def nothing(site):
    pass


@pytest.mark.parametrize(
    ("spoil", "options", "expected", "said"),
    [
        (another_volume, {}, "name_taken", "give the rehearsal another name"),
        (lambda site: another_volume(site, attributes={MINE: NAME}), {}, "name_taken", "is no clone of this rehearsal"),
        (full, {}, "cluster_full", "stage 4"),
        (without_space, {}, "cluster_full", "may still be provisioned"),
        (without_numbers, {}, "limit_reached", "the limit is 1"),
        (nothing, {"account": "no-such-account"}, "account_not_found", "correct account"),
        (nothing, {"access_group": "none"}, "access_group_not_found", "correct access_group"),
        (nothing, {"qos_policy": "none"}, "qos_policy_not_found", "correct qos_policy"),
        (nothing, {"volumes": ["orders", "ordres"]}, "volume_not_found", "check the spelling"),
        (nothing, {"accounts": ["tenants"]}, "account_not_found", "check the spelling"),
        (paused, {"point": "now"}, "not_in_sync", "use point: latest"),
        (nothing, {"here": "alpha", "there": "beta"}, "not_paired", "run it for the cluster that has the targets"),
        (nothing, {"here": "alpha", "there": "beta", "volumes": ONE}, "access_conflict", "is not the target"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_written(drill, spoil, options, expected, said):
    site = drill(ONE)
    spoil(site)
    site.world.clear_calls()
    given = {"here": "beta", "there": "alpha", "name": NAME, **options}
    for check in (True, False):
        result = site.run("failover_rehearsal", check=check, **given)
        assert (code(result), said in result["msg"], result["changed"]) == (expected, True, False), result["msg"]
        assert site.world.writes() == []


def test_a_target_without_a_replicated_snapshot_is_named_and_nothing_is_cloned(paired):
    site = paired()
    replicate(site, ONE)
    local = {"volumeID": number(site, "beta", "stock"), "name": "local"}
    site.world.act("beta", "CreateSnapshot", local)
    site.world.clear_calls()
    result = rehearse(site)
    assert (code(result), site.world.writes()) == ("no_snapshot", [])
    assert "2 of 3 clones failed, nothing was written" in result["msg"]
    assert "volume ledger" in result["msg"]
    assert "volume stock" in result["msg"]


@pytest.mark.parametrize("name", ["", "a b", "x" * 33, "drill_1", "ä"])
def test_a_name_that_no_volume_could_have_is_an_argument_error(drill, name):
    site = drill(ONE)
    result = rehearse(site, name=name)
    assert (result["failed"], site.world.calls) == (True, [])
    assert "1 to 32 letters, digits and hyphens" in result["msg"]


def test_a_clone_name_that_is_too_long(drill):
    site = drill(["x" * 60])
    result = rehearse(site)
    assert (code(result), site.world.writes()) == ("limit_reached", [])
    assert "shorter name" in result["msg"]


# --- the other site does not answer ------------------------------------------------------------------------------------


@pytest.mark.parametrize("permission", ["local_only", "assume_dead"])
def test_latest_works_without_the_other_site(drill, permission):
    site = drill()
    site.world.site_down("alpha")
    result = succeeds(rehearse(site, "check_then_run", peer_unreachable=permission))
    assert clones(site) == {f"{name}-{NAME}": [f"old-{name}"] for name in NAMES}
    assert len(result["clones"]) == len(NAMES)
    assert rehearse(site, "check_then_run", peer_unreachable=permission)["changed"] is False
    succeeds(rehearse(site, "check_then_run", state="absent", peer_unreachable=permission))
    assert clones(site) == {}


def test_now_requires_the_other_site(drill):
    site = drill(ONE)
    site.world.site_down("alpha")
    result = rehearse(site, point="now", peer_unreachable="local_only")
    assert (code(result), site.world.writes()) == ("unreachable", [])
    assert "use point: latest" in result["msg"]


# --- access ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def hosts(drill):
    """A rehearsal whose clones get an account, an access group and a QoS policy of their own."""

    def start(names=NAMES, **spec):
        beta = {
            "accounts": [{"name": "tenant"}, {"name": "testers"}],
            "access_groups": [{"name": "test-hosts"}],
            "qos_policies": [{"name": "bronze", "min_iops": 50}],
        }
        return drill(names, beta=beta, **spec)

    return start


GIVEN = {"account": "testers", "access_group": "test-hosts", "qos_policy": "bronze"}


def test_the_clones_get_their_owner_group_and_policy(hosts):
    site = hosts()
    result = succeeds(rehearse(site, "check_then_run", **GIVEN))
    assert [action["method"] for action in result["actions"]] == [
        *["CloneVolume"] * 3,
        "ModifyVolumes",
        "AddVolumesToVolumeAccessGroup",
    ]
    beta = site.world.cluster("beta")
    made = [volume(site, "beta", f"{name}-{NAME}") for name in NAMES]
    (group,) = beta.access_groups.values()
    assert {beta.accounts[each.account_id].username for each in made} == {"testers"}
    assert {beta.qos_policies[each.qos_policy_id].name for each in made} == {"bronze"}
    assert set(group.volume_ids) == {each.volume_id for each in made}
    assert {each["account"] for each in result["clones"]} == {"testers"}
    assert rehearse(site, "check_then_run", **GIVEN)["changed"] is False
    assert code(rehearse(site, account="tenant")) == "other_account"
    ended = succeeds(rehearse(site, "check_then_run", state="absent"))
    assert [action["method"] for action in ended["actions"]] == [
        "RemoveVolumesFromVolumeAccessGroup",
        "DeleteVolumes",
        "PurgeDeletedVolumes",
    ]
    assert (list(group.volume_ids), clones(site)) == ([], {})


def test_an_existing_clone_gets_a_group_that_is_requested_later(hosts):
    site = hosts()
    succeeds(rehearse(site))
    result = succeeds(rehearse(site, "check_then_run", access_group="test-hosts"))
    assert [action["method"] for action in result["actions"]] == ["AddVolumesToVolumeAccessGroup"]


def test_a_group_that_refuses_leaves_clones_that_the_next_run_goes_on_with(hosts):
    site = hosts(ONE)
    site.world.faults.add("beta", "AddVolumesToVolumeAccessGroup", fault="xPermissionDenied")
    result = rehearse(site, access_group="test-hosts")
    assert (code(result), result["changed"]) == ("permission", True)
    assert result["error"]["left_behind"] == [f"volume orders-{NAME} on cluster beta: it was begun and is kept"]
    again = succeeds(rehearse(site, access_group="test-hosts"))
    assert [action["method"] for action in again["actions"]] == ["AddVolumesToVolumeAccessGroup"]


# --- removal -----------------------------------------------------------------------------------------------------------


def log_in(site, name):
    site.world.log_in("beta", number(site, "beta", name))


def test_a_clone_in_use_is_kept_and_so_are_the_others(drill):
    site = drill()
    succeeds(rehearse(site))
    log_in(site, f"orders-{NAME}")
    site.world.clear_calls()
    result = rehearse(site, state="absent")
    assert (code(result), site.world.writes(), len(clones(site))) == ("clone_in_use", [], 3)
    assert "log the hosts out" in result["msg"]
    site.world.log_out("beta", number(site, "beta", f"orders-{NAME}"))
    succeeds(rehearse(site, state="absent"))
    assert clones(site) == {}


@pytest.mark.parametrize(
    "taken",
    [{}, {MINE: NAME}, {MINE: "other"}],
    ids=["no attributes", "one of them", "those of another rehearsal"],
)
def test_a_clone_that_another_client_takes_over_meanwhile_is_not_deleted(drill, taken):
    site = drill(ONE)
    succeeds(rehearse(site))
    made = volume(site, "beta", f"orders-{NAME}")
    attributes = {**made.attributes, **taken} if "other" in taken.values() else taken
    site.world.clear_calls()
    # Between the read that plans and the one before the write.
    before(
        site, ("beta", "ListISCSISessions", 1), "beta", "ModifyVolume", volumeID=made.volume_id, attributes=attributes
    )
    result = rehearse(site, state="absent")
    assert (code(result), site.world.writes(), set(clones(site))) == ("changed_meanwhile", [], {made.name})


def test_a_clone_that_another_client_pairs_meanwhile_is_not_deleted(drill):
    site = drill(ONE)
    succeeds(rehearse(site))
    made = volume(site, "beta", f"orders-{NAME}")
    site.world.clear_calls()
    pair = {"volumeID": made.volume_id, "mode": "Async"}
    before(site, ("beta", "ListISCSISessions", 1), "beta", "StartVolumePairing", **pair)
    result = rehearse(site, state="absent")
    assert (code(result), set(clones(site))) == ("changed_meanwhile", {made.name})
    assert [call.method for call in site.world.writes() if call.method.startswith(("Delete", "Purge"))] == []


def test_a_clone_that_another_client_restores_is_not_purged(drill):
    site = drill(ONE)
    succeeds(rehearse(site))
    made = volume(site, "beta", f"orders-{NAME}")
    site.world.clear_calls()
    # The first read of deleted volumes plans, the second one is before the purge.
    before(site, ("beta", "ListDeletedVolumes", 2), "beta", "RestoreDeletedVolume", volumeID=made.volume_id)
    result = rehearse(site, state="absent")
    assert [call.method for call in site.world.writes()] == ["DeleteVolume"]
    assert (code(result), set(clones(site))) == ("changed_meanwhile", {made.name})


def test_a_host_that_logs_in_at_the_last_moment_keeps_its_clone(hosts):
    site = hosts()
    succeeds(rehearse(site, access_group="test-hosts"))
    act = {"cluster": "beta", "method": "log_in", "params": {"volume_id": number(site, "beta", f"orders-{NAME}")}}
    site.world.faults.add("beta", "RemoveVolumesFromVolumeAccessGroup", fault="meanwhile", call=act)
    result = rehearse(site, state="absent")
    assert (code(result), set(clones(site))) == ("clone_in_use", {f"orders-{NAME}"})
    (group,) = site.world.cluster("beta").access_groups.values()
    assert list(group.volume_ids) == [number(site, "beta", f"orders-{NAME}")]


def test_nothing_is_deleted_that_is_no_clone_of_this_rehearsal(drill):
    """Not even a clone of a clone, which has its attributes."""
    site = drill(ONE)
    succeeds(rehearse(site))
    succeeds(rehearse(site, name="other"))
    made = number(site, "beta", f"orders-{NAME}")
    beta = site.world.cluster("beta")
    site.world.call("beta", "CloneVolume", {"volumeID": made, "name": "keep-me"})
    another_volume(site, name="mine-only", attributes={MINE: NAME})
    another_volume(site, name=f"x-{NAME}", attributes={MINE: NAME, f"{MINE}-pair": "d2c7", f"{MINE}-clone": "another"})
    succeeds(rehearse(site, state="absent"))
    assert made not in beta.volumes
    left = {each.name for each in beta.volumes.values() if not each.deleted}
    assert left == {"orders", "orders-other", "keep-me", "mine-only", f"x-{NAME}"}


def test_a_clone_that_was_paired_is_kept(drill):
    site = drill(ONE)
    succeeds(rehearse(site))
    pair = {"volume": f"orders-{NAME}", "create_peer_volume": {}}
    succeeds(site.run("volume_pair", here="beta", there="alpha", **pair))
    site.world.clear_calls()
    result = rehearse(site, state="absent")
    assert (code(result), site.world.writes()) == ("paired_elsewhere", [])


def test_a_clone_with_the_pair_entries_of_its_original_is_removed(drill):
    site = drill(ONE, switches={"clone_copies_pairs": True})
    succeeds(rehearse(site))
    succeeds(rehearse(site, state="absent"))
    assert clones(site) == {}


def test_a_removal_that_was_interrupted_is_finished(drill):
    site = drill()
    succeeds(rehearse(site))
    site.world.faults.add("beta", "PurgeDeletedVolumes", fault="xPermissionDenied", times=None)
    site.world.faults.add("beta", "PurgeDeletedVolume", fault="xPermissionDenied", times=None)
    result = rehearse(site, state="absent")
    assert (code(result), result["changed"], len(result["error"]["left_behind"])) == ("permission", True, 3)
    site.world.faults.clear()
    ended = succeeds(rehearse(site, "check_then_run", state="absent"))
    assert [action["method"] for action in ended["actions"]] == ["PurgeDeletedVolumes"]
    assert site.world.call("beta", "ListDeletedVolumes")["volumes"] == []


def test_a_rehearsal_whose_pairs_are_gone_is_removed(drill):
    site = drill(ONE)
    succeeds(rehearse(site))
    succeeds(site.run("volume_pair", volume="orders", state="absent"))
    succeeds(rehearse(site, "check_then_run", state="absent"))
    assert clones(site) == {}


# --- clones take time --------------------------------------------------------------------------------------------------

SLOW = {**INSTANT, "clone_seconds": 3}
NEVER = {**INSTANT, "clone_seconds": "never"}


@pytest.mark.parametrize("switches", [{}, {"unfinished_clone": "listed"}, {"clone_limit": "queued"}])
def test_clones_are_waited_for_together(hosts, switches):
    site = hosts(timings=SLOW, switches=switches)
    result = succeeds(rehearse(site, access_group="test-hosts"))
    assert [action["method"] for action in result["actions"]].count("CloneVolume") == 3
    assert {each["clone_id"] for each in result["clones"]} == {number(site, "beta", f"{name}-{NAME}") for name in NAMES}
    (group,) = site.world.cluster("beta").access_groups.values()
    assert len(group.volume_ids) == 3


@pytest.mark.parametrize("name", ["cloneJobsPerNodeMax", "cloneJobsPerVolumeMax"])
def test_a_cluster_that_makes_as_many_clones_as_it_can_is_waited_for(drill, name):
    site = drill(["orders", "stock"], timings={**INSTANT, "clone_seconds": 1})
    site.world.cluster("beta").limits[name] = 1
    succeeds(rehearse(site))
    assert len(clones(site)) == 2


def test_the_time_for_a_turn_is_limited(drill):
    site = drill(["orders", "stock"], timings={**INSTANT, "clone_seconds": "never"})
    site.world.cluster("beta").limits["cloneJobsPerNodeMax"] = 1
    result = rehearse(site, wait_timeout=1)
    codes = {code(result)} | {line for line in ("limit", "complete") if line in result["msg"]}
    assert "raise wait_timeout, or run again" in result["msg"] or "run again to wait on" in result["msg"], codes
    assert result["changed"] is True


def test_a_clone_that_takes_too_long_is_kept_and_waited_for_by_the_next_run(drill):
    site = drill(ONE, timings={**INSTANT, "clone_seconds": "never"})
    result = rehearse(site, wait_timeout=1)
    assert (code(result), result["changed"]) == ("wait_timeout", True)
    assert "run again to wait on" in result["msg"]
    site.world.clear_calls()
    again = rehearse(site, wait_timeout=1)
    assert (code(again), site.world.writes(), again["changed"]) == ("wait_timeout", [], False)
    ending = rehearse(site, wait_timeout=1, state="absent")
    assert (code(ending), site.world.writes()) == ("wait_timeout", [])


@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_run_after_a_killed_one_goes_on_with_its_clones(drill, state):
    """The clone of the killed run is in no list: nothing but its job shows that it is being made."""
    site = drill(ONE, timings=SLOW)
    killed = drill_killed(site)
    result = succeeds(rehearse(site, state=state))
    assert killed not in site.world.calls_of("beta", "CloneVolume")[1:]
    assert len(site.world.calls_of("beta", "CloneVolume")) == 1
    assert list(clones(site)) == ([f"orders-{NAME}"] if state == "present" else [])
    assert result["changed"] is (state == "absent")


def drill_killed(site):
    """A run that begins its clone, and ends before it waits."""
    site.world.faults.add("beta", "ListAsyncResults", fault="http_401", times=None)
    site.world.faults.add("beta", "ListSyncJobs", 2, fault="http_401", times=None)
    assert code(rehearse(site)) == "authentication"
    site.world.faults.clear()
    (call,) = site.world.calls_of("beta", "CloneVolume")
    return call


def test_a_lost_reply_makes_no_second_clone(drill):
    site = drill(ONE, timings=SLOW)
    site.world.faults.add("beta", "CloneVolume", fault="drop_after")
    succeeds(rehearse(site))
    assert (len(site.world.calls_of("beta", "CloneVolume")), len(clones(site))) == (1, 1)


def test_progress_and_a_later_call(drill):
    site = drill(timings={**INSTANT, "clone_seconds": 4})
    first = rehearse(site, progress_interval=1)
    assert first["_progress"]["line"].startswith("0 of 3 clones complete")
    handed = {"waited": 1.0, "report": first["_progress"]["report"]}
    result = succeeds(rehearse(site, progress_interval=0, x_resume=handed))
    assert (result["changed"], len(result["actions"]), len(clones(site))) == (True, 3, 3)
    assert all(each["clone_id"] for each in result["clones"])


def test_a_later_call_gives_the_clones_their_group(hosts):
    site = hosts(timings={**INSTANT, "clone_seconds": 4})
    first = rehearse(site, progress_interval=1, access_group="test-hosts")
    handed = {"waited": 1.0, "report": first["_progress"]["report"]}
    result = succeeds(rehearse(site, progress_interval=0, x_resume=handed, access_group="test-hosts"))
    assert result["actions"][-1]["method"] == "AddVolumesToVolumeAccessGroup"
    (group,) = site.world.cluster("beta").access_groups.values()
    assert len(group.volume_ids) == 3


NO_ROOM = ("xSliceServiceSelectionFailed", "no slice service has room")


@pytest.fixture
def failing(drill, monkeypatch):
    """A world whose clone has failed, and the state of the call of the module that was waiting for it."""
    monkeypatch.setattr(verdict, "GRACE_SECONDS", 0)

    def start(site=None):
        site = site or drill(ONE, timings=NEVER)
        first = rehearse(site, progress_interval=1)
        site.world.fail_clones("beta", *NO_ROOM)
        return site, {"waited": 1.0, "report": first["_progress"]["report"]}

    return start


def test_the_reason_of_a_clone_that_failed_is_named(failing):
    site, handed = failing()
    result = rehearse(site, progress_interval=0, x_resume=handed)
    assert (code(result), result["changed"]) == ("api_error", True)
    assert "xSliceServiceSelectionFailed (no slice service has room)" in result["msg"]
    error = result["error"]
    assert (error["name"], error["message"]) == NO_ROOM
    assert {call["params"].get("keepResult") for call in calls_to(site, "GetAsyncResult")} == {True}
    assert len(calls_to(site, "GetAsyncResult")) == 1
    # What is left is a result, so that the next run makes the clone.
    site.world.timings.set({"clone_seconds": 0})
    succeeds(rehearse(site))
    assert list(clones(site)) == [f"orders-{NAME}"]


def calls_to(site, method):
    return [vars(call) for call in site.world.calls_of("beta", method)]


def test_a_result_that_someone_else_has_read_is_gone_and_that_is_said(failing):
    site, handed = failing()
    (handle,) = site.world.cluster("beta").async_results
    site.world.call("beta", "GetAsyncResult", {"asyncHandle": handle})
    result = rehearse(site, progress_interval=0, x_resume=handed)
    assert (code(result), result["error"]["name"]) == ("api_error", None)
    assert "was not completed, and the cluster keeps no result that says why; see its event log" in result["msg"]


@pytest.mark.parametrize("fault", ["xAsyncHandleDoesNotExist", "xPermissionDenied", "xUnknownAPIMethod"])
def test_a_reason_that_cannot_be_read_hides_no_failure(failing, fault):
    site, handed = failing()
    site.world.faults.add("beta", "GetAsyncResult", fault=fault, times=None)
    result = rehearse(site, progress_interval=0, x_resume=handed)
    assert (code(result), result["error"]["name"]) == ("api_error", None)
    assert "was not completed" in result["msg"]


def test_the_reason_of_another_clone_long_ago_is_not_named(drill, failing):
    site = drill(ONE, timings=NEVER)
    site.world.call("beta", "CloneVolume", {"volumeID": number(site, "beta", "orders"), "name": "of-another"})
    site.world.fail_clones("beta", "xOther", "another reason")
    site.world.advance(3600)
    site, handed = failing(site)
    result = rehearse(site, progress_interval=0, x_resume=handed, wait_timeout=600)
    assert "xSliceServiceSelectionFailed" in result["msg"]
    assert "xOther" not in str(result)


# --- others at work ----------------------------------------------------------------------------------------------------


def test_a_pair_that_fails_over_meanwhile_is_not_cloned(drill):
    site = drill(ONE)
    promote = {"volumeID": number(site, "beta", "orders"), "access": "readWrite"}
    before(site, ("beta", "GetLimits", 1), "beta", "ModifyVolume", **promote)
    result = rehearse(site)
    assert (code(result), site.writes()) == ("changed_meanwhile", [])


def test_a_pair_that_is_paused_meanwhile_fails_the_rehearsal(drill):
    site = drill(ONE)
    pause = {"volumeID": number(site, "alpha", "orders"), "pausedManual": True}
    before(site, ("beta", "CloneVolume", 1), "alpha", "ModifyVolumePair", **pause)
    result = rehearse(site)
    assert (code(result), result["changed"]) == ("changed_meanwhile", True)
    assert "showed Active before the rehearsal and shows PausedManual" in result["msg"]


def test_a_name_that_another_client_takes_meanwhile(drill):
    site = drill(ONE)
    params = {"name": f"orders-{NAME}", "accountID": volume(site, "beta", "orders").account_id, "totalSize": 10**9}
    before(site, ("beta", "GetLimits", 1), "beta", "CreateVolume", **params, enable512e=True)
    result = rehearse(site)
    assert (code(result), site.writes()) == ("changed_meanwhile", [])


def test_a_snapshot_that_does_not_arrive_clones_nothing_and_is_removed(drill):
    site = drill()
    site.world.timings.__dict__.update(snapshot_polls=float("inf"))
    result = rehearse(site, point="now", wait_timeout=2)
    assert (code(result), clones(site), snapshots(site)) == ("not_in_sync", {}, ["hourly"] * 6)
    assert (result["changed"], result["error"]["rolled_back"]) == (False, True)
    assert "nothing was cloned" in result["msg"]


@pytest.mark.parametrize("state", ["present", "absent"])
def test_two_clones_of_one_volume_are_named_and_none_is_removed(drill, state):
    """Another client may have cloned the clone to keep what the check has written: attributes are copied with it."""
    site = drill(ONE)
    succeeds(rehearse(site))
    made = volume(site, "beta", f"orders-{NAME}")
    twin = {"volumeID": made.volume_id, "name": made.name, "attributes": dict(made.attributes)}
    site.world.call("beta", "CloneVolume", twin)
    both = site.world.truth()
    site.world.clear_calls()
    result = rehearse(site, "check_then_run", state=state)
    assert (code(result), site.world.writes(), site.world.truth()) == ("name_taken", [], both)
    assert f"orders-{NAME} ({made.volume_id})" in result["msg"]
    site.world.call("beta", "DeleteVolume", {"volumeID": made.volume_id})
    site.world.call("beta", "PurgeDeletedVolume", {"volumeID": made.volume_id})
    succeeds(rehearse(site, state="absent"))
    assert clones(site) == {}


def test_a_failover_after_the_rehearsal_is_as_before(drill):
    site = drill(ONE)
    succeeds(rehearse(site, point="now"))
    succeeds(site.run("volume_pair", volume="orders", **TURN))
    succeeds(rehearse(site, state="absent"))
    assert clones(site) == {}


def test_a_snapshot_that_an_earlier_run_has_left_is_removed(drill):
    site = drill()
    site.world.faults.add("beta", "DeleteGroupSnapshot", fault="xPermissionDenied", times=None)
    site.world.faults.add("alpha", "DeleteGroupSnapshot", fault="xPermissionDenied", times=None)
    succeeds(rehearse(site, point="now"))
    assert len(snapshots(site)) == 12
    site.world.faults.clear()
    again = succeeds(rehearse(site, "check_then_run", point="now"))
    assert [action["method"] for action in again["actions"]] == ["DeleteGroupSnapshot"] * 2
    assert snapshots(site) == ["hourly"] * 6
    assert rehearse(site, "check_then_run", point="now")["changed"] is False


@pytest.mark.parametrize("now", [False, True])
def test_a_snapshot_of_a_run_that_was_killed_before_it_cloned_is_named(now):
    """Without Ansible, which keeps the warnings of a whole process, so that those of one module are not in its result."""
    world = World.from_dict(
        {
            "timings": "instant",
            "clusters": [{"name": name, "volumes": [{"name": "orders", "id": 41}]} for name in ("alpha", "beta")],
            "cluster_pairs": [{"between": ["alpha", "beta"]}],
            "volume_pairs": [{"source": "beta/orders", "target": "alpha/orders"}],
        }
    )
    for name in ("hourly", "elementsw-rehearsal-0123"):
        world.call("beta", "CreateSnapshot", {"volumeID": 41, "name": name, "enableRemoteReplication": True})
    run = in_process(world)
    try:
        job = FailoverRehearsalJob(DesiredRehearsal(name=NAME, present=True, now=now))
        outcome = start(job, run, check_mode=True)
    finally:
        run.close()
    assert outcome.failures == []
    (warning,) = outcome.warnings
    assert (
        "cluster alpha: snapshots of another rehearsal are there: elementsw-rehearsal-0123; if it ended early"
        in warning
    )


# --- reports -----------------------------------------------------------------------------------------------------------


def test_a_rehearsal_that_no_one_has_removed_is_reported_with_what_removes_it(drill):
    """The clusters of these tests live in an earlier year than the machine, so that every clone is old."""
    site = drill()
    assert codes(report_of(site)) == []
    succeeds(rehearse(site))
    found = report_of(site)
    assert (codes(found), found["healthy"]) == (["rehearsal_left"], True)
    (problem,) = found["problems"]
    assert (problem["cluster"], problem["severity"]) == ("beta", "warning")
    assert f"the rehearsal {NAME} is older than a day: volume ledger-{NAME}" in problem["message"]
    paste(site, problem["command"])
    assert (codes(report_of(site)), clones(site)) == ([], {})


def codes(report):
    return [problem["code"] for problem in report["problems"]]
