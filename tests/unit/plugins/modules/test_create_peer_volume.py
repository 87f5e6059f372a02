# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A partner that is missing is created: what it is like, that it is made once, and what becomes of it when pairing fails."""

from __future__ import annotations

import pytest

GIB = 1024**3
MARK = "elementsw-replication-run"
LINK = [{"between": ["alpha", "beta"]}]
POLICIES = [{"name": "databases", "min_iops": 1000, "max_iops": 20000, "burst_iops": 40000}]
ORDERS = {
    "name": "orders-db",
    "account": "shop",
    "size": "20GiB",
    "enable_512e": False,
    "qos": {"min_iops": 200, "max_iops": 3000, "burst_iops": 4000},
    "marks": ["order-1"],
}
# The number that beta gives to the first volume it creates.
CREATED = 101
DESIRED = {"volume": "orders-db", "create_peer_volume": {}}


def start(sites, volumes=(ORDERS,), there=(), accounts=("shop", "lab"), **more):
    return sites(
        [
            {"name": "alpha", "accounts": [{"name": "shop"}, {"name": "lab"}], "volumes": list(volumes)},
            {
                "name": "beta",
                "accounts": [{"name": name} for name in accounts],
                "qos_policies": POLICIES,
                "volumes": list(there),
                **more.pop("beta", {}),
            },
        ],
        cluster_pairs=LINK,
        **more,
    )


def there(site):
    """The volumes of beta that are not deleted, by name."""
    return {v["name"]: v for v in site.world.truth()["clusters"]["beta"]["volumes"] if not v["deleted"]}


CREATION = ["beta CreateVolume", "beta ModifyVolume", "alpha StartVolumePairing", "beta CompleteVolumePairing"]


def test_it_is_like_the_volume_here(sites):
    site = start(sites)
    result = site.check_then_run("volume_pair", **DESIRED, wait_for="in_sync")
    assert not result.get("failed"), result["msg"]
    assert site.writes() == CREATION
    made = there(site)["orders-db"]
    assert (made["account"], made["size"], made["enable_512e"]) == ("shop", 20 * GIB, False)
    assert (made["qos"], made["qos_policy"]) == ([200, 3000, 4000], None)
    assert (made["access"], made["marks"]) == ("replicationTarget", ["order-1"])
    assert len(made["attributes"][MARK]) == 16
    assert [action["object"] for action in result["actions"]][:2] == ["volume orders-db"] * 2
    (pair,) = result["pairs"]
    assert (pair["state"], pair["in_sync"], pair["peer"]["volume_id"]) == ("paired", True, made["id"])


def test_check_mode_knows_what_it_will_be_called(sites):
    site = start(sites)
    for options, name in (({}, "orders-db"), ({"peer_volume": "orders-dr"}, "orders-dr")):
        (pair,) = site.run("volume_pair", check=True, **DESIRED, **options)["pairs"]
        assert (pair["peer_volume"], pair["peer"]["volume_id"], pair["state"]) == (name, None, "none")


def test_it_is_made_once(sites):
    site = start(sites)
    site.run("volume_pair", **DESIRED)
    site.world.clear_calls()
    again = site.check_then_run("volume_pair", **DESIRED)
    assert (again["changed"], site.writes(), len(there(site))) == (False, [], 1)


def test_with_names_account_and_policy_of_the_peer(sites):
    site = start(sites, accounts=("lab",))
    create = {"account": "shop-dr", "create_account": True, "name": "orders-dr", "qos_policy": "databases"}
    result = site.check_then_run("volume_pair", volume="orders-db", create_peer_volume=create)
    assert not result.get("failed"), result["msg"]
    assert site.writes() == ["beta AddAccount", *CREATION]
    assert result["pairs"][0]["peer"]["account"] == "shop-dr"
    made = there(site)["orders-dr"]
    assert (made["account"], made["qos"]) == ("shop-dr", [1000, 20000, 40000])
    assert made["qos_policy"] is not None
    site.world.clear_calls()
    again = site.check_then_run("volume_pair", volume="orders-db", create_peer_volume=create)
    assert (again["changed"], site.writes(), list(there(site))) == (False, [], ["orders-dr"])


