# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The vendor's SDK, unmodified, drives the simulator and understands its answers."""

from __future__ import annotations

import itertools
import pathlib

import pytest
from solidfire.common import ApiServerError
from solidfire.custom.models import CHAPSecret, TimeIntervalFrequency
from solidfire.factory import ElementFactory
from solidfire.models import (
    CloneMultipleVolumeParams,
    CreateInitiator,
    ModifyInitiator,
    QoS,
    Schedule,
    ScheduleInfo,
)

from ansible_collections.elementsw.replication.tests.simulator.server import serve
from ansible_collections.elementsw.replication.tests.simulator.world import World

VOLUMES = [{"name": "orders-db", "id": 41, "marks": ["one"]}, {"name": "spare", "id": 42}]
WORLD = {
    "timings": "instant",
    "clusters": [
        {
            "name": "alpha",
            "mvip": "192.0.2.10",
            "unique_id": "k3vd",
            "accounts": [{"name": "shop", "id": 3}],
            "qos_policies": [{"name": "gold"}],
            "volumes": VOLUMES,
            "access_groups": [{"name": "fabric", "volumes": ["spare"]}],
            "fibre_channel_sessions": [{"access_group": "fabric"}],
            "sessions": [{"volume": "orders-db", "initiator": "iqn.1998-01.com.example:host"}],
            "snapshots": [{"volume": "orders-db", "name": "before"}],
        },
        {
            "name": "beta",
            "mvip": "198.51.100.20",
            "unique_id": "m8qz",
            "volumes": [{"name": "orders-db", "id": 77}, {"name": "spare", "id": 78}],
        },
    ],
}

MESS = pathlib.Path(__file__).resolve().parents[1] / "simulator" / "worlds" / "four_sites.yml"
READS = [
    *("get_api", "get_cluster_capacity", "get_current_cluster_admin", "list_active_nodes", "list_all_nodes"),
    *("list_async_results", "list_initiators", "list_schedules", "list_volume_stats_by_volume"),
    *("get_cluster_full_threshold", "get_cluster_info", "get_cluster_version_info", "get_limits"),
    *("get_volume_count", "list_accounts", "list_active_paired_volumes", "list_active_volumes", "list_cluster_admins"),
    *("list_cluster_faults", "list_cluster_pairs", "list_deleted_volumes", "list_events"),
    *("list_fibre_channel_sessions", "list_group_snapshots", "list_iscsisessions", "list_qos_policies"),
    *("list_snapshots", "list_sync_jobs", "list_volume_access_groups", "list_volume_stats", "list_volumes"),
]


def connect(running, world, name):
    """The SDK's object for a cluster, made as its documentation says: the factory begins with GetAPI."""
    host, port = running.address(name)
    admin = world.cluster(name).admins[0]
    return ElementFactory.create(host, admin.username, admin.password, port=port, print_ascii_art=False)


@pytest.fixture
def world():
    return World.from_dict(WORLD)


@pytest.fixture
def clusters(world):
    """The SDK's objects for both clusters."""
    with serve(world) as running:
        yield [connect(running, world, name) for name in world.clusters]


def pair_clusters(alpha, beta):
    started = alpha.start_cluster_pairing()
    completed = beta.complete_cluster_pairing(started.cluster_pairing_key)
    return started.cluster_pair_id, completed.cluster_pair_id


def pair_volumes(alpha, beta, mode="Async"):
    beta.modify_volume(77, access="replicationTarget")
    key = alpha.start_volume_pairing(41, mode=mode).volume_pairing_key
    beta.complete_volume_pairing(volume_pairing_key=key, volume_id=77)


def plain(value):
    """The text of one of the SDK's enumerations, which do not compare with texts."""
    return value.get_value() if hasattr(value, "get_value") else value


def the_pair(element):
    (volume,) = element.list_active_paired_volumes().volumes
    (pair,) = volume.volume_pairs
    return pair


