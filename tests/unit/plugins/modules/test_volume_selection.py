# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which volume people mean: names of every kind, owners, IDs that come out of templates as text, deleted namesakes."""

from __future__ import annotations

import pytest

LINK = [{"between": ["alpha", "beta"]}]
ODD_NAMES = [
    "41",
    "0123",
    "true",
    "null",
    "ORDERS-db",
    " orders-db ",
    "orders db",
    "órdenes-база-注文",
    "it's 100% {sure}",
    '"quoted"',
    "back\\slash/slash",
    "x" * 64,
    "-rf",
    "a,b",
]


def start(sites, here, there=None, **more):
    accounts = [{"name": "shop"}, {"name": "lab"}]
    return sites(
        [
            {"name": name, "accounts": accounts, "volumes": [{"account": "shop", **each} for each in volumes]}
            for name, volumes in (("alpha", here), ("beta", here if there is None else there))
        ],
        cluster_pairs=LINK,
        **more,
    )


@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_name_is_taken_to_the_letter(sites, name):
    volumes = [{"name": each} for each in ODD_NAMES]
    site = start(sites, volumes)
    result = site.check_then_run("volume_pair", volume=name)
    assert not result.get("failed"), result["msg"]
    (pair,) = result["pairs"]
    assert (pair["volume"], pair["peer_volume"], pair["state"]) == (name, name, "paired")
    paired = [v["name"] for v in site.world.truth()["clusters"]["beta"]["volumes"] if v["pairs"]]
    assert paired == [name]


def test_all_odd_names_in_one_list_and_back_from_the_report(sites):
    site = start(sites, [{"name": each} for each in ODD_NAMES])
    assert not site.run("volume_pair", pairs=[{"volume": name} for name in ODD_NAMES]).get("failed")
    report = site.run("pair_info")
    site.world.clear_calls()
    again = site.run("volume_pair", pairs=report["pairs"])
    assert (again.get("failed", False), again["changed"], len(again["pairs"])) == (False, False, len(ODD_NAMES))


@pytest.mark.parametrize("given", [41, "41", " 41 "])
def test_an_id_may_come_as_text(sites, given):
    site = start(sites, [{"name": "orders-db", "id": 41}], [{"name": "orders-dr", "id": 77}])
    result = site.run("volume_pair", volume_id=given, peer_volume_id="77")
    assert (result.get("failed", False), result["pairs"][0]["volume"]) == (False, "orders-db")


@pytest.mark.parametrize("given", ["41.5", "orders-db", "", "4 1", [41]])
def test_what_is_no_id(sites, given):
    site = start(sites, [{"name": "orders-db", "id": 41}])
    result = site.run("volume_pair", volume_id=given)
    assert result["failed"]
    assert "volume_id" in result["msg"]
    assert site.world.calls == []


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"volume": "orders-DB"}, "did you mean volume orders-db ("),
        ({"volume": "orders-db "}, "did you mean volume orders-db ("),
        ({"volume": "orders-db", "peer_volume": "Orders-dr"}, "did you mean volume orders-dr ("),
        ({"volume": "orders-db"}, "let create_peer_volume create it"),
        ({"volume": "nothing-like-it"}, "create it first"),
        ({"volume_id": 999}, "check the ID"),
    ],
)
def test_a_missing_volume_is_reported_with_what_may_be_meant(sites, options, word):
    site = start(sites, [{"name": "orders-db"}], [{"name": "orders-dr"}])
    result = site.run("volume_pair", **options)
    assert (result["error"]["code"], word in result["msg"]) == ("volume_not_found", True), result["msg"]


def test_candidates_are_listed_with_all_that_tells_them_apart(sites):
    namesakes = [
        {"name": "scratch", "account": "shop", "size": "1GiB", "id": 61},
        {"name": "scratch", "account": "lab", "size": "2GiB", "id": 62},
    ]
    site = start(sites, namesakes)
    result = site.run("volume_pair", volume="scratch")
    assert result["error"]["code"] == "volume_ambiguous"
    for part in (
        "ID 61",
        "account shop",
        "1 GiB",
        "ID 62",
        "account lab",
        "2 GiB",
        "name scratch",
    ):
        assert part in result["msg"]
    both = [{"volume": "scratch", "account": owner, "peer_account": owner} for owner in ("shop", "lab")]
    assert not site.run("volume_pair", pairs=both).get("failed")


def test_a_deleted_namesake_is_not_meant(sites):
    site = start(sites, [{"name": "orders-db", "deleted": True}, {"name": "orders-db"}], [{"name": "orders-db"}])
    result = site.run("volume_pair", volume="orders-db")
    assert (result.get("failed", False), result["pairs"][0]["state"]) == (False, "paired")


@pytest.mark.parametrize("unknown", ["omitted", "error"])
def test_an_id_that_does_not_exist(sites, unknown):
    site = start(sites, [{"name": "orders-db", "id": 41}], switches={"unknown_volume_ids": unknown})
    result = site.run("volume_pair", volume_id=41, peer_volume_id=999)
    assert (result["error"]["code"], site.writes()) == ("volume_not_found", [])
