# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""element_cluster_pair against two clusters over HTTPS, each cell of its table in check mode, for real, and once more."""

from __future__ import annotations

import json

import pytest

CLUSTERS = [
    {"name": "alpha", "mvip": "192.0.2.10", "unique_id": "k3vd"},
    {"name": "beta", "mvip": "198.51.100.20", "unique_id": "m8qz"},
    {"name": "gamma", "mvip": "203.0.113.30", "unique_id": "x1y2"},
]
THIRD = [{"between": ["alpha", "gamma"], "ids": {"alpha": 3}}, {"between": ["beta", "gamma"], "ids": {"beta": 3}}]
PAIRED = {"between": ["alpha", "beta"], "ids": {"alpha": 7, "beta": 12}}
HALF_HERE = {"at": "alpha", "to": "beta", "id": 17}
HALF_THERE = {"at": "beta", "to": "alpha", "id": 22}
PENDING = [{"at": "alpha", "pending": True}, {"at": "beta", "pending": True}]
REBUILT = {"at": "alpha", "to": {"like": "beta", "unique_id": "old1"}, "id": 17}

WORLDS = {
    "nothing": [],
    "paired": [PAIRED],
    "further": [PAIRED, HALF_HERE, HALF_THERE],
    "here only": [HALF_HERE],
    "there only": [HALF_THERE],
    "crossed": [HALF_HERE, HALF_THERE],
    "rebuilt": [REBUILT],
    "paired and rebuilt": [PAIRED, REBUILT],
    "pending": PENDING,
    "paired and pending": [PAIRED, *PENDING],
}
HANDSHAKE = ["alpha StartClusterPairing", "beta CompleteClusterPairing"]
HERE, THERE = "alpha RemoveClusterPair", "beta RemoveClusterPair"
CASES = [
    # found; the writes of present, of present with repair, and of absent, or the error
    ("nothing", HANDSHAKE, HANDSHAKE, []),
    ("paired", [], [], [HERE, THERE]),
    ("further", [], [HERE, THERE], [HERE, HERE, THERE, THERE]),
    ("here only", "half_pair", [HERE, *HANDSHAKE], [HERE]),
    ("there only", "half_pair", [THERE, *HANDSHAKE], [THERE]),
    ("crossed", "half_pair", [HERE, THERE, *HANDSHAKE], [HERE, THERE]),
    ("rebuilt", "half_pair", [HERE, *HANDSHAKE], [HERE]),
    ("paired and rebuilt", [], [HERE], [HERE, HERE, THERE]),
    ("pending", HANDSHAKE, HANDSHAKE, []),
    ("paired and pending", [], [], [HERE, THERE]),
]
DESIRED = {"present": {}, "repair": {"repair": True}, "absent": {"state": "absent"}}


def untouched(world):
    """What no one has asked for: pairs with a third cluster, and entries that name no cluster."""
    return {
        name: [entry for entry in cluster["cluster_pairs"] if entry["pending"] or "gamma" in (name, entry["remote"][0])]
        for name, cluster in world.truth()["clusters"].items()
    }


@pytest.mark.parametrize(
    ("name", "desired", "expected"),
    [
        pytest.param(name, desired, cell, id=f"{name}-{desired}")
        for name, *cells in CASES
        for desired, cell in zip(DESIRED, cells)
    ],
)
def test_each_cell(sites, name, desired, expected):
    site = sites(CLUSTERS, cluster_pairs=[*THIRD, *WORLDS[name]])
    others = untouched(site.world)
    result = site.check_then_run("cluster_pair", **DESIRED[desired])
    assert untouched(site.world) == others
    if isinstance(expected, str):
        assert (result["failed"], result["error"]["code"], result["changed"]) == (True, expected, False)
        assert (site.writes(), result["actions"]) == ([], [])
        return
    assert not result.get("failed"), result["msg"]
    assert sorted(site.writes()) == sorted(expected)
    assert result["changed"] == bool(expected)
    pair = result["cluster_pair"]
    if desired == "absent":
        assert (pair["state"], pair["connected"], pair["uuid"]) == ("none", False, None)
    else:
        assert (pair["state"], pair["connected"]) == ("paired", True)
        assert (pair["local"]["status"], pair["peer"]["status"]) == ("Connected", "Connected")
    site.world.clear_calls()
    again = site.run("cluster_pair", **({} if desired == "repair" else DESIRED[desired]))
    assert (again["changed"], again["actions"], site.writes()) == (False, [], [])


