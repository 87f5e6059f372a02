# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every open question of the API, answered in every way that the simulator knows."""

from __future__ import annotations

import pytest

from ansible_collections.elementsw.replication.tests.simulator.errors import ApiError
from ansible_collections.elementsw.replication.tests.simulator.settings import SWITCHES
from ansible_collections.elementsw.replication.tests.simulator.world import World

RT, RW = "replicationTarget", "readWrite"
GIB = 1024**3
IDS = {"alpha": 41, "beta": 77}


def world(switches, cluster_pair=True, volume_pair=True, **more):
    alpha = {"name": "alpha", "mvip": "192.0.2.10", "unique_id": "k3vd", "volumes": [{"name": "db", "id": 41}]}
    beta = {"name": "beta", "mvip": "198.51.100.20", "unique_id": "m8qz", "volumes": [{"name": "dr", "id": 77}]}
    beta.update(more)
    spec = {"timings": "instant", "switches": switches, "clusters": [alpha, beta]}
    if cluster_pair:
        spec["cluster_pairs"] = [{"between": ["alpha", "beta"]}]
    if cluster_pair and volume_pair:
        spec["volume_pairs"] = [{"source": "alpha/db", "target": "beta/dr"}]
    return World.from_dict(spec)


def outcome(given, cluster, method, **params):
    """What the call gives, or the name of its error."""
    try:
        return given.call(cluster, method, params)
    except ApiError as error:
        return error.name


def volume(given, cluster):
    (found,) = given.call(cluster, "ListVolumes", {"volumeIDs": [IDS[cluster]]})["volumes"]
    return found


def state(given, cluster="alpha"):
    pairs = volume(given, cluster)["volumePairs"]
    return pairs[0]["remoteReplication"]["state"] if pairs else None


def access(given, cluster, value):
    given.call(cluster, "ModifyVolume", {"volumeID": IDS[cluster], "access": value})


def pending_cluster_pair(switches):
    given = world(switches, cluster_pair=False)
    given.call("alpha", "StartClusterPairing")
    (entry,) = given.call("alpha", "ListClusterPairs")["clusterPairs"]
    return entry.get("mvip", "missing")


def connecting(switches):
    given = world(switches, cluster_pair=False)
    given.timings.connect_polls = 1
    key = given.call("alpha", "StartClusterPairing")["clusterPairingKey"]
    given.call("beta", "CompleteClusterPairing", {"clusterPairingKey": key})
    shown = [given.call("alpha", "ListClusterPairs")["clusterPairs"][0]["status"] for _poll in range(2)]
    assert shown[1] == "Connected"
    return shown[0]


def pending_volume_pair(switches):
    given = world(switches, volume_pair=False)
    given.call("alpha", "StartVolumePairing", {"volumeID": 41})
    (pair,) = volume(given, "alpha")["volumePairs"]
    return pair.get("remoteVolumeID", "missing")


def pending_state(switches):
    given = world(switches, volume_pair=False)
    given.call("alpha", "StartVolumePairing", {"volumeID": 41})
    return state(given)


def pending_and_limit(switches):
    given = world(switches, cluster_pair=False)
    for _time in range(4):
        given.call("alpha", "StartClusterPairing")
    fifth = outcome(given, "alpha", "StartClusterPairing")
    return fifth if isinstance(fifth, str) else "accepted"


def remove_used(switches):
    return outcome(world(switches), "alpha", "RemoveClusterPair", clusterPairID=7)


def survivor(switches):
    given = world(switches, volume_pair=False)
    given.call("alpha", "RemoveClusterPair", {"clusterPairID": 7})
    return given.call("beta", "ListClusterPairs")["clusterPairs"][0]["status"]


def bad_cluster_key(switches):
    return outcome(world(switches, cluster_pair=False), "beta", "CompleteClusterPairing", clusterPairingKey="7b7d")


def unreachable_origin(switches):
    given = world(switches, cluster_pair=False)
    key = given.call("alpha", "StartClusterPairing")["clusterPairingKey"]
    given.management_link("alpha", "beta", up=False)
    return outcome(given, "beta", "CompleteClusterPairing", clusterPairingKey=key)


