# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One strange object in a list: it concerns the items that touch it, and nothing else."""

from __future__ import annotations

import pytest

MISSING = object()
LINK = {"between": ["alpha", "beta"], "ids": {"alpha": 7, "beta": 12}}
THIRD = {"at": "alpha", "to": {"name": "gamma", "mvip": "203.0.113.30", "unique_id": "x1y2"}, "id": 3}
THIRD_THERE = {**THIRD, "at": "beta", "id": 4}
#: The same IDs on both clusters but for one hundred: orders-db and ledger are paired, plain is free, spare is in no one's way.
VOLUMES = {"orders-db": 41, "ledger": 42, "plain": 43, "spare": 44, "odd": 45}
OLD = {"name": "old", "id": 49, "deleted": True}
ORDERS, LEDGER, PLAIN, SPARE, ODD = VOLUMES.values()
THERE = 100
FORCED = {"direction": "from_peer", "failover": "forced"}


def host(name, offset):
    volumes = [{"name": each, "id": number + offset, "account": "shop"} for each, number in VOLUMES.items()]
    return {
        "name": name,
        "accounts": [{"name": "shop", "id": 1}, {"name": "lab", "id": 2}],
        "volumes": [*volumes, {**OLD, "id": OLD["id"] + offset, "account": "shop"}],
        "qos_policies": [{"name": "gold"}, {"name": "lead"}],
        "access_groups": [{"name": "hosts", "volumes": ["spare"]}],
        "sessions": [{"volume": "spare"}],
        "fibre_channel_sessions": [{"access_group": "hosts"}],
        "snapshots": [{"volume": "spare", "name": "daily"}],
    }


def start(sites, odd=(), address="198.51.100.20", **spec):
    """alpha and beta, paired, with two volumes that replicate to beta; odd: (cluster, method, ID, member, value).

    address: beta's MVIP.
    """
    pairs = [{"source": f"alpha/{name}", "target": f"beta/{name}"} for name in ("orders-db", "ledger")]
    site = sites(
        [host("alpha", 0), {**host("beta", THERE), "mvip": address}],
        **{"cluster_pairs": [LINK, THIRD, THIRD_THERE], "volume_pairs": pairs, **spec},
    )
    for each in odd:
        make_odd(site, *each)
    return site


def make_odd(site, cluster, method, object_id, member=None, value=None):
    given = () if value is MISSING else (value,)
    site.world.odd_object(cluster, method, object_id, member, *given)


# --- objects that nothing of the task touches ---------------------------------------------------------------------------

#: Lists of volumes, and what may be wrong with a volume in them.
OF_VOLUMES = {
    "null": (None, None),
    "a text": (None, "volume"),
    "an empty name": ("name", ""),
    "no name": ("name", MISSING),
    "no ID": ("volumeID", MISSING),
    "ID 0": ("volumeID", 0),
    "a text for an ID": ("volumeID", "44"),
    "an owner without end": ("accountID", "1"),
    "no access": ("access", None),
    "no size": ("totalSize", None),
    "a size that is a text": ("totalSize", "10"),
    "no emulation": ("enable512e", None),
    "no status": ("status", MISSING),
    "attributes that are a list": ("attributes", ["mark"]),
    "QoS that is a text": ("qos", "fast"),
    "access groups that are none": ("volumeAccessGroups", ["hosts"]),
    "pairs that are a number": ("volumePairs", 5),
    "a pair that is null": ("volumePairs", [None]),
    "a pair without a UUID": ("volumePairs", [{"remoteVolumeID": 5, "remoteReplication": {"state": "Active"}}]),
    "a pair with a state that is a number": ("volumePairs", [{"remoteReplication": {"state": 5}}]),
}
OF_CLUSTER_PAIRS = {
    "null": (None, None),
    "no UUID": ("clusterPairUUID", MISSING),
    "no ID": ("clusterPairID", MISSING),
    "a text for an ID": ("clusterPairID", "3"),
    "no status": ("status", None),
    "an address that is a number": ("mvip", 5),
    "a name that is a list": ("clusterName", ["gamma"]),
    "a unique ID that is a list": ("clusterUUID", ["x1y2"]),
}
UNRELATED = {
    **{f"volume: {what}": ("ListVolumes", SPARE, *odd) for what, odd in OF_VOLUMES.items()},
    "volume: the ID of another one": ("ListVolumes", SPARE, "volumeID", ODD),
    **{
        f"cluster pair: {what}": ("ListClusterPairs", 3, *odd)
        for what, odd in OF_CLUSTER_PAIRS.items()
        if what != "null"  # that one may be anybody's
    },
    "account: null": ("ListAccounts", 2, None, None),
    "account: no name": ("ListAccounts", 2, "username", None),
    "account: a text for an ID": ("ListAccounts", 2, "accountID", "2"),
    "iSCSI session: no one's": ("ListISCSISessions", "session", "initiatorName", 5),
    "Fibre Channel session: no one's": ("ListFibreChannelSessions", "wwpn", "initiatorWWPN", None),
    "snapshot: no UUID": ("ListSnapshots", "snapshot", "snapshotUUID", None),
    "snapshot: no ID": ("ListSnapshots", "snapshot", "snapshotID", "one"),
    "statistics: no count": ("ListVolumeStats", SPARE, "writeOps", None),
    "statistics: no time": ("ListVolumeStats", SPARE, "timestamp", None),
}


