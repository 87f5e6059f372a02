# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is asked of the modules, and what goes wrong meanwhile."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Optional

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from hypothesis import strategies as st

from ansible_collections.elementsw.replication.plugins.modules import element_cluster_pair, element_volume_pair
from ansible_collections.elementsw.replication.tests.simulator.world import World

MODULES = {"cluster_pair": element_cluster_pair, "volume_pair": element_volume_pair}
#: A wait that is in vain ends soon.
WAIT_TIMEOUT = 60
#: What a task is for.
INTENTS = (*["pair"] * 4, *["repair"] * 2, *["unpair"] * 3, *["failover"] * 5)
#: What an item of pairs gives for itself alone; what else it can give, the task gives for all items that do not.
KEYS = ("volume", "volume_id", "peer_volume", "peer_volume_id")


@dataclass(frozen=True)
class Order:
    """One task: a module, the cluster it runs for, the peer, and the parameters that the user has given."""

    module: str
    here: str
    there: str
    given: dict[str, Any]

    @functools.cached_property
    def params(self) -> dict[str, Any]:
        """All parameters, checked and filled up as Ansible hands them to the module."""
        spec = MODULES[self.module].argument_spec()
        checked = ArgumentSpecValidator(spec).validate({"wait_timeout": WAIT_TIMEOUT, **self.given})
        if checked.error_messages:
            raise ValueError(f"{self.given}: {checked.error_messages}")
        params: dict[str, Any] = checked.validated_parameters
        return params

    @functools.cached_property
    def items(self) -> list[dict[str, Any]]:
        """The pairs, each with what it inherits."""
        params = self.params
        if params.get("pairs") is None:
            return [params]
        return [{**item, **_inherited(item, params)} for item in params["pairs"]]

    @property
    def present(self) -> bool:
        return bool(self.params["state"] == "present")

    @property
    def failover(self) -> str | None:
        """planned, forced, or None."""
        return self.params.get("failover") if self.present else None

    @property
    def assumes_gone(self) -> bool:
        """Whether nothing may be sent to the peer."""
        return bool(self.params["peer_unreachable"] == "assume_dead")

    def source_side(self, item: dict[str, Any]) -> str:
        """The cluster that has the source of a pair, if nothing else determines it."""
        return self.there if item["direction"] == "from_peer" else self.here


def _inherited(item: dict[str, Any], params: dict[str, Any]) -> dict[str, Any]:
    return {name: params[name] for name in item if name not in KEYS and item[name] is None}


# --- tasks ------------------------------------------------------------------------------------------------------------


def choices(module: str, option: str) -> list[str]:
    """What the module lets the user choose from."""
    allowed: list[str] = MODULES[module].argument_spec()[option]["choices"]
    return allowed


def _often(*values: Any) -> st.SearchStrategy[Any]:
    """Mostly the first one."""
    return st.sampled_from([values[0]] * 4 * (len(values) - 1) + list(values[1:]))


