# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every switch of the simulator changes: each choice of each open question, as clients observe it."""

from __future__ import annotations

import base64
import json

import pytest

from ansible_collections.elementsw.replication.tests.simulator import exchange
from ansible_collections.elementsw.replication.tests.simulator.errors import ApiError, WorldError
from ansible_collections.elementsw.replication.tests.simulator.settings import SWITCHES, Switches
from ansible_collections.elementsw.replication.tests.simulator.world import World
from ansible_collections.elementsw.replication.tests.unit.simulator import clone_switches, foreign_switches

RT, RW = "replicationTarget", "readWrite"
GIB = 1024**3
ACTIVE = ("Active", "Active")
SPARE, SOURCE, TARGET = 42, 41, 77
OTHER_ERROR = "xOfAnotherRelease"


class Scene:
    """Two clusters, with a pair or without; short names for what the checks below do with them."""

    def __init__(self, switches, paired=True, timings="instant", **beta):
        spec = {
            "switches": switches,
            "timings": timings,
            "clusters": [
                {
                    "name": "alpha",
                    "limits": {"clusterPairsCountMax": 2, "snapshotsPerVolumeMax": 2},
                    "admins": [
                        {"username": "chief", "password": "Chief-of-alpha-1", "access": ["administrator"]},
                        {"username": "second", "password": "Second-of-alpha-1", "access": ["clusterAdmins"]},
                    ],
                    "volumes": [{"name": "orders-db", "id": SOURCE}, {"name": "spare", "id": SPARE}],
                },
                {
                    "name": "beta",
                    "volumes": [{"name": "orders-dr", "id": TARGET}, {"name": "spare", "id": 78, **beta}],
                },
            ],
        }
        if paired:
            spec["cluster_pairs"] = [{"between": ["alpha", "beta"]}]
            spec["volume_pairs"] = [{"source": "alpha/orders-db", "target": "beta/orders-dr"}]
        self.world = World.from_dict(spec)

    def call(self, cluster, method, **params):
        return self.world.call(cluster, method, params)

    def outcome(self, cluster, method, **params):
        """`done`, or the name of the error."""
        try:
            self.call(cluster, method, **params)
        except ApiError as error:
            return error.name
        return "done"

    def volume(self, cluster, volume_id):
        return self.call(cluster, "ListVolumes", volumeIDs=[volume_id])["volumes"][0]

    def pair(self, cluster="alpha", volume_id=SOURCE):
        pairs = self.volume(cluster, volume_id)["volumePairs"]
        return pairs[0] if pairs else None

    def states(self):
        """What source and target show."""
        pairs = (self.pair(), self.pair("beta", TARGET))
        return tuple(pair["remoteReplication"]["state"] for pair in pairs)

    def modes(self):
        pairs = (self.pair(), self.pair("beta", TARGET))
        return tuple(pair["remoteReplication"]["mode"] for pair in pairs)

    def start(self, volume_id=SPARE):
        return self.call("alpha", "StartVolumePairing", volumeID=volume_id)["volumePairingKey"]

    def complete(self, key, volume_id=78):
        return self.outcome("beta", "CompleteVolumePairing", volumeID=volume_id, volumePairingKey=key)

    def statuses(self, cluster):
        return [entry["status"] for entry in self.call(cluster, "ListClusterPairs")["clusterPairs"]]

    def remove_cluster_pair(self, cluster):
        (entry,) = self.call(cluster, "ListClusterPairs")["clusterPairs"]
        return self.outcome(cluster, "RemoveClusterPair", clusterPairID=entry["clusterPairID"])

    def unpair(self):
        for cluster, volume_id in (("alpha", SOURCE), ("beta", TARGET)):
            self.call(cluster, "RemoveVolumePair", volumeID=volume_id)

    def post(self, method, username="chief", **params):
        """A call as it comes in over HTTP: status and reply."""
        cluster = self.world.cluster("alpha")
        password = next(admin.password for admin in cluster.admins if admin.username == username)
        body = json.dumps({"method": method, "params": params, "id": 1}).encode()
        request = exchange.Request(
            "POST",
            "/json-rpc/12.3",
            "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode(),
            body,
        )
        given = exchange.answer(self.world, cluster, request, exchange.open_envelope(request), None)
        return given.status, json.loads(given.body)


# --- one check a switch: what clients observe, given the choice -----------------------------------------------------------


