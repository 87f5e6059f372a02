# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a planned failover proves, on clusters whose statistics are as old as a sample and whose attributes are short."""

from __future__ import annotations

import json
import math

import pytest

from ansible_collections.elementsw.replication.tests.unit.plugins.modules.paired_sites import (
    FORCE,
    INSTANT,
    LINK,
    RT,
    RW,
    TURN,
    accesses,
    before,
    items,
    meanwhile,
    snapshots,
    volume,
    write,
)

SLOW = {**INSTANT, "delivery_polls": "never"}
# The reads of a planned failover: the evidence of use, and two readings to count by. The next one follows the demotion.
AFTER_THE_DEMOTION = 4
WAITING = {**INSTANT, "snapshot_polls": "never"}
BACK = {"direction": "to_peer", "failover": "planned"}
ONE = ["orders"]


def number(site, cluster, name="orders"):
    return volume(site, cluster, name).volume_id


def code(result):
    return (result.get("error") or {}).get("code")


def codes(result):
    return {pair["volume"]: code(pair) for pair in result["pairs"]}


def statistics(site, writes, **more):
    """A reply to ListVolumeStats of alpha that shows so many writes of its only volume."""
    stats = {"volumeID": number(site, "alpha"), "writeOps": writes, "samplePeriodMSec": 500, **more}
    return json.dumps({"result": {"volumeStats": [stats]}})


# --- statistics -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("mode", "sample_period"), [("Async", "named"), ("Async", "zero"), ("Sync", "named")])
def test_a_write_just_before_the_demotion_is_not_lost(paired, mode, sample_period):
    """The counters that are read right after the demotion are those of a sample before it."""
    site = paired(ONE, mode, timings=SLOW, switches={"sample_period": sample_period})
    meanwhile(site, "ModifyVolume", 1, "write", "orders", mark="late")
    result = site.run("volume_pair", volume="orders", **TURN)
    assert (code(result), result["error"]["rolled_back"], result["changed"]) == ("source_in_use", True, False)
    assert "1 write operation since they were counted" in result["msg"]
    assert (accesses(site, ONE), snapshots(site)) == ([(RW, RT)], [])
    assert site.world.marks("alpha", number(site, "alpha")) == ["late"]


@pytest.mark.parametrize("sample_period", ["named", "missing"])
def test_a_write_just_before_the_start_refuses_nothing(paired, sample_period):
    """Its first reading does not show the write, and the reading that is counted by does."""
    site = paired(ONE, timings=SLOW, switches={"sample_period": sample_period})
    write(site, "alpha", "orders", "last")
    result = site.run("volume_pair", volume="orders", **TURN)
    assert not result.get("failed"), result["msg"]
    assert site.world.marks("beta", number(site, "beta")) == ["last"]


def test_a_write_between_the_readings_that_are_counted_by_refuses_nothing(paired):
    site = paired(ONE)
    meanwhile(site, "ListVolumeStats", 2, "write", "orders", mark="one")
    meanwhile(site, "ListVolumeStats", 3, "write", "orders", mark="two")
    result = site.run("volume_pair", volume="orders", **TURN)
    assert not result.get("failed"), result["msg"]
    assert site.world.marks("beta", number(site, "beta")) == ["one", "two"]


@pytest.mark.parametrize("check", [True, False])
def test_who_goes_on_writing_keeps_the_source(paired, check):
    site = paired(ONE)
    for nth in range(1, 7):
        meanwhile(site, "ListVolumeStats", nth, "write", "orders", mark=f"write-{nth}")
    result = site.run("volume_pair", check=check, volume="orders", **TURN)
    assert (code(result), site.world.writes(), result["actions"]) == ("source_in_use", [], [])
    assert "it is being written to" in result["msg"]


@pytest.mark.parametrize("cluster", ["alpha", "beta"])
def test_a_pair_that_stops_replicating_its_live_content_is_not_reversed(paired, cluster):
    """A snapshot arrives in mode SnapshotsOnly too; the write that it holds is on no volume then."""
    site = paired(ONE, timings=SLOW)
    write(site, "alpha", "orders", "only")
    mode = {"volumeID": number(site, cluster), "mode": "SnapshotsOnly"}
    before(site, ("alpha", "CreateSnapshot", 1), cluster, "ModifyVolumePair", **mode)
    result = site.run("volume_pair", volume="orders", **TURN)
    assert (code(result), accesses(site, ONE), snapshots(site)) == ("changed_meanwhile", [(RW, RT)], [])
    assert "its mode is SnapshotsOnly now" in result["msg"]
    assert site.world.marks("alpha", number(site, "alpha")) == ["only"]


