# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The reads of volumes, accounts and QoS policies."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from operator import attrgetter, itemgetter
from typing import Any

from ..._element.client import Client
from ..._element.errors import VOLUME_UNKNOWN, ApiError
from ..._element.members import (
    Misfit,
    flag,
    identifier,
    number,
    optional_items,
    optional_object,
    optional_text,
    optional_whole,
    text,
    whole,
    within,
)
from ..model import PENDING, Qos, Volume, VolumePair
from ..views import Keyed, Listed, Unreadable, UnreadableVolume, Volumes
from .lists import Kind
from .reading import MAX_IDS, number_or_none, parse_list, read_list


def list_qos_policies(client: Client) -> Keyed[str, int]:
    """Return the names and IDs of the QoS policies. Each cluster has its own IDs. Raises Failure."""
    return read_list(client, "ListQoSPolicies", "qosPolicies", _QOS_POLICY)


def list_accounts(client: Client) -> Keyed[int, str]:
    """Return the IDs and names of accounts. Nothing else of the reply is kept, as it has CHAP secrets. Raises Failure."""
    return read_list(client, "ListAccounts", "accounts", _ACCOUNT)


def list_paired_volumes(client: Client) -> Volumes:
    """Return all volumes with a pair entry, also a pending one. Raises Failure."""
    return read_list(client, "ListActivePairedVolumes", "volumes", _VOLUME)


def list_deleted_volumes(client: Client) -> Volumes:
    """Return the volumes that are deleted and not yet purged. Raises Failure."""
    return read_list(client, "ListDeletedVolumes", "volumes", _VOLUME, {"includeVirtualVolumes": False})


def list_volumes_named(client: Client, name: str) -> Volumes:
    """Return all volumes of that name: names are not unique. There may be deleted ones. Raises Failure."""
    return read_list(client, "ListVolumes", "volumes", _VOLUME, {"includeVirtualVolumes": False, "volumeName": name})


def get_volume(client: Client, volume_id: int) -> Volume | None:
    """Return the volume with this ID, None if there is none. Raises Failure, also if it is unreadable."""
    found = list_volumes(client, [volume_id])
    for odd in found.unreadable:
        raise odd.failure(client.name)
    return next(iter(found), None)


def list_volumes(client: Client, ids: Iterable[int] | None = None) -> Volumes:
    """Return the volumes of this cluster, or those with the given IDs. IDs that do not exist are left out.

    There is no filter for the status: the result has volumes that are being created, and may have deleted ones.
    Raises Failure.
    """
    method = "ListVolumes"
    wanted = None if ids is None else frozenset(ids)
    if wanted is not None and not wanted:
        return Listed()  # the meaning of an empty filter is not documented (note N20 of api_notes)
    params: dict[str, object] = {"includeVirtualVolumes": False}
    if wanted is not None and len(wanted) <= MAX_IDS:
        params["volumeIDs"] = sorted(wanted)
    try:
        result = client.call(method, params)
    except ApiError as exc:
        # It is not documented whether an unknown ID gives an empty list or an error (note N19 of api_notes). Both were
        # observed.
        if exc.name not in VOLUME_UNKNOWN or "volumeIDs" not in params:
            raise
        del params["volumeIDs"]
        result = client.call(method, params)
    found = parse_list(client, method, "volumes", _VOLUME, result)
    return found if wanted is None else _with_ids(found, wanted)


def _with_ids(found: Volumes, wanted: frozenset[int]) -> Volumes:
    """Return the volumes with these IDs. An unreadable one without an ID may be any that is missing."""
    readable = tuple(each for each in found if each.id in wanted)
    known = {each.id for each in readable} | {odd.id for odd in found.unreadable}
    missing = not wanted <= known
    odd = tuple(each for each in found.unreadable if each.id in wanted or (each.id is None and missing))
    return Listed(readable, odd)


def _account(entry: dict) -> tuple[int, str]:
    return whole(entry, "accountID"), text(entry, "username")


def _qos_policy(entry: dict) -> tuple[str, int]:
    return text(entry, "name"), whole(entry, "qosPolicyID")


def _volume(entry: dict) -> Volume:
    status = text(entry, "status")
    return Volume(
        id=identifier(entry, "volumeID"),
        name=text(entry, "name"),
        account_id=whole(entry, "accountID"),
        access=text(entry, "access"),
        size=whole(entry, "totalSize"),
        enable_512e=flag(entry, "enable512e"),
        status="deleted" if optional_text(entry, "deleteTime") else status,
        purge_time=optional_text(entry, "purgeTime"),
        access_groups=tuple(
            within("volumeAccessGroups", number, group) for group in optional_items(entry, "volumeAccessGroups")
        ),
        pairs=_volume_pairs(entry),
        qos=_qos(optional_object(entry, "qos")),
        iqn=optional_text(entry, "iqn"),
        qos_policy_id=number_or_none(entry, "qosPolicyID"),
        created=optional_text(entry, "createTime"),
        attributes=optional_object(entry, "attributes"),
    )


def _odd_volume(entry: Mapping) -> dict[str, Any]:
    try:
        pairs = _volume_pairs(entry)
    except Misfit:
        pairs = None
    return {"pairs": pairs, "deleted": bool(entry.get("deleteTime")) or entry.get("status") == "deleted"}


def _qos(entry: dict) -> Qos | None:
    least, rate, burst = (number_or_none(entry, member) for member in ("minIOPS", "maxIOPS", "burstIOPS"))
    return None if least is None or rate is None or burst is None else Qos(least, rate, burst)


def _volume_pairs(entry: Mapping) -> tuple[VolumePair, ...]:
    """Return the pair entries of a volume: () if the member is [], null or missing. Raises Misfit."""
    return tuple(within("volumePairs", _volume_pair, pair) for pair in optional_items(entry, "volumePairs"))


def _volume_pair(entry: dict) -> VolumePair:
    mode, state, snapshots = within("remoteReplication", _replication, optional_object(entry, "remoteReplication"))
    # The members of a pending entry, except its state, are not documented (note N39 of api_notes).
    uuid = optional_text if state == PENDING else text
    return VolumePair(
        uuid=uuid(entry, "volumePairUUID"),
        cluster_pair_id=optional_whole(entry, "clusterPairID"),
        remote_volume_id=optional_whole(entry, "remoteVolumeID"),
        remote_volume_name=optional_text(entry, "remoteVolumeName"),
        mode=mode,
        state=state,
        snapshot_state=snapshots,
    )


def _replication(entry: dict) -> tuple[str, str, str]:
    """Return the mode, the state, and the state of snapshot replication. Raises Misfit."""
    snapshots = optional_object(entry, "snapshotReplication")
    state = partial(optional_text, name="state")
    return optional_text(entry, "mode"), state(entry), within("snapshotReplication", state, snapshots)


_VOLUME: Kind[Volume, UnreadableVolume] = Kind(
    "volume",
    _volume,
    "volumeID",
    "name",
    once={"volumeID": attrgetter("id")},
    unreadable=UnreadableVolume,
    more=_odd_volume,
)
_ACCOUNT: Kind[tuple[int, str], Unreadable] = Kind(
    "account", _account, "accountID", "username", once={"accountID": itemgetter(0)}
)
_QOS_POLICY: Kind[tuple[str, int], Unreadable] = Kind(
    "QoS policy", _qos_policy, "qosPolicyID", "name", once={"qosPolicyID": itemgetter(1)}
)
