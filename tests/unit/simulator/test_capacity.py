# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Capacity and efficiency, which follow from the volumes, and the limit of what can be provisioned."""

from __future__ import annotations

import pytest

from ansible_collections.elementsw.replication.tests.simulator.errors import ApiError
from ansible_collections.elementsw.replication.tests.simulator.world import World

GIB = 1024**3
BLOCK = 4096
MEMBERS = (
    *("activeBlockSpace", "activeSessions", "averageIOPS", "clusterRecentIOSize", "currentIOPS", "maxIOPS"),
    *("maxOverProvisionableSpace", "maxProvisionedSpace", "maxUsedMetadataSpace", "maxUsedSpace", "nonZeroBlocks"),
    *("peakActiveSessions", "peakIOPS", "provisionedSpace", "snapshotNonZeroBlocks", "timestamp", "totalOps"),
    *("uniqueBlocks", "uniqueBlocksUsedSpace", "usedMetadataSpace", "usedMetadataSpaceInSnapshots", "usedSpace"),
    "zeroBlocks",
)


def build(**more):
    return World.from_dict(
        {
            "switches": {"nonzero_blocks": "live", "statistics": "live"},
            "timings": "instant",
            "clusters": [
                {
                    "name": "alpha",
                    "accounts": [{"name": "shop", "id": 3}],
                    "max_provisioned": "20GiB",
                    "volumes": [
                        {"name": "a", "id": 1, "size": "10GiB", "marks": ["one", "two"]},
                        {"name": "b", "id": 2, "size": "20GiB"},
                        {"name": "old", "id": 3, "size": "30GiB", "deleted": True},
                    ],
                    "sessions": [{"volume": "a"}],
                    **more,
                }
            ],
        }
    )


@pytest.fixture(name="world")
def _world():
    return build()


def call(world, method, **params):
    return world.call("alpha", method, params)


def capacity(world):
    return call(world, "GetClusterCapacity")["clusterCapacity"]


def create(world, size):
    try:
        call(world, "CreateVolume", name="new", accountID=3, totalSize=size, enable512e=True)
    except ApiError as error:
        return error.name
    return "done"


def test_all_members_are_there_as_captured(world):
    shown = capacity(world)
    assert tuple(shown) == MEMBERS
    assert {type(value) for name, value in shown.items() if name != "timestamp"} == {int}


def test_it_follows_from_the_volumes(world):
    shown = capacity(world)
    assert shown["provisionedSpace"] == 60 * GIB
    assert (shown["maxProvisionedSpace"], shown["maxOverProvisionableSpace"]) == (20 * GIB, 100 * GIB)
    assert (shown["nonZeroBlocks"] + shown["zeroBlocks"]) * BLOCK == shown["provisionedSpace"]
    assert shown["nonZeroBlocks"] == 512
    assert shown["activeSessions"] == 1
    stats = call(world, "ListVolumeStats")["volumeStats"]
    assert shown["nonZeroBlocks"] == sum(each["nonZeroBlocks"] for each in stats)


def test_it_says_the_same_as_the_threshold(world):
    threshold = call(world, "GetClusterFullThreshold")
    assert capacity(world)["usedSpace"] == threshold["sumUsedClusterBytes"] == 512 * BLOCK
    assert capacity(world)["maxUsedSpace"] == threshold["sumTotalClusterBytes"]
    world.target_full("alpha")
    threshold = call(world, "GetClusterFullThreshold")
    assert capacity(world)["usedSpace"] == threshold["sumUsedClusterBytes"] == threshold["sumTotalClusterBytes"]


def test_what_is_stored_twice_takes_its_space_once(world):
    before = capacity(world)
    call(world, "CloneVolume", volumeID=1, name="copy")
    after = capacity(world)
    assert after["provisionedSpace"] - before["provisionedSpace"] == 10 * GIB
    assert after["nonZeroBlocks"] == 2 * before["nonZeroBlocks"]
    assert (after["uniqueBlocks"], after["usedSpace"]) == (before["uniqueBlocks"], before["usedSpace"])
    world.write("alpha", 1, "three")
    assert capacity(world)["usedSpace"] > after["usedSpace"]


def test_a_snapshot_keeps_what_its_volume_has_no_more(world):
    call(world, "CreateSnapshot", volumeID=1, name="before")
    shown = capacity(world)
    assert (shown["snapshotNonZeroBlocks"], shown["uniqueBlocks"]) == (512, 512)


@pytest.mark.parametrize(
    ("counted", "gib", "expected"),
    [
        (True, 40, "done"),
        (True, 41, "xSliceServiceSelectionFailed"),
        (False, 70, "done"),
        (False, 71, "xSliceServiceSelectionFailed"),
    ],
)
def test_no_more_can_be_provisioned_than_five_times_the_limit(world, counted, gib, expected):
    world.switches.set({"deleted_volumes_are_provisioned": counted})
    before = capacity(world)["provisionedSpace"]
    assert before == (60 if counted else 30) * GIB
    assert create(world, gib * GIB) == expected
    assert capacity(world)["provisionedSpace"] == before + (gib * GIB if expected == "done" else 0)


def test_a_purge_makes_room(world):
    assert create(world, 41 * GIB) == "xSliceServiceSelectionFailed"
    call(world, "PurgeDeletedVolume", volumeID=3)
    assert create(world, 70 * GIB) == "done"


def test_clones_need_room_while_they_are_made(world):
    world.timings.set({"clone_seconds": 60})
    for name in ("one", "two"):
        call(world, "CloneVolume", volumeID=2, name=name)
    with pytest.raises(ApiError, match="xSliceServiceSelectionFailed"):
        call(world, "CloneVolume", volumeID=1, name="three")


def test_clones_of_one_call_need_room_together(world):
    wanted = [{"volumeID": each} for each in (2, 2, 1)]
    with pytest.raises(ApiError, match="xSliceServiceSelectionFailed"):
        call(world, "CloneMultipleVolumes", volumes=wanted)


def test_the_efficiency_of_a_volume(world):
    shown = call(world, "GetVolumeEfficiency", volumeID=1)
    assert shown.pop("timestamp")
    assert shown == {
        "compression": 1.0,
        "deduplication": 1.0,
        "missingVolumes": [],
        "thinProvisioning": 10 * GIB / BLOCK / 512,
    }
    assert call(world, "GetVolumeEfficiency", volumeID=2)["thinProvisioning"] == 1.0


def test_the_efficiency_of_an_account(world):
    call(world, "CloneVolume", volumeID=1, name="copy")
    shown = call(world, "GetAccountEfficiency", accountID=3)
    assert (shown["deduplication"], shown["missingVolumes"]) == (2.0, [])
    assert shown["thinProvisioning"] == 40 * GIB / BLOCK / 1024


@pytest.mark.parametrize(
    ("method", "params", "error"),
    [
        ("GetVolumeEfficiency", {"volumeID": 9}, "xVolumeIDDoesNotExist"),
        ("GetAccountEfficiency", {"accountID": 9}, "xAccountIDDoesNotExist"),
    ],
)
def test_what_does_not_exist_has_no_efficiency(world, method, params, error):
    with pytest.raises(ApiError, match=error):
        call(world, method, **params)


def test_all_statistics_by_volume(world):
    def counted(stats):
        return [{name: value for name, value in each.items() if name != "timestamp"} for each in stats]

    by_volume = call(world, "ListVolumeStatsByVolume", includeVirtualVolumes=False)["volumeStats"]
    assert counted(by_volume) == counted(call(world, "ListVolumeStats")["volumeStats"])