def test_the_first_reading_that_counts_begins_two_seconds_after_the_demotion(paired):
    site = paired(ONE)
    result = site.run("volume_pair", volume="orders", **TURN)
    assert not result.get("failed"), result["msg"]
    demoted, *_others = site.world.calls_of("alpha", "ModifyVolume")
    promoted, *_others = site.world.calls_of("beta", "ModifyVolume")
    counted = [each for each in site.world.calls_of("alpha", "ListVolumeStats") if each.sequence > demoted.sequence]
    assert [each.sequence < promoted.sequence for each in counted] == [True, True]
    first, second = (each.seconds for each in counted)
    assert first - demoted.seconds >= 2
    assert second - first >= 0.5


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        ([1, 1], "1 write operation since they were counted"),
        ([0, 1], "1 write operation since they were counted"),
        ([1, 0], "its statistics do not settle"),
        ([None, 0], "its statistics cannot be read"),
        ([0, None], "its statistics cannot be read"),
    ],
)
def test_statistics_that_prove_nothing_give_the_source_back(paired, shown, said):
    site = paired(ONE)
    for nth, writes in enumerate(shown, AFTER_THE_DEMOTION):
        spoilt = {"volumeID": 999} if writes is None else {}
        message = statistics(site, writes or 0, **spoilt)
        site.world.faults.add("alpha", "ListVolumeStats", nth, fault="reply", message=message)
    result = site.run("volume_pair", volume="orders", **TURN)
    assert (code(result), result["error"]["rolled_back"], accesses(site, ONE)) == ("source_in_use", True, [(RW, RT)])
    assert said in result["msg"]


@pytest.mark.parametrize("period", [60000, "now and then"])
def test_a_cluster_that_samples_too_seldom_proves_nothing(paired, period):
    """Hosts would be without a writable side for minutes, or nothing says for how long."""
    site = paired(ONE)
    message = statistics(site, 0, samplePeriodMSec=period)
    site.world.faults.add("alpha", "ListVolumeStats", 2, times=None, fault="reply", message=message)
    result = site.run("volume_pair", volume="orders", **TURN)
    assert (code(result), site.world.writes()) == ("source_in_use", [])
    assert "its statistics cannot be read" in result["msg"]


# --- what changes between the demotion and the promotion ------------------------------------------------------------------


def third_site(sites):
    """alpha, beta and gamma, with a pair of alpha and beta, and the key of a pairing that was started on gamma."""
    volumes = [{"name": "orders", "account": "tenant"}]
    clusters = [
        {"name": each, "accounts": [{"name": "tenant"}], "volumes": volumes} for each in ("alpha", "beta", "gamma")
    ]
    links = [LINK, {"between": ["beta", "gamma"]}]
    pairs = [{"source": "alpha/orders", "target": "beta/orders"}]
    site = sites(clusters, cluster_pairs=links, volume_pairs=pairs)
    started = site.world.call("gamma", "StartVolumePairing", {"volumeID": number(site, "gamma"), "mode": "Async"})
    return site, started["volumePairingKey"]


def pair_with_gamma(site, key, call, then):
    """Just before one call of the task the pair of beta is removed, and before another one beta is paired with gamma."""
    beta = number(site, "beta")
    before(site, call, "beta", "RemoveVolumePair", volumeID=beta)
    before(site, then, "beta", "CompleteVolumePairing", volumeID=beta, volumePairingKey=key)


def assert_no_claim_of_innocence(result):
    """Nothing says that nothing was written or changed: this run has written."""
    texts = [result["msg"], *(pair["msg"] or "" for pair in result["pairs"]), *(result["error"]["left_behind"] or ())]
    for claim in ("nothing was", "nothing is", "nothing more", "untouched", "not touch"):
        assert not any(claim in text for text in texts), (claim, texts)


