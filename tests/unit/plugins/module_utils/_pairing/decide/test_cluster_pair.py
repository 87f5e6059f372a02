# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of cluster pairs: every state that can be found, by every request."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.cluster_pair.state import (
    ClusterPairOptions,
    classify_cluster_pair,
)
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.cluster_pair.table import (
    TABLE,
    decide,
)
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.cluster_pair.verdict import (
    judge_absent,
    judge_present,
    timed_out,
)
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.model import Cluster, Sides
from ansible_collections.elementsw.replication.tests.unit.builders import (
    ALPHA,
    BETA,
    GAMMA,
    calls,
    cluster_side,
    entry,
    pair,
    pending_entry,
    volume,
)

PRESENT = ClusterPairOptions(present=True)
REPAIR = ClusterPairOptions(present=True, repair=True)
ABSENT = ClusterPairOptions(present=False)

OLD_BETA = Cluster("beta", "old1", BETA.mvip)
THIRD = entry(GAMMA, 3, "third")
START = "alpha StartClusterPairing cluster pair with beta"
COMPLETE = "beta CompleteClusterPairing cluster pair with alpha"
HANDSHAKE = [START, COMPLETE]
REMOVE_7 = "alpha RemoveClusterPair cluster pair 7 with beta"
REMOVE_12 = "beta RemoveClusterPair cluster pair 12 with alpha"


def observe(local, peer, **more):
    """What is read when the lists hold these entries, next to a pair with a third cluster on each side."""
    sides = Sides(cluster_side(ALPHA, THIRD, *local, **more), cluster_side(BETA, THIRD, *peer, **more))
    return classify_cluster_pair(sides)


HERE = entry(BETA, 7)
THERE = entry(ALPHA, 12)
FOUND = {
    "nothing": observe([], []),
    "paired": observe([HERE], [THERE]),
    "not connected": observe([entry(BETA, 7, status="Disconnected")], [entry(ALPHA, 12, status="Misconfigured")]),
    "without unique ID": observe([entry(BETA, 7, remote_unique_id=None)], [entry(ALPHA, 12, remote_unique_id=None)]),
    "further": observe([HERE, entry(BETA, 8, "u8")], [entry(ALPHA, 13, "u13"), THERE]),
    "here only": observe([HERE], []),
    "there only": observe([], [THERE]),
    "crossed": observe([HERE], [entry(ALPHA, 12, "other")]),
    "rebuilt peer": observe([entry(OLD_BETA, 7)], []),
    "rebuilt peer, paired": observe([HERE, entry(OLD_BETA, 5, "u5")], [THERE]),
    "pending": observe([pending_entry()], [pending_entry(21, "p21")]),
    "paired and pending": observe([HERE, pending_entry()], [THERE]),
}

CASES = [
    # found; the writes of present, of present with repair, and of absent, or the error
    ("nothing", HANDSHAKE, HANDSHAKE, []),
    ("paired", [], [], [REMOVE_7, REMOVE_12]),
    ("not connected", [], [], [REMOVE_7, REMOVE_12]),
    ("without unique ID", [], [], [REMOVE_7, REMOVE_12]),
    (
        "further",
        [],
        ["alpha RemoveClusterPair cluster pair 8 with beta", "beta RemoveClusterPair cluster pair 13 with alpha"],
        [
            REMOVE_7,
            "alpha RemoveClusterPair cluster pair 8 with beta",
            REMOVE_12,
            "beta RemoveClusterPair cluster pair 13 with alpha",
        ],
    ),
    ("here only", "half_pair", [REMOVE_7, *HANDSHAKE], [REMOVE_7]),
    ("there only", "half_pair", [REMOVE_12, *HANDSHAKE], [REMOVE_12]),
    ("crossed", "half_pair", [REMOVE_7, REMOVE_12, *HANDSHAKE], [REMOVE_7, REMOVE_12]),
    ("rebuilt peer", "half_pair", [REMOVE_7, *HANDSHAKE], [REMOVE_7]),
    (
        "rebuilt peer, paired",
        [],
        ["alpha RemoveClusterPair cluster pair 5 with beta"],
        [REMOVE_7, "alpha RemoveClusterPair cluster pair 5 with beta", REMOVE_12],
    ),
    ("pending", HANDSHAKE, HANDSHAKE, []),
    ("paired and pending", [], [], [REMOVE_7, REMOVE_12]),
]