def test_all_nine_pairing_methods(clusters):
    alpha, beta = clusters
    here, there = pair_clusters(alpha, beta)
    (entry,) = alpha.list_cluster_pairs().cluster_pairs
    (far,) = beta.list_cluster_pairs().cluster_pairs
    assert (entry.cluster_pair_id, far.cluster_pair_id) == (here, there)
    assert (entry.cluster_name, entry.mvip, entry.status) == ("beta", "198.51.100.20", "Connected")
    assert entry.cluster_pair_uuid == far.cluster_pair_uuid
    assert isinstance(entry.latency, int)

    pair_volumes(alpha, beta)
    for element, remote in ((alpha, 77), (beta, 41)):
        pair = the_pair(element)
        assert (pair.remote_volume_id, pair.remote_slice_id) == (remote, remote)
        assert (pair.remote_replication.state, pair.remote_replication.mode) == ("Active", "Async")
        assert pair.remote_replication.snapshot_replication.state == "Idle"
    assert the_pair(alpha).volume_pair_uuid == the_pair(beta).volume_pair_uuid

    alpha.modify_volume_pair(41, paused_manual=True)
    assert the_pair(alpha).remote_replication.state == "PausedManual"
    assert the_pair(beta).remote_replication.state == "PausedManualRemote"
    alpha.modify_volume_pair(41, paused_manual=False, mode="Sync")
    assert the_pair(alpha).remote_replication.mode == "Sync"

    alpha.remove_volume_pair(41)
    assert the_pair(beta).remote_replication.state == "StoppedMisconfigured"
    beta.remove_volume_pair(77)
    alpha.remove_cluster_pair(here)
    beta.remove_cluster_pair(there)
    assert (alpha.list_cluster_pairs().cluster_pairs, beta.list_cluster_pairs().cluster_pairs) == ([], [])


@pytest.mark.parametrize("mode", ["Async", "Sync", "SnapshotsOnly"])
def test_every_mode(clusters, mode):
    alpha, beta = clusters
    pair_clusters(alpha, beta)
    pair_volumes(alpha, beta, mode)
    assert the_pair(alpha).remote_replication.mode == mode


def test_what_the_cluster_says_of_itself(clusters):
    alpha, _beta = clusters
    info = alpha.get_cluster_info().cluster_info
    assert (info.name, info.mvip, info.unique_id) == ("alpha", "192.0.2.10", "k3vd")
    assert alpha.get_cluster_version_info().cluster_version == "12.5.0.897"
    assert alpha.get_limits().cluster_pairs_count_max == 4
    assert plain(alpha.get_cluster_full_threshold().block_fullness) == "stage1Happy"
    assert [admin.username for admin in alpha.list_cluster_admins().cluster_admins] == ["ansible"]
    assert alpha.list_cluster_faults(fault_types="current").faults == []


def test_every_read_of_volumes(clusters):
    alpha, _beta = clusters
    listed = alpha.list_volumes(volume_status="active", include_virtual_volumes=False).volumes
    assert [(volume.volume_id, volume.name, plain(volume.access)) for volume in listed] == [
        (41, "orders-db", "readWrite"),
        (42, "spare", "readWrite"),
    ]
    assert [volume.volume_id for volume in alpha.list_active_volumes().volumes] == [41, 42]
    assert alpha.list_deleted_volumes().volumes == []
    assert [stats.volume_id for stats in alpha.list_volume_stats([41, 42]).volume_stats] == [41, 42]
    assert alpha.get_volume_stats(41).volume_stats.write_ops > 0
    assert alpha.list_sync_jobs().sync_jobs == []
    assert [account.username for account in alpha.list_accounts().accounts] == ["shop"]
    assert alpha.get_account_by_name("shop").account.account_id == 3
    assert [policy.name for policy in alpha.list_qos_policies().qos_policies] == ["gold"]


def test_who_uses_a_volume(clusters):
    alpha, _beta = clusters
    (session,) = alpha.list_iscsisessions().sessions
    assert (session.volume_id, session.initiator_name) == (41, "iqn.1998-01.com.example:host")
    (group,) = alpha.list_volume_access_groups().volume_access_groups
    assert (group.name, group.volumes) == ("fabric", [42])
    (session,) = alpha.list_fibre_channel_sessions().sessions
    assert session.volume_access_group_id == group.volume_access_group_id


def test_snapshots(clusters):
    alpha, _beta = clusters
    made = alpha.create_snapshot(41, name="now", enable_remote_replication=True, retention="24:00:00")
    assert [snapshot.name for snapshot in alpha.list_snapshots(41).snapshots] == ["before", "now"]
    alpha.modify_snapshot(made.snapshot_id, enable_remote_replication=False)
    alpha.delete_snapshot(made.snapshot_id)
    group = alpha.create_group_snapshot([41, 42], name="both")
    assert [each.name for each in alpha.list_group_snapshots().group_snapshots] == ["both"]
    alpha.delete_group_snapshot(group.group_snapshot_id, save_members=False)
    assert alpha.list_group_snapshots().group_snapshots == []


def test_a_volume_from_its_creation_to_its_purge(clusters):
    alpha, _beta = clusters
    made = alpha.create_volume("new", 3, 10 * 10**9, enable512e=True)
    alpha.modify_volumes([made.volume_id], access="replicationTarget")
    assert plain(alpha.modify_volume(made.volume_id, access="readWrite").volume.access) == "readWrite"
    alpha.delete_volume(made.volume_id)
    assert [volume.volume_id for volume in alpha.list_deleted_volumes().volumes] == [made.volume_id]
    alpha.restore_deleted_volume(made.volume_id)
    alpha.delete_volume(made.volume_id)
    alpha.purge_deleted_volume(made.volume_id)
    assert alpha.list_deleted_volumes().volumes == []
    assert alpha.add_account("second").account.username == "second"


