# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of rehearsals: what exists of a clone, and what is planned for present and for absent."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.elementsw.replication.plugins.module_utils._pairing import rehearsal
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.catalog import Catalog
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.rehearsal import (
    points,
    selection,
    table,
    verdict,
)
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.rehearsal.selection import Selection
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.rehearsal.state import (
    DesiredRehearsal,
    Surroundings,
)
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.report.rehearsals import (
    left_rehearsals,
)
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.volume_pair.classification import (
    classify_all,
)
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.volume_pair.desired import (
    DesiredPair,
)
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.model import (
    CloneFailure,
    CloneJob,
    Limits,
    Sides,
    Snapshot,
    Usage,
)
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.rehearsal import Rehearsed
from ansible_collections.elementsw.replication.tests.unit.builders import (
    ALPHA,
    BETA,
    PAIR_UUID,
    calls,
    entry,
    pair,
    volume,
    volume_side,
)

NAME = "drill"
CLONE = "orders-drill"
ABOUT = Rehearsed(NAME, PAIR_UUID, "orders", "hourly", "2026-11-29T05:00:00Z")
MINE = rehearsal.attributes(ABOUT, "0123456789abcdef")
TARGET = volume(41, "orders", pair(77, "orders"), access="replicationTarget")
SOURCE = volume(77, "orders", pair(41, "orders"))
SNAPSHOT = Snapshot(5, "u5", 41, "hourly", "2026-11-29T05:00:00Z", replicated=True)
ALL = Selection()
PRESENT = DesiredRehearsal(name=NAME)
ABSENT = replace(PRESENT, present=False)
HAVING = Surroundings(snapshots=Sides((SNAPSHOT,), ()), limits=Sides(Limits(volume_name_length=64), None))


def clone(number=131, name=CLONE, attributes=None, **more):
    return volume(number, name, attributes=MINE if attributes is None else attributes, **more)


def views(*others, target=TARGET, source=SOURCE):
    return Sides(volume_side(ALPHA, [entry(BETA)], target, *others), volume_side(BETA, [entry(ALPHA)], source))


def observed(*others, desired=PRESENT, cloning=(), which=ALL, **more):
    both = views(*others, **more)
    catalog = Catalog(both.local)
    pairs, failures = classify_all(selection.candidates(catalog, which), both, None)
    found = selection.chosen(pairs, failures, which)
    return selection.observed_targets(catalog, found, desired, cloning)


def removable(*others, deleted=(), which=ALL):
    return selection.observed_clones(Catalog(views(*others).local), deleted, which, ABSENT)


def test_a_volume_that_is_named_twice():
    twice = Selection(pairs=(DesiredPair(volume="orders"), DesiredPair(volume_id=41)))
    assert [item.problem.code for item in observed(which=twice)] == ["duplicate_item"] * 2


def test_volumes_of_one_name_would_have_clones_of_one_name():
    other = volume(42, "orders", pair(78, "orders", uuid="u2"), access="replicationTarget", account_id=4)
    both = views(other)
    source = volume(78, "orders", pair(42, "orders", uuid="u2"), account_id=4)
    both = Sides(both.local, replace(both.peer, volumes=(*both.peer.volumes, source)))
    catalog = Catalog(both.local)
    pairs, failures = classify_all(selection.candidates(catalog, ALL), both, None)
    items = selection.observed_targets(catalog, selection.chosen(pairs, failures, ALL), PRESENT, ())
    assert [item.problem.code for item in items] == ["name_taken"] * 2
    assert "volume orders (41), volume orders (42) would all have the name orders-drill" in items[0].problem.sentence


CLONED = ["alpha CloneVolume volume orders-drill"]
POINT = "volume orders (77)"
NOW = [
    f"beta CreateSnapshot {POINT}",
    *CLONED,
    "alpha DeleteSnapshot volume orders (41)",
    f"beta DeleteSnapshot {POINT}",
]


