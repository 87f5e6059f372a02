# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The flows of the matrix: a world as it is, a task in the user's own options, and the desired world.

Both worlds are descriptions for the simulator. So what is desired is known without a line of the code under test.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.elementsw.replication.plugins.module_utils._pairing.jobs.cluster_pair import ClusterPairJob
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.jobs.failover_rehearsal import (
    FailoverRehearsalJob,
)
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.jobs.pair_info import SUBJECTS, PairInfoJob
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.jobs.volume_pair import VolumePairJob
from ansible_collections.elementsw.replication.plugins.modules import (
    element_cluster_pair,
    element_failover_rehearsal,
    element_pair_info,
    element_volume_pair,
)
from ansible_collections.elementsw.replication.tests.simulator.settings import Timings
from ansible_collections.elementsw.replication.tests.simulator.world import World

PEER = {"hostname": "beta.example.com", "mvip": None}
MODULES = {
    "cluster_pair": (element_cluster_pair, lambda params: ClusterPairJob.from_params({**params, "peer": PEER})),
    "volume_pair": (element_volume_pair, lambda params: VolumePairJob.from_params({**params, "peer": PEER})),
    "failover_rehearsal": (
        element_failover_rehearsal,
        lambda params: FailoverRehearsalJob.from_params({**params, "peer": PEER}),
    ),
    "pair_info": (element_pair_info, lambda params: PairInfoJob.from_params({**params, "peer": PEER})),
}

Spec = Mapping[str, Any]

LINK = {"between": ["alpha", "beta"]}
TARGET = {"access": "replicationTarget"}
# Third parties: another cluster, pairs with it, and what other administrators have begun and not yet ended.
OTHER_LINKS = (
    {"between": ["alpha", "gamma"]},
    {"between": ["beta", "gamma"]},
    {"at": "alpha", "pending": True},
    {"at": "beta", "pending": True},
)
OTHER_PAIRS = (
    {"source": "alpha/wages", "target": "gamma/wages"},
    {"source": "gamma/letters", "target": "beta/letters"},
    {"at": "alpha/drafts", "pending": True},
    {"at": "beta/drafts", "pending": True},
)
OTHER_VOLUMES = {
    "alpha": ({"name": "wages", "marks": ["w"]}, {"name": "drafts"}, {"name": "spare", "access": "locked"}),
    "beta": ({"name": "letters"}, {"name": "drafts"}, {"name": "spare", "marks": ["s"]}),
    "gamma": ({"name": "wages"}, {"name": "letters", "marks": ["l"]}),
}


def spec(
    alpha: Mapping[str, Spec] | None = None,
    beta: Mapping[str, Spec] | None = None,
    links: tuple[Spec, ...] = (LINK,),
    pairs: tuple[Spec, ...] = (),
    accounts: tuple[str, ...] = (),
    pending: bool = True,
) -> dict[str, Any]:
    """The description of a world: the volumes of two sites by name, and third parties.

    links: besides those of third parties. accounts: beta's, besides its tenant. pending: clusters whose pairing others
    have begun.
    """
    owners = {"alpha": ("tenant", "shop"), "beta": ("tenant", *accounts), "gamma": ("tenant",)}
    volumes = {"alpha": alpha or {}, "beta": beta or {}, "gamma": {}}
    return {
        "timings": "instant",
        "clusters": [
            {
                "name": name,
                "accounts": [{"name": owner} for owner in owners[name]],
                "limits": {"clusterPairsCountMax": 8},
                "volumes": [
                    {"account": "tenant", "name": volume["name"], **volume}
                    for volume in (
                        *OTHER_VOLUMES[name],
                        *({"name": key, **details} for key, details in volumes[name].items()),
                    )
                ],
            }
            for name in owners
        ],
        "cluster_pairs": [*(link for link in OTHER_LINKS if pending or "pending" not in link), *links],
        "volume_pairs": [*OTHER_PAIRS, *pairs],
    }


@dataclass(frozen=True, eq=False)
class Flow:
    """items: the volumes of each pair of the task; none where it is about the clusters.

    refused: the cluster and the method of a call that is refused each time, so that what was done before is undone.
    saves_for_a_week: what is overwritten is a replica, of which the snapshot expires by itself.
    clones: the volumes that a rehearsal makes or removes. prepare: what happens in the world before the task.
    """

    name: str
    module: str
    options: Spec
    before: dict[str, Any] = field(repr=False)
    desired: dict[str, Any] = field(repr=False)
    items: tuple[str, ...] = ()
    takes_pending: bool = False
    refused: tuple[str, str] | None = None
    saves_for_a_week: bool = False
    clones: tuple[str, ...] = ()
    prepare: Callable[[World], object] = field(default=lambda world: None, repr=False)

    @property
    def names(self) -> tuple[str, ...]:
        """All volumes that the task may change."""
        return (*self.items, *self.clones)

    def job(self, **more: Any) -> Any:
        """The job of the module that is given these options, checked and filled up as Ansible does it."""
        module, make = MODULES[self.module]
        checked = ArgumentSpecValidator(module.argument_spec()).validate({**self.options, **more})
        if checked.error_messages:
            raise ValueError(f"{self.name}: {checked.error_messages}")
        return make(checked.validated_parameters)

    def world(self) -> World:
        world = World.from_dict(self.before)
        self.prepare(world)
        if self.refused:
            world.faults.add(*self.refused, times=None, fault="xInvalidParameter")
        return world