def test_a_target_that_was_paired_with_another_cluster_is_not_promoted(sites):
    site, key = third_site(sites)
    readings = [("alpha", "ListVolumeStats", nth) for nth in (AFTER_THE_DEMOTION, AFTER_THE_DEMOTION + 1)]
    pair_with_gamma(site, key, *readings)
    result = site.run("volume_pair", volume="orders", **TURN)
    assert code(result) == "changed_meanwhile"
    assert accesses(site, ONE) == [(RW, RT)]
    assert volume(site, "gamma", "orders").access == RW
    assert f"it is paired with volume orders ({number(site, 'gamma')}) now" in result["msg"]
    assert_no_claim_of_innocence(result)
    assert (result["error"]["rolled_back"], snapshots(site)) == (True, [])


ON_BETA = [
    # what another client does to the target, and what is said
    ("RemoveVolumePair", {}, "its pair was removed"),
    ("DeleteVolume", {}, "it was deleted"),
    ("ModifyVolume", {"access": "locked"}, "its access is locked now"),
]


@pytest.mark.parametrize(("method", "more", "said"), ON_BETA, ids=[each[0] for each in ON_BETA])
def test_a_target_that_changes_meanwhile_is_not_promoted(paired, method, more, said):
    """The others of the list are: after the first demotion each pair stands for itself."""
    site = paired()
    call = ("alpha", "ListVolumeStats", AFTER_THE_DEMOTION + 1)
    before(site, call, "beta", method, volumeID=number(site, "beta"), **more)
    result = site.run("volume_pair", pairs=items(), **TURN)
    assert codes(result) == {"ledger": None, "orders": "changed_meanwhile", "stock": None}
    assert accesses(site)[0::2] == [(RT, RW)] * 2
    assert volume(site, "alpha", "orders").access == RW
    assert volume(site, "beta", "orders").access != RW
    assert said in result["pairs"][1]["msg"]
    assert_no_claim_of_innocence(result)


def test_a_pair_that_is_removed_on_both_sides_gives_its_source_back(paired):
    site = paired(ONE)
    for nth, cluster in enumerate(("alpha", "beta"), AFTER_THE_DEMOTION):
        before(site, ("alpha", "ListVolumeStats", nth), cluster, "RemoveVolumePair", volumeID=number(site, cluster))
    result = site.run("volume_pair", volume="orders", **TURN)
    assert (code(result), accesses(site, ONE)) == ("changed_meanwhile", [(RW, RT)])
    assert_no_claim_of_innocence(result)


@pytest.mark.parametrize("cluster", ["alpha", "beta"])
def test_who_was_promoted_by_another_client_stays_the_only_source(paired, cluster):
    """Whichever side another client has made writable: the other one is not."""
    site = paired(ONE)
    call = ("alpha", "ListVolumeStats", AFTER_THE_DEMOTION + 1)
    before(site, call, cluster, "ModifyVolume", volumeID=number(site, cluster), access=RW)
    result = site.run("volume_pair", volume="orders", **TURN)
    assert code(result) == "changed_meanwhile"
    assert accesses(site, ONE) == [(RW, RT) if cluster == "alpha" else (RT, RW)]
    left = result["error"]["left_behind"]
    assert left is None if cluster == "alpha" else "another client has promoted the partner" in left[0]
    assert_no_claim_of_innocence(result)


def test_who_pairs_the_target_elsewhere_after_the_promotion_is_named(sites):
    """By then this run has written, and does not say that nothing was changed."""
    site, key = third_site(sites)
    pair_with_gamma(site, key, ("beta", "DeleteSnapshot", 1), ("alpha", "DeleteSnapshot", 1))
    result = site.run("volume_pair", volume="orders", **TURN)
    assert (code(result), result["changed"]) == ("paired_elsewhere", True)
    assert f"is paired with volume orders ({number(site, 'gamma')}) on cluster gamma" in result["msg"]
    assert_no_claim_of_innocence(result)


def test_a_forced_failover_looks_before_it_promotes(paired):
    site = paired(ONE)
    before(site, ("beta", "ListVolumes", 2), "beta", "RemoveVolumePair", volumeID=number(site, "beta"))
    result = site.run("volume_pair", volume="orders", **FORCE)
    assert (code(result), site.writes(), accesses(site, ONE)) == ("changed_meanwhile", [], [(RW, RT)])
    assert "its pair was removed" in result["msg"]