def pending_cluster_pair_members(switches):
    scene = Scene(switches, paired=False)
    scene.call("alpha", "StartClusterPairing")
    return scene.call("alpha", "ListClusterPairs")["clusterPairs"][0].get("mvip", "missing")


def remote_cluster_uuid(switches):
    (entry,) = Scene(switches).call("alpha", "ListClusterPairs")["clusterPairs"]
    return "shown" if entry.get("clusterUUID") else "missing"


def connecting_status(switches):
    scene = Scene(switches, paired=False, timings={"connect_polls": 1})
    key = scene.call("alpha", "StartClusterPairing")["clusterPairingKey"]
    scene.call("beta", "CompleteClusterPairing", clusterPairingKey=key)
    return scene.statuses("alpha")


def pending_volume_pair_members(switches):
    scene = Scene(switches)
    scene.start()
    return scene.pair("alpha", SPARE).get("remoteVolumeID", "missing")


def pending_pair_uuids(switches):
    scene = Scene(switches)
    scene.start()
    scene.call("alpha", "StartClusterPairing")
    pending = scene.call("alpha", "ListClusterPairs")["clusterPairs"][1]
    return ("volumePairUUID" in scene.pair("alpha", SPARE), "clusterPairUUID" in pending)


def deleted_volume_pairs(switches):
    """Hidden or not, the pair is there again when the volume is restored."""
    scene = Scene(switches)
    scene.call("beta", "DeleteVolume", volumeID=TARGET)
    (deleted,) = scene.call("beta", "ListDeletedVolumes")["volumes"]
    shown = len(deleted["volumePairs"])
    assert len(scene.volume("beta", TARGET)["volumePairs"]) == shown
    assert scene.pair()["remoteReplication"]["state"] == "PausedMisconfigured"
    scene.call("beta", "RestoreDeletedVolume", volumeID=TARGET)
    assert scene.states() == ACTIVE
    return shown


def pending_volume_pair_state(switches):
    scene = Scene(switches)
    scene.start()
    return scene.pair("alpha", SPARE)["remoteReplication"]["state"]


def third_cluster_pairing(switches):
    """Two is the limit of alpha here; one pair is complete, one pending."""
    scene = Scene(switches)
    scene.call("alpha", "StartClusterPairing")
    return scene.outcome("alpha", "StartClusterPairing")


def remove_used_cluster_pair(switches):
    return Scene(switches).remove_cluster_pair("alpha")


def survivor_status(switches):
    scene = Scene(switches)
    scene.unpair()
    scene.remove_cluster_pair("alpha")
    return scene.statuses("beta")


def wrong_key(switches):
    return Scene(switches).complete("7b7d")


def unreachable_origin(switches):
    scene = Scene(switches)
    key = scene.start()
    scene.world.management_link("alpha", "beta", up=False)
    return scene.complete(key)


def version_gap(switches):
    clusters = [{"name": "alpha"}, {"name": "beta", "version": "10.4.0.35"}]
    world = World.from_dict({"switches": switches, "clusters": clusters})
    key = world.call("alpha", "StartClusterPairing")["clusterPairingKey"]
    with pytest.raises(ApiError) as caught:
        world.call("beta", "CompleteClusterPairing", {"clusterPairingKey": key})
    return caught.value.name


def pair_user(switches):
    scene = Scene(switches)
    scene.call("alpha", "StartClusterPairing")
    return len(scene.call("alpha", "ListClusterAdmins")["clusterAdmins"])


def pair_user_removed_with_pair(switches):
    scene = Scene(switches, paired=False)
    pair_id = scene.call("alpha", "StartClusterPairing")["clusterPairID"]
    scene.call("alpha", "RemoveClusterPair", clusterPairID=pair_id)
    return len(scene.call("alpha", "ListClusterAdmins", showHidden=True)["clusterAdmins"])


def keys_in_events(switches):
    scene = Scene(switches)
    key = scene.start()
    scene.complete(key)
    return key in json.dumps(scene.call("beta", "ListEvents"))


def paired_filter(switches):
    scene = Scene(switches)
    scene.start()
    return [volume["volumeID"] for volume in scene.call("alpha", "ListVolumes", isPaired=True)["volumes"]]


def unknown_volume_ids(switches):
    return Scene(switches).outcome("alpha", "ListVolumes", volumeIDs=[999])


