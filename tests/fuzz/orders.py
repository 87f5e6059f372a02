# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is asked of the modules, what goes wrong meanwhile, and what others do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Optional

from hypothesis import strategies as st

from ansible_collections.elementsw.replication.tests.simulator.world import World

from .worlds import GIB, VOLUMES

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
    "AddAccount",
)
READS = (
    "ListVolumes",
    "ListClusterPairs",
    "ListActivePairedVolumes",
    "ListVolumeStats",
    "ListAccounts",
    "GetClusterInfo",
)
KINDS = (
    *("drop_before", "drop_after", "http_401", "http_502", "http_503", "empty", "null", "truncated", "no_result"),
    *("html_200", "xDBVersionMismatch", "xRecvTimeout", "xPermissionDenied", "xInvalidPairingKey", "xMVIPNotPaired"),
    *("xVolumeIDDoesNotExist", "xVolumeAlreadyPaired", "xPairingAlreadyExists", "xPairingDoesNotExist", "xUnheardOf"),
)
# Errors that a cluster may send although it has done what was asked.
AFTERWARDS = ("http_502", "http_503", "empty", "null", "truncated", "no_result", "html_200", "xRecvTimeout")


#: What an item of pairs may give; the first four only there or alone, the others for all items as well.
KEYS = ("volume", "volume_id", "peer_volume", "peer_volume_id")
INHERITED = ("account", "peer_account", "mode", "direction", "paused", "size", "match_size")
#: The modules' own defaults, with a wait that ends soon where it is in vain.
DEFAULTS: dict[str, dict[str, Any]] = {
    "volume_pair": {
        **dict.fromkeys((*KEYS, *INHERITED, "pairs", "create_peer_volume")),
        "state": "present",
        "repair": False,
        "allow_overwrite": False,
        "release_target": False,
        "failover": None,
        "peer_unreachable": "fail",
        "wait": True,
        "wait_for": "paired",
        "wait_timeout": 60,
        "fail_fast": False,
    },
    "cluster_pair": {
        "state": "present",
        "repair": False,
        "remove_pending": False,
        "wait": True,
        "wait_timeout": 60,
        "peer_unreachable": "fail",
    },
}
CREATE = {"account": None, "create_account": False, "name": None, "qos_policy": None}


@dataclass(frozen=True)
class Order:
    """One task: a module, the cluster it runs for, the peer, and the parameters that the user has given."""

    module: str
    here: str
    there: str
    given: dict[str, Any]

    @property
    def params(self) -> dict[str, Any]:
        """All parameters, as Ansible hands them to the module."""
        params = {**DEFAULTS[self.module], **self.given}
        if params.get("pairs") is not None:
            params["pairs"] = [{**dict.fromkeys((*KEYS, *INHERITED)), **item} for item in params["pairs"]]
        if params.get("create_peer_volume") is not None:
            params["create_peer_volume"] = {**CREATE, **params["create_peer_volume"]}
        return params

    @property
    def items(self) -> list[dict[str, Any]]:
        """The pairs, each with what it inherits."""
        params = self.params
        if params.get("pairs") is None:
            return [params]
        return [
            {**item, **{name: params[name] for name in INHERITED if item[name] is None}} for item in params["pairs"]
        ]


# --- tasks ------------------------------------------------------------------------------------------------------------


def _often(*values: Any) -> st.SearchStrategy[Any]:
    """Mostly the first one."""
    return st.sampled_from([values[0]] * 4 * (len(values) - 1) + list(values[1:]))


