# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Snapshots and write counts as clusters answer them, and what is no such answer."""

from __future__ import annotations

import copy

import pytest

from ansible_collections.elementsw.replication.plugins.module_utils._element.errors import Failure
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.model import Writes
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.observe.snapshots import (
    list_all_snapshots,
    list_group_snapshots,
    list_snapshots,
)
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.observe.writes import (
    list_write_counts,
    until_counted,
)

SNAPSHOT = {
    "snapshotID": 5,
    "snapshotUUID": "u5",
    "volumeID": 41,
    "name": "hourly",
    "createTime": "2026-11-24T10:00:00Z",
    "groupID": 3,
    "enableRemoteReplication": True,
    "attributes": {"a": 1},
    "remoteStatuses": [{"volumePairUUID": "p1", "remoteStatus": "Present"}],
}
GROUP = {"groupSnapshotID": 3, "name": "group", "attributes": {"b": 2}, "members": [SNAPSHOT]}
STATS = {"volumeID": 41, "writeOps": 7, "samplePeriodMSec": 500}


class Answering:
    """A client of a cluster that always gives the same answer."""

    name = "alpha"

    def __init__(self, result):
        self.result = result
        self.asked = []

    def call(self, method, params=None):
        self.asked.append((method, {name: value for name, value in (params or {}).items() if value is not None}))
        return self.result


def test_a_snapshot():
    client = Answering({"snapshots": [SNAPSHOT, {**SNAPSHOT, "snapshotID": 6, "volumeID": 42}]})
    (found,) = list_snapshots(client, [41, 43])
    assert (found.id, found.uuid, found.volume_id, found.name, found.group_id) == (5, "u5", 41, "hourly", 3)
    assert (found.replicated, found.attributes, found.remote) == (True, {"a": 1}, {"p1": "Present"})
    assert client.asked == [("ListSnapshots", {})]


def test_of_one_volume_only_its_own_are_asked_for():
    client = Answering({"snapshots": [SNAPSHOT]})
    list_snapshots(client, [41])
    assert client.asked == [("ListSnapshots", {"volumeID": 41})]


def test_members_have_name_and_attributes_of_their_group():
    (found,) = list_group_snapshots(Answering({"groupSnapshots": [GROUP]}), 3)
    assert (found.id, found.group_id, found.name, found.attributes) == (5, 3, "group", {"b": 2})


@pytest.mark.parametrize("attributes", [None, "text", 5, []])
def test_attributes_may_be_anything(attributes):
    (found,) = list_all_snapshots(Answering({"snapshots": [{**SNAPSHOT, "attributes": attributes}]}))
    assert found.attributes == {}


@pytest.mark.parametrize(("count", "filtered"), [(500, True), (501, False)])
def test_a_filter_has_no_more_ids_than_it_may(count, filtered):
    client = Answering({"volumeStats": [STATS]})
    assert list_write_counts(client, range(count)) == {41: Writes(7, 0.5)}
    assert ("volumeIDs" in client.asked[0][1]) == filtered


@pytest.mark.parametrize(
    ("named", "sample"), [(500, 0.5), (250.0, 0.25), (0, 1.0), (None, 1.0), ("", 1.0), (10000, 10)]
)
def test_how_old_a_count_can_be(named, sample):
    """A volume that no one uses was seen to name a period of 0."""
    client = Answering({"volumeStats": [{**STATS, "samplePeriodMSec": named}]})
    assert list_write_counts(client, [41])[41].sample == sample
    bare = {name: value for name, value in STATS.items() if name != "samplePeriodMSec"}
    assert list_write_counts(Answering({"volumeStats": [bare]}), [41]) == {41: Writes(7, 1.0)}


@pytest.mark.parametrize(("sample", "seconds"), [(0.1, 2), (0.5, 2), (1, 3), (2, 6)])
def test_how_long_a_write_takes_to_be_counted(sample, seconds):
    assert until_counted(sample) == seconds


@pytest.mark.parametrize("named", [10001, 1e300, -500, "500", [500], True])
def test_what_is_sampled_too_seldom_or_says_no_time_proves_nothing(named):
    assert list_write_counts(Answering({"volumeStats": [{**STATS, "samplePeriodMSec": named}]}), [41]) == {}


READS = {
    "snapshots": (list_all_snapshots, {"snapshots": [SNAPSHOT]}),
    "groups": (list_group_snapshots, {"groupSnapshots": [GROUP]}),
    "statistics": (lambda client: list_write_counts(client, [41, 42]), {"volumeStats": [STATS]}),
}
#: One more of each, which is as it should be.
BESIDE = {
    "snapshots": {**SNAPSHOT, "snapshotID": 6},
    "groups": {**GROUP, "groupSnapshotID": 4, "members": [{**SNAPSHOT, "snapshotID": 6}]},
    "statistics": {**STATS, "volumeID": 42},
}
SPOILT = [
    ("snapshots", []),
    ("snapshots", ["snapshotID"]),
    ("snapshots", ["snapshotUUID"]),
    ("snapshots", ["volumeID"]),
    ("snapshots", ["remoteStatuses", 0]),
    ("snapshots", ["remoteStatuses", 0, "volumePairUUID"]),
    ("groups", []),
    ("groups", ["groupSnapshotID"]),
    ("groups", ["members"]),
    ("groups", ["members", 0]),
    ("statistics", []),
    ("statistics", ["volumeID"]),
    ("statistics", ["writeOps"]),
]


def spoilt(result, place, wrong):
    """A copy of the result with something wrong at a place of its only object."""
    result = copy.deepcopy(result)
    ((name, members),) = result.items()
    within, place = members, [0, *place]
    for step in place[:-1]:
        within = within[step]
    within[place[-1]] = wrong
    return {name: members}


@pytest.mark.parametrize("wrong", [None, 41.7, {}, True])
@pytest.mark.parametrize(("what", "place"), SPOILT)
def test_what_cannot_be_read_is_left_out_and_nothing_else(what, place, wrong):
    read, result = READS[what]
    ((name, odd),) = spoilt(result, place, wrong).items()
    alone = read(Answering({name: [BESIDE[what]]}))
    assert read(Answering({name: [*odd, BESIDE[what]]})) == read(Answering({name: [BESIDE[what], *odd]})) == alone


def test_of_two_with_one_id_neither_is_taken():
    assert list_all_snapshots(Answering({"snapshots": [SNAPSHOT, SNAPSHOT]})) == ()
    assert list_write_counts(Answering({"volumeStats": [STATS, {**STATS, "writeOps": 8}]}), [41]) == {}


@pytest.mark.parametrize("wrong", [None, 41.7, {}, True])
@pytest.mark.parametrize("what", READS)
def test_what_is_no_list_is_refused(what, wrong):
    read, result = READS[what]
    with pytest.raises(Failure) as refused:
        read(Answering(dict.fromkeys(result, wrong)))
    assert refused.value.code == "bad_reply"