@pytest.mark.parametrize(
    ("create", "more", "owner", "name"),
    [
        ({}, {"peer_account": "lab"}, "lab", "orders-db"),
        ({"account": "lab"}, {}, "lab", "orders-db"),
        ({}, {"peer_volume": "orders-dr"}, "shop", "orders-dr"),
        ({"name": "orders-dr"}, {"peer_volume": "orders-dr"}, "shop", "orders-dr"),
    ],
)
def test_where_its_name_and_owner_come_from(sites, create, more, owner, name):
    site = start(sites)
    assert not site.run("volume_pair", volume="orders-db", create_peer_volume=create, **more).get("failed")
    assert [(v["account"], v["name"]) for v in there(site).values()] == [(owner, name)]


def test_one_account_for_many_volumes(sites):
    volumes = [{"name": "vol-{n}", "count": 8, "account": "shop"}]
    site = start(sites, volumes, accounts=("lab",))
    items = [{"volume": f"vol-{n}"} for n in range(1, 9)]
    result = site.check_then_run("volume_pair", pairs=items, create_peer_volume={"create_account": True})
    assert not result.get("failed"), result["msg"]
    writes = site.writes()
    assert [writes.count(f"beta {method}") for method in ("AddAccount", "CreateVolume", "ModifyVolumes")] == [1, 8, 1]
    assert {pair["state"] for pair in result["pairs"]} == {"paired"}
    assert {volume["account"] for volume in there(site).values()} == {"shop"}


def test_an_existing_volume_is_taken_and_none_created(sites):
    site = start(sites, there=[{**ORDERS, "marks": []}])
    site.run("volume_pair", **DESIRED)
    assert "beta CreateVolume" not in site.writes()


def test_a_namesake_of_another_owner_is_left_alone_when_the_owner_is_named(sites):
    site = start(sites, there=[{**ORDERS, "account": "lab", "marks": ["of-the-lab"]}])
    site.run("volume_pair", volume="orders-db", create_peer_volume={"account": "shop"})
    volumes = {v["account"]: v for v in site.world.truth()["clusters"]["beta"]["volumes"]}
    assert (volumes["lab"]["marks"], volumes["lab"]["access"]) == (["of-the-lab"], "readWrite")
    assert volumes["shop"]["access"] == "replicationTarget"


def test_it_grows_with_the_volume_here(sites):
    site = start(sites)
    result = site.check_then_run("volume_pair", **DESIRED, size="30GiB")
    assert not result.get("failed"), result["msg"]
    assert site.writes() == [CREATION[0], "alpha ModifyVolume", *CREATION[1:]]
    assert there(site)["orders-db"]["size"] == 30 * GIB
    assert result["pairs"][0]["local"]["size"] == 30 * GIB


def test_repair_of_a_half_whose_other_volume_is_gone(sites):
    gone = {"at": "alpha/orders-db", "to": {"cluster": "beta", "volume_id": 99, "name": "orders-db"}}
    site = start(sites, volume_pairs=[gone])
    assert site.check_then_run("volume_pair", **DESIRED)["error"]["code"] == "half_pair"
    result = site.check_then_run("volume_pair", **DESIRED, repair=True)
    assert not result.get("failed"), result["msg"]
    assert site.writes() == ["alpha RemoveVolumePair", *CREATION]


def test_a_namesake_of_the_partner_that_is_gone_is_not_doubled(sites):
    gone = {"at": "alpha/orders-db", "to": {"cluster": "beta", "volume_id": 99, "name": "orders-db"}}
    site = start(sites, there=[{**ORDERS, "marks": []}], volume_pairs=[gone])
    result = site.check_then_run("volume_pair", **DESIRED, repair=True)
    assert (result["error"]["code"], site.writes()) == ("volume_ambiguous", [])
    other = {"create_peer_volume": {"name": "orders-dr"}}
    assert not site.run("volume_pair", volume="orders-db", repair=True, **other).get("failed")


def test_a_half_that_was_a_target_is_not_promoted_without_a_word(sites):
    gone = {"at": "alpha/orders-db", "to": {"cluster": "beta", "volume_id": 99, "name": "orders-db"}}
    site = start(sites, [{**ORDERS, "access": "replicationTarget"}], volume_pairs=[gone])
    result = site.check_then_run("volume_pair", **DESIRED, repair=True)
    assert (result["error"]["code"], site.writes()) == ("direction_unknown", [])
    assert not site.run("volume_pair", **DESIRED, repair=True, direction="to_peer").get("failed")


