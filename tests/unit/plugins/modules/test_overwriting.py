# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What makes a volume a target: on which evidence that is refused, what permits it, and what is saved before.

In every test the marks tell: what hosts wrote is on a readable volume, or in a snapshot that the result names.
"""

from __future__ import annotations

import pytest

from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.volume_pair.desired import (
    DesiredPair,
    PairOptions,
)
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.flow import start
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.jobs.volume_pair import VolumePairJob
from ansible_collections.elementsw.replication.tests.matrix.in_process import in_process
from ansible_collections.elementsw.replication.tests.simulator.world import World

LINK = {"between": ["alpha", "beta"]}
RW, RT = "readWrite", "replicationTarget"
REPLICA_MARK = "elementsw-replication-replica"


def clusters(*here, there=(), accounts=("shop",)):
    """Volumes of alpha and of beta, which belong to the first account where nothing else is said."""
    owners = [{"name": name} for name in accounts]
    volumes = ([{"account": accounts[0], **volume} for volume in side] for side in (here, there))
    return [{"name": name, "accounts": owners, "volumes": list(each)} for name, each in zip(("alpha", "beta"), volumes)]


@pytest.fixture(name="world")
def _world(sites):
    def start(*here, there=(), accounts=("shop",), **spec):
        return sites(clusters(*here, there=there, accounts=accounts), **{"cluster_pairs": [LINK], **spec})

    return start


def volume(site, cluster, name="orders"):
    return next(v for v in site.world.cluster(cluster).volumes.values() if v.name == name)


def write(site, cluster, *marks, name="orders"):
    for mark in marks:
        site.world.write(cluster, volume(site, cluster, name).volume_id, mark)


def accesses(site, name="orders"):
    return tuple(volume(site, cluster, name).access for cluster in ("alpha", "beta"))


def kept(site, result):
    """Every mark that is on a volume, or in a snapshot that the result names."""
    named = {(s["cluster"], s["snapshot_id"]) for pair in result["pairs"] for s in pair["saved"]}
    return {
        mark
        for cluster in ("alpha", "beta")
        for each in site.world.cluster(cluster).volumes.values()
        for holder in (each, *(s for s in each.snapshots.values() if (cluster, s.snapshot_id) in named))
        for mark in holder.marks
        if not each.deleted
    }


def code(result):
    return (result.get("error") or {}).get("code")


# --- half a pair that is repaired ----------------------------------------------------------------------------------------

HALF = [{"at": "beta/orders", "to": "alpha/orders", "mode": "Sync"}]


def half(world, here=("old", "new"), there=("old",), **more):
    """The source's half was removed; the replica has what was sent until then."""
    source = {"name": "orders", "marks": list(here)}
    target = {"name": "orders", "marks": list(there), "access": RT, **more}
    return world(source, there=[target], volume_pairs=HALF)


def test_a_stale_replica_is_repaired_without_permission_and_saved_for_a_week(world):
    site = half(world)
    result = site.check_then_run("volume_pair", volume="orders", repair=True, wait_for="in_sync")
    assert not result.get("failed"), result["msg"]
    assert site.world.marks("beta", volume(site, "beta").volume_id) == ["old", "new"]
    (saved,) = result["pairs"][0]["saved"]
    (snapshot,) = site.world.cluster("beta").snapshots.values()
    assert (saved["cluster"], saved["volume"], saved["snapshot_id"]) == ("beta", "orders", snapshot.snapshot_id)
    assert (saved["name"], saved["expires"] is not None) == (snapshot.name, True)
    assert snapshot.name.startswith("elementsw-saved-")
    assert (snapshot.expires - snapshot.created).days == 7


def test_a_replica_that_hosts_have_written_to_is_not_overwritten(world):
    site = half(world)
    target = volume(site, "beta")
    site.world.act("beta", "ModifyVolume", {"volumeID": target.volume_id, "access": RW})
    write(site, "beta", *(f"beta-{number}" for number in range(50)))
    site.world.act("beta", "ModifyVolume", {"volumeID": target.volume_id, "access": RT})
    site.world.clear_calls()
    result = site.check_then_run("volume_pair", volume="orders", repair=True)
    assert (code(result), site.world.writes()) == ("target_in_use", [])
    assert "50 write operations" in result["msg"]
    allowed = site.check_then_run("volume_pair", volume="orders", repair=True, allow_overwrite=True)
    assert not allowed.get("failed"), allowed["msg"]
    assert {f"beta-{number}" for number in range(50)} <= kept(site, allowed)
    (snapshot,) = site.world.cluster("beta").snapshots.values()
    assert snapshot.expires is None


