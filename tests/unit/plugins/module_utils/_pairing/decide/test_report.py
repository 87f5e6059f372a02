# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every state that the API's sources name, and texts that no one has seen: what is said of it, how bad, what to do."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.cluster_pair.state import (
    classify_cluster_pair,
)
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.report import findings, lag, listing
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.report.pairs import pair_findings
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.report.summary import is_protected
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.model import Delay, Sides, Snapshot
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.views import ClusterView
from ansible_collections.elementsw.replication.tests.unit.builders import (
    ALPHA,
    BETA,
    GIB,
    PAIR_UUID,
    entry,
    pair,
    pending_entry,
    pending_pair,
    volume,
    volume_side,
)

RT = "replicationTarget"
HERE, THERE = entry(BETA, 7), entry(ALPHA, 12)
TASK = "run element_volume_pair with volume_id: 41, peer_volume_id: 77, "

STATES = [
    # state -> code, severity, what the remedy says
    ("Active", None, None, None),
    ("Idle", None, None, None),
    ("ResumingConnected", None, None, None),
    ("ResumingRRSync", None, None, None),
    ("ResumingLocalSync", None, None, None),
    ("ResumingDataTransfer", None, None, None),
    ("ResumingSomethingNew", None, None, None),
    ("PausedManual", "paused", "warning", TASK + "paused: false"),
    ("PausedManualRemote", "paused", "warning", TASK + "paused: false"),
    ("PausedQoS", "recovering", "warning", "IOPS"),
    ("PausedSlowLink", "recovering", "warning", "bandwidth"),
    ("PausedXCopy", "recovering", "warning", "until the copy"),
    ("PausedMisconfigured", "recovering", "warning", "two minutes"),
    ("PausedDisconnected", "link_lost", "error", "storage network"),
    ("Unconfigured", "pending_pair", "warning", "state: absent"),
    ("PausedVolumeSizeMismatch", "size_mismatch", "error", TASK + "match_size: true"),
    ("PausedClusterFull", "target_full", "error", "delete and purge"),
    (
        "PausedExceededMaxSnapshotCount",
        "snapshot_limit",
        "error",
        "DeleteSnapshot of snapshots of volume 77 on cluster beta",
    ),
    ("PausedSomethingNew", "broken", "error", "remove the cause"),
    ("StoppedMisconfigured", "dead", "error", TASK + "mode: async, repair: true"),
    ("StoppedSomethingNew", "dead", "error", TASK + "mode: async, repair: true"),
    ("Transitioning", "unknown_state", "warning", "check the pair on the cluster"),
    ("active", "unknown_state", "warning", "check the pair on the cluster"),
    ("", "unknown_state", "warning", "check the pair on the cluster"),
]
SNAPSHOTS = [
    ("Idle", None),
    ("Active", None),
    ("", None),
    ("ResumingConnected", None),
    ("PausedManual", "remove the cause"),
    ("PausedMisconfigured", "remove the cause"),
    ("PausedDisconnected", "remove the cause"),
    ("PausedClusterFull", "delete and purge"),
    ("PausedExceededMaxSnapshotCount", "DeleteSnapshot of snapshots of volume 77 on cluster beta"),
    ("StoppedMisconfigured", "remove the cause"),
    ("Transitioning", "remove the cause"),
]


def observed(local, peer, links=(HERE, THERE)):
    """The pairs between two clusters, or those of one where `peer` is None."""
    there = None if peer is None else volume_side(BETA, links[1:], *peer)
    return listing.volume_pairs(Sides(volume_side(ALPHA, links[:1], *local), there))


def pairs_of(here="Active", there="Active", access=("readWrite", RT), snapshots="Idle", **more):
    return observed(
        [volume(41, "db", pair(77, "dr", state=here, snapshots=snapshots), access=access[0])],
        [volume(77, "dr", pair(41, "db", link=12, state=there), access=access[1], **more)],
    )


def observe(pairs, max_lag=None, seconds=None, peer_is_gone=False, warn_lag=None):
    delays = Sides(dict.fromkeys((41, 42, 43), Delay(seconds)), dict.fromkeys((77, 78, 79), Delay(seconds)))
    limits = lag.Limits(max_lag, warn_lag)
    return pair_findings([(each, lag.of_pair(each, delays)) for each in pairs], limits, peer_is_gone)


