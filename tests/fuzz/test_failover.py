# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Planned failovers under random schedules of writes, logins, lags, faults, lost links and kills: no write is lost.

The world judges, not the report: after every call no pair has two writable sides, and in the end the source has every
acknowledged write.
"""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ansible_collections.elementsw.replication.plugins.module_utils._element.client import Client
from ansible_collections.elementsw.replication.plugins.module_utils._element.errors import Failure
from ansible_collections.elementsw.replication.plugins.module_utils._element.transport import NetworkTrouble, Reply
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.flow import start
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.jobs.volume_pair import VolumePairJob
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.model import Sides
from ansible_collections.elementsw.replication.plugins.module_utils._pairing.outcome import Outcome
from ansible_collections.elementsw.replication.plugins.modules import element_volume_pair
from ansible_collections.elementsw.replication.tests.matrix.in_process import Clock, InProcess, SwiftRun
from ansible_collections.elementsw.replication.tests.simulator.errors import HostIOError, SiteDown
from ansible_collections.elementsw.replication.tests.simulator.world import World

SITES = ("alpha", "beta")
# Where a schedule has its moments: each of these comes up to eleven times in a failover, most of them up to four times.
METHODS = (
    "ModifyVolume",
    "CreateSnapshot",
    "ListSnapshot",
    "ListVolumeStat",
    "ListISCSISession",
    "ListVolume",
    "DeleteSnapshot",
    "GetClusterInfo",
)
RERUNS = 6


class Killed(BaseException):
    """The process is gone, as by SIGKILL: nothing of it runs any more."""


@dataclass(frozen=True)
class Event:
    """What happens just before the nth call of a method, on whichever cluster, or to that call."""

    method: str
    nth: int
    what: str
    site: str = "alpha"
    pair: int = 0
    seconds: float = 0


@dataclass
class Stage:
    """A world in which a schedule takes place. acknowledged: every write that a host has a reply to, by pair."""

    world: World
    pairs: int
    schedule: list[Event]
    acknowledged: dict[int, list[str]] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    stop: Callable[[], None] = lambda: None
    killed: bool = False

    def volume(self, site: str, pair: int) -> Any:
        return next(v for v in self.world.cluster(site).volumes.values() if v.name == f"v{pair}")

    def write(self, site: str, pair: int) -> None:
        mark = f"{pair}-{sum(map(len, self.acknowledged.values()))}"
        with contextlib.suppress(HostIOError, SiteDown):
            self.world.write(site, self.volume(site, pair).volume_id, mark)
            self.acknowledged.setdefault(pair, []).append(mark)

    def log_in(self, site: str, pair: int) -> None:
        with contextlib.suppress(HostIOError, SiteDown):
            self.world.log_in(site, self.volume(site, pair).volume_id)

    def watch(self, when: str) -> None:
        for pair in range(self.pairs):
            if all(self.volume(site, pair).access == "readWrite" for site in SITES):
                self.violations.append(f"both sides of v{pair} are writable {when}")

    def before_call(self, site: str, method: str) -> str | None:
        """The trouble of the call that comes now, beside what happens in the world."""
        if self.killed:
            raise Killed
        # One volume or many: CreateSnapshot and CreateGroupSnapshot, ModifyVolume and ModifyVolumes.
        method = method.replace("Group", "").rstrip("s")
        self.calls[method] += 1
        trouble = None
        for event in self.schedule:
            if (event.method, event.nth) == (method, self.calls[method]):
                trouble = self.happen(event, site) or trouble
        return trouble

    def happen(self, event: Event, site: str) -> str | None:
        if event.what == "write":
            self.write(event.site, event.pair)
        elif event.what == "log_in":
            self.log_in(event.site, event.pair)
        elif event.what in ("link_down", "link_up"):
            self.world.storage_link(*SITES, up=event.what == "link_up")
        elif event.what == "kill":
            self.killed = True
            raise Killed
        elif event.what == "signal":
            self.stop()
        elif event.what == "slow":
            self.world.faults.add(site, fault="slow", seconds=event.seconds)
        elif event.what == "lost":  # from here on, until the next run
            self.world.faults.add(event.site, times=None, fault="drop_before")
        else:
            return event.what
        return None


class OnStage(InProcess):
    """Calls that the schedule may disturb."""

    def __init__(self, stage: Stage, cluster: str, clock: Clock):
        super().__init__(stage.world, cluster, clock)
        self._stage, self._site, self._time = stage, cluster, clock

    def post(self, path: str, body: str, timeout: float | None = None) -> Reply:
        method = json.loads(body)["method"]
        trouble = self._stage.before_call(self._site, method)
        if trouble == "drop_before":
            raise NetworkTrouble("Connection reset by peer", sent=True)
        if trouble and trouble.startswith("x"):
            self._stage.world.faults.add(self._site, fault=trouble)
        try:
            reply = super().post(path, body, timeout)
        finally:
            self._stage.watch(f"after {method} on {self._site}")
        if trouble == "drop_after":
            raise NetworkTrouble("Connection reset by peer", sent=True)
        if trouble == "kill_after":
            self._stage.killed = True
            raise Killed
        return reply


def fail_over(stage: Stage, **more: Any) -> Outcome | Failure | None:
    """One run of the task; None if it was killed."""
    options = {
        "pairs": [{"volume": f"v{pair}"} for pair in range(stage.pairs)],
        "direction": "from_peer",
        "failover": "planned",
        "wait_timeout": 60,
        **more,
    }
    checked = ArgumentSpecValidator(element_volume_pair.argument_spec()).validate(options)
    assert not checked.error_messages
    peer = {"hostname": "beta.example.com", "mvip": None}
    job = VolumePairJob.from_params({**checked.validated_parameters, "peer": peer})
    clock = Clock(stage.world)
    # One call at a time, so that a schedule means the same each time.
    clients = [
        Client(OnStage(stage, site, clock), "10.0", 1, sleep=clock.sleep, is_peer=site == "beta") for site in SITES
    ]
    run = SwiftRun(Sides(*clients), lambda _secret: None, clock)
    stage.stop = run.stopping.set
    try:
        return start(job, run, check_mode=False)
    except Failure as exc:
        return exc
    except Killed:
        return None
    finally:
        run.close()
        stage.watch("at the end of the run")


# --- schedules ------------------------------------------------------------------------------------------------------------

TROUBLE = ("drop_before", "drop_after", "xDBVersionMismatch", "xInvalidParameter", "xSnapshotFailed", "xRecvTimeout")
WORLD_EVENTS = ("write", "write", "log_in", "link_down", "link_up")
EVENTS = st.builds(
    Event,
    method=st.sampled_from(METHODS),
    nth=st.integers(1, 4) | st.integers(1, 11),
    what=st.sampled_from((*WORLD_EVENTS, *TROUBLE, "kill", "kill_after", "signal", "slow", "lost")),
    site=st.sampled_from(("alpha", "alpha", "beta")),
    pair=st.integers(0, 2),
    seconds=st.sampled_from((0.1, 1, 3, 8, 20, 60)),
)
TIMINGS = st.fixed_dictionaries(
    {
        "delivery_polls": st.sampled_from((0, 1, 3, 8, "never")),
        "snapshot_polls": st.sampled_from((0, 1, 3, 8)),
        "grace_polls": st.sampled_from((0, 2)),
        "resuming_data_transfer_polls": st.sampled_from((0, 2)),
    }
)
SWITCHES = st.fixed_dictionaries(
    {
        "idle_state": st.sampled_from(("snapshots_only", "quiet_pairs", "never")),
        "mode_after_reversal": st.sampled_from(("kept", "async")),
        "not_present_spelling": st.sampled_from(("NotPresent", "Not Present")),
        "statistics": st.sampled_from(("sampled", "late", "live")),
        "sample_period": st.sampled_from(("named", "zero", "missing")),
        "attributes_replicated": st.booleans(),
        "arriving_snapshot": st.sampled_from(("listed", "hidden")),
        "replicated_group": st.sampled_from(("exists", "members_only")),
    }
)


def world_of(pairs: int, mode: str, timings: dict[str, Any], switches: dict[str, Any]) -> World:
    volumes = [{"name": f"v{pair}", "account": "tenant"} for pair in range(pairs)]
    return World.from_dict(
        {
            "timings": {"connect_polls": 0, "misconfigured_polls": 0, **timings},
            "switches": switches,
            "clusters": [{"name": site, "accounts": [{"name": "tenant"}], "volumes": volumes} for site in SITES],
            "cluster_pairs": [{"between": list(SITES)}],
            "volume_pairs": [
                {"source": f"alpha/v{pair}", "target": f"beta/v{pair}", "mode": mode} for pair in range(pairs)
            ],
        }
    )


@contextlib.contextmanager
def played(stage: Stage, written_before: int, **options: Any) -> Iterator[Outcome | Failure | None]:
    """What the first run comes to, with the schedule in force; afterwards all trouble is over."""
    for number in range(written_before):
        stage.write("alpha", number % stage.pairs)
    yield fail_over(stage, **options)


def calm_down(stage: Stage) -> None:
    """Faults are over, links are up, no host is logged in, and what was slow has arrived."""
    stage.schedule, stage.killed = [], False
    stage.world.faults.clear()
    stage.world.storage_link(*SITES, up=True)
    for site in SITES:
        stage.world.cluster(site).iscsi_sessions.clear()
    stage.watch("when late calls have arrived")


def lost(stage: Stage) -> list[str]:
    """Acknowledged writes that are on no writable side, or, where none is, on no side at all."""
    missing = []
    for pair, marks in stage.acknowledged.items():
        volumes = [stage.volume(site, pair) for site in SITES]
        sources = [volume for volume in volumes if volume.access == "readWrite"] or volumes
        kept = {mark for volume in sources for mark in volume.marks}
        missing += [f"v{pair}: {mark}" for mark in marks if mark not in kept]
    return missing


def examples(test: Callable[..., None]) -> Callable[..., None]:
    """Schedules that hit what must not be left out: each of them loses a write, or makes two sources, if one is."""
    slow = {"delivery_polls": "never", "snapshot_polls": 8}
    sampled, late, live = ({"statistics": each} for each in ("sampled", "late", "live"))
    for schedule, timings, switches in (
        # the checkpoint does not arrive, and neither does what was written
        ([Event("ListSnapshot", 3, "link_down")], slow, {}),
        # a write just before the demotion, and counters that are older than it when they are read after it
        ([Event("ModifyVolume", 1, "write")], slow, sampled),
        ([Event("ModifyVolume", 1, "write")], slow, late),
        ([Event("ModifyVolume", 1, "write")], slow, live),
        # such a write, and killed before the run could notice: the next run comes before the next sample
        ([Event("ModifyVolume", 1, "write"), Event("ModifyVolume", 1, "kill_after")], slow, sampled),
        ([Event("ModifyVolume", 1, "write"), Event("ModifyVolume", 1, "kill_after")], slow, late),
        # writes while the writes are counted, and after that
        ([Event("ListVolumeStat", nth, "write") for nth in (3, 5, 7, 9)], slow, sampled),
        # killed between the two sides
        ([Event("ModifyVolume", 1, "kill_after")], {}, {}),
        # the reply to the promotion is lost, and it takes effect later
        ([Event("ModifyVolume", 2, "slow", seconds=8), Event("ListVolume", 8, "lost", "beta")], {}, {}),
        ([Event("ModifyVolume", 2, "slow", seconds=60), Event("ModifyVolume", 3, "xInvalidParameter")], {}, {}),
        # a signal between the two sides
        ([Event("ModifyVolume", 2, "signal")], {}, {}),
    ):
        # Counters that come late do not show what was written just before the start either, and refuse the failover.
        more = {"pairs": 1, "mode": "Async", "written_before": int(switches is not late)}
        test = example(schedule=schedule, timings=timings, switches=switches, **more)(test)
    return test


@settings(max_examples=1000)
@examples
@given(
    pairs=st.integers(1, 3),
    mode=st.sampled_from(("Async", "Sync")),
    timings=TIMINGS,
    switches=SWITCHES,
    schedule=st.lists(EVENTS, max_size=4),
    written_before=st.integers(0, 4),
)
def test_no_write_is_lost(pairs, mode, timings, switches, schedule, written_before):
    schedule = [event for event in schedule if event.pair < pairs]
    stage = Stage(world_of(pairs, mode, timings, switches), pairs, schedule)
    with played(stage, written_before):
        assert not stage.violations
        assert not lost(stage)
    accesses = [tuple(stage.volume(site, pair).access for site in SITES) for pair in range(pairs)]
    calm_down(stage)
    assert not stage.violations
    for _attempt in range(RERUNS):
        again = fail_over(stage)
        assert not stage.violations
        assert not lost(stage)
        if not failures_of(again):
            break
    else:
        # A host wrote, and the run was killed before it could notice: nothing is proven, and the old source has it.
        assert {failure.code for failure in failures_of(again)} == {"no_source"}, (accesses, failures_of(again))
        dark = [
            pair for pair in range(pairs) if stage.volume("alpha", pair).access == stage.volume("beta", pair).access
        ]
        back = [{"volume": f"v{pair}"} for pair in dark]
        assert not failures_of(fail_over(stage, pairs=back, direction="to_peer", failover="forced"))
    assert not stage.violations
    assert not lost(stage)
    for pair in range(pairs):
        assert [stage.volume(site, pair).access for site in SITES].count("readWrite") == 1


def failures_of(outcome: Outcome | Failure | None) -> list[Failure]:
    """Why a run that was not killed has failed."""
    return [outcome] if isinstance(outcome, Failure) else outcome.failures


@settings(max_examples=50)
@given(timings=TIMINGS, schedule=st.lists(EVENTS, max_size=3))
@example(timings={"delivery_polls": "never", "snapshot_polls": 0}, schedule=[])
def test_snapshots_only_is_refused_and_nothing_changes(timings, schedule):
    stage = Stage(
        world_of(2, "SnapshotsOnly", timings, {}), 2, [e for e in schedule if e.what == "write" and e.pair < 2]
    )
    with played(stage, 2) as outcome:
        assert {failure.code for failure in outcome.failures} == {"snapshots_only"}
    assert stage.world.writes() == []
    assert not lost(stage)


def kept(stage: Stage, pair: int) -> set[str]:
    """Every write that can still be read somewhere, on a volume or in a snapshot of it."""
    volumes = [stage.volume(site, pair) for site in SITES]
    return {mark for volume in volumes for each in (volume, *volume.snapshots.values()) for mark in each.marks}


@settings(max_examples=300)
@given(
    pairs=st.integers(1, 3),
    mode=st.sampled_from(("Async", "Sync", "SnapshotsOnly")),
    timings=TIMINGS,
    schedule=st.lists(EVENTS.filter(lambda event: (event.what, event.site) != ("write", "alpha")), max_size=3),
    options=st.sampled_from(({}, {"allow_overwrite": True})),
)
def test_what_a_forced_failover_overwrites_is_kept(pairs, mode, timings, schedule, options):
    """Whatever happens. A host that writes without being logged in, after the snapshot, cannot be known of."""
    schedule = [event for event in schedule if event.pair < pairs]
    stage = Stage(world_of(pairs, mode, timings, {}), pairs, schedule)
    with played(stage, 4, failover="forced", **options):
        pass
    calm_down(stage)
    for _attempt in range(RERUNS):
        again = fail_over(stage, failover="forced", **options)
        if not failures_of(again):
            break
        assert {failure.code for failure in failures_of(again)} <= {"split_brain", "not_in_sync"}, failures_of(again)
        options = {"allow_overwrite": True}
    else:
        raise AssertionError(failures_of(again))
    for pair, marks in stage.acknowledged.items():
        assert set(marks) <= kept(stage, pair)
        assert [stage.volume(site, pair).access for site in SITES] == ["replicationTarget", "readWrite"]