def test_a_rebuilt_source_does_not_overwrite_the_only_copy(world):
    """Its cluster was built again under its old address, numbers its volumes from 1 again, and has the same pairing."""
    site = half(world, here=(), there=("only",))
    result = site.check_then_run("volume_pair", volume="orders", repair=True)
    assert (code(result), site.world.writes()) == ("empty_source", [])
    allowed = site.run("volume_pair", volume="orders", repair=True, allow_overwrite=True)
    assert not allowed.get("failed"), allowed["msg"]
    assert "only" in kept(site, allowed)


@pytest.fixture(name="fresh_copy")
def _fresh_copy(world):
    """A copy that no garbage collection has counted; its source was made again since, with the ID of the old one."""
    site = world({"name": "orders"}, there=[{"name": "orders"}])
    site.run("volume_pair", volume="orders")
    write(site, "alpha", "only")
    site.run("volume_pair", volume="orders", wait_for="in_sync")
    source = volume(site, "alpha")
    for name in ("RemoveVolumePair", "DeleteVolume", "PurgeDeletedVolume"):
        site.world.act("alpha", name, {"volumeID": source.volume_id})
    site.world.cluster("alpha").add_volume(
        "orders", source.account_id, source.size, True, site.world.clock.now, source.volume_id
    )
    assert site.world.call("beta", "ListVolumeStats")["volumeStats"][0]["nonZeroBlocks"] == 0
    site.world.clear_calls()
    return site


def test_a_copy_that_is_not_counted_yet_is_not_overwritten_by_an_empty_source(fresh_copy):
    site = fresh_copy
    result = site.check_then_run("volume_pair", volume="orders", repair=True)
    assert (code(result), site.world.writes()) == ("empty_source", [])
    assert "replicationTarget" in result["msg"]
    allowed = site.run("volume_pair", volume="orders", repair=True, allow_overwrite=True)
    assert not allowed.get("failed"), allowed["msg"]
    assert "only" in kept(site, allowed)


def test_a_target_whose_entry_was_removed_as_well_is_saved_for_a_week(fresh_copy):
    """Nothing tells it from one that an administrator has prepared; so it is used, and what it may hold is kept."""
    site = fresh_copy
    site.world.act("beta", "RemoveVolumePair", {"volumeID": volume(site, "beta").volume_id})
    result = site.check_then_run("volume_pair", volume="orders")
    assert not result.get("failed"), result["msg"]
    assert "only" in kept(site, result)
    (snapshot,) = site.world.cluster("beta").snapshots.values()
    assert (snapshot.expires - snapshot.created).days == 7


def test_a_repaired_pair_keeps_its_mode_and_its_pause(world):
    source = {"name": "orders", "marks": ["a"]}
    target = {"name": "orders", "marks": ["a"], "access": RT}
    paused = {"at": "alpha/orders", "to": "beta/orders", "mode": "Sync", "paused": True}
    site = world(source, there=[target], volume_pairs=[paused], switches={"paused_half": "paused"})
    result = site.check_then_run("volume_pair", volume="orders", repair=True)
    assert not result.get("failed"), result["msg"]
    assert (result["pairs"][0]["mode"], result["pairs"][0]["paused"]) == ("sync", True)


# --- what is saved, and where it cannot be -------------------------------------------------------------------------------


def test_volumes_are_saved_together_and_each_is_named(world):
    names = [f"v{number}" for number in range(35)]
    used = [{"name": name, "marks": [name]} for name in names]
    site = world(*({"name": name} for name in names), there=used)
    pairs = [{"volume": name} for name in names]
    result = site.check_then_run("volume_pair", pairs=pairs, allow_overwrite=True)
    assert not result.get("failed"), result["msg"]
    assert site.writes().count("beta CreateGroupSnapshot") == 2
    assert set(names) <= kept(site, result)
    assert [len(pair["saved"]) for pair in result["pairs"]] == [1] * 35


