# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""element_pair_info on what hosts log in to on each side, over HTTPS."""

from __future__ import annotations

import json

import pytest

NAMES = ("orders-db", "wiki")
PORT = "21:00:00:0e:1e:c4:0a:01"
HOST = "iqn.1998-01.com.example:shop-1"


def clusters(groups=(), sessions=(), **others):
    """Alpha has the sources, beta the targets, these groups and sessions."""
    accounts = [{"name": "shop", "id": 3}]
    alpha = {"name": "alpha", "accounts": accounts, "volumes": [{"name": name, "account": "shop"} for name in NAMES]}
    beta = {
        **{"name": "beta", "svip": "203.0.113.20", "unique_id": "m8qz", "accounts": accounts},
        **{"access_groups": list(groups), "sessions": list(sessions)},
        "volumes": [{"name": name, "account": "shop", "id": number} for number, name in enumerate(NAMES, 77)],
        **others,
    }
    return [alpha, beta]


@pytest.fixture(name="pair_info")
def _pair_info(sites):
    def start(*args, **kwargs):
        site = sites(
            clusters(*args, **kwargs),
            cluster_pairs=[{"between": ["alpha", "beta"]}],
            volume_pairs=[{"source": f"alpha/{name}", "target": f"beta/{name}"} for name in NAMES],
        )
        return site, site.check_then_run("pair_info", gather=["host_access"])

    return start


def hosts(result, name, side="peer"):
    return next(each[side] for each in result["host_access"] if each[side]["name"] == name)


def test_what_hosts_log_in_to(pair_info):
    groups = [
        {"name": "iscsi", "volumes": ["orders-db"], "initiators": [HOST.upper().replace("IQN", "iqn")]},
        {"name": "fabric", "volumes": ["wiki", "orders-db"], "initiators": [PORT, HOST + "-2"]},
        {"name": "other", "initiators": [PORT.replace("01", "02")]},
    ]
    site, result = pair_info(groups)
    assert len(result["host_access"]) == 2
    of_orders = hosts(result, "orders-db")
    assert (of_orders["volume_id"], of_orders["account"]) == (77, "shop")
    assert (of_orders["iqn"], of_orders["portal"]) == (
        "iqn.2010-01.com.solidfire:m8qz.orders-db.77",
        "203.0.113.20:3260",
    )
    assert sorted(of_orders["qos"]) == ["burst_iops", "max_iops", "min_iops"]
    shown = [(each["name"], each["initiators"], each["fibre_channel_lun"]) for each in of_orders["access_groups"]]
    assert shown == [("iscsi", 1, None), ("fabric", 2, 1)]
    assert [each["fibre_channel_lun"] for each in hosts(result, "wiki")["access_groups"]] == [0]
    assert hosts(result, "orders-db", "local")["access_groups"] == []
    assert result["problems"] == []
    assert site.world.writes() == []


@pytest.mark.parametrize("number", [1, 20])
def test_reads_do_not_grow_with_the_pairs(sites, number):
    names = [f"v{n}" for n in range(number)]
    groups = [{"name": "fabric", "volumes": names, "initiators": [PORT]}]
    volumes = [{"name": name} for name in names]
    site = sites(
        [{"name": "alpha", "volumes": volumes}, {"name": "beta", "volumes": volumes, "access_groups": groups}],
        cluster_pairs=[{"between": ["alpha", "beta"]}],
        volume_pairs=[{"source": f"alpha/{name}", "target": f"beta/{name}"} for name in names],
    )
    before = site.run("pair_info", gather=["volume_pairs"])
    assert len(before["volume_pairs"]) == number
    calls = {name: len(site.world.calls_of(name)) for name in ("alpha", "beta")}
    site.run("pair_info", gather=["volume_pairs", "host_access"])
    more = {name: len(site.world.calls_of(name)) - 2 * calls[name] for name in calls}
    assert more == {"alpha": 2, "beta": 3}


NO_ACCESS = "volume wiki (78) on cluster beta is in no access group with an initiator, and no host is logged in to a"


@pytest.mark.parametrize(
    ("groups", "sessions", "concerned"),
    [
        ([], [], ["orders-db", "wiki"]),
        ([{"name": "a", "volumes": ["orders-db"], "initiators": [HOST]}], [], ["wiki"]),
        ([{"name": "a", "volumes": list(NAMES), "initiators": []}], [], ["orders-db", "wiki"]),
        ([], [{"volume": "spare", "initiator": HOST}], []),
        ([], [{"volume": "foreign", "initiator": HOST}], ["orders-db", "wiki"]),
    ],
)
def test_a_target_that_no_host_could_use_is_a_warning(pair_info, groups, sessions, concerned):
    more = [
        *({"name": name, "account": "shop", "id": number} for number, name in enumerate(NAMES, 77)),
        {"name": "spare", "account": "shop"},
        {"name": "foreign", "account": "lab"},
    ]
    accounts = [{"name": "shop", "id": 3}, {"name": "lab", "id": 5}]
    _site, result = pair_info(groups, sessions, volumes=more, accounts=accounts)
    found = result["problems"]
    assert sorted(each["volume"] for each in found) == concerned
    assert {(each["code"], each["severity"], each["cluster"], each["account"]) for each in found} <= {
        ("no_host_access", "warning", "beta", "shop")
    }
    assert result["healthy"]
    if "wiki" in concerned:
        assert next(each["message"] for each in found if each["volume"] == "wiki").startswith(NO_ACCESS)


def test_no_chap_secret_is_part_of_it(pair_info):
    site, result = pair_info([{"name": "a", "volumes": list(NAMES), "initiators": [HOST]}])
    text = json.dumps(result)
    assert [secret for secret in site.world.secrets if secret in text] == []


def test_a_list_that_is_refused_is_an_error(sites):
    site = sites(
        clusters(),
        cluster_pairs=[{"between": ["alpha", "beta"]}],
        volume_pairs=[{"source": "alpha/wiki", "target": "beta/wiki"}],
    )
    site.world.faults.add("beta", "ListVolumeAccessGroups", fault="xPermissionDenied", times=None)
    refused = site.run("pair_info", gather=["host_access"])
    assert (refused["error"]["code"], refused["error"]["method"]) == ("permission", "ListVolumeAccessGroups")


def test_a_group_that_lists_its_initiators_by_id_alone_has_them(pair_info):
    site, _result = pair_info([{"name": "a", "volumes": list(NAMES), "initiators": [HOST]}])
    listed = site.world.call("beta", "ListVolumeAccessGroups", {})
    for group in listed["volumeAccessGroups"]:
        group["initiators"] = []
    site.world.faults.add(
        "beta", "ListVolumeAccessGroups", fault="reply", message=json.dumps({"result": listed}), times=None
    )
    result = site.run("pair_info", gather=["host_access"])
    assert (result["problems"], hosts(result, "wiki")["access_groups"][0]["initiators"]) == ([], 1)