def unpaired_target(switches):
    """The access as it is read before and after pairing."""
    scene = Scene(switches)
    scene.call("beta", "ModifyVolume", volumeID=78, access=RT)
    before = scene.volume("beta", 78)["access"]
    scene.complete(scene.start())
    return before, scene.volume("beta", 78)["access"]


def paused_half(switches):
    """A half that was paused before its counterpart went."""
    scene = Scene(switches)
    scene.call("alpha", "ModifyVolumePair", volumeID=SOURCE, pausedManual=True)
    scene.call("beta", "RemoveVolumePair", volumeID=TARGET)
    return scene.pair("alpha", SOURCE)["remoteReplication"]["state"]


def nonzero_blocks(switches):
    """Of a target, once a write has reached it, and once garbage was collected."""
    scene = Scene({**switches, "statistics": "live"})
    scene.world.write("alpha", SOURCE, "one")

    def counted():
        return scene.call("beta", "GetVolumeStats", volumeID=TARGET)["volumeStats"]["nonZeroBlocks"]

    before = counted()
    scene.world.advance(3600)
    return before > 0, counted() > 0


def remove_unpaired(switches):
    return Scene(switches).outcome("alpha", "RemoveVolumePair", volumeID=SPARE)


def start_on_pending(switches):
    scene = Scene(switches)
    scene.start()
    return scene.outcome("alpha", "StartVolumePairing", volumeID=SPARE)


def start_without_cluster_pair(switches):
    return Scene(switches, paired=False).outcome("alpha", "StartVolumePairing", volumeID=SPARE)


def complete_on_paired(switches):
    scene = Scene(switches)
    return scene.complete(scene.start(), TARGET)


def same_cluster(switches):
    scene = Scene(switches)
    scene.call("alpha", "CreateVolume", name="third", accountID=1, totalSize=10 * GIB, enable512e=True)
    third = scene.call("alpha", "ListVolumes", volumeName="third")["volumes"][0]["volumeID"]
    return scene.outcome("alpha", "CompleteVolumePairing", volumeID=third, volumePairingKey=scene.start())


def smaller_target(switches):
    scene = Scene(switches, size="5GiB", access=RT)
    return scene.complete(scene.start())


def other_block_size(switches):
    scene = Scene(switches, enable_512e=False, access=RT)
    return scene.complete(scene.start())


def modify_on_target(switches):
    return Scene(switches).outcome("beta", "ModifyVolumePair", volumeID=TARGET, pausedManual=True)


def mode_propagates(switches):
    scene = Scene(switches)
    scene.call("alpha", "ModifyVolumePair", volumeID=SOURCE, mode="Sync")
    return scene.modes()


def repeated_pause(switches):
    scene = Scene(switches)
    scene.call("alpha", "ModifyVolumePair", volumeID=SOURCE, pausedManual=True)
    return scene.outcome("alpha", "ModifyVolumePair", volumeID=SOURCE, pausedManual=True)


def pause_precedence(switches):
    scene = Scene(switches)
    scene.call("alpha", "ModifyVolumePair", volumeID=SOURCE, pausedManual=True)
    scene.world.storage_link("alpha", "beta", up=False)
    return scene.states()


def purged_partner(switches):
    scene = Scene(switches)
    scene.call("beta", "DeleteVolume", volumeID=TARGET)
    scene.call("beta", "PurgeDeletedVolume", volumeID=TARGET)
    pair = scene.pair()
    return pair and pair["remoteReplication"]["state"]


def rollback(cluster, volume_id):
    def check(switches):
        scene = Scene(switches)
        taken = scene.call(cluster, "CreateSnapshot", volumeID=volume_id)["snapshotID"]
        return scene.outcome(
            cluster, "RollbackToSnapshot", volumeID=volume_id, snapshotID=taken, saveCurrentState=False
        )

    return check


def clone_copies_pairs(switches):
    scene = Scene(switches)
    clone = scene.call("alpha", "CloneVolume", volumeID=SOURCE, name="copy")["volumeID"]
    return len(scene.volume("alpha", clone)["volumePairs"])


def paused_delay(switches):
    scene = Scene(switches)
    scene.call("alpha", "ModifyVolumePair", volumeID=SOURCE, pausedManual=True)
    scene.world.advance(3600)
    delay = scene.call("alpha", "GetVolumeStats", volumeID=SOURCE)["volumeStats"]["asyncDelay"]
    return delay and delay[:2]


