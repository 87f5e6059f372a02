# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of volume pairs: every state that can be found, by every wish."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.elementsw.replication.plugins.module_utils._element.errors import Failure
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.listing import export
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.selection import Catalog
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.volume_classes import (
    Extras,
    PairWish,
    Wish,
    classify,
)
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.volume_pair import (
    TABLE,
    decide,
    lost_roles,
)
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.volume_verdict import (
    expired,
    judge,
)
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.model import Cluster, Sides, Usage
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

PRESENT = Wish(present=True)
REPAIR = Wish(present=True, repair=True)
ABSENT = Wish(present=False)

HERE, THERE = entry(BETA, 7), entry(ALPHA, 12)
THIRD = entry(GAMMA, 3, "third")
ORDERS = PairWish(volume="orders-db", peer_volume="orders-dr")
RT = "replicationTarget"
UNUSED = Usage()


def found(local=(), peer=(), wish=ORDERS, usage=UNUSED, links=(HERE, THERE)):
    """What is found when the clusters have these volumes, next to pairs of both with a third cluster."""
    views = Sides(volume_side(ALPHA, [links[0], THIRD], *local), volume_side(BETA, [links[1], THIRD], *peer))
    seen = classify(0, wish, Sides(Catalog(views.local), Catalog(views.peer)))
    everything = dict.fromkeys((41, 77), usage)
    return replace(seen, extras=Extras(usage=Sides(everything, everything)))


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
TARGETED = ["beta ModifyVolume volume orders-dr (77)", *HANDSHAKE]
REMOVE_41 = "alpha RemoveVolumePair volume orders-db (41)"
REMOVE_77 = "beta RemoveVolumePair volume orders-dr (77)"
BOTH = [REMOVE_41, REMOVE_77]

FOUND = {
    "unpaired": found([orders()], [target(access="readWrite")]),
    "unpaired, target ready": found([orders()], [target()]),
    "unpaired, target locked": found([orders()], [target(access="locked")]),
    "unpaired, source is a target": found([orders(access=RT)], [target(access="readWrite")]),
    "paired": found([orders(OURS)], [target(THEIRS)]),
    "paired, towards us": found([orders(OURS, access=RT)], [target(THEIRS, access="readWrite")]),
    "paired, no source": found([orders(OURS, access=RT)], [target(THEIRS)]),
    "paired, stopped": found([orders(STOPPED)], [target(THEIRS)]),
    "paired, locked": found([orders(OURS)], [target(THEIRS, access="locked")]),
    "pending here": found([orders(pending_pair())], [target()]),
    "pending there": found([orders()], [target(pending_pair())]),
    "pending on both": found([orders(pending_pair("p1"))], [target(pending_pair("p2"))]),
    "half here": found([orders(OURS)], [target()]),
    "half there": found([orders()], [target(THEIRS)]),
    "half here, pending there": found([orders(OURS)], [target(pending_pair())]),
    "crossed": found([orders(OURS)], [target(pair(41, "orders-db", "other", link=12))]),
    "rebuilt peer": found([orders(OURS)], [target()], links=(REBUILT, THERE)),
    "elsewhere here": found([orders(ELSEWHERE)], [target()]),
    "elsewhere there": found([orders()], [target(ELSEWHERE)]),
    "with another volume": found([orders(pair(78, "spare", link=7))], [target(), volume(78, "spare", THEIRS)]),
    "two entries": found([orders(OURS, ELSEWHERE)], [target(THEIRS)]),
    "unlisted cluster pair": found([orders(pair(77, "orders-dr", link=99))], [target()]),
    "peer deleted": found([orders(OURS)], [target(THEIRS, status="deleted", purge_time="2026-11-24T18:00:00Z")]),
    "unpaired, peer deleted": found([orders()], [target(status="deleted", purge_time="2026-11-24T18:00:00Z")]),
    "peer gone": found([orders(OURS)], []),
    "here gone": found([], [target(THEIRS)]),
    "another gone": found([orders(pair(99, "scratch", link=7))], []),
    "unpaired, peer missing": found([orders()], []),
    "both missing": found([], []),
}

