# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What must hold before clusters and volumes can be paired: one check each, for reports and for plans alike."""

# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ..._element import addresses
from ..._element.errors import Failure
from ..model import READ_WRITE, TARGET, Cluster, ClusterPair, Volume
from .sizes import whole_mib

# Clusters pair only below this latency, says the API documentation.
MAX_LATENCY_MS = 2000
# Above this latency between the sites practitioners advise against synchronous replication; no vendor text says so.
SYNC_LATENCY_MS = 8
# A cluster at this stage of fullness creates nothing; at the next one nothing can be written to it.
STAGE_WITHOUT_CREATION = 4
MAX_MAJORS_APART = 1
ADMINISTRATOR = "administrator"
# The only other role that the API documentation has for StartClusterPairing; what else it lacks is not told reliably.
CLUSTER_ADMINS = "clusterAdmins"


@dataclass(frozen=True)
class Check:
    """ok: None where it cannot be told; `message` says why. remedy: None where there is nothing to do."""

    code: str
    ok: bool | None
    message: str
    remedy: str | None = None


class Size(NamedTuple):
    """Bytes of the two volumes of a pair, as they are or as they shall be."""

    source: int
    target: int


def sentence(check: Check) -> str:
    """The check as an error message says it."""
    return f"{check.message}; {check.remedy}"


def require(check: Check, code: str, cluster: str, method: str | None = None) -> None:
    """Raises Failure with this code where the check is known not to hold."""
    if check.ok is False:
        raise Failure(code, sentence(check), cluster=cluster, method=method)


def privileges(cluster: str, roles: frozenset[str] | None, unknown: str = "") -> Check:
    """Whether the task's user may pair. unknown: why the roles are not known, where that is so."""
    code, remedy = "privileges", "use a cluster administrator with the role administrator"
    if roles is None:
        reason = unknown or "its list of cluster administrators does not name the task's user, as with users of LDAP"
        return Check(code, None, f"cluster {cluster}: {reason}; what the user may do is not known", remedy)
    held = f"cluster {cluster}: the task's user has the roles {', '.join(sorted(roles)) or 'none'}"
    if ADMINISTRATOR in roles:
        return Check(code, True, held)
    if CLUSTER_ADMINS in roles:
        return Check(code, None, f"{held}, which are enough to pair and perhaps not for everything else", remedy)
    return Check(code, False, f"{held}, which do not allow to pair clusters", remedy)


def version_gap(one: Cluster, other: Cluster) -> Check:
    """Whether the two versions may be paired."""
    versions = f"cluster {one.name} runs Element {one.version} and {other.name} runs {other.version}"
    majors = [_major(cluster.version) for cluster in (one, other)]
    if None in majors:
        return Check("version_gap", None, f"{versions}, which are not versions that can be compared")
    if abs(majors[0] - majors[1]) > MAX_MAJORS_APART:
        rule = "clusters pair only when their versions are at most one major version apart: upgrade the older one"
        return Check("version_gap", False, versions, rule)
    return Check("version_gap", True, versions)


def _major(version: str) -> int | None:
    match = re.match(r"(\d+)\.", version)
    return int(match.group(1)) if match else None


def names(one: Cluster, other: Cluster) -> Check:
    """Whether nothing is the same that must differ. The addresses of nodes must differ as well, and are not looked at."""
    alike = [
        what
        for what, same in (
            ("name", one.name == other.name),
            ("MVIP", addresses.same(one.mvip, other.mvip)),
            ("SVIP", bool(one.svip) and addresses.same(one.svip, other.svip)),
        )
        if same
    ]
    two = f"clusters {one.name} (MVIP {one.mvip}) and {other.name} (MVIP {other.mvip})"
    if not alike:
        return Check("names", True, f"{two} have different names and addresses")
    return Check(
        "names",
        False,
        f"{two} have the same {' and '.join(alike)}, which must differ to be paired",
        "it cannot be changed on an existing cluster: pair others",
    )


def pair_slots(cluster: str, entries: Sequence[ClusterPair], most: int | None, unreadable: int = 0) -> Check:
    """Whether one more cluster pair fits next to these.

    Whether pending ones count is documented nowhere (note N26 of api_notes): here they do.
    unreadable: how many more the cluster lists.
    """
    if most is None:
        return Check("pair_slots", None, f"cluster {cluster} does not say how many cluster pairs it may have")
    text = f"cluster {cluster} has {len(entries) + unreadable} cluster pairs and may have {most}"
    if len(entries) + unreadable < most:
        return Check("pair_slots", True, text)
    pending = [str(entry.id) for entry in entries if entry.pending]
    remedy = (
        f"of these are pending: {', '.join(pending)}; remove_pending: true removes those"
        if pending
        else "unpair it from another cluster first"
    )
    return Check("pair_slots", False, text, remedy)


