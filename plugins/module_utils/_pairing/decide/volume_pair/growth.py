# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The desired sizes of the two volumes of a pair, and the steps that grow them."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from typing import TYPE_CHECKING

from ...model import SIDES, Side, Sides, Volume, other
from .. import sizes
from .desired import DesiredPair
from .messages import refusal
from .state import ObservedVolumePair

if TYPE_CHECKING:
    from ...pairing_steps import Grow


def desired_sizes(desired: DesiredPair, now: Sides[int]) -> Sides[int]:
    """The desired sizes in bytes of two volumes of these sizes: never less than these."""
    least = desired.size or 0
    if desired.match_size:
        least = max(least, now.local, now.peer)
    return Sides(*(max(now[side], least) for side in SIDES))


def steps(observed: ObservedVolumePair, source_side: Side) -> tuple[Grow, ...]:
    """The growth that the task requests, in the order of its writes: the target before the source."""
    now = Sides(*(observed.volume(side).size for side in SIDES))
    desired = desired_sizes(observed.desired, now)
    target_side = other(source_side)
    return (
        *of_volume(observed, target_side, observed.volume(target_side), desired[target_side], is_source=False),
        *of_volume(observed, source_side, observed.volume(source_side), desired[source_side], is_source=True),
    )


def of_volume(observed: ObservedVolumePair, side: Side, volume: Volume, size: int, is_source: bool) -> tuple[Grow, ...]:
    """The step that grows one volume to a size in bytes; empty if it has it. Raises Failure, limit_reached."""
    if size <= volume.size:
        return ()
    from ...pairing_steps import Grow  # not loaded for volumes that are large enough

    check_largest(observed, side, volume, size)
    least = observed.desired.size or 0
    reason = "size requested" if size == least else "match_size requested"
    return (Grow(**observed.at(side, volume), reason=reason, size=size, source=is_source),)


def check_largest(observed: ObservedVolumePair, side: Side, volume: Volume, size: int) -> None:
    """Raise Failure, limit_reached, if the cluster does not permit a volume of this size in bytes."""
    limits = observed.extras.limits[side]
    if limits is not None and limits.volume_size_max is not None and size > limits.volume_size_max:
        raise refusal(
            observed,
            "limit_reached",
            f"cluster {observed.name(side)}: {volume.label} would have {sizes.text(size)}, and the limit is "
            f"{sizes.text(limits.volume_size_max)}; request a smaller size",
            side=side,
            method="GetLimits",
        )