def check(finding, code, severity, remedy):
    assert (finding.code, finding.severity) == (code, severity)
    assert remedy in finding.remedy
    assert finding.message


@pytest.mark.parametrize(("state", "code", "severity", "remedy"), [row for row in STATES if row[0] != "Unconfigured"])
def test_every_state_on_either_side(state, code, severity, remedy):
    for here, there in ((state, "Active"), ("Active", state), (state, state)):
        listed = observe(pairs_of(here, there))
        if code is None:
            assert listed == []
        else:
            (finding,) = listed
            check(finding, code, severity, remedy)


@pytest.mark.parametrize(("state", "code", "severity", "remedy"), STATES)
def test_every_state_that_one_cluster_shows_alone(state, code, severity, remedy):
    listed = observe(observed([volume(41, "db", pair(77, "dr", state=state))], None))
    if state == "PausedMisconfigured":  # whether the roles are right cannot be determined
        code, severity, remedy = "broken", "error", "remove the cause"
    if code is None:
        assert listed == []
        return
    (finding,) = listed
    check(finding, code, severity, remedy.split(", paused")[0].split(", match")[0].split(", mode")[0])


@pytest.mark.parametrize(("state", "code", "severity", "remedy"), STATES)
def test_nothing_is_in_time_that_is_not_known_to_be(state, code, severity, remedy):
    """With max_lag, only a pair that replicates and whose source tells a small lag is fine."""
    pairs = pairs_of(state, state) if state != "Unconfigured" else observed([volume(41, "db", pending_pair())], [])
    well = code is None and not state.startswith("Resuming")
    for seconds in (None, 0.0, 5.0):
        errors = [each for each in observe(pairs, 60, seconds) if each.severity == "error"]
        assert bool(errors) == (not well or seconds is None), (state, seconds)
    (exceeded,) = observe(pairs, 60, 61.0)
    assert exceeded.severity == "error"


@pytest.mark.parametrize(("state", "remedy"), SNAPSHOTS)
def test_snapshots_stop_for_reasons_of_their_own(state, remedy):
    listed = observe(pairs_of(snapshots=state))
    if remedy is None:
        assert listed == []
    else:
        check(listed[0], "snapshots_stopped", "warning", remedy)
    # While the pair itself is held up, its snapshots show what it shows.
    assert [each.code for each in observe(pairs_of("PausedManual", snapshots=state))] == ["paused"]


LAGS = [
    # seconds, max_lag, warn_lag -> code, words
    (59.0, 90, 60, None, None),
    (61.0, 90, 60, "lag_high", "61 s behind, and warn_lag is 60 s"),
    (61.0, None, 60, "lag_high", "permit more with warn_lag"),
    (91.0, 90, 60, "lag_exceeded", "91 s behind, and max_lag is 90 s"),
    (90.0, 90, 90, None, None),
    (None, 90, 60, "lag_unknown", "not known"),
    (None, None, 60, "lag_high", "not known"),
    (None, None, None, None, None),
]


@pytest.mark.parametrize(("seconds", "max_lag", "warn_lag", "code", "words"), LAGS)
def test_a_lag_is_a_warning_and_then_an_error(seconds, max_lag, warn_lag, code, words):
    listed = observe(pairs_of(), max_lag, seconds, warn_lag=warn_lag)
    assert [each.code for each in listed] == ([code] if code else [])
    assert all(words in f"{each.message}; {each.remedy}" for each in listed)
    assert [each.severity for each in listed if each.code == "lag_high"] == ["warning"] * (code == "lag_high")


def test_a_lag_that_is_a_warning_hides_no_cause():
    assert [each.code for each in observe(pairs_of("PausedManual"), None, 61.0, warn_lag=60)] == ["paused"]


def snapshots_of(*created, uuid=PAIR_UUID, status="Present", volume_id=41):
    return tuple(
        Snapshot(n, f"s{n}", volume_id, "", created=each, remote={uuid: status}) for n, each in enumerate(created)
    )


