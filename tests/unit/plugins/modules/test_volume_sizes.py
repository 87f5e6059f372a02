# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`size` and `match_size`: both volumes grow, the target first, and nothing is ever made smaller."""

from __future__ import annotations

import pytest

GIB = 1024**3
LINK = [{"between": ["alpha", "beta"]}]
# Counters show a write at once: these tests are about when the evidence is read, not about how old it is.
LIVE = {"statistics": "live"}
PAIR = ({"source": "alpha/orders-db", "target": "beta/orders-db"},)
TOWARDS_US = [{"source": "beta/orders-db", "target": "alpha/orders-db"}]
HERE, THERE = "alpha ModifyVolume", "beta ModifyVolume"


def start(sites, here="10GiB", there="10GiB", pairs=PAIR, **more):
    volumes = ({"name": "orders-db", "size": size} for size in (here, there))
    clusters = [{"name": name, "volumes": [volume]} for name, volume in zip(("alpha", "beta"), volumes)]
    return sites(clusters, cluster_pairs=LINK, volume_pairs=list(pairs), **more)


def sizes(site):
    truth = site.world.truth()["clusters"]
    return [truth[name]["volumes"][0]["size"] // GIB for name in ("alpha", "beta")]


@pytest.mark.parametrize(
    ("world", "options", "writes", "after"),
    [
        ({}, {"size": "20GiB"}, [THERE, HERE], [20, 20]),
        ({"pairs": TOWARDS_US}, {"size": "20GiB"}, [HERE, THERE], [20, 20]),
        ({}, {"size": "5GiB"}, [], [10, 10]),
        ({}, {"size": "10GiB"}, [], [10, 10]),
        ({"there": "30GiB"}, {"size": "20GiB"}, [HERE], [20, 30]),
        # What an interruption between the two leaves: the target has grown already.
        ({"there": "20GiB"}, {"size": "20GiB"}, [HERE], [20, 20]),
        ({"there": "20GiB"}, {"match_size": True}, [HERE], [20, 20]),
        # What a storage driver leaves that grew the source alone.
        ({"here": "20GiB"}, {"match_size": True}, [THERE], [20, 20]),
        ({"here": "20GiB"}, {"match_size": False}, [], [20, 10]),
        ({"here": "20GiB"}, {"match_size": True, "size": "40GiB"}, [THERE, HERE], [40, 40]),
    ],
)
def test_an_existing_pair_grows(sites, world, options, writes, after):
    site = start(sites, **world)
    result = site.check_then_run("volume_pair", volume="orders-db", **options)
    assert not result.get("failed"), result["msg"]
    assert (site.writes(), sizes(site), result["changed"]) == (writes, after, bool(writes))
    site.world.clear_calls()
    again = site.run("volume_pair", volume="orders-db", **options)
    assert (again["changed"], site.writes()) == (False, [])


@pytest.mark.parametrize("switches", [{}, {"larger_target": "mismatch"}, {"grown_target": "resumes"}])
def test_a_pair_whose_sizes_differ_heals(sites, switches):
    site = start(sites, here="20GiB", switches=switches, timings={})
    (found,) = site.run("pair_info")["volume_pairs"]
    assert (found["local"]["replication_state"], found["health"]) == ("PausedVolumeSizeMismatch", "broken")
    result = site.run("volume_pair", volume="orders-db", match_size=True, wait_for="in_sync")
    assert not result.get("failed"), result["msg"]
    assert (result["pairs"][0]["in_sync"], sizes(site)) == (True, [20, 20])


@pytest.mark.parametrize(
    ("here", "there", "options", "writes", "after"),
    [
        ("20GiB", "10GiB", {"match_size": True}, [THERE, THERE], [20, 20]),
        ("10GiB", "20GiB", {"match_size": True}, [HERE, THERE], [20, 20]),
        ("10GiB", "10GiB", {"size": "20GiB"}, [THERE, HERE, THERE], [20, 20]),
        ("20GiB", "10GiB", {"size": "30GiB"}, [THERE, HERE, THERE], [30, 30]),
    ],
)
def test_a_new_pair_grows_before_it_is_made(sites, here, there, options, writes, after):
    site = start(sites, here, there, pairs=[])
    result = site.check_then_run("volume_pair", volume="orders-db", **options)
    assert not result.get("failed"), result["msg"]
    assert site.writes() == [*writes, "alpha StartVolumePairing", "beta CompleteVolumePairing"]
    assert sizes(site) == after


def test_a_new_pair_with_a_smaller_target_is_refused_with_the_remedy(sites):
    site = start(sites, here="20GiB", pairs=[])
    result = site.check_then_run("volume_pair", volume="orders-db", size="15GiB")
    assert (result["error"]["code"], result["error"]["cluster"], site.writes()) == ("size_mismatch", "beta", [])
    assert "match_size: true" in result["msg"]


def test_more_than_a_cluster_allows(sites):
    site = start(sites)
    result = site.check_then_run("volume_pair", volume="orders-db", size="17TiB")
    assert (result["error"]["code"], site.writes()) == ("limit_reached", [])


@pytest.mark.parametrize("size", ["20G", "much", "-1GiB", "0"])
def test_what_is_no_size_is_said_before_any_request(sites, size):
    site = start(sites)
    result = site.run("volume_pair", pairs=[{"volume": "orders-db"}, {"volume": "orders-log", "size": size}])
    assert result["failed"]
    assert result["msg"].startswith(f"pairs[1] (orders-log): size: '{size}' is no size; give a number with")
    assert site.world.calls == []


@pytest.mark.parametrize("size", ["100", "1.5", " 100 ", "999999999"])
def test_a_number_without_a_unit_that_no_volume_can_have_is_refused(sites, size):
    """It is meant in GB, as in netapp.elementsw; taken as bytes, the task would grow nothing and report success."""
    site = start(sites)
    result = site.run("volume_pair", volume="orders-db", size=size)
    assert result["failed"]
    given = size.strip()
    assert result["msg"] == f"size: '{given}' would be bytes, which is less than 1 GB; give a unit, such as 20GiB"
    assert site.world.calls == []


def test_a_number_of_bytes_that_a_volume_can_have_is_accepted(sites):
    site = start(sites)
    assert not site.run("volume_pair", volume="orders-db", size="1000000000").get("failed")


@pytest.mark.parametrize("direction", ["split", "none"])
def test_nothing_grows_while_there_is_no_direction(sites, direction):
    access = "readWrite" if direction == "split" else "replicationTarget"
    clusters = [
        {"name": name, "volumes": [{"name": "orders-db", "size": "10GiB", "access": access}]}
        for name in ("alpha", "beta")
    ]
    site = sites(clusters, cluster_pairs=LINK, volume_pairs=[{"between": ["alpha/orders-db", "beta/orders-db"]}])
    result = site.run("volume_pair", volume="orders-db", size="20GiB", wait=False)
    assert (result.get("failed", False), result["pairs"][0]["direction"], site.writes()) == (False, direction, [])


# --- when something goes wrong ----------------------------------------------------------------------------------------


def test_what_was_grown_when_the_source_cannot_be(sites):
    site = start(sites)
    site.world.faults.add("alpha", "ModifyVolume", fault="xInvalidParameter")
    result = site.run("volume_pair", volume="orders-db", size="20GiB")
    assert (result["failed"], result["changed"], sizes(site)) == (True, True, [10, 20])
    (left,) = result["error"]["left_behind"]
    assert "volume orders-db" in left
    assert "cannot be made smaller" in left
    again = site.run("volume_pair", volume="orders-db", size="20GiB")
    assert (again.get("failed", False), sizes(site)) == (False, [20, 20])


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "xDBOperationTimeout", "http_502"])
def test_growth_is_repeated_when_the_reply_is_lost(sites, fault):
    site = start(sites)
    site.world.faults.add("beta", "ModifyVolume", fault=fault)
    result = site.run("volume_pair", volume="orders-db", size="20GiB")
    assert (result.get("failed", False), sizes(site)) == (False, [20, 20])


