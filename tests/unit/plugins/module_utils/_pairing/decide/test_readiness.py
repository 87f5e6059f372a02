# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each check of readiness: holds, does not hold, cannot be determined. What cannot be determined never holds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.elementsw.replication.plugins.module_utils._element.errors import Failure
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide import readiness
from ansible_collections.elementsw.replication.tests.unit.builders import (
    ALPHA,
    BETA,
    GAMMA,
    MIB,
    entry,
    pending_entry,
    volume,
)

FOUR = [entry(GAMMA, number, f"u{number}") for number in range(1, 5)]
SMALL, LARGE = volume(41, "small", size=MIB), volume(77, "large", size=2 * MIB)
ODD = volume(78, "odd", size=MIB + 1, enable_512e=False)


def versions(one, other):
    return readiness.version_gap(replace(ALPHA, version=one), replace(BETA, version=other))


def named(**members):
    return readiness.names(replace(ALPHA, svip="203.0.113.1"), replace(BETA, **{"svip": "203.0.113.2", **members}))


CHECKS = [
    (readiness.privileges("alpha", frozenset({"administrator", "read"})), True),
    (readiness.privileges("alpha", frozenset({"clusterAdmins", "volumes"})), None),
    (readiness.privileges("alpha", frozenset({"read", "reporting", "volumes"})), False),
    (readiness.privileges("alpha", frozenset()), False),
    (readiness.privileges("alpha", None), None),
    (readiness.privileges("alpha", None, "refused"), None),
    (versions("12.5.0.897", "12.9.0.1"), True),
    (versions("11.3.0.1", "12.5.0.897"), True),
    (versions("10.4.0.1", "12.5.0.897"), False),
    (versions("12.5.0.897", "10.4.0.1"), False),
    (versions("9.6.0.1", "10.4.0.1"), True),
    (versions("", "12.5.0.897"), None),
    (versions("twelve", "12.5.0.897"), None),
    (named(), True),
    (named(name="alpha"), False),
    (named(mvip=ALPHA.mvip), False),
    (named(svip="203.0.113.1"), False),
    (named(svip=""), True),
    (readiness.pair_slots("alpha", FOUR[:3], 4), True),
    (readiness.pair_slots("alpha", FOUR, 4), False),
    (readiness.pair_slots("alpha", [*FOUR[:3], pending_entry()], 4), False),
    (readiness.pair_slots("alpha", FOUR, None), None),
    (readiness.mvip("beta", "alpha", BETA.mvip, ["beta.example.com", BETA.mvip]), True),
    (readiness.mvip("beta", "alpha", "2001:db8::20", ["2001:DB8:0::20"]), True),
    (readiness.mvip("beta", "alpha", BETA.mvip, ["beta.example.com", "192.0.2.99"]), False),
    (readiness.mvip("beta", "alpha", BETA.mvip, []), False),
    (readiness.latency("both", 8, sync=True), True),
    (readiness.latency("both", 9, sync=True), False),
    (readiness.latency("both", 1999, sync=False), True),
    (readiness.latency("both", 2000, sync=False), False),
    (readiness.latency("both", None, sync=True), None),
    (readiness.fullness("beta", 1), True),
    (readiness.fullness("beta", 3), True),
    (readiness.fullness("beta", 4), False),
    (readiness.fullness("beta", 5), False),
    (readiness.fullness("beta", None, "refused"), None),
    (readiness.size(SMALL, LARGE, "beta"), True),
    (readiness.size(LARGE, SMALL, "beta"), False),
    (readiness.size(LARGE, ODD, "beta"), True),  # of whole MiB
    (readiness.size(LARGE, SMALL, "beta", readiness.Size(MIB, MIB)), True),
    (readiness.size(SMALL, SMALL, "beta", readiness.Size(2 * MIB, MIB)), False),
    (readiness.sector_size("both", SMALL, LARGE), True),
    (readiness.sector_size("both", SMALL, ODD), False),
    (readiness.active(SMALL, "alpha"), True),
    (readiness.active(replace(SMALL, status="init"), "alpha"), False),
]


@pytest.mark.parametrize(("check", "ok"), CHECKS)
def test_every_check(check, ok):
    assert check.ok is ok
    assert check.message
    if ok is False:
        assert check.remedy
        with pytest.raises(Failure) as caught:
            readiness.require(check, "limit_reached", "alpha")
        assert (caught.value.sentence, caught.value.cluster) == (f"{check.message}; {check.remedy}", "alpha")
    else:
        readiness.require(check, "limit_reached", "alpha")  # what cannot be determined stops nothing


@pytest.mark.parametrize(
    ("access", "as_source", "as_target"),
    [
        ("readWrite", True, True),
        ("replicationTarget", True, True),
        ("locked", False, True),
        ("readOnly", False, False),
        ("snapMirrorTarget", False, False),
    ],
)
def test_access(access, as_source, as_target):
    of = replace(SMALL, access=access)
    assert (readiness.source_access(of, "alpha").ok, readiness.target_access(of, "alpha").ok) == (as_source, as_target)


def test_pending_pairs_are_named_where_they_take_the_last_slots():
    assert "pending ones are 9; remove_pending" in readiness.pair_slots("alpha", [*FOUR[:3], pending_entry()], 4).remedy