# --- promotion refused, and more ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("here", "there", "wanted", "back"),
    [("alpha", "beta", "from_peer", "to_peer"), ("beta", "alpha", "to_peer", "from_peer")],
)
def test_neither_side_is_writable_and_the_message_says_so(paired, here, there, wanted, back):
    site = paired(ONE)
    site.world.faults.add("beta", "ModifyVolume", times=None, fault="xPermissionDenied")
    site.world.faults.add("alpha", "ModifyVolume", 2, times=None, fault="xInvalidParameter")
    sides = {"here": here, "there": there, "volume": "orders"}
    result = site.run("volume_pair", direction=wanted, failover="planned", **sides)
    assert (code(result), result["error"]["rolled_back"], result["changed"]) == ("permission", False, True)
    assert accesses(site, ONE) == [(RT, RT)]
    for said in (
        "cluster beta refused ModifyVolume: xPermissionDenied",
        "neither volume is writable",
        "cluster alpha refused ModifyVolume: xInvalidParameter",
        f"run with direction: {back} and failover: planned",
    ):
        assert said in result["msg"]
    assert any("neither volume is writable" in left for left in result["error"]["left_behind"])
    site.world.faults.clear()
    returned = site.run("volume_pair", direction=back, failover="planned", **sides)
    assert not returned.get("failed"), returned["msg"]
    assert accesses(site, ONE) == [(RW, RT)]


def test_perhaps_neither_side_is_writable_where_giving_back_has_no_answer(paired):
    """The call may take effect later."""
    site = paired(ONE)
    site.world.faults.add("beta", "ModifyVolume", times=None, fault="xPermissionDenied")
    site.world.faults.add("alpha", "ModifyVolume", 2, times=None, fault="drop_before")
    result = site.run("volume_pair", volume="orders", **TURN)
    assert (code(result), accesses(site, ONE)) == ("permission", [(RT, RT)])
    assert "perhaps neither volume is writable" in result["msg"]


def test_a_bulk_promotion_that_is_refused_for_one_volume(paired):
    site = paired()
    site.world.faults.add("beta", "ModifyVolumes", fault="xInvalidParameter")
    site.world.faults.add("beta", "ModifyVolume", 2, fault="xInvalidParameter")
    result = site.run("volume_pair", pairs=items(), concurrency=1, **TURN)
    assert codes(result) == {"ledger": None, "orders": "api_error", "stock": None}
    assert accesses(site) == [(RT, RW), (RW, RT), (RT, RW)]
    assert (result["error"]["rolled_back"], snapshots(site)) == (True, [])


def test_a_bulk_promotion_that_is_refused_for_one_volume_which_is_not_given_back_either(paired):
    site = paired()
    site.world.faults.add("beta", "ModifyVolumes", fault="xInvalidParameter")
    site.world.faults.add("beta", "ModifyVolume", 2, fault="xInvalidParameter")
    site.world.faults.add("alpha", "ModifyVolume", times=None, fault="xInvalidParameter")
    result = site.run("volume_pair", pairs=items(), concurrency=1, **TURN)
    assert codes(result) == {"ledger": None, "orders": "api_error", "stock": None}
    assert accesses(site) == [(RT, RW), (RT, RT), (RT, RW)]
    assert "neither volume is writable" in result["msg"]
    assert result["msg"].count("neither volume is writable") == 1


def test_a_source_that_was_written_to_and_is_not_given_back(paired):
    """Neither side is writable, and planned would not find its proof: the message names what does it."""
    site = paired(ONE)
    meanwhile(site, "ModifyVolume", 1, "write", "orders", mark="late")
    site.world.faults.add("alpha", "ModifyVolume", 2, times=None, fault="xInvalidParameter")
    result = site.run("volume_pair", volume="orders", **TURN)
    assert (code(result), accesses(site, ONE)) == ("source_in_use", [(RT, RT)])
    assert "direction: to_peer and failover: planned to promote it, or forced" in result["msg"]
    site.world.faults.clear()
    for again in (TURN, BACK):
        unproven = site.run("volume_pair", volume="orders", **again)
        assert (code(unproven), accesses(site, ONE)) == ("no_source", [(RT, RT)])
        assert "a volume was written to since the checkpoint elementsw-swap-" in unproven["msg"]
    forced = site.run("volume_pair", volume="orders", direction="to_peer", failover="forced")
    assert not forced.get("failed"), forced["msg"]
    assert (accesses(site, ONE), site.world.marks("alpha", number(site, "alpha"))) == ([(RW, RT)], ["late"])


