# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One case: a flow, with trouble, then without; and what must hold of both."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.elementsw.replication.plugins.module_utils._element.errors import CODES, Failure
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.flow import report, start
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.outcome import Outcome
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.run import Run
from ansible_collections.elementsw.replication.tests.matrix import oracle
from ansible_collections.elementsw.replication.tests.matrix.flows import Flow
from ansible_collections.elementsw.replication.tests.matrix.in_process import in_process
from ansible_collections.elementsw.replication.tests.matrix.oracle import Facts, Truth
from ansible_collections.elementsw.replication.tests.simulator.faults import Fault
from ansible_collections.elementsw.replication.tests.simulator.world import World

# The options that the remedy of an error names for the next run.
REMEDIES = {
    "half_pair": {"repair": True},
    "pending_pair": {"repair": True},
    "direction_unknown": {"direction": "to_peer"},
    "split_brain": {"allow_overwrite": True},
    "empty_source": {"allow_overwrite": True},
}
# Those for what the run before has reported: a copy that had begun, or that it could not join again.
REMEDIES_IF_REPORTED = {"target_in_use": {"allow_overwrite": True}}


# What a run puts on the volumes that it creates, another one each time.
MARK_OF_RUN = re.compile(r"\b[0-9a-f]{16}\b")
# Flows and truths from which a run without trouble came to the desired state. Most trouble ends in one of a few truths.
_CONVERGED: set[tuple[Flow, bool, str]] = set()


class Broken(Exception):
    """A promise that was not kept, in a sentence."""


@dataclass(frozen=True)
class FlowResult:
    """outcome: None where the run ended before anything was planned. reported: what the errors say of what remains.

    shown: warnings, and the pending pairings that are listed. saved: the snapshots that the result names as keeping what
    was overwritten, each by its site, its volume and its own name.
    """

    failures: tuple[Failure, ...]
    outcome: Outcome | None
    changed: bool
    reported: tuple[str, ...]
    writes: int
    shown: tuple[str, ...] = ()
    saved: frozenset[tuple[str, str, str]] = frozenset()

    @property
    def codes(self) -> set[str]:
        return {failure.code for failure in self.failures}

    def names(self, site: str, name: str, about: Iterable[str] = ("",)) -> bool:
        """Whether a sentence names the thing and the cluster that it is on, and has one of the terms that it is about."""
        return any(name in sentence for sentence in _about(self.reported, site, about))

    def shows(self, site: str, *terms: str) -> bool:
        """Whether one of the terms is reported of the cluster, listed, or warned of, whatever the end was."""
        return bool(_about((*self.reported, *self.shown), site, terms))

    def failed(self, item: int) -> bool:
        return self.outcome is None or not self.outcome.items[item].going


def _about(sentences: Iterable[str], site: str, terms: Iterable[str]) -> list[str]:
    return [text for text in sentences if site in text and any(word in text for word in terms)]


def once(flow: Flow, world: World, run_of: Callable[[World], Run] = in_process, **options: Any) -> FlowResult:
    """Run the flow's task in the world as it is."""
    job = flow.job(**options)
    world.clear_calls()
    run = run_of(world)
    try:
        outcome = report(job, run) if flow.module == "pair_info" else start(job, run, check_mode=False)
    except Failure as exc:
        return FlowResult((exc,), None, bool(exc.left_behind), tuple(exc.left_behind), len(world.writes()))
    finally:
        run.close()
    failures = tuple(outcome.failures)
    reported = [sentence for failure in failures for sentence in failure.left_behind]
    shown = list(outcome.warnings)
    if flow.module == "cluster_pair" and outcome.observation is not None:
        shown += [f"{each['cluster']} {each['cluster_pair_id']}" for each in job.report(outcome)["pending"]]
    saved = frozenset((each.cluster, each.volume, each.name) for item in outcome.items for each in item.saved)
    return FlowResult(failures, outcome, outcome.changed, tuple(reported), len(world.writes()), tuple(shown), saved)


