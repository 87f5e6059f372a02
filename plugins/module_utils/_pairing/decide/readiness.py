# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The requirements of pairing clusters and volumes: one check for each, used by reports and by plans."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ..._element import addresses
from ..._element.errors import Failure
from ..model import READ_WRITE, TARGET, Cluster, ClusterPair, Volume
from . import sizes

# Clusters pair only below this latency, according to the API documentation.
MAX_LATENCY_MS = 2000
# Practitioners advise against synchronous replication above this latency; no vendor document states a limit.
SYNC_LATENCY_MS = 8
# A cluster at this stage of fullness creates no volumes; at the next stage it takes no writes.
STAGE_WITHOUT_CREATION = 4
MAX_MAJORS_APART = 1
ADMINISTRATOR = "administrator"
# The only other role that the API documentation names for StartClusterPairing; what else it permits is not certain.
CLUSTER_ADMINS = "clusterAdmins"


@dataclass(frozen=True)
class Check:
    """The result of one check."""

    code: str
    #: Whether the requirement is met; None if that is unknown, and `message` says why.
    ok: bool | None
    message: str
    #: What to do about it; None if there is nothing to do.
    remedy: str | None = None


class Size(NamedTuple):
    """The sizes of the two volumes of a pair in bytes, as observed or as desired."""

    source: int
    target: int


def sentence(check: Check) -> str:
    """The check as an error message."""
    return f"{check.message}; {check.remedy}"


def require(check: Check, code: str, cluster: str, method: str | None = None) -> None:
    """Raise Failure with this code if the check has failed. An unknown result passes."""
    if check.ok is False:
        raise Failure(code, sentence(check), cluster=cluster, method=method)


def privileges(cluster: str, roles: frozenset[str] | None, unknown: str = "") -> Check:
    """Whether the task's user may pair clusters. unknown: why the roles are not known, if so."""
    code, remedy = "privileges", "use a cluster administrator with the access administrator"
    if roles is None:
        reason = unknown or "its list of cluster administrators does not name the task's user, as with users of LDAP"
        return Check(code, None, f"cluster {cluster}: {reason}; what the user may do is not known", remedy)
    held = f"cluster {cluster}: the task's user has the roles {', '.join(sorted(roles)) or 'none'}"
    if ADMINISTRATOR in roles:
        return Check(code, True, held)
    if CLUSTER_ADMINS in roles:
        return Check(code, None, f"{held}, which are enough to pair and perhaps not for everything else", remedy)
    return Check(code, False, f"{held}, which do not allow pairing clusters", remedy)


def version_gap(one: Cluster, other: Cluster) -> Check:
    """Whether two clusters of these versions can be paired."""
    versions = f"cluster {one.name} runs Element {one.version} and {other.name} runs {other.version}"
    ours, theirs = _major(one.version), _major(other.version)
    if ours is None or theirs is None:
        return Check("version_gap", None, f"{versions}, which cannot be compared")
    if abs(ours - theirs) > MAX_MAJORS_APART:
        rule = "clusters pair only when their versions are at most one major version apart: upgrade the older one"
        return Check("version_gap", False, versions, rule)
    return Check("version_gap", True, versions)


def _major(version: str) -> int | None:
    match = re.match(r"(\d+)\.", version)
    return int(match.group(1)) if match else None


def names(one: Cluster, other: Cluster) -> Check:
    """Whether names and addresses that must differ do. The addresses of nodes must differ too, and are not checked."""
    shared = [
        what
        for what, same in (
            ("name", one.name == other.name),
            ("MVIP", addresses.same(one.mvip, other.mvip)),
            ("SVIP", bool(one.svip) and addresses.same(one.svip, other.svip)),
        )
        if same
    ]
    two = f"clusters {one.name} (MVIP {one.mvip}) and {other.name} (MVIP {other.mvip})"
    if not shared:
        return Check("names", True, f"{two} have different names and addresses")
    return Check(
        "names",
        False,
        f"{two} have the same {' and '.join(shared)}, which must differ to be paired",
        "it cannot be changed on an existing cluster: pair other clusters",
    )


def pair_slots(cluster: str, entries: Sequence[ClusterPair], maximum: int | None, unreadable: int = 0) -> Check:
    """Whether the cluster can have one more cluster pair.

    The API documentation does not say whether pending ones count (note N26 of api_notes): here they do.
    maximum: the limit of the cluster. unreadable: the number of entries that cannot be read.
    """
    if maximum is None:
        return Check("pair_slots", None, f"cluster {cluster} does not report its limit of cluster pairs")
    text = f"cluster {cluster} has {len(entries) + unreadable} cluster pairs, and the limit is {maximum}"
    if len(entries) + unreadable < maximum:
        return Check("pair_slots", True, text)
    pending = [str(entry.id) for entry in entries if entry.pending]
    remedy = (
        f"pending ones are {', '.join(pending)}; remove_pending: true removes them"
        if pending
        else "unpair it from another cluster first"
    )
    return Check("pair_slots", False, text, remedy)


