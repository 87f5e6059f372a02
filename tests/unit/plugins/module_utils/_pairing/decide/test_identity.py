# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which cluster an entry that cannot be read may be the pair with: every one that its readable members leave open."""

from __future__ import annotations

import pytest

from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.identity import (
    may_be_known_as,
    may_name,
)
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.views import UnreadableClusterPair
from ansible_collections.elementsw.replication.tests.unit.builders import BETA, GAMMA


def odd(**members):
    return UnreadableClusterPair("cluster pair", "ListClusterPairs", 1, "clusterPairUUID", "is missing", 7, **members)


def shown(name=None, mvip=None, unique_id=None, status="Connected"):
    return odd(remote_name=name, remote_mvip=mvip, remote_unique_id=unique_id, status=status)


@pytest.mark.parametrize(
    ("entry", "may"),
    [
        (odd(), True),
        (shown(), True),
        (shown(status="Unconfigured"), False),
        (shown(status=None), True),
        (shown(name="", mvip="", unique_id=""), True),
        # The unique ID tells, whatever else has changed.
        (shown("gamma", GAMMA.mvip, BETA.unique_id), True),
        (shown("beta", BETA.mvip, BETA.unique_id), True),
        # Another unique ID at the same address: that cluster was rebuilt.
        (shown("beta", BETA.mvip, GAMMA.unique_id), True),
        (shown("beta", None, GAMMA.unique_id), True),
        (shown("gamma", GAMMA.mvip, GAMMA.unique_id), False),
        # What can be read is enough to tell another cluster from this one.
        (shown(mvip=GAMMA.mvip), False),
        (shown("beta", GAMMA.mvip), False),
        (shown(mvip=BETA.mvip), True),
        (shown("gamma"), False),
        (shown("gamma", ""), False),
        (shown("beta"), True),
    ],
)
def test_whether_it_may_name_the_cluster(entry, may):
    assert may_name(entry, BETA) is may


@pytest.mark.parametrize(
    ("entry", "may"),
    [
        (odd(), True),
        (shown("beta", ""), True),
        (shown(mvip=BETA.mvip), True),
        (shown(mvip=GAMMA.mvip), False),
        (shown(status="Unconfigured"), False),
    ],
)
def test_whether_it_may_be_that_of_a_cluster_which_does_not_answer(entry, may):
    assert may_be_known_as(entry, ("beta.example.com", BETA.mvip)) is may