def case(flow: Flow, begin: Callable[[World], Fault | None] = lambda world: None) -> None:
    """Run the flow with trouble, then until it has come to the desired state. Raises Broken."""
    world = flow.world()
    before = world.truth()
    fault = begin(world)
    result = once(flow, world)
    if fault in world.faults.unused():
        raise Broken("the call was never made: it is not as often made as in the run without trouble")
    after = world.truth()
    world.faults.clear()
    for problem in _problems(flow, before, after, result):
        raise Broken(
            f"{problem} (changed: {result.changed}; {'; '.join(f.sentence for f in result.failures) or 'no failure'})"
        )
    state = (flow, bool(result.reported), MARK_OF_RUN.sub("", repr(after)))
    if state not in _CONVERGED:
        _converge(flow, world, before, {**REMEDIES, **(REMEDIES_IF_REPORTED if result.reported else {})})
        _CONVERGED.add(state)


def _problems(flow: Flow, before: Truth, after: Truth, result: FlowResult) -> Iterator[str]:
    yield from _unknown_codes(result)
    yield from _others(flow, before, after)
    yield from _lost_data(flow, before, after)
    desired = _desired(flow)
    for number, things in enumerate(_items(flow)):
        yield from _item(things(before), things(after), things(desired), result, number)
    yield from _owners(before, after, desired, result)
    yield from _pending(before, after, result)
    yield from _snapshots(flow, before, after, result)
    yield from _replicas(flow, after, desired, result)
    differs = any(oracle.differing(things(before), things(after)) for things in (*_items(flow), *_BESIDES))
    if differs and not result.changed:
        yield "something has changed, and `changed` is false"
    if result.changed and not (differs or result.reported or result.saved):
        yield "nothing has changed, and `changed` is true"


_BESIDES = (oracle.of_owners, oracle.of_pending)


def _items(flow: Flow) -> list[Callable[[Truth], Facts]]:
    """How to read the things of each item."""
    if flow.module == "pair_info":
        return []
    if not flow.items:
        return [oracle.of_clusters]
    return [lambda truth, name=name: oracle.of_volumes(truth, (name, *flow.clones)) for name in flow.items]


def _item(before: Facts, after: Facts, desired: Facts, result: FlowResult, number: int) -> Iterator[str]:
    fulfilled = oracle.comparable(after) == oracle.comparable(desired)
    if not result.failed(number):
        if not fulfilled:
            yield f"success, but not as desired: {oracle.differing(oracle.comparable(after), oracle.comparable(desired))}"
        return
    if fulfilled:
        return
    for thing in oracle.differing(oracle.own(before), oracle.own(after)):
        terms = ("pair", "Pair") if _newly_paired(before.get(thing), after.get(thing)) else ("",)
        if not result.names(*thing, about=terms):
            yield f"not named: {thing}: was {before.get(thing)}, is {after.get(thing)}; reported: {result.reported}"


def _newly_paired(before: Any, after: Any) -> bool:
    """Whether a volume shows a pair that it did not show; a sentence that is about something else does not name that."""
    known = before["pairs"] if isinstance(before, dict) else []
    observed = after["pairs"] if isinstance(after, dict) else []
    return bool({pair["uuid"] for pair in observed} - {pair["uuid"] for pair in known})


@functools.cache
def _desired(flow: Flow) -> Truth:
    return World.from_dict(flow.desired).truth()


def _owners(before: Truth, after: Truth, desired: Truth, result: FlowResult) -> Iterator[str]:
    """An account that was made is wanted and owns something, or it is named."""
    for thing in oracle.of_owners(after).keys() - oracle.of_owners(before).keys():
        wanted = thing in oracle.of_owners(desired) and oracle.owned(after, thing)
        if not wanted and not result.names(*thing):
            yield f"not named: account {thing}; reported: {result.reported}"


def _pending(before: Truth, after: Truth, result: FlowResult) -> Iterator[str]:
    """A pairing of clusters that was begun is named, by its number wherever that can be known."""
    new = oracle.of_pending(after).items() - oracle.of_pending(before).items()
    for (site, number), uuid in new:
        if not result.shows(site, f"cluster pair {number}", f"{site} {number}", uuid, "a pending cluster pair"):
            yield f"not named: pending cluster pair {number} on {site}; reported: {result.reported}"