def test_the_result_names_both_ends(sites):
    site = sites(CLUSTERS, cluster_pairs=[PAIRED, *PENDING])
    result = site.run("cluster_pair")
    assert result["cluster_pair"]["local"] == {
        "name": "alpha",
        "unique_id": "k3vd",
        "mvip": "192.0.2.10",
        "version": "12.5.0.897",
        "cluster_pair_id": 7,
        "status": "Connected",
        "latency_ms": 1,
    }
    assert result["cluster_pair"]["peer"]["cluster_pair_id"] == 12
    assert [entry["cluster"] for entry in result["pending"]] == ["alpha", "beta"]


@pytest.mark.parametrize("members", ["empty", "null", "missing"])
def test_remove_pending_removes_what_names_no_cluster_and_nothing_else(sites, members):
    site = sites(CLUSTERS, cluster_pairs=[*THIRD, *PENDING], switches={"pending_cluster_pair_members": members})
    result = site.check_then_run("cluster_pair", remove_pending=True)
    assert sorted(site.writes()) == sorted([HERE, THERE, *HANDSHAKE])
    assert result["pending"] == []
    assert [len(each) for each in untouched(site.world).values()] == [1, 1, 2]


def test_a_full_cluster_is_refused_and_the_pending_entries_are_named(sites):
    extra = [{"at": "beta", "pending": True}] * 3
    site = sites(CLUSTERS, cluster_pairs=[*THIRD, *extra])
    result = site.check_then_run("cluster_pair")
    assert result["error"]["code"] == "limit_reached"
    assert "remove_pending: true" in result["msg"]


def test_a_version_gap_is_refused(sites):
    site = sites([CLUSTERS[0], {**CLUSTERS[1], "version": "10.4.0.35"}])
    assert site.check_then_run("cluster_pair")["error"]["code"] == "version_gap"


def test_one_cluster_twice_is_refused(sites):
    site = sites(CLUSTERS)
    result = site.run("cluster_pair", there="alpha")
    assert (result["error"]["code"], site.writes()) == ("same_cluster", [])


VOLUMES = [{"name": "orders-db"}]


@pytest.mark.parametrize("desired", [{"state": "absent"}, {"repair": True}])
@pytest.mark.parametrize("used", ["refused", "allowed"])
def test_an_entry_that_volume_pairs_use_stays(sites, desired, used):
    site = sites(
        [{**cluster, "volumes": VOLUMES} for cluster in CLUSTERS[:2]],
        cluster_pairs=[PAIRED] if "state" in desired else [HALF_HERE],
        volume_pairs=[{"source": "alpha/orders-db", "target": "beta/orders-db"}]
        if "state" in desired
        else [{"at": "alpha/orders-db", "to": "beta/orders-db"}],
        switches={"remove_used_cluster_pair": used},
    )
    result = site.check_then_run("cluster_pair", **desired)
    assert (result["error"]["code"], site.writes()) == ("volume_pairs_remain", [])
    assert "orders-db" in result["msg"]


