# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of volume pairs: every state that can be found, by every request."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.elementsw.replication.plugins.module_utils._element.errors import Failure
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.catalog import Catalog
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.report.listing import export
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.volume_pair.after_writes import (
    lost_roles,
)
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.volume_pair.desired import (
    DesiredPair,
    NewVolume,
    PairOptions,
)
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.volume_pair.relation import (
    classify_volume_pair,
)
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.volume_pair.state import (
    Extras,
)
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.volume_pair.table import (
    TABLE,
    decide,
)
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.volume_pair.verdict import (
    judge,
    timed_out,
)
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.failover_steps import Save
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.model import Cluster, Sides, Usage
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.pairing_steps import (
    MarkReplica,
    PairVolumes,
    ReleaseTarget,
    SetPause,
)
from ansible_collections.elementsw.replication.tests.unit.builders import (
    ALPHA,
    BETA,
    GAMMA,
    GIB,
    MIB,
    calls,
    entry,
    pair,
    pending_pair,
    volume,
    volume_side,
)

PRESENT = PairOptions(present=True)
REPAIR = PairOptions(present=True, repair=True)
ABSENT = PairOptions(present=False)

HERE, THERE = entry(BETA, 7), entry(ALPHA, 12)
THIRD = entry(GAMMA, 3, "third")
ORDERS = DesiredPair(volume="orders-db", peer_volume="orders-dr")
RT = "replicationTarget"
UNUSED, WRITTEN = Usage(), Usage(nonzero_blocks=9, write_ops=9)


def observe(local=(), peer=(), desired=ORDERS, usage=None, links=(HERE, THERE)):
    """What is read when the clusters have these volumes, next to pairs of both with a third cluster.

    usage: of both volumes; else the source holds data, and the other one shows none.
    """
    views = Sides(volume_side(ALPHA, [links[0], THIRD], *local), volume_side(BETA, [links[1], THIRD], *peer))
    observed = classify_volume_pair(0, desired, Sides(Catalog(views.local), Catalog(views.peer)))
    from_peer = "from_peer" in (desired.direction, observed.direction)
    usages = (UNUSED, WRITTEN) if from_peer else (WRITTEN, UNUSED)
    everything = dict(zip((41, 77), (usage, usage) if usage else usages))
    return replace(observed, extras=Extras(usage=Sides(everything, everything)))


def orders(*pairs, **more):
    return volume(41, "orders-db", *pairs, **more)


def target(*pairs, **more):
    return volume(77, "orders-dr", *pairs, **{"access": RT, **more})


OURS, THEIRS = pair(77, "orders-dr", link=7), pair(41, "orders-db", link=12)
STOPPED = pair(77, "orders-dr", link=7, state="StoppedMisconfigured")
ELSEWHERE = pair(5, "reports", "e5", link=3)
REBUILT = entry(Cluster("beta", "old1", BETA.mvip), 7)

START = "alpha StartVolumePairing volume orders-db (41)"
COMPLETE = "beta CompleteVolumePairing volume orders-dr (77)"
HANDSHAKE = [START, COMPLETE]
# A target that reads replicationTarget already may hold what no read shows.
SAVE_77 = "beta CreateSnapshot volume orders-dr (77)"
TARGETED = ["beta ModifyVolume volume orders-dr (77)", *HANDSHAKE]
REMOVE_41 = "alpha RemoveVolumePair volume orders-db (41)"
REMOVE_77 = "beta RemoveVolumePair volume orders-dr (77)"
BOTH = [REMOVE_41, REMOVE_77]
# A former target is marked as the copy that it is.
MARK_41, MARK_77 = "alpha ModifyVolume volume orders-db (41)", "beta ModifyVolume volume orders-dr (77)"

FOUND = {
    "unpaired": observe([orders()], [target(access="readWrite")]),
    "unpaired, target ready": observe([orders()], [target()]),
    "unpaired, target locked": observe([orders()], [target(access="locked")]),
    "unpaired, source is a target": observe([orders(access=RT)], [target(access="readWrite")]),
    "paired": observe([orders(OURS)], [target(THEIRS)]),
    "paired, towards us": observe([orders(OURS, access=RT)], [target(THEIRS, access="readWrite")]),
    "paired, no source": observe([orders(OURS, access=RT)], [target(THEIRS)]),
    "paired, stopped": observe([orders(STOPPED)], [target(THEIRS)]),
    "paired, locked": observe([orders(OURS)], [target(THEIRS, access="locked")]),
    "pending here": observe([orders(pending_pair())], [target()]),
    "pending there": observe([orders()], [target(pending_pair())]),
    "pending on both": observe([orders(pending_pair("p1"))], [target(pending_pair("p2"))]),
    "half here": observe([orders(OURS)], [target()]),
    "half there": observe([orders()], [target(THEIRS)]),
    "half here, pending there": observe([orders(OURS)], [target(pending_pair())]),
    "crossed": observe([orders(OURS)], [target(pair(41, "orders-db", "other", link=12))]),
    "rebuilt peer": observe([orders(OURS)], [target()], links=(REBUILT, THERE)),
    "elsewhere here": observe([orders(ELSEWHERE)], [target()]),
    "elsewhere there": observe([orders()], [target(ELSEWHERE)]),
    "with another volume": observe([orders(pair(78, "spare", link=7))], [target(), volume(78, "spare", THEIRS)]),
    "two entries": observe([orders(OURS, ELSEWHERE)], [target(THEIRS)]),
    "unlisted cluster pair": observe([orders(pair(77, "orders-dr", link=99))], [target()]),
    "peer deleted": observe([orders(OURS)], [target(THEIRS, status="deleted", purge_time="2026-11-24T18:00:00Z")]),
    "unpaired, peer deleted": observe([orders()], [target(status="deleted", purge_time="2026-11-24T18:00:00Z")]),
    "peer gone": observe([orders(OURS)], []),
    "here gone": observe([], [target(THEIRS)]),
    "another gone": observe([orders(pair(99, "scratch", link=7))], []),
    "unpaired, peer missing": observe([orders()], []),
    "both missing": observe([], []),
}

