# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""element_pair_info against clusters over HTTPS: what it joins, what it calls a problem, and the set it hands on."""

from __future__ import annotations

import pytest

NAMES = ["healthy", "split", "none", "paused", "half", "pending", "elsewhere", "stopped", "dr-only", "plain"]
VOLUMES = [{"name": name} for name in NAMES]
CLUSTERS = [
    {"name": "alpha", "mvip": "192.0.2.10", "volumes": VOLUMES},
    {"name": "beta", "mvip": "198.51.100.20", "volumes": VOLUMES},
    {"name": "gamma", "volumes": [{"name": "archive"}]},
]
LINKS = [{"between": ["alpha", "beta"]}, {"between": ["alpha", "gamma"]}]
HEALTHY = {"source": "alpha/healthy", "target": "beta/healthy", "mode": "Sync"}
PAIRS = [
    HEALTHY,
    {"between": ["alpha/split", "beta/split"]},
    {"source": "alpha/paused", "target": "beta/paused", "paused": ["alpha"]},
    {"at": "alpha/half", "to": "beta/half"},
    {"at": "alpha/pending", "pending": True},
    {"source": "alpha/elsewhere", "target": "gamma/archive"},
    {"source": "alpha/stopped", "target": "beta/stopped", "stopped": ["beta"]},
    {"at": "beta/dr-only", "to": "alpha/dr-only"},
]


def reported(result):
    return {pair["volume"]: pair for pair in result["volume_pairs"]}


def problems(result):
    return {problem["volume"] or problem["cluster"]: problem["code"] for problem in result["problems"]}


def test_a_healthy_set_has_no_problems(sites):
    result = sites(CLUSTERS, cluster_pairs=LINKS, volume_pairs=[HEALTHY]).check_then_run("pair_info")
    assert (result["healthy"], result["problems"], result["changed"], result["actions"]) == (True, [], False, [])
    (pair,) = result["volume_pairs"]
    assert (pair["state"], pair["health"], pair["in_sync"], pair["mode"]) == ("paired", "healthy", True, "sync")
    assert [each["state"] for each in result["cluster_pairs"]] == ["paired"]
    assert result["clusters"]["local"]["version"] == "12.5.0.897"


def test_each_pair_names_the_cluster_that_it_leads_to(sites):
    """Without a peer the pairs with all clusters are listed, and nothing else tells them apart."""
    clusters = [{"name": name, "volumes": [{"name": "one"}, {"name": "two"}]} for name in ("alpha", "beta", "gamma")]
    links = [{"between": ["alpha", other]} for other in ("beta", "gamma")]
    pairs = [{"source": "alpha/one", "target": "beta/one"}, {"source": "gamma/two", "target": "alpha/two"}]
    site = sites(clusters, cluster_pairs=links, volume_pairs=[*pairs])
    result = site.run("pair_info", peer=None)
    assert {pair["volume"]: pair["peer_cluster"] for pair in result["volume_pairs"]} == {"one": "beta", "two": "gamma"}


def test_what_the_commands_are_made_of_is_returned_to_the_action_plugin_alone(sites):
    """With async the result does not come back to the plugin, which takes it out."""
    site = sites(CLUSTERS, cluster_pairs=LINKS, volume_pairs=[HEALTHY])
    assert "_commands" not in site.run("pair_info")
    assert "_commands" in site.run("pair_info", x_commands=True)


def test_every_pair_between_the_two_is_there_and_joined(sites):
    site = sites(CLUSTERS, cluster_pairs=LINKS, volume_pairs=PAIRS)
    result = site.check_then_run("pair_info")
    assert {name: (pair["state"], pair["direction"], pair["health"]) for name, pair in reported(result).items()} == {
        "healthy": ("paired", "to_peer", "healthy"),
        "split": ("paired", "split", "broken"),
        "paused": ("paired", "to_peer", "paused"),
        "half": ("half_local", "split", "dead"),
        "pending": ("pending_local", None, "pending"),
        "stopped": ("paired", "to_peer", "dead"),
        "dr-only": ("half_peer", "split", "dead"),
    }
    assert problems(result) == {
        "split": "split",
        "half": "half_pair",
        "dr-only": "half_pair",
        "stopped": "dead",
        "pending": "pending_pair",
        "paused": "paused",
    }
    assert not result["healthy"]
    severities = [problem["severity"] for problem in result["problems"]]
    assert severities == sorted(severities)  # errors come before warnings
    assert all(problem["remedy"] and problem["message"] for problem in result["problems"])