@pytest.mark.parametrize(
    ("others", "row", "planned"),
    [
        ((), "missing", CLONED),
        ((clone(),), "made", []),
        ((clone(status="init"),), "making", []),
        ((clone(attributes={}),), "taken", "name_taken"),
        ((clone(attributes={rehearsal.REHEARSAL: NAME}),), "taken", "name_taken"),
        ((clone(attributes={**MINE, rehearsal.PAIR: "another"}),), "taken", "name_taken"),
        ((clone(attributes={**MINE, rehearsal.REHEARSAL: "other"}),), "taken", "name_taken"),
        ((clone(), clone(132, attributes={})), "taken", "name_taken"),
        ((clone(), clone(132)), "twice", "name_taken"),
        ((clone(status="deleted"),), "missing", CLONED),
    ],
)
def test_present(others, row, planned):
    (item,) = observed(*others)
    plan = table.decide(item, PRESENT, HAVING)
    assert item.row == row
    assert (plan.problem.code if plan.problem else calls(plan)) == planned


def test_a_clone_that_is_in_no_list_is_waited_for_while_the_cluster_clones_its_original():
    (item,) = observed(cloning={41})
    assert (item.row, table.decide(item, PRESENT, HAVING).writes) == ("making", ())
    assert not verdict.judge(item, item.pair, PRESENT, 0, 100).done


def test_now_takes_a_snapshot_of_the_source_first_and_removes_it_last():
    (item,) = observed(desired=replace(PRESENT, now=True))
    assert calls(table.decide(item, replace(PRESENT, now=True), HAVING)) == NOW


@pytest.mark.parametrize(
    ("spoilt", "code"),
    [
        ({"source": volume(77, "orders", pair(41, "orders", state="PausedManual"))}, "not_in_sync"),
        ({"target": replace(TARGET, pairs=(pair(77, state="PausedDisconnected"),))}, "not_in_sync"),
    ],
)
def test_now_requires_a_pair_in_sync(spoilt, code):
    (item,) = observed(**spoilt)
    assert table.decide(item, replace(PRESENT, now=True), HAVING).problem.code == code
    assert calls(table.decide(item, PRESENT, HAVING)) == CLONED


@pytest.mark.parametrize("side", ["local", "peer"])
def test_now_requires_a_free_snapshot_on_both_sides(side):
    taken = tuple(replace(SNAPSHOT, id=n, volume_id=41 if side == "local" else 77) for n in range(32))
    around = replace(
        HAVING,
        snapshots=Sides((SNAPSHOT,), ()).having(side, taken),
        limits=Sides(Limits(), Limits()).having(side, Limits(snapshots_per_volume=32)),
    )
    (item,) = observed()
    assert table.decide(item, replace(PRESENT, now=True), around).problem.code == "snapshot_limit"


def test_the_newest_complete_replicated_snapshot_is_cloned():
    later = replace(SNAPSHOT, id=6, created="2026-11-29T06:00:00Z")
    known = (
        later,
        SNAPSHOT,
        replace(later, id=7, created="2026-11-29T07:00:00Z", complete=False),
        replace(later, id=8, created="2026-11-29T07:00:00Z", replicated=False),
        replace(later, id=9, created="2026-11-29T07:00:00Z", volume_id=42),
        replace(later, id=10, created="2026-11-29T07:00:00Z", name="elementsw-saved-1-0"),
    )
    assert points.newest(TARGET, known) == later
    assert points.newest(TARGET, known[2:]) is None


def test_without_a_snapshot_nothing_is_cloned():
    (item,) = observed()
    assert table.decide(item, PRESENT, replace(HAVING, snapshots=Sides((), None))).problem.code == "no_snapshot"