def mvip(cluster: str, by: str, listed: str, known_as: Iterable[str]) -> Check:
    """Whether a cluster would be recognised while it does not answer. listed: its MVIP, as the other one, `by`, lists it.

    known_as: what the inventory calls it, and what that resolves to.
    """
    text = f"cluster {by} lists cluster {cluster} with the MVIP {listed}"
    if any(addresses.same(listed, name) for name in known_as):
        return Check("mvip", True, f"{text}, which is in its hostname or mvip")
    effect = "its hostname and mvip do not lead there, so that it would not be recognised on the day it does not answer"
    return Check("mvip", False, f"{text}; {effect}", f"set element_mvip of its host (or mvip) to {listed}")


def latency(between: str, milliseconds: int | None, sync: bool) -> Check:
    """Whether the way is short enough. between: what replicates over it. sync: hosts wait for the other site."""
    if milliseconds is None:
        return Check("latency", None, f"{between}: neither cluster tells the latency between them")
    if milliseconds >= MAX_LATENCY_MS:
        text = f"{between}: the latency between the clusters is {milliseconds} ms"
        return Check("latency", False, text, f"it must be below {MAX_LATENCY_MS} ms: see to the network")
    if sync and milliseconds > SYNC_LATENCY_MS:
        return Check(
            "latency",
            False,
            f"{between}: mode sync with a latency of {milliseconds} ms between the clusters: every write of a host waits that "
            f"long, and above {SYNC_LATENCY_MS} ms practitioners advise against it",
            "use mode async",
        )
    return Check("latency", True, f"{between}: the latency between the clusters is {milliseconds} ms")


def fullness(cluster: str, stage: int | None, unknown: str = "") -> Check:
    """Whether a cluster can take what is replicated to it. unknown: why the stage is not known, where that is so."""
    if stage is None:
        return Check("fullness", None, f"cluster {cluster}: {unknown}; how full it is is not known")
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


def size(source: Volume, target: Volume, cluster: str, sizes: Size | None = None) -> Check:
    """Whether the target is not smaller. cluster: the target's. sizes: what the two shall have, None for what they have."""
    have = sizes or Size(source.size, target.size)
    if whole_mib(have.target) >= whole_mib(have.source):
        return Check("size", True, f"cluster {cluster}: the target {target.label} is not smaller than its source")
    return Check(
        "size",
        False,
        f"cluster {cluster}: the target {target.label} has {target.size} bytes, less than the source {source.label} with "
        f"{source.size}",
        "match_size: true grows it, or grow it yourself",
    )


def sector_size(ends: str, source: Volume, target: Volume) -> Check:
    """Whether both emulate sectors alike. ends: the two in words."""
    emulated = (
        f"{ends}: 512-byte sector emulation is {_on(source)} on {source.label} and {_on(target)} on {target.label}"
    )
    if source.enable_512e == target.enable_512e:
        return Check("sector_size", True, emulated)
    remedy = "it cannot be changed: create the target anew with the source's setting"
    return Check("sector_size", False, emulated, remedy)


def _on(volume: Volume) -> str:
    return "on" if volume.enable_512e else "off"


def active(volume: Volume, cluster: str) -> Check:
    """Whether the volume is there to be used."""
    if volume.status == "active":
        return Check("access", True, f"cluster {cluster}: {volume.label} is active")
    remedy = "restore it with RestoreDeletedVolume" if volume.deleted else "wait until it is"
    return Check("access", False, f"cluster {cluster}: {volume.label} is {volume.status}, not active", remedy)


def source_access(volume: Volume, cluster: str) -> Check:
    """Whether the volume can be a source."""
    return _access(volume, cluster, (READ_WRITE, TARGET))


def target_access(volume: Volume, cluster: str) -> Check:
    """Whether the volume can be a target. An unpaired replicationTarget reads as locked on some releases."""
    return _access(volume, cluster, (READ_WRITE, TARGET, "locked"))


def _access(volume: Volume, cluster: str, fitting: Sequence[str]) -> Check:
    has = f"cluster {cluster}: {volume.label} has access {volume.access}"
    if volume.access in fitting:
        return Check("access", True, has)
    return Check(
        "access",
        False,
        f"{has}, which is neither a source's nor a target's",
        "set it to readWrite or replicationTarget yourself, if that is safe",
    )
