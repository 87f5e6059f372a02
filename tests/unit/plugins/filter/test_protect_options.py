# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The variables of the role protect, as inventories, surveys and the command line give them."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.elementsw.replication.plugins.filter.protect_options import FilterModule, protect_options
from ansible_collections.elementsw.replication.plugins.modules import element_cluster_pair, element_volume_pair

NAMES = (
    *(
        "pairs_file",
        "account",
        "peer_account",
        "mode",
        "direction",
        "paused",
        "size",
        "match_size",
        "create_peer_volume",
    ),
    *("cluster_repair", "cluster_remove_pending", "cluster_wait_timeout", "allow_overwrite", "save_overwritten"),
    *("repair", "fail_fast", "wait", "wait_for", "wait_timeout", "item_permissions"),
)
CLUSTERS = {"repair": False, "remove_pending": False, "wait_timeout": 120}
VOLUMES = {
    "repair": False,
    "allow_overwrite": False,
    "save_overwritten": True,
    "fail_fast": False,
    "wait": True,
    "wait_for": "paired",
    "wait_timeout": 300,
}


def options(**given):
    return protect_options({"protect_peer": "beta", **{f"protect_{name}": value for name, value in given.items()}})


@pytest.mark.parametrize("blank", [{}, *(dict.fromkeys(NAMES, value) for value in (None, "", " \n"))])
def test_null_and_empty_text_mean_not_given(blank):
    expected = {"peer": "beta", "item_permissions": True, "clusters": CLUSTERS, "volumes": VOLUMES, "problems": []}
    assert options(**blank) == expected


@pytest.mark.parametrize("value", [False, "no", "false"])
def test_items_may_be_denied_permissions(value):
    assert options(item_permissions=value)["item_permissions"] is False


def test_defaults_are_those_of_the_modules():
    for defaults, module in ((CLUSTERS, element_cluster_pair), (VOLUMES, element_volume_pair)):
        spec = module.argument_spec()
        # What an item of pairs inherits has its default in the module, not in the spec.
        assert {name: spec[name].get("default", defaults[name]) for name in defaults} == defaults


@pytest.mark.parametrize(
    ("name", "value", "part", "option", "expected"),
    [
        ("account", " shop ", "volumes", "account", "shop"),
        ("account", 7, "volumes", "account", "7"),
        ("mode", "sync\n", "volumes", "mode", "sync"),
        ("direction", "from_peer", "volumes", "direction", "from_peer"),
        ("paused", "no", "volumes", "paused", False),
        ("paused", True, "volumes", "paused", True),
        ("size", "20GiB", "volumes", "size", "20GiB"),
        ("match_size", "yes", "volumes", "match_size", True),
        ("create_peer_volume", {}, "volumes", "create_peer_volume", {}),
        ("create_peer_volume", " {} ", "volumes", "create_peer_volume", {}),
        ("create_peer_volume", {"account": "dr", "name": ""}, "volumes", "create_peer_volume", {"account": "dr"}),
        ("create_peer_volume", '{"create_account": "yes"}', "volumes", "create_peer_volume", {"create_account": True}),
        ("allow_overwrite", "true", "volumes", "allow_overwrite", True),
        ("save_overwritten", False, "volumes", "save_overwritten", False),
        ("save_overwritten", "false", "volumes", "save_overwritten", False),
        ("wait", "off", "volumes", "wait", False),
        ("wait_for", "in_sync", "volumes", "wait_for", "in_sync"),
        ("wait_timeout", " 60 ", "volumes", "wait_timeout", 60),
        ("wait_timeout", 0, "volumes", "wait_timeout", 0),
        ("cluster_repair", "yes", "clusters", "repair", True),
        ("cluster_remove_pending", 1, "clusters", "remove_pending", True),
        ("cluster_wait_timeout", "5", "clusters", "wait_timeout", 5),
    ],
)
def test_values(name, value, part, option, expected):
    found = options(**{name: value})
    assert found["problems"] == []
    assert found[part][option] == expected
    assert type(found[part][option]) is type(expected)


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"peer": " "}, "protect_peer is not given; set it to the inventory host of the other cluster"),
        ({"peer": ["beta"]}, "protect_peer: ['beta'] is no text"),
        ({"mode": "synchronous"}, "protect_mode 'synchronous' is not one of async, sync, snapshots_only"),
        ({"direction": "beta"}, "protect_direction 'beta' is not one of to_peer, from_peer"),
        ({"paused": "maybe"}, "protect_paused: 'maybe' is neither true nor false"),
        ({"allow_overwrite": []}, "protect_allow_overwrite: [] is neither true nor false"),
        (
            {"size": "big"},
            "protect_size: 'big' is no size; give a number with kB, MB, GB, TB, KiB, MiB, GiB or TiB, such as 20GiB",
        ),
        ({"create_peer_volume": "yes"}, "protect_create_peer_volume: 'yes' is no dictionary; {} takes all defaults"),
        (
            {"create_peer_volume": {"owner": "shop"}},
            "unknown key 'protect_create_peer_volume.owner'; the known keys are account, create_account, name, qos_policy",
        ),
        (
            {"create_peer_volume": {"account": "a"}, "peer_account": "b"},
            "protect_peer_account: 'b' is not create_peer_volume.account, 'a'; give one of the two",
        ),
        ({"wait_timeout": "15m"}, "protect_wait_timeout: '15m' is no whole number"),
        ({"wait_timeout": True}, "protect_wait_timeout: True is no whole number"),
        ({"wait_timeout": -1}, "protect_wait_timeout: -1 is less than 0"),
        ({"cluster_wait_timeout": "-2"}, "protect_cluster_wait_timeout: -2 is less than 0"),
        ({"wait_for": "synced"}, "protect_wait_for 'synced' is not one of paired, in_sync"),
        (
            {"wait_for": "in_sync", "paused": "yes"},
            "protect_paused: a paused pair never gets in sync; leave wait_for out, or set it to paired",
        ),
        ({"pairs_file": ["a.csv"]}, "protect_pairs_file: ['a.csv'] is no text"),
        ({"volumes": "a"}, "protect_volumes is no variable of this role; name the volumes in protect_pairs"),
        ({"pair": "a"}, "protect_pair is no variable of this role; name the volumes in protect_pairs"),
    ],
)
def test_what_is_refused(given, problem):
    assert options(**given)["problems"] == [problem]


def test_everything_is_named_at_once():
    assert [problem[:20] for problem in options(wait="a", mode="b", cluster_repair="c", peer=None)["problems"]] == [
        "protect_peer is not ",
        "protect_mode 'b' is ",
        "protect_cluster_repa",
        "protect_wait: 'a' is",
    ]


def test_input_that_is_not_as_documented():
    with pytest.raises(AnsibleFilterError) as refused:
        protect_options([])
    assert "elementsw.replication.protect_options: the input is of type list" in str(refused.value)


def test_ansible_finds_it_by_its_name():
    assert FilterModule().filters() == {"protect_options": protect_options}


@pytest.mark.parametrize(
    ("misspelled", "name"),
    [
        ("protect_directon", "protect_direction"),
        ("protect_pairs_files", "protect_pairs_file"),
        ("protect_wait_time", "protect_wait_timeout"),
    ],
)
def test_a_misspelled_name_is_not_ignored(misspelled, name):
    assert (
        f"{misspelled} is no variable here: the name is {name}"
        in protect_options({}, names=[misspelled, name])["problems"]
    )


def test_variables_of_others_are_left_alone():
    assert not [
        each
        for each in protect_options({}, names=["protect_lines", "protect_link", "protect_contact"])["problems"]
        if "is no variable here" in each
    ]
