# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Failover of pairs: what was observed, by what is permitted. alpha has the source at first, and beta is requested."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.elementsw.replication.plugins.module_utils._pairing import checkpoint
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.catalog import Catalog
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.volume_pair.after_writes import (
    lost_modes,
)
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.volume_pair.desired import (
    DesiredPair,
    PairOptions,
)
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.volume_pair.relation import (
    classify_volume_pair,
)
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.volume_pair.state import (
    Extras,
)
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.volume_pair.table import decide
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.model import (
    Limits,
    Sides,
    Snapshot,
    SyncJob,
    Usage,
    Writes,
)
from ansible_collections.elementsw.replication.tests.unit.builders import (
    ALPHA,
    BETA,
    GIB,
    PAIR_UUID,
    calls,
    entry,
    pair,
    volume,
    volume_side,
)

RW, RT = "readWrite", "replicationTarget"
DESIRED = DesiredPair(volume="orders-db", peer_volume="orders-dr", direction="from_peer")
UNUSED = Usage()
QUIET, UNWRITTEN = Writes(7, 0.5, settled=True), Writes(0, 0.5, settled=True)
HOSTS = Usage(iscsi=("iqn.host-1",))
FABRIC = Usage(fibre_channel=("50:01",))
UNREADABLE = Usage(unreadable=("iSCSI sessions",))
FULL = Usage(snapshots=32)
FULL_OF_SAVED = Usage(snapshots=30, saved_snapshots=2)
LIMITS = Limits(snapshots_per_volume=32, volumes_per_group=32)


def observe(
    *,
    access=(RW, RT),
    states=("Active", "Active"),
    mode="Async",
    sizes=(GIB, GIB),
    usage=(UNUSED, UNUSED),
    writes=(QUIET, UNWRITTEN),
    link="Connected",
    desired=DESIRED,
    **extras,
):
    """The pair of orders-db (41) on alpha and orders-dr (77) on beta."""
    here = volume(41, "orders-db", pair(77, link=7, state=states[0], mode=mode), access=access[0], size=sizes[0])
    there = volume(77, "orders-dr", pair(41, link=12, state=states[1], mode=mode), access=access[1], size=sizes[1])
    views = Sides(
        volume_side(ALPHA, [entry(BETA, 7, status=link)], here),
        volume_side(BETA, [entry(ALPHA, 12, status=link)], there),
    )
    observed = classify_volume_pair(0, desired, Sides(Catalog(views.local), Catalog(views.peer)))
    counted = Sides(*({number: each} if each else {} for number, each in zip((41, 77), writes)))
    known = Extras(Sides({41: usage[0]}, {77: usage[1]}), Sides(LIMITS, LIMITS), writes=counted)
    return replace(observed, extras=replace(known, **extras))


def outcome(observed, failover, **more):
    """The writes of the plan, or the code of its refusal."""
    plan = decide(observed, PairOptions(present=True, failover=failover, **more))
    return plan.problem.code if plan.problem else calls(plan)


MOVING = Writes(7, 0.5)
DEMOTE, PROMOTE = "alpha ModifyVolume volume orders-db (41)", "beta ModifyVolume volume orders-dr (77)"
SAVE = "alpha CreateSnapshot volume orders-db (41)"
PLANNED = [
    SAVE,
    DEMOTE,
    PROMOTE,
    "beta DeleteSnapshot volume orders-dr (77)",
    "alpha DeleteSnapshot volume orders-db (41)",
]
FORCED = [PROMOTE, SAVE, DEMOTE]
PROMOTED = [PROMOTE]
LATE = Sides({}, {77: SyncJob(41.0, branch="volume")})
SNAPSHOT_LATE = Sides({}, {77: SyncJob(41.0, branch="snapshot")})