def with_deleted(sites, deleted=("alpha", "beta"), half=False, **spec):
    """Two volumes that are paired, and deleted on some of the clusters, where they can be restored."""
    pairs = [{"at": "alpha/orders-db", "to": "beta/orders-db"}] if half else None
    site = sites(
        [{**cluster, "volumes": VOLUMES} for cluster in CLUSTERS[:2]],
        cluster_pairs=[HALF_HERE if half else PAIRED],
        volume_pairs=pairs or [{"source": "alpha/orders-db", "target": "beta/orders-db"}],
        **spec,
    )
    for name in deleted:
        site.world.call(name, "DeleteVolume", {"volumeID": number_of(site, name)})
    return site


def number_of(site, cluster):
    return site.world.cluster(cluster).find_volume("orders-db").volume_id


@pytest.mark.parametrize("used", ["refused", "allowed"])
@pytest.mark.parametrize("deleted", [("alpha",), ("beta",), ("alpha", "beta")])
def test_so_it_does_where_they_are_deleted_and_can_be_restored(sites, deleted, used):
    site = with_deleted(sites, deleted, switches={"remove_used_cluster_pair": used})
    result = site.check_then_run("cluster_pair", state="absent")
    assert (result["error"]["code"], site.writes()) == ("volume_pairs_remain", [])
    marked = f"orders-db ({number_of(site, 'alpha')}, deleted)" in result["msg"]
    assert (marked, "RestoreDeletedVolume" in result["msg"]) == ("alpha" in deleted, "alpha" in deleted)
    assert ("PurgeDeletedVolume" in result["msg"]) == ("alpha" in deleted)
    # Restored they are unpaired as any other volumes; purged they are gone with their pairs.
    for name in deleted:
        site.world.call(name, "RestoreDeletedVolume", {"volumeID": number_of(site, name)})
    assert not site.run("volume_pair", volume="orders-db", state="absent").get("failed")
    assert not site.run("cluster_pair", state="absent").get("failed")


def test_once_they_are_purged_the_entries_go(sites):
    site = with_deleted(sites)
    for name in ("alpha", "beta"):
        site.world.call(name, "PurgeDeletedVolume", {"volumeID": number_of(site, name)})
    assert site.check_then_run("cluster_pair", state="absent")["changed"]


def test_a_half_that_a_deleted_volume_uses_is_not_repaired(sites):
    site = with_deleted(sites, ["alpha"], half=True, switches={"remove_used_cluster_pair": "allowed"})
    result = site.check_then_run("cluster_pair", repair=True)
    assert (result["error"]["code"], site.writes()) == ("volume_pairs_remain", [])


def test_a_deleted_volume_counts_while_the_other_site_is_unreachable(sites):
    clusters = [CLUSTERS[0], {**CLUSTERS[1], "mvip": "127.0.0.1"}]
    site = sites(
        [{**cluster, "volumes": VOLUMES} for cluster in clusters],
        cluster_pairs=[PAIRED],
        volume_pairs=[{"source": "alpha/orders-db", "target": "beta/orders-db"}],
        switches={"remove_used_cluster_pair": "allowed"},
    )
    site.world.call("alpha", "DeleteVolume", {"volumeID": number_of(site, "alpha")})
    site.world.site_down("beta")
    result = site.check_then_run("cluster_pair", state="absent", peer_unreachable="local_only")
    assert (result["error"]["code"], site.writes()) == ("volume_pairs_remain", [])


def test_a_deleted_volume_whose_pair_is_not_shown_is_known_by_its_partner(sites):
    switches = {"deleted_volume_pairs": "hidden", "remove_used_cluster_pair": "allowed"}
    site = with_deleted(sites, ["alpha"], switches=switches)
    result = site.check_then_run("cluster_pair", state="absent")
    assert (result["error"]["code"], result["error"]["cluster"], site.writes()) == ("volume_pairs_remain", "beta", [])


def test_a_deleted_volume_that_turns_up_before_the_removal(sites):
    site = with_deleted(sites, switches={"remove_used_cluster_pair": "allowed"})
    nothing = json.dumps({"result": {"volumes": []}})
    for name in ("alpha", "beta"):
        site.world.faults.add(name, "ListDeletedVolumes", fault="reply", message=nothing)
    result = site.run("cluster_pair", state="absent")
    assert (result["error"]["code"], site.writes()) == ("changed_meanwhile", [])


