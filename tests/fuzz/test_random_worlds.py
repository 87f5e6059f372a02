# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Random tasks in random worlds, with trouble and other clients: nothing is lost, and no pair that was not named changes."""

from __future__ import annotations

from typing import Any
from unittest import TestCase

from hypothesis import assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from ansible_collections.elementsw.replication.tests.fuzz.inhabited import InhabitedWorld
from ansible_collections.elementsw.replication.tests.fuzz.judgement import judge, judge_prediction, judge_repeated
from ansible_collections.elementsw.replication.tests.fuzz.orders import Order, faults, orders
from ansible_collections.elementsw.replication.tests.fuzz.others import acts, meddling
from ansible_collections.elementsw.replication.tests.fuzz.tasks import Ran, Tasks
from ansible_collections.elementsw.replication.tests.fuzz.worlds import worlds

# So many tasks are drawn to find one that writes.
MOST_DRAWN = 6
# So many times as many worlds as other tests have examples.
MANY = 5


class _Worlds(RuleBasedStateMachine):
    """A world that lives on from rule to rule."""

    @initialize(description=worlds())
    def begin(self, description: dict[str, Any]) -> None:
        self.world = InhabitedWorld.from_dict(description)
        self.tasks = Tasks(self.world)

    def run(self, order: Order, check_mode: bool = False) -> Ran:
        assume(self.tasks.makes_sense(order))
        self.world.clear_calls()
        ran = self.tasks.run(order, check_mode)
        judge(ran)
        return ran

    def order(self, data: st.DataObject) -> Ran:
        """A check run of a task that has something to do, if one comes up soon."""
        for _attempt in range(MOST_DRAWN):
            predicted = self.run(data.draw(orders(self.world)), check_mode=True)
            if predicted.actions:
                break
        return predicted


class CalmWorlds(_Worlds):
    """Nothing goes wrong during a task, and no other client interferes; between tasks the world moves on."""

    @rule(data=st.data())
    def run_in_peace(self, data: st.DataObject) -> None:
        predicted = self.order(data)
        ran = self.run(predicted.order)
        judge_prediction(predicted, ran)
        if not ran.failures:
            judge_repeated(ran, self.run(ran.order))

    @rule(act=acts())
    def another_client_acts(self, act: dict[str, Any]) -> None:
        if act["cluster"] in self.world.clusters:
            self.world.act(**act)


class TroubledWorlds(CalmWorlds):
    """Calls fail in every way they can."""

    @rule(data=st.data())
    def run_into_trouble(self, data: st.DataObject) -> None:
        predicted = self.order(data)
        for trouble in data.draw(st.lists(faults(predicted.calls), min_size=1, max_size=3)):
            self.world.faults.add(**trouble)
        try:
            self.run(predicted.order)
        finally:
            self.world.faults.clear()


class CrowdedWorlds(CalmWorlds):
    """Another client is at work on the same clusters, between any two calls of a task."""

    @rule(data=st.data())
    def run_among_others(self, data: st.DataObject) -> None:
        predicted = self.order(data)
        for each in data.draw(st.lists(meddling(predicted.calls), min_size=1, max_size=3)):
            if each["call"]["cluster"] in self.world.clusters:
                self.world.faults.add(**each)
        try:
            self.run(predicted.order)
        finally:
            self.world.faults.clear()


def _test(worlds: type[_Worlds]) -> type[TestCase]:
    """Beside what makes sense in a world, much does not: many are tried."""
    case: type[TestCase] = worlds.TestCase
    case.settings = settings(max_examples=MANY * settings().max_examples)  # type: ignore[attr-defined]
    return case


TestCalmWorlds = _test(CalmWorlds)
TestTroubledWorlds = _test(TroubledWorlds)
TestCrowdedWorlds = _test(CrowdedWorlds)
