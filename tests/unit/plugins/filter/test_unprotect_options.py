# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The variables of the playbook unprotect, as inventories, surveys and the command line give them."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.elementsw.replication.plugins.filter.unprotect_options import FilterModule, unprotect_options

ITEM = "expected a name, ACCOUNT/NAME or {volume_id: ID}"


def options(**given):
    return unprotect_options({f"unprotect_{name}": value for name, value in given.items()})


@pytest.mark.parametrize(
    "blank", [{}, *(dict.fromkeys(("release_targets", "clusters"), value) for value in (None, "", " "))]
)
def test_null_and_empty_text_mean_not_given(blank):
    assert options(all="yes", volumes=None, peer_unreachable="", **blank) == {
        "volumes": [],
        "all": True,
        "release_targets": False,
        "clusters": False,
        "peer_unreachable": "",
        "problems": [],
    }


@pytest.mark.parametrize(
    ("given", "volumes"),
    [
        ("a, b\n c\n", [{"volume": "a"}, {"volume": "b"}, {"volume": "c"}]),
        (["a", " a ", "", None, 7], [{"volume": "a"}, {"volume": "7"}]),
        ("shop/a,lab/shop/b", [{"volume": "a", "account": "shop"}, {"volume": "b", "account": "lab/shop"}]),
        (
            [{"volume_id": "45"}, {"volume": "a", "account": "shop"}],
            [{"volume_id": 45}, {"volume": "a", "account": "shop"}],
        ),
        ('[{"volume_id": 45}, "a"]', [{"volume_id": 45}, {"volume": "a"}]),
    ],
)
def test_volumes(given, volumes):
    found = options(volumes=given)
    assert (found["volumes"], found["problems"]) == (volumes, [])


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (
            {},
            "name the volumes in unprotect_volumes, or give unprotect_all=true for all of protect_pairs; without that",
        ),
        ({"volumes": "a", "all": True}, "give unprotect_volumes or unprotect_all=true, not both"),
        ({"volumes": " , "}, "unprotect_volumes names nothing: name the volumes, or give unprotect_all=true"),
        ({"volumes": 7}, f"unprotect_volumes: 7 is no list; {ITEM}"),
        ({"volumes": [["a"]]}, f"unprotect_volumes: ['a'] is no volume; {ITEM}"),
        ({"volumes": [True]}, f"unprotect_volumes: True is no volume; {ITEM}"),
        ({"volumes": "a,/b"}, f"unprotect_volumes: '/b' is no volume; {ITEM}"),
        ({"volumes": "shop/"}, f"unprotect_volumes: 'shop/' is no volume; {ITEM}"),
        ({"volumes": [{"volume_id": "x"}]}, f"unprotect_volumes: {{'volume_id': 'x'}} is no volume; {ITEM}"),
        ({"volumes": [{"name": "a"}]}, f"unprotect_volumes: {{'name': 'a'}} is no volume; {ITEM}"),
        ({"volumes": [{"volume": "a", "mode": "sync"}]}, f"{{'volume': 'a', 'mode': 'sync'}} is no volume; {ITEM}"),
        ({"all": "ja"}, "unprotect_all: 'ja' is neither true nor false"),
        (
            {"all": True, "peer_unreachable": "gone"},
            "unprotect_peer_unreachable 'gone' is not one of fail, local_only, assume_dead",
        ),
        (
            {"all": True, "volume": "a"},
            "unprotect_volume is no variable of this playbook; the name is unprotect_volumes",
        ),
    ],
)
def test_what_is_refused(given, problem):
    (found,) = options(**given)["problems"]
    assert problem in found


def test_everything_is_named_at_once():
    assert len(options(volumes=["a", [1]], release_targets="x", clusters="z")["problems"]) == 3


def test_input_that_is_not_as_documented():
    with pytest.raises(AnsibleFilterError) as refused:
        unprotect_options([])
    assert "elementsw.replication.unprotect_options: the input is of type list" in str(refused.value)


def test_ansible_finds_it_by_its_name():
    assert FilterModule().filters() == {"unprotect_options": unprotect_options}


@pytest.mark.parametrize(
    ("misspelled", "name"),
    [
        ("unprotect_release_target", "unprotect_release_targets"),
        ("unprotect_volumns", "unprotect_volumes"),
    ],
)
def test_a_misspelled_name_is_not_ignored(misspelled, name):
    assert (
        f"{misspelled} is no variable here: the name is {name}"
        in unprotect_options({}, names=[misspelled, name])["problems"]
    )


def test_variables_of_others_are_left_alone():
    assert not [
        each
        for each in unprotect_options({}, names=["unprotect_pairs", "unprotect_chosen"])["problems"]
        if "is no variable here" in each
    ]


def test_another_cluster_than_the_named_one_is_refused():
    """Names that only the inventory has let the playbook run on all hosts, and --start-at-task skips what refuses them."""
    given = {"unprotect_volumes": "a"}
    assert unprotect_options(given, host="alpha", cluster="alpha")["problems"] == []
    assert unprotect_options(given, host="gamma", cluster="alpha")["problems"] == [
        "replication_cluster is alpha, and this is gamma: give -e replication_cluster=alpha"
    ]