def _rarely(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from([None] * 6 * len(values) + list(values))


def _sometimes(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from([None] * 2 * len(values) + list(values))


def _given(draw: st.DrawFn, options: dict[str, st.SearchStrategy[Any]]) -> dict[str, Any]:
    """Those of the options that are given; None stands for one that is not."""
    drawn = {name: draw(values) for name, values in options.items()}
    return {name: value for name, value in drawn.items() if value is not None}


@st.composite
def orders(draw: st.DrawFn, world: World) -> Order:
    """Something that makes sense in this world, more often than not."""
    names = list(world.clusters)
    others = [(one, other) for one in names for other in names if one != other]
    ends = [("alpha", "beta")] * 6 + [("beta", "alpha")] * 3 + others
    here, there = draw(st.sampled_from([each for each in ends if world.cluster(each[0]).up] or ends))
    if not world.cluster(here).volumes or draw(_often(False, True)):
        return Order("cluster_pair", here, there, _cluster_pair(draw, world.cluster(there).up))
    return Order("volume_pair", here, there, _volume_pairs(draw, world, here, there))


def _unreachable(module: str, up: bool) -> st.SearchStrategy[Any]:
    """What is permitted where the peer does not answer; mostly something, where it does not."""
    allowed = [choice for choice in choices(module, "peer_unreachable") if choice != "fail"]
    return _rarely(*allowed) if up else st.sampled_from([None, *allowed * 3])


def _cluster_pair(draw: st.DrawFn, up: bool) -> dict[str, Any]:
    options = {
        "state": _often("present", "absent"),
        "repair": st.booleans(),
        "remove_pending": _rarely(True),
        "wait": _rarely(False),
    }
    given = _given(draw, options)
    if given["state"] == "absent":
        given.update(_given(draw, {"peer_unreachable": _unreachable("cluster_pair", up)}))
    return given


def _volume_pairs(draw: st.DrawFn, world: World, here: str, there: str) -> dict[str, Any]:
    intent = draw(st.sampled_from(INTENTS))
    numbers = _volumes_for(draw, world, here, there, intent)
    free = [number for number, volume in world.cluster(there).volumes.items() if not (volume.halves or volume.deleted)]
    free = draw(st.permutations(free))
    items = [_item(draw, world, here, there, number, free) for number in numbers]
    given: dict[str, Any] = {"pairs": items}
    if len(items) == 1 and draw(st.booleans()):
        (given,) = items
    else:
        given.update(_given(draw, {"mode": _rarely("sync"), "match_size": _rarely(True), **_permissions()}))
    options = {
        "state": st.just("absent" if intent == "unpair" else "present"),
        "repair": st.just(True) if intent == "repair" else st.none(),
        "release_target": _sometimes(True),
        "wait": _rarely(False),
        "wait_for": _rarely("in_sync"),
        "fail_fast": _rarely(True),
        "peer_unreachable": _unreachable("volume_pair", world.cluster(there).up),
    }
    given.update(_given(draw, options))
    if intent == "failover":
        given.update(_failover(draw, world, here, numbers))
    if draw(_often(False, True)):
        given["create_peer_volume"] = _creation(draw, named=len(items) == 1)
    return given


def _volumes_for(draw: st.DrawFn, world: World, here: str, there: str, intent: str) -> list[int]:
    """Up to three volumes of this cluster, more often than not such as the intent makes sense for."""
    volumes = world.cluster(here).volumes
    ids = draw(st.permutations(sorted(volumes)))
    if draw(_often(True, False)):
        ids.sort(key=lambda number: _is_paired(world, here, there, number) == (intent == "pair"))
    return ids[: draw(st.sampled_from([1, 1, 2, 3]))]


def _is_paired(world: World, here: str, there: str, number: int) -> bool:
    """Whether the volume has an entry for the peer."""
    cluster = world.cluster(here)
    entries = [cluster.cluster_pairs.get(half.cluster_pair_id) for half in cluster.volumes[number].halves]
    return any(entry is not None and entry.remote is not None and entry.remote.name == there for entry in entries)


def _permissions() -> dict[str, st.SearchStrategy[Any]]:
    """For one pair or for all of them."""
    return {
        "repair": _sometimes(True, False),
        "allow_overwrite": _sometimes(True, False),
        "save_overwritten": _rarely(True, False),
    }


def _creation(draw: st.DrawFn, named: bool) -> dict[str, Any]:
    owner = {"account": _rarely("tenant", "newcomer"), "create_account": st.booleans()}
    return _given(draw, {**owner, **({"name": _rarely("d")} if named else {})})


def _failover(draw: st.DrawFn, world: World, here: str, numbers: Sequence[int]) -> dict[str, Any]:
    """To the side whose first volume is a target, more often than not."""
    volumes = world.cluster(here).volumes
    target = any(volumes[number].access == "replicationTarget" for number in numbers[:1])
    wanted, other = ("to_peer", "from_peer") if target else ("from_peer", "to_peer")
    options = {
        "failover": st.sampled_from(choices("volume_pair", "failover")),
        "direction": _often(wanted, other, None),
    }
    return _given(draw, options)


def _item(draw: st.DrawFn, world: World, here: str, there: str, number: int, free: list[int]) -> dict[str, Any]:
    """free: volumes of the peer that may be partners; the one that becomes one is taken from it."""
    volumes = world.cluster(here).volumes
    names = [volume.name for volume in volumes.values()]
    volume = volumes[number]
    by_name = names.count(volume.name) == 1 and draw(_often(True, False))
    item: dict[str, Any] = {"volume": volume.name} if by_name else {"volume_id": volume.volume_id}
    partners = world.cluster(there).volumes
    without_partner = volume.half is None and volume.name not in [partner.name for partner in partners.values()]
    if partners and draw(_often(without_partner, True)):
        partner = partners[free.pop() if free else draw(st.sampled_from(sorted(partners)))]
        item.update(draw(st.sampled_from([{"peer_volume": partner.name}, {"peer_volume_id": partner.volume_id}])))
    item.update(draw(st.sampled_from([{}] * 20 + [{"volume": "nowhere"}, {"peer_volume_id": 999}])))
    if "volume" in item:
        item.pop("volume_id", None)
    if "peer_volume_id" in item:
        item.pop("peer_volume", None)
    options = {
        "account": _rarely("tenant", "other"),
        "peer_account": _rarely("tenant", "other", "missing"),
        "mode": _rarely("async", "sync", "snapshots_only"),
        "direction": _rarely("to_peer", "from_peer"),
        "paused": _rarely(True, False),
        "size": _rarely("2GiB", "5GiB"),
        "match_size": _rarely(True),
        **_permissions(),
    }
    given = {**item, **_given(draw, options)}
    if draw(_rarely(True)):
        given["create_peer_volume"] = _creation(draw, named=True)
    return given


# --- trouble ----------------------------------------------------------------------------------------------------------

WRITES = (
    "StartClusterPairing",
    "CompleteClusterPairing",
    "RemoveClusterPair",
    "StartVolumePairing",
    "CompleteVolumePairing",
    "RemoveVolumePair",
    "ModifyVolumePair",
    "ModifyVolume",
    "ModifyVolumes",
    "CreateVolume",
    "DeleteVolume",
    "PurgeDeletedVolume",
    "CreateSnapshot",
    "DeleteSnapshot",
    "AddAccount",
)
READS = (
    "ListVolumes",
    "ListClusterPairs",
    "ListActivePairedVolumes",
    "ListVolumeStats",
    "ListSnapshots",
    "ListISCSISessions",
    "ListAccounts",
    "GetClusterInfo",
)
KINDS = (
    *("drop_before", "drop_after", "http_401", "http_502", "http_503", "empty", "null", "truncated", "no_result"),
    *("html_200", "xDBVersionMismatch", "xRecvTimeout", "xPermissionDenied", "xInvalidPairingKey", "xMVIPNotPaired"),
    *("xVolumeIDDoesNotExist", "xVolumeAlreadyPaired", "xPairingAlreadyExists", "xPairingDoesNotExist", "xUnheardOf"),
    *("xSnapshotFailed", "xMaxSnapshotsPerVolumeExceeded"),
)
# Errors that a cluster may send although it has done what was asked.
AFTERWARDS = ("http_502", "http_503", "empty", "null", "truncated", "no_result", "html_200", "xRecvTimeout")

#: The cluster and the method of a call; None for any.
Target = tuple[Optional[str], Optional[str]]


def targets(expected: Sequence[Target]) -> st.SearchStrategy[Target]:
    """One of the calls that are expected, more often than not."""
    any_call = st.tuples(st.sampled_from([None, "alpha", "beta"]), st.sampled_from([*WRITES, *READS, None]))
    return st.one_of(*[st.sampled_from(expected)] * 3, any_call) if expected else any_call


@st.composite
def faults(draw: st.DrawFn, expected: Sequence[Target]) -> dict[str, Any]:
    """What happens to one call, or to all of a method from one call on."""
    kind = draw(st.sampled_from(KINDS))
    cluster, method = draw(targets(expected))
    return {
        "cluster": cluster,
        "method": method,
        "nth": draw(st.sampled_from([1, 1, 1, 2, 3, 5])),
        "times": draw(st.sampled_from([1, 1, 1, 2, None])),
        "fault": kind,
        "after_applying": kind in AFTERWARDS and draw(st.booleans()),
    }