def test_deleted_volumes_are_looked_at_only_where_an_entry_may_have_to_go(sites):
    site = with_deleted(sites)
    assert not site.run("cluster_pair").get("failed")
    assert site.world.calls_of(methods="ListDeletedVolumes") == []
    site.run("cluster_pair", state="absent")
    assert [len(site.world.calls_of(name, "ListDeletedVolumes")) for name in ("alpha", "beta")] == [1, 1]
    assert max(len(site.world.calls_of(name)) for name in ("alpha", "beta")) <= 14


@pytest.mark.parametrize("member", [None, "volumePairs"])
def test_pending_entries_go_whatever_is_deleted_or_odd(sites, member):
    site = with_deleted(sites)
    site.world.odd_object("alpha", "ListDeletedVolumes", number_of(site, "alpha"), member, ["odd"])
    site.world.call("alpha", "StartClusterPairing")
    assert site.check_then_run("cluster_pair", remove_pending=True)["changed"]


def becomes_odd(site, method, object_id, member):
    """An object of alpha becomes odd just before the second call of the method, the recheck before a removal."""
    params = {"method": method, "object_id": object_id, "member": member, "value": ["odd"]}
    call = {"cluster": "alpha", "method": "odd_object", "params": params}
    site.world.faults.add("alpha", method, 2, fault="meanwhile", call=call)


@pytest.mark.parametrize(
    ("method", "object_id", "member", "code"),
    [
        ("ListActivePairedVolumes", 77, None, "changed_meanwhile"),
        ("ListActivePairedVolumes", 77, "volumePairs", "changed_meanwhile"),
        ("ListActivePairedVolumes", 77, "name", None),
        ("ListClusterPairs", 7, "status", "bad_reply"),
        ("ListClusterPairs", 3, "status", None),
    ],
)
def test_what_becomes_odd_before_the_removal(sites, method, object_id, member, code):
    site = sites(
        [{**cluster, "volumes": [{"name": "spare", "id": 77}]} for cluster in CLUSTERS],
        cluster_pairs=[PAIRED, *THIRD],
        volume_pairs=[{"at": "alpha/spare", "to": "gamma/spare"}],
    )
    becomes_odd(site, method, object_id, member)
    result = site.run("cluster_pair", state="absent")
    assert (result.get("error") or {}).get("code") == code
    assert sorted(site.writes()) == ([HERE, THERE] if code is None else [])


@pytest.mark.parametrize("method", ["ListActivePairedVolumes", "ListDeletedVolumes"])
@pytest.mark.parametrize(
    ("member", "used"),
    [(None, True), ("volumePairs", True), ("volumePairs.0.clusterPairID", True), ("name", True), ("name", False)],
)
def test_a_volume_that_cannot_be_read_uses_a_cluster_pair_unless_it_says_otherwise(sites, method, member, used):
    """An odd volume without a pair, or with one over another cluster pair, does not."""
    spare = {"name": "spare", "id": 77, "deleted": method == "ListDeletedVolumes"}
    site = sites(
        [{**cluster, "volumes": [*VOLUMES, spare]} for cluster in CLUSTERS],
        cluster_pairs=[PAIRED, *THIRD],
        volume_pairs=[{"at": "alpha/spare", "to": "beta/spare" if used else "gamma/spare"}],
        switches={"remove_used_cluster_pair": "allowed"},
    )
    site.world.odd_object("alpha", method, 77, member, ["odd"])
    result = site.check_then_run("cluster_pair", state="absent")
    assert (result.get("error") or {}).get("code") == ("volume_pairs_remain" if used else None), result
    if used:
        assert f"cannot be read ({method}: {(member or 'it').replace('.0', '')} " in result["msg"]