def test_a_partner_of_an_earlier_run_that_was_deleted_is_to_be_restored(sites):
    site = start(sites)
    site.run("volume_pair", **DESIRED)
    site.world.call("beta", "DeleteVolume", {"volumeID": CREATED})
    for repair in (False, True):
        result = site.check_then_run("volume_pair", **DESIRED, peer_volume="orders-db", repair=repair)
        assert (result["error"]["code"], site.writes()) == ("volume_deleted", [])


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "world", "code"),
    [
        ({"create_peer_volume": None}, {}, "volume_not_found"),
        ({"direction": "from_peer"}, {}, "empty_source"),
        ({"create_peer_volume": {"account": "nonesuch"}}, {}, "account_not_found"),
        ({}, {"accounts": ("lab",)}, "account_not_found"),
        ({"create_peer_volume": {"qos_policy": "gold"}}, {}, "qos_policy_not_found"),
        ({"peer_volume_id": 999}, {}, "volume_not_found"),
        ({"size": "20TiB"}, {}, "limit_reached"),
        ({"peer_volume": "x" * 65}, {}, "limit_reached"),
        ({"peer_volume": "orders_dr"}, {}, "limit_reached"),
        ({"create_peer_volume": {"name": "orders.dr"}}, {}, "limit_reached"),
        ({"create_peer_volume": {"name": "bestände"}}, {}, "limit_reached"),
        ({}, {"beta": {"limits": {"volumeSizeMin": 21 * GIB}}}, "limit_reached"),
        ({}, {"beta": {"limits": {"volumeCountMax": 0}}}, "limit_reached"),
        ({}, {"beta": {"limits": {"volumesPerAccountCountMax": 0}}}, "limit_reached"),
        ({}, {"volumes": ({**ORDERS, "access": "readOnly"},)}, "access_conflict"),
        ({}, {"there": ({**ORDERS, "marks": [], "deleted": True},)}, "volume_deleted"),
        ({"volume": "no-such-volume"}, {}, "volume_not_found"),
    ],
)
def test_refused_before_anything_is_written(sites, options, world, code):
    site = start(sites, **world)
    result = site.check_then_run("volume_pair", **{**DESIRED, **options})
    assert (result["failed"], result["error"]["code"], result["changed"]) == (True, code, False)
    assert site.writes() == []


def test_without_a_cluster_pair_nothing_is_created(sites):
    site = sites([{"name": "alpha", "volumes": [{"name": "orders-db"}]}, {"name": "beta"}])
    assert site.check_then_run("volume_pair", **DESIRED)["error"]["code"] == "not_connected"
    assert site.writes() == []


def test_two_items_that_would_create_the_same_volume(sites):
    namesakes = [{"name": "scratch", "account": owner, "size": "1GiB"} for owner in ("shop", "lab")]
    site = start(sites, namesakes)
    items = [{"volume": "scratch", "account": owner} for owner in ("shop", "lab")]
    result = site.check_then_run("volume_pair", pairs=items, create_peer_volume={"account": "shop"})
    assert [pair["error"]["code"] for pair in result["pairs"]] == ["duplicate_item"] * 2
    assert site.writes() == []
    each_its_own = site.check_then_run("volume_pair", pairs=items, create_peer_volume={})
    assert not each_its_own.get("failed"), each_its_own["msg"]


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"create_peer_volume": {"name": "a"}, "peer_volume": "b"}, "peer_volume: 'b' is not create_peer_volume.name"),
        (
            {"create_peer_volume": {"account": "a"}, "peer_account": "b"},
            "peer_account: 'b' is not create_peer_volume.account",
        ),
        (
            {"volume": None, "pairs": [{"volume": "a"}, {"volume": "b"}], "create_peer_volume": {"name": "c"}},
            "create_peer_volume.name: several pairs cannot have the same partner",
        ),
    ],
)
def test_options_that_contradict_each_other(sites, options, complaint):
    site = start(sites)
    result = site.run("volume_pair", **{**DESIRED, **options})
    assert result["failed"]
    assert complaint in result["msg"]
    assert site.world.calls == []