CASES = [
    # found; the writes of present, of present with repair, and of absent, or the error
    ("unpaired", TARGETED, TARGETED, []),
    ("unpaired, target ready", HANDSHAKE, HANDSHAKE, []),
    ("unpaired, target locked", TARGETED, TARGETED, []),
    (
        "unpaired, source is a target",
        ["beta ModifyVolume volume orders-dr (77)", "alpha ModifyVolume volume orders-db (41)", *HANDSHAKE],
        ["beta ModifyVolume volume orders-dr (77)", "alpha ModifyVolume volume orders-db (41)", *HANDSHAKE],
        [],
    ),
    ("paired", [], [], BOTH),
    ("paired, towards us", [], [], [REMOVE_77, REMOVE_41]),
    ("paired, no source", [], [], BOTH),
    ("paired, stopped", "half_pair", [*BOTH, *HANDSHAKE], BOTH),
    ("paired, locked", "access_conflict", "access_conflict", BOTH),
    ("pending here", "pending_pair", [REMOVE_41, *HANDSHAKE], [REMOVE_41]),
    ("pending there", "pending_pair", [REMOVE_77, *HANDSHAKE], [REMOVE_77]),
    ("pending on both", "pending_pair", [*BOTH, *HANDSHAKE], BOTH),
    ("half here", "half_pair", [REMOVE_41, *HANDSHAKE], [REMOVE_41]),
    ("half there", "half_pair", [REMOVE_77, *HANDSHAKE], [REMOVE_77]),
    ("half here, pending there", "half_pair", [*BOTH, *HANDSHAKE], BOTH),
    ("crossed", "half_pair", [*BOTH, *HANDSHAKE], BOTH),
    ("rebuilt peer", "half_pair", "not_connected", [REMOVE_41]),
    ("elsewhere here", "paired_elsewhere", "paired_elsewhere", "paired_elsewhere"),
    ("elsewhere there", "paired_elsewhere", "paired_elsewhere", "paired_elsewhere"),
    ("with another volume", "paired_elsewhere", "paired_elsewhere", "paired_elsewhere"),
    ("two entries", "paired_elsewhere", "paired_elsewhere", "paired_elsewhere"),
    ("unlisted cluster pair", "paired_elsewhere", "paired_elsewhere", "paired_elsewhere"),
    ("peer deleted", "volume_deleted", "volume_deleted", [REMOVE_41]),
    ("unpaired, peer deleted", "volume_deleted", "volume_deleted", []),
    ("peer gone", "half_pair", "volume_not_found", [REMOVE_41]),
    ("here gone", "half_pair", "volume_not_found", [REMOVE_77]),
    ("another gone", "paired_elsewhere", "paired_elsewhere", "paired_elsewhere"),
    ("unpaired, peer missing", "volume_not_found", "volume_not_found", []),
    ("both missing", "volume_not_found", "volume_not_found", []),
]


@pytest.mark.parametrize(
    ("name", "wish", "expected"),
    [
        pytest.param(name, wish, cell, id=f"{name}-{label}")
        for name, *cells in CASES
        for (label, wish), cell in zip((("present", PRESENT), ("repair", REPAIR), ("absent", ABSENT)), cells)
    ],
)
def test_each_cell(name, wish, expected):
    plan = decide(FOUND[name], wish)
    if isinstance(expected, str):
        assert (plan.problem.code, plan.steps) == (expected, ())
        assert plan.before == plan.after
    else:
        assert plan.problem is None
        assert calls(plan) == expected
        assert (plan.before != plan.after) == bool(expected)


def test_the_cases_reach_every_row():
    alone = {row for row in TABLE if row.startswith("alone")}  # see test_decide_alone.py
    assert {state.row for state in FOUND.values()} == set(TABLE) - alone
    assert len(CASES) == len(FOUND)


def test_a_refusal_names_both_partners_their_clusters_and_uuids():
    seen = found([orders(ELSEWHERE)], [target(pair(8, "reports-dr", "e8", link=3))])
    sentence = decide(seen, PRESENT).problem.sentence
    for part in ("volume reports (5) on cluster gamma, UUID e5", "volume reports-dr (8) on cluster gamma, UUID e8"):
        assert part in sentence
    assert "nothing was touched" in sentence