CASES = [
    # what is observed; without permission, planned, forced
    ("in sync", observe(), "direction_change", PLANNED, FORCED),
    ("idle", observe(states=("Idle", "Idle")), "direction_change", PLANNED, FORCED),
    ("sync", observe(mode="Sync"), "direction_change", PLANNED, FORCED),
    ("snapshots only", observe(mode="SnapshotsOnly"), "direction_change", "snapshots_only", FORCED),
    ("syncing", observe(states=("ResumingDataTransfer", "Active")), "direction_change", "not_in_sync", FORCED),
    ("syncing there", observe(states=("Active", "ResumingRRSync")), "direction_change", "not_in_sync", "not_in_sync"),
    ("copy on its way", observe(jobs=LATE), "direction_change", PLANNED, "not_in_sync"),
    ("snapshot on its way", observe(jobs=SNAPSHOT_LATE), "direction_change", PLANNED, FORCED),
    ("paused", observe(states=("PausedManual", "PausedManualRemote")), "direction_change", "not_in_sync", FORCED),
    ("link lost", observe(states=("PausedDisconnected",) * 2), "direction_change", "not_in_sync", FORCED),
    ("unknown state", observe(states=("Dreaming", "Active")), "direction_change", "not_in_sync", FORCED),
    ("clusters not connected", observe(link="Disconnected"), "direction_change", "not_connected", FORCED),
    ("larger target", observe(sizes=(GIB, 2 * GIB)), "direction_change", "size_mismatch", FORCED),
    ("hosts here", observe(usage=(HOSTS, Usage())), "direction_change", "source_in_use", PROMOTED),
    ("fabric here", observe(usage=(FABRIC, Usage())), "direction_change", "source_in_use", PROMOTED),
    ("hosts unknown", observe(usage=(UNREADABLE, Usage())), "direction_change", "source_in_use", PROMOTED),
    ("written to", observe(writes=(MOVING, UNWRITTEN)), "direction_change", "source_in_use", FORCED),
    ("writes unknown", observe(writes=(None, UNWRITTEN)), "direction_change", "source_in_use", FORCED),
    ("writes there unknown", observe(writes=(QUIET, None)), "direction_change", PLANNED, FORCED),
    ("full of snapshots", observe(usage=(FULL, Usage())), "direction_change", "snapshot_limit", FORCED),
    ("full there", observe(usage=(UNUSED, FULL)), "direction_change", "snapshot_limit", FORCED),
    ("full of saved ones", observe(usage=(UNUSED, FULL_OF_SAVED)), "direction_change", "snapshot_limit", FORCED),
    ("split", observe(access=(RW, RW)), "split_brain", "split_brain", "split_brain"),
    ("source locked", observe(access=("locked", RT)), "access_conflict", "access_conflict", PROMOTED),
    ("target read-only", observe(access=(RW, "readOnly")), "access_conflict", "access_conflict", FORCED),
]