def test_accounts_from_their_creation_to_their_removal(clusters):
    alpha, _beta = clusters
    made = alpha.add_account("lab", initiator_secret=CHAPSecret(secret="Initiator-001"))
    alpha.modify_account(made.account_id, username="laboratory", status="locked", attributes={"floor": 2})
    account = alpha.get_account_by_id(made.account_id).account
    assert (account.username, account.status, account.attributes) == ("laboratory", "locked", {"floor": 2})
    assert account.initiator_secret.secret == "Initiator-001"
    alpha.remove_account(made.account_id)
    assert [each.username for each in alpha.list_accounts().accounts] == ["shop"]


def test_hosts_come_and_go(clusters):
    alpha, _beta = clusters
    first, second = alpha.create_initiators(
        [CreateInitiator(name=f"iqn.1998-01.com.example:{name}", alias=name) for name in ("one", "two")]
    ).initiators
    group = alpha.create_volume_access_group("hosts", initiators=[first.initiator_id], volumes=[41]).volume_access_group
    assert (group.initiators, group.volumes) == ([first.initiator_name], [41])
    number = group.volume_access_group_id
    alpha.add_volumes_to_volume_access_group(number, [42])
    alpha.add_initiators_to_volume_access_group(number, [second.initiator_id])
    alpha.remove_volumes_from_volume_access_group(number, [41])
    alpha.modify_volume_access_group(number, name="servers")
    (group,) = alpha.list_volume_access_groups(volume_access_groups=[number]).volume_access_groups
    assert (group.name, group.volumes, len(group.initiators)) == ("servers", [42], 2)
    luns = alpha.get_volume_access_group_lun_assignments(number).volume_access_group_lun_assignments
    assert [each.volume_id for each in luns.lun_assignments] == [42]
    alpha.modify_initiators([ModifyInitiator(initiator_id=first.initiator_id, alias="first")])
    alpha.remove_initiators_from_volume_access_group(number, [second.initiator_id])
    alpha.delete_initiators([second.initiator_id])
    assert [each.alias for each in alpha.list_initiators(initiators=[first.initiator_id]).initiators] == ["first"]
    alpha.delete_volume_access_group(number)
    assert [group.name for group in alpha.list_volume_access_groups().volume_access_groups] == ["fabric"]


def test_qos_policies_from_their_creation_to_their_removal(clusters):
    alpha, _beta = clusters
    made = alpha.create_qos_policy("silver", QoS(min_iops=100, max_iops=2000, burst_iops=4000)).qos_policy
    alpha.modify_volume(42, qos_policy_id=made.qos_policy_id)
    alpha.modify_qos_policy(made.qos_policy_id, qos=QoS(min_iops=200, max_iops=2000, burst_iops=4000))
    assert alpha.get_qos_policy(made.qos_policy_id).qos_policy.qos.min_iops == 200
    (volume,) = alpha.list_volumes(volume_ids=[42]).volumes
    assert (volume.qos_policy_id, volume.qos.min_iops) == (made.qos_policy_id, 200)
    alpha.delete_qos_policy(made.qos_policy_id)
    assert [policy.name for policy in alpha.list_qos_policies().qos_policies] == ["gold"]


def test_schedules_take_snapshots_until_they_are_deleted(world, clusters):
    alpha, _beta = clusters
    info = ScheduleInfo(volume_ids=[42], snapshot_name="hourly", retention="24:00:00", enable_remote_replication=True)
    wanted = Schedule(TimeIntervalFrequency(hours=1, days=0), "every-hour", info, recurring=True)
    number = alpha.create_schedule(wanted).schedule_id
    world.advance(2 * 3600 + 600)
    assert {snapshot.name for snapshot in alpha.list_snapshots(42).snapshots} == {"hourly"}
    schedule = alpha.get_schedule(number).schedule
    assert (schedule.name, schedule.frequency.hours, schedule.last_run_status) == ("every-hour", 1, "Success")
    schedule.paused = True
    alpha.modify_schedule(schedule)
    assert [(each.name, each.paused) for each in alpha.list_schedules().schedules] == [("every-hour", True)]
    schedule.to_be_deleted = True
    alpha.modify_schedule(schedule)
    world.advance(600)
    assert [each for each in alpha.list_schedules().schedules if not each.to_be_deleted] == []


def completed(world, element, handle):
    """The result of an asynchronous call, once it is there."""
    for _second in range(600):
        result = element.get_async_result(handle, keep_result=True)
        if result["status"] == "complete":
            return result["result"]
        world.advance(1)
    raise AssertionError("the call never ends")


