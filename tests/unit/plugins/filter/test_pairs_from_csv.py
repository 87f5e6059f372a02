# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists of volume pairs from a spreadsheet."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.elementsw.replication.plugins.filter.pairs_from_csv import FilterModule, pairs_from_csv
from ansible_collections.elementsw.replication.plugins.plugin_utils._pair_texts import from_csv


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("volume\na", [{"volume": "a"}]),
        ("volume,mode\na,sync\n", [{"volume": "a", "mode": "sync"}]),
        ("\ufeffvolume;mode\r\na;\r\n;\r\n\r\nb;async\r\n", [{"volume": "a"}, {"volume": "b", "mode": "async"}]),
        ("Volume \t Peer Volume\na\t b \n", [{"volume": "a", "peer_volume": "b"}]),
        ("sep=;\nvolume;size\na;20 GiB", [{"volume": "a", "size": "20 GiB"}]),
        ('volume,account\n"a","x"\n', [{"volume": "a", "account": "x"}]),
        ("\n\nvolume_id,peer-volume-id,paused\n41,77,No", [{"volume_id": 41, "peer_volume_id": 77, "paused": False}]),
        ("volume,,mode\na,,sync,,", [{"volume": "a", "mode": "sync"}]),
        ("volume,mode\na", [{"volume": "a"}]),
        (
            "volume,create_peer_volume\na,yes\nb,no\nc,",
            [{"volume": "a", "create_peer_volume": {}}, {"volume": "b"}, {"volume": "c"}],
        ),
        (
            "volume;CREATE_PEER_VOLUME.account;create_peer_volume.create_account\na;x;TRUE\nb;;",
            [{"volume": "a", "create_peer_volume": {"account": "x", "create_account": True}}, {"volume": "b"}],
        ),
        ("volume,account\na,x\na,y\n", [{"volume": "a", "account": "x"}, {"volume": "a", "account": "y"}]),
    ],
)
def test_items(text, items):
    assert from_csv(text) == (items, [])
    assert pairs_from_csv(text) == items


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("", ["the text is empty; its first row must name the columns"]),
        (" \n;\n", ["the text is empty; its first row must name the columns"]),
        ("mode\nsync", ["there is no column volume and no column volume_id; the first row must name the columns"]),
        ("volume,volume\na,b", ["column 'volume' is there twice"]),
        ('volume\n"a', ["the text is no CSV: unexpected end of data"]),
        ("sep=ab\nvolume", ["the text is no CSV: "]),
        ("volume,mode\na,synchronous", ["row 2 (a): mode 'synchronous' is not one of async, sync, snapshots_only"]),
        ("volume_id\nx", ["row 2 (x): volume_id: 'x' is no whole number"]),
        ("volume;size\na;1,5 GiB", ["row 2 (a): size: '1,5 GiB' is no size; give a number with kB"]),
        ("volume,paused\n\na,perhaps", ["row 3 (a): paused: 'perhaps' is neither true nor false"]),
        ("volume,mode\n,sync", ["row 2: no volume: give volume or volume_id"]),
        ("volume,mode\na,sync,b", ["row 2 (a): it has a value in a column without a name"]),
        ("volume,\na,b", ["row 2 (a): it has a value in a column without a name"]),
        ("volume\na\nb\na", ["row 4 (a): it names the volume of row 2 again"]),
        ("volume,create_peer_volume\na,perhaps", ["row 2 (a): create_peer_volume: 'perhaps' is neither true nor"]),
        (
            "volume,create_peer_volume,create_peer_volume.name\na,no,b",
            ["row 2 (a): create_peer_volume is no, but create_peer_volume.name is given; empty one of them"],
        ),
        ("volume,mode,paused\na,x,z", ["row 2 (a): mode 'x' is not", "row 2 (a): paused: 'z' is neither"]),
    ],
)
def test_faults(text, faults):
    found = from_csv(text)[1]
    assert len(found) == len(faults)
    assert all(line.startswith(fault) for line, fault in zip(found, faults)), found


def test_unknown_columns_are_named_and_the_known_ones_once():
    first, second = from_csv("volume,remark,create_peer_volume.size\na,b,c")[1]
    assert first.startswith("unknown column 'remark'; the known columns are volume, volume_id, peer_volume, ")
    assert "create_peer_volume.account" in first
    assert second == "unknown column 'create_peer_volume.size'"


def test_a_header_alone_is_no_list():
    assert from_csv("volume;account;\n;;\n")[1] == ["there is no row with a volume below the header"]


def test_an_unknown_column_does_not_hide_what_is_wrong_with_the_rows():
    faults = from_csv("volume;note;mode\na;x;synchronous\nb;;\nc;y;perhaps")[1]
    assert [fault.partition(":")[0] for fault in faults[1:]] == ["row 2 (a)", "row 4 (c)"]
    assert faults[0].startswith("unknown column 'note'")


def test_twelve_faults_in_a_list_of_two_hundred_are_all_named():
    wrong = range(5, 200, 17)
    rows = [f"erp-vol{number:03};{'synchronous' if number in wrong else 'sync'}" for number in range(200)]
    with pytest.raises(AnsibleFilterError) as refused:
        pairs_from_csv("\n".join(["volume;mode", *rows]))
    lines = str(refused.value).splitlines()[1:]
    assert len(lines) == 12
    assert [line.partition(":")[0] for line in lines] == [f"row {number + 2} (erp-vol{number:03})" for number in wrong]


def test_input_that_is_not_as_documented():
    with pytest.raises(AnsibleFilterError, match="pairs_from_csv: the input is of type list, expected a text in CSV"):
        pairs_from_csv([])


def test_ansible_finds_it_by_its_name():
    assert FilterModule().filters() == {"pairs_from_csv": pairs_from_csv}


def test_a_text_in_another_encoding_is_refused():
    with pytest.raises(AnsibleFilterError, match="line 2 is not in UTF-8"):
        pairs_from_csv("volume\nma\udcdfe\n")
