# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection elementsw.replication: it can change without notice.
"""Which volumes grow to what: the target before the source, since a target may be larger and must not be smaller."""

from __future__ import annotations

from ...._element.errors import Failure
from ...model import SIDES, Grow, Sides, Volume, other
from .. import sizes
from .state import Found


def steps(found: Found, source_side: str) -> tuple[Grow, ...]:
    """The growth that the wish asks for, in the order of its writes."""
    now = Sides(*(found.volumes[side].size for side in SIDES))
    wished = sizes.wished(found.wish, now)
    target_side = other(source_side)
    return (
        *of_volume(found, target_side, found.volumes[target_side], wished[target_side], is_source=False),
        *of_volume(found, source_side, found.volumes[source_side], wished[source_side], is_source=True),
    )


def of_volume(found: Found, side: str, volume: Volume, size: int, is_source: bool) -> tuple[Grow, ...]:
    if size <= volume.size:
        return ()
    check_largest(found, side, volume, size)
    least = found.wish.size or 0
    reason = "the pair shall have at least this size" if size == least else "it shall be as large as its partner"
    return (Grow(found.item, side, volume.label, reason, volume, size, is_source),)


def check_largest(found: Found, side: str, volume: Volume, size: int) -> None:
    limits = found.extras.limits[side]
    if limits is not None and limits.volume_size_max is not None and size > limits.volume_size_max:
        raise Failure(
            "limit_reached",
            f"cluster {found.name(side)}: {volume.label} would have {size} bytes, {limits.volume_size_max} are allowed; wish "
            "for less",
            cluster=found.name(side),
            method="GetLimits",
        )
