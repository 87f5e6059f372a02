# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long a forced failover takes from its start until its volumes are writable, while the site of the source is unreachable.

A busy machine must not fail a test: only a gross breach does.
"""

from __future__ import annotations

import json
import socket
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from ansible_collections.elementsw.replication.tests.benchmark.processes import run_module_alone, simulator

COUNT = 500
SECONDS_PER_CALL = 0.02
#: Seconds, by the way in which the unreachable cluster does not answer.
PROMISED = {"refused": 2, "no-answer": 12}
GROSS = 3
#: The best round counts: what else runs on the machine only ever adds to the time.
ROUNDS = {"refused": 3, "no-answer": 1}
FORCED = {"direction": "to_peer", "failover": "forced", "peer_unreachable": "local_only"}


def world() -> dict:
    """Two clusters for each way and round, of which the source's is down."""
    cluster = {"delay": SECONDS_PER_CALL, "volumes": [{"name": "vol-{n:04}", "count": COUNT}]}
    names = [(f"alpha-{way}-{n}", f"beta-{way}-{n}") for way, rounds in ROUNDS.items() for n in range(rounds)]
    return {
        "timings": "instant",
        "clusters": [{**cluster, "name": name, "up": not name.startswith("alpha")} for both in names for name in both],
        "cluster_pairs": [{"between": list(both)} for both in names],
        "volume_pairs": [
            {"source": f"{alpha}/vol-{{n:04}}", "target": f"{beta}/vol-{{n:04}}", "count": COUNT}
            for alpha, beta in names
        ],
    }


@pytest.fixture(scope="module")
def served(tmp_path_factory, collections_path):
    with simulator(tmp_path_factory.mktemp("worst") / "simulator", collections_path, world()) as running:
        yield running


@contextmanager
def black_hole() -> Iterator[int]:
    """A port that takes connections and never answers."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(16)
        yield listening.getsockname()[1]


class Watch:
    """Notes when the first write of a cluster has taken effect, in seconds since it was made."""

    def __init__(self, control: str, cluster: str):
        self._control, self._cluster = control, cluster
        self._began = time.perf_counter()
        self._ended = threading.Event()
        self.seconds: float | None = None
        self._thread = threading.Thread(target=self._poll, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._ended.set()
        self._thread.join()

    def _poll(self) -> None:
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        while self.seconds is None:
            over = self._ended.wait(0.02)  # the last read is one after the end
            with direct.open(f"{self._control}/writes", timeout=30) as reply:
                writes = json.load(reply)
            if any(call["cluster"] == self._cluster and call["applied"] for call in writes):
                self.seconds = time.perf_counter() - self._began
            if over:
                return


@pytest.fixture
def failed_over(served, tmp_path, collections_path):
    """Fail over one pair of clusters; the seconds until the volumes are writable."""

    def run(here, peer):
        pairs = [{"volume": f"vol-{number:04}"} for number in range(1, COUNT + 1)]
        task = {**served.connection(here), **FORCED, "peer": peer, "pairs": pairs}
        with Watch(served.control, here) as watch:
            result = run_module_alone("volume_pair", task, tmp_path, collections_path).result
        assert not result.get("failed"), result["msg"]
        assert {pair["local"]["access"] for pair in result["pairs"]} == {"readWrite"}
        return watch.seconds

    return run


@pytest.mark.parametrize("way", PROMISED)
def test_a_forced_failover_with_an_unreachable_site(served, failed_over, figures, way):
    with black_hole() as port:
        address = {"port": port} if way == "no-answer" else {}
        seconds = min(
            failed_over(f"beta-{way}-{number}", served.connection(f"alpha-{way}-{number}", **address))
            for number in range(ROUNDS[way])
        )
    title = f"forced failover of {COUNT} pairs, unreachable site, {way}, {SECONDS_PER_CALL * 1000:.0f} ms per call: writable"
    figures.append((title, f"<= {PROMISED[way]} s", f"{seconds:.2f} s"))
    assert seconds <= GROSS * PROMISED[way]


def test_a_report_on_an_unreachable_peer(served, tmp_path, collections_path, figures):
    """What the peer costs: the report with it, less the one without it."""
    here, there = (f"{name}-no-answer-0" for name in ("beta", "alpha"))
    with black_hole() as port:
        args = {**served.connection(here), "peer": served.connection(there, port=port)}
        with_peer = run_module_alone("pair_info", args, tmp_path, collections_path)
    without_peer = run_module_alone("pair_info", served.connection(here), tmp_path, collections_path)
    assert with_peer.result["peer_reachable"] is False
    assert [problem["code"] for problem in with_peer.result["problems"]] == ["peer_unreachable"]
    seconds = with_peer.seconds - without_peer.seconds
    figures.append(("a report on a peer that never answers: seconds more", "<= 10 s", f"{seconds:.2f} s"))
    assert seconds <= GROSS * 10
