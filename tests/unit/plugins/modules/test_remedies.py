# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The commands of element_pair_info, pasted as they are: nothing is wrong any more, and nothing is protected less."""

from __future__ import annotations

import re

import pytest

from ansible_collections.elementsw.replication.tests.unit.plugins.modules.pasting import paste, report_of

VOLUMES = [{"name": "db"}]
LINKS = ({"between": ["alpha", "beta"]},)
PAIR = {"source": "alpha/db", "target": "beta/db", "mode": "Sync"}
BACK = {"source": "beta/db", "target": "alpha/db", "mode": "Sync"}
GATHER = ["cluster_pairs", "volume_pairs", "faults"]

#: What no task does, as a remedy says it.
CALL = re.compile(r"(\w+) with volumeID (\d+)(?: and access (\w+))? on cluster (\w+)")


def mend(site, problem):
    """Paste the command; without one, make the first call that the remedy names."""
    if problem["command"]:
        paste(site, problem["command"])
        return
    method, volume_id, access, cluster = CALL.search(problem["remedy"]).groups()
    site.world.call(cluster, method, {"volumeID": int(volume_id), **({"access": access} if access else {})})


def spec(*pairs, here=(), there=(), links=LINKS, **more):
    clusters = [{"name": "alpha", "volumes": here or VOLUMES}, {"name": "beta", "volumes": there or VOLUMES}]
    return {"clusters": clusters, "cluster_pairs": list(links), "volume_pairs": list(pairs), **more}


def marked(*marks, **more):
    return [{"name": "db", "marks": list(marks), **more}]


#: By the code of the problem: a world that has it, and nothing else that is wrong.
WORLDS = {
    "paused": spec({**PAIR, "paused": ["alpha"]}),
    "paused there": spec({**PAIR, "paused": ["beta"]}),
    "paused, from the peer": spec({**BACK, "paused": ["beta"]}),
    "size_mismatch": spec(PAIR, here=[{"name": "db", "size": "20GiB"}]),
    "size_mismatch, from the peer": spec(BACK, there=[{"name": "db", "size": "20GiB"}]),
    "split": spec({"between": ["alpha/db", "beta/db"], "mode": "Sync"}, here=marked("a"), there=marked("a", "b")),
    "no_source": spec(
        {"between": ["alpha/db", "beta/db"], "mode": "Sync"},
        here=marked("a", access="replicationTarget"),
        there=marked("a", access="replicationTarget"),
    ),
    "access_conflict": spec(
        {"between": ["alpha/db", "beta/db"], "mode": "Sync"}, there=[{"name": "db", "access": "locked"}]
    ),
    "access_conflict, of the source": spec(
        {"between": ["alpha/db", "beta/db"], "mode": "Sync"},
        here=[{"name": "db", "access": "readOnly"}],
        there=[{"name": "db", "access": "replicationTarget"}],
    ),
    "dead": spec({**PAIR, "stopped": ["beta"]}, here=marked("a"), there=marked("a")),
    "dead, from the peer": spec({**BACK, "stopped": ["alpha", "beta"]}, here=marked("a"), there=marked("a")),
    "dead, both writable": spec(
        {"between": ["alpha/db", "beta/db"], "mode": "Sync", "stopped": ["alpha", "beta"]},
        here=marked("a"),
        there=marked("a", "b"),
    ),
    "half_pair": spec(
        {"at": "alpha/db", "to": "beta/db", "mode": "Sync"},
        here=marked("a"),
        there=marked("a", access="replicationTarget"),
    ),
    "half_pair, both writable": spec(
        {"at": "alpha/db", "to": "beta/db", "mode": "Sync"}, here=marked("a"), there=marked("b")
    ),
    "half_pair, there": spec({"at": "beta/db", "to": "alpha/db", "mode": "Sync"}, here=marked("a"), there=marked("b")),
    "half_pair, the partner is gone": spec(
        {"at": "alpha/db", "to": {"cluster": "beta", "volume_id": 900}, "mode": "Sync"}
    ),
    "half_pair, the partner here is gone": spec(
        {"at": "beta/db", "to": {"cluster": "alpha", "volume_id": 900}, "mode": "Sync"}
    ),
    "half_pair, the cluster pair is gone": spec(
        {"at": "alpha/db", "to": {"cluster_pair_id": 900, "volume_id": 900}, "mode": "Sync"}
    ),
    "pending_pair": spec({"at": "alpha/db", "pending": True}),
    "pending_pair, there": spec({"at": "beta/db", "pending": True}),
    "pending_pair, of the clusters": spec(links=[*LINKS, {"at": "beta", "pending": True}]),
    "not_paired": spec(links=[]),
    "half_pair, of the clusters": spec(links=[{"at": "alpha", "to": "beta"}]),
    "half_pair, of the clusters, rebuilt": spec(links=[{"at": "alpha", "to": {"like": "beta", "unique_id": "old1"}}]),
    "volume_deleted": spec(PAIR, delete="beta"),
}