CASES = [
    # found; the writes of present, of present with repair, and of absent, or the error
    ("unpaired", TARGETED, TARGETED, []),
    ("unpaired, target ready", [SAVE_77, *HANDSHAKE], [SAVE_77, *HANDSHAKE], []),
    ("unpaired, target locked", TARGETED, TARGETED, []),
    ("unpaired, source is a target", "direction_unknown", "direction_unknown", []),
    ("paired", [], [], [*BOTH, MARK_77]),
    ("paired, towards us", [], [], [REMOVE_77, REMOVE_41, MARK_41]),
    ("paired, no source", [], [], [*BOTH, MARK_41, MARK_77]),
    ("paired, stopped", "half_pair", [SAVE_77, *BOTH, *HANDSHAKE], [*BOTH, MARK_77]),
    ("paired, locked", "access_conflict", "access_conflict", BOTH),
    ("pending here", "pending_pair", [SAVE_77, REMOVE_41, *HANDSHAKE], [REMOVE_41]),
    ("pending there", "pending_pair", [SAVE_77, REMOVE_77, *HANDSHAKE], [REMOVE_77]),
    ("pending on both", "pending_pair", [SAVE_77, *BOTH, *HANDSHAKE], BOTH),
    ("half here", "half_pair", [SAVE_77, REMOVE_41, *HANDSHAKE], [REMOVE_41, MARK_77]),
    ("half there", "half_pair", [SAVE_77, REMOVE_77, *HANDSHAKE], [REMOVE_77, MARK_77]),
    ("half here, pending there", "half_pair", [SAVE_77, *BOTH, *HANDSHAKE], [*BOTH, MARK_77]),
    ("crossed", "half_pair", [SAVE_77, *BOTH, *HANDSHAKE], [*BOTH, MARK_77]),
    ("rebuilt peer", "half_pair", "not_connected", [REMOVE_41]),
    ("elsewhere here", "paired_elsewhere", "paired_elsewhere", "paired_elsewhere"),
    ("elsewhere there", "paired_elsewhere", "paired_elsewhere", "paired_elsewhere"),
    ("with another volume", "paired_elsewhere", "paired_elsewhere", "paired_elsewhere"),
    ("two entries", "paired_elsewhere", "paired_elsewhere", "paired_elsewhere"),
    ("unlisted cluster pair", "paired_elsewhere", "paired_elsewhere", "paired_elsewhere"),
    ("peer deleted", "volume_deleted", "volume_deleted", [REMOVE_41]),
    ("unpaired, peer deleted", "volume_deleted", "volume_deleted", []),
    ("peer gone", "half_pair", "volume_not_found", [REMOVE_41]),
    ("here gone", "half_pair", "volume_not_found", [REMOVE_77, MARK_77]),
    ("another gone", "paired_elsewhere", "paired_elsewhere", "paired_elsewhere"),
    ("unpaired, peer missing", "volume_not_found", "volume_not_found", []),
    ("both missing", "volume_not_found", "volume_not_found", []),
]


@pytest.mark.parametrize(
    ("name", "desired", "expected"),
    [
        pytest.param(name, desired, cell, id=f"{name}-{label}")
        for name, *cells in CASES
        for (label, desired), cell in zip((("present", PRESENT), ("repair", REPAIR), ("absent", ABSENT)), cells)
    ],
)
def test_each_cell(name, desired, expected):
    plan = decide(FOUND[name], desired)
    if isinstance(expected, str):
        assert (plan.problem.code, plan.steps) == (expected, ())
        assert plan.before == plan.after
    else:
        assert plan.problem is None
        assert calls(plan) == expected
        assert (plan.before != plan.after) == bool(expected)


def test_the_cases_reach_every_row():
    alone = {row for row in TABLE if row.startswith("local_only")}  # see test_local_only.py
    assert {state.row for state in FOUND.values()} == set(TABLE) - alone
    assert len(CASES) == len(FOUND)


def test_a_refusal_names_both_partners_their_clusters_and_uuids():
    observed = observe([orders(ELSEWHERE)], [target(pair(8, "reports-dr", "e8", link=3))])
    sentence = decide(observed, PRESENT).problem.sentence
    for part in ("volume reports (5) on cluster gamma, UUID e5", "volume reports-dr (8) on cluster gamma, UUID e8"):
        assert part in sentence
    assert "nothing was changed" in sentence


