# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether this cluster can make the clones: what it has of the requested names, and how much room."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from ...._element.errors import Failure
from ...model import LOCAL, AccessGroup
from ...views import Keyed, Listed, Unreadable
from .. import readiness, sizes
from ..catalog import Catalog
from .state import ObservedRehearsal, Surroundings


def account_id(catalog: Catalog, account: str) -> int:
    """The ID of the account that will own the clones. Raises Failure: account_not_found."""
    if not catalog.has_account(account):
        raise Failure(
            "account_not_found",
            f"cluster {catalog.cluster.name} has no account named {account} to own the clones; correct account, or create it",
            catalog.cluster.name,
            "ListAccounts",
        )
    return next(number for number, name in catalog.accounts.items() if name == account)


def group_id(cluster: str, groups: Listed[AccessGroup, Unreadable], name: str) -> int:
    """The ID of the access group of this name. Raises Failure: access_group_not_found, bad_reply."""
    found = [group for group in groups if group.name == name]
    for odd in groups.unreadable:
        if odd.name in (None, name):
            raise odd.failure(cluster)
    if len(found) == 1:
        return found[0].id
    what = f"has {len(found) or 'no'} access group{'s' if found else ''} named {name}"
    remedy = "give them different names" if found else "correct access_group, or create it"
    raise Failure("access_group_not_found", f"cluster {cluster} {what}; {remedy}", cluster, "ListVolumeAccessGroups")


def policy_id(cluster: str, policies: Keyed[str, int], name: str) -> int:
    """The ID of the QoS policy of this name. Raises Failure: qos_policy_not_found, bad_reply."""
    found: Mapping[str, int] = dict(policies)
    if name in found:
        return found[name]
    for odd in policies.unreadable:
        if odd.name in (None, name):
            raise odd.failure(cluster)
    known = ", ".join(sorted(found)) or "none"
    raise Failure(
        "qos_policy_not_found",
        f"cluster {cluster} has no QoS policy named {name}; it has {known}: correct qos_policy, or leave it out",
        cluster,
        "ListQoSPolicies",
    )


def check(catalog: Catalog, items: Sequence[ObservedRehearsal], around: Surroundings) -> None:
    """Raise Failure, cluster_full or limit_reached, if this cluster has no room for the clones of these items."""
    if not items:
        return
    name = catalog.cluster.name
    if around.fullness is not None:
        readiness.require(readiness.fullness(name, around.fullness), "cluster_full", name, "GetClusterFullThreshold")
    _check_space(name, sum(item.target().size for item in items), around)
    _check_numbers(catalog, items, around)


def _check_space(cluster: str, needed: int, around: Surroundings) -> None:
    capacity = around.capacity
    if capacity is None or capacity.provisioned is None or capacity.provisioned_max is None:
        return
    if capacity.provisioned + needed > capacity.provisioned_max:
        left = sizes.text(max(capacity.provisioned_max - capacity.provisioned, 0))
        raise Failure(
            "cluster_full",
            f"cluster {cluster}: the clones need {sizes.text(needed)}, and {left} may still be provisioned; delete and purge "
            "volumes that are not needed, or rehearse fewer",
            cluster,
            "GetClusterCapacity",
        )


def _check_numbers(catalog: Catalog, items: Sequence[ObservedRehearsal], around: Surroundings) -> None:
    limits, name = around.limits[LOCAL], catalog.cluster.name
    if limits is None:
        return
    owned = Counter(volume.account_id for volume in catalog.living)
    wanted = Counter(item.owner_id for item in items)
    if limits.volumes is not None and sum(owned.values()) + len(items) > limits.volumes:
        raise _limit(name, f"{sum(owned.values())} volumes", len(items), limits.volumes)
    for owner, more in wanted.items():
        if limits.volumes_per_account is not None and owned[owner] + more > limits.volumes_per_account:
            account = catalog.accounts.get(owner, owner)
            raise _limit(name, f"{owned[owner]} volumes of account {account}", more, limits.volumes_per_account)


def _limit(cluster: str, present: str, more: int, limit: int) -> Failure:
    return Failure(
        "limit_reached",
        f"cluster {cluster} has {present}, {more} clones would be made, the limit is {limit}; delete volumes that are not "
        "needed, or rehearse fewer",
        cluster,
        "GetLimits",
    )
