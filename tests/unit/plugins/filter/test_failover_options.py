# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The variables of the role failover, as inventories, surveys and the command line give them."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.elementsw.replication.plugins.filter.failover_options import (
    CHOICES,
    FilterModule,
    failover_options,
)
from ansible_collections.elementsw.replication.plugins.modules import element_volume_pair

NEEDED = {"failover_peer": "alpha", "failover_kind": "planned"}
BLANK = {
    "failover_volumes": None,
    "failover_accounts": None,
    "failover_exclude": None,
    "failover_pairs": None,
    "failover_groups": None,
    "failover_peer_unreachable": None,
    "failover_allow_overwrite": None,
    "failover_save_overwritten": None,
    "failover_match_size": None,
    "failover_wait": None,
    "failover_wait_for": None,
    "failover_wait_timeout": None,
    "failover_before_tasks": None,
    "failover_after_tasks": None,
}
DB = {"name": "db", "volumes": "orders-db"}
SHOP = {"name": "shop", "accounts": ["shop"]}


def options(**given):
    return failover_options({**NEEDED, **given}, ["/home/me", "/playbooks"])


@pytest.mark.parametrize("blank", [{}, BLANK, dict.fromkeys(BLANK, "")])
def test_null_and_empty_text_mean_not_given(blank):
    assert options(**blank) == {
        "peer": "alpha",
        "kind": "planned",
        "peer_unreachable": None,
        "allow_overwrite": False,
        "save_overwritten": True,
        "match_size": None,
        "wait": True,
        "wait_for": "paired",
        "wait_timeout": 300,
        "volumes": None,
        "accounts": None,
        "exclude": [],
        "candidates": [],
        "groups": [
            {
                "name": None,
                "volumes": None,
                "accounts": None,
                "pairs": None,
                "before_tasks": None,
                "after_tasks": None,
            }
        ],
        "problems": [],
    }


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("failover_peer", " alpha ", "alpha"),
        ("failover_kind", " forced ", "forced"),
        ("failover_peer_unreachable", "local_only\n", "local_only"),
        ("failover_allow_overwrite", "yes", True),
        ("failover_allow_overwrite", " True ", True),
        ("failover_allow_overwrite", 1, True),
        ("failover_save_overwritten", "no", False),
        ("failover_save_overwritten", False, False),
        ("failover_match_size", "false", False),
        ("failover_wait", "off", False),
        ("failover_wait", " ", True),
        ("failover_wait_for", "in_sync", "in_sync"),
        ("failover_wait_timeout", " 60 ", 60),
        ("failover_wait_timeout", 0, 0),
        ("failover_wait_timeout", 2.0, 2),
        ("failover_wait_timeout", "   ", 300),
        ("failover_exclude", "wiki,", ["wiki"]),
        ("failover_exclude", [], []),
        ("failover_volumes", "a, b\n c\n", ["a", "b", "c"]),
        ("failover_volumes", [" a ", "", None, 7, "a"], ["a", "7"]),
        ("failover_accounts", "shop", ["shop"]),
    ],
)
def test_values(variable, value, expected):
    found = options(**{variable: value})
    assert found["problems"] == []
    assert found[variable[len("failover_") :]] == expected
    assert type(found[variable[len("failover_") :]]) is type(expected)


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"failover_peer": " "}, "failover_peer is not given: set it to the inventory host of the other cluster"),
        ({"failover_peer": ["alpha"]}, "failover_peer is ['alpha'], expected the inventory host of the other cluster"),
        ({"failover_volume": "a"}, "failover_volume is no variable of this role: the name is failover_volumes"),
        ({"failover_group": None}, "failover_group is no variable of this role: the name is failover_groups"),
        ({"failover_kind": ""}, "failover_kind is not given: set it to planned or forced"),
        ({"failover_kind": "Planned"}, "failover_kind is 'Planned', expected planned or forced"),
        ({"failover_kind": ["planned"]}, "failover_kind is ['planned'], expected planned or forced"),
        (
            {"failover_kind": "forced", "failover_peer_unreachable": "gone"},
            "failover_peer_unreachable is 'gone', expected fail or local_only or assume_dead",
        ),
        ({"failover_allow_overwrite": "maybe"}, "failover_allow_overwrite is 'maybe', expected true or false"),
        ({"failover_wait_timeout": "soon"}, "failover_wait_timeout is 'soon', expected a whole number of seconds"),
        ({"failover_wait_timeout": -1}, "failover_wait_timeout is -1, expected a whole number of seconds"),
        ({"failover_wait_timeout": True}, "failover_wait_timeout is True, expected a whole number of seconds"),
        ({"failover_wait_timeout": "nan"}, "failover_wait_timeout is 'nan', expected a whole number of seconds"),
        (
            {"failover_volumes": " , "},
            "failover_volumes is ' , ' and names nothing: leave it out or empty to fail over all pairs with the peer",
        ),
        (
            {"failover_volumes": "\n"},
            "failover_volumes is '\\n' and names nothing: leave it out or empty to fail over all pairs with the peer",
        ),
        (
            {"failover_volumes": []},
            "failover_volumes is [] and names nothing: leave it out or empty to fail over all pairs with the peer",
        ),
        (
            {"failover_accounts": [""]},
            "failover_accounts is [''] and names nothing: leave it out or empty to fail over all pairs with the peer",
        ),
        (
            {"failover_exclude": ","},
            "failover_exclude is ',' and names nothing: leave it out or empty to exclude no volume",
        ),
        (
            {"failover_volumes": {"name": "x" * 90}},
            "failover_volumes is {'name': '" + "x" * 50 + "..., expected names in a list, or text with commas or lines",
        ),
        (
            {"failover_pairs": "wiki"},
            "failover_pairs is 'wiki', expected a list of pairs, such as [{volume: orders-db}]",
        ),
        ({"failover_pairs": []}, "failover_pairs is [], expected a list of pairs, such as [{volume: orders-db}]"),
        (
            {"failover_before_tasks": ["a.yml"]},
            "failover_before_tasks is ['a.yml'], expected the path of a file with tasks",
        ),
        (
            {"failover_pairs": [{"volume": "a"}], "failover_exclude": "a"},
            (
                "give failover_pairs, or failover_volumes, failover_accounts and failover_exclude, or none of them for all "
                "pairs with the peer"
            ),
        ),
        (
            {"failover_peer_unreachable": "assume_dead"},
            (
                "failover_peer_unreachable=assume_dead goes with failover_kind=forced: a planned failover proves that nothing "
                "is lost, for which both clusters must answer"
            ),
        ),
        (
            {"failover_groups": "db"},
            "failover_groups is 'db', expected a list of groups, each with a name, and volumes or accounts",
        ),
        (
            {"failover_groups": []},
            "failover_groups is [], expected a list of groups, each with a name, and volumes or accounts",
        ),
        (
            {"failover_groups": [DB], "failover_volumes": "a", "failover_after_tasks": "b.yml"},
            "failover_groups excludes failover_volumes, failover_after_tasks: give them to each group",
        ),
        ({"failover_groups": [DB, DB]}, "failover_groups has two groups named db: give each its own name"),
        ({"failover_groups": [SHOP, {"volumes": "a"}]}, "group 2 of failover_groups has no name"),
        ({"failover_groups": [{"name": "db"}]}, "group db of failover_groups: give volumes or accounts"),
        ({"failover_groups": [{**DB, **SHOP}]}, "group shop of failover_groups: give volumes or accounts"),
        (
            {"failover_groups": [{**DB, "volume": "a"}]},
            "group db of failover_groups has volume, expected name, volumes, accounts, before_tasks, after_tasks",
        ),
        (
            {"failover_groups": [{**DB, "volumes": [], "accounts": ""}]},
            "volumes of group db of failover_groups is [] and names nothing: leave it out or empty to name the other one",
        ),
    ],
)
def test_problems(given, problem):
    assert options(**given)["problems"] == [problem]