def test_what_is_not_paired_has_no_direction():
    plan = decide(FOUND["unpaired"], PRESENT)
    assert (plan.before.direction, plan.after.direction) == (None, "to_peer")
    assert decide(FOUND["paired"], PRESENT).before.direction == "to_peer"


@pytest.mark.parametrize("here", [OURS, None])
def test_the_half_of_a_deleted_volume_that_absent_leaves_is_reported(here):
    """Also by a later run, which has nothing to remove."""
    deleted = target(THEIRS, status="deleted", purge_time="2026-11-24T18:00:00Z")
    plan = decide(observe([orders(here) if here else orders()], [deleted]), ABSENT)
    (left,) = plan.warnings
    assert left == (
        f"cluster {BETA.name}: {deleted.label} is deleted and keeps its half of the pair until it is purged at "
        "2026-11-24T18:00:00Z; if you restore it, remove the pair again"
    )
    assert len(plan.steps) == (1 if here else 0)


def test_the_purge_time_of_a_deleted_volume_is_reported():
    assert "purged at 2026-11-24T18:00:00Z" in decide(FOUND["peer deleted"], PRESENT).problem.sentence


# --- which volume is meant --------------------------------------------------------------------------------------------


def partner(local, peer, **desired):
    return observe(local, peer, desired=DesiredPair(**desired)).volumes.peer


def test_the_partner_is_the_one_it_is_paired_with_whatever_its_name():
    assert partner([orders(OURS)], [target(THEIRS), volume(41, "orders-db")], volume_id=41).id == 77


def test_the_partner_is_the_one_that_names_it_when_only_that_half_is_left():
    assert partner([orders()], [target(THEIRS), volume(41, "orders-db")], volume="orders-db").id == 77


def test_the_partner_of_an_unpaired_volume_has_its_name():
    assert partner([orders()], [target(), volume(44, "orders-db")], volume_id=41).id == 44


def test_the_partner_of_a_volume_that_is_gone_still_names_it():
    assert partner([], [target(THEIRS)], volume="orders-db").id == 77
    assert partner([], [target(THEIRS)], volume_id=41).id == 77


def test_a_name_is_a_name_even_if_it_looks_like_an_id():
    observed = observe(
        [volume(7, "41"), orders()], [target()], desired=DesiredPair(volume="41", peer_volume="orders-dr")
    )
    assert observed.volumes.local.id == 7


TWICE = [volume(41, "orders-db"), volume(42, "orders-db", account_id=4, size=2 * GIB)]


def test_an_ambiguous_name_lists_its_candidates():
    with pytest.raises(Failure) as caught:
        observe(TWICE, [target()])
    assert caught.value.code == "volume_ambiguous"
    for volume_id, owner, size in ((41, "tenant", "1 GiB"), (42, "other", "2 GiB")):
        assert f"ID {volume_id}, name orders-db, account {owner}, {size}" in caught.value.sentence


def test_the_account_makes_a_name_clear():
    assert observe(TWICE, [target()], desired=replace(ORDERS, account="other")).volumes.local.id == 42


@pytest.mark.parametrize(
    ("desired", "code"),
    [
        (replace(ORDERS, account="nonesuch"), "account_not_found"),
        (replace(ORDERS, peer_account="nonesuch"), "account_not_found"),
        (DesiredPair(volume_id=41, account="other", peer_volume="orders-dr"), "volume_not_found"),
    ],
)
def test_an_account_that_does_not_fit_is_an_error(desired, code):
    with pytest.raises(Failure) as caught:
        observe([orders()], [target()], desired=desired)
    assert caught.value.code == code


def test_a_living_volume_goes_before_a_deleted_one_of_its_name():
    observed = observe([volume(40, "orders-db", status="deleted"), orders()], [target()])
    assert observed.volumes.local.id == 41


def test_an_unlisted_cluster_pair_is_a_half_only_with_the_partner_given_by_id():
    lost = orders(pair(77, "orders-dr", link=99))
    assert observe([lost], [target()], desired=DesiredPair(volume="orders-db", peer_volume_id=77)).state == "half_local"
    assert observe([lost], [target()]).state == "foreign_local"


# --- a new pair -------------------------------------------------------------------------------------------------------


def problem(local=None, peer=None, desired=PRESENT, desired_pair=ORDERS, usage=None, links=(HERE, THERE)):
    plan = decide(
        observe([local or orders()], [peer or target(access="readWrite")], desired_pair, usage, links), desired
    )
    return plan.problem and plan.problem.code


@pytest.mark.parametrize(
    ("local", "peer", "code"),
    [
        (orders(status="init"), None, "access_conflict"),
        (None, target(status="init"), "access_conflict"),
        (orders(access="readOnly"), None, "access_conflict"),
        (orders(access="locked"), None, "access_conflict"),
        (None, target(access="readOnly"), "access_conflict"),
        (None, target(access="snapMirrorTarget"), "access_conflict"),
        (None, target(enable_512e=False), "sector_mismatch"),
        (orders(size=2 * GIB), None, "size_mismatch"),
        (orders(size=GIB - 5), target(size=GIB - MIB + 1), None),
        (None, target(size=2 * GIB), None),
    ],
)
def test_the_two_volumes_must_fit(local, peer, code):
    assert problem(local, peer) == code


