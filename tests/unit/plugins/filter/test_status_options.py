# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a report on the replication is asked for, and what is wrong with that."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.elementsw.replication.plugins.filter.status_options import FilterModule, status_options

NOTHING = {
    "problems": [],
    "links": [],
    "max_lag": None,
    "warn_lag": None,
    "readiness": False,
    "fail_on_problems": False,
    "volumes": [],
    "accounts": [],
    "evidence": [],
    "rehearsal_days": 92,
}
EVERY = ("max_lag", "warn_lag", "readiness", "fail_on_problems", "volumes", "accounts")


@pytest.mark.parametrize("nothing", [None, "", " \n"])
def test_null_and_empty_text_are_not_given(nothing):
    assert status_options({f"status_{name}": nothing for name in EVERY}) == NOTHING
    assert status_options({}, [{"cluster": "alpha", "max_lag": nothing}])["links"] == [
        {"cluster": "alpha", "max_lag": None}
    ]


def test_what_a_survey_gives():
    given = {
        "status_max_lag": "900",
        "status_warn_lag": 0,
        "status_readiness": "yes",
        "status_fail_on_problems": "false",
        "status_volumes": "orders-db, ,wiki\n",
        "status_accounts": ["shop"],
    }
    assert status_options(given) == {
        **NOTHING,
        "max_lag": 900.0,
        "warn_lag": 0.0,
        "readiness": True,
        "volumes": ["orders-db", "wiki"],
        "accounts": ["shop"],
    }


def test_the_lag_of_a_link_takes_precedence():
    links = [{"peer": "beta", "max_lag": "60"}, {"peer": "gamma"}, {"peer": "delta", "max_lag": 0}]
    found = status_options({"status_max_lag": 900}, links)["links"]
    assert [link["max_lag"] for link in found] == [60.0, 900.0, 0.0]


@pytest.mark.parametrize(
    ("variables", "links", "problem"),
    [
        ({"status_max_lag": "15m"}, [], "status_max_lag is '15m', expected a number of seconds, such as 900"),
        ({"status_warn_lag": -1}, [], "status_warn_lag is -1, expected a number of seconds, such as 900"),
        ({"status_warn_lag": "nan"}, [], "status_warn_lag is 'nan', expected"),
        ({"status_max_lag": True}, [], "status_max_lag is True, expected"),
        ({"status_max_lag": [9]}, [], "status_max_lag is [9], expected"),
        ({}, [{}, {"max_lag": "1 h"}], "max_lag of replication_links[1] is '1 h', expected a number of seconds"),
        ({"status_readiness": "maybe"}, [], "status_readiness is 'maybe', expected true or false"),
        ({"status_fail_on_problems": "always"}, [], "status_fail_on_problems is 'always', expected true or false"),
        ({"status_volumes": {"a": 1}}, [], "status_volumes is {'a': 1}, expected names in a list, or text with commas"),
        ({"status_accounts": [["a"]]}, [], "status_accounts is [['a']], expected names"),
        ({"status_volume": "a"}, [], "status_volume is no variable of status: the name is status_volumes"),
    ],
)
def test_what_is_wrong(variables, links, problem):
    (found,) = status_options(variables, links)["problems"]
    assert found.startswith(problem)


def test_everything_that_is_wrong_is_named():
    assert (
        len(status_options({"status_max_lag": "a", "status_warn_lag": "b", "status_readiness": "c"})["problems"]) == 3
    )


def test_input_that_is_not_as_documented():
    with pytest.raises(AnsibleFilterError, match="status_options: the input is of type list"):
        status_options([])
    with pytest.raises(AnsibleFilterError, match="status_options: item 1 of links is of type str"):
        status_options({}, ["alpha"])


def test_ansible_finds_it_by_its_name():
    assert FilterModule().filters() == {"status_options": status_options}


@pytest.mark.parametrize(
    ("misspelled", "name"),
    [
        ("status_fail_on_problem", "status_fail_on_problems"),
        ("status_max_lags", "status_max_lag"),
    ],
)
def test_a_misspelled_name_is_not_ignored(misspelled, name):
    assert (
        f"{misspelled} is no variable here: the name is {name}"
        in status_options({}, names=[misspelled, name])["problems"]
    )


def test_variables_of_others_are_left_alone():
    assert not [
        each
        for each in status_options({}, names=["status_clusters", "status_ready", "status_answering"])["problems"]
        if "is no variable here" in each
    ]


def test_a_misspelled_variable_of_the_role_report():
    names = ["report_htm", "report_link", "report_history_days", "report_mine"]
    assert status_options({}, of="report", names=names)["problems"] == [
        "report_htm is no variable here: the name is report_html"
    ]


def test_the_evidence_of_rehearsals():
    given = {"report_evidence": "proof/, drill.json", "report_rehearsal_days": "30"}
    assert status_options(given, of="report") == {**NOTHING, "evidence": ["proof/", "drill.json"], "rehearsal_days": 30}
    assert status_options(dict.fromkeys(given, ""), of="report") == NOTHING


@pytest.mark.parametrize(
    ("variables", "problem"),
    [
        (
            {"report_evidence": {"a": 1}},
            "report_evidence is {'a': 1}, expected paths in a list, or text with commas or lines",
        ),
        *(
            (
                {"report_rehearsal_days": value},
                f"report_rehearsal_days is {value!r}, expected a number of days, at least 1 and at most 36500",
            )
            for value in ("a quarter", 0, -1, 1.5, 36501, True, [92])
        ),
    ],
)
def test_what_is_wrong_about_rehearsals(variables, problem):
    assert status_options(variables, of="report")["problems"] == [problem]


@pytest.mark.parametrize(
    ("misspelled", "name"),
    [("report_evidences", "report_evidence"), ("report_rehearsals_days", "report_rehearsal_days")],
)
def test_a_misspelled_name_about_rehearsals_is_not_ignored(misspelled, name):
    assert status_options({}, of="report", names=[misspelled])["problems"] == [
        f"{misspelled} is no variable here: the name is {name}"
    ]