# --- what the checkpoint notes --------------------------------------------------------------------------------------------


def test_32_volumes_with_large_numbers_have_their_checkpoint(sites):
    """Seven digits of ID and ten digits of writes each: their checkpoint noted 1245 bytes, and was refused."""
    count = 32
    clusters = [
        {
            "name": name,
            "first_ids": {"volume": 4000000},
            "volumes": [{"name": "vol-{n:02}", "count": count, "write_ops": 4000000000}],
        }
        for name in ("alpha", "beta")
    ]
    pairs = [{"source": "alpha/vol-{n:02}", "target": "beta/vol-{n:02}", "count": count}]
    site = sites(clusters, cluster_pairs=[LINK], volume_pairs=pairs)
    desired = [{"volume": f"vol-{n:02}"} for n in range(1, count + 1)]
    result = site.run("volume_pair", pairs=desired, **TURN)
    assert not result.get("failed"), result["msg"]
    (checkpoint,) = site.world.calls_of("alpha", "CreateGroupSnapshot")
    assert len(json.dumps(checkpoint.params["attributes"])) < 1000


@pytest.fixture(name="interrupted")
def _interrupted(paired):
    """One pair without a writable side: a planned failover has ended between its two sides."""

    def start(**spec):
        site = paired(ONE, **spec)
        site.world.faults.add("beta", "ModifyVolume", times=None, fault="xPermissionDenied")
        site.world.faults.add("alpha", "ModifyVolume", 2, times=None, fault="xInvalidParameter")
        site.run("volume_pair", volume="orders", **TURN)
        site.world.faults.clear()
        assert accesses(site, ONE) == [(RT, RT)]
        return site

    return start


def forget_attributes(site):
    for cluster in ("alpha", "beta"):
        for snapshot in site.world.cluster(cluster).snapshots.values():
            snapshot.attributes = {}


def delete_checkpoint(site, cluster):
    (snapshot,) = site.world.cluster(cluster).snapshots.values()
    site.world.call(cluster, "DeleteSnapshot", {"snapshotID": snapshot.snapshot_id})


def write_elsewhere(site):
    """As if the volume had been writable for a while."""
    volume(site, "beta", "orders").write_ops += 1


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda site: delete_checkpoint(site, "alpha"), "there is no checkpoint on alpha"),
        (lambda site: delete_checkpoint(site, "beta"), "there is no checkpoint on beta"),
        (forget_attributes, "neither cluster has kept the attributes of the checkpoint elementsw-swap-"),
        (write_elsewhere, "a volume was written to since the checkpoint elementsw-swap-"),
    ],
    ids=["not here", "not there", "attributes", "writes"],
)
def test_no_source_says_which_proof_is_missing(interrupted, spoil, said):
    site = interrupted()
    spoil(site)
    site.world.clear_calls()
    for direction in (TURN, BACK):
        result = site.run("volume_pair", volume="orders", **direction)
        assert (code(result), site.world.writes()) == ("no_source", [])
        assert said in result["msg"]
        assert "failover: forced" in result["msg"]


@pytest.mark.parametrize("switches", [{}, {"attributes_replicated": False}, {"sample_period": "zero"}])
@pytest.mark.parametrize(("direction", "ends"), [(TURN, (RT, RW)), (BACK, (RW, RT))])
def test_an_interrupted_failover_goes_on_or_back(interrupted, direction, ends, switches):
    site = interrupted(switches=switches)
    result = site.check_then_run("volume_pair", volume="orders", **direction)
    assert not result.get("failed"), result["msg"]
    assert accesses(site, ONE) == [ends]


def test_an_interrupted_failover_is_looked_at_before_it_goes_on(interrupted):
    """Another client gives the source back just before: there are never two."""
    site = interrupted()
    before(site, ("alpha", "ListVolumes", 2), "alpha", "ModifyVolume", volumeID=number(site, "alpha"), access=RW)
    result = site.run("volume_pair", volume="orders", **TURN)
    assert (code(result), accesses(site, ONE)) == ("changed_meanwhile", [(RW, RT)])


