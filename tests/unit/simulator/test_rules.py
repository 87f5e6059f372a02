# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules that the simulated clusters keep, event by event, as the sources on the API state them."""

from __future__ import annotations

import pytest

from ansible_collections.elementsw.replication.tests.simulator import keys
from ansible_collections.elementsw.replication.tests.simulator.errors import ApiError, HostIOError, SiteDown
from ansible_collections.elementsw.replication.tests.simulator.world import World

RT, RW = "replicationTarget", "readWrite"
GIB = 1024**3
SPEC = {
    "timings": "instant",
    "clusters": [
        {"name": "alpha", "mvip": "192.0.2.10", "unique_id": "k3vd", "volumes": [{"name": "orders-db", "id": 41}]},
        {"name": "beta", "mvip": "198.51.100.20", "unique_id": "m8qz", "volumes": [{"name": "orders-dr", "id": 77}]},
    ],
}
LINK = [{"between": ["alpha", "beta"]}]
PAIR = [{"source": "alpha/orders-db", "target": "beta/orders-dr"}]


def world(**more):
    return World.from_dict({**SPEC, **more})


def paired(**more):
    return world(cluster_pairs=LINK, volume_pairs=PAIR, **more)


def states(given):
    """What both sides show of the pair; None where a side shows none."""
    observed = []
    for cluster, volume_id in (("alpha", 41), ("beta", 77)):
        volumes = given.call(cluster, "ListVolumes", {"volumeIDs": [volume_id]})["volumes"]
        pairs = volumes[0]["volumePairs"] if volumes else []
        observed.append(pairs[0]["remoteReplication"]["state"] if pairs else None)
    return tuple(observed)


def refused(given, cluster, method, **params):
    with pytest.raises(ApiError) as caught:
        given.call(cluster, method, params)
    return caught.value.name


# --- events and what both sides show then ---------------------------------------------------------------------------


def access(given, cluster, value):
    given.call(cluster, "ModifyVolume", {"volumeID": {"alpha": 41, "beta": 77}[cluster], "access": value})


def pause(given, cluster, value=True):
    given.call(cluster, "ModifyVolumePair", {"volumeID": {"alpha": 41, "beta": 77}[cluster], "pausedManual": value})


EVENTS = [
    ("nothing", [], ("Active", "Active")),
    ("pause here", [lambda w: pause(w, "alpha")], ("PausedManual", "PausedManualRemote")),
    ("pause there", [lambda w: pause(w, "beta")], ("PausedManualRemote", "PausedManual")),
    ("pause on both", [lambda w: pause(w, "alpha"), lambda w: pause(w, "beta")], ("PausedManual", "PausedManual")),
    ("resume", [lambda w: pause(w, "alpha"), lambda w: pause(w, "alpha", False)], ("Active", "Active")),
    (
        "resume the other side only",
        [lambda w: pause(w, "alpha"), lambda w: pause(w, "beta", False)],
        ("PausedManual", "PausedManualRemote"),
    ),
    ("promotion", [lambda w: access(w, "beta", RW)], ("PausedMisconfigured", "PausedMisconfigured")),
    ("two targets", [lambda w: access(w, "alpha", RT)], ("PausedMisconfigured", "PausedMisconfigured")),
    ("reversed", [lambda w: access(w, "alpha", RT), lambda w: access(w, "beta", RW)], ("Active", "Active")),
    ("read only", [lambda w: access(w, "alpha", "readOnly")], ("PausedMisconfigured", "PausedMisconfigured")),
    (
        "storage link lost",
        [lambda w: w.storage_link("alpha", "beta", up=False)],
        ("PausedDisconnected", "PausedDisconnected"),
    ),
    (
        "storage link back",
        [lambda w: w.storage_link("alpha", "beta", up=False), lambda w: w.storage_link("alpha", "beta", up=True)],
        ("Active", "Active"),
    ),
    (
        "both links lost",
        [
            lambda w: w.storage_link("alpha", "beta", up=False),
            lambda w: w.management_link("alpha", "beta", up=False),
        ],
        ("PausedDisconnected", "PausedDisconnected"),
    ),
    (
        "split and then reversed",
        [lambda w: access(w, "beta", RW), lambda w: access(w, "alpha", RT)],
        ("Active", "Active"),
    ),
    ("management link lost", [lambda w: w.management_link("alpha", "beta", up=False)], ("Active", "Active")),
    (
        "source grown",
        [lambda w: w.call("alpha", "ModifyVolume", {"volumeID": 41, "totalSize": 20 * GIB})],
        ("PausedVolumeSizeMismatch", "PausedVolumeSizeMismatch"),
    ),
    (
        "target grown",
        [lambda w: w.call("beta", "ModifyVolume", {"volumeID": 77, "totalSize": 20 * GIB})],
        ("Active", "Active"),
    ),
    ("removed here", [lambda w: w.call("alpha", "RemoveVolumePair", {"volumeID": 41})], (None, "StoppedMisconfigured")),
    ("removed there", [lambda w: w.call("beta", "RemoveVolumePair", {"volumeID": 77})], ("StoppedMisconfigured", None)),
    (
        "removed on both",
        [
            lambda w: w.call("alpha", "RemoveVolumePair", {"volumeID": 41}),
            lambda w: w.call("beta", "RemoveVolumePair", {"volumeID": 77}),
        ],
        (None, None),
    ),
    (
        "deleted and restored",
        [
            lambda w: w.call("beta", "DeleteVolume", {"volumeID": 77}),
            lambda w: w.call("beta", "RestoreDeletedVolume", {"volumeID": 77}),
        ],
        ("Active", "Active"),
    ),
]