# --- when something goes wrong ----------------------------------------------------------------------------------------


SAID_NO_AND_DID = ["xDBInvalidState", "xDBVersionMismatch", "xNotReadyForIO"]


@pytest.mark.parametrize("fault", ["drop_after", "xDBOperationTimeout", "truncated", *SAID_NO_AND_DID])
def test_a_lost_reply_is_looked_for_and_no_second_volume_made(sites, fault):
    site = start(sites)
    site.world.faults.add("beta", "CreateVolume", fault=fault, after_applying=True)
    result = site.run("volume_pair", **DESIRED)
    assert not result.get("failed"), result["msg"]
    assert len(site.world.truth()["clusters"]["beta"]["volumes"]) == 1
    assert result["pairs"][0]["state"] == "paired"


@pytest.mark.parametrize("fault", SAID_NO_AND_DID)
def test_what_was_created_in_spite_of_a_refusal_is_taken_back(sites, fault):
    site = start(sites)
    site.world.faults.add("beta", "CreateVolume", fault=fault, after_applying=True)
    site.world.faults.add("beta", "CompleteVolumePairing", fault="xInvalidParameter")
    result = site.run("volume_pair", **DESIRED)
    assert (result["failed"], result["error"]["rolled_back"], there(site)) == (True, True, {})


@pytest.mark.parametrize("reply", ['{"result": {}}', '{"result": {"volume": [1]}}'])
@pytest.mark.parametrize("count", [1, 2])
def test_a_reply_without_the_number_is_looked_for(sites, reply, count):
    site = start(sites, [{"name": "vol-{n}", "count": 2, "account": "shop"}])
    site.world.faults.add("beta", "CreateVolume", fault="reply", message=reply, after_applying=True)
    items = [{"volume": f"vol-{n}"} for n in range(1, count + 1)]
    result = site.run("volume_pair", pairs=items, create_peer_volume={})
    assert not result.get("failed"), result["msg"]
    assert len(site.world.truth()["clusters"]["beta"]["volumes"]) == count


@pytest.mark.parametrize("fault", ["xInvalidParameter"])
def test_what_may_have_been_written_to_is_not_deleted(sites, fault):
    """Its statistics cannot be read, so no one can tell."""
    site = start(sites)
    site.world.faults.add("beta", "ListVolumeStats", fault=fault, times=None)
    site.world.faults.add("beta", "CompleteVolumePairing", fault=fault)
    result = site.run("volume_pair", **DESIRED)
    assert (result["failed"], result["changed"], list(there(site))) == (True, True, ["orders-db"])
    assert "its statistics cannot be read" in result["error"]["left_behind"][0]


@pytest.mark.parametrize("change", [{"attributes": {}}, {"attributes": {MARK: "of-another-run"}}])
def test_what_another_client_uses_is_not_deleted(sites, change):
    site = start(sites)
    act = {"cluster": "beta", "method": "ModifyVolume", "params": {"volumeID": CREATED, **change}}
    site.world.faults.add("alpha", "StartVolumePairing", fault="meanwhile", call=act)
    site.world.faults.add("beta", "CompleteVolumePairing", fault="xInvalidParameter")
    result = site.run("volume_pair", **DESIRED)
    assert (result["failed"], list(there(site))) == (True, ["orders-db"])
    assert "changed since" in result["error"]["left_behind"][0]


def test_statistics_that_cannot_be_read_do_not_count_against_a_new_volume(sites):
    site = start(sites)
    site.world.faults.add("beta", "ListVolumeStats", fault="xInvalidParameter", times=None)
    assert not site.run("volume_pair", **DESIRED).get("failed")


def test_a_lost_reply_to_the_account_is_looked_for(sites):
    site = start(sites, accounts=("lab",))
    site.world.faults.add("beta", "AddAccount", fault="drop_after")
    result = site.run("volume_pair", volume="orders-db", create_peer_volume={"create_account": True})
    assert not result.get("failed"), result["msg"]
    assert [name for _number, name in site.world.truth()["clusters"]["beta"]["accounts"]] == ["lab", "shop"]