def test_permission_is_for_one_volume_of_the_list(world):
    used = [{"name": name, "marks": [name]} for name in ("a", "b")]
    site = world({"name": "a"}, {"name": "b"}, there=used)
    result = site.check_then_run("volume_pair", pairs=[{"volume": "a", "allow_overwrite": True}, {"volume": "b"}])
    assert (code(result), site.world.writes()) == ("target_in_use", [])
    assert [pair["failed"] for pair in result["pairs"]] == [False, True]
    alone = site.check_then_run("volume_pair", pairs=[{"volume": "a", "allow_overwrite": True}])
    assert not alone.get("failed"), alone["msg"]
    refused = site.run("volume_pair", pairs=[{"volume": "b", "allow_overwrite": False}], allow_overwrite=True)
    assert code(refused) == "target_in_use"


def test_nothing_is_written_for_what_cannot_be_saved(world):
    used = [{"name": name, "marks": [name]} for name in ("a", "b")]
    site = world({"name": "a"}, {"name": "b"}, there=used)
    pairs = [{"volume": "a"}, {"volume": "b"}]
    site.world.faults.add("beta", "CreateGroupSnapshot", fault="xInvalidParameter", times=None)
    site.world.faults.add("beta", "CreateSnapshot", fault="xMaxSnapshotsPerVolumeExceeded")
    result = site.run("volume_pair", pairs=pairs, allow_overwrite=True)
    assert sorted(str(code(pair)) for pair in result["pairs"]) == ["None", "cannot_save"]
    (lost,) = [pair for pair in result["pairs"] if pair["failed"]]
    assert (accesses(site, lost["volume"]), lost["changed"], lost["saved"]) == ((RW, RW), False, [])
    assert "save_overwritten: false" in lost["msg"]
    assert "xMaxSnapshotsPerVolumeExceeded" in lost["msg"]
    site.world.faults.add("beta", "CreateSnapshot", fault="xMaxSnapshotsPerVolumeExceeded", times=None)
    unsaved = site.run("volume_pair", pairs=pairs, allow_overwrite=True, save_overwritten=False)
    assert not unsaved.get("failed"), unsaved["msg"]


def test_what_was_saved_for_nothing_goes_again(world):
    site = world({"name": "orders"}, there=[{"name": "orders", "marks": ["a"]}])
    for _attempt in range(3):
        site.world.faults.add("alpha", "StartVolumePairing", fault="xInvalidParameter")
        site.world.faults.add("beta", "ListISCSISessions", 2, fault="xPermissionDenied", times=None)
        result = site.run("volume_pair", volume="orders", allow_overwrite=True)
        assert (result["failed"], result["changed"]) == (True, False)
        assert site.world.cluster("beta").snapshots == {}
        site.world.faults.clear()
    assert accesses(site) == (RW, RW)


def test_what_was_saved_stays_once_a_handshake_was_sent(world):
    site = world({"name": "orders"}, there=[{"name": "orders", "marks": ["a"]}])
    site.world.faults.add("beta", "CompleteVolumePairing", fault="xInvalidParameter", times=None)
    result = site.run("volume_pair", volume="orders", allow_overwrite=True)
    assert (result["failed"], result["changed"], len(result["pairs"][0]["saved"])) == (True, True, 1)
    assert len(site.world.cluster("beta").snapshots) == 1


def test_what_a_failed_task_has_saved_does_not_hold_up_the_next_one(world):
    site = world({"name": "new"}, there=[{"name": "new", "access": RT}])
    site.world.faults.add("beta", "CompleteVolumePairing", fault="xInvalidParameter", times=None)
    failed = site.run("volume_pair", volume="new")
    assert (failed["failed"], len(failed["pairs"][0]["saved"])) == (True, 1), failed["msg"]
    site.world.faults.clear()
    again = site.check_then_run("volume_pair", volume="new")
    assert not again.get("failed"), again["msg"]
    assert (again["pairs"][0]["state"], len(again["pairs"][0]["saved"])) == ("paired", 1)