@pytest.mark.parametrize(("events", "expected"), [pytest.param(e, x, id=name) for name, e, x in EVENTS])
def test_what_both_sides_show_after(events, expected):
    given = paired()
    for event in events:
        event(given)
    assert states(given) == expected


def test_a_deleted_target_and_then_a_purged_one():
    given = paired()
    given.call("beta", "DeleteVolume", {"volumeID": 77})
    assert states(given)[0] == "PausedMisconfigured"
    given.advance(9 * 3600)  # volumes are purged after about eight hours
    assert states(given) == ("StoppedMisconfigured", None)


def test_a_full_target():
    given = paired()
    given.target_full("beta")
    assert states(given)[0] == "PausedClusterFull"


@pytest.mark.parametrize(("failed", "survivor"), [("alpha", "beta"), ("beta", "alpha")])
def test_a_failed_site(failed, survivor):
    given = paired()
    given.site_down(failed)
    (volume,) = given.call(survivor, "ListActivePairedVolumes")["volumes"]
    assert volume["volumePairs"][0]["remoteReplication"]["state"] == "PausedDisconnected"
    assert volume["access"] == {"alpha": RW, "beta": RT}[survivor]  # nothing fails over by itself
    with pytest.raises(SiteDown):
        given.call(failed, "GetClusterInfo")
    given.site_up(failed)
    assert states(given) == ("Active", "Active")


@pytest.mark.parametrize(
    ("here", "there", "expected"),
    [(RW, RW, "PausedMisconfigured"), (RT, RT, "PausedMisconfigured"), (RW, RT, "Active"), (RT, RW, "Active")],
)
def test_pairing_asks_for_no_access_and_says_nothing_of_direction(here, there, expected):
    given = world(cluster_pairs=LINK)
    access(given, "alpha", here)
    access(given, "beta", there)
    key = given.call("alpha", "StartVolumePairing", {"volumeID": 41})["volumePairingKey"]
    assert given.call("beta", "CompleteVolumePairing", {"volumeID": 77, "volumePairingKey": key}) == {}
    assert states(given) == (expected, expected)
    for cluster, remote in (("alpha", 77), ("beta", 41)):
        (pair,) = given.call(cluster, "ListActivePairedVolumes")["volumes"][0]["volumePairs"]
        assert (pair["remoteVolumeID"], pair["remoteSliceID"]) == (remote, remote)
        assert (pair["remoteReplication"]["remoteServiceID"] == 0) is (expected == "PausedMisconfigured")


def test_the_chain_of_states_after_pairing():
    given = world(cluster_pairs=LINK, timings={"delivery_polls": 0})
    access(given, "beta", RT)
    key = given.call("alpha", "StartVolumePairing", {"volumeID": 41})["volumePairingKey"]
    assert states(given) == ("Unconfigured", None)
    given.call("beta", "CompleteVolumePairing", {"volumeID": 77, "volumePairingKey": key})
    shown = [states(given)[0] for _poll in range(12)]
    order = [
        "PausedMisconfigured",
        "ResumingConnected",
        "ResumingRRSync",
        "ResumingLocalSync",
        "ResumingDataTransfer",
        "Active",
    ]
    assert shown[-1] == "Active"
    assert [state for state in order if state in shown] == sorted(set(shown), key=order.index)


# --- cluster pairs ----------------------------------------------------------------------------------------------------