# --- waiting ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["Disconnected", "Misconfigured", "Connecting"])
def test_it_waits_until_both_are_connected(sites, status):
    site = sites(
        CLUSTERS, timings={"connect_polls": 3, "misconfigured_polls": 2}, switches={"connecting_status": status}
    )
    assert site.run("cluster_pair")["cluster_pair"]["connected"]


def test_without_wait_it_says_what_it_sees(sites):
    site = sites(CLUSTERS, timings={"connect_polls": "never"})
    result = site.run("cluster_pair", wait=False)
    assert (result["cluster_pair"]["state"], result["cluster_pair"]["connected"]) == ("paired", False)


def test_a_wait_that_runs_out_keeps_the_new_pair(sites):
    site = sites(CLUSTERS, timings={"connect_polls": "never"})
    result = site.run("cluster_pair", wait_timeout=1)
    assert (result["error"]["code"], result["changed"]) == ("wait_timeout", True)
    assert "alpha reports Disconnected" in result["msg"]
    assert result["cluster_pair"]["state"] == "paired"


def test_a_pair_that_was_there_and_is_not_connected(sites):
    site = sites(CLUSTERS, cluster_pairs=[PAIRED])
    site.world.management_link("alpha", "beta", up=False)
    result = site.run("cluster_pair", wait_timeout=1)
    assert (result["error"]["code"], result["changed"], site.writes()) == ("not_connected", False, [])
    assert "ports 443 and 2181" in result["msg"]


# --- the other site is unreachable ------------------------------------------------------------------------------------


@pytest.mark.parametrize("hostname", ["198.51.100.20", "127.0.0.1"])
def test_absent_with_an_unreachable_peer_removes_this_side_when_it_can_tell(sites, hostname):
    clusters = [CLUSTERS[0], {**CLUSTERS[1], "mvip": hostname}]
    site = sites(clusters, cluster_pairs=[PAIRED])
    site.world.site_down("beta")
    result = site.check_then_run("cluster_pair", state="absent", peer_unreachable="local_only")
    if hostname != "127.0.0.1":  # the peer's hostname of this test
        assert (result["error"]["code"], site.writes()) == ("peer_unknown", [])
        assert "beta (198.51.100.20)" in result["msg"]
        return
    assert site.writes() == [HERE]
    assert result["changed"]
    assert not site.check_then_run("cluster_pair", state="absent", peer_unreachable="local_only")["changed"]


def test_local_only_is_a_permission_and_not_an_order(sites):
    site = sites(CLUSTERS, cluster_pairs=[PAIRED])
    site.check_then_run("cluster_pair", state="absent", peer_unreachable="local_only")
    assert sorted(site.writes()) == [HERE, THERE]


def test_local_only_goes_with_absent_alone(sites):
    result = sites(CLUSTERS).run("cluster_pair", peer_unreachable="local_only")
    assert result["failed"]
    assert "absent" in result["msg"]


# --- a handshake that goes wrong --------------------------------------------------------------------------------------


def pairs_of(site, cluster):
    return site.world.truth()["clusters"][cluster]["cluster_pairs"]


@pytest.mark.parametrize(
    "fault", ["xInvalidPairingKey", "xPermissionDenied", "http_401", "xSomethingNew", "xPairingAlreadyExists"]
)
def test_a_refused_complete_leaves_nothing(sites, fault):
    site = sites(CLUSTERS)
    site.world.faults.add("beta", "CompleteClusterPairing", fault=fault, times=None)
    result = site.run("cluster_pair")
    assert (result["failed"], result["changed"]) == (True, False)
    assert (pairs_of(site, "alpha"), pairs_of(site, "beta")) == ([], [])
    assert (result["error"]["rolled_back"], result["error"]["left_behind"]) == (True, None)


