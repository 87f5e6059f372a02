# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What clients send that no one here wrote: texts for numbers, empty values for what is not given, GET."""

from __future__ import annotations

import json

import pytest

from ansible_collections.elementsw.replication.tests.simulator.description import build
from ansible_collections.elementsw.replication.tests.simulator.errors import ApiError, WorldError
from ansible_collections.elementsw.replication.tests.simulator.settings import SWITCHES_VARIABLE
from ansible_collections.elementsw.replication.tests.simulator.world import World

GIB = 1024**3
SPEC = {
    "timings": "instant",
    "clusters": [
        {"name": "alpha", "volumes": [{"name": "orders-db", "id": 41}, {"name": "spare", "id": 42}]},
        {"name": "beta", "volumes": [{"name": "orders-dr", "id": 77}]},
    ],
    "cluster_pairs": [{"between": ["alpha", "beta"]}],
    "volume_pairs": [{"source": "alpha/orders-db", "target": "beta/orders-dr"}],
}


def error_of(world, method, params):
    with pytest.raises(ApiError) as caught:
        world.perform(world.cluster("alpha"), None, method, params, "12.5")
    return caught.value.name


def result_of(world, method, params):
    return world.perform(world.cluster("alpha"), None, method, params, "12.5")[0]


MEANT = [
    ("ListVolumes", {"startVolumeID": "42", "limit": "1"}, {"startVolumeID": 42, "limit": 1}),
    ("ListVolumes", {"volumeIDs": ["41"]}, {"volumeIDs": [41]}),
    ("ListVolumes", {"isPaired": "true"}, {"isPaired": True}),
    ("ListVolumes", {"isPaired": "false"}, {"isPaired": False}),
    ("ListVolumes", {"volumeIDs": None, "accounts": None, "volumeName": "", "volumeStatus": ""}, {}),
    ("ListVolumes", {"startVolumeID": 0, "limit": 0}, {}),
    ("ListVolumes", None, {}),
    ("ListClusterPairs", None, {}),
    ("ListSnapshots", {"volumeID": 0, "snapshotID": 0}, {}),
    ("ListSnapshots", {"volumeID": "0", "snapshotID": "0"}, {}),
]


@pytest.mark.parametrize(("method", "sent", "meant"), MEANT)
def test_parameters_are_taken_as_what_they_mean(method, sent, meant):
    world = World.from_dict(SPEC)
    assert result_of(world, method, sent) == result_of(world, method, meant)


@pytest.mark.parametrize(
    ("method", "sent"), [case[:2] for case in MEANT if case[1] != {"startVolumeID": 0, "limit": 0}]
)
def test_a_strict_cluster_refuses_them(method, sent):
    world = World.from_dict({**SPEC, "switches": {"parameter_types": "strict"}})
    if method == "ListSnapshots" and sent["volumeID"] == 0:
        assert error_of(world, method, sent) == "xSnapshotIDDoesNotExist"
    else:
        assert error_of(world, method, sent) in (
            "xInvalidParameterType",
            "xInvalidParameter",
            "xUnrecognizedEnumString",
        )


def test_a_snapshot_as_a_storage_driver_asks_for_it():
    """Every member of its structure is sent, the unused ones empty."""
    world = World.from_dict(SPEC)
    sent = {"volumeID": 42, "snapshotID": 0, "name": "s", "retention": "", "expirationTime": "", "attributes": None}
    taken = result_of(world, "CreateSnapshot", {**sent, "enableRemoteReplication": False})["snapshot"]
    assert (taken["name"], taken["expirationTime"], taken["attributes"]) == ("s", None, {})


@pytest.mark.parametrize("types", ["coerce", "strict"])
def test_a_null_that_says_something_is_taken_at_its_word(types):
    world = World.from_dict({**SPEC, "switches": {"parameter_types": types}})
    unpaired = result_of(world, "ListVolumes", {"isPaired": None})["volumes"]
    assert [volume["volumeID"] for volume in unpaired] == [42]
    taken = result_of(world, "CreateSnapshot", {"volumeID": 42, "retention": "24:00:00"})["snapshot"]
    assert taken["expirationTime"]
    for_ever = result_of(world, "ModifySnapshot", {"snapshotID": taken["snapshotID"], "expirationTime": None})
    assert for_ever["snapshot"]["expirationTime"] is None


