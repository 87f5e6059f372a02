# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hosts of the inventory that lead to each other's clusters."""

from __future__ import annotations

import pytest

from ansible_collections.elementsw.replication.plugins.plugin_utils._exchanged_hosts import exchanged_hosts

BOTH = "host alpha of the inventory leads to cluster beta and beta to cluster alpha: are their addresses exchanged?"
ONE = "host alpha of the inventory leads to cluster beta: are their addresses exchanged?"


@pytest.mark.parametrize(
    ("local", "peer", "expected"),
    [
        ("alpha", "beta", None),
        ("beta", "alpha", BOTH),
        ("Beta", "ALPHA", BOTH.replace("cluster beta", "cluster Beta").replace("cluster alpha", "cluster ALPHA")),
        # The peer does not answer.
        ("beta", None, ONE),
        ("alpha", None, None),
        # Clusters that have names of their own say nothing about the hosts.
        ("SF-1", "SF-2", None),
        ("SF-1", "alpha", None),
        ("beta", "SF-2", None),
        # Both hosts lead to one cluster, which is refused elsewhere.
        ("beta", "beta", None),
        (None, None, None),
    ],
)
def test_names_of_hosts_and_clusters(local, peer, expected):
    clusters = {"local": {"name": local}, "peer": {"name": peer} if peer else None}
    assert exchanged_hosts(clusters, "alpha", "beta") == expected


def test_a_report_of_one_cluster():
    assert exchanged_hosts({"local": {"name": "beta"}}, "alpha", "beta") == ONE


def test_hosts_whose_names_are_the_same_but_for_their_case():
    assert exchanged_hosts({"local": {"name": "beta"}, "peer": {"name": "BETA"}}, "beta", "Beta") is None
