# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What replicates where."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.elementsw.replication.plugins.filter.protect_summary import FilterModule, protect_summary
from ansible_collections.elementsw.replication.tests.unit.plugins.filter.reports import cluster_pair, volume_pair

PAIRED = {"changed": False, "cluster_pair": cluster_pair()}


@pytest.mark.parametrize(
    ("state", "connected", "expected"),
    [
        ("paired", True, "connected"),
        ("paired", False, "paired"),
        ("paired", None, "paired"),
        ("none", False, "would_be_paired"),
        ("half_local", True, "would_be_paired"),
    ],
)
def test_clusters(state, connected, expected):
    summary = protect_summary({"cluster_pair": cluster_pair(state, connected=connected)})
    assert summary == {"here": "alpha", "there": "beta", "clusters": expected, "volumes": []}


@pytest.mark.parametrize(
    ("state", "direction", "expected", "source"),
    [
        ("paired", "to_peer", "replicates", "alpha"),
        ("paired", "from_peer", "replicates", "beta"),
        ("paired", "split", "split", "alpha"),
        ("paired", "none", "none", "alpha"),
        ("paired", None, "none", "alpha"),
        ("unpaired", None, "would_be_paired", "alpha"),
        ("unpaired", "from_peer", "would_be_paired", "alpha"),
    ],
)
def test_volumes(state, direction, expected, source):
    pair = volume_pair(state=state, direction=direction, peer_volume="orders-db-dr")
    (volume,) = protect_summary(PAIRED, {"pairs": [pair]})["volumes"]
    ends = [{"volume": "orders-db", "cluster": "alpha"}, {"volume": "orders-db-dr", "cluster": "beta"}]
    if source == "beta":
        ends.reverse()
    assert volume == {"state": expected, "source": ends[0], "target": ends[1], "mode": "async", "health": "healthy"}


@pytest.mark.parametrize("volumes", [None, {}, {"changed": False, "skipped": True}, {"pairs": []}])
def test_without_volumes(volumes):
    assert protect_summary(PAIRED, volumes)["volumes"] == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["text"],
            "the input is of type str, expected a dictionary, the result of elementsw.replication.element_cluster",
        ),
        (
            [PAIRED, [1]],
            "volumes is of type list, expected a dictionary, the result of elementsw.replication.element_vol",
        ),
        ([{"failed": True}], "'cluster_pair' is missing in the input"),
        ([PAIRED, {"pairs": [7]}], "the input is not as expected"),
    ],
)
def test_input_that_is_not_as_documented(arguments, message):
    with pytest.raises(AnsibleFilterError) as refused:
        protect_summary(*arguments)
    assert f"elementsw.replication.protect_summary: {message}" in str(refused.value)


def test_ansible_finds_it_by_its_name():
    assert FilterModule().filters() == {"protect_summary": protect_summary}
