# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sizes as people write them, and as two volumes must have them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide import sizes
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.volume_pair import growth
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.volume_pair.desired import (
    DesiredPair,
)
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.model import Sides
from ansible_collections.elementsw.replication.tests.unit.builders import GIB, MIB


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("20GiB", 20 * GIB),
        ("20 gib", 20 * GIB),
        (" 1.5 TiB ", 1536 * GIB),
        ("1GB", 954 * MIB),
        ("1000341504", 1000341504),
        ("1000341505", 1000341504 + MIB),
        ("1", MIB),
        ("512 kB", MIB),
        ("3MB", 3 * MIB),
        ("10TB", 9536744 * MIB),
        ("7 B", MIB),
    ],
)
def test_a_size(text, size):
    assert sizes.in_bytes(text) == size


@pytest.mark.parametrize(
    "text", ["", "0", "0GiB", "20G", "20g", "GiB", "-5GiB", "20 GiB!", "1e9", "1,5GiB", "5 PiB", "0x10"]
)
def test_what_is_no_size(text):
    assert sizes.in_bytes(text) is None


@given(st.integers(1, 2**50))
def test_a_number_of_bytes_is_rounded_up_to_whole_mib(number):
    size = sizes.in_bytes(str(number))
    assert size % MIB == 0
    assert number <= size < number + MIB


@pytest.mark.parametrize(
    ("desired", "now", "requested"),
    [
        ({}, (5, 3), (5, 3)),
        ({"size": 4}, (5, 3), (5, 4)),
        ({"size": 9}, (5, 3), (9, 9)),
        ({"size": 2}, (5, 3), (5, 3)),
        ({"match_size": True}, (5, 3), (5, 5)),
        ({"match_size": True}, (3, 5), (5, 5)),
        ({"match_size": False}, (3, 5), (3, 5)),
        ({"match_size": True, "size": 4}, (3, 5), (5, 5)),
        ({"match_size": True, "size": 9}, (3, 5), (9, 9)),
    ],
)
def test_what_two_volumes_grow_to(desired, now, requested):
    in_mib = {name: value * MIB if name == "size" else value for name, value in desired.items()}
    result = growth.desired_sizes(DesiredPair(volume="orders-db", **in_mib), Sides(*(size * MIB for size in now)))
    assert (result.local, result.peer) == tuple(size * MIB for size in requested)


@given(st.integers(1, 99), st.integers(1, 99), st.none() | st.integers(1, 99), st.sampled_from([None, True, False]))
def test_nothing_is_ever_made_smaller(here, there, size, match):
    result = growth.desired_sizes(DesiredPair(size=size, match_size=match), Sides(here, there))
    assert (result.local, result.peer) >= (here, there)
    assert result.peer >= there
    if match:
        assert result.local == result.peer


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        (10 * 1024**3, "10 GiB"),
        (1024**4, "1 TiB"),
        (3 * 1024**4 // 2, "1.5 TiB"),
        (1024**3 * 5 // 4, "1.25 GiB"),
        (10 * 1024**3 + MIB, "10241 MiB"),
        (MIB, "1 MiB"),
        (10000269312, "9537 MiB"),
        (1000, "1000 bytes"),
        (0, "0 MiB"),
    ],
)
def test_how_a_size_is_written(size, shown):
    assert sizes.text(size) == shown