def test_a_larger_target_is_a_warning():
    (warning,) = decide(observe([orders()], [target(size=2 * GIB)]), PRESENT).warnings
    assert "volume orders-dr (77) is larger than the source" in warning


@pytest.mark.parametrize(
    "links",
    [
        (entry(BETA, 7, status="Disconnected"), THERE),
        (HERE, entry(ALPHA, 12, status="Misconfigured")),
        (HERE, entry(ALPHA, 12, "another uuid")),
        (THIRD, THIRD),
    ],
)
def test_a_handshake_needs_one_connected_cluster_pair(links):
    assert problem(links=links) == "not_connected"


def test_without_a_connected_cluster_pair_everything_else_goes_on():
    links = (entry(BETA, 7, status="Disconnected"), entry(ALPHA, 12, status="Disconnected"))
    paired = observe([orders(OURS)], [target(THEIRS)], desired=replace(ORDERS, mode="sync"), links=links)
    assert calls(decide(paired, PRESENT)) == ["alpha ModifyVolumePair volume orders-db (41)"]
    assert calls(decide(paired, ABSENT)) == [*BOTH, MARK_77]


EVIDENCE = {
    "iSCSI session": Usage(iscsi=("iqn.1994-05.com.example:host1",)),
    "Fibre Channel session": Usage(fibre_channel=("21:00:00:24:ff:00:00:01",)),
    "blocks": Usage(nonzero_blocks=1),
    "writes": Usage(write_ops=1),
    "snapshots": Usage(snapshots=1),
    "statistics unreadable": Usage(unreadable=("statistics",)),
    "snapshots unreadable": Usage(unreadable=("snapshots",)),
    "iSCSI sessions unreadable": Usage(unreadable=("iSCSI sessions",)),
    "Fibre Channel sessions unreadable": Usage(unreadable=("Fibre Channel sessions",)),
}
OVERWRITE = PairOptions(present=True, allow_overwrite=True)


@pytest.mark.parametrize("name", EVIDENCE)
def test_a_target_must_be_provably_unused(name):
    assert problem(usage=EVIDENCE[name]) == "target_in_use"
    assert problem(peer=target(), usage=EVIDENCE[name]) == "target_in_use"


@pytest.mark.parametrize("name", EVIDENCE)
def test_allow_overwrite_lifts_data_and_never_sessions(name):
    assert problem(desired=OVERWRITE, usage=EVIDENCE[name]) == ("target_in_use" if "session" in name.lower() else None)


def test_evidence_that_was_not_given_for_a_target_counts_as_in_use():
    observed = replace(observe([orders()], [target()]), extras=Extras(usage=Sides({}, {})))
    assert decide(observed, PRESENT).problem.code == "target_in_use"


def test_the_evidence_is_named():
    sentence = decide(observe([orders()], [target()], usage=EVIDENCE["iSCSI session"]), OVERWRITE).problem.sentence
    assert "iqn.1994-05.com.example:host1" in sentence
    assert "log the hosts out" in sentence


def test_the_guard_watches_the_volume_that_becomes_the_target():
    observed = observe([orders()], [target(access="readWrite")], desired=replace(ORDERS, direction="from_peer"))
    used_here = replace(observed, extras=Extras(usage=Sides({41: Usage(write_ops=5)}, {77: UNUSED})))
    used_there = replace(observed, extras=Extras(usage=Sides({41: UNUSED}, {77: Usage(write_ops=5)})))
    assert decide(used_here, PRESENT).problem.code == "target_in_use"
    assert calls(decide(used_there, PRESENT)) == [
        "alpha ModifyVolume volume orders-db (41)",
        "beta StartVolumePairing volume orders-dr (77)",
        "alpha CompleteVolumePairing volume orders-db (41)",
    ]


REPLICATED = Usage(nonzero_blocks=9, snapshots=2, replicated_snapshots=2)


def with_usage(local, peer, source, target_usage, **more):
    return replace(observe(local, peer, **more), extras=Extras(usage=Sides({41: source}, {77: target_usage})))


def test_repair_copies_over_a_replica_that_is_saved_first_and_over_nothing_else():
    plan = decide(with_usage([orders(OURS)], [target()], WRITTEN, REPLICATED), REPAIR)
    assert calls(plan) == [SAVE_77, REMOVE_41, *HANDSHAKE]
    assert [step.retention for step in plan.steps if isinstance(step, Save)] == ["168:00:00"]
    forward = replace(ORDERS, direction="to_peer")
    promoted = with_usage([orders(OURS)], [target(access="readWrite")], WRITTEN, REPLICATED, desired=forward)
    pending = with_usage([orders(pending_pair())], [target()], WRITTEN, REPLICATED)
    for observed in (promoted, pending):
        assert decide(observed, REPAIR).problem.code == "target_in_use"
    assert not observe([orders(OURS)], [target()], links=(replace(REBUILT, id=7), THERE)).replica