def test_the_export_given_back_changes_nothing(sites):
    site = sites(CLUSTERS, cluster_pairs=LINKS, volume_pairs=PAIRS)
    exported = site.run("pair_info")["pairs"]
    assert exported[0] == {
        "volume": "healthy",
        "account": "tenant",
        "peer_volume": "healthy",
        "peer_account": "tenant",
        "mode": "sync",
    }
    assert [pair["volume"] for pair in exported] == ["healthy", "paused"]
    again = site.check_then_run("volume_pair", pairs=exported)
    assert (again.get("failed", False), again["changed"]) == (False, False)


def test_the_export_takes_ids_where_names_do_not_tell(sites):
    twice = [{"name": "same"}, {"name": "same"}]
    site = sites(
        [
            {"name": "alpha", "volumes": [{"name": "one"}]},
            {"name": "beta", "volumes": [{"name": "same", "id": 7}, *twice]},
        ],
        cluster_pairs=LINKS[:1],
        volume_pairs=[{"source": "alpha/one", "target": "beta/#7"}],
    )
    (exported,) = site.run("pair_info")["pairs"]
    assert (exported["peer_volume_id"], "peer_volume" in exported) == (7, False)
    assert not site.check_then_run("volume_pair", pairs=[exported])["changed"]


def test_one_side_alone(sites):
    site = sites(CLUSTERS, cluster_pairs=[*LINKS, {"at": "alpha", "pending": True}], volume_pairs=PAIRS)
    result = site.run("pair_info", peer=None)
    assert (result["peer_reachable"], result["clusters"]["peer"]) == (None, None)
    assert [each["state"] for each in result["cluster_pairs"]] == ["unknown_peer", "unknown_peer", "pending_local"]
    assert (reported(result)["elsewhere"]["state"], reported(result)["elsewhere"]["in_sync"]) == ("unknown_peer", None)
    assert reported(result)["elsewhere"]["peer"]["name"] == "archive"
    assert reported(result)["half"]["health"] == "dead"
    assert result["pairs"] == []


def test_an_unreachable_peer_is_a_problem_and_not_an_error(sites):
    site = sites(CLUSTERS, cluster_pairs=LINKS, volume_pairs=[HEALTHY])
    site.world.site_down("beta")
    result = site.run("pair_info")
    assert (result["peer_reachable"], result["healthy"]) == (False, False)
    assert result["problems"][0]["code"] == "peer_unreachable"
    assert reported(result)["healthy"]["state"] == "unknown_peer"


@pytest.mark.parametrize(
    ("links", "code"),
    [
        ([], "not_paired"),
        ([{"at": "alpha", "to": "beta"}], "half_pair"),
        ([{"at": "alpha", "to": {"like": "beta", "unique_id": "old1"}}], "half_pair"),
        ([LINKS[0], {"at": "beta", "pending": True}], "pending_pair"),
    ],
)
def test_what_is_wrong_between_the_clusters(sites, links, code):
    result = sites(CLUSTERS, cluster_pairs=links).run("pair_info")
    assert [problem["code"] for problem in result["problems"]] == [code]
    assert result["healthy"] == (code == "pending_pair")


def test_a_cluster_pair_that_is_not_connected(sites):
    site = sites(CLUSTERS, cluster_pairs=LINKS)
    site.world.management_link("alpha", "beta", up=False)
    result = site.run("pair_info")
    assert ([problem["code"] for problem in result["problems"]], result["healthy"]) == (["not_connected"], False)


def test_a_deleted_volume_is_not_said_to_recover(sites):
    site = sites(CLUSTERS, cluster_pairs=LINKS, volume_pairs=[HEALTHY])
    (volume,) = [v for v in site.world.truth()["clusters"]["beta"]["volumes"] if v["name"] == "healthy"]
    site.world.call("beta", "DeleteVolume", {"volumeID": volume["id"]})
    result = site.run("pair_info")
    assert [problem["code"] for problem in result["problems"]] == ["volume_deleted"]
    assert (result["healthy"], reported(result)["healthy"]["health"], result["pairs"]) == (False, "broken", [])


def test_only_the_volumes_that_were_asked_for(sites):
    site = sites(CLUSTERS, cluster_pairs=LINKS, volume_pairs=PAIRS)
    result = site.run("pair_info", volumes=["healthy", "paused"])
    assert sorted(reported(result)) == ["healthy", "paused"]
    assert result["healthy"]


def test_a_volume_that_was_asked_for_and_is_not_paired_is_not_healthy(sites):
    site = sites(CLUSTERS, cluster_pairs=LINKS, volume_pairs=[HEALTHY])
    result = site.run("pair_info", volumes=["healthy", "plain"])
    assert (problems(result), result["healthy"]) == ({"plain": "not_paired"}, False)