def unrelated(site, what):
    """Make an object of this cluster odd that no task names."""
    method, object_id, member, value = UNRELATED[what]
    if isinstance(object_id, str):
        object_id = {
            "session": lambda: site.world.call("alpha", method)["sessions"][0]["sessionID"],
            "wwpn": lambda: site.world.call("alpha", method)["sessions"][0]["initiatorWWPN"],
            "snapshot": lambda: site.world.call("alpha", method)["snapshots"][0]["snapshotID"],
        }[object_id]()
    make_odd(site, "alpha", method, object_id, member, value)


def run_all(site):
    """Every kind of task, one after the other; what each has written, and what became of it."""
    done = []
    for module, options in TASKS.items():
        for given in options:
            site.world.clear_calls()
            result = site.check_then_run(module, **given)
            done.append((module, given, result.get("failed", False), result["changed"], site.writes()))
            assert not result.get("failed"), (given, result["msg"])
    return done


TASKS = {
    "cluster_pair": [{}],
    "volume_pair": [
        {"volume": "orders-db"},
        {"volume": "plain"},
        {"volume": "plain", "paused": True},
        {"volume": "ledger", "direction": "from_peer", "failover": "planned"},
        {"volume": "plain", "state": "absent"},
        {"volume": "orders-db", **FORCED},
        {"volume": "ledger", "state": "absent", "release_target": True},
    ],
}


#: What they do where nothing is odd, filled in when it is needed first.
AS_ALWAYS: list = []


def as_always(sites):
    if not AS_ALWAYS:
        AS_ALWAYS.extend(run_all(start(sites)))
    return AS_ALWAYS


@pytest.mark.parametrize("what", UNRELATED)
def test_what_nothing_touches_changes_nothing(sites, what):
    site = start(sites)
    unrelated(site, what)
    assert run_all(site) == as_always(sites)


@pytest.mark.parametrize("what", [None, *UNRELATED])
def test_a_forced_failover_goes_on_while_the_other_site_is_unreachable(sites, what):
    site = start(sites, address="127.0.0.1")
    if what:
        unrelated(site, what)
    site.world.site_down("beta")
    forced = {"peer_unreachable": "local_only", "direction": "to_peer", "failover": "forced", "wait": False}
    site.world.cluster("alpha").volumes[ORDERS].access = "replicationTarget"
    result = site.check_then_run("volume_pair", volume="orders-db", **forced)
    assert not result.get("failed"), result["msg"]
    assert site.world.cluster("alpha").volumes[ORDERS].access == "readWrite"


def test_everything_may_be_odd_at_once(sites):
    site = start(sites)
    for what in UNRELATED:
        # An odd volume or account that may be anyone's is for the tests below.
        if "null" not in what and "ID" not in what and "no name" not in what:
            unrelated(site, what)
    assert run_all(site) == as_always(sites)


# --- volumes that a task names --------------------------------------------------------------------------------------------


def refused(site, *named, code="bad_reply", **options):
    """The failure of a task that has written nothing, and names all of this."""
    site.world.clear_calls()
    result = site.check_then_run("volume_pair", **options)
    assert (result.get("failed"), result["changed"], site.writes()) == (True, False, [])
    (pair,) = result["pairs"]
    assert pair["error"]["code"] == result["error"]["code"] == code, result["msg"]
    for what in named:
        assert what in result["msg"], result["msg"]
    assert len(result["msg"]) < 300
    return result


@pytest.mark.parametrize(
    "what", [what for what, (member, _value) in OF_VOLUMES.items() if member not in (None, "volumeID")]
)
def test_an_item_by_the_id_of_an_odd_volume(sites, what):
    member, value = OF_VOLUMES[what]
    site = start(sites, [("alpha", "ListVolumes", PLAIN, member, value)])
    refused(
        site,
        "cluster alpha",
        f"({PLAIN})" if member != "name" else f"ID {PLAIN}",
        f"ListVolumes: {member}",
        volume_id=PLAIN,
    )


@pytest.mark.parametrize("options", [{}, {"state": "absent"}, {"repair": True}, {**FORCED}])
def test_so_it_is_with_every_request(sites, options):
    site = start(sites, [("alpha", "ListVolumes", ORDERS, "enable512e", None)])
    refused(site, "volume orders-db (41)", "enable512e is neither true nor false", volume="orders-db", **options)


