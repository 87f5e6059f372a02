# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task writes whose recheck is old: it was suspended before the write, or the write is sent again after an error.

`tests/fuzz/test_suspended.py` suspends each kind of task after each of its calls.
"""

from __future__ import annotations

from ansible_collections.elementsw.replication.tests.matrix.suspended import READ_WRITE, SITES, TARGET, Pair, Task, task


def test_a_target_that_was_written_to_meanwhile_is_not_paired():
    """The recheck of its use was an hour old, and what hosts had written in that hour was overwritten."""
    calls = Task(Pair.of(paired=False), {}).run().calls
    pair = Pair.of(paired=False)
    done = Task(pair, {}, calls.index("beta ModifyVolume")).run()
    assert (done.codes, pair.lost, pair.accesses) == (["changed_meanwhile"], [], (READ_WRITE, READ_WRITE))
    assert not any(pair.volume(site).halves for site in SITES)


def fail_back(pair):
    task(pair, direction="to_peer", failover="forced")


def test_a_target_is_not_promoted_beside_a_source_that_was_promoted_meanwhile():
    """Both sides became writable: the other administrator had failed back while the task stood still."""
    options = {"direction": "from_peer", "failover": "planned"}
    calls = Task(Pair.of(), options).run().calls
    promotion = calls.index("beta ModifyVolume")
    pair = Pair.of()
    done = Task(pair, options, promotion, fail_back).run()
    assert (done.codes, done.made_split) == (["changed_meanwhile"], [])
    assert pair.accesses == (READ_WRITE, TARGET)


def test_a_volume_that_was_saved_long_ago_is_not_demoted():
    """What hosts had written after the snapshot was lost, with a warning."""
    options = {"direction": "from_peer", "failover": "forced"}
    calls = Task(Pair.of(), options).run().calls
    pair = Pair.of()
    done = Task(pair, options, calls.index("alpha CreateSnapshot") + 1).run()
    assert (done.codes, pair.lost, pair.accesses) == (["changed_meanwhile"], [], (READ_WRITE, READ_WRITE))
    assert "was saved 60 min ago" in done.failures[0].sentence


def test_a_volume_that_was_saved_long_ago_is_demoted_if_no_host_has_written_to_it():
    """To save thousands takes longer than ten minutes, and clocks are set: neither is a reason to fail over half of a list."""
    options = {"direction": "from_peer", "failover": "forced"}
    calls = Task(Pair.of(), options).run().calls
    pair = Pair.of()
    pair.write = lambda *_write: None
    done = Task(pair, options, calls.index("alpha CreateSnapshot") + 1).run()
    assert (done.codes, pair.accesses) == ([], (TARGET, READ_WRITE))


def test_an_undisturbed_task_goes_on_after_it_was_suspended():
    options = {"direction": "from_peer", "failover": "planned"}
    calls = Task(Pair.of(), options).run().calls
    for method in ("beta ModifyVolume", "alpha ModifyVolume"):
        pair = Pair.of()
        pair.write = lambda *_write: None
        done = Task(pair, options, calls.index(method)).run()
        assert (done.codes, pair.accesses) == ([], (TARGET, READ_WRITE))
        assert len(done.calls) > len(calls)


def test_a_promotion_is_not_sent_again_beside_a_source_that_was_promoted_meanwhile():
    """The repetition after an error that passes was sent without a recheck: both sides became writable."""
    options = {"direction": "from_peer", "failover": "planned"}
    promotion = Task(Pair.of(), options).run().calls.index("beta ModifyVolume") + 1
    pair = Pair.of()
    pair.world.faults.add("beta", "ModifyVolume", fault="xDBVersionMismatch")
    done = Task(pair, options, promotion, fail_back, seconds=0).run()
    assert (done.codes, done.made_split) == (["changed_meanwhile"], [])
    assert pair.accesses == (READ_WRITE, TARGET)


def test_an_entry_is_not_removed_again_after_the_pair_was_reversed_meanwhile():
    """The repetition after an error that passes removed the entry of a pair that another administrator had reversed."""
    removal = Task(Pair.of(), {"state": "absent"}).run().calls.index("alpha RemoveVolumePair") + 1
    pair = Pair.of()
    pair.world.faults.add("alpha", "RemoveVolumePair", fault="xDBVersionMismatch")

    def reverse(pair):
        task(pair, direction="from_peer", failover="planned")

    done = Task(pair, {"state": "absent"}, removal, reverse, seconds=0).run()
    assert done.codes == ["changed_meanwhile"]
    assert all(pair.volume(site).halves for site in SITES)


def take_target_back(pair):
    """In the storage user interface."""
    pair.call("beta", "ModifyVolume", access=READ_WRITE)


def test_a_handshake_is_not_repeated_with_a_target_that_was_taken_back_meanwhile():
    """A key that was refused: the handshake was repeated for half a minute without a recheck of the target."""
    complete = Task(Pair.of(paired=False), {}).run().calls.index("beta CompleteVolumePairing") + 1
    for error in ("xInvalidPairingKey", "xMVIPNotPaired"):
        pair = Pair.of(paired=False)
        pair.world.faults.add("beta", "CompleteVolumePairing", fault=error)
        done = Task(pair, {}, complete, take_target_back, seconds=0).run()
        assert (done.codes, pair.lost) == (["changed_meanwhile"], [])
        assert not any(pair.volume(site).halves for site in SITES)


def test_a_pair_is_not_completed_with_a_target_that_was_taken_back_meanwhile():
    start = Task(Pair.of(paired=False), {}).run().calls.index("alpha StartVolumePairing") + 1
    pair = Pair.of(paired=False)
    done = Task(pair, {}, start, take_target_back).run()
    assert (done.codes, pair.lost) == (["changed_meanwhile"], [])
    assert not any(pair.volume(site).halves for site in SITES)


def test_a_forced_failover_does_not_promote_beside_a_volume_that_was_promoted_meanwhile():
    """Neither side was writable, and another administrator forced the other one since the plan: both became writable."""
    options = {"direction": "from_peer", "failover": "forced"}

    def without_source():
        pair = Pair.of()
        pair.call("alpha", "ModifyVolume", access=TARGET)
        return pair

    calls = Task(without_source(), options).run().calls
    for after, seconds in ((calls.index("alpha CreateSnapshot") + 1, 0), (calls.index("beta ModifyVolume"), 3600)):
        pair = without_source()
        done = Task(pair, options, after, fail_back, seconds=seconds).run()
        assert (done.codes, done.made_split, pair.accesses) == (["changed_meanwhile"], [], (READ_WRITE, TARGET))
