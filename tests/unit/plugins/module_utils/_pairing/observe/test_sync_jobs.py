# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a cluster tells of the copies that it receives."""

from __future__ import annotations

import math

import pytest

from ansible_collections.elementsw.replication.plugins.module_utils._element.errors import Failure
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.model import SyncJob
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.observe.sync_jobs import list_sync_jobs


class Answering:
    """A cluster that has one answer to everything."""

    name = "beta"

    def __init__(self, result):
        self.call = lambda _method: result


def entry(volume_id=77, percent=41.5, remaining=89.1, **more):
    return {
        "type": "remote",
        "branchType": "volume",
        "stage": "data",
        "dstVolumeID": volume_id,
        "percentComplete": percent,
        "remainingTime": remaining,
        **more,
    }


def jobs(*entries):
    return dict(list_sync_jobs(Answering({"syncJobs": list(entries)})))


def test_copies_by_the_volume_that_receives():
    assert jobs(entry(), entry(78, 7, None)) == {
        77: SyncJob(41.5, 89.1, "data", "volume"),
        78: SyncJob(7.0, None, "data", "volume"),
    }
    assert jobs() == {}


def test_only_copies_from_other_clusters():
    assert jobs(entry(type="clone"), entry(type="slice"), {"type": "block"}) == {}


@pytest.mark.parametrize("backwards", [False, True])
def test_of_several_copies_to_a_volume_the_one_of_its_live_content(backwards):
    several = [entry(percent=60), entry(percent=50), entry(percent=5, branchType="snapshot")]
    assert jobs(*(reversed(several) if backwards else several))[77].percent == 50


ODD = [
    {"percentComplete": math.nan},
    {"percentComplete": math.inf},
    {"percentComplete": "41"},
    {"remainingTime": -1},
    {"remainingTime": True},
    {"stage": 3},
    {"type": None},
    {"type": ["remote"]},
]


@pytest.mark.parametrize("odd", ODD)
def test_a_copy_of_which_nothing_but_the_volume_can_be_read_has_begun(odd):
    found = list_sync_jobs(Answering({"syncJobs": [entry(78, 7), entry(**odd)]}))
    assert dict(found) == {78: SyncJob(7.0, 89.1, "data", "volume"), 77: SyncJob(0)}
    (unreadable,) = found.unreadable
    assert (unreadable.id, unreadable.member, unreadable.place) == (77, next(iter(odd)), 2)


@pytest.mark.parametrize("odd", [None, 41, entry(dstVolumeID=None), entry(dstVolumeID="77")])
def test_a_copy_that_names_no_volume_says_nothing_of_any(odd):
    found = list_sync_jobs(Answering({"syncJobs": [odd, entry(78, 7)]}))
    assert (list(dict(found)), [each.id for each in found.unreadable]) == ([78], [None])


@pytest.mark.parametrize("result", [{}, {"syncJobs": None}, {"syncJobs": {}}])
def test_what_is_no_list_is_no_answer(result):
    with pytest.raises(Failure) as caught:
        list_sync_jobs(Answering(result))
    assert (caught.value.code, caught.value.method) == ("bad_reply", "ListSyncJobs")
