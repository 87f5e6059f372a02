# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The part of a description that fills one cluster: identity, administrators, accounts, volumes, hosts, snapshots."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from . import host_access
from .api import READERS
from .cluster import COUNTERS, FIRST_IDS, FULLNESS, LIMITS, Cluster, Identity, api_versions_up_to
from .errors import ApiError, WorldError
from .pair_states import HINDRANCES, TARGET
from .records import MIB, AccessGroup, Admin, FibreChannelSession, IscsiSession, Qos, QosPolicy, Volume
from .sections import REQUIRED, Section

if TYPE_CHECKING:
    from .world import World

UNITS = {"": 1, "MiB": MIB, "GiB": 1024 * MIB, "TiB": 1024 * 1024 * MIB}
ACCESS = ("readOnly", "readWrite", "locked", "replicationTarget", "snapMirrorTarget")
ROLES = ("administrator", *READERS)


def add_cluster(world: World, section: Section, number: int) -> Cluster:
    """The described cluster; what concerns its endpoint is left in the section."""
    name = section.take("name", kind=str)
    if name in world.clusters:
        raise WorldError(f"{section.path}.name: there are two clusters {name!r}")
    first_ids = {
        # The counters of two clusters start apart, so that an ID taken from the wrong side is not found there.
        **{kind: first + 100 * number for kind, first in FIRST_IDS.items()},
        "cluster_pair": 7 + 5 * number,
        **_known(section.take("first_ids", {}, dict), COUNTERS, f"{section.path}.first_ids"),
    }
    cluster = Cluster(_identity(world, section, name, number), world.rng, first_ids)
    world.clusters[name] = cluster
    cluster.fullness = section.one_of("fullness", FULLNESS)
    cluster.max_provisioned = parse_size(
        section.take("max_provisioned", cluster.max_provisioned), f"{section.path}.max_provisioned"
    )
    cluster.limits.update(_known(section.take("limits", {}, dict), LIMITS, f"{section.path}.limits"))
    _add_admins(world, cluster, section)
    accounts = section.sections("accounts") or [Section({"name": "tenant"}, section.path)]
    for each in accounts:
        _add_account(world, cluster, each)
    for key, add in PARTS.items():
        for each in section.sections(key):
            add(world, cluster, each)
    return cluster


def _known(given: dict[str, Any], names: Collection[str], path: str) -> dict[str, Any]:
    """A mapping of whole numbers whose keys are all known."""
    for name, value in given.items():
        if name not in names:
            raise WorldError(f"{path}.{name}: known are {', '.join(names)}")
        if isinstance(value, bool) or not isinstance(value, int):
            raise WorldError(f"{path}.{name}: {value!r} is no whole number")
    return given


def _identity(world: World, section: Section, name: str, number: int) -> Identity:
    version = str(section.take("version", "12.5.0.897"))
    if not re.fullmatch(r"\d+(\.\d+){1,3}", version):
        raise WorldError(f"{section.path}.version: {version!r} is no version")
    return Identity(
        name=name,
        mvip=section.take("mvip", f"192.0.2.{10 * (number + 1)}", str),
        svip=section.take("svip", f"203.0.113.{10 * (number + 1)}", str),
        unique_id=section.take("unique_id", "".join(world.rng.choices("abcdefghjkmnpqrstvwxyz0123456789", k=4)), str),
        uuid=section.take("uuid", f"{world.rng.getrandbits(32):08x}-0000-4000-8000-{number:012d}", str),
        version=version,
        api_versions=tuple(map(str, section.take("api_versions", api_versions_up_to(version), (list, tuple)))),
    )


def _add_admins(world: World, cluster: Cluster, section: Section) -> None:
    for each in section.sections("admins"):
        admin = Admin(
            cluster.next_id("admin"),
            each.take("username", kind=str),
            each.take("password", kind=str),
            tuple(each.several("access", ROLES, ["administrator"])),
        )
        each.done()
        cluster.admins.append(admin)
    if not cluster.admins:
        admin = Admin(cluster.next_id("admin"), "ansible", f"Only-for-{cluster.name}-9xQ", ("administrator",))
        cluster.admins.append(admin)
    world.secrets.issue(*(admin.password for admin in cluster.admins))


def _add_account(world: World, cluster: Cluster, section: Section) -> None:
    account = cluster.add_account(
        section.take("name", kind=str),
        section.take("initiator_secret", None, str),
        section.take("target_secret", None, str),
        section.take("id", None, int),
    )
    section.done()
    world.secrets.issue(account.initiator_secret, account.target_secret)


def _add_volumes(world: World, cluster: Cluster, section: Section) -> None:
    """One volume, or `count` of them with `{n}` in their name."""
    for each in section.repeated():
        _add_volume(world, cluster, each)


def _add_volume(world: World, cluster: Cluster, section: Section) -> None:
    name = section.take("name", kind=str)
    account = _account(cluster, section)
    number = section.take("id", None, int)
    if number in cluster.volumes:
        raise WorldError(f"{section.path}.id: {cluster.name} has two volumes {number}")
    size = parse_size(section.take("size", "10GiB"), f"{section.path}.size")
    volume = cluster.add_volume(name, account, size, section.take("enable_512e", True, bool), world.clock.now, number)
    volume.access = section.one_of("access", ACCESS, "readWrite")
    volume.attributes = section.take("attributes", {}, dict)
    volume.marks = [str(mark) for mark in section.take("marks", [], list)]
    # What a replica holds replication has brought, and that is no write.
    volume.write_ops = section.take("write_ops", 0 if volume.access == TARGET else len(volume.marks), int)
    volume.used_blocks = section.take("used_blocks", 256 * len(volume.marks), int)
    volume.collected_blocks = volume.used_blocks
    volume.hindrance = section.one_of("hindrance", tuple(HINDRANCES)) if "hindrance" in section else None
    volume.deleted = world.clock.now if section.take("deleted", False, bool) else None
    policy = section.take("qos_policy", None, str)
    if policy is not None:
        _use_policy(cluster, volume, policy, section.path)
    elif "qos" in section:
        nested = section.section("qos")
        volume.qos = _qos(nested)
        nested.done()
    section.done()