def sync_delay(switches):
    scene = Scene(switches)
    scene.call("alpha", "ModifyVolumePair", volumeID=SOURCE, mode="Sync")
    return scene.call("alpha", "GetVolumeStats", volumeID=SOURCE)["volumeStats"]["asyncDelay"]


def volume_count(switches):
    scene = Scene(switches)
    scene.call("alpha", "DeleteVolume", volumeID=SPARE)
    return scene.call("alpha", "GetVolumeCount")["count"]


def reuse_cluster_pair_ids(switches):
    scene = Scene(switches, paired=False)
    first = scene.call("alpha", "StartClusterPairing")["clusterPairID"]
    scene.call("alpha", "RemoveClusterPair", clusterPairID=first)
    return scene.call("alpha", "StartClusterPairing")["clusterPairID"] <= first


def unused_parameters(switches):
    return Scene(switches).post("ListClusterPairs", colour="red")[1]["warning"]["unusedParameters"]


def unused_parameters_place(switches):
    reply = Scene(switches).post("ListClusterPairs", colour="red")[1]
    return sorted(set(reply) - {"id", "result"})


def error_status(switches):
    status, reply = Scene(switches).post("RemoveClusterPair", clusterPairID=999)
    return status, reply["error"]["name"]


def serial_conflict(switches):
    scene = Scene(switches, timings={"snapshot_polls": 9})
    scene.call("alpha", "CreateSnapshot", volumeID=SOURCE, enableRemoteReplication=True)
    return scene.outcome("alpha", "CreateSnapshot", volumeID=SOURCE, ensureSerialCreation=True)


def snapshot_limit(switches):
    """Two are the limit of alpha here."""
    scene = Scene(switches)
    return [scene.outcome("alpha", "CreateSnapshot", volumeID=SPARE) for _time in range(3)][-1]


def modify_paired_volume(switches):
    return Scene(switches).outcome("alpha", "ModifyVolume", volumeID=SOURCE, qos={"minIOPS": 100})


def read_only_source(switches):
    scene = Scene(switches)
    scene.call("alpha", "ModifyVolume", volumeID=SOURCE, access="readOnly")
    return scene.states()


def idle_state(switches):
    """The states of a quiet pair that sends all, and of one that sends snapshots only."""
    scene = Scene(switches)
    before = scene.states()[0]
    scene.call("alpha", "ModifyVolumePair", volumeID=SOURCE, mode="SnapshotsOnly")
    return before, scene.states()[0]


def grown_target(switches):
    scene = Scene(switches, timings={})
    scene.call("beta", "ModifyVolume", volumeID=TARGET, totalSize=20 * GIB)
    return scene.states()[0]


def any_case(switches):
    return Scene(switches).outcome("alpha", "ModifyVolumePair", volumeID=SOURCE, mode="sync")


def case_of_keys(switches):
    scene = Scene(switches)
    return scene.complete(scene.start().upper())


def remove_cluster_pair_role(switches):
    return Scene(switches).post("RemoveClusterPair", "second", clusterPairID=999)[1]["error"]["name"]


def mode_after_reversal(switches):
    scene = Scene(switches)
    scene.call("alpha", "ModifyVolumePair", volumeID=SOURCE, mode="Sync")
    scene.call("alpha", "ModifyVolume", volumeID=SOURCE, access=RT)
    scene.call("beta", "ModifyVolume", volumeID=TARGET, access=RW)
    return scene.modes()


def parameter_types(switches):
    return Scene(switches).outcome("alpha", "RemoveVolumePair", volumeID="42")


def modify_volumes_member(switches):
    return list(Scene(switches).call("alpha", "ModifyVolumes", volumeIDs=[SPARE], access=RW))


def volume_stats_shape(switches):
    return type(Scene(switches).call("alpha", "GetVolumeStats", volumeID=SPARE)["volumeStats"])


def statistics(switches):
    """Counters just after a write, half a second later and one later; each reading has a time of its own."""
    scene = Scene({**switches, "nonzero_blocks": "live"})
    scene.world.clock.stop()
    scene.call("alpha", "ListVolumeStats", volumeIDs=[SPARE])
    scene.world.write("alpha", SPARE, "written")
    reads = []
    for _time in range(3):
        reads += scene.call("alpha", "ListVolumeStats", volumeIDs=[SPARE])["volumeStats"]
        scene.world.advance(0.5)
    counted = [(read["writeOps"], read["nonZeroBlocks"] > 0) for read in reads]
    return counted, reads[0]["timestamp"] < reads[1]["timestamp"]


