# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The evidence that volumes are in use or hold data: sessions, statistics, snapshots."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

from ..._element.client import Client
from ..._element.errors import Failure
from ..._element.members import number, optional_items, optional_object, whole, within
from ..model import SAVED, Side, Usage, Volume
from ..run import Run
from ..views import Unreadable
from .lists import Kind, text_or_none
from .reading import MAX_IDS, read_list


def read_usage(run: Run, side: Side, volumes: Iterable[Volume]) -> dict[int, Usage]:
    """Return the evidence that these volumes are in use or hold data, by volume ID: four reads for any number of volumes.

    `Usage.unreadable` names evidence that cannot be read.
    """
    wanted = tuple(volumes)
    client = run.client(side)
    ids = sorted(each.id for each in wanted)
    stats: dict[str, object] = {}
    if len(ids) <= MAX_IDS:
        stats["volumeIDs"] = ids
    snapshots = {"volumeID": ids[0]} if len(ids) == 1 else {}
    iscsi, fibre, written, taken = run.side_by_side(
        partial(_evidence, client, method, member, kind, params)
        for method, member, kind, params in (
            ("ListISCSISessions", "sessions", _ISCSI_SESSION, {}),
            ("ListFibreChannelSessions", "sessions", _FIBRE_CHANNEL_SESSION, {}),
            ("ListVolumeStats", "volumeStats", _VOLUME_STATS, stats),
            ("ListSnapshots", "snapshots", _SNAPSHOT, snapshots),
        )
    )
    return {each.id: _usage_of(each, iscsi, fibre, written, taken) for each in wanted}


def read_host_sessions(run: Run, side: Side, volumes: Iterable[Volume]) -> dict[int, Usage]:
    """Return the hosts that are logged in to these volumes, by volume ID, and no other evidence: two reads."""
    client = run.client(side)
    iscsi, fibre = run.side_by_side(
        partial(_evidence, client, method, "sessions", kind, {})
        for method, kind in (
            ("ListISCSISessions", _ISCSI_SESSION),
            ("ListFibreChannelSessions", _FIBRE_CHANNEL_SESSION),
        )
    )
    return {each.id: _sessions_of(each, iscsi, fibre) for each in volumes}


class Evidence(NamedTuple):
    """The evidence in one list that volumes are in use."""

    #: By the ID of a volume or of an access group.
    by_id: Mapping[int, list[Any]]
    #: Whether evidence may be missing: the list cannot be read, or an unreadable object in it names no volume.
    incomplete: bool = False
    #: The volumes that an unreadable object names.
    unreadable: frozenset[int] = frozenset()


def _evidence(
    client: Client,
    method: str,
    member: str,
    kind: Kind[list[tuple[int, Any]], Unreadable],
    params: Mapping[str, object],
) -> Evidence:
    try:
        found = read_list(client, method, member, kind, params)
    except Failure:
        return Evidence({}, incomplete=True)  # so Usage.unreadable names it, which counts as in use
    by_id: dict[int, list[Any]] = {}
    for named in found:
        for object_id, what in named:
            by_id.setdefault(object_id, []).append(what)
    odd = [each.id for each in found.unreadable]
    return Evidence(by_id, None in odd, frozenset(each for each in odd if each is not None))


def _sessions_of(volume: Volume, iscsi: Evidence, fibre: Evidence) -> Usage:
    known = (("iSCSI sessions", _is_known(iscsi, volume)), ("Fibre Channel sessions", not fibre.incomplete))
    return Usage(
        iscsi=tuple(sorted(iscsi.by_id.get(volume.id, ()))),
        # These sessions name an access group and no volume. The volume names its access groups.
        fibre_channel=tuple(sorted({wwpn for group in volume.access_groups for wwpn in fibre.by_id.get(group, ())})),
        unreadable=tuple(what for what, readable in known if not readable),
    )


def _is_known(evidence: Evidence, volume: Volume) -> bool:
    return not evidence.incomplete and volume.id not in evidence.unreadable


def _usage_of(volume: Volume, iscsi: Evidence, fibre: Evidence, written: Evidence, taken: Evidence) -> Usage:
    hosts = _sessions_of(volume, iscsi, fibre)
    counted = written.by_id.get(volume.id, [])
    known = (
        ("statistics", _is_known(written, volume) and len(counted) == 1),
        ("snapshots", _is_known(taken, volume)),
    )
    blocks, writes = counted[0] if len(counted) == 1 else (0, 0)
    snapshots = taken.by_id.get(volume.id, [])
    return replace(
        hosts,
        nonzero_blocks=blocks,
        write_ops=writes,
        snapshots=len(snapshots) - snapshots.count("saved"),
        replicated_snapshots=snapshots.count("replicated"),
        saved_snapshots=snapshots.count("saved"),
        unreadable=(*hosts.unreadable, *(what for what, readable in known if not readable)),
    )


def _iscsi_session(entry: dict) -> list[tuple[int, str]]:
    return [(whole(entry, "volumeID"), _initiator(entry, "initiatorName"))]


def _fibre_channel_session(entry: dict) -> list[tuple[int, str]]:
    group = entry.get("volumeAccessGroupID")
    groups = [
        *([] if group is None else [group]),
        *optional_items(optional_object(entry, "initiator"), "volumeAccessGroups"),
    ]
    initiator = _initiator(entry, "initiatorWWPN")
    return [(each, initiator) for each in {within("volumeAccessGroups", number, group) for group in groups}]


def _initiator(entry: Mapping, name: str) -> str:
    """Return the name of the initiator, or a text in its place: a session without a name counts too."""
    return text_or_none(entry, name) or "unnamed initiator"


def _volume_stats(entry: dict) -> list[tuple[int, tuple[int, int]]]:
    return [(whole(entry, "volumeID"), (whole(entry, "nonZeroBlocks"), whole(entry, "writeOps")))]


def _snapshot(entry: dict) -> list[tuple[int, str]]:
    """Return the ID of the volume and the purpose of the snapshot: saved, replicated or other."""
    if str(entry.get("name")).startswith(SAVED):
        purpose = "saved"
    else:
        purpose = "replicated" if entry.get("enableRemoteReplication") else "other"
    return [(whole(entry, "volumeID"), purpose)]


_ISCSI_SESSION: Kind[list[tuple[int, str]], Unreadable] = Kind("iSCSI session", _iscsi_session, "volumeID")
_FIBRE_CHANNEL_SESSION: Kind[list[tuple[int, str]], Unreadable] = Kind(
    "Fibre Channel session", _fibre_channel_session, ""
)
_VOLUME_STATS: Kind[list[tuple[int, tuple[int, int]]], Unreadable] = Kind(
    "record of statistics", _volume_stats, "volumeID"
)
_SNAPSHOT: Kind[list[tuple[int, str]], Unreadable] = Kind("snapshot", _snapshot, "volumeID")
