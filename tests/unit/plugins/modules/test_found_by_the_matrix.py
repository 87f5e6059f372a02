# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the fault matrix has found, each in its smallest form."""

from __future__ import annotations

import pytest

LINK = [{"between": ["alpha", "beta"]}]


@pytest.mark.parametrize(("count", "concurrency"), [(1, 1), (8, 6)])
def test_as_many_created_volumes_as_there_are_workers_are_taken_back(sites, count, concurrency):
    """The roll-back of each kept a worker busy and waited for another one: the task never ended."""
    site = sites(
        [{"name": "alpha", "volumes": [{"name": "vol-{n:04}", "count": count}]}, {"name": "beta"}], cluster_pairs=LINK
    )
    site.world.faults.add("beta", "CompleteVolumePairing", times=None, fault="xInvalidParameter")
    wished = [{"volume": f"vol-{n:04}"} for n in range(1, count + 1)]
    result = site.run("volume_pair", pairs=wished, create_peer_volume={}, concurrency=concurrency)
    assert (result["failed"], result["changed"], result["error"]["rolled_back"]) == (True, False, True)
    assert all(volume["deleted"] for volume in site.world.truth()["clusters"]["beta"]["volumes"])