def _snapshots(flow: Flow, before: Truth, after: Truth, result: FlowResult) -> Iterator[str]:
    """A snapshot that a run has taken and not removed is reported by its name, or named as what it keeps."""
    known, left = oracle.snapshots(before, flow.names), oracle.snapshots(after, flow.names)
    for thing in left.keys() - known.keys():
        if thing not in result.saved and not any(thing[2] in text for text in (*result.reported, *result.shown)):
            yield f"not named: snapshot {thing}; reported: {result.reported}, {result.shown}, saved: {set(result.saved)}"
        if thing[2].startswith(oracle.SAVED) and left[thing]["expires"] != flow.saves_for_a_week:
            yield f"snapshot {thing} does not last as long as it is to: {left[thing]}"
    for thing in result.saved - left.keys():
        yield f"named as saved, and not there: snapshot {thing}"


def _replicas(flow: Flow, after: Truth, desired: Truth, result: FlowResult) -> Iterator[str]:
    """The former target of a pair that was removed is marked as what it is, or a sentence names it."""
    for number, things in enumerate(_items(flow)):
        marked = oracle.replicas(things(after))
        for thing, mark in oracle.replicas(things(desired)).items():
            if not result.failed(number) and marked.get(thing) != mark and not result.shows(thing[0], thing[1]):
                yield f"not marked as a replica, {mark}: {thing}; reported: {result.reported}, {result.shown}"


def _unknown_codes(result: FlowResult) -> Iterator[str]:
    if not result.codes <= CODES:
        yield f"codes that are not documented: {result.codes - CODES}"


def _others(flow: Flow, before: Truth, after: Truth) -> Iterator[str]:
    """Third parties find everything as it was."""
    new_owners = oracle.of_owners(after).keys() - oracle.of_owners(before).keys()
    new_pending = oracle.of_pending(after).keys() - oracle.of_pending(before).keys()
    ours = {*new_pending, *(oracle.of_pending(before) if flow.takes_pending else ())}
    views = [oracle.of_others(truth, flow.names, new_owners, ours) for truth in (before, after)]
    for site in before["clusters"]:
        if views[0]["clusters"][site] != views[1]["clusters"][site]:
            yield f"something of third parties has changed on {site}"


def _lost_data(flow: Flow, before: Truth, after: Truth) -> Iterator[str]:
    left = oracle.marks(after, flow.items)
    for name, written in oracle.marks(before, flow.items).items():
        if not written <= left[name]:
            yield f"data of {name} is lost"


def _restore(flow: Flow, world: World) -> None:
    for site in oracle.SITES:
        for volume in list(world.cluster(site).volumes.values()):
            if volume.deleted and volume.name in flow.items:
                world.call(site, "RestoreDeletedVolume", {"volumeID": volume.volume_id})


def _converge(flow: Flow, world: World, start: Truth, remedies: Mapping[str, Mapping[str, Any]]) -> None:
    """A run without trouble, with what the last failure asks for, comes to the desired state; another one changes nothing."""
    before = world.truth()
    options: dict[str, Any] = {}
    result = once(flow, world)
    if "volume_deleted" in result.codes:
        # Half a pair with a volume that was created and deleted again: what is left is removed, as `absent` promises.
        once(flow, world, state="absent")
        # One that was not purged is brought back, as the error says.
        _restore(flow, world)
        result = once(flow, world)
    for _remedy in remedies:
        asked = {key: value for code in result.codes for key, value in remedies.get(code, {}).items()}
        if not result.failures or not asked.keys() - options.keys():
            break
        options.update(asked)
        result = once(flow, world, **options)
    if result.failures:
        raise Broken(f"a run without trouble fails: {'; '.join(f.sentence for f in result.failures)}")
    after = world.truth()
    desired = _desired(flow)
    for things in _items(flow):
        strange = oracle.differing(oracle.comparable(things(after)), oracle.comparable(things(desired)))
        if strange:
            raise Broken(f"a run without trouble does not come to the desired state: {strange}")
    for problem in (*_others(flow, start, after), *_pending(before, after, result)):
        raise Broken(f"in the run without trouble: {problem}")
    again = once(flow, world, **options)
    if again.failures or again.changed or again.writes or world.truth() != after:
        raise Broken(f"a further run is not idle: {again}")
