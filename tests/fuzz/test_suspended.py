# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A controller that stands still for an hour after each of its calls, while another one fails over, unpairs or pairs."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ansible_collections.elementsw.replication.tests.matrix.suspended import READ_WRITE, SITES, TARGET, Pair, Task, task

TO_BETA, TO_ALPHA = {"direction": "from_peer"}, {"direction": "to_peer"}


def paired() -> Pair:
    return Pair.of()


def unpaired() -> Pair:
    """A new source, and a future target that holds data."""
    pair = Pair.of(paired=False)
    pair.write("beta", "old data of the target")
    pair.settle()
    return pair


def half() -> Pair:
    pair = Pair.of()
    pair.call("beta", "RemoveVolumePair")
    return pair


def split() -> Pair:
    pair = Pair.of()
    pair.call("beta", "ModifyVolume", access=READ_WRITE)
    pair.write("beta", "on both sides")
    return pair


def without_source() -> Pair:
    pair = Pair.of()
    pair.call("alpha", "ModifyVolume", access=TARGET)
    return pair


TASKS = {
    "planned failover": (paired, {**TO_BETA, "failover": "planned"}),
    "forced failover": (paired, {**TO_BETA, "failover": "forced"}),
    "forced failover of a split pair": (split, {**TO_ALPHA, "failover": "forced", "allow_overwrite": True}),
    "forced failover without a source": (without_source, {**TO_BETA, "failover": "forced"}),
    "new pair": (unpaired, {"allow_overwrite": True}),
    "repair": (half, {**TO_ALPHA, "repair": True}),
    "removal": (paired, {"state": "absent", "release_target": True}),
}


def fail_over_to_alpha(pair: Pair) -> None:
    task(pair, **TO_ALPHA, failover="forced")


def pair_again(pair: Pair) -> None:
    task(pair)


def take_over_by_hand(pair: Pair) -> None:
    """In the storage user interface: without a pair, beta is writable."""
    for site in SITES:
        pair.call(site, "RemoveVolumePair")
    pair.call("beta", "ModifyVolume", access=READ_WRITE)


def reverse_by_hand(pair: Pair) -> None:
    pair.call("alpha", "ModifyVolume", access=TARGET)
    pair.call("beta", "ModifyVolume", access=READ_WRITE)


OTHERS = (fail_over_to_alpha, pair_again, take_over_by_hand, reverse_by_hand)


@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize("name", TASKS)
def test_nothing_is_lost(name: str, other: Callable[[Pair], None]) -> None:
    make, options = TASKS[name]
    after = 0
    while True:
        after += 1
        pair = make()
        was_split = pair.is_split
        slept = Task(pair, {"wait_timeout": 60, **options}, after, other).run()
        if not slept.slept:
            break
        where = f"suspended after call {after}, {slept.calls[after - 1]}; codes {slept.codes}"
        assert not pair.lost, where
        assert not slept.made_split or options.get("failover") == "forced", (where, slept.made_split)
        assert slept.failures or was_split or not pair.is_split, where