def sample_period(switches):
    (stats,) = Scene(switches).call("alpha", "ListVolumeStats", volumeIDs=[SPARE])["volumeStats"]
    return stats.get("samplePeriodMSec", "missing")


def attributes_limit(switches):
    """999 bytes as JSON, and one more."""
    scene = Scene(switches)
    scene.world.cluster("alpha").limits["snapshotsPerVolumeMax"] = 32
    account = scene.volume("alpha", SPARE)["accountID"]
    calls = (
        ("CreateVolume", {"name": "new", "accountID": account, "totalSize": GIB}),
        ("ModifyVolume", {"volumeID": SPARE}),
        ("CreateSnapshot", {"volumeID": SPARE}),
        ("CreateGroupSnapshot", {"volumes": [SPARE]}),
    )
    return {
        tuple(scene.outcome("alpha", method, **params, attributes={"a": "x" * length}) for length in (990, 991))
        for method, params in calls
    }


def attributes_replicated(switches):
    scene = Scene(switches)
    noted = {"enableRemoteReplication": True, "attributes": {"by": "test"}}
    scene.call("alpha", "CreateSnapshot", volumeID=SOURCE, **noted)
    scene.call("alpha", "CreateGroupSnapshot", volumes=[SOURCE], **noted)
    (group,) = scene.call("beta", "ListGroupSnapshots")["groupSnapshots"]
    copies = scene.call("beta", "ListSnapshots", volumeID=TARGET)["snapshots"]
    return [each["attributes"] for each in (*copies, group)]


def not_present_spelling(switches):
    scene = Scene(switches)
    scene.world.storage_link("alpha", "beta", up=False)
    taken = scene.call("alpha", "CreateSnapshot", volumeID=SOURCE, enableRemoteReplication=True)
    return taken["snapshot"]["remoteStatuses"][0]["remoteStatus"]


def snapshot_status_case(switches):
    return Scene(switches).call("alpha", "CreateSnapshot", volumeID=SPARE)["snapshot"]["status"]


def larger_target(switches):
    scene = Scene(switches)
    scene.call("beta", "ModifyVolume", volumeID=TARGET, totalSize=20 * GIB)
    return scene.states()


def management_loss(switches):
    scene = Scene(switches)
    scene.world.management_link("alpha", "beta", up=False)
    return scene.states()


MISCONFIGURED = ("PausedMisconfigured", "PausedMisconfigured")
DISCONNECTED = ("PausedDisconnected", "PausedDisconnected")
MISMATCH = ("PausedVolumeSizeMismatch", "PausedVolumeSizeMismatch")