@pytest.mark.parametrize(
    "more",
    [{"write_ops": 50}, {"snapshots": 3}, {"unreadable": ("statistics",)}, {"unreadable": ("snapshots",)}],
    ids=["writes", "a snapshot of its own", "statistics unreadable", "snapshots unreadable"],
)
def test_repair_does_not_lift_what_replication_has_not_brought(more):
    observed = with_usage([orders(OURS)], [target()], WRITTEN, replace(REPLICATED, **more))
    assert decide(observed, REPAIR).problem.code == "target_in_use"
    allowed = decide(observed, replace(REPAIR, allow_overwrite=True))
    assert calls(allowed) == [SAVE_77, REMOVE_41, *HANDSHAKE]
    assert [step.retention for step in allowed.steps if isinstance(step, Save)] == [None]


def test_the_mark_of_an_earlier_pair_is_evidence_until_the_volume_is_a_replica_again():
    marked = target(attributes={"elementsw-replication-replica": "complete"})
    assert calls(decide(with_usage([orders(OURS)], [marked], WRITTEN, Usage()), REPAIR))[1:] == [REMOVE_41, *HANDSHAKE]
    assert decide(with_usage([orders()], [marked], WRITTEN, Usage()), PRESENT).problem.code == "target_in_use"


@pytest.mark.parametrize("source", [Usage(), Usage(unreadable=("statistics",)), Usage(snapshots=1)])
def test_an_empty_source_does_not_overwrite_evidence(source):
    observed = with_usage([orders(OURS)], [target()], source, REPLICATED)
    assert decide(observed, REPAIR).problem.code == "empty_source"
    assert calls(decide(observed, replace(REPAIR, allow_overwrite=True))) == [SAVE_77, REMOVE_41, *HANDSHAKE]
    # What replication has brought is not counted before the next garbage collection.
    not_counted = with_usage([orders(OURS)], [target()], source, Usage())
    assert decide(not_counted, REPAIR).problem.code == "empty_source"
    assert calls(decide(not_counted, replace(REPAIR, allow_overwrite=True))) == [SAVE_77, REMOVE_41, *HANDSHAKE]


@pytest.mark.parametrize("source", [Usage(), WRITTEN])
def test_a_target_that_another_client_has_prepared_is_used_and_saved(source):
    """Nothing tells it from the replica of a pair both halves of which were removed."""
    plan = decide(with_usage([orders()], [target()], source, Usage()), PRESENT)
    assert calls(plan) == [SAVE_77, *HANDSHAKE]
    assert [step.retention for step in plan.steps if isinstance(step, Save)] == ["168:00:00"]


def test_what_is_overwritten_is_saved_unless_the_user_says_no():
    observed = with_usage([orders()], [target()], WRITTEN, WRITTEN)
    assert calls(decide(observed, OVERWRITE)) == [SAVE_77, *HANDSHAKE]
    assert calls(decide(observed, replace(OVERWRITE, save_overwritten=False))) == HANDSHAKE


@pytest.mark.parametrize(("mode", "state"), [("Sync", "PausedManual"), ("SnapshotsOnly", "PausedManualRemote")])
def test_repair_keeps_the_mode_and_the_pause_of_the_half_that_is_left(mode, state):
    left = pair(77, "orders-dr", link=7, mode=mode, state=state)
    plan = decide(with_usage([orders(left)], [target()], WRITTEN, Usage()), REPAIR)
    assert [step.mode for step in plan.steps if isinstance(step, PairVolumes)] == [mode]
    assert [step.paused for step in plan.steps if isinstance(step, SetPause)] == [True]
    desired = replace(ORDERS, mode="async", paused=False)
    other = decide(with_usage([orders(left)], [target()], WRITTEN, Usage(), desired=desired), REPAIR)
    assert [step.mode for step in other.steps if isinstance(step, PairVolumes)] == ["Async"]
    assert not [step for step in other.steps if isinstance(step, SetPause)]


# --- what failover does where there is no whole pair ---------------------------------------------------------------------

FORCED = PairOptions(present=True, failover="forced")
PROMOTE_77 = MARK_77
REVERSED = replace(ORDERS, direction="from_peer")


@pytest.mark.parametrize("failover", ["planned", "forced"])
@pytest.mark.parametrize("more", [{}, {"repair": True}, {"allow_overwrite": True}])
@pytest.mark.parametrize("name", ["unpaired", "unpaired, target ready", "unpaired, peer missing"])
def test_failover_never_makes_a_pair(name, more, failover):
    for direction in ("to_peer", "from_peer", None):
        observed = replace(FOUND[name], desired=replace(ORDERS, direction=direction, create=NewVolume()))
        assert decide(observed, PairOptions(present=True, failover=failover, **more)).problem.code == "not_paired"


@pytest.mark.parametrize("name", ["half here", "half there", "crossed", "paired, stopped", "half here, pending there"])
def test_a_forced_failover_promotes_what_is_left_of_a_pair(name):
    observed = replace(FOUND[name], desired=REVERSED)
    plan = decide(observed, FORCED)
    assert calls(plan) == [PROMOTE_77]
    assert any("repair: true" in text for text in plan.warnings)
    assert decide(observed, PairOptions(present=True, failover="planned")).problem.code == "half_pair"
    assert decide(replace(observed, desired=ORDERS), FORCED).problem.code == "half_pair"
    # The other direction is there already.
    there = decide(replace(observed, desired=replace(ORDERS, direction="to_peer")), FORCED)
    assert (there.problem, there.steps) == (None, ())
    assert judge(replace(observed, desired=replace(ORDERS, direction="to_peer")), FORCED, in_sync=False, waited=0).done


