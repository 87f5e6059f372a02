# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the states mean: every text that the API's sources name, and texts that no one has seen."""

from __future__ import annotations

import pytest

from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide import health
from ansible_collections.elementsw.replication.tests.unit.builders import pair

STATES = [
    # state, with valid roles, otherwise
    ("Active", "healthy", "healthy"),
    ("Idle", "healthy", "healthy"),
    ("ResumingConnected", "syncing", "syncing"),
    ("ResumingRRSync", "syncing", "syncing"),
    ("ResumingLocalSync", "syncing", "syncing"),
    ("ResumingDataTransfer", "syncing", "syncing"),
    ("ResumingSomethingNew", "syncing", "syncing"),
    ("PausedManual", "paused", "paused"),
    ("PausedManualRemote", "paused", "paused"),
    ("PausedQoS", "recovering", "recovering"),
    ("PausedSlowLink", "recovering", "recovering"),
    ("PausedXCopy", "recovering", "recovering"),
    ("PausedDisconnected", "recovering", "recovering"),
    ("PausedMisconfigured", "recovering", "broken"),
    ("Unconfigured", "pending", "pending"),
    ("PausedVolumeSizeMismatch", "broken", "broken"),
    ("PausedClusterFull", "broken", "broken"),
    ("PausedExceededMaxSnapshotCount", "broken", "broken"),
    ("PausedSomethingNew", "broken", "broken"),
    ("StoppedMisconfigured", "dead", "dead"),
    ("StoppedSomethingNew", "dead", "dead"),
    ("Transitioning", "unknown", "unknown"),
    ("active", "unknown", "unknown"),
    ("", "unknown", "unknown"),
]


@pytest.mark.parametrize(("state", "valid", "otherwise"), STATES)
def test_of_state(state, valid, otherwise):
    assert (health.of_state(state, True), health.of_state(state, False)) == (valid, otherwise)


def test_the_worse_side_counts():
    order = ["healthy", "syncing", "paused", "recovering", "pending", "unknown", "broken", "dead"]
    for better, worse in zip(order, order[1:]):
        assert health.worst([better, worse]) == health.worst([worse, better]) == worse


@pytest.mark.parametrize(
    ("here", "there", "expected"),
    [
        ("readWrite", "replicationTarget", "to_peer"),
        ("replicationTarget", "readWrite", "from_peer"),
        ("readWrite", "readWrite", "split"),
        ("replicationTarget", "replicationTarget", "none"),
        ("readWrite", "locked", None),
        ("readOnly", "replicationTarget", None),
        ("readWrite", None, None),
    ],
)
def test_direction_is_nothing_but_access(here, there, expected):
    assert health.direction(here, there) == expected


@pytest.mark.parametrize(
    ("here", "there", "expected"),
    [
        ("Active", "Active", False),
        ("ResumingRRSync", "Idle", False),
        ("PausedManual", "PausedManualRemote", True),
        ("PausedDisconnected", "PausedManual", True),
        ("PausedDisconnected", "PausedDisconnected", None),
        ("PausedMisconfigured", "Active", None),
        ("StoppedMisconfigured", "Active", None),
    ],
)
def test_a_pause_may_hide_behind_a_state(here, there, expected):
    assert health.paused([pair(1, state=here), pair(2, state=there)]) is expected