def test_group_and_policy_are_given_after_the_wait_and_only_once():
    around = replace(HAVING, group_id=3, policy_id=4)
    wanted = [
        "alpha ModifyVolume volume orders-drill",
        "alpha AddVolumesToVolumeAccessGroup volume orders-drill",
    ]
    plan = table.decide(observed()[0], PRESENT, around)
    assert (calls(plan), len(plan.steps), len(plan.concluding)) == ([*CLONED, *wanted], 1, 2)
    (item,) = observed(clone())
    assert calls(table.decide(item, PRESENT, around)) == wanted
    assert calls(table.conclude(item, PRESENT, around)) == wanted
    (item,) = observed(clone(access_groups=(3,), qos_policy_id=4))
    assert table.decide(item, PRESENT, around).writes == ()
    assert table.conclude(item, PRESENT, around).writes == ()


def test_another_owner_of_an_existing_clone_is_refused():
    desired = replace(PRESENT, account="other")
    (item,) = observed(clone(), desired=desired)
    assert table.decide(item, desired, HAVING).problem.code == "other_account"


REMOVED = ["alpha DeleteVolume volume orders-drill (131)", "alpha PurgeDeletedVolume volume orders-drill (131)"]


@pytest.mark.parametrize(
    ("there", "deleted", "planned"),
    [
        ((), (), []),
        ((clone(),), (), REMOVED),
        (
            (clone(access_groups=(3,)),),
            (),
            ["alpha RemoveVolumesFromVolumeAccessGroup volume orders-drill (131)", *REMOVED],
        ),
        ((), (clone(status="deleted"),), REMOVED[1:]),
        # What is no clone of this rehearsal, or another volume with its attributes.
        ((clone(attributes={}),), (), []),
        ((clone(name="keep"),), (), []),
        ((clone(attributes={**MINE, rehearsal.REHEARSAL: "other"}),), (), []),
        ((clone(attributes={**MINE, rehearsal.PAIR: ""}),), (), []),
        ((clone(attributes={rehearsal.REHEARSAL: NAME, rehearsal.PAIR: PAIR_UUID}),), (), []),
        # Its pair is gone, or was made again.
        ((clone(attributes={**MINE, rehearsal.PAIR: "of a former pair"}),), (), REMOVED),
        # What it has of its original, and what someone has made of it.
        ((replace(clone(), pairs=(pair(77, uuid="copied"),)),), (), REMOVED),
        ((replace(clone(), pairs=(pair(78, uuid="own"),)),), (), "paired_elsewhere"),
    ],
)
def test_absent(there, deleted, planned):
    plans = [table.decide(item, ABSENT, Surroundings()) for item in removable(*there, deleted=deleted)]
    problems = [plan.problem.code for plan in plans if plan.problem]
    assert (problems[0] if problems else calls(*plans)) == planned


@pytest.mark.parametrize(
    "usage", [Usage(iscsi=("iqn.a",)), Usage(fibre_channel=("10:00",)), Usage(unreadable=("iSCSI sessions",))]
)
def test_a_clone_in_use_is_not_removed(usage):
    (item,) = removable(clone())
    assert table.decide(item, ABSENT, Surroundings(usage={131: usage})).problem.code == "clone_in_use"


@pytest.mark.parametrize(
    ("which", "count"),
    [
        (Selection(volumes=("orders",)), 1),
        (Selection(volumes=("stock",)), 0),
        (Selection(accounts=("tenant",)), 1),
        (Selection(accounts=("other",)), 0),
    ],
)
def test_absent_for_some_volumes(which, count):
    assert len(removable(clone(), which=which)) == count


# --- the wait ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("idle", "waited", "code"),
    [(0, 100, None), (verdict.GRACE_READS, 1, None), (verdict.GRACE_READS, verdict.GRACE_SECONDS, "api_error")],
)
def test_a_clone_that_no_job_makes_has_failed_after_a_while(idle, waited, code):
    (item,) = observed()
    found = verdict.judge(item, item.pair, PRESENT, idle, waited)
    assert (found.done, found.failure.code if found.failure else None) == (False, code)