@pytest.mark.parametrize("case", WORLDS)
def test_done_to_the_letter_nothing_is_wrong_any_more(sites, case):
    world = dict(WORLDS[case])
    deleting = world.pop("delete", None)
    site = sites(**world)
    if deleting:
        (volume,) = site.world.call(deleting, "ListVolumes", {"includeVirtualVolumes": False})["volumes"]
        site.world.call(deleting, "DeleteVolume", {"volumeID": volume["volumeID"]})
    (problem,) = report_of(site, gather=GATHER)["problems"]
    assert problem["code"] == case.split(",")[0].split(" ")[0]
    mend(site, problem)
    after = report_of(site, gather=GATHER, max_lag=60)
    assert (after["problems"], after["healthy"]) == ([], True)
    assert {pair["mode"] for pair in after["volume_pairs"]} <= {"sync"}


def test_a_volume_that_was_asked_for_is_paired(sites):
    site = sites(**spec())
    (problem,) = report_of(site, volumes=["db"])["problems"]
    mend(site, problem)
    assert site.run("pair_info", volumes=["db"])["problems"] == []


def test_of_two_volumes_without_a_role_one_is_reported_after_the_other(sites):
    site = sites(
        **spec(
            {"between": ["alpha/db", "beta/db"], "mode": "Sync"},
            here=marked("a", access="locked"),
            there=marked("a", access="readOnly"),
        )
    )
    for _look in range(2):
        (problem,) = report_of(site)["problems"]
        assert problem["code"] == "access_conflict"
        mend(site, problem)
    assert site.run("pair_info")["problems"] == []


def test_after_a_deleted_volume_was_given_up_nothing_is_advised_that_fails(sites):
    for cluster in ("alpha", "beta"):
        site = sites(**spec(PAIR))
        (volume,) = site.world.call(cluster, "ListVolumes", {"includeVirtualVolumes": False})["volumes"]
        site.world.call(cluster, "DeleteVolume", {"volumeID": volume["volumeID"]})
        numbers = {"volume_id": site.world.cluster("alpha").find_volume("db").volume_id}
        numbers["peer_volume_id"] = site.world.cluster("beta").find_volume("db").volume_id
        assert not site.run("volume_pair", state="absent", **numbers).get("failed")
        assert site.run("pair_info")["problems"] == []


def test_a_volume_whose_half_and_partner_are_deleted_is_restored_first(sites):
    site = sites(**spec({"at": "alpha/db", "to": "beta/db"}, there=[{"name": "db", "deleted": True}]))
    (problem,) = report_of(site)["problems"]
    assert (problem["code"], problem["command"]) == ("volume_deleted", None)
    mend(site, problem)
    (problem,) = report_of(site)["problems"]
    assert problem["code"] == "half_pair"
    mend(site, problem)
    assert report_of(site)["problems"] == []


@pytest.mark.parametrize("same_ids", [True, False])
def test_volumes_of_a_cluster_that_was_built_again_are_never_taken_for_the_old_partners(sites, same_ids):
    """What has the old ID by chance belongs to someone else, and keeps its data."""
    there = [{"name": "alien", "id": 500, "marks": ["theirs"]}] if same_ids else []
    here = [{"name": "db", "marks": ["ours"], "account": "shop"}]
    site = sites(
        [{"name": "alpha", "accounts": [{"name": "shop"}], "volumes": here}, {"name": "beta", "volumes": there}],
        cluster_pairs=[{"at": "alpha", "to": {"like": "beta", "unique_id": "old1"}, "id": 70}],
        volume_pairs=[{"at": "alpha/db", "to": {"cluster_pair_id": 70, "volume_id": 500}, "mode": "Sync"}],
    )
    (problem,) = report_of(site)["problems"]
    assert (problem["code"], problem["count"]) == ("half_pair", 1)
    paste(site, problem["command"])
    after = report_of(site)
    assert (after["problems"], [pair["mode"] for pair in after["volume_pairs"]]) == ([], ["sync"])
    beta = site.world.truth()["clusters"]["beta"]["volumes"]
    assert {volume["name"]: volume["marks"] for volume in beta if volume["name"] == "alien"} == (
        {"alien": ["theirs"]} if same_ids else {}
    )


def test_two_accounts_with_one_volume_name_are_distinguished(sites):
    accounts = [{"name": "shop"}, {"name": "lab"}]
    volumes = [{"name": "db", "account": name} for name in ("shop", "lab")]
    site = sites(
        [{"name": name, "accounts": accounts, "volumes": volumes} for name in ("alpha", "beta")],
        cluster_pairs=list(LINKS),
        volume_pairs=[
            {"source": "alpha/shop/db", "target": "beta/shop/db"},
            {"source": "alpha/lab/db", "target": "beta/lab/db", "paused": ["alpha"]},
        ],
    )
    (problem,) = report_of(site)["problems"]
    ids = {volume["account"]: volume["id"] for volume in site.world.truth()["clusters"]["alpha"]["volumes"]}
    assert (problem["code"], problem["cluster"], problem["volume"]) == ("paused", "alpha", "db")
    assert (problem["volume_id"], problem["account"], problem["count"]) == (ids["lab"], "lab", 1)
    assert f"volume_id={ids['lab']} " in problem["command"]


def test_an_unreachable_peer_is_never_needed_first(sites):
    site = sites(**spec({**PAIR, "stopped": ["alpha"]}))
    site.world.site_down("beta")
    unreachable, stopped = report_of(site)["problems"]
    assert (unreachable["code"], stopped["code"]) == ("peer_unreachable", "dead")
    assert stopped["remedy"].startswith("when the peer answers again, run element_volume_pair with")
    assert (unreachable["command"], stopped["command"]) == (None, None)