def test_pairing_two_clusters():
    given = world()
    started = given.call("alpha", "StartClusterPairing")
    (pending,) = given.call("alpha", "ListClusterPairs")["clusterPairs"]
    assert (pending["status"], pending["clusterPairID"]) == ("Unconfigured", started["clusterPairID"])
    assert given.call("beta", "ListClusterPairs")["clusterPairs"] == []
    completed = given.call("beta", "CompleteClusterPairing", {"clusterPairingKey": started["clusterPairingKey"]})
    (here,) = given.call("alpha", "ListClusterPairs")["clusterPairs"]
    (there,) = given.call("beta", "ListClusterPairs")["clusterPairs"]
    assert here["clusterPairUUID"] == there["clusterPairUUID"]
    assert (here["clusterName"], here["clusterUUID"], here["mvip"]) == ("beta", "m8qz", "198.51.100.20")
    assert there["clusterPairID"] == completed["clusterPairID"] != here["clusterPairID"]


def test_the_half_that_is_left_is_not_connected():
    given = world(cluster_pairs=LINK)
    (entry,) = given.call("alpha", "ListClusterPairs")["clusterPairs"]
    given.call("alpha", "RemoveClusterPair", {"clusterPairID": entry["clusterPairID"]})
    (left,) = given.call("beta", "ListClusterPairs")["clusterPairs"]
    assert left["status"] == "Misconfigured"
    assert refused(given, "alpha", "RemoveClusterPair", clusterPairID=entry["clusterPairID"]) == "xPairingDoesNotExist"


def test_one_cluster_has_at_most_four_pairs():
    given = world()
    for _time in range(4):
        given.call("alpha", "StartClusterPairing")
    assert refused(given, "alpha", "StartClusterPairing") == "xExceededLimit"


def test_a_second_pair_of_the_same_clusters_is_refused_and_its_pending_entry_stays():
    given = world(cluster_pairs=LINK)
    key = given.call("alpha", "StartClusterPairing")["clusterPairingKey"]
    assert refused(given, "beta", "CompleteClusterPairing", clusterPairingKey=key) == "xPairingAlreadyExists"
    assert len(given.call("alpha", "ListClusterPairs")["clusterPairs"]) == 2


# --- volume pairs -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cluster", "method", "params", "name"),
    [
        ("alpha", "StartVolumePairing", {"volumeID": 41}, "xVolumeAlreadyPaired"),
        ("alpha", "StartVolumePairing", {"volumeID": 999}, "xVolumeIDDoesNotExist"),
        ("alpha", "StartVolumePairing", {}, "xMissingParameter"),
        ("alpha", "StartVolumePairing", {"volumeID": [41]}, "xInvalidParameterType"),
        ("alpha", "ModifyVolumePair", {"volumeID": 41, "mode": "Never"}, "xUnrecognizedEnumString"),
        ("beta", "CompleteVolumePairing", {"volumeID": 77, "volumePairingKey": "zz"}, "xVolumeAlreadyPaired"),
        ("alpha", "ModifyVolume", {"volumeID": 41, "totalSize": GIB}, "xVolumeShrinkProhibited"),
        ("alpha", "Nonsense", {}, "xUnknownAPIMethod"),
    ],
)
def test_what_is_refused(cluster, method, params, name):
    given = paired()
    before = given.truth()
    assert refused(given, cluster, method, **params) == name
    assert given.truth() == before


def test_removing_a_pair_does_not_touch_the_access():
    given = paired()
    given.call("beta", "RemoveVolumePair", {"volumeID": 77})
    assert given.call("beta", "ListVolumes", {"volumeIDs": [77]})["volumes"][0]["access"] == RT


def test_becoming_a_target_ends_the_sessions_of_a_volume():
    spec = {**SPEC["clusters"][1], "sessions": [{"volume": "orders-dr", "initiator": "iqn.1998-01.com.example:host"}]}
    given = World.from_dict({**SPEC, "clusters": [SPEC["clusters"][0], spec]})
    assert len(given.call("beta", "ListISCSISessions")["sessions"]) == 1
    access(given, "beta", RT)
    assert given.call("beta", "ListISCSISessions")["sessions"] == []


def test_a_bulk_change_is_all_or_nothing():
    given = world()
    before = given.truth()
    assert refused(given, "beta", "ModifyVolumes", volumeIDs=[77, 999], access=RT) == "xVolumeIDDoesNotExist"
    assert given.truth() == before