# --- clusters ---------------------------------------------------------------------------------------------------------


def _clusters(name: str, initial: tuple[Spec, ...], desired: tuple[Spec, ...], **options: Any) -> Flow:
    takes = bool(options.get("remove_pending"))
    return Flow(
        f"cluster pair: {name}",
        "cluster_pair",
        options,
        spec(links=initial),
        spec(links=desired, pending=not takes),
        takes_pending=takes,
    )


HALF_HERE, HALF_THERE = {"at": "alpha", "to": "beta"}, {"at": "beta", "to": "alpha"}
CLUSTER_FLOWS = (
    _clusters("present", (), (LINK,)),
    _clusters("present already", (LINK,), (LINK,)),
    _clusters("absent", (LINK,), (), state="absent"),
    _clusters("absent, half of it", (HALF_THERE,), (), state="absent"),
    _clusters("repair a half here", (HALF_HERE,), (LINK,), repair=True),
    _clusters("repair a half there", (HALF_THERE,), (LINK,), repair=True),
    _clusters("repair crossed halves", (HALF_HERE, HALF_THERE), (LINK,), repair=True),
    _clusters("present, remove pending", (), (LINK,), remove_pending=True),
    _clusters("absent, remove pending", (LINK,), (), state="absent", remove_pending=True),
)

# --- volumes ----------------------------------------------------------------------------------------------------------

DATA = {"orders": {"marks": ["o"]}}
EMPTY = {"orders": {}}
PAIR = {"source": "alpha/orders", "target": "beta/orders"}
REVERSED = (DATA, DATA, ({"source": "beta/orders", "target": "alpha/orders"},))
UNPAIRED = (DATA, {"orders": TARGET}, ())
USED = {"orders": {"marks": ["p"]}}
# What the former target of a pair says of itself: whether its pair showed that it had everything.
REPLICA = "elementsw-replication-replica"
COMPLETE, INCOMPLETE = {"attributes": {REPLICA: "complete"}}, {"attributes": {REPLICA: "incomplete"}}


def _volume(
    name: str,
    initial: tuple,
    desired: tuple,
    refused: tuple[str, str] | None = None,
    saves_for_a_week: bool = False,
    **options: Any,
) -> Flow:
    """initial, desired: the volumes of alpha, those of beta, and the pairs."""
    return Flow(
        f"volume pair: {name}",
        "volume_pair",
        {"volume": "orders", **options},
        spec(initial[0], initial[1], pairs=initial[2]),
        spec(desired[0], desired[1], pairs=desired[2]),
        ("orders",),
        refused=refused,
        saves_for_a_week=saves_for_a_week,
    )


def _paired(**more: Any) -> tuple:
    return (DATA, EMPTY, ({**PAIR, **more},))


def _repair(name: str, *halves: Spec) -> Flow:
    initial = (DATA, {"orders": TARGET}, halves)
    return _volume(f"repair, {name}", initial, _paired(), repair=True, saves_for_a_week=True)


def _absent(name: str, *halves: Spec) -> Flow:
    was_replica = not any("pending" in half for half in halves)
    left = {**TARGET, **(INCOMPLETE if was_replica else {})}
    return _volume(f"absent, {name}", (DATA, {"orders": TARGET}, halves), (DATA, {"orders": left}, ()), state="absent")


def _promoted(name: str, here: Mapping[str, Spec], left: Spec) -> Flow:
    """A replica is made writable by force, whatever has become of its source; nothing else changes."""
    holds = {"orders": {"marks": ["o"]}}
    return _volume(
        f"half a pair forced, {name}",
        (here, {"orders": {**holds["orders"], **TARGET}}, (left,)),
        (here, holds, (left,)),
        direction="from_peer",
        failover="forced",
    )


def _sized(size: str) -> dict[str, Any]:
    return {"orders": {"marks": ["o"], "size": size}}


HALF_ORDERS_HERE = {"at": "alpha/orders", "to": "beta/orders"}
HALF_ORDERS_THERE = {"at": "beta/orders", "to": "alpha/orders"}
PENDING_HERE = {"at": "alpha/orders", "pending": True}
PENDING_THERE = {"at": "beta/orders", "pending": True}
STOPPED = {**PAIR, "stopped": ["alpha", "beta"]}

