# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Everything that can be wrong is reported once, with a remedy that fixes it when it is followed exactly."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.report.findings import PROBLEMS
from ansible_collections.elementsw.replication.tests.unit.plugins.modules import combined_problems
from ansible_collections.elementsw.replication.tests.unit.plugins.modules.pasting import paste, report_of

GATHER = ["cluster_pairs", "volume_pairs", "progress", "faults"]

# What no task of this collection does, as a remedy says it: calls of the API, and after some of them a task.
METHOD = re.compile(r"(\w+Volume\w*)(?: and (\w+Volume))? with volumeID (\d+)(?: and access (\w+))? on cluster (\w+)")
SNAPSHOTS = re.compile(r"DeleteSnapshot of snapshots of volume (\d+) on cluster (\w+), until it has fewer")
TASK = re.compile(r"(?:on cluster (\S+), with (\S+) as the peer, )?run element_(\w+) with ([^;]+)")
OPTION = re.compile(r"(\w+): (\{\}|\w+)")

# What only a person can know: on which side the good data is, and whether a deleted volume is still wanted.
GOOD_ON_BETA = {"half-there", "half-of-two-targets", "crossed", "stopped-split", "split-for-beta", "no-source-for-beta"}
GIVEN_UP = {"given-up-target", "given-up-source"}
# What is no pair yet, and is removed.
PENDING = {"pending-here", "pending-there", "pending-alone"}
# Two pairs for one volume: one of them goes.
TAKEN = {"taken-there", "taken-here"}


def mend(site, problem):
    """Paste its command, or where it has none do what its remedy says, with nothing but the problem at hand."""
    if problem["command"]:
        paste(site, problem["command"], "keeps what beta" if problem["volume"] in GOOD_ON_BETA else "keeps what alpha")
        return
    remedy = problem["remedy"]
    if problem["volume"] in GIVEN_UP:
        remedy = remedy.partition("or to give it up, ")[2]
    elif problem["code"] == "volume_deleted":
        remedy = remedy.partition(", or to give it up, ")[0]
    steps = [step for part in remedy.split("; ") for step in done(site, problem, part)]
    assert steps, f"nothing that can be done: {problem}"


def done(site, problem, step):
    """The step is done where it is one that can be; what was done."""
    for pattern, do in ((TASK, run_task), (SNAPSHOTS, delete_snapshot), (METHOD, call_method)):
        found = pattern.search(step)
        if found:
            do(site, problem, found)
            yield found.group()
            return


def run_task(site, problem, found):
    cluster, peer, module, text = found.groups()
    options = dict(OPTION.findall(text))
    if "create_peer_volume" in options:
        options["create_peer_volume"] = {}
    result = site.run(module, here=cluster or "alpha", there=peer or "beta", **options, wait=False)
    assert not result.get("failed"), f"{result['msg']}\nremedy: {problem['remedy']}"


def delete_snapshot(site, problem, found):
    volume, cluster = found.groups()
    snapshots = site.world.call(cluster, "ListSnapshots", {"volumeID": int(volume)})["snapshots"]
    site.world.call(cluster, "DeleteSnapshot", {"snapshotID": snapshots[0]["snapshotID"]})


def call_method(site, problem, found):
    first, second, volume, access, cluster = found.groups()
    for each in filter(None, (first, second)):
        site.world.call(cluster, each, {"volumeID": int(volume), **({"access": access} if access else {})})


def pass_by(site, problem):
    """What passes by itself, after a while."""
    for cluster in ("alpha", "beta"):
        for volume in site.world.truth()["clusters"][cluster]["volumes"]:
            if volume["name"] == problem["volume"]:
                site.world.hinder(cluster, volume["id"], None)


def reported(result):
    return sorted((problem["code"], problem["cluster"], problem["volume"] or "") for problem in result["problems"])


