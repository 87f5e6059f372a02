# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two sites whose volumes replicate, for tests of failovers: what is asked for, and what has come of it."""

from __future__ import annotations

import pytest

from ansible_collections.elementsw.replication.tests.simulator.settings import Timings

NAMES = ("ledger", "orders", "stock")
LINK = {"between": ["alpha", "beta"]}
TURN = {"direction": "from_peer", "failover": "planned"}
FORCE = {"direction": "from_peer", "failover": "forced"}
RW, RT = "readWrite", "replicationTarget"
INSTANT = dict.fromkeys(Timings.DEFAULTS, 0)


@pytest.fixture
def paired(sites):
    """Volumes of alpha that replicate to beta."""

    def start(names=NAMES, mode="Async", beta=None, **spec):
        """beta: what that cluster has besides."""
        volumes = [{"name": name, "account": "tenant"} for name in names]
        clusters = [{"name": each, "accounts": [{"name": "tenant"}], "volumes": volumes} for each in ("alpha", "beta")]
        clusters[1].update(beta or {})
        pairs = [{"source": f"alpha/{name}", "target": f"beta/{name}", "mode": mode} for name in names]
        return sites(clusters, **{"cluster_pairs": [LINK], "volume_pairs": pairs, **spec})

    return start


def items(names=NAMES):
    return [{"volume": name} for name in names]


def volume(site, cluster, name):
    return next(each for each in site.world.cluster(cluster).volumes.values() if each.name == name)


def accesses(site, names=NAMES):
    """Of alpha's and of beta's volumes."""
    return [tuple(volume(site, cluster, name).access for cluster in ("alpha", "beta")) for name in names]


def snapshots(site):
    return sorted(
        snapshot.name for each in ("alpha", "beta") for snapshot in site.world.cluster(each).snapshots.values()
    )


def meanwhile(site, method, nth, what, name, **params):
    """A host does something with a volume of alpha just before a call of the task to alpha."""
    given = {"volume_id": volume(site, "alpha", name).volume_id, **params}
    before(site, ("alpha", method, nth), "alpha", what, **given)


def before(site, call, cluster, method, **params):
    """Another client calls a method of a cluster just before a call of the task: its cluster, method and number."""
    there, of, nth = call
    act = {"cluster": cluster, "method": method, "params": params}
    site.world.faults.add(there, of, nth, fault="meanwhile", call=act)


def write(site, cluster, name, mark):
    site.world.write(cluster, volume(site, cluster, name).volume_id, mark)