def test_the_checkpoints_have_to_be_read_to_tell_what_was_interrupted(interrupted):
    site = interrupted()
    site.world.clear_calls()
    site.world.faults.add("beta", "ListSnapshots", 2, times=None, fault="xPermissionDenied")
    result = site.run("volume_pair", volume="orders", **TURN)
    assert (code(result), site.world.writes()) == ("permission", [])


# --- while the checkpoint is waited for -----------------------------------------------------------------------------------

POLL = ("alpha", "ListGroupSnapshots", 2)
HELD_UP = [
    # what another client does, where, and what is said
    ("ModifyVolumePair", "alpha", {"pausedManual": True}, "not_in_sync", "its pair shows PausedManual while"),
    ("ModifyVolumePair", "beta", {"pausedManual": True}, "not_in_sync", "its pair shows PausedManualRemote while"),
    ("RemoveVolumePair", "alpha", {}, "changed_meanwhile", "its pair was removed before"),
    ("RemoveVolumePair", "beta", {}, "changed_meanwhile", "its pair stopped (StoppedMisconfigured)"),
    ("DeleteVolume", "alpha", {}, "changed_meanwhile", "it was deleted before"),
]


@pytest.mark.parametrize(
    ("method", "cluster", "more", "expected", "said"), HELD_UP, ids=[f"{each[0]}-{each[1]}" for each in HELD_UP]
)
def test_a_pair_that_cannot_send_its_checkpoint_ends_the_wait_at_once(paired, method, cluster, more, expected, said):
    """For the whole list, and long before wait_timeout."""
    site = paired(timings=WAITING)
    before(site, POLL, cluster, method, volumeID=number(site, cluster), **more)
    result = site.run("volume_pair", pairs=items(), wait_timeout=60, **TURN)
    assert set(codes(result).values()) == {expected}
    assert said in result["pairs"][1]["msg"]
    assert "the pair was not reversed" in result["msg"]
    assert set(accesses(site)) == {(RW, RT)}
    assert len(polls(site)) == POLL[2]
    assert snapshots(site) == []


def polls(site):
    return [call for call in site.world.calls_of("alpha", "ListGroupSnapshots") if call.params]


@pytest.mark.parametrize(
    ("cluster", "said"),
    [
        ("alpha", "its checkpoint elementsw-swap-"),
        ("beta", "the copy of its checkpoint elementsw-swap-"),
    ],
)
def test_a_checkpoint_that_is_deleted_ends_the_wait_at_once(paired, cluster, said):
    site = paired(timings={**INSTANT, "snapshot_polls": 1})
    first = {"alpha": 1, "beta": 101}[cluster]
    before(site, POLL, cluster, "DeleteGroupSnapshot", groupSnapshotID=first)
    result = site.run("volume_pair", pairs=items(), wait_timeout=60, **TURN)
    assert set(codes(result).values()) == {"changed_meanwhile"}
    assert said in result["msg"]
    assert "was deleted before the checkpoint was on beta" in result["msg"]
    assert (set(accesses(site)), len(polls(site)), snapshots(site)) == ({(RW, RT)}, POLL[2], [])


def test_the_checkpoint_of_one_volume_that_is_deleted_ends_the_wait_too(paired):
    site = paired(ONE, timings=WAITING)
    before(site, ("alpha", "ListSnapshots", 3), "alpha", "DeleteSnapshot", snapshotID=1)
    result = site.run("volume_pair", volume="orders", wait_timeout=60, **TURN)
    assert (code(result), accesses(site, ONE)) == ("changed_meanwhile", [(RW, RT)])


def test_one_more_read_a_poll_sees_what_holds_it_up(paired):
    names = [f"vol-{number}" for number in range(40)]
    site = paired(names, timings={**INSTANT, "snapshot_polls": 4})
    result = site.run("volume_pair", pairs=items(names), **TURN)
    assert not result.get("failed"), result["msg"]
    rounds, rest = divmod(len(polls(site)), math.ceil(len(names) / 32))
    assert (rounds > 1, rest) == (True, 0)
    taken = max(call.sequence for call in site.world.calls_of("alpha", "CreateGroupSnapshot"))
    (demotion,) = site.world.calls_of("alpha", "ModifyVolumes")
    looks = [call for call in site.world.calls_of("alpha", "ListVolumes") if taken < call.sequence < demotion.sequence]
    # One for each poll that did not end the wait, and one just before the demotion.
    assert len(looks) == rounds - 1 + 1
