# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rehearsals in random worlds, among other tasks, other clients and trouble.

After every write of a rehearsal: no volume that it has not made has changed, nor has any pair, and nothing was deleted that
does not have the attributes of a rehearsal of this name. Afterwards the result names whatever the run has made and left.
"""

from __future__ import annotations

import json
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from ansible_collections.elementsw.replication.plugins.module_utils._element.errors import CODES, Failure
from ansible_collections.elementsw.replication.plugins.module_utils._pairing import flow
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.jobs.failover_rehearsal import (
    FailoverRehearsalJob,
)
from ansible_collections.elementsw.replication.plugins.modules import element_failover_rehearsal
from ansible_collections.elementsw.replication.tests.fuzz.inhabited import InhabitedWorld
from ansible_collections.elementsw.replication.tests.fuzz.judgement import judge
from ansible_collections.elementsw.replication.tests.fuzz.orders import KINDS, WAIT_TIMEOUT, Order, orders
from ansible_collections.elementsw.replication.tests.fuzz.others import acts
from ansible_collections.elementsw.replication.tests.fuzz.tasks import Tasks
from ansible_collections.elementsw.replication.tests.fuzz.truths import TARGET, Key, Truth, volumes
from ansible_collections.elementsw.replication.tests.fuzz.worlds import switches

NAMES = ("drill", "other")
#: The attributes of a clone: the name of its rehearsal, the pair of its original, and its own name.
REHEARSAL, PAIR, CLONE = "elementsw-rehearsal", "elementsw-rehearsal-pair", "elementsw-rehearsal-clone"
#: How the snapshots are called that rehearsals take.
POINT = "elementsw-rehearsal-"
#: What a rehearsal never changes of a volume that it has not made.
KEPT = ("name", "access", "account", "size", "deleted", "attributes")
CALLS = (
    *("CloneVolume", "CreateSnapshot", "CreateGroupSnapshot", "DeleteSnapshot", "DeleteGroupSnapshot"),
    *("DeleteVolume", "DeleteVolumes", "PurgeDeletedVolume", "PurgeDeletedVolumes"),
    *("ListVolumes", "ListSyncJobs", "ListAsyncResults", "ListSnapshots", "ListDeletedVolumes", "ListISCSISessions"),
)


def is_clone(volume: dict[str, Any], rehearsal: str) -> bool:
    noted = volume["attributes"]
    return bool(noted.get(PAIR)) and (noted.get(REHEARSAL), noted.get(CLONE)) == (rehearsal, volume["name"])


def kept(volume: dict[str, Any]) -> dict[str, Any]:
    """What does not change. What a target holds does, by replication."""
    content = {"marks": volume["marks"]} if volume["access"] != TARGET else {}
    return {**{name: volume[name] for name in KEPT}, "pairs": {half["uuid"] for half in volume["pairs"]}, **content}


def snapshots(truth: Truth) -> dict[tuple[str, str], str]:
    """Each snapshot with its name, by its cluster and its UUID."""
    return {
        (key[0], snapshot["uuid"]): snapshot["name"]
        for key, volume in volumes(truth).items()
        for snapshot in volume["snapshots"]
    }


class Watch:
    """Over one run of a rehearsal, in place of that of the other modules."""

    def __init__(self, rehearsal: str, check: bool) -> None:
        self._rehearsal, self._check = rehearsal, check
        self.violations: list[str] = []
        self.created: set[Key] = set()
        self.taken: set[tuple[str, str]] = set()

    def read(self, *_call: Any) -> None:
        """Reads change nothing."""

    def changed_by_others(self, _before: Truth, _after: Truth) -> None:
        """They may do what they like."""

    def wrote(self, cluster: str, method: str, params: Any, before: Truth, after: Truth) -> None:
        old, new = volumes(before), volumes(after)
        self.created |= new.keys() - old.keys()
        gone = snapshots(before).keys() - snapshots(after).keys()
        self.taken |= snapshots(after).keys() - snapshots(before).keys()
        said = [
            *(["in check mode"] if self._check and before != after else []),
            *(f"volume {key} was deleted or purged" for key in self._removed(old, new)),
            *(
                f"{member} of volume {key} has changed"
                for key in old.keys() & new.keys()
                if not is_clone(old[key], self._rehearsal)
                for member in kept(old[key])
                if kept(old[key])[member] != kept(new[key])[member]
            ),
            *(
                f"snapshot {snapshots(before)[each]} was removed"
                for each in gone
                if not snapshots(before)[each].startswith(POINT)
                if any(each[0] == key[0] and each[1] in uuids(old[key]) for key in old.keys() & new.keys())
            ),
            *(
                f"volume {key} has none of our attributes"
                for key in new.keys() - old.keys()
                if not is_clone(new[key], self._rehearsal)
            ),
        ]
        self.violations += [f"{cluster} {method} {params}: {sentence}" for sentence in said]

    def _removed(self, old: dict[Key, Any], new: dict[Key, Any]) -> list[Key]:
        gone = [key for key in old if key not in new or (new[key]["deleted"] and not old[key]["deleted"])]
        return [key for key in gone if not is_clone(old[key], self._rehearsal)]


def uuids(volume: dict[str, Any]) -> set[str]:
    return {snapshot["uuid"] for snapshot in volume["snapshots"]}


@st.composite
def drills(draw: st.DrawFn) -> dict[str, Any]:
    """A world in which most pairs can be rehearsed on beta, with volumes of others that are called as clones would be."""
    volumes_of = {
        "alpha": [{"name": name, "id": number} for number, name in enumerate(("a", "b", "c"), 1)],
        "beta": [{"name": name, "id": 100 + number} for number, name in enumerate(("a", "b", "c"), 1)],
    }
    foreign = draw(
        st.sampled_from([{}, {}, {REHEARSAL: "drill"}, {REHEARSAL: "drill", PAIR: "other", CLONE: "no-clone"}])
    )
    if draw(st.booleans()):
        volumes_of["beta"].append(
            {"name": draw(st.sampled_from(["a-drill", "no-clone"])), "id": 150, "attributes": foreign}
        )
    links = [{"source": "alpha/a", "target": "beta/a"}, {"source": "alpha/b", "target": "beta/b"}]
    links += draw(st.sampled_from([[], [{"source": "beta/c", "target": "alpha/c"}]]))
    return {
        "timings": draw(st.sampled_from(["instant", "instant", {"clone_seconds": 30}, {"clone_seconds": 5}])),
        "switches": draw(switches()),
        "clusters": [{"name": name, "volumes": each} for name, each in volumes_of.items()],
        "cluster_pairs": [{"between": list(volumes_of)}],
        "volume_pairs": links,
    }


class Rehearsals(RuleBasedStateMachine):
    """A world that lives on from rule to rule."""

    @initialize(description=drills(), replicated=st.booleans())
    def begin(self, description: dict[str, Any], replicated: bool) -> None:
        self.world = InhabitedWorld.from_dict(description)
        self.tasks = Tasks(self.world)
        if replicated:
            for volume_id in (1, 2):
                params = {"volumeID": volume_id, "enableRemoteReplication": True, "name": "hourly"}
                self.world.call("alpha", "CreateSnapshot", params)

    def rehearse(self, here: str, there: str, given: dict[str, Any], check: bool = False) -> bool:
        """Run the module, and judge it. Whether it has succeeded."""
        spec = element_failover_rehearsal.argument_spec()
        checked = ArgumentSpecValidator(spec).validate({"wait_timeout": WAIT_TIMEOUT, **given})
        assert not checked.error_messages
        peer = {"hostname": "", "mvip": self.world.cluster(there).identity.mvip}
        job = FailoverRehearsalJob.from_params({**checked.validated_parameters, "peer": peer})
        # The clients, and the clock that moves with the world, are those of the other modules.
        run = self.tasks._run(Order("volume_pair", here, there, {"volume": "any"}), "ansible")
        watch = Watch(given["name"], check)
        self.world._watches["ansible"] = watch  # type: ignore[assignment]
        self.world.ledger.open(self.world.truth())
        try:
            outcome = flow.start(job, run, check)
            failures = outcome.failures
        except Failure as exc:
            outcome, failures = None, [exc]
        finally:
            del self.world._watches["ansible"]
            run.close()
        assert watch.violations == []
        assert {failure.code for failure in failures} <= set(CODES)
        report = job.report(outcome) if outcome and outcome.observation else {"clones": []}
        reported = [*(outcome.warnings if outcome else []), *(left for each in failures for left in each.left_behind)]
        reported.append(json.dumps(report["clones"]))
        self._judge_what_is_left(watch, reported, "absent" if given["state"] == "absent" else "present")
        return not failures

    def _judge_what_is_left(self, watch: Watch, reported: list[str], state: str) -> None:
        now = self.world.truth()
        there = volumes(now)
        for key in watch.created & there.keys():
            assert state == "present", key
            assert any(there[key]["name"] in sentence for sentence in reported), (
                f"clone {key} is not named in {reported}"
            )
        for each in watch.taken & snapshots(now).keys():
            name = snapshots(now)[each]
            # The copy on the other side arrives by itself; the next run finds both by the name in the clone.
            named = any(name in sentence for sentence in reported)
            held = any(name in str(volume["attributes"]) for volume in there.values())
            assert named or held, f"snapshot {name} of {each[0]} is not named in {reported}"

    def task(self, data: st.DataObject) -> tuple[str, str, dict[str, Any]]:
        up = [name for name, cluster in self.world.clusters.items() if cluster.up] or list(self.world.clusters)
        here = data.draw(st.sampled_from(["beta"] * 3 + up if "beta" in up else up))
        there = data.draw(st.sampled_from([name for name in self.world.clusters if name != here]))
        given = {
            "name": data.draw(st.sampled_from(NAMES)),
            "state": data.draw(st.sampled_from(["present", "present", "absent"])),
            "point": data.draw(st.sampled_from(["now", "now", "latest"])),
        }
        if data.draw(st.booleans()):
            given["peer_unreachable"] = "local_only"
        return here, there, given

    @rule(data=st.data())
    def rehearse_in_peace(self, data: st.DataObject) -> None:
        here, there, given = self.task(data)
        self.rehearse(here, there, given, check=True)
        if self.rehearse(here, there, given):
            self.rehearse(here, there, {**given, "state": "absent"})

    @rule(data=st.data())
    def rehearse_and_keep(self, data: st.DataObject) -> None:
        self.rehearse(*self.task(data))

    @rule(
        data=st.data(),
        kinds=st.lists(st.tuples(st.sampled_from(CALLS), st.sampled_from(KINDS)), min_size=1, max_size=3),
    )
    def rehearse_in_trouble(self, data: st.DataObject, kinds: list[tuple[str, str]]) -> None:
        for method, kind in kinds:
            nth, times = data.draw(st.sampled_from([1, 1, 2, 3])), data.draw(st.sampled_from([1, 1, 2, None]))
            self.world.faults.add(None, method, nth, fault=kind, times=times)
        try:
            self.rehearse(*self.task(data))
        finally:
            self.world.faults.clear()

    @rule(data=st.data())
    def another_task(self, data: st.DataObject) -> None:
        order = data.draw(orders(self.world))
        if self.tasks.makes_sense(order):
            judge(self.tasks.run(order))

    @rule(act=acts())
    def another_client_acts(self, act: dict[str, Any]) -> None:
        if act["cluster"] in self.world.clusters:
            self.world.act(**act)


TestRehearsals = Rehearsals.TestCase
TestRehearsals.settings = settings(max_examples=6 * settings().max_examples)
