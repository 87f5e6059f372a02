# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The list of volume pairs that a user gives, as a list, as text or as a file."""

from __future__ import annotations

import pytest

from ansible_collections.elementsw.replication.plugins.filter.pairs_given import FilterModule, pairs_given

ITEMS = [{"volume": "a", "mode": "sync"}]
CSV = "volume,mode\na,sync\n"
EXAMPLE = "write each volume as - {volume: NAME}, or begin a CSV with a row of columns, such as volume"


@pytest.mark.parametrize(
    ("arguments", "items"),
    [
        ([ITEMS], ITEMS),
        ([[]], []),
        ([[{"volume": "a", "mode": "", "account": None}]], [{"volume": "a", "mode": "", "account": None}]),
        ([CSV], ITEMS),
        (["- volume: a\n  mode: sync\n"], ITEMS),
        (['[{"volume": "a", "mode": "sync"}]'], ITEMS),
        (["# ours\n---\nprotect_pairs:\n  - {volume: a, mode: sync}\n"], ITEMS),
        (["pairs: [{volume: a, mode: sync}]"], ITEMS),
        ([None, "pairs.csv", CSV], ITEMS),
        ([" ", "pairs.yml", "[]"], []),
    ],
)
def test_lists(arguments, items):
    assert pairs_given(*arguments) == {"given": True, "pairs": items, "problem": None, "faults": []}


@pytest.mark.parametrize("nothing", [None, "", " \n"])
def test_nothing_is_given(nothing):
    assert pairs_given(nothing) == {"given": False, "pairs": [], "problem": None, "faults": []}


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ([ITEMS, "pairs.csv", CSV], "Give protect_pairs or protect_pairs_file, not both."),
        ([[], "pairs.csv", CSV], "Give protect_pairs or protect_pairs_file, not both."),
        (
            ["", "pairs.csv", None],
            "protect_pairs_file: pairs.csv is neither in the current folder nor beside the playbook",
        ),
        (
            ["", "pairs.csv", ""],
            "protect_pairs_file pairs.csv: the text is empty; its first row must name the columns.",
        ),
        (["- [", "", None], "protect_pairs: the text is no YAML, see line 1."),
        (
            ["--- x"],
            "protect_pairs: the text is no list, alone or as protect_pairs or pairs; such as [{volume: orders-db}].",
        ),
        (
            ["{x: 1}"],
            "protect_pairs: the text is no list, alone or as protect_pairs or pairs; such as [{volume: orders-db}].",
        ),
        # Bare names, as other variables take them.
        (["- orders-db"], "protect_pairs: pairs[0] (orders-db): no dictionary; give each volume as {volume: NAME}."),
        (
            [["orders-db", "a_b c"]],
            "protect_pairs: pairs[0] (orders-db), pairs[1] (a_b c): no dictionary; give each volume as {volume: NAME}.",
        ),
        (["orders-db"], f"protect_pairs: the first row of the text names no column of a list; {EXAMPLE}."),
        (["orders-db, wiki"], f"protect_pairs: the first row of the text names no column of a list; {EXAMPLE}."),
        (["orders db\nwiki\n"], f"protect_pairs: the first row of the text names no column of a list; {EXAMPLE}."),
        (
            ["", "pairs.csv", "a\nb"],
            f"protect_pairs_file pairs.csv: the first row of the text names no column of a list; {EXAMPLE}.",
        ),
        (
            ["volume,Peer-Volumes,x\na,b,c"],
            "protect_pairs cannot be used, nothing was written: unknown column 'Peer-Volumes', unknown column 'x'.",
        ),
        ([7], "protect_pairs: pairs: 7 is no list"),
        ([["a"]], "protect_pairs: pairs[0] (a): no dictionary; give each volume as {volume: NAME}."),
        ([[{"volume": "a", "mode": "x"}]], "protect_pairs: pairs[0] (a): mode 'x' is not one of"),
        ([[{"volume": "a", "paused": True}], "", None, "in_sync"], "a paused pair never gets in sync"),
        (["volume,mode\na,x\nb,sync\nc,y"], "protect_pairs cannot be used, nothing was written: row 2 (a), row 4 (c)."),
    ],
)
def test_what_is_refused(arguments, problem):
    refused = pairs_given(*arguments)
    assert problem in refused["problem"]
    assert (refused["given"], refused["pairs"]) == (True, [])


@pytest.mark.parametrize(
    ("saved_as", "line"),
    [("latin-1", 2), ("utf-16", 1)],
)
@pytest.mark.parametrize("text", ["volume\nma\u00dfe\n", "- volume: a\n- volume: ma\u00dfe\n"])
def test_a_file_in_another_encoding_is_refused(saved_as, line, text):
    # As Ansible reads what is not in UTF-8.
    read = text.encode(saved_as).decode("utf-8", "surrogateescape")
    problem = f"line {line} is not in UTF-8; save it again in UTF-8, in a spreadsheet as CSV UTF-8"
    assert pairs_given("", "pairs.csv", read)["problem"] == f"protect_pairs_file pairs.csv: {problem}."


@pytest.mark.parametrize("name", ["allow_overwrite", "repair"])
@pytest.mark.parametrize("form", ["list", "csv"])
def test_permissions_of_items_can_be_refused(name, form):
    csv = f"volume,{name}\na,yes\nb,no"
    given = [{"volume": "a", name: "yes"}, {"volume": "b", name: False}] if form == "list" else csv
    fault = (
        f"pairs[0] (a): {name}: a run with protect_item_permissions false takes none; "
        "remove it from the list, or run protect yourself"
    )
    assert pairs_given(given)["problem"] is None
    refused = {"given": True, "pairs": [], "problem": f"protect_pairs: {fault}.", "faults": [fault]}
    assert pairs_given(given, permissions=False) == refused


def test_every_permission_that_is_refused_has_its_line():
    given = [{"volume": "a", "allow_overwrite": True, "repair": True}]
    refused = pairs_given(given, permissions=False)
    assert refused["problem"] == "protect_pairs cannot be used, nothing was written: pairs[0] (a)."
    assert [line.split(": ")[1] for line in refused["faults"]] == ["allow_overwrite", "repair"]
    assert pairs_given([{"volume": "a", "save_overwritten": False}], permissions=False)["problem"] is None


def test_every_fault_has_its_line():
    assert [line.partition(":")[0] for line in pairs_given("volume,mode\na,x\nb,sync\nc,y")["faults"]] == [
        "row 2 (a)",
        "row 4 (c)",
    ]


def test_ansible_finds_it_by_its_name():
    assert FilterModule().filters() == {"pairs_given": pairs_given}
