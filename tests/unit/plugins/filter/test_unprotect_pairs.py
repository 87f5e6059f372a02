# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which volume pairs lose their replication."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.elementsw.replication.plugins.filter.unprotect_pairs import FilterModule, unprotect_pairs
from ansible_collections.elementsw.replication.tests.unit.plugins.filter.reports import (
    report,
    result,
    side,
    volume_pair,
)

HALF = volume_pair("half", 3, state="half_local", peer=side(None, None, None))
OF_LAB = volume_pair("twin", 5, local=side("twin", 5, account="lab"))
SAME = [volume_pair("same", 6), volume_pair("same", 7)]
REPORT = report([volume_pair("a", 1), volume_pair("b", 2), HALF, volume_pair("twin", 4), OF_LAB, *SAME])


@pytest.mark.parametrize(
    ("names", "pairs"),
    [
        (["a"], [{"volume_id": 1, "peer_volume_id": 37}]),
        (["b", "a", "b"], [{"volume_id": 2, "peer_volume_id": 38}, {"volume_id": 1, "peer_volume_id": 37}]),
        (["half"], [{"volume_id": 3}]),
        ([{"volume": "a"}, "a"], [{"volume_id": 1, "peer_volume_id": 37}]),
        ([{"volume": "twin", "account": "lab"}], [{"volume_id": 5, "peer_volume_id": 41}]),
        (
            [{"volume_id": 6}, {"volume_id": 2}],
            [{"volume_id": 6, "peer_volume_id": 42}, {"volume_id": 2, "peer_volume_id": 38}],
        ),
    ],
)
def test_the_pairs_of_the_names_and_no_others(names, pairs):
    assert unprotect_pairs(REPORT, names) == {"pairs": pairs, "untried": [], "unpaired": [], "problem": None}


def test_a_name_of_the_other_side_is_none_of_this_one():
    other = report([volume_pair("a", 1, peer=side("a-dr", 37))])
    assert unprotect_pairs(other, ["a-dr"])["untried"] == [{"volume": "a-dr"}]


def test_a_name_of_several_volumes_is_refused_with_the_way_to_name_one():
    refused = unprotect_pairs(REPORT, ["a", "twin", "same"])
    assert refused["problem"] == (
        "unprotect_volumes: cluster alpha has 2 volumes named twin, 4 of account shop and 5 of account lab: name one as "
        "shop/twin or [{volume_id: 4}].\n"
        "unprotect_volumes: cluster alpha has 2 volumes named same, 6 of account shop and 7 of account shop: name one as "
        "[{volume_id: 6}]. Nothing was written."
    )
    assert refused["pairs"] == []


@pytest.mark.parametrize("named", [{"volume_id": 99}, {"volume": "a", "account": "lab"}])
def test_what_is_named_otherwise_takes_a_trial_as_well(named):
    assert unprotect_pairs(REPORT, [named])["untried"] == [named]
    label = "99" if "volume_id" in named else "lab/a"
    found = unprotect_pairs(REPORT, [named], {"pairs": [result(state="none")]})
    assert (found["problem"], found["unpaired"]) == (None, [label])


@pytest.mark.parametrize(
    ("tried", "problem"),
    [
        (result("was", 9, state="none"), None),
        (
            result("was", 9, local=side("was", None)),
            "unprotect_volumes: cluster alpha has no volume was: check the spelling. Nothing was written.",
        ),
        (result("was", 9, "paired_elsewhere"), "unprotect_volumes: was failed. Nothing was written."),
    ],
)
def test_a_name_without_a_pair_takes_a_trial(tried, problem):
    assert unprotect_pairs(REPORT, ["a", "was"])["untried"] == [{"volume": "was"}]
    chosen = unprotect_pairs(REPORT, ["a", "was"], {"pairs": [tried]})
    assert (chosen["problem"], chosen["unpaired"]) == (problem, [] if problem else ["was"])
    assert bool(chosen["pairs"]) is (problem is None)


@pytest.mark.parametrize("state", ["half_peer", "unknown_peer"])
def test_what_is_left_of_a_pair_is_not_taken_for_nothing(state):
    """Reports do not list a half on a deleted volume, nor what an unreachable peer has."""
    chosen = unprotect_pairs(REPORT, ["a", "was"], {"pairs": [result("was", 9, state=state)]})
    assert (chosen["pairs"], chosen["unpaired"]) == ([{"volume_id": 1, "peer_volume_id": 37}, {"volume": "was"}], [])


def test_a_trial_that_failed_as_a_whole():
    refused = {"msg": "the peer does not answer; nothing was written", "error": {"code": "unreachable"}}
    chosen = unprotect_pairs(REPORT, ["a", "was"], refused)
    assert chosen["problem"] == "unprotect_volumes: the peer does not answer; nothing was written."


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([[], []], "the input is of type list, expected a dictionary"),
        ([REPORT, "a"], "volumes is of type str, expected a list, of names"),
        ([{}, ["a"]], "'volume_pairs' is missing in the input"),
    ],
)
def test_input_that_is_not_as_documented(arguments, message):
    with pytest.raises(AnsibleFilterError) as refused:
        unprotect_pairs(*arguments)
    assert f"elementsw.replication.unprotect_pairs: {message}" in str(refused.value)


def test_ansible_finds_it_by_its_name():
    assert FilterModule().filters() == {"unprotect_pairs": unprotect_pairs}
