# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""element_pair_info on pairs at work, over HTTPS: lag, progress, faults, readiness, and one problem for each cause."""

from __future__ import annotations

import json
import re

import pytest

from ansible_collections.elementsw.replication.tests.unit.plugins.modules.paired_sites import before

NAMES = ("one", "two", "three", "four", "five")
VOLUMES = [{"name": name} for name in NAMES]
CLUSTERS = [{"name": "alpha", "volumes": VOLUMES}, {"name": "beta", "volumes": VOLUMES}, {"name": "gamma"}]
LINKS = [{"between": ["alpha", "beta"]}]
TO_BETA = [{"source": f"alpha/{name}", "target": f"beta/{name}"} for name in NAMES[:3]]
TO_ALPHA = [{"source": f"beta/{name}", "target": f"alpha/{name}"} for name in NAMES[3:]]
FILTERS = "ansible_collections.elementsw.replication.plugins.filter.join_reports"
EVERYTHING = ["cluster_pairs", "volume_pairs", "progress", "faults", "readiness"]


@pytest.fixture(name="site")
def _site(sites):
    return sites(CLUSTERS, cluster_pairs=LINKS, volume_pairs=[*TO_BETA, *TO_ALPHA])


def codes(result):
    return [problem["code"] for problem in result["problems"]]


def of(result, name):
    return next(pair for pair in result["volume_pairs"] if pair["volume"] == name)


def volume_id(site, cluster, name):
    return next(v["id"] for v in site.world.truth()["clusters"][cluster]["volumes"] if v["name"] == name)


def checked(result, code):
    return [check["ok"] for check in result["readiness"] if check["code"] == code]


def by_mvip(site):
    """Both clusters as they are reached, and their MVIPs, which here are somewhere else."""
    here, there = (site.world.cluster(name).identity.mvip for name in ("alpha", "beta"))
    return {"mvip": here, "peer": site.connection("beta", mvip=there)}


def test_a_pair_without_any_replicated_snapshot_is_not_counted_as_protected(sites):
    """In mode snapshots_only nothing else is replicated, however healthy the states are."""
    # Filters run on controllers, and modules on older releases of Python, too.
    filters = pytest.importorskip(FILTERS)
    sides = [{"name": name, "volumes": [{"name": "a"}]} for name in ("alpha", "beta")]
    pair = {"source": "alpha/a", "target": "beta/a", "mode": "SnapshotsOnly"}
    site = sites(sides, cluster_pairs=[{"between": ["alpha", "beta"]}], volume_pairs=[pair])
    params = {"volumeID": next(iter(site.world.cluster("alpha").volumes)), "enableRemoteReplication": True}
    for protected in (0, 1):
        for limit in (None, 3600):
            report = site.run("pair_info", gather=["volume_pairs", "progress"], max_lag=limit)
            loop = {
                **report,
                "ansible_loop_var": "link",
                "link": {"cluster": "alpha", "peer": "beta", "max_lag": limit},
            }
            whole = filters.join_reports(["alpha", "beta"], [report, report], [[loop], []], [{}, {}])["summary"]
            assert (report["summary"]["protected"], whole["protected"]) == (protected, protected)
            assert whole["not_replicating"] == 1 - protected
        site.world.act("alpha", "CreateSnapshot", params)


def test_all_is_well(site):
    result = site.check_then_run("pair_info", gather=EVERYTHING, max_lag=60, **by_mvip(site))
    assert (result["healthy"], result["problems"], result["faults"], len(result["volume_pairs"])) == (True, [], [], 5)
    assert [(check["ok"], check["remedy"]) for check in result["readiness"]] == [(True, None)] * 14
    assert site.world.writes() == []


# --- lag --------------------------------------------------------------------------------------------------------------


def test_the_lag_is_the_sources(site):
    site.world.timings.set({"delivery_polls": "never"})
    for cluster, name in (("alpha", "one"), ("beta", "four")):
        site.world.write(cluster, volume_id(site, cluster, name), "mark")
    site.world.advance(90)
    result = site.run("pair_info", gather=["progress"], max_lag=90)
    assert [of(result, name)["lag_seconds"] > 90 for name in NAMES] == [True, False, False, True, False]
    assert (codes(result), result["healthy"]) == (["lag_exceeded"] * 2, False)
    assert site.run("pair_info", max_lag=500)["healthy"]
    assert codes(site.run("pair_info", max_lag=90, volumes=["two"])) == []


