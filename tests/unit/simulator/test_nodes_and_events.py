# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The nodes of a cluster, its administrator, its limits, and its event log with every filter."""

from __future__ import annotations

import pytest

from ansible_collections.elementsw.replication.tests.simulator.errors import ApiError
from ansible_collections.elementsw.replication.tests.simulator.world import World


@pytest.fixture(name="world")
def _world():
    world = World.from_dict(
        {
            "clock": "2025-05-01T10:00:00Z",
            "clusters": [{"name": "alpha", "mvip": "192.0.2.10", "version": "12.5.0.897", "first_ids": {"event": 11}}],
        }
    )
    for number in range(5):
        world.advance(59)
        world.call("alpha", "AddAccount", {"username": f"account-{number}"})
    return world


def call(world, method, **params):
    return world.call("alpha", method, params)


def listed(world, **params):
    return [each["eventID"] for each in call(world, "ListEvents", **params)["events"]]


def test_one_node_that_is_active(world):
    nodes = call(world, "ListActiveNodes")["nodes"]
    (node,) = nodes
    assert (node["nodeID"], node["softwareVersion"], node["virtualNetworks"]) == (1, "12.5.0.897", [])
    shown = call(world, "ListAllNodes")
    assert shown == {"nodes": nodes, "pendingActiveNodes": [], "pendingNodes": []}
    assert call(world, "GetClusterState", force=True) == {
        "nodes": [{"nodeID": 1, "result": {"cluster": "alpha", "state": "Active"}}]
    }


@pytest.mark.parametrize(("params", "error"), [({}, "xMissingParameter"), ({"force": False}, "xInvalidParameter")])
def test_the_state_of_all_nodes_must_be_asked_for_as_such(world, params, error):
    with pytest.raises(ApiError, match=error):
        call(world, "GetClusterState", **params)


def test_the_current_administrator(world):
    (everyone,) = call(world, "ListClusterAdmins")["clusterAdmins"]
    assert call(world, "GetCurrentClusterAdmin") == {"clusterAdmin": everyone}


def test_limits_of_hosts(world):
    limits = call(world, "GetLimits")
    assert (limits["chapCredentialsCountMax"], limits["volumeAccessGroupCountMax"]) == (15000, 1000)


def test_events_are_numbered_and_dated_to_the_microsecond(world):
    newest, *_older = call(world, "ListEvents")["events"]
    assert (newest["eventID"], newest["message"]) == (15, "API Call (AddAccount)")
    assert newest["timeOfPublish"] == newest["timeOfReport"] == "2025-05-01T10:05:00.000000Z"


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, [15, 14, 13, 12, 11]),
        ({"maxEvents": 2}, [15, 14]),
        ({"startEventID": 13}, [15, 14, 13]),
        ({"endEventID": 12}, [12, 11]),
        ({"startEventID": 12, "endEventID": 14, "maxEvents": 1}, [14]),
        ({"eventType": "apiEvent"}, [15, 14, 13, 12, 11]),
        ({"eventType": "ApiEvent"}, [15, 14, 13, 12, 11]),
        ({"eventType": "sliceEvent"}, []),
        ({"startReportTime": "2025-05-01T10:04:00Z"}, [15, 14]),
        ({"endReportTime": "2025-05-01T10:02:00Z"}, [12, 11]),
        ({"startPublishTime": "2025-05-01T10:02:00Z", "endPublishTime": "2025-05-01T10:03:00Z"}, [13, 12]),
        ({"nodeID": 1}, []),
        ({"serviceID": 1}, []),
        ({"driveID": 1}, []),
    ],
)
def test_filters_combine(world, params, expected):
    assert listed(world, **params) == expected


def test_a_time_that_is_none_is_refused(world):
    with pytest.raises(ApiError, match="xInvalidParameter"):
        call(world, "ListEvents", startReportTime="yesterday")


def test_order_and_end_are_two_questions(world):
    world.switches.set({"events_order": "oldest_first"})
    assert listed(world, maxEvents=2) == [14, 15]
    world.switches.set({"max_events_keeps": "oldest"})
    assert listed(world, maxEvents=2) == [11, 12]
    world.switches.set({"events_order": "newest_first"})
    assert listed(world, maxEvents=2) == [12, 11]