def test_another_client_grew_it_further_meanwhile(sites):
    site = start(sites)
    (volume,) = site.world.truth()["clusters"]["beta"]["volumes"]
    act = {"cluster": "beta", "method": "ModifyVolume", "params": {"volumeID": volume["id"], "totalSize": 30 * GIB}}
    site.world.faults.add("beta", "ModifyVolume", fault="meanwhile", call=act)
    result = site.run("volume_pair", volume="orders-db", size="20GiB")
    assert (result.get("failed", False), sizes(site)) == (False, [20, 30])


def test_a_target_that_comes_into_use_while_it_grows(sites):
    """Growing takes time: the recheck before the target loses its content comes after it."""
    site = start(sites, pairs=[], switches=LIVE)
    (volume,) = site.world.truth()["clusters"]["beta"]["volumes"]
    act = {"cluster": "beta", "method": "write", "params": {"volume_id": volume["id"], "mark": "by-a-host"}}
    site.world.faults.add("alpha", "ModifyVolume", fault="meanwhile", call=act)
    result = site.run("volume_pair", volume="orders-db", size="20GiB")
    assert result["error"]["code"] == "changed_meanwhile"
    assert site.writes() == [THERE, HERE]
    assert site.world.truth()["clusters"]["beta"]["volumes"][0]["marks"] == ["by-a-host"]
    assert len(result["error"]["left_behind"]) == 2