def test_a_forced_failover_promotes_the_target_of_a_source_that_is_deleted_or_purged():
    deleted = observe([orders(OURS, status="deleted")], [target(THEIRS)], desired=REVERSED)
    purged = observe([], [target(THEIRS)], desired=REVERSED)
    for observed in (deleted, purged):
        assert calls(decide(observed, FORCED)) == [PROMOTE_77]
    for observed in (deleted, purged):
        wrong_way = decide(replace(observed, desired=replace(ORDERS, direction="to_peer")), FORCED)
        assert wrong_way.problem.code in ("volume_deleted", "volume_not_found")
    assert "purge it" not in decide(deleted, PRESENT).problem.sentence


# --- the roles of volumes that are not paired ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("here", "there", "direction", "code"),
    [
        ("readWrite", RT, None, None),
        ("readWrite", RT, "to_peer", None),
        ("readWrite", RT, "from_peer", "direction_change"),
        (RT, "readWrite", None, "direction_unknown"),
        (RT, "readWrite", "to_peer", "direction_change"),
        (RT, "readWrite", "from_peer", None),
        (RT, RT, None, "direction_unknown"),
        (RT, RT, "to_peer", None),
        ("readWrite", "readWrite", None, None),
        ("readWrite", "readWrite", "from_peer", None),
    ],
)
def test_volumes_that_have_roles_keep_them(here, there, direction, code):
    observed = observe([orders(access=here)], [target(access=there)], desired=replace(ORDERS, direction=direction))
    for desired in (PRESENT, OVERWRITE, replace(OVERWRITE, repair=True)):
        plan = decide(observed, desired)
        assert (plan.problem and plan.problem.code) == code
        if code:
            assert RT in plan.problem.sentence


# --- which volume is meant -----------------------------------------------------------------------------------------------


def test_a_namesake_of_another_account_is_not_taken():
    desired = DesiredPair(volume="orders-db")
    theirs = volume(77, "orders-db", account_id=4, access=RT)
    observed = observe([orders()], [theirs], desired=desired)
    assert decide(observed, PRESENT).problem.code == "other_account"
    assert "peer_account" in decide(observed, PRESENT).problem.sentence
    assert decide(observed, ABSENT).steps == ()
    both = observe([orders()], [theirs, volume(78, "orders-db", access=RT)], desired=desired)
    assert both.volumes.peer.id == 78
    assert observe([orders()], [theirs], desired=replace(desired, peer_account="other")).volumes.peer.id == 77
    assert observe([orders()], [theirs], desired=replace(desired, peer_volume="orders-db")).volumes.peer.id == 77
    assert observe([orders()], [theirs], desired=replace(desired, create=NewVolume())).row == "missing"
    assert observe([orders(OURS)], [replace(theirs, pairs=(THEIRS,))], desired=desired).state == "paired"


@pytest.mark.parametrize("mark", [{}, {"elementsw-replication-run": "0123456789abcdef"}])
def test_a_deleted_volume_is_never_replaced(mark):
    desired = replace(ORDERS, peer_volume=None, create=NewVolume(name="orders-dr"))
    observed = observe([orders()], [target(status="deleted", attributes=mark)], desired=desired)
    for each in (PRESENT, OVERWRITE, REPAIR):
        assert decide(observed, each).problem.code == "volume_deleted"


# --- releasing -----------------------------------------------------------------------------------------------------------

RELEASE = PairOptions(present=False, release_target=True)


@pytest.mark.parametrize("state", ["ResumingDataTransfer", "PausedManual", "PausedDisconnected", "Active"])
def test_a_copy_that_may_be_incomplete_is_not_released(state):
    ours, theirs = pair(77, "orders-dr", link=7, state=state), pair(41, "orders-db", link=12, state=state)
    plan = decide(observe([orders(ours)], [target(theirs)]), RELEASE)
    if state == "Active":
        assert calls(plan) == [*BOTH, "beta ModifyVolume volume orders-dr (77)"]
        assert [(s.access, s.mark) for s in plan.steps if isinstance(s, ReleaseTarget)] == [("readWrite", "complete")]
        return
    assert plan.problem.code == "not_in_sync"
    unreleased = decide(observe([orders(ours)], [target(theirs)]), ABSENT)
    assert [step.mark for step in unreleased.steps if isinstance(step, MarkReplica)] == ["incomplete"]
    later = observe([orders()], [target(attributes={"elementsw-replication-replica": "incomplete"})])
    assert any("it is unknown whether" in text for text in decide(later, RELEASE).warnings)


def test_a_half_is_released_with_a_warning():
    plan = decide(observe([orders(OURS)], [target()]), RELEASE)
    assert calls(plan) == [REMOVE_41, "beta ModifyVolume volume orders-dr (77)"]
    assert any("it is unknown whether" in text for text in plan.warnings)


