# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever is called in whatever order: what always holds in a simulated world."""

from __future__ import annotations

import contextlib
import json

from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.elementsw.replication.tests.simulator import api
from ansible_collections.elementsw.replication.tests.simulator.errors import ApiError, HostIOError, SiteDown
from ansible_collections.elementsw.replication.tests.simulator.world import World

RT, RW = "replicationTarget", "readWrite"
VOLUMES = {"alpha": (41, 42), "beta": (77, 78), "gamma": (41, 79)}
SPEC = {
    "timings": "instant",
    "clusters": [
        {"name": name, "volumes": [{"name": f"{name}-{number}", "id": number} for number in numbers]}
        for name, numbers in VOLUMES.items()
    ],
    "cluster_pairs": [{"between": ["alpha", "beta"]}, {"between": ["alpha", "gamma"]}],
    "volume_pairs": [{"source": "alpha/alpha-41", "target": "beta/beta-77"}],
}
READS = (
    "ListVolumes",
    "ListActivePairedVolumes",
    "ListClusterPairs",
    "ListVolumeStats",
    "ListSnapshots",
    "ListSyncJobs",
)


class Player:
    """Plays what hypothesis makes up: calls with numbers and keys that mostly exist, and events from outside."""

    def __init__(self):
        self.world = World.from_dict(SPEC)
        self.keys = {"volumePairingKey": ["7b7d"], "clusterPairingKey": ["7b7d"]}

    def play(self, step):
        kind, *details = step
        with contextlib.suppress(HostIOError, SiteDown):
            getattr(self, kind)(*details)

    def call(self, cluster, method, params):
        chosen = {
            name: self.keys[name][value % len(self.keys[name])] if name in self.keys else value
            for name, value in params.items()
        }
        before = self.world.truth()
        result, refusal = self._result(cluster, method, chosen)
        if refusal or not api.is_write(method):
            assert self.world.truth() == before, f"{method} changed something all the same: {refusal or 'a read'}"
        for name in self.keys:
            self.keys[name] += [result[name]] if name in result else []

    def _result(self, cluster, method, params):
        """What a call gives, and the name of its error, if it has one."""
        try:
            return self.world.call(cluster, method, params), None
        except ApiError as error:
            return {}, error.name

    def link(self, one, other, up):
        if one != other:
            self.world.storage_link(one, other, up=up)

    def site(self, name, up):
        (self.world.site_up if up else self.world.site_down)(name)

    def write(self, cluster, volume_id, mark):
        self.world.write(cluster, volume_id, str(mark))

    def advance(self, hours):
        self.world.advance(hours * 3600)


CLUSTER = st.sampled_from(sorted(VOLUMES))
VOLUME = st.sampled_from([*sorted({number for numbers in VOLUMES.values() for number in numbers}), 999])
NUMBER = st.integers(0, 20)
PARAMETERS = {
    "StartClusterPairing": {},
    "CompleteClusterPairing": {"clusterPairingKey": NUMBER},
    "RemoveClusterPair": {"clusterPairID": NUMBER},
    "StartVolumePairing": {"volumeID": VOLUME, "mode": st.sampled_from(["Async", "sync", "SnapshotsOnly", "None"])},
    "CompleteVolumePairing": {"volumeID": VOLUME, "volumePairingKey": NUMBER},
    "ModifyVolumePair": {"volumeID": VOLUME, "pausedManual": st.booleans()},
    "RemoveVolumePair": {"volumeID": VOLUME},
    "ModifyVolume": {"volumeID": VOLUME, "access": st.sampled_from([RW, RW, RT, RT, "locked", "readOnly", "open"])},
    "ModifyVolumes": {"volumeIDs": st.lists(VOLUME, max_size=2), "totalSize": st.sampled_from([10**9, 2 * 10**10])},
    "DeleteVolume": {"volumeID": VOLUME},
    "RestoreDeletedVolume": {"volumeID": VOLUME},
    "PurgeDeletedVolume": {"volumeID": VOLUME},
    "CreateSnapshot": {"volumeID": VOLUME, "enableRemoteReplication": st.booleans()},
    "CreateGroupSnapshot": {"volumes": st.lists(VOLUME, max_size=2), "enableRemoteReplication": st.booleans()},
    "DeleteSnapshot": {"snapshotID": st.sampled_from([1, 2, 101, 102, 201])},
    "DeleteGroupSnapshot": {"groupSnapshotID": st.sampled_from([1, 101]), "saveMembers": st.booleans()},
    **{method: {} for method in READS},
}
STEP = st.one_of(
    *(
        st.tuples(st.just("call"), CLUSTER, st.just(method), st.fixed_dictionaries(params))
        for method, params in PARAMETERS.items()
    ),
    st.tuples(st.just("link"), CLUSTER, CLUSTER, st.booleans()),
    st.tuples(st.just("site"), CLUSTER, st.booleans()),
    st.tuples(st.just("write"), CLUSTER, VOLUME, NUMBER),
    st.tuples(st.just("advance"), st.integers(0, 9)),
)


def shown(world):
    """Every pair that any cluster shows, as (cluster, volume, pair), by its UUID."""
    by_uuid = {}
    for name, cluster in world.clusters.items():
        for volume in world.call(name, "ListVolumes")["volumes"] if cluster.up else ():
            assert len(volume["volumePairs"]) <= 1
            for pair in volume["volumePairs"]:
                by_uuid.setdefault(pair["volumePairUUID"], []).append((name, volume, pair))
    return by_uuid


def check_active(world, sides):
    """Active or Idle: two sides, each naming the other, one source, one target, and the content of one is the other's."""
    (name, volume, pair), (far, far_volume, far_pair) = sides
    assert {volume["access"], far_volume["access"]} == {RW, RT}
    assert (pair["remoteVolumeID"], far_pair["remoteVolumeID"]) == (far_volume["volumeID"], volume["volumeID"])
    assert world.links.between(name, far).storage
    if pair["remoteReplication"]["mode"] != "SnapshotsOnly":
        assert world.marks(name, volume["volumeID"]) == world.marks(far, far_volume["volumeID"])


@settings(max_examples=150, deadline=None)
@given(st.lists(STEP, max_size=30))
def test_what_always_holds(steps):
    player = Player()
    for step in steps:
        player.play(step)
    for sides in shown(player.world).values():
        assert len({name for name, _volume, _pair in sides}) == len(sides) <= 2
        if any(pair["remoteReplication"]["state"] == "Active" for _name, _volume, pair in sides):
            check_active(player.world, sides)
    assert json.loads(json.dumps(player.world.truth())) == player.world.truth()


@settings(max_examples=30, deadline=None)
@given(st.lists(STEP, max_size=15))
def test_the_same_steps_lead_to_the_same_world(steps):
    one, other = Player(), Player()
    for step in steps:
        one.play(step)
        other.play(step)
    assert one.world.truth() == other.world.truth()