NOW = "2025-05-01T10:00:00.100000Z"
#: Snapshots of the source, what its clock shows -> seconds, whether nothing is replicated.
SNAPSHOT_LAGS = [
    (snapshots_of("2025-05-01T09:00:00Z", "2025-05-01T09:59:00Z"), NOW, 60.0, False),
    (snapshots_of("2025-05-01T10:00:09Z"), NOW, 0.0, False),
    (snapshots_of("2025-05-01T09:59:00Z", status="present"), NOW, 60.0, False),
    (snapshots_of("2025-05-01T09:59:00Z", status="Syncing"), NOW, None, True),
    (snapshots_of("2025-05-01T09:59:00Z", uuid="other"), NOW, None, True),
    (snapshots_of("2025-05-01T09:59:00Z", volume_id=42), NOW, None, True),
    ((), NOW, None, True),
    (snapshots_of("2025-05-01T09:59:00Z"), "", None, False),
    (snapshots_of("yesterday"), NOW, None, False),
    (None, NOW, None, False),
]


@pytest.mark.parametrize(("snapshots", "now", "seconds", "nothing"), SNAPSHOT_LAGS)
def test_the_lag_of_snapshots_is_the_age_of_the_newest_one_on_the_target(snapshots, now, seconds, nothing):
    (snapped,) = observed(
        [volume(41, "db", pair(77, "dr", mode="SnapshotsOnly"))],
        [volume(77, "dr", pair(41, "db", link=12, mode="SnapshotsOnly"), access=RT)],
    )
    behind = lag.of_pair(snapped, Sides({41: Delay(5.0, now)}, {}), Sides(snapshots, None))
    assert (behind.seconds, behind.of, behind.nothing_replicated) == (seconds, "snapshot", nothing)
    codes = [each.code for each in pair_findings([(snapped, behind)], lag.Limits(), False)]
    assert codes == (["no_replicated_snapshot"] if nothing else [])
    assert is_protected(snapped, behind, lag.Limits()) != nothing
    codes = [each.code for each in pair_findings([(snapped, behind)], lag.Limits(30), False)]
    late = "lag_unknown" if seconds is None else "lag_exceeded" if seconds > 30 else None
    assert codes == [code for code in ["no_replicated_snapshot" if nothing else late] if code]


FULLNESS = [(None, None), (1, None), (2, None), (3, "cluster_filling"), (4, "cluster_full"), (5, "cluster_full")]


@pytest.mark.parametrize(("stage", "code"), FULLNESS)
def test_the_fullness_of_a_cluster_that_is_replicated_to(stage, code):
    found = findings.of_fullness("beta", stage)
    assert [each.code for each in found] == ([code] if code else [])
    assert [each.severity for each in found] == ([] if code is None else ["warning" if stage == 3 else "error"])


PAIR = pair(77, "dr", state="PausedMisconfigured")
BACK = pair(41, "db", link=12, state="PausedMisconfigured")
GOOD = "direction: to_peer or from_peer"
SITUATIONS = {
    "split": (pairs_of("PausedMisconfigured", access=("readWrite", "readWrite")), "split", GOOD, "failover: forced"),
    "split, failed": (
        pairs_of("StoppedMisconfigured", access=("readWrite", "readWrite")),
        "dead",
        "repair: true, allow_overwrite: true, direction",
        "allow_overwrite: true",
    ),
    "no source": (pairs_of("PausedMisconfigured", access=(RT, RT)), "no_source", GOOD, "failover: forced"),
    "read-only source": (
        pairs_of(access=("readOnly", RT)),
        "access_conflict",
        "volumeID 41 and access readWrite",
        "cluster alpha",
    ),
    "locked target": (
        pairs_of(access=("readWrite", "locked")),
        "access_conflict",
        "volumeID 77 and access replicationTarget",
        "cluster beta",
    ),
    "deleted": (
        pairs_of(status="deleted"),
        "volume_deleted",
        "RestoreDeletedVolume with volumeID 77 on cluster beta",
        TASK + "state: absent",
    ),
    "sectors": (
        pairs_of("PausedMisconfigured", enable_512e=False),
        "sector_mismatch",
        TASK + "state: absent",
        "create_peer_volume",
    ),
    "half": (
        observed([volume(41, "db", PAIR)], [volume(77, "dr", access=RT)]),
        "half_pair",
        TASK + "mode: async, repair: true",
        "a full copy",
    ),
    "half, two writable": (
        observed([volume(41, "db", PAIR)], [volume(77, "dr")]),
        "half_pair",
        f"repair: true, allow_overwrite: true, {GOOD}",
        "; the other one is saved in a snapshot and overwritten",
    ),
    "half, partner gone": (
        observed([volume(41, "db", PAIR)], []),
        "half_pair",
        TASK + "state: absent",
        "pair the volume again if you need the pair",
    ),
    "half there": (
        observed([], [volume(77, "dr", BACK)]),
        "half_pair",
        "on cluster beta, with alpha as the peer, run element_volume_pair with volume_id: 77, peer_volume_id: 41, state: absent",
        "pair the volume again if you need the pair",
    ),
    "half of a cluster pair that is gone": (
        observed([volume(41, "db", pair(77, "dr", link=99))], []),
        "half_pair",
        TASK + "state: absent",
        "pair the volume again if you need the pair",
    ),
    "crossed": (
        observed([volume(41, "db", PAIR)], [volume(77, "dr", pair(41, "db", "other", 12))]),
        "half_pair",
        "repair: true",
        GOOD,
        "; the other one is saved in a snapshot and overwritten",
    ),
    "pending": (
        observed([volume(41, "db", pending_pair())], []),
        "pending_pair",
        "volume_id: 41, state: absent",
        "complete it",
    ),
    "pending there": (
        observed([], [volume(77, "dr", pending_pair())]),
        "pending_pair",
        "on cluster beta, with alpha as the peer, run element_volume_pair with volume_id: 77, state: absent",
        "complete it",
    ),
}


