# Copyright (c) 2026, elementsw.replication contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What `make ci` runs, stage by stage. The first stage that fails ends it."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence

import stages
import versions
from workshop import StageFailure, left_out, link_interpreters, step

STAGES = {
    "tests": stages.tests,
    "journeys": stages.journeys,
    "lint": stages.lint,
    "docs": stages.docs,
    "package": stages.package,
    "sdk": stages.sdk,
    "monitoring": stages.monitoring,
    "browser": stages.browser,
    "benchmark": stages.benchmark,
    "matrix": stages.matrix,
    "fuzz": stages.fuzz,
    "versions": versions.all_checks,
}
#: Not part of the whole: `coverage` runs the tests a second time, `sanity` is in `versions`, `format` changes files,
#: `smoke-2.18` and so on are for one version each.
SINGLE_STAGES = {
    "coverage": stages.coverage,
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
    link_interpreters()
    try:
        for name in names or STAGES:
            known[name]()
    except StageFailure as failure:
        print(f"\nFAILED: {failure}", flush=True)
        return 1
    step(f"Passed: {', '.join(names or STAGES)}")
    for sentence in left_out:
        print(f"LEFT OUT: {sentence}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