def test_only_the_accounts_that_were_asked_for(sites):
    volumes = [{"name": "a", "account": "shop"}, {"name": "b", "account": "lab"}]
    accounts = [{"name": "shop"}, {"name": "lab"}]
    site = sites(
        [{"name": name, "accounts": accounts, "volumes": volumes} for name in ("alpha", "beta")],
        cluster_pairs=LINKS[:1],
        volume_pairs=[{"source": f"alpha/{name}", "target": f"beta/{name}"} for name in "ab"],
    )
    assert list(reported(site.run("pair_info", accounts=["lab"]))) == ["b"]
    # Both must match, and what is left out is not said to be unpaired.
    both = site.run("pair_info", volumes=["a", "b"], accounts=["lab"])
    assert list(reported(both)) == ["b"]
    assert [each["message"] for each in both["problems"]] == [
        "volume a of cluster alpha is of account shop, which is not requested"
    ]
    other = site.run("pair_info", volumes=["a"], accounts=["shop", "lab", "store"])
    assert [(each["message"], each["remedy"]) for each in other["problems"]] == [
        ("no requested volume of account lab is paired", "name its volumes, or no volume"),
        ("no requested volume of account store is paired", "there is no such account: check the spelling"),
    ]


def test_a_volume_of_an_account_that_is_not_requested_does_not_stand_for_its_namesake(sites):
    volumes = [{"name": "a", "account": name} for name in ("shop", "lab")]
    accounts = [{"name": "shop"}, {"name": "lab"}]
    sides = [
        {"name": "alpha", "accounts": accounts, "volumes": volumes},
        {"name": "beta", "accounts": accounts, "volumes": [{"name": "a-dr", "account": "lab"}]},
    ]
    pairs = [{"source": "alpha/shop/a", "target": "beta/a-dr"}]
    site = sites(sides, cluster_pairs=LINKS[:1], volume_pairs=pairs)
    report = site.run("pair_info", volumes=["a"], accounts=["lab"])
    assert report["problems"][0]["message"] == "no volume named a of cluster alpha is paired"


def test_gather_leaves_out_what_is_not_asked_for(sites):
    site = sites(CLUSTERS, cluster_pairs=LINKS, volume_pairs=[HEALTHY])
    result = site.run("pair_info", gather=["cluster_pairs"])
    assert "volume_pairs" not in result
    assert not site.world.calls_of("alpha", "ListVolumes")
    assert "cluster_pairs" not in site.run("pair_info", gather=["volume_pairs"])


def test_what_no_one_protects(sites):
    accounts = [{"name": "shop"}, {"name": "lab"}]
    names = ("paired", "half", "pending", "alone", "with-gamma", "target")
    here = [{"name": name, "account": "shop"} for name in names]
    here += [{"name": "alone", "account": "lab", "size": "20GiB"}, {"name": "gone", "account": "lab", "deleted": True}]
    there = [{"name": name, "account": "shop"} for name in ("paired", "half", "target")]
    site = sites(
        [
            {"name": "alpha", "accounts": accounts, "volumes": here},
            {"name": "beta", "accounts": accounts, "volumes": there},
            {"name": "gamma", "volumes": [{"name": "with-gamma"}]},
        ],
        cluster_pairs=[{"between": ["alpha", "beta"]}, {"between": ["alpha", "gamma"]}],
        volume_pairs=[
            {"source": "alpha/paired", "target": "beta/paired"},
            {"at": "beta/half", "to": "alpha/half"},
            {"at": "alpha/pending", "pending": True},
            {"source": "beta/target", "target": "alpha/target"},
            {"source": "alpha/with-gamma", "target": "gamma/with-gamma"},
        ],
    )

    def unpaired(**options):
        report = site.run("pair_info", gather=["unpaired"], **options)
        return [(each["name"], each["account"]) for each in report["unpaired"]]

    found = site.run("pair_info", gather=["unpaired"])["unpaired"]
    volumes = {each["id"]: each for each in site.world.truth()["clusters"]["alpha"]["volumes"]}
    assert all(each["size"] == volumes[each["volume_id"]]["size"] for each in found)
    assert unpaired() == [("alone", "shop"), ("with-gamma", "shop"), ("alone", "lab")]
    assert unpaired(accounts=["lab"]) == [("alone", "lab")]
    assert unpaired(volumes=["alone", "paired"]) == [("alone", "shop"), ("alone", "lab")]
    # Only this cluster's entries are known then.
    assert unpaired(peer=None) == [("half", "shop"), ("alone", "shop"), ("alone", "lab")]
    site.world.site_down("beta")
    known = site.connection("beta", mvip=site.world.cluster("beta").identity.mvip)
    expected = [("half", "shop"), ("alone", "shop"), ("with-gamma", "shop"), ("alone", "lab")]
    assert unpaired(peer=known) == expected
    assert unpaired() == [each for each in expected if each[0] != "with-gamma"]
    assert "unpaired" not in site.run("pair_info")