@pytest.mark.parametrize("options", [{}, {"state": "absent"}, {"create_peer_volume": {}}])
@pytest.mark.parametrize(
    ("odd", "place"),
    [
        ((None, None), "the volume at place 4 of its list"),
        (("volumeID", "44"), "ListVolumes: volumeID is not a whole number"),
    ],
)
def test_an_id_that_is_not_there_may_be_that_of_an_odd_volume(sites, odd, place, options):
    site = start(sites, [("alpha", "ListVolumes", SPARE, *odd)])
    refused(site, "cluster alpha", place, volume_id=SPARE, **options)


@pytest.mark.parametrize("odd", [(None, None), ("name", MISSING), ("name", 5), ("volumeID", None)])
@pytest.mark.parametrize("options", [{}, {"state": "absent"}, {"create_peer_volume": {}}])
def test_a_name_that_is_not_there_may_be_that_of_an_odd_volume(sites, odd, options):
    """Neither is a second one created, nor is it said that there is nothing to remove."""
    site = start(sites, [("beta", "ListVolumes", PLAIN + THERE, *odd)])
    refused(site, "cluster beta", "ListVolumes", volume="plain", **options)


def test_an_odd_namesake_of_a_partner_that_is_gone_is_not_joined_by_a_second_one(sites):
    half = {"at": "alpha/plain", "to": {"cluster": "beta", "volume_id": 999}}
    site = start(sites, [("beta", "ListVolumes", PLAIN + THERE, "access", 5)], volume_pairs=[half])
    options = {"volume": "plain", "repair": True, "create_peer_volume": {}, "direction": "to_peer"}
    refused(site, "cluster beta", f"volume plain ({PLAIN + THERE})", **options)


def test_an_empty_name_is_no_ones(sites):
    site = start(sites, [("beta", "ListVolumes", SPARE + THERE, "name", "")])
    site.world.call("alpha", "CreateVolume", {"name": "fresh", "accountID": 1, "totalSize": 10**9, "enable512e": True})
    result = site.check_then_run("volume_pair", volume="fresh", create_peer_volume={})
    assert not result.get("failed"), result["msg"]


def test_an_odd_namesake_makes_a_name_ambiguous(sites):
    site = start(
        sites, [("alpha", "ListVolumes", SPARE, "name", "plain"), ("alpha", "ListVolumes", SPARE, "access", 5)]
    )
    refused(site, f"volume plain ({SPARE})", "access is not a text", volume="plain")
    result = site.check_then_run("volume_pair", volume_id=PLAIN, peer_volume="plain")
    assert not result.get("failed"), result["msg"]


def test_two_volumes_with_one_id(sites):
    site = start(sites, [("alpha", "ListVolumes", SPARE, "volumeID", PLAIN)])
    refused(site, f"({PLAIN})", "volumeID is not unique", volume="plain")
    refused(site, f"({PLAIN})", "volumeID is not unique", volume_id=PLAIN)


def test_the_partner_of_a_pair(sites):
    """It is found by its ID, whatever it is called."""
    site = start(sites, [("beta", "ListVolumes", ORDERS + THERE, "name", 5)])
    for options in ({}, {"state": "absent"}, FORCED, {"direction": "from_peer", "failover": "planned"}):
        refused(site, "cluster beta", f"volume with ID {ORDERS + THERE}", "name", volume="orders-db", **options)
    result = site.check_then_run("volume_pair", volume="ledger", **FORCED)
    assert not result.get("failed"), result["msg"]


def test_a_volume_that_may_be_paired_with_the_one_that_is_named(sites):
    """Its pair can be read, so the namesake is not taken in its place."""
    half = {"at": "beta/odd", "to": "alpha/plain"}
    site = start(sites, [("beta", "ListVolumes", ODD + THERE, "totalSize", None)], volume_pairs=[half])
    refused(site, f"volume odd ({ODD + THERE})", "totalSize", volume="plain")


def test_a_half_there_over_a_cluster_pair_that_cannot_be_read(sites):
    """It names the volume, and may be with this cluster: it is not said that there is nothing to remove."""
    half = {"at": "beta/odd", "to": "alpha/plain"}
    site = start(sites, [("beta", "ListClusterPairs", 12, "clusterPairUUID", MISSING)], volume_pairs=[half])
    for options in ({"volume": "plain"}, {"volume_id": PLAIN}):
        refused(site, "cluster beta", "cluster pair with ID 12", **options, state="absent")


def test_a_pair_whose_partner_is_gone_or_odd(sites):
    """The volume that is named as the partner is missing, and what it is paired with instead cannot be read."""
    site = start(sites, [("beta", "ListVolumes", ORDERS + THERE, "volumePairs", 5)])
    refused(
        site,
        f"({ORDERS + THERE})",
        "volumePairs is not a list",
        volume="orders-db",
        peer_volume="elsewhere",
        state="absent",
    )


