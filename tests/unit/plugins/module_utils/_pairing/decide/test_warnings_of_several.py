# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The warnings of several plans: what is the same for many pairs is said once, of all of them."""

from __future__ import annotations

from ansible_collections.elementsw.replication.plugins.module_utils._pairing.outcome import plan_warnings
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.plan import Plan, Subject


def plan(number, *texts):
    full = f"volume v{number} ({number}) on cluster alpha and volume v{number} ({number}) on beta"
    return Plan(subject=Subject(full, f"volume v{number} ({number})"), warnings=tuple(t.format(full) for t in texts))


def test_equal_warnings_of_many_are_one_with_their_count_and_the_first_names():
    plans = [plan(n, "data_loss_possible: {}: lag unknown") for n in range(1, 23)]
    assert plan_warnings(plans) == [
        "data_loss_possible: 22 pairs (volume v1 (1), volume v2 (2), volume v3 (3) and 19 more): lag unknown"
    ]


def test_what_differs_stays_apart_in_the_order_of_the_task():
    plans = [plan(1, "{}: late", "{}: large"), plan(2, "{}: early"), plan(3, "{}: late"), Plan(warnings=("alone",))]
    full = plans[0].subject.full
    assert plan_warnings(plans) == [
        "2 pairs (volume v1 (1), volume v3 (3)): late",
        f"{full}: large",
        f"{plans[1].subject.full}: early",
        "alone",
    ]


def test_a_warning_that_is_not_about_the_pair_is_said_once():
    assert plan_warnings([plan(1, "cluster alpha is full"), plan(2, "cluster alpha is full")]) == [
        "cluster alpha is full"
    ]