@pytest.mark.parametrize(
    ("observed", "without", "planned", "forced"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_every_state_by_every_permission(observed, without, planned, forced):
    assert outcome(observed, None) == without
    assert outcome(observed, "planned") == planned
    assert outcome(observed, "forced") == forced
    # What may be overwritten is no help for what was not proven.
    assert outcome(observed, "planned", allow_overwrite=True) == planned


@pytest.mark.parametrize("failover", [None, "planned", "forced"])
@pytest.mark.parametrize(("access", "direction"), [((RW, RT), "to_peer"), ((RT, RW), "from_peer"), ((RT, RW), None)])
def test_what_has_its_direction_is_left_alone(failover, access, direction):
    observed = observe(access=access, desired=replace(DESIRED, direction=direction), usage=(HOSTS, HOSTS))
    assert outcome(observed, failover) == []


@pytest.mark.parametrize("failover", ["planned", "forced"])
def test_repair_turns_nothing_round(failover):
    assert outcome(observe(), failover, repair=True) == "direction_change"
    assert outcome(observe(access=(RW, RW)), "forced", repair=True, allow_overwrite=True) == [SAVE, DEMOTE]


def test_an_incomplete_copy_is_taken_over_only_where_its_data_may_go():
    observed = observe(states=("Active", "ResumingRRSync"))
    assert outcome(observed, "forced", allow_overwrite=True) == FORCED
    plan = decide(observed, PairOptions(present=True, failover="forced", allow_overwrite=True))
    assert any("incomplete" in text for text in plan.warnings)


@pytest.mark.parametrize(
    ("usage", "expected"), [(UNUSED, [SAVE, DEMOTE]), (HOSTS, "target_in_use"), (UNREADABLE, "target_in_use")]
)
def test_a_split_is_settled_on_purpose_and_never_under_a_host(usage, expected):
    observed = observe(access=(RW, RW), states=("PausedMisconfigured",) * 2, usage=(usage, HOSTS))
    assert outcome(observed, "forced", allow_overwrite=True) == expected
    assert outcome(observed, "planned", allow_overwrite=True) == "split_brain"


# --- neither side is writable -------------------------------------------------------------------------------------------


def taken(volume_id, uuid="u1", *, cluster=ALPHA, writes=7, created="2026-11-24T10:00:00Z", of=41, paired=PAIR_UUID):
    """A checkpoint of 41 on alpha and two other volumes, as the volume with this ID shows it."""
    digests = [checkpoint.digest(cluster.unique_id, number, paired, writes, 0) for number in (5, of, 6)]
    noted = checkpoint.attributes(cluster.unique_id, digests)
    return Snapshot(5, uuid, volume_id, "elementsw-swap-1", created, replicated=True, attributes=noted)


def none(here, there, direction="from_peer", writes=(QUIET, UNWRITTEN), mode="Async"):
    return observe(
        mode=mode,
        access=(RT, RT),
        states=("PausedMisconfigured",) * 2,
        writes=writes,
        desired=replace(DESIRED, direction=direction),
        snapshots=Sides(tuple(here), tuple(there)),
    )


HELD = ([taken(41)], [taken(77)])
BACK = ["alpha ModifyVolume volume orders-db (41)"]
WRITTEN = "a volume was written to since the checkpoint elementsw-swap-1 was taken"


@pytest.mark.parametrize(
    ("observed", "planned", "missing"),
    [
        (none(*HELD), PROMOTED, None),
        (none(*HELD, direction="to_peer"), BACK, None),
        (none([], []), "no_source", "there is no checkpoint on alpha or on beta"),
        (none([taken(41)], []), "no_source", "there is no checkpoint on beta"),
        (none([], [taken(77)]), "no_source", "there is no checkpoint on alpha"),
        (none([taken(41)], [taken(77, "u2")]), "no_source", "is not on beta"),
        # what a failover has left that was completed: its new source was written to since
        (none(*HELD, direction="to_peer", writes=(QUIET, replace(QUIET, count=3))), "no_source", WRITTEN),
        (none([taken(41, writes=6)], [taken(77, writes=6)]), "no_source", WRITTEN),
        (none(*HELD, writes=(None, UNWRITTEN)), "no_source", "the statistics of volume orders-db (41) on alpha"),
        (none(*HELD, writes=(QUIET, None)), "no_source", "the statistics of volume orders-dr (77) on beta"),
        (none(*HELD, writes=(MOVING, UNWRITTEN)), "no_source", "the statistics of volume orders-db (41) on alpha"),
        (none([taken(41, of=42)], [taken(77, of=42)]), "no_source", WRITTEN),
        # of an earlier pair of the two: what another one has replicated since is counted nowhere
        (none(*([taken(n, paired="an earlier pair")] for n in (41, 77))), "no_source", WRITTEN),
        (none(*HELD, mode="SnapshotsOnly"), "no_source", "its mode is snapshots_only"),
        # a later failover has taken one that did not arrive: the older one proves nothing any more
        (none([*HELD[0], taken(41, "u2", created="2026-11-24T11:00:00Z")], HELD[1]), "no_source", "is not on beta"),
        # of the same volume ID on a third cluster
        (
            none(*([taken(n, cluster=replace(ALPHA, unique_id="zzzz"))] for n in (41, 77))),
            "no_source",
            WRITTEN,
        ),
    ],
)
def test_an_interrupted_failover_goes_on_where_both_hold_its_checkpoint(observed, planned, missing):
    assert outcome(observed, None) == "no_source"
    assert outcome(observed, "planned") == planned
    problem = decide(observed, PairOptions(present=True, failover="planned")).problem
    assert missing is None if problem is None else missing in problem.sentence
    # By force what the other side holds may be the newest there is, and is saved before it is overwritten.
    there = observed.desired.direction == "to_peer"
    saved = "beta CreateSnapshot volume orders-dr (77)" if there else SAVE
    assert outcome(observed, "forced") == [saved, *(BACK if there else PROMOTED)]
    assert outcome(observed, "forced", allow_overwrite=True) == [saved, *(BACK if there else PROMOTED)]


def without_attributes(snapshot, attributes=()):
    return replace(snapshot, attributes=dict(attributes))


def test_a_copy_need_not_have_the_attributes():
    bare = without_attributes(taken(77))
    assert outcome(none([taken(41)], [bare]), "planned") == PROMOTED
    lost = none([without_attributes(taken(41))], [bare])
    sentence = decide(lost, PairOptions(present=True, failover="planned")).problem.sentence
    assert "neither cluster has kept the attributes of the checkpoint elementsw-swap-1" in sentence


@pytest.mark.parametrize("kept", [None, 7, [7], {"41": "7"}, "", "7", checkpoint.digest("k3vd", 41, PAIR_UUID, 8, 0)])
def test_what_is_noted_in_another_form_proves_nothing(kept):
    noted = {checkpoint.NOTED_CLUSTER: ALPHA.unique_id, checkpoint.NOTED_DIGESTS: kept}
    observed = none(*([without_attributes(taken(n), noted)] for n in (41, 77)))
    assert outcome(observed, "planned") == "no_source"


# --- what else is said and done -----------------------------------------------------------------------------------------


def test_a_forced_turn_says_what_may_be_lost():
    plan = decide(observe(lags=Sides({41: 12.5}, {})), PairOptions(present=True, failover="forced"))
    assert len(plan.warnings) == 1
    for part in ("data_loss_possible", "orders-db (41)", "alpha shows Active", "alpha was 12.5 s ahead"):
        assert part in plan.warnings[0]


@pytest.mark.parametrize("access", [(RW, RT), (RW, RW)])
def test_what_is_overwritten_without_a_snapshot_is_said(access):
    """A forced failover, and the end of a split: the content of the losing side was gone, and no message said so."""
    unsaved = PairOptions(present=True, failover="forced", allow_overwrite=True, save_overwritten=False)
    warnings = decide(observe(access=access), unsaved).warnings
    assert [text for text in warnings if "is overwritten and not saved" in text and text.startswith("data_loss")]
    assert not any(
        "not saved" in text for text in decide(observe(access=access), replace(unsaved, save_overwritten=True)).warnings
    )


def test_without_a_lag_the_newest_snapshot_tells_how_old_the_copy_is():
    hourly = tuple(
        Snapshot(n, f"u{n}", 77, f"hourly-{n}", f"2026-11-24T1{n}:00:00Z", replicated=n != 3, complete=n != 4)
        for n in range(5)
    )
    plan = decide(
        observe(mode="SnapshotsOnly", snapshots=Sides((), hourly)), PairOptions(present=True, failover="forced")
    )
    assert "lag unknown, newest replicated snapshot of 2026-11-24T12:00:00Z" in plan.warnings[0]
    assert "hourly-2 of 2026-11-24T12:00:00Z, hourly-1" in plan.warnings[-1]


def test_a_planned_turn_warns_of_nothing():
    assert decide(observe(), PairOptions(present=True, failover="planned")).warnings == ()


def test_sizes_are_matched_before_a_planned_turn_and_left_by_a_forced_one():
    observed = observe(sizes=(GIB, 2 * GIB), desired=replace(DESIRED, match_size=True))
    assert outcome(observed, "planned") == ["alpha ModifyVolume volume orders-db (41)", *PLANNED]
    assert outcome(observed, "forced") == FORCED
    plan = decide(observed, PairOptions(present=True, failover="forced"))
    assert any("does not change sizes" in text for text in plan.warnings)


def test_mode_and_pause_are_set_on_the_new_source():
    observed = observe(desired=replace(DESIRED, mode="sync", paused=True))
    expected = "beta ModifyVolumePair volume orders-dr (77)"
    assert [call for call in outcome(observed, "planned") if "Pair" in call] == [expected, expected]


@pytest.mark.parametrize(
    ("before", "after", "requested", "expected"),
    [
        ("Sync", "Sync", None, None),
        ("Sync", "Async", None, "Sync"),
        ("Async", "Sync", "async", "Async"),
        ("Async", "Async", "async", None),
    ],
)
def test_the_mode_is_set_again_where_the_turn_has_changed_it(before, after, requested, expected):
    plan = decide(
        observe(mode=before, desired=replace(DESIRED, mode=requested)), PairOptions(present=True, failover="planned")
    )
    turned = observe(access=(RT, RW), mode=after, desired=replace(DESIRED, mode=requested))
    again = lost_modes(turned, plan)
    assert [(step.side, step.mode) for step in again] == ([("peer", expected)] if expected else [])


def test_diff_shows_the_failover():
    plan = decide(observe(), PairOptions(present=True, failover="planned"))
    assert (plan.before.direction, plan.after.direction) == ("to_peer", "from_peer")
    assert plan.after.access == Sides(RT, RW)