def version_gap(switches):
    given = world(switches, cluster_pair=False, version="10.4.0.1")
    key = given.call("alpha", "StartClusterPairing")["clusterPairingKey"]
    return outcome(given, "beta", "CompleteClusterPairing", clusterPairingKey=key)


def pair_user(switches):
    given = world(switches, cluster_pair=False)
    given.call("alpha", "StartClusterPairing")
    hidden = given.call("alpha", "ListClusterAdmins", {"showHidden": True})["clusterAdmins"]
    assert any(admin["username"].startswith("__SF_pair_") for admin in hidden)
    return len(given.call("alpha", "ListClusterAdmins")["clusterAdmins"])


def pair_user_afterwards(switches):
    given = world(switches, cluster_pair=False)
    made = given.call("alpha", "StartClusterPairing")["clusterPairID"]
    given.call("alpha", "RemoveClusterPair", {"clusterPairID": made})
    return len(given.call("alpha", "ListClusterAdmins", {"showHidden": True})["clusterAdmins"])


def key_in_events(switches):
    given = world(switches, volume_pair=False)
    key = given.call("alpha", "StartVolumePairing", {"volumeID": 41})["volumePairingKey"]
    given.call("beta", "CompleteVolumePairing", {"volumeID": 77, "volumePairingKey": key})
    (event,) = given.call("beta", "ListEvents", {"eventType": "apiEvent"})["events"]
    return event["details"]["params"]["volumePairingKey"] != key


def paired_filter(switches):
    given = world(switches, volume_pair=False)
    given.call("alpha", "StartVolumePairing", {"volumeID": 41})
    return len(given.call("alpha", "ListVolumes", {"isPaired": True})["volumes"])


def unknown_ids(switches):
    return outcome(world(switches), "alpha", "ListVolumes", volumeIDs=[999])


def target_before_and_after_pairing(switches):
    given = world(switches, volume_pair=False)
    access(given, "beta", RT)
    before = volume(given, "beta")["access"]
    key = given.call("alpha", "StartVolumePairing", {"volumeID": 41})["volumePairingKey"]
    given.call("beta", "CompleteVolumePairing", {"volumeID": 77, "volumePairingKey": key})
    after = volume(given, "beta")["access"], state(given)
    access(given, "beta", RT)
    assert state(given) == "Active"
    return before, *after


def remove_unpaired(switches):
    return outcome(world(switches, volume_pair=False), "alpha", "RemoveVolumePair", volumeID=41)


def start_again(switches):
    given = world(switches, volume_pair=False)
    first = given.call("alpha", "StartVolumePairing", {"volumeID": 41})["volumePairingKey"]
    again = outcome(given, "alpha", "StartVolumePairing", volumeID=41)
    if isinstance(again, str):
        return again
    assert outcome(given, "beta", "CompleteVolumePairing", volumeID=77, volumePairingKey=first) == "xInvalidPairingKey"
    return outcome(given, "beta", "CompleteVolumePairing", volumeID=77, **again)


def start_alone(switches):
    made = outcome(world(switches, cluster_pair=False), "alpha", "StartVolumePairing", volumeID=41)
    return made if isinstance(made, str) else "started"


def complete_on_paired(switches):
    return outcome(world(switches), "beta", "CompleteVolumePairing", volumeID=77, volumePairingKey="7b7d")


def same_cluster(switches):
    given = world(switches, volume_pair=False)
    key = given.call("alpha", "StartVolumePairing", {"volumeID": 41})["volumePairingKey"]
    other = given.call("alpha", "CreateVolume", {"name": "x", "accountID": 1, "totalSize": GIB, "enable512e": True})
    return outcome(given, "alpha", "CompleteVolumePairing", volumeID=other["volumeID"], volumePairingKey=key)


def completed_with(switches, dr):
    given = world(switches, volume_pair=False, volumes=[{"name": "dr", "id": 77, "access": RT, **dr}])
    key = given.call("alpha", "StartVolumePairing", {"volumeID": 41})["volumePairingKey"]
    done = outcome(given, "beta", "CompleteVolumePairing", volumeID=77, volumePairingKey=key)
    return done or state(given)


def smaller_target(switches):
    return completed_with(switches, {"size": "5GiB"})


def other_block_size(switches):
    return completed_with(switches, {"enable_512e": False})


