# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Signals in the middle of a task: nothing more is begun, nothing is left half done."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest

LINK = [{"between": ["alpha", "beta"]}]
VOLUMES = [{"name": "vol-{n:04}", "count": 5}]
ITEMS = [{"volume": f"vol-{n:04}"} for n in range(1, 6)]


def start(sites, **more):
    clusters = [{"name": name, "volumes": VOLUMES, "delay": 0.02} for name in ("alpha", "beta")]
    return sites(clusters, cluster_pairs=LINK, **more)


def signal_after(site, cluster, method, number, which):
    """Send ourselves a signal once a cluster has served so many calls of a method; the signal is for the module."""

    def watch():
        deadline = time.monotonic() + 30
        while len(site.world.calls_of(cluster, method)) < number and time.monotonic() < deadline:
            threading.Event().wait(0.001)
        os.kill(os.getpid(), which)
        os.kill(os.getpid(), which)  # a second one changes nothing

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    return thread


@pytest.mark.parametrize("which", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_running_handshake_is_completed_and_no_other_begun(sites, which):
    site = start(sites)
    thread = signal_after(site, "alpha", "StartVolumePairing", 2, which)
    result = site.run("volume_pair", pairs=ITEMS, concurrency=1)
    thread.join()
    assert result["error"]["code"] == "interrupted"
    assert result["error"]["left_behind"] is None
    states = [pair["state"] for pair in result["pairs"]]
    assert states.count("paired") in (2, 3)
    assert set(states) == {"paired", "none"}
    for volume, pair in zip(site.world.truth()["clusters"]["beta"]["volumes"], result["pairs"]):
        assert volume["access"] == ("replicationTarget" if pair["state"] == "paired" else "readWrite")
    again = site.run("volume_pair", pairs=ITEMS)
    assert (again.get("failed", False), [pair["state"] for pair in again["pairs"]]) == (False, ["paired"] * 5)


def test_a_wait_ends_at_once_and_keeps_what_was_done(sites):
    site = start(sites, timings={"resuming_rrsync_polls": "never"})
    thread = signal_after(site, "beta", "CompleteVolumePairing", 5, signal.SIGTERM)
    began = time.monotonic()
    result = site.run("volume_pair", pairs=ITEMS, wait_for="in_sync", wait_timeout=300)
    thread.join()
    assert time.monotonic() - began < 60
    assert (result["error"]["code"], result["changed"]) == ("interrupted", True)
    assert [pair["state"] for pair in result["pairs"]] == ["paired"] * 5


def test_the_handlers_are_put_back(sites):
    before = {which: signal.getsignal(which) for which in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    start(sites).run("pair_info")
    assert {which: signal.getsignal(which) for which in before} == before