@pytest.mark.parametrize(
    ("name", "options", "expected"),
    [
        pytest.param(name, options, cell, id=f"{name}-{label}")
        for name, *cells in CASES
        for (label, options), cell in zip((("present", PRESENT), ("repair", REPAIR), ("absent", ABSENT)), cells)
    ],
)
def test_each_cell(name, options, expected):
    plan = decide(FOUND[name], options)
    if isinstance(expected, str):
        assert (plan.problem.code, plan.steps) == (expected, ())
        assert plan.before == plan.after
    else:
        assert plan.problem is None
        assert calls(plan) == expected
        assert (plan.before != plan.after) == bool(expected)


def test_the_cases_reach_every_row():
    assert {state.state for state in FOUND.values()} == set(TABLE)


@pytest.mark.parametrize("options", [PRESENT, REPAIR, ABSENT])
@pytest.mark.parametrize("name", FOUND)
def test_pairs_with_others_and_pending_entries_are_left_alone(name, options):
    plan = decide(FOUND[name], options)
    changed = {step.entry.uuid for step in plan.steps if hasattr(step, "entry")}
    assert not changed & {"third", "p9", "p21"}


def test_a_pending_entry_is_named_in_a_warning():
    (warning,) = decide(FOUND["paired and pending"], PRESENT).warnings
    assert "alpha has pending cluster pairs: 9 (Unconfigured)" in warning
    assert "remove_pending: true" in warning


def test_a_further_entry_is_named_in_a_warning_until_it_is_removed():
    texts = decide(FOUND["further"], PRESENT).warnings
    assert [("alpha" in texts[0], "8 (Connected)" in texts[0]), ("beta" in texts[1], "13 (Connected)" in texts[1])] == [
        (True, True),
        (True, True),
    ]
    assert decide(FOUND["further"], REPAIR).warnings == ()


@pytest.mark.parametrize(
    ("present", "writes"),
    [
        (True, HANDSHAKE),
        (False, []),
    ],
)
def test_remove_pending_goes_first_with_either_state(present, writes):
    plan = decide(FOUND["pending"], ClusterPairOptions(present, remove_pending=True))
    removed = [
        "alpha RemoveClusterPair pending cluster pair 9",
        "beta RemoveClusterPair pending cluster pair 21",
    ]
    assert calls(plan) == removed + writes
    assert plan.warnings == ()


def test_the_rebuilt_peer_is_called_that():
    assert "beta (m8qz) was rebuilt since" in decide(FOUND["rebuilt peer"], PRESENT).problem.sentence


# --- what must hold before the first write ----------------------------------------------------------------------------


def full(pairs_max=4):
    others = [entry(Cluster(f"c{n}", f"u{n}", f"203.0.113.{n}"), n, f"uuid{n}") for n in (1, 2)]
    return classify_cluster_pair(
        Sides(
            cluster_side(ALPHA, *others, pending_entry(8, "p8"), pending_entry(9, "p9"), pairs_max=pairs_max),
            cluster_side(BETA, pairs_max=pairs_max),
        )
    )


def test_the_limit_counts_pending_entries_and_names_them():
    problem = decide(full(), PRESENT).problem
    assert problem.code == "limit_reached"
    assert "alpha has 4 cluster pairs, and the limit is 4" in problem.sentence
    assert "8, 9; remove_pending: true" in problem.sentence


def test_what_is_removed_first_does_not_count():
    plan = decide(full(), ClusterPairOptions(True, remove_pending=True))
    assert calls(plan)[-2:] == HANDSHAKE


def test_a_release_that_names_no_limit_has_none():
    assert calls(decide(full(pairs_max=None), PRESENT)) == HANDSHAKE


def test_the_limit_of_the_peer_counts_too():
    others = [entry(Cluster(f"c{n}", f"u{n}", f"203.0.113.{n}"), n, f"uuid{n}") for n in range(4)]
    problem = decide(classify_cluster_pair(Sides(cluster_side(ALPHA), cluster_side(BETA, *others))), PRESENT).problem
    assert (problem.code, problem.cluster, problem.method) == ("limit_reached", "beta", "CompleteClusterPairing")


@pytest.mark.parametrize(
    "peer",
    [
        Cluster("alpha", "m8qz", "198.51.100.20", "12.5.0.1"),
        Cluster("beta", "m8qz", "192.0.2.10", "12.5.0.1"),
        Cluster("beta", "m8qz", "::ffff:192.0.2.10", "12.5.0.1"),
    ],
)
def test_equal_names_or_addresses_conflict(peer):
    assert (
        decide(classify_cluster_pair(Sides(cluster_side(ALPHA), cluster_side(peer))), PRESENT).problem.code
        == "name_conflict"
    )