def test_the_lag_is_null_where_it_was_not_read(site):
    result = site.run("pair_info")
    assert (of(result, "one")["lag_seconds"], of(result, "one")["progress"]) == (None, None)
    assert site.world.calls_of("alpha", "ListVolumeStats") == []


def test_the_lag_alone_reads_volume_pairs(site):
    result = site.run("pair_info", gather=["cluster_pairs"], max_lag=5)
    assert (result["healthy"], len(result["volume_pairs"]), len(result["pairs"])) == (True, 5, 5)
    assert site.world.calls_of("alpha", "ListSyncJobs") == []


def test_one_call_has_the_ids_of_the_sources_alone(site):
    site.run("pair_info", gather=["progress"])
    (call,) = site.world.calls_of("alpha", "ListVolumeStats")
    assert call.params["volumeIDs"] == sorted(volume_id(site, "alpha", name) for name in NAMES[:3])


@pytest.mark.parametrize("delay", ["grows", "frozen", "null"])
def test_a_paused_pair_is_not_known_to_be_in_time(sites, delay):
    paused = {**TO_BETA[0], "paused": ["beta"]}
    site = sites(CLUSTERS, cluster_pairs=LINKS, volume_pairs=[paused], switches={"paused_delay": delay})
    site.world.advance(5)
    assert codes(site.run("pair_info")) == ["paused"]
    result = site.run("pair_info", max_lag=60)
    (problem,) = result["problems"]
    assert (problem["code"], result["healthy"]) == ("lag_unknown", False)
    assert "paused: false" in problem["remedy"]
    assert (of(result, "one")["lag_seconds"] is None) == (delay != "grows")
    assert codes(site.run("pair_info", max_lag=1)) == ["lag_exceeded" if delay == "grows" else "lag_unknown"]


@pytest.mark.parametrize("delay", ["zero", "null"])
def test_a_synchronous_pair_is_never_behind(sites, delay):
    site = sites(
        CLUSTERS, cluster_pairs=LINKS, volume_pairs=[{**TO_BETA[0], "mode": "Sync"}], switches={"sync_delay": delay}
    )
    result = site.run("pair_info", gather=["progress"], max_lag=0)
    assert (result["healthy"], of(result, "one")["lag_seconds"]) == (True, 0)


def test_a_pair_of_snapshots_alone_is_as_far_behind_as_its_newest_snapshot(sites):
    site = sites(CLUSTERS, cluster_pairs=LINKS, volume_pairs=[{**TO_BETA[0], "mode": "SnapshotsOnly"}, TO_BETA[1]])
    result = site.run("pair_info")
    (problem,) = result["problems"]
    assert (problem["code"], problem["severity"], result["healthy"]) == ("no_replicated_snapshot", "error", False)
    assert (result["summary"]["pairs"], result["summary"]["protected"]) == (2, 1)
    # Without max_lag too, and then with it, it is one problem.
    assert codes(site.run("pair_info", max_lag=3600)) == ["no_replicated_snapshot"]
    snapshot = {"volumeID": volume_id(site, "alpha", "one"), "name": "nightly", "enableRemoteReplication": True}
    site.world.call("alpha", "CreateSnapshot", snapshot)
    site.world.advance(120)
    result = site.run("pair_info", max_lag=3600)
    assert (codes(result), of(result, "one")["lag_of"], of(result, "two")["lag_of"]) == ([], "snapshot", "live")
    assert 120 <= of(result, "one")["lag_seconds"] < 240
    assert (result["summary"]["protected"], result["summary"]["worst_lag_volume"]) == (2, "one")
    late = site.run("pair_info", max_lag=60)
    assert (codes(late), late["summary"]["protected"]) == (["lag_exceeded"], 1)
    early = site.run("pair_info", max_lag=3600, warn_lag=60)
    assert codes(early) == ["lag_high"]
    # The schedule of the snapshots decides, and no link.
    for result, option in ((late, "max_lag"), (early, "warn_lag")):
        assert result["problems"][0]["remedy"] == (
            "check the schedule of the replicated snapshots on the source's cluster: take them more often, or permit more"
            f" with {option}"
        )