def others(site):
    """Everything that no one has asked to have changed: other clusters, their links, and all volumes but the troubled."""
    names = {trouble.name for trouble in combined_problems.TROUBLES}
    truth = site.world.truth()["clusters"]
    ours = [volume for name in ("alpha", "beta") for volume in truth[name]["volumes"] if volume["name"] not in names]
    taken = [
        next(volume for volume in truth[cluster]["volumes"] if volume["name"] == name)
        for cluster, name in (("alpha", "taken-here"), ("beta", "taken-there"))
    ]
    links = [
        entry
        for name in ("alpha", "beta")
        for entry in truth[name]["cluster_pairs"]
        if not entry["pending"] and entry["remote"][2] != combined_problems.REBUILT
    ]
    return [truth["gamma"], truth["delta"], ours, taken, links]


def test_each_of_combined_problems_is_reported_once_and_fixed_by_its_remedy(sites):
    world = combined_problems.world()
    site = sites(world.pop("clusters"), **world)
    bystanders = others(site)
    report = report_of(site, gather=GATHER)
    before = protection(site.world, report)
    assert len(combined_problems.TROUBLES) >= 50
    assert reported(report) == sorted(
        [(each.code, each.at, each.name) for each in combined_problems.TROUBLES]
        + [(code, cluster, "") for code, cluster in combined_problems.BETWEEN_CLUSTERS]
    )
    assert not report["healthy"]
    # What one remedy leaves, another report names: a volume that was locked, and paused as well.
    for _round in range(3):
        for problem in report["problems"]:
            (pass_by if problem["code"] == "recovering" else mend)(site, problem)
        report = report_of(site, gather=GATHER)
        if not report["problems"]:
            break
    assert (report["problems"], report["healthy"]) == ([], True)
    assert others(site) == bystanders
    assert len({mode for mode, _direction in before.values()}) > 1
    assert lessened(before, protection(site.world, report)) == []


def protection(world, report):
    """By the name of the volume: the mode of its pair, and the direction, each None where it is not known."""
    modes = {}
    for cluster in ("alpha", "beta"):
        for volume in world.truth()["clusters"][cluster]["volumes"]:
            modes.update((volume["name"], half["mode"]) for half in volume["pairs"] if half["mode"])
    return {
        name: (modes.get(name), pair["direction"])
        for pair in report["volume_pairs"]
        for name in (pair["volume"] or pair["peer_volume"],)
    }


def lessened(before, after):
    """What has less than it had: no pair any more, another mode, or data that flows the other way."""
    return [
        (name, had, after.get(name))
        for name, had in before.items()
        if name not in GIVEN_UP | PENDING | TAKEN
        and (name not in after or had[0] != after[name][0] or (had[1] in REPLICATING and had[1] != after[name][1]))
    ]


REPLICATING = ("to_peer", "from_peer")


# --- what is wrong with the clusters, or the way between them -----------------------------------------------------------

NAMES = ("one", "two", "three")
CLUSTERS = [{"name": name, "volumes": [{"name": each} for each in (*NAMES, "plain")]} for name in ("alpha", "beta")]
LINK = {"between": ["alpha", "beta"]}
PAIRED = [{"source": f"alpha/{name}", "target": f"beta/{name}"} for name in NAMES]


def move_beta(site):
    """Give beta another MVIP, under which alpha does not look for it."""
    cluster = site.world.cluster("beta")
    cluster.identity = replace(cluster.identity, mvip="192.0.2.77")
    site.world.management_link("alpha", "beta", up=False)


def pair_at_the_new_address(site, report):
    site.world.management_link("alpha", "beta", up=True)
    (problem,) = report["problems"]
    mend(site, problem)


def mend_the_network(site, report):
    site.world.management_link("alpha", "beta", up=True)
    site.world.storage_link("alpha", "beta", up=True)


def make_room(site, report):
    (problem,) = report["problems"]
    site.world.target_full(problem["cluster"], "stage1Happy")


def give_the_link_more_room(site, report):
    site.world.timings.set({"delivery_polls": 0})


def follow_it(site, report):
    (problem,) = report["problems"]
    mend(site, problem)


def lose_the_management_network(site):
    site.world.management_link("alpha", "beta", up=False)


def lose_the_storage_network(site):
    site.world.storage_link("alpha", "beta", up=False)


def fill_beta(site):
    site.world.target_full("beta")


def write_faster_than_is_sent(site):
    site.world.timings.set({"delivery_polls": "never"})
    site.world.write("alpha", _first_volume(site), "late")
    site.world.advance(90)