def test_null_is_not_the_same_as_absent():
    given = paired()
    counts = [
        len(given.call("alpha", "ListVolumes", filters)["volumes"])
        for filters in ({"isPaired": True}, {"isPaired": False}, {"isPaired": None}, {})
    ]
    assert counts == [1, 0, 0, 1]


# --- keys -------------------------------------------------------------------------------------------------------------

CLUSTER_KEY = (
    "7b22636c7573746572506169724944223a372c22636c75737465725061697255554944223a2236663064326135342d386331652d34623761"
    "2d396433352d326231633065396634613130222c22636c7573746572556e697175654944223a226b337664222c226d766970223a22313932"
    "2e302e322e3130222c226e616d65223a22616c706861222c2270617373776f7264223a22587137216d423223764e35407452396b222c2272"
    "7063436f6e6e656374696f6e4944223a3431373330393535322c22757365726e616d65223a225f5f53465f706169725f61384671324c6d5a"
    "30745977344b6463227d"
)
VOLUME_KEY = (
    "7b226d766970223a223139322e302e322e3130222c22766f6c756d654944223a34312c22766f6c756d654e616d65223a226f72646572732d"
    "6462222c22766f6c756d655061697255554944223a2264326337623065362d353166342d346137622d386630642d36613266336639623763"
    "3135227d"
)


@pytest.mark.parametrize(
    ("key", "members"), [(CLUSTER_KEY, keys.CLUSTER_KEY_MEMBERS), (VOLUME_KEY, keys.VOLUME_KEY_MEMBERS)]
)
def test_keys_have_the_form_of_documented_ones(key, members):
    decoded = keys.decode(key)
    assert {name: type(value) for name, value in decoded.items()} == members
    assert keys.encode(decoded) == key


@pytest.mark.parametrize("spoil", [lambda k: k[:-1], lambda k: k + "0", lambda k: k[:-2] + "7b", lambda k: " " + k])
def test_an_altered_key_is_none(spoil):
    given = world(cluster_pairs=LINK)
    key = given.call("alpha", "StartVolumePairing", {"volumeID": 41})["volumePairingKey"]
    altered = spoil(key)
    assert (
        refused(given, "beta", "CompleteVolumePairing", volumeID=77, volumePairingKey=altered) == "xInvalidPairingKey"
    )


def test_every_secret_is_on_the_list():
    given = world()
    key = given.call("alpha", "StartClusterPairing")["clusterPairingKey"]
    decoded = keys.decode(key)
    assert {key, decoded["password"], decoded["username"]} <= set(given.secrets)


# --- data -------------------------------------------------------------------------------------------------------------


def test_marks_travel_from_source_to_target():
    given = paired()
    given.write("alpha", 41, "acknowledged")
    states(given)
    assert given.marks("beta", 77) == ["acknowledged"]


def test_no_one_writes_to_a_target():
    with pytest.raises(HostIOError):
        paired().write("beta", 77, "lost")


def test_a_side_that_becomes_the_target_of_a_living_source_loses_its_own():
    given = paired()
    access(given, "beta", RW)
    given.write("alpha", 41, "here")
    given.write("beta", 77, "there")
    access(given, "alpha", RT)
    states(given)
    assert given.marks("alpha", 41) == given.marks("beta", 77) == ["there"]


# --- names ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["CreateVolume", "CloneVolume"])
@pytest.mark.parametrize("name", ["with_underline", "with blank", "with.dot", "grö-ße", "new\n"])
def test_a_volume_has_letters_digits_and_hyphens_in_its_name(method, name):
    given = world()
    params = {"CreateVolume": {"accountID": 1, "totalSize": 10**10}, "CloneVolume": {"volumeID": 41}}[method]
    with pytest.raises(ApiError) as caught:
        given.call("alpha", method, {**params, "name": name})
    assert caught.value.name == "xInvalidAPIParameter"
    assert caught.value.message == (
        f"{name} is not a valid name. The name must only contain digits, alphabetic characters or a -"
    )


def test_a_new_volume_is_active_at_once_and_keeps_its_case_but_in_the_name_for_hosts():
    given = world()
    reply = given.call("alpha", "CreateVolume", {"accountID": 1, "totalSize": 10**10, "name": "AnsibleVol"})
    made = reply["volume"]
    assert (made["status"], made["sliceCount"], made["name"]) == ("active", 0, "AnsibleVol")
    assert made["iqn"].endswith(f".ansiblevol.{reply['volumeID']}")
    (listed,) = given.call("alpha", "ListVolumes", {"volumeName": "AnsibleVol"})["volumes"]
    assert listed == {**made, "sliceCount": 1}
