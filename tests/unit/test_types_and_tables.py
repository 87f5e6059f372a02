# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The values that a Literal type allows are those that the tables know."""

from __future__ import annotations

from typing import get_args

from ansible_collections.elementsw.replication.plugins.module_utils._pairing import model
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide import health
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.cluster_pair import (
    state as clusters,
)
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.cluster_pair import (
    table as cluster_table,
)
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.rehearsal import state as rehearsals
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.rehearsal import (
    table as rehearsal_table,
)
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.volume_pair import state as volumes
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.volume_pair import (
    table as volume_table,
)

# What is reported of one side alone has no row in the table: nothing is decided on it.
REPORTED = {"unknown_peer", volumes.UNREADABLE}


def test_sides_directions_and_modes():
    assert get_args(model.Side) == model.SIDES
    assert set(get_args(model.Direction)) == {model.TO_PEER, model.FROM_PEER}
    assert set(get_args(model.Mode)) == set(model.MODES)


def test_health():
    assert get_args(health.Health) == health.HEALTH


def test_every_state_of_a_cluster_pair_has_its_row():
    assert set(get_args(clusters.State)) == set(cluster_table.TABLE)


def test_every_row_of_a_volume_pair_is_in_the_table():
    assert set(get_args(volumes.RowName)) == set(volume_table.TABLE) | REPORTED


def test_every_row_of_a_rehearsal_is_in_the_table():
    assert set(get_args(rehearsals.Row)) == set(rehearsal_table.TABLE)