def test_the_others_of_a_list_are_done(sites):
    site = start(sites, [("alpha", "ListVolumes", ORDERS, "totalSize", "10")])
    result = site.check_then_run("volume_pair", pairs=[{"volume": "orders-db"}, {"volume": "ledger"}], **FORCED)
    assert [pair["error"] and pair["error"]["code"] for pair in result["pairs"]] == ["bad_reply", None]
    assert "volume orders-db (41)" in result["pairs"][0]["msg"]
    accesses = {each.name: each.access for each in site.world.cluster("beta").volumes.values()}
    assert (accesses["orders-db"], accesses["ledger"]) == ("replicationTarget", "readWrite")


# --- what becomes odd while a task runs -----------------------------------------------------------------------------------


def becomes_odd(site, before, nth, cluster, method, object_id, **odd):
    """An object becomes odd just before a call to its cluster."""
    call = {"cluster": cluster, "method": "odd_object", "params": {"method": method, "object_id": object_id, **odd}}
    site.world.faults.add(cluster, before, nth, fault="meanwhile", call=call)


@pytest.mark.parametrize(
    ("options", "cluster", "nth", "number"),
    [
        ({"volume": "orders-db", "state": "absent"}, "beta", 2, ORDERS + THERE),
        ({"volume": "plain"}, "beta", 2, PLAIN + THERE),
        ({"volume": "plain"}, "alpha", 2, PLAIN),
    ],
)
def test_a_volume_that_becomes_odd_before_it_is_written_to(sites, options, cluster, nth, number):
    """Nothing is written for it, and the others go on."""
    site = start(sites)
    becomes_odd(site, "ListVolumes", nth, cluster, "ListVolumes", number, member="access", value=5)
    result = site.run(
        "volume_pair",
        **{name: value for name, value in options.items() if name != "volume"},
        pairs=[
            {"volume": options["volume"]},
            {"volume": "ledger"},
        ],
    )
    first, second = result["pairs"]
    assert (first["error"]["code"], f"({number})" in first["msg"], second["failed"]) == ("bad_reply", True, False), (
        first["msg"]
    )
    assert second["changed"] is ("state" in options)


def test_a_target_that_becomes_odd_before_it_is_released(sites):
    site = start(sites)
    becomes_odd(site, "RemoveVolumePair", 1, "beta", "ListVolumes", ORDERS + THERE, member="access", value=5)
    result = site.run("volume_pair", volume="orders-db", state="absent", release_target=True)
    assert (result["error"]["code"], result["changed"]) == ("bad_reply", True)
    assert site.world.cluster("beta").volumes[ORDERS + THERE].access == "replicationTarget"


def test_a_handshake_on_a_volume_that_becomes_odd_says_what_it_may_have_left(sites):
    site = start(sites)
    becomes_odd(site, "StartVolumePairing", 1, "alpha", "ListVolumes", PLAIN, member="access", value=5)
    site.world.faults.add("beta", "CompleteVolumePairing", fault="xInvalidParameter", times=None)
    result = site.run("volume_pair", volume="plain")
    assert result["error"]["name"] == "xInvalidParameter"
    assert any(f"({PLAIN})" in left and "ListVolumes" in left for left in result["error"]["left_behind"])


@pytest.mark.parametrize("member", ["name", "access"])
def test_a_namesake_that_becomes_odd_before_a_volume_is_created(sites, member):
    site = start(sites)
    site.world.call("alpha", "CreateVolume", {"name": "fresh", "accountID": 1, "totalSize": 10**9, "enable512e": True})
    call = {"cluster": "beta", "method": "CreateVolume"}
    given = {"name": "fresh", "accountID": 1, "totalSize": 10**9, "enable512e": True}
    site.world.faults.add("beta", "ListVolumes", 2, fault="meanwhile", call={**call, "params": given})
    made = max(site.world.cluster("beta").volumes) + 1
    make_odd(site, "beta", "ListVolumes", made, member, 5)
    result = site.run("volume_pair", volume="fresh", create_peer_volume={})
    assert (result["error"]["code"], result["changed"]) == ("bad_reply", False)
    assert [each.name for each in site.world.cluster("beta").volumes.values()].count("fresh") == 1


def test_a_pair_that_becomes_odd_while_it_is_waited_for(sites):
    site = start(sites, timings={"resuming_data_transfer_polls": "never"})
    site.world.storage_link("alpha", "beta", up=False)
    site.world.storage_link("alpha", "beta", up=True)
    becomes_odd(site, "ListVolumes", 2, "beta", "ListVolumes", ORDERS + THERE, member="access", value=5)
    result = site.run("volume_pair", volume="orders-db", wait_for="in_sync", wait_timeout=30)
    assert (result["error"]["code"], f"({ORDERS + THERE})" in result["msg"]) == ("bad_reply", True)


