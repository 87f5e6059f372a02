# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The time of a world: the real one, unless the world begins at a date, and what it was advanced by."""

from __future__ import annotations

import datetime

import pytest

from ansible_collections.elementsw.replication.tests.simulator.clock import CLOCK_VARIABLE, parse
from ansible_collections.elementsw.replication.tests.simulator.world import World

UTC = datetime.timezone.utc
HOURS = 3600
SPEC = {"clusters": [{"name": "alpha", "volumes": [{"name": "a", "id": 1}]}]}


@pytest.fixture
def real(monkeypatch):
    monkeypatch.delenv(CLOCK_VARIABLE)
    return World.from_dict(SPEC)


def taken_at(world, **more):
    snapshot = world.call("alpha", "CreateSnapshot", {"volumeID": 1, **more})["snapshot"]
    return parse(snapshot["createTime"])


def seconds_from_now(moment):
    return (moment - datetime.datetime.now(UTC)).total_seconds()


def volumes(world):
    return [volume["status"] for volume in world.call("alpha", "ListVolumes")["volumes"]]


def test_a_world_has_the_real_date(real):
    assert abs(seconds_from_now(taken_at(real))) < 5
    for _call in range(100):
        real.call("alpha", "GetAPI")
    assert abs(seconds_from_now(taken_at(real))) < 5


def test_a_world_is_advanced_beyond_the_real_date(real):
    real.advance(2 * HOURS)
    assert abs(seconds_from_now(taken_at(real)) - 2 * HOURS) < 5


@pytest.mark.parametrize("where", ["world", "environment"])
def test_a_world_that_begins_at_a_date_moves_with_the_calls(where, monkeypatch):
    begin = "2031-01-01T00:00:00Z"
    monkeypatch.setenv(CLOCK_VARIABLE, begin if where == "environment" else "2025-05-01T10:00:00Z")
    world = World.from_dict({**SPEC, "clock": begin} if where == "world" else SPEC)
    first, second = taken_at(world), taken_at(world)
    assert (first - parse(begin)).total_seconds() == 1
    assert (second - first).total_seconds() == 1
    world.advance(HOURS)
    assert (taken_at(world) - second).total_seconds() == HOURS + 1


def test_what_comes_due_between_calls_comes_about_by_itself(real):
    """As after hours in which no one has called."""
    real.call("alpha", "CreateSnapshot", {"volumeID": 1, "retention": "1:0:0"})
    real.write("alpha", 1, "something")
    real.call("alpha", "CreateVolume", {"name": "b", "accountID": 1, "totalSize": 10**10})
    real.call("alpha", "DeleteVolume", {"volumeID": 2})
    real.clock.advance(7 * HOURS)
    assert volumes(real) == ["active", "deleted"]
    assert real.truth()["clusters"]["alpha"]["volumes"][0]["snapshots"] == []
    (stats,) = real.call("alpha", "ListVolumeStats", {"volumeIDs": [1]})["volumeStats"]
    assert stats["nonZeroBlocks"] > 0
    real.clock.advance(2 * HOURS)
    assert volumes(real) == ["active"]


def test_a_real_clock_that_is_stopped_stays_where_it_is(real):
    real.clock.stop()
    stopped = real.clock.now
    assert real.clock.now == stopped
    assert abs(seconds_from_now(stopped)) < 5
    real.advance(10)
    assert (real.clock.now - stopped).total_seconds() == 10