def larger_target(switches):
    return completed_with(switches, {"size": "20GiB"})


def modify_target(switches):
    return outcome(world(switches), "beta", "ModifyVolumePair", volumeID=77, pausedManual=True)


def mode_there(switches):
    given = world(switches)
    given.call("alpha", "ModifyVolumePair", {"volumeID": 41, "mode": "Sync"})
    return volume(given, "beta")["volumePairs"][0]["remoteReplication"]["mode"]


def pause_twice(switches):
    given = world(switches)
    given.call("alpha", "ModifyVolumePair", {"volumeID": 41, "pausedManual": True})
    return outcome(given, "alpha", "ModifyVolumePair", volumeID=41, pausedManual=True)


def paused_and_disconnected(switches):
    given = world(switches)
    given.call("alpha", "ModifyVolumePair", {"volumeID": 41, "pausedManual": True})
    given.storage_link("alpha", "beta", up=False)
    return state(given, "alpha"), state(given, "beta")


def purged(switches):
    given = world(switches)
    given.call("beta", "DeleteVolume", {"volumeID": 77})
    given.call("beta", "PurgeDeletedVolume", {"volumeID": 77})
    return state(given)


def rollback(cluster):
    def scenario(switches):
        given = world(switches)
        taken = given.call(cluster, "CreateSnapshot", {"volumeID": IDS[cluster]})["snapshotID"]
        params = {"volumeID": IDS[cluster], "snapshotID": taken, "saveCurrentState": False}
        return outcome(given, cluster, "RollbackToSnapshot", **params)

    return scenario


def clone(switches):
    given = world(switches)
    made = given.call("alpha", "CloneVolume", {"volumeID": 41, "name": "copy"})
    assert given.call("alpha", "GetAsyncResult", {"asyncHandle": made["asyncHandle"]})["status"] == "complete"
    assert outcome(given, "alpha", "GetAsyncResult", asyncHandle=made["asyncHandle"]) == "xAsyncHandleDoesNotExist"
    return len(made["volume"]["volumePairs"])


def delay(given):
    return given.call("alpha", "GetVolumeStats", {"volumeID": 41})["volumeStats"]["asyncDelay"]


def paused_delay(switches):
    given = world(switches)
    given.call("alpha", "ModifyVolumePair", {"volumeID": 41, "pausedManual": True})
    given.advance(3600)
    return (delay(given) or "null")[:5]


def sync_delay(switches):
    given = world(switches)
    given.call("alpha", "ModifyVolumePair", {"volumeID": 41, "mode": "Sync"})
    return delay(given)


def volume_count(switches):
    given = world(switches)
    given.call("alpha", "DeleteVolume", {"volumeID": 41})
    return given.call("alpha", "GetVolumeCount")["count"]


def pair_ids(switches):
    given = world(switches, cluster_pair=False)
    made = []
    for _time in range(2):
        made.append(given.call("alpha", "StartClusterPairing")["clusterPairID"])
        given.call("alpha", "RemoveClusterPair", {"clusterPairID": made[-1]})
    return made


def snapshot_conflict(switches):
    given = world(switches)
    given.timings.snapshot_polls = "never"
    given.call("alpha", "CreateSnapshot", {"volumeID": 41, "enableRemoteReplication": True})
    return outcome(given, "alpha", "CreateSnapshot", volumeID=41, ensureSerialCreation=True)


def snapshot_limit(switches):
    given = world(switches, volume_pair=False)
    for _time in range(32):
        given.call("alpha", "CreateSnapshot", {"volumeID": 41})
    return outcome(given, "alpha", "CreateSnapshot", volumeID=41)


def other_qos(switches):
    done = outcome(world(switches), "alpha", "ModifyVolume", volumeID=41, qos={"minIOPS": 100})
    return done if isinstance(done, str) else "changed"


def read_only_source(switches):
    given = world(switches)
    access(given, "alpha", "readOnly")
    return state(given)


def idle(switches):
    given = world(switches)
    quiet = state(given)
    given.call("alpha", "ModifyVolumePair", {"volumeID": 41, "mode": "SnapshotsOnly"})
    return quiet, state(given)


