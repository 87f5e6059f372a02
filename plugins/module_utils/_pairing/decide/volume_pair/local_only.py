# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A pair whose peer is unreachable: what the local volume shows, and what may be changed on the local cluster only.

These steps never demote, create, grow or pair a volume, and never change a mode.
"""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NoReturn

from ...._element.errors import Failure
from ...failover_steps import Promote
from ...model import (
    LOCAL,
    PAUSED_HERE,
    PAUSED_THERE,
    PEER,
    READ_WRITE,
    TARGET,
    TO_PEER,
    Cluster,
    ClusterPair,
    Sides,
    VolumePair,
    mode_option,
)
from ...pairing_steps import ReleaseTarget, SetPause
from ...plan import Plan, Step, Verdict
from ...views import VolumeView
from .. import health
from ..catalog import Catalog
from ..identity import (
    UnreachablePeer,
    connected,
    entries_of,
    may_be_known_as,
    named_by_address,
    peer_unknown,
    seems_alive,
)
from .desired import DesiredPair, PairOptions
from .messages import ends, refusal, states
from .state import ObservedVolumePair, RowName


def classify(item: int, desired: DesiredPair, here: Catalog, peer: UnreachablePeer) -> ObservedVolumePair:
    """What the local volume shows of a pair with the unreachable peer.

    Raises Failure, peer_unknown or bad_reply, if the entries do not identify the peer.
    """
    volume = here.find(desired.volume, desired.volume_id, desired.account)
    pair = volume.pairs[0] if volume and volume.pairs else None
    link = here.link(pair) if pair and not pair.pending else None
    row: RowName = "local_only_none"
    assumed = False
    if volume is None:
        row = "missing"
    elif volume.deleted:
        row = "deleted"
    elif len(volume.pairs) > 1:
        row = "local_only_elsewhere"
    elif pair is not None and pair.pending:
        row = "local_only_pending"
    elif pair is not None:
        ours, assumed = _with_peer(here, link, peer)
        row = "local_only" if ours and _is_meant(desired, pair) else "local_only_elsewhere"
    peer_cluster = (
        Cluster(link.remote_name or peer.name, link.remote_unique_id or "", link.remote_mvip) if link else None
    )
    peer_catalog = Catalog(VolumeView(peer_cluster or Cluster(peer.name, "", ""), (), (), {}))
    entry = pair if row in ("local_only", "local_only_pending", "deleted") else None
    if pair is not None and row == "local_only":  # only the entry identifies the partner
        desired = replace(desired, peer_volume_id=pair.remote_volume_id, peer_volume=pair.remote_volume_name or None)
    return ObservedVolumePair(
        item,
        desired,
        "unknown_peer",
        row,
        Sides(here, peer_catalog),
        Sides(volume, None),
        Sides(entry, None),
        assumed=assumed,
    )


def _with_peer(local_catalog: Catalog, link: ClusterPair | None, peer: UnreachablePeer) -> tuple[bool, bool]:
    """Whether a cluster pair is the one with the peer, and whether that is only assumed.

    Raises Failure, peer_unknown or bad_reply, if the entries do not identify the peer.
    """
    theirs = entries_of(local_catalog.entries, peer, local_catalog.unreadable_entries)
    if not theirs and link is not None:
        for odd in local_catalog.unreadable_entries:
            if may_be_known_as(odd, peer.known_as):
                raise odd.failure(local_catalog.cluster.name)
        established = [entry for entry in local_catalog.entries if not entry.pending]
        raise peer_unknown(local_catalog.cluster.name, established, peer.known_as)
    return link in theirs, link is not None and not named_by_address(theirs, peer.known_as)


def _is_meant(desired: DesiredPair, pair: VolumePair) -> bool:
    """Whether the partner in the entry is the one that the task names; an unnamed partner always is."""
    if desired.peer_volume_id is not None:
        return pair.remote_volume_id == desired.peer_volume_id
    return desired.peer_volume in (None, pair.remote_volume_name)


def adjust(observed: ObservedVolumePair, options: PairOptions) -> tuple[Step, ...]:
    """The steps that promote, pause or resume the local volume. Raises Failure, unreachable, for any other difference."""
    shown, wanted = observed.volume(LOCAL), observed.desired
    entry = observed.entry(LOCAL)
    promoted: tuple[Step, ...] = ()
    if wanted.direction is not None and not _has_role(observed):
        if wanted.direction != TO_PEER or options.failover != "forced":
            raise unreachable(observed, f"direction {wanted.direction}")
        reason = "failover: forced requested, direction to_peer"
        promoted = (Promote(**observed.at(LOCAL, shown), reason=reason, access=READ_WRITE, first=True),)
    if wanted.mode not in (None, mode_option(entry.mode)):
        raise unreachable(observed, f"mode {wanted.mode}")
    # Sizes of an everyday task must not stop a forced failover, in no run of it.
    if _grows(observed) and not (options.failover == "forced" and wanted.direction == TO_PEER):
        raise unreachable(observed, "a size")
    return (*promoted, *_pause(observed))


def _grows(observed: ObservedVolumePair) -> bool:
    """Whether the task requests a size that the local volume does not have, or that depends on the peer's volume."""
    return bool(observed.desired.match_size) or (observed.desired.size or 0) > observed.volume(LOCAL).size