def test_every_problem_is_named_at_once():
    found = failover_options({"failover_wait": "?", "failover_wait_timeout": "?"}, [])["problems"]
    assert [problem.split()[0] for problem in found] == [
        "failover_peer",
        "failover_kind",
        "failover_wait",
        "failover_wait_timeout",
    ]


def test_candidates_of_all_groups():
    groups = [{**DB, "before_tasks": "a.yml", "after_tasks": "/b.yml"}, {**SHOP, "before_tasks": "a.yml"}]
    assert options(failover_groups=groups)["candidates"] == ["/home/me/a.yml", "/playbooks/a.yml", "/b.yml"]


def test_groups():
    found = options(failover_groups=[{**DB, "after_tasks": "b.yml"}, {**SHOP, "before_tasks": " "}])
    assert found["problems"] == []
    assert [(group["name"], group["volumes"], group["accounts"]) for group in found["groups"]] == [
        ("db", ["orders-db"], None),
        ("shop", None, ["shop"]),
    ]
    assert [group["before_tasks"] for group in found["groups"]] == [None, None]
    assert found["groups"][0]["after_tasks"]["variable"] == "after_tasks of group db of failover_groups"
    assert (found["volumes"], found["accounts"]) == (None, None)


def test_names_of_all_groups():
    found = options(failover_groups=[DB, {"name": "web", "volumes": ["wiki", "orders-db"]}])
    assert (found["volumes"], found["accounts"]) == (["orders-db", "wiki"], None)


