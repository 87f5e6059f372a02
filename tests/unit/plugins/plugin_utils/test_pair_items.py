# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The items of `pairs` as spreadsheets, surveys and people give them: what is used, and what is said about the others."""

from __future__ import annotations

import json

import pytest

from ansible_collections.elementsw.replication.plugins.module_utils._pairing.pair_options import ITEM
from ansible_collections.elementsw.replication.plugins.plugin_utils._pair_items import usable_items

KNOWN = ", ".join(ITEM)


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ({"volume": "a"}, {"volume": "a"}),
        ({"volume": 41}, {"volume": "41"}),
        ({"volume_id": "41"}, {"volume_id": 41}),
        ("volume=a mode=sync", {"volume": "a", "mode": "sync"}),
        ({"volume": "a", "paused": "yes", "match_size": 0}, {"volume": "a", "paused": True, "match_size": False}),
        # Nothing is given by null, by an empty text, and by blanks.
        ({"volume": "a", "account": "", "mode": None, "size": "  "}, {"volume": "a"}),
        ({"volume_id": 1, "volume": ""}, {"volume_id": 1}),
        ({"volume": "a", "create_peer_volume": ""}, {"volume": "a"}),
        # The presence of create_peer_volume is the permission.
        ({"volume": "a", "create_peer_volume": {"account": ""}}, {"volume": "a", "create_peer_volume": {}}),
        (
            {"volume": "a", "create_peer_volume": {"create_account": "true", "name": 7}},
            {"volume": "a", "create_peer_volume": {"create_account": True, "name": "7"}},
        ),
    ],
)
def test_what_is_used(given, used):
    assert usable_items([given]) == ([used], None)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"volume": "a", "mode": "synchronous"},
            "pairs[0] (a): mode 'synchronous' is not one of async, sync, snapshots_only",
        ),
        ({"volume": "a", "note": "x"}, f"pairs[0] (a): unknown key 'note'; the known keys are {KNOWN}"),
        ({"volume": "a", "paused": "perhaps"}, "pairs[0] (a): paused: 'perhaps' is neither true nor false"),
        ({"volume_id": "a"}, "pairs[0] (a): volume_id: 'a' is no whole number"),
        ({"volume_id": True}, "pairs[0] (True): volume_id: True is no whole number"),
        ({"volume": True}, "pairs[0] (True): volume: True is no text"),
        ({"volume": ["a"]}, "pairs[0]: volume: ['a'] is no text"),
        ({"volume": None}, "pairs[0]: no volume: give volume or volume_id"),
        ({"volume": ""}, "pairs[0]: no volume: give volume or volume_id"),
        ({}, "pairs[0]: no volume: give volume or volume_id"),
        ({"volume": "a", "volume_id": 1}, "pairs[0] (a): volume and volume_id: give one of them"),
        (
            {"volume": "a", "peer_volume": "b", "peer_volume_id": 2},
            "pairs[0] (a): peer_volume and peer_volume_id: give one of them",
        ),
        (
            {"volume": "a", "create_peer_volume": "yes please"},
            "pairs[0] (a): create_peer_volume: 'yes please' is no dictionary; {} takes all defaults",
        ),
        (
            {"volume": "a", "create_peer_volume": {"owner": "x"}},
            "pairs[0] (a): unknown key 'create_peer_volume.owner'; the known keys are account, create_account, name, qos_policy",
        ),
        (
            {"volume": "a", "create_peer_volume": {"create_account": "x"}},
            "pairs[0] (a): create_peer_volume.create_account: 'x' is neither true nor false",
        ),
        ("orders-db", "pairs[0] (orders-db): no dictionary; give each volume as {volume: NAME}"),
        ("a\nb", "pairs[0] (a\\nb): no dictionary; give each volume as {volume: NAME}"),
        (None, "pairs[0] (None): no dictionary; give each volume as {volume: NAME}"),
    ],
)
def test_what_is_said_about_one(given, said):
    assert usable_items([given])[1] == said


def test_every_problem_of_every_item_is_said_at_once_and_equal_ones_once():
    """Twelve faults among two hundred rows, seventeen rows with the same superfluous column."""
    items = [{"volume": f"erp-{n:03}"} for n in range(200)]
    for n in range(17):
        items[n]["note"] = "x"
    items[20] = {"volume": "erp-020", "mode": "synchronous", "direction": "there", "size": "20G"}
    items[30] = {"volume": "", "account": "erp"}
    items[40] = {"volume": "erp-040", "volume_id": 5}
    message = usable_items(items)[1]
    assert message is not None
    first = "pairs[0] (erp-000), pairs[1] (erp-001), pairs[2] (erp-002)"
    assert message.splitlines() == [
        "20 items of pairs cannot be used, nothing was written:",
        f"{first} and 14 more: unknown key 'note'; the known keys are {KNOWN}",
        "pairs[20] (erp-020): mode 'synchronous' is not one of async, sync, snapshots_only",
        "pairs[20] (erp-020): direction 'there' is not one of to_peer, from_peer",
        "pairs[20] (erp-020): size: '20G' is no size; give a number with kB, MB, GB, TB, KiB, MiB, GiB or TiB, such as 20GiB",
        "pairs[30]: no volume: give volume or volume_id",
        "pairs[40] (erp-040): volume and volume_id: give one of them",
    ]


@pytest.mark.parametrize("pairs", ["orders-db", "{}", {"volume": "a"}, 7])
def test_what_is_no_list(pairs):
    items, message = usable_items(pairs)
    assert items == []
    assert message == (f"pairs: {pairs!r} is no list; give a list of dictionaries, such as [{{'volume': 'orders-db'}}]")


def test_a_list_as_the_command_line_gives_it():
    assert usable_items(json.dumps([{"volume": "a"}, {"volume_id": 2}])) == ([{"volume": "a"}, {"volume_id": 2}], None)
    assert usable_items([]) == ([], None)


def test_a_long_value_does_not_make_the_message_unreadable():
    message = usable_items([{"volume": "a", "mode": "x" * 5000}])[1]
    assert message is not None
    assert len(message) < 200


def test_a_pair_that_waits_for_sync_cannot_be_paused():
    message = usable_items([{"volume": "a", "paused": True}], "in_sync")[1]
    assert message == "pairs[0] (a): paused: a paused pair never gets in sync; leave wait_for out, or set it to paired"