def test_what_was_created_is_deleted_when_the_pair_cannot_be_made(sites):
    site = start(sites)
    site.world.faults.add("beta", "CompleteVolumePairing", fault="xInvalidParameter")
    result = site.run("volume_pair", **DESIRED)
    assert (result["failed"], result["changed"], result["error"]["rolled_back"]) == (True, False, True)
    assert result["error"]["left_behind"] is None
    # Purged, so that it does not stand in the way of the next run; no host could write to it by then.
    assert site.world.truth()["clusters"]["beta"]["volumes"] == []
    assert site.writes()[-3:] == ["beta ModifyVolume", "beta DeleteVolume", "beta PurgeDeletedVolume"]
    again = site.run("volume_pair", **DESIRED)
    assert not again.get("failed"), again["msg"]
    assert len(there(site)) == 1


def test_an_account_that_was_created_is_kept_and_named(sites):
    site = start(sites, accounts=("lab",))
    site.world.faults.add("beta", "CreateVolume", fault="xSliceServiceSelectionFailed")
    result = site.run("volume_pair", volume="orders-db", create_peer_volume={"create_account": True})
    assert result["failed"]
    assert result["error"]["left_behind"] == ["account shop on cluster beta: it was created by this run and was kept"]
    assert there(site) == {}


@pytest.mark.parametrize(
    "act",
    [
        {"method": "log_in", "params": {"volume_id": CREATED}},
        {"method": "write", "params": {"volume_id": CREATED, "mark": "by-a-host"}},
    ],
    ids=["session", "writes"],
)
def test_what_came_into_use_is_left_and_named(sites, act):
    """A host finds the new volume before it is paired: it is not made a target, nor deleted under its hands."""
    site = start(sites)
    site.world.switches.set({"statistics": "live"})
    site.world.faults.add("beta", "ListVolumes", 3, fault="meanwhile", call={"cluster": "beta", **act})
    result = site.run("volume_pair", **DESIRED)
    assert (result["error"]["code"], site.writes()) == ("changed_meanwhile", ["beta CreateVolume"])
    (left,) = result["error"]["left_behind"]
    assert left.startswith(f"volume orders-db ({CREATED}) on cluster beta: this run created it, but it has")
    assert there(site)["orders-db"]["access"] == "readWrite"


def test_a_volume_of_that_name_that_appears_meanwhile(sites):
    site = start(sites)
    (owner,) = [number for number, name in site.world.truth()["clusters"]["beta"]["accounts"] if name == "shop"]
    params = {"name": "orders-db", "accountID": owner, "totalSize": GIB, "enable512e": True}
    act = {"cluster": "beta", "method": "CreateVolume", "params": params}
    site.world.faults.add("beta", "ListVolumes", 2, fault="meanwhile", call=act)
    result = site.run("volume_pair", **DESIRED)
    assert (result["error"]["code"], site.writes(), len(there(site))) == ("changed_meanwhile", [], 1)


def test_a_creation_that_is_never_answered_is_named(sites):
    site = start(sites)
    site.world.faults.add("beta", "CreateVolume", fault="drop_before")
    result = site.run("volume_pair", **DESIRED)
    assert result["failed"]
    (left,) = result["error"]["left_behind"]
    assert "if it was created: its attribute" in left
    assert [call.method for call in site.world.writes()].count("CreateVolume") <= 1


def test_the_same_options_take_the_pair_apart_again(sites):
    site = start(sites, accounts=("lab",))
    create = {"account": "shop-dr", "create_account": True, "name": "orders-dr"}
    site.run("volume_pair", volume="orders-db", create_peer_volume=create)
    site.world.clear_calls()
    result = site.check_then_run("volume_pair", volume="orders-db", create_peer_volume=create, state="absent")
    removal = ["alpha RemoveVolumePair", "beta RemoveVolumePair", "beta ModifyVolume"]
    assert (result.get("failed", False), site.writes()) == (False, removal)
    nowhere = start(sites, accounts=("lab",))
    gone = nowhere.check_then_run(
        "volume_pair", volume="orders-db", create_peer_volume={"account": "nonesuch"}, state="absent"
    )
    assert (gone.get("failed", False), gone["changed"]) == (False, False)