TABLE = [
    ("pending_cluster_pair_members", pending_cluster_pair_members, {"empty": "", "null": None, "missing": "missing"}),
    ("remote_cluster_uuid", remote_cluster_uuid, {"shown": "shown", "missing": "missing"}),
    (
        "connecting_status",
        connecting_status,
        {"Disconnected": ["Disconnected"], "Misconfigured": ["Misconfigured"], "Connecting": ["Connecting"]},
    ),
    ("pending_volume_pair_members", pending_volume_pair_members, {"zeros": 0, "missing": "missing"}),
    (
        "pending_volume_pair_state",
        pending_volume_pair_state,
        {"Unconfigured": "Unconfigured", "PausedMisconfigured": "PausedMisconfigured"},
    ),
    ("pending_pair_uuids", pending_pair_uuids, {"shown": (True, True), "missing": (False, False)}),
    ("deleted_volume_pairs", deleted_volume_pairs, {"shown": 1, "hidden": 0}),
    ("pending_counts_toward_limit", third_cluster_pairing, {True: "xExceededLimit", False: "done"}),
    ("limit_error", third_cluster_pairing, {"xExceededLimit": "xExceededLimit", OTHER_ERROR: OTHER_ERROR}),
    ("remove_used_cluster_pair", remove_used_cluster_pair, {"refused": "xInvalidParameter", "allowed": "done"}),
    ("remove_used_cluster_pair_error", remove_used_cluster_pair, {OTHER_ERROR: OTHER_ERROR}),
    (
        "survivor_status",
        survivor_status,
        {"Misconfigured": ["Misconfigured"], "Disconnected": ["Disconnected"]},
    ),
    ("invalid_key_error", wrong_key, {"xInvalidPairingKey": "xInvalidPairingKey", OTHER_ERROR: OTHER_ERROR}),
    ("unreachable_origin_error", unreachable_origin, {"xRecvTimeout": "xRecvTimeout", OTHER_ERROR: OTHER_ERROR}),
    ("version_gap_error", version_gap, {"xInvalidParameter": "xInvalidParameter", OTHER_ERROR: OTHER_ERROR}),
    ("pair_user", pair_user, {"hidden": 2, "visible": 3}),
    ("pair_user_removed_with_pair", pair_user_removed_with_pair, {True: 2, False: 3}),
    ("keys_masked_in_events", keys_in_events, {False: True, True: False}),
    ("paired_filter_includes_pending", paired_filter, {True: [SOURCE, SPARE], False: [SOURCE]}),
    ("unknown_volume_ids", unknown_volume_ids, {"omitted": "done", "error": "xVolumeIDDoesNotExist"}),
    (
        "unpaired_target",
        unpaired_target,
        {"stored": (RT, RT), "shown_locked": ("locked", RT), "locked": ("locked", "locked")},
    ),
    ("remove_unpaired", remove_unpaired, {"success": "done", "error": "xVolumeNotPaired"}),
    ("start_on_pending", start_on_pending, {"error": "xVolumeAlreadyPaired", "new_key": "done"}),
    ("start_without_cluster_pair", start_without_cluster_pair, {"allowed": "done", "error": "xMVIPNotPaired"}),
    (
        "complete_on_paired_error",
        complete_on_paired,
        {"xVolumeAlreadyPaired": "xVolumeAlreadyPaired", OTHER_ERROR: OTHER_ERROR},
    ),
    ("same_cluster_error", same_cluster, {"xMVIPNotPaired": "xMVIPNotPaired", OTHER_ERROR: OTHER_ERROR}),
    ("smaller_target", smaller_target, {"accepted": "done", "refused": "xInvalidParameter"}),
    ("other_block_size", other_block_size, {"accepted": "done", "refused": "xInvalidParameter"}),
    ("modify_on_target", modify_on_target, {"allowed": "done", "refused": "xInvalidParameter"}),
    ("mode_propagates", mode_propagates, {True: ("Sync", "Sync"), False: ("Sync", "Async")}),
    ("repeated_pause", repeated_pause, {"success": "done", "error": "xInvalidParameter"}),
    (
        "pause_precedence",
        pause_precedence,
        {"manual_first": ("PausedManual", "PausedDisconnected"), "disconnected_first": DISCONNECTED},
    ),
    ("purged_partner", purged_partner, {"stopped": "StoppedMisconfigured", "unpaired": None}),
    ("rollback_on_source", rollback("alpha", SOURCE), {"allowed": "done", "refused": "xInvalidParameter"}),
    ("rollback_on_target", rollback("beta", TARGET), {"refused": "xInvalidParameter", "allowed": "done"}),
    ("clone_copies_pairs", clone_copies_pairs, {False: 0, True: 1}),
    ("paused_delay", paused_delay, {"grows": "01", "frozen": "00", "null": None}),
    ("sync_delay", sync_delay, {"zero": "00:00:00.000000", "null": None}),
    ("volume_count_includes_deleted", volume_count, {False: 1, True: 2}),
    ("reuse_cluster_pair_ids", reuse_cluster_pair_ids, {False: False, True: True}),
    ("unused_parameters_shape", unused_parameters, {"mapping": {"colour": "red"}, "list": ["colour"]}),
    (
        "unused_parameters_place",
        unused_parameters_place,
        {"warning": ["warning"], "top_level": ["unusedParameters"]},
    ),
    ("error_status", error_status, {200: (200, "xPairingDoesNotExist"), 500: (500, "xPairingDoesNotExist")}),
    ("serial_conflict_error", serial_conflict, {"xSnapshotFailed": "xSnapshotFailed", OTHER_ERROR: OTHER_ERROR}),
    (
        "snapshot_limit_error",
        snapshot_limit,
        {"xMaxSnapshotsPerVolumeExceeded": "xMaxSnapshotsPerVolumeExceeded", OTHER_ERROR: OTHER_ERROR},
    ),
    ("modify_paired_volume", modify_paired_volume, {"allowed": "done", "refused": "xInvalidParameter"}),
    ("read_only_source", read_only_source, {"misconfigured": MISCONFIGURED, "runs": ACTIVE}),
    (
        "idle_state",
        idle_state,
        {"snapshots_only": ("Active", "Idle"), "quiet_pairs": ("Idle", "Idle"), "never": ("Active", "Active")},
    ),
    ("grown_target", grown_target, {"keeps_running": "Active", "resumes": "ResumingConnected"}),
    ("any_case", any_case, {True: "done", False: "xUnrecognizedEnumString"}),
    ("any_case", case_of_keys, {True: "done", False: "xInvalidPairingKey"}),
    (
        "remove_cluster_pair_role",
        remove_cluster_pair_role,
        {"administrator": "xPermissionDenied", "clusterAdmins": "xPairingDoesNotExist"},
    ),
    ("mode_after_reversal", mode_after_reversal, {"kept": ("Sync", "Sync"), "async": ("Async", "Async")}),
    ("parameter_types", parameter_types, {"coerce": "done", "strict": "xInvalidParameterType"}),
    ("modify_volumes_member", modify_volumes_member, {"volumes": ["volumes"], "volume": ["volume"]}),
    ("volume_stats_shape", volume_stats_shape, {"object": dict, "list": list}),
    (
        "statistics",
        statistics,
        {
            "sampled": ([(0, False), (1, True), (1, True)], True),
            "late": ([(0, False), (0, False), (1, True)], True),
            "live": ([(1, True), (1, True), (1, True)], True),
        },
    ),
    ("paused_half", paused_half, {"stopped": "StoppedMisconfigured", "paused": "PausedManual"}),
    ("nonzero_blocks", nonzero_blocks, {"as_collected": (False, True), "live": (True, True)}),
    ("sample_period", sample_period, {"named": 500, "zero": 0, "missing": "missing"}),
    ("attributes_limit", attributes_limit, {True: {("done", "xInvalidParameter")}, False: {("done", "done")}}),
    ("attributes_replicated", attributes_replicated, {True: [{"by": "test"}] * 3, False: [{}] * 3}),
    ("not_present_spelling", not_present_spelling, {"NotPresent": "NotPresent", "Not Present": "Not Present"}),
    ("snapshot_status_case", snapshot_status_case, {"lower": "done", "title": "Done"}),
    ("larger_target", larger_target, {"runs": ACTIVE, "mismatch": MISMATCH}),
    *clone_switches.TABLE,
    ("management_loss", management_loss, {"keeps_running": ACTIVE, "pauses": DISCONNECTED}),
    *foreign_switches.TABLE,
]


