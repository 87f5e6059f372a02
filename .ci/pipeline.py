# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What `make ci` runs, stage by stage. The first stage that fails ends it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import awx
import certify
import events
import migration
import site_pages
import stages
import versions
from workshop import WORK, StageFailure, leave_out, left_out, link_interpreters, step

STAGES = {
    "tests": stages.tests,
    "journeys": stages.journeys,
    "lint": stages.lint,
    "docs": site_pages.docs,
    "package": stages.package,
    "certify": certify.certify,
    "sdk": stages.sdk,
    "cli": stages.cli,
    "migration": migration.migration,
    "monitoring": stages.monitoring,
    "browser": stages.browser,
    "events": events.events,
    "awx": awx.awx,
    "benchmark": stages.benchmark,
    "matrix": stages.matrix,
    "fuzz": stages.fuzz,
    "versions": versions.all_checks,
}
#: Those that keep one core busy: the chains run side by side, the stages of a chain one after the other, since two must not
#: make the same environment. The others run several workers each: beside them these took as long as one after the other.
CHAINS = (("lint", "package", "certify", "migration"), ("docs", "sdk", "cli", "monitoring", "browser", "events", "awx"))
#: Set for the process of a chain.
CHAIN = "PIPELINE_CHAIN"
#: Not part of the whole: `coverage` runs the tests a second time, `matrix-whole` takes too long, `sanity` is in `versions`,
#: `format` changes files, `smoke-2.18` and so on are for one version each.
SINGLE_STAGES = {
    "coverage": stages.coverage,
    "matrix-whole": stages.matrix_whole,
    "sanity": versions.sanity,
    "format": stages.settle_format,
    **versions.smoke_stages(),
}


def main(names: Sequence[str]) -> int:
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    known = {**STAGES, **SINGLE_STAGES}
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"There is no stage {', '.join(unknown)}; there are {', '.join(known)}.")
        return 2
    if CHAIN not in os.environ:
        link_interpreters()
    try:
        if names:
            _run(names)
        else:
            _run_all()
    except StageFailure as failure:
        print(f"\nFAILED: {failure}", flush=True)
        return 1
    if CHAIN not in os.environ:
        step(f"Passed: {', '.join(names or STAGES)}")
        for sentence in left_out:
            print(f"LEFT OUT: {sentence}")
    return 0


def _run(names: Sequence[str]) -> None:
    known = {**STAGES, **SINGLE_STAGES}
    for name in names:
        known[name]()


def _run_all() -> None:
    """Every stage in its order; the chains where the first of theirs stands."""
    of_chains = [name for chain in CHAINS for name in chain]
    for name in STAGES:
        if name == of_chains[0]:
            _run_chains()
        elif name not in of_chains:
            _run([name])


def _run_chains() -> None:
    """Each chain in a process whose output is shown when it has ended, so that they do not mix."""
    step(f"side by side: {'; '.join(', '.join(chain) for chain in CHAINS)}")
    logs = [WORK / "logs" / f"{'-'.join(chain)}.log" for chain in CHAINS]
    running = [_start_chain(chain, log) for chain, log in zip(CHAINS, logs, strict=True)]
    failed = []
    for chain, log, process in zip(CHAINS, logs, running, strict=True):
        status = process.wait()
        text = log.read_text(encoding="utf-8")
        print(text, flush=True)
        for line in text.splitlines():
            if line.startswith("LEFT OUT: "):
                leave_out(line.removeprefix("LEFT OUT: "))
        if status != 0:
            failed.append(", ".join(chain))
    if failed:
        raise StageFailure(f"{' and '.join(failed)}: see above")


def _start_chain(chain: Sequence[str], log: Path) -> subprocess.Popen[bytes]:
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, "wb") as output:
        return subprocess.Popen(
            [sys.executable, "-B", __file__, *chain],
            env={**os.environ, CHAIN: "1"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