def test_what_is_not_paired_has_no_direction():
    plan = decide(FOUND["unpaired"], PRESENT)
    assert (plan.before["direction"], plan.after["direction"]) == (None, "to_peer")
    assert decide(FOUND["paired"], PRESENT).before["direction"] == "to_peer"


def test_the_purge_time_of_a_deleted_volume_is_told():
    assert "purged at 2026-11-24T18:00:00Z" in decide(FOUND["peer deleted"], PRESENT).problem.sentence


# --- which volume is meant --------------------------------------------------------------------------------------------


def partner(local, peer, **wish):
    return found(local, peer, wish=PairWish(**wish)).volumes.peer


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
    seen = found([volume(7, "41"), orders()], [target()], wish=PairWish(volume="41", peer_volume="orders-dr"))
    assert seen.volumes.local.id == 7


TWICE = [volume(41, "orders-db"), volume(42, "orders-db", account_id=4, size=2 * GIB)]


def test_an_ambiguous_name_lists_its_candidates():
    with pytest.raises(Failure) as caught:
        found(TWICE, [target()])
    assert caught.value.code == "volume_ambiguous"
    for volume_id, owner, size in ((41, "tenant", GIB), (42, "other", 2 * GIB)):
        assert f"ID {volume_id}, name orders-db, account {owner}, {size} bytes" in caught.value.sentence


def test_the_account_makes_a_name_clear():
    assert found(TWICE, [target()], wish=replace(ORDERS, account="other")).volumes.local.id == 42


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        (replace(ORDERS, account="nobody"), "account_not_found"),
        (replace(ORDERS, peer_account="nobody"), "account_not_found"),
        (PairWish(volume_id=41, account="other", peer_volume="orders-dr"), "volume_not_found"),
    ],
)
def test_an_account_that_does_not_fit_is_an_error(wish, code):
    with pytest.raises(Failure) as caught:
        found([orders()], [target()], wish=wish)
    assert caught.value.code == code


def test_a_living_volume_goes_before_a_deleted_one_of_its_name():
    seen = found([volume(40, "orders-db", status="deleted"), orders()], [target()])
    assert seen.volumes.local.id == 41


def test_an_unlisted_cluster_pair_is_a_half_only_with_the_partner_given_by_id():
    lost = orders(pair(77, "orders-dr", link=99))
    assert found([lost], [target()], wish=PairWish(volume="orders-db", peer_volume_id=77)).state == "half_local"
    assert found([lost], [target()]).state == "foreign_local"


# --- a new pair -------------------------------------------------------------------------------------------------------


def problem(local=None, peer=None, wish=PRESENT, pair_wish=ORDERS, usage=UNUSED, links=(HERE, THERE)):
    plan = decide(found([local or orders()], [peer or target(access="readWrite")], pair_wish, usage, links), wish)
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
    (warning,) = decide(found([orders()], [target(size=2 * GIB)]), PRESENT).warnings
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
    paired = found([orders(OURS)], [target(THEIRS)], wish=replace(ORDERS, mode="sync"), links=links)
    assert calls(decide(paired, PRESENT)) == ["alpha ModifyVolumePair volume orders-db (41)"]
    assert calls(decide(paired, ABSENT)) == BOTH


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
OVERWRITE = Wish(present=True, allow_overwrite=True)


@pytest.mark.parametrize("name", EVIDENCE)
def test_a_target_must_be_provably_unused(name):
    assert problem(usage=EVIDENCE[name]) == "target_in_use"
    assert problem(peer=target(), usage=EVIDENCE[name]) == "target_in_use"


@pytest.mark.parametrize("name", EVIDENCE)
def test_allow_overwrite_lifts_data_and_never_sessions(name):
    assert problem(wish=OVERWRITE, usage=EVIDENCE[name]) == ("target_in_use" if "session" in name.lower() else None)


def test_evidence_that_was_not_given_for_a_target_counts_as_in_use():
    seen = replace(found([orders()], [target()]), extras=Extras(usage=Sides({}, {})))
    assert decide(seen, PRESENT).problem.code == "target_in_use"


