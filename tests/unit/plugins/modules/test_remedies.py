# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The remedies of element_pair_info, read as a person reads them and done exactly: nothing is wrong any more."""

from __future__ import annotations

import re

import pytest

VOLUMES = [{"name": "db"}]
LINKS = ({"between": ["alpha", "beta"]},)
PAIR = {"source": "alpha/db", "target": "beta/db"}
BACK = {"source": "beta/db", "target": "alpha/db"}

#: The options of a task as a remedy writes them, and what decides between two values or only explains is left out.
TASK = re.compile(r"(?:on cluster (\w+), with (\w+) as the peer, )?run (element_\w+)(?: with ((?:\w+: \w+(?:, )?)+))?")
CALL = re.compile(r"(\w+) with volumeID (\d+)(?: and access (\w+))? on cluster (\w+)")


def plainly(remedy):
    """Without what is in brackets, and with the first of two values."""
    return re.sub(r" \([^)]*\)| or from_peer", "", remedy)


def follow(site, remedy):
    """Do what a remedy says: the first task or call that it names. What it says to do by hand is not ours to do."""
    text = plainly(remedy)
    task, call = TASK.search(text), CALL.search(text)
    if call and (not task or call.start() < task.start()):
        method, volume_id, access, cluster = call.groups()
        site.world.call(cluster, method, {"volumeID": int(volume_id), **({"access": access} if access else {})})
        return
    here, there, module, options = task.groups()
    given = [option.split(": ") for option in (options or "").split(", ") if option]
    values = {name: int(value) if value.isdigit() else value for name, value in given}
    result = site.run(module[len("element_") :], here=here or "alpha", there=there or "beta", **values)
    assert not result.get("failed"), (remedy, result["msg"])


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
    "split": spec({"between": ["alpha/db", "beta/db"]}, here=marked("a"), there=marked("a", "b")),
    "no_source": spec(
        {"between": ["alpha/db", "beta/db"]},
        here=marked("a", access="replicationTarget"),
        there=marked("a", access="replicationTarget"),
    ),
    "access_conflict": spec({"between": ["alpha/db", "beta/db"]}, there=[{"name": "db", "access": "locked"}]),
    "access_conflict, of the source": spec(
        {"between": ["alpha/db", "beta/db"]},
        here=[{"name": "db", "access": "readOnly"}],
        there=[{"name": "db", "access": "replicationTarget"}],
    ),
    "dead": spec({**PAIR, "stopped": ["beta"]}, here=marked("a"), there=marked("a")),
    "dead, from the peer": spec({**BACK, "stopped": ["alpha", "beta"]}, here=marked("a"), there=marked("a")),
    "dead, both writable": spec(
        {"between": ["alpha/db", "beta/db"], "stopped": ["alpha", "beta"]}, here=marked("a"), there=marked("a", "b")
    ),
    "half_pair": spec(
        {"at": "alpha/db", "to": "beta/db"}, here=marked("a"), there=marked("a", access="replicationTarget")
    ),
    "half_pair, both writable": spec({"at": "alpha/db", "to": "beta/db"}, here=marked("a"), there=marked("b")),
    "half_pair, there": spec({"at": "beta/db", "to": "alpha/db"}, here=marked("a"), there=marked("b")),
    "half_pair, the partner is gone": spec({"at": "alpha/db", "to": {"cluster": "beta", "volume_id": 900}}),
    "half_pair, the partner here is gone": spec({"at": "beta/db", "to": {"cluster": "alpha", "volume_id": 900}}),
    "half_pair, the cluster pair is gone": spec({"at": "alpha/db", "to": {"cluster_pair_id": 900, "volume_id": 900}}),
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
    (problem,) = site.run("pair_info", gather=["cluster_pairs", "volume_pairs", "faults"])["problems"]
    assert problem["code"] == case.split(",")[0].split(" ")[0]
    follow(site, problem["remedy"])
    after = site.run("pair_info", gather=["cluster_pairs", "volume_pairs", "faults"], max_lag=60)
    assert (after["problems"], after["healthy"]) == ([], True)


def test_a_volume_that_was_asked_for_is_paired(sites):
    site = sites(**spec())
    (problem,) = site.run("pair_info", volumes=["db"])["problems"]
    follow(site, problem["remedy"])
    assert site.run("pair_info", volumes=["db"])["problems"] == []


def test_of_two_volumes_without_a_role_one_is_reported_after_the_other(sites):
    site = sites(
        **spec(
            {"between": ["alpha/db", "beta/db"]},
            here=marked("a", access="locked"),
            there=marked("a", access="readOnly"),
        )
    )
    for _look in range(2):
        (problem,) = site.run("pair_info")["problems"]
        assert problem["code"] == "access_conflict"
        follow(site, problem["remedy"])
    assert site.run("pair_info")["problems"] == []
