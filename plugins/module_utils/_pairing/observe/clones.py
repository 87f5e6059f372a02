# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The reads of the clones that a cluster is making, which are in no list of volumes before they are complete."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from functools import partial

from ..._element.client import Client
from ..._element.members import amount, flag, items, text, whole
from ..model import CloneJob
from ..views import Keyed, Unreadable
from . import lists
from .lists import Kind
from .reading import parse_result, read_list


def list_clone_jobs(client: Client) -> Keyed[int, CloneJob]:
    """Return the clones that this cluster is making, by the ID of the volume that each one will be. Raises Failure."""
    method = "ListSyncJobs"
    return parse_result(client, method, partial(_clone_jobs, method), client.call(method))


def count_unfinished_clones(client: Client) -> int:
    """The calls for clones that are not complete yet, also for one that waits for its turn. Raises Failure."""
    found = read_list(client, "ListAsyncResults", "asyncHandles", _HANDLE)
    return sum(not complete for complete in found)


def _clone_jobs(method: str, result: dict) -> Keyed[int, CloneJob]:
    entries = [entry for entry in items(result, "syncJobs") if isinstance(entry, dict) and entry.get("type") == "clone"]
    return lists.read(_CLONE_JOB, method, entries)


def _clone_job(entry: dict) -> tuple[int, CloneJob]:
    left = entry.get("remainingTime")
    job = CloneJob(
        source_id=whole(entry, "srcVolumeID"),
        percent=amount(entry, "percentComplete"),
        remaining_seconds=None if left is None else amount(entry, "remainingTime"),
    )
    return whole(entry, "dstVolumeID"), job


def _is_complete(entry: dict) -> bool:
    """Whether a clone is complete; True for other asynchronous work."""
    return text(entry, "resultType").lower() != "clone" or flag(entry, "completed")


_CLONE_JOB: Kind[tuple[int, CloneJob], Unreadable] = Kind("clone", _clone_job, "dstVolumeID")
_HANDLE: Kind[bool, Unreadable] = Kind("asynchronous result", _is_complete, "asyncResultID")
