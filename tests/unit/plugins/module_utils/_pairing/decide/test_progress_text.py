# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How far a wait has come, as a text, and what one call of a module hands to the next."""

from __future__ import annotations

import json

import pytest

from ansible_collections.elementsw.replication.plugins.module_utils._element.errors import Failure
from ansible_collections.elementsw.replication.plugins.module_utils._pairing import resume
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.apply import wait
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.catalog import Catalog
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.cluster_pair.state import (
    ClusterPairOptions,
    classify_cluster_pair,
)
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.volume_pair import progress
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.volume_pair.desired import (
    DesiredPair,
    PairOptions,
)
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.decide.volume_pair.relation import (
    classify_volume_pair,
)
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.jobs.cluster_pair import ClusterPairJob
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.jobs.volume_pair import VolumePairJob
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.jobs.volume_pair_observation import (
    Observation,
)
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.model import Action, Sides, SyncJob
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.plan import DONE, Verdict
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.resume import ResumedItem, ResumeState
from ansible_collections.elementsw.replication.tests.unit.builders import (
    ALPHA,
    BETA,
    cluster_side,
    entry,
    pair,
    volume,
    volume_side,
)

RT = "replicationTarget"
WAITING = Verdict(False, "volume orders-db (41): alpha shows Active, beta shows ResumingConnected")
NAMES = {41: "orders-db", 42: "orders-log", 43: "catalogue"}


def observe(number, source="alpha"):
    """A pair of the volume with this number on alpha and the one of the number plus 100 on beta."""
    name, roles = NAMES[number], ("readWrite", RT) if source == "alpha" else (RT, "readWrite")
    here = volume(number, name, pair(number + 100, uuid=name), access=roles[0])
    there = volume(number + 100, name, pair(number, uuid=name, link=12), access=roles[1])
    views = Sides(volume_side(ALPHA, [entry(BETA, 7)], here), volume_side(BETA, [entry(ALPHA, 12)], there))
    return classify_volume_pair(0, DesiredPair(volume=name), Sides(Catalog(views.local), Catalog(views.peer)))


THREE = [observe(number) for number in NAMES]


def line(*jobs, verdicts=(WAITING, WAITING, WAITING), at="peer"):
    received = dict(zip((141, 142, 143) if at == "peer" else NAMES, jobs))
    received = {number: job for number, job in received.items() if job}
    return progress.of_volume_pairs(
        THREE, verdicts, "in sync", Sides({}, received) if at == "peer" else Sides(received, {})
    )


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param(line(SyncJob(80, 60), SyncJob(41.9, 690), SyncJob(30, 30)), "orders-log 41 %, about 12 min left"),
        pytest.param(line(SyncJob(80, 60), SyncJob(41.9, 690)), "orders-log 41 %", id="one has not begun"),
        pytest.param(line(SyncJob(80, 60), SyncJob(41, None), SyncJob(30, 30)), "orders-log 41 %", id="not shown"),
        pytest.param(line(SyncJob(80, None), SyncJob(41, None), SyncJob(43, None)), "orders-log 41 %", id="none shown"),
        pytest.param(line(), WAITING.text, id="no job"),
        pytest.param(line(SyncJob(41, 60), at="local"), WAITING.text, id="a job of a source is another volume's"),
        pytest.param(
            line(SyncJob(99.9, 0.2), None, None, verdicts=(WAITING, DONE, DONE)), "orders-db 99 %, about 1 s left"
        ),
    ],
)
def test_the_slowest(said, expected):
    assert said.split(", slowest ")[1] == expected


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ((WAITING, DONE, DONE), "2 of 3 pairs in sync, slowest orders-db 41 %"),
        ((WAITING, None, DONE), "1 of 3 pairs in sync, 1 failed, slowest orders-db 41 %"),
        ((DONE, DONE, DONE), "3 of 3 pairs in sync"),
    ],
)
def test_the_count(verdicts, expected):
    assert line(SyncJob(41), verdicts=verdicts) == expected


def test_one_pair():
    jobs = Sides({}, {141: SyncJob(41, 7200)})
    said = progress.of_volume_pairs(THREE[:1], [WAITING], "paired", jobs)
    assert said == "0 of 1 pair paired, slowest orders-db 41 %, about 120 min left"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (89.1, "90 s"), (91, "2 min"), (690, "12 min"), (7200, "120 min"), (7201, "2 h 1 min")],
)
def test_the_time_left(seconds, words):
    assert progress.how_far(SyncJob(5, seconds)) == f"5 %, about {words} left"


def test_only_the_target_tells_of_a_copy():
    job, other = SyncJob(41), SyncJob(42)
    jobs = Sides({41: job, 141: other}, {41: other, 141: job})
    assert progress.copying(observe(41), jobs) is job
    assert progress.copying(observe(41, source="beta"), jobs) is job


# --- what is resumed --------------------------------------------------------------------------------------------------

LEFT = Failure("api_error", "cluster beta refused it", "beta", "ModifyVolume", "xInvalidParameter", "no")
LEFT.rolled_back, LEFT.left_behind = False, ["volume orders-db is a target now"]
RESUMED = ResumeState(
    items=(
        ResumedItem(True, True, resume.digest("uuid-1")),
        ResumedItem(True, False, resume.digest(None), LEFT),
        ResumedItem(False, False, b"0" * 16),
    ),
    actions=(Action("beta", "ModifyVolume", "volume orders-db (41)", "it becomes the target"),),
    warnings=("large",),
    diff={"before": "a\n", "after": "b\n"},
    waited=30,
)


