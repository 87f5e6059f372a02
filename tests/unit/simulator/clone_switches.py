# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the switches change of clones and replicated groups; rows of the table in test_switches.py."""

from __future__ import annotations

from ansible_collections.elementsw.replication.tests.simulator.errors import ApiError
from ansible_collections.elementsw.replication.tests.simulator.world import World

ORIGINAL, TARGET = 1, 11


def pair(switches, **timings):
    """A source and its target."""
    world = World.from_dict(
        {
            "switches": switches,
            "timings": {"clone_seconds": "never", "snapshot_polls": 0, **timings},
            "clusters": [
                {
                    "name": "alpha",
                    "qos_policies": [{"name": "gold"}],
                    "volumes": [{"name": "a", "id": ORIGINAL, "attributes": {"a": 1}, "qos_policy": "gold"}],
                },
                {"name": "beta", "volumes": [{"name": "a", "id": TARGET}]},
            ],
            "cluster_pairs": [{"between": ["alpha", "beta"]}],
            "volume_pairs": [{"source": "alpha/a", "target": "beta/a"}],
        }
    )
    world.clock.stop()
    return world


def clone(world, cluster="alpha", volume_id=ORIGINAL, **more):
    return world.call(cluster, "CloneVolume", {"volumeID": volume_id, "name": "copy", **more})


def unfinished_clone(switches):
    world = pair(switches)
    made = clone(world)["volumeID"]
    listed = world.call("alpha", "ListVolumes", {"volumeIDs": [made]})["volumes"]
    return [volume["status"] for volume in listed]


def delete_unfinished_clone(switches):
    world = pair(switches)
    made = clone(world)["volumeID"]
    try:
        world.call("alpha", "DeleteVolume", {"volumeID": made})
    except ApiError as error:
        return error.name
    assert world.call("alpha", "ListAsyncResults")["asyncHandles"] == []
    return "done"


def clone_result_volume(switches):
    world = pair(switches, clone_seconds=0)
    made = clone(world)
    result = world.call("alpha", "GetAsyncResult", {"asyncHandle": made["asyncHandle"]})["result"]
    return {ORIGINAL: "source", made["volumeID"]: "clone"}[result["volumeID"]]


def clone_limit(switches):
    world = pair(switches)
    try:
        for _time in range(3):
            clone(world)
    except ApiError as error:
        return error.name
    return "done"


def queued_clone(switches):
    """The jobs that are listed for two clones in the making and one that waits for its turn."""
    world = pair({"clone_limit": "queued", **switches})
    for _time in range(3):
        clone(world)
    return len(world.call("alpha", "ListSyncJobs")["syncJobs"])


def clone_of_target_access(switches):
    return clone(pair(switches), "beta", TARGET)["volume"]["access"]


def live_clone_of_target(switches):
    world = pair(switches)
    taken = world.call("beta", "CreateSnapshot", {"volumeID": TARGET})["snapshotID"]
    clone(world, "beta", TARGET, snapshotID=taken)
    try:
        clone(world, "beta", TARGET)
    except ApiError as error:
        return error.name
    return "done"


def clone_attributes(switches):
    return clone(pair(switches), attributes={"b": 2})["volume"]["attributes"]


def clone_copies_qos_policy(switches):
    return clone(pair(switches))["volume"]["qosPolicyID"]


def replicated_group(switches):
    """Groups on the target, and whether its members name the group."""
    world = pair(switches)
    params = {"volumes": [ORIGINAL], "enableRemoteReplication": True}
    group = world.call("alpha", "CreateGroupSnapshot", params)["groupSnapshot"]["groupSnapshotUUID"]
    world.call("alpha", "ListSnapshots")
    (copy,) = world.call("beta", "ListSnapshots")["snapshots"]
    return len(world.call("beta", "ListGroupSnapshots")["groupSnapshots"]), copy["groupSnapshotUUID"] == group


def arriving_snapshot(switches):
    world = pair(switches, snapshot_polls="never")
    world.call("alpha", "CreateSnapshot", {"volumeID": ORIGINAL, "enableRemoteReplication": True})
    return [copy["status"] for copy in world.call("beta", "ListSnapshots")["snapshots"]]


# Switch, what shows it, what is observed with each choice.
TABLE = [
    ("unfinished_clone", unfinished_clone, {"hidden": [], "listed": ["init"]}),
    ("delete_unfinished_clone", delete_unfinished_clone, {"refused": "xInvalidParameter", "allowed": "done"}),
    ("clone_result_volume", clone_result_volume, {"clone": "clone", "source": "source"}),
    ("queued_clone", queued_clone, {"listed": 3, "hidden": 2}),
    ("clone_limit", clone_limit, {"refused": "xMaxClonesPerVolumeExceeded", "queued": "done"}),
    ("clone_of_target_access", clone_of_target_access, {"stored": "replicationTarget", "locked": "locked"}),
    ("live_clone_of_target", live_clone_of_target, {"allowed": "done", "refused": "xInvalidParameter"}),
    ("clone_attributes", clone_attributes, {"replace": {"b": 2}, "merge": {"a": 1, "b": 2}}),
    ("clone_copies_qos_policy", clone_copies_qos_policy, {True: 1, False: None}),
    ("arriving_snapshot", arriving_snapshot, {"listed": ["remotesyncing"], "hidden": []}),
    ("replicated_group", replicated_group, {"exists": (1, True), "members_only": (0, True)}),
]
