# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""QoS policies. What is changed in one changes for every volume that uses it."""

from __future__ import annotations

from typing import Any

from .. import views
from ..api import Context, read, write
from ..cluster import Cluster
from ..errors import ApiError
from ..parameters import Parameter, integer, mapping, text
from ..records import Qos, QosPolicy, Volume
from .volumes import VOLUME_ROLES, qos_changes

POLICY_ID = Parameter("qosPolicyID", integer, required=True)


@read("ListQoSPolicies", "10.0")
def list_qos_policies(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    users: dict[int, list[int]] = {policy_id: [] for policy_id in context.cluster.qos_policies}
    for volume in context.cluster.active_volumes():
        if volume.qos_policy_id is not None:
            users[volume.qos_policy_id].append(volume.volume_id)
    policies = context.cluster.qos_policies.values()
    return {"qosPolicies": [_policy(policy, users[policy.policy_id]) for policy in policies]}


@read("GetQoSPolicy", "10.0", [POLICY_ID])
def get_qos_policy(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    return _shown(context.cluster, context.cluster.qos_policy(params["qosPolicyID"]))


@write(
    "CreateQoSPolicy",
    "10.0",
    VOLUME_ROLES,
    [Parameter("name", text, required=True), Parameter("qos", mapping, required=True)],
)
def create_qos_policy(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    cluster = context.cluster
    if len(cluster.qos_policies) >= cluster.limits["qosPolicyCountMax"]:
        raise ApiError("xExceededLimit", "the maximum number of QoS policies is reached")
    qos = _checked(context, params["qos"], Qos())
    policy = QosPolicy(cluster.next_id("qos_policy"), params["name"], qos)
    cluster.qos_policies[policy.policy_id] = policy
    return _shown(cluster, policy)


@write("ModifyQoSPolicy", "10.0", VOLUME_ROLES, [POLICY_ID, Parameter("name", text), Parameter("qos", mapping)])
def modify_qos_policy(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    cluster = context.cluster
    policy = cluster.qos_policy(params["qosPolicyID"])
    policy.qos = _checked(context, params.get("qos", {}), policy.qos)
    policy.name = params.get("name", policy.name)
    for volume in _users(cluster, policy):
        volume.qos = policy.qos
    return _shown(cluster, policy)


@write("DeleteQoSPolicy", "10.0", VOLUME_ROLES, [POLICY_ID])
def delete_qos_policy(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    """Its volumes keep the settings, and follow no policy any more."""
    policy = context.cluster.qos_policy(params["qosPolicyID"])
    for volume in _users(context.cluster, policy):
        volume.qos_policy_id = None
    del context.cluster.qos_policies[policy.policy_id]
    return {}


def _checked(context: Context, given: dict[str, Any], present: Qos) -> Qos:
    """The present settings with those that are given. Raises ApiError for one that is out of range."""
    kept = {"minIOPS": present.min_iops, "maxIOPS": present.max_iops, "burstIOPS": present.burst_iops}
    checked: Qos = qos_changes(context, {"qos": {**kept, **given}})["qos"]
    return checked


def _users(cluster: Cluster, policy: QosPolicy) -> list[Volume]:
    """The volumes that follow a policy, with deleted ones and clones in the making."""
    return [volume for volume in cluster.all_volumes() if volume.qos_policy_id == policy.policy_id]


def _shown(cluster: Cluster, policy: QosPolicy) -> dict[str, Any]:
    users = [volume.volume_id for volume in cluster.active_volumes() if volume.qos_policy_id == policy.policy_id]
    return {"qosPolicy": _policy(policy, users)}


def _policy(policy: QosPolicy, volume_ids: list[int]) -> dict[str, Any]:
    return {
        "name": policy.name,
        "qos": views.qos(policy.qos),
        "qosPolicyID": policy.policy_id,
        "volumeIDs": volume_ids,
    }