def test_the_snapshots_are_read_only_where_nothing_else_is_replicated(site):
    site.run("pair_info", gather=EVERYTHING, max_lag=60)
    assert not [call for call in site.world.calls if call.method == "ListSnapshots"]


def test_the_summary_counts_every_pair_once_or_says_that_it_is_too_late(sites):
    pairs = [
        TO_BETA[0],
        {**TO_BETA[1], "paused": ["alpha"]},
        {**TO_BETA[2], "stopped": ["beta"]},
        TO_ALPHA[0],
        {"at": "alpha/five", "to": "beta/five"},
    ]
    site = sites(CLUSTERS, cluster_pairs=LINKS, volume_pairs=pairs)
    summary = site.run("pair_info")["summary"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", summary.pop("generated_at"))
    assert summary == {
        "pairs": 5,
        "protected": 2,
        "copying": 0,
        "paused": 1,
        "not_replicating": 2,
        "worst_lag_seconds": None,
        "worst_lag_volume": None,
    }
    site.world.timings.set({"delivery_polls": "never"})
    site.world.write("alpha", volume_id(site, "alpha", "one"), "late")
    site.world.advance(90)
    report = site.run("pair_info", max_lag=60)
    worst = max(report["volume_pairs"], key=lambda pair: pair["lag_seconds"] or 0)
    summary = report["summary"]
    assert summary["protected"] == 1
    assert (summary["worst_lag_volume"], summary["worst_lag_seconds"]) == (worst["volume"], worst["lag_seconds"])
    assert summary["worst_lag_seconds"] >= 90


def test_without_volume_pairs_the_summary_counts_none(site):
    summary = site.run("pair_info", gather=["cluster_pairs"])["summary"]
    assert summary.pop("generated_at")
    assert set(summary.values()) == {None}


@pytest.mark.parametrize(
    ("stage", "code"), [("stage2Aware", None), ("stage3Low", "cluster_filling"), ("stage4Critical", "cluster_full")]
)
@pytest.mark.parametrize("gather", [["faults", "volume_pairs"], EVERYTHING])
def test_a_target_cluster_fills_up(sites, stage, code, gather):
    site = sites(CLUSTERS, cluster_pairs=LINKS, volume_pairs=TO_BETA)
    site.world.target_full("beta", stage)
    site.world.target_full("alpha", "stage4Critical")  # nothing is replicated to it
    result = site.run("pair_info", gather=gather)
    assert codes(result) == ([code] if code else [])
    assert result["healthy"] == (code != "cluster_full")
    assert [problem["cluster"] for problem in result["problems"]] == ["beta"] * len(codes(result))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("00:00:01.250000", 1.25),
        ("30:00:00.000000", 108000.0),
        ("00:01:00", 60.0),
        ("1 day, 00:00:00", None),
        ("PT1.25S", None),
        ("00:61:00.000000", None),
        ("-1:00:00.000000", None),
        ("", None),
        (1.25, None),
        (None, None),
    ],
)
def test_the_form_of_a_delay(site, text, seconds):
    stats = [{"volumeID": volume_id(site, "alpha", "one"), "asyncDelay": text}]
    reply = json.dumps({"result": {"volumeStats": stats}})
    site.world.faults.add("alpha", "ListVolumeStats", fault="reply", message=reply, times=None)
    result = site.run("pair_info", volumes=["one"], max_lag=200000)
    assert of(result, "one")["lag_seconds"] == seconds
    assert result["healthy"] == (seconds is not None)


def test_without_a_peer_only_sources_tell_their_lag(site):
    result = site.run("pair_info", peer=None, max_lag=60)
    assert [of(result, name)["lag_seconds"] for name in NAMES] == [0, 0, 0, None, None]
    (problem,) = result["problems"]
    assert (problem["code"], problem["cluster"]) == ("lag_unknown", "alpha")
    assert problem["message"].startswith("the lag of 2 volume pairs (volume four")
    assert problem["remedy"] == "name beta as the peer"
    (problem,) = site.run("pair_info", peer=None, warn_lag=60)["problems"]
    assert (problem["code"], problem["severity"]) == ("lag_high", "warning")


