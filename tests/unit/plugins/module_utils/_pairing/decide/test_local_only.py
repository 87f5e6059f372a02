# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The peer does not answer, and that is permitted: what may be done on this side only."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.elementsw.replication.plugins.module_utils._element.errors import Failure, Unanswered
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide import identity
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.catalog import Catalog
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.volume_pair import local_only
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.volume_pair.desired import (
    DesiredPair,
    PairOptions,
)
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.volume_pair.table import (
    TABLE,
    decide,
)
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.volume_pair.verdict import judge
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.failover_steps import Promote
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.plan import Plan
from ansible_collections.elementsw.replication.tests.unit.builders import (
    ALPHA,
    BETA,
    GAMMA,
    calls,
    entry,
    pair,
    pending_pair,
    volume,
    volume_side,
)

RW, RT = "readWrite", "replicationTarget"
LINKS = (entry(BETA, 7), entry(GAMMA, 3, "third"))
SILENT = identity.UnreachablePeer((BETA.mvip,))
DESIRED = DesiredPair(volume="orders-db")
OURS = pair(77, "orders-dr", link=7, state="PausedDisconnected")
PROMOTE = ["alpha ModifyVolume volume orders-db (41)"]
REMOVE = ["alpha RemoveVolumePair volume orders-db (41)"]
PAUSE = ["alpha ModifyVolumePair volume orders-db (41)"]


def observe(*pairs, desired=DESIRED, links=LINKS, unreachable_peer=SILENT, **more):
    volumes = [volume(41, "orders-db", *pairs, **more)] if more.get("access") != "missing" else []
    return local_only.classify(0, desired, Catalog(volume_side(ALPHA, links, *volumes)), unreachable_peer)


def outcome(observed, desired):
    plan = decide(observed, desired)
    return plan.problem.code if plan.problem else calls(plan)


CASES = [
    # what the volume here shows; present, repair, absent
    ("entry", observe(OURS), "local_only", [], "unreachable", REMOVE),
    (
        "target",
        observe(OURS, access=RT),
        "local_only",
        [],
        "unreachable",
        [*REMOVE, *PROMOTE],
    ),  # and is marked as a replica
    ("no entry", observe(), "local_only_none", "unreachable", "unreachable", []),
    ("pending", observe(pending_pair()), "local_only_pending", "pending_pair", "unreachable", REMOVE),
    ("other cluster", observe(pair(9, link=3)), "local_only_elsewhere", *["paired_elsewhere"] * 3),
    ("unlisted link", observe(pair(9, link=99)), "local_only_elsewhere", *["paired_elsewhere"] * 3),
    (
        "other volume",
        observe(OURS, desired=replace(DESIRED, peer_volume="else")),
        "local_only_elsewhere",
        *["paired_elsewhere"] * 3,
    ),
    ("two entries", observe(OURS, pair(9, link=3)), "local_only_elsewhere", *["paired_elsewhere"] * 3),
    ("deleted", observe(OURS, status="deleted"), "deleted", "volume_deleted", "volume_deleted", []),
    ("missing", observe(access="missing"), "missing", "volume_not_found", "volume_not_found", []),
]


