# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The read of the copies that a cluster receives from another one."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from functools import partial

from ..._element.client import Client
from ..._element.members import amount, items, optional_text, text, whole
from ..model import SyncJob
from ..views import Keyed, Listed, Unreadable
from . import lists
from .lists import Kind
from .reading import parse_result


def list_sync_jobs(client: Client) -> Keyed[int, SyncJob]:
    """Return the copies that this cluster receives from other clusters: the ID of the target volume and one copy for each.

    Only the cluster of the target lists a copy. A copy of which only the volume is readable has 0 percent. Raises Failure.
    """
    method = "ListSyncJobs"
    return parse_result(client, method, partial(_remote_jobs, method), client.call(method))


def _remote_jobs(method: str, result: dict) -> Keyed[int, SyncJob]:
    entries = [
        entry
        for entry in items(result, "syncJobs")
        # The other types are jobs within the cluster: clones and the relocation of slices.
        if not isinstance(entry, dict) or entry.get("type") == "remote" or not isinstance(entry.get("type"), str)
    ]
    listed_jobs = lists.read(_SYNC_JOB, method, entries)
    begun = [(odd.id, _BEGUN) for odd in listed_jobs.unreadable if odd.id is not None]
    found: dict[int, SyncJob] = {}
    for volume_id, job in (*listed_jobs, *begun):
        if volume_id not in found or _counts_more(job, found[volume_id]):
            found[volume_id] = job
    return Listed(tuple(found.items()), listed_jobs.unreadable)


# What an unreadable copy counts as: begun.
_BEGUN = SyncJob(0)


def _counts_more(job: SyncJob, than: SyncJob) -> bool:
    """Whether `job` is the copy to report of two to one volume: that of the live content, then the one with less percent."""
    return (job.branch != "volume", job.percent) < (than.branch != "volume", than.percent)


def _sync_job(entry: dict) -> tuple[int, SyncJob]:
    text(entry, "type")
    return whole(entry, "dstVolumeID"), SyncJob(
        percent=amount(entry, "percentComplete"),
        remaining_seconds=None if entry.get("remainingTime") is None else amount(entry, "remainingTime"),
        stage=optional_text(entry, "stage"),
        branch=optional_text(entry, "branchType"),
    )


_SYNC_JOB: Kind[tuple[int, SyncJob], Unreadable] = Kind("copy to a volume", _sync_job, "dstVolumeID")