def test_a_saved_snapshot_of_a_replica_does_not_hold_up_its_repair(world):
    site = half(world)
    target = volume(site, "beta").volume_id
    site.world.act("beta", "CreateSnapshot", {"volumeID": target, "name": "elementsw-saved-0123456789abcdef-0"})
    result = site.check_then_run("volume_pair", volume="orders", repair=True)
    assert not result.get("failed"), result["msg"]
    site = half(world)
    site.world.act("beta", "CreateSnapshot", {"volumeID": target, "name": "before the upgrade"})
    assert code(site.run("volume_pair", volume="orders", repair=True)) == "target_in_use"


PAIR = [{"source": "alpha/orders", "target": "beta/orders"}]
FORCED = {"failover": "forced", "allow_overwrite": True}
#: The world, the accesses that another client has set there, the task, and the cluster that it overwrites.
OVERWRITING = {
    "a failover": (PAIR, (RW, RT), {**FORCED, "direction": "from_peer"}, "alpha"),
    "both sides writable": (PAIR, (RW, RW), {**FORCED, "direction": "to_peer"}, "beta"),
    "neither side writable": (PAIR, (RT, RT), {**FORCED, "direction": "to_peer"}, "beta"),
    "a new pair": ([], (RW, RW), {"allow_overwrite": True}, "beta"),
    "a new pair the other way": ([], (RW, RW), {"allow_overwrite": True, "direction": "from_peer"}, "alpha"),
    "half a pair": (HALF, (RW, RT), {"allow_overwrite": True, "repair": True}, "beta"),
}


def overwriting_world(case):
    """Built by hand, so that two runs can begin with it."""
    pairs, access, _options, _cluster = OVERWRITING[case]
    here, there = ([{"name": "orders", "marks": [mark]}] for mark in ("a", "b"))
    sides = clusters(*here, there=there)
    world = World.from_dict({"timings": "instant", "cluster_pairs": [LINK], "volume_pairs": pairs, "clusters": sides})
    for cluster, of_side in zip(("alpha", "beta"), access):
        (number,) = world.cluster(cluster).volumes
        world.act(cluster, "ModifyVolume", {"volumeID": number, "access": of_side})
    return world


def run_alone(world, check, direction=None, **options):
    """Ansible keeps the warnings of a whole process, so that those of one module run are not in its result."""
    run = in_process(world)
    try:
        job = VolumePairJob(
            PairOptions(present=True, **options), (DesiredPair(volume="orders", direction=direction),), wait=False
        )
        return start(job, run, check_mode=check)
    finally:
        run.close()


@pytest.mark.parametrize("save", [True, False])
@pytest.mark.parametrize("case", OVERWRITING)
def test_check_mode_says_whose_content_would_be_overwritten_and_whether_it_is_saved(case, save):
    options, cluster = {"save_overwritten": save, **OVERWRITING[case][2]}, OVERWRITING[case][3]
    planned, done = (run_alone(overwriting_world(case), check, **options) for check in (True, False))
    assert done.failures == []
    how = "saved first" if save else "not saved"
    for outcome in (planned, done):
        assert outcome.diff["after"].endswith(f", overwrites {cluster} ({how})\n")
        assert "overwrites" not in outcome.diff["before"]
        assert [(each.cluster, each.volume) for each in outcome.saved(0)] == [(cluster, "orders")] * save
        unsaved = [text for text in outcome.warnings if f"what {cluster} has is overwritten and not saved" in text]
        assert len(unsaved) == (0 if save else 1)
    kept_in = [[text for text in each.warnings if "elementsw-saved-" in text] for each in (planned, done)]
    kept = "the former content of orders {} kept in snapshots named elementsw-saved-..., see `saved` of each pair"
    begins = [[f"cluster {cluster}: {kept.format(verb)}"] * save for verb in ("would be", "is")]
    assert [[text.split(";")[0] for text in texts] for texts in kept_in] == begins


