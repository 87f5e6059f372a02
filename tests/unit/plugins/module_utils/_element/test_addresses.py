# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Addresses are compared as addresses, names as names."""

from __future__ import annotations

import pytest

from ansible_collections.elementsw.replication.plugins.module_utils._element import addresses


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("192.0.2.10", "192.0.2.10", True),
        ("192.0.2.10", "192.0.2.100", False),
        ("2001:db8::1", "2001:0DB8:0:0:0:0:0:1", True),
        ("[2001:db8::1]", "2001:db8::1", True),
        ("::ffff:192.0.2.10", "192.0.2.10", True),
        ("alpha.example.com", "ALPHA.example.com", True),
        ("alpha.example.com.", "alpha.example.com", True),
        ("192.0.2.10.", "192.0.2.10", True),
        ("alpha.example.com", "beta.example.com", False),
        ("alpha.example.com", "192.0.2.10", False),
        ("10", "0.0.0.10", False),
        ("", "", False),
        (None, None, False),
        (None, "192.0.2.10", False),
    ],
)
def test_same(one, other, expected):
    assert [addresses.same(*pair) for pair in ((one, other), (other, one))] == [expected, expected]


@pytest.mark.parametrize(
    ("hostname", "expected"),
    [
        ("192.0.2.10", "192.0.2.10"),
        ("2001:db8::1", "[2001:db8::1]"),
        ("[2001:DB8::1]", "[2001:db8::1]"),
        ("alpha.example.com", "alpha.example.com"),
    ],
)
def test_url_host(hostname, expected):
    assert addresses.url_host(hostname) == expected


def test_resolve_gives_the_name_and_its_addresses():
    assert addresses.resolve("192.0.2.10") == ("192.0.2.10", "192.0.2.10")
    assert "127.0.0.1" in addresses.resolve("localhost")
    assert addresses.resolve("no-such-host.invalid") == ("no-such-host.invalid",)


def test_resolve_accepts_blanks_and_brackets():
    assert "127.0.0.1" in addresses.resolve(" localhost ")
    assert "2001:db8::10" in addresses.resolve(" [2001:db8::10]\n")
