# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`release_target`: the former target becomes usable, after every entry of the pair is gone."""

from __future__ import annotations

import pytest

RT = "replicationTarget"
LINK = [{"between": ["alpha", "beta"]}]
HERE, THERE = "alpha/orders-db", "beta/orders-dr"
PAIR = {"volume": "orders-db", "peer_volume": "orders-dr", "state": "absent", "release_target": True}
OFF_HERE, OFF_THERE = "alpha RemoveVolumePair", "beta RemoveVolumePair"


def start(sites, here="readWrite", there=RT, pairs=(), **more):
    clusters = [
        {"name": "alpha", "volumes": [{"name": "orders-db", "access": here}]},
        {"name": "beta", "volumes": [{"name": "orders-dr", "access": there}, {"name": "other", "access": RT}]},
    ]
    return sites(clusters, cluster_pairs=LINK, volume_pairs=list(pairs), **more)


def accesses(site):
    truth = site.world.truth()["clusters"]
    return [truth[name]["volumes"][0]["access"] for name in ("alpha", "beta")]


@pytest.mark.parametrize("unpaired", ["stored", "shown_locked", "locked"])
@pytest.mark.parametrize(
    ("world", "writes"),
    [
        ({"pairs": [{"source": HERE, "target": THERE}]}, [OFF_HERE, OFF_THERE, "beta ModifyVolume"]),
        ({"pairs": [{"source": THERE, "target": HERE}]}, [OFF_THERE, OFF_HERE, "alpha ModifyVolume"]),
        ({"pairs": [{"at": THERE, "to": HERE}]}, [OFF_THERE, "beta ModifyVolume"]),
    ],
)
def test_after_the_pair_is_gone(sites, world, writes, unpaired):
    site = start(sites, **world, switches={"unpaired_target": unpaired})
    result = site.check_then_run("volume_pair", **PAIR)
    assert not result.get("failed"), result["msg"]
    assert (site.writes(), accesses(site)) == (writes, ["readWrite", "readWrite"])
    assert "readWrite on beta" in result["diff"]["after"]
    assert "readWrite on beta" not in result["diff"]["before"]
    site.world.clear_calls()
    again = site.run("volume_pair", **PAIR)
    assert (again["changed"], site.writes()) == (False, [])


@pytest.mark.parametrize(
    ("world", "writes", "after"),
    [
        ({}, ["beta ModifyVolume"], ["readWrite", "readWrite"]),
        ({"here": RT, "there": "readWrite"}, ["alpha ModifyVolume"], ["readWrite", "readWrite"]),
        ({"there": "readWrite"}, [], ["readWrite", "readWrite"]),
        ({"there": "locked"}, [], ["readWrite", "locked"]),
        ({"there": "readOnly"}, [], ["readWrite", "readOnly"]),
        ({"pairs": [{"at": HERE, "to": THERE}]}, [OFF_HERE, "beta ModifyVolume"], ["readWrite", "readWrite"]),
        ({"pairs": [{"at": HERE, "pending": True}]}, [OFF_HERE, "beta ModifyVolume"], ["readWrite", "readWrite"]),
    ],
)
def test_without_a_whole_pair(sites, world, writes, after):
    site = start(sites, **world)
    result = site.check_then_run("volume_pair", **PAIR)
    assert not result.get("failed"), result["msg"]
    assert (site.writes(), accesses(site)) == (writes, after)


@pytest.mark.parametrize("pairs", [[], [{"between": [HERE, THERE]}]])
def test_two_targets_are_not_guessed_between(sites, pairs):
    site = start(sites, here=RT, pairs=pairs)
    result = site.check_then_run("volume_pair", **PAIR)
    assert (result["error"]["code"], site.writes()) == ("access_conflict", [])


def test_nothing_is_released_while_the_other_volume_is_missing(sites):
    site = start(sites)
    result = site.check_then_run("volume_pair", **{**PAIR, "volume": "gone"})
    assert (result.get("failed", False), result["changed"], accesses(site)[1]) == (False, False, RT)


def test_not_without_the_option_and_not_with_present(sites):
    site = start(sites, pairs=[{"source": HERE, "target": THERE}])
    assert site.run("volume_pair", **{**PAIR, "state": "present"})["changed"] is False
    site.run("volume_pair", **{**PAIR, "release_target": False})
    assert accesses(site) == ["readWrite", RT]


def test_a_pair_with_another_volume_keeps_its_target(sites):
    site = start(sites, pairs=[{"source": HERE, "target": "beta/other"}])
    result = site.check_then_run("volume_pair", **PAIR)
    assert (result["error"]["code"], site.writes(), accesses(site)) == ("paired_elsewhere", [], ["readWrite", RT])


# --- when something goes wrong ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("at", "kept"), [("alpha", 0), ("beta", 1)])
def test_nothing_is_released_before_both_entries_are_gone(sites, at, kept):
    site = start(sites, pairs=[{"source": HERE, "target": THERE}])
    site.world.faults.add(at, "RemoveVolumePair", fault="xInvalidParameter")
    result = site.run("volume_pair", **PAIR)
    assert (result["failed"], accesses(site), len(site.writes())) == (True, ["readWrite", RT], kept)
    again = site.run("volume_pair", **PAIR)
    assert (again.get("failed", False), accesses(site)) == (False, ["readWrite", "readWrite"])


def test_a_release_that_is_refused_is_finished_by_the_next_run(sites):
    site = start(sites, pairs=[{"source": HERE, "target": THERE}])
    site.world.faults.add("beta", "ModifyVolume", fault="xInvalidParameter")
    result = site.run("volume_pair", **PAIR)
    assert (result["failed"], result["changed"], accesses(site)) == (True, True, ["readWrite", RT])
    assert "readWrite was requested, its access is replicationTarget" in result["error"]["left_behind"][0]
    again = site.run("volume_pair", **PAIR)
    assert (again.get("failed", False), accesses(site)) == (False, ["readWrite", "readWrite"])


def test_a_target_that_another_client_pairs_meanwhile_is_not_released(sites):
    site = start(sites, pairs=[{"source": HERE, "target": THERE}])
    (volume, *_others) = site.world.truth()["clusters"]["beta"]["volumes"]
    act = {"cluster": "beta", "method": "StartVolumePairing", "params": {"volumeID": volume["id"]}}
    site.world.faults.add("beta", "ListVolumes", 3, fault="meanwhile", call=act)
    result = site.run("volume_pair", **PAIR)
    assert (result["error"]["code"], accesses(site)) == ("changed_meanwhile", ["readWrite", RT])


def test_many(sites):
    volumes = [{"name": "vol-{n}", "count": 6}]
    pairs = [{"source": "alpha/vol-{n}", "target": "beta/vol-{n}", "count": 6}]
    site = sites(
        [{"name": name, "volumes": volumes} for name in ("alpha", "beta")], cluster_pairs=LINK, volume_pairs=pairs
    )
    items = [{"volume": f"vol-{n}"} for n in range(1, 7)]
    result = site.check_then_run("volume_pair", pairs=items, state="absent", release_target=True)
    assert not result.get("failed"), result["msg"]
    assert site.writes().count("beta ModifyVolumes") == 1
    assert {v["access"] for v in site.world.truth()["clusters"]["beta"]["volumes"]} == {"readWrite"}