def test_the_evidence_is_named():
    sentence = decide(found([orders()], [target()], usage=EVIDENCE["iSCSI session"]), OVERWRITE).problem.sentence
    assert "iqn.1994-05.com.example:host1" in sentence
    assert "log the hosts out" in sentence


def test_the_guard_watches_the_volume_that_becomes_the_target():
    seen = found([orders()], [target(access="readWrite")], wish=replace(ORDERS, direction="from_peer"))
    used_here = replace(seen, extras=Extras(usage=Sides({41: Usage(write_ops=5)}, {77: UNUSED})))
    used_there = replace(seen, extras=Extras(usage=Sides({41: UNUSED}, {77: Usage(write_ops=5)})))
    assert decide(used_here, PRESENT).problem.code == "target_in_use"
    assert calls(decide(used_there, PRESENT)) == [
        "alpha ModifyVolume volume orders-db (41)",
        "beta StartVolumePairing volume orders-dr (77)",
        "alpha CompleteVolumePairing volume orders-db (41)",
    ]


def test_repair_copies_over_a_former_copy_and_over_nothing_else():
    used = Usage(nonzero_blocks=9, write_ops=9, snapshots=9)
    assert calls(decide(found([orders(OURS)], [target()], usage=used), REPAIR)) == [REMOVE_41, *HANDSHAKE]
    promoted = found([orders(OURS)], [target(access="readWrite")], replace(ORDERS, direction="to_peer"), used)
    pending = found([orders(pending_pair())], [target()], usage=used)
    rebuilt = found([orders(OURS)], [target()], usage=used, links=(replace(REBUILT, id=7), THERE))
    for seen in (promoted, pending):
        assert decide(seen, REPAIR).problem.code == "target_in_use"
    assert not rebuilt.replica


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
    seen = FOUND[name]
    plan = decide(replace(seen, wish=replace(seen.wish, direction=direction)), PRESENT)
    assert (plan.problem and plan.problem.code, plan.steps) == (code, ())


def test_two_writable_sides_are_left_to_a_person():
    seen = found([orders(OURS)], [target(THEIRS, access="readWrite")])
    assert (decide(seen, PRESENT).problem, decide(seen, PRESENT).steps) == (None, ())
    for direction in ("to_peer", "from_peer"):
        wished = replace(seen, wish=replace(seen.wish, direction=direction))
        assert decide(wished, PRESENT).problem.code == "split_brain"


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
    wish = replace(ORDERS, direction=direction)
    plan = decide(found([orders(OURS, access=access[0])], [target(access=access[1])], wish), REPAIR)
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
    seen = FOUND[name]
    assert calls(decide(replace(seen, wish=replace(seen.wish, mode=mode)), PRESENT)) == writes


@pytest.mark.parametrize(("mode", "sent"), [(None, "Async"), ("sync", "Sync"), ("snapshots_only", "SnapshotsOnly")])
def test_a_new_pair_has_the_mode_wished_or_async(mode, sent):
    plan = decide(found([orders()], [target()], replace(ORDERS, mode=mode)), PRESENT)
    assert plan.steps[-1].mode == sent
    assert plan.after["mode"] == (mode or "async")


def test_a_mode_reads_the_same_whatever_its_case():
    seen = found([orders(pair(77, link=7, mode="async"))], [target(THEIRS)], replace(ORDERS, mode="async"))
    assert calls(decide(seen, PRESENT)) == []


# --- what is told beside the writes -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("here", "there", "warned"), [(8, 8, False), (9, 1, True), (1, 9, True), (None, None, False)])
@pytest.mark.parametrize("name", ["paired", "unpaired"])
def test_sync_over_a_slow_link_is_warned_of_when_it_is_set(here, there, warned, name):
    links = (entry(BETA, 7, latency_ms=here), entry(ALPHA, 12, latency_ms=there))
    volumes = {
        "paired": ([orders(OURS)], [target(THEIRS)]),
        "unpaired": ([orders()], [target()]),
        "sync": ([orders(replace(OURS, mode="Sync"))], [target(THEIRS)]),
    }
    wish = replace(ORDERS, mode="sync")
    texts = decide(found(*volumes[name], wish=wish, links=links), PRESENT).warnings
    assert [("a latency of 9 ms" in text) for text in texts] == [True] * warned
    assert decide(found(*volumes[name], links=links), PRESENT).warnings == ()
    assert decide(found(*volumes["sync"], wish=wish, links=links), PRESENT).warnings == ()