def test_nothing_is_overwritten_where_a_new_target_is_unused_or_a_failover_loses_nothing(world):
    site = world({"name": "orders", "marks": ["a"]}, there=[{"name": "orders"}])
    made = site.check_then_run("volume_pair", volume="orders", save_overwritten=False, wait_for="in_sync")
    reversed_ = site.check_then_run("volume_pair", volume="orders", direction="from_peer", failover="planned")
    for result in (made, reversed_):
        assert not result.get("failed"), result["msg"]
        assert "overwrite" not in result["diff"]["after"]


# --- failover does not make pairs ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("failover", ["planned", "forced"])
def test_a_volume_that_was_unpaired_meanwhile_is_not_paired_by_a_failover(world, failover):
    here = [{"name": name, "marks": [f"here-{name}"]} for name in ("a", "b")]
    there = [{"name": "a"}, {"name": "b", "marks": ["there-b"]}]
    site = world(*here, there=there, volume_pairs=[{"source": "alpha/a", "target": "beta/a"}])
    options = {"direction": "from_peer", "failover": failover, "allow_overwrite": True}
    result = site.check_then_run("volume_pair", pairs=[{"volume": "a"}, {"volume": "b"}], **options)
    assert [code(pair) for pair in result["pairs"]] == [None, "not_paired"]
    assert accesses(site, "a") == ((RT, RW) if failover == "forced" else (RW, RT))
    assert accesses(site, "b") == (RW, RW)
    assert {"here-b", "there-b"} <= kept(site, result)


# --- roles that are there already ----------------------------------------------------------------------------------------


def test_roles_that_an_earlier_pair_has_left_are_not_reversed_by_a_default(world):
    site = world({"name": "orders", "access": RT}, there=[{"name": "orders", "marks": ["newest"]}])
    options = {"volume": "orders", "allow_overwrite": True}
    unset = site.check_then_run("volume_pair", **options)
    assert (code(unset), site.world.writes()) == ("direction_unknown", [])
    assert unset["msg"].endswith(
        "the access (alpha: replicationTarget, beta: readWrite) is that of direction from_peer; "
        "set it if beta holds the newer data"
    )
    against = site.check_then_run("volume_pair", direction="to_peer", **options)
    assert (code(against), site.world.writes()) == ("direction_change", [])
    assert "replicationTarget" in against["msg"]
    result = site.check_then_run("volume_pair", direction="from_peer", **options)
    assert not result.get("failed"), result["msg"]
    assert site.world.marks("beta", volume(site, "beta").volume_id) == ["newest"]


# --- a replica that was released -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("released", [True, False])
def test_what_an_earlier_pair_has_copied_is_evidence(world, released):
    """Replication leaves no writes, and blocks are not counted before a garbage collection."""
    site = world({"name": "orders"}, there=[{"name": "orders", "attributes": {"owner": "team-a"}}])
    site.run("volume_pair", volume="orders")
    write(site, "alpha", "only")
    site.run("volume_pair", volume="orders", wait_for="in_sync")
    gone = site.check_then_run("volume_pair", volume="orders", state="absent", release_target=released)
    assert not gone.get("failed"), gone["msg"]
    assert accesses(site) == (RW, RW if released else RT)
    assert volume(site, "beta").attributes == {"owner": "team-a", REPLICA_MARK: "complete"}
    assert site.world.call("beta", "ListVolumeStats")["volumeStats"][0]["nonZeroBlocks"] == 0
    # The source is deleted, and made again by whoever makes sources.
    source = volume(site, "alpha")
    account = source.account_id
    site.world.act("alpha", "DeleteVolume", {"volumeID": source.volume_id})
    site.world.act("alpha", "PurgeDeletedVolume", {"volumeID": source.volume_id})
    params = {"name": "orders", "accountID": account, "totalSize": source.size, "enable512e": True}
    site.world.act("alpha", "CreateVolume", params)
    site.world.clear_calls()
    daily = site.check_then_run("volume_pair", volume="orders", create_peer_volume={})
    assert (code(daily), site.world.writes()) == ("target_in_use", [])
    assert REPLICA_MARK in daily["msg"]
    assert "only" in kept(site, daily)


