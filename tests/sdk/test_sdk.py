# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The vendor's SDK, unmodified, drives the simulator and understands its answers."""

from __future__ import annotations

import itertools
import pathlib

import pytest
from solidfire.common import ApiServerError
from solidfire.factory import ElementFactory

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
    *("get_api", "get_cluster_full_threshold", "get_cluster_info", "get_cluster_version_info", "get_limits"),
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
def clusters():
    """The SDK's objects for both clusters."""
    world = World.from_dict(WORLD)
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
        observed = [group_status(alpha)]
        world.storage_link("alpha", "beta", up=True)
        observed += [group_status(alpha) for _poll in range(2)]
    assert observed == ["Not Present", "Syncing", "Present"]


def group_status(element):
    ((status,),) = [group.remote_statuses for group in element.list_group_snapshots().group_snapshots]
    return plain(status.remote_status)


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