def test_clones(world, clusters):
    alpha, _beta = clusters
    made = alpha.clone_volume(41, "clone", access="readWrite")
    assert completed(world, alpha, made.async_handle)["message"] == "Clone complete."
    assert [each.result_type for each in alpha.list_async_results().async_handles] == ["Clone"]
    (clone,) = alpha.list_volumes(volume_ids=[made.volume_id]).volumes
    assert (clone.name, plain(clone.access), clone.volume_pairs) == ("clone", "readWrite", [])
    group = alpha.clone_multiple_volumes([CloneMultipleVolumeParams(volume_id=n, name=f"copy-{n}") for n in (41, 42)])
    assert [member.src_volume_id for member in group.members] == [41, 42]
    completed(world, alpha, group.async_handle)
    names = {volume.name for volume in alpha.list_volumes_for_account(3).volumes}
    assert names == {"orders-db", "spare", "clone", "copy-41", "copy-42"}


def test_many_volumes_are_deleted_and_purged_at_once(clusters):
    alpha, _beta = clusters
    alpha.delete_volumes(volume_ids=[41, 42])
    assert [volume.volume_id for volume in alpha.list_deleted_volumes().volumes] == [41, 42]
    alpha.purge_deleted_volumes(volume_ids=[41, 42])
    assert alpha.list_deleted_volumes().volumes == []


def test_how_full_a_cluster_is(clusters):
    alpha, _beta = clusters
    capacity = alpha.get_cluster_capacity().cluster_capacity
    assert capacity.provisioned_space == sum(volume.total_size for volume in alpha.list_volumes().volumes)
    assert capacity.max_over_provisionable_space == 5 * capacity.max_provisioned_space
    assert alpha.get_volume_efficiency(41).compression > 0
    assert alpha.get_account_efficiency(3).compression > 0
    assert [node.node_id for node in alpha.list_active_nodes().nodes] == [
        node.node_id for node in alpha.list_all_nodes().nodes
    ]


def test_every_read_where_everything_is_in_a_mess():
    world = World.from_file(MESS)
    world.management_link("alpha", "gamma", up=False)
    with serve(world) as running:
        alpha, beta = (connect(running, world, name) for name in ("alpha", "beta"))
        for read in READS:
            getattr(alpha, read)()
        beta.list_deleted_volumes()
        beta.list_active_paired_volumes()
        for choice in ("null", "missing"):
            world.switches.pending_cluster_pair_members = choice
            assert "Unconfigured" in [entry.status for entry in alpha.list_cluster_pairs().cluster_pairs]


def test_a_snapshot_until_it_is_there():
    """The SDK knows the state as two words, the API documentation as one; the simulator has a switch for it."""
    world = World.from_dict({**WORLD, "switches": {"not_present_spelling": "Not Present"}})
    world.timings.snapshot_polls = 1
    with serve(world) as running:
        alpha, beta = (connect(running, world, name) for name in world.clusters)
        pair_clusters(alpha, beta)
        pair_volumes(alpha, beta)
        world.storage_link("alpha", "beta", up=False)
        alpha.create_group_snapshot([41], name="sent", enable_remote_replication=True)
        observed = [statuses(alpha)]
        world.storage_link("alpha", "beta", up=True)
        observed += [statuses(alpha) for _poll in range(2)]
    assert observed == [("Syncing", "Not Present"), ("Syncing", "Syncing"), ("Present", "Present")]


def statuses(element):
    """The status of the group, and that of its member."""
    (group,) = element.list_group_snapshots().group_snapshots
    (member,) = group.members
    return tuple(plain(status.remote_status) for (status,) in (group.remote_statuses, member.remote_statuses))


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda alpha, beta: alpha.start_volume_pairing(999), "xVolumeIDDoesNotExist"),
        (lambda alpha, beta: alpha.get_account_by_name("no-such-account"), "xUnknownAccount"),
        (lambda alpha, beta: alpha.remove_cluster_pair(999), "xPairingDoesNotExist"),
        (lambda alpha, beta: alpha.modify_volume_pair(41, mode="Never"), "xUnrecognizedEnumString"),
        (lambda alpha, beta: beta.complete_volume_pairing("7b7d", 77), "xInvalidPairingKey"),
        (lambda alpha, beta: [alpha.start_volume_pairing(41) for _again in range(2)], "xVolumeAlreadyPaired"),
        (lambda alpha, beta: [pair_clusters(alpha, beta) for _again in range(2)], "xPairingAlreadyExists"),
        (lambda alpha, beta: [alpha.start_cluster_pairing() for _again in itertools.repeat(None, 5)], "xExceededLimit"),
    ],
)
def test_errors_by_their_names(clusters, call, name):
    with pytest.raises(ApiServerError) as caught:
        call(*clusters)
    assert caught.value.error_name == name