@pytest.mark.parametrize("most", [-1, float("nan")])
def test_a_lag_that_makes_no_sense(site, most):
    for option in ("max_lag", "warn_lag"):
        assert option in site.run("pair_info", **{option: most})["msg"]
    assert "would never warn" in site.run("pair_info", max_lag=60, warn_lag=61)["msg"]
    assert site.world.calls == []


# --- progress ---------------------------------------------------------------------------------------------------------


def test_the_progress_is_reported_by_the_targets_cluster(sites):
    site = sites(
        CLUSTERS, cluster_pairs=LINKS, volume_pairs=[TO_BETA[0]], timings={"resuming_data_transfer_polls": "never"}
    )
    site.world.storage_link("alpha", "beta", up=False)
    site.world.storage_link("alpha", "beta", up=True)
    for _poll in range(4):
        site.run("pair_info", gather=["progress"])
    result = site.run("pair_info", gather=["progress"])
    assert set(of(result, "one")["progress"]) == {"percent", "remaining_seconds", "stage"}
    assert (of(result, "one")["progress"]["stage"], of(result, "one")["health"]) == ("data", "syncing")
    assert site.run("pair_info", gather=["progress"])["healthy"]
    # A copy that is not complete is behind, whatever is reported of it.
    (problem,) = site.run("pair_info", max_lag=3600)["problems"]
    assert (problem["code"], "wait_for: in_sync" in problem["remedy"]) == ("lag_unknown", True)
    other_way = site.run("pair_info", here="beta", there="alpha", gather=["progress"], peer=None)
    assert of(other_way, "one")["progress"]["stage"] == "data"


# --- one problem for each cause ---------------------------------------------------------------------------------------


def test_a_lost_management_link_is_one_problem(sites):
    site = sites(
        CLUSTERS, cluster_pairs=LINKS, volume_pairs=[*TO_BETA, *TO_ALPHA], switches={"management_loss": "pauses"}
    )
    site.world.management_link("alpha", "beta", up=False)
    result = site.run("pair_info", gather=EVERYTHING, max_lag=60)
    (problem,) = result["problems"]
    assert problem["code"] == "not_connected"
    assert "5 volume pairs cannot replicate" in problem["message"]
    assert [(fault["cluster"], fault["code"], fault["concerns"]) for fault in result["faults"]] == [
        ("alpha", "disconnectedClusterPair", True),
        ("beta", "disconnectedClusterPair", True),
    ]
    # It is reported for what it does to volumes, and else not where no one has asked for cluster pairs.
    assert codes(site.run("pair_info", gather=["volume_pairs"])) == ["not_connected"]
    assert codes(site.run("pair_info", gather=["faults"])) == ["minor_fault", "minor_fault"]
    assert codes(site.run("pair_info", peer=None)) == ["not_connected"]


def test_a_lost_storage_link_is_one_problem(site):
    site.world.storage_link("alpha", "beta", up=False)
    result = site.run("pair_info", gather=EVERYTHING)
    (problem,) = result["problems"]
    assert (problem["code"], problem["severity"], result["healthy"]) == ("link_lost", "error", False)
    assert problem["message"].startswith("5 volume pairs (")
    assert "4000 to 4020" in problem["remedy"]
    assert codes(site.run("pair_info", max_lag=60)) == ["link_lost"]


def test_a_full_target_is_one_problem(site):
    site.world.target_full("beta")
    result = site.run("pair_info", gather=EVERYTHING)
    (problem,) = result["problems"]
    assert (problem["code"], problem["cluster"], problem["severity"]) == ("target_full", "beta", "error")
    assert "3 volume pairs" in problem["message"]
    assert [fault["code"] for fault in result["faults"]] == ["remoteRepClusterFull"]
    assert checked(result, "fullness") == [True, False]


