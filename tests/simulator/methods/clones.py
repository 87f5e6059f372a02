# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CloneVolume, the one asynchronous method here, and GetAsyncResult, which forgets a result when it is read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from .. import views
from ..api import READERS, Context, write
from ..clock import stamp
from ..cluster import whole_mib
from ..errors import ApiError
from ..parameters import Parameter, attributes, boolean, integer, text
from ..records import Volume
from .volumes import ACCESS, VOLUME_ROLES, check_creation


@write(
    "CloneVolume",
    "1.0",
    VOLUME_ROLES,
    [
        Parameter("volumeID", integer, required=True),
        Parameter("name", text, required=True),
        Parameter("newAccountID", integer),
        Parameter("newSize", integer),
        Parameter("access", ACCESS),
        Parameter("snapshotID", integer),
        Parameter("attributes", attributes),
        Parameter("enable512e", boolean),
    ],
)
def clone_volume(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    cluster, now = context.cluster, context.world.clock.now
    original = cluster.volume(params["volumeID"])
    account = cluster.account(params.get("newAccountID", original.account_id))
    marks = _content(original, params)
    size = whole_mib(params.get("newSize", original.size))
    if size < original.size:
        raise ApiError("xVolumeShrinkProhibited", "a clone cannot be smaller than its original")
    check_creation(cluster, account.account_id, params["name"], size)
    clone = cluster.add_volume(
        params["name"], account.account_id, size, params.get("enable512e", original.enable_512e), now
    )
    clone.access = params.get("access", original.access)
    clone.attributes = params.get("attributes", dict(original.attributes))
    clone.qos, clone.marks, clone.used_blocks = original.qos, marks, original.used_blocks
    if context.world.switches.clone_copies_pairs:
        _copy_halves(context, original, clone)
    handle = cluster.next_id("async_handle")
    cluster.async_results[handle] = {
        "createTime": stamp(now),
        "lastUpdateTime": stamp(now),
        "result": {"cloneID": handle, "message": "Clone complete.", "volumeID": clone.volume_id},
        "resultType": "Clone",
        "status": "complete",
    }
    return {
        "asyncHandle": handle,
        "cloneID": handle,
        "curve": views.QOS_CURVE,
        "volume": views.volume(context.world, cluster, clone),
        "volumeID": clone.volume_id,
    }


@write(
    "GetAsyncResult",
    "1.0",
    READERS,
    [Parameter("asyncHandle", integer, required=True), Parameter("keepResult", boolean)],
)
def get_async_result(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    results, handle = context.cluster.async_results, params["asyncHandle"]
    if handle not in results:
        raise ApiError("xAsyncHandleDoesNotExist", f"Async handle {handle} does not exist.")
    return results[handle] if params.get("keepResult") else results.pop(handle)


def _content(original: Volume, params: dict[str, Any]) -> list[str]:
    """What is on the clone: the volume as it is, or as a snapshot of it has kept it."""
    if "snapshotID" not in params:
        return list(original.marks)
    snapshot = original.snapshots.get(params["snapshotID"])
    if snapshot is None:
        raise ApiError("xSnapshotIDDoesNotExist", f"Snapshot {params['snapshotID']} is not one of this volume")
    return list(snapshot.marks)


def _copy_halves(context: Context, original: Volume, clone: Volume) -> None:
    """The clone claims to be paired as its original is, under a UUID that no one else has."""
    for half in original.halves:
        context.world.replication.add(replace(half, uuid=context.cluster.new_uuid(), volume=clone))
    context.world.replication.settle_volume(clone)
