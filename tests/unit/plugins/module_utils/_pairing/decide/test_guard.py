# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What counts as content, and whether it is what was planned with at the recheck before the write."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide import guard
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.model import Usage
from ansible_collections.elementsw.replication.tests.unit.builders import volume

PLANNED = Usage(nonzero_blocks=9, write_ops=4, snapshots=2, replicated_snapshots=1, saved_snapshots=1)
SAVED = replace(PLANNED, saved_snapshots=2)
COLLECTED = {"nonzero_blocks": 11}


@pytest.mark.parametrize(
    ("now", "overwrite", "saved", "same"),
    [
        (PLANNED, False, False, True),
        (PLANNED, True, False, True),
        (SAVED, False, True, True),
        (SAVED, True, True, True),
        # another client has deleted what was just saved, or taken one of that name
        (PLANNED, False, True, False),
        (PLANNED, True, True, False),
        (SAVED, False, False, False),
        (SAVED, True, False, False),
        # a garbage collection counts blocks, and moves nothing where data may go
        (replace(PLANNED, **COLLECTED), False, False, False),
        (replace(PLANNED, **COLLECTED), True, False, True),
        (replace(PLANNED, write_ops=5), True, False, False),
        (replace(PLANNED, snapshots=3), True, False, False),
        (replace(PLANNED, iscsi=("iqn.1994-05.com.example:host1",)), True, False, False),
    ],
)
def test_the_evidence_is_what_was_planned_with(now, overwrite, saved, same):
    assert guard.still_as_planned(PLANNED, now, overwrite, saved) is same


def test_what_keeps_what_was_to_be_overwritten_is_no_sign_of_use():
    assert guard.data(volume(77, "orders-dr"), Usage(saved_snapshots=3)) == ()


@pytest.mark.parametrize(
    ("access", "role"), [("replicationTarget", True), ("readWrite", False), ("locked", False), ("readOnly", False)]
)
def test_a_replication_target_may_hold_what_is_not_counted_yet(access, role):
    assert bool(guard.role(volume(77, "orders-dr", access=access))) is role