NO_ROOM = CloneFailure("xNoRoom", "no room", "2025-05-01T10:00:00Z")


def judged(*failures):
    (item,) = observed()
    found = verdict.judge(item, item.pair, PRESENT, verdict.GRACE_READS, verdict.GRACE_SECONDS, failures)
    return found.failure


def test_the_reason_of_a_clone_that_failed():
    found = judged(NO_ROOM, NO_ROOM)
    assert (
        found.sentence
        == "cluster alpha: the clone orders-drill was not completed: xNoRoom (no room); mend that, then run again"
    )
    assert (found.name, found.message) == ("xNoRoom", "no room")
    assert "xOther, xNoRoom (no room)" in judged(CloneFailure("xOther", ""), NO_ROOM).sentence
    assert "keeps no result that says why; see its event log" in judged().sentence


@pytest.mark.parametrize(
    ("begun", "counts"),
    [
        ("2025-05-01T10:00:00Z", True),
        ("2025-05-01T09:59:00Z", True),
        ("2025-05-01T09:58:59Z", False),
        ("", False),
        ("yesterday", False),
    ],
)
def test_the_reason_of_a_clone_of_another_time_is_none(begun, counts):
    failure = CloneFailure("xNoRoom", "", begun)
    assert verdict.reasons([failure], "2025-05-01T10:00:00Z", 60) == ((failure,) if counts else ())


@pytest.mark.parametrize(
    ("now", "code"),
    [
        (pair(77, "orders"), None),
        (pair(77, "orders", state="ResumingDataTransfer"), "changed_meanwhile"),
        (pair(77, "orders", uuid="new"), "changed_meanwhile"),
    ],
)
def test_the_pair_is_as_it_was(now, code):
    (before,) = observed(clone())
    (item,) = observed(clone())
    local = item.pair.volumes.local
    changed = replace(
        item.pair,
        volumes=Sides(replace(local, pairs=(now,)), item.pair.volumes.peer),
        entries=Sides(now, item.pair.entries.peer),
    )
    found = verdict.judge(replace(item, pair=changed), before.pair, PRESENT, 0, 0)
    assert (found.failure.code if found.failure else None, found.done) == (code, code is None)


def test_the_progress_names_the_slowest():
    items = observed()
    unfinished = [verdict.judge(items[0], items[0].pair, PRESENT, 0, 1)]
    assert verdict.progress(items, unfinished, {}) == "0 of 1 clones complete"
    line = verdict.progress(items, unfinished, {41: CloneJob(41, 40.0, 150.0)})
    assert line == "0 of 1 clones complete, slowest orders 40 %, about 2 min left"


def test_attributes_stay_below_the_limit_of_the_api():
    about = Rehearsed("n" * 32, PAIR_UUID, "v" * 64, "s" * 255, "2026-11-29T05:00:00Z")
    noted = rehearsal.attributes(about, "0123456789abcdef")
    assert len(str(noted)) < 1000
    made = clone(name=f"{'v' * 64}-{'n' * 32}", attributes=noted)
    assert rehearsal.rehearsed(made) == replace(about, snapshot="s" * 64)


@pytest.mark.parametrize(
    ("created", "names", "accounts", "count"),
    [
        ("2026-11-28T07:00:00Z", None, None, 1),
        ("2026-11-28T09:00:00Z", None, None, 0),
        ("", None, None, 0),
        ("2026-11-01T00:00:00Z", ["orders"], ["tenant"], 1),
        ("2026-11-01T00:00:00Z", ["stock"], None, 0),
        ("2026-11-01T00:00:00Z", None, ["other"], 0),
    ],
)
def test_a_rehearsal_older_than_a_day_is_reported(created, names, accounts, count):
    found = left_rehearsals(views(clone(created=created)), "2026-11-29T08:00:00Z", names, accounts)
    assert [finding.code for finding in found] == ["rehearsal_left"] * count
