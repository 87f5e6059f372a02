# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a checkpoint notes: short enough for every cluster, and different for whatever is different."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.elementsw.replication.plugins.module_utils._pairing import checkpoint
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.failover_steps import MAX_IN_GROUP
from ansible_collections.elementsw.replication.tests.unit.builders import PAIR_UUID

# The vendor allows less.
MOST_BYTES = 1000
COUNTS = st.integers(0, 2**64)
NOTED = st.tuples(st.text(), COUNTS, st.uuids().map(str), COUNTS, COUNTS)


@given(st.text(max_size=200), st.lists(NOTED, min_size=MAX_IN_GROUP, max_size=MAX_IN_GROUP))
def test_attributes_are_short_enough_whatever_the_volumes_are(cluster_id, volumes):
    noted = checkpoint.attributes(cluster_id, [checkpoint.digest(*each) for each in volumes])
    assert len(json.dumps(noted, indent=2)) < MOST_BYTES


def test_attributes_of_a_whole_group_leave_room():
    """Seven digits of ID and ten of each counter took 1245 bytes when they were noted themselves."""
    volumes = [("k3vd", 4000000 + number, PAIR_UUID, 4000000000 + number, 10**9) for number in range(MAX_IN_GROUP)]
    noted = checkpoint.attributes("k3vd", [checkpoint.digest(*each) for each in volumes])
    assert len(json.dumps(noted)) < 0.7 * MOST_BYTES


@given(NOTED, NOTED)
def test_a_digest_stands_for_all_that_it_is_made_of(one, other):
    assert (checkpoint.digest(*one) == checkpoint.digest(*other)) == (one == other)


def test_a_digest_has_64_bits_and_does_not_depend_on_the_release():
    """One run notes it, another one, perhaps of a later release, holds it against what it reads."""
    assert checkpoint.digest("k3vd", 41, PAIR_UUID, 7, 0) == "caa14bcfbe7f159f"


@given(st.lists(NOTED, min_size=1, max_size=MAX_IN_GROUP))
def test_what_was_noted_is_found_again(volumes):
    digests = [checkpoint.digest(*each) for each in volumes]
    assert checkpoint.digests(checkpoint.attributes("k3vd", digests)) == set(digests)