def _has_role(observed: ObservedVolumePair) -> bool:
    role = READ_WRITE if observed.desired.direction == TO_PEER else TARGET
    return observed.volume(LOCAL).access == role


def _pause(observed: ObservedVolumePair) -> tuple[Step, ...]:
    wanted, state, volume = observed.desired.paused, observed.entry(LOCAL).state, observed.volume(LOCAL)
    if wanted is None or (wanted and state in (PAUSED_HERE, PAUSED_THERE)):
        return ()
    if not wanted and state == PAUSED_THERE:
        raise unreachable(observed, "paused: false (it was paused on the other side)")
    if not wanted and state != PAUSED_HERE:
        return ()
    reason = "pause requested" if wanted else "resume requested"
    return (SetPause(**observed.at(LOCAL, volume), reason=reason, paused=wanted),)


def refuse(observed: ObservedVolumePair, options: PairOptions) -> NoReturn:
    """Raise Failure, unreachable: the request requires the peer."""
    raise unreachable(observed, "a pair" if options.present else "the other half")


def unreachable(observed: ObservedVolumePair, wanted: str) -> Failure:
    """Failure, unreachable. wanted: what requires the peer."""
    return refusal(
        observed,
        "unreachable",
        f"{ends(observed)}: {wanted} requires the peer {observed.name(PEER)}, which is unreachable; nothing was written: run "
        "again when it answers",
        side=PEER,
        method="GetClusterInfo",
    )


def warnings(observed: ObservedVolumePair, options: PairOptions, planned: Sequence[Step]) -> tuple[str, ...]:
    """The warnings about what the unreachable peer leaves to be done, and about how it was identified."""
    texts = []
    if not options.present:
        left = "its half of the pair, if any, remains" if planned else "so it was not read"
        texts.append(
            f"{ends(observed)}: the peer {observed.name(PEER)} is unreachable, {left}; run again when it answers"
        )
    if options.present and _grows(observed):
        texts.append(f"{ends(observed)}: sizes do not change while the peer is unreachable; run again when it answers")
    link = observed.catalogs.local.link(observed.entry(LOCAL)) if observed.row == "local_only" else None
    if observed.assumed and link:
        texts.append(
            f"cluster {observed.name(LOCAL)}: no cluster pair has the peer's address; the only one, with {observed.name(PEER)}, "
            f"was used as the peer's: set element_mvip of the peer's host (or peer.mvip) to {link.remote_mvip}"
        )
    if link and link.connected and planned:
        texts.append(seems_alive(observed.name(LOCAL), link, promotes(planned)))
    return tuple(texts)


def promotes(planned: Iterable[Step]) -> bool:
    """Whether these steps make a local volume writable."""
    return bool(_promotions(planned))


def _promotions(planned: Iterable[Step]) -> list[Promote | ReleaseTarget]:
    return [step for step in planned if isinstance(step, (Promote, ReleaseTarget))]


def peer_alive(here: VolumeView, peer: UnreachablePeer, plans: Iterable[Plan]) -> Failure | None:
    """Failure, peer_alive, if these plans promote while the peer is up for this cluster; None if they may promote.

    Then only the connection of the task to the peer is broken. If an unreadable entry may be the peer's, it is bad_reply.
    """
    if peer.failure is None or not any(promotes(plan.steps) for plan in plans):
        return None
    theirs = entries_of(here.entries, peer, here.unreadable_entries)
    unreadable = next((odd for odd in here.unreadable_entries if may_be_known_as(odd, peer.known_as)), None)
    if not theirs and unreadable is not None:
        return unreadable.failure(here.cluster.name)
    entry = next((entry for entry in theirs if entry.connected), None)
    sign = f"{connected(here.cluster.name, entry)}, so the peer is up" if entry else _receives(here, plans)
    if sign is None:
        return None
    return Failure(
        "peer_alive",
        f"{sign}; {peer.failure.cluster} did not answer: {peer.failure.reason}; "
        "nothing was written: correct hostname, port or proxy, or set peer_unreachable: assume_dead if its site is gone",
        cluster=here.cluster.name,
        method="ListClusterPairs" if entry else "ListVolumes",
    )


def _receives(local_view: VolumeView, plans: Iterable[Plan]) -> str | None:
    """The text that a volume to promote still receives data of the peer; None if none does."""
    ids = {step.volume.id for plan in plans for step in _promotions(plan.steps)}
    for volume in local_view.volumes:
        receiving = [pair.state for pair in volume.pairs if health.transfers(pair.state)]
        if volume.id in ids and receiving:
            return f"cluster {local_view.cluster.name}: the pair of {volume.label} is {receiving[0]}, so the peer is up"
    return None


def judge(observed: ObservedVolumePair, refused: Failure) -> Verdict:
    """Whether the local side is as requested; the other side is not waited for. refused: the failure of other rows."""
    text = f"{observed.label(LOCAL)}: {states(observed)}"
    if observed.row != "local_only":
        return Verdict(False, text, refused)
    if observed.desired.direction is not None and not _has_role(observed):
        what = f"{ends(observed)}: another client changed the access of the volume; run again"
        return Verdict(False, text, refusal(observed, "changed_meanwhile", what))
    wanted, shown = observed.desired.paused, health.paused((observed.entries.local,))
    return Verdict(None in (wanted, shown) or wanted == shown, text)