@pytest.mark.parametrize(
    ("observed", "row", "present", "repair", "absent"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_the_table(observed, row, present, repair, absent):
    assert (observed.state, observed.row) == ("unknown_peer", row)
    assert outcome(observed, PairOptions(present=True)) == present
    assert outcome(observed, PairOptions(present=True, repair=True)) == repair
    assert outcome(observed, PairOptions(present=False)) == absent


def test_every_row_is_reached():
    assert {case[2] for case in CASES} >= {row for row in TABLE if row.startswith("local_only")}


@pytest.mark.parametrize(
    ("access", "direction", "planned", "forced"),
    [
        (RT, "to_peer", "unreachable", PROMOTE),
        ("locked", "to_peer", "unreachable", PROMOTE),
        (RW, "to_peer", [], []),
        (RT, "from_peer", [], []),
        (RW, "from_peer", "unreachable", "unreachable"),
    ],
)
def test_direction(access, direction, planned, forced):
    observed = observe(OURS, access=access, desired=replace(DESIRED, direction=direction))
    assert outcome(observed, PairOptions(present=True)) == planned
    assert outcome(observed, PairOptions(present=True, failover="planned")) == planned
    assert outcome(observed, PairOptions(present=True, failover="forced", allow_overwrite=True)) == forced


@pytest.mark.parametrize(
    ("state", "pause", "resume"),
    [
        ("PausedDisconnected", PAUSE, []),
        ("Active", PAUSE, []),
        ("PausedManual", [], PAUSE),
        ("PausedManualRemote", [], "unreachable"),
    ],
)
def test_pause(state, pause, resume):
    for paused, expected in ((True, pause), (False, resume)):
        observed = observe(replace(OURS, state=state), desired=replace(DESIRED, paused=paused))
        assert outcome(observed, PairOptions(present=True)) == expected


@pytest.mark.parametrize(
    ("requested", "expected"),
    [
        ({"mode": "async"}, []),
        ({"mode": "sync"}, "unreachable"),
        ({"size": 1}, []),
        # What a daily task carries does not hold up the worst day.
        ({"size": 2**50}, []),
        ({"match_size": True}, []),
    ],
)
def test_what_needs_the_peer_is_refused_before_any_write(requested, expected):
    observed = observe(OURS, access=RT, desired=replace(DESIRED, direction="to_peer", **requested))
    assert outcome(observed, PairOptions(present=True, failover="forced")) == (expected or PROMOTE)


@pytest.mark.parametrize("requested", [{"size": 2**50}, {"match_size": True}])
def test_sizes_need_the_peer(requested):
    observed = observe(OURS, desired=replace(DESIRED, **requested))
    assert outcome(observed, PairOptions(present=True)) == "unreachable"
    # Made writable by an earlier run of the same task, or by this one.
    assert (
        outcome(
            observe(OURS, desired=replace(DESIRED, direction="to_peer", **requested)),
            PairOptions(present=True, failover="forced"),
        )
        == []
    )
    promoted = observe(OURS, access=RT, desired=replace(DESIRED, direction="to_peer", **requested))
    assert any(
        "sizes do not change" in text
        for text in decide(promoted, PairOptions(present=True, failover="forced")).warnings
    )


def test_a_former_target_is_released():
    observed = observe(OURS, access=RT)
    desired = PairOptions(present=False, release_target=True)
    assert outcome(observed, desired) == [*REMOVE, "alpha ModifyVolume volume orders-db (41)"]


# --- which cluster an entry means -------------------------------------------------------------------------------------


def test_the_only_cluster_pair_will_do_where_nothing_is_destroyed():
    elsewhere = identity.UnreachablePeer(("beta.example.com",), single_will_do=True)
    observed = observe(
        OURS, access=RT, links=LINKS[:1], unreachable_peer=elsewhere, desired=replace(DESIRED, direction="to_peer")
    )
    plan = decide(observed, PairOptions(present=True, failover="forced"))
    assert (observed.assumed, calls(plan)) == (True, PROMOTE)
    assert any(f"set element_mvip of the peer's host (or peer.mvip) to {BETA.mvip}" in text for text in plan.warnings)


@pytest.mark.parametrize(
    ("links", "single_will_do"), [(LINKS, True), (LINKS[:1], False)], ids=["one of two", "the only one"]
)
def test_else_the_peer_has_to_be_known_by_its_address(links, single_will_do):
    with pytest.raises(Failure) as refused:
        observe(OURS, links=links, unreachable_peer=identity.UnreachablePeer(("beta.example.com",), single_will_do))
    assert refused.value.code == "peer_unknown"
    assert f"beta ({BETA.mvip})" in refused.value.sentence
    assert "set element_mvip of the peer's host" in refused.value.sentence


def test_a_pair_with_a_known_peer_is_distinguished_from_one_with_another_cluster():
    known = identity.UnreachablePeer(("beta.example.com", BETA.mvip))
    assert observe(OURS, unreachable_peer=known).row == "local_only"
    assert observe(pair(9, link=3), unreachable_peer=known).row == "local_only_elsewhere"


def test_the_mvip_comes_before_what_the_hostname_leads_to():
    """The way to beta goes over a forwarder whose address is the MVIP of gamma."""
    known = identity.UnreachablePeer((BETA.mvip, GAMMA.mvip))
    assert observe(OURS, unreachable_peer=known).row == "local_only"
    assert observe(pair(9, link=3), unreachable_peer=known).row == "local_only_elsewhere"


# --- signs of life --------------------------------------------------------------------------------------------------------

UNANSWERED = Unanswered(
    "unreachable", "it does not answer", "198.51.100.9", "GetClusterInfo", sent=False, down=True
).because("no route")
CONNECTED, LOST = entry(BETA, 7), entry(BETA, 7, status="Disconnected")
TO_PEER = replace(DESIRED, direction="to_peer")
FORCED, ABSENT = PairOptions(present=True, failover="forced"), PairOptions(present=False)


def alive(desired, unreachable_peer, links=(CONNECTED,), item=TO_PEER, access=RT):
    observed = observe(OURS, access=access, links=links, unreachable_peer=unreachable_peer, desired=item)
    return local_only.peer_alive(volume_side(ALPHA, links), unreachable_peer, [decide(observed, desired)])


def test_a_connected_peer_is_alive():
    failure = alive(FORCED, identity.UnreachablePeer((BETA.mvip,), failure=UNANSWERED))
    assert (failure.code, failure.cluster) == ("peer_alive", "alpha")
    for part in (
        f"its pair with beta (MVIP {BETA.mvip}) is Connected",
        "198.51.100.9 did not answer: no route",
        "assume_dead",
    ):
        assert part in failure.sentence


@pytest.mark.parametrize("single_will_do", [True, False])
def test_so_is_the_only_one_that_may_be_meant(single_will_do):
    unreachable_peer = identity.UnreachablePeer(("bta.example.com",), single_will_do, UNANSWERED)
    links = (CONNECTED,)
    promoted = Promote(0, "local", "volume orders-db (41)", "it is desired", volume(41, "orders-db"), "readWrite")
    observed = local_only.peer_alive(volume_side(ALPHA, links), unreachable_peer, [Plan(steps=(promoted,))])
    assert bool(observed) is single_will_do


@pytest.mark.parametrize("state", ["Active", "ResumingConnected", "Idle", "PausedDisconnected", "PausedManual"])
def test_a_volume_that_data_arrives_on_is_a_sign_as_well(state):
    """The management network is lost, the one that data goes over is not."""
    unreachable_peer, ours = (
        identity.UnreachablePeer((BETA.mvip,), failure=UNANSWERED),
        pair(77, "orders-dr", link=7, state=state),
    )
    other = volume(42, "another", pair(78, "another", link=7))
    observed = observe(ours, access=RT, links=(LOST,), unreachable_peer=unreachable_peer, desired=TO_PEER)
    here = volume_side(ALPHA, (LOST,), volume(41, "orders-db", ours, access=RT), other)
    failure = local_only.peer_alive(here, unreachable_peer, [decide(observed, FORCED)])
    if state not in ("Active", "ResumingConnected"):
        assert failure is None
        return
    assert failure.code == "peer_alive"
    assert f"the pair of volume orders-db (41) is {state}, so the peer is up" in failure.sentence


def test_any_entry_that_names_the_peer_is_a_sign():
    """Of a rebuilt cluster there are two: the volumes still use the old one."""
    links = (LOST, entry(BETA, 8, "again"))
    assert alive(FORCED, identity.UnreachablePeer((BETA.mvip,), failure=UNANSWERED), links).code == "peer_alive"


@pytest.mark.parametrize(
    ("desired", "links", "item", "access", "failure"),
    [
        pytest.param(FORCED, (LOST,), TO_PEER, RT, UNANSWERED, id="not connected"),
        pytest.param(FORCED, (LOST, entry(GAMMA, 3, "third")), TO_PEER, RT, UNANSWERED, id="another one is"),
        pytest.param(FORCED, (CONNECTED,), TO_PEER, RT, None, id="assumed gone"),
        pytest.param(FORCED, (CONNECTED,), TO_PEER, RW, UNANSWERED, id="writable already"),
        pytest.param(
            PairOptions(present=True), (CONNECTED,), replace(DESIRED, paused=True), RT, UNANSWERED, id="paused"
        ),
        pytest.param(ABSENT, (CONNECTED,), DESIRED, RT, UNANSWERED, id="unpaired"),
    ],
)
def test_what_needs_no_sign_of_death(desired, links, item, access, failure):
    assert alive(desired, identity.UnreachablePeer((BETA.mvip,), failure=failure), links, item, access) is None


def test_a_target_that_is_released_becomes_writable_too():
    unreachable_peer = identity.UnreachablePeer((BETA.mvip,), failure=UNANSWERED)
    assert alive(replace(ABSENT, release_target=True), unreachable_peer, item=DESIRED).code == "peer_alive"


@pytest.mark.parametrize(
    ("desired", "item", "then"),
    [
        (FORCED, TO_PEER, "keep hosts off it"),
        (ABSENT, DESIRED, "its side was not changed"),
        (PairOptions(present=True), replace(DESIRED, paused=True), "its side was not changed"),
    ],
)
def test_a_sign_of_life_that_is_no_obstacle_is_a_warning(desired, item, then):
    for links, warned in (((CONNECTED,), 1), ((LOST,), 0)):
        plan = decide(observe(OURS, access=RT, links=links, desired=item), desired)
        signs = [text for text in plan.warnings if "seems to be up" in text]
        assert (len(signs), all(then in text for text in signs)) == (warned, True)


# --- is it as desired? -----------------------------------------------------------------------------------------------------


def test_nothing_is_waited_for_on_the_other_side():
    promoted = observe(OURS, desired=replace(DESIRED, direction="to_peer"))
    assert judge(promoted, PairOptions(present=True, failover="forced"), in_sync=True, waited=0).done
    gone = observe(desired=replace(DESIRED, direction="to_peer"))
    assert (
        judge(gone, PairOptions(present=True, failover="forced"), in_sync=False, waited=0).failure.code
        == "changed_meanwhile"
    )


def test_what_is_outstanding_is_said():
    plan = decide(observe(OURS), PairOptions(present=False))
    assert "its half of the pair, if any, remains" in plan.warnings[0]
    assert "is unreachable, so it was not read" in decide(observe(), PairOptions(present=False)).warnings[0]
