# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Volumes by account or access group: the list of an account, and many of them deleted or purged at once."""

from __future__ import annotations

from typing import Any

from .. import views
from ..api import Context, read, write
from ..cluster import Cluster
from ..errors import ApiError
from ..parameters import Parameter, integer, integers
from ..records import Volume
from .volumes import START_AND_LIMIT, VIRTUAL_VOLUMES, VOLUME_ROLES

AT_ONCE_MAX = 500
CHOICES = (
    Parameter("volumeIDs", integers),
    Parameter("accountIDs", integers),
    Parameter("volumeAccessGroupIDs", integers),
)


@read(
    "ListVolumesForAccount",
    "1.0",
    [Parameter("accountID", integer, required=True), *START_AND_LIMIT, VIRTUAL_VOLUMES],
)
def list_volumes_for_account(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    account = context.cluster.account(params["accountID"])
    owned = (volume for volume in context.cluster.volumes.values() if volume.account_id == account.account_id)
    return {"volumes": views.volumes(context.world, context.cluster, views.page(owned, params))}


@write("DeleteVolumes", "9.0", VOLUME_ROLES, CHOICES)
def delete_volumes(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    volumes = _chosen(context.cluster, params, deleted=False)
    context.world.delete(context.cluster, volumes)
    shown = [views.volume(context.world, context.cluster, volume) for volume in volumes]
    return {"curve": views.QOS_CURVE, "volumes": shown}


@write("PurgeDeletedVolumes", "9.0", VOLUME_ROLES, CHOICES)
def purge_deleted_volumes(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    for volume in _chosen(context.cluster, params, deleted=True):
        context.world.purge(context.cluster, volume)
    return {}


def _chosen(cluster: Cluster, params: dict[str, Any], deleted: bool) -> list[Volume]:
    """The volumes that one of the three lists stands for. All are looked up before anything happens to any."""
    if len(params) != 1:
        raise ApiError("xInvalidParameter", "exactly one of volumeIDs, accountIDs, volumeAccessGroupIDs is needed")
    if len(params.get("volumeIDs", ())) > AT_ONCE_MAX:
        raise _too_many()
    if "volumeIDs" in params:
        find = cluster.deleted_volume if deleted else cluster.volume
        chosen = [find(volume_id) for volume_id in dict.fromkeys(params["volumeIDs"])]
    elif "accountIDs" in params:
        owners = {cluster.account(account_id).account_id for account_id in params["accountIDs"]}
        chosen = [volume for volume in cluster.volumes.values() if volume.account_id in owners]
    else:
        groups = {cluster.access_group(group_id).group_id for group_id in params["volumeAccessGroupIDs"]}
        chosen = [volume for volume in cluster.volumes.values() if groups & set(volume.access_groups)]
    complete = (volume for volume in chosen if volume.volume_id not in cluster.clones)
    meant = [volume for volume in complete if (volume.deleted is not None) == deleted]
    if len(meant) > AT_ONCE_MAX:
        raise _too_many()
    return meant


def _too_many() -> ApiError:
    return ApiError("xExceededLimit", f"at most {AT_ONCE_MAX} volumes can be deleted or purged at once")