@pytest.mark.parametrize("situation", SITUATIONS)
def test_every_situation(situation):
    pairs, code, *remedies = SITUATIONS[situation]
    (finding,) = observe(pairs)
    assert finding.code == code
    assert [part for part in remedies if part not in finding.remedy] == []


def test_every_code_of_pairs_has_been_seen():
    codes = {code for _state, code, _severity, _remedy in STATES} | {
        code for _pairs, code, *_remedies in SITUATIONS.values()
    }
    of_clusters = {"peer_unreachable", "not_connected", "not_paired", "further_entries"}
    tested_elsewhere = {"fault", "minor_fault", "unreadable_object", "lag_exceeded", "lag_unknown", "snapshots_stopped"}
    tested_elsewhere |= {"lag_high", "no_replicated_snapshot", "no_host_access", "cluster_full", "cluster_filling"}
    tested_elsewhere |= {"rehearsal_left"}
    assert codes - {None} == set(findings.PROBLEMS) - of_clusters - tested_elsewhere


def test_what_is_shared_is_reported_once():
    def three(state):
        return observed(
            [volume(41 + n, f"v{n}", pair(77 + n, uuid=f"u{n}", state=state), size=GIB) for n in range(3)],
            [volume(77 + n, f"v{n}", pair(41 + n, uuid=f"u{n}", link=12), access=RT, size=GIB) for n in range(3)],
        )

    for state, code in (
        ("PausedDisconnected", "link_lost"),
        ("PausedSlowLink", "recovering"),
        ("PausedClusterFull", "target_full"),
    ):
        (finding,) = observe(three(state))
        assert (finding.code, finding.hits, "3 volume pairs" in finding.message) == (code, 3, True)
    for seconds, code in ((5.0, "lag_unknown"), (90.0, "lag_exceeded")):
        (finding,) = observe(three("PausedSlowLink"), 60, seconds)
        assert (finding.code, finding.hits, "bandwidth" in finding.remedy) == (code, 3, True)
        (finding,) = observe(three("PausedDisconnected"), 60, seconds)
        assert (finding.code, finding.hits, "storage network" in finding.remedy) == ("link_lost", 3, True)
    assert [finding.hits for finding in observe(three("PausedManual"))] == [1, 1, 1]


def test_stopped_snapshots_make_nothing_late():
    listed = observe(pairs_of(snapshots="PausedClusterFull"), 60, 61.0)
    assert {each.code: each.remedy for each in listed} == {
        code: findings.PROBLEMS[reported][1]
        for code, reported in (("lag_exceeded", "lag_exceeded"), ("snapshots_stopped", "target_full"))
    }