# --- many -------------------------------------------------------------------------------------------------------------


def test_equal_sizes_are_set_together_and_one_bad_volume_fails_alone(sites):
    volumes = [{"name": "vol-{n}", "count": 5, "size": "10GiB"}]
    pairs = [{"source": "alpha/vol-{n}", "target": "beta/vol-{n}", "count": 5}]
    site = sites(
        [{"name": name, "volumes": volumes} for name in ("alpha", "beta")], cluster_pairs=LINK, volume_pairs=pairs
    )
    items = [{"volume": f"vol-{n}"} for n in range(1, 6)]
    result = site.check_then_run("volume_pair", pairs=items, size="20GiB")
    assert site.writes() == ["beta ModifyVolumes", "alpha ModifyVolumes"]
    assert result["actions"][0]["object"].endswith("and 2 more (5 in all)")
    site.world.clear_calls()
    site.world.faults.add("beta", "ModifyVolumes", fault="xInvalidParameter")
    site.world.faults.add("beta", "ModifyVolume", 3, fault="xInvalidParameter")
    result = site.run("volume_pair", pairs=items, size="30GiB")
    assert [pair["failed"] for pair in result["pairs"]].count(True) == 1
    grown = [v["size"] // GIB for v in site.world.truth()["clusters"]["alpha"]["volumes"]]
    assert sorted(grown) == [20, 30, 30, 30, 30]


@pytest.mark.parametrize(
    "act",
    [
        {"method": "write", "params": {"volume_id": 102, "mark": "by-a-host"}},
        {"method": "log_in", "params": {"volume_id": 102}},
    ],
    ids=["write", "log_in"],
)
def test_a_target_that_comes_into_use_while_another_one_grows(sites, act):
    sizes_here, sizes_there = (["20GiB", "10GiB"], ["10GiB", "10GiB"])
    clusters = [
        {"name": name, "volumes": [{"name": f"vol-{n}", "size": size} for n, size in enumerate(given, 1)]}
        for name, given in (("alpha", sizes_here), ("beta", sizes_there))
    ]
    site = sites(clusters, cluster_pairs=LINK, switches=LIVE)
    site.world.faults.add("beta", "ModifyVolume", fault="meanwhile", call={"cluster": "beta", **act})
    result = site.run("volume_pair", pairs=[{"volume": "vol-1"}, {"volume": "vol-2"}], match_size=True)
    assert [pair["error"] and pair["error"]["code"] for pair in result["pairs"]] == [None, "changed_meanwhile"]
    assert site.world.truth()["clusters"]["beta"]["volumes"][1]["access"] == "readWrite"


def test_growth_that_was_begun_is_brought_to_its_end(sites):
    volumes = [{"name": "vol-{n}", "count": 2, "size": "10GiB"}]
    pairs = [{"source": "alpha/vol-{n}", "target": "beta/vol-{n}", "count": 2}]
    site = sites(
        [{"name": name, "volumes": volumes} for name in ("alpha", "beta")], cluster_pairs=LINK, volume_pairs=pairs
    )
    items = [{"volume": "vol-1", "size": "20GiB"}, {"volume": "vol-2", "size": "30GiB"}]
    site.world.faults.add("beta", "ModifyVolume", 2, fault="xInvalidParameter")
    result = site.run("volume_pair", pairs=items, fail_fast=True, concurrency=1)
    assert [pair["failed"] for pair in result["pairs"]] == [False, True]
    truth = site.world.truth()["clusters"]
    assert [[v["size"] // GIB for v in truth[name]["volumes"]] for name in ("alpha", "beta")] == [[20, 10], [20, 10]]
