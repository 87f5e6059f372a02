# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One poll of the event source, on simulated clusters: it reports what element_pair_info reports, and never a secret."""

from __future__ import annotations

import gc
import pathlib

import pytest

from ansible_collections.elementsw.replication.plugins.module_utils._pairing.jobs.pair_info import PairInfoJob
from ansible_collections.elementsw.replication.plugins.plugin_utils._polling import (
    GATHER,
    Defect,
    Names,
    addresses,
    check,
    poll,
)
from ansible_collections.elementsw.replication.plugins.plugin_utils._source_arguments import parameters
from ansible_collections.elementsw.replication.tests.unit.plugins.modules import combined_problems
from ansible_collections.elementsw.replication.tests.unit.plugins.modules.paired_sites import paired, volume

__all__ = ["paired"]

NAMES = Names("alpha", "beta")
PASSWORDS = {"alpha": "Marker-of-alpha-7x", "beta": "Marker-of-beta-9y"}


def params(site, peer="beta", **more):
    there = site.connection(peer) if peer else None
    return parameters({**site.connection("alpha"), "peer": there, **more})[0]


def codes(report):
    return [problem["code"] for problem in report.problems]


def test_healthy_clusters(paired):
    site = paired()
    report = poll(params(site), addresses(params(site)))
    assert (report.cluster, report.peer, report.problems, report.complete, report.failed) == (*NAMES, (), True, False)
    assert site.world.writes() == []


@pytest.mark.parametrize("peer", ["beta", None])
def test_the_problems_are_those_of_the_module(sites, peer):
    site = sites(**combined_problems.world())
    options = {} if peer else {"peer": None}
    expected = site.run("pair_info", gather=list(GATHER), **options)["problems"]
    report = poll(params(site, peer), addresses(params(site, peer)))
    assert len(expected) > 10
    assert list(report.problems) == expected
    assert (report.peer is None) == (peer is None)


def test_a_peer_that_does_not_answer(paired):
    site = paired()
    site.world.site_down("beta")
    unknown = addresses(params(site))
    report = poll(params(site), unknown)
    assert (codes(report), report.complete, report.failed) == (["peer_unreachable"], False, False)
    assert (report.cluster, report.peer) == ("alpha", unknown.peer)
    assert poll(params(site), NAMES).peer == "beta"


def test_this_cluster_does_not_answer(paired):
    site = paired()
    site.world.site_down("alpha")
    report = poll(params(site), NAMES)
    assert (codes(report), report.complete, report.failed) == (["unreachable"], False, True)
    (problem,) = report.problems
    assert (problem["cluster"], problem["severity"], problem["volume_id"]) == ("alpha", "error", None)
    assert "does not answer GetClusterInfo" in problem["message"]


@pytest.mark.parametrize(("cluster", "code"), [("beta", "peer_unreachable"), ("alpha", "unreachable")])
def test_a_cluster_stops_answering_in_the_middle(paired, cluster, code):
    site = paired()
    site.world.faults.add(cluster, "ListClusterPairs", fault="refuse", times=None)
    report = poll(params(site), NAMES)
    assert (codes(report), report.complete, report.failed) == ([code], False, True)
    assert report.problems[0]["cluster"] == (None if cluster == "beta" else "alpha")


def test_a_list_that_is_not_read_wholly(paired):
    """What an object has that cannot be read is not known: its problems have not cleared."""
    site = paired()
    ledger = volume(site, "alpha", "ledger").volume_id
    site.world.call("alpha", "ModifyVolumePair", {"volumeID": ledger, "pausedManual": True})
    assert codes(poll(params(site), NAMES)) == ["paused"]
    for cluster in ("alpha", "beta"):
        site.world.odd_object(cluster, "ListVolumes", volume(site, cluster, "ledger").volume_id, "volumePairs", 5)
    report = poll(params(site), NAMES)
    assert (set(codes(report)), report.complete, report.failed) == ({"unreadable_object"}, False, False)


def test_a_password_that_is_not_accepted(paired):
    site = paired()
    wrong = params(site)
    wrong["peer"]["password"] = PASSWORDS["beta"]
    (problem,) = poll(wrong, NAMES).problems
    assert (problem["code"], problem["cluster"]) == ("authentication", "beta")
    assert PASSWORDS["beta"] not in str(problem)


def test_what_a_cluster_says_is_neither_secret_nor_template_nor_control_character(sites):
    admins = {
        name: [{"username": "watcher", "password": text, "access": ["read", "reporting"]}]
        for name, text in PASSWORDS.items()
    }
    site = sites([{"name": name, "admins": admins[name]} for name in PASSWORDS])
    said = f"{PASSWORDS['alpha']} {{{{ lookup('env', 'HOME') }}}} {{% if %}} {{# #}} {{{{{{ \x1b[31m\n"
    site.world.faults.add("alpha", "ListClusterPairs", fault="xStrange", message=said)
    (problem,) = poll(params(site), NAMES).problems
    assert problem["code"] == "api_error"
    assert "xStrange (******** { { lookup('env', 'HOME') }} { % if %} { # #} { { { ?[31m?)" in problem["message"]


def test_a_defect_is_a_message_without_secrets(paired, monkeypatch):
    site = paired()
    given = params(site)

    def broken(self, outcome):
        raise KeyError(given["password"])

    monkeypatch.setattr(PairInfoJob, "report", broken)
    with pytest.raises(Defect) as defect:
        poll(given, NAMES)
    assert str(defect.value) == "this is a defect of elementsw.replication, please report it: KeyError: '********'"
    assert defect.value.__suppress_context__


def test_polls_leave_no_connection_open(paired):
    site = paired()
    folder = pathlib.Path("/proc/self/fd")
    if not folder.is_dir():
        pytest.skip("there is no list of open files here")

    poll(params(site), NAMES)
    gc.collect()
    gc.disable()
    try:
        before = len(list(folder.iterdir()))
        for _number in range(10):
            poll(params(site), NAMES)
        assert len(list(folder.iterdir())) <= before + 4  # those of the simulator end a little later
    finally:
        gc.enable()


def test_check(paired, tmp_path):
    site = paired()
    assert check(params(site)) is None
    problem = check(params(site, ca_path=str(tmp_path / "missing.pem")))
    assert problem.startswith("ca_path (host variable element_ca_path): ")
    given = params(site)
    given["peer"]["ca_path"] = str(tmp_path / "missing.pem")
    assert check(given).startswith("peer.ca_path ")


def test_a_lag_beyond_the_limit(paired):
    site = paired(names=["ledger"])
    ledger = volume(site, "alpha", "ledger").volume_id
    site.world.call("alpha", "ModifyVolumePair", {"volumeID": ledger, "pausedManual": True})
    assert codes(poll(params(site), NAMES)) == ["paused"]
    assert codes(poll(params(site, max_lag=0), NAMES)) in (["lag_unknown"], ["lag_exceeded"])
