# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls that a proxy sends twice, and reads that a lagging node answers. `tests/matrix` does both to each call."""

from __future__ import annotations

from ansible_collections.elementsw.replication.tests.matrix.suspended import READ_WRITE, SITES, TARGET, Pair, Task

PLANNED = {"direction": "from_peer", "failover": "planned"}


def test_a_handshake_whose_start_was_sent_twice_names_the_pending_entry():
    """It was called another client's pair, and its remedy did not apply."""
    pair = Pair.of(paired=False)
    pair.world.faults.add("alpha", "StartVolumePairing", fault="twice")
    done = Task(pair, {}).run()
    assert (done.codes, pair.accesses) == (["changed_meanwhile"], (READ_WRITE, READ_WRITE))
    assert "of this task if a proxy sent its call twice" in done.failures[0].sentence
    assert not Task(pair, {"repair": True, "direction": "to_peer"}).run().codes


def test_both_snapshots_of_a_call_that_was_sent_twice_are_removed_again():
    """The second one stayed for good, and nothing named it."""
    pair = Pair.of(paired=False)
    pair.write("beta", "old data of the target")
    pair.settle()
    pair.world.faults.add("beta", "CreateSnapshot", fault="twice")
    done = Task(pair, {"allow_overwrite": True}).run()
    assert (done.codes, dict(pair.volume("beta").snapshots)) == (["changed_meanwhile"], {})
    assert not Task(pair, {"allow_overwrite": True}).run().codes


def test_a_source_is_given_back_that_a_lagging_node_shows_as_never_demoted():
    """Neither side was writable, and the result said that all was rolled back."""
    calls = Task(Pair.of(), PLANNED).run().calls
    demotion = calls.index("alpha ModifyVolume")
    pair = Pair.of()
    nth = sum(call.startswith("alpha ") for call in calls[: demotion + 1]) + 1
    pair.world.faults.add("alpha", nth=nth, times=8, fault="stale")
    done = Task(pair, PLANNED).run()
    assert (done.codes, pair.accesses) == (["changed_meanwhile"], (READ_WRITE, TARGET))


def test_a_promotion_that_a_lagging_node_does_not_show_yet_is_waited_for():
    """It was called a pair without a source, with the advice to force the other direction."""
    calls = Task(Pair.of(), PLANNED).run().calls
    promotion = calls.index("beta ModifyVolume")
    pair = Pair.of()
    nth = sum(call == "beta ListVolumes" for call in calls[:promotion]) + 1
    pair.world.faults.add("beta", "ListVolumes", nth, times=2, fault="stale")
    done = Task(pair, PLANNED).run()
    assert (done.codes, pair.accesses) == ([], (TARGET, READ_WRITE))
    assert not any(pair.volume(site).snapshots for site in SITES)
