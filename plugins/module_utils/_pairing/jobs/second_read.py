# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Half a pair is read again before it is called one: another run may be in the middle of its handshake.

The lists of the two clusters are never of the same moment either: one can show the pair that the other does not show yet.
"""
# This file is private to the collection elementsw.replication: it can change without notice.

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from ..outcome import Observed
from ..run import Run

#: What identifies an item.
Item = TypeVar("Item")
#: What is a failure now, and may be whole in a moment.
PERHAPS_PASSING = frozenset({"half_pair", "pending_pair"})
SECONDS_BETWEEN_READS = 1.0
MAX_READS = 4


def read_until_settled(
    run: Run,
    first: Observed,
    read: Callable[[], Observed],
    unsettled: Callable[[Observed], Mapping[Item, str]],
) -> tuple[Observed, set[Item]]:
    """Read again while items are not whole and change; the last observation, and the items that still change.

    unsettled: what identifies the state of each item that is not whole. Without such items nothing is read again.
    """
    observation, before = first, unsettled(first)
    changing: set[Item] = set()
    for _number in range(MAX_READS):
        if not before:
            return observation, set()
        run.pause(SECONDS_BETWEEN_READS)
        observation = read()
        now = unsettled(observation)
        changing = {item for item, state in now.items() if before.get(item) != state}
        if not changing:
            return observation, changing
        before = now
    return observation, changing