def test_an_unreachable_peer_is_one_problem(site):
    site.world.site_down("beta")
    result = site.run("pair_info", gather=EVERYTHING, max_lag=60)
    assert codes(result) == ["peer_unreachable"]
    assert "5 volume pairs" in result["problems"][0]["message"]
    assert {check["ok"] for check in result["readiness"]} == {True, None}
    assert checked(result, "names") == [None]


def test_a_half_cluster_pair_is_reported_with_its_volumes(sites):
    site = sites(CLUSTERS, cluster_pairs=LINKS, volume_pairs=TO_BETA, switches={"remove_used_cluster_pair": "allowed"})
    (entry,) = site.world.call("alpha", "ListClusterPairs")["clusterPairs"]
    site.world.call("alpha", "RemoveClusterPair", {"clusterPairID": entry["clusterPairID"]})
    result = site.run("pair_info", gather=EVERYTHING)
    assert codes(result) == ["half_pair"]
    assert len(result["volume_pairs"]) == 3
    for names in (None, ["one"]):  # however few were asked for
        assert "remove the 3 volume pairs" in site.run("pair_info", volumes=names)["problems"][0]["remedy"]
    gone = [
        {"volume_id": pair["local"]["volume_id"], "peer_volume_id": pair["peer"]["volume_id"]}
        for pair in result["volume_pairs"]
    ]
    for module, options in (
        ("volume_pair", {"state": "absent", "pairs": gone}),
        ("cluster_pair", {"repair": True}),
        ("volume_pair", {"pairs": [{**pair, "direction": "to_peer"} for pair in gone], "allow_overwrite": True}),
    ):
        assert not site.run(module, **options).get("failed")
    assert site.run("pair_info", gather=EVERYTHING)["problems"] == []


def test_the_worst_comes_first(sites):
    volumes = [{"name": "small", "size": "1GiB"}, *VOLUMES]
    grown = [{"name": "small", "size": "2GiB"}, *VOLUMES]
    site = sites(
        [{"name": "alpha", "volumes": grown}, {"name": "beta", "volumes": volumes}],
        cluster_pairs=[*LINKS, {"at": "alpha", "pending": True}],
        volume_pairs=[
            {**TO_BETA[0], "paused": ["alpha"]},
            {"between": ["alpha/two", "beta/two"]},
            {"source": "alpha/small", "target": "beta/small"},
            {"at": "alpha/three", "pending": True},
        ],
    )
    assert codes(site.run("pair_info")) == ["split", "size_mismatch", "pending_pair", "pending_pair", "paused"]


# --- faults -----------------------------------------------------------------------------------------------------------


def reported(site, cluster, *faults):
    given = [{"severity": "warning", "resolved": False, "details": "", **fault} for fault in faults]
    reply = json.dumps({"result": {"faults": given}})
    site.world.faults.add(cluster, "ListClusterFaults", fault="reply", message=reply, times=None)


def test_a_fault_of_another_peer_is_no_problem_of_this_link(sites):
    site = sites(CLUSTERS, cluster_pairs=[*LINKS, {"between": ["alpha", "gamma"]}], volume_pairs=TO_BETA)
    site.world.management_link("alpha", "gamma", up=False)
    result = site.run("pair_info", gather=EVERYTHING)
    assert ([fault["concerns"] for fault in result["faults"]], result["problems"]) == ([False], [])
    assert codes(site.run("pair_info", gather=EVERYTHING, peer=None)) == ["not_connected"]


@pytest.mark.parametrize(
    ("fault", "code", "healthy"),
    [
        ({"code": "DisconnectedRemoteNode", "details": "Nodes: [1, 2]"}, "minor_fault", True),
        ({"code": "remoteRepAsyncDelayExceeded", "severity": "error"}, "fault", False),
        ({"code": "remoteRepAsyncDelayExceeded", "severity": "critical"}, "fault", False),
        ({"code": "remoteRepAsyncDelayExceeded", "severity": "Dire"}, "fault", False),
        ({"code": "remoteRepAsyncDelayExceeded", "severity": None}, "fault", False),
        ({"code": "disconnectedClusterPair", "details": "[] ]["}, "minor_fault", True),
        ({"code": "disconnectedClusterPair", "details": "Misconfigured Cluster Pairs: [900, 901]."}, None, True),
        ({"code": "remoteRepClusterFull", "details": "Volume IDs: [900]"}, None, True),
        ({"code": "disconnectedSnapMirrorEndpoint", "severity": "error"}, None, True),
        ({"code": "driveFailed", "severity": "error"}, None, True),
        ({"code": "remoteRepClusterFull", "severity": "error", "resolved": True}, None, True),
    ],
)
def test_which_faults_are_problems(site, fault, code, healthy):
    reported(site, "beta", fault)
    result = site.run("pair_info", gather=["volume_pairs", "faults"])
    assert (codes(result), result["healthy"]) == ([code] if code else [], healthy)