def grown_target(switches):
    given = world(switches)
    given.timings.resuming_connected_polls = 1
    given.call("beta", "ModifyVolume", {"volumeID": 77, "totalSize": 20 * GIB})
    return state(given)


def any_case(switches):
    return outcome(world(switches), "alpha", "ModifyVolumePair", volumeID=41, mode="sync")


def turned_mode(switches):
    given = world(switches)
    given.call("alpha", "ModifyVolumePair", {"volumeID": 41, "mode": "Sync"})
    access(given, "alpha", RT)
    access(given, "beta", RW)
    return volume(given, "beta")["volumePairs"][0]["remoteReplication"]["mode"]


def text_for_a_number(switches):
    return outcome(world(switches), "alpha", "RemoveVolumePair", volumeID="41")


def modified_volumes(switches):
    (member,) = world(switches).call("alpha", "ModifyVolumes", {"volumeIDs": [41], "access": RW})
    return member


def stats_shape(switches):
    return type(world(switches).call("alpha", "GetVolumeStats", {"volumeID": 41})["volumeStats"])


def snapshot_spelling(switches):
    given = world(switches)
    given.storage_link("alpha", "beta", up=False)
    given.call("alpha", "CreateSnapshot", {"volumeID": 41, "enableRemoteReplication": True})
    (taken,) = given.call("alpha", "ListSnapshots")["snapshots"]
    return taken["remoteStatuses"][0]["remoteStatus"], taken["status"]


def management_loss(switches):
    given = world(switches)
    given.management_link("alpha", "beta", up=False)
    return state(given)