# --- accounts, policies, evidence ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("odd", [("username", 5), ("accountID", "1"), (None, None)])
def test_an_account_that_an_item_names(sites, odd):
    site = start(sites, [("alpha", "ListAccounts", 1, *odd)])
    refused(site, "cluster alpha", "account", "ListAccounts", volume="plain", account="shop")
    # Whose the partner has to be cannot be determined either, unless it is named.
    refused(site, "cluster alpha", "account", "ListAccounts", volume="plain")
    result = site.check_then_run("volume_pair", volume="plain", peer_volume="plain")
    assert (result.get("failed"), result["pairs"][0]["local"]["account"]) == (None, None)


@pytest.mark.parametrize("odd", [("username", 5), ("accountID", "1"), (None, None)])
@pytest.mark.parametrize("named", [{"peer_volume": "plain"}, {"peer_volume_id": PLAIN + THERE}, {}])
def test_a_namesake_whose_owner_may_be_the_account_that_is_named(sites, named, odd):
    """No second volume of that name and owner is created."""
    site = start(sites, [("beta", "ListAccounts", 1, *odd)])
    options = {} if "peer_volume_id" in named else {"create_peer_volume": {}}
    refused(site, "cluster beta", "account", volume="plain", peer_account="lab", **named, **options)


def test_an_account_that_is_there_or_not_is_not_created(sites):
    site = start(sites, [("beta", "ListAccounts", 2, "username", None)])
    new = {"account": "fresh", "create_account": True, "name": "fresh"}
    refused(site, "account with ID 2", "username", volume="plain", create_peer_volume=new)
    result = site.check_then_run("volume_pair", volume="plain", create_peer_volume={**new, "account": "shop"})
    assert not result.get("failed"), result["msg"]


@pytest.mark.parametrize(("odd", "named"), [(("qosPolicyID", "1"), "QoS policy gold"), ((None, None), "at place 1")])
def test_a_policy_that_a_new_volume_is_to_take(sites, odd, named):
    site = start(sites)
    policies = site.world.call("beta", "ListQoSPolicies")["qosPolicies"]
    make_odd(site, "beta", "ListQoSPolicies", policies[0]["qosPolicyID"], *odd)
    new = {"name": "fresh", "qos_policy": "gold"}
    refused(site, "cluster beta", named, "ListQoSPolicies", volume="plain", create_peer_volume=new)
    result = site.check_then_run("volume_pair", volume="plain", create_peer_volume={**new, "qos_policy": "lead"})
    assert not result.get("failed"), result["msg"]


EVIDENCE = {
    "iSCSI session": (
        "ListISCSISessions",
        lambda world: world.call("beta", "ListISCSISessions")["sessions"][0]["sessionID"],
    ),
    "Fibre Channel session": (
        "ListFibreChannelSessions",
        lambda world: world.call("beta", "ListFibreChannelSessions")["sessions"][0]["initiatorWWPN"],
    ),
    "statistics": ("ListVolumeStats", lambda world: PLAIN + THERE),
    "snapshots": ("ListSnapshots", lambda world: world.call("beta", "ListSnapshots")["snapshots"][0]["snapshotID"]),
}


@pytest.mark.parametrize(("what", "method", "object_id"), [(what, *given) for what, given in EVIDENCE.items()])
def test_evidence_that_names_no_volume_is_evidence_of_each(sites, what, method, object_id):
    """Two items: with one alone some of the lists are asked for its volume only."""
    site = start(sites)
    make_odd(site, "beta", method, object_id(site.world))
    site.world.call("alpha", "CreateVolume", {"name": "two", "accountID": 1, "totalSize": 10**9, "enable512e": True})
    site.world.call("beta", "CreateVolume", {"name": "two", "accountID": 1, "totalSize": 10**9, "enable512e": True})
    result = site.check_then_run("volume_pair", pairs=[{"volume": "plain"}, {"volume": "two"}])
    assert [pair["error"]["code"] for pair in result["pairs"]] == ["target_in_use"] * 2
    assert all(f"{what}" in pair["msg"] and "cannot be read" in pair["msg"] for pair in result["pairs"])
    assert site.writes() == []


@pytest.mark.parametrize(
    ("method", "member"), [("ListISCSISessions", "initiatorName"), ("ListVolumeStats", "nonZeroBlocks")]
)
def test_evidence_that_names_the_volume_is_evidence_of_it(sites, method, member):
    site = start(sites)
    site.world.log_in("beta", PLAIN + THERE)
    number = PLAIN + THERE
    if method == "ListISCSISessions":
        number = site.world.call("beta", method)["sessions"][-1]["sessionID"]
    else:
        site.world.log_out("beta", PLAIN + THERE)
    make_odd(site, "beta", method, number, member, ["odd"])
    refused(site, f"({PLAIN + THERE})", volume="plain", code="target_in_use")


# --- cluster pairs --------------------------------------------------------------------------------------------------------