def test_a_fault_that_is_worse_than_what_is_found_is_reported(sites):
    site = sites(CLUSTERS, cluster_pairs=LINKS, volume_pairs=TO_BETA)
    site.world.call("alpha", "ModifyVolumePair", {"volumeID": volume_id(site, "alpha", "one"), "pausedManual": True})
    reported(site, "alpha", {"code": "disconnectedRemoteNode", "severity": "error"})
    result = site.run("pair_info", gather=["volume_pairs", "faults"])
    assert (codes(result), result["healthy"]) == (["fault", "paused"], False)


def test_faults_are_reported_of_the_volumes_that_were_asked_for(site):
    site.world.target_full("beta")
    assert codes(site.run("pair_info", gather=["faults"], volumes=["one"])) == ["cluster_full"]
    assert codes(site.run("pair_info", gather=["faults"], volumes=["four"])) == []


# --- while another run is at work ---------------------------------------------------------------------------------------


#: Targets that are prepared for their pairs.
TARGETS = [{"name": name, "access": "replicationTarget"} for name in NAMES]
PREPARED = [{"name": "alpha", "volumes": VOLUMES}, {"name": "beta", "volumes": TARGETS}]


def looks(site, cluster="alpha"):
    return len(site.world.calls_of(cluster, "ListVolumes"))


def test_a_handshake_between_two_reads_is_no_half_pair(sites):
    site = sites(PREPARED, cluster_pairs=LINKS)
    here, there = volume_id(site, "alpha", "one"), volume_id(site, "beta", "one")
    started = site.world.call("alpha", "StartVolumePairing", {"volumeID": here, "mode": "Async"})
    complete = {"volumeID": there, "volumePairingKey": started["volumePairingKey"]}
    before(site, ("beta", "ListVolumes", 1), "beta", "CompleteVolumePairing", **complete)
    # One call at a time: alpha is read before, beta after the handshake.
    result = site.run("pair_info", concurrency=1)
    assert (result["problems"], result["healthy"], looks(site)) == ([], True, 2)
    assert [pair["state"] for pair in result["volume_pairs"]] == ["paired"]


def test_a_half_that_is_still_there_is_one(sites):
    site = sites(CLUSTERS, cluster_pairs=LINKS, volume_pairs=[{"at": "alpha/one", "to": "beta/one"}, TO_BETA[1]])
    assert (codes(site.run("pair_info")), looks(site), looks(site, "beta")) == (["half_pair"], 2, 2)


def test_other_halves_on_their_way_are_looked_at_again(sites):
    """Another run pairs many volumes: when it is read again, it makes the next handshake."""
    site = sites(PREPARED, cluster_pairs=LINKS)
    for look, name in enumerate(("one", "two"), 1):
        here, there = volume_id(site, "alpha", name), volume_id(site, "beta", name)
        key = site.world.call("alpha", "StartVolumePairing", {"volumeID": here, "mode": "Async"})["volumePairingKey"]
        complete = {"volumeID": there, "volumePairingKey": key}
        before(site, ("beta", "ListVolumes", look), "beta", "CompleteVolumePairing", **complete)
    result = site.run("pair_info", concurrency=1)
    assert (result["problems"], looks(site)) == ([], 3)


def test_without_a_half_there_is_one_look(site):
    site.run("pair_info")
    assert (looks(site), looks(site, "beta")) == (1, 1)


# --- readiness --------------------------------------------------------------------------------------------------------