def _rarely(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from([None] * 6 * len(values) + list(values))


def _given(draw: st.DrawFn, options: dict[str, st.SearchStrategy[Any]]) -> dict[str, Any]:
    """Those of the options that are given; None stands for one that is not."""
    drawn = {name: draw(values) for name, values in options.items()}
    return {name: value for name, value in drawn.items() if value is not None}


@st.composite
def orders(draw: st.DrawFn, world: World) -> Order:
    """Something that makes sense in this world, more often than not."""
    names = list(world.clusters)
    others = [(one, other) for one in names for other in names if one != other]
    here, there = draw(st.sampled_from([("alpha", "beta")] * 6 + [("beta", "alpha")] * 3 + others))
    if draw(_often(False, True)):
        return Order("cluster_pair", here, there, _cluster_pair(draw))
    return Order("volume_pair", here, there, _volume_pairs(draw, world, here, there))


def _cluster_pair(draw: st.DrawFn) -> dict[str, Any]:
    options = {
        "state": _often("present", "absent"),
        "repair": st.booleans(),
        "remove_pending": _rarely(True),
        "wait": _rarely(False),
    }
    given = _given(draw, options)
    if given["state"] == "absent":
        given.update(_given(draw, {"peer_unreachable": _rarely("local_only")}))
    return given


def _volume_pairs(draw: st.DrawFn, world: World, here: str, there: str) -> dict[str, Any]:
    ids = draw(st.permutations(sorted(world.cluster(here).volumes)))
    items = [_item(draw, world, here, there, number) for number in ids[: draw(st.sampled_from([1, 1, 2, 3]))]]
    given: dict[str, Any] = {"pairs": items}
    if len(items) == 1 and draw(st.booleans()):
        (given,) = items
    else:
        given.update(_given(draw, {"mode": _rarely("sync"), "match_size": _rarely(True)}))
    options = {
        "state": _often("present", "absent"),
        "repair": st.booleans(),
        "allow_overwrite": _rarely(True),
        "release_target": _rarely(True),
        "wait": _rarely(False),
        "wait_for": _rarely("in_sync"),
        "fail_fast": _rarely(True),
    }
    given.update(_given(draw, options))
    if draw(_often(False, True)):
        owner = {"account": _rarely("tenant", "newcomer"), "create_account": st.booleans()}
        given["create_peer_volume"] = _given(draw, {**owner, **({"name": _rarely("d")} if len(items) == 1 else {})})
    return given


def _item(draw: st.DrawFn, world: World, here: str, there: str, number: int) -> dict[str, Any]:
    volumes = world.cluster(here).volumes
    names = [volume.name for volume in volumes.values()]
    volume = volumes[number]
    by_name = names.count(volume.name) == 1 and draw(_often(True, False))
    item: dict[str, Any] = {"volume": volume.name} if by_name else {"volume_id": volume.volume_id}
    partners = world.cluster(there).volumes
    alone = volume.half is None and volume.name not in [partner.name for partner in partners.values()]
    if draw(_often(alone, True)):
        partner = partners[draw(st.sampled_from(sorted(partners)))]
        item.update(draw(st.sampled_from([{"peer_volume": partner.name}, {"peer_volume_id": partner.volume_id}])))
    item.update(draw(st.sampled_from([{}] * 20 + [{"volume": "nowhere"}, {"peer_volume_id": 999}])))
    if "volume" in item:
        item.pop("volume_id", None)
    if "peer_volume_id" in item:
        item.pop("peer_volume", None)
    options = {
        "account": _rarely("tenant", "other"),
        "peer_account": _rarely("tenant", "nobody"),
        "mode": _rarely("async", "sync", "snapshots_only"),
        "direction": _rarely("to_peer", "from_peer"),
        "paused": _rarely(True, False),
        "size": _rarely("2GiB", "5GiB"),
        "match_size": _rarely(True),
    }
    return {**item, **_given(draw, options)}


# --- trouble ----------------------------------------------------------------------------------------------------------


#: The cluster and the method of a call; None for any.
Target = tuple[Optional[str], Optional[str]]


def _targets(expected: Sequence[Target]) -> st.SearchStrategy[Target]:
    """One of the calls that are expected, more often than not."""
    any_call = st.tuples(st.sampled_from([None, "alpha", "beta"]), st.sampled_from([*WRITES, *READS, None]))
    return st.one_of(*[st.sampled_from(expected)] * 3, any_call) if expected else any_call


@st.composite
def faults(draw: st.DrawFn, expected: Sequence[Target]) -> dict[str, Any]:
    """What befalls one call, or all of a method from one call on."""
    kind = draw(st.sampled_from(KINDS))
    cluster, method = draw(_targets(expected))
    return {
        "cluster": cluster,
        "method": method,
        "nth": draw(st.sampled_from([1, 1, 1, 2, 3, 5])),
        "times": draw(st.sampled_from([1, 1, 1, 2, None])),
        "fault": kind,
        "after_applying": kind in AFTERWARDS and draw(st.booleans()),
    }


# --- others -----------------------------------------------------------------------------------------------------------

VOLUME_NUMBER = st.integers(0, len(VOLUMES))
ACCESS = st.sampled_from(["readWrite", "replicationTarget", "locked", "readOnly"])
MARK = st.integers(0, 999).map("somebody wrote {}".format)


def _act(name: str, **params: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "cluster": st.sampled_from(["alpha", "beta", "alpha", "beta", "gamma"]),
            "method": st.just(name),
            "params": st.fixed_dictionaries(params),
        }
    )


def acts() -> st.SearchStrategy[dict[str, Any]]:
    """What a host or another administrator does: the name of an act of `Others`, and its parameters."""
    far = st.sampled_from(["alpha", "beta", "gamma"])
    return st.one_of(
        _act("write_to", number=VOLUME_NUMBER, mark=MARK),
        _act("log_in_to", number=VOLUME_NUMBER),
        _act("set_access", number=VOLUME_NUMBER, access=ACCESS),
        _act("start_pairing", number=VOLUME_NUMBER),
        _act("complete_pairing", number=VOLUME_NUMBER, far=far, far_number=VOLUME_NUMBER),
        _act("pair_volumes", number=VOLUME_NUMBER, far=far, far_number=VOLUME_NUMBER),
        _act("unpair_volume", number=VOLUME_NUMBER),
        _act("pause", number=VOLUME_NUMBER, paused=st.booleans()),
        _act("delete", number=VOLUME_NUMBER),
        _act("take_snapshot", number=VOLUME_NUMBER),
        _act("grow", number=VOLUME_NUMBER, size=st.sampled_from([2 * GIB, 3 * GIB])),
        _act("start_cluster_pairing"),
        _act("complete_cluster_pairing", far=far),
        _act("pair_clusters", far=far),
        _act("unpair_cluster", far=far),
    )


@st.composite
def meddling(draw: st.DrawFn, expected: Sequence[Target]) -> dict[str, Any]:
    """An act right before a call of the task is served."""
    looks = [(cluster, method) for cluster in ("alpha", "beta") for method in ("ListVolumes", "ListClusterPairs")]
    cluster, method = draw(_targets([*expected, *looks]))
    return {
        "cluster": cluster,
        "method": method,
        "nth": draw(st.sampled_from([1, 1, 1, 2, 3, 4])),
        "fault": "meanwhile",
        "call": draw(acts()),
    }
