# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The reads of write counts of volumes, repeated until the counts are settled.

A volume with unreadable statistics is left out: it proves nothing.
"""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from functools import partial
from operator import itemgetter

from ..._element.client import Client
from ..._element.errors import Failure
from ..._element.members import Misfit, quantity, whole, within
from ..model import SIDES, Side, Usage, Writes
from ..run import Run
from ..views import Unreadable
from .lists import Kind
from .reading import MAX_IDS, read_list

# Seconds between two samples of the statistics if a cluster does not report them, and the longest that is accepted.
SAMPLE = 1.0
LONGEST_SAMPLE = 10.0
# After so many seconds and so many samples, the statistics count all writes of a host.
SETTLING = 2.0
SETTLING_SAMPLES = 3
# Counts that differ after so many reads are not settled.
MAX_READS = 4


def read_settled_writes(
    run: Run, volume_ids: Mapping[Side, Collection[int]], closed: bool
) -> dict[Side, Mapping[int, Writes]]:
    """Return the write counts of the volumes of each side, by volume ID, with whether each one is settled.

    Two reads for each side, one sample apart: the first one may be as old as a sample, and the second one has a write
    just before it. While a count changes, there are up to two more reads; then it is not settled.
    closed: hosts can no longer write to the volumes, so the earlier writes are awaited first. A volume with
    unreadable statistics is left out.
    """
    now = read_writes(run, volume_ids)
    if closed:
        run.clock.sleep(until_counted(_longest_sample(now)))
        now = read_writes(run, volume_ids)
    for _read in range(MAX_READS - 1):
        before = now
        run.clock.sleep(_longest_sample(now))
        now = read_writes(run, volume_ids)
        if _counts(now) == _counts(before):
            break
    settled = set(_counts(now).items()) & set(_counts(before).items())
    return {
        side: {
            key: replace(writes, settled=((side, key), writes.count) in settled) for key, writes in now[side].items()
        }
        for side in now
    }


def with_writes(used: Usage, writes: Writes | None) -> Usage:
    """Return the evidence with this write count. A count that is None or not settled makes it unreadable."""
    if writes is None or not writes.settled:
        return replace(used, unreadable=tuple(dict.fromkeys((*used.unreadable, "statistics"))))
    return replace(used, write_ops=writes.count)


def _counts(read: Mapping[Side, Mapping[int, Writes]]) -> dict[tuple[Side, int], int]:
    return {(side, key): writes.count for side, counts in read.items() for key, writes in counts.items()}


def until_counted(sample: float) -> float:
    """Return the seconds after which a read counts all writes that were acknowledged before. sample: seconds."""
    return max(SETTLING, SETTLING_SAMPLES * sample)


def read_writes(run: Run, volume_ids: Mapping[Side, Collection[int]]) -> dict[Side, Mapping[int, Writes]]:
    """Return the write counts by side and volume ID, without unreadable ones: one read for each side that has volumes."""
    sides = [side for side in SIDES if volume_ids[side]]
    read = run.side_by_side(partial(_readable_counts, run.client(side), volume_ids[side]) for side in sides)
    counts = dict(zip(sides, read))
    return {side: counts.get(side, {}) for side in SIDES}


def _readable_counts(client: Client, volume_ids: Collection[int]) -> Mapping[int, Writes]:
    try:
        counts = list_write_counts(client, volume_ids)
    except Failure:
        return {}  # a missing count proves nothing, so the volumes count as in use
    return {key: counts[key] for key in volume_ids if key in counts}


def _longest_sample(read: Mapping[Side, Mapping[int, Writes]]) -> float:
    return max((writes.sample for counts in read.values() for writes in counts.values()), default=SAMPLE)


def list_write_counts(client: Client, volume_ids: Iterable[int]) -> dict[int, Writes]:
    """Return the write counts of these volumes, by volume ID. Their age, up to a sample, is not known. Raises Failure."""
    ids = sorted(volume_ids)
    params: dict[str, object] = {}
    if len(ids) <= MAX_IDS:
        params["volumeIDs"] = ids
    return dict(read_list(client, "ListVolumeStats", "volumeStats", _WRITE_COUNT, params))


def _write_count(stats: dict) -> tuple[int, Writes]:
    """Return the volume's ID and its count. A sample period of 0, observed for unused volumes, is SAMPLE. Raises Misfit."""
    sample = within("samplePeriodMSec", quantity, stats.get("samplePeriodMSec") or 0) / 1000 or SAMPLE
    if sample > LONGEST_SAMPLE:
        raise Misfit("samplePeriodMSec", "is too long to prove anything")
    return whole(stats, "volumeID"), Writes(whole(stats, "writeOps"), sample)


_WRITE_COUNT: Kind[tuple[int, Writes], Unreadable] = Kind(
    "record of statistics", _write_count, "volumeID", once={"volumeID": itemgetter(0)}
)