@pytest.mark.parametrize(
    ("given", "folders", "not_below", "candidates"),
    [
        ("/etc/stop.yml", ["/home/me"], None, ["/etc/stop.yml"]),
        (
            " sub/stop.yml ",
            ["/srv/plays", "/srv/current/"],
            None,
            ["/srv/plays/sub/stop.yml", "/srv/current/sub/stop.yml"],
        ),
        ("stop.yml", ["/srv/plays", "/srv/plays"], None, ["/srv/plays/stop.yml"]),
        ("stop.yml", ["/coll/playbooks", "/srv/plays"], "/coll", ["/srv/plays/stop.yml"]),
        ("stop.yml", ["/collection"], "/coll/", ["/collection/stop.yml"]),
        ("stop.yml", ["/coll"], "/coll", []),
    ],
)
def test_where_files_with_tasks_are_looked_for(given, folders, not_below, candidates):
    found = failover_options({**NEEDED, "failover_before_tasks": given}, folders, not_below=not_below)
    hook = {"variable": "failover_before_tasks", "given": given.strip(), "candidates": candidates}
    assert found["groups"][0]["before_tasks"] == hook


def test_choices_are_those_of_the_module():
    spec = element_volume_pair.argument_spec()
    module = {f"failover_{name}": tuple(spec[name]["choices"]) for name in ("peer_unreachable", "wait_for")}
    assert {**module, "failover_kind": tuple(spec["failover"]["choices"])} == CHOICES


def test_input_that_is_not_as_documented():
    with pytest.raises(AnsibleFilterError) as refused:
        failover_options("text")
    assert "failover_options: the input is of type str, expected a dictionary" in str(refused.value)


def test_ansible_finds_it_by_its_name():
    assert FilterModule().filters() == {"failover_options": failover_options}


@pytest.mark.parametrize(
    ("misspelled", "name"),
    [
        ("failover_excludes", "failover_exclude"),
        ("failover_volums", "failover_volumes"),
        ("failover_acounts", "failover_accounts"),
        ("failover_allow_overwrites", "failover_allow_overwrite"),
    ],
)
def test_a_misspelled_name_is_not_ignored(misspelled, name):
    assert (
        f"{misspelled} is no variable here: the name is {name}"
        in failover_options({}, names=[misspelled, name])["problems"]
    )


def test_variables_of_others_are_left_alone():
    assert not [
        each
        for each in failover_options({}, names=["failover_hosts", "failover_moving", "failover_contact"])["problems"]
        if "is no variable here" in each
    ]