@pytest.mark.parametrize(
    ("check", "switch", "choice", "expected"),
    [
        pytest.param(check, switch, choice, expected, id=f"{check.__name__}-{switch}-{choice}")
        for switch, check, outcomes in TABLE
        for choice, expected in outcomes.items()
    ],
)
def test_what_a_switch_changes(check, switch, choice, expected):
    assert check({switch: choice}) == expected


@pytest.mark.parametrize(
    ("check", "default"),
    [
        pytest.param(check, outcomes[choice], id=switch)
        for switch, check, outcomes in TABLE
        for choice in [getattr(Switches(), switch)]
        if choice in outcomes
    ],
)
def test_what_holds_without_a_switch(check, default):
    assert check({}) == default


def test_no_choice_is_left_out():
    tried = {(switch, choice) for switch, _check, outcomes in TABLE for choice in outcomes}
    expected = {
        (switch, choice)
        for switch, choices in SWITCHES.items()
        for choice in (choices if isinstance(choices, tuple) else (OTHER_ERROR,))
    }
    assert expected <= tried


@pytest.mark.parametrize(
    ("switch", "value"),
    [
        ("unheard_of", True),
        ("unpaired_target", "perhaps"),
        ("mode_propagates", 1),
        ("limit_error", "ExceededLimit"),
        ("error_status", "200"),
    ],
)
def test_an_unknown_switch_or_choice_is_refused_by_its_name(switch, value):
    world = Scene({}).world
    before = world.switches.as_dict()
    with pytest.raises(WorldError, match=switch):
        world.switches.set({switch: value})
    assert world.switches.as_dict() == before