VOLUME_FLOWS = (
    _volume("present", (DATA, EMPTY, ()), _paired()),
    _volume("present already", _paired(), _paired()),
    _volume(
        "present, from the peer",
        (EMPTY, DATA, ()),
        (EMPTY, DATA, ({"source": "beta/orders", "target": "alpha/orders"},)),
        direction="from_peer",
    ),
    _volume("present and paused", (DATA, EMPTY, ()), _paired(paused=["alpha"]), paused=True),
    _volume(
        "present, sizes matched",
        (_sized("10GiB"), {"orders": {"size": "4GiB"}}, ()),
        (_sized("10GiB"), {"orders": {"size": "10GiB"}}, (PAIR,)),
        match_size=True,
    ),
    _volume("absent", _paired(), (DATA, {"orders": {**TARGET, **COMPLETE}}, ()), state="absent"),
    _volume(
        "absent, target released",
        _paired(),
        (DATA, {"orders": COMPLETE}, ()),
        state="absent",
        release_target=True,
    ),
    _absent("a half here", HALF_ORDERS_HERE),
    _absent("a half there", HALF_ORDERS_THERE),
    _absent("pending here", PENDING_HERE),
    _absent("crossed halves", HALF_ORDERS_HERE, HALF_ORDERS_THERE),
    _repair("a half here", HALF_ORDERS_HERE),
    _repair("a half there", HALF_ORDERS_THERE),
    _repair("pending here", PENDING_HERE),
    _repair("pending there", PENDING_THERE),
    _repair("crossed halves", HALF_ORDERS_HERE, HALF_ORDERS_THERE),
    _repair("stopped", STOPPED),
    _volume(
        "repair, a stale half",
        ({"orders": {"marks": ["o", "n"]}}, {"orders": {**TARGET, "marks": ["o"]}}, (HALF_ORDERS_THERE,)),
        _paired(),
        repair=True,
        saves_for_a_week=True,
    ),
    _volume("over a used target", (DATA, USED, ()), _paired(), allow_overwrite=True),
    _volume(
        "over a used target, pairing refused",
        (DATA, USED, ()),
        _paired(),
        refused=("beta", "CompleteVolumePairing"),
        allow_overwrite=True,
    ),
    _volume(
        "over a used target, role refused",
        (DATA, USED, ()),
        _paired(),
        refused=("beta", "ModifyVolume"),
        allow_overwrite=True,
    ),
    _volume("mode changed", _paired(), _paired(mode="Sync"), mode="sync"),
    _volume("paused", _paired(), _paired(paused=["alpha"]), paused=True),
    _volume("resumed", _paired(paused=["alpha", "beta"]), _paired(), paused=False),
    _volume(
        "grown",
        _paired(),
        (_sized("20GiB"), {"orders": {"size": "20GiB"}}, (PAIR,)),
        size="20GiB",
    ),
    _volume("partner created", (DATA, {}, ()), _paired(), create_peer_volume={}),
    _volume(
        "partner created, pairing refused",
        (DATA, {}, ()),
        _paired(),
        refused=("beta", "CompleteVolumePairing"),
        create_peer_volume={},
    ),
    _promoted("its source's half removed", DATA, HALF_ORDERS_THERE),
    _promoted(
        "its source deleted",
        {"orders": {"marks": ["o"], "deleted": True}},
        {"between": ["alpha/orders", "beta/orders"]},
    ),
    _promoted(
        "its source purged", {}, {"at": "beta/orders", "to": {"cluster": "alpha", "volume_id": 999, "name": "orders"}}
    ),
    _volume("reversed, planned", _paired(), REVERSED, direction="from_peer", failover="planned"),
    _volume("reversed, forced", _paired(), REVERSED, direction="from_peer", failover="forced"),
    _volume(
        "split, settled",
        (DATA, {"orders": {"marks": ["p"]}}, ({"between": ["alpha/orders", "beta/orders"]},)),
        REVERSED,
        direction="from_peer",
        failover="forced",
        allow_overwrite=True,
    ),
)

# --- creation with an owner, several pairs at once --------------------------------------------------------------------

THREE = ("ledger", "orders", "stock")


def _each(**details: Any) -> dict[str, Any]:
    return dict.fromkeys(THREE, details)


def _bulk(name: str, initial: tuple, desired: tuple, accounts: tuple[str, ...] = (), **options: Any) -> Flow:
    return Flow(
        f"three volume pairs: {name}",
        "volume_pair",
        {"pairs": [{"volume": volume} for volume in THREE], **options},
        spec(initial[0], initial[1], pairs=initial[2]),
        spec(desired[0], desired[1], pairs=desired[2], accounts=accounts),
        THREE,
    )