def test_a_reply_to_complete_that_got_lost_is_looked_for(sites):
    site = sites(CLUSTERS)
    site.world.faults.add("beta", "CompleteClusterPairing", fault="drop_after")
    result = site.run("cluster_pair")
    assert (result.get("failed", False), result["changed"], result["cluster_pair"]["state"]) == (False, True, "paired")
    assert site.writes() == HANDSHAKE


def test_a_complete_that_never_arrived_leaves_nothing(sites):
    site = sites(CLUSTERS)
    site.world.faults.add("beta", "CompleteClusterPairing", fault="drop_before")
    result = site.run("cluster_pair")
    assert (result["failed"], result["changed"]) == (True, False)
    assert (pairs_of(site, "alpha"), pairs_of(site, "beta")) == ([], [])
    assert not site.run("cluster_pair").get("failed")


def test_a_lost_reply_to_start_leaves_an_entry_that_is_named_and_not_removed(sites):
    site = sites(CLUSTERS)
    site.world.faults.add("alpha", "StartClusterPairing", fault="drop_after")
    result = site.run("cluster_pair")
    assert not result.get("failed")
    assert [entry["pending"] for entry in pairs_of(site, "alpha")] == [True, False]
    assert [entry["cluster"] for entry in result["pending"]] == ["alpha"]


def test_it_is_named_in_left_behind_when_the_task_fails(sites):
    site = sites(CLUSTERS)
    site.world.faults.add("alpha", "StartClusterPairing", fault="drop_after")
    site.world.faults.add("beta", "CompleteClusterPairing", fault="xInvalidPairingKey")
    result = site.run("cluster_pair")
    (left,) = result["error"]["left_behind"]
    assert (result["changed"], result["error"]["rolled_back"]) == (True, False)
    assert "pending cluster pair" in left
    assert len(pairs_of(site, "alpha")) == 1


def test_a_complete_that_took_effect_and_was_refused_is_looked_for(sites):
    site = sites(CLUSTERS)
    site.world.faults.add("beta", "CompleteClusterPairing", fault="xNotPrimary", after_applying=True)
    result = site.run("cluster_pair")
    assert (result.get("failed", False), result["cluster_pair"]["state"]) == (False, "paired")


def test_every_entry_of_two_lost_starts_is_named(sites):
    site = sites(CLUSTERS)
    site.world.faults.add("alpha", "StartClusterPairing", fault="drop_after", times=2)
    result = site.run("cluster_pair")
    assert (result["changed"], len(result["error"]["left_behind"]), len(pairs_of(site, "alpha"))) == (True, 2, 2)


def test_what_one_removal_leaves_unknown_is_reported_although_the_other_fails(sites):
    site = sites(CLUSTERS, cluster_pairs=[PAIRED])
    site.world.faults.add("alpha", "RemoveClusterPair", fault="drop_after", times=None)
    site.world.faults.add("alpha", "ListClusterPairs", 3, fault="http_401", times=None)
    site.world.faults.add("beta", "RemoveClusterPair", fault="xPermissionDenied")
    result = site.run("cluster_pair", state="absent")
    assert (result["failed"], result["changed"]) == (True, True)
    assert any("whether RemoveClusterPair took effect is not known" in left for left in result["error"]["left_behind"])


def test_clusters_that_were_paired_in_the_middle_are_looked_at_again(sites):
    """Another administrator's handshake ends between our Start and our Complete."""
    site = sites(CLUSTERS)
    key = site.world.call("alpha", "StartClusterPairing")["clusterPairingKey"]
    site.world.faults.add("beta", "CompleteClusterPairing", fault="meanwhile", call=_completion(key))
    result = site.run("cluster_pair")
    assert not result.get("failed"), result["msg"]
    assert result["cluster_pair"]["state"] == "paired"
    assert len(pairs_of(site, "alpha")) == len(pairs_of(site, "beta")) == 1


def _completion(key):
    return {"cluster": "beta", "method": "CompleteClusterPairing", "params": {"clusterPairingKey": key}}
