# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What may happen to a call: everything a network and a gateway do, and the error names that are known of the API.

The names are those that the API documentation or shipped clients attest for the method, or for any.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ansible_collections.elementsw.replication.plugins.module_utils._element.client import READ_PAUSES
from ansible_collections.elementsw.replication.tests.simulator import api
from ansible_collections.elementsw.replication.tests.simulator.faults import Fault
from ansible_collections.elementsw.replication.tests.simulator.world import World

# The reply never comes, or is none.
SPOILT = ("drop_before", "http_502", "http_503", "empty", "null", "truncated", "no_result", "slow")

# Seconds after which a slow call is served, or its reply comes; no one waits for it any more.
LATE = 1.0

# The cluster gave up on a part of itself: the call may have taken effect.
UNCLEAR = (
    "xDBClosing",
    "xDBConnectionLoss",
    "xDBNoServerResponse",
    "xDBOperationTimeout",
    "xDBSessionExpired",
    "xDBSessionMoved",
    "xRecvTimeout",
    "xRpcTimeout",
)
PASSING = (
    "xDBInvalidState",
    "xDBNoSuchPath",
    "xDBVersionMismatch",
    "xNoHandler",
    "xNotPrimary",
    "xNotReadyForIO",
    "xSliceNotRegistered",
)
REFUSED = (
    "xAPINotPermitted",
    "xInvalidAPIParameter",
    "xInvalidParameter",
    "xInvalidParameterType",
    "xMissingParameter",
    "xPermissionDenied",
    "xUnknownAPIMethod",
    "xUnknownRPCMethod",
    "xUnknownUsername",
)
# A name that no release is known to send.
UNHEARD_OF = "xUnheardOf"

_NO_VOLUME = ("xVolumeDoesNotExist", "xVolumeIDDoesNotExist")
_NO_WORD = "xUnrecognizedEnumString"
_FULL = "xExceededLimit"
_NO_SNAPSHOT = ("xMaxSnapshotsPerVolumeExceeded", "xSnapshotFailed")
OF_METHOD = {
    "AddAccount": ("xDuplicateUsername", _FULL),
    "AddVolumesToVolumeAccessGroup": ("xVolumeAccessGroupIDDoesNotExist", _FULL, *_NO_VOLUME),
    "CloneVolume": (
        "xMaxClonesPerNodeExceeded",
        "xMaxClonesPerVolumeExceeded",
        "xSliceServiceSelectionFailed",
        "xSnapshotIDDoesNotExist",
        "xAccountIDDoesNotExist",
        _FULL,
        *_NO_VOLUME,
    ),
    "CompleteClusterPairing": ("xInvalidPairingKey", "xPairingAlreadyExists", _FULL),
    "CompleteVolumePairing": (
        "xInvalidPairingKey",
        "xMVIPNotPaired",
        "xVolumeAlreadyPaired",
        _FULL,
        *_NO_VOLUME,
    ),
    "CreateVolume": (
        "xAccountIDDoesNotExist",
        "xMaxVolumeCountExceeded",
        "xQoSPolicyDoesNotExist",
        "xSliceServiceSelectionFailed",
        "xTotalCapacityExceeded",
        _FULL,
    ),
    "CreateGroupSnapshot": (*_NO_SNAPSHOT, _FULL, *_NO_VOLUME),
    "CreateSnapshot": (*_NO_SNAPSHOT, _FULL, *_NO_VOLUME),
    "ListSnapshots": _NO_VOLUME,
    "ListVolumeStats": _NO_VOLUME,
    "ListVolumes": _NO_VOLUME,
    "ModifyVolume": (_FULL, _NO_WORD, *_NO_VOLUME),
    "ModifyVolumePair": ("xVolumeNotPaired", _NO_WORD, *_NO_VOLUME),
    "ModifyVolumes": ("xVolumeShrinkProhibited", _FULL, _NO_WORD, *_NO_VOLUME),
    "StartClusterPairing": (_FULL,),
    "StartVolumePairing": ("xVolumeAlreadyPaired", _FULL, _NO_WORD, *_NO_VOLUME),
}
# What a cluster says only when there is nothing left to do, and contention that may have left a pending entry.
AFTER_APPLYING = {
    "AddVolumesToVolumeAccessGroup": ("xAlreadyInVolumeAccessGroup",),
    "DeleteSnapshot": ("xSnapshotIDDoesNotExist",),
    "DeleteVolume": _NO_VOLUME,
    "PurgeDeletedVolume": _NO_VOLUME,
    "RemoveClusterPair": ("xPairingDoesNotExist",),
    "RemoveVolumePair": ("xVolumeNotPaired", *_NO_VOLUME),
    "StartVolumePairing": ("xDBVersionMismatch",),
}
# What does not pass by itself.
LASTING = ("refuse", "drop_before", "http_401", "http_502", "null", "xDBConnectionLoss", "xDBVersionMismatch")
LASTING_WRITES = ("drop_after", "xUnheardOf", "xPermissionDenied")
# Calls that leave something if a proxy sends them twice, which nothing shows to the run: a checkpoint, which expires; a clone
# or a volume of the same name, which the next run names; a pending entry that may be another client's.
MADE_ONCE = ("CloneVolume", "CreateGroupSnapshot", "CreateSnapshot", "CreateVolume", "StartVolumePairing")
# For how many calls a node that does not know of a write yet answers.
LAGS = (3, 8)
# A whole cluster from one of its calls on.
LOST = ("refuse", "drop_before", "drop_after", "http_503", "null")