@pytest.mark.parametrize("state", ["PausedDisconnected", "PausedMisconfigured", "SomethingNew"])
def test_a_pause_that_may_be_hidden_is_warned_of_and_not_lifted(state):
    seen = found([orders(replace(OURS, state=state))], [target(replace(THEIRS, state=state))])
    for paused, steps, warned in ((True, 1, False), (False, 0, True), (None, 0, False)):
        plan = decide(replace(seen, wish=replace(ORDERS, paused=paused)), PRESENT)
        assert (len(plan.steps), any("can hide a pause" in text for text in plan.warnings)) == (steps, warned)
    assert decide(replace(seen, wish=replace(ORDERS, paused=False)), ABSENT).warnings == ()


def test_a_locked_volume_may_be_a_former_target_only_where_pairs_end():
    seen = found([orders()], [target(access="locked")])
    (text,) = decide(seen, Wish(present=False, release_target=True)).warnings
    assert "volume orders-dr (77) is locked" in text
    assert decide(seen, Wish(present=True, release_target=True)).warnings == ()
    assert decide(seen, ABSENT).warnings == ()


@pytest.mark.parametrize(
    ("mode", "exported"), [("Sync", {"mode": "sync"}), ("ASYNC", {"mode": "async"}), ("Mirror", {})]
)
def test_a_mode_that_the_option_does_not_know_is_not_exported(mode, exported):
    (item,) = export([found([orders(replace(OURS, mode=mode))], [target(THEIRS)])])
    assert {key: value for key, value in item.items() if key == "mode"} == exported


def test_a_larger_target_is_warned_of_unless_it_is_matched():
    larger = found([orders()], [target(size=2 * GIB)])
    assert "larger than the source" in decide(larger, PRESENT).warnings[0]
    assert decide(replace(larger, wish=replace(ORDERS, match_size=True)), PRESENT).warnings == ()


# --- after the writes -------------------------------------------------------------------------------------------------


def test_a_target_that_reads_locked_once_paired_is_made_one_again():
    plan = decide(FOUND["unpaired"], PRESENT)
    after = found([orders(OURS)], [target(THEIRS, access="locked")])
    (step,) = lost_roles(after, plan)
    assert (step.side, step.volume.id, step.access) == ("peer", 77, RT)
    assert lost_roles(FOUND["paired"], plan) == ()
    assert lost_roles(after, decide(FOUND["paired"], PRESENT)) == ()


def states(here, there=None, **more):
    return found([orders(replace(OURS, state=here))], [target(replace(THEIRS, state=there or here), **more)])


@pytest.mark.parametrize(
    ("seen", "waited", "paired", "in_sync"),
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
def test_what_a_wait_makes_of_the_states(seen, waited, paired, in_sync):
    def outcome(verdict):
        return "done" if verdict.done else verdict.failure.code if verdict.failure else "wait"

    assert outcome(judge(seen, PRESENT, False, waited)) == paired
    assert outcome(judge(seen, PRESENT, True, waited)) == in_sync


def test_absent_is_done_when_both_entries_are_gone():
    assert judge(FOUND["unpaired"], ABSENT, False, 0).done
    assert not judge(FOUND["half there"], ABSENT, False, 0).done
    assert judge(FOUND["unpaired, peer deleted"], ABSENT, False, 0).done


def test_a_wait_that_runs_out_tells_the_last_states():
    failure = expired(
        states("ResumingRRSync"), PRESENT, True, 300, judge(states("ResumingRRSync"), PRESENT, True, 300).text
    )
    assert failure.code == "wait_timeout"
    assert "alpha shows ResumingRRSync, beta shows ResumingRRSync" in failure.sentence
    assert "not in sync after 300 s" in failure.sentence