OTHER = "xSomethingElse"
CASES = {
    "pending_cluster_pair_members": (pending_cluster_pair, {"empty": "", "null": None, "missing": "missing"}),
    "connecting_status": (connecting, {c: c for c in ("Disconnected", "Misconfigured", "Connecting")}),
    "pending_volume_pair_members": (pending_volume_pair, {"zeros": 0, "missing": "missing"}),
    "pending_volume_pair_state": (pending_state, {c: c for c in ("Unconfigured", "PausedMisconfigured")}),
    "pending_counts_toward_limit": (pending_and_limit, {True: "xExceededLimit", False: "accepted"}),
    "limit_error": (pending_and_limit, {OTHER: OTHER}),
    "remove_used_cluster_pair": (remove_used, {"refused": "xInvalidParameter", "allowed": {}}),
    "remove_used_cluster_pair_error": (remove_used, {OTHER: OTHER}),
    "survivor_status": (survivor, {"Misconfigured": "Misconfigured", "Disconnected": "Disconnected"}),
    "invalid_key_error": (bad_cluster_key, {"xInvalidPairingKey": "xInvalidPairingKey", OTHER: OTHER}),
    "unreachable_origin_error": (unreachable_origin, {"xRecvTimeout": "xRecvTimeout", OTHER: OTHER}),
    "version_gap_error": (version_gap, {"xInvalidParameter": "xInvalidParameter", OTHER: OTHER}),
    "pair_user": (pair_user, {"hidden": 1, "visible": 2}),
    "pair_user_removed_with_pair": (pair_user_afterwards, {True: 1, False: 2}),
    "keys_masked_in_events": (key_in_events, {False: False, True: True}),
    "paired_filter_includes_pending": (paired_filter, {True: 1, False: 0}),
    "unknown_volume_ids": (unknown_ids, {"omitted": {"volumes": []}, "error": "xVolumeIDDoesNotExist"}),
    "unpaired_target": (
        target_before_and_after_pairing,
        {
            "stored": (RT, RT, "Active"),
            "shown_locked": ("locked", RT, "Active"),
            "locked": ("locked", "locked", "PausedMisconfigured"),
        },
    ),
    "remove_unpaired": (remove_unpaired, {"success": {}, "error": "xVolumeNotPaired"}),
    "start_on_pending": (start_again, {"error": "xVolumeAlreadyPaired", "new_key": {}}),
    "start_without_cluster_pair": (start_alone, {"allowed": "started", "error": "xMVIPNotPaired"}),
    "complete_on_paired_error": (complete_on_paired, {"xVolumeAlreadyPaired": "xVolumeAlreadyPaired", OTHER: OTHER}),
    "same_cluster_error": (same_cluster, {"xMVIPNotPaired": "xMVIPNotPaired", OTHER: OTHER}),
    "smaller_target": (smaller_target, {"accepted": "PausedVolumeSizeMismatch", "refused": "xInvalidParameter"}),
    "other_block_size": (other_block_size, {"accepted": "PausedMisconfigured", "refused": "xInvalidParameter"}),
    "modify_on_target": (modify_target, {"allowed": {}, "refused": "xInvalidParameter"}),
    "mode_propagates": (mode_there, {True: "Sync", False: "Async"}),
    "repeated_pause": (pause_twice, {"success": {}, "error": "xInvalidParameter"}),
    "pause_precedence": (
        paused_and_disconnected,
        {
            "manual_first": ("PausedManual", "PausedDisconnected"),
            "disconnected_first": ("PausedDisconnected", "PausedDisconnected"),
        },
    ),
    "purged_partner": (purged, {"stopped": "StoppedMisconfigured", "unpaired": None}),
    "rollback_on_source": (rollback("alpha"), {"allowed": {}, "refused": "xInvalidParameter"}),
    "rollback_on_target": (rollback("beta"), {"refused": "xInvalidParameter", "allowed": {}}),
    "clone_copies_pairs": (clone, {False: 0, True: 1}),
    "paused_delay": (paused_delay, {"grows": "01:00", "frozen": "00:00", "null": "null"}),
    "sync_delay": (sync_delay, {"zero": "00:00:00.000000", "null": None}),
    "volume_count_includes_deleted": (volume_count, {False: 0, True: 1}),
    "reuse_cluster_pair_ids": (pair_ids, {False: [7, 8], True: [1, 1]}),
    "serial_conflict_error": (snapshot_conflict, {"xSnapshotFailed": "xSnapshotFailed", OTHER: OTHER}),
    "snapshot_limit_error": (snapshot_limit, {"xMaxSnapshotsPerVolumeExceeded": "xMaxSnapshotsPerVolumeExceeded"}),
    "modify_paired_volume": (other_qos, {"allowed": "changed", "refused": "xInvalidParameter"}),
    "read_only_source": (read_only_source, {"misconfigured": "PausedMisconfigured", "runs": "Active"}),
    "idle_state": (
        idle,
        {"snapshots_only": ("Active", "Idle"), "quiet_pairs": ("Idle", "Idle"), "never": ("Active", "Active")},
    ),
    "grown_target": (grown_target, {"keeps_running": "Active", "resumes": "ResumingConnected"}),
    "any_case": (any_case, {True: {}, False: "xUnrecognizedEnumString"}),
    "mode_after_reversal": (turned_mode, {"kept": "Sync", "async": "Async"}),
    "parameter_types": (text_for_a_number, {"strict": "xInvalidParameterType", "coerce": {}}),
    "modify_volumes_member": (modified_volumes, {"volumes": "volumes", "volume": "volume"}),
    "volume_stats_shape": (stats_shape, {"object": dict, "list": list}),
    "not_present_spelling": (
        snapshot_spelling,
        {"NotPresent": ("NotPresent", "done"), "Not Present": ("Not Present", "done")},
    ),
    "snapshot_status_case": (snapshot_spelling, {"lower": ("NotPresent", "done"), "title": ("NotPresent", "Done")}),
    "larger_target": (larger_target, {"runs": "Active", "mismatch": "PausedVolumeSizeMismatch"}),
    "management_loss": (management_loss, {"keeps_running": "Active", "pauses": "PausedDisconnected"}),
}
# These show over HTTP alone; test_doors has them.
AT_THE_DOOR = {"error_status", "unused_parameters_shape", "remove_cluster_pair_role"}


@pytest.mark.parametrize(
    ("name", "value", "scenario", "expected"),
    [(name, value, case[0], expected) for name, case in CASES.items() for value, expected in case[1].items()],
)
def test_a_switch_in_each_position(name, value, scenario, expected):
    assert scenario({name: value}) == expected


def test_no_switch_is_forgotten():
    assert set(CASES) | AT_THE_DOOR == set(SWITCHES)
    for name, (_scenario, positions) in CASES.items():
        if isinstance(SWITCHES[name], tuple):
            assert set(positions) == set(SWITCHES[name])
