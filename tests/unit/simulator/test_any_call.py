# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever a cluster is sent: it answers, or refuses with an error of the API and stays as it was."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.elementsw.replication.tests.simulator import api, keys
from ansible_collections.elementsw.replication.tests.simulator.errors import ApiError
from ansible_collections.elementsw.replication.tests.simulator.world import World

api.load_methods()

SPEC = {
    "timings": "instant",
    "clusters": [
        {
            "name": "alpha",
            "qos_policies": [{"name": "gold"}],
            "volumes": [{"name": "a", "id": 1}, {"name": "b", "id": 2}, {"name": "c", "id": 3, "deleted": True}],
            "access_groups": [{"name": "fabric", "volumes": ["a"], "initiators": ["iqn.1998-01.com.example:one"]}],
            "sessions": [{"volume": "a"}],
            "snapshots": [{"volume": "a", "name": "s", "replicated": True}],
        },
        {"name": "beta", "volumes": [{"name": "a", "id": 1}, {"name": "b", "id": 2}]},
    ],
    "cluster_pairs": [{"between": ["alpha", "beta"]}, {"at": "alpha", "pending": True}],
    "volume_pairs": [{"source": "alpha/a", "target": "beta/a"}, {"at": "alpha/b", "pending": True}],
}
SCHEDULE = {
    "scheduleName": "hourly",
    "scheduleType": "Snapshot",
    "attributes": {"frequency": "Time Interval"},
    "hours": 1,
    "scheduleInfo": {"volumeID": 1},
}


def build():
    """The world above, with a schedule."""
    world = World.from_dict(SPEC)
    world.call("alpha", "CreateSchedule", SCHEDULE)
    return world


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 5),
    st.floats(allow_nan=False),
    st.text(max_size=8),
    st.sampled_from(["readWrite", "replicationTarget", "sync", "active", "24:00:00", "2025-05-02T00:00:00Z", "7b7d"]),
    st.lists(st.integers(0, 4), max_size=3),
    st.lists(st.text(max_size=3), max_size=2),
    st.fixed_dictionaries(
        {},
        optional={
            "frequency": st.sampled_from(["Time Interval", "Days Of Week", "Days Of Month", "x"]),
            "volumeID": st.sampled_from([0, 1, 9, "1", None]),
            "volumes": st.lists(st.integers(0, 3), max_size=2),
            "retention": st.sampled_from(["", "fifo", "1:0:0", "x", 5, None]),
        },
    ),
    st.dictionaries(st.sampled_from(["minIOPS", "maxIOPS", "x"]), st.integers(0, 300), max_size=2),
    st.lists(
        st.dictionaries(
            st.sampled_from(["name", "initiatorID", "volumeAccessGroupID", "volumeID", "lun", "requireChap"]),
            st.sampled_from([None, True, 0, 1, 2, "iqn.1998-01.com.example:host"]),
        ),
        max_size=2,
    ),
)


@st.composite
def calls(draw):
    method = draw(st.sampled_from(sorted(api.METHODS)))
    names = [parameter.name for parameter in api.METHODS[method].parameters]
    params = draw(st.dictionaries(st.sampled_from([*names, "unheardOf"]), ODD, max_size=len(names) + 1))
    return draw(st.sampled_from(["alpha", "beta"])), method, params


@settings(max_examples=200, deadline=None)
@given(st.lists(calls(), min_size=1, max_size=4))
def test_a_call_is_answered_or_refused_and_then_nothing_has_changed(made):
    world = build()
    for cluster, method, params in made:
        before = world.truth()
        try:
            answer = world.call(cluster, method, params)
        except ApiError:
            assert world.truth() == before
        else:
            assert isinstance(answer, dict)


@pytest.mark.parametrize("method", sorted(name for name, method in api.METHODS.items() if not method.writes))
def test_reads_change_nothing_in_a_world_at_rest(method):
    world = build()
    wanted = {"username": "tenant", "force": True}
    required = {each.name: wanted.get(each.name, 1) for each in api.METHODS[method].parameters if each.required}
    before = world.truth()
    world.call("alpha", method, required)
    assert world.truth() == before


MEMBERS = st.fixed_dictionaries(
    {
        "mvip": st.one_of(st.sampled_from(["192.0.2.10", "192.0.2.20", ""]), st.lists(st.integers(), max_size=1)),
        "volumeID": st.one_of(st.integers(0, 3), st.text(max_size=2), st.none()),
        "volumeName": st.one_of(st.just("b"), st.dictionaries(st.text(max_size=1), st.none(), max_size=1)),
        "volumePairUUID": st.one_of(st.text(max_size=3), st.lists(st.none(), max_size=1), st.integers()),
    }
)


@settings(max_examples=60, deadline=None)
@given(MEMBERS)
def test_no_forged_key_is_accepted(members):
    world = build()
    before = world.truth()
    for method, name, more in (
        ("CompleteVolumePairing", "volumePairingKey", {"volumeID": 2}),
        ("CompleteClusterPairing", "clusterPairingKey", {}),
    ):
        with pytest.raises(ApiError):
            world.call("beta", method, {name: keys.encode(members), **more})
    assert world.truth() == before


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=40), st.booleans())
def test_no_noise_is_accepted_as_a_key(noise, as_hex):
    world = build()
    key = noise.hex() if as_hex else noise.decode("latin-1")
    with pytest.raises(ApiError, match="xInvalidPairingKey"):
        world.call("beta", "CompleteVolumePairing", {"volumeID": 2, "volumePairingKey": key})