@pytest.mark.parametrize(
    ("version", "code"),
    [
        ("11.8.0.23", None),
        ("13.0.0.1", None),
        ("10.4.0.1", "version_gap"),
        ("14.1.0.1", "version_gap"),
        ("unreadable", None),
    ],
)
def test_versions_may_be_one_major_apart(version, code):
    peer = Cluster("beta", "m8qz", "198.51.100.20", version)
    problem = decide(classify_cluster_pair(Sides(cluster_side(ALPHA), cluster_side(peer))), PRESENT).problem
    assert (problem and problem.code) == code


@pytest.mark.parametrize("options", [REPAIR, ABSENT])
def test_an_entry_that_carries_volume_pairs_stays(options):
    volumes = tuple(volume(n, f"v{n}", pair(n + 100, link=7)) for n in range(1, 26))
    observed = Sides(cluster_side(ALPHA, HERE, volumes=volumes), cluster_side(BETA))
    problem = decide(classify_cluster_pair(observed), options).problem
    assert problem.code == "volume_pairs_remain"
    assert "cluster alpha: 25 volume pairs still use" in problem.sentence
    assert "v20 (20) and 5 more" in problem.sentence
    assert "v21" not in problem.sentence


def test_volume_pairs_on_the_peer_hold_it_too_and_those_of_other_pairs_do_not():
    observed = Sides(
        cluster_side(ALPHA, HERE, volumes=(volume(1, "v1", pair(5, link=3)),)),
        cluster_side(BETA, THERE, volumes=(volume(2, "v2", pair(6, link=12)),)),
    )
    problem = decide(classify_cluster_pair(observed), ABSENT).problem
    assert (problem.code, problem.cluster) == ("volume_pairs_remain", "beta")
    assert "v1" not in problem.sentence


# --- with an unreachable peer -----------------------------------------------------------------------------------------


def alone(*entries, known_as=("dr.example.com", BETA.mvip)):
    return classify_cluster_pair(Sides(cluster_side(ALPHA, *entries), None), known_as)


def test_an_unreachable_peer_is_known_by_an_address_its_name_resolves_to():
    plan = decide(alone(HERE, THIRD), ABSENT)
    assert calls(plan) == [REMOVE_7]
    assert "its entry of the pair, if any, remains" in plan.warnings[0]


@pytest.mark.parametrize(("status", "warned"), [("Connected", True), ("Disconnected", False)])
def test_a_sign_of_life_is_a_warning(status, warned):
    plan = decide(alone(replace(HERE, status=status), THIRD), ABSENT)
    reported = [text for text in plan.warnings if f"its pair with beta (MVIP {BETA.mvip}) is Connected" in text]
    assert (calls(plan), bool(reported)) == ([REMOVE_7], warned)


def test_a_peer_that_no_one_recognises_is_not_guessed():
    problem = decide(alone(THIRD, known_as=("198.51.100.99",)), ABSENT).problem
    assert problem.code == "peer_unknown"
    assert "gamma (203.0.113.30)" in problem.sentence


def test_a_cluster_without_pairs_has_nothing_to_remove():
    plan = decide(alone(pending_entry()), ABSENT)
    assert (plan.problem, plan.steps) == (None, ())


# --- waiting ----------------------------------------------------------------------------------------------------------


def test_connected_on_both_sides_is_done():
    assert judge_present(FOUND["paired"], 0).done


@pytest.mark.parametrize(
    ("here", "there", "waited", "code"),
    [
        ("Connected", "Misconfigured", 119, None),
        ("Connected", "Misconfigured", 120, "not_connected"),
        ("Disconnected", "Disconnected", 600, None),
        ("Connecting", "Connected", 600, None),
    ],
)
def test_misconfigured_is_given_two_minutes(here, there, waited, code):
    verdict = judge_present(observe([entry(BETA, 7, status=here)], [entry(ALPHA, 12, status=there)]), waited)
    assert not verdict.done
    assert (verdict.failure and verdict.failure.code) == code
    assert verdict.text == f"alpha reports {here}, beta reports {there}"


def test_a_pair_that_lost_a_half_meanwhile_ends_the_wait():
    assert judge_present(FOUND["here only"], 0).failure.code == "half_pair"


def test_a_wait_that_runs_out_tells_a_new_pair_from_one_that_was_there():
    state = FOUND["not connected"]
    assert timed_out(state, False, True, 120, "…").code == "not_connected"
    assert timed_out(state, True, True, 120, "…").code == "wait_timeout"
    assert timed_out(state, False, False, 120, "alpha still lists cluster pair 7").code == "wait_timeout"


def test_what_makes_a_pair():
    assert decide(FOUND["nothing"], PRESENT).makes_pair
    assert not decide(FOUND["not connected"], PRESENT).makes_pair


def test_absent_is_done_when_no_entry_is_left():
    assert judge_absent(FOUND["pending"]).done
    assert judge_absent(FOUND["here only"]).text == "alpha still lists cluster pair 7"