def test_what_others_have_noted_on_a_volume_stays_and_a_full_one_gets_no_mark():
    noted = {"owner": "team-a"}
    plan = decide(observe([orders(OURS)], [target(THEIRS, attributes=noted)]), RELEASE)
    (step,) = [step for step in plan.steps if isinstance(step, ReleaseTarget)]
    assert step.change == {"access": "readWrite", "attributes": {**noted, "elementsw-replication-replica": "complete"}}
    full = decide(observe([orders(OURS)], [target(THEIRS, attributes={"owner": "x" * 980})]), RELEASE)
    (step,) = [step for step in full.steps if isinstance(step, ReleaseTarget)]
    assert step.change == {"access": "readWrite"}


# --- direction and mode ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "direction", "code"),
    [
        ("paired", "to_peer", None),
        ("paired", "from_peer", "direction_change"),
        ("paired, towards us", "from_peer", None),
        ("paired, towards us", "to_peer", "direction_change"),
        ("paired, no source", None, None),
        ("paired, no source", "to_peer", "no_source"),
    ],
)
def test_an_established_pair_is_not_turned_round(name, direction, code):
    observed = FOUND[name]
    plan = decide(replace(observed, desired=replace(observed.desired, direction=direction)), PRESENT)
    assert (plan.problem and plan.problem.code, plan.steps) == (code, ())


def test_two_writable_sides_are_left_to_a_person():
    observed = observe([orders(OURS)], [target(THEIRS, access="readWrite")])
    assert (decide(observed, PRESENT).problem, decide(observed, PRESENT).steps) == (None, ())
    for direction in ("to_peer", "from_peer"):
        requested = replace(observed, desired=replace(observed.desired, direction=direction))
        assert decide(requested, PRESENT).problem.code == "split_brain"


@pytest.mark.parametrize(
    ("access", "direction", "expected"),
    [
        (("readWrite", RT), None, "alpha"),
        (("readWrite", RT), "to_peer", "alpha"),
        (("readWrite", RT), "from_peer", "direction_change"),
        ((RT, "readWrite"), None, "beta"),
        (("readWrite", "readWrite"), None, "direction_unknown"),
        (("readWrite", "readWrite"), "from_peer", "beta"),
        ((RT, RT), None, "direction_unknown"),
        ((RT, RT), "to_peer", "alpha"),
    ],
)
def test_repair_keeps_the_direction_that_the_roles_tell(access, direction, expected):
    desired = replace(ORDERS, direction=direction)
    plan = decide(observe([orders(OURS, access=access[0])], [target(access=access[1])], desired), REPAIR)
    if plan.problem:
        assert plan.problem.code == expected
    else:
        assert next(call for call in calls(plan) if "StartVolumePairing" in call).startswith(expected)


@pytest.mark.parametrize(
    ("name", "mode", "writes"),
    [
        ("paired", "async", []),
        ("paired", None, []),
        ("paired", "sync", ["alpha ModifyVolumePair volume orders-db (41)"]),
        ("paired, towards us", "snapshots_only", ["beta ModifyVolumePair volume orders-dr (77)"]),
        ("paired, no source", "sync", []),
    ],
)
def test_the_mode_is_set_on_the_source_alone(name, mode, writes):
    observed = FOUND[name]
    assert calls(decide(replace(observed, desired=replace(observed.desired, mode=mode)), PRESENT)) == writes


@pytest.mark.parametrize(("mode", "sent"), [(None, "Async"), ("sync", "Sync"), ("snapshots_only", "SnapshotsOnly")])
def test_a_new_pair_has_the_mode_requested_or_async(mode, sent):
    plan = decide(observe([orders()], [target()], replace(ORDERS, mode=mode)), PRESENT)
    assert plan.steps[-1].mode == sent
    assert plan.after.mode == (mode or "async")


def test_a_mode_reads_the_same_whatever_its_case():
    observed = observe([orders(pair(77, link=7, mode="async"))], [target(THEIRS)], replace(ORDERS, mode="async"))
    assert calls(decide(observed, PRESENT)) == []


# --- what is reported beside the writes -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("here", "there", "warned"), [(8, 8, False), (9, 1, True), (1, 9, True), (None, None, False)])
@pytest.mark.parametrize("name", ["paired", "unpaired"])
def test_sync_over_a_slow_link_is_warned_of_when_it_is_set(here, there, warned, name):
    links = (entry(BETA, 7, latency_ms=here), entry(ALPHA, 12, latency_ms=there))
    volumes = {
        "paired": ([orders(OURS)], [target(THEIRS)]),
        "unpaired": ([orders()], [target()]),
        "sync": ([orders(replace(OURS, mode="Sync"))], [target(THEIRS)]),
    }
    desired = replace(ORDERS, mode="sync")
    texts = decide(observe(*volumes[name], desired=desired, links=links), PRESENT).warnings
    assert [("a latency of 9 ms" in text) for text in texts] == [True] * warned
    assert decide(observe(*volumes[name], links=links), PRESENT).warnings == ()
    assert decide(observe(*volumes["sync"], desired=desired, links=links), PRESENT).warnings == ()


