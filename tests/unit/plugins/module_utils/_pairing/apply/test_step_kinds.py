# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every kind of step has its row, and a row says all that must be known of it."""

from __future__ import annotations

import pytest

from ansible_collections.elementsw.replication.plugins.module_utils._pairing import (
    failover_steps,
    pairing_steps,
    rehearsal_steps,
)
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.apply.step_kinds import KINDS
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.plan import Step

#: What other steps have in common, and is never planned itself.
COMMON = {
    failover_steps.ConfirmArrival,
    failover_steps.RecheckPair,
    failover_steps.TakeSnapshot,
    pairing_steps.ChangeVolume,
    pairing_steps.Recheck,
}
STEPS = {
    kind
    for module in (pairing_steps, failover_steps, rehearsal_steps)
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, Step) and kind is not Step
}
#: Without a write: there is nothing to undo, and check mode shows nothing.
WITHOUT_WRITE = {kind for kind in STEPS if issubclass(kind, pairing_steps.Recheck)} | {failover_steps.CountLateWrites}


def test_every_step_has_a_row_of_its_own():
    assert set(KINDS) == STEPS - COMMON


@pytest.mark.parametrize("kind", sorted(STEPS - COMMON, key=lambda kind: kind.__name__), ids=lambda kind: kind.__name__)
def test_a_row_is_complete(kind):
    row, empty = KINDS[kind], KINDS[failover_steps.ConfirmQuiet]
    assert (row.calls is empty.calls) == (kind in WITHOUT_WRITE)
    assert (row.run is None) == issubclass(kind, pairing_steps.Recheck)
    assert row.run or row.recheck
    # What overwrites or removes is read again just before.
    destroys = kind.__name__.startswith(("Remove", "Delete", "Purge")) and kind is not failover_steps.RemoveCheckpoint
    assert row.recheck or not (destroys or kind is failover_steps.Promote)
    # Nothing that is written is left to chance but what cannot be taken back, or is worth nothing by itself.
    kept = {
        pairing_steps.PairClusters,
        pairing_steps.MarkReplica,
        failover_steps.RemoveCheckpoint,
        rehearsal_steps.GrantAccess,
        rehearsal_steps.PurgeClone,
        rehearsal_steps.SetPolicy,
    }
    assert (row.undo is empty.undo) == (kind in WITHOUT_WRITE | kept)
