# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""element_volume_pair against two clusters over HTTPS, each cell of its table in check mode, for real, and once more."""

from __future__ import annotations

import pytest

RT = "replicationTarget"
DR = {"name": "orders-dr", "id": 77}
ORDERS = {"name": "orders-db", "id": 41, "marks": ["order 1"]}
# 41 exists on both sides and means two different volumes, as small integers do.
OTHERS_HERE = [{"name": "spare", "id": 42}, {"name": "third-party", "id": 50}]
OTHERS_THERE = [{"name": "not-orders", "id": 41}, {"name": "spare", "id": 78}, {"name": "third-party", "id": 50}]
PAIR = {"volume": "orders-db", "peer_volume": "orders-dr"}


def clusters(here, there):
    return [
        {"name": "alpha", "mvip": "192.0.2.10", "volumes": [v for v in (here, *OTHERS_HERE) if v]},
        {"name": "beta", "mvip": "198.51.100.20", "volumes": [v for v in (there, *OTHERS_THERE) if v]},
        {"name": "gamma", "volumes": [{"name": "archive-a"}, {"name": "archive-b"}, {"name": "reports"}]},
    ]


LINKS = [{"between": ["alpha", "beta"]}, {"between": ["alpha", "gamma"]}, {"between": ["beta", "gamma"]}]
OTHERS = [
    {"source": "alpha/third-party", "target": "gamma/archive-a"},
    {"source": "gamma/archive-b", "target": "beta/third-party"},
    {"at": "alpha/spare", "pending": True},
]
HERE, THERE = "alpha/orders-db", "beta/orders-dr"
HALF_HERE = {"at": HERE, "to": THERE}
HALF_THERE = {"at": THERE, "to": HERE}
READY = {**DR, "access": RT}

# name: (volume here, volume there, pairs)
WORLDS = {
    "unpaired": (ORDERS, DR, []),
    "target ready": (ORDERS, READY, []),
    "paired": (ORDERS, DR, [{"source": HERE, "target": THERE}]),
    "towards us": (ORDERS, DR, [{"source": THERE, "target": HERE}]),
    "stopped": (ORDERS, READY, [{"source": HERE, "target": THERE, "stopped": ["alpha"]}]),
    "no role": (ORDERS, {**DR, "access": "locked"}, [{"between": [HERE, THERE]}]),
    "pending here": (ORDERS, READY, [{"at": HERE, "pending": True}]),
    "pending there": (ORDERS, READY, [{"at": THERE, "pending": True}]),
    "half here": (ORDERS, READY, [HALF_HERE]),
    "half there": (ORDERS, READY, [HALF_THERE]),
    "crossed": (ORDERS, READY, [HALF_HERE, HALF_THERE]),
    "elsewhere here": (ORDERS, READY, [{"source": HERE, "target": "gamma/reports"}]),
    "elsewhere there": (ORDERS, DR, [{"source": "gamma/reports", "target": THERE}]),
    "another volume": (ORDERS, DR, [{"source": HERE, "target": "beta/not-orders"}]),
    "peer gone": (ORDERS, None, [{"at": HERE, "to": {"cluster": "beta", "volume_id": 99, "name": "orders-dr"}}]),
    "here gone": (None, READY, [{"at": THERE, "to": {"cluster": "alpha", "volume_id": 99, "name": "orders-db"}}]),
    "another gone": (ORDERS, None, [{"at": HERE, "to": {"cluster": "beta", "volume_id": 99, "name": "scratch"}}]),
    "peer missing": (ORDERS, None, []),
}
TARGET = "beta ModifyVolume"
HANDSHAKE = ["alpha StartVolumePairing", "beta CompleteVolumePairing"]
# A target that reads replicationTarget already may hold what no read shows.
SAVE = "beta CreateSnapshot"
OFF_HERE, OFF_THERE = "alpha RemoveVolumePair", "beta RemoveVolumePair"
# A former target is marked as the copy that it is.
MARK_HERE, MARK_THERE = "alpha ModifyVolume", "beta ModifyVolume"
CASES = [
    # found; the writes of present, of present with repair, and of absent, or the error
    ("unpaired", [TARGET, *HANDSHAKE], [TARGET, *HANDSHAKE], []),
    ("target ready", [SAVE, *HANDSHAKE], [SAVE, *HANDSHAKE], []),
    ("paired", [], [], [OFF_HERE, OFF_THERE, MARK_THERE]),
    ("towards us", [], [], [OFF_THERE, OFF_HERE, MARK_HERE]),
    ("stopped", "half_pair", [SAVE, OFF_HERE, OFF_THERE, *HANDSHAKE], [OFF_HERE, OFF_THERE, MARK_THERE]),
    ("no role", "access_conflict", "access_conflict", [OFF_HERE, OFF_THERE]),
    ("pending here", "pending_pair", [SAVE, OFF_HERE, *HANDSHAKE], [OFF_HERE]),
    ("pending there", "pending_pair", [SAVE, OFF_THERE, *HANDSHAKE], [OFF_THERE]),
    ("half here", "half_pair", [SAVE, OFF_HERE, *HANDSHAKE], [OFF_HERE, MARK_THERE]),
    ("half there", "half_pair", [SAVE, OFF_THERE, *HANDSHAKE], [OFF_THERE, MARK_THERE]),
    ("crossed", "half_pair", [SAVE, OFF_HERE, OFF_THERE, *HANDSHAKE], [OFF_HERE, OFF_THERE, MARK_THERE]),
    ("elsewhere here", "paired_elsewhere", "paired_elsewhere", "paired_elsewhere"),
    ("elsewhere there", "paired_elsewhere", "paired_elsewhere", "paired_elsewhere"),
    ("another volume", "paired_elsewhere", "paired_elsewhere", "paired_elsewhere"),
    ("peer gone", "half_pair", "volume_not_found", [OFF_HERE]),
    ("here gone", "half_pair", "volume_not_found", [OFF_THERE, MARK_THERE]),
    ("another gone", "paired_elsewhere", "paired_elsewhere", "paired_elsewhere"),
    ("peer missing", "volume_not_found", "volume_not_found", []),
]
DESIRED = {"present": {}, "repair": {"repair": True}, "absent": {"state": "absent"}}