#: What leaves it open which cluster the entry is with.
MAY_BE_THE_PEER = {
    "null": (None, None),
    "no UUID": ("clusterPairUUID", MISSING),
    "no ID": ("clusterPairID", MISSING),
    "no status": ("status", None),
    "an address that is a number": ("mvip", 5),
    "a unique ID that is a list": ("clusterUUID", ["m8qz"]),
}


@pytest.mark.parametrize("what", MAY_BE_THE_PEER)
@pytest.mark.parametrize("desired", [{}, {"repair": True}, {"state": "absent"}])
def test_clusters_whose_pair_cannot_be_read(sites, desired, what):
    site = start(sites, [("alpha", "ListClusterPairs", 7, *MAY_BE_THE_PEER[what])], volume_pairs=[])
    result = site.check_then_run("cluster_pair", **desired)
    assert (result["error"]["code"], result["changed"], site.writes()) == ("bad_reply", False, [])
    assert "cluster alpha: " in result["msg"]
    assert "cluster pair" in result["msg"]
    assert "ListClusterPairs" in result["msg"]


@pytest.mark.parametrize("what", MAY_BE_THE_PEER)
@pytest.mark.parametrize(
    ("desired", "code"), [({}, None), ({"repair": True}, "bad_reply"), ({"state": "absent"}, "bad_reply")]
)
def test_a_further_entry_that_cannot_be_read(sites, desired, code, what):
    """A pair that is there is there; whether all of them are removed cannot be determined."""
    further = {"at": "alpha", "to": "beta", "id": 17}
    site = start(sites, cluster_pairs=[LINK, further], volume_pairs=[])
    make_odd(site, "alpha", "ListClusterPairs", 17, *MAY_BE_THE_PEER[what])
    result = site.check_then_run("cluster_pair", **desired)
    assert ((result.get("error") or {}).get("code"), site.writes()) == (code, [])


@pytest.mark.parametrize("what", MAY_BE_THE_PEER)
@pytest.mark.parametrize("options", [{"volume": "orders-db"}, {"volume": "orders-db", **FORCED}, {"volume": "plain"}])
def test_volumes_whose_cluster_pair_cannot_be_read(sites, options, what):
    site = start(sites, [("alpha", "ListClusterPairs", 7, *MAY_BE_THE_PEER[what])])
    refused(site, "cluster alpha", "ListClusterPairs", **options)


def test_a_cluster_pair_that_nothing_of_the_item_goes_over(sites):
    """A third cluster's, on either side, whatever is wrong with it, as long as it can be distinguished from the peer's."""
    odd = [("alpha", "ListClusterPairs", 3, "clusterPairUUID", MISSING), ("beta", "ListClusterPairs", 4, "status", 5)]
    assert run_all(start(sites, odd)) == as_always(sites)


def test_two_entries_with_one_uuid(sites):
    site = start(sites, volume_pairs=[])
    (ours,) = (e for e in site.world.call("alpha", "ListClusterPairs")["clusterPairs"] if e["clusterPairID"] == 7)
    make_odd(site, "alpha", "ListClusterPairs", 3, "clusterPairUUID", ours["clusterPairUUID"])
    result = site.check_then_run("cluster_pair", state="absent")
    assert (result["error"]["code"], site.writes()) == ("bad_reply", [])
    assert "clusterPairUUID is not unique" in result["msg"]


@pytest.mark.parametrize("limit", [3, 4])
def test_an_entry_that_cannot_be_read_takes_a_slot(sites, limit):
    site = start(
        sites,
        cluster_pairs=[THIRD, {**THIRD, "id": 5}, {"at": "alpha", "pending": True}],
        volume_pairs=[],
    )
    site.world.cluster("alpha").limits["clusterPairsCountMax"] = limit
    make_odd(site, "alpha", "ListClusterPairs", 5, "clusterPairUUID", MISSING)
    result = site.check_then_run("cluster_pair")
    assert (result.get("error") or {}).get("code") == ("limit_reached" if limit == 3 else None)
    if limit == 3:
        assert "has 3 cluster pairs, and the limit is 3" in result["msg"]


@pytest.mark.parametrize("odd", [("clusterPairUUID", MISSING), ("mvip", 5), (None, None)])
def test_an_unreachable_peer_is_not_guessed_among_entries_that_cannot_be_read(sites, odd):
    """Where the hostname says nothing, the only cluster pair is taken for that with the peer: here there are two."""
    site = start(sites, [("alpha", "ListClusterPairs", 3, *odd)])
    site.world.site_down("beta")
    site.world.cluster("alpha").volumes[ORDERS].access = "replicationTarget"
    options = {"direction": "to_peer", "failover": "forced", "wait": False, "peer_unreachable": "local_only"}
    refused(site, volume="orders-db", code="peer_unknown" if odd[0] == "clusterPairUUID" else "bad_reply", **options)


# --- pending entries without a UUID ---------------------------------------------------------------------------------------