def test_a_zero_that_says_something_is_taken_at_its_word():
    world = World.from_dict(SPEC)
    for zero in (0, "0"):
        result_of(world, "ModifyVolume", {"volumeID": 42, "minFifoSize": 3})
        assert result_of(world, "ModifyVolume", {"volumeID": 42, "minFifoSize": zero})["volume"]["minFifoSize"] == 0


def test_numbers_within_an_object_may_be_texts():
    world = World.from_dict(SPEC)
    changed = result_of(world, "ModifyVolume", {"volumeID": "42", "qos": {"minIOPS": "100"}})["volume"]
    assert changed["qos"]["minIOPS"] == 100


@pytest.mark.parametrize(
    "value", [True, "yes", "4 2", [42], {"a": 1}, "4" * 5000, 2**63, "\N{ARABIC-INDIC DIGIT FOUR}"]
)
def test_what_means_no_number_is_refused_all_the_same(value):
    world = World.from_dict(SPEC)
    assert error_of(world, "RemoveVolumePair", {"volumeID": value}) == "xInvalidParameterType"


def test_a_boolean_is_no_text():
    error = error_of(World.from_dict(SPEC), "ModifySnapshot", {"snapshotID": 1, "expirationTime": True})
    assert error == "xInvalidParameterType"


INTERVAL = {
    "scheduleName": "hourly",
    "scheduleType": "Snapshot",
    "attributes": {"frequency": "Time Interval"},
    "hours": 1,
    "scheduleInfo": {"volumeID": 42},
}


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("CreateSnapshot", {"volumeID": 42, "retention": "99999999999:00:00"}),
        ("CreateGroupSnapshot", {"volumes": [41, 42], "retention": "99999999999:00:00"}),
        ("CreateSchedule", {**INTERVAL, "hours": 99999999999}),
        ("CreateSchedule", {**INTERVAL, "scheduleInfo": {"volumeID": 42, "retention": "99999999999:00:00"}}),
    ],
)
def test_times_that_no_date_can_hold_are_refused(method, params):
    """A run that is due after the last date there is must not end every later call."""
    world = World.from_dict(SPEC)
    assert error_of(world, method, params) == "xInvalidParameter"
    world.advance(7200)
    assert result_of(world, "ListSchedules", {}) == {"schedules": []}


def test_dates_of_another_time_zone_are_shown_as_utc():
    world = World.from_dict(SPEC)
    taken = result_of(world, "CreateSnapshot", {"volumeID": 42, "expirationTime": "2031-01-01T02:00:00+02:00"})
    assert taken["snapshot"]["expirationTime"] == "2031-01-01T00:00:00Z"
    beyond = {"volumeID": 42, "expirationTime": "9999-12-31T23:59:59-14:00"}
    assert error_of(world, "CreateSnapshot", beyond) == "xInvalidParameter"


@pytest.mark.parametrize("value", ["", 0, None])
def test_a_required_parameter_must_be_given(value):
    assert error_of(World.from_dict(SPEC), "ModifyVolume", {"volumeID": value}) in (
        "xInvalidParameterType",
        "xVolumeIDDoesNotExist",
    )


# --- switches from outside ------------------------------------------------------------------------------------------------


def test_switches_of_the_environment_hold_where_a_world_sets_none(monkeypatch):
    monkeypatch.setenv(SWITCHES_VARIABLE, json.dumps({"parameter_types": "strict", "sync_delay": "null"}))
    world = build(World, {**SPEC, "switches": {"sync_delay": "zero"}})
    assert (world.switches.parameter_types, world.switches.sync_delay) == ("strict", "zero")


@pytest.mark.parametrize("value", ['["x"]', "{", '{"unheard_of": 1}'])
def test_switches_of_the_environment_that_make_no_sense_are_refused(monkeypatch, value):
    monkeypatch.setenv(SWITCHES_VARIABLE, value)
    with pytest.raises(WorldError):
        World.from_dict(SPEC)
