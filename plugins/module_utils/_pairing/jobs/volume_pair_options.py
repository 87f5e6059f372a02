# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the options of a pair, which were checked, to what is desired of it."""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ..decide import sizes
from ..decide.volume_pair.desired import DesiredPair, NewVolume
from ..model import Direction, Mode
from ..pair_options import PERMISSIONS


def parse_pair(item: Mapping, present: bool) -> DesiredPair:
    """The desired pair of options that have passed `check`. present: the pair is requested."""
    values = {key: value for key, value in item.items() if key not in PERMISSIONS}
    mode: Mode | None = values.pop("mode")
    direction: Direction | None = values.pop("direction")
    size, create = values.pop("size"), values.pop("create_peer_volume")
    new = NewVolume(**create) if create is not None else None
    if new and not present:
        # It still names the partner and its owner; a missing owner is no error for a pair that will be removed.
        new = replace(new, create_account=True)
    size_in_bytes = None if size is None else sizes.in_bytes(size)
    return DesiredPair(**values, mode=mode, direction=direction, size=size_in_bytes, create=new)