def pause(site):
    site.world.call("alpha", "ModifyVolumePair", {"volumeID": _first_volume(site), "pausedManual": True})


def _first_volume(site):
    return next(each["id"] for each in site.world.truth()["clusters"]["alpha"]["volumes"] if each["name"] == "one")


def forget_the_pair_there(site):
    _forget(site, "beta")


def forget_the_pair(site):
    _forget(site, "alpha")
    _forget(site, "beta")


def _forget(site, cluster):
    """A third party breaks off the cluster pair, which leaves the entries of the volumes."""
    for number in list(site.world.cluster(cluster).cluster_pairs):
        site.world.cluster(cluster).cluster_pairs.pop(number)
    site.world.replication.settle_all()


def make_a_volume_odd(site):
    plain = site.world.cluster("alpha").find_volume("plain").volume_id
    site.world.odd_object("alpha", "ListVolumes", plain, "name", 5)


def correct_it(site, report):
    site.world.odd_objects.clear()


# What happens, what is reported of it in which words, and the remedy.
CAUSES = [
    (lose_the_management_network, "not_connected", ["management network"], mend_the_network, {}),
    (
        move_beta,
        "not_connected",
        ["alpha lists beta with MVIP 192.0.2.20, which is 192.0.2.77", "give the cluster its MVIP back"],
        pair_at_the_new_address,
        {},
    ),
    (lose_the_storage_network, "link_lost", ["3 volume pairs", "storage network"], mend_the_network, {}),
    (fill_beta, "target_full", ["3 volume pairs", "purge volumes that are not needed"], make_room, {}),
    (write_faster_than_is_sent, "lag_exceeded", ["give the link"], give_the_link_more_room, {"max_lag": 60}),
    (pause, "lag_unknown", ["paused: false"], follow_it, {"max_lag": 3600}),
    (
        forget_the_pair_there,
        "half_pair",
        ["3 volume pairs", "element_cluster_pair with repair: true; then pair the volumes again"],
        follow_it,
        {},
    ),
    (
        forget_the_pair,
        "not_paired",
        ["3 volume pairs", "run element_cluster_pair; then pair the volumes again"],
        follow_it,
        {},
    ),
    (None, "not_paired", ["with volume: plain"], follow_it, {"volumes": ["one", "plain"]}),
    (
        make_a_volume_odd,
        "unreadable_object",
        ["ListVolumes: name is not a text", "correct it on the cluster"],
        correct_it,
        {},
    ),
]


@pytest.mark.parametrize(("spoil", "code", "says", "fix", "options"), CAUSES)
def test_one_cause_is_one_problem_and_fixed_by_its_remedy(sites, spoil, code, says, fix, options):
    site = sites(CLUSTERS, cluster_pairs=[LINK], volume_pairs=PAIRED)
    assert site.run("pair_info", gather=GATHER)["problems"] == []
    if spoil:
        spoil(site)
    report = report_of(site, gather=GATHER, **options)
    (problem,) = report["problems"]
    assert problem["code"] == code
    assert all(words in f"{problem['message']}: {problem['remedy']}" for words in says)
    fix(site, report)
    fixed = site.run("pair_info", gather=GATHER, **options)
    assert (fixed["problems"], fixed["healthy"]) == ([], True)


# Their causes are for the site, for support or for the administrators of the network, or no simulated cluster has them.
WITHOUT_A_WALK = {"peer_unreachable", "broken", "unknown_state", "snapshots_stopped", "fault", "minor_fault"}
WITHOUT_A_WALK |= {
    "cluster_full",
    "cluster_filling",
    "lag_high",
    "no_replicated_snapshot",
    "rehearsal_left",
    "no_host_access",
}


def test_no_problem_is_forgotten():
    walked = {trouble.code for trouble in combined_problems.TROUBLES}
    walked |= {code for code, _cluster in combined_problems.BETWEEN_CLUSTERS} | {
        code for _spoil, code, *_more in CAUSES
    }
    assert walked | WITHOUT_A_WALK == set(PROBLEMS)
    assert not walked & WITHOUT_A_WALK
