# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a missing partner can be created, and with which owner, name and size."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from ...._element.errors import Failure
from ...model import FROM_PEER, LOCAL, PEER, Volume
from ...pairing_steps import CreateVolume
from .. import readiness, sizes
from . import growth
from .desired import NewVolume
from .messages import ends, refusal, volume_deleted
from .state import ObservedVolumePair

# What a cluster takes; it refuses any other name with xInvalidAPIParameter (note N48 of api_notes).
_VOLUME_NAME = re.compile(r"[A-Za-z0-9-]+")


def check_create(observed: ObservedVolumePair) -> None:
    """Raise Failure, empty_source, if the new volume would be the source."""
    if observed.desired.direction == FROM_PEER:
        raise refusal(
            observed,
            "empty_source",
            f"{ends(observed)}: direction from_peer would make a new, empty volume the source and overwrite the existing one; "
            "leave direction out, or name an existing volume of the peer",
        )


def account_id_of(observed: ObservedVolumePair, owner: str) -> int | None:
    """The owner's account ID on the peer; None if it will be created. Raises Failure, account_not_found."""
    peer_catalog = observed.catalogs.peer
    known = [account_id for account_id, name in peer_catalog.accounts.items() if name == owner]
    if known:
        return known[0]
    create = observed.desired.create
    if create is None or not create.create_account:
        raise no_account(observed, owner)
    return None


def no_account(observed: ObservedVolumePair, owner: str | None) -> Failure:
    peer_catalog = observed.catalogs.peer
    return Failure(
        "account_not_found",
        f"cluster {peer_catalog.cluster.name} has no account named {owner} to own the new {observed.label(PEER)}; give "
        "create_peer_volume.account, or let create_account: true create it",
        cluster=peer_catalog.cluster.name,
        method="ListAccounts",
    )


def check_no_namesake(observed: ObservedVolumePair, name: str, account_id: int | None) -> None:
    """Raise Failure if the owner has a volume of this name on the peer: volume_ambiguous, or volume_deleted.

    After the partner is gone, another volume may have its name; only the user knows whether that one is the target.
    """
    peer_catalog = observed.catalogs.peer
    namesake = next((v for v in peer_catalog.named(name) if not v.deleted and v.account_id == account_id), None)
    deleted = next((v for v in peer_catalog.named(name) if v.deleted and v.account_id == account_id), None)
    if deleted is not None:
        raise volume_deleted(observed, PEER, deleted)
    if namesake is not None:
        raise Failure(
            "volume_ambiguous",
            f"cluster {peer_catalog.cluster.name}: {namesake.label} has the name and owner of the new volume, but "
            f"{observed.label(LOCAL)} was paired with another one; set peer_volume_id to make it the target, or give "
            "create_peer_volume.name",
            cluster=peer_catalog.cluster.name,
            method="ListVolumes",
        )


def policy_id_of(observed: ObservedVolumePair, create: NewVolume) -> int | None:
    """The ID of the requested QoS policy; None without one, or before they are read. Raises Failure if it is missing."""
    policies = observed.extras.policies
    if create.qos_policy is None or policies is None:
        return None
    if create.qos_policy not in policies:
        raise refusal(
            observed,
            "qos_policy_not_found",
            f"cluster {observed.name(PEER)} has no QoS policy named {create.qos_policy}; it has "
            f"{', '.join(sorted(policies)) or 'none'}: correct create_peer_volume.qos_policy, or leave it out",
            side=PEER,
            method="ListQoSPolicies",
        )
    return policies[create.qos_policy]


def check_allowed(observed: ObservedVolumePair, planned: Volume) -> None:
    """Raise Failure, limit_reached, if the peer is too full for this volume or does not permit its name or size."""
    if not _VOLUME_NAME.fullmatch(planned.name):
        raise refusal(
            observed,
            "limit_reached",
            f"cluster {observed.name(PEER)} permits only letters, digits and - in the name of the new "
            f"{observed.label(PEER)}; give create_peer_volume.name",
            side=PEER,
            method="CreateVolume",
        )
    name, stage = observed.name(PEER), observed.extras.fullness
    if stage is not None:
        readiness.require(readiness.fullness(name, stage), "limit_reached", name, "GetClusterFullThreshold")
    limits = observed.extras.limits.peer
    if limits is None:
        return
    longest, smallest = limits.volume_name_length, limits.volume_size_min
    if longest is not None and len(planned.name) > longest:
        raise _over_limit(observed, f"a name of {len(planned.name)} characters, the limit is {longest}")
    if smallest is not None and planned.size < smallest:
        raise _over_limit(observed, f"{sizes.text(planned.size)}, the minimum is {sizes.text(smallest)}")
    growth.check_largest(observed, PEER, planned, planned.size)


def _over_limit(observed: ObservedVolumePair, what: str) -> Failure:
    return refusal(
        observed,
        "limit_reached",
        f"cluster {observed.name(PEER)}: the new {observed.label(PEER)} would have {what}; create it yourself and name it as "
        "peer_volume",
        side=PEER,
        method="GetLimits",
    )


def without_room(pairs: Mapping[int, ObservedVolumePair], creations: Sequence[CreateVolume]) -> dict[int, Failure]:
    """The Failure limit_reached, by item, of the creations that exceed the peer's numbers of volumes."""
    if not creations:
        return {}
    first = pairs[creations[0].item]
    limits, peer_catalog = first.extras.limits.peer, first.catalogs.peer
    if limits is None:
        return {}
    trouble: dict[int, Failure] = {}
    owned = Counter(volume.account_id for volume in peer_catalog.living)
    wanted = Counter(step.account for step in creations)
    for step in creations:
        full = None
        if limits.volumes is not None and sum(owned.values()) + len(creations) > limits.volumes:
            full = (
                f"{sum(owned.values())} volumes, {len(creations)} more would be created, the limit is {limits.volumes}"
            )
        limit, owned_by_account = limits.volumes_per_account, owned[step.account_id] if step.account_id else 0
        if limit is not None and owned_by_account + wanted[step.account] > limit:
            full = (
                f"{owned_by_account} volumes of account {step.account}, {wanted[step.account]} more would be created, "
                f"the limit is {limit}"
            )
        if full:
            trouble[step.item] = Failure(
                "limit_reached",
                f"cluster {first.name(PEER)} has {full}; delete volumes that are not needed, or create fewer",
                cluster=first.name(PEER),
                method="GetLimits",
            )
    return trouble