NO_UUIDS = {"pending_pair_uuids": "missing"}
PENDING = {"at": "alpha", "pending": True}


def entries(site, cluster):
    return site.world.truth()["clusters"][cluster]["cluster_pairs"]


@pytest.mark.parametrize("count", [1, 2])
def test_clusters_with_pending_entries_that_show_no_uuid(sites, count):
    site = start(sites, cluster_pairs=[LINK, *[PENDING] * count], switches=NO_UUIDS)
    result = site.check_then_run("cluster_pair")
    assert (result.get("failed"), result["changed"], len(result["pending"])) == (None, False, count)
    result = site.check_then_run("volume_pair", volume="orders-db", **FORCED)
    assert not result.get("failed"), result["msg"]
    result = site.check_then_run("cluster_pair", remove_pending=True)
    assert (result["changed"], result["pending"], len(entries(site, "alpha"))) == (True, [], 1)
    assert site.writes()[-count:] == ["alpha RemoveClusterPair"] * count


def test_a_handshake_beside_a_pending_entry_that_shows_no_uuid(sites):
    site = start(sites, cluster_pairs=[PENDING], volume_pairs=[], switches=NO_UUIDS)
    result = site.check_then_run("cluster_pair")
    assert (result["cluster_pair"]["state"], len(result["pending"])) == ("paired", 1)


@pytest.mark.parametrize("before", [0, 1])
@pytest.mark.parametrize("fault", ["xInvalidPairingKey", "drop_before"])
def test_a_handshake_of_clusters_takes_its_own_pending_entry_back(sites, fault, before):
    site = start(sites, cluster_pairs=[PENDING] * before, volume_pairs=[], switches=NO_UUIDS)
    known = entries(site, "alpha")
    site.world.faults.add("beta", "CompleteClusterPairing", fault=fault, times=None)
    result = site.run("cluster_pair")
    assert (result["failed"], result["changed"], result["error"]["left_behind"]) == (True, False, None)
    assert (entries(site, "alpha"), entries(site, "beta")) == (known, [])


def test_a_lost_start_names_the_entry_that_it_has_left_and_no_other(sites):
    site = start(sites, cluster_pairs=[PENDING], volume_pairs=[], switches=NO_UUIDS)
    (known,) = entries(site, "alpha")
    site.world.faults.add("alpha", "StartClusterPairing", fault="drop_after", times=2)
    result = site.run("cluster_pair")
    left = " ".join(result["error"]["left_behind"])
    assert [f"pending cluster pair {entry['id']} " in left for entry in entries(site, "alpha")] == [False, True, True]
    assert known in entries(site, "alpha")


def test_a_removal_whose_reply_is_lost_beside_another_entry_without_uuid(sites):
    site = start(sites, cluster_pairs=[LINK, PENDING, PENDING], switches=NO_UUIDS)
    site.world.faults.add("alpha", "RemoveClusterPair", fault="drop_after")
    result = site.run("cluster_pair", remove_pending=True)
    assert (result.get("failed"), len(entries(site, "alpha"))) == (None, 1)


@pytest.mark.parametrize("members", ["zeros", "missing"])
@pytest.mark.parametrize("options", [{"repair": True, "direction": "to_peer"}, {"state": "absent"}])
def test_volumes_with_a_pending_pair_that_shows_no_uuid(sites, options, members):
    pending = [{"at": "alpha/plain", "pending": True}]
    site = start(sites, volume_pairs=pending, switches={**NO_UUIDS, "pending_volume_pair_members": members})
    (pair,) = refused(site, f"({PLAIN})", volume="plain", code="pending_pair")["pairs"]
    assert (pair["state"], pair["uuid"]) == ("pending_local", None)
    result = site.check_then_run("volume_pair", volume="plain", **options)
    assert not result.get("failed"), result["msg"]
    assert site.writes()[0] == "alpha RemoveVolumePair"
    assert result["pairs"][0]["state"] == ("paired" if "repair" in options else "none")


@pytest.mark.parametrize("fault", ["xInvalidParameter", "drop_before", "xDBVersionMismatch"])
def test_a_handshake_of_volumes_takes_its_own_pending_entry_back(sites, fault):
    site = start(sites, switches=NO_UUIDS)
    site.world.faults.add(
        "beta", "CompleteVolumePairing", fault=fault, times=None if fault != "xDBVersionMismatch" else 1
    )
    result = site.run("volume_pair", volume="plain", timeout=5)
    assert result.get("failed", False) is (fault != "xDBVersionMismatch")
    if result.get("failed"):
        assert (result["error"]["left_behind"], result["error"]["rolled_back"]) == (None, True)
        assert site.world.cluster("alpha").volumes[PLAIN].halves == []


# --- reports --------------------------------------------------------------------------------------------------------------

GATHER = ["cluster_pairs", "volume_pairs", "progress", "faults", "readiness"]