def test_before_anything_is_paired(sites):
    site = sites(CLUSTERS)
    result = site.run("pair_info", gather=["readiness"], volumes=["one", "nonesuch"])
    assert (checked(result, "latency"), checked(result, "pair_slots")) == ([None], [True, True])
    assert (checked(result, "size"), checked(result, "access")) == ([True], [True, False])
    assert result["problems"] == []  # cluster pairs and volume pairs were not asked for


def test_volumes_that_do_not_fit(sites):
    here = [{"name": "large", "size": "2GiB"}, {"name": "bytes"}, {"name": "read", "access": "readOnly"}, {"name": "a"}]
    there = [{"name": "large", "size": "1GiB"}, {"name": "bytes", "enable_512e": False}, {"name": "read"}]
    site = sites([{"name": "alpha", "volumes": here}, {"name": "beta", "volumes": there}], cluster_pairs=LINKS)
    result = site.run("pair_info", gather=["readiness"], volumes=["large", "bytes", "read", "a"], **by_mvip(site))
    unwell = [check for check in result["readiness"] if not check["ok"]]
    assert [check["code"] for check in unwell] == ["size", "sector_size", "access", "access"]
    assert all(check["ok"] is False and check["remedy"] for check in unwell)


def test_who_would_be_recognised_while_it_does_not_answer(site):
    def ok(**options):
        result = site.run("pair_info", gather=["readiness"], **options)
        return {check["message"].split()[4]: check["ok"] for check in result["readiness"] if check["code"] == "mvip"}

    mvips = {name: site.world.cluster(name).identity.mvip for name in ("alpha", "beta")}
    assert ok() == {"alpha": False, "beta": False}
    assert ok(**by_mvip(site)) == {"alpha": True, "beta": True}
    assert ok(mvip=mvips["alpha"]) == {"alpha": True, "beta": False}
    assert ok(peer=site.connection("beta", mvip=mvips["alpha"])) == {"alpha": False, "beta": False}


def test_before_a_handshake_it_is_their_own_mvip_that_counts(sites):
    site = sites(CLUSTERS)
    result = site.run("pair_info", gather=["readiness"])
    remedies = [check["remedy"] for check in result["readiness"] if check["code"] == "mvip"]
    mvips = [site.world.cluster(name).identity.mvip for name in ("alpha", "beta")]
    assert remedies == [f"set element_mvip of its host (or mvip) to {mvip}" for mvip in mvips]
    assert checked(site.run("pair_info", gather=["readiness"], **by_mvip(site)), "mvip") == [True, True]


def test_an_address_of_the_inventory_that_is_the_mvip_is_enough(sites):
    clusters = [{**cluster, "mvip": mvip} for cluster, mvip in zip(CLUSTERS, ("127.0.0.1", "198.51.100.20"))]
    site = sites(clusters, cluster_pairs=LINKS)
    assert checked(site.run("pair_info", gather=["readiness"]), "mvip") == [True, False]
    assert checked(site.run("pair_info", gather=["readiness"], hostname="localhost"), "mvip") == [True, False]


def test_without_a_peer_what_is_between_the_two_is_unknown(site):
    result = site.run("pair_info", gather=["readiness"], peer=None)
    unknown = {check["code"]: check["message"] for check in result["readiness"] if check["ok"] is None}
    assert set(unknown) >= {"version_gap", "names", "mvip", "latency", "size", "sector_size", "access"}
    assert all(message.startswith("no peer was given") for message in unknown.values())
    assert checked(result, "privileges") == [True, None]


@pytest.mark.parametrize(
    ("roles", "ok"), [(["administrator"], True), (["clusterAdmins"], None), (["read", "reporting"], False)]
)
def test_the_roles_of_the_user(sites, roles, ok):
    admins = [{"username": "ansible", "password": "Only-for-this-9xQ", "access": roles}]
    site = sites([{"name": "alpha", "admins": admins}, {"name": "beta"}])
    assert checked(site.run("pair_info", gather=["readiness"]), "privileges") == [ok, True]
    # The same judgement keeps a handshake from being begun on one side that the other one would refuse.
    result = site.run("cluster_pair", here="beta", there="alpha")
    assert result.get("error", {}).get("code") == ("permission" if ok is False else None)
    if ok is False:
        assert site.world.writes() == []
        assert "the roles read, reporting" in result["msg"]