def test_what_only_an_unreachable_peer_could_tell_is_reported_with_it():
    pairs = observed([volume(41, "db", pair(77, "dr"), access=RT)], None)
    assert [finding.code for finding in observe(pairs, 60)] == ["lag_unknown"]
    assert observe(pairs, 60, peer_is_gone=True) == []


CLUSTERS = [
    # status here, status there -> code
    ("Connected", "Connected", None),
    ("Connected", "Disconnected", "not_connected"),
    ("Misconfigured", "Connected", "not_connected"),
    ("Connecting", "Connected", "not_connected"),
    ("", "connected", "not_connected"),
]


@pytest.mark.parametrize(("here", "there", "code"), CLUSTERS)
def test_every_status_of_a_cluster_pair(here, there, code):
    sides = Sides(ClusterView(ALPHA, (entry(BETA, 7, status=here),)), ClusterView(BETA, (entry(ALPHA, status=there),)))
    assert [each.code for each in findings.of_clusters(classify_cluster_pair(sides), ())] == ([code] if code else [])
    alone = findings.of_entries(volume_side(ALPHA, sides.local.entries), {7: 4}, ())
    assert [each.hits for each in alone] == ([4] if here != "Connected" else [])


def test_pending_cluster_pairs_name_no_cluster():
    sides = Sides(ClusterView(ALPHA, (HERE, pending_entry())), ClusterView(BETA, (THERE,)))
    (finding,) = findings.of_clusters(classify_cluster_pair(sides), ())
    check(finding, "pending_pair", "warning", "remove_pending: true")
    # To remove what is pending must not pair clusters that are not paired.
    assert finding.command[0].options == {"remove_pending": True}
    apart = Sides(ClusterView(ALPHA, (pending_entry(),)), ClusterView(BETA, ()))
    (unpaired,) = [
        each for each in findings.of_clusters(classify_cluster_pair(apart), ()) if each.code == "pending_pair"
    ]
    assert unpaired.command[0].options == {"state": "absent", "remove_pending": True}
    (alone,) = findings.of_entries(volume_side(ALPHA, sides.local.entries), {}, ())
    assert (alone.message, alone.remedy) == (finding.message, finding.remedy)
    assert (bool(finding.command), alone.command) == (True, ())


def test_the_order_of_harm():
    listed = [
        findings.Finding(code, "", hits=hits) for code, hits in (("paused", 1), ("link_lost", 9), ("target_full", 1))
    ]
    listed += [findings.Finding("target_full", "", hits=5), findings.Finding("split", "", hits=1)]
    assert [(each.code, each.hits) for each in findings.by_harm(listed)] == [
        ("link_lost", 9),
        ("split", 1),
        ("target_full", 5),
        ("target_full", 1),
        ("paused", 1),
    ]


# A pending entry is a pair of its own, see the situations.
WORDS = some.sampled_from([state for state, *_rest in STATES if state != "Unconfigured"]) | some.text(max_size=12)
ACCESS = some.sampled_from(["readWrite", RT, "locked", "readOnly", "snapMirrorTarget"])
ROLES = ("readWrite", RT), (RT, "readWrite")


@settings(max_examples=300, deadline=None)
@given(
    here=WORDS,
    there=WORDS,
    snapshots=WORDS,
    access=some.sampled_from(ROLES) | some.tuples(ACCESS, ACCESS),
    mode=some.sampled_from(["Async", "Sync", "SnapshotsOnly", "Quantum", ""]),
    seconds=some.none() | some.floats(0, 120),
)
def test_what_is_called_healthy_is(here, there, snapshots, access, mode, seconds):
    pairs = observed(
        [volume(41, "db", pair(77, "dr", state=here, snapshots=snapshots, mode=mode), access=access[0])],
        [volume(77, "dr", pair(41, "db", link=12, state=there, mode=mode), access=access[1])],
    )
    (each,) = pairs
    running = all(state in ("Active", "Idle") or state.startswith("Resuming") for state in (here, there))
    if not observe(pairs):
        assert running
        assert access in ROLES
    if not any(finding.severity == "error" for finding in observe(pairs, 60, seconds)):
        assert each.health == "healthy"
        assert access in ROLES
        # A pair in mode Sync has no lag while it is healthy, whatever delay the source reports.
        assert mode == "Sync" or (mode != "SnapshotsOnly" and seconds is not None and seconds <= 60)
