# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the summary of a failover says to log in to."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.elementsw.replication.plugins.filter.failover_access import FilterModule, failover_access
from ansible_collections.elementsw.replication.tests.unit.plugins.filter.reports import result


def side(name="orders-db", number=41, **others):
    return {
        "volume_id": number,
        "name": name,
        "iqn": f"iqn.2010-01.com.solidfire:k3vd.{name}.{number}",
        "portal": "203.0.113.10:3260",
        "account": "shop",
        "access_groups": [],
        "qos": None,
        **others,
    }


def group(name="hosts", initiators=2, lun=None):
    return {"name": name, "id": 4, "initiators": initiators, "fibre_channel_lun": lun}


TARGET = "orders-db: iqn.2010-01.com.solidfire:k3vd.orders-db.41 at 203.0.113.10:3260, "


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({}, TARGET + "CHAP user shop"),
        ({"access_groups": [group()]}, TARGET + "access group hosts (2 initiators)"),
        (
            {"access_groups": [group("a", 1, 0), group("b", 0)]},
            TARGET + "access group a (1 initiator, LUN 0 by Fibre Channel), access group b (0 initiators)",
        ),
        ({"portal": None}, "orders-db: iqn.2010-01.com.solidfire:k3vd.orders-db.41, CHAP user shop"),
        ({"portal": None, "iqn": None}, "orders-db: no iSCSI target, CHAP user shop"),
    ],
)
def test_a_line_says_where_to_log_in(changes, line):
    access = {"host_access": [{"local": side(**changes), "peer": None}]}
    assert failover_access(access, {"pairs": [result()]}) == {"lines": [line], "more": 0}


def test_only_the_volumes_of_the_failover_and_the_first_ones():
    access = {"host_access": [{"local": side(f"v{n}", n), "peer": side()} for n in range(1, 31)] + [{"local": None}]}
    found = failover_access(access, {"pairs": [result(f"v{n}", n) for n in range(2, 26)]})
    assert ([line[:3] for line in found["lines"]][:2], len(found["lines"]), found["more"]) == (["v2:", "v3:"], 20, 4)


@pytest.mark.parametrize("access", [{}, {"failed": True, "msg": "x"}, {"skipped": True}])
def test_what_was_not_read_gives_no_line(access):
    assert failover_access(access, {"pairs": [result()]}) == {"lines": [], "more": 0}


def test_another_input_is_refused():
    with pytest.raises(AnsibleFilterError, match="failover_access: the input is of type list"):
        failover_access([], {})
    with pytest.raises(AnsibleFilterError, match="'local' is missing"):
        failover_access({"host_access": [{}]}, {})


def test_the_filter_has_its_name():
    assert FilterModule().filters() == {"failover_access": failover_access}