def test_a_former_target_without_room_for_its_mark_is_reported(world):
    full = {"note": "x" * 970}
    pair = [{"source": "alpha/orders", "target": "beta/orders"}]
    site = world({"name": "orders", "marks": ["a"]}, there=[{"name": "orders", "attributes": full}], volume_pairs=pair)
    result = site.check_then_run("volume_pair", volume="orders", state="absent", release_target=True)
    assert (result.get("failed", False), accesses(site)) == (False, (RW, RW))
    assert volume(site, "beta").attributes == full
    spec = {"timings": "instant", "cluster_pairs": [LINK], "volume_pairs": pair}
    there = [{"name": "orders", "attributes": full}]
    world_alone = World.from_dict({**spec, "clusters": clusters({"name": "orders"}, there=there)})
    run = in_process(world_alone)
    try:
        job = VolumePairJob(PairOptions(present=False), (DesiredPair(volume="orders"),), wait=False)
        outcome = start(job, run, check_mode=False)
    finally:
        run.close()
    assert any(f"have no room for {REPLICA_MARK}" in text for text in outcome.warnings)


def test_a_copy_that_is_being_made_is_not_released(world):
    timings = {"resuming_data_transfer_polls": "never"}
    pair = [{"source": "alpha/orders", "target": "beta/orders"}]
    site = world({"name": "orders", "marks": ["a"]}, there=[{"name": "orders"}], volume_pairs=pair, timings=timings)
    site.world.act("alpha", "ModifyVolumePair", {"volumeID": volume(site, "alpha").volume_id, "pausedManual": True})
    site.world.act("alpha", "ModifyVolumePair", {"volumeID": volume(site, "alpha").volume_id, "pausedManual": False})
    site.world.clear_calls()
    options = {"volume": "orders", "state": "absent", "release_target": True}
    result = site.check_then_run("volume_pair", **options)
    assert (code(result), site.world.writes(), accesses(site)) == ("not_in_sync", [], (RW, RT))


# --- which volume is meant -----------------------------------------------------------------------------------------------


def test_a_volume_that_was_deleted_by_mistake_is_not_replaced(world):
    site = world({"name": "orders", "marks": ["a"]})
    task = {"volume": "orders", "create_peer_volume": {}}
    assert not site.run("volume_pair", **task).get("failed")
    site.run("volume_pair", volume="orders", state="absent", release_target=True)
    write(site, "beta", "new")
    site.world.act("beta", "DeleteVolume", {"volumeID": volume(site, "beta").volume_id})
    site.world.clear_calls()
    result = site.check_then_run("volume_pair", **task)
    assert (code(result), site.world.writes()) == ("volume_deleted", [])
    assert "RestoreDeletedVolume" in result["msg"]
    assert "purge it" not in result["msg"]


def test_the_namesake_of_another_account_is_not_overwritten(world):
    there = [{"name": "orders", "account": "lab"}]
    site = world({"name": "orders", "marks": ["a"]}, there=there, accounts=("shop", "lab"))
    result = site.check_then_run("volume_pair", volume="orders")
    assert (code(result), site.world.writes()) == ("other_account", [])
    assert "peer_account" in result["msg"]
    assert not site.check_then_run("volume_pair", volume="orders", state="absent")["changed"]
    created = site.check_then_run("volume_pair", volume="orders", create_peer_volume={})
    assert not created.get("failed"), created["msg"]
    assert created["pairs"][0]["peer"]["account"] == "shop"
    named = site.run("volume_pair", volume="orders", peer_account="lab")
    assert code(named) is not None  # it is paired with the other one by now


# --- forced, with what is left of a pair ---------------------------------------------------------------------------------

FORCED = {"volume": "orders", "direction": "to_peer", "failover": "forced", "here": "beta", "there": "alpha"}


