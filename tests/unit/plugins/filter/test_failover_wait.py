# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a failover waits for once this side is writable."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.elementsw.replication.plugins.filter.failover_wait import FilterModule, failover_wait
from ansible_collections.elementsw.replication.tests.unit.plugins.filter.reports import result


def test_complete_pairs_by_their_ids_alone():
    pairs = [result(), result("half", 44, state="half_local"), result("wiki", 43, changed=True)]
    assert failover_wait({"pairs": pairs}) == [
        {"volume_id": 41, "peer_volume_id": 77},
        {"volume_id": 43, "peer_volume_id": 79},
    ]
    assert failover_wait({"failed": True, "msg": "no answer"}) == []


def test_input_that_is_not_as_documented():
    with pytest.raises(AnsibleFilterError, match="failover_wait: the input is of type list"):
        failover_wait([])
    with pytest.raises(AnsibleFilterError, match="failover_wait: 'state' is missing in the input"):
        failover_wait({"pairs": [{}]})


def test_ansible_finds_it_by_its_name():
    assert FilterModule().filters() == {"failover_wait": failover_wait}