def test_what_cannot_be_read_is_unknown_and_says_why(site):
    for method in ("ListClusterAdmins", "GetLimits", "GetClusterFullThreshold"):
        site.world.faults.add("beta", method, fault="xPermissionDenied", times=None)
    result = site.run("pair_info", gather=["readiness"])
    assert (checked(result, "privileges"), checked(result, "fullness")) == ([True, None], [True, None])
    unknown = [check for check in result["readiness"] if check["ok"] is None]
    assert all("xPermissionDenied" in check["message"] for check in unknown)


def test_a_user_of_ldap_is_not_listed(site):
    reply = json.dumps({"result": {"clusterAdmins": [{"username": "cn=ansible", "access": ["read"]}]}})
    site.world.faults.add("alpha", "ListClusterAdmins", fault="reply", message=reply, times=None)
    assert checked(site.run("pair_info", gather=["readiness"]), "privileges") == [None, True]


def test_a_long_way_is_too_long_for_mode_sync(sites):
    spec = {"cluster_pairs": LINKS, "links": [{"between": ["alpha", "beta"], "latency": 30}]}
    site = sites(CLUSTERS, volume_pairs=[TO_BETA[0]], **spec)
    assert checked(site.run("pair_info", gather=["readiness"]), "latency") == [True]
    site = sites(CLUSTERS, volume_pairs=[{**TO_BETA[0], "mode": "Sync"}], **spec)
    assert checked(site.run("pair_info", gather=["readiness"]), "latency") == [False]


@pytest.mark.parametrize("stage", ["stage3Low", "stage4Critical", "stage5CompletelyConsumed"])
def test_nothing_is_created_on_a_full_cluster(sites, stage):
    site = sites([{"name": "alpha", "volumes": VOLUMES}, {"name": "beta", "fullness": stage}], cluster_pairs=LINKS)
    result = site.run("volume_pair", volume="one", create_peer_volume={})
    if stage == "stage3Low":
        assert not result.get("failed")
    else:
        assert (result["error"]["code"], result["error"]["method"]) == ("limit_reached", "GetClusterFullThreshold")
        assert site.world.writes() == []


# --- what is easily overlooked ----------------------------------------------------------------------------------------


def test_a_deleted_volume_is_found_where_the_list_of_all_does_not_have_it(sites):
    site = sites(CLUSTERS, cluster_pairs=LINKS, volume_pairs=TO_BETA)
    gone = volume_id(site, "beta", "one")
    site.world.call("beta", "DeleteVolume", {"volumeID": gone})
    listed = site.world.call("beta", "ListVolumes", {"includeVirtualVolumes": False})["volumes"]
    living = [volume for volume in listed if volume["volumeID"] != gone]
    reply = json.dumps({"result": {"volumes": living}})
    site.world.faults.add("beta", "ListVolumes", fault="reply", message=reply, times=None)
    (problem,) = site.run("pair_info")["problems"]
    assert (problem["code"], f"RestoreDeletedVolume with volumeID {gone}" in problem["remedy"]) == (
        "volume_deleted",
        True,
    )


def test_entries_beside_the_cluster_pair(sites):
    further = {"at": "alpha", "to": {"like": "beta", "unique_id": "old1"}}
    site = sites(CLUSTERS, cluster_pairs=[*LINKS, further], volume_pairs=TO_BETA)
    result = site.run("pair_info", gather=EVERYTHING)
    assert (codes(result), result["healthy"]) == (["further_entries"], True)
    assert not site.run("cluster_pair", repair=True).get("failed")
    assert site.run("pair_info", gather=EVERYTHING)["problems"] == []


@pytest.mark.parametrize("name", ["tenant", "nonesuch"])
def test_an_account_without_pairs_is_not_protected(sites, name):
    result = sites(CLUSTERS, cluster_pairs=LINKS).run("pair_info", accounts=[name])
    assert (codes(result), result["healthy"]) == (["not_paired"], False)
    assert ("spelling" in result["problems"][0]["remedy"]) == (name == "nonesuch")