def problems(report, code="unreadable_object"):
    return [problem for problem in report["problems"] if problem["code"] == code]


@pytest.mark.parametrize("what", UNRELATED)
def test_a_report_names_what_cannot_be_read_and_tells_the_rest(sites, what):
    site = start(sites)
    proper = site.run("pair_info", gather=GATHER)
    unrelated(site, what)
    report = site.run("pair_info", gather=GATHER)
    method, object_id, member, _value = UNRELATED[what]
    for same in ("volume_pairs", "pairs", "cluster_pairs", "faults"):
        assert report[same] == proper[same]
    assert [check["ok"] for check in report["readiness"]] == [check["ok"] for check in proper["readiness"]]
    found = problems(report)
    if method in ("ListVolumes", "ListAccounts", "ListClusterPairs"):
        (problem,) = found
        assert (problem["severity"], problem["cluster"], report["healthy"]) == ("warning", "alpha", proper["healthy"])
        assert method in problem["message"]
        assert (member or "is not an object") in problem["message"]
        if member not in (None, "volumeID", "clusterPairID", "accountID"):
            assert str(object_id) in problem["message"]
    elif what != "statistics: no count":  # of which no more is asked than how far behind they are
        assert [problem for problem in found if method in problem["message"]] == []


def test_equal_troubles_are_one_problem(sites):
    site = start(sites, [("alpha", "ListVolumes", number, "enable512e", None) for number in VOLUMES.values()])
    (problem,) = problems(site.run("pair_info", gather=GATHER))
    assert (
        "volume orders-db (41), volume ledger (42), volume plain (43) and 2 more cannot be read" in problem["message"]
    )


@pytest.mark.parametrize(
    ("cluster", "method", "number", "member"),
    [
        ("beta", "ListVolumes", ORDERS + THERE, "access"),
        ("beta", "ListVolumes", ORDERS + THERE, "volumePairs"),
        ("alpha", "ListVolumes", ORDERS, "access"),
        ("alpha", "ListVolumes", ORDERS, None),
    ],
)
def test_a_pair_of_which_one_side_cannot_be_read(sites, cluster, method, number, member):
    site = start(sites, [(cluster, method, number, member, 5)])
    proper = start(sites).run("pair_info", gather=GATHER)
    report = site.run("pair_info", gather=GATHER, max_lag=3600)
    shown = {pair["state"]: (pair["in_sync"], pair["uuid"]) for pair in report["volume_pairs"]}
    orders, ledger = (pair["uuid"] for pair in proper["volume_pairs"])
    assert shown == {"unknown_peer": (None, orders), "paired": (True, ledger)}
    assert [item["volume"] for item in report["pairs"]] == ["ledger"]
    assert len(problems(report)) == 1
    assert [problem["code"] for problem in report["problems"] if problem["severity"] == "error"] == (
        [] if cluster == "beta" else ["lag_unknown"]
    )


def test_a_pair_over_a_cluster_pair_that_cannot_be_read(sites):
    site = start(sites, [("beta", "ListClusterPairs", 12, "clusterPairUUID", MISSING)])
    report = site.run("pair_info", gather=GATHER)
    assert {pair["state"] for pair in report["volume_pairs"]} == {"unknown_peer"}
    assert len(report["volume_pairs"]) == 2
    assert [problem["code"] for problem in report["problems"]] == ["unreadable_object"]


def test_a_volume_that_is_asked_for_and_cannot_be_read(sites):
    site = start(sites, [("alpha", "ListVolumes", PLAIN, "access", 5)])
    report = site.run("pair_info", volumes=["plain"])
    (problem,) = problems(report, "not_paired")
    assert (
        "cluster alpha: volume plain (43) cannot be read, so it is unknown whether it is paired" in problem["message"]
    )
    assert not report["healthy"]


def test_a_namesake_that_cannot_be_read_makes_the_export_name_ids(sites):
    odd = [("alpha", "ListVolumes", SPARE, "name", "orders-db"), ("alpha", "ListVolumes", SPARE, "access", 5)]
    site = start(sites, odd)
    pairs = site.run("pair_info")["pairs"]
    assert [("volume_id" in item, "volume" in item) for item in pairs] == [(True, False), (False, True)]
    result = site.check_then_run("volume_pair", pairs=pairs)
    assert (result.get("failed"), result["changed"]) == (None, False)


def test_faults_that_cannot_be_read(sites):
    site = start(sites)
    site.world.management_link("alpha", "beta", up=False)
    for fault in site.world.call("alpha", "ListClusterFaults")["faults"]:
        make_odd(site, "alpha", "ListClusterFaults", fault["clusterFaultID"], "code", 5)
    report = site.run("pair_info", gather=GATHER)
    assert "ListClusterFaults: code is not a text" in problems(report)[0]["message"]
    assert {fault["cluster"] for fault in report["faults"]} == {"beta"}