def mvip(cluster: str, by: str, listed: str, known_as: Iterable[str]) -> Check:
    """Whether the cluster `by` would recognise this cluster while it is unreachable.

    listed: its MVIP in the list of `by`. known_as: its names in the inventory, and the addresses they resolve to.
    """
    text = f"cluster {by} lists cluster {cluster} with the MVIP {listed}"
    if any(addresses.same(listed, name) for name in known_as):
        return Check("mvip", True, f"{text}, which its hostname or mvip names")
    effect = "its hostname and mvip do not name it, so it would not be recognised while it is unreachable"
    return Check("mvip", False, f"{text}; {effect}", f"set element_mvip of its host (or mvip) to {listed}")


def latency(between: str, milliseconds: int | None, sync: bool) -> Check:
    """Whether the latency in milliseconds permits replication.

    between: the two ends, for the message. sync: hosts wait for the other site. milliseconds: None if not known.
    """
    if milliseconds is None:
        return Check("latency", None, f"{between}: neither cluster reports the latency between them")
    if milliseconds >= MAX_LATENCY_MS:
        text = f"{between}: the latency between the clusters is {milliseconds} ms"
        return Check("latency", False, text, f"it must be below {MAX_LATENCY_MS} ms: check the network")
    if sync and milliseconds > SYNC_LATENCY_MS:
        return Check(
            "latency",
            False,
            f"{between}: mode sync over a latency of {milliseconds} ms between the clusters delays each write of a host by "
            f"that time; practitioners advise against it above {SYNC_LATENCY_MS} ms",
            "use mode async",
        )
    return Check("latency", True, f"{between}: the latency between the clusters is {milliseconds} ms")


def fullness(cluster: str, stage: int | None, unknown: str = "") -> Check:
    """Whether a cluster has room for what is replicated to it. unknown: why the stage is not known, if so."""
    if stage is None:
        return Check("fullness", None, f"cluster {cluster}: {unknown}; its fullness is not known")
    text = f"cluster {cluster} is at stage {stage} of 5 of fullness"
    if stage < STAGE_WITHOUT_CREATION:
        return Check("fullness", True, text)
    effect = "creates no volumes and takes no writes" if stage > STAGE_WITHOUT_CREATION else "creates no volumes"
    return Check(
        "fullness",
        False,
        f"{text} and {effect}",
        "delete and purge what is not needed there, or add storage nodes",
    )


def size(source: Volume, target: Volume, cluster: str, planned: Size | None = None) -> Check:
    """Whether the target is at least as large as the source, in MiB.

    cluster: the target's. planned: the sizes as they will be; None for the observed ones.
    """
    have = planned or Size(source.size, target.size)
    if sizes.whole_mib(have.target) >= sizes.whole_mib(have.source):
        return Check("size", True, f"cluster {cluster}: the target {target.label} is not smaller than its source")
    return Check(
        "size",
        False,
        f"cluster {cluster}: the target {target.label} has {sizes.text(target.size)}, less than the source {source.label} with "
        f"{sizes.text(source.size)}",
        "set match_size: true to grow it, or grow it yourself",
    )


def sector_size(ends: str, source: Volume, target: Volume) -> Check:
    """Whether both volumes have the same sector emulation. ends: the two volumes, for the message."""
    emulated = f"{ends}: 512-byte sector emulation is {_on(source)} on the source and {_on(target)} on the target"
    if source.enable_512e == target.enable_512e:
        return Check("sector_size", True, emulated)
    remedy = "it cannot be changed: create the target again with the source's setting"
    return Check("sector_size", False, emulated, remedy)


def _on(volume: Volume) -> str:
    return "enabled" if volume.enable_512e else "disabled"


def active(volume: Volume, cluster: str) -> Check:
    """Whether the volume is active."""
    if volume.status == "active":
        return Check("access", True, f"cluster {cluster}: {volume.label} is active")
    remedy = "restore it with RestoreDeletedVolume" if volume.deleted else "wait until it is active"
    return Check("access", False, f"cluster {cluster}: {volume.label} is {volume.status}, not active", remedy)


def source_access(volume: Volume, cluster: str) -> Check:
    """Whether the access of the volume permits it to be a source."""
    return _access(volume, cluster, (READ_WRITE, TARGET))


def target_access(volume: Volume, cluster: str) -> Check:
    """Whether the access of the volume permits it to be a target.

    Some releases report an unpaired replicationTarget as locked.
    """
    return _access(volume, cluster, (READ_WRITE, TARGET, "locked"))


def _access(volume: Volume, cluster: str, fitting: Sequence[str]) -> Check:
    text = f"cluster {cluster}: {volume.label} has access {volume.access}"
    if volume.access in fitting:
        return Check("access", True, text)
    return Check(
        "access",
        False,
        f"{text}, which is neither a source's nor a target's",
        "set it to readWrite or replicationTarget yourself, if that is safe",
    )
