# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which links between clusters a playbook is about."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.elementsw.replication.plugins.filter.replication_links import (
    FilterModule,
    replication_links,
)

HOSTS = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta"]


def two(here, there, **others):
    return {"cluster": here, "peer": there, **others}


@pytest.mark.parametrize(
    ("given", "links"),
    [
        (two("alpha", "beta"), [two("alpha", "beta")]),
        ({**two("alpha", "beta"), "links": "", "clusters": None}, [two("alpha", "beta")]),
        ({"clusters": ["alpha", "beta"], "cluster": "", "peer": None}, [two("alpha", "beta")]),
        ({"clusters": "alpha, beta\ngamma,\n"}, [two("alpha", "beta"), two("alpha", "gamma"), two("beta", "gamma")]),
        (
            {"links": [two("alpha", "beta", pairs=[], max_lag=""), two("alpha", "gamma", pairs_file="g.csv")]},
            [two("alpha", "beta", pairs=[]), two("alpha", "gamma", pairs_file="g.csv")],
        ),
    ],
)
def test_links(given, links):
    chosen = replication_links(given, HOSTS)
    assert (chosen["problem"], chosen["links"]) == (None, links)
    assert chosen["links"] == replication_links(given)["links"]


def test_what_they_run_on():
    chosen = replication_links({"links": [two("beta", "alpha"), two("beta", "gamma")]})
    assert (chosen["clusters"], chosen["first"]) == (["beta", "alpha", "gamma"], ["beta"])
    assert (chosen["several"], chosen["among_all"]) == (True, False)
    assert replication_links({"clusters": "a,b"})["among_all"] is True


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({}, "Given: nothing, nothing."),
        (two("alpha", None), "Given: alpha, nothing."),
        (two("alpha", "alpha"), "Given: alpha, alpha."),
        (two("alpha", "moon"), "Given: alpha, moon; moon is no host of the inventory."),
        (two("alpha", 7), "Given: alpha, 7"),
        ({"clusters": 7}, "Given: 7"),
        ({"clusters": "x,alpha,y"}, "Given: x, alpha, y; x, y are no hosts of the inventory."),
        ({"clusters": HOSTS}, "Give two to five clusters"),
        ({"clusters": "alpha,beta", **two("alpha", "beta")}, "and only one of the three"),
        ({"links": [two("alpha", "beta")], "clusters": "alpha,beta"}, "and only one of the three"),
        ({"links": "alpha"}, "must be a list of links"),
        ({"links": []}, "must be a list of links"),
        ({"links": ["alpha"]}, "must be a list of links"),
        ({"links": [two("alpha", "beta"), two("alpha", "moon")]}, "replication_links[1]: moon is no host of the"),
        ({"links": [two("alpha", "alpha")]}, "replication_links[0]: name two different clusters"),
        ({"links": [two("alpha", "")]}, "replication_links[0]: name two different clusters"),
        ({"links": [two("alpha", "beta", pair=1)]}, "replication_links[0]: pair is no key of a link; the keys are"),
        (
            {"links": [two("alpha", "beta"), two("beta", "alpha")]},
            "replication_links[1]: beta and alpha are listed twice",
        ),
    ],
)
def test_what_is_refused(given, problem):
    refused = replication_links(given, HOSTS)
    assert problem in refused["problem"]
    assert (refused["links"], refused["clusters"], refused["first"]) == ([], [], [])


@pytest.mark.parametrize("name", ["al pha", "a\tb", "a:b", "a*", "a?", "a[1]", "!a", "&a", "~a", "a,b"])
def test_a_name_that_a_play_takes_for_a_pattern_is_refused(name):
    """It would match other hosts or none, and the playbook would end without an error and with nothing done."""
    for given in (two(name, "alpha"), two("alpha", name), {"links": [two("alpha", "beta"), two("alpha", name)]}):
        refused = replication_links(given, [*HOSTS, name])
        assert f"{name!r} cannot be the host of a cluster" in refused["problem"]
        assert refused["links"] == []


@pytest.mark.parametrize("name", ["fd00::10", "192.0.2.10", "alpha.example.com", "a_b-c", "älpha"])
def test_names_and_addresses_that_are_none(name):
    assert replication_links(two(name, "alpha"), [*HOSTS, name])["problem"] is None


def test_a_playbook_for_two_clusters_alone():
    chosen = replication_links(two("alpha", "beta"), HOSTS, most=2)
    assert (chosen["problem"], chosen["first"]) == (None, ["alpha"])
    assert replication_links(two("alpha", "moon "), HOSTS, most=2)["problem"] == (
        "Give two clusters as different hosts of the inventory, -e replication_cluster=NAME -e replication_peer=NAME. "
        "Given: alpha, 'moon '; 'moon ' is no host of the inventory."
    )


def test_input_that_is_not_as_documented():
    with pytest.raises(AnsibleFilterError, match="replication_links: the input is of type list"):
        replication_links([])


def test_ansible_finds_it_by_its_name():
    assert FilterModule().filters() == {"replication_links": replication_links}