@pytest.mark.parametrize("lost", ["deleted", "purged", "its half", "its half and the cluster pair"])
def test_a_replica_whose_source_is_gone_is_promoted_by_force(world, lost):
    pair = [{"source": "alpha/orders", "target": "beta/orders"}]
    site = world({"name": "orders", "marks": ["a"]}, there=[{"name": "orders", "marks": ["a"]}], volume_pairs=pair)
    source = {"volumeID": volume(site, "alpha").volume_id}
    if lost in ("deleted", "purged"):
        site.world.act("alpha", "DeleteVolume", source)
        if lost == "purged":
            site.world.act("alpha", "PurgeDeletedVolume", source)
    else:
        site.world.act("alpha", "RemoveVolumePair", source)
    site.world.clear_calls()
    unforced = site.run("volume_pair", **{**FORCED, "failover": "planned"})
    assert code(unforced) in ("half_pair", "volume_deleted")
    assert "purge it" not in unforced["msg"]
    result = site.check_then_run("volume_pair", **FORCED)
    assert not result.get("failed"), result["msg"]
    assert (site.writes(), volume(site, "beta").access) == (["beta ModifyVolume"], RW)
    again = site.run("volume_pair", **FORCED)
    assert (again.get("failed", False), again["changed"]) == (False, False)
    assert site.world.marks("beta", volume(site, "beta").volume_id) == ["a"]


def test_a_former_target_without_any_pair_is_named_with_how_to_be_used(world):
    site = world({"name": "orders"}, there=[{"name": "orders", "access": RT, "marks": ["a"]}])
    result = site.run("volume_pair", **FORCED)
    assert code(result) == "not_paired"
    assert "release_target: true" in result["msg"]
    released = site.run("volume_pair", here="beta", there="alpha", volume="orders", state="absent", release_target=True)
    assert (released.get("failed", False), volume(site, "beta").access) == (False, RW)


def test_what_was_saved_is_reported_in_one_warning_for_each_cluster():
    names = [f"v{number:02}" for number in range(35)]
    used = [{"name": name, "marks": [name]} for name in names]
    spec = {"timings": "instant", "cluster_pairs": [LINK]}
    world = World.from_dict({**spec, "clusters": clusters(*({"name": name} for name in names), there=used)})
    options = PairOptions(present=True, allow_overwrite=True)
    run = in_process(world)
    try:
        job = VolumePairJob(options, tuple(DesiredPair(volume=name) for name in names), wait=False)
        outcome = start(job, run, check_mode=False)
    finally:
        run.close()
    assert not outcome.failures
    (warning,) = [text for text in outcome.warnings if "elementsw-saved-" in text]
    assert "the former content of v00, v01, v02 and 32 more is kept in snapshots" in warning


def forced_with(fault, **more):
    """The warnings of a forced failover when this happens to alpha. more: of the task."""
    pair = {"source": "alpha/orders", "target": "beta/orders"}
    spec = {"timings": "instant", "cluster_pairs": [LINK], "volume_pairs": [pair]}
    world = World.from_dict({**spec, "clusters": clusters({"name": "orders"}, there=[{"name": "orders"}])})
    world.faults.add("alpha", **fault)
    run = in_process(world)
    try:
        options = PairOptions(present=True, failover="forced", **more)
        job = VolumePairJob(options, (DesiredPair(volume="orders", direction="from_peer"),), wait=False)
        outcome = start(job, run, check_mode=False)
    finally:
        run.close()
    assert not outcome.failures
    return outcome.warnings


@pytest.mark.parametrize(
    ("saving", "lost"), [(True, "after its saved snapshot"), (False, "after the last replication")]
)
def test_writes_until_the_demotion_are_reported(saving, lost):
    late = {"cluster": "alpha", "method": "write", "params": {"volume_id": 1, "mark": "late"}}
    warnings = forced_with({"method": "ModifyVolume", "fault": "meanwhile", "call": late}, save_overwritten=saving)
    (warning,) = [text for text in warnings if "was written to while this task ran" in text]
    assert "volume orders (1) was written to while this task ran or shortly before (1 write operation)" in warning
    assert f"writes {lost} are lost" in warning


@pytest.mark.parametrize("nth", [1, 2])
def test_writes_that_no_one_can_count_are_reported(nth):
    warnings = forced_with({"method": "ListVolumeStats", "nth": nth, "fault": "xPermissionDenied", "times": None})
    (warning,) = [text for text in warnings if "statistics cannot be read" in text]
    assert "volume orders (1) may have been written to while this task ran" in warning
