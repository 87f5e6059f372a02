# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A failover promotes a volume of a pair, or of what is left of one, and never the mere namesake of a deleted volume."""

from __future__ import annotations

import pytest

RW, RT = "readWrite", "replicationTarget"
PENDING = {"at": "beta/orders", "pending": True}
HALF = {"at": "beta/orders", "to": "alpha/orders"}


def start(sites, *left, purged=False):
    """A target on beta and a volume on alpha, which is deleted, with this left of a pair."""
    site = sites(
        [
            {"name": "alpha", "volumes": [{"name": "orders"}]},
            {"name": "beta", "volumes": [{"name": "orders", "access": RT}]},
        ],
        cluster_pairs=[{"between": ["alpha", "beta"]}],
        volume_pairs=list(left),
    )
    (source,) = site.world.cluster("alpha").volumes.values()
    site.world.act("alpha", "DeleteVolume", {"volumeID": source.volume_id})
    if purged:
        site.world.act("alpha", "PurgeDeletedVolume", {"volumeID": source.volume_id})
    site.world.clear_calls()
    return site


def fail_over(site, **more):
    return site.check_then_run("volume_pair", volume="orders", direction="from_peer", failover="forced", **more)


def access(site):
    (target,) = site.world.cluster("beta").volumes.values()
    return target.access


@pytest.mark.parametrize("purged", [False, True], ids=["deleted", "purged"])
@pytest.mark.parametrize("left", [(), (PENDING,)], ids=["nothing", "a pending entry"])
def test_the_namesake_of_a_volume_that_is_gone_is_not_promoted(sites, left, purged):
    site = start(sites, *left, purged=purged)
    result = fail_over(site)
    assert (result["error"]["code"], site.world.writes(), access(site)) == ("not_paired", [], RT)


@pytest.mark.parametrize("purged", [False, True], ids=["deleted", "purged"])
def test_what_is_left_of_a_pair_is(sites, purged):
    site = start(sites, HALF, purged=purged)
    result = fail_over(site)
    assert (result.get("failed", False), access(site)) == (False, RW)