def start(sites, name, **more):
    here, there, pairs = WORLDS[name]
    return sites(clusters(here, there), cluster_pairs=LINKS, volume_pairs=[*OTHERS, *pairs], **more)


def volumes(site, cluster):
    return {volume["name"]: volume for volume in site.world.truth()["clusters"][cluster]["volumes"]}


def untouched(site):
    """Every volume that no one has asked for."""
    return {
        (cluster, name): volume
        for cluster in ("alpha", "beta", "gamma")
        for name, volume in volumes(site, cluster).items()
        if name not in ("orders-db", "orders-dr")
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
    site = start(sites, name)
    others = untouched(site)
    result = site.check_then_run("volume_pair", **PAIR, **DESIRED[desired])
    assert untouched(site) == others
    if isinstance(expected, str):
        assert (result["failed"], result["error"]["code"], result["changed"]) == (True, expected, False)
        assert (site.writes(), result["actions"]) == ([], [])
        (pair,) = result["pairs"]
        assert (pair["failed"], pair["error"]["code"], pair["changed"]) == (True, expected, False)
        return
    assert not result.get("failed"), result["msg"]
    assert site.writes() == expected
    (pair,) = result["pairs"]
    assert result["changed"] == pair["changed"] == bool(expected)
    if desired == "absent":
        assert (pair["state"], pair["uuid"]) == ("none", None)
    else:
        assert (pair["state"], pair["health"], pair["in_sync"]) == ("paired", "healthy", True)
        assert pair["direction"] == ("from_peer" if name == "towards us" else "to_peer")
    site.world.clear_calls()
    again = site.run("volume_pair", **PAIR, **({} if desired == "repair" else DESIRED[desired]))
    assert (again["changed"], again["actions"], site.writes()) == (False, [], [])


@pytest.mark.parametrize("state", ["Unconfigured", "PausedMisconfigured"])
@pytest.mark.parametrize("members", ["zeros", "missing"])
def test_a_pending_pair_is_recognised_however_it_reads(sites, state, members):
    switches = {"pending_volume_pair_state": state, "pending_volume_pair_members": members}
    site = start(sites, "pending here", switches=switches)
    assert site.run("volume_pair", **PAIR)["error"]["code"] == "pending_pair"
    assert site.check_then_run("volume_pair", **PAIR, repair=True)["pairs"][0]["state"] == "paired"


@pytest.mark.parametrize("reading", ["stored", "shown_locked", "locked"])
@pytest.mark.parametrize("name", ["half here", "half there", "crossed", "pending there", "stopped"])
def test_repair_however_an_unpaired_target_reads(sites, name, reading):
    site = start(sites, name, switches={"unpaired_target": reading})
    result = site.run("volume_pair", **PAIR, repair=True, direction="to_peer")
    assert not result.get("failed"), result["msg"]
    assert volumes(site, "beta")["orders-dr"]["access"] == RT


@pytest.mark.parametrize("reading", ["stored", "shown_locked", "locked"])
def test_a_target_is_one_in_the_end_however_it_reads_while_unpaired(sites, reading):
    site = start(sites, "unpaired", switches={"unpaired_target": reading})
    result = site.run("volume_pair", **PAIR)
    assert not result.get("failed"), result["msg"]
    assert result["pairs"][0]["peer"]["access"] == RT
    assert site.writes() == [TARGET, *HANDSHAKE] + ([TARGET] if reading == "locked" else [])
    assert not site.check_then_run("volume_pair", **PAIR)["changed"]


@pytest.mark.parametrize("reading", ["omitted", "error"])
@pytest.mark.parametrize("removal", ["success", "error"])
def test_absent_is_done_whatever_an_unpaired_volume_answers(sites, reading, removal):
    site = start(sites, "paired", switches={"unknown_volume_ids": reading, "remove_unpaired": removal})
    assert site.check_then_run("volume_pair", **PAIR, state="absent")["pairs"][0]["state"] == "none"


def test_a_deleted_volume_is_named_with_its_purge_time(sites):
    site = start(sites, "paired")
    site.world.call("beta", "DeleteVolume", {"volumeID": 77})
    result = site.check_then_run("volume_pair", **PAIR)
    assert result["error"]["code"] == "volume_deleted"
    assert "purged at 20" in result["msg"]
    site.check_then_run("volume_pair", **PAIR, state="absent")
    assert site.writes() == [OFF_HERE]
    assert site.check_then_run("volume_pair", **PAIR, state="absent")["changed"] is False
    site.world.call("beta", "RestoreDeletedVolume", {"volumeID": 77})
    again = site.check_then_run("volume_pair", **PAIR, state="absent")
    assert (again["changed"], again["pairs"][0]["state"]) == (True, "none")


def test_direction_from_the_peer_makes_this_volume_the_target(sites):
    site = sites(clusters({**ORDERS, "marks": []}, DR), cluster_pairs=LINKS)
    result = site.check_then_run("volume_pair", **PAIR, direction="from_peer", mode="sync")
    assert site.writes() == ["alpha ModifyVolume", "beta StartVolumePairing", "alpha CompleteVolumePairing"]
    assert (result["pairs"][0]["direction"], result["pairs"][0]["mode"]) == ("from_peer", "sync")


def test_the_mode_of_an_existing_pair_is_changed_on_its_source(sites):
    site = start(sites, "towards us")
    result = site.check_then_run("volume_pair", **PAIR, mode="snapshots_only")
    assert site.writes() == ["beta ModifyVolumePair"]
    assert result["pairs"][0]["mode"] == "snapshots_only"
    assert not site.check_then_run("volume_pair", **PAIR, mode="snapshots_only")["changed"]


# --- a future target that is in use -----------------------------------------------------------------------------------

EVIDENCE = {
    "iscsi": {"sessions": [{"volume": "orders-dr", "initiator": "iqn.1994-05.com.example:host1"}]},
    "fibre channel": {
        "access_groups": [{"name": "fabric", "volumes": ["orders-dr"]}],
        "fibre_channel_sessions": [{"access_group": "fabric"}],
    },
    "snapshot": {"snapshots": [{"volume": "orders-dr", "name": "before"}]},
    "data": {},
}


@pytest.mark.parametrize("name", EVIDENCE)
def test_a_target_in_use_is_refused(sites, name):
    world = clusters(ORDERS, {**DR, "marks": ["precious"]} if name == "data" else DR)
    world[1].update(EVIDENCE[name])
    site = sites(world, cluster_pairs=LINKS)
    refused = site.check_then_run("volume_pair", **PAIR)
    assert (refused["error"]["code"], refused["error"]["cluster"], site.writes()) == ("target_in_use", "beta", [])
    allowed = site.check_then_run("volume_pair", **PAIR, allow_overwrite=True)
    if name in ("iscsi", "fibre channel"):
        assert (allowed["error"]["code"], site.writes()) == ("target_in_use", [])
    else:
        assert allowed["pairs"][0]["state"] == "paired"


@pytest.mark.parametrize(
    "method", ["ListISCSISessions", "ListFibreChannelSessions", "ListVolumeStats", "ListSnapshots"]
)
def test_evidence_that_cannot_be_read_counts_as_in_use(sites, method):
    site = start(sites, "unpaired")
    site.world.faults.add("beta", method, fault="xPermissionDenied", times=None)
    result = site.check_then_run("volume_pair", **PAIR)
    assert (result["error"]["code"], site.writes()) == ("target_in_use", [])
    assert "cannot be read" in result["msg"]


def test_a_host_is_not_cut_off_by_a_roll_back(sites):
    """The source was a target without a pair; another client logs in as soon as it is writable."""
    site = sites(
        [
            {"name": "alpha", "volumes": [{**ORDERS, "access": RT}]},
            {"name": "beta", "volumes": [{**DR, "access": RT}]},
        ],
        cluster_pairs=LINKS[:1],
    )
    act = {"cluster": "alpha", "method": "log_in", "params": {"volume_id": 41}}
    site.world.faults.add("alpha", "StartVolumePairing", fault="meanwhile", call=act)
    site.world.faults.add("beta", "CompleteVolumePairing", fault="xInvalidParameter")
    result = site.run("volume_pair", **PAIR, direction="to_peer")
    assert (result["failed"], volumes(site, "alpha")["orders-db"]["access"]) == (True, "readWrite")
    assert "iSCSI sessions of" in result["error"]["left_behind"][0]
    assert volumes(site, "beta")["orders-dr"]["access"] == RT


@pytest.mark.parametrize(
    ("options", "code"),
    [({"peer_account": "lab"}, "volume_not_found"), ({"peer_account": "nonesuch"}, "account_not_found")],
)
@pytest.mark.parametrize("state", ["present", "absent"])
def test_the_owner_of_the_partner_counts_when_it_is_paired_too(sites, options, code, state):
    accounts = [{"name": "shop"}, {"name": "lab"}]
    site = sites(
        [
            {"name": "alpha", "accounts": accounts, "volumes": [{**ORDERS, "account": "shop"}]},
            {"name": "beta", "accounts": accounts, "volumes": [{**DR, "account": "shop"}]},
        ],
        cluster_pairs=LINKS[:1],
        volume_pairs=[{"source": HERE, "target": THERE}],
    )
    result = site.run("volume_pair", volume="orders-db", state=state, **options)
    assert (result["error"]["code"], site.writes()) == (code, [])


# --- a third party acts in the middle ---------------------------------------------------------------------------------


def meanwhile(site, cluster, method, nth, then):
    cluster_then, method_then, params = then
    site.world.faults.add(
        cluster, method, nth, fault="meanwhile", call={"cluster": cluster_then, "method": method_then, "params": params}
    )


def test_a_volume_that_another_client_pairs_before_our_first_write_is_left_alone(sites):
    site = start(sites, "unpaired")
    meanwhile(site, "beta", "ListVolumes", 2, ("beta", "StartVolumePairing", {"volumeID": 77}))
    result = site.run("volume_pair", **PAIR)
    assert (result["error"]["code"], result["changed"], result["actions"]) == ("changed_meanwhile", False, [])
    assert volumes(site, "beta")["orders-dr"]["access"] == "readWrite"


def test_a_source_that_another_client_pairs_before_our_first_write_is_left_alone(sites):
    site = start(sites, "unpaired")
    meanwhile(site, "alpha", "ListVolumes", 2, ("alpha", "StartVolumePairing", {"volumeID": 41}))
    result = site.run("volume_pair", **PAIR)
    assert (result["error"]["code"], result["changed"], result["actions"]) == ("changed_meanwhile", False, [])


def test_a_target_that_comes_into_use_before_our_first_write_is_left_alone(sites):
    site = start(sites, "unpaired")
    snapshot = ("beta", "CreateSnapshot", {"volumeID": 77, "name": "just now"})
    meanwhile(site, "beta", "ListVolumes", 2, snapshot)
    result = site.run("volume_pair", **PAIR)
    assert (result["error"]["code"], result["changed"], result["actions"]) == ("changed_meanwhile", False, [])


def test_a_pair_that_another_client_made_again_is_not_removed(sites):
    site = start(sites, "half here")
    meanwhile(site, "alpha", "ListVolumes", 2, ("alpha", "RemoveVolumePair", {"volumeID": 41}))
    result = site.run("volume_pair", **PAIR, state="absent")
    assert (result["error"]["code"], result["changed"], result["actions"]) == ("changed_meanwhile", False, [])


def test_a_volume_that_another_client_pairs_between_recheck_and_start(sites):
    site = start(sites, "unpaired")
    meanwhile(site, "alpha", "StartVolumePairing", 1, ("alpha", "StartVolumePairing", {"volumeID": 41}))
    result = site.run("volume_pair", **PAIR)
    assert (result["error"]["code"], result["error"]["name"]) == ("changed_meanwhile", "xVolumeAlreadyPaired")
    assert (result["error"]["rolled_back"], result["changed"]) == (True, False)
    assert volumes(site, "beta")["orders-dr"]["access"] == "readWrite"
    assert len(volumes(site, "alpha")["orders-db"]["pairs"]) == 1


# --- a handshake that goes wrong --------------------------------------------------------------------------------------


def is_as_before(site):
    here, there = volumes(site, "alpha")["orders-db"], volumes(site, "beta")["orders-dr"]
    return (here["pairs"], there["pairs"], here["access"], there["access"]) == ([], [], "readWrite", "readWrite")


@pytest.mark.parametrize("fault", ["xPermissionDenied", "xVolumeIDDoesNotExist", "xSomethingNew", "http_401"])
@pytest.mark.parametrize(
    ("cluster", "method"),
    [("beta", "ModifyVolume"), ("alpha", "StartVolumePairing"), ("beta", "CompleteVolumePairing")],
)
def test_a_refusal_is_rolled_back(sites, cluster, method, fault):
    site = start(sites, "unpaired")
    site.world.faults.add(cluster, method, fault=fault)
    result = site.run("volume_pair", **PAIR)
    assert (result["failed"], result["changed"], result["error"]["left_behind"]) == (True, False, None)
    assert result["error"]["rolled_back"] is (None if method == "ModifyVolume" else True)
    assert (result["error"]["cluster"], result["error"]["method"]) == (cluster, method)
    assert is_as_before(site)
    assert not site.run("volume_pair", **PAIR).get("failed")


@pytest.mark.parametrize(
    "fault",
    ["drop_after", "empty", "truncated", "http_502", "xRecvTimeout", "xDBVersionMismatch"],
)
@pytest.mark.parametrize(
    ("cluster", "method"),
    [("beta", "ModifyVolume"), ("alpha", "StartVolumePairing"), ("beta", "CompleteVolumePairing")],
)
def test_a_lost_reply_is_looked_for_and_the_pair_is_made(sites, cluster, method, fault):
    site = start(sites, "unpaired")
    site.world.faults.add(cluster, method, fault=fault, after_applying=True)
    result = site.run("volume_pair", **PAIR)
    assert not result.get("failed"), result["msg"]
    assert (result["changed"], result["pairs"][0]["state"]) == (True, "paired")
    assert len(volumes(site, "alpha")["orders-db"]["pairs"]) == len(volumes(site, "beta")["orders-dr"]["pairs"]) == 1
    assert not site.world.faults.unused()


@pytest.mark.parametrize("fault", ["xInvalidPairingKey", "xDBVersionMismatch", "xMVIPNotPaired", "xNotPrimary"])
def test_a_good_key_that_is_refused_is_tried_again(sites, fault):
    site = start(sites, "unpaired")
    site.world.faults.add("beta", "CompleteVolumePairing", fault=fault)
    result = site.run("volume_pair", **PAIR)
    assert not result.get("failed"), result["msg"]
    starts = site.writes().count("alpha StartVolumePairing")
    assert starts == (1 if fault == "xMVIPNotPaired" else 2)


@pytest.mark.parametrize(("cluster", "method"), [("beta", "ModifyVolume"), ("alpha", "StartVolumePairing")])
def test_a_write_that_never_arrived_is_sent_again(sites, cluster, method):
    site = start(sites, "unpaired")
    site.world.faults.add(cluster, method, fault="drop_before")
    assert site.run("volume_pair", **PAIR)["pairs"][0]["state"] == "paired"


def test_a_complete_that_never_arrived_is_taken_back(sites):
    site = start(sites, "unpaired")
    site.world.faults.add("beta", "CompleteVolumePairing", fault="drop_before")
    result = site.run("volume_pair", **PAIR)
    assert (result["error"]["rolled_back"], result["error"]["left_behind"], result["changed"]) == (True, None, False)
    assert is_as_before(site)


def test_what_cannot_be_taken_back_is_named(sites):
    site = start(sites, "unpaired")
    site.world.faults.add("beta", "CompleteVolumePairing", fault="xPermissionDenied")
    site.world.faults.add("alpha", "RemoveVolumePair", fault="xPermissionDenied", times=None)
    result = site.run("volume_pair", **PAIR)
    assert (result["changed"], result["error"]["rolled_back"]) == (True, False)
    assert any("pair entry of volume orders-db (41) on alpha" in left for left in result["error"]["left_behind"])
    assert site.run("volume_pair", **PAIR)["error"]["code"] == "pending_pair"
    site.world.faults.clear()
    # Its pending entry names no volume and both volumes are writable again: only the user can say which way.
    assert site.run("volume_pair", **PAIR, repair=True)["error"]["code"] == "direction_unknown"
    assert site.run("volume_pair", **PAIR, repair=True, direction="to_peer")["pairs"][0]["state"] == "paired"


def test_two_lost_replies_to_start_leave_nothing(sites):
    site = start(sites, "unpaired")
    site.world.faults.add("alpha", "StartVolumePairing", fault="drop_after", times=2)
    result = site.run("volume_pair", **PAIR)
    assert (result["failed"], result["changed"], result["error"]["rolled_back"]) == (True, False, True)
    assert is_as_before(site)


def test_what_another_client_started_after_a_refused_start_is_not_removed(sites):
    site = start(sites, "unpaired")
    site.world.faults.add("alpha", "StartVolumePairing", fault="xNotPrimary")
    meanwhile(site, "alpha", "StartVolumePairing", 2, ("alpha", "StartVolumePairing", {"volumeID": 41}))
    result = site.run("volume_pair", **PAIR)
    assert (result["error"]["code"], result["changed"]) == ("changed_meanwhile", False)
    assert len(volumes(site, "alpha")["orders-db"]["pairs"]) == 1


def test_the_pair_of_a_namesake_of_another_owner_is_not_torn_apart(sites):
    accounts = [{"name": "shop"}, {"name": "lab"}]
    world = [
        {"name": name, "accounts": accounts, "volumes": [{"name": "orders", "account": "lab"}]}
        for name in ("alpha", "beta")
    ]
    whole = [{"source": "alpha/orders", "target": "beta/orders"}]
    site = sites(world, cluster_pairs=LINKS[:1], volume_pairs=whole)
    before = site.world.truth()
    for desired in ({"account": "shop"}, {"peer_volume": "orders", "peer_account": "shop"}):
        result = site.run("volume_pair", volume="orders", state="absent", **desired)
        assert (result.get("changed"), site.writes()) == (False, [])
        assert site.world.truth() == before


# --- many pairs -------------------------------------------------------------------------------------------------------


def many(sites, count=5, **more):
    volume = {"name": "vol-{n:04}", "count": count, **more}
    return sites(
        [{"name": "alpha", "volumes": [volume]}, {"name": "beta", "volumes": [volume]}], cluster_pairs=LINKS[:1]
    )


def items(count=5):
    return [{"volume": f"vol-{n:04}"} for n in range(1, count + 1)]


def test_an_empty_list_changes_nothing(sites):
    result = many(sites).check_then_run("volume_pair", pairs=[])
    assert (result["changed"], result["pairs"], result["actions"]) == (False, [], [])


def test_results_come_in_the_order_given(sites):
    site = many(sites)
    requested = items()[::-1]
    result = site.check_then_run("volume_pair", pairs=requested)
    assert [pair["volume"] for pair in result["pairs"]] == [item["volume"] for item in requested]
    (modified,) = [action for action in result["actions"] if action["method"] == "ModifyVolumes"]
    assert modified["object"].endswith("and 2 more (5 in all)")


def test_if_one_cannot_be_planned_nothing_is_written_and_each_is_reported(sites):
    site = many(sites)
    result = site.check_then_run("volume_pair", pairs=[*items(2), {"volume": "nonesuch"}, {"volume": "nowhere"}])
    assert (site.writes(), result["changed"], result["error"]["code"]) == ([], False, "volume_not_found")
    assert [pair["failed"] for pair in result["pairs"]] == [False, False, True, True]
    first, *lines = result["msg"].splitlines()
    assert first == "2 of 4 volume pairs failed, nothing was written:"
    assert [line.split(":")[0] for line in lines] == ["volume nonesuch", "volume nowhere"]


def test_items_that_name_a_volume_twice_contradict_each_other(sites):
    site = many(sites)
    result = site.check_then_run(
        "volume_pair",
        pairs=[
            *items(3),
            {"volume_id": 1, "peer_volume": "vol-0005"},
            {"volume": "vol-0004", "peer_volume": "vol-0003"},
        ],
    )
    assert site.writes() == []
    assert [(pair["error"] or {}).get("code") for pair in result["pairs"]] == [
        "duplicate_item",
        None,
        "duplicate_item",
        "duplicate_item",
        "duplicate_item",
    ]


def test_items_take_from_the_task_what_they_do_not_give(sites):
    site = many(sites)
    result = site.check_then_run(
        "volume_pair", pairs=[*items(1), {"volume": "vol-0002", "mode": "async"}], mode="sync", direction="from_peer"
    )
    assert [(pair["mode"], pair["direction"]) for pair in result["pairs"]] == [
        ("sync", "from_peer"),
        ("async", "from_peer"),
    ]


def test_one_that_fails_is_rolled_back_and_the_others_go_on(sites):
    site = many(sites)
    site.world.faults.add("beta", "CompleteVolumePairing", 2, fault="xPermissionDenied")
    result = site.run("volume_pair", pairs=items())
    assert (result["failed"], result["changed"]) == (True, True)
    first, line = result["msg"].splitlines()
    assert first == "1 of 5 volume pairs failed:"
    failed = [pair for pair in result["pairs"] if pair["failed"]]
    (name,) = [pair["volume"] for pair in failed]
    assert line.startswith(f"volume {name} ({int(name[-4:])}): cluster beta refused CompleteVolumePairing")
    assert [(pair["state"], pair["changed"], pair["error"]["rolled_back"]) for pair in failed] == [
        ("none", False, True)
    ]
    assert sum(pair["state"] == "paired" and pair["changed"] for pair in result["pairs"]) == 4
    assert [volume["access"] for volume in volumes(site, "beta").values()].count(RT) == 4
    site.world.clear_calls()
    again = site.run("volume_pair", pairs=items())
    assert (again["changed"], len(again["actions"])) == (True, 3)


def test_fail_fast_begins_no_further_pair_and_undoes_what_a_bulk_call_did(sites):
    site = many(sites)
    site.world.faults.add("beta", "CompleteVolumePairing", 2, fault="xPermissionDenied")
    result = site.run("volume_pair", pairs=items(), fail_fast=True, concurrency=1)
    assert [(pair["error"] or {}).get("code") for pair in result["pairs"]] == [
        None,
        "permission",
        "interrupted",
        "interrupted",
        "interrupted",
    ]
    assert [volume["access"] for volume in volumes(site, "beta").values()] == [RT] + ["readWrite"] * 4
    assert [pair["changed"] for pair in result["pairs"]] == [True, False, False, False, False]


def test_fail_fast_does_not_tear_pairs_apart(sites):
    volume = [{"name": "vol-{n:04}", "count": 5}]
    pairs = [{"source": "alpha/vol-{n:04}", "target": "beta/vol-{n:04}", "count": 5}]
    clusters_of_five = [{"name": name, "volumes": volume} for name in ("alpha", "beta")]
    site = sites(clusters_of_five, cluster_pairs=LINKS[:1], volume_pairs=pairs)
    site.world.faults.add("alpha", "RemoveVolumePair", 3, fault="xPermissionDenied")
    result = site.run("volume_pair", pairs=items(), state="absent", fail_fast=True)
    assert result["failed"]
    for here, there in zip(*(volumes(site, cluster).values() for cluster in ("alpha", "beta"))):
        assert len(here["pairs"]) == len(there["pairs"])


def test_a_refused_bulk_call_is_repeated_singly_so_that_one_alone_fails(sites):
    site = many(sites)
    site.world.faults.add("beta", "ModifyVolumes", fault="xVolumeIDDoesNotExist")
    site.world.faults.add("beta", "ModifyVolume", 3, fault="xVolumeIDDoesNotExist")
    result = site.run("volume_pair", pairs=items())
    assert sorted(pair["state"] for pair in result["pairs"]) == ["none", *["paired"] * 4]
    assert result["error"]["method"] == "ModifyVolume"


def test_a_bulk_call_whose_reply_is_lost_is_looked_for(sites):
    site = many(sites)
    site.world.faults.add("beta", "ModifyVolumes", fault="drop_after")
    result = site.run("volume_pair", pairs=items())
    assert not result.get("failed"), result["msg"]
    assert site.writes().count("beta ModifyVolumes") == 1


def test_a_site_lost_after_the_handshakes_is_an_error_of_its_pairs(sites):
    site = many(sites, count=2)
    site.world.faults.add("beta", "ListVolumes", 3, fault="http_401", times=None)
    result = site.run("volume_pair", pairs=items(2))
    assert (result["error"]["code"], result["changed"]) == ("authentication", True)
    assert [volume["access"] for volume in volumes(site, "beta").values()] == [RT, RT]


# --- waiting ----------------------------------------------------------------------------------------------------------


def test_it_waits_for_paired_and_for_in_sync(sites):
    site = start(sites, "unpaired", timings={"grace_polls": 2, "resuming_rrsync_polls": 2})
    paired = site.run("volume_pair", **PAIR)
    assert paired["pairs"][0]["health"] == "syncing"
    assert site.run("volume_pair", **PAIR, wait_for="in_sync")["pairs"][0]["in_sync"]


def test_a_wait_that_runs_out_keeps_the_pair_and_names_the_states(sites):
    site = start(sites, "unpaired", timings={"resuming_rrsync_polls": "never"})
    result = site.run("volume_pair", **PAIR, wait_for="in_sync", wait_timeout=1)
    assert (result["error"]["code"], result["changed"]) == ("wait_timeout", True)
    assert "ResumingRRSync" in result["msg"]
    assert result["pairs"][0]["state"] == "paired"


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (("alpha", "ModifyVolumePair", {"volumeID": 41, "pausedManual": True}), "not_in_sync"),
        (("beta", "ModifyVolume", {"volumeID": 77, "access": "readWrite"}), "split_brain"),
        (("alpha", "ModifyVolume", {"volumeID": 41, "access": RT}), "no_source"),
        (("beta", "RemoveVolumePair", {"volumeID": 77}), "half_pair"),
    ],
)
def test_a_state_that_does_not_heal_ends_the_wait_at_once(sites, spoil, code):
    site = start(sites, "paired")
    site.world.call(*spoil)
    result = site.run("volume_pair", **PAIR, wait_for="in_sync")
    assert (result["error"]["code"], result["changed"], site.writes()) == (code, False, [])
    if code != "half_pair":
        quiet = site.run("volume_pair", **PAIR, wait=False)
        assert (quiet.get("failed", False), quiet["changed"]) == (False, False)


def test_without_a_connected_cluster_pair_no_handshake_is_begun(sites):
    site = start(sites, "unpaired")
    site.world.management_link("alpha", "beta", up=False)
    result = site.check_then_run("volume_pair", **PAIR)
    assert (result["error"]["code"], site.writes()) == ("not_connected", [])