# How often a read is sent before it is given up.
ATTEMPTS = len(READ_PAUSES) + 1


@dataclass(frozen=True)
class Trouble:
    """A fault and the call that it hits: the `nth` of a method on a cluster, of any method where that is None.

    unread: the cluster whose objects cannot be read for so many calls then, when the nth read of them comes.
    """

    cluster: str
    method: str | None
    nth: int
    kind: str
    after: bool = False
    lasts: bool = False
    unread: tuple[str, str, int, int] | None = None
    times: int = 1

    def __str__(self) -> str:
        more = f"{' after applying' if self.after else ''}{' for good' if self.lasts else ''}"
        blind = "; then {} {} {} fails {} times".format(*self.unread) if self.unread else ""
        return f"{self.cluster} {self.method or 'call'} {self.nth}: {self.kind}{more}{blind}"

    def begin(self, world: World) -> Fault:
        """Let it happen in the world; the fault that must be met."""
        if self.unread:
            cluster, method, nth, times = self.unread
            world.faults.add(cluster, method, nth, times, fault="drop_before")
        return world.faults.add(
            self.cluster,
            self.method,
            self.nth,
            None if self.lasts else self.times,
            fault=self.kind,
            after_applying=self.after,
            seconds=LATE if self.kind == "slow" else None,
        )


def of_call(cluster: str, method: str, nth: int) -> Iterator[Trouble]:
    """Everything that can happen to one call."""
    writes = api.is_write(method)
    once = ("refuse", "http_401", *SPOILT, *UNCLEAR, *PASSING, *REFUSED, *OF_METHOD.get(method, ()), UNHEARD_OF)
    for kind in once:
        yield Trouble(cluster, method, nth, kind)
    for kind in (*LASTING, *(LASTING_WRITES if writes else ())):
        yield Trouble(cluster, method, nth, kind, lasts=True)
    if not writes:
        yield Trouble(cluster, method, nth, "stale")
        yield Trouble(cluster, method, nth, "cached")
    elif method not in MADE_ONCE:
        yield Trouble(cluster, method, nth, "twice")
    if writes:
        yield Trouble(cluster, method, nth, "drop_after")
        taken = (*(kind for kind in SPOILT if kind != "drop_before"), *UNCLEAR)
        for kind in (*taken, *AFTER_APPLYING.get(method, ())):
            yield Trouble(cluster, method, nth, kind, after=True)


def of_read_after(cluster: str, method: str, nth: int, reads: Iterable[tuple[str, str, int]]) -> Iterator[Trouble]:
    """A write without a reply, after which one of these reads fails: for one patient call, and for all that follow soon.

    reads: cluster, method, and the number of the first one after the write.
    """
    for kind in ("drop_after", "drop_before"):
        for read in reads:
            for times in (ATTEMPTS, 10 * ATTEMPTS):
                yield Trouble(cluster, method, nth, kind, unread=(*read, times))


def of_lag(cluster: str, nth: int) -> Iterator[Trouble]:
    """From its nth call on a cluster answers reads as before."""
    for times in LAGS:
        yield Trouble(cluster, None, nth, "stale", times=times)


def of_cluster(cluster: str, nth: int) -> Iterator[Trouble]:
    """A cluster fails with its nth call, whatever that is, and stays unreachable."""
    for kind in LOST:
        yield Trouble(cluster, None, nth, kind, lasts=True)