def _add_qos_policy(world: World, cluster: Cluster, section: Section) -> None:
    policy = QosPolicy(cluster.next_id("qos_policy"), section.take("name", kind=str), _qos(section))
    section.done()
    cluster.qos_policies[policy.policy_id] = policy


def _use_policy(cluster: Cluster, volume: Volume, name: str, path: str) -> None:
    known = next((policy for policy in cluster.qos_policies.values() if policy.name == name), None)
    if known is None:
        raise WorldError(f"{path}.qos_policy: {cluster.name} has no policy {name!r}")
    volume.qos, volume.qos_policy_id = known.qos, known.policy_id


def _account(cluster: Cluster, section: Section) -> int:
    """The owner's ID; it need not be said when there is only one account."""
    only = next(iter(cluster.accounts.values())).username if len(cluster.accounts) == 1 else REQUIRED
    name = section.take("account", only, str)
    account = cluster.account_named(name)
    if account is None:
        raise WorldError(f"{section.path}.account: {cluster.name} has no account {name!r}")
    return account.account_id


def _qos(section: Section) -> Qos:
    return Qos(
        section.take("min_iops", 50, int), section.take("max_iops", 15000, int), section.take("burst_iops", 15000, int)
    )


def _add_access_group(world: World, cluster: Cluster, section: Section) -> None:
    volumes = [find_volume(cluster, each, f"{section.path}.volumes") for each in section.take("volumes", [], list)]
    group = AccessGroup(cluster.next_id("access_group"), section.take("name", kind=str))
    members = section.take("initiators", [], list)
    section.done()
    cluster.access_groups[group.group_id] = group
    for volume in volumes:
        host_access.add_volume(group, volume)
    try:
        host_access.set_members(cluster, group, host_access.named_initiators(cluster, map(str, members)))
    except ApiError as error:
        raise WorldError(f"{section.path}.initiators: {error.message}") from None


def _add_iscsi_session(world: World, cluster: Cluster, section: Section) -> None:
    volume = find_volume(cluster, section.take("volume"), f"{section.path}.volume")
    session = IscsiSession(
        cluster.next_id("session"),
        volume.volume_id,
        section.take("initiator", "iqn.1998-01.com.example:host-1", str),
        section.take("address", "203.0.113.200:51234", str),
    )
    section.done()
    cluster.iscsi_sessions.append(session)


def _add_fibre_channel_session(world: World, cluster: Cluster, section: Section) -> None:
    name = section.take("access_group", None, str)
    group = next((each for each in cluster.access_groups.values() if each.name == name), None)
    if name is not None and group is None:
        raise WorldError(f"{section.path}.access_group: {cluster.name} has no access group {name!r}")
    session = FibreChannelSession(
        section.take("initiator", "21:00:00:0e:1e:c4:0a:01", str),
        section.take("target", "5f:47:ac:c0:00:00:00:01", str),
        group.group_id if group else None,
    )
    section.done()
    cluster.fibre_channel_sessions.append(session)


def _add_snapshots(world: World, cluster: Cluster, section: Section) -> None:
    """One snapshot, or `count` of them with `{n}` in the name of the volume or their own."""
    for each in section.repeated():
        _add_snapshot(world, cluster, each)


def _add_snapshot(world: World, cluster: Cluster, section: Section) -> None:
    volume = find_volume(cluster, section.take("volume"), f"{section.path}.volume")
    params = {
        "volumeID": volume.volume_id,
        "name": section.take("name", kind=str),
        "enableRemoteReplication": section.take("replicated", False, bool),
        "attributes": section.take("attributes", {}, dict),
    }
    if "retention" in section:
        params["retention"] = section.take("retention", kind=str)
    section.done()
    try:
        world.call(cluster.name, "CreateSnapshot", params)
    except ApiError as error:
        raise WorldError(f"{section.path}: {error}") from None


# In this order: volumes use policies, and the rest names volumes.
PARTS = {
    "qos_policies": _add_qos_policy,
    "volumes": _add_volumes,
    "access_groups": _add_access_group,
    "sessions": _add_iscsi_session,
    "fibre_channel_sessions": _add_fibre_channel_session,
    "snapshots": _add_snapshots,
}


def find_volume(cluster: Cluster, wanted: Any, path: str) -> Volume:
    """A volume of a cluster by `name`, `account/name` or `#id`."""
    if not isinstance(wanted, str):
        raise WorldError(f"{path}: {wanted!r} is no volume (name, account/name or #id)")
    account, _slash, name = wanted.rpartition("/")
    try:
        if name.startswith("#") and name[1:].isdigit():
            return cluster.find_volume(int(name[1:]), account or None)
        return cluster.find_volume(name, account or None)
    except WorldError as error:
        raise WorldError(f"{path}: {error}") from None


def parse_size(value: Any, path: str) -> int:
    """Bytes from a number, or from a text with MiB, GiB or TiB."""
    match = re.fullmatch(r"(\d+) ?(|MiB|GiB|TiB)", str(value))
    if not match:
        raise WorldError(f"{path}: {value!r} is no size (a number of bytes, or with MiB, GiB, TiB)")
    return int(match.group(1)) * UNITS[match.group(2)]
