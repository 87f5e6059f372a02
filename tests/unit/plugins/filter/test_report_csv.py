# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table for spreadsheets, read back as a spreadsheet reads it."""

from __future__ import annotations

import csv
import io

import pytest
from ansible.errors import AnsibleFilterError
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.elementsw.replication.plugins.filter.report_csv import COLUMNS, FilterModule, report_csv
from ansible_collections.elementsw.replication.tests.unit.plugins.filter.reports import (
    AT,
    data,
    problem,
    report,
    side,
    volume_pair,
)


def read_back(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_the_filter_has_its_name():
    assert FilterModule().filters() == {"report_csv": report_csv}


def test_a_line_for_each_volume_pair():
    pairs = [
        volume_pair(lag_seconds=4.5),
        volume_pair("ledger", 44, health="broken", lag_seconds=None, mode=None, peer=side(None, None, None)),
    ]
    problems = [
        problem("first; with a comma, too", volume="ledger", volume_id=44),
        problem("second", "warning", volume="ledger", volume_id=44),
    ]
    lines = read_back(report_csv(data(report(pairs, problems=problems), max_lag=60)))
    assert [line["volume"] for line in lines] == ["ledger", "orders-db"]
    assert lines[0] == {
        "state": "not_replicating",
        "level": "error",
        "cluster": "alpha",
        "volume": "ledger",
        "volume_id": "44",
        "account": "shop",
        "direction": "to_peer",
        "peer_cluster": "beta",
        "peer_volume": "ledger",
        "peer_volume_id": "",
        "peer_account": "shop",
        "writable": "alpha?",
        "mode": "",
        "health": "broken",
        "lag_seconds": "",
        "max_lag_seconds": "60.0",
        "progress_percent": "",
        "remaining_seconds": "",
        "problems": "first; with a comma, too; second",
        "generated_at": AT,
    }
    assert lines[1]["lag_seconds"] == "4.5"


def test_without_a_volume_pair_there_is_a_header():
    assert report_csv(data(report())) == ",".join(f'"{column}"' for column in (*COLUMNS, "generated_at")) + "\n"


def test_a_carriage_return_begins_no_line_on_any_python():
    assert '"a\rb"' in report_csv(data(report([volume_pair("a\rb")])))


@pytest.mark.parametrize(
    "begin",
    ["=", "+", "-", "@", "\t=", "\r+", "\n-", " @", "\u00a0=", "\ufeff=", "\uff1d", "\uff0b", "\uff0d", "\uff20"],
)
def test_a_spreadsheet_calculates_nothing(begin):
    name = f"{begin}HYPERLINK(1)"
    about = problem(f"{begin}2", volume=name, volume_id=41)
    (line,) = read_back(report_csv(data(report([volume_pair(name)], problems=[about]))))
    assert (line["volume"], line["peer_volume"], line["problems"]) == (f"'{name}", f"'{name}", f"'{begin}2")


TEXTS = st.text(st.sampled_from("=+-@;,\"'\t\r\n|<>&aä\u2028 \ufeff") | st.characters(exclude_categories=["Cs"]))


@given(names=st.lists(TEXTS, min_size=1, max_size=4))
def test_any_name_is_read_back_in_its_cell(names):
    pairs = [volume_pair(name, number) for number, name in enumerate(names, 1)]
    found = data(report(pairs))
    lines = read_back(report_csv(found))
    assert len(lines) == len(names)
    for line, pair in zip(lines, found["volume_pairs"]):
        assert line["volume"] in (pair["volume"], f"'{pair['volume']}")
        assert line["volume_id"] == str(pair["volume_id"])
        assert line["generated_at"] == AT


@pytest.mark.parametrize(
    ("value", "message"),
    [([], "the input is of type list, expected a dictionary"), ({}, "'problems' is missing in the input")],
)
def test_another_input_is_refused_in_a_sentence(value, message):
    with pytest.raises(AnsibleFilterError, match=r"^elementsw\.replication\.report_csv: ") as refused:
        report_csv(value)
    assert message in str(refused.value)