@pytest.mark.parametrize("state", ["PausedDisconnected", "PausedMisconfigured", "SomethingNew"])
def test_a_pause_that_may_be_hidden_is_warned_of_and_not_lifted(state):
    observed = observe([orders(replace(OURS, state=state))], [target(replace(THEIRS, state=state))])
    for paused, steps, warned in ((True, 1, False), (False, 0, True), (None, 0, False)):
        plan = decide(replace(observed, desired=replace(ORDERS, paused=paused)), PRESENT)
        assert (len(plan.steps), any("can hide a pause" in text for text in plan.warnings)) == (steps, warned)
    assert decide(replace(observed, desired=replace(ORDERS, paused=False)), ABSENT).warnings == ()


def test_a_locked_volume_may_be_a_former_target_only_where_pairs_end():
    observed = observe([orders()], [target(access="locked")])
    (text,) = decide(observed, PairOptions(present=False, release_target=True)).warnings
    assert "volume orders-dr (77) is locked" in text
    assert decide(observed, PairOptions(present=True, release_target=True)).warnings == ()
    assert decide(observed, ABSENT).warnings == ()


@pytest.mark.parametrize(
    ("mode", "exported"), [("Sync", {"mode": "sync"}), ("ASYNC", {"mode": "async"}), ("Mirror", {})]
)
def test_a_mode_that_the_option_does_not_know_is_not_exported(mode, exported):
    (item,) = export([observe([orders(replace(OURS, mode=mode))], [target(THEIRS)])])
    assert {key: value for key, value in item.items() if key == "mode"} == exported


def test_a_larger_target_is_warned_of_unless_it_is_matched():
    larger = observe([orders()], [target(size=2 * GIB)])
    assert "larger than the source" in decide(larger, PRESENT).warnings[0]
    assert decide(replace(larger, desired=replace(ORDERS, match_size=True)), PRESENT).warnings == ()


# --- after the writes -------------------------------------------------------------------------------------------------


def test_a_target_that_reads_locked_once_paired_is_made_one_again():
    plan = decide(FOUND["unpaired"], PRESENT)
    after = observe([orders(OURS)], [target(THEIRS, access="locked")])
    (step,) = lost_roles(after, plan)
    assert (step.side, step.volume.id, step.access) == ("peer", 77, RT)
    assert lost_roles(FOUND["paired"], plan) == ()
    assert lost_roles(after, decide(FOUND["paired"], PRESENT)) == ()


def states(here, there=None, **more):
    return observe([orders(replace(OURS, state=here))], [target(replace(THEIRS, state=there or here), **more)])


@pytest.mark.parametrize(
    ("observed", "waited", "paired", "in_sync"),
    [
        (states("Active"), 0, "done", "done"),
        (states("Idle", "Active"), 0, "done", "done"),
        (states("Active", "ResumingDataTransfer"), 0, "done", "wait"),
        (states("PausedDisconnected"), 900, "done", "wait"),
        (states("PausedQoS", "Active"), 900, "done", "wait"),
        (states("SomethingNew"), 900, "done", "wait"),
        (states("PausedManual", "PausedManualRemote"), 0, "done", "not_in_sync"),
        (states("PausedVolumeSizeMismatch", size=GIB // 2), 0, "done", "not_in_sync"),
        (states("PausedVolumeSizeMismatch"), 29, "done", "wait"),
        (states("PausedVolumeSizeMismatch"), 30, "done", "not_in_sync"),
        (states("PausedVolumeSizeMismatch", "PausedClusterFull"), 0, "done", "not_in_sync"),
        (states("PausedClusterFull", "Active"), 0, "done", "not_in_sync"),
        (states("PausedMisconfigured"), 119, "wait", "wait"),
        (states("PausedMisconfigured"), 120, "not_in_sync", "not_in_sync"),
        (states("StoppedMisconfigured", "Active"), 0, "half_pair", "half_pair"),
        (states("PausedMisconfigured", access="readWrite"), 0, "split_brain", "split_brain"),
        (states("Active", access="locked"), 0, "access_conflict", "access_conflict"),
        (FOUND["paired, no source"], 0, "no_source", "no_source"),
        (FOUND["half here"], 0, "half_pair", "half_pair"),
        (FOUND["unpaired"], 0, "changed_meanwhile", "changed_meanwhile"),
    ],
)
def test_what_a_wait_makes_of_the_states(observed, waited, paired, in_sync):
    def outcome(verdict):
        return "done" if verdict.done else verdict.failure.code if verdict.failure else "wait"

    assert outcome(judge(observed, PRESENT, False, waited)) == paired
    assert outcome(judge(observed, PRESENT, True, waited)) == in_sync


def test_absent_is_done_when_both_entries_are_gone():
    assert judge(FOUND["unpaired"], ABSENT, False, 0).done
    assert not judge(FOUND["half there"], ABSENT, False, 0).done
    assert judge(FOUND["unpaired, peer deleted"], ABSENT, False, 0).done


def test_a_wait_that_runs_out_tells_the_last_states():
    failure = timed_out(
        states("ResumingRRSync"), PRESENT, True, 300, judge(states("ResumingRRSync"), PRESENT, True, 300).text
    )
    assert failure.code == "wait_timeout"
    assert "alpha shows ResumingRRSync, beta shows ResumingRRSync" in failure.sentence
    assert "not in sync after 300 s" in failure.sentence