def test_a_report_is_read_as_it_was_written():
    report = json.loads(json.dumps(RESUMED.as_report(with_diff=True)))
    again = resume.parse_report(report, 30, 3)
    assert (again.actions, again.warnings, again.diff) == (RESUMED.actions, RESUMED.warnings, RESUMED.diff)
    assert (again.items[0], again.items[2]) == (RESUMED.items[0], RESUMED.items[2])
    failure = again.items[1].failure
    assert (failure.sentence, failure.as_error()) == (LEFT.sentence, LEFT.as_error())
    assert RESUMED.as_report(with_diff=False)["diff"] is None


@pytest.mark.parametrize(
    "spoilt", [{}, {"items": [{}] * 3}, {"items": [{"mark": "x", "failure": None}] * 3}, {"actions": [1]}, {"items": 7}]
)
def test_anything_else_is_no_report(spoilt):
    report = json.loads(json.dumps(RESUMED.as_report(with_diff=True)))
    assert resume.parse_report({**report, **spoilt} if spoilt else {}, 30, 3) is None


@pytest.mark.parametrize(("waited", "count"), [(30, 2), (30, 4), (-1, 3), (float("nan"), 3), (float("inf"), 3)])
def test_it_has_as_many_items_as_the_task_and_a_time_that_ends(waited, count):
    report = json.loads(json.dumps(RESUMED.as_report(with_diff=True)))
    assert resume.parse_report(report, waited, count) is None


def test_a_mark_tells_pairs_apart_and_holds_no_character_of_a_password():
    kept = RESUMED.items[0]
    assert (kept.is_still("uuid-1"), kept.is_still("uuid-2"), kept.is_still(None)) == (True, False, True)
    assert not RESUMED.items[1].is_still("uuid-1")
    for item in RESUMED.as_report(with_diff=False)["items"]:
        assert all("\u2800" <= character <= "\u28ff" for character in item["mark"])


def test_null_is_masked_by_old_versions():
    report = RESUMED.as_report(with_diff=False)
    report["items"][0]["failure"] = report["items"][1]["failure"]["left_behind"] = "********"
    again = resume.parse_report(report, 30, 3)
    assert (again.items[0].failure, again.items[1].failure.left_behind) == (None, [])


# --- what a pair is known by ------------------------------------------------------------------------------------------


def known_by(present, *pairs):
    """The traits that the job sees in one and the same item."""
    job = VolumePairJob(PairOptions(present), (DesiredPair(volume="orders-db"),))
    return [job.traits(Observation(Sides(None, None), (pair,), (None,)))[0] for pair in pairs]


def ends(here=(), there=(), access=RT):
    """orders-db and its partner with the UUIDs that each side shows of a pair."""
    near = volume(41, "orders-db", *(pair(141, uuid=uuid) for uuid in here))
    far = volume(141, "orders-db", *(pair(41, uuid=uuid, link=12) for uuid in there), access=access)
    views = Sides(volume_side(ALPHA, [entry(BETA, 7)], near), volume_side(BETA, [entry(ALPHA, 12)], far))
    return classify_volume_pair(0, DesiredPair(volume="orders-db"), Sides(Catalog(views.local), Catalog(views.peer)))


def test_a_pair_that_should_be_there_is_known_by_all_of_it():
    pairs = [
        ends(["one"], ["one"]),
        ends(["two"], ["two"]),
        ends(["one"]),
        ends(),
        ends(["one"], ["one"], "readWrite"),
        observe(41, source="beta"),
    ]
    traits = known_by(True, *pairs)
    assert len({*traits}) == len(pairs)
    assert None not in traits


def test_a_pair_that_should_go_may_go_side_by_side_but_not_become_another_one():
    whole, here, there, gone, another = known_by(
        False, ends(["one"], ["one"]), ends(["one"]), ends([], ["one"]), ends(), ends(["two"], ["two"])
    )
    assert whole == here == there != another
    assert gone is None


def test_clusters_that_should_not_be_paired_likewise():
    def trait(here, there):
        sides = Sides(
            cluster_side(ALPHA, *(entry(BETA, 7, uuid) for uuid in here)),
            cluster_side(BETA, *(entry(ALPHA, 12, uuid) for uuid in there)),
        )
        return ClusterPairJob(ClusterPairOptions(present=False)).traits(classify_cluster_pair(sides))[0]

    assert trait(["one"], ["one"]) == trait(["one"], []) == trait([], ["one"]) != trait(["two"], ["two"])
    assert trait([], []) is None


# --- the wait ---------------------------------------------------------------------------------------------------------


class Watch:
    """A session as far as a wait needs one. Time passes only in pauses, which are noted."""

    def __init__(self):
        self.now, self.pauses = 1000.0, []
        self.clock = self.stopping = self

    def monotonic(self):
        return self.now

    def is_set(self):
        return False

    def pause(self, seconds):
        self.now += seconds
        self.pauses.append(seconds)


def waits(timeout, interval):
    """The pauses of a wait for what never happens, call by call."""
    waited, over, calls = 0, False, []
    while not over:
        watch = Watch()
        ended = wait.until(
            watch, None, lambda _last: None, lambda _seen, _waited: [WAITING], wait.Limits(timeout, waited, interval)
        )
        waited, over = ended.seconds, ended.over
        calls.append(watch.pauses)
    assert waited == timeout
    return calls


def test_pauses_grow_and_end_with_the_time():
    assert waits(30, 0) == [[1, 1.5, 2.25, 3.375, 5.0625, 7.59375, 9.21875]]


def test_a_divided_wait_is_no_more_impatient():
    calls = waits(200, 40)
    assert len(calls) == 5
    assert calls[1:] == [[10, 10, 10, 10]] * 4


def test_each_call_ends_after_the_interval_the_last_one_with_the_time():
    assert [sum(pauses) for pauses in waits(25, 10)] == [10, 10, 5]
    assert [sum(pauses) for pauses in waits(25, 25)] == [25]