THREE_PAIRS = tuple({"source": f"alpha/{name}", "target": f"beta/{name}"} for name in THREE)
OF_SHOP = {"account": "shop"}
BULK_FLOWS = (
    _bulk("present", (_each(marks=["o"]), _each(), ()), (_each(marks=["o"]), _each(), THREE_PAIRS)),
    _bulk(
        "absent, targets released",
        (_each(marks=["o"]), _each(), THREE_PAIRS),
        (_each(marks=["o"]), _each(**COMPLETE), ()),
        state="absent",
        release_target=True,
    ),
    _bulk(
        "absent",
        (_each(marks=["o"]), _each(), THREE_PAIRS),
        (_each(marks=["o"]), _each(**TARGET, **COMPLETE), ()),
        state="absent",
    ),
    _bulk(
        "over used targets",
        (_each(marks=["o"]), _each(marks=["p"]), ()),
        (_each(marks=["o"]), _each(), THREE_PAIRS),
        allow_overwrite=True,
    ),
    _bulk(
        "partners and their owner created",
        (_each(**OF_SHOP), {}, ()),
        (_each(**OF_SHOP), _each(**OF_SHOP), THREE_PAIRS),
        accounts=("shop",),
        create_peer_volume={"create_account": True},
    ),
    _bulk(
        "reversed, planned",
        (_each(marks=["o"]), _each(), THREE_PAIRS),
        (_each(marks=["o"]), _each(), tuple({"source": f"beta/{name}", "target": f"alpha/{name}"} for name in THREE)),
        direction="from_peer",
        failover="planned",
    ),
    _bulk(
        "grown",
        (_each(), _each(), THREE_PAIRS),
        (_each(size="20GiB"), _each(size="20GiB"), THREE_PAIRS),
        size="20GiB",
    ),
)

# --- rehearsals -------------------------------------------------------------------------------------------------------

CLONE = "orders-drill"
FROM_BETA = ({"source": "beta/orders", "target": "alpha/orders"},)
# A clone that an earlier run has made of a pair that is gone since.
LEFT = {
    "attributes": {
        "elementsw-rehearsal": "drill",
        "elementsw-rehearsal-pair": "d2c7b0e6-51f4-4a7b-8f0d-6a2f3f9b7c15",
        "elementsw-rehearsal-clone": CLONE,
        "elementsw-rehearsal-volume": "orders",
    }
}


def _snapshot_on_both_sides(world: World) -> None:
    """A replicated snapshot of the source, which the other side holds."""
    (source,) = (each for each in world.cluster("beta").volumes.values() if each.name == "orders")
    params = {"volumeID": source.volume_id, "enableRemoteReplication": True, "name": "hourly"}
    world.call("beta", "CreateSnapshot", params)
    for site in ("alpha", "beta"):
        world.call(site, "ListSnapshots")


def _rehearsal(
    name: str, initial: Mapping[str, Spec], desired: Mapping[str, Spec], clone_seconds: float = 0, **options: Any
) -> Flow:
    """initial, desired: the volumes of alpha, which has the target."""
    worlds = [spec(volumes, DATA, pairs=FROM_BETA) for volumes in (initial, desired)]
    for world in worlds:
        world["timings"] = {**dict.fromkeys(Timings.DEFAULTS, 0), "clone_seconds": clone_seconds}
        world["clusters"][0].update(access_groups=[{"name": "hosts"}], qos_policies=[{"name": "bronze"}])
    return Flow(
        f"rehearsal: {name}",
        "failover_rehearsal",
        {"name": "drill", **options},
        *worlds,
        items=("orders",),
        clones=(CLONE,),
        prepare=_snapshot_on_both_sides,
    )


WITH_CLONE = {**DATA, CLONE: {"marks": ["o"]}}
REHEARSAL_FLOWS = (
    _rehearsal("latest", DATA, WITH_CLONE),
    _rehearsal("latest, slowly", DATA, WITH_CLONE, clone_seconds=20),
    _rehearsal("now", DATA, WITH_CLONE, point="now"),
    _rehearsal("for hosts", DATA, WITH_CLONE, access_group="hosts", qos_policy="bronze"),
    _rehearsal("absent", {**DATA, CLONE: LEFT}, DATA, state="absent"),
)

_EVERYTHING = spec(DATA, EMPTY, pairs=(PAIR,))
_ALL_OF_IT = {"gather": [*SUBJECTS], "max_lag": 60}
INFO = Flow("information", "pair_info", _ALL_OF_IT, _EVERYTHING, _EVERYTHING, ("orders",))

FLOWS = (*CLUSTER_FLOWS, *VOLUME_FLOWS, *BULK_FLOWS, *REHEARSAL_FLOWS, INFO)
